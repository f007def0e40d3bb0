"""Every result shows itself: in words, as a frame, in a notebook, and where a picture explains it, as a picture."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa
from qascore._results import EstimateTable, TestResult
from qascore.importing.comparison import ScoreDifference

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from matplotlib import pyplot

RANDOM = np.random.default_rng(3)
CALLS = pd.DataFrame(
    {
        "conversation_id": [f"c{i}" for i in range(60)],
        "agent": [f"agent {i % 6} <{i % 2}>" for i in range(60)],
        "queue": ["a", "b", "b"] * 20,
        "asked": ["a", "b"] * 30,
        "solved": [True, False, True] * 20,
        "weight": [2.0, 3.0, 4.0] * 20,
        "score": RANDOM.uniform(0.4, 1.0, 60),
        "csat": RANDOM.integers(1, 6, 60),
        "model": RANDOM.uniform(0.4, 1.0, 60),
    }
)
DESIGN = qa.SampleDesign(CALLS, weight="weight")
SURVEYED = CALLS.assign(csat=CALLS["csat"].where(np.arange(60) % 4 != 1))
RATINGS = qa.RatingTable.from_matrix(RANDOM.integers(1, 6, (12, 3)), raters=["ann", "bob", "cay"])
SERIES = [0.1, -0.3, 0.2, 0.4, -0.1, 0.3, 1.4, 1.1, 1.6, 0.9]
MODEL = qa.RatingTable.from_matrix(RANDOM.normal(0.7, 0.1, (60, 4)), raters=["model", "ann", "bob", "cay"])
GROUPS = {unit: f"<{unit % 2}>" for unit in range(60)}
RUBRIC = qa.Rubric.load("voice-service")
CENTRE = qa.simulate(seed=4, conversations=40)


def scores() -> qa.Scores:
    return RUBRIC.score(CENTRE.evaluate(["c-01", "c-02", "c-03"]).wide, evaluation="evaluation_id")


RESULTS: dict[str, Callable[[], Any]] = {
    "Advantage": lambda: qa.alternative_annotator_test(MODEL, model="model").people["ann"],
    "AgentDifference": lambda: qa.agent_estimates(CALLS, "score", agent="agent").difference("agent 0 <0>", "agent 1 <1>"),
    "AgentEstimate": lambda: qa.agent_estimates(CALLS, "score", agent="agent").agents[0],
    "AgentEstimates": lambda: qa.agent_estimates(CALLS, "score", agent="agent"),
    "AgreementComparison": lambda: qa.compare_agreement(
        {"1": RATINGS.only("ann", "bob"), "<0>": RATINGS.only("bob", "cay")}, "fleiss_kappa"
    ),
    "AgreementDifference": lambda: qa.agreement_difference(
        RATINGS.only("ann", "bob"), RATINGS.only("bob", "cay"), "fleiss_kappa"
    ),
    "AgreementEstimate": lambda: qa.krippendorff_alpha(RATINGS, level="interval"),
    "AlternativeTest": lambda: qa.alternative_annotator_test(MODEL, model="model"),
    "Assignment": lambda: qa.assign(CALLS.assign(row=range(len(CALLS))), ["ann", "bob", "cay"], id="row", seed=1),
    "Association": lambda: qa.association(CALLS, "score", "csat"),
    "BenchmarkMembership": lambda: qa.benchmark_membership(qa.fleiss_kappa(RATINGS)),
    "BlandAltman": lambda: qa.bland_altman(RATINGS.only("ann", "bob")),
    "BootstrappedEstimate": lambda: qa.bootstrap(CALLS, "score", "csat", seed=1, replicates=200),
    "CalibrationStudy": lambda: qa.calibration_study(RATINGS),
    "ChangePoint": lambda: qa.change_point(SERIES, seed=1),
    "Concordance": lambda: qa.overall_ccc(RATINGS),
    "Consensus": lambda: qa.dawid_skene(RATINGS, seed=1),
    "ControlChart": lambda: qa.cusum_chart(SERIES, center=0, sd=0.3),
    "CorrectedCorrelation": lambda: qa.disattenuate(qa.association(CALLS, "score", "csat"), reliability_x=0.8),
    "CorrelationComparison": lambda: qa.compare_correlations(CALLS, ("score", "csat"), ("score", "model")),
    "CorrelationsByPart": lambda: qa.correlations_by_part(CALLS, "score", "csat", by="agent"),
    "CsatStudy": lambda: qa.csat_study(CALLS, agent="agent", by="queue", criteria=["score", "model"], reliability=0.8),
    "DStudy": lambda: qa.d_study(qa.g_study(RATINGS), {"rater": range(1, 5)}, reliability=0.5),
    "DesignEffect": lambda: qa.design_effect(DESIGN, "score"),
    "Difference": lambda: qa.difference(CALLS, "score", by="queue", between=("a", "b")),
    "Drivers": lambda: qa.drivers(CALLS, criteria=["score", "model"], outcome="csat"),
    "Estimate": lambda: qa.mean(DESIGN, "score"),
    "DistanceCorrelation": lambda: qa.distance_correlation(CALLS, "score", "csat"),
    "EstimateTable": lambda: qa.mean(DESIGN, "score", by="agent"),
    "EvaluationResult": lambda: scores().evaluation(scores().to_dict()["evaluation_id"][0]),
    "GStudy": lambda: qa.g_study(RATINGS),
    "GoldComparison": lambda: qa.rater_against_gold(RATINGS, gold="ann", rater="bob"),
    "GroupDeviations": lambda: qa.model_bias(MODEL, model="model", by=GROUPS),
    "HaloCheck": lambda: qa.halo_check(CALLS, "score", "csat", x_by="queue", y_by="asked"),
    "IccEstimate": lambda: qa.icc(RATINGS),
    "InternalConsistency": lambda: qa.internal_consistency(CALLS, ["score", "csat", "model"]),
    "KendallW": lambda: qa.kendall_w(RATINGS),
    "MixedModel": lambda: qa.mixed_model(CALLS, "score", random=["agent"]),
    "ModelAssistedEstimate": lambda: qa.model_assisted_mean(
        qa.SampleDesign(CALLS, weight="weight"), "score", model="model", population=CALLS
    ),
    "ModelBreak": lambda: qa.model_break(MODEL, model="model", version=GROUPS),
    "OrdinalRaterEffects": lambda: qa.ordinal_rater_effects(CALLS, "csat", agent="agent", rater="queue"),
    "PairwiseAgreement": lambda: qa.pairwise_agreement(RATINGS),
    "PartialCorrelation": lambda: qa.partial_correlation(CALLS, "score", "csat", given=["model"]),
    "PpiEstimate": lambda: qa.ppi_mean(CALLS, "score", model="model", unlabelled=CALLS),
    "RaterDrift": lambda: qa.rater_drift(MODEL, seed=1, permutations=99),
    "RaterEffects": lambda: qa.rater_effects(CALLS, "score", agent="agent", rater="queue"),
    "Prmse": lambda: qa.prmse(RATINGS, rater="ann", variance_of_errors=0.5),
    "RaterSummary": lambda: qa.rater_summary(RATINGS),
    "Regression": lambda: qa.regression(CALLS, "score", ["csat", "queue"]),
    "RelativeImportance": lambda: qa.relative_importance(CALLS, "csat", ["score", "model"]),
    "ResponsePropensity": lambda: qa.response_propensity(SURVEYED, "csat", known=["model", "queue"], score="score"),
    "ResampledAgreement": lambda: qa.resample_agreement(RATINGS, seed=1, replicates=200),
    "SampleSize": lambda: qa.sample_size_for_mean(margin=0.02, sd=0.2, population=3000),
    "SamplingPlan": lambda: qa.allocate(CALLS, strata=["queue", "agent"], size=20),
    "Scores": scores,
    "SurveyResponse": lambda: qa.survey_response(CALLS, "csat"),
    "TimeConcordance": lambda: qa.time_concordance(CALLS, "score", time="csat", event="solved"),
    "WeightProposal": lambda: qa.propose_weights(CALLS, {"score": 60, "model": 40}, "csat", seed=1, repeats=2),
    "WithinBetween": lambda: qa.within_between_correlation(CALLS, "score", "csat", group="agent"),
    "WithinGroup": lambda: qa.r_wg(RATINGS),
}
NO_PICTURE = {
    "AdjustedAgent": "a row of RaterEffects", "DStudyPlan": "a row of DStudy", "RaterEffect": "a row of RaterEffects", "RaterLoad": "a row of Assignment",
    "OrdinalRater": "a row of OrdinalRaterEffects",
    "Centre": "data", "ChanceTest": "a number", "ComparedScores": "a table of two scores", "DrawSketch": "draws", "Reservoir": "draws", "ExportedRubric": "a form", "ImportedEvaluations": "data", "ImportedRubric": "a form",
    "Rescored": "a list of differences", "ScoreDifference": "a row of Rescored", "Evaluations": "data", "Finding": "a sentence", "Pairing": "data",
    "CorrelationDifference": "a number", "PairCounts": "five numbers", "PartialCorrelations": "a table of numbers", "PermutationTest": "a number", "PlannedStratum": "a row of SamplingPlan", "RecordedDraw": "a record of SamplingPlan",
    "Rubric": "a form", "RubricChange": "a row of RubricComparison", "RubricComparison": "a list of changes",
    "SimulatedCriterion": "a setting", "SizeStep": "a row of SampleSize", "Study": "report() draws it",
    "TestResult": "a number", "Truth": "data",
}  # fmt: skip
NOUNS: dict[str, Callable[[], Any]] = {
    "RatingTable": lambda: RATINGS,
    "SampleDesign": lambda: qa.SampleDesign(CALLS, unit="conversation_id", stratum="agent", weight="weight", cluster=None),
}
NO_FRAME = {
    "Centre": ".conversations, .csat and .evaluations are its frames", "Evaluations": "it is three frames", "Truth": "it is frames",
    "ImportedEvaluations": ".answers() and .scores() are its frames", "Pairing": ".frame is its frame",
    "DrawSketch": ".result() is its frame", "Reservoir": ".result() is its frame", "ExportedRubric": "a form", "ImportedRubric": "a form",
    "Finding": "a sentence", "SimulatedCriterion": "a setting", "TestResult": "three numbers of a result",
    "RecordedDraw": "a record of SamplingPlan",
}  # fmt: skip

NO_N = {
    "Assignment": "its bars are numbers", "BenchmarkMembership": "its coefficient is given by value and standard error",
    "EvaluationResult": "one evaluation", "SampleSize": "n is what it says", "SamplingPlan": "n of N stands at each bar",
}  # fmt: skip
DRAWN = {
    "AgentEstimates", "AgreementEstimate", "CalibrationStudy", "CsatStudy", "Drivers", "Estimate", "EstimateTable", "MixedModel",
    "RaterEffects", "RaterSummary", "Regression",
}  # fmt: skip


class Balanced(HTMLParser):
    """Refuses HTML whose tags do not match, and colours: text takes those of the page, light or dark."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)
        assert not re.search("color|background", dict(attrs).get("style") or "")
        assert {dict(attrs).get(name) for name in ("fill", "stroke")} <= {None, "none", "currentColor"}

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    pyplot.close("all")


