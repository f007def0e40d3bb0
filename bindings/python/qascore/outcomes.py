"""What customers said, as one number: net promoters and top boxes."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np

from . import _core
from ._results import Estimate, EstimateTable
from .errors import ArgumentError, DataError, check_choice
from .estimation import INTERVALS, MISSING, Columns, Numbers, Rows, Sample, _estimates, rows_of

__all__ = ["nps", "top_box"]

PROMOTER, PASSIVE = 9, 7


def answers_on_scale(rows: Rows, column: str, scale: tuple[int, int], missing: str, *, averages: bool = False) -> Numbers:
    """A column of whole numbers on a declared scale, or averages of some, by row; NaN where missing."""
    low, high = scale
    if not low < high:
        raise ArgumentError(f"scale: expected two numbers, the lower one first, but found {scale!r}")
    values = rows.frame.numbers(column)
    split = np.zeros(len(values), dtype=bool) if averages else values != np.round(values)
    strange = ~np.isnan(values) & ((values < low) | (values > high) | split)
    if strange.any():
        row = int(np.argmax(strange))
        raise DataError(
            f'{rows.frame.argument}: column "{column}": expected {"" if averages else "whole "}numbers from {low} to {high} but found '
            f"{values[row]:g} at row {row} ({int(strange.sum())} in all)"
        )
    if missing == "error":
        rows._refuse(np.isnan(values), column, "value")
    return values


def nps(
    sample: Sample,
    column: str,
    *,
    by: Columns | None = None,
    interval: str = "score",
    confidence: float = 0.95,
    missing: str = "error",
) -> Estimate | EstimateTable:
    """Net promoter score: per cent of answers 9 and 10 less per cent of answers 0 to 6, from -100 to 100.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
    column : str
        Whole numbers from 0 to 10.
    by : str or sequence of str, optional
    interval : {"score", "t"}
        Tango's limits, which stay on the scale and are there where all are promoters too; or value +- t standard errors.
    confidence : float
    missing : {"error", "drop", "domain"}
        As in `mean`.

    Returns
    -------
    Estimate, or EstimateTable if `by` is given
        It is the mean of 100, 0 and -100, whose standard error holds under the design: promoters and detractors are not independent,
        and the interval is not that of a percentage. Source: Tango (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B,
        under a design with the effective size, as for proportions.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> qa.nps(pd.DataFrame({"recommend": [10, 9, 9, 8, 7, 6, 3, 10]}), "recommend").value
    25.0
    """
    rows = rows_of(sample)
    check_choice("missing", missing, MISSING)
    check_choice("interval", interval, ("score", "t"))
    values = answers_on_scale(rows, column, (0, 10), missing)
    points = np.where(values >= PROMOTER, 1.0, np.where(values < PASSIVE, -1.0, 0.0))
    points[np.isnan(values)] = np.nan
    return _estimates(
        f"net promoter score of {column}", rows, by, missing, [rows.by_unit(points)],
        lambda codes, domains, y: _core.net_promoter_scores(rows.core(), y, codes, domains, confidence, interval),
    )  # fmt: skip


def top_box(
    sample: Sample,
    column: str,
    *,
    boxes: int = 2,
    scale: tuple[int, int] = (1, 5),
    by: Columns | None = None,
    interval: str = "wilson",
    confidence: float = 0.95,
    missing: str = "error",
) -> Estimate | EstimateTable:
    """Share of answers in the highest boxes of a scale: how many customers are satisfied, not how satisfied they are on average.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
    column : str
        Whole numbers on `scale`.
    boxes : int
        How many of the highest count.
    scale : pair of int
        Lowest and highest answer that the survey allows; others are refused.
    by : str or sequence of str, optional
    interval : str
        As in `proportion`.
    confidence : float
    missing : {"error", "drop", "domain"}

    Returns
    -------
    Estimate, or EstimateTable if `by` is given

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> qa.top_box(pd.DataFrame({"csat": [5, 4, 4, 3, 1, 5, 2, 4]}), "csat").value
    0.625
    """
    rows = rows_of(sample)
    check_choice("missing", missing, MISSING)
    check_choice("interval", interval, INTERVALS)
    values = answers_on_scale(rows, column, scale, missing)
    low, high = scale
    if isinstance(boxes, bool) or not isinstance(boxes, Integral) or not 1 <= boxes <= high - low:
        raise ArgumentError(
            f"boxes: expected how many of the highest answers count, 1 to {high - low} on a scale from {low} to {high}, but found {boxes!r}"
        )
    events: Any = np.where(np.isnan(values), np.nan, (values > high - boxes).astype(np.float64))
    return _estimates(
        f"{column} in the top {boxes}" if boxes > 1 else f"{column} in the top box", rows, by, missing,
        [rows.by_unit(events)],
        lambda codes, domains, y: _core.proportions(rows.core(), y, codes, domains, confidence, interval, None),
    )  # fmt: skip
