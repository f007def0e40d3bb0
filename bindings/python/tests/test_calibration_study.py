"""The whole study of a panel: what was put into simulated ratings is found, what cannot be said is named."""

from __future__ import annotations

import json
import math
import os
import re
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa
from qascore._calibration_report import ABOUT_RATERS, PARTS, TO_DO_WITH_RATERS, calibration_report
from qascore.calibration_studies import QUESTIONS
from qascore.report import IntervalPlot, Link, Table, Undefined
from qascore.verdicts import TO_DO, VERDICTS

AGREED = ("agreement_reliable", "agreement_tentative", "agreement_unclear", "agreement_below_tentative", "prevalence")
DATA = Path(os.environ.get("QASCORE_REFERENCE_DATA", "")) / "data"


def panel(units: int = 400, **change: Any) -> pd.DataFrame:
    """Six raters; on "vague" nobody sees the same, on "clear" all but what `change` says."""
    random = np.random.default_rng(11)
    rows = []
    for criterion, noise in (("clear", 0.35), ("vague", 2.0)):
        for unit in range(units):
            truth = random.normal(3, 1.2)
            for who in "abcdef":
                shift, error = 0.0, random.normal(0, noise)
                if who == "f" and change.get("random"):
                    truth_seen = random.normal(3, 1.2)
                else:
                    truth_seen = truth
                if who == "e" and change.get("drift"):
                    shift = -change["drift"] * unit / (units - 1)
                score = float(np.clip(np.rint(truth_seen + shift + error), 1, 5))
                rows.append((f"c{unit:03d}", who, criterion, score))
    return pd.DataFrame(rows, columns=["call", "who", "criterion", "score"])


def table(frame: pd.DataFrame, **columns: Any) -> qa.RatingTable:
    return qa.RatingTable(frame, unit="call", rating="score", criterion="criterion", **({"rater": "who"} | columns))


def of_kind(study: qa.CalibrationStudy, *kinds: str) -> set[tuple[Any, Any]]:
    return {(f.criterion, f.rater) for f in study.findings if f.kind in kinds}


@pytest.fixture(scope="module")
def troubled() -> qa.CalibrationStudy:
    frame = panel(random=True, drift=1.5)
    return qa.calibration_study(table(frame), by="criterion", order=sorted(frame["call"].unique()))


def test_who_answers_at_random_and_who_drifts_is_found(troubled: qa.CalibrationStudy) -> None:
    assert ("clear", "f") in of_kind(troubled, "at_random")
    assert {rater for _, rater in of_kind(troubled, "at_random")} == {"f"}
    assert ("clear", "e") in of_kind(troubled, "drifts")
    assert troubled.drift is not None and troubled.with_others is not None and troubled.spreads is not None
    frame = panel(random=True, drift=1.5)
    wide = frame[frame.criterion == "clear"].pivot(index="call", columns="who", values="score")
    severity = wide.drop(columns="e").mean(axis=1) - wide["e"]  # 1.5 was put in; the ends of the scale cut some of it
    slope = np.polyfit(np.linspace(0, 1, len(wide)), severity, 1)[0]
    assert troubled.drift["clear", "e"].value == pytest.approx(slope, rel=1e-9)
    assert 0.5 < troubled.drift["clear", "e"].low < troubled.drift["clear", "e"].high < 1.5
    assert troubled.with_others["clear", "f"].low < 0 < troubled.with_others["clear", "f"].high
    assert ("clear", "f") in of_kind(troubled, "unlike_panel")
    assert ("clear", "f") in of_kind(troubled, "erratic")
    away = wide.drop(columns="f").mean(axis=1) - wide["f"]
    assert troubled.spreads["clear", "f"].value == pytest.approx(away.var(), rel=1e-9)


def test_the_record_says_the_level_of_each_criterion_also_where_there_is_one(troubled: qa.CalibrationStudy) -> None:
    assert {one["criterion"] for one in troubled.to_dict()["levels"]} == set(dict(troubled.levels))
    ratings = pd.DataFrame({"call": [1, 1, 2, 2, 3, 3], "who": ["a", "b"] * 3, "score": [1, 2, 3, 3, 5, 4]})
    alone = qa.calibration_study(qa.RatingTable(ratings, unit="call", rater="who", rating="score"), level="interval")
    assert alone.to_dict()["levels"] == [{"criterion": None, "level": "interval"}]


