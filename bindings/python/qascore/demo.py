"""The main job on data that come with it: a simulated centre whose truth is known, or the reference data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from . import _core
from ._frames import Frame, build_frame
from ._readers import read_table
from ._results import EstimateTable, estimate_table
from ._study_file import SCORE, StudySpec, load_study, study_of
from ._calibration_report import today
from ._study_report import method_blocks, provenance, study_sections, study_summary, summary_blocks
from ._write import Outputs
from .associations import association
from .calibration import RatingTable, rater_summary
from .drawing import draw
from .errors import ArgumentError, DesignError, FileError, check_choice, percent_hint
from .estimation import SampleDesign, mean, proportion
from .report import Block, Heading, IntervalPlot, Note, Report, Section, Text, render
from .report.chinese import in_language
from .report.document import LANGUAGES
from .rubric import shipped_rubrics
from .sampling import allocate
from .simulation import Centre, simulate
from .study import PASSED, STEPS, Progress, Study, Truth, draw_sample, run_study

SEED = 20260101
REPEATS = 100  # further draws that show how often an interval holds the truth
RUBRIC = "voice-service"


def run_demo(
    data: str | Path | None = None, *, out: str | Path | None = None, progress: Progress | None = None, command: str = "",
    language: str = "en",
) -> Study | Demo:
    """The main job, end to end.

    Parameters
    ----------
    data : path, optional
        Folder of the reference data (stc3, star, uci_incidents). Without it a contact centre is simulated, and the
        report states the truth beside each estimate.
    out : path, optional
        Folder for tables, figures and the report.
    progress, command, language
        As in `run_study`.

    Examples
    --------
    >>> from qascore.demo import run_demo
    >>> run_demo(out="demo")                                     # doctest: +SKIP
    """
    show = progress or (lambda step, done, total: None)
    if data is None:
        return _simulated(Path("demo" if out is None else out), show, command, language)
    result = replace(_real(Path(data), show, command), language=check_choice("language", language, LANGUAGES))
    if out is not None:
        show("writing", 5, 5)
        result.write(out)
    return result


# A simulated centre -------------------------------------------------------------------------------------------------

STUDY = """\
# A simulated contact centre. The same loop runs on your own files: see docs/study.md.
title: A simulated contact centre
confidence: 0.95
conversations:
  file: conversations.csv
  strata: [{strata}]
  domains: [channel, tier, complexity]
  measures: {{handle_s: mean, repeat_complaint: share}}
