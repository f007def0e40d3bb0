"""Allocation, plans and draws: the same sample in every kind of frame, any order of rows, C++ and NumPy."""

from __future__ import annotations

import datetime
import doctest
import json
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import qascore as qa
from hypothesis import given, settings
from hypothesis import strategies as st
from qascore import drawing, inclusion, sampling, sketch
from qascore.errors import ArgumentError, DataError, DesignError, MissingColumnError

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(x: int) -> int:
    x &= MASK
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ x >> 27) * 0x94D049BB133111EB & MASK
    return x ^ x >> 31


def number_of(identity: int | str, seed: int) -> int:
    """The documented format mix13-1, in Python integers."""
    k0 = mix(seed + GOLDEN)
    k1 = mix(k0 + GOLDEN)
    if isinstance(identity, int):
        return mix(mix(identity & MASK ^ k0) + k1)
    k2 = mix(k1 + GOLDEN)
    k3 = mix(k2 + GOLDEN)
    data = identity.encode()
    h = k2 ^ (len(data) * GOLDEN & MASK)
    for at in range(0, len(data), 8):
        h = mix(h ^ int.from_bytes(data[at : at + 8].ljust(8, b"\0"), "little"))
    return mix(h + k3)


def by_definition(ids: list[Any], strata: list[Any], sizes: dict[Any, int], seed: int) -> set[Any]:
    chosen: set[Any] = set()
    for stratum, size in sizes.items():
        members = sorted((number_of(i, seed), i) for i, s in zip(ids, strata, strict=True) if s == stratum)
        chosen.update(i for _, i in members[:size])
    return chosen


def calls(rows: int = 1000) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "conversation_id": [f"c-{i}" for i in range(rows)],
            "number": range(rows),
            "queue": ["chat" if i % 10 == 0 else "mail" if i == 5 else "phone" for i in range(rows)],
            "tier": [i % 3 for i in range(rows)],
        }
    )


KINDS = {
    "pandas": lambda frame: frame,
    "pandas with categories": lambda frame: frame.astype({"queue": "category"}),
    "pandas with arrow text": lambda frame: frame.astype({"conversation_id": "string[pyarrow]"}),
    "polars": pl.from_pandas,
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
}


def column(frame: Any, name: str) -> list[Any]:
    values = frame[name]
    return values.to_pylist() if isinstance(frame, pa.Table) else values.to_list()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("identity", ["conversation_id", "number"])
def test_the_sample_is_the_one_of_the_definition_in_every_kind_of_frame(kind: str, identity: str) -> None:
    original = calls()
    frame = KINDS[kind](original)
    plan = qa.allocate(frame, strata="queue", size=150, min_per_stratum=3)
    drawn = qa.draw(frame, plan, id=identity, seed=20260101)
    assert type(drawn) is type(frame)
    sizes = {s.labels[0]: s.sample_size for s in plan.strata}
    expected = by_definition(original[identity].tolist(), original["queue"].tolist(), sizes, 20260101)
    assert set(column(drawn, identity)) == expected
    assert column(drawn, "number") == sorted(column(drawn, "number"))  # rows keep their order
    assert Counter(column(drawn, "stratum")) == sizes
    assert sum(column(drawn, "design_weight")) == pytest.approx(1000, rel=1e-12)
    probability = {s.labels[0]: s.inclusion_probability for s in plan.strata}
    assert column(drawn, "inclusion_probability") == [probability[q] for q in column(drawn, "stratum")]


def test_the_sample_does_not_depend_on_the_order_of_rows_or_on_threads() -> None:
    frame = calls(5000)
    plan = qa.allocate(frame, strata=["queue", "tier"], rate=0.13)
    first = set(qa.draw(frame, plan, id="conversation_id", seed=3, threads=1)["conversation_id"])
    mixed = frame.sample(frac=1, random_state=1)
    assert set(qa.draw(mixed, plan, id="conversation_id", seed=3, threads=3)["conversation_id"]) == first
    assert set(qa.draw(frame, plan, id="conversation_id", seed=4)["conversation_id"]) != first


