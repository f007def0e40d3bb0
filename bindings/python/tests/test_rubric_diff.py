"""What changed between two forms, and which earlier scores are no longer comparable."""

from __future__ import annotations

import copy
import doctest
import itertools
import json
import random
from typing import Any

import pandas as pd
import pytest
import qascore as qa
from qascore import comparing, rubric

FORM = """
qascore: 1
id: f
version: "1"
title: Form
scoring: {method: weighted, weights: section}
bands: [{id: good, from: 0.8}, {id: poor, from: 0}]
pass_from: 0.7
sections:
  - id: s
    weight: 2
    criteria:
      - {id: a, title: Greets, answer: yes_no, not_applicable: true}
      - {id: b, weight: 3, answer: {options: [{id: full, points: 10}, {id: part, points: 4}, {id: none, points: 0}]}}
  - id: t
    weight: 1
    criteria:
      - {id: c, answer: {scale: {min: 0, max: 2}}, dimension: [manner]}
      - {id: note, answer: text}
"""


def changes(*replaced: tuple[str, str], form: str = FORM) -> list[tuple[str, str, str, str]]:
    later = form
    for old, new in replaced:
        assert old in later
        later = later.replace(old, new)
    compared = qa.compare_rubrics(qa.Rubric.parse(form), qa.Rubric.parse(later))
    return [(one.part, one.change, one.moves, one.evaluations) for one in compared.changes]


def test_the_same_form_has_no_changes_however_it_is_written() -> None:
    assert changes(("version: \"1\"", "version: '1'"), ("{id: note, answer: text}", "{answer: text, id: note}")) == []
    compared = qa.compare_rubrics(qa.Rubric.parse(FORM), qa.Rubric.parse(FORM))
    assert compared.comparable
    assert compared.summary() == "f 1 and f 1 are the same form, to the content hash: all scores are comparable."


