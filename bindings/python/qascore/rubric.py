"""Rubrics: how answers become scores, one evaluation at a time or millions."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from . import _core
from ._frames import MISSING_CODE, Frame, Labels, build_frame, is_missing
from ._render import html_table, in_language, text_table
from ._results import Result
from .errors import ArgumentError, DataError, FileError, MissingColumnError, RubricError, check_choice, check_threads, did_you_mean

__all__ = [
    "Band",
    "Criterion",
    "CriterionResult",
    "EvaluationResult",
    "FailRule",
    "Rubric",
    "Scores",
    "Section",
]

UNANSWERED = ("error", "not_scorable", "leave_out")
UNASKED = ("error", "ignore")
FLAG_FAIL = 4
MOST_NAMED = 20  # columns that a message names
TEXT_COLUMNS = ("band", "rubric_id", "rubric_version", "content_hash")


@dataclass(frozen=True)
class Criterion:
    """A criterion of a rubric.

    Attributes
    ----------
    id : str
    title : dict
        Text by language.
    section : str
        Id of the section that holds it.
    kind : str
        yes_no, options, scale, number, hits, text or date.
    answers : tuple of str
        The answers in the order of the rubric, and the points for each.
    points : tuple of float
    possible : float
        Points for the best answer.
    weight : float
        Within its section or the form, as the rubric says; 0 when it is not scored.
    scored : bool
    dimension : tuple of str
    not_applicable : bool
        Whether "not_applicable" is a valid answer.
    bonus, critical : bool
    reasons : tuple of str
        Root causes for the rater to tick.
    ask_when : dict or None
        The condition of its own under which it is asked, as the file writes it.
    metric : str or None
        The metric of the conversation that fills it in, in place of a rater.
    several : bool
        Whether any number of the options may be chosen: a list of them, or text with ";" between them; [] or "[]" is none.
    """

    id: str
    title: dict[str, str]
    section: str
    kind: str
    answers: tuple[str, ...]
    points: tuple[float, ...]
    possible: float
    weight: float
    scored: bool
    dimension: tuple[str, ...]
    not_applicable: bool
    bonus: bool
    critical: bool
    reasons: tuple[str, ...]
    ask_when: dict[str, Any] | None
    metric: str | None
    several: bool


@dataclass(frozen=True)
class Section:
    """A section of a rubric: its id, title by language, the section around it, and the condition under which all that it
    holds is asked, if there are."""

    id: str
    title: dict[str, str]
    parent: str | None
    ask_when: dict[str, Any] | None


@dataclass(frozen=True)
class Band:
    """Scores from `from_score` (a fraction) up to the band above have a name."""

    id: str
    title: dict[str, str]
    from_score: float


@dataclass(frozen=True)
class CriterionResult:
    """What a criterion gave in one evaluation.

    `state` is scored, unanswered, not_applicable (the rater said so), not_asked (its condition does not hold) or excluded
    (never scored). `earned` and `possible` are points, NaN unless
    scored. `applied_weight` is its share of the form in this evaluation, `contribution` what it gave to
    `score_before_fail`, both fractions; contributions, the base and the cap adjustment add up to exactly that. With method
    base points may be negative, and nothing has a weight (0).
    """

    criterion: str
    state: str
    answer: str | None
    earned: float
    possible: float
    applied_weight: float
    contribution: float


@dataclass(frozen=True)
class FailRule:
    """A fail rule that fired: `on` which criterion or section, and what its effect fell on."""

    on: str
    target: str
    scope: str
    effect: str
    cap: float | None


@dataclass(frozen=True)
class EvaluationResult(Result):
    """The score of one evaluation, with how it came about.

    Attributes
    ----------
    score : float or None
        Fraction; None: not scorable (nothing applicable was left, or an answer is missing).
    score_before_fail : float or None
        As if there were no fail rules.
    critical_score : float or None
        Of the critical criteria alone.
    band : str or None
    passed : bool or None
        None when neither a pass mark nor a verdict rule says anything.
    base : float
        With method base what the evaluation starts at, a fraction; else 0.
    cap_adjustment : float
        What the cap took away (below 0) or the floor added.
    criteria : tuple of CriterionResult
    sections, dimensions : dict
        Score by id, None where not scorable. Sections after fail rules of scope criterion and section, dimensions before.
    fail_rules : tuple of FailRule
    missing : tuple of str
        Criteria without an answer.
    rubric_id, rubric_version, content_hash : str
        The form it was scored by.
    """

    CAUTION: ClassVar[str] = "It is one conversation and one rater: of the agent it says little."

    score: float | None
    score_before_fail: float | None
    critical_score: float | None
    band: str | None
    passed: bool | None
    base: float
    cap_adjustment: float
    criteria: tuple[CriterionResult, ...]
    sections: dict[str, float | None]
    dimensions: dict[str, float | None]
    fail_rules: tuple[FailRule, ...]
    missing: tuple[str, ...]
    rubric_id: str
    rubric_version: str
    content_hash: str
    _record: _core.EvaluationResult
    _language: str

    @classmethod
    def from_core(cls, core: _core.EvaluationResult, rubric: Rubric) -> EvaluationResult:
        record = core.to_dict()
        return cls(
            score=record["score"],
            score_before_fail=record["score_before_fail"],
            critical_score=record["critical_score"],
            band=record["band"],
            passed=record["passed"],
            base=record["base"],
            cap_adjustment=record["cap_adjustment"],
            criteria=tuple(CriterionResult(**one) for one in record["criteria"]),
            sections=dict(record["sections"]),
            dimensions=dict(record["dimensions"]),
            fail_rules=tuple(FailRule(**one) for one in record["fail_rules"]),
            missing=tuple(record["missing"]),
            rubric_id=rubric.id,
            rubric_version=rubric.version,
            content_hash=rubric.content_hash,
            _record=core,
            _language=rubric.language,
        )

    def explain(self, language: str | None = None) -> str:
        """The result in words: what every criterion earned and cost, which rules fired.

        In Chinese for languages that begin with "zh", else in English; by default in the language of the rubric.
        """
        return self._record.explain(_language_of(language, self._language))

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain values, in full precision; None where points are not defined."""
        out = {f.name: getattr(self, f.name) for f in fields(self) if not f.name.startswith("_")}
        out["criteria"] = [{name: _defined(value) for name, value in vars(one).items()} for one in self.criteria]
        out["fail_rules"] = [vars(one).copy() for one in self.fail_rules]
        out["missing"] = list(self.missing)
        return out

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per criterion; `backend` is "pandas", "polars" or "pyarrow" (default: the first that is installed)."""
        names = [f.name for f in fields(CriterionResult)]
        return build_frame({name: [getattr(one, name) for one in self.criteria] for name in names}, backend)

    def _said(self) -> str:
        """The result in a line; `explain` has the rest."""
        return self.explain("en").split("\n", 1)[0]

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """What each criterion gave of what it could have given, in fractions of the form, on matplotlib axes.

        Options: `label`.
        """
        from ._plots import bar_plot

        counted = [one for one in self.criteria if one.state == "scored"]
        shown: dict[str, Any] = {"label": "contribution to the score", "behind": [one.applied_weight for one in counted]}
        return bar_plot(
            [one.criterion for one in counted], [one.contribution for one in counted], ax, **(shown | options)
        )

    def __repr__(self) -> str:
        return self.explain()

    def _repr_html_(self) -> str:
        rows = [
            [one.criterion, one.state, one.answer, one.earned, one.possible, one.contribution] for one in self.criteria
        ]
        header = ["criterion", "state", "answer", "earned", "possible", "contribution"]
        return html_table(header, rows, self.explain().split("\n", 1)[0])


class Rubric:
    """The versioned form by which answers become scores; checked when it is read, never changed.

    Made by `Rubric.load` or `Rubric.parse`; docs/rubric.md explains the format.

    Examples
    --------
    >>> import qascore as qa
    >>> rubric = qa.Rubric.parse('''
    ... qascore: 1
    ... id: service
    ... version: "1"
    ... scoring: {method: weighted, weights: section}
    ... pass_from: 0.7
    ... sections:
    ...   - id: opening
    ...     weight: 1
    ...     criteria:
    ...       - {id: greeting, title: Greets by the script, answer: {yes_no: {points: 5}}}
    ...   - id: handling
    ...     weight: 3
    ...     criteria:
    ...       - {id: solved, title: Solves the problem, answer: {scale: {min: 1, max: 5}}, not_applicable: true}
    ... ''')
    >>> rubric.score_one({"greeting": "no", "solved": 5})
    service 1: 75 of 100, passed
    - greeting: 'no' on 'Greets by the script', 0 of 5 points, cost 25 of 100
    - solved: '5' on 'Solves the problem', 4 of 4 points
    >>> rubric.score_one({"greeting": "yes", "solved": "not_applicable"}).score
    1.0
    """

    __slots__ = ("_core", "bands", "content_hash", "criteria", "dimensions", "fields", "id", "language", "metrics", "pass_from",
                 "sections", "title", "version")  # fmt: skip

    def __init__(self, core: _core.Rubric) -> None:
        self._core = core
        self.id: str = core.id()
        self.version: str = core.version()
        self.language: str = core.language()
        self.title: dict[str, str] = core.title()
        self.content_hash: str = core.content_hash()
        self.pass_from: float | None = core.pass_from()
        self.criteria = tuple(Criterion(**one) for one in core.criteria())
        self.sections = tuple(Section(**one) for one in core.sections())
        self.dimensions = tuple(core.dimensions())
        self.fields = tuple(core.fields())
        self.metrics = tuple(dict.fromkeys(one.metric for one in self.criteria if one.metric is not None))
        self.bands = tuple(Band(one["id"], one["title"], one["from"]) for one in core.bands())

    def __reduce__(self) -> tuple[Any, ...]:
        return Rubric.parse, (json.dumps(self.definition(), ensure_ascii=False),)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Rubric:
        """Reads a rubric file (YAML; JSON is YAML too), or by its name one that comes with the package.

        Parameters
        ----------
        path : str or path
            A file; where there is none of that name: complaint-handling, complaint-zh, email-ticket, online-chat,
            sales-compliance, service-base-zh, social-media or voice-service.

        Raises
        ------
        RubricError
            With every problem of the file, one per line, each with line and column; `problems` has them as data.
        FileError
            When there is neither.

        Examples
        --------
        >>> import qascore as qa
        >>> qa.Rubric.load("voice-service").id
        'voice-service'
        """
        return cls(_core.Rubric.load(os.fspath(find_rubric(path))))

    @classmethod
    def parse(cls, text: str, *, name: str = "rubric") -> Rubric:
        """Reads a rubric from text; `name` stands for the file in messages."""
        if not isinstance(text, str):
            raise ArgumentError(f"text: expected the text of a rubric but found {type(text).__name__}; Rubric.load reads a file")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise RubricError(f"{name}: expected Unicode text but found half of a surrogate pair at {error.start}") from None
        return cls(_core.Rubric.parse(text, name))

    def score_one(
        self,
        answers: Mapping[str, Any],
        *,
        conversation: Mapping[str, Any] | None = None,
        unanswered: str = "error",
        unasked: str = "error",
        coded: bool = False,
    ) -> EvaluationResult:
        """Scores one evaluation.

        Parameters
        ----------
        answers : mapping
            Criterion id to answer: text, a number, True or False for yes or no, a list of options where several may be
            chosen, "not_applicable"; None, NaN, pandas' NA and "" are unanswered.
        conversation : mapping, optional
            Fields of the conversation that conditions of the form look at and metrics that fill criteria in (`fields` and
            `metrics` name them), with their values; what else it holds is not looked at. True and False are what a form
            writes as true and false; None, NaN, NA and "" are missing.
        unanswered : {"error", "not_scorable", "leave_out"}
            What a criterion without an answer means: an error; no score, and the criterion listed in `missing`; or the
            criterion takes no part, as if it were not applicable.
        unasked : {"error", "ignore"}
            What an answer to a criterion means that is not asked, since its condition does not hold.
        coded : bool
            Whether answers are codes, whole numbers, as `coding` lists them.
        """
        if not isinstance(answers, Mapping):
            raise ArgumentError(f"answers: expected a mapping of criterion to answer but found {type(answers).__name__}")
        if conversation is not None and not isinstance(conversation, Mapping):
            found = type(conversation).__name__
            raise ArgumentError(f"conversation: expected a mapping of field to value but found {found}")
        check_choice("unanswered", unanswered, UNANSWERED)
        check_choice("unasked", unasked, UNASKED)
        _check_coded(coded)
        pairs = [(str(criterion), _located_text(criterion, answer)) for criterion, answer in answers.items()]
        around = conversation or {}
        names = dict.fromkeys(self.fields + self.metrics)
        known = [
            (name, _located_text(name, around[name], _field_text if name in self.fields else _answer_text))
            for name in names
            if name in around
        ]
        return EvaluationResult.from_core(self._core.score_answers(pairs, known, unanswered, unasked, coded), self)

    def score(
        self,
        answers: Any,
        *,
        evaluation: str | None = None,
        criterion: str | None = None,
        answer: str | None = None,
        unanswered: str = "error",
        unasked: str = "error",
        coded: bool = False,
        threads: int | None = None,
    ) -> Scores:
        """Scores many evaluations, to the same bits as one by one.

        Parameters
        ----------
        answers : frame
            Long: one row per evaluation and criterion, with `criterion` and `answer` naming columns. Wide: one row per
            evaluation, with a column per criterion, named by its id. Fields of the conversation that conditions look at
            (`fields`) and metrics that fill criteria in (`metrics`) are columns of that name, of one value per evaluation.
        evaluation : str
            Column that says which evaluation a row belongs to. May be None for a wide frame: then the row number does.
        criterion, answer : str, optional
            Columns of a long frame; both or neither.
        unanswered, unasked
            As in `score_one`.
        coded : bool
            Whether answers are codes, whole numbers, in place of what people write: `coding` lists which code means what. Free
            text, dates, fields and metrics of the conversation have no codes and stay as they are.
        threads : int, optional
            Default, as 0: all cores. No influence on the scores.

        Returns
        -------
        Scores
            Its frame carries the other columns of `answers` along: all of a wide frame, of a long one those that have one
            value per evaluation (the conversation, the rater).

        Examples
        --------
        >>> import pandas as pd, qascore as qa
        >>> form = qa.Rubric.parse('{qascore: 1, id: f, version: "1", scoring: {method: points}, sections: [{id: s, '
        ...                        'criteria: [{id: a, answer: yes_no}, {id: b, answer: {scale: {min: 0, max: 3}}}]}]}')
        >>> wide = pd.DataFrame({"evaluation_id": ["e1", "e2"], "rater": ["r1", "r2"], "a": ["yes", "no"], "b": [3, 1]})
        >>> form.score(wide, evaluation="evaluation_id").to_frame()[["evaluation_id", "rater", "score"]]
          evaluation_id rater  score
        0            e1    r1   1.00
        1            e2    r2   0.25
        >>> codes = pd.DataFrame({"a": [0, 1], "b": [3, 1]})  # as form.coding() says: 0 is yes, 1 is no
        >>> form.score(codes, coded=True).score
        array([1.  , 0.25])
        """
        check_choice("unanswered", unanswered, UNANSWERED)
        check_choice("unasked", unasked, UNASKED)
        _check_coded(coded)
        used = check_threads(threads)
        frame = Frame.of(answers, argument="answers")
        if (criterion is None) != (answer is None):
            given, lacks = ("criterion", "answer") if answer is None else ("answer", "criterion")
            raise ArgumentError(f"{lacks}: expected a column too, since {given}= names one; a wide frame needs neither")
        if criterion is not None and answer is not None:
            if evaluation is None:
                raise ArgumentError("evaluation: expected the column that says to which evaluation a row belongs")
            read = self._read_long(frame, evaluation, criterion, answer, unanswered, coded)
        else:
            read = self._read_wide(frame, evaluation, unanswered, coded)
        codes, ids, carried, where = read
        if self._core.conditional_criteria():
            codes, (count, cells) = self._core.settle_codes(codes)
            if unasked == "error":
                _refuse(count, [(where(row), name, message, times) for row, name, message, times in cells])
        if unanswered == "error":
            count, cells = self._core.unanswered_cells(codes)
            _refuse(count, [(where(row), name, message, times) for row, name, message, times in cells])
        columns = self._core.score_codes(codes, unanswered == "leave_out", used)
        return Scores(self, frame, evaluation or "evaluation", ids, carried, codes, columns, unanswered)

    def _read_long(
        self, frame: Frame, evaluation: str, criterion: str, answer: str, unanswered: str, coded: bool
    ) -> _Read:
        frame.require(evaluation, criterion, answer)
        evaluations = frame.labels(evaluation)
        if len(evaluations.missing):
            raise DataError(f'answers: column "{evaluation}": id is missing at row {int(evaluations.missing[0])}')
        asked = frame.labels(criterion)
        given = _answer_labels(frame, answer)
        count = len(evaluations.labels)
        codes, (problems, cells) = self._core.encode_long(
            evaluations.codes, count, asked.codes, [str(label) for label in asked.labels], given.codes, given.labels, coded
        )
        _refuse(problems, [
            (f"row {row} ({evaluation} {evaluations.labels[int(evaluations.codes[row])]})", name, message, times)
            for row, name, message, times in cells
        ])  # fmt: skip
        first = np.full(count, -1, dtype=np.int64)
        first[evaluations.codes[::-1]] = np.arange(len(frame) - 1, -1, -1)
        _refuse_columns(self._lacking_fields(frame, unanswered))
        for name in self._fields_of(frame):
            if not _is_constant(frame, name, evaluations.codes, first):
                raise DataError(f'answers: column "{name}": expected one value per {evaluation}, as of a conversation')
        self._read_fields(frame, codes, first, lambda row: f"{evaluation} {evaluations.labels[row]}")
        names = [
            name
            for name in frame.columns
            if name not in (criterion, answer, evaluation) and _is_constant(frame, name, evaluations.codes, first)
        ]
        return (
            codes,
            evaluations.labels,
            (first, [evaluation, *names]),
            lambda row: f"{evaluation} {evaluations.labels[row]}",
        )

    def _fields_of(self, frame: Frame) -> list[str]:
        """Fields and metrics of the conversation that the frame has."""
        return [name for name in dict.fromkeys(self.fields + self.metrics) if name in frame.columns]

    def _lacking_fields(self, frame: Frame, unanswered: str) -> list[str]:
        """What to say of columns of the conversation that lack; metrics may where answers may be missing."""
        lines = []
        for name in dict.fromkeys(self.fields + (self.metrics if unanswered == "error" else ())):
            if name not in frame.columns:
                use = "a field of the conversation that conditions" if name in self.fields else "a metric that criteria"
                lines.append(
                    f'answers: expected a column "{name}", {use} of rubric "{self.id}" look at, but found none'
                    f"{_column_meant(name, frame.columns)}"
                )
        return lines

    def _read_fields(
        self, frame: Frame, codes: npt.NDArray[np.uint8], rows: npt.NDArray[np.int64], where: Callable[[int], str]
    ) -> None:
        for index, name in enumerate(self.fields):
            given = _answer_labels(frame, name, _field_text)
            codes[len(self.criteria) + index] = self._core.encode_field(index, given.codes[rows], given.labels)
        for index, one in enumerate(self.criteria):
            if one.metric is not None and one.metric in frame.columns:
                given = _answer_labels(frame, one.metric)
                codes[index], (count, cells) = self._core.encode_column(index, given.codes[rows], given.labels, False)
                _refuse(count, [(where(row), name, message, times) for row, name, message, times in cells])

    def _lacking_criteria(self, frame: Frame, evaluation: str | None, unanswered: str) -> list[str]:
        """What to say of columns for criteria that a wide frame lacks. Where answers may be missing a column may, but not
        all of them, nor one that is there but for spaces or case."""
        asked = [one for one in self.criteria if one.metric is None]
        conditional = {self.criteria[index].id for index in self._core.conditional_criteria()}
        absent = [one for one in asked if one.id not in frame.columns]
        taken = {one.id for one in asked} | {evaluation, *self.fields, *self.metrics}
        others = [name for name in frame.columns if name not in taken]
        if unanswered == "error":
            lacking = [one.id for one in absent if one.kind not in ("text", "date") and one.id not in conditional]
        elif len(absent) == len(asked):
            lacking = [one.id for one in absent]
        else:
            written = {_plain_name(name) for name in others}
            lacking = [one.id for one in absent if _plain_name(one.id) in written]
        if len(lacking) == 1:
            meant = _column_meant(lacking[0], others)
            return [f'answers: expected a column for criterion "{lacking[0]}" of rubric "{self.id}" but found none{meant}']
        if not lacking:
            return []
        named = ", ".join(f'"{id}"{_column_meant(id, others)}' for id in lacking[:MOST_NAMED])
        more = f" and {len(lacking) - MOST_NAMED} more" if len(lacking) > MOST_NAMED else ""
        long = "; a long frame is read with criterion= and answer=" if len(absent) == len(asked) else ""
        return [f'answers: expected columns for criteria {named}{more} of rubric "{self.id}" but found none{long}']

    def _read_wide(self, frame: Frame, evaluation: str | None, unanswered: str, coded: bool) -> _Read:
        ids: Sequence[Any] = range(len(frame))
        where = "row {}".format
        if evaluation is not None:
            frame.require(evaluation)
            labels = frame.labels(evaluation)
            if len(labels.missing):
                raise DataError(f'answers: column "{evaluation}": id is missing at row {int(labels.missing[0])}')
            _refuse_repeats(labels, evaluation)
            ids = [labels.labels[code] for code in labels.codes]
        codes = np.full((len(self.criteria) + len(self.fields), len(frame)), _core.UNANSWERED_CODE, dtype=np.uint8)
        total, cells = 0, []
        names = {one.id for one in self.criteria}
        _refuse_columns(self._lacking_fields(frame, unanswered) + self._lacking_criteria(frame, evaluation, unanswered))
        for index, one in enumerate(self.criteria):
            if one.metric is not None:
                if one.metric != one.id and one.id in frame.columns:
                    raise DataError(
                        f'answers: column "{one.id}": expected no answers, since the metric "{one.metric}" of the '
                        "conversation fills them in"
                    )
                continue
            if one.id not in frame.columns:
                continue
            given = _answer_labels(frame, one.id)
            codes[index], (count, problems) = self._core.encode_column(index, given.codes, given.labels, coded)
            total += count
            cells += problems
        at = [f" ({evaluation} {ids[row]})" if evaluation else "" for row, *_ in cells]
        _refuse(total, [
            (where(row) + more, name, message, times) for (row, name, message, times), more in zip(cells, at, strict=True)
        ])  # fmt: skip
        names -= set(self.metrics)
        carried = [name for name in frame.columns if name not in names]
        rows = np.arange(len(frame), dtype=np.int64)

        def at_row(row: int) -> str:
            return where(row) + (f" ({evaluation} {ids[row]})" if evaluation else "")

        self._read_fields(frame, codes, rows, at_row)
        return codes, ids, (rows, carried), at_row

    def coding(self, backend: str | None = None) -> Any:
        """Which code means what, for data whose answers are numbers: one row per criterion and code, with the answer as people
        write it and its points.

        Codes count from 0 in the order of the form: yes is 0 and no 1, whatever the good answer; options as they are listed; a scale
        from its lowest step; ranges as they are listed; hits by their number, the last code standing for "or more". 254 is
        not applicable, where that is an answer, 255 unanswered; so is a missing value. Of several options the code is of each
        option: an answer is a list of codes, or text with ";" between them, [] for none. Free text, dates and what metrics fill in
        have no codes.

        Codes hang on the order of options in the form: one that moves, or comes between, changes them. `content_hash` does too.

        Examples
        --------
        >>> import qascore as qa
        >>> form = qa.Rubric.parse('{qascore: 1, id: f, version: "1", scoring: {method: points}, sections: [{id: s, '
        ...                        'criteria: [{id: a, not_applicable: true, answer: {yes_no: {points: 5}}}]}]}')
        >>> form.coding("pandas")
          criterion  code          answer  points
        0         a     0             yes     5.0
        1         a     1              no     0.0
        2         a   254  not_applicable     NaN
        3         a   255      unanswered     NaN
        """
        rows: list[tuple[str, int, str, float]] = []
        for one in self.criteria:
            if not one.answers or one.metric is not None:
                continue
            rows += [(one.id, code, *pair) for code, pair in enumerate(zip(one.answers, one.points, strict=True))]
            if one.not_applicable:
                rows.append((one.id, _core.NOT_APPLICABLE_CODE, "not_applicable", math.nan))
            rows.append((one.id, _core.UNANSWERED_CODE, "unanswered", math.nan))
        columns = zip(*rows, strict=True) if rows else [()] * 4
        return build_frame(dict(zip(("criterion", "code", "answer", "points"), map(list, columns), strict=True)), backend)

    def definition(self) -> dict[str, Any]:
        """The form as its file says it, with fail rules and scoring: written as YAML or JSON it reads to the same content hash.

        Examples
        --------
        >>> import json, qascore as qa
        >>> form = qa.Rubric.load("voice-service")
        >>> qa.Rubric.parse(json.dumps(form.definition(), ensure_ascii=False)).content_hash == form.content_hash
        True
        """
        return _core.rubric_definition(self._core)

    def to_dict(self) -> dict[str, Any]:
        """What the form says, as plain values."""
        return {
            "id": self.id,
            "version": self.version,
            "content_hash": self.content_hash,
            "language": self.language,
            "title": self.title,
            "pass_from": self.pass_from,
            "bands": [vars(band).copy() for band in self.bands],
            "sections": [vars(section).copy() for section in self.sections],
            "criteria": [vars(one).copy() for one in self.criteria],
            "fields": list(self.fields),
            "metrics": list(self.metrics),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per criterion."""
        columns: dict[str, list[Any]] = {
            name: [getattr(one, name) for one in self.criteria]
            for name in ("section", "id", "kind", "possible", "weight", "scored", "not_applicable", "bonus", "critical")
        }
        columns["title"] = [in_language(one.title, self.language, one.id) for one in self.criteria]
        columns["dimension"] = [", ".join(one.dimension) for one in self.criteria]
        return build_frame(columns, backend)

    def to_text(self, language: str | None = None) -> str:
        """The form as people read it: how it scores, what it asks when, what each answer earns, which rules fail it.

        In Chinese for languages that begin with "zh", else in English; titles in that language first; by default in the
        language of the rubric.

        Examples
        --------
        >>> import qascore as qa
        >>> print(qa.Rubric.load("voice-service").to_text().split("\\n\\n")[2])
        1 Opening / 开场 [opening] (weight 20)
          - Greets by the script / 规范问候 [greeting] (process)
              ( ) yes: 1 point
              ( ) no: 0 points
              Root causes: forgot, wrong_script
          - Checks who is calling / 核实身份 [identity_check] (weight 3, critical, may be not applicable, compliance)
              ( ) fully [full]: 10 points
              ( ) in part [partial]: 4 points
              ( ) not at all [none]: 0 points
              ! If “not at all” is chosen: the whole form counts 0.
        """
        from ._form import form_text

        return form_text(self, _language_of(language, self.language))

    def to_html(self, language: str | None = None) -> str:
        """`to_text` as one HTML page that needs nothing else: for the screen, light or dark, and to print."""
        from ._form import form_page

        return form_page(self, _language_of(language, self.language))

    def summary(self) -> str:
        """The form in a line."""
        title = in_language(self.title, self.language, self.id)
        return f"{title} {self.version}: {len(self.criteria)} criteria, content {self.content_hash[:12]}"

    def _table(self) -> tuple[list[str], list[list[object]]]:
        rows: list[list[object]] = [
            [one.section, one.id, in_language(one.title, self.language, one.id), one.kind, one.possible, one.weight]
            for one in self.criteria
        ]
        return ["section", "criterion", "title", "answer", "possible", "weight"], rows

    def __repr__(self) -> str:
        return f"{self.summary()}\n{text_table(*self._table())}"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), self.summary())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rubric) and self.content_hash == other.content_hash

    def __hash__(self) -> int:
        return hash(self.content_hash)


