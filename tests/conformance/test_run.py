"""The runner is tested on made-up statistics: a runner that cannot fail would prove nothing."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER))

import case as cases  # noqa: E402
import run  # noqa: E402
from case import Case, Unsupported  # noqa: E402
from compare import Judged, close, differences  # noqa: E402


def total(case: Case) -> dict[str, Any]:
    case.only("divisor", 1)
    power = case.choice("power", {"one": 1, "two": 2}, default=1)
    values = case.column("x")
    return {"sum": math.fsum(v**power for v in values if v is not None), "n": len(values)}


def broken(case: Case) -> dict[str, Any]:
    raise ArithmeticError("no such number")


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(cases, "HANDLERS", {"total": total, "broken": broken})
    monkeypatch.setattr(run, "load_handlers", lambda: None)
    yield


def record(**changes: Any) -> dict[str, Any]:
    return {
        "id": "sum-1",
        "topic": "sums",
        "dataset": "made up",
        "data": {"x": [1, 2, None, 4]},
        "statistic": "total",
        "options": {},
        "expected": {"sum": 7},
        "tolerance": {"rel": 0, "abs": 0},
        "source": "by hand",
        "published": False,
        "verified": True,
    } | changes


def outcome(
    folder: Path, *records: dict[str, Any] | str, arguments: tuple[str, ...] = ()
) -> tuple[int, dict[str, Any]]:
    for number, one in enumerate(records):
        text = one if isinstance(one, str) else json.dumps(one)
        (folder / f"case{number}.json").write_text(text, encoding="utf-8")
    result = folder / "result" / "out.json"
    result.parent.mkdir()
    code = run.main([str(folder), "--json", str(result), *arguments])
    return code, json.loads(result.read_text(encoding="utf-8"))


def only_case(folder: Path, one: dict[str, Any] | str) -> tuple[int, str, str]:
    code, result = outcome(folder, one)
    (only,) = result["cases"]
    return code, only["status"], only["why"]


def test_a_right_answer_passes_and_the_file_has_the_documented_shape(tmp_path: Path) -> None:
    code, result = outcome(tmp_path, record())
    assert code == 0
    assert result["topics"] == {"sums": {"passed": 1, "failed": 0, "unsupported": 0, "disputed": 0}}
    (only,) = result["cases"]
    assert set(only) == {"id", "topic", "status", "why", "seconds"}
    assert (only["id"], only["status"], only["why"]) == ("sum-1", "passed", "")
    assert only["seconds"] >= 0


def test_a_wrong_answer_fails_with_both_numbers_and_exit_code_1(tmp_path: Path) -> None:
    code, status, why = only_case(tmp_path, record(expected={"sum": 8}))
    assert (code, status) == (1, "failed")
    assert why == "sum: expected 8 but found 7.0"


def test_one_failure_among_many_is_enough(tmp_path: Path) -> None:
    code, result = outcome(tmp_path, record(), record(id="sum-2", expected={"sum": 8}), record(id="sum-3"))
    assert code == 1
    assert result["topics"]["sums"] == {"passed": 2, "failed": 1, "unsupported": 0, "disputed": 0}


def test_a_proved_answer_may_stand_in_place_of_an_expected_one_and_nothing_else_may_differ(tmp_path: Path) -> None:
    def with_proof(name: str, expected: dict[str, Any], values: dict[str, float]) -> tuple[int, str]:
        (folder := tmp_path / name).mkdir()
        proof = folder / "proofs"
        proof.write_text(json.dumps({"sum-1": {"values": values, "why": "the program rounds"}}), encoding="utf-8")
        code, result = outcome(folder, record(expected=expected), arguments=("--disputed", str(proof)))
        return code, result["cases"][0]["status"]

    assert with_proof("proved", {"sum": 7.01}, {"sum": 7.0}) == (0, "disputed")
    assert with_proof("no longer found", {"sum": 8.0}, {"sum": 7.5}) == (1, "failed")
    assert with_proof("another number differs", {"sum": 8.0, "n": 5}, {"sum": 7.0}) == (1, "failed")
    assert with_proof("no dispute needed", {"sum": 7.0}, {"sum": 5.0}) == (0, "passed")


def test_an_option_that_is_not_known_is_never_ignored(tmp_path: Path) -> None:
    code, status, why = only_case(tmp_path, record(options={"trim": 0.1}))
    assert (code, status, why) == (0, "unsupported", "option trim is not known")


def test_a_value_of_an_option_that_is_not_known_is_never_ignored(tmp_path: Path) -> None:
    code, status, why = only_case(tmp_path, record(options={"power": "three"}))
    assert (code, status) == (0, "unsupported")
    assert why == "option power: 'three' is not one of 'one', 'two'"


def test_an_option_that_says_what_is_done_anyway_may_not_say_something_else(tmp_path: Path) -> None:
    assert only_case(tmp_path, record(options={"divisor": 1}))[1] == "passed"


def test_an_option_with_another_fixed_value_is_unsupported(tmp_path: Path) -> None:
    assert only_case(tmp_path, record(options={"divisor": 2}))[1:] == ("unsupported", "option divisor: 2 is not 1")


def test_a_known_option_changes_the_answer(tmp_path: Path) -> None:
    assert only_case(tmp_path, record(options={"power": "two"}, expected={"sum": 21}))[1] == "passed"


def test_a_statistic_that_is_not_known_is_unsupported(tmp_path: Path) -> None:
    assert only_case(tmp_path, record(statistic="median"))[1:] == ("unsupported", "statistic median is not known")


def test_what_is_expected_but_not_answered_makes_the_case_unsupported(tmp_path: Path) -> None:
    code, status, why = only_case(tmp_path, record(expected={"sum": 7, "mean": 2.25}))
    assert (code, status, why) == (0, "unsupported", "no answer for mean")


def test_a_wrong_part_fails_even_where_another_part_is_not_answered(tmp_path: Path) -> None:
    assert only_case(tmp_path, record(expected={"sum": 9, "mean": 2.25}))[:2] == (1, "failed")


def test_an_error_of_the_library_is_a_failure_with_its_message(tmp_path: Path) -> None:
    code, status, why = only_case(tmp_path, record(statistic="broken"))
    assert (code, status) == (1, "failed")
    assert why.startswith("ArithmeticError: no such number (test_run.py:")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[1]", "expected an object but found list"),
        (json.dumps({"id": "x"}), "missing: topic, dataset, data"),
        (json.dumps(record(tolerance={"rel": 1e-7})), "tolerance: expected rel and abs"),
        (json.dumps(record(tolerance={"rel": -1, "abs": 0})), "tolerance: rel: expected a number >= 0"),
        (json.dumps(record(expected={})), "nothing is expected"),
        (json.dumps(record(id=7)), "id: expected text but found 7"),
        (json.dumps(record(options=[1])), "options: expected an object"),
        (json.dumps(record(data="absent.csv")), "no CSV 'absent.csv' beside the case"),
        (json.dumps(record(expected={"sum": math.nan})), "NaN is not JSON"),
        ('{"id": "a", "id": "b"}', "a key stands twice"),
    ],
)
def test_a_malformed_case_is_reported_and_fails(tmp_path: Path, text: str, message: str) -> None:
    code, status, why = only_case(tmp_path, text)
    assert (code, status) == (1, "failed")
    assert why.startswith("malformed case: ")
    assert message in why


def test_an_id_in_two_files_fails(tmp_path: Path) -> None:
    code, result = outcome(tmp_path, record(), record())
    assert code == 1
    assert result["topics"]["(malformed)"]["failed"] == 1


def test_a_folder_without_cases_is_not_a_success(tmp_path: Path) -> None:
    assert run.main([str(tmp_path)]) == 2
    assert run.main([str(tmp_path / "absent")]) == 2


def test_a_topic_is_picked(tmp_path: Path) -> None:
    wrong = record(id="other", topic="others", expected={"sum": 0})
    code, result = outcome(tmp_path, record(), wrong, arguments=("--topic", "sums"))
    assert code == 0
    assert list(result["topics"]) == ["sums"]


def test_the_tolerance_is_absolute_plus_relative_to_the_expected() -> None:
    assert close(100.0, 100.3, {"abs": 0.1, "rel": 0.002})
    assert not close(100.0, 100.31, {"abs": 0.1, "rel": 0.002})
    assert close(-100.0, -99.7, {"abs": 0.1, "rel": 0.002})
    assert close(0.0, 0.0, {"abs": 0, "rel": 0})
    assert not close(0.0, 1e-300, {"abs": 0, "rel": 1})


def test_nan_never_equals_and_infinity_equals_itself_alone() -> None:
    wide = {"abs": 1e300, "rel": 1.0}
    assert not close(math.nan, math.nan, wide)
    assert not close(1.0, math.nan, wide)
    assert not close(1.0, math.inf, wide)
    assert close(math.inf, math.inf, wide)
    assert not close(math.inf, -math.inf, wide)


def test_the_answer_must_have_the_same_shape() -> None:
    exact = {"abs": 0, "rel": 0}
    assert not list(differences({"a": [1, [2, None]]}, {"a": [1.0, (2, math.nan)], "b": 3}, exact))
    assert list(differences([1, 2], [1], exact)) == ["answer: expected 2 values but found 1 values"]
    assert list(differences([1], 1, exact)) == ["answer: expected 1 values but found 1"]
    assert list(differences(1, [1], exact)) == ["answer: expected 1 but found [1]"]
    assert list(differences(1, "1", exact)) == ["answer: expected 1 but found '1'"]
    assert list(differences(1, True, exact)) == ["answer: expected 1 but found True"]
    assert list(differences("a", "b", exact)) == ["answer: expected 'a' but found 'b'"]
    assert list(differences({"a": 1}, [1], exact)) == ["answer: expected keys a but found [1]"]
    assert list(differences([[1, 2]], [[1, 3]], exact)) == ["answer[0][1]: expected 2 but found 3.0"]


def test_an_expectation_in_words_is_judged_by_the_handler_or_unsupported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cases.HANDLERS, "words", lambda case: {"sum": Judged({"above 3": True, "above 9": False}, 7)})
    assert only_case(tmp_path, record(statistic="words", expected={"sum": "above 3"}))[1] == "passed"
    for expected, status in (("above 9", "failed"), ("above 5", "unsupported")):
        folder = tmp_path / status
        folder.mkdir()
        assert only_case(folder, record(statistic="words", expected={"sum": expected}))[1] == status


def test_data_come_inline_from_a_csv_or_from_a_mapping_of_csvs(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('\ufeff"x","label"\n1,a\n,b\n2.5,\n', encoding="utf-8")
    whole = Case(record(data="a.csv") | {"data": "a.csv"}, tmp_path)
    assert whole.table() == {"x": [1.0, None, 2.5], "label": ["a", "b", None]}
    both = Case(record(data={"one": "a.csv", "p": 0.5}), tmp_path)
    assert both.data == {"one": {"x": [1.0, None, 2.5], "label": ["a", "b", None]}, "p": 0.5}
    with pytest.raises(Unsupported, match="no column 'y'"):
        whole.column("y")


def test_a_ragged_csv_is_malformed_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n3\n", encoding="utf-8")
    with pytest.raises(cases.Malformed, match="a.csv:3: expected 2 fields but found 1"):
        cases.read_csv(tmp_path / "a.csv")


def test_a_matrix_is_turned_if_its_rows_are_said_to_be_the_columns(tmp_path: Path) -> None:
    data = {"ratings": [[1, 2, 3], [4, 5, None]], "rows": "raters", "columns": "units"}
    case = Case(record(data=data), tmp_path)
    assert case.rows_and_columns("ratings", "units", "raters") == [[1, 4], [2, 5], [3, None]]
    other = Case(record(data=data | {"rows": "days"}), tmp_path)
    with pytest.raises(Unsupported, match="rows 'days'"):
        other.rows_and_columns("ratings", "units", "raters")


def test_the_command_itself_exits_with_1_on_a_wrong_expectation(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(FOLDER / "run.py"), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "FAILED bad" in done.stdout
