"""Differences, resampling, benchmarks, pairs and categories of agreement coefficients, and what they refuse."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa

RANDOM = np.random.default_rng(11)
NAN = math.nan


def panel(units: int = 60, raters: int = 3, errs: float = 0.3, first: int = 0) -> pd.DataFrame:
    """Ratings 1 to 4 of units first, first + 1, ... by raters a, b, ...; a rater errs with this chance."""
    truth = RANDOM.integers(1, 5, units)
    rows = [
        (first + unit, "abcdefgh"[rater], int(RANDOM.integers(1, 5)) if RANDOM.random() < errs else int(truth[unit]))
        for unit in range(units)
        for rater in range(raters)
    ]
    return pd.DataFrame(rows, columns=["call", "who", "score"])


def table(frame: pd.DataFrame, **options: Any) -> qa.RatingTable:
    return qa.RatingTable(frame, unit="call", rater="who", rating="score", categories=[1, 2, 3, 4], **options)


MATRIX = np.array([[1, 1, 1], [2, 2, 1], [2, 2, 2], [1, 2, 1], [2, 2, 2], [1, 1, 2], [1, 1, 1], [2, 1, 2]])
TABLE = qa.RatingTable.from_matrix(MATRIX, raters=["expert", "ann", "bob"])


def test_two_periods_share_no_unit_and_their_variances_add() -> None:
    may, june = table(panel()), table(panel(80, errs=0.5, first=100))
    found = qa.agreement_difference(june, may, "conger_kappa")
    one, two = qa.conger_kappa(june), qa.conger_kappa(may)
    assert isinstance(found, qa.AgreementDifference)
    assert found.value == pytest.approx(one.value - two.value, rel=1e-12)
    assert found.std_error == pytest.approx(math.hypot(one.std_error, two.std_error), rel=1e-12)
    assert found.correlation == pytest.approx(0.0, abs=1e-15)
    assert (found.first.value, found.second.value) == (one.value, two.value)
    assert found.to_dict()["p_value"] == found.test.p_value
    assert found.summary().startswith(f"Conger's kappa {one.value:.4g}")


def test_units_are_told_by_their_labels_whatever_the_order_of_rows() -> None:
    frame = panel(50, 4)
    first, second = frame[frame.who.isin(["a", "b"])], frame[frame.who.isin(["a", "c"])]
    straight = qa.agreement_difference(table(first), table(second), "fleiss_kappa")
    part = second[second.call < 30].sample(frac=1.0, random_state=3)  # the second lacks units, and is in another order
    mixed = qa.agreement_difference(table(first), table(part), "fleiss_kappa")
    assert straight.n == mixed.n == 50
    assert straight.correlation > mixed.correlation > 0
    backwards = qa.agreement_difference(table(part), table(first), "fleiss_kappa")
    assert backwards.value == pytest.approx(-mixed.value, rel=1e-12)
    assert backwards.std_error == pytest.approx(mixed.std_error, rel=1e-12)


def test_criteria_are_compared_one_by_one() -> None:
    both = pd.concat([panel(40).assign(topic="tone"), panel(40).assign(topic="facts")])
    later = pd.concat([panel(40, errs=0.6).assign(topic="tone"), panel(40, errs=0.6).assign(topic="facts")])
    found = qa.agreement_difference(table(both, criterion="topic"), table(later, criterion="topic"), level="ordinal")
    assert isinstance(found, qa.EstimateTable)
    alone = qa.agreement_difference(
        table(both, criterion="topic")["tone"], table(later, criterion="topic")["tone"], level="ordinal"
    )
    assert found["tone"].value == alone.value
    with pytest.raises(qa.ArgumentError, match="'facts' is not in all"):
        qa.agreement_difference(table(both, criterion="topic"), table(later[later.topic == "tone"], criterion="topic"))


def test_designs_reach_differences_and_resampling() -> None:
    frame = panel(60, 4)
    calls = pd.DataFrame({"call": np.arange(60)[::-1], "weight": 1.0, "agent": np.arange(60)[::-1] // 5})
    design = qa.SampleDesign(calls, unit="call", weight="weight", cluster="agent")
    a, b = table(frame[frame.who < "c"]), table(frame[frame.who >= "c"])
    found = qa.agreement_difference(a, b, "gwet_ac", design=design)
    assert found.df == 11
    assert found.first.std_error == qa.gwet_ac(a, design=design).std_error
    drawn = qa.resample_agreement(a, "gwet_ac", design=design, seed=3, replicates=2000)
    assert drawn.std_error == pytest.approx(qa.gwet_ac(a, design=design).std_error, rel=0.15)


def test_several_tables_are_compared_at_once() -> None:
    frame = panel(80, 4)
    pairs = {name: table(frame[frame.who.isin(["a", name])]) for name in "bcd"}
    found = qa.compare_agreement(pairs, "cohen_kappa", weights="linear")
    assert [e.value for e in found.estimates] == [qa.cohen_kappa(t, weights="linear").value for t in pairs.values()]
    two = qa.agreement_difference(pairs["b"], pairs["d"], "cohen_kappa", weights="linear")
    assert found.differences["b", "d"].value == two.value
    assert found.correlation[0][2] == pytest.approx(two.correlation, rel=1e-12)
    assert 0 <= found.equality.p_value <= 1
    assert len(found.to_frame()) == len(found.to_frame("estimates")) == 3
    with pytest.raises(qa.ArgumentError, match="expected 2 or more to compare but found 1"):
        qa.compare_agreement({"b": pairs["b"]})
    with pytest.raises(qa.ArgumentError, match=r"categories differ, 1, 2 and 1, 2, 3, 4, and gwet_ac counts them"):
        qa.agreement_difference(TABLE, pairs["b"], "gwet_ac")


def test_a_bootstrap_is_repeatable_and_near_the_influence_values() -> None:
    ratings = table(panel(150, 4))
    one, again = (qa.resample_agreement(ratings, level="ordinal", seed=5, replicates=3000) for _ in range(2))
    assert (one.low, one.high, one.std_error, one.bias) == (again.low, again.high, again.std_error, again.bias)
    assert one.std_error == pytest.approx(qa.krippendorff_alpha(ratings, level="ordinal").std_error, rel=0.08)
    assert one.weights == "ordinal"
    assert qa.resample_agreement(ratings, seed=6, replicates=3000).low != one.low
    for method in ("bca", "jackknife"):
        other = qa.resample_agreement(ratings, level="ordinal", seed=5, replicates=3000, method=method)
        assert other.std_error == pytest.approx(one.std_error, rel=0.08)
    with pytest.raises(qa.ArgumentError, match="seed: the bootstrap needs one"):
        qa.resample_agreement(ratings)
    with pytest.raises(qa.ArgumentError, match='did you mean "percentile"'):
        qa.resample_agreement(ratings, method="percentil", seed=1)
    with pytest.raises(qa.ArgumentError, match="normal: goes with"):
        qa.resample_agreement(ratings, seed=1, normal=True)


def test_a_gold_standard_is_a_rater_of_the_table() -> None:
    found = qa.gold_kappa(TABLE, gold="expert")
    pairs = qa.pairwise_agreement(TABLE)
    assert found.value == pytest.approx((pairs["expert", "ann"].value + pairs["bob", "expert"].value) / 2, rel=1e-12)
    with pytest.raises(qa.ArgumentError, match='did you mean "expert"'):
        qa.gold_kappa(TABLE, gold="expart")
    with pytest.raises(qa.ArgumentError, match="needs the rater who is right"):
        qa.resample_agreement(TABLE, "gold_kappa", seed=1)
    with pytest.raises(qa.ArgumentError, match="not with fleiss_kappa"):
        qa.resample_agreement(TABLE, "fleiss_kappa", gold="expert", seed=1)
    with pytest.raises(qa.ArgumentError, match="anonymous"):
        qa.gold_kappa(qa.RatingTable.from_counts([[2, 1], [1, 2]]), gold="expert")


def test_pairs_of_raters_are_a_matrix() -> None:
    pairs = qa.pairwise_agreement(TABLE, "krippendorff_alpha", level="nominal")
    matrix = np.array(pairs.matrix())
    assert np.array_equal(matrix, matrix.T)
    assert np.array_equal(np.diag(matrix), [1, 1, 1])
    alpha = qa.krippendorff_alpha(TABLE.only("ann", "bob"), level="nominal")
    assert pairs["ann", "bob"].value == pairs["bob", "ann"].value == matrix[1, 2] == alpha.value
    assert pairs.summary().startswith("krippendorff_alpha is lowest between ann and bob")
    apart = qa.RatingTable.from_matrix(np.array([[1, 2, NAN], [2, 2, NAN], [NAN, 1, 1], [NAN, 2, 2]]))
    assert math.isnan(qa.pairwise_agreement(apart)[0, 2].value)
    assert "1 pairs have none" in qa.pairwise_agreement(apart).summary()
    with pytest.raises(qa.ArgumentError, match="anonymous"):
        qa.pairwise_agreement(qa.RatingTable.from_counts([[2, 1], [1, 2]]))


def test_by_category_names_the_answer_that_is_not_seen_alike() -> None:
    words = np.array([["yes", "yes"], ["no", "no"], ["partly", "no"], ["yes", "partly"], ["no", "no"]], dtype=object)
    ratings = qa.RatingTable.from_matrix(words, categories=["no", "partly", "yes"])
    found = qa.agreement_by_category(ratings)
    assert found["partly"].value < min(found["no"].value, found["yes"].value)
    shares = [1 - e.expected for e in found]  # type: ignore[attr-defined]
    mean = sum(s * e.value for s, e in zip(shares, found, strict=True)) / sum(shares)
    assert qa.fleiss_kappa(ratings).value == pytest.approx(mean, rel=1e-12)
    alphas = qa.agreement_by_category(ratings, "krippendorff_alpha")
    assert alphas["partly"].value < alphas["yes"].value


def test_benchmarks_answer_with_probabilities() -> None:
    estimate = qa.fleiss_kappa(table(panel(200)))
    found = qa.benchmark_membership(estimate)
    assert sum(found.probability) == pytest.approx(1.0, rel=1e-12)
    assert found.cumulative[found.labels.index(found.reached)] >= 0.95
    own = qa.benchmark_membership(0.7, std_error=0.05, scale={"fine": 0.5, "not fine": -1})
    assert own.reached == "fine"
    assert own.scale == "own"
    undefined = qa.benchmark_membership(qa.fleiss_kappa(qa.RatingTable.from_matrix(np.ones((4, 2)))))
    assert undefined.reached is None
    assert undefined.summary() == "No class can be named: the coefficient is undefined."
    for wrong, message in (
        ({"estimate": 0.5}, "a bare number has none"),
        ({"estimate": estimate, "std_error": 0.1}, "the estimate has its own"),
        ({"estimate": 0.5, "std_error": 0.1, "scale": "landis"}, "landis_koch"),
        ({"estimate": 0.5, "std_error": 0.1, "scale": {"a": 0.2, "b": 0.5, "c": -1}}, "descend"),
        ({"estimate": 0.5, "std_error": 0.1, "scale": {"a": 0.2}}, "the last beginning at -1"),
        ({"estimate": 0.5, "std_error": -0.1}, "0 or more"),
        ({"estimate": 0.5, "std_error": 0.1, "probability": 95}, "0.95"),
    ):
        with pytest.raises(qa.ArgumentError, match=message):
            qa.benchmark_membership(**wrong)


def test_a_test_against_chance_has_its_own_standard_error() -> None:
    ratings = table(panel(80, 2, errs=0.7))
    found = qa.chance_test(ratings, weights="quadratic")
    kappa = qa.cohen_kappa(ratings, weights="quadratic")
    assert found.value == kappa.value
    assert found.std_error != kappa.std_error
    assert found.statistic == pytest.approx(found.value / found.std_error, rel=1e-12)
    assert found.p_value == pytest.approx(2 * min(found.p_greater, 1 - found.p_greater), rel=1e-12)
    assert kappa.test.statistic == pytest.approx(kappa.value / kappa.std_error, rel=1e-12)
    with pytest.raises(qa.ArgumentError, match="cohen_kappa"):
        qa.chance_test(ratings, "gwet_ac")
    with pytest.raises(qa.ArgumentError, match="identity weights only"):
        qa.chance_test(ratings, "fleiss_kappa", weights="linear")
    assert math.isnan(qa.percent_agreement(ratings).test.p_value)


def test_alpha_takes_own_distances() -> None:
    squares = np.subtract.outer(np.arange(4), np.arange(4)) ** 2
    ratings = table(panel(50))
    own = qa.krippendorff_alpha(ratings, distances=squares)
    assert own.value == pytest.approx(qa.krippendorff_alpha(ratings, level="interval").value, rel=1e-12)
    assert own.weights == "own distances"
    with pytest.raises(qa.ArgumentError, match=r"row 0, column 1: expected a symmetric matrix, 7 as across the diagonal"):
        qa.krippendorff_alpha(ratings, distances=[[0, 1, 2, 3], [7, 0, 1, 2], [2, 1, 0, 1], [3, 2, 1, 0]])
    with pytest.raises(qa.ArgumentError, match="distances: level says already"):
        qa.krippendorff_alpha(ratings, level="nominal", distances=squares)
    with pytest.raises(qa.ArgumentError, match="belongs to krippendorff_alpha"):
        qa.resample_agreement(ratings, "fleiss_kappa", level="nominal", seed=1)


# Bad input: an answer, or an error that says what to do


EVERY_VERB = (
    lambda t: qa.agreement(t),
    lambda t: qa.krippendorff_alpha(t),
    lambda t: qa.resample_agreement(t, level="nominal", seed=1, replicates=50),
    lambda t: qa.agreement_difference(t, t, "fleiss_kappa"),
    lambda t: qa.agreement_by_category(t),
    lambda t: qa.light_kappa(t),
    lambda t: qa.fleiss_kappa_pooled(t),
    lambda t: qa.chance_test(t, "fleiss_kappa"),
    lambda t: qa.calibration_study(t),
)


@pytest.mark.parametrize(
    ("ratings", "reason"),
    [
        (qa.RatingTable.from_matrix(np.array([[1.0], [2.0], [3.0]])), "fewer than 2 raters"),
        (qa.RatingTable.from_matrix(np.array([[1.0, 2.0, 2.0]])), "fewer than 2 units"),
        (qa.RatingTable.from_matrix(np.ones((5, 3))), "one category"),
        (qa.RatingTable.from_matrix(np.full((4, 3), NAN)), "no unit has two ratings"),
        (qa.RatingTable.from_matrix(np.empty((0, 3))), "no unit has two ratings"),
    ],
)
def test_one_rater_one_unit_constant_ratings_and_nothing_but_gaps_have_an_answer(
    ratings: qa.RatingTable, reason: str
) -> None:
    for verb in EVERY_VERB:
        verb(ratings)
    found = qa.fleiss_kappa(ratings)
    assert found.undefined is not None
    assert reason in found.undefined
    assert math.isnan(found.low)


def test_a_million_categories_have_an_alpha_and_a_refusal_that_names_it() -> None:
    values = np.arange(1_000_000, dtype=float)
    ratings = qa.RatingTable.from_matrix(np.column_stack([values, values[::-1]]))
    assert qa.krippendorff_alpha(ratings, level="interval").value == pytest.approx(-1.0, abs=1e-5)
    assert qa.cohen_kappa(ratings).value < 0.001
    assert qa.chance_test(ratings).value < 0.001
    with pytest.raises(qa.ArgumentError, match="at most 4096 categories but found 1000000; .*level interval, or an ICC"):
        qa.fleiss_kappa(ratings, weights="quadratic")
    with pytest.raises(qa.ArgumentError, match="at most 1000 categories but found 1000000"):
        qa.agreement_by_category(ratings)


def test_weights_that_are_not_symmetric_and_categories_outside_the_declared_are_named() -> None:
    with pytest.raises(qa.ArgumentError, match=r"row 0, column 1: expected a symmetric matrix, 0.2 as across the diagonal"):
        qa.light_kappa(TABLE, weights=[[1, 0.5], [0.2, 1]])
    with pytest.raises(qa.ArgumentError, match="1 on the diagonal|nearest to itself"):
        qa.light_kappa(TABLE, weights=[[0.5, 0], [0, 1]])
    with pytest.raises(qa.DataError, match="9 is not among the declared categories 1, 2, 3, 4"):
        table(pd.DataFrame({"call": [1, 1], "who": ["a", "b"], "score": [1, 9]}))


def test_an_average_that_is_no_declared_category_is_called_one() -> None:
    rows = pd.DataFrame({"call": [1, 1, 1, 2], "who": ["a", "a", "b", "b"], "score": [1, 2, 2, 9]})
    with pytest.raises(qa.DataError, match=r"1.5 is not among the declared categories 1, 2, 3, 4: it is the average"):
        table(rows[:3], duplicates="average")
    with pytest.raises(qa.DataError, match=r"9 is not among the declared categories 1, 2, 3, 4$"):
        table(rows[2:], duplicates="average")
    free = qa.RatingTable(rows[:3], unit="call", rater="who", rating="score", duplicates="average")
    assert qa.krippendorff_alpha(free, level="interval").categories == 2  # type: ignore[union-attr]


# What peers get wrong: each has its number here


def test_alpha_of_a_full_table_counts_m_minus_one_pairs() -> None:
    """irr divides the pairs of a full table of three raters by 1; a unit that cannot be paired must change nothing."""
    matrix = np.array([[3, 3, 2], [3, 6, 1], [3, 4, 4], [4, 6, 4], [5, 2, 3], [5, 4, 2]], dtype=float)
    full = qa.RatingTable.from_matrix(matrix, categories=[1, 2, 3, 4, 5, 6])
    more = qa.RatingTable.from_matrix(np.vstack([matrix, [1.0, NAN, NAN]]), categories=[1, 2, 3, 4, 5, 6])
    for level in ("nominal", "ordinal", "interval", "ratio"):
        assert qa.krippendorff_alpha(full, level=level).value == qa.krippendorff_alpha(more, level=level).value


def test_ratio_weights_know_a_category_zero() -> None:
    ratings = qa.RatingTable.from_matrix(np.array([[0, 0], [1, 1], [2, 3], [0, 1], [3, 3]]))
    found = qa.fleiss_kappa(ratings, weights="ratio")
    assert math.isfinite(found.value)
    assert math.isfinite(found.std_error)


def test_numbers_count_by_their_value_and_not_by_their_place() -> None:
    """scikit-learn's weights are those of the places of labels."""
    matrix = np.array([[1, 2], [2, 2], [10, 10], [10, 2], [1, 1], [10, 1]])
    ratings = qa.RatingTable.from_matrix(matrix)
    values, places = np.array([1, 2, 10]), np.arange(3)
    by_value, by_place = (1 - np.abs(np.subtract.outer(x, x)) / (x[-1] - x[0]) for x in (values, places))
    linear = qa.cohen_kappa(ratings, weights="linear").value
    assert linear == pytest.approx(qa.cohen_kappa(ratings, weights=by_value).value, rel=1e-14)
    assert linear != pytest.approx(qa.cohen_kappa(ratings, weights=by_place).value, rel=1e-3)
    placed = qa.RatingTable.from_matrix(np.searchsorted(values, matrix))
    assert qa.cohen_kappa(placed, weights="linear").value == pytest.approx(qa.cohen_kappa(ratings, weights=by_place).value, rel=1e-14)