CASES: dict[str, tuple[tuple[str, str], tuple[str, str, str, str]]] = {
    "version": (('version: "1"', 'version: "2"'), ("", "version is 2, was 1", "nothing", "")),
    "title": (("title: Greets", "title: Greeting"), ("a", "title (en) is “Greeting”, was “Greets”", "nothing", "")),
    "another language": (
        ("title: Greets", "title: {en: Greets, zh: 问候}"), ("a", "title (zh) is “问候”, was none", "nothing", "")),
    "weight": (("weight: 3", "weight: 2"), ("b", "weight is 2, was 3", "scores", "evaluations in which “b” was answered")),
    "weight of a section": (("    weight: 2", "    weight: 4"), ("s", "weight is 4, was 2", "scores", "all evaluations")),
    "points": (
        ("points: 4", "points: 5"), ("b", "“part” earns 5 of 10 points, was 4 of 10", "scores", "evaluations with “part” on “b”")),
    "points in proportion": (
        ("answer: yes_no", "answer: {yes_no: {points: 5}}"), ("a", "points are others, in the same proportion: no score changes", "nothing", "")),
    "an option less": (
        ("{id: part, points: 4}, ", ""), ("b", "“part” can no longer be answered", "scores", "evaluations with “part” on “b”")),
    "an option more": (("{id: part,", "{id: most, points: 8}, {id: part,"), ("b", "new answers: “most”", "nothing", "")),
    "not applicable": (
        (", not_applicable: true", ""), ("a", "may no longer be not applicable", "scores", "evaluations with “not applicable” on “Greets”")),
    "another kind": (("answer: yes_no", "answer: {scale: {min: 0, max: 1}}"), ("a", "is answered as scale, was yes/no", "scores", "evaluations in which “Greets” was answered")),
    "a fail rule": (
        ("not_applicable: true", 'not_applicable: true, fail: [{when: {chosen: "no"}, scope: form, effect: zero}]'),
        ("a", "fail rule is new: If “no” is chosen: the whole form counts 0", "scores", "evaluations with “no” on “Greets”")),
    "a verdict": (
        ("not_applicable: true", "not_applicable: true, fail: [{when: below_highest, scope: form, effect: verdict}]"),
        ("a", "fail rule is new: On any answer below the best: not passed, whatever the score", "names", "evaluations with “no” on “Greets”: whether they pass")),
    "a condition": (
        ("not_applicable: true", "not_applicable: true, ask_when: {criterion: b, is: full}"),
        ("a", "is asked when “b” is full, was asked in every evaluation", "scores", "all evaluations")),
    "a dimension": (("[manner]", "[tone]"), ("c", "dimension is tone, was manner", "parts", "all evaluations: their dimensions")),
    "critical": (("[manner]", "[manner], critical: true"), ("c", "is critical now", "parts", "all evaluations: their critical score")),
    "bands": (("from: 0.8", "from: 0.85"), ("", "bands are good from 85, poor from 0, were good from 80, poor from 0", "names", "all evaluations: their band")),
    "the mark to pass": (("pass_from: 0.7", "pass_from: 0.6"), ("", "the mark to pass is 60 of 100, was 70 of 100", "names", "all evaluations: whether they pass")),
    "a criterion less": (
        ("      - {id: a, title: Greets, answer: yes_no, not_applicable: true}\n", ""),
        ("a", "“Greets” is gone", "scores", "evaluations in which “Greets” was answered")),
    "a text more": (("{id: note, answer: text}", "{id: note, answer: text}\n      - {id: more, answer: date}"), ("more", "“more” is new, and never scored", "nothing", "")),
    "a criterion more": (
        ("{id: note, answer: text}", "{id: note, answer: text}\n      - {id: more, answer: yes_no}"),
        ("more", "“more” is new: evaluations of the old form have no answer to it", "scores", "all evaluations")),
    "another id": (("id: c,", "id: tone,"), ("c", "the id is tone now: answers under the old one are not found", "scores", "evaluations in which “c” was answered")),
    "excluded": (("title: Greets,", "title: Greets, excluded: true,"), ("a", "is not scored now", "scores", "evaluations in which “Greets” was answered")),
    "a limit": (("weights: section", "weights: section, cap: 0.9"), ("", "floor and cap are none and 0.9, were none and none", "scores", "all evaluations")),
    "another policy": (
        ("weights: section", "weights: section, not_applicable: zero"),
        ("a", "what is not applicable: zero, was redistribute", "scores", "evaluations with “not applicable” on “Greets”")),
    "another method": (("weighted, weights: section", "weighted"), ("", "scoring weights is criterion, was section", "scores", "all evaluations")),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_said_in_words_with_what_it_moves(name: str) -> None:
    replaced, expected = CASES[name]
    more = (("    weight: 2\n", ""), ("    weight: 1\n", "")) if name == "another method" else ()
    assert expected in changes(replaced, *more)


def test_two_forms_of_one_id_and_version_are_told_apart() -> None:
    first = qa.Rubric.parse(FORM)
    other = qa.Rubric.parse(FORM.replace("answer: yes_no", "answer: yes_no, critical: true", 1))
    assert (first.id, first.version) == (other.id, other.version) and first != other
    said = qa.compare_rubrics(first, other).summary()
    assert said.startswith("Both forms say that they are f 1, although they differ: give the later one a version of its own.\n")
    assert "although" not in qa.compare_rubrics(first, first).summary()


def test_another_kind_of_answer_hides_no_other_change() -> None:
    found = changes(("answer: yes_no, not_applicable: true", "critical: true, answer: {scale: {min: 0, max: 1}}"))
    assert {one[1] for one in found} == {"is answered as scale, was yes/no", "may no longer be not applicable", "is critical now"}


def test_weights_count_by_their_proportions() -> None:
    assert changes(("    weight: 2\n", "    weight: 20\n"), ("    weight: 1\n", "    weight: 10\n")) == [
        ("", "all weights of the form are 10 times what they were: no score changes", "nothing", "")
    ]


def test_a_comparison_shows_itself() -> None:
    later = FORM.replace("points: 4", "points: 5").replace("[manner]", "[tone]").replace('"1"', '"2"')
    compared = qa.compare_rubrics(qa.Rubric.parse(FORM), qa.Rubric.parse(later))
    assert repr(compared) == """\
f 1 and f 2: scores are comparable but for the evaluations below.

Changes that move scores:
- b: “part” earns 5 of 10 points, was 4 of 10
  concerns evaluations with “part” on “b”

Changes that move scores of parts, not of the form:
- c: dimension is tone, was manner
  concerns all evaluations: their dimensions

Changes that move no figure:
- version is 2, was 1"""
    assert list(compared.to_frame("pandas")) == ["part", "change", "moves", "evaluations"]
    assert json.loads(json.dumps(compared.to_dict()))["comparable"] is False
    assert 'class="qascore"' in compared._repr_html_()
    with pytest.raises(qa.ArgumentError, match="old: expected a Rubric but found str"):
        qa.compare_rubrics("voice-service", qa.Rubric.parse(FORM))  # type: ignore[arg-type]


def test_earlier_evaluations_are_scored_on_both_forms() -> None:
    later = FORM.replace("points: 4", "points: 5").replace("max: 2}", "max: 1}")
    rows = [
        ("e1", "full", 1), ("e2", "part", 0), ("e3", "none", 2),
    ]  # fmt: skip
    frame = pd.DataFrame(
        [(e, criterion, answer) for e, b, c in rows for criterion, answer in (("a", "yes"), ("b", b), ("c", c))],
        columns=["evaluation_id", "criterion", "answer"],
    )
    compared = qa.compare_rubrics(qa.Rubric.parse(FORM), qa.Rubric.parse(later))
    found = compared.rescore(frame, evaluation="evaluation_id", criterion="criterion", answer="answer")
    table = found.to_frame()
    assert table["comparable"].tolist() == [False, False, False]
    assert table["old_score"].round(6).tolist() == [0.833333, 0.366667, 0.5]
    assert table["new_score"].round(6).tolist()[:2] == [1.0, 0.416667]
    assert "expected" in table["reason"][2]
    assert found.summary() == (
        "3 of 3 evaluations have no score, or another, on the later form, 1 of them since the later form cannot score their answers."
    )
    same = qa.compare_rubrics(qa.Rubric.parse(FORM), qa.Rubric.parse(FORM.replace("Greets", "Hello")))
    untouched = same.rescore(frame, evaluation="evaluation_id", criterion="criterion", answer="answer")
    assert untouched.to_frame()["comparable"].all()
    assert repr(untouched) == "0 of 3 evaluations have no score, or another, on the later form."


def test_the_doctests_hold() -> None:
    for module in (comparing, rubric):
        failed, tried = doctest.testmod(module)
        assert failed == 0 and tried > 2


FILLED = FORM.replace("{id: note,", "{id: wait, answer: {number: {from: metric.wait, ranges: [{to: 2, points: 3}, {points: 0}]}}}\n      - {id: note,")


def test_what_a_metric_fills_in_may_concern_every_evaluation() -> None:
    old, new = qa.Rubric.parse(FILLED), qa.Rubric.parse(FILLED.replace("to: 2,", "to: 3,"))
    compared = qa.compare_rubrics(old, new)
    assert compared.changes[0].evaluations == "all evaluations in which the metric “wait” fills “wait” in"
    given = {"a": "yes", "b": "full", "c": 2}
    scores = [form.score_one(given, conversation={"wait": 3}).score for form in (old, new)]
    assert scores[0] != scores[1] and not compared.is_comparable(given)


POINTS = """
qascore: 1
id: p
version: "1"
scoring: {method: points, not_applicable: POLICY}
sections:
  - id: s
    criteria:
      - {id: yes, answer: {yes_no: {points: 5}}, not_applicable: true}
      - {id: option, answer: {options: [{id: x, points: 6}, {id: z, points: 0}]}, not_applicable: true}
      - {id: hits, answer: {hits: {points: -1, limit: -5}}, not_applicable: true}
      - {id: number, answer: {number: {ranges: [{to: 2, points: 3}, {points: 0}]}}, not_applicable: true}
      - {id: scale, answer: {scale: {min: 0, max: 3}}, not_applicable: true}
      - {id: other, answer: yes_no}
""".replace("id: yes", "id: y")


@pytest.mark.parametrize("policy", ["full_marks", "zero"])
@pytest.mark.parametrize(("id", "was", "now"), [
    ("y", "{points: 5}", "{points: 7}"), ("option", "points: 6", "points: 8"), ("hits", "limit: -5", "limit: -7"),
    ("number", "points: 3", "points: 4"), ("option", "not_applicable: true}\n      - {id: hits", "out_of: 9, not_applicable: true}\n      - {id: hits"),
    ("option", "[{id: x,", "[{id: more, points: 9}, {id: x,"), ("scale", "max: 3}", "max: 4}"),
])  # fmt: skip
def test_not_applicable_is_an_answer_where_it_counts(policy: str, id: str, was: str, now: str) -> None:
    text = POINTS.replace("POLICY", policy)
    assert was in text
    old, new = qa.Rubric.parse(text), qa.Rubric.parse(text.replace(was, now))
    given: dict[str, Any] = {"y": "yes", "option": "x", "hits": 0, "number": 1, "scale": 3, "other": "no"} | {id: "not_applicable"}
    assert old.score_one(given).score != new.score_one(given).score
    compared = qa.compare_rubrics(old, new)
    assert not compared.is_comparable(given)
    assert any("not applicable" in one.evaluations for one in compared.changes)


def test_a_form_that_is_only_written_differently_says_so() -> None:
    form = FORM.replace("[manner]", "[manner, tone]")
    compared = qa.compare_rubrics(qa.Rubric.parse(form), qa.Rubric.parse(form.replace("[manner, tone]", "[tone, manner]")))
    assert compared.comparable and not compared.changes and compared.old != compared.new
    assert compared.summary().endswith("f 1 and f 1: they are written differently and score the same: all scores are comparable.")


# What is said to be comparable is.


def start(random_: random.Random, method: str) -> dict[str, Any]:
    section_weights = method in ("scaled_points", "section")
    weights = method != "points"

    def criterion(id: str) -> dict[str, Any]:
        answers: list[Any] = [
            "yes_no", {"yes_no": {"points": 5}}, {"scale": {"min": 0, "max": 3}},
            {"options": [{"id": "x", "points": 6}, {"id": "y", "points": 2}, {"id": "z", "points": 0}]},
        ]  # fmt: skip
        one: dict[str, Any] = {"id": id, "answer": copy.deepcopy(random_.choice(answers)), "not_applicable": random_.random() < 0.5}
        if weights and random_.random() < 0.5:
            one["weight"] = random_.choice([1, 2, 3])
        return one

    sections: list[dict[str, Any]] = [{"id": "s", "criteria": [criterion(c) for c in "abc"]}, {"id": "t", "criteria": [criterion("d")]}]
    if section_weights:
        sections[0]["weight"] = 2
    scoring: dict[str, Any] = {"method": "weighted", "weights": "section"} if method == "section" else {"method": method}
    scoring |= random_.choice([{}, {}, {"not_applicable": "full_marks"}, {"not_applicable": "zero"}])
    sections[1]["criteria"].append(
        {"id": "m", "not_applicable": False, "answer": {"number": {"from": "metric.wait", "ranges": [{"to": 2, "points": 3}, {"points": 0}]}}}
    )
    return {"qascore": 1, "id": "f", "version": "1", "scoring": scoring, "sections": sections}


def change(random_: random.Random, form: dict[str, Any]) -> None:
    section = random_.choice(form["sections"])
    one = random_.choice(section["criteria"])
    what = random_.randrange(17)
    if one["id"] == "m" and what in (2, 3, 4):
        one["answer"]["number"]["ranges"][0] |= random_.choice([{"to": 3}, {"points": 5}])
        return
    if what == 0:
        one["weight"] = random_.choice([1, 2, 5])
    elif what == 1:
        section["weight"] = random_.choice([1, 2, 4])
    elif what == 2 and "options" in one["answer"]:
        random_.choice(one["answer"]["options"])["points"] = random_.choice([0, 2, 6, 8])
    elif what == 3 and "options" in one["answer"]:
        one["answer"]["options"].insert(1, {"id": "w", "points": random_.choice([3, 9])})
    elif what == 4:
        one["answer"] = {"yes_no": {"points": random_.choice([1, 2]), "good": random_.choice(["yes", "no"])}}
    elif what == 5:
        one["fail"] = [{"when": "below_highest", "scope": random_.choice(["criterion", "section", "form"]), "effect": random_.choice(["zero", {"cap": 0.5}, "verdict"])}]
    elif what == 6:
        one["not_applicable"] = not one["not_applicable"]
    elif what == 7:
        one["excluded"] = True
    elif what == 8:
        one["bonus"] = True
    elif what == 9:
        one["out_of"] = 7
    elif what == 10 and len(section["criteria"]) > 1:
        section["criteria"].remove(one)
        random_.choice(form["sections"])["criteria"].insert(0, one)
    elif what == 11:
        section["fail"] = [{"when": {"below": 0.6}, "scope": random_.choice(["section", "form"]), "effect": "zero"}]
    elif what == 12:
        form["scoring"] |= random_.choice([{"cap": 0.8}, {"not_applicable": "full_marks"}, {"round": {"digits": 1}}])
    elif what == 13:
        other = random_.choice([c["id"] for c in form["sections"][0]["criteria"]] or ["a"])
        one["ask_when"] = {"not": {"criterion": other, "is": "yes"}}
    elif what == 14 and "scale" in one["answer"]:
        one["answer"]["scale"] = random_.choice([{"min": 0, "max": 4}, {"min": 0, "max": 3, "points": 6}])
    elif what == 15 and "options" in one["answer"]:
        one["answer"]["options"][0]["points"] = 12
    elif what == 16:
        one["dimension"] = ["manner"]


def answers_of(one: Any) -> list[Any]:
    return [*one.answers, *(["not_applicable"] if one.not_applicable else [])]


@pytest.mark.parametrize("method", ["weighted", "section", "points", "scaled_points"])
def test_an_evaluation_that_is_said_to_be_comparable_scores_the_same(method: str) -> None:
    random_ = random.Random(method)
    options: dict[str, Any] = {"unanswered": "not_scorable", "unasked": "ignore"}
    compared_ones = kept = 0
    for _ in range(250):
        form = start(random_, method)
        later = copy.deepcopy(form)
        for _ in range(random_.choice([1, 1, 2, 3])):
            change(random_, later)
        try:
            old, new = qa.Rubric.parse(json.dumps(form)), qa.Rubric.parse(json.dumps(later))
        except qa.RubricError:
            continue  # a change may break a form
        compared = qa.compare_rubrics(old, new)
        moved = False
        for chosen in random_.sample(list(itertools.product(*(answers_of(one) for one in old.criteria if one.metric is None))), 12):
            given = dict(zip([one.id for one in old.criteria if one.metric is None], chosen, strict=True))
            options["conversation"] = {"wait": random_.choice([1, 3, 4])}
            before = old.score_one(given, **options).score
            try:
                after = new.score_one({id: answer for id, answer in given.items() if id in {one.id for one in new.criteria}}, **options).score
            except qa.RubricError:
                after = -1.0
            same = before == pytest.approx(after, abs=1e-12) if before is not None and after is not None else before is after
            compared_ones += 1
            kept += compared.is_comparable(given)
            assert same or not compared.is_comparable(given), (form, later, given, before, after, compared)
            moved |= not same
        assert not (moved and compared.comparable)
    assert compared_ones > 500
    assert kept > compared_ones / 10  # it does not just say no
