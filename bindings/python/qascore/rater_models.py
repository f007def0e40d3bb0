"""Raters in a crossed model: who is strict, who is erratic, and what agents' scores are when that is taken out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from . import _core
from ._frames import build_frame
from ._model_rows import ModelRows, check_interval, coefficients_of, columns_argument
from ._rating_table import Part, RatingTable
from ._render import html_table, number, range_text, text_table
from ._results import Estimate, EstimateTable, Result, TestedEstimate, estimate_table
from .errors import ArgumentError, check_choice, check_threads, did_you_mean
from .mixed import variance_table
from .sampling import checked_seed

__all__ = ["AdjustedAgent", "RaterEffect", "RaterEffects", "rater_effects"]

TESTS = ("likelihood_ratio", "bootstrap")
BEST = ("highest", "lowest")
TABLES = ("raters", "agents", "variances")
SHOWN = 30  # rows on the screen; to_frame has all
NAMED = 6  # of a connected part


@dataclass(frozen=True)
class RaterEffect:
    """One rater.

    Attributes
    ----------
    rater : label
    n : int
        Scores given.
    mean : float
        Of these scores, as they are.
    severity : Estimate
        How far below the mean of these raters, all else equal; positive is stricter.
    spread : Estimate
        Standard deviation of the rater's own errors.
    """

    rater: Any
    n: int
    mean: float
    severity: Estimate
    spread: Estimate


@dataclass(frozen=True)
class AdjustedAgent:
    """One agent.

    Attributes
    ----------
    agent : label
    n : int
        Scores received.
    mean : float
        Of these scores, as they are.
    adjusted : Estimate
        Expected score from the average of these raters on the average case mix, shrunken; `std_error` is that of prediction.
    rank, rank_low, rank_high : int or None
        By the adjusted score, 1 the best, and the ranks that the data allow, for all agents together; None where there is
        no model.
    rank_before : int
        By the scores as they are: what it would be without the adjustment.
    """

    agent: Any
    n: int
    mean: float
    adjusted: Estimate
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    rank_before: int


class RaterModel(Result):
    """What models of raters and agents share: who is who, tables, and the same words."""

    CAUTION: ClassVar[str] = "Severity is against the other raters, not against the truth."

    by_agent: str
    by_rater: str
    raters: tuple[Any, ...]
    agents: tuple[AdjustedAgent, ...]
    variances: EstimateTable
    groups: tuple[tuple[tuple[Any, ...], tuple[Any, ...]], ...]
    undefined: str | None
    backend: str | None

    def _records(self, table: str) -> list[dict[str, Any]]:
        if table == "raters":
            return [self._of_rater(one) for one in self.raters]
        if table == "agents":
            return [
                {self.by_agent: one.agent, "n": one.n, "mean": one.mean}
                | figures_of("adjusted", one.adjusted)
                | {"rank": one.rank, "rank_low": one.rank_low, "rank_high": one.rank_high, "rank_before": one.rank_before}
                for one in self.agents
            ]
        rows: list[dict[str, Any]] = self.variances.to_dict()["rows"]
        return rows

    def _of_rater(self, one: Any) -> dict[str, Any]:
        raise NotImplementedError

    def _matter(self) -> str:
        raise NotImplementedError

    def _tables(self) -> list[tuple[list[str], list[list[object]], str]]:
        raise NotImplementedError

    @property
    def connected(self) -> bool:
        """Whether all agents and raters hang together."""
        return len(self.groups) == 1

    @property
    def rater_variance(self) -> TestedEstimate | None:
        """The variance between raters with its test; None where there is no model."""
        found = self.variances[self.by_rater] if len(self.variances) else None
        return found if isinstance(found, TestedEstimate) else None

    def rater(self, label: Any) -> Any:
        """The rater of that name."""
        return next((one for one in self.raters if one.rater == label), None) or self._nobody(
            "rater", label, [one.rater for one in self.raters]
        )

    def agent(self, label: Any) -> AdjustedAgent:
        """The agent of that name."""
        return next((one for one in self.agents if one.agent == label), None) or self._nobody(
            "agent", label, [one.agent for one in self.agents]
        )

    @staticmethod
    def _nobody(argument: str, label: Any, known: Sequence[Any]) -> Any:
        raise ArgumentError(f"{argument}: nobody is {label!r}{did_you_mean(label, known)}")

    def severities(self) -> EstimateTable:
        """The raters' severities, the strictest first."""
        rows = sorted(self.raters, key=lambda one: -one.severity.value)
        return estimate_table([(self.by_rater, [one.rater for one in rows])], [one.severity for one in rows], self.backend)

    def adjusted(self) -> EstimateTable:
        """The agents' adjusted scores, the best first."""
        rows = sorted(self.agents, key=_place)
        return estimate_table([(self.by_agent, [one.agent for one in rows])], [one.adjusted for one in rows], self.backend)

    def to_frame(self, table: str = "raters", backend: str | None = None) -> Any:
        """The raters, the agents or the variances, one row each."""
        records = self._records(check_choice("table", table, TABLES))
        names = list(records[0]) if records else []
        return build_frame({name: [record[name] for record in records] for name in names}, backend or self.backend)

    def plot(self, ax: Any = None, *, of: str = "raters", **options: Any) -> Any:
        """Severities (or the agents' adjusted scores) with intervals, on matplotlib axes; options as in
        `EstimateTable.plot`."""
        table = self.severities() if check_choice("of", of, TABLES[:2]) == "raters" else self.adjusted()
        return table.plot(ax, **options)

    # In words

    @property
    def _things(self) -> str:
        """What is scored: units of a table stand for themselves."""
        return "units" if self.by_agent == "unit" else "agents"

    def _said(self) -> str:
        """What the model finds, in sentences."""
        if self.undefined is not None:
            return "\n".join([f"There is no model of the raters: {self.undefined}.", *self._parts()])
        return "\n".join([self._matter(), *self._extremes(), *self._moved(), *self._parts()])

    def _moved(self) -> list[str]:
        moved = [one for one in self.agents if one.rank != one.rank_before]
        if not moved:
            return ["The adjustment changes no rank."]
        if all(one.rank == 1 for one in self.agents):
            return [f"No difference between {self._things} is seen: all share one rank."]
        most = max(moved, key=lambda one: abs(_place(one) - one.rank_before))
        return [
            f"The adjustment changes the rank of {number(len(moved))} of {number(len(self.agents))} {self._things}, most for "
            f"{most.agent}: {most.rank} in place of {most.rank_before}."
        ]

    def _parts(self) -> list[str]:
        if self.connected:
            return []
        lines = [
            f"The scores fall into {len(self.groups)} parts without a shared rater; between them {self._things} and raters are "
            "compared only by assuming that each part has the same mix of both:"
        ]
        for agents, raters in self.groups:
            lines.append(f"  raters {_some(raters)} with {self._things} {_some(agents)}")
        return lines

    def _extremes(self) -> list[str]:
        known = [one for one in self.raters if not math.isnan(one.severity.low)]
        if not known:
            return []
        first, last = max(known, key=lambda o: o.severity.value), min(known, key=lambda o: o.severity.value)
        return [
            f"Strictest is {first.rater}: severity {_figure(first.severity)}.",
            f"Most lenient is {last.rater}: severity {_figure(last.severity)}.",
        ]

    def _agents_table(self, level: str) -> tuple[list[str], list[list[object]], str]:
        agents: list[list[object]] = [
            [
                str(one.agent), one.n, one.mean, one.adjusted.value, range_text(one.adjusted.low, one.adjusted.high, one.adjusted.value),
                one.rank, _possible(one), one.rank_before,
            ]
            for one in sorted(self.agents, key=_place)[:SHOWN]
        ]  # fmt: skip
        more = len(self.agents) - SHOWN
        rest = f'; {number(more)} more: .to_frame("agents")' if more > 0 else ""
        return (
            [self.by_agent, "n", "mean", "adjusted", "interval", "rank", "could be", "unadjusted rank"],
            agents,
            f"{self._things}; {level}, ranks hold for all together{rest}",
        )

    def __repr__(self) -> str:
        shown = [f"{text_table(header, rows)}\n{caption}" for header, rows, caption in self._tables()]
        return "\n\n".join([*shown, self._said()])

    def _repr_html_(self) -> str:
        from html import escape

        lines = "".join(f"<li>{escape(line.strip())}</li>" for line in self._said().splitlines())
        return f'<ul class="qascore">{lines}</ul>' + "".join(html_table(*table) for table in self._tables())


