"""Agreement coefficients: ratings (units x raters), a table of two raters, or counts (units x categories)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from case import Case, Unsupported, handles
from library import frame, verb

COEFFICIENTS = (
    "percent_agreement",
    "cohen_kappa",
    "scott_pi",
    "fleiss_kappa",
    "conger_kappa",
    "brennan_prediger",
    "gwet_ac",
)
WEIGHTS = ("identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar")
STD_ERRORS = {
    "subject-sampling linearization (Gwet)": "gwet",
    "large-sample delta method (Fleiss-Cohen-Everitt form)": "large_sample",
    "large sample (Fleiss, Cohen & Everitt 1969)": "large_sample",
}
LIMITS = {"t(n-1), upper truncated at 1": "t", "normal": "normal"}


def long_table(matrix: list[list[Any]], categories: list[Any] | None) -> Any:
    """A RatingTable from units x raters."""
    raters = max(map(len, matrix))
    columns: dict[str, list[Any]] = {"unit": [], "rater": [], "rating": []}
    for unit, row in enumerate(matrix):
        for rater in range(raters):
            columns["unit"].append(unit)
            columns["rater"].append(rater)
            columns["rating"].append(row[rater])
    return verb("RatingTable")(
        frame(columns), unit="unit", rater="rater", rating="rating", categories=categories
    )


def two_raters(table: list[list[int]]) -> list[list[int]]:
    """The pairs of a contingency table; categories are 1, 2, ..."""
    return [
        [row + 1, column + 1]
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]


def rating_table(case: Case) -> Any:
    """The case's data as a RatingTable, whichever way they are written."""
    if not isinstance(case.data, Mapping):
        raise Unsupported("data: ratings, a table or counts are understood")
    categories = case.option("categories", None)
    if isinstance(categories, str):
        raise Unsupported(f"option categories: {categories!r}")
    if "ratings" in case.data:
        return long_table(case.rows_and_columns("ratings", ("units", "subjects", "items"), "raters"), categories)
    if "table" in case.data:
        table = case.rows_and_columns("table", "rater1", "rater2")
        return long_table(two_raters(table), categories or list(range(1, len(table) + 1)))
    if "counts" in case.data:
        counts = case.rows_and_columns("counts", ("units", "subjects", "items"), "categories")
        return verb("RatingTable").from_counts(counts, categories=categories or list(range(1, len(counts[0]) + 1)))
    raise Unsupported("data: ratings, a table or counts are understood")


def settings(case: Case) -> dict[str, Any]:
    """What goes into the call beside the table."""
    out: dict[str, Any] = {"confidence": case.number("level", 0.95)}
    normal = case.choice("ci", LIMITS, default="t") == "normal"
    # Normal limits are large-sample limits: where nothing else is said their standard error is the large-sample one.
    std_error = case.choice("se", STD_ERRORS, default="large_sample" if normal else None)
    if std_error is not None:
        out["std_error"] = std_error
    if normal:
        out["normal"] = True
    return out


def weights_of(case: Case) -> str:
    return known_weights(case.option("weights", "identity"))


def known_weights(weights: Any) -> str:
    if weights not in WEIGHTS:
        raise Unsupported(f"option weights: {weights!r}")
    return str(weights)


def answer(result: Any) -> dict[str, Any]:
    return {
        "coef": result.value,
        "alpha": result.value,
        "kappa": result.value,
        "pa": result.observed,
        "pe": result.expected,
        "se": result.std_error,
        "variance": result.std_error**2,
        "ci_lower": result.low,
        "ci_upper": result.high,
    }


@handles(*COEFFICIENTS)
def coefficient(case: Case) -> Any:
    call, table, more = verb(case.statistic), rating_table(case), settings(case)
    population = case.option("population_size", None)
    if population is not None:
        units = frame({"unit": table.units, "weight": [1.0] * len(table.units)})
        more["design"] = verb("SampleDesign")(units, unit="unit", weight="weight", population=population)
    if not isinstance(case.options.get("weights"), list):
        return answer(call(table, weights=weights_of(case), **more))
    out: dict[str, Any] = {}
    for weights in case.option("weights"):
        found = call(table, weights=known_weights(weights), **more)
        name = "unweighted" if weights == "identity" else weights
        out |= {
            f"kappa_{name}": found.value,
            f"ase_{name}": found.std_error,
            f"ci_{name}": [found.low, found.high],
        }
    return out


@handles("krippendorff_alpha")
def alpha(case: Case) -> Any:
    more = settings(case)
    if "metric" in case.options:
        more["level"] = case.choice("metric", {name: name for name in ("nominal", "ordinal", "interval", "ratio")})
    else:
        more["weights"] = weights_of(case)
    return answer(verb("krippendorff_alpha")(rating_table(case), **more))


@handles("cohen_kappa_weight_matrix")
def own_matrix(case: Case) -> Any:
    matrix = case.option("agreement_weights")
    return answer(verb("cohen_kappa")(rating_table(case), weights=matrix, **settings(case)))


@handles("randolph_kappa")
def randolph(case: Case) -> Any:
    """Randolph's free-marginal kappa is Brennan and Prediger's for any number of raters."""
    table = rating_table(case)
    return {
        "fleiss": verb("fleiss_kappa")(table).value,
        "randolph": verb("brennan_prediger")(table).value,
        "percent": verb("percent_agreement")(table).value,
    }


@handles("cohen_kappa_sample_weight")
def weighted(case: Case) -> Any:
    raters = (case.column(case.option(name)) for name in ("rater1", "rater2"))
    pairs = [list(pair) for pair in zip(*raters, strict=True)]
    table = long_table(pairs, None)
    rows = frame({"unit": range(len(pairs)), "weight": case.column(case.option("sample_weight"))})
    design = verb("SampleDesign")(rows, unit="unit", weight="weight")
    kappa = verb("cohen_kappa")
    return {"coef": kappa(table, design=design).value, "unweighted": kappa(table).value}


@handles("clustered_kappa")
def clustered(case: Case) -> Any:
    """Units in clusters: the sandwich over clusters is the design's, a cluster per unit is a simple random sample."""
    case.only(
        "variance",
        "delta method; cluster sandwich K/(K-1) sum (n_k/n)^2 (zbar_k - zbar)^2; "
        "without the factor K/(K-1) when each unit is its own cluster",
    )
    case.choice("ci", {"normal": True})
    how = {"weights": weights_of(case), "confidence": case.number("level", 0.95), "normal": True}
    raters = [case.column(name) for name in case.option("pair")]
    cluster = case.column(case.option("cluster"))
    kept = [row for row, ratings in enumerate(zip(*raters, strict=True)) if None not in ratings]
    table = long_table([[column[row] for column in raters] for row in kept], None)
    clusters = [cluster[row] for row in kept]
    if len(set(clusters)) == len(clusters):
        return answer(verb("cohen_kappa")(table, std_error="large_sample", **how))
    rows = frame({"unit": list(range(len(kept))), "weight": [1.0] * len(kept), "cluster": clusters})
    design = verb("SampleDesign")(rows, unit="unit", weight="weight", cluster="cluster")
    return answer(verb("cohen_kappa")(table, design=design, **how))
