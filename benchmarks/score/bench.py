"""Scoring: 1 M evaluations x 30 criteria in 5 sections, one answer in ten not applicable, a fatal criterion, a condition.

Peers compute the plain weighted mean of the same sections and criteria: what one writes without a rubric engine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import qascore as qa
from harness import Contestant, Task

ROWS, SECTIONS, CRITERIA = 1_000_000, 5, 6
NOT_ASKED, NOT_APPLICABLE = 253, 254
YES, NO = 0, 1
ASKED, ASKED_WHEN = 9, 8  # criteria by position: the second decides on the first


def form() -> qa.Rubric:
    sections = [
        {
            "id": f"s{s}",
            "weight": s + 1,
            "criteria": [
                {"id": f"s{s}c{c}", "weight": 1 + c % 3, "answer": "yes_no", "not_applicable": True}
                for c in range(CRITERIA)
            ],
        }
        for s in range(SECTIONS)
    ]
    sections[0]["criteria"][0]["fail"] = [{"when": "below_highest", "scope": "form", "effect": "zero"}]
    sections[ASKED // CRITERIA]["criteria"][ASKED % CRITERIA]["ask_when"] = {
        "criterion": f"s{ASKED_WHEN // CRITERIA}c{ASKED_WHEN % CRITERIA}",
        "is": "yes",
    }
    document = {
        "qascore": 1,
        "id": "benchmark",
        "version": "1",
        "scoring": {"method": "weighted", "weights": "section", "not_applicable": "redistribute"},
        "sections": sections,
    }
    return qa.Rubric.parse(json.dumps(document))


def answers() -> np.ndarray:
    rng = np.random.default_rng(6)
    codes = rng.choice(
        np.array([YES, NO, NOT_APPLICABLE], dtype=np.uint8), p=[0.75, 0.15, 0.1], size=(SECTIONS * CRITERIA, ROWS)
    )
    codes[ASKED, codes[ASKED_WHEN] != YES] = NOT_ASKED
    return np.ascontiguousarray(codes)


WEIGHTS = np.array([1 + c % 3 for _ in range(SECTIONS) for c in range(CRITERIA)], dtype=float)
SECTION_WEIGHTS = np.arange(1, SECTIONS + 1, dtype=float)


def numpy_plain(points: np.ndarray) -> np.ndarray:
    """Weighted mean over the criteria that apply; NaN where not applicable. The simplest thing that could be right."""
    applies = ~np.isnan(points)
    return np.nansum(points * WEIGHTS, axis=1) / (applies * WEIGHTS).sum(axis=1)


def numpy_sections(points: np.ndarray) -> np.ndarray:
    """What the rubric says, by NumPy: the reference. A section without an applicable criterion leaves the form."""
    applies = ~np.isnan(points)
    earned = np.where(applies, points, 0.0) * WEIGHTS
    possible = applies * WEIGHTS
    top = np.zeros(len(points))
    bottom = np.zeros(len(points))
    for s in range(SECTIONS):
        part = slice(s * CRITERIA, (s + 1) * CRITERIA)
        there = possible[:, part].sum(axis=1)
        share = earned[:, part].sum(axis=1) / np.where(there > 0, there, 1.0)
        top += np.where(there > 0, SECTION_WEIGHTS[s] * share, 0.0)
        bottom += np.where(there > 0, SECTION_WEIGHTS[s], 0.0)
    score = top / np.where(bottom > 0, bottom, np.nan)
    return np.where(points[:, 0] == 0.0, 0.0, score)


def tasks() -> list[Task]:
    rubric = form()
    codes = answers()
    by_code = np.full(256, np.nan)
    by_code[[YES, NO]] = 1.0, 0.0
    points = np.ascontiguousarray(by_code[codes].T)
    frame = pd.DataFrame(points)
    names = {YES: "yes", NO: "no", NOT_APPLICABLE: "not_applicable", NOT_ASKED: None}
    small = pd.DataFrame({c.id: [names[v] for v in codes[i, :1000]] for i, c in enumerate(rubric.criteria)})

    def check(given: Mapping[str, Any]) -> None:
        expected = numpy_sections(points)
        np.testing.assert_allclose(given["qascore (codes, one thread)"], expected, rtol=1e-14, atol=1e-15)
        np.testing.assert_allclose(given["NumPy, sections and fail rule"], expected, rtol=0)
        np.testing.assert_allclose(given["NumPy, plain weighted mean"], numpy_plain(points), rtol=1e-15)
        # Answers as text give the bits that codes give.
        np.testing.assert_array_equal(rubric.score(small).score, given["qascore (codes, one thread)"][:1000])

    return [
        Task(
            "score: 1 M evaluations x 30 criteria",
            Contestant(
                "qascore (codes, one thread)",
                lambda: rubric._core.score_codes(codes, False, 1)["score"],
            ),
            (
                Contestant("qascore (codes, two threads)", lambda: rubric._core.score_codes(codes, False, 2)["score"]),
                Contestant("reading the bytes (NumPy max)", lambda: int(codes.max())),
                Contestant("NumPy, plain weighted mean", lambda: numpy_plain(points)),
                Contestant("NumPy, sections and fail rule", lambda: numpy_sections(points)),
                Contestant(
                    "pandas, plain weighted mean",
                    lambda: frame.mul(WEIGHTS).sum(axis=1) / frame.notna().mul(WEIGHTS).sum(axis=1),
                ),
            ),
            check,
            {"NumPy, plain weighted mean": 40.0, "reading the bytes (NumPy max)": 1 / 8},
        )
    ]
