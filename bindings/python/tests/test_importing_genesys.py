"""Genesys Cloud forms and evaluations: published results, paths turned into ids, who marked what as not applicable."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

import pytest
import qascore as qa
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[3]
FORMS = Path(os.environ.get("QASCORE_REFERENCE_DATA", ROOT.parent / "shared")) / "forms" / "genesys_cloud"
needs_forms = pytest.mark.skipif(not FORMS.is_dir(), reason=f"no forms of Genesys Cloud in {FORMS}")


def question(id: str, values: dict[str, int] | None = None, **more: Any) -> dict[str, Any]:
    answers = [{"id": f"{id}-{name}", "text": name, "value": value} for name, value in (values or {"yes": 1, "no": 0}).items()]
    return {"id": id, "text": id.title(), "type": "multipleChoiceQuestion", "answerOptions": answers, **more}


def group(id: str, weight: float, *questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": id, "name": id.title(), "weight": weight, "manualWeight": True, "questions": list(questions), **more}


def form(*groups: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "f", "name": "Service", "weightMode": "SCALED", "questionGroups": list(groups), **more}


def imported(*groups: dict[str, Any], **more: Any) -> qa.Rubric:
    return qa.import_rubric(form(*groups, **more), "genesys_cloud").rubric


def refusal(document: Any, **choices: Any) -> list[str]:
    with pytest.raises(qa.RubricError) as error:
        qa.import_rubric(document, "genesys_cloud", **choices)
    return str(error.value).splitlines()


ANCHOR = [group("g1", 40, question("q1"), question("q2")), group("g2", 20, question("q3"))]


def test_group_weights_multiply_points_and_their_ceiling() -> None:
    # help.mypurecloud.com/articles/evaluation-form-scoring: ((1 * 40) + (1 * 20)) / ((2 * 40) + (1 * 20)) = 60 %
    answers = {"q1": "q1-yes", "q2": "q2-no", "q3": "q3-yes"}
    assert imported(*ANCHOR).score_one(answers).score == 0.6
    assert imported(*ANCHOR, weightMode="OFF").score_one(answers).score == pytest.approx(2 / 3)
    without = form(*ANCHOR)
    del without["weightMode"]
    found = qa.import_rubric(without, "genesys_cloud")
    assert found.rubric.score_one(answers).score == 0.6
    assert found.notes[0].path == "weightMode"
    assert qa.import_rubric(without, "genesys_cloud", weight_mode="OFF").rubric.score_one(answers).score == pytest.approx(2 / 3)


def test_a_question_or_a_group_that_is_not_applicable_is_0_of_0() -> None:
    rubric = imported(
        group("g1", 40, question("q1", naEnabled=True), question("q2")),
        group("g2", 20, question("q3"), question("q4"), naEnabled=True),
    )
    fine = {"q1": "q1-no", "q2": "q2-yes", "q3": "q3-yes", "q4": "q4-no"}
    assert rubric.score_one(fine).score == pytest.approx(60 / 120)
    assert rubric.score_one(fine | {"q1": "not_applicable"}).score == pytest.approx(60 / 80)
    assert rubric.score_one(fine | {"q3": "not_applicable", "q4": "not_applicable"}).score == pytest.approx(40 / 80)


def test_a_fatal_question_fails_on_any_answer_below_the_highest() -> None:
    levels = {"good": 4, "fair": 2, "poor": 0}
    document = form(group("g", 1, question("q", levels, isKill=True), question("r")))
    for kill, score, passed in (("zero", 0, None), ("verdict", 0.6, False)):
        rubric = qa.import_rubric(document, "genesys_cloud", kill=kill).rubric
        assert rubric.score_one({"q": "q-good", "r": "r-yes"}).score == 1.0
        result = rubric.score_one({"q": "q-fair", "r": "r-yes"})
        assert (result.score, result.score_before_fail, result.passed) == (score, 0.6, passed)


def test_critical_questions_have_a_score_of_their_own() -> None:
    rubric = imported(group("g", 5, question("q", isCritical=True), question("r", {"yes": 3, "no": 0})))
    result = rubric.score_one({"q": "q-yes", "r": "r-no"})
    assert (result.score, result.critical_score) == (0.25, 1.0)


def test_free_text_has_no_score() -> None:
    text = {"id": "why", "text": "Why?", "type": "freeTextQuestion"}
    rubric = imported(group("g", 1, question("q"), text), group("notes", 3, text | {"id": "more"}))
    assert [one.scored for one in rubric.criteria] == [True, False, False]
    assert rubric.score_one({"q": "q-yes", "why": "quick"}).score == 1.0


# --- conditions


def shown(*predicates: str, operation: str = "AND") -> dict[str, Any]:
    return {"visibilityCondition": {"combiningOperation": operation, "predicates": list(predicates)}}


def conditional() -> dict[str, Any]:
    return form(
        group("g1", 1, question("a"), question("b", **shown("../question/0/answer/1"))),
        group("g2", 1, question("c"), **shown("/form/questionGroup/0/question/0/answer/0", "/form/questionGroup/0/question/1/answer/0",
                                              operation="OR")),
    )  # fmt: skip


def test_paths_to_answers_become_ids() -> None:
    definition = qa.import_rubric(conditional(), "genesys_cloud").definition
    assert definition["sections"][0]["criteria"][1]["ask_when"] == {"criterion": "a", "is": ["a-no"]}
    assert definition["sections"][1]["ask_when"] == {
        "any": [{"criterion": "a", "is": ["a-yes"]}, {"criterion": "b", "is": ["b-yes"]}]
    }


def test_conditions_survive_a_new_order_of_questions() -> None:
    document = conditional()
    rubric = qa.import_rubric(document, "genesys_cloud").rubric
    swapped = copy.deepcopy(document)
    swapped["questionGroups"].reverse()
    inner = swapped["questionGroups"][1]["questions"]
    inner.reverse()
    inner[0] |= shown("../question/1/answer/1")
    swapped["questionGroups"][0] |= shown(
        "/form/questionGroup/1/question/1/answer/0", "/form/questionGroup/1/question/0/answer/0", operation="OR"
    )
    again = qa.import_rubric(swapped, "genesys_cloud").rubric
    for given_answers in (
        {"a": "a-yes", "c": "c-no"}, {"a": "a-no", "b": "b-yes", "c": "c-yes"}, {"a": "a-no", "b": "b-no"},
    ):  # fmt: skip
        assert rubric.score_one(given_answers).score == again.score_one(given_answers).score


def test_paths_that_lead_nowhere_are_refused() -> None:
    document = form(group("g", 1, question("a"), question("b", **shown(
        "/form/questionGroup/1/question/0/answer/0", "../question/2/answer/0", "../question/0/answer/2", "question/0", operation="or"
    ))))  # fmt: skip
    at = "form: questionGroups[0].questions[1].visibilityCondition."
    assert refusal(document) == [
        at + 'combiningOperation: expected one of AND, OR but found "or" (did you mean "OR"?)',
        at + 'predicates[0]: expected a question group from 0 to 0 but found 1 in "/form/questionGroup/1/question/0/answer/0"',
        at + 'predicates[1]: expected a question from 0 to 1 but found 2 in "../question/2/answer/0"',
        at + 'predicates[2]: expected an answer from 0 to 1 but found 2 in "../question/0/answer/2"',
        at + 'predicates[3]: expected a path like "/form/questionGroup/0/question/1/answer/0" or "../question/1/answer/0" but found '
        '"question/0"',
    ]  # fmt: skip


# --- ids, shapes, refusals


def test_ids_that_stay_the_same_across_versions_are_preferred() -> None:
    document = form(group("g", 1, question("q", contextId="stable")))
    found = qa.import_rubric(document, "genesys_cloud")
    assert found.rubric.criteria[0].id == "stable"
    assert found.ids.parts["q"] == "stable"


TERRAFORM = {"resource": {"genesyscloud_quality_forms_evaluation": {"service": {"name": "Service", "published": True, "question_groups": [
    {"name": "Opening", "weight": 40, "na_enabled": True, "default_answers_to_highest": True, "questions": [
        {"text": "Greets?", "is_kill": True, "answer_options": [{"text": "Yes", "value": 1}, {"text": "No", "value": 0}]},
        {"text": "Greets?", "answer_options": [{"text": "Yes", "value": 1}, {"text": "No", "value": 0}],
         "visibility_condition": [{"combining_operation": "AND", "predicates": ["../question/0/answer/0"]}]},
    ]},
]}}}}  # fmt: skip


def test_a_terraform_form_is_read_by_its_own_names() -> None:
    found = qa.import_rubric(TERRAFORM, "genesys_cloud")
    assert [one.id for one in found.rubric.criteria] == ["greets", "greets_2"]
    assert all(one.not_applicable for one in found.rubric.criteria)
    assert found.rubric.score_one({"greets": "yes", "greets_2": "no"}).score == 0.5
    assert found.rubric.score_one({"greets": "no"}).score == 0
    assert any("made from its text" in note.message for note in found.notes)


def test_one_of_several_terraform_forms_is_named() -> None:
    document = copy.deepcopy(TERRAFORM)
    named: dict[str, Any] = document["resource"]["genesyscloud_quality_forms_evaluation"]
    named["other"] = named["service"] | {"name": "Other"}
    assert "expected resource= to name one of service, other" in refusal(document)[0]
    assert qa.import_rubric(document, "genesys_cloud", resource="other").rubric.title == {"en": "Other"}


@needs_forms
def test_the_terraform_form_of_an_issue_scores() -> None:
    found = qa.import_rubric(FORMS / "issue_1485_terraform_form.json", "genesys_cloud")
    assert found.rubric.score_one({"are_you_satisfied_with_this_call": "very_good"}).score == 1.0
    assert found.definition["sections"][0]["weight"] == 760


def test_all_problems_are_told_at_once() -> None:
    document = form(
        group("g", 1, question("q", {"yes": 1}), question("r", isKil=True), question("s", type="multipleChoise")),
        {"name": "no weight", "questions": [question("t", {"yes": -1, "no": 0})]},
    )
    assert refusal(document) == [
        "form: questionGroups[0].questions[0].answerOptions: expected at least 2 answers but found 1",
        'form: questionGroups[0].questions[1].isKil: expected a member of a question but found "isKil" (did you mean "isKill"?)',
        "form: questionGroups[0].questions[2].type: expected one of multipleChoiceQuestion, multipleSelectQuestion, "
        'freeTextQuestion, readOnlyTextBlockQuestion but found "multipleChoise" (did you mean "multipleChoiceQuestion"?)',
        "form: questionGroups[1].questions[0].answerOptions[0].value: expected a whole number from 0 to 1e+06 but found -1",
        "form: questionGroups[1].weight: expected a weight, as other groups have, but found none",
    ]


# --- evaluations


def evaluation(total: float, scores: list[dict[str, Any]], groups: dict[str, dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    by_group: dict[str, list[dict[str, Any]]] = {}
    for one in scores:
        by_group.setdefault(one.pop("group"), []).append(one)
    return {
        "id": "e1", "status": "FINISHED", "conversation": {"id": "c1"}, "agent": {"id": "a1"}, "evaluator": {"id": "r1"},
        "evaluationForm": conditional(),
        "answers": {"totalScore": total, "questionGroupScores": [
            {"questionGroupId": id, "questionScores": inner} | (groups or {}).get(id, {}) for id, inner in by_group.items()
        ], **more},
    }  # fmt: skip


def answered(id: str, answer: str, score: float, group: str = "g1") -> dict[str, Any]:
    return {"group": group, "questionId": id, "answerId": f"{id}-{answer}", "score": score, "markedNA": False, "systemMarkedNA": False}


def not_shown(id: str, group: str) -> dict[str, Any]:
    return {"group": group, "questionId": id, "score": 0, "markedNA": True, "systemMarkedNA": True}


def test_two_questions_do_not_have_one_id() -> None:
    said = refusal(form(group("g1", 1, question("q1")), group("g2", 1, question("q1"))))
    assert said == [
        'form: questionGroups[1].questions[0].id: expected an id of its own but found "q1", which '
        "questionGroups[0].questions[0].id has"
    ]


def test_an_evaluation_is_no_form() -> None:
    document = evaluation(100, [answered("a", "yes", 1)])
    without = {key: value for key, value in document.items() if key != "evaluationForm"}
    with pytest.raises(qa.RubricError, match="expected a form but found an evaluation; import_evaluations reads it"):
        qa.import_rubric(without, "genesys_cloud")
    assert qa.import_rubric(document["evaluationForm"], "genesys_cloud").rubric.criteria


def test_what_a_rater_marks_and_what_a_condition_does_stay_apart() -> None:
    document = evaluation(100, [answered("a", "yes", 1), not_shown("b", "g1"), answered("c", "yes", 1, "g2")])
    found = qa.import_evaluations(document, "genesys_cloud")
    assert [(one.criterion, one.state, one.answer) for one in found.evaluations[0].answers] == [
        ("a", "answered", "a-yes"), ("b", "not_asked", None), ("c", "answered", "c-yes"),
    ]  # fmt: skip
    again = found.rescore()
    assert again.differences == ()
    assert [one.state for one in again.results["e1"].criteria] == ["scored", "not_asked", "scored"]


def test_a_question_that_the_condition_asks_but_the_source_hid_is_a_difference() -> None:
    document = evaluation(50, [answered("a", "no", 0), not_shown("b", "g1"), answered("c", "yes", 1, "g2")])
    again = qa.import_evaluations(document, "genesys_cloud").rescore()
    assert ("form", "not_applicable") in {(one.part, one.what) for one in again.differences}
    assert again.results["e1"].missing == ("b",)


def test_scores_of_forms_groups_and_questions_are_compared() -> None:
    scores = [answered("a", "no", 1), answered("b", "yes", 1), answered("c", "no", 0, "g2")]
    groups = {"g1": {"totalScore": 1, "maxTotalScore": 2}, "g2": {"totalScore": 1, "maxTotalScore": 1}}
    document = evaluation(40, scores, groups, anyFailedKillQuestions=True)
    found = qa.import_evaluations(document, "genesys_cloud")
    assert [one.message for one in found.inconsistencies] == ["anyFailedKillQuestions is true, of the questions none says so"]
    assert {(one.part, one.id, one.what): (one.source, one.recomputed) for one in found.rescore().differences} == {
        ("form", "form", "score"): (0.4, pytest.approx(1 / 3)), ("form", "form", "failed"): (True, False),
        ("section", "g2", "score"): (1, 0), ("question", "a", "points"): (1, 0),
    }  # fmt: skip


WRONG = st.sampled_from([None, True, 0, -1, 1.5, 1e308, 10**400, "", "yes", "x" * 500, "\ud800", [], [[]], {}, {"a": 1}])


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(one for key, child in inner for one in places(child, (*path, key)))]


EVALUATION = evaluation(100, [answered("a", "yes", 1), not_shown("b", "g1"), answered("c", "yes", 1, "g2")])


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(places(EVALUATION)[1:]), WRONG)
def test_anything_anywhere_is_read_or_refused(path: tuple[Any, ...], wrong: Any) -> None:
    document = copy.deepcopy(EVALUATION)
    at: Any = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = wrong
    try:
        qa.import_evaluations(document, "genesys_cloud")
    except qa.RubricError as error:
        assert error.problems
