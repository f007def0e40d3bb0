"""Correlations and pairing: other programs' numbers, any kind of frame, and what bad input gets."""

from __future__ import annotations

import doctest
import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import qascore as qa
from hypothesis import given, settings
from hypothesis import strategies as st
from qascore import associations, dependence
from qascore.errors import ArgumentError, DataError, MissingColumnError

X = [62, 71, 75, 58, 88, 90, 67, 79, 83, 95, 70, 64]
Y = [3, 3, 4, 2, 5, 4, 3, 4, 4, 5, 2, 3]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_both_correlations_are_those_of_scipy(make: Any) -> None:
    # SciPy 1.17.1: pearsonr(x, y) with .confidence_interval(0.95), spearmanr(x, y).
    frame = make({"score": X, "csat": Y})
    pearson = qa.association(frame, "score", "csat", method="pearson")
    assert pearson.value == pytest.approx(0.8709059258524542, rel=1e-14)
    assert (pearson.low, pearson.high) == pytest.approx((0.593788107475511, 0.9633242758475035), rel=1e-13)
    assert pearson.test.p_value == pytest.approx(0.000226451952486583, rel=1e-11)
    spearman = qa.association(frame, "score", "csat")
    assert spearman.value == pytest.approx(0.8734262934822937, rel=1e-14)
    assert spearman.test.p_value == pytest.approx(0.00020610049833964084, rel=1e-11)
    assert spearman.interval_method == "Fisher z, Bonett-Wright"
    assert spearman.method == "Spearman correlation, independent rows"
    # SciPy 1.17.1: kendalltau(x, y, method="asymptotic").
    kendall = qa.association(frame, "score", "csat", method="kendall")
    assert kendall.value == pytest.approx(0.7510676161988108, rel=1e-14)
    assert kendall.test.p_value == pytest.approx(0.0015537219731049162, rel=1e-11)
    assert kendall.name == "Kendall tau-b of score and csat"


def test_a_design_weights_the_correlation_and_clusters_widen_it() -> None:
    random = np.random.default_rng(3)
    agent = np.repeat(np.arange(20), 10)
    skill = random.normal(size=20)[agent]
    frame = pd.DataFrame(
        {
            "agent": agent,
            "weight": random.uniform(1, 5, 200),
            "score": skill + 0.5 * random.normal(size=200),
            "csat": np.clip(np.round(3 + skill + random.normal(size=200)), 1, 5),
        }
    )
    flat = qa.association(qa.SampleDesign(frame, weight="weight"), "score", "csat")
    grouped = qa.association(qa.SampleDesign(frame, weight="weight", cluster="agent"), "score", "csat")
    assert flat.value == grouped.value
    assert grouped.std_error > flat.std_error
    assert grouped.df == 19
    # Weights that are counts stand for repeated rows.
    counts = frame.assign(weight=random.integers(1, 5, 200))
    repeated = counts.loc[counts.index.repeat(counts["weight"])]
    assert qa.association(qa.SampleDesign(counts, weight="weight"), "score", "csat").value == pytest.approx(
        qa.association(repeated, "score", "csat").value, rel=1e-12
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 5)), min_size=5, max_size=60))
def test_spearman_agrees_with_ranks_put_into_pearson(rows: list[tuple[int, int]]) -> None:
    frame = pd.DataFrame(rows, columns=["x", "y"])
    spearman = qa.association(frame, "x", "y")
    ranked = qa.association(frame.rank(), "x", "y", method="pearson")
    if spearman.undefined and math.isnan(spearman.value):
        assert ranked.undefined == spearman.undefined
    else:
        assert spearman.value == pytest.approx(ranked.value, abs=1e-14)


def test_what_is_undefined_says_why() -> None:
    constant = qa.association(pd.DataFrame({"x": [1, 1, 1, 1], "y": [1, 2, 3, 4]}), "x", "y")
    assert constant.undefined == "the first column is constant"
    assert math.isnan(constant.value)
    assert "undefined" in constant.summary()
    three = qa.association(pd.DataFrame({"x": [1, 2, 3], "y": [1, 3, 2]}), "x", "y")
    assert three.undefined == "fewer than 4 pairs: no interval"


