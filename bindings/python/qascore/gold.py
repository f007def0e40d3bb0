"""Raters against what is right: a gold standard, the true scores behind others' ratings, or the consensus where there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from . import _core
from ._frames import Frame, build_frame
from ._measure import rater_position
from ._rating_table import Part, RatingTable
from ._render import html_table, number, text_table
from ._results import Estimate, EstimateTable, Result, estimate_table
from .agreement_parts import categories_of
from .calibration import AgreementEstimate, _each, _parts_of, _weights
from .errors import ArgumentError, DataError

__all__ = ["Consensus", "GoldComparison", "Prmse", "dawid_skene", "prmse", "rater_against_gold", "raters_against_gold"]

SUMMARY = ("accuracy", "balanced_accuracy", "macro_f1", "matthews", "kappa")


@dataclass(frozen=True, repr=False)
class GoldComparison(Result):
    """A rater compared with a gold standard, on the units that both rated.

    Attributes
    ----------
    rater, gold
        Who is compared with whom.
    categories : tuple
    confusion : tuple of tuple of float
        Rows: the gold standard's category, columns: the rater's; units, under a design the sums of their weights.
    accuracy, balanced_accuracy, macro_f1, matthews : Estimate
        Share of units with the gold category; mean sensitivity; mean f1; Matthews correlation.
    kappa : AgreementEstimate
        Cohen's, with the category weights asked for.
    by_category : EstimateTable
        Sensitivity, specificity, precision and f1 of each category, by `category` and `measure`.
    """

    CAUTION: ClassVar[str] = "It is as right as the gold rater is."

    rater: Any
    gold: Any
    categories: tuple[Any, ...]
    confusion: tuple[tuple[float, ...], ...]
    accuracy: Estimate
    balanced_accuracy: Estimate
    macro_f1: Estimate
    matthews: Estimate
    kappa: AgreementEstimate
    by_category: EstimateTable

    def _overall(self) -> EstimateTable:
        return estimate_table([("measure", SUMMARY)], [getattr(self, name) for name in SUMMARY])

    def to_dict(self) -> dict[str, Any]:
        """Everything, in full precision."""
        return {
            "rater": self.rater,
            "gold": self.gold,
            "categories": list(self.categories),
            "confusion": [list(row) for row in self.confusion],
            **{name: getattr(self, name).to_dict() for name in SUMMARY},
            "by_category": self.by_category.to_dict(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per category and measure; `confusion` has the counts."""
        return self.by_category.to_frame(backend)

    def plot(self, ax: Any = None, *, label: str = "") -> Any:
        """The confusion, shaded: the gold standard's categories downwards, the rater's to the right."""
        from ._plots import aside, matrix_plot

        names = [str(name) for name in self.categories]
        ax = matrix_plot(self.confusion, names, names, ax)
        aside(ax, f"accuracy {self.accuracy._value_text()}")
        ax.set_xlabel(label or f"{self.rater} says")
        ax.set_ylabel(f"{self.gold} says")
        return ax

    def _said(self) -> str:
        """Accuracy, kappa, and the category that the rater misses most."""
        known = [
            (category, one)
            for category, measure, one in zip(*(values for _, values in self.by_category.keys), self.by_category, strict=True)
            if measure == "sensitivity" and not math.isnan(one.value)
        ]
        text = (
            f"{self.rater} against {self.gold}: accuracy {self.accuracy._value_text()}; {self.kappa._title()} "
            f"{self.kappa._value_text()}."
        )
        if len(known) < 2:
            return text
        category, worst = min(known, key=lambda row: row[1].value)
        return f"{text} Seen least is {category}: {worst._number()} of the units where {self.gold} has it (n = {worst.n})."

    def _table(self) -> tuple[list[str], list[list[object]]]:
        header = [f"{self.gold} \\ {self.rater}", *map(str, self.categories)]
        return header, [[str(k), *row] for k, row in zip(self.categories, self.confusion, strict=True)]

    def __repr__(self) -> str:
        return f"{text_table(*self._table())}\n\n{self._overall()!r}"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=self._said()) + self._overall()._repr_html_()


