"""A calibration study as a page: which figures stand where, and the sentences around them. Nothing is computed here."""

from __future__ import annotations

import datetime
import math
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from . import _core
from ._render import number
from ._results import Estimate, EstimateTable
from .agreement_comparison import AgreementDifference
from .calibration import COEFFICIENT_NAMES
from .calibration_studies import FIRST, QUESTIONS, TENTATIVE, CalibrationStudy
from .report import (
    Block,
    Cell,
    Column,
    Figure,
    Heading,
    IntervalPlot,
    Link,
    MatrixPlot,
    Note,
    Report,
    Row,
    Section,
    Series,
    SeriesGrid,
    Table,
    Text,
    Tile,
    Tiles,
    Undefined,
)
from .verdicts import MOST_RATERS, WANTED, Verdict

COEFFICIENTS = COEFFICIENT_NAMES | {"krippendorff_alpha": "Krippendorff's alpha, nominal"}  # the table's is that of names
FEW_CRITERIA = 3  # up to here each criterion has a picture of its raters; more go into one table of colours
MOST_TILES = 6
FEW_TESTS = 3  # of one question; more stand folded where they say the same
MOST_TESTS = 200  # of one question; of more those that stay significant are shown
LEVEL = 0.05
SHOWN_RATERS = (1, 2, 3, 5, 10, MOST_RATERS)

AGREEMENT = ("agreement_reliable", "agreement_tentative", "agreement_unclear", "agreement_below_tentative", "prevalence")
FORM = ("wording", "one_rater", "reason_unclear", "least_clear_category")
WIDER = "Each interval in this list holds for all criteria and raters at once, and so is wider than those below."
SEVERITY = ("strictest", "most_lenient", "severity_in_line", "too_few_shared", "unconnected", "rater_variance")
RANDOM = ("erratic", "at_random", "random_unclear", "not_at_random")
DRIFT = ("drifts", "no_drift", "turned")
GAIN = ("unlike_panel", "levelled_severity", "more_raters", "double_scored")
CHANGE = ("changed", "unchanged", "severity_changed", "severities_unchanged")
PARTS = {  # the findings by what they are about
    "What do raters agree on?": (*FIRST, *AGREEMENT),
    "Which criterion, which answer?": FORM,
    "Which rater is strict, drifts or answers at random?": (*SEVERITY, *RANDOM, *DRIFT),
    "What would help?": GAIN,
    "Since the previous study": CHANGE,
    "Who is like the gold standard?": ("least_like_gold", "furthest_from_gold"),
    "What cannot be said": ("not_answered",),
}

TO_DO_WITH_RATERS = {  # the gravest first
    "at_random": ("talk first: the ratings may say nothing", "raters"),
    "one_rater": ("talk first: alone keeps alpha low", "form"),
    "turned": ("find out what changed then", "raters"),
    "drifts": ("find out what changes with time", "raters"),
    "severity_changed": ("find out what changed since", "change"),
    "erratic": ("go through the largest differences together", "raters"),
    "unlike_panel": ("go through the largest differences together", "gains"),
    "least_like_gold": ("go through the differences to the gold standard", "gold"),
    "furthest_from_gold": ("go through the differences to the gold standard", "usual"),
    "strictest": ("rate some conversations with the others", "raters"),
    "most_lenient": ("rate some conversations with the others", "raters"),
}
ABOUT_RATERS = {
    "strictest": "strictest",
    "most_lenient": "most lenient",
    "erratic": "most erratic",
    "at_random": "at or near random answers",
    "drifts": "drifts",
    "turned": "changed from a point on",
    "severity_changed": "another severity than in the previous study",
    "unlike_panel": "least like the others",
    "one_rater": "keeps alpha low alone",
    "furthest_from_gold": "furthest from the gold standard",
    "least_like_gold": "least like the gold standard",
}
AGAINST_GOLD = {  # first what sentences speak of: narrow pages show the rest by scrolling
    "kappa": "Kappa",
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "macro_f1": "Macro F1",
    "matthews": "Matthews",
}
USUAL = {  # likewise
    "absolute_deviation": "Absolute deviation",
    "alignment": "Alignment",
    "average": "Average",
    "lowest": "Lowest",
    "highest": "Highest",
}


