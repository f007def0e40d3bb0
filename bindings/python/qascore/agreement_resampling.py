"""Bootstrap and jackknife of agreement coefficients over units."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import _core
from ._measure import Measure
from ._rating_table import Part, RatingTable
from ._results import EstimateTable
from .calibration import AgreementEstimate, _each
from .errors import ArgumentError, check_choice

__all__ = ["ResampledAgreement", "resample_agreement"]

METHODS = ("percentile", "bca", "jackknife")


@dataclass(frozen=True, repr=False)
class ResampledAgreement(AgreementEstimate):
    """An agreement coefficient with standard error and limits from computing it again.

    Attributes
    ----------
    bias : float
        Mean of the replicates minus the value; of the jackknife its estimate of the bias.
    corrected : float
        The value without that bias.
    replicates, undefined_replicates : int
        How many have a value, and how many were left out because all their ratings are in one category.
    """

    bias: float
    corrected: float
    replicates: int
    undefined_replicates: int


def resample_agreement(
    table: RatingTable,
    coefficient: str = "krippendorff_alpha",
    *,
    method: str = "percentile",
    replicates: int = 10_000,
    seed: int | None = None,
    level: str | None = None,
    weights: Any = None,
    distances: Any = None,
    gold: Any = None,
    confidence: float = 0.95,
    normal: bool = False,
    design: Any = None,
) -> ResampledAgreement | EstimateTable:
    """Bootstrap or jackknife of an agreement coefficient: a second opinion, and limits that need not be symmetric.

    Units are drawn again, n of n with replacement; the raters stay. The numbers depend on the seed and the ratings, not on
    the order of rows or the number of cores.

    Parameters
    ----------
    table : RatingTable
    coefficient : str, default "krippendorff_alpha"
        krippendorff_alpha, percent_agreement, cohen_kappa, scott_pi, fleiss_kappa, fleiss_kappa_pooled, conger_kappa,
        light_kappa, gold_kappa, brennan_prediger, gwet_ac or bangdiwala_b.
    method : {"percentile", "bca", "jackknife"}
        Quantiles of the replicates, those corrected for bias and skewness, or each unit left out once with t limits about
        the corrected value.
    replicates : int, default 10,000
    seed : int
        The bootstrap needs one.
    level, weights, distances, confidence
        As in `krippendorff_alpha` and `fleiss_kappa`.
    gold
        The rater who is right, for coefficient="gold_kappa".
    normal : bool
        Of the jackknife: normal limits in place of t limits.
    design : SampleDesign, optional
        The bootstrap then draws clusters again within strata and rescales weights (Rao and Wu).

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> table = qa.RatingTable.from_matrix(np.array([[1, 1], [2, 3], [4, 4], [1, 2], [3, 3], [2, 2], [4, 3], [1, 1]]))
    >>> found = qa.resample_agreement(table, level="interval", seed=1)
    >>> round(found.value, 3), found.replicates
    (0.855, 10000)
    """
    check_choice("method", method, METHODS)
    measure = Measure(coefficient, level, weights, distances, gold)
    if method != "jackknife" and seed is None:
        raise ArgumentError("seed: the bootstrap needs one, any number: the same gives the same result")
    if method != "jackknife" and normal:
        raise ArgumentError('normal: goes with method="jackknife"; the limits of a bootstrap are quantiles')
    if replicates < 2:
        raise ArgumentError(f"replicates: expected 2 or more but found {replicates}")

    def one(part: Part) -> ResampledAgreement:
        what, scale = measure.of(part)
        core, arrays = part.under(design)
        record: Mapping[str, Any] = _core.resample_agreement(
            core, what, method, replicates, seed, os.cpu_count() or 1, confidence, normal, arrays
        )
        return ResampledAgreement.from_core(measure.coefficient, record, weights=scale)

    return _each(table, one)
