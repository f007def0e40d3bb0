"""Raters in a model of ordered categories: who is strict where ratings are few steps, such as 1 to 5 or fail, fair, good."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _core
from ._model_rows import tested
from ._rating_table import RatingTable
from ._render import number, range_text
from ._results import Estimate, EstimateTable, estimate_table
from .errors import ArgumentError, check_choice
from .rater_models import (
    BEST,
    SHOWN,
    TABLES,
    AdjustedAgent,
    RaterModel,
    agents_of,
    figures_of,
    groups_of,
    read_frame,
    read_table,
    refuse_dependent,
)

__all__ = ["OrdinalRater", "OrdinalRaterEffects", "ordinal_rater_effects"]

LINKS = {"logit": "logits", "probit": "probits"}


@dataclass(frozen=True)
class OrdinalRater:
    """One rater.

    Attributes
    ----------
    rater : label
    n : int
        Ratings given.
    mean : float
        Of these ratings, as they are.
    severity : Estimate
        How far below the mean of these raters, all else equal, on the scale of the link; positive is stricter.
    expected : Estimate
        Mean rating that the rater gives to an average conversation of an average agent.
    """

    rater: Any
    n: int
    mean: float
    severity: Estimate
    expected: Estimate


@dataclass(frozen=True, repr=False)
class OrdinalRaterEffects(RaterModel):
    """Raters and agents in one model of ordered categories; made by :func:`ordinal_rater_effects`.

    Attributes
    ----------
    by_agent, by_rater : str
        The columns that name them.
    raters : tuple of OrdinalRater
    agents : tuple of AdjustedAgent
        `adjusted` is the mean rating expected from the average of these raters on the average case mix.
    variances : EstimateTable
        Between agents and between raters, with the test that they are 0.
    thresholds : EstimateTable
        Where one category ends and the next begins, on the scale of the link.
    coefficients : EstimateTable
        The case mix: what raises ratings is positive.
    categories : tuple
        The ratings that occur, ascending.
    link : str
    log_likelihood : float
    converged : bool
    groups : tuple of (agents, raters)
        Connected parts: within one, all can be compared through shared raters. One is what it should be.
    confidence : float
    missing : int
        Rows left out.
    undefined : str or None
        Why there is no model.
    """

    by_agent: str
    by_rater: str
    raters: tuple[OrdinalRater, ...]
    agents: tuple[AdjustedAgent, ...]
    variances: EstimateTable
    thresholds: EstimateTable
    coefficients: EstimateTable
    categories: tuple[Any, ...]
    link: str
    log_likelihood: float
    converged: bool
    groups: tuple[tuple[tuple[Any, ...], tuple[Any, ...]], ...]
    confidence: float
    missing: int
    undefined: str | None
    backend: str | None = None

    def _of_rater(self, one: OrdinalRater) -> dict[str, Any]:
        return (
            {self.by_rater: one.rater, "n": one.n, "mean": one.mean}
            | figures_of("severity", one.severity)
            | figures_of("expected", one.expected)
        )

    def to_dict(self) -> dict[str, Any]:
        """All figures, in full precision."""
        return {
            **{table: self._records(table) for table in TABLES},
            "thresholds": self.thresholds.to_dict()["rows"],
            "coefficients": self.coefficients.to_dict()["rows"],
            "categories": list(self.categories),
            "link": self.link,
            "log_likelihood": self.log_likelihood,
            "converged": self.converged,
            "groups": [{"agents": list(agents), "raters": list(raters)} for agents, raters in self.groups],
            "confidence": self.confidence,
            "missing": self.missing,
            "undefined": self.undefined,
        }

    def _matter(self) -> str:
        variance, p = self.rater_variance, ""
        if variance is None:
            return ""
        if variance.value == 0.0:
            return "No difference between raters is seen: their variance is estimated as 0."
        if not math.isnan(variance.test.p_value):
            p = f" (p {'< 0.0001' if variance.test.p_value < 0.0001 else '= ' + number(variance.test.p_value, 2)})"
        agents = self.variances[self.by_agent].value
        return (
            f"Raters differ in severity with a standard deviation of {number(math.sqrt(variance.value), 2)} {LINKS[self.link]}{p}, "
            f"{self._things} with {number(math.sqrt(agents), 2)}."
        )

    def _tables(self) -> list[tuple[list[str], list[list[object]], str]]:
        level = f"{100 * self.confidence:g}% intervals"
        raters: list[list[object]] = [
            [
                str(one.rater), one.n, one.mean, one.severity.value, range_text(one.severity.low, one.severity.high, one.severity.value),
                one.expected.value, range_text(one.expected.low, one.expected.high, one.expected.value),
            ]
            for one in sorted(self.raters, key=lambda one: -one.severity.value)[:SHOWN]
        ]  # fmt: skip
        return [
            (
                [self.by_rater, "n", "mean", "severity", "interval", "expected", "interval"],
                raters,
                f"raters; severity in {LINKS[self.link]}, positive is stricter; {level}",
            ),
            self._agents_table(level),
        ]


def ordinal_rater_effects(
    sample: Any,
    rating: str | None = None,
    *,
    agent: str | None = None,
    rater: str | None = None,
    conversation: str | None = None,
    case_mix: Sequence[str] = (),
    link: str = "logit",
    confidence: float = 0.95,
    best: str = "highest",
    missing: str = "error",
) -> OrdinalRaterEffects:
    """Severity of each rater, and agents' ratings with it taken out, where ratings are few ordered categories.

    P(rating <= k) = F(threshold k - case mix - agent - rater (- conversation)), F logistic or normal; agents, raters and
    conversations are random. Unlike `rater_effects` it takes no distance between two categories for known, and expects no
    rating beyond the last one.

    Parameters
    ----------
    sample : RatingTable or frame
        A table of ratings stands for itself: its units take the place of agents. Text must be ordered (`categories=` of the
        table); it counts 1, 2, 3, ... where means are meant. A frame has one row per rating.
    rating : str
        Column of numbers (frames only, as the four that follow); those that occur are the categories.
    agent, rater : str
        Columns that name who was rated, and by whom.
    conversation : str, optional
        Column that names the conversation, where some were rated twice or more.
    case_mix : sequence of str
        Columns that make conversations harder: numbers, or labels.
    link : {"logit", "probit"}
    confidence : float
    best : {"highest", "lowest"}
        Which end has rank 1.
    missing : {"error", "drop"}

    Returns
    -------
    OrdinalRaterEffects

    Notes
    -----
    Maximum likelihood by Laplace's approximation, as `clmm` of R's ordinal; severities and adjusted ratings are shrunken
    towards the mean of all. The formulas and their sources stand in ``kernel/ordinal_model.hpp``.

    References
    ----------
    .. [1] McCullagh (1980), JRSS B 42, 109-142, doi:10.1111/j.2517-6161.1980.tb01109.x.
    .. [2] Hedeker and Gibbons (1994), Biometrics 50, 933-944, doi:10.2307/2533433.

    Examples
    --------
    Nine judges and eight bottles of wine, 1 the least bitter (Randall 1989).

    >>> import numpy as np, qascore as qa
    >>> judges = ["23344455", "12132354", "23325544", "32323253", "23433333", "32322454", "11222323", "22233334", "12323244"]
    >>> bottles = np.array([list(map(int, ratings)) for ratings in judges]).T
    >>> found = qa.ordinal_rater_effects(qa.RatingTable.from_matrix(bottles))
    >>> len(found.thresholds), found.connected
    (4, True)
    """
    check_choice("best", best, BEST)
    check_choice("link", link, LINKS)
    if isinstance(sample, RatingTable):
        given = {"rating": rating, "agent": agent, "rater": rater, "conversation": conversation}
        scores, part = read_table(sample, "ordinal_rater_effects", given, case_mix)
        if not part.ordered:
            raise ArgumentError(
                "ordinal_rater_effects: needs ordered categories, but the ratings are text without an order; give the "
                "table categories=[lowest, ..., highest]"
            )
        labels = part.labels
    else:
        needed = {"rating": rating, "agent": agent, "rater": rater}
        scores, labels = read_frame(sample, needed, conversation, case_mix, missing), None
    values, codes = np.unique(scores.y, return_inverse=True)
    categories = tuple(values.tolist()) if labels is None else tuple(labels[int(at)] for at in values.tolist())
    counts = values if labels is None else np.arange(1.0, len(values) + 1.0)
    found = _core.ordinal_rater_effects(
        np.ascontiguousarray(codes, dtype=np.uint32), counts, scores.agent, scores.rater, scores.conversation,
        scores.fixed, link, confidence, best == "highest",
    )  # fmt: skip
    refuse_dependent(scores, found)
    by_agent, by_rater = scores.names
    factors = [by_agent, by_rater] + ([conversation] if conversation is not None and scores.conversation else [])
    variances = [
        tested(f"variance of {name}", record) for name, record in zip(factors, found["variances"], strict=False)
    ]
    coefficients = [tested(name, record) for name, record in zip(scores.terms, found["coefficients"], strict=False)]
    shown = [f"{one:g}" if isinstance(one, float) else str(one) for one in categories]
    ends = [f"{low}|{high}" for low, high in zip(shown, shown[1:], strict=False)]
    thresholds = [
        Estimate.from_core(f"threshold {end}", record)
        for end, record in zip(ends, found["thresholds"], strict=False)
    ]
    return OrdinalRaterEffects(
        by_agent=by_agent,
        by_rater=by_rater,
        raters=tuple(
            OrdinalRater(
                label, one["n"], one["mean"], Estimate.from_core(f"severity of {label}", one["severity"]),
                Estimate.from_core(f"expected rating by {label}", one["expected"]),
            )
            for label, one in zip(scores.raters, found["raters"], strict=True)
        ),
        agents=agents_of(scores, found),
        variances=estimate_table([("component", factors[: len(variances)])], variances, scores.backend),
        thresholds=estimate_table([("threshold", ends[: len(thresholds)])], thresholds, scores.backend),
        coefficients=estimate_table([("term", [one.name for one in coefficients])], coefficients, scores.backend),
        categories=categories,
        link=link,
        log_likelihood=found["log_likelihood"],
        converged=found["converged"],
        groups=groups_of(scores, found),
        confidence=confidence,
        missing=scores.dropped,
        undefined=found["undefined"],
        backend=scores.backend,
    )  # fmt: skip
