"""From values to places on a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`; places are percentages of its length, so a picture fits any width."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def place(self, value: float) -> float:
        within = min(max(value, self.low), self.high)
        return min(100.0, 100 * ((within - self.low) / (self.high - self.low)))

    def at(self, value: float) -> str:
        """As SVG and CSS write it."""
        return percent(self.place(value))


def percent(place: float) -> str:
    return f"{place:.2f}".rstrip("0").rstrip(".") + "%"


def nice_step(span: float, count: int) -> float:
    """1, 2 or 5 times a power of ten, for about `count` steps in `span`."""
    raw = span / count
    power = 10.0 ** math.floor(math.log10(raw))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999999)


def scale_for(values: Sequence[float], limits: tuple[float, float] | None = None, count: int = 5) -> Scale:
    """An axis with round ticks that holds all finite values, or exactly `limits`."""
    finite = [v for v in values if abs(v) < 1e300]  # beyond, the length of an axis could overflow
    low, high = limits if limits is not None else (min(finite, default=0.0), max(finite, default=1.0))
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        half = abs(low) / 2 or 0.5
        low, high = low - half, high + half
    step = nice_step(high - low, count)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if limits is None:
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        low, high = first * step, last * step
    return Scale(low, high, tuple(i * step for i in range(first, last + 1)))


def tick_decimals(scale: Scale, kind: str) -> int:
    """As many as the step between the ticks needs."""
    if len(scale.ticks) < 2:
        return 2
    step = (scale.ticks[1] - scale.ticks[0]) * (100 if kind == "percent" else 1)
    return min(10, max(0, -math.floor(math.log10(step) + 1e-9)))


def spread_ties(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Offsets between -0.35 and 0.35 for points whose y takes few values.

    A van der Corput sequence over the points ordered by (y, x): even, whatever the order of the rows.
    """
    order = np.lexsort((x, y))
    offsets = np.empty(len(y))
    offsets[order] = [0.7 * van_der_corput(i + 1) - 0.35 for i in range(len(y))]
    return offsets


def van_der_corput(index: int) -> float:
    """The binary digits of `index`, mirrored at the point."""
    digits = f"{index:b}"[::-1]
    return int(digits, 2) / (1 << len(digits))
