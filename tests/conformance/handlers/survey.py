"""Estimates under a sample design: strata, clusters, finite population, weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from case import Case, Unsupported, handles
from library import condition, frame, limits, verb

from handlers.agreement import long_table

LIMITS = {"t(degf)": "t"}
PROPORTION_INTERVALS = {
    "mean": "t",
    "logit": "logit",
    "xlogit": "logit",
    "beta": "beta",
    "asin": "arcsine",
    "likelihood": "likelihood",
}
QUANTILE_RULES = {"math (inverse of weighted CDF)": "inverse_cdf", "math": "inverse_cdf", "school": "averaged"}
QUANTILE_LIMITS = {f"Woodruff {name}": interval for name, interval in PROPORTION_INTERVALS.items()}
SINGLE_UNITS = {"certainty": "certainty", "remove": "certainty", "average": "average", "adjust": "adjust"}


def design_of(
    case: Case,
    more: Mapping[str, Sequence[Any]] | None = None,
    *,
    finite: bool = True,
    single_unit: str = "error",
) -> Any:
    """The SampleDesign that the options describe, with further columns."""
    columns = dict(case.table()) | dict(more or {})
    # Reference programs do not count what known totals fitted.
    roles: dict[str, Any] = {"single_unit": single_unit, "calibrated_errors": "linearized"}
    if "weights" in case.options:
        roles["weight"] = case.option("weights")
    if "strata" in case.options:
        roles["stratum"] = case.option("strata")
    population = case.option("fpc", None)
    if population is not None and finite:
        roles["population"] = population
    for name in roles.values():
        if name not in (single_unit, "linearized") and name not in columns:
            raise Unsupported(f"data: no column {name!r}")
    # The sampled units are the rows, or the named clusters (numbered within strata if they are nested).
    columns["(row)"] = list(range(len(next(iter(columns.values())))))
    if "id" in case.options:
        cluster = columns[case.option("id")]
        if case.option("nest", False):
            cluster = [f"{h}|{c}" for h, c in zip(columns[case.option("strata")], cluster, strict=True)]
        columns["(cluster)"] = cluster
        roles["cluster"] = "(cluster)"
        roles["clusters_whole"] = True  # the one-stage formula of the reference programs
    return verb("SampleDesign")(frame(columns), unit="(row)", **roles)


def names(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def mean_and_total(case: Case, mean: str, total: str, **how: Any) -> dict[str, float]:
    design = design_of(case, **how)
    one, other = verb("mean")(design, mean), verb("total")(design, total)
    return {"mean": one.value, "mean_se": one.std_error, "total": other.value, "total_se": other.std_error}


@handles("svy_mean", "svy_total")
def mean_or_total(case: Case) -> Any:
    verb_name = "mean" if case.statistic == "svy_mean" else "total"
    case.choice("ci", LIMITS, default="t")
    finite = case.option("fpc_used", True)
    wanted = names(case.option("y"))
    if wanted and all(one.endswith((" mean", " total")) for one in wanted):
        mean = [one.removesuffix(" mean") for one in wanted if one.endswith(" mean")]
        total = [one.removesuffix(" total") for one in wanted if one.endswith(" total")]
        if len(mean) == len(total) == 1:
            return mean_and_total(case, mean[0], total[0])
        raise Unsupported(f"option y: {wanted!r}")
    if "domain" in case.options:
        inside = condition(case.option("domain"), case.table())
        design = design_of(case, {"(domain)": ["in" if holds else "out" for holds in inside]}, finite=finite)
        found = {one: verb(verb_name)(design, one, by="(domain)")["in"] for one in wanted}
    else:
        design = design_of(case, finite=finite)
        found = {one: verb(verb_name)(design, one) for one in wanted}
    out: dict[str, Any] = {one: limits(estimate) for one, estimate in found.items()}
    if len(wanted) == 1:
        (estimate,) = found.values()
        out |= {
            "degf": estimate.df,
            "n": estimate.n,
            verb_name: estimate.value,
            "se": estimate.std_error,
            "se_fpc": estimate.std_error,
        }
        if case.wants("se_nofpc") and "domain" not in case.options:
            out["se_nofpc"] = verb(verb_name)(design_of(case, finite=False), wanted[0]).std_error
    return out


@handles("svy_mean_by", "svy_total_by")
def by_domain(case: Case) -> Any:
    by = names(case.option("by"))
    design = design_of(case)
    table = verb("mean" if case.statistic == "svy_mean_by" else "total")(design, case.option("y"), by=by)
    columns = dict(table.keys)
    rows = [tuple(columns[name][row] for name in by) for row in range(len(table))]
    # R's interaction(): the first factor changes fastest.
    order = sorted(range(len(rows)), key=lambda row: tuple(reversed(rows[row])))
    return {
        "levels": ["|".join(map(str, rows[row])) for row in order],
        "estimate": [table.estimates[row].value for row in order],
        "se": [table.estimates[row].std_error for row in order],
    }


@handles("svy_prop_ci")
def proportion(case: Case) -> Any:
    holds = condition(case.option("event"), case.table())
    design = design_of(case, {"(event)": [None if value is None else int(value) for value in holds]})
    interval = case.choice("method", PROPORTION_INTERVALS)
    return limits(
        verb("proportion")(design, "(event)", interval=interval, confidence=case.number("level", 0.95))
    )


@handles("svy_lonely_psu")
def single_unit_strata(case: Case) -> Any:
    how = case.choice("lonely", SINGLE_UNITS)
    return mean_and_total(case, case.option("mean"), case.option("total"), single_unit=how)


@handles("svy_stratified")
def stratified(case: Case) -> Any:
    y, region = case.option("y"), case.option("strata")
    design = design_of(case)
    parts = verb("total")(design, y, by=region)
    return mean_and_total(case, y, y) | {
        region: list(dict(parts.keys)[region]),
        f"{region}_total": [part.value for part in parts],
        f"{region}_total_se": [part.std_error for part in parts],
    }


@handles("svy_ratio")
def ratio(case: Case) -> Any:
    case.only("type", "combined")
    return limits(verb("ratio")(design_of(case), case.option("numerator"), case.option("denominator")))


@handles("svy_var")
def variance(case: Case) -> Any:
    return limits(verb("variance")(design_of(case), case.option("y")))


@handles("weighted_variance")
def weighted_variance(case: Case) -> Any:
    rows = frame({"x": case.column("x"), "w": case.column("w")})
    return {"var": verb("variance")(verb("SampleDesign")(rows, weight="w"), "x").value}


@handles("svy_ttest")
def t_test(case: Case) -> Any:
    group = case.option("group")
    levels = sorted({label for label in case.column(group) if label is not None})
    if len(levels) != 2:
        raise Unsupported(f"option group: {levels!r}")
    between = (levels[1], levels[0])
    found = verb("difference")(design_of(case), case.option("y"), by=group, between=between, df="design")
    return {"difference": found.value, "t": found.test.statistic, "df": found.test.df1, "p": found.test.p_value}


@handles("design_effect")
def design_effect(case: Case) -> Any:
    found = verb("design_effect")(design_of(case), case.option("y"))
    return {
        "deff_wor": found.without_replacement,
        "deff_wr": found.with_replacement,
        "kish_deff_weights": found.kish,
        "kish_n_eff": found.effective_size,
    }


@handles("svy_correlation")
def correlation(case: Case) -> Any:
    found = verb("association")(design_of(case), case.option("x"), case.option("y"), method="pearson")
    return {"r": found.value, "se": found.std_error}


@handles("svy_kappa")
def kappa(case: Case) -> Any:
    pairs = zip(case.column(case.option("rater1")), case.column(case.option("rater2")), strict=True)
    found = verb("cohen_kappa")(long_table([list(pair) for pair in pairs], None), design=design_of(case))
    return {"kappa": found.value, "se": found.std_error}


def adjusted(case: Case, design: Any) -> dict[str, Any]:
    """Estimates under new weights, and the weights."""
    out: dict[str, Any] = {}
    if "y" in case.options or "y_mean" in case.options:
        mean = verb("mean")(design, case.option("y" if "y" in case.options else "y_mean"))
        out |= {"mean": mean.value, "mean_se": mean.std_error, "se": mean.std_error}
    if "y_total" in case.options:
        total = verb("total")(design, case.option("y_total"))
        out |= {"total": total.value, "total_se": total.std_error}
    g, weights = design.g_weights.tolist(), design.weights.tolist()
    return out | {
        "weights_first5": weights[:5],
        "min_weight": min(weights),
        "max_weight": max(weights),
        "min_g": min(g),
        "max_g": max(g),
    }


def bounds_of(case: Case) -> tuple[float, float] | None:
    bounds = case.option("bounds", None)
    return None if bounds is None else (float(bounds[0]), float(bounds[1]))


CALIBRATIONS = {"linear": "linear", "raking": "raking", "logit": "logit"}


@handles("calibration_g_weights")
def g_weights(case: Case) -> Any:
    columns = {f"x{j}": list(values) for j, values in enumerate(zip(*case.data["X"], strict=True))}
    design = verb("SampleDesign")(frame(columns | {"d": case.data["d"]}), weight="d")
    totals = dict(zip(columns, case.data["totals"], strict=True))
    method = case.choice("method", CALIBRATIONS)
    return {"g": design.calibrate_weights(totals, method=method, bounds=bounds_of(case)).g_weights.tolist()}


@handles("svy_calibrate")
def calibrate(case: Case) -> Any:
    given = dict(case.option("totals"))
    population = next((given.pop(name) for name in ("(Intercept)", "N") if name in given), None)
    totals: dict[str, Any] = {}
    for name in names(case.option("aux")):
        if name in given:
            totals[name] = given.pop(name)
            continue
        # R's treatment contrasts: the first level is what the others leave.
        levels = sorted({str(label) for label in case.column(name)})
        counts = {level: given.pop(f"{name}{level}") for level in levels[1:] if f"{name}{level}" in given}
        if population is None or len(counts) < len(levels) - 1:
            raise Unsupported(f"option totals: not those of {name!r}")
        totals[name] = {levels[0]: population - sum(counts.values())} | counts
    if given:
        raise Unsupported(f"option totals: {sorted(given)!r}")
    method = case.choice("calfun", CALIBRATIONS)
    design = design_of(case).calibrate_weights(
        totals, population=population, method=method, bounds=bounds_of(case)
    )
    return adjusted(case, design)


@handles("svy_poststratify")
def poststratify(case: Case) -> Any:
    return adjusted(case, design_of(case).poststratify(case.option("strata_var"), case.option("counts")))


@handles("svy_rake")
def rake(case: Case) -> Any:
    return adjusted(case, design_of(case).rake(case.option("margins")))


@handles("svy_ratio_total")
def ratio_total(case: Case) -> Any:
    """Total by the ratio to a known one: of all, or stratum by stratum."""
    design, y, x = design_of(case), case.option("numerator"), case.option("denominator")
    known = case.option("x_totals")
    combined = verb("total")(design.poststratify(None, sum(known.values()), measure=x), y)
    separate = verb("total")(design.poststratify(case.option("strata"), known, measure=x), y)
    return {
        "combined_total": combined.value,
        "combined_se": combined.std_error,
        "separate_total": separate.value,
        "separate_se": separate.std_error,
    }


REPLICATES = {"JKn": "jackknife"}


@handles("svy_replicate")
def replicates(case: Case) -> Any:
    how = case.choice("type", REPLICATES)
    design = design_of(case, finite=case.option("fpc_applied", True))
    mean = verb("mean")(design, case.option("y"), variance=how)
    out = {"mean": mean.value, "mean_se": mean.std_error}
    if case.wants("ratio"):
        # A case that does not name the ratio's columns means those of the survey package's own example.
        ratio = verb("ratio")(
            design, case.option("numerator", "api.stu"), case.option("denominator", "enroll"), variance=how
        )
        out |= {"ratio": ratio.value, "ratio_se": ratio.std_error}
    return out


@handles("svy_quantile")
def quantile(case: Case) -> Any:
    shares = case.option("p")
    found = verb("quantile")(
        design_of(case),
        case.option("y"),
        shares if isinstance(shares, list) else [shares],
        definition=case.choice("rule", QUANTILE_RULES),
        limits="woodruff",
        interval=case.choice("ci", QUANTILE_LIMITS),
        confidence=case.number("level", 0.95),
    )
    out = {
        "quantile": [one.value for one in found],
        "se": [one.std_error for one in found],
        "ci_lower": [one.low for one in found],
        "ci_upper": [one.high for one in found],
    }
    return out if isinstance(shares, list) else {key: values[0] for key, values in out.items()}


@handles("svy_cronbach_alpha")
def cronbach_alpha(case: Case) -> Any:
    found = verb("cronbach_alpha")(design_of(case), case.option("columns"))
    return limits(found) | {"alpha": found.value}
