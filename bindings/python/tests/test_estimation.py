"""Sample designs and estimates: published numbers, any kind of frame, and what bad input gets."""

from __future__ import annotations

import doctest
import math
import re
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import qascore as qa
from hypothesis import given, settings
from hypothesis import strategies as st
from qascore import estimation
from qascore.errors import ArgumentError, DataError, DesignError, MissingColumnError

# The finite-population example of the Stata survey manual: two strata of 15 and 12 clusters, 5 and 3 drawn; x as stored in
# single precision.
FPC = {
    "stratum": [1] * 5 + [2] * 3,
    "psu": [1, 2, 3, 4, 5, 1, 2, 3],
    "weight": [3] * 5 + [4] * 3,
    "N": [15] * 5 + [12] * 3,
    "x": np.array([2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2], dtype=np.float32).astype(np.float64),
}

FRAMES = {
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "pyarrow": lambda d: pa.table({k: list(v) for k, v in d.items()}),
}


def calls(n: int = 60, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    queue = random.choice(["chat", "e-mail", "phone"], n)
    return pd.DataFrame(
        {
            "conversation_id": [f"c{i}" for i in range(n)],
            "queue": queue,
            "team": random.choice(["x", "y"], n),
            "weight": np.where(queue == "phone", 6.5, 2.0),
            "score": random.uniform(0.3, 1.0, n),
            "resolved": random.random(n) < 0.8,
        }
    )


def designed(frame: Any, **more: Any) -> qa.SampleDesign:
    return qa.SampleDesign(frame, stratum="queue", weight="weight", **more)


@pytest.mark.parametrize("kind", FRAMES)
def test_the_stata_manuals_example_in_every_kind_of_frame(kind: str) -> None:
    # R survey 4.1.1 and the Stata manual: mean 5.448148, SE .7412683, with the finite population .6160407.
    frame = FRAMES[kind](FPC)
    design = qa.SampleDesign(frame, stratum="stratum", cluster="psu", weight="weight", nest=True)
    assert qa.mean(design, "x").value == pytest.approx(5.44814811812507, rel=1e-14)
    assert qa.mean(design, "x").std_error == pytest.approx(0.741268326768812, rel=1e-13)
    finite = qa.SampleDesign(
        frame, stratum="stratum", cluster="psu", weight="weight", nest=True, population="N"
    )
    found = qa.mean(finite, "x")
    assert found.std_error == pytest.approx(0.616040719809653, rel=1e-13)
    assert found.df == 6
    counted = qa.SampleDesign(
        frame, stratum="stratum", cluster="psu", weight="weight", nest=True, population={1: 15, 2: 12}
    )
    assert qa.mean(counted, "x") == found
    assert type(qa.mean(finite, "x", by="stratum").to_frame()) is type(frame)


def test_the_table_by_domain_has_the_columns_that_it_promises() -> None:
    table = qa.mean(designed(calls()), "score", by=["queue", "team"])
    frame = table.to_frame()
    assert list(frame.columns[:2]) == ["queue", "team"]
    assert {"value", "std_error", "low", "high", "df", "n"} <= set(frame.columns)
    assert frame["queue"].tolist() == sorted(frame["queue"])
    assert frame["n"].sum() == 60
    assert table["chat", "x"].value == frame.query("queue == 'chat' and team == 'x'")["value"].item()


def test_independent_rows_have_students_interval_and_say_so() -> None:
    # SciPy 1.17.1: ttest_1samp(scores, 0).confidence_interval(0.9).
    found = qa.mean(pl.DataFrame({"score": [0.71, 0.64, 0.80, 0.77, 0.69]}), "score", confidence=0.9)
    assert (found.low, found.high) == pytest.approx((0.6611769503692704, 0.7828230496307298), rel=1e-13)
    assert found.method == "mean, independent rows"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.floats(-1e6, 1e6), st.floats(0.1, 100)), min_size=9, max_size=40
    ),
    st.integers(0, 2**32 - 1),
)
def test_results_do_not_change_by_a_bit_with_the_order_of_rows(
    rows: list[tuple[str, float, float]], seed: int
) -> None:
    rows = [
        ("a", 0.5, 1.0),
        ("b", 0.5, 1.0),
        ("c", 0.5, 1.0),
        *rows,
        ("a", 1.0, 2.0),
        ("b", 1.0, 2.0),
        ("c", 1.0, 2.0),
    ]
    frame = pd.DataFrame(rows, columns=["queue", "score", "weight"])
    shuffled = frame.sample(frac=1, random_state=seed)
    assert qa.mean(designed(frame), "score") == qa.mean(designed(shuffled), "score")
    assert qa.mean(designed(frame), "score", by="queue") == qa.mean(designed(shuffled), "score", by="queue")
    assert qa.total(designed(frame), "score") == qa.total(designed(shuffled), "score")


