"""The study of scores and satisfaction: what it says of data with a known answer, its page, its command."""

from __future__ import annotations

import doctest
import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa
from qascore import csat_studies
from qascore.errors import ArgumentError, DataError

DATA = Path(os.environ.get("QASCORE_REFERENCE_DATA", ".")) / "data"
RANDOM = np.random.default_rng(4)
N = 600
AGENT = np.arange(N) % 30
SKILL = RANDOM.normal(size=30)[AGENT]
OWN = RANDOM.normal(size=N)
NOISE = RANDOM.normal(size=N)
CHAT = np.arange(N) % 3 == 0
LATENT = np.where(CHAT, -1.2, 1.2) * OWN - 0.8 * SKILL + 0.6 * RANDOM.normal(size=N)
CALLS = pd.DataFrame(
    {
        "agent": [f"a{i}" for i in AGENT],
        "channel": np.where(CHAT, "chat", "voice"),
        "score": SKILL + OWN,
        "own": OWN,
        "noise": NOISE,
        "csat": np.where(RANDOM.random(N) < 0.6, np.clip(np.round(3 + LATENT), 1, 5), np.nan),
    }
)


def test_the_study_says_what_is_in_the_data() -> None:
    voice = CALLS[~CHAT]
    study = qa.csat_study(voice, agent="agent", criteria=["own", "noise"], reliability=0.7)
    assert study.within_between is not None
    assert study.within_between.signs_differ
    assert study.drivers is not None
    assert study.drivers.found() == ["own"]
    assert study.corrected is not None
    assert study.corrected.value == pytest.approx(study.correlations["pearson"].value / math.sqrt(0.7))
    text = study.summary()
    assert "Within agents and between them the signs differ" in text
    assert "1 of 2 criteria go with csat beyond chance (holm at 0.05): own." in text
    assert study.response.rate is not None
    assert study.response.rate.value == pytest.approx(voice["csat"].notna().mean())
    assert study.correlations["spearman"].value == pytest.approx(
        voice[["score", "csat"]].corr("spearman").iloc[0, 1], rel=1e-12
    )


def test_a_channel_that_differs_is_named() -> None:
    study = qa.csat_study(CALLS, by="channel")
    assert study.channels is not None
    assert max(study.channels.adjusted_p) < 0.01
    assert "Another one than the rest have: chat, voice (Holm)." in study.summary()
    design = qa.SampleDesign(CALLS.assign(w=2.0), weight="w", cluster="agent")
    under = qa.csat_study(design, by="channel")
    assert under.channels is not None
    # Welch and Satterthwaite's, of the 10 agents who chat and the 20 who speak.
    chat, voice = ((one.std_error / (1 - one.value**2)) ** 2 for one in under.channels)
    assert under.channels.all_alike.df2 == pytest.approx((chat + voice) ** 2 / (chat**2 / 9 + voice**2 / 19), rel=1e-9)
    assert under.channels.all_alike.p_value < 0.001
    same = qa.csat_study(CALLS[~CHAT].assign(channel=["x", "y"] * 200), by="channel")
    assert "No part of channel differs from the rest beyond chance (Holm)." in same.summary()


def test_fractions_beside_hundredths_in_one_column_are_told() -> None:
    calls = CALLS.assign(score=70 + 5 * CALLS.score)
    assert (calls.score > 10).all() and "Two scales" not in qa.csat_study(calls).summary()
    mixed = calls.assign(score=np.where(np.arange(N) % 2, calls.score, calls.score / 100))
    study = qa.csat_study(mixed)
    said = f"Two scales may stand in one column: {N // 2} values of score lie between 0 and 1, {N // 2} above 10, and none between."
    assert study.summary().startswith(said)
    assert "同一列中可能有两种分制" in study.to_html(language="zh-CN")
    assert "Two scales" not in qa.csat_study(mixed.assign(score=np.where(np.arange(N) % 40, calls.score, 0.5))).summary()