def test_what_no_single_rater_explains_is_told_from_one_rater(troubled: qa.CalibrationStudy) -> None:
    assert of_kind(troubled, "wording") == {("vague", None)}
    (text,) = [f.text for f in troubled.findings if f.kind == "wording"]
    assert "no single rater is the reason. Look at the wording of the criterion," in text and "how often each level occurs" in text
    assert "is the problem" not in text
    assert of_kind(troubled, "one_rater") == {("clear", "f")}
    assert troubled.pairs is not None and troubled.without is not None
    assert troubled.without["clear", "f"].value > troubled.alpha["clear", "ordinal"].value
    assert all(one.high < 0.667 for one, name in zip(troubled.pairs, dict(troubled.pairs.keys)["criterion"], strict=True) if name == "vague")
    assert [one.confidence for one in troubled.pairs] == pytest.approx([1 - 0.05 / 30] * 30)


def test_a_panel_without_faults_is_called_reliable_and_nobody_is_named() -> None:
    frame = panel()
    study = qa.calibration_study(table(frame), order=sorted(frame["call"].unique()))
    assert of_kind(study, "agreement_reliable") == {("clear", None)}
    assert not of_kind(study, "at_random", "drifts", "one_rater")
    assert of_kind(study, "no_drift") == {("clear", None), ("vague", None)}


def test_where_few_ratings_leave_the_reason_open_neither_is_blamed() -> None:
    frame = panel(20, random=True)
    study = qa.calibration_study(table(frame[(frame.criterion == "clear") & frame.who.isin(["d", "e", "f"])]))
    assert study.without is not None
    without = study.without["clear", "f"]
    assert study.alpha["clear", "ordinal"].high < 0.667 and without.low < 0.667 <= without.high
    (text,) = [f.text for f in study.findings if f.kind == "reason_unclear"]
    assert text.startswith("Without f alpha on clear is") and "whether this rater alone" in text
    assert not of_kind(study, "one_rater", "wording")


def test_the_page_opens_with_what_to_make_of_it_what_to_do_and_where_it_is_shown(troubled: qa.CalibrationStudy) -> None:
    report = calibration_report(troubled, "T")
    criteria, raters = (block for block in report.summary if isinstance(block, Table))
    titles = [column.title for column in criteria.columns]
    assert titles == ["criterion", "alpha", "verdict", "what to do", "interval", "raters for 0.8"]
    clear, vague = criteria.rows
    assert clear[2:4] == ("too low because of f", Link("talk with f first", "form"))
    assert vague[2:4] == ("too low for all raters", Link("look at the wording, and how often each level occurs", "form"))
    wanted = {criterion: plan.enough[0].levels["rater"] if plan.enough else None for criterion, plan in troubled.plans}
    assert [row[5] for row in criteria.rows] == [count or Undefined("even the mean of 20 raters does not reach it") for count in wanted.values()]
    assert dict((row[0], row[2]) for row in raters.rows)["f"] == Link("talk first: the ratings may say nothing", "raters")
    assert dict((row[0], row[2]) for row in raters.rows)["e"] == Link("find out what changed then", "raters")
    sections = {section.id for section in report.sections}
    assert {cell.to for block in (criteria, raters) for row in block.rows for cell in row if isinstance(cell, Link)} <= sections


def test_as_a_frame_a_study_says_what_the_page_makes_of_each_criterion(troubled: qa.CalibrationStudy) -> None:
    frame = troubled.to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == [
        "criterion", "level", "alpha", "std_error", "low", "high", "df", "n", "confidence", "verdict", "to_do", "raters_needed",
        "units_needed", "undefined",
    ]  # fmt: skip
    (page, *_) = (block for block in calibration_report(troubled, "T").summary if isinstance(block, Table))
    assert list(frame["criterion"]) == [row[0] for row in page.rows] == ["clear", "vague"]
    assert list(frame["alpha"]) == [one.value for one in troubled.alpha] and list(frame["low"]) == [one.low for one in troubled.alpha]
    assert list(frame["verdict"]) == [row[2] for row in page.rows] == ["too low because of f", "too low for all raters"]
    assert list(frame["to_do"]) == [row[3].text for row in page.rows if isinstance(row[3], Link)]
    shown = [None if isinstance(row[5], Undefined) else row[5] for row in page.rows]
    assert [None if math.isnan(count) else count for count in frame["raters_needed"]] == shown
    assert list(frame["units_needed"]) == [size.n for _, size in troubled.sizes]
    assert troubled.to_dict()["criteria"][0]["verdict"] == "too low because of f"
    assert "too low for all raters" in repr(troubled.criteria) and "too low for all raters" in troubled._repr_html_()


