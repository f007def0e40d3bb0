"""JSON documents of other systems, read with suspicion: bounded, typed, every problem with its place."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ArgumentError, FileError, Problem, RubricError, did_you_mean

MAX_BYTES = 64 * 1024 * 1024
MAX_PROBLEMS = 200  # shown; a document that is wrong everywhere stops there
SHOWN = 60  # characters of a text in a message


class Problems:
    """What is wrong with a document, in the order it was found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.items: list[Problem] = []

    def add(self, path: str, message: str) -> None:
        self.items.append(Problem(self.file, 0, 0, path, message))
        if len(self.items) >= MAX_PROBLEMS:
            self.check()

    def check(self) -> None:
        """Raises all problems, if there are any."""
        if not self.items:
            return
        error = RubricError("\n".join(": ".join(filter(None, (one.file, one.path, one.message))) for one in self.items))
        error.problems = tuple(self.items)
        raise error


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys stood there twice."""

    repeated: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    out = _Object(pairs)
    if len(out) < len(pairs):
        seen: set[str] = set()
        out.repeated = tuple(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return out


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"expected a number but found {name}, which JSON does not have")


def parse_json(text: str, name: str) -> Any:
    """The value of a JSON text; keys that stand twice are reported by `Part`, everything else at once."""
    problems = Problems(name)
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        one = Problem(name, error.lineno, error.colno, "", f"expected JSON but found an error: {error.msg}")
        problems.items.append(one)
        raise_located(one)
    except RecursionError:
        problems.add("", "expected a form but found lists and objects nested beyond any real one")
    except ValueError as error:
        problems.add("", str(error))
    problems.check()
    stack = [("", value)]
    while stack:
        path, one_value = stack.pop()
        if isinstance(one_value, _Object):
            for key in one_value.repeated:
                problems.add(inside(path, key), f'expected each key once but found "{shorten(key)}" again')
            stack += [(inside(path, key), child) for key, child in one_value.items()]
        elif isinstance(one_value, list):
            stack += [(f"{path}[{index}]", child) for index, child in enumerate(one_value)]
    problems.check()
    return value


def raise_located(one: Problem) -> None:
    error = RubricError(f"{one.file}:{one.line}:{one.column}: {one.message}")
    error.problems = (one,)
    raise error


def read_document(source: Any, *, argument: str, max_bytes: int = MAX_BYTES) -> tuple[Any, str]:
    """The value of a JSON file, or the mapping itself, and the name that messages give it."""
    if isinstance(source, Mapping):
        return source, argument
    if not isinstance(source, (str, os.PathLike)):
        raise ArgumentError(f"{argument}: expected a JSON file or a mapping but found {type(source).__name__}")
    name = os.fspath(source)
    return parse_json(read_text(Path(source), max_bytes), name), name


def read_text(path: Path, max_bytes: int = MAX_BYTES) -> str:
    if not path.is_file():
        near = sorted(one.name for one in path.parent.iterdir() if one.is_file()) if path.parent.is_dir() else []
        raise FileError(
            f"{path}: expected a JSON file but found {'a folder' if path.is_dir() else 'none'}{did_you_mean(path.name, near)}"
        )
    with path.open("rb") as file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        problems = Problems(str(path))
        problems.add("", f"expected at most {max_bytes:,} bytes but found more")
        problems.check()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems = Problems(str(path))
        problems.add("", f"expected UTF-8 but found byte 0x{content[error.start]:02x} at {error.start}")
        problems.check()
        raise AssertionError("unreachable") from error


def inside(path: str, key: str) -> str:
    return f"{path}.{shorten(key)}" if path else shorten(key)


def shorten(text: str) -> str:
    plain = text.encode("utf-8", "replace").decode()
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 3] + "..."


def describe(value: Any) -> str:
    """A value in a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        try:
            return shorten(repr(value))
        except ValueError:  # more digits than Python writes
            return "a number of thousands of digits"
    if isinstance(value, str):
        return f'"{shorten(value)}"'
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, Sequence):
        return "a list"
    return type(value).__name__


