"""Model + human: closed forms, what a population tells, every kind of frame, and what bad input gets."""

from __future__ import annotations

import doctest
import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import qascore as qa
from qascore import model_assisted
from qascore.errors import ArgumentError, DataError, DesignError


def centre(n: int = 400, seed: int = 3) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    calls = pd.DataFrame(
        {
            "conversation_id": [f"c{i:04d}" for i in range(n)],
            "queue": random.choice(["chat", "phone"], n, p=[0.3, 0.7]),
            "team": random.choice(["x", "y"], n),
            "people": random.uniform(0.3, 1.0, n),
        }
    )
    calls["model"] = 0.1 + 0.8 * calls["people"] + random.normal(0, 0.05, n)
    calls["resolved"] = (calls["people"] > 0.5).astype(int)
    return calls


def drawn(calls: pd.DataFrame, size: int = 60) -> tuple[pd.DataFrame, qa.SampleDesign]:
    plan = qa.allocate(calls, strata="queue", size=size)
    sample = qa.draw(calls, plan, id="conversation_id", seed=20260101)
    return sample, qa.SampleDesign(sample, unit="conversation_id", plan=plan)


def test_the_doctests_hold() -> None:
    failed, tried = doctest.testmod(model_assisted)
    assert failed == 0
    assert tried > 10


def test_tuned_on_a_plain_frame_it_is_the_regression_estimator_of_a_finite_population() -> None:
    calls = centre()
    sample = calls.iloc[:50]
    found = qa.model_assisted_mean(sample, "people", model="model", population=calls)
    y, x = sample["people"].to_numpy(), sample["model"].to_numpy()
    slope, intercept = np.polyfit(x, y, 1)
    assert found.lam == pytest.approx(slope, rel=1e-10)
    assert found.value == pytest.approx(intercept + slope * calls["model"].mean(), rel=1e-12)
    residual = y - intercept - slope * x
    assert found.std_error == pytest.approx(math.sqrt((1 - 50 / 400) * (residual**2).sum() / 48 / 50), rel=1e-10)
    assert found.df == 48
    assert found.people.value == pytest.approx(y.mean(), rel=1e-14)


def test_one_mean_means_by_stratum_and_a_frame_agree_where_they_say_the_same() -> None:
    calls = centre()
    _, design = drawn(calls)
    frame = qa.model_assisted_mean(design, "people", model="model", population=calls)
    one = qa.model_assisted_mean(design, "people", model="model", population=calls["model"].mean())
    assert frame.value == pytest.approx(one.value, rel=1e-13)
    assert frame.std_error == one.std_error
    means = calls.groupby("queue")["model"].mean().to_dict()
    by_stratum = qa.model_assisted_mean(design, "people", model="model", population=means, lam="stratum")
    of_frame = qa.model_assisted_mean(design, "people", model="model", population=calls, lam="stratum")
    assert by_stratum.value == pytest.approx(of_frame.value, rel=1e-13)
    assert set(of_frame.lam) == {"chat", "phone"}
    assert of_frame.to_dict()["lam_chat"] == of_frame.lam["chat"]


def test_a_polars_population_gives_the_same_bits() -> None:
    calls = centre()
    _, design = drawn(calls)
    one = qa.model_assisted_mean(design, "people", model="model", population=calls, by="team")
    other = qa.model_assisted_mean(design, "people", model="model", population=pl.from_pandas(calls), by="team")
    assert [e.to_dict() for e in one] == [e.to_dict() for e in other]


def test_by_domain_the_models_mean_is_that_of_the_domain() -> None:
    calls = centre()
    sample, design = drawn(calls)
    table = qa.model_assisted_mean(design, "people", model="model", population=calls, by="team", lam=1.0)
    sample = sample.assign(off=sample["people"] - sample["model"])
    off = qa.mean(qa.SampleDesign(sample, stratum="queue", probability="inclusion_probability"), "off", by="team")
    for team in ("x", "y"):
        known = calls.loc[calls["team"] == team, "model"].mean()
        assert table[team].value == pytest.approx(off[team].value + known, rel=1e-12)
        assert table[team].people.value == pytest.approx(qa.mean(design, "people", by="team")[team].value, rel=1e-14)
    assert list(table.to_frame().columns)[:2] == ["team", "name"]
    both = qa.model_assisted_mean(design, "people", model="model", population=calls, by="team", lam="stratum")
    assert set(both["x"].lam) == {"chat", "phone"}


