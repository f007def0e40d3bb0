"""Variance components of crossed agents and raters, with predictions and their errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import qascore as qa
from harness import Contestant, Task

LME4_MS = 6_300.0  # lme4 1.1.31 on the same design and machine: 4.9 s, and 1.4 s for the predictions' variances


def scores(n: int, agents: int, raters: int) -> pd.DataFrame:
    rng = np.random.default_rng(9)
    agent, rater = rng.integers(0, agents, n), rng.integers(0, raters, n)
    quality, severity = 6 * rng.normal(size=agents), 3 * rng.normal(size=raters)
    score = 75 + quality[agent] - severity[rater] + 9 * rng.normal(size=n)
    return pd.DataFrame({"score": score, "agent": agent, "rater": rater})


def double_scored(units: int, raters: int) -> qa.RatingTable:
    rng = np.random.default_rng(10)
    matrix = np.full((units, raters), np.nan)
    quality, severity = 6 * rng.normal(size=units), 3 * rng.normal(size=raters)
    for unit in range(units):
        pair = rng.choice(raters, 2, replace=False)
        matrix[unit, pair] = 75 + quality[unit] - severity[pair] + 5 * rng.normal(size=2)
    return qa.RatingTable.from_matrix(matrix)


def variances(found: qa.MixedModel) -> list[float]:
    return [one.value for one in found.variances]


def tasks() -> list[Task]:
    large, small = scores(200_000, 2_000, 100), scores(2_000, 40, 10)
    table = double_scored(20_000, 48)

    def ours(frame: pd.DataFrame) -> list[float]:
        return variances(qa.mixed_model(frame, "score", random=["agent", "rater"], interval="information"))

    def by_statsmodels() -> list[float]:
        import statsmodels.formula.api as smf

        parts = {"agent": "0 + C(agent)", "rater": "0 + C(rater)"}
        found = smf.mixedlm("score ~ 1", small, groups=np.ones(len(small)), vc_formula=parts).fit(reml=True)
        return [*found.vcomp, found.scale]

    def same(answers: Mapping[str, Any]) -> None:
        values = list(answers.values())
        for other in values[1:]:
            np.testing.assert_allclose(other, values[0], rtol=2e-3)

    def near_truth(answers: Mapping[str, Any]) -> None:
        np.testing.assert_allclose(answers["qascore"][0], 36, rtol=0.15)
        np.testing.assert_allclose(answers["qascore"][2], 81, rtol=0.02)

    def one_model(answers: Mapping[str, Any]) -> None:
        raters, forms = answers["rater_effects"], answers["icc_table"]
        unit, rater, error = (one.value for one in raters.variances)
        np.testing.assert_allclose(forms["ICC(A,1)"].value, unit / (unit + rater + error), rtol=1e-6)
        np.testing.assert_allclose(answers["g_study"].components["rater"].value, rater, rtol=1e-6)

    return [
        Task(
            "crossed model: 2,000 scores, 40 x 10",
            Contestant("qascore", lambda: ours(small)),
            (Contestant("statsmodels MixedLM", by_statsmodels),),
            same,
        ),
        Task(
            "crossed model: 200 k scores, 2,000 x 100",
            Contestant("qascore", lambda: ours(large)),
            (),
            near_truth,
            limit_ms=LME4_MS / 20,
            note=f"the aim is a twentieth of what lme4 took, {LME4_MS:g} ms",
        ),
        Task(
            "20,000 double-scored units, 48 raters",
            Contestant("rater_effects", lambda: qa.rater_effects(table)),
            (
                Contestant("icc_table", lambda: qa.icc_table(table)),
                Contestant("g_study", lambda: qa.g_study(table)),
            ),
            one_model,
            limit_ms=1000.0,
        ),
    ]
