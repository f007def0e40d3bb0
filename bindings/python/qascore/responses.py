"""What the survey cannot say: who did not answer, and who answered and scored at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from . import _core
from ._frames import Frame
from ._results import Estimate, EstimateTable, TestedEstimate, TestResult
from .associations import name_of
from .errors import ArgumentError, DataError, check_choice
from .estimation import Numbers, Rows, Sample, rows_of
from .outcomes import answers_on_scale
from .propensities import ResponsePropensity, response_propensity
from .relations import CorrelationComparison, compare_correlations
from .weight_proposals import clustered

__all__ = ["HaloCheck", "SurveyResponse", "halo_check", "survey_response"]


@dataclass(frozen=True, repr=False)
class SurveyResponse(EstimateTable):
    """The mean answer before and after weights, and how far it could move: `table["answered"]`, `["adjusted"]`, `["propensity"]`, `["silent low"]`, `["silent high"]`.

    Attributes
    ----------
    rate : Estimate
        Share of customers who answered.
    scale : pair of int
    propensity : ResponsePropensity or None
        The model of who answers behind the row "propensity".
    """

    CAUTION: ClassVar[str] = "Who answers is not everyone: how the silent feel is between these ends."

    rate: Estimate | None = None
    scale: tuple[int, int] = (1, 5)
    propensity: ResponsePropensity | None = None

    def _said(self) -> str:
        """What the answers say, and what they leave open."""
        low, high = self["silent low"], self["silent high"]
        rate = "" if self.rate is None else f"{self.rate._said()}\n"
        how = "" if self.propensity is None else f"\n{self.propensity._how()}"
        return (
            f"{rate}{super()._said()}{how}\nIf all who were silent had said {self.scale[0]}, or all {self.scale[1]}, the mean would "
            f"lie between {low._value_text()} and {high._value_text()}."
        )


def survey_response(
    sample: Sample,
    column: str,
    *,
    scale: tuple[int, int] = (1, 5),
    adjusted: Sample | None = None,
    known: Sequence[str] = (),
    score: str | None = None,
    classes: int | None = None,
    largest_factor: float | None = None,
    confidence: float = 0.95,
) -> SurveyResponse:
    """How many customers answered, what they said, and how far that could be from what all would have said.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
        All conversations that were surveyed, with gaps where the customer was silent.
    column : str
        Numbers on `scale`: answers, or averages of several.
    scale : pair of int
        Lowest and highest answer that the survey allows; others are refused.
    adjusted : SampleDesign, optional
        Those who answered, with weights that make up for who did not (`SampleDesign.poststratify`, `.rake`): the second row.
    known : sequence of str
        Columns that all rows have, for a model of who answers: another row (`response_propensity`).
    score : str, optional
        A column of numbers, whose correlation with the answers `propensity` then shows before and after as well.
    classes, largest_factor
        Of that model, as in `response_propensity`.
    confidence : float

    Returns
    -------
    SurveyResponse
        The last two rows take every silent customer for the least and for the most satisfied one: no response model can
        move the mean of all further. They are wide where few answered, which is what the answers themselves leave open.

    References
    ----------
    Manski (1989), Journal of Human Resources 24, 343-360, doi:10.2307/145818 (bounds).

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> surveyed = pd.DataFrame({"csat": [5, 4, None, 3, None, 5, 4, 4, None, 5]})
    >>> found = qa.survey_response(surveyed, "csat")
    >>> round(found.rate.value, 2), round(found["silent low"].value, 2), round(found["silent high"].value, 2)
    (0.7, 3.3, 4.5)
    """
    rows = rows_of(sample)
    values = answers_on_scale(rows, column, scale, "drop", averages=True)
    silent = np.isnan(values)
    if silent.all():
        raise DataError(f'{rows.frame.argument}: column "{column}": expected answers but found none')
    low, high = scale

    def mean_of(name: str, of: Rows, answers: Numbers) -> Estimate:
        [record] = _core.means(of.core(), of.by_unit(answers), None, 1, confidence, None)
        return Estimate.from_core(f"mean {column}, {name}{of.scope}", record)

    estimates = [("answered", mean_of("of those who answered", rows, values))]
    if adjusted is not None:
        others = rows_of(adjusted)
        estimates.append(
            ("adjusted", mean_of("after weights", others, answers_on_scale(others, column, scale, "drop", averages=True)))
        )
    propensity = None
    if known:
        propensity = response_propensity(
            sample, column, known=known, score=score, scale=scale, classes=classes, largest_factor=largest_factor,
            confidence=confidence,
        )  # fmt: skip
        estimates.append(("propensity", propensity["mean", "after"]))
    elif classes is not None or largest_factor is not None or score is not None:
        raise ArgumentError("known: expected columns of the model that classes, largest_factor and score are for")
    for name, said in (("silent low", low), ("silent high", high)):
        estimates.append((name, mean_of(f"silent ones at {said}", rows, np.where(silent, float(said), values))))
    [rate] = _core.proportions(
        rows.core(), rows.by_unit((~silent).astype(np.float64)), None, 1, confidence, "wilson", None
    )
    return SurveyResponse(
        (("answers", tuple(name for name, _ in estimates)),),
        tuple(one for _, one in estimates),
        rows.frame.backend,
        rate=Estimate.from_core(f"share who answered {column}{rows.scope}", rate),
        scale=scale,
        propensity=propensity,
    )


@dataclass(frozen=True, repr=False)
class HaloCheck(CorrelationComparison):
    """The correlation where one person gave both numbers, that where two did, and their difference."""

    CAUTION: ClassVar[str] = "Unless chance decided who scores what, there may be other reasons than the person."

    @property
    def found(self) -> bool:
        """Whether the first is higher beyond chance."""
        return self["difference"].low > 0

    def _said(self) -> str:
        """The three in words, and what to mind."""
        text = super()._said()
        if self.found:
            text += (
                "\nWhere one person gave both numbers they go together more: part of that is the person (halo), not the "
                "conversation. Take the correlation where two people gave them."
            )
        return text


def halo_check(
    sample: Any,
    x: str,
    y: str,
    *,
    x_by: str,
    y_by: str,
    agent: str | None = None,
    method: str = "pearson",
    confidence: float = 0.95,
    missing: str = "error",
) -> HaloCheck:
    """Whether two numbers go together more where the same person gave both.

    Parameters
    ----------
    sample : frame or Pairing
        Rows with both numbers: independent ones, unless `agent` says which are not.
    x, y : str
        Columns of numbers.
    x_by, y_by : str
        Columns of labels: who gave x, who gave y.
    agent : str, optional
        Column of labels: the clusters of the errors, also of an agent with rows of both kinds.
    method : {"pearson", "spearman", "kendall"}
    confidence : float
    missing : {"error", "drop"}
        With "drop" rows that lack a number are left out.

    Returns
    -------
    HaloCheck

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> rated = pd.DataFrame({"score": [1, 2, 3, 4, 5, 1, 2, 3, 4, 5], "csat": [1, 2, 3, 5, 4, 3, 5, 1, 2, 4],
    ...                       "rater": list("aaaaaabbbb"), "asked": list("aaaaabaaaa")})
    >>> found = qa.halo_check(rated, "score", "csat", x_by="rater", y_by="asked")
    >>> [one.n for one in found]
    [5, 5, 10]
    """
    frame = Frame.of(getattr(sample, "frame", sample), "sample")
    frame.require(x, y, x_by, y_by)
    left, right = frame.values(x_by), frame.values(y_by)
    same = np.array([a == b for a, b in zip(left, right, strict=True)], dtype=bool)
    for name, rows in (("one person gave", same), ("two people gave", ~same)):
        if not rows.any():
            raise ArgumentError(f"x_by, y_by: in no row {name} {x} and {y}: the data cannot tell")
    check_choice("missing", missing, ("error", "drop"))
    keys = (("correlation", ("same person", "two people", "difference")),)
    if agent is not None:
        given = rows_of(sample)
        found = _core.compare_parts(
            clustered(given, agent, "agent"), given.numbers(x, missing), given.numbers(y, missing), (~same).astype(np.uint32), 2, method,
            confidence,
        )  # fmt: skip
        pairs = (*found["part"], found["difference"][0])  # of two parts, the first less all others is the first less the second
        name = name_of(method, x, y)
        names = (f"{name} (same person)", f"{name} (two people)", "difference")
        return HaloCheck(
            keys,
            tuple(TestedEstimate.from_core(n, one, test=TestResult.from_core(test)) for n, (one, test) in zip(names, pairs, strict=True)),
            frame.backend,
        )
    parts = [frame.take(np.flatnonzero(rows).astype(np.int64), {}) for rows in (same, ~same)]
    independent = compare_correlations(
        parts[0], (x, y), (x, y), other=parts[1], method=method, confidence=confidence, missing=missing
    )
    return HaloCheck(keys, independent.estimates, frame.backend)
