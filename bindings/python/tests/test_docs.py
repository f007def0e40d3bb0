"""Every block of Python, every command and every block of YAML in the README and the docs runs, in the order of its page.

Python runs on frames that have the columns it names, commands on files of the names they take. C++ blocks: tests/docs.
"""

from __future__ import annotations

import doctest
import importlib
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
import qascore as qa

matplotlib.use("Agg")
ROOT = Path(__file__).parents[3]
CALLS = 100_000


def frames() -> dict[str, Any]:
    """What the pages call calls, scores, ...: 60,000 phone calls and 40,000 chats of June and May."""
    rng = np.random.default_rng(1)
    row = np.arange(CALLS)
    queue = np.where(row < 60_000, "phone", "chat")
    agent = rng.integers(0, 40, CALLS)
    quality = rng.normal(0.0, 0.05, 40)[agent]
    score = np.clip(0.7 + quality + rng.normal(0.0, 0.1, CALLS), 0.0, 1.0)
    calls = pd.DataFrame(
        {
            "conversation_id": row,
            "queue": queue,
            "channel": np.where(row % 2 == 0, "voice", "text"),
            "month": np.where(rng.random(CALLS) < 0.5, "june", "may"),
            "minutes": rng.gamma(2.0, 3.0, CALLS),
            "seconds": rng.gamma(2.0, 180.0, CALLS),
            "handle_s": rng.gamma(2.0, 105.0, CALLS),
            "agent_id": pd.Series(agent).map(lambda a: ["ana", "ben"][a] if a < 2 else f"agent-{a}"),
            "team": np.where(agent < 20, "north", "south"),
            "tenure": np.linspace(0.5, 9.0, 40)[agent],
            "model_score": np.clip(score + rng.normal(0.0, 0.05, CALLS), 0.0, 1.0),
            "model_says_yes": rng.random(CALLS),
            "risk": np.where(rng.random(CALLS) < 0.002, "flagged", "other"),
            "escalated": rng.random(CALLS) < 0.0005,
            "risk_flag": rng.random(CALLS) < 0.005,
            "repeat_complaint": rng.random(CALLS) < 0.01,
        }
    )
    calls["resolved"] = (rng.random(CALLS) < score).astype(int)
    reviews = pd.DataFrame(
        {
            "conversation_id": row,
            "score": score,
            "complaints": rng.poisson(0.2, CALLS),
            "points_earned": np.round(20 * score),
            "points_possible": 20,
            "csat": np.select([rng.random(CALLS) < 0.2, score < 0.7], ["low", "middle"], "high"),
        }
    )
    calls["model_says_yes"] = np.clip(0.5 * calls["resolved"] + 0.5 * calls["model_says_yes"], 0.0, 1.0)
    return {"calls": calls, "scores": reviews}


def evaluations() -> dict[str, Any]:
    """What the README starts from: a simulated centre and its raters' work."""
    centre = qa.simulate(conversations=3000, agents=20, teams=4, raters=6, seed=7)
    done = centre.evaluate(list(centre.conversations["conversation_id"][:600]), raters_per_conversation=2)
    return {
        "calls": centre.conversations.rename(columns={"service_type": "queue"}),
        "evaluations": done.evaluations,
        "answers": done.answers,
        "surveys": centre.csat,
    }


def ratings() -> dict[str, Any]:
    """The page on calibration: 200 conversations, five raters, two criteria."""
    rng = np.random.default_rng(2)
    grid = pd.MultiIndex.from_product(
        [range(200), ["ann", "bob", "cai", "dan", "eve"], ["greeting", "closing"]],
        names=["conversation_id", "rater_id", "criterion"],
    )
    frame = grid.to_frame(index=False)
    frame["score"] = np.clip(frame["conversation_id"] % 5 + rng.integers(-1, 2, len(frame)), 0, 4)
    conversation = np.repeat(np.arange(240), 2)  # 20 agents, 12 conversations of each, two raters of five
    rater = (rng.integers(0, 5, 240)[:, None] + [0, 2]).ravel() % 5
    agent, quality = conversation % 20, rng.normal(0.0, 0.4, 240)
    scores = pd.DataFrame(
        {
            "conversation_id": conversation,
            "agent_id": [f"agent-{a}" for a in agent],
            "rater_id": [f"rater-{r}" for r in rater],
            "queue": np.where(conversation % 3 == 0, "chat", "phone"),
            "minutes": rng.gamma(2.0, 3.0, 240)[conversation],
            "score": 3 + 0.05 * agent - 0.2 * rater + quality[conversation] + rng.normal(0.0, 0.4, len(agent)),
        }
    )
    return {"frame": frame, "scores": scores}


