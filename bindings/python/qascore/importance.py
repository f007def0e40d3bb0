"""What drives satisfaction: shares of explained variance, criterion by criterion."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from . import _core
from ._frames import build_frame
from ._render import html_table, number, range_text, text_table
from ._results import Estimate, EstimateTable, Result, TestedEstimate, estimate_table
from .associations import METHODS, association
from .errors import ArgumentError, check_choice
from .estimation import MISSING, Rows, Sample, mean, rows_of

__all__ = ["Drivers", "RelativeImportance", "drivers", "relative_importance"]

ADJUSTMENTS = ("holm", "benjamini_hochberg", "benjamini_yekutieli", "none")
SHARES = ("lmg", "johnson", "first", "last", "car", "pratt", "beta_squared")


@dataclass(frozen=True, repr=False)
class RelativeImportance(EstimateTable):
    """Shares of the variance of the outcome, one driver a row (LMG, also called Shapley values); `by` has the other measures.

    Attributes
    ----------
    outcome : str
    r_squared : Estimate
        What all drivers explain together; the LMG shares add up to it.
    sampling_error : tuple of float
        Of each share, from looking at random orders only; 0 up to 15 drivers.
    orders : int
        How many random orders; 0: all.
    undefined : str or None
    """

    CAUTION: ClassVar[str] = "A share says how much goes with a criterion, not what raising it would bring."

    outcome: str = ""
    r_squared: Estimate | None = None
    sampling_error: tuple[float, ...] = ()
    orders: int = 0
    undefined: str | None = None
    _others: Mapping[str, EstimateTable] = field(default_factory=dict)

    def by(self, measure: str) -> EstimateTable:
        """Shares by another measure.

        Parameters
        ----------
        measure : {"lmg", "johnson", "first", "last", "car", "pratt", "beta_squared"}
            Mean gain over all orders; relative weights, which add up to r_squared as well; gain of coming in first or last; squared
            correlation with decorrelated columns; coefficient times correlation (may be negative); squared coefficient.
        """
        check_choice("measure", measure, SHARES)
        if measure not in self._others:
            raise ArgumentError(f"measure: {measure} is not there for groups of columns")
        return self._others[measure]

    def _caption(self) -> str:
        total = "" if self.r_squared is None else f"; together {self.r_squared._value_text()}"
        return super()._caption() + total

    def _said(self) -> str:
        """The shares in words."""
        if self.undefined:
            return f"No shares: {self.undefined}."
        head = "" if self.r_squared is None else f"{self.r_squared._said()}\n"
        return head + super()._said()


def _drivers(rows: Rows, columns: Sequence[str], groups: Mapping[str, Sequence[str]] | None) -> tuple[list[str], list[str], list[int]]:
    """Columns, drivers, and which driver each column is of (none: each its own)."""
    names = [columns] if isinstance(columns, str) else list(columns)
    if not names:
        raise ArgumentError("columns: expected a column or several but found none")
    for at, name in enumerate(names):
        if name in names[:at]:
            raise ArgumentError(f"columns: {name!r} stands twice")
    rows.frame.require(*names, argument="columns")
    if groups is None:
        return names, names, []
    home: dict[str, str] = {}
    for group, members in groups.items():
        for member in members:
            if member not in names:
                raise ArgumentError(f"groups: {member!r} of {group!r} is not among the columns")
            if member in home:
                raise ArgumentError(f"groups: {member!r} is in {home[member]!r} and in {group!r}")
            home[member] = group
    if left := [name for name in names if name not in home]:
        raise ArgumentError(f"groups: {left[0]!r} is in none of them")
    labels = list(groups)
    return names, labels, [labels.index(home[name]) for name in names]


def relative_importance(
    sample: Sample,
    outcome: str,
    columns: Sequence[str],
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    orders: int = 1000,
    seed: int | None = None,
    replicates: int = 0,
    confidence: float = 0.95,
    missing: str = "error",
) -> RelativeImportance:
    """How much of the outcome's variance each driver explains in a linear regression, shared out fairly where drivers overlap.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
    outcome : str
        Column of numbers: CSAT.
    columns : sequence of str
        Columns of numbers: points by criterion.
    groups : mapping, optional
        Label to columns: sections, whose columns come in together.
    orders, seed : int
        Beyond 15 drivers: random orders to average over, and what they (and the bootstrap) start from.
    replicates : int
        Standard errors and BCa limits from drawing rows again so often, under a design clusters within strata (`bootstrap`); 0: from
        influence values, which take no time and are rough for shares near 0. The numbers do not depend on the number of cores.
    confidence : float
    missing : {"error", "drop", "domain"}
        As in `association`; a row needs all columns.

    Returns
    -------
    RelativeImportance
        Weights and clusters are in the standard errors. Limits are cut at 0. Undefined with its reason where a column is constant or a combination of others.

    References
    ----------
    Lindeman, Merenda and Gold (1980); Gromping (2007), doi:10.1198/000313007X188252; Johnson (2000),
    doi:10.1207/S15327906MBR3501_1.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"greeting": [1, 0, 1, 1, 0, 1, 0, 1], "solution": [1, 2, 3, 3, 1, 2, 3, 1],
    ...                       "csat": [2, 3, 5, 5, 1, 3, 4, 2]})
    >>> shares = qa.relative_importance(calls, "csat", ["greeting", "solution"])
    >>> round(shares["solution"].value, 3), round(shares.r_squared.value, 3)
    (0.908, 0.975)
    """
    rows = rows_of(sample)
    check_choice("missing", missing, MISSING)
    if replicates < 0 or replicates == 1:
        raise ArgumentError(f"replicates: expected 2 or more, or 0, but found {replicates}")
    if replicates and seed is None:
        raise ArgumentError("seed: the bootstrap needs one, any number: the same gives the same result")
    names, labels, group = _drivers(rows, columns, groups)
    if outcome in names:
        raise ArgumentError(f"columns: {outcome!r} is the outcome")
    y = rows.numbers(outcome, missing)
    found = _core.relative_importance(
        rows.core(), y, [rows.numbers(name, missing) for name in names], group, confidence, missing, orders, seed,
        replicates, os.cpu_count() or 1,
    )  # fmt: skip
    undefined = found["undefined"]
    if undefined and found["fault"] is not None:
        undefined = f"{undefined}: {names[found['fault']]}"

    def table(measure: str) -> EstimateTable:
        estimates = [
            Estimate.from_core(f"{measure} share of {label} in {outcome}{rows.scope}", record)
            for label, record in zip(labels, found[measure], strict=True)
        ]
        return estimate_table([("driver", labels)], estimates, rows.frame.backend)

    tables = {measure: table(measure) for measure in SHARES if found[measure]}
    return RelativeImportance(
        (("driver", tuple(labels)),),
        tables["lmg"].estimates,
        rows.frame.backend,
        outcome=outcome,
        r_squared=Estimate.from_core(f"share of {outcome} explained{rows.scope}", found["r_squared"]),
        sampling_error=tuple(found["sampling_error"].tolist()),
        orders=found["orders"],
        undefined=undefined,
        _others=tables,
    )


@dataclass(frozen=True, repr=False)
class Drivers(Result):
    """Criteria against an outcome: how strongly each goes with it alone, its share beside the others, and how well it is met.

    Attributes
    ----------
    outcome, method, adjust : str
    correlations : EstimateTable
        Of each criterion with the outcome, with its own p.
    adjusted_p : tuple of float
        These p adjusted for how many criteria there are.
    importance : RelativeImportance
        LMG shares of the criteria that have all columns.
    means : EstimateTable
        Of each criterion.
    """

    CAUTION: ClassVar[str] = "What goes with an outcome need not drive it: only a trial shows what raising a criterion brings."

    outcome: str
    method: str
    adjust: str
    correlations: EstimateTable
    adjusted_p: tuple[float, ...]
    importance: RelativeImportance
    means: EstimateTable
    confidence: float

    @property
    def criteria(self) -> tuple[str, ...]:
        """The criteria, as they were given."""
        return self.correlations.keys[0][1]

    def _records(self) -> list[dict[str, Any]]:
        rows = zip(self.criteria, self.correlations, self.adjusted_p, self.importance, self.means, strict=True)
        return [
            {
                "criterion": name,
                "correlation": one.value,
                "low": one.low,
                "high": one.high,
                "p_value": one.test.p_value if isinstance(one, TestedEstimate) else float("nan"),
                "adjusted_p": p,
                "share": share.value,
                "share_low": share.low,
                "share_high": share.high,
                "mean": level.value,
                "n": one.n,
                "undefined": one.undefined or share.undefined,
            }
            for name, one, p, share, level in rows
        ]

    def to_dict(self) -> dict[str, Any]:
        """The rows, and what they rest on."""
        return {"outcome": self.outcome, "method": self.method, "adjust": self.adjust, "rows": self._records()}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per criterion."""
        records = self._records()
        return build_frame(
            {name: [r[name] for r in records] for name in records[0]}, backend or self.correlations.backend
        )

    def found(self, level: float = 0.05) -> list[str]:
        """Criteria whose adjusted p is below the level, the largest share first."""
        rows = [r for r in self._records() if r["adjusted_p"] < level]
        rows.sort(key=lambda r: (np.isnan(r["share"]), -r["share"]))
        return [str(r["criterion"]) for r in rows]

    def _said(self) -> str:
        """What goes with the outcome, in words."""
        found = self.found()
        total = self.importance.r_squared
        together = "" if total is None else f" Together they explain {total._value_text()}."
        head = (
            f"{len(found)} of {len(self.criteria)} criteria go with {self.outcome} beyond chance ({self.adjust} at 0.05)"
            if self.adjust != "none"
            else f"{len(found)} of {len(self.criteria)} criteria go with {self.outcome} (p below 0.05 each, not adjusted)"
        )
        return f"{head}{': ' + ', '.join(found) if found else ''}.{together}"

    def _table(self) -> tuple[list[str], list[list[object]]]:
        header = ["criterion", "correlation", "interval", "adjusted p", "share", "interval", "mean", "n"]
        rows: list[list[object]] = [
            [r["criterion"], r["correlation"], range_text(r["low"], r["high"], r["correlation"]), number(r["adjusted_p"], 2), r["share"],
             range_text(r["share_low"], r["share_high"], r["share"]), r["mean"], r["n"]]
            for r in self._records()
        ]  # fmt: skip
        return header, rows

    def plot(self, ax: Any = None, *, label: str = "") -> Any:
        """Importance against performance: the share of each criterion over its mean. High and to the left is what to work on first."""
        from ._plots import aside, fonts, how_many, scatter_plot

        records = self._records()
        means = [r["mean"] for r in records]
        shares = [r["share"] for r in records]
        ax = scatter_plot(
            means, shares, ax, x_label=label or "mean of the criterion", y_label=f"share of {self.outcome} explained"
        )
        aside(ax, f"{how_many(list(self.importance))}, intervals are in the table")
        for r in records:
            if not (np.isnan(r["mean"]) or np.isnan(r["share"])):
                ax.annotate(str(r["criterion"]), (r["mean"], r["share"]), xytext=(4, 4), textcoords="offset points", family=fonts())
        return ax

    def __repr__(self) -> str:
        return f"{text_table(*self._table())}\n{self._said()}"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=self._said())


