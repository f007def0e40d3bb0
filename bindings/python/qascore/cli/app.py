"""The commands. Each reads files, calls the library, and shows or writes what came back."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from .terminal import STANDARD, Command, compiler_lines, exit_code, guarded, progress

Body = TypeVar("Body", bound=Callable[..., Any])


class Commands(typer.Typer):
    """Commands of one kind."""

    def command(self, name: str | None = None, **options: Any) -> Callable[[Body], Body]:
        return super().command(name, cls=Command, **options)


app = Commands(
    name="qascore",
    help="Quality inspection with honest numbers: sample, score, calibrate, relate, report.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
rubric_app = Commands(help="Work with rubric files.", no_args_is_help=True)
app.add_typer(rubric_app, name="rubric")

Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the results; it is made if it is not there.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the figures as JSON and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]


def _choices(*names: str) -> Any:
    """What the shell completes an option with."""
    return lambda incomplete: [name for name in names if name.startswith(incomplete)]


def _rubrics(incomplete: str) -> list[str]:
    """Names of the rubrics that come with qascore, and files."""
    from ..rubric import shipped_rubrics

    near = sorted(str(path) for path in Path().glob(f"{incomplete}*") if path.is_dir() or path.suffix in (".yaml", ".yml", ".json"))
    return [name for name in shipped_rubrics() if name.startswith(incomplete)] + near


LANGUAGES = ("en", "zh-CN")
METHODS = ("proportional", "equal")  # of allocation; the others need a figure of each stratum
CSAT_TITLE = {"en": "Scores and satisfaction", "zh-CN": "质检得分与满意度"}
CALIBRATION_TITLE = {"en": "Calibration of raters", "zh-CN": "质检员校准"}
Language = Annotated[
    str, typer.Option("--language", help="Of the page: en or zh-CN.", autocompletion=_choices(*LANGUAGES))
]


def _command() -> str:
    """The command as it was typed, for the record."""
    return shlex.join(["qascore", *sys.argv[1:]])


def _study_of(file: Path) -> Any:
    """The study of a file; of standard input, with files relative to the current folder."""
    if file != STANDARD:
        return file
    from .._study_file import study_of_text

    return study_of_text(sys.stdin.buffer.read(), Path("stdin.yaml"), Path())


def _print_json(content: Any) -> None:
    from .._write import to_json

    print(to_json(content))


def _say_version(asked: bool) -> None:
    if asked:
        version()
        raise typer.Exit


@app.callback()
def _main(
    asked: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    pass


@app.command()
def study(
    file: Annotated[Path, typer.Argument(help="The study: which files are read and what is asked.", metavar="STUDY")],
    out: Out = Path("results"),
    language: Language = "en",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run a whole study from files to tables, figures and one HTML report.

    Example: `qascore study study.yaml --out results`
    """
    with guarded() as streams:
        from ..study import run_study

        with progress(quiet) as show:
            result = run_study(_study_of(file), out=out, progress=show, command=_command(), language=language)
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
    language: Language = "en",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run the main job on a simulated centre whose truth is known, or on real data.

    Example: `qascore demo --out demo`
    """
    with guarded() as streams:
        from ..demo import run_demo

        with progress(quiet) as show:
            result = run_demo(data, out=out, progress=show, command=_command(), language=language)
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
    method: Annotated[
        str, typer.Option("--method", help="proportional or equal.", autocompletion=_choices(*METHODS))
    ] = "proportional",
    min_per_stratum: Annotated[int | None, typer.Option("--min", help="At least this many of each stratum.")] = None,
    max_per_stratum: Annotated[int | None, typer.Option("--max", help="At most this many of each stratum.")] = None,
    missing_stratum: Annotated[
        str, typer.Option("--missing", help="Rows with a blank stratum: refuse or own.", autocompletion=_choices("refuse", "own"))
    ] = "refuse",
    out: Annotated[Path, typer.Option("--out", "-o", help="The sample: .csv, .parquet or .jsonl.")] = Path("sample.csv"),
    plan_out: Annotated[Path | None, typer.Option("--plan", help="Also write the plan, as JSON.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Draw a stratified sample with inclusion probabilities.

    Example: `qascore sample calls.csv --strata channel --size 400 --min 5 --seed 20260101 --out sample.csv`
    """
    with guarded() as streams:
        from .._write import write_file
        from ..errors import check_choice
        from ..study import draw_sample

        check_choice("--method", method, METHODS)
        streams.check(out, as_json)
        plan, drawn = draw_sample(
            streams.read(file), id=id, strata=strata, seed=seed, size=size, rate=rate, method=method,
            min_per_stratum=min_per_stratum, max_per_stratum=max_per_stratum, missing_stratum=missing_stratum,
        )  # fmt: skip
        alone = streams.table(out, drawn)
        if plan_out is not None:
            write_file(plan_out, (plan.to_json() + "\n").encode())
        if as_json:
            print(plan.to_json())
        elif alone and not quiet:
            print(plan)
            print(f"\nSample: {out}")


