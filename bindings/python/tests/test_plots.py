"""Pictures of results: what is drawn where, on axes given or made."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from qascore import DataError, Estimate, EstimateTable

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from matplotlib import pyplot
from qascore._plots import interval_plot, matrix_plot, scatter_plot


def estimate(value: float, low: float, high: float, why: str | None = None) -> Estimate:
    return Estimate("score", value, 0.1, low, high, 39.0, 40, 0.95, "mean", "t", why)


QUEUES = EstimateTable(
    (("queue", ("billing", "客服", "sales")),),
    (
        estimate(0.7, 0.6, 0.8),
        estimate(math.nan, math.nan, math.nan, "no ratings"),
        estimate(0.5, math.nan, math.nan, "one unit"),
    ),
)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    pyplot.close("all")


def drawn(ax: Any) -> list[tuple[list[float], list[float]]]:
    return [(list(map(float, line.get_xdata())), list(map(float, line.get_ydata()))) for line in ax.lines]


def test_intervals_stand_in_the_order_of_the_table_with_the_first_on_top() -> None:
    ax = QUEUES.plot()
    assert [text.get_text() for text in ax.get_yticklabels()] == ["billing", "客服", "sales"]
    assert drawn(ax) == [([0.6, 0.8], [0.0, 0.0]), ([0.7], [0.0]), ([0.5], [2.0])]
    assert [text.get_text() for text in ax.texts] == ["undefined: no ratings"]
    assert ax.get_title(loc="right") == "n = 40"
    bottom, top = ax.get_ylim()
    assert bottom > top


def test_estimates_of_different_n_say_it_one_by_one() -> None:
    ax = EstimateTable((), (estimate(0.7, 0.6, 0.8), replace(estimate(0.7, 0.6, 0.8), n=1200))).plot(label="mine")
    assert [text.get_text() for text in ax.texts] == ["n = 40", "n = 1,200"]
    assert ax.get_title(loc="right") == "95% intervals"


def test_truth_and_reference_are_drawn_on_the_axes_that_were_given() -> None:
    _, given = pyplot.subplots()
    ax = interval_plot(QUEUES, given, truth={"billing": 0.65}, reference=0.6, label="score")
    assert ax is given
    assert ([0.65], [0.0]) in drawn(ax)
    assert ([0.6, 0.6], [0.0, 1.0]) in drawn(ax)
    assert ax.get_xlabel() == "score"


def test_one_estimate_draws_itself() -> None:
    ax = estimate(0.7, 0.6, 0.8).plot()
    assert [text.get_text() for text in ax.get_yticklabels()] == ["score"]
    assert ax.get_xlabel() == "95% intervals"


@pytest.mark.filterwarnings("error")
def test_chinese_labels_are_drawn_without_a_warning() -> None:
    from matplotlib import font_manager
    from qascore._plots import CHINESE

    if not set(CHINESE) & set(font_manager.fontManager.get_font_names()):
        pytest.skip("no Chinese font is installed")
    QUEUES.plot().figure.canvas.draw()


def test_equal_pairs_are_one_dot_of_larger_area() -> None:
    ax = scatter_plot([1, 1, 2, math.nan], [3, 3, 4, 5], x_label="score", y_label="CSAT")
    dots = ax.collections[0]
    assert np.asarray(dots.get_offsets()).tolist() == [[1, 3], [2, 4]]
    assert dots.get_sizes().tolist() == [200, 100]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("score", "CSAT")


def test_very_many_points_are_hexagons() -> None:
    generator = np.random.Generator(np.random.PCG64(1))
    ax = scatter_plot(generator.normal(size=3000), generator.normal(size=3000))
    assert type(ax.collections[0]).__name__ == "PolyCollection"


def test_a_matrix_writes_its_numbers_and_leaves_missing_cells_white() -> None:
    ax = matrix_plot([[math.nan, 0.25], [0.75, 1.0]], ["r1", "r2"], ["r1", "r2"], limits=(0, 1))
    assert [text.get_text() for text in ax.texts] == ["0.25", "0.75", "1.00"]
    assert ax.images[0].get_array().mask.tolist() == [[True, False], [False, False]]


def test_counts_are_written_whole_and_large_matrices_have_a_bar_in_place_of_numbers() -> None:
    ax = matrix_plot([[math.nan, 1200.0], [7.0, math.nan]], ["r1", "r2"], ["r1", "r2"])
    assert [text.get_text() for text in ax.texts] == ["1,200", "7"]
    names = [f"r{at}" for at in range(60)]
    large = matrix_plot(np.arange(3600.0).reshape(60, 60), names, names)
    assert not large.texts and len(large.figure.axes) == 2 and max(large.figure.get_size_inches()) <= 16


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataError, match="expected the shape of x"):
        scatter_plot([1, 2], [1])
    with pytest.raises(DataError, match="values: expected the shape"):
        matrix_plot([[1.0]], ["a", "b"], ["c"])
    with pytest.raises(DataError, match="truth: expected 3 values"):
        interval_plot(QUEUES, truth=[0.5])


def chinese_results() -> dict[str, Any]:
    """Pictures with Chinese at each place where a label can stand: ticks, axes, ends of lines, legends, dots, cells."""
    import pandas as pd
    import qascore as qa

    rng = np.random.default_rng(5)
    calls = pd.DataFrame({"得分": rng.uniform(0, 1, 40), "问候": rng.uniform(0, 1, 40), "满意度": rng.integers(1, 6, 40), "坐席": ["张伟", "李娜"] * 20})
    ratings = qa.RatingTable.from_matrix(rng.integers(1, 6, (12, 3)), raters=["张伟", "李娜", "王芳"])
    return {
        "drivers": lambda: qa.drivers(calls, criteria=["得分", "问候"], outcome="满意度").plot(),
        "within": lambda: qa.within_between_correlation(calls, "得分", "满意度", group="坐席").picture(),
        "agents": lambda: qa.agent_estimates(calls, "得分", agent="坐席").plot(),
        "pairs": lambda: qa.pairwise_agreement(ratings).plot(),
        "bland_altman": lambda: qa.bland_altman(ratings.only("张伟", "李娜")).plot(),
        "plan": lambda: qa.allocate(calls, strata="坐席", size=10).plot(),
        "d_study": lambda: qa.d_study(qa.g_study(ratings), {"rater": range(1, 3)}).plot(label="质检员数"),
        "truth": lambda: qa.agent_estimates(calls, "得分", agent="坐席").plot(truth={"张伟": 0.5}, label="平均得分"),
    }


@pytest.mark.parametrize("name", ["drivers", "within", "agents", "pairs", "bland_altman", "plan", "d_study", "truth"])
@pytest.mark.filterwarnings("error:Glyph")
def test_chinese_is_drawn_wherever_a_label_stands(name: str) -> None:
    from matplotlib import font_manager
    from qascore._plots import CHINESE

    if not set(CHINESE) & set(font_manager.fontManager.get_font_names()):
        pytest.skip("no Chinese font is installed")
    chinese_results()[name]().figure.canvas.draw()


def test_a_font_with_chinese_is_asked_for_after_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib import font_manager
    from qascore import _plots

    for installed, expected in ((["Noto Sans CJK SC", "PingFang SC"], ["serif", "Noto Sans CJK SC", "PingFang SC"]), ([], ["serif"])):
        monkeypatch.setattr(font_manager.fontManager, "get_font_names", lambda names=installed: names)
        with matplotlib.rc_context({"font.family": ["serif"]}):
            assert _plots.fonts() == expected
