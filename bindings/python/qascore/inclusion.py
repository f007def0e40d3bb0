"""Inclusion probabilities proportional to size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _core
from .errors import ArgumentError, did_you_mean

__all__ = ["inclusion_probabilities"]


def inclusion_probabilities(
    size_measure: Any,
    n: float | Mapping[Any, float],
    *,
    strata: Sequence[Any] | npt.NDArray[Any] | None = None,
    certain_from: float = 1.0,
) -> npt.NDArray[np.float64]:
    """Chances of being drawn that are proportional to a measure of size and add up to `n`.

    Units so large that their chance would reach certainty are certain (1), and the rest of `n` is spread over the others
    anew, until none reaches it.

    Parameters
    ----------
    size_measure : array of numbers
        Per unit, 0 or more: minutes, a risk score, a transaction value. Units of size 0 are never drawn.
    n : float, or mapping from stratum to float
        Expected number of drawn units, at most those with a size above 0; by stratum, where there are strata.
    strata : array, optional
        Per unit, the label of its stratum.
    certain_from : float
        Chance from which on a unit is taken for certain: above 0, up to 1.

    Returns
    -------
    array of float64
        Per unit, a fraction from 0 to 1.

    Examples
    --------
    >>> import qascore as qa
    >>> qa.inclusion_probabilities([1, 2, 3, 14], 2)
    array([0.16666667, 0.33333333, 0.5       , 1.        ])
    """
    try:
        size = np.ascontiguousarray(size_measure, dtype=np.float64)
    except (TypeError, ValueError):
        raise ArgumentError(f"size_measure: expected numbers but found {size_measure!r:.80}") from None
    if size.ndim != 1 or len(size) == 0:
        raise ArgumentError(f"size_measure: expected one number per unit but found an array of shape {size.shape}")
    if strata is None:
        if isinstance(n, Mapping):
            raise ArgumentError("n: expected a number, as there are no strata, but found a mapping")
        return _core.pps_probabilities(size, None, np.array([_number(n)]), certain_from)
    if not isinstance(n, Mapping):
        raise ArgumentError(f"n: expected a mapping from strata to numbers but found {n!r}")
    names = np.asarray(strata)
    if names.shape != size.shape:
        raise ArgumentError(f"strata: expected {len(size)} labels, one per unit, but found shape {names.shape}")
    try:
        labels, codes = np.unique(names, return_inverse=True)
    except TypeError:
        raise ArgumentError("strata: expected labels of one type, none missing") from None
    known = labels.tolist()
    for name in n:
        if name not in known:
            raise ArgumentError(f"n: no stratum {name!r} in strata{did_you_mean(name, map(str, known))}")
    holds = np.bincount(codes[size > 0], minlength=len(known))
    for label, most in zip(known, holds.tolist(), strict=True):
        if label not in n:
            raise ArgumentError(f"n: stratum {label!r} is missing; expected a number for every stratum")
        if not 0 <= _number(n[label]) <= most:
            raise ArgumentError(
                f"n: stratum {label!r}: expected a number from 0 to {most}, the units with a size above 0, "
                f"but found {n[label]!r}"
            )
    wanted = np.array([_number(n[label]) for label in known])
    return _core.pps_probabilities(size, codes.astype(np.uint32), wanted, certain_from)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise ArgumentError(f"n: expected a number but found {value!r}")
    return float(value)
