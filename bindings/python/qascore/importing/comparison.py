"""Scores of another system beside those of the rubric: every figure that differs is told, none is corrected."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .._frames import build_frame
from .._render import html_table, number, text_table
from ..errors import ArgumentError, RubricError, check_choice
from ..rubric import UNANSWERED, EvaluationResult, Rubric
from .draft import ImportedRubric, Note

PERCENT = 100.0


@dataclass(frozen=True)
class SourceAnswer:
    """An answer as it was given: `state` is answered, not_applicable (by the rater), not_asked (by a condition) or unanswered."""

    criterion: str
    answer: str | None
    state: str
    comment: str | None = None


@dataclass(frozen=True)
class SourceFigure:
    """What the source says of a part (form, section or question): fractions, points; None where it says nothing."""

    part: str
    id: str
    score: float | None = None
    not_applicable: bool | None = None
    failed: bool | None = None
    applied_weight: float | None = None
    points: float | None = None
    critical_score: float | None = None


@dataclass(frozen=True)
class SourceEvaluation:
    """One evaluation of another system."""

    id: str
    about: dict[str, str | None]
    answers: tuple[SourceAnswer, ...]
    figures: tuple[SourceFigure, ...]


@dataclass(frozen=True)
class ScoreDifference:
    """A figure of the source that is not what the rubric gives, or that contradicts another of the source's own.

    Attributes
    ----------
    evaluation : str
    part : {"form", "section", "question"}
    id : str
        Of the section or question; of the form "form".
    what : str
        score, critical_score, applied_weight, points, not_applicable, failed, or not_scored (the answers were refused).
    source, recomputed : float, bool or None
    message : str
    """

    evaluation: str
    part: str
    id: str
    what: str
    source: float | bool | None
    recomputed: float | bool | None
    message: str


@dataclass(frozen=True, repr=False)
class Rescored:
    """Evaluations scored again, beside the figures they came with; made by `ImportedEvaluations.rescore`.

    Attributes
    ----------
    differences : tuple of ScoreDifference
    evaluations : int
        How many were scored again.
    compared : int
        How many figures of the source were compared.
    results : dict
        EvaluationResult by evaluation id; without those whose answers were refused.
    """

    differences: tuple[ScoreDifference, ...]
    evaluations: int
    compared: int
    results: dict[str, EvaluationResult] = field(compare=False)

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per difference."""
        names = [one.name for one in fields(ScoreDifference)]
        columns: dict[str, Any] = {name: [getattr(one, name) for one in self.differences] for name in names}
        for name in ("source", "recomputed"):  # numbers and truth values in one column
            columns[name] = [None if value is None else float(value) for value in columns[name]]
        return build_frame(columns, backend)

    def to_dict(self) -> dict[str, Any]:
        return {
            "evaluations": self.evaluations,
            "compared": self.compared,
            "differences": [vars(one).copy() for one in self.differences],
        }

    def summary(self) -> str:
        differ = len({one.evaluation for one in self.differences})
        return (
            f"{self.evaluations} evaluations, {self.compared} figures compared: {len(self.differences)} differ, "
            f"in {differ} evaluations"
        )

    def _rows(self) -> list[list[object]]:
        return [[one.evaluation, one.part, one.id, one.what, _shown(one.source), _shown(one.recomputed), one.message]
                for one in self.differences]  # fmt: skip

    def __repr__(self) -> str:
        header = ["evaluation", "part", "id", "what", "source", "recomputed", "message"]
        return self.summary() + ("\n" + text_table(header, self._rows()) if self.differences else "")

    def _repr_html_(self) -> str:
        return html_table(["evaluation", "part", "id", "what", "source", "recomputed", "message"], self._rows(), self.summary())


def _shown(value: float | bool | None) -> str:
    return number(value)


