"""One correlation in each part of a sample (channel, queue), and whether the parts differ."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from . import _core
from ._frames import build_frame
from ._results import EstimateTable, TestedEstimate, TestResult, _p_text, estimate_table
from .associations import name_of
from .errors import ArgumentError, check_choice
from .estimation import Columns, Sample, rows_of
from .weight_proposals import clustered

__all__ = ["CorrelationsByPart", "correlations_by_part"]

METHODS = ("pearson", "spearman", "kendall")
LEVEL = 0.05


@dataclass(frozen=True, repr=False)
class CorrelationsByPart(EstimateTable):
    """The correlation in each part, one row each.

    Attributes
    ----------
    difference : EstimateTable
        Of each part less that of all others.
    adjusted_p : tuple of float
        Their p, adjusted by Holm for how many parts there are.
    all_alike : TestResult
        Whether all parts have the same correlation: the interaction of part and score, F; NaN where fewer than two have one.
    """

    CAUTION: ClassVar[str] = "That parts differ does not say why, and each speaks for customers who answered."

    difference: EstimateTable = field(default_factory=lambda: EstimateTable((), ()))
    adjusted_p: tuple[float, ...] = ()
    all_alike: TestResult = field(default_factory=lambda: TestResult(math.nan, math.nan, math.nan, math.nan))

    def found(self, level: float = LEVEL) -> list[str]:
        """Parts whose correlation differs from that of all others beyond chance."""
        labels = [" / ".join(map(str, key)) for key in zip(*(values for _, values in self.keys), strict=True)]
        return [label for label, p in zip(labels, self.adjusted_p, strict=True) if p < level]

    def _verdict(self) -> str:
        """What the tests say, in a sentence or two."""
        name = ", ".join(key for key, _ in self.keys)
        if math.isnan(self.all_alike.p_value):
            return f"Whether the parts of {name} differ cannot be tested."
        alike = "are alike" if self.all_alike.p_value >= LEVEL else "differ"
        text = f"The correlations of the parts of {name} {alike} as far as can be seen (F, p {_p_text(self.all_alike.p_value)})."
        found = self.found()
        return f"{text} Another one than the rest have: {', '.join(found)} (Holm)." if found else (
            f"{text} No part of {name} differs from the rest beyond chance (Holm)."
        )  # fmt: skip

    def _said(self) -> str:
        """The correlations in words, and whether they differ."""
        return f"{super()._said()}\n{self._verdict()}"

    def to_dict(self) -> dict[str, Any]:
        """The rows with their differences, and the test of all."""
        return super().to_dict() | {
            "difference": self.difference.to_dict()["rows"],
            "adjusted_p": list(self.adjusted_p),
            "all_alike": {"statistic": self.all_alike.statistic, "df1": self.all_alike.df1, "df2": self.all_alike.df2,
                          "p_value": self.all_alike.p_value},
        }  # fmt: skip

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per part."""
        records = super().to_dict()["rows"]
        columns = {name: [r[name] for r in records] for name in records[0]}
        for name in ("value", "low", "high"):
            columns[f"difference_{name}" if name != "value" else "difference"] = [getattr(one, name) for one in self.difference]
        columns["adjusted_p"] = list(self.adjusted_p)
        return build_frame(columns, backend or self.backend)


def correlations_by_part(
    sample: Sample,
    x: str,
    y: str,
    *,
    by: Columns,
    method: str = "spearman",
    agent: str | None = None,
    confidence: float = 0.95,
    missing: str = "error",
) -> CorrelationsByPart:
    """Whether a correlation is another one in another channel: part by part, each against all others, and all at once.

    Parts are domains of the whole sample: clusters that several parts share (an agent who answers mail and telephone) are in the
    errors of their differences.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
    x, y : str
        Columns of numbers.
    by : str or sequence of str
        Columns of labels, whose combinations are the parts.
    method : {"spearman", "pearson", "kendall"}
    agent : str, optional
        Column of labels, for plain frames: the clusters of the errors.
    confidence : float
    missing : {"error", "drop"}
        With "drop" rows without a number or label are left out.

    Returns
    -------
    CorrelationsByPart

    References
    ----------
    Korn and Graubard (1990), American Statistician 44, 270-276, doi:10.1080/00031305.1990.10475737 (the test of all); Zou (2007),
    doi:10.1037/1082-989X.12.4.399 (limits of differences).

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"channel": ["chat"] * 6 + ["voice"] * 6, "score": [1, 2, 3, 4, 5, 6] * 2,
    ...                       "csat": [1, 3, 2, 4, 5, 4, 4, 5, 3, 4, 2, 2]})
    >>> found = qa.correlations_by_part(calls, "score", "csat", by="channel")
    >>> round(found["chat"].value, 3), round(found["voice"].value, 3), found.all_alike.p_value < 0.01
    (0.841, -0.794, True)
    """
    rows = rows_of(sample)
    check_choice("method", method, METHODS)
    check_choice("missing", missing, ("error", "drop"))
    domains = rows.domains(by, missing)
    if len(domains) < 2:
        shown = ", ".join(repr(name) for name, _ in domains.keys)
        raise ArgumentError(f"by: expected two labels or more in {shown} but found {len(domains)}")
    record = _core.compare_parts(
        clustered(rows, agent, "agent"), rows.numbers(x, missing), rows.numbers(y, missing), domains.codes, len(domains), method, confidence
    )  # fmt: skip
    name = name_of(method, x, y)

    def table(pairs: Any, title: str) -> list[TestedEstimate]:
        return [TestedEstimate.from_core(f"{title}{rows.scope}", one, test=TestResult.from_core(test)) for one, test in pairs]

    difference = table(record["difference"], f"{name}, less that of all others")
    p = np.array([one.test.p_value for one in difference])
    return CorrelationsByPart(
        tuple((key, tuple(values)) for key, values in domains.keys),
        tuple(table(record["part"], name)),
        rows.frame.backend,
        domains.unlabelled,
        difference=estimate_table(domains.keys, difference, rows.frame.backend),
        adjusted_p=tuple(_core.adjusted_p(p, "holm").tolist()),
        all_alike=TestResult.from_core(record["all_alike"]),
    )
