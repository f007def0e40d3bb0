"""Compiling a translation unit that includes all of qascore, in compiled mode, beside one that includes nothing."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness import Contestant, Task

INCLUDE = Path(__file__).resolve().parents[2] / "include"


def compile_unit(source: str) -> int:
    compiler = shlex.split(os.environ.get("CXX", "")) or [shutil.which("c++") or "g++"]
    with tempfile.TemporaryDirectory() as folder:
        unit = Path(folder, "unit.cpp")
        unit.write_text(source, encoding="utf-8")
        command = [*compiler, "-std=c++20", "-O2", "-DQASCORE_COMPILED", f"-I{INCLUDE}", "-c", str(unit)]
        subprocess.run([*command, "-o", str(unit.with_suffix(".o"))], check=True)
        return unit.with_suffix(".o").stat().st_size


def tasks() -> list[Task]:
    def check(answers: Mapping[str, Any]) -> None:
        assert all(size > 0 for size in answers.values())

    return [
        Task(
            "compile #include <qascore/qascore.hpp>",
            Contestant(
                "qascore, compiled mode",
                lambda: compile_unit("#include <qascore/qascore.hpp>\nint main() {}\n"),
            ),
            (Contestant("nothing", lambda: compile_unit("int main() {}\n")),),
            check,
            limit_ms=4000.0,
        )
    ]
