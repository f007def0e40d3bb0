"""Scores and how long customers stay, where some are still there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from . import _core
from ._results import TestedEstimate, TestResult
from .errors import check_choice
from .estimation import MISSING, Sample, _events, rows_of, with_absent

__all__ = ["TimeConcordance", "time_concordance"]


@dataclass(frozen=True, repr=False)
class TimeConcordance(TestedEstimate):
    """Harrell's C: of two units of which one is known to have lasted longer, how often the one with the higher score did.

    Attributes
    ----------
    somers_d : float
        2 C - 1: from -1 to 1, 0 where scores say nothing of the time.
    concordant, discordant, tied_score : float
        Pairs that are known, by the sums of the products of their weights (how many there are, where those are 1): the
        longer time has the higher score, the lower, the same.
    events : int
        Units whose time is over.
    test : TestResult
        Of C = .5.
    """

    CAUTION: ClassVar[str] = (
        "It compares times only as far as they were watched, and does not say that scores make customers stay."
    )

    somers_d: float
    concordant: float
    discordant: float
    tied_score: float
    events: int


def time_concordance(
    sample: Sample,
    score: str,
    *,
    time: str,
    event: str,
    equals: Any = None,
    confidence: float = 0.95,
    missing: str = "error",
) -> TimeConcordance:
    """Whether higher scores go with longer times, of which some are not over yet: customers who have not left.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
    score : str
        Column of numbers.
    time : str
        Column of numbers >= 0 in any unit: how long until the customer left, or how long it has been so far.
    event : str
        Column of True and False, or 1 and 0: whether the time is over (the customer left).
    equals : optional
        The value of `event` that says so, where it is another than True or 1: ``event="status", equals="left"``.
    confidence : float
        Level of the interval, a fraction.
    missing : {"error", "drop", "domain"}
        As in `association`.

    Returns
    -------
    TimeConcordance
        C = .5: scores say nothing of the time; 1: they order it. Pairs that the data leave open (the shorter time is not over)
        and pairs of equal times that are both over are not counted. Limits from influence values, symmetric on the logit
        scale. Undefined for fewer than 3 units, equal scores, and where no pair is known.

    Notes
    -----
    Long times are compared only as far as they were watched, so that C belongs to that time. Where how long customers were
    watched has to do with the score itself, it is biased.

    References
    ----------
    Harrell, Califf, Pryor, Lee and Rosati (1982), JAMA 247, 2543-2546, doi:10.1001/jama.1982.03320430047030.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({
    ...     "score": [0.9, 0.4, 0.7, 0.6, 0.8],
    ...     "months": [24, 3, 7, 12, 10],
    ...     "left": [False, True, True, False, True],
    ... })
    >>> found = qa.time_concordance(calls, "score", time="months", event="left")
    >>> found.value, found.concordant, found.discordant
    (0.7777777777777778, 7.0, 2.0)
    """
    rows = rows_of(sample)
    check_choice("missing", missing, MISSING)
    scores, times = rows.numbers(score, missing), rows.numbers(time, missing)
    found, test, more = _core.time_concordance(
        rows.core(), scores, times, _events(rows, event, equals, missing), confidence, missing
    )
    [absent] = rows.absent_by(None)
    return TimeConcordance.from_core(
        f"concordance of {score} with {time}{rows.scope}",
        with_absent(found, absent),
        test=TestResult.from_core(test),
        **more,
    )
