"""Numbers that metrics of the conversation fill in, dates, and rounding, in frames of every kind."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import qascore as qa
from qascore.errors import DataError, MissingColumnError, RubricError

FORM = """
qascore: 1
id: service
version: "1"
scoring: {method: points, round: {digits: 1, rule: half_up}}
sections:
  - id: all
    criteria:
      - {id: polite, answer: yes_no}
      - {id: handle, answer: {number: {from: metric.handle_s, ranges: [{to: 180, points: 2}, {to: 300, points: 1}, {points: 0}]}}}
      - {id: interruptions, answer: {number: {from: metric.interruptions, ranges: [{to: 0, points: 1}, {points: 0}]}}, ask_when: {criterion: polite, is: "yes"}}
      - {id: promised, answer: date}
"""
WIDE = {
    "call": ["c1", "c2", "c3"],
    "handle_s": [200.0, 90.0, 400.0],
    "interruptions": [0, 3, 2],
    "polite": ["yes", "no", "yes"],
    "promised": ["2026-01-31", None, "2026-02-01 10:00"],
}
# c1: (1 + 1 + 1) / 4; c2: (0 + 2) / 3; c3: (1 + 0 + 0) / 4, a half that goes up.
BEFORE = [0.75, 2 / 3, 0.25]
SCORES = [0.8, 0.7, 0.3]


@pytest.fixture(scope="module")
def form() -> qa.Rubric:
    return qa.Rubric.parse(FORM)


def test_a_form_names_its_metrics(form: qa.Rubric) -> None:
    assert form.metrics == ("handle_s", "interruptions")
    assert [one.metric for one in form.criteria] == [None, "handle_s", "interruptions", None]
    assert form.criteria[3].kind == "date"
    assert not form.criteria[3].scored


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"])
def test_metrics_come_from_columns_of_wide_and_long_frames(form: qa.Rubric, make: Any) -> None:
    scores = form.score(make(WIDE), evaluation="call")
    assert scores.score.tolist() == SCORES
    assert scores.to_dict()["score_before_fail"] == BEFORE
    assert scores.evaluation("c2").criteria[2].state == "not_asked"
    wide = pd.DataFrame(WIDE)
    rows = [
        (one.call, one.handle_s, one.interruptions, name, getattr(one, name))
        for one in wide.itertuples()
        for name in ("polite", "promised")
        if isinstance(getattr(one, name), str)
    ]
    names = ("call", "handle_s", "interruptions", "item", "answer")
    long = make(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    assert form.score(long, evaluation="call", criterion="item", answer="answer").score.tolist() == SCORES


def test_one_evaluation_takes_metrics_of_the_conversation(form: qa.Rubric) -> None:
    call = {"handle_s": 200, "interruptions": np.int64(0), "queue": "a"}
    result = form.score_one({"polite": True, "promised": datetime.date(2026, 1, 31)}, conversation=call)
    assert result.score == 0.8
    assert result.score_before_fail == 0.75
    with pytest.raises(RubricError, match="promised: expected a date like 2026-01-31 or 2026-01-31T09:30 but found"):
        form.score_one({"polite": True, "promised": "soon"}, conversation=call)
    with pytest.raises(RubricError, match='handle: expected no answer, since the metric "handle_s" of the conversation'):
        form.score_one({"polite": True, "handle": 100}, conversation=call)
    with pytest.raises(RubricError, match="handle: expected an answer but found none"):
        form.score_one({"polite": True}, conversation={"interruptions": 0})
    assert form.score_one({"polite": True}, unanswered="leave_out").score == 1.0


def test_metrics_that_are_missing_or_no_numbers_are_located(form: qa.Rubric) -> None:
    wide = pd.DataFrame(WIDE)
    with pytest.raises(MissingColumnError, match=r'column "handle_s", a metric that criteria of rubric .*did you mean "handles"'):
        form.score(wide.rename(columns={"handle_s": "handles"}), evaluation="call")
    with pytest.raises(RubricError, match=r"^answers: row 1 \(call c2\): handle: expected an answer but found none$"):
        form.score(wide.assign(handle_s=[200.0, np.nan, 400.0]), evaluation="call")
    with pytest.raises(RubricError, match=r"^answers: row 2 \(call c3\): handle: expected a number but found \"long\"$"):
        form.score(wide.assign(handle_s=["200", "90", "long"]), evaluation="call")
    with pytest.raises(DataError, match='column "handle": expected no answers, since the metric "handle_s"'):
        form.score(wide.assign(handle=1), evaluation="call")
    left_out = form.score(wide.drop(columns="handle_s"), evaluation="call", unanswered="leave_out")
    assert left_out.to_dict()["score_before_fail"] == [1.0, 0.0, 0.5]
    long = pd.DataFrame({
        "call": ["c1", "c1"], "item": ["polite", "handle"], "answer": ["yes", "3"], "handle_s": [1, 1], "interruptions": [0, 0],
    })  # fmt: skip
    with pytest.raises(RubricError, match=r"row 1 \(call c1\): handle: expected no answer, since the metric"):
        form.score(long, evaluation="call", criterion="item", answer="answer")
    apart = long.assign(handle_s=[1, 2], item=["polite", "promised"], answer=["yes", "2026-01-31"])
    with pytest.raises(DataError, match='column "handle_s": expected one value per call, as of a conversation'):
        form.score(apart, evaluation="call", criterion="item", answer="answer")