def today() -> str:
    """The date; of SOURCE_DATE_EPOCH where that is set, for pages that are the same at any time."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.datetime.now(datetime.UTC)
    return (datetime.datetime.fromtimestamp(int(epoch), datetime.UTC) if epoch else moment).date().isoformat()


def made_by(made: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The program, what it ran on, and what else makes the page again."""
    rows = [("Program", f"qascore {_core.__version__}"), ("Python", f"{platform.python_version()}, NumPy {np.__version__}")]
    return (*rows, *((name, text) for name, text in made.items() if text))


def file_text(record: Mapping[str, Any]) -> str:
    """A file that was read, as the record of a page has it."""
    return f"{record['file']}, {record['rows']:,} rows, sha256 {record['sha256']}"


def calibration_report(study: CalibrationStudy, title: str, made: Mapping[str, str] | None = None) -> Report:
    """One page for one study."""
    sections = (
        _agreement(study),
        _form(study),
        _raters(study),
        _gains(study),
        _change(study),
        _gold(study),
        _usual(study),
        _tests(study),
        _unanswered(study),
    )
    return Report(
        title,
        study.described,
        summary=_summary(study),
        sections=tuple(section for section in sections if section is not None),
        method=(Text("", tuple(_method(study))),),
        created=today(),
        provenance=made_by(made or {}),
    )


OTHERS = "Other coefficients: two ratings agree where they are equal"


def coefficients_table(
    table: EstimateTable, caption: str, key: str, only: tuple[str, ...] | None = None, rest: str = "", about: str = ""
) -> Table:
    """One row per key; the estimate's own name is the last key already. `rest` is the file that has what is left out."""
    names = [name for name, _ in table.keys]
    columns = [*(Column(name) for name in names), Column("value", "number", 3), Column("interval", "interval", 3),
               Column("n", "count")]  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for keys, estimate in zip(zip(*(values for _, values in table.keys), strict=True), table, strict=True):
        if only is None or keys[names.index(key)] in only:
            figure = Figure.from_estimate(estimate)
            rows.append((*[COEFFICIENTS.get(key, str(key)) for key in keys], figure, figure, estimate.n))
    notes = (f"More coefficients are in {rest}.",) if len(rows) < len(table) else ()
    return Table(tuple(columns), tuple(rows), caption, notes, about=about)


def raters_matrix(table: EstimateTable, by: str, caption: str, about: str) -> MatrixPlot:
    """Raters x criteria, shaded by the value; 0 has the middle shade."""
    keys = dict(table.keys)
    criteria, raters = list(dict.fromkeys(keys[by])), sorted(set(keys["rater"]))
    at = {pair: estimate for pair, estimate in zip(zip(keys["rater"], keys[by], strict=True), table, strict=True)}
    cells = tuple(
        tuple(Figure.from_estimate(at[rater, criterion]) if (rater, criterion) in at else None for criterion in criteria)
        for rater in raters
    )
    widest = max((abs(e.value) for e in table if not math.isnan(e.value)), default=1.0) or 1.0
    return MatrixPlot(
        tuple(map(str, raters)), tuple(map(str, criteria)), cells, caption=caption, kind="number",
        limits=(-widest, widest), decimals=2, about=about,
    )  # fmt: skip


# Sentences --------------------------------------------------------------------------------------------------------


def _said(study: CalibrationStudy, kinds: Iterable[str]) -> tuple[str, ...]:
    wanted = set(kinds)
    return tuple(finding.text for finding in study.findings if finding.kind in wanted)


def _sentences(study: CalibrationStudy, kinds: Sequence[str]) -> list[Block]:
    found = _said(study, kinds)
    return [Text("", found)] if found else []


def _name(criterion: Any) -> str:
    return "All" if criterion is None else str(criterion)


def _summary(study: CalibrationStudy) -> tuple[Block, ...]:
    blocks: list[Block] = []
    alphas = list(zip(study.levels, study.alpha, strict=True))
    if len(alphas) <= MOST_TILES:
        blocks.append(
            Tiles(
                tuple(
                    Tile(f"Alpha{'' if criterion is None else f', {criterion}'}", Figure.from_estimate(alpha), "fraction", 3, f"{level} level", "alpha")
                    for (criterion, level), alpha in alphas
                )
            )
        )  # fmt: skip
    return (*blocks, *verdicts(study, links=True))


