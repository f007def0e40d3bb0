"""Beyond one correlation: at given values of others, against another one, within agents and between them, corrected."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from . import _core
from ._frames import build_frame
from ._render import html_table, number, range_text, text_table
from ._results import Estimate, EstimateTable, Result, TestResult, TestedEstimate, _p_text
from .associations import name_of
from .errors import ArgumentError, check_choice
from .estimation import MISSING, Sample, rows_of, with_absent

__all__ = [
    "CorrectedCorrelation",
    "CorrelationComparison",
    "CorrelationDifference",
    "PartialCorrelation",
    "PartialCorrelations",
    "WithinBetween",
    "adjust_p",
    "compare_correlations",
    "correct_range",
    "disattenuate",
    "independent_correlations",
    "nonoverlapping_correlations",
    "overlapping_correlations",
    "partial_correlation",
    "partial_correlations",
    "within_between_correlation",
]

METHODS = ("pearson", "spearman", "kendall")
INTERVALS = ("automatic", "closed_form", "linearised")
PARTS = ("both", "y", "x")
ENOUGH_GROUPS = 30  # of limits between groups, as simulations show (docs/coverage.md)
TESTS = ("williams", "steiger", "meng")
ADJUSTMENTS = ("holm", "benjamini_hochberg", "benjamini_yekutieli", "bonferroni", "hochberg", "hommel", "none")


def _names(argument: str, columns: Sequence[str]) -> list[str]:
    names = [columns] if isinstance(columns, str) else list(columns)
    if not names:
        raise ArgumentError(f"{argument}: expected a column or several but found none")
    return names


@dataclass(frozen=True, repr=False)
class PartialCorrelation(TestedEstimate):
    """A correlation at given values of other columns.

    `x` and `y` are the columns, `given` the others, `part` the side that they are taken out of ("both", "y" or "x").
    """

    CAUTION: ClassVar[str] = "What is not held constant here may still be the reason."

    x: str
    y: str
    given: tuple[str, ...]
    part: str


def partial_correlation(
    sample: Sample,
    x: str,
    y: str,
    *,
    given: Sequence[str],
    part: str = "both",
    method: str = "pearson",
    interval: str = "automatic",
    confidence: float = 0.95,
    missing: str = "error",
) -> PartialCorrelation:
    """Correlation of two columns at given values of others: what is left when handling time, queue or tenure is the same.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
    x, y : str
        Columns of numbers.
    given : sequence of str
        Columns of numbers that are held at one value.
    part : {"both", "y", "x"}
        Which side they are taken out of: both (partial), y or x alone (semi-partial, whose square is a share of all variance).
    method : {"pearson", "spearman", "kendall"}
    interval : {"automatic", "closed_form", "linearised"}
        As in `association`; the closed forms have n less the number of given columns.
    confidence : float
    missing : {"error", "drop", "domain"}
        As in `association`; a row needs all columns.

    Returns
    -------
    PartialCorrelation
        Undefined with its reason where the given columns determine x, y or each other.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"score": [62, 71, 75, 58, 88, 90], "csat": [3, 3, 4, 2, 5, 4], "minutes": [9, 8, 4, 9, 3, 5]})
    >>> round(qa.partial_correlation(calls, "score", "csat", given=["minutes"]).value, 4)
    0.4573
    """
    rows = rows_of(sample)
    names = _names("given", given)
    check_choice("part", part, PARTS)
    check_choice("method", method, METHODS)
    check_choice("interval", interval, INTERVALS)
    check_choice("missing", missing, MISSING)
    for name in (x, y):
        if name in names:
            raise ArgumentError(f"given: {name!r} is one of the two columns whose correlation is asked")
    columns = [rows.numbers(name, missing) for name in (x, y, *names)]
    found, test = _core.partial_correlation(
        rows.core(), columns[0], columns[1], columns[2:], part, method, confidence, interval, missing
    )
    [absent] = rows.absent_by(None)
    kind = "partial" if part == "both" else "semi-partial"
    at = f" given {', '.join(names)}" + ("" if part == "both" else f" (taken out of {y if part == 'y' else x})")
    return PartialCorrelation.from_core(
        f"{kind} {name_of(method, x, y)}{at}{rows.scope}",
        with_absent(found, absent),
        test=TestResult.from_core(test),
        x=x,
        y=y,
        given=tuple(names),
        part=part,
    )


@dataclass(frozen=True, repr=False)
class PartialCorrelations(Result):
    """Partial correlations of all pairs of columns, each at given values of all the others.

    Attributes
    ----------
    columns : tuple of str
    values : array
        Square, 1 on the diagonal; NaN where undefined.
    n, missing : int
        Complete rows, and the others.
    undefined : str or None
    """

    CAUTION: ClassVar[str] = "What is not held constant here may still be the reason."

    columns: tuple[str, ...]
    values: npt.NDArray[np.float64]
    n: int
    missing: int
    undefined: str | None
    backend: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """A mapping of mappings."""
        return {name: dict(zip(self.columns, row.tolist(), strict=True)) for name, row in self._rows()}

    def _rows(self) -> list[tuple[str, npt.NDArray[np.float64]]]:
        return list(zip(self.columns, self.values, strict=True))

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per column, with its name as `column`."""
        columns: dict[str, Any] = {"column": list(self.columns)}
        columns |= {name: values.tolist() for name, values in zip(self.columns, self.values.T, strict=True)}
        return build_frame(columns, backend or self.backend)

    def _said(self) -> str:
        """The size in a sentence, or why there are none."""
        if self.undefined:
            return f"No partial correlations: {self.undefined}."
        return f"Partial correlations of {len(self.columns)} columns, n = {self.n}."

    def _table(self) -> tuple[list[str], list[list[object]]]:
        return ["", *self.columns], [[name, *map(float, values)] for name, values in self._rows()]

    def __repr__(self) -> str:
        return f"{text_table(*self._table())}\n{self._said()}"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=self._said())


