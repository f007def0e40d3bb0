"""Whether raters stay where they were: control charts with a stated rate of false alarms, and points of change."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from . import _core
from ._frames import build_frame
from ._rating_table import RatingTable
from ._render import html_table, number, text_table
from ._results import Estimate, Result, _p_text
from .calibration import _parts_of
from .errors import ArgumentError, DataError, check_choice
from .gold import one_part

__all__ = [
    "ChangePoint",
    "ControlChart",
    "RaterDrift",
    "change_point",
    "cusum_chart",
    "ewma_chart",
    "p_chart",
    "rater_drift",
    "xbar_chart",
]

RULES = ("beyond", "two_of_three", "four_of_five", "eight_in_row")
SPREADS = ("range", "deviation", "pooled")
CHARTS = ("ewma", "cusum")
RUN_LENGTH = 370.4  # of Shewhart's limits at 3 standard errors


@dataclass(frozen=True, repr=False)
class ControlChart(Result):
    """A series in its order with the limits between which it stays where nothing changes.

    Attributes
    ----------
    kind : str
    labels : tuple
        Names of the points.
    center, sd : float
        Where the process was, and the standard deviation of a single value.
    statistic, lower_sum : ndarray
        What is drawn; of a CUSUM the upper and the lower sum (empty for other charts), in standard deviations.
    low, high : ndarray
        Control limits of each point.
    signals : tuple of int
        Points that signal, from 0.
    average_run_length, false_alarm_rate : float
        Points to a false alarm on average, and its inverse: for independent normal values (binomial counts) about a center
        and an sd that are known. Estimated ones give more false alarms, the fewer values they rest on.
    undefined : str or None
    """

    CAUTION: ClassVar[str] = "An alarm calls for a look and proves nothing; no alarm does not prove that nothing changed."

    kind: str
    labels: tuple[Any, ...]
    center: float
    sd: float
    statistic: npt.NDArray[np.float64]
    lower_sum: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    signals: tuple[int, ...]
    average_run_length: float
    false_alarm_rate: float
    undefined: str | None

    def _columns(self) -> dict[str, Any]:
        columns: dict[str, Any] = {"point": list(self.labels), "statistic": self.statistic}
        if len(self.lower_sum):
            columns["lower_sum"] = self.lower_sum
        alarm = set(self.signals)
        signal = [at in alarm for at in range(len(self.labels))]
        return columns | {"low": self.low, "high": self.high, "signal": signal}

    def to_dict(self) -> dict[str, Any]:
        """Everything, in full precision."""
        record = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {k: v.tolist() if isinstance(v, np.ndarray) else list(v) if isinstance(v, tuple) else v for k, v in record.items()}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per point."""
        return build_frame(self._columns(), backend)

    def plot(self, ax: Any = None, *, label: str = "") -> Any:
        """The series between its limits; points that signal are marked."""
        from ._plots import control_plot

        center = 0.0 if len(self.lower_sum) else self.center
        return control_plot(
            self.statistic, self.lower_sum, self.low, self.high, center, self.signals, ax, label=label or f"{self.kind}, point"
        )

    def _said(self) -> str:
        if self.undefined:
            return f"No {self.kind}: {self.undefined}."
        rate = f"a false alarm every {number(self.average_run_length)} points"
        if not self.signals:
            return f"{self.kind}: no alarm in {len(self.labels)} points ({rate})."
        return f"{self.kind}: {len(self.signals)} alarms, the first at {self.labels[self.signals[0]]} ({rate})."

    def _table(self) -> tuple[list[str], list[list[object]]]:
        columns = self._columns()
        rows = [list(row) for row in zip(*(list(v) for v in columns.values()), strict=True)]
        return list(columns), [[str(row[0]), *(x if isinstance(x, bool) else float(x) for x in row[1:])] for row in rows]

    def __repr__(self) -> str:
        return f"<ControlChart: {self._said()}>"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=self._said())