def test_of_the_previous_study_the_frame_has_the_change_of_each_criterion() -> None:
    frame = panel(60)
    then = table(frame[(frame["criterion"] == "clear") & (frame["call"] < "c040")])
    found = qa.calibration_study(table(frame), previous=then)
    assert found.changes is not None
    clear, vague = found.to_frame().to_dict("records")
    (one,) = found.changes
    assert (clear["change"], clear["change_low"], clear["change_high"]) == (one.value, one.low, one.high)
    assert math.isnan(vague["change"]) and math.isnan(vague["change_low"])


def test_of_one_criterion_the_frame_has_one_row_without_a_name() -> None:
    frame = panel(60)
    found = qa.calibration_study(qa.RatingTable(frame[frame["criterion"] == "clear"], unit="call", rater="who", rating="score"))
    (row,) = found.to_frame().to_dict("records")
    assert "criterion" not in row and row["verdict"] == "reliable" and row["to_do"] == "nothing now"
    undefined = qa.calibration_study(qa.RatingTable.from_matrix([[1.0, math.nan], [math.nan, 2.0]])).to_frame()
    assert list(undefined["verdict"]) == ["undefined"] and list(undefined["undefined"]) == ["no unit has two ratings"]


def test_every_finding_has_its_part_of_a_page_and_every_verdict_something_to_do() -> None:
    source = Path(qa.__file__).with_name("calibration_studies.py").read_text(encoding="utf-8")
    kinds = set(re.findall(r'self\.add\(\s*"(\w+)"', source)) | {"agreement_tentative", "changed"}
    assert kinds <= {kind for of in PARTS.values() for kind in of}
    assert set(TO_DO_WITH_RATERS) == set(ABOUT_RATERS)
    assert set(VERDICTS) <= set(TO_DO)


def test_a_page_shows_how_dependability_grows_with_raters(troubled: qa.CalibrationStudy) -> None:
    (gains,) = (section for section in calibration_report(troubled, "T").sections if section.id == "gains")
    (picture,) = (block for block in gains.blocks if isinstance(block, IntervalPlot) and block.about == "dependability")
    plan = dict(troubled.plans)["clear"]
    assert picture.reference == 0.8
    assert [row.label for row in picture.rows if row.group == "clear"] == ["1", "2", "3", "5", "10", "20"]
    assert picture.rows[1].figure.value == plan[1].dependability.value and picture.rows[1].figure.low == plan[1].dependability.low


def odd_form() -> qa.CalibrationStudy:
    """Four raters: "clear" is seen alike but for one severe rater, "guess" at random, "rare" is nearly always 1."""
    random = np.random.default_rng(5)
    rows = []
    for unit in range(60):
        truth = random.integers(1, 6)
        for at, who in enumerate("abcd"):
            guess = random.integers(1, 6) - (at == 3) * (random.random() < 0.35)
            rows.append((f"c{unit:02d}", who, "clear", float(np.clip(truth + random.integers(-1, 2) * (random.random() < 0.2), 1, 5))))
            rows.append((f"c{unit:02d}", who, "guess", float(max(1, guess))))
            found = (7 * unit + at) % 60 == 0 or (unit, at) in ((11, 1), (23, 1), (35, 1), (50, 0), (50, 2))
            rows.append((f"c{unit:02d}", who, "rare", float(not found)))
    return qa.calibration_study(table(pd.DataFrame(rows, columns=["call", "who", "criterion", "score"])), by="criterion")


@pytest.fixture(scope="module")
def odd() -> qa.CalibrationStudy:
    return odd_form()


def test_nobody_is_cleared_of_random_answers_unless_every_interval_says_so(odd: qa.CalibrationStudy) -> None:
    assert odd.with_others is not None
    assert {criterion for criterion, _ in of_kind(odd, "not_at_random")} == {"clear"}
    (text,) = [f.text for f in odd.findings if f.kind == "random_unclear" and f.criterion == "guess"]
    assert text.startswith("Who answers at random on guess cannot be told of 4 of 4 raters")
    for who in "abcd":
        one = odd.with_others["guess", who]
        assert one.low <= 0
        assert f"{who}: {one.value:.4f}"[:8] in text
    for criterion, _ in of_kind(odd, "not_at_random"):
        assert all(odd.with_others[criterion, who].low > 0 for who in "abcd")


