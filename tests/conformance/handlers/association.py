"""Correlations of independent rows and of weighted rows."""

from __future__ import annotations

from typing import Any

from case import Case, handles
from library import frame, verb


@handles("bivariate_correlation")
def bivariate(case: Case) -> Any:
    case.only("missing", "pairwise complete")
    x, y = case.option("x"), case.option("y")
    rows = frame({"x": case.column(x), "y": case.column(y)})
    confidence = case.number("level", 0.95)
    pearson = verb("association")(rows, "x", "y", method="pearson", missing="drop", confidence=confidence)
    spearman = verb("association")(rows, "x", "y", method="spearman", missing="drop", confidence=confidence)
    kendall = verb("association")(rows, "x", "y", method="kendall", missing="drop", confidence=confidence)
    return {
        "n": pearson.n,
        "pearson": pearson.value,
        "pearson_t": pearson.test.statistic,
        "pearson_p": pearson.test.p_value,
        "pearson_ci": [pearson.low, pearson.high],
        "spearman": spearman.value,
        "spearman_p": spearman.test.p_value,
        "kendall_tau_b": kendall.value,
        "kendall_z": kendall.test.statistic,
        "kendall_p": kendall.test.p_value,
    }


@handles("weighted_correlation")
def weighted(case: Case) -> Any:
    columns = {name: case.column(case.option(role)) for name, role in (("x", "x"), ("y", "y"), ("weight", "weights"))}
    rows = frame({"unit": list(range(len(columns["x"]))), **columns})
    design = verb("SampleDesign")(rows, unit="unit", weight="weight")
    return {
        method: verb("association")(design, "x", "y", method=method).value for method in ("pearson", "spearman")
    }
