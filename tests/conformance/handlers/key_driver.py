"""Shares of explained variance."""

from __future__ import annotations

from typing import Any

from case import Case, handles
from library import frame, verb

MEASURES = {"lmg": "lmg", "last": "last", "first": "first", "pratt": "pratt", "betasq": "beta_squared",
            "genizi": "johnson", "car": "car"}  # fmt: skip


def importance(case: Case) -> Any:
    y, x = case.option("y"), list(case.option("x"))
    columns = {name: case.column(name) for name in (y, *x)}
    weights = case.option("weights", None)
    if weights is None:
        return verb("relative_importance")(frame(columns), y, x, missing="drop")
    rows = frame({**columns, "(weight)": case.column(weights)})
    return verb("relative_importance")(verb("SampleDesign")(rows, weight="(weight)"), y, x, missing="drop")


def shares(found: Any, measure: str) -> dict[str, float]:
    table = found.by(measure)
    return {label: one.value for label, one in zip(table.keys[0][1], table, strict=True)}


@handles("lmg_shapley")
def lmg(case: Case) -> Any:
    found = importance(case)
    return {"r2": found.r_squared.value} | {name: shares(found, measure) for name, measure in MEASURES.items()}


@handles("johnson_relative_weights")
def johnson(case: Case) -> Any:
    found = importance(case)
    raw = shares(found, "johnson")
    percent = {label: 100 * value / found.r_squared.value for label, value in raw.items()}
    return {"r2": found.r_squared.value, "raw": raw, "rescaled_percent": percent}
