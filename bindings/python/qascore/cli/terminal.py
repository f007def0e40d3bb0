"""What the commands read and show: standard streams, errors as one block with an exit code per kind, progress on a terminal only."""

from __future__ import annotations

import os
import re
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand

from .._render import width
from ..errors import ArgumentError, DataError, DesignError, FileError, MissingColumnError, NumericError, Problem, RubricError

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
STANDARD = Path("-")
"""Standard input or output in place of a file."""


STAND_FOR = {"scale": ("lowest", "highest"), "reliability_x": ("reliability",), "columns": ("criteria",)}
"""Arguments of the library that a command makes of its own, by their names there."""
_OPTIONS: ContextVar[Mapping[str, str]] = ContextVar("options", default={})  # of the command that runs, by their arguments' names
_USUAL: ContextVar[Mapping[str, str]] = ContextVar("usual", default={})  # the option that would name a column, by the name it has without


class Command(TyperCommand):
    """A command that says its options where the library says its arguments, and knows them by those names too."""

    def _options(self) -> dict[str, str]:
        return {one.name: max(one.opts, key=len) for one in self.params if one.name and one.opts[0].startswith("-")}

    def invoke(self, ctx: Any) -> Any:
        options = self._options()
        left = [name for name in options if getattr(ctx.get_parameter_source(name), "name", "") == "DEFAULT"]
        made = {name: of for name, of in STAND_FOR.items() if name not in options and set(of) <= set(options)}
        before = _OPTIONS.set(options | {name: " and ".join(options[one] for one in of) for name, of in made.items()})
        usual = _USUAL.set({ctx.params[name]: options[name] for name in left if isinstance(ctx.params.get(name), str)})
        try:
            return super().invoke(ctx)
        finally:
            _OPTIONS.reset(before)
            _USUAL.reset(usual)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            asked = getattr(error, "option_name", None)  # of an option that is none: typer's class for it has no public name
            if isinstance(asked, str) and not getattr(error, "possibilities", True):
                meant = {
                    flag
                    for name, flag in self._options().items()
                    if asked == f"--{name.replace('_', '-')}" or asked.startswith(f"{flag}-") or flag.startswith(f"{asked}-")
                }
                vars(error)["possibilities"] = sorted(meant)
            raise


def as_options(message: str, options: Mapping[str, str], *, argument: bool = False) -> str:
    """A message of the library with a command's options in place of the arguments that they are; `argument`: lines begin with one."""

    def flag(found: re.Match[str]) -> str:
        name, value = found.groups()
        return found[0] if name not in options else f"{options[name]} {value}" if value else options[name]

    def among(found: re.Match[str]) -> str:
        here = [options[name] for name in re.findall(r"\w+", found[2]) if name in options]
        return f"{found[1]}{', '.join(here[:-1])} and {here[-1]}" if len(here) > 1 else found[0]

    message = re.sub(r"\((\w+): (\w+)\)", lambda found: found[0] if found[1] not in options else f"({options[found[1]]} {found[2]})", message)
    message = re.sub(r"\((\w+) = ([\w.]+)", lambda found: found[0] if found[1] not in options else f"({options[found[1]]} {found[2]}", message)
    message = re.sub(r"^((?:.+?\.\w+: )?)frame: ", r"\1", message, flags=re.MULTILINE)  # which of its files a command names itself
    message = re.sub(r' or choose (\w+)="\w+"', lambda found: found[0] if found[1] in options else "", message)
    message = re.sub(r'(?<![\w-])([a-z_]+)=(?:"([\w-]+)"|(?=[\s,;.)]|$))', flag, message)
    message = re.sub(r"(expected exactly one of )((?:\w+, )+\w+ and \w+)", among, message)
    if argument:
        begins = r"^((?:\S+\.\w+: )?)((?:study: ratings\.)?([a-z_]+(?:, [a-z_]+)*))(?=: )"

        def flags(found: re.Match[str]) -> str:
            names = found[3].split(", ")
            return found[1] + (", ".join(options[name] for name in names) if set(names) <= set(options) else found[2])

        message = re.sub(begins, flags, message, flags=re.MULTILINE)
    return message


