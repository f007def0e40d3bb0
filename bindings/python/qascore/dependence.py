"""Beyond correlation: tests that hold for few rows, counts of ordered pairs, and dependence of any shape."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import Any, ClassVar

from . import _core
from ._frames import build_frame
from ._render import html_table, number, without_rounding
from ._results import Result, TestResult, TestedEstimate, _p_text
from .associations import name_of
from .errors import ArgumentError, check_choice
from .estimation import MISSING, Sample, rows_of, with_absent

__all__ = [
    "DistanceCorrelation",
    "PairCounts",
    "PermutationTest",
    "distance_correlation",
    "pair_counts",
    "permutation_test",
]

PERMUTED = {
    "pearson": "pearson",
    "spearman": "spearman",
    "kendall": "ordered",
    "tau_c": "ordered",
    "somers_y": "ordered",
    "somers_x": "ordered",
    "point_biserial": "pearson",
    "distance": "distance",
}


@dataclass(frozen=True, repr=False)
class DistanceCorrelation(TestedEstimate):
    """A distance correlation: 0 where x says nothing of y, whatever the shape; 1 for a straight line.

    Attributes
    ----------
    covariance : float
        Distance covariance, in the units of sqrt(x y).
    bias_corrected : float
        The squared correlation from unbiased estimators, near 0 (on either side) without dependence; NaN under unequal
        weights.
    test : TestResult
        Of independence, for independent rows: n times `bias_corrected` plus 1 against chi-squared(1).
    """

    CAUTION: ClassVar[str] = "It says that two things depend on each other, not how, nor which makes which."

    covariance: float
    bias_corrected: float


def distance_correlation(
    sample: Sample, x: str, y: str, *, confidence: float = 0.95, missing: str = "error"
) -> DistanceCorrelation:
    """Dependence of any shape between two columns of numbers, in O(n log n).

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
    x, y : str
        Columns of numbers.
    confidence : float
        Level of the interval, a fraction.
    missing : {"error", "drop", "domain"}
        As in `association`.

    Returns
    -------
    DistanceCorrelation
        The correlation itself, not its square. Its interval (logit scale, from influence values) holds where it is clearly above 0;
        whether it is above 0 at all the test says, which there is for independent rows only. By chance alone few rows give values of .2 and
        more: see `bias_corrected`.

    References
    ----------
    Szekely, Rizzo and Bakirov (2007), doi:10.1214/009053607000000505; Huo and Szekely (2016),
    doi:10.1080/00401706.2015.1054435; Shen, Panda and Vogelstein (2022), doi:10.1080/10618600.2021.1938585 (test).

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"minutes": [1, 2, 3, 4, 5, 6, 7], "csat": [5, 4, 2, 1, 2, 4, 5]})
    >>> round(qa.distance_correlation(calls, "minutes", "csat").value, 4)
    0.5104
    """
    rows = rows_of(sample)
    check_choice("missing", missing, MISSING)
    left, right = rows.numbers(x, missing), rows.numbers(y, missing)
    found, test, covariance, corrected = _core.distance_correlation(rows.core(), left, right, confidence, missing)
    [absent] = rows.absent_by(None)
    return DistanceCorrelation.from_core(
        f"distance correlation of {x} and {y}{rows.scope}",
        with_absent(found, absent),
        test=TestResult.from_core(test),
        covariance=covariance,
        bias_corrected=corrected,
    )


@dataclass(frozen=True, repr=False)
class PermutationTest(Result):
    """How often orders of y go with x as well as the one that was found.

    Attributes
    ----------
    name : str
        The coefficient.
    value : float
        Of the order that was found.
    p_value, p_greater, p_less : float
        Two-sided and one-sided; NaN where there is none.
    permutations : int
        Orders that were looked at.
    exact : bool
        All of them.
    n, missing : int
        Pairs, and rows without one.
    undefined : str or None
    """

    CAUTION: ClassVar[str] = "A small p says that chance alone is unlikely, not that the relation is strong, nor why it is there."

    name: str
    value: float
    p_value: float
    p_greater: float
    p_less: float
    permutations: int
    exact: bool
    n: int
    missing: int
    undefined: str | None

    def to_dict(self) -> dict[str, Any]:
        """All fields, in full precision."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row."""
        return build_frame({name: [value] for name, value in self.to_dict().items()}, backend)

    def _said(self) -> str:
        """The result in a sentence."""
        if math.isnan(self.p_value):
            return f"No permutation test of {self.name}: {self.undefined}."
        how = "all" if self.exact else "random"
        return (
            f"{self.name} is {number(without_rounding(self.value))} (n = {self.n}), p {_p_text(self.p_value)} by "
            f"{self.permutations:,} permutations ({how})."
        )

    def __repr__(self) -> str:
        return f"<PermutationTest: {self._said()}>"

    def _repr_html_(self) -> str:
        names = ["name", "value", "p_value", "p_greater", "p_less", "permutations", "exact", "n", "missing"]
        return html_table(names, [[getattr(self, name) for name in names]], caption=self._said())


