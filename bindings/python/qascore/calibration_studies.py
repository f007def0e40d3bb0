"""The whole study of how consistently raters rate: what agrees, what does not, who and what is the reason, what would help."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from . import _core
from ._measure import Measure
from ._rating_table import Part, RatingTable
from ._frames import build_frame
from ._render import html_table, number, range_text, text_table
from ._results import Estimate, EstimateTable, Result, _p_text, estimate_table
from .agreement_comparison import AgreementDifference, agreement_difference
from .agreement_parts import agreement_by_category, categories_of, gold_kappa, measured
from .benchmarks import BenchmarkMembership, benchmark_membership
from .calibration import (
    AgreementEstimate,
    RaterSummary,
    _gain_note,
    _icc_rows,
    _keyed,
    _left_out,
    _level,
    _parts_of,
    agreement,
    icc,
    rater_summary,
)
from .drift import RaterDrift, rater_drift
from .errors import ArgumentError, check_choice, did_you_mean
from .estimation import Difference, SampleDesign, difference
from .generalizability import DStudy, d_study, g_study
from .gold import raters_against_gold
from .rater_models import RaterEffects, _some, rater_effects
from .sample_size import SampleSize, sample_size_for_mean
from .verdicts import MOST_RATERS, WANTED, StudyVerdicts, verdict_on

__all__ = ["CalibrationStudy", "Finding", "StudyTests", "calibration_study"]

TENTATIVE = 0.667  # Krippendorff (2018), ch. 12: below it no conclusions, not even tentative ones; from .8 reliable
RELIABLE = 0.8
AT_ONCE = "Each interval that follows holds for all criteria and raters at once, and so is wider than one that holds alone."
FIRST = ("least_agreement", "undefined")  # findings whose intervals hold alone
MOST_DOUBTED = 6  # raters who are named with a figure in one sentence
LEAST_SHARED = 10  # fewer shared units carry no finding about one rater: t limits cannot be trusted there
MOST_CATEGORIES = 20  # more are measurements: a category by itself says nothing
MOST_WEIGHED = 4096  # categories; kappa has a weight for each two of them
MOST_PAIRED = 40  # raters; of more nobody reads the matrix of pairs
MOST_GROUPS = 6  # of raters whom nothing connects, by name
MOST_MODELLED = 5000  # units; a variance component has an effect for each of them
SEED, PERMUTATIONS = 1, 1999  # of the tests of change: the same study says the same
MOST_DRAWS, DRAWN_UNITS = 100, 200_000  # of two ratings of each unit, all together
STEPS = ("agreement", "reliability", "pairs of raters", "raters left out", "model of raters", "changes in time", "number of raters",
         "number of units")  # fmt: skip
QUESTIONS = {
    "agreement": "do raters agree better than chance would?",
    "raters": "do raters differ in severity?",
    "random": "does the rater agree with the others better than at random?",
    "change": "did the rater change against the others?",
    "since": "has alpha changed since the previous study?",
    "severity_since": "has the rater's severity changed since the previous study?",
}

Numbers = npt.NDArray[np.float64]
Row = tuple[Any, Any, Estimate]


@dataclass(frozen=True)
class Finding:
    """Something the study found, in words with numbers.

    Findings are picked out of many figures, so the intervals of each kind hold for all that were looked through at once
    (Bonferroni over the raters of all criteria, or over the criteria). A rater with fewer than 10 shared units gives none.

    Attributes
    ----------
    kind : str
        Of agreement: undefined, agreement_reliable, agreement_tentative, agreement_unclear, agreement_below_tentative,
        least_agreement, prevalence. Of the form: wording, one_rater, reason_unclear, least_clear_category. Of raters: strictest,
        most_lenient, severity_in_line, too_few_shared, unconnected, unlike_panel, erratic, at_random, random_unclear,
        not_at_random, drifts, no_drift, turned, furthest_from_gold, least_like_gold, rater_variance. Of what would help: levelled_severity,
        more_raters, double_scored. Of time: changed, unchanged, severity_changed, severities_unchanged. And not_answered.
    criterion, rater
        What it is about; None where it is not about one.
    estimate : Estimate or None
        The figure behind it.
    text : str
    """

    kind: str
    criterion: Any
    rater: Any
    estimate: Estimate | None
    text: str


@dataclass(frozen=True, repr=False)
class StudyTests:
    """All tests of a study; those of one question are adjusted for their number (Holm).

    Attributes
    ----------
    question : tuple of str
        agreement, raters, random, change, since, severity_since.
    criterion, rater : tuple
        What each is about; None where it is not about one.
    p_value, adjusted_p : tuple of float
        NaN where there is no test.
    """

    question: tuple[str, ...]
    criterion: tuple[Any, ...]
    rater: tuple[Any, ...]
    p_value: tuple[float, ...]
    adjusted_p: tuple[float, ...]
    backend: str | None = None

    def of(self, question: str) -> list[tuple[Any, Any, float, float]]:
        """Criterion, rater, p and adjusted p of each test of a question."""
        rows = zip(self.question, self.criterion, self.rater, self.p_value, self.adjusted_p, strict=True)
        return [row[1:] for row in rows if row[0] == question]

    def adjusted(self, question: str, criterion: Any, rater: Any = None) -> float:
        """The adjusted p of one test; NaN where there is none."""
        return next((row[3] for row in self.of(question) if row[:2] == (criterion, rater)), math.nan)

    def _columns(self) -> dict[str, Any]:
        return {name: list(getattr(self, name)) for name in ("question", "criterion", "rater", "p_value", "adjusted_p")}

    def to_dict(self) -> dict[str, Any]:
        """One row per test."""
        columns = self._columns()
        return {"rows": [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per test."""
        return build_frame(self._columns(), backend or self.backend)

    def _table(self) -> tuple[list[str], list[list[object]]]:
        columns = self._columns()
        return list(columns), [["" if cell is None else cell for cell in row] for row in zip(*columns.values(), strict=True)]

    def __repr__(self) -> str:
        return text_table(*self._table())

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption="Tests; adjusted p allows for the number of tests of one question (Holm)")


