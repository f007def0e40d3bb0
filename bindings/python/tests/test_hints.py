"""Messages that name what was probably meant, where a slip is common and the plain message would mislead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import qascore as qa


def percentages() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Verbs that take a fraction, each given 30 (or 20) where 0.3 was meant."""
    frame = pd.DataFrame({"id": range(100), "queue": ["a", "b"] * 50, "flag": [True] * 10 + [False] * 90, "p": [30.0] * 100})
    plan = qa.allocate(frame, strata="queue", size=20)
    ids = ["c-01", "c-17"]
    yield "confidence: .* found 30", lambda: qa.mean(frame, "id", confidence=30)
    yield "rate: .* found 30", lambda: qa.allocate(frame, strata="queue", rate=30)
    yield 'rates: stratum "a": .* found 30', lambda: qa.allocate(frame, strata="queue", rates={"a": 30, "b": 0.2})
    yield 'target "flag": .* found 30', lambda: qa.draw(frame, plan, id="id", seed=1, targeted_rates={"flag": 30})
    yield "probability: .* found 30 at row 0", lambda: qa.SampleDesign(frame, probability="p")
    yield "p: .* found 30", lambda: qa.quantile(frame, "id", 30)
    yield "double_scored: .* found 30", lambda: qa.simulate(seed=1, conversations=20).evaluate(ids, double_scored=30)
    yield "not_applicable: .* found 30", lambda: qa.simulate(seed=1, conversations=20, not_applicable=30).evaluate(ids)
    yield "proportion: .* found 30", lambda: qa.sample_size_for_proportion(proportion=30, margin=0.05)
    yield "margin: .* found 30", lambda: qa.sample_size_for_proportion(proportion=0.3, margin=30)
    yield "share: .* found 30", lambda: qa.sample_size_for_domain(share=30, sd=1, margin=0.1)
    yield "response_rate: .* found 30", lambda: qa.sample_size_for_mean(sd=1, margin=0.1, response_rate=30)
    yield "power: .* found 30", lambda: qa.sample_size_for_difference(sd=1, difference=0.1, power=30)


