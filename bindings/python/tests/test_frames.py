"""Frames in, columns out: the same codes, numbers and ids whatever the kind of frame."""

from __future__ import annotations

import datetime
import tracemalloc
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import qascore as qa
from qascore import ArgumentError, DataError, MissingColumnError
from qascore._frames import MISSING_CODE, Frame

Maker = Callable[[dict[str, list[Any]]], Any]

MAKERS: dict[str, Maker] = {
    "pandas": pd.DataFrame,
    "pandas-arrow": lambda columns: pa.table(columns).to_pandas(types_mapper=pd.ArrowDtype),
    "pandas-nullable": lambda columns: pd.DataFrame(columns).convert_dtypes(dtype_backend="numpy_nullable"),
    "polars": pl.DataFrame,
    "pyarrow": pa.table,
    "duckdb": lambda columns: duckdb.from_arrow(pa.table(columns)),
}


@pytest.fixture(params=list(MAKERS))
def make(request: pytest.FixtureRequest) -> Maker:
    return MAKERS[request.param]


def test_text_labels_are_sorted_and_missing_is_kept(make: Maker) -> None:
    frame = Frame.of(make({"queue": ["phone", None, "chat", "电话", "chat", "a label longer than twelve bytes"]}))
    labels = frame.labels("queue")
    assert labels.labels == ["a label longer than twelve bytes", "chat", "phone", "电话"]
    assert labels.codes.tolist() == [2, MISSING_CODE, 1, 3, 1, 0]
    assert labels.missing.tolist() == [1]


def test_whole_numbers_with_gaps_stay_whole_numbers(make: Maker) -> None:
    frame = Frame.of(make({"rating": [3, None, -1, 3]}))
    labels = frame.labels("rating")
    assert labels.labels == [-1, 3]
    assert all(isinstance(label, int) for label in labels.labels)
    assert labels.codes.tolist() == [1, MISSING_CODE, 0, 1]


def test_integers_far_apart_are_encoded_like_near_ones(make: Maker) -> None:
    frame = Frame.of(make({"id": [2**62, -(2**62), 5, 2**62]}))
    labels = frame.labels("id")
    assert labels.labels == [-(2**62), 5, 2**62]
    assert labels.codes.tolist() == [2, 0, 1, 2]


def test_booleans_are_labels_and_numbers(make: Maker) -> None:
    frame = Frame.of(make({"met": [True, None, False]}))
    assert frame.labels("met").labels == [False, True]
    np.testing.assert_array_equal(frame.numbers("met"), [1.0, np.nan, 0.0])


def test_numbers_come_with_missing_as_nan(make: Maker) -> None:
    frame = Frame.of(make({"score": [0.5, None, 1.0]}))
    np.testing.assert_array_equal(frame.numbers("score"), [0.5, np.nan, 1.0])


def test_infinite_scores_are_refused_with_their_row(make: Maker) -> None:
    frame = Frame.of(make({"score": [0.5, float("-inf"), 1.0]}), "calls")
    with pytest.raises(DataError, match=r'calls: column "score": expected finite numbers but found -inf at row 1'):
        frame.numbers("score")


def test_text_where_numbers_must_be_is_refused_with_its_row(make: Maker) -> None:
    frame = Frame.of(make({"score": ["0.5", "high"]}), "calls")
    with pytest.raises(DataError, match=r"column \"score\": expected numbers but found '0.5' at row 0"):
        frame.numbers("score")


def test_a_missing_column_is_an_error_with_the_nearest_name(make: Maker) -> None:
    frame = Frame.of(make({"conversation_id": ["a"], "queue": ["b"]}), "calls")
    with pytest.raises(MissingColumnError, match=r'did you mean "conversation_id"\?') as caught:
        frame.ids("conversaton_id")
    assert isinstance(caught.value, KeyError) and isinstance(caught.value, ValueError)
    assert str(caught.value).startswith("calls: expected a column")