def test_where_people_scored_everything_the_interval_is_a_point() -> None:
    calls = centre(40)
    for sample in (calls, qa.SampleDesign(calls.assign(w=1.0), stratum="queue", weight="w")):
        found = qa.model_assisted_mean(sample, "people", model="model", population=calls)
        assert found.value == pytest.approx(calls["people"].mean(), rel=1e-14)
        assert found.std_error == 0 and found.low == found.value == found.high


def test_a_proportion_and_its_label() -> None:
    calls = centre()
    sample = calls.iloc[:80].assign(outcome=lambda d: np.where(d["resolved"] == 1, "yes", "no"))
    one = qa.model_assisted_proportion(sample, "resolved", model="model", population=calls)
    other = qa.model_assisted_proportion(sample, "outcome", equals="yes", model="model", population=calls)
    assert (one.value, one.low, one.high) == (other.value, other.low, other.high)
    assert 0 < one.low < one.value < one.high < 1
    assert other.name == "outcome is yes"
    assert "worth" in one.summary()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"population": "calls"}, ArgumentError, "population: expected a frame, a mean or means by stratum"),
        ({"lam": "optimal"}, ArgumentError, "lam: expected one of common, stratum"),
        ({"lam": math.nan}, ArgumentError, "lam: expected common, stratum or a number"),
        ({"missing": "domain"}, ArgumentError, "missing: expected one of error, drop"),
        ({"population": {"chatt": 0.5, "phone": 0.5}}, DataError, 'no mean of stratum "chat" (did you mean "chatt"?)'),
        ({"population": 0.6, "by": "team"}, ArgumentError, "or a mean per stratum or domain, but found one mean"),
    ],
)
def test_bad_arguments(change: dict[str, Any], error: type[Exception], message: str) -> None:
    calls = centre()
    _, design = drawn(calls)
    arguments: dict[str, Any] = {"model": "model", "population": calls} | change
    with pytest.raises(error) as raised:
        qa.model_assisted_mean(design, "people", **arguments)
    assert message in str(raised.value)


def test_a_population_that_is_not_the_designs_is_refused() -> None:
    calls = centre()
    _, design = drawn(calls)
    rest = calls[calls["queue"] != "chat"]
    with pytest.raises(DesignError, match=r'conversations in stratum "chat", as the design says, but found 0'):
        qa.model_assisted_mean(design, "people", model="model", population=rest)
    with pytest.raises(DesignError, match="expected at least 50 conversations, as the sample has, but found 20"):
        qa.model_assisted_mean(calls.iloc[:50], "people", model="model", population=calls.iloc[:20])
    gaps = calls.assign(model=calls["model"].where(calls.index != 7))
    with pytest.raises(DataError, match='column "model": no value at row 7; the model must have scored every'):
        qa.model_assisted_mean(design, "people", model="model", population=gaps)


def test_the_published_estimator_with_strata_is_their_weighted_sum() -> None:
    random = np.random.default_rng(5)
    first = pd.DataFrame({"h": ["a"] * 20 + ["b"] * 30, "y": random.normal(size=50)})
    first["f"] = 0.7 * first["y"] + random.normal(0, 0.5, 50)
    rest = pd.DataFrame({"h": ["b"] * 90 + ["a"] * 60, "f": random.normal(size=150)})
    whole = qa.ppi_mean(first, "y", model="f", unlabelled=rest, stratum="h", null=0.1)
    parts = {
        h: qa.ppi_mean(first[first["h"] == h], "y", model="f", unlabelled=rest[rest["h"] == h]) for h in ("a", "b")
    }
    share = {"a": 80 / 200, "b": 120 / 200}
    assert whole.value == pytest.approx(sum(share[h] * parts[h].value for h in share), rel=1e-13)
    assert whole.std_error == pytest.approx(
        math.sqrt(sum((share[h] * parts[h].std_error) ** 2 for h in share)), rel=1e-13
    )
    assert whole.lam == {h: parts[h].lam for h in share}
    assert whole.test.statistic == pytest.approx((whole.value - 0.1) / whole.std_error, rel=1e-13)
    with pytest.raises(DataError, match='labelled: column "y": no value at row 0'):
        qa.ppi_mean(first.assign(y=np.nan), "y", model="f", unlabelled=rest)


def test_counts_of_the_frame_correct_simple_samples_only() -> None:
    calls = pd.DataFrame({"id": range(400), "size": np.arange(400) % 20 + 1.0})
    calls["score"] = 10 + np.sin(calls["id"])
    calls["guess"] = calls["score"] + np.cos(3 * calls["id"])
    chances = qa.inclusion_probabilities(calls["size"].to_numpy(), 200)
    sample = calls.assign(p=chances)[np.arange(400) % 2 == 0]
    design = qa.SampleDesign(sample, unit="id", probability="p")
    found = qa.model_assisted_mean(design, "score", model="guess", population=calls)
    assert found.people.std_error == pytest.approx(qa.mean(design, "score").std_error, rel=1e-12)