def drivers(
    sample: Sample,
    *,
    criteria: Sequence[str],
    outcome: str,
    method: str = "spearman",
    adjust: str = "holm",
    orders: int = 1000,
    seed: int | None = None,
    replicates: int = 0,
    confidence: float = 0.95,
    missing: str = "error",
) -> Drivers:
    """Which criteria go with what customers feel: each alone, each beside the others, and where there is room.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
    criteria : sequence of str
        Columns of numbers.
    outcome : str
        Column of numbers: CSAT.
    method : str
        Of the correlations, as in `association`.
    adjust : {"holm", "benjamini_hochberg", "benjamini_yekutieli", "none"}
        For how many criteria there are.
    orders, seed, replicates : int
        As in `relative_importance`: beyond 15 criteria, and for limits of the shares from drawing rows again.
    confidence : float
    missing : {"error", "drop"}
        With "drop" a correlation and a mean have the rows that have their columns, the shares those that have all.

    Returns
    -------
    Drivers
        `plot` is the importance-performance picture. A criterion that never varies has no correlation, and makes the shares undefined:
        leave it out.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"greeting": [1, 0, 1, 1, 0, 1, 0, 1], "solution": [1, 2, 3, 3, 1, 2, 3, 1],
    ...                       "csat": [2, 3, 5, 5, 1, 3, 4, 2]})
    >>> qa.drivers(calls, criteria=["greeting", "solution"], outcome="csat").found()
    ['solution']
    """
    rows = rows_of(sample)
    check_choice("method", method, METHODS)
    check_choice("adjust", adjust, ADJUSTMENTS)
    check_choice("missing", missing, ("error", "drop"))
    names = list(_drivers(rows, criteria, None)[0])
    shares = relative_importance(
        sample, outcome, names, orders=orders, seed=seed, replicates=replicates, confidence=confidence, missing=missing
    )
    found = [association(sample, name, outcome, method=method, confidence=confidence, missing=missing) for name in names]
    adjusted = _core.adjusted_p(np.array([one.test.p_value for one in found]), adjust)
    levels = [mean(sample, name, confidence=confidence, missing=missing) for name in names]
    return Drivers(
        outcome=outcome,
        method=method,
        adjust=adjust,
        correlations=estimate_table([("criterion", names)], found, rows.frame.backend),
        adjusted_p=tuple(adjusted.tolist()),
        importance=shares,
        means=estimate_table([("criterion", names)], levels, rows.frame.backend),
        confidence=confidence,
    )
