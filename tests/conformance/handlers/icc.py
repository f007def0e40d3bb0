"""Intraclass correlations and the variances behind them, by mean squares and by REML."""

from __future__ import annotations

import re
from typing import Any

from case import Case, Unsupported, handles
from compare import Judged
from library import frame, verb

from handlers.agreement import long_table

FORMS = ("1,1", "A,1", "C,1", "1,k", "A,k", "C,k")


def table(case: Case) -> Any:
    return long_table(case.rows_and_columns("ratings", ("subjects", "units", "items"), "raters"), None)


def forms(case: Case) -> list[str]:
    """The forms asked for, as ICC(A,1) and so on; all six unless said."""
    known = {f"ICC({form})": form for form in FORMS}
    wanted = case.option("forms", list(known))
    if not set(wanted) <= set(known):
        raise Unsupported(f"option forms: {wanted!r}")
    return [known[name] for name in wanted]


def tested(result: Any) -> dict[str, float]:
    return {
        "F": result.test.statistic,
        "df1": result.test.df1,
        "df2": result.test.df2,
        "p": result.test.p_value,
    }


@handles("icc_anova")
def anova(case: Case) -> Any:
    case.only("negative", "keep")
    ratings, confidence = table(case), case.number("level", 0.95)
    out = {}
    for form in forms(case):
        result = verb("icc")(ratings, form=form, confidence=confidence, method="anova")
        out[f"ICC({form})"] = {
            "icc": result.value,
            "ci_lower": result.low,
            "ci_upper": result.high,
            **tested(result),
        }
    return out


@handles("icc_test")
def test_of_a_null_value(case: Case) -> Any:
    case.only("alternative", "greater")
    ratings, null_value = table(case), case.number("r0")
    return {
        f"ICC({form})": tested(verb("icc")(ratings, form=form, null_value=null_value)) for form in FORMS
    }


@handles("icc_anova_edge")
def edge(case: Case) -> Any:
    ratings = table(case)
    out: dict[str, Any] = {f"ICC({form})": verb("icc")(ratings, form=form).value for form in forms(case)}
    averages = {form: verb("icc")(ratings, form=form).value for form in FORMS if form.endswith("k")}
    out["average_forms"] = Judged(
        {"undefined or -inf, never above 1": all(not value > 1 for value in averages.values())}, averages
    )
    return out


@handles("icc_oneway")
def one_way(case: Case) -> Any:
    matrix = case.rows_and_columns("ratings", ("subjects", "units"), ("replicates", "raters"))
    result = verb("icc")(long_table(matrix, None), form="1,1", method="anova")
    variances = model(long_frame(matrix), "rating", ["unit"]).variances
    return {
        "icc1_anova": result.value,
        "msb": result.between_units,
        "msw": result.residual,
        "var_subject_reml": variances["unit"].value,
        "var_residual_reml": variances["residual"].value,
    }


@handles("icc_oneway_unbalanced")
def one_way_unbalanced(case: Case) -> Any:
    case.only("ci", "THD (Searle 1971 via Donner)")
    group, y = case.option("group"), case.option("y")
    columns = frame({"group": case.column(group), "y": case.column(y)})
    ratings = verb("RatingTable")(columns, unit="group", rater=None, rating="y")
    result = verb("icc")(ratings, form="1,1", confidence=case.number("level", 0.95), method="anova", interval="f")
    return {
        "icc": result.value,
        "ci_lower": result.low,
        "ci_upper": result.high,
        "n_groups": result.n,
        "k0": result.ratings_per_unit,
        "var_within": result.error_variance,
        "var_among": result.unit_variance,
    }


@handles("icc_reml")
def reml(case: Case) -> Any:
    case.only("model", "subjects random, raters random, crossed, no interaction")
    matrix = case.rows_and_columns("ratings", ("subjects", "units", "items"), "raters")
    fitted = model(long_frame(matrix), "rating", ["unit", "rater"])
    ratings = long_table(matrix, None)
    out = {f"icc_{form[0].lower()}1": verb("icc")(ratings, form=form, method="reml").value for form in ("A,1", "C,1")}
    return out | components(fitted, {"unit": "subject", "rater": "rater"})


@handles("icc_reml_long")
def reml_long(case: Case) -> Any:
    factors = [case.option("subject"), case.option("rater")]
    fitted = model(frame(case.table()), case.option("y"), factors)
    levels = {f"n_{name}": len(set(case.column(name))) for name in factors}
    return components(fitted, {name: name for name in factors}) | levels


@handles("random_intercept_model")
def random_intercept(case: Case) -> Any:
    case.only("reml", True)
    match = re.fullmatch(r"(\w+) ~ (\w+) \+ \(1\|(\w+)\)", case.option("formula"))
    if match is None:
        raise Unsupported(f"option formula: {case.options['formula']!r}")
    outcome, term, group = match.groups()
    fitted = verb("mixed_model")(frame(case.table()), outcome, random=[group], fixed=[term])
    between, within = fitted.variances[group].value, fitted.variances["residual"].value
    return {
        "intercept": fitted.coefficients["intercept"].value,
        "slope": fitted.coefficients[term].value,
        "se_slope": fitted.coefficients[term].std_error,
        "var_group": between,
        "var_residual": within,
        "icc": between / (between + within),
    }


def long_frame(matrix: list[list[Any]]) -> Any:
    cells = [(u, r, value) for u, row in enumerate(matrix) for r, value in enumerate(row) if value is not None]
    return frame({name: [cell[at] for cell in cells] for at, name in enumerate(("unit", "rater", "rating"))})


def model(rows: Any, outcome: str, factors: list[str]) -> Any:
    return verb("mixed_model")(rows, outcome, random=factors)


def components(fitted: Any, names: dict[str, str]) -> dict[str, Any]:
    variances = {f"var_{name}": fitted.variances[factor].value for factor, name in names.items()}
    return variances | {
        "mean": fitted.coefficients["intercept"].value,
        "var_residual": fitted.variances["residual"].value,
        "reml_criterion": fitted.reml_criterion,
        "n_obs": fitted.n,
    }
