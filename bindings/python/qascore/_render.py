"""Text and HTML of results: numbers rounded for the eye, tables aligned, everything escaped."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from html import escape

NONE = "·"  # what a cell without a value shows


def number(value: object, digits: int = 4) -> str:
    """`digits` significant digits, thousands parted, no exponent where a person would not write one; missing as a dot."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0:
        return "0"
    if 1e-4 <= abs(value) < 1e15:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        return f"{value:,.{decimals}f}"
    return f"{value:.{digits - 1}e}"


ROUNDING = 1e-12  # an estimate of less, and of less than a billionth of its interval, is 0 but for rounding


def without_rounding(value: float, low: float = math.nan, high: float = math.nan) -> float:
    """An estimate (or a limit) as it is shown: what rounding leaves of 0 is 0. Not for p-values, which are never 0."""
    if abs(value) >= ROUNDING or (high > low and abs(value) >= 1e-9 * (high - low)):
        return value
    return value if math.isnan(value) else 0.0


def in_language(title: Mapping[str, str], language: str, otherwise: str) -> str:
    """The text in a language, else in the same one of another country, else the first there is; on one line."""
    if language in title:
        return on_one_line(title[language])
    primary = language.split("-")[0]
    near = [text for tag, text in title.items() if tag.split("-")[0] == primary]
    return on_one_line(near[0] if near else next(iter(title.values()), otherwise))


def on_one_line(text: str) -> str:
    """A title as lines of text and rows of tables show it, though its file breaks it."""
    return re.sub(r"[ \n\r\t]+", " ", text).strip(" ")


class Range(str):
    """`low to high` as text. In a notebook's table it is drawn too: a whisker, and a dot at the value where one is known."""

    low: float
    high: float
    value: float


def range_text(low: float, high: float, value: float = math.nan) -> Range:
    """`low to high`, or a dot where undefined."""
    ends = [number(without_rounding(end, low, high)) for end in (low, high)]
    text = Range(NONE if math.isnan(low) or math.isnan(high) else " to ".join(ends))
    text.low, text.high, text.value = low, high, value
    return text


def width(text: str) -> int:
    """Columns on a terminal: Chinese and other wide characters take two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def text_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table for a terminal: text to the left, numbers to the right."""
    cells = [[cell if isinstance(cell, str) else number(cell) for cell in row] for row in rows]
    right = [
        bool(rows) and all(isinstance(row[c], (int, float)) or row[c] is None for row in rows)
        for c in range(len(header))
    ]
    widths = [max([width(name)] + [width(row[c]) for row in cells]) for c, name in enumerate(header)]

    def line(values: Sequence[str]) -> str:
        padded = [
            " " * (w - width(v)) + v if r else v + " " * (w - width(v))
            for v, w, r in zip(values, widths, right, strict=True)
        ]
        return "  ".join(padded).rstrip()

    return "\n".join([line(list(header)), line(["-" * w for w in widths]), *map(line, cells)])


DRAWN = 120  # width of the picture of an interval, in the cell of a table
HALF = 7  # of its height
WIDEST = 2.5  # an axis ends this many times the spread of values beyond them: one wide interval does not squeeze the others


def _axis(cells: Sequence[object]) -> tuple[float, float] | None:
    """The ends of the axis that the ranges of one column share; none where nothing can be drawn."""
    ranges = [cell for cell in cells if isinstance(cell, Range) and math.isfinite(cell.low) and math.isfinite(cell.high)]
    if not ranges:
        return None
    low, high = min(one.low for one in ranges), max(one.high for one in ranges)
    inner = [v for one in ranges for v in (one.value if math.isfinite(one.value) else (one.low + one.high) / 2,)]
    if len(ranges) > 2 and (room := WIDEST * (max(inner) - min(inner))) > 0:
        low, high = max(low, min(inner) - room), min(high, max(inner) + room)
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _picture(one: Range, axis: tuple[float, float]) -> str:
    """A whisker and a dot in the colour of the text, whatever that is: light and dark alike. The numbers stand beside it."""
    if not (math.isfinite(one.low) and math.isfinite(one.high)):
        return ""

    def place(value: float) -> float:
        return HALF + (DRAWN - 2 * HALF) * (min(max(value, axis[0]), axis[1]) - axis[0]) / (axis[1] - axis[0])

    zero = f'<path d="M{place(0):.1f} 0v{2 * HALF}" stroke-opacity="0.4" stroke-dasharray="2 2"/>' if axis[0] < 0 < axis[1] else ""
    dot = f'<circle cx="{place(one.value):.1f}" cy="{HALF}" r="3.5" fill="currentColor"/>' if math.isfinite(one.value) else ""
    ends = "".join(
        f"M{place(at):.1f} {HALF - 3}v6" for at in (one.low, one.high) if axis[0] <= at <= axis[1]  # one that goes on has no end
    )
    return (
        f'<svg width="{DRAWN}" height="{2 * HALF}" viewBox="0 0 {DRAWN} {2 * HALF}" aria-hidden="true" fill="none" '
        f'stroke="currentColor" style="vertical-align:middle">{zero}'
        f'<path d="M{place(one.low):.1f} {HALF}H{place(one.high):.1f}{ends}" stroke-width="1.5"/>{dot}</svg> '
    )


def html_table(header: Sequence[str], rows: Sequence[Sequence[object]], caption: str = "") -> str:
    """A table for a notebook or a page, its ranges drawn; every text is escaped."""
    axes = [_axis([row[at] for row in rows]) for at in range(len(header))]

    def shown(cell: object, axis: tuple[float, float] | None) -> str:
        if isinstance(cell, Range) and axis is not None:
            return f'<td style="white-space:nowrap;text-align:left">{_picture(cell, axis)}{escape(cell)}</td>'
        if isinstance(cell, str):
            return f'<td style="text-align:left">{escape(cell)}</td>'
        return f'<td style="text-align:right">{escape(number(cell))}</td>'

    sides = ["left" if any(isinstance(row[at], str) for row in rows) else "right" for at in range(len(header))]
    head = "".join(f'<th scope="col" style="text-align:{side}">{escape(name)}</th>' for name, side in zip(header, sides, strict=True))
    body = "".join(f"<tr>{''.join(map(shown, row, axes))}</tr>" for row in rows)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<table class="qascore">{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
