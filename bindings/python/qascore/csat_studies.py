"""Scores and satisfaction as one study: how strong, how sure, within agents or between, where, which criteria, and what is hidden."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _core
from ._frames import Frame, build_frame
from ._render import html_table, number
from ._results import Estimate, EstimateTable, estimate_table
from .associations import association
from .errors import ArgumentError
from .estimation import Rows, Sample, SampleDesign, rows_of
from .importance import Drivers, drivers
from .outcomes import answers_on_scale
from .relations import CorrectedCorrelation, WithinBetween, compare_correlations, disattenuate, within_between_correlation
from .responses import SurveyResponse, survey_response

__all__ = ["CsatStudy", "csat_study"]

LEVEL = 0.05
MOST_CATEGORIES = 11  # of a scale that is taken for ordinal


@dataclass(frozen=True, repr=False)
class CsatStudy:
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
    channels : EstimateTable or None
        Each part against all others: difference of Spearman correlations.
    channels_p : tuple of float
        Their p, adjusted by Holm.
    drivers : Drivers or None
    """

    score: str
    csat: str
    response: SurveyResponse
    correlations: EstimateTable
    within_between: WithinBetween | None
    corrected: CorrectedCorrelation | None
    channels: EstimateTable | None
    channels_p: tuple[float, ...]
    drivers: Drivers | None

    def tables(self) -> dict[str, EstimateTable]:
        """All figures by part of the study."""
        found: dict[str, EstimateTable] = {"response": self.response, "correlations": self.correlations}
        if self.within_between is not None:
            found["within_between"] = self.within_between
        if self.channels is not None:
            found["channels"] = self.channels
        if self.drivers is not None:
            found["criteria"] = self.drivers.correlations
            found["shares"] = self.drivers.importance
        return found

    def to_dict(self) -> dict[str, Any]:
        """All figures, in full precision."""
        record: dict[str, Any] = {name: table.to_dict()["rows"] for name, table in self.tables().items()}
        record |= {"score": self.score, "csat": self.csat, "channels_p": list(self.channels_p)}
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
        main = self.correlations["spearman"]
        if math.isnan(main.value):
            yield f"No correlation of {self.score} and {self.csat}: {main.undefined}."
        elif math.isnan(main.low):
            yield f"{main.name} is {number(main.value)}; nothing can be said of its uncertainty: {main.undefined}."
        elif main.low > 0 or main.high < 0:
            way = "higher" if main.value > 0 else "lower"
            yield f"Conversations with higher {self.score} have {way} {self.csat}: {main.summary()}"
        else:
            yield (
                f"That {self.score} and {self.csat} have anything to do with each other is not shown: {main.summary()} "
                f"What the interval holds is not ruled out either."
            )
        if self.within_between is not None:
            within, between = self.within_between["within"], self.within_between["between"]
            yield f"Within agents: {within._value_text()}. Between agents: {between._value_text()}."
            if self.within_between.signs_differ:
                yield "Within agents and between them the signs differ: the figure for all answers neither question."
        if self.channels is not None:
            labels = self.channels.keys[0][1]
            other = [str(label) for label, p in zip(labels, self.channels_p, strict=True) if p < LEVEL]
            yield (
                f"Another correlation than the rest have: {', '.join(other)} (Holm)."
                if other
                else f"No part of {self.channels.keys[0][0]} differs from the rest beyond chance (Holm)."
            )
        if self.drivers is not None:
            yield self.drivers.summary()
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
                f"{rate.summary()} Had the silent ones all been the least or the most satisfied, mean {self.csat} would be "
                f"{number(low.value)} or {number(high.value)} in place of {number(self.response['answered'].value)}; the correlations are "
                "those of who answered."
            )

    def summary(self) -> str:
        """The study in sentences."""
        return "\n".join(self.findings())

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """The correlations with their intervals; the other tables (`tables()`, `drivers`) draw themselves likewise."""
        return self.correlations.plot(ax, **options)

    def to_html(self, title: str = "Scores and satisfaction") -> str:
        """The study as one self-contained HTML page; needs the extra `report`."""
        from ._csat_report import csat_report
        from .report import render

        return render(csat_report(self, title))

    def __repr__(self) -> str:
        return "\n\n".join([self.summary(), *(f"{name}\n{table!r}" for name, table in self.tables().items())])

    def _repr_html_(self) -> str:
        return "".join(html_table(*table._table(), caption=name) for name, table in self.tables().items())


