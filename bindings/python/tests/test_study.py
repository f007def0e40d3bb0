"""A whole study: its figures are those of the formulas on the files that it wrote, and it says what it left out."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa
from qascore import report
from qascore._study_file import load_study
from qascore.demo import run_demo

pytest.importorskip("yaml")
pytest.importorskip("jinja2")

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "study" / "study.yaml"
REFERENCE = Path(os.environ.get("QASCORE_REFERENCE_DATA", ROOT.parent / "shared")) / "data"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("study")
    qa.run_study(EXAMPLE, out=out)
    return out


def frame(results: Path, name: str) -> Any:
    return pd.read_csv(results / f"{name}.csv", dtype={"conversation_id": str})


def frame_of(table: Any) -> Any:
    return table.to_pandas()


def row(results: Path, figure: str, by: str = "all", group: str = "all") -> Any:
    table = frame(results, "estimates")
    (found,) = table[(table.figure == figure) & (table.by == by) & (table.group == group)].to_dict("records")
    return found


def conversations(results: Path) -> Any:
    """Drawn conversations with the mean of their evaluations: by pandas, from the files."""
    means = frame(results, "scores").groupby("conversation_id")[["score", "passed"]].mean()
    return frame(results, "sample").merge(means, left_on="conversation_id", right_index=True, how="left")


def test_the_mean_is_the_stratified_mean_with_its_standard_error(results: Path) -> None:
    # Cochran (1977), 5.1 and 5.9: sum W_h mean_h, and sum W_h^2 (1 - n_h/N_h) s_h^2 / n_h.
    plan = frame(results, "plan").set_index("channel")
    share = plan.population / plan.population.sum()
    strata = conversations(results).groupby("channel").score
    variance = (share**2 * (1 - plan.sample_size / plan.population) * strata.var() / strata.count()).sum()
    found = row(results, "score")
    assert found["value"] == pytest.approx((share * strata.mean()).sum(), rel=1e-12)
    assert found["std_error"] == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert (found["n"], found["df"]) == (80, 80 - 4)


def test_a_domain_is_the_weighted_mean_of_its_conversations(results: Path) -> None:
    drawn = conversations(results)
    gold = drawn[drawn.tier == "gold"]
    found = row(results, "score", "tier", "gold")
    assert found["value"] == pytest.approx((gold.score * gold.design_weight).sum() / gold.design_weight.sum(), rel=1e-12)
    assert found["n"] == len(gold)
    passed = (gold.passed * gold.design_weight).sum() / gold.design_weight.sum()
    assert row(results, "passed", "tier", "gold")["value"] == pytest.approx(passed, rel=1e-12)


def test_measures_stand_beside_the_value_of_the_whole_file(results: Path) -> None:
    everything = pd.read_csv(EXAMPLE.parent / "conversations.csv")
    assert row(results, "handle_s")["truth"] == pytest.approx(everything.handle_s.mean(), rel=1e-12)
    chats = everything[everything.channel == "chat"].handle_s.mean()
    assert row(results, "handle_s", "channel", "chat")["truth"] == pytest.approx(chats, rel=1e-12)
    found = row(results, "handle_s")
    assert found["covered"] == (found["low"] <= found["truth"] <= found["high"])


def test_scores_are_related_to_surveys_of_drawn_conversations(results: Path) -> None:
    surveys = pd.read_csv(EXAMPLE.parent / "csat.csv")
    pairs = conversations(results).merge(surveys, on="conversation_id")
    pearson = frame(results, "association").set_index("coefficient").loc["pearson"]
    # Customers who answered stand for all of their stratum.
    drawn = frame(results, "sample").groupby("channel").design_weight.sum()
    paired = pairs.groupby("channel").design_weight.transform("sum")
    weight = pairs.design_weight * pairs.channel.map(drawn) / paired
    x, y = pairs.score, pairs.csat
    x, y = x - (weight * x).sum() / weight.sum(), y - (weight * y).sum() / weight.sum()
    expected = (weight * x * y).sum() / math.sqrt((weight * x * x).sum() * (weight * y * y).sum())
    assert pearson["value"] == pytest.approx(expected, rel=1e-12)
    assert pearson["n"] == len(pairs)


def test_the_record_names_versions_seed_hashes_and_inputs(results: Path) -> None:
    record = json.loads((results / "study.json").read_text(), parse_constant=lambda name: pytest.fail(name))
    assert record["qascore"] == qa.__version__
    assert record["seed"] == 20260101
    assert record["rubric"]["content_hash"] == qa.Rubric.load(ROOT / "rubrics" / "voice-service.yaml").content_hash
    assert [one["section"] for one in record["inputs"]] == ["conversations", "csat", "evaluations"]
    assert all(len(one["sha256"]) == 64 for one in record["inputs"])
    plan = qa.SamplingPlan.from_json(json.dumps(record["plan"]))
    assert plan.recorded_draw == qa.RecordedDraw(20260101, "text")


def test_the_recorded_plan_draws_the_same_sample_again(results: Path) -> None:
    record = json.loads((results / "study.json").read_text())
    plan = qa.SamplingPlan.from_json(json.dumps(record["plan"]))
    calls = pd.read_csv(EXAMPLE.parent / "conversations.csv", dtype={"conversation_id": str})
    again = qa.draw(calls.sample(frac=1, random_state=3), plan, id="conversation_id", seed=record["seed"])
    assert set(again.conversation_id) == set(frame(results, "sample").conversation_id)


def test_the_page_shows_what_the_record_holds(results: Path) -> None:
    page = (results / "report.html").read_text()
    for text in ("Voice service, January", "Who was drawn", "Do the raters agree", "33 of 80 drawn conversations"):
        assert text in page


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The example, copied to where nothing else of the project is."""
    return Path(shutil.copytree(EXAMPLE.parent, tmp_path / "copied"))


