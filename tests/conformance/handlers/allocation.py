"""Sizes of stratified samples."""

from __future__ import annotations

from typing import Any

from case import Case, Unsupported, handles
from library import frame, verb


def columns(case: Case, *roles: str) -> list[list[Any]]:
    """Inline lists, or columns of a CSV that options name."""
    table = case.table()
    named = [case.option(role) if isinstance(case.options.get(role), str) else role for role in roles]
    for name in named:
        if name not in table:
            raise Unsupported(f"data: no {name}")
    return [table[name] for name in named]


def bound(case: Case, name: str) -> list[Any] | None:
    value = case.option(name, None)
    return case.column(value) if isinstance(value, str) else value


def allocate(case: Case, population: list[int], **more: Any) -> Any:
    """A plan for strata numbered in the order of the case."""
    width = len(str(len(population)))
    labels = [f"{h:0{width}}" for h in range(len(population))]
    rows = frame({"stratum": [label for label, count in zip(labels, population, strict=True) for _ in range(count)]})
    for role in ("min_per_stratum", "max_per_stratum", "sd", "cost", "measure"):
        if isinstance(more.get(role), list):
            more[role] = dict(zip(labels, more[role], strict=True))
    if more.get("min_per_stratum") is None:
        more["min_per_stratum"] = 0
    if more.get("max_per_stratum") is None:
        more.pop("max_per_stratum", None)
    return verb("allocate")(rows, strata=["stratum"], **more)
