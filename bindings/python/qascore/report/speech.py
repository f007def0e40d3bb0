"""Numbers for the eye: one number of decimals per column or picture, so that they line up."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from .document import Figure
from .words import WORDS

MINUS = "−"
NOTHING = "–"


def decimals_for(kind: str, values: Iterable[float]) -> int:
    """Three significant digits of the largest value; a percentage has one decimal, a p-value four, a count none."""
    always = {"percent": 1, "count": 0, "p": 4}
    if kind in always:
        return always[kind]
    sizes = [abs(v) for v in values if math.isfinite(v)]
    largest = max(sizes, default=0.0)
    if all(size == round(size) for size in sizes):
        return 0
    if kind == "fraction":
        return 3
    return min(6, max(0, 2 - math.floor(math.log10(largest))))


def number_text(kind: str, value: float, decimals: int) -> str:
    """`value` with thousands parted, a real minus sign, and a percent sign where the kind is "percent"."""
    if math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "∞" if value > 0 else MINUS + "∞"
    if kind == "p" and value < 0.5 * 10.0**-decimals:
        return f"< {10.0**-decimals:.{decimals}f}"  # no p-value is 0
    shown = 100 * value if kind == "percent" else value
    text = f"{abs(shown):.3g}" if abs(shown) >= 1e15 else f"{abs(shown):,.{decimals}f}"
    negative = shown < 0 and any(c in "123456789" for c in text)
    return (MINUS if negative else "") + text + ("%" if kind == "percent" else "")


@dataclass(frozen=True)
class Speech:
    """The words of a language, and the numbers said with them."""

    language: str

    def __call__(self, word: str, **values: object) -> str:
        text = WORDS[self.language][word]
        return text.format(**values) if values else text

    def limits(self, kind: str, figure: Figure, decimals: int) -> str:
        if math.isnan(figure.low) or math.isnan(figure.high):
            return ""
        low, high = (number_text(kind, limit, decimals) for limit in (figure.low, figure.high))
        return self("to", low=low, high=high)

    def level(self, confidence: float | None) -> str:
        return self("interval") if confidence is None else self("level", level=f"{100 * confidence:g}")

    def levels(self, figures: Iterable[Figure]) -> str:
        """`95% intervals.`, of the figures that have one; nothing if none has."""
        found = sorted({f.confidence for f in figures if f.confidence is not None and not math.isnan(f.low)})
        return self("joint").join(self("levels", level=f"{100 * c:g}") for c in found) + (
            self("stop") if found else ""
        )

    def reason(self, figure: Figure) -> str:
        """What of the figure is undefined, and why; empty if nothing is."""
        why = figure.undefined or ""
        if math.isnan(figure.value):
            return self("undefined") + self("colon") + (why or self("no_reason"))
        if why and math.isnan(figure.low):
            return self("no_interval") + self("colon") + why
        return why
