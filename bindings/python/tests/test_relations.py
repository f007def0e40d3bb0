"""Partial and compared correlations, within agents and between, corrections, drivers, outcomes: other programs' numbers and bad input."""

from __future__ import annotations

import doctest
import math

import numpy as np
import pandas as pd
import pytest
import qascore as qa
from qascore import bootstraps, importance, outcomes, relations
from qascore.errors import ArgumentError, DataError

RANDOM = np.random.default_rng(5)
AGENT = np.repeat(np.arange(20), 10)
SKILL = RANDOM.normal(size=20)[AGENT]
OWN = RANDOM.normal(size=200)
FRAME = pd.DataFrame(
    {
        "agent": AGENT,
        "weight": RANDOM.uniform(1, 5, 200),
        "score": SKILL + OWN,
        "csat": -1.5 * SKILL + OWN + 0.3 * RANDOM.normal(size=200),
        "minutes": RANDOM.normal(size=200) - 0.5 * OWN,
        "tenure": RANDOM.normal(size=200),
    }
)
DESIGN = qa.SampleDesign(FRAME, weight="weight", cluster="agent")


def residuals(of: str, given: list[str]) -> np.ndarray:
    x = np.column_stack([np.ones(len(FRAME)), FRAME[given]])
    y = FRAME[of].to_numpy()
    return np.asarray(y - x @ np.linalg.lstsq(x, y, rcond=None)[0])


def test_a_partial_correlation_is_that_of_residuals() -> None:
    given = ["minutes", "tenure"]
    x, y = residuals("score", given), residuals("csat", given)
    found = qa.partial_correlation(FRAME, "score", "csat", given=given)
    assert found.value == pytest.approx(np.corrcoef(x, y)[0, 1], rel=1e-11)
    half = qa.partial_correlation(FRAME, "score", "csat", given=given, part="y")
    assert half.value == pytest.approx(np.corrcoef(FRAME["score"], y)[0, 1], rel=1e-11)
    assert half.name == "semi-partial Pearson correlation of score and csat given minutes, tenure (taken out of csat)"
    matrix = qa.partial_correlations(FRAME, ["score", "csat", *given])
    assert matrix.to_dict()["score"]["csat"] == pytest.approx(found.value, rel=1e-11)
    assert list(matrix.to_frame("pandas")["column"]) == ["score", "csat", *given]
    weighted = qa.partial_correlation(DESIGN, "score", "csat", given=given, method="spearman")
    assert weighted.df == 19
    assert (weighted.test.p_value < 0.05) == (weighted.low > 0 or weighted.high < 0)


def test_what_partial_correlations_refuse() -> None:
    with pytest.raises(ArgumentError, match="given: 'csat' is one of the two columns"):
        qa.partial_correlation(FRAME, "score", "csat", given=["csat"])
    with pytest.raises(ArgumentError, match="given: expected a column or several but found none"):
        qa.partial_correlation(FRAME, "score", "csat", given=[])
    with pytest.raises(ArgumentError, match="closed_form holds for Pearson and Spearman of independent rows only"):
        qa.partial_correlation(DESIGN, "score", "csat", given=["minutes"], interval="closed_form")
    doubled = FRAME.assign(twice=2 * FRAME["minutes"])
    found = qa.partial_correlation(doubled, "score", "csat", given=["minutes", "twice"])
    assert found.undefined == "the covariates determine one of the columns, or each other"


def test_reported_correlations_are_compared_as_psych_does() -> None:
    # R psych 2.2.9: r.test(n=206, r12=.4, r13=.6, r23=.5); r.test(30, .4, .6, n2=50), which prints |z|.
    found = qa.overlapping_correlations(0.4, 0.6, 0.5, 206)
    assert (found.test.statistic, found.test.p_value) == pytest.approx((-3.54181849998116, 0.000492896002868141), rel=1e-10)
    assert qa.independent_correlations(0.4, 30, 0.6, 50).test.statistic == pytest.approx(-1.11601723395713, rel=1e-12)
    with pytest.raises(ArgumentError, match="no three columns have the correlations 0.9, -0.9 and 0.9"):
        qa.overlapping_correlations(0.9, -0.9, 0.9, 50)
    with pytest.raises(ArgumentError, match="r1: expected a correlation between -1 and 1 but found 1"):
        qa.independent_correlations(1, 30, 0.6, 50)