def test_every_public_class_is_a_result_that_is_drawn_or_says_why_not() -> None:
    classes = {
        name
        for name in qa.__all__
        if inspect.isclass(getattr(qa, name)) and not issubclass(getattr(qa, name), Exception)
    }
    assert classes == set(RESULTS) | set(NO_PICTURE) | set(NOUNS)


def test_what_is_no_picture_is_a_frame_and_a_table_or_says_why_not() -> None:
    for name, why in NO_PICTURE.items():
        made = getattr(qa, name)
        assert made.__repr__ is not object.__repr__, name
        if why.startswith(("a row of", "a record of")):
            continue  # the whole has the frame and the table
        assert hasattr(made, "to_frame") != (name in NO_FRAME), name
        if name not in NO_FRAME:
            assert hasattr(made, "_repr_html_") and hasattr(made, "summary"), name
    assert set(NO_FRAME) <= set(NO_PICTURE)


@pytest.mark.parametrize("name", NOUNS)
def test_a_noun_shows_itself_in_words_as_a_frame_in_a_notebook_and_as_a_picture(name: str) -> None:
    noun = NOUNS[name]()
    assert re.search(r"\d", noun.summary()) and "object at 0x" not in repr(noun)
    assert noun.to_frame().to_dict("records") == noun.to_dict()["rows"] != []
    page = noun._repr_html_()
    Balanced(page)
    assert 'class="qascore"' in page and "<0>" not in page
    ax = noun.plot()
    assert ax.get_xlabel() and ax.has_data()
    ax.figure.canvas.draw()
    assert re.search(r"n = \d", " ".join(text.get_text() for text in ax.findobj(matplotlib.text.Text)))
    _, given = pyplot.subplots()
    assert noun.plot(given, label="mine") is given and given.get_xlabel() == "mine"


