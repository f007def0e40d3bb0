"""Model + human as published: prediction-powered means."""

from __future__ import annotations

import math
import re
from typing import Any

from case import Case, Unsupported, handles
from library import condition, frame, limits, verb

NULL = re.compile(r"p_value_null_(-?\d+(?:_\d+)?)$")
DIVISORS = {"n": "n", "n-1": "n - 1"}
UNLABELLED = " (empty = not labelled)"
Column = list[float | None]


def values(text: str, columns: dict[str, list[Any]]) -> Column:
    """A column, or as 0 and 1 a condition on one."""
    name = text.removesuffix(UNLABELLED)
    if name in columns:
        return columns[name]
    return [None if holds is None else float(holds) for holds in condition(name, columns)]


def null_of(case: Case) -> float:
    """The null hypothesis that a wanted p-value names: p_value_null_0_5 is 0.5."""
    named = [m.group(1) for key in case.expected if (m := NULL.match(key))]
    return float(named[0].replace("_", ".")) if named else 0.0


def answer(case: Case, found: Any) -> dict[str, Any]:
    size = found.effective_size
    out = dict(limits(found)) | {"lambda": found.lam, "effective_sample_size": int(size) if math.isfinite(size) else size}
    return out | {key: found.test.p_value for key in case.expected if NULL.match(key)}


@handles("ppi_mean")
def ppi_mean(case: Case) -> Any:
    case.only("ci", "normal; variances with divisor n")
    lam = case.option("lam", "optimal")
    if not isinstance(case.data, dict):
        raise Unsupported("data: labelled and unlabelled are understood")
    if {"labelled", "unlabelled"} == set(case.data):
        labelled, rest = case.data["labelled"], case.data["unlabelled"]
        first = {"y": values(case.option("y"), labelled), "f": values(case.option("yhat"), labelled)}
        other = {"f": values(case.option("yhat"), rest)}
    else:
        y, yhat, unlabelled = case.inline("y", "yhat", "yhat_unlabelled")
        first, other = {"y": y, "f": yhat}, {"f": unlabelled}
    found = verb("ppi_mean")(
        frame(first), "y", model="f", unlabelled=frame(other), lam="tuned" if lam == "optimal" else lam,
        confidence=1 - case.number("alpha", 0.1), null=null_of(case),
    )  # fmt: skip
    return answer(case, found)


@handles("stratified_ppi_mean")
def stratified_ppi_mean(case: Case) -> Any:
    table = case.table()
    columns = {
        "y": values(case.option("y"), table),
        "f": values(case.option("yhat"), table),
        "h": case.column(case.option("stratum")),
    }
    inside = [value is not None for value in columns["y"]]
    first = {name: [v for v, has in zip(column, inside, strict=True) if has] for name, column in columns.items()}
    other = {name: [v for v, has in zip(columns[name], inside, strict=True) if not has] for name in ("f", "h")}
    tuned = case.option("power_tuning", True)
    found = verb("ppi_mean")(
        frame(first), "y", model="f", unlabelled=frame(other), stratum="h", lam="tuned" if tuned else 1.0,
        clip=bool(case.option("lambda_clip", False)), divisor=case.choice("variance_divisor", DIVISORS),
        confidence=case.number("level", 0.95), null=null_of(case),
    )  # fmt: skip
    return answer(case, found)