def partial_correlations(
    sample: Sample, columns: Sequence[str], *, method: str = "pearson", missing: str = "error"
) -> PartialCorrelations:
    """Which columns go together beyond what all the others say of them.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
    columns : sequence of str
        Two or more columns of numbers.
    method : {"pearson", "spearman", "kendall"}
    missing : {"error", "drop"}

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"score": [62, 71, 75, 58, 88, 90], "csat": [3, 3, 4, 2, 5, 4], "minutes": [9, 8, 4, 9, 3, 5]})
    >>> round(qa.partial_correlations(calls, ["score", "csat", "minutes"]).to_dict()["score"]["csat"], 4)
    0.4573
    """
    rows = rows_of(sample)
    names = _names("columns", columns)
    if len(names) < 2:
        raise ArgumentError(f"columns: expected two or more but found {names[0]!r} only")
    check_choice("method", method, METHODS)
    check_choice("missing", missing, ("error", "drop"))
    found = _core.partial_correlations(rows.core(), [rows.numbers(name, missing) for name in names], method, missing)
    values = np.asarray(found["value"]).reshape(len(names), len(names))
    return PartialCorrelations(
        tuple(names), values, found["n"], found["missing"], found["undefined"], rows.frame.backend
    )


@dataclass(frozen=True, repr=False)
class CorrelationComparison(EstimateTable):
    """Two correlations and their difference, first minus second: `table["difference"]`, with the test that it is 0."""

    CAUTION: ClassVar[str] = "That correlations differ does not say why."


