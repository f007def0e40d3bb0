"""What several options at once, dates and rounding do in forms of other systems."""

from __future__ import annotations

import json
from typing import Any

import pytest
import qascore as qa
from test_exporting import again
from test_importing_amazon import FORMS, asked, exported, expression, form, imported, multi, needs_forms, section, single
from test_importing_genesys import form as genesys_form
from test_importing_genesys import group, shown
from test_importing_genesys import question as genesys_question

TOPICS = {"a": 4, "b": 5, "c": 6}


def test_several_options_earn_their_sum_up_to_ten() -> None:
    rubric = imported(section("s", multi("m", TOPICS)))
    assert [rubric.score_one({"m": chosen}).score for chosen in (["a"], ["a", "b"], ["b", "c"], ["a", "b", "c"], [])] == [
        0.4, 0.9, 1.0, 1.0, 0,
    ]  # fmt: skip
    low = imported(section("s", multi("m", {"a": 2, "b": 3})))
    assert low.score_one({"m": ["a", "b"]}).score == 0.5
    assert imported(section("s", multi("m", {"a": 2, "b": 3})), divisor="largest").score_one({"m": ["a", "b"]}).score == 1.0


def test_points_of_several_options_have_the_limit_of_the_question() -> None:
    most = {"ScoringConfiguration": {"PointsConfiguration": {"MaxPointValue": 8}}}
    rubric = imported(section("s", multi("m", TOPICS, points=True, **most), single("q", {"yes": 2, "no": 0}, points=True)), mode="POINTS_BASED")
    assert rubric.score_one({"m": ["a", "b", "c"], "q": "yes"}).score == 1.0
    assert rubric.score_one({"m": ["a"], "q": "yes"}).score == 0.6


def test_one_of_several_options_may_fail_the_form() -> None:
    rubric = imported(section("s", multi("m", {"rude": 0, "kind": 10}, fails={"rude": None})))
    assert rubric.score_one({"m": ["kind"]}).score == 1.0
    result = rubric.score_one({"m": ["kind", "rude"]})
    assert (result.score, result.score_before_fail) == (0, 1.0)


@pytest.mark.parametrize(
    ("comparator", "values", "shown_for"),
    [
        ("IN", ["a", "b"], ["a", "b", "ab", "ac", "bc", "abc"]),
        ("IN", ["a"], ["a", "ab", "ac", "abc"]),
        ("NOT_IN", ["a", "b"], ["", "c"]),
        ("NOT_IN", ["a"], ["", "b", "c", "bc"]),
        ("ALL_IN", ["a", "b"], ["ab", "abc"]),
        ("EXACT", ["a", "b"], ["ab"]),
    ],
)
def test_conditions_look_at_all_that_is_chosen(comparator: str, values: list[str], shown_for: list[str]) -> None:
    document = form(section("s", multi("m", TOPICS, Weight=40), single("q", Weight=60, **asked(expression("m", values, comparator)))))
    rubric = qa.import_rubric(document, "amazon_connect").rubric
    for chosen in ("", "a", "b", "c", "ab", "ac", "bc", "abc"):
        state = rubric.score_one({"m": list(chosen)} | ({"q": "full"} if chosen in shown_for else {})).criteria[1].state
        assert (state == "scored") == (chosen in shown_for)
    back = again(rubric)
    assert back.content_hash == rubric.content_hash


def test_a_multiple_select_question_of_genesys_sums_what_is_selected() -> None:
    options = [
        {"id": f"o{n}", "text": f"Option {n}", "type": "multipleChoiceQuestion", "answerOptions": [
            {"id": f"o{n}-yes", "builtInType": "Selected", "text": "yes", "value": value},
            {"id": f"o{n}-no", "builtInType": "Unselected", "text": "no", "value": 0}]}
        for n, value in enumerate((1, 3))
    ]  # fmt: skip
    several = {"id": "m", "text": "Which?", "type": "multipleSelectQuestion", "multipleSelectOptionQuestions": options}
    document = genesys_form(group("g", 10, several, genesys_question("q", **shown("../question/0/answer/1"))))
    rubric = qa.import_rubric(document, "genesys_cloud").rubric
    assert rubric.score_one({"m": ["o0"]}).score == 0.25
    assert rubric.score_one({"m": ["o1"], "q": "q-yes"}).score == 0.8
    scores = [{"questionId": f"o{n}", "answerId": f"o{n}-{'yes' if n else 'no'}"} for n in range(2)]
    evaluation = {
        "id": "e", "status": "FINISHED", "evaluationForm": document, "answers": {"totalScore": 80, "questionGroupScores": [
            {"questionGroupId": "g", "questionScores": [
                {"questionId": "m", "score": 3, "multipleSelectQuestionOptionScores": scores},
                {"questionId": "q", "answerId": "q-yes", "score": 1}]}]},
    }  # fmt: skip
    found = qa.import_evaluations(evaluation, "genesys_cloud")
    assert found.evaluations[0].answers[0].answer == "o1"
    assert found.rescore().differences == ()


