"""Sample sizes for a wanted precision."""

from __future__ import annotations

import math
from typing import Any

from case import Case, Unsupported, handles
from library import verb

INTERVALS = {"wald": "wald", "wilson": "wilson", "log-odds": "log_odds", "fleiss": "fleiss"}
ORDER = "n0, deff, fpc, nonresponse; ceil at each step"


def level(case: Case) -> dict[str, float]:
    """alpha, in words of the library."""
    return {"confidence": 1.0 - case.number("alpha", 0.05)}


def population(case: Case) -> dict[str, int]:
    size = case.option("N", None)
    return {} if size is None or size == math.inf else {"population": size}


def exact(size: Any) -> dict[str, Any]:
    """The size before it is rounded up."""
    found = {"n": size["response"]}
    if size.low is not None:
        found |= {"ci_lower": size.low, "ci_upper": size.high}
    return found


@handles("n_for_mean_cv")
def mean_cv(case: Case) -> Any:
    cv, spread = case.number("cv0"), case.number("cv_pop")
    return exact(verb("sample_size_for_mean")(cv=cv, cv_population=spread, **population(case)))


@handles("n_for_mean_moe")
def mean_moe(case: Case) -> Any:
    margin, sd = case.number("moe"), math.sqrt(case.number("S2"))
    return exact(verb("sample_size_for_mean")(margin=margin, sd=sd, **level(case), **population(case)))


@handles("n_for_prop_cv")
def proportion_cv(case: Case) -> Any:
    cv, p = case.number("cv0"), case.number("p")
    return exact(verb("sample_size_for_proportion")(proportion=p, cv=cv, **population(case)))


@handles("n_for_prop_moe")
def proportion_moe(case: Case) -> Any:
    margins = case.option("moe")
    p, interval = case.number("p"), case.choice("method", INTERVALS)
    more = level(case) | population(case)
    found = [
        exact(verb("sample_size_for_proportion")(proportion=p, margin=margin, interval=interval, **more))
        for margin in (margins if isinstance(margins, list) else [margins])
    ]
    return {key: [one[key] for one in found] for key in found[0]} if isinstance(margins, list) else found[0]


@handles("n_for_domain")
def domain(case: Case) -> Any:
    cv, spread, share = case.number("cv0"), case.number("cv_pop"), case.number("Pd")
    estimate = case.choice("type", {"mean": "mean", "total": "total"})
    size = verb("sample_size_for_domain")
    return exact(size(share=share, cv=cv, cv_domain=spread, estimate=estimate, **population(case)))


@handles("n_for_correlation")
def correlation(case: Case) -> Any:
    r, power, sides = case.number("r"), case.number("power"), case.option("sides", 2)
    return exact(verb("sample_size_for_correlation")(correlation=r, power=power, sides=sides, **level(case)))


@handles("n_two_overlapping_samples")
def overlapping(case: Case) -> Any:
    size = verb("sample_size_for_difference")(
        sd=math.sqrt(case.number("S2x")),
        sd_second=math.sqrt(case.number("S2y")),
        overlap=case.number("overlap"),
        ratio=case.number("ratio"),
        correlation=case.number("rho"),
        difference=case.number("delta"),
        power=case.number("power"),
        sides=case.choice("alternative", {"one.sided": 1, "two.sided": 2}),
        test="z",
        **level(case),
    )
    return {"n1": size.n, "n2": size.n_second}


@handles("n_pipeline")
def pipeline(case: Case) -> Any:
    case.only("order", ORDER)
    adjustments = population(case) | level(case) | {"rounding": "every_step"}
    adjustments |= {"design_effect": case.number("deff"), "response_rate": case.number("response_rate")}
    margin = case.number("moe")
    if case.option("param") == "mean":
        sigma = case.number("sigma")
        size = verb("sample_size_for_mean")(margin=margin, sd=sigma, sd_divisor="n", **adjustments)
    elif case.option("param") == "proportion":
        p, interval = case.number("p"), case.choice("method", INTERVALS)
        size = verb("sample_size_for_proportion")(proportion=p, margin=margin, interval=interval, **adjustments)
    else:
        raise Unsupported(f"option param: {case.option('param')!r}")
    steps = {"n0": "initial", "n_deff": "design_effect", "n_fpc": "finite_population"}
    return {key: size[name] for key, name in steps.items()} | {"n": size.n}
