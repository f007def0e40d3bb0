"""Mixed models, rater effects and generalisability from frames and tables, in words and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa

SHROUT_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])


def long(matrix: Any = SHROUT_FLEISS) -> pd.DataFrame:
    rows = [(f"u{u}", f"r{r}", float(value)) for u, row in enumerate(matrix) for r, value in enumerate(row)]
    return pd.DataFrame(rows, columns=["unit", "rater", "score"])


def scores(seed: int = 1, raters: int = 6, agents: int = 20, n: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    severity, quality = rng.normal(0, 0.5, raters), rng.normal(0, 0.4, agents)
    rater, agent = rng.integers(0, raters, n), rng.integers(0, agents, n)
    hard = rng.integers(0, 2, n)
    y = 4 + quality[agent] - severity[rater] - 0.8 * hard + rng.normal(0, 0.6, n)
    return pd.DataFrame(
        {
            "agent": [f"a{k:02}" for k in agent],
            "rater": [f"r{k}" for k in rater],
            "queue": np.where(hard == 1, "complaints", "billing"),
            "score": y,
        }
    )


def test_a_mixed_model_has_variances_coefficients_and_effects() -> None:
    data = scores()
    model = qa.mixed_model(data, "score", random=["agent", "rater"], fixed=["queue"])
    assert model.converged
    assert list(model.variances.keys[0][1]) == ["agent", "rater", "residual"]
    assert abs(model.coefficients["queue is complaints"].value + 0.8) < 0.2
    assert abs(model.variances["residual"].value - 0.36) < 0.1
    effects = model.effects("rater")
    assert list(effects.columns) == ["rater", "value", "std_error", "df", "n"]
    assert effects["n"].sum() == len(data)
    assert "variance of rater is" in model.summary()
    with pytest.raises(qa.ArgumentError, match='factor: .*did you mean "rater"'):
        model.effects("raters")


def test_rows_with_gaps_are_refused_or_left_out_and_counted() -> None:
    data = scores()
    data.loc[3, "score"] = np.nan
    data.loc[5, "rater"] = None
    with pytest.raises(qa.DataError, match='column "score": no value at row 3'):
        qa.mixed_model(data, "score", random=["agent", "rater"])
    model = qa.mixed_model(data, "score", random=["agent", "rater"], missing="drop")
    assert model.missing == 2
    assert model.n == len(data) - 2
    data["constant"] = 1.0
    with pytest.raises(qa.ArgumentError, match='fixed: "constant" is the same in all rows'):
        qa.mixed_model(data, "score", random=["agent"], fixed=["constant"], missing="drop")
    with pytest.raises(qa.ArgumentError, match=r"random: expected a list of columns but found text; write \[\"agent\"\]"):
        qa.mixed_model(data, "score", random="agent")  # type: ignore[arg-type]


def test_a_model_that_cannot_be_fitted_says_why() -> None:
    data = long(np.array([[1, 1], [5, 5], [3, 3]]))
    model = qa.mixed_model(data, "score", random=["unit"])
    assert model.undefined == "no variance is left for the error: the effects reproduce every value"
    assert "undefined" in model.summary()
    assert "undefined" in repr(model)
    assert 'class="qascore"' in model._repr_html_()


def test_rater_effects_find_who_is_strict_and_what_it_does_to_ranks() -> None:
    data = scores()
    found = qa.rater_effects(data, "score", agent="agent", rater="rater", case_mix=["queue"])
    assert found.connected
    assert found.rater_variance is not None
    assert found.rater_variance.test.p_value < 1e-6
    severity = np.random.default_rng(1).normal(0, 0.5, 6)  # as `scores` drew it
    for one, truth in zip(found.raters, severity - severity.mean(), strict=True):
        assert abs(one.severity.value - truth) < 0.25
    strictest = found.severities().keys[0][1][0]
    assert strictest == f"r{severity.argmax()}"
    assert found.rater(strictest).severity.value > 0
    assert f"Strictest is {strictest}" in found.summary()
    assert sorted(one.rank for one in found.agents if one.rank) == list(range(1, 21))
    frame = found.to_frame("agents")
    assert list(frame["rank_before"]) == [one.rank_before for one in found.agents]
    assert (frame["rank_low"] <= frame["rank"]).all()
    assert abs(np.mean([one.spread.value for one in found.raters]) - 0.6) < 0.1
    with pytest.raises(qa.ArgumentError, match="rater: nobody is 'R1'"):
        found.rater("R1")


def test_rater_effects_of_a_table_and_of_its_rows_are_the_same() -> None:
    table = qa.RatingTable.from_matrix(SHROUT_FLEISS)
    of_table, of_frame = qa.rater_effects(table), qa.rater_effects(long(), "score", agent="unit", rater="rater")
    for one, other in zip(of_table.raters, of_frame.raters, strict=True):
        assert one.severity.value == pytest.approx(other.severity.value, rel=1e-9)
        assert one.spread.low == pytest.approx(other.spread.low, rel=1e-9)
    assert [one.rank for one in of_table.agents] == [one.rank for one in of_frame.agents]
    with pytest.raises(qa.ArgumentError, match="score: is for frames"):
        qa.rater_effects(table, "score")
    with pytest.raises(qa.ArgumentError, match="rater: expected a column of the frame but found None"):
        qa.rater_effects(long(), "score", agent="unit")


def test_parts_that_no_rater_connects_are_named() -> None:
    data = scores()
    data["rater"] = np.where(data["agent"] < "a10", "early " + data["rater"], "late " + data["rater"])
    found = qa.rater_effects(data, "score", agent="agent", rater="rater")
    assert len(found.groups) == 2
    assert set(found.groups[0][1]) == {f"early r{k}" for k in range(6)}
    assert "2 parts without a shared rater" in found.summary()
    assert "raters early r0" in found.summary()


def test_conversations_scored_twice_share_more_than_their_agent() -> None:
    rng = np.random.default_rng(5)
    rows = []
    quality, severity = rng.normal(0, 0.4, 15), rng.normal(0, 0.4, 5)
    for c in range(300):
        agent, common = c % 15, rng.normal(0, 0.7)
        for rater in rng.choice(5, 2, replace=False):
            rows.append((f"c{c}", f"a{agent}", f"r{rater}", 3 + quality[agent] - severity[rater] + common + rng.normal(0, 0.5)))
    data = pd.DataFrame(rows, columns=["conversation", "agent", "rater", "score"])
    found = qa.rater_effects(data, "score", agent="agent", rater="rater", conversation="conversation")
    assert abs(found.variances["conversation"].value - 0.49) < 0.15
    assert abs(found.variances["residual"].value - 0.25) < 0.05
    single = data.drop_duplicates("conversation")  # scored once each: the factor is the error
    assert "conversation" not in qa.rater_effects(
        single, "score", agent="agent", rater="rater", conversation="conversation"
    ).variances.keys[0][1]


def test_the_bootstrap_needs_a_seed_and_repeats_itself() -> None:
    data = scores(n=120)
    with pytest.raises(qa.ArgumentError, match="seed: expected a whole number"):
        qa.rater_effects(data, "score", agent="agent", rater="rater", test="bootstrap")
    p = [
        qa.rater_effects(
            data, "score", agent="agent", rater="rater", test="bootstrap", seed=4, replicates=49, threads=threads
        ).rater_variance.test.p_value  # type: ignore[union-attr]
        for threads in (1, 2)
    ]
    assert p[0] == p[1] == 0.02


def test_raters_that_do_not_differ_have_no_severity() -> None:
    data = scores()
    centred = data["score"] - data.groupby("rater")["score"].transform("mean")
    found = qa.rater_effects(data.assign(score=centred), "score", agent="agent", rater="rater")
    assert found.variances["rater"].value == 0
    assert "No difference between raters is seen" in found.summary()
    one = found.raters[0].severity
    assert one.value == 0
    assert np.isnan(one.low)
    assert one.undefined == "the variance between raters is estimated as 0: none is stricter than another"


def test_g_and_d_studies_are_the_iccs_of_a_two_way_table() -> None:
    table = qa.RatingTable.from_matrix(SHROUT_FLEISS)
    study = qa.g_study(table)
    assert study.method == "anova"
    plan = qa.d_study(study, {"rater": 4})[0]
    assert plan.generalizability.value == pytest.approx(qa.icc(table, form="C,k").value, rel=1e-12)  # type: ignore[union-attr]
    assert plan.dependability.value == pytest.approx(qa.icc(table, form="A,k").value, rel=1e-12)  # type: ignore[union-attr]
    reml = qa.g_study(long(), "score", object="unit", facets=["rater"], method="reml")
    assert reml.components["unit"].value == pytest.approx(study.components["unit"].value, rel=1e-5)


def test_a_d_study_says_how_many_are_enough() -> None:
    rng = np.random.default_rng(2)
    p, r, c = rng.normal(0, 1, 30), rng.normal(0, 0.5, 4), rng.normal(0, 0.8, 6)
    pr, pc = rng.normal(0, 0.6, (30, 4)), rng.normal(0, 0.9, (30, 6))
    rows = [
        (i, j, k, p[i] + r[j] + c[k] + pr[i, j] + pc[i, k] + rng.normal(0, 0.7))
        for i in range(30) for j in range(4) for k in range(6)
    ]  # fmt: skip
    data = pd.DataFrame(rows, columns=["agent", "rater", "task", "score"])
    study = qa.g_study(data, "score", object="agent", facets=["rater", "task"])
    assert list(study.components.keys[0][1]) == ["agent", "rater", "task", "agent:rater", "agent:task", "rater:task", "residual"]
    plans = qa.d_study(study, {"rater": range(1, 5), "task": range(1, 21)}, reliability=0.8)
    assert plans.enough
    for plan in plans.enough:
        assert plan.generalizability.value >= 0.8
        for name in ("rater", "task"):
            fewer = plan.levels | {name: plan.levels[name] - 1}
            if fewer[name]:
                assert qa.d_study(study, fewer)[0].generalizability.value < 0.8
    assert plans.summary().startswith("For a generalizability of 0.8 it takes:")
    assert len(plans.plot().lines) == 5  # a line per number of raters, and what is wanted
    assert qa.d_study(study, {"rater": 1, "task": 1}, reliability=0.99).summary().startswith("None of these plans")
    with pytest.raises(qa.ArgumentError, match='levels: .raters. is no facet of the study.*did you mean "rater"'):
        qa.d_study(study, {"raters": 2, "task": 3})
    with pytest.raises(qa.ArgumentError, match="levels: expected a number of 'task'"):
        qa.d_study(study, {"rater": 2})
    with pytest.raises(qa.ArgumentError, match="reliability: .* found 80 .did you mean 0.8"):
        qa.d_study(study, {"rater": 2, "task": 2}, reliability=80)


def test_nested_facets_are_named_before_what_they_stand_in() -> None:
    rng = np.random.default_rng(3)
    rows = [(p, t, r, rng.normal()) for p in range(5) for t in range(3) for r in range(2)]
    data = pd.DataFrame(rows, columns=["p", "t", "r", "score"])
    study = qa.g_study(data, "score", object="p", facets=["t", "r"], nested={"r": "t"})
    assert list(study.components.keys[0][1]) == ["p", "t", "p:t", "r:t", "residual"]
    with pytest.raises(qa.ArgumentError, match="nested: 'p' is what is measured"):
        qa.g_study(data, "score", object="p", facets=["t", "r"], nested={"p": "t"})
    with pytest.raises(qa.ArgumentError, match="goes in a circle"):
        qa.g_study(data, "score", object="p", facets=["t", "r"], nested={"r": "t", "t": "r"})
    with pytest.raises(qa.ArgumentError, match="method: anova needs the same number of scores"):
        qa.g_study(data.iloc[1:], "score", object="p", facets=["t", "r"], method="anova")


def test_ratings_on_several_criteria_are_a_study_of_three_facets() -> None:
    rng = np.random.default_rng(3)
    rows = [(u, r, c, float(rng.integers(1, 6))) for u in range(8) for r in "ab" for c in ("tone", "facts", "close")]
    frame = pd.DataFrame(rows, columns=["unit", "rater", "criterion", "rating"])
    table = qa.RatingTable(frame, unit="unit", rater="rater", rating="rating", criterion="criterion")
    study = qa.g_study(table)
    assert (study.object, study.facets) == ("unit", ("rater", "criterion"))
    same = qa.g_study(frame, "rating", object="unit", facets=["rater", "criterion"])
    for one, other in zip(study.components, same.components, strict=True):
        assert one.value == pytest.approx(other.value, abs=1e-12)
    with pytest.raises(qa.ArgumentError, match="table: expected ratings on one criterion but found 3"):
        qa.rater_effects(table)
    assert qa.rater_effects(table["tone"]).by_agent == "unit"


def test_agents_who_do_not_differ_share_a_rank_and_no_change_of_ranks_is_told() -> None:
    data = scores()
    noise = np.random.default_rng(3).normal(size=len(data))
    found = qa.rater_effects(data.assign(score=noise - pd.Series(noise).groupby(data.agent).transform("mean")), "score", agent="agent", rater="rater")
    assert {one.rank for one in found.agents} == {1}
    assert "No difference between agents is seen: all share one rank." in found.summary()
    assert "The adjustment changes" not in found.summary()