def compare_correlations(
    sample: Sample,
    first: tuple[str, str],
    second: tuple[str, str],
    *,
    other: Sample | None = None,
    method: str = "pearson",
    confidence: float = 0.95,
    missing: str = "error",
) -> CorrelationComparison:
    """Whether two correlations differ: of the same conversations (which columns they share does not matter), or of others.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
    first, second : pair of str
        Columns of numbers.
    other : SampleDesign, frame or Pairing, optional
        Where the second pair stands, if in other conversations, which must share none with the first.
    method : {"pearson", "spearman", "kendall"}
    confidence : float
    missing : {"error", "drop", "domain"}
        In one sample a row needs all columns, so that the difference does not mix in who answered what.

    Returns
    -------
    CorrelationComparison
        Interval of the difference by Zou, from the linearised Fisher limits of both and the correlation of the two
        estimates; test: difference of Fisher's transforms over its standard error, t. Both hold under a design, for ranks too.

    References
    ----------
    Zou (2007), doi:10.1037/1082-989X.12.4.399.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"score": [62, 71, 75, 58, 88, 90], "csat": [3, 3, 4, 2, 5, 4], "effort": [4, 1, 3, 2, 3, 5]})
    >>> found = qa.compare_correlations(calls, ("score", "csat"), ("score", "effort"))
    >>> round(found["difference"].value, 4)
    0.4335
    """
    rows = rows_of(sample)
    others = rows if other is None else rows_of(other)
    check_choice("method", method, METHODS)
    check_choice("missing", missing, MISSING)
    for argument, pair in (("first", first), ("second", second)):
        if isinstance(pair, str) or len(pair) != 2:
            raise ArgumentError(f"{argument}: expected two columns but found {pair!r}")
    x1, y1 = (rows.numbers(name, missing) for name in first)
    x2, y2 = (others.numbers(name, missing) for name in second)
    found = _core.compare_correlations(
        rows.core(), x1, y1, others.core(), other is None, x2, y2, method, confidence, missing
    )
    names = [name_of(method, *first), name_of(method, *second)]
    if names[0] == names[1]:
        names = [f"{names[0]} (sample)", f"{names[1]} (other)"]
    names.append("difference")
    estimates = [
        TestedEstimate.from_core(name, record, test=TestResult.from_core(test))
        for name, (record, test) in zip(names, found, strict=True)
    ]
    return CorrelationComparison((("correlation", tuple(names)),), tuple(estimates), rows.frame.backend)


