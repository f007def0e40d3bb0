"""The library as its users see it: the public names of qascore, and frames to hand to them."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from case import Unsupported


def verb(name: str) -> Any:
    """A public name of qascore; one that is not there yet makes the case unsupported."""
    qascore = importlib.import_module("qascore")
    if not hasattr(qascore, name):
        raise Unsupported(f"qascore.{name} is not there")
    return getattr(qascore, name)


def frame(columns: Mapping[str, Sequence[Any]]) -> Any:
    """A frame of the first library that is installed."""
    for name, make in (("pandas", "DataFrame"), ("polars", "DataFrame"), ("pyarrow", "table")):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        return getattr(module, make)({key: list(values) for key, values in columns.items()})
    raise RuntimeError("none of pandas, polars, pyarrow is installed")


def limits(estimate: Any) -> dict[str, float]:
    """An estimate under the names that cases use for it."""
    return {
        "estimate": estimate.value,
        "se": estimate.std_error,
        "ci_lower": estimate.low,
        "ci_upper": estimate.high,
    }


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}
TERM = re.compile(r"\s*([\w.]+)\s*(==|!=|>=|<=|>|<)\s*('([^']*)'|[-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*$")


def condition(text: str, columns: Mapping[str, Sequence[Any]]) -> list[bool | None]:
    """Row by row, whether `column op value and ...` holds; None where a value is missing."""
    terms = []
    for part in re.split(r"\s+and\s+", text):
        match = TERM.match(part)
        if not match or match.group(1) not in columns:
            raise Unsupported(f"condition {text!r}")
        name, operator, literal, quoted = match.groups()
        value = quoted if quoted is not None else float(literal)
        terms.append((columns[name], COMPARISONS[operator], value))
    rows = len(next(iter(columns.values())))
    out: list[bool | None] = []
    for row in range(rows):
        found = [column[row] for column, _, _ in terms]
        if any(value is None for value in found):
            out.append(None)
        else:
            out.append(all(holds(value, wanted) for value, (_, holds, wanted) in zip(found, terms, strict=True)))
    return out


def finite_or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