@dataclass(frozen=True, repr=False)
class CalibrationStudy(Result):
    """The whole study of how consistently raters rate.

    Attributes
    ----------
    by : str or None
        The column of criteria.
    levels : tuple of (criterion, level)
        On which level Krippendorff's alpha is taken.
    alpha : EstimateTable
        Krippendorff's alpha by criterion, on that level.
    benchmarks : tuple of (criterion, BenchmarkMembership)
        How probable each class of Landis and Koch's scale is for that alpha.
    agreement : EstimateTable
        The family of coefficients by criterion.
    categories : EstimateTable or None
        Fleiss' kappa of each category against all others; None for measurements.
    pairs : EstimateTable or None
        Alpha of each pair of raters, all intervals at once; None for anonymous raters, fewer than three and more than 40.
    icc : EstimateTable or None
        Intraclass correlations; None for text ratings.
    raters : RaterSummary or None
        Means and severities; None for text ratings and anonymous raters, as the four that follow.
    spreads : EstimateTable or None
        Variance of the difference between the others' mean and the rater's rating of a unit, all intervals at once: how
        erratic a rater is. `rater_effects` parts it from the others' errors.
    with_others : EstimateTable or None
        Correlation of each rater's ratings with the means of the others', all intervals at once. 0 is chance.
    drift : EstimateTable or None
        How much stricter each rater becomes against the others, from the first unit in `order` to the last, all intervals at
        once; None without an order.
    effects : tuple of (criterion, RaterEffects)
        The crossed model of units and raters; empty for text ratings, anonymous raters and above 5,000 units.
    severities, own_spreads : EstimateTable or None
        Severity and standard deviation of the own errors of each rater from that model, all intervals at once.
    charts : tuple of (criterion, RaterDrift)
        Control charts and points of change of each rater; empty without an order.
    usual : EstimateTable or None
        What suites show of each rater: average, lowest and highest rating, mean absolute deviation from the gold standard
        (without one from the mean of the others), alignment: the share of ratings equal to the gold standard's.
    left_out : EstimateTable or None
        What alpha gains without each rater; None for anonymous raters and fewer than three.
    without : EstimateTable or None
        Alpha without each rater, all intervals at once.
    gold : EstimateTable or None
        Mean of the raters' Cohen kappas with the gold standard.
    gold_raters : EstimateTable or None
        Each rater against the gold standard: accuracy, balanced accuracy, macro f1, Matthews correlation, kappa.
    plans : tuple of (criterion, DStudy)
        Reliability of the mean of 1 to 20 raters.
    sizes : tuple of (criterion, SampleSize)
        How many double-scored units alpha needs for the margin.
    margin : float
        Half the width of the interval of alpha that is wanted.
    changes : EstimateTable or None
        Alpha now minus alpha in the previous study; None without one.
    severity_changes : EstimateTable or None
        Severity against the others now minus then, of raters in both studies, all intervals at once.
    tests : StudyTests
        All tests, adjusted for their number.
    findings : tuple of Finding
    """

    CAUTION: ClassVar[str] = "Raters who agree may be wrong together, and the figures speak for conversations like the rated ones."

    by: str | None
    levels: tuple[tuple[Any, str], ...]
    alpha: EstimateTable
    benchmarks: tuple[tuple[Any, BenchmarkMembership], ...]
    agreement: EstimateTable
    categories: EstimateTable | None
    pairs: EstimateTable | None
    icc: EstimateTable | None
    raters: RaterSummary | None
    spreads: EstimateTable | None
    with_others: EstimateTable | None
    drift: EstimateTable | None
    effects: tuple[tuple[Any, RaterEffects], ...]
    severities: EstimateTable | None
    own_spreads: EstimateTable | None
    charts: tuple[tuple[Any, RaterDrift], ...]
    usual: EstimateTable | None
    left_out: EstimateTable | None
    without: EstimateTable | None
    gold: EstimateTable | None
    gold_raters: EstimateTable | None
    plans: tuple[tuple[Any, DStudy], ...]
    sizes: tuple[tuple[Any, SampleSize], ...]
    margin: float
    changes: EstimateTable | None
    severity_changes: EstimateTable | None
    tests: StudyTests
    findings: tuple[Finding, ...]
    described: str = ""
    _table: RatingTable | None = field(default=None, compare=False)

    @property
    def criteria(self) -> StudyVerdicts:
        """What to make of each criterion, one row each: alpha with its limits, the verdict, what to do, raters and units needed."""
        plans, sizes, changes = dict(self.plans), dict(self.sizes), {}
        if self.changes is not None:
            keys = dict(self.changes.keys).get(self.by or "", (None,) * len(self.changes))
            changes = dict(zip(keys, self.changes, strict=True))
        rows = tuple(
            verdict_on(
                criterion, level, alpha, self.findings, plans.get(criterion), sizes[criterion].n if criterion in sizes else None,
                changes.get(criterion),
            )
            for (criterion, level), alpha in zip(self.levels, self.alpha, strict=True)
        )  # fmt: skip
        return StudyVerdicts(self.by, rows, self.changes is not None, self.alpha.backend)

    def tables(self) -> dict[str, EstimateTable | RaterSummary | StudyTests | StudyVerdicts]:
        """The tables that there are, by name; `criteria` says what to make of each criterion."""
        names = ("criteria", "alpha", "agreement", "categories", "pairs", "icc", "raters", "spreads", "with_others", "drift", "severities",
                 "own_spreads", "usual", "left_out", "without", "gold", "gold_raters", "changes", "severity_changes",
                 "tests")  # fmt: skip
        return {name: table for name in names if (table := getattr(self, name)) is not None}

    def to_dict(self) -> dict[str, Any]:
        findings = [
            {"kind": f.kind, "criterion": f.criterion, "rater": f.rater, "text": f.text}
            | {"estimate": None if f.estimate is None else f.estimate.to_dict()}
            for f in self.findings
        ]
        levels = [{"criterion": criterion, "level": level} for criterion, level in self.levels]
        out: dict[str, Any] = {"by": self.by, "levels": levels, "margin": self.margin, "findings": findings}
        for name in ("benchmarks", "plans", "sizes"):
            out[name] = [{"criterion": criterion} | one.to_dict() for criterion, one in getattr(self, name)]
        out["effects"] = [
            {"criterion": criterion, "variances": one.variances.to_dict()["rows"], "groups": len(one.groups)}
            for criterion, one in self.effects
        ]
        out["charts"] = [
            {"criterion": criterion, "rater": rater, "alarms": [chart.labels[at] for at in chart.signals]}
            | {"change": one.changes[rater].to_dict()}
            for criterion, one in self.charts
            for rater, chart in one.charts.items()
        ]
        return out | {name: table.to_dict()["rows"] for name, table in self.tables().items()}

    def to_frame(self, table: str = "criteria", backend: str | None = None) -> Any:
        """One row per criterion: alpha with its limits, the verdict, what to do, raters and units needed; or another one of
        the tables (`tables()`)."""
        return self.tables()[check_choice("table", table, self.tables())].to_frame(backend)

    def to_html(self, title: str = "Calibration of raters", *, language: str = "en", made: Mapping[str, str] | None = None) -> str:
        """The study as one self-contained HTML page; needs the extra `report`.

        `language` is "en" or "zh-CN"; `made` are rows of its record: the command that makes it again, the seed, hashes of the data.
        """
        from ._calibration_report import calibration_report
        from .report import render
        from .report.chinese import in_language

        return render(in_language(calibration_report(self, title, made), language))

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Krippendorff's alpha by criterion with intervals, on matplotlib axes; options as in `EstimateTable.plot`.

        The other tables (`tables()`) draw themselves likewise.
        """
        return self.alpha.plot(ax, **options)

    def _said(self) -> str:
        """Alpha by criterion with level and interval, then the findings, one line each."""
        lines = [
            f"Krippendorff's alpha ({level}){_of(criterion)} is {alpha._value_text()}."
            for (criterion, level), alpha in zip(self.levels, self.alpha, strict=True)
            if not math.isnan(alpha.value)  # the findings say why it is undefined
        ]
        return "\n".join([*lines, self._found()])

    def _joint(self) -> bool:
        """Whether findings have intervals wider than those of the tables, as they hold for many figures at once."""
        alone = max((one.confidence for one in self.alpha), default=1.0)
        joint = (f.estimate for f in self.findings if f.kind not in FIRST and f.estimate is not None)
        return any(one.confidence > alone + 1e-12 and not math.isnan(one.low) for one in joint)

    def _texts(self) -> list[str]:
        """The findings; before those with intervals for all at once a sentence that says so."""
        first = [finding.text for finding in self.findings if finding.kind in FIRST]
        rest = [finding.text for finding in self.findings if finding.kind not in FIRST]
        return [*first, AT_ONCE, *rest] if self._joint() else [*first, *rest]

    def _found(self) -> str:
        return "\n".join(self._texts())

    def __repr__(self) -> str:
        shown = [repr(self.alpha)] + ([] if self.raters is None else [repr(self.raters)])
        return "\n\n".join([*shown, self._found()])

    def _repr_html_(self) -> str:
        from html import escape

        items = "".join(f"<li>{escape(text)}</li>" for text in self._texts())
        tables = "".join(table._repr_html_() for table in self.tables().values())
        return f'<ul class="qascore">{items}</ul>{tables}'


def calibration_study(
    table: RatingTable,
    *,
    by: str | None = None,
    previous: RatingTable | CalibrationStudy | None = None,
    gold: Any = None,
    order: Mapping[Any, float] | Sequence[Any] | None = None,
    margin: float = 0.05,
    level: str | None = None,
    weights: str | Sequence[Sequence[float]] = "identity",
    confidence: float = 0.95,
    design: Any = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> CalibrationStudy:
    """What raters agree on and what not, which criterion or which rater is the reason, and what would help, in words.

    Parameters
    ----------
    table : RatingTable
        Anonymous raters are allowed; what needs to know them is named among the findings (`not_answered`).
    by : str, optional
        The table's column of criteria, said for the reader's sake.
    previous : RatingTable or CalibrationStudy, optional
        The last study: alpha of the criteria in both is compared, with the dependence that shared units bring.
    gold : optional
        The rater who is right (an expert). The others are then studied without, and against, this rater.
    order : mapping from unit to number, or sequence of units, optional
        When units were rated: any numbers that grow with time, or all units in their order. Without it nothing is said of
        drift.
    margin : float, default 0.05
        Half the width of the interval of alpha that the number of double-scored units is planned for.
    level : {"nominal", "ordinal", "interval", "ratio"}, optional
        Of Krippendorff's alpha; default as in `krippendorff_alpha`: ordinal for whole numbers, interval for numbers with
        fractions, nominal for text without a declared order.
    weights, confidence, design
        As in `fleiss_kappa`. The design weighs agreement and severity; spreads, correlations with the others, drift, the
        number of raters and the figures of suites take units as independent and equal.
    progress : callable, optional
        Called with (step and criterion, steps done, steps in all).

    Returns
    -------
    CalibrationStudy
        `to_html()` is the page.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rows = np.array([[1, 1, 3], [2, 2, 4], [4, 4, 5], [3, 3, 5], [5, 5, 5], [2, 2, 3]] * 5)
    >>> study = qa.calibration_study(qa.RatingTable.from_matrix(rows, raters=["ann", "bob", "cay"]))
    >>> [finding.rater for finding in study.findings if finding.kind == "most_lenient"]
    ['cay']
    """
    parts = _parts_of(table)
    if by is not None and by != table.criterion:
        known = () if table.criterion is None else (table.criterion,)
        has = f"criteria in {table.criterion!r}" if known else "no criteria; give criterion= to RatingTable"
        raise ArgumentError(f"by: found {by!r}, but the table has {has}{did_you_mean(by, known)}")
    if not 0 < margin < 1:
        raise ArgumentError(f"margin: expected a number between 0 and 1 but found {margin!r}")
    if gold is not None:
        if table.anonymous:
            raise ArgumentError("gold: needs to know which rater gave which rating, but the raters of this table are anonymous")
        if gold not in table.raters:
            raise ArgumentError(f"gold: {gold!r} is no rater of this table{did_you_mean(gold, table.raters)}")
    show = progress or (lambda step, done, total: None)
    return _Study(table, gold, order, margin, level, weights, confidence, design, show).result(previous, parts)


def _of(criterion: Any) -> str:
    return "" if criterion is None else f" on {criterion}"


def _figure(estimate: Estimate) -> str:
    if math.isnan(estimate.low):
        return estimate._number()
    return f"{estimate._number()} ({range_text(estimate.low, estimate.high)})"


def _reason(estimate: Estimate) -> str:
    """Why there is no interval, for a sentence that says that there is none."""
    return str(estimate.undefined).removesuffix(": no interval")


def _known(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if not math.isnan(row[2].low)]


def _more(count: int, what: str) -> str:
    return "" if count == 1 else f" ({count} raters are {what} than the others beyond chance)"


@dataclass(frozen=True)
class _Beside:
    """Ratings beside the mean of the others' ratings of the same unit, which is NaN where nobody else rated it."""

    unit: npt.NDArray[np.uint32]
    rater: npt.NDArray[np.uint32]
    rating: Numbers
    others: Numbers

    @classmethod
    def of(cls, part: Part) -> _Beside:
        unit, rater, rating = part.core.rows()
        assert rater is not None
        total, count = np.bincount(unit, rating), np.bincount(unit)
        alone = count[unit] < 2
        others = (total[unit] - rating) / np.where(alone, 1, count[unit] - 1)
        return cls(unit, rater, rating, np.where(alone, np.nan, others))

    def rows_of(self, rater: int) -> npt.NDArray[np.bool_]:
        return np.asarray((self.rater == rater) & ~np.isnan(self.others))


