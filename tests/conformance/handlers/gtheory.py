"""Generalisability: variance components, and the reliability of planned measurements."""

from __future__ import annotations

import re
from typing import Any

from case import Case, Unsupported, handles
from library import frame, verb

NESTED = re.compile(r"(\w+) nested in (\w+)$")
LEVELS = re.compile(r"n_(\w+)$")


def column_of(case: Case, name: str) -> str:
    """A column of the data by its name in any case."""
    found = [column for column in case.table() if column.lower() == name.lower()]
    if len(found) != 1:
        raise Unsupported(f"data: no column {name!r}")
    return found[0]


def score_of(case: Case, facets: list[str]) -> str:
    left = [column for column in case.table() if column not in facets]
    if len(left) != 1:
        raise Unsupported(f"data: which of {', '.join(left)} is the score?")
    return left[0]


@handles("g_study")
def components(case: Case) -> Any:
    thing = column_of(case, case.option("objects"))
    facets, nested = [], {}
    for part in case.option("facets").split(";"):
        match = NESTED.match(part.strip())
        name = column_of(case, match.group(1) if match else part.strip())
        facets.append(name)
        if match:
            nested[name] = column_of(case, match.group(2))
    case.option("formula", None)  # the same in letters
    data = frame(case.table())
    found = verb("g_study")(data, score_of(case, [thing, *facets]), object=thing, facets=facets, nested=nested)
    names = found.components.keys[0][1]
    return {
        name if name != "residual" else "Residual": one.value
        for name, one in zip(names, found.components, strict=True)
    }


@handles("d_study")
def planned(case: Case) -> Any:
    thing = column_of(case, case.option("objects"))
    sizes = {name: LEVELS.match(name) for name in case.options}
    levels = {column_of(case, match.group(1)): int(case.number(name)) for name, match in sizes.items() if match}
    facets = list(levels)
    # Raters who judge in one task only stand within it.
    columns, nested = case.table(), {}
    for inner in facets:
        for outer in facets:
            met: dict[Any, set[Any]] = {}
            for label, parent in zip(columns[inner], columns[outer], strict=True):
                met.setdefault(label, set()).add(parent)
            if inner != outer and all(len(parents) == 1 for parents in met.values()):
                nested[inner] = outer
    data = frame(columns)
    study = verb("g_study")(data, score_of(case, [thing, *facets]), object=thing, facets=facets, nested=nested)
    plan = verb("d_study")(study, levels)[0]
    return {
        "generalizability": plan.generalizability.value,
        "dependability": plan.dependability.value,
        "var_error_rel": plan.relative_error,
        "var_error_abs": plan.absolute_error,
        "sem_rel": plan.relative_sem,
        "sem_abs": plan.absolute_sem,
        "var_universe": plan.universe,
    }