_Read = Any  # (codes, ids, (rows, carried columns), row -> where it is)


class Scores(Result):
    """The scores of many evaluations on one rubric; made by `Rubric.score`."""

    CAUTION: ClassVar[str] = "They are the evaluations at hand: to speak for all conversations takes the design of the sample."

    def __init__(
        self,
        rubric: Rubric,
        frame: Frame,
        evaluation: str,
        ids: Sequence[Any],
        carried: tuple[npt.NDArray[np.int64], list[str]],
        codes: npt.NDArray[np.uint8],
        columns: dict[str, npt.NDArray[Any]],
        unanswered: str,
    ) -> None:
        self.rubric = rubric
        self._frame = frame
        self._evaluation = evaluation
        self._ids = ids
        self._carried = carried
        self._codes = codes
        self._columns = columns
        self._unanswered = unanswered
        self._rows: dict[Any, int] | None = None

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def score(self) -> npt.NDArray[np.float64]:
        """Scores as fractions in the order of the frame; NaN: not scorable."""
        return self._columns["score"]

    def _columns_of_scores(self) -> dict[str, Any]:
        columns = self._columns
        bands = [band.id for band in self.rubric.bands]
        size = len(self)
        return {
            "score": columns["score"],
            "score_before_fail": columns["score_before_fail"],
            "critical_score": columns["critical_score"],
            "band": [bands[code] if code >= 0 else None for code in columns["band"].tolist()],
            "passed": [None if code < 0 else bool(code) for code in columns["passed"].tolist()],
            "fail": (columns["flags"] & FLAG_FAIL) != 0,
            "rubric_id": [self.rubric.id] * size,
            "rubric_version": [self.rubric.version] * size,
            "content_hash": [self.rubric.content_hash] * size,
        }

    def to_frame(self) -> Any:
        """One row per evaluation, in the kind of frame the answers came in: its id, columns that came along, score,
        score_before_fail, critical_score (fractions; missing: not scorable), band, passed, fail (whether a fail rule
        fired), rubric_id, rubric_version, content_hash."""
        rows, names = self._carried
        scores = self._columns_of_scores()
        if self._evaluation not in names:
            scores = {self._evaluation: list(self._ids), **scores}
        types = dict.fromkeys(TEXT_COLUMNS, "String") | {"passed": "Boolean"}
        return self._frame.take(rows, scores, columns=names, reset_index=len(rows) != len(self._frame), types=types)

    __qascore_frame__ = to_frame

    def to_dict(self) -> dict[str, Any]:
        """Columns by name, as plain values; None where a score is not defined."""
        scores = self._columns_of_scores()
        return {self._evaluation: list(self._ids)} | {
            name: [_defined(one) for one in values.tolist()] if isinstance(values, np.ndarray) else values
            for name, values in scores.items()
        }

    def evaluation(self, evaluation: Any) -> EvaluationResult:
        """The full result of one evaluation, by its id."""
        if self._rows is None:
            self._rows = {identity: row for row, identity in enumerate(self._ids)}
        if evaluation not in self._rows:
            written = next((one for one in self._ids if str(one) == str(evaluation)), None)
            if written is not None:  # 7 is not "7"
                hint = f" (did you mean {written!r}?)"
            else:
                hint = did_you_mean(evaluation, self._ids) if len(self) <= 10_000 else ""
            some = ", ".join(repr(one) for one in self._ids[:3]) + (", ..." if len(self) > 3 else "")
            among = f"one of the {len(self)} evaluations that were scored ({some})" if len(self) else "an evaluation, of which none was scored,"
            raise ArgumentError(f"evaluation: expected {among} but found {evaluation!r}{hint}")
        core = self.rubric._core.score_row(self._codes, self._rows[evaluation], self._unanswered)
        return EvaluationResult.from_core(core, self.rubric)

    def explain(self, evaluation: Any, language: str | None = None) -> str:
        """One evaluation in words that an agent can read."""
        return self.evaluation(evaluation).explain(language)

    def _by_part(self, part: str, names: Sequence[str], values: Iterable[npt.NDArray[np.float64]]) -> Any:
        return self._frame.build({
            self._evaluation: [identity for _ in names for identity in self._ids],
            part: [name for name in names for _ in self._ids],
            "score": np.concatenate([np.empty(0), *values]),
        })  # fmt: skip

    def sections(self) -> Any:
        """One row per section and evaluation: its score after fail rules of scope criterion and section."""
        names = [section.id for section in self.rubric.sections]
        return self._by_part("section", names, self.rubric._core.section_columns(self._codes))

    def dimensions(self) -> Any:
        """One row per dimension and evaluation: its score before fail rules."""
        return self._by_part("dimension", self.rubric.dimensions, self.rubric._core.dimension_columns(self._codes))

    def criteria_frame(self) -> Any:
        """One row per evaluation and criterion: its id, columns that came along (the conversation, the rater), state, answer,
        earned, possible (points), applied_weight, contribution (fractions), and rating, which is earned / possible (with
        method base the place between the points of the worst and of the best answer)."""
        columns = self.rubric._core.criterion_columns(self._codes, self._unanswered)
        criteria = self.rubric.criteria
        states = np.array(_core.CRITERION_STATES, dtype=object)
        texts = self.rubric._core.answer_texts()
        answers = [
            one[code] if code < len(one) else None
            for row in self._codes[: len(criteria)].T.tolist()
            for one, code in zip(texts, row, strict=True)
        ]
        found: dict[str, Any] = {
            "criterion": [one.id for _ in self._ids for one in criteria],
            "state": states[columns["state"]].tolist(),
            "answer": answers,
            "earned": columns["earned"],
            "possible": columns["possible"],
            "rating": columns["rating"],
            "applied_weight": columns["applied_weight"],
            "contribution": columns["contribution"],
        }
        rows, carried = self._carried
        names = [name for name in carried if name not in found]
        if self._evaluation not in names:
            found = {self._evaluation: [identity for identity in self._ids for _ in criteria], **found}
        types = dict.fromkeys(("criterion", "state", "answer"), "String")
        return self._frame.take(np.repeat(rows, len(criteria)), found, columns=names, reset_index=True, types=types)

    def _said(self) -> str:
        """The scores in a sentence."""
        defined = self.score[~np.isnan(self.score)]
        lost = len(self) - len(defined)
        more = f", {lost} of them not scorable" if lost else ""
        parts = [f"mean score {defined.mean():.3f}"] if len(defined) else []
        if self.rubric.pass_from is not None:
            parts.append(f"{int((self._columns['passed'] == 1).sum())} passed")
        failed = int(((self._columns["flags"] & FLAG_FAIL) != 0).sum())
        parts += [f"a fail rule fired in {failed}"] if failed else []
        noun = "evaluation" if len(self) == 1 else "evaluations"
        found = f": {', '.join(parts)}" if parts else ""
        return f"{len(self)} {noun} on {self.rubric.id} {self.rubric.version}{more}{found}"

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """How many evaluations have which score, with the mark to pass, on matplotlib axes. Options: `bins`, `label`."""
        from ._plots import histogram_plot

        passing = self.rubric.pass_from
        shown: dict[str, Any] = {"label": "score", "bins": 20, "marks": {} if passing is None else {"to pass": passing}}
        return histogram_plot(self.score, ax, **(shown | options))

    def _table(self, most: int = 10) -> tuple[list[str], list[list[object]]]:
        scores = self._columns_of_scores()
        shown = ("score", "score_before_fail", "band", "passed")
        rows: list[list[object]] = [
            [str(identity), *(_plain(scores[name][row]) for name in shown)]
            for row, identity in enumerate(self._ids[:most])
        ]
        return [self._evaluation, *shown], rows

    def __repr__(self) -> str:
        more = len(self) - 10
        return text_table(*self._table()) + (f"\n... {more} more" if more > 0 else "") + f"\n{self._said()}"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), self._said())