def test_the_index_of_a_pandas_frame_stays_with_its_rows() -> None:
    frame = calls(100).set_index(np.arange(100) * 7)
    plan = qa.allocate(frame, strata="queue", size=20)
    drawn = qa.draw(frame, plan, id="number", seed=1)
    assert (drawn.index == drawn["number"] * 7).all()


def test_without_an_id_the_row_number_is_the_id() -> None:
    frame = calls()
    plan = qa.allocate(frame, strata="queue", size=50)
    by_row = qa.draw(frame, plan, id=None, seed=2)
    pd.testing.assert_frame_equal(by_row, qa.draw(frame, plan, id="number", seed=2))


def test_a_simple_random_sample_needs_no_strata() -> None:
    frame = calls()
    plan = qa.allocate(frame, size=40)
    drawn = qa.draw(frame, plan, id="number", seed=2)
    assert len(drawn) == 40
    assert set(drawn["stratum"]) == {"all"}
    assert set(drawn["inclusion_probability"]) == {0.04}


def test_strata_of_several_columns_are_their_combinations() -> None:
    frame = calls()
    plan = qa.allocate(frame, strata=["queue", "tier"], size=100)
    assert plan.columns == ("queue", "tier")
    assert [s.labels for s in plan.strata] == sorted(set(zip(frame["queue"], frame["tier"], strict=True)))
    counted = frame.groupby(["queue", "tier"]).size()
    assert [s.population for s in plan.strata] == counted.tolist()
    table = plan.to_frame()
    assert list(table.columns) == [
        "queue", "tier", "population", "sample_size", "inclusion_probability", "design_weight", "certainty", "target",
    ]
    assert table["tier"].dtype.kind == "i"  # labels come back as what they were
    drawn = qa.draw(frame, plan, id="number", seed=1)
    assert set(drawn["stratum"]) == {f"{q} / {t}" for q, t in counted.index}


def test_names_of_strata_stay_distinct_where_labels_hold_the_separator() -> None:
    frame = pd.DataFrame({"a": ["x / y", "x"] * 5, "b": ["z", "y / z"] * 5, "n": range(10)})
    drawn = qa.draw(frame, qa.allocate(frame, strata=["a", "b"], size=10), id="n", seed=1)
    assert drawn["stratum"].nunique() == 2


def test_strata_in_a_column_named_stratum_stay_as_they_are() -> None:
    frame = calls().rename(columns={"tier": "stratum"})
    drawn = qa.draw(frame, qa.allocate(frame, strata="stratum", size=30), id="number", seed=1)
    assert list(drawn.columns) == [*frame.columns, "inclusion_probability", "design_weight"]
    assert drawn["stratum"].dtype == frame["stratum"].dtype


def test_rates_counts_and_bounds_by_stratum_are_named_by_label_or_tuple() -> None:
    frame = calls()
    sizes = {
        s.labels: s.sample_size
        for s in qa.allocate(frame, strata="queue", rates={"chat": 1, "mail": 0, "phone": 0.1}).strata
    }
    assert sizes == {("chat",): 100, ("mail",): 0, ("phone",): 90}  # 89.9
    plan = qa.allocate(frame, strata="queue", counts={"chat": 7, "mail": 1, "phone": 20})
    assert [s.sample_size for s in plan.strata] == [7, 1, 20]
    plan = qa.allocate(frame, strata=["queue", "tier"], size=60, min_per_stratum={("chat", 0): 30})
    assert next(s.sample_size for s in plan.strata if s.labels == ("chat", 0)) == 30
    assert plan.sample_size == 60


