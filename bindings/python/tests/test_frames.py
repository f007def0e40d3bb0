"""Frames in, columns out: the same codes, numbers and ids whatever the kind of frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from qascore import ArgumentError, DataError, MissingColumnError
from qascore._frames import MISSING_CODE, Frame

Maker = Callable[[dict[str, list[Any]]], Any]

MAKERS: dict[str, Maker] = {
    "pandas": pd.DataFrame,
    "pandas-arrow": lambda columns: pa.table(columns).to_pandas(types_mapper=pd.ArrowDtype),
    "polars": pl.DataFrame,
    "pyarrow": pa.table,
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
    ):
        labels = Frame.of(frame).labels("q")
        assert labels.labels == ["a", "b"]
        assert labels.codes.tolist() == [1, MISSING_CODE, 0]


def test_mixed_types_in_one_column_are_refused() -> None:
    frame = Frame.of(pd.DataFrame({"q": ["a", 1]}), "calls")
    with pytest.raises(DataError, match="expected labels of one type but found int, str"):
        frame.labels("q")


def test_something_that_is_no_frame_is_refused() -> None:
    with pytest.raises(ArgumentError, match="calls: expected a pandas, polars or pyarrow frame but found list"):
        Frame.of([1, 2], "calls")
    with pytest.raises(ArgumentError, match=r"call \.collect\(\) first"):
        Frame.of(pl.DataFrame({"a": [1]}).lazy(), "calls")