def test_ids_are_text_or_whole_numbers(make: Maker) -> None:
    frame = Frame.of(make({"text": ["c-1", "c-2"], "number": [7, 8], "fraction": [0.5, 1.5], "gap": ["a", None]}))
    text = frame.ids("text")
    assert [text[0], text[1]] == ["c-1", "c-2"]
    assert frame.ids("number").tolist() == [7, 8]
    with pytest.raises(DataError, match="expected ids as text or whole numbers"):
        frame.ids("fraction")
    with pytest.raises(DataError, match="id is missing at row 1"):
        frame.ids("gap")


def test_rows_are_taken_and_columns_added_in_the_same_kind_of_frame(make: Maker) -> None:
    native = make({"id": ["a", "b", "c"]})
    out = Frame.of(native, "calls").take(np.array([2, 0]), {"p": np.array([0.5, 0.25])})
    assert type(out) is type(native)
    again = Frame.of(out)
    assert again.values("id") == ["c", "a"]
    assert again.values("p") == [0.5, 0.25]
    with pytest.raises(ArgumentError, match=r'column "id" is about to be added but is already there'):
        Frame.of(native, "calls").take(np.array([0]), {"id": np.array([1.0])})


def test_categoricals_are_labels() -> None:
    for frame in (
        pd.DataFrame({"q": pd.Categorical(["b", None, "a"])}),
        pl.DataFrame({"q": pl.Series(["b", None, "a"], dtype=pl.Categorical)}),
        pa.table({"q": pa.array(["b", None, "a"]).dictionary_encode()}),
        pa.table({"q": pa.array(["b", None, "a"]).dictionary_encode()}).to_pandas(types_mapper=pd.ArrowDtype),
        duckdb.sql("SELECT unnest(['b', NULL, 'a']::ENUM('b', 'c', 'a')[]) AS q"),
    ):
        labels = Frame.of(frame).labels("q")
        assert labels.labels == ["a", "b"]
        assert labels.codes.tolist() == [1, MISSING_CODE, 0]


def test_mixed_types_in_one_column_are_refused() -> None:
    frame = Frame.of(pd.DataFrame({"q": ["a", 1]}), "calls")
    with pytest.raises(DataError, match="expected labels of one type but found int, str"):
        frame.labels("q")


def test_something_that_is_no_frame_is_refused() -> None:
    with pytest.raises(ArgumentError, match="calls: expected a pandas, polars or pyarrow frame or a DuckDB relation but found list"):
        Frame.of([1, 2], "calls")
    with pytest.raises(ArgumentError, match=r"call \.collect\(\) first"):
        Frame.of(pl.DataFrame({"a": [1]}).lazy(), "calls")


