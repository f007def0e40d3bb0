"""Poisson samples: their variance, how a design knows of them, and conversations that no draw can reach."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa
from qascore.errors import ArgumentError, DataError, DesignError


def calls(rows: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    minutes = rng.gamma(2.0, 3.0, rows) + 0.5
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "queue": np.where(np.arange(rows) % 4 == 0, "chat", "phone"),
            "minutes": minutes,
            "complaints": rng.poisson(0.1 + minutes / 20),
            "score": np.clip(0.9 - minutes / 60 + rng.normal(0, 0.1, rows), 0, 1),
            "escalated": np.arange(rows) % 10 == 0,
            "one": 1.0,
        }
    )


def drawn_from(frame: pd.DataFrame, seed: int = 1, size: int = 80, **how: Any) -> tuple[qa.SamplingPlan, pd.DataFrame]:
    plan = qa.allocate(frame, strata="queue", size=size)
    return plan, qa.draw(frame, plan, id="id", seed=seed, **how)


def test_totals_and_means_have_the_poisson_variance() -> None:
    frame = pd.DataFrame({"p": [0.2, 0.5, 0.5, 0.8, 1.0], "y": [1.0, 4.0, 2.0, 3.0, 10.0], "x": [1.0, 2.0, 2.0, 1.0, 4.0]})
    design = qa.SampleDesign(frame, probability="p", selection="poisson")
    p, y, x = (frame[c].to_numpy() for c in ("p", "y", "x"))
    found = qa.total(design, "y")
    assert found.value == pytest.approx((y / p).sum())
    assert found.std_error == pytest.approx(np.sqrt(((1 - p) * (y / p) ** 2).sum()), rel=1e-14)
    assert found.df == 3  # four units were left to chance
    centre = qa.mean(design, "y")
    assert centre.value == pytest.approx((y / p).sum() / (1 / p).sum())
    assert centre.std_error == pytest.approx(
        np.sqrt(((1 - p) * ((y - centre.value) / p) ** 2).sum()) / (1 / p).sum(), rel=1e-14
    )
    r = qa.ratio(design, "y", "x")
    assert r.std_error == pytest.approx(
        np.sqrt(((1 - p) * ((y - r.value * x) / p) ** 2).sum()) / (x / p).sum(), rel=1e-14
    )
    # Weights say the same, strata nothing.
    weighted = frame.assign(w=1 / frame["p"], h=["a", "b", "b", "b", "b"])
    assert qa.total(qa.SampleDesign(weighted, weight="w", stratum="h", selection="poisson"), "y") == found
    assert "Poisson sample" in design.summary()


def test_whole_clusters_drawn_by_themselves() -> None:
    frame = pd.DataFrame({"agent": ["a", "a", "b", "c"], "p": [0.5, 0.5, 0.25, 1.0], "y": [1.0, 2.0, 3.0, 4.0]})
    design = qa.SampleDesign(frame, probability="p", cluster="agent", clusters_whole=True, selection="poisson")
    assert qa.total(design, "y").std_error == pytest.approx(np.sqrt(0.5 * 6.0**2 + 0.75 * 12.0**2), rel=1e-14)
    with pytest.raises(ArgumentError, match="say clusters_whole"):
        qa.SampleDesign(frame, probability="p", cluster="agent", selection="poisson")
    with pytest.raises(DesignError, match="rows 0 and 1 are of one cluster but have different probabilities"):
        qa.SampleDesign(
            frame.assign(p=[0.5, 0.4, 0.25, 1.0]), probability="p", cluster="agent", clusters_whole=True, selection="poisson"
        )
    # Several evaluations of one conversation are one draw.
    twice = qa.SampleDesign(frame, probability="p", unit="agent", repeats="cluster", selection="poisson")
    assert qa.total(twice, "y").std_error == pytest.approx(np.sqrt(0.5 * 3.0**2 + 0.75 * 12.0**2), rel=1e-14)
    average = qa.SampleDesign(frame, probability="p", unit="agent", repeats="average", selection="poisson")
    assert qa.total(average, "y").std_error == pytest.approx(np.sqrt(0.5 * 3.0**2 + 0.75 * 12.0**2), rel=1e-14)


@pytest.mark.parametrize("size", [None, "minutes"])
def test_intervals_of_poisson_samples_hold_what_they_promise(size: str | None) -> None:
    frame = calls()
    plan = qa.allocate(frame, strata="queue", size=80)
    names = ("complaints", "one")
    truth = {name: frame[name].sum() for name in names} | {"score": frame["score"].mean()}
    found: dict[str, list[tuple[float, float, bool]]] = {name: [] for name in truth}
    for seed in range(1500):
        drawn = qa.draw(frame, plan, id="id", seed=seed, method="poisson", size_measure=size)
        design = qa.SampleDesign(drawn, unit="id", plan=plan)
        for name in truth:
            e = qa.mean(design, name) if name == "score" else qa.total(design, name)
            found[name].append((e.value, e.std_error**2, e.low <= truth[name] <= e.high))
    for name, rows in found.items():
        values, variances, holds = (np.array(column) for column in zip(*rows, strict=True))
        assert values.mean() == pytest.approx(truth[name], abs=4 * values.std() / np.sqrt(len(rows)))
        # The variance of 1500 values is known to 4 %, a bit more for skewed ones.
        assert variances.mean() == pytest.approx(values.var(), rel=0.12)
        assert 0.925 <= holds.mean() <= 0.975


def test_weights_that_meet_known_totals_take_the_random_size_out() -> None:
    frame = calls()
    plan, drawn = drawn_from(frame, method="poisson")
    design = qa.SampleDesign(drawn, plan=plan).poststratify("queue", {"chat": 100, "phone": 300})
    count = qa.total(design, "one")
    assert count.value == pytest.approx(400)
    assert count.std_error == pytest.approx(0, abs=1e-9)
    assert qa.total(design, "complaints").std_error < qa.total(qa.SampleDesign(drawn, plan=plan), "complaints").std_error


def test_totals_that_contradict_the_plan_are_refused_with_both_numbers() -> None:
    frame = calls()
    plan, drawn = drawn_from(frame)
    design = qa.SampleDesign(drawn, plan=plan)
    again = "if the population is another one by now"
    for make, words in (
        (lambda: design.poststratify(None, 500), f'"all units" adds up to 500 units but the plan .* has 400; {again}'),
        (lambda: design.poststratify("queue", {"chat": 200, "phone": 200}), '"queue" "chat" has 200 units but .* has 100'),
        (lambda: design.poststratify("escalated", {True: 40, False: 370}), '"escalated" adds up to 410 units but .* has 400'),
        (lambda: design.rake({"escalated": {True: 40, False: 370}}), 'margins: "escalated" adds up to 410 units'),
        (lambda: design.calibrate_weights({"minutes": 2600}, population=401), 'totals: "population" .*401 units but .*400'),
    ):
        with pytest.raises(DesignError, match=words):
            make()  # type: ignore[no-untyped-call]
    assert qa.total(design.poststratify("escalated", {True: 40, False: 360}), "one").value == pytest.approx(400)
    known = frame["minutes"].sum()
    assert qa.total(design.poststratify(None, known, measure="minutes"), "minutes").value == pytest.approx(known)
    # Without a plan anything may be the population; a Poisson sample's plan knows it too.
    free = qa.SampleDesign(drawn, stratum="queue", probability="inclusion_probability")
    assert qa.total(free.poststratify(None, 500), "one").value == pytest.approx(500)
    _, poisson = drawn_from(frame, method="poisson")
    with pytest.raises(DesignError, match="adds up to 500 units"):
        qa.SampleDesign(poisson, plan=plan).poststratify(None, 500)


def test_missing_values_leave_their_weight_and_chance_to_the_others() -> None:
    frame = calls()
    plan, drawn = drawn_from(frame, method="poisson")
    gaps = drawn.assign(score=drawn["score"].where(np.arange(len(drawn)) % 3 != 0))
    design, fewer = (qa.SampleDesign(f, plan=plan) for f in (drawn, gaps))
    found = qa.mean(fewer, "score", missing="drop")
    rest = gaps[gaps["score"].notna()]
    more = {q: (gaps["queue"] == q).sum() / (rest["queue"] == q).sum() for q in ("chat", "phone")}
    p = (rest["inclusion_probability"] / rest["queue"].map(more)).to_numpy()
    y = rest["score"].to_numpy()
    assert found.value == pytest.approx((y / p).sum() / (1 / p).sum())
    assert found.std_error == pytest.approx(
        np.sqrt(((1 - p) * ((y - found.value) / p) ** 2).sum()) / (1 / p).sum(), rel=1e-12
    )
    assert found.std_error > qa.mean(design, "score").std_error


def test_the_drawn_sample_says_how_it_was_drawn() -> None:
    frame = calls()
    plan, drawn = drawn_from(frame, method="poisson")
    assert set(drawn["draw_method"]) == {"poisson"}
    assert qa.SampleDesign(drawn, plan=plan).selection == "poisson"
    by_chance = qa.SampleDesign(drawn, stratum="queue", probability="inclusion_probability")
    assert qa.total(by_chance, "complaints") == qa.total(qa.SampleDesign(drawn, plan=plan), "complaints")
    taken_as_simple = qa.SampleDesign(drawn, plan=plan, selection="fixed_size")
    assert taken_as_simple.core()["population"] is not None  # type: ignore[index]
    # Poisson parts make a Poisson sample; other parts do not.
    _, mixed = drawn_from(frame, method="poisson", targeted_rates={"escalated": 0.5})
    assert qa.SampleDesign(mixed, plan=plan).selection == "poisson"
    for method, more in (
        ("systematic", {}),
        ("pareto", {"size_measure": "minutes"}),
        ("simple", {"targeted_rates": {"escalated": 0.5}}),
        ("poisson", {"targeted_counts": {"escalated": 3}}),
    ):
        _, other = drawn_from(frame, method=method, **more)
        with pytest.raises(DesignError, match=f'plan: the sample was drawn by the method "{method}'):
            qa.SampleDesign(other, plan=plan)
        assert qa.SampleDesign(other, stratum="queue", probability="inclusion_probability").selection == "fixed_size"
    _, listed = drawn_from(frame, method="systematic")
    assert qa.SampleDesign(listed, plan=plan, selection="fixed_size").units == 80
    _, mixed = drawn_from(frame, targeted_rates={"escalated": 0.5})
    with pytest.raises(DesignError, match='give selection="poisson", which is at most too wide'):
        qa.SampleDesign(mixed, plan=plan)
    assert qa.SampleDesign(mixed, plan=plan, selection="poisson").scope == ""
    assert "draw_method" not in drawn_from(frame)[1]
    with pytest.raises(DesignError, match="expected one method for all rows but found"):
        qa.SampleDesign(pd.concat([drawn, listed]), probability="inclusion_probability")


def test_a_plan_records_how_it_was_drawn_by_without_loss() -> None:
    frame = calls()
    plan, drawn = drawn_from(frame, method="poisson", targeted_rates={"escalated": 0.1})
    recorded = plan.with_draw(seed=1, id_kind="integer", method="poisson", targeted_rates={"escalated": 0.1})
    again = qa.SamplingPlan.from_json(recorded.to_json())
    assert again == recorded and again.recorded_draw == recorded.recorded_draw
    assert again.recorded_draw is not None
    assert (again.recorded_draw.method, again.recorded_draw.targets) == ("poisson", (("escalated", 0.1, None),))
    bare = drawn.drop(columns="draw_method")
    assert qa.SampleDesign(bare, plan=again).selection == "poisson"
    for method, more in (("systematic", {"order_by": "minutes"}), ("simple", {"targeted_counts": {"escalated": 4}})):
        other = qa.SamplingPlan.from_json(plan.with_draw(seed=1, id_kind="text", method=method, **more).to_json())  # type: ignore[arg-type]
        with pytest.raises(DesignError, match="counts speak for simple random samples"):
            qa.SampleDesign(bare, plan=other)
    text = recorded.to_json()
    for old, new, words in (
        ('"method": "poisson"', '"method": "poison"', "expected one of simple, pareto"),
        ('"rate": 0.1, "count": null}', '"rate": 0.1}', 'key "count" is missing'),
    ):
        assert old in text
        with pytest.raises(DataError, match=words):
            qa.SamplingPlan.from_json(text.replace(old, new))
    # What version 2 wrote was a simple draw.
    second = text.replace('"format_version": 4', '"format_version": 2')
    start = second.index('"draw": {')
    second = second[:start] + '"draw": {"seed": "1", "id": "integer"}' + second[second.index("]", start) :].split("}", 1)[1]
    old_draw = qa.SamplingPlan.from_json(second).recorded_draw
    assert old_draw == qa.RecordedDraw(1, "integer")


def test_what_does_not_go_with_a_poisson_sample_is_refused() -> None:
    _, drawn = drawn_from(calls(), method="poisson")
    by = {"stratum": "queue", "probability": "inclusion_probability"}
    design = qa.SampleDesign(drawn, **by)  # type: ignore[arg-type]
    for more in ({"variance": "jackknife"}, {"variance": "bootstrap", "seed": 1}):
        with pytest.raises(ArgumentError, match="replicates draw samples of a fixed size again"):
            qa.mean(design, "score", **more)  # type: ignore[call-overload]
    with pytest.raises(ArgumentError, match="population: counts say nothing about the variance of a Poisson sample"):
        qa.SampleDesign(drawn, population={"chat": 100, "phone": 300}, **by)  # type: ignore[arg-type]
    with pytest.raises(DesignError, match="weight: expected at least 1 in a Poisson sample.*found 0.5 at row 0"):
        qa.SampleDesign(drawn.assign(w=0.5), weight="w", selection="poisson")
    with pytest.raises(ArgumentError, match="selection: expected one of fixed_size, poisson"):
        qa.SampleDesign(drawn, selection="poison", **by)  # type: ignore[arg-type]
    one = qa.total(qa.SampleDesign(drawn.head(1), **by), "one")  # type: ignore[arg-type]
    assert one.undefined is not None and np.isnan(one.std_error)


def test_regression_takes_a_poisson_sample_for_one_stratum() -> None:
    _, drawn = drawn_from(calls(), method="poisson", size_measure="minutes")
    design = qa.SampleDesign(drawn, stratum="queue", probability="inclusion_probability")
    plain = qa.SampleDesign(drawn.drop(columns="draw_method"), probability="inclusion_probability")
    found, other = (qa.regression(d, "score", ["minutes"]) for d in (design, plain))
    assert [e.std_error for e in found] == [e.std_error for e in other]
    with_chances = qa.regression(design, "score", ["minutes"], errors="linearized")
    p = drawn["inclusion_probability"].to_numpy()
    x = np.column_stack([np.ones(len(p)), drawn["minutes"]])
    bread = np.linalg.inv(x.T @ (x / p[:, None]))
    residual = drawn["score"].to_numpy() - x @ bread @ (x.T @ (drawn["score"].to_numpy() / p))
    scores = (x * (residual / p)[:, None]) @ bread
    expected = np.sqrt(((1 - p)[:, None] * scores**2).sum(axis=0))
    assert [e.std_error for e in with_chances] == pytest.approx(expected.tolist(), rel=1e-9)


def test_that_chance_drew_nothing_of_a_stratum_is_no_gap() -> None:
    plan, drawn = drawn_from(calls(), method="poisson")
    rest = drawn[drawn["queue"] == "phone"]
    assert qa.SampleDesign(rest, plan=plan).uncovered == ()
    empty = qa.allocate(calls(), strata="queue", counts={"chat": 0, "phone": 50})
    some = qa.draw(calls(), empty, id="id", seed=1, method="poisson", zero_chance="exclude")
    with pytest.raises(DesignError, match='no row of "chat"'):
        qa.SampleDesign(some, plan=empty)
    design = qa.SampleDesign(some, plan=empty, uncovered="exclude")
    assert qa.mean(design, "score").name == 'mean score (without "chat")'


@pytest.mark.parametrize("method", ["pareto", "sequential_poisson", "successive", "poisson", "systematic"])
def test_conversations_that_cannot_be_drawn_are_named_or_left_out(method: str) -> None:
    frame = calls().assign(minutes=lambda f: f["minutes"].where(f["id"] % 50 != 7, 0.0))
    plan = qa.allocate(frame, strata="queue", size=80)
    with pytest.raises(DataError, match=r"zero_chance: .* 8 cannot be drawn.*: 7 in row 7, 57 in row 57, 107 in row 107"):
        qa.draw(frame, plan, id="id", seed=1, method=method, size_measure="minutes")
    drawn = qa.draw(frame, plan, id="id", seed=1, method=method, size_measure="minutes", zero_chance="exclude")
    assert set(drawn["without_chance"]) == {8}
    design = qa.SampleDesign(drawn, stratum="queue", probability="inclusion_probability")
    assert "8 conversations had no chance to be drawn" in design.summary()
    assert qa.mean(design, "score").name == "mean score (without 8 that had no chance to be drawn)"


def test_targets_beside_a_stratum_of_which_nothing_is_drawn() -> None:
    frame = calls()
    plan = qa.allocate(frame, strata="queue", counts={"chat": 0, "phone": 60})
    bare = int(((frame["queue"] == "chat") & ~frame["escalated"]).sum())
    targets = {"targeted_rates": {"escalated": 0.5}}
    with pytest.raises(DataError, match=f"{bare} cannot be drawn, of size 0 or in a stratum of which nothing is drawn"):
        qa.draw(frame, plan, id="id", seed=1, **targets)  # type: ignore[arg-type]
    drawn = qa.draw(frame, plan, id="id", seed=1, zero_chance="exclude", **targets)  # type: ignore[arg-type]
    assert set(drawn["without_chance"]) == {bare}
    # The weights then stand for the others.
    totals = [
        qa.draw(frame, plan, id="id", seed=s, zero_chance="exclude", **targets)["design_weight"].sum()  # type: ignore[arg-type]
        for s in range(400)
    ]
    assert np.mean(totals) == pytest.approx(400 - bare, rel=0.01)
    # A simple draw leaves out what its plan says.
    assert "without_chance" not in qa.draw(frame, plan, id="id", seed=1)
