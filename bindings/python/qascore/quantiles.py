"""Quantiles of a population: medians, the value that nine in ten do not exceed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from . import _core
from ._results import Estimate, EstimateTable, estimate_table
from .errors import ArgumentError, check_choice
from .estimation import INTERVALS, MISSING, Columns, Sample, _estimates, rows_of

__all__ = ["median", "quantile"]

LIMITS = ("inversion", "woodruff")
DEFINITIONS = ("inverse_cdf", "averaged")


@overload
def quantile(
    sample: Sample, column: str, p: float, *, by: None = None, definition: str = "inverse_cdf",
    limits: str = "inversion", interval: str = "wilson", confidence: float = 0.95, missing: str = "error",
) -> Estimate: ...  # fmt: skip
@overload
def quantile(
    sample: Sample, column: str, p: float | Sequence[float], *, by: Columns | None = None,
    definition: str = "inverse_cdf", limits: str = "inversion", interval: str = "wilson", confidence: float = 0.95, missing: str = "error",
) -> Estimate | EstimateTable: ...  # fmt: skip
def quantile(
    sample: Sample,
    column: str,
    p: float | Sequence[float],
    *,
    by: Columns | None = None,
    definition: str = "inverse_cdf",
    limits: str = "inversion",
    interval: str = "wilson",
    confidence: float = 0.95,
    missing: str = "error",
) -> Estimate | EstimateTable:
    """Value that a share p of the population does not exceed, with its interval.

    Parameters
    ----------
    sample : SampleDesign or frame
        A frame stands for independent rows.
    column : str
        Column of numbers.
    p : float or sequence of float
        Shares above 0 and below 1; 0.5 is the median.
    by : str or sequence of str, optional
        Domains to estimate for.
    definition : {"inverse_cdf", "averaged"}
        The smallest value that reaches the share; or halfway to the next where it is reached exactly, so that the median
        of 1, 2, 3, 4 is 2.5.
    limits : {"inversion", "woodruff"}
        The values whose share is compatible with p (right for ties too); or Woodruff's, the quantiles at the limits of
        the share of values up to the estimate.
    interval : {"wilson", "beta", "arcsine", "likelihood"}
        Interval of shares; "woodruff" takes "t" and "logit" too. With independent rows "beta" gives the exact limits.
    confidence, missing
        As in `mean`.

    Returns
    -------
    Estimate, or EstimateTable with one row per share and domain.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"seconds": [31, 45, 52, 60, 64, 71, 88, 93, 120, 300, 41, 77]})
    >>> qa.quantile(calls, "seconds", 0.5)
    <Estimate: 0.5 quantile of seconds is 64.00, 95% interval 45.00 to 93.00, n = 12.>
    """
    rows = rows_of(sample)
    check_choice("definition", definition, DEFINITIONS)
    check_choice("limits", limits, LIMITS)
    check_choice("interval", interval, INTERVALS)
    shares = [float(p)] if isinstance(p, (int, float)) else [float(one) for one in p]
    if not shares:
        raise ArgumentError("p: expected a share or several but found none")
    values = rows.numbers(column, check_choice("missing", missing, MISSING))

    def one(share: float) -> Estimate | EstimateTable:
        return _estimates(
            f"{share:g} quantile of {column}", rows, by, missing, [values],
            lambda codes, domains, y: _core.quantiles(
                rows.core(), y, codes, domains, share, confidence, definition == "averaged",
                limits == "woodruff", interval,
            ),
        )  # fmt: skip

    if isinstance(p, (int, float)):
        return one(shares[0])
    found = [one(share) for share in shares]
    estimates: list[Estimate] = []
    keys: list[tuple[str, list[Any]]] = [("p", [])]
    unlabelled = 0
    for share, part in zip(shares, found, strict=True):
        if isinstance(part, Estimate):
            estimates.append(part)
            keys[0][1].append(share)
            continue
        keys[1:] = keys[1:] or [(name, []) for name, _ in part.keys]
        estimates += part.estimates
        unlabelled = part.unlabelled
        keys[0][1].extend([share] * len(part))
        for (_, column_values), (_, more) in zip(keys[1:], part.keys, strict=True):
            column_values.extend(more)
    return estimate_table(keys, estimates, rows.frame.backend, unlabelled=unlabelled)


@overload
def median(
    sample: Sample, column: str, *, by: None = None, limits: str = "inversion", interval: str = "wilson", confidence: float = 0.95,
    missing: str = "error",
) -> Estimate: ...  # fmt: skip
@overload
def median(
    sample: Sample, column: str, *, by: Columns, limits: str = "inversion", interval: str = "wilson", confidence: float = 0.95,
    missing: str = "error",
) -> EstimateTable: ...  # fmt: skip
def median(
    sample: Sample,
    column: str,
    *,
    by: Columns | None = None,
    limits: str = "inversion",
    interval: str = "wilson",
    confidence: float = 0.95,
    missing: str = "error",
) -> Estimate | EstimateTable:
    """Median of the population: `quantile` at 0.5, halfway between two values where they share the middle.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> qa.median(pd.DataFrame({"score": [1, 2, 3, 4]}), "score").value
    2.5
    """
    return quantile(  # fmt: skip
        sample, column, 0.5, by=by, definition="averaged", limits=limits, interval=interval, confidence=confidence,
        missing=missing,
    )
