from __future__ import annotations

import itertools
import math
import re
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qascore as qa
from qascore.calibration import FORMS, LEVELS, WEIGHTS

NAN = math.nan

# Krippendorff (2011), example C; Gwet (2014) uses it too: 12 units, 4 raters, gaps, one unit rated once.
KRIPPENDORFF_C = np.array(
    [
        [1, 1, NAN, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [NAN, 5, 5, 5],
        [NAN, NAN, 1, 1],
        [NAN, NAN, 3, NAN],
    ]
)
SHROUT_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])


def long(matrix: Any, **columns: Any) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {"call": [], "who": [], "score": [], **{name: [] for name in columns}}
    for unit, row in enumerate(matrix):
        for rater, value in enumerate(row):
            rows["call"].append(f"c{unit:02d}")
            rows["who"].append("abcdefgh"[rater])
            rows["score"].append(None if value is None or value != value else value)
            for name, content in columns.items():
                rows[name].append(content)
    return rows


def table(matrix: Any = KRIPPENDORFF_C, **options: Any) -> qa.RatingTable:
    return qa.RatingTable.from_matrix(matrix, **options)


def single(result: Any) -> Any:
    assert isinstance(result, qa.Estimate)
    return result


@pytest.mark.parametrize(
    ("level", "value"),
    [
        ("nominal", 0.743421052631579),
        ("ordinal", 0.8153875037548814),
        ("interval", 0.8491071428571428),
        ("ratio", 0.7974027747116121),
    ],
)
def test_alpha_of_krippendorffs_example_at_every_level(level: str, value: float) -> None:
    # Krippendorff (2011) prints .743, .815, .849, .797; digits by fast-krippendorff 0.8.3.
    found = single(qa.krippendorff_alpha(table(), level=level))
    assert found.value == pytest.approx(value, rel=1e-13)
    assert (found.n, found.df, found.weights) == (11, 10, level)


def scores_with_fractions() -> qa.RatingTable:
    """Three raters near one truth; hardly two scores are equal."""
    random = np.random.default_rng(7)
    near = random.normal(0.7, 0.1, (60, 1)) + random.normal(0.0, 0.05, (60, 3))
    return table(np.round(near, 2), raters=list("abc"))


@pytest.mark.parametrize(
    ("ratings", "level"),
    [
        (table(np.array([["good", "good"], ["bad", "fair"], ["fair", "fair"]], dtype=object)), "nominal"),
        (table(np.array([["c", "c"], ["a", "b"], ["b", "b"]], dtype=object), categories=["a", "b", "c"]), "ordinal"),
        (table(), "ordinal"),
        (scores_with_fractions(), "interval"),
    ],
)
def test_every_verb_takes_the_same_level_by_default_and_says_which(ratings: qa.RatingTable, level: str) -> None:
    alpha = single(qa.krippendorff_alpha(ratings))
    asked = single(qa.krippendorff_alpha(ratings, level=level))
    assert (alpha.value, alpha.std_error, alpha.weights) == (asked.value, asked.std_error, level)
    assert alpha.summary().startswith(f"Krippendorff's alpha ({level}) is ")
    assert repr(alpha).startswith(f"<AgreementEstimate: Krippendorff's alpha ({level}) is ")
    study = qa.calibration_study(ratings)
    assert study.levels == ((None, level),)
    assert study.alpha[level].value == alpha.value
    assert study.summary().startswith(f"Krippendorff's alpha ({level}) is ")
    if len(ratings.raters or ()) > 2:
        assert study.left_out == qa.leave_one_rater_out(ratings, level=level) == qa.leave_one_rater_out(ratings)
        assert f"gain of Krippendorff's alpha, {level} level" in repr(study.left_out)