def test_a_table_of_ratings_becomes_the_frame_it_was_made_of() -> None:
    frame = pd.DataFrame(
        {"call": ["b", "a", "a", "b", "c"], "who": ["x", "y", "x", "y", "x"], "part": ["tone"] * 4 + ["facts"], "stars": [1, 2, 3, 4, 5]}
    )
    table = qa.RatingTable(frame, unit="call", rater="who", rating="stars", criterion="part")
    expected = frame.sort_values(["part", "call", "who"])[["call", "who", "part", "stars"]].reset_index(drop=True)
    found = table.to_frame()
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    again = qa.RatingTable(found, unit="call", rater="who", rating="stars", criterion="part")
    assert again.to_dict() == table.to_dict()
    assert list(table["tone"].only("x").to_frame()["stars"]) == [3, 1]


@pytest.mark.parametrize("make", ["pandas", "polars", "pyarrow", "duckdb"])
def test_a_noun_becomes_the_kind_of_frame_that_came_in(make: str) -> None:
    import narwhals as nw

    data = {"call": ["a", "a", "b"], "who": ["x", "y", "x"], "score": [0.5, 0.25, 1.0], "weight": [2.0, 2.0, 3.0]}
    if make == "duckdb":
        duckdb = pytest.importorskip("duckdb")
        import pyarrow

        rows = pyarrow.table(data)
        frame = duckdb.connect().from_arrow(rows)
    else:
        pytest.importorskip(make)
        frame = nw.from_dict(data, backend=make).to_native()
    table = qa.RatingTable(frame, unit="call", rater="who", rating="score")
    design = qa.SampleDesign(frame, unit="call", weight="weight", repeats="average")
    assert type(table.to_frame()) is type(design.to_frame()) is type(frame)
    assert design.to_dict()["rows"] == [{"call": "a", "weight": 2.0}, {"call": "b", "weight": 3.0}]


