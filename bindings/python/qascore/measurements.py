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
    "r_wg_j",
]

CCC_ERRORS = ("influence", "lin")
NULLS = ("uniform", "slight_skew", "moderate_skew", "heavy_skew", "triangular", "normal")
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
            f"{self.first} gives {self.bias._number()} more than {self.second} on average "
            f"({range_text(self.bias.low, self.bias.high)}); most differences lie between {self.lower._number()} and "
            f"{self.upper._number()} (n = {self.bias.n})."
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
    """Agreement within units: r_wg of each (of several criteria r_wg(J)), and its mean.

    Attributes
    ----------
    mean : Estimate
    units : tuple
        Those with two ratings or more, of each criterion.
    values : ndarray
        r_wg of each; below 0 where its ratings vary more than by chance. Of r_wg(J): 0 there.
    null : str
        What ratings by chance look like; "given" where `null_variance` was.
    null_variance : float
        Their variance.
    criteria : tuple
        The items of r_wg(J); empty for r_wg.
    set_to_zero : int
        Units whose r_wg(J) was set to 0.
    """

    CAUTION: ClassVar[str] = "It moves with what is taken for chance: another null variance gives another figure."

    mean: Estimate
    units: tuple[Any, ...]
    values: npt.NDArray[np.float64]
    null: str
    null_variance: float
    criteria: tuple[Any, ...]
    set_to_zero: int

    def to_dict(self) -> dict[str, Any]:
        """Everything, in full precision."""
        record = {name: getattr(self, name) for name in ("null", "null_variance", "set_to_zero")}
        return record | {
            "mean": self.mean.to_dict(),
            "units": list(self.units),
            "values": self.values.tolist(),
            "criteria": list(self.criteria),
        }

    def _name(self) -> str:
        return "r_wg_j" if self.criteria else "r_wg"

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per unit."""
        return build_frame({"unit": list(self.units), self._name(): self.values}, backend)

    def plot(self, ax: Any = None, *, label: str = "") -> Any:
        """How many units agree how well, with their mean."""
        from ._plots import aside, histogram_plot

        ax = histogram_plot(self.values, ax, marks={"mean": self.mean.value}, label=label or self._name())
        aside(ax, f"mean {self.mean._value_text()}")
        return ax

    def _said(self) -> str:
        beyond = f" Units that vary more than by chance and count as 0: {self.set_to_zero} of {len(self.units)}." if self.set_to_zero else ""
        return self.mean._said() + beyond

    def _table(self) -> tuple[list[str], list[list[object]]]:
        return EstimateTable((), (self.mean,))._table()

    def _chance(self) -> str:
        items = f"{len(self.criteria)} criteria, " if self.criteria else ""
        zero = f", {self.set_to_zero} set to 0" if self.set_to_zero else ""
        return f"{items}null variance {number(self.null_variance)} ({self.null}){zero}"

    def __repr__(self) -> str:
        return f"{text_table(*self._table())}\n{self._chance()}"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=self._chance())


def r_wg(
    table: RatingTable,
    *,
    null: str = "uniform",
    null_variance: float | None = None,
    confidence: float = 0.95,
    design: Any = None,
) -> WithinGroup:
    """r_wg: how much less the ratings of one unit vary than by chance (James, Demaree and Wolf 1984).

    Agreement that, unlike an ICC, does not need units to differ: a good figure where all calls are alike.

    Parameters
    ----------
    table : RatingTable
        Of one criterion and numbers; raters may be anonymous. Declare the categories, which say what chance is.
    null : {"uniform", "slight_skew", "moderate_skew", "heavy_skew", "triangular", "normal"}
        What ratings by chance look like: all categories alike; lenient (or strict); the middle preferred. Other shapes than
        uniform are known of 5 to 11 categories at equal steps (LeBreton and Senter 2008, table 2).
    null_variance : float, optional
        Variance under chance, in place of that of `null`.
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
    chance = _null_variance(part, null, null_variance)
    units = list(part.units) if design is None else list(design.unit_labels)
    return _within_group([core], arrays, units, (), null, null_variance, chance, confidence)


def r_wg_j(
    table: RatingTable,
    *,
    null: str = "uniform",
    null_variance: float | None = None,
    confidence: float = 0.95,
    design: Any = None,
) -> WithinGroup:
    """r_wg(J): agreement within units on a scale of several criteria that measure one thing.

    r_wg of the mean variance over J criteria, stepped up by Spearman and Brown. More criteria raise it, however little raters
    agree on each: look at `r_wg` of the criteria too.

    Parameters
    ----------
    table : RatingTable
        Of several criteria of the same categories (declare them) and numbers; raters may be anonymous.
    null, null_variance, confidence, design
        As in `r_wg`.

    Returns
    -------
    WithinGroup
        With limits of the mean over units. A single unit has none: its figure rests on a handful of ratings, whose errors the
        criteria share in an unknown way.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"call": [1, 1, 1, 2, 2, 2], "tone": [4, 4, 5, 1, 3, 5], "care": [4, 5, 5, 1, 4, 5]})
    >>> table = qa.RatingTable(calls, unit="call", rating=["tone", "care"], categories=[1, 2, 3, 4, 5])
    >>> found = qa.r_wg_j(table)
    >>> found.values.round(3).tolist(), found.set_to_zero
    ([0.909, 0.0], 1)
    """
    if table.criterion is None:
        raise ArgumentError("table: r_wg(J) is of several criteria, but the table has one; r_wg takes it")
    parts = [_numbers(part, "r_wg(J)") for part in table._parts]
    chance = _null_variance(parts[0], null, null_variance)
    if null_variance is None:
        scale = parts[0].core.categories().tolist()
        for part in parts[1:]:
            if part.core.categories().tolist() != scale:
                raise ArgumentError(
                    f"table: r_wg(J) needs criteria of one scale, but {part.criterion!r} has other categories than "
                    f"{parts[0].criterion!r}; declare them with categories=[...], or give null_variance"
                )
    if design is not None:
        units = list(design.unit_labels)
        aligned = [part.under(design) for part in parts]
        cores, arrays = [core for core, _ in aligned], aligned[0][1]
    else:
        units, arrays = table.units, None
        cores = [part.in_order(units) for part in parts]
    return _within_group(cores, arrays, units, table.criteria, null, null_variance, chance, confidence)


def _null_variance(part: Part, null: str, given: float | None) -> float:
    check_choice("null", null, NULLS)
    if given is None:
        return _core.null_variance(part.core, null)
    if null != "uniform":
        raise ArgumentError(f"null, null_variance: expected one of them but found {null!r} and {given!r}")
    if not 0 < given < math.inf:
        raise ArgumentError(f"null_variance: expected a number > 0 but found {given!r}")
    return float(given)


def _within_group(
    cores: list[_core.Ratings],
    arrays: Any,
    units: list[Any],
    criteria: tuple[Any, ...],
    null: str,
    given: float | None,
    chance: float,
    confidence: float,
) -> WithinGroup:
    record: Mapping[str, Any] = _core.within_group(cores, chance, confidence, arrays)
    known = np.flatnonzero(~np.isnan(record["by_unit"]))
    return WithinGroup(
        Estimate.from_core("mean r_wg(J)" if criteria else "mean r_wg", record["mean"]),
        tuple(units[at] for at in known.tolist()),
        record["by_unit"][known],
        null if given is None else "given",
        record["null_variance"],
        criteria,
        record["set_to_zero"],
    )
