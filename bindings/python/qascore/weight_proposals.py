"""New rubric weights from what goes with satisfaction, with the evidence for them, or why there are none."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from . import _core
from ._frames import MISSING_CODE, build_frame
from ._render import html_table, number, text_table
from ._results import Estimate, EstimateTable, Result, estimate_table
from .errors import ArgumentError, check_choice
from .estimation import Rows, Sample, rows_of

__all__ = ["WeightProposal", "propose_weights"]

MISSING = ("error", "drop")
EVIDENCE = ("today", "proposed", "gain")


@dataclass(frozen=True, repr=False)
class WeightProposal(Result):
    """Weights of criteria with which the score would go with satisfaction better, if the data support any.

    Attributes
    ----------
    outcome : str
    criteria : tuple of str
    today : tuple of float
        The weights as they are.
    found : tuple of float
        The best weights of 0 or more in these data, adding up to today's; NaN where there are none.
    least, most : tuple of float
        Smallest and largest of them among the folds: how far they hang on which conversations were scored. No interval.
    weights : dict or None
        `found` by criterion where the data support it, else None.
    refusals : tuple of str
        Why there is no proposal; empty where there is one.
    evidence : EstimateTable
        How well today's and the new weights predict conversations that they were not learnt from: `evidence["R2", "gain"]`.
    folds, repeats, groups : int
        Parts of the cross-validation, how often they were dealt anew, and the clusters (rows) they are made of.
    n, missing : int
        Complete rows, and others.
    confidence : float
    """

    CAUTION: ClassVar[str] = "What a form should reward is a decision: weights that predict answers better are a reason, no more."

    outcome: str
    criteria: tuple[str, ...]
    today: tuple[float, ...]
    found: tuple[float, ...]
    least: tuple[float, ...]
    most: tuple[float, ...]
    refusals: tuple[str, ...]
    evidence: EstimateTable
    folds: int
    repeats: int
    groups: int
    n: int
    missing: int
    confidence: float

    @property
    def weights(self) -> dict[str, float] | None:
        """The proposal by criterion, or None."""
        return None if self.refusals else dict(zip(self.criteria, self.found, strict=True))

    def _records(self) -> list[dict[str, Any]]:
        rows = zip(self.criteria, self.today, self.found, self.least, self.most, strict=True)
        return [dict(zip(("criterion", "today", "found", "least", "most"), row, strict=True)) for row in rows]

    def to_dict(self) -> dict[str, Any]:
        """Weights, evidence and reasons."""
        return {
            "outcome": self.outcome,
            "rows": self._records(),
            "weights": self.weights,
            "refusals": list(self.refusals),
            "evidence": self.evidence.to_dict()["rows"],
            "n": self.n,
            "missing": self.missing,
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per criterion; `evidence.to_frame()` has the evidence."""
        records = self._records()
        return build_frame({name: [r[name] for r in records] for name in records[0]}, backend or self.evidence.backend)

    def _said(self) -> str:
        """The proposal or why there is none, and the evidence."""
        gain = self.evidence["R2", "gain"]
        figures = (
            f"No evidence: {gain.undefined}."
            if math.isnan(gain.value)
            else (
                f"Of the variance of {self.outcome} in conversations that were not learnt from, today's weights explain "
                f"{self.evidence['R2', 'today']._number()}, the new ones {self.evidence['R2', 'proposed']._number()}; "
                f"the gain is {gain._value_text()}."
            )
        )
        if self.refusals:
            return f"No new weights are proposed: {'; '.join(self.refusals)}. {figures}"
        changes = ", ".join(
            f"{r['criterion']} {number(r['today'])} to {number(r['found'])}" for r in self._records()
        )
        return f"Proposed weights: {changes}. {figures}"

    def _table(self) -> tuple[list[str], list[list[object]]]:
        header = ["criterion", "today", "found", "least of folds", "most of folds"]
        return header, [list(r.values()) for r in self._records()]

    def plot(self, ax: Any = None, *, label: str = "") -> Any:
        """The new weights as bars before today's (pale)."""
        from ._plots import aside, bar_plot

        name = "weight found (pale: today's)" if not self.refusals else "weight found, not proposed (pale: today's)"
        ax = bar_plot(
            self.criteria,
            self.found,
            ax,
            behind=self.today,
            texts=[f"{number(r['today'])} to {number(r['found'])}" for r in self._records()],
            label=label or name,
        )
        aside(ax, f"n = {self.n:,}, intervals are in .evidence")
        return ax

    def __repr__(self) -> str:
        return f"{text_table(*self._table())}\n{self.evidence!r}\n{self._said()}"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=self._said()) + self.evidence._repr_html_()


def clustered(rows: Rows, by: str | None, argument: str) -> dict[str, Any] | None:
    """The design for the kernels, with a column of labels as its clusters where it is a plain frame."""
    core = rows.core()
    if by is None:
        return core
    if core is not None:
        raise ArgumentError(f"{argument}: a SampleDesign has its clusters; leave it out, or make the design with cluster={by!r}")
    labels = rows.frame.labels(by)
    rows._refuse(labels.codes == MISSING_CODE, by, "label")
    return {
        "units": len(rows.frame),
        "weight": None,
        "stratum": None,
        "strata": 1,
        "cluster": labels.codes,
        "clusters": len(labels.labels),
        "population": None,
        "chance": None,
        "single_unit": "error",
        "calibration": (),
        "calibrated_errors": "corrected",
    }


