"""The document of a report, its numbers and its HTML fragments."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qascore import ArgumentError, DataError, Estimate, EstimateTable
from qascore.report import (
    BarPlot,
    Block,
    Column,
    Figure,
    Heading,
    Histogram,
    IntervalPlot,
    Link,
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
    render_block,
)
from qascore.report.joining import joined
from qascore.report.scales import nice_step, scale_for, spread_ties, tick_decimals
from qascore.report.speech import Speech, decimals_for, number_text

needs_jinja = pytest.mark.skipif(
    __import__("importlib.util").util.find_spec("jinja2") is None, reason="the extra report is not installed"
)
GOLDEN = Path(__file__).with_name("golden") / "report"
NAN = math.nan


def estimate(name: str, value: float, half: float = 0.1, n: int = 40, why: str | None = None) -> Estimate:
    return Estimate(name, value, half / 2, value - half, value + half, 39.0, n, 0.95, "mean", "t", why)


QUEUES = EstimateTable(
    (("queue", ("billing", "客服")), ("channel", ("chat", "phone"))),
    (estimate("score", 0.7), estimate("score", NAN, NAN, 1, "one unit in the stratum")),
)


class Words(HTMLParser):
    """The tags, attributes and text of a fragment, as a browser would take them apart."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attributes]

    def handle_data(self, data: str) -> None:
        self.text += data


# numbers


@pytest.mark.parametrize(
    ("kind", "value", "decimals", "text"),
    [
        ("number", 1234.5678, 2, "1,234.57"),
        ("number", -0.05, 2, "−0.05"),
        ("number", -0.001, 2, "0.00"),  # no minus before nothing
        ("percent", 0.7834, 1, "78.3%"),
        ("percent", -0.02, 1, "−2.0%"),
        ("count", 24918, 0, "24,918"),
        ("number", NAN, 3, "–"),
        ("number", math.inf, 3, "∞"),
        ("number", -math.inf, 3, "−∞"),
        ("number", 1e18, 0, "1e+18"),
    ],
)
def test_numbers_are_written_for_the_eye(kind: str, value: float, decimals: int, text: str) -> None:
    assert number_text(kind, value, decimals) == text


@pytest.mark.parametrize(
    ("kind", "values", "decimals"),
    [
        ("number", [0.256, -0.01], 3),
        ("number", [5.25], 2),
        ("number", [87.5, 3.25], 1),
        ("number", [1200.5], 0),
        ("number", [3.0, 12.0], 0),
        ("number", [0.012], 4),
        ("number", [1e-12], 6),
        ("number", [NAN, math.inf], 0),
        ("fraction", [1.5, 0.5], 3),
        ("percent", [0.123456], 1),
        ("count", [12.0], 0),
        ("p", [0.0, 0.0], 4),
    ],
)
def test_a_column_has_three_digits_of_its_largest_value(
    kind: str, values: list[float], decimals: int
) -> None:
    assert decimals_for(kind, values) == decimals


def test_limits_are_said_in_the_language_of_the_report() -> None:
    figure = Figure(0.5, 0.4, 0.6, 10, 0.9)
    assert Speech("en").limits("percent", figure, 1) == "40.0% to 60.0%"
    assert Speech("zh-CN").limits("fraction", figure, 3) == "0.400 至 0.600"
    assert Speech("en").level(0.9) == "90% interval"
    assert (
        Speech("en").levels([figure, Figure(1, 0, 2, 3, 0.95), Figure(1.0)])
        == "90% intervals; 95% intervals."
    )


def test_both_languages_have_the_same_words() -> None:
    from qascore.report.words import WORDS

    assert set(WORDS["en"]) == set(WORDS["zh-CN"])
    for word, text in WORDS["en"].items():
        assert text.count("{") == WORDS["zh-CN"][word].count("{"), word


# places