@dataclass(frozen=True, repr=False)
class CorrelationDifference(Result):
    """The difference of two reported correlations, first minus second, with Zou's limits and a test that it is 0.

    Attributes
    ----------
    difference, low, high : float
    confidence : float
    test : TestResult
    """

    CAUTION: ClassVar[str] = "That correlations differ does not say why."

    difference: float
    low: float
    high: float
    confidence: float
    test: TestResult

    def to_dict(self) -> dict[str, Any]:
        """All fields, in full precision."""
        return {
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "confidence": self.confidence,
            "statistic": self.test.statistic,
            "test_df": self.test.df1,
            "p_value": self.test.p_value,
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """One row."""
        return build_frame({name: [value] for name, value in self.to_dict().items()}, backend)

    def _said(self) -> str:
        """The result in a sentence."""
        return (
            f"The correlations differ by {number(self.difference)}, {100 * self.confidence:g}% interval "
            f"{range_text(self.low, self.high)}, p {_p_text(self.test.p_value)}."
        )

    def __repr__(self) -> str:
        return f"<CorrelationDifference: {self._said()}>"

    def _repr_html_(self) -> str:
        record = self.to_dict()
        return html_table(list(record), [list(record.values())], caption=self._said())


def _difference(found: dict[str, Any], confidence: float) -> CorrelationDifference:
    return CorrelationDifference(
        found["difference"], found["low"], found["high"], confidence, TestResult.from_core(found["test"])
    )


def independent_correlations(
    r1: float, n1: int, r2: float, n2: int, *, confidence: float = 0.95
) -> CorrelationDifference:
    """Two Pearson correlations of independent samples, from the numbers alone: Fisher's z, Zou's limits.

    Examples
    --------
    >>> import qascore as qa
    >>> round(qa.independent_correlations(0.4, 30, 0.6, 50).test.p_value, 4)
    0.2644
    """
    return _difference(_core.independent_correlations(r1, n1, r2, n2, confidence), confidence)


def overlapping_correlations(
    r12: float, r13: float, r23: float, n: int, *, test: str = "williams", confidence: float = 0.95
) -> CorrelationDifference:
    """Two Pearson correlations of one sample that share a column (1 with 2, 1 with 3), from the numbers alone.

    Parameters
    ----------
    r12, r13 : float
        What is compared.
    r23 : float
        The correlation of the other two columns.
    n : int
    test : {"williams", "steiger", "meng"}
        Williams' t with n - 3 df, Steiger's z, that of Meng, Rosenthal and Rubin.
    confidence : float

    Examples
    --------
    >>> import qascore as qa
    >>> round(qa.overlapping_correlations(0.4, 0.6, 0.5, 206).test.statistic, 4)
    -3.5418
    """
    check_choice("test", test, TESTS)
    return _difference(_core.overlapping_correlations(r12, r13, r23, n, test, confidence), confidence)


def nonoverlapping_correlations(
    r12: float, r34: float, n: int, *, r13: float, r14: float, r23: float, r24: float, confidence: float = 0.95
) -> CorrelationDifference:
    """Two Pearson correlations of one sample that share no column, from the numbers alone: Steiger's z, Zou's limits.

    Examples
    --------
    >>> import qascore as qa
    >>> found = qa.nonoverlapping_correlations(0.5, 0.3, 100, r13=0.4, r14=0.2, r23=0.3, r24=0.3)
    >>> round(found.difference, 2)
    0.2
    """
    return _difference(_core.nonoverlapping_correlations(r12, r34, r13, r14, r23, r24, n, confidence), confidence)


@dataclass(frozen=True, repr=False)
class WithinBetween(EstimateTable):
    """A correlation within groups, between groups, and of all: `table["within"]`, `["between"]`, `["total"]`.

    Attributes
    ----------
    share_x, share_y : float
        Of the variance of each column that lies between groups.
    groups : int
    means_x, means_y : tuple of float
        Of each group that has pairs.
    slope_within, slope_between, intercept_between : float
        Of y on x: within all groups, and of the line through their means.
    spread_within : float
        Of x about the groups' means.
    columns : pair of str
    """

    CAUTION: ClassVar[str] = "Neither says what a change would bring, and the correlation of all conversations mixes the two."

    share_x: float = math.nan
    share_y: float = math.nan
    groups: int = 0
    means_x: tuple[float, ...] = ()
    means_y: tuple[float, ...] = ()
    slope_within: float = math.nan
    slope_between: float = math.nan
    intercept_between: float = math.nan
    spread_within: float = math.nan
    columns: tuple[str, str] = ("x", "y")

    @property
    def signs_differ(self) -> bool:
        """Whether both intervals leave 0 out, on different sides."""
        within, between = self["within"], self["between"]
        return (within.low > 0 and between.high < 0) or (within.high < 0 and between.low > 0)

    @property
    def few(self) -> bool:
        """Whether there are fewer groups than limits between them take to keep their word."""
        return 0 < self.groups < ENOUGH_GROUPS

    def _few_said(self, things: str = "groups") -> str:
        return (
            f"With {self.groups} {things} take the limits between them for rough: 95% limits held 87 to 90% of the time in simulations with 6 to "
            f"20 {things} of unequal size; from {ENOUGH_GROUPS} on they are nearly what they say."
        )

    def picture(self, ax: Any = None) -> Any:
        """Each group's means as a dot with the slope within groups through it, and the line of the means: two slopes, two questions."""
        from ._plots import within_between_plot

        return within_between_plot(self, ax)

    def _said(self) -> str:
        """The three in words, and what to mind."""
        text = super()._said()
        if self.signs_differ:
            text += (
                "\nWithin groups and between them the signs differ: the correlation of all conversations says neither "
                "what a better conversation brings nor what a better agent does."
            )
        return f"{text}\n{self._few_said()}" if self.few else text


def within_between_correlation(
    sample: Sample,
    x: str,
    y: str,
    *,
    group: str,
    interval: str = "automatic",
    confidence: float = 0.95,
    missing: str = "error",
) -> WithinBetween:
    """One correlation taken apart: do an agent's better conversations have happier customers, do better agents.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
    x, y : str
        Columns of numbers.
    group : str
        Column of labels: the agent.
    interval : {"automatic", "closed_form", "linearised"}
        Of the correlation within: the repeated-measures correlation of Bakdash and Marusich with its limits on independent rows, which take
        it to be the same in all groups, or from influence values, which do not. The others always have the latter, with the groups as clusters
        where the design has none.
    confidence : float
    missing : {"error", "drop", "domain"}

    Returns
    -------
    WithinBetween
        total = between √(share_x share_y) + within √((1 - share_x)(1 - share_y)).

    References
    ----------
    Bland and Altman (1995), doi:10.1136/bmj.310.6977.446; Bakdash and Marusich (2017), doi:10.3389/fpsyg.2017.00456.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"agent": list("aaabbbcccddd"), "score": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    ...                       "csat": [9, 8, 7, 8, 7, 6, 7, 6, 5, 9, 8, 7]})
    >>> round(qa.within_between_correlation(calls, "score", "csat", group="agent")["within"].value, 4)
    -1.0
    """
    rows = rows_of(sample)
    check_choice("interval", interval, INTERVALS)
    check_choice("missing", missing, MISSING)
    left, right = rows.numbers(x, missing), rows.numbers(y, missing)
    groups = rows.domains(group, missing)
    found = _core.within_between(
        rows.core(), left, right, groups.codes, len(groups), confidence, interval, missing
    )
    kinds = ("within", "between", "total")
    estimates = [
        TestedEstimate.from_core(
            f"correlation of {x} and {y}" + ("" if kind == "total" else f" {kind} {group}") + rows.scope,
            found[kind][0],
            test=TestResult.from_core(found[kind][1]),
        )
        for kind in kinds
    ]
    return WithinBetween(
        (("part", kinds),),
        tuple(estimates),
        rows.frame.backend,
        share_x=found["share_x"],
        share_y=found["share_y"],
        groups=found["groups"],
        means_x=tuple(mean for mean in found["mean_x"] if not math.isnan(mean)),
        means_y=tuple(mean for mean in found["mean_y"] if not math.isnan(mean)),
        slope_within=found["slope_within"],
        slope_between=found["slope_between"],
        intercept_between=found["intercept_between"],
        spread_within=found["spread_within"],
        columns=(x, y),
    )


@dataclass(frozen=True, repr=False)
class CorrectedCorrelation(Estimate):
    """A correlation as it would be without the raters' error, or over the whole range.

    Attributes
    ----------
    observed : float
        The correlation that was corrected.
    factor : float
        Corrected over observed.
    share_of_reliability : float
        Of the variance of the corrected one, what not knowing the reliabilities brings; 0 without any.
    """

    CAUTION: ClassVar[str] = "No data show it: it is what measurement without error would, if the reliability is right."

    observed: float
    factor: float
    share_of_reliability: float


def _correlation(given: Any, argument: str = "correlation") -> dict[str, Any]:
    names = ("value", "std_error", "low", "high", "confidence", "n", "missing", "undefined")
    if isinstance(given, Estimate):
        return {name: getattr(given, name) for name in names}
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise ArgumentError(f"{argument}: expected an Association or a number but found {given!r}")
    if not -1 <= given <= 1:
        raise ArgumentError(f"{argument}: expected a number from -1 to 1 but found {given:g}")
    unknown = "a number alone has no interval"
    return dict(zip(names, (float(given), math.nan, math.nan, math.nan, 0.95, 0, 0, unknown), strict=True))


def _reliability(given: Any, argument: str) -> tuple[float, float, float, float]:
    if isinstance(given, Estimate):
        if given.undefined:
            raise ArgumentError(f"{argument}: {given.name} has no interval: {given.undefined}")
        return given.value, given.std_error, given.low, given.high
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise ArgumentError(f"{argument}: expected an Estimate or a number but found {given!r}")
    return float(given), 0.0, float(given), float(given)


def disattenuate(
    correlation: Any, *, reliability_x: Any = 1.0, reliability_y: Any = 1.0, least: float = 0.5
) -> CorrectedCorrelation:
    """What a correlation would be if x and y were measured without error: r / √(reliability of x · reliability of y).

    Parameters
    ----------
    correlation : Association or number
        With its interval where the result is to have one.
    reliability_x, reliability_y : Estimate or number
        Of one rater's score, as it was correlated: an ICC (consistency), alpha. An Estimate carries its own uncertainty into the result; a
        number is taken as known.
    least : float
        Below this reliability there is no answer: what would be divided by is mostly noise.

    Returns
    -------
    CorrectedCorrelation
        May lie beyond 1, as may its limits: then the reliability was estimated too low, or is of another kind than what lowers r.

    References
    ----------
    Spearman (1904); Charles (2005), doi:10.1037/1082-989X.10.2.206; Zou and Donner (2008), doi:10.1002/sim.3095 (limits).

    Examples
    --------
    >>> import qascore as qa
    >>> round(qa.disattenuate(0.3, reliability_x=0.64).value, 4)
    0.375
    """
    record = _core.disattenuate(
        _correlation(correlation),
        _reliability(reliability_x, "reliability_x"),
        _reliability(reliability_y, "reliability_y"),
        least,
    )
    return CorrectedCorrelation.from_core(f"{_named(correlation)} without the error of measurement", record)


def _named(correlation: Any) -> str:
    return correlation.name if isinstance(correlation, Estimate) else "correlation"


def correct_range(
    correlation: Any,
    *,
    sd_unrestricted: float,
    sd_restricted: float,
    case: int = 2,
    r_xz: float | None = None,
    r_yz: float | None = None,
) -> CorrectedCorrelation:
    """What a correlation would be if conversations had not been selected: Thorndike's corrections.

    Parameters
    ----------
    correlation : Association or number
        Of the selected conversations.
    sd_unrestricted, sd_restricted : float
        Standard deviation among all and among the selected ones: of x (case 2, and case 1, where y was what was selected
        on), of z (case 3).
    case : {2, 1, 3}
        Selected on x; on y, with x known before and after; on a third number z.
    r_xz, r_yz : float
        Of case 3: correlations with z among the selected.

    Returns
    -------
    CorrectedCorrelation

    References
    ----------
    Thorndike (1949); Sackett and Yang (2000), doi:10.1037/0021-9010.85.1.112.

    Examples
    --------
    >>> import qascore as qa
    >>> round(qa.correct_range(0.33, sd_unrestricted=100.32, sd_restricted=48.19).value, 4)
    0.5884
    """
    if case not in (1, 2, 3):
        raise ArgumentError(f"case: expected 1, 2 or 3 but found {case!r}")
    if (case == 3) != (r_xz is not None and r_yz is not None):
        raise ArgumentError("r_xz, r_yz: case 3 needs both, the other cases none")
    record = _core.correct_range(
        _correlation(correlation), str(case), sd_unrestricted, sd_restricted, r_xz or 0.0, r_yz or 0.0
    )
    return CorrectedCorrelation.from_core(f"{_named(correlation)} over the whole range", record)


def adjust_p(p: Sequence[float], method: str = "holm") -> npt.NDArray[np.float64]:
    """P-values adjusted for how many there are.

    Parameters
    ----------
    p : sequence of float
        NaN stays, and is no test.
    method : {"holm", "benjamini_hochberg", "benjamini_yekutieli", "bonferroni", "hochberg", "hommel", "none"}
        Holm, Bonferroni, Hochberg and Hommel: the chance of any false alarm among all tests; Benjamini and Hochberg,
        Benjamini and Yekutieli: the expected share of false alarms among the findings.

    Examples
    --------
    >>> import qascore as qa
    >>> qa.adjust_p([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    check_choice("method", method, ADJUSTMENTS)
    values = np.ascontiguousarray(p, dtype=np.float64)
    wrong = values[~(np.isnan(values) | ((values >= 0) & (values <= 1)))]
    if wrong.size:
        raise ArgumentError(f"p: expected fractions from 0 to 1 but found {float(wrong[0]):g}")
    return _core.adjusted_p(values, method)
