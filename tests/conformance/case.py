"""A reference case: its file, its options, its data. The format is in docs/conformance.md."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

T = TypeVar("T")

REQUIRED = object()
KEYS = tuple(
    "id topic dataset data statistic options expected tolerance source published verified".split()
)


class Malformed(Exception):
    """The file is not a case."""


class Unsupported(Exception):
    """The case asks for something that this version, or this runner, does not know."""


class Case:
    """One case. Every option that a handler reads is noted, so that none is ever ignored."""

    def __init__(self, record: Mapping[str, Any], folder: Path) -> None:
        check(record)
        self.id: str = record["id"]
        self.topic: str = record["topic"]
        self.statistic: str = record["statistic"]
        self.options: dict[str, Any] = dict(record["options"] or {})
        self.expected: Any = record["expected"]
        self.tolerance: dict[str, float] = record["tolerance"]
        self.data: Any = resolve(record["data"], folder)
        self._read: set[str] = set()

    def option(self, name: str, default: Any = REQUIRED) -> Any:
        """The option's value; without a default it must be there."""
        self._read.add(name)
        if name in self.options:
            return self.options[name]
        if default is REQUIRED:
            raise Unsupported(f"option {name} is needed")
        return default

    def number(self, name: str, default: Any = REQUIRED) -> float:
        value = self.option(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Unsupported(f"option {name}: a number is understood, not {value!r}")
        return value

    def choice(self, name: str, known: Mapping[str, T], default: Any = REQUIRED) -> T:
        """What the option's value means; a value that is not known makes the case unsupported."""
        if name not in self.options and default is not REQUIRED:
            self._read.add(name)
            return cast(T, default)
        value = self.option(name)
        if not isinstance(value, str) or value not in known:
            raise Unsupported(f"option {name}: {value!r} is not one of {', '.join(map(repr, known))}")
        return known[value]

    def only(self, name: str, *values: Any) -> None:
        """An option that says what is done anyway: absent, or one of these values."""
        value = self.option(name, REQUIRED if name in self.options else values[0])
        if value not in values:
            raise Unsupported(f"option {name}: {value!r} is not {' or '.join(map(repr, values))}")

    def unread_options(self) -> list[str]:
        return sorted(set(self.options) - self._read)

    def wants(self, *keys: str) -> bool:
        """Whether the expected answer has one of these keys."""
        return isinstance(self.expected, Mapping) and any(key in self.expected for key in keys)

    def table(self) -> dict[str, list[Any]]:
        """The data as named columns."""
        if isinstance(self.data, Mapping) and all(isinstance(values, list) for values in self.data.values()):
            return dict(self.data)
        raise Unsupported("data: named columns are needed")

    def column(self, name: str) -> list[Any]:
        columns = self.table()
        if name not in columns:
            raise Unsupported(f"data: no column {name!r}")
        return columns[name]

    def inline(self, *keys: str, also: Collection[str] = ()) -> list[Any]:
        """The values of inline data that has exactly these keys (and perhaps some of `also`)."""
        if not isinstance(self.data, Mapping) or set(self.data) - set(also) != set(keys):
            raise Unsupported(f"data: {', '.join(keys)} is understood")
        return [self.data[key] for key in keys]

    def rows_and_columns(self, key: str, rows: str | Sequence[str], columns: str | Sequence[str]) -> list[list[Any]]:
        """A matrix `key` whose rows and columns are said to be these; turned if they are said the other way round."""
        (matrix,) = self.inline(key, also=("rows", "columns"))
        names = [[one] if isinstance(one, str) else list(one) for one in (rows, columns)]
        said = (self.data.get("rows", names[0][0]), self.data.get("columns", names[1][0]))
        if said[0] in names[0] and said[1] in names[1]:
            return [list(row) for row in matrix]
        if said[1] in names[0] and said[0] in names[1]:
            return [list(row) for row in zip(*matrix, strict=True)]
        raise Unsupported(f"data: rows {said[0]!r}, columns {said[1]!r}")


def check(record: Any) -> None:
    """Raises Malformed unless the record has what every case has."""
    if not isinstance(record, Mapping):
        raise Malformed(f"expected an object but found {type(record).__name__}")
    missing = [key for key in KEYS if key not in record]
    if missing:
        raise Malformed(f"missing: {', '.join(missing)}")
    for key in ("id", "topic", "statistic"):
        if not isinstance(record[key], str) or not record[key]:
            raise Malformed(f"{key}: expected text but found {record[key]!r}")
    if not isinstance(record["options"], (Mapping, type(None))):
        raise Malformed(f"options: expected an object but found {record['options']!r}")
    tolerance = record["tolerance"]
    if not isinstance(tolerance, Mapping) or set(tolerance) != {"rel", "abs"}:
        raise Malformed(f"tolerance: expected rel and abs but found {tolerance!r}")
    for key, value in tolerance.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not (0 <= value < math.inf):
            raise Malformed(f"tolerance: {key}: expected a number >= 0 but found {value!r}")
    if record["expected"] in ({}, [], None):
        raise Malformed("expected: nothing is expected, so nothing could fail")


def resolve(data: Any, folder: Path) -> Any:
    """Inline data as they are; the name of a CSV beside the case as its columns; a mapping value by value."""
    if isinstance(data, str):
        return read_csv(folder / data)
    if isinstance(data, Mapping):
        return {
            key: read_csv(folder / value) if isinstance(value, str) and value.endswith(".csv") else value
            for key, value in data.items()
        }
    return data


def read_csv(path: Path) -> dict[str, list[Any]]:
    """Columns of numbers or text; blank is None. A column is numbers if every value that is there is one."""
    if path.suffix != ".csv" or not path.is_file():
        raise Malformed(f"data: no CSV {path.name!r} beside the case")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    if not rows:
        raise Malformed(f"data: {path.name} is empty")
    header, body = rows[0], [row for row in rows[1:] if row]
    for number, row in enumerate(body, 2):
        if len(row) != len(header):
            raise Malformed(f"data: {path.name}:{number}: expected {len(header)} fields but found {len(row)}")
    return {name: typed([row[at] for row in body]) for at, name in enumerate(header)}


def typed(texts: Sequence[str]) -> list[Any]:
    for parse in (int, float):
        try:
            return [parse(text) if text not in ("", "NA") else None for text in texts]
        except ValueError:
            continue
    return [text if text not in ("", "NA") else None for text in texts]


def load(path: Path) -> Case:
    """The case in a file; Malformed says what is wrong with it."""

    def no_constant(name: str) -> None:
        raise Malformed(f"{name} is not JSON")

    def no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(pairs)
        if len(record) != len(pairs):
            raise Malformed("a key stands twice")
        return record

    try:
        record = json.loads(
            path.read_text(encoding="utf-8"), parse_constant=no_constant, object_pairs_hook=no_repeats
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from None
    return Case(record, path.parent)


Handler = Callable[[Case], Any]
HANDLERS: dict[str, Handler] = {}


def handles(*statistics: str) -> Callable[[Handler], Handler]:
    """Registers a function as what answers the cases of these statistics."""

    def register(handler: Handler) -> Handler:
        for statistic in statistics:
            if statistic in HANDLERS:
                raise ValueError(f"{statistic} has two handlers")
            HANDLERS[statistic] = handler
        return handler

    return register
