"""Rubrics out as Amazon Connect forms: valid by the API's own model, and back to the same content where the form can say it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import qascore as qa
from hypothesis import given, settings
from hypothesis import strategies as st
from qascore.rubric import shipped_rubrics
from test_importing_amazon import asked, expression, form, multi, numeric, section, single

ROOT = Path(__file__).resolve().parents[3]
MODEL = Path(os.environ.get("QASCORE_REFERENCE_DATA", ROOT.parent / "shared")) / "forms/amazon_connect/botocore_connect_evaluation_model.json"
needs_model = pytest.mark.skipif(not MODEL.is_file(), reason=f"no model of Amazon Connect in {MODEL}")


def faults(model: dict[str, Any], shape: str, value: Any, path: str = "") -> list[str]:
    """What a value does against a shape of a botocore model: types, required and unknown members, unions, enums, limits."""
    rule = model["shapes"][shape]
    kind = rule["type"]
    types: dict[str, Any] = {
        "structure": dict, "map": dict, "list": list, "string": str, "boolean": bool, "integer": int, "double": (int, float),
    }  # fmt: skip
    if not isinstance(value, types[kind]) or (kind != "boolean" and isinstance(value, bool)):
        return [f"{path}: {shape} is {kind}, found {value!r}"]
    size = value if kind in ("integer", "double", "boolean") else len(value)
    out = [f"{path}: {size} below {rule['min']}"] if kind != "structure" and size < rule.get("min", size) else []
    out += [f"{path}: {size} above {rule['max']}"] if kind != "structure" and size > rule.get("max", size) else []
    if kind == "string":
        out += [f"{path}: {value} is none of {rule['enum']}"] if value not in rule.get("enum", [value]) else []
        out += [f"{path}: {value} against {rule['pattern']}"] if not re.search(rule.get("pattern", ""), value) else []
    elif kind == "list":
        out += [one for at, item in enumerate(value) for one in faults(model, rule["member"]["shape"], item, f"{path}[{at}]")]
    elif kind == "structure":
        out += [f"{path}: no {name}" for name in rule.get("required", []) if name not in value]
        out += [f"{path}: unknown {name}" for name in value if name not in rule["members"]]
        out += [f"{path}: {len(value)} of a union"] if rule.get("union") and len(value) != 1 else []
        for name, member in rule["members"].items():
            if name in value:
                out += faults(model, member["shape"], value[name], f"{path}.{name}")
    return out


def again(rubric: qa.Rubric, **choices: Any) -> qa.Rubric:
    """Out and in again."""
    given_back = {"id": rubric.id, "version": rubric.version, "language": rubric.language} | choices
    return qa.import_rubric(qa.export_rubric(rubric).content, "amazon_connect", **given_back).rubric


def parse(text: str) -> qa.Rubric:
    return qa.Rubric.parse("qascore: 1\nid: service\nversion: '1'\n" + text)


def forms() -> dict[str, dict[str, Any]]:
    """Forms that say all that Amazon's can."""
    excluded = {"ScoringConfiguration": {"IsExcludedFromScoring": True}}
    bonus = {"ScoringConfiguration": {"PointsConfiguration": {"MaxPointValue": 5, "IsBonus": True}}}
    points: dict[str, Any] = {"yes": 5, "no": 0}
    thresholds = [{"PerformanceCategory": "NEEDS_IMPROVEMENT", "MinScorePercentage": 0, "MaxScorePercentage": 50},
                  {"PerformanceCategory": "EXCEEDS_EXPECTATIONS", "MinScorePercentage": 90, "MaxScorePercentage": 100}]  # fmt: skip
    questions = form(
        section("s", single("a", Weight=40, NotApplicableEnabled=True, fails={"none": None}),
                single("b", Weight=20, fails={"none": "s"}, **asked(expression("a", ["full", "half"]))),
                single("x", Weight=1, **excluded)),
        section("t", numeric("n", [(0, 0, 10), (1, 4, 5), (5, 1_000_000, 0)], failing=(5,), Weight=40,
                             **asked(expression("a", ["full"], "NOT_IN"), expression("b", ["full"]), operator="OR")),
                {"Question": {"Title": "why", "RefId": "why", "QuestionType": "TEXT"}}),
    )  # fmt: skip
    questions["ScoringStrategy"]["ScoreThresholds"] = thresholds
    sections = form(
        section("s", section("inner", single("a"), single("b")), section("other", single("c", {"yes": 8, "no": 0})), Weight=70),
        section("t", single("d", **asked(expression("a", ["full"]), action="DISABLE")), Weight=30), mode="SECTION_ONLY",
    )  # fmt: skip
    scored = form(
        section("s", single("a", points, points=True), single("b", {"yes": 7, "no": 0}, points=True),
                single("extra", points, points=True, **bonus)), mode="POINTS_BASED",
    )  # fmt: skip
    partly = form(
        section("s", single("a", points, points=True), single("b", points, points=True, **excluded)),
        section("t", single("c", points, points=True), IsExcludedFromScoring=True), mode="POINTS_BASED",
    )  # fmt: skip
    return {"questions": questions, "sections": sections, "points": scored, "partly": partly}