@dataclass(frozen=True, repr=False)
class RaterEffects(RaterModel):
    """Raters and agents in one model; made by :func:`rater_effects`.

    Attributes
    ----------
    by_agent, by_rater : str
        The columns that name them.
    raters : tuple of RaterEffect
    agents : tuple of AdjustedAgent
    variances : EstimateTable
        Between agents, between raters (with the test whether raters matter at all), of errors.
    coefficients : EstimateTable
        The case mix; the intercept first.
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
    raters: tuple[RaterEffect, ...]
    agents: tuple[AdjustedAgent, ...]
    variances: EstimateTable
    coefficients: EstimateTable
    groups: tuple[tuple[tuple[Any, ...], tuple[Any, ...]], ...]
    confidence: float
    missing: int
    undefined: str | None
    backend: str | None = None

    def spreads(self) -> EstimateTable:
        """The standard deviations of the raters' own errors, the most erratic first."""
        rows = sorted(self.raters, key=lambda one: -one.spread.value)
        return estimate_table([(self.by_rater, [one.rater for one in rows])], [one.spread for one in rows], self.backend)

    def _of_rater(self, one: RaterEffect) -> dict[str, Any]:
        return (
            {self.by_rater: one.rater, "n": one.n, "mean": one.mean}
            | figures_of("severity", one.severity)
            | figures_of("spread", one.spread)
        )

    def to_dict(self) -> dict[str, Any]:
        """All figures, in full precision."""
        return {
            **{table: self._records(table) for table in TABLES},
            "coefficients": self.coefficients.to_dict()["rows"],
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
        error, agents = self.variances["residual"].value, self.variances[self.by_agent].value
        return (
            f"Raters differ in severity with a standard deviation of {number(math.sqrt(variance.value), 2)}{p}, {self._things} with "
            f"{number(math.sqrt(agents), 2)}; a single score errs by {number(math.sqrt(error), 2)}."
        )

    def _extremes(self) -> list[str]:
        lines = super()._extremes()
        spread = [one for one in self.raters if not math.isnan(one.spread.low)] if lines else []
        if spread:
            wild = max(spread, key=lambda o: o.spread.value)
            lines.append(f"Most erratic is {wild.rater}: own errors have a standard deviation of {_figure(wild.spread)}.")
        return lines

    def _tables(self) -> list[tuple[list[str], list[list[object]], str]]:
        level = f"{100 * self.confidence:g}% intervals"
        raters: list[list[object]] = [
            [
                str(one.rater), one.n, one.mean, one.severity.value, range_text(one.severity.low, one.severity.high, one.severity.value),
                one.spread.value, range_text(one.spread.low, one.spread.high, one.spread.value),
            ]
            for one in sorted(self.raters, key=lambda one: -one.severity.value)[:SHOWN]
        ]  # fmt: skip
        return [
            (
                [self.by_rater, "n", "mean", "severity", "interval", "spread", "interval"],
                raters,
                f"raters; positive severity is stricter; {level}",
            ),
            self._agents_table(level),
        ]


def _place(one: AdjustedAgent) -> int:
    return one.rank_before if one.rank is None else one.rank


def _possible(one: AdjustedAgent) -> str:
    return "·" if one.rank is None else f"{one.rank_low} to {one.rank_high}"


def figures_of(name: str, one: Estimate) -> dict[str, float]:
    return {name: one.value, f"{name}_std_error": one.std_error, f"{name}_low": one.low, f"{name}_high": one.high}


def _figure(one: Estimate) -> str:
    return f"{one._number()} ({range_text(one.low, one.high)})"


def _some(labels: Sequence[Any]) -> str:
    more = f" and {len(labels) - NAMED} more" if len(labels) > NAMED else ""
    return ", ".join(map(str, labels[:NAMED])) + more


@dataclass(frozen=True)
class Scores:
    """What the model reads, from a table of ratings or from a frame."""

    y: Any
    agent: tuple[Any, int]
    rater: tuple[Any, int]
    conversation: tuple[Any, int] | None
    fixed: list[Any]
    terms: list[str]
    agents: Sequence[Any]
    raters: Sequence[Any]
    names: tuple[str, str]
    dropped: int
    backend: str | None


def read_table(table: RatingTable, verb: str, given: dict[str, Any], case_mix: Sequence[str]) -> tuple[Scores, Part]:
    """Ratings of a table: its units take the place of agents. `given`: arguments that are for frames."""
    for name, value in given.items():
        if value is not None:
            raise ArgumentError(f"{name}: is for frames; a RatingTable knows its units and raters")
    if columns_argument("case_mix", case_mix):
        raise ArgumentError("case_mix: is for frames; a RatingTable has no further columns")
    if len(table._parts) > 1:
        raise ArgumentError(
            f"table: expected ratings on one criterion but found {len(table._parts)}; give one of them, "
            f"table[{table.criteria[0]!r}]"
        )
    part: Part = table._parts[0]
    unit, rater, rating = part.core.rows()
    if rater is None or part.raters is None:
        raise ArgumentError(
            f"{verb}: needs to know which rater gave which rating, but the raters are anonymous"
        )
    rated, codes = np.unique(unit, return_inverse=True)  # units without a rating are no part of it
    units = [part.units[code] for code in rated.tolist()]
    scores = Scores(
        rating, (np.ascontiguousarray(codes, dtype=np.uint32), len(units)), (rater, len(part.raters)), None, [], [], units, list(part.raters),
        ("unit", "rater"), 0, table._backend,
    )  # fmt: skip
    return scores, part


def read_frame(
    sample: Any, needed: dict[str, str | None], conversation: str | None, case_mix: Sequence[str], missing: str
) -> Scores:
    """Scores of a frame; `needed`: the columns of scores, agents and raters, by argument."""
    for name, value in needed.items():
        if value is None:
            raise ArgumentError(f"{name}: expected a column of the frame but found None")
    score, agent, rater = (str(column) for column in needed.values())
    case_mix = columns_argument("case_mix", case_mix)
    factors = [agent, rater] + ([] if conversation is None else [conversation])
    rows = ModelRows(sample, score, factors, case_mix, missing)
    # Conversations that were scored once each are what the error is about: no factor of their own.
    repeated = conversation is not None and len(rows.factors[2].labels) < len(rows.y)
    return Scores(
        rows.y, rows.of(0), rows.of(1), rows.of(2) if repeated else None, rows.fixed, rows.names,
        rows.factors[0].labels, rows.factors[1].labels, (agent, rater), rows.dropped, rows.frame.backend,
    )  # fmt: skip


def rater_effects(
    sample: Any,
    score: str | None = None,
    *,
    agent: str | None = None,
    rater: str | None = None,
    conversation: str | None = None,
    case_mix: Sequence[str] = (),
    confidence: float = 0.95,
    best: str = "highest",
    interval: str = "automatic",
    test: str = "likelihood_ratio",
    seed: int | None = None,
    replicates: int = 999,
    missing: str = "error",
    threads: int | None = None,
) -> RaterEffects:
    """Severity and spread of each rater, and agents' scores with the raters' severity taken out.

    score = mean + case mix + agent + rater (+ conversation) + error, by restricted maximum likelihood; agents, raters and
    conversations are random, may be crossed in any way and need not all meet.

    Parameters
    ----------
    sample : RatingTable or frame
        A table of ratings stands for itself: its units take the place of agents. A frame has one row per score.
    score : str
        Column of numbers (frames only, as the four that follow).
    agent, rater : str
        Columns that name who was scored, and by whom.
    conversation : str, optional
        Column that names the conversation, where some were scored twice or more: what their scores share beyond the
        agent is not error.
    case_mix : sequence of str
        Columns that make conversations harder: numbers, or labels.
    confidence : float
    best : {"highest", "lowest"}
        Which end has rank 1.
    interval : {"automatic", "profile", "information"}
        Of the variances, as in `mixed_model`.
    test : {"likelihood_ratio", "bootstrap"}
        Whether raters matter at all: against the boundary mixture of chi-squared (cautious with few raters), or against
        samples drawn from the model without raters (exact up to their number).
    seed, replicates
        Of the bootstrap; a seed is needed.
    missing : {"error", "drop"}
    threads : int, optional
        Of the bootstrap; the numbers are the same for any. Default: one per core.

    Returns
    -------
    RaterEffects

    Notes
    -----
    Severities and adjusted scores are best linear unbiased predictions: shrunken towards the mean of all, the more the
    fewer scores there are. The formulas and their sources stand in ``kernel/rater_effects.hpp``.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rows = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> found = qa.rater_effects(qa.RatingTable.from_matrix(np.array(rows), raters=["ann", "bob", "cay", "dan"]))
    >>> round(found.rater("bob").severity.value, 2), found.connected
    (2.7, True)
    >>> [one.rank for one in found.agents], [one.rank_before for one in found.agents]
    ([3, 6, 2, 5, 1, 4], [3, 6, 2, 5, 1, 4])
    """
    check_choice("best", best, BEST)
    check_choice("test", test, TESTS)
    check_interval(interval)
    if test == "bootstrap":
        checked_seed(seed)
    if isinstance(sample, RatingTable):
        given = {"score": score, "agent": agent, "rater": rater, "conversation": conversation}
        scores, part = read_table(sample, "rater_effects", given, case_mix)
        if part.labels is not None:
            raise ArgumentError("rater_effects: needs numbers, but the ratings are text; see ordinal_rater_effects")
    else:
        needed = {"score": score, "agent": agent, "rater": rater}
        scores = read_frame(sample, needed, conversation, case_mix, missing)
    found = _core.rater_effects(
        scores.y, scores.agent, scores.rater, scores.conversation, scores.fixed, confidence, best == "highest", interval,
        checked_seed(seed) if test == "bootstrap" else None, replicates, check_threads(threads),
    )  # fmt: skip
    refuse_dependent(scores, found)
    by_agent, by_rater = scores.names
    factors = [by_agent, by_rater] + ([conversation] if conversation is not None and scores.conversation else [])
    coefficients = coefficients_of(found, scores.terms)
    return RaterEffects(
        by_agent=by_agent,
        by_rater=by_rater,
        raters=tuple(
            RaterEffect(
                label, one["n"], one["mean"], Estimate.from_core(f"severity of {label}", one["severity"]),
                Estimate.from_core(f"spread of {label}", one["spread"]),
            )
            for label, one in zip(scores.raters, found["raters"], strict=True)
        ),
        agents=agents_of(scores, found),
        variances=variance_table(found, factors, scores.backend),
        coefficients=estimate_table([("term", [one.name for one in coefficients])], coefficients, scores.backend),
        groups=groups_of(scores, found),
        confidence=confidence,
        missing=scores.dropped,
        undefined=found["undefined"],
        backend=scores.backend,
    )  # fmt: skip


def refuse_dependent(scores: Scores, found: dict[str, Any]) -> None:
    if found["dependent"] is not None:
        raise ArgumentError(
            f'case_mix: "{scores.terms[found["dependent"]]}" is the same in all rows, or a combination of those before it'
        )


def agents_of(scores: Scores, found: dict[str, Any]) -> tuple[AdjustedAgent, ...]:
    return tuple(
        AdjustedAgent(
            label, one["n"], one["mean"], Estimate.from_core(f"adjusted score of {label}", one["adjusted"]),
            one["rank"] or None, one["rank_low"] or None, one["rank_high"] or None, one["rank_before"],
        )
        for label, one in zip(scores.agents, found["agents"], strict=True)
    )  # fmt: skip


def groups_of(scores: Scores, found: dict[str, Any]) -> tuple[tuple[tuple[Any, ...], tuple[Any, ...]], ...]:
    agents: list[list[Any]] = [[] for _ in range(found["groups"])]
    raters: list[list[Any]] = [[] for _ in range(found["groups"])]
    for members, labels, codes in ((agents, scores.agents, "agent_group"), (raters, scores.raters, "rater_group")):
        for label, group in zip(labels, found[codes].tolist(), strict=True):
            members[group].append(label)
    return tuple((tuple(a), tuple(r)) for a, r in zip(agents, raters, strict=True))
