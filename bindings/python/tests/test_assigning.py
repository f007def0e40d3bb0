"""Who rates what: what every assignment must keep, what is refused and how it is said."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pandas as pd
import polars as pl
import pytest
import qascore as qa
from hypothesis import given, settings
from hypothesis import strategies as st

WEEK = pd.DataFrame(
    {
        "conversation_id": [f"c{i:03d}" for i in range(240)],
        "team": [("north", "south", "west")[i % 3] for i in range(240)],
        "agent_id": [f"agent-{i % 12}" for i in range(240)],
    }
)
PEOPLE = pd.DataFrame(
    {
        "rater_id": ["ann", "bob", "cai", "dan", "agent-3"],
        "team": ["north", "south", "west", None, None],
        "hours": [80.0, 80.0, None, 80.0, 80.0],
        "part": [1.0, 1.0, 2.0, 1.0, 1.0],
    }
)


def plan(conversations: Any = WEEK, raters: Any = PEOPLE, **options: Any) -> qa.Assignment:
    return qa.assign(conversations, raters, **({"id": "conversation_id", "seed": 20260101} | options))


def check(found: qa.Assignment, conversations: pd.DataFrame, raters: pd.DataFrame, double: float, triple: float) -> None:
    """What no assignment may break."""
    tasks = found.to_frame()
    n = len(conversations)
    given = tasks.groupby("conversation_id")["rater_id"]
    assert (given.nunique() == given.size()).all()
    assert set(tasks["conversation_id"]) == set(conversations["conversation_id"])
    counts = given.size().value_counts().to_dict()
    assert counts.get(3, 0) == round(triple * n + 1e-9) or abs(counts.get(3, 0) - triple * n) <= 0.5
    assert abs(counts.get(2, 0) - double * n) <= 1
    merged = tasks.merge(conversations).merge(raters, on="rater_id", suffixes=("", "_of_rater"))
    if "team" in conversations:
        assert not (merged["team"] == merged["team_of_rater"]).any()
    ratings = tasks["rater_id"].value_counts()
    for load in found.loads:
        assert load.ratings == ratings.get(load.rater, 0) <= load.capacity
    assert sum(load.proportional for load in found.loads) == pytest.approx(len(tasks))
    assert found.largest_deviation == pytest.approx(max(abs(one.ratings - one.proportional) for one in found.loads))
    shared: dict[frozenset[Any], int] = {}
    for _, of in given:
        names = list(of)
        for at, first in enumerate(names):
            for second in names[:at]:
                shared[frozenset((first, second))] = shared.get(frozenset((first, second)), 0) + 1
    assert {frozenset(pair): count for pair, count in found.pairs().items() if count} == shared
    assert sorted(rater for group in found.groups_of_raters() for rater in group) == sorted(ratings.index)


@settings(max_examples=60, deadline=None)
@given(
    conversations=st.integers(0, 60),
    raters=st.integers(1, 7),
    double=st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0]),
    teams=st.integers(0, 4),
    capacity=st.sampled_from([None, 5, 20, 100]),
    seed=st.integers(0, 2**64 - 1),
    order=st.randoms(use_true_random=False),
)
def test_an_assignment_keeps_what_it_must_or_says_why_not(
    conversations: int, raters: int, double: float, teams: int, capacity: int | None, seed: int, order: Any
) -> None:
    calls = pd.DataFrame({"conversation_id": range(conversations), "team": [f"t{i % max(1, teams)}" for i in range(conversations)]})
    people = pd.DataFrame({"rater_id": range(100, 100 + raters), "team": [f"t{i % 5}" for i in range(raters)]})
    options: dict[str, Any] = {"double_scored": double, "capacity": capacity, "seed": seed}
    if teams:
        options["team"] = "team"
    else:
        calls, people = calls.drop(columns="team"), people.drop(columns="team")
    try:
        found = plan(calls, people, **options)
    except qa.DesignError as error:
        assert str(error).startswith("raters: ")
        return
    check(found, calls, people, double, 0.0)
    rows, who = list(range(conversations)), list(range(raters))
    order.shuffle(rows)
    order.shuffle(who)
    again = plan(calls.iloc[rows], people.iloc[who], **options)
    assert set(zip(again.conversations, again.raters, again.roles, strict=True)) == set(
        zip(found.conversations, found.raters, found.roles, strict=True)
    )


def test_a_week_is_assigned() -> None:
    found = plan(team="team", agent="agent_id", capacity="hours", double_scored=0.2, triple_scored=0.05)
    check(found, WEEK, PEOPLE, 0.2, 0.05)
    assert found.connected and found.groups == 1
    # 240 + 48 + 2 x 12 ratings of five raters: no capacity and no team stands in the way of an even load.
    assert sorted(one.ratings for one in found.loads) == [62, 62, 62, 63, 63]
    assert max(found.pairs().values()) - min(found.pairs().values()) <= 1
    tasks = found.to_frame().merge(WEEK)
    assert not (tasks["rater_id"] == tasks["agent_id"]).any()
    assert set(found.roles) == {"only", "first", "second", "third"}


def test_shares_and_minima_part_the_work() -> None:
    by_share = plan(share="part", double_scored=0.0)
    assert [one.ratings for one in by_share.loads] == [40, 40, 80, 40, 40]
    at_least = plan(minimum=30, capacity=60, share="part", double_scored=0.0)
    assert [one.ratings for one in at_least.loads] == [45, 45, 60, 45, 45]
    with pytest.raises(qa.DesignError, match=r"minimum: raters .* are to give 500 ratings at least together, but can give only 240"):
        plan(minimum=100, double_scored=0.0)
    with pytest.raises(qa.ArgumentError, match="minimum: expected at most the rater's capacity of 5 but found 7"):
        plan(minimum=7, capacity=5)


def test_forbidden_pairs_and_history() -> None:
    forbidden = pd.DataFrame({"conversation_id": WEEK["conversation_id"], "rater_id": "ann"})
    assert plan(forbidden=forbidden).loads[0].ratings == 0
    by_team = pd.DataFrame({"team": ["north", "south"], "rater_id": ["dan", "dan"]})
    met = plan(team="team", forbidden=by_team).to_frame().merge(WEEK)
    assert set(met.loc[met["rater_id"] == "dan", "team"]) == {"west"}
    history = pd.DataFrame({"agent_id": [f"agent-{i}" for i in range(12)], "rater_id": ["ann", "bob", "cai", "gone"] * 3})
    avoided = plan(agent="agent_id", history=history)
    assert sum(one.repeated for one in avoided.loads) == 0
    again = plan(agent="agent_id", history=history, history_is="forbid").to_frame().merge(WEEK)
    pairs = set(zip(history["agent_id"], history["rater_id"], strict=True))
    assert not pairs & set(zip(again["agent_id"], again["rater_id"], strict=True))
    # Where nobody else may, they meet again, and the result counts it.
    everyone = pd.DataFrame({"agent_id": ["agent-0"] * 5, "rater_id": PEOPLE["rater_id"]})
    assert sum(one.repeated for one in plan(agent="agent_id", history=everyone, double_scored=0.0).loads) == 20
    with pytest.raises(qa.DesignError, match="need 20 ratings, but no rater may judge them"):
        plan(agent="agent_id", history=everyone, history_is="forbid", double_scored=0.0)


def test_what_cannot_be_is_said_with_names_and_numbers() -> None:
    calls = pd.DataFrame({"conversation_id": range(40), "team": ["red"] * 30 + ["blue"] * 10})
    people = pd.DataFrame({"rater_id": ["ann", "bob"], "team": ["red", "blue"], "most": [100, 25]})
    with pytest.raises(qa.DesignError) as caught:
        qa.assign(calls, people, id="conversation_id", team="team", capacity="most", double_scored=0.0, seed=1)
    assert str(caught.value) == (
        'raters: 30 conversations ("0", "1", "2", "3", "4" and 25 more) need 30 ratings, but only rater "bob" may judge them, who has '
        "a capacity of 25; 5 ratings cannot be given: raise capacities, allow more raters or double-score less"
    )
    alone = qa.assign(calls, people, id="conversation_id", team="team", double_scored=0.0, seed=1)
    assert not alone.connected
    assert alone.groups_of_raters() == (("ann",), ("bob",))
    assert "Raters of 2 groups cannot be compared" in alone.summary()
    with pytest.raises(qa.DesignError, match="needs 2 ratings by different raters, but only 1 rater may judge it"):
        qa.assign(calls, people, id="conversation_id", team="team", double_scored=0.025, seed=1)


def test_one_rater_no_conversation_and_no_double_scoring() -> None:
    one = plan(raters=["ann"], double_scored=0.0)
    assert "There are no two raters to compare." in one.summary()
    assert set(one.raters) == {"ann"} and set(one.roles) == {"only"}
    with pytest.raises(qa.DesignError):
        plan(raters=["ann"], double_scored=0.5)
    none = plan(WEEK.iloc[:0])
    assert len(none.to_frame()) == 0 and none.groups == 0
    nobody = plan(capacity=0, conversations=WEEK.iloc[:0])
    assert [load.ratings for load in nobody.loads] == [0] * 5
    with pytest.raises(qa.DesignError, match="a capacity of 0 together"):
        plan(capacity=0)
    with pytest.raises(qa.ArgumentError, match="raters: expected at least one rater"):
        plan(raters=[])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"double_scored": 20}, qa.ArgumentError, "double_scored: expected a fraction, 0 to 1, but found 20"),
        ({"double_scored": 0.8, "triple_scored": 0.4}, qa.ArgumentError, "shares that add up to 1 at most"),
        ({"capacity": "hour"}, qa.MissingColumnError, r'raters \(capacity=\): expected a column "hour" .*did you mean "hours"'),
        ({"capacity": 2.5}, qa.ArgumentError, "capacity: expected whole numbers, 0 or more, but found 2.5"),
        ({"rater": "rater"}, qa.MissingColumnError, 'did you mean "rater_id"'),
        ({"raters": "ann"}, qa.ArgumentError, "raters: expected a frame, or the ids of the raters, but found 'ann'"),
        ({"raters": ["ann", "bob", "ann"]}, qa.DataError, "expected every rater once but 'ann' is in rows 0 and 2"),
        ({"conversations": pd.concat([WEEK, WEEK.iloc[:1]])}, qa.DataError, '"c000" in rows 0 and 240'),
        ({"history": PEOPLE}, qa.ArgumentError, "history: is about agents: give agent="),
        ({"forbidden": PEOPLE}, qa.ArgumentError, "forbidden: expected one of the columns conversation_id beside the raters"),
        ({"forbidden": pd.DataFrame({"conversation_id": ["c001"], "rater_id": ["anm"]})}, qa.DataError, "'anm' at row 0 is not there"),
        ({"history_is": "never"}, qa.ArgumentError, "history_is: expected"),
        ({"seed": -1}, qa.ArgumentError, "seed: expected a whole number"),
    ],
)
def test_wrong_arguments_are_refused(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        plan(**options)


def test_a_larger_share_contains_a_smaller_one_and_the_frame_does_not_matter() -> None:
    shared = [{c for c, role in zip(p.conversations, p.roles, strict=True) if role == "first"} for p in (plan(double_scored=s) for s in (0.1, 0.2, 0.4))]
    assert [len(one) for one in shared] == [24, 48, 96]
    assert all(small < large for small, large in pairwise(shared))
    found = plan(pl.from_pandas(WEEK), pl.from_pandas(PEOPLE))
    assert isinstance(found.to_frame("loads"), pl.DataFrame)
    assert list(found.raters) == list(plan().raters)


def test_results_say_themselves() -> None:
    found = plan(team="team", capacity="hours")
    record = json.loads(found.to_json())
    assert record["seed"] == 20260101 and len(record["tasks"]) == 288
    assert record["loads"][2]["capacity"] == "inf"
    assert list(found.to_frame("pairs").columns) == ["rater", "other", "together"]
    assert "Shared conversations connect all raters" in repr(found)
    with pytest.raises(qa.ArgumentError, match="table: expected"):
        found.to_frame("load")