def test_ratings_in_text_numbers_and_without_raters_become_frames() -> None:
    both = pd.DataFrame({"call": [1, 1, 2], "who": ["a", "b", "a"], "tone": ["good", "bad", None], "stars": [3.0, 2.5, 4.0]})
    rows = qa.RatingTable(both, unit="call", rater="who", rating=["tone", "stars"]).to_dict()["rows"]
    assert [(row["criterion"], row["rating"]) for row in rows] == [
        ("tone", "good"), ("tone", "bad"), ("stars", "3"), ("stars", "2.5"), ("stars", "4")
    ]  # fmt: skip
    counts = qa.RatingTable.from_counts(np.array([[2, 0], [0, 1]])).to_frame("pandas")
    assert counts.to_dict("list") == {"unit": [0, 0, 1], "rating": [1, 1, 2]}


def test_who_rated_with_whom_is_drawn_as_counts_and_what_each_gave_as_shares() -> None:
    cells = np.array([[1, 1, np.nan], [2, 1, np.nan], [1, np.nan, 2], [np.nan, 2, np.nan]])
    table = qa.RatingTable.from_matrix(cells, raters=["ann", "bob", "cay"])
    ax = table.plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["ann (n = 3)", "bob (n = 3)", "cay (n = 1)"]
    assert [text.get_text() for text in ax.texts] == ["2", "1", "2", "0", "1", "0"]
    shares = table.plot(table="ratings")
    assert [bar.get_width() for bar in shares.patches] == pytest.approx([200 / 3, 200 / 3, 0, 100 / 3, 100 / 3, 100])
    assert [text.get_text() for text in shares.texts] == ["n = 3", "n = 3", "n = 1"]
    assert [text.get_text() for text in shares.get_legend().get_texts()] == ["1", "2"]


