"""Rows of a frame as mixed models read them: an outcome, factors, fixed columns, and nothing missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ._frames import MISSING_CODE, Frame, Labels
from ._results import Estimate, TestedEstimate, TestResult
from .errors import ArgumentError, DataError, check_choice

MISSING = ("error", "drop")
INTERVALS = ("automatic", "profile", "information")


class ModelRows:
    """What stays when gaps are refused or left out; `dropped` counts the rows that went."""

    def __init__(self, sample: Any, outcome: str, factors: Sequence[str], fixed: Sequence[str], missing: str) -> None:
        check_choice("missing", missing, MISSING)
        self.frame = Frame.of(sample)
        self.frame.require(outcome, *factors, *fixed)
        y = self.frame.numbers(outcome)
        keep = self._present(np.isnan(y), outcome, "value", missing)
        codes = []
        for name in factors:
            labels = self.frame.labels(name)
            keep &= self._present(labels.codes == MISSING_CODE, name, "label", missing)
            codes.append(labels)
        columns: list[tuple[str, npt.NDArray[np.float64]]] = []
        for name in fixed:
            columns += self._fixed(name)
        for name, values in columns:
            keep &= self._present(np.isnan(values), name, "value", missing)
        if not keep.any():
            raise DataError(f"{self.frame.argument}: expected rows with a value but found none")
        self.dropped = int(np.count_nonzero(~keep))
        self.y = np.ascontiguousarray(y[keep])
        self.factors = [_used(labels, keep) for labels in codes]
        self.names = [name for name, _ in columns]
        self.fixed = [np.ascontiguousarray(values[keep]) for _, values in columns]

    def _fixed(self, name: str) -> list[tuple[str, npt.NDArray[np.float64]]]:
        """Numbers as they are; of labels one column of 0 and 1 for each but the first."""
        if not self.frame.is_text(name):
            return [(name, self.frame.numbers(name))]
        labels = self.frame.labels(name)
        if len(labels.labels) < 2:
            raise DataError(f'{self.frame.argument}: column "{name}": expected two labels or more but found one')
        return [(f"{name} is {label}", column) for label, column in labels.indicators()]

    def _present(
        self, gaps: npt.NDArray[np.bool_], name: str, what: str, missing: str
    ) -> npt.NDArray[np.bool_]:
        if missing == "error" and gaps.any():
            raise DataError(
                f'{self.frame.argument}: column "{name}": no {what} at row {int(np.argmax(gaps))} '
                f'({int(gaps.sum())} in all); give missing="drop" to leave such rows out'
            )
        return ~gaps

    def of(self, at: int) -> tuple[npt.NDArray[np.uint32], int]:
        """A factor as the kernels take it."""
        return self.factors[at].codes, len(self.factors[at].labels)

    def refuse_dependent(self, dependent: int | None, argument: str) -> None:
        if dependent is not None:
            raise ArgumentError(
                f'{argument}: "{self.names[dependent]}" is the same in all rows, or a combination of those before it'
            )


def _used(labels: Labels, keep: npt.NDArray[np.bool_]) -> Labels:
    """The kept codes, dense again."""
    there, codes = np.unique(labels.codes[keep], return_inverse=True)
    return Labels(np.ascontiguousarray(codes, dtype=np.uint32), [labels.labels[code] for code in there.tolist()])


def columns_argument(argument: str, given: Sequence[str]) -> list[str]:
    """Names of columns; a bare text is one that was not put in a list."""
    if isinstance(given, str):
        raise ArgumentError(f'{argument}: expected a list of columns but found text; write ["{given}"]')
    return list(given)


def tested(name: str, record: tuple[dict[str, Any], dict[str, Any]]) -> TestedEstimate:
    """An estimate with its test from the kernels' pair."""
    return TestedEstimate.from_core(name, record[0], test=TestResult.from_core(record[1]))


def coefficients_of(found: dict[str, Any], names: Sequence[str]) -> list[Estimate]:
    """Intercept first."""
    return [
        Estimate.from_core(name, record)
        for name, record in zip(["intercept", *names], found["coefficients"], strict=False)
    ]


def check_interval(interval: str) -> str:
    return check_choice("interval", interval, INTERVALS)


__all__ = ["ModelRows", "check_interval", "coefficients_of", "columns_argument", "tested"]