def test_gaps_are_refused_or_counted() -> None:
    frame = pd.DataFrame({"score": X, "csat": [*Y[:-2], None, None]})
    with pytest.raises(DataError, match=r'column "csat": no value at row 10 \(2 in all\)'):
        qa.association(frame, "score", "csat")
    found = qa.association(frame, "score", "csat", missing="drop")
    assert (found.n, found.missing) == (10, 2)


def test_the_result_shows_its_test() -> None:
    found = qa.association(pd.DataFrame({"score": X, "csat": Y}), "score", "csat", method="pearson")
    assert repr(found) == (
        "<Association: Pearson correlation of score and csat is 0.8709, 95% interval 0.5938 to 0.9633, n = 12, p = 0.00023.>"
    )
    record = found.to_frame("pandas").iloc[0]
    assert record["statistic"] == found.test.statistic
    assert record["x"] == "score"


def test_options_are_checked() -> None:
    frame = pd.DataFrame({"score": X, "csat": Y, "w": 1.0})
    with pytest.raises(
        ArgumentError, match=r'method: expected one of pearson, spearman, kendall, tau_c, .*did you mean "spearman"'
    ):
        qa.association(frame, "score", "csat", method="spearmann")
    with pytest.raises(MissingColumnError, match='did you mean "csat"'):
        qa.association(frame, "score", "cast")
    with pytest.raises(ArgumentError, match="closed_form holds for independent rows only"):
        qa.association(qa.SampleDesign(frame, weight="w"), "score", "csat", interval="closed_form")


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_pairing_counts_what_finds_no_partner(make: Any) -> None:
    scores = make({"id": ["c1", "c2", "c3", "c4"], "score": [0.8, 0.6, 0.9, 0.7]})
    surveys = make({"id": ["c3", "c9", "c2", "c4"], "csat": [5, 1, 3, None]})
    pairs = qa.pair(scores, surveys, on="id")
    assert (pairs.matched, pairs.scores_unmatched, pairs.surveys_unmatched) == (3, 1, 1)
    assert type(pairs.frame) is type(scores)
    rows = pairs.frame.to_pylist() if make is pa.table else pl.DataFrame(pairs.frame).to_dicts()
    assert [row["id"] for row in rows] == ["c2", "c3", "c4"]
    assert [row["score"] for row in rows] == [0.6, 0.9, 0.7]
    assert [row["csat"] for row in rows][:2] == [3, 5]
    assert qa.association(pairs, "score", "csat", missing="drop").n == 2


def test_ids_must_stand_once_and_be_of_one_kind() -> None:
    scores = pd.DataFrame({"id": [1, 2, 2], "score": [0.8, 0.6, 0.9]})
    surveys = pd.DataFrame({"id": [2, 3], "csat": [4, 5]})
    with pytest.raises(
        DataError, match=r'scores: column "id": 2 stands in rows 1 and 2, expected once; give repeats="keep"'
    ):
        qa.pair(scores, surveys, on="id")
    kept = qa.pair(scores, surveys, on="id", repeats="keep")
    assert (kept.matched, kept.scores_unmatched, kept.surveys_unmatched) == (2, 1, 1)
    assert kept.frame["csat"].tolist() == [4, 4]
    with pytest.raises(DataError, match=r'surveys: column "id": 3 stands in rows 1 and 2, expected once$'):
        qa.pair(scores, pd.DataFrame({"id": [2, 3, 3], "csat": 1}), on="id", repeats="keep")
    with pytest.raises(DataError, match="holds whole numbers in scores but text in surveys"):
        qa.pair(scores, surveys.assign(id=["2", "3"]), on="id")
    with pytest.raises(ArgumentError, match='column "csat" is in scores as well'):
        qa.pair(scores.assign(csat=1), surveys, on="id")
    with pytest.raises(MissingColumnError, match=r'surveys.*column "id"'):
        qa.pair(scores, surveys.rename(columns={"id": "key"}), on="id")