def test_the_example_runs_where_it_is_copied_to(elsewhere: Path, results: Path) -> None:
    found = qa.run_study(elsewhere / "study.yaml", out=elsewhere / "results")
    assert found.rubric is not None
    assert found.rubric.content_hash == qa.Rubric.load(ROOT / "rubrics" / "voice-service.yaml").content_hash
    assert (elsewhere / "results" / "estimates.csv").read_bytes() == (results / "estimates.csv").read_bytes()


def test_the_study_of_the_documentation_runs_on_the_example(elsewhere: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "study.md").read_text("utf-8"), re.DOTALL)
    (elsewhere / "documented.yaml").write_text(text, encoding="utf-8")
    qa.run_study(elsewhere / "documented.yaml", out=elsewhere / "results")
    table = frame(elsewhere / "results", "estimates")
    assert set(table.figure) == {"score", "passed", "handle_s"}
    assert set(table.by) == {"all", "channel", "tier"}
    assert not table[table.group == "all"].value.isna().any()


def study(tmp_path: Path, **change: Any) -> dict[str, Any]:
    """The example as a dict, with sections replaced; None leaves one out."""
    folder = EXAMPLE.parent
    base: dict[str, Any] = {
        "conversations": {"file": folder / "conversations.csv", "strata": "channel"},
        "sample": {"size": 80, "min_per_stratum": 8, "seed": 20260101},
        "evaluations": {"file": folder / "answers.csv", "rubric": ROOT / "rubrics" / "voice-service.yaml"},
        "csat": {"file": folder / "csat.csv"},
    }
    return {name: value for name, value in (base | change).items() if value is not None}


def test_evaluations_outside_the_sample_are_counted_and_left_out(tmp_path: Path) -> None:
    found = qa.run_study(study(tmp_path, sample={"size": 40, "min_per_stratum": 2, "seed": 20260101}))
    # The smaller sample lies within the larger one, and all of the larger one was evaluated.
    assert "40 evaluated conversations are not in the drawn sample" in found.warnings[0]
    assert found.counts["conversations evaluated"] == 80
    assert found.estimates["score", "all", "all"].n == 40
    assert found.calibration["score"].alpha.estimates[0].n == 26


def test_drawn_conversations_without_an_evaluation_are_counted(tmp_path: Path) -> None:
    found = qa.run_study(study(tmp_path, sample={"size": 100, "min_per_stratum": 8, "seed": 20260101}))
    (warning,) = [text for text in found.warnings if "were not evaluated" in text]
    assert warning.startswith(f"{100 - found.estimates['score', 'all', 'all'].n} drawn conversations")
    assert found.estimates["score", "all", "all"].missing == 100 - found.estimates["score", "all", "all"].n


