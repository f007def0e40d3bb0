"""Agents with few conversations: figures against NumPy and SciPy, words, frames, and what bad input gets."""

from __future__ import annotations

import doctest
import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import qascore as qa
from hypothesis import given, settings
from hypothesis import strategies as st
from qascore import agents
from qascore.errors import ArgumentError, DataError, MissingColumnError
from scipy import integrate, stats


def centre(agents: int = 12, seed: int = 1, between: float = 0.05) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    rows = []
    for a in range(agents):
        mean = 0.8 + between * random.normal()
        rows += [
            {"agent_id": f"agent-{a:02d}", "team": "xyz"[a % 3], "tenure": a, "score": mean + 0.1 * random.normal()}
            for _ in range(2 + (a * 7) % 19)
        ]
    return pd.DataFrame(rows)


def test_the_doctests_hold() -> None:
    failed, tried = doctest.testmod(agents)
    assert failed == 0
    assert tried > 3


def test_direct_means_and_the_pooled_variance_are_those_of_the_analysis_of_variance() -> None:
    calls = centre()
    found = qa.agent_estimates(calls, "score", agent="agent_id")
    groups = calls.groupby("agent_id")["score"]
    df = len(calls) - 12
    within = (groups.var(ddof=1) * (groups.size() - 1)).sum() / df
    assert found.within == pytest.approx(within, rel=1e-12)
    assert found.within_df == pytest.approx(df, rel=1e-12)
    for one in found:
        mean, n = groups.mean()[one.agent], groups.size()[one.agent]
        reach = stats.t.ppf(0.975, df) * math.sqrt(within / n)
        assert (one.direct.low, one.direct.high) == pytest.approx((mean - reach, mean + reach), rel=1e-12)


def dense(y: np.ndarray[Any, Any], psi: np.ndarray[Any, Any], x: np.ndarray[Any, Any]) -> tuple[Any, Any, Any]:
    """Posterior mean and variance, the model fitted with dense matrices and the variance between integrated out."""

    def at(a: float) -> tuple[float, Any, Any]:
        inverse = np.diag(1 / (a + psi))
        c = np.linalg.inv(x.T @ inverse @ x)
        b = c @ x.T @ inverse @ y
        r = y - x @ b
        g = a / (a + psi)
        log = -0.5 * (np.log(a + psi).sum() - np.linalg.slogdet(c)[1] + r @ inverse @ r)
        return log, x @ b + g * r, g * psi + (1 - g) ** 2 * np.einsum("ij,jk,ik->i", x, c, x)

    t = np.linspace(-25, 15, 4001)
    logs = np.array([at(math.exp(u))[0] + u for u in t])
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    values = np.array([at(math.exp(u))[1] for u in t])
    spreads = np.array([at(math.exp(u))[2] for u in t])
    mean = weight @ values
    return mean, weight @ spreads + weight @ (values - mean) ** 2, weight @ np.exp(t)


@pytest.mark.parametrize("covariates", [[], ["tenure", "team"]])
def test_shrunken_means_are_those_of_dense_matrices(covariates: list[str]) -> None:
    calls = centre()
    found = qa.agent_estimates(calls, "score", agent="agent_id", covariates=covariates)
    y = np.array([one.direct.value for one in found])
    psi = np.array([one.direct.std_error**2 for one in found])
    at = np.arange(12)
    x = np.column_stack([np.ones(12)] + ([at, at % 3 == 1, at % 3 == 2] if covariates else []))
    mean, mse, between = dense(y, psi, x)
    assert [one.shrunken.value for one in found] == pytest.approx(mean, rel=1e-9)
    assert [one.mse for one in found] == pytest.approx(mse, rel=1e-7)
    assert found.between == pytest.approx(between, rel=1e-6)
    terms = ["tenure", "team is y", "team is z"] if covariates else []
    assert list(found.coefficients) == ["intercept", *terms]
    one = found["agent-03"]
    reach = stats.t.ppf(0.975, found.within_df) * math.sqrt(one.mse)
    assert one.shrunken.high == pytest.approx(one.shrunken.value + reach, rel=1e-12)


