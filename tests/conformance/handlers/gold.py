"""Raters against a gold standard, against true scores, and the consensus without gold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from case import Case, Unsupported, handles
from library import frame, verb


def table_of(columns: Mapping[str, Sequence[Any]], categories: list[Any] | None = None) -> Any:
    """A RatingTable with a rater per column."""
    names = list(columns)
    rows = list(zip(*columns.values(), strict=True))
    long = {
        "unit": [unit for unit in range(len(rows)) for _ in names],
        "rater": [name for _ in rows for name in names],
        "rating": [value for row in rows for value in row],
    }
    return verb("RatingTable")(frame(long), unit="unit", rater="rater", rating="rating", categories=categories)


@handles("rater_vs_gold")
def rater_vs_gold(case: Case) -> Any:
    gold, rater = case.option("gold"), case.option("rater")
    table = table_of({name: case.column(name) for name in (gold, rater)}, case.option("labels", None))
    found = verb("rater_against_gold")(table, gold=gold, rater=rater)
    measures = {"precision": "precision", "recall": "sensitivity", "f1": "f1", "specificity": "specificity"}
    out: dict[str, Any] = {
        "accuracy": found.accuracy.value,
        "balanced_accuracy": found.balanced_accuracy.value,
        "macro_f1": found.macro_f1.value,
        "mcc": found.matthews.value,
        "kappa": found.kappa.value,
        "confusion": [list(row) for row in found.confusion],
    }
    for key, measure in measures.items():
        out[key] = [found.by_category[category, measure].value for category in found.categories]
    for weights in ("linear", "quadratic"):
        if case.wants(f"kappa_{weights}"):
            out[f"kappa_{weights}"] = verb("rater_against_gold")(
                table, gold=gold, rater=rater, weights=weights
            ).kappa.value
    return out


@handles("prmse")
def prmse(case: Case) -> Any:
    """The system is one rater of the table, the humans are the others."""
    error = case.option("variance_of_errors", None)
    if "humans" in case.options:
        columns = {name: case.column(name) for name in (case.option("system"), *case.option("humans"))}
        system = case.option("system")
    else:
        scores, humans = case.inline("system", "humans")
        system, widths = "system", {len(row) for row in humans}
        if len(widths) != 1:
            raise Unsupported("data: as many ratings of each unit are understood")
        columns = {system: scores} | {f"human {at}": [row[at] for row in humans] for at in range(widths.pop())}
    found = verb("prmse")(table_of(columns), rater=system, variance_of_errors=error)
    return {
        "prmse": found.value,
        "variance_of_errors": found.variance_of_errors,
        "true_score_variance": found.true_score_variance,
        "mse_true": found.mse_true,
        "n": found.n,
        "n_multiple": found.n_multiple,
    }


@handles("dawid_skene")
def dawid_skene(case: Case) -> Any:
    case.only("init", "vote proportions")
    case.only("convergence", "run to a change below 1e-10")
    smoothing = case.option("smoothing", None)
    names = {name: case.option(name) for name in ("item", "rater", "rating")}
    rows = frame({name: case.column(column) for name, column in names.items()})
    found = verb("dawid_skene")(
        rows,
        unit="item",
        rater="rater",
        rating="rating",
        categories=case.option("classes", None),
        starts=1,
        tolerance=1e-10,
        smoothing=smoothing or 0.0,
        seed=1,
    )
    return {
        "class_prior": list(found.prior),
        "confusion_by_rater_true_observed": [[list(row) for row in found.confusion[r]] for r in found.raters],
        "labels": list(found.labels),
    }
