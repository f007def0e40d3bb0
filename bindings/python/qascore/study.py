"""The whole loop from files: draw, score, calibrate, estimate, relate, report.

A study is described by a small YAML file, or a dict of the same names. `run_study` reads the files that it names, asks
the verbs of the library, and keeps every figure with its interval, or with the reason why there is none.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from . import _core
from ._frames import Frame, Labels, build_frame
from ._id_forms import both_forms, shortened, written_otherwise
from ._readers import FileTable, Kind, find_file, read_table
from ._results import Estimate, EstimateTable, estimate_table
from ._study_file import SCORE, StudySpec, load_study, study_of
from ._write import Outputs
from .assigning import Assignment, assign
from .associations import association
from ._rating_table import RatingTable
from .calibration_studies import CalibrationStudy, calibration_study
from .csat_studies import CONVERSATION, CsatStudy, csat_study
from .drawing import draw
from .errors import ArgumentError, DataError, DesignError, MissingColumnError, RubricError, check_choice
from .estimation import SampleDesign, mean, proportion
from .rubric import Rubric, Scores
from .sampling import SamplingPlan, allocate

if TYPE_CHECKING:
    from .comparing import ComparedScores, RubricComparison
    from .report import Report

__all__ = ["Study", "run_study"]

Progress = Callable[[str, int, int], None]
Truth = Mapping[tuple[str, str, str], float]
"""Known true values, keyed by (figure, by, group); the severity of a rater by ("severity", "rater", rater)."""

ALL = "all"
PASSED = "passed"
APPLIES = {"scored": "applies", "not_applicable": "not applicable"}
"""The states of a criterion in which a rater said whether it applies."""
ALONE = "a stratum has one unit with a value"
"""How the reason begins why there is no interval where a stratum has one unit alone."""
STEPS = ("reading", "drawing", "scoring", "calibrating", "estimating", "relating", "writing")


@dataclass(frozen=True)
class Study:
    """Everything that a study found.

    Attributes
    ----------
    spec : StudySpec
        What was asked.
    inputs : tuple of mapping
        The files that were read: section, file, rows, sha256.
    counts : mapping
        How many rows of each kind there were.
    warnings : tuple of str
        What a reader must know before the figures are used.
    plan : SamplingPlan or None
        How many conversations each stratum holds and gives.
    drawn : frame or None
        The drawn conversations with stratum, inclusion probability and design weight.
    scores : frame or None
        One row per evaluation.
    calibration : mapping
        Studies of the raters: "criteria" and "score" for evaluations on a rubric ("applicability" where raters differ on
        whether a criterion applies), "ratings" without one.
    estimates : EstimateTable
        Keys: figure, by, group.
    association : EstimateTable
        Keys: score, outcome, coefficient.
    truth : mapping
        Known true values by (figure, by, group), where there are any.
    pairs : mapping
        The (score, outcome) pairs behind the associations.
    command : str
        The command that asked, as it stands in the record and on the page.
    language : str
        Of the page, "en" or "zh-CN".
    """

    spec: StudySpec
    inputs: tuple[Mapping[str, Any], ...]
    counts: Mapping[str, int]
    warnings: tuple[str, ...]
    estimates: EstimateTable
    association: EstimateTable
    calibration: Mapping[str, CalibrationStudy]
    plan: SamplingPlan | None = None
    drawn: Any = field(default=None, repr=False)
    rubric: Rubric | None = field(default=None, repr=False)
    scores: Any = field(default=None, repr=False)
    truth: Truth = field(default_factory=dict, repr=False)
    pairs: Mapping[tuple[str, str], tuple[Any, Any]] = field(default_factory=dict, repr=False)
    command: str = ""
    language: str = "en"

    def to_dict(self) -> dict[str, Any]:
        """Every figure in full precision, with versions, seed, hashes and the command: what study.json holds."""
        sample = self.spec.sample
        return {
            "qascore": _core.__version__,
            "title": self.spec.title,
            "command": self.command,
            "study": {"file": self.spec.source and self.spec.source.name, "sha256": self.spec.sha256},
            "inputs": list(self.inputs),
            "rubric": self.rubric and {
                "id": self.rubric.id, "version": self.rubric.version, "content_hash": self.rubric.content_hash,
            },
            "seed": sample and sample.seed,
            "confidence": self.spec.confidence,
            "counts": dict(self.counts),
            "warnings": list(self.warnings),
            "plan": self.plan and json.loads(self.plan.to_json()),
            "estimates": _with_truth(self.estimates, self.truth),
            "association": _with_truth(self.association, self.truth),
            "calibration": {name: study.to_dict() for name, study in self.calibration.items()},
        }  # fmt: skip

    def tables(self) -> dict[str, Any]:
        """The results as frames, by the name of the file that `write` makes of each."""
        tables: dict[str, Any] = {}
        if self.plan is not None:
            tables["plan"] = self.plan.to_frame("pyarrow")
            tables["sample"] = self.drawn
        if self.scores is not None:
            tables["scores"] = self.scores
        for name, study in self.calibration.items():
            for part, table in study.tables().items():
                tables[f"calibration_{name}_{part}"] = table.to_frame("pyarrow")
        for name, table in (("estimates", self.estimates), ("association", self.association)):
            rows = _with_truth(table, self.truth)
            if rows:
                tables[name] = {key: [row[key] for row in rows] for key in rows[0]}
        return tables

    def to_frame(self, table: str = "estimates", backend: str | None = None) -> Any:
        """The "estimates", or the "association", one row each; `tables()` has all that `write` writes."""
        return getattr(self, check_choice("table", table, ("estimates", "association"))).to_frame(backend)

    def report(self) -> Report:
        """The report as a document; `qascore.report.render` makes a page of it."""
        from ._study_report import study_report
        from .report.chinese import in_language

        return in_language(study_report(self), self.language)

    def summary(self) -> str:
        """The main figures as text."""
        from ._study_report import study_summary

        return study_summary(self)

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        tables = [table._repr_html_() for table in (self.estimates, self.association) if len(table)]
        notes = "".join(f"<li>{escape(warning)}</li>" for warning in self.warnings)
        return f"<p>{escape(self.spec.title)}</p>{f'<ul>{notes}</ul>' if notes else ''}{''.join(tables)}"

    def write(self, out: str | Path) -> None:
        """All results as files in a folder: tables, every figure, the report. They appear together or not at all."""
        from .report import render

        with Outputs(out) as folder:
            for name, table in self.tables().items():
                folder.table(f"{name}.csv", table)
            page = self.report()
            folder.json(self.spec.output.figures, self.to_dict())
            folder.text(self.spec.output.report, render(page))
            folder.json(self.spec.output.document, page.to_dict())


def _with_truth(table: EstimateTable, truth: Truth) -> list[dict[str, Any]]:
    """The rows of a table; where true values are known, with them and whether the interval covers them."""
    rows: list[dict[str, Any]] = table.to_dict()["rows"]
    keys = list(zip(*(values for _, values in table.keys), strict=True))
    known = [truth.get(key) for key in keys]
    if all(value is None for value in known):
        return rows
    for row, value in zip(rows, known, strict=True):
        bounded = value is not None and not math.isnan(row["low"])
        row["truth"] = value
        row["covered"] = bool(row["low"] <= value <= row["high"]) if bounded and value is not None else None
    return rows


def run_study(
    study: str | Path | Mapping[str, Any] | StudySpec,
    *,
    out: str | Path | None = None,
    progress: Progress | None = None,
    truth: Truth | None = None,
    command: str = "",
    language: str = "en",
) -> Study:
    """Runs a study from its files.

    Parameters
    ----------
    study : path, or mapping with the same names
        What is read and asked; docs/study.md explains the names. Files of a mapping are relative to the current folder.
    out : path, optional
        Folder for tables, figures and the report; nothing is written without it.
    progress : callable, optional
        Called with (step, steps done, steps in all).
    truth : mapping, optional
        Known true values keyed by (figure, by, group), shown beside the estimates: for simulated data.
    command : str
        The command that asked, for the record.
    language : {"en", "zh-CN"}
        Of the page.

    Returns
    -------
    Study

    Raises
    ------
    ArgumentError, DataError, RubricError, DesignError, FileError
        Each names the file, the line or row, what was found, and what is allowed.

    Examples
    --------
    >>> import qascore as qa
    >>> study = qa.run_study("examples/study/study.yaml")      # doctest: +SKIP
    >>> study.estimates.to_frame()                              # doctest: +SKIP
    """
    if isinstance(study, StudySpec):
        spec = study
    else:
        spec = study_of(study) if isinstance(study, Mapping) else load_study(study)
    show = progress or (lambda step, done, total: None)
    check_choice("language", language, ("en", "zh-CN"))
    run = _Run(spec, show, dict(truth or {}), command)
    result = replace(run.study(), language=language)
    if out is not None:
        run.step("writing")
        result.write(out)
    return result


@dataclass(frozen=True)
class _Scored:
    """What raters gave, one entry per evaluation: the conversation, and a column of numbers per figure."""

    units: Labels
    values: Mapping[str, npt.NDArray[np.float64]]


class _Run:
    """One run of a study: the steps in their order, and what they leave."""

    def __init__(self, spec: StudySpec, progress: Progress, truth: dict[tuple[str, str, str], float], command: str):
        self.spec = spec
        self.progress = progress
        self.inner = 0  # steps within steps so far
        self.truth = truth
        self.command = command
        self.warnings: list[str] = []
        self.counts: dict[str, int] = {}
        self.inputs: list[dict[str, Any]] = []
        self.estimates: list[tuple[str, str, str, Estimate]] = []
        self.related: list[tuple[str, str, str, Estimate]] = []
        self.pairs: dict[tuple[str, str], tuple[Any, Any]] = {}
        self.columns: dict[str, Any] = {}  # of the rows that the estimates speak from, under the plan
        self.calibration: dict[str, CalibrationStudy] = {}
        self.plan: SamplingPlan | None = None
        self.drawn: Any = None
        self.rubric: Rubric | None = None
        self.scores: Any = None
        self.surveys: Collection[Any] = ()
        self.gaps: dict[tuple[str, ...], list[str]] = {}

    def study(self) -> Study:
        self.step("reading")
        conversations = self.read_conversations()
        csat = self.read_csat()
        if conversations is not None and self.spec.conversations is not None:
            self.match_surveys(conversations.values(self.spec.conversations.id), self.spec.conversations.file, whole=True)
        self.step("drawing")
        if conversations is not None:
            self.draw(conversations)
        self.step("scoring")
        scored = self.score_evaluations() or self.read_ratings()
        self.step("estimating")
        if conversations is not None:
            self.estimate_measures(conversations)
        sample = self.join(conversations, scored, csat) if scored is not None else None
        if sample is not None and scored is not None:
            self.estimate_scores(sample, scored)
        self.step("relating")
        if sample is not None:
            self.relate(sample)
        self.warnings += [self.explained(why, names) for why, names in self.gaps.items()]
        return Study(
            self.spec, tuple(self.inputs), self.counts, tuple(self.warnings),
            _table(("figure", "by", "group"), self.estimates), _table(("score", "outcome", "coefficient"), self.related),
            self.calibration, self.plan, self.drawn, self.rubric, self.scores, self.truth, self.pairs, self.command,
        )  # fmt: skip

    def step(self, name: str) -> None:
        self.progress(name, STEPS.index(name) + self.inner, len(STEPS) + self.inner)

    def warn(self, count: int, what: str) -> None:
        """A warning with its number, if there is anything to warn about."""
        if count:
            self.warnings.append(f"{count:,} {what}")

    # Files

    def read(self, section: str, file: Path, kinds: Mapping[str, Kind]) -> FileTable:
        try:
            table = read_table(file, kinds, rest=False, where=section)
        except MissingColumnError as error:
            raise MissingColumnError(f"{error}{self.says_which(section, error)}") from None
        if table.rows == 0:
            raise DataError(f"{file}: expected rows but found only a header")
        self.inputs.append({"section": section, **table.record()})
        return table

    def says_which(self, section: str, error: MissingColumnError) -> str:
        """Where the study says another name of a column that was looked for under its usual one."""
        asked = getattr(self.spec, section, None) if self.spec.source else None
        found = re.search(r'expected a column "(.*?)" but found', str(error))
        usual = [one.name for one in fields(asked) if found and one.default == found[1] == getattr(asked, one.name)] if asked else []
        return f'; "{usual[0]}" under "{section}" says which column it is' if usual else ""

    def read_conversations(self) -> Frame | None:
        asked = self.spec.conversations
        if asked is None:
            return None
        kinds: dict[str, Kind] = dict.fromkeys((asked.id, *asked.strata, *asked.domains), "text")
        for name, kind in asked.measures.items():
            if name in kinds:
                raise ArgumentError(f'conversations.measures: "{name}" is used as a label already')
            kinds[name] = "flag" if kind == "share" else "number"
        frame = self.read("conversations", asked.file, kinds).frame
        if self.spec.sample is None:  # the draw checks them itself
            _refuse_repeats(frame, asked.id)
        self.counts["conversations"] = len(frame)
        return frame

    def read_csat(self) -> dict[Any, float]:
        asked = self.spec.csat
        if asked is None:
            return {}
        frame = self.read("csat", asked.file, {asked.id: "text", asked.column: "number"}).frame
        _refuse_repeats(frame, asked.id)
        values = frame.numbers(asked.column)
        if asked.scale is not None:
            low, high = asked.scale
            outside = np.flatnonzero((values < low) | (values > high))
            if len(outside):
                row = int(outside[0])
                raise DataError(
                    f'{asked.file}: row {row}: column "{asked.column}": expected a value from {low:g} to {high:g} '
                    f"but found {values[row]:g}"
                )
        given = ~np.isnan(values)
        self.counts["surveys answered"] = int(given.sum())
        self.surveys = ids = frame.values(asked.id)
        return {ids[row]: float(values[row]) for row in np.flatnonzero(given).tolist()}

    def match_surveys(self, known: Sequence[Any], file: Path, *, whole: bool) -> None:
        """Surveys of which none has a conversation are of other ids, or of the same ids in another form.

        Where the conversations are not the `whole` population, that nobody answered is possible.
        """
        asked = self.spec.csat
        if asked is None:
            return
        ids = dict.fromkeys(self.surveys)
        if set(known).isdisjoint(ids) and (whole or written_otherwise(ids, known)[0]):
            raise DataError(
                f"{asked.file}: none of the {len(ids):,} surveys is of a conversation in {file.name}: "
                f"{both_forms(asked.file.name, ids, file.name, known)}"
            )
        self.warn_of_forms(ids, asked.file, known, file)

    def warn_of_forms(self, ids: Iterable[Any], file: Path, known: Collection[Any], other: Path) -> None:
        count, first, form, reason = written_otherwise(ids, known)
        self.warn(count, f'ids of {file.name} are written otherwise in {other.name}, "{first}" there "{form}" ({reason}): they '
                  "are not matched")  # fmt: skip

    # Sampling

    def draw(self, conversations: Frame) -> None:
        asked, how = self.spec.conversations, self.spec.sample
        if asked is None or how is None:
            return
        with _in_file(asked.file):
            plan = allocate(
                conversations, strata=asked.strata, missing_stratum=asked.missing_stratum, size=how.size, rate=how.rate,
                rates=how.rates, counts=how.counts, method=how.method, sd=how.sd, min_per_stratum=how.min_per_stratum,
                max_per_stratum=how.max_per_stratum, id=asked.id,
            )  # fmt: skip
            self.drawn = draw(conversations, plan, id=asked.id, seed=how.seed)
        self.plan = plan.with_draw(seed=how.seed, id_kind="text")
        self.counts["conversations drawn"] = plan.sample_size
        self.warnings += [note[0].upper() + note[1:] for note in plan.notes]

    def estimate_measures(self, conversations: Frame) -> None:
        """What the file knows of every conversation, estimated from the drawn ones: the whole file is the truth."""
        asked, how = self.spec.conversations, self.spec.sample
        if asked is None or how is None or not asked.measures:
            return
        design = SampleDesign(
            self.drawn, unit=asked.id, plan=self.plan, single_unit=how.single_unit, uncovered="exclude"
        )
        if design.uncovered:
            self.warnings.append(f"Nothing was drawn in {shortened(design.uncovered, 'strata')}: estimates do not speak for it")
        for name, kind in asked.measures.items():
            missing = int(np.isnan(conversations.numbers(name)).sum())
            self.warn(missing, f"conversations have no {name}; its figures speak for the others")
            for by in (None, *asked.domains):
                # Whether a conversation has the measure is known of all: those without are another domain.
                self.estimate(design, name, name, kind, by, "domain")
                whole = mean(conversations, name, by=by, missing="drop", confidence=self.spec.confidence)
                for group, estimate in _groups(whole):
                    self.truth.setdefault((name, by or ALL, group), estimate.value)

    def estimate(self, sample: Any, figure: str, column: str, kind: str, by: str | None, missing: str) -> None:
        verb = mean if kind == "mean" else proportion
        found = verb(sample, column, by=by, missing=missing, confidence=self.spec.confidence)
        self.estimates += [(figure, by or ALL, group, estimate) for group, estimate in _groups(found)]
        if isinstance(found, Estimate):
            self.note_gap(found, sample, [column])

    def note_gap(self, found: Estimate, sample: SampleDesign, columns: Sequence[str]) -> None:
        """Keeps a figure without an interval, or without a value, with what is behind it, to be said once for all alike."""
        if found.undefined is None or not math.isnan(found.low):
            return
        alone: tuple[str, ...] = ()
        if found.undefined.startswith(ALONE):
            alone = sample._alone(np.sum([sample.numbers(column, "drop") for column in columns], axis=0))
        why = ("alone", *alone) if alone else ("interval" if math.isfinite(found.value) else "value", found.undefined)
        self.gaps.setdefault(why, []).append(found.name.removesuffix(sample.scope))

    def explained(self, why: tuple[str, ...], names: Sequence[str]) -> str:
        """Why figures have no interval or no value, and what to write where that is a choice."""
        kind, *reasons = why
        figures = shortened(names, "figures")
        if kind == "alone":
            file = self.spec.source.name if self.spec.source else "the study"
            return (
                f"No interval of {figures}: one conversation alone has a value in {shortened(reasons, 'strata')}; add "
                f'"single_unit: average" (or adjust, certainty) to "sample" in {file}'
            )
        return f"No {kind} of {figures}: {reasons[0]}"

    # Scoring

    def score_evaluations(self) -> _Scored | None:
        asked = self.spec.evaluations
        if asked is None:
            return None
        self.rubric = Rubric.load(asked.rubric)
        names = (asked.evaluation, asked.conversation, asked.rater, asked.criterion, asked.answer)
        table = self.read("evaluations", asked.file, dict.fromkeys(names, "text"))
        with _in_file(asked.file):
            scores = self.rubric.score(
                table.frame, evaluation=asked.evaluation, criterion=asked.criterion, answer=asked.answer
            )
        self.scores = scores.to_frame()
        one = Frame.of(self.scores, "scores")
        for column in (asked.conversation, asked.rater):
            if column not in one.columns:
                raise _differing(table.frame, asked.evaluation, column)
        self.counts["evaluations"] = len(one)
        numbers = one.numbers(SCORE)
        self.warn(int(np.isnan(numbers).sum()), "evaluations cannot be scored: nothing in them applies")
        who = {"conversation": asked.conversation, "rater": asked.rater}
        with _in_file(asked.file):
            by_score = RatingTable(one, unit=asked.conversation, rater=asked.rater, rating=SCORE)
            self.calibrate("score", by_score, "interval")
        parts = Frame.of(scores.criteria_frame(), "criteria")
        each = len(self.rubric.criteria)
        rated: dict[str, Any] = {
            name: [value for value in one.values(column) for _ in range(each)] for name, column in who.items()
        }
        rated |= {"criterion": parts.values("criterion"), "rating": parts.numbers("rating")}
        scored = {criterion.id for criterion in self.rubric.criteria if criterion.scored}
        self.calibrate_by_criterion("criteria", rated, "ordinal", scored)
        rated["rating"] = [APPLIES.get(state) for state in parts.values("state")]
        self.calibrate_applicability(rated, scored)
        values = {SCORE: numbers}
        passed = one.numbers(PASSED)
        if not np.isnan(passed).all():
            values[PASSED] = passed
        return _Scored(one.labels(asked.conversation), values)

    def calibrate_by_criterion(self, name: str, rated: Mapping[str, Any], level: str, criteria: Collection[str]) -> None:
        kept = [row for row, criterion in enumerate(rated["criterion"]) if criterion in criteria]
        frame = build_frame({column: [values[row] for row in kept] for column, values in rated.items()}, "pyarrow")
        table = RatingTable(frame, unit="conversation", rater="rater", rating="rating", criterion="criterion")
        self.calibrate(name, table, level)

    def calibrate_applicability(self, rated: Mapping[str, Any], scored: Collection[str]) -> None:
        """Whether raters agree that a criterion applies; where they do not, there is no pair of ratings to compare."""
        said: dict[tuple[str, Any], set[str]] = {}
        for criterion, unit, applies in zip(rated["criterion"], rated["conversation"], rated["rating"], strict=True):
            if criterion in scored and applies is not None:
                said.setdefault((criterion, unit), set()).add(applies)
        split = [criterion for (criterion, _), answers in said.items() if len(answers) > 1]
        if not split:
            return
        self.calibrate_by_criterion("applicability", rated, "nominal", set(split))
        count = ", ".join(f"{criterion} ({split.count(criterion):,})" for criterion in dict.fromkeys(split))
        self.warnings.append(
            f"Raters differ on whether a criterion applies: conversations by criterion {count}; a rating of "
            "\"not applicable\" has no part in the agreement on the criterion itself"
        )

    def read_ratings(self) -> _Scored | None:
        asked = self.spec.ratings
        if asked is None:
            return None
        kinds: dict[str, Kind] = {asked.unit: "text", asked.rater: "text"}
        if asked.criterion is not None:
            kinds[asked.criterion] = "text"
        kinds[asked.rating] = "text" if asked.categories is not None else "auto" if asked.level == "nominal" else "number"
        when: dict[str, Kind] = {} if asked.order is None or asked.order in kinds else {asked.order: "auto"}
        try:
            frame = self.read("ratings", asked.file, kinds | when).frame
        except DataError as error:
            if f'column "{asked.rating}": expected a number but found' not in str(error) or "; write " in str(error):
                raise
            raise DataError(f'{error}; score answers first (`qascore score`), or give level="nominal" to take them for names') from None
        self.counts["ratings"] = len(frame)
        columns: dict[str, Any] = {
            "unit": asked.unit, "rater": asked.rater, "rating": asked.rating, "criterion": asked.criterion,
            "categories": asked.categories, "duplicates": asked.repeats,
        }  # fmt: skip
        previous = None
        if asked.previous is not None:
            before = self.read("previous", asked.previous, kinds).frame
            with _in_file(asked.previous):
                previous = RatingTable(before, **columns)
        order = None if asked.order is None else _order(frame, asked.unit, asked.order)
        with _in_file(asked.file):
            self.calibrate(
                "ratings", RatingTable(frame, **columns), asked.level, order=order, gold=asked.gold, margin=asked.margin,
                previous=previous,
            )  # fmt: skip
        units = frame.labels(asked.unit)
        if frame.is_text(asked.rating):
            return _Scored(units, {})
        ratings = frame.numbers(asked.rating)
        if asked.criterion is None:
            return _Scored(units, {asked.rating: ratings})
        criteria = frame.labels(asked.criterion)
        return _Scored(
            units,
            {str(name): np.where(criteria.codes == code, ratings, np.nan) for code, name in enumerate(criteria.labels)},
        )

    def calibrate(self, name: str, table: RatingTable, level: str | None, **more: Any) -> None:
        before = STEPS.index("calibrating"), self.inner

        def show(step: str, done: int, total: int) -> None:
            self.inner = before[1] + total
            self.progress(f"calibrating: {step}", sum(before) + done, len(STEPS) + self.inner)

        self.calibration[name] = calibration_study(
            table, by=table.criterion, level=level, confidence=self.spec.confidence, progress=show, **more
        )

    # Estimates

    def join(self, conversations: Frame | None, scored: _Scored, csat: Mapping[Any, float]) -> SampleDesign:
        """One row per evaluation of the conversations that the estimates speak from, under their design.

        Drawn conversations that nobody evaluated stay, without a score, so that the design is that of the draw.
        """
        asked, how = self.spec.conversations, self.spec.sample
        units = scored.units.labels
        base = conversations if self.drawn is None else Frame.of(self.drawn, "sample")
        ids = list(units) if base is None or asked is None else base.values(asked.id)
        index = {one: row for row, one in enumerate(ids)}
        place = np.array([index.get(unit, -1) for unit in units], dtype=np.int64)
        outside = int((place < 0).sum())
        self.counts["conversations evaluated"] = len(units)
        if conversations is not None and asked is not None:
            self.match_evaluated(units, conversations.values(asked.id), asked.file)
        if self.drawn is not None:
            self.warn(outside, "evaluated conversations are not in the drawn sample: they count in the calibration, "
                      "not in the estimates")  # fmt: skip
            if outside == len(units):
                self.warnings.append("No drawn conversation was evaluated: nothing can be estimated for the population")
        else:
            self.warn(outside, "evaluated conversations are not among the conversations: left out of the estimates")
            if base is not None:
                self.warnings.append(
                    "The evaluated conversations were not drawn by a plan: estimates treat them as a simple random "
                    "sample, which they may not be"
                )
        row_of = place[scored.units.codes]
        kept = row_of >= 0
        bare = np.zeros(0, dtype=np.int64)
        if self.drawn is not None:
            bare = np.setdiff1d(np.arange(len(ids)), row_of[kept])
            if base is not None and asked is not None and asked.strata:
                # A stratum of which nothing was evaluated is named below: the others do not speak for it.
                keys = list(zip(*(base.values(name) for name in asked.strata), strict=True))
                heard = {keys[row] for row in row_of[kept].tolist()}
                bare = np.array([row for row in bare.tolist() if keys[row] in heard], dtype=np.int64)
            self.warn(len(bare), "drawn conversations were not evaluated: estimates speak for all as if these were like "
                      "the others of the sample")  # fmt: skip
        rows = np.concatenate([row_of[kept], bare]).tolist()
        columns: dict[str, Any] = {"conversation": [ids[row] for row in rows]}
        if base is not None and asked is not None:
            for name in dict.fromkeys((*asked.strata, *asked.domains)):
                values = base.values(name)
                columns[name] = [values[row] for row in rows]
        outcome = self.spec.csat.column if self.spec.csat else None
        for name in (*scored.values, *([outcome] if outcome else [])):
            if name in columns:
                raise ArgumentError(f'conversations: the column "{name}" has the name of a figure; rename it')
        for name, numbers in scored.values.items():
            columns[name] = np.concatenate([numbers[kept], np.full(len(bare), np.nan)])
        if outcome:
            columns[outcome] = np.array([csat.get(one, math.nan) for one in columns["conversation"]])
            if base is None:
                self.match_surveys(ids, self.evaluated_file(), whole=False)
            self.count_surveys(csat, ids, base is not None)
        if self.drawn is None or how is None:
            columns["weight"] = np.ones(len(rows))
            return SampleDesign(build_frame(columns, "pyarrow"), unit="conversation", weight="weight", repeats="average")
        probability = np.asarray(base.numbers("inclusion_probability")) if base is not None else np.zeros(0)
        columns["inclusion_probability"] = probability[rows]
        self.columns = columns
        design = self.planned(columns, how.single_unit)
        if design.uncovered:
            self.warnings.append(
                f"No conversation was evaluated in {shortened(design.uncovered, 'strata')}: estimates of scores do not speak for it"
            )
        return design

    def planned(self, columns: Mapping[str, Any], single_unit: str) -> SampleDesign:
        return SampleDesign(
            build_frame(dict(columns), "pyarrow"), unit="conversation", plan=self.plan, repeats="average",
            single_unit=single_unit, uncovered="exclude",
        )  # fmt: skip

    def evaluated_file(self) -> Path:
        asked = self.spec.evaluations or self.spec.ratings
        assert asked is not None
        return asked.file

    def match_evaluated(self, units: Sequence[Any], known: Sequence[Any], file: Path) -> None:
        """Evaluations of other conversations than those of the file, or of the same in another form, say nothing of it."""
        source = self.evaluated_file()
        if units and set(known).isdisjoint(units):
            raise DataError(
                f"{source}: none of the {len(units):,} evaluated conversations is in {file.name}: "
                f"{both_forms(source.name, units, file.name, known)}"
            )
        self.warn_of_forms(units, source, known, file)

    def count_surveys(self, csat: Mapping[Any, float], ids: Sequence[Any], known: bool) -> None:
        answered = sum(one in csat for one in ids)
        what = "drawn conversations" if self.drawn is not None else "evaluated conversations"
        self.counts[f"{what} with a survey"] = answered
        if known and self.drawn is None:
            self.warn(len(csat) - answered, "surveys belong to none of the conversations")
        self.warnings.append(
            f"{answered:,} of {len(ids):,} {what} have a survey ({answered / max(1, len(ids)):.1%}): what is related to "
            "satisfaction speaks for customers who answer"
        )

    def estimate_scores(self, sample: SampleDesign, scored: _Scored) -> None:
        domains = self.spec.conversations.domains if self.spec.conversations else ()
        if self.spec.ratings is not None and self.spec.ratings.level == "nominal":
            return
        for name in scored.values:
            for by in (None, *domains):
                self.estimate(sample, name, name, "share" if name == PASSED else "mean", by, "drop")

    # Association

    def answered(self, sample: SampleDesign, score: str, outcome: str) -> SampleDesign:
        """The sample without the strata of which no conversation has both figures, named: the others do not speak for them."""
        asked, how = self.spec.conversations, self.spec.sample
        if asked is None or how is None or not self.columns:
            return sample
        keys = list(zip(*(self.columns[name] for name in asked.strata), strict=True))
        both = ~np.isnan(self.columns[score]) & ~np.isnan(self.columns[outcome])
        heard = {key for key, one in zip(keys, both.tolist(), strict=True) if one}
        kept = [row for row, key in enumerate(keys) if key in heard]
        if not kept or len(kept) == len(keys):
            return sample
        found = self.planned({name: [values[row] for row in kept] for name, values in self.columns.items()}, how.single_unit)
        silent = [name for name in found.uncovered if name not in sample.uncovered]
        self.warnings.append(
            f"No scored conversation has a survey in {shortened(silent, 'strata')}: what is related to satisfaction does not speak for it"
        )
        return found

    def relate(self, sample: SampleDesign) -> None:
        asked, csat = self.spec.relate, self.spec.csat
        if asked is None or csat is None:
            return
        score = asked.score
        if score not in sample.frame.columns:
            present = ", ".join(name for name in sample.frame.columns if name not in ("conversation", "weight"))
            raise ArgumentError(f'relate.score: expected a figure among {present} but found "{score}"')
        sample = self.answered(sample, score, csat.column)
        for method in asked.method:
            found = association(
                sample, score, csat.column, method=method, confidence=self.spec.confidence, missing="drop"
            )
            self.related.append((score, csat.column, method, found))
            self.note_gap(found, sample, [score, csat.column])
        self.pairs[score, csat.column] = (sample.numbers(score, "drop"), sample.numbers(csat.column, "drop"))


def _table(keys: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> EstimateTable:
    return estimate_table(
        [(name, [row[at] for row in rows]) for at, name in enumerate(keys)], [row[-1] for row in rows], "pyarrow"
    )


def _groups(found: Estimate | EstimateTable) -> Iterable[tuple[str, Estimate]]:
    """The groups of an estimate by one column, or the estimate of all."""
    if isinstance(found, Estimate):
        return [(ALL, found)]
    return [(str(group), estimate) for group, estimate in zip(found.keys[0][1], found, strict=True)]


def _order(frame: Frame, unit: str, column: str) -> dict[Any, float]:
    """When each unit was first rated: the column's number, or the place of its text among all."""
    units = frame.labels(unit)
    if frame.is_text(column):
        texts = frame.labels(column)
        when = np.append(np.arange(len(texts.labels), dtype=np.float64), np.nan)[np.minimum(texts.codes, len(texts.labels))]
    else:
        when = frame.numbers(column)
    out: dict[Any, float] = {}
    for code, value in zip(units.codes.tolist(), when.tolist(), strict=True):
        if math.isnan(value):
            raise DataError(f'{frame.argument}: column "{column}": unit {units.labels[code]!r} has no value, which the order needs')
        out[units.labels[code]] = min(value, out.get(units.labels[code], value))
    return out


