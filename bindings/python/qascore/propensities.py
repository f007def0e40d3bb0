"""Silent customers, by a model of who answers: weights, and figures before and after them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from . import _core
from ._render import number
from ._results import EstimateTable, TestedEstimate, TestResult
from .associations import name_of
from .errors import ArgumentError, DataError, check_choice
from .estimation import Numbers, Sample, rows_of, with_absent
from .outcomes import answers_on_scale
from .regressions import Regression, names_of, terms_of

__all__ = ["ResponsePropensity", "response_propensity"]

METHODS = ("pearson", "spearman", "kendall")
STAGES = ("before", "after", "change")


@dataclass(frozen=True, repr=False)
class ResponsePropensity(EstimateTable):
    """Figures of those who answered before and after weights for who did not: `table["mean", "before"]`, `["mean", "after"]`,
    `["mean", "change"]`; with a score also `["correlation", ...]`.

    Attributes
    ----------
    model : Regression
        Logit of the response on what is known of all.
    answers, asked : int
    smallest, largest : float
        Fitted propensities among those who answered.
    classes : int or None
        Classes of similar propensity; None: each answer counts 1 / propensity.
    largest_factor : float or None
        Factors above were cut to it.
    trimmed : int
        Answers whose factor was cut.
    effective_size : float
        How many equally weighted answers vary as those do after weights (Kish).
    factor : array
        Per unit what its weight is multiplied by; 0 where silent.
    undefined : str or None
        Why there are no weights.
    """

    CAUTION: ClassVar[str] = "Weights mend what the known columns tell; who was silent for another reason stays unheard."

    model: Regression = field(default_factory=lambda: Regression((), ()))
    answers: int = 0
    asked: int = 0
    smallest: float = math.nan
    largest: float = math.nan
    classes: int | None = None
    largest_factor: float | None = None
    trimmed: int = 0
    effective_size: float = math.nan
    factor: Numbers = field(default_factory=lambda: np.empty(0), compare=False)
    undefined: str | None = None

    def _said(self) -> str:
        """The figures in words, and what was done."""
        return self._how() if self.undefined else f"{super()._said()}\n{self._how()}"

    def _how(self) -> str:
        """What was done, and what it rests on."""
        if self.undefined:
            return f"No weights for who did not answer: {self.undefined}."
        how = "the inverse of its propensity" if self.classes is None else f"the inverse response rate of its class of {self.classes}"
        cut = (
            ""
            if self.largest_factor is None
            else f" Factors above {number(self.largest_factor)} were cut: {self.trimmed} of {self.answers}."
        )
        return (
            f"{self.answers} of {self.asked} answered; each answer counts {how}, fitted from "
            f"{number(self.smallest)} to {number(self.largest)}.{cut} After weights they vary as "
            f"{number(self.effective_size)} answers would. It holds if customers alike in what the model knows answer alike, "
            "whatever they felt."
        )


def response_propensity(
    sample: Sample,
    column: str,
    *,
    known: Sequence[str],
    score: str | None = None,
    method: str = "spearman",
    scale: tuple[int, int] = (1, 5),
    classes: int | None = None,
    largest_factor: float | None = None,
    confidence: float = 0.95,
) -> ResponsePropensity:
    """Weights for silent customers from a model of who answers, and what they make of the figures.

    The log odds of an answer are fitted to what is known of all [1]_; each answer then counts for those like it who were silent. Standard
    errors know that the weights were fitted, to these very customers [2]_.

    Parameters
    ----------
    sample : SampleDesign, frame or Pairing
        All conversations that were surveyed, with gaps where the customer was silent.
    column : str
        Whole numbers on `scale`.
    known : sequence of str
        Columns that all rows have: numbers, or text, whose labels each have a term.
    score : str, optional
        A column of numbers whose correlation with the answers is shown before and after as well.
    method : {"spearman", "pearson", "kendall"}
        Of that correlation.
    scale : pair of int
        Lowest and highest answer that the survey allows; others are refused.
    classes : int, optional
        So many classes of similar propensity, each with its own response rate: less is made of the model's form, and no answer counts
        extremely. Default: the inverse of each propensity.
    largest_factor : float, optional
        Factors above are cut to it, which exchanges variance for bias.
    confidence : float

    Returns
    -------
    ResponsePropensity
        Undefined with its reason where a column predicts the response perfectly (separation), all or nobody answered, or a class
        has no answer. The change is tested against 0.

    References
    ----------
    .. [1] Little (1986), International Statistical Review 54, 139-157, doi:10.2307/1403140.
    .. [2] Kim and Kim (2007), Canadian Journal of Statistics 35, 501-514, doi:10.1002/cjs.5550350403.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> surveyed = pd.DataFrame({"channel": ["chat"] * 6 + ["voice"] * 6,
    ...                          "csat": [2, 3, None, None, None, None, 5, 4, 5, 4, 5, None]})
    >>> found = qa.response_propensity(surveyed, "csat", known=["channel"])
    >>> round(found["mean", "before"].value, 3), round(found["mean", "after"].value, 3)
    (4.0, 3.55)
    """
    rows = rows_of(sample)
    check_choice("method", method, METHODS)
    names = names_of(known, "known")
    if column in names:
        raise ArgumentError(f"known: {column!r} is what silent customers did not say")
    if classes is not None and classes < 2:
        raise ArgumentError(f"classes: expected 2 or more, or None, but found {classes}")
    if largest_factor is not None and not largest_factor > 1:
        raise ArgumentError(f"largest_factor: expected a number above 1 but found {largest_factor:g}")
    answers = rows.by_unit(answers_on_scale(rows, column, scale, "drop", averages=True))
    said = ~np.isnan(answers)
    if not names:
        raise ArgumentError("known: expected a column or several but found none")
    terms = [term for name in names for term in terms_of(rows, name, "error")]
    if not len(answers):
        raise DataError(f"{rows.frame.argument}: expected rows but found none")
    found = _core.response_propensity(
        rows.core(),
        said.astype(np.float64),
        [values for _, values in terms],
        classes or 0,
        math.inf if largest_factor is None else float(largest_factor),
        answers,
        None if score is None else rows.numbers(score, "drop"),
        method,
        confidence,
    )
    labels = [name for name, _ in terms]
    undefined = found["undefined"]
    if undefined and found["fault"] is not None:
        undefined = f"{labels[found['fault']]}: {undefined}"
    [absent] = rows.absent_by(None)

    def estimate(name: str, pair: Any) -> TestedEstimate:
        record, test = pair
        if undefined and record["undefined"]:
            record = record | {"undefined": undefined}
        return TestedEstimate.from_core(f"{name}{rows.scope}", with_absent(record, absent), test=TestResult.from_core(test))

    figures = [("mean", f"mean {column}", found["mean"])]
    if score is not None:
        figures.append(("correlation", name_of(method, score, column), found["correlation"]))
    keys = (
        ("figure", tuple(figure for figure, _, _ in figures for _ in STAGES)),
        ("weights", STAGES * len(figures)),
    )
    model = Regression(
        (("term", ("intercept", *labels)),),
        tuple(estimate(name, pair) for name, pair in zip(("intercept", *labels), found["coefficients"], strict=True)),
        rows.frame.backend,
        family="logit",
        log_likelihood=found["log_likelihood"],
        undefined=undefined,
    )
    fitted = found["propensity"][said] if len(found["propensity"]) else np.array([math.nan])
    return ResponsePropensity(
        keys,
        tuple(estimate(f"{name}, {stage}", pair) for _, name, three in figures for stage, pair in zip(STAGES, three, strict=True)),
        rows.frame.backend,
        model=model,
        answers=found["answers"],
        asked=len(answers),
        smallest=float(fitted.min()),
        largest=float(fitted.max()),
        classes=classes,
        largest_factor=largest_factor,
        trimmed=found["trimmed"],
        effective_size=found["effective_size"],
        factor=found["factor"],
        undefined=undefined,
    )
