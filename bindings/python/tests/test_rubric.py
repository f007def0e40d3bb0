"""Rubrics in Python: the numbers of C++, frames of every kind, errors that say where."""

from __future__ import annotations

import hashlib
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import qascore as qa
from hypothesis import given, settings
from hypothesis import strategies as st
from qascore.errors import ArgumentError, DataError, FileError, MissingColumnError, RubricError
from qascore.rubric import shipped_rubrics

FORM = """
qascore: 1
id: service
version: "2"
title: {en: Service, zh-CN: 服务}
scoring: {method: weighted, weights: section}
bands: [{id: good, from: 0.8}, {id: fair, from: 0.5}, {id: poor, from: 0}]
pass_from: 0.8
sections:
  - id: opening
    weight: 1
    criteria:
      - id: greeting
        title: {en: Greets by the script, zh-CN: 规范问候}
        dimension: [process]
        answer: {yes_no: {points: 5}}
      - id: identity
        weight: 3
        dimension: [compliance]
        critical: true
        not_applicable: true
        answer: {options: [{id: full, points: 10}, {id: partial, points: 4}, {id: none, points: 0}]}
        fail: [{when: {chosen: none}, scope: form, effect: zero}]
  - id: handling
    weight: 3
    criteria:
      - {id: patience, dimension: [attitude, process], answer: {scale: {min: 1, max: 5}}}
      - {id: interruptions, answer: {number: {ranges: [{to: 0, points: 2}, {to: 4, points: 1}, {points: 0}]}}}
      - {id: remarks, answer: text}
"""

LONG = [
    ("e1", "greeting", "yes"), ("e1", "identity", "full"), ("e1", "patience", "5"), ("e1", "interruptions", "0"),
    ("e2", "greeting", "no"), ("e2", "identity", "none"), ("e2", "patience", "3"), ("e2", "interruptions", "2.5"),
    ("e3", "greeting", "yes"), ("e3", "identity", "not_applicable"), ("e3", "patience", "1"),
    ("e3", "interruptions", "9"), ("e3", "remarks", "very long hold"),
]  # fmt: skip
# e1: (1 * 1 + 3 * 1) / 4 = 1; e2: opening 0, handling (2/4 + 1/2) / 2 = 1/2: 3/8; e3: opening 1, handling 0: 1/4.
BEFORE = [1.0, 0.375, 0.25]
AFTER = [1.0, 0.0, 0.25]


@pytest.fixture(scope="module")
def form() -> qa.Rubric:
    return qa.Rubric.parse(FORM)


def long_frame() -> pd.DataFrame:
    frame = pd.DataFrame(LONG, columns=["evaluation_id", "criterion", "answer"])
    frame["rater"] = frame["evaluation_id"].map({"e1": "anna", "e2": "ben", "e3": "anna"})
    frame["row"] = range(len(frame))
    return frame


def wide_frame() -> pd.DataFrame:
    wide = long_frame().pivot(index="evaluation_id", columns="criterion", values="answer").reset_index()
    wide["rater"] = ["anna", "ben", "anna"]
    return wide.rename_axis(columns=None)


def columns(frame: Any) -> dict[str, list[Any]]:
    if isinstance(frame, pa.Table):
        return frame.to_pydict()
    return frame.to_dict(as_series=False) if isinstance(frame, pl.DataFrame) else frame.to_dict(orient="list")


def test_a_rubric_says_what_it_is(form: qa.Rubric) -> None:
    assert (form.id, form.version, form.language) == ("service", "2", "en")
    assert [c.id for c in form.criteria] == ["greeting", "identity", "patience", "interruptions", "remarks"]
    assert form.criteria[1].answers == ("full", "partial", "none")
    assert form.criteria[1].points == (10.0, 4.0, 0.0)
    assert form.criteria[4].kind == "text"
    assert not form.criteria[4].scored
    assert form.dimensions == ("process", "compliance", "attitude")
    assert form.bands[0].from_score == 0.8
    assert len(form.content_hash) == 64
    assert len(form.to_frame()) == 5
    assert "Greets by the script" in repr(form)
    assert "<table" in form._repr_html_()


