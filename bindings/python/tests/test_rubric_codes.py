"""Answers that are given as codes: the coding that the form tells, frames of every kind, errors that say where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import qascore as qa
from hypothesis import given, settings
from hypothesis import strategies as st
from qascore.errors import ArgumentError, MissingColumnError, RubricError

FORM = """
qascore: 1
id: coded
version: "1"
scoring: {method: points}
sections:
  - id: all
    criteria:
      - {id: polite, answer: {yes_no: {good: "no", points: 2}}}
      - id: identity
        not_applicable: true
        answer: {options: [{id: full, points: 10}, {id: part, points: 4}, {id: none, points: 0}]}
        fail: [{when: {chosen: none}, scope: form, effect: zero}]
      - {id: tone, answer: {scale: {min: -1, max: 3}}}
      - {id: slips, answer: {hits: {points: -1, limit: -3}}}
      - {id: wait, answer: {number: {ranges: [{to: 10, points: 2}, {to: 60, points: 1}, {points: 0}]}}}
      - {id: topics, answer: {several: true, options: [{id: bill, points: 1}, {id: line, points: 2}, {id: move, points: 3}]}}
      - {id: handle, answer: {number: {from: metric.handle_s, ranges: [{to: 180, points: 1}, {points: 0}]}}}
      - {id: phone_only, ask_when: {field: channel, is: phone}, answer: yes_no}
      - {id: remarks, answer: text}