class ImportedEvaluations:
    """Evaluations of another system; made by `import_evaluations`.

    Attributes
    ----------
    rubric : Rubric or None
        The form they are scored on, where it was given or came with them.
    evaluations : tuple of SourceEvaluation
    inconsistencies : tuple of ScoreDifference
        Where the source's figures contradict one another, whatever the form says.
    notes : tuple of Note
    """

    def __init__(
        self,
        source: str,
        evaluations: Iterable[SourceEvaluation],
        inconsistencies: Iterable[ScoreDifference],
        notes: Iterable[Note],
        rubric: Rubric | ImportedRubric | None,
    ) -> None:
        self.source = source
        self.evaluations = tuple(evaluations)
        self.inconsistencies = tuple(inconsistencies)
        self.notes = tuple(notes)
        self.rubric = rubric.rubric if isinstance(rubric, ImportedRubric) else rubric

    def __len__(self) -> int:
        return len(self.evaluations)

    def answers(self, backend: str | None = None) -> Any:
        """One row per evaluation and question, for `Rubric.score(..., evaluation="evaluation_id", criterion="criterion",
        answer="answer")`: who evaluated what, the answer, its state (answered, not_applicable by the rater, not_asked by a
        condition, unanswered), the comment."""
        rows = [(one, answer) for one in self.evaluations for answer in one.answers]
        columns: dict[str, list[Any]] = {"evaluation_id": [one.id for one, _ in rows]}
        for name in dict.fromkeys(key for one in self.evaluations for key in one.about):
            columns[name] = [one.about.get(name) for one, _ in rows]
        columns["criterion"] = [answer.criterion for _, answer in rows]
        columns["answer"] = [answer.answer for _, answer in rows]
        columns["state"] = [answer.state for _, answer in rows]
        columns["comment"] = [answer.comment for _, answer in rows]
        return build_frame(columns, backend)

    __qascore_frame__ = answers

    def scores(self, backend: str | None = None) -> Any:
        """One row per figure of the source: scores and weights as fractions, points, flags."""
        rows = [(one.id, figure) for one in self.evaluations for figure in one.figures]
        columns: dict[str, list[Any]] = {"evaluation_id": [id for id, _ in rows]}
        for name in (one.name for one in fields(SourceFigure)):
            columns[name] = [getattr(figure, name) for _, figure in rows]
        return build_frame(columns, backend)

    def rescore(
        self,
        rubric: Rubric | ImportedRubric | None = None,
        *,
        unanswered: str = "not_scorable",
        within: float = 1e-4,
    ) -> Rescored:
        """Scores every evaluation again and compares each figure of the source.

        Parameters
        ----------
        rubric : Rubric, optional
            Default: the one that was given or came with the evaluations.
        unanswered : {"not_scorable", "leave_out", "error"}
            As in `Rubric.score_one`.
        within : float
            Fractions that differ by no more than this agree: sources round, and seldom say how. 1e-4 is a hundredth of a percent;
            for whole percents take 0.005.
        """
        form = rubric.rubric if isinstance(rubric, ImportedRubric) else rubric or self.rubric
        if form is None:
            raise ArgumentError("rubric: expected the form that the evaluations were made on but found none")
        check_choice("unanswered", unanswered, UNANSWERED)
        if not 0 <= within < 1:
            raise ArgumentError(f"within: expected a fraction from 0 to below 1 but found {within!r}")
        differences: list[ScoreDifference] = []
        results: dict[str, EvaluationResult] = {}
        compared = 0
        parents = {section.id: section.parent for section in form.sections}
        homes = {one.id: one.section for one in form.criteria}
        for one in self.evaluations:
            answers = {answer.criterion: answer.answer for answer in one.answers}
            try:
                result = form.score_one(answers, unanswered=unanswered, unasked="ignore")
            except RubricError as error:
                score = next((figure.score for figure in one.figures if figure.part == "form"), None)
                differences.append(ScoreDifference(one.id, "form", "form", "not_scored", score, None, str(error)))
                continue
            results[one.id] = result
            ours = _ours(result, parents, homes)
            for figure in one.figures:
                count, found = _compare(one.id, figure, ours, within)
                compared += count
                differences += found
        return Rescored(tuple(differences), len(results), compared, results)

    def to_dict(self) -> dict[str, Any]:
        """All as plain values."""
        return {
            "source": self.source,
            "evaluations": [
                {
                    "id": one.id,
                    **one.about,
                    "answers": [vars(answer).copy() for answer in one.answers],
                    "figures": [vars(figure).copy() for figure in one.figures],
                }
                for one in self.evaluations
            ],
            "inconsistencies": [vars(one).copy() for one in self.inconsistencies],
            "notes": [vars(note).copy() for note in self.notes],
        }

    def summary(self) -> str:
        """The import in a line."""
        answers = sum(len(one.answers) for one in self.evaluations)
        return (
            f"From {self.source}: evaluations: {len(self)}, answers: {answers}, "
            f"contradictions among the source's own figures: {len(self.inconsistencies)}"
        )

    def __repr__(self) -> str:
        return "\n".join([self.summary(), *(f"- {one.evaluation}: {one.message}" for one in self.inconsistencies)])

    def _repr_html_(self) -> str:
        return html_table(["evaluation", "contradiction"], [[one.evaluation, one.message] for one in self.inconsistencies], self.summary())