CALLS = 60
ZONE = ZoneInfo("Asia/Shanghai")
COLUMNS: dict[str, list[Any]] = {
    "conversation_id": [f"c{row:02d}" for row in range(CALLS)],
    "queue": ["phone", "chat", "电话"] * (CALLS // 3),
    "score": [0.1 * (row % 9) for row in range(CALLS)],
    "csat": [None if row % 5 == 0 else 1 + row % 5 for row in range(CALLS)],
    "solved": [True, False, None] * (CALLS // 3),
    "started_at": [datetime.datetime(2026, 1, 1, 8, tzinfo=ZONE) + datetime.timedelta(hours=row) for row in range(CALLS)],
}


def as_a_user_has_it(kind: str) -> Any:
    """Categories, gaps in numbers and truth values, and a time zone, as each kind of frame holds them."""
    table = pa.table({**COLUMNS, "started_at": pa.array(COLUMNS["started_at"], pa.timestamp("us", str(ZONE)))})
    table = table.set_column(1, "queue", table["queue"].dictionary_encode())
    if kind == "pandas":
        whole = pd.DataFrame(COLUMNS).astype({"queue": "category", "csat": "Int64", "solved": "boolean"})
        return whole.set_index(pd.Index(range(100, 100 + CALLS), name="mine"))
    return {
        "pandas-arrow": lambda: table.to_pandas(types_mapper=pd.ArrowDtype),
        "polars": lambda: pl.DataFrame(COLUMNS).with_columns(
            pl.col("queue").cast(pl.Enum(["phone", "chat", "电话"])), pl.col("started_at").dt.convert_time_zone(str(ZONE))
        ),
        "pyarrow": lambda: table,
        "duckdb": lambda: duckdb.from_arrow(table),
    }[kind]()


def types_of(frame: Any) -> dict[str, str]:
    if isinstance(frame, pa.Table):
        return {field.name: str(field.type) for field in frame.schema}
    return {name: str(kind) for name, kind in zip(frame.columns, frame.dtypes, strict=True)}


@pytest.mark.parametrize("kind", ["pandas", "pandas-arrow", "polars", "pyarrow", "duckdb"])
def test_the_loop_gives_back_the_kind_of_frame_and_its_types(kind: str) -> None:
    calls = as_a_user_has_it(kind)
    plan = qa.allocate(calls, strata=["queue"], size=24)
    drawn = qa.draw(calls, plan, id="conversation_id", seed=1)
    assert type(drawn) is type(calls)
    assert {name: types_of(drawn)[name] for name in COLUMNS} == types_of(calls)
    assert kind == "duckdb" or "Asia/Shanghai" in types_of(drawn)["started_at"]
    at = Frame.of(drawn).values("started_at")
    first = dict(zip(COLUMNS["conversation_id"], COLUMNS["started_at"], strict=True))
    for one, when in zip(Frame.of(drawn).values("conversation_id"), at, strict=True):
        assert when == first[one]
    design = qa.SampleDesign(drawn, unit="conversation_id", plan=plan)
    means = qa.mean(design, "csat", by="queue", missing="drop")
    assert type(means.to_frame()) is type(calls)
    assert [type(frame) for frame in (plan.to_frame(), qa.mean(calls, "score", by="queue").to_frame())] == [type(calls)] * 2
    expected = qa.mean(
        qa.SampleDesign(qa.draw(as_a_user_has_it("pyarrow"), plan, id="conversation_id", seed=1), unit="conversation_id", plan=plan),
        "csat", by="queue", missing="drop",
    )  # fmt: skip
    assert [one.to_dict() for one in means] == [one.to_dict() for one in expected]
    assert qa.proportion(calls, "solved", missing="drop").value == pytest.approx(0.5)


def test_a_relation_comes_back_on_the_connection_it_came_from() -> None:
    own = duckdb.connect()
    own.sql("CREATE TABLE calls AS SELECT 'c' || range AS id, range % 3 AS queue FROM range(30)")
    calls = own.sql("SELECT * FROM calls")
    plan = qa.allocate(calls, strata=["queue"], size=6)
    drawn = qa.draw(calls, plan, id="id", seed=1)
    assert own.sql("SELECT count(*) FROM drawn JOIN calls USING (id)").fetchall() == [(6,)]
    assert own.sql("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchall() == [(0,)]


@pytest.mark.parametrize("kind", ["pandas-arrow", "polars", "pyarrow", "duckdb"])
def test_texts_of_arrow_never_become_python_objects(kind: str) -> None:
    rows = 50_000
    table = pa.table({"id": [f"conversation-{row:06d}-with-some-length" for row in range(rows)]})
    made: Any = {
        "pandas-arrow": lambda: table.to_pandas(types_mapper=pd.ArrowDtype), "polars": lambda: pl.from_arrow(table),
        "pyarrow": lambda: table, "duckdb": lambda: duckdb.from_arrow(table),
    }[kind]()  # fmt: skip
    frame = Frame.of(made)
    frame.ids("id")  # what is imported on first use is not counted
    tracemalloc.start()
    try:
        held = frame.ids("id")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(held) == rows and held[rows - 1].startswith("conversation-049999")
    assert peak < 8 * rows, "a text as a Python object takes 80 bytes and more"