def _series(values: Any, argument: str = "values") -> npt.NDArray[np.float64]:
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1:
        raise DataError(f"{argument}: expected one number per point but found the shape {series.shape}")
    if np.isinf(series).any():
        raise DataError(f"{argument}: point {int(np.flatnonzero(np.isinf(series))[0])} is infinite")
    return np.ascontiguousarray(series)


def _labels(labels: Sequence[Any] | None, points: int) -> tuple[Any, ...]:
    found = tuple(range(points)) if labels is None else tuple(labels)
    if len(found) != points:
        raise DataError(f"labels: expected {points}, one per point, but found {len(found)}")
    return found


def _chart(kind: str, labels: tuple[Any, ...], record: Mapping[str, Any]) -> ControlChart:
    fields = {**record, "lower_sum": record["second"], "signals": tuple(record["signals"])}
    del fields["second"]
    return ControlChart(kind=kind, labels=labels, **fields)


def _level(series: npt.NDArray[np.float64], center: float | None, sd: float | None) -> tuple[float, float]:
    """Where the process was: given, or the mean and the sd of moving ranges."""
    if sd is not None and not sd > 0:
        raise ArgumentError(f"sd: expected a number > 0 but found {sd!r}")
    known = series[~np.isnan(series)]
    middle = (float(known.mean()) if len(known) else math.nan) if center is None else float(center)
    return middle, _core.moving_range_sd(series) if sd is None else float(sd)


def ewma_chart(
    values: Any,
    *,
    center: float | None = None,
    sd: float | None = None,
    weight: float = 0.2,
    width: float | None = None,
    run_length: float = RUN_LENGTH,
    labels: Sequence[Any] | None = None,
) -> ControlChart:
    """Exponentially weighted moving average with exact limits: finds small lasting shifts early.

    Parameters
    ----------
    values : sequence of float
        In their order; a missing one is passed over.
    center, sd : float, optional
        Where the process was. Default: the mean, and the sd of moving ranges, which a shift hardly moves.
    weight : float, default 0.2
        Of the newest value.
    width : float, optional
        Limits in standard errors of the average; default: what gives `run_length`.
    run_length : float, default 370.4
        Points to a false alarm on average.
    labels : sequence, optional
        Names of the points.

    Examples
    --------
    >>> import qascore as qa
    >>> chart = qa.ewma_chart([0.1, -0.2, 0.3, 1.4, 1.8, 1.2, 1.6, 1.9], center=0, sd=1, weight=0.2)
    >>> chart.signals, round(chart.false_alarm_rate, 4)
    ((7,), 0.0027)
    """
    series = _series(values)
    middle, spread = _level(series, center, sd)
    limit = _core.ewma_width(weight, run_length) if width is None else float(width)
    return _chart("EWMA", _labels(labels, len(series)), _core.ewma_chart(series, middle, spread, weight, limit))


def cusum_chart(
    values: Any,
    *,
    center: float | None = None,
    sd: float | None = None,
    k: float = 0.5,
    h: float | None = None,
    run_length: float = RUN_LENGTH,
    labels: Sequence[Any] | None = None,
) -> ControlChart:
    """Tabular CUSUM: sums what exceeds half the shift that is looked for, to either side.

    Parameters
    ----------
    values, center, sd, run_length, labels
        As in `ewma_chart`.
    k : float, default 0.5
        Half the shift to find, in standard deviations.
    h : float, optional
        Where a sum signals; default: what gives `run_length`.

    Examples
    --------
    >>> import qascore as qa
    >>> chart = qa.cusum_chart([0.1, -0.2, 0.3, 1.4, 1.8, 1.2, 1.6, 1.9, 1.7], center=0, sd=1, h=5)
    >>> chart.signals, round(chart.average_run_length)
    ((7, 8), 465)
    """
    series = _series(values)
    middle, spread = _level(series, center, sd)
    limit = _core.cusum_limit(k, run_length) if h is None else float(h)
    return _chart("CUSUM", _labels(labels, len(series)), _core.cusum_chart(series, middle, spread, k, limit))


def _rules(rules: Sequence[str]) -> list[str]:
    if isinstance(rules, str):
        raise ArgumentError(f"rules: expected a sequence of {', '.join(RULES)} but found {rules!r}")
    return [check_choice("rules", name, RULES) for name in rules]