def verdicts(study: CalibrationStudy, links: bool) -> tuple[Block, ...]:
    """What to make of each criterion and of raters who stand out, what to do, and links to what shows it."""
    return (_criteria(study, links), *_named_raters(study, links))


def _link(what: str, to: str, links: bool) -> Cell:
    return Link(what, to) if links and what else what


def _criteria(study: CalibrationStudy, links: bool) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for one in study.criteria.rows:
        figure = Figure.from_estimate(one.alpha)
        change: tuple[Cell, ...] = () if study.changes is None else (_change_of(one),)
        raters: tuple[Cell, ...] = (Undefined(one.no_raters) if one.no_raters else one.raters_needed,) if study.plans else ()
        rows.append((_name(one.criterion), figure, one.verdict, _link(one.to_do, one.section, links), *change, figure, *raters))
    columns = (
        Column("criterion"),
        Column("alpha", "fraction", 3),
        Column("verdict"),
        Column("what to do"),
        *(() if study.changes is None else (Column("change", "fraction", 3),)),
        Column("interval", "interval", 3, "fraction"),
        *((Column(f"raters for {WANTED}", "count"),) if study.plans else ()),
    )
    notes = (
        f"Verdicts hold for all criteria at once; {TENTATIVE} is the least that Krippendorff asks of data for tentative conclusions.",
        *((f"“Raters for {WANTED}” is of how many raters the mean reaches a dependability of {WANTED}.",) if study.plans else ()),
    )
    return Table(columns, tuple(rows), "Criteria", notes, sortable=len(rows) > MOST_TILES, about="alpha")


def _change_of(one: Verdict) -> Cell:
    return Undefined("the previous study did not have it") if one.change is None else Figure.from_estimate(one.change)


def _named_raters(study: CalibrationStudy, links: bool) -> list[Block]:
    named: dict[Any, dict[str, list[str]]] = {}
    for finding in study.findings:
        if finding.rater is not None and finding.kind in ABOUT_RATERS:
            of = named.setdefault(finding.rater, {}).setdefault(finding.kind, [])
            if finding.criterion is not None:
                of.append(str(finding.criterion))
    if not named:
        return []
    rows = [
        (
            str(rater),
            "; ".join(ABOUT_RATERS[kind] + (f" ({', '.join(on)})" if on else "") for kind, on in kinds.items()),
            _link(*next(TO_DO_WITH_RATERS[kind] for kind in TO_DO_WITH_RATERS if kind in kinds), links),
        )
        for rater, kinds in sorted(named.items(), key=lambda item: -sum(max(1, len(on)) for on in item[1].values()))
    ]
    note = "Each holds for all raters of all criteria at once; criteria stand in brackets."
    return [Table((Column("rater"), Column("stands out as"), Column("what to do")), tuple(rows), "Raters", (note,), sortable=False, about="severity")]


# Sections ---------------------------------------------------------------------------------------------------------


def _agreement(study: CalibrationStudy) -> Section:
    blocks = _sentences(study, FIRST)
    found = _said(study, AGREEMENT)
    if found:
        blocks.append(Text(WIDER if len(study.levels) > 1 else "", found))
    blocks.append(
        IntervalPlot.from_estimates(
            study.alpha, caption="Krippendorff's alpha", label="alpha", kind="fraction", reference=TENTATIVE,
            reference_label="least for tentative conclusions", about="alpha",
        )
    )  # fmt: skip
    names = ("almost perfect", "substantial", "moderate", "fair", "slight", "poor")
    rows = tuple(
        (_name(criterion), one.reached or "–", *(one.probability or (Undefined(one.undefined or "undefined"),) * len(names)))
        for criterion, one in study.benchmarks
    )
    blocks.append(
        Table(
            (Column("criterion"), Column("at least"), *(Column(name, "percent") for name in names)), rows,
            "How probable each class of Landis and Koch's scale is",
            ("“At least” is the best class of Landis and Koch's scale that alpha reaches with a probability of 95% (Gwet).",), about="benchmark",
        )
    )  # fmt: skip
    blocks.append(coefficients_table(study.agreement, OTHERS, "coefficient", about="coefficients"))
    if study.icc is not None:
        caption = "Intraclass correlations: of one rating (1), of the mean of all raters (k)"
        blocks.append(coefficients_table(study.icc, caption, "form", about="icc"))
    if study.gold is not None:
        caption = "Agreement with the gold standard: mean of the raters' Cohen kappas"
        blocks.append(coefficients_table(study.gold, caption, "gold", about="gold"))
    return Section("agreement", "What do raters agree on?", "", tuple(blocks))