def _differing(frame: Frame, evaluation: str, column: str) -> DataError:
    """The evaluation that names two conversations, or two raters."""
    seen: dict[Any, tuple[int, Any]] = {}
    for row, (one, value) in enumerate(zip(frame.values(evaluation), frame.values(column), strict=True)):
        first, before = seen.setdefault(one, (row, value))
        if value != before:
            return DataError(
                f'{frame.argument}: evaluation {one!r}: column "{column}": expected one value but found {before!r} at row '
                f"{first} and {value!r} at row {row}"
            )
    return DataError(f'{frame.argument}: column "{column}" is not the same in all rows of an evaluation')


def _refuse_repeats(frame: Frame, name: str) -> None:
    """Ids are there, and each once."""
    ids = frame.ids(name)
    repeated = _core.match_ids(ids, ids)[2]
    if repeated is not None:
        first, again = repeated
        raise DataError(
            f'{frame.argument}: column "{name}": {ids[again]!r} stands in rows {first} and {again}, expected once'
        )


@contextmanager
def _in_file(file: Path) -> Iterator[None]:
    """Errors about the rows of a frame name the file that it was read from."""
    try:
        yield
    except (ArgumentError, DataError, DesignError, RubricError) as error:
        lines = str(error).splitlines()
        named = [line if line.startswith(str(file)) else f"{file}: {line}" for line in lines]
        raise type(error)("\n".join(named)) from None