def test_measurements_are_drawn_by_their_quartiles_and_anonymous_ratings_by_their_number() -> None:
    ax = MODEL.plot(table="ratings")
    low, high = np.quantile(MODEL.only("model").to_frame()["rating"], (0.25, 0.75))
    assert (ax.patches[0].get_x(), ax.patches[0].get_width()) == pytest.approx((low, high - low))
    assert ax.get_xlabel() == "rating"
    counted = qa.RatingTable.from_counts(np.array([[2, 0], [0, 1], [1, 1]]))
    bars = counted.plot()
    assert [bar.get_width() for bar in bars.patches] == [1, 2]
    assert counted.plot(table="ratings").patches[0].get_width() == 60.0
    with pytest.raises(qa.ArgumentError, match=r'"ratings" draws one criterion; .* as table\[.a.\].plot\(table="ratings"\)'):
        several = CALLS.assign(a=1, b=2)
        qa.RatingTable(several, unit="conversation_id", rater="agent", rating=["a", "b"]).plot(table="ratings")
    with pytest.raises(qa.ArgumentError, match='table: .*did you mean "pairs"'):
        RATINGS.plot(table="pair")


def test_a_design_becomes_a_frame_of_its_units_and_draws_their_weights() -> None:
    plan = qa.allocate(CALLS, strata=["queue", "asked"], size=20)
    drawn = qa.draw(CALLS, plan, id="conversation_id", seed=1)
    design = qa.SampleDesign(pd.concat([drawn, drawn]), unit="conversation_id", plan=plan, cluster=None, repeats="average")
    frame = design.to_frame()
    assert list(frame.columns) == ["conversation_id", "queue", "asked", "inclusion_probability", "weight"]
    expected = drawn.sort_values("conversation_id")
    assert list(frame["conversation_id"]) == list(expected["conversation_id"]) and list(frame["queue"]) == list(expected["queue"])
    assert list(frame["inclusion_probability"]) == list(expected["inclusion_probability"])
    assert list(frame["weight"]) == design.weights.tolist()
    other = design.poststratify("solved", {True: 30, False: 30})
    assert list(other.to_frame()["weight"]) == other.weights.tolist() != design.weights.tolist()
    ax = design.plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == [", ".join(key) for key in design.strata]
    assert [text.get_text() for text in ax.texts][0] == f"n = {(frame['queue'] + frame['asked'] == 'aa').sum()} for 10"
    by_agent = qa.SampleDesign(CALLS, weight="weight", cluster="agent")
    assert list(by_agent.to_frame().columns) == ["agent", "weight"]
    assert by_agent.to_frame()["agent"].tolist() == CALLS["agent"].tolist()
    assert sum(bar.get_height() for bar in by_agent.plot().patches) == 60




