"""A simulated centre: the same seed, the same centre; nothing depends on what else is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import qascore as qa
from hypothesis import given, settings
from hypothesis import strategies as st
from qascore import ArgumentError, DataError
from qascore._frames import Frame
from qascore.simulation import Centre, SimulatedCriterion, simulate

FORM = (
    SimulatedCriterion("greeting", ("no", "yes")),
    SimulatedCriterion("identity", ("none", "partial", "full"), not_applicable=0.1),
    SimulatedCriterion("tone", ("1", "2", "3", "4", "5"), noise=3.0),
)


def centre_of(**more: Any) -> Centre:
    return simulate(**{"seed": 7, "conversations": 400, "rubric": FORM, "backend": "pandas"} | more)


def rows(frame: Any) -> list[tuple[Any, ...]]:
    read = Frame.of(frame)
    return list(zip(*(read.values(name) for name in read.columns), strict=True))


def test_the_numbers_are_those_of_the_cpp_library() -> None:
    # The same known answers as in tests/unit/simulation: seed 7, 5,000 conversations.
    centre = centre_of(conversations=5000)
    frame = Frame.of(centre.conversations)
    assert frame.values("conversation_id")[0] == "c-0001"
    assert [frame.values("agent_id")[i] for i in (0, 1, 4999)] == ["a-16", "a-01", "a-42"]
    assert frame.values("channel")[4999] == "email"
    assert frame.values("handle_s")[0] == 544.0
    assert str(frame.values("started_at")[0]) == "2026-01-30 15:08:45"  # 2,214,525 s after midnight of January 5
    truth = Frame.of(centre.truth.conversations)
    assert truth.numbers("quality")[0] == pytest.approx(0.90953272284238162, rel=1e-14)
    assert truth.values("responded")[4999] is False


def test_every_backend_holds_the_same_centre() -> None:
    frames = ("conversations", "csat", "evaluations", "answers")
    expected = {name: rows(getattr(centre_of(), name)) for name in frames}
    for backend, module in (("polars", "polars"), ("pyarrow", "pyarrow")):
        centre = centre_of(backend=backend)
        for name in frames:
            frame = getattr(centre, name)
            assert type(frame).__module__.split(".")[0] == module
            if name != "conversations":
                assert rows(frame) == expected[name]
        assert Frame.of(centre.conversations).values("handle_s") == [row[7] for row in expected["conversations"]]


def test_the_same_seed_makes_the_same_centre_and_another_another() -> None:
    assert rows(centre_of().answers) == rows(centre_of().answers)
    assert rows(centre_of().conversations) != rows(centre_of(seed=8).conversations)


@settings(max_examples=25, deadline=None)
@given(
    picked=st.lists(st.integers(1, 400), min_size=1, max_size=12, unique=True),
    raters=st.integers(1, 8),
    seed=st.one_of(st.none(), st.integers(0, 2**64 - 1)),
)
def test_an_evaluation_does_not_depend_on_what_else_is_asked_for(
    picked: list[int], raters: int, seed: int | None
) -> None:
    centre = centre_of()
    everything = centre.evaluate(raters_per_conversation=8).wide.set_index("evaluation_id")
    ids = [f"c-{number:03}" for number in picked]
    few = centre.evaluate(ids, raters_per_conversation=raters, seed=seed)
    assert list(few.evaluations["conversation_id"]) == [one for one in ids for _ in range(raters)]
    wide = few.wide.set_index("evaluation_id")
    assert wide.equals(everything.loc[wide.index])


def test_long_and_wide_answers_say_the_same() -> None:
    done = centre_of().evaluate(["c-017", "c-001"], raters_per_conversation=3)
    names = ("greeting", "identity", "tone")
    wide = {(row["evaluation_id"], name): row[name] for _, row in done.wide.iterrows() for name in names}
    long = {(row["evaluation_id"], row["criterion"]): row["answer"] for _, row in done.answers.iterrows()}
    assert long == wide
    assert set(done.answers["answer"]) <= {"no", "yes", "none", "partial", "full", "not_applicable", *"12345"}


def test_evaluations_are_numbered_in_order_of_the_conversations_start() -> None:
    centre = centre_of()
    done = centre.evaluate(double_scored=0.3).evaluations.merge(centre.conversations, on="conversation_id")
    done = done.sort_values("seq")
    assert list(done["seq"]) == list(range(1, len(done) + 1))
    assert done["started_at"].is_monotonic_increasing


def test_some_answers_are_not_applicable_where_that_is_allowed() -> None:
    answers = centre_of().answers
    share = (answers[answers["criterion"] == "identity"]["answer"] == "not_applicable").mean()
    assert 0.05 < share < 0.15  # 0.1 of 400: 3.3 standard deviations
    assert "not_applicable" not in set(answers[answers["criterion"] != "identity"]["answer"])


def test_a_share_of_conversations_is_scored_twice() -> None:
    counts = centre_of().evaluations.groupby("conversation_id").size()
    assert set(counts) == {1, 2}
    assert len(counts) == 400
    assert 50 <= (counts == 2).sum() <= 110  # 0.2 of 400: 80, standard deviation 8
    assert set(centre_of(double_scored=0.0).evaluations.groupby("conversation_id").size()) == {1}


def test_the_survey_holds_the_customers_who_answered() -> None:
    centre = centre_of()
    truth = centre.truth.conversations
    answered = truth[truth["responded"]]
    assert list(centre.csat["conversation_id"]) == list(answered["conversation_id"])
    assert list(centre.csat["csat"]) == [int(value) for value in answered["csat"]]
    assert set(truth["csat"]) == {1.0, 2.0, 3.0, 4.0, 5.0}


def test_the_truth_tells_the_model() -> None:
    truth = centre_of(drifting=3, csat_correlation=0.4).truth
    assert truth.model["csat_correlation"] == 0.4
    assert truth.model["raters"] == 8
    assert list(truth.raters["drift"] != 0.0).count(True) == 3
    assert list(truth.raters["drift_at"].notna()).count(True) == 3
    assert abs(sum(truth.raters["severity"])) < 1e-12
    assert list(truth.criteria["criterion"]) == ["greeting", "identity", "tone"]
    assert len(truth.agents) == 60


def test_severe_raters_score_lower() -> None:
    # Shares of "yes" that the raters give to the same 400 conversations, against their true severities.
    centre = centre_of(drifting=0, severity_sd=1.0)
    done = centre.evaluate(raters_per_conversation=8)
    frame = done.evaluations.merge(done.wide, on="evaluation_id")
    share = (frame["greeting"] == "yes").groupby(frame["rater_id"]).mean().to_numpy()
    severity = centre.truth.raters["severity"].to_numpy()
    assert np.corrcoef(share, severity)[0, 1] < -0.9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"driftng": 3}, r'driftng: expected a setting .* \(did you mean "drifting"\?\)'),
        ({"seed": -1}, "seed: expected a whole number >= 0 but found -1"),
        ({"seed": 1.5}, "seed: expected a whole number"),
        ({"teams": 70}, "teams: expected a number from 1 to the number of agents but found 70"),
        ({"severity_sd": -1.0}, "severity_sd: expected a finite number >= 0 but found -1"),
        ({"severity_sd": "wide"}, "severity_sd: expected a number but found 'wide'"),
        ({"start": "soon"}, "start: expected a day such as 2026-01-05 but found 'soon'"),
        ({"rubric": ()}, "rubric: expected at least one criterion"),
        ({"rubric": (FORM[0], FORM[0])}, 'rubric: criterion "greeting" stands twice'),
        ({"vague": ("greetin",)}, r'vague: .*greetin.* \(did you mean "greeting"\?\)'),
    ],
)
def test_a_setting_outside_its_range_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        centre_of(**options)


def test_a_conversation_that_does_not_exist_is_refused() -> None:
    centre = centre_of()
    with pytest.raises(DataError, match="'c-401' at position 1 is no conversation of this centre"):
        centre.evaluate(["c-001", "c-401"])
    with pytest.raises(DataError, match="'c-001' at position 1 stands twice"):
        centre.evaluate(["c-001", "c-001"])
    with pytest.raises(ArgumentError, match="several ids but found the text 'c-001'"):
        centre.evaluate("c-001")
    with pytest.raises(ArgumentError, match="raters_per_conversation: expected a number from 1"):
        centre.evaluate(["c-001"], raters_per_conversation=9)


def test_one_rater_is_enough_for_a_centre() -> None:
    centre = centre_of(raters=1, double_scored=0.0)
    assert set(centre.evaluations["rater_id"]) == {"r-1"}
    assert abs(centre.truth.raters["severity"][0]) == 0.0


def test_a_centre_on_a_shipped_rubric_is_scored_by_it() -> None:
    centre = simulate(seed=7, conversations=300, backend="pandas", vague=["greeting"])
    assert centre.rubric is not None and centre.rubric.id == "voice-service"
    scores = centre.rubric.score(centre.answers, evaluation="evaluation_id", criterion="criterion", answer="answer")
    assert len(scores) == len(centre.evaluations)
    assert not np.isnan(scores.score).any()
    noise = dict(zip(centre.truth.criteria["criterion"], centre.truth.criteria["noise"], strict=True))
    assert noise["greeting"] == 3.0 and noise["summary"] == 1.0
    assert "remarks" not in noise  # free text is left empty


def test_every_shipped_rubric_can_be_simulated() -> None:
    for name in ("voice-service", "online-chat", "email-ticket", "complaint-zh"):
        centre = simulate(seed=1, conversations=60, rubric=name, backend="pandas")
        everything = centre.score_all()
        assert len(everything) == 60 * 8
        assert everything["score"].between(0, 1).all()
        assert everything["score"].nunique() > 10


def test_answers_are_ordered_from_worst_to_best() -> None:
    centre = simulate(seed=1, conversations=60, backend="pandas")
    assert centre.rubric is not None
    best = {one.id: one.answers[-1] for one in centre._criteria}
    worst = {one.id: one.answers[0] for one in centre._criteria}
    assert centre.rubric.score_one(best).score == 1.0
    assert centre.rubric.score_one(worst).score_before_fail == 0.0


def test_the_panels_truth_is_what_its_evaluations_average_to() -> None:
    centre = simulate(seed=3, conversations=120, backend="pandas")
    assert centre.rubric is not None
    truth = centre.score_all()
    done = centre.evaluate(raters_per_conversation=8)
    scores = centre.rubric.score(done.wide, evaluation="evaluation_id").to_frame()
    found = done.evaluations.merge(scores, on="evaluation_id")
    expected = truth.set_index(["conversation_id", "rater_id"])["score"].to_dict()
    assert found.set_index(["conversation_id", "rater_id"])["score"].to_dict() == expected
    assert list(centre.score_all(raters="unbiased")["rater_id"].unique()) == ["unbiased"]
    with pytest.raises(ArgumentError, match="this centre was made from criteria alone"):
        centre_of().score_all()
    with pytest.raises(ArgumentError, match=r'raters: .* \(did you mean "panel"\?\)'):
        centre.score_all(raters="pannel")


def coverage(repeats: int) -> int:
    """How often the 95 % interval from a stratified sample covers the mean over all conversations and raters."""
    centre = simulate(seed=11, conversations=3000, backend="pandas")
    assert centre.rubric is not None
    truth = float(centre.score_all()["score"].mean())
    plan = qa.allocate(centre.conversations, strata="channel", size=300, min_per_stratum=20)
    covered = 0
    for seed in range(repeats):
        drawn = qa.draw(centre.conversations, plan, id="conversation_id", seed=seed)
        done = centre.evaluate(drawn["conversation_id"], seed=seed)
        scores = centre.rubric.score(done.wide, evaluation="evaluation_id").to_frame()
        sample = drawn.merge(done.evaluations, on="conversation_id").merge(scores, on="evaluation_id")
        estimate = qa.mean(qa.SampleDesign(sample, unit="conversation_id", plan=plan), "score")
        covered += estimate.low <= truth <= estimate.high
    return covered


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    # Of 100 intervals at 95 %, fewer than 87 cover with probability 0.0005 (binomial).
    assert coverage(100) >= 87


@pytest.mark.long
def test_intervals_cover_the_truth_as_often_as_they_say_over_many_samples() -> None:
    # Of 2,000 at 95 %: 1,900, standard deviation 9.7; 94 to 96 % is within 2 of them.
    assert 1880 <= coverage(2000) <= 1920