def test_strata_without_a_sampled_row_are_left_out_or_refused() -> None:
    calls = pd.DataFrame({"id": range(300), "queue": ["a"] * 200 + ["b"] * 100})
    calls["score"] = np.where(calls["queue"] == "b", 15.0, 10.0) + np.sin(calls["id"])
    calls["guess"] = calls["score"] + 0.1
    plan = qa.allocate(calls, strata="queue", counts={"a": 40, "b": 20})
    drawn = qa.draw(calls, plan, id="id", seed=3)
    only_a = drawn[drawn["queue"] == "a"]
    design = qa.SampleDesign(only_a, unit="id", plan=plan, uncovered="exclude")
    found = qa.model_assisted_mean(design, "score", model="guess", population=calls)
    assert found.value == pytest.approx(calls["score"][:200].mean(), abs=1e-9)  # the model is off by a constant
    bare = qa.SampleDesign(only_a, unit="id", stratum="queue", probability="inclusion_probability")
    with pytest.raises(DesignError, match=r'no sampled row in stratum "b"'):
        qa.model_assisted_mean(bare, "score", model="guess", population=calls)


def test_a_lambda_is_a_finite_number() -> None:
    rows = pd.DataFrame({"score": [1.0, 2.0, 3.0], "guess": [1.0, 2.0, 2.5]})
    with pytest.raises(ArgumentError, match="lam: expected"):
        qa.ppi_mean(rows, "score", model="guess", unlabelled=rows, lam=float("nan"))


def test_a_model_that_was_run_again_is_noticed() -> None:
    calls = centre()
    sample, design = drawn(calls)
    again = calls.assign(model=calls["model"].where(calls["conversation_id"] != sample["conversation_id"].iloc[3], 0.5))
    label, score = sample["conversation_id"].iloc[3], sample["model"].iloc[3]
    for estimate, column in ((qa.model_assisted_mean, "people"), (qa.model_assisted_proportion, "resolved")):
        with pytest.raises(DataError, match=f'found 0.5 for unit "{label}", which has {score:.10g} there .1 such units of 60'):
            estimate(design, column, model="model", population=again)
        with pytest.raises(DataError, match="60 such units of 60.*was the model run again"):
            estimate(design, column, model="model", population=calls.assign(model=calls["model"] + 1))
        assert estimate(design, column, model="model", population=calls.sample(frac=1.0, random_state=1)).n == 60
    # As 32 bits, or as a file holds it, it is the same score; without the ids nothing is held against anything.
    qa.model_assisted_mean(design, "people", model="model", population=calls.assign(model=calls["model"].astype(np.float32)))
    qa.model_assisted_mean(design, "people", model="model", population=again.drop(columns="conversation_id"))
    renamed = calls.assign(conversation_id=calls["conversation_id"].replace(label, "other"))
    with pytest.raises(DataError, match=f'no row of the sampled unit "{label}" .1 such in all'):
        qa.model_assisted_mean(design, "people", model="model", population=renamed)


@pytest.mark.parametrize("kind", ["whole numbers", "fractions", "repeated"])
def test_sampled_units_are_found_whatever_their_ids_are(kind: str) -> None:
    calls = centre().assign(conversation_id=lambda c: np.arange(len(c)) / (2 if kind == "fractions" else 1))
    if kind == "whole numbers":
        calls["conversation_id"] = calls["conversation_id"].astype(int)
    sample = calls.iloc[40:80].assign(weight=10.0)
    repeats = "average" if kind == "repeated" else "error"
    rows = pd.concat([sample, sample.iloc[:5]]) if kind == "repeated" else sample
    design = qa.SampleDesign(rows, unit="conversation_id", weight="weight", repeats=repeats)
    assert qa.model_assisted_mean(design, "people", model="model", population=calls[::-1]).n == 40
    with pytest.raises(DataError, match="40 such units of 40"):
        qa.model_assisted_mean(design, "people", model="model", population=calls.assign(model=calls["model"] / 2))
    if kind == "whole numbers":
        with pytest.raises(DataError, match="expected ids as whole numbers, as in the sample, but found text"):
            named = calls.assign(conversation_id=calls["conversation_id"].astype(str))
            qa.model_assisted_mean(design, "people", model="model", population=named)
