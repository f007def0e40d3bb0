"""How many conversations a wanted precision takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from . import _core
from ._frames import build_frame
from ._render import html_table, number, range_text, text_table
from ._results import Result
from .errors import ArgumentError, check_choice

__all__ = [
    "SampleSize",
    "SizeStep",
    "sample_size_for_correlation",
    "sample_size_for_difference",
    "sample_size_for_domain",
    "sample_size_for_kappa",
    "sample_size_for_mean",
    "sample_size_for_proportion",
]


@dataclass(frozen=True)
class SizeStep:
    """One step of a sample size: its name, the size after it, and why, in plain words."""

    name: str
    n: float
    reason: str


@dataclass(frozen=True, repr=False)
class SampleSize(Result):
    """How many conversations to draw, and how that came about.

    Attributes
    ----------
    purpose : str
        What the sample is for, in plain words.
    n : int
        Conversations to draw: the last step, rounded up.
    n_second : int or None
        Of the second sample, for a difference.
    steps : tuple of SizeStep
        initial, design_effect, finite_population, assurance (where asked), response: the size after each.
    low, high : float or None
        Limits that the interval is expected to have, before adjustments; None where that depends on the data.
    confidence : float
        Level of the interval; of a test, 1 minus its size.
    method : str
        The formula.
    """

    CAUTION: ClassVar[str] = "It holds if what was assumed does: look again after the first conversations."

    purpose: str
    n: int
    n_second: int | None
    steps: tuple[SizeStep, ...]
    low: float | None
    high: float | None
    confidence: float
    method: str

    def __getitem__(self, name: str) -> float:
        """The size after the step of that name."""
        sizes = {step.name: step.n for step in self.steps}
        return sizes[check_choice("step", name, sizes)]

    def to_dict(self) -> dict[str, Any]:
        """All fields, in full precision."""
        return {**vars(self), "steps": [vars(step).copy() for step in self.steps]}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per step: step, n, reason; `backend` is "pandas", "polars" or "pyarrow"."""
        return build_frame(
            {
                "step": [step.name for step in self.steps],
                "n": [step.n for step in self.steps],
                "reason": [step.reason for step in self.steps],
            },
            backend,
        )

    def _said(self) -> str:
        """The answer in a sentence."""
        if self.n_second is not None:
            drawn = f"Draw {self.n} and {self.n_second} conversations"
        else:
            drawn = f"Draw {self.n} {'conversation' if self.n == 1 else 'conversations'}"
        limits = "" if self.low is None or self.high is None else f"; expected limits {range_text(self.low, self.high)}"
        return f"{drawn}: {self.purpose}{limits}."

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """The size after each step as bars, on matplotlib axes. Options: `label`."""
        from ._plots import bar_plot

        shown: dict[str, Any] = {"label": "conversations", "texts": [number(step.n) for step in self.steps]}
        return bar_plot([step.name for step in self.steps], [step.n for step in self.steps], ax, **(shown | options))

    def _rows(self) -> list[list[object]]:
        return [[step.name, step.n, step.reason] for step in self.steps]

    def __repr__(self) -> str:
        return f"{text_table(['step', 'n', 'reason'], self._rows())}\n{self._said()}"

    def _repr_html_(self) -> str:
        return html_table(["step", "n", "reason"], self._rows(), caption=self._said())


