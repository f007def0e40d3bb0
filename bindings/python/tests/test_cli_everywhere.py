"""What holds for all commands alike: examples, flags, standard streams, completion, colours; and the commands that make and join."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

pytest.importorskip("typer")

from qascore.cli.app import app, rubric_app
from test_cli import CALLS, RUBRIC, answers, drain
from typer.testing import CliRunner

COMMANDS = [
    *([command.callback.__name__] for command in app.registered_commands if command.callback),
    *(["rubric", command.name or ""] for command in rubric_app.registered_commands),
]
Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, text in (("calls.csv", CALLS), ("answers.csv", answers()), ("service.yaml", RUBRIC)):
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments, given=None: CliRunner().invoke(app, list(arguments), input=given)


def test_all_commands_are_there() -> None:
    assert {" ".join(one) for one in COMMANDS} == {
        "study", "demo", "sample", "relate", "assign", "score", "calibrate", "simulate", "report", "version",
        "rubric check", "rubric show", "rubric diff", "rubric import", "rubric export",
    }  # fmt: skip


def test_help_lists_the_commands_in_the_order_of_their_use(run: Run) -> None:
    said = run("--help").stdout
    places = [said.index(f"│ {name} ") for name in ("sample", "assign", "score", "calibrate", "relate", "study", "report", "rubric")]
    assert places == sorted(places)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_command_has_an_example_and_the_same_flags(run: Run, command: list[str]) -> None:
    done = run(*command, "--help")
    assert done.exit_code == 0
    assert f"Example: qascore {' '.join(command)}" in " ".join(done.stdout.replace("│", " ").split())
    if command != ["rubric", "export"]:  # whose output is JSON
        assert "--json" in done.stdout
    if command not in (["version"], ["rubric", "show"]):  # which print what they are asked for
        assert "--quiet" in done.stdout and "-q" in done.stdout
    assert "--out" in done.stdout and "-o" in done.stdout or command in (["version"], ["relate"], ["rubric", "check"])


def test_an_unknown_command_or_option_ends_with_2(run: Run) -> None:
    assert run("smaple").exit_code == 2
    assert run("sample", "--sede", "1").exit_code == 2


def said(done: Any) -> str:
    """What a command printed, without the frame and the line breaks of a terminal."""
    return " ".join(done.output.replace("│", " ").split())


def test_messages_name_the_options_of_the_command(run: Run, tmp_path: Path) -> None:
    draw = ("sample", "calls.csv", "--strata", "channel", "--seed", "1")
    assert "expected exactly one of --size and --rate but found none" in run(*draw).stderr
    assert "--level: expected one of nominal" in run("calibrate", "calls.csv", "--level", "ordnial").stderr
    (tmp_path / "twice.csv").write_text("conversation_id,rater_id,rating\n1,a,2\n1,a,3\n1,b,2\n")
    twice = run("calibrate", "twice.csv").stderr
    words = run("calibrate", "answers.csv", "--rating", "answer", "--criterion", "criterion").stderr
    assert "expected a number but found 'no'; score answers first (`qascore score`), or give --level nominal" in words
    assert "rated it more than once; remove the repeats" in twice and "duplicates" not in twice  # which is no option


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("relate pairs.csv --lowest 5 --highest 1", "--lowest and --highest: expected two numbers, the lower one first, but found (5, 1)"),
        ("relate pairs.csv --reliability 1.5", "--reliability: expected a reliability from 0 to 1 but found 1.5"),
        ("relate pairs.csv --criterion score --criterion score", "--criterion: 'score' stands twice"),
        ("relate pairs.csv --score-by who", "--score-by, --csat-by: expected both or neither"),
        ("sample pairs.csv --strata who --size 2 --id id --seed 1", "(--min 0 asks for no minimum)"),
        ("sample pairs.csv --strata who --size 8 --id who --seed 1", "--id: expected every id once but"),
        ("simulate --seed 1 --rate 20", "--rate: expected a fraction above 0 up to 1 but found 20 (did you mean 0.2?)"),
        ("simulate --seed 1 --conversations 100 --rate 0.02", "--rate: expected a sample of 5 of each stratum at least, but 0.02 of 100 conversations"),
    ],
)
def test_each_command_speaks_of_what_it_calls_its_options(run: Run, tmp_path: Path, command: str, message: str) -> None:
    rows = [f"{at},{at % 5 / 5},{1 + at % 5},{'abcd'[at % 4]}" for at in range(40)]
    (tmp_path / "pairs.csv").write_text("\n".join(["id,score,csat,who", *rows]) + "\n")
    done = run(*command.split())
    assert done.exit_code in (2, 3, 5) and message in done.stderr, done.stderr
    assert not (tmp_path / "centre").exists()


@pytest.mark.parametrize(
    ("command", "option"),
    [(("sample", "--min-per-stratum", "5"), "--min"), (("assign", "--double-scored", "0.3"), "--double"),
     (("sample", "--missing-stratum", "own"), "--missing"), (("score", "--rubrik", "x"), "--rubric")],
)  # fmt: skip
def test_an_option_that_is_none_names_the_one_that_was_meant(run: Run, command: tuple[str, ...], option: str) -> None:
    done = run(*command)
    assert done.exit_code == 2
    assert re.search(rf"No such option: {command[1]}\W.*[ (]{option}\b", said(done))


def test_problems_of_studies_and_rubrics_show_their_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tabs.yaml").write_text("title: x\nconversations:\n\tfile: calls.csv\n")
    tabs = run("study", "tabs.yaml")
    assert tabs.exit_code == 2
    assert "YAML is indented by spaces, never by tabs\n      3 | \tfile: calls.csv\n        | ^\n" in tabs.stderr
    (tmp_path / "broken.yaml").write_text(RUBRIC.replace("method: weighted", "method: wieghted"))
    broken = run("score", "answers.csv", "--rubric", "broken.yaml")
    assert broken.exit_code == 4 and "scoring: {method: wieghted" in broken.stderr.split("did you mean", 1)[1]
    given = run("study", "-", given="title: x\nsampel: {size: 3}\n")
    assert given.exit_code == 2 and "stdin.yaml:2:1" in given.stderr


def test_the_version_is_an_option_too(run: Run) -> None:
    assert run("--version").stdout == run("version").stdout != ""


# Standard streams


SAMPLE = ("sample", "-", "--strata", "channel", "--rate", "0.1", "--seed", "3", "--out")


def test_a_sample_goes_from_standard_input_to_standard_output(run: Run, tmp_path: Path) -> None:
    done = run(*SAMPLE, "-", given=CALLS)
    assert (done.exit_code, done.stderr) == (0, "")
    run("sample", "calls.csv", *SAMPLE[2:], "sample.csv")
    assert done.stdout == (tmp_path / "sample.csv").read_text()


@pytest.mark.parametrize("form", ["parquet", "jsonl", "tsv"])
def test_the_format_of_standard_input_is_seen(run: Run, form: str) -> None:
    table = pc.read_csv(pa.py_buffer(CALLS.encode()))
    sink = pa.BufferOutputStream()
    if form == "parquet":
        pq.write_table(table, sink)
    content = {
        "parquet": lambda: sink.getvalue().to_pybytes(),
        "jsonl": lambda: "".join(json.dumps(row) + "\n" for row in table.to_pylist()).encode(),
        "tsv": lambda: CALLS.replace(",", "\t").encode(),
    }[form]()
    done = run(*SAMPLE, "-", given=content)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == run(*SAMPLE, "-", given=CALLS).stdout


def test_scores_are_piped_into_a_calibration(run: Run, tmp_path: Path) -> None:
    scores = run("score", "-", "--rubric", "service.yaml", "--out", "-", given=answers())
    assert (scores.exit_code, scores.stderr) == (0, "")
    done = run("calibrate", "-", "--rating", "score", "--json", given=scores.stdout)
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout)["calibration"]["ratings"]["alpha"][0]["n"] == 100
    assert json.loads(done.stdout)["inputs"][0]["file"] == "stdin.csv"
    page = run("calibrate", "-", "--rating", "score", "--html", "-", given=scores.stdout)
    assert page.stdout.startswith("<!doctype html>") and page.stdout.rstrip().endswith("</html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.csv", "calls.csv", "service.yaml"]


def test_forms_come_from_standard_input(run: Run) -> None:
    assert run("rubric", "check", "-", given=RUBRIC).stdout == "stdin.yaml: service 1, 2 criteria, no problems\n"
    wrong = run("rubric", "check", "-", given=RUBRIC.replace("weight: 1", "weight: -1"))
    assert wrong.exit_code == 4 and wrong.stderr.startswith("stdin.yaml:10:13: sections[0].weight: ")
    shown = run("rubric", "show", "-", "--json", given=RUBRIC)
    assert json.loads(shown.stdout)["id"] == "service"
    assert run("score", "answers.csv", "--rubric", "-", "--out", "-", given=RUBRIC).stdout.count("\n") == 301
    form = run("rubric", "export", "online-chat")
    if form.exit_code == 0:
        back = run("rubric", "import", "-", "--from", "amazon_connect", given=form.stdout)
        assert back.stdout.startswith("qascore: 1")


def test_a_study_comes_from_standard_input(run: Run, tmp_path: Path) -> None:
    text = "title: Piped\nconversations: {file: calls.csv, strata: channel}\nsample: {size: 40, seed: 7}\n"
    done = run("study", "-", "--out", "out", "--json", given=text)
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout)["seed"] == 7
    bad = run("study", "-", given=text.replace("seed", "sead"))
    assert bad.exit_code == 2 and "stdin.yaml:3:" in bad.stderr


def test_messages_name_standard_input_and_one_file_only_can_be_it(run: Run) -> None:
    ragged = run(*SAMPLE, "-", given=CALLS.replace("c003,phone,basic", "c003,phone"))
    assert (ragged.exit_code, ragged.stdout) == (3, "")
    assert "  stdin.csv:5: expected 4 values as in the header but found 3" in ragged.stderr
    twice = run("rubric", "diff", "-", "-", given=RUBRIC)
    assert twice.exit_code == 2 and "standard input can stand for one file only" in twice.stderr
    both = run(*SAMPLE, "-", "--json", given=CALLS)
    assert both.exit_code == 2 and "--json: goes to standard output" in both.stderr


def test_scores_are_printed_as_json_without_a_file(run: Run, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    done = run("score", "answers.csv", "--rubric", "service.yaml", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)["evaluation_id"]) == 300
    one = run("score", "answers.csv", "--rubric", "service.yaml", "--json", "--explain", "c001-r1")
    assert {"score", "criteria"} <= set(json.loads(one.stdout))
    assert sorted(tmp_path.iterdir()) == before


# Completion, colours, progress


def completed(words: str) -> list[str]:
    line = words.split(" ")
    done = subprocess.run(
        [sys.executable, "-m", "qascore"], capture_output=True, text=True, check=True, timeout=60,
        env={**os.environ, "_QASCORE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(line) - 1)},
    )  # fmt: skip
    return done.stdout.split()


def test_the_shell_completes_commands_options_choices_and_rubrics() -> None:
    assert {"sample", "score", "simulate", "study"} == set(completed("qascore s"))
    assert completed("qascore rubric sh") == ["show"]
    assert "--strata" in completed("qascore sample --st")
    assert completed("qascore calibrate --level o") == ["ordinal"]
    assert completed("qascore rubric show voi") == ["voice-service"]


def test_a_script_for_the_shell_is_shown(run: Run) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qascore", "--show-completion", "bash"], capture_output=True, text=True, timeout=60,
        env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
    )  # fmt: skip
    assert done.returncode == 0
    assert "_QASCORE_COMPLETE=complete_bash" in done.stdout


@pytest.mark.parametrize("plain", [False, True])
def test_errors_are_coloured_on_a_terminal_unless_asked_not_to(tmp_path: Path, plain: bool) -> None:
    reader, writer = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | ({"NO_COLOR": "1"} if plain else {})
    done = subprocess.run(
        [sys.executable, "-m", "qascore", "rubric", "show", "no-such-rubric"], cwd=tmp_path, stderr=writer, timeout=60,
        stdout=subprocess.PIPE, env=environment,
    )  # fmt: skip
    os.close(writer)
    shown = drain(reader)
    assert done.returncode == 7
    assert b"qascore: a file cannot be used" in shown
    assert (b"\x1b[1;31m" in shown) is not plain


# The command line, which draws its bar at every step, so that a quick one is seen too.
EAGER = """
import rich.progress
from qascore.cli import main
update = rich.progress.Progress.update
rich.progress.Progress.update = lambda bar, *given, **more: (update(bar, *given, **more), bar.refresh())[0]
main()
"""


def test_progress_says_its_rate_and_what_is_left(tmp_path: Path) -> None:
    program = (
        "import time\nfrom qascore.cli.terminal import progress\nwith progress(False) as show:\n"
        "    for step in range(5):\n        show('drawing again', step, 5); time.sleep(0.15)\n"
    )
    reader, writer = pty.openpty()
    environment = {**os.environ, "COLUMNS": "120", "TERM": "xterm"}
    subprocess.run([sys.executable, "-c", program], stderr=writer, check=True, timeout=60, env=environment)
    os.close(writer)
    shown = drain(reader).decode()
    assert "drawing again" in shown and "4/5" in shown and "left" in shown
    assert "/s" in shown


@pytest.mark.parametrize(
    ("command", "steps"),
    [
        ("relate pairs.csv --criterion a --criterion b --agent agent --replicates 200 --seed 1", ["reading", "within agents", "criteria", "who answers"]),
        ("calibrate ratings.csv", ["reading", "calibrating: agreement", "9/14", "calibrating: number of units"]),
    ],
)
def test_long_commands_show_their_steps_on_a_terminal_and_nothing_in_a_pipe(tmp_path: Path, command: str, steps: list[str]) -> None:
    rows = [f"{at},{at % 5},{at % 3},{(at % 5 + at % 3) / 2},{1 + (at % 5 + at % 2) % 5},{at % 6}" for at in range(60)]
    (tmp_path / "pairs.csv").write_text("\n".join(["id,a,b,score,csat,agent", *rows]) + "\n")
    rated = [f"d{at},r{rater},{(at + rater * (at % 4 == 0)) % 3}" for at in range(30) for rater in range(3)]
    (tmp_path / "ratings.csv").write_text("\n".join(["conversation_id,rater_id,rating", *rated]) + "\n")
    call = [sys.executable, "-c", EAGER, *command.split()]
    reader, writer = pty.openpty()
    environment = {**os.environ, "COLUMNS": "120", "TERM": "xterm"}
    done = subprocess.run(call, cwd=tmp_path, stdout=subprocess.PIPE, stderr=writer, timeout=120, env=environment)
    os.close(writer)
    shown = drain(reader).decode()
    assert done.returncode == 0 and b"\x1b" not in done.stdout
    assert [step for step in steps if step not in shown] == []
    assert "left" in shown and "/s" in shown
    piped = subprocess.run(call, cwd=tmp_path, capture_output=True, timeout=120, env=environment)
    assert (piped.returncode, piped.stderr, piped.stdout) == (0, b"", done.stdout)


# The commands that make and join


def test_a_simulated_centre_is_written_with_a_study_that_runs_on_it(run: Run, tmp_path: Path) -> None:
    done = run("simulate", "--seed", "7", "--conversations", "400", "--agents", "8", "--teams", "2", "--raters", "4", "--rate", "0.3")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "centre/conversations.csv: 400 rows" in done.stdout and done.stdout.endswith("Study: centre/study.yaml\n")
    assert pc.read_csv(tmp_path / "centre" / "truth_agents.csv").num_rows == 8
    first = {path.name: path.read_bytes() for path in (tmp_path / "centre").iterdir()}
    again = run(
        "simulate", "--seed", "7", "--conversations", "400", "--agents", "8", "--teams", "2", "--raters", "4", "--rate", "0.3", "--json"
    )
    assert json.loads(again.stdout)["rows"]["conversations.csv"] == 400
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "centre").iterdir()}
    study = run("study", "centre/study.yaml", "--out", "out", "--json")
    assert (study.exit_code, study.stderr) == (0, "")
    assert json.loads(study.stdout)["counts"]["conversations"] == 400


def test_reports_are_joined_to_one_page(run: Run, tmp_path: Path) -> None:
    for month in ("May", "June"):
        text = f"title: {month}\nconversations: {{file: calls.csv, strata: channel, measures: {{handle_s: mean}}}}\nsample: {{size: 40, seed: 7}}\n"
        assert run("study", "-", "--out", month, "--quiet", given=text).exit_code == 0
    one = run("report", "May/report.json", "--out", "-")
    assert one.stdout == (tmp_path / "May" / "report.html").read_text()
    both = run("report", "May/report.json", "June/report.json", "--title", "Spring", "--out", "spring.html")
    assert (both.exit_code, both.stdout) == (0, "Report: spring.html\n")
    page = (tmp_path / "spring.html").read_text()
    assert "<title>Spring</title>" in page and "May: Who was drawn" in page and "June: Who was drawn" in page
    assert page.count('id="part1-sample"') == page.count('id="part2-sample"') == 1
    assert json.loads(run("report", "May/report.json", "--json").stdout)["title"] == "May"
    assert run("report", "May", "--out", "-").stdout == one.stdout
    figures = run("report", "May/study.json")
    assert figures.exit_code == 3 and "found the figures of a study; give May/report.json" in figures.stderr
    (tmp_path / "empty").mkdir()
    assert run("report", "empty").exit_code == 7
    for text, said in (("{", "notareport.json:1:"), ("[1]", "expected what Report.to_dict made"), ('{"record": "Repot"}', "did you mean")):
        (tmp_path / "notareport.json").write_text(text)
        wrong = run("report", "notareport.json")
        assert wrong.exit_code == 3 and said in wrong.stderr


def test_pages_are_made_in_chinese_with_what_makes_them_again(run: Run, tmp_path: Path) -> None:
    pairs = "conversation_id,score,csat\n" + "".join(f"c{row},{0.4 + row % 7 / 12},{1 + (row % 7 + row % 2) % 5}\n" for row in range(60))
    done = run("relate", "-", "--html", "-", "--language", "zh-CN", given=pairs)
    assert (done.exit_code, done.stderr) == (0, "")
    assert '<html lang="zh-CN">' in done.stdout and "质检得分与满意度" in done.stdout
    assert "stdin.csv, 60 rows, sha256 " in done.stdout and "<dt>命令</dt>" in done.stdout
    wrong = run("relate", "-", "--html", "-", "--language", "zh", given=pairs)
    assert wrong.exit_code == 2 and "--language: expected one of en, zh-CN but found 'zh'" in wrong.stderr
    text = "title: Mai\nconversations: {file: calls.csv, strata: channel}\nsample: {size: 40, seed: 7}\n"
    assert run("study", "-", "--out", "out", "--language", "zh-CN", "--quiet", given=text).exit_code == 0
    assert "抽取了哪些会话" in (tmp_path / "out" / "report.html").read_text()
