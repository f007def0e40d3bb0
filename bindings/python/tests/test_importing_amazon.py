"""Amazon Connect forms and evaluations: published results, every problem at once, nothing trusted."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import qascore as qa
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[3]
FORMS = Path(os.environ.get("QASCORE_REFERENCE_DATA", ROOT.parent / "shared")) / "forms" / "amazon_connect"
needs_forms = pytest.mark.skipif(not FORMS.is_dir(), reason=f"no forms of Amazon Connect in {FORMS}")


def options(scores: dict[str, int], fails: dict[str, Any] | None = None, points: bool = False) -> list[dict[str, Any]]:
    """Options by RefId; `fails` names those that fail, with the section they fail or None for the form."""
    out: list[dict[str, Any]] = []
    for ref, score in scores.items():
        one: dict[str, Any] = {"RefId": ref, "Text": ref.title()}
        one |= {"PointsConfiguration": {"PointValue": score}} if points else {"Score": score}
        if fails and ref in fails:
            one["AutomaticFail"] = True
            if fails[ref]:
                one["AutomaticFailConfiguration"] = {"TargetSection": fails[ref]}
        out.append(one)
    return out


def single(ref: str, scores: dict[str, int] | None = None, fails: Any = None, points: bool = False, **more: Any) -> dict[str, Any]:
    inner = {"Options": options(scores or {"full": 10, "half": 5, "none": 0}, fails, points)}
    return {"Question": {"Title": ref, "RefId": ref, "QuestionType": "SINGLESELECT",
                         "QuestionTypeProperties": {"SingleSelect": inner}, **more}}  # fmt: skip


def multi(ref: str, scores: dict[str, int], fails: Any = None, points: bool = False, **more: Any) -> dict[str, Any]:
    inner = {"Options": options(scores, fails, points)}
    return {"Question": {"Title": ref, "RefId": ref, "QuestionType": "MULTISELECT",
                         "QuestionTypeProperties": {"MultiSelect": inner}, **more}}  # fmt: skip


def numeric(ref: str, ranges: list[tuple[int, int, int]], failing: tuple[int, ...] = (), **more: Any) -> dict[str, Any]:
    inner = {"MinValue": ranges[0][0], "MaxValue": ranges[-1][1], "Options": [
        {"MinValue": low, "MaxValue": high, "Score": score, **({"AutomaticFail": True} if low in failing else {})}
        for low, high, score in ranges
    ]}  # fmt: skip
    return {"Question": {"Title": ref, "RefId": ref, "QuestionType": "NUMERIC",
                         "QuestionTypeProperties": {"Numeric": inner}, **more}}  # fmt: skip


def section(ref: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Section": {"Title": ref.title(), "RefId": ref, "Items": list(items), **more}}


def form(*sections: dict[str, Any], mode: str = "QUESTION_ONLY", **more: Any) -> dict[str, Any]:
    return {"Title": "Service", "Items": list(sections), "ScoringStrategy": {"Mode": mode, "Status": "ENABLED"}, **more}


def imported(*sections: dict[str, Any], mode: str = "QUESTION_ONLY", **choices: Any) -> qa.Rubric:
    return qa.import_rubric(form(*sections, mode=mode), "amazon_connect", **choices).rubric


def score(rubric: qa.Rubric, **answers: Any) -> float | None:
    return rubric.score_one(answers).score


def refusal(document: Any, **choices: Any) -> list[str]:
    with pytest.raises(qa.RubricError) as error:
        qa.import_rubric(document, "amazon_connect", **choices)
    assert all(one.path or one.line or "found none" in one.message or "nested" in one.message for one in error.value.problems)
    return str(error.value).splitlines()


# --- what Amazon publishes


def four_questions() -> qa.Rubric:
    weights = {"q1": 40, "q2": 20, "q3": 20, "q4": 20}
    return imported(section("s", *(single(ref, Weight=w, NotApplicableEnabled=True) for ref, w in weights.items())))


def test_question_weights_give_the_published_60_percent() -> None:
    assert score(four_questions(), q1="full", q2="half", q3="half", q4="none") == 0.6


def test_weight_of_what_is_not_applicable_goes_to_the_others() -> None:
    result = four_questions().score_one({"q1": "full", "q2": "half", "q3": "half", "q4": "not_applicable"})
    assert result.score == 0.75
    assert [one.applied_weight for one in result.criteria] == [0.5, 0.25, 0.25, 0]


@pytest.mark.parametrize(("interruptions", "earned"), [(0, 10), (1, 5), (3, 5), (4, 5), (5, 1), (10, 1)])
def test_ranges_of_numbers_include_their_limits(interruptions: int, earned: int) -> None:
    rubric = imported(section("s", numeric("interruptions", [(0, 0, 10), (1, 4, 5), (5, 10, 1)])))
    result = rubric.score_one({"interruptions": interruptions})
    assert (result.criteria[0].earned, result.criteria[0].possible) == (earned, 10)


# --- modes


def test_a_section_splits_its_weight_evenly_over_its_questions() -> None:
    rubric = imported(
        section("a", single("a1"), single("a2"), single("a3", NotApplicableEnabled=True), Weight=30),
        section("b", single("b1", NotApplicableEnabled=True), Weight=70),
        mode="SECTION_ONLY",
    )
    result = rubric.score_one({"a1": "full", "a2": "full", "a3": "none", "b1": "full"})
    assert result.score == pytest.approx(0.9, abs=1e-15)
    assert [one.applied_weight for one in result.criteria] == pytest.approx([0.1, 0.1, 0.1, 0.7])
    # 10 of 30 + 70 - 10 each, 70: what is not applicable goes to all others in proportion.
    assert score(rubric, a1="full", a2="none", a3="not_applicable", b1="full") == pytest.approx(80 / 90)
    assert score(rubric, a1="full", a2="full", a3="none", b1="not_applicable") == pytest.approx(2 / 3)


def test_weights_that_the_mode_does_not_know_are_noted() -> None:
    document = form(section("s", single("a", Weight=30), single("b", Weight=70), Weight=100))
    for mode, noted in {
        "QUESTION_ONLY": ["Items[0].Section.Weight"],
        "SECTION_ONLY": ["Items[0].Section.Items[0].Question.Weight"],
        "POINTS_BASED": ["Items[0].Section.Weight", "Items[0].Section.Items[0].Question.Weight"],
    }.items():
        given = document if mode != "POINTS_BASED" else form(section("s", single("a", points=True, Weight=30), single("b", points=True), Weight=100))
        given["ScoringStrategy"]["Mode"] = mode
        notes = qa.import_rubric(given, "amazon_connect").notes
        assert [one.path for one in notes if "counts for nothing" in one.message] == noted


def test_weight_may_stay_in_its_section_by_choice() -> None:
    rubric = imported(
        section("a", single("a1"), single("a2", NotApplicableEnabled=True), Weight=40),
        section("b", single("b1"), Weight=60),
        mode="SECTION_ONLY", section_not_applicable="section",
    )  # fmt: skip
    assert score(rubric, a1="full", a2="not_applicable", b1="none") == pytest.approx(0.4)


def test_a_section_with_subsections_splits_its_weight_over_all_its_questions() -> None:
    rubric = imported(
        section("a", single("a1"), section("inner", single("a2"), single("a3"), single("a4")), Weight=80),
        section("b", single("b1"), Weight=20),
        mode="SECTION_ONLY",
    )
    result = rubric.score_one({"a1": "full", "a2": "none", "a3": "none", "a4": "none", "b1": "none"})
    assert [one.applied_weight for one in result.criteria] == pytest.approx([0.2] * 5)
    assert result.score == pytest.approx(0.2)


def points_form(**choices: Any) -> qa.Rubric:
    bonus = {"ScoringConfiguration": {"PointsConfiguration": {"MaxPointValue": 5, "IsBonus": True}}}
    return imported(
        section("s", single("a", {"yes": 3, "no": 0}, points=True, NotApplicableEnabled=True),
                single("b", {"yes": 7, "no": 0}, points=True), single("extra", {"yes": 5, "no": 0}, points=True, **bonus)),
        mode="POINTS_BASED", **choices,
    )  # fmt: skip


def test_points_are_earned_over_base_points_and_a_bonus_counts_above_the_line_only() -> None:
    assert score(points_form(), a="yes", b="no", extra="no") == 0.3
    assert score(points_form(), a="yes", b="no", extra="yes") == 0.8
    assert score(points_form(), a="yes", b="yes", extra="yes") == 1.0
    assert score(points_form(cap=False), a="yes", b="yes", extra="yes") == 1.5


def test_what_points_do_where_nothing_applies_is_a_choice() -> None:
    answers = {"a": "not_applicable", "b": "no", "extra": "no"}
    assert score(points_form(), **answers | {"b": "yes"}) == 1.0
    assert score(points_form(points_not_applicable="zero"), **answers | {"b": "yes"}) == 0.7
    assert score(points_form(points_not_applicable="full_marks"), **answers) == 0.3


def test_a_bonus_option_earns_more_than_full_marks() -> None:
    question = single("a", {"great": 8, "good": 5, "poor": 0}, points=True)
    question["Question"]["QuestionTypeProperties"]["SingleSelect"]["Options"][0]["PointsConfiguration"]["IsBonus"] = True
    rubric = imported(section("s", question, single("b", {"yes": 5, "no": 0}, points=True)), mode="POINTS_BASED", cap=False)
    assert score(rubric, a="good", b="yes") == 1.0
    assert score(rubric, a="great", b="yes") == 1.3


def test_nothing_applicable_is_no_score() -> None:
    rubric = imported(section("s", single("a", NotApplicableEnabled=True)))
    assert score(rubric, a="not_applicable") is None


def test_a_score_is_out_of_ten_or_of_the_largest_option() -> None:
    low = section("s", single("a", {"yes": 8, "no": 0}))
    assert score(imported(low), a="yes") == 0.8
    assert score(imported(low, divisor="largest"), a="yes") == 1.0


def test_full_marks_that_no_answer_has_score_alike_one_by_one_and_in_a_batch() -> None:
    rubric = imported(section("s", single("a", {"yes": 8, "no": 0}), single("b", Weight=3), Weight=3), mode="SECTION_ONLY")
    rows = [{"a": a, "b": b} for a in ("yes", "no") for b in ("full", "half", "none")]
    frame = pd.DataFrame([row | {"id": at} for at, row in enumerate(rows)])
    assert rubric.score(frame, evaluation="id").score.tolist() == [rubric.score_one(row).score for row in rows]
    bonus = points_form(cap=False).definition()
    bonus["sections"][0]["criteria"][1]["out_of"] = 4
    above = qa.Rubric.parse(json.dumps(bonus))
    rows = [{"a": a, "b": b, "extra": extra} for a in ("yes", "no") for b in ("yes", "no") for extra in ("yes", "no")]
    frame = pd.DataFrame([row | {"id": at} for at, row in enumerate(rows)])
    assert above.score(frame, evaluation="id").score.tolist() == [above.score_one(row).score for row in rows]
    assert above.score_one({"a": "yes", "b": "yes", "extra": "no"}).score == 10 / 7


def test_questions_and_sections_are_left_out_of_scoring() -> None:
    excluded = {"ScoringConfiguration": {"IsExcludedFromScoring": True}}
    for mode in ("QUESTION_ONLY", "SECTION_ONLY", "POINTS_BASED"):
        by_points = mode == "POINTS_BASED"
        scores = {"full": 10, "none": 0}
        rubric = imported(
            section("s", single("a", scores, points=by_points), single("b", scores, points=by_points, **excluded)),
            section("t", single("c", scores, points=by_points), IsExcludedFromScoring=True),
            mode=mode,
        )
        result = rubric.score_one({"a": "full", "b": "none", "c": "none"})
        assert result.score == 1.0
        assert [one.applied_weight for one in result.criteria] == [1, 0, 0]
        assert [one.state for one in result.criteria] == ["scored", "excluded", "excluded"]
        assert rubric.definition()["scoring"]["method"] == ("points" if by_points else "weighted")


def test_a_form_whose_scoring_is_disabled_says_how_to_score_it() -> None:
    document = form(section("s", single("a")))
    document["ScoringStrategy"]["Status"] = "DISABLED"
    (line,) = refusal(document)
    assert line == (
        "form: ScoringStrategy: expected a form that is scored but found Status DISABLED; give mode= (QUESTION_ONLY, "
        "SECTION_ONLY or POINTS_BASED) to score it all the same"
    )
    rubric = qa.import_rubric(document, "amazon_connect", mode="QUESTION_ONLY").rubric
    assert score(rubric, a="half") == 0.5


# --- automatic fails


def failing_form(**choices: Any) -> qa.Rubric:
    return imported(
        section("s", single("a", fails={"none": None}, Weight=25), single("b", fails={"none": "s"}, Weight=25)),
        section("t", single("c", Weight=50)), **choices,
    )  # fmt: skip


def test_an_automatic_fail_sets_the_form_or_its_section_to_zero() -> None:
    fine = {"a": "full", "b": "full", "c": "full"}
    whole = failing_form().score_one(fine | {"a": "none"})
    assert (whole.score, whole.score_before_fail) == (0, 0.75)
    part = failing_form().score_one(fine | {"b": "none"})
    assert (part.score, part.sections["s"], part.score_before_fail) == (0.5, 0, 0.75)


def test_an_automatic_fail_may_fall_on_the_section_around_a_subsection() -> None:
    rubric = imported(
        section("s", single("a"), section("inner", single("b", fails={"none": "s"}), single("c", fails={"none": "inner"}))),
        section("t", single("d", fails={"none": "t"})),
    )
    fine = {"a": "full", "b": "full", "c": "full", "d": "full"}
    assert score(rubric, **fine | {"b": "none"}) == 0.25
    assert score(rubric, **fine | {"c": "none"}) == 0.5
    assert score(rubric, **fine | {"d": "none"}) == 0.75
    beside = imported(section("s", single("a", fails={"none": "s"}), section("inner", single("b"))), section("t", single("c")))
    assert score(beside, a="none", b="full", c="full") == pytest.approx(1 / 3)
    far = form(section("s", single("a", fails={"none": "t"})), section("t", single("b")))
    assert "expected a section around the question" in refusal(far)[0]


def test_whether_the_fail_of_a_section_reaches_the_form_is_a_choice() -> None:
    answers = {"a": "full", "b": "none", "c": "full"}
    assert failing_form(section_fail="stays").score_one(answers).score == 0.75
    notes = qa.import_rubric(form(section("s", single("b", fails={"none": "s"}))), "amazon_connect", section_fail="stays").notes
    assert any("stays in it" in one.message for one in notes)


def test_ranges_fail_where_they_earn_least() -> None:
    rubric = imported(section("s", numeric("hold", [(0, 2, 10), (3, 5, 5), (6, 99, 0)], failing=(6,)), single("b")))
    assert score(rubric, hold=5, b="full") == 0.75
    assert score(rubric, hold=6, b="full") == 0
    same = form(section("s", numeric("hold", [(0, 2, 0), (3, 5, 10), (6, 99, 0)], failing=(6,))))
    assert "expected ranges that fail to earn less than all that do not" in refusal(same)[0]


# --- conditions


def asked(*operands: Any, operator: str | None = None, action: str = "ENABLE", **more: Any) -> dict[str, Any]:
    condition: dict[str, Any] = {"Operands": list(operands)}
    if operator:
        condition["Operator"] = operator
    return {"Enablement": {"Condition": condition, "Action": action, **more}}


def expression(question: str, values: list[str], comparator: str = "IN") -> dict[str, Any]:
    named = [{"Type": "OPTION_REF_ID", "RefId": value} for value in values]
    return {"Expression": {"Source": {"Type": "QUESTION_REF_ID", "RefId": question}, "Values": named, "Comparator": comparator}}


@pytest.mark.parametrize(
    ("enablement", "shown_for"),
    [
        (asked(expression("a", ["full"])), {"full"}),
        (asked(expression("a", ["full"], "NOT_IN")), {"half", "none"}),
        (asked(expression("a", ["full", "half"])), {"full", "half"}),
        (asked(expression("a", ["full"]), action="DISABLE"), {"half", "none"}),
        (asked(expression("a", ["full"]), expression("a", ["none"]), operator="OR"), {"full", "none"}),
        (asked(expression("a", ["half"], "EXACT")), {"half"}),
        (asked({"Condition": {"Operands": [expression("a", ["full"])]}}, expression("a", ["none"], "NOT_IN"), operator="AND"),
         {"full"}),
    ],
)  # fmt: skip
def test_a_question_is_asked_when_its_condition_holds(enablement: dict[str, Any], shown_for: set[str]) -> None:
    rubric = imported(section("s", single("a"), single("b", **enablement)))
    for answer in ("full", "half", "none"):
        given = {"a": answer} | ({"b": "full"} if answer in shown_for else {})
        result = rubric.score_one(given)
        assert result.criteria[1].state == ("scored" if answer in shown_for else "not_asked")


def test_conditions_are_refused_with_their_place() -> None:
    document = form(section(
        "s", single("a"), {"Question": {"Title": "t", "RefId": "t", "QuestionType": "TEXT"}},
        single("b", **asked(expression("aa", ["full"]))),
        single("c", **asked(expression("a", ["ful"]), {"Condition": {}}, operator="AND")),
        single("d", **asked(expression("t", ["full"]))),
        single("e", **asked(expression("a", ["full"]), action="DISABLE", DefaultAction="DISABLE")),
        single("f", **asked(expression("a", ["full", "half"], "EXACT"))),
    ))  # fmt: skip
    said = "\n".join(refusal(document))
    at = "form: Items[0].Section.Items[2].Question.Enablement.Condition.Operands[0].Expression.Source: "
    assert at + 'expected the RefId of a question of this form but found "aa"' in said
    assert 'expected the RefId of an option of "a" but found "ful" (did you mean "full"?)' in said
    assert 'expected the member "Operands" but found none' in said
    assert 'expected a question with options but found "t", which is TEXT' in said
    assert 'found "DISABLE" as Action and DefaultAction' in said
    assert "expected one value with EXACT on a question with one answer but found 2: it never holds" in said


# --- bands


def test_performance_categories_are_bands() -> None:
    document = form(section("s", single("a")))
    document["ScoringStrategy"]["ScoreThresholds"] = [
        {"PerformanceCategory": "NEEDS_IMPROVEMENT", "MaxScorePercentage": 50},
        {"PerformanceCategory": "EXCEEDS_EXPECTATIONS", "MinScorePercentage": 90},
    ]
    rubric = qa.import_rubric(document, "amazon_connect").rubric
    assert [(band.id, band.from_score) for band in rubric.bands] == [
        ("EXCEEDS_EXPECTATIONS", 0.9), ("between", 0.5), ("NEEDS_IMPROVEMENT", 0),
    ]  # fmt: skip
    document["ScoringStrategy"]["ScoreThresholds"][0]["MinScorePercentage"] = 10
    result = qa.import_rubric(document, "amazon_connect")
    assert not result.rubric.bands
    assert any("left out" in note.message and "ScoreThresholds" in note.path for note in result.notes)


# --- refusals


def test_options_without_their_shape_are_refused_with_the_right_one() -> None:
    question = single("a")
    question["Question"]["QuestionTypeProperties"] = {"Options": options({"yes": 10, "no": 0})}
    (line,) = refusal(form(section("s", question)))
    assert line == (
        'form: Items[0].Section.Items[0].Question.QuestionTypeProperties: expected "SingleSelect" around "Options" but found '
        '"Options" right under QuestionTypeProperties, which is not the API\'s shape (did you mean "QuestionTypeProperties": '
        '{"SingleSelect": {"Options": [...]}}?)'
    )


def test_all_problems_are_told_at_once_with_their_paths() -> None:
    document = form(
        section("s", single("a", {"yes": 11, "no": 0}), single("a"), single("b", Wieght=3), Weight="50"),
        {"Question": {}},
        section("s"),
    )
    document["ScoringStrategy"]["Mode"] = "question_only"
    said = refusal(document)
    expected = [
        'form: ScoringStrategy.Mode: expected one of QUESTION_ONLY, SECTION_ONLY, POINTS_BASED but found "question_only" (did you '
        'mean "QUESTION_ONLY"?)',
        'form: Items[0].Section.Weight: expected a number but found "50", which is text',
        "form: Items[0].Section.Items[0].Question.QuestionTypeProperties.SingleSelect.Options[0].Score: expected a whole number "
        "from 0 to 10 but found 11",
        'form: Items[0].Section.Items[1].Question.RefId: expected a RefId of its own but found "a", which '
        "Items[0].Section.Items[0].Question.RefId has",
        'form: Items[0].Section.Items[2].Question.Wieght: expected a member of a question but found "Wieght" (did you mean "Weight"?)',
        "form: Items[1]: expected a section but found a question: questions stand in sections",
        'form: Items[2].Section.RefId: expected a RefId of its own but found "s", which Items[0].Section.RefId has',
        "form: Items[2].Section.Items: expected at least one item but found none",
    ]
    assert said == expected


def test_unknown_members_may_be_passed_over_by_choice() -> None:
    document = form(section("s", single("a", Flavour=1)))
    assert "Flavour" in refusal(document)[0]
    assert qa.import_rubric(document, "amazon_connect", unknown="ignore").rubric.criteria[0].id == "a"


def test_gaps_and_overlaps_of_ranges_are_refused() -> None:
    assert "found a gap up to 5" in refusal(form(section("s", numeric("n", [(0, 3, 10), (5, 9, 0)]))))[0]
    assert "expected a range above 3, where the range below ends, but found one from 3" in refusal(
        form(section("s", numeric("n", [(0, 3, 10), (3, 9, 0)])))
    )[0]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"Title": 1, "Title": 2}', 'Title: expected each key once but found "Title" again'),
        ("[" * 100_000, "nested beyond any real one"),
        ('{"Title": NaN}', "NaN, which JSON does not have"),
        ('{"a": 1', "expected JSON but found an error"),
        ("[]", "expected an evaluation form (an object) but found a list"),
        ('{"Title": "\\ud800", "Items": []}', "half of a surrogate pair"),
        ('{"Title": "x", "Items": {"Section": 1}}', "Items: expected a list but found an object"),
    ],
)
def test_files_that_are_no_forms_are_refused(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "form.json"
    file.write_text(text)
    with pytest.raises(qa.RubricError) as error:
        qa.import_rubric(file, "amazon_connect")
    assert said in str(error.value)
    assert str(error.value).startswith(str(file))


def test_size_encoding_and_absence_are_told(tmp_path: Path) -> None:
    file = tmp_path / "form.json"
    file.write_bytes(b" " * (8 * 1024 * 1024 + 1))
    with pytest.raises(qa.RubricError, match=r"expected at most 8,388,608 bytes but found more"):
        qa.import_rubric(file, "amazon_connect")
    file.write_bytes(b'{"Title": "\xff"}')
    with pytest.raises(qa.RubricError, match="expected UTF-8 but found byte 0xff"):
        qa.import_rubric(file, "amazon_connect")
    with pytest.raises(qa.FileError, match=r'did you mean "form.json"'):
        qa.import_rubric(tmp_path / "from.json", "amazon_connect")


def test_choices_that_do_not_exist_are_refused() -> None:
    document = form(section("s", single("a")))
    with pytest.raises(qa.ArgumentError, match=r'divisr: expected a choice of amazon_connect .*did you mean "divisor"'):
        qa.import_rubric(document, "amazon_connect", divisr="ten")
    with pytest.raises(qa.ArgumentError, match="divisor: expected one of ten, largest but found 'eleven'"):
        qa.import_rubric(document, "amazon_connect", divisor="eleven")
    with pytest.raises(qa.ArgumentError, match=r'source: .* \(did you mean "amazon_connect"\?\)'):
        qa.import_rubric(document, "amazon")


BASE = form(
    section("s", single("a", Weight=40, NotApplicableEnabled=True), numeric("n", [(0, 3, 10), (4, 9, 0)], Weight=60)),
    section("t", {"Question": {"Title": "why", "RefId": "why", "QuestionType": "TEXT"}}),
)
WRONG = st.sampled_from([None, True, 0, -1, 1.5, 1e308, 10**400, "", "yes", "x" * 500, "\ud800", [], [[]], {}, {"a": 1}])


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(one for key, child in inner for one in places(child, (*path, key)))]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(places(BASE)[1:]), WRONG)
def test_a_form_with_anything_anywhere_is_a_rubric_or_refused(path: tuple[Any, ...], wrong: Any) -> None:
    document = copy.deepcopy(BASE)
    at: Any = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = wrong
    try:
        found = qa.import_rubric(document, "amazon_connect")
    except qa.RubricError as error:
        assert error.problems
    else:
        assert found.rubric.criteria


# --- the samples that Amazon publishes


@needs_forms
def test_the_published_form_scores_out_of_ten() -> None:
    described = qa.import_rubric(FORMS / "describe_contact_evaluation_sample_response.json", "amazon_connect", id="f", version="1")
    request = qa.import_rubric(FORMS / "update_evaluation_form_sample_request.json", "amazon_connect", id="f", version="1")
    assert described.rubric.content_hash == request.rubric.content_hash
    result = described.rubric.score_one({"question-1-222": "option-1-2-2", "question-2-222": 60})
    assert (result.score, [one.applied_weight for one in result.criteria]) == (0.1, [0, 0.5, 0, 0.5])
    assert described.rubric.score_one({"question-1-222": "option-1-2-1", "question-2-222": 60}).score == 0
    largest = qa.import_rubric(FORMS / "update_evaluation_form_sample_request.json", "amazon_connect", divisor="largest")
    assert largest.rubric.score_one({"question-1-222": "option-1-2-2", "question-2-222": 60}).score == 1.0


@needs_forms
def test_the_exported_sample_contradicts_itself_and_it_is_told() -> None:
    found = qa.import_evaluations(FORMS / "exported_evaluation_sample_schema_3_5.json", "amazon_connect")
    said = [one.message for one in found.inconsistencies]
    assert "question h89bc7a9t has an automatic fail, the form is not marked" in said
    assert "question h89bc7a9t has an automatic fail, but neither the form (85 %) nor a section around it is 0" in said
    assert "section s1a1b58d6 shows 90 %, outside what it holds (100 to 100 %): no weights give that" in said
    assert "the form shows 85 %, outside what it holds (90 to 90 %): no weights give that" in said
    assert not qa.import_evaluations(FORMS / "exported_evaluation_sample_schema_3_1.json", "amazon_connect").inconsistencies


# --- evaluations


def exported(score: float, answers: dict[str, Any], **figures: dict[str, Any]) -> dict[str, Any]:
    """An export of questions in section s; what is not in `figures` has no score."""
    questions = []
    for ref, answer in answers.items():
        chosen = [answer] if isinstance(answer, str) else answer
        values = {"values": [{"valueRefId": one, "selected": True} for one in chosen]} if isinstance(chosen, list) else {}
        inner: dict[str, Any] = values or {"value": str(answer)}
        one = {"questionRefId": ref, "sectionRefId": "s", "answer": inner}
        questions.append(one | ({"score": figures[ref]} if ref in figures else {}))
    return {"schemaVersion": "3.5", "evaluationId": "e1", "metadata": {"contactId": "c1", "evaluator": "jane",
            "score": {"percentage": score}}, "sections": [{"sectionRefId": "s"}], "questions": questions}  # fmt: skip


def test_an_export_is_scored_again_and_every_difference_told() -> None:
    rubric = failing_form()
    agrees = exported(75, {"a": "full", "b": "half", "c": "full"}, a={"percentage": 100})
    agrees["metadata"]["score"]["percentage"] = 87.5
    found = qa.import_evaluations(agrees, "amazon_connect", rubric=rubric).rescore()
    assert (found.differences, found.evaluations) == ((), 1)
    wrong = exported(85, {"a": "none", "b": "full", "c": "full"}, a={"percentage": 0, "automaticFail": True}, b={"percentage": 90})
    found = qa.import_evaluations(wrong, "amazon_connect", rubric=rubric).rescore()
    assert [(one.part, one.id, one.what, one.source, one.recomputed) for one in found.differences] == [
        ("form", "form", "score", 0.85, 0), ("form", "form", "failed", False, True), ("question", "b", "score", 0.9, 1),
    ]  # fmt: skip
    assert found.differences[0].message == "the source shows a score of 85 %, the rubric gives 0 %"
    assert found.results["e1"].score_before_fail == 0.75
    assert len(found.to_frame()) == 3


def test_sections_that_stand_in_a_circle_are_refused() -> None:
    around: dict[str, list[tuple[str, str]]] = {"s": [("s", "s")], "t": [("s", "t"), ("t", "u"), ("u", "t")]}
    for circle, sections in around.items():
        document = exported(85, {"a": "none"}, a={"percentage": 0, "automaticFail": True})
        document["sections"] = [{"sectionRefId": ref, "parentSectionRefId": above} for ref, above in sections]
        with pytest.raises(qa.RubricError, match=f'found a circle: "{circle}" stands in itself'):
            qa.import_evaluations(document, "amazon_connect")
    document = exported(85, {"s": "none"}, s={"percentage": 0, "automaticFail": True})  # a question with the name of its section
    with pytest.raises(qa.RubricError, match='found a circle: "s" stands in itself'):
        qa.import_evaluations(document, "amazon_connect")


def test_answers_come_as_a_frame_that_scores() -> None:
    document = exported(0, {"q1": "full", "q2": "half", "q3": "half", "q4": "system_default_null_value"})
    found = qa.import_evaluations(document, "amazon_connect", rubric=four_questions())
    answers = found.answers()
    assert list(answers["state"]) == ["answered"] * 3 + ["not_applicable"]
    assert list(answers["conversation_id"]) == ["c1"] * 4
    scores = four_questions().score(answers, evaluation="evaluation_id", criterion="criterion", answer="answer")
    assert scores.score.tolist() == [0.75]
    assert [one.what for one in found.rescore().differences] == ["score"]


def described(answers: dict[str, Any], scores: dict[str, Any], total: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "Evaluation": {
            "EvaluationId": "e1", "EvaluationArn": "arn", "Metadata": {"ContactId": "c1", "EvaluatorArn": "arn:jane", "Score": total},
            "Answers": {ref: {"Value": value} for ref, value in answers.items()}, "Notes": {"a": {"Value": "well done"}},
            "Status": "SUBMITTED", "Scores": scores, "CreatedTime": "2026-01-01", "LastModifiedTime": "2026-01-01",
        },
        "EvaluationForm": form(
            section("s", single("a", Weight=50), single("b", Weight=50, NotApplicableEnabled=True)),
            section("t", numeric("n", [(0, 3, 10), (4, 9, 0)], Weight=100),
                    {"Question": {"Title": "why", "RefId": "why", "QuestionType": "TEXT"}}),
        ) | {"EvaluationFormVersion": 3, "EvaluationFormId": "f", "EvaluationFormArn": "arn"},
        **more,
    }  # fmt: skip


def test_a_response_brings_its_form_and_is_scored_again_part_by_part() -> None:
    answers = {"a": {"StringValue": "half"}, "b": {"NotApplicable": True}, "n": {"NumericValue": 2}, "why": {"StringValue": "quick"}}
    scores = {
        "s": {"Percentage": 50.0}, "a": {"Percentage": 50.0, "AppliedWeight": 100 / 3}, "b": {"NotApplicable": True},
        "n": {"Percentage": 100.0, "AppliedWeight": 200 / 3}, "t": {"Percentage": 99.0},
    }  # fmt: skip
    found = qa.import_evaluations(described(answers, scores, {"Percentage": 83.33}), "amazon_connect")
    assert found.rubric is not None
    assert (found.rubric.id, found.rubric.version) == ("f", "3")
    assert [answer.comment for answer in found.evaluations[0].answers][0] == "well done"
    again = found.rescore()
    assert [(one.part, one.id, one.what) for one in again.differences] == [("section", "t", "score")]
    assert again.compared > 10


def test_an_evaluation_is_no_form() -> None:
    said = "expected a form but found an evaluation; import_evaluations reads it"
    response = described({}, {}, {"Percentage": 1})
    for document in (exported(100, {"a": "full"}), {"Evaluation": response["Evaluation"]}):
        with pytest.raises(qa.RubricError, match=said):
            qa.import_rubric(document, "amazon_connect")
    assert qa.import_rubric(response, "amazon_connect").rubric.id == "f"


def test_an_answer_that_the_form_does_not_have_is_told_and_not_scored() -> None:
    found = qa.import_evaluations(described({"a": {"StringValue": "ful"}}, {}, {"Percentage": 10}), "amazon_connect").rescore()
    assert [one.what for one in found.differences] == ["not_scored"]
    assert 'did you mean "full"' in found.differences[0].message


def test_missing_answers_leave_no_score_and_that_is_a_difference() -> None:
    found = qa.import_evaluations(described({"a": {"StringValue": "full"}}, {}, {"Percentage": 100}), "amazon_connect")
    assert [(one.what, one.source, one.recomputed) for one in found.rescore().differences] == [("not_applicable", False, True)]
    assert found.rescore(unanswered="leave_out").differences == ()


def test_evaluations_come_from_lists_and_lines(tmp_path: Path) -> None:
    one, two = exported(100, {"a": "full"}), exported(100, {"a": "full"}) | {"evaluationId": "e2"}
    (tmp_path / "all.json").write_text(json.dumps([one, two]))
    (tmp_path / "all.jsonl").write_text(json.dumps(one) + "\n\n" + json.dumps(two) + "\n")
    for given_as in (tmp_path / "all.json", tmp_path / "all.jsonl", [one, two]):
        assert [found.id for found in qa.import_evaluations(given_as, "amazon_connect").evaluations] == ["e1", "e2"]
    (tmp_path / "twice.jsonl").write_text(json.dumps(one) + "\n" + json.dumps(one) + "\n")
    with pytest.raises(qa.RubricError, match='expected each evaluation once but found "e1" again'):
        qa.import_evaluations(tmp_path / "twice.jsonl", "amazon_connect")
    with pytest.raises(qa.ArgumentError, match="expected at least one evaluation"):
        qa.import_evaluations([], "amazon_connect")
    with pytest.raises(qa.ArgumentError, match="rubric: expected the form"):
        qa.import_evaluations(one, "amazon_connect").rescore()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(places(exported(85, {"a": "full", "n": 3}, a={"percentage": 100}))[1:]), WRONG)
def test_an_export_with_anything_anywhere_is_read_or_refused(path: tuple[Any, ...], wrong: Any) -> None:
    document = exported(85, {"a": "full", "n": 3}, a={"percentage": 100})
    at: Any = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = wrong
    try:
        qa.import_evaluations(document, "amazon_connect")
    except qa.RubricError as error:
        assert error.problems


def test_the_yaml_of_an_import_reads_to_the_same_rubric(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    found = qa.import_rubric(BASE, "amazon_connect")
    file = tmp_path / "form.yaml"
    file.write_text(found.to_yaml(), encoding="utf-8")
    assert qa.Rubric.load(file).content_hash == found.rubric.content_hash
