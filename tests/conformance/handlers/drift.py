"""Control charts of a series or of groups."""

from __future__ import annotations

import math
from typing import Any

from case import Case, handles
from library import verb

SPREADS = {"UWAVE-R (Rbar/d2)": "range", "UWAVE-SD (Sbar/c4)": "deviation", "RMSDF": "pooled"}


def known(case: Case) -> dict[str, float]:
    """Where the process is said to have been."""
    return {name: case.number(name) for name in ("center", "sd") if name in case.options}


@handles("ewma_chart")
def ewma(case: Case) -> Any:
    case.only("limits", "exact (time-varying)")
    (values,) = case.inline("x")
    weight, width = case.number("lambda"), case.number("nsigmas")
    found = verb("ewma_chart")(values, weight=weight, width=width, **known(case))
    signals = [at + 1 for at in found.signals]
    return {"ewma": list(found.statistic), "lcl": list(found.low), "ucl": list(found.high), "signals": signals}


@handles("cusum_chart")
def cusum(case: Case) -> Any:
    (values,) = case.inline("x")
    found = verb("cusum_chart")(values, k=case.number("k"), h=case.number("h"), **known(case))
    signals = [at + 1 for at in found.signals]
    return {"upper": list(found.statistic), "lower": list(found.lower_sum), "signals": signals}


@handles("xbar_chart")
def xbar(case: Case) -> Any:
    (groups,) = case.inline("groups")
    spread = case.choice("sd", SPREADS)
    found = verb("xbar_chart")(groups, width=case.number("nsigmas", 3), spread=spread)
    out: dict[str, Any] = {"center": found.center, "sd": found.sd, "signals": [at + 1 for at in found.signals]}
    if len({len(group) for group in groups}) == 1:
        out |= {"lcl": found.low[0], "ucl": found.high[0]}
        if case.wants("s_center"):  # the center of an S chart: c4 times the sd that mean deviations give
            by_deviation = verb("xbar_chart")(groups, spread="deviation")
            out["s_center"] = c4(len(groups[0])) * by_deviation.sd
    return out


def c4(n: int) -> float:
    """Expected standard deviation of n standard normal values."""
    return math.sqrt(2 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))
