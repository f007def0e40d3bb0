"""Draws from streams: sketches of batches are the sketch of the whole, and draw what `draw` draws."""

from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import qascore as qa
from hypothesis import given, settings
from hypothesis import strategies as st
from qascore.errors import ArgumentError, DataError, DesignError

HOW: dict[str, Any] = {"id": "id", "strata": ["queue", "week"], "capacity": 40, "seed": 7}


def calls(rows: int = 3000, text: bool = False) -> pd.DataFrame:
    number = np.random.default_rng(1).permutation(rows)
    ids = [f"c-{i}" for i in number] if text else number
    return pd.DataFrame({"id": ids, "queue": np.where(number % 3 == 0, "chat", "phone"), "week": 9 + number % 2})


@pytest.mark.parametrize("text", [False, True])
def test_a_sketch_draws_what_draw_draws(text: bool) -> None:
    frame = calls(text=text)
    plan = qa.allocate(frame, strata=["queue", "week"], size=100)
    expected = qa.draw(frame, plan, id="id", seed=7)
    sketch = qa.DrawSketch(**HOW)
    for first in range(0, 3000, 700):
        part = frame[first : first + 700]
        for batch in pa.Table.from_pandas(part, preserve_index=False).to_batches(max_chunksize=300):
            sketch.add(batch)
    assert sketch.population_size == 3000
    assert sketch.allocate(size=100) == plan
    drawn = sketch.result(plan)
    assert isinstance(drawn, pa.Table)
    drawn = drawn.to_pandas()
    both = [f.sort_values("id").reset_index(drop=True) for f in (drawn, expected)]
    columns = ["id", "queue", "week", "inclusion_probability", "design_weight"]
    pd.testing.assert_frame_equal(both[0][columns], both[1][columns], check_dtype=False)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 3000), max_size=5), st.randoms(use_true_random=False), st.booleans())
def test_merged_parts_are_the_whole(cuts: list[int], random: Any, text: bool) -> None:
    frame = calls(text=text)
    ends = [0, *sorted(cuts), 3000]
    parts = [qa.DrawSketch(**HOW).add(pl.from_pandas(frame[a:b])) for a, b in zip(ends, ends[1:], strict=False)]
    random.shuffle(parts)
    parts = [pickle.loads(pickle.dumps(part)) for part in parts]
    merged = parts[0]
    for part in parts[1:]:
        merged.merge(part)
    whole = qa.DrawSketch(**HOW).add(frame)
    assert merged == whole
    assert qa.DrawSketch.from_json(whole.to_json()) == whole
    assert list(merged.result()["id"]) == list(whole.result()["id"])
    assert len(whole.result()) == 160


def test_what_a_sketch_cannot_do_is_refused() -> None:
    frame = calls()
    sketch = qa.DrawSketch(**HOW).add(frame)
    for capacity in (0, -1, 2.5, True):
        with pytest.raises(ArgumentError, match="capacity: expected a whole number above 0"):
            qa.DrawSketch(id="id", capacity=capacity, seed=1)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="seed: expected a whole number"):
        qa.DrawSketch(id="id", capacity=1, seed=-1)
    with pytest.raises(DataError, match="expected ids as whole numbers, as before, but found text"):
        sketch.add(calls(text=True))
    with pytest.raises(DataError, match="of the kinds .*'text', 'integer'"):
        sketch.add(frame.assign(week="x"))
    with pytest.raises(DataError, match="1 of 3000 rows have no label"):
        sketch.add(frame.assign(queue=[None] + ["chat"] * 2999))
    with pytest.raises(ArgumentError, match="expected a sketch with the seed 7 but found 8"):
        sketch.merge(qa.DrawSketch(**{**HOW, "seed": 8}))
    with pytest.raises(DesignError, match=r"\(capacity 40\)"):
        sketch.result(sketch.allocate(size=500))
    with pytest.raises(DesignError, match="but holds"):
        sketch.result(qa.allocate(frame[:2000], strata=["queue", "week"], size=20))
    sketch.add(frame)
    with pytest.raises(DataError, match="id: expected every id once"):
        sketch.result(sketch.allocate(size=100))


