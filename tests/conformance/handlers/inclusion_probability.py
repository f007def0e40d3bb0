"""Inclusion probabilities proportional to size."""

from __future__ import annotations

from typing import Any

from case import Case, Unsupported, handles
from library import verb


def measure(case: Case) -> list[float]:
    """The measure of size: the column that an option names, or the column `size`."""
    table = case.table()
    name = case.option("size", "size")
    if name not in table:
        raise Unsupported(f"data: no {name}")
    return table[name]


@handles("pps_inclusion_probabilities")
def inclusion(case: Case) -> Any:
    size = measure(case)
    certain_from = 1.0 - case.number("alpha", 0)
    stratum, n = case.option("stratum", None), case.option("n")
    more = {} if stratum is None else {"strata": case.column(stratum)}
    found = verb("inclusion_probabilities")(size, n, certain_from=certain_from, **more).tolist()
    return {
        "pi": found,
        "pik": found,
        "first10": found[:10],
        "sum": sum(found),
        "min": min(found),
        "max": max(found),
        "n_certainty": sum(one == 1 for one in found),
    }
