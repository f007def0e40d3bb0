"""Gwet's answer to "is that good?": how probable each class of a scale is, in place of a bare word."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from . import _core
from ._frames import build_frame
from ._render import html_table, number, text_table, without_rounding
from ._results import Estimate, Result
from .errors import ArgumentError, check_choice, percent_hint

__all__ = ["BenchmarkMembership", "benchmark_membership"]

# Where each class begins; the last is whatever lies below.
SCALES: dict[str, dict[str, float]] = {
    "landis_koch": {
        "almost perfect": 0.8, "substantial": 0.6, "moderate": 0.4, "fair": 0.2, "slight": 0.0, "poor": -1.0,
    },
    "fleiss": {"excellent": 0.75, "intermediate to good": 0.4, "poor": -1.0},
    "altman": {"very good": 0.8, "good": 0.6, "moderate": 0.4, "fair": 0.2, "poor": -1.0},
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class BenchmarkMembership(Result):
    """How probable it is that a coefficient lies in each class of a scale, the best class first.

    Attributes
    ----------
    value, std_error : float
        The coefficient.
    scale : str
    labels, lower : tuple
        The classes, and where each begins.
    probability, cumulative : tuple of float
        Of each class, and of it or a better one; empty where undefined.
    asked : float
        The cumulative probability that decides.
    reached : str or None
        The best class that reaches it; None where undefined.
    undefined : str or None
    """

    CAUTION: ClassVar[str] = "The names of the classes are a convention: they do not say that the agreement is enough for its purpose."

    value: float
    std_error: float
    scale: str
    labels: tuple[str, ...]
    lower: tuple[float, ...]
    probability: tuple[float, ...]
    cumulative: tuple[float, ...]
    asked: float
    reached: str | None
    undefined: str | None

    def to_dict(self) -> dict[str, Any]:
        """All fields, in full precision."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per class."""
        known = self.undefined is None
        blank = [math.nan] * len(self.labels)
        columns = {
            "class": list(self.labels),
            "lower": list(self.lower),
            "probability": list(self.probability) if known else blank,
            "cumulative": list(self.cumulative) if known else blank,
        }
        return build_frame(columns, backend)

    def _said(self) -> str:
        if self.undefined is not None:
            return f"No class can be named: {self.undefined}."
        at = self.labels.index(self.reached or "")
        return (
            f"{number(without_rounding(self.value))} is {self.reached} or better with probability {number(self.cumulative[at], 3)} "
            f"({self.scale.replace('_', '-')} scale, {100 * self.asked:g}% asked for)."
        )

    def plot(self, ax: Any = None, *, label: str = "") -> Any:
        """Bars of the probabilities."""
        from ._plots import aside, bar_plot

        values = self.probability or tuple(0.0 for _ in self.labels)
        texts = [f"{value:.3f}" for value in values]
        ax = bar_plot(list(self.labels), list(values), ax, texts=texts)
        ax.set_xlabel(label or f"probability of each class, {self.scale.replace('_', '-')} scale")
        aside(ax, f"{number(without_rounding(self.value))} with a standard error of {number(self.std_error)}")
        return ax

    def _table(self) -> tuple[list[str], list[list[object]]]:
        known = self.undefined is None
        rows: list[list[object]] = [
            [name, from_, *((self.probability[k], self.cumulative[k]) if known else (math.nan, math.nan))]
            for k, (name, from_) in enumerate(zip(self.labels, self.lower, strict=True))
        ]
        return ["class", "from", "probability", "or better"], rows

    def __repr__(self) -> str:
        return f"{text_table(*self._table())}\n{self._said()}"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=self._said())


def benchmark_membership(
    estimate: Estimate | float,
    *,
    std_error: float | None = None,
    scale: str | Mapping[str, float] = "landis_koch",
    probability: float = 0.95,
) -> BenchmarkMembership:
    """How probable each class of a scale is, given the coefficient and its standard error (Gwet 2014, chapter 6).

    "Substantial" from .61 on says nothing of how sure that is. The class to name is the best one that the coefficient reaches
    with a probability of .95.

    Parameters
    ----------
    estimate : Estimate or float
        A coefficient; of a bare number `std_error` is needed. One without an interval is undefined here, for the same reason.
    std_error : float, optional
    scale : {"landis_koch", "fleiss", "altman"} or mapping
        Own scale: from the name of each class to where it begins, the last at -1.
    probability : float, default 0.95
        What the class to name must reach.

    Examples
    --------
    >>> import qascore as qa
    >>> found = qa.benchmark_membership(0.675, std_error=0.142, scale="altman")
    >>> found.reached, [round(p, 3) for p in found.cumulative]
    ('moderate', [0.18, 0.698, 0.973, 1.0, 1.0])
    """
    if isinstance(estimate, Estimate):
        if std_error is not None:
            raise ArgumentError("std_error: the estimate has its own; give it with a bare number only")
        value, spread = estimate.value, estimate.std_error
    else:
        if std_error is None:
            raise ArgumentError("std_error: expected the standard error of the coefficient; a bare number has none")
        if not std_error >= 0 or math.isinf(std_error):
            raise ArgumentError(f"std_error: expected a finite number of 0 or more but found {std_error!r}")
        value, spread = float(estimate), float(std_error)
    if not 0 < probability < 1:
        raise ArgumentError(
            f"probability: expected a number between 0 and 1 but found {probability!r}{percent_hint(probability)}"
        )
    if isinstance(scale, str):
        name, classes = scale, SCALES[check_choice("scale", scale, SCALES)]
    else:
        name, classes = "own", {str(label): float(lower) for label, lower in scale.items()}
        if not classes or list(classes.values())[-1] != -1.0:
            raise ArgumentError("scale: expected the classes from the best down, the last beginning at -1")
    lower = list(classes.values())
    record = _core.benchmark(value, spread, lower[:-1], probability)
    if isinstance(estimate, Estimate) and not math.isnan(value) and estimate.undefined is not None:
        record |= {"probability": (), "cumulative": (), "undefined": estimate.undefined}
    known = record["undefined"] is None
    return BenchmarkMembership(
        value=value,
        std_error=spread,
        scale=name,
        labels=tuple(classes),
        lower=tuple(lower),
        probability=tuple(map(float, record["probability"])),
        cumulative=tuple(map(float, record["cumulative"])),
        asked=probability,
        reached=list(classes)[record["reached"]] if known else None,
        undefined=record["undefined"],
    )
