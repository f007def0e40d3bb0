"""Calibration: how well raters agree, who is strict, and what that says about the form.

Every verb takes a `RatingTable` first. A table of several criteria gives a table of results, one row per criterion.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from . import _core
from ._frames import build_frame
from ._rating_table import Part, RatingTable
from ._render import html_table, number, range_text, text_table
from ._results import Estimate, EstimateTable, Result, TestResult, TestedEstimate, estimate_table
from .errors import ArgumentError, check_choice, check_noun, did_you_mean

__all__ = [
    "AgreementEstimate",
    "IccEstimate",
    "RaterSummary",
    "RatingTable",
    "agreement",
    "brennan_prediger",
    "cohen_kappa",
    "conger_kappa",
    "fleiss_kappa",
    "gwet_ac",
    "icc",
    "icc_table",
    "krippendorff_alpha",
    "leave_one_rater_out",
    "percent_agreement",
    "rater_summary",
    "scott_pi",
]

WEIGHTS = ("identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar")
LEVELS = ("nominal", "ordinal", "interval", "ratio")
STD_ERRORS = ("influence", "gwet", "large_sample")
FORMS = ("1,1", "A,1", "C,1", "1,k", "A,k", "C,k")
INTERVALS = ("automatic", "f", "influence", "profile", "logit")
METHODS = ("automatic", "anova", "reml")
ANY_RATERS = ("percent_agreement", "fleiss_kappa", "brennan_prediger", "gwet_ac")
IDENTIFIED = ("conger_kappa",)
TWO_RATERS = ("cohen_kappa", "scott_pi")
MANY_RATERS = ("light_kappa",)

One = TypeVar("One", bound=Estimate)
Agreement = TypeVar("Agreement", bound="AgreementEstimate")


COEFFICIENT_NAMES = {
    "percent_agreement": "Percent agreement",
    "cohen_kappa": "Cohen's kappa",
    "scott_pi": "Scott's pi",
    "fleiss_kappa": "Fleiss' kappa",
    "conger_kappa": "Conger's kappa",
    "light_kappa": "Light's kappa",
    "brennan_prediger": "Brennan-Prediger",
    "gwet_ac": "Gwet's AC",
    "krippendorff_alpha": "Krippendorff's alpha",
}
"""Coefficients as sentences and pages say them."""


@dataclass(frozen=True, repr=False)
class AgreementEstimate(TestedEstimate):
    """An agreement coefficient.

    Attributes
    ----------
    test : TestResult
        The t test of no agreement beyond chance, with the standard error of the interval; NaN for percent agreement and
        Bangdiwala's B, which chance does not put at 0. `chance_test` has the one whose standard error holds under chance.
    observed, expected : float
        Agreement seen and by chance; NaN where distances have no upper bound (alpha above nominal) and where no chance
        is corrected for.
    weights : str
        The category weights, or the level of Krippendorff's alpha.
    raters, categories : int
        How many there are (categories: declared or found).
    """

    CAUTION: ClassVar[str] = "It says that raters agree, not that they are right; where units vary less, it is lower."

    observed: float
    expected: float
    weights: str
    raters: int
    categories: int

    SHOWN = ("weights",)

    @classmethod
    def from_core(cls: type[Agreement], name: str, record: Mapping[str, Any], **more: Any) -> Agreement:
        return cls(name=name, **{**record, "test": TestResult.from_core(record["test"])}, **more)

    def _said(self) -> str:
        """The result in a sentence; that raters agree better than chance is no news, so that p is left to `test`."""
        return Estimate._said(self)

    def _title(self) -> str:
        """The name with the level or the weights: one coefficient has another value under others."""
        name = COEFFICIENT_NAMES.get(self.name, self.name)
        return name if self.weights == "identity" else f"{name} ({self.weights})"


@dataclass(frozen=True, repr=False)
class IccEstimate(TestedEstimate):
    """An intraclass correlation with its one-sided test.

    Attributes
    ----------
    test : TestResult
        Of the null value against a larger one: F of the mean squares, or the likelihood ratio of REML; NaN under a design.
    form : str
        In the notation of McGraw and Wong.
    raters : int
    between_units, between_raters, residual : float
        Mean squares; for the one-way forms `residual` is within units. NaN for REML.
    estimated_by : str
        "anova" or "reml".
    unit_variance, rater_variance, error_variance : float
        Variance components; from mean squares they may be below 0. `rater_variance` is NaN for the one-way forms.
    ratings_per_unit : float
        k of the mean forms: how many raters there are; for one-way forms with gaps the mean number of ratings (k0).
    """

    CAUTION: ClassVar[str] = "It rests on how much the units differ: where all are alike it is low however near the ratings are."

    form: str
    raters: int
    between_units: float
    between_raters: float
    residual: float
    estimated_by: str
    unit_variance: float
    rater_variance: float
    error_variance: float
    ratings_per_unit: float

    def to_dict(self) -> dict[str, Any]:
        """All fields, in full precision; those of the test beside the estimate's."""
        return super().to_dict() | {"test_df2": self.test.df2}