@pytest.mark.parametrize("name", forms())
def test_a_form_comes_back_with_the_same_content(name: str) -> None:
    rubric = qa.import_rubric(forms()[name], "amazon_connect").rubric
    assert again(rubric).content_hash == rubric.content_hash


@pytest.mark.parametrize("choice", [{"section_not_applicable": "section"}, {"section_fail": "stays"}, {"cap": False}, {"divisor": "largest"}], ids=str)
@pytest.mark.parametrize("name", forms())
def test_what_was_chosen_is_chosen_again(name: str, choice: dict[str, Any]) -> None:
    rubric = qa.import_rubric(forms()[name], "amazon_connect", **choice).rubric
    back = again(rubric, **choice)
    if "divisor" not in choice or name != "sections":
        assert back.content_hash == rubric.content_hash
        return
    answers = {one.id: one.answers[0] for one in rubric.criteria if one.scored}  # 8 of 8 points went out as 10 of 10
    assert back.content_hash != rubric.content_hash
    assert back.score_one(answers, unasked="ignore").score == rubric.score_one(answers, unasked="ignore").score


@needs_model
@pytest.mark.parametrize("name", forms())
def test_what_is_written_is_valid_by_the_model_of_the_api(name: str) -> None:
    model = json.loads(MODEL.read_text())
    rubric = qa.import_rubric(forms()[name], "amazon_connect").rubric
    content = qa.export_rubric(rubric).content
    assert faults(model, "CreateEvaluationFormRequest", {"InstanceId": "i", **content}) == []
    assert json.loads(qa.export_rubric(rubric).to_json()) == content
    content["Items"][-1]["Section"]["Items"][0]["Question"]["QuestionType"] = "CHOICE"
    del content["Items"][0]["Section"]["RefId"]
    assert len(faults(model, "CreateEvaluationFormRequest", {"InstanceId": "", **content})) == 3


MIXED = """
scoring: {method: weighted}
pass_from: 0.8
title: {en: Service, de: Dienst}
sections:
  - id: opening
    criteria:
      - {id: greets, weight: 3, dimension: [process], answer: yes_no, fail: [{when: below_highest, scope: form, effect: zero}]}
      - {id: tone, weight: 1, critical: true, not_applicable: true, answer: {scale: {min: 0, max: 5}}}
      - {id: holds, weight: 4, answer: {number: {ranges: [{to: 2, points: 4}, {to: 5, points: 2}, {points: 0}]}}}
      - {id: offers, weight: 2, answer: {options: [{id: a, points: 5}, {id: b, points: 1}]}}
      - {id: why, answer: text}
"""


