"""Quadratic kappa of two raters: 1 M pairs, 5 categories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import qascore as qa
from harness import Contestant, Task

PAIRS, CATEGORIES = 1_000_000, 5


def tasks() -> list[Task]:
    from sklearn.metrics import cohen_kappa_score

    rng = np.random.default_rng(4)
    first = rng.integers(0, CATEGORIES, size=PAIRS)
    second = np.clip(first + rng.integers(-1, 2, size=PAIRS), 0, CATEGORIES - 1)
    matrix = np.column_stack([first, second])
    table = qa.RatingTable.from_matrix(matrix)

    def check(answers: Mapping[str, Any]) -> None:
        values = list(answers.values())
        np.testing.assert_allclose(values, values[-1], rtol=1e-12)

    return [
        Task(
            "quadratic kappa: 1 M pairs",
            Contestant(
                "qascore from the matrix, with interval",
                lambda: qa.cohen_kappa(qa.RatingTable.from_matrix(matrix), weights="quadratic").value,
            ),
            (
                Contestant(
                    "qascore, table ready",
                    lambda: qa.cohen_kappa(table, weights="quadratic").value,
                ),
                Contestant(
                    "scikit-learn (no interval)",
                    lambda: cohen_kappa_score(first, second, weights="quadratic"),
                ),
            ),
            check,
            {"scikit-learn (no interval)": 30.0},
        )
    ]
