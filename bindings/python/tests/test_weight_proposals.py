"""Proposals of weights: the weights against SciPy's nnls, the evidence against NumPy from the same folds, refusals, bad input."""

from __future__ import annotations

import doctest
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa
from qascore import _core, weight_proposals
from qascore.errors import ArgumentError, DataError, MissingColumnError

NAMES = ["greeting", "solution", "tone", "closing"]
TODAY = {"greeting": 40.0, "solution": 20.0, "tone": 10.0, "closing": 30.0}


def centre(n: int, effects: tuple[float, ...], seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame((random.random((n, 4)) < 0.7).astype(float), columns=NAMES)
    frame["tone"] = random.choice([0.0, 0.5, 1.0], n)
    frame["agent"] = [f"a{i}" for i in np.arange(n) % 25]
    frame["weight"] = random.choice([1.0, 2.0, 5.0], n)
    mood = random.normal(scale=0.4, size=25)[np.arange(n) % 25]
    felt = 2.5 + frame[NAMES].to_numpy() @ np.array(effects) + mood + random.normal(size=n)
    frame["csat"] = np.clip(np.round(felt), 1, 5)
    return frame


RIGHT = centre(400, (0.0, 1.5, 0.5, 0.0), 2)


def weights_by_scipy(x: Any, y: Any, w: Any) -> Any:
    nnls = pytest.importorskip("scipy.optimize").nnls
    root = np.sqrt(w)
    mean_x, mean_y = np.average(x, axis=0, weights=w), np.average(y, weights=w)
    return nnls(root[:, None] * (x - mean_x), root * (y - mean_y))[0]


def test_the_weights_are_those_of_scipy() -> None:
    x, y = RIGHT[NAMES].to_numpy(), RIGHT["csat"].to_numpy()
    for sample, w in ((RIGHT, np.ones(400)), (qa.SampleDesign(RIGHT, weight="weight"), RIGHT["weight"].to_numpy())):
        found = qa.propose_weights(sample, TODAY, "csat", seed=1, repeats=2)
        slopes = weights_by_scipy(x, y, w)
        np.testing.assert_allclose(found.found, 100 * slopes / slopes.sum(), rtol=1e-9, atol=1e-9)
        assert found.weights is not None
        assert sum(found.weights.values()) == pytest.approx(100)


def test_the_evidence_is_that_of_numpy_from_the_same_folds() -> None:
    x, y = RIGHT[NAMES].to_numpy(), RIGHT["csat"].to_numpy()
    today = x @ np.array(list(TODAY.values()))
    found = qa.propose_weights(RIGHT, TODAY, "csat", seed=7, agent="agent", repeats=3)
    codes = pd.factorize(RIGHT["agent"])[0]
    core = weight_proposals.clustered(qa.estimation.rows_of(RIGHT), "agent", "agent")
    n = len(y)
    errors, plain_errors, influence, values = np.zeros(n), np.zeros(n), np.zeros(n), []

    def of_r(score: Any) -> tuple[float, Any]:
        a, b = (v - v.mean() for v in (score, y))
        a, b = a / math.sqrt((a * a).sum()), b / math.sqrt((b * b).sum())
        r = float((a * b).sum())
        return r, a * b - r * (a * a + b * b) / 2

    for repeat in range(3):
        fold = _core.deal_folds(core, np.arange(n, dtype=np.uint32), n, 5, 7, repeat)
        assert all(len(set(fold[codes == agent])) == 1 for agent in range(25))
        made = np.zeros(n)
        for k in range(5):
            out, rest = fold == k, fold != k
            b = weights_by_scipy(x[rest], y[rest], np.ones(rest.sum()))
            errors[out] += (y[out] - y[rest].mean() - (x[out] - x[rest].mean(axis=0)) @ b) ** 2 / 3
            made[out] = (x[out] - x.mean(axis=0)) @ (100 * b / b.sum())
            slope = np.cov(today[rest], y[rest])[0, 1] / today[rest].var(ddof=1)
            plain_errors[out] += (y[out] - y[rest].mean() - max(slope, 0) * (today[out] - today[rest].mean())) ** 2 / 3
        r, u = of_r(made)
        values.append(r)
        influence += u / 3
    squares = ((y - y.mean()) ** 2).sum()
    gain = (plain_errors.sum() - errors.sum()) / squares
    u_gain = (plain_errors - errors - gain * (y - y.mean()) ** 2) / squares

    def by_agent(u: Any) -> float:
        totals = np.bincount(codes, weights=u)
        return math.sqrt(25 / 24 * ((totals - totals.mean()) ** 2).sum())

    evidence = found.evidence
    assert evidence["R2", "proposed"].value == pytest.approx(1 - errors.sum() / squares, rel=1e-9)
    assert evidence["R2", "gain"].value == pytest.approx(gain, rel=1e-8)
    assert evidence["R2", "gain"].std_error == pytest.approx(by_agent(u_gain), rel=1e-8)
    assert evidence["R2", "gain"].df == 24
    r_today, u_today = of_r(today)
    assert evidence["correlation", "today"].value == pytest.approx(r_today, rel=1e-10)
    assert evidence["correlation", "proposed"].value == pytest.approx(np.mean(values), rel=1e-9)
    assert evidence["correlation", "gain"].std_error == pytest.approx(by_agent(influence - u_today), rel=1e-8)
    assert found.groups == 25


def test_a_proposal_says_what_changes_and_a_refusal_why() -> None:
    found = qa.propose_weights(RIGHT, TODAY, "csat", seed=1, agent="agent")
    assert found.summary().startswith("Proposed weights: greeting 40.00 to ")
    assert found.weights is not None
    assert found.weights["solution"] > 50
    same = qa.propose_weights(centre(400, (1, 1, 1, 1), 2), dict.fromkeys(NAMES, 25), "csat", seed=1)
    assert same.weights is None
    assert same.refusals == ("that they would predict better than today's is not shown",)
    assert same.summary().startswith("No new weights are proposed: that they would predict better")
    against = qa.propose_weights(centre(400, (-1.0, 1.5, 0.5, 0.5), 3), TODAY, "csat", seed=1)
    assert against.refusals == (
        "beside the others greeting goes down with csat beyond chance, which no weight of 0 or more says",
    )
    assert against.found[0] == 0
    few = qa.propose_weights(centre(38, (0, 3, 0, 0), 4), TODAY, "csat", seed=1)
    assert "38 complete rows are fewer than 10 for each of 4 criteria" in few.refusals
    flat = qa.propose_weights(RIGHT.assign(tone=1.0), TODAY, "csat", seed=1)
    assert flat.refusals == ("a criterion is constant: tone",)
    assert "No evidence: a criterion is constant: tone." in flat.summary()
    assert math.isnan(flat.evidence["R2", "gain"].value)


def test_the_same_seed_proposes_the_same_and_gaps_are_counted() -> None:
    one, two = (qa.propose_weights(RIGHT, TODAY, "csat", seed=5, repeats=2) for _ in range(2))
    assert one.to_dict() == two.to_dict()
    assert one.evidence["R2", "gain"].value != qa.propose_weights(RIGHT, TODAY, "csat", seed=6, repeats=2).evidence["R2", "gain"].value
    gaps = RIGHT.copy()
    gaps.loc[[3, 7], "csat"] = np.nan
    with pytest.raises(DataError, match='column "csat": no value at row 3'):
        qa.propose_weights(gaps, TODAY, "csat", seed=5)
    found = qa.propose_weights(gaps, TODAY, "csat", seed=5, repeats=2, missing="drop")
    assert (found.n, found.missing) == (398, 2)
    without = qa.propose_weights(RIGHT.drop(index=[3, 7]).reset_index(drop=True), TODAY, "csat", seed=5, repeats=2)
    np.testing.assert_allclose(found.found, without.found, rtol=1e-12)


def test_bad_input_is_refused() -> None:
    for weights, message in (
        ({}, "weights: expected a mapping from columns to today's weights"),
        ({"greeting": -1.0}, "weights: expected finite numbers of 0 or more but found -1 for 'greeting'"),
        ({"greeting": 0.0, "tone": 0.0}, "weights: expected one above 0 but all are 0"),
        ({"csat": 1.0}, "weights: 'csat' is the outcome"),
    ):
        with pytest.raises(ArgumentError, match=message):
            qa.propose_weights(RIGHT, weights, "csat", seed=1)
    with pytest.raises(MissingColumnError, match="solutoin"):
        qa.propose_weights(RIGHT, {"solutoin": 1.0}, "csat", seed=1)
    with pytest.raises(ArgumentError, match="folds: expected 2 or more but found 1"):
        qa.propose_weights(RIGHT, TODAY, "csat", seed=1, folds=1)
    with pytest.raises(ArgumentError, match="agent: a SampleDesign has its clusters"):
        qa.propose_weights(qa.SampleDesign(RIGHT, weight="weight"), TODAY, "csat", seed=1, agent="agent")


def test_the_examples_of_the_documentation_run() -> None:
    failed, tried = doctest.testmod(weight_proposals)
    assert failed == 0
    assert tried >= 5
