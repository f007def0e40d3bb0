"""Tables, shaded tables and tiles as texts: rounded alike within a column, every gap with its reason."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any

from .document import Cell, Column, Figure, Link, MatrixPlot, Table, Tile, Undefined
from .speech import NOTHING, Speech, decimals_for, number_text

View = dict[str, Any]


class Reasons:
    """Letters for the reasons of undefined cells, in the order of their appearance."""

    def __init__(self) -> None:
        self.letters: dict[str, str] = {}

    def letter(self, reason: str) -> str:
        at = len(self.letters)
        return self.letters.setdefault(reason, chr(ord("a") + at) if at < 26 else f"a{at - 25}")

    def notes(self) -> list[tuple[str, str]]:
        return [(letter, reason) for reason, letter in self.letters.items()]


def numbers_in(cells: Iterable[Cell]) -> list[float]:
    """All numbers that a column or picture shows, limits too, so that both are rounded alike."""
    found: list[float] = []
    for cell in cells:
        if isinstance(cell, Figure):
            found += [cell.value, cell.low, cell.high]
        elif isinstance(cell, Real):
            found.append(float(cell))
    return found


def tile_view(tile: Tile, say: Speech) -> View:
    figure = tile.figure
    decimals = tile.decimals
    if decimals is None:
        decimals = decimals_for(tile.kind, (figure.value, figure.low, figure.high))
    limits = say.limits(tile.kind, figure, decimals)
    estimated = figure.n is not None or figure.confidence is not None
    return {
        "label": tile.label,
        "value": number_text(tile.kind, figure.value, decimals),
        "known": not math.isnan(figure.value),
        "range": limits,
        "level": say.level(figure.confidence),
        "n": "" if figure.n is None else number_text("count", figure.n, 0),
        "why": say.reason(figure),
        "counted": not estimated and not limits,
        "about": tile.about,
        "note": tile.note,
    }


def cell_view(cell: Cell, column: Column, decimals: int, say: Speech, reasons: Reasons) -> View:
    """Text, sorting key (None sorts last) and the letter of the reason, if any."""
    view: View = {"text": NOTHING, "sort": None, "letter": "", "to": ""}
    if isinstance(cell, Link):
        return {**view, "text": cell.text, "sort": cell.text, "to": cell.to}
    if isinstance(cell, Undefined):
        return {**view, "letter": reasons.letter(cell.reason)}
    if isinstance(cell, Figure):
        if column.kind == "interval":
            text = say.limits(column.of, cell, decimals)
            missing = reasons.letter(cell.undefined or say("no_interval")) if not text else ""
            return {
                **view,
                "text": text or NOTHING,
                "sort": repr(float(cell.low)) if text else None,
                "letter": missing,
            }
        if math.isnan(cell.value):
            return {**view, "letter": reasons.letter(cell.undefined or say("no_reason"))}
        return cell_view(cell.value, column, decimals, say, reasons)
    if cell is None:
        return view
    if isinstance(cell, Real) and not isinstance(cell, bool):
        if math.isnan(cell):
            return {**view, "letter": reasons.letter(say("no_reason"))}
        kind = "number" if column.kind in ("text", "interval") else column.kind
        return {**view, "text": number_text(kind, cell, decimals), "sort": repr(float(cell))}
    return {**view, "text": str(cell), "sort": str(cell)}


def decimals_of(column: Column, cells: Sequence[Cell]) -> int:
    if column.decimals is not None:
        return column.decimals
    return decimals_for(column.of if column.kind == "interval" else column.kind, numbers_in(cells))


def table_view(table: Table, say: Speech) -> View:
    reasons = Reasons()
    decimals = [decimals_of(column, [row[c] for row in table.rows]) for c, column in enumerate(table.columns)]
    rows = [
        [
            cell_view(cell, column, d, say, reasons)
            for cell, column, d in zip(row, table.columns, decimals, strict=True)
        ]
        for row in table.rows
    ]
    intervals = [
        cell
        for c, column in enumerate(table.columns)
        if column.kind == "interval"
        for cell in (row[c] for row in table.rows)
        if isinstance(cell, Figure)
    ]
    return {"table": table, "rows": rows, "reasons": reasons.notes(), "levels": say.levels(intervals)}


def matrix_view(plot: MatrixPlot, say: Speech) -> View:
    """Shades go from the lower to the upper limit; a value beyond them has the shade of the limit."""
    reasons = Reasons()
    column = Column("", plot.kind, plot.decimals)
    values = [v for row in plot.cells for v in (point(cell) for cell in row) if math.isfinite(v)]
    decimals = plot.decimals if plot.decimals is not None else min(2, decimals_for(plot.kind, values))
    low, high = plot.limits or (min([0.0, *values]), max([1.0 if plot.kind == "fraction" else 0.0, *values]))
    rows = []
    for row in plot.cells:
        views = []
        for cell in row:
            if cell is None:
                views.append({"text": "", "letter": "", "shade": None, "more": ""})
                continue
            value = point(cell)
            share = (
                0.0 if math.isnan(value) or high == low else min(max((value - low) / (high - low), 0.0), 1.0)
            )
            shade = None if math.isnan(value) else f"{0.03 + 0.62 * share:.2f}"
            more = limits_and_n(cell, plot.kind, decimals, say) if isinstance(cell, Figure) else ""
            views.append({**cell_view(cell, column, decimals, say, reasons), "shade": shade, "more": more})
        rows.append(views)
    upright = all(len(label) <= 5 for label in plot.column_labels)
    return {"plot": plot, "rows": rows, "reasons": reasons.notes(), "upright": upright}


def limits_and_n(figure: Figure, kind: str, decimals: int, say: Speech) -> str:
    """What a shaded cell has no room for."""
    limits = say.limits(kind, figure, decimals)
    n = "" if figure.n is None else f"n = {number_text('count', figure.n, 0)}"
    level = say.level(figure.confidence) + say("colon") + limits if limits else ""
    return say("joint").join(part for part in (level, n) if part)


def point(cell: Cell) -> float:
    """The number that shades a cell; NaN for none."""
    if isinstance(cell, Figure):
        return cell.value
    return float(cell) if isinstance(cell, Real) else math.nan