def test_a_kappa_of_many_raters_does_not_depend_on_which_other_groups_are_in_the_call() -> None:
    """multiagree's kappas of a group move when another group is added, and its errors double."""
    frame = panel(60, 6)
    groups = {name: table(frame[frame.who.isin(list(who))]) for name, who in (("1", "ab"), ("2", "cde"), ("3", "aef"))}
    found = qa.compare_agreement(groups, "conger_kappa")
    for name, ratings in groups.items():
        alone = qa.conger_kappa(ratings)
        assert (found.estimates[name].value, found.estimates[name].std_error) == (alone.value, alone.std_error)


def test_the_same_data_have_one_standard_error_of_alpha_in_any_form() -> None:
    """irrCAC's is another one for raw ratings than for counts of them."""
    frame = panel(40, 3)
    raw = table(frame)
    counts = pd.crosstab(frame.call, frame.score).reindex(columns=[1, 2, 3, 4], fill_value=0).to_numpy()
    distribution = qa.RatingTable.from_counts(counts)
    for level in ("nominal", "ordinal", "interval"):
        one, other = (qa.krippendorff_alpha(t, level=level) for t in (raw, distribution))
        assert other.value == pytest.approx(one.value, rel=1e-13)
        assert other.std_error == pytest.approx(one.std_error, rel=1e-12)
        drawn = [qa.resample_agreement(t, level=level, seed=1, replicates=200).std_error for t in (raw, distribution)]
        assert drawn[0] == pytest.approx(drawn[1], rel=1e-12)