def _compared(part: Part, gold: Any, rater: Any, weights: Any, confidence: float, design: Any) -> GoldComparison:
    core, arrays = part.under(design)
    matrix, scale = _weights(part, weights)
    record: Mapping[str, Any] = _core.compare_with_gold(
        core, rater_position(part, gold, "gold"), rater_position(part, rater, "rater"), matrix, confidence, arrays
    )
    categories = tuple(categories_of(part))
    rows: list[tuple[Any, str, Estimate]] = [
        (category, measure, Estimate.from_core(measure, record[measure][at]))
        for at, category in enumerate(categories)
        for measure in ("sensitivity", "specificity", "precision", "f1")
    ]
    return GoldComparison(
        rater,
        gold,
        categories,
        tuple(map(tuple, record["confusion"].reshape(len(categories), len(categories)).tolist())),
        Estimate.from_core("accuracy", record["accuracy"]),
        Estimate.from_core("balanced_accuracy", record["balanced_accuracy"]),
        Estimate.from_core("macro_f1", record["macro_f1"]),
        Estimate.from_core("matthews", record["matthews"]),
        AgreementEstimate.from_core("kappa", record["kappa"], weights=scale),
        estimate_table(
            [("category", [row[0] for row in rows]), ("measure", [row[1] for row in rows])], [row[2] for row in rows]
        ),
    )


def one_part(table: RatingTable) -> Part:
    """The part of a table of one criterion."""
    parts = _parts_of(table)
    if table.criterion is not None:
        raise ArgumentError(f"table: expected one criterion but found {len(parts)}; take table[{table.criteria[0]!r}]")
    return parts[0]


def rater_against_gold(
    table: RatingTable, *, gold: Any, rater: Any, weights: Any = "identity", confidence: float = 0.95, design: Any = None
) -> GoldComparison:
    """A rater against a gold standard: confusion, accuracy, and by category sensitivity, specificity, precision and f1.

    Parameters
    ----------
    table : RatingTable
        Of one criterion; the gold standard is one of its raters. Units that one of the two did not rate take no part.
    gold, rater
        Who is right, and who is compared.
    weights : str or matrix, default "identity"
        Category weights of kappa, as in `fleiss_kappa`.
    confidence : float
        Level of the intervals; Wilson's for shares, t limits for the others, Fisher's z for the Matthews correlation.
    design : SampleDesign, optional
        How the units were drawn. Without one they are independent.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rows = np.array([["yes", "yes"], ["yes", "no"], ["no", "no"], ["no", "no"], ["yes", "yes"]])
    >>> table = qa.RatingTable.from_matrix(rows, raters=["expert", "ann"])
    >>> found = qa.rater_against_gold(table, gold="expert", rater="ann")
    >>> found.confusion, found.accuracy.value
    (((2.0, 0.0), (1.0, 2.0)), 0.8)
    """
    return _compared(one_part(table), gold, rater, weights, confidence, design)


def raters_against_gold(
    table: RatingTable, *, gold: Any, weights: Any = "identity", confidence: float = 0.95, design: Any = None
) -> EstimateTable:
    """Every rater against the gold standard: accuracy, balanced accuracy, macro f1, Matthews correlation, kappa.

    Parameters
    ----------
    table, gold, weights, confidence, design
        As in `rater_against_gold`.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rows = np.array([[1, 1, 1], [2, 2, 1], [2, 2, 2], [1, 2, 1], [2, 2, 2]])
    >>> table = qa.RatingTable.from_matrix(rows, raters=["expert", "ann", "bob"])
    >>> qa.raters_against_gold(table, gold="expert")["ann", "accuracy"].value
    0.8
    """
    part = one_part(table)
    rater_position(part, gold, "gold")
    found = [
        _compared(part, gold, rater, weights, confidence, design) for rater in part.raters or () if rater != gold
    ]
    rows = [(one.rater, name, getattr(one, name)) for one in found for name in SUMMARY]
    keys = [("rater", [row[0] for row in rows]), ("measure", [row[1] for row in rows])]
    return estimate_table(keys, [row[2] for row in rows], table._backend)


