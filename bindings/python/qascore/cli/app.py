"""The commands. Each reads files, calls the library, and shows or writes what came back."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .terminal import guarded, progress

app = typer.Typer(
    name="qascore",
    help="Quality inspection with honest numbers: sample, score, calibrate, relate, report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
rubric_app = typer.Typer(help="Work with rubric files.", no_args_is_help=True)
app.add_typer(rubric_app, name="rubric")

Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the results; it is made if it is not there.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the figures as JSON and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]


def _command() -> str:
    """The command as it was typed, for the record."""
    return shlex.join(["qascore", *sys.argv[1:]])


def _print_json(content: Any) -> None:
    from .._write import to_json

    print(to_json(content))


@app.command()
def study(
    file: Annotated[Path, typer.Argument(help="The study: which files are read and what is asked.", metavar="STUDY")],
    out: Out = Path("results"),
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run a whole study from files to tables, figures and one HTML report.

    Example: `qascore study study.yaml --out results`
    """
    with guarded():
        from ..study import run_study

        with progress(quiet) as show:
            result = run_study(file, out=out, progress=show, command=_command())
        if as_json:
            _print_json(result.to_dict())
        elif not quiet:
            print(result.summary())
            print(f"\nReport: {out / result.spec.output.report}")


@app.command()
def demo(
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the reference data; without it a centre is simulated.")
    ] = None,
    out: Out = Path("demo"),
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run the main job on a simulated centre whose truth is known, or on real data.

    Example: `qascore demo --out demo`
    """
    with guarded():
        from ..demo import run_demo

        with progress(quiet) as show:
            result = run_demo(data, out=out, progress=show, command=_command())
        if as_json:
            _print_json(result.to_dict())
        elif not quiet:
            print(result.summary())
            print(f"\nReport: {out / 'report.html'}")


@app.command()
def sample(
    file: Annotated[Path, typer.Argument(help="Conversations: CSV, Parquet or JSON lines.", metavar="CONVERSATIONS")],
    strata: Annotated[list[str], typer.Option("--strata", help="A column to stratify by; may be given several times.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed draws the same rows, everywhere.")],
    size: Annotated[int | None, typer.Option("--size", help="How many conversations.")] = None,
    rate: Annotated[float | None, typer.Option("--rate", help="Which share of them, above 0 and up to 1.")] = None,
    id: Annotated[str, typer.Option("--id", help="The column of unique ids.")] = "conversation_id",
    method: Annotated[str, typer.Option("--method", help="proportional or equal.")] = "proportional",
    min_per_stratum: Annotated[int | None, typer.Option("--min", help="At least this many of each stratum.")] = None,
    max_per_stratum: Annotated[int | None, typer.Option("--max", help="At most this many of each stratum.")] = None,
    missing_stratum: Annotated[str, typer.Option("--missing", help="Rows with a blank stratum: refuse or own.")] = "refuse",
    out: Annotated[Path, typer.Option("--out", "-o", help="The sample: .csv, .parquet or .jsonl.")] = Path("sample.csv"),
    plan_out: Annotated[Path | None, typer.Option("--plan", help="Also write the plan, as JSON.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Draw a stratified sample with inclusion probabilities.

    Example: `qascore sample calls.csv --strata channel --size 400 --min 5 --seed 20260101 --out sample.csv`
    """
    with guarded():
        from .._write import encode_table, table_format, write_file
        from ..study import draw_sample

        table_format(out)  # told before the work, not after it
        plan, drawn = draw_sample(
            file, id=id, strata=strata, seed=seed, size=size, rate=rate, method=method,
            min_per_stratum=min_per_stratum, max_per_stratum=max_per_stratum, missing_stratum=missing_stratum,
        )  # fmt: skip
        write_file(out, encode_table(out, drawn))
        if plan_out is not None:
            write_file(plan_out, (plan.to_json() + "\n").encode())
        if as_json:
            print(plan.to_json())
        elif not quiet:
            print(plan)
            print(f"\nSample: {out}")