def test_one_evaluation_takes_text_numbers_and_truth_values(form: qa.Rubric) -> None:
    result = form.score_one({"greeting": True, "identity": "partial", "patience": 4, "interruptions": 0.0, "remarks": None})
    # opening (1 + 3 * 0.4) / 4 = 0.55; handling (3/4 + 1) / 2 = 0.875; (0.55 + 3 * 0.875) / 4
    assert result.score == pytest.approx(0.79375, abs=1e-15)
    assert result.band == "fair"
    assert result.passed is False
    assert result.critical_score == 0.4
    assert result.sections["opening"] == 0.55
    assert sum(c.contribution for c in result.criteria) == result.score_before_fail
    assert result.content_hash == form.content_hash
    assert result.explain("zh-CN").startswith("服务 2：79.4 分")
    assert len(result.to_frame()) == 5
    assert result.to_dict()["criteria"][0]["earned"] == 5.0
    assert math.isnan(result.criteria[4].earned)


def test_a_failed_evaluation_keeps_the_score_underneath(form: qa.Rubric) -> None:
    result = form.score_one({"greeting": "yes", "identity": "none", "patience": 5, "interruptions": 0})
    assert result.score == 0.0
    assert result.score_before_fail == 0.8125
    assert result.fail_rules[0].on == "identity"
    assert "fail rule on identity: sets the whole form to 0" in repr(result)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"])
def test_long_frames_of_every_kind_give_the_same(form: qa.Rubric, make: Any) -> None:
    given_frame = make(long_frame().to_dict(orient="list"))
    scores = form.score(given_frame, evaluation="evaluation_id", criterion="criterion", answer="answer")
    out = scores.to_frame()
    assert isinstance(out, pa.Table if make is pa.table else make)
    found = columns(out)
    assert found["evaluation_id"] == ["e1", "e2", "e3"]
    assert found["rater"] == ["anna", "ben", "anna"]
    assert "row" not in found
    assert found["score_before_fail"] == BEFORE
    assert found["score"] == AFTER
    assert found["band"] == ["good", "poor", "poor"]
    assert found["passed"] == [True, False, False]
    assert found["fail"] == [False, True, False]
    assert found["critical_score"][:2] == [1.0, 0.0]
    assert found["critical_score"][2] is None or math.isnan(found["critical_score"][2])
    assert set(found["content_hash"]) == {form.content_hash}


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "pyarrow"])
def test_wide_frames_of_every_kind_give_the_same(form: qa.Rubric, make: Any) -> None:
    wide = wide_frame().astype(object).where(lambda f: f.notna(), None)
    scores = form.score(make(wide.to_dict(orient="list")), evaluation="evaluation_id")
    found = columns(scores.to_frame())
    assert found["score"] == AFTER
    assert found["rater"] == ["anna", "ben", "anna"]
    assert "greeting" not in found


def test_the_order_of_rows_does_not_matter(form: qa.Rubric) -> None:
    frame = long_frame()
    shuffled = frame.sample(frac=1, random_state=3)
    names = {"evaluation": "evaluation_id", "criterion": "criterion", "answer": "answer"}
    a, b = form.score(frame, **names).to_frame(), form.score(shuffled, **names).to_frame()
    pd.testing.assert_frame_equal(a, b)


def test_answers_of_mixed_types_are_read(form: qa.Rubric) -> None:
    frame = pd.DataFrame({
        "evaluation_id": ["a"] * 4,
        "criterion": ["greeting", "identity", "patience", "interruptions"],
        "answer": [True, "full", 5, 0.5],
    })  # fmt: skip
    scores = form.score(frame, evaluation="evaluation_id", criterion="criterion", answer="answer")
    assert scores.score.tolist() == [(1 + 3 * 0.75) / 4]
    wide = pd.DataFrame({"greeting": [True, False], "identity": ["full", None], "patience": [5.0, np.nan],
                         "interruptions": [0, 3]})  # fmt: skip
    listed = form.score(wide, unanswered="not_scorable")
    assert listed.score[0] == 1.0
    assert np.isnan(listed.score[1])
    assert listed.evaluation(1).missing == ("identity", "patience")
    left_out = form.score(wide, unanswered="leave_out")
    assert left_out.score[1] == (0 + 3 * 0.5) / 4


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_frame_gives_the_same_bits_as_one_by_one(form: qa.Rubric, data: st.DataObject) -> None:
    answer = {
        "greeting": st.sampled_from(["yes", "no"]),
        "identity": st.sampled_from(["full", "partial", "none", "not_applicable"]),
        "patience": st.integers(1, 5),
        "interruptions": st.integers(0, 9) | st.floats(0, 9),
    }
    rows = data.draw(st.lists(st.fixed_dictionaries(answer), min_size=1, max_size=40))
    scores = form.score(pl.DataFrame([{k: str(v) for k, v in row.items()} for row in rows]))
    found = scores.to_dict()
    for i, row in enumerate(rows):
        one = form.score_one(row)
        assert one.score == found["score"][i]
        assert one.score_before_fail == found["score_before_fail"][i]
        assert one.band == found["band"][i]
        assert one.passed == found["passed"][i]
        assert sum(c.contribution for c in one.criteria) == one.score_before_fail