sample: {{rate: {rate}, min_per_stratum: {least}, seed: {seed}, single_unit: average}}
"""
STRATA, LEAST = ["channel", "tier"], 5

EVALUATED = """\
evaluations: {{file: answers.csv, rubric: {rubric}.yaml}}
csat: {{file: csat.csv, scale: [1, 5]}}
"""


def write_centre(
    out: str | Path, *, seed: int, rate: float, double_scored: float, rubric: str, vague: Sequence[str], **settings: Any
) -> dict[str, int]:
    """The files of a simulated centre, its truth, and a study that runs on them; rows by file."""
    if not 0 < rate <= 1:
        raise ArgumentError(f"rate: expected a fraction above 0 up to 1 but found {rate:g}{percent_hint(rate)}")
    centre = simulate(seed=seed, rubric=rubric, vague=vague, backend="pyarrow", **settings)
    try:
        allocate(centre.conversations, strata=STRATA, rate=rate, min_per_stratum=LEAST)
    except DesignError:
        raise DesignError(
            f"rate: expected a sample of {LEAST} of each stratum at least, but {rate:g} of {len(centre):,} conversations are fewer; raise it, or "
            "simulate more conversations"
        ) from None
    counts = _write_files(Path(out), centre, seed, rate, double_scored, rubric)
    truth = centre.truth
    with Outputs(out) as files:
        for name in ("agents", "raters", "conversations", "criteria"):
            table = getattr(truth, name)
            files.table(f"truth_{name}.csv", table)
            counts[f"truth_{name}.csv"] = len(Frame.of(table))
    return counts


def _write_files(folder: Path, centre: Centre, seed: int, rate: float, double_scored: float, rubric: str) -> dict[str, int]:
    """What a centre has: conversations, surveys, a form, the answers for the drawn conversations, and the study."""
    study = STUDY.format(seed=seed, rate=rate, strata=", ".join(STRATA), least=LEAST)
    with Outputs(folder) as files:
        files.table("conversations.csv", centre.conversations)
        files.table("csat.csv", centre.csat)
        files.text(f"{rubric}.yaml", shipped_rubrics()[rubric].read_text("utf-8"))
        files.text("study.yaml", study)
    answers = _answers(centre, _drawn_ids(load_study(folder / "study.yaml")), double_scored)
    with Outputs(folder) as files:
        files.table("answers.csv", answers)
        files.text("study.yaml", study + EVALUATED.format(rubric=rubric))
    return {
        "conversations.csv": len(centre), "csat.csv": len(Frame.of(centre.csat)), "answers.csv": len(answers["evaluation_id"]),
    }  # fmt: skip


def _simulated(out: Path, show: Progress, command: str, language: str) -> Study:
    """Draws from a simulated centre, has the drawn conversations evaluated, and runs the study on the files."""
    show("simulating", 0, len(STEPS))
    centre = simulate(conversations=5000, agents=60, teams=6, raters=8, vague=["problem_solving"], seed=SEED,
                      backend="pyarrow")  # fmt: skip
    folder = out / "data"
    _write_files(folder, centre, SEED, 0.12, DOUBLE_SCORED, RUBRIC)
    return run_study(
        folder / "study.yaml", out=out, progress=show, truth=_truth(centre, ("channel", "tier", "complexity")),
        command=command, language=language,
    )  # fmt: skip


def _drawn_ids(spec: StudySpec) -> list[Any]:
    asked, how = spec.conversations, spec.sample
    assert asked is not None and how is not None
    _, drawn = draw_sample(
        asked.file, id=asked.id, strata=asked.strata, seed=how.seed, rate=how.rate, min_per_stratum=how.min_per_stratum
    )
    return Frame.of(drawn).values(asked.id)


DOUBLE_SCORED = 0.3


def _answers(centre: Centre, ids: list[Any] | None, double_scored: float) -> dict[str, list[Any]]:
    """One row per evaluation and criterion, with conversation and rater."""
    done = centre.evaluate(ids, double_scored=double_scored)
    evaluations, answers = Frame.of(done.evaluations), Frame.of(done.answers)
    about = dict(
        zip(evaluations.values("evaluation_id"),
            zip(evaluations.values("conversation_id"), evaluations.values("rater_id"), strict=True), strict=True)
    )  # fmt: skip
    ids_of_rows = answers.values("evaluation_id")
    return {
        "evaluation_id": ids_of_rows,
        "conversation_id": [about[one][0] for one in ids_of_rows],
        "rater_id": [about[one][1] for one in ids_of_rows],
        "criterion": answers.values("criterion"),
        "answer": answers.values("answer"),
    }


def _truth(centre: Centre, domains: tuple[str, ...]) -> Truth:
    """What a census by the whole panel would find: every rater evaluates every conversation."""
    raters = len(Frame.of(centre.truth.raters))
    everything = _scored(centre, centre.evaluate(raters_per_conversation=raters))
    truth: dict[tuple[str, str, str], float] = {}
    for figure in (SCORE, PASSED):
        truth[figure, "all", "all"] = mean(everything, figure, missing="drop").value
        for by in domains:
            table = mean(everything, figure, by=by, missing="drop")
            for group, estimate in zip(table.keys[0][1], table, strict=True):
                truth[figure, by, str(group)] = estimate.value
    panel = rater_summary(RatingTable(everything, unit="conversation_id", rater="rater_id", rating=SCORE))
    for rater, severity in zip(dict(panel.severities.keys)["rater"], panel.severities, strict=True):
        truth["severity", "rater", str(rater)] = severity.value
    # Of the association: every conversation evaluated as the drawn ones are, and the customers who answer.
    census = SampleDesign(
        _scored(centre, centre.evaluate(double_scored=DOUBLE_SCORED)),
        unit="conversation_id", weight="weight", repeats="average",
    )  # fmt: skip
    for method in ("pearson", "spearman"):
        truth[SCORE, "csat", method] = association(census, SCORE, "csat", method=method, missing="drop").value
    return truth


def _scored(centre: Centre, done: Any) -> Any:
    """The evaluations with score, pass, CSAT and the labels of their conversations."""
    assert centre.rubric is not None
    scores = Frame.of(centre.rubric.score(done.wide, evaluation="evaluation_id").to_frame())
    place = {one: row for row, one in enumerate(scores.values("evaluation_id"))}
    evaluations, conversations, surveys = map(Frame.of, (done.evaluations, centre.conversations, centre.csat))
    rows = np.array([place[one] for one in evaluations.values("evaluation_id")])
    csat = dict(zip(surveys.values("conversation_id"), surveys.numbers("csat").tolist(), strict=True))
    ids = evaluations.values("conversation_id")
    at = {one: row for row, one in enumerate(conversations.values("conversation_id"))}
    labels = {name: conversations.values(name) for name in ("channel", "tier", "complexity")}
    return build_frame(
        {
            "conversation_id": ids,
            "rater_id": evaluations.values("rater_id"),
            SCORE: scores.numbers(SCORE)[rows],
            PASSED: scores.numbers(PASSED)[rows],
            "csat": np.array([csat.get(one, np.nan) for one in ids]),
            "weight": np.ones(len(ids)),
            **{name: [values[at[one]] for one in ids] for name, values in labels.items()},
        },
        "pyarrow",
    )


# The reference data -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Demo:
    """Several studies on one page.

    Attributes
    ----------
    studies : mapping
        By the short name that stands before the names of their files.
    titles : mapping
        What each study is about.
    coverage : mapping
        How often an interval holds the truth when a study's sample is drawn with other seeds.
    """

    studies: Mapping[str, Study]
    titles: Mapping[str, str]
    coverage: Mapping[str, EstimateTable] = field(default_factory=dict)
    command: str = ""
    language: str = "en"

    def to_dict(self) -> dict[str, Any]:
        """Every figure in full precision."""
        return {
            "qascore": _core.__version__,
            "command": self.command,
            "studies": {name: study.to_dict() for name, study in self.studies.items()},
            "coverage": {name: table.to_dict()["rows"] for name, table in self.coverage.items()},
        }

    def summary(self) -> str:
        """The main figures as text."""
        parts = [study_summary(study) for study in self.studies.values()]
        for name, table in self.coverage.items():
            parts.append(f"{self.titles[name]}, drawn {REPEATS} times:\n{table._said()}")
        return "\n\n\n".join(parts)

    def report(self) -> Report:
        """One page with the sections of every study."""
        summary: list[Block] = []
        sections: list[Section] = []
        details: list[tuple[str, str]] = []
        for name, study in self.studies.items():
            summary += [Heading(self.titles[name]), *summary_blocks(study)]
            sections += study_sections(study, f"{name}-", f"{self.titles[name]}: ")
            if name in self.coverage:
                sections.append(_coverage_section(name, self.titles[name], self.coverage[name]))
            details += [row for row in provenance(replace(study, command="")) if row not in details]
        if self.command:
            details.insert(1, ("Command", self.command))
        method = next(method_blocks(study) for study in self.studies.values() if study.plan is not None)
        page = Report(
            "qascore on real data",
            "A calibration study, two samples of known populations, quality against satisfaction",
            summary=tuple(summary),
            sections=tuple(sections),
            method=method,
            created=today(),
            provenance=tuple(details),
        )
        return in_language(page, self.language)

    def write(self, out: str | Path) -> None:
        """Tables, every figure, the report: together or not at all."""
        with Outputs(out) as folder:
            for name, study in self.studies.items():
                for part, table in study.tables().items():
                    folder.table(f"{name}_{part}.csv", table)
            for name, table in self.coverage.items():
                folder.table(f"{name}_coverage.csv", table.to_frame("pyarrow"))
            folder.json("demo.json", self.to_dict())
            folder.text("report.html", render(self.report()))


def _coverage_section(name: str, title: str, table: EstimateTable) -> Section:
    return Section(
        f"{name}-coverage", f"{title}: do the intervals keep their word?",
        f"The sample was drawn {REPEATS} times more, each with another seed. This is how often the interval held the truth.",
        (IntervalPlot.from_estimates(table, kind="percent", reference=0.95, reference_label="promised",
                                     caption="Share of intervals that hold the truth"),
         Text("A mean of very skewed values, as handle times are, needs larger samples than a share does before its "
              "interval keeps its word.")),
    )  # fmt: skip


def _real(data: Path, show: Progress, command: str) -> Demo:
    if not data.is_dir():
        raise FileError(f"{data}: expected the folder of the reference data but there is none")
    show("stc3: calibrating", 0, 5)
    calibration = run_study(
        {
            "title": "Calibration of 19 raters (stc3)",
            "ratings": {"file": data / "stc3" / "ratings.csv", "level": "ordinal", "criterion": "criterion", "rating": "score"},
        }
    )  # fmt: skip
    show("star: sampling", 1, 5)
    star = study_of(
        {
            "title": "Sample of service chats (star)",
            "conversations": {
                "file": data / "star" / "conversations.csv",
                "strata": ["service_type", "complexity"],
                "domains": ["complexity"],
                "measures": {"handle_s": "mean", "first_response_s": "mean", "customer_goal_met": "share"},
            },
            "sample": {"rate": 0.12, "min_per_stratum": 2, "seed": SEED},
        }
    )
    show("uci_incidents: sampling", 2, 5)
    incidents = study_of(
        {
            "title": "Sample of service-desk incidents (uci_incidents)",
            "conversations": {
                "file": data / "uci_incidents" / "conversations.csv",
                "strata": ["channel", "priority"],
                "missing_stratum": "own",
                "domains": ["channel", "priority"],
                "measures": {"handle_s": "mean", "sla_met": "share"},
            },
            "sample": {"rate": 0.12, "min_per_stratum": 2, "seed": SEED},
        }
    )
    sampled = {"star": star, "uci_incidents": incidents}
    studies = {"stc3": calibration, **{name: run_study(spec) for name, spec in sampled.items()}}
    show("stc3: relating", 3, 5)
    studies["satisfaction"] = _disjoint(data / "stc3" / "ratings.csv")
    show("drawing again", 4, 5)
    coverage = {name: _coverage(spec) for name, spec in sampled.items()}
    titles = {
        "stc3": "19 raters", "star": "Service chats", "uci_incidents": "Service-desk incidents",
        "satisfaction": "Quality and satisfaction",
    }  # fmt: skip
    return Demo({name: replace(study, command=command) for name, study in studies.items()}, titles, coverage, command)


def _disjoint(file: Path) -> Study:
    """Quality as the odd raters see it against satisfaction as the even raters see it, dialogue by dialogue.

    No rater is on both sides, so that a rater's mood does not pass for an association.
    """
    table = read_table(file, {"conversation_id": "text", "rater_id": "text", "criterion": "text", "score": "number"})
    frame = table.frame
    units, raters, criteria = (frame.labels(name) for name in ("conversation_id", "rater_id", "criterion"))
    numbers = frame.numbers("score")
    odd = np.array([int(name.lstrip("r")) % 2 == 1 for name in raters.labels])[raters.codes]

    def averaged(of_odd: bool, names: tuple[str, ...]) -> Any:
        chosen = np.isin(criteria.codes, [criteria.labels.index(name) for name in names]) & (odd == of_odd)
        return _core.average_by_unit(units.codes, len(units.labels), np.where(chosen, numbers, np.nan))

    scores = {"A and E": averaged(True, ("A", "E")), "A": averaged(True, ("A",)), "E": averaged(True, ("E",))}
    satisfaction = averaged(False, ("S",))
    pairs = build_frame({**scores, "S": satisfaction}, "pyarrow")
    keys: list[tuple[str, str, str]] = []
    found = []
    for score in scores:
        for method in ("pearson", "spearman"):
            keys.append((score, "S", method))
            found.append(association(pairs, score, "S", method=method))
    empty = estimate_table([(name, []) for name in ("figure", "by", "group")], [], "pyarrow")
    related = estimate_table(
        [(name, [key[at] for key in keys]) for at, name in enumerate(("score", "outcome", "coefficient"))], found, "pyarrow"
    )
    return Study(
        spec=StudySpec(title="Quality by the odd raters against satisfaction by the even raters (stc3)"),
        inputs=({"section": "ratings", **table.record()},),
        counts={"conversations": len(units.labels)},
        warnings=(),
        estimates=empty,
        association=related,
        calibration={},
        pairs={(score, "S"): (values, satisfaction) for score, values in scores.items()},
    )


def _coverage(spec: StudySpec) -> EstimateTable:
    """How often the intervals of the measures hold the value of the whole file, over further seeds."""
    asked, how = spec.conversations, spec.sample
    assert asked is not None and how is not None
    frame = read_table(
        asked.file,
        {**dict.fromkeys((asked.id, *asked.strata), "text"),
         **{name: "flag" if kind == "share" else "number" for name, kind in asked.measures.items()}},
        rest=False,
    ).frame  # fmt: skip
    plan = allocate(frame, strata=asked.strata, rate=how.rate, min_per_stratum=how.min_per_stratum,
                    missing_stratum=asked.missing_stratum)  # fmt: skip
    whole = {name: mean(frame, name, missing="drop").value for name in asked.measures}
    held: dict[str, list[bool]] = {name: [] for name in asked.measures}
    for seed in range(1, REPEATS + 1):
        design = SampleDesign(draw(frame, plan, id=asked.id, seed=seed), unit=asked.id, plan=plan)
        for name, kind in asked.measures.items():
            estimate = (mean if kind == "mean" else proportion)(design, name, missing="domain")
            held[name].append(bool(estimate.low <= whole[name] <= estimate.high))
    found = [
        replace(proportion(build_frame({"held": inside}, "pyarrow"), "held"), name=f"coverage of {name}")
        for name, inside in held.items()
    ]
    return estimate_table([("figure", list(held))], found, "pyarrow")