def test_raters_without_a_correlation_are_not_cleared_either() -> None:
    frame = panel(60)
    frame = frame[frame.criterion == "clear"]
    study = qa.calibration_study(table(frame.assign(score=frame.score.where(frame.who != "f", 3.0))))
    (text,) = [f.text for f in study.findings if f.kind == "not_at_random"]
    assert text.startswith("None of the 5 raters of whom it can be said answers at random on clear: the lowest")


def test_where_raters_agree_on_a_rare_answer_prevalence_is_named_and_not_the_wording(odd: qa.CalibrationStudy) -> None:
    assert of_kind(odd, "prevalence") == {("rare", None)}
    assert of_kind(odd, "wording") == {("guess", None)}
    assert not {finding.criterion for finding in odd.findings if finding.kind == "reason_unclear"}
    first = odd.findings[0]
    assert (first.kind, first.criterion) == ("least_agreement", "guess")
    alphas = {name: one.value for (name, _), one in zip(odd.levels, odd.alpha, strict=True)}
    assert alphas["rare"] < alphas["guess"] < alphas["clear"]
    assert first.text.startswith("Apart from rare, whose low alpha prevalence explains, the lowest alpha is that of guess: ")
    assert "low, though raters agree" in odd.to_html()


def test_the_test_of_all_raters_and_the_intervals_of_each_do_not_contradict() -> None:
    shift = {"a": 0.0, "b": 0.16, "c": 0.3, "d": 0.46}
    for seed in range(40):
        random = np.random.default_rng(seed)
        truth = random.normal(0, 1, 40)
        rows = [(f"c{u:02d}", w, c, truth[u] + s + random.normal(0, 0.8)) for c in "xyzv" for u in range(40) for w, s in shift.items()]
        frame = pd.DataFrame(rows, columns=["call", "who", "criterion", "score"])
        study = qa.calibration_study(table(frame), level="interval")
        alike = {criterion for criterion, _ in of_kind(study, "severity_in_line")}
        for finding in study.findings:
            if finding.kind == "rater_variance" and finding.estimate is not None and finding.estimate.value > 0:
                p = study.tests.of("raters")["xyzv".index(finding.criterion)][2]
                together = "The p is that of all raters together; whose severity differs," in finding.text
                assert together == (finding.criterion in alike and p <= 0.05)
                assert ("Chance may explain the differences" in finding.text) == (finding.criterion in alike and p > 0.05)
                if together:
                    return
    pytest.fail("no panel had differences that only the joint test finds")


def test_the_text_says_which_intervals_hold_for_all_at_once(odd: qa.CalibrationStudy) -> None:
    said = "Each interval that follows holds for all criteria and raters at once, and so is wider than one that holds alone."
    lines = odd.summary().splitlines()
    assert lines.index(said) == len(odd.alpha) + 1  # after the alphas and the lowest of them
    assert said in repr(odd) and said in odd._repr_html_()
    assert "Each interval in this list holds for all criteria and raters at once" in odd.to_html()
    alone = panel(60)
    assert said not in qa.calibration_study(table(alone[alone.criterion == "clear"], rater=None)).summary()


def test_raters_whom_nothing_connects_are_named() -> None:
    frame = panel(60)
    frame = frame[(frame.call < "c030") == frame.who.isin(["a", "b", "c"])]
    study = qa.calibration_study(table(frame[frame.criterion == "clear"]))
    (finding,) = [f for f in study.findings if f.kind == "unconnected"]
    assert finding.text.startswith("Raters on clear fall into 2 groups without a unit that two of them share: a, b, c; d, e, f. Who of")
    assert not of_kind(qa.calibration_study(table(panel(60))), "unconnected")


def test_figures_of_suites_are_plain_arithmetic_with_intervals() -> None:
    frame = panel(60)
    study = qa.calibration_study(table(frame), gold="a")
    assert study.usual is not None and study.gold is not None
    wide = frame[frame.criterion == "clear"].pivot(index="call", columns="who", values="score")
    far = (wide["b"] - wide["a"]).abs()
    assert study.usual["clear", "b", "absolute_deviation"].value == pytest.approx(far.mean(), rel=1e-12)
    assert study.usual["clear", "b", "alignment"].value == pytest.approx((far == 0).mean(), rel=1e-12)
    assert study.usual["clear", "b", "alignment"].low < (far == 0).mean() < study.usual["clear", "b", "alignment"].high
    assert study.usual["clear", "b", "lowest"].value == wide["b"].min()
    assert study.usual["clear", "b", "average"].value == pytest.approx(wide["b"].mean(), rel=1e-12)
    assert "a" not in dict(study.usual.keys)["rater"]
    alone = qa.calibration_study(table(frame).without("a"))
    assert [one.value for one in study.alpha] == [one.value for one in alone.alpha]
    others = wide.drop(columns=["a", "b"]).mean(axis=1)
    assert alone.usual is not None
    assert alone.usual["clear", "b", "absolute_deviation"].value == pytest.approx((wide["b"] - others).abs().mean(), rel=1e-12)
    assert alone.with_others is not None
    assert alone.with_others["clear", "b"].value == pytest.approx(np.corrcoef(wide["b"], others)[0, 1], rel=1e-12)


