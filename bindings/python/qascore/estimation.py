"""Estimates for all conversations from those that were scored: means, totals, proportions, by domain."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, overload

import numpy as np
import numpy.typing as npt

from . import _core
from ._frames import MISSING_CODE, Frame, Labels, build_frame
from ._id_forms import shortened
from ._render import html_table, number, text_table
from ._results import Estimate, EstimateColumns, EstimateTable, Result, TestResult, TestedEstimate, estimate_table
from .errors import ArgumentError, DataError, DesignError, check_choice, check_noun, did_you_mean, percent_hint
from .sampling import PLAN_MADE, SamplingPlan

__all__ = [
    "DesignEffect",
    "Difference",
    "SampleDesign",
    "design_effect",
    "difference",
    "mean",
    "proportion",
    "ratio",
    "total",
    "variance",
]

SINGLE_UNITS = ("error", "certainty", "average", "adjust")
REPEATS = ("error", "average", "cluster")
UNCOVERED = ("error", "exclude")
DRAW_METHOD = "draw_method"
WITHOUT_CHANCE = "without_chance"
SELECTIONS = ("fixed_size", "poisson")
CALIBRATED_ERRORS = ("corrected", "linearized")
MISSING = ("error", "drop", "domain")
VARIANCES = ("taylor", "jackknife", "bootstrap")
INTERVALS = ("wilson", "logit", "beta", "arcsine", "likelihood", "t")

Columns = str | Sequence[str]
Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint32]
Sample = Any  # a SampleDesign, or any frame: its rows are then taken as independent


class Rows:
    """Rows of a frame as a sample: what estimators read from. A plain frame stands for independent rows."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def core(self) -> dict[str, Any] | None:
        """The design for the kernels; None: independent rows of equal weight."""
        return None

    @property
    def scope(self) -> str:
        """What estimates leave out or make up for, for their names; empty: nothing."""
        return ""

    def absent_by(self, domains: Domains | None) -> list[int]:
        """Drawn units without a row, per domain; 0 where it is not known in which domain they are."""
        return [0] * (1 if domains is None else len(domains))

    def numbers(self, name: str, missing: str) -> Numbers:
        """A column with one value per unit, NaN where there is none."""
        try:
            values, whole = self.frame.numbers_and_whole(name)
        except DataError as problem:
            if not self.frame.is_text(name) or "; write " in str(problem):
                raise
            raise DataError(f"{problem}; the share of a label is proportion(..., equals=...)") from None
        if missing == "error" and not whole:
            self._refuse(np.isnan(values), name, "value")
        return self.by_unit(values)

    def by_unit(self, values: Numbers) -> Numbers:
        return values

    def codes_by_unit(self, codes: Codes, by: Sequence[str]) -> Codes:
        return codes

    def domains(self, by: Columns, missing: str) -> Domains:
        """Codes and labels of the combinations of the `by` columns that occur."""
        names = [by] if isinstance(by, str) else list(by)
        if not names:
            raise ArgumentError("by: expected a column or several but found none")
        crossed = cross(self.frame, names)
        if missing == "error":
            for name, column in zip(names, crossed.columns, strict=True):
                self._refuse(column.codes == MISSING_CODE, name, "label")
        codes = self.codes_by_unit(crossed.codes, names)
        return Domains(codes, [(name, [key[i] for key in crossed.keys]) for i, name in enumerate(names)])

    def _refuse(self, gaps: npt.NDArray[np.bool_], name: str, what: str) -> None:
        if gaps.any():
            raise DataError(
                f'{self.frame.argument}: column "{name}": no {what} at row {int(np.argmax(gaps))} '
                f'({int(gaps.sum())} in all); give missing="drop" to leave such rows out'
            )


@dataclass(frozen=True)
class Domains:
    """One code per unit; per code, the values of the `by` columns."""

    codes: Codes
    keys: list[tuple[str, list[Any]]]

    def __len__(self) -> int:
        return len(self.keys[0][1])

    @property
    def unlabelled(self) -> int:
        """Units that are in no domain."""
        return int(np.count_nonzero(self.codes == MISSING_CODE))


@dataclass(frozen=True)
class Crossed:
    """One code per row for the combination of several label columns; missing where one has no label."""

    codes: Codes
    keys: list[tuple[Any, ...]]
    columns: list[Labels]

    def name(self, code: int) -> str:
        return name_of(self.keys[code])


def shown(label: Any) -> str:
    return f'"{label}"' if isinstance(label, str) else "(missing)" if label is None else str(label)


def name_of(key: tuple[Any, ...]) -> str:
    """`"phone"`, or `("phone", "gold")` for two columns."""
    return shown(key[0]) if len(key) == 1 else f"({', '.join(map(shown, key))})"


def cross(frame: Frame, names: Sequence[str], *, own_missing: bool = False) -> Crossed:
    """Combinations of the columns' labels; with `own_missing` a missing label is one more label, None."""
    frame.require(*names)
    columns = [frame.labels(name) for name in names]
    if own_missing:
        columns = [
            Labels(np.minimum(c.codes, np.uint32(len(c.labels))), [*c.labels, None]) if len(c.missing) else c
            for c in columns
        ]
    if len(columns) == 1:
        return Crossed(columns[0].codes, [(label,) for label in columns[0].labels], columns)
    codes, labels, cells = _core.cross_codes([(column.codes, len(column.labels)) for column in columns])
    place = np.full(cells + 1, MISSING_CODE, dtype=np.uint32)
    keys: list[tuple[Any, ...]] = []
    for cell, row in enumerate(labels.reshape(cells, len(columns)).tolist()):
        if MISSING_CODE not in row:
            place[cell] = len(keys)
            keys.append(tuple(column.labels[code] for column, code in zip(columns, row, strict=True)))
    return Crossed(place[codes], keys, columns)