def _form(study: CalibrationStudy) -> Section | None:
    blocks = _sentences(study, FORM)
    if study.categories is not None:
        blocks.append(
            IntervalPlot.from_estimates(
                study.categories, group=study.by, caption="Each answer against all others", label="kappa", kind="fraction",
                reference=0.0, reference_label="chance", about="answers",
            )
        )  # fmt: skip
    if study.pairs is not None:
        keys = dict(study.pairs.keys)
        criteria = keys.get(study.by or "", (None,) * len(study.pairs))
        for criterion in dict.fromkeys(criteria):
            rows = [
                (first, second, one)
                for name, first, second, one in zip(criteria, keys["rater"], keys["other"], study.pairs, strict=True)
                if name == criterion
            ]
            blocks.append(_pairs(rows, criterion))
    return Section("form", "Which criterion, which answer?", "", tuple(blocks)) if blocks else None


def _pairs(rows: Sequence[tuple[Any, Any, Estimate]], criterion: Any) -> MatrixPlot:
    raters = list(dict.fromkeys([rater for pair in rows for rater in pair[:2]]))
    raters.sort(key=str)
    at = {frozenset(pair[:2]): Figure.from_estimate(pair[2]) for pair in rows}
    cells = tuple(
        tuple(None if one == other else at.get(frozenset((one, other))) for other in raters) for one in raters
    )
    of = "" if criterion is None else f", {criterion}"
    values = [pair[2].value for pair in rows if not math.isnan(pair[2].value)]
    return MatrixPlot(
        tuple(map(str, raters)), tuple(map(str, raters)), cells, caption=f"Alpha of each pair of raters{of}",
        kind="number", limits=(min(0.0, *values, 0.0), 1.0), decimals=2, about="pairs",
    )  # fmt: skip


def _of_raters(study: CalibrationStudy, table: EstimateTable, caption: str, about: str, **options: Any) -> Block:
    """A picture for few criteria, a shaded table for many."""
    if study.by is not None and len(study.levels) > FEW_CRITERIA:
        return raters_matrix(table, study.by, caption.removesuffix("; all intervals hold at once"), about)
    unnamed = EstimateTable(table.keys, tuple(replace(one, name=caption) for one in table))  # names repeat the rater
    return IntervalPlot.from_estimates(unnamed, group=study.by, caption=caption, about=about, **options)


def _raters(study: CalibrationStudy) -> Section | None:
    if study.raters is None:
        return None
    blocks: list[Block] = [Heading("Strict or lenient"), *_sentences(study, SEVERITY)]
    blocks.append(
        _of_raters(
            study, study.raters.severities, "Severity: the mean of the others minus the rater's, on shared units", "severity", label="severity",
            reference=0.0, reference_label="as strict as the others",
        )
    )  # fmt: skip
    if study.severities is not None:
        blocks.append(
            _of_raters(
                study, study.severities, "Severity in one model of units and raters, shrunken; all intervals hold at once", "severity",
                label="severity", reference=0.0, reference_label="mean of these raters",
            )
        )  # fmt: skip
    blocks += [Heading("Answers at random, errors"), *_sentences(study, RANDOM)]
    if study.with_others is not None:
        blocks.append(
            _of_raters(
                study, study.with_others, "Correlation with the mean of the others; all intervals hold at once", "random", label="correlation",
                kind="fraction", reference=0.0, reference_label="at random",
            )
        )  # fmt: skip
    if study.spreads is not None:
        blocks.append(
            _of_raters(
                study, study.spreads, "Variance of the difference to the others; all intervals hold at once", "random", label="spread"
            )
        )
    if study.own_spreads is not None:
        blocks.append(
            _of_raters(
                study, study.own_spreads, "Standard deviation of each rater's own errors, from that model; all intervals hold at once", "random",
                label="own errors",
            )
        )  # fmt: skip
    if study.drift is not None:
        blocks += [Heading("Drift"), *_sentences(study, DRIFT)]
        blocks.append(
            _of_raters(
                study, study.drift, "Growth of severity from the first unit to the last; all intervals hold at once", "drift",
                label="change of severity", reference=0.0, reference_label="no drift",
            )
        )  # fmt: skip
        blocks += _charts(study)
    return Section("raters", "Which rater is strict, drifts or answers at random?", "", tuple(blocks))