def test_coefficients_of_scores_with_fractions_say_that_only_equal_scores_agree() -> None:
    scores = scores_with_fractions()
    equal, near = qa.agreement(scores), qa.agreement(scores, weights="quadratic")
    assert re.search(r"\nkrippendorff_alpha +nominal +0", repr(equal))
    assert re.search(r"\nfleiss_kappa +identity +0", repr(equal))
    for shown in (repr(equal), equal.summary(), equal._repr_html_()):
        assert "scores agree only where they are equal" in shown
    assert near["krippendorff_alpha"].value == pytest.approx(single(qa.krippendorff_alpha(scores)).value, rel=1e-12)
    assert equal["krippendorff_alpha"].value < 0.2 < 0.7 < near["krippendorff_alpha"].value
    assert near.note == qa.agreement(table()).note == ""
    assert single(qa.fleiss_kappa(scores, weights="linear")).summary().startswith("Fleiss' kappa (linear) is ")


def test_the_summary_of_a_study_starts_with_alpha_and_its_interval() -> None:
    study = qa.calibration_study(table(raters=list("abcd")))
    first, *found, caution = study.summary().splitlines()
    alpha = study.alpha["ordinal"]
    assert first == (
        f"Krippendorff's alpha (ordinal) is {alpha.value:.4f}, 95% interval {alpha.low:.4f} to {alpha.high:.3f}, n = 11."
    )
    at_once = "Each interval that follows holds for all criteria and raters at once, and so is wider than one that holds alone."
    assert found == [at_once, *(finding.text for finding in study.findings)]
    assert caution == study.CAUTION


def test_gwets_standard_error_is_an_option() -> None:
    # irrCAC 1.4, fleiss.kappa.raw(weights="quadratic") and krippen.alpha.raw(weights="quadratic")
    full = table(categories=[1, 2, 3, 4, 5])
    fleiss = single(qa.fleiss_kappa(full, weights="quadratic", std_error="gwet"))
    assert fleiss.value == pytest.approx(0.864935064935065, rel=1e-12)
    assert fleiss.std_error == pytest.approx(0.146033610756912, rel=1e-12)
    assert fleiss.low == pytest.approx(0.543517254784502, rel=1e-12)
    assert fleiss.high == 1.0
    alpha = single(qa.krippendorff_alpha(full, weights="quadratic", std_error="gwet"))
    assert alpha.std_error == pytest.approx(0.129051199944227, rel=1e-12)
    assert alpha.observed == pytest.approx(0.97359375, rel=1e-12)
    assert alpha.expected == pytest.approx(0.825, rel=1e-12)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_every_frame_gives_the_same_bits_in_any_order_of_rows(make: Any) -> None:
    rows = long(KRIPPENDORFF_C)
    order = np.random.default_rng(3).permutation(len(rows["call"]))
    shuffled = {name: [values[i] for i in order] for name, values in rows.items()}
    here = qa.RatingTable(make(rows), unit="call", rater="who", rating="score")
    there = qa.RatingTable(make(shuffled), unit="call", rater="who", rating="score")
    matrix = table()
    for level in LEVELS:
        a, b = (single(qa.krippendorff_alpha(t, level=level)) for t in (here, there))
        assert (a.value, a.std_error, a.low, a.high) == (b.value, b.std_error, b.low, b.high)
        assert a.value == pytest.approx(single(qa.krippendorff_alpha(matrix, level=level)).value, rel=1e-14)
    frame = qa.agreement(here).to_frame()
    assert type(frame).__module__.split(".")[0] == make.__module__.split(".")[0]


def test_text_ratings_take_their_order_from_declared_categories() -> None:
    words = np.array([["good", "good"], ["bad", "fair"], ["fair", "fair"], ["bad", None]], dtype=object)
    found = table(words)
    # Six pairable ratings, 2 good, 1 bad, 3 fair; one of three pairs differs: 1 - (2/6) / (22/30).
    assert single(qa.krippendorff_alpha(found)).value == pytest.approx(1 - 10 / 22, rel=1e-14)
    with pytest.raises(qa.ArgumentError, match="declare them in their order"):
        qa.krippendorff_alpha(found, level="ordinal")
    with pytest.raises(qa.ArgumentError, match="declare them in their order"):
        qa.fleiss_kappa(found, weights="linear")
    declared = table(words, categories=["bad", "fair", "good"])
    numbers = table(np.array([[3, 3], [1, 2], [2, 2], [1, NAN]]))
    a, b = (single(qa.fleiss_kappa(t, weights="linear")) for t in (declared, numbers))
    assert a.value == b.value
    with pytest.raises(qa.ArgumentError, match="ratings are text"):
        qa.krippendorff_alpha(declared, level="interval")
    with pytest.raises(qa.ArgumentError, match="ratings are text"):
        qa.icc(declared)
    with pytest.raises(qa.DataError, match=r"'god' is not among the declared categories .*did you mean \"good\""):
        table(np.array([["good", "god"]], dtype=object), categories=["bad", "good"])


