"""Krippendorff's alpha: 100 k units x 4 raters, 5 categories, 20 % missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import qascore as qa
from harness import Contestant, Task

UNITS, RATERS, CATEGORIES, MISSING = 100_000, 4, 5, 0.2


def ratings() -> np.ndarray:
    rng = np.random.default_rng(2)
    truth = rng.integers(0, CATEGORIES, size=(UNITS, 1))
    matrix = np.clip(truth + rng.integers(-1, 2, size=(UNITS, RATERS)), 0, CATEGORIES - 1).astype(float)
    matrix[rng.random(matrix.shape) < MISSING] = np.nan
    return matrix


def tasks() -> list[Task]:
    import krippendorff

    matrix = ratings()
    by_rater = np.ascontiguousarray(matrix.T)
    table = qa.RatingTable.from_matrix(matrix)
    out = []
    for level in ("nominal", "ordinal"):

        def check(answers: Mapping[str, Any]) -> None:
            values = list(answers.values())
            np.testing.assert_allclose(values, values[-1], rtol=1e-12)

        out.append(
            Task(
                f"alpha, {level}: 100 k x 4, 5 categories, gaps",
                Contestant(
                    "qascore from the matrix, with interval",
                    lambda level=level: qa.krippendorff_alpha(
                            qa.RatingTable.from_matrix(matrix), level=level
                        ).value,
                ),
                (
                    Contestant(
                        "qascore, table ready",
                        lambda level=level: qa.krippendorff_alpha(table, level=level).value,
                    ),
                    Contestant(
                        "krippendorff (no interval)",
                        lambda level=level: krippendorff.alpha(
                            reliability_data=by_rater, level_of_measurement=level
                        ),
                    ),
                ),
                check,
                {"krippendorff (no interval)": 25.0},
            )
        )
    return out