def test_nothing_matches_and_the_association_says_so() -> None:
    pairs = qa.pair(
        pd.DataFrame({"id": [1], "score": [0.5]}), pd.DataFrame({"id": [2], "csat": [4]}), on="id"
    )
    assert pairs.matched == 0
    assert qa.association(pairs, "score", "csat").undefined == "fewer than 3 pairs"


def rows_of(table: list[list[int]]) -> pd.DataFrame:
    """A table of counts, row by row."""
    return pd.DataFrame(
        [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)], columns=["x", "y"]
    )


JOBS = rows_of([[1, 3, 10, 6], [2, 3, 10, 7], [1, 6, 14, 12], [0, 1, 9, 11]])
"""Job satisfaction by income: Agresti, Categorical Data Analysis."""


def test_coefficients_of_a_table_are_those_of_the_textbook() -> None:
    # Goodman and Kruskal's errors, as SAS PROC FREQ has them; gamma .221 stands in Agresti.
    expected = {
        "gamma": (0.221100917431193, 0.117162829395456),
        "kendall": (0.152352151346597, 0.0818360657143318),
        "tau_c": (0.139467592592593, 0.075328148216996),
        "somers_y": (0.1417230226404, 0.0763951129361064),
        "somers_x": (0.163778457356439, 0.0878027941355849),
    }
    for method, (value, error) in expected.items():
        found = qa.association(JOBS, "x", "y", method=method, interval="asymptotic")
        assert (found.value, found.std_error) == pytest.approx((value, error), rel=1e-11)
        assert found.high - found.value == pytest.approx(1.959963984540054 * error, rel=1e-10)
    assert qa.association(JOBS, "x", "y", method="somers_y").name == "Somers' D of y given x"
    counts = qa.pair_counts(JOBS, "x", "y")
    assert (counts.concordant, counts.discordant) == (1331, 849)
    assert counts.summary().startswith("1,331 pairs in the same order, 849 in the opposite one")


def test_latent_correlations_of_the_same_numbers_and_what_they_refuse() -> None:
    # R polycor 0.8.1: polychor(table, ML = FALSE, std.err = TRUE).
    found = qa.association(JOBS, "x", "y", method="polychoric", interval="asymptotic")
    assert (found.value, found.std_error) == pytest.approx((0.21535830245498, 0.114654489144447), rel=1e-5)
    assert qa.association(JOBS, "x", "y", method="polychoric").interval_method == "Fisher z, t"
    frame = pd.DataFrame({"score": X, "csat": Y})
    assert qa.association(frame, "score", "csat", method="biserial").undefined == (
        "the second column has 4 different values, not 2"
    )
    with pytest.raises(ArgumentError, match="closed_form is there for pearson, spearman and kendall"):
        qa.association(frame, "score", "csat", method="polyserial", interval="closed_form")
    with pytest.raises(ArgumentError, match="asymptotic holds for independent rows only"):
        qa.association(qa.SampleDesign(frame.assign(w=1), weight="w"), "score", "csat", method="gamma", interval="asymptotic")


def test_the_distance_correlation_is_that_of_energy() -> None:
    # R energy 1.7.11: dcor, dcov, bcdcor.
    found = qa.distance_correlation(pd.DataFrame({"x": [1, 2, 3, 4, 5], "y": [1, 2, 9, 4, 4]}), "x", "y")
    assert (found.value, found.covariance, found.bias_corrected) == pytest.approx(
        (0.762676242416867, 1.15931013969516, 0.816496580927726), rel=1e-12
    )
    # Weights that are counts stand for repeated rows.
    frame = pd.DataFrame({"x": X, "y": Y, "w": [1, 2, 3] * 4})
    repeated = frame.loc[frame.index.repeat(frame["w"])]
    weighted = qa.distance_correlation(qa.SampleDesign(frame, weight="w"), "x", "y")
    assert weighted.value == pytest.approx(qa.distance_correlation(repeated, "x", "y").value, rel=1e-12)
    assert math.isnan(weighted.test.p_value)
    gaps = qa.distance_correlation(frame.assign(y=[*Y[:-2], None, None]), "x", "y", missing="drop")
    assert (gaps.n, gaps.missing) == (10, 2)