def test_digits_held_as_text_are_not_ordered_behind_the_users_back() -> None:
    with pytest.warns(UserWarning, match="text that reads as numbers"):
        digits = table(np.array([["10", "9"], ["2", "2"], ["9", "9"]], dtype=object))
    with pytest.raises(qa.ArgumentError, match="declare them in their order"):
        qa.fleiss_kappa(digits, weights="ordinal")


def test_a_repeated_rating_is_named_or_averaged() -> None:
    rows = pd.DataFrame({"call": ["x", "x", "x", "y", "y"], "who": ["a", "b", "a", "a", "b"], "score": [1, 2, 4, 3, 3]})
    with pytest.raises(qa.DataError, match="unit 'x': rater 'a' rated it more than once"):
        qa.RatingTable(rows, unit="call", rater="who", rating="score")
    averaged = qa.RatingTable(rows, unit="call", rater="who", rating="score", duplicates="average")
    assert averaged.ratings == 4
    assert qa.rater_summary(averaged).means["a"].value == pytest.approx((2.5 + 3) / 2)


def test_rows_without_unit_or_rater_and_wrong_names_are_refused() -> None:
    rows = pd.DataFrame({"call": ["x", None], "who": ["a", "b"], "score": [1, 2]})
    with pytest.raises(qa.DataError, match='column "call": row 1 has a rating but no call'):
        qa.RatingTable(rows, unit="call", rater="who", rating="score")
    with pytest.raises(qa.MissingColumnError, match='did you mean "score"'):
        qa.RatingTable(rows, unit="call", rater="who", rating="scor")
    with pytest.raises(qa.ArgumentError, match='did you mean "average"'):
        qa.RatingTable(rows, unit="call", rater="who", rating="score", duplicates="averge")
    with pytest.raises(qa.ArgumentError, match='did you mean "quadratic"'):
        qa.fleiss_kappa(table(), weights="quadratik")
    with pytest.raises(qa.ArgumentError, match='did you mean "weights"'):
        qa.fleiss_kappa(table(), weight="linear")
    with pytest.raises(qa.ArgumentError, match='did you mean "interval"'):
        qa.krippendorff_alpha(table(), level="intervall")
    with pytest.raises(qa.ArgumentError, match="0.95"):
        qa.fleiss_kappa(table(), confidence=95)
    with pytest.raises(qa.DataError, match="7 is not among the declared categories 1, 2"):
        table(np.array([[1, 7]]), categories=[1, 2])
    with pytest.raises(qa.DataError, match="infinity"):
        table(np.array([[1, math.inf]]))
    with pytest.raises(qa.DataError, match="units x raters"):
        table(np.array([1.0, 2.0]))


def test_anonymous_raters_refuse_what_needs_to_know_them() -> None:
    # Fleiss (1971) gives .43 for the psychiatric diagnoses; here the first ten patients as counts.
    counts = [[0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0]]
    found = qa.RatingTable.from_counts(counts)
    assert found.anonymous
    assert single(qa.fleiss_kappa(found)).n == 5
    for verb in (qa.conger_kappa, qa.cohen_kappa, qa.rater_summary, qa.leave_one_rater_out):
        with pytest.raises(qa.ArgumentError, match="anonymous"):
            verb(found)
    assert {e.name for e in qa.agreement(found)} == {
        "percent_agreement", "fleiss_kappa", "brennan_prediger", "gwet_ac", "krippendorff_alpha",
    }
    assert [e.form for e in qa.icc_table(found)] == ["1,1", "1,k"]  # type: ignore[attr-defined]
    assert "anonymous" in repr(found)


