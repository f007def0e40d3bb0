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
    "light_kappa",
    "bangdiwala_b",
)
WEIGHTS = ("identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar")
STD_ERRORS = {
    "subject-sampling linearization (Gwet)": "gwet",
    "large-sample delta method (Fleiss-Cohen-Everitt form)": "large_sample",
    "large sample (Fleiss, Cohen & Everitt 1969)": "large_sample",
    "delta method": "large_sample",
}
# Standard errors that hold under chance alone: those of a test, beside which no interval stands.
UNDER_CHANCE = ("H0", "H0 large-sample variance (Fleiss, Nee & Landis 1979)", "under H0 kappa=0")
OF_THE_TEST = ("se0", "z", "p_one_sided", "p_two_sided")
CLUSTERED = (
    "delta method; cluster sandwich K/(K-1) sum (n_k/n)^2 (zbar_k - zbar)^2; "
    "without the factor K/(K-1) when each unit is its own cluster"
)
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


def positions(matrix: list[list[Any]]) -> list[list[Any]]:
    """Each rating as the position of its category among those that occur."""
    found = sorted({value for row in matrix for value in row if value is not None})
    return [[None if value is None else found.index(value) + 1 for value in row] for row in matrix]


def rating_table(case: Case) -> Any:
    """The case's data as a RatingTable, whichever way they are written."""
    if not isinstance(case.data, Mapping):
        raise Unsupported("data: ratings, a table or counts are understood")
    categories = case.option("categories", None)
    by_position = categories == "observed union"  # those that occur, and weights by their position
    if by_position:
        categories = None
    if isinstance(categories, str):
        raise Unsupported(f"option categories: {categories!r}")
    if "ratings" in case.data:
        matrix = case.rows_and_columns("ratings", ("units", "subjects", "items"), "raters")
        return long_table(positions(matrix) if by_position else matrix, categories)
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
    under_chance = case.option("se", None) in UNDER_CHANCE
    std_error = None if under_chance else case.choice("se", STD_ERRORS, default="large_sample" if normal else None)
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


def against_chance(table: Any, coefficient: str, weights: Any = "identity") -> dict[str, Any]:
    test = verb("chance_test")(table, coefficient, weights=weights)
    return {"se0": test.std_error, "z": test.statistic, "p_one_sided": test.p_greater, "p_two_sided": test.p_value}


@handles(*COEFFICIENTS)
def coefficient(case: Case) -> Any:
    call, table, more = verb(case.statistic), rating_table(case), settings(case)
    population = case.option("population_size", None)
    if population is not None:
        units = frame({"unit": table.units, "weight": [1.0] * len(table.units)})
        more["design"] = verb("SampleDesign")(units, unit="unit", weight="weight", population=population)
    if not isinstance(case.options.get("weights"), list):
        found = answer(call(table, weights=weights_of(case), **more))
        if case.wants(*OF_THE_TEST):
            found |= against_chance(table, case.statistic, weights_of(case))
        if case.wants("kappa_by_category"):
            by_category = verb("agreement_by_category")(table, case.statistic)
            found["kappa_by_category"] = [one.value for one in by_category]
        return found
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
    case.only("variance", CLUSTERED)
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


@handles("fleiss_kappa_unequal_raters")
def unequal(case: Case) -> Any:
    """All ratings alike, not all units: the form of the book of Fleiss, Levin and Paik."""
    case.only("formula", "Fleiss (2003) 18.3: 1 - BMS/WMS form for a varying number of ratings (not Gwet's)")
    case.only("se", *UNDER_CHANCE)
    table = rating_table(case)
    return answer(verb("fleiss_kappa_pooled")(table)) | against_chance(table, "fleiss_kappa_pooled")


@handles("krippendorff_alpha_bootstrap")
def bootstrap(case: Case) -> Any:
    case.only("resample", "units with at least two ratings")
    method = case.choice("method", {"percentile": "percentile", "BCa": "bca"}, default="percentile")
    asked = case.option("resamples", 10_000)
    if isinstance(asked, str):
        if not asked.removeprefix(">=").strip().isdigit():
            raise Unsupported(f"option resamples: {asked!r}")
        asked = max(40_000, int(asked.removeprefix(">=")))
    level = case.choice("metric", {name: name for name in ("nominal", "ordinal", "interval", "ratio")})
    confidence = case.number("level", 0.95)
    found = verb("resample_agreement")(
        rating_table(case), method=method, replicates=asked, seed=1, level=level, confidence=confidence
    )
    return answer(found)


