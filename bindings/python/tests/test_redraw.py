"""Whoever has the record of a draw and the conversations draws the same sample again."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import qascore as qa
from qascore.errors import ArgumentError, DataError, DesignError


def calls(rows: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "id": [f"c-{i}" for i in range(rows)],
            "queue": np.where(rng.random(rows) < 0.3, "chat", "phone"),
            "minutes": rng.integers(1, 30, rows),
            "at": rng.permutation(rows),
            "u": rng.random(rows),
            "escalated": rng.random(rows) < 0.05,
        }
    )


HOW: dict[str, dict[str, Any]] = {
    "simple": {},
    "started elsewhere": {"start": 0.25},
    "downwards": {"direction": "down"},
    "both": {"start": 0.1, "direction": "down"},
    "pareto": {"method": "pareto", "size_measure": "minutes", "start": 0.5},
    "poisson": {"method": "poisson", "size_measure": "minutes", "direction": "down"},
    "systematic": {"method": "systematic", "order_by": "at"},
    "random numbers": {"random_numbers": "u", "seed": None, "start": 0.3},
    "targeted": {"targeted_rates": {"escalated": 0.5}},
    "targeted counts": {"targeted_counts": {"escalated": 9}, "start": 0.7},
}


def recorded(plan: qa.SamplingPlan, **how: Any) -> qa.SamplingPlan:
    """The record as it comes back from a file."""
    return qa.SamplingPlan.from_json(plan.with_draw(id_kind="text", **({"seed": 11} | how)).to_json())


@pytest.mark.parametrize("name", HOW)
def test_a_recorded_draw_is_drawn_again(name: str) -> None:
    frame, how = calls(), HOW[name]
    plan = qa.allocate(frame, strata="queue", size=60)
    drawn = qa.draw(frame, plan, id="id", **({"seed": 11} | how))
    record = recorded(plan, **how)
    again = qa.redraw(frame, record, id="id")
    pd.testing.assert_frame_equal(again, drawn)
    mixed = qa.redraw(pl.from_pandas(frame.sample(frac=1.0, random_state=1)), record, id="id")
    assert set(mixed["id"]) == set(drawn["id"])
    if name != "simple":
        plain = qa.draw(frame, plan, id="id", seed=11)
        assert set(plain["id"]) != set(drawn["id"])  # the record says more than the seed


@pytest.mark.parametrize("how", ["avoid", "keep"])
def test_an_earlier_sample_is_drawn_again_from_its_own_record(how: str) -> None:
    frame = calls()
    first_plan, plan = (qa.allocate(frame, strata="queue", size=n) for n in (40, 90))
    first = qa.draw(frame, first_plan, id="id", seed=3, start=0.6)
    drawn = qa.draw(frame, plan, id="id", seed=11, **{how: first})
    earlier = recorded(first_plan, seed=3, start=0.6)
    record = recorded(plan, **{how: earlier})
    assert record.recorded_draw is not None
    assert record.recorded_draw.earlier == (how, earlier)
    pd.testing.assert_frame_equal(qa.redraw(frame, record, id="id"), drawn)
    kept = set(first["id"]) & set(drawn["id"])
    assert kept == (set(first["id"]) if how == "keep" else set())
    third = qa.draw(frame, plan, id="id", seed=12, keep=drawn)
    chain = recorded(plan, seed=12, keep=record)
    pd.testing.assert_frame_equal(qa.redraw(frame, chain, id="id"), third)
    assert json.loads(json.dumps(chain.to_dict()))["draw"]["earlier"][1]["draw"]["earlier"][0] == how


def test_without_strata_a_poisson_draw_is_recorded_drawn_again_and_estimated() -> None:
    frame = calls()
    plan = qa.allocate(frame, size=60)
    drawn = qa.draw(frame, plan, id="id", seed=11, method="poisson", size_measure="minutes")
    record = recorded(plan, method="poisson", size_measure="minutes")
    pd.testing.assert_frame_equal(qa.redraw(frame, record, id="id"), drawn)
    design = qa.SampleDesign(drawn, plan=record)
    assert design.selection == "poisson"
    pi = drawn["inclusion_probability"].to_numpy()
    assert pi == pytest.approx(np.minimum(1.0, 60 * drawn["minutes"] / frame["minutes"].sum()))
    found = qa.total(design, "minutes")
    y = drawn["minutes"].to_numpy(float)
    assert found.value == pytest.approx((y / pi).sum(), rel=1e-12)
    assert found.std_error == pytest.approx(np.sqrt(((1 - pi) * (y / pi) ** 2).sum()), rel=1e-12)
    fewer = qa.SampleDesign(drawn.head(20), plan=record)
    assert f"about {60 - 20} drawn units without a row" in qa.total(fewer, "minutes").name


def test_what_cannot_be_drawn_again_says_why() -> None:
    frame = calls()
    plan = qa.allocate(frame, strata="queue", size=60)
    with pytest.raises(ArgumentError, match="plan: no draw is recorded in it; plan.with_draw"):
        qa.redraw(frame, plan, id="id")
    with pytest.raises(DataError, match="id: the recorded draw went by ids that are text but found whole numbers"):
        qa.redraw(frame, recorded(plan), id="at")
    with pytest.raises(DesignError, match="stratum"):
        qa.redraw(frame.head(500), recorded(plan), id="id")
    with pytest.raises(ArgumentError, match="avoid: expected the plan of the earlier sample with its draw recorded"):
        plan.with_draw(seed=1, id_kind="text", avoid=plan)
    with pytest.raises(ArgumentError, match="keep: expected the plan .* but found DataFrame"):
        plan.with_draw(seed=1, id_kind="text", keep=frame)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="start: expected a number from 0 to below 1 but found 1.5"):
        plan.with_draw(seed=1, id_kind="text", start=1.5)
    with pytest.raises(ArgumentError, match="seed: expected None, as random_numbers are given"):
        plan.with_draw(seed=1, id_kind="text", random_numbers="u")
