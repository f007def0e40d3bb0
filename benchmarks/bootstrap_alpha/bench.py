"""10,000 bootstrap replicates of alpha: a NumPy loop over the units' counts as peer, with fewer replicates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import qascore as qa
from harness import Contestant, Task

UNITS, RATERS, CATEGORIES, REPLICATES, BY_PEER = 10_000, 5, 5, 10_000, 100


def ratings() -> np.ndarray:
    rng = np.random.default_rng(5)
    truth = rng.integers(0, CATEGORIES, (UNITS, 1))
    wrong = rng.integers(0, CATEGORIES, (UNITS, RATERS))
    return np.where(rng.random((UNITS, RATERS)) < 0.7, truth, wrong)


def alphas(counts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Nominal alpha of each row of weights, from counts of units x categories without gaps."""
    n = weights @ counts
    total = n.sum(axis=1)
    together = (counts * (counts - 1)).sum(axis=1) / (RATERS - 1)
    observed = 1 - weights @ together / total
    expected = 1 - (n * (n - 1)).sum(axis=1) / (total * (total - 1))
    return 1 - observed / expected


def tasks() -> list[Task]:
    matrix = ratings()
    table = qa.RatingTable.from_matrix(matrix)
    counts = np.stack([(matrix == k).sum(axis=1) for k in range(CATEGORIES)], axis=1).astype(float)
    rng = np.random.default_rng(1)

    def by_numpy() -> float:
        drawn = np.stack([np.bincount(rng.integers(0, UNITS, UNITS), minlength=UNITS) for _ in range(BY_PEER)])
        return float(alphas(counts, drawn.astype(float)).std(ddof=1))

    def ours() -> qa.ResampledAgreement:
        found = qa.resample_agreement(table, seed=1, replicates=REPLICATES, level="nominal")
        assert isinstance(found, qa.ResampledAgreement)
        return found

    def check(answers: Mapping[str, Any]) -> None:
        found = answers["qascore"]
        whole = alphas(counts, np.ones((1, UNITS)))[0]
        np.testing.assert_allclose(found.value, whole, rtol=1e-12)
        # The peer's error has a relative standard error of 1 / sqrt(2 * 99).
        np.testing.assert_allclose(answers[f"NumPy, {BY_PEER} replicates"], found.std_error, rtol=0.3)
        np.testing.assert_allclose(found.std_error, qa.krippendorff_alpha(table, level="nominal").std_error, rtol=0.05)

    return [
        Task(
            "bootstrap of alpha: 10,000 x 10 k units x 5",
            Contestant("qascore", ours),
            (Contestant(f"NumPy, {BY_PEER} replicates", by_numpy),),
            check,
            limit_ms=1000.0,
            note=f"the peer makes {BY_PEER} replicates, ours {REPLICATES}: its ratio counts {REPLICATES // BY_PEER} times",
        )
    ]