def xbar_chart(
    groups: Sequence[Sequence[float]],
    *,
    center: float | None = None,
    sd: float | None = None,
    width: float = 3.0,
    spread: str = "range",
    rules: Sequence[str] = ("beyond",),
    labels: Sequence[Any] | None = None,
) -> ControlChart:
    """Means of groups (weeks, say) with limits from the spread within them.

    Parameters
    ----------
    groups : sequence of sequences of float
        Of any sizes; groups of one value make it a chart of individuals.
    center, sd : float, optional
        Default: mean of all values, and by `spread` from within the groups.
    width : float, default 3
        Limits in standard errors of each mean.
    spread : {"range", "deviation", "pooled"}
        Mean of range / d2, mean of standard deviation / c4, or the pooled standard deviation / c4.
    rules : sequence of {"beyond", "two_of_three", "four_of_five", "eight_in_row"}
        What signals: 1 point beyond the limits, 2 of 3 beyond 2 and 4 of 5 beyond 1 standard error on one side, 8 in a row on one side.
        The rate of false alarms is that of all together.
    labels : sequence, optional

    Examples
    --------
    >>> import qascore as qa
    >>> chart = qa.xbar_chart([[4.0, 4.2, 3.9], [4.1, 4.0, 4.2], [5.0, 5.1, 4.9], [4.0, 4.1, 3.9]], center=4.05)
    >>> chart.signals, round(chart.average_run_length, 1)
    ((2,), 370.4)
    """
    check_choice("spread", spread, SPREADS)
    columns = [_series(group, f"groups: group {at}") for at, group in enumerate(groups)]
    start = [0, *np.cumsum([len(group) for group in columns]).tolist()]
    record = _core.xbar_chart(
        np.concatenate([*columns, np.empty(0)]),
        start,
        math.nan if center is None else float(center),
        math.nan if sd is None else float(sd),
        width,
        spread,
        _rules(rules),
    )
    return _chart("Xbar", _labels(labels, len(columns)), record)


def p_chart(
    counts: Sequence[int],
    sizes: Sequence[int],
    *,
    center: float | None = None,
    width: float = 3.0,
    rules: Sequence[str] = ("beyond",),
    labels: Sequence[Any] | None = None,
) -> ControlChart:
    """Shares of groups (the rater's fails by week, say) with binomial limits.

    Parameters
    ----------
    counts, sizes : sequence of int
        How many of how many.
    center : float, optional
        The share where nothing changes; default that of all.
    width, rules, labels
        As in `xbar_chart`. With limits only the rate of false alarms is exact for these sizes, which may be far from that of
        the normal: groups of 20 with a share of 0.05 give 1.6% of false alarms for 3 standard errors.

    Examples
    --------
    >>> import qascore as qa
    >>> qa.p_chart([5, 4, 6, 19, 5], [50, 50, 50, 50, 50]).signals
    (3,)
    """
    count, size = _series(counts, "counts"), _series(sizes, "sizes")
    if len(count) != len(size):
        raise DataError(f"sizes: expected {len(count)}, one per count, but found {len(size)}")
    middle = math.nan if center is None else float(center)
    return _chart("p", _labels(labels, len(count)), _core.p_chart(count, size, middle, width, _rules(rules)))