@given(st.floats(0.01, 1000))
def test_a_mean_does_not_change_when_all_weights_are_scaled(factor: float) -> None:
    frame = calls()
    scaled = frame.assign(weight=frame["weight"] * factor)
    one, other = qa.mean(designed(frame), "score"), qa.mean(designed(scaled), "score")
    assert (other.value, other.std_error) == pytest.approx((one.value, one.std_error), rel=1e-12)


def test_the_plan_brings_strata_probabilities_and_population() -> None:
    population = calls(400, seed=2).drop(columns="weight")
    plan = qa.allocate(population, strata="queue", size=90, min_per_stratum=20)
    drawn = qa.draw(population, plan, id="conversation_id", seed=20260101)
    design = qa.SampleDesign(drawn, unit="conversation_id", plan=plan)
    assert design.strata == [("chat",), ("e-mail",), ("phone",)]
    assert qa.total(
        design.__class__(drawn.assign(one=1), unit="conversation_id", plan=plan), "one"
    ).value == pytest.approx(400)
    counts = {s.labels[0]: s.population for s in plan.strata}
    same = qa.SampleDesign(
        drawn, unit="conversation_id", stratum="queue", probability="inclusion_probability", population=counts
    )
    assert qa.mean(design, "score") == qa.mean(same, "score")
    rest = drawn[drawn["queue"] != "chat"]
    with pytest.raises(DesignError, match=r'stratum: no row of "chat", which the plan has'):
        qa.SampleDesign(rest, plan=plan)
    others = qa.SampleDesign(rest, plan=plan, uncovered="exclude")
    assert others.uncovered == ('"chat"',)
    assert "Nothing was evaluated in" in others.summary()
    assert qa.mean(others, "score").name == 'mean score (without "chat")'
    # Drawn conversations without a row leave their weight to the others of their stratum.
    fewer = qa.SampleDesign(drawn.drop(drawn.index[:7]).assign(one=1), unit="conversation_id", plan=plan)
    assert fewer.absent.sum() == 7
    assert "Drawn units without a row" in fewer.summary()
    assert qa.total(fewer, "one").value == pytest.approx(400)
    with pytest.raises(DesignError, match=r'stratum: "fax" is not in the plan'):
        qa.SampleDesign(drawn.assign(queue="fax"), plan=plan)


def test_a_plan_with_conversations_without_a_label_keeps_them_as_a_stratum() -> None:
    population = pd.DataFrame(
        {"id": range(40), "queue": ["a"] * 20 + [None] * 20, "score": np.linspace(0, 1, 40)}
    )
    plan = qa.allocate(population, strata="queue", size=10, missing_stratum="own")
    design = qa.SampleDesign(qa.draw(population, plan, id="id", seed=7), plan=plan)
    assert design.strata == [("a",), (None,)]
    assert "(missing)" in repr(design)
    two = population.assign(tier=["x", "y"] * 20)
    plan = qa.allocate(two, strata=["queue", "tier"], size=12, missing_stratum="own")
    assert len(qa.SampleDesign(qa.draw(two, plan, id="id", seed=7), plan=plan).strata) == 4


