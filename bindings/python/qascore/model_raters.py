"""A model as one rater among people: can it stand for one of them, whom does it favour, has a new version changed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from . import _core
from ._frames import MISSING_CODE
from ._measure import rater_position
from ._rating_table import Part, RatingTable
from ._render import html_table, number, text_table
from ._results import Estimate, EstimateTable, Result, TestResult, TestedEstimate, _p_text, estimate_table
from .errors import ArgumentError, check_choice
from .gold import one_part

__all__ = [
    "Advantage",
    "AlternativeTest",
    "GroupDeviations",
    "ModelBreak",
    "alternative_annotator_test",
    "model_bias",
    "model_break",
]

SCORES = ("equal", "squared_error")


@dataclass(frozen=True, repr=False)
class Advantage(TestedEstimate):
    """The model against one person, both measured by the other people: model_wins - person_wins.

    Attributes
    ----------
    test : TestResult
        One-sided t test that the advantage is above -epsilon.
    model_wins, person_wins : float
        Share of units where the one is as near to the others as the other, or nearer; ties count for both.
    adjusted_p : float
        Adjusted for the number of people (Benjamini and Yekutieli).
    rejected : bool
        Whether the model does better than the person less epsilon.
    """

    CAUTION: ClassVar[str] = "Of one person: the test asks it of all."

    model_wins: float
    person_wins: float
    adjusted_p: float
    rejected: bool


@dataclass(frozen=True, repr=False)
class AlternativeTest(Result):
    """Whether a model can stand for one of the people.

    Attributes
    ----------
    people : EstimateTable
        One Advantage per person, by `rater`.
    winning_rate : float
        Share of people whose test rejects.
    passed : bool
        Whether it is a half or more.
    advantage : Estimate
        Average advantage probability: mean share of units where the model is as near to the others as the person, or nearer.
    epsilon, level : float
    undefined : str or None
    """

    CAUTION: ClassVar[str] = "To stand for a person is to be as near to the others as a person is, not to be right."

    people: EstimateTable
    winning_rate: float
    passed: bool
    advantage: Estimate
    epsilon: float
    level: float
    undefined: str | None

    def to_dict(self) -> dict[str, Any]:
        """Everything, in full precision."""
        record = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return record | {"people": self.people.to_dict(), "advantage": self.advantage.to_dict()}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per person."""
        return self.people.to_frame(backend)

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """The advantage over each person, with -epsilon as a line."""
        return self.people.plot(ax, **({"reference": -self.epsilon, "label": "advantage of the model"} | options))

    def _said(self) -> str:
        if self.undefined:
            return f"No alternative annotator test: {self.undefined}."
        verdict = "can" if self.passed else "cannot be shown to"
        return (
            f"The model {verdict} stand for a person: it does better than {number(self.winning_rate)} of {len(self.people)} people "
            f"less {self.epsilon:g}. Average advantage probability {self.advantage._value_text()}."
        )

    def __repr__(self) -> str:
        return f"{text_table(*self.people._table())}\n{self._said()}"

    def _repr_html_(self) -> str:
        return html_table(*self.people._table(), caption=self._said())


def alternative_annotator_test(
    table: RatingTable,
    *,
    model: Any,
    epsilon: float = 0.2,
    level: float = 0.05,
    score: str | None = None,
    least: int = 30,
    confidence: float = 0.95,
    design: Any = None,
) -> AlternativeTest:
    """Whether a model may stand for one of the people: the alternative annotator test (Calderon, Reichart and Dror 2025).

    Parameters
    ----------
    table : RatingTable
        Of one criterion, with the model as one of its raters and three people or more in part of the units (two others beside
        each person would be best, one is needed).
    model
        Which rater it is.
    epsilon : float, default 0.2
        What people are handicapped for being dearer: 0.2 where experts rate, 0.1 or 0.15 for others.
    level : float, default 0.05
        False discovery rate.
    score : {"equal", "squared_error"}, optional
        Nearness to the others: share of them with the same category, or minus the root mean squared difference. Default: the
        latter for numbers with fractions.
    least : int, default 30
        Units that a person needs to be tested.
    confidence, design
        As in `fleiss_kappa`.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rng = np.random.default_rng(1)
    >>> truth = rng.integers(0, 2, (100, 1))
    >>> said = np.where(rng.random((100, 4)) < [0.05, 0.2, 0.2, 0.2], 1 - truth, truth)
    >>> table = qa.RatingTable.from_matrix(said, raters=["model", "ann", "bob", "cay"])
    >>> qa.alternative_annotator_test(table, model="model").passed
    True
    """
    part = one_part(table)
    code = rater_position(part, model, "model")
    fractions = part.labels is None and bool(np.any(part.core.categories() % 1))
    how = check_choice("score", score or ("squared_error" if fractions else "equal"), SCORES)
    if how == "squared_error" and part.labels is not None:
        raise ArgumentError("score: squared_error needs numbers, but the ratings are text; expected equal")
    core, arrays = part.under(design)
    record: Mapping[str, Any] = _core.alternative_annotator(
        core, code, epsilon, level, how == "squared_error", least, confidence, arrays
    )
    raters = list(part.raters or ())
    rows = [
        (raters[at], Advantage(name="advantage", **{**one, "test": TestResult.from_core(one["test"])}))
        for at, one in record["rows"]
    ]
    return AlternativeTest(
        estimate_table([("rater", [rater for rater, _ in rows])], [one for _, one in rows], table._backend),
        record["winning_rate"],
        record["passed"],
        Estimate.from_core("average advantage probability", record["advantage"]),
        epsilon,
        level,
        record["undefined"],
    )


