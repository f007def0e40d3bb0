"""What the commands show: errors as one block with an exit code per kind, progress on a terminal only."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import typer

from .._render import width
from ..errors import ArgumentError, DataError, DesignError, FileError, NumericError, Problem, RubricError

EXIT_CODES: tuple[tuple[type[Exception], int, str], ...] = (
    (FileError, 7, "a file cannot be used"),
    (RubricError, 4, "the rubric or an answer to it is not valid"),
    (DesignError, 5, "the plan or design cannot give what is asked"),
    (DataError, 3, "the data cannot be used"),
    (NumericError, 6, "a computation failed"),
    (ArgumentError, 2, "an argument is not valid"),
    (ImportError, 2, "a package is missing"),
    (OSError, 7, "a file cannot be used"),
)
UNEXPECTED = 1
INTERRUPTED = 130
MOST_SHOWN = 200  # characters of a line

Progress = Callable[[str, int, int], None]


def exit_code(error: BaseException) -> int:
    """The code of its kind."""
    return next((code for kind, code, _ in EXIT_CODES if isinstance(error, kind)), UNEXPECTED)


def compiler_lines(file: Path, problems: Sequence[Problem]) -> str:
    """Problems as a compiler prints them: where and what, and below it the line of the file with a mark under the place."""
    try:
        text = file.read_text(encoding="utf-8-sig").split("\n")  # reading turns all line ends into this one
    except (OSError, UnicodeDecodeError):
        text = []
    out: list[str] = []
    for one in problems:
        at = f"{one.file}:{one.line}:{one.column}" if one.line else one.file
        out.append(": ".join(filter(None, (at, one.path, one.message))))
        if 0 < one.line <= len(text) and len(text[one.line - 1]) <= MOST_SHOWN:
            line = text[one.line - 1]
            number = f"{one.line:5d} | "
            before = "".join("\t" if c == "\t" else " " * width(c) for c in line[: one.column - 1])
            out += [number + line, " " * (len(number) - 2) + "| " + before + "^"]
    return "\n".join(out)


def fail(error: BaseException) -> NoReturn:
    """Says what went wrong on the error stream and ends with the code of its kind."""
    for kind, code, headline in EXIT_CODES:
        if isinstance(error, kind):
            lines = "\n".join(f"  {line}" for line in str(error).splitlines())
            _say(f"qascore: {headline}", lines)
            raise typer.Exit(code)
    _say("qascore: an unexpected error; please report it with what follows", "")
    traceback.print_exception(error, file=sys.stderr)
    raise typer.Exit(UNEXPECTED)


def _say(headline: str, text: str) -> None:
    if sys.stderr.isatty():
        headline = f"\x1b[1;31m{headline}\x1b[0m"
    print(f"{headline}\n{text}".rstrip(), file=sys.stderr)


def _terminate(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def guarded() -> Iterator[None]:
    """The body of every command: errors become a message and an exit code, an interrupt leaves no files behind."""
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    except KeyboardInterrupt:
        _say("qascore: interrupted; nothing was written", "")
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        raise  # the reader of our output went away: typer ends quietly
    except Exception as error:
        if isinstance(error, typer.Exit):
            raise
        fail(error)
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def progress(quiet: bool) -> Iterator[Progress]:
    """Shows steps on the error stream if that is a terminal, else shows nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda step, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    with bar:
        task = bar.add_task("", total=None)

        def show(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total)

        yield show