def draw_sample(
    file: str | Path, *, id: str, strata: Sequence[str], seed: int, **options: Any  # noqa: A002
) -> tuple[SamplingPlan, Any]:
    """The plan and the drawn rows of a file, all columns kept; options as in `allocate`."""
    table = read_table(file, {id: "text", **dict.fromkeys(strata, "text")})
    with _in_file(table.path):
        plan = allocate(table.frame, strata=list(strata), id=id, **options)
        drawn = draw(table.frame, plan, id=id, seed=seed)
    return plan.with_draw(seed=seed, id_kind="text"), drawn


def relate_file(
    file: str | Path, *, score: str, csat: str, agent: str | None, by: str | None, criteria: Sequence[str],
    known: Sequence[str] = (), score_by: str | None = None, csat_by: str | None = None, id: str | None = None,  # noqa: A002
    repeats: str = "error", progress: Progress | None = None, **options: Any,
) -> tuple[CsatStudy, Mapping[str, Any]]:  # fmt: skip
    """A study of scores and satisfaction from one file, and the record of the file; options as in `csat_study`, whose steps follow that of reading."""
    kinds: dict[str, Kind] = {name: "number" for name in (score, csat, *criteria)}
    kinds |= {name: "auto" for name in known if name not in kinds}
    kinds |= {name: "text" for name in (agent, by, score_by, csat_by, id) if name is not None and name not in kinds}
    show = progress or (lambda step, done, total: None)
    show("reading", 0, 1)
    table = read_table(file, kinds, rest=False) if id is not None or CONVERSATION in kinds else _with_ids(file, kinds)
    with _in_file(table.path):
        found = csat_study(
            table.frame, score=score, csat=csat, agent=agent, by=by, criteria=criteria, known=known, score_by=score_by,
            csat_by=csat_by, id=id, repeats=repeats,
            progress=lambda step, done, total: show(step, done + 1, total + 1), **options,
        )  # fmt: skip
    return found, table.record()