@dataclass(frozen=True, repr=False)
class GroupDeviations(Result):
    """Mean deviations of a rater from the others by group, and whether they are all equal.

    Attributes
    ----------
    measure : str
    estimates : EstimateTable
        One row per group.
    equality : TestResult
        Wald's F test that all groups have the same mean.
    adjusted_p : mapping from group to float
        Of each group against all others (of versions: against the one before), adjusted by Benjamini and Yekutieli; NaN
        where there is nothing to compare with.
    """

    CAUTION: ClassVar[str] = "A deviation from people's ratings is no error where the people are wrong."

    measure: str
    estimates: EstimateTable
    equality: TestResult
    adjusted_p: Mapping[Any, float]

    def to_dict(self) -> dict[str, Any]:
        """Everything, in full precision."""
        return {
            "measure": self.measure,
            "estimates": self.estimates.to_dict(),
            "statistic": self.equality.statistic,
            "test_df1": self.equality.df1,
            "test_df2": self.equality.df2,
            "p_value": self.equality.p_value,
            "adjusted_p": dict(self.adjusted_p),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per group."""
        return self.estimates.to_frame(backend)

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """The means with their intervals, and a line at 0."""
        return self.estimates.plot(ax, **({"reference": 0.0, "label": self.measure} | options))

    def _said(self) -> str:
        p = self.equality.p_value
        test = "no test of equality" if np.isnan(p) else f"all equal: p {_p_text(p)}"
        return f"{self.measure}: {test}.\n{self.estimates._said()}"

    def __repr__(self) -> str:
        return f"{self.estimates!r}\n{self._said().splitlines()[0]}"

    def _repr_html_(self) -> str:
        return html_table(*self.estimates._table(), caption=self._said().splitlines()[0])


@dataclass(frozen=True, repr=False)
class ModelBreak(Result):
    """Whether a model rates differently since its version changed.

    Attributes
    ----------
    bias : GroupDeviations
        Mean of model minus people, by version.
    error : GroupDeviations
        Mean absolute difference from people, by version: what a bias that cancels out does not show.
    """

    CAUTION: ClassVar[str] = "What changed between the versions may be the conversations."

    bias: GroupDeviations
    error: GroupDeviations

    def to_dict(self) -> dict[str, Any]:
        """Everything, in full precision."""
        return {"bias": self.bias.to_dict(), "error": self.error.to_dict()}

    def _estimates(self) -> EstimateTable:
        rows = [
            (measure, version, one)
            for measure, part in (("bias", self.bias), ("error", self.error))
            for version, one in zip(part.estimates.keys[0][1], part.estimates, strict=True)
        ]
        keys = [("measure", [row[0] for row in rows]), ("version", [row[1] for row in rows])]
        return estimate_table(keys, [row[2] for row in rows], self.bias.estimates.backend)

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per measure and version."""
        return self._estimates().to_frame(backend)

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Bias and error by version."""
        return self._estimates().plot(ax, **({"reference": 0.0} | options))

    def _said(self) -> str:
        return f"{self.bias._said()}\n{self.error._said()}"

    def __repr__(self) -> str:
        return f"{self.bias!r}\n\n{self.error!r}"

    def _repr_html_(self) -> str:
        return self.bias._repr_html_() + self.error._repr_html_()


def _deviations(table: RatingTable, model: Any, design: Any) -> tuple[Part, list[Any], npt.NDArray[np.float64], Any]:
    part = one_part(table)
    if part.labels is not None:
        raise ArgumentError("table: deviations need numbers, but the ratings are text")
    code = rater_position(part, model, "model")
    core, arrays = part.under(design)
    units = list(part.units) if design is None else list(design.unit_labels)
    return part, units, _core.deviations_from_others(core, code), arrays


def _by_group(
    measure: str,
    key: str,
    values: npt.NDArray[np.float64],
    units: Sequence[Any],
    group: Mapping[Any, Any],
    order: Sequence[Any] | None,
    confidence: float,
    arrays: Any,
    backend: str | None,
) -> GroupDeviations:
    found = [group.get(unit) for unit in units]
    labels = sorted({label for label in found if label is not None}) if order is None else list(order)
    if len(labels) < 2:
        raise ArgumentError(f"{key}: expected 2 groups or more but found {len(labels)}")
    at = {label: code for code, label in enumerate(labels)}
    codes = np.array([at.get(label, MISSING_CODE) for label in found], dtype=np.uint32)
    codes[np.isnan(values)] = MISSING_CODE
    filled = np.nan_to_num(values)  # units of no group take no part
    rows = _core.means(arrays, filled, codes, len(labels), confidence, None)
    estimates = [Estimate.from_core(measure, record) for record in rows]
    p = np.full(len(labels), np.nan)
    for code in range(len(labels)):
        if order is None:
            pair = np.where(codes == MISSING_CODE, codes, (codes == code).astype(np.uint32))
        else:
            pair = np.where((codes == code) | (codes == code - 1), (codes == code).astype(np.uint32), MISSING_CODE)
        p[code] = _core.equal_means(arrays, pair.astype(np.uint32), 2, filled)["p_value"]
    return GroupDeviations(
        measure,
        estimate_table([(key, labels)], estimates, backend),
        TestResult.from_core(_core.equal_means(arrays, codes, len(labels), filled)),
        dict(zip(labels, _core.adjusted_p(p, "benjamini_yekutieli").tolist(), strict=True)),
    )


def model_bias(
    table: RatingTable, *, model: Any, by: Mapping[Any, Any], confidence: float = 0.95, design: Any = None
) -> GroupDeviations:
    """Whether a model is milder or stricter than people with some groups: language, queue, the agent's sex.

    Of each unit the model's rating less the mean of the people's; their means by group, an F test that all are equal, and each
    group against all others. That people are biased too it cannot see.

    Parameters
    ----------
    table : RatingTable
        Of one criterion and numbers, with the model as one of its raters.
    model
        Which rater it is.
    by : mapping from unit to group
        Units without a group take no part.
    confidence, design
        As in `fleiss_kappa`.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rng = np.random.default_rng(1)
    >>> scores = rng.normal(0.7, 0.1, (90, 1)) + rng.normal(0, 0.05, (90, 3))
    >>> scores[:30, 0] -= 0.1
    >>> table = qa.RatingTable.from_matrix(scores, raters=["model", "ann", "bob"])
    >>> found = qa.model_bias(table, model="model", by={unit: "fr" if unit < 30 else "en" for unit in range(90)})
    >>> round(found.estimates["fr"].value, 2), found.equality.p_value < 0.001
    (-0.09, True)
    """
    _, units, values, arrays = _deviations(table, model, design)
    return _by_group("model less people", "group", values, units, by, None, confidence, arrays, table._backend)


def model_break(
    table: RatingTable,
    *,
    model: Any,
    version: Mapping[Any, Any],
    order: Sequence[Any] | None = None,
    confidence: float = 0.95,
    design: Any = None,
) -> ModelBreak:
    """Whether a model rates differently since its version changed, measured by the people who rate beside it.

    Parameters
    ----------
    table, model
        As in `model_bias`.
    version : mapping from unit to version
        Which version rated it.
    order : sequence, optional
        Versions from the first to the last; default ascending.
    confidence, design
        As in `fleiss_kappa`.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> rng = np.random.default_rng(1)
    >>> scores = rng.normal(0.7, 0.1, (90, 1)) + rng.normal(0, 0.05, (90, 3))
    >>> scores[45:, 0] += rng.normal(0, 0.15, 45)
    >>> table = qa.RatingTable.from_matrix(scores, raters=["model", "ann", "bob"])
    >>> found = qa.model_break(table, model="model", version={unit: 1 + unit // 45 for unit in range(90)})
    >>> found.bias.equality.p_value > 0.05, found.error.equality.p_value < 0.001
    (True, True)
    """
    _, units, values, arrays = _deviations(table, model, design)
    versions = sorted({v for v in version.values() if v is not None}) if order is None else list(order)
    unknown = [v for v in version.values() if v is not None and v not in versions]
    if unknown:
        raise ArgumentError(f"order: version {unknown[0]!r} is not among {', '.join(map(str, versions))}")
    parts = [
        _by_group(measure, "version", of, units, version, versions, confidence, arrays, table._backend)
        for measure, of in (("model less people", values), ("absolute difference from people", np.abs(values)))
    ]
    return ModelBreak(*parts)
