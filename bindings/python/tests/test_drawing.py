"""Draws in proportion to size, systematic, coordinated, with targeted parts: chances, refusals, all kinds of frames."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import qascore as qa
from hypothesis import given, settings
from hypothesis import strategies as st
from qascore.errors import ArgumentError, DataError, DesignError, MissingColumnError

Numbers = npt.NDArray[np.float64]


def calls(rows: int = 60) -> pd.DataFrame:
    number = np.arange(rows)
    return pd.DataFrame(
        {
            "id": number * 7 + 1000,
            "queue": np.where(number % 3 == 0, "chat", "phone"),
            "minutes": 1.0 + number % 12,
            "risk_flag": number % 4 == 0,
            "escalated": number % 10 == 0,
        }
    )


def integral_chances(p: Numbers, n: int, method: str) -> Numbers:
    """Chances of order sampling: over a unit's own u, the chance that fewer than n of the others rank before it."""
    points, weights = np.polynomial.legendre.leggauss(400)
    u = (points + 1) / 2
    out = np.empty(len(p))
    for k, own in enumerate(p):
        if method == "pareto":
            odds = u / (1 - u) / (own / (1 - own))
            before = [odds * q / (1 - q) / (1 + odds * q / (1 - q)) for q in p]
        elif method == "sequential_poisson":
            before = [np.minimum(1.0, u / own * q) for q in p]
        else:
            before = [1 - (1 - q) ** (np.log1p(-u) / np.log1p(-own)) for q in p]
        count = np.zeros((n, len(u)))  # of the others before it; n and more are left out
        count[0] = 1
        for j, chance in enumerate(before):
            if j != k:
                shifted = np.vstack([np.zeros(len(u)), count[:-1]])
                count = count * (1 - chance) + shifted * chance
        out[k] = count.sum(axis=0) @ weights / 2
    return out


@pytest.mark.parametrize(
    ("method", "within"), [("pareto", 0.0022), ("sequential_poisson", 0.0585), ("successive", 0.034)]
)
def test_order_sampling_comes_as_close_to_its_chances_as_documented(method: str, within: float) -> None:
    size = np.arange(1, 21)
    stated = qa.inclusion_probabilities(size, 5)
    real = integral_chances(stated, 5, method)
    assert 0.9 * within < np.abs(real / stated - 1).max() < within
    # The draws have those real chances.
    frame = pd.DataFrame({"id": np.arange(20), "size": size})
    plan = qa.allocate(frame, size=5)
    repeats, found = 500, np.zeros(20)
    for seed in range(repeats):
        drawn = qa.draw(frame, plan, id="id", seed=seed, method=method, size_measure="size", threads=1)
        found[drawn["id"]] += 1
    z = (found - repeats * real) / np.sqrt(repeats * real * (1 - real))
    assert np.abs(z).max() < 4


def test_a_mixture_is_unbiased_with_its_weights_and_biased_without() -> None:
    frame = calls(200)
    frame["score"] = np.where(frame["risk_flag"], 0.5, 0.9) + 0.01 * (frame["minutes"] % 3)
    plan = qa.allocate(frame, strata="queue", size=30)
    weighted, plain = [], []
    for seed in range(300):
        drawn = qa.draw(
            frame, plan, id="id", seed=seed, targeted_rates={"risk_flag": 0.5}, targeted_counts={"escalated": 5}, threads=1
        )
        weighted.append(float((drawn["score"] * drawn["design_weight"]).sum()) / len(frame))
        plain.append(drawn["score"].mean())
    truth = frame["score"].mean()
    assert abs(np.mean(weighted) - truth) < 3 * np.std(weighted) / np.sqrt(len(weighted))
    assert np.mean(plain) < truth - 0.05


