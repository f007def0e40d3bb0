"""Pictures of results on matplotlib axes, given or made. matplotlib comes with the extra `report`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ._extras import need
from ._results import Estimate, EstimateTable
from .errors import DataError
from .report.document import MANY_POINTS, check_pairs, estimate_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .agents import AgentEstimates
    from .relations import WithinBetween

MOST_WRITTEN = 40  # rows or columns of a shaded table that has its numbers written in
ACCENT, MARK, SOFT, GRID = "#0b5c9e", "#b3470a", "#56606d", "#e6eaee"
CHINESE = ("Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei")


def new_axes(ax: Axes | None, width: float, height: float) -> Axes:
    """The caller's axes, or those of a new figure."""
    if ax is not None:
        return ax
    made: Axes = need("matplotlib.pyplot", "report").subplots(figsize=(width, height), layout="constrained")[
        1
    ]
    return made


def reference_line(draw: Callable[..., Any], at: float | None) -> None:
    """A dashed line by `ax.axvline` or `ax.axhline`, where there is a level to compare with."""
    if at is not None:
        draw(at, color=MARK, linestyle="--", linewidth=1.2)


def fonts() -> list[str]:
    """The caller's font, then one that has Chinese, if it is installed."""
    matplotlib, manager = need("matplotlib", "report"), need("matplotlib.font_manager", "report")
    installed = set(manager.fontManager.get_font_names())
    return [*matplotlib.rcParams["font.family"], *(name for name in CHINESE if name in installed)][:3]


def calm(ax: Axes) -> None:
    """No box, and a grid that stays in the background."""
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.spines["bottom"].set_color(SOFT)
    ax.tick_params(colors=SOFT, length=0)
    ax.set_axisbelow(True)
    for text in (*ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label, ax.yaxis.label, *legend_texts(ax)):
        text.set_fontfamily(fonts())


def legend_texts(ax: Axes) -> Sequence[Any]:
    legend = ax.get_legend()
    return () if legend is None else legend.get_texts()


def aside(ax: Axes, text: str) -> None:
    """What a reader must know of all that is drawn, above the right end: how many, which interval."""
    ax.set_title(text, loc="right", fontsize=9, color=SOFT, family=fonts())


def how_many(estimates: Sequence[Estimate]) -> str:
    """The n of all estimates where it is one, else the smallest and the largest."""
    counts = sorted({estimate.n for estimate in estimates})
    return f"n = {counts[0]:,}" if len(counts) == 1 else f"n = {counts[0]:,} to {counts[-1]:,}" if counts else ""