def test_other_rubrics_score_the_same_after_the_round() -> None:
    rubric = parse(MIXED)
    back = again(rubric)
    for answers in ({"greets": "yes", "tone": "not_applicable", "holds": 3, "offers": "b"},
                    {"greets": "yes", "tone": 2, "holds": 9, "offers": "a"}, {"greets": "no", "tone": 5, "holds": 0, "offers": "a"}):  # fmt: skip
        one, other = rubric.score_one(answers), back.score_one(answers)
        assert (one.score, one.score_before_fail) == (pytest.approx(other.score), pytest.approx(other.score_before_fail))


def test_what_no_score_hangs_on_is_listed() -> None:
    said = {note.path: note.message for note in qa.export_rubric(parse(MIXED)).notes}
    assert said["pass_from"] == "a mark to pass has no place in the form: left out"
    assert said["title"] == "titles in other languages than en have no place in the form: left out"
    assert said["sections[0].criteria[0].dimension"] == "dimension has no place in the form: left out"
    assert said["sections[0].criteria[1].critical"] == "critical has no place in the form: left out"
    assert said["sections"] == "weights that add up to 10 are scaled to 100 %: the scores stay the same"
    assert said["sections[0].criteria[2].answer"] == "numbers can be entered from 0 to 1000000 only"


def test_what_a_score_hangs_on_is_refused_all_at_once() -> None:
    rubric = parse("""
scoring: {method: weighted, weights: section, not_applicable: zero}
sections:
  - id: s
    fail: [{when: {below: 0.5}, scope: form, effect: zero}]
    criteria:
      - {id: a, weight: 2, answer: {hits: {points: -1, limit: -4}}}
      - {id: b, answer: {options: [{id: x, points: 3}, {id: y, points: 1}]}}
      - {id: c, weight: 2, answer: yes_no, ask_when: {field: channel, is: phone}, fail: [{when: {chosen: "no"}, scope: form, effect: verdict}]}
""")
    with pytest.raises(qa.RubricError) as error:
        qa.export_rubric(rubric)
    assert [(one.path, one.message.split(" but found")[0]) for one in error.value.problems] == [
        ("scoring.not_applicable", "expected redistribute"),
        ("sections[0].criteria[1]", "expected the same weight as sections[0].criteria[0]"),
        ("sections[0].fail", "expected no rule on a section: in Amazon only answers fail"),
        ("sections[0].criteria[0].answer", "expected an answer that Amazon has"),
        ("sections[0].criteria[1].answer", "expected a score that is whole out of 10 (of 3 points)"),
        ("sections[0].criteria[2].fail[0]", "expected a rule that sets the section or form to 0"),
        ("sections[0].criteria[2].ask_when", "expected conditions on other criteria"),
    ]


def test_a_floor_is_refused_as_a_cap_is() -> None:
    rubric = parse("""
scoring: {method: points, floor: 0.1}
sections: [{id: s, criteria: [{id: a, answer: yes_no}]}]
""")
    with pytest.raises(qa.RubricError, match=r"scoring\.floor: expected none but found 0\.1: Amazon's scores have no floor"):
        qa.export_rubric(rubric)


def test_arguments_are_checked() -> None:
    rubric = parse(MIXED)
    with pytest.raises(qa.ArgumentError, match="to: expected amazon_connect"):
        qa.export_rubric(rubric, to="genesys_cloud")
    with pytest.raises(qa.ArgumentError, match="number_limits"):
        qa.export_rubric(rubric, number_limits=(5, 5))
    with pytest.raises(qa.ArgumentError, match="rubric: expected a Rubric"):
        qa.export_rubric("voice-service")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", shipped_rubrics())
def test_the_definition_of_a_shipped_rubric_reads_back(name: str) -> None:
    rubric = qa.Rubric.load(name)
    assert qa.Rubric.parse(json.dumps(rubric.definition(), ensure_ascii=False)).content_hash == rubric.content_hash