def test_several_criteria_give_a_row_each() -> None:
    rows = {name: [] for name in ("call", "who", "score", "topic")}
    for topic, matrix in (("tone", KRIPPENDORFF_C), ("facts", np.flip(KRIPPENDORFF_C, axis=0) % 4)):
        for name, values in long(matrix, topic=topic).items():
            rows[name] += values
    both = qa.RatingTable(pd.DataFrame(rows), unit="call", rater="who", rating="score", criterion="topic")
    assert both.criteria == ("facts", "tone")
    result = qa.krippendorff_alpha(both, level="interval")
    assert isinstance(result, qa.EstimateTable)
    assert result["tone"].value == pytest.approx(0.8491071428571428, rel=1e-13)
    assert list(result.to_frame()["topic"]) == ["facts", "tone"]
    assert single(qa.krippendorff_alpha(both["tone"], level="interval")).value == result["tone"].value
    assert qa.agreement(both)["tone", "gwet_ac"].value == single(qa.gwet_ac(both["tone"])).value
    with pytest.raises(qa.ArgumentError, match='did you mean "tone"'):
        both["tones"]


def test_several_rating_columns_are_several_criteria_with_their_own_scales() -> None:
    rows = pd.DataFrame(
        {"call": [1, 1, 2, 2, 3, 3], "who": list("abab") + ["a", "b"], "tone": [1, 2, 2, 2, 3, 3], "ok": list("yyynnn")}
    )
    both = qa.RatingTable(
        rows, unit="call", rater="who", rating=["tone", "ok"], categories={"tone": [1, 2, 3], "ok": ["n", "y"]}
    )
    assert both.criteria == ("tone", "ok")
    assert qa.brennan_prediger(both)["ok"].expected == 0.5  # type: ignore[union-attr,index]
    study = qa.calibration_study(both)
    assert study.icc is None
    assert study.raters is None


def test_parts_of_a_table() -> None:
    full = table(raters=list("abcd"))
    assert full.only("a", "c").raters == ["a", "c"]
    assert full.without("a").raters == ["b", "c", "d"]
    assert (
        single(qa.icc(full, method="anova")).undefined
        == "the table has gaps: analysis of variance needs every rater on every unit"
    )
    assert single(qa.icc(full)).interval_method == "profile likelihood, raters random"
    assert single(qa.icc(full.complete())).n == 8
    with pytest.raises(qa.ArgumentError, match="no rater"):
        full.only("z")


def test_all_forms_of_the_icc() -> None:
    # Shrout and Fleiss (1979): .17 .29 .71 .44 .62 .91; McGraw-Wong limits by psych 2.2.9.
    found = {e.form: e for e in qa.icc_table(table(SHROUT_FLEISS))}  # type: ignore[attr-defined]
    assert [round(found[form].value, 2) for form in FORMS] == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    assert found["A,1"].low == pytest.approx(0.018786513374712, rel=1e-10)
    assert found["A,1"].high == pytest.approx(0.761084369648953, rel=1e-10)
    assert found["C,1"].test.statistic == pytest.approx(11.0272479564033, rel=1e-12)
    row = found["C,1"].to_dict()
    assert (row["test_df"], row["test_df2"]) == (5, 15)
    assert "p_value" in row


def test_severity_is_against_the_other_raters_on_shared_units() -> None:
    found = qa.rater_summary(table(np.array([[1, 2, 3], [2, 3, 3], [3, 4, NAN], [5, NAN, NAN]]), raters=["x", "y", "z"]))
    assert found.severities["x"].value == pytest.approx((1.5 + 1 + 1) / 3)
    assert found.ratings == (4, 3, 2)
    frame = found.to_frame()
    assert list(frame.columns[:3]) == ["rater", "ratings", "mean"]
    assert all(name.isidentifier() for name in frame.columns)


