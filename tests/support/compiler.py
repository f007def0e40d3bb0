"""Compiles small programs for the tests that are about compiling."""

import os
import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Outcome(NamedTuple):
    compiles: bool
    messages: str


def compile_unit(command: list[str], source: Path, *flags: str) -> Outcome:
    """Compiles one translation unit; the object file stands beside the source, where a compiler cache finds it again by the
    list of what was included (-MD)."""
    target = source.with_name("".join([source.name, *flags, ".o"]))
    run = subprocess.run(
        [*command, *flags, "-MD", "-c", str(source), "-o", str(target)], capture_output=True, text=True, check=False
    )
    return Outcome(run.returncode == 0, run.stderr)


def in_parallel(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, items))
