"""Where agreement is lost: by category, by pair of raters, against a gold standard."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from . import _core
from ._measure import Measure
from ._rating_table import Part, RatingTable
from ._render import html_table, text_table
from ._results import Estimate, EstimateTable, Result
from .calibration import STD_ERRORS, AgreementEstimate, _each, _keyed, _parts_of
from .errors import ArgumentError, check_choice

__all__ = ["PairwiseAgreement", "agreement_by_category", "gold_kappa", "pairwise_agreement"]

MOST_CATEGORIES = 1000


def gold_kappa(
    table: RatingTable,
    *,
    gold: Any,
    weights: Any = "identity",
    confidence: float = 0.95,
    design: Any = None,
    std_error: str = "influence",
    normal: bool = False,
) -> AgreementEstimate | EstimateTable:
    """Mean of the raters' Cohen kappas with a gold standard (an expert panel that the table holds as one of its raters).

    `pairwise_agreement(table)` has the kappa of each. Undefined where a rater shares no unit with the gold standard.

    Parameters
    ----------
    table : RatingTable
    gold
        The rater who is right.
    weights, confidence, design, std_error, normal
        As in `fleiss_kappa`.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rows = np.array([[1, 1, 1], [2, 2, 1], [2, 2, 2], [1, 2, 1], [2, 2, 2]])
    >>> table = qa.RatingTable.from_matrix(rows, raters=["expert", "ann", "bob"])
    >>> round(qa.gold_kappa(table, gold="expert").value, 4)
    0.5804
    """
    measure = Measure("gold_kappa", weights=weights, gold=gold)
    check_choice("std_error", std_error, STD_ERRORS)
    return _each(table, lambda part: measured(part, measure, confidence, design, std_error, normal))


def measured(
    part: Part, measure: Measure, confidence: float, design: Any, std_error: str = "influence", normal: bool = False
) -> AgreementEstimate:
    """Any coefficient of one criterion."""
    what, scale = measure.of(part)
    core, arrays = part.under(design)
    record = _core.measured(core, what, confidence, std_error, normal, arrays)
    return AgreementEstimate.from_core(measure.coefficient, record, weights=scale)


def agreement_by_category(
    table: RatingTable, coefficient: str = "fleiss_kappa", *, confidence: float = 0.95, design: Any = None
) -> EstimateTable:
    """Agreement on each category against all others: which answer is the one that raters do not see alike.

    Ratings become this category or another, and the coefficient is that of the two. Fleiss' kappa of all categories is the
    mean of those of the categories with weights p (1 - p), p the category's share.

    Parameters
    ----------
    table : RatingTable
        With at most 1,000 categories.
    coefficient : str, default "fleiss_kappa"
        Any of krippendorff_alpha (nominal), percent_agreement, cohen_kappa, scott_pi, fleiss_kappa, fleiss_kappa_pooled,
        conger_kappa, light_kappa, brennan_prediger, gwet_ac.
    confidence, design
        As in `fleiss_kappa`.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> table = qa.RatingTable.from_matrix(np.array([[1, 1, 2], [3, 3, 3], [2, 2, 1], [3, 3, 3]]))
    >>> round(qa.agreement_by_category(table)[3].value, 2)
    1.0
    """
    measure = Measure(coefficient, level="nominal" if coefficient == "krippendorff_alpha" else None)
    rows: list[tuple[Any, Any, Estimate]] = []
    for part in _parts_of(table):
        labels = categories_of(part)
        if len(labels) > MOST_CATEGORIES:
            raise ArgumentError(
                f"table: expected at most {MOST_CATEGORIES} categories but found {len(labels)}; measurements have no "
                f"categories: take krippendorff_alpha with level interval, or an ICC"
            )
        core, arrays = part.under(design)
        what, scale = measure.of(part)
        for code, label in enumerate(labels):
            two = _core.one_against_rest(core, code)
            record = _core.measured(two, what, confidence, "influence", False, arrays)
            rows.append((part.criterion, label, AgreementEstimate.from_core(coefficient, record, weights=scale)))
    return replace(_keyed(table, rows, "category"), note=f"{coefficient} of each category against all others")


def categories_of(part: Part) -> Sequence[Any]:
    """The categories as their users know them: whole numbers without a point."""
    if part.labels is not None:
        return part.labels
    return [int(value) if value == math.floor(value) else float(value) for value in part.core.categories()]


@dataclass(frozen=True, repr=False)
class PairwiseAgreement(Result):
    """Agreement of each pair of raters.

    Attributes
    ----------
    coefficient : str
    raters : tuple
    estimates : EstimateTable
        One row per pair, by `rater` and `other`; undefined where the two share no unit.
    """

    CAUTION: ClassVar[str] = "Of many pairs one is lowest by chance alone: look at its interval before anyone is named."

    coefficient: str
    raters: tuple[Any, ...]
    estimates: EstimateTable

    def __getitem__(self, pair: tuple[Any, Any]) -> Estimate:
        """The estimate of two raters, in any order."""
        first, second = pair
        rows = {tuple(key) for key in zip(*(values for _, values in self.estimates.keys), strict=True)}
        return self.estimates[(second, first) if (second, first) in rows else (first, second)]

    def matrix(self) -> list[list[float]]:
        """Raters x raters, in the order of `raters`: values, 1 on the diagonal."""
        at = {rater: i for i, rater in enumerate(self.raters)}
        out = [[1.0 if i == j else math.nan for j in at.values()] for i in at.values()]
        (_, first), (_, second) = self.estimates.keys
        for g, h, estimate in zip(first, second, self.estimates, strict=True):
            out[at[g]][at[h]] = out[at[h]][at[g]] = estimate.value
        return out

    def to_dict(self) -> dict[str, Any]:
        return {"coefficient": self.coefficient, "raters": list(self.raters), **self.estimates.to_dict()}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per pair."""
        return self.estimates.to_frame(backend)

    def plot(self, ax: Any = None, *, label: str = "") -> Any:
        """The matrix, shaded by the values; pairs that share no unit stay white."""
        from ._plots import aside, how_many, matrix_plot

        names = [str(rater) for rater in self.raters]
        ax = matrix_plot(self.matrix(), names, names, ax, limits=(0.0, 1.0))
        ax.set_xlabel(label or f"{self.coefficient} by pair of raters")
        aside(ax, f"{how_many(list(self.estimates))}, intervals are in .estimates")
        return ax

    def _said(self) -> str:
        """The pairs that agree worst and best."""
        (_, first), (_, second) = self.estimates.keys
        known = [row for row in zip(first, second, self.estimates, strict=True) if not math.isnan(row[2].value)]
        unknown = len(self.estimates) - len(known)
        none = f" {unknown} pairs have none." if unknown else ""
        if not known:
            return f"No pair of raters has a {self.coefficient}."
        worst, best = (pick(known, key=lambda row: row[2].value) for pick in (min, max))
        if len(known) == 1:
            return f"{self.coefficient} of {worst[0]} and {worst[1]} is {worst[2]._value_text()}.{none}"
        return (
            f"{self.coefficient} is lowest between {worst[0]} and {worst[1]}: {worst[2]._value_text()}; highest between "
            f"{best[0]} and {best[1]}: {best[2]._value_text()}.{none}"
        )

    def _table(self) -> tuple[list[str], list[list[object]]]:
        header = ["", *map(str, self.raters)]
        return header, [[str(rater), *row] for rater, row in zip(self.raters, self.matrix(), strict=True)]

    def __repr__(self) -> str:
        return f"{text_table(*self._table())}\n{self.coefficient} by pair of raters"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=f"{self.coefficient} by pair of raters")


