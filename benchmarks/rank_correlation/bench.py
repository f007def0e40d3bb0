"""Spearman's and Kendall's correlations: 1 M pairs, one side with 5 levels (a CSAT)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import qascore as qa
from harness import Contestant, Task

PAIRS = 1_000_000


def tasks() -> list[Task]:
    from scipy import stats

    rng = np.random.default_rng(5)
    score = rng.random(PAIRS)
    csat = np.clip(np.round(1 + 4 * (0.5 * score + 0.5 * rng.random(PAIRS))), 1, 5)
    frame = pd.DataFrame({"score": score, "csat": csat})

    def check(answers: Mapping[str, Any]) -> None:
        values = list(answers.values())
        np.testing.assert_allclose(values, values[-1], rtol=1e-11)

    peers = {"spearman": stats.spearmanr, "kendall": stats.kendalltau}
    return [
        Task(
            f"{method.capitalize()}: 1 M pairs, one side 5 levels",
            Contestant(
                "qascore, with interval",
                lambda method=method: qa.association(frame, "score", "csat", method=method).value,
            ),
            (
                Contestant("SciPy (no interval)", lambda peer=peer: peer(score, csat).statistic),
                Contestant("pandas", lambda method=method: frame["score"].corr(frame["csat"], method=method)),
            ),
            check,
            {"SciPy (no interval)": 3.0},
        )
        for method, peer in peers.items()
    ]
