"""Limits, bands and marks are refused only where no evaluation can feel them: small forms, all of their evaluations."""

from __future__ import annotations

import itertools
import json
import random
from typing import Any

import pytest
import qascore as qa

METHODS = ("weighted", "points", "scaled_points", "base")
ANSWERS: list[tuple[Any, list[str]]] = [
    ("yes_no", ["yes", "no"]),
    ({"options": [{"id": "x", "points": 4}, {"id": "y", "points": 1}]}, ["x", "y"]),
    ({"scale": {"min": 1, "max": 3}}, ["1", "2", "3"]),
    ({"several": True, "options": [{"id": "x", "points": 1}, {"id": "y", "points": 2}], "most": 2}, ["[]", "x", "y", "x;y"]),
]
MOVES: list[tuple[Any, list[str]]] = [
    ({"yes_no": {"points": -5}}, ["yes", "no"]),
    ({"yes_no": {"points": 3}}, ["yes", "no"]),
    ({"options": [{"id": "x", "points": 2}, {"id": "y", "points": -3}]}, ["x", "y"]),
    ({"several": True, "options": [{"id": "x", "points": -1}, {"id": "y", "points": 2}]}, ["[]", "x", "y", "x;y"]),
]


def random_form(draw: random.Random, method: str) -> tuple[dict[str, Any], list[tuple[dict[str, Any], list[str]]]]:
    scoring: dict[str, Any] = {"method": method}
    if method == "base":
        scoring |= {"base": draw.choice([8, 10, 12]), "scale": 10}
    else:
        scoring["not_applicable"] = draw.choice(["redistribute", "full_marks", "zero"])
    asked: list[tuple[dict[str, Any], list[str]]] = []
    for at in range(draw.choice([1, 2, 3])):
        answer, choices = draw.choice(MOVES if method == "base" else ANSWERS)
        one: dict[str, Any] = {"id": f"c{at}", "answer": answer, "not_applicable": draw.random() < 0.5}
        if method in ("points", "scaled_points") and at > 0 and draw.random() < 0.4:
            one["bonus"] = True
        if method in ("weighted", "scaled_points") and draw.random() < 0.5:
            one["weight"] = draw.choice([1, 2, 3])
        if method != "base" and draw.random() < 0.2:
            one["out_of"] = 5
        asked.append((one, choices))
    form = {"qascore": 1, "id": "f", "version": "1", "scoring": scoring, "sections": [{"id": "s", "criteria": [one for one, _ in asked]}]}
    return form, asked


def scores_of(form: dict[str, Any], asked: list[tuple[dict[str, Any], list[str]]]) -> list[float]:
    rubric = qa.Rubric.parse(json.dumps(form))
    every = [choices + [""] + (["not_applicable"] if one["not_applicable"] else []) for one, choices in asked]
    ids = [one["id"] for one, _ in asked]
    found = []
    for chosen in itertools.product(*every):
        result = rubric.score_one(dict(zip(ids, chosen, strict=True)), unanswered="leave_out")
        if result.score is None or result.score_before_fail is None:
            continue
        total = result.base
        for one in result.criteria:
            total += one.contribution
        assert total + result.cap_adjustment == pytest.approx(result.score_before_fail, abs=1e-15)
        found.append(result.score)
    return found


@pytest.mark.parametrize("method", METHODS)
def test_no_limit_is_refused_that_a_score_feels(method: str) -> None:
    draw = random.Random(METHODS.index(method))
    refused = 0
    for _ in range(12):
        form, asked = random_form(draw, method)
        found = scores_of(form, asked)
        for value in (0.25, 0.5, 0.75, 0.9, 1.1, 1.5, 2.5):
            unit = 10 if method == "base" else 1
            below = min(value, 1.0)
            for change, told, felt in (
                ({"scoring": form["scoring"] | {"cap": value * unit}}, "could cut nothing", max(found) > value + 1e-12),
                ({"scoring": form["scoring"] | {"floor": value * unit}}, "could lift nothing", min(found) < value - 1e-12),
                ({"bands": [{"id": "a", "from": below}, {"id": "b", "from": 0}]}, "that a score can reach", max(found) >= below),
                ({"pass_from": below}, "that a score can reach", max(found) >= below),
            ):
                try:
                    qa.Rubric.parse(json.dumps(form | change))
                except qa.RubricError as error:
                    if told in str(error):
                        refused += 1
                        assert not felt, (form, change)
    assert refused > 10