def test_steps_between_ticks_are_one_two_or_five() -> None:
    assert nice_step(1.0, 5) == pytest.approx(0.2, rel=1e-15)
    assert nice_step(7.0, 5) == 2.0
    assert nice_step(2400.0, 5) == 500.0


def test_an_axis_holds_its_values_between_round_ticks() -> None:
    scale = scale_for([0.57, 1.02])
    assert scale.ticks == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1], rel=1e-15)
    assert scale.at(0.8) == "50%"
    assert scale.at(9.0) == "100%"
    assert tick_decimals(scale, "fraction") == 1
    assert tick_decimals(scale, "percent") == 0


def test_limits_cut_an_axis_where_they_are_told_to() -> None:
    scale = scale_for([-5.0, 5.0], (-0.6, 0.8))
    assert (scale.low, scale.high) == (-0.6, 0.8)
    assert scale.ticks == pytest.approx([-0.5, 0.0, 0.5], abs=1e-15)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=6))
def test_every_value_has_a_place_on_every_axis(values: list[float]) -> None:
    scale = scale_for(values)
    assert len(scale.ticks) >= 2
    assert scale.low < scale.high
    for value in values:
        if not math.isnan(value):
            assert 0 <= scale.place(value) <= 100


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 5)), min_size=1, max_size=40), st.randoms())
def test_spread_dots_do_not_depend_on_the_order_of_the_rows(
    pairs: list[tuple[float, int]], random: Any
) -> None:
    def places(rows: list[tuple[float, int]]) -> list[tuple[float, float, float]]:
        x, y = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
        offsets = spread_ties(x, y)
        assert np.all(np.abs(offsets) <= 0.35)
        return sorted(zip(x.tolist(), y.tolist(), offsets.tolist(), strict=True))

    shuffled = random.sample(pairs, len(pairs))
    assert places(pairs) == places(shuffled)


# the document


def test_estimates_become_rows_of_a_table_with_their_keys() -> None:
    table = Table.from_estimates(QUEUES, kind="percent", titles={"queue": "Queue"})
    assert [c.title for c in table.columns] == ["Queue", "channel", "value", "interval", "n"]
    assert [c.kind for c in table.columns] == ["text", "text", "percent", "interval", "count"]
    assert table.columns[3].of == "percent"
    figure = table.rows[0][2]
    assert table.rows[0] == ("billing", "chat", figure, figure, 40)
    assert figure == Figure(0.7, 0.6, 0.7999999999999999, 40, 0.95)


def test_estimates_of_several_kinds_are_named_in_the_table() -> None:
    kappas = EstimateTable((), (estimate("cohen_kappa", 0.4), estimate("fleiss_kappa", 0.5)))
    table = Table.from_estimates(kappas)
    assert [c.title for c in table.columns] == ["estimate", "value", "interval", "n"]
    assert [row[0] for row in table.rows] == ["cohen_kappa", "fleiss_kappa"]


@pytest.mark.parametrize(
    "truth", [{("billing", "chat"): 0.65}, [0.65, None], {("billing", "chat"): 0.65, "other": 9.0}]
)
def test_the_truth_of_a_row_is_found_by_key_or_by_position(truth: Any) -> None:
    plot = IntervalPlot.from_estimates(QUEUES, truth=truth, kind="percent")
    assert [row.truth for row in plot.rows] == [0.65, None]
    assert [row.label for row in plot.rows] == ["billing · chat", "客服 · phone"]