@app.command()
def relate(
    file: Annotated[
        Path, typer.Argument(help="Scored conversations with their surveys; a blank where the customer was silent.", metavar="PAIRS")
    ],
    score: Annotated[str, typer.Option("--score", help="The column of scores.")] = "score",
    csat: Annotated[str, typer.Option("--csat", help="The column of answers.")] = "csat",
    lowest: Annotated[int, typer.Option("--lowest", help="The lowest answer that the survey allows.")] = 1,
    highest: Annotated[int, typer.Option("--highest", help="The highest one.")] = 5,
    agent: Annotated[str | None, typer.Option("--agent", help="The column of agents: within them and between them, and the clusters of all errors.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="The column of channels: which differ from the rest.")] = None,
    criteria: Annotated[list[str] | None, typer.Option("--criterion", help="A column of points; give it once for each.")] = None,
    reliability: Annotated[
        float | None, typer.Option("--reliability", help="Of one rater's score, 0 to 1: what the raters' error hides.")
    ] = None,
    score_by: Annotated[str | None, typer.Option("--score-by", help="The column of who gave the score.")] = None,
    csat_by: Annotated[str | None, typer.Option("--csat-by", help="The column of who gave the answer: one person or two.")] = None,
    id: Annotated[
        str | None, typer.Option("--id", help="The column of conversations; without it conversation_id, if it is there.")
    ] = None,
    repeats: Annotated[
        str,
        typer.Option(
            "--repeats", help="Conversations in several rows: error, average or cluster.",
            autocompletion=_choices("error", "average", "cluster"),
        ),
    ] = "error",
    known: Annotated[
        list[str] | None, typer.Option("--known", help="A column that all rows have, for a model of who answers; once for each.")
    ] = None,
    classes: Annotated[int | None, typer.Option("--classes", min=2, help="Classes of similar propensity of that model.")] = None,
    replicates: Annotated[int, typer.Option("--replicates", min=0, help="Bootstrap the criteria's shares; needs --seed.")] = 0,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="For more than 15 criteria, and the bootstrap.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write the study as one page.")] = None,
    language: Language = "en",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Study whether scores go with what customers feel: how strongly, within agents or between them, which criteria.

    Example: `qascore relate pairs.csv --agent agent_id --by channel --criterion greeting --criterion solved --html csat.html`
    """
    with guarded() as streams:
        from ..errors import ArgumentError, check_choice
        from ..study import relate_file

        check_choice("--language", language, LANGUAGES)
        if as_json and html == STANDARD:
            raise ArgumentError("--json: goes to standard output, and so does --html -; choose one")
        with progress(quiet) as show:
            found, record = relate_file(
                streams.read(file), score=score, csat=csat, scale=(lowest, highest), agent=agent, by=by, criteria=tuple(criteria or ()),
                score_by=score_by, csat_by=csat_by, id=id, repeats=repeats, reliability=reliability, known=tuple(known or ()), classes=classes, replicates=replicates, seed=seed,
                progress=show,
            )  # fmt: skip
        alone = True
        if html is not None:
            from .._calibration_report import file_text

            made = {"Command": _command(), "Seed": "" if seed is None else str(seed), "Conversations": file_text(record)}
            title = CSAT_TITLE[language]
            alone = streams.data(html, found.to_html(title, language=language, made=made).encode())
        if as_json:
            _print_json(found.to_dict())
        elif alone and not quiet:
            print(found)
            if html is not None:
                print(f"\nPage: {html}")


@app.command()
def assign(
    file: Annotated[Path, typer.Argument(help="Conversations: CSV, Parquet or JSON lines.", metavar="CONVERSATIONS")],
    raters: Annotated[Path, typer.Argument(help="Raters, one per row.", metavar="RATERS")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed assigns the same, everywhere.")],
    id: Annotated[str, typer.Option("--id", help="The column of unique ids.")] = "conversation_id",
    rater: Annotated[str, typer.Option("--rater", help="The column of who rates.")] = "rater_id",
    double_scored: Annotated[float, typer.Option("--double", help="Which share of conversations gets two raters, 0 to 1.")] = 0.2,
    triple_scored: Annotated[float, typer.Option("--triple", help="Which share gets three.")] = 0.0,
    team: Annotated[
        str | None, typer.Option("--team", help="The column of teams, in both files: nobody judges the own team.")
    ] = None,
    agent: Annotated[str | None, typer.Option("--agent", help="The column of agents: nobody judges the own work.")] = None,
    capacity: Annotated[
        str | None, typer.Option("--capacity", help="Ratings a rater gives at most: a column of raters, or a number for all.")
    ] = None,
    minimum: Annotated[str | None, typer.Option("--min", help="Ratings a rater gives at least, likewise.")] = None,
    share: Annotated[str | None, typer.Option("--share", help="The column of raters' shares of the work.")] = None,
    forbidden: Annotated[
        Path | None, typer.Option("--forbidden", help="Pairs that must not meet: raters, and conversations, agents or teams.")
    ] = None,
    history: Annotated[
        Path | None, typer.Option("--history", help="Who rated whom lately, raters and agents: others are taken where that is possible.")
    ] = None,
    forbid_history: Annotated[bool, typer.Option("--forbid-history", help="They must not meet again.")] = False,
    out: Annotated[Path, typer.Option("--out", "-o", help="The ratings to give: .csv, .parquet or .jsonl.")] = Path("assignment.csv"),
    loads_out: Annotated[Path | None, typer.Option("--loads", help="Also write the load of each rater.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Assign raters to conversations: even work, a share rated twice, every rater comparable with every other.

    Example: `qascore assign sample.csv raters.csv --team team --capacity hours --double 0.2 --seed 20260101 --out assignment.csv`
    """
    with guarded() as streams:
        from ..study import assign_files

        for target in (out, loads_out):
            streams.check(target, as_json)
        plan = assign_files(
            streams.read(file), streams.read(raters), id=id, rater=rater, seed=seed, double_scored=double_scored, triple_scored=triple_scored, team=team, agent=agent,
            capacity=capacity, minimum=minimum, share=share, forbidden=forbidden, history=history,
            history_is="forbid" if forbid_history else "avoid",
        )  # fmt: skip
        alone = streams.table(out, plan.to_frame())
        if loads_out is not None:
            alone = streams.table(loads_out, plan.to_frame("loads")) and alone
        if as_json:
            print(plan.to_json())
        elif alone and not quiet:
            print(plan)
            print(f"\nRatings to give: {out}")


@app.command()
def score(
    file: Annotated[
        Path, typer.Argument(help="Answers, one per row, or a column for each criterion: CSV, Parquet or JSON lines.", metavar="ANSWERS")
    ],
    rubric: Annotated[
        Path,
        typer.Option("--rubric", help="The rubric: a YAML file, or the name of one that comes with qascore.", autocompletion=_rubrics),
    ],
    evaluation: Annotated[str, typer.Option("--evaluation", help="The column of evaluation ids.")] = "evaluation_id",
    criterion: Annotated[str, typer.Option("--criterion", help="The column of criteria.")] = "criterion",
    answer: Annotated[str, typer.Option("--answer", help="The column of answers.")] = "answer",
    evaluations: Annotated[
        Path | None,
        typer.Option("--evaluations", help="A file with one row per evaluation, whose columns come along: its conversation, its rater."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The scores: .csv, .parquet or .jsonl; default scores.csv.")
    ] = None,
    explain: Annotated[
        str | None, typer.Option("--explain", help="Print this evaluation's score in words; writes only with --out.")
    ] = None,
    unanswered: Annotated[
        str,
        typer.Option(
            "--unanswered", help="What a missing answer means: error, not_scorable or leave_out.",
            autocompletion=_choices("error", "not_scorable", "leave_out"),
        ),
    ] = "error",
    unasked: Annotated[
        str,
        typer.Option(
            "--unasked", help="What an answer means to what a condition does not ask: error or ignore.",
            autocompletion=_choices("error", "ignore"),
        ),
    ] = "error",
    coded: Annotated[
        bool, typer.Option("--coded", help="Answers are codes, whole numbers, as `Rubric.coding()` lists them.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Score evaluations on a rubric.

    Columns that are the same in all rows of an evaluation (its conversation, its rater) stand in the scores too, and so do those of
    the file of evaluations.

    Example: `qascore score answers.csv --rubric voice.yaml --evaluations evaluations.csv --out scores.csv`
    """
    with guarded() as streams:
        from ..errors import ArgumentError
        from ..study import score_answers

        target = Path("scores.csv") if out is None and explain is None and not as_json else out
        streams.check(target, as_json)
        scores = score_answers(
            streams.read(file), streams.read(rubric, ".yaml"), evaluation=evaluation, criterion=criterion, answer=answer, unanswered=unanswered, unasked=unasked,
            coded=coded, evaluations=None if evaluations is None else streams.read(evaluations),
        )  # fmt: skip
        try:
            words = None if explain is None else scores.explain(explain)
        except ArgumentError as error:
            raise ArgumentError(str(error).replace("evaluation:", "--explain:", 1)) from None
        alone = target is None or streams.table(target, scores.to_frame())
        if as_json:
            _print_json(scores.to_dict() if explain is None else scores.evaluation(explain).to_dict())
            return
        if quiet or not alone:
            return
        if words is not None:
            print(words)
        else:
            print(scores.summary())
        if target is not None:
            print(f"\nScores: {target}")


@app.command()
def calibrate(
    file: Annotated[Path, typer.Argument(help="Ratings, one per row: CSV, Parquet or JSON lines.", metavar="RATINGS")],
    level: Annotated[
        str | None,
        typer.Option(
            "--level", help="nominal, ordinal, interval or ratio; default: interval for fractions, else ordinal.",
            autocompletion=_choices("nominal", "ordinal", "interval", "ratio"),
        ),
    ] = None,
    unit: Annotated[str, typer.Option("--unit", help="The column of what was rated.")] = "conversation_id",
    rater: Annotated[str, typer.Option("--rater", help="The column of who rated.")] = "rater_id",
    rating: Annotated[str, typer.Option("--rating", help="The column of ratings.")] = "rating",
    criterion: Annotated[str | None, typer.Option("--criterion", help="The column of criteria, if there are several.")] = None,
    order: Annotated[
        str | None, typer.Option("--order", help="The column that says when units were rated; without it nothing is said of drift.")
    ] = None,
    gold: Annotated[str | None, typer.Option("--gold", help="The rater who is right: an expert.")] = None,
    previous: Annotated[
        Path | None, typer.Option("--previous", help="The ratings of the last study, with the same columns.")
    ] = None,
    duplicates: Annotated[
        str,
        typer.Option(
            "--repeats", help="Units that one rater rated several times: error or average.", autocompletion=_choices("error", "average"),
        ),
    ] = "error",
    margin: Annotated[float, typer.Option("--margin", help="Of alpha, that double-scored units are counted for.")] = 0.05,
    html: Annotated[Path | None, typer.Option("--html", help="Write the study as one page.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for tables, figures and the report.")] = None,
    language: Language = "en",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Study what raters agree on, which criterion or rater is the reason where they do not, and what would help.

    Example: `qascore calibrate ratings.csv --criterion criterion --order rated_at --html calibration.html`
    """
    with guarded() as streams:
        from ..errors import ArgumentError, check_choice
        from ..study import run_study

        check_choice("--language", language, LANGUAGES)
        check_choice("--repeats", duplicates, ("error", "average"))
        if as_json and html == STANDARD:
            raise ArgumentError("--json: goes to standard output, and so does --html -; choose one")
        ratings: dict[str, Any] = {"file": streams.read(file), "unit": unit, "rater": rater, "rating": rating, "margin": margin, "repeats": duplicates}
        more = {"level": level, "criterion": criterion, "order": order, "gold": gold, "previous": previous}
        for name, given in more.items():
            if given is not None:
                ratings[name] = given
        with progress(quiet) as show:
            result = run_study(
                {"title": CALIBRATION_TITLE[language], "ratings": ratings},
                out=out, progress=show, command=_command(), language=language,
            )  # fmt: skip
        alone = True
        if html is not None:
            from .._calibration_report import file_text

            made = {"Command": _command()} | {file["section"].capitalize(): file_text(file) for file in result.inputs}
            page = result.calibration["ratings"].to_html(CALIBRATION_TITLE[language], language=language, made=made)
            alone = streams.data(html, page.encode())
        if as_json:
            _print_json(result.to_dict())
        elif alone and not quiet:
            print(result.calibration["ratings"])
            if html is not None:
                print(f"\nPage: {html}")
            if out is not None:
                print(f"\nReport: {out / result.spec.output.report}")


@rubric_app.command("check")
def rubric_check(
    files: Annotated[
        list[Path],
        typer.Argument(help="Rubric files, or names of rubrics that come with qascore.", metavar="FILE...", autocompletion=_rubrics),
    ],
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Check rubric files as a compiler does: every problem as file:line:column: path: what is wrong, with its line.

    Problems stand on the error stream, files without any on the output. Ends with 4 if there are problems, with 7 if a
    file cannot be read.

    Example: `qascore rubric check rubrics/*.yaml`
    """
    with guarded() as streams:
        from ..errors import FileError, RubricError
        from ..rubric import Rubric

        checked: list[dict[str, Any]] = []
        code = 0
        for given in files:
            file = streams.read(given, ".yaml")
            one: dict[str, Any] = {"file": streams.plain(str(file)), "problems": []}
            try:
                rubric = Rubric.load(file)
            except RubricError as error:
                code = max(code, exit_code(error))
                one["problems"] = [vars(problem) | {"file": streams.plain(problem.file)} for problem in error.problems]
                if not as_json:
                    print(streams.plain(compiler_lines(file, error.problems)), file=sys.stderr)
            except FileError as error:
                code = exit_code(error)
                one["problems"] = [{"file": str(file), "line": 0, "column": 0, "path": "", "message": str(error)}]
                if not as_json:
                    print(error, file=sys.stderr)
            else:
                one |= {"id": rubric.id, "version": rubric.version, "content_hash": rubric.content_hash}
                if not quiet and not as_json:
                    print(f"{one['file']}: {rubric.id} {rubric.version}, {len(rubric.criteria)} criteria, no problems")
            checked.append(one)
        if as_json:
            _print_json(checked)
        elif code:
            count = sum(len(one["problems"]) for one in checked)
            print(f"{count} {'problem' if count == 1 else 'problems'}", file=sys.stderr)
        if code:
            raise typer.Exit(code)


@rubric_app.command("show")
def rubric_show(
    file: Annotated[Path, typer.Argument(help="The rubric: a YAML file, or the name of one that comes with qascore.", metavar="RUBRIC", autocompletion=_rubrics)],
    language: Annotated[
        str | None,
        typer.Option(
            "--language", help="Of titles and words, like en or zh-CN; default: the rubric's.", autocompletion=_choices(*LANGUAGES)
        ),
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="Print the HTML page instead of text.")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write it: .html is the page, anything else text.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a rubric as people read it: how it scores, what it asks when, what each answer earns, what fails it.

    Example: `qascore rubric show voice-service --out form.html`
    """
    with guarded() as streams:
        from .._write import to_json
        from ..rubric import Rubric

        rubric = Rubric.load(streams.read(file, ".yaml"))
        as_page = html or (out is not None and out.suffix.lower() in (".html", ".htm"))
        shown = to_json(rubric.to_dict()) + "\n" if as_json else rubric.to_html(language) if as_page else rubric.to_text(language) + "\n"
        streams.data(STANDARD if out is None else out, shown.encode())


@rubric_app.command("diff")
def rubric_diff(
    old: Annotated[Path, typer.Argument(help="The earlier form: a YAML file, or the name of one that comes with qascore.", metavar="OLD", autocompletion=_rubrics)],
    new: Annotated[Path, typer.Argument(help="The later form.", metavar="NEW", autocompletion=_rubrics)],
    answers: Annotated[
        Path | None, typer.Option("--answers", help="Evaluations on the earlier form, one answer per row: both forms score them.")
    ] = None,
    evaluation: Annotated[str, typer.Option("--evaluation", help="The column of evaluation ids.")] = "evaluation_id",
    criterion: Annotated[str, typer.Option("--criterion", help="The column of criteria.")] = "criterion",
    answer: Annotated[str, typer.Option("--answer", help="The column of answers.")] = "answer",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="With --answers: both scores of every evaluation, .csv, .parquet or .jsonl.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say what changed between two forms, and which earlier scores are no longer comparable.

    Ends with 0 whether or not anything changed.

    Example: `qascore rubric diff voice-2025.yaml voice-2026.yaml --answers answers.csv --out scores.csv`
    """
    with guarded() as streams:
        from ..comparing import compare_rubrics
        from ..errors import ArgumentError
        from ..rubric import Rubric
        from ..study import rescore_answers

        if out is not None:
            if answers is None:
                raise ArgumentError("--out: expected --answers beside it: evaluations that both forms score")
            streams.check(out, as_json)
        compared = compare_rubrics(Rubric.load(streams.read(old, ".yaml")), Rubric.load(streams.read(new, ".yaml")))
        found = None
        alone = True
        if answers is not None:
            found = rescore_answers(streams.read(answers), compared, evaluation=evaluation, criterion=criterion, answer=answer)
            alone = out is None or streams.table(out, found.to_frame())
        if as_json:
            _print_json(compared.to_dict() | ({"evaluations": found.to_dict()} if found is not None else {}))
            return
        if quiet or not alone:
            return
        print(compared)
        if found is not None:
            print(f"\n{found}")
            if out is not None:
                print(f"Scores: {out}")


@rubric_app.command("import")
def rubric_import(
    file: Annotated[Path, typer.Argument(help="The form: JSON.", metavar="FORM")],
    source: Annotated[
        str,
        typer.Option(
            "--from", help="amazon_connect or genesys_cloud.", autocompletion=_choices("amazon_connect", "genesys_cloud")
        ),
    ],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The rubric: YAML. Without it, it is printed.")] = None,
    choose: Annotated[
        list[str] | None,
        typer.Option("--choose", help="NAME=VALUE: what the form leaves open, as in docs/importing.md; may be given several times."),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make a rubric of the form of another system; what reached no score is noted.

    Example: `qascore rubric import form.json --from amazon_connect --choose divisor=largest --out form.yaml`
    """
    with guarded() as streams:
        from ..errors import ArgumentError
        from ..importing.forms import import_rubric

        choices: dict[str, str | bool] = {}
        for one in choose or []:
            name, equals, value = one.partition("=")
            if not equals:
                raise ArgumentError(f"--choose: expected NAME=VALUE but found {one!r}")
            choices[name] = {"true": True, "false": False}.get(value, value)
        imported = import_rubric(streams.read(file, ".json"), source, **choices)
        target = (None if as_json else STANDARD) if out is None else out
        if as_json and target == STANDARD:
            raise ArgumentError("--json: goes to standard output, and so does --out -; choose one")
        alone = target is None or streams.data(target, imported.to_yaml().encode())
        if as_json:
            _print_json(imported.to_dict())
        elif alone and not quiet:
            print(imported)
            print(f"\nRubric: {out}")


@rubric_app.command("export")
def rubric_export(
    file: Annotated[Path, typer.Argument(help="The rubric: a YAML file, or the name of one that comes with qascore.", metavar="RUBRIC", autocompletion=_rubrics)],
    to: Annotated[str, typer.Option("--to", help="amazon_connect.")] = "amazon_connect",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The form: JSON. Without it, it is printed.")] = None,
    quiet: Quiet = False,
) -> None:
    """Write a rubric as a form of another system that scores the same; what that cannot say is noted or refused.

    Example: `qascore rubric export form.yaml --out form.json`
    """
    with guarded() as streams:
        from ..importing.amazon_export import export_rubric
        from ..rubric import Rubric

        exported = export_rubric(Rubric.load(streams.read(file, ".yaml")), to)
        if streams.data(STANDARD if out is None else out, exported.to_json().encode()) and not quiet:
            print(exported)
            print(f"\nForm: {out}")


@app.command()
def simulate(
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed makes the same centre, everywhere.")],
    conversations: Annotated[int, typer.Option("--conversations", min=1, help="How many conversations.")] = 5000,
    agents: Annotated[int, typer.Option("--agents", min=1, help="How many agents.")] = 60,
    teams: Annotated[int, typer.Option("--teams", min=1, help="In how many teams.")] = 6,
    raters: Annotated[int, typer.Option("--raters", min=1, help="How many raters.")] = 8,
    double_scored: Annotated[float, typer.Option("--double", help="Which share of the drawn conversations gets two raters, 0 to 1.")] = 0.3,
    rate: Annotated[float, typer.Option("--rate", help="Which share of the conversations is drawn and evaluated.")] = 0.12,
    rubric: Annotated[
        str, typer.Option("--rubric", help="The form, by its name among those that come with qascore.", autocompletion=_rubrics)
    ] = "voice-service",
    vague: Annotated[
        list[str] | None, typer.Option("--vague", help="A criterion worded so vaguely that raters differ; once for each.")
    ] = None,
    out: Out = Path("centre"),
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make the files of a contact centre whose truth is known, with a study that runs on them.

    Example: `qascore simulate --seed 7 --conversations 2000 --out centre` and then `qascore study centre/study.yaml`
    """
    with guarded():
        from ..demo import write_centre

        counts = write_centre(
            out, seed=seed, rate=rate, double_scored=double_scored, rubric=rubric, vague=tuple(vague or ()), conversations=conversations,
            agents=agents, teams=teams, raters=raters,
        )  # fmt: skip
        if as_json:
            _print_json({"seed": seed, "rows": counts})
        elif not quiet:
            for name, rows in counts.items():
                print(f"{out / name}: {rows:,} rows")
            print(f"\nStudy: {out / 'study.yaml'}")


@app.command()
def report(
    files: Annotated[
        list[Path], typer.Argument(help="Reports as data: report.json in the folder of a study, or what Report.to_dict gives.", metavar="REPORT...")
    ],
    title: Annotated[str | None, typer.Option("--title", help="Of the page; default: that of the first report.")] = None,
    subtitle: Annotated[str | None, typer.Option("--subtitle", help="What stands under it.")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The page.")] = Path("report.html"),
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make one page of the reports of one or several studies: the weeks of a month, the months of a quarter.

    Example: `qascore report may/report.json june/report.json --title "Quality, May and June" --out months.html`
    """
    with guarded() as streams:
        from ..report.joining import joined, read_report

        page = joined([read_report(streams.read(file, ".json")) for file in files], title=title, subtitle=subtitle)
        if as_json:
            _print_json(page.to_dict())
            return
        from ..report import render

        if streams.data(out, render(page).encode()) and not quiet:
            print(f"Report: {out}")


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


LOOP = ("sample", "assign", "score", "calibrate", "relate", "study", "report", "simulate", "demo", "version")
app.registered_commands.sort(key=lambda one: LOOP.index(one.name or getattr(one.callback, "__name__", "")))  # help lists them as they are used