def test_neyman_allocation_is_the_optimum_of_stratallo_between_bounds() -> None:
    # stratallo 3.0.1, README: opt(n = 1284, ...), round_oric().
    counts = {"a": 3000, "b": 4000, "c": 5000, "d": 2000}
    frame = pd.DataFrame({"h": [h for h, n in counts.items() for _ in range(n)]})
    plan = qa.allocate(
        frame,
        strata="h",
        size=1284,
        method="neyman",
        sd={"a": 48, "b": 79, "c": 76, "d": 16},
        min_per_stratum={"a": 100, "b": 90, "c": 500, "d": 50},
        max_per_stratum={"a": 300, "b": 400, "c": 800, "d": 90},
    )
    assert [s.sample_size for s in plan.strata] == [229, 400, 604, 51]
    assert [s.target for s in plan.strata] == pytest.approx([228.9496, 400, 604.1727, 50.8777], abs=5e-5)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=12),
    st.integers(0, 8),
    st.integers(1, 40),
    st.floats(0, 1),
    st.sampled_from(["proportional", "equal"]),
    st.sampled_from(["largest_remainder", "optimal", "jefferson", "webster", "adams", "dean"]),
)
def test_the_total_is_exactly_what_was_asked_whatever_the_bounds(
    populations: list[int], least: int, most: int, share: float, method: str, rounding: str
) -> None:
    most = max(least, most)
    low = sum(min(least, n) for n in populations)
    high = sum(min(most, n) for n in populations)
    size = max(1, round(low + share * (high - low)))
    frame = pd.DataFrame({"h": np.repeat(np.arange(len(populations)), populations)})
    plan = qa.allocate(
        frame, strata="h", size=size, method=method, rounding=rounding, min_per_stratum=least, max_per_stratum=most
    )
    assert plan.sample_size == size
    for stratum, population in zip(plan.strata, populations, strict=True):
        assert stratum.population == population
        assert min(least, population) <= stratum.sample_size <= min(most, population)
        assert stratum.certainty == (stratum.sample_size == population)
    again = qa.SamplingPlan.from_json(plan.to_json())
    assert again == plan
    assert len(qa.draw(frame, again, id=None, seed=size)) == size


def test_a_plan_goes_to_json_and_back_and_draws_the_same_sample() -> None:
    frame = calls()
    plan = qa.allocate(frame, strata=["queue", "tier"], rate=0.1, min_per_stratum=2)
    again = qa.SamplingPlan.from_json(plan.to_json())
    assert again == plan
    assert hash(again) == hash(plan)
    pd.testing.assert_frame_equal(
        qa.draw(frame, again, id="number", seed=9), qa.draw(frame, plan, id="number", seed=9)
    )
    document = json.loads(plan.to_json())
    assert document["random_numbers"] == "mix13-1"
    assert document["library_version"] == qa.__version__
    assert [s["population"] for s in document["strata"]] == [s.population for s in plan.strata]
    recorded = plan.with_draw(seed=2**64 - 1, id_kind="text")
    assert json.loads(recorded.to_json())["draw"] == {
        "seed": str(2**64 - 1), "id": "text", "method": "simple", "size_measure": None, "order_by": None, "targets": [],
        "without_chance": 0, "start": 0, "direction": "up", "random_numbers": None, "earlier": None,
    }  # fmt: skip
    assert qa.SamplingPlan.from_json(recorded.to_json()).recorded_draw == qa.RecordedDraw(2**64 - 1, "text")
    assert recorded != plan


def test_a_plan_shows_itself_as_text_html_and_values() -> None:
    plan = qa.allocate(calls(), strata="queue", size=60, min_per_stratum=10)
    assert repr(plan) == (
        "queue  population  sample_size  inclusion_probability\n"
        "-----  ----------  -----------  ---------------------  ---------\n"
        "chat          100           10                 0.1000\n"
        "mail            1            1                  1.000  certainty\n"
        "phone         899           49                0.05451\n"
        "60 of 1000 conversations, proportional allocation\n"
        'note: stratum "mail" holds 1, less than the minimum 10: it is taken whole'
    )
    page = plan._repr_html_()
    assert page.startswith("<table")
    assert "phone" in page
    assert plan.to_dict()["strata"][1]["certainty"] is True
    assert plan.summary().startswith("60 of 1000 conversations, proportional allocation. ")