class Streams:
    """The files of a command, of which one may be read from standard input and one written to standard output, as `-`."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._written = False

    def close(self) -> None:
        """Removes the copy of standard input."""
        if self._folder is not None:
            self._folder.cleanup()

    def read(self, path: Path, ending: str = "") -> Path:
        """The file to read: the path, or a copy of standard input, whose format its first bytes say."""
        if path != STANDARD:
            return path
        if self._folder is not None:
            raise ArgumentError("-: standard input can stand for one file only")
        self._folder = tempfile.TemporaryDirectory(prefix="qascore-")
        content = sys.stdin.buffer.read()
        copy = Path(self._folder.name) / f"stdin{ending or _ending_of(content)}"
        copy.write_bytes(content)
        return copy

    def check(self, out: Path | None, as_json: bool = False) -> None:
        """That a table can be written there: told before the work, not after it."""
        from .._write import table_format

        if out == STANDARD:
            if as_json:
                raise ArgumentError("--json: goes to standard output, and so does --out -; choose one")
        elif out is not None:
            table_format(out)

    def table(self, out: Path, frame: Any) -> bool:
        """Writes a table, as CSV where it goes to standard output; whether anything else may be printed there."""
        from .._write import encode_table

        return self.data(out, encode_table("stdout.csv" if out == STANDARD else out, frame))

    def data(self, out: Path, content: bytes) -> bool:
        """Writes a file; whether anything else may be printed on standard output."""
        from .._write import write_file

        if out != STANDARD:
            write_file(out, content)
            return not self._written
        if self._written:
            raise ArgumentError("-: standard output can stand for one file only")
        self._written = True
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        return False

    def plain(self, message: str) -> str:
        """A message without the folder that the copy of standard input stands in."""
        return message if self._folder is None else message.replace(f"{self._folder.name}{os.sep}", "")


def _ending_of(content: bytes) -> str:
    if content[:4] == b"PAR1":
        return ".parquet"
    first = content.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0]
    if first[:1] == b"{":
        return ".jsonl"
    return ".tsv" if b"\t" in first and b"," not in first else ".csv"


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


def _with_source(message: str) -> str:
    """A message whose lines say a place in a study or a rubric, with the line of the file below each."""
    out: list[str] = []
    for line in message.splitlines():
        place = re.match(r"(.+?\.(?:ya?ml|json)):(\d+):(\d+): (.*)", line)
        problems = [Problem(place[1], int(place[2]), int(place[3]), "", place[4])] if place else []
        out.append(compiler_lines(Path(place[1]), problems) if place else line)
    return "\n".join(out)


def _with_usual(message: str) -> str:
    """A message of a column that is not there, with the option that says which it is where none was given."""
    found = re.search(r'expected a column "(.*?)" but found', message)
    flag = found and _USUAL.get().get(found[1])
    return f"{message}; {flag} says which column it is" if flag and flag not in message else message


def fail(error: BaseException, streams: Streams) -> NoReturn:
    """Says what went wrong on the error stream and ends with the code of its kind."""
    for kind, code, headline in EXIT_CODES:
        if isinstance(error, kind):
            said = as_options(str(error), _OPTIONS.get(), argument=isinstance(error, (ArgumentError, DesignError, DataError)))
            said = _with_usual(said) if isinstance(error, MissingColumnError) else said
            lines = "\n".join(f"  {line}" for line in streams.plain(_with_source(said)).splitlines())
            _say(f"qascore: {headline}", lines)
            raise typer.Exit(code)
    _say("qascore: an unexpected error; please report it with what follows", "")
    traceback.print_exception(error, file=sys.stderr)
    raise typer.Exit(UNEXPECTED)


def _say(headline: str, text: str) -> None:
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        headline = f"\x1b[1;31m{headline}\x1b[0m"
    print(f"{headline}\n{text}".rstrip(), file=sys.stderr)


def _terminate(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def guarded() -> Iterator[Streams]:
    """The body of every command: errors become a message and an exit code, an interrupt leaves no files behind."""
    before = signal.signal(signal.SIGTERM, _terminate)
    streams = Streams()
    try:
        yield streams
    except KeyboardInterrupt:
        _say("qascore: interrupted; nothing was written", "")
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        raise  # the reader of our output went away: typer ends quietly
    except Exception as error:
        if isinstance(error, typer.Exit):
            raise
        fail(error, streams)
    finally:
        signal.signal(signal.SIGTERM, before)
        streams.close()


@contextmanager
def progress(quiet: bool) -> Iterator[Progress]:
    """Shows steps on the error stream if that is a terminal, else shows nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda step, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, SpinnerColumn, Task, TextColumn
    from rich.progress import Progress as Bar
    from rich.progress import TimeElapsedColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Steps in a second, or the seconds that a step takes."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text("" if not speed else f"{speed:.1f}/s" if speed >= 1 else f"{1 / speed:.1f} s each")

    bar = Bar(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeElapsedColumn(),
        TextColumn("left"), TimeRemainingColumn(), console=Console(stderr=True), transient=True,
    )  # fmt: skip
    with bar:
        task = bar.add_task("", total=None)

        def show(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total)

        yield show
