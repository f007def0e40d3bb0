"""Agreement of measurements, and the consistency of columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from case import Case, Unsupported, handles
from handlers.gold import table_of
from library import frame, verb


def two_raters(case: Case) -> Any:
    x, y = case.inline("x", "y")
    return table_of({"x": x, "y": y})


def rated(case: Case) -> Any:
    if not isinstance(case.data, Mapping) or "ratings" not in case.data:
        raise Unsupported("data: ratings are understood")
    matrix = case.rows_and_columns("ratings", ("subjects", "units", "items"), "raters")
    return table_of({f"rater {at}": list(column) for at, column in enumerate(zip(*matrix, strict=True))})


@handles("lin_ccc")
def lin_ccc(case: Case) -> Any:
    case.only("ci", "z-transform")
    found = verb("lin_ccc")(two_raters(case), std_error="lin", confidence=case.number("level", 0.95))
    return {
        "ccc": found.value,
        "ci_lower": found.low,
        "ci_upper": found.high,
        "scale_shift": found.scale_shift,
        "location_shift": found.location_shift,
        "bias_correction": found.accuracy,
    }


@handles("overall_ccc")
def overall_ccc(case: Case) -> Any:
    found = verb("overall_ccc")(rated(case))
    return {"occc": found.value, "precision": found.precision, "accuracy": found.accuracy}


@handles("bland_altman")
def bland_altman(case: Case) -> Any:
    """The exact interval is that of the limit itself, 95 % of the differences to all digits."""
    case.only("ci", "approximate, SE(limit)=sqrt(3 s^2/n), t(n-1)")
    call, table, confidence = verb("bland_altman"), two_raters(case), case.number("level", 0.95)
    multiplier = case.number("multiplier", 1.96)
    found = call(table, multiplier=multiplier, interval="approximate", confidence=confidence)
    out = {
        "bias": found.bias.value,
        "sd": found.sd,
        "lower_limit": found.lower.value,
        "upper_limit": found.upper.value,
        "bias_ci": [found.bias.low, found.bias.high],
        "lower_limit_ci": [found.lower.low, found.lower.high],
        "upper_limit_ci": [found.upper.low, found.upper.high],
    }
    exact = call(table, multiplier=None if abs(multiplier - 1.96) < 5e-4 else multiplier, confidence=confidence)
    return out | {
        "exact_lower_limit_ci": [exact.lower.low, exact.lower.high],
        "exact_upper_limit_ci": [exact.upper.low, exact.upper.high],
    }


@handles("kendall_w")
def kendall_w(case: Case) -> Any:
    found = verb("kendall_w")(rated(case))
    return {
        "w_tie_corrected": found.value,
        "chisq": found.test.statistic,
        "df": found.test.df1,
        "p": found.test.p_value,
        "w_uncorrected": found.uncorrected,
    }


@handles("cronbach_alpha")
def cronbach_alpha(case: Case) -> Any:
    case.only("ci", "Feldt")
    columns = case.table()
    found = verb("internal_consistency")(frame(columns), list(columns), confidence=case.number("level", 0.95))
    return {
        "raw_alpha": found.alpha.value,
        "std_alpha": found.standardised_alpha.value,
        "g6": found.guttman_lambda6,
        "average_r": found.average_correlation.value,
        "feldt_ci": [found.feldt.low, found.feldt.value, found.feldt.high],
    }


@handles("spearman_brown")
def spearman_brown(case: Case) -> Any:
    (r,) = case.inline("r")
    return {"r_k": verb("spearman_brown")(r, case.option("k"))}