def test_labels_of_other_types_are_strata_too() -> None:
    frame = pd.DataFrame({"flag": [True, False] * 50, "day": [datetime.date(2026, 1, 1 + i % 3) for i in range(100)]})
    plan = qa.allocate(frame, strata=["flag", "day"], size=30)
    assert plan.strata[0].labels == (False, "2026-01-01")
    assert qa.draw(frame, plan, id=None, seed=1)["stratum"].iloc[0] in {"False / 2026-01-01", "True / 2026-01-01"}
    gaps = pd.DataFrame({"tier": [1.0, 2.0, np.nan, 10.0] * 5})
    with pytest.raises(DataError, match=r'strata column "tier": 5 of 20 rows have no label'):
        qa.allocate(gaps, strata="tier", size=8)
    plan = qa.allocate(gaps, strata="tier", size=8, missing_stratum="own")
    assert [s.labels for s in plan.strata] == [(1,), (2,), (10,), (None,)]
    assert len(qa.draw(gaps, plan, id=None, seed=1)) == 8
    with pytest.raises(DataError, match='column "minutes" .*; group them into classes of text'):
        qa.allocate(pd.DataFrame({"minutes": [1.5, 2.5]}), strata="minutes", size=1)


def test_permanent_random_numbers_are_those_of_the_format() -> None:
    for ids in ([0, 7, -1, 2**62], ["7", "", "c-000001", "客服-42", "a" * 50]):
        found = qa.permanent_random_numbers(ids, seed=20260101)
        assert found.tolist() == [(number_of(i, 20260101) >> 11) * 2.0**-53 for i in ids]
    with pytest.raises(DataError, match="position 1"):
        qa.permanent_random_numbers(["a", None], seed=1)


def test_the_sample_holds_those_with_the_smallest_numbers() -> None:
    frame = calls()
    plan = qa.allocate(frame, size=100)
    drawn = qa.draw(frame, plan, id="conversation_id", seed=5)
    numbers = pd.Series(qa.permanent_random_numbers(frame["conversation_id"], seed=5), index=frame["conversation_id"])
    assert set(drawn["conversation_id"]) == set(numbers.nsmallest(100).index)


def test_inclusion_frequencies_over_seeds_are_the_stated_probabilities() -> None:
    # 4,000 draws of 12 of 40 and 3 of 10: chi-square of the counts, with the factor of simple random sampling.
    frame = pd.DataFrame({"n": range(50), "h": [0] * 40 + [1] * 10})
    plan = qa.allocate(frame, strata="h", rate=0.3)
    codes = frame["h"].to_numpy(dtype=np.uint32)
    draws = 4000
    count = np.zeros(50)
    for seed in range(draws):
        count[qa._core.draw_rows(frame["n"].to_numpy(), codes, plan._core.sample_sizes(), seed)] += 1
    for h, size in ((0, 40), (1, 10)):
        off = count[codes == h] - draws * 0.3
        chi_square = float((off**2).sum() / (draws * 0.3 * 0.7) * (size - 1) / size)
        df = size - 1
        # Wilson-Hilferty: within 3.5 standard deviations of its expectation.
        z = ((chi_square / df) ** (1 / 3) - (1 - 2 / (9 * df))) / (2 / (9 * df)) ** 0.5
        assert abs(z) < 3.5


BAD: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({}, ArgumentError, "expected exactly one of size, rate, budget, std_error, rates and counts but found none"),
    ({"size": 5, "rate": 0.1}, ArgumentError, "but found 2"),
    ({"size": -5}, ArgumentError, "size: expected a whole number >= 1 but found -5"),
    ({"size": 5.0}, ArgumentError, "size: expected a whole number >= 1 but found 5.0"),
    ({"size": 5000}, DesignError, "size: expected at most 1000, the number of conversations, but found 5000"),
    ({"rate": 12}, ArgumentError, r"did you mean 0.12\?"),
    ({"rate": "x"}, ArgumentError, "rate: expected a number but found 'x'"),
    ({"rate": float("nan")}, ArgumentError, "found NaN"),
    ({"size": 10, "min_per_stratum": 20}, DesignError, "the nearest possible size is 41"),
    ({"size": 100, "max_per_stratum": 20}, DesignError, "the nearest possible size is 41"),
    ({"rates": {"chat": 0.1, "phnoe": 0.1}}, ArgumentError, r'no stratum "phnoe" in the data \(did you mean "phone"\?\)'),
    ({"rates": {"chat": 0.1, "phone": 0.1}}, ArgumentError, 'stratum "mail" is missing'),
    ({"rates": {}}, ArgumentError, "rates: expected at least one stratum"),
    ({"rates": 0.1}, ArgumentError, "rates: expected a mapping"),
    ({"size": 10, "method": "neymann"}, ArgumentError, 'did you mean "neyman"'),
    ({"size": 10, "method": "neyman"}, ArgumentError, 'sd: stratum "chat" is missing'),
    ({"size": 10, "rounding": "up"}, ArgumentError, "rounding: expected one of largest_remainder"),
    ({"size": 10, "missing_stratum": "keep"}, ArgumentError, "missing_stratum: expected one of refuse, own"),
    ({"size": 10, "strata": "qeue"}, MissingColumnError, 'did you mean "queue"'),
]