@app.command()
def score(
    file: Annotated[Path, typer.Argument(help="Answers, one per row: CSV, Parquet or JSON lines.", metavar="ANSWERS")],
    rubric: Annotated[Path, typer.Option("--rubric", help="The rubric: a YAML file, or the name of one that comes with qascore.")],
    evaluation: Annotated[str, typer.Option("--evaluation", help="The column of evaluation ids.")] = "evaluation_id",
    criterion: Annotated[str, typer.Option("--criterion", help="The column of criteria.")] = "criterion",
    answer: Annotated[str, typer.Option("--answer", help="The column of answers.")] = "answer",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The scores: .csv, .parquet or .jsonl; default scores.csv.")
    ] = None,
    explain: Annotated[
        str | None, typer.Option("--explain", help="Print this evaluation's score in words; writes only with --out.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Score evaluations on a rubric.

    Columns that are the same in all rows of an evaluation (its conversation, its rater) stand in the scores too.

    Example: `qascore score answers.csv --rubric voice.yaml --out scores.csv`
    """
    with guarded():
        from .._write import encode_table, table_format, write_file
        from ..study import score_answers

        target = Path("scores.csv") if out is None and explain is None else out
        if target is not None:
            table_format(target)  # told before the work, not after it
        scores = score_answers(file, rubric, evaluation=evaluation, criterion=criterion, answer=answer)
        words = None if explain is None else scores.explain(explain)
        if target is not None:
            write_file(target, encode_table(target, scores.to_frame()))
        if quiet:
            return
        if words is not None:
            print(words)
        if target is not None:
            print(f"Scores: {target}")


@app.command()
def calibrate(
    file: Annotated[Path, typer.Argument(help="Ratings, one per row: CSV, Parquet or JSON lines.", metavar="RATINGS")],
    level: Annotated[
        str | None,
        typer.Option("--level", help="nominal, ordinal, interval or ratio; default: interval for fractions, else ordinal."),
    ] = None,
    unit: Annotated[str, typer.Option("--unit", help="The column of what was rated.")] = "conversation_id",
    rater: Annotated[str, typer.Option("--rater", help="The column of who rated.")] = "rater_id",
    rating: Annotated[str, typer.Option("--rating", help="The column of ratings.")] = "rating",
    criterion: Annotated[str | None, typer.Option("--criterion", help="The column of criteria, if there are several.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for tables, figures and the report.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Study how well raters agree and who is strict.

    Example: `qascore calibrate ratings.csv --criterion criterion --level ordinal --out calibration`
    """
    with guarded():
        from ..study import run_study

        ratings = {"file": file, "unit": unit, "rater": rater, "rating": rating}
        for name, given in (("level", level), ("criterion", criterion)):
            if given is not None:
                ratings[name] = given
        with progress(quiet) as show:
            result = run_study(
                {"title": "Calibration of raters", "ratings": ratings}, out=out, progress=show, command=_command()
            )
        if as_json:
            _print_json(result.to_dict())
        elif not quiet:
            print(result.calibration["ratings"])
            if out is not None:
                print(f"\nReport: {out / result.spec.output.report}")


@rubric_app.command("check")
def rubric_check(
    files: Annotated[list[Path], typer.Argument(help="Rubric files.", metavar="FILE...")],
    quiet: Quiet = False,
) -> None:
    """Check rubric files; every problem is printed with file, line and column.

    Example: `qascore rubric check rubrics/*.yaml`
    """
    with guarded():
        from ..errors import FileError, RubricError
        from ..rubric import Rubric
        from .._readers import find_file

        wrong: list[str] = []
        for file in files:
            try:
                rubric = Rubric.load(find_file(file))
            except (RubricError, FileError) as error:
                wrong.append(str(error))
                if isinstance(error, FileError) and len(files) == 1:
                    raise
            else:
                if not quiet:
                    print(f"{file}: {rubric.id} {rubric.version}, {len(rubric.criteria)} criteria, no problems")
        if wrong:
            raise RubricError("\n".join(wrong))


@rubric_app.command("import")
def rubric_import(
    file: Annotated[Path, typer.Argument(help="The form: JSON.", metavar="FORM")],
    source: Annotated[str, typer.Option("--from", help="amazon_connect or genesys_cloud.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The rubric: YAML. Without it, it is printed.")] = None,
    choose: Annotated[
        list[str] | None,
        typer.Option("--choose", help="NAME=VALUE: what the form leaves open, as in docs/importing.md; may be given several times."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Make a rubric of the form of another system; what reached no score is noted.

    Example: `qascore rubric import form.json --from amazon_connect --choose divisor=largest --out form.yaml`
    """
    with guarded():
        from .._write import write_file
        from ..errors import ArgumentError
        from ..importing.forms import import_rubric

        choices: dict[str, str | bool] = {}
        for one in choose or []:
            name, equals, value = one.partition("=")
            if not equals:
                raise ArgumentError(f"--choose: expected NAME=VALUE but found {one!r}")
            choices[name] = {"true": True, "false": False}.get(value, value)
        imported = import_rubric(file, source, **choices)
        if out is None:
            print(imported.to_yaml(), end="")
            return
        write_file(out, imported.to_yaml().encode())
        if not quiet:
            print(imported)
            print(f"\nRubric: {out}")


@rubric_app.command("export")
def rubric_export(
    file: Annotated[Path, typer.Argument(help="The rubric: a YAML file, or the name of one that comes with qascore.", metavar="RUBRIC")],
    to: Annotated[str, typer.Option("--to", help="amazon_connect.")] = "amazon_connect",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The form: JSON. Without it, it is printed.")] = None,
    quiet: Quiet = False,
) -> None:
    """Write a rubric as a form of another system that scores the same; what that cannot say is noted or refused.

    Example: `qascore rubric export form.yaml --out form.json`
    """
    with guarded():
        from .._write import write_file
        from ..importing.amazon_export import export_rubric
        from ..rubric import Rubric

        exported = export_rubric(Rubric.load(file), to)
        if out is None:
            print(exported.to_json(), end="")
            return
        write_file(out, exported.to_json().encode())
        if not quiet:
            print(exported)
            print(f"\nForm: {out}")


@app.command()
def version(as_json: AsJson = False) -> None:
    """Say which version this is.

    Example: `qascore version`
    """
    from .. import __version__

    if as_json:
        _print_json({"qascore": __version__})
    else:
        print(f"qascore {__version__}")