def _with_ids(file: str | Path, kinds: Mapping[str, Kind]) -> FileTable:
    """The columns asked for, and that of conversations where there is one."""
    try:
        return read_table(file, {**kinds, CONVERSATION: "text"}, rest=False)
    except MissingColumnError:
        return read_table(file, kinds, rest=False)


def assign_files(
    conversations: str | Path,
    raters: str | Path,
    *,
    id: str,  # noqa: A002
    rater: str,
    seed: int,
    team: str | None = None,
    agent: str | None = None,
    capacity: str | None = None,
    minimum: str | None = None,
    share: str | None = None,
    forbidden: str | Path | None = None,
    history: str | Path | None = None,
    **options: Any,
) -> Assignment:
    """Who rates what, from files; options as in `assign`. A capacity or minimum is a column, or a number as text."""
    table = read_table(conversations, {name: "text" for name in (id, team, agent) if name is not None})
    most, least = _number_or_column(capacity), _number_or_column(minimum)
    kinds: dict[str, Kind] = {name: "text" for name in (rater, team) if name is not None}
    people = read_table(raters, kinds | {name: "number" for name in (most, least, share) if isinstance(name, str)})
    banned, lately = (None if file is None else read_table(file, {rater: "text"}).frame for file in (forbidden, history))
    with _in_file(table.path):
        return assign(
            table.frame, people.frame, id=id, rater=rater, seed=seed, team=team, agent=agent, capacity=most, minimum=least,
            share=share, forbidden=banned, history=lately, **options,
        )  # fmt: skip


