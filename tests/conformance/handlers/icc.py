"""Intraclass correlations by analysis of variance on complete tables."""

from __future__ import annotations

from typing import Any

from case import Case, Unsupported, handles
from compare import Judged
from library import verb

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
        result = verb("icc")(ratings, form=form, confidence=confidence)
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