# Agreement


def percent_agreement(table: RatingTable, **options: Any) -> AgreementEstimate | EstimateTable:
    """Share of pairs of ratings that agree (weighted: mean nearness), averaged over units rated at least twice.

    Says nothing of chance: two raters who always press the same button agree fully. Options as in `fleiss_kappa`.
    """
    return _coefficient(table, "percent_agreement", **options)


def cohen_kappa(table: RatingTable, **options: Any) -> AgreementEstimate | EstimateTable:
    """Cohen's kappa of two identified raters, each with own habits. Options as in `fleiss_kappa`.

    Units that only one of them rated count for that rater's habits. More raters: `conger_kappa`.
    """
    return _coefficient(table, "cohen_kappa", **options)


def scott_pi(table: RatingTable, **options: Any) -> AgreementEstimate | EstimateTable:
    """Scott's pi of two raters with common margins. Options as in `fleiss_kappa`."""
    return _coefficient(table, "scott_pi", **options)


def fleiss_kappa(table: RatingTable, **options: Any) -> AgreementEstimate | EstimateTable:
    """Fleiss' kappa for any number of raters, who may be anonymous and need not rate everything.

    Parameters
    ----------
    table : RatingTable
    weights : str or matrix, default "identity"
        How near categories are: identity, linear, quadratic, ordinal, radical, ratio, circular, bipolar (by category
        value), or an own symmetric matrix with 1 on the diagonal.
    confidence : float, default 0.95
    design : SampleDesign, optional
        How the units were drawn. Without one they are independent.
    std_error : {"influence", "gwet", "large_sample"}
        Exact linearisation under any design; Gwet's formula (the same on full tables); the delta method with n for n - 1.
        The last two hold for simple random samples only.
    normal : bool, default False
        Normal limits in place of t limits.

    Returns
    -------
    AgreementEstimate, or for a table of several criteria an EstimateTable

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> table = qa.RatingTable.from_matrix(np.array([[1, 1, 2], [3, 3, 3], [2, 2, 1], [4, 4, 4]]))
    >>> round(qa.fleiss_kappa(table, weights="quadratic").value, 4)
    0.8667
    """
    return _coefficient(table, "fleiss_kappa", **options)


def conger_kappa(table: RatingTable, **options: Any) -> AgreementEstimate | EstimateTable:
    """Conger's kappa: Cohen's for any number of identified raters. Options as in `fleiss_kappa`."""
    return _coefficient(table, "conger_kappa", **options)


def light_kappa(table: RatingTable, **options: Any) -> AgreementEstimate | EstimateTable:
    """Light's kappa: the mean of Cohen's kappas over all pairs of raters. Options as in `fleiss_kappa`.

    `pairwise_agreement` has the kappas of the pairs.
    """
    return _coefficient(table, "light_kappa", **options)


def fleiss_kappa_pooled(table: RatingTable, **options: Any) -> AgreementEstimate | EstimateTable:
    """Fleiss' kappa for unequal numbers of ratings after Fleiss, Levin and Paik: all ratings count alike.

    `fleiss_kappa` lets all units count alike (Gwet); where every unit has the same number of ratings the two are one. Options
    as in `fleiss_kappa`.
    """
    return _coefficient(table, "fleiss_kappa_pooled", **options)


def bangdiwala_b(table: RatingTable, **options: Any) -> AgreementEstimate | EstimateTable:
    """Bangdiwala's B of two raters: the share that agreement fills of the rectangles of the agreement chart.

    Options as in `fleiss_kappa`, but for category weights: it knows full agreement only.
    """
    return _coefficient(table, "bangdiwala_b", **options)