def test_the_previous_study_is_compared_as_the_difference_of_coefficients() -> None:
    before, now = table(panel(120, random=True)), table(panel(120))
    last = qa.calibration_study(before)
    study = qa.calibration_study(now, previous=last)
    assert of_kind(study, "changed") == {("clear", None)}
    assert study.changes is not None
    change = study.changes["clear", "ordinal"]
    expected = qa.agreement_difference(now["clear"], before["clear"], level="ordinal", confidence=0.975)
    assert (change.value, change.low, change.high) == (expected.value, expected.low, expected.high)  # type: ignore[union-attr]
    assert repr(study.changes) == repr(qa.calibration_study(now, previous=before).changes)


def test_severities_and_own_errors_are_those_of_the_crossed_model() -> None:
    frame = panel(150)
    frame.loc[frame.who == "d", "score"] = (frame.loc[frame.who == "d", "score"] - 1).clip(lower=1)
    ratings = table(frame)
    study = qa.calibration_study(ratings)
    assert study.severities is not None and study.own_spreads is not None
    joint = 1 - 0.05 / 12
    model = qa.rater_effects(ratings["clear"], confidence=joint)
    for one in model.raters:
        for found, expected in ((study.severities, one.severity), (study.own_spreads, one.spread)):
            row = found["clear", one.rater]
            assert (row.value, row.low, row.high) == (expected.value, expected.low, expected.high)
    assert study.severities["clear", "d"].low > 0
    (p,) = [test[2] for test in study.tests.of("raters") if test[0] == "clear"]
    assert model.rater_variance is not None and p == model.rater_variance.test.p_value
    assert ("clear", None) in of_kind(study, "rater_variance")
    assert qa.calibration_study(table(panel(20), rater=None)).severities is None


def test_tests_of_a_question_are_adjusted_for_each_other(troubled: qa.CalibrationStudy) -> None:
    """Holm by hand: the smallest of m times m, the next times m - 1, never falling."""
    questions = dict.fromkeys(troubled.tests.question)
    assert set(questions) == {"agreement", "raters", "random", "change"}
    for question in questions:
        tests = [test for test in troubled.tests.of(question) if not math.isnan(test[2])]
        highest = 0.0
        for at, (*_, p, adjusted) in enumerate(sorted(tests, key=lambda test: test[2])):
            highest = max(highest, min(1.0, p * (len(tests) - at)))
            assert adjusted == pytest.approx(highest, rel=1e-12)
    assert troubled.tests.adjusted("random", "clear", "f") > 0.05
    assert troubled.tests.adjusted("random", "clear", "a") < 0.001
    assert math.isnan(troubled.tests.adjusted("since", "clear"))
    frame = troubled.to_frame("tests")
    assert list(frame.columns) == ["question", "criterion", "rater", "p_value", "adjusted_p"]
    assert len(frame) == 2 + 2 + 12 + 12


def test_progress_goes_criterion_by_criterion_through_the_steps_that_the_ratings_allow() -> None:
    frame = panel(30)
    said: list[tuple[str, int, int]] = []
    qa.calibration_study(table(frame), order=sorted(frame["call"].unique()), progress=lambda *step: said.append(step))
    assert {total for *_, total in said} == {16} and [done for _, done, _ in said] == list(range(16))
    assert [step for step, *_ in said][:4] == ["agreement, clear", "agreement, vague", "reliability, clear", "reliability, vague"]
    assert "changes in time, vague" in {step for step, *_ in said}
    text: list[tuple[str, int, int]] = []
    words = qa.RatingTable.from_matrix([["yes", "no"], ["no", "no"], ["yes", "yes"]])
    qa.calibration_study(words, progress=lambda *step: text.append(step))
    assert text == [("agreement", 0, 4), ("raters left out", 2, 4), ("number of units", 3, 4)]
    anonymous: list[tuple[str, int, int]] = []
    qa.calibration_study(qa.RatingTable.from_counts(np.array([[2, 1], [0, 3]])), progress=lambda *step: anonymous.append(step))
    assert [step for step, *_ in anonymous] == ["agreement", "reliability", "raters left out", "number of units"]