def sessions() -> dict[str, Any]:
    """The page on raters: an expert and three raters on 120 conversations, answers, scores and stars."""
    rng = np.random.default_rng(5)
    who = ["expert", "ann", "bob", "cai"]
    truth = rng.integers(0, 3, 120)
    said = np.where(rng.random((120, 4)) < [0.0, 0.2, 0.3, 0.1], rng.integers(0, 3, (120, 4)), truth[:, None])
    quality = rng.normal(0.7, 0.1, 120)
    scores = quality[:, None] + rng.normal(0.0, [0.05, 0.06, 0.06], (120, 3))
    long = {"conversation_id": np.repeat(range(120), 4), "rater_id": who * 120}
    scored = {"conversation_id": np.repeat(range(120), 3), "rater_id": ["model", "ann", "bob"] * 120}
    return {
        "sessions": pd.DataFrame({**long, "answer": np.array(["fail", "pass", "great"])[said.ravel()]}),
        "scored": pd.DataFrame({**scored, "score": scores.ravel()}),
        "forms": pd.DataFrame({**scored, **{name: rng.integers(2, 6, 360) for name in ("tone", "care", "clarity")}}),
        "rated": pd.DataFrame(
            {
                "agent_id": np.arange(360) % 12,
                "rater_id": ["ann", "bob", "cai"] * 120,
                "queue": np.where(np.arange(360) // 12 % 2 == 0, "chat", "phone"),
                "stars": rng.integers(1, 4, 360) + np.arange(360) % 3 // 2,
            }
        ),
    }


def drawn(sample: pd.DataFrame) -> qa.SampleDesign:
    return qa.SampleDesign(sample.assign(probability=0.005), probability="probability")


def assigned() -> dict[str, Any]:
    """The page on assignment: a week of two teams."""
    calls = frames()["calls"]
    return {"week": calls.iloc[::400]}


def satisfaction() -> dict[str, Any]:
    """The page on scores and satisfaction."""
    found = frames()
    scores = found["scores"][["conversation_id", "score"]].iloc[:500]
    surveys = pd.DataFrame({"conversation_id": range(100, 400), "csat": [1, 2, 3, 4, 5] * 60})
    sample = scores.merge(surveys).merge(found["calls"][["conversation_id", "minutes", "agent_id"]])
    rng = np.random.default_rng(4)
    for name in ("greeting", "solution", "tone"):
        sample[name] = rng.integers(0, 3, len(sample)) / 2
    sample["channel"] = np.where(sample["conversation_id"] % 3 == 0, "chat", "phone")
    surveyed = scores.merge(surveys, how="left")
    surveyed["channel"] = np.where(rng.random(len(surveyed)) < 0.4, "chat", "phone")
    surveyed["wait"] = rng.exponential(3.0, len(surveyed))
    rated = sample.assign(scorer=sample["conversation_id"] % 4, asked=sample["conversation_id"] % 3)
    return {"scores": scores, "surveys": surveys, "design": drawn(sample), "surveyed": surveyed, "rated": rated}


def reported() -> dict[str, Any]:
    """The page on reports."""
    found = frames()
    design = drawn(found["calls"].merge(found["scores"]).iloc[::200])
    return {"design": design, "overall": qa.mean(design, "score")}


def streamed() -> dict[str, Any]:
    """The page on sampling, with a stream of batches."""
    import pyarrow

    calls = frames()["calls"]
    return {"calls": calls, "reader": pyarrow.Table.from_pandas(calls).to_batches(max_chunksize=10_000)}


def scored() -> dict[str, Any]:
    """The page on inclusion probabilities: a score of every call."""
    found = frames()
    return {"calls": found["calls"].merge(found["scores"])}


PAGES = {
    "README.md": evaluations,
    "docs/assignment.md": assigned,
    "docs/calibration.md": ratings,
    "docs/csat.md": satisfaction,
    "docs/estimation.md": frames,
    "docs/howto-analyst.md": dict,
    "docs/howto-lead.md": dict,
    "docs/importing.md": dict,
    "docs/inclusion-probabilities.md": scored,
    "docs/raters.md": sessions,
    "docs/report.md": reported,
    "docs/rubric.md": dict,
    "docs/sampling.md": streamed,
    "docs/simulation.md": dict,
    "docs/start.md": dict,
    "docs/which-coefficient.md": dict,
}


def study_files(folder: Path) -> None:
    for file in (ROOT / "examples" / "study").iterdir():
        shutil.copy(file, folder)


def assignment_files(folder: Path) -> None:
    calls = pd.DataFrame({"conversation_id": [f"c{n:03}" for n in range(60)], "team": ["north", "south"] * 30})
    calls.to_csv(folder / "sample.csv", index=False)
    people = {"rater_id": ["ann", "bob", "cai", "dan"], "team": ["north", "north", "south", "south"], "hours": [30, 30, 30, 30]}
    pd.DataFrame(people).to_csv(folder / "raters.csv", index=False)


# What the commands of a page find in their folder; `examples` is there for all.
FILES: dict[str, Callable[[Path], None]] = {"docs/assignment.md": assignment_files, "docs/cli.md": study_files}


def blocks(page: Path, language: str = "python") -> list[tuple[int, str]]:
    """Line and text of each block of a language; of commands, those that call qascore."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [(text[: match.start()].count("\n") + 2, match.group(1)) for match in found]


def commands(page: Path) -> list[tuple[int, str]]:
    return [
        (line + at, command)
        for line, block in blocks(page, "")
        for at, command in enumerate(block.splitlines())
        if command.startswith("qascore ")
    ]


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_page_with_python_is_run() -> None:
    assert {str(page.relative_to(ROOT)) for page in pages() if blocks(page)} == set(PAGES)


@pytest.mark.parametrize("page", sorted({*PAGES, *(str(page.relative_to(ROOT)) for page in pages() if commands(page))}))
def test_the_blocks_of_a_page_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from qascore.cli.app import app
    from typer.testing import CliRunner

    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    FILES.get(page, lambda folder: None)(tmp_path)
    names: dict[str, Any] = {"qa": qa, **PAGES.get(page, dict)()}
    steps = [(line, "python", code) for line, code in blocks(ROOT / page)]
    steps += [(line, "command", code) for line, code in commands(ROOT / page)]
    for line, kind, code in sorted(steps):
        if kind == "python":
            exec(compile("\n" * (line - 1) + code, page, "exec"), names)  # so that an error names the line of the page
        else:
            done = CliRunner().invoke(app, [*shlex.split(code, comments=True)[1:], "--quiet"])
            assert done.exit_code == 0, f"{page}:{line}: {code}\n{done.output}"


# What a page needs is what it tells readers to install: other packages of the test environment are hidden from its blocks.
RUN_WITH_EXTRAS_ONLY = """
import json, sys
from importlib.machinery import PathFinder

hidden, page, blocks = set(json.loads(sys.argv[1])), sys.argv[2], json.loads(sys.argv[3])


class Installed(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in hidden else super().find_spec(name, path, target)


sys.meta_path[sys.meta_path.index(PathFinder)] = Installed
import matplotlib

matplotlib.use("Agg")
names = {}
for line, code in blocks:
    exec(compile("\\n" * (line - 1) + code, page, "exec"), names)
"""


def modules_beyond(extras: list[str]) -> list[str]:
    """The modules of installed packages that are neither the project's own, nor what it and these extras ask for."""
    from importlib.metadata import PackageNotFoundError, packages_distributions, requires

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [Requirement(one) for one in project["dependencies"]]
    asked += [Requirement(one) for extra in extras for one in project["optional-dependencies"][extra]]
    kept: set[str] = {"qascore"}
    while asked:
        one = asked.pop()
        if (name := canonicalize_name(one.name)) in kept or (one.marker and not one.marker.evaluate({"extra": ""})):
            continue
        kept.add(name)
        try:
            asked += [Requirement(line) for line in requires(name) or ()]
        except PackageNotFoundError:
            continue
    found = packages_distributions().items()
    return [module for module, owners in found if not {canonicalize_name(owner) for owner in owners} & kept]


@pytest.mark.parametrize("page", ["docs/start.md", "docs/howto-analyst.md", "docs/howto-lead.md"])
def test_a_page_runs_with_what_the_start_page_installs(page: str, tmp_path: Path) -> None:
    installs = {re.search(r'pip install "\.\[([a-z,]+)\]"', (ROOT / one).read_text(encoding="utf-8")) for one in ("README.md", "docs/start.md")}
    (extras,) = {found.group(1) for found in installs if found}
    demo = re.search(r"^  demo\) echo ([a-z ]+) ;;$", (ROOT / "script" / "lib.bash").read_text(encoding="utf-8"), re.MULTILINE)
    assert demo and demo.group(1).split() == extras.split(",")
    hidden = modules_beyond(extras.split(","))
    assert {"polars", "scipy", "pytest"} <= set(hidden) and not {"matplotlib", "typer", "numpy", "qascore"} & set(hidden)
    command = [sys.executable, "-c", RUN_WITH_EXTRAS_ONLY, json.dumps(hidden), page, json.dumps(blocks(ROOT / page))]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_readme_runs_where_answers_say_conversation_and_rater_themselves() -> None:
    names: dict[str, Any] = {"qa": qa, **evaluations()}
    names["answers"] = names["answers"].merge(names["evaluations"], on="evaluation_id")
    for _, code in blocks(ROOT / "README.md"):
        exec(code, names)


def test_the_yaml_of_the_pages_is_read(tmp_path: Path) -> None:
    """A whole form, parts of one in a form that has what they name, and a study."""
    import yaml

    found = {str(page.relative_to(ROOT)): blocks(page, "yaml") for page in pages() if blocks(page, "yaml")}
    assert set(found) == {"docs/rubric.md", "docs/study.md"}
    whole, *parts = [text for _, text in found["docs/rubric.md"]]
    form = qa.Rubric.parse(whole)
    assert len(form.criteria) == 2
    for part in parts:
        settings = yaml.safe_load(part)
        base = {
            "qascore": 1, "id": "f", "version": "1", "title": "F", "scoring": {"method": "points"},
            "sections": [{"id": "s", "title": "S", "criteria": [
                {"id": "greeting", "title": "G", "answer": "yes_no"},
                {"id": "refund", "title": "R", "answer": {"options": [{"id": "full", "points": 2}, {"id": "none", "points": 0}]}},
                {"id": "asked", "title": "A", "answer": "yes_no"},
            ]}],
        }  # fmt: skip
        if "ask_when" in settings:
            base["sections"][0]["criteria"][2].update(settings)
        else:
            base.update(settings)
        assert qa.Rubric.parse(yaml.safe_dump(base, sort_keys=False)).criteria
    study_files(tmp_path)
    ((_, study),) = found["docs/study.md"]
    (tmp_path / "study.yaml").write_text(study, encoding="utf-8")
    assert qa.run_study(tmp_path / "study.yaml", out=tmp_path / "results")
    assert (tmp_path / "results" / "report.html").is_file()


def documented() -> list[str]:
    folder = Path(qa.__file__).parent
    return sorted(
        ".".join(("qascore", *path.relative_to(folder).with_suffix("").parts)).removesuffix(".__init__")
        for path in folder.rglob("*.py")
        if ">>> " in path.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("module", documented())
def test_the_examples_of_a_docstring_run(module: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(module))
    assert not failed
    assert tried
