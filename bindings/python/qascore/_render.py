"""Text and HTML of results: numbers rounded for the eye, tables aligned, everything escaped."""

from __future__ import annotations

import math
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


def in_language(title: Mapping[str, str], language: str, otherwise: str) -> str:
    """The text in a language, else in the same one of another country, else the first there is."""
    if language in title:
        return title[language]
    primary = language.split("-")[0]
    near = [text for tag, text in title.items() if tag.split("-")[0] == primary]
    return near[0] if near else next(iter(title.values()), otherwise)


def range_text(low: float, high: float) -> str:
    """`low to high`, or a dot where undefined."""
    if math.isnan(low) or math.isnan(high):
        return NONE
    return f"{number(low)} to {number(high)}"


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


def html_table(header: Sequence[str], rows: Sequence[Sequence[object]], caption: str = "") -> str:
    """A table for a notebook or a page; every text is escaped."""
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td>{escape(cell)}</td>"
            if isinstance(cell, str)
            else f'<td style="text-align:right">{escape(number(cell))}</td>'
            for cell in row
        )
        + "</tr>"
        for row in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<table class="qascore">{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