def test_a_key_column_can_head_the_rows() -> None:
    plot = IntervalPlot.from_estimates(QUEUES, group="channel")
    assert [(row.group, row.label) for row in plot.rows] == [("chat", "billing"), ("phone", "客服")]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Note("x", "warn"), "kind: expected one of info, warning but found 'warn'"),
        (lambda: Column("x", "precent"), 'did you mean "percent"?'),
        (lambda: Report("x", language="zh"), "language: expected one of en, zh-CN but found 'zh'"),
        (lambda: Section("1 a", "x"), "id: expected a letter, then letters, digits, - or _, but found '1 a'"),
        (
            lambda: Report("x", sections=(Section("method", "x"),)),
            "sections[0].id: 'method' stands already for another part of the page",
        ),
        (lambda: IntervalPlot.from_estimates(QUEUES, group="chanel"), 'did you mean "channel"?'),
        (lambda: IntervalPlot.from_estimates(QUEUES, refrence=0), 'did you mean "reference"?'),
        (lambda: Table.from_estimates(QUEUES, titles={"queu": "x"}), 'did you mean "queue"?'),
        (lambda: IntervalPlot((), limits=(1.0, 1.0)), "limits: expected two finite numbers, the lower first"),
        (lambda: Report.from_dict({"record": "Section", "id": "a", "title": "b"}), "but found Section"),
        (lambda: Report.from_dict({"record": "Repord"}), 'did you mean "Report"?'),
    ],
)
def test_a_wrong_choice_is_named_with_what_is_allowed(make: Any, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        make()
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Table((Column("a"), Column("b")), (("x", 1), ("y",))),
            "rows[1]: expected 2 cells but found 1",
        ),
        (lambda: MatrixPlot(("a",), ("b", "c"), ((1.0,),)), "cells[0]: expected 2 cells but found 1"),
        (lambda: ScatterPlot((1.0,), (), "x", "y"), "y: expected 1 values, as many as x, but found 0"),
        (lambda: ScatterPlot((1.0,), (NAN,), "x", "y"), "y[0]: expected a finite number but found nan"),
        (lambda: ScatterPlot.of([1, 2], [1], x_label="x", y_label="y"), "y: expected the shape of x, (2,)"),
        (lambda: Histogram((0.0, 1.0), (1, 2), "x"), "edges: expected 3, one more than counts, but found 2"),
        (lambda: Histogram((0.0, 0.0), (1,), "x"), "edges: expected ascending numbers"),
        (lambda: IntervalPlot.from_estimates(QUEUES, truth=[0.5]), "truth: expected 2 values"),
    ],
)
def test_contradicting_data_are_refused_where_they_stand(make: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        make()
    assert message in str(caught.value)


def blocks() -> dict[str, Block]:
    """One of each kind, small enough to be read as HTML."""
    one = Figure(0.7, 0.6, 0.8, 40, 0.95)
    undefined = Figure(NAN, n=12, confidence=0.95, undefined="all ratings are equal")
    no_interval = Figure(0.5, n=1, confidence=0.95, undefined="one unit in the stratum")
    return {
        "heading": Heading("By criterion"),
        "text": Text("First & foremost.\n\nThen <this>.", ("one", "two")),
        "note": Note("214 evaluations were left out.", "warning", ("queue billing",)),
        "tiles": Tiles(
            (
                Tile("Mean score", one, "percent", note="Target 80%"),
                Tile("Agreement", undefined),
                Tile("Handle time", no_interval),
                Tile("Conversations", Figure(24918), "count"),
            )
        ),
        "table": Table(
            (
                Column("queue"),
                Column("score", "fraction"),
                Column("interval", "interval"),
                Column("n", "count"),
            ),
            (
                ("billing", one, one, 1040),
                ("客服", undefined, undefined, 12),
                ("sales", no_interval, no_interval, 1),
                ("<b>", None, Undefined("not asked"), None),
            ),
            "Scores by queue.",
            ("Queues with fewer than five conversations are not ranked.",),
        ),
        "empty_table": Table((Column("queue"),), ()),
        "folded_table": Table((Column("queue"), Column("p", "p")), (("billing", 0.03), ("chat", 0.6)), "The other 2 tests", about="tests", folded=True),
        "interval_plot": IntervalPlot(
            (
                Row("billing", one, 0.75),
                Row("sales", Figure(0.4, -1.0, 0.5, 9, 0.95), 0.9),
                Row("客服", undefined),
                Row("chat", no_interval),
            ),
            "Mean score.",
            "fraction",
            "score",
            reference=0.5,
            reference_label="target",
            limits=(0.0, 1.0),
        ),
        "bar_plot": BarPlot(
            (Row("greeting", one, group="voice"), Row("closing", Figure(-0.2), group="voice"))
        ),
        "scatter_plot": ScatterPlot(
            (1.0, 2.0, 3.5), (1.0, 2.0, 2.0), "score", "CSAT", "Pairs.", (("Pearson", one),), (0.0, 1.0)
        ),
        "equal_pairs": ScatterPlot((1.0,) * 4 + (2.0,) * 2, (1.0,) * 4 + (2.0,) * 2, "rating", "CSAT"),
        "histogram": Histogram((0.0, 0.5, 1.0), (3, 5), "score", "Scores.", "percent", (("mean", 0.6),)),
        "matrix_plot": MatrixPlot(
            ("r1", "r2"),
            ("r1", "r2 (team lead)"),
            ((None, one), (Undefined("no conversation in common"), 0.25)),
            "Agreement.",
        ),
    }


def whole_report() -> Report:
    return Report(
        "Quality",
        "June",
        "zh-CN",
        (Text("Summary."),),
        tuple(Section(f"s-{name}", name, "lead", (block,)) for name, block in blocks().items()),
        (Text("Method."),),
        "2026-07-01",
        (("Seed", "1"),),
    )


def test_a_report_survives_json() -> None:
    def shown(report: Report) -> str:
        return repr(report)  # NaN is not equal to itself; its text is

    report = whole_report()
    stored = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert shown(Report.from_dict(stored)) == shown(report)


def test_numbers_of_numpy_can_be_stored() -> None:
    table = Table((Column("n", "count"), Column("x", "number")), ((np.int64(3), np.float32(0.5)),))
    stored = json.loads(json.dumps(Report("x", summary=(table,)).to_dict()))
    assert Report.from_dict(stored).summary[0].rows == ((3, 0.5),)


# the page


@needs_jinja
@pytest.mark.parametrize("name", list(blocks()))
def test_fragments_are_as_they_were(name: str) -> None:
    fragment = render_block(blocks()[name])
    file = GOLDEN / f"{name}.html"
    if os.environ.get("QASCORE_UPDATE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(fragment, encoding="utf-8")
    assert fragment == file.read_text(encoding="utf-8"), (
        "if this is meant, run script/golden and read the diff"
    )


@needs_jinja
def test_an_undefined_figure_shows_its_reason_in_every_block() -> None:
    for name in ("tiles", "table", "interval_plot"):
        text = Words(render_block(blocks()[name])).text
        assert "all ratings are equal" in text, name
        assert "one unit in the stratum" in text, name
    assert "no conversation in common" in Words(render_block(blocks()["matrix_plot"])).text


@needs_jinja
def test_a_page_is_the_same_bytes_every_time() -> None:
    script = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1])\n"
        "from test_report import whole_report, render\n"
        "print(hashlib.sha256(render(whole_report()).encode()).hexdigest())"
    )
    here = str(Path(__file__).parent)
    digests = {
        subprocess.run(
            [sys.executable, "-c", script, here],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


@needs_jinja
@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=30))
def test_no_text_becomes_markup(text: str) -> None:
    def page(word: str) -> str:
        shown = Figure(0.5, 0.4, 0.6, 3, 0.95, undefined=word)
        made: tuple[Block, ...] = (
            Heading(word),
            Text("x", (word,)),
            Note("x", items=(word,)),
            Tiles((Tile(word, shown, note="x" + word),)),
            Table((Column(word), Column("v", "number")), ((word, shown), ("y", Undefined(word)))),
            IntervalPlot((Row(word, shown, 0.5, "g" + word),), "c" + word, label="l" + word),
            ScatterPlot((1.0,), (2.0,), word, word, "c" + word, ((word, shown),)),
            Histogram((0.0, 1.0), (1,), word, "c" + word, marks=((word, 0.5),)),
            MatrixPlot((word,), (word,), ((Undefined(word),),), "c" + word),
        )
        return render(Report("t" + word, "s" + word, summary=made, provenance=((word, word),)))

    hostile, calm = Words(page(text)), Words(page("x" * len(text)))
    assert hostile.tags == calm.tags
    assert hostile.attributes == calm.attributes


