"""Scores and satisfaction as one study: how strong, how sure, within agents or between, where, which criteria, and what is hidden."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from ._frames import build_frame
from ._render import html_table
from ._results import EstimateTable, Result, estimate_table
from .associations import Pairing, association
from .by_part import CorrelationsByPart, correlations_by_part
from .errors import ArgumentError, DataError, check_choice
from .estimation import REPEATS, Rows, Sample, SampleDesign, rows_of
from .importance import Drivers, drivers
from .outcomes import answers_on_scale
from .relations import CorrectedCorrelation, WithinBetween, disattenuate, within_between_correlation
from .responses import HaloCheck, SurveyResponse, halo_check, survey_response

__all__ = ["CsatStudy", "csat_study"]

CONVERSATION = "conversation_id"
ROW_WEIGHT = "row weight"
MOST_CATEGORIES = 11  # of a scale that is taken for ordinal


@dataclass(frozen=True, repr=False)
class CsatStudy(Result):
    """What scores and satisfaction have to do with each other.

    Attributes
    ----------
    score, csat : str
    response : SurveyResponse
        How many answered, and how far the mean could move if the silent ones differed.
    correlations : EstimateTable
        Spearman, Pearson, and polyserial where the scale is ordinal.
    within_between : WithinBetween or None
    corrected : CorrectedCorrelation or None
        Pearson's without the raters' error.
    channels : CorrelationsByPart or None
        Spearman correlation of each part, each against all others, and whether they are all alike.
    drivers : Drivers or None
    halo : HaloCheck or None
        The correlation where one person gave score and answer, and that where two did.
    scales : tuple of int or None
        How many scores are fractions and how many lie above 10, where none lies between: two scales in one column.
    clusters : str or None
        Column whose rows of one label all errors take for dependent: the agents of plain rows, or those of the design.
    """

    CAUTION: ClassVar[str] = "None of this says what raising a score would bring; customers who were silent may feel otherwise."

    score: str
    csat: str
    response: SurveyResponse
    correlations: EstimateTable
    within_between: WithinBetween | None
    corrected: CorrectedCorrelation | None
    channels: CorrelationsByPart | None
    drivers: Drivers | None
    halo: HaloCheck | None = None
    scales: tuple[int, int] | None = None
    clusters: str | None = None

    def tables(self) -> dict[str, EstimateTable]:
        """All figures by part of the study."""
        found: dict[str, EstimateTable] = {"response": self.response, "correlations": self.correlations}
        if self.within_between is not None:
            found["within_between"] = self.within_between
        if self.channels is not None:
            found["channels"] = self.channels
        if self.halo is not None:
            found["halo"] = self.halo
        if self.response.propensity is not None:
            found["after weights"] = self.response.propensity
        if self.drivers is not None:
            found["criteria"] = self.drivers.correlations
            found["shares"] = self.drivers.importance
        return found

    def to_dict(self) -> dict[str, Any]:
        """All figures, in full precision."""
        record: dict[str, Any] = {name: table.to_dict()["rows"] for name, table in self.tables().items()}
        record |= {"score": self.score, "csat": self.csat}
        record["channels_test"] = None if self.channels is None else self.channels.to_dict()["all_alike"]
        record["corrected"] = None if self.corrected is None else self.corrected.to_dict()
        record["summary"] = list(self.findings())
        return record

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per figure."""
        rows = [(part, one) for part, table in self.tables().items() for one in table]
        if self.corrected is not None:
            rows.append(("corrected", self.corrected))
        fields = ("name", "value", "std_error", "low", "high", "n", "undefined")
        columns: dict[str, Any] = {"part": [part for part, _ in rows]}
        columns |= {name: [getattr(one, name) for _, one in rows] for name in fields}
        return build_frame(columns, backend or self.correlations.backend)

    def findings(self) -> Iterator[str]:
        """The study in sentences."""
        if self.scales is not None:
            yield (
                f"Two scales may stand in one column: {self.scales[0]} values of {self.score} lie between 0 and 1, {self.scales[1]} above 10, "
                "and none between."
            )
        main = self.correlations["spearman"]
        if math.isnan(main.value):
            yield f"No correlation of {self.score} and {self.csat}: {main.undefined}."
        elif math.isnan(main.low):
            yield f"{main.name} is {main._number()}; nothing can be said of its uncertainty: {main.undefined}."
        elif main.low > 0 or main.high < 0:
            way = "higher" if main.value > 0 else "lower"
            yield f"Conversations with higher {self.score} have {way} {self.csat}: {main._said()}"
        else:
            yield (
                f"That {self.score} and {self.csat} have anything to do with each other is not shown: {main._said()} "
                f"What the interval holds is not ruled out either."
            )
        if self.within_between is not None:
            within, between = self.within_between["within"], self.within_between["between"]
            yield f"Within agents: {within._value_text()}. Between agents: {between._value_text()}."
            if self.within_between.signs_differ:
                yield "Within agents and between them the signs differ: the figure for all answers neither question."
            if self.within_between.few:
                yield self.within_between._few_said("agents")
            if self.clusters is None:
                yield (
                    "The design takes conversations of one agent for independent, and errors are too small where they are not: make it with "
                    "the agents as cluster=."
                )
        if self.channels is not None:
            yield self.channels._verdict()
        if self.drivers is not None:
            yield self.drivers._said()
        if self.halo is not None:
            same, two = self.halo["same person"], self.halo["two people"]
            verdict = (
                "part of it is the person (halo), not the conversation: take the second"
                if self.halo.found
                else "that the person matters is not shown"
            )
            yield f"Where one person gave both: {same._value_text()}; where two did: {two._value_text()}; {verdict}."
        if self.corrected is not None:
            yield (
                f"Without the raters' error Pearson's correlation would be {self.corrected._value_text()}."
                if not math.isnan(self.corrected.value)
                else f"What the raters' error hides cannot be said: {self.corrected.undefined}."
            )
        rate = self.response.rate
        if rate is not None and rate.value < 1:
            low, high = self.response["silent low"], self.response["silent high"]
            yield (
                f"{rate._said()[0].upper()}{rate._said()[1:]} Had the silent ones all said {self.response.scale[0]}, or all {self.response.scale[1]}, mean {self.csat} "
                f"would be {low._number()} or {high._number()} in place of {self.response['answered']._number()}; the correlations are "
                "those of who answered."
            )
        weighted = self.response.propensity
        if weighted is not None:
            yield (
                weighted._how()
                if weighted.undefined
                else f"After weights for who did not answer, mean {self.csat} is {weighted['mean', 'after']._value_text()}, and the "
                f"correlation {weighted['correlation', 'after']._value_text()}. {weighted._how()}"
            )

    def _said(self) -> str:
        """The study in sentences."""
        return "\n".join(self.findings())

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """The correlations with their intervals; the other tables (`tables()`, `drivers`) draw themselves likewise."""
        return self.correlations.plot(ax, **options)

    def to_html(self, title: str = "Scores and satisfaction", *, language: str = "en", made: Mapping[str, str] | None = None) -> str:
        """The study as one self-contained HTML page; needs the extra `report`.

        `language` is "en" or "zh-CN"; `made` are rows of its record: the command that makes it again, the seed, hashes of the data.
        """
        from ._csat_report import csat_report
        from .report import render
        from .report.chinese import in_language

        return render(in_language(csat_report(self, title, made), language))

    def __repr__(self) -> str:
        return "\n\n".join([self._said(), *(f"{name}\n{table!r}" for name, table in self.tables().items())])

    def _repr_html_(self) -> str:
        return "".join(html_table(*table._table(), caption=name) for name, table in self.tables().items())


