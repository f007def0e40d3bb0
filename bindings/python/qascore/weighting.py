"""Weights that meet known totals: what the methods of a SampleDesign do. Results are designs."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from . import _core
from ._render import number
from .errors import ArgumentError, DataError, DesignError, check_choice, did_you_mean
from .estimation import Codes, Columns, Numbers, name_of

if TYPE_CHECKING:
    from .estimation import SampleDesign

METHODS = ("linear", "raking", "logit")


def exact(value: Any) -> str:
    """A total for a message: margins may differ by one in a million."""
    return f"{float(value):.12g}"


@dataclass(frozen=True)
class Known:
    """Something whose population totals are known, and its words for messages."""

    name: str
    cell: Codes | None
    value: Numbers | None
    total: Numbers
    cells: Sequence[tuple[Any, ...]]

    def place(self, cell: int) -> str:
        return f'"{self.name}"' if self.cell is None else f'"{self.name}" {name_of(self.cells[cell])}'


def _columns(by: Any) -> list[str]:
    return [by] if isinstance(by, str) else list(by)


def _margin(design: SampleDesign, by: Columns, totals: Any, argument: str) -> tuple[Known, Codes]:
    """The totals of the cells of `by`, and the cell of each unit."""
    names = _columns(by)
    shown = ", ".join(names)
    if not isinstance(totals, Mapping):
        raise ArgumentError(f'{argument}: expected a mapping from the labels of "{shown}" to totals but found {totals!r}')
    domains = design.domains(names, "error")
    cells = list(zip(*(labels for _, labels in domains.keys), strict=True))
    wanted = {key if isinstance(key, tuple) else (key,): total for key, total in totals.items()}
    for cell in cells:
        if cell not in wanted:
            near = did_you_mean(cell[-1], [key[-1] for key in wanted])
            raise DesignError(f'{argument}: no total for "{shown}" {name_of(cell)}, which the sample has{near}')
    for key in wanted:
        if key not in cells:
            near = did_you_mean(key[-1], [cell[-1] for cell in cells])
            raise DesignError(
                f'{argument}: "{shown}" {name_of(key)} has a total of {exact(wanted[key])} but no unit in the sample'
                f"{near}; merge it with another cell"
            )
    total = np.array([float(wanted[cell]) for cell in cells])
    return Known(shown, domains.codes, None, total, cells), domains.codes


def _number(design: SampleDesign, column: str, total: Any) -> Known:
    if isinstance(total, (str, bytes)) or not np.isscalar(total):
        raise ArgumentError(f'totals: expected a number for "{column}" but found {total!r}')
    return Known(column, None, design.numbers(column, "error"), np.array([float(total)]), [])  # type: ignore[arg-type]


def _raise(design: SampleDesign, argument: str, known: Sequence[Known], found: Mapping[str, Any]) -> NoReturn:
    """What the kernel found, in the words of the data."""
    fault, unit = found["fault"], found["unit"]
    here = known[found["auxiliary"]]
    place = here.place(found["cell"])
    value, asked = exact(found["found"]), exact(found["asked"])
    if fault == "no_label":
        raise DataError(f'{argument}: column "{here.name}": no label at unit {design.unit_labels[unit]!r}')
    if fault == "bad_value":
        raise DataError(
            f'{argument}: column "{here.name}": expected finite numbers of 0 or more but found {value} '
            f"at unit {design.unit_labels[unit]!r}"
        )
    if fault == "bad_total":
        raise DesignError(f"{argument}: expected a finite total above 0 for {place} but found {value}")
    if fault == "empty_cell":
        raise DesignError(
            f"{argument}: {place} has a total of {asked}, but no unit of the sample adds to it; merge it with another cell"
        )
    if fault == "margins_differ":
        raise DesignError(
            f'{argument}: "{here.name}" adds up to {value} units but "{known[0].name}" to {asked}; '
            "margins of one population agree"
        )
    if fault == "contradiction":
        raise DesignError(
            f"{argument}: {place} cannot have the total {asked}: in this sample the other totals make it {value}"
        )
    if fault == "below_zero":
        raise DesignError(
            f"{argument}: unit {design.unit_labels[unit]!r} would have the weight {value}; give bounds=(lower, upper) with a "
            'lower bound above 0, or method="raking"'
        )
    raise DesignError(
        f"{argument}: no weights within the bounds have these totals: {place} comes to {value} at the nearest, {asked} was "
        "asked; widen the bounds, or merge cells with few units"
    )


def _adjusted(design: SampleDesign, found: Mapping[str, Any], note: str) -> SampleDesign:
    out = copy.copy(design)
    out.weights = found["weight"]
    out._core = design._core | {
        "weight": found["weight"],
        "calibration": (*design._core["calibration"], found["step"]),
    }
    out.adjustments = (*design.adjustments, note)
    return out


def _refuse_other_population(design: SampleDesign, argument: str, known: Known) -> None:
    """Counts must be those of the design's own population, where it knows it."""
    counts = design._counts
    if counts is None or design._without_chance:
        return
    strata = known.cell is not None and list(known.cells) == design.strata
    found = _core.check_population(known.total, counts if strata else np.array([counts.sum()]))
    if found is None:
        return
    cell, value, asked = found
    place, has = (known.place(cell), "has") if strata and cell < len(known.total) else (f'"{known.name}"', "adds up to")
    raise DesignError(
        f"{argument}: {place} {has} {exact(value)} units but the plan or population of the design has {exact(asked)}; if the "
        "population is another one by now, make the design without them"
    )


