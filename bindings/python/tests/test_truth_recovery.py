"""Models of raters find what scores were made with, and their intervals hold as often as they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa

AGENTS, RATERS, EACH = 30, 20, 12


def scores(rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Agents with conversations, each scored by two raters; qualities and severities are drawn anew."""
    quality, severity = rng.normal(0, 0.5, AGENTS), rng.normal(0, 0.4, RATERS)
    agent = np.repeat(np.arange(AGENTS), 2 * EACH)
    conversation = np.repeat(np.arange(AGENTS * EACH), 2)
    rater = np.concatenate([rng.choice(RATERS, 2, replace=False) for _ in range(AGENTS * EACH)])
    of_conversation = rng.normal(0, 0.5, AGENTS * EACH)
    score = 3 + quality[agent] - severity[rater] + of_conversation[conversation] + rng.normal(0, 0.7, len(agent))
    frame = pd.DataFrame({"agent": agent, "conversation": conversation, "rater": rater, "score": score})
    return frame, quality, severity


def linear(runs: int) -> dict[str, float]:
    """How often intervals of the linear model hold, in percent."""
    rng, held, looked = np.random.default_rng(41), Counter[str](), Counter[str]()

    def look(what: str, estimate: Any, truth: float) -> None:
        looked[what] += 1
        held[what] += estimate.low <= truth <= estimate.high

    for _ in range(runs):
        frame, quality, severity = scores(rng)
        found = qa.rater_effects(frame, "score", agent="agent", rater="rater", conversation="conversation")
        for one in found.raters:
            look("severity", one.severity, severity[one.rater] - severity.mean())
        for agent in found.agents:
            look("adjusted score", agent.adjusted, 3 + quality[agent.agent] - severity.mean())
        for name, truth in (("agent", 0.25), ("rater", 0.16), ("conversation", 0.25), ("residual", 0.49)):
            look(f"variance: {name}", found.variances[name], truth)
        true_rank = (-quality).argsort().argsort() + 1
        looked["all ranks"] += 1
        held["all ranks"] += all(a.rank_low <= true_rank[a.agent] <= a.rank_high for a in found.agents)
    return {what: 100 * held[what] / looked[what] for what in looked}


def generalizability(runs: int) -> dict[str, float]:
    """The same of a balanced study: 40 agents x 20 raters x 6 criteria, and what 3 raters and 6 criteria would give."""
    rng, held = np.random.default_rng(42), Counter[str]()
    sd = {"agent": 0.5, "rater": 0.3, "criterion": 0.4, "ar": 0.3, "ac": 0.2, "rc": 0.2, "error": 0.6}
    shape = (40, 20, 6)
    universe, relative = 0.25, 0.09 / 3 + 0.04 / 6 + 0.36 / 18
    truth = {"generalizability": universe / (universe + relative)}
    truth["dependability"] = universe / (universe + relative + 0.09 / 3 + 0.16 / 6 + 0.04 / 18)
    grid = np.indices(shape).reshape(3, -1)
    for _ in range(runs):
        a, r, c = (rng.normal(0, sd[name], size) for name, size in zip(("agent", "rater", "criterion"), shape))
        score = a[:, None, None] + r[None, :, None] + c[None, None, :] + rng.normal(0, sd["error"], shape)
        score += rng.normal(0, sd["ar"], shape[:2])[:, :, None] + rng.normal(0, sd["ac"], (40, 1, 6))
        score += rng.normal(0, sd["rc"], shape[1:])[None]
        frame = pd.DataFrame({"agent": grid[0], "rater": grid[1], "criterion": grid[2], "score": score.ravel()})
        study = qa.g_study(frame, "score", object="agent", facets=["rater", "criterion"])
        for name, true in (("agent", 0.25), ("rater", 0.09), ("residual", 0.36)):
            one = study.components[name]
            held[f"variance: {name}"] += one.low <= true <= one.high
        plan = qa.d_study(study, {"rater": 3, "criterion": 6})[0]
        for name, true in truth.items():
            one = getattr(plan, name)
            held[name] += one.low <= true <= one.high
    return {what: 100 * count / runs for what, count in held.items()}


def ordinal(runs: int) -> dict[str, float]:
    """The same of answers of the simulated centre: one criterion of four answers, cut from a latent scale."""
    held, looked = Counter[str](), Counter[str]()
    error = np.sqrt(0.5**2 + 0.7**2 + 0.5**2)  # of a rater, a conversation and a criterion; that of a probit is 1
    for seed in range(runs):
        centre = qa.simulate(
            seed=seed, conversations=800, agents=30, raters=10, drifting=0, spread_log_sd=0.0, double_scored=0.0,
            rubric=[qa.SimulatedCriterion("help", ["1", "2", "3", "4"])],
        )  # fmt: skip
        done = centre.evaluations.merge(centre.answers, on="evaluation_id")
        case_mix = ["complexity", "service_type"]
        done = done.merge(centre.conversations[["conversation_id", "agent_id", *case_mix]], on="conversation_id")
        done["rating"] = done["answer"].astype(float)
        found = qa.ordinal_rater_effects(
            done, "rating", agent="agent_id", rater="rater_id", case_mix=case_mix, link="probit"
        )
        truth = centre.truth.raters.set_index("rater_id")["severity"] / error
        for one in found.raters:
            looked["severity"] += 1
            held["severity"] += one.severity.low <= truth[one.rater] <= one.severity.high
    return {what: 100 * held[what] / looked[what] for what in looked}


def drift(runs: int) -> dict[str, float]:
    """Where a rater's severity jumps, in a series of 120."""
    rng, held = np.random.default_rng(43), 0
    for run in range(runs):
        at = int(rng.integers(40, 80))
        series = rng.normal(0, 1, 120) + 1.2 * (np.arange(120) >= at)
        found = qa.change_point(series, seed=run)
        held += found.low is not None and found.low <= at <= found.high
    return {"point of change": 100 * held / runs}


# Joint intervals of ranks, and those of a point, which is a whole number.
CAUTIOUS = ("all ranks", "point of change")
# 95 % of so many runs, less four standard deviations of the count; looks of one run hang together.
FAST = {linear: 12, generalizability: 25, ordinal: 3, drift: 40}


@pytest.mark.parametrize("study", FAST, ids=lambda study: study.__name__)
def test_truth_is_recovered(study: Callable[[int], dict[str, float]]) -> None:
    runs = FAST[study]
    for what, percent in study(runs).items():
        assert percent >= 95 - 400 * np.sqrt(0.95 * 0.05 / runs), what


@pytest.mark.long
@pytest.mark.parametrize("study", FAST, ids=lambda study: study.__name__)
def test_intervals_hold_as_often_as_they_say(study: Callable[[int], dict[str, float]]) -> None:
    for what, percent in study(2000).items():
        if what in CAUTIOUS:
            assert percent >= 94, what
        else:
            assert 93 <= percent <= 97, what