def test_damaged_text_is_refused() -> None:
    text = qa.DrawSketch(**HOW).add(calls()).to_json()
    record = json.loads(text)
    record["strata"][0]["ids"].pop()
    for damaged in (text[:-5], "{}", "[]", "7", json.dumps({**json.loads(text), "format_version": "9"}), json.dumps(record)):
        with pytest.raises(DataError, match="sketch: expected"):
            qa.DrawSketch.from_json(damaged)
    assert qa.DrawSketch.from_json(qa.DrawSketch(**HOW).to_json()).population_size == 0


def batches(rows: int, size: int) -> list[pa.RecordBatch]:
    return pa.Table.from_pandas(calls(rows), preserve_index=False).to_batches(max_chunksize=size)


def test_a_reservoir_draws_each_row_of_a_stream_equally_often() -> None:
    rows, n, seeds = 60, 12, 400
    table = pd.DataFrame({"row": range(rows)})
    counts = np.zeros(rows)
    for seed in range(seeds):
        reservoir = qa.Reservoir(n=n, seed=seed)
        for first in range(0, rows, 25):
            reservoir.add(table[first : first + 25])
        counts[reservoir.result()["row"]] += 1
    assert counts.sum() == seeds * n
    # Each count is binomial; their chi-square with 59 degrees of freedom is below 106 with a chance of 0.9998.
    expected = seeds * n / rows
    assert ((counts - expected) ** 2 / (expected * (1 - n / rows))).sum() * (rows - 1) / rows < 106


def test_a_reservoir_does_not_depend_on_how_the_stream_is_cut() -> None:
    found = []
    for size in (1, 7, 400, 3000):
        reservoir = qa.Reservoir(n=50, seed=5)
        for batch in batches(3000, size):
            reservoir.add(batch)
        assert reservoir.population_size == 3000
        assert repr(reservoir) == "Reservoir: 50 of 3000 rows"
        found.append(reservoir.result())
    assert all(isinstance(one, pa.Table) and one.equals(found[0]) for one in found)
    assert found[0].num_rows == 50
    assert set(found[0]["design_weight"].to_pylist()) == {60.0}


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_a_reservoir_keeps_all_of_a_short_stream_and_the_kind_of_frame(kind: Any) -> None:
    reservoir = qa.Reservoir(n=10, seed=1).add(kind({"a": [1, 2, 3]})).add(kind({"a": [4]}))
    sample = reservoir.result()
    assert isinstance(sample, kind)
    assert list(sample["a"]) == [1, 2, 3, 4]
    assert set(sample["inclusion_probability"]) == {1.0}


def test_a_reservoir_holds_what_it_must_and_no_more() -> None:
    reservoir = qa.Reservoir(n=20, seed=1)
    for batch in batches(20_000, 50):
        reservoir.add(batch)
        assert sum(len(numbers) for _, numbers in reservoir._parts) <= 40
    assert reservoir.result().num_rows == 20


def test_what_a_reservoir_cannot_do_it_says() -> None:
    with pytest.raises(ArgumentError, match="n: expected a whole number above 0 but found -1"):
        qa.Reservoir(n=-1, seed=1)
    with pytest.raises(DataError, match="reservoir: no rows were added"):
        qa.Reservoir(n=1, seed=1).result()
    with pytest.raises(DataError, match="batch: expected the columns a, as before, but found b"):
        qa.Reservoir(n=1, seed=1).add(pd.DataFrame({"a": [1]})).add(pd.DataFrame({"b": [1]}))
    with pytest.raises(TypeError, match="a Reservoir does not pickle: .* use a DrawSketch"):
        pickle.dumps(qa.Reservoir(n=1, seed=1))


def test_sketches_and_reservoirs_show_themselves_in_a_notebook() -> None:
    sketch = qa.DrawSketch(**HOW).add(calls())
    assert ">chat</td>" in sketch._repr_html_()
    assert "DrawSketch: 3000 conversations in 4 strata" in sketch._repr_html_()
    assert "rows drawn" in qa.Reservoir(n=2, seed=1).add(calls())._repr_html_()