def shipped_rubrics() -> dict[str, Path]:
    """The rubrics that come with the package, by name."""
    return {path.stem: path for path in sorted((Path(__file__).parent / "rubrics").glob("*.yaml"))}


def find_rubric(given: str | os.PathLike[str], folder: str | os.PathLike[str] = ".") -> Path:
    """The rubric file of that path (relative to `folder`), or else of that name among those that come with the package."""
    path, name, shipped = Path(folder) / given, os.fspath(given), shipped_rubrics()
    if path.is_file():
        return path
    if name in shipped:
        return shipped[name]
    near = sorted(one.name for one in path.parent.iterdir() if one.is_file()) if path.parent.is_dir() else []
    raise FileError(
        f"{path}: expected a rubric file but found {'a folder' if path.is_dir() else 'none'}, nor does a rubric of that name "
        f"come with qascore ({', '.join(shipped)}){did_you_mean(path.name, near) or did_you_mean(path.stem, shipped)}"
    )


def _defined(value: Any) -> Any:
    return None if value != value else value  # noqa: PLR0124 - NaN is not itself


def _plain(value: Any) -> object:
    return value.item() if isinstance(value, np.generic) else value


def _answer_text(value: Any) -> str:
    """An answer as the rubric writes it; "" is unanswered."""
    if isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
        return ";".join(sorted(map(str, value)) if isinstance(value, (set, frozenset)) else map(str, value)) or "[]"
    if isinstance(value, str):
        return value
    if hasattr(value, "__len__") or hasattr(value, "__iter__"):
        raise DataError(f"expected text, a number, a truth value or a list of options but found {type(value).__name__}")
    if is_missing(value):
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        plain = float(value) if isinstance(value, float) else float(str(value))  # 0.1 of 32 bits is 0.1, as it is written
        return str(int(plain)) if math.isfinite(plain) and plain == math.floor(plain) else repr(plain)
    return str(value)