class _Study:
    """One study: the figures in their order, and what is to be said of them."""

    def __init__(
        self,
        table: RatingTable,
        gold: Any,
        order: Mapping[Any, float] | Sequence[Any] | None,
        margin: float,
        level: str | None,
        weights: Any,
        confidence: float,
        design: Any,
        progress: Callable[[str, int, int], None],
    ) -> None:
        self.progress = progress
        self.whole = table
        self.gold = gold
        self.table = table if gold is None else table.without(gold)
        self.parts = _parts_of(self.table)
        self.levels = {part.criterion: _level(part, level) for part in self.parts}
        self.margin, self.weights, self.confidence, self.design = margin, weights, confidence, design
        self.level = level
        self.position = None if order is None else _positions(order, self.table.units)
        self.numeric = all(part.labels is None for part in self.parts)
        self.identified = all(part.raters is not None for part in self.parts)
        self.beside = [_Beside.of(part) for part in self.parts] if self.numeric and self.identified else []
        known, ordered = bool(self.beside), self.position is not None
        applies = {"reliability": self.numeric, "model of raters": known, "changes in time": known and ordered, "number of raters": known}
        self.steps = [step for step in STEPS if applies.get(step, True)]
        self.findings: list[Finding] = []
        self.tested: list[tuple[str, Any, Any, float]] = []
        # What is picked out of many must hold for all of them at once (Bonferroni).
        compared = sum(len(part.raters or ()) for part in self.parts)
        self.of_raters = 1.0 - (1.0 - confidence) / max(1, compared)
        self.of_criteria = confidence  # until it is known how many have an alpha
        self.joint = f"intervals hold for all {compared} rows at once"

    def each(self, step: str, parts: Sequence[Part]) -> Iterator[Part]:
        """The parts one after the other, said before each is begun."""
        for at, part in enumerate(parts):
            of = "" if part.criterion is None else f", {part.criterion}"
            self.progress(f"{step}{of}", self.steps.index(step) * len(self.parts) + at, len(self.steps) * len(self.parts))
            yield part

    def add(self, kind: str, criterion: Any, rater: Any, estimate: Estimate | None, text: str) -> None:
        self.findings.append(Finding(kind, criterion, rater, estimate, text))

    def test(self, question: str, criterion: Any, rater: Any, p_value: float) -> None:
        self.tested.append((question, criterion, rater, p_value))

    def tests(self) -> StudyTests:
        """The tests so far; those of one question adjusted for each other."""
        adjusted: dict[str, list[float]] = {}
        for question in QUESTIONS:
            p = np.array([row[3] for row in self.tested if row[0] == question], dtype=np.float64)
            adjusted[question] = _core.adjusted_p(p, "holm").tolist()
        return StudyTests(
            tuple(row[0] for row in self.tested),
            tuple(row[1] for row in self.tested),
            tuple(row[2] for row in self.tested),
            tuple(row[3] for row in self.tested),
            tuple(adjusted[row[0]].pop(0) for row in self.tested),
            self.table._backend,
        )

    def one(self, part: Part) -> RatingTable:
        """The table of one criterion."""
        return self.table if self.table.criterion is None else self.table[part.criterion]

    def rows(self, rows: Sequence[Row], key: str, note: str = "") -> EstimateTable:
        return replace(_keyed(self.table, rows, key), note=note)

    def alpha_of(self, part: Part, confidence: float) -> AgreementEstimate:
        core, arrays = part.under(self.design)
        level = self.levels[part.criterion]
        record = core.krippendorff_alpha(level, None, confidence, "influence", False, arrays)
        return AgreementEstimate.from_core("krippendorff_alpha", record, weights=level)

    def result(self, previous: RatingTable | CalibrationStudy | None, whole: Sequence[Part]) -> CalibrationStudy:
        alphas: list[Row] = [
            (part.criterion, self.levels[part.criterion], self.alpha_of(part, self.confidence))
            for part in self.each("agreement", self.parts)
        ]
        defined = sum(not math.isnan(alpha.value) for _, _, alpha in alphas)
        self.of_criteria = 1.0 - (1.0 - self.confidence) / max(1, defined)
        for criterion, _, alpha in alphas:
            assert isinstance(alpha, AgreementEstimate)
            self.test("agreement", criterion, None, alpha.test.p_value)
        coefficients = agreement(self.table, weights=self.weights, confidence=self.confidence, design=self.design)
        reliability = None
        if self.numeric:
            forms = [row for part in self.each("reliability", self.parts) for row in _icc_rows(part, self.confidence, self.design)]
            reliability = _keyed(self.table, forms, "form")
        summary = None
        if self.numeric and self.identified:
            summary = rater_summary(self.table, confidence=self.confidence, design=self.design)
        self.say_agreement(alphas)
        categories = self.categories()
        pairs, without, left = self.pairs(), self.without(), self.left_out()
        spreads, with_others, drift = self.spreads(), self.with_others(), self.drift()
        effects, charts = self.effects(), self.charts()
        against, gold_raters, usual = self.against_gold(), self.raters_against_gold(), self.usual()
        plans, sizes = self.plans(), self.sizes(alphas)
        changes, severity_changes = self.changes(previous), self.severity_changes(previous)
        self.say_unanswered()
        return CalibrationStudy(
            by=self.table.criterion,
            levels=tuple(self.levels.items()),
            alpha=_keyed(self.table, alphas, "level"),
            benchmarks=tuple((criterion, benchmark_membership(alpha)) for criterion, _, alpha in alphas),
            agreement=coefficients,
            categories=categories,
            pairs=pairs,
            icc=reliability,
            raters=summary,
            spreads=spreads,
            with_others=with_others,
            drift=drift,
            effects=effects,
            severities=self.of_model(effects, "severity"),
            own_spreads=self.of_model(effects, "spread"),
            charts=charts,
            usual=usual,
            left_out=left,
            without=without,
            gold=against,
            gold_raters=gold_raters,
            plans=plans,
            sizes=sizes,
            margin=self.margin,
            changes=changes,
            severity_changes=severity_changes,
            tests=self.tests(),
            findings=tuple(self.findings),
            described=self.whole._describe(),
            _table=self.table,
        )

    # What agrees

    def say_agreement(self, alphas: Sequence[Row]) -> None:
        at_once = [(part, self.alpha_of(part, self.of_criteria)) for part in self.parts]
        self.prevalent = {
            part.criterion: found
            for part, alpha in at_once
            if (alpha.high < TENTATIVE or (math.isnan(alpha.high) and alpha.value < TENTATIVE))
            and (found := self.prevalence(part)) is not None
        }
        defined = [row for row in alphas if not math.isnan(row[2].value)]
        if len(defined) > 1:
            self.say_least(defined)
        for criterion, _, alpha in alphas:
            if math.isnan(alpha.value):
                text = f"Alpha{_of(criterion)} is undefined: {alpha.undefined}."
                self.add("undefined", criterion, None, alpha, text)
        for part, joint in at_once:
            if not math.isnan(joint.low):
                self.say_alpha(part, joint)
            elif joint.value < 1.0:
                text = (
                    f"Alpha{_of(part.criterion)} is {_figure(joint)}, without an interval ({_reason(joint)}): whether it reaches "
                    f"{TENTATIVE} cannot be told from so few ratings."
                )
                self.add("agreement_unclear", part.criterion, None, joint, text)
                self.say_prevalence(part)

    def say_least(self, defined: Sequence[Row]) -> None:
        """The lowest alpha, of those that prevalence does not explain if there are any, and the highest."""
        worst = min([row for row in defined if row[0] not in self.prevalent] or defined, key=lambda row: row[2].value)
        best = max(defined, key=lambda row: row[2].value)
        aside = [row[0] for row in defined if row[0] in self.prevalent and row[2].value < worst[2].value]
        apart = f"Apart from {_some(aside)}, whose low alpha prevalence explains, the" if aside else "The"
        highest = "" if aside and best is worst else f"; the highest that of {best[0]}: {_figure(best[2])}"
        text = f"{apart} lowest alpha is that of {worst[0]}: {_figure(worst[2])}{highest}."
        self.add("least_agreement", worst[0], None, worst[2], text)

    def say_alpha(self, part: Part, alpha: AgreementEstimate) -> None:
        on = f"Alpha{_of(part.criterion)} is {_figure(alpha)}"
        if alpha.high < TENTATIVE:
            text = (
                f"{on}: below {TENTATIVE}, the least that Krippendorff asks of data from which even tentative conclusions "
                f"are drawn."
            )
            self.add("agreement_below_tentative", part.criterion, None, alpha, text)
            self.say_prevalence(part)
        elif alpha.low >= RELIABLE:
            self.add("agreement_reliable", part.criterion, None, alpha, f"{on}: reliable, at {RELIABLE} or above.")
        elif alpha.low >= TENTATIVE:
            text = f"{on}: enough for tentative conclusions, at {TENTATIVE} or above."
            self.add("agreement_tentative", part.criterion, None, alpha, text)
        else:
            text = f"{on}: whether it reaches {TENTATIVE} cannot be told from so few ratings."
            self.add("agreement_unclear", part.criterion, None, alpha, text)

    def prevalence(self, part: Part) -> tuple[Estimate, Estimate] | None:
        """Percent agreement and AC1 where they are high: of a low alpha then prevalence is the reason, not disagreement."""
        percent, ac = (
            measured(part, Measure(name), self.of_criteria, self.design) for name in ("percent_agreement", "gwet_ac")
        )
        return (percent, ac) if percent.low > RELIABLE and ac.low > TENTATIVE else None

    def say_prevalence(self, part: Part) -> None:
        """Where nearly all ratings are alike, alpha is low although raters agree: the prevalence paradox."""
        if part.criterion in self.prevalent:
            percent, ac = self.prevalent[part.criterion]
            text = (
                f"Yet raters agree{_of(part.criterion)} in {_figure(percent)} of pairs, and Gwet's AC1 is {_figure(ac)}: nearly "
                f"all ratings are in one category, and alpha asks about the few others."
            )
            self.add("prevalence", part.criterion, None, ac, text)

    # The form

    def categories(self) -> EstimateTable | None:
        few = [part for part in self.parts if 2 <= len(categories_of(part)) <= MOST_CATEGORIES]
        if not few:
            return None
        rows: list[Row] = []
        joint = 1.0 - (1.0 - self.confidence) / sum(len(categories_of(part)) for part in few)
        for part in few:
            found = agreement_by_category(self.one(part), confidence=joint, design=self.design)
            of_part = list(zip([part.criterion] * len(found), found.keys[0][1], found, strict=True))
            rows += of_part
            known = _known(of_part)
            if len(known) < 3:
                continue
            worst, best = (pick(known, key=lambda row: row[2].value) for pick in (min, max))
            if worst[2].high < best[2].low:
                text = (
                    f"The answer{_of(part.criterion)} that raters see least alike is {worst[1]}: kappa against all others is "
                    f"{_figure(worst[2])}; most alike is {best[1]} with {_figure(best[2])}."
                )
                self.add("least_clear_category", part.criterion, None, worst[2], text)
        note = f"fleiss_kappa of each category against all others; intervals hold for all {len(rows)} rows at once"
        return self.rows(rows, "category", note)

    def several(self) -> list[Part]:
        """The parts whose raters are known and at least three."""
        return [part for part in self.parts if part.raters is not None and len(part.raters) > 2]

    def pairs(self) -> EstimateTable | None:
        parts = [part for part in self.several() if len(part.raters or ()) <= MOST_PAIRED]
        count = sum(math.comb(len(part.raters or ()), 2) for part in parts)
        if not count:
            return None
        joint = 1.0 - (1.0 - self.confidence) / count
        keys: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
        estimates: list[Estimate] = []
        for part in self.each("pairs of raters", parts):
            raters, table = list(part.raters or ()), self.one(part)
            measure = Measure("krippendorff_alpha", self.levels[part.criterion])
            for j, second in enumerate(raters):
                for first in raters[:j]:
                    (two,) = table.only(first, second)._parts
                    for column, value in zip(keys, (part.criterion, first, second), strict=True):
                        column.append(value)
                    estimates.append(measured(two, measure, joint, self.design))
        named: list[tuple[str, Sequence[Any]]] = [("rater", keys[1]), ("other", keys[2])]
        if self.table.criterion is not None:
            named.insert(0, (self.table.criterion, keys[0]))
        note = f"Krippendorff's alpha of each pair; intervals hold for all {count} rows at once"
        self.paired = list(zip(*keys, estimates, strict=True))
        return estimate_table(named, estimates, self.table._backend, note=note)

    def without(self) -> EstimateTable | None:
        """Alpha without each rater; and whether a low alpha is one rater's doing or everyone's."""
        rows: list[Row] = []
        for part in self.several():
            core, arrays = part.under(self.design)
            level = self.levels[part.criterion]
            found = [
                (part.criterion, rater, AgreementEstimate.from_core("krippendorff_alpha", record["without"], weights=level))
                for rater, record in zip(
                    part.raters or (), core.leave_one_rater_out(level, self.of_raters, arrays), strict=True
                )
            ]
            rows += found
            low = any(f.kind == "agreement_below_tentative" and f.criterion == part.criterion for f in self.findings)
            if low and _known(found):
                self.say_reason(part, max(_known(found), key=lambda row: row[2].value))
        return self.rows(rows, "rater", f"alpha without the rater; {self.joint}") if rows else None

    def say_reason(self, part: Part, best: Row) -> None:
        _, rater, alpha = best
        on = f"alpha{_of(part.criterion)}"
        if alpha.low >= TENTATIVE:
            text = f"Without {rater} {on} is {_figure(alpha)}: this rater alone keeps it below {TENTATIVE}."
            self.add("one_rater", part.criterion, rater, alpha, text)
            return
        if part.criterion in self.prevalent:
            return  # raters agree: there is no fault to look for
        if alpha.high >= TENTATIVE:
            text = (
                f"Without {rater} {on} is {_figure(alpha)}: whether this rater alone keeps it below {TENTATIVE} cannot be told "
                f"from so few ratings."
            )
            self.add("reason_unclear", part.criterion, None, alpha, text)
            return
        pairs = _known((second, first, one) for c, first, second, one in getattr(self, "paired", ()) if c == part.criterion)
        below = sum(one.high < TENTATIVE for _, _, one in pairs)
        shown = f", and {below} of {len(pairs)} pairs of raters stay below it too" if pairs else ""
        text = (
            f"Whoever is left out, {on} stays below {TENTATIVE} (highest without {rater}: {_figure(alpha)}){shown}: no single rater "
            f"is the reason. Look at the wording of the criterion, at what raters were taught about it, and at how often each level occurs."
        )
        self.add("wording", part.criterion, None, alpha, text)

    def left_out(self) -> EstimateTable | None:
        """What alpha gains without each rater, who is strict, and who is unlike the others."""
        rows: list[Row] = []
        for part in self.each("raters left out", self.parts):
            if part.raters is None or len(part.raters) < 2:
                continue
            if self.numeric:
                self.say_severity(part)
            if len(part.raters) < 3:
                continue
            level = self.levels[part.criterion]
            rows += _left_out(part, level, self.confidence, self.design)
            gains = [row for row in _left_out(part, level, self.of_raters, self.design) if row[2].low > 0]
            if gains:
                _, rater, gain = max(gains, key=lambda row: row[2].value)
                text = f"{rater} is least like the others{_of(part.criterion)}: without this rater alpha rises by {_figure(gain)}."
                self.add("unlike_panel", part.criterion, rater, gain, text)
        return self.rows(rows, "rater", _gain_note(list(self.levels.values()))) if rows else None

    # The raters

    def say_severity(self, part: Part) -> None:
        core, arrays = part.under(self.design)
        severities = [
            (part.criterion, rater, Estimate.from_core("severity", record["severity"]))
            for rater, record in zip(part.raters or (), core.rater_summary(self.of_raters, arrays), strict=True)
        ]
        known = [row for row in _known(severities) if row[2].n >= LEAST_SHARED]
        strict = [row for row in known if row[2].low > 0]
        lenient = [row for row in known if row[2].high < 0]
        on = _of(part.criterion)
        if strict:
            _, rater, found = max(strict, key=lambda row: row[2].value)
            text = f"Strictest{on} is {rater}: the others rate the same units higher by {_figure(found)}"
            self.add("strictest", part.criterion, rater, found, f"{text}{_more(len(strict), 'stricter')}.")
        if lenient:
            _, rater, found = min(lenient, key=lambda row: row[2].value)
            text = f"Most lenient{on} is {rater}: severity {_figure(found)}"
            self.add("most_lenient", part.criterion, rater, found, f"{text}{_more(len(lenient), 'more lenient')}.")
        if known and not strict and not lenient:
            text = f"No rater's severity{on} can be told from the others' on its own: each interval, which holds for all raters at once, includes 0."
            self.add("severity_in_line", part.criterion, None, None, text)
        if not known:
            text = (
                f"Who is strict{on} cannot be said: that takes a rater with at least {LEAST_SHARED} units that others rated "
                f"too, and differences that vary."
            )
            self.add("too_few_shared", part.criterion, None, None, text)
        if strict or lenient:
            self.say_levelled(part)

    def say_levelled(self, part: Part) -> None:
        now, levelled = (
            icc(self.one(part), form=form, confidence=self.of_criteria, design=self.design) for form in ("A,1", "C,1")
        )
        assert isinstance(now, Estimate) and isinstance(levelled, Estimate)
        if not math.isnan(now.value) and not math.isnan(levelled.value):
            text = (
                f"If all raters were equally strict{_of(part.criterion)}, the reliability of a single rating (ICC) would be "
                f"{_figure(levelled)} in place of {_figure(now)}."
            )
            self.add("levelled_severity", part.criterion, None, levelled, text)

    def spreads(self) -> EstimateTable | None:
        rows: list[Row] = []
        for part, beside in zip(self.parts, self.beside, strict=False):
            found: list[Row] = []
            for code, rater in enumerate(part.raters or ()):
                of = beside.rows_of(code)
                if of.any():
                    difference = beside.others[of] - beside.rating[of]
                    (record,) = _core.variances(None, difference, None, 1, self.of_raters, None)
                    found.append((part.criterion, rater, Estimate.from_core("spread", record)))
                else:
                    found.append((part.criterion, rater, _nothing("spread", "variance", self.of_raters)))
            rows += found
            known = [row for row in _known(found) if row[2].n >= LEAST_SHARED]
            middle = median(row[2].value for row in known) if known else math.nan
            erratic = [row for row in known if row[2].low > middle]
            if erratic:
                _, rater, spread = max(erratic, key=lambda row: row[2].value)
                others = "" if len(erratic) == 1 else f" ({len(erratic)} raters lie above that beyond chance)"
                text = (
                    f"Most erratic{_of(part.criterion)} is {rater}: the difference to the others has a variance of "
                    f"{_figure(spread)}, that of the median rater {number(middle)}{others}."
                )
                self.add("erratic", part.criterion, rater, spread, text)
        return self.rows(rows, "rater", f"variance of the difference to the others; {self.joint}") if rows else None

    def with_others(self) -> EstimateTable | None:
        rows: list[Row] = []
        for part, beside in zip(self.parts, self.beside, strict=False):
            found: list[Row] = []
            for code, rater in enumerate(part.raters or ()):
                of = beside.rows_of(code)
                record, test = _core.correlate(
                    None, beside.rating[of], beside.others[of], "pearson", self.of_raters, "automatic", "error"
                )
                found.append((part.criterion, rater, Estimate.from_core("correlation", record)))
                self.test("random", part.criterion, rater, test["p_value"])
            rows += found
            known = [row for row in _known(found) if row[2].n >= LEAST_SHARED]
            middle = median(row[2].value for row in known) if known else math.nan
            for _, rater, one in sorted(known, key=lambda row: row[2].value):
                if one.high < middle / 2:
                    how = "cannot be told from answering at random" if one.low <= 0 else "is near answering at random"
                    text = (
                        f"{rater}{_of(part.criterion)} {how}: the correlation with the others' mean is {_figure(one)}, that of "
                        f"the median rater {number(middle)}; at random it is 0."
                    )
                    self.add("at_random", part.criterion, rater, one, text)
            self.say_not_random(part, known)
        return self.rows(rows, "rater", f"correlation with the mean of the others; {self.joint}") if rows else None

    def say_not_random(self, part: Part, known: Sequence[Row]) -> None:
        """Nobody answers at random only where every interval lies above 0; else of whom it cannot be told."""
        named = {f.rater for f in self.findings if f.kind == "at_random" and f.criterion == part.criterion}
        doubted = sorted((row for row in known if row[2].low <= 0 and row[1] not in named), key=lambda row: row[2].value)
        if doubted:
            figures = [f"{rater}: {_figure(one)}" for _, rater, one in doubted[:MOST_DOUBTED]]
            figures += [f"and {len(doubted) - MOST_DOUBTED} more"] if len(doubted) > MOST_DOUBTED else []
            text = (
                f"Who answers at random{_of(part.criterion)} cannot be told of {len(doubted)} of {len(part.raters or ())} raters, whose "
                f"correlation with the others' mean may be 0, as at random ({'; '.join(figures)})."
            )
            self.add("random_unclear", part.criterion, None, doubted[0][2], text)
        elif known and not named:
            _, rater, one = min(known, key=lambda row: row[2].value)
            every = len(known) == len(part.raters or ())
            nobody = "Nobody answers" if every else f"None of the {len(known)} raters of whom it can be said answers"
            text = (
                f"{nobody} at random{_of(part.criterion)}: the lowest correlation with the others' mean is that of {rater}, "
                f"{_figure(one)}; at random it is 0."
            )
            self.add("not_at_random", part.criterion, rater, one, text)

    def drift(self) -> EstimateTable | None:
        if self.position is None or not self.beside:
            return None
        rows: list[Row] = []
        for part, beside in zip(self.parts, self.beside, strict=True):
            when = np.array([self.position[unit] for unit in part.units])
            found: list[Row] = []
            for code, rater in enumerate(part.raters or ()):
                of = beside.rows_of(code)
                severity = beside.others[of] - beside.rating[of]
                fit = _core.fit_regression(None, severity, [when[beside.unit[of]]], "linear", 0, self.of_raters, "cr2")
                record = fit["coefficients"][1][0]
                trend = Estimate.from_core("drift", record | {"undefined": fit["undefined"] or record["undefined"]})
                found.append((part.criterion, rater, trend))
            rows += found
            drifting = [row for row in _known(found) if row[2].n >= LEAST_SHARED and not row[2].low <= 0 <= row[2].high]
            for _, rater, trend in sorted(drifting, key=lambda row: -abs(row[2].value)):
                what = "stricter" if trend.value > 0 else "more lenient"
                text = (
                    f"{rater} drifts{_of(part.criterion)}, to be {what}: from the first unit to the last severity against the "
                    f"others changes by {_figure(trend)}."
                )
                self.add("drifts", part.criterion, rater, trend, text)
            if not drifting:
                self.add("no_drift", part.criterion, None, None, f"No rater's drift{_of(part.criterion)} can be told from chance.")
        return self.rows(rows, "rater", f"growth of severity from the first unit to the last; {self.joint}")

    def effects(self) -> tuple[tuple[Any, RaterEffects], ...]:
        """The crossed model of each criterion, and what it says of the raters as a whole."""
        out: list[tuple[Any, RaterEffects]] = []
        for beside, part in zip(self.beside, self.each("model of raters", self.parts), strict=False):
            if len(part.raters or ()) < 2 or len(np.unique(beside.unit)) > MOST_MODELLED:
                continue
            found = rater_effects(self.one(part), confidence=self.of_raters)
            variance = found.rater_variance
            if found.undefined is not None or variance is None:
                continue
            out.append((part.criterion, found))
            self.say_unconnected(part, found)
            self.test("raters", part.criterion, None, variance.test.p_value)
            wild = max(found.raters, key=lambda one: -math.inf if math.isnan(one.spread.value) else one.spread.value)
            matter = found._matter()
            text = f"{matter[:-1]}{_of(part.criterion)}; the largest errors of one's own are those of {wild.rater}: {_figure(wild.spread)}."
            in_line = any(f.kind == "severity_in_line" and f.criterion == part.criterion for f in self.findings)
            if in_line and variance.value > 0.0 and not math.isnan(variance.test.p_value):
                if variance.test.p_value <= 1.0 - self.confidence:
                    text += " The p is that of all raters together; whose severity differs, the intervals of single raters do not say."
                else:
                    text += " Chance may explain the differences in severity."
            self.add("rater_variance", part.criterion, None, variance, text)
        return tuple(out)

    def say_unconnected(self, part: Part, found: RaterEffects) -> None:
        if found.connected:
            return
        groups = "; ".join(_some(raters) for _, raters in found.groups[:MOST_GROUPS])
        groups += f"; and {len(found.groups) - MOST_GROUPS} more" if len(found.groups) > MOST_GROUPS else ""
        text = (
            f"Raters{_of(part.criterion)} fall into {len(found.groups)} groups without a unit that two of them share: {groups}. Who of "
            f"different groups is stricter is known only if each group has the same mix of strict and lenient raters, and of units."
        )
        self.add("unconnected", part.criterion, None, None, text)

    def of_model(self, effects: Sequence[tuple[Any, RaterEffects]], figure: str) -> EstimateTable | None:
        rows: list[Row] = [(criterion, one.rater, getattr(one, figure)) for criterion, found in effects for one in found.raters]
        what = "severity" if figure == "severity" else "standard deviation of the own errors"
        return self.rows(rows, "rater", f"{what}, from the crossed model; {self.joint}") if rows else None

    def charts(self) -> tuple[tuple[Any, RaterDrift], ...]:
        """Each rater's deviations in their order: a control chart, and whether and when they changed."""
        if self.position is None or not self.beside:
            return ()
        out = tuple(
            (part.criterion, rater_drift(self.one(part), seed=SEED, time=self.position, permutations=PERMUTATIONS))
            for part in self.each("changes in time", self.parts)
            if len(part.raters or ()) > 1
        )
        for criterion, found in out:
            for rater, change in found.changes.items():
                self.test("change", criterion, rater, change.p_value)
        tests = self.tests()
        for criterion, found in out:
            for rater, change in found.changes.items():
                p = tests.adjusted("change", criterion, rater)
                if p <= 1.0 - self.confidence and change.n >= LEAST_SHARED:
                    what = "milder" if change.after > change.before else "stricter"
                    text = (
                        f"{rater} turned {what}{_of(criterion)} at {change.at} (between {change.low} and {change.high}): the rating "
                        f"less the others' mean was {number(change.before)} and is {number(change.after)} since, adjusted p {_p_text(p)}."
                    )
                    self.add("turned", criterion, rater, change.shift, text)
        return out

    # Gold, and the figures of suites

    def raters_against_gold(self) -> EstimateTable | None:
        """Each rater against the gold standard, and who is least like it."""
        if self.gold is None:
            return None
        keys: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
        estimates: list[Estimate] = []
        for part in _parts_of(self.whole):
            table = self.whole if self.whole.criterion is None else self.whole[part.criterion]
            if self.gold not in table.raters or len(table.raters) < 2 or len(categories_of(part)) > MOST_CATEGORIES:
                continue
            weights = "identity" if self.levels[part.criterion] == "nominal" else "quadratic"
            found = raters_against_gold(table, gold=self.gold, weights=weights, confidence=self.of_raters, design=self.design)
            kappas: list[Row] = []
            for rater, measure, one in zip(*(values for _, values in found.keys), found, strict=True):
                for column, value in zip(keys, (part.criterion, rater, measure), strict=True):
                    column.append(value)
                estimates.append(one)
                if measure == "kappa" and one.n >= LEAST_SHARED:
                    kappas.append((part.criterion, rater, one))
            self.say_least_like_gold(part, _known(kappas))
        if not estimates:
            return None
        named: list[tuple[str, Sequence[Any]]] = [("rater", keys[1]), ("measure", keys[2])]
        if self.table.criterion is not None:
            named.insert(0, (self.table.criterion, keys[0]))
        note = f"each rater against {self.gold}; {self.joint}"
        return estimate_table(named, estimates, self.table._backend, note=note)

    def say_least_like_gold(self, part: Part, kappas: Sequence[Row]) -> None:
        middle = median(row[2].value for row in kappas) if kappas else math.nan
        below = [row for row in kappas if row[2].high < middle]
        if below:
            _, rater, one = min(below, key=lambda row: row[2].value)
            kappa = "Cohen's kappa" if self.levels[part.criterion] == "nominal" else "Cohen's kappa with quadratic weights"
            text = (
                f"Least like {self.gold}{_of(part.criterion)} is {rater}: {kappa} is {_figure(one)}, that of the median rater "
                f"{number(middle)}."
            )
            self.add("least_like_gold", part.criterion, rater, one, text)

    def against_gold(self) -> EstimateTable | None:
        if self.gold is None:
            return None
        rows: list[Row] = []
        for part in _parts_of(self.whole):
            weights = "identity" if self.levels[part.criterion] == "nominal" else "quadratic"
            table = self.whole if self.whole.criterion is None else self.whole[part.criterion]
            if self.gold not in table.raters or len(table.raters) < 2 or len(categories_of(part)) > MOST_WEIGHED:
                continue
            found = gold_kappa(table, gold=self.gold, weights=weights, confidence=self.confidence, design=self.design)
            assert isinstance(found, Estimate)
            rows.append((part.criterion, self.gold, found))
        return self.rows(rows, "gold", "mean of the raters' Cohen kappas with the gold standard") if rows else None

    def usual(self) -> EstimateTable | None:
        """Averages, extremes, deviations and alignment: what suites show, with the intervals that they do not."""
        if not self.beside:
            return None
        keys: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
        estimates: list[Estimate] = []
        wholes = {part.criterion: part for part in _parts_of(self.whole)}
        for part, beside in zip(self.parts, self.beside, strict=True):
            right = _reference(wholes[part.criterion], self.gold, part, beside)
            deviation = np.abs(beside.rating - right)
            far: list[Row] = []
            for code, rater in enumerate(part.raters or ()):
                of = beside.rater == code
                both = of & ~np.isnan(right)
                figures = [
                    _average("average", beside.rating[of], self.confidence),
                    _extreme("lowest", np.min, beside.rating[of], self.confidence),
                    _extreme("highest", np.max, beside.rating[of], self.confidence),
                    _average("absolute_deviation", deviation[both], self.confidence),
                ]
                if self.gold is not None:
                    figures.append(_alignment(deviation[both] == 0, self.confidence))
                    far.append((part.criterion, rater, _average("absolute_deviation", deviation[both], self.of_raters)))
                for figure in figures:
                    for column, value in zip(keys, (part.criterion, rater, figure.name), strict=True):
                        column.append(value)
                    estimates.append(figure)
            self.say_furthest(part, [row for row in _known(far) if row[2].n >= LEAST_SHARED])
        named: list[tuple[str, Sequence[Any]]] = [("rater", keys[1]), ("figure", keys[2])]
        if self.table.criterion is not None:
            named.insert(0, (self.table.criterion, keys[0]))
        of_what = "the mean of the others" if self.gold is None else str(self.gold)
        note = f"absolute_deviation is from {of_what}"
        return estimate_table(named, estimates, self.table._backend, note=note)

    def say_furthest(self, part: Part, far: Sequence[Row]) -> None:
        middle = median(row[2].value for row in far) if far else math.nan
        beyond = [row for row in far if row[2].low > middle]
        if beyond:
            _, rater, one = max(beyond, key=lambda row: row[2].value)
            text = (
                f"Furthest from {self.gold}{_of(part.criterion)} is {rater}: the absolute deviation is {_figure(one)} on "
                f"average, that of the median rater {number(middle)}."
            )
            self.add("furthest_from_gold", part.criterion, rater, one, text)

    # What would help

    def plans(self) -> tuple[tuple[Any, DStudy], ...]:
        out: list[tuple[Any, DStudy]] = []
        for beside, part in zip(self.beside, self.each("number of raters", self.parts), strict=False):
            if len(part.raters or ()) < 2 or len(np.unique(beside.unit)) > MOST_MODELLED:
                continue
            study = g_study(self.one(part), confidence=self.of_criteria)
            if study.undefined is not None:
                continue
            plan = d_study(
                study, {"rater": range(1, MOST_RATERS + 1)}, reliability=WANTED, coefficient="dependability"
            )
            out.append((part.criterion, plan))
            on = _of(part.criterion)
            one, most = plan[0].dependability, plan[MOST_RATERS - 1].dependability
            if math.isnan(one.value):
                continue
            if plan.enough:
                least = plan.enough[0]
                text = (
                    f"The mean of {least.levels['rater']} raters reaches a dependability of {WANTED}{on} "
                    f"({_figure(least.dependability)}); a single rating has {_figure(one)}."
                )
            else:
                text = (
                    f"Even the mean of {MOST_RATERS} raters does not reach a dependability of {WANTED}{on}: {_figure(most)}; a "
                    f"single rating has {_figure(one)}."
                )
            self.add("more_raters", part.criterion, None, one, text)
        return tuple(out)

    def sizes(self, alphas: Sequence[Row]) -> tuple[tuple[Any, SampleSize], ...]:
        """From the spread between units of alpha's influence values, where each unit has two ratings of those it has."""
        out: list[tuple[Any, SampleSize]] = []
        for part, (criterion, level, now) in zip(self.each("number of units", self.parts), alphas, strict=True):
            if math.isnan(now.value):
                continue
            squares: list[float] = []
            for double in _doubled(part) if not math.isnan(now.low) else ():
                record = double.krippendorff_alpha(level, None, self.confidence, "influence", False, None)
                if not math.isnan(record["low"]):
                    squares.append(record["std_error"] ** 2 * record["n"])
            if not squares:
                why = _reason(now) if math.isnan(now.low) else "two ratings of each unit are too few for an interval"
                text = f"How many units two raters must each rate to know alpha{_of(criterion)} to within {self.margin:g} cannot be said: {why}."
                self.add("not_answered", criterion, None, None, text)
                continue
            spread = math.sqrt(sum(squares) / len(squares))
            size = sample_size_for_mean(margin=self.margin, sd=spread, confidence=self.confidence)
            out.append((criterion, size))
            text = (
                f"To know alpha{_of(criterion)} to within {self.margin:g} ({100 * self.confidence:g}%) takes about "
                f"{number(size.n)} units that two raters each rate; this study has {number(now.n)} units rated twice or more."
            )
            self.add("double_scored", criterion, None, None, text)
        return tuple(out)

    # Since the last study

    def changes(self, previous: RatingTable | CalibrationStudy | None) -> EstimateTable | None:
        if previous is None:
            return None
        before = previous._table if isinstance(previous, CalibrationStudy) else previous
        if not isinstance(before, RatingTable):
            raise ArgumentError(f"previous: expected a RatingTable or a CalibrationStudy but found {type(previous).__name__}")
        if self.gold is not None and self.gold in before.raters:
            before = before.without(self.gold)
        both: list[Any] = [part.criterion for part in self.parts if part.criterion in {p.criterion for p in before._parts}]
        if not both:
            known = ", ".join(map(str, before.criteria)) or "one criterion without a name"
            raise ArgumentError(f"previous: expected criteria of this study but found {known}")
        joint = 1.0 - (1.0 - self.confidence) / len(both)
        rows: list[Row] = []
        for part in self.parts:
            if part.criterion not in both:
                text = f"Whether agreement{_of(part.criterion)} has changed cannot be said: the previous study did not have it."
                self.add("not_answered", part.criterion, None, None, text)
                continue
            then = before if before.criterion is None else before[part.criterion]
            change = agreement_difference(
                self.one(part), then, level=self.levels[part.criterion], confidence=joint, design=self.design
            )
            assert isinstance(change, AgreementDifference)
            rows.append((part.criterion, self.levels[part.criterion], change))
            self.test("since", part.criterion, None, change.test.p_value)
            self.say_change(part, change)
        return self.rows(rows, "level", "alpha now minus alpha in the previous study; intervals hold for all rows at once")

    def say_change(self, part: Part, change: AgreementDifference) -> None:
        on = f"lpha{_of(part.criterion)}"
        was = f"was {change.second._number()} and is {change.first._number()}"
        if math.isnan(change.low):
            text = f"Whether a{on} has changed since the previous study cannot be said: {change.undefined}."
            self.add("not_answered", part.criterion, None, change, text)
        elif change.low <= 0 <= change.high:
            text = f"A{on} {was}: a change of {_figure(change)} since the previous study, which chance explains."
            self.add("unchanged", part.criterion, None, change, text)
        else:
            way = "rose" if change.value > 0 else "fell"
            text = f"A{on} {way} since the previous study: it {was}, a change of {_figure(change)}, beyond chance."
            self.add("changed", part.criterion, None, change, text)

    def severity_changes(self, previous: RatingTable | CalibrationStudy | None) -> EstimateTable | None:
        """Severity against the others, now and then, of the raters who are in both studies. Units of both are clusters."""
        before = previous._table if isinstance(previous, CalibrationStudy) else previous
        if not isinstance(before, RatingTable) or not self.beside or before.anonymous:
            return None
        earlier = {part.criterion: part for part in before._parts if part.labels is None and part.raters is not None}
        pairs = [
            (part, earlier[part.criterion], rater)
            for part in self.parts
            if part.criterion in earlier
            for rater in part.raters or ()
            if rater in (earlier[part.criterion].raters or ()) and rater != self.gold
        ]
        joint = 1.0 - (1.0 - self.confidence) / max(1, len(pairs))
        rows: list[Row] = []
        for now, then, rater in pairs:
            found = _severity_change(now, then, rater, joint)
            if found is not None:
                rows.append((now.criterion, rater, found))
                self.test("severity_since", now.criterion, rater, found.test.p_value)
        tests = self.tests()
        known = [row for row in _known(rows) if row[2].n >= 2 * LEAST_SHARED]
        moved = [row for row in known if tests.adjusted("severity_since", *row[:2]) <= 1.0 - self.confidence]
        for criterion, rater, one in sorted(moved, key=lambda row: -abs(row[2].value)):
            what = "stricter" if one.value > 0 else "more lenient"
            p = _p_text(tests.adjusted("severity_since", criterion, rater))
            text = f"{rater} has become {what}{_of(criterion)} since the previous study: severity changed by {_figure(one)}, adjusted p {p}."
            self.add("severity_changed", criterion, rater, one, text)
        if known and not moved:
            text = "No rater's severity has changed since the previous study beyond what chance explains."
            self.add("severities_unchanged", None, None, None, text)
        note = f"severity now minus severity in the previous study; intervals hold for all {len(pairs)} rows at once"
        return self.rows(rows, "rater", note) if rows else None

    # What cannot be said

    def say_unanswered(self) -> None:
        def cannot(text: str) -> None:
            self.add("not_answered", None, None, None, text)

        if not self.identified:
            cannot(
                "Who is strict, drifts or answers at random, which pairs agree, whether low agreement is one rater's doing, "
                "and what leaving a rater out would bring cannot be said: the raters are anonymous."
            )
            return
        if not self.numeric:
            cannot("Who is strict, drifts or answers at random cannot be said: that needs numbers, but the ratings are text.")
            return
        if self.position is None:
            cannot("Whether raters drift cannot be said without the order in which units were rated.")
        if self.gold is None:
            cannot("How far raters are from an expert, and how often they are aligned, cannot be said: no gold standard was given.")
        elif any(len(categories_of(part)) > MOST_CATEGORIES for part in self.parts):
            cannot(
                f"Of ratings with more than {MOST_CATEGORIES} values raters are compared with {self.gold} by their absolute deviation, "
                f"not by accuracy and kappa of each: raters_against_gold, lin_ccc and prmse compare them."
            )
        if any(len(np.unique(beside.unit)) > MOST_MODELLED for beside in self.beside):
            cannot(
                f"How many raters a reliability takes, and raters' severities and errors in one model, are not computed above "
                f"{number(MOST_MODELLED)} units: g_study and rater_effects do, in their time."
            )
        if any(len(part.raters or ()) > MOST_PAIRED for part in self.parts):
            cannot(f"Pairs of raters are not compared above {MOST_PAIRED} raters: pairwise_agreement does.")


