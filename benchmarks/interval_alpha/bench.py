"""Interval alpha where every value is distinct: no peer can do it at this size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import qascore as qa
from harness import Contestant, Task

UNITS, RATERS, SMALL = 100_000, 4, 100


def ratings() -> np.ndarray:
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(UNITS, 1)) + 0.5 * rng.normal(size=(UNITS, RATERS))
    matrix[rng.random(matrix.shape) < 0.2] = np.nan
    return matrix


def tasks() -> list[Task]:
    import krippendorff

    matrix = ratings()
    table = qa.RatingTable.from_matrix(matrix)
    small = matrix[:SMALL]
    expected = krippendorff.alpha(reliability_data=small.T, level_of_measurement="interval")

    def check(answers: Mapping[str, Any]) -> None:
        found = qa.krippendorff_alpha(qa.RatingTable.from_matrix(small), level="interval").value
        np.testing.assert_allclose(found, expected, rtol=1e-11)
        values = list(answers.values())
        np.testing.assert_allclose(values, values[0], rtol=1e-12)

    return [
        Task(
            "alpha, interval: 100 k x 4, all distinct",
            Contestant(
                "qascore from the matrix, with interval",
                lambda: qa.krippendorff_alpha(qa.RatingTable.from_matrix(matrix), level="interval").value,
            ),
            (
                Contestant(
                    "qascore, table ready",
                    lambda: qa.krippendorff_alpha(table, level="interval").value,
                ),
            ),
            check,
            limit_ms=50.0,
            note=f"checked against krippendorff on the first {SMALL} units, the most it takes in reasonable time",
        )
    ]