def test_noise_is_reported_as_such() -> None:
    study = qa.csat_study(CALLS, score="noise", criteria=["noise"])
    assert study.summary().startswith("That noise and csat have anything to do with each other is not shown")


def test_a_sparse_scale_and_a_low_reliability_are_said() -> None:
    few = CALLS.assign(csat=np.where(np.arange(N) % 100 == 0, 4, 5))
    study = qa.csat_study(few, reliability=0.2)
    assert "What the raters' error hides cannot be said: the reliability of x, 0.2, is below 0.5" in study.summary()
    constant = qa.csat_study(CALLS.assign(csat=5))
    assert constant.summary().startswith("No correlation of score and csat: the second column is constant.")
    with pytest.raises(DataError, match="expected numbers from 1 to 5 but found 0"):
        qa.csat_study(CALLS.assign(csat=0))
    with pytest.raises(ArgumentError, match="by: expected two labels or more in 'channel' but found 1"):
        qa.csat_study(CALLS[CHAT], by="channel")


def test_the_picture_has_the_two_slopes_where_signs_differ() -> None:
    pytest.importorskip("matplotlib").use("Agg")
    found = qa.csat_study(CALLS[~CHAT], agent="agent").within_between
    assert found is not None
    answered = CALLS[~CHAT].dropna()
    means = answered.groupby("agent")[["score", "csat"]].mean()
    assert sorted(found.means_x) == pytest.approx(sorted(means["score"]), rel=1e-12)
    within = answered[["score", "csat"]] - answered.groupby("agent")[["score", "csat"]].transform("mean")
    assert found.slope_within == pytest.approx((within["score"] * within["csat"]).sum() / (within["score"] ** 2).sum(), rel=1e-10)
    assert found.slope_within > 0 > found.slope_between
    ax = found.picture()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["within groups", "between groups"]
    assert ax.get_xlabel() == "score"


def test_one_person_who_gave_both_numbers_is_noticed() -> None:
    same = np.arange(400) < 200
    rated = CALLS[~CHAT].assign(scored=np.arange(400) % 4, asked=np.where(same, np.arange(400) % 4, 9))
    rated["own"] = rated["own"] + 2 * np.where(same, rated["csat"].fillna(0), 0)
    study = qa.csat_study(rated, score="own", score_by="scored", csat_by="asked")
    assert study.halo is not None
    assert study.halo.found
    assert "part of it is the person (halo), not the conversation" in study.summary()
    fair = qa.csat_study(rated.assign(own=OWN[~CHAT]), score="own", score_by="scored", csat_by="asked")
    assert "that the person matters is not shown" in fair.summary()
    pytest.importorskip("jinja2")
    assert "One person or two" in study.to_html()
    with pytest.raises(ArgumentError, match="score_by, csat_by: expected both or neither"):
        qa.csat_study(rated, score_by="scored")
    with pytest.raises(ArgumentError, match="score_by: whether one person gave both is asked of plain rows"):
        qa.csat_study(qa.SampleDesign(rated.assign(w=1), weight="w"), score_by="scored", csat_by="asked")


def test_churn_as_it_happened_or_not_is_an_outcome() -> None:
    left = CALLS[~CHAT].assign(left=(LATENT[~CHAT] < 0).astype(int))
    study = qa.csat_study(left, score="own", csat="left", scale=(0, 1), criteria=["own", "noise"])
    assert study.summary().startswith("Conversations with higher own have lower left:")
    with pytest.raises(DataError, match="expected numbers from 0 to 1 but found 14"):
        qa.csat_study(left.assign(left=14), csat="left", scale=(0, 1))


def test_who_did_not_answer_is_weighed_by_what_is_known() -> None:
    study = qa.csat_study(CALLS, known=["channel", "own"], classes=4)
    assert study.response.propensity is not None
    assert "After weights for who did not answer, mean csat is" in study.summary()
    assert "after weights" in study.tables()
    assert "the inverse response rate of its class of 4" in study.summary()


