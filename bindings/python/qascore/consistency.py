"""Consistency of criteria that are added up, and what more raters would bring."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from . import _core
from ._render import html_table, number, text_table
from ._results import Estimate, EstimateTable, Result, estimate_table
from .cronbach import MISSING
from .errors import ArgumentError, check_choice
from .estimation import Sample, rows_of, with_absent

__all__ = ["InternalConsistency", "internal_consistency", "raters_for_reliability", "spearman_brown"]


@dataclass(frozen=True, repr=False)
class InternalConsistency(Result):
    """How consistent columns are that are added up to one score.

    Attributes
    ----------
    columns : tuple of str
    alpha : Estimate
        Cronbach's, with a design-based t interval.
    feldt : Estimate
        The same with Feldt's limits, exact for normal columns of equal covariances; for independent rows only.
    standardised_alpha, average_correlation : Estimate
    guttman_lambda6 : float
        NaN where a column is a sum of others.
    alpha_without : EstimateTable
        Alpha of the others, by `column`; empty for two columns. A column without which alpha is higher does not belong.
    rest_correlation : mapping from column to float
        With the sum of the others.
    """

    CAUTION: ClassVar[str] = "It says that criteria go together, not that they measure the right thing, nor that raters agree."

    columns: tuple[str, ...]
    alpha: Estimate
    feldt: Estimate
    standardised_alpha: Estimate
    average_correlation: Estimate
    guttman_lambda6: float
    alpha_without: EstimateTable
    rest_correlation: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Everything, in full precision."""
        names = ("alpha", "feldt", "standardised_alpha", "average_correlation", "alpha_without")
        return {
            "columns": list(self.columns),
            **{name: getattr(self, name).to_dict() for name in names},
            "guttman_lambda6": self.guttman_lambda6,
            "rest_correlation": dict(self.rest_correlation),
        }

    def _estimates(self) -> EstimateTable:
        return EstimateTable((), (self.alpha, self.feldt, self.standardised_alpha, self.average_correlation))

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per estimate of all columns."""
        return self._estimates().to_frame(backend)

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Alpha without each column, with alpha of all as a line; for two columns the estimates."""
        if len(self.alpha_without) == 0:
            return self._estimates().plot(ax, **options)
        return self.alpha_without.plot(ax, **({"reference": self.alpha.value, "label": "alpha without it"} | options))

    def _said(self) -> str:
        """Alpha, and the column that lowers it most."""
        text = self.alpha._said()
        better = [
            (one.value, column)
            for column, one in zip(self.columns, self.alpha_without, strict=False)
            if one.value > self.alpha.value
        ]
        if not better:
            return text
        value, column = max(better)
        return f"{text} Without {column} it would be {number(value)}."

    def __repr__(self) -> str:
        return f"{text_table(*self._estimates()._table())}\n{self._said()}"

    def _repr_html_(self) -> str:
        return html_table(*self._estimates()._table(), caption=self._said())


def internal_consistency(
    sample: Sample, columns: Sequence[str], *, confidence: float = 0.95, missing: str = "error"
) -> InternalConsistency:
    """Cronbach's alpha with what belongs to it: Feldt's limits, standardised alpha, Guttman's lambda 6, alpha without each column.

    Parameters
    ----------
    sample, columns, confidence, missing
        As in `cronbach_alpha`.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> scores = pd.DataFrame({"tone": [1, 2, 3, 4, 5], "care": [2, 2, 3, 5, 4], "facts": [1, 3, 3, 4, 4]})
    >>> found = qa.internal_consistency(scores, ["tone", "care", "facts"])
    >>> round(found.feldt.low, 3), round(found.alpha_without["tone"].value, 3)
    (0.684, 0.877)
    """
    rows = rows_of(sample)
    check_choice("missing", missing, MISSING)
    if isinstance(columns, str) or len(columns) < 2:
        raise ArgumentError(f"columns: expected two columns or more but found {columns!r}")
    values = [rows.numbers(name, missing) for name in columns]
    record: Mapping[str, Any] = _core.consistency(rows.core(), values, confidence)
    absent = rows.absent_by(None)

    def estimate(name: str, found: Mapping[str, Any]) -> Estimate:
        return Estimate.from_core(name + rows.scope, with_absent(dict(found), *absent))

    without = [estimate(name, found) for name, found in zip(columns, record["alpha_without"], strict=False)]
    return InternalConsistency(
        tuple(columns),
        estimate("Cronbach's alpha", record["alpha"]),
        estimate("Cronbach's alpha, Feldt's limits", record["feldt"]),
        estimate("standardised alpha", record["standardised_alpha"]),
        estimate("average correlation", record["average_correlation"]),
        record["guttman_lambda6"],
        estimate_table([("column", list(columns)[: len(without)])], without),
        dict(zip(columns, record["rest_correlation"].tolist(), strict=True)),
    )


def spearman_brown(r: float | Estimate, k: float | Sequence[float]) -> Any:
    """Reliability of the mean of k times as many raters (criteria), from that of one: k r / (1 + (k - 1) r).

    Parameters
    ----------
    r : float or Estimate
        A reliability, at most 1: an ICC of single ratings, say. Of an estimate the limits are carried along.
    k : float or sequence of float
        How many times as many, above 0 and not necessarily whole.

    Returns
    -------
    float, or Estimate where r is one; for several k a list of floats or an EstimateTable

    Examples
    --------
    >>> import qascore as qa
    >>> [round(x, 3) for x in qa.spearman_brown(0.4, [2, 3, 5])]
    [0.571, 0.667, 0.769]
    """
    if isinstance(k, (Sequence, np.ndarray)):
        found = [spearman_brown(r, times) for times in k]
        return estimate_table([("k", list(k))], found) if isinstance(r, Estimate) else found
    if not isinstance(r, Estimate):
        return _core.spearman_brown(float(r), math.nan, math.nan, math.nan, float(k))[0]
    value, std_error, low, high, why = _core.spearman_brown(r.value, r.std_error, r.low, r.high, float(k))
    changed: dict[str, Any] = {"value": value, "std_error": std_error, "low": low, "high": high}
    return replace(r, name=f"{r.name}, {k:g} times", method="Spearman-Brown", undefined=r.undefined or why, **changed)


def raters_for_reliability(r: float | Estimate, wanted: float) -> float:
    """How many times as many raters the wanted reliability takes, by Spearman and Brown; infinity where r is not above 0.

    `d_study` answers it with uncertainty, and for conversations too.

    Examples
    --------
    >>> import qascore as qa
    >>> qa.raters_for_reliability(0.5, 0.75)
    3.0
    """
    return _core.raters_for_reliability(float(r.value if isinstance(r, Estimate) else r), wanted)