def _channels(
    sample: Any, score: str, csat: str, by: str, confidence: float
) -> tuple[EstimateTable, tuple[float, ...]]:
    """Each part of a frame against all its others."""
    if isinstance(sample, SampleDesign):
        raise ArgumentError("by: parts are compared in a frame of independent rows; leave it out under a SampleDesign")
    frame = Frame.of(getattr(sample, "frame", sample), "sample")
    labels = frame.labels(by)
    if len(labels.labels) < 2:
        raise ArgumentError(f"by: expected two labels or more in {by!r} but found {len(labels.labels)}")
    found: list[Estimate] = []
    for code in range(len(labels.labels)):
        inside = labels.codes == code
        part, rest = (frame.take(np.flatnonzero(rows).astype(np.int64)) for rows in (inside, ~inside))
        compared = compare_correlations(
            part, (score, csat), (score, csat), other=rest, method="spearman", confidence=confidence, missing="drop"
        )
        found.append(compared["difference"])
    p = np.array([one.test.p_value for one in found])  # type: ignore[attr-defined]
    return estimate_table([(by, list(labels.labels))], found, frame.backend), tuple(_core.adjusted_p(p, "holm").tolist())


def _correlations(rows: Rows, sample: Sample, score: str, csat: str, ordinal: bool, confidence: float) -> EstimateTable:
    methods = ["spearman", "pearson", *(["polyserial"] if ordinal else [])]
    found = [association(sample, score, csat, method=one, confidence=confidence, missing="drop") for one in methods]
    return estimate_table([("method", methods)], found, rows.frame.backend)


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
    adjusted: Sample | None = None,
    adjust: str = "holm",
    seed: int | None = None,
    confidence: float = 0.95,
) -> CsatStudy:
    """Does what we score matter to customers: one study of it, in words.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
        All scored conversations whose customers were asked, with gaps where they were silent.
    score, csat : str
        Columns of numbers.
    scale : pair of int
        Lowest and highest answer that the survey allows; others are refused.
    agent : str, optional
        Column of agents: correlations within and between them.
    criteria : sequence of str
        Columns of points: which of them drive satisfaction.
    by : str, optional
        Column of channels: whose correlation differs from the rest. For frames of independent rows.
    reliability : Estimate or number, optional
        Of one rater's score: what the raters' error hides.
    adjusted : SampleDesign, optional
        Those who answered, with weights that make up for who did not.
    adjust, seed
        As in `drivers`.
    confidence : float

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
    rows = rows_of(sample)
    answers_on_scale(rows, csat, scale, "drop")
    ordinal = scale[1] - scale[0] < MOST_CATEGORIES
    correlations = _correlations(rows, sample, score, csat, ordinal, confidence)
    channels, channels_p = (None, ()) if by is None else _channels(sample, score, csat, by, confidence)
    return CsatStudy(
        score=score,
        csat=csat,
        response=survey_response(sample, csat, scale=scale, adjusted=adjusted, confidence=confidence),
        correlations=correlations,
        within_between=None
        if agent is None
        else within_between_correlation(sample, score, csat, group=agent, confidence=confidence, missing="drop"),
        corrected=None if reliability is None else disattenuate(correlations["pearson"], reliability_x=reliability),
        channels=channels,
        channels_p=channels_p,
        drivers=drivers(
            sample, criteria=criteria, outcome=csat, adjust=adjust, seed=seed, confidence=confidence, missing="drop"
        )
        if criteria
        else None,
    )
