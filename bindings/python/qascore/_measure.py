"""Which coefficient of agreement: what the verbs that work for any of them take, and what the kernels get of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ._rating_table import Part
from .calibration import _scale, _weights
from .errors import ArgumentError, check_choice, did_you_mean

COEFFICIENTS = (
    "krippendorff_alpha",
    "percent_agreement",
    "cohen_kappa",
    "scott_pi",
    "fleiss_kappa",
    "fleiss_kappa_pooled",
    "conger_kappa",
    "light_kappa",
    "gold_kappa",
    "brennan_prediger",
    "gwet_ac",
    "bangdiwala_b",
)


@dataclass(frozen=True)
class Measure:
    """A coefficient with its scale, as asked for; of each criterion it becomes what the kernels read."""

    coefficient: str
    level: str | None = None
    weights: Any = None
    distances: Any = None
    gold: Any = None

    def __post_init__(self) -> None:
        check_choice("coefficient", self.coefficient, COEFFICIENTS)
        if self.coefficient != "krippendorff_alpha":
            for name in ("level", "distances"):
                if getattr(self, name) is not None:
                    raise ArgumentError(f"{name}: belongs to krippendorff_alpha; {self.coefficient} takes weights")
        if (self.gold is not None) != (self.coefficient == "gold_kappa"):
            raise ArgumentError(
                'gold: coefficient="gold_kappa" needs the rater who is right'
                if self.gold is None
                else f'gold: goes with coefficient="gold_kappa", not with {self.coefficient}'
            )

    def of(self, part: Part) -> tuple[tuple[str | None, str | None, npt.NDArray[np.float64] | None, int | None], str]:
        """(coefficient, level, category weights, gold) of the kernels, and how the scale is called."""
        if self.coefficient == "krippendorff_alpha":
            level, matrix, name = _scale(part, self.level, self.weights, self.distances)
            return (None, level, matrix, None), name
        matrix, name = _weights(part, "identity" if self.weights is None else self.weights)
        if self.coefficient == "gold_kappa":
            return ("light_kappa", None, matrix, rater_position(part, self.gold, "gold")), name
        return (self.coefficient, None, matrix, None), name


def rater_position(part: Part, rater: Any, argument: str) -> int:
    """Where the rater stands among those of the table; `argument` is what a message names."""
    if part.raters is None:
        raise ArgumentError(
            f"{argument}: needs to know which rater gave which rating, but the raters of this table are anonymous"
        )
    raters = list(part.raters)
    if rater not in raters:
        raise ArgumentError(f"{argument}: {rater!r} is no rater of this table{did_you_mean(rater, raters)}")
    return raters.index(rater)
