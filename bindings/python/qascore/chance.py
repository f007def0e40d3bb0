"""Whether raters agree beyond chance: the large-sample test of kappa = 0."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from . import _core
from ._frames import build_frame
from ._rating_table import Part, RatingTable
from ._render import html_table, number, without_rounding
from ._results import Result, _p_text
from .calibration import _parts_of, _weights
from .errors import ArgumentError, check_choice

__all__ = ["ChanceTest", "chance_test"]

TESTED = ("cohen_kappa", "scott_pi", "fleiss_kappa", "fleiss_kappa_pooled")


@dataclass(frozen=True, repr=False)
class ChanceTest(Result):
    """A coefficient against what chance alone gives.

    Attributes
    ----------
    coefficient, weights : str
    value : float
    std_error : float
        Under chance alone: for this test, not for an interval.
    statistic : float
        value / std_error, standard normal under chance.
    p_value, p_greater : float
        Two-sided; one-sided, for agreement beyond chance.
    n : int
        Units rated at least twice.
    undefined : str or None
    """

    CAUTION: ClassVar[str] = "Better than chance is the least to expect of raters: it does not say that they agree well."

    coefficient: str
    weights: str
    value: float
    std_error: float
    statistic: float
    p_value: float
    p_greater: float
    n: int
    undefined: str | None

    def to_dict(self) -> dict[str, Any]:
        """All fields, in full precision."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row."""
        return build_frame({name: [value] for name, value in self.to_dict().items()}, backend)

    def _said(self) -> str:
        if math.isnan(self.statistic):
            return f"No test of {self.coefficient} against chance: {self.undefined}."
        return (
            f"{self.coefficient} {number(without_rounding(self.value))} against chance: z {number(self.statistic)}, "
            f"p {_p_text(self.p_value)} (n = {self.n})."
        )

    def _table(self) -> tuple[list[str], list[list[object]]]:
        names = ["coefficient", "value", "std_error", "statistic", "p_value", "p_greater", "n"]
        return names, [[getattr(self, name) for name in names]]

    def __repr__(self) -> str:
        return f"<ChanceTest: {self._said()}>"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=self._said())


def chance_test(
    table: RatingTable, coefficient: str = "cohen_kappa", *, weights: Any = "identity"
) -> ChanceTest:
    """The test that raters agree no better than chance, with the standard error that holds then.

    It is the z of SAS, irr and the textbooks. That it rejects says little: raters who guess are rare. How well they agree is
    what the interval of the coefficient says, whose standard error is another number.

    Parameters
    ----------
    table : RatingTable
        Of one criterion; every unit rated, Cohen's by both raters, Scott's and Fleiss' equally often.
    coefficient : {"cohen_kappa", "scott_pi", "fleiss_kappa", "fleiss_kappa_pooled"}
    weights : str or matrix
        Of Cohen's kappa; the others have a test for identity weights only.

    Examples
    --------
    >>> import numpy as np, qascore as qa
    >>> table = qa.RatingTable.from_matrix(np.array([[1, 1], [2, 2], [1, 2], [2, 2], [1, 1], [2, 1], [1, 1], [2, 2]]))
    >>> round(qa.chance_test(table).statistic, 3)
    1.414
    """
    check_choice("coefficient", coefficient, TESTED)
    parts = _parts_of(table)
    if table.criterion is not None:
        raise ArgumentError(f"table: expected one criterion but found {len(parts)}; take table[{table.criteria[0]!r}]")
    part: Part = parts[0]
    matrix, name = _weights(part, weights)
    return ChanceTest(coefficient, name, **_core.chance_test(part.core, coefficient, matrix))