def test_differences_are_tukeys() -> None:
    calls = centre(between=0.15)
    found = qa.agent_estimates(calls, "score", agent="agent_id", confidence=0.9)
    q = stats.studentized_range.ppf(0.9, 12, found.within_df)
    first, second = found["agent-01"], found["agent-07"]
    difference = found.difference("agent-01", "agent-07")
    error = math.hypot(first.direct.std_error, second.direct.std_error)
    assert difference.high - difference.value == pytest.approx(q / math.sqrt(2) * error, rel=1e-6)
    expected = stats.studentized_range.sf(abs(difference.value) / error * math.sqrt(2), 12, found.within_df)
    assert difference.test.p_value == pytest.approx(expected, abs=1e-8)
    # Equal sizes: SciPy has the test itself.
    same = [list(np.random.default_rng(i).normal(0.1 * i, 1, 8)) for i in range(4)]
    frame = pd.DataFrame({"who": np.repeat(list("abcd"), 8), "score": np.concatenate(same)})
    hsd = stats.tukey_hsd(*same)
    pair = qa.agent_estimates(frame, "score", agent="who").difference("a", "d")
    assert pair.test.p_value == pytest.approx(hsd.pvalue[0, 3], abs=1e-8)
    interval = hsd.confidence_interval(0.95)
    assert (pair.low, pair.high) == pytest.approx((interval.low[0, 3], interval.high[0, 3]), abs=1e-6)


def test_words_say_who_cannot_be_told_apart() -> None:
    found = qa.agent_estimates(centre(between=0.3), "score", agent="agent_id")
    best, last = found.ranked()[0], found.ranked()[-1]
    assert f"{best.agent} scores higher than {last.agent}" in found.difference(best.agent, last.agent).summary()
    assert "can be told apart (95% for all pairs together); the others cannot." in found.summary()
    alike = qa.agent_estimates(centre(between=0.0, agents=6), "score", agent="agent_id")
    assert "Pairs and ranks take one spread of conversations for all agents" in found.summary()
    assert "No two agents can be told apart" in alike.summary()
    assert "With 6 agents it is hardly known how much agents differ" in alike.summary()
    text = alike.difference("agent-01", "agent-02").summary()
    assert text.startswith("agent-01 and agent-02 cannot be told apart: the difference is ")
    assert "cannot be told apart from anyone" in alike["agent-00"].flags
    assert alike["agent-00"].flags[0] == "2 conversations"
    assert "could be 1 to 6" in alike["agent-00"].summary()


def test_the_frame_has_a_row_per_agent_in_the_kind_that_came_in() -> None:
    calls = centre()
    frame = qa.agent_estimates(pl.from_pandas(calls), "score", agent="agent_id").to_frame()
    assert isinstance(frame, pl.DataFrame)
    assert frame.columns[:3] == ["agent_id", "n", "missing"]
    assert frame["rank"].to_list() == qa.agent_estimates(calls, "score", agent="agent_id").to_frame()["rank"].tolist()
    several = qa.agent_estimates(calls, "score", agent=["team", "agent_id"])
    assert several["x", "agent-03"].direct.n == several.to_frame().query("agent_id == 'agent-03'")["n"].item()


def test_it_shows_itself_and_escapes() -> None:
    calls = centre().replace({"agent_id": {"agent-00": "<b>"}})
    found = qa.agent_estimates(calls, "score", agent="agent_id")
    assert "&lt;b&gt;" in found._repr_html_()
    assert "could be" in repr(found)
    assert found.to_dict()["pairs"] == 66


def test_a_caterpillar_is_drawn_from_best_to_last() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    found = qa.agent_estimates(centre(), "score", agent="agent_id")
    ax = found.plot(truth={"agent-03": 0.8})
    assert [text.get_text() for text in ax.get_yticklabels()] == [one.agent for one in found.ranked()]
    shrunken = next(line for line in ax.lines if line.get_label() == "shrunken")
    assert list(shrunken.get_xdata()) == sorted((one.shrunken.value for one in found), reverse=True)
    pyplot.close("all")


def test_a_design_counts_its_finite_population() -> None:
    calls = centre(agents=8).groupby("agent_id").head(4)
    sizes = calls.groupby("agent_id").size()
    calls = calls.assign(weight=calls["agent_id"].map(8 / sizes), held=8)
    design = qa.SampleDesign(calls, stratum="agent_id", weight="weight", population="held")
    found = qa.agent_estimates(design, "score", agent="agent_id")
    one = found["agent-03"]
    expected = math.sqrt(found.within * (1 - one.direct.n / 8) / one.direct.n)
    assert one.direct.std_error == pytest.approx(expected, rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_small_centre_is_answered(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 6))
    value = st.sampled_from([0.0, 0.5, 0.75, 1.0]) | st.floats(-1e6, 1e6)
    scores = [data.draw(st.lists(value, min_size=1, max_size=4)) for _ in range(count)]
    rows = [(f"a{i}", v) for i, values in enumerate(scores) for v in values]
    frame = pd.DataFrame(rows, columns=["agent", "score"])
    method = data.draw(st.sampled_from(["averaged", "reml", "moment"]))
    found = qa.agent_estimates(frame, "score", agent="agent", between=method)
    shuffled = qa.agent_estimates(frame.sample(frac=1, random_state=1), "score", agent="agent", between=method)
    for one, other in zip(found, shuffled, strict=True):
        for e in (one.direct, one.shrunken):
            assert (e.undefined is None) == (not math.isnan(e.low))
            assert math.isnan(e.low) or e.low <= e.value <= e.high
        assert 1 <= (one.rank_low or 0) <= (one.rank or 0) <= (one.rank_high or 0) <= count
        assert str(one.to_dict()) == str(other.to_dict())
    assert found.summary() and repr(found)


