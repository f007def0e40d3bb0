"""Regression under a design, and the ordinal model of the reference programs."""

from __future__ import annotations

import re
from typing import Any

from case import Case, Unsupported, handles
from library import condition, frame, verb

from handlers.survey import design_of

FAMILIES = {"gaussian": "linear", "logit": "logit", "quasibinomial": "logit"}
CUT = re.compile(r"(\S+) cut at (.+) \(right-closed\)$")
INTERVALS = re.compile(r"\([^,]+,([^\]]+)\]\|\(([^,]+),[^\]]+\]$")


def formula(case: Case) -> tuple[str, list[str]]:
    sides = [side.strip() for side in case.option("formula").split("~")]
    if len(sides) != 2:
        raise Unsupported(f"option formula: {case.options['formula']!r}")
    terms = [term.strip() for term in sides[1].split("+")]
    for term in terms:
        case.column(term)
    return sides[0], terms


def answer(found: Any, names: list[str]) -> dict[str, Any]:
    if found.undefined:
        raise ArithmeticError(found.undefined)
    return {
        "names": names,
        "coef": [one.value for one in found],
        "se": [one.std_error for one in found],
        "t": [one.test.statistic for one in found],
        "p": [one.test.p_value for one in found],
        "df_resid": found[names[1] if names[0] == "(Intercept)" else names[0]].df,
        "r_squared": found.r_squared,
        "loglik": found.log_likelihood,
        "deviance": -2 * found.log_likelihood,
    }


@handles("svy_glm")
def regression(case: Case) -> Any:
    family = case.choice("family", FAMILIES)
    left, terms = formula(case)
    if family == "linear":
        y = case.column(left)
    else:
        y = [None if holds is None else int(holds) for holds in condition(left, case.table())]
    found = verb("regression")(design_of(case, {"(y)": y}), "(y)", terms, family=family, errors="linearized")
    return answer(found, ["(Intercept)", *terms])


def threshold_names(case: Case, cuts: list[float], terms: int) -> list[str]:
    """As the case writes intervals, where the number between two of them is the cut."""
    written = case.expected.get("names", [])[terms:] if isinstance(case.expected, dict) else []
    out = []
    for at, cut in enumerate(cuts):
        match = INTERVALS.match(written[at]) if at < len(written) else None
        same = match is not None and float(match.group(1)) == float(match.group(2)) == cut
        out.append(written[at] if same else f"<= {cut:g}")
    return out


@handles("svy_ordinal_logit")
def ordinal_under_a_design(case: Case) -> Any:
    case.only("link", "logit")
    match = CUT.match(case.option("y"))
    if match is None:
        raise Unsupported(f"option y: {case.options['y']!r}")
    cuts = [float(text) for text in re.split(r",\s*| and ", match.group(2))]
    values = case.column(match.group(1))
    y = [None if value is None else sum(value > cut for cut in cuts) for value in values]
    terms = list(case.option("x"))
    found = verb("regression")(design_of(case, {"(y)": y}), "(y)", terms, family="ordinal", errors="linearized")
    return answer(found, terms + threshold_names(case, cuts, len(terms)))


@handles("ordinal_logit")
def ordinal(case: Case) -> Any:
    case.only("link", "logit")
    left, factors = formula(case)
    columns: dict[str, Any] = {"(y)": case.column(left)}
    levels = case.option("levels", None) or sorted({v for v in columns["(y)"] if v is not None})
    terms: list[str] = []
    for factor in factors:
        values = case.column(factor)
        if not any(isinstance(value, str) for value in values):
            columns[factor] = values
            terms.append(factor)
            continue
        # Treatment contrasts: levels in the order in which they first occur, the first is the reference.
        for label in list(dict.fromkeys(v for v in values if v is not None))[1:]:
            columns[f"{factor}{label}"] = [None if v is None else int(v == label) for v in values]
            terms.append(f"{factor}{label}")
    sample = frame(columns)
    if "weights" in case.options:
        weights = case.column(case.option("weights"))
        keep = [at for at, weight in enumerate(weights) if weight]
        rows = {name: [values[at] for at in keep] for name, values in columns.items()}
        rows["(weight)"] = [weights[at] for at in keep]
        sample = verb("SampleDesign")(frame(rows), weight="(weight)")
    found = verb("regression")(sample, "(y)", terms, family="ordinal", levels=levels, errors="classical")
    return answer(found, terms + [f"{low}|{high}" for low, high in zip(levels[:-1], levels[1:], strict=True)])
