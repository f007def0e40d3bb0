"""Generalisability: where scores vary, and how many raters, conversations and criteria a reliable score takes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from . import _core
from ._frames import build_frame
from ._model_rows import ModelRows, check_interval, columns_argument
from ._rating_table import RatingTable
from ._render import html_table, number, range_text, text_table
from ._results import Estimate, EstimateTable, Result, estimate_table
from .errors import ArgumentError, check_choice, check_noun, did_you_mean, percent_hint

__all__ = ["DStudy", "DStudyPlan", "GStudy", "d_study", "g_study"]

METHODS = ("automatic", "anova", "reml")
COEFFICIENTS = ("generalizability", "dependability")
MOST_PLANS = 100_000
SHOWN = 30


@dataclass(frozen=True, repr=False)
class GStudy(Result):
    """Variance components of a measurement; made by :func:`g_study`.

    Attributes
    ----------
    object : str
        What is measured.
    facets : tuple of str
        What else makes scores differ.
    nested : dict
        Facets that stand within another.
    components : EstimateTable
        One row per source of variance; `study.components["person"]`, an interaction is "person:rater", what is left
        "residual". Mean squares may give estimates below 0.
    levels : dict
        How many labels there are in the data of what is measured and of each facet; a nested facet that starts again within each
        parent has each label once.
    method : str
        "anova" or "reml".
    n, missing : int
        Scores, and rows left out.
    undefined : str or None
        Why there are none.
    """

    CAUTION: ClassVar[str] = "Variances of few raters or units are hardly known: look at the intervals before a plan rests on them."

    object: str
    facets: tuple[str, ...]
    nested: dict[str, str]
    components: EstimateTable
    levels: dict[str, float]
    method: str
    n: int
    missing: int
    confidence: float
    undefined: str | None
    _sets: tuple[int, ...] = field(default=(), repr=False)
    _covariance: tuple[float, ...] = field(default=(), repr=False)
    backend: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """All figures, in full precision."""
        return {
            "object": self.object,
            "facets": list(self.facets),
            "nested": dict(self.nested),
            "components": self.components.to_dict()["rows"],
            "levels": dict(self.levels),
            "method": self.method,
            "n": self.n,
            "missing": self.missing,
            "confidence": self.confidence,
            "undefined": self.undefined,
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """The components, one row each."""
        return self.components.to_frame(backend)

    def _said(self) -> str:
        """The components, one line each."""
        if self.undefined is not None:
            return f"The components are undefined: {self.undefined}."
        return "\n".join(one._said() for one in self.components)

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """The components with intervals, on matplotlib axes; options as in `EstimateTable.plot`."""
        return self.components.plot(ax, **options)

    def _caption(self) -> str:
        if self.undefined is not None:
            return f"undefined: {self.undefined}"
        how = "mean squares" if self.method == "anova" else "REML"
        return f"variances of {number(self.n)} scores by {how}, {100 * self.confidence:g}% intervals"

    def __repr__(self) -> str:
        return f"{text_table(*self.components._table())}\n{self._caption()}"

    def _repr_html_(self) -> str:
        return html_table(*self.components._table(), caption=self._caption())


@dataclass(frozen=True)
class DStudyPlan:
    """A measurement that is planned.

    Attributes
    ----------
    levels : dict
        How many of each facet.
    universe, relative_error, absolute_error : float
        Variance of what is measured; error variance of differences between objects, and of a score itself.
    relative_sem, absolute_sem : float
        Standard errors of measurement: their roots.
    generalizability, dependability : Estimate
        Reliability of differences (ranks), and of scores as they stand.
    """

    levels: dict[str, int]
    universe: float
    relative_error: float
    absolute_error: float
    relative_sem: float
    absolute_sem: float
    generalizability: Estimate
    dependability: Estimate

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {f"n_{name}": count for name, count in self.levels.items()}
        for name in ("universe", "relative_error", "absolute_error", "relative_sem", "absolute_sem"):
            out[name] = getattr(self, name)
        for name in COEFFICIENTS:
            one: Estimate = getattr(self, name)
            out |= {name: one.value, f"{name}_std_error": one.std_error, f"{name}_low": one.low, f"{name}_high": one.high}
        return out


@dataclass(frozen=True, repr=False)
class DStudy(Result):
    """Reliability of planned measurements; made by :func:`d_study`.

    Attributes
    ----------
    plans : tuple of DStudyPlan
    object : str
    facets : tuple of str
    fixed : tuple of str
    coefficient : str
        The coefficient that `reliability` is about.
    reliability : float or None
        What is wanted.
    """

    CAUTION: ClassVar[str] = "The plan holds for raters and units like those that the variances were estimated from."

    plans: tuple[DStudyPlan, ...]
    object: str
    facets: tuple[str, ...]
    fixed: tuple[str, ...]
    coefficient: str
    reliability: float | None
    confidence: float
    backend: str | None = None

    def __len__(self) -> int:
        return len(self.plans)

    def __iter__(self) -> Iterator[DStudyPlan]:
        return iter(self.plans)

    def __getitem__(self, at: int) -> DStudyPlan:
        return self.plans[at]

    def of(self, plan: DStudyPlan) -> Estimate:
        """The plan's coefficient that is asked for."""
        found: Estimate = getattr(plan, self.coefficient)
        return found

    @property
    def enough(self) -> tuple[DStudyPlan, ...]:
        """The plans that reach the reliability and would miss it with fewer of any facet; those with fewest scores first."""
        if self.reliability is None:
            return ()
        reached = [plan for plan in self.plans if self.of(plan).value >= self.reliability]
        least = [plan for plan in reached if not any(_smaller(other, plan) for other in reached)]
        return tuple(sorted(least, key=lambda plan: (math.prod(plan.levels.values()), *plan.levels.values())))

    def to_dict(self) -> dict[str, Any]:
        """All figures, in full precision."""
        return {
            "rows": [plan.to_dict() for plan in self.plans],
            "object": self.object,
            "fixed": list(self.fixed),
            "coefficient": self.coefficient,
            "reliability": self.reliability,
            "enough": [dict(plan.levels) for plan in self.enough],
            "confidence": self.confidence,
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per plan."""
        records = [plan.to_dict() for plan in self.plans]
        return build_frame({name: [record[name] for record in records] for name in records[0]}, backend or self.backend)

    def _said(self) -> str:
        """What it takes, in sentences."""
        if self.reliability is None:
            return "\n".join(f"{_words(plan)}: {self._text(plan)}." for plan in self.plans[:SHOWN])
        wanted = f"a {self.coefficient} of {self.reliability:g}"
        if not self.enough:
            best = max(self.plans, key=lambda plan: self.of(plan).value)
            return f"None of these plans reaches {wanted}; nearest is {_words(best)}: {self._text(best)}."
        lines = [f"For {wanted} it takes:"]
        lines += [f"  {_words(plan)}: {self._text(plan)}" for plan in self.enough[:SHOWN]]
        return "\n".join(lines)

    def _text(self, plan: DStudyPlan) -> str:
        one = self.of(plan)
        return f"{self.coefficient} {one._number()} ({range_text(one.low, one.high)})"

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """The coefficient by the levels of the facet that varies most, a line for each choice of the others, on matplotlib
        axes. Options: `label`."""
        from ._plots import aside, how_many, line_plot

        counts = {name: sorted({plan.levels[name] for plan in self.plans}) for name in self.facets}
        along = max(self.facets, key=lambda name: len(counts[name]))
        lines: dict[str, list[tuple[float, float, float, float]]] = {}
        for plan in self.plans:
            others = {name: count for name, count in plan.levels.items() if name != along}
            name = ", ".join(f"{count} {facet}" for facet, count in others.items())
            one = self.of(plan)
            lines.setdefault(name, []).append((float(plan.levels[along]), one.value, one.low, one.high))
        ax = line_plot(
            lines, ax, height=self.coefficient, reference=self.reliability, **({"label": f"number of {along}"} | options)
        )
        aside(ax, f"{100 * self.of(self.plans[0]).confidence:g}% intervals, {how_many([self.of(plan) for plan in self.plans])}")
        return ax

    def _table(self) -> tuple[list[str], list[list[Any]]]:
        header = [*self.facets, "generalizability", "interval", "dependability", "interval", "relative sem", "absolute sem"]
        rows: list[list[Any]] = [
            [
                *(plan.levels[name] for name in self.facets),
                plan.generalizability.value, range_text(plan.generalizability.low, plan.generalizability.high, plan.generalizability.value),
                plan.dependability.value, range_text(plan.dependability.low, plan.dependability.high, plan.dependability.value),
                plan.relative_sem, plan.absolute_sem,
            ]
            for plan in self.plans[:SHOWN]
        ]  # fmt: skip
        return header, rows

    def _caption(self) -> str:
        more = len(self.plans) - SHOWN
        rest = f"; {number(more)} more: .to_frame()" if more > 0 else ""
        fixed = f"; fixed: {', '.join(self.fixed)}" if self.fixed else ""
        return f"measuring {self.object} with so many of each facet{fixed}; {100 * self.confidence:g}% intervals{rest}"

    def __repr__(self) -> str:
        shown = f"{text_table(*self._table())}\n{self._caption()}"
        return shown if self.reliability is None else f"{shown}\n{self._said()}"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=self._caption())


def _smaller(other: DStudyPlan, plan: DStudyPlan) -> bool:
    """Whether a plan has no more of any facet, and fewer of one."""
    return other.levels != plan.levels and all(other.levels[name] <= count for name, count in plan.levels.items())


def _words(plan: DStudyPlan) -> str:
    return ", ".join(f"{count} {name}" for name, count in plan.levels.items())


def g_study(
    sample: Any,
    score: str | None = None,
    *,
    object: str | None = None,  # noqa: A002 - the field's word for what is measured
    facets: Sequence[str] = (),
    nested: Mapping[str, str] | None = None,
    method: str = "automatic",
    interval: str = "automatic",
    confidence: float = 0.95,
    missing: str = "error",
) -> GStudy:
    """Variance components of scores: of what is measured, of each facet, and of their interactions.

    Parameters
    ----------
    sample : RatingTable or frame
        A table of ratings stands for itself: units are measured, facets are its raters and, where there are several, its
        criteria. A frame has one row per score.
    score : str
        Column of numbers (frames only, as the three that follow).
    object : str
        Column that names what is measured: agents, conversations, persons.
    facets : sequence of str
        Columns that name the conditions: raters, criteria, tasks, conversations.
    nested : mapping, optional
        From a facet to the one it is nested in: `{"rater": "task"}` where each task has raters of its own, `{"conversation":
        "agent"}` where each agent has conversations of its own. Labels need be distinct within it only.
    method : {"automatic", "anova", "reml"}
        Expected mean squares (the same number of scores in every cell; estimates may be below 0), restricted maximum
        likelihood (any design), or the first where it can be.
    interval : {"automatic", "profile", "information"}
        Of REML, as in `mixed_model`.
    confidence : float
    missing : {"error", "drop"}

    Returns
    -------
    GStudy

    References
    ----------
    .. [1] Brennan (2001), Generalizability Theory, doi:10.1007/978-1-4757-3456-0.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> rows = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> scores = pd.DataFrame([(p, r, s) for p, row in enumerate(rows) for r, s in enumerate(row)], columns=["p", "r", "s"])
    >>> study = qa.g_study(scores, "s", object="p", facets=["r"])
    >>> [(name, round(one.value, 3)) for name, one in zip(study.components.keys[0][1], study.components)]
    [('p', 2.556), ('r', 5.244), ('residual', 1.019)]
    >>> round(qa.d_study(study, {"r": 4})[0].generalizability.value, 4)
    0.9093
    """
    check_choice("method", method, METHODS)
    check_interval(interval)
    within = dict(nested or {})
    if isinstance(sample, RatingTable):
        if score is not None or object is not None or columns_argument("facets", facets) or within:
            raise ArgumentError("score, object, facets, nested: are for frames; a RatingTable knows its own")
        y, factors, names, dropped, backend = _of_table(sample)
    else:
        for name, value in (("score", score), ("object", object)):
            if value is None:
                raise ArgumentError(f"{name}: expected a column of the frame but found None")
        assert score is not None and object is not None
        names = [object, *columns_argument("facets", facets)]
        if len(set(names)) != len(names):
            raise ArgumentError(f"facets: {next(n for n in names if names.count(n) > 1)!r} stands twice")
        rows = ModelRows(sample, score, names, (), missing)
        y, factors = rows.y, [rows.of(at) for at in range(len(names))]
        dropped, backend = rows.dropped, rows.frame.backend
    _check_nested(within, names)
    parents = [names.index(within[name]) if name in within else None for name in names]
    found = _core.g_study(y, list(zip(factors, parents, strict=True)), confidence, method, interval)
    sets = [one["facets"] for one in found["components"]]
    labels = [_name(names, within, one, last=at + 1 == len(sets)) for at, one in enumerate(sets)]
    estimates = [
        Estimate.from_core(f"variance of {label}", one["variance"])
        for label, one in zip(labels, found["components"], strict=True)
    ]
    return GStudy(
        object=names[0],
        facets=tuple(names[1:]),
        nested=within,
        components=estimate_table([("component", labels)], estimates, backend),
        levels={name: float(levels) for name, (_, levels) in zip(names, factors, strict=True)},
        method=found["method"],
        n=found["n"],
        missing=dropped,
        confidence=confidence,
        undefined=found["undefined"],
        _sets=tuple(sets),
        _covariance=tuple(found["covariance"]),
        backend=backend,
    )


def _of_table(table: RatingTable) -> tuple[Any, list[tuple[Any, int]], list[str], int, str | None]:
    """Units, raters and criteria of a table."""
    columns: list[list[Any]] = [[], [], [], []]
    raters = {label: at for at, label in enumerate(table.raters)}
    units = {label: at for at, label in enumerate(table.units)}
    for at, part in enumerate(table._parts):
        if part.labels is not None:
            raise ArgumentError("g_study: needs numbers, but the ratings are text")
        unit, rater, rating = part.core.rows()
        if rater is None or part.raters is None:
            raise ArgumentError("g_study: needs to know which rater gave which rating, but the raters are anonymous")
        of_unit = np.array([units[label] for label in part.units], dtype=np.uint32)
        of_rater = np.array([raters[label] for label in part.raters], dtype=np.uint32)
        for column, values in zip(
            columns, (rating, of_unit[unit], of_rater[rater], np.full(len(unit), at, dtype=np.uint32)), strict=True
        ):
            column.append(values)
    y, unit_codes, rater_codes, criterion_codes = (np.concatenate(column) for column in columns)
    factors = [(unit_codes, len(units)), (rater_codes, len(raters))]
    names = ["unit", "rater"]
    if table.criterion is not None:
        factors.append((criterion_codes, len(table._parts)))
        names.append(table.criterion)
    return y, factors, names, 0, table._backend


def _check_nested(within: Mapping[str, str], names: Sequence[str]) -> None:
    for inner, outer in within.items():
        for name in (inner, outer):
            if name not in names:
                raise ArgumentError(
                    f"nested: {name!r} is neither the object nor a facet; expected among {', '.join(names)}"
                    f"{did_you_mean(name, names)}"
                )
        if inner == names[0]:
            raise ArgumentError(f"nested: {inner!r} is what is measured; it cannot stand within a facet")
        seen = [inner]
        while seen[-1] in within:
            seen.append(within[seen[-1]])
            if seen[-1] in seen[:-1]:
                raise ArgumentError(f"nested: {' in '.join(seen)} goes in a circle")


def _name(names: Sequence[str], within: Mapping[str, str], facets: int, *, last: bool) -> str:
    """An interaction: facets in their order, a nested one before the one it is nested in."""
    if last:
        return "residual"
    inside = [name for at, name in enumerate(names) if facets >> at & 1]
    out: list[str] = []
    for name in inside:
        if name in within:
            out.insert(out.index(within[name]) if within[name] in out else len(out), name)
        elif any(within.get(other) == name for other in out):
            out.insert(1 + max(at for at, other in enumerate(out) if within.get(other) == name), name)
        else:
            out.append(name)
    return ":".join(out)


def d_study(
    study: GStudy,
    levels: Mapping[str, int | Iterable[int]],
    *,
    fixed: Sequence[str] = (),
    reliability: float | None = None,
    coefficient: str = "generalizability",
    confidence: float | None = None,
) -> DStudy:
    """Reliability of measurements with other numbers of raters, conversations, criteria.

    Parameters
    ----------
    study : GStudy
    levels : mapping
        For each facet how many of them, or several numbers to try: `{"rater": range(1, 6), "conversation": [5, 10, 20]}`.
    fixed : sequence of str
        Facets whose levels are all there are (the criteria of the form), not a sample of more.
    reliability : float, optional
        What is wanted: the result says which plans reach it with the fewest scores (`enough`).
    coefficient : {"generalizability", "dependability"}
        Reliability of differences between objects (ranks), or of scores as they stand.
    confidence : float, optional
        Default: that of the study.

    Returns
    -------
    DStudy
        One plan per combination.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rows = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> study = qa.g_study(qa.RatingTable.from_matrix(np.array(rows)))
    >>> qa.d_study(study, {"rater": range(1, 9)}, reliability=0.8).enough[0].levels
    {'rater': 2}
    """
    check_noun("study", study, GStudy, "g_study(frame, score, object=..., facets=[...])")
    check_choice("coefficient", coefficient, COEFFICIENTS)
    if study.undefined is not None:
        raise ArgumentError(f"study: has no components: {study.undefined}")
    for name in levels:
        if name not in study.facets:
            raise ArgumentError(
                f"levels: {name!r} is no facet of the study; expected {', '.join(study.facets)}"
                f"{did_you_mean(name, study.facets)}"
            )
    for name in study.facets:
        if name not in levels:
            raise ArgumentError(f"levels: expected a number of {name!r} but found none")
    for name in columns_argument("fixed", fixed):
        check_choice("fixed", name, study.facets)
    if reliability is not None and not 0 < reliability < 1:
        raise ArgumentError(
            f"reliability: expected a fraction between 0 and 1 but found {reliability!r}{percent_hint(reliability)}"
        )
    choices = [_counts(name, levels[name]) for name in study.facets]
    if math.prod(map(len, choices)) > MOST_PLANS:
        raise ArgumentError(
            f"levels: expected at most {MOST_PLANS:,} plans but found {math.prod(map(len, choices)):,}"
        )
    level = study.confidence if confidence is None else confidence
    plans = list(itertools.product(*choices))
    bits = sum(1 << at for at, name in enumerate(study.facets, 1) if name in fixed)
    found = _core.d_study(
        list(study._sets), [one.value for one in study.components], list(study._covariance), study.n,
        [[1.0, *map(float, plan)] for plan in plans], bits, level,
    )  # fmt: skip
    return DStudy(
        plans=tuple(
            DStudyPlan(
                levels=dict(zip(study.facets, plan, strict=True)),
                generalizability=Estimate.from_core("generalizability", record.pop("generalizability")),
                dependability=Estimate.from_core("dependability", record.pop("dependability")),
                **record,
            )
            for plan, record in zip(plans, found, strict=True)
        ),
        object=study.object,
        facets=study.facets,
        fixed=tuple(fixed),
        coefficient=coefficient,
        reliability=reliability,
        confidence=level,
        backend=study.backend,
    )


def _counts(name: str, given: int | Iterable[int]) -> list[int]:
    """Numbers of levels to try, as given."""
    several = [given] if isinstance(given, (int, np.integer)) else list(given)
    if not several:
        raise ArgumentError(f"levels: {name}: expected a number or several but found none")
    for one in several:
        if isinstance(one, bool) or not isinstance(one, (int, np.integer)) or one < 1:
            raise ArgumentError(f"levels: {name}: expected whole numbers from 1 but found {one!r}")
    return [int(one) for one in several]
