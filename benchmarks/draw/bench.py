"""Stratified draw: 10 M conversations, 24 strata of unequal size, 12 %, integer ids.

Ids must be unique, and qascore proves it, exactly: ids that ascend prove it for free, others by a bitmap. The peers do not
look. The aim is set for what all of them do, so for ids that ascend; the other task shows what the proof costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import qascore as qa
from harness import Contestant, Task

ROWS, STRATA, RATE, SEED = 10_000_000, 24, 0.12, 20260101


def mix13(x: np.ndarray) -> np.ndarray:
    """Stafford's variant 13, on uint64 with wrap-around: the reference for the permanent random numbers."""
    x = x ^ (x >> np.uint64(30))
    x = x * np.uint64(0xBF58476D1CE4E5B9)
    x = x ^ (x >> np.uint64(27))
    x = x * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def reference(ids: np.ndarray, strata: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The rows that the definition asks for, written with NumPy alone."""
    step = np.uint64(0x9E3779B97F4A7C15)
    with np.errstate(over="ignore"):
        k0 = mix13(np.array([SEED], dtype=np.uint64) + step)
        k1 = mix13(k0 + step)
        number = mix13(mix13(ids.astype(np.uint64) ^ k0) + k1)
    chosen = []
    for h, n in enumerate(sizes):
        rows = np.flatnonzero(strata == h)
        chosen.append(rows[np.argpartition(number[rows], n - 1)[:n]])
    return np.sort(np.concatenate(chosen))


def numpy_draw(rng: np.random.Generator, strata: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """How one writes it with NumPy: a random number each, the smallest of each stratum."""
    number = rng.random(len(strata))
    chosen = []
    for h, n in enumerate(sizes):
        rows = np.flatnonzero(strata == h)
        chosen.append(rows[np.argpartition(number[rows], n - 1)[:n]])
    return np.sort(np.concatenate(chosen))


def tasks() -> list[Task]:
    rng = np.random.default_rng(1)
    share = np.arange(1, STRATA + 1) / (STRATA * (STRATA + 1) / 2)
    strata = rng.choice(STRATA, size=ROWS, p=share).astype(np.int64)
    out = []
    for name, ids, aims, note in (
        ("draw: 10 M rows, 24 strata, ids ascending", np.arange(ROWS, dtype=np.int64), {"NumPy": 15.0}, ""),
        (
            "draw: ids in any order, checked for repeats",
            rng.permutation(ROWS).astype(np.int64),
            {},
            "qascore also proves that no id is repeated; the peers do not look at ids",
        ),
    ):
        frame = pd.DataFrame({"id": ids, "stratum": strata})
        plan = qa.allocate(frame, strata="stratum", rate=RATE)
        sizes = np.asarray(plan.to_frame()["sample_size"])
        codes = strata.astype(np.uint32)
        expected = reference(ids, strata, sizes)

        def check(answers: Mapping[str, Any], expected: np.ndarray = expected, sizes: np.ndarray = sizes) -> None:
            np.testing.assert_array_equal(answers["qascore (arrays)"], expected)
            np.testing.assert_array_equal(np.bincount(strata[answers["NumPy"]], minlength=STRATA), sizes)

        out.append(
            Task(
                name,
                Contestant(
                    "qascore (arrays)",
                    lambda ids=ids, codes=codes, sizes=sizes: qa._core.draw_rows(ids, codes, sizes, SEED),
                ),
                (
                    Contestant(
                        "qascore (pandas frame in and out)",
                        lambda frame=frame, plan=plan: qa.draw(frame, plan, id="id", seed=SEED),
                    ),
                    Contestant("NumPy", lambda sizes=sizes: numpy_draw(np.random.default_rng(1), strata, sizes)),
                    Contestant(
                        "pandas groupby.sample",
                        lambda frame=frame: frame.groupby("stratum").sample(frac=RATE, random_state=1),
                    ),
                ),
                check,
                aims,
                note=note,
            )
        )
    return out
