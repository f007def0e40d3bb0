"""Correlations of independent rows and of weighted rows, tables, what lies behind categories, permutations."""

from __future__ import annotations

from typing import Any

from case import Case, Unsupported, handles
from library import condition, frame, verb


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


def pairs_of(case: Case) -> Any:
    """Two columns that the options name, or that the data are; rows of a table of counts."""
    if "x" in case.options:
        return frame({"x": case.column(case.option("x")), "y": case.column(case.option("y"))})
    if isinstance(case.data, dict) and "table" in case.data:
        table = case.rows_and_columns("table", ["x (ordered)", "rows"], ["y (ordered)", "columns"])
        cells = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
        return frame({"x": [i for i, _ in cells], "y": [j for _, j in cells]})
    x, y = case.inline("x", "y")
    return frame({"x": x, "y": y})


@handles("ordinal_table_measures")
def ordinal_table(case: Case) -> Any:
    case.only("se", "asymptotic, not under H0")
    rows, confidence = pairs_of(case), case.number("level", 0.95)

    def measure(method: str) -> dict[str, Any]:
        one = verb("association")(rows, "x", "y", method=method, interval="asymptotic", confidence=confidence)
        return {"estimate": one.value, "ase": one.std_error, "ci": [one.low, one.high]}

    counts = verb("pair_counts")(rows, "x", "y")
    return {
        "concordant": counts.concordant,
        "discordant": counts.discordant,
        "gamma": measure("gamma"),
        "tau_b": measure("kendall"),
        "tau_c": measure("tau_c"),
        "somers_column_given_row": measure("somers_y"),
        "somers_row_given_column": measure("somers_x"),
        "pearson_integer_scores": measure("pearson")["estimate"],
        "spearman": measure("spearman")["estimate"],
    }


@handles("polychoric")
def polychoric(case: Case) -> Any:
    rows = pairs_of(case)
    two_step = verb("association")(rows, "x", "y", method="polychoric", interval="asymptotic", missing="drop")
    ml = verb("association")(rows, "x", "y", method="polychoric_ml", interval="asymptotic", missing="drop")
    return {
        "rho_two_step": two_step.value,
        "se_two_step": two_step.std_error,
        "rho_ml": ml.value,
        "se_ml": ml.std_error,
    }


@handles("polyserial")
def polyserial(case: Case) -> Any:
    rows = pairs_of(case)
    ad_hoc = verb("association")(rows, "x", "y", method="polyserial_ad_hoc", missing="drop")
    ml = verb("association")(rows, "x", "y", method="polyserial", interval="asymptotic", missing="drop")
    return {"rho_ad_hoc": ad_hoc.value, "rho_ml": ml.value, "se_ml": ml.std_error}


@handles("biserial")
def biserial(case: Case) -> Any:
    binary = case.option("binary")
    y: list[Any]
    if binary in case.table():
        y = case.column(binary)
    else:
        y = [None if holds is None else int(holds) for holds in condition(binary, case.table())]
    rows = frame({"x": case.column(case.option("continuous")), "y": y})
    return {
        method: verb("association")(rows, "x", "y", method=method, missing="drop").value
        for method in ("point_biserial", "biserial")
    }


@handles("distance_correlation")
def distance(case: Case) -> Any:
    found = verb("distance_correlation")(pairs_of(case), "x", "y", missing="drop")
    return {
        "dcor": found.value,
        "dcor_squared": found.value**2,
        "dcov": found.covariance,
        "bcdcor": found.bias_corrected,
    }


@handles("exact_permutation_test")
def permutations(case: Case) -> Any:
    known = {"two.sided", "greater", "less"}
    wanted = case.option("alternative", ["two.sided"])
    if not isinstance(wanted, list) or not set(wanted) <= known:
        raise Unsupported(f"option alternative: {wanted!r}")
    method = case.choice("statistic", {"pearson": "pearson", "spearman": "spearman", "kendall": "kendall"})
    found = verb("permutation_test")(pairs_of(case), "x", "y", method=method)
    if not found.exact:
        raise Unsupported("all permutations of so many rows")
    return {
        "r": found.value,
        "p_two_sided": found.p_value,
        "p_greater": found.p_greater,
        "p_less": found.p_less,
        "permutations": found.permutations,
    }