def _field_text(value: Any) -> str:
    """A value of a field of the conversation, whose truth values are true and false, as conditions write them."""
    return str(bool(value)).lower() if isinstance(value, (bool, np.bool_)) else _answer_text(value)


def _located_text(name: object, value: Any, text: Callable[[Any], str] = _answer_text) -> str:
    try:
        found = text(value)
        found.encode()
    except UnicodeEncodeError:
        raise DataError(f"answers: {name}: expected Unicode text but found half of a surrogate pair in {value!r}") from None
    except DataError as error:
        raise DataError(f"answers: {name}: {error}") from None
    return found


def _check_coded(given: object) -> None:
    if not isinstance(given, bool):
        raise ArgumentError(f"coded: expected True or False but found {given!r}")


def _language_of(given: str | None, default: str) -> str:
    if given is not None and not isinstance(given, str):
        raise ArgumentError(f'language: expected a tag like "en" or "zh-CN" but found {given!r}')
    return given or default


def _plain_name(name: str) -> str:
    """A column's name without what people do not see or do not mean: spaces around it, case."""
    return str(name).strip().casefold()


def _column_meant(name: str, columns: Sequence[str]) -> str:
    same = next((one for one in columns if _plain_name(one) == _plain_name(name)), None)
    return did_you_mean(name, columns) if same is None else f" (did you mean {same!r}?)"