def poststratify(
    design: SampleDesign, by: Columns | None, totals: Mapping[Any, float] | float, measure: str | None
) -> SampleDesign:
    if by is None:
        if isinstance(totals, Mapping):
            raise ArgumentError("totals: expected one number, as there is no `by`, but found a mapping")
        cell = np.zeros(design.units, dtype=np.uint32)
        known = Known(measure or "all units", cell, None, np.array([float(totals)]), [("all",)])
    else:
        known, cell = _margin(design, by, totals, "totals")
    if measure is None:
        _refuse_other_population(design, "totals", known)
    values = None if measure is None else design.numbers(measure, "error")
    found = _core.poststratify(design.weights, cell, known.total, values)
    if found["fault"] == "bad_value":
        known = Known(str(measure), None, values, known.total, [])
    if found["fault"] != "none":
        _raise(design, "totals", [known], found)
    note = f"post-stratified by {known.name}" if by is not None else "adjusted"
    return _adjusted(design, found, note if measure is None else f"{note} to totals of {measure}")


def calibrate(
    design: SampleDesign,
    totals: Mapping[Any, Any],
    population: float | None,
    method: str,
    bounds: tuple[float, float] | None,
    word: str,
) -> SampleDesign:
    argument = "margins" if word == "raked" else "totals"
    check_choice("method", method, METHODS)
    if not isinstance(totals, Mapping) or not totals:
        raise ArgumentError(f"{argument}: expected a mapping from columns to totals but found {totals!r}")
    if method == "logit" and bounds is None:
        raise ArgumentError('bounds: method="logit" needs them, a lower bound below 1 and an upper bound above 1')
    known = [
        _margin(design, column, total, argument)[0]
        if isinstance(total, Mapping) or word == "raked"
        else _number(design, column, total)
        for column, total in totals.items()
    ]
    names = [one.name for one in known]
    if population is not None:
        known.insert(0, Known("population", None, np.ones(design.units), np.array([float(population)]), []))
    for one in known:
        if one.cell is not None or (population is not None and one is known[0]):
            _refuse_other_population(design, argument, one)
    lower, upper = (-np.inf, np.inf) if bounds is None else map(float, bounds)
    found = _core.calibrate_weights(
        design.weights, [(one.cell, one.value, one.total) for one in known], method, lower, upper
    )
    if found["fault"] != "none":
        _raise(design, argument, known, found)
    return _adjusted(design, found, f"{word} to {', '.join(names)}")


def trim(design: SampleDesign, lower: float, upper: float, by: Columns | None) -> SampleDesign:
    domains = None if by is None else design.domains(by, "error")
    found = _core.trim_weights(
        design.weights, lower, upper,
        None if domains is None else domains.codes, 1 if domains is None else len(domains),
    )  # fmt: skip
    if found["fault"] != "none":
        inside = "" if domains is None else f" in {name_of(tuple(labels[found['cell']] for _, labels in domains.keys))}"
        bound = "upper" if found["found"] < found["asked"] else "lower"
        raise DesignError(
            f"{bound}: the weights{inside} sum to {exact(found['asked'])}; within the bounds they can sum to "
            f"{exact(found['found'])}"
        )
    limits = [f"{name} {number(bound)}" for name, bound in (("from", lower), ("to", upper)) if 0 < bound < np.inf]
    return _adjusted(design, found, f"trimmed {' '.join(limits)}".strip())
