"""Agents with few conversations each: direct and shrunken means, ranks with intervals, who can be told apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from . import _core
from ._frames import MISSING_CODE, Labels, build_frame
from ._render import html_table, number, range_text, text_table
from ._results import Estimate, EstimateTable, Result, TestResult, TestedEstimate
from .errors import ArgumentError, DataError, check_choice, did_you_mean
from .estimation import MISSING, Codes, Columns, Domains, Numbers, Rows, Sample, name_of, rows_of

__all__ = ["AgentDifference", "AgentEstimate", "AgentEstimates", "agent_estimates"]

BETWEEN = ("averaged", "reml", "moment")
BEST = ("highest", "lowest")
FEW_CONVERSATIONS = 5
FEW_AGENTS = 10
SHOWN = 30  # rows on the screen; to_frame has all


@dataclass(frozen=True)
class AgentEstimate(Result):
    """One agent: what its own conversations say, and what they say together with the others'.

    Attributes
    ----------
    agent : label or tuple of labels
    direct : Estimate
        Mean of its own conversations; the variance is pooled over agents.
    shrunken : Estimate
        The mean drawn towards what agents alike have; `std_error` is the root of `mse`.
    mse : float
        Mean squared error of the shrunken estimate.
    own_weight : float
        How much of the direct estimate is in the shrunken one, 0 to 1.
    rank : int or None
        By the shrunken estimate, 1 the best; None without a value.
    rank_low, rank_high : int or None
        Ranks that the sample allows, for all agents together.
    told_apart : int
        Agents that it surely differs from.
    others : int
        Agents that it was compared with.
    """

    CAUTION: ClassVar[str] = "A rank is no verdict on a person: customers, hours and raters of agents differ."

    agent: Any
    direct: Estimate
    shrunken: Estimate
    mse: float
    own_weight: float
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    told_apart: int
    others: int

    @property
    def flags(self) -> tuple[str, ...]:
        """What to know before the figures are used, in words."""
        n, out = self.direct.n, []
        if n == 0:
            return (self.direct.undefined or "",)
        if self.direct.undefined:
            out.append(self.direct.undefined)
        elif self.shrunken.undefined:
            out.append(self.shrunken.undefined)
        if self.direct.low == self.direct.high:
            out.append(f"all {number(n)} conversations were scored: what they were, not what more would be")
        elif n < FEW_CONVERSATIONS:
            out.append("1 conversation" if n == 1 else f"{n} conversations")
        if self.others and not self.told_apart:
            out.append("cannot be told apart from anyone")
        return tuple(out)

    @property
    def best_known(self) -> Estimate:
        """The shrunken estimate, or the direct one where there is none."""
        return self.direct if math.isnan(self.shrunken.value) else self.shrunken

    def to_dict(self) -> dict[str, Any]:
        """All figures, in full precision; value, std_error, low and high are those of the shrunken estimate."""
        return {
            "n": self.direct.n,
            "missing": self.direct.missing,
            "direct": self.direct.value,
            "direct_std_error": self.direct.std_error,
            "direct_low": self.direct.low,
            "direct_high": self.direct.high,
            "value": self.shrunken.value,
            "std_error": self.shrunken.std_error,
            "low": self.shrunken.low,
            "high": self.shrunken.high,
            "mse": self.mse,
            "own_weight": self.own_weight,
            "rank": self.rank,
            "rank_low": self.rank_low,
            "rank_high": self.rank_high,
            "told_apart": self.told_apart,
            "flags": "; ".join(self.flags),
        }

    def _both(self) -> EstimateTable:
        return EstimateTable((("mean", ("direct", "shrunken")),), (self.direct, self.shrunken))

    def to_frame(self, backend: str | None = None) -> Any:
        """One row; `backend` is "pandas", "polars" or "pyarrow" (default: the first that is installed)."""
        return build_frame({name: [value] for name, value in self.to_dict().items()}, backend)

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """The direct and the shrunken mean with intervals, on matplotlib axes; options as in `EstimateTable.plot`."""
        return self._both().plot(ax, **options)

    def _said(self) -> str:
        """The agent in a sentence."""
        if self.rank is None:
            return f"{self.agent}: {self.direct.undefined}."
        text = f"{self.agent}: {self.best_known._said()[:-1].removeprefix(f'{self.best_known.name} is ')}"
        text += f"; rank {self.rank} of {self.others + 1}, could be {self.rank_low} to {self.rank_high}"
        return f"{text}; {', '.join(self.flags)}." if self.flags else f"{text}."

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._said()}>"

    def _repr_html_(self) -> str:
        header, rows = self._both()._table()
        return html_table(header, rows, self._said())


@dataclass(frozen=True, repr=False)
class AgentDifference(TestedEstimate):
    """Mean of one agent minus that of another; interval and p-value hold for all pairs of agents together.

    Attributes
    ----------
    between : tuple of two labels
    told_apart : bool
        Whether the interval leaves out 0.
    """

    CAUTION: ClassVar[str] = "It does not say why, nor that both had the same customers."

    between: tuple[Any, Any]
    told_apart: bool

    def _said(self) -> str:
        """The comparison in words."""
        first, second = self.between
        if math.isnan(self.low):
            return f"{first} and {second} cannot be told apart: {self.undefined}."
        if not self.told_apart:
            words = f"{first} and {second} cannot be told apart"
        else:
            words = f"{first} scores {'higher' if self.value > 0 else 'lower'} than {second}"
        p = "" if math.isnan(self.test.p_value) else f", p {self._p_text()}"
        return (
            f"{words}: the difference is {self._number()}, {100 * self.confidence:g}% interval for all pairs "
            f"together {range_text(self.low, self.high)}{p}."
        )

    def _p_text(self) -> str:
        return "< 0.0001" if self.test.p_value < 0.0001 else f"= {number(self.test.p_value, 2)}"


@dataclass(frozen=True)
class AgentEstimates(Result):
    """Estimates of many agents; made by :func:`agent_estimates`.

    Attributes
    ----------
    column : str
        What was averaged.
    by : tuple of str
        The columns that name an agent.
    agents : tuple of AgentEstimate
        Ascending by label.
    within, within_df : float
        Variance of a conversation's value around its agent's mean, pooled, and its degrees of freedom.
    between : float
        Variance of agents' true means around what is expected of them; NaN where undefined.
    coefficients, coefficient_errors : dict
        What is expected of an agent: intercept and covariates, with standard errors.
    pairs, pairs_told_apart : int
        Pairs of agents, and those whose difference is sure, all together.
    critical : float
        How many standard errors of their difference two agents must lie apart.
    method : str
        The estimator of the shrunken means.
    undefined : str or None
        Why there are no shrunken estimates.
    unlabelled : int
        Conversations without an agent.
    """

    CAUTION: ClassVar[str] = "A rank is no verdict on a person: customers, hours and raters of agents differ."

    column: str
    by: tuple[str, ...]
    agents: tuple[AgentEstimate, ...]
    confidence: float
    within: float
    within_df: float
    between: float
    coefficients: dict[str, float]
    coefficient_errors: dict[str, float]
    pairs: int
    pairs_told_apart: int
    critical: float
    method: str
    undefined: str | None
    unlabelled: int = 0
    backend: str | None = None

    def __len__(self) -> int:
        return len(self.agents)

    def __iter__(self) -> Iterator[AgentEstimate]:
        return iter(self.agents)

    def __getitem__(self, agent: Any) -> AgentEstimate:
        """By label (a tuple if several columns name an agent)."""
        for one in self.agents:
            if one.agent == agent:
                return one
        raise ArgumentError(
            f"agent: nobody is {name_of(agent if isinstance(agent, tuple) else (agent,))}"
            f"{did_you_mean(agent, [one.agent for one in self.agents])}"
        )

    def difference(self, first: Any, second: Any) -> AgentDifference:
        """Direct mean of the first agent minus that of the second, corrected for all pairs (Tukey and Kramer)."""
        found, test, told_apart = _core.compare_agents(
            _side(self[first]),
            _side(self[second]),
            sum(a.rank is not None for a in self.agents),
            self.within_df,
            self.critical,
            self.confidence,
        )
        return AgentDifference.from_core(
            f"{self.column}: {first} minus {second}",
            found,
            test=TestResult.from_core(test),
            between=(first, second),
            told_apart=told_apart,
        )

    def ranked(self) -> list[AgentEstimate]:
        """The agents with a value from the best to the worst."""
        known = [a for a in self.agents if a.rank is not None]
        return sorted(known, key=lambda a: a.rank or 0)

    def to_dict(self) -> dict[str, Any]:
        left_out = ("column", "by", "agents", "backend")
        shared = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in left_out}
        return {"rows": self._records(), **shared}

    def _records(self) -> list[dict[str, Any]]:
        return [self._key(one) | one.to_dict() for one in self.agents]

    def _key(self, one: AgentEstimate) -> dict[str, Any]:
        return dict(zip(self.by, one.agent if len(self.by) > 1 else (one.agent,), strict=True))

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per agent, ascending by label, in the kind of frame the data came in."""
        records = self._records()
        names = list(records[0]) if records else []
        return build_frame({name: [r[name] for r in records] for name in names}, backend or self.backend)

    def _notes(self) -> list[str]:
        known = sum(a.rank is not None for a in self.agents)
        out = []
        if self.undefined and known:
            out.append(f"No shrunken estimates: {self.undefined}.")
        elif 0 < known < FEW_AGENTS:
            out.append(
                f"With {known} agents it is hardly known how much agents differ; shrunken intervals are wide for that."
            )
        if self.between == 0.0:
            out.append('The variance between agents is estimated as 0; between="averaged" does not rest on that.')
        if self.unlabelled:
            out.append(f"{self.unlabelled} conversations have no agent and are in none of these.")
        return out

    def _said(self) -> str:
        """The agents in plain sentences."""
        ranked = self.ranked()
        if not ranked:
            return f"mean {self.column} by agent: nobody has a value."
        conversations = sum(a.direct.n for a in ranked)
        lines = [f"mean {self.column} of {number(len(ranked))} agents from {number(conversations)} conversations."]
        if not math.isnan(self.between):
            lines.append(
                f"Agents' true means have a standard deviation of about {number(math.sqrt(self.between), 2)}, "
                f"conversations around their agent's mean one of {number(math.sqrt(self.within), 2)}."
            )
        if self.pairs:
            level = f"{100 * self.confidence:g}%"
            if self.pairs_told_apart:
                lines.append(
                    f"{number(self.pairs_told_apart)} of {number(self.pairs)} pairs of agents can be told apart ({level} "
                    "for all pairs together); the others cannot. Pairs and ranks take one spread of conversations for all "
                    "agents: an agent whose own is much larger is set apart too often."
                )
            else:
                lines.append(f"No two agents can be told apart ({level} for all pairs together): this is no ranking.")
        lines.append(f"Best: {ranked[0]._said()}")
        if len(ranked) > 1:
            lines.append(f"Last: {ranked[-1]._said()}")
        return "\n".join(lines + self._notes())

    HEADER = ("n", "direct", "shrunken", "interval", "rank", "could be", "flags")

    def _table(self) -> tuple[list[str], list[list[object]]]:
        rows: list[list[object]] = []
        for one in [*self.ranked(), *(a for a in self.agents if a.rank is None)][:SHOWN]:
            ranks = "·" if one.rank is None else f"{one.rank_low} to {one.rank_high}"
            rows.append(
                [
                    *(str(v) for v in self._key(one).values()),
                    one.direct.n,
                    one.direct.value,
                    one.shrunken.value,
                    range_text(one.shrunken.low, one.shrunken.high, one.shrunken.value),
                    one.rank,
                    ranks,
                    "; ".join(one.flags),
                ]
            )
        return [*self.by, *self.HEADER], rows

    def _caption(self) -> str:
        text = f"mean {self.column}, {100 * self.confidence:g}% intervals; ranks hold for all agents together"
        more = len(self.agents) - SHOWN
        text += f"; {more:,} more agents: .to_frame()" if more > 0 else ""
        return "\n".join([text, *self._notes()])

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Shrunken means with intervals from the best to the last, direct means as rings, on matplotlib axes.

        Options: `truth` (mapping from agent to known mean, drawn as diamonds), `label`.
        """
        from ._plots import caterpillar_plot

        return caterpillar_plot(self, ax, **options)

    def __repr__(self) -> str:
        header, rows = self._table()
        return f"{text_table(header, rows)}\n{self._caption()}"

    def _repr_html_(self) -> str:
        header, rows = self._table()
        return html_table(header, rows, self._caption())


def _side(one: AgentEstimate) -> tuple[float, float, int, int, str | None]:
    direct = one.direct
    return direct.value, direct.std_error, direct.n, direct.missing, direct.undefined


def _covariates(rows: Rows, names: Sequence[str], domains: Domains) -> tuple[list[str], list[Numbers]]:
    """A value per agent: numbers as they are, labels as a 0/1 column for each but the first."""
    columns: list[str] = []
    values: list[Numbers] = []
    agents = list(zip(*(key for _, key in domains.keys), strict=True))

    def by_agent(name: str, by_unit: Numbers) -> Numbers:
        value, conflict = _core.values_by_domain(domains.codes, len(domains), by_unit)
        if conflict < len(by_unit):
            raise DataError(
                f'covariates: column "{name}": expected one value per agent but found several for '
                f"{name_of(agents[domains.codes[conflict]])}"
            )
        if np.isnan(value).any():
            raise DataError(
                f'covariates: column "{name}": no value for {name_of(agents[int(np.argmax(np.isnan(value)))])}'
            )
        return value

    rows.frame.require(*names, argument="covariates")
    for name in names:
        if not rows.frame.is_text(name):
            columns.append(name)
            values.append(by_agent(name, rows.numbers(name, "drop")))
            continue
        labels = rows.frame.labels(name)
        codes: Codes = rows.codes_by_unit(labels.codes, [name])
        of_agent = by_agent(name, np.where(codes == MISSING_CODE, np.nan, codes.astype(np.float64)))
        for label, column in Labels(of_agent.astype(np.uint32), labels.labels).indicators():
            columns.append(f"{name} is {label}")
            values.append(column)
    return columns, values


def agent_estimates(
    sample: Sample,
    column: str,
    *,
    agent: Columns,
    covariates: Sequence[str] = (),
    confidence: float = 0.95,
    between: str = "averaged",
    best: str = "highest",
    missing: str = "error",
) -> AgentEstimates:
    """Means by agent where each has few conversations: direct, shrunken, with ranks and what can be told apart.

    The spread of conversations around their agent's mean is pooled, so that an agent with two of them has an honest
    interval, too. The shrunken mean draws each agent towards what agents alike have, the more the fewer conversations
    it has.

    Parameters
    ----------
    sample : SampleDesign or frame
        A frame stands for independent rows of equal weight.
    column : str
        Column of numbers.
    agent : str or sequence of str
        Column or columns that name an agent (or any other small domain).
    covariates : sequence of str
        Columns with one value per agent that may explain it beforehand: numbers (tenure) or labels (team).
    confidence : float
        Level of the intervals, a fraction. Intervals of means hold one by one, over agents; those of ranks and
        differences hold all together.
    between : {"averaged", "reml", "moment"}
        How the variance between agents enters: averaged over all it may be; the one of largest restricted likelihood;
        the moment estimator of Prasad and Rao. The last two give the classical mean squared errors, and no interval
        where they say 0.
    best : {"highest", "lowest"}
        Which end has rank 1.
    missing : {"error", "drop", "domain"}
        As in `mean`.

    Returns
    -------
    AgentEstimates

    Raises
    ------
    DataError
        A covariate with several values for one agent, or none.
    ArgumentError
        A covariate that is a combination of the others.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> scores = [0.9, 0.8, 0.9, 0.5, 0.6, 0.5, 0.4, 0.8, 0.9, 0.7, 0.6, 0.8, 0.7, 0.6, 0.9]
    >>> calls = pd.DataFrame({"agent_id": list("aaabbbbccddddee"), "score": scores})
    >>> found = qa.agent_estimates(calls, "score", agent="agent_id")
    >>> found["c"].direct.n, round(found["c"].direct.value, 3), round(found["c"].shrunken.value, 3)
    (2, 0.85, 0.838)
    >>> found["c"].rank, found["c"].rank_low, found["c"].rank_high
    (2, 1, 4)
    >>> found.difference("c", "e").summary().split(":")[0]
    'c and e cannot be told apart'
    """
    rows = rows_of(sample)
    check_choice("between", between, BETWEEN)
    check_choice("best", best, BEST)
    if isinstance(covariates, str):
        raise ArgumentError(f'covariates: expected a list of columns but found text; write ["{covariates}"]')
    values = rows.numbers(column, check_choice("missing", missing, MISSING))
    domains = rows.domains(agent, missing)
    names, columns = _covariates(rows, covariates, domains)
    codes = domains.codes
    if missing == "domain":
        codes, [values] = _core.leave_out_gaps(codes, len(domains), [values])
    found = _core.agent_estimates(
        rows.core(), values, codes, len(domains), columns, confidence, between, best == "highest"
    )
    if found["dependent"] is not None:
        raise ArgumentError(f'covariates: "{names[found["dependent"]]}" is a combination of those before it')
    name = f"mean {column}{rows.scope}"
    keys = list(zip(*(key for _, key in domains.keys), strict=True))
    figures = zip(
        keys, found["direct"], found["shrunken"], found["mse"].tolist(), found["own_weight"].tolist(),
        found["rank"].tolist(), found["rank_low"].tolist(), found["rank_high"].tolist(), found["told_apart"].tolist(),
        strict=True,
    )  # fmt: skip
    agents = tuple(
        AgentEstimate(
            key if len(key) > 1 else key[0],
            Estimate.from_core(name, direct),
            Estimate.from_core(name, shrunken),
            mse,
            own_weight,
            rank or None,
            low if rank else None,
            high if rank else None,
            told_apart,
            found["agents"] - 1 if rank else 0,
        )
        for key, direct, shrunken, mse, own_weight, rank, low, high, told_apart in figures
    )
    terms = ["intercept", *names]
    return AgentEstimates(
        column=column + rows.scope,
        by=tuple(key for key, _ in domains.keys),
        agents=agents,
        confidence=confidence,
        within=found["within"],
        within_df=found["within_df"],
        between=found["between"],
        coefficients=dict(zip(terms, found["coefficient"], strict=False)),
        coefficient_errors=dict(zip(terms, found["coefficient_error"], strict=False)),
        pairs=found["pairs"],
        pairs_told_apart=found["pairs_told_apart"],
        critical=found["critical"],
        method=agents[0].shrunken.method if agents else "",
        undefined=found["undefined"],
        unlabelled=domains.unlabelled,
        backend=rows.frame.backend,
    )