class SampleDesign(Rows):
    """How the evaluated conversations came to be chosen: what every estimate needs to speak for all of them.

    Built once, checked once, then asked: ``qa.mean(design, "score", by="queue")``.

    Parameters
    ----------
    frame : frame
        One row per evaluation, from any library that narwhals reads.
    unit : str, optional
        Column that says which rows are the same conversation. Without it every row is one.
    stratum : str or sequence of str, optional
        Parts of the population that were drawn apart. Default: those of the plan.
    probability, weight : str, optional
        Inclusion probability (a fraction above 0, up to 1) or its inverse, the design weight; one of them. Default with a
        plan: the column ``inclusion_probability`` that `draw` wrote.
    population : str or mapping or int, optional
        How many conversations (with `cluster`: clusters) each stratum holds: a column, a count per stratum label (a
        tuple of labels for several columns), or one count where there are no strata. Default: those of the plan, or
        endless.
    cluster : str, optional
        What was drawn, or depends on each other, together: an agent's conversations.
    plan : SamplingPlan, optional
        The plan that the sample was drawn by. Drawn units that have no row leave their weight to the others of their
        stratum (missing at random within strata), where its units have equal weights.
    uncovered : {"error", "exclude"}
        What to do with strata of the plan that have no row: refuse, or estimate for the other strata alone; names of
        estimates then say what they leave out.
    clusters_whole : bool
        All units of each sampled cluster are there. Only then, or where every weight of a stratum is its population over
        its sample, does `population` narrow the intervals of clustered samples.
    single_unit : {"error", "certainty", "average", "adjust"}
        What to do with a stratum in which one unit was sampled.
    repeats : {"error", "average", "cluster"}
        What to do with several rows of one unit: refuse, average their values, or keep them as a cluster that shares
        the unit's weight.
    nest : bool
        Cluster labels start again in each stratum.
    selection : {"fixed_size", "poisson"}, optional
        How the number of units came about: so many of each stratum; or each unit by itself with its chance (Poisson
        sampling), whose variance, sum of (1 - pi) (y / pi)^2 for a total, comes from the chances alone. Default: as the
        sample's column ``draw_method`` says, which `draw` writes, or the plan's recorded draw; else fixed sizes. With `plan`,
        samples that are neither simple nor Poisson samples are refused unless it is given. For samples with targeted parts give
        "poisson": their variance is at most that.
    calibrated_errors : {"corrected", "linearized"}
        What standard errors make of known totals, once weights are post-stratified, raked or calibrated: "corrected" counts
        what the totals fitted of the sample's own noise, in variance and degrees of freedom; "linearized" does not, as R's
        survey: too narrow with few units per total.

    Raises
    ------
    DesignError
        Probabilities outside (0, 1], a unit that stands twice, more units than the stratum holds, a stratum with one unit,
        a plan for a sample that was drawn otherwise.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"queue": ["a", "a", "b", "b"], "weight": [2, 2, 5, 5], "score": [0.5, 0.7, 0.9, 1.0]})
    >>> design = qa.SampleDesign(calls, stratum="queue", weight="weight")
    >>> round(qa.mean(design, "score").value, 4)
    0.85
    """

    def __init__(
        self,
        frame: Any,
        *,
        unit: str | None = None,
        stratum: Columns | None = None,
        probability: str | None = None,
        weight: str | None = None,
        population: str | Mapping[Any, float] | float | None = None,
        cluster: str | None = None,
        plan: Any = None,
        single_unit: str = "error",
        repeats: str = "error",
        nest: bool = False,
        uncovered: str = "error",
        clusters_whole: bool = False,
        selection: str | None = None,
        calibrated_errors: str = "corrected",
    ) -> None:
        super().__init__(Frame.of(frame, "frame"))
        if plan is not None:
            check_noun("plan", plan, SamplingPlan, PLAN_MADE)
        self.single_unit = check_choice("single_unit", single_unit, SINGLE_UNITS)
        self.repeats = check_choice("repeats", repeats, REPEATS)
        check_choice("uncovered", uncovered, UNCOVERED)
        self.calibrated_errors = check_choice("calibrated_errors", calibrated_errors, CALIBRATED_ERRORS)
        self.selection = self._selected(selection, plan)
        poisson = self.selection == "poisson"
        if repeats != "error" and unit is None:
            raise ArgumentError(
                f'repeats: "{repeats}" needs unit=, the column that says which rows are the same'
            )
        if probability is not None and weight is not None:
            raise ArgumentError("weight: give the inclusion probability or the design weight, not both")
        if plan is not None and stratum is None and plan.columns:
            stratum = list(plan.columns)
        if plan is not None and probability is None and weight is None:
            probability = "inclusion_probability"
        if probability is None and weight is None:
            raise ArgumentError(
                "weight: expected the column of inclusion probabilities (probability=) or of design weights (weight=); "
                "rows that were not sampled need no design, give the frame itself to the estimate"
            )
        self.unit, self.cluster = unit, cluster
        names = [] if stratum is None else [stratum] if isinstance(stratum, str) else list(stratum)
        self.stratum = tuple(names)
        self.frame.require(*(n for n in (unit, cluster, probability, weight) if n is not None), *names)

        self._units = None if unit is None else self.frame.labels(unit)
        self._clusters = None if cluster is None else self.frame.labels(cluster)
        # A plan may hold conversations without a label as a stratum of their own.
        own_missing = plan is not None and any(None in s.labels for s in plan.strata)
        self._strata = cross(self.frame, names, own_missing=own_missing) if names else None
        probabilities = None if probability is None else self.frame.numbers(probability)
        weights = None if weight is None else self.frame.numbers(weight)
        self.uncovered: tuple[str, ...] = ()
        populations = self._populations(population, plan)
        # What is known of how many units there are; counts of clusters say nothing of that.
        self._counts = populations if self._clusters is None else None
        if poisson and population is None:
            populations = None  # its chances say it all
        planned = None if plan is None or poisson else self._planned(plan)
        found = _core.check_design(
            len(self.frame),
            None if self._units is None else self._units.codes,
            0 if self._units is None else len(self._units.labels),
            None if self._strata is None else self._strata.codes,
            1 if self._strata is None else len(self._strata.keys),
            None if self._clusters is None else self._clusters.codes,
            0 if self._clusters is None else len(self._clusters.labels),
            probabilities,
            weights,
            populations,
            repeats,
            single_unit,
            nest,
            plan is not None and population is None and not poisson,
            clusters_whole,
            poisson,
            planned,
        )
        if planned is not None:
            self._refuse_plan(found, probabilities, weights, planned, populations)  # a wrong plan is named first
        if self.uncovered and uncovered == "error":
            raise DesignError(
                f"stratum: no row of {self.uncovered[0]}, which the plan has ({len(self.uncovered)} such in all); "
                'give uncovered="exclude" to estimate for the others alone'
            )
        self._raise(found, probabilities if weights is None else weights, populations)
        self.units: int = found["units"]
        self.weights: Numbers = found["weight"]
        self._probabilities = probabilities
        self._unit_of_row: Codes | None = found["unit_of_row"] if len(found["unit_of_row"]) else None
        self._core = {
            "units": self.units,
            "weight": self.weights,
            "stratum": found["stratum"],
            "strata": 1 if self._strata is None else len(self._strata.keys),
            "cluster": found["cluster"] if len(found["cluster"]) else None,
            "clusters": found["clusters"],
            "population": None if populations is None else found["population"],
            "chance": found["chance"] if poisson else None,
            "single_unit": single_unit,
            "calibration": (),
            "calibrated_errors": self.calibrated_errors,
        }
        self.absent: Numbers = found["absent"]
        self._short = self._shortfall(plan) if poisson and plan is not None else 0
        self._without_chance = self._recorded_without_chance(plan)
        self.adjustments: tuple[str, ...] = ()

    def core(self) -> dict[str, Any]:
        return self._core

    @property
    def scope(self) -> str:
        absent = int(self.absent.sum())
        parts = [
            f"without {shortened(self.uncovered, 'strata')}" if self.uncovered else "",
            f"without {self._without_chance} that had no chance to be drawn" if self._without_chance else "",
            f"{absent} drawn {'unit' if absent == 1 else 'units'} without a row" if absent else "",
            f"about {self._short} drawn units without a row, for which nothing stands" if self._short else "",
        ]
        return f" ({'; '.join(filter(None, parts))})" if any(parts) else ""

    def absent_by(self, domains: Domains | None) -> list[int]:
        if domains is None:
            return [int(self.absent.sum())]
        names = [name for name, _ in domains.keys]
        counts: dict[tuple[Any, ...], int] = {}
        if self.absent.any() and self._strata is not None and set(names) <= set(self.stratum):
            for key, absent in zip(self._strata.keys, self.absent, strict=True):
                label = tuple(dict(zip(self.stratum, key, strict=True))[name] for name in names)
                counts[label] = counts.get(label, 0) + int(absent)
        return [counts.get(label, 0) for label in zip(*(values for _, values in domains.keys), strict=True)]

    @property
    def strata(self) -> list[tuple[Any, ...]]:
        """Labels of the strata, ascending; empty without strata."""
        return [] if self._strata is None else list(self._strata.keys)

    @property
    def unit_labels(self) -> list[Any]:
        """The label of each unit, in the order of the design's units; row numbers where no unit column was named."""
        if self._units is None:
            return list(range(len(self.frame)))
        if self._unit_of_row is not None:
            return list(self._units.labels)
        return [self._units.labels[code] for code in self._units.codes.tolist()]

    @property
    def g_weights(self) -> Numbers:
        """By how much the weight of each unit was changed: weight after all adjustments over that of the draw."""
        steps = self._core["calibration"]
        drawn = steps[0]["weight"] if steps else self.weights
        ratio: Numbers = self.weights / drawn
        return ratio

    def poststratify(
        self, by: Columns | None, totals: Mapping[Any, float] | float, *, measure: str | None = None
    ) -> SampleDesign:
        """A design whose weights add up, in each cell of `by`, to what is known of the population.

        Where some kinds of conversations answered less often than others, this takes the difference out, and estimates
        vary less the more a cell says about them. Their standard errors know of it.

        Parameters
        ----------
        by : str or sequence of str, or None
            Columns whose combinations are the cells. None: everything is one cell.
        totals : mapping or float
            Per label (a tuple of labels for several columns) how many units the population has; one number without `by`.
        measure : str, optional
            A column of numbers, none below 0, whose totals these are, in place of the number of units: the ratio
            estimator.

        Returns
        -------
        SampleDesign

        Raises
        ------
        DesignError
            A cell without a total, a total without a unit, counts that contradict the plan or population of the design.

        Examples
        --------
        >>> import pandas as pd, qascore as qa
        >>> calls = pd.DataFrame({"queue": ["a", "a", "a", "b", "b"], "weight": 20, "score": [0.5, 0.6, 0.7, 0.9, 1.0]})
        >>> design = qa.SampleDesign(calls, weight="weight").poststratify("queue", {"a": 50, "b": 50})
        >>> round(qa.mean(design, "score").value, 4)
        0.775
        """
        from .weighting import poststratify

        return poststratify(self, by, totals, measure)

    def rake(
        self, margins: Mapping[Any, Mapping[Any, float]], *, bounds: tuple[float, float] | None = None
    ) -> SampleDesign:
        """A design whose weights add up to several known margins at once; nothing need be known of how they cross.

        Parameters
        ----------
        margins : mapping
            Per column (a tuple of columns: their combinations) the number of units in the population by label.
        bounds : pair of float, optional
            Least and greatest factor by which a weight may change, around 1.

        Returns
        -------
        SampleDesign

        Examples
        --------
        >>> import pandas as pd, qascore as qa
        >>> calls = pd.DataFrame({"queue": ["a", "a", "b", "b"], "chat": [0, 1, 0, 1], "weight": 25, "score": [1, 2, 3, 6]})
        >>> design = qa.SampleDesign(calls, weight="weight").rake({"queue": {"a": 60, "b": 40}, "chat": {0: 50, 1: 50}})
        >>> round(qa.mean(design, "score").value, 4)
        2.7
        """
        from .weighting import calibrate

        return calibrate(self, margins, None, "raking", bounds, "raked")

    def calibrate_weights(
        self,
        totals: Mapping[Any, Mapping[Any, float] | float],
        *,
        population: float | None = None,
        method: str = "linear",
        bounds: tuple[float, float] | None = None,
    ) -> SampleDesign:
        """A design whose weights, as near as can be to what they were, add up to known totals of numbers and margins.

        Parameters
        ----------
        totals : mapping
            Per column of numbers its total in the population; per column of labels a mapping from label to the number
            of units.
        population : float, optional
            How many units the population has. Without it, and without a column of labels, that number is not kept.
        method : {"linear", "raking", "logit"}
            How distance is measured. "linear" is the regression estimator (GREG), "raking" keeps weights above 0,
            "logit" keeps their changes within `bounds`.
        bounds : pair of float, optional
            Least and greatest factor by which a weight may change, around 1.

        Returns
        -------
        SampleDesign

        Raises
        ------
        DesignError
            Totals that contradict each other or that no weights within the bounds have; weights that would not be above 0.

        Examples
        --------
        >>> import pandas as pd, qascore as qa
        >>> calls = pd.DataFrame({"handle_s": [100, 200, 300], "weight": 10, "score": [0.5, 0.6, 0.9]})
        >>> design = qa.SampleDesign(calls, weight="weight")
        >>> design = design.calibrate_weights({"handle_s": 6600}, population=30)
        >>> round(qa.mean(design, "score").value, 4)
        0.7067
        """
        from .weighting import calibrate

        return calibrate(self, totals, population, method, bounds, "calibrated")

    def trim_weights(
        self, *, lower: float = 0.0, upper: float = float("inf"), by: Columns | None = None
    ) -> SampleDesign:
        """A design whose weights lie between two bounds; what some lose the others get, in proportion.

        A few very large weights make estimates vary; cutting them exchanges that for some bias. Totals that the weights were
        calibrated to no longer hold.

        Parameters
        ----------
        lower, upper : float
            Bounds of the weights.
        by : str or sequence of str, optional
            Cells whose sum of weights stays; default: that of all.

        Returns
        -------
        SampleDesign

        Examples
        --------
        >>> import pandas as pd, qascore as qa
        >>> calls = pd.DataFrame({"weight": [1, 2, 3, 14], "score": [1, 2, 3, 4]})
        >>> qa.SampleDesign(calls, weight="weight").trim_weights(upper=8).weights.tolist()
        [2.0, 4.0, 6.0, 8.0]
        """
        from .weighting import trim

        return trim(self, lower, upper, by)

    def by_unit(self, values: Numbers) -> Numbers:
        if self._unit_of_row is None:
            return values
        averaged: Numbers = _core.average_by_unit(self._unit_of_row, self.units, values)
        return averaged

    def codes_by_unit(self, codes: Codes, by: Sequence[str]) -> Codes:
        if self._unit_of_row is None:
            return codes
        shared, conflict = _core.codes_by_unit(self._unit_of_row, self.units, codes)
        if conflict < len(codes):
            raise DataError(
                f'by: column "{by[0]}" differs between row {conflict} and an earlier row of the same unit; '
                "averaged repeats must agree"
            )
        return np.asarray(shared, dtype=np.uint32)

    def _populations(self, population: Any, plan: Any) -> Numbers | None:
        if population is None and plan is not None and self._clusters is None:
            return self._populations_of(plan, self.selection == "poisson")
        if population is None:
            return None
        found = self._given_populations(population)
        if plan is not None and self._clusters is None and self.selection != "poisson":
            self._refuse_other_counts(found, self._populations_of(plan, False))
        return found

    def _refuse_other_counts(self, found: Numbers, planned: Numbers) -> None:
        for code in np.flatnonzero(found != planned).tolist():
            stratum = "the sample" if self._strata is None else f"stratum {self._strata.name(code)}"
            raise DesignError(
                f"population: {stratum} holds {found[code]:g} but the plan counted {planned[code]:g}; leave the counts to the plan"
            )

    def _given_populations(self, population: Any) -> Numbers:
        if isinstance(population, str):
            return self._populations_in(population)
        if self._strata is None:
            if isinstance(population, Mapping):
                raise ArgumentError(
                    "population: expected one count, as there are no strata, but found a mapping"
                )
            return np.array([float(population)])
        if not isinstance(population, Mapping):
            raise ArgumentError(
                "population: expected a count per stratum (a mapping or a column) but found one number"
            )
        counts = {key if isinstance(key, tuple) else (key,): float(n) for key, n in population.items()}
        out = np.empty(len(self._strata.keys))
        for code, key in enumerate(self._strata.keys):
            if key not in counts:
                raise DesignError(
                    f"population: no count for stratum {self._strata.name(code)}"
                    f"{did_you_mean(key[-1], (k[-1] for k in counts))}"
                )
            out[code] = counts[key]
        return out

    def _selected(self, given: str | None, plan: Any) -> str:
        """How sizes came about: as given, as the sample or the plan recorded, else fixed."""
        if given is not None:
            return check_choice("selection", given, SELECTIONS)
        how = "simple"
        if DRAW_METHOD in self.frame.columns:
            labels = self.frame.labels(DRAW_METHOD)
            if len(labels.labels) != 1 or len(labels.missing):
                found = ", ".join(map(shown, [*labels.labels, *([None] if len(labels.missing) else [])]))
                raise DesignError(
                    f'{self.frame.argument}: column "{DRAW_METHOD}": expected one method for all rows but found {found}; '
                    "give selection= to say how their number came about"
                )
            how = str(labels.labels[0])
        elif plan is not None and plan.recorded_draw is not None:
            how = plan.recorded_draw.how
        if how == "poisson":
            return "poisson"
        if plan is not None and how != "simple":
            instead = (
                'give selection="poisson", which is at most too wide'
                if how.endswith("targeted")
                else 'give stratum= and probability= in place of plan=, or selection="fixed_size" to take it for a simple one'
            )
            raise DesignError(
                f'plan: the sample was drawn by the method "{how}", but a plan\'s counts speak for simple random samples; '
                f"{instead}"
            )
        return "fixed_size"

    def _recorded_without_chance(self, plan: Any) -> int:
        """How many conversations the draw left out as they had no chance; strata of the plan are named elsewhere."""
        if WITHOUT_CHANCE in self.frame.columns:
            counts = self.frame.numbers(WITHOUT_CHANCE)
            found = 0 if len(counts) == 0 or np.isnan(counts).all() else int(np.nanmax(counts))
        else:
            found = 0 if plan is None or plan.recorded_draw is None else int(plan.recorded_draw.without_chance)
        return found if plan is None else max(0, found - sum(s.population for s in plan.strata if not s.sample_size))

    def _shortfall(self, plan: Any) -> int:
        """How many units a Poisson sample lacks that chance alone does not explain.

        Fewer than expected by more than four standard deviations, in single strata or in all. The variance of
        the count, sum of pi (1 - pi), is at most n (1 - n / N) where n are expected of N, whatever their chances.
        """
        codes = self._core["stratum"]
        counts = np.bincount(codes, minlength=1) if len(codes) else np.array([self.units])
        keys = [()] if self._strata is None else self._strata.keys
        found = dict(zip(keys, counts.tolist(), strict=False))
        planned = [(s.sample_size - found.get(s.labels, 0), s.sample_size * (1 - s.inclusion_probability))
                   for s in plan.strata if s.sample_size]  # fmt: skip
        short = sum(gap for gap, variance in planned if gap > 4 * math.sqrt(variance) and gap > 1)
        gap, variance = sum(gap for gap, _ in planned), sum(variance for _, variance in planned)
        return int(max(short, gap if gap > 4 * math.sqrt(variance) and gap > 1 else 0))

    def _planned(self, plan: Any) -> Numbers:
        """The chance that the plan gives the units of each stratum; NaN where it does not know the stratum."""
        chance = {s.labels: s.inclusion_probability for s in plan.strata}
        keys = [()] if self._strata is None else self._strata.keys
        return np.array([chance.get(key, np.nan) for key in keys])

    def _populations_in(self, name: str) -> Numbers:
        values = self.frame.numbers(name)
        codes = np.zeros(len(values), dtype=np.uint32) if self._strata is None else self._strata.codes
        out = np.full(1 if self._strata is None else len(self._strata.keys), np.nan)
        inside = codes != MISSING_CODE
        out[codes[inside]] = values[inside]
        differing = np.flatnonzero(inside & ~(values == out[np.where(inside, codes, 0)]))
        if len(differing):
            row = int(differing[0])
            where = "" if self._strata is None else f" in stratum {self._strata.name(int(codes[row]))}"
            raise DesignError(
                f'population: column "{name}": expected one count per stratum but found {number(float(values[row]))} '
                f"at row {row} and {number(float(out[codes[row]]))} elsewhere{where}"
            )
        return out

    def _populations_of(self, plan: Any, poisson: bool) -> Numbers:
        if self._strata is None:
            if plan.columns:
                raise DesignError("stratum: the plan has strata; name their columns")
            return np.array([float(plan.population_size)])
        counts = {s.labels: s.population for s in plan.strata}
        # That chance drew nothing from a stratum is no gap in a Poisson sample.
        reached = {s.labels for s in plan.strata if poisson and s.sample_size}
        out = np.empty(len(self._strata.keys))
        for code, key in enumerate(self._strata.keys):
            if key not in counts:
                raise DesignError(f"stratum: {self._strata.name(code)} is not in the plan")
            out[code] = counts.pop(key)
        self.uncovered = tuple(name_of(key) for key, n in counts.items() if n and key not in reached)
        return out

    def _refuse_plan(
        self,
        found: Mapping[str, Any],
        probabilities: Numbers | None,
        weights: Numbers | None,
        planned: Numbers,
        populations: Numbers | None,
    ) -> None:
        """Raises where the sample is not what the plan draws."""
        fault, row, code = found["fault"], found["row"], found["code"]
        if fault == "other_chance" and probabilities is not None:
            raise DesignError(
                f"plan: row {row} has the inclusion probability {number(float(probabilities[row]))} but the plan gives its "
                f"stratum {number(float(planned[code]))}: this is not the plan that the sample was drawn "
                "by, or it was drawn with other chances: in proportion to size, then give stratum= and probability= in place of "
                'plan=; with targeted parts, then give selection="poisson"'
            )
        if fault == "other_weight" and weights is not None:
            raise DesignError(
                f"plan: row {row} has the weight {number(float(weights[row]))} but the plan gives the units of its stratum "
                f"{number(1 / float(planned[code]))}; leave the weights to the plan"
            )
        if fault != "more_than_planned" or populations is None:
            return
        stratum = "the sample" if self._strata is None else f"stratum {self._strata.name(code)}"
        raise DesignError(
            f"plan: {stratum} has {found['sampled']} sampled units but the plan draws "
            f"{round(float(planned[code] * populations[code]))}: this is not the plan that the sample was drawn by, or it "
            "was drawn by another method"
        )

    def _raise(self, found: Mapping[str, Any], weights: Numbers | None, populations: Numbers | None) -> None:
        """What the check found, in the words of the data."""
        fault, row, code = found["fault"], found["row"], found["code"]
        if fault == "none":
            return
        rows = f"rows {found['other_row']} and {row}"
        if fault.startswith("missing_"):
            raise DataError(f"{fault.removeprefix('missing_')}: no label at row {row}")
        if fault == "bad_probability" and weights is not None:
            raise DesignError(
                f"probability: expected a fraction above 0 and up to 1 but found {weights[row]:g} at row {row}"
                f"{percent_hint(float(weights[row]))}"
            )
        if fault == "bad_weight" and weights is not None:
            raise DesignError(f"weight: expected a number above 0 but found {weights[row]:g} at row {row}")
        if fault == "weight_below_one" and weights is not None:
            raise DesignError(
                "weight: expected at least 1 in a Poisson sample, whose weights are 1 / chance, but found "
                f"{weights[row]:g} at row {row}"
            )
        if fault == "cluster_with_two_chances":
            raise DesignError(
                f"cluster: {rows} are of one cluster but have different probabilities or weights; a Poisson sample of "
                "clusters has one chance for each"
            )
        if self._clusters is not None and fault == "cluster_in_two_strata":
            raise DesignError(
                f"cluster: {shown(self._clusters.labels[code])} lies in two strata ({rows}); "
                "give nest=True if its labels start again in each stratum"
            )
        if self._units is not None and (
            "unit_" in fault and fault != "single_unit_stratum" or "_unit" in fault
        ):
            what = {
                "repeated_unit": 'are the same unit; give repeats="average" or repeats="cluster"',
                "unit_in_two_strata": "lie in different strata",
                "unit_with_two_weights": "have different probabilities or weights",
                "unit_in_two_clusters": "lie in different clusters",
            }.get(fault)
            if what is not None:
                raise DesignError(f"unit {shown(self._units.labels[code])}: {rows} {what}")
        stratum = "the sample" if self._strata is None else f"stratum {self._strata.name(code)}"
        if populations is not None and fault == "bad_population":
            raise DesignError(
                f"population: expected a count above 0 for {stratum} but found {populations[code]:g}"
            )
        if populations is not None and fault == "small_population":
            raise DesignError(
                f"population: {stratum} holds {populations[code]:g} but {found['sampled']} were sampled"
            )
        if populations is not None and fault == "heavy_weights":
            raise DesignError(
                f"population: {stratum} holds {populations[code]:g} but its weights add up to more; one of the two is wrong"
            )
        raise DesignError(
            f"single_unit: {stratum} has one sampled unit, its variance cannot be estimated; "
            'choose "certainty", "average" or "adjust", or merge strata'
        )

    def _alone(self, values: Numbers) -> tuple[str, ...]:
        """The strata in which one unit alone has a value, of several that they hold: no variance follows from it."""
        if self._strata is None:
            return ()
        counts = np.bincount(self._core["stratum"][~np.isnan(values)], minlength=self._core["strata"])
        populations = self._core["population"]
        several = np.ones(len(counts), dtype=bool) if populations is None else populations > 1
        return tuple(self._strata.name(int(h)) for h in np.flatnonzero((counts == 1) & several))

    def _table(self) -> list[list[object]]:
        counts = np.bincount(self._core["stratum"], minlength=self._core["strata"])
        totals = np.bincount(self._core["stratum"], weights=self.weights, minlength=self._core["strata"])
        populations = self._core["population"]
        return [
            [
                "all" if self._strata is None else self._strata.name(h).strip('"'),
                int(counts[h]),
                float(totals[h]),
                None if populations is None or np.isinf(populations[h]) else float(populations[h]),
            ]
            for h in range(self._core["strata"])
        ]

    def summary(self) -> str:
        """The design in a sentence."""
        parts = [f"{self.units} units"]
        if self._strata is not None:
            parts.append(f"{self._core['strata']} strata")
        if self._core["cluster"] is not None:
            parts.append(f"{self._core['clusters']} clusters")
        if self.selection == "poisson":
            parts.append("Poisson sample")
        else:
            parts.append("finite population" if self._core["population"] is not None else "endless population")
        text = f"Sample design: {', '.join(parts)}."
        if self.absent.any():
            gaps = [f"{n:.0f} in {row[0]}" for n, row in zip(self.absent, self._table(), strict=True) if n]
            text += f" Drawn units without a row: {', '.join(gaps)}; the others of their stratum carry their weight."
        if self._short:
            text += (
                f" About {self._short} units fewer than the plan let expect, more than chance explains: drawn units without "
                "a row, for which nothing stands; totals are too low. Post-stratify to the known counts."
            )
        if self.uncovered:
            text += f" Nothing was evaluated in {shortened(self.uncovered, 'strata')}: estimates do not speak for it."
        if self._without_chance:
            text += f" {self._without_chance} conversations had no chance to be drawn: estimates do not speak for them."
        if self.adjustments:
            g = self.g_weights
            text += f" Weights {', then '.join(self.adjustments)}: {number(g.min())} to {number(g.max())} times those of the draw."
            totals = sum(len(step["target"]) for step in self._core["calibration"])
            drawn, what = (self.units, "units") if self._core["cluster"] is None else (self._core["clusters"], "clusters")
            if self.calibrated_errors == "linearized" and drawn < 10 * totals:
                text += f" {totals} known totals for {drawn} {what}: with fewer than 10 for each, linearized intervals are too narrow."
        return text

    def _columns(self) -> dict[str, Any]:
        if self._unit_of_row is None:
            first: Any = np.arange(len(self.frame))
        else:  # rows of one unit are alike in all this
            first = np.unique(self._unit_of_row, return_index=True)[1]
        columns: dict[str, Any] = {} if self.unit is None else {self.unit: self.unit_labels}
        if self._strata is not None:
            keys = [self._strata.keys[code] for code in self._core["stratum"].tolist()]
            columns |= {name: [key[at] for key in keys] for at, name in enumerate(self.stratum)}
        if self.cluster is not None and self._clusters is not None:
            columns[self.cluster] = [self._clusters.labels[code] for code in self._clusters.codes[first].tolist()]
        if self._probabilities is not None:
            columns["inclusion_probability"] = self._probabilities[first]
        return columns | {"weight": self.weights}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per unit, in the kind of frame that came in: unit, strata and cluster as far as they were named, the
        inclusion probability where it was given, and the weight that estimates use, after all adjustments."""
        columns = self._columns()
        return self.frame.build(columns) if backend is None else build_frame(columns, backend)

    def to_dict(self) -> dict[str, Any]:
        """One row per unit, as in `to_frame`."""
        columns = {name: list(getattr(values, "tolist", lambda found=values: found)()) for name, values in self._columns().items()}
        return {"rows": [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]}

    def plot(self, ax: Any = None, *, label: str = "") -> Any:
        """Weights by stratum, smallest, mean and largest, with how many units stand for how many, on matplotlib axes; without
        strata their histogram."""
        from ._plots import histogram_plot, spans_plot

        if self._strata is None:
            return histogram_plot(self.weights, ax, label=label or "weight: units that one stands for")
        codes = self._core["stratum"]
        of = [self.weights[codes == code] for code in range(self._core["strata"])]
        return spans_plot(
            [", ".join("(missing)" if label is None else str(label) for label in key) for key in self._strata.keys],
            [(float(one.min()), float(one.mean()), float(one.max())) if len(one) else (math.nan,) * 3 for one in of],
            ax,
            texts=[f"n = {len(one):,} for {one.sum():,.0f}" for one in of],
            label=label or "weight: units that one stands for",
        )

    HEADER = ("stratum", "units", "sum of weights", "population")

    def __repr__(self) -> str:
        return f"{self.summary()}\n{text_table(self.HEADER, self._table())}"

    def _repr_html_(self) -> str:
        return html_table(self.HEADER, self._table(), self.summary())


def rows_of(sample: Sample) -> Rows:
    """The sample as rows: a design as it is, a frame as independent rows."""
    if isinstance(sample, Rows):
        return sample
    rows = Rows(Frame.of(getattr(sample, "frame", sample), "sample"))
    if "inclusion_probability" in rows.frame.columns:
        raise ArgumentError(
            'sample: the frame has the "inclusion_probability" of a draw, which its plain rows would ignore; make a '
            "SampleDesign of it, or drop the column to take the rows as independent"
        )
    return rows


def replicates_of(variance: str, replicates: int, seed: int | None) -> tuple[str, int, int, int] | None:
    """How the kernels compute variances; None: from influence values."""
    check_choice("variance", variance, VARIANCES)
    if variance == "taylor":
        return None
    if variance == "bootstrap" and seed is None:
        raise ArgumentError("seed: the bootstrap needs one, any number: the same gives the same result")
    if replicates < 2:
        raise ArgumentError(f"replicates: expected 2 or more but found {replicates}")
    return variance, replicates, seed or 0, os.cpu_count() or 1


def _estimates(
    name: str,
    rows: Rows,
    by: Columns | None,
    missing: str,
    columns: Sequence[Numbers],
    make: Callable[..., _core.Estimates],
) -> Estimate | EstimateTable:
    """`make(codes, domains, *columns)` for all units, or by domain."""
    scope = rows.scope
    name += scope
    domains = None if by is None else rows.domains(by, missing)
    codes, count = (None, 1) if domains is None else (domains.codes, len(domains))
    if missing == "domain":
        codes, columns = _core.leave_out_gaps(codes, count, list(columns))
    absent = rows.absent_by(domains)
    if domains is None:
        return Estimate.from_core(name, with_absent(make(codes, count, *columns)[0], *absent))
    found = make(codes, count, *columns).columns() if count else {}
    if any(absent):
        found["missing"] = found["missing"] + np.asarray(absent)
    return estimate_table(
        domains.keys,
        EstimateColumns(name, found),
        rows.frame.backend,
        unlabelled=domains.unlabelled,
        note=scope.removeprefix(" (").removesuffix(")"),
    )


def with_absent(record: Mapping[str, Any], absent: int) -> dict[str, Any]:
    """The record of an estimate with the drawn units that have no row among the missing ones."""
    return {**record, "missing": record["missing"] + absent}


@overload
def mean(
    sample: Sample,
    column: str,
    *,
    by: None = None,
    confidence: float = 0.95,
    missing: str = "error",
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> Estimate: ...
@overload
def mean(
    sample: Sample,
    column: str,
    *,
    by: Columns,
    confidence: float = 0.95,
    missing: str = "error",
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> EstimateTable: ...
def mean(
    sample: Sample,
    column: str,
    *,
    by: Columns | None = None,
    confidence: float = 0.95,
    missing: str = "error",
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> Estimate | EstimateTable:
    """Mean of a column for the population, with standard error and t interval.

    Parameters
    ----------
    sample : SampleDesign or frame
        A frame stands for independent rows of equal weight; the result's `method` says so.
    column : str
        Column of numbers.
    by : str or sequence of str, optional
        Domains to estimate for. The whole design stays behind each of them.
    confidence : float
        Level of the interval, a fraction.
    missing : {"error", "drop", "domain"}
        Refuse missing values; leave those units out as answers that are missing, counted in the result (under a design
        with known population counts the others of their stratum then carry their weight: missing at random within
        strata); or take the units with a value as a part of the population, to which alone the question applies.
        Units without a label of `by` are in no domain; the table counts them as `unlabelled`.
    variance : {"taylor", "jackknife", "bootstrap"}
        How the standard error is computed: from influence values; leaving out each cluster once; or drawing clusters
        again (Rao and Wu), which needs a `seed`. All of them know strata, clusters, finite population and calibrated
        weights.
    replicates : int
        Of the bootstrap.
    seed : int, optional
        Of the bootstrap: the same gives the same numbers, on any number of cores.

    Returns
    -------
    Estimate, or EstimateTable with one row per domain if `by` is given.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> qa.mean(pd.DataFrame({"score": [0.71, 0.64, 0.80, 0.77, 0.69]}), "score", confidence=0.9)
    <Estimate: mean score is 0.7220, 90% interval 0.6612 to 0.7828, n = 5.>
    """
    how = replicates_of(variance, replicates, seed)
    rows = rows_of(sample)
    values = rows.numbers(column, check_choice("missing", missing, MISSING))
    return _estimates(
        f"mean {column}", rows, by, missing, [values],
        lambda codes, domains, y: _core.means(rows.core(), y, codes, domains, confidence, how, os.cpu_count() or 1),
    )  # fmt: skip


@overload
def total(
    sample: SampleDesign,
    column: str,
    *,
    by: None = None,
    confidence: float = 0.95,
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> Estimate: ...
@overload
def total(
    sample: SampleDesign,
    column: str,
    *,
    by: Columns,
    confidence: float = 0.95,
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> EstimateTable: ...
def total(
    sample: SampleDesign,
    column: str,
    *,
    by: Columns | None = None,
    confidence: float = 0.95,
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> Estimate | EstimateTable:
    """Total of a column over the population, by the design weights.

    A missing value is an error: there is no `missing=`. Drawn units that have no row leave their weight to the others of
    their stratum, in a total too; name and `missing` of the result count them. A plain frame has no weights and is refused.

    Parameters
    ----------
    sample : SampleDesign
    column : str
        Column of numbers.
    by : str or sequence of str, optional
        Domains to estimate for.
    confidence : float
        Level of the interval, a fraction.
    variance, replicates, seed
        As in `mean`.

    Returns
    -------
    Estimate, or EstimateTable if `by` is given.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"weight": [10, 10, 10], "complaints": [0, 1, 2]})
    >>> qa.total(qa.SampleDesign(calls, weight="weight"), "complaints").value
    30.0
    """
    how = replicates_of(variance, replicates, seed)
    rows = rows_of(sample)
    if rows.core() is None:
        raise ArgumentError(
            "sample: a total needs a SampleDesign: rows without weights stand for no population"
        )
    values = rows.numbers(column, "error")
    return _estimates(
        f"total {column}", rows, by, "error", [values],
        lambda codes, domains, y: _core.totals(rows.core(), y, codes, domains, confidence, how),
    )  # fmt: skip


@overload
def ratio(
    sample: Sample,
    numerator: str,
    denominator: str,
    *,
    by: None = None,
    confidence: float = 0.95,
    missing: str = "error",
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> Estimate: ...
@overload
def ratio(
    sample: Sample,
    numerator: str,
    denominator: str,
    *,
    by: Columns,
    confidence: float = 0.95,
    missing: str = "error",
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> EstimateTable: ...
def ratio(
    sample: Sample,
    numerator: str,
    denominator: str,
    *,
    by: Columns | None = None,
    confidence: float = 0.95,
    missing: str = "error",
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> Estimate | EstimateTable:
    """Ratio of the totals of two columns (points earned to points possible).

    Parameters are those of `mean`; a unit takes part if it has both values.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> qa.ratio(pd.DataFrame({"earned": [1, 3, 5], "possible": [2, 4, 4]}), "earned", "possible").value
    0.9
    """
    how = replicates_of(variance, replicates, seed)
    rows = rows_of(sample)
    check_choice("missing", missing, MISSING)
    top, bottom = rows.numbers(numerator, missing), rows.numbers(denominator, missing)
    return _estimates(
        f"{numerator} / {denominator}", rows, by, missing, [top, bottom],
        lambda codes, domains, y, x: _core.ratios(rows.core(), y, x, codes, domains, confidence, how),
    )  # fmt: skip


@overload
def variance(
    sample: Sample,
    column: str,
    *,
    by: None = None,
    confidence: float = 0.95,
    missing: str = "error",
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> Estimate: ...
@overload
def variance(
    sample: Sample,
    column: str,
    *,
    by: Columns,
    confidence: float = 0.95,
    missing: str = "error",
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> EstimateTable: ...
def variance(
    sample: Sample,
    column: str,
    *,
    by: Columns | None = None,
    confidence: float = 0.95,
    missing: str = "error",
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> Estimate | EstimateTable:
    """Variance of a column in the population (divisor n - 1), with t limits on the log scale.

    Parameters are those of `mean`.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> qa.variance(pd.DataFrame({"score": [1.0, 2.0, 3.0]}), "score").value
    1.0
    """
    how = replicates_of(variance, replicates, seed)
    rows = rows_of(sample)
    values = rows.numbers(column, check_choice("missing", missing, MISSING))
    return _estimates(
        f"variance of {column}", rows, by, missing, [values],
        lambda codes, domains, y: _core.variances(rows.core(), y, codes, domains, confidence, how),
    )  # fmt: skip


def _some(labels: Sequence[Any], most: int = 12) -> str:
    """The first labels, in words."""
    return ", ".join([shown(label) for label in labels[:most]] + (["..."] if len(labels) > most else [])) or "nothing"


def _events(rows: Rows, column: str, equals: Any, missing: str) -> Numbers:
    if equals is None:
        if rows.frame.is_text(column):
            raise DataError(
                f'{rows.frame.argument}: column "{column}": expected 0, 1, true or false but found text '
                f"({_some(rows.frame.labels(column).labels)}); give equals= to count one of its labels"
            )
        values = rows.frame.numbers(column)
        strange = ~np.isnan(values) & (values != 0) & (values != 1)
        if strange.any():
            row = int(np.argmax(strange))
            raise DataError(
                f'{rows.frame.argument}: column "{column}": expected 0, 1, true or false but found {values[row]:g} at '
                f"row {row}; give equals= to count one value"
            )
        return rows.numbers(column, missing)
    labels = rows.frame.labels(column)
    if equals not in labels.labels:
        raise ArgumentError(
            f'equals: no row of "{column}" is {shown(equals)}; it holds {_some(labels.labels)}'
            f"{did_you_mean(equals, labels.labels)}"
        )
    gaps = labels.codes == MISSING_CODE
    if missing == "error":
        rows._refuse(gaps, column, "value")
    return rows.by_unit(
        np.where(gaps, np.nan, (labels.codes == labels.labels.index(equals)).astype(np.float64))
    )


@overload
def proportion(
    sample: Sample,
    column: str,
    *,
    equals: Any = None,
    by: None = None,
    interval: str = "wilson",
    confidence: float = 0.95,
    missing: str = "error",
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> Estimate: ...
@overload
def proportion(
    sample: Sample,
    column: str,
    *,
    equals: Any = None,
    by: Columns,
    interval: str = "wilson",
    confidence: float = 0.95,
    missing: str = "error",
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> EstimateTable: ...
def proportion(
    sample: Sample,
    column: str,
    *,
    equals: Any = None,
    by: Columns | None = None,
    interval: str = "wilson",
    confidence: float = 0.95,
    missing: str = "error",
    variance: str = "taylor",
    replicates: int = 1000,
    seed: int | None = None,
) -> Estimate | EstimateTable:
    """Share of the population for which a column is true, a fraction from 0 to 1.

    Parameters
    ----------
    sample : SampleDesign or frame
        A frame stands for independent rows.
    column : str
        Column of booleans or 0 and 1; with `equals`, any column of labels.
    equals : optional
        The label to count.
    by : str or sequence of str, optional
        Domains to estimate for.
    interval : {"wilson", "logit", "beta", "arcsine", "likelihood", "t"}
        How limits are made. "wilson" and "beta" have limits at 0 and 1 too. Under unequal weights take "wilson": the others can
        promise too much (docs/estimation.md).
    confidence : float
        Level of the interval, a fraction.
    missing : {"error", "drop", "domain"}
        As in `mean`.
    variance, replicates, seed
        As in `mean`.

    Returns
    -------
    Estimate, or EstimateTable if `by` is given.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> p = qa.proportion(pd.DataFrame({"resolved": ["yes"] * 20}), "resolved", equals="yes")
    >>> round(p.low, 4), p.high
    (0.8389, 1.0)
    """
    how = replicates_of(variance, replicates, seed)
    rows = rows_of(sample)
    check_choice("missing", missing, MISSING)
    check_choice("interval", interval, INTERVALS)
    events = _events(rows, column, equals, missing)
    return _estimates(
        column if equals is None else f"{column} is {equals}", rows, by, missing, [events],
        lambda codes, domains, y: _core.proportions(rows.core(), y, codes, domains, confidence, interval, how),
    )  # fmt: skip


class Difference(TestedEstimate):
    """Mean of one domain minus mean of another, with the test of no difference."""

    CAUTION: ClassVar[str] = "It does not say why; an interval that holds 0 does not say that there is no difference."


def difference(
    sample: Sample,
    column: str,
    *,
    by: str,
    between: tuple[Any, Any],
    confidence: float = 0.95,
    missing: str = "error",
    df: str = "satterthwaite",
) -> Difference:
    """Mean in the first domain minus mean in the second, with the covariance that a shared design brings.

    Parameters
    ----------
    sample : SampleDesign or frame
        A frame stands for independent rows: two samples, each with its own variance (Welch's test).
    column : str
        Column of numbers.
    by : str
        Column that names the domains (a period, a team).
    between : tuple of two labels
        First minus second.
    confidence, missing
        As in `mean`.
    df : {"satterthwaite", "design"}
        Degrees of freedom under a design: from either domain's own variance, right where one of them is small, or
        clusters - strata - 1, for comparison with other programs.

    Returns
    -------
    Difference
        An Estimate with `test` (t statistic, df, two-sided p).

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"month": ["may"] * 3 + ["june"] * 3, "score": [0.5, 0.6, 0.7, 0.7, 0.8, 0.9]})
    >>> round(qa.difference(calls, "score", by="month", between=("june", "may")).value, 4)
    0.2
    """
    rows = rows_of(sample)
    design_df = check_choice("df", df, ("satterthwaite", "design")) == "design"
    values = rows.numbers(column, check_choice("missing", missing, MISSING))
    domains = rows.domains(by, missing)
    labels = domains.keys[0][1]
    if isinstance(between, str) or not isinstance(between, Sequence) or len(between) != 2 or between[0] == between[1]:
        raise ArgumentError(
            f"between: expected two different labels of {by}, the first minus the second, but found {between!r}; "
            f"it holds {_some(labels)}"
        )
    for label in between:
        if label not in labels:
            raise ArgumentError(
                f"between: no row of {by} is {shown(label)}; it holds {_some(labels)}{did_you_mean(label, labels)}"
            )
    codes = [labels.index(label) for label in between]
    inside = domains.codes
    if missing == "domain":
        inside, [values] = _core.leave_out_gaps(inside, len(labels), [values])
    found, test = _core.mean_difference(
        rows.core(), values, inside, len(labels), codes[0], codes[1], confidence, design_df
    )
    name = f"{column}: {between[0]} minus {between[1]}{rows.scope}"
    [absent] = rows.absent_by(None)
    return Difference.from_core(name, with_absent(found, absent), test=TestResult.from_core(test))


@dataclass(frozen=True, repr=False)
class DesignEffect(Result):
    """How much the design changes the variance of a mean.

    Attributes
    ----------
    without_replacement, with_replacement : float
        Design variance over that of a simple random sample of the same size, drawn without or with replacement.
    kish : float
        Effect of unequal weights alone, 1 + cv^2.
    effective_size : float
        n / kish.
    undefined : str or None
        Why something is undefined.
    missing : int
        Drawn units that have no row; the others of their stratum carry their weight.
    """

    CAUTION: ClassVar[str] = "It belongs to this column: other figures of the same sample have their own."

    without_replacement: float
    with_replacement: float
    kish: float
    effective_size: float
    undefined: str | None
    missing: int = 0

    def to_dict(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def to_frame(self, backend: str | None = None) -> Any:
        return build_frame({name: [value] for name, value in self.to_dict().items()}, backend)

    def _rows(self) -> list[tuple[str, float]]:
        return [
            ("without replacement", self.without_replacement),
            ("with replacement", self.with_replacement),
            ("unequal weights alone", self.kish),
        ]

    def _said(self) -> str:
        """What the design does to the variance of the mean, in words."""
        if np.isnan(self.without_replacement):
            text = f"The design effect is undefined: {self.undefined}."
        else:
            text = f"The variance of the mean is {number(self.without_replacement)} times that of a simple random sample."
        if not np.isnan(self.kish):
            effective = number(self.effective_size)
            text += f" Unequal weights alone: {number(self.kish)} times, as if {effective} units were scored."
        if self.missing:
            text += f" Drawn units without a row: {self.missing}; the others of their stratum carry their weight."
        return text

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """The effects as bars beside 1, no effect, on matplotlib axes. Options: `label`."""
        from ._plots import aside, bar_plot

        shown: dict[str, Any] = {"label": "variance over that of a simple random sample", "reference": 1.0} | options
        ax = bar_plot([name for name, _ in self._rows()], [value for _, value in self._rows()], ax, **shown)
        aside(ax, f"weights alone: as if n = {number(self.effective_size)}")
        return ax

    def __repr__(self) -> str:
        return f"<DesignEffect: {self._said()}>"

    def _repr_html_(self) -> str:
        return html_table(("design effect", "variance ratio"), self._rows(), self._said())


def design_effect(sample: SampleDesign, column: str) -> DesignEffect:
    """Design effect of the mean of a column.

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"weight": [1, 3, 1, 3], "score": [0.1, 0.2, 0.4, 0.3]})
    >>> round(qa.design_effect(qa.SampleDesign(calls, weight="weight"), "score").kish, 4)
    1.25
    """
    rows = rows_of(sample)
    if rows.core() is None:
        raise ArgumentError("sample: a design effect needs a SampleDesign")
    [absent] = rows.absent_by(None)
    return DesignEffect(**_core.design_effect(rows.core(), rows.numbers(column, "error")), missing=absent)
