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


@handles("partial_correlation")
def partial(case: Case) -> Any:
    x, y, given = case.option("x"), case.option("y"), list(case.option("covariates"))
    rows = frame({name: case.column(name) for name in (x, y, *given)})

    def found(**options: Any) -> Any:
        return verb("partial_correlation")(rows, x, y, missing="drop", **options)

    both, one = found(given=given), found(given=given[:1])
    from_y, from_x = found(given=given, part="y"), found(given=given, part="x")
    return {
        "partial": both.value,
        "partial_p": both.test.p_value,
        "semi_partial_y": from_y.value,
        "semi_partial_y_p": from_y.test.p_value,
        "semi_partial_x": from_x.value,
        "semi_partial_x_p": from_x.test.p_value,
        f"partial_{given[0]}": one.value,
        f"partial_{given[0]}_p": one.test.p_value,
        "partial_spearman": found(given=given, method="spearman").value,
        "partial_kendall": found(given=given, method="kendall").value,
    }


@handles("partial_correlation_matrix")
def partial_matrix(case: Case) -> Any:
    columns = case.table()
    method = case.choice("method", {"pearson": "pearson", "spearman": "spearman"}, "pearson")
    found = verb("partial_correlations")(frame(columns), list(columns), method=method, missing="drop")
    return {"partial": found.values.tolist(), "n": found.n}


@handles("independent_correlation_test")
def independent(case: Case) -> Any:
    n1, r1, n2, r2 = case.inline("n1", "r1", "n2", "r2")
    found = verb("independent_correlations")(r1, n1, r2, n2, confidence=case.number("level", 0.95))
    # The reference program prints |z|.
    return {"z": abs(found.test.statistic), "p": found.test.p_value, "ci": [found.low, found.high]}


OVERLAPPING = {
    "Williams (Steiger 1980)": "williams",
    "Williams": "williams",
    "Steiger": "steiger",
    "Meng": "meng",
    "Meng, Rosenthal and Rubin": "meng",
}


@handles("dependent_correlation_test")
def dependent(case: Case) -> Any:
    n, r12, r13, r23 = case.inline("n", "r12", "r13", "r23")
    test = case.choice("test", OVERLAPPING)
    found = verb("overlapping_correlations")(r12, r13, r23, n, test=test, confidence=case.number("level", 0.95))
    statistic = "t" if test == "williams" else "z"
    return {statistic: found.test.statistic, "p": found.test.p_value, "ci": [found.low, found.high]}


@handles("repeated_measures_correlation")
def repeated(case: Case) -> Any:
    names = {role: case.option(role) for role in ("subject", "x", "y")}
    rows = frame({role: case.column(name) for role, name in names.items()})
    confidence = case.number("level", 0.95)
    found = verb("within_between_correlation")(rows, "x", "y", group="subject", confidence=confidence, missing="drop")
    within = found["within"]
    return {
        "r": within.value,
        "df": within.test.df1,
        "p": within.test.p_value,
        "ci": [within.low, within.high],
    }


@handles("range_restriction")
def range_restriction(case: Case) -> Any:
    cases = case.option("cases")
    if not isinstance(cases, list) or not set(cases) <= {1, 2}:
        raise Unsupported(f"option cases: {cases!r}")
    r, wide, narrow = case.inline("r", "sd_unrestricted", "sd_restricted")
    return {
        f"case{which}": verb("correct_range")(r, case=which, sd_unrestricted=wide, sd_restricted=narrow).value
        for which in cases
    }


@handles("p_adjust")
def adjusted(case: Case) -> Any:
    (p,) = case.inline("p")
    methods = {"BH": "benjamini_hochberg", "BY": "benjamini_yekutieli"} | {name: name for name in ("bonferroni", "holm", "hochberg", "hommel")}
    found = {name: verb("adjust_p")(p, method).tolist() for name, method in methods.items()}
    return found | {"rejected_BH_05": sum(value <= 0.05 for value in found["BH"])}


@handles("bootstrap_ingredients")
def bootstrap(case: Case) -> Any:
    case.only("statistic", "ratio sum(x)/sum(u)")
    u, x = case.inline("u", "x")
    rows = frame({"u": u, "x": x})
    found = verb("bootstrap")(rows, "x", "u", statistic="ratio", seed=1, replicates=99)
    return {
        "estimate": found.value,
        "infinitesimal_jackknife_se": found.influence_error,
        "jackknife_se": verb("ratio")(rows, "x", "u", variance="jackknife").std_error,
        "bca_acceleration": found.acceleration,
    }
