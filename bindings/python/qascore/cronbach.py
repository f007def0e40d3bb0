"""Consistency of criteria that are added up to one score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from . import _core
from ._results import Estimate
from .errors import ArgumentError, check_choice
from .estimation import Sample, rows_of, with_absent

__all__ = ["cronbach_alpha"]

MISSING = ("error", "drop")


def cronbach_alpha(
    sample: Sample, columns: Sequence[str], *, confidence: float = 0.95, missing: str = "error"
) -> Estimate:
    """Cronbach's alpha of several columns for the population, with a design-based t interval.

    Parameters
    ----------
    sample : SampleDesign or frame
        A frame stands for independent rows.
    columns : sequence of str
        Two columns of numbers or more.
    confidence : float
        Level of the interval, a fraction.
    missing : {"error", "drop"}
        Refuse missing values, or leave out (as no part of what is estimated) the units that lack one.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> scores = pd.DataFrame({"tone": [1, 2, 3, 4, 5], "care": [2, 2, 3, 5, 4], "facts": [1, 3, 3, 4, 4]})
    >>> round(qa.cronbach_alpha(scores, ["tone", "care", "facts"]).value, 4)
    0.9375
    """
    rows = rows_of(sample)
    check_choice("missing", missing, MISSING)
    if isinstance(columns, str) or len(columns) < 2:
        raise ArgumentError(f"columns: expected two columns or more but found {columns!r}")
    values = [rows.numbers(name, missing) for name in columns]
    gaps = int(np.any([np.isnan(v) for v in values], axis=0).sum())
    return Estimate.from_core(
        f"Cronbach's alpha of {', '.join(columns)}{rows.scope}",
        with_absent(_core.cronbach_alpha(rows.core(), values, gaps, confidence), *rows.absent_by(None)),
    )