@dataclass(frozen=True)
class _Ours:
    score: float | None
    not_applicable: bool
    failed: bool
    applied_weight: float | None = None
    points: float | None = None
    critical_score: float | None = None


def _ours(
    result: EvaluationResult, parents: Mapping[str, str | None], homes: Mapping[str, str]
) -> dict[tuple[str, str], _Ours]:
    # An answer that fails marks its question, all sections around it, and the form.
    failed: set[tuple[str, str]] = set()
    for rule in result.fail_rules:
        failed.add(("form", "form"))
        around: str | None
        if rule.on in homes:
            failed.add(("question", rule.on))
            around = homes[rule.on]
        else:
            around = rule.on
        while around is not None:
            failed.add(("section", around))
            around = parents[around]
    out = {
        ("form", "form"): _Ours(
            result.score, result.score is None, ("form", "form") in failed, critical_score=result.critical_score
        )
    }
    for id, score in result.sections.items():
        out["section", id] = _Ours(score, score is None, ("section", id) in failed)
    for one in result.criteria:
        scored = one.state == "scored" and not math.isnan(one.possible)
        key = ("question", one.criterion)
        out[key] = _Ours(
            one.earned / one.possible if scored and one.possible else None,
            not scored,
            key in failed,
            one.applied_weight,
            one.earned if scored else None,
        )
    return out


def _compare(
    evaluation: str, figure: SourceFigure, ours: Mapping[tuple[str, str], _Ours], within: float
) -> tuple[int, list[ScoreDifference]]:
    at = ours.get((figure.part, figure.id))
    if at is None:
        message = f"the rubric has no {figure.part} {figure.id}"
        return 1, [ScoreDifference(evaluation, figure.part, figure.id, "score", figure.score, None, message)]
    out: list[ScoreDifference] = []
    count = 0

    def tell(what: str, theirs: float | bool | None, own: float | bool | None, words: str) -> None:
        out.append(ScoreDifference(evaluation, figure.part, figure.id, what, theirs, own, words))

    if figure.not_applicable is not None or (figure.score is not None and at.score is None):
        count += 1
        marked = bool(figure.not_applicable)
        if marked != at.not_applicable:
            says = "not applicable or not scored" if marked else f"scored{_percent(figure.score)}"
            gives = "no score" if at.not_applicable else f"a score{_percent(at.score)}"
            tell("not_applicable", marked, at.not_applicable, f"the source says {says}, the rubric gives {gives}")
    for what, theirs, own in (
        ("score", figure.score, at.score),
        ("critical_score", figure.critical_score, at.critical_score),
        ("applied_weight", figure.applied_weight, at.applied_weight),
    ):
        if theirs is None or own is None:
            continue
        count += 1
        if abs(theirs - own) > within:
            words = what.replace("_", " ")
            tell(what, theirs, own, f"the source shows a {words} of{_percent(theirs)}, the rubric gives{_percent(own)}")
    if figure.points is not None and at.points is not None:
        count += 1
        if abs(figure.points - at.points) > 1e-9:
            tell("points", figure.points, at.points, f"the source shows {figure.points:g} points, the rubric gives {at.points:g}")
    if figure.failed is not None:
        count += 1
        if figure.failed != at.failed:
            tell("failed", figure.failed, at.failed,
                 f"the source {'has' if figure.failed else 'does not have'} an automatic fail here, the rubric "
                 f"{'has' if at.failed else 'does not'}")  # fmt: skip
    return count, out


def _percent(score: float | None) -> str:
    return "" if score is None else f" {number(score * PERCENT, 6).rstrip('0').rstrip('.') or '0'} %"