def _number_or_column(given: str | None) -> str | float | None:
    try:
        return given if given is None else float(given)
    except ValueError:
        return given


def rescore_answers(
    file: str | Path, compared: RubricComparison, *, evaluation: str, criterion: str, answer: str
) -> ComparedScores:
    """A file of answers on both forms of a comparison."""
    table = read_table(file, {evaluation: "text", criterion: "text", answer: "text"})
    with _in_file(table.path):
        return compared.rescore(table.frame, evaluation=evaluation, criterion=criterion, answer=answer)


def score_answers(
    file: str | Path,
    rubric: str | Path,
    *,
    evaluation: str,
    criterion: str,
    answer: str,
    unanswered: str = "error",
    unasked: str = "error",
    coded: bool = False,
    evaluations: str | Path | None = None,
) -> Scores:
    """The scores of a file of answers, with the columns that are the same in all rows of an evaluation.

    The file is long, or wide where it has columns of the form's criteria in place of `criterion` and `answer`. `evaluations` is
    another file, with one row per evaluation, whose columns come along: who rated which conversation.
    """
    form = Rubric.load(rubric)
    table, wide = _read_answers(file, form, evaluation, criterion, answer)
    frame = table.frame
    if not len(frame):
        raise DataError(f"{table.path}: expected rows but found only a header")
    if evaluations is not None:
        frame = _with_columns_of(frame, read_table(evaluations, {evaluation: "text"}).frame, evaluation)
    with _in_file(table.path):
        return form.score(
            frame, evaluation=evaluation, criterion=None if wide else criterion, answer=None if wide else answer, unanswered=unanswered,
            unasked=unasked, coded=coded,
        )  # fmt: skip