@needs_jinja
def test_half_a_surrogate_does_not_stop_the_page_from_being_written() -> None:
    assert "a�b" in render(Report("a\ud800b")).encode("utf-8").decode("utf-8")


@needs_jinja
def test_the_page_names_no_address_and_carries_a_policy() -> None:
    page = render(whole_report())
    assert "default-src 'none'" in page
    for sign in ("http:", "https:", "//", "@import", "url("):
        assert sign not in page.replace("</", ""), sign


@needs_jinja
def test_many_points_are_shaded_cells_that_hold_them_all() -> None:
    from qascore.report.pictures import edges, padded

    generator = np.random.Generator(np.random.PCG64(3))
    x, y = generator.normal(size=4000), generator.integers(1, 6, 4000).astype(float)
    fragment = render_block(ScatterPlot.of(x, y, x_label="score", y_label="CSAT"))
    assert "<circle" not in fragment
    assert "4,000 pairs; the darker a cell, the more pairs." in fragment
    bins = (edges(x, padded(x, False), False, 40), edges(y, padded(y, True), True, 26))
    assert np.histogram2d(x, y, bins)[0].sum() == 4000
    constant = render_block(ScatterPlot.of(np.ones(2000), np.ones(2000), x_label="score", y_label="CSAT"))
    assert "2,000 pairs" in constant