def test_scores_open_up(form: qa.Rubric) -> None:
    scores = form.score(long_frame(), evaluation="evaluation_id", criterion="criterion", answer="answer")
    assert len(scores) == 3
    assert scores.explain("e2").startswith("Service 2: 0 of 100, poor, not passed")
    sections = scores.sections()
    assert sections.set_index(["section", "evaluation_id"])["score"].to_dict()["handling", "e2"] == 0.5
    dimensions = scores.dimensions().set_index(["dimension", "evaluation_id"])["score"].to_dict()
    # process: greeting 1/16 of the form, patience 3/8.
    assert dimensions["process", "e2"] == pytest.approx((3 / 8 * 0.5) / (1 / 16 + 3 / 8), abs=1e-15)
    criteria = scores.criteria_frame().set_index(["evaluation_id", "criterion"])
    assert criteria.loc[("e3", "identity"), "state"] == "not_applicable"
    assert criteria.loc[("e2", "interruptions"), "rating"] == 0.5
    assert criteria.loc[("e2", "identity"), "answer"] == "none"
    sums = criteria.groupby("evaluation_id")["contribution"].sum()
    assert sums.tolist() == BEFORE
    assert "3 evaluations on service 2" in repr(scores)
    assert "<table" in scores._repr_html_()


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux says what a process takes at most")
def test_a_batch_takes_its_outputs_and_next_to_nothing_more() -> None:
    program = """
import numpy as np, qascore as qa
form = qa.Rubric.load("voice-service")
codes = np.zeros((len(form.criteria), 1_000_000), dtype=np.uint8)
codes[:, ::3] = 1
def status(name):
    return next(1024 * int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name))
form._core.score_codes(codes[:, :1000].copy(), False, 2)
open("/proc/self/clear_refs", "w").write("5")
before = status("VmRSS")
columns = form._core.score_codes(codes, False, 2)
print(status("VmHWM") - before - sum(column.nbytes for column in columns.values()))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 1_000_000


def test_an_evaluation_that_was_not_scored_is_told_with_those_that_were() -> None:
    form = qa.Rubric.parse(
        '{qascore: 1, id: f, version: "1", scoring: {method: points}, sections: [{id: s, criteria: [{id: a, answer: yes_no}]}]}'
    )
    for ids, asked, said in (
        (["e-1", "e-2"], "e-0", r"one of the 2 evaluations that were scored \('e-1', 'e-2'\) but found 'e-0' \(did you mean \"e-\d\"\?\)"),
        ([10, 20, 30, 40], "20", r"scored \(10, 20, 30, ...\) but found '20' \(did you mean 20\?\)"),
        ([10, 20, 30, 40], 35, r"scored \(10, 20, 30, ...\) but found 35$"),
        ([], "e-0", "an evaluation, of which none was scored, but found 'e-0'"),
    ):  # fmt: skip
        scores = form.score(pd.DataFrame({"id": ids, "a": ["yes"] * len(ids)}), evaluation="id")
        with pytest.raises(qa.ArgumentError, match=said):
            scores.explain(asked)


def test_scores_are_a_frame_where_one_is_asked_for(form: qa.Rubric) -> None:
    scores = form.score(long_frame(), evaluation="evaluation_id", criterion="criterion", answer="answer")
    assert qa.mean(scores, "score").value == pytest.approx(sum(AFTER) / 3, abs=1e-15)


def test_wrong_answers_are_located_by_row_and_criterion(form: qa.Rubric) -> None:
    frame = long_frame()
    frame.loc[1, "answer"] = "ful"
    frame.loc[4, "criterion"] = "greting"
    frame.loc[8, "answer"] = "not_applicable"
    with pytest.raises(RubricError) as caught:
        form.score(frame, evaluation="evaluation_id", criterion="criterion", answer="answer")
    assert str(caught.value).split("\n") == [
        'answers: row 1 (evaluation_id e1): identity: expected "full", "partial" or "none" but found "ful" '
        '(did you mean "full"?)',
        'answers: row 4 (evaluation_id e2): greting: expected a criterion of rubric "service" but found "greting" '
        '(did you mean "greeting"?)',
        'answers: row 8 (evaluation_id e3): greeting: expected an answer but found "not_applicable", which this '
        "criterion does not allow",
    ]
    wide = wide_frame()
    wide.loc[2, "patience"] = "6"
    with pytest.raises(RubricError, match=r'row 2 \(evaluation_id e3\): patience: expected a whole number from 1 to 5'):
        form.score(wide, evaluation="evaluation_id")


def test_missing_answers_are_located(form: qa.Rubric) -> None:
    frame = long_frame().drop(index=[2, 7])
    with pytest.raises(RubricError) as caught:
        form.score(frame, evaluation="evaluation_id", criterion="criterion", answer="answer")
    assert str(caught.value) == (
        "answers: evaluation_id e1: patience: expected an answer but found none\n"
        "answers: evaluation_id e2: interruptions: expected an answer but found none"
    )
    with pytest.raises(RubricError, match="patience: expected an answer but found none"):
        form.score_one({"greeting": "yes", "identity": "full", "interruptions": 1})
    assert form.score_one({"greeting": "yes"}, unanswered="leave_out").score == 1.0
    assert form.score_one({"greeting": "yes"}, unanswered="not_scorable").score is None


def test_many_wrong_answers_are_counted(form: qa.Rubric) -> None:
    wide = pd.DataFrame({"greeting": ["maybe"] * 50, "identity": "full", "patience": 1, "interruptions": 0})
    with pytest.raises(RubricError) as caught:
        form.score(wide)
    assert str(caught.value) == 'answers: row 0: greeting: expected "yes" or "no" but found "maybe" (49 more like it)'
    with pytest.raises(RubricError, match=r'found "maybe 19"\n\.\.\. and 30 more$'):
        form.score(wide.assign(greeting=[f"maybe {row}" for row in range(50)]))


def test_equal_problems_are_told_once_with_their_number(form: qa.Rubric) -> None:
    frame = pd.concat([long_frame().assign(evaluation_id=lambda d, at=at: d["evaluation_id"] + str(at)) for at in range(40)], ignore_index=True)
    frame.loc[frame["criterion"] == "greeting", "answer"] = "n/a"
    frame.loc[(frame["criterion"] == "patience") & (frame.index % 3 == 0), "answer"] = "often"
    with pytest.raises(RubricError) as caught:
        form.score(frame, evaluation="evaluation_id", criterion="criterion", answer="answer")
    lines = str(caught.value).splitlines()
    assert len(lines) == 2 and "(119 more like it)" in next(line for line in lines if "greeting" in line)


def test_criteria_say_whose_and_of_what_they_are(form: qa.Rubric) -> None:
    scores = form.score(long_frame(), evaluation="evaluation_id", criterion="criterion", answer="answer")
    criteria = scores.criteria_frame()
    assert list(criteria.columns[:3]) == ["evaluation_id", "rater", "criterion"]
    assert dict(zip(criteria["evaluation_id"], criteria["rater"], strict=True)) == {"e1": "anna", "e2": "ben", "e3": "anna"}
    clash = wide_frame().assign(state="open", rating=3)  # its own columns keep their names
    named = form.score(clash, evaluation="evaluation_id").criteria_frame()
    assert set(named["state"]) == set(criteria["state"]) and named["rating"].equals(criteria["rating"])


@pytest.mark.parametrize("written", ["n/a", "N/A", "NA", "na", "N.A.", "Not applicable", "不适用", "-"])
def test_not_applicable_as_others_write_it_says_how_it_is_written(written: str) -> None:
    form = qa.Rubric.parse(
        '{qascore: 1, id: f, version: "1", scoring: {method: points}, sections: [{id: s, criteria: [{id: may, not_applicable: true, '
        "answer: yes_no}, {id: must, answer: yes_no}, {id: note, answer: text}]}]}"
    )
    with pytest.raises(RubricError, match=r' \(not applicable is written "not_applicable"\)$') as caught:
        form.score_one({"may": written, "must": "yes"})
    assert "did you mean" not in str(caught.value)
    with pytest.raises(RubricError, match=r'the form allows that with "not_applicable: true" at this criterion\)$'):
        form.score_one({"may": "yes", "must": written})
    assert form.score_one({"may": "not_applicable", "must": "yes", "note": written}).score == 1.0


def test_an_answer_given_twice_is_refused(form: qa.Rubric) -> None:
    frame = pd.concat([long_frame(), long_frame().iloc[[0]]], ignore_index=True)
    with pytest.raises(RubricError, match=r"row 13 \(evaluation_id e1\): greeting: expected one answer but found a second"):
        form.score(frame, evaluation="evaluation_id", criterion="criterion", answer="answer")
    wide = pd.concat([wide_frame(), wide_frame().iloc[[1]]], ignore_index=True)
    with pytest.raises(DataError, match=r"expected each evaluation once but found 'e2' at rows 1 and 3"):
        form.score(wide, evaluation="evaluation_id")


def test_missing_columns_are_named(form: qa.Rubric) -> None:
    with pytest.raises(MissingColumnError, match=r'criterion "patience" of rubric "service" but found none \(did you mean "patiense"'):
        form.score(wide_frame().rename(columns={"patience": "patiense"}), evaluation="evaluation_id")
    with pytest.raises(MissingColumnError, match="evaluation_id"):
        form.score(long_frame(), evaluation="evaluaton_id", criterion="criterion", answer="answer")
    with pytest.raises(ArgumentError, match="criterion: expected a column too"):
        form.score(long_frame(), evaluation="evaluation_id", answer="answer")
    with pytest.raises(ArgumentError, match="evaluation: expected the column"):
        form.score(long_frame(), criterion="criterion", answer="answer")
    with pytest.raises(ArgumentError, match="unanswered: expected one of"):
        form.score(wide_frame(), unanswered="skip")
    with pytest.raises(ArgumentError, match='"score" is about to be added'):
        form.score(wide_frame().assign(score=1.0), evaluation="evaluation_id").to_frame()
    with pytest.raises(DataError, match="id is missing at row 1"):
        form.score(wide_frame().assign(evaluation_id=["a", None, "b"]), evaluation="evaluation_id")
    with pytest.raises(ArgumentError, match="expected a mapping"):
        form.score_one([("greeting", "yes")])  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"found 'e9'"):
        form.score(wide_frame(), evaluation="evaluation_id").explain("e9")


def test_a_bad_rubric_lists_every_problem(tmp_path: Path) -> None:
    text = FORM.replace('version: "2"', "version: 2").replace("weight: 3\n        dimension", "weihgt: 3\n        dimension")
    with pytest.raises(RubricError) as caught:
        qa.Rubric.parse(text, name="service.yaml")
    assert str(caught.value).split("\n") == [
        'service.yaml:4:10: version: expected text but found "2", which YAML reads as something else (write it in quotes)',
        'service.yaml:18:9: sections[0].criteria[1].weihgt: expected a key of a criterion but found "weihgt" '
        '(did you mean "weight"?)',
    ]
    assert [(p.line, p.column, p.path) for p in caught.value.problems] == [
        (4, 10, "version"), (18, 9, "sections[0].criteria[1].weihgt")
    ]  # fmt: skip
    with pytest.raises(FileError, match="expected a rubric file but found none, nor does a rubric of that name come with qascore .complaint-handling, "):
        qa.Rubric.load(tmp_path / "none.yaml")
    with pytest.raises(FileError, match="found a folder"):
        qa.Rubric.load(tmp_path)
    path = tmp_path / "form.yaml"
    path.write_text(FORM, encoding="utf-8")
    assert qa.Rubric.load(path) == qa.Rubric.parse(FORM)
    assert qa.Rubric.load(str(path)).content_hash == qa.Rubric.parse(FORM).content_hash


def test_the_content_hash_is_sha256_of_the_documented_form() -> None:
    form = qa.Rubric.parse('{qascore: 1, id: f, version: "1", scoring: {method: points}, '
                           "sections: [{id: s, criteria: [{id: a, answer: yes_no}]}]}")  # fmt: skip
    canonical = (
        "qascore rubric 1\n" + "1:f,1:1,2:en,{}" + "1,0,0," + "f,[]-,"
        "[1:s,{}-,[][1:a,{}-,[]<0 1,3:yes,>f,f,f,[][]][]]"
    )
    assert form.content_hash == hashlib.sha256(canonical.encode()).hexdigest()


def test_an_empty_frame_has_no_scores(form: qa.Rubric) -> None:
    empty = form.score(wide_frame().head(0), evaluation="evaluation_id")
    assert len(empty) == 0
    assert len(empty.to_frame()) == 0
    none = form.score(long_frame().head(0), evaluation="evaluation_id", criterion="criterion", answer="answer")
    assert len(none) == 0


@pytest.mark.parametrize("name", sorted(shipped_rubrics()))
def test_a_shipped_form_reads_back_from_its_definition(name: str) -> None:
    form = qa.Rubric.load(name)
    assert qa.Rubric.parse(json.dumps(form.definition(), ensure_ascii=False)).content_hash == form.content_hash


def test_a_definition_keeps_every_limit() -> None:
    head = 'qascore: 1, id: f, version: "1", sections: [{id: s, criteria: [{id: a, answer: {yes_no: {points: 2}}}, {id: b, answer: date}, '
    several = "{id: c, answer: {options: [{id: x, points: 1}, {id: y, points: 2}], several: true, most: 2}}, "
    rest = "{id: d, answer: yes_no, ask_when: {criterion: c, is_exactly: [x]}}]}]"
    loses = "{id: e, answer: {yes_no: {points: -9}}}, "
    bonus = "{id: e, bonus: true, answer: yes_no}, "
    for scoring, more in (
        ("base, base: 10, scale: 12, floor: 2, cap: 11", loses), ("base, base: 10, floor: 2", loses), ("points, cap: 1.1", bonus),
        ("points, cap: [0, 1]", bonus), ("weighted, floor: 0.1, round: {digits: 3, rule: half_up}", ""),
    ):  # fmt: skip
        form = qa.Rubric.parse("{scoring: {method: " + scoring + "}, " + head + several + more + rest + "}")
        assert qa.Rubric.parse(json.dumps(form.definition())).content_hash == form.content_hash


SMALL = """
qascore: 1
id: small
version: "1"
scoring: {method: points}
sections:
  - id: s
    criteria:
      - {id: a, answer: yes_no}
      - {id: second_one, answer: {number: {ranges: [{to: 0.1, points: 2}, {points: 0}]}}, not_applicable: true}