@dataclass(frozen=True, repr=False)
class Prmse(Estimate):
    """How much of the variance of true scores a rater predicts.

    Attributes
    ----------
    variance_of_errors : float
        Of one rating of the others about the unit's true score.
    true_score_variance : float
        Between units.
    mse_true : float
        Mean squared error against true scores.
    n_multiple : int
        Units with two ratings of the others or more.
    """

    CAUTION: ClassVar[str] = "It says how well true scores are predicted, not that the scores mean what they should."

    variance_of_errors: float
    true_score_variance: float
    mse_true: float
    n_multiple: int


def prmse(
    table: RatingTable,
    *,
    rater: Any,
    variance_of_errors: float | None = None,
    confidence: float = 0.95,
    design: Any = None,
) -> Prmse | EstimateTable:
    """Proportional reduction of the mean squared error: how well one rater, a model say, predicts the others' true scores.

    Correlation and kappa with one person blame a model for that person's errors. This does not: true scores are what the
    others' ratings of a unit vary about. 1 is perfect (chance can put the value above), 0 no better than the mean of all units.

    Parameters
    ----------
    table : RatingTable
        Of numbers. Units without the rater's score, or without another's, take no part; some need two of the others' ratings.
    rater
        Who predicts.
    variance_of_errors : float, optional
        Of the others' ratings, where another study knows it; taken as exact.
    confidence : float
    design : SampleDesign, optional

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rows = np.array([[2.2, 1, 2], [2.5, 3, 3], [4.1, 4, 5], [3.1, 2, 2], [3.8, 4, 3], [1.5, 1, 1]])
    >>> table = qa.RatingTable.from_matrix(rows, raters=["model", "ann", "bob"])
    >>> round(qa.prmse(table, rater="model").value, 3)
    0.825
    """

    def one(part: Part) -> Prmse:
        if part.labels is not None:
            raise ArgumentError("table: true scores need numbers, but the ratings are text")
        core, arrays = part.under(design)
        known = math.nan if variance_of_errors is None else float(variance_of_errors)
        return Prmse.from_core("prmse", _core.prmse(core, rater_position(part, rater, "rater"), known, confidence, arrays))

    return _each(table, one)