def _positions(order: Mapping[Any, float] | Sequence[Any], units: Sequence[Any]) -> dict[Any, float]:
    """Where each unit stands, 0 the first and 1 the last."""
    if isinstance(order, str):
        raise ArgumentError(f"order: expected the units in their order, or when each was rated, but found {order!r}")
    given = order if isinstance(order, Mapping) else {unit: float(at) for at, unit in enumerate(order)}
    for unit in units:
        if unit not in given:
            raise ArgumentError(f"order: unit {unit!r} was rated but has no place in it{did_you_mean(unit, list(given))}")
    try:
        when = np.array([float(given[unit]) for unit in units])
    except (TypeError, ValueError):
        wrong = next(given[unit] for unit in units if not isinstance(given[unit], (int, float)))
        raise ArgumentError(f"order: expected a number for each unit but found {wrong!r}") from None
    first, last = when.min(initial=math.inf), when.max(initial=-math.inf)
    if not (np.isfinite(when).all() and last > first):
        raise ArgumentError("order: expected finite numbers that are not all the same")
    return dict(zip(units, ((when - first) / (last - first)).tolist(), strict=True))


def _reference(whole: Part, gold: Any, part: Part, beside: _Beside) -> Numbers:
    """What each rating is compared with: the gold standard's rating of the unit, or the mean of the others."""
    if gold is None:
        return beside.others
    unit, rater, rating = whole.core.rows()
    raters = list(whole.raters or ())
    right = np.full(len(whole.units), np.nan)
    if rater is not None and gold in raters:
        of = rater == raters.index(gold)
        right[unit[of]] = rating[of]
    at = {label: code for code, label in enumerate(whole.units)}
    return np.asarray(right[np.array([at[label] for label in part.units])][beside.unit])