def test_repeated_evaluations_are_refused_averaged_or_clustered() -> None:
    frame = pd.DataFrame(
        {
            "id": ["b", "a", "b", "c"],
            "weight": [2, 3, 2, 3],
            "score": [0.2, 0.5, 0.6, 0.9],
            "queue": list("yxyx"),
        }
    )
    with pytest.raises(
        DesignError, match=r'unit "b": rows 0 and 2 are the same unit; give repeats="average"'
    ):
        qa.SampleDesign(frame, unit="id", weight="weight")
    averaged = qa.SampleDesign(frame, unit="id", weight="weight", repeats="average")
    assert averaged.units == 3
    assert averaged.unit_labels == ["a", "b", "c"]
    assert averaged.numbers("score", "error").tolist() == [0.5, (0.2 + 0.6) / 2, 0.9]
    clustered = qa.SampleDesign(frame, unit="id", weight="weight", repeats="cluster")
    assert clustered.core()["clusters"] == 3
    assert clustered.weights.tolist() == [1, 3, 1, 3]
    assert qa.mean(averaged, "score").value == qa.mean(clustered, "score").value
    assert [e.n for e in qa.mean(averaged, "score", by="queue")] == [2, 1]
    with pytest.raises(DataError, match="averaged repeats must agree"):
        qa.mean(
            qa.SampleDesign(frame.assign(q=list("wxyz")), unit="id", weight="weight", repeats="average"),
            "score",
            by="q",
        )


def test_missing_values_are_refused_with_their_row_or_left_out_and_counted() -> None:
    frame = calls()
    frame.loc[[4, 9], "score"] = None
    with pytest.raises(
        DataError, match=r'column "score": no value at row 4 \(2 in all\); give missing="drop"'
    ):
        qa.mean(designed(frame), "score")
    found = qa.mean(designed(frame), "score", missing="drop")
    assert (found.n, found.missing) == (58, 2)
    assert "n = 58 (2 missing)" in found.summary()
    frame.loc[3, "team"] = None
    with pytest.raises(DataError, match=r'column "team": no label at row 3'):
        qa.mean(designed(frame.fillna({"score": 0.5})), "score", by="team")


def test_proportions_count_truth_or_a_label_and_never_give_a_point() -> None:
    frame = calls()
    as_bool = qa.proportion(designed(frame), "resolved")
    assert (
        qa.proportion(designed(frame.assign(resolved=frame["resolved"].astype(int))), "resolved") == as_bool
    )
    named = frame.assign(resolved=np.where(frame["resolved"], "yes", "no"))
    as_label = qa.proportion(designed(named), "resolved", equals="yes")
    assert (as_label.value, as_label.low, as_label.high) == (as_bool.value, as_bool.low, as_bool.high)
    assert as_label.name == "resolved is yes"
    # SciPy 1.17.1: binomtest(0, 20).proportion_ci(0.95, "wilson") and "exact".
    none = pd.DataFrame({"failed": [0] * 20})
    assert qa.proportion(none, "failed").high == pytest.approx(0.16112515805281935, rel=1e-13)
    assert qa.proportion(none, "failed", interval="beta").high == pytest.approx(
        0.16843347098308548, rel=1e-12
    )
    with pytest.raises(ArgumentError, match=r'equals: no row of "resolved" is "yess".*did you mean "yes"'):
        qa.proportion(designed(named), "resolved", equals="yess")
    with pytest.raises(DataError, match="expected 0, 1, true or false but found 0.5 at row 0"):
        qa.proportion(pd.DataFrame({"x": [0.5, 1]}), "x")


def test_a_difference_of_independent_groups_is_welchs_statistic() -> None:
    # SciPy 1.17.1: ttest_ind(june, may, equal_var=False).statistic.
    frame = pd.DataFrame(
        {"month": ["june"] * 4 + ["may"] * 4, "score": [4.0, 6.3, 7.7, 1.5, 3.1, 2.2, 5.2, 4.4]}
    )
    found = qa.difference(frame, "score", by="month", between=("june", "may"))
    assert found.test.statistic == pytest.approx(0.75945790129162, rel=1e-12)
    assert found.test.df1 == pytest.approx(4.367793655237004, rel=1e-13)
    assert found.test.p_value == pytest.approx(0.4865131958375233, rel=1e-12)
    assert found.to_dict()["p_value"] == found.test.p_value
    assert f"p = {found.test.p_value:.2f}. It does not say why" in found.summary()
    with pytest.raises(ArgumentError, match=r'between: no row of month is "jun".*did you mean "june"'):
        qa.difference(frame, "score", by="month", between=("jun", "may"))