def test_dates_are_answers_without_a_score() -> None:
    date = {"Question": {"Title": "When", "RefId": "when", "QuestionType": "DATETIME"}}
    rubric = imported(section("s", single("a"), date))
    assert rubric.score_one({"a": "full", "when": "2024-04-16T14:30:00+01:00"}).score == 1.0
    assert again(rubric).criteria[1].kind == "date"
    found = qa.import_evaluations(exported(50, {"a": "half", "when": 20240416}), "amazon_connect", rubric=rubric).rescore()
    assert [one.what for one in found.differences] == ["not_scored"]


def test_rounding_is_a_choice() -> None:
    parts = section("s", *(single(f"q{n}") for n in range(3)))
    answers = {"q0": "full", "q1": "none", "q2": "none"}
    assert imported(parts).score_one(answers).score == pytest.approx(1 / 3, abs=1e-15)
    assert imported(parts, rounding="hundredth").score_one(answers).score == 0.3333
    assert imported(parts, rounding="percent").score_one(answers).score == 0.33


def sample_form(export: dict[str, Any]) -> dict[str, Any]:
    """A form that the exported sample may have been made on: its sections and questions, scores that give what it shows."""
    worth = {"o6999aa94": 10, "o284e4d9e": 0}
    items: list[dict[str, Any]] = []
    for one in export["questions"]:
        ref, kind = one["questionRefId"], one["questionType"]
        if kind == "NUMERIC":
            inner = {"MinValue": 0, "MaxValue": 99, "Options": [
                {"MinValue": 0, "MaxValue": 0, "Score": 10}, {"MinValue": 1, "MaxValue": 99, "Score": 8}]}  # fmt: skip
            items.append({"Question": {"Title": ref, "RefId": ref, "QuestionType": kind, "QuestionTypeProperties": {"Numeric": inner}}})
        elif kind == "SINGLESELECT":
            items.append(single(ref, worth, fails={"o284e4d9e": None} if one["score"].get("automaticFail") else None))
        elif kind == "MULTISELECT":
            refs = [value["valueRefId"] for value in one["answer"]["values"]]
            items.append(multi(ref, dict.fromkeys(refs, 0)))
        else:
            items.append({"Question": {"Title": ref, "RefId": ref, "QuestionType": kind}})
    inner, outer = export["sections"][1]["sectionRefId"], export["sections"][0]["sectionRefId"]
    return form(section(outer, section(inner, *items)))


@needs_forms
def test_the_exported_sample_is_scored_again_and_does_not_hold() -> None:
    export = json.loads((FORMS / "exported_evaluation_sample_schema_3_5.json").read_text())
    rubric = qa.import_rubric(sample_form(export), "amazon_connect")
    found = qa.import_evaluations(export, "amazon_connect", rubric=rubric).rescore()
    result = found.results[export["evaluationId"]]
    assert (result.score, result.score_before_fail) == (0, pytest.approx(0.6))
    assert {(one.part, one.id, one.what): (one.source, one.recomputed) for one in found.differences} == {
        ("form", "form", "score"): (0.85, 0), ("form", "form", "failed"): (False, True),
        ("section", "s1a1b58d6", "score"): (0.9, pytest.approx(0.6)), ("section", "s1a1b58d6", "failed"): (False, True),
        ("section", "s46661c49", "score"): (1.0, pytest.approx(0.6)), ("section", "s46661c49", "failed"): (False, True),
    }  # fmt: skip