def test_two_correlations_of_one_sample_or_of_two() -> None:
    found = qa.compare_correlations(DESIGN, ("score", "csat"), ("minutes", "csat"), method="spearman")
    assert found["difference"].value == pytest.approx(
        qa.association(DESIGN, "score", "csat").value - qa.association(DESIGN, "minutes", "csat").value, rel=1e-12
    )
    half = FRAME["agent"] < 10
    apart = qa.compare_correlations(FRAME[half], ("score", "csat"), ("score", "csat"), other=FRAME[~half])
    assert [one.n for one in apart] == [100, 100, 200]
    assert apart["difference"].std_error == pytest.approx(math.hypot(*(one.std_error for one in list(apart)[:2])), rel=1e-12)
    with pytest.raises(ArgumentError, match="first: expected two columns but found 'score'"):
        qa.compare_correlations(FRAME, "score", ("score", "csat"))  # type: ignore[arg-type]


def test_within_agents_and_between_them_the_signs_may_differ() -> None:
    found = qa.within_between_correlation(FRAME, "score", "csat", group="agent")
    assert found["within"].low > 0 > found["between"].high
    assert found.signs_differ
    assert "the signs differ" in found.summary()
    assert found["total"].value == pytest.approx(np.corrcoef(FRAME["score"], FRAME["csat"])[0, 1], rel=1e-12)
    parts = found["between"].value * math.sqrt(found.share_x * found.share_y)
    parts += found["within"].value * math.sqrt((1 - found.share_x) * (1 - found.share_y))
    assert parts == pytest.approx(found["total"].value, rel=1e-12)
    assert found.groups == 20
    one = qa.within_between_correlation(FRAME[FRAME["agent"] == 3], "score", "csat", group="agent")
    assert one["between"].undefined == "fewer than 3 groups"


def test_a_reliability_brings_its_own_uncertainty_and_a_low_one_is_refused() -> None:
    r = qa.association(FRAME, "minutes", "score", method="pearson")
    known = qa.disattenuate(r, reliability_x=0.64, reliability_y=0.81)
    assert known.value == pytest.approx(r.value / 0.72, rel=1e-14)
    assert known.low == pytest.approx(r.low / 0.72, rel=1e-12)
    ratings = qa.RatingTable.from_matrix((SKILL[::10, None] + 0.5 * RANDOM.normal(size=(20, 2))))
    unsure = qa.disattenuate(r, reliability_x=qa.icc(ratings))
    assert unsure.share_of_reliability > 0
    assert unsure.high - unsure.low > (r.high - r.low) * abs(unsure.factor)
    low = qa.disattenuate(r, reliability_x=0.3)
    assert low.undefined == "the reliability of x, 0.3, is below 0.5: what would be divided by is mostly noise"
    assert qa.disattenuate(0.3, reliability_x=0.64).undefined == "a number alone has no interval"
    with pytest.raises(ArgumentError, match="reliability_y: expected a reliability from 0 to 1 but found 1.3"):
        qa.disattenuate(r, reliability_y=1.3)
    with pytest.raises(ArgumentError, match="correlation: expected a number from -1 to 1"):
        qa.disattenuate(30)


def test_range_restriction_is_corrected_as_psych_does() -> None:
    # R psych 2.2.9: rangeCorrection(.33, 100.32, 48.19).
    spread = {"sd_unrestricted": 100.32, "sd_restricted": 48.19}
    assert qa.correct_range(0.33, **spread).value == pytest.approx(0.588423272316512, rel=1e-13)
    assert qa.correct_range(0.33, case=1, **spread).value == pytest.approx(0.891280006483686, rel=1e-13)
    with pytest.raises(ArgumentError, match="case 3 needs both"):
        qa.correct_range(0.33, case=3, **spread)
    with pytest.raises(ArgumentError, match="sd_restricted: expected a standard deviation above 0"):
        qa.correct_range(0.33, sd_unrestricted=1, sd_restricted=0)