def test_ratio_variance_and_design_effect_by_hand() -> None:
    frame = pd.DataFrame({"y": [1, 3, 5], "x": [2, 4, 4], "w": [4, 6, 8]})
    assert qa.ratio(frame, "y", "x").value == pytest.approx(0.9, rel=1e-15)
    assert qa.variance(qa.SampleDesign(frame.assign(v=[1, 2, 3]), weight="w"), "v").value == pytest.approx(
        25 / 27
    )
    # Kish: n sum w^2 / (sum w)^2 = 3 * 116 / 324.
    effect = qa.design_effect(qa.SampleDesign(frame, weight="w"), "y")
    assert effect.kish == pytest.approx(3 * 116 / 324, rel=1e-14)
    assert effect.effective_size == pytest.approx(324 / 116, rel=1e-14)
    assert effect.with_replacement == pytest.approx(
        qa.mean(qa.SampleDesign(frame, weight="w"), "y").std_error ** 2
        / (qa.variance(qa.SampleDesign(frame, weight="w"), "y").value / 3)
    )


def test_what_is_undefined_says_why() -> None:
    found = qa.mean(pd.DataFrame({"score": [0.5]}), "score")
    assert math.isnan(found.std_error)
    assert found.undefined == "fewer than 2 units: no variance"
    assert "no interval" in found.summary()
    assert qa.mean(pd.DataFrame({"score": [None, None]}, dtype=float), "score", missing="drop").undefined == (
        "no unit has a value"
    )


BAD: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"weight": "wieght"}, MissingColumnError, r'column "wieght".*did you mean "weight"'),
    ({}, ArgumentError, "weight: expected the column of inclusion probabilities"),
    ({"weight": "weight", "probability": "weight"}, ArgumentError, "not both"),
    ({"probability": "weight"}, DesignError, "above 0 and up to 1 but found"),
    ({"weight": "zero"}, DesignError, "weight: expected a number above 0 but found 0 at row 0"),
    (
        {"weight": "weight", "single_unit": "drop"},
        ArgumentError,
        "single_unit: expected one of error, certainty",
    ),
    ({"weight": "weight", "repeats": "average"}, ArgumentError, "needs unit="),
    ({"weight": "weight", "stratum": "rare"}, DesignError, 'stratum "one" has one sampled unit'),
    (
        {"weight": "weight", "stratum": "queue", "population": {"chat": 500}},
        DesignError,
        'no count for stratum "e-mail"',
    ),
    ({"weight": "weight", "stratum": "queue", "population": 500}, ArgumentError, "found one number"),
    ({"weight": "weight", "population": 59}, DesignError, "the sample holds 59 but 60 were sampled"),
    ({"weight": "weight", "population": "score"}, DesignError, "expected one count per stratum but found"),
    ({"weight": "weight", "stratum": "queue", "cluster": "team"}, DesignError, "lies in two strata"),
    ({"weight": "gap"}, DesignError, "found nan at row 2"),
]


@pytest.mark.parametrize(("arguments", "kind", "message"), BAD)
def test_bad_designs_are_refused_in_the_words_of_the_data(
    arguments: dict[str, Any], kind: type[Exception], message: str
) -> None:
    frame = calls().assign(zero=0.0, rare=["one"] + ["many"] * 59, gap=[1.0, 1.0, None] + [1.0] * 57)
    with pytest.raises(kind, match=message):
        qa.SampleDesign(frame, **arguments)


def test_bad_calls_are_refused() -> None:
    design = designed(calls())
    with pytest.raises(MissingColumnError, match='did you mean "score"'):
        qa.mean(design, "scores")
    with pytest.raises(ArgumentError, match=r"confidence: .*0\.95"):
        qa.mean(design, "score", confidence=95)
    with pytest.raises(ArgumentError, match="missing: expected one of error, drop"):
        qa.mean(design, "score", missing="ignore")
    with pytest.raises(ArgumentError, match="interval: expected one of wilson"):
        qa.proportion(design, "resolved", interval="wald")
    with pytest.raises(ArgumentError, match="a total needs a SampleDesign"):
        qa.total(calls(), "score")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        qa.mean(design, "score", level=0.9)  # type: ignore[call-arg]


def test_single_units_are_handled_as_asked() -> None:
    frame = calls().assign(rare=["one"] + ["many"] * 59)
    certainty = qa.mean(
        qa.SampleDesign(frame, weight="weight", stratum="rare", single_unit="certainty"), "score"
    )
    average = qa.mean(qa.SampleDesign(frame, weight="weight", stratum="rare", single_unit="average"), "score")
    adjust = qa.mean(qa.SampleDesign(frame, weight="weight", stratum="rare", single_unit="adjust"), "score")
    assert average.std_error == pytest.approx(certainty.std_error * math.sqrt(2), rel=1e-13)
    assert adjust.std_error > certainty.std_error