NOUNS: dict[str, tuple[Callable[[Any], Any], str]] = {
    **{
        verb: (getattr(qa, verb), "table: expected a RatingTable but found DataFrame; RatingTable(frame, unit=..., ")
        for verb in (
            "agreement", "brennan_prediger", "calibration_study", "cohen_kappa", "conger_kappa", "fleiss_kappa", "gwet_ac",
            "icc", "icc_table", "krippendorff_alpha", "leave_one_rater_out", "percent_agreement", "rater_summary", "scott_pi",
        )
    },
    "design": (
        lambda frame: qa.krippendorff_alpha(qa.RatingTable.from_matrix(np.array([[1, 2], [2, 2]])), design=frame),
        "design: expected a SampleDesign but found DataFrame; SampleDesign(frame, unit=..., ",
    ),
    "plan of a design": (
        lambda frame: qa.SampleDesign(frame, plan=frame),
        "plan: expected a SamplingPlan but found DataFrame; allocate(frame, strata=..., size=...) makes one",
    ),
    "plan of a draw": (
        lambda frame: qa.draw(frame, frame, id="id", seed=1),
        "plan: expected a SamplingPlan but found DataFrame; allocate(frame, strata=..., size=...) makes one",
    ),
    "rubric": (
        lambda frame: qa.simulate(seed=1, conversations=20).score_all(rubric=frame),
        "rubric: expected a Rubric but found DataFrame; Rubric.load(",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NOUNS)
def test_a_frame_in_place_of_a_noun_is_told_how_the_noun_is_made(name: str) -> None:
    verb, message = NOUNS[name]
    with pytest.raises(qa.ArgumentError) as caught:
        verb(pd.DataFrame({"id": ["a", "b"], "score": [0.5, 0.7]}))
    assert str(caught.value).startswith(message)


def test_the_class_in_place_of_its_object_is_named() -> None:
    with pytest.raises(qa.ArgumentError, match="expected a RatingTable but found the class RatingTable"):
        qa.agreement(qa.RatingTable)  # type: ignore[arg-type]


@pytest.mark.parametrize(("words", "call"), [pytest.param(*pair, id=pair[0].split(":")[0]) for pair in percentages()])
def test_a_percentage_in_place_of_a_fraction_is_told_what_was_meant(words: str, call: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=f"{words}.*did you mean 0.3"):
        call()


EVALUATIONS = pd.DataFrame(
    {
        "evaluation_id": ["e1", "e2", "e3", "e4"],
        "conversation_id": ["c1", "c1", "c2", "c2"],
        "rater_id": ["ann", "bob", "ann", "bob"],
    }
)
SCORES = pd.DataFrame({"evaluation_id": ["e1", "e2", "e3", "e4"], "score": [0.5, 0.6, 0.7, 0.8]})


def test_scores_without_conversation_and_rater_are_to_be_joined_with_what_says_them() -> None:
    def table(frame: Any, unit: str = "conversation_id") -> qa.RatingTable:
        return qa.RatingTable(frame, unit=unit, rater="rater_id", rating="score")

    with pytest.raises(qa.MissingColumnError) as caught:
        table(SCORES)
    assert str(caught.value) == (
        'frame: expected a column "conversation_id" but found evaluation_id, score; if another frame says which '
        "conversation_id each evaluation_id has, join the two on evaluation_id first"
    )
    joined = SCORES.merge(EVALUATIONS, on="evaluation_id")
    assert len(table(joined).units) == 2
    with pytest.raises(qa.MissingColumnError, match='expected a column "conversaton_id" .*did you mean "conversation_id"'):
        table(joined, unit="conversaton_id")
    with pytest.raises(qa.MissingColumnError, match='expected a column "call_id" but found call, score '):
        table(SCORES.rename(columns={"evaluation_id": "call"}), unit="call_id")


def test_rows_of_several_criteria_are_told_from_ratings_given_twice() -> None:
    long = pd.concat([SCORES.merge(EVALUATIONS).assign(criterion=name) for name in ("greeting", "closing")])
    with pytest.raises(qa.DataError, match='more than once; give criterion="criterion" if rows are of several criteria, else'):
        qa.RatingTable(long, unit="conversation_id", rater="rater_id", rating="score")
    assert qa.RatingTable(
        long, unit="conversation_id", rater="rater_id", rating="score", criterion="criterion"
    ).criteria == ("closing", "greeting")
    with pytest.raises(qa.DataError, match="more than once; remove the repeats"):
        qa.RatingTable(long.drop(columns="criterion"), unit="conversation_id", rater="rater_id", rating="score")


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        ("95%", r"found '95%' \(did you mean 0.95\?\)"),
        ("0.9", r"found '0.9' \(did you mean 0.9\?\)"),
        ("high", r"found 'high'$"),
        (None, "found None$"),
        ([0.95], r"found \[0.95\]$"),
        (True, "found 1$"),
    ],
)
def test_a_confidence_that_is_no_number_is_named(confidence: Any, words: str) -> None:
    frame = pd.DataFrame({"score": [1.0, 2.0, 4.0], "csat": [1, 3, 2]})
    table = qa.RatingTable.from_matrix([[1, 2], [2, 2], [1, 1]])
    for verb in (
        lambda: qa.mean(frame, "score", confidence=confidence),
        lambda: qa.association(frame, "score", "csat", confidence=confidence),
        lambda: qa.krippendorff_alpha(table, confidence=confidence),
    ):
        with pytest.raises(qa.ArgumentError, match=f"confidence: expected a fraction between 0 and 1 but {words}"):
            verb()


def test_the_mean_of_labels_points_to_the_proportion() -> None:
    with pytest.raises(qa.DataError, match=r"expected numbers but found 'yes' at row 0; .* proportion\(\.\.\., equals="):
        qa.mean(pd.DataFrame({"answer": ["yes", "no"]}), "answer")