@dataclass(frozen=True, repr=False)
class Consensus(Result):
    """Most likely categories of units without gold, and how each rater errs: the model of Dawid and Skene.

    Attributes
    ----------
    categories, raters, units : tuple
    prior : tuple of float
        Share of each true category.
    confusion : mapping from rater to tuple of tuple of float
        Rows: true category, columns: what the rater says; NaN where the rater rated no unit that may be of the category.
    accuracy : mapping from rater to float
        How often the rater is right, by the model; NaN where the rater rated no unit that may be of one of the categories.
    shares, accuracies, confusions : EstimateTable
        `prior`, `accuracy` and `confusion` with standard errors and limits: by category; by rater; by rater, true category and
        what the rater says. Where limits would not hold there are none, with the reason in `undefined`. `confusions` is empty above
        100,000 of them.
    posterior : tuple of tuple of float
        Units x categories: probability of each; NaN for a unit without ratings.
    labels : tuple
        Most likely category of each unit, the first of equals; None without ratings.
    log_likelihood : float
    iterations : int
        Of the start that won.
    converged : bool
        Whether it stopped because nothing moved any more.
    starts, agreeing : int
        How many starts there were, and how many reached this likelihood. The other ones ended in a lesser maximum.
    undefined : str or None
    """

    CAUTION: ClassVar[str] = "Where the raters err together, the consensus errs with them."

    categories: tuple[Any, ...]
    raters: tuple[Any, ...]
    units: tuple[Any, ...]
    prior: tuple[float, ...]
    confusion: Mapping[Any, tuple[tuple[float, ...], ...]]
    accuracy: Mapping[Any, float]
    shares: EstimateTable
    accuracies: EstimateTable
    confusions: EstimateTable
    posterior: tuple[tuple[float, ...], ...]
    labels: tuple[Any, ...]
    log_likelihood: float
    iterations: int
    converged: bool
    starts: int
    agreeing: int
    undefined: str | None

    def to_dict(self) -> dict[str, Any]:
        """All fields, in full precision."""
        record = {name: getattr(self, name) for name in self.__dataclass_fields__}
        tables = {name: getattr(self, name).to_dict() for name in ("shares", "accuracies", "confusions")}
        return record | {"confusion": dict(self.confusion), "accuracy": dict(self.accuracy)} | tables

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per unit: the most likely category and the probability of each."""
        columns: dict[str, Any] = {"unit": list(self.units), "consensus": list(self.labels)}
        for at, category in enumerate(self.categories):
            columns[f"p_{category}"] = [row[at] for row in self.posterior]
        return build_frame(columns, backend)

    def plot(self, ax: Any = None, *, label: str = "") -> Any:
        """How often each rater is right, with limits."""
        return self.accuracies.plot(ax, label=label or "accuracy by the model")

    def _said(self) -> str:
        if self.undefined:
            return f"No consensus: {self.undefined}."
        known = [rater for rater in self.raters if not math.isnan(self.accuracy[rater])]
        right = ""
        if known:
            worst, best = (pick(known, key=lambda r: self.accuracy[r]) for pick in (min, max))
            right = f"Most often right is {best} ({number(self.accuracy[best])}), least often {worst} ({number(self.accuracy[worst])}). "
        stopped = "" if self.converged else f" Not converged after {self.iterations} steps: the numbers are not final."
        shares = ", ".join(f"{k} {number(p)}" for k, p in zip(self.categories, self.prior, strict=True))
        without = next((e.undefined for e in self.accuracies if math.isnan(e.std_error)), None)
        limits = f" Not all have limits: {without}." if without else ""
        return (
            f"Shares of true categories: {shares}. {right}{self.agreeing} of {self.starts} starts found it.{stopped}{limits}"
        )

    def _table(self) -> tuple[list[str], list[list[object]]]:
        header = ["rater", "accuracy", "std_error", "low", "high", *(f"right on {k}" for k in self.categories)]
        return header, [
            [str(r), e.value, e.std_error, e.low, e.high, *(row[at] for at, row in enumerate(self.confusion[r]))]
            for r, e in zip(self.accuracy, self.accuracies, strict=True)
        ]

    def __repr__(self) -> str:
        return f"{text_table(*self._table())}\n{self._said()}"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=self._said())


def dawid_skene(
    ratings: Any,
    *,
    seed: int,
    unit: str | None = None,
    rater: str | None = None,
    rating: str | None = None,
    categories: Sequence[Any] | None = None,
    starts: int = 10,
    tolerance: float = 1e-10,
    iterations: int = 10_000,
    smoothing: float = 0.0,
    confidence: float = 0.95,
) -> Consensus:
    """Consensus without gold: what each unit most likely is, and how each rater confuses categories (Dawid and Skene 1979).

    Believe it where raters err independently of each other: what all of them get wrong in the same way it takes for the truth.
    True categories have the names under which raters are right most often; one that nobody says is never the true one.

    Parameters
    ----------
    ratings : RatingTable or frame
        A table of one criterion; or a frame with one row per rating, in which a rater may rate a unit several times.
    seed : int
        Of the starts after the first, which begins from the shares of votes.
    unit, rater, rating : str, optional
        Columns of the frame.
    categories : sequence, optional
        Of the frame's ratings, as in `RatingTable`.
    starts : int, default 10
        EM ends in a maximum that need not be the largest: the result says how many starts found the best.
    tolerance : float, default 1e-10
        Stop when no probability moves further.
    iterations : int, default 10,000
        Of each start at most.
    smoothing : float, default 0
        Ratings added to each cell of each rater's confusion; keeps raters with few ratings from certainty.
    confidence : float
        Of the limits of `shares`, `accuracies` and `confusions`: normal on the logit scale, with standard errors from the
        observed information (Louis 1982). They hold where the model does.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rows = np.array([[1, 1, 2], [2, 2, 2], [1, 1, 1], [2, 2, 1], [1, 1, 1], [2, 2, 2]])
    >>> found = qa.dawid_skene(qa.RatingTable.from_matrix(rows, raters=["ann", "bob", "cay"]), seed=1)
    >>> found.labels, found.converged
    ((1, 2, 1, 2, 1, 2), True)
    """
    columns = {"unit": unit, "rater": rater, "rating": rating}
    if isinstance(ratings, RatingTable):
        for name, value in {**columns, "categories": categories}.items():
            if value is not None:
                raise ArgumentError(f"{name}: goes with a frame; a RatingTable has its own")
        part = one_part(ratings)
        if part.raters is None:
            raise ArgumentError("ratings: each rater errs in an own way, but the raters of this table are anonymous")
        same, raters = None, list(part.raters)
    else:
        for name, value in columns.items():
            if value is None:
                raise ArgumentError(f"{name}: a frame needs the column; expected its name but found None")
        part, same, raters = _repeated(ratings, unit, rater, rating, categories)
    record = _core.dawid_skene(part.core, same, seed, starts, tolerance, iterations, smoothing, confidence)
    names = tuple(categories_of(part))
    q = len(names)
    confusion = record["confusion"].reshape(-1, q, q).tolist() if record["undefined"] is None else []
    known = record["undefined"] is None
    posterior = record["posterior"].reshape(-1, q).tolist() if known else [[math.nan] * q for _ in part.units]
    said = [(r, k, s) for r in raters for k in names for s in names] if record["confusions"] else []
    cells = [Estimate.from_core("confusion", one) for one in record["confusions"]]
    by_rater, true, stated = ([key[at] for key in said] for at in range(3))
    likelihood, steps, converged = record["runs"][record["best"]] if record["runs"] else (math.nan, 0, False)
    return Consensus(
        names,
        tuple(raters),
        tuple(part.units),
        tuple(record["prior"].tolist()),
        {r: tuple(map(tuple, matrix)) for r, matrix in zip(raters, confusion, strict=False)},
        dict(zip(raters, record["accuracy"].tolist(), strict=False)),
        estimate_table([("category", names if known else [])], [Estimate.from_core("share", one) for one in record["shares"]]),
        estimate_table(
            [("rater", raters if known else [])], [Estimate.from_core("accuracy", one) for one in record["accuracies"]]
        ),
        estimate_table([("rater", by_rater), ("true", true), ("said", stated)], cells),
        tuple(map(tuple, posterior)),
        tuple(names[row.index(max(row))] if known and not math.isnan(row[0]) else None for row in posterior),
        likelihood,
        steps,
        converged,
        starts,
        record["agreeing"],
        record["undefined"],
    )


def _repeated(
    frame: Any, unit: Any, rater: Any, rating: Any, categories: Any
) -> tuple[Part, npt.NDArray[np.uint32], list[Any]]:
    """A table in which each repeat of a rater on a unit is a rater of its own, and who is behind each of them."""
    data = Frame.of(frame, "frame")
    data.require(unit, rater, rating)
    units, raters = data.labels(unit), data.labels(rater)
    for labels, name in ((units, unit), (raters, rater)):
        if len(labels.missing):
            raise DataError(f'frame: column "{name}": row {int(labels.missing[0])} has none')
    order = np.lexsort((raters.codes, units.codes))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(units.codes[order].astype(np.int64)) != 0) | (np.diff(raters.codes[order].astype(np.int64)) != 0)
    place = np.arange(len(order))
    repeat = np.empty(len(order), dtype=np.int64)
    repeat[order] = place - np.maximum.accumulate(np.where(fresh, place, 0))
    occasions, column = np.unique(np.stack([raters.codes.astype(np.int64), repeat]), axis=1, return_inverse=True)
    values = data.values(rating)
    long = data.build({"unit": units.codes.astype(np.int64), "rater": column.reshape(-1).astype(np.int64), "rating": values})
    table = RatingTable(long, unit="unit", rater="rater", rating="rating", categories=categories)
    (part,) = table._parts
    behind = occasions[0][np.array(part.raters, dtype=np.int64)].astype(np.uint32)
    known = [label for code, label in enumerate(raters.labels) if code in set(behind.tolist())]
    dense = {code: at for at, code in enumerate(sorted(set(behind.tolist())))}
    same = np.array([dense[code] for code in behind.tolist()], dtype=np.uint32)
    labelled = Part(None, part.core, [units.labels[code] for code in part.units], part.raters, part.labels, part.ordered)
    return labelled, same, known