def test_a_design_shows_itself() -> None:
    design = designed(calls())
    assert repr(design).startswith("Sample design: 60 units, 3 strata, endless population.\nstratum")
    assert "<table" in design._repr_html_()


def test_the_examples_of_the_documentation_run() -> None:
    failed, tried = doctest.testmod(estimation)
    assert failed == 0
    assert tried > 20


def test_a_measure_that_some_conversations_lack_is_estimated_for_the_others() -> None:
    calls = pd.DataFrame({"id": [f"c{i:03d}" for i in range(60)], "queue": ["a"] * 40 + ["b"] * 20})
    calls["wait"] = np.where(np.arange(60) % 3 == 0, np.nan, np.arange(60, dtype=float))
    plan = qa.allocate(calls, strata="queue", counts={"a": 10, "b": 4})
    drawn = qa.draw(calls, plan, id="id", seed=7)
    in_b = drawn.index[drawn["queue"] == "b"]
    drawn.loc[in_b[1:], "wait"] = np.nan  # one value alone in its stratum
    drawn.loc[in_b[0], "wait"] = 50.0
    design = qa.SampleDesign(drawn, unit="id", plan=plan)
    found = qa.mean(design, "wait", missing="domain")
    has = drawn["wait"].notna()
    weights = drawn.loc[has, "design_weight"]
    assert found.name == "mean wait"
    assert found.value == pytest.approx(np.average(drawn.loc[has, "wait"], weights=weights), rel=1e-14)
    assert found.n == has.sum()
    assert found.low < found.value < found.high


def test_a_plan_is_refused_for_a_sample_that_was_drawn_with_other_chances() -> None:
    calls = pd.DataFrame({"id": range(60), "queue": ["a"] * 40 + ["b"] * 20, "score": np.linspace(0, 1, 60)})
    plan = qa.allocate(calls, strata="queue", counts={"a": 10, "b": 4})
    drawn = qa.draw(calls, plan, id="id", seed=7)
    assert qa.SampleDesign(drawn, unit="id", plan=plan).units == 14
    drawn.loc[drawn.index[3], "inclusion_probability"] = 0.5
    with pytest.raises(DesignError, match=r"row 3 has the inclusion probability 0\.5000 but the plan gives its stratum 0\.2500"):
        qa.SampleDesign(drawn, unit="id", plan=plan)
    assert qa.SampleDesign(drawn, unit="id", stratum="queue", probability="inclusion_probability").units == 14


def test_a_draw_given_as_plain_rows_is_refused() -> None:
    calls = pd.DataFrame({"id": range(60), "queue": ["a"] * 40 + ["b"] * 20, "score": np.linspace(0, 1, 60)})
    drawn = qa.draw(calls, qa.allocate(calls, strata="queue", size=20), id="id", seed=7)
    with pytest.raises(ArgumentError, match="make a SampleDesign of it"):
        qa.mean(drawn, "score")
    assert qa.mean(drawn.drop(columns="inclusion_probability"), "score").n == 20


def test_each_line_of_a_summary_names_its_domain() -> None:
    calls = pd.DataFrame({"queue": ["a", "a", "b", "b"], "score": [0.5, 0.7, 0.9, 1.0]})
    lines = qa.mean(calls, "score", by="queue").summary().splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == ["a", "b"]


def test_what_is_text_needs_to_be_told_which_label_counts() -> None:
    frame = pd.DataFrame({"solved": ["yes", "no", "yes"], "minutes": [1.0, 2.0, 3.0]})
    words = 'column "solved": expected 0, 1, true or false but found text ("no", "yes"); give equals= to count one of its labels'
    with pytest.raises(DataError, match=re.escape(words)):
        qa.proportion(frame, "solved")
    with pytest.raises(DataError, match=re.escape(words)):
        qa.regression(frame, "solved", ["minutes"], family="logit")
    with pytest.raises(ArgumentError, match=re.escape('no row of "solved" is "Yes"; it holds "no", "yes" (did you mean "yes"?)')):
        qa.proportion(frame, "solved", equals="Yes")


