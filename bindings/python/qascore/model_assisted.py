"""Model + human: a model scored every conversation, people scored a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, overload

import numpy as np

from . import _core
from ._frames import MISSING_CODE, Frame
from ._results import Estimate, EstimateTable, TestedEstimate, TestResult, estimate_table
from .errors import ArgumentError, DataError, DesignError, check_choice, did_you_mean
from .estimation import Codes, Columns, Domains, Numbers, Rows, Sample, SampleDesign, _events, cross, name_of, rows_of, shown

__all__ = [
    "ModelAssistedEstimate",
    "PpiEstimate",
    "model_assisted_mean",
    "model_assisted_proportion",
    "ppi_mean",
]

TUNINGS = ("common", "stratum")
MISSING = ("error", "drop")
DIVISORS = ("n", "n - 1")


@dataclass(frozen=True, repr=False)
class ModelAssistedEstimate(Estimate):
    """An estimate with the help of a model, beside what people alone would have said.

    Attributes
    ----------
    lam : float or dict
        Share of the model's deviation that was taken off; by stratum if it was tuned so.
    people : Estimate
        The same sample without the model.
    effective_size : float
        How many conversations scored by people alone would be worth the same.
    """

    CAUTION: ClassVar[str] = "It speaks for the population that the model scored, and errs where the people's scores do."

    lam: float | dict[str, float]
    people: Estimate
    effective_size: float

    def to_dict(self) -> dict[str, Any]:
        """All fields, in full precision; those of `people` as people_value and so on."""
        record = Estimate.to_dict(_plain(self))
        lam = self.lam if isinstance(self.lam, dict) else {"": self.lam}
        return (
            record
            | {f"lam_{name}" if name else "lam": value for name, value in lam.items()}
            | {"effective_size": self.effective_size}
            | {f"people_{name}": getattr(self.people, name) for name in ("value", "std_error", "low", "high")}
        )

    def _said(self) -> str:
        """The result in a sentence."""
        text = super()._said()
        if np.isnan(self.effective_size) or np.isinf(self.effective_size):
            return text
        return f"{text[:-1]}, worth {self.effective_size:.0f} scored by people alone."


def _plain(estimate: Estimate) -> Estimate:
    """The plain Estimate within a richer one."""
    names = ("name", "value", "std_error", "low", "high", "df", "n", "confidence", "method", "interval_method")
    return Estimate(*(getattr(estimate, name) for name in (*names, "undefined")), missing=estimate.missing)


@dataclass(frozen=True)
class _Model:
    """The model's score per unit, its mean over what the unit speaks for, the design with the population's counts."""

    score: Numbers
    mean: Numbers
    core: dict[str, Any] | None


def _labels_of(rows: Rows) -> list[tuple[Any, ...]]:
    return rows.strata if isinstance(rows, SampleDesign) else []


def _stratum_of(rows: Rows, units: int) -> Codes:
    core = rows.core()
    found = None if core is None else core["stratum"]
    return np.zeros(units, dtype=np.uint32) if found is None or not len(found) else found


def _model_of(
    rows: Rows,
    values: Numbers,
    model: str,
    population: Any,
    domains: Domains | None,
    by: Columns | None,
    lam: float | str,
) -> _Model:
    score = rows.numbers(model, "drop")
    lacking = np.isnan(score) & ~np.isnan(values)
    if lacking.any():
        raise DataError(
            f'{rows.frame.argument}: column "{model}": no value for unit {int(np.argmax(lacking))}, which people scored'
        )
    strata = _labels_of(rows)
    stratum = _stratum_of(rows, len(values))
    per_stratum = lam == "stratum" and len(strata) > 1
    if isinstance(population, (bool, str)):
        raise ArgumentError(
            f"population: expected a frame, a mean or means by stratum but found {population!r}"
        )
    if isinstance(population, (int, float)):
        if domains is not None or per_stratum:
            raise ArgumentError(
                "population: expected a frame, or a mean per stratum or domain, but found one mean"
            )
        return _Model(score, np.full(len(values), float(population)), rows.core())
    if isinstance(population, Mapping):
        if domains is None:
            what, keys, codes = "stratum", strata, stratum
        elif per_stratum:
            raise ArgumentError("population: a lambda per stratum by domain needs the frame of all conversations")
        else:
            what, keys, codes = "domain", list(zip(*(k for _, k in domains.keys), strict=True)), domains.codes
        given = {key if isinstance(key, tuple) else (key,): float(mean) for key, mean in population.items()}
        return _Model(score, _by_key(keys, codes, given, what, "mean"), rows.core())
    everything = Frame.of(population, "population")
    numbers = everything.numbers(model)
    if np.isnan(numbers).any():
        raise DataError(
            f'population: column "{model}": no value at row {int(np.argmax(np.isnan(numbers)))}; '
            "the model must have scored every conversation"
        )
    everything, numbers = _covered(rows, everything, numbers)
    core = _with_counts(rows, everything, len(values))
    _check_same_model(rows, model, everything, numbers)
    names = [] if by is None else [by] if isinstance(by, str) else list(by)
    columns = [*names, *(rows.stratum if per_stratum and isinstance(rows, SampleDesign) else ())]
    if not columns:
        mean, _ = _core.means_of_cells(np.zeros(len(numbers), dtype=np.uint32), 1, numbers)
        return _Model(score, np.full(len(values), mean[0]), core)
    cells = cross(everything, columns)
    mean, _ = _core.means_of_cells(cells.codes, len(cells.keys), numbers)
    known = dict(zip(cells.keys, mean.tolist(), strict=True))
    outer: list[tuple[Any, ...]] = [()] if domains is None else list(zip(*(k for _, k in domains.keys), strict=True))
    inner: list[tuple[Any, ...]] = strata if per_stratum else [()]
    first = np.zeros(len(values), dtype=np.uint32) if domains is None else domains.codes
    second = stratum if per_stratum else np.zeros(len(values), dtype=np.uint32)
    inside = first != MISSING_CODE
    codes = np.where(inside, first.astype(np.int64) * len(inner) + second, MISSING_CODE).astype(np.uint32)
    keys = [(*a, *b) for a in outer for b in inner]
    return _Model(score, _by_key(keys, codes, known, "part", "conversation"), core)


def _check_same_model(rows: Rows, model: str, everything: Frame, numbers: Numbers) -> None:
    """Refuses a sample whose units have other scores of the model than in the population: the model was run again.

    Scores that differ in the seventh digit or later are the same, written to a file or held in 32 bits in between.
    """
    if not isinstance(rows, SampleDesign) or rows.unit is None or rows.unit not in everything.columns:
        return
    units = rows.frame.labels(rows.unit)
    _, first = np.unique(units.codes, return_index=True)
    sampled = Frame.of(rows.frame.take(first.astype(np.int64)), rows.frame.argument)
    names = sampled.values(rows.unit)
    try:
        ids, all_ids = sampled.ids(rows.unit), everything.ids(rows.unit)
    except DataError:  # neither text nor whole numbers throughout
        known = {name: row for row, name in enumerate(everything.values(rows.unit))}
        place = np.array([known.get(name, len(everything)) for name in names])
    else:
        if isinstance(ids, np.ndarray) != isinstance(all_ids, np.ndarray):
            kinds = ["whole numbers" if isinstance(some, np.ndarray) else "text" for some in (ids, all_ids)]
            raise DataError(
                f'population: column "{rows.unit}": expected ids as {kinds[0]}, as in the sample, but found {kinds[1]}; '
                '7 and "7" are different ids'
            )
        place = _core.rows_of(all_ids, ids)
    gone = np.flatnonzero(place >= len(everything))
    if len(gone):
        raise DataError(
            f"population: no row of the sampled unit {shown(names[gone[0]])} ({len(gone)} such in all); expected all "
            "conversations, those that people scored included"
        )
    own, theirs = sampled.numbers(model), numbers[place.astype(np.int64)]
    apart = np.flatnonzero(np.abs(own - theirs) > 1e-6 * np.maximum(np.abs(own), np.abs(theirs)))
    if len(apart):
        at = apart[0]
        raise DataError(
            f'population: column "{model}": expected the model\'s scores of the sample but found {theirs[at]:.10g} for unit '
            f"{shown(names[at])}, which has {own[at]:.10g} there ({len(apart)} such units of {len(own)}); was the "
            "model run again? Take both columns from one run"
        )


def _by_key(
    keys: list[tuple[Any, ...]], codes: Codes, known: Mapping[tuple[Any, ...], float], part: str, what: str
) -> Numbers:
    """The mean for each unit, by the key of its code; NaN for units without one."""
    table = np.full(len(keys) + 1, np.nan)
    for code in np.unique(codes[codes != MISSING_CODE]).tolist():
        if keys and keys[code] not in known:
            raise DataError(
                f"population: no {what} of {part} {name_of(keys[code])}"
                f"{did_you_mean(keys[code][-1], (key[-1] for key in known))}"
            )
        if not keys:
            raise ArgumentError("population: expected one mean, as there are no strata, but found a mapping")
        table[code] = known[keys[code]]
    return table[np.where(codes == MISSING_CODE, len(keys), codes)]


def _covered(rows: Rows, everything: Frame, numbers: Numbers) -> tuple[Frame, Numbers]:
    """The part of the population that the design speaks for: all of it, or the strata that are not excluded."""
    if not isinstance(rows, SampleDesign) or not rows.strata:
        return everything, numbers
    lacking = [name for name in rows.stratum if name not in everything.columns]
    if lacking and rows.uncovered:
        raise DesignError(
            f'population: the design leaves out stratum {rows.uncovered[0]}; the frame needs the column "{lacking[0]}", so '
            "that the model's mean leaves it out too"
        )
    if lacking:
        return everything, numbers
    sampled = set(rows.strata)
    cells = cross(everything, rows.stratum, own_missing=any(None in key for key in sampled))
    bare = [key for key in cells.keys if key not in sampled]
    if not bare:
        return everything, numbers
    if not rows.uncovered:
        raise DesignError(
            f"population: no sampled row in stratum {name_of(bare[0])} ({len(bare)} such in all), which the frame has; give "
            'the design its plan= and uncovered="exclude" to estimate for the others alone, or leave it out of the frame'
        )
    spoken = np.array([key in sampled for key in cells.keys] + [False])
    kept = np.flatnonzero(spoken[np.minimum(cells.codes, np.uint32(len(cells.keys)))]).astype(np.int64)
    return Frame.of(everything.take(kept), "population"), numbers[kept]


def _with_counts(rows: Rows, everything: Frame, units: int) -> dict[str, Any] | None:
    """The design with the population's counts: its own, which must be those of the frame, or else the frame's."""
    core = rows.core()
    strata = _labels_of(rows)
    names = rows.stratum if isinstance(rows, SampleDesign) else ()
    if core is not None and (core["cluster"] is not None or any(name not in everything.columns for name in names)):
        return core
    counts = np.array([float(len(everything))])
    if strata:
        cells = cross(everything, names, own_missing=any(None in key for key in strata))
        found = dict(zip(cells.keys, np.bincount(cells.codes[cells.codes != MISSING_CODE]).tolist(), strict=True))
        counts = np.array([float(found.get(key, 0)) for key in strata])
    contradicts, h, expected, known = _core.population_of_counts(core, units, counts)
    if contradicts:
        own = core is not None and core["population"] is not None
        where = f" in stratum {name_of(strata[h])}" if strata else ""
        raise DesignError(
            f"population: expected {'' if own else 'at least '}{expected:.0f} conversations{where}, as the "
            f"{'design says' if own else 'sample has'}, but found {counts[h]:.0f}"
        )
    if core is None:
        return {
            "units": units, "weight": None, "stratum": None, "strata": 1, "cluster": None, "clusters": 0,
            "population": known, "chance": None, "single_unit": "error", "calibration": (),
            "calibrated_errors": "corrected",
        }  # fmt: skip
    return core if known is None else core | {"population": known}


def _assisted(
    name: str,
    values: Numbers,
    rows: Rows,
    model: str,
    population: Any,
    by: Columns | None,
    lam: float | str,
    confidence: float,
    missing: str,
    *,
    logit: bool,
) -> ModelAssistedEstimate | EstimateTable:
    if isinstance(lam, str):
        check_choice("lam", lam, TUNINGS)
    elif isinstance(lam, bool) or not np.isfinite(lam):
        raise ArgumentError(f"lam: expected common, stratum or a number but found {lam!r}")
    domains = None if by is None else rows.domains(by, missing)
    known = _model_of(rows, values, model, population, domains, by, lam)
    codes, count = (None, 1) if domains is None else (domains.codes, len(domains))
    records = _core.model_assisted_means(
        known.core,
        values,
        known.score,
        known.mean,
        codes,
        count,
        confidence,
        lam if isinstance(lam, str) else "fixed",
        1.0 if isinstance(lam, str) else float(lam),
        logit,
    )
    strata = [name_of(key).strip('"') for key in _labels_of(rows)]
    found = [
        ModelAssistedEstimate.from_core(
            name + rows.scope,
            own,
            lam=dict(zip(strata, lams, strict=True)) if len(lams) > 1 else lams[0] if lams else np.nan,
            people=Estimate.from_core(f"{name} by people alone{rows.scope}", people),
            effective_size=size,
        )
        for own, people, lams, size in records
    ]
    if domains is None:
        return found[0]
    return estimate_table(domains.keys, found, rows.frame.backend, unlabelled=domains.unlabelled)


@overload
def model_assisted_mean(
    sample: Sample, column: str, *, model: str, population: Any, by: None = None, lam: float | str = "common",
    confidence: float = 0.95, missing: str = "error",
) -> ModelAssistedEstimate: ...  # fmt: skip
@overload
def model_assisted_mean(
    sample: Sample, column: str, *, model: str, population: Any, by: Columns, lam: float | str = "common",
    confidence: float = 0.95, missing: str = "error",
) -> EstimateTable: ...  # fmt: skip
def model_assisted_mean(
    sample: Sample,
    column: str,
    *,
    model: str,
    population: Any,
    by: Columns | None = None,
    lam: float | str = "common",
    confidence: float = 0.95,
    missing: str = "error",
) -> ModelAssistedEstimate | EstimateTable:
    """Mean over all conversations of what people would have scored, where a model scored all of them.

    The people's mean, corrected by how far the model's mean in the sample lies from its known mean over all. A model
    that is wrong costs no bias, one that is good narrows the interval; tuned, the interval is never wider than with
    people alone at the same confidence. Where people scored everything it is a point.

    Parameters
    ----------
    sample : SampleDesign or frame
        The conversations that people scored. A frame is taken as a simple random sample of the population.
    column, model : str
        People's score and the model's score in the sample.
    population : frame, or number, or mapping
        All conversations (those that people scored included) with the column `model`; or the model's mean over all; or
        its means by stratum (with `by`: by domain). A frame also tells how many conversations there are, and must agree
        with the design on that; and, where it has the design's column of units, on the model's score of each sampled one.
    by : str or sequence of str, optional
        Domains to estimate for; a frame of the population needs these columns too.
    lam : {"common", "stratum"} or float
        Share of the model's deviation that is taken off: tuned for the least variance, one per estimate or one per
        stratum; or given, 1 for the difference estimator, 0 for people alone.
    confidence : float
        Level of the interval, a fraction.
    missing : {"error", "drop"}
        As in `mean`.

    Returns
    -------
    ModelAssistedEstimate, or EstimateTable of them if `by` is given.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"model_score": [0.5, 0.6, 0.7, 0.8, 0.9, 0.6, 0.7, 0.8]})
    >>> scored = calls.head(4).assign(score=[0.45, 0.6, 0.66, 0.79])
    >>> found = qa.model_assisted_mean(scored, "score", model="model_score", population=calls)
    >>> round(found.value, 4), round(found.std_error, 4), round(found.people.std_error, 4)
    (0.679, 0.0093, 0.0499)
    """
    rows = rows_of(sample)
    values = rows.numbers(column, check_choice("missing", missing, MISSING))
    return _assisted(
        f"mean {column}", values, rows, model, population, by, lam, confidence, missing, logit=False
    )


@overload
def model_assisted_proportion(
    sample: Sample, column: str, *, model: str, population: Any, equals: Any = None, by: None = None,
    lam: float | str = "common", confidence: float = 0.95, missing: str = "error",
) -> ModelAssistedEstimate: ...  # fmt: skip
@overload
def model_assisted_proportion(
    sample: Sample, column: str, *, model: str, population: Any, equals: Any = None, by: Columns,
    lam: float | str = "common", confidence: float = 0.95, missing: str = "error",
) -> EstimateTable: ...  # fmt: skip
def model_assisted_proportion(
    sample: Sample,
    column: str,
    *,
    model: str,
    population: Any,
    equals: Any = None,
    by: Columns | None = None,
    lam: float | str = "common",
    confidence: float = 0.95,
    missing: str = "error",
) -> ModelAssistedEstimate | EstimateTable:
    """Share of all conversations for which people would have said yes, where a model judged all of them.

    As `model_assisted_mean`, of a column of booleans or 0 and 1 (or, with `equals`, of a label); `model` holds 0, 1 or
    a probability. Limits are symmetric in the logit, and so within 0 and 1.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"p": [0.9, 0.8, 0.1, 0.7, 0.2, 0.9, 0.8, 0.3, 0.6, 0.9]})
    >>> scored = calls.head(6).assign(resolved=[1, 1, 0, 1, 1, 1])
    >>> found = qa.model_assisted_proportion(scored, "resolved", model="p", population=calls)
    >>> 0 < found.low < found.value < found.high < 1
    True
    """
    rows = rows_of(sample)
    values = _events(rows, column, equals, check_choice("missing", missing, MISSING))
    name = column if equals is None else f"{column} is {equals}"
    return _assisted(name, values, rows, model, population, by, lam, confidence, missing, logit=True)


@dataclass(frozen=True, repr=False)
class PpiEstimate(TestedEstimate):
    """A prediction-powered mean: an Estimate with `test`, `lam` (by stratum if there are strata), `effective_size`."""

    CAUTION: ClassVar[str] = "It speaks for conversations like the scored ones, and errs where the people's scores do."

    lam: float | dict[str, float]
    effective_size: float

    def to_dict(self) -> dict[str, Any]:
        """All fields, in full precision."""
        lam = self.lam if isinstance(self.lam, dict) else {"": self.lam}
        return (
            Estimate.to_dict(_plain(self))
            | {"statistic": self.test.statistic, "test_df": self.test.df1, "p_value": self.test.p_value}
            | {f"lam_{name}" if name else "lam": value for name, value in lam.items()}
            | {"effective_size": self.effective_size}
        )


def ppi_mean(
    labelled: Any,
    column: str,
    *,
    model: str,
    unlabelled: Any,
    stratum: Columns | None = None,
    lam: float | str = "tuned",
    clip: bool = True,
    divisor: str = "n",
    null: float = 0.0,
    confidence: float = 0.95,
) -> PpiEstimate:
    """Prediction-powered mean as published: two independent samples of a process that has no end.

    For conversations that are all known (last month's), `model_assisted_mean` gives narrower and truer intervals: it
    knows that a finite population was sampled. This one speaks for the process behind them.

    Parameters
    ----------
    labelled : frame
        Independent rows with people's score and the model's.
    column, model : str
        People's score; the model's score, in both frames.
    unlabelled : frame
        Further rows of the same process, which only the model scored.
    stratum : str or sequence of str, optional
        Strata of both; each weighs what it holds of both samples together, with a lambda of its own.
    lam : "tuned" or float
        PPI++'s lambda, or a given one: 1 is PPI, 0 people alone.
    clip : bool
        Cut a tuned lambda at 0 and 1.
    divisor : {"n", "n - 1"}
        Of the variances.
    null : float
        Mean under the null hypothesis of the (normal, two-sided) test.
    confidence : float
        Level of the normal interval, a fraction.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> labelled = pd.DataFrame({"score": [0.5, 0.7, 0.9, 0.6], "model": [0.4, 0.7, 0.8, 0.7]})
    >>> rest = pd.DataFrame({"model": [0.5, 0.6, 0.8, 0.7, 0.6, 0.9]})
    >>> round(qa.ppi_mean(labelled, "score", model="model", unlabelled=rest).value, 4)
    0.6918
    """
    check_choice("divisor", divisor, DIVISORS)
    if isinstance(lam, str):
        check_choice("lam", lam, ("tuned",))
    elif isinstance(lam, bool) or not np.isfinite(lam):
        raise ArgumentError(f'lam: expected "tuned" or a finite number but found {lam!r}')
    first, rest = Frame.of(labelled, "labelled"), Frame.of(unlabelled, "unlabelled")
    y, x, others = first.numbers(column), first.numbers(model), rest.numbers(model)
    for frame, name, numbers in ((first, column, y), (first, model, x), (rest, model, others)):
        if np.isnan(numbers).any():
            row = int(np.argmax(np.isnan(numbers)))
            raise DataError(f'{frame.argument}: column "{name}": no value at row {row}')
    codes: list[Codes | None] = [None, None]
    keys: list[tuple[Any, ...]] = []
    if stratum is not None:
        names = [stratum] if isinstance(stratum, str) else list(stratum)
        parts = [cross(frame, names) for frame in (first, rest)]
        for frame, part in zip((first, rest), parts, strict=True):
            if (part.codes == MISSING_CODE).any():
                raise DataError(f"{frame.argument}: no stratum at row {int(np.argmax(part.codes == MISSING_CODE))}")
        keys = list(dict.fromkeys([*parts[0].keys, *parts[1].keys]))
        place = {key: code for code, key in enumerate(keys)}
        codes = [np.array([place[key] for key in p.keys], dtype=np.uint32)[p.codes] for p in parts]
    own, test, lams, size = _core.ppi_mean(
        y, x, others, codes[0], codes[1], max(1, len(keys)), confidence,
        None if isinstance(lam, str) else float(lam), clip, divisor == "n", null,
    )  # fmt: skip
    strata = [name_of(key).strip('"') for key in keys]
    return PpiEstimate.from_core(
        f"mean {column}",
        own,
        test=TestResult.from_core(test),
        lam=dict(zip(strata, lams, strict=False)) if strata else (lams[0] if lams else np.nan),
        effective_size=size,
    )