def _weights(rows: Rows, weights: Mapping[str, float], outcome: str) -> tuple[list[str], list[float]]:
    if not isinstance(weights, Mapping) or not weights:
        raise ArgumentError(f"weights: expected a mapping from columns to today's weights but found {weights!r}")
    rows.frame.require(*weights, argument="weights")
    if outcome in weights:
        raise ArgumentError(f"weights: {outcome!r} is the outcome")
    values = [float(weight) for weight in weights.values()]
    for name, value in zip(weights, values, strict=True):
        if not (value >= 0 and math.isfinite(value)):
            raise ArgumentError(f"weights: expected finite numbers of 0 or more but found {value:g} for {name!r}")
    return list(weights), values


def propose_weights(
    sample: Sample,
    weights: Mapping[str, float],
    outcome: str,
    *,
    seed: int,
    agent: str | None = None,
    folds: int = 5,
    repeats: int = 20,
    confidence: float = 0.95,
    missing: str = "error",
) -> WeightProposal:
    """Weights of criteria with which the score would predict satisfaction better than today's, or why the data propose none.

    The weights are those of least squares under weights of 0 or more [1]_, scaled to today's total: with them the score correlates with
    the outcome most. Whether that is more than chance is asked of conversations that they were not learnt from: rows are dealt to
    folds (whole clusters, within strata [2]_), the weights learnt without a fold predict it, and so do today's.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
    weights : mapping
        Column of points, as a fraction of the criterion's full marks, to its weight today.
    outcome : str
        Column of numbers: CSAT.
    seed : int
        What the folds start from: the same gives the same result, whatever the number of cores.
    agent : str, optional
        Column of labels, for plain frames: an agent's conversations are in one fold and one cluster of the errors. A SampleDesign
        has its own clusters.
    folds, repeats : int
        Parts of the cross-validation, and how often they are dealt anew.
    confidence : float
    missing : {"error", "drop"}
        With "drop" rows with a gap are left out: also those to which a criterion did not apply.

    Returns
    -------
    WeightProposal
        No proposal where the gain's interval does not lie above 0, where a criterion goes down with the outcome beside the others
        beyond chance (Holm), with fewer than 10 rows per criterion, or where no criterion goes up with it. Intervals are for the
        gain of weights learnt from (folds - 1) / folds as many rows [3]_.

    References
    ----------
    .. [1] Lawson and Hanson (1974), Solving Least Squares Problems, ch. 23.
    .. [2] Wieczorek, Guerin and McMahon (2022), Stat 11, e454, doi:10.1002/sta4.454.
    .. [3] Bayle, Bayle, Janson and Mackey (2020), Advances in Neural Information Processing Systems 33, arXiv:2007.12671.

    Examples
    --------
    >>> import numpy as np, pandas as pd, qascore as qa
    >>> random = np.random.default_rng(1)
    >>> calls = pd.DataFrame(random.integers(0, 2, (300, 3)), columns=["greeting", "solution", "closing"])
    >>> calls["csat"] = 2 + 2 * calls["solution"] + random.integers(0, 2, 300)
    >>> found = qa.propose_weights(calls, {"greeting": 40, "solution": 20, "closing": 40}, "csat", seed=1)
    >>> found.weights["solution"] > 80
    True
    """
    rows = rows_of(sample)
    check_choice("missing", missing, MISSING)
    names, today = _weights(rows, weights, outcome)
    for argument, value, least in (("folds", folds, 2), ("repeats", repeats, 1)):
        if value < least:
            raise ArgumentError(f"{argument}: expected {least} or more but found {value}")
    record = _core.propose_weights(
        clustered(rows, agent, "agent"),
        rows.numbers(outcome, missing),
        [rows.numbers(name, missing) for name in names],
        np.array(today),
        folds,
        repeats,
        seed,
        confidence,
        os.cpu_count() or 1,
    )
    undefined = record["undefined"]
    if undefined and record["fault"] is not None:
        undefined = f"{undefined}: {names[record['fault']]}"
    estimates = []
    for measure, title in (("r_squared", "R2"), ("correlation", "correlation")):
        for which, one in zip(EVIDENCE, record[measure], strict=True):
            fields = one | {"undefined": undefined} if undefined else one
            estimates.append(Estimate.from_core(f"{title} of {outcome}, {which}{rows.scope}", fields))
    keys = [("measure", ["R2"] * 3 + ["correlation"] * 3), ("weights", list(EVIDENCE) * 2)]
    reasons = {
        "few_rows": f"{record['n']} complete rows are fewer than 10 for each of {len(names)} criteria",
        "no_driver": f"no criterion goes up with {outcome}",
        "negative_driver": "beside the others "
        + ", ".join(names[at] for at in record["negative"])
        + f" goes down with {outcome} beyond chance, which no weight of 0 or more says",
        "no_gain": "that they would predict better than today's is not shown",
    }
    return WeightProposal(
        outcome=outcome,
        criteria=tuple(names),
        today=tuple(today),
        found=tuple(record["weight"]),
        least=tuple(record["least"]),
        most=tuple(record["most"]),
        refusals=(undefined,) if undefined else tuple(reasons[why] for why in record["refusals"]),
        evidence=estimate_table(keys, estimates, rows.frame.backend),
        folds=folds,
        repeats=repeats,
        groups=record["groups"],
        n=record["n"],
        missing=record["missing"],
        confidence=confidence,
    )