def test_bad_input_is_answered_with_its_place() -> None:
    calls = centre()
    with pytest.raises(MissingColumnError, match='did you mean "agent_id"'):
        qa.agent_estimates(calls, "score", agent="agent")
    with pytest.raises(ArgumentError, match="between"):
        qa.agent_estimates(calls, "score", agent="agent_id", between="ml")
    with pytest.raises(ArgumentError, match="write \\[\"team\"\\]"):
        qa.agent_estimates(calls, "score", agent="agent_id", covariates="team")
    with pytest.raises(ArgumentError, match='"twice" is a combination'):
        qa.agent_estimates(
            calls.assign(twice=2 * calls["tenure"] + 1), "score", agent="agent_id", covariates=["tenure", "twice"]
        )
    with pytest.raises(DataError, match='column "month": expected one value per agent but found several'):
        qa.agent_estimates(
            calls.assign(month=["may", "june"] * (len(calls) // 2) + ["may"] * (len(calls) % 2)), "score",
            agent="agent_id", covariates=["month"],
        )  # fmt: skip
    with pytest.raises(DataError, match='no value for "agent-02"'):
        qa.agent_estimates(
            calls.assign(tenure=calls["tenure"].replace(2, np.nan)), "score", agent="agent_id", covariates=["tenure"]
        )
    with pytest.raises(ArgumentError, match='nobody is "agent-99"'):
        qa.agent_estimates(calls, "score", agent="agent_id")["agent-99"]
    calls.loc[3, "score"] = np.nan
    with pytest.raises(DataError, match="no value at row 3"):
        qa.agent_estimates(calls, "score", agent="agent_id")
    assert qa.agent_estimates(calls, "score", agent="agent_id", missing="drop")["agent-01"].direct.missing == 1


def test_an_unknown_variance_between_agents_leaves_reml_without_an_interval() -> None:
    calls = pd.DataFrame({"agent": list("aabbccddee"), "score": [0.6, 0.8] * 5})
    found = qa.agent_estimates(calls, "score", agent="agent", between="reml")
    assert found.between == 0
    assert "estimated as 0" in (found["a"].shrunken.undefined or "")
    assert 'between="averaged" does not rest on that' in found.summary()
    averaged = qa.agent_estimates(calls, "score", agent="agent")["a"].shrunken
    assert averaged.low < 0.7 < averaged.high


def test_the_average_is_the_integral_also_where_few_agents_leave_a_long_tail() -> None:
    calls = pd.DataFrame({"agent": list("aaabbbcccddd"), "score": [1, 2, 3, 2, 3, 4, 5, 6, 7, 1, 3, 2.0]})
    found = qa.agent_estimates(calls, "score", agent="agent")
    y = np.array([one.direct.value for one in found])
    psi = found["a"].direct.std_error ** 2
    squares = ((y - y.mean()) ** 2).sum()

    def weight(v: float) -> float:  # equal variances: likelihood of v = A + psi, in u = 1 / v it is a gamma density
        return float(v**-1.5 * math.exp(-squares / (2 * v)))

    total = integrate.quad(lambda u: weight(1 / u) / u**2, 0, 1 / psi)[0]
    own = integrate.quad(lambda u: (1 - psi * u) * weight(1 / u) / u**2, 0, 1 / psi)[0] / total
    assert found["c"].own_weight == pytest.approx(own, rel=1e-7)
    assert found["c"].shrunken.value == pytest.approx(y.mean() + own * (y[2] - y.mean()), rel=1e-7)


def test_the_mean_of_the_variance_between_few_agents_does_not_exist() -> None:
    scores = pd.DataFrame({"agent": ["a", "b", "c", "d"] * 2, "score": [0.6, 0.7, 0.9, 0.8, 0.65, 0.75, 0.95, 0.7]})
    found = qa.agent_estimates(scores, "score", agent="agent")
    assert math.isnan(found.between)
    assert "standard deviation" not in found.summary()
    five = pd.concat([scores, pd.DataFrame({"agent": ["e", "e", "f", "f"], "score": [0.7, 0.8, 0.9, 0.85]})])
    assert qa.agent_estimates(five, "score", agent="agent").between < 0.1
