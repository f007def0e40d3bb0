"""What can go wrong, as types.

Every message says which argument or column, what was found, what is allowed, where, and what was probably meant.
Each class is also one of Python's own kinds, so that code which knows nothing of qascore catches it too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from numbers import Integral

__all__ = [
    "ArgumentError",
    "DataError",
    "DesignError",
    "FileError",
    "MissingColumnError",
    "MissingRowError",
    "NumericError",
    "Problem",
    "QascoreError",
    "RubricError",
]


ROLES = ("conversation_id", "evaluation_id", "rater_id", "agent_id", "criterion", "answer", "score", "rating", "csat")
"""Columns as the library calls them: none stands for another, however alike the names are."""


class QascoreError(Exception):
    """Base of all errors of the library."""


class ArgumentError(QascoreError, ValueError):
    """An argument or option is outside what is allowed."""


class DataError(QascoreError, ValueError):
    """The data contradict what the call needs."""


class MissingColumnError(DataError, KeyError):
    """A named column is not in the frame."""

    # KeyError would show the message in quotes.
    __str__ = Exception.__str__


class MissingRowError(ArgumentError, KeyError):
    """A table of results has no row of that name."""

    __str__ = Exception.__str__


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a rubric: where (line and column from 1; 0: there is no text), and what."""

    file: str
    line: int
    column: int
    path: str
    message: str


class RubricError(QascoreError, ValueError):
    """A rubric file or an answer to it is not valid; `problems` has every one of them as data, where known."""

    problems: tuple[Problem, ...] = ()


class DesignError(QascoreError, ValueError):
    """A sampling plan or sample design cannot give what is asked."""


class NumericError(QascoreError, ArithmeticError):
    """A computation failed where the input was valid."""


class FileError(QascoreError, OSError):
    """A file cannot be found, opened or written; what stands in it is a DataError."""


def did_you_mean(found: object, allowed: Iterable[object]) -> str:
    """` (did you mean "name"?)`, or nothing."""
    names = {str(name): str(name) for name in allowed}
    lowered = {name.lower(): name for name in names}
    text = str(found)
    if text.lower() in lowered:
        return f' (did you mean "{lowered[text.lower()]}"?)'
    near = get_close_matches(text, list(names), n=1, cutoff=0.6) if len(text) > 1 else []
    if not near and len(text) > 1:  # "queue" of "queue name", where no other has it
        inside = [name for low, name in lowered.items() if text.lower() in low]
        near = inside if len(inside) == 1 else []
    return f' (did you mean "{near[0]}"?)' if near else ""


def column_meant(name: str, columns: Iterable[str]) -> str:
    """What to do where a frame or file lacks a column: what a merge has made of it, scores that may be meant, or the nearest name, but
    of no column that is known to say something else (a conversation is no evaluation)."""
    present = list(columns)
    doubled = [f"{name}_x", f"{name}_y"]
    if all(one in present for one in doubled):
        return f'; a merge has made "{doubled[0]}" and "{doubled[1]}" of it, since both frames had it: merge on it too, or take it from one'
    if name == "rating" and "score" in present:
        return '; to take scores for ratings, give rating="score"'
    return did_you_mean(name, [one for one in present if one not in ROLES] if name in ROLES else present)


def number_meant(text: str) -> str:
    """How to write a number that stands as text with a sign, a comma, or the end of its scale, else nothing."""
    plain = text.strip()
    if re.fullmatch(r"[-+]?\d+(\.\d+)?\s*[%％]", plain):
        return "; write it without the sign, in all rows alike"
    if re.fullmatch(r"[-+]?\d+,\d+", plain):
        return f"; write it with a point, {plain.replace(',', '.')}"
    if found := re.fullmatch(r"(\d+)\s*[/／]\s*\d+", plain):
        return f"; write {found[1]} alone"
    return ""


def percent_hint(found: float) -> str:
    """For a fraction that was written as a percentage: ` (did you mean 0.3?)` for 30, else nothing."""
    return f" (did you mean {found / 100:g}?)" if 1 < found <= 100 else ""


def check_noun(argument: str, found: object, kind: type, made: str) -> None:
    """Refuses what is not of the kind that a verb is asked of; `made` is how one is made."""
    if not isinstance(found, kind):
        what = f"the class {found.__name__}" if isinstance(found, type) else type(found).__name__
        raise ArgumentError(f"{argument}: expected a {kind.__name__} but found {what}; {made}")


def check_threads(found: object) -> int:
    """How many threads to use: `found`, or as many as there are cores where it is None or 0."""
    if found is None:
        return os.cpu_count() or 1
    if isinstance(found, bool) or not isinstance(found, Integral) or found < 0:
        raise ArgumentError(f"threads: expected a whole number of threads, or 0 or None for all cores, but found {found!r}")
    return int(found) or os.cpu_count() or 1


def check_choice(argument: str, found: object, allowed: Iterable[str]) -> str:
    """`found` if it is one of the allowed names, else an ArgumentError that lists them."""
    names = list(allowed)
    if isinstance(found, str) and found in names:
        return found
    raise ArgumentError(
        f"{argument}: expected one of {', '.join(names)} but found {found!r}{did_you_mean(found, names)}"
    )
