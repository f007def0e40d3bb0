"""The command line as a user meets it: what is printed where, exit codes, and what bad input gets."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import pty
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

pytest.importorskip("typer")

CALLS = "".join(
    f"c{row:03d},{'phone' if row % 4 else 'chat'},{'gold' if row % 3 else 'basic'},{100 + row % 50}\n" for row in range(200)
)
CALLS = "conversation_id,channel,tier,handle_s\n" + CALLS
RUBRIC = """\
qascore: 1
id: service
version: "1"
title: Service
scoring: {method: weighted, weights: section}
pass_from: 0.6
sections:
  - id: all
    title: All
    weight: 1
    criteria:
      - {id: greeting, title: Greets, answer: yes_no}
      - {id: solved, title: Solves, answer: {scale: {min: 1, max: 5}}}
"""
STUDY = """\
title: A small study
conversations: {file: calls.csv, strata: channel, domains: tier, measures: {handle_s: mean}}
sample: {size: 40, min_per_stratum: 10, seed: 7}
evaluations: {file: answers.csv, rubric: service.yaml}
csat: {file: csat.csv, scale: [1, 5]}
"""


def answers() -> str:
    """Every call evaluated by one rater, every other by two."""
    lines = ["evaluation_id,conversation_id,rater_id,criterion,answer"]
    for row in range(200):
        for rater in ("r1", "r2")[: 1 + row % 2]:
            greeting = "yes" if (row * 7 + len(rater) * row) % 5 else "no"
            solved = 1 + (row * (3 if rater == "r1" else 5)) % 5
            for criterion, answer in (("greeting", greeting), ("solved", solved)):
                lines.append(f"c{row:03d}-{rater},c{row:03d},{rater},{criterion},{answer}")
    return "\n".join(lines) + "\n"


def csat() -> str:
    rows = [f"c{row:03d},{1 + (row * 3) % 5}\n" for row in range(0, 200, 2)]
    return "conversation_id,csat\n" + "".join(rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (
        ("calls.csv", CALLS), ("answers.csv", answers()), ("csat.csv", csat()), ("service.yaml", RUBRIC), ("study.yaml", STUDY),
    ):  # fmt: skip
        (tmp_path / name).write_text(text)
    return tmp_path


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(folder: Path) -> Run:
    def call(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "qascore", *arguments], cwd=folder, capture_output=True, text=True, timeout=120,
            **options,  # type: ignore[call-overload]
        )  # fmt: skip

    return call


@pytest.fixture
def run_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same in this process, which is quicker."""
    from qascore.cli.app import app
    from typer.testing import CliRunner

    monkeypatch.chdir(folder)

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        done = CliRunner().invoke(app, list(arguments))
        return subprocess.CompletedProcess(list(arguments), done.exit_code, done.stdout, done.stderr)

    return call


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


def test_a_study_runs_from_files_to_a_folder(run: Run, folder: Path) -> None:
    done = run("study", "study.yaml", "--out", "results")
    assert (done.returncode, done.stderr) == (0, "")
    assert "A small study" in done.stdout
    assert done.stdout.endswith("Report: results/report.html\n")
    written = sorted(path.name for path in (folder / "results").iterdir())
    assert "report.html" in written and "study.json" in written and "sample.csv" in written
    assert not [name for name in written if name.endswith(".tmp")]
    figures = json.loads((folder / "results" / "study.json").read_text())
    assert figures["command"] == "qascore study study.yaml --out results"
    assert figures["seed"] == 7
    assert figures["counts"]["conversations drawn"] == 40
    assert pc.read_csv(folder / "results" / "sample.csv").num_rows == 40


def test_json_is_printed_alone_and_is_what_the_file_holds(run: Run, folder: Path) -> None:
    done = run("study", "study.yaml", "--out", "results", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == json.loads((folder / "results" / "study.json").read_text())


def test_quiet_prints_nothing(run: Run) -> None:
    done = run("study", "study.yaml", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def drain(reader: int) -> bytes:
    """What a terminal gets until the other end is closed."""
    shown = b""
    while True:
        try:
            block = os.read(reader, 65536)
        except OSError as error:
            assert error.errno == errno.EIO
            block = b""
        if not block:
            os.close(reader)
            return shown
        shown += block


def test_progress_is_shown_on_a_terminal_only(folder: Path) -> None:
    reader, writer = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "qascore", "study", "study.yaml"], cwd=folder, stdout=subprocess.PIPE, stderr=writer
    )
    os.close(writer)
    shown = drain(reader)
    out, _ = done.communicate(timeout=120)
    assert done.returncode == 0
    assert b"reading" in shown or b"writing" in shown
    assert b"A small study" in out and b"\x1b" not in out