def _correlations(rows: Rows, sample: Sample, score: str, csat: str, ordinal: bool, confidence: float) -> EstimateTable:
    methods = ["spearman", "pearson", *(["polyserial"] if ordinal else [])]
    found = [association(sample, score, csat, method=one, confidence=confidence, missing="drop") for one in methods]
    return estimate_table([("method", methods)], found, rows.frame.backend)


def _one_survey_each(
    sample: Sample, id: str | None, repeats: str, csat: str, labels: Sequence[str], scores: Sequence[str], agent: str | None  # noqa: A002
) -> Sample:
    """Rows in which no survey counts more than once, or as a cluster (of its agent where one is named); conversations that stand in several rows are refused."""
    if isinstance(sample, SampleDesign):
        if id is not None or repeats != "error":
            raise ArgumentError(
                f"{'id' if id is not None else 'repeats'}: the design says which rows are the same; give SampleDesign(unit=, repeats=) and leave it out"
            )
        return sample
    frame = rows_of(sample).frame
    unit = id or (sample.on if isinstance(sample, Pairing) else CONVERSATION)
    columns = (csat, *labels, *scores)
    if id is None and (unit in columns or (unit not in frame.columns and repeats == "error")):
        return sample
    frame.require(unit, *columns)
    ids = frame.values(unit)
    rows: dict[Any, list[int]] = {}
    for row, one in enumerate(ids):
        if one is None:
            raise DataError(f'{frame.argument}: column "{unit}": no value at row {row}')
        rows.setdefault(one, []).append(row)
    again = next((found for found in rows.values() if len(found) > 1), None)
    if again is None:
        return sample
    if repeats == "error":
        several = sum(len(found) > 1 for found in rows.values())
        raise DataError(
            f'{frame.argument}: column "{unit}": {ids[again[0]]!r} stands in rows {again[0]} and {again[1]} ({several:,} conversations in '
            'several rows): their surveys would count more than once; repeats="average" takes one row for each with the mean of its '
            'scores, repeats="cluster" keeps all as a cluster; id= names the rows where a row is no conversation'
        )
    taken: dict[str, Any] = {name: frame.values(name) for name in dict.fromkeys((unit, *columns))}
    if repeats == "cluster":
        if agent is None:
            return _in_clusters(Rows(frame), unit)
        of_agent = frame.values(agent)  # whose conversations the clusters are: one of two agents would tie theirs together
        for one, found in rows.items():
            other = next((row for row in found[1:] if of_agent[row] != of_agent[found[0]]), None)
            if other is not None:
                raise DataError(
                    f'{frame.argument}: column "{agent}": conversation {one!r} has {of_agent[found[0]]!r} in row {found[0]} and '
                    f"{of_agent[other]!r} in row {other}; agents are the clusters, and a conversation is in one"
                )
        return sample
    for name, values in taken.items():
        if name in scores and name not in (csat, *labels) and not frame.is_text(name):
            each = frame.numbers(name)
            taken[name] = np.array([_mean_of(each[found]) for found in rows.values()])
            continue
        for one, found in rows.items():
            differs = next((row for row in found[1:] if values[row] != values[found[0]]), None)
            if differs is not None:
                raise DataError(
                    f'{frame.argument}: column "{name}": conversation {one!r} has {values[found[0]]!r} in row {found[0]} and '
                    f"{values[differs]!r} in row {differs}; rows of one conversation are averaged only where all but its scores is the same"
                )
        taken[name] = [values[found[0]] for found in rows.values()]
    return frame.build(taken)