def sample_size_for_mean(
    *,
    margin: float | None = None,
    sd: float | None = None,
    cv: float | None = None,
    cv_population: float | None = None,
    confidence: float = 0.95,
    population: int | None = None,
    design_effect: float = 1.0,
    response_rate: float = 1.0,
    sd_divisor: str = "n_minus_1",
    rounding: str = "once",
) -> SampleSize:
    """Conversations to draw for a mean.

    Parameters
    ----------
    margin, sd : float
        Half the width of the interval that is wanted, and the standard deviation between conversations, in one unit.
    cv, cv_population : float
        Instead: standard error over mean that is wanted, and standard deviation over mean.
    confidence : float
        Level of the interval.
    population : int, optional
        How many conversations there are; default: very many.
    design_effect : float
        Variance under the design (clusters, unequal weights) over that of a simple random sample.
    response_rate : float
        Fraction of the drawn conversations that can be evaluated.
    sd_divisor : {"n_minus_1", "n"}
        What the standard deviation was divided by; matters for small populations.
    rounding : {"once", "every_step"}
        Up to whole conversations at the end, or after every step, which never gives fewer.

    Returns
    -------
    SampleSize
        With the size after each adjustment and why.

    Examples
    --------
    >>> import qascore as qa
    >>> qa.sample_size_for_mean(margin=0.02, sd=0.2, population=3000, response_rate=0.9)
    step                   n  reason
    -----------------  -----  -------------------------------------------------------------------------
    initial            384.1  (z sd / margin)^2 with a standard deviation of 0.2
    design_effect      384.1  no design effect: as in a simple random sample
    finite_population  340.5  of 3000 conversations in all: n / (1 + n / N)
    response           378.4  divided by 0.9, the fraction of drawn conversations that can be evaluated
    Draw 379 conversations: mean within 0.02 (95% interval).
    """
    return _answer(
        _core.size_for_mean,
        _numbers(margin=margin, sd=sd, cv=cv, cv_population=cv_population),
        {"sd_divisor": check_choice("sd_divisor", sd_divisor, ("n_minus_1", "n"))},
        _adjusted(confidence, population, design_effect, response_rate, rounding),
    )


def sample_size_for_proportion(
    *,
    proportion: float,
    margin: float | None = None,
    cv: float | None = None,
    interval: str = "wilson",
    confidence: float = 0.95,
    population: int | None = None,
    design_effect: float = 1.0,
    response_rate: float = 1.0,
    rounding: str = "once",
) -> SampleSize:
    """Conversations to draw for a proportion.

    Parameters
    ----------
    proportion : float
        That is expected, a fraction between 0 and 1; 0.5 takes the largest sample.
    margin : float
        Half the width of the interval that is wanted, a fraction below 0.5.
    cv : float
        Instead: standard error over proportion.
    interval : {"wilson", "wald", "log_odds", "fleiss"}
        The interval that is to be so wide: the score interval, which holds near 0 and 1; p plus or minus z standard
        errors; symmetric on the scale of log odds; with continuity correction.
    confidence, population, design_effect, response_rate, rounding
        As in `sample_size_for_mean`.

    Returns
    -------
    SampleSize
        `low` and `high` are the limits if the proportion comes out as expected.

    Examples
    --------
    >>> import qascore as qa
    >>> size = qa.sample_size_for_proportion(proportion=0.04, margin=0.01)
    >>> size.n, round(size.low, 4), round(size.high, 4)
    (1493, 0.0312, 0.0512)
    """
    return _answer(
        _core.size_for_proportion,
        _numbers(proportion=_number("proportion", proportion), margin=margin, cv=cv),
        {"interval": check_choice("interval", interval, ("wilson", "wald", "log_odds", "fleiss"))},
        _adjusted(confidence, population, design_effect, response_rate, rounding),
    )