@dataclass(frozen=True, repr=False)
class ChangePoint(Result):
    """Where the level of a series changed, if it did.

    Attributes
    ----------
    at, low, high
        Label of the first point after the change, and the interval of it; None where undefined.
    before, after : float
        Means.
    shift : Estimate
        after - before; its interval takes the point as known.
    statistic, p_value : float
        Largest |t| of all splits; its chance where nothing changes, by permutation.
    n : int
    undefined : str or None
    """

    CAUTION: ClassVar[str] = "What changed may be the conversations and not the rater."

    at: Any
    low: Any
    high: Any
    before: float
    after: float
    shift: Estimate
    statistic: float
    p_value: float
    n: int
    undefined: str | None

    def to_dict(self) -> dict[str, Any]:
        """All fields, in full precision."""
        record = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return record | {"shift": self.shift.to_dict()}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row."""
        record = self.to_dict() | {"shift": self.shift.value}
        return build_frame({name: [value] for name, value in record.items()}, backend)

    def _said(self) -> str:
        if self.undefined:
            return f"No point of change: {self.undefined}."
        return (
            f"From {self.before:.4g} to {self.after:.4g} at {self.at} (between {self.low} and {self.high}), "
            f"p {_p_text(self.p_value)} (n = {self.n})."
        )

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """The shift with its interval; options as in `EstimateTable.plot`."""
        return self.shift.plot(ax, **options)

    def __repr__(self) -> str:
        return f"<ChangePoint: {self._said()}>"

    def _repr_html_(self) -> str:
        names = ["at", "low", "high", "before", "after", "statistic", "p_value", "n"]
        cells = [getattr(self, name) for name in names]
        return html_table(names, [[*map(str, cells[:3]), *cells[3:]]], caption=self._said())


def change_point(
    values: Any, *, seed: int, labels: Sequence[Any] | None = None, confidence: float = 0.95, permutations: int = 1999
) -> ChangePoint:
    """The one change of level that explains a series best, with an interval of it, and whether there is any.

    Parameters
    ----------
    values : sequence of float
        In their order; a missing one is passed over.
    seed : int
        Of the permutations behind the p-value, which asks nothing of the values but that their order says nothing.
    labels : sequence, optional
        Names of the points.
    confidence : float
        Of the interval: exact in the limit for small shifts, wider than needed for large ones.
    permutations : int, default 1999

    Examples
    --------
    >>> import qascore as qa
    >>> found = qa.change_point([3.1, 2.9, 3.0, 3.2, 2.8, 4.1, 3.9, 4.0, 4.2, 3.8], seed=1)
    >>> found.at, found.low, found.high, found.p_value < 0.05
    (5, 5, 5, True)
    """
    series = _series(values)
    names = _labels(labels, len(series))
    record: dict[str, Any] = _core.change_point(series, confidence, seed, permutations)
    for place in ("at", "low", "high"):
        record[place] = None if record[place] is None else names[record[place]]
    return ChangePoint(**{**record, "shift": Estimate.from_core("shift", record["shift"])})


@dataclass(frozen=True, repr=False)
class RaterDrift(Result):
    """Each rater's deviations from the others over time.

    Attributes
    ----------
    charts : mapping from rater to ControlChart
        Of rating minus mean of the others' ratings of the unit, in the order of time.
    changes : mapping from rater to ChangePoint
    adjusted_p : mapping from rater to float
        P-values of the changes, adjusted for the number of raters (Holm).
    """

    CAUTION: ClassVar[str] = "What changed may be the conversations that a rater was given; no change seen is not no change."

    charts: Mapping[Any, ControlChart]
    changes: Mapping[Any, ChangePoint]
    adjusted_p: Mapping[Any, float]

    def drifting(self, level: float = 0.05) -> list[Any]:
        """Raters whose adjusted p-value is at most `level`."""
        return [rater for rater, p in self.adjusted_p.items() if p <= level]

    def to_dict(self) -> dict[str, Any]:
        """Everything, in full precision."""
        return {
            "charts": {rater: chart.to_dict() for rater, chart in self.charts.items()},
            "changes": {rater: change.to_dict() for rater, change in self.changes.items()},
            "adjusted_p": dict(self.adjusted_p),
        }

    def _table(self) -> tuple[list[str], list[list[object]]]:
        header = ["rater", "n", "change at", "from", "to", "before", "after", "p", "adjusted p", "alarms"]
        rows: list[list[object]] = []
        for rater, change in self.changes.items():
            places = [str(x) if x is not None else "" for x in (change.at, change.low, change.high)]
            means = [change.before, change.after, change.p_value, self.adjusted_p[rater]]
            rows.append([str(rater), change.n, *places, *means, len(self.charts[rater].signals)])
        return header, rows

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per rater."""
        header, rows = self._table()
        names = [name.replace(" ", "_") for name in header]
        return build_frame({name: [row[at] for row in rows] for at, name in enumerate(names)}, backend)

    def plot(self, ax: Any = None, *, rater: Any = None, label: str = "") -> Any:
        """The chart of one rater; default the one whose change is surest."""
        if rater is None:
            known = [r for r, p in self.adjusted_p.items() if not math.isnan(p)] or list(self.charts)
            rater = min(known, key=lambda r: self.changes[r].p_value)
        return self.charts[rater].plot(ax, label=label or f"{rater}: deviation from the others, conversation")

    def _said(self) -> str:
        found = self.drifting()
        if not found:
            return "No rater has changed (adjusted p > 0.05)."
        return "\n".join(f"{rater}: {self.changes[rater]._said()}" for rater in found)

    def __repr__(self) -> str:
        return f"{text_table(*self._table())}\n{self._said()}"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=self._said())