def _refuse_columns(lines: Sequence[str]) -> None:
    if lines:
        raise MissingColumnError("\n".join(lines))


def _answer_labels(frame: Frame, name: str, text: Callable[[Any], str] = _answer_text) -> Labels:
    """Codes and texts of a column of answers, which may mix texts, numbers and truth values."""
    if not frame.holds_lists(name) and frame.is_text(name):
        labels = frame.labels(name)
    else:
        try:
            if frame.holds_lists(name):
                raise DataError("lists of options")
            found = frame.labels(name)
        except DataError:  # of several types
            texts = np.array([_located_text(f'column "{name}"', value, text) for value in frame.values(name)], dtype=object)
            codes, distinct = _core.TextColumn.from_objects(texts).encode()
            return Labels(codes, distinct)
        single = frame.is_single_precision(name)  # then as its 32 bits are written
        labels = Labels(found.codes, [text(np.float32(label) if single else label) for label in found.labels])
    return labels


def _is_constant(
    frame: Frame, name: str, evaluations: npt.NDArray[np.uint32], first: npt.NDArray[np.int64]
) -> bool:
    try:
        codes = frame.labels(name).codes
    except DataError:
        return False
    return bool(np.array_equal(codes[first][evaluations], codes))


def _refuse_repeats(labels: Labels, column: str) -> None:
    counts = np.bincount(labels.codes[labels.codes != MISSING_CODE], minlength=len(labels.labels))
    if len(counts) and counts.max() > 1:
        again = labels.labels[int(np.argmax(counts))]
        rows = np.flatnonzero(labels.codes == int(np.argmax(counts)))
        raise DataError(
            f'answers: column "{column}": expected each evaluation once but found {again!r} at rows {int(rows[0])} and '
            f"{int(rows[1])}; a long frame is read with criterion= and answer="
        )


def _refuse(count: int, cells: Sequence[tuple[str, str, str, int]]) -> None:
    """Each different problem with the first row that has it and how many more do, and how many others there are."""
    if not count:
        return
    lines = []
    for where, name, message, times in cells:
        again = f" ({times - 1:,} more like it)" if times > 1 else ""
        lines.append(f"answers: {where}: {name}: {message}{again}" if name else f"answers: {where}: {message}{again}")
    others = count - sum(times for *_, times in cells)
    raise RubricError("\n".join(lines + ([f"... and {others:,} more"] if others else [])))