def brennan_prediger(table: RatingTable, **options: Any) -> AgreementEstimate | EstimateTable:
    """Brennan and Prediger's coefficient (Randolph's free-marginal kappa): by chance all categories are equally likely.

    Depends on which categories there are: declare them. Options as in `fleiss_kappa`.
    """
    return _coefficient(table, "brennan_prediger", **options)


def gwet_ac(table: RatingTable, **options: Any) -> AgreementEstimate | EstimateTable:
    """Gwet's AC1, with weights AC2: stays high where nearly all ratings fall in one category and agree.

    Depends on which categories there are: declare them. Options as in `fleiss_kappa`.
    """
    return _coefficient(table, "gwet_ac", **options)


def krippendorff_alpha(
    table: RatingTable,
    *,
    level: str | None = None,
    weights: str | Sequence[Sequence[float]] | None = None,
    distances: Sequence[Sequence[float]] | None = None,
    confidence: float = 0.95,
    design: Any = None,
    std_error: str = "influence",
    normal: bool = False,
) -> AgreementEstimate | EstimateTable:
    """Krippendorff's alpha for any number of raters, gaps and levels of measurement.

    Parameters
    ----------
    table : RatingTable
    level : {"nominal", "ordinal", "interval", "ratio"}, optional
        What differences between categories mean. Ordinal is Krippendorff's metric, which counts the ratings in between.
        Default, the same in every verb that takes a level: nominal for text without a declared order, ordinal for text in
        a declared order and for whole numbers, interval for numbers with fractions. The result says which it is.
    weights : str or matrix, optional
        In place of a level: distances are 1 - category weight (Gwet).
    distances : matrix, optional
        In place of a level: own distances of the categories, one row per category, symmetric, 0 on the diagonal.
    confidence, design, std_error, normal
        As in `fleiss_kappa`. `std_error="gwet"` is that of irrCAC for raw ratings.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> table = qa.RatingTable.from_matrix(np.array([[1, 1, np.nan], [2, 3, 2], [4, 4, 4], [1, np.nan, np.nan]]))
    >>> round(qa.krippendorff_alpha(table, level="interval").value, 4)
    0.9263
    """
    check_choice("std_error", std_error, STD_ERRORS)

    def one(part: Part) -> AgreementEstimate:
        core, arrays = part.under(design)
        scale, matrix, name = _scale(part, level, weights, distances)
        record = core.krippendorff_alpha(scale, matrix, confidence, std_error, normal, arrays)
        return AgreementEstimate.from_core("krippendorff_alpha", record, weights=name)

    return _each(table, one)


def _scale(
    part: Part, level: str | None, weights: object, distances: object
) -> tuple[str | None, npt.NDArray[np.float64] | None, str]:
    """What alpha measures with: the level, or the matrix of category weights, and how it is called."""
    given = [name for name, value in (("level", level), ("weights", weights), ("distances", distances)) if value is not None]
    if len(given) > 1:
        raise ArgumentError(f"{given[1]}: {given[0]} says already how far apart categories are; give one of them")
    if distances is not None:
        matrix = np.ravel(np.asarray(distances, dtype=np.float64))
        return None, _core.weights_of_distances(matrix, len(part.core.categories())), "own distances"
    if weights is None:
        scale = _level(part, level)
        return scale, None, scale
    found, name = _weights(part, weights)  # type: ignore[arg-type]
    return (None, found, name) if name != "identity" else ("nominal", None, "nominal")


def agreement(
    table: RatingTable,
    *,
    weights: str | Sequence[Sequence[float]] = "identity",
    confidence: float = 0.95,
    design: Any = None,
    std_error: str = "influence",
    normal: bool = False,
) -> EstimateTable:
    """The family of agreement coefficients at once, one row each: those that the table's raters allow.

    Options as in `fleiss_kappa`. Krippendorff's alpha is taken with the same weights and not on its default level: under
    identity weights it is the nominal one. For scores with fractions give weights="quadratic" (alpha is then the interval
    one) or "linear": under identity weights two scores agree only where they are equal, and the table says so.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> table = qa.RatingTable.from_matrix(np.array([[1, 1], [2, 2], [2, 1], [3, 3]]))
    >>> [e.name for e in qa.agreement(table)][:3]
    ['percent_agreement', 'cohen_kappa', 'scott_pi']
    """
    check_choice("std_error", std_error, STD_ERRORS)
    rows: list[tuple[Any, str, Estimate]] = []
    for part in _parts_of(table):
        core, arrays = part.under(design)
        matrix, name = _weights(part, weights)
        how = (matrix, confidence, std_error, normal, arrays)
        for which in _family(part):
            rows.append((part.criterion, which, _named(core.agreement(which, *how), which, name)))
        rows.append((part.criterion, "krippendorff_alpha", _weighted_alpha(core, name, how)))
    return replace(_keyed(table, rows, "coefficient"), note=_equal_only(table, weights))