def test_averages_of_several_questions_are_answers_as_well() -> None:
    halves = CALLS.assign(csat=(CALLS["csat"] + np.where(np.arange(len(CALLS)) % 2, 0.5, 0.0)).clip(1, 5))
    kinds = [qa.csat_study(frame).correlations.estimates for frame in (CALLS, halves)]
    assert [len(methods) for methods in kinds] == [3, 2]  # polyserial is for boxes to tick
    study = qa.csat_study(halves, known=["channel"])
    assert study.response["answered"].value == pytest.approx(halves["csat"].mean())
    with pytest.raises(DataError, match="expected numbers from 1 to 4 but found"):
        qa.csat_study(halves, scale=(1, 4))


@pytest.mark.skipif(not (DATA / "stc3").exists(), reason="the data are not here")
def test_real_raters_who_gave_both_numbers_show_a_halo() -> None:
    """Accomplishment and effectiveness by raters of odd number, satisfaction by others, or by the same."""
    ratings = pd.read_csv(DATA / "stc3" / "ratings.csv")
    odd = ratings["rater_id"].str[1:].astype(int) % 2 == 1
    wide = {who: part.pivot_table(index="conversation_id", columns="criterion", values="score") for who, part in ratings.groupby(odd)}
    score = (wide[True]["A"] + wide[True]["E"]) / 2
    first = np.arange(len(score)) % 2 == 0
    dialogues = pd.DataFrame(
        {
            "score": score,
            "csat": wide[False]["S"],
            "either": np.where(first, wide[True]["S"], wide[False]["S"]),
            "scored_by": "odd",
            "asked": np.where(first, "odd", "even"),
        }
    )
    others = qa.association(dialogues, "score", "csat", method="pearson")
    assert others.value == pytest.approx(0.7601, abs=5e-5)
    assert 0.70 < others.low < others.high < 0.80
    found = qa.halo_check(dialogues, "score", "either", x_by="scored_by", y_by="asked")
    assert found.found
    assert found["same person"].value > 0.88
    assert found["two people"].value < 0.80


@pytest.mark.skipif(not (DATA / "star").exists(), reason="the data are not here")
def test_near_null_figures_of_real_chats_are_reported_as_such() -> None:
    chats = pd.read_csv(DATA / "star" / "conversations.csv")
    chats["quick"] = -chats["mean_agent_response_s"]
    chats = chats.dropna(subset=["quick", "n_customer_turns"])
    asked = chats[chats["service_type"].isin(chats.loc[chats["customer_goal_met"].notna(), "service_type"])]
    study = qa.csat_study(
        asked, score="quick", csat="customer_goal_met", scale=(0, 1), agent="agent_id", by="complexity",
        known=["n_customer_turns", "complexity"],
    )  # fmt: skip
    assert study.summary().startswith("That quick and customer_goal_met have anything to do with each other is not shown")
    assert abs(study.correlations["spearman"].value) < 0.1
    assert study.response.rate is not None
    assert 0.6 < study.response.rate.value < 0.7
    weighted = study.response.propensity
    assert weighted is not None
    assert weighted.undefined is None
    assert weighted["correlation", "after"].low < 0 < weighted["correlation", "after"].high
    assert study.response["silent low"].value < weighted["mean", "after"].value < study.response["silent high"].value