def test_another_seed_draws_conversations_that_nobody_evaluated(tmp_path: Path) -> None:
    answers = pd.read_csv(EXAMPLE.parent / "answers.csv", dtype=str, keep_default_na=False)
    sample = {"size": 20, "min_per_stratum": 2, "seed": 4}
    drawn = qa.run_study(study(tmp_path, evaluations=None, csat=None, sample=sample)).drawn["conversation_id"].to_pylist()
    answers[~answers.conversation_id.isin(drawn)].to_csv(tmp_path / "answers.csv", index=False)
    evaluations = {"file": tmp_path / "answers.csv", "rubric": ROOT / "rubrics" / "voice-service.yaml"}
    found = qa.run_study(study(tmp_path, evaluations=evaluations, sample=sample))
    assert "No drawn conversation was evaluated: nothing can be estimated for the population" in found.warnings
    score = found.estimates["score", "all", "all"]
    assert math.isnan(score.value) and score.undefined
    report.render(found.report())


def renamed(folder: Path, **prefix: str) -> dict[str, Any]:
    """The example with ids that are numbers, with or without leading zeros."""
    for name, before in ({"conversations": "", "answers": "", "csat": ""} | prefix).items():
        table = pd.read_csv(EXAMPLE.parent / f"{name}.csv", dtype=str, keep_default_na=False)
        table["conversation_id"] = [before + one.lstrip("vc-0").replace("-", "") for one in table.conversation_id]
        table.to_csv(folder / f"{name}.csv", index=False)
    return study(
        folder,
        conversations={"file": folder / "conversations.csv", "strata": "channel", "domains": ["tier", "channel"]},
        evaluations={"file": folder / "answers.csv", "rubric": ROOT / "rubrics" / "voice-service.yaml"},
        csat={"file": folder / "csat.csv"},
    )


def test_ids_that_lost_their_zeros_are_named_in_both_forms(tmp_path: Path) -> None:
    said = r'answers.csv: none of the \d+ evaluated conversations is in conversations.csv: answers.csv has "(\w+)", conversations.csv "000\1"'
    with pytest.raises(qa.DataError, match=said + r" \(leading zeros lost\?\)"):
        qa.run_study(renamed(tmp_path, conversations="000", csat="000"))
    said = r'csat.csv: none of the \d+ surveys is of a conversation in conversations.csv: csat.csv has "(\w+)", conversations.csv "000\1"'
    with pytest.raises(qa.DataError, match=said):
        qa.run_study(renamed(tmp_path, conversations="000", answers="000"))
    with pytest.raises(qa.DataError, match=r'csat.csv has "(\w+)", answers.csv "000\1"'):
        spec = renamed(tmp_path, answers="000")
        qa.run_study({name: spec[name] for name in ("evaluations", "csat")})
    with pytest.raises(qa.DataError, match=r'answers.csv has "x\w+", conversations.csv "\w+"$'):
        qa.run_study(renamed(tmp_path, answers="x"))


def test_some_ids_that_are_written_otherwise_are_counted(tmp_path: Path) -> None:
    spec = renamed(tmp_path)
    table = pd.read_csv(tmp_path / "csat.csv", dtype=str, keep_default_na=False)
    before = table.loc[0, "conversation_id"]
    table.loc[0, "conversation_id"] = f"{before}.0"
    table.to_csv(tmp_path / "csat.csv", index=False)
    said = f'1 ids of csat.csv are written otherwise in conversations.csv, "{before}.0" there "{before}" (made a number with decimals?): they are not matched'
    found = qa.run_study(spec)
    assert said in found.warnings
    assert "写法不同" in report.render(replace(found, language="zh-CN").report())


def test_what_has_no_interval_is_said_with_what_to_write(tmp_path: Path) -> None:
    surveys = pd.read_csv(EXAMPLE.parent / "csat.csv", dtype=str, keep_default_na=False)
    drawn = frame_of(qa.run_study(study(tmp_path, evaluations=None, csat=None)).drawn)
    answered = surveys[surveys.csat != ""].merge(drawn, on="conversation_id")
    channel = answered.channel.iloc[0]
    silent = answered[answered.channel == channel].conversation_id.iloc[1:]
    surveys[~surveys.conversation_id.isin(silent)].to_csv(tmp_path / "csat.csv", index=False)
    spec = study(tmp_path, csat={"file": tmp_path / "csat.csv"})
    found = qa.run_study(spec)
    pairs = "Pearson correlation of score and csat, Spearman correlation of score and csat"
    said = (
        f'No interval of {pairs}: one conversation alone has a value in "{channel}"; add "single_unit: average" (or adjust, certainty) '
        'to "sample" in the study'
    )
    assert said in found.warnings and said in found.summary()
    assert "single_unit: average" in report.render(found.report())
    assert "只有一条会话有数值" in report.render(replace(found, language="zh-CN").report())
    averaged = qa.run_study(study(tmp_path, csat=spec["csat"], sample={**spec["sample"], "single_unit": "average"}))
    assert not any("No interval" in text for text in averaged.warnings)
    assert all(estimate.undefined is None for estimate in averaged.association)