def test_designs_reach_every_verb() -> None:
    rows = pd.DataFrame(long(SHROUT_FLEISS))
    ratings = qa.RatingTable(rows, unit="call", rater="who", rating="score")
    calls = pd.DataFrame(
        {
            "call": ["c05", "c99", "c01", "c00", "c02", "c04", "c03"],  # another order, and one that nobody rated
            "queue": ["p", "p", "p", "q", "q", "q", "q"],
            "weight": [3.0, 3.0, 3.0, 5.0, 5.0, 5.0, 5.0],
            "agent": ["u", "u", "v", "w", "w", "x", "x"],
        }
    )
    design = qa.SampleDesign(calls, unit="call", stratum="queue", weight="weight", cluster="agent")
    alpha = single(qa.krippendorff_alpha(ratings, level="interval", design=design))
    plain = single(qa.krippendorff_alpha(ratings, level="interval"))
    assert alpha.value != plain.value
    assert alpha.df == 2  # 4 agents in 2 queues
    equal = qa.SampleDesign(calls.assign(weight=1.0), unit="call", weight="weight")
    again = single(qa.krippendorff_alpha(ratings, level="interval", design=equal))
    assert again.value == plain.value
    assert again.n == 6
    assert single(qa.icc(ratings, design=design)).interval_method == "t, raters fixed"
    assert qa.rater_summary(ratings, design=design).severities["a"].df == 2
    assert len(qa.calibration_study(ratings, design=design).alpha) == 1
    with pytest.raises(qa.DataError, match="'c03' was rated but is not in the design"):
        qa.fleiss_kappa(ratings, design=qa.SampleDesign(calls.iloc[:6], unit="call", weight="weight"))


def test_a_unit_of_weight_two_is_two_units() -> None:
    once = pd.DataFrame(long([[1, 2], [2, 2], [3, 3], [1, 1]]))
    twice = pd.DataFrame(long([[1, 2], [1, 2], [2, 2], [3, 3], [1, 1]]))
    make = {"unit": "call", "rater": "who", "rating": "score"}
    calls = pd.DataFrame({"call": ["c00", "c01", "c02", "c03"], "w": [2.0, 1.0, 1.0, 1.0]})
    design = qa.SampleDesign(calls, unit="call", weight="w")
    weighted = single(qa.cohen_kappa(qa.RatingTable(once, **make), design=design))
    assert weighted.value == pytest.approx(single(qa.cohen_kappa(qa.RatingTable(twice, **make))).value, rel=1e-14)


def test_undefined_says_why_in_the_middle_of_a_table() -> None:
    rows = pd.DataFrame(
        {
            "call": [1, 1, 2, 2] * 2,
            "who": ["a", "b"] * 4,
            "topic": ["same"] * 4 + ["fine"] * 4,
            "score": [3, 3, 3, 3, 1, 2, 2, 2],
        }
    )
    both = qa.RatingTable(rows, unit="call", rater="who", rating="score", criterion="topic")
    result = qa.fleiss_kappa(both)
    assert isinstance(result, qa.EstimateTable)
    assert math.isnan(result["same"].value)
    assert result["same"].undefined == "all ratings are in one category: no disagreement to expect by chance"
    assert not math.isnan(result["fine"].value)
    assert "all ratings are in one category" in repr(result)
    texts = [finding.text for finding in qa.calibration_study(both).findings]
    assert "Alpha on same is undefined: all ratings are in one category: no disagreement to expect by chance." in texts


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    """300 units x 5 raters x 2 criteria; on both e is a point stricter and noisy, the second criterion is vague."""
    random = np.random.default_rng(20260101)
    rows = []
    for topic, noise in (("facts", 0.5), ("tone", 1.3)):
        for unit in range(300):
            truth = random.normal(3, 1)
            for who in "abcde":
                off, spread = (-1.0, 1.8) if who == "e" else (0.0, noise)
                score = float(np.clip(np.rint(truth + off + random.normal(0, spread)), 1, 5))
                rows.append((unit, who, topic, score))
    return pd.DataFrame(rows, columns=["call", "who", "topic", "score"])