@pytest.mark.parametrize("name", RESULTS)
def test_a_result_shows_itself_in_words_as_a_frame_in_a_notebook_and_as_a_picture(name: str) -> None:
    result = RESULTS[name]()
    assert type(result).__name__ == name
    said = result.summary()
    assert said.endswith(type(result).CAUTION) and type(result).CAUTION.endswith("."), "what not to conclude comes last"
    assert said.startswith(result._said()) and len(said) > len(type(result).CAUTION) + 10
    assert re.search(r"\d", said) or name in ("CsatStudy", "RaterDrift"), "a size, or why there is none"
    assert "object at 0x" not in repr(result)
    assert len(result.to_frame()) > 0
    assert result.to_dict()
    page = result._repr_html_()
    Balanced(page)
    assert 'class="qascore"' in page
    assert "<0>" not in page
    if name in DRAWN:
        assert "<svg" in page and "currentColor" in page
    ax = result.plot()
    assert ax.get_xlabel()
    assert ax.has_data()
    ax.figure.canvas.draw()
    words = " ".join(text.get_text() for text in ax.findobj(matplotlib.text.Text))
    if name not in NO_N:
        assert re.search(r"n = \d", words), "on how many it rests"
    if 'aria-hidden="true"' in page and name not in NO_N:  # a table with intervals
        assert re.search(r"interval|standard error", words), "which intervals are drawn, or where they are"
    _, given = pyplot.subplots()
    assert result.plot(given, label="mine") is given
    assert given.get_xlabel() == "mine"


def test_what_rounding_leaves_of_0_is_shown_as_0_but_no_p_is() -> None:
    found = qa.krippendorff_alpha(qa.RatingTable.from_matrix(np.array([[1, 1], [1, 1], [0, 1]])), level="nominal")
    assert 0 < abs(found.value) < 1e-12  # the record keeps what was computed
    alpha = replace(found, low=-0.8605, high=0.8605, undefined=None)
    assert "is 0, 95% interval -0.8605 to 0.8605" in alpha.summary() and "e-1" not in repr(alpha)
    alone = replace(alpha, low=float("nan"), high=float("nan"), undefined="no variation")
    assert "is 0 (n = 3); no interval: no variation" in alone.summary()
    assert "e-1" not in repr(EstimateTable((), (replace(alpha, low=-1e-16, std_error=2e-17),)))
    small = qa.mean(pd.DataFrame({"x": [1e-13, 2e-13, 4e-13]}), "x")  # as small as the unit that it is in
    assert "is 2.333e-13, 95% interval -1.461e-13 to 6.128e-13" in small.summary()
    certain = replace(qa.association(CALLS, "score", "csat"), test=TestResult(9.0, 5.0, float("nan"), 1e-17))
    assert certain.summary().count("p < 0.0001") == 1


def test_intervals_of_a_table_are_drawn_on_one_axis_beside_their_numbers() -> None:
    table = qa.mean(CALLS, "score", by="queue")
    page = table._repr_html_()
    whiskers = [(float(a), float(b)) for a, b in re.findall(r'<path d="M([\d.]+) 7H([\d.]+)', page)]
    dots = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', page)]
    low, high = min(e.low for e in table), max(e.high for e in table)
    at = [7 + 106 * (v - low) / (high - low) for e in table for v in (e.low, e.value, e.high)]
    np.testing.assert_allclose([x for (a, b), dot in zip(whiskers, dots, strict=True) for x in (a, dot, b)], at, atol=0.051)
    for one in table:
        assert f"</svg> {one.low:.4f} to {one.high:.4f}</td>" in page


def test_one_wide_interval_does_not_squeeze_the_others_and_none_is_no_picture() -> None:
    from qascore._render import html_table, range_text

    rows = [[range_text(0.1, 0.2, 0.15)], [range_text(0.3, 0.4, 0.35)], [range_text(-1000.0, 1000.0, 0.2)], [range_text(np.nan, 1.0)]]
    page = html_table(["interval"], rows)
    assert page.count("<svg") == 3
    whiskers = [(float(a), float(b)) for a, b in re.findall(r'<path d="M([\d.]+) 7H([\d.]+)', page)]
    assert whiskers[2] == (7.0, 113.0)
    assert whiskers[0][1] - whiskers[0][0] > 8
    assert html_table(["interval"], rows[3:]).count("<svg") == 0
    assert "0.5000 to 0.5000</td>" in html_table(["interval"], [[range_text(0.5, 0.5, 0.5)]])


def test_a_design_effect_says_what_the_design_does() -> None:
    effect = qa.design_effect(DESIGN, "score")
    assert effect.summary().startswith(f"The variance of the mean is {effect.without_replacement:.4} times that of a simple")
    assert "times, as if 55.86 units were scored." in effect.summary()  # 180^2 / 580
    same = qa.design_effect(qa.SampleDesign(CALLS.assign(score=0.5), weight="weight"), "score")
    assert same.summary().startswith(f"The design effect is undefined: {same.undefined}.")