def test_a_stratum_whose_customers_were_all_silent_is_named_and_the_others_speak_for_themselves(tmp_path: Path) -> None:
    surveys = pd.read_csv(EXAMPLE.parent / "csat.csv", dtype=str, keep_default_na=False)
    drawn = frame_of(qa.run_study(study(tmp_path, evaluations=None, csat=None)).drawn)
    channel = surveys[surveys.csat != ""].merge(drawn, on="conversation_id").channel.iloc[0]
    silent = drawn[drawn.channel == channel].conversation_id
    surveys[~surveys.conversation_id.isin(silent)].to_csv(tmp_path / "csat.csv", index=False)
    found = qa.run_study(study(tmp_path, csat={"file": tmp_path / "csat.csv"}))
    said = f'No scored conversation has a survey in "{channel}": what is related to satisfaction does not speak for it'
    assert said in found.warnings
    assert "都没有问卷" in report.render(replace(found, language="zh-CN").report())
    # The figures are those of a centre without that channel: drawn alike, for the plan draws each stratum by itself.
    scores = frame_of(found.scores).groupby("conversation_id", as_index=False)["score"].mean()
    rows = drawn.merge(scores, on="conversation_id", how="left").merge(surveys.assign(csat=pd.to_numeric(surveys.csat)), on="conversation_id", how="left")
    assert found.plan is not None
    design = qa.SampleDesign(rows[rows.channel != channel], unit="conversation_id", plan=found.plan, uncovered="exclude", single_unit="average")
    averaged = qa.run_study(
        study(tmp_path, csat={"file": tmp_path / "csat.csv"}, sample={"size": 80, "min_per_stratum": 8, "seed": 20260101, "single_unit": "average"})
    )
    for method, estimate in zip(("pearson", "spearman"), averaged.association, strict=True):
        expected = qa.association(design, "score", "csat", method=method, missing="drop")
        assert (estimate.value, estimate.low, estimate.high) == pytest.approx((expected.value, expected.low, expected.high), rel=1e-12)
        assert estimate.undefined is None and f'without "{channel}"' in estimate.name


def test_strata_of_two_columns_are_named_as_a_study_writes_them() -> None:
    calls = pd.DataFrame({"id": range(40), "queue": ["a", "b"] * 20, "tier": ["x", "x", "y", "y"] * 10, "score": np.arange(40.0)})
    plan = qa.allocate(calls, strata=["queue", "tier"], size=16, id="id")
    drawn = qa.draw(calls, plan, id="id", seed=1)
    some = qa.SampleDesign(drawn[(drawn.queue == "a") | (drawn.tier == "x")], unit="id", plan=plan, uncovered="exclude")
    assert qa.mean(some, "score").name == 'mean score (without "b / y")'


def test_many_strata_are_counted_and_the_first_named(tmp_path: Path) -> None:
    calls = pd.DataFrame({"id": [f"c{row}" for row in range(60)], "agent": [f"a{row % 10}" for row in range(60)], "score": np.arange(60.0)})
    plan = qa.allocate(calls, strata="agent", size=30, id="id")
    drawn = qa.draw(calls, plan, id="id", seed=1)
    some = drawn[drawn.agent.isin(["a0", "a1"])]
    design = qa.SampleDesign(some, unit="id", plan=plan, uncovered="exclude")
    assert qa.mean(design, "score").name == 'mean score (without 8 strata: "a2", "a3", "a4", …)'
    assert len(design.uncovered) == 8


def test_means_by_a_column_of_no_rows_are_no_rows() -> None:
    calls = pd.DataFrame({"agent": pd.Series([], dtype=str), "score": pd.Series([], dtype=float)})
    assert list(qa.mean(calls, "score", by="agent")) == []


