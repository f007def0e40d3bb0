"""Raters against gold, true scores and each other's consensus, as Python users call them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa

RNG = np.random.default_rng(11)
TRUTH = RNG.integers(0, 3, 90)
SAID = np.where(RNG.random((90, 3)) < [0.0, 0.3, 0.5], RNG.integers(0, 3, (90, 3)), TRUTH[:, None])
WHO = ["expert", "ann", "bob"]
TEXT = np.array(["bad", "fair", "good"])[SAID]
TABLE = qa.RatingTable.from_matrix(TEXT, raters=WHO, categories=["bad", "fair", "good"])
LONG = pd.DataFrame(
    {"call": np.repeat(np.arange(90), 3), "who": WHO * 90, "said": TEXT.ravel()}
)


def test_figures_against_gold_are_counts_of_the_confusion() -> None:
    found = qa.rater_against_gold(TABLE, gold="expert", rater="ann", weights="linear")
    expected = pd.crosstab(SAID[:, 0], SAID[:, 1]).to_numpy()
    assert [list(row) for row in found.confusion] == expected.tolist()
    assert found.accuracy.value == pytest.approx(np.trace(expected) / 90)
    good = found.by_category["good", "precision"]
    assert good.value == pytest.approx(expected[2, 2] / expected[:, 2].sum())
    assert good.n == expected[:, 2].sum()
    assert found.kappa.weights == "linear"
    assert found.kappa.value == pytest.approx(qa.cohen_kappa(TABLE.only("expert", "ann"), weights="linear").value)  # type: ignore[union-attr]
    assert len(found.to_frame()) == 12
    every = qa.raters_against_gold(TABLE, gold="expert")
    assert every["bob", "accuracy"].value < every["ann", "accuracy"].value == found.accuracy.value


def test_labels_of_gold_say_what_was_probably_meant() -> None:
    with pytest.raises(qa.ArgumentError, match=r"gold: 'Expert' is no rater of this table \(did you mean \"expert\"\?\)"):
        qa.raters_against_gold(TABLE, gold="Expert")
    with pytest.raises(qa.ArgumentError, match="rater: the gold standard is compared with itself"):
        qa.rater_against_gold(TABLE, gold="ann", rater="ann")
    with pytest.raises(qa.ArgumentError, match="anonymous"):
        qa.rater_against_gold(qa.RatingTable(LONG, unit="call", rating="said"), gold="expert", rater="ann")
    with pytest.raises(qa.ArgumentError, match="true scores need numbers, but the ratings are text"):
        qa.prmse(TABLE, rater="ann")


def test_under_a_design_accuracy_is_the_weighted_share() -> None:
    weight = 1.0 + np.arange(90) % 4
    design = qa.SampleDesign(pd.DataFrame({"call": range(90), "weight": weight}), unit="call", weight="weight")
    found = qa.rater_against_gold(TABLE, gold="expert", rater="ann", design=design)
    hit = SAID[:, 0] == SAID[:, 1]
    assert found.accuracy.value == pytest.approx(np.average(hit, weights=weight))
    recall = found.by_category["bad", "sensitivity"]
    of = SAID[:, 0] == 0
    assert recall.value == pytest.approx(np.average(hit[of], weights=weight[of]))


def test_the_reduction_of_the_error_does_not_depend_on_the_order_of_rows_and_knows_a_given_error() -> None:
    truth = RNG.normal(0.0, 1.0, 80)
    scores = np.column_stack([truth, truth + RNG.normal(0, 0.5, 80), truth + RNG.normal(0, 0.5, 80)])
    table = qa.RatingTable.from_matrix(scores, raters=["model", "ann", "bob"])
    found = qa.prmse(table, rater="model")
    assert isinstance(found, qa.Prmse)
    assert (found.n, found.n_multiple) == (80, 80)
    assert found.variance_of_errors == pytest.approx(np.var(scores[:, 1:], axis=1, ddof=1).mean())
    turned = qa.prmse(qa.RatingTable.from_matrix(scores[::-1], raters=["model", "ann", "bob"]), rater="model")
    assert turned.value == pytest.approx(found.value, rel=1e-12)  # type: ignore[union-attr]
    known = qa.prmse(table, rater="model", variance_of_errors=found.variance_of_errors)
    assert known.value == found.value  # type: ignore[union-attr]
    assert known.std_error != found.std_error  # type: ignore[union-attr]


def test_a_frame_may_hold_repeats_and_a_table_is_the_frame_without() -> None:
    from_table = qa.dawid_skene(TABLE, seed=1)
    columns: Any = {"unit": "call", "rater": "who", "rating": "said"}
    from_frame = qa.dawid_skene(LONG, **columns, categories=["bad", "fair", "good"], seed=1)
    assert from_frame.raters == tuple(sorted(WHO))
    for rater in WHO:
        np.testing.assert_allclose(from_frame.confusion[rater], from_table.confusion[rater], atol=1e-8)
    assert from_frame.labels == from_table.labels
    # A rater who says everything twice is one rater still, with the same accuracy of a rating, and counts twice.
    twice = qa.dawid_skene(pd.concat([LONG, LONG[LONG.who == "bob"]]), **columns, seed=1)
    assert twice.raters == from_frame.raters
    assert twice.accuracy["bob"] > from_frame.accuracy["bob"]
    shuffled = qa.dawid_skene(LONG.sample(frac=1, random_state=1), **columns, categories=["bad", "fair", "good"], seed=1)
    assert shuffled.posterior == from_frame.posterior


def test_the_consensus_is_nearer_to_the_truth_than_its_raters() -> None:
    truth = RNG.integers(0, 2, 400)
    said = np.where(RNG.random((400, 5)) < [0.1, 0.35, 0.35, 0.4, 0.4], 1 - truth[:, None], truth[:, None]).astype(float)
    said[RNG.random(said.shape) < 0.1] = np.nan
    found = qa.dawid_skene(qa.RatingTable.from_matrix(said), seed=2)
    assert found.converged and found.agreeing >= 1
    right = np.mean([label == true for label, true in zip(found.labels, truth, strict=True)])
    majority = np.mean((np.nanmean(said, axis=1) > 0.5) == truth)
    assert right > majority
    assert max(found.accuracy, key=lambda r: found.accuracy[r]) == 0
    assert math.isclose(sum(found.prior), 1.0)


def test_the_consensus_has_limits_and_says_where_it_has_none() -> None:
    truth = RNG.integers(0, 2, 300)
    said = np.where(RNG.random((300, 4)) < [0.1, 0.2, 0.3, 0.25], 1 - truth[:, None], truth[:, None])
    table = qa.RatingTable.from_matrix(said, raters=["ann", "bob", "cay", "dan"])
    found = qa.dawid_skene(table, seed=2)
    assert [one.value for one in found.shares] == list(found.prior)
    assert [one.value for one in found.accuracies] == list(found.accuracy.values())
    bob = found.confusions["bob", 1, 0]
    assert isinstance(bob, qa.Estimate) and bob.value == found.confusion["bob"][1][0]
    assert bob.low < bob.value < bob.high and bob.interval_method == "logit, normal" and bob.n == 300
    # The complement is as uncertain; a wider confidence gives wider limits.
    assert found.confusions["bob", 1, 1].std_error == pytest.approx(bob.std_error)
    wide = qa.dawid_skene(table, seed=2, confidence=0.99)
    assert wide.accuracies["ann"].high > found.accuracies["ann"].high
    assert "std_error" in repr(found)
    two = qa.dawid_skene(table.only("cay", "dan"), seed=2)
    assert math.isnan(two.accuracies["cay"].low)
    assert "Not all have limits: the ratings do not tell the probabilities apart" in two.summary()


def test_a_consensus_of_raters_who_never_met_a_category_says_so() -> None:
    apart = np.array([[1, 1, 1], [1, 1, 1], [2, 2, math.nan], [2, 2, math.nan]])
    found = qa.dawid_skene(qa.RatingTable.from_matrix(apart, raters=["ann", "bob", "cay"]), seed=1)
    assert math.isnan(found.accuracy["cay"])
    assert found.accuracies["cay"].undefined == "the rater rated no unit that may be of one of the categories"
    assert "Most often right is ann (1.000), least often ann (1.000)." in found.summary()
    # A declared category that nobody says is nobody's true one.
    truth = RNG.integers(1, 3, 120)
    said = np.where(RNG.random((120, 4)) < 0.25, 3 - truth[:, None], truth[:, None])
    assert qa.dawid_skene(qa.RatingTable.from_matrix(said, categories=[1, 2, 3]), seed=1).prior[2] == 0.0


def test_what_the_consensus_cannot_do_is_said() -> None:
    with pytest.raises(qa.ArgumentError, match="unit: goes with a frame; a RatingTable has its own"):
        qa.dawid_skene(TABLE, seed=1, unit="call")
    with pytest.raises(qa.ArgumentError, match="rater: a frame needs the column; expected its name but found None"):
        qa.dawid_skene(LONG, seed=1, unit="call")
    with pytest.raises(qa.DataError, match='column "who": row 2 has none'):
        qa.dawid_skene(LONG.assign(who=["a", "b", None] * 90), seed=1, unit="call", rater="who", rating="said")
    empty = qa.RatingTable.from_matrix(np.full((3, 2), np.nan))
    assert qa.rater_against_gold(empty, gold=0, rater=1).accuracy.undefined == "no unit was rated by both"
    none = qa.dawid_skene(empty, seed=1)
    assert none.labels == (None, None, None) and len(none.to_frame()) == 3
    assert none.undefined == "there is no rating"
    assert none.summary() == "No consensus: there is no rating."
    assert "there is no rating" in none._repr_html_()
