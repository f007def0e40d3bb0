"""Samples by permanent random numbers that the case gives."""

from __future__ import annotations

from typing import Any

from case import Case, Unsupported, handles
from library import frame, verb

METHODS = {name: name for name in ("pareto", "sequential_poisson", "successive")}
RANKINGS = {
    "pareto": "[u/(1-u)]/[pi/(1-pi)]",
    "sequential_poisson": "u/pi",
    "successive": "-log(1-u)/-log(1-pi)",
}
SELECTION = ", n smallest; pi = n x/sum x, units with pi>=1 taken for sure and removed, repeat"
DIRECTIONS = {"up: (u-start+1) mod 1": "up", "down: 1-((u-start+1) mod 1)": "down"}


def sizes(case: Case, strata: list[Any]) -> dict[Any, int]:
    """How many of each stratum: a mapping, or a column that says it in every row."""
    n = case.option("n")
    given = dict(zip(strata, case.column(n), strict=True)) if isinstance(n, str) else n
    if not isinstance(given, dict) or any(value != int(value) for value in given.values()):
        raise Unsupported(f"option n: whole numbers by stratum, or a column of them, are understood, not {n!r}")
    return {stratum: int(value) for stratum, value in given.items()}


def drawn(case: Case, **how: Any) -> Any:
    """The drawn rows as columns."""
    strata = case.column(case.option("stratum"))
    columns = {"stratum": strata, "id": case.column("id"), "u": case.column(case.option("prn"))}
    if "size_measure" in how:
        columns["size"] = case.column(how.pop("size_measure"))
        how["size_measure"] = "size"
    population = frame(columns)
    plan = verb("allocate")(population, strata="stratum", counts=sizes(case, strata))
    sample = verb("draw")(population, plan, id="id", seed=None, random_numbers="u", **how)
    return {name: list(sample[name]) for name in ("stratum", "id", "inclusion_probability", "design_weight")}


def by_stratum(sample: dict[str, list[Any]]) -> dict[Any, list[Any]]:
    out: dict[Any, list[Any]] = {}
    for stratum, one in sorted(zip(sample["stratum"], sample["id"], strict=True)):
        out.setdefault(stratum, []).append(one)
    return out


def answer(sample: dict[str, list[Any]]) -> dict[str, Any]:
    weights = sample["design_weight"]
    certain = dict.fromkeys(sorted(set(sample["stratum"])), 0)
    for stratum, chance in zip(sample["stratum"], sample["inclusion_probability"], strict=True):
        certain[stratum] += chance == 1
    return {
        "sampled_id": by_stratum(sample),
        "weights_in_row_order": weights,
        "weight_sum": sum(weights),
        "ht_count": sum(weights),
        "n_take_all": certain,
    }


@handles("order_sampling")
def order_sampling(case: Case) -> Any:
    method = case.choice("method", METHODS)
    case.only("ranking", RANKINGS[method] + SELECTION)
    return answer(drawn(case, method=method, size_measure=case.option("size")))


@handles("poisson_sampling")
def poisson_sampling(case: Case) -> Any:
    case.only("rule", "u < pi")
    return answer(drawn(case, method="poisson", size_measure=case.option("size")))


@handles("prn_srs")
def simple(case: Case) -> Any:
    case.only("rule", "the n smallest PRN of each stratum")
    return answer(drawn(case))


@handles("prn_rotation")
def rotation(case: Case) -> Any:
    direction = case.choice("direction", DIRECTIONS)
    turned = drawn(case, start=case.number("start"), direction=direction)
    both = set(turned["id"]) & set(drawn(case)["id"])
    return {**answer(turned), "overlap_with_unrotated": len(both)}