def test_the_study_finds_what_was_put_in(panel: pd.DataFrame) -> None:
    ratings = qa.RatingTable(panel, unit="call", rater="who", rating="score", criterion="topic")
    study = qa.calibration_study(ratings, by="topic")
    found = {(f.kind, f.criterion): f.rater for f in study.findings}
    assert ("least_agreement", "tone") in found
    assert found["strictest", "facts"] == found["strictest", "tone"] == "e"
    assert found["unlike_panel", "facts"] == "e"
    assert study.left_out is not None
    assert study.left_out["facts", "e"].low > 0
    assert study.levels == (("facts", "ordinal"), ("tone", "ordinal"))
    assert set(study.tables()) == {
        "criteria", "alpha", "agreement", "categories", "pairs", "icc", "raters", "spreads", "with_others", "usual", "left_out", "without",
        "severities", "own_spreads", "tests",
    }  # fmt: skip
    assert "e" in study.summary()
    assert study.to_dict()["findings"][0]["kind"] == "least_agreement"
    assert len(study.to_frame("raters")) == 10
    html = study._repr_html_()
    assert html.startswith("<ul")
    with pytest.raises(qa.ArgumentError, match='did you mean "topic"'):
        qa.calibration_study(ratings, by="topics")
    with pytest.raises(qa.ArgumentError, match="table"):
        study.to_frame("alfa")


def test_text_from_the_data_is_escaped_in_html() -> None:
    rows = long([[1, 2], [2, 2], [1, 1]])
    rows["topic"] = ["<b>x</b>"] * 6
    ratings = qa.RatingTable(pd.DataFrame(rows), unit="call", rater="who", rating="score", criterion="topic")
    assert "<b>" not in qa.calibration_study(ratings)._repr_html_()


def test_without_severe_raters_the_study_says_so() -> None:
    few = np.array([[1, 2], [2, 1], [3, 3], [1, 1], [2, 2]])
    assert "No rater's severity can be told from the others' on its own:" in qa.calibration_study(table(np.tile(few, (2, 1)))).summary()
    assert "Who is strict cannot be said" in qa.calibration_study(table(few)).summary()


def test_raters_who_do_not_differ_are_rarely_called_strict() -> None:
    """Two equal raters of each of 60 units, six raters, five criteria: some study finds one in at most 5 % or so."""
    rng = np.random.default_rng(20261122)
    studies, false = 60, 0
    for _ in range(studies):
        columns: dict[str, list[object]] = {"unit": [], "rater": [], "rating": [], "criterion": []}
        for criterion in range(5):
            for unit in range(60):
                truth = rng.normal()
                for rater in rng.choice(6, size=2, replace=False):
                    columns["unit"].append(unit)
                    columns["rater"].append(f"r{rater}")
                    columns["criterion"].append(f"c{criterion}")
                    columns["rating"].append(float(np.clip(np.round(truth + 0.7 * rng.normal()), -2, 2)))
        ratings = qa.RatingTable(
            pd.DataFrame(columns), unit="unit", rater="rater", rating="rating", criterion="criterion"
        )
        kinds = {finding.kind for finding in qa.calibration_study(ratings).findings}
        false += bool(kinds & {"strictest", "most_lenient"})
    # 9 of 60 or more has a chance below 0.2 % where the true share is 5 %.
    assert false < 9


def test_results_show_themselves() -> None:
    found = single(qa.fleiss_kappa(table()))
    assert repr(found).startswith("<AgreementEstimate: Fleiss' kappa is 0.7612")
    assert repr(single(qa.icc(table(SHROUT_FLEISS)))).startswith("<IccEstimate: ICC(A,1) is 0.2898")
    assert repr(table(raters=list("abcd"))) == (
        "<RatingTable: 12 units, 4 raters (a, b, c, d), 41 ratings, gaps, categories 1 to 5>"
    )
    assert "severity" in repr(qa.rater_summary(table()))