"""


def test_missing_values_of_pandas_are_unanswered() -> None:
    form = qa.Rubric.parse(SMALL)
    for gap in (pd.NA, pd.NaT, math.nan, None, ""):
        assert form.score_one({"a": "yes", "second_one": gap}, unanswered="leave_out").score == 1.0
        frame = pd.DataFrame({"a": pd.Series(["yes", True], dtype=object), "second_one": pd.Series([gap, 7], dtype=object)})
        assert form.score(frame, unanswered="leave_out").score.tolist() == [1.0, 1 / 3]
        text = pd.DataFrame({"a": pd.Series(["yes", None if gap is pd.NaT else gap], dtype=object), "second_one": [0, 0]})
        assert form.score(text, unanswered="leave_out").score.tolist() == [1.0, 1.0]
    for wrong in (pd.Series(["yes"]), {"yes": 1}, b"yes"):
        with pytest.raises(DataError, match=r"^answers: a: expected text, a number, a truth value or a list of options but found"):
            form.score_one({"a": wrong, "second_one": 1})


def test_a_number_of_32_bits_is_what_is_written() -> None:
    form = qa.Rubric.parse(SMALL)
    assert form.score_one({"a": "yes", "second_one": np.float32(0.1)}).score == 1.0
    assert form.score_one({"a": "yes", "second_one": np.float32(0.11)}).score == 1 / 3
    columns = {"a": ["yes", "yes", "yes"], "second_one": np.array([0.1, 0.11, np.nan], dtype=np.float32)}
    for make in (pd.DataFrame, pl.DataFrame, pa.table):
        assert form.score(make(columns), unanswered="leave_out").score.tolist() == [1.0, 1 / 3, 1.0]


@pytest.mark.parametrize("threads", [-1, 1.5, True, "2"])
def test_threads_are_a_whole_number(threads: Any) -> None:
    form = qa.Rubric.parse(SMALL)
    frame = pd.DataFrame({"a": ["yes"], "second_one": [0]})
    with pytest.raises(ArgumentError, match=r"^threads: expected a whole number of threads, or 0 or None for all cores, but found"):
        form.score(frame, threads=threads)
    assert form.score(frame, threads=0).score.tolist() == form.score(frame, threads=np.int64(2)).score.tolist() == [1.0]


def test_what_is_no_text_is_refused_in_words() -> None:
    form = qa.Rubric.parse(SMALL)
    with pytest.raises(RubricError, match="^rubric: expected Unicode text but found half of a surrogate pair at 0$"):
        qa.Rubric.parse("\ud800")
    with pytest.raises(ArgumentError, match="^text: expected the text of a rubric but found PosixPath; Rubric.load reads a file$"):
        qa.Rubric.parse(Path("form.yaml"))  # type: ignore[arg-type]
    with pytest.raises(DataError, match="half of a surrogate pair"):
        form.score_one({"a": "\ud800", "second_one": 1})
    result = form.score_one({"a": "yes", "second_one": 1})
    for verb in (result.explain, form.to_text, form.to_html):
        with pytest.raises(ArgumentError, match='^language: expected a tag like "en" or "zh-CN" but found 5$'):
            verb(5)  # type: ignore[arg-type]


def test_a_wide_frame_names_all_columns_that_lack() -> None:
    form = qa.Rubric.parse(SMALL)
    said = (r'^answers: expected columns for criteria "a", "second_one" of rubric "small" but found none; a long frame is read '
            "with criterion= and answer=$")  # fmt: skip
    with pytest.raises(MissingColumnError, match=said):
        form.score(pd.DataFrame({"call": ["c1"]}), evaluation="call")
    for unanswered in ("leave_out", "not_scorable"):
        with pytest.raises(MissingColumnError, match='expected columns for criteria "a", "second_one"'):
            form.score(pd.DataFrame({"call": ["c1"]}), evaluation="call", unanswered=unanswered)
        for near in (" second_one", "Second_One "):
            with pytest.raises(MissingColumnError, match=rf'expected a column for criterion "second_one" .* \(did you mean {near!r}\?\)'):
                form.score(pd.DataFrame({"a": ["yes"], near: [0]}), unanswered=unanswered)
        assert len(form.score(pd.DataFrame({"a": ["yes"], "b": [0]}), unanswered=unanswered)) == 1


def test_scores_without_a_value_are_none_and_empty_frames_keep_their_types() -> None:
    form = qa.Rubric.parse(SMALL)
    scores = form.score(pl.DataFrame({"a": ["yes", None], "second_one": [0, None]}), unanswered="not_scorable")
    assert json.loads(json.dumps(scores.to_dict(), allow_nan=False))["score"] == [1.0, None]
    empty = form.score(pl.DataFrame({"call": [], "a": [], "second_one": []}, schema={"call": pl.String, "a": pl.String, "second_one": pl.Float64}), evaluation="call")
    bare = form.score(pl.DataFrame({"a": ["yes"], "second_one": [0]}))  # nothing comes along but what is added
    for frame in (empty.to_frame(), bare.to_frame()):
        kinds = frame.schema
        assert [kinds[name] for name in ("band", "rubric_id", "rubric_version", "content_hash", "passed")] == [pl.String] * 4 + [pl.Boolean]
    arrow = form.score(pa.table({"a": ["yes"], "second_one": [0]})).to_frame()
    assert [str(arrow.schema.field(name).type) for name in ("band", "passed")] == ["string", "bool"]
    one = form.score_one({"a": "yes", "second_one": "not_applicable"}).to_dict()
    assert one["criteria"][1]["earned"] is None
    json.dumps(one, allow_nan=False)
