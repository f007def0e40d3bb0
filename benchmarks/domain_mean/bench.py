"""Means by domain: 10 M scores of 10,000 agents, with standard errors and limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import qascore as qa
from harness import Contestant, Task

ROWS, AGENTS, QUEUES = 10_000_000, 10_000, 4


def tasks() -> list[Task]:
    rng = np.random.default_rng(7)
    agent = rng.integers(0, AGENTS, size=ROWS)
    frame = pd.DataFrame({"agent": agent, "queue": agent % QUEUES, "weight": 8.0, "score": rng.random(ROWS)})
    design = qa.SampleDesign(frame, stratum="queue", weight="weight")

    def means(estimates: Any) -> np.ndarray:
        return np.asarray([estimates["value"], estimates["std_error"]])

    def ours() -> np.ndarray:
        return means(qa.mean(design, "score", by="agent").to_frame())

    def by_pandas() -> np.ndarray:
        found = frame.groupby("agent")["score"].agg(["mean", "sem"])
        return np.asarray([found["mean"], found["sem"]])

    def by_numpy() -> np.ndarray:
        n = np.bincount(agent, minlength=AGENTS)
        mean = np.bincount(agent, frame["score"], AGENTS) / n
        squares = np.bincount(agent, (frame["score"] - mean[agent]) ** 2, AGENTS)
        return np.asarray([mean, np.sqrt(squares / (n - 1) / n)])

    def check(answers: Mapping[str, Any]) -> None:
        for given in answers.values():
            np.testing.assert_allclose(given[0], by_numpy()[0], rtol=1e-12)
            np.testing.assert_allclose(given[1], by_numpy()[1], rtol=2e-3)  # a domain of a sample: its size varies

    return [
        Task(
            "means of 10,000 agents, 10 M scores",
            Contestant("qascore, with limits", ours),
            (Contestant("pandas groupby mean, sem", by_pandas), Contestant("NumPy bincount", by_numpy)),
            check,
            {},
        )
    ]