@pytest.mark.parametrize("between", ["june", ("june",), ("june", "may", "june"), ("june", "june"), 3, None])
def test_a_difference_is_between_two_labels(between: Any) -> None:
    frame = pd.DataFrame({"month": ["may", "may", "june", "june"], "score": [0.5, 0.6, 0.7, 0.9]})
    words = f'between: expected two different labels of month, the first minus the second, but found {between!r}; it holds "june", "may"'
    with pytest.raises(ArgumentError, match=re.escape(words)):
        qa.difference(frame, "score", by="month", between=between)
    with pytest.raises(ArgumentError, match=re.escape('no row of month is "jun"; it holds "june", "may" (did you mean "june"?)')):
        qa.difference(frame, "score", by="month", between=("jun", "may"))
    assert qa.difference(frame, "score", by="month", between=["june", "may"]).value == pytest.approx(0.25)  # type: ignore[arg-type]


def test_a_poisson_sample_that_lacks_rows_says_so() -> None:
    random = np.random.default_rng(2)
    calls = pd.DataFrame({"id": range(900), "queue": ["a", "b", "c"] * 300, "minutes": random.gamma(2, 3, 900)})
    calls["score"] = random.uniform(0, 1, 900)
    plan = qa.allocate(calls, strata="queue", size=180)
    for seed in range(50):  # nothing is missing
        drawn = qa.draw(calls, plan, id="id", seed=seed, method="poisson", size_measure="minutes")
        assert qa.SampleDesign(drawn, unit="id", plan=plan).scope == ""
    expected = 180 - len(drawn.iloc[:100])
    design = qa.SampleDesign(drawn.iloc[:100], unit="id", plan=plan)
    assert qa.total(design, "score").name == f"total score (about {expected} drawn units without a row, for which nothing stands)"
    assert "totals are too low. Post-stratify" in design.summary()
    # One stratum without rows: 60 of 300 were expected.
    assert "about 60 drawn units" in qa.SampleDesign(drawn[drawn["queue"] != "b"], unit="id", plan=plan).scope
    # Without a plan nobody knows how many to expect.
    assert qa.SampleDesign(drawn.iloc[:100], probability="inclusion_probability").scope == ""


def half_evaluated(how: str) -> qa.SampleDesign:
    """A sample of 60 of 300 calls in two queues, of which 7 were not evaluated, joined with its scores."""
    calls = pd.DataFrame({"id": range(300), "queue": ["a", "b", "b"] * 100, "team": ["x", "y"] * 150})
    plan = qa.allocate(calls, strata="queue", size=60)
    drawn = qa.draw(calls, plan, id="id", seed=3)
    scores = pd.DataFrame({"id": list(drawn["id"]), "score": np.linspace(0.3, 0.9, 60), "csat": [1.0, 4.0, 2.0, 5.0, 3.0] * 12})
    evaluated = scores.drop(index=[0, 1, 2, 30, 40, 50, 59])
    return qa.SampleDesign(drawn.merge(evaluated, on="id", how=how), unit="id", plan=plan)  # type: ignore[arg-type]


def test_an_inner_join_hides_nothing_that_a_left_join_shows() -> None:
    inner, left = half_evaluated("inner"), half_evaluated("left")
    verbs: dict[str, Any] = {
        "mean": lambda design, **more: qa.mean(design, "score", **more),
        "ratio": lambda design, **more: qa.ratio(design, "score", "csat", **more),
        "median": lambda design, **more: qa.median(design, "score", **more),
        "association": lambda design, **more: qa.association(design, "score", "csat", **more),
        "paired": lambda design, **more: qa.paired_difference(design, "score", "csat", **more),
        "difference": lambda design, **more: qa.difference(design, "score", by="team", between=("x", "y"), **more),
    }
    for name, verb in verbs.items():
        a, b = verb(inner), verb(left, missing="drop")
        assert (a.missing, b.missing) == (7, 7), name
        assert a.value == pytest.approx(b.value, rel=1e-12), name
        assert a.std_error == pytest.approx(b.std_error, rel=1e-9), name
        assert "7 drawn units without a row" in repr(a), name
        assert a.to_dict()["missing"] == 7
    assert qa.cronbach_alpha(inner, ["score", "csat"]).missing == 7
    assert [coefficient.missing for coefficient in qa.regression(inner, "score", ["csat"])] == [7, 7]


