"""Sizes of stratified samples."""

from __future__ import annotations

from typing import Any

from case import Case, Unsupported, handles
from library import frame, verb


BY_STRATUM = ("min_per_stratum", "max_per_stratum", "sd", "cost", "measure", "cv")
DIVISORS = {"Jefferson/D'Hondt": "jefferson", "Webster/Sainte-Lague": "webster", "Adams": "adams", "Dean": "dean"}


def columns(case: Case, *roles: str) -> list[list[Any]]:
    """Inline lists, or columns of a CSV that options name."""
    table = case.table()
    named = [case.option(role) if isinstance(case.options.get(role), str) else role for role in roles]
    for name in named:
        if name not in table:
            raise Unsupported(f"data: no {name}")
    return [table[name] for name in named]


def bound(case: Case, name: str) -> list[Any] | None:
    value = case.option(name, None)
    values = case.column(value) if isinstance(value, str) else value
    if values is not None and any(one != int(one) for one in values):
        raise Unsupported(f"option {name}: whole numbers are understood, not {value!r}")
    return values


def allocate(case: Case, population: list[int], **more: Any) -> Any:
    """A plan for strata numbered in the order of the case."""
    width = len(str(len(population)))
    labels = [f"{h:0{width}}" for h in range(len(population))]
    rows = frame({"stratum": [label for label, count in zip(labels, population, strict=True) for _ in range(count)]})
    for role in BY_STRATUM:
        if isinstance(more.get(role), list):
            more[role] = dict(zip(labels, more[role], strict=True))
    if more.get("min_per_stratum") is None:
        more["min_per_stratum"] = 0
    if more.get("max_per_stratum") is None:
        more.pop("max_per_stratum", None)
    return verb("allocate")(rows, strata=["stratum"], **more)


def whole(case: Case, name: str) -> int:
    value = case.number(name)
    if value != int(value):
        raise Unsupported(f"option {name}: {value!r}")
    return int(value)


def answer(plan: Any, sd: list[float] | None = None) -> dict[str, Any]:
    """Real-valued sizes and whole ones; with standard deviations, what precision they give."""
    found: dict[str, Any] = {
        "n_h": [stratum.target for stratum in plan.strata],
        "n_h_integer": [stratum.sample_size for stratum in plan.strata],
    }
    if sd is not None:
        real, whole = (precision(plan, sd, rounded) for rounded in (False, True))
        found |= {"se_mean": real, "se_mean_integer": whole}
        found |= {"variance_total": (real * plan.population_size) ** 2}
        found |= {"variance_total_integer": (whole * plan.population_size) ** 2}
    return found


def precision(plan: Any, sd: list[float], rounded: bool) -> float:
    labels = [stratum.labels[0] for stratum in plan.strata]
    return plan.expected_std_error(dict(zip(labels, sd, strict=True)), rounded=rounded)


def sizes(plan: Any, sd: list[float] | None = None) -> dict[str, Any]:
    """Whole sizes; with standard deviations, what precision they give."""
    found: dict[str, Any] = {"n_h": [stratum.sample_size for stratum in plan.strata]}
    if sd is not None:
        found["se_mean"] = precision(plan, sd, True)
        found["variance_total"] = (found["se_mean"] * plan.population_size) ** 2
    return found


@handles("proportional_allocation")
def proportional(case: Case) -> Any:
    (population,) = columns(case, "N")
    rounded = case.choice("rounding", {"largest remainder": True}, default=False)
    plan = allocate(case, population, size=whole(case, "n"))
    return sizes(plan) if rounded else answer(plan)


@handles("neyman_allocation")
def neyman(case: Case) -> Any:
    population, sd = columns(case, "N", "S")
    bounds = {"min_per_stratum": bound(case, "lower"), "max_per_stratum": bound(case, "upper")}
    return answer(allocate(case, population, size=whole(case, "n"), method="neyman", sd=sd, **bounds), sd)


@handles("power_allocation")
def power(case: Case) -> Any:
    population, cv, measure = columns(case, "N", "cv", "size")
    size, exponent = whole(case, "n"), case.number("q")
    return answer(allocate(case, population, size=size, method="power", measure=measure, cv=cv, power=exponent))


@handles("optimal_cost_allocation")
def optimal_cost(case: Case) -> Any:
    population, sd, cost = columns(case, "N", "S", "unit_cost")
    asked = {
        "min variance": lambda: {"budget": case.number("total_cost")},
        "min cost": lambda: {"std_error": case.number("target_cv") * case.number("population_mean")},
    }
    bounds = {"min_per_stratum": bound(case, "lower"), "max_per_stratum": bound(case, "upper")}
    how = case.choice("goal", asked)()
    return answer(allocate(case, population, method="neyman", sd=sd, cost=cost, **how, **bounds), sd)


@handles("integer_allocation")
def integer(case: Case) -> Any:
    case.only("objective", "min sum (N S)^2/n_h")
    population, sd = columns(case, "N", "S")
    bounds = {"min_per_stratum": bound(case, "lower"), "max_per_stratum": bound(case, "upper")}
    size = whole(case, "n")
    return sizes(allocate(case, population, size=size, method="neyman", sd=sd, rounding="optimal", **bounds), sd)


@handles("divisor_allocation")
def divisor(case: Case) -> Any:
    case.only("cap", "available")
    case.only("ties", "largest")
    rounding = case.choice("divisor", DIVISORS)
    measure, available = columns(case, "size_total", "available")
    initial = case.option("initial", 0)
    return sizes(
        allocate(
            case,
            available,
            size=whole(case, "n"),
            method="measure",
            measure=measure,
            rounding=rounding,
            min_per_stratum=initial,
        )
    )