def test_tests_that_say_the_same_are_folded_and_none_is_left_out(troubled: qa.CalibrationStudy) -> None:
    (section,) = (section for section in calibration_report(troubled, "T").sections if section.id == "tests")
    shown = [block for block in section.blocks if isinstance(block, Table)]
    assert len(shown) == len(section.blocks)
    tests = [test for question in QUESTIONS for test in troubled.tests.of(question) if not math.isnan(test[2])]
    assert sum(len(table.rows) for table in shown) == len(tests) > 20
    for table in shown:
        assert [row[-2:] for row in table.rows] == sorted((row[-2:] for row in table.rows), key=lambda row: (row[1], row[0]))
        below = {row[-1] <= 0.05 for row in table.rows}
        assert len(below) == 1
    assert len({table.caption for table in shown}) == len(shown)
    said = {re.sub(r"^.*\? ", "", table.caption): table for table in shown}
    for sees, rest, fewer in (
        ("3 of 12 tests are below 0.05 when adjusted.", "The other 9 tests.", True),
        ("10 of 12 tests are below 0.05 when adjusted. These are not.", "The 10 tests below 0.05.", False),
    ):
        assert not said[sees].folded and said[rest].folded
        assert {row[-1] <= 0.05 for row in said[sees].rows} == {fewer} != {row[-1] <= 0.05 for row in said[rest].rows}
    assert not any(table.folded for table in shown if len(table.rows) <= 2)


def test_a_rater_who_changes_at_once_is_found_with_the_place() -> None:
    frame = panel(300)
    late = (frame.who == "b") & (frame.criterion == "clear") & (frame.call >= "c180")
    frame.loc[late, "score"] = (frame.loc[late, "score"] - 1).clip(lower=1)
    ratings = table(frame)
    study = qa.calibration_study(ratings, order=sorted(frame["call"].unique()))
    assert ("clear", "b") in of_kind(study, "turned")
    (found,) = [one for criterion, one in study.charts if criterion == "clear"]
    change = found.changes["b"]
    assert "c170" <= change.low <= "c180" <= change.high <= "c190"
    assert found.charts["b"].signals
    assert len(study.to_dict()["charts"]) == 12
    assert not qa.calibration_study(ratings).charts


def test_each_rater_is_compared_with_the_gold_standard() -> None:
    frame = panel(120, random=True)
    study = qa.calibration_study(table(frame), gold="a")
    assert study.gold_raters is not None
    expected = qa.raters_against_gold(table(frame)["clear"], gold="a", weights="quadratic", confidence=1 - 0.05 / 10)
    for rater in "bcdef":
        for measure in ("accuracy", "balanced_accuracy", "macro_f1", "matthews", "kappa"):
            row, other = study.gold_raters["clear", rater, measure], expected[rater, measure]
            assert (row.value, row.low, row.high) == pytest.approx((other.value, other.low, other.high), rel=1e-12)
    assert ("clear", "f") in of_kind(study, "least_like_gold")
    assert "Who is like the gold standard?" in study.to_html()


def test_severities_are_compared_with_the_previous_study() -> None:
    """Other units: Welch's t. The same units: the paired t of the differences."""
    before, now = panel(150), panel(150)
    strict = (now.who == "c") & (now.criterion == "clear")
    now.loc[strict, "score"] = (now.loc[strict, "score"] - 1).clip(lower=1)
    study = qa.calibration_study(table(now), previous=table(before))
    assert of_kind(study, "severity_changed") >= {("clear", "c")}
    assert study.severity_changes is not None and len(study.severity_changes) == 12
    one = study.severity_changes["clear", "c"]
    assert isinstance(one, qa.Difference)
    away = []
    for frame in (now, before):
        wide = frame[frame.criterion == "clear"].pivot(index="call", columns="who", values="score")
        away.append(wide.drop(columns="c").mean(axis=1) - wide["c"])
    assert one.value == pytest.approx(away[0].mean() - away[1].mean(), rel=1e-9)
    paired = away[0] - away[1]
    assert one.std_error == pytest.approx(paired.std() / math.sqrt(150), rel=0.01)
    others = before.assign(call="x" + before["call"])
    apart = qa.calibration_study(table(now), previous=table(others)).severity_changes
    assert apart is not None
    welch = math.sqrt(away[0].var() / 150 + away[1].var() / 150)
    assert apart["clear", "c"].std_error == pytest.approx(welch, rel=0.01)
    assert of_kind(qa.calibration_study(table(now), previous=table(now)), "severities_unchanged") == {(None, None)}