matrices = st.integers(2, 5).flatmap(
    lambda raters: st.lists(
        st.lists(st.one_of(st.just(NAN), st.sampled_from([1.0, 2.0, 3.0, 4.0])), min_size=raters, max_size=raters),
        min_size=2,
        max_size=25,
    )
)


@settings(max_examples=60, deadline=None)
@given(matrices, st.sampled_from(WEIGHTS), st.randoms(use_true_random=False))
def test_order_of_units_and_raters_does_not_move_a_coefficient(rows: list[list[float]], weights: str, random: Any) -> None:
    units, raters = list(range(len(rows))), list(range(len(rows[0])))
    random.shuffle(units)
    random.shuffle(raters)
    a = table(np.array(rows), categories=[1, 2, 3, 4])
    b = table(np.array(rows)[units][:, raters], categories=[1, 2, 3, 4])
    for x, y in zip(qa.agreement(a, weights=weights), qa.agreement(b, weights=weights), strict=True):
        assert x.undefined == y.undefined
        assert x.value == pytest.approx(y.value, abs=1e-12, nan_ok=True)
        assert x.std_error == pytest.approx(y.std_error, abs=1e-12, nan_ok=True)
        assert math.isnan(x.value) or (x.value <= 1.0 + 1e-15 and not x.high > 1.0)


def test_rounding_is_no_variation_in_any_order() -> None:
    # Conger's kappa is 0 here; in some orders -2.2e-16 with a standard error of 1.2e-17.
    matrix = np.array([[3, 3, 1, 4], [NAN, 3, 1, 1], [3, NAN, 1, 1]])
    found = {
        qa.conger_kappa(table(matrix[:, list(raters)], categories=[1, 2, 3, 4]), weights="bipolar").undefined
        for raters in itertools.permutations(range(4))
    }
    assert found == {"no variation in the sample: no interval"}


@settings(max_examples=60, deadline=None)
@given(matrices, st.permutations([1.0, 2.0, 3.0, 4.0]))
def test_renaming_categories_does_not_move_nominal_coefficients(rows: list[list[float]], names: list[float]) -> None:
    matrix = np.array(rows)
    renamed = np.where(np.isnan(matrix), NAN, np.array([0.0, *names])[np.nan_to_num(matrix).astype(int)])
    for x, y in zip(
        qa.agreement(table(matrix, categories=[1, 2, 3, 4])),
        qa.agreement(table(renamed, categories=[1, 2, 3, 4])),
        strict=True,
    ):
        assert x.value == pytest.approx(y.value, abs=1e-12, nan_ok=True)
        assert x.std_error == pytest.approx(y.std_error, abs=1e-12, nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(matrices, st.floats(-1e6, 1e6), st.floats(0.01, 100))
def test_interval_alpha_and_icc_do_not_change_with_shift_and_scale(
    rows: list[list[float]], shift: float, scale: float
) -> None:
    matrix = np.array(rows)
    a = single(qa.krippendorff_alpha(table(matrix), level="interval"))
    b = single(qa.krippendorff_alpha(table(shift + scale * matrix), level="interval"))
    if a.undefined != b.undefined:  # shifted values are rounded: no variation may become one of the last digits
        assert max(a.std_error, b.std_error) < 1e-6
    assert a.value == pytest.approx(b.value, abs=1e-6, nan_ok=True)


MEMORY = """
import numpy as np, pandas as pd, qascore as qa
n = 2_000_000
columns = {"unit": "unit", "rater": "rater", "rating": "score"}
score = np.random.default_rng(1).normal(size=n)
frame = pd.DataFrame({"unit": np.arange(n) // 5, "rater": np.arange(n) % 5, "score": score})
qa.krippendorff_alpha(qa.RatingTable(frame[:10], **columns))
peak = lambda: 1024 * int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
before = peak()
qa.krippendorff_alpha(qa.RatingTable(frame, **columns), level="interval")
print((peak() - before) / n)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory stands in /proc")
def test_ten_million_ratings_take_less_than_a_gigabyte() -> None:
    """Bytes a rating of the peak while a table of two million, all different, is built and its alpha computed."""
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    assert 10 < float(done.stdout) < 100
