"""Several options at once: lists and text in frames, sets that conditions look at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import qascore as qa
from qascore.errors import RubricError

FORM = """
qascore: 1
id: sale
version: "1"
scoring: {method: points}
sections:
  - id: all
    criteria:
      - id: told
        answer: {options: [{id: price, points: 5}, {id: term, points: 3}, {id: risk, points: 2}], several: true}
      - {id: signed, answer: {yes_no: {points: 10}}, ask_when: {criterion: told, contains_all: [price, risk]}}
"""
SETS = [["price", "risk"], [], ["term", "risk"]]
# (7 + 10) / 20; 0 of 10; 5 of 10.
SCORES = [0.85, 0.0, 0.5]


@pytest.fixture(scope="module")
def form() -> qa.Rubric:
    return qa.Rubric.parse(FORM)


def test_one_evaluation_takes_lists_and_text(form: qa.Rubric) -> None:
    assert form.criteria[0].several
    assert form.criteria[0].answers == ("price", "term", "risk")
    assert form.criteria[0].points == (5.0, 3.0, 2.0)
    assert form.criteria[1].ask_when == {"criterion": "told", "contains_all": ["price", "risk"]}
    for chosen in (["price", "risk"], ("risk", "price"), {"risk", "price"}, np.array(["price", "risk"]), "price;risk"):
        result = form.score_one({"told": chosen, "signed": True})
        assert result.score == 0.85
    assert result.criteria[0].answer == "options worth 7"
    assert form.score_one({"told": []}).score == 0.0
    with pytest.raises(RubricError, match="told: expected an answer but found none"):
        form.score_one({"told": None})
    with pytest.raises(RubricError, match="told: expected each option once but found \"term\" again"):
        form.score_one({"told": ["term", "term"]})


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"])
@pytest.mark.parametrize("lists", [True, False], ids=["lists", "text"])
def test_frames_hold_lists_or_text(form: qa.Rubric, make: Any, lists: bool) -> None:
    told = SETS if lists else [";".join(chosen) or "[]" for chosen in SETS]
    scores = form.score(make({"told": told, "signed": ["yes", None, None]}))
    assert scores.score.tolist() == SCORES
    one = scores.evaluation(0)
    assert one.score == SCORES[0]
    criteria = scores.criteria_frame()
    answers = criteria["answer"].to_pylist() if make is pa.table else list(criteria["answer"])
    assert answers[:3] == ["options worth 7", "yes", "options worth 0"]
    if not lists:
        long = make({"e": ["a", "a", "b", "c"], "item": ["told", "signed", "told", "told"], "answer": [told[0], "yes", *told[1:]]})
        assert form.score(long, evaluation="e", criterion="item", answer="answer").score.tolist() == SCORES


def test_a_long_frame_mixes_lists_and_other_answers(form: qa.Rubric) -> None:
    long = pd.DataFrame({"e": ["a", "a", "b"], "item": ["told", "signed", "told"], "answer": [SETS[0], True, np.array(SETS[2])]})
    assert form.score(long, evaluation="e", criterion="item", answer="answer").score.tolist() == [0.85, 0.5]
    wide = pd.DataFrame({"told": [["price", "prise"], None], "signed": [None, None]})
    with pytest.raises(RubricError, match=r'row 0: told: expected "price", "term" or "risk" but found "prise"'):
        form.score(wide)
    with pytest.raises(RubricError, match="row 1: told: expected an answer but found none"):
        form.score(wide.assign(told=[["price"], None]))


def test_simulated_raters_fill_several_options_in(form: qa.Rubric) -> None:
    plain = qa.Rubric.parse(FORM[: FORM.index("      - {id: signed")])
    centre = qa.simulate(seed=3, rubric=plain, conversations=200)
    scores = centre.score_all()
    assert len(scores) == 200 * 8
    assert scores["score"].between(0, 1).all()
