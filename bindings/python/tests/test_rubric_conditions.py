"""Conditions under which criteria are asked, in frames of every kind."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import qascore as qa
from qascore.errors import ArgumentError, DataError, MissingColumnError, RubricError

FORM = """
qascore: 1
id: service
version: "1"
scoring: {method: points}
sections:
  - id: opening
    criteria:
      - {id: greeting, answer: yes_no}
      - {id: why_not, answer: {options: [{id: forgot, points: 0}, {id: noise, points: 1}]}, ask_when: {criterion: greeting, is: "no"}}
  - id: complaint
    ask_when: {field: service_type, is: [complaint, claim]}
    criteria:
      - {id: soothing, answer: {scale: {min: 0, max: 4}}}
"""

WIDE = {
    "call": ["c1", "c2", "c3"],
    "service_type": ["complaint", "sale", None],
    "greeting": ["yes", "no", "yes"],
    "why_not": [None, "noise", None],
    "soothing": ["3", None, None],
}
# c1: (1 + 3) / 5; c2: (0 + 1) / 2; c3: 1 / 1.
SCORES = [0.8, 0.5, 1.0]


@pytest.fixture(scope="module")
def form() -> qa.Rubric:
    return qa.Rubric.parse(FORM)


def test_a_form_says_what_it_asks_when(form: qa.Rubric) -> None:
    assert form.fields == ("service_type",)
    assert form.criteria[0].ask_when is None
    assert form.criteria[1].ask_when == {"criterion": "greeting", "is": ["no"]}
    assert form.sections[1].ask_when == {"field": "service_type", "is": ["complaint", "claim"]}
    assert form.to_dict()["fields"] == ["service_type"]


def test_one_evaluation_takes_fields_of_the_conversation(form: qa.Rubric) -> None:
    call = {"service_type": "claim", "queue": 7}
    result = form.score_one({"greeting": "no", "why_not": "noise", "soothing": 4}, conversation=call)
    assert result.score == 5 / 6
    result = form.score_one({"greeting": True}, conversation={"service_type": None})
    assert result.score == 1.0
    assert [one.state for one in result.criteria] == ["scored", "not_asked", "not_asked"]
    assert result.missing == ()
    assert math.isnan(result.criteria[1].possible)
    assert "- soothing: not asked" in repr(result)
    with pytest.raises(RubricError, match="service_type: expected this field of the conversation but found none"):
        form.score_one({"greeting": True})
    with pytest.raises(RubricError, match="why_not: expected no answer, since its condition does not hold, but found one"):
        form.score_one({"greeting": "yes", "why_not": "noise"}, conversation={"service_type": "sale"})
    one = form.score_one({"greeting": "yes", "why_not": "noise"}, conversation={"service_type": "sale"}, unasked="ignore")
    assert one.score == 1.0
    with pytest.raises(ArgumentError, match="unasked: expected one of"):
        form.score_one({}, unasked="skip")
    with pytest.raises(ArgumentError, match="conversation: expected a mapping"):
        form.score_one({}, conversation=["sale"])  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"])
def test_wide_and_long_frames_give_the_same(form: qa.Rubric, make: Any) -> None:
    scores = form.score(make(WIDE), evaluation="call")
    assert scores.score.tolist() == SCORES
    states = pd.DataFrame(scores.criteria_frame().to_pydict() if make is pa.table else scores.criteria_frame().to_dict(
        **({"as_series": False} if make is pl.DataFrame else {"orient": "list"})))  # fmt: skip
    assert states["state"].tolist() == [
        "scored", "not_asked", "scored", "scored", "scored", "not_asked", "scored", "not_asked", "not_asked",
    ]  # fmt: skip
    rows = [
        (call, WIDE["service_type"][i], name, WIDE[name][i])
        for i, call in enumerate(WIDE["call"])
        for name in ("greeting", "why_not", "soothing")
        if WIDE[name][i] is not None
    ]
    long = make(dict(zip(("call", "service_type", "item", "answer"), map(list, zip(*rows, strict=True)), strict=True)))
    again = form.score(long, evaluation="call", criterion="item", answer="answer")
    assert again.score.tolist() == SCORES
    assert again.explain("c2").startswith("service 1: 50 of 100")
    sections = again.to_dict()
    assert sections["score"] == SCORES


def test_what_a_frame_lacks_or_has_too_much_is_located(form: qa.Rubric) -> None:
    wide = pd.DataFrame(WIDE)
    with pytest.raises(MissingColumnError, match=r'column "service_type", a field of the conversation .*did you mean "servicetype"'):
        form.score(wide.rename(columns={"service_type": "servicetype"}), evaluation="call")
    surplus = wide.assign(soothing=["3", "2", None])
    with pytest.raises(RubricError, match=r"^answers: row 1 \(call c2\): soothing: expected no answer, since its condition"):
        form.score(surplus, evaluation="call")
    assert form.score(surplus, evaluation="call", unasked="ignore").score.tolist() == SCORES
    unanswered = wide.assign(soothing=[None, None, None])
    with pytest.raises(RubricError, match=r"^answers: row 0 \(call c1\): soothing: expected an answer but found none$"):
        form.score(unanswered, evaluation="call")
    # A column that nobody was asked to fill may be absent.
    assert form.score(wide.iloc[[1]].drop(columns="soothing"), evaluation="call").score.tolist() == [0.5]
    long = pd.DataFrame({
        "call": ["c1", "c1"], "item": ["greeting", "soothing"], "answer": ["yes", "3"], "service_type": ["sale", "claim"],
    })  # fmt: skip
    with pytest.raises(DataError, match='column "service_type": expected one value per call, as of a conversation'):
        form.score(long, evaluation="call", criterion="item", answer="answer")


TRUTH = """
qascore: 1
id: truth
version: "1"
scoring: {method: points}
sections:
  - id: s
    criteria:
      - {id: a, answer: yes_no}
      - {id: b, answer: yes_no, ask_when: {field: vip, is: IS}}