@dataclass(frozen=True)
class Part:
    """A value of a document and where it stands. What reads it returns None where it is not what was expected."""

    value: Any
    path: str
    problems: Problems

    def problem(self, message: str) -> None:
        self.problems.add(self.path, message)

    def expected(self, what: str, hint: str = "") -> None:
        self.problem(f"expected {what} but found {describe(self.value)}{hint}")

    def fields(self, what: str, known: Iterable[str], *, unknown: str = "refuse") -> Fields | None:
        """The members of an object. Those that are null count as absent; those that nobody knows are problems, since they
        may well change the score, unless `unknown` is "ignore"."""
        if not isinstance(self.value, Mapping):
            self.expected(f"{what} (an object)")
            return None
        names = list(known)
        for key in self.value:
            if not isinstance(key, str):
                self.problem(f"expected keys that are text but found {describe(key)}")
            elif key not in names and unknown == "refuse":
                self.problems.add(
                    inside(self.path, key),
                    f'expected a member of {what} but found "{shorten(key)}"{did_you_mean(key, names)}',
                )
        return Fields(self, {key: value for key, value in self.value.items() if value is not None})

    def items(self, most: int = 1000) -> list[Part]:
        """The parts of a list."""
        if isinstance(self.value, (str, bytes)) or not isinstance(self.value, Sequence):
            self.expected("a list")
            return []
        if len(self.value) > most:
            self.problem(f"expected at most {most} entries but found {len(self.value)}")
            return []
        return [Part(value, f"{self.path}[{index}]", self.problems) for index, value in enumerate(self.value)]

    def text(self, *, empty: bool = False) -> str | None:
        if not isinstance(self.value, str):
            self.expected("text")
            return None
        try:
            self.value.encode()
        except UnicodeEncodeError:
            self.problem("expected text but found half of a surrogate pair in it")
            return None
        if not empty and not self.value.strip():
            self.expected("text that is not empty")
            return None
        return self.value

    def truth(self) -> bool | None:
        if not isinstance(self.value, bool):
            hint = ", which is text" if self.value in ("true", "false") else ""
            self.expected("true or false", hint)
            return None
        return self.value

    def number(self, least: float = -math.inf, most: float = math.inf) -> float | None:
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            self.expected("a number", ", which is text" if _is_number(self.value) else "")
            return None
        try:
            value = float(self.value)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            self.expected("a finite number")
            return None
        if not least <= value <= most:
            self.expected(f"a number from {least:g} to {most:g}" if most < math.inf else f"a number of at least {least:g}")
            return None
        return value

    def whole(self, least: float = -2_147_483_648, most: float = 2_147_483_647) -> int | None:
        value = self.number()
        if value is None:
            return None
        if value != math.floor(value) or not least <= value <= most:
            self.expected(f"a whole number from {least:g} to {most:g}")
            return None
        return int(value)

    def choice(self, allowed: Iterable[str]) -> str | None:
        names = list(allowed)
        if isinstance(self.value, str) and self.value in names:
            return self.value
        self.expected(f"one of {', '.join(names)}", did_you_mean(self.value, names) if isinstance(self.value, str) else "")
        return None


class Fields:
    """The members of an object, by name."""

    def __init__(self, part: Part, values: dict[str, Any]) -> None:
        self.part = part
        self._values = values

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    @property
    def path(self) -> str:
        return self.part.path

    def place(self, name: str) -> str:
        return inside(self.part.path, name)

    def get(self, name: str) -> Part | None:
        if name not in self._values:
            return None
        return Part(self._values[name], self.place(name), self.part.problems)

    def require(self, name: str) -> Part | None:
        found = self.get(name)
        if found is None:
            near = did_you_mean(name, self._values)
            self.part.problems.add(self.place(name), f'expected the member "{name}" but found none{near}')
        return found

    def truth(self, name: str) -> bool:
        """A flag; absent means false."""
        part = self.get(name)
        return bool(part.truth()) if part is not None else False

    def text(self, name: str, *, needed: bool = False) -> str | None:
        part = self.require(name) if needed else self.get(name)
        return None if part is None else part.text()

    def items(self, name: str, *, needed: bool = False) -> list[Part]:
        part = self.require(name) if needed else self.get(name)
        return [] if part is None else part.items()


def _is_number(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        float(value)
    except ValueError:
        return False
    return True
