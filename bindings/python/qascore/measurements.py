"""Agreement of measurements: concordance, limits of agreement, ranks, agreement within units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from . import _core
from ._frames import build_frame
from ._rating_table import Part, RatingTable
from ._render import html_table, number, range_text, text_table
from ._results import Estimate, EstimateTable, Result, TestResult, TestedEstimate
from .calibration import _each
from .errors import ArgumentError, check_choice
from .gold import one_part

__all__ = [
    "BlandAltman",
    "Concordance",
    "KendallW",
    "WithinGroup",
    "bland_altman",
    "kendall_w",
    "lin_ccc",
    "overall_ccc",
    "r_wg",
]

CCC_ERRORS = ("influence", "lin")
INTERVALS = ("exact", "approximate", "influence")


def _numbers(part: Part, what: str) -> Part:
    if part.labels is not None:
        raise ArgumentError(f"table: {what} needs numbers, but the ratings are text")
    return part


@dataclass(frozen=True, repr=False)
class Concordance(Estimate):
    """A concordance correlation: value = precision x accuracy.

    Attributes
    ----------
    precision : float
        How near the points lie to a line; Pearson's correlation for two raters.
    accuracy : float
        How near that line is to equality (Lin's bias correction).
    scale_shift, location_shift : float
        Two raters: standard deviation of the second over that of the first; difference of means, second minus first, over
        the geometric mean of the standard deviations. NaN for more raters.
    raters : int
    """

    CAUTION: ClassVar[str] = "Where units vary little it is low however near the ratings are."

    precision: float
    accuracy: float
    scale_shift: float
    location_shift: float
    raters: int


def lin_ccc(
    table: RatingTable, *, confidence: float = 0.95, std_error: str = "influence", design: Any = None
) -> Concordance | EstimateTable:
    """Lin's concordance correlation of two raters: how near their numbers lie to equality.

    Parameters
    ----------
    table : RatingTable
        Of two raters and numbers. Units that one of them did not rate take no part.
    confidence : float
    std_error : {"influence", "lin"}
        Influence values with t limits on Fisher's z, under any design; Lin's formula with normal limits, for near-normal
        ratings of a simple random sample.
    design : SampleDesign, optional

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> table = qa.RatingTable.from_matrix(np.array([[0.2, 0.3], [0.5, 0.4], [0.9, 0.8], [0.7, 0.7]]))
    >>> round(qa.lin_ccc(table).value, 4)
    0.9318
    """
    check_choice("std_error", std_error, CCC_ERRORS)

    def one(part: Part) -> Concordance:
        count = part.core.raters()
        if count != 2:
            raise ArgumentError(f"table: expected 2 raters but found {count}; overall_ccc takes any number")
        core, arrays = _numbers(part, "a concordance correlation").under(design)
        return Concordance.from_core("lin_ccc", _core.concordance(core, False, std_error == "lin", confidence, arrays))

    return _each(table, one)


def overall_ccc(table: RatingTable, *, confidence: float = 0.95, design: Any = None) -> Concordance | EstimateTable:
    """The overall concordance correlation of any number of raters (Barnhart, Haber and Song 2002).

    Variances have the divisor n - 1, so that for two raters it differs from Lin's (n) by a term of order 1 / n.

    Parameters
    ----------
    table : RatingTable
        Of known raters and numbers. Only units that all raters rated take part.
    confidence, design
        As in `lin_ccc`.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> table = qa.RatingTable.from_matrix(np.array([[3, 3, 2], [3, 6, 1], [3, 4, 4], [4, 6, 4], [5, 2, 3]]))
    >>> round(qa.overall_ccc(table).value, 4)
    -0.0627
    """

    def one(part: Part) -> Concordance:
        core, arrays = _numbers(part, "a concordance correlation").under(design)
        return Concordance.from_core("overall_ccc", _core.concordance(core, True, False, confidence, arrays))

    return _each(table, one)


@dataclass(frozen=True, repr=False)
class BlandAltman(Result):
    """Differences of two raters and the limits between which most of them lie.

    Attributes
    ----------
    first, second
        Differences are first minus second, in the table's order of raters.
    bias, lower, upper : Estimate
        Mean difference; limits of agreement bias -+ multiplier x sd, with intervals of their own.
    sd : float
    multiplier : float
    units : tuple
        Units that both rated.
    difference, mean : ndarray
        Of each of them.
    """

    CAUTION: ClassVar[str] = "Neither rater is the right one here, and whether such differences matter is no question of statistics."

    first: Any
    second: Any
    bias: Estimate
    lower: Estimate
    upper: Estimate
    sd: float
    multiplier: float
    units: tuple[Any, ...]
    difference: npt.NDArray[np.float64]
    mean: npt.NDArray[np.float64]

    def _estimates(self) -> EstimateTable:
        return EstimateTable((), (self.bias, self.lower, self.upper))

    def to_dict(self) -> dict[str, Any]:
        """Everything, in full precision."""
        record = {name: getattr(self, name) for name in ("first", "second", "sd", "multiplier")}
        record |= {name: getattr(self, name).to_dict() for name in ("bias", "lower", "upper")}
        return record | {"units": list(self.units), "difference": self.difference.tolist(), "mean": self.mean.tolist()}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per unit: mean and difference."""
        columns = {"unit": list(self.units), "mean": self.mean, "difference": self.difference}
        return build_frame(columns, backend)

    def plot(self, ax: Any = None, *, label: str = "") -> Any:
        """Differences over means, with the bias, the limits and their intervals."""
        from ._plots import aside, difference_plot, how_many

        lines = [(e.name, e.value, e.low, e.high) for e in (self.bias, self.lower, self.upper)]
        x_label = label or f"mean of {self.first} and {self.second}"
        ax = difference_plot(self.mean, self.difference, lines, ax, x_label=x_label, y_label=f"{self.first} - {self.second}")
        aside(ax, f"{how_many([self.bias])}, bands: {100 * self.bias.confidence:g}% intervals")
        return ax

    def _said(self) -> str:
        if math.isnan(self.bias.value):
            return f"No limits of agreement: {self.bias.undefined}."
        return (
            f"{self.first} gives {number(self.bias.value)} more than {self.second} on average "
            f"({range_text(self.bias.low, self.bias.high)}); most differences lie between {number(self.lower.value)} and "
            f"{number(self.upper.value)} (n = {self.bias.n})."
        )

    def __repr__(self) -> str:
        return f"{self._estimates()!r}\n{self._said()}"

    def _repr_html_(self) -> str:
        return html_table(*self._estimates()._table(), caption=self._said())


def bland_altman(
    table: RatingTable,
    *,
    multiplier: float | None = None,
    interval: str | None = None,
    confidence: float = 0.95,
    design: Any = None,
) -> BlandAltman:
    """Bland and Altman's limits of agreement of two raters, and their picture.

    Parameters
    ----------
    table : RatingTable
        Of one criterion, two raters and numbers.
    multiplier : float, default 1.96 (to all digits)
        Limits are the mean difference -+ this many standard deviations: 95% of normal differences.
    interval : {"exact", "approximate", "influence"}
        Of the limits: exact for normal differences (noncentral t; the default), Bland and Altman's sqrt(3 s^2 / n), or by
        influence values, which hold under any design and distribution (the default with a design).
    confidence : float
    design : SampleDesign, optional

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> table = qa.RatingTable.from_matrix(np.array([[60, 55], [72, 70], [81, 84], [90, 88], [66, 60]]))
    >>> round(qa.bland_altman(table).bias.value, 1)
    2.4
    """
    part = _numbers(one_part(table), "a difference")
    count = part.core.raters()
    if part.raters is None or count != 2:
        found = "anonymous ones" if part.raters is None else str(count)
        raise ArgumentError(f"table: expected 2 known raters but found {found}; take two of them with table.only(...)")
    core, arrays = part.under(design)
    how = check_choice("interval", interval or ("exact" if design is None else "influence"), INTERVALS)
    record: Mapping[str, Any] = _core.bland_altman(core, multiplier, how, confidence, arrays)
    units = list(part.units) if design is None else list(design.unit_labels)
    both = np.flatnonzero(~np.isnan(record["difference"]))
    first, second = part.raters
    return BlandAltman(
        first,
        second,
        Estimate.from_core("bias", record["bias"]),
        Estimate.from_core("lower limit", record["lower"]),
        Estimate.from_core("upper limit", record["upper"]),
        record["sd"],
        record["multiplier"],
        tuple(units[at] for at in both.tolist()),
        record["difference"][both],
        record["mean"][both],
    )


@dataclass(frozen=True, repr=False)
class KendallW(TestedEstimate):
    """Kendall's coefficient of concordance.

    Attributes
    ----------
    test : TestResult
        Chi-squared of no concordance; NaN under a design.
    uncorrected : float
        Without the correction for ties; NaN under a design.
    raters : int
    """

    CAUTION: ClassVar[str] = "It says that raters order alike, not that they give the same values."

    uncorrected: float
    raters: int


def kendall_w(table: RatingTable, *, confidence: float = 0.95, design: Any = None) -> KendallW | EstimateTable:
    """Kendall's W: how alike raters rank units, corrected for ties; 1 is the same ranking, 0 none in common.

    Parameters
    ----------
    table : RatingTable
        Of known raters and numbers, or text in a declared order. Only units that all raters rated take part.
    confidence, design
        As in `lin_ccc`; limits are t limits by influence values, for these raters and other units.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> table = qa.RatingTable.from_matrix(np.array([[1, 2, 1], [2, 1, 2], [3, 3, 4], [4, 4, 3]]))
    >>> round(qa.kendall_w(table).value, 4)
    0.8222
    """

    def one(part: Part) -> KendallW:
        if not part.ordered:
            raise ArgumentError("table: ranks need an order; declare the categories in theirs with categories=[...]")
        core, arrays = part.under(design)
        record = _core.kendall_w(core, confidence, arrays)
        return KendallW.from_core("kendall_w", {**record, "test": TestResult.from_core(record["test"])})

    return _each(table, one)


@dataclass(frozen=True, repr=False)
class WithinGroup(Result):
    """Agreement within units: r_wg of each, and its mean.

    Attributes
    ----------
    mean : Estimate
    units : tuple
        Those with two ratings or more.
    values : ndarray
        r_wg of each; below 0 where its ratings vary more than by chance.
    null_variance : float
        What chance is taken to be.
    """

    CAUTION: ClassVar[str] = "It moves with what is taken for chance: another null variance gives another figure."

    mean: Estimate
    units: tuple[Any, ...]
    values: npt.NDArray[np.float64]
    null_variance: float

    def to_dict(self) -> dict[str, Any]:
        """Everything, in full precision."""
        return {
            "mean": self.mean.to_dict(),
            "units": list(self.units),
            "values": self.values.tolist(),
            "null_variance": self.null_variance,
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per unit."""
        return build_frame({"unit": list(self.units), "r_wg": self.values}, backend)

    def plot(self, ax: Any = None, *, label: str = "") -> Any:
        """How many units agree how well, with their mean."""
        from ._plots import aside, histogram_plot

        ax = histogram_plot(self.values, ax, marks={"mean": self.mean.value}, label=label or "r_wg")
        aside(ax, f"mean {self.mean._value_text()}")
        return ax

    def _said(self) -> str:
        return self.mean._said()

    def _table(self) -> tuple[list[str], list[list[object]]]:
        return EstimateTable((), (self.mean,))._table()

    def __repr__(self) -> str:
        return f"{text_table(*self._table())}\nnull variance {number(self.null_variance)}"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=f"null variance {number(self.null_variance)}")


def r_wg(
    table: RatingTable, *, null_variance: float | None = None, confidence: float = 0.95, design: Any = None
) -> WithinGroup:
    """r_wg: how much less the ratings of one unit vary than by chance (James, Demaree and Wolf 1984).

    Agreement that, unlike an ICC, does not need units to differ: a good figure where all calls are alike.

    Parameters
    ----------
    table : RatingTable
        Of one criterion and numbers; raters may be anonymous. Declare the categories, which say what chance is.
    null_variance : float, optional
        Variance under chance; default that of categories that are equally likely.
    confidence, design
        As in `lin_ccc`, of the mean over units.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> ratings = np.array([[4, 4, 5], [2, 2, 2], [1, 3, 5]])
    >>> found = qa.r_wg(qa.RatingTable.from_matrix(ratings, categories=[1, 2, 3, 4, 5]))
    >>> found.values.round(3).tolist()
    [0.833, 1.0, -1.0]
    """
    part = _numbers(one_part(table), "r_wg")
    core, arrays = part.under(design)
    given = math.nan if null_variance is None else float(null_variance)
    record: Mapping[str, Any] = _core.within_group(core, given, confidence, arrays)
    units = list(part.units) if design is None else list(design.unit_labels)
    known = np.flatnonzero(~np.isnan(record["by_unit"]))
    return WithinGroup(
        Estimate.from_core("mean r_wg", record["mean"]),
        tuple(units[at] for at in known.tolist()),
        record["by_unit"][known],
        record["null_variance"],
    )
