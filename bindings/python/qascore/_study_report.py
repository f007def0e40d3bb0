"""A study's results as a report: which figures stand where, and the sentences around them. Nothing is computed here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from ._frames import Frame
from ._render import number, range_text, text_table
from ._results import Estimate, EstimateTable
from ._study_file import SCORE
from ._calibration_report import COEFFICIENTS, FEW_CRITERIA, OTHERS, PARTS, WIDER, coefficients_table, file_text, made_by, raters_matrix, today, verdicts
from .calibration_studies import CalibrationStudy
from .report import (
    Block,
    Cell,
    Column,
    Figure,
    Heading,
    Histogram,
    IntervalPlot,
    Note,
    Report,
    Row,
    ScatterPlot,
    Section,
    Table,
    Text,
    Tile,
    Tiles,
)
from .study import ALL, PASSED, Study

NAMES = {SCORE: "Mean score", PASSED: "Share that passed"}
SHOWN_STRATA = 60  # a longer plan is in plan.csv


def study_report(study: Study) -> Report:
    """One page for one study."""
    return Report(
        study.spec.title,
        _subtitle(study),
        summary=summary_blocks(study),
        sections=study_sections(study),
        method=method_blocks(study),
        created=today(),
        provenance=provenance(study),
    )


def _subtitle(study: Study) -> str:
    counts = study.counts
    parts = [f"{counts[name]:,} {name}" for name in ("conversations", "conversations drawn") if name in counts]
    if study.rubric is not None:
        parts.append(f"rubric {study.rubric.id} {study.rubric.version}")
    return ", ".join(parts)


def _kind(study: Study, figure: str) -> str:
    measures = study.spec.conversations.measures if study.spec.conversations else {}
    if figure in measures:
        return "percent" if measures[figure] == "share" else "number"
    return "percent" if study.spec.evaluations and figure in (SCORE, PASSED) else "number"


def _name(study: Study, figure: str) -> str:
    share = study.spec.conversations and study.spec.conversations.measures.get(figure) == "share"
    return NAMES.get(figure) or (f"Share with {figure}" if share else f"Mean {figure}")


def _rows(study: Study, figure: str) -> list[tuple[str, str, Estimate, float | None]]:
    """by, group, estimate and truth of one figure."""
    (_, figures), (_, by), (_, groups) = study.estimates.keys
    return [
        (by[at], groups[at], estimate, study.truth.get((figure, by[at], groups[at])))
        for at, estimate in enumerate(study.estimates)
        if figures[at] == figure
    ]


def _figures(study: Study) -> list[str]:
    return list(dict.fromkeys(study.estimates.keys[0][1]))


def _measures(study: Study) -> list[str]:
    asked = study.spec.conversations
    return [figure for figure in _figures(study) if asked is not None and figure in asked.measures]


# Summary ----------------------------------------------------------------------------------------------------------


def summary_blocks(study: Study) -> tuple[Block, ...]:
    tiles = [
        Tile(_name(study, figure), Figure.from_estimate(estimate), _kind(study, figure),
             note=_note(truth, _kind(study, figure)), about="estimate")
        for figure in _figures(study)
        for by, _, estimate, truth in _rows(study, figure)
        if by == ALL
    ]  # fmt: skip
    for name, calibration in study.calibration.items():
        if name not in ("criteria", "applicability"):  # the score's agreement stands for theirs
            tiles += _alpha_tiles(calibration)
    tiles += [
        Tile(f"{method.capitalize()}: {score} and {outcome}", Figure.from_estimate(estimate), "number", 2,
             _note(study.truth.get((score, outcome, method))), "correlation")
        for (score, outcome, method), estimate in zip(
            zip(*(values for _, values in study.association.keys), strict=True), study.association, strict=True
        )
    ]  # fmt: skip
    blocks: list[Block] = [Tiles(tuple(tiles))] if tiles else []
    if study.warnings:
        blocks.append(Note("What to know before using these figures.", "warning", study.warnings))
    return tuple(blocks)


def _alpha_tiles(calibration: CalibrationStudy) -> list[Tile]:
    keys = dict(calibration.alpha.keys)
    criteria = keys.get(calibration.by or "", [None] * len(calibration.alpha))
    return [
        Tile(f"Agreement{'' if criterion is None else f' on {criterion}'}", Figure.from_estimate(alpha), "number", 2,
             f"Krippendorff's alpha, {level}", "alpha")
        for criterion, level, alpha in zip(criteria, keys["level"], calibration.alpha, strict=True)
    ]  # fmt: skip


def _note(truth: float | None, kind: str = "number") -> str:
    if truth is None or math.isnan(truth):
        return ""
    return f"truth: {truth:.1%}" if kind == "percent" else f"truth: {number(truth)}"


def study_summary(study: Study) -> str:
    """The figures of all conversations as text for a terminal; those by domain are in the files."""
    rows: list[list[object]] = []
    truths: list[float | None] = []
    for figure in _figures(study):
        for by, _, estimate, truth in _rows(study, figure):
            if by == ALL:
                rows.append([_name(study, figure), estimate.value, range_text(estimate.low, estimate.high), estimate.n])
                truths.append(truth)
    for name, calibration in study.calibration.items():
        keys = dict(calibration.alpha.keys)
        criteria = keys.get(calibration.by or "", [name] * len(calibration.alpha))
        applies = " applies" if name == "applicability" else ""
        for criterion, level, alpha in zip(criteria, keys["level"], calibration.alpha, strict=True):
            rows.append([f"Alpha ({level}), {criterion}{applies}", alpha.value, range_text(alpha.low, alpha.high), alpha.n])
            truths.append(None)
    for key, estimate in zip(
        zip(*(values for _, values in study.association.keys), strict=True), study.association, strict=True
    ):
        rows.append([estimate.name, estimate.value, range_text(estimate.low, estimate.high), estimate.n])
        truths.append(study.truth.get(key))
    header = ["", "value", f"{100 * study.spec.confidence:g}% interval", "n"]
    if any(value is not None for value in truths):
        header.append("truth")
        rows = [[*row, value] for row, value in zip(rows, truths, strict=True)]
    parts = [study.spec.title]
    if rows:
        parts.append(text_table(header, rows))
    elif study.plan is not None:
        parts.append(repr(study.plan))
    parts += [f"Note: {warning}." for warning in study.warnings]
    return "\n\n".join(parts[:2]) + "".join(f"\n{part}" for part in parts[2:])


# Sections ---------------------------------------------------------------------------------------------------------


def study_sections(study: Study, prefix: str = "", title: str = "") -> tuple[Section, ...]:
    """The sections of a study; `prefix` and `title` tell those of several studies on one page apart."""
    made = [
        _sample_section(study),
        _estimates_section(study, _measures(study), "measures", "Does the sample look like the whole?"),
        _estimates_section(
            study, [f for f in _figures(study) if f not in _measures(study)], "scores", "What the scores say"
        ),
        *(_calibration_section(study, name, calibration) for name, calibration in study.calibration.items()),
        _association_section(study),
    ]
    return tuple(
        Section(f"{prefix}{section.id}", f"{title}{section.title}", section.lead, section.blocks)
        for section in made
        if section is not None
    )


def _sample_section(study: Study) -> Section | None:
    plan = study.plan
    if plan is None:
        return None
    columns = [*(Column(name) for name in plan.columns), Column("population", "count"), Column("drawn", "count"),
               Column("probability", "percent")]  # fmt: skip
    whole = any(s.certainty for s in plan.strata)
    if whole:
        columns.append(Column("taken whole"))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (*("(missing)" if label is None else str(label) for label in s.labels), s.population, s.sample_size,
         s.inclusion_probability, *(["yes" if s.certainty else ""] if whole else []))
        for s in plan.strata
    )  # fmt: skip
    shown = rows[:SHOWN_STRATA]
    caption = "Strata of the population, and what is drawn from each"
    if len(shown) < len(rows):
        caption += f"; the first {SHOWN_STRATA} of {len(rows)}, all are in plan.csv"
    lead = (
        f"{plan.sample_size:,} of {plan.population_size:,} conversations were drawn from {len(rows)} strata "
        f"({plan.method} allocation). Each conversation's chance of being drawn is known."
    )
    nothing = sum(s.sample_size == 0 < s.population for s in plan.strata)
    if nothing:
        lead += f" {nothing:,} strata had no chance: no figure speaks for them."
    return Section("sample", "Who was drawn", lead, (Table(tuple(columns), shown, caption, about="sample"),))


def _estimates_section(study: Study, figures: list[str], id: str, title: str) -> Section | None:  # noqa: A002
    if not figures:
        return None
    blocks: list[Block] = []
    alone = [figure for figure in figures if len(_rows(study, figure)) == 1]
    if alone:
        blocks.append(
            _picture(
                [(_name(study, figure), *row[2:], "") for figure in alone for row in _rows(study, figure)],
                "Overall", _kind(study, alone[0]), about="estimate",
            )
        )  # fmt: skip
    for figure in figures:
        name, kind = _name(study, figure), _kind(study, figure)
        if figure not in alone:
            rows = [("All" if by == ALL else group, estimate, truth, "" if by == ALL else f"by {by}")
                    for by, group, estimate, truth in _rows(study, figure)]  # fmt: skip
            blocks += [Heading(name), _picture(rows, name, kind, "All, and by group", "estimate")]
        if figure == SCORE and study.scores is not None:
            scores = Frame.of(study.scores, "scores").numbers(SCORE)
            blocks.append(Histogram.of(scores, label="score", bins=20, kind="percent", caption="Scores of all evaluations", about="estimate"))
    missing = {f: max(estimate.missing for *_, estimate, _ in _rows(study, f)) for f in figures}
    left_out = tuple(f"{_name(study, f)}: {count:,} conversations without a value are left out" for f, count in missing.items() if count)
    if left_out:
        blocks.append(Note("Missing values.", "info", left_out))
    known = " A diamond marks the known true value." if (SCORE, ALL, ALL) in study.truth else ""
    lead = {
        "measures": "These are known for every conversation, so each estimate from the sample stands beside the truth. "
        f"About {100 * (1 - study.spec.confidence):.2g} intervals in a hundred miss it by chance; figures that share "
        "conversations miss together.",
        "scores": f"Estimated for the whole population from the evaluated conversations.{known}"
        if study.drawn is not None
        else "Of the evaluated conversations.",
    }[id]
    return Section(id, title, lead, tuple(blocks))


def _picture(
    rows: list[tuple[str, Estimate, float | None, str]], name: str, kind: str, caption: str = "", about: str = ""
) -> IntervalPlot:
    """Intervals with their numbers. The axis holds every value; an interval that would squeeze the others is cut."""
    centres = [v for _, e, t, _ in rows for v in (e.value, t) if v is not None and not math.isnan(v)]
    ends = [v for _, e, _, _ in rows for v in (e.low, e.high) if not math.isnan(v)]
    limits = None
    if len(rows) > 2 and centres and ends:
        low, high = min(centres), max(centres)
        room = 0.6 * (high - low) or 1.0
        if min(ends) < low - 2 * room or max(ends) > high + 2 * room:
            limits = (max(min(ends), low - room), min(max(ends), high + room))
    return IntervalPlot(
        tuple(Row(label, Figure.from_estimate(e), _known(truth), group) for label, e, truth, group in rows),
        caption=caption or name, kind=kind, label=name, limits=limits, about=about,
    )  # fmt: skip


def _known(truth: float | None) -> float | None:
    return None if truth is None or math.isnan(truth) else truth


CALIBRATION_TITLES = {
    "criteria": "Do the raters agree, criterion by criterion?",
    "applicability": "Do the raters agree on what applies?",
    "score": "Do the raters agree on the score?",
    "ratings": "Do the raters agree?",
}


BRIEF = ("percent_agreement", "fleiss_kappa", "gwet_ac")


def _calibration_section(study: Study, name: str, calibration: CalibrationStudy) -> Section:
    findings = calibration.findings
    blocks: list[Block] = [*verdicts(calibration, links=False)]
    if findings[1:] and calibration._joint():
        blocks.append(Text(WIDER))
    for title, kinds in PARTS.items():
        said = tuple(finding.text for finding in findings[1:] if finding.kind in kinds)
        blocks += [Heading(title), Text("", said)] if said else []
    blocks.append(
        IntervalPlot.from_estimates(
            calibration.alpha, caption="Krippendorff's alpha", label="alpha", decimals=4,
            reference=0.667, reference_label="least for tentative conclusions", about="alpha",
        )
    )  # fmt: skip
    criteria = {criterion for criterion, _ in calibration.levels}
    if all(level in ("nominal", "ordinal") for _, level in calibration.levels):
        brief = BRIEF if len(criteria) > FEW_CRITERIA else tuple(COEFFICIENTS)
        blocks.append(
            coefficients_table(
                calibration.agreement, OTHERS, "coefficient", brief,
                f"calibration_{name}_agreement.csv", about="coefficients",
            )
        )  # fmt: skip
    if calibration.icc is not None:
        reasons = {estimate.undefined for estimate in calibration.icc if math.isnan(estimate.value)}
        if len(reasons) == 1 and all(math.isnan(estimate.value) for estimate in calibration.icc):
            blocks.append(Text(f"Intraclass correlations are undefined: {reasons.pop()}."))
        else:
            caption = "Intraclass correlations: of one rating (1), of the mean of all raters (k)"
            blocks.append(coefficients_table(calibration.icc, caption, "form", about="icc"))
    if calibration.raters is not None:
        blocks.append(Heading("Severity"))
        blocks.append(
            Text("The others' mean minus the rater's, on the conversations they share. Above 0 is stricter than the others.")
        )
        severities, by = calibration.raters.severities, calibration.by
        if by is not None and len(dict.fromkeys(dict(severities.keys)[by])) > FEW_CRITERIA:
            blocks.append(raters_matrix(severities, by, "Severity by rater and criterion", "severity"))
        else:
            blocks.append(_severity_plot(study, severities, by))
    return Section(f"calibration-{name}", CALIBRATION_TITLES[name], findings[0].text if findings else "", tuple(blocks))


def _severity_plot(study: Study, severities: EstimateTable, by: str | None) -> IntervalPlot:
    raters = dict(severities.keys)["rater"]
    truth = [study.truth.get(("severity", "rater", str(rater))) for rater in raters] if by is None else None
    return IntervalPlot.from_estimates(
        severities, group=by, truth=truth, reference=0.0, reference_label="as strict as the others",
        caption="Severity of the raters", label="severity", about="severity",
    )  # fmt: skip


def _association_section(study: Study) -> Section | None:
    if not len(study.association):
        return None
    blocks: list[Block] = []
    for (score, outcome), (x, y) in study.pairs.items():
        related = _related(study.association, score, outcome)
        blocks.append(
            ScatterPlot.of(x, y, x_label=score, y_label=outcome, caption=f"{outcome} against {score}", about="correlation")
        )
        rows = [(method.capitalize(), e, study.truth.get((score, outcome, method)), "") for method, e in related]
        blocks.append(_picture(rows, "Correlation", "number", about="correlation"))
    lead = "A correlation says that two things go together, not that one makes the other."
    return Section("association", "Do scores go with what customers say?", lead, tuple(blocks))


def _related(table: EstimateTable, score: str, outcome: str) -> list[tuple[str, Estimate]]:
    keys: Mapping[str, Iterable[str]] = dict(table.keys)
    return [
        (method, estimate)
        for s, o, method, estimate in zip(keys["score"], keys["outcome"], keys["coefficient"], table, strict=True)
        if (s, o) == (score, outcome)
    ]


# Method -----------------------------------------------------------------------------------------------------------


def method_blocks(study: Study) -> tuple[Block, ...]:
    items = []
    if study.plan is not None:
        items.append(
            "Stratified random sample by permanent random numbers: a hash of the seed and the conversation's id, so that "
            "anyone can draw the same sample again."
        )
        items.append("Estimates weight each conversation by the inverse of its chance of being drawn; intervals allow for "
                     "strata and the finite population.")  # fmt: skip
    if study.scores is not None:
        items.append("A conversation with several evaluations counts once, with their mean.")
    if study.calibration:
        items.append("Agreement is corrected for chance; its intervals treat the conversations as independent.")
    if len(study.association):
        items.append("Pairs are joined on ids that are unique on both sides; conversations without a survey are left out.")
    items.append("All standard errors come from influence values through one variance engine.")
    return (Text("", tuple(items)),)


def provenance(study: Study) -> tuple[tuple[str, str], ...]:
    record = study.to_dict()
    rows = list(made_by({"Command": study.command}))
    if record["seed"] is not None:
        rows.append(("Seed", str(record["seed"])))
    if study.spec.source is not None:
        rows.append(("Study", f"{study.spec.source.name}, sha256 {study.spec.sha256}"))
    if study.rubric is not None:
        rows.append(("Rubric", f"{study.rubric.id} {study.rubric.version}, content {study.rubric.content_hash}"))
    rows += [(file["section"].capitalize(), file_text(file)) for file in study.inputs]
    return tuple(rows)
