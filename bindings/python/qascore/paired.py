"""Two values of the same units: before and after, two raters, two periods that share conversations or agents."""

from __future__ import annotations

import numpy as np

from . import _core
from ._results import TestResult
from .errors import DataError, check_choice
from .estimation import Difference, Sample, rows_of, with_absent

__all__ = ["paired_difference"]

UNITS = ("both", "all")
MISSING = ("error", "drop")


def paired_difference(
    sample: Sample,
    first: str,
    second: str,
    *,
    units: str = "both",
    confidence: float = 0.95,
    missing: str = "error",
) -> Difference:
    """Mean of the first column minus mean of the second, with the test of no difference.

    Where the two are periods and only some units (agents, conversations) were scored in both, `units="all"` uses every
    value: the units that have both bring the covariance. Where each period has rows of its own, `difference` with the
    shared agents as the design's clusters does the same.

    Parameters
    ----------
    sample : SampleDesign or frame
        One row per unit. A frame stands for independent rows.
    first, second : str
        Columns of numbers.
    units : {"both", "all"}
        Those with both values (the paired t test), or all that have one.
    confidence : float
        Level of the interval, a fraction.
    missing : {"error", "drop"}
        Refuse gaps, or leave them out as `units` says.

    Returns
    -------
    Difference
        An Estimate with `test` (t statistic, df, two-sided p).

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> agents = pd.DataFrame({"june": [0.71, 0.64, 0.80, 0.77], "may": [0.66, 0.61, 0.70, 0.74]})
    >>> round(qa.paired_difference(agents, "june", "may").value, 4)
    0.0525
    """
    rows = rows_of(sample)
    check_choice("units", units, UNITS)
    check_choice("missing", missing, MISSING)
    a, b = rows.numbers(first, missing), rows.numbers(second, missing)
    if units == "both" and len(a) and (np.isnan(a) | np.isnan(b)).all():
        raise DataError(f"{rows.frame.argument}: no unit has both {first} and {second}")
    found, test = _core.paired_difference(rows.core(), a, b, units == "all", confidence)
    name = f"{first} minus {second}{rows.scope}"
    return Difference.from_core(name, with_absent(found, *rows.absent_by(None)), test=TestResult.from_core(test))