def permutation_test(
    sample: Any,
    x: str,
    y: str,
    *,
    method: str = "spearman",
    replicates: int = 9_999,
    seed: int | None = None,
    missing: str = "error",
) -> PermutationTest:
    """Whether two columns have nothing to do with each other: a test that holds for any number of rows and any ties.

    If they have not, each order of y is as likely as the one that was found. Up to 10 rows (8 for "distance") all orders are looked at.

    Parameters
    ----------
    sample : frame or Pairing
        Independent rows of equal weight. Under a design orders are not equally likely: `association` has its test.
    x, y : str
        Columns of numbers.
    method : {"spearman", "pearson", "kendall", "tau_c", "somers_y", "somers_x", "point_biserial", "distance"}
        What is computed of each order; "distance" sees dependence of any shape.
    replicates : int
        Random orders, for more rows: p is (b + 1) / (replicates + 1), which is never 0.
    seed : int
        Random orders need one.
    missing : {"error", "drop"}

    Returns
    -------
    PermutationTest

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"score": [62, 71, 75, 58, 88, 90], "csat": [3, 3, 4, 2, 5, 4]})
    >>> round(qa.permutation_test(calls, "score", "csat").p_value, 4)
    0.0333
    """
    rows = rows_of(sample)
    check_choice("method", method, PERMUTED)
    check_choice("missing", missing, ("error", "drop"))
    if rows.core() is not None:
        raise ArgumentError(
            "sample: expected a frame of independent rows but found a SampleDesign, under which orders are not equally "
            "likely; association(...).test holds under a design"
        )
    if replicates < 1:
        raise ArgumentError(f"replicates: expected 1 or more but found {replicates}")
    left, right = rows.numbers(x, missing), rows.numbers(y, missing)
    found = _core.permutation_test(left, right, PERMUTED[method], replicates, seed, os.cpu_count() or 1)
    if method == "distance":
        name = f"distance correlation of {x} and {y}"
        value = _core.distance_correlation(None, left, right, 0.95, "drop")[0]
    else:
        name = name_of(method, x, y)
        value = _core.correlate(None, left, right, method, 0.95, "linearised", "drop")[0]
    return PermutationTest(
        name=name,
        value=value["value"],
        p_value=found["p_two_sided"],
        p_greater=found["p_greater"],
        p_less=found["p_less"],
        permutations=found["permutations"],
        exact=found["exact"],
        n=value["n"],
        missing=value["missing"],
        undefined=found["undefined"],
    )


@dataclass(frozen=True, repr=False)
class PairCounts:
    """Pairs of conversations by whether two columns order them alike; under a design sums of products of weights.

    Attributes
    ----------
    concordant, discordant : float
        Higher in both columns; higher in one and lower in the other.
    tied_x, tied_y, tied_both : float
        Equal in x alone, in y alone, in both.
    """

    concordant: float
    discordant: float
    tied_x: float
    tied_y: float
    tied_both: float

    def to_dict(self) -> dict[str, float]:
        """All fields, in full precision."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row."""
        return build_frame({name: [value] for name, value in self.to_dict().items()}, backend)

    def summary(self) -> str:
        """The counts in a sentence."""
        return (
            f"{self.concordant:,.6g} pairs in the same order, {self.discordant:,.6g} in the opposite one; equal in x "
            f"{self.tied_x:,.6g}, in y {self.tied_y:,.6g}, in both {self.tied_both:,.6g}."
        )

    def __repr__(self) -> str:
        return f"<PairCounts: {self.summary()}>"

    def _repr_html_(self) -> str:
        return html_table(list(self.to_dict()), [list(self.to_dict().values())], caption=self.summary())


def pair_counts(sample: Sample, x: str, y: str, *, missing: str = "error") -> PairCounts:
    """What tau, gamma and Somers' D are made of.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
    x, y : str
        Columns of numbers.
    missing : {"error", "drop"}

    Returns
    -------
    PairCounts

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"score": [62, 71, 75, 58], "csat": [3, 3, 4, 2]})
    >>> qa.pair_counts(calls, "score", "csat").concordant
    5.0
    """
    rows = rows_of(sample)
    check_choice("missing", missing, ("error", "drop"))
    left, right = rows.numbers(x, missing), rows.numbers(y, missing)
    return PairCounts(**_core.count_pairs(rows.core(), left, right))