"""
WRITTEN = {
    "polite": ["no", "yes", "no"], "identity": ["full", "not_applicable", "none"], "tone": [3, -1, 0], "slips": [0, 2, 3],
    "wait": [10, 60, 61], "topics": ["bill;move", "[]", "line"], "phone_only": ["yes", None, "no"],
}  # fmt: skip
CODED = {
    "polite": [1, 0, 1], "identity": [0, 254, 2], "tone": [4, 0, 1], "slips": [0, 2, 3], "wait": [0, 1, 2],
    "topics": ["0;2", "[]", "1"], "phone_only": [0, None, 1],
}  # fmt: skip
AROUND = {"handle_s": [100, 200, 300], "channel": ["phone", "chat", "phone"], "remarks": ["short", None, "long"]}


@pytest.fixture(scope="module")
def form() -> qa.Rubric:
    return qa.Rubric.parse(FORM)


def test_the_form_tells_its_coding(form: qa.Rubric) -> None:
    coding = form.coding("pandas")
    assert list(coding.columns) == ["criterion", "code", "answer", "points"]
    told = {
        name: dict(zip(part["code"], part["answer"], strict=True)) for name, part in coding.groupby("criterion", sort=False)
    }
    assert list(told) == ["polite", "identity", "tone", "slips", "wait", "topics", "phone_only"]
    assert told["polite"] == {0: "yes", 1: "no", 255: "unanswered"}
    assert told["identity"] == {0: "full", 1: "part", 2: "none", 254: "not_applicable", 255: "unanswered"}
    assert told["tone"] == {0: "-1", 1: "0", 2: "1", 3: "2", 4: "3", 255: "unanswered"}
    assert told["slips"] == {0: "0", 1: "1", 2: "2", 3: "3 or more", 255: "unanswered"}
    assert told["wait"] == {0: "up to 10", 1: "up to 60", 2: "above 60", 255: "unanswered"}
    assert told["topics"] == {0: "bill", 1: "line", 2: "move", 255: "unanswered"}
    assert coding.loc[coding["criterion"] == "polite", "points"].tolist()[:2] == [0.0, 2.0]
    assert coding.loc[coding["code"] > 250, "points"].isna().all()
    assert isinstance(form.coding("polars"), pl.DataFrame)
    only_text = qa.Rubric.parse(FORM).coding("pyarrow")
    assert only_text.column_names == ["criterion", "code", "answer", "points"]


def test_what_the_coding_says_is_what_is_scored(form: qa.Rubric) -> None:
    plain = {name: values[0] for name, values in WRITTEN.items()}
    codes = {name: values[0] for name, values in CODED.items()}
    call = {"handle_s": 100, "channel": "phone"}
    for row in form.coding("pandas").itertuples():
        if row.code > 250 or row.criterion in ("topics", "wait", "slips"):
            continue
        one = form.score_one(codes | {row.criterion: row.code}, conversation=call, coded=True)
        two = form.score_one(plain | {row.criterion: row.answer}, conversation=call)
        assert one.to_dict() == two.to_dict()
        told = next(c for c in one.criteria if c.criterion == row.criterion)
        assert (told.answer, told.earned) == (row.answer, row.points)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"])
def test_frames_of_codes_give_the_same_scores_as_frames_of_answers(form: qa.Rubric, make: Any) -> None:
    written = form.score(make({name: [None if one is None else str(one) for one in values] for name, values in WRITTEN.items()} | AROUND))
    coded = form.score(make(CODED | AROUND), coded=True)
    # 2 + 10 + 4 + 3 + 2 + 4 + 1 + 1 of 30; without identity and phone_only 0 + 0 + 1 + 1 + 0 + 0 of 18; "none" fails.
    possible = 2 + 10 + 4 + 3 + 2 + 6 + 1 + 1
    assert written.score.tolist() == [27 / possible, 2 / (possible - 11), 0.0]
    assert coded.to_dict() == written.to_dict()
    rows = [
        {"e": f"e{row}", "criterion": name, "answer": str(values[row]), **{key: AROUND[key][row] for key in ("handle_s", "channel")}}
        for name, values in CODED.items() for row in range(3) if values[row] is not None
    ]  # fmt: skip
    long = form.score(
        make({key: [row[key] for row in rows] for key in rows[0]}), evaluation="e", criterion="criterion", answer="answer", coded=True
    )
    assert long.score.tolist() == written.score.tolist()


def test_codes_come_in_any_type_of_whole_numbers(form: qa.Rubric) -> None:
    small = qa.Rubric.parse(
        '{qascore: 1, id: f, version: "1", scoring: {method: points}, sections: [{id: s, criteria: [{id: a, not_applicable: true, '
        "answer: {scale: {min: 1, max: 5}}}, {id: b, answer: yes_no}]}]}"
    )
    expected = [4 / 5, 1.0, 0.5]
    for kind in (np.uint8, np.int16, np.int64, np.float32, np.float64, "Int64", str, object):
        frame = pd.DataFrame({"a": pd.Series([3, 254, 2]).astype(kind), "b": pd.Series([0, 0, 1]).astype(kind)})
        assert small.score(frame.assign(b=[0, 0, 0]), coded=True).score.tolist() == [4 / 5, 1.0, 3 / 5]
        assert small.score(frame, coded=True).score[:2].tolist() == expected[:2]
    unanswered = pd.DataFrame({"a": np.array([255, 4], dtype=np.uint8), "b": [0, 0]})
    with pytest.raises(RubricError, match="row 0: a: expected an answer but found none"):
        small.score(unanswered, coded=True)
    assert small.score(unanswered, coded=True, unanswered="leave_out").score.tolist() == [1.0, 1.0]


def test_codes_that_are_not_allowed_are_located(form: qa.Rubric) -> None:
    frame = pd.DataFrame(CODED | AROUND | {"call": ["c1", "c2", "c3"]}).astype({"topics": object})
    frame["polite"] = [1, 2, 1]
    frame["identity"] = [0, 254, 3]
    frame["topics"] = ["0;9", "[]", [1]]
    frame["tone"] = [4, 0.5, -1]
    frame["slips"] = ["0", "many", "254"]
    with pytest.raises(RubricError) as caught:
        form.score(frame, evaluation="call", coded=True)
    assert str(caught.value).split("\n") == [
        'answers: row 1 (call c2): polite: expected a code (0 or 1, 255 for unanswered) but found "2"',
        'answers: row 2 (call c3): identity: expected a code (0 to 2, 254 for not applicable, 255 for unanswered) but found "3"',
        'answers: row 1 (call c2): tone: expected a code (0 to 4, 255 for unanswered) but found "0.5"',
        'answers: row 2 (call c3): tone: expected a code (0 to 4, 255 for unanswered) but found "-1"',
        'answers: row 1 (call c2): slips: expected a code (0 to 3, 255 for unanswered) but found "many"',
        'answers: row 2 (call c3): slips: expected a code (0 to 3, 255 for unanswered) but found "254"',
        'answers: row 0 (call c1): topics: expected codes of options (0 to 2, 255 for unanswered) but found "9"',
    ]
    with pytest.raises(RubricError, match=r'polite: expected a code \(0 or 1, 255 for unanswered\) but found "yes"'):
        form.score_one({"polite": True}, conversation={"handle_s": 1, "channel": "x"}, coded=True)
    with pytest.raises(RubricError, match="phone_only: expected no answer, since its condition does not hold"):
        form.score(pd.DataFrame(CODED | AROUND | {"channel": "chat"}), coded=True)
    with pytest.raises(MissingColumnError, match='expected a column for criterion "tone"'):
        form.score(pd.DataFrame(CODED | AROUND).drop(columns="tone"), coded=True)
    with pytest.raises(ArgumentError, match="coded: expected True or False but found 'yes'"):
        form.score(frame, coded="yes")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="coded: expected True or False but found 1"):
        form.score_one({}, coded=1)  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_codes_score_as_the_answers_that_they_stand_for(data: st.DataObject) -> None:
    form = qa.Rubric.load("voice-service")
    answers = {
        name: dict(zip(part["code"], part["answer"], strict=True)) for name, part in form.coding("pandas").groupby("criterion", sort=False)
    }
    kinds = {one.id: one.kind for one in form.criteria}
    codes = {name: data.draw(st.sampled_from([code for code in told if code < 255])) for name, told in answers.items()}
    written = {
        name: code if kinds[name] == "hits" else answers[name][code] for name, code in codes.items() if kinds[name] != "number"
    }
    codes = {name: code for name, code in codes.items() if kinds[name] != "number"}
    around = dict.fromkeys(form.fields, "complaint") | dict.fromkeys(form.metrics, 1)
    one = form.score_one(codes, conversation=around, coded=True, unanswered="leave_out", unasked="ignore")
    assert one.to_dict() == form.score_one(written, conversation=around, unanswered="leave_out", unasked="ignore").to_dict()