def _in_clusters(rows: Rows, column: str) -> SampleDesign:
    """Rows of equal weight whose errors take what has one label for dependent."""
    frame = rows.frame
    gaps = frame.labels(column).missing
    if len(gaps):
        raise DataError(
            f'{frame.argument}: column "{column}": no label at row {int(gaps[0])} ({len(gaps):,} in all), where the clusters of the errors '
            "are named; leave such rows out"
        )
    return SampleDesign(frame.take(np.arange(len(frame)), {ROW_WEIGHT: np.ones(len(frame))}), weight=ROW_WEIGHT, cluster=column)


def _mean_of(values: npt.NDArray[np.float64]) -> float:
    given = values[~np.isnan(values)]
    return float(given.mean()) if len(given) else math.nan


def csat_study(
    sample: Sample,
    *,
    score: str = "score",
    csat: str = "csat",
    scale: tuple[int, int] = (1, 5),
    agent: str | None = None,
    criteria: Sequence[str] = (),
    by: str | None = None,
    reliability: Any = None,
    score_by: str | None = None,
    csat_by: str | None = None,
    id: str | None = None,  # noqa: A002 - as in `draw`
    repeats: str = "error",
    adjusted: Sample | None = None,
    known: Sequence[str] = (),
    classes: int | None = None,
    largest_factor: float | None = None,
    adjust: str = "holm",
    seed: int | None = None,
    replicates: int = 0,
    confidence: float = 0.95,
    progress: Callable[[str, int, int], None] | None = None,
) -> CsatStudy:
    """Does what we score matter to customers: one study of it, in words.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
        All scored conversations whose customers were asked, with gaps where they were silent.
    score, csat : str
        Columns of numbers.
    scale : pair of int
        Lowest and highest answer that the survey allows; others are refused. Averages of several questions may lie between whole
        numbers: then there is no polyserial correlation, which is for a few boxes to tick. (0, 1) for what happened or not: solved at first contact,
        complained, left within a fixed time. A time until something happens is no answer: customers who are still there have none yet.
    agent : str, optional
        Column of agents: correlations within and between them. Of plain rows they are the clusters of every error in the study, since one agent's
        conversations are not independent; a SampleDesign keeps its own (`cluster=`), and the study says so where it has none.
    criteria : sequence of str
        Columns of points: which of them drive satisfaction.
    by : str, optional
        Column of channels: whether their correlations differ (`correlations_by_part`).
    reliability : Estimate or number, optional
        Of one rater's score: what the raters' error hides.
    score_by, csat_by : str, optional
        Columns of who gave the score and who the answer, for frames: whether both from one person go together more (`halo_check`).
    id : str, optional
        Column of conversations, for frames; default: conversation_id, if it is there (of a Pairing: what it was paired on).
    repeats : {"error", "average", "cluster"}
        Conversations in several rows, as of several raters: their surveys would count as often. Refuse them; take one row for each with
        the means of its numbers; or keep all rows as a cluster. Of a SampleDesign its own `repeats` says it.
    adjusted : SampleDesign, optional
        Those who answered, with weights that make up for who did not.
    known, classes, largest_factor
        A model of who answers, by columns that all rows have: mean and correlation after its weights (`response_propensity`).
    adjust, seed, replicates
        As in `drivers`.
    confidence : float
    progress : callable, optional
        Called with (step, steps done, steps in all).

    Returns
    -------
    CsatStudy

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"score": [62, 71, 75, 58, 88, 90, 77, 69], "csat": [3, 3, 4, 2, 5, 4, None, 4]})
    >>> study = qa.csat_study(calls)
    >>> round(study.correlations["spearman"].value, 3), study.response.rate.value
    (0.786, 0.875)
    """
    check_choice("repeats", repeats, REPEATS)
    labels = [name for name in (agent, by, score_by, csat_by) if name is not None]
    sample = _one_survey_each(sample, id, repeats, csat, labels, [score, *criteria, *known], agent)
    if (score_by is None) != (csat_by is None):
        raise ArgumentError("score_by, csat_by: expected both or neither")
    if score_by is not None and isinstance(sample, SampleDesign):
        raise ArgumentError("score_by: whether one person gave both is asked of plain rows; leave it out under a SampleDesign")
    plain = sample
    if agent is not None and not isinstance(sample, SampleDesign):
        sample = _in_clusters(rows_of(sample), agent)  # one agent's conversations are alike, in what they score and in what they please
    rows = rows_of(sample)
    answers = rows.by_unit(answers_on_scale(rows, csat, scale, "drop", averages=True))
    whole = bool((np.isnan(answers) | (answers == np.round(answers))).all())
    ordinal = whole and scale[1] - scale[0] < MOST_CATEGORIES
    asked = {"correlations": True, "within agents": agent is not None, "parts": by is not None, "criteria": bool(criteria),
             "one person or two": score_by is not None, "who answers": True}  # fmt: skip
    steps = [name for name, wanted in asked.items() if wanted]

    def begin(step: str) -> None:
        if progress is not None:
            progress(step, steps.index(step), len(steps))

    begin("correlations")
    correlations = _correlations(rows, sample, score, csat, ordinal, confidence)
    within: WithinBetween | None = None
    channels: CorrelationsByPart | None = None
    found: Drivers | None = None
    halo: HaloCheck | None = None
    if agent is not None:
        begin("within agents")
        within = within_between_correlation(sample, score, csat, group=agent, confidence=confidence, missing="drop")
    if by is not None:
        begin("parts")
        channels = correlations_by_part(sample, score, csat, by=by, confidence=confidence, missing="drop")
    if criteria:
        begin("criteria")
        found = drivers(
            sample, criteria=criteria, outcome=csat, adjust=adjust, seed=seed, replicates=replicates, confidence=confidence,
            missing="drop",
        )  # fmt: skip
    if score_by is not None and csat_by is not None:
        begin("one person or two")
        halo = halo_check(
            plain, score, csat, x_by=score_by, y_by=csat_by, agent=agent, method="spearman", confidence=confidence, missing="drop"
        )
    begin("who answers")
    return CsatStudy(
        score=score,
        csat=csat,
        response=survey_response(
            sample, csat, scale=scale, adjusted=adjusted, known=known, score=score if known else None, classes=classes,
            largest_factor=largest_factor, confidence=confidence,
        ),
        correlations=correlations,
        within_between=within,
        corrected=None if reliability is None else disattenuate(correlations["pearson"], reliability_x=reliability),
        channels=channels,
        drivers=found,
        halo=halo,
        scales=_scales(rows.numbers(score, "drop")),
        clusters=sample.cluster if isinstance(sample, SampleDesign) else None,
    )


def _scales(values: npt.NDArray[np.float64]) -> tuple[int, int] | None:
    """How many scores are fractions between 0 and 1 and how many lie above 10, if none lies between and either is a twentieth or more."""
    given = values[~np.isnan(values)]
    low, high = int(((given > 0) & (given < 1)).sum()), int((given > 10).sum())
    two = min(low, high) * 20 >= len(given) > 0 and not ((given > 1) & (given <= 10)).any() and not (given < 0).any()
    return (low, high) if two else None
