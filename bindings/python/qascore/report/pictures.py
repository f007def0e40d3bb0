"""Pictures as places: what a template needs to draw a block, in percent of the picture's width and height."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .document import MANY_POINTS, BarPlot, Histogram, IntervalPlot, Row, ScatterPlot, Series, SeriesGrid
from .scales import Scale, percent, scale_for, spread_ties, tick_decimals
from .speech import Speech, decimals_for, number_text

SHORT = ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))  # from there on ticks are written in this unit
FEW_VALUES = 12  # at most so many distinct values, each twice on average: the axis is treated as discrete
WHOLE = 12  # rows and titles: a printed picture of more goes on on the next page
MOST_PLACES = 120  # points of a small chart: more are not seen apart
Numbers = npt.NDArray[np.float64]
View = dict[str, Any]


def axis(scale: Scale, kind: str) -> list[View]:
    # Long numbers would run into each other on a phone.
    widest = max((abs(tick) for tick in scale.ticks), default=0.0)
    unit, suffix = next(((u, s) for least, u, s in SHORT if widest >= least), (1.0, ""))
    unit, suffix = (1.0, "") if kind == "percent" else (unit, suffix)
    short = Scale(scale.low / unit, scale.high / unit, tuple(tick / unit for tick in scale.ticks))
    decimals = tick_decimals(short, kind)
    return [
        {"at": scale.at(tick), "text": number_text(kind, value, decimals) + (suffix if value else "")}
        for tick, value in zip(scale.ticks, short.ticks, strict=True)
    ]


def rows_view(plot: IntervalPlot | BarPlot, say: Speech) -> View:
    """Rows of dots and whiskers, or of bars and whiskers, on one axis."""
    bars = isinstance(plot, BarPlot)
    reference = known(plot.reference) if isinstance(plot, IntervalPlot) else None
    shown = [v for row in plot.rows for v in (row.figure.value, row.figure.low, row.figure.high)]
    truths = [truth for row in plot.rows if (truth := known(row.truth)) is not None]
    extra = ([0.0] if bars else []) + ([reference] if reference is not None else [])
    scale = scale_for([*shown, *truths, *extra], plot.limits)
    decimals = decimals_for(plot.kind, [*shown, *truths]) if plot.decimals is None else plot.decimals
    rows = [row_view(row, scale, plot.kind, decimals, say, bars) for row in plot.rows]
    covered = [row["inside"] for row in rows if row["inside"] is not None]
    return {
        "plot": plot,
        "bars": bars,
        "rows": rows,
        "tall": len(rows) + len({row["group"] for row in rows} - {""}) > WHOLE,
        "axis": axis(scale, plot.kind),
        "reference": None if reference is None else scale.at(reference),
        "levels": say.levels(row.figure for row in plot.rows),
        "with_truth": bool(truths),
        "with_n": any(row.figure.n is not None for row in plot.rows),
        "covered": say("covered", inside=sum(covered), all=len(covered)) if covered else "",
    }


def known(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def row_view(row: Row, scale: Scale, kind: str, decimals: int, say: Speech, bars: bool) -> View:
    figure = row.figure
    limits = not math.isnan(figure.low) and not math.isnan(figure.high)
    view: View = {
        "label": row.label,
        "group": row.group,
        "value": number_text(kind, figure.value, decimals),
        "range": say.limits(kind, figure, decimals),
        "n": "" if figure.n is None else number_text("count", figure.n, 0),
        "why": say.reason(figure),
        "drawn": not math.isnan(figure.value),
        "truth": None,
        "inside": None,
        "whisker": None,
        "dot": None,
        "bar": None,
    }
    if view["drawn"] and scale.low <= figure.value <= scale.high:
        view["dot"] = scale.at(figure.value)
    if view["drawn"] and bars:
        ends = sorted((scale.place(0.0), scale.place(figure.value)))
        view["bar"] = {"from": percent(ends[0]), "length": percent(ends[1] - ends[0])}
    if limits:
        view["whisker"] = {
            "from": scale.at(figure.low),
            "to": scale.at(figure.high),
            "cut_low": figure.low < scale.low,
            "cut_high": figure.high > scale.high,
        }
    truth = known(row.truth)
    if truth is not None:
        view["truth"] = {"at": scale.at(truth), "text": number_text(kind, truth, decimals)}
        view["inside"] = figure.low <= truth <= figure.high if limits else None
    return view


def scatter_view(plot: ScatterPlot, say: Speech) -> View:
    """Dots, dots of larger area for equal pairs, or shaded cells: whichever shows all pairs."""
    x, y = np.array(plot.x, dtype=float), np.array(plot.y, dtype=float)
    n = len(x)
    pairs = Counter(zip(x.tolist(), y.tolist(), strict=True))
    x_few, y_few = (few_values(values) for values in (x, y))
    x_scale, y_scale = padded(x, x_few), padded(y, y_few)
    view: View = {"plot": plot, "n": n, "dots": [], "cells": [], "how": "points", "alone": "1"}
    if len(pairs) <= 250 and n >= 1.5 * len(pairs):
        view["how"] = "bubbles"
        most = max(pairs.values(), default=1)
        view["dots"] = [
            {"x": x_scale.at(a), "y": down(y_scale, b), "r": f"{max(1.5, 14 * math.sqrt(count / most)):.1f}"}
            for (a, b), count in sorted(pairs.items())
        ]
    elif n > MANY_POINTS:
        view["how"] = "cells"
        view["cells"] = cells(x, y, x_scale, y_scale, x_few, y_few)
    else:
        shift = spread_ties(x, y) if y_few else spread_ties(y, x) if x_few else np.zeros(n)
        view["how"] = "spread" if n and (x_few or y_few) else "points"
        xs = x + shift * gap(x) if x_few and not y_few else x
        ys = y + shift * gap(y) if y_few else y
        view["dots"] = [
            {"x": x_scale.at(a), "y": down(y_scale, b), "r": "3.5"}
            for a, b in sorted(zip(xs.tolist(), ys.tolist(), strict=True))
        ]
        view["alone"] = f"{min(0.85, max(0.25, 12 / math.sqrt(max(n, 1)))):.2f}"
    said = {"n": number_text("count", n, 0)}
    view["said"] = (
        say("spread", axis=plot.y_label if y_few else plot.x_label, **said)
        if view["how"] == "spread"
        else say(view["how"], **said)
    )
    view["x_axis"], view["y_axis"] = axis(x_scale, "number"), axis(y_scale, "number")
    for tick, value in zip(view["y_axis"], y_scale.ticks, strict=True):
        tick["at"] = down(y_scale, value)
    view["line"] = line_ends(plot.line, x_scale, y_scale) if plot.line and n else None
    view["figures"] = [figure_view(name, figure, say) for name, figure in plot.figures]
    return view


def figure_view(name: str, figure: Any, say: Speech) -> View:
    decimals = max(2, decimals_for("number", (figure.value, figure.low, figure.high)))
    return {
        "name": name,
        "value": number_text("number", figure.value, decimals),
        "range": say.limits("number", figure, decimals),
        "level": say.level(figure.confidence),
        "n": "" if figure.n is None else number_text("count", figure.n, 0),
        "why": say.reason(figure),
    }


def down(scale: Scale, value: float) -> str:
    """A place on a vertical axis: SVG counts from the top."""
    return percent(100 - scale.place(value))


def few_values(values: Numbers) -> bool:
    distinct = len(set(values.tolist()))
    return distinct <= FEW_VALUES and len(values) >= 2 * distinct


def gap(values: Numbers) -> float:
    """The smallest distance between two distinct values."""
    distinct = np.unique(values)
    return float(np.diff(distinct).min()) if len(distinct) > 1 else 1.0


def padded(values: Numbers, few: bool) -> Scale:
    """Half a step of room around discrete values, the size of a dot around others; ticks at round places."""
    if not len(values):
        return scale_for(())
    low, high = float(values.min()), float(values.max())
    room = gap(values) / 2 if few else (high - low) * 0.03 or 0.5
    inner = scale_for((), (low - room, high + room))
    distinct = tuple(np.unique(values).tolist())
    return Scale(inner.low, inner.high, distinct) if few and evenly(distinct) else inner


def evenly(values: Sequence[float]) -> bool:
    """Whether the values themselves make ticks: at most seven, at equal distances."""
    steps = np.diff(values)
    return 1 < len(values) <= 7 and bool(np.allclose(steps, steps[0]))


def edges(values: Numbers, scale: Scale, few: bool, bins: int) -> Numbers:
    distinct = np.unique(values)
    if few:
        return np.concatenate([[scale.low], (distinct[1:] + distinct[:-1]) / 2, [scale.high]])
    return np.linspace(values.min(), values.max(), bins + 1)


def cells(x: Numbers, y: Numbers, x_scale: Scale, y_scale: Scale, x_few: bool, y_few: bool) -> list[View]:
    """Rectangles whose darkness grows with the root of their count, so that the thin parts are still seen."""
    xs, ys = edges(x, x_scale, x_few, 40), edges(y, y_scale, y_few, 26)
    counts = np.histogram2d(x, y, bins=(xs, ys))[0]
    most = counts.max()
    return [
        {
            "x": x_scale.at(xs[i]),
            "y": down(y_scale, ys[j + 1]),
            "width": percent(x_scale.place(xs[i + 1]) - x_scale.place(xs[i])),
            "height": percent(y_scale.place(ys[j + 1]) - y_scale.place(ys[j])),
            "shade": f"{0.08 + 0.92 * math.sqrt(counts[i, j] / most):.2f}",
        }
        for i, j in zip(*np.nonzero(counts), strict=True)
    ]


def line_ends(line: tuple[float, float], x_scale: Scale, y_scale: Scale) -> View | None:
    """Where a straight line enters and leaves the picture; None if it misses it."""
    intercept, slope = line
    low, high = x_scale.low, x_scale.high
    if slope:
        crossings = sorted((y - intercept) / slope for y in (y_scale.low, y_scale.high))
        low, high = max(low, crossings[0]), min(high, crossings[1])
    elif not y_scale.low <= intercept <= y_scale.high:
        return None
    if not low < high:
        return None
    y_at = [down(y_scale, intercept + slope * x) for x in (low, high)]
    return {"x1": x_scale.at(low), "x2": x_scale.at(high), "y1": y_at[0], "y2": y_at[1]}


def histogram_view(plot: Histogram, say: Speech) -> View:
    x_scale = scale_for((), (plot.edges[0], plot.edges[-1]))
    y_scale = scale_for([0.0, *plot.counts], None, 4)
    y_axis = axis(y_scale, "count")
    for tick, value in zip(y_axis, y_scale.ticks, strict=True):
        tick["at"] = down(y_scale, value)
    decimals = decimals_for(plot.kind, [position for _, position in plot.marks])
    return {
        "plot": plot,
        "said": say("values", n=number_text("count", sum(plot.counts), 0)),
        "description": say("histogram", label=plot.label),
        "x_axis": axis(x_scale, plot.kind),
        "y_axis": y_axis,
        "bars": [
            {
                "x": x_scale.at(low),
                "width": percent(x_scale.place(high) - x_scale.place(low)),
                "y": down(y_scale, count),
                "height": percent(y_scale.place(count)),
            }
            for low, high, count in zip(plot.edges, plot.edges[1:], plot.counts, strict=False)
            if count
        ],
        "marks": [
            {"label": label, "at": x_scale.at(position), "text": number_text(plot.kind, position, decimals)}
            for label, position in plot.marks
            if x_scale.low <= position <= x_scale.high
        ],
    }


def series_view(grid: SeriesGrid) -> View:
    """Small charts on one scale, 0 to 100 in both directions."""
    shown = [v for one in grid.series for v in (*one.values, *one.low, *one.high) if math.isfinite(v)]
    low, high = min([grid.center, *shown]), max([grid.center, *shown])
    room = (high - low) * 0.04 or 0.5
    scale = Scale(low - room, high + room, ())
    return {
        "series": [_small_chart(one, scale) for one in grid.series],
        "center": _level(scale, grid.center),
        "low": number_text("number", low, decimals_for("number", [low, high])),
        "high": number_text("number", high, decimals_for("number", [low, high])),
    }


def _level(scale: Scale, value: float) -> str:
    return f"{100 - scale.place(value):.1f}"


def _small_chart(one: Series, scale: Scale) -> View:
    """Of long series every so many points, and all that signal where a signal begins."""
    count = len(one.values)
    step = max(1, math.ceil(count / MOST_PLACES))
    places = [at for at in range(count) if at % step == 0 or at == count - 1]
    x = {at: f"{100 * at / max(1, count - 1):.1f}" for at in {*places, *one.signals}}

    def line(values: Sequence[float]) -> list[str]:
        points = [(x[at], _level(scale, values[at])) for at in places if math.isfinite(values[at])]
        level = [None, *(y for _, y in points), None]  # of a level stretch the ends are enough
        return [f"{a},{y}" for (a, y), before, after in zip(points, level, level[2:], strict=False) if not before == y == after]

    outside = set(one.signals)
    begins = [at for at in one.signals if at - 1 not in outside]
    return {
        "label": one.label,
        "note": one.note,
        "line": " ".join(line(one.values)),
        "band": " ".join([*line(one.high), *reversed(line(one.low))]),
        "signals": [{"x": x[at], "y": _level(scale, one.values[at])} for at in begins if math.isfinite(one.values[at])],
    }