def _charts(study: CalibrationStudy) -> Iterable[Block]:
    """A control chart of each rater, and the points of change that are beyond chance."""
    lengths = [chart.average_run_length for _, found in study.charts for chart in found.charts.values() if chart.average_run_length > 0]
    if lengths:
        yield Text(
            "Each line is a moving average that weighs the newest rating most (EWMA). The band is where it stays if nothing changes; a dot "
            f"stands where it goes outside, which without any change happens once in {number(lengths[0], 3)} ratings."
        )
    for criterion, found in study.charts:
        series: list[Series] = []
        for rater, chart in sorted(found.charts.items(), key=lambda item: str(item[0])):
            p = study.tests.adjusted("change", criterion, rater)
            turned = f"; change at {found.changes[rater].at}" if p <= LEVEL else ""
            series.append(
                Series(
                    str(rater), tuple(chart.statistic.tolist()), tuple(chart.low.tolist()), tuple(chart.high.tolist()), chart.signals,
                    f"{number(len(chart.signals))} of {number(len(chart.labels))} outside{turned}",
                )
            )  # fmt: skip
        of = "" if criterion is None else f", {criterion}"
        yield SeriesGrid(tuple(series), f"Rating less the others' mean, in the order of rating{of}", about="drift")


def _gold(study: CalibrationStudy) -> Section | None:
    if study.gold_raters is None:
        return None
    keys = dict(study.gold_raters.keys)
    criteria = keys.get(study.by or "", (None,) * len(study.gold_raters))
    found: dict[tuple[Any, Any], dict[str, Estimate]] = {}
    for criterion, rater, measure, one in zip(criteria, keys["rater"], keys["measure"], study.gold_raters, strict=True):
        found.setdefault((criterion, rater), {})[measure] = one
    columns: list[Column] = [Column("criterion")] * (study.by is not None) + [Column("rater"), Column("n", "count")]
    for measure, title in AGAINST_GOLD.items():
        columns.append(Column(title, "fraction", 3))
        if measure in ("accuracy", "kappa"):
            columns.append(Column("interval", "interval", 3, "fraction"))
    rows: list[tuple[Cell, ...]] = []
    for (criterion, rater), figures in found.items():
        cells: list[Cell] = [str(rater)] if study.by is None else [str(criterion), str(rater)]
        cells.append(figures["accuracy"].n)
        for measure in AGAINST_GOLD:
            cell = Figure.from_estimate(figures[measure])
            cells += [cell, cell] if measure in ("accuracy", "kappa") else [cell]
        rows.append(tuple(cells))
    note = (
        "Intervals hold for all raters of all criteria at once. Kappa is Cohen's; above the nominal level it has quadratic weights, by which near "
        "misses are no full disagreement. Accuracy is the share of equal ratings and does not allow for chance."
    )
    table = Table(tuple(columns), tuple(rows), "Each rater against the gold standard", (note,), about="gold")
    return Section("gold", "Who is like the gold standard?", "", (*_sentences(study, ("least_like_gold",)), table))


def _tests(study: CalibrationStudy) -> Section | None:
    """Of each question how many tests stay below 0.05 when adjusted for their number: what says the same folded."""
    blocks: list[Block] = []
    for question, asked in QUESTIONS.items():
        tests = [test for test in study.tests.of(question) if not math.isnan(test[2])]
        if not tests:
            continue
        tests.sort(key=lambda test: (test[3], test[2]))
        below = sum(adjusted <= LEVEL for *_, adjusted in tests)
        asked = f"{asked[0].upper()}{asked[1:]}"
        caption = f"{asked} {below} of {len(tests)} tests are below {LEVEL:g} when adjusted."
        if len(tests) <= FEW_TESTS:
            blocks.append(_test_table(tests, caption))
        elif below == len(tests) or (below == 0 and len(tests) <= MOST_TESTS):
            blocks.append(_test_table(tests, caption, folded=True))
        elif len(tests) > MOST_TESTS:
            blocks.append(_test_table(tests[:below], caption, notes=("Shown are those; all are in the table tests of the study.",)))
        elif 2 * below <= len(tests):  # the fewer stand in sight
            rest = f"{asked} The other {len(tests) - below} tests."
            blocks += [_test_table(tests[:below], caption), _test_table(tests[below:], rest, folded=True)]
        else:
            rest = f"{asked} The {below} tests below {LEVEL:g}."
            blocks += [_test_table(tests[below:], f"{caption} These are not."), _test_table(tests[:below], rest, folded=True)]
    if not blocks:
        return None
    lead = "Adjusted p allows for the number of tests of its question (Holm)."
    return Section("tests", "Tests against chance", lead, tuple(blocks))