"""


@pytest.mark.parametrize("written", ["true", "True", '"true"', "TRUE", "[true, 3]"])
@pytest.mark.parametrize(("given", "asked"), [
    (True, True), (np.True_, True), ("true", True), ("True", True), ("TRUE", True), (False, False), (np.False_, False),
    ("False", False), (None, False), (math.nan, False), (pd.NA, False), ("", False), ("yes", False), (1, False),
])  # fmt: skip
def test_a_truth_value_of_the_conversation_is_what_a_form_writes_as_true(written: str, given: Any, asked: bool) -> None:
    form = qa.Rubric.parse(TRUTH.replace("IS", written))
    one = form.score_one({"a": "yes", "b": "no"}, conversation={"vip": given}, unasked="ignore")
    assert one.score == (0.5 if asked else 1.0)
    wide = pd.DataFrame({"a": ["yes"], "b": ["no"], "vip": pd.Series([given], dtype=object)})
    assert form.score(wide, unasked="ignore").score.tolist() == [one.score]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"])
def test_truth_values_in_columns_meet_conditions(make: Any) -> None:
    form = qa.Rubric.parse(TRUTH.replace("IS", "true"))
    columns = {"a": ["yes", "yes", "yes"], "b": ["no", "no", "no"]}
    for vip in ([True, False, None], [True, False, False], ["True", "false", None], ["true", "no", ""]):
        scores = form.score(make(columns | {"vip": vip}), unasked="ignore")
        assert scores.score.tolist() == [0.5, 1.0, 1.0], vip
    never = qa.Rubric.parse(TRUTH.replace("IS", "false")).score(make(columns | {"vip": [True, False, None]}), unasked="ignore")
    assert never.score.tolist() == [1.0, 0.5, 1.0]


def test_a_truth_value_beside_numbers_is_not_one_of_them() -> None:
    form = qa.Rubric.parse(TRUTH.replace("IS", "true"))
    wide = pd.DataFrame({"a": ["yes"] * 3, "b": ["no"] * 3, "vip": pd.Series([True, 1, 0], dtype=object)})
    assert form.score(wide, unasked="ignore").score.tolist() == [0.5, 1.0, 1.0]
    with pytest.raises(RubricError, match='row 1: a: expected "yes" or "no" but found "1"'):
        form.score(pd.DataFrame({"a": pd.Series([True, 1], dtype=object), "b": "no", "vip": True}))


def test_columns_of_the_conversation_and_of_criteria_that_lack_are_named_together() -> None:
    form = qa.Rubric.parse(TRUTH.replace("IS", "true"))
    with pytest.raises(MissingColumnError) as caught:
        form.score(pd.DataFrame({"A ": ["yes"], "Vip": [True]}))
    assert str(caught.value).split("\n") == [
        'answers: expected a column "vip", a field of the conversation that conditions of rubric "truth" look at, but found '
        "none (did you mean 'Vip'?)",
        'answers: expected a column for criterion "a" of rubric "truth" but found none (did you mean \'A \'?)',
    ]