def _weighted_alpha(core: _core.Ratings, weights: str, how: tuple[Any, ...]) -> AgreementEstimate:
    """Alpha by category weights; identity weights are the nominal level."""
    level = "nominal" if weights == "identity" else weights
    return _named(core.krippendorff_alpha(None, *how), "krippendorff_alpha", level)


def _equal_only(table: RatingTable, weights: object) -> str:
    """What a reader of coefficients under identity weights must know where ratings are numbers with fractions."""
    if weights != "identity" or not any(_fractions(part) for part in table._parts):
        return ""
    return 'identity weights: scores agree only where they are equal; nearness counts with weights="quadratic" or "linear"'


def _family(part: Part) -> list[str]:
    names = list(ANY_RATERS)
    if part.raters is not None:
        names[2:2] = IDENTIFIED
    if part.raters is not None and len(part.raters) <= 2:
        names[1:1] = TWO_RATERS
    elif part.raters is not None:
        names[3:3] = MANY_RATERS
    return names


def _named(record: Mapping[str, Any], name: str, weights: str) -> AgreementEstimate:
    return AgreementEstimate.from_core(name, record, weights=weights)


def _coefficient(
    table: RatingTable,
    which: str,
    *,
    weights: str | Sequence[Sequence[float]] = "identity",
    confidence: float = 0.95,
    design: Any = None,
    std_error: str = "influence",
    normal: bool = False,
    **unknown: Any,
) -> AgreementEstimate | EstimateTable:
    if unknown:
        name = next(iter(unknown))
        allowed = ("weights", "confidence", "design", "std_error", "normal")
        raise ArgumentError(
            f"{which}: expected options among {', '.join(allowed)} but found {name!r}{did_you_mean(name, allowed)}"
        )
    check_choice("std_error", std_error, STD_ERRORS)

    def one(part: Part) -> AgreementEstimate:
        core, arrays = part.under(design)
        matrix, name = _weights(part, weights)
        return _named(core.agreement(which, matrix, confidence, std_error, normal, arrays), which, name)

    return _each(table, one)


def _weights(
    part: Part, weights: str | Sequence[Sequence[float]]
) -> tuple[npt.NDArray[np.float64] | None, str]:
    """The matrix that the kernels take (None: identity), and the weights' name."""
    if isinstance(weights, str):
        name = check_choice("weights", weights, WEIGHTS)
        if name == "identity":
            return None, name
        if not part.ordered:
            raise ArgumentError(
                f"weights: {name} weights need categories in an order, but these are text; declare them in their order "
                f"with categories=[...] in RatingTable"
            )
        return _core.weight_matrix(name, part.core.categories()), name
    matrix = np.ravel(np.asarray(weights, dtype=np.float64))
    _core.check_weight_matrix(matrix, len(part.core.categories()))
    return matrix, "own matrix"


def _fractions(part: Part) -> bool:
    """Whether ratings are numbers that are not all whole."""
    values = part.core.categories()
    return part.labels is None and bool(np.any(values != np.floor(values)))


def _level(part: Part, level: str | None) -> str:
    """The level asked for, if these ratings have it; without one the highest that needs no more than they show."""
    if level is None:
        return "nominal" if not part.ordered else "interval" if _fractions(part) else "ordinal"
    check_choice("level", level, LEVELS)
    _check_level(part, level)
    return level


def _check_level(part: Part, level: str) -> None:
    if level != "nominal" and not part.ordered:
        raise ArgumentError(
            f"level: {level} needs categories in an order, but these are text; declare them in their order with "
            f"categories=[...] in RatingTable"
        )
    if level in ("interval", "ratio") and part.labels is not None:
        raise ArgumentError(f"level: {level} needs numbers, but the ratings are text; ordinal is the highest for text")


def _parts_of(table: RatingTable) -> list[Part]:
    """The parts of what is a RatingTable."""
    check_noun("table", table, RatingTable, "RatingTable(frame, unit=..., rater=..., rating=...)")
    return list(table._parts)