def _test_table(
    tests: Sequence[tuple[Any, Any, float, float]], caption: str, *, folded: bool = False, notes: tuple[str, ...] = ()
) -> Table:
    figures = (Column("p", "p"), Column("adjusted p", "p"))
    if any(test[1] is not None for test in tests):
        rows = tuple((_name(criterion), "" if rater is None else str(rater), p, adjusted) for criterion, rater, p, adjusted in tests)
        return Table((Column("criterion"), Column("rater"), *figures), rows, caption, notes, about="tests", folded=folded)
    named = tuple((_name(criterion), p, adjusted) for criterion, _, p, adjusted in tests)
    return Table((Column("criterion"), *figures), named, caption, notes, about="tests", folded=folded)


def _gains(study: CalibrationStudy) -> Section | None:
    blocks = _sentences(study, GAIN)
    if study.left_out is not None:
        blocks.append(
            _of_raters(
                study, study.left_out, "What alpha gains when a rater is left out", "gain", label="gain of alpha", reference=0.0,
                reference_label="no gain",
            )
        )  # fmt: skip
    if study.plans:
        blocks.append(_plans(study))
    if study.sizes:
        sizes = tuple((_name(criterion), size.n) for criterion, size in study.sizes)
        caption = f"Units that two raters each rate, for alpha to within {study.margin:g}"
        blocks.append(Table((Column("criterion"), Column("units", "count")), sizes, caption, sortable=False, about="alpha"))
    return Section("gains", "What would help?", "", tuple(blocks)) if blocks else None


def _plans(study: CalibrationStudy) -> Block:
    """Dependability by the number of raters: a picture for few criteria, a shaded table for many."""
    caption = "Dependability of the mean of several raters of one unit, by their number"
    figures = [(criterion, [Figure.from_estimate(plan[count - 1].dependability) for count in SHOWN_RATERS]) for criterion, plan in study.plans]
    if len(figures) > FEW_CRITERIA:
        return MatrixPlot(
            tuple(_name(criterion) for criterion, _ in figures), tuple(map(str, SHOWN_RATERS)), tuple(tuple(row) for _, row in figures),
            caption=caption, limits=(0.0, 1.0), decimals=2, about="dependability",
        )  # fmt: skip
    rows = [
        Row(str(count), figure, group="" if criterion is None else str(criterion))
        for criterion, row in figures
        for count, figure in zip(SHOWN_RATERS, row, strict=True)
    ]
    return IntervalPlot(
        tuple(rows), caption=caption, kind="fraction", label="dependability", reference=WANTED, reference_label="what plans are to reach",
        limits=(0.0, 1.0), about="dependability",
    )  # fmt: skip


def _change(study: CalibrationStudy) -> Section | None:
    if study.changes is None:
        return None
    keys = dict(study.changes.keys)
    criteria = keys.get(study.by or "", (None,) * len(study.changes))
    rows: list[tuple[Cell, ...]] = []
    for criterion, one in zip(criteria, study.changes, strict=True):
        assert isinstance(one, AgreementDifference)
        then, now, change = (Figure.from_estimate(e) for e in (one.second, one.first, one))
        adjusted = study.tests.adjusted("since", criterion)
        p: Cell = Undefined(one.undefined or "no test") if math.isnan(adjusted) else adjusted
        rows.append((_name(criterion), change, then, now, change, p))
    columns = (Column("criterion"), Column("change", "fraction", 3), Column("before", "fraction", 3), Column("now", "fraction", 3),
               Column("interval", "interval", 3, "fraction"), Column("adjusted p", "p"))  # fmt: skip
    note = "Intervals of the change and p allow for the number of criteria (Bonferroni, Holm)."
    blocks = [*_sentences(study, CHANGE), Table(columns, tuple(rows), "Krippendorff's alpha, before and now", (note,), about="change")]
    if study.severity_changes is not None:
        blocks.append(
            _of_raters(
                study, study.severity_changes, "Severity now minus severity in the previous study; all intervals hold at once", "change",
                label="change of severity", reference=0.0, reference_label="as strict as then",
            )
        )  # fmt: skip
    return Section("change", "Since the previous study", "", tuple(blocks))


