"""A study of scores and satisfaction as a page: which figures stand where. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping

from ._calibration_report import made_by, today
from ._results import EstimateTable
from .csat_studies import CsatStudy
from .report import Block, Column, Figure, IntervalPlot, Note, Report, ScatterPlot, Section, Table, Text, Tile, Tiles


def _tiles(study: CsatStudy) -> tuple[Tile, ...]:
    """The relation, what it is within agents, and how many answered."""
    shown = [("Spearman", study.correlations["spearman"], "number", "correlation")]
    if study.within_between is not None:
        shown.append(("Within agents", study.within_between["within"], "number", "within_between"))
    if study.response.rate is not None:
        shown.append(("Response", study.response.rate, "percent", "response"))
    return tuple(
        Tile(name, Figure.from_estimate(one), kind, 2 if kind == "number" else None, "", about) for name, one, kind, about in shown
    )


def csat_report(study: CsatStudy, title: str, made: Mapping[str, str] | None = None) -> Report:
    """The page."""
    sections = [
        Section(
            "correlations",
            "How strong, how sure",
            "",
            (
                IntervalPlot.from_estimates(
                    study.correlations, caption="Correlation", reference=0.0, reference_label="no relation", about="correlation"
                ),
            ),
        )
    ]
    if study.within_between is not None:
        blocks: list[Block] = [
            IntervalPlot.from_estimates(
                study.within_between, caption="Correlation", reference=0.0, reference_label="no relation", about="within_between"
            )
        ]
        if study.within_between.signs_differ:
            blocks.append(Note("Within agents and between them the signs differ.", "warning"))
            blocks.append(
                ScatterPlot(
                    study.within_between.means_x,
                    study.within_between.means_y,
                    f"{study.score}, mean of each agent",
                    f"{study.csat}, mean of each agent",
                    "The line is that of the means. Within agents satisfaction goes the other way: "
                    + study.within_between["within"]._value_text(),
                    line=(study.within_between.intercept_between, study.within_between.slope_between),
                    about="within_between",
                )
            )
        sections.append(Section("agents", "Within agents or between them", "", tuple(blocks)))
    if study.channels is not None:
        sections.append(
            Section(
                "parts",
                "Which parts differ",
                study.channels._verdict(),
                (
                    IntervalPlot.from_estimates(study.channels, reference=0.0, about="channels"),
                    Table.from_estimates(study.channels.difference, about="channels"),
                ),
            )
        )
    if study.drivers is not None:
        rows = tuple(
            (name, Figure.from_estimate(one), Figure.from_estimate(one), p, Figure.from_estimate(share), Figure.from_estimate(level))
            for name, one, p, share, level in zip(
                study.drivers.criteria,
                study.drivers.correlations,
                study.drivers.adjusted_p,
                study.drivers.importance,
                study.drivers.means,
                strict=True,
            )
        )
        columns = (Column("criterion"), Column("correlation", "number"), Column("interval", "interval"),
                   Column("adjusted p", "number", 3), Column("share explained", "percent"), Column("mean", "number"))  # fmt: skip
        sections.append(Section("drivers", "Which criteria drive it", study.drivers._said(), (Table(columns, rows, about="drivers"),)))
    if study.corrected is not None:
        sections.append(Section("hidden", "What the raters' error hides", "", (IntervalPlot.from_estimates(EstimateTable((), (study.corrected,)), reference=0.0, about="corrected"),)))
    if study.halo is not None:
        sections.append(
            Section("halo", "One person or two", study.halo._said().splitlines()[-1] if study.halo.found else "",
                    (IntervalPlot.from_estimates(study.halo, reference=0.0, about="halo"),))
        )  # fmt: skip
    answers: list[Block] = [Table.from_estimates(study.response, caption="Had the silent ones said the least, or the most", about="response")]
    if study.response.propensity is not None:
        answers += [Text(study.response.propensity._how()), Table.from_estimates(study.response.propensity, about="response")]
    sections.append(Section("response", "What the response rate allows to say", "", tuple(answers)))
    return Report(
        title,
        f"{study.score} and {study.csat}",
        summary=(Tiles(_tiles(study)), Text("", tuple(study.findings()))),
        sections=tuple(sections),
        method=(
            Text(
                "",
                (
                    "Standard errors come from influence values through one variance engine.",
                    *([f"Errors take conversations that share {study.clusters} for dependent."] if study.clusters else []),
                    "Correlations are those of conversations whose customers answered.",
                    "A share of explained variance says what goes with satisfaction, not what changing it would bring.",
                ),
            ),
        ),
        created=today(),
        provenance=made_by(made or {}),
    )
