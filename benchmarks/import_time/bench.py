"""Importing qascore in a fresh interpreter, beside importing NumPy.

Modules are imported when one of their names is first used; what a program pays that asks for one is the second task.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from harness import Contestant, Task


def fresh(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


OURS = {"import": "import qascore", "import and first verb": "import qascore; qascore.mean"}
AIMS = {"import": 2.0, "import and first verb": 0.6}


def check(answers: Mapping[str, Any]) -> None:
    assert {answer.strip() for answer in answers.values()} == {"numpy", "qascore"}


def tasks() -> list[Task]:
    numpy = Contestant("import numpy", lambda: fresh("import numpy; print(numpy.__name__)"))
    return [
        Task(
            f"{name} in a fresh interpreter",
            Contestant(code, lambda code=code: fresh(f"{code}\nprint('qascore')")),  # type: ignore[misc]
            (numpy,),
            check,
            {"import numpy": AIMS[name]},
        )
        for name, code in OURS.items()
    ]