def test_a_mixture_states_joint_chances_and_who_drew() -> None:
    frame = calls(200)
    plan = qa.allocate(frame, strata="queue", size=30)
    drawn = qa.draw(frame, plan, id="id", seed=4, targeted_rates={"risk_flag": 0.5}, targeted_counts={"escalated": 5})
    random = drawn["stratum"].map({s.labels[0]: s.inclusion_probability for s in plan.strata})
    missed = (1 - random) * np.where(drawn["risk_flag"], 0.5, 1) * np.where(drawn["escalated"], 15 / 20, 1)
    np.testing.assert_allclose(drawn["inclusion_probability"], 1 - missed, rtol=1e-14)
    np.testing.assert_allclose(drawn["design_weight"], 1 / drawn["inclusion_probability"])
    alone = qa.draw(frame, plan, id="id", seed=4)
    assert set(drawn.loc[drawn["drawn_by"].str.contains("random"), "id"]) == set(alone["id"])
    assert drawn["drawn_by"].str.contains("escalated").sum() == 5
    assert not (drawn["drawn_by"].str.contains("risk_flag") & ~drawn["risk_flag"]).any()


@pytest.mark.parametrize("method", ["pareto", "sequential_poisson", "successive", "poisson", "systematic"])
def test_the_sample_is_the_same_in_every_kind_of_frame_and_order_of_rows(method: str) -> None:
    frame = calls()
    plan = qa.allocate(frame, strata="queue", size=12)
    how: dict[str, Any] = {"id": "id", "seed": 3, "method": method, "size_measure": "minutes"}
    expected = qa.draw(frame, plan, **how)
    chances = {
        queue: qa.inclusion_probabilities(part["minutes"], {"chat": 4, "phone": 8}[queue])
        for queue, part in frame.groupby("queue")
    }
    for queue, part in frame.groupby("queue"):
        stated = expected.loc[expected["queue"] == queue].set_index("id")["inclusion_probability"]
        np.testing.assert_array_equal(stated, pd.Series(chances[queue], index=part["id"])[stated.index])
    assert method == "poisson" or len(expected) == 12
    for other in (pl.from_pandas(frame), pa.Table.from_pandas(frame, preserve_index=False), frame[::-1]):
        drawn = qa.draw(other, plan, **how)
        ids = drawn["id"].to_pylist() if isinstance(drawn, pa.Table) else list(drawn["id"])
        assert sorted(ids) == sorted(expected["id"])


def test_a_systematic_sample_spreads_over_the_list() -> None:
    frame = calls(100)
    plan = qa.allocate(frame, size=10)
    for seed in range(20):
        drawn = qa.draw(frame, plan, id="id", seed=seed, method="systematic", order_by="minutes")
        place = frame.sort_values(["minutes", "id"]).reset_index(drop=True)
        at = np.sort(place.index[place["id"].isin(drawn["id"])])
        assert np.all(np.diff(at) == 10)
        assert set(drawn["inclusion_probability"]) == {0.1}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**64 - 1), st.integers(2, 30), st.integers(0, 30), st.sampled_from(["up", "down"]))
