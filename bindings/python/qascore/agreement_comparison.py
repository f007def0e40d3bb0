"""Whether raters agree better here than there: differences of coefficients, with their dependence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from . import _core
from ._frames import MISSING_CODE
from ._measure import Measure
from ._rating_table import Part, RatingTable
from ._render import html_table, number
from ._results import EstimateTable, Result, TestResult, TestedEstimate, _p_text, estimate_table
from .calibration import STD_ERRORS, AgreementEstimate, _parts_of
from .errors import ArgumentError, check_choice, did_you_mean

__all__ = ["AgreementComparison", "AgreementDifference", "agreement_difference", "compare_agreement"]


@dataclass(frozen=True, repr=False)
class AgreementDifference(TestedEstimate):
    """The difference of two coefficients, first minus second, with the t test of no difference.

    Attributes
    ----------
    first, second : AgreementEstimate
        The two coefficients.
    correlation : float
        Of the two estimates: 0 where they share no unit.
    """

    CAUTION: ClassVar[str] = "It does not say which raters are right; where units vary less, agreement beyond chance is lower."

    first: AgreementEstimate
    second: AgreementEstimate
    correlation: float

    def to_dict(self) -> dict[str, Any]:
        """All fields, in full precision; of the two coefficients the value and its standard error."""
        record = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("test", "first", "second")}
        record |= {"statistic": self.test.statistic, "test_df": self.test.df1, "p_value": self.test.p_value}
        for name, one in (("first", self.first), ("second", self.second)):
            record |= {name: one.value, f"{name}_std_error": one.std_error}
        return record

    def _title(self) -> str:
        return f"{self.first._title()} {self.first._number()} minus {self.second._number()}"


@dataclass(frozen=True, repr=False)
class AgreementComparison(Result):
    """Several coefficients side by side, their differences, and the test that all are equal.

    Attributes
    ----------
    estimates : EstimateTable
        The coefficients, by `table`.
    differences : EstimateTable
        First minus second with the test of no difference, by `first` and `second`; no adjustment for their number.
    correlation : tuple of tuples of float
        Of the estimates, in the order of `estimates`.
    equality : TestResult
        Hotelling's T squared (`statistic`) that all are equal, its F degrees of freedom and p.
    undefined : str or None
        Why there is no test of equality.
    """

    CAUTION: ClassVar[str] = "That coefficients differ does not say why; where units vary less, agreement beyond chance is lower."

    estimates: EstimateTable
    differences: EstimateTable
    correlation: tuple[tuple[float, ...], ...]
    equality: TestResult
    undefined: str | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "estimates": self.estimates.to_dict()["rows"],
            "differences": self.differences.to_dict()["rows"],
            "correlation": [list(row) for row in self.correlation],
            "equality": {f.name: getattr(self.equality, f.name) for f in fields(self.equality)},
            "undefined": self.undefined,
        }

    def to_frame(self, which: str = "differences", backend: str | None = None) -> Any:
        """One row per difference, or per coefficient with which="estimates"."""
        table = getattr(self, check_choice("which", which, ("differences", "estimates")))
        return table.to_frame(backend)

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """The coefficients with their intervals; options as in `EstimateTable.plot`."""
        return self.estimates.plot(ax, **options)

    def _said(self) -> str:
        if self.undefined is not None:
            equal = f"No test that all are equal: {self.undefined}."
        else:
            equal = f"Test that all are equal: T squared {number(self.equality.statistic)}, p {_p_text(self.equality.p_value)}."
        return f"{self.estimates._said()}\n{equal}"

    def __repr__(self) -> str:
        return f"{self.estimates!r}\n{self.differences!r}\n{self._said().splitlines()[-1]}"

    def _repr_html_(self) -> str:
        tables = (self.estimates, "coefficients"), (self.differences, "first minus second")
        parts = [html_table(*table._table(), caption=caption) for table, caption in tables]
        return "\n".join([*parts, f"<p>{self._said().splitlines()[-1]}</p>"])


def agreement_difference(
    first: RatingTable,
    second: RatingTable,
    coefficient: str = "krippendorff_alpha",
    *,
    level: str | None = None,
    weights: Any = None,
    distances: Any = None,
    gold: Any = None,
    confidence: float = 0.95,
    design: Any = None,
    std_error: str = "influence",
    normal: bool = False,
) -> AgreementDifference | EstimateTable:
    """Agreement in one table minus agreement in another: two periods, two groups of raters, before and after training.

    Units are told by their labels: what the two tables share makes their coefficients depend on each other, and the
    standard error knows it. The same units rated twice give the paired test (Gwet 2016), other units that of independent
    samples, some of both what lies between.

    Parameters
    ----------
    first, second : RatingTable
        Of the same criteria; `table.only("ann", "bob")` is the table of some raters.
    coefficient : str, default "krippendorff_alpha"
        Any of `resample_agreement`.
    level, weights, distances, confidence, design, std_error, normal
        As in `krippendorff_alpha` and `fleiss_kappa`. A design holds the units of both tables.
    gold
        The rater who is right, for coefficient="gold_kappa".

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> before = qa.RatingTable.from_matrix(np.array([[1, 2], [2, 2], [3, 1], [1, 1], [2, 3], [3, 3]]))
    >>> after = qa.RatingTable.from_matrix(np.array([[1, 1], [2, 2], [3, 3], [1, 1], [2, 3], [3, 3]]))
    >>> change = qa.agreement_difference(after, before, "fleiss_kappa")
    >>> round(change.value, 4), round(change.test.p_value, 2)
    (0.4947, 0.17)
    """
    measure = Measure(coefficient, level, weights, distances, gold)
    check_choice("std_error", std_error, STD_ERRORS)
    parts = _common_parts({"first": first, "second": second})
    found = [
        _difference(_compared(pair, measure, confidence, design, std_error, normal), measure) for _, pair in parts
    ]
    if first.criterion is None:
        return found[0]
    return estimate_table([(first.criterion, [name for name, _ in parts])], found, first._backend)


def compare_agreement(
    tables: Mapping[Any, RatingTable],
    coefficient: str = "krippendorff_alpha",
    *,
    level: str | None = None,
    weights: Any = None,
    distances: Any = None,
    gold: Any = None,
    confidence: float = 0.95,
    design: Any = None,
    std_error: str = "influence",
    normal: bool = False,
) -> AgreementComparison:
    """A coefficient in several tables of one criterion: all differences, and the test that all are equal.

    Parameters
    ----------
    tables : mapping from name to RatingTable
        Units are told by their labels, as in `agreement_difference`.
    coefficient, level, weights, distances, gold, confidence, design, std_error, normal
        As in `agreement_difference`.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rows = np.array([[1, 1, 1], [2, 2, 1], [2, 2, 2], [1, 2, 1], [2, 2, 2], [1, 1, 2], [1, 1, 1], [2, 1, 2]])
    >>> table = qa.RatingTable.from_matrix(rows, raters=["expert", "ann", "bob"])
    >>> pairs = {name: table.only("expert", name) for name in ("ann", "bob")}
    >>> [round(e.value, 2) for e in qa.compare_agreement(pairs, "cohen_kappa").estimates]
    [0.5, 0.5]
    """
    measure = Measure(coefficient, level, weights, distances, gold)
    check_choice("std_error", std_error, STD_ERRORS)
    if len(tables) < 2:
        raise ArgumentError(f"tables: expected 2 or more to compare but found {len(tables)}")
    parts = _common_parts(tables)
    if len(parts) > 1:
        criteria = next(iter(tables.values())).criteria
        raise ArgumentError(f"tables: expected one criterion but found {len(criteria)}; take table[{criteria[0]!r}] of each")
    record = _compared(parts[0][1], measure, confidence, design, std_error, normal)
    names = list(tables)
    backend = next(iter(tables.values()))._backend
    estimates = [AgreementEstimate.from_core(measure.coefficient, one, weights=scale) for one, scale in record["rows"]]
    pairs = [(i, j) for j in range(len(names)) for i in range(j)]
    differences = [
        TestedEstimate.from_core("difference", {**one, "test": TestResult.from_core(one["test"])})
        for one in record["differences"]
    ]
    correlation = np.reshape(record["correlation"], (len(names), len(names)))
    return AgreementComparison(
        estimates=estimate_table([("table", names)], estimates, backend),
        differences=estimate_table(
            [("first", [names[i] for i, _ in pairs]), ("second", [names[j] for _, j in pairs])], differences, backend
        ),
        correlation=tuple(tuple(map(float, row)) for row in correlation),
        equality=TestResult.from_core(record["equality"]),
        undefined=record["undefined"],
    )


def _common_parts(tables: Mapping[Any, RatingTable]) -> list[tuple[Any, list[Part]]]:
    """The parts of each criterion, table by table; the tables must have the same criteria."""
    parts = {name: {part.criterion: part for part in _parts_of(table)} for name, table in tables.items()}
    (_, wanted), *others = parts.items()
    for name, found in others:
        for criterion in (*wanted, *found):
            if criterion not in found or criterion not in wanted:
                known = [c for c in found if c is not None] or [c for c in wanted if c is not None]
                raise ArgumentError(
                    f"tables: expected the same criteria in each, but criterion {criterion!r} is not in all (see {name!r})"
                    f"{did_you_mean(criterion, [c for c in known if c != criterion])}"
                )
    return [(criterion, [found[criterion] for found in parts.values()]) for criterion in wanted]


def _compared(
    parts: Sequence[Part], measure: Measure, confidence: float, design: Any, std_error: str, normal: bool
) -> dict[str, Any]:
    """The kernels' record; under `rows` the coefficients with the name of their scale."""
    if design is not None:
        under = [part.under(design) for part in parts]
        cores, arrays = [core for core, _ in under], under[0][1]
    else:
        cores, arrays = _aligned(parts), None
    of = [measure.of(part) for part in parts]
    record = _core.compare_agreement(cores, [what for what, _ in of], confidence, std_error, normal, arrays)
    rows = [(one, scale) for one, (_, scale) in zip(record["coefficients"], of, strict=True)]
    return {**record, "rows": rows}


def _aligned(parts: Sequence[Part]) -> list[_core.Ratings]:
    """The ratings of each on one list of units: those of the first, then what the others have more."""
    if all(part.units == parts[0].units for part in parts):
        return [part.core for part in parts]
    units = list(dict.fromkeys(unit for part in parts for unit in part.units))
    out = []
    for part in parts:
        code = {unit: at for at, unit in enumerate(part.units)}
        order = np.fromiter((code.get(unit, MISSING_CODE) for unit in units), dtype=np.uint32, count=len(units))
        out.append(part.core.for_units(order))
    return out


def _difference(record: Mapping[str, Any], measure: Measure) -> AgreementDifference:
    (one,) = record["differences"]
    first, second = (
        AgreementEstimate.from_core(measure.coefficient, row, weights=scale) for row, scale in record["rows"]
    )
    return AgreementDifference(
        name=f"difference of {measure.coefficient}",
        **{**one, "test": TestResult.from_core(one["test"])},
        first=first,
        second=second,
        correlation=float(record["correlation"][1]),
    )
