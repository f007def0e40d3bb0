"""Importing qascore in a fresh interpreter, beside importing NumPy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from harness import Contestant, Task


def fresh(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def tasks() -> list[Task]:
    def check(answers: Mapping[str, Any]) -> None:
        assert answers["import qascore"].strip() == "qascore"
        assert answers["import numpy"].strip() == "numpy"

    return [
        Task(
            "import in a fresh interpreter",
            Contestant("import qascore", lambda: fresh("import qascore; print(qascore.__name__)")),
            (Contestant("import numpy", lambda: fresh("import numpy; print(numpy.__name__)")),),
            check,
            {"import numpy": 0.5},
        )
    ]