def _each(table: RatingTable, one: Callable[[Part], One]) -> One | EstimateTable:
    """One result, or one per criterion."""
    parts = _parts_of(table)
    if table.criterion is None:
        return one(parts[0])
    return estimate_table([(table.criterion, table.criteria)], [one(part) for part in parts], table._backend)


def _keyed(table: RatingTable, rows: Sequence[tuple[Any, Any, Estimate]], key: str) -> EstimateTable:
    keys: list[tuple[str, Sequence[Any]]] = [(key, [name for _, name, _ in rows])]
    if table.criterion is not None:
        keys.insert(0, (table.criterion, [criterion for criterion, _, _ in rows]))
    return estimate_table(keys, [estimate for _, _, estimate in rows], table._backend)


# Intraclass correlation


def icc(
    table: RatingTable,
    *,
    form: str = "A,1",
    confidence: float = 0.95,
    interval: str = "automatic",
    null_value: float = 0.0,
    method: str = "automatic",
    design: Any = None,
) -> IccEstimate | EstimateTable:
    """Intraclass correlation of numeric ratings, in the forms of McGraw and Wong.

    Parameters
    ----------
    table : RatingTable
    form : {"1,1", "A,1", "C,1", "1,k", "A,k", "C,k"}
        Raters interchangeable, absolute agreement, or consistency; of one rating, or of the mean of all k.
    interval : {"automatic", "f", "influence", "profile", "logit"}
        With anova F limits (independent units of equal weight; one-way with gaps approximate), or t limits from influence
        values (any design; the raters are taken as given). With reml all values that a likelihood ratio test does not
        reject (the default), or normal limits of the log odds (the default from 50 units and raters on); both take
        raters as a sample.
    null_value : float
        The ICC that the one-sided test tests against.
    method : {"automatic", "anova", "reml"}
        Mean squares, which for the forms A and C need every rater on every unit (`table.complete()` drops the units with
        gaps); or restricted maximum likelihood for any gaps, with variances of 0 at least. Automatic: reml for the forms A and
        C where there are gaps (and no design), else anova.
    confidence, design
        As in `fleiss_kappa`.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rows = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> round(qa.icc(qa.RatingTable.from_matrix(np.array(rows)), form="C,1").value, 4)
    0.7148
    """
    check_choice("form", form, FORMS)
    check_choice("interval", interval, INTERVALS)
    check_choice("method", method, METHODS)

    def one(part: Part) -> IccEstimate:
        core, arrays = part.under(design)
        return _icc(part, core, [form], confidence, interval, null_value, method, arrays)[0]

    return _each(table, one)


def icc_table(table: RatingTable, *, confidence: float = 0.95, design: Any = None) -> EstimateTable:
    """All forms of the intraclass correlation, one row each; of anonymous raters the one-way forms."""
    return _keyed(table, [row for part in _parts_of(table) for row in _icc_rows(part, confidence, design)], "form")


def _icc_rows(part: Part, confidence: float, design: Any) -> list[tuple[Any, Any, Estimate]]:
    core, arrays = part.under(design)
    forms = FORMS if part.raters is not None else ("1,1", "1,k")
    return [(part.criterion, one.name, one) for one in _icc(part, core, forms, confidence, "automatic", 0.0, "automatic", arrays)]


def _icc(
    part: Part,
    core: _core.Ratings,
    forms: Sequence[str],
    confidence: float,
    interval: str,
    null_value: float,
    method: str,
    arrays: Any,
) -> list[IccEstimate]:
    if part.labels is not None:
        raise ArgumentError("icc: needs numbers, but the ratings are text")
    records = core.icc(list(forms), confidence, interval, null_value, method, arrays)
    return [
        IccEstimate.from_core(f"ICC({form})", record, form=form, test=TestResult.from_core(record.pop("test")))
        for form, record in zip(forms, records, strict=True)
    ]


# Raters