def test_progress_never_goes_back_and_shows_the_steps_of_each_calibration() -> None:
    said: list[tuple[str, int, int]] = []
    qa.run_study(EXAMPLE, progress=lambda *step: said.append(step))
    done = [at for _, at, _ in said]
    assert done == sorted(done) and len(set(done)) == len(done) and all(at < total for _, at, total in said)
    inner = [step for step, *_ in said if step.startswith("calibrating: ")]
    assert "calibrating: agreement" in inner and "calibrating: agreement, greeting" in inner
    assert [step for step, *_ in said if not step.startswith("calibrating: ")] == ["reading", "drawing", "scoring", "estimating", "relating"]


def test_a_study_may_only_draw(tmp_path: Path) -> None:
    found = qa.run_study(study(tmp_path, evaluations=None, csat=None), out=tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["plan.csv", "report.html", "report.json", "sample.csv", "study.json"]
    assert found.plan is not None and found.plan.sample_size == 80
    assert "80 of 400 conversations" in found.summary()


def test_without_a_draw_the_estimates_say_what_they_rest_on(tmp_path: Path) -> None:
    found = qa.run_study(study(tmp_path, sample=None))
    assert any("were not drawn by a plan" in text for text in found.warnings)
    scores = pd.read_csv(EXAMPLE.parent / "answers.csv", dtype=str)
    assert found.estimates["score", "all", "all"].n == scores.conversation_id.nunique()


RATINGS = "call,who,item,mark\n" + "".join(
    f"c{call},{who},{item},{mark}\n"
    for call in range(12)
    for who, shift in (("ann", 0), ("bob", 1), ("eve", 0))
    for item, mark in (("tone", 1 + (call + shift) % 4), ("facts", 1 + (call * 5 + 2 * shift) % 4))
)


def test_a_study_may_only_calibrate(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text(RATINGS)
    names = {"unit": "call", "rater": "who", "rating": "mark", "level": "ordinal"}
    found = qa.run_study(
        {"ratings": {"file": tmp_path / "ratings.csv", "criterion": "item", **names}}, out=tmp_path / "out"
    )
    table = qa.RatingTable(pd.read_csv(tmp_path / "ratings.csv"), unit="call", rater="who", rating="mark", criterion="item")
    expected = qa.krippendorff_alpha(table, level="ordinal")
    assert [a.value for a in found.calibration["ratings"].alpha] == [e.value for e in expected]
    assert found.estimates["tone", "all", "all"].n == 12
    # One rater alone: what cannot be computed says why.
    (tmp_path / "one.csv").write_text("\n".join(line for line in RATINGS.splitlines() if ",ann," in line or "call" in line))
    alone = qa.run_study({"ratings": {"file": tmp_path / "one.csv", "criterion": "item", **names}})
    assert all(alpha.undefined for alpha in alone.calibration["ratings"].alpha)


def test_ratings_in_words_need_their_order(tmp_path: Path) -> None:
    words = {"1": "poor", "2": "fair", "3": "good", "4": "best"}
    lines = [line.rsplit(",", 1) for line in RATINGS.splitlines()]
    (tmp_path / "ratings.csv").write_text("\n".join(f"{head},{words.get(mark, mark)}" for head, mark in lines) + "\n")
    section = {"file": tmp_path / "ratings.csv", "unit": "call", "rater": "who", "criterion": "item", "rating": "mark"}
    with pytest.raises(qa.DataError, match=r'ratings.csv:2: column "mark": expected a number but found \'poor\''):
        qa.run_study({"ratings": {**section, "level": "ordinal"}})
    ordered = qa.run_study({"ratings": {**section, "level": "ordinal", "categories": ["poor", "fair", "good", "best"]}})
    (tmp_path / "numbers.csv").write_text(RATINGS)
    numbers = qa.run_study({"ratings": {**section, "file": tmp_path / "numbers.csv", "level": "ordinal"}})
    assert [a.value for a in ordered.calibration["ratings"].alpha] == [a.value for a in numbers.calibration["ratings"].alpha]
    nominal = qa.run_study({"ratings": {**section, "level": "nominal"}})
    assert len(nominal.estimates) == 0


def test_ratings_are_related_to_surveys_by_criterion(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text(RATINGS)
    (tmp_path / "csat.csv").write_text("id,nps\n" + "".join(f"c{call},{(call * 7) % 11}\n" for call in range(10)))
    spec = {
        "ratings": {"file": tmp_path / "ratings.csv", "unit": "call", "rater": "who", "criterion": "item", "rating": "mark",
                    "level": "interval"},
        "csat": {"file": tmp_path / "csat.csv", "id": "id", "column": "nps", "scale": [0, 10]},
    }  # fmt: skip
    found = qa.run_study({**spec, "relate": {"score": "tone", "method": "pearson"}})
    marks = pd.read_csv(tmp_path / "ratings.csv").query("item == 'tone'").groupby("call").mark.mean()
    both = pd.read_csv(tmp_path / "csat.csv").set_index("id").join(marks)
    assert found.association.estimates[0].value == pytest.approx(both.nps.corr(both.mark), rel=1e-12)
    with pytest.raises(qa.ArgumentError, match='relate.score: expected a figure among facts, tone'):
        qa.run_study({**spec, "relate": {"score": "tonne"}})


# The demonstration ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    out = tmp_path_factory.mktemp("demo")
    return out, run_demo(out=out)


def test_the_simulated_demonstration_states_the_truth(simulated: tuple[Path, Any]) -> None:
    out, found = simulated
    rows = json.loads((out / "study.json").read_text())["estimates"]
    known = [one for one in rows if one["truth"] is not None]
    assert len(known) == len(rows) == 44
    # 95 % intervals, many of them of the same conversations: most hold, and no estimate is far off.
    assert sum(one["covered"] for one in known) >= 38
    assert all(abs(one["value"] - one["truth"]) < 4 * one["std_error"] for one in known)
    assert found.truth["severity", "rater", "r-1"] == pytest.approx(
        -sum(found.truth["severity", "rater", f"r-{other}"] for other in range(2, 9)), abs=1e-9
    )


def test_the_simulated_demonstration_runs_again_from_its_files(simulated: tuple[Path, Any]) -> None:
    out, found = simulated
    spec = load_study(out / "data" / "study.yaml")
    assert spec.sample is not None
    again = qa.run_study(out / "data" / "study.yaml")
    assert [e.value for e in again.estimates] == [e.value for e in found.estimates]
    drawn = set(found.drawn["conversation_id"].to_pylist())
    assert set(pd.read_csv(out / "data" / "answers.csv", dtype=str).conversation_id) == drawn


def test_the_least_agreed_criterion_is_the_vague_one(simulated: tuple[Path, Any]) -> None:
    _, found = simulated
    finding = next(f for f in found.calibration["criteria"].findings if f.kind == "least_agreement")
    assert finding.criterion == "problem_solving"


@pytest.mark.skipif(not (REFERENCE / "stc3").is_dir(), reason="the reference data are not here")
def test_the_demonstration_on_the_reference_data_finds_their_facts(tmp_path: Path) -> None:
    found: Any = run_demo(REFERENCE, out=tmp_path)
    record = json.loads((tmp_path / "demo.json").read_text())
    # Whole-file figures that the data's own description gives, to the digits that it prints.
    alpha = {one["criterion"]: one["value"] for one in record["studies"]["stc3"]["calibration"]["ratings"]["alpha"]}
    assert {name: round(value, 4) for name, value in alpha.items()} == {"A": 0.2562, "S": 0.2871, "E": 0.2022}
    findings = record["studies"]["stc3"]["calibration"]["ratings"]["findings"]
    assert {f["rater"] for f in findings if f["kind"] in ("strictest", "unlike_panel")} == {"r11"}
    # pandas 3.1: sums by dialogue (whole numbers, so that ties are ties) of the odd raters' A and E and of the even
    # raters' S; Series.corr.
    pearson, spearman = record["studies"]["satisfaction"]["association"][:2]
    assert pearson["value"] == pytest.approx(0.7600556903159592, rel=1e-9)
    assert spearman["value"] == pytest.approx(0.749090239202438, rel=1e-9)
    uci = record["studies"]["uci_incidents"]
    assert uci["counts"]["conversations"] == 24918
    assert next(one for one in uci["estimates"] if one["figure"] == "sla_met")["truth"] == pytest.approx(
        pd.read_csv(REFERENCE / "uci_incidents" / "conversations.csv").sla_met.mean(), rel=1e-12
    )
    coverage = {one["figure"]: one for one in record["coverage"]["uci_incidents"]}
    assert coverage["sla_met"]["low"] <= 0.95 <= coverage["sla_met"]["high"]
    assert "Service-desk incidents" in (tmp_path / "report.html").read_text()
    assert found.summary()