@handles("benchmark_membership")
def membership(case: Case) -> Any:
    value, std_error = case.inline("coef", "se")
    scale = case.choice("scale", {"landis.koch": "landis_koch", "fleiss": "fleiss", "altman": "altman"})
    found = verb("benchmark_membership")(value, std_error=std_error, scale=scale)
    # irrCAC begins each word with a capital, but for those in between.
    titles = [" ".join(w if w == "to" else w.capitalize() for w in label.split()) for label in found.labels]
    return {"labels": titles, "cumulative_probability": list(found.cumulative)}


@handles("paired_agreement_test")
def paired(case: Case) -> Any:
    """What the second table has more than the first, on the same units."""
    case.only("method", "Gwet (2016) linearisation, paired t, df = n-1")
    first, second = case.inline("first", "second", also=("rows", "columns"))
    if (case.data.get("rows", "units (same in both)"), case.data.get("columns", "raters")) != (
        "units (same in both)",
        "raters",
    ):
        raise Unsupported(f"data: rows {case.data['rows']!r}, columns {case.data['columns']!r}")
    found_in_both = sorted({value for row in (*first, *second) for value in row if value is not None})
    categories = case.option("categories", found_in_both)
    coefficient = case.choice("coefficient", {name: name for name in (*COEFFICIENTS, "krippendorff_alpha")})
    tables = [long_table(matrix, categories) for matrix in (second, first)]
    found = verb("agreement_difference")(*tables, coefficient, weights=weights_of(case))
    return {
        "coef1": found.second.value,
        "coef2": found.first.value,
        "difference": found.value,
        "se": found.std_error,
        "t": found.test.statistic,
        "p_value": found.test.p_value,
    }


@handles("dependent_kappa_test")
def dependent(case: Case) -> Any:
    """Kappas of several pairs of columns on the same units in clusters."""
    case.only("missing", "listwise over all columns of all pairs")
    case.only("variance", CLUSTERED)
    pairs = case.option("pairs")
    cluster = case.column(case.option("cluster"))
    columns = {name: case.column(name) for pair in pairs for name in pair}
    kept = [row for row in range(len(cluster)) if all(column[row] is not None for column in columns.values())]
    tables = {
        number: long_table([[columns[name][row] for name in pair] for row in kept], None)
        for number, pair in enumerate(pairs)
    }
    clusters = [cluster[row] for row in kept]
    more: dict[str, Any] = {"weights": weights_of(case)}
    if len(set(clusters)) == len(clusters):
        more["std_error"] = "large_sample"
    else:
        rows = frame({"unit": list(range(len(kept))), "weight": [1.0] * len(kept), "cluster": clusters})
        more["design"] = verb("SampleDesign")(rows, unit="unit", weight="weight", cluster="cluster")
    found = verb("compare_agreement")(tables, "cohen_kappa", **more)
    return {
        "kappa": [one.value for one in found.estimates],
        "se": [one.std_error for one in found.estimates],
        "correlation": [list(row) for row in found.correlation],
        "T2": found.equality.statistic,
        "p_value": found.equality.p_value,
    }


@handles("mean_kappa_vs_gold")
def against_gold(case: Case) -> Any:
    gold, raters = case.option("gold"), case.option("raters")
    names = [gold, *raters]
    rows = zip(*(case.column(name) for name in names), strict=True)
    units = [(unit, row) for unit, row in enumerate(rows)]
    columns = {
        "unit": [unit for unit, _ in units for _ in names],
        "rater": [name for _ in units for name in names],
        "rating": [value for _, row in units for value in row],
    }
    table = verb("RatingTable")(frame(columns), unit="unit", rater="rater", rating="rating")
    found = verb("resample_agreement")(
        table, "gold_kappa", gold=gold, method="jackknife", normal=True, confidence=case.number("level", 0.95)
    )
    return {
        "mean_kappa": found.value,
        "jackknife_kappa": found.corrected,
        "jackknife_se": found.std_error,
        "ci_lower": found.low,
        "ci_upper": found.high,
    }
