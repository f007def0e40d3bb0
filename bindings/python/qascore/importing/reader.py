"""What the readers of evaluations share."""

from __future__ import annotations

from ..rubric import Rubric
from .comparison import ScoreDifference
from .document import Problems
from .draft import ImportedRubric, Notes

SEVERAL = ";"  # between the ids of several chosen options
NONE_CHOSEN = "[]"  # an answer, not a missing one


class EvaluationReader:
    """One evaluation after the other; what is wrong with any is collected."""

    def __init__(self, problems: Problems, rubric: Rubric | ImportedRubric | None) -> None:
        self.problems = problems
        self.notes = Notes()
        self.inconsistencies: list[ScoreDifference] = []
        self.ids = rubric.ids if isinstance(rubric, ImportedRubric) else None

    def id_here(self, source: str) -> str:
        """The id of a section or criterion in the rubric."""
        return self.ids.parts.get(source, source) if self.ids else source