def test_shares_of_drivers_add_up_and_the_refused_are_named() -> None:
    names = ["score", "minutes", "tenure"]
    found = qa.relative_importance(DESIGN, "csat", names)
    assert found.r_squared is not None
    for measure in ("lmg", "johnson", "pratt"):
        assert sum(one.value for one in found.by(measure)) == pytest.approx(found.r_squared.value, rel=1e-11)
    assert found["score"].df == 19
    groups = {"skill": ["score", "tenure"], "time": ["minutes"]}
    grouped = qa.relative_importance(DESIGN, "csat", names, groups=groups)
    assert sum(one.value for one in grouped) == pytest.approx(found.r_squared.value, rel=1e-11)
    with pytest.raises(ArgumentError, match="johnson is not there for groups"):
        grouped.by("johnson")
    with pytest.raises(ArgumentError, match="groups: 'tenure' is in none of them"):
        qa.relative_importance(DESIGN, "csat", names, groups={"a": ["score", "minutes"]})
    twice = qa.relative_importance(FRAME.assign(again=FRAME["score"]), "csat", ["score", "again"])
    assert twice.undefined == "a column is a combination of those before it: again"
    assert twice.summary() == "No shares: a column is a combination of those before it: again."
    with pytest.raises(ArgumentError, match="columns: 'csat' is the outcome"):
        qa.relative_importance(FRAME, "csat", ["score", "csat"])
    many = pd.DataFrame(RANDOM.normal(size=(60, 18)), columns=[f"c{i}" for i in range(18)])
    with pytest.raises(ArgumentError, match="seed: random orders of 17 drivers need one"):
        qa.relative_importance(many, "c17", [f"c{i}" for i in range(17)])
    assert qa.relative_importance(many, "c17", [f"c{i}" for i in range(17)], seed=1, orders=50).orders == 50


def test_shares_are_bootstrapped_as_they_are_computed() -> None:
    names = ["score", "minutes"]
    found = qa.relative_importance(FRAME, "csat", names, replicates=400, seed=3)
    plain = qa.relative_importance(FRAME, "csat", names)
    for one, other in zip(found, plain, strict=True):
        assert one.value == other.value
        assert one.interval_method == "BCa bootstrap"
        assert one.low <= one.value <= one.high
    assert found.by("johnson")["score"].std_error == pytest.approx(plain.by("johnson")["score"].std_error, rel=0.4)
    assert found.to_dict() == qa.relative_importance(FRAME, "csat", names, replicates=400, seed=3).to_dict()
    shares = qa.drivers(DESIGN, criteria=names, outcome="csat", replicates=50, seed=3).importance
    assert shares["score"].interval_method == "BCa bootstrap"
    with pytest.raises(ArgumentError, match="seed: the bootstrap needs one"):
        qa.relative_importance(FRAME, "csat", names, replicates=50)
    with pytest.raises(ArgumentError, match="replicates: expected 2 or more, or 0, but found 1"):
        qa.relative_importance(FRAME, "csat", names, replicates=1, seed=1)


def test_drivers_are_adjusted_for_their_number_and_drawn_by_importance_and_mean() -> None:
    names = ["score", "minutes", "tenure"]
    found = qa.drivers(DESIGN, criteria=names, outcome="csat")
    assert found.criteria == tuple(names)
    own = [qa.association(DESIGN, name, "csat").test.p_value for name in names]
    assert list(found.adjusted_p) == qa.adjust_p(own, "holm").tolist()
    frame = found.to_frame("pandas")
    assert list(frame["share"]) == [one.value for one in qa.relative_importance(DESIGN, "csat", names)]
    assert frame["mean"][0] == qa.mean(DESIGN, "score").value
    assert found.summary().startswith(f"{len(found.found())} of 3 criteria go with csat beyond chance (holm at 0.05)")
    constant = qa.drivers(FRAME.assign(tenure=1.0), criteria=names, outcome="csat")
    assert constant.importance.undefined == "a column is constant: tenure"
    assert np.isnan(constant.adjusted_p[2])
    assert not np.isnan(constant.adjusted_p[0])
    noise = pd.DataFrame(RANDOM.normal(size=(80, 11)), columns=[*"abcdefghij", "csat"])
    assert qa.drivers(noise, criteria=list("abcdefghij"), outcome="csat").found() == []


def test_adjusted_p_values_are_those_of_r() -> None:
    # R 4.2.2: p.adjust(c(.01, .04, .03, .005), m).
    p = [0.01, 0.04, 0.03, 0.005]
    assert qa.adjust_p(p, "holm").tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert qa.adjust_p(p, "benjamini_hochberg").tolist() == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert qa.adjust_p(p, "bonferroni").tolist() == pytest.approx([0.04, 0.16, 0.12, 0.02])
    assert np.isnan(qa.adjust_p([0.5, math.nan])[1])
    with pytest.raises(ArgumentError, match="expected fractions from 0 to 1 but found 1.5"):
        qa.adjust_p([1.5])