def test_tables_of_an_inner_join_count_what_was_not_evaluated() -> None:
    inner, left = half_evaluated("inner"), half_evaluated("left")
    a, b = qa.mean(inner, "score", by="queue"), qa.mean(left, "score", by="queue", missing="drop")
    assert [e.missing for e in a] == [e.missing for e in b]
    assert sum(e.missing for e in a) == 7
    assert [e.value for e in a] == pytest.approx([e.value for e in b], rel=1e-12)
    assert list(a.to_frame()["missing"]) == list(b.to_frame()["missing"])
    for shown in (repr(a), a.summary(), a._repr_html_()):
        assert "7 drawn units without a row" in shown
    assert repr(b).splitlines()[0].split()[-1] == "missing"
    teams = qa.mean(inner, "score", by="team")  # in which team those without a row are nobody knows
    assert [e.missing for e in teams] == [0, 0]
    assert repr(teams).splitlines()[-1] == "95% intervals; 7 drawn units without a row"
    whole = qa.total(inner, "score")
    assert (whole.missing, "7 drawn units without a row" in whole.name) == (7, True)
    assert whole.value == pytest.approx(300 * qa.mean(inner, "score").value, rel=1e-12)
    effect = qa.design_effect(inner, "score")
    assert effect.missing == effect.to_dict()["missing"] == 7
    assert "Drawn units without a row: 7" in repr(effect)


def planned_sample() -> tuple[pd.DataFrame, Any, pd.DataFrame]:
    calls = pd.DataFrame({"id": range(400), "queue": ["a"] * 225 + ["b"] * 125 + ["c"] * 50})
    calls["score"] = 0.5 + 0.001 * calls["id"]
    plan = qa.allocate(calls, strata="queue", size=80)
    return calls, plan, qa.draw(calls, plan, id="id", seed=4).reset_index(drop=True)


def test_a_plan_is_refused_for_more_units_than_it_draws() -> None:
    calls, plan, _ = planned_sample()
    more = qa.draw(calls, plan, id="id", seed=4, method="poisson").drop(columns="draw_method")
    most = more["queue"].value_counts()
    drawn = {s.labels[0]: s.sample_size for s in plan.strata}
    assert any(most[queue] > drawn[queue] for queue in drawn)
    with pytest.raises(DesignError, match=r"plan: stratum .* has \d+ sampled units but the plan draws \d+: this is not the plan"):
        qa.SampleDesign(more, unit="id", plan=plan)


def test_weights_and_counts_that_contradict_the_plan_or_each_other_are_refused() -> None:
    calls, plan, sample = planned_sample()
    with pytest.raises(DesignError, match=r"plan: row 0 has the weight 1\.000 but the plan gives the units of its stratum 5.*leave the weights"):
        qa.SampleDesign(sample.assign(w=1.0), unit="id", plan=plan, weight="w")
    with pytest.raises(DesignError, match=r'population: stratum "a" holds 46 but the plan counted 225'):
        qa.SampleDesign(sample, unit="id", plan=plan, population={"a": 46, "b": 26, "c": 11})
    with pytest.raises(DesignError, match=r"population: the sample holds 30 but its weights add up to more"):
        qa.SampleDesign(calls.head(30).assign(w=100.0), weight="w", population=30)
    assert qa.SampleDesign(sample.assign(w=np.round(1 / sample["inclusion_probability"], 2)), unit="id", plan=plan, weight="w").units == 80


def test_a_stratum_without_any_value_is_told() -> None:
    _, plan, sample = planned_sample()
    sample.loc[sample["queue"] == "c", "score"] = np.nan
    design = qa.SampleDesign(sample, unit="id", plan=plan)
    for found in (
        qa.mean(design, "score", missing="drop"),
        qa.median(design, "score", missing="drop"),
        qa.variance(design, "score", missing="drop"),
    ):
        assert np.isnan(found.value)
        assert found.undefined == "a stratum was sampled but none of its units has a value: the others say nothing of it"


def test_a_domain_of_one_unit_has_no_difference_interval() -> None:
    _, plan, sample = planned_sample()
    design = qa.SampleDesign(sample.assign(g=["solo"] + ["rest"] * 79), unit="id", plan=plan)
    found = qa.difference(design, "score", by="g", between=("solo", "rest"))
    assert found.undefined == "a domain has one unit: no variance"
    assert np.isnan(found.low)