def test_a_row_that_a_table_does_not_have_is_told_what_was_meant() -> None:
    calls = pd.DataFrame({"queue": ["chat", "phone"] * 5, "score": [0.1 * row for row in range(10)]})
    found = qa.mean(calls, "score", by="queue")
    with pytest.raises(KeyError) as caught:
        found["caht"]
    assert isinstance(caught.value, qa.MissingRowError)
    assert str(caught.value) == "expected one of the rows by queue: 'chat', 'phone' but found 'caht' (did you mean \"chat\"?)"
    with pytest.raises(qa.MissingRowError, match='did you mean "queue is phone"'):
        qa.regression(calls, "score", ["queue"])["phone"]
    with pytest.raises(qa.MissingRowError, match=r"found \('chat', 'may'\)"):
        found["chat", "may"]


def test_numbers_stored_as_text_are_told_to_be_converted() -> None:
    with pytest.raises(qa.DataError, match="found '0.5' at row 0, a number stored as text; convert the column to numbers"):
        qa.mean(pd.DataFrame({"score": ["0.5", "0.7"]}), "score")
    with pytest.raises(qa.DataError, match="found '73%' at row 0; write it without the sign, in all rows alike$"):
        qa.mean(pd.DataFrame({"score": ["73%", "70%"]}), "score")
    with pytest.raises(qa.DataError, match="found '4/5' at row 0; write 4 alone$"):
        qa.csat_study(pd.DataFrame({"score": [0.5, 0.7], "csat": ["4/5", "3/5"]}))
    with pytest.raises(qa.DataError, match="found 'good' at row 0; the share of a label"):
        qa.mean(pd.DataFrame({"score": ["good", "0.7"]}), "score")


@pytest.mark.parametrize("make", [lambda: pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"]),
                                  lambda: pa.table([[1], [2], [3]], names=["a", "b", "a"])])  # fmt: skip
def test_two_columns_of_one_name_are_refused(make: Callable[[], Any]) -> None:
    with pytest.raises(qa.DataError, match='sample: column "a" stands 2 times; rename or drop'):
        qa.mean(make(), "b")


@pytest.mark.parametrize(
    ("column", "found"),
    [(pd.period_range("2026-01", periods=40, freq="D"), r"Period\('2026-01-01', 'D'\)"), ([row / 3 for row in range(40)], "0.0")],
)
def test_strata_of_a_kind_that_plans_cannot_write_name_their_column_and_number(column: Any, found: str) -> None:
    words = rf'strata: column "when" \(40 different labels\): expected labels as text.* but found {found}; group them into classes'
    with pytest.raises(qa.DataError, match=words):
        qa.allocate(pd.DataFrame({"when": column}), strata="when", rate=0.5)


def test_a_column_that_a_merge_has_doubled_is_explained() -> None:
    frame = pd.DataFrame({"conversation_id_x": ["c1"], "conversation_id_y": ["c1"], "score": [1.0]})
    with pytest.raises(qa.MissingColumnError, match='a merge has made "conversation_id_x" and "conversation_id_y" of it, since both frames had it'):
        qa.SampleDesign(frame, unit="conversation_id", weight="score")
    with pytest.raises(qa.MissingColumnError, match="a merge has made"):
        qa.RatingTable(frame.assign(evaluation_id="e1"), unit="conversation_id", rating="score")


def test_scores_that_may_be_meant_for_ratings_are_named() -> None:
    frame = pd.DataFrame({"conversation_id": ["c1"], "rater_id": ["r1"], "score": [1.0]})
    with pytest.raises(qa.MissingColumnError, match='to take scores for ratings, give rating="score"'):
        qa.RatingTable(frame, unit="conversation_id", rater="rater_id", rating="rating")


def test_no_column_is_suggested_that_says_something_else() -> None:
    frame = pd.DataFrame({"evaluation_id": ["e1"], "weight": [1.0]})
    with pytest.raises(qa.MissingColumnError) as found:
        qa.SampleDesign(frame, unit="conversation_id", weight="weight")
    assert "did you mean" not in str(found.value)
    with pytest.raises(qa.MissingColumnError, match='did you mean "conversationid"'):
        qa.SampleDesign(frame.assign(conversationid=1), unit="conversation_id", weight="weight")