def test_net_promoters_and_top_boxes() -> None:
    answers = pd.DataFrame({"recommend": [10, 9, 9, 8, 7, 6, 3, 10], "csat": [5, 4, 4, 3, 1, 5, 2, 4], "w": [1, 2, 1, 2, 1, 2, 1, 2]})
    found = qa.nps(answers, "recommend")
    points = np.array([100, 100, 100, 0, 0, -100, -100, 100])
    assert found.value == 25
    assert found.std_error == pytest.approx(points.std(ddof=1) / math.sqrt(8), rel=1e-12)
    assert qa.nps(qa.SampleDesign(answers, weight="w"), "recommend").value == pytest.approx(
        np.average(points, weights=answers["w"])
    )
    assert qa.top_box(answers, "csat").value == 0.625
    assert qa.top_box(answers, "csat", boxes=1).name == "csat in the top box"
    with pytest.raises(DataError, match=r'column "csat": expected whole numbers from 1 to 4 but found 5 at row 0 \(2 in all\)'):
        qa.top_box(answers, "csat", scale=(1, 4))
    with pytest.raises(ArgumentError, match="boxes: expected how many of the highest answers count, 1 to 4 on a scale from 1 to 5, but found 5"):
        qa.top_box(answers, "csat", boxes=5)
    assert (found.low, found.high) == pytest.approx((-32.8069, 68.3249), abs=1e-4)  # the likelihood maximised by SciPy
    by_t = qa.nps(answers, "recommend", interval="t")
    assert by_t.high == pytest.approx(25 + 2.364624 * found.std_error, rel=1e-6)
    assert (qa.nps(answers[:3], "recommend").low, qa.nps(answers[:3], "recommend").high) == pytest.approx((-12.3, 100), abs=0.1)
    with pytest.raises(ArgumentError, match="interval: expected one of score, t but found 'tango'"):
        qa.nps(answers, "recommend", interval="tango")
    gaps = qa.nps(answers.assign(recommend=[None, *answers["recommend"][1:]]), "recommend", missing="drop")
    assert (gaps.n, gaps.missing) == (7, 1)


def test_the_bootstrap_has_the_ingredients_of_boot_and_the_limits_of_scipy() -> None:
    # R boot 1.3.28.1: city data (Davison and Hinkley), exact influence values.
    city = pd.DataFrame(
        {
            "u": [138, 93, 61, 179, 48, 37, 29, 23, 30, 2],
            "x": [143, 104, 69, 260, 75, 63, 50, 48, 111, 50],
        }
    )
    found = qa.bootstrap(city, "x", "u", statistic="ratio", seed=1)
    assert (found.value, found.influence_error, found.acceleration) == pytest.approx(
        (1.5203125, 0.180243539994675, 0.0022087676648724), rel=1e-12
    )
    assert found.low < 1.3 < 1.9 < found.high
    again = qa.bootstrap(city, "x", "u", statistic="ratio", seed=1)
    assert (again.low, again.high) == (found.low, found.high)


def test_replicates_of_spearman_are_the_ranks_of_the_drawn_rows() -> None:
    few = FRAME.iloc[:40]
    plain = qa.bootstrap(few, "score", "csat", seed=3, replicates=4000, interval="percentile")
    draws = np.random.default_rng(1).integers(0, 40, (1500, 40))
    other = [few.iloc[rows][["score", "csat"]].corr("spearman").iloc[0, 1] for rows in draws]
    assert plain.std_error == pytest.approx(np.std(other), rel=0.08)
    assert plain.low == pytest.approx(np.quantile(other, 0.025), abs=0.05)
    design = qa.bootstrap(DESIGN, "score", "csat", seed=3, replicates=500)
    assert design.std_error == pytest.approx(qa.association(DESIGN, "score", "csat").std_error, rel=0.25)
    kendall = qa.bootstrap(few, "score", "csat", statistic="kendall", seed=3, replicates=500)
    assert kendall.std_error == pytest.approx(qa.association(few, "score", "csat", method="kendall").std_error, rel=0.25)
    constant = qa.bootstrap(few.assign(csat=1), "score", "csat", seed=1)
    assert constant.undefined == "the second column is constant"
    with pytest.raises(ArgumentError, match="statistic: expected one of pearson"):
        qa.bootstrap(few, "score", "csat", statistic="median", seed=1)


def test_the_examples_of_the_documentation_run() -> None:
    for module, least in ((bootstraps, 3), (relations, 20), (importance, 6), (outcomes, 4)):
        failed, tried = doctest.testmod(module)
        assert failed == 0
        assert tried >= least