def test_double_scored_units_are_those_of_the_margin() -> None:
    """Of two raters each unit is double-scored already: the interval at the planned size has the margin."""
    pairs = table(panel(300)).only("a", "b")
    for margin in (0.02, 0.1):
        study = qa.calibration_study(pairs, margin=margin)
        for (_, size), alpha in zip(study.sizes, study.alpha, strict=True):
            planned = 1.959964 * alpha.std_error * math.sqrt(alpha.n) / math.sqrt(size.n)
            assert planned == pytest.approx(margin, rel=0.02)


def rare(both: int, one: int, units: int = 60) -> qa.RatingTable:
    """Two raters: units that both, and that one of them, find rare."""
    scores = np.ones((units, 2))
    scores[:both] = 2
    scores[both : both + one, 0] = 2
    return qa.RatingTable.from_matrix(scores, raters=["a", "b"], categories=[1, 2])


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (rare(0, 1), "fewer than 5 units have a rating other than the commonest"),
        (rare(3, 1), "fewer than 5 units have a rating other than the commonest"),
        (rare(0, 7), "no unit has two ratings other than the commonest"),
    ],
)
def test_of_a_rare_answer_that_few_units_have_nothing_is_concluded(table: qa.RatingTable, why: str) -> None:
    study = qa.calibration_study(table, level="nominal")
    (alpha,) = study.alpha
    assert math.isnan(alpha.low) and alpha.undefined == f"{why}: no interval"
    unclear, *explained = [f for f in study.findings if f.kind in AGREED]
    assert unclear.kind == "agreement_unclear"
    agreed = alpha.value < 0.667 and why.startswith("fewer")  # and all but one unit: prevalence is the reason
    assert [f.kind for f in explained] == ["prevalence"] * agreed
    assert f", without an interval ({why}): whether it reaches 0.667 cannot be told from so few ratings." in unclear.text
    assert study.sizes == ()
    assert f"How many units two raters must each rate to know alpha to within 0.05 cannot be said: {why}." in study.summary()
    assert study.benchmarks[0][1].undefined == alpha.undefined and study.benchmarks[0][1].reached is None
    (row,) = study.criteria.rows
    to_do = "rate conversations on which answers differ" if agreed else "double-score more conversations"
    assert (row.verdict, row.to_do, row.units_needed) == ("too few ratings to tell", to_do, None)
    page = study.to_html()
    assert why in page
    chinese = study.to_html(language="zh-CN")
    assert why not in chinese and "cannot be told" not in chinese


def test_of_a_rare_answer_that_five_units_have_the_limits_are_wide() -> None:
    study = qa.calibration_study(rare(4, 1), level="nominal")
    (alpha,) = study.alpha
    assert alpha.df == pytest.approx((1 / 5 + 1 / 55) ** 2 / (1 / (25 * 4) + 1 / (55**2 * 54)), rel=1e-12)
    assert len(study.sizes) == 1


def test_measurements_that_are_all_distinct_are_studied_beside_a_gold_standard() -> None:
    truth = np.random.default_rng(5).normal(size=1100)
    scores = truth[:, None] + np.random.default_rng(6).normal(0, [0.1, 0.4, 0.4, 0.4, 1.6], (1100, 5))
    study = qa.calibration_study(qa.RatingTable.from_matrix(scores, raters=["expert", "a", "b", "c", "d"]), gold="expert")
    assert study.gold is study.gold_raters is study.categories is None
    assert of_kind(study, "furthest_from_gold") == {(None, "d")}
    assert any("by their absolute deviation, not by accuracy" in f.text for f in study.findings if f.kind == "not_answered")
    assert study.to_html()


def test_the_number_of_double_scored_units_hangs_on_no_draw_of_two_raters() -> None:
    frame = panel(160, random=True)
    renamed = frame.assign(call=frame.call.map(lambda call: call[::-1]))  # another order of units: other draws
    one, other = ([size.n for _, size in qa.calibration_study(table(f)).sizes] for f in (frame, renamed))
    assert one == pytest.approx(other, rel=0.1)