def test_the_same_study_gives_the_same_files(run_here: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    run_here("study", "study.yaml", "--out", "results")
    first = {path.name: path.read_bytes() for path in (folder / "results").iterdir()}
    header, *rows = CALLS.splitlines()
    shutil.rmtree(folder / "results")
    run_here("study", "study.yaml", "--out", "results")
    assert first == {path.name: path.read_bytes() for path in (folder / "results").iterdir()}
    # Another order of rows draws the same conversations and gives the same figures.
    (folder / "calls.csv").write_text("\n".join([header, *reversed(rows)]) + "\n")
    run_here("study", "study.yaml", "--out", "results")
    assert first["estimates.csv"] == (folder / "results" / "estimates.csv").read_bytes()


def test_version_and_help(run_here: Run) -> None:
    assert run_here("version").stdout.startswith("qascore ")
    for command in ("study", "demo", "sample", "assign", "score", "calibrate", "relate", "version", "rubric check"):
        done = run_here(*command.split(), "--help")
        assert done.returncode == 0
        assert "Example" in done.stdout


def test_the_help_of_assign_is_as_it_was(run_here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words and their order; the frame around them is the terminal's."""

    def words(text: str) -> str:
        return " ".join(re.sub("[─│╭╮╰╯┌┐└┘|+]|--+(?= |$)", " ", text).split())

    monkeypatch.setenv("COLUMNS", "100")
    golden = Path(__file__).parent / "golden" / "help_assign.txt"
    assert words(run_here("assign", "--help").stdout) == words(golden.read_text(encoding="utf-8"))


def test_a_sample_is_drawn(run_here: Run, folder: Path) -> None:
    done = run_here("sample", "calls.csv", "--strata", "channel", "--strata", "tier", "--rate", "0.1", "--seed", "3", "--plan",
               "plan.json")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    drawn = pc.read_csv(folder / "sample.csv")
    assert drawn.num_rows == 20
    assert {"handle_s", "stratum", "inclusion_probability", "design_weight"} <= set(drawn.column_names)
    assert json.loads((folder / "plan.json").read_text())["draw"]["seed"] == "3"


def test_raters_are_assigned(run_here: Run, folder: Path) -> None:
    (folder / "raters.csv").write_text("rater_id,tier,hours\nann,gold,90\nbob,basic,\ncai,,90\n")
    command = ("assign", "calls.csv", "raters.csv", "--team", "tier", "--capacity", "hours", "--seed", "7")
    done = run_here(*command, "--loads", "loads.csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Shared conversations connect all raters" in done.stdout
    assert done.stdout.endswith("Ratings to give: assignment.csv\n")
    tasks = pc.read_csv(folder / "assignment.csv")
    assert tasks.column_names == ["conversation_id", "rater_id", "role"] and tasks.num_rows == 240
    assert pc.read_csv(folder / "loads.csv").num_rows == 3
    figures = json.loads(run_here(*command, "--json").stdout)
    assert figures["groups"] == 1 and len(figures["tasks"]) == 240
    assert run_here(*command, "--quiet").stdout == ""
    short = run_here(*command, "--double", "0.9", "--out", "none.csv")
    assert short.returncode == 5 and "cannot be given" in short.stderr and not (folder / "none.csv").exists()
    wrong = run_here(*command[:-4], "--capacity", "hour", "--seed", "7")
    assert wrong.returncode == 3
    assert 'did you mean "hours"' in wrong.stderr


def test_an_output_of_unknown_kind_is_refused_before_anything_is_read(run_here: Run) -> None:
    for verb in (["sample", "nowhere.csv", "--strata", "channel", "--rate", "0.1", "--seed", "3"],
                 ["score", "nowhere.csv", "--rubric", "service.yaml"]):  # fmt: skip
        done = run_here(*verb, "--out", "result.xlsx")
        assert done.returncode == 2
        assert "result.xlsx: expected a file name that ends in .csv" in done.stderr


def test_evaluations_are_scored_and_explained(run_here: Run, folder: Path) -> None:
    done = run_here("score", "answers.csv", "--rubric", "service.yaml")
    said = "300 evaluations on service 1: mean score 0.567, 160 passed. They are the evaluations at hand: to speak for all conversations takes the design of the sample."
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{said}\n\nScores: scores.csv\n", "")
    scores = pc.read_csv(folder / "scores.csv")
    assert scores.num_rows == 300
    assert {"conversation_id", "rater_id"} <= set(scores.column_names)
    both = run_here("score", "answers.csv", "--rubric", "service.yaml", "--explain", "c001-r1", "--out", "again.csv")
    assert "greeting" in both.stdout and both.stdout.endswith("Scores: again.csv\n")
    assert (folder / "again.csv").read_bytes() == (folder / "scores.csv").read_bytes()


def test_a_command_says_which_option_names_what_it_did_not_find(run_here: Run, folder: Path) -> None:
    (folder / "own.csv").write_text("工单号,queue name,rater_id,rating\n001,a,r1,1\n001,a,r1,2\n001,a,r2,2\n002,,r1,1\n002,a,r2,1\n")
    sample = ("sample", "own.csv", "--size", "2", "--seed", "1")
    for arguments, said in (
        ((*sample, "--strata", "queue name"), '工单号, queue name, rater_id, rating; --id says which column it is\n'),
        ((*sample, "--strata", "queue", "--id", "工单号"), '(did you mean "queue name"?)\n'),
        ((*sample, "--strata", "queue name", "--id", "工单号"), "make them a stratum of their own (--missing own)\n"),
        ((*sample, "--strata", "rater_id", "--method", "neyman"), "--method: expected one of proportional, equal but found 'neyman'\n"),
        (("calibrate", "own.csv"), "rating; --unit says which column it is\n"),
        (("calibrate", "own.csv", "--unit", "工单号"),
         "own.csv: unit '001': rater 'r1' rated it more than once; remove the repeats or choose --repeats average\n"),
        (("score", "answers.csv", "--rubric", "service.yaml", "--explain", "c1"), "--explain: expected one of the 300 evaluations"),
    ):  # fmt: skip
        done = run_here(*arguments)
        assert done.returncode in (2, 3) and said in done.stderr, done.stderr
    given = run_here("calibrate", "own.csv", "--unit", "conversation")
    assert "says which" not in given.stderr  # it was said already


def test_repeated_ratings_are_averaged_where_that_is_asked_for(run_here: Run, folder: Path) -> None:
    rows = [f"{unit},{rater},{1 + (unit * 7 + rater) % 5}" for unit in range(20) for rater in (1, 2, 3)]
    (folder / "twice.csv").write_text("conversation_id,rater_id,rating\n" + "\n".join([*rows, "3,1,5"]) + "\n")
    (folder / "study.yaml").write_text("ratings: {file: twice.csv, repeats: average, level: interval}\n")
    done = run_here("calibrate", "twice.csv", "--repeats", "average", "--level", "interval", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["calibration"]["ratings"]
    assert found == json.loads(run_here("study", "study.yaml", "--json").stdout)["calibration"]["ratings"]
    assert "--repeats: expected one of error, average but found 'avg'" in run_here("calibrate", "twice.csv", "--repeats", "avg").stderr


def test_an_explanation_alone_writes_nothing(run_here: Run, folder: Path) -> None:
    (folder / "scores.csv").write_text("mine\n")
    before = sorted(folder.iterdir())
    done = run_here("score", "answers.csv", "--rubric", "service.yaml", "--explain", "c001-r1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "greeting" in done.stdout and "Scores:" not in done.stdout
    assert (folder / "scores.csv").read_text() == "mine\n"
    assert sorted(folder.iterdir()) == before


def test_what_missing_and_surplus_answers_mean_is_said_on_the_command_line(run_here: Run, folder: Path) -> None:
    edit(folder / "service.yaml", "solved, title: Solves,", "solved, title: Solves, ask_when: {criterion: greeting, is: \"no\"},")
    (folder / "some.csv").write_text("evaluation_id,criterion,answer\ne1,greeting,yes\ne1,solved,3\ne2,greeting,no\ne2,solved,\n")
    name = ("score", "some.csv", "--rubric", "service.yaml", "--out", "out.csv")
    for options, said in (
        ((), "e1: solved: expected no answer, since its condition does not hold, but found one"),
        (("--unasked", "ignore"), "e2: solved: expected an answer but found none"),
        (("--unanswered", "leave_out"), "e1: solved: expected no answer"),
        (("--unanswered", "skip"), "unanswered: expected one of error, not_scorable, leave_out but found 'skip'"),
        (("--unasked", "ignor"), "(did you mean"),
    ):
        done = run_here(*name, *options)
        assert done.returncode != 0 and said in done.stderr, options
        assert not (folder / "out.csv").exists()
    for unanswered, score in (("not_scorable", None), ("leave_out", 0.0)):
        assert run_here(*name, "--unanswered", unanswered, "--unasked", "ignore").returncode == 0
        assert pc.read_csv(folder / "out.csv").column("score").to_pylist() == [1.0, score]


def test_quiet_explanations_and_scores_print_nothing(run_here: Run, folder: Path) -> None:
    for more in ([], ["--explain", "c001-r1"], ["--explain", "c001-r1", "--out", "scores.csv"]):
        done = run_here("score", "answers.csv", "--rubric", "service.yaml", "--quiet", *more)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = run_here("score", "answers.csv", "--rubric", "service.yaml", "--quiet", "--explain", "c999-r1", "--out", "no.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'c999-r1'" in done.stderr
    assert not (folder / "no.csv").exists()


def test_a_file_of_answers_without_answers_is_refused(run_here: Run, folder: Path) -> None:
    (folder / "none.csv").write_text("evaluation_id,criterion,answer\n")
    done = run_here("score", "none.csv", "--rubric", "service.yaml", "--out", "none-scored.csv")
    assert done.returncode == 3
    assert "none.csv: expected rows but found only a header" in done.stderr
    assert not (folder / "none-scored.csv").exists()


def test_scores_go_on_into_the_calibration_of_raters(run_here: Run, folder: Path) -> None:
    assert run_here("score", "answers.csv", "--rubric", "service.yaml", "--out", "sc.csv").returncode == 0
    done = run_here("calibrate", "sc.csv")
    assert done.returncode == 3
    assert 'expected a column "rating" but found' in done.stderr
    assert "to take scores for ratings, give --rating score" in done.stderr
    done = run_here("calibrate", "sc.csv", "--rating", "score", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    alpha = json.loads(done.stdout)["calibration"]["ratings"]["alpha"][0]
    study = json.loads(run_here("study", "study.yaml", "--json").stdout)["calibration"]["score"]["alpha"][0]
    assert alpha["level"] == study["level"] == "interval"
    assert (alpha["value"], alpha["low"], alpha["high"]) == (study["value"], study["low"], study["high"])


def test_whether_a_criterion_applies_is_told_from_the_criterion(run_here: Run, folder: Path) -> None:
    (folder / "service.yaml").write_text(RUBRIC.replace("title: Greets,", "title: Greets, not_applicable: true,"))
    (folder / "answers.csv").write_text(answers().replace("-r1,c001,r1,greeting,yes", "-r1,c001,r1,greeting,not_applicable"))
    lines = run_here("study", "study.yaml").stdout.splitlines()
    names = [line.split("  ")[0] for line in lines if "greeting" in line]
    assert names[:2] == ["Alpha (ordinal), greeting", "Alpha (nominal), greeting applies"]
    assert "conversations by criterion greeting (1)" in names[2]


def test_raters_are_calibrated(run_here: Run, folder: Path) -> None:
    (folder / "ratings.csv").write_text(
        "call,who,mark\n" + "".join(f"c{call},r{who},{1 + (call + who // 2) % 4}\n" for call in range(9) for who in range(3))
    )
    names = ("--unit", "call", "--rater", "who", "--rating", "mark")
    done = run_here("calibrate", "ratings.csv", *names, "--out", "calibration")
    assert (done.returncode, done.stderr) == (0, "")
    assert "ordinal" in done.stdout and "r2" in done.stdout
    assert (folder / "calibration" / "report.html").exists()
    shown = json.loads(run_here("calibrate", "ratings.csv", *names, "--json").stdout)
    assert shown["calibration"]["ratings"]["alpha"][0]["n"] == 9
    assert run_here("calibrate", "ratings.csv", *names, "--level", "ordinl").returncode == 2
    more = ("--order", "call", "--gold", "r0", "--previous", "ratings.csv", "--margin", "0.1", "--html", "page.html")
    done = run_here("calibrate", "ratings.csv", *names, *more)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Page: page.html" in done.stdout
    page = (folder / "page.html").read_text()
    assert "Since the previous study" in page and "The usual figures" in page and "Drift" in page
    done = run_here("calibrate", "ratings.csv", *names, "--gold", "r9")
    assert done.returncode == 2 and "gold: 'r9' is no rater of this table" in done.stderr


def test_rubrics_are_checked_like_a_compiler_does(run_here: Run, folder: Path) -> None:
    assert run_here("rubric", "check", "service.yaml").stdout == "service.yaml: service 1, 2 criteria, no problems\n"
    faulty = RUBRIC.replace("weights: section", "weights: sections").replace("weight: 1", "weight: -1")
    faulty = faulty.replace("pass_from: 0.6", "pass_from: 6").replace("id: solved", "id: greeting")
    (folder / "faulty.yaml").write_text(faulty.replace("yes_no", "yesno"))
    done = run_here("rubric", "check", "service.yaml", "faulty.yaml")
    assert done.returncode == 4
    *problems, count = done.stderr.splitlines()
    assert count == "5 problems"
    places = [line.split(": ")[0] for line in problems[::3]]
    assert [place.rsplit(":", 1)[0] for place in places] == [f"faulty.yaml:{line}" for line in (5, 6, 10, 12, 13)]
    for place, line, mark in zip(places, problems[1::3], problems[2::3], strict=True):
        _, number, column = place.split(":")
        shown = faulty.replace("yes_no", "yesno").splitlines()[int(number) - 1]
        assert line == f"{number:>5} | {shown}"
        assert mark.index("^") == len("    5 | ") + int(column) - 1
    again = run_here("rubric", "check", "faulty.yaml", "service.yaml", "--json")
    assert again.returncode == 4 and again.stderr == ""
    bad, good = json.loads(again.stdout)
    assert [one["line"] for one in bad["problems"]] == [5, 6, 10, 12, 13]
    assert good["problems"] == [] and good["id"] == "service"


def test_rubrics_of_the_package_are_checked_by_name(run_here: Run, folder: Path) -> None:
    done = run_here("rubric", "check", "voice-service", "service.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].startswith("voice-service: voice-service ")
    done = run_here("rubric", "check", "voice-servis")
    assert done.returncode == 7 and 'did you mean "voice-service"' in " ".join(done.stderr.split())


def test_the_mark_under_a_problem_stands_where_an_eye_looks(run_here: Run, folder: Path) -> None:
    (folder / "zh.yaml").write_text(RUBRIC.replace("title: Service\n", "title: {zh-CN: 服务质检, zh-CN: 又}\n"), encoding="utf-8")
    _, line, mark, _ = run_here("rubric", "check", "zh.yaml").stderr.splitlines()
    assert mark.index("^") == line.index(", zh") + 2 + len("服务质检")  # each takes two columns


def test_rubrics_that_cannot_be_read_end_with_the_code_of_files(run_here: Run, folder: Path) -> None:
    (folder / "faulty.yaml").write_text(RUBRIC.replace("yes_no", "yesno"))
    for files in (["nowhere.yaml"], ["faulty.yaml", "nowhere.yaml"], ["nowhere.yaml", "faulty.yaml"]):
        done = run_here("rubric", "check", *files)
        assert done.returncode == 7
        assert "nowhere.yaml" in done.stderr


def test_rubrics_are_shown_as_text_and_as_a_page(run_here: Run, folder: Path) -> None:
    text = run_here("rubric", "show", "service.yaml").stdout
    assert "greeting" in text and "To pass: 60 of 100." in text
    assert run_here("rubric", "show", "voice-service", "--language", "zh-CN").stdout.startswith("语音服务质检\nVoice service\n")
    assert run_here("rubric", "show", "service.yaml", "--html").stdout.startswith("<!doctype html>")
    assert run_here("rubric", "show", "service.yaml", "--out", "form.html").stdout == ""
    assert (folder / "form.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run_here("rubric", "show", "service.yaml", "--out", "form.txt").returncode == 0
    assert (folder / "form.txt").read_text(encoding="utf-8") == text
    assert run_here("rubric", "show", "servise.yaml").returncode == 7


def test_forms_are_compared_with_and_without_earlier_answers(run_here: Run, folder: Path) -> None:
    (folder / "later.yaml").write_text(RUBRIC.replace("id: solved,", "id: solved, weight: 2,"))
    done = run_here("rubric", "diff", "service.yaml", "later.yaml", "--answers", "answers.csv", "--out", "both.csv")
    assert done.returncode == 0, done.stderr
    assert "weight is 2, was 1" in done.stdout
    assert "evaluations have no score, or another, on the later form" in done.stdout
    assert (folder / "both.csv").read_text().startswith('"evaluation_id","old_score","new_score","comparable","reason"\n')
    same = json.loads(run_here("rubric", "diff", "service.yaml", "service.yaml", "--json").stdout)
    assert same["comparable"] is True and same["changes"] == []
    assert run_here("rubric", "diff", "service.yaml", "later.yaml", "--out", "both.csv").returncode == 2


BAD = [
    # what is done to the folder, exit code, headline, words of the message
    (("calls.csv", "conversation_id", "id"), 3, "the data cannot be used",
     ['calls.csv: expected a column "conversation_id" but found id, channel, tier, handle_s']),
    (("study.yaml", "strata: channel", "strata: chanel"), 3, "the data cannot be used",
     ['calls.csv: expected a column "chanel" but found', 'did you mean "channel"?']),
    (("calls.csv", "c007,", "c003,"), 3, "the data cannot be used",
     ['calls.csv: id: expected every id once', '"c003" in rows 3 and 7']),
    (("study.yaml", "size: 40", "size: 4000"), 5, "the plan or design cannot give what is asked", ["calls.csv: size: expected at most 200, the number of conversations, but found 4000"]),
    (("study.yaml", "size: 40", "rate: 12"), 2, "an argument is not valid",
     ["study.yaml:3:16: sample.rate: expected a rate above 0 and up to 1 but found 12"]),
    (("csat.csv", "c000,1", "c000,nan"), 3, "the data cannot be used",
     ['csat.csv:2: column "csat": expected a finite number but found nan; leave the cell blank if it is missing']),
    (("csat.csv", "c000,1", "c000,inf"), 3, "the data cannot be used",
     ['csat.csv:2: column "csat": expected a finite number but found inf']),
    (("csat.csv", "c000,1", "c000,7"), 3, "the data cannot be used", ["expected a value from 1 to 5 but found 7"]),
    (("csat.csv", "c002,", "c000,"), 3, "the data cannot be used", ["'c000' stands in rows 0 and 1, expected once"]),
    (("answers.csv", "greeting,no", "greeting,nope"), 4, "the rubric or an answer to it is not valid",
     ["answers.csv: ", "greeting", '"nope"']),
    (("answers.csv", "r1,greeting,", "r1,greting,"), 4, "the rubric or an answer to it is not valid",
     ['"greting"', 'did you mean "greeting"?']),
    (("answers.csv", "c001-r1,c001,r1,solved", "c001-r1,c009,r1,solved"), 3, "the data cannot be used",
     ["evaluation 'c001-r1': column \"conversation_id\": expected one value but found 'c001' at row"]),
    (("service.yaml", "yes_no", "yesno"), 4, "the rubric or an answer to it is not valid", ["service.yaml:12:"]),
    (("study.yaml", "calls.csv", "call.csv"), 7, "a file cannot be used", ['call.csv: no such file (did you mean "calls.csv"?)']),
    (("calls.csv", CALLS, ""), 3, "the data cannot be used", ["calls.csv: the file is empty; expected a table"]),
    (("calls.csv", CALLS, "conversation_id,channel,tier,handle_s\n"), 3, "the data cannot be used",
     ["calls.csv: expected rows but found only a header"]),
    (("calls.csv", "c003,phone,basic,103", "c003,phone,basic"), 3, "the data cannot be used",
     ["calls.csv:5: expected 4 values as in the header but found 3"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "headline", "words"), BAD, ids=lambda value: str(value)[:40])
def test_bad_input_is_told_and_nothing_is_written(
    run_here: Run, folder: Path, change: tuple[str, str, str], code: int, headline: str, words: list[str]
) -> None:
    name, before, after = change
    edit(folder / name, before, after)
    check(run_here, folder, code, headline, words)


def check(run: Run, folder: Path, code: int, headline: str, words: list[str]) -> None:
    done = run("study", "study.yaml", "--out", "results")
    assert done.stdout == ""
    first, *rest = done.stderr.splitlines()
    assert (done.returncode, first) == (code, f"qascore: {headline}"), done.stderr
    message = "\n".join(line.strip() for line in rest)
    for word in words:
        assert word in message
    assert "Traceback" not in done.stderr
    assert not (folder / "results").exists()


@pytest.mark.parametrize("code", [2, 3, 4, 5, 7])
def test_exit_codes_reach_the_shell(run: Run, folder: Path, code: int) -> None:
    (name, before, after), _, headline, words = next(case for case in BAD if case[1] == code)
    edit(folder / name, before, after)
    check(run, folder, code, headline, words)


def test_a_stratum_from_which_one_was_drawn_needs_a_decision(run_here: Run, folder: Path) -> None:
    text = (folder / "calls.csv").read_text()
    (folder / "calls.csv").write_text(text.replace("c003,phone", "c003,post").replace("c007,phone", "c007,post"))
    edit(folder / "study.yaml", "min_per_stratum: 10", "min_per_stratum: 1")
    check(run_here, folder, 5, "the plan or design cannot give what is asked",
          ['single_unit: stratum "post" has one sampled unit', '"average"'])  # fmt: skip
    edit(folder / "study.yaml", "seed: 7", "seed: 7, single_unit: average")
    assert run_here("study", "study.yaml").returncode == 0


def test_bytes_that_are_not_utf8_are_located(run_here: Run, folder: Path) -> None:
    path = folder / "calls.csv"
    path.write_bytes(path.read_bytes().replace(b"c003,phone", b"c003,ph\xf6ne"))
    done = run_here("study", "study.yaml")
    at = path.read_bytes().index(b"\xf6")
    assert done.returncode == 3
    assert f"calls.csv:5: expected UTF-8 but found the byte 0xf6 at byte {at}; save the file as UTF-8" in done.stderr


def test_a_byte_order_mark_and_windows_line_ends_change_no_figure(run_here: Run, folder: Path) -> None:
    plain = run_here("study", "study.yaml", "--json")
    for name in ("calls.csv", "answers.csv", "csat.csv", "service.yaml", "study.yaml"):
        path = folder / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    windows = run_here("study", "study.yaml", "--json")
    assert windows.returncode == 0, windows.stderr
    one, other = json.loads(plain.stdout), json.loads(windows.stdout)
    assert one["estimates"] == other["estimates"]
    assert one["calibration"] == other["calibration"]
    assert one["rubric"] == other["rubric"]


def test_the_format_of_the_files_changes_no_figure(run_here: Run, folder: Path) -> None:
    plain = json.loads(run_here("study", "study.yaml", "--json").stdout)
    table = pc.read_csv(folder / "calls.csv")
    pq.write_table(table, folder / "calls.parquet")
    with (folder / "csat.jsonl").open("w") as file:
        file.writelines(json.dumps(row) + "\n" for row in pc.read_csv(folder / "csat.csv").to_pylist())
    edit(folder / "study.yaml", "calls.csv", "calls.parquet")
    edit(folder / "study.yaml", "csat.csv", "csat.jsonl")
    other = json.loads(run_here("study", "study.yaml", "--json").stdout)
    assert plain["estimates"] == other["estimates"]
    assert plain["association"] == other["association"]


def test_a_full_disk_leaves_the_results_of_before(run: Run, folder: Path) -> None:
    assert run("study", "study.yaml", "--out", "results").returncode == 0
    before = {path.name: path.read_bytes() for path in (folder / "results").iterdir()}
    edit(folder / "study.yaml", "seed: 7", "seed: 8")

    def small_files() -> None:
        # A limit on the size of files ends a write as a full disk does, only with another number.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = run("study", "study.yaml", "--out", "results", preexec_fn=small_files)
    assert done.returncode == 7
    assert "cannot be written: File too large; what was there before is unchanged" in done.stderr
    assert before == {path.name: path.read_bytes() for path in (folder / "results").iterdir()}


def test_an_interrupt_leaves_nothing(folder: Path) -> None:
    # Large enough that the interrupt comes while it works.
    header, *rows = answers().splitlines()
    lines = [header] + [line.replace("c", f"x{copy}c", 2) for copy in range(300) for line in rows]
    (folder / "answers.csv").write_text("\n".join(lines) + "\n")
    calls = CALLS.splitlines()[1:]  # of conversations that are there, so that nothing else stops it
    (folder / "calls.csv").write_text(CALLS + "".join(f"x{copy}{line}\n" for copy in range(300) for line in calls))
    reader, writer = pty.openpty()
    started = subprocess.Popen(
        [sys.executable, "-m", "qascore", "study", "study.yaml", "--out", "results"], cwd=folder, stderr=writer
    )
    os.close(writer)
    shown = b""
    while b"reading" not in shown and b"scoring" not in shown:
        shown += os.read(reader, 65536)
    started.send_signal(signal.SIGTERM)
    shown += drain(reader)
    assert started.wait(timeout=120) == 130
    assert b"qascore: interrupted; nothing was written" in shown
    assert not (folder / "results").exists()


FORM = """{"name": "Service", "weightMode": "SCALED", "questionGroups": [{"id": "g", "name": "Opening", "weight": 2, "questions": [
  {"id": "q", "text": "Greets", "isKill": true, "answerOptions": [{"text": "Yes", "value": 1}, {"text": "No", "value": 0}]}]}]}"""


def test_a_form_comes_in_and_goes_out(run_here: Run, folder: Path) -> None:
    (folder / "form.json").write_text(FORM)
    done = run_here("rubric", "import", "form.json", "--from", "genesys_cloud", "--choose", "kill=verdict", "--out", "form.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Rubric: form.yaml" in done.stdout
    assert "effect: verdict" in (folder / "form.yaml").read_text()
    assert run_here("rubric", "check", "form.yaml").returncode == 0
    refused = run_here("rubric", "export", "form.yaml", "--out", "amazon.json")
    assert refused.returncode == 4
    assert "sections[0].criteria[0].fail[0]: expected a rule that sets the section or form to 0" in refused.stderr
    assert not (folder / "amazon.json").exists()
    printed = run_here("rubric", "import", "form.json", "--from", "genesys_cloud")
    (folder / "zero.yaml").write_text(printed.stdout)
    out = run_here("rubric", "export", "zero.yaml")
    assert json.loads(out.stdout)["ScoringStrategy"] == {"Mode": "POINTS_BASED", "Status": "ENABLED"}


def test_a_form_that_cannot_be_read_says_why(run_here: Run, folder: Path) -> None:
    (folder / "form.json").write_text(FORM.replace("isKill", "isKil"))
    done = run_here("rubric", "import", "form.json", "--from", "genesys_cloud")
    assert done.returncode == 4
    assert 'form.json: questionGroups[0].questions[0].isKil: expected a member of a question but found "isKil"' in done.stderr
    assert run_here("rubric", "import", "form.json", "--from", "genesis_cloud").returncode == 2
    assert "expected NAME=VALUE" in run_here("rubric", "import", "form.json", "--from", "genesys_cloud", "--choose", "kill").stderr


def test_a_missing_option_is_a_usage_error(run_here: Run) -> None:
    done = run_here("sample", "calls.csv", "--strata", "channel", "--size", "10")
    assert done.returncode == 2
    assert "--seed" in done.stderr
    assert run_here("studdy").returncode == 2


def test_wide_answers_and_a_file_of_evaluations_lead_to_calibration(tmp_path: Path) -> None:
    from qascore.cli.app import app
    from typer.testing import CliRunner

    (tmp_path / "form.yaml").write_text(RUBRIC)
    (tmp_path / "answers.csv").write_text(answers())
    rows = list(csv.DictReader(io.StringIO(answers())))
    wide: dict[str, dict[str, str]] = {}
    for row in rows:
        wide.setdefault(row["evaluation_id"], {})[row["criterion"]] = row["answer"]
    about = {row["evaluation_id"]: (row["conversation_id"], row["rater_id"]) for row in rows}
    lines = [f"{one},{given['greeting']},{given['solved']}" for one, given in wide.items()]
    (tmp_path / "wide.csv").write_text("\n".join(["evaluation_id,greeting,solved", *lines]) + "\n")
    who = [f"{one},{call},{rater}" for one, (call, rater) in reversed(about.items())]
    (tmp_path / "evaluations.csv").write_text("\n".join(["evaluation_id,conversation_id,rater_id", *who]) + "\n")
    (tmp_path / "bare.csv").write_text("\n".join(["evaluation_id,criterion,answer", *(f"{r['evaluation_id']},{r['criterion']},{r['answer']}" for r in rows)]) + "\n")

    def invoke(*arguments: str) -> Any:
        return CliRunner().invoke(app, list(arguments))

    def score(file: str, *more: str) -> Any:
        out = tmp_path / "scores.csv"
        done = invoke("score", str(tmp_path / file), "--rubric", str(tmp_path / "form.yaml"), "--out", str(out), *more)
        return sorted(csv.DictReader(out.open()), key=lambda row: row["evaluation_id"]) if done.exit_code == 0 else done

    given = ("--evaluations", str(tmp_path / "evaluations.csv"))
    expected = score("answers.csv")
    assert score("wide.csv", *given) == score("bare.csv", *given) == score("answers.csv", *given) == expected
    assert invoke("calibrate", str(tmp_path / "scores.csv"), "--rating", "score", "--json").exit_code == 0
    assert "conversation_id" not in score("wide.csv")[0]
    bare = invoke("calibrate", str(tmp_path / "scores.csv"), "--rating", "score")
    assert bare.exit_code == 3 and "qascore score --evaluations FILE" in bare.stderr and "did you mean" not in bare.stderr

    (tmp_path / "evaluations.csv").write_text("\n".join(["evaluation_id,conversation_id,rater_id", *who[1:]]) + "\n")
    lost = score("wide.csv", *given)
    assert lost.exit_code == 3 and "of the answers is not there (1 of their evaluations are not)" in lost.stderr
    (tmp_path / "evaluations.csv").write_text("\n".join(["evaluation_id,conversation_id,rater_id", *who[:-1], who[-1].replace(",r1", ",r9")]) + "\n")
    differs = score("answers.csv", *given)
    assert differs.exit_code == 3 and 'column "rater_id"' in differs.stderr
    (tmp_path / "evaluations.csv").write_text("\n".join(["evaluation_id,conversation_id,rater_id", *who, who[0]]) + "\n")
    assert "expected once" in score("wide.csv", *given).stderr
    (tmp_path / "other.csv").write_text("evaluation_id,a,b\ne1,1,2\n")
    neither = score("other.csv")
    assert neither.exit_code == 3 and 'expected a column "criterion"' in neither.stderr and "nor is there a column for each criterion" in neither.stderr
