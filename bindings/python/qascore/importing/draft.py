"""A rubric that is being made from another system's form: its parts, what was noted on the way, where each part came from."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import Any

from .. import _core
from .._extras import need
from .._render import html_table, text_table
from ..errors import Problem, RubricError
from ..rubric import Rubric
from .document import Problems

MAX_ID_BYTES = 64
NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Note:
    """What an import or export left out or decided, and where."""

    path: str
    message: str


class Notes:
    """Notes by message, each with the first place and how many more there are."""

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = {}

    def add(self, path: str, message: str) -> None:
        self._places.setdefault(message, []).append(path)

    def all(self) -> tuple[Note, ...]:
        return tuple(
            Note(paths[0], message + (f" (and {len(paths) - 1} more)" if len(paths) > 1 else ""))
            for message, paths in self._places.items()
        )


@dataclass(frozen=True)
class SourceIds:
    """How another system's ids became those of the rubric: sections and criteria by their id there, answers by criterion
    and id there."""

    parts: dict[str, str]
    answers: dict[tuple[str, str], str]


@dataclass(frozen=True, repr=False)
class ImportedRubric:
    """A rubric made from another system's form; made by `import_rubric`.

    Attributes
    ----------
    rubric : Rubric
    notes : tuple of Note
        What the form says that does not reach the score, and what had to be decided.
    definition : dict
        The rubric as its file says it.
    source : str
        The system it came from.
    ids : SourceIds
        The ids there and here.
    """

    rubric: Rubric
    notes: tuple[Note, ...]
    definition: dict[str, Any]
    source: str
    ids: SourceIds

    def to_yaml(self) -> str:
        """The rubric as a file that `Rubric.load` reads to the same content hash."""
        return to_yaml(self.definition)

    def to_dict(self) -> dict[str, Any]:
        """All as plain values."""
        return {
            "source": self.source,
            "definition": self.definition,
            "content_hash": self.rubric.content_hash,
            "notes": [vars(note).copy() for note in self.notes],
        }

    def summary(self) -> str:
        """The import in a line."""
        noted = f"{len(self.notes)} note{'' if len(self.notes) == 1 else 's'}"
        return f"{self.rubric.summary()}; from {self.source} with {noted}"

    def __repr__(self) -> str:
        rows: list[list[object]] = [[note.path, note.message] for note in self.notes]
        return self.summary() + ("\n" + text_table(["where", "note"], rows) if rows else "")

    def _repr_html_(self) -> str:
        return html_table(["where", "note"], [[note.path, note.message] for note in self.notes], self.summary())


def to_yaml(definition: dict[str, Any]) -> str:
    yaml = need("yaml", "cli")
    text: str = yaml.safe_dump(definition, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)
    return text


class Ids:
    """Ids that a rubric allows, unique in the form."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._taken: set[str] = set()

    def take(self, wanted: str, path: str) -> str:
        """`wanted` itself where it is an id, else what it makes as one; numbered where that is taken."""
        base = wanted if _core.is_id(wanted) and wanted != NOT_APPLICABLE else slug(wanted)
        out, number = base, 2
        while out in self._taken:
            suffix = f"_{number}"
            out, number = cut(base, MAX_ID_BYTES - len(suffix)) + suffix, number + 1
        if out != wanted:
            self._notes.add(path, "its id or name is not an id of a rubric, or is taken: it got one of its own")
        self._taken.add(out)
        return out


def slug(text: str) -> str:
    """An id that reads like the text."""
    plain = unicodedata.normalize("NFC", text).lower()
    words = "".join(c if c.isalnum() and _core.is_id(c) else " " for c in plain).split()
    return cut("_".join(words), MAX_ID_BYTES - 16).strip("_") or "item"


def cut(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")


def tidy(value: float) -> float | int:
    """A whole number without a point, as people write it."""
    return int(value) if float(value).is_integer() else value


class Draft:
    """The definition so far, and for each of its parts where it came from."""

    def __init__(self, source: str, problems: Problems) -> None:
        self.source = source
        self.problems = problems
        self.notes = Notes()
        self.ids = Ids(self.notes)
        self.parts: dict[str, str] = {}  # ids there to ids here
        self.answers: dict[tuple[str, str], str] = {}
        self.places: dict[str, str] = {}  # id here to where it came from

    def finish(self, definition: dict[str, Any]) -> ImportedRubric:
        """The rubric, or every problem with the place in the form it came from."""
        self.problems.check()
        try:
            rubric = Rubric.parse(json.dumps(definition, ensure_ascii=False), name=self.problems.file)
        except RubricError as error:
            for one in error.problems or (Problem(self.problems.file, 0, 0, "", str(error)),):
                self.problems.add(self._origin(definition, one.path), one.message)
            self.problems.check()
            raise
        ids = SourceIds(dict(self.parts), dict(self.answers))
        return ImportedRubric(rubric, self.notes.all(), definition, self.source, ids)

    def _origin(self, definition: dict[str, Any], path: str) -> str:
        # Follows the path down the definition; the last part with an id that is known says where it came from.
        at: Any = definition
        out = ""
        steps = path.replace("[", ".[").split(".")
        rest: list[str] = []
        for step in filter(None, steps):
            rest.append(step)
            try:
                at = at[int(step[1:-1])] if step.startswith("[") else at[step]
            except (KeyError, IndexError, TypeError, ValueError):
                at = None
            if isinstance(at, dict) and at.get("id") in self.places:
                out, rest = self.places[at["id"]], []
        tail = ".".join(rest).replace(".[", "[")
        return f"{out} (as {tail})" if out and tail else out or path