def test_composing_needs_neither_jinja_nor_matplotlib() -> None:
    script = (
        "import sys; sys.modules['jinja2'] = None; sys.modules['matplotlib'] = None\n"
        "import qascore.report as r\n"
        "report = r.Report('x')\n"
        "try: r.render(report)\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == 'jinja2 is not installed: install it with pip install "qascore[report]"'


def test_small_charts_share_one_scale_and_mark_where_signals_begin() -> None:
    from qascore.report import Series, SeriesGrid, render_block

    up = Series("ann", (0.0, 1.0, 2.0, 2.0), (-1.0,) * 4, (1.5,) * 4, (2, 3), "2 of 4 outside")
    flat = Series("bob <b>", (0.0, 0.0, math.nan, 0.0), (-1.0,) * 4, (1.5,) * 4)
    shown = render_block(SeriesGrid((up, flat), "Over time"))
    assert shown.count('class="alarm"') == 1  # where the two begin
    assert shown.count('class="course"') == 2 and "bob &lt;b&gt;" in shown
    assert "All on one scale from −1 to 2." in shown
    assert 'points="0.0,' in shown and "nan" not in shown
    with pytest.raises(DataError, match="low: expected 4 values, one per point, but found 1"):
        Series("ann", (0.0,) * 4, (0.0,), (0.0,) * 4)
    with pytest.raises(DataError, match="signals: expected points from 0 to 0 but found 1"):
        Series("ann", (0.0,), (0.0,), (0.0,), (1,))


@needs_jinja
def test_a_cell_leads_to_a_section_also_of_a_joined_page() -> None:
    table = Table((Column("criterion"), Column("what to do")), (("tone", Link("look & compare", "form")),))
    report = Report("May", summary=(table,), sections=(Section("form", "The form"),))
    assert '<a href="#form">look &amp; compare</a>' in render(report)
    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report
    both = render(joined([report, report], title="Spring"))
    assert 'id="part2-form"' in both and both.count('href="#part1-form">look') == both.count('href="#part2-form">look') == 1