def _severity_change(now: Part, then: Part, rater: Any, confidence: float) -> Difference | None:
    """Of one rater; None where one of the studies has no unit that others rated too."""
    columns: dict[str, list[Any]] = {"unit": [], "study": [], "severity": [], "weight": []}
    for study, part in (("now", now), ("then", then)):
        severity = -_core.deviations_from_others(part.core, list(part.raters or ()).index(rater))
        shared = np.flatnonzero(~np.isnan(severity)).tolist()
        if not shared:
            return None
        columns["unit"] += [str(part.units[at]) for at in shared]
        columns["study"] += [study] * len(shared)
        columns["severity"] += severity[shared].tolist()
        columns["weight"] += [1.0] * len(shared)
    design = SampleDesign(build_frame(columns), weight="weight", cluster="unit")
    return difference(design, "severity", by="study", between=("now", "then"), confidence=confidence)


NOBODY = "this rater has no rating, or none that there is one to compare with"


def _average(name: str, values: Numbers, confidence: float) -> Estimate:
    if not len(values):
        return _nothing(name, "mean", confidence)
    (record,) = _core.means(None, values, None, 1, confidence, None)
    return Estimate.from_core(name, record)


def _alignment(equal: npt.NDArray[np.bool_], confidence: float) -> Estimate:
    if not len(equal):
        return _nothing("alignment", "proportion", confidence)
    (record,) = _core.proportions(None, equal.astype(np.float64), None, 1, confidence, "automatic", None)
    return Estimate.from_core("alignment", record)