def test_permutations_are_all_of_them_or_take_a_seed() -> None:
    # R 4.2.2: full enumeration of 8! orders.
    eight = pd.DataFrame({"x": [51, 64, 70, 63, 78, 55, 67, 75], "y": [43, 63, 71, 61, 81, 43, 58, 71]})
    found = qa.permutation_test(eight, "x", "y", method="pearson")
    assert (found.value, found.p_value, found.p_greater) == pytest.approx(
        (0.959645652675582, 0.000496031746031746, 0.000496031746031746), rel=1e-12
    )
    assert (found.permutations, found.exact, found.n) == (40320, True, 8)
    assert found.summary().startswith("Pearson correlation of x and y is 0.9596 (n = 8), p = 0.00050 by 40,320 permutations (all). A small p")
    frame = pd.DataFrame({"score": X, "csat": Y})
    random = qa.permutation_test(frame, "score", "csat", seed=1)
    assert (random.permutations, random.exact) == (9999, False)
    assert random.p_value == qa.permutation_test(frame, "score", "csat", seed=1).p_value
    # SciPy 1.17.1: spearmanr has p 0.000206; the permutations come near it.
    assert random.p_value < 0.002
    with pytest.raises(ArgumentError, match="seed: random orders need one"):
        qa.permutation_test(frame, "score", "csat")
    with pytest.raises(ArgumentError, match="found a SampleDesign, under which orders are not equally likely"):
        qa.permutation_test(qa.SampleDesign(frame.assign(w=1), weight="w"), "score", "csat", seed=1)
    with pytest.raises(ArgumentError, match="method: expected one of pearson"):
        qa.permutation_test(frame, "score", "csat", method="gamma", seed=1)
    constant = qa.permutation_test(frame.assign(csat=3), "score", "csat", seed=1)
    assert constant.summary().endswith("the second column is constant.")


def test_the_examples_of_the_documentation_run() -> None:
    for module, least in ((associations, 7), (dependence, 8)):
        failed, tried = doctest.testmod(module)
        assert failed == 0
        assert tried >= least


def test_times_that_are_not_over_go_with_a_score_as_in_r_and_lifelines() -> None:
    # Freireich et al. (1963): summary(coxph(Surv(weeks, relapse) ~ group)) of R says "Concordance= 0.69 (se = 0.041)".
    treated = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    watched = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    frame = pd.DataFrame(
        {
            "group": [1] * 21 + [0] * 21,
            "weeks": treated + watched + placebo,
            "relapse": ["over"] * 9 + ["watched"] * 12 + ["over"] * 21,
        }
    )
    found = qa.time_concordance(frame, "group", time="weeks", event="relapse", equals="over")
    assert (round(found.value, 3), round(found.std_error * (41 / 42) ** 0.5, 3), found.events) == (0.69, 0.041, 30)
    assert found.test.p_value < 0.001
    assert found.somers_d == pytest.approx(2 * found.value - 1)
    doubled = qa.SampleDesign(frame.assign(w=[2.0, 1.0] * 21), weight="w")
    repeated = pd.concat([frame, frame.iloc[::2]])
    weighted = qa.time_concordance(doubled, "group", time="weeks", event="relapse", equals="over")
    copies = qa.time_concordance(repeated, "group", time="weeks", event="relapse", equals="over")
    # Copies add pairs of a unit with itself, which are known only where times may be as long: none of these.
    assert weighted.concordant + weighted.discordant + weighted.tied_score == pytest.approx(
        copies.concordant + copies.discordant + copies.tied_score
    )
    assert weighted.value == pytest.approx(copies.value, rel=1e-12)
    with pytest.raises(DataError, match='"relapse": expected 0, 1, true or false but found text'):
        qa.time_concordance(frame, "group", time="weeks", event="relapse")
    with pytest.raises(DataError, match="time: expected times of at least 0 but found -1"):
        qa.time_concordance(frame.assign(weeks=-1), "group", time="weeks", event="relapse", equals="over")
    open_end = qa.time_concordance(frame.assign(left=False), "group", time="weeks", event="left")
    assert open_end.undefined == "no pair of units of which one is known to have lasted longer"