@dataclass(frozen=True, repr=False)
class RaterSummary(Result):
    """Mean and severity of each rater, by criterion where there are several.

    Attributes
    ----------
    means, severities : EstimateTable
        One row per rater. Severity: mean of the other raters minus the rater's, on the units they share; positive is
        stricter.
    spreads : tuple of float
        Standard deviation of that difference over the units, in the same order: how erratic a rater is.
    ratings : tuple of int
        How many ratings each gave.
    """

    CAUTION: ClassVar[str] = "Severity is against the other raters of the same units, not against the truth."

    means: EstimateTable
    severities: EstimateTable
    spreads: tuple[float, ...]
    ratings: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        rows = []
        for i, (mean, severity) in enumerate(zip(self.means, self.severities, strict=True)):
            row = {name: values[i] for name, values in self.severities.keys}
            row |= {"ratings": self.ratings[i], "mean": mean.value, "mean_low": mean.low, "mean_high": mean.high}
            row |= {"severity": severity.value, "std_error": severity.std_error, "low": severity.low}
            row |= {"high": severity.high, "df": severity.df, "n": severity.n, "spread": self.spreads[i]}
            rows.append(row | {"undefined": severity.undefined})
        return {"rows": rows}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per rater: mean with limits, severity with standard error and limits, spread."""
        rows = self.to_dict()["rows"]
        names = list(rows[0]) if rows else []
        return build_frame({name: [row[name] for row in rows] for name in names}, backend or self.severities.backend)

    def _table(self) -> tuple[list[str], list[list[object]]]:
        header = [name for name, _ in self.severities.keys]
        header += ["ratings", "mean", "severity", "interval", "spread"]
        rows: list[list[object]] = []
        for row in self.to_dict()["rows"]:
            keys: list[object] = [str(row[name]) for name, _ in self.severities.keys]
            shown = [row["ratings"], row["mean"], row["severity"], range_text(row["low"], row["high"], row["severity"]), row["spread"]]
            rows.append(keys + shown)
        return header, rows

    def _said(self) -> str:
        return self.severities._said()

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Severities with their intervals; options as in `EstimateTable.plot`."""
        return self.severities.plot(ax, **({"reference": 0.0} | options))

    def __repr__(self) -> str:
        return text_table(*self._table())

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption="raters; positive severity is stricter than the others")


def rater_summary(table: RatingTable, *, confidence: float = 0.95, design: Any = None) -> RaterSummary:
    """How each rater rates, and how strictly compared with the others on the same units.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> table = qa.RatingTable.from_matrix(np.array([[5, 4], [3, 1], [4, 3]]), raters=["ann", "bob"])
    >>> round(qa.rater_summary(table).severities["bob"].value, 3)
    1.333
    """
    means: list[tuple[Any, Any, Estimate]] = []
    severities: list[tuple[Any, Any, Estimate]] = []
    spreads: list[float] = []
    ratings: list[int] = []
    for part in _parts_of(table):
        _check_severity(part)
        core, arrays = part.under(design)
        for rater, record in zip(part.raters or (), core.rater_summary(confidence, arrays), strict=True):
            means.append((part.criterion, rater, Estimate.from_core("mean", record["mean"])))
            severities.append((part.criterion, rater, Estimate.from_core("severity", record["severity"])))
            spreads.append(record["spread"])
            ratings.append(record["ratings"])
    return RaterSummary(
        _keyed(table, means, "rater"), _keyed(table, severities, "rater"), tuple(spreads), tuple(ratings)
    )


def _check_severity(part: Part) -> None:
    if part.labels is not None:
        raise ArgumentError("rater_summary: severity needs numbers, but the ratings are text")
    if part.raters is None:
        raise ArgumentError("rater_summary: needs to know which rater gave which rating, but the raters are anonymous")


def leave_one_rater_out(
    table: RatingTable, *, level: str | None = None, confidence: float = 0.95, design: Any = None
) -> EstimateTable:
    """What Krippendorff's alpha gains when a rater is left out, one row per rater.

    Positive: the others agree better without this rater. The interval is that of the difference on the same units. The
    level is that of `krippendorff_alpha`, by default too; the line under the table says which.
    """
    rows: list[tuple[Any, Any, Estimate]] = []
    parts = _parts_of(table)
    levels = [_level(part, level) for part in parts]
    for part, scale in zip(parts, levels, strict=True):
        rows += _left_out(part, scale, confidence, design)
    return replace(_keyed(table, rows, "rater"), note=_gain_note(levels))


def _gain_note(levels: Sequence[str]) -> str:
    return f"gain of Krippendorff's alpha, {' or '.join(dict.fromkeys(levels))} level"


def _left_out(part: Part, level: str, confidence: float, design: Any) -> list[tuple[Any, Any, Estimate]]:
    if part.raters is None:
        raise ArgumentError("leave_one_rater_out: the raters of this table are anonymous")
    core, arrays = part.under(design)
    return [
        (part.criterion, rater, Estimate.from_core("gain", record["gain"]))
        for rater, record in zip(part.raters, core.leave_one_rater_out(level, confidence, arrays), strict=True)
    ]
