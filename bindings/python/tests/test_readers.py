"""Files in, columns out: what is accepted, and where each fault is found."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qascore import DataError, FileError, MissingColumnError
from qascore._readers import Kind, read_table
from qascore._write import Outputs, encode_table, to_json, write_file
from qascore.errors import ArgumentError

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(content: str | bytes, name: str = "calls.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def columns(path: Path, **kinds: Kind) -> dict[str, list[Any]]:
    table = read_table(path, kinds)
    return {name: table.frame.values(name) for name in table.frame.columns}


def test_ids_stay_text_and_blanks_are_missing(write: Write) -> None:
    path = write('id,score,answer,note\n007,1.5,no,"a, b"\n1e3,,010,""\n')
    assert columns(path, score="number") == {
        "id": ["007", "1e3"],
        "score": [1.5, None],
        "answer": ["no", "010"],
        "note": ["a, b", None],
    }


def test_words_that_other_readers_take_for_missing_are_text(write: Write) -> None:
    path = write("id,team\n1,NA\n2,null\n3,nan\n4,None\n")
    assert columns(path)["team"] == ["NA", "null", "nan", "None"]


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(write: Write) -> None:
    path = write(b"\xef\xbb\xbfid,queue\r\n1,phone\r\n2,\xe7\x94\xb5\xe8\xaf\x9d\r\n")
    assert columns(path) == {"id": ["1", "2"], "queue": ["phone", "电话"]}


def test_line_ends_inside_quotes_belong_to_the_value(write: Write) -> None:
    path = write('id,note,score\n1,"two\nlines",2\n2,x,bad\n')
    assert columns(path)["note"] == ["two\nlines", "x"]
    with pytest.raises(DataError, match=r'calls.csv:4: column "score": expected a number but found \'bad\''):
        columns(path, score="number")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "calls.csv: the file is empty; expected a table"),
        (b"\n\n", "calls.csv: expected a header line but found only blank lines"),
        (b"id,x\n1,2\n3\n", "calls.csv:3: expected 2 values as in the header but found 1"),
        (b"id,x\n1,2\n3,4,5\n", "calls.csv:3: expected 2 values as in the header but found 3"),
        (b"id,x,id\n1,2,3\n", 'calls.csv:1: the column name "id" stands there twice'),
        (b"id;x\n1;2,5\n2;1.234\n", "calls.csv:3: column \"x\": expected decimal commas as in other rows but found '1.234'"),
        (b"id;x\n1;2\n3\n", "calls.csv:3: expected 2 values as in the header but found 1"),
        (b"id,x\n1,caf\xe9\n", "calls.csv:2: expected UTF-8 but found the byte 0xe9 at byte 10; save the file as UTF-8"),
        (b"id,x\n1,\xe4\xb8", "calls.csv:2: expected UTF-8 but found a character that is cut off at byte 7;"),
        ("id,x\n1,2\n".encode("utf-16"), 'calls.csv: expected UTF-8 but found UTF-16; save the file as UTF-8 (in Excel: Save As, "CSV UTF-8")'),
        (b"id,x\n1,2\n3,nan\n", 'calls.csv:3: column "x": expected a finite number but found nan;'),
        (b"id,x\n1,2\n\n3,-inf\n", 'calls.csv:4: column "x": expected a finite number but found -inf;'),
        (b'id,x\n1,"3,5"\n', "calls.csv:2: column \"x\": expected a number but found '3,5'; write it with a point, 3.5"),
        (b"id,x\n1,2\n2,65 %\n", "calls.csv:3: column \"x\": expected a number but found '65 %'; write it without the sign, in all rows alike"),
        (b"id,x\n1,4/5\n", "calls.csv:2: column \"x\": expected a number but found '4/5'; write 4 alone"),
    ],
)
def test_each_fault_of_a_csv_is_found_with_its_line(write: Write, content: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_table(write(content), {"x": "number"})
    assert message in str(caught.value)


def test_what_excel_writes_is_read_semicolons_tabs_and_decimal_commas(write: Write) -> None:
    kinds: dict[str, Kind] = {"x": "number", "known": "auto", "text": "auto"}
    text = '\ufeffid;x;known;text;note\r\n007;0,5;1;a;"x; y"\r\n008;;2,5;3,5;a, b\r\n009;-1;;;\r\n'
    expected = {
        "id": ["007", "008", "009"], "x": [0.5, None, -1], "known": [1, 2.5, None], "text": ["a", "3,5", None],
        "note": ["x; y", "a, b", None],
    }  # fmt: skip
    assert columns(write(text), **kinds) == expected
    assert columns(write("id\tx\n1\t2\n"), x="number") == {"id": ["1"], "x": [2]}
    assert columns(write("id\n1;2\n")) == {"id": ["1;2"]}  # the header says it
    with pytest.raises(ArgumentError, match="found '.xlsx'; save the file as UTF-8 .in Excel: Save As, .CSV UTF-8."):
        read_table(write("", "calls.xlsx"))


def test_the_byte_of_bad_text_is_found_far_into_a_file(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qascore._readers.BLOCK", 7)
    content = "id,x\n" + "电话,1\n" * 50
    with pytest.raises(DataError, match=f"calls.csv:52: .*0xff at byte {len(content.encode())};"):
        read_table(write(content.encode() + b"\xff,1\n"))


def test_a_missing_column_names_its_neighbour(write: Write) -> None:
    path = write("conversation_id,queue\n1,phone\n")
    with pytest.raises(MissingColumnError, match=r'column "conversationid" .*did you mean "conversation_id"'):
        read_table(path, {"conversationid": "text"})


def test_a_missing_file_names_its_neighbour(write: Write, tmp_path: Path) -> None:
    write("id\n1\n", "conversations.csv")
    with pytest.raises(FileError, match=r'no such file \(did you mean "conversations.csv"\?\)'):
        read_table(tmp_path / "conversation.csv")
    with pytest.raises(FileError, match="there is no folder"):
        read_table(tmp_path / "nowhere" / "conversations.csv")
    with pytest.raises(FileError, match="expected a file but .* is a folder"):
        read_table(tmp_path)
    with pytest.raises(ArgumentError, match=r"ends in .csv, .jsonl, .ndjson, .parquet, .pq, .tsv"):
        read_table(write("x", "calls.xlsx"))


def test_a_header_without_rows_is_a_table_without_rows(write: Write) -> None:
    assert read_table(write("id,x\n"), {"x": "number"}).rows == 0


def test_auto_is_numbers_only_where_all_are(write: Write) -> None:
    path = write("a,b,c\n1,1,007\n,x,8\n")
    assert columns(path, a="auto", b="auto", c="auto") == {"a": [1.0, None], "b": ["1", "x"], "c": [7.0, 8.0]}


def test_flags_are_yes_or_no_in_the_usual_words(write: Write, tmp_path: Path) -> None:
    path = write("id,met\n1,yes\n2,No\n3,\n4,TRUE\n5,0\n")
    assert columns(path, met="flag")["met"] == [1.0, 0.0, None, 1.0, 0.0]
    parquet = tmp_path / "calls.parquet"
    pq.write_table(pa.table({"met": [True, None, False]}), parquet)
    assert columns(parquet, met="flag")["met"] == [1.0, None, 0.0]
    with pytest.raises(DataError, match="calls.csv:3: column \"met\": expected one of 1, true, yes, 0, .* found 'maybe'"):
        read_table(write("id,met\n1,yes\n2,maybe\n"), {"met": "flag"})


def test_only_the_columns_asked_for_are_read(write: Write) -> None:
    table = read_table(write("a,b,c\n1,2,3\n"), {"c": "text", "a": "number"}, rest=False)
    assert table.frame.columns == ["c", "a"]


def test_the_three_formats_give_the_same_columns(write: Write, tmp_path: Path) -> None:
    csv = write("id,tier,x\n1,2,0.5\n2,,1\n")
    jsonl = write('{"id": 1, "tier": 2, "x": 0.5}\n{"id": 2, "tier": null, "x": 1}\n', "calls.jsonl")
    parquet = tmp_path / "calls.parquet"
    pq.write_table(pa.table({"id": [1, 2], "tier": [2.0, None], "x": [0.5, 1.0]}), parquet)
    expected = {"id": ["1", "2"], "tier": ["2", None], "x": [0.5, 1.0]}
    assert columns(csv, x="number") == columns(jsonl, x="number") == columns(parquet, x="number") == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"id": 1}\n{"id": "a"}\n', 'calls.jsonl:2: column "id": expected number as on line 1 but found text \'a\''),
        ('{"id": 1}\n{"id": }\n', "calls.jsonl:2: expected a JSON object but found a line that is none"),
        ('{"id": 1}\n[1]\n', "calls.jsonl:2: expected a JSON object but found list"),
        ('{"id": 1, "x": [1]}\n', 'calls.jsonl: column "x": expected numbers but found list'),
        ('{"id": 1, "x": NaN}\n', 'calls.jsonl:1: column "x": expected a finite number but found nan'),
    ],
)
def test_each_fault_of_json_lines_is_found_with_its_line(write: Write, content: str, message: str) -> None:
    kinds: dict[str, Kind] = {"id": "text"} | ({"x": "number"} if "x" in content else {})
    with pytest.raises(DataError) as caught:
        read_table(write(content, "calls.jsonl"), kinds)
    assert message in str(caught.value)


def test_a_parquet_name_on_another_file_is_refused(write: Write) -> None:
    with pytest.raises(DataError, match="expected a Parquet file but it cannot be read as one"):
        read_table(write("id\n1\n", "calls.parquet"))


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(text, text, st.floats(allow_nan=False, allow_infinity=False)), max_size=20))
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, float]]) -> None:
    folder = tmp_path_factory.mktemp("round")
    path = folder / "t.csv"
    # A record of one blank would be a blank line: a first column keeps each row there.
    names = {"at": [str(i) for i in range(len(rows))], "b": [r[1] or None for r in rows], "x": [r[2] for r in rows]}
    write_file(path, encode_table(path, pa.table(names, schema=pa.schema(
        [("at", pa.string()), ("b", pa.string()), ("x", pa.float64())]))))  # fmt: skip
    assert columns(path, x="number") == names


# Writing --------------------------------------------------------------------------------------------------------------


def test_nothing_is_there_before_everything_is(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with Outputs(folder) as out:
        out.text("one.txt", "1")
        assert not (folder / "one.txt").exists()
    assert sorted(os.listdir(folder)) == ["one.txt"]


def test_an_error_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("before")
    with pytest.raises(KeyboardInterrupt), Outputs(tmp_path) as out:
        out.text("one.txt", "after")
        out.text("two.txt", "after")
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == ["one.txt"]
    assert (tmp_path / "one.txt").read_text() == "before"


def test_a_full_disk_leaves_nothing_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    folder = tmp_path / "new" / "results"
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="results/one.txt: cannot be written: No space left on device"):
        with Outputs(folder) as out:
            out.text("one.txt", "x")
    assert os.listdir(tmp_path) == []


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(FileError, match="expected a folder for the results but found a file"), Outputs(tmp_path / "out"):
        pass
    (tmp_path / "dir" / "report.html").mkdir(parents=True)
    with pytest.raises(FileError, match="a folder of that name is there"), Outputs(tmp_path / "dir") as out:
        out.text("report.html", "x")


def test_json_is_strict_and_loses_no_digit() -> None:
    assert to_json({"a": float("nan"), "b": float("inf"), "c": 0.1, "d": (1, True)}, indent=None) == (
        '{"a": null, "b": "inf", "c": 0.1, "d": [1, true]}'
    )


def test_tables_have_full_precision_and_blanks() -> None:
    frame = {"x": [0.1 + 0.2, float("nan")], "label": ['a "b", c', None]}
    assert encode_table("t.csv", frame).decode() == '"x","label"\n0.30000000000000004,"a ""b"", c"\n,\n'
