"""A report with every kind of block and everything that is hard to lay out: for the tests, and to look at."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
from qascore.report import (
    BarPlot,
    Column,
    Figure,
    Heading,
    Histogram,
    IntervalPlot,
    MatrixPlot,
    Note,
    Report,
    Row,
    ScatterPlot,
    Section,
    Table,
    Text,
    Tile,
    Tiles,
    Undefined,
    render,
)

HOSTILE = '<script>document.title="taken"</script><img src=x onerror=alert(1)> & "quoted" \u202eright to left'
LONG_ENGLISH = (
    "Billing, refunds and contract changes for business customers with more than one contract holder"
)
LONG_CHINESE = "宽带故障报修及上门维修预约（含节假日加急处理与跨地区转派的复杂工单）"
UNBROKEN = "conversation_identifier_without_a_single_space_0123456789abcdef0123456789abcdef0123456789abcdef"
LABELS = [LONG_ENGLISH, LONG_CHINESE, HOSTILE, UNBROKEN, "Sales", "客服投诉", "Chat", "Phone"]


def figure(value: float, half: float, n: int) -> Figure:
    return Figure(value, value - half, value + half, n, 0.95)


NO_VARIATION = Figure(math.nan, n=12, confidence=0.95, undefined="all ratings are equal")
NO_INTERVAL = Figure(0.81, n=1, confidence=0.95, undefined="one unit in the stratum")


def headline() -> Tiles:
    return Tiles(
        (
            Tile("Mean score", figure(0.783, 0.018, 400), "percent", note="Target 80%"),
            Tile("Agreement of the raters (Krippendorff, ordinal)", figure(0.2562, 0.0131, 1850)),
            Tile(
                "Score and satisfaction (Spearman)",
                Figure(math.nan, n=3, confidence=0.95, undefined="fewer than 4 units"),
            ),
            Tile("Mean handle time, seconds", NO_INTERVAL),
            Tile("Conversations", Figure(24918), "count"),
        )
    )


def intervals() -> IntervalPlot:
    rows = [
        Row(label, figure(0.62 + 0.04 * i, 0.05 + 0.01 * i, 60 - 3 * i), 0.64 + 0.05 * i)
        for i, label in enumerate(LABELS)
    ]
    rows += [Row("No variation", NO_VARIATION, 0.7), Row("One unit", NO_INTERVAL, 0.7)]
    return IntervalPlot(tuple(rows), "Mean score by queue, beside the true value.", "fraction", "mean score")


def severity() -> IntervalPlot:
    rows = [
        Row(f"r{i:02d}", figure(math.sin(2.3 * i) * 0.6, 0.11, 1850), group=criterion)
        for criterion in ("Task accomplishment", "Customer satisfaction")
        for i in range(1, 9)
    ]
    return IntervalPlot(
        tuple(rows),
        "Severity: how far below the panel a rater scores.",
        "number",
        "points on the scale",
        reference=0.0,
        reference_label="the panel",
        limits=(-0.6, 0.8),
    )


def big_table() -> Table:
    rows = []
    for i in range(40):
        f = figure(0.5 + 0.4 * math.sin(i), 0.03 + 0.002 * i, 400 - 7 * i)
        shown = NO_VARIATION if i == 7 else NO_INTERVAL if i == 11 else f
        rows.append(
            (
                LABELS[i % 8] if i < 16 else f"agent {i}",
                "电话" if i % 2 else "chat",
                1000 * i - 7000,
                shown,
                shown,
                f.n,
            )
        )
    columns = (
        Column("agent"),
        Column("channel"),
        Column("change against last period, in points", "count"),
        Column("pass share", "percent"),
        Column("interval", "interval", of="percent"),
        Column("n", "count"),
    )
    return Table(
        columns, tuple(rows), "Forty agents.", ("Agents with fewer than five conversations are not ranked.",)
    )


def wide_table() -> Table:
    columns = (Column("criterion"), *(Column(f"rater {i}", "number") for i in range(1, 16)))
    rows = (
        ("greeting", *(0.1 * i for i in range(1, 16))),
        (
            "identity check",
            *(0.07 * i if i != 4 else Undefined("no conversation in common") for i in range(1, 16)),
        ),
    )
    return Table(columns, rows, "Fifteen raters.")


def folded_table() -> Table:
    rows = tuple((f"criterion {at}", f"rater {at}", 0.001 * at, min(1.0, 0.02 * at)) for at in range(1, 26))
    columns = (Column("criterion"), Column("rater"), Column("p", "p"), Column("adjusted p", "p"))
    return Table(columns, rows, f"The other 25 tests, of {LABELS[0]}", ("One row per test.",), about="tests", folded=True)


def matrix(size: int, labels: list[str], caption: str) -> MatrixPlot:
    cells = tuple(
        tuple(
            None
            if i == j
            else Undefined("no conversation in common")
            if {i, j} == {1, 3}
            else math.cos(i - j) ** 2 - 0.1
            for j in range(size)
        )
        for i in range(size)
    )
    return MatrixPlot(tuple(labels), tuple(labels), cells, caption)


def scatters() -> tuple[ScatterPlot, ...]:
    generator = np.random.Generator(np.random.PCG64(1))
    quality = generator.normal(0.75, 0.12, 6000)
    csat = np.clip(np.round(1 + 4.2 * quality + generator.normal(0, 0.8, 6000)), 1, 5)
    both = (
        ("Pearson", figure(0.463, 0.08, 300)),
        ("Spearman", figure(0.441, 0.083, 300)),
        ("Kendall", NO_VARIATION),
    )
    return (
        ScatterPlot.of(
            quality[:300],
            csat[:300],
            x_label="QA score",
            y_label="satisfaction (CSAT, 1 to 5)",
            figures=both,
            caption="Score and satisfaction, 300 conversations.",
            line=(0.9, 4.1),
        ),
        ScatterPlot.of(
            np.round(quality[:900] * 5), csat[:900], x_label="rating", y_label="CSAT", caption="Equal pairs."
        ),
        ScatterPlot.of(
            quality,
            300 * generator.gamma(2, 1, 6000),
            x_label="QA score",
            y_label="handle time, seconds",
            caption="Six thousand conversations.",
        ),
        ScatterPlot.of(
            quality, csat, x_label="QA score", y_label="CSAT", caption="Six thousand, five values."
        ),
        ScatterPlot.of([], [], x_label="QA score", y_label="CSAT", caption="Nobody answered."),
    )


def sample(language: str = "en") -> Report:
    raters = [f"r{i:02d}" for i in range(1, 20)]
    values = np.random.Generator(np.random.PCG64(2)).normal(78, 9, 900)
    return Report(
        "Quality inspection, June 2026" if language == "en" else "2026 年 6 月服务质检报告",
        "Voice and chat, all teams" if language == "en" else "电话与在线客服，全部班组",
        language,
        summary=(
            Text(
                "The mean score is 78.3%, two points below the target.\n\nRaters agree little.",
                ("One rater is far stricter than the panel.", HOSTILE),
            ),
            headline(),
            Note(
                "214 evaluations belong to conversations outside the drawn sample and were left out.",
                "warning",
                (LONG_CHINESE,),
            ),
            Note(
                "The sample was drawn by stratified random numbers; it represents all 24,918 conversations."
            ),
        ),
        sections=(
            Section("scores", "Scores by queue", "Chat is ahead of phone.", (intervals(), big_table())),
            Section(
                "raters",
                "Raters: " + LONG_CHINESE,
                "Rater r11 is strict.",
                (
                    severity(),
                    matrix(19, raters, "Agreement of nineteen raters."),
                    matrix(6, LABELS[:6], "Long names."),
                    Heading("By criterion"),
                    wide_table(),
                    folded_table(),
                ),
            ),
            Section(
                "satisfaction",
                "Score and satisfaction",
                "",
                (
                    *scatters(),
                    Histogram.of(
                        values,
                        label="score",
                        caption="Scores.",
                        bins=24,
                        marks=(("mean", 78.0), ("target", 80.0)),
                    ),
                    Histogram.of([], label="score", caption="No scores."),
                    BarPlot(
                        tuple(Row(label, figure(0.3 - 0.12 * i, 0.05, 50)) for i, label in enumerate(LABELS)),
                        "Drivers of satisfaction.",
                        "fraction",
                        "share",
                    ),
                ),
            ),
        ),
        method=(Text("Intervals come from influence values under the stratified design."),),
        created="2026-07-01",
        provenance=(
            ("Seed", "20260101"),
            ("Command", "qascore study study.yaml --out report"),
            ("Rubric", "sha256:" + "0123456789abcdef" * 4),
            (HOSTILE, HOSTILE),
        ),
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(sample(*sys.argv[2:])), encoding="utf-8")