@pytest.mark.parametrize(("options", "kind", "words"), BAD, ids=[str(o) for o, _, _ in BAD])
def test_what_cannot_be_allocated_is_refused_and_says_why(
    options: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        qa.allocate(calls(), **{"strata": "queue", **options})


def test_unknown_options_and_a_forgotten_seed_are_errors() -> None:
    frame = calls()
    plan = qa.allocate(frame, strata="queue", size=10)
    with pytest.raises(TypeError):
        qa.allocate(frame, strata="queue", size=10, minimum=3)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        qa.draw(frame, plan, id="number")  # type: ignore[call-arg]
    for seed in (None, -1, 2**64, 1.0, True):
        with pytest.raises(ArgumentError, match="seed: expected a whole number"):
            qa.draw(frame, plan, id="number", seed=seed)  # type: ignore[arg-type]


def test_repeated_and_missing_ids_are_refused_and_named() -> None:
    frame = calls()
    plan = qa.allocate(frame, strata="queue", size=10)
    frame.loc[9, "conversation_id"] = "c-1"
    frame.loc[[7, 8], "number"] = 3
    with pytest.raises(DataError, match='but 1 rows repeat one: "c-1" in rows 1 and 9'):
        qa.draw(frame, plan, id="conversation_id", seed=1)
    with pytest.raises(DataError, match="but 2 rows repeat one: 3 in rows 3 and 7; 3 in rows 3 and 8"):
        qa.draw(frame, plan, id="number", seed=1)
    frame.loc[4, "conversation_id"] = None
    with pytest.raises(DataError, match="id is missing at row 4"):
        qa.draw(frame, plan, id="conversation_id", seed=1)
    with pytest.raises(MissingColumnError, match="conversation_id"):
        qa.draw(frame, plan, id="conversationid", seed=1)


def test_a_plan_is_refused_on_changed_conversations() -> None:
    frame = calls()
    plan = qa.allocate(frame, strata="queue", size=10)
    with pytest.raises(DesignError, match='stratum "phone" held 899 conversations .* but holds 898'):
        qa.draw(frame.iloc[:-1], plan, id="number", seed=1)
    with pytest.raises(DesignError, match=r'stratum "web", 1 conversations, is in the data but not in the plan'):
        qa.draw(frame.replace({"queue": {"mail": "web"}}), plan, id="number", seed=1)
    with pytest.raises(MissingColumnError, match="queue"):
        qa.draw(frame.drop(columns="queue"), plan, id="number", seed=1)
    with pytest.raises(ArgumentError, match='column "stratum" is about to be added'):
        qa.draw(frame.assign(stratum=1), plan, id="number", seed=1)
    with pytest.raises(ArgumentError, match="plan: expected a SamplingPlan but found dict"):
        qa.draw(frame, {}, id="number", seed=1)  # type: ignore[arg-type]


def test_no_conversations_and_text_that_is_no_plan_are_refused() -> None:
    with pytest.raises(DataError, match="expected at least one conversation but found none"):
        qa.allocate(calls(0), strata="queue", size=1)
    with pytest.raises(DataError, match="plan.json:1:1: expected a value"):
        qa.SamplingPlan.from_json("", name="plan.json")
    with pytest.raises(DataError, match='unknown key "strat"'):
        text = qa.allocate(calls(), size=5).to_json()
        qa.SamplingPlan.from_json(text.replace('"strata"', '"strat"'))


def test_power_budget_and_precision_allocations_keep_to_what_was_asked() -> None:
    rows = pd.DataFrame({"queue": ["a"] * 400 + ["b"] * 100})
    sd, cost = {"a": 1.0, "b": 4.0}, {"a": 2.0, "b": 8.0}
    # N S / sqrt(c): 2 to 1; 300 = 2 * 50 + 8 * 25.
    bought = qa.allocate(rows, strata="queue", budget=300, method="neyman", sd=sd, cost=cost)
    assert [s.sample_size for s in bought.strata] == [50, 25]
    reached = bought.expected_std_error(sd)
    assert reached == pytest.approx((0.64 * 0.875 / 50 + 0.64 * 0.75 / 25) ** 0.5, rel=1e-14)
    cheapest = qa.allocate(rows, strata="queue", std_error=reached * (1 + 1e-12), method="neyman", sd=sd, cost=cost)
    assert [s.sample_size for s in cheapest.strata] == [50, 25]
    # Bankier with the populations as measure: 400^q, 100^q times cv.
    cv = {"a": 0.2, "b": 0.4}
    for power, ratio in ((0, 0.5), (0.5, 1.0), (1, 2.0)):
        plan = qa.allocate(rows, strata="queue", size=90, method="power", cv=cv, power=power)
        assert plan.strata[0].target / plan.strata[1].target == pytest.approx(ratio, rel=1e-12)
        assert qa.SamplingPlan.from_json(plan.to_json()) == plan
        assert plan.to_dict()["power"] == power


def test_quotas_of_two_columns_are_met_together() -> None:
    rng = np.random.default_rng(8)
    queue = rng.choice(list("abcde"), 6000, p=[0.5, 0.3, 0.15, 0.04, 0.01])
    rows = pd.DataFrame({"agent": rng.integers(0, 40, 6000) ** 2 // 40, "queue": queue})
    asked = {"agent": 8, "queue": {"d": 40, "e": 25}}
    plan = qa.allocate(rows, strata=["agent", "queue"], size=400, min_per=asked)
    frame = plan.to_frame("pandas")
    assert plan.sample_size == 400
    of_agent = frame.groupby("agent")[["sample_size", "population"]].sum()
    assert (of_agent["sample_size"] >= np.minimum(8, of_agent["population"])).all()
    of_queue = frame.groupby("queue")["sample_size"].sum()
    assert of_queue["d"] >= 40 and of_queue["e"] >= 25
    assert {c for c, _, _ in plan.to_dict()["quotas"]} == {"agent", "queue"}
    assert plan.to_dict()["rounding"] == "optimal"
    assert qa.SamplingPlan.from_json(plan.to_json()) == plan
    # Chances stay those of the strata: a total of ones comes out, whatever was drawn.
    drawn = qa.draw(rows.assign(id=range(6000)), plan, id="id", seed=1)
    assert drawn["design_weight"].sum() == pytest.approx(6000)
    with pytest.raises(DesignError, match="cannot all be met with size 260 .*; the nearest possible size is 327"):
        qa.allocate(rows, strata=["agent", "queue"], size=260, min_per={"agent": 8, "queue": {"a": 150, "b": 60, "c": 60}})


def test_a_quota_gives_every_agent_its_least_and_keeps_the_total() -> None:
    rng = np.random.default_rng(5)
    rows = pd.DataFrame(
        {"queue": rng.choice(["chat", "phone"], 3000, p=[0.2, 0.8]), "agent": rng.geometric(0.15, 3000)}
    )
    plan = qa.allocate(rows, strata=["queue", "agent"], size=300, min_per={"agent": 6})
    frame = plan.to_frame()
    of_agent = frame.groupby("agent")[["population", "sample_size"]].sum()
    assert plan.sample_size == 300
    assert (of_agent["sample_size"] >= np.minimum(6, of_agent["population"])).all()
    without = qa.allocate(rows, strata=["queue", "agent"], size=300).to_frame().groupby("agent")["sample_size"].sum()
    assert (without < np.minimum(6, of_agent["population"])).sum() > 3  # the quota was needed
    assert (frame["inclusion_probability"] == frame["sample_size"] / frame["population"]).all()
    assert {c for c, _, _ in plan.to_dict()["quotas"]} == {"agent"}
    one = qa.allocate(rows, strata=["queue", "agent"], size=300, min_per={"agent": {1: 100}}, rounding="optimal")
    assert sum(s.sample_size for s in one.strata if s.labels[1] == 1) == 100


def test_a_plan_that_recorded_ids_is_refused_on_other_conversations_with_the_same_counts() -> None:
    rows = calls()
    plan = qa.allocate(rows, strata="queue", size=60, id="conversation_id")
    plain = qa.allocate(rows, strata="queue", size=60)
    assert qa.draw(rows, plan, id="conversation_id", seed=3).equals(qa.draw(rows, plain, id="conversation_id", seed=3))
    again = qa.SamplingPlan.from_json(plan.to_json())
    assert again == plan and again.recorded_content == plan.recorded_content
    assert plain.recorded_content is None
    other = rows.assign(conversation_id=["d" + c for c in rows["conversation_id"]])
    assert len(qa.draw(other, plain, id="conversation_id", seed=3)) == 60
    for changed in (other, rows.assign(queue=np.roll(rows["queue"], 1))):
        with pytest.raises(DesignError, match="made for other conversations.*allocate anew"):
            qa.draw(changed, again, id="conversation_id", seed=3)
    with pytest.raises(DesignError, match="made for ids that are text but found whole numbers"):
        qa.draw(rows, again, id="number", seed=3)
    for kind in (pl.from_pandas, pa.Table.from_pandas):
        assert qa.allocate(kind(rows), strata="queue", size=60, id="conversation_id").recorded_content == plan.recorded_content


def test_inclusion_probabilities_are_those_of_the_definition() -> None:
    rng = np.random.default_rng(8)
    size = rng.lognormal(0, 2, 200)
    found = qa.inclusion_probabilities(size, 60)
    certain = np.zeros(200, bool)
    while True:  # all that reach certainty at once, until none does
        pi = np.where(certain, 1.0, (60 - certain.sum()) * size / size[~certain].sum())
        if not (pi[~certain] >= 1).any():
            break
        certain |= pi >= 1
    np.testing.assert_allclose(found, pi, rtol=1e-13)
    assert 3 < certain.sum() < 60
    names = np.where(np.arange(200) % 3 == 0, "x", "y")
    parts = qa.inclusion_probabilities(size, {"x": 20, "y": 9}, strata=names)
    np.testing.assert_array_equal(parts[names == "y"], qa.inclusion_probabilities(size[names == "y"], 9))


@pytest.mark.parametrize(
    ("arguments", "more", "words"),
    [
        (([1, -2], 1), {}, "size_measure: expected a number >= 0 but found -2 at position 1"),
        ((["a", "b"], 1), {}, "size_measure: expected numbers"),
        (([], 1), {}, "size_measure: expected one number per unit"),
        (([1, 0], 2), {}, "n: expected a number above 0 up to 1"),
        (([1, 1], True), {}, "n: expected a number but found True"),
        (([1, 1], {"x": 1}), {}, "n: expected a number, as there are no strata"),
        (([1, 1], 1), {"strata": ["x", "y"]}, "n: expected a mapping"),
        (([1, 1], {"x": 1}), {"strata": ["x", "y"]}, "n: stratum 'y' is missing"),
        (([1, 1], {"x": 1, "y": 2}), {"strata": ["x", "y"]}, "n: stratum 'y': expected a number from 0 to 1"),
        (([1, 1], {"phone": 1, "phne": 1}), {"strata": ["phone", "phone"]}, 'no stratum .phne.*did you mean "phone"'),
    ],
)
def test_inclusion_probabilities_refuse_what_they_cannot_use(
    arguments: tuple[Any, Any], more: dict[str, Any], words: str
) -> None:
    with pytest.raises(ArgumentError, match=words):
        qa.inclusion_probabilities(*arguments, **more)


def test_the_examples_in_the_documentation_run() -> None:
    for module in (sampling, inclusion, drawing, sketch):
        result = doctest.testmod(module)
        assert result.attempted > 1
        assert result.failed == 0