def sample_size_for_domain(
    *,
    share: float,
    margin: float | None = None,
    sd: float | None = None,
    cv: float | None = None,
    cv_domain: float | None = None,
    estimate: str = "mean",
    assurance: float | None = None,
    confidence: float = 0.95,
    population: int | None = None,
    design_effect: float = 1.0,
    response_rate: float = 1.0,
    rounding: str = "once",
) -> SampleSize:
    """Conversations to draw from all, so that those of a domain (an agent, a queue) suffice.

    For draws that do not know the domains. Where they are known before, make them strata: that takes fewer.

    Parameters
    ----------
    share : float
        Fraction of all conversations that belong to the domain.
    margin, sd : float
        Half the width of the interval of the domain's mean, and the standard deviation within it.
    cv, cv_domain : float
        Instead: standard error over estimate, and standard deviation over mean within the domain.
    estimate : {"mean", "total"}
        Of the domain; a total (with cv) is also uncertain about how many belong to it.
    assurance : float, optional
        Probability to find as many of the domain as it takes, of a `population` without replacement; default: on average.
    confidence, population, design_effect, response_rate, rounding
        As in `sample_size_for_mean`.

    Returns
    -------
    SampleSize

    Examples
    --------
    >>> import qascore as qa
    >>> qa.sample_size_for_domain(share=0.1, margin=0.1, sd=0.25).n
    241
    >>> qa.sample_size_for_domain(share=0.1, margin=0.1, sd=0.25, assurance=0.95).n
    333
    """
    return _answer(
        _core.size_for_domain,
        _numbers(share=_number("share", share), margin=margin, sd=sd, cv=cv, cv_domain=cv_domain, assurance=assurance),
        {"estimate": check_choice("estimate", estimate, ("mean", "total"))},
        _adjusted(confidence, population, design_effect, response_rate, rounding),
    )


def sample_size_for_difference(
    *,
    sd: float,
    sd_second: float | None = None,
    margin: float | None = None,
    difference: float | None = None,
    power: float = 0.8,
    sides: int = 2,
    test: str = "t",
    overlap: float = 0.0,
    correlation: float = 0.0,
    ratio: float = 1.0,
    confidence: float = 0.95,
    design_effect: float = 1.0,
    response_rate: float = 1.0,
    rounding: str = "once",
) -> SampleSize:
    """Conversations to draw in each of two periods for the difference of their means.

    Parameters
    ----------
    sd, sd_second : float
        Standard deviation between conversations, in the first period and (default: the same) the second.
    margin : float
        Half the width of the interval of the difference.
    difference, power, sides : float, float, int
        Instead: the difference that a test with 1 or 2 sides and size 1 - confidence is to find with that probability.
    test : {"t", "z"}
        The distribution of the test: its own, as R's power.t.test has it; or the normal one of large samples, which asks for
        one or two conversations less.
    overlap : float
        Fraction of the first sample's units that are in the second as well (agents, customers).
    correlation : float
        Of such a unit's two values.
    ratio : float
        Size of the first sample over that of the second.
    confidence, design_effect, response_rate, rounding
        As in `sample_size_for_mean`; populations are taken as large.

    Returns
    -------
    SampleSize
        `n` and `n_second`.

    Examples
    --------
    >>> import qascore as qa
    >>> alone = qa.sample_size_for_difference(sd=0.2, difference=0.05)
    >>> shared = qa.sample_size_for_difference(sd=0.2, difference=0.05, overlap=0.8, correlation=0.7)
    >>> alone.n, shared.n
    (253, 113)
    """
    return _answer(
        _core.size_for_difference,
        _numbers(sd=_number("sd", sd), sd_second=sd_second, margin=margin, difference=difference),
        _numbers(power=_number("power", power), overlap=_number("overlap", overlap), ratio=_number("ratio", ratio)),
        {"correlation": _number("correlation", correlation), "sides": _sides(sides)},
        {"test": check_choice("test", test, ("t", "z"))},
        _adjusted(confidence, None, design_effect, response_rate, rounding),
    )


def sample_size_for_correlation(
    *,
    correlation: float,
    margin: float | None = None,
    power: float | None = None,
    sides: int = 2,
    method: str = "pearson",
    confidence: float = 0.95,
    population: int | None = None,
    design_effect: float = 1.0,
    response_rate: float = 1.0,
    rounding: str = "once",
) -> SampleSize:
    """Conversations with both values for a correlation, say of score and CSAT.

    Parameters
    ----------
    correlation : float
        That is expected.
    margin : float
        Half the width of its interval.
    power, sides : float, int
        Instead: the probability with which a test of no correlation of 1 or 2 sides and size 1 - confidence finds it.
    method : {"pearson", "spearman"}
        Spearman for a margin only.
    confidence, population, design_effect, response_rate, rounding
        As in `sample_size_for_mean`. A survey that 15 % answer has the response_rate 0.15.

    Returns
    -------
    SampleSize

    Examples
    --------
    >>> import qascore as qa
    >>> qa.sample_size_for_correlation(correlation=0.3, power=0.8).n
    85
    >>> qa.sample_size_for_correlation(correlation=0.3, margin=0.1, response_rate=0.15).n
    2129
    """
    return _answer(
        _core.size_for_correlation,
        _numbers(correlation=_number("correlation", correlation), margin=margin, power=power),
        {"method": check_choice("method", method, ("pearson", "spearman")), "sides": _sides(sides)},
        _adjusted(confidence, population, design_effect, response_rate, rounding),
    )