def test_the_page_and_the_command_have_the_same_figures(tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    testing = pytest.importorskip("typer.testing")
    from qascore.cli.app import app

    study = qa.csat_study(CALLS, agent="agent", by="channel", criteria=["own", "noise"], reliability=0.7)
    page = study.to_html()
    for title in ("How strong, how sure", "Within agents or between them", "Which parts differ", "Which criteria drive it",
                  "What the response rate allows to say"):  # fmt: skip
        assert title in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert page.index("Within agents</") < page.index("That score and csat have")  # figures first
    assert " · Spearman" not in page and page.count("Spearman correlation of score and csat") == 2  # once in words, once in the picture
    assert "Share who answered csat is" in page
    file = tmp_path / "pairs.csv"
    CALLS.to_csv(file, index=False)
    weighted = qa.csat_study(CALLS[~CHAT], agent="agent", known=["own"]).to_html()
    assert "each answer counts the inverse of its propensity" in weighted
    assert "The line is that of the means." in weighted
    command = ["relate", str(file), "--agent", "agent", "--by", "channel", "--criterion", "own", "--criterion", "noise"]
    done = testing.CliRunner().invoke(app, [*command, "--json", "--html", str(tmp_path / "csat.html")])
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert record["correlations"][0]["value"] == pytest.approx(study.correlations["spearman"].value, rel=1e-12)
    assert (tmp_path / "csat.html").read_text().startswith("<!doctype html>")
    assert testing.CliRunner().invoke(app, ["relate", str(file), "--csat", "cast"]).exit_code == 3
    known = testing.CliRunner().invoke(app, ["relate", str(file), "--known", "channel", "--known", "own", "--json"])
    assert known.exit_code == 0, known.output
    assert "after weights" in json.loads(known.stdout)


def test_surveys_of_conversations_in_several_rows_count_once(tmp_path: Path) -> None:
    testing = pytest.importorskip("typer.testing")
    from qascore.cli.app import app

    file = tmp_path / "pairs.csv"
    rows = CALLS.assign(conversation_id=[f"c{row // 2}" for row in range(len(CALLS))], rater_id=["r1", "r2"] * (len(CALLS) // 2))
    for name in ("agent", "csat"):
        rows[name] = rows.groupby("conversation_id")[name].transform("first")
    rows = rows[["conversation_id", "rater_id", "agent", "score", "csat"]]
    rows.to_csv(file, index=False)

    def relate(*options: str) -> Any:
        done = testing.CliRunner().invoke(app, ["relate", str(file), "--json", *options])
        return json.loads(done.stdout)["correlations"][0] if done.exit_code == 0 else (done.exit_code, done.stderr)

    code, said = relate()
    assert code == 3
    assert "'c0' stands in rows 0 and 1" in said and "--repeats average" in said
    once = rows.groupby("conversation_id", sort=False).agg({"score": "mean", "csat": "first"}).reset_index()
    found = relate("--repeats", "average")
    expected = qa.csat_study(once).correlations["spearman"]
    assert (found["value"], found["low"], found["n"]) == pytest.approx((expected.value, expected.low, expected.n), rel=1e-12)
    clustered = relate("--repeats", "cluster")
    design = qa.SampleDesign(rows.assign(weight=1.0), weight="weight", cluster="conversation_id")
    assert clustered["low"] == pytest.approx(qa.csat_study(design).correlations["spearman"].low, rel=1e-12)
    plain = qa.csat_study(rows.drop(columns="conversation_id")).correlations["spearman"]
    rows.assign(row=[f"e{row}" for row in range(len(rows))]).to_csv(file, index=False)
    assert relate("--id", "row")["low"] == pytest.approx(plain.low, rel=1e-12)
    code, said = relate("--repeats", "average", "--agent", "rater_id")
    assert code == 3 and "rows of one conversation are averaged only where all but its scores is the same" in said
    assert relate("--id", "none")[0] == 3
    assert relate("--repeats", "keep")[0] == 2


def test_the_function_counts_a_survey_once_as_the_command_does() -> None:
    rows = CALLS.assign(conversation_id=[f"c{row // 2}" for row in range(N)], rater_id=["r1", "r2"] * (N // 2))
    for name in ("agent", "csat"):
        rows[name] = rows.groupby("conversation_id")[name].transform("first")
    with pytest.raises(DataError, match=r'column "conversation_id": \'c0\' stands in rows 0 and 1 \(300 .*repeats="average".*repeats="cluster"'):
        qa.csat_study(rows, agent="agent")
    once = rows.groupby("conversation_id", sort=False).agg({"agent": "first", "score": "mean", "own": "mean", "csat": "first"}).reset_index()
    found = qa.csat_study(rows, agent="agent", criteria=["own"], repeats="average")
    assert found.to_dict() == qa.csat_study(once, agent="agent", criteria=["own"]).to_dict()
    assert found.response.rate is not None and found.response.rate.n == N // 2
    design = qa.SampleDesign(rows.assign(weight=1.0), weight="weight", cluster="conversation_id")
    clustered = qa.csat_study(rows, repeats="cluster").correlations["spearman"]
    assert clustered.low == pytest.approx(qa.csat_study(design).correlations["spearman"].low, rel=1e-12)
    polars = pytest.importorskip("polars")
    other = qa.csat_study(polars.from_pandas(rows), agent="agent", criteria=["own"], repeats="average")
    assert other.to_dict() == found.to_dict() and type(other.to_frame()).__module__.startswith("polars")
    found = qa.csat_study(rows, repeats="average")
    renamed = rows.rename(columns={"conversation_id": "call"})
    assert qa.csat_study(renamed).correlations["spearman"].n > found.correlations["spearman"].n  # nothing says which rows are the same
    assert qa.csat_study(renamed, id="call", repeats="average").correlations["spearman"].low == found.correlations["spearman"].low
    paired = qa.pair(renamed[["call", "score"]], once[["conversation_id", "csat"]].rename(columns={"conversation_id": "call"}), on="call", repeats="keep")
    with pytest.raises(DataError, match='column "call": .* stands in rows 0 and 1'):
        qa.csat_study(paired)
    assert qa.csat_study(paired, repeats="average").correlations["spearman"].low == found.correlations["spearman"].low
    with pytest.raises(ArgumentError, match=r"repeats: the design says which rows are the same; give SampleDesign\(unit=, repeats=\)"):
        qa.csat_study(design, repeats="average")
    with pytest.raises(DataError, match='expected a column "conversation_id"'):
        qa.csat_study(renamed, repeats="average")
    with pytest.raises(ArgumentError, match="repeats: expected one of error, average, cluster"):
        qa.csat_study(rows, repeats="keep")


def alike_within_agents(agents: int, each: int, seed: int, between: float = 0.2) -> pd.DataFrame:
    """Agents differ in score and in csat, independently: nothing has to do with anything."""
    random = np.random.default_rng(seed)
    agent = np.repeat(np.arange(agents), each)

    def column() -> Any:
        return math.sqrt(between) * random.normal(size=agents)[agent] + math.sqrt(1 - between) * random.normal(size=len(agent))

    return pd.DataFrame({"agent": agent, "score": column(), "csat": np.digitize(column(), [-1.5, -0.9, -0.3, 0.5]) + 1})


def test_agents_who_differ_do_not_make_a_relation() -> None:
    """With rows taken as independent the headline was false in 20 % of these, and so were the drivers."""
    told = drives = 0
    for seed in range(300):
        study = qa.csat_study(alike_within_agents(15, 40, seed), agent="agent", criteria=["score"])
        told += study.summary().startswith("Conversations with higher score have")
        assert study.drivers is not None
        drives += bool(study.drivers.found())
    assert told <= 27, told
    assert drives <= 27, drives


def test_named_agents_are_the_clusters_of_every_error() -> None:
    calls = CALLS.assign(asked=np.where(np.arange(N) % 4 == 0, CALLS["agent"], "someone"), w=1.0, wait=RANDOM.gamma(2, 3, N))
    design = qa.SampleDesign(calls, weight="w", cluster="agent")
    study = qa.csat_study(calls, agent="agent", by="channel", criteria=["own", "noise"], reliability=0.7, known=["wait"],
                          score_by="agent", csat_by="asked")  # fmt: skip
    assert study.clusters == "agent"
    for method in ("spearman", "pearson", "polyserial"):
        one = qa.association(design, "score", "csat", method=method, missing="drop")
        assert study.correlations[method].to_dict() == one.to_dict()
        assert study.correlations[method].df == 29
    expected: dict[str, tuple[Any, Any]] = {
        "within_between": (study.within_between, qa.within_between_correlation(design, "score", "csat", group="agent", missing="drop")),
        "channels": (study.channels, qa.correlations_by_part(calls, "score", "csat", by="channel", agent="agent", missing="drop")),
        "drivers": (study.drivers, qa.drivers(design, criteria=["own", "noise"], outcome="csat", missing="drop")),
        "response": (study.response, qa.survey_response(design, "csat", known=["wait"], score="score")),
        "corrected": (study.corrected, qa.disattenuate(study.correlations["pearson"], reliability_x=0.7)),
    }
    for name, (found, other) in expected.items():
        assert repr(found.to_dict()) == repr(other.to_dict()), name  # NaN is not itself
    halo, parts = study.halo, qa.correlations_by_part(
        calls.assign(who=np.where(calls["agent"] == calls["asked"], "1 same", "2 two")), "score", "csat", by="who", agent="agent", missing="drop"
    )
    assert halo is not None
    difference = parts.difference["1 same"]
    for ours, theirs in ((halo["same person"], parts["1 same"]), (halo["two people"], parts["2 two"]), (halo["difference"], difference)):
        assert (ours.value, ours.low, ours.high, ours.n) == (theirs.value, theirs.low, theirs.high, theirs.n)
    pytest.importorskip("jinja2")
    assert "Errors take conversations that share agent for dependent." in study.to_html()


def test_a_design_keeps_its_clusters_and_the_study_says_where_it_has_none() -> None:
    weighted = CALLS.assign(w=2.0, team=AGENT % 6)
    without = qa.csat_study(qa.SampleDesign(weighted, weight="w"), agent="agent")
    said = "The design takes conversations of one agent for independent, and errors are too small where they are not"
    assert without.clusters is None and said in without.summary()
    teams = qa.SampleDesign(weighted, weight="w", cluster="team")
    study = qa.csat_study(teams, agent="agent")
    assert study.clusters == "team" and said not in study.summary()
    assert study.correlations["spearman"].low == qa.association(teams, "score", "csat", missing="drop").low
    assert said not in qa.csat_study(CALLS, agent="agent").summary()


def test_few_agents_are_said_to_make_rough_limits_between_them() -> None:
    few = qa.csat_study(CALLS[AGENT < 12], agent="agent")
    assert "With 12 agents take the limits between them for rough" in few.summary()
    assert "take the limits between them for rough" not in qa.csat_study(CALLS, agent="agent").summary()


def test_an_agent_is_there_for_every_row_and_one_for_each_conversation() -> None:
    with pytest.raises(DataError, match=r'column "agent": no label at row 3 \(1 in all\), where the clusters of the errors are named'):
        qa.csat_study(CALLS.assign(agent=CALLS["agent"].where(np.arange(N) != 3)), agent="agent")
    rows = CALLS.assign(conversation_id=[f"c{row // 2}" for row in range(N)])
    with pytest.raises(DataError, match="conversation 'c0' has 'a0' in row 0 and 'a1' in row 1; agents are the clusters, and a conversation is in one"):
        qa.csat_study(rows, agent="agent", repeats="cluster")
    whole = rows.assign(agent=rows.groupby("conversation_id")["agent"].transform("first"), w=1.0)
    found = qa.csat_study(whole, agent="agent", repeats="cluster").correlations["spearman"]
    design = qa.SampleDesign(whole, weight="w", cluster="agent")
    assert found.low == qa.association(design, "score", "csat", missing="drop").low


def test_the_examples_of_the_documentation_run() -> None:
    failed, tried = doctest.testmod(csat_studies)
    assert failed == 0
    assert tried >= 4