def _read_answers(file: str | Path, form: Rubric, evaluation: str, criterion: str, answer: str) -> tuple[FileTable, bool]:
    """A file of answers, and whether it is wide."""
    try:
        return read_table(file, {evaluation: "text", criterion: "text", answer: "text"}), False
    except MissingColumnError as error:
        table = read_table(file, {evaluation: "text"})
        columns = table.frame.columns
        if criterion not in columns and answer not in columns:
            if any(one.id in columns for one in form.criteria):
                return table, True
            some = ", ".join(one.id for one in form.criteria[:3])
            raise MissingColumnError(f"{error}; nor is there a column for each criterion of the form ({some}, ...)") from None
        raise


def _with_columns_of(answers: Frame, others: Frame, evaluation: str) -> Frame:
    """The answers with the columns of another frame, which has one row per evaluation; columns of both must say the same."""
    _refuse_repeats(others, evaluation)
    rows = {one: row for row, one in enumerate(others.values(evaluation))}
    asked = answers.values(evaluation)
    lost = next((one for one in asked if one is not None and one not in rows), None)
    if lost is not None:
        missing = len(set(asked) - set(rows) - {None})
        raise DataError(
            f'{others.argument}: column "{evaluation}": {lost!r} of the answers is not there ({missing:,} of their evaluations are not)'
        )
    found: dict[str, Any] = {}
    for name in others.columns:
        if name == evaluation:
            continue
        values = others.values(name)
        taken = [None if one is None else values[rows[one]] for one in asked]
        if name not in answers.columns:
            found[name] = taken
            continue
        for row, (said, here) in enumerate(zip(taken, answers.values(name), strict=True)):
            if said != here:
                raise DataError(
                    f'{others.argument}: column "{name}": evaluation {asked[row]!r} has {said!r} but {here!r} in row {row} of the answers; '
                    "leave the column out of one of the files"
                )
    types = dict.fromkeys(found, "String")
    return Frame.of(answers.take(np.arange(len(answers)), found, types=types), answers.argument)
