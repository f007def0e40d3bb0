"""Who did not answer, and who answered and scored at once: arithmetic by hand, simulated halo, bad input."""

from __future__ import annotations

import doctest

import numpy as np
import pandas as pd
import pytest
import qascore as qa
from qascore import responses
from qascore.errors import ArgumentError, DataError

RANDOM = np.random.default_rng(8)


def test_bounds_are_those_of_the_most_and_the_least_satisfied_silent_customers() -> None:
    csat = [5, 4, None, 3, None, 5, 4, 4, None, 5]
    found = qa.survey_response(pd.DataFrame({"csat": csat}), "csat")
    assert found.rate is not None
    assert found.rate.value == 0.7
    assert found["answered"].value == pytest.approx(30 / 7)
    assert found["answered"].missing == 3
    assert found["silent low"].value == pytest.approx((30 + 3 * 1) / 10)
    assert found["silent high"].value == pytest.approx((30 + 3 * 5) / 10)
    assert "If all who were silent had said 1, or all 5, the mean would lie between 3.300" in found.summary()
    whole = qa.survey_response(pd.DataFrame({"csat": [5, 4, 3, 4]}), "csat")
    assert whole["silent low"].value == whole["silent high"].value == whole["answered"].value


def test_weights_stand_before_and_after_in_one_table() -> None:
    surveyed = pd.DataFrame({"channel": ["chat"] * 6 + ["voice"] * 6, "csat": [2, 3, None, None, None, None, 5, 4, 5, 4, 5, None]})
    answered = qa.SampleDesign(surveyed.dropna().assign(weight=1.0), weight="weight")
    adjusted = answered.poststratify("channel", {"chat": 6, "voice": 6})
    found = qa.survey_response(surveyed, "csat", adjusted=adjusted)
    assert found["answered"].value == pytest.approx(4.0)
    assert found["adjusted"].value == pytest.approx((2.5 + 4.6) / 2)
    assert found["silent low"].value < found["adjusted"].value < found["silent high"].value


def test_answers_off_the_scale_and_no_answers_are_refused() -> None:
    with pytest.raises(DataError, match="expected numbers from 1 to 5 but found 7 at row 1"):
        qa.survey_response(pd.DataFrame({"csat": [5, 7, None]}), "csat")
    with pytest.raises(DataError, match='column "csat": expected answers but found none'):
        qa.survey_response(pd.DataFrame({"csat": [np.nan, np.nan]}), "csat")
    with pytest.raises(ArgumentError, match="scale: expected two numbers, the lower one first"):
        qa.survey_response(pd.DataFrame({"csat": [5, 4]}), "csat", scale=(5, 1))


def test_a_halo_is_seen_where_one_person_gave_both_numbers() -> None:
    n = 400
    quality, mood = RANDOM.normal(size=n), RANDOM.normal(size=n)
    scorer = RANDOM.integers(0, 4, n)
    asked = np.where(np.arange(n) < n // 2, scorer, (scorer + 1) % 4)
    same = scorer == asked
    frame = pd.DataFrame(
        {
            "score": quality + mood,
            "csat": 0.3 * quality + np.where(same, mood, RANDOM.normal(size=n)),
            "scorer": scorer,
            "asked": asked,
        }
    )
    found = qa.halo_check(frame, "score", "csat", x_by="scorer", y_by="asked")
    assert found.found
    assert "part of that is the person (halo)" in found.summary()
    assert found["same person"].value == pytest.approx(frame[same][["score", "csat"]].corr().iloc[0, 1])
    fair = frame.assign(csat=0.3 * quality + RANDOM.normal(size=n))
    assert not qa.halo_check(fair, "score", "csat", x_by="scorer", y_by="asked").found
    with pytest.raises(ArgumentError, match="in no row two people gave score and csat: the data cannot tell"):
        qa.halo_check(frame[same], "score", "csat", x_by="scorer", y_by="asked")


def test_the_examples_of_the_documentation_run() -> None:
    failed, tried = doctest.testmod(responses)
    assert failed == 0
    assert tried >= 6
