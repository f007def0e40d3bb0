"""A stratum that was sampled and in which nobody answered: the others do not stand for it, whatever is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa

SILENT = "a stratum was sampled but none of its units has a value: the others say nothing of it"
ASKED: dict[str, Callable[[qa.SampleDesign], Any]] = {
    "mean": lambda d: qa.mean(d, "y", missing="drop"),
    "mean by": lambda d: qa.mean(d, "y", by="part", missing="drop"),
    "difference": lambda d: qa.difference(d, "y", by="part", between=("p", "q"), missing="drop"),
    "paired difference": lambda d: qa.paired_difference(d, "x", "y", missing="drop"),
    "ratio": lambda d: qa.ratio(d, "y", "x", missing="drop"),
    "variance": lambda d: qa.variance(d, "y", missing="drop"),
    "median": lambda d: qa.median(d, "y", missing="drop"),
    "proportion": lambda d: qa.proportion(d, "event", missing="drop"),
    "top box": lambda d: qa.top_box(d, "stars", scale=(1, 5), missing="drop"),
    "net promoter score": lambda d: qa.nps(d, "stars", missing="drop"),
    "association": lambda d: qa.association(d, "x", "y", missing="drop"),
    "bootstrap": lambda d: qa.bootstrap(d, "x", "y", seed=1, missing="drop"),
    "distance correlation": lambda d: qa.distance_correlation(d, "x", "y", missing="drop"),
    "comparison": lambda d: qa.compare_correlations(d, ("x", "y"), ("x", "z"), missing="drop"),
    "parts": lambda d: qa.correlations_by_part(d, "x", "y", by="part", missing="drop"),
    "within and between": lambda d: qa.within_between_correlation(d, "x", "y", group="agent", missing="drop"),
    "partial correlation": lambda d: qa.partial_correlation(d, "x", "y", given="z", missing="drop"),
    "partial correlations": lambda d: qa.partial_correlations(d, ["x", "y", "z"], missing="drop"),
    "time": lambda d: qa.time_concordance(d, "x", time="time", event="event", missing="drop"),
    "regression": lambda d: qa.regression(d, "y", ["x"], missing="drop"),
    "logit": lambda d: qa.regression(d, "event", ["x"], family="logit", missing="drop"),
    "importance": lambda d: qa.relative_importance(d, "y", ["x", "z"], missing="drop"),
}


def sample(*, silent: bool) -> qa.SampleDesign:
    draw = np.random.default_rng(1)
    rows = 120
    frame = pd.DataFrame({"id": range(rows), "queue": np.repeat(list("abcd"), rows // 4), "chance": 0.1, "part": ["p", "q"] * (rows // 2)})
    frame["agent"] = [f"a{row % 20}" for row in range(rows)]
    frame["x"], frame["z"] = draw.normal(size=(2, rows))
    frame["y"] = frame.x + draw.normal(size=rows)
    frame["event"] = draw.integers(0, 2, rows).astype(float)
    frame["stars"] = draw.integers(1, 6, rows).astype(float)
    frame["time"] = draw.exponential(size=rows) + 0.01
    answers = ["y", "event", "stars", "time"]
    frame.loc[frame.queue == "d" if silent else frame.id % 30 == 0, answers] = np.nan
    return qa.SampleDesign(frame, unit="id", stratum="queue", probability="chance")


@pytest.mark.parametrize("name", ASKED)
def test_nobody_stands_for_a_stratum_without_an_answer(name: str) -> None:
    assert SILENT in str(ASKED[name](sample(silent=True)))
    assert SILENT not in str(ASKED[name](sample(silent=False)))