def _usual(study: CalibrationStudy) -> Section | None:
    if study.usual is None:
        return None
    keys = dict(study.usual.keys)
    criteria = keys.get(study.by or "", (None,) * len(study.usual))
    found: dict[tuple[Any, Any], dict[str, Estimate]] = {}
    for criterion, rater, figure, one in zip(criteria, keys["rater"], keys["figure"], study.usual, strict=True):
        found.setdefault((criterion, rater), {})[figure] = one
    shown = [figure for figure in USUAL if any(figure in one for one in found.values())]
    columns: list[Column] = [Column("criterion")] * (study.by is not None) + [Column("rater")]
    for figure in shown:
        kind = "percent" if figure == "alignment" else "number"
        columns.append(Column(USUAL[figure], kind, None if kind == "percent" else 2))
        if figure not in ("lowest", "highest"):
            columns.append(Column("interval", "interval", None if kind == "percent" else 2, kind))
    rows: list[tuple[Cell, ...]] = []
    for (criterion, rater), figures in found.items():
        cells: list[Cell] = [str(rater)] if study.by is None else [str(criterion), str(rater)]
        for figure in shown:
            cell = Figure.from_estimate(figures[figure])
            cells += [cell] if figure in ("lowest", "highest") else [cell, cell]
        rows.append(tuple(cells))
    what = study.usual.note.removeprefix("absolute_deviation is from ")
    text = (
        f"Absolute deviation is from {what}, without regard to its direction. Neither it nor alignment allows for chance: a rater who "
        "always gives the commonest answer looks well aligned."
    )
    blocks: list[Block] = [Text(text), *_sentences(study, ("furthest_from_gold",))]
    blocks.append(Table(tuple(columns), tuple(rows), "The figures that quality suites show, with intervals", about="usual"))
    return Section("usual", "The usual figures", "", tuple(blocks))


def _unanswered(study: CalibrationStudy) -> Section | None:
    found = _said(study, ("not_answered",))
    return Section("unanswered", "What cannot be said", "", (Note("", "info", found),)) if found else None


def _method(study: CalibrationStudy) -> Iterable[str]:
    yield "Agreement is Krippendorff's alpha on the level that stands with it; units rated once carry none."
    yield (
        "Sentences are picked out of many figures. The intervals in those of one kind hold for all raters of all criteria, or for "
        "all criteria, at once (Bonferroni), and so are wider than intervals in tables that do not say so."
    )
    if study.with_others is not None:
        yield (
            "A rater is called at or near random where the whole interval of the correlation with the others lies below half the "
            "median rater's; erratic where the interval of the spread lies above the median rater's."
        )
    if study.drift is not None:
        yield "Drift is the slope of severity on the place in the order of rating, with bias-reduced errors: a straight line, not a sudden change."
    if study.severities is not None:
        yield (
            "The model of units and raters (REML) takes both as random: severities are shrunken towards the mean of these raters, and each "
            "rater has errors of an own size."
        )
    if study.charts:
        yield (
            "Control charts are exponentially weighted moving averages about each rater's own mean; points of change are tested by permutation, "
            "adjusted for all raters of all criteria (Holm)."
        )
    if study.severity_changes is not None:
        yield "Changes of severity are differences of means; units in both studies are clusters, so that what they share does not count twice."
    if study.plans:
        yield f"Dependability is that of scores as they stand; {WANTED} is what plans are to reach. Raters count as a sample of more."
    if study.sizes:
        yield "The number of double-scored units comes from the spread of alpha's influence values, two ratings of each unit taken at random, several times."
    yield "All standard errors of agreement come from influence values through one variance engine."