def _nothing(name: str, method: str, confidence: float) -> Estimate:
    nan = math.nan
    return Estimate(name, nan, nan, nan, nan, nan, 0, confidence, method, "none", NOBODY)


def _extreme(name: str, pick: Callable[[Numbers], float], values: Numbers, confidence: float) -> Estimate:
    if not len(values):
        return _nothing(name, f"{name} rating", confidence)
    nan, method = math.nan, f"{name} rating"
    return Estimate(
        name, float(pick(values)), nan, nan, nan, nan, len(values), confidence, method, "none", "counted, not estimated"
    )


def _doubled(part: Part) -> Iterable[_core.Ratings]:
    """Two ratings of each unit that has two or more, drawn at random, several times: which two they are moves the spread."""
    unit, _, rating = part.core.rows()
    starts = np.searchsorted(np.sort(unit), np.arange(len(part.units)))
    count = np.bincount(unit, minlength=len(part.units))
    random = np.random.default_rng(SEED)
    draws = 1 if count.max(initial=0) < 3 else min(MOST_DRAWS, max(1, DRAWN_UNITS // len(part.units)))
    for _ in range(draws):
        shuffled = np.lexsort((random.random(len(unit)), unit))
        place = np.arange(len(unit)) - starts[unit[shuffled]]
        kept = shuffled[(place < 2) & (count[unit[shuffled]] > 1)]
        yield _core.Ratings.from_rows(
            np.ascontiguousarray(unit[kept]), len(part.units), None, 0, np.ascontiguousarray(rating[kept]),
            part.core.categories(), False,
        )  # fmt: skip
