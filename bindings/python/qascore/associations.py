"""Do scores go with what customers feel? Correlations with intervals, under the sample design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from . import _core
from ._frames import Frame
from ._render import html_table
from ._results import TestedEstimate, TestResult
from .errors import ArgumentError, DataError, check_choice
from .estimation import MISSING, Sample, rows_of, with_absent

__all__ = ["Association", "Pairing", "association", "pair"]

METHODS = {
    "pearson": "Pearson correlation of {x} and {y}",
    "spearman": "Spearman correlation of {x} and {y}",
    "kendall": "Kendall tau-b of {x} and {y}",
    "tau_c": "Stuart tau-c of {x} and {y}",
    "gamma": "Goodman-Kruskal gamma of {x} and {y}",
    "somers_y": "Somers' D of {y} given {x}",
    "somers_x": "Somers' D of {x} given {y}",
    "point_biserial": "point-biserial correlation of {x} and {y}",
    "biserial": "biserial correlation of {x} and {y}",
    "polyserial": "polyserial correlation of {x} and {y}",
    "polyserial_ad_hoc": "ad hoc polyserial correlation of {x} and {y}",
    "polychoric": "polychoric correlation of {x} and {y}",
    "polychoric_ml": "polychoric correlation (ML) of {x} and {y}",
}
INTERVALS = ("automatic", "closed_form", "linearised", "asymptotic")


def name_of(method: str, x: str, y: str) -> str:
    """The coefficient and its columns, for readers."""
    return METHODS[method].format(x=x, y=y)


@dataclass(frozen=True, repr=False)
class Association(TestedEstimate):
    """A correlation in [-1, 1] with its interval, and the test of no correlation.

    `x` and `y` are the columns; the other fields are those of Estimate.
    """

    CAUTION: ClassVar[str] = "A correlation does not say that one makes the other, and speaks for conversations that have both values."

    x: str
    y: str


def association(
    sample: Sample,
    x: str,
    y: str,
    *,
    method: str = "spearman",
    interval: str = "automatic",
    confidence: float = 0.95,
    missing: str = "error",
) -> Association:
    """Correlation of two columns.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
        A frame or pairing stands for independent rows; the result's `method` says so.
    x, y : str
        Columns of numbers; where one is made of categories, y.
    method : str
        - "spearman" (any rising line; for ordinal CSAT), "pearson" (a straight line);
        - of ordered pairs, how much more often two conversations agree in direction than disagree: "kendall" (tau-b; ties
          in either column pull it to 0), "tau_c" (for tables that are not square), "gamma" (ties left out), "somers_y" (D of y given x: only
          ties in x left out), "somers_x";
        - of y with two values: "point_biserial" (Pearson's), "biserial" (of x and the normal variable behind y);
        - of the normal variable behind categories: "polyserial" (y has them; maximum likelihood), "polyserial_ad_hoc"
          (from Pearson's), "polychoric" (both have; thresholds from the margins), "polychoric_ml".
    interval : {"automatic", "closed_form", "linearised", "asymptotic"}
        Fisher's z with the closed form for independent rows (Pearson, Kendall, Spearman, for ranks Bonett and Wright's), or with the
        design-based standard error; automatic is the first for independent rows and Pearson or Spearman, else the second.
        "linearised" has its own test, which agrees with the interval. "asymptotic" is value ± z · standard error, for
        independent rows: as SAS and polycor print them.
    confidence : float
        Level of the interval, a fraction.
    missing : {"error", "drop", "domain"}
        Refuse missing values; leave pairs with a gap out as answers that are missing (under a design with known
        population counts the others of their stratum then carry their weight); or take the complete pairs as a part of
        the population, to which alone the question applies. What is left out is counted.

    Returns
    -------
    Association
        An Estimate with `test` (statistic, df, two-sided p). Undefined with its reason where a column is constant,
        there are fewer than 3 pairs, or y is not what the method takes; without interval below 4 pairs.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"score": [62, 71, 75, 58, 88, 90], "csat": [3, 3, 4, 2, 5, 4]})
    >>> round(qa.association(calls, "score", "csat").value, 4)
    0.8827
    """
    rows = rows_of(sample)
    check_choice("method", method, METHODS)
    check_choice("interval", interval, INTERVALS)
    check_choice("missing", missing, MISSING)
    left, right = rows.numbers(x, missing), rows.numbers(y, missing)
    found, test = _core.correlate(rows.core(), left, right, method, confidence, interval, missing)
    name = f"{name_of(method, x, y)}{rows.scope}"
    [absent] = rows.absent_by(None)
    return Association.from_core(name, with_absent(found, absent), test=TestResult.from_core(test), x=x, y=y)


@dataclass(frozen=True, repr=False)
class Pairing:
    """Two frames joined on an id, and what found no partner.

    Attributes
    ----------
    frame : frame
        The pairs: columns of the scores, then those of the surveys but the id.
    on : str
        The id column.
    matched, scores_unmatched, surveys_unmatched : int
        Rows of scores with a survey, rows of scores without, surveys without a row of scores.
    """

    frame: Any
    on: str
    matched: int
    scores_unmatched: int
    surveys_unmatched: int

    def summary(self) -> str:
        """The counts in a sentence."""
        return (
            f"{self.matched} rows of scores paired on {self.on}; {self.scores_unmatched} without a survey, "
            f"{self.surveys_unmatched} surveys without a score."
        )

    def __repr__(self) -> str:
        return f"<Pairing: {self.summary()}>"

    def _repr_html_(self) -> str:
        rows = [["paired", self.matched], ["scores without a survey", self.scores_unmatched]]
        return html_table(["rows", "number"], [*rows, ["surveys without a score", self.surveys_unmatched]], self.summary())


def pair(scores: Any, surveys: Any, *, on: str, repeats: str = "error") -> Pairing:
    """Joins scores and surveys on an id, checked: an id stands once on its side, and nothing disappears uncounted.

    Parameters
    ----------
    scores, surveys : frame
        Evaluations and customers' answers.
    on : str
        Id column of both, of the same type.
    repeats : {"error", "keep"}
        Several rows of scores for one id (several raters): refuse, or keep each with the survey, for a SampleDesign that
        averages them or keeps them as a cluster.

    Returns
    -------
    Pairing
        `frame` is of the kind of `scores`.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> scores = pd.DataFrame({"id": ["c1", "c2", "c3"], "score": [0.8, 0.6, 0.9]})
    >>> surveys = pd.DataFrame({"id": ["c2", "c3", "c9"], "csat": [3, 5, 4]})
    >>> qa.pair(scores, surveys, on="id")
    <Pairing: 2 rows of scores paired on id; 1 without a survey, 1 surveys without a score.>
    """
    check_choice("repeats", repeats, ("error", "keep"))
    left, right = Frame.of(scores, "scores"), Frame.of(surveys, "surveys")
    left.require(on, argument="on")
    right.require(on, argument="on")
    clash = [name for name in right.columns if name != on and name in left.columns]
    if clash:
        raise ArgumentError(f'surveys: column "{clash[0]}" is in scores as well; rename or drop it')
    ids = left.ids(on), right.ids(on)
    kinds = ["whole numbers" if isinstance(column, np.ndarray) else "text" for column in ids]
    if kinds[0] != kinds[1]:
        raise DataError(f'on: column "{on}" holds {kinds[0]} in scores but {kinds[1]} in surveys')

    left_rows, right_rows, repeated = _core.match_ids(*ids)
    _refuse_repeated(right, "surveys", on, repeated)
    if repeats == "error":
        _refuse_repeated(left, "scores", on, _core.match_ids(ids[1], ids[0])[2])
    joined = {name: _taken(right, name, right_rows) for name in right.columns if name != on}
    return Pairing(
        left.take(left_rows, joined),
        on,
        len(left_rows),
        len(left) - len(left_rows),
        len(right) - len(np.unique(right_rows)),
    )


def _refuse_repeated(frame: Frame, argument: str, on: str, repeated: tuple[int, int] | None) -> None:
    if repeated is None:
        return
    first, again = repeated
    label = frame.values(on)[again]
    hint = '; give repeats="keep" to keep them' if argument == "scores" else ""
    raise DataError(
        f'{argument}: column "{on}": {label!r} stands in rows {first} and {again}, expected once{hint}'
    )


def _taken(frame: Frame, name: str, rows: Any) -> list[Any]:
    values = frame.values(name)
    return [values[row] for row in rows.tolist()]