def sample_size_for_kappa(
    *,
    kappa: float,
    margin: float,
    shares: float | Sequence[float],
    second_shares: float | Sequence[float] | None = None,
    confidence: float = 0.95,
    population: int | None = None,
    design_effect: float = 1.0,
    response_rate: float = 1.0,
    rounding: str = "once",
) -> SampleSize:
    """Conversations that two raters both rate, for the interval of Cohen's kappa.

    From the large-sample variance of Fleiss, Cohen and Everitt (1969), two raters, categories unweighted.

    Parameters
    ----------
    kappa : float
        That is expected.
    margin : float
        Half the width of its interval.
    shares : float or sequence of float
        Fraction of ratings in each category; one number for two categories: the fraction of one of them.
    second_shares : float or sequence of float, optional
        Of the second rater, where it differs; for two categories.
    confidence, population, design_effect, response_rate, rounding
        As in `sample_size_for_mean`.

    Returns
    -------
    SampleSize

    Examples
    --------
    >>> import qascore as qa
    >>> qa.sample_size_for_kappa(kappa=0.6, margin=0.1, shares=0.3).n
    296
    >>> qa.sample_size_for_kappa(kappa=0.6, margin=0.1, shares=0.05).n
    1347
    """
    return _answer(
        _core.size_for_kappa,
        {
            "kappa": _number("kappa", kappa),
            "margin": _number("margin", margin),
            "shares": _shares("shares", shares),
            "second_shares": [] if second_shares is None else _shares("second_shares", second_shares),
        },
        _adjusted(confidence, population, design_effect, response_rate, rounding),
    )


def _answer(size: Callable[[dict[str, Any]], dict[str, Any]], *options: Mapping[str, Any]) -> SampleSize:
    record = size({name: value for part in options for name, value in part.items()})
    steps = tuple(SizeStep(*step) for step in record.pop("steps"))
    return SampleSize(steps=steps, **record)


def _adjusted(
    confidence: float, population: int | None, design_effect: float, response_rate: float, rounding: str
) -> dict[str, Any]:
    if population is not None and (
        isinstance(population, bool) or not isinstance(population, (int, np.integer)) or population < 1
    ):
        raise ArgumentError(f"population: expected a whole number >= 1 but found {population!r}")
    return {
        "confidence": _number("confidence", confidence),
        "population": None if population is None else int(population),
        "design_effect": _number("design_effect", design_effect),
        "response_rate": _number("response_rate", response_rate),
        "rounding": check_choice("rounding", rounding, ("once", "every_step")),
    }


def _number(argument: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise ArgumentError(f"{argument}: expected a number but found {value!r}")
    return float(value)


def _numbers(**given: Any) -> dict[str, float | None]:
    return {name: None if value is None else _number(name, value) for name, value in given.items()}


def _sides(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value not in (1, 2):
        raise ArgumentError(f"sides: expected 1 or 2 but found {value!r}")
    return int(value)


def _shares(argument: str, given: Any) -> list[float]:
    if isinstance(given, (int, float, np.integer, np.floating)):
        return [_number(argument, given), 1.0 - _number(argument, given)]
    if isinstance(given, str) or not isinstance(given, (Sequence, np.ndarray)):
        raise ArgumentError(f"{argument}: expected a fraction, or one per category, but found {given!r}")
    return [_number(f"{argument}[{i}]", value) for i, value in enumerate(given)]