def interval_plot(
    table: EstimateTable | Estimate,
    ax: Axes | None = None,
    *,
    truth: Mapping[Any, float] | Sequence[float | None] | None = None,
    reference: float | None = None,
    label: str = "",
) -> Axes:
    """Dots with whiskers, one row per estimate, the first on top.

    Parameters
    ----------
    table : EstimateTable or Estimate
        What is drawn. An estimate without interval is a dot; an undefined one says why.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if it is not given.
    truth : mapping or sequence of float, optional
        Known values, drawn as diamonds: one per estimate, or keyed by the values of the key columns.
    reference : float, optional
        A line through all rows.
    label : str, optional
        What stands under the axis.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> from qascore import Estimate
    >>> alpha = Estimate("alpha", 0.26, 0.01, 0.24, 0.28, 1849.0, 1850, 0.95, "krippendorff", "t", None)
    >>> ax = interval_plot(alpha)
    """
    if isinstance(table, Estimate):
        table = EstimateTable((), (table,))
    rows = estimate_rows(table, truth, None)
    ax = new_axes(ax, 7.0, 1.0 + 0.32 * len(rows))
    reference_line(ax.axvline, reference)
    for at, row in enumerate(rows):
        figure = row.figure
        if not math.isnan(figure.low) and not math.isnan(figure.high):
            ax.plot([figure.low, figure.high], [at, at], color=ACCENT, linewidth=2, zorder=2)
        if not math.isnan(figure.value):
            ax.plot([figure.value], [at], "o", color=ACCENT, markeredgecolor="white", zorder=3)
        else:
            why = f"undefined: {figure.undefined}"
            place = ax.get_yaxis_transform()
            ax.text(0.02, at, why, transform=place, va="center", style="italic", color=SOFT, family=fonts())
        if row.truth is not None:
            ax.plot(
                [row.truth], [at], "D", color="white", markeredgecolor=MARK, markeredgewidth=1.6, zorder=4
            )
    several = len({row.figure.n for row in rows}) > 1
    for at, row in enumerate(rows):
        if several and row.figure.n is not None:
            ax.text(1.01, at, f"n = {row.figure.n:,}", transform=ax.get_yaxis_transform(), va="center", fontsize=8, color=SOFT)
    ax.set_yticks(range(len(rows)), [row.label for row in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlabel(label or table._caption())
    said = ([] if several else [how_many(table.estimates)]) + ([table._levels()] if label else [])
    aside(ax, ", ".join(filter(None, said)))
    ax.grid(axis="x", color=GRID)
    calm(ax)
    return ax


def caterpillar_plot(
    table: AgentEstimates,
    ax: Axes | None = None,
    *,
    truth: Mapping[Any, float] | None = None,
    label: str = "",
) -> Axes:
    """Agents from the best to the last: shrunken means with whiskers, direct means as rings, their expectation as a line.

    Parameters
    ----------
    table : AgentEstimates
        What is drawn; agents without a value are left out, names where there are more than 60 agents.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if it is not given.
    truth : mapping, optional
        Known means by agent, drawn as diamonds.
    label : str, optional
        What stands under the axis.

    Returns
    -------
    matplotlib Axes
    """
    rows = table.ranked()
    ax = new_axes(ax, 7.0, min(1.0 + 0.25 * len(rows), 16.0))
    known = [(at, row.best_known) for at, row in enumerate(rows)]
    whiskers = [(at, e) for at, e in known if not math.isnan(e.low)]
    ax.hlines(
        [at for at, _ in whiskers], [e.low for _, e in whiskers], [e.high for _, e in whiskers], color=ACCENT, zorder=2
    )
    places = range(len(rows))
    direct = [row.direct.value for row in rows]
    ax.plot(direct, places, "o", color="none", markeredgecolor=SOFT, markersize=5, zorder=1, label="direct")
    values = [e.value for _, e in known]
    ax.plot(values, places, "o", color=ACCENT, markersize=4, zorder=3, label="shrunken")
    if truth is not None:
        given = [truth.get(row.agent, math.nan) for row in rows]
        ax.plot(given, places, "D", color="white", markeredgecolor=MARK, markersize=5, zorder=4, label="truth")
    if set(table.coefficients) == {"intercept"}:
        ax.axvline(table.coefficients["intercept"], color=MARK, linestyle="--", linewidth=1.2)
    ax.set_yticks(places if len(rows) <= 60 else [], [str(row.agent) for row in rows] if len(rows) <= 60 else [])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlabel(label or f"mean {table.column}")
    aside(ax, f"{100 * table.confidence:g}% intervals, {how_many([row.direct for row in rows])} each")
    ax.legend(frameon=False)
    ax.grid(axis="x", color=GRID)
    calm(ax)
    return ax


def bar_plot(
    labels: Sequence[str],
    values: npt.ArrayLike,
    ax: Axes | None = None,
    *,
    behind: npt.ArrayLike | None = None,
    texts: Sequence[str] = (),
    reference: float | None = None,
    label: str = "",
) -> Axes:
    """Bars from zero to the right, the first on top.

    Parameters
    ----------
    labels : sequence of str
        Names of the bars.
    values : array_like
        Their lengths; a missing one is no bar.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if it is not given.
    behind : array_like, optional
        Lengths of pale bars behind them: what they could have been.
    texts : sequence of str, optional
        What stands at the end of each bar.
    reference : float, optional
        A line through all bars.
    label : str, optional
        What stands under the axis.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> ax = bar_plot(["phone", "chat"], [50, 10], texts=["of 900", "of 100"])
    """
    lengths: Any = np.asarray(values, dtype=float)
    most: Any = lengths if behind is None else np.asarray(behind, dtype=float)
    for name, found in (("values", lengths), ("behind", most), *([("texts", np.asarray(texts))] if texts else [])):
        if found.shape != (len(labels),):
            raise DataError(f"{name}: expected {len(labels)} values but found the shape {found.shape}")
    ax = new_axes(ax, 7.0, 1.0 + 0.32 * len(labels))
    places = np.arange(len(labels))
    if behind is not None:
        ax.barh(places, most, height=0.7, color=GRID)
    ax.barh(places, lengths, height=0.7 if behind is None else 0.4, color=ACCENT)
    for at, text in enumerate(texts):
        end = np.nanmax([0.0, lengths[at], most[at]])
        ax.annotate(text, (end, at), (4, 0), textcoords="offset points", va="center", color=SOFT, family=fonts())
    if texts:
        ax.margins(x=0.15)
    reference_line(ax.axvline, reference)
    ax.set_yticks(places, labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set_xlabel(label)
    ax.grid(axis="x", color=GRID)
    calm(ax)
    return ax


def line_plot(
    lines: Mapping[str, Sequence[tuple[float, float, float, float]]],
    ax: Axes | None = None,
    *,
    height: str = "",
    reference: float | None = None,
    label: str = "",
) -> Axes:
    """Lines through points, each with its name at its end.

    Parameters
    ----------
    lines : mapping of sequences of (x, y, low, high)
        By the name of each line, with limits that may be undefined; a single one may have no name.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if it is not given.
    height : str, optional
        What stands beside the axis.
    reference : float, optional
        A level to reach, drawn across.
    label : str, optional
        What stands under the axis.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> ax = line_plot({"1 rater": [(1, 0.4, 0.3, 0.5), (2, 0.6, 0.5, 0.7)]}, reference=0.6)
    """
    ax = new_axes(ax, 7.0, 4.0)
    reference_line(ax.axhline, reference)
    for at, (name, points) in enumerate(lines.items()):
        across, up, low, high = zip(*points, strict=True)
        strength = 1.0 if len(lines) == 1 else 0.35 + 0.65 * at / (len(lines) - 1)
        ax.vlines(across, low, high, color=ACCENT, alpha=strength / 2)
        ax.plot(across, up, "o-", color=ACCENT, alpha=strength, markersize=4)
        ax.annotate(name, (across[-1], up[-1]), (6, 0), textcoords="offset points", va="center", color=SOFT, family=fonts())
    ax.set_xlabel(label)
    ax.set_ylabel(height)
    ax.grid(axis="y", color=GRID)
    calm(ax)
    return ax


def histogram_plot(
    values: npt.ArrayLike,
    ax: Axes | None = None,
    *,
    bins: Any = "auto",
    marks: Mapping[str, float] | None = None,
    label: str = "",
) -> Axes:
    """How many values lie where; missing ones are left out.

    Parameters
    ----------
    values : array_like
        The values.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if it is not given.
    bins : int, sequence or str, optional
        As in `numpy.histogram`.
    marks : mapping of str to float, optional
        Lines at these values, named in the legend.
    label : str, optional
        What stands under the axis.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> ax = histogram_plot([0.7, 0.9, 0.8], marks={"to pass": 0.75}, label="score")
    """
    numbers: Any = np.asarray(values, dtype=float)
    ax = new_axes(ax, 6.0, 3.0)
    ax.hist(numbers[np.isfinite(numbers)], bins=bins, color=ACCENT, edgecolor="white")
    aside(ax, f"n = {np.isfinite(numbers).sum():,}")
    for name, value in (marks or {}).items():
        ax.axvline(value, color=MARK, linestyle="--", linewidth=1.2, label=name)
    if marks:
        ax.legend(frameon=False)
    ax.set_xlabel(label)
    ax.grid(axis="y", color=GRID)
    calm(ax)
    return ax


def scatter_plot(
    x: npt.ArrayLike, y: npt.ArrayLike, ax: Axes | None = None, *, x_label: str = "", y_label: str = ""
) -> Axes:
    """Pairs of values: dots, equal pairs as one dot of larger area, hexagons where there are very many.

    Parameters
    ----------
    x, y : array_like
        The values; pairs with a missing one are left out.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if it is not given.
    x_label, y_label : str, optional
        Names of the axes.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> ax = scatter_plot([0.7, 0.9, 0.8], [3, 5, 4], x_label="score", y_label="CSAT")
    """
    xs, ys = check_pairs(x, y)
    pairs, counts = np.unique(np.column_stack([xs, ys]), axis=0, return_counts=True)
    ax = new_axes(ax, 6.0, 4.0)
    if len(pairs) > MANY_POINTS:
        ax.hexbin(xs, ys, gridsize=40, bins="log", mincnt=1, cmap="Blues", linewidths=0)
    elif len(pairs):
        area = 200 * counts / counts.max() if counts.max() > 1 else 20
        ax.scatter(pairs[:, 0], pairs[:, 1], s=area, color=ACCENT, alpha=0.7, linewidths=0)
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    aside(ax, f"n = {counts.sum():,}")
    ax.grid(color=GRID)
    calm(ax)
    return ax


def within_between_plot(table: WithinBetween, ax: Axes | None = None) -> Axes:
    """Means of groups as dots, each with the slope within groups through it, and the line through the means (dashed).

    Parameters
    ----------
    table : WithinBetween
        What is drawn; a slope that is undefined is left out.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if it is not given.

    Returns
    -------
    matplotlib Axes
    """
    ax = scatter_plot(table.means_x, table.means_y, ax, x_label=table.columns[0], y_label=table.columns[1])
    xs, ys = np.asarray(table.means_x, dtype=float), np.asarray(table.means_y, dtype=float)
    half = table.spread_within
    if not math.isnan(table.slope_within):
        rise = table.slope_within * half
        for at, (x, y) in enumerate(zip(xs, ys, strict=True)):
            ax.plot([x - half, x + half], [y - rise, y + rise], color=ACCENT, linewidth=1, label="" if at else "within groups")
    if not math.isnan(table.slope_between):
        ends = np.array([xs.min(), xs.max()])
        line = table.intercept_between + table.slope_between * ends
        ax.plot(ends, line, color=MARK, linestyle="--", linewidth=1.6, label="between groups")
    if ax.get_legend_handles_labels()[0]:
        ax.legend(frameon=False, prop={"family": fonts()})
    aside(ax, f"{table._levels()} of the correlations are in the table, {how_many(list(table))}")
    return ax


def difference_plot(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    lines: Sequence[tuple[str, float, float, float]],
    ax: Axes | None = None,
    *,
    x_label: str = "",
    y_label: str = "",
) -> Axes:
    """Differences over means as dots, with lines across: each with its name, value and the limits of its interval.

    Parameters
    ----------
    x, y : array_like
        Means and differences.
    lines : sequence of (str, float, float, float)
        Name, value, lower and upper limit; a line without limits has no band, one without value is left out.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if it is not given.
    x_label, y_label : str, optional
        Names of the axes.

    Returns
    -------
    matplotlib Axes
    """
    ax = scatter_plot(x, y, ax, x_label=x_label, y_label=y_label)
    for at, (name, value, low, high) in enumerate(lines):
        if math.isnan(value):
            continue
        if not math.isnan(low):
            ax.axhspan(low, high, color=GRID, zorder=0)
        ax.axhline(value, color=SOFT if at == 0 else MARK, linestyle="-" if at == 0 else "--", linewidth=1.2)
        place = ax.get_yaxis_transform()
        ax.text(1.0, value, f" {name} {value:.4g}", transform=place, va="center", color=SOFT, family=fonts())
    return ax


def control_plot(
    statistic: npt.ArrayLike,
    second: npt.ArrayLike,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    center: float,
    signals: Sequence[int],
    ax: Axes | None = None,
    *,
    label: str = "",
) -> Axes:
    """A control chart: the series with its limits as steps; points that signal are marked.

    Parameters
    ----------
    statistic, second : array_like
        The series, and another one beside it (empty: none).
    low, high : array_like
        Limits of each point.
    center : float
        A line through all points.
    signals : sequence of int
        Points to mark, from 0.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if it is not given.
    label : str, optional
        What stands under the axis.

    Returns
    -------
    matplotlib Axes
    """
    series: list[Any] = [np.asarray(values, dtype=float) for values in (statistic, second)]
    ax = new_axes(ax, 7.0, 3.0)
    places = np.arange(len(series[0]))
    for limit in (low, high):
        ax.step(places, np.asarray(limit, dtype=float), where="mid", color=MARK, linestyle="--", linewidth=1.2)
    if not math.isnan(center):
        ax.axhline(center, color=SOFT, linewidth=1)
    for values in series:
        if len(values):
            ax.plot(places, values, "o-", color=ACCENT, markersize=3, linewidth=1)
            out = [at for at in signals if not math.isnan(values[at])]
            ax.plot(out, values[out], "o", color="none", markeredgecolor=MARK, markersize=8)
    ax.set_xlabel(label)
    aside(ax, f"n = {len(places):,}")
    ax.grid(axis="y", color=GRID)
    calm(ax)
    return ax


def matrix_plot(
    values: npt.ArrayLike,
    row_labels: Sequence[str],
    column_labels: Sequence[str],
    ax: Axes | None = None,
    *,
    limits: tuple[float, float] | None = None,
) -> Axes:
    """A table of numbers shaded by their size, rater by rater for example; missing ones stay white. Numbers are written into tables of up
    to 40 rows and columns; of larger ones a bar beside says what the shades are.

    Parameters
    ----------
    values : array_like
        Rows by columns.
    row_labels, column_labels : sequence of str
        Names of the rows and columns.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if it is not given.
    limits : (float, float), optional
        Values of the lightest and the darkest shade; the smallest and largest value if not given.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> ax = matrix_plot([[1.0, 0.4], [0.4, 1.0]], ["r1", "r2"], ["r1", "r2"])
    """
    grid: Any = np.asarray(values, dtype=float)
    if grid.shape != (len(row_labels), len(column_labels)):
        raise DataError(
            f"values: expected the shape {(len(row_labels), len(column_labels))} but found {grid.shape}"
        )
    ax = new_axes(ax, min(16.0, 1.5 + 0.5 * len(column_labels)), min(16.0, 1.2 + 0.4 * len(row_labels)))
    low, high = limits or (None, None)
    image = ax.imshow(np.ma.masked_invalid(grid), cmap="Blues", vmin=low, vmax=high, aspect="auto")
    norm: Any = image.norm
    known = grid[np.isfinite(grid)]
    decimals = 0 if limits is None and np.all(known == np.rint(known)) else 2  # counts have none
    small = max(grid.shape, default=0) <= MOST_WRITTEN
    if not small:
        ax.figure.colorbar(image, ax=ax)
    for row, column in zip(*np.nonzero(np.isfinite(grid) & small), strict=True):
        color = "white" if norm(grid[row, column]) > 0.6 else "black"
        ax.text(column, row, f"{grid[row, column]:,.{decimals}f}", ha="center", va="center", color=color, fontsize=8)
    size = None if small else 5
    ax.set_xticks(range(len(column_labels)), column_labels, rotation=90 if len(column_labels) > 8 else 0, fontsize=size)
    ax.set_yticks(range(len(row_labels)), row_labels, fontsize=size)
    calm(ax)
    ax.spines["bottom"].set_visible(False)
    return ax


def pairs_plot(
    together: npt.ArrayLike, row_labels: Sequence[str], column_labels: Sequence[str], ax: Axes | None = None, *, label: str = ""
) -> Axes:
    """How many units each two raters share, shaded by the number; what each shares with itself stays white.

    Parameters
    ----------
    together : array_like
        Raters by raters.
    row_labels, column_labels : sequence of str
        Names of the raters.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if it is not given.
    label : str, optional
        What stands under the axis.

    Returns
    -------
    matplotlib Axes
    """
    counts: Any = np.asarray(together, dtype=float)
    ax = matrix_plot(np.where(np.eye(len(counts), dtype=bool), np.nan, counts), row_labels, column_labels, ax)
    ax.set_xlabel(label)
    return ax


def shares_plot(
    labels: Sequence[str], parts: Sequence[str], counts: npt.ArrayLike, ax: Axes | None = None, *, label: str = ""
) -> Axes:
    """Bars of shares that add up to 100 %, the first on top, from the palest shade of one colour to the darkest.

    Parameters
    ----------
    labels : sequence of str
        Names of the bars.
    parts : sequence of str
        Names of the parts, in the order of their shades.
    counts : array_like
        How many of each part each bar has: bars by parts. A bar of nothing stays empty.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if it is not given.
    label : str, optional
        What stands under the axis.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> ax = shares_plot(["ann", "bob"], ["no", "yes"], [[3, 7], [5, 5]], label="share of each answer")
    """
    table: Any = np.asarray(counts, dtype=float)
    if table.shape != (len(labels), len(parts)):
        raise DataError(f"counts: expected the shape {(len(labels), len(parts))} but found {table.shape}")
    ax = new_axes(ax, 7.0, 1.6 + 0.32 * len(labels))
    totals = table.sum(axis=1)
    shares = 100 * table / np.where(totals == 0, 1, totals)[:, None]
    ends = np.cumsum(shares, axis=1)
    shade = need("matplotlib", "report").colormaps["Blues"]
    places = np.arange(len(labels))
    for at, name in enumerate(parts):
        color = shade(0.15 + 0.8 * (at / (len(parts) - 1) if len(parts) > 1 else 1.0))
        ax.barh(places, shares[:, at], left=ends[:, at] - shares[:, at], height=0.7, color=color, edgecolor="white", label=name)
    for at, total in enumerate(totals):
        ax.text(1.01, at, f"n = {int(total):,}", transform=ax.get_yaxis_transform(), va="center", fontsize=8, color=SOFT)
    ax.set_yticks(places, labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set_xlim(0, 100)
    ax.xaxis.set_major_formatter(need("matplotlib.ticker", "report").PercentFormatter(decimals=0))
    ax.set_xlabel(label)
    ax.legend(frameon=False, ncols=min(6, len(parts)), loc="lower left", bbox_to_anchor=(0, 1), handlelength=1)
    calm(ax)
    return ax


def ranges_plot(
    labels: Sequence[str], values: Sequence[npt.ArrayLike], ax: Axes | None = None, *, label: str = ""
) -> Axes:
    """Median (a line), quartiles (a box) and range (whiskers) of each group, the first on top, with its number of values.

    Parameters
    ----------
    labels : sequence of str
        Names of the groups.
    values : sequence of array_like
        The values of each; a group of none has no box.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if it is not given.
    label : str, optional
        What stands under the axis.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> ax = ranges_plot(["ann", "bob"], [[0.7, 0.8, 0.9], [0.5, 0.6]], label="score")
    """
    groups = [np.asarray(one, dtype=float) for one in values]
    if len(groups) != len(labels):
        raise DataError(f"values: expected {len(labels)} groups but found {len(groups)}")
    ax = new_axes(ax, 7.0, 1.2 + 0.32 * len(labels))
    places = np.arange(len(labels))
    ends = np.array([np.quantile(one, (0, 0.25, 0.5, 0.75, 1)) if len(one) else np.full(5, np.nan) for one in groups]).T
    ax.hlines(places, ends[0], ends[4], color=ACCENT, linewidth=1.2)
    ax.barh(places, ends[3] - ends[1], left=ends[1], height=0.5, color=GRID, edgecolor=ACCENT, zorder=2)
    ax.vlines(ends[2], places - 0.25, places + 0.25, color=MARK, linewidth=2, zorder=3)
    for at, one in enumerate(groups):
        ax.text(1.01, at, f"n = {len(one):,}", transform=ax.get_yaxis_transform(), va="center", fontsize=8, color=SOFT)
    ax.set_yticks(places, labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set_xlabel(label)
    aside(ax, "line: median, box: half of the values")
    ax.grid(axis="x", color=GRID)
    calm(ax)
    return ax


def spans_plot(
    labels: Sequence[str],
    spans: Sequence[tuple[float, float, float]],
    ax: Axes | None = None,
    *,
    texts: Sequence[str] = (),
    label: str = "",
) -> Axes:
    """Lines from the smallest to the largest value with a dot at the mean, from zero, the first on top.

    Parameters
    ----------
    labels : sequence of str
        Names of the rows.
    spans : sequence of (float, float, float)
        Smallest value, mean and largest value; NaN draws nothing.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if it is not given.
    texts : sequence of str, optional
        What stands at the right of each row.
    label : str, optional
        What stands under the axis.

    Returns
    -------
    matplotlib Axes

    Examples
    --------
    >>> ax = spans_plot(["phone", "chat"], [(10.0, 12.0, 15.0), (3.0, 3.0, 3.0)], texts=["n = 20", "n = 9"], label="weight")
    """
    ax = new_axes(ax, 7.0, 1.0 + 0.32 * len(labels))
    low, middle, high = (np.array(column, dtype=float) for column in zip(*spans, strict=True))
    places = np.arange(len(labels))
    ax.hlines(places, low, high, color=ACCENT, linewidth=2)
    ax.plot(middle, places, "o", color=ACCENT, markeredgecolor="white", zorder=3)
    for at, text in enumerate(texts):
        ax.text(1.01, at, text, transform=ax.get_yaxis_transform(), va="center", fontsize=8, color=SOFT, family=fonts())
    ax.set_xlim(0, 1.05 * np.nanmax(high))
    ax.set_yticks(places, labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set_xlabel(label)
    aside(ax, "from the smallest to the largest, dot: mean")
    ax.grid(axis="x", color=GRID)
    calm(ax)
    return ax
