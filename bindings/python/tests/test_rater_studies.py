"""Measurements, drift and models as raters, as Python users call them."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import qascore as qa

RNG = np.random.default_rng(12)
TRUTH = RNG.normal(0.7, 0.1, (120, 1))
SCORES = TRUTH + RNG.normal(0.0, 0.05, (120, 4))
WHO = ["model", "ann", "bob", "cay"]
TABLE = qa.RatingTable.from_matrix(SCORES, raters=WHO)


def test_concordance_of_two_is_its_formula_and_knows_its_parts() -> None:
    two = TABLE.only("ann", "bob")
    x, y = SCORES[:, 1], SCORES[:, 2]
    found = qa.lin_ccc(two)
    assert isinstance(found, qa.Concordance)
    assert found.value == pytest.approx(2 * np.cov(x, y, ddof=0)[0, 1] / (x.var() + y.var() + (x.mean() - y.mean()) ** 2))
    assert found.precision * found.accuracy == pytest.approx(found.value)
    with pytest.raises(qa.ArgumentError, match="expected 2 raters but found 4; overall_ccc takes any number"):
        qa.lin_ccc(TABLE)
    with pytest.raises(qa.ArgumentError, match="needs numbers, but the ratings are text"):
        qa.overall_ccc(qa.RatingTable.from_matrix(np.array([["a", "b"], ["b", "b"]])))


def test_limits_of_agreement_leave_out_units_with_a_gap_and_follow_a_design() -> None:
    gappy = SCORES[:, 1:3].copy()
    gappy[3, 0] = np.nan
    table = qa.RatingTable.from_matrix(gappy, raters=["ann", "bob"])
    found = qa.bland_altman(table)
    assert (len(found.units), 3 in found.units) == (119, False)
    d = np.delete(gappy[:, 0] - gappy[:, 1], 3)
    assert found.bias.value == pytest.approx(d.mean())
    assert found.upper.value == pytest.approx(d.mean() + 1.959963984540054 * d.std(ddof=1))
    weights = pd.DataFrame({"unit": range(120), "w": 1.0 + np.arange(120) % 3})
    weighted = qa.bland_altman(table, design=qa.SampleDesign(weights, unit="unit", weight="w"))
    assert weighted.bias.value == pytest.approx(np.average(d, weights=np.delete(weights.w, 3)))
    assert len(weighted.to_frame()) == 119
    with pytest.raises(qa.ArgumentError, match=r"expected 2 known raters but found 4; take two of them with table.only"):
        qa.bland_altman(TABLE)


def test_spearman_brown_carries_limits() -> None:
    one = qa.icc(TABLE, form="C,1")
    three = qa.spearman_brown(one, 4)
    assert three.value == pytest.approx(qa.icc(TABLE, form="C,k").value)  # type: ignore[union-attr]
    assert three.low == pytest.approx(qa.spearman_brown(one.low, 4))  # type: ignore[union-attr]
    assert [e.value for e in qa.spearman_brown(one, [1, 4])] == pytest.approx([one.value, three.value])  # type: ignore[union-attr]


def test_agreement_on_a_scale_is_stepped_up_and_says_what_chance_is() -> None:
    unit, rater = np.divmod(np.arange(80), 4)
    marks = {name: np.clip(3 + unit % 2 + RNG.integers(-1, 2, 80), 1, 5) for name in ("tone", "care", "clarity")}
    marks["clarity"][-4:] = [1, 5, 1, 5]
    frame = pd.DataFrame({"unit": unit, "rater": rater, **marks})
    columns = {"unit": "unit", "rater": "rater", "categories": [1, 2, 3, 4, 5]}
    table = qa.RatingTable(frame, rating=list(marks), **columns)
    found = qa.r_wg_j(table)
    x = frame.groupby("unit")[list(marks)].var().mean(axis=1).to_numpy() / 2
    assert found.values == pytest.approx([0.0 if one > 1 else qa.spearman_brown(1 - one, 3) for one in x])
    assert (found.set_to_zero, found.criteria, found.null, found.null_variance) == ((x > 1).sum(), tuple(marks), "uniform", 2.0)
    assert found.mean.value == pytest.approx(found.values.mean())
    assert list(found.to_frame()) == ["unit", "r_wg_j"]
    assert "3 criteria, null variance 2.000 (uniform), 1 set to 0" in repr(found)
    assert "Units that vary more than by chance and count as 0: 1 of 20." in found.summary()
    skewed = qa.r_wg_j(table, null="slight_skew")
    assert skewed.null_variance == 1.34
    assert (skewed.values <= found.values).all()
    assert qa.r_wg(table["tone"], null="triangular").null_variance == 1.32
    # Units that one of the criteria lacks have no figure; a design orders and weighs them.
    long = frame.melt(["unit", "rater"], list(marks), "criterion", "mark")
    gappy = long[(long.unit != 3) | (long.criterion != "care")]
    less = qa.r_wg_j(qa.RatingTable(gappy, criterion="criterion", rating="mark", **columns))
    assert less.units == tuple(u for u in range(20) if u != 3)
    weights = pd.DataFrame({"unit": range(19, -1, -1), "w": 1.0 + np.arange(20) % 3})
    design = qa.SampleDesign(weights, unit="unit", weight="w")
    assert qa.r_wg_j(table, design=design).mean.value == pytest.approx(np.average(found.values[::-1], weights=weights.w))
    with pytest.raises(qa.ArgumentError, match="is of several criteria, but the table has one; r_wg takes it"):
        qa.r_wg_j(table["tone"])
    with pytest.raises(qa.ArgumentError, match=r"null: expected one of uniform, .* but found 'skewed'"):
        qa.r_wg_j(table, null="skewed")
    with pytest.raises(qa.ArgumentError, match="null, null_variance: expected one of them but found 'normal' and 2"):
        qa.r_wg(table["tone"], null="normal", null_variance=2)
    with pytest.raises(qa.ArgumentError, match="null_variance: expected a number > 0 but found 0"):
        qa.r_wg(table["tone"], null_variance=0)
    found_only = qa.RatingTable(frame.assign(tone=np.minimum(frame.tone, 3)), rating=list(marks), unit="unit", rater="rater")
    with pytest.raises(qa.ArgumentError, match="needs criteria of one scale, but 'care' has other categories than 'tone'"):
        qa.r_wg_j(found_only)
    assert qa.r_wg_j(found_only, null_variance=2).null == "given"


def test_a_rater_who_drifts_is_found_with_the_day_and_the_others_are_not() -> None:
    scores = SCORES.copy()
    scores[80:, 3] -= 0.06
    table = qa.RatingTable.from_matrix(scores, raters=WHO)
    found = qa.rater_drift(table, seed=1)
    assert "cay" in found.drifting()
    change = found.changes["cay"]
    assert change.low <= 80 <= change.high
    assert change.shift.value == pytest.approx(-0.06, abs=0.03)
    backwards = qa.rater_drift(table, seed=1, time={unit: -unit for unit in range(120)})
    assert backwards.changes["cay"].shift.value == pytest.approx(-change.shift.value)
    assert found.charts["cay"].false_alarm_rate == pytest.approx(1 / 370.4)
    with pytest.raises(qa.DataError, match="time: unit 1 has none"):
        qa.rater_drift(table, seed=1, time={0: 1})


def test_charts_say_what_they_cannot_draw() -> None:
    flat = qa.ewma_chart([1.0, 1.0, 1.0])
    assert flat.undefined == "the values do not vary"
    assert flat.summary() == "No EWMA: the values do not vary."
    with pytest.raises(qa.ArgumentError, match=r'rules: expected one of .* \(did you mean "eight_in_row"\?\)'):
        qa.xbar_chart([[1.0, 2.0]], rules=["eight_in_a_row"])
    with pytest.raises(qa.DataError, match="labels: expected 2, one per point, but found 1"):
        qa.cusum_chart([1.0, 2.0], labels=["a"])
    with pytest.raises(qa.DataError, match="point 1 is infinite"):
        qa.ewma_chart([1.0, np.inf])


def test_bias_of_groups_is_the_mean_difference_from_people() -> None:
    scores = SCORES.copy()
    scores[:40, 0] += 0.05
    scores[5, 1:] = np.nan  # nobody to compare with
    table = qa.RatingTable.from_matrix(scores, raters=WHO)
    group = {unit: "new" if unit < 40 else "old" for unit in range(120)}
    found = qa.model_bias(table, model="model", by=group)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        d = scores[:, 0] - np.nanmean(scores[:, 1:], axis=1)
    assert found.estimates["new"].value == pytest.approx(np.nanmean(d[:40]))
    assert found.estimates["new"].n == 39
    assert found.equality.p_value < 0.001
    assert found.adjusted_p["new"] == pytest.approx(found.adjusted_p["old"])
    version = qa.model_break(table, model="model", version=group, order=["old", "new"])
    assert np.isnan(version.bias.adjusted_p["old"])
    assert version.bias.adjusted_p["new"] == pytest.approx(found.equality.p_value)
    with pytest.raises(qa.ArgumentError, match="order: version 'old' is not among new"):
        qa.model_break(table, model="model", version=group, order=["new"])
    with pytest.raises(qa.ArgumentError, match="group: expected 2 groups or more but found 1"):
        qa.model_bias(table, model="model", by={0: "x"})


def test_the_alternative_annotator_test_takes_numbers_by_their_distance() -> None:
    found = qa.alternative_annotator_test(TABLE, model="model")
    assert [rater for (rater,) in zip(found.people.keys[0][1], strict=True)] == ["ann", "bob", "cay"]
    assert found.passed == (found.winning_rate >= 0.5)
    assert 0.3 < found.advantage.value < 0.7
    few = qa.alternative_annotator_test(TABLE, model="model", least=1000)
    assert few.summary().startswith("No alternative annotator test: no person has 1000 units")
    with pytest.raises(qa.ArgumentError, match=r"model: 'Model' is no rater of this table \(did you mean"):
        qa.alternative_annotator_test(TABLE, model="Model")