def test_bars_have_the_lengths_of_the_figures() -> None:
    plan = qa.allocate(CALLS, strata="queue", size=20)
    ax = plan.plot()
    assert [bar.get_width() for bar in ax.patches] == [stratum.sample_size for stratum in plan.strata]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a", "b"]
    assert [text.get_text() for text in ax.texts] == [f"{s.sample_size} of {s.population}" for s in plan.strata]


def test_an_evaluation_draws_what_each_criterion_gave_before_what_it_could_give() -> None:
    result = RESULTS["EvaluationResult"]()
    counted = [one for one in result.criteria if one.state == "scored"]
    widths = [bar.get_width() for bar in result.plot().patches]
    assert widths == [one.applied_weight for one in counted] + [one.contribution for one in counted]


def test_scores_draw_their_histogram_with_the_mark_to_pass() -> None:
    found = scores()
    ax = found.plot(bins=[0.0, 0.5, 1.0])
    assert sum(bar.get_height() for bar in ax.patches) == np.isfinite(found.score).sum()
    assert [line.get_xdata()[0] for line in ax.lines] == [RUBRIC.pass_from]


def test_bars_of_another_shape_are_refused() -> None:
    from qascore._plots import bar_plot

    with pytest.raises(qa.DataError, match=r"values: expected 2 values but found the shape \(1,\)"):
        bar_plot(["a", "b"], [1.0])
    with pytest.raises(qa.DataError, match="texts: expected 2"):
        bar_plot(["a", "b"], [1.0, 2.0], texts=["x"])


@pytest.mark.parametrize("name", ["Pairing", "Study", "ImportedEvaluations"])
def test_data_shows_itself_in_a_notebook(name: str, tmp_path: Any) -> None:
    if name == "Study":
        CALLS.to_csv(tmp_path / "calls.csv", index=False)
        found: Any = qa.run_study(
            {
                "title": "<b>May</b>",
                "conversations": {"file": str(tmp_path / "calls.csv"), "strata": ["queue"], "measures": {"score": "mean"}},
                "sample": {"size": 20, "seed": 1},
            }
        )
        assert list(found.to_frame(backend="pandas")["value"]) == [one.value for one in found.estimates]
    elif name == "ImportedEvaluations":
        inside = ScoreDifference("<b>", "form", "form", "score", 1.0, 0.5, "<b>: 1 is not 0.5")
        found = qa.ImportedEvaluations("<b>", [], [inside], [], None)
    else:
        other = pd.DataFrame({"conversation_id": ["c1", "<b>"], "stars": [1, 2]})
        found = qa.pair(CALLS, other, on="conversation_id")
    page = found._repr_html_()
    Balanced(page)
    assert "<b>" not in page


@pytest.mark.parametrize("name", ["SamplingPlan", "Scores", "Rubric", "SampleDesign", "EstimateTable", "Estimate"])
def test_plans_rubrics_scores_and_estimates_pickle(name: str) -> None:
    import pickle

    made = {"Rubric": lambda: RUBRIC, "SampleDesign": lambda: DESIGN} | RESULTS
    one = made[name]()
    again = pickle.loads(pickle.dumps(one))  # noqa: S301
    assert type(again) is type(one)
    if name == "Rubric":
        assert again.content_hash == one.content_hash
        assert again.score_one({"greeting": "yes"}, unanswered="leave_out").score == one.score_one(
            {"greeting": "yes"}, unanswered="leave_out"
        ).score
    elif name == "Scores":
        assert again.to_dict() == one.to_dict()
        assert again.rubric.content_hash == one.rubric.content_hash
        first = one.to_dict()["evaluation_id"][0]
        assert repr(again.evaluation(first)) == repr(one.evaluation(first))
    elif name == "SampleDesign":
        assert qa.mean(again, "score") == qa.mean(one, "score")
    else:
        assert again == one