def test_gaps_are_no_category_and_a_unit_with_one_keeps_its_other_ratings() -> None:
    """statsmodels and NLTK count a gap as a category; irr drops the whole unit."""
    matrix = np.array([[1, 1, NAN], [2, 2, 2], [1, 2, 1], [NAN, 2, 2], [1, 1, 1]])
    ratings = qa.RatingTable.from_matrix(matrix)
    assert qa.fleiss_kappa(ratings).categories == 2  # type: ignore[union-attr]
    assert qa.fleiss_kappa(ratings).n == 5
    assert qa.fleiss_kappa(ratings.complete()).n == 3


def test_agreement_weights_and_disagreement_weights_have_one_variance() -> None:
    """psych's variance depends on which of the two it is given."""
    ratings = table(panel(100, 2))
    linear = 1 - np.abs(np.subtract.outer(np.arange(4), np.arange(4))) / 3
    named, own = qa.cohen_kappa(ratings, weights="linear"), qa.cohen_kappa(ratings, weights=linear)
    assert own.std_error == pytest.approx(named.std_error, rel=1e-12)
    half = qa.cohen_kappa(ratings, weights=1 - 0.5 * (1 - linear))  # the same disagreement in another unit
    assert (half.value, half.std_error) == (
        pytest.approx(named.value, rel=1e-12),
        pytest.approx(named.std_error, rel=1e-12),
    )
