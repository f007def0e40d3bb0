"""Limits from drawing the rows again, for statistics of two columns."""

from __future__ import annotations

import os
from dataclasses import dataclass

from . import _core
from ._results import Estimate
from .associations import METHODS, name_of
from .errors import ArgumentError, check_choice
from .estimation import Sample, rows_of, with_absent

__all__ = ["BootstrappedEstimate", "bootstrap"]

STATISTICS = (*METHODS, "ratio")


@dataclass(frozen=True, repr=False)
class BootstrappedEstimate(Estimate):
    """A statistic with standard error and limits from drawing the rows again.

    Attributes
    ----------
    bias : float
        Mean of the replicates minus the value.
    acceleration : float
        How skewed the statistic is, from influence values: what BCa corrects for.
    influence_error : float
        The infinitesimal jackknife: the standard error from influence values with divisor n.
    replicates, undefined_replicates : int
        How many have a value, and how many have none (a column of theirs is constant).
    """

    bias: float
    acceleration: float
    influence_error: float
    replicates: int
    undefined_replicates: int


def bootstrap(
    sample: Sample,
    x: str,
    y: str,
    *,
    statistic: str = "spearman",
    seed: int,
    replicates: int = 9_999,
    interval: str = "bca",
    confidence: float = 0.95,
    missing: str = "error",
) -> BootstrappedEstimate:
    """Bootstrap of a correlation, or of a ratio of totals: limits that need not be symmetric on any scale.

    Rows are drawn again, n of n with replacement; under a design clusters within strata, with rescaled weights (Rao and Wu). The
    numbers depend on the seed, not on the number of cores.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
    x, y : str
        Columns of numbers.
    statistic : str
        A `method` of `association`, or "ratio" (total of x over total of y).
    seed : int
    replicates : int
    interval : {"bca", "percentile"}
        Quantiles of the replicates corrected for bias and skewness, or as they are.
    confidence : float
    missing : {"error", "drop"}

    Returns
    -------
    BootstrappedEstimate

    References
    ----------
    Efron (1987), doi:10.1080/01621459.1987.10478410; Rao and Wu (1988), doi:10.1080/01621459.1988.10478591.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"score": [62, 71, 75, 58, 88, 90, 77, 69], "csat": [3, 3, 4, 2, 5, 4, 3, 4]})
    >>> found = qa.bootstrap(calls, "score", "csat", seed=1)
    >>> round(found.value, 4), found.replicates
    (0.6758, 9996)
    """
    rows = rows_of(sample)
    check_choice("statistic", statistic, STATISTICS)
    check_choice("interval", interval, ("bca", "percentile"))
    check_choice("missing", missing, ("error", "drop"))
    if replicates < 2:
        raise ArgumentError(f"replicates: expected 2 or more but found {replicates}")
    left, right = rows.numbers(x, missing), rows.numbers(y, missing)
    record = _core.bootstrap_pairs(
        rows.core(), left, right, statistic, interval == "bca", replicates, seed, confidence, os.cpu_count() or 1
    )
    name = f"ratio of {x} to {y}" if statistic == "ratio" else name_of(statistic, x, y)
    [absent] = rows.absent_by(None)
    return BootstrappedEstimate.from_core(f"{name}{rows.scope}", with_absent(record, absent))