def rater_drift(
    table: RatingTable,
    *,
    seed: int,
    time: Mapping[Any, Any] | None = None,
    chart: str = "ewma",
    baseline: int | None = None,
    run_length: float = RUN_LENGTH,
    confidence: float = 0.95,
    permutations: int = 1999,
) -> RaterDrift:
    """Whether raters have become stricter or milder than the others over time, and since when.

    Of each rater the deviations from the mean of the other raters of each unit, in the order of time: a control chart, and a
    change point with an interval and a p-value by permutation. That all raters drift alike it cannot see: put gold units in between.

    Parameters
    ----------
    table : RatingTable
        Of one criterion, numbers, known raters. Units that only one rated say nothing.
    seed : int
        Of the permutations.
    time : mapping from unit to time, optional
        Anything that sorts; default the units' own order.
    chart : {"ewma", "cusum"}
    baseline : int, optional
        The chart's center and sd come from so many first deviations; default all.
    run_length : float, default 370.4
        Points to a false alarm on average, as in `ewma_chart`.
    confidence, permutations
        As in `change_point`.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rng = np.random.default_rng(1)
    >>> scores = rng.normal(0.7, 0.1, (80, 1)) + rng.normal(0, 0.05, (80, 3))
    >>> scores[50:, 2] -= 0.1
    >>> found = qa.rater_drift(qa.RatingTable.from_matrix(scores, raters=["ann", "bob", "cay"]), seed=1)
    >>> found.changes["cay"].at
    50
    """
    check_choice("chart", chart, CHARTS)
    if baseline is not None and baseline < 2:
        raise ArgumentError(f"baseline: expected 2 or more but found {baseline}")
    _parts_of(table)
    part = one_part(table)
    if part.labels is not None:
        raise ArgumentError("table: deviations need numbers, but the ratings are text")
    if part.raters is None:
        raise ArgumentError("table: drift is a rater's, but the raters of this table are anonymous")
    units = list(part.units)
    if time is not None:
        without = [unit for unit in units if unit not in time]
        if without:
            raise DataError(f"time: unit {without[0]!r} has none")
        order = sorted(range(len(units)), key=lambda at: (time[units[at]], at))
    else:
        order = list(range(len(units)))
    charts: dict[Any, ControlChart] = {}
    changes: dict[Any, ChangePoint] = {}
    draw = ewma_chart if chart == "ewma" else cusum_chart
    for code, rater in enumerate(part.raters):
        deviation = _core.deviations_from_others(part.core, code)[order]
        known = np.flatnonzero(~np.isnan(deviation))
        series, labels = deviation[known], [units[order[at]] for at in known.tolist()]
        center, sd = _level(series[:baseline], None, None)
        charts[rater] = draw(series, center=center, sd=sd if sd > 0 else None, run_length=run_length, labels=labels)
        changes[rater] = change_point(series, seed=seed, labels=labels, confidence=confidence, permutations=permutations)
    p = np.array([change.p_value for change in changes.values()], dtype=np.float64)
    return RaterDrift(charts, changes, dict(zip(changes, _core.adjusted_p(p, "holm").tolist(), strict=True)))