def test_anonymous_raters_have_agreement_and_no_names() -> None:
    study = qa.calibration_study(table(panel(60), rater=None))
    assert study.pairs is study.raters is study.left_out is study.usual is study.drift is None
    assert study.icc is not None and study.categories is not None and len(study.sizes) == 2
    (finding,) = [f for f in study.findings if f.kind == "not_answered"]
    assert "the raters are anonymous" in finding.text
    with pytest.raises(qa.ArgumentError, match="gold: needs to know which rater"):
        qa.calibration_study(table(panel(60), rater=None), gold="a")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gold": "aa"}, "gold: 'aa' is no rater of this table"),
        ({"margin": 5}, "margin: expected a number between 0 and 1 but found 5"),
        ({"order": ["c000"]}, "order: unit 'c001' was rated but has no place in it"),
        ({"order": {f"c{i:03d}": 1.0 for i in range(20)}}, "order: expected finite numbers that are not all the same"),
        ({"order": {f"c{i:03d}": "may" for i in range(20)}}, "order: expected a number for each unit but found 'may'"),
        ({"order": "call"}, "order: expected the units in their order"),
        ({"previous": 3}, "previous: expected a RatingTable or a CalibrationStudy but found int"),
    ],
)  # fmt: skip
def test_wrong_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(qa.ArgumentError, match=message):
        qa.calibration_study(table(panel(20)), **options)


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        ([[1], [2], [3]], "fewer than 2 raters"),
        ([[1, 1, 1]] * 12, "all ratings are in one category"),
        ([[1, np.nan], [np.nan, 2]], "no unit has two ratings"),
        ([[2, 2, np.nan], [2, 2, np.nan]], "all ratings are in one category"),
    ],
)
def test_tables_without_agreement_say_why(matrix: list[list[float]], reason: str) -> None:
    table = qa.RatingTable.from_matrix(np.array(matrix, dtype=float))
    study = qa.calibration_study(table, order=range(len(matrix)))
    (finding,) = [f for f in study.findings if f.kind == "undefined"]
    assert reason in finding.text
    assert study.to_html() and json.dumps(study.to_dict(), default=str)
    assert not of_kind(study, "strictest", "most_lenient", "erratic", "at_random", "drifts", "wording", "double_scored")


def test_the_page_stands_alone_and_says_what_was_found(troubled: qa.CalibrationStudy) -> None:
    pytest.importorskip("jinja2")
    page = troubled.to_html("Panel <1>")
    assert page.startswith("<!doctype html>")
    assert "Panel &lt;1&gt;" in page and "Panel <1>" not in page
    assert "http" not in page.replace("http://www.w3.org", "").replace("http-equiv", "")
    for finding in troubled.findings:
        assert escape(finding.text).replace("&#x27;", "&#39;") in page, finding.kind
    plain = qa.calibration_study(table(panel(60), rater=None)).to_html()
    assert "What cannot be said" in plain and "The usual figures" not in plain


@pytest.mark.skipif(not (DATA / "stc3").exists(), reason="the data are not here")
def test_nineteen_real_raters() -> None:
    frame = pd.read_csv(DATA / "stc3" / "ratings.csv")
    seq = pd.read_csv(DATA / "stc3" / "conversations.csv").set_index("conversation_id")["seq"].to_dict()
    ratings = qa.RatingTable(frame, unit="conversation_id", rater="rater_id", rating="score", criterion="criterion")
    study = qa.calibration_study(ratings, by="criterion", order=seq)
    assert [round(one.value, 4) for one in study.alpha] == [0.2562, 0.2022, 0.2871]
    for kind in ("strictest", "at_random", "unlike_panel"):
        assert of_kind(study, kind) == {("A", "r11"), ("E", "r11"), ("S", "r11")}
    assert {rater for criterion, rater in of_kind(study, "drifts") if criterion == "S"} == {"r01", "r11"}
    assert of_kind(study, "wording") == {("A", None), ("E", None), ("S", None)}


@pytest.mark.skipif(not (DATA / "ab_redial").exists(), reason="the data are not here")
def test_anonymous_real_raters_on_scales_of_their_own() -> None:
    frame = pd.read_csv(DATA / "ab_redial" / "ratings.csv")
    ratings = qa.RatingTable(frame, unit="conversation_id", rating="score", criterion="criterion")
    study = qa.calibration_study(ratings, by="criterion")
    assert len(study.alpha) == 5 and study.raters is None
    assert study.categories is not None
    found = dict(study.categories.keys)
    assert [c for k, c in zip(found["criterion"], found["category"], strict=True) if k == "efficiency"] == [0, 1]
    assert [c for k, c in zip(found["criterion"], found["category"], strict=True) if k == "overall"] == [1, 2, 3, 4, 5]