def test_growing_a_sample_keeps_the_smaller_one(seed: int, size: int, more: int, direction: str) -> None:
    frame = calls()
    small, large = (
        qa.draw(frame, qa.allocate(frame, strata="queue", counts={"chat": n // 2, "phone": n}), id="id", seed=seed,
                start=0.3, direction=direction)
        for n in (size, min(size + more, 40))
    )
    assert set(small["id"]) <= set(large["id"])


def test_a_sample_that_begins_where_another_ends_shares_nothing_with_it() -> None:
    frame = calls(2000)
    plan = qa.allocate(frame, size=100)
    first, again, next_ = (
        set(qa.draw(frame, plan, id="id", seed=1, start=start)["id"]) for start in (0.0, 0.0, 0.2)
    )
    assert first == again
    assert not first & next_
    numbers = qa.permanent_random_numbers(frame["id"], seed=1, start=0.2)
    assert next_ == set(frame["id"].to_numpy()[np.argsort(numbers)[:100]])


def test_avoiding_and_keeping_earlier_samples() -> None:
    frame = calls()
    plan = qa.allocate(frame, strata="queue", size=15)
    first = qa.draw(frame, plan, id="id", seed=1)
    second = qa.draw(frame, plan, id="id", seed=1, avoid=first)
    assert not set(first["id"]) & set(second["id"])
    assert len(second) == 15
    assert set(qa.draw(frame, plan, id="id", seed=99, keep=first)["id"]) == set(first["id"])
    # With the same seed the two together are the sample of both sizes.
    both = qa.draw(frame, qa.allocate(frame, strata="queue", size=30), id="id", seed=1)
    assert set(both["id"]) == set(first["id"]) | set(second["id"])


def test_registered_random_numbers_take_the_place_of_the_seed() -> None:
    frame = calls()
    frame["u"] = qa.permanent_random_numbers(frame["id"], seed=8)
    plan = qa.allocate(frame, strata="queue", size=12)
    for method, size in (("simple", None), ("pareto", "minutes"), ("poisson", "minutes")):
        by_column = qa.draw(frame, plan, id="id", seed=None, random_numbers="u", method=method, size_measure=size)
        by_seed = qa.draw(frame, plan, id="id", seed=8, method=method, size_measure=size)
        assert list(by_column["id"]) == list(by_seed["id"])


def refused(kind: type[Exception], words: str, frame: pd.DataFrame | None = None, **how: Any) -> None:
    data = calls() if frame is None else frame
    plan = qa.allocate(data, strata="queue", size=12)
    with pytest.raises(kind, match=words):
        qa.draw(data, plan, **{"id": "id", "seed": 1, **how})


@pytest.mark.parametrize("method", ["simple", "pareto"])
def test_equal_registered_numbers_go_by_id_whatever_the_order_of_rows(method: str) -> None:
    frame = calls().assign(u=lambda f: (f["id"] % 3) / 4, minutes=5.0)  # many ties, in the ranks too
    plan = qa.allocate(frame, strata="queue", size=20)
    size = None if method == "simple" else "minutes"

    def ids(rows: pd.DataFrame, key: str = "id") -> list[Any]:
        drawn = qa.draw(rows, plan, id=key, seed=None, random_numbers="u", method=method, size_measure=size)
        return sorted(drawn[key])

    once = ids(frame)
    for seed in range(5):
        assert ids(frame.sample(frac=1.0, random_state=seed)) == once
    lowest = frame.sort_values(["u", "id"]).groupby("queue").head(20)
    assert set(once) <= set(lowest["id"])
    assert once == sorted(
        label for queue, part in frame.sort_values(["u", "id"]).groupby("queue")
        for label in part["id"].head({"chat": 7, "phone": 13}[str(queue)])
    )
    named = frame.assign(name=[f"c-{i}" for i in frame["id"]])
    assert ids(named[::-1], "name") == ids(named, "name")


def test_targeted_parts_do_not_go_with_avoiding() -> None:
    frame = calls()
    plan = qa.allocate(frame, strata="queue", size=12)
    first = qa.draw(frame, plan, id="id", seed=1)
    for targets in ({"targeted_rates": {"escalated": 1.0}}, {"targeted_counts": {"escalated": 2}}):
        with pytest.raises(ArgumentError, match="avoid: targeted parts draw from all flagged conversations"):
            qa.draw(frame, plan, id="id", seed=1, avoid=first, **targets)  # type: ignore[arg-type]


def test_sizes_that_cannot_be_are_refused_with_their_place() -> None:
    pareto: dict[str, Any] = {"method": "pareto", "size_measure": "minutes"}
    refused(MissingColumnError, 'expected a column "minuts" .*did you mean "minutes"', method="pareto", size_measure="minuts")
    refused(DataError, 'column "queue": expected numbers but found', method="pareto", size_measure="queue")
    for value, words in ((-1.0, "expected a number >= 0 but found -1 at position 5"), (np.inf, "inf at row 5")):
        refused((ArgumentError, DataError), words, calls().assign(minutes=[1.0] * 5 + [value] + [1.0] * 54), **pareto)  # type: ignore[arg-type]
    refused(DataError, "number is missing at row 5", calls().assign(minutes=[1.0] * 5 + [np.nan] + [1.0] * 54), **pareto)
    refused(
        DataError,
        'stratum "chat" has 1 conversations with a size above 0 but the plan draws 4',
        calls().assign(minutes=[1.0, 1.0] + [0.0] * 29 + [1.0, 1.0] * 14 + [1.0]).assign(
            minutes=lambda f: np.where((f["queue"] == "chat") & (f["id"] > 1000), 0.0, 1.0)
        ),
        **pareto,
    )


def test_arguments_that_do_not_go_together_are_refused() -> None:
    refused(ArgumentError, 'method: .*did you mean "pareto"', method="parato")
    refused(ArgumentError, "size_measure: expected a column of sizes", method="pareto")
    refused(ArgumentError, 'method "simple" gives all the same chance', size_measure="minutes")
    refused(ArgumentError, "order_by: only the method", order_by="minutes")
    refused(ArgumentError, "random start of its own", method="systematic", start=0.5)
    refused(ArgumentError, "start: expected a number from 0 to below 1 but found 1", start=1.0)
    refused(ArgumentError, "start: expected a number from 0 to below 1 but found NaN", start=float("nan"))
    refused(ArgumentError, "seed: expected None, as random_numbers are given", random_numbers="minutes")
    refused(ArgumentError, "expected a number from 0 to 1 but found 2 at position 1", seed=None, random_numbers="minutes",
            start=0.5)
    refused(ArgumentError, "expected a number from 0 to 1", seed=None, method="poisson", random_numbers="minutes")
    refused(
        ArgumentError, "take their numbers from a seed", seed=None, random_numbers="minutes", targeted_rates={"risk_flag": 0.5}
    )
    refused(ArgumentError, 'rate above 0 up to 1 but found 1.5', targeted_rates={"risk_flag": 1.5})
    refused(ArgumentError, "expected a number above 0 but found 0", targeted_rates={"risk_flag": 0})
    refused(ArgumentError, "from 1 to 15, the flagged", targeted_counts={"risk_flag": 16})
    refused(ArgumentError, "expected a number above 0 but found 2.5", targeted_counts={"risk_flag": 2.5})
    refused(DataError, "expected True and False but found 2", targeted_rates={"minutes": 0.5})
    refused(DataError, "flag is missing at row 0", calls().assign(risk_flag=[None] + [True] * 59), targeted_rates={"risk_flag": 0.5})
    repeated = calls().assign(id=[1, 1, *range(2, 60)])
    for method in ("pareto", "poisson", "systematic"):
        refused(DataError, "id: expected every id once", repeated, method=method, size_measure="minutes")


def test_earlier_samples_that_cannot_be_used_are_refused() -> None:
    frame = calls()
    plan = qa.allocate(frame, strata="queue", size=12)
    first = qa.draw(frame, plan, id="id", seed=1)
    refused(DataError, 'expected ids as whole numbers, as in the conversations, but found text', avoid=first.assign(id=first["id"].astype(str)))
    refused(MissingColumnError, 'expected a column "inclusion_probability"', avoid=first[["id"]])
    refused(DesignError, "had the same chance", avoid=first.assign(inclusion_probability=np.linspace(0.1, 0.2, len(first))))
    refused(ArgumentError, "give avoid or keep, not both", avoid=first, keep=first)
    refused(ArgumentError, "needs id=", id=None, keep=first)
    most = qa.draw(frame, qa.allocate(frame, strata="queue", size=55), id="id", seed=1)
    refused(DesignError, "others cannot be drawn", avoid=most)


def test_intervals_of_samples_with_targeted_parts_hold_as_poisson_samples_and_not_in_strata() -> None:
    random = np.random.default_rng(7)
    flag = random.random(2000) < 0.9
    score = np.repeat([0.9, 0.4], 1000) + random.normal(0.0, 0.05, 2000)
    frame = pd.DataFrame({"id": range(2000), "queue": ["a"] * 1000 + ["b"] * 1000, "flag": flag, "score": score})
    plan = qa.allocate(frame, strata="queue", counts={"a": 40, "b": 100})
    held = {"poisson": 0, "poisson total": 0, "strata": 0}
    errors, repeats = [], 200
    for seed in range(repeats):
        drawn = qa.draw(frame, plan, id="id", seed=seed, targeted_rates={"flag": 0.2})
        chance = "inclusion_probability"
        poisson = qa.SampleDesign(drawn, unit="id", probability=chance, selection="poisson")
        mean, total = qa.mean(poisson, "score"), qa.total(poisson, "score")
        in_strata = qa.mean(qa.SampleDesign(drawn, unit="id", stratum="queue", probability=chance), "score")
        held["poisson"] += mean.low <= score.mean() <= mean.high
        held["poisson total"] += total.low <= score.sum() <= total.high
        held["strata"] += in_strata.low <= score.mean() <= in_strata.high
        errors.append((mean.std_error, mean.value))
    stated, values = np.array(errors).T
    assert min(held["poisson"], held["poisson total"]) > repeats * 0.95 - 3 * (repeats * 0.95 * 0.05) ** 0.5
    assert held["strata"] < repeats * 0.85
    assert 1.0 < np.sqrt(np.mean(stated**2)) / values.std() < 1.3  # too wide, if anything


def test_an_earlier_sample_of_a_part_of_the_population_is_refused() -> None:
    today = pd.DataFrame({"id": range(400), "queue": ["chat", "phone"] * 200})
    plan = qa.allocate(today, size=80)
    old = today[today["id"] < 200]
    earlier = qa.draw(old, qa.allocate(old, size=60), id="id", seed=1)
    for how in ("keep", "avoid"):
        with pytest.raises(DesignError, match=f"{how}: .* chance 0.3 would hold about 120 of the 400 .* but it holds 60"):
            qa.draw(today, plan, id="id", seed=2, **{how: earlier})  # type: ignore[arg-type]
    whole = qa.draw(today, plan, id="id", seed=3)
    with pytest.raises(DesignError, match="rows were removed"):
        qa.draw(today, plan, id="id", seed=2, avoid=whole.iloc[:-1])
    # Drawn without strata, kept in strata: each holds what chance gave it.
    by_queue = qa.allocate(today, strata="queue", size=80)
    for seed in range(20):
        first = qa.draw(today, plan, id="id", seed=seed)
        assert len(set(qa.draw(today, by_queue, id="id", seed=99, keep=first)["id"]) & set(first["id"])) > 60
        loose = qa.draw(today, plan, id="id", seed=seed, method="poisson")
        assert not set(qa.draw(today, by_queue, id="id", seed=99, avoid=loose)["id"]) & set(loose["id"])


def test_conversations_that_came_or_went_are_noticed_and_strata_of_new_ones_drawn_anew() -> None:
    today = pd.DataFrame({"id": range(420), "week": [1] * 200 + [2] * 220})
    old = today[today["week"] == 1]
    earlier = qa.draw(old, qa.allocate(old, size=40), id="id", seed=1)
    kept = qa.draw(today, qa.allocate(today, strata="week", counts={1: 40, 2: 44}), id="id", seed=2, keep=earlier)
    assert set(earlier["id"]) == set(kept.loc[kept["week"] == 1, "id"])
    fewer = today[~today["id"].isin(earlier["id"].iloc[:3])]
    with pytest.raises(DesignError, match="stratum .* but it holds 37"):
        qa.draw(fewer, qa.allocate(fewer, strata="week", size=84), id="id", seed=2, keep=earlier)


def test_sizes_whose_sum_overflows_and_flags_that_nobody_has() -> None:
    np.testing.assert_allclose(qa.inclusion_probabilities([1e308] * 3, 1), 1 / 3, rtol=1e-15)
    refused(ArgumentError, "expected 3 of the flagged conversations but no conversation is flagged",
            calls().assign(risk_flag=False), targeted_counts={"risk_flag": 3})  # fmt: skip