def test_the_definition_has_all_that_a_file_says() -> None:
    said = """
language: zh-CN
title: {en: Form, zh-CN: 表}
scoring: {method: scaled_points, not_applicable: full_marks, cap: [0, 1]}
bands: [{id: good, title: Good, from: 0.8}, {id: poor, from: 0}]
pass_from: 0.8
sections:
  - id: s
    title: Section
    weight: 2.5
    ask_when: {all: [{criterion: b, is: [x, y]}, {not: {field: channel, is: phone}}]}
    fail: [{when: {below: 0.5}, scope: section, effect: {cap: 0.25}}]
    sections:
      - id: inner
        criteria:
          - id: a
            weight: 3
            dimension: [process, tone]
            not_applicable: true
            bonus: true
            critical: true
            reasons: [forgot, {id: wrong, title: Wrong}]
            answer: {yes_no: {points: 5, good: "no"}}
            fail: [{when: below_highest, scope: criterion, effect: verdict}, {when: {chosen: "no"}, scope: form, effect: verdict}]
  - id: t
    criteria:
      - {id: b, out_of: 12.5, answer: {options: [{id: x, title: X, points: 1.5}, {id: y, points: 0}, {id: z, points: 1}]}}
      - {id: c, answer: {scale: {min: 1, max: 5, points: 8}}, ask_when: {any: [{criterion: b, is: z}]}}
      - {id: d, answer: {number: {ranges: [{to: 0.5, points: 2}, {points: 0}]}}}
      - {id: e, answer: {hits: {points: -1, limit: -4}}, fail: [{when: {hits: 2}, scope: form, effect: zero}]}
      - {id: f, answer: {hits: {points: 2, each: false}}}
      - {id: g, answer: text}
      - {id: h, answer: date}
      - {id: i, answer: {number: {from: metric.handle_s, ranges: [{to: 60, points: 2}, {points: 0}]}}}
      - {id: j, answer: {options: [{id: x, points: 1}, {id: y, points: 2}], several: true, most: 2}}
      - {id: k, answer: yes_no, ask_when: {all: [{criterion: j, contains_all: [x, y]}, {not: {criterion: j, is_exactly: x}}]}}
"""
    rubric = parse(said)
    assert qa.Rubric.parse(json.dumps(rubric.definition(), ensure_ascii=False)).content_hash == rubric.content_hash
    base = parse("""
scoring: {method: base, base: 90, scale: 100, floor: 75, round: {digits: 3, rule: half_up}}
sections: [{id: s, criteria: [{id: a, answer: {hits: {points: -5, limit: -20}}}]}]
""")
    assert qa.Rubric.parse(json.dumps(base.definition())).content_hash == base.content_hash


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 60), st.booleans(), st.lists(st.integers(0, 10), min_size=2, max_size=5)), min_size=1, max_size=6))
def test_any_form_of_options_comes_back(questions: list[tuple[int, bool, list[int]]]) -> None:
    items = [
        single(f"q{at}", {f"o{index}": value for index, value in enumerate(values)} | {"top": 10}, Weight=weight, NotApplicableEnabled=na)
        for at, (weight, na, values) in enumerate(questions)
    ]
    total = sum(weight for weight, _, _ in questions)
    rubric = qa.import_rubric(form(section("s", *items)), "amazon_connect").rubric
    if total == 100:
        assert again(rubric).content_hash == rubric.content_hash
    answers = {f"q{at}": "o0" for at in range(len(questions))}
    assert again(rubric).score_one(answers).score == pytest.approx(rubric.score_one(answers).score)


def test_the_section_that_fails_goes_out_and_in() -> None:
    document = form(
        section("s", section("inner", single("a", Weight=50, fails={"none": "s"}), single("b", Weight=20, fails={"none": "inner"}))),
        section("t", single("c", Weight=30)),
    )
    rubric = qa.import_rubric(document, "amazon_connect").rubric
    assert again(rubric).content_hash == rubric.content_hash
    assert qa.Rubric.parse(json.dumps(rubric.definition())).content_hash == rubric.content_hash
    assert again(rubric).score_one({"a": "none", "b": "full", "c": "full"}).score == pytest.approx(0.3)
