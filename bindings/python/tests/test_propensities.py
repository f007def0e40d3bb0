"""A model of who answers: weights by Newton's method in NumPy, errors by refitting, post-stratification, bad input."""

from __future__ import annotations

import doctest
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa
from qascore import propensities
from qascore.errors import ArgumentError, DataError

RANDOM = np.random.default_rng(12)
N = 600
WAIT = RANDOM.exponential(5.0, N)
CHANNEL = np.where(RANDOM.random(N) < 0.4, "chat", "voice")
FELT = 4 - 0.15 * WAIT + 0.5 * (CHANNEL == "voice") + RANDOM.normal(size=N)
SAID = RANDOM.random(N) < 1 / (1 + np.exp(0.5 - 0.2 * WAIT - 0.8 * (CHANNEL == "chat")))
ASKED = pd.DataFrame(
    {
        "wait": WAIT,
        "channel": CHANNEL,
        "score": 60 + 10 * FELT + RANDOM.normal(scale=10, size=N),
        "csat": np.where(SAID, np.clip(np.round(FELT), 1, 5), np.nan),
        "weight": RANDOM.choice([1.0, 2.0, 4.0], N),
    }
)


def fitted(x: Any, r: Any, w: Any) -> Any:
    """Logit by Newton's method."""
    b = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ b))
        b += np.linalg.solve((x.T * (w * p * (1 - p))) @ x, x.T @ (w * (r - p)))
    return 1 / (1 + np.exp(-x @ b))


def after(frame: pd.DataFrame, w: Any) -> float:
    x = np.column_stack([np.ones(len(frame)), frame["wait"], frame["channel"] == "voice"])
    said = frame["csat"].notna().to_numpy()
    factor = w / fitted(x, said.astype(float), w)
    return float(np.average(frame["csat"][said], weights=factor[said]))


def test_weights_are_inverse_propensities_and_errors_are_those_of_refitting() -> None:
    found = qa.response_propensity(ASKED, "csat", known=["wait", "channel"])
    w = np.ones(N)
    assert found["mean", "after"].value == pytest.approx(after(ASKED, w), rel=1e-10)
    assert found["mean", "before"].value == pytest.approx(ASKED["csat"].mean(), rel=1e-12)
    step = 1e-4
    slopes = []
    for i in range(N):
        up, down = w.copy(), w.copy()
        up[i] += step
        down[i] -= step
        slopes.append((after(ASKED, up) - after(ASKED, down)) / (2 * step))
    answers = int(SAID.sum())
    assert found["mean", "after"].std_error == pytest.approx(math.sqrt(answers / (answers - 1) * np.square(slopes).sum()), rel=1e-5)
    assert found["mean", "before"].std_error == pytest.approx(ASKED["csat"].std() / math.sqrt(answers), rel=1e-12)
    assert found["mean", "before"].df == answers - 1
    model = qa.regression(ASKED.assign(said=SAID.astype(int)), "said", ["wait", "channel"], family="logit", errors="linearized")
    for term in ("intercept", "wait", "channel is voice"):
        assert found.model[term].value == pytest.approx(model[term].value, rel=1e-9)
        assert found.model[term].std_error == pytest.approx(model[term].std_error, rel=1e-9)
    design = qa.SampleDesign(ASKED, weight="weight")
    weighted = qa.response_propensity(design, "csat", known=["wait", "channel"])
    assert weighted["mean", "after"].value == pytest.approx(after(ASKED, ASKED["weight"].to_numpy()), rel=1e-10)


def test_one_column_of_labels_is_post_stratification_to_those_who_were_asked() -> None:
    found = qa.response_propensity(ASKED, "csat", known=["channel"], score="score")
    answered = qa.SampleDesign(ASKED.dropna().assign(one=1.0), weight="one")
    counts = ASKED["channel"].value_counts().to_dict()
    strata = answered.poststratify("channel", counts)
    assert found["mean", "after"].value == pytest.approx(qa.mean(strata, "csat").value, rel=1e-10)
    assert found["correlation", "after"].value == pytest.approx(
        qa.association(strata, "score", "csat", method="spearman").value, rel=1e-10
    )
    assert found["correlation", "before"].value == pytest.approx(
        qa.association(ASKED, "score", "csat", missing="drop").value, rel=1e-12
    )


def test_weights_bring_back_what_silence_took_and_the_table_says_how() -> None:
    found = qa.survey_response(ASKED, "csat", known=["wait", "channel"], score="score", classes=5)
    truth = np.clip(np.round(FELT), 1, 5).mean()
    assert abs(found["propensity"].value - truth) < abs(found["answered"].value - truth)
    assert found["silent low"].value < found["propensity"].value < found["silent high"].value
    text = found.summary()
    assert "each answer counts the inverse response rate of its class of 5" in text
    assert found.propensity is not None
    assert found.propensity["correlation", "after"].n == found.propensity.answers
    cut = qa.response_propensity(ASKED, "csat", known=["wait", "channel"], largest_factor=1.5)
    assert cut.trimmed > 0
    assert cut.factor.max() == 1.5
    assert f"Factors above 1.500 were cut: {cut.trimmed} of {cut.answers}." in cut.summary()
    assert np.count_nonzero(cut.factor) == SAID.sum()


def test_a_response_without_a_model_says_why() -> None:
    perfect = ASKED.assign(csat=np.where(WAIT > 5, 4.0, np.nan))
    found = qa.response_propensity(perfect, "csat", known=["wait"])
    assert found.undefined is not None
    assert found.undefined.startswith("wait: predicts the outcome perfectly")
    assert math.isnan(found["mean", "after"].value)
    assert found.summary().startswith("No weights for who did not answer: wait: predicts")
    assert qa.response_propensity(ASKED.assign(csat=4.0), "csat", known=["wait"]).undefined == "everybody answered"
    study = qa.csat_study(perfect, known=["wait"])
    assert "No weights for who did not answer: wait: predicts the outcome perfectly" in study.summary()


def test_bad_input_is_refused() -> None:
    for options, message in (
        ({"known": []}, "known: expected a column or several but found none"),
        ({"known": "wait"}, 'known: expected a list of columns but found "wait"'),
        ({"known": ["csat"]}, "known: 'csat' is what silent customers did not say"),
        ({"known": ["wait"], "classes": 1}, "classes: expected 2 or more, or None, but found 1"),
        ({"known": ["wait"], "largest_factor": 1.0}, "largest_factor: expected a number above 1 but found 1"),
    ):
        with pytest.raises(ArgumentError, match=message):
            qa.response_propensity(ASKED, "csat", **options)
    gaps = ASKED.assign(wait=np.where(np.arange(N) == 4, np.nan, WAIT))
    with pytest.raises(DataError, match='column "wait": no value at row 4'):
        qa.response_propensity(gaps, "csat", known=["wait"])
    with pytest.raises(ArgumentError, match="known: expected columns of the model that classes"):
        qa.survey_response(ASKED, "csat", classes=5)
    with pytest.raises(DataError, match="expected numbers from 1 to 5 but found 6"):
        qa.response_propensity(ASKED.assign(csat=6), "csat", known=["wait"])


def test_the_examples_of_the_documentation_run() -> None:
    failed, tried = doctest.testmod(propensities)
    assert failed == 0
    assert tried >= 4