def pairwise_agreement(
    table: RatingTable,
    coefficient: str = "cohen_kappa",
    *,
    level: str | None = None,
    weights: Any = None,
    distances: Any = None,
    confidence: float = 0.95,
    design: Any = None,
) -> PairwiseAgreement:
    """A coefficient of each pair of raters, on the units that the two rated: who sees it as whom.

    Parameters
    ----------
    table : RatingTable
        Of one criterion (`table["tone"]`), with raters who are known.
    coefficient : str, default "cohen_kappa"
        Any of `resample_agreement`, but gold_kappa.
    level, weights, distances, confidence, design
        As in `krippendorff_alpha` and `fleiss_kappa`.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rows = np.array([[1, 1, 1], [2, 2, 1], [2, 2, 2], [1, 2, 1], [2, 2, 2]])
    >>> pairs = qa.pairwise_agreement(qa.RatingTable.from_matrix(rows, raters=["ann", "bob", "cay"]))
    >>> round(pairs["ann", "cay"].value, 4)
    0.6154
    """
    measure = Measure(coefficient, level, weights, distances)
    parts = _parts_of(table)
    if table.criterion is not None:
        raise ArgumentError(
            f'table: several criteria have a matrix each; take one of them, table[{table.criteria[0]!r}]'
        )
    part = parts[0]
    if part.raters is None:
        raise ArgumentError(
            "pairwise_agreement: needs to know which rater gave which rating, but the raters of this table are anonymous"
        )
    raters = list(part.raters)
    if len(raters) < 2:
        raise ArgumentError(f"table: expected 2 raters or more but found {len(raters)}")
    firsts: list[Any] = []
    seconds: list[Any] = []
    estimates: list[Estimate] = []
    for j, second in enumerate(raters):
        for first in raters[:j]:
            (two,) = table.only(first, second)._parts
            firsts.append(first)
            seconds.append(second)
            estimates.append(measured(two, measure, confidence, design))
    keys = (("rater", tuple(firsts)), ("other", tuple(seconds)))
    return PairwiseAgreement(coefficient, tuple(raters), EstimateTable(keys, tuple(estimates), table._backend))
