"""Times qascore beside its peers in one run.

A task makes its data, names its contestants and checks that all of them give the same answer; only then is anything
timed. Contestants take turns, round by round, so that a busy machine slows all of them alike, and the best round of
each counts. What is compared is the ratio of a peer's time to ours.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Contestant:
    """`run` is timed; its answer goes to the task's check. A peer that is not installed is left out by name."""

    name: str
    run: Callable[[], Any]


@dataclass(frozen=True)
class Task:
    """What is measured.

    ours, peers : contestants.
    check : gets {name: answer}, raises AssertionError where the answers differ beyond the stated tolerance.
    aims : {peer: smallest ratio of its time to ours}.
    limit_ms : an aim in milliseconds, for work that no peer can do at this size.
    """

    name: str
    ours: Contestant
    peers: tuple[Contestant, ...]
    check: Callable[[Mapping[str, Any]], None]
    aims: Mapping[str, float] = field(default_factory=dict)
    limit_ms: float | None = None
    note: str = ""


def measure(task: Task, seconds: float, least_rounds: int = 3) -> dict[str, Any]:
    contestants = (task.ours, *task.peers)
    answers = {c.name: c.run() for c in contestants}
    task.check(answers)
    del answers
    best = {c.name: float("inf") for c in contestants}
    rounds = 0
    end = time.perf_counter() + seconds
    while rounds < least_rounds or time.perf_counter() < end:
        for contestant in contestants:
            gc.collect()
            gc.disable()
            start = time.perf_counter()
            contestant.run()
            best[contestant.name] = min(best[contestant.name], time.perf_counter() - start)
            gc.enable()
        rounds += 1
    ours = best[task.ours.name]
    rows = []
    for contestant in contestants:
        ratio = best[contestant.name] / ours
        aim = task.aims.get(contestant.name)
        rows.append(
            {
                "contestant": contestant.name,
                "milliseconds": 1e3 * best[contestant.name],
                "ratio": ratio,
                "aim": aim,
                "met": None if aim is None else ratio >= aim,
            }
        )
    if task.limit_ms is not None:
        rows[0]["aim"] = f"<= {task.limit_ms:g} ms"
        rows[0]["met"] = 1e3 * ours <= task.limit_ms
    return {"task": task.name, "rounds": rounds, "note": task.note, "rows": rows}


def versions(names: tuple[str, ...]) -> dict[str, str]:
    out = {"python": platform.python_version(), "machine": platform.machine(), "cores": str(os.cpu_count())}
    for name in names:
        try:
            out[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            out[name] = "not installed"
    return out


def show(results: list[dict[str, Any]]) -> str:
    lines = [f"{'task':44} {'contestant':34} {'ms':>11} {'ratio':>8} {'aim':>11}  met"]
    for result in results:
        for i, row in enumerate(result["rows"]):
            name = result["task"] if i == 0 else ""
            aim = "" if row["aim"] is None else (row["aim"] if isinstance(row["aim"], str) else f"{row['aim']:g} x")
            met = "" if row["met"] is None else ("yes" if row["met"] else "NO")
            ratio = "" if i == 0 else f"{row['ratio']:.1f} x"
            lines.append(
                f"{name:44} {row['contestant']:34} {row['milliseconds']:11.2f} {ratio:>8} {aim:>11}  {met}"
            )
    return "\n".join(lines)


def write_json(path: Path, results: list[dict[str, Any]], packages: dict[str, str]) -> None:
    temporary = path.with_suffix(path.suffix + ".tmp")
    temporary.write_text(json.dumps({"versions": packages, "results": results}, indent=2), encoding="utf-8")
    temporary.replace(path)
