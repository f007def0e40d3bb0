"""Weights that meet known totals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import qascore as qa
from hypothesis import given, settings
from hypothesis import strategies as st


def calls(n: int = 60, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    queue = rng.choice(["chat", "mail", "phone"], n)
    return pd.DataFrame(
        {
            "id": [f"c{i}" for i in range(n)],
            "queue": queue,
            "team": rng.choice(["north", "south"], n),
            "weight": rng.uniform(2, 9, n),
            "handle_s": rng.uniform(100, 500, n),
            "score": (queue == "chat") * 0.3 + rng.uniform(0, 1, n),
            "resolved": rng.integers(0, 2, n),
        }
    )


def design(**how: object) -> qa.SampleDesign:
    """With the errors of the closed forms, which do not count what totals fitted."""
    return qa.SampleDesign(calls(**how), unit="id", weight="weight", stratum="team", calibrated_errors="linearized")


QUEUES = {"chat": 300, "mail": 500, "phone": 200}
TEAMS = {"north": 450, "south": 550}


def test_totals_are_met_and_a_known_total_has_no_standard_error() -> None:
    raked = design().rake({"queue": QUEUES, "team": TEAMS})
    by = qa.total(raked, "resolved", by="queue")
    assert by.estimates[0].std_error > 0
    frame = calls()
    for column, totals in (("queue", QUEUES), ("team", TEAMS)):
        for label, total in totals.items():
            assert raked.weights[(frame[column] == label).to_numpy()].sum() == pytest.approx(total, rel=1e-11)
    frame["one"] = 1
    again = qa.SampleDesign(frame, unit="id", weight="weight", stratum="team").rake({"queue": QUEUES, "team": TEAMS})
    assert qa.total(again, "one").std_error == pytest.approx(0, abs=1e-9)
    assert qa.total(again, "one", by="queue").estimates[2].std_error == pytest.approx(0, abs=1e-9)


def test_every_estimator_sees_the_calibration() -> None:
    plain, adjusted = design(), design().poststratify("queue", QUEUES)
    # The same weights without the knowledge of where they come from.
    frame = calls().assign(weight=adjusted.weights)
    blind = qa.SampleDesign(frame, unit="id", weight="weight", stratum="team")
    for estimate in (
        lambda d: qa.mean(d, "score"),
        lambda d: qa.total(d, "score"),
        lambda d: qa.ratio(d, "score", "handle_s"),
        lambda d: qa.variance(d, "score"),
        lambda d: qa.proportion(d, "resolved"),
        lambda d: qa.difference(d, "score", by="team", between=("north", "south"), df="design"),
        lambda d: qa.association(d, "score", "handle_s", method="spearman"),
    ):
        assert estimate(adjusted).value == estimate(blind).value
        assert estimate(adjusted).std_error != estimate(blind).std_error
        assert estimate(adjusted).df == estimate(plain).df


def test_the_design_that_was_given_stays_as_it_was() -> None:
    first = design()
    before = first.weights.copy()
    second = first.rake({"queue": QUEUES})
    assert (first.weights == before).all()
    assert first.adjustments == ()
    assert second.adjustments == ("raked to queue",)
    assert (first.g_weights == 1).all()
    np.testing.assert_allclose(second.weights / first.weights, second.g_weights)
    assert "Weights raked to queue: " in second.summary()
    third = second.trim_weights(upper=40)
    assert "raked to queue, then trimmed to 40" in third.summary()
    assert third.weights.sum() == pytest.approx(1000)


def test_the_summary_says_when_known_totals_are_many_for_the_rows() -> None:
    def said(rows: int, cells: int, errors: str = "linearized") -> str:
        frame = pd.DataFrame({"cell": np.arange(rows) % cells, "w": 10.0, "agent": np.arange(rows) // 4})
        totals = {cell: 100.0 + cell for cell in range(cells)}
        alone = qa.SampleDesign(frame, weight="w", calibrated_errors=errors).poststratify("cell", totals).summary()
        agents = qa.SampleDesign(frame, weight="w", cluster="agent", calibrated_errors=errors).poststratify("cell", totals)
        return alone + agents.summary()

    assert "4 known totals for 36 units: with fewer than 10 for each, linearized intervals are too narrow." in said(36, 4)
    assert "known totals for" not in said(36, 4, "corrected")
    assert "known totals for 40 units" not in said(40, 4)
    assert "4 known totals for 10 clusters" in said(40, 4)


def test_cells_of_several_columns_take_tuples() -> None:
    cells = {(q, t): n for q in QUEUES for t, n in (("north", 100), ("south", 120))}
    both = design().poststratify(["queue", "team"], cells)
    assert both.weights.sum() == pytest.approx(660)
    crossed = design().rake({("queue", "team"): cells})
    np.testing.assert_allclose(crossed.weights, both.weights, rtol=1e-10)
    assert qa.mean(crossed, "score").std_error == pytest.approx(qa.mean(both, "score").std_error, rel=1e-9)


def test_averaged_repeats_are_adjusted_by_conversation() -> None:
    frame = pd.concat([calls(), calls().head(10)])
    averaged = qa.SampleDesign(frame, unit="id", weight="weight", stratum="team", repeats="average")
    assert averaged.poststratify("queue", QUEUES).weights.sum() == pytest.approx(1000)


def test_missing_values_leave_calibrated_weights_alone() -> None:
    frame = calls()
    frame.loc[::4, "score"] = np.nan
    adjusted = qa.SampleDesign(frame, unit="id", weight="weight", stratum="team", population={"north": 450, "south": 550})
    adjusted = adjusted.poststratify("queue", QUEUES)
    dropped, domain = (qa.mean(adjusted, "score", missing=how) for how in ("drop", "domain"))
    assert dropped.value == domain.value
    assert dropped.std_error == pytest.approx(domain.std_error, rel=1e-12)


@given(st.integers(0, 10**6), st.floats(0.8, 1.2), st.floats(0.95, 1.05))
@settings(max_examples=40, deadline=None)
def test_calibrated_weights_meet_their_totals_or_are_refused(seed: int, count: float, shift: float) -> None:
    before = design(seed=seed)
    n = float(before.weights.sum()) * count
    handle = calls(seed=seed)["handle_s"].to_numpy()
    total = float(before.weights @ handle) * count * shift
    for method, bounds in (("linear", None), ("raking", None), ("logit", (0.5, 1.6)), ("linear", (0.6, 1.5))):
        after = before.calibrate_weights({"handle_s": total}, population=n, method=method, bounds=bounds)
        assert after.weights.sum() == pytest.approx(n, rel=1e-9)
        assert after.weights @ handle == pytest.approx(total, rel=1e-9)
        assert (after.weights > 0).all()
        if bounds:
            assert after.g_weights.min() >= bounds[0] * (1 - 1e-12)
            assert after.g_weights.max() <= bounds[1] * (1 + 1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda d: d.poststratify("queue", {"chat": 1, "mail": 2, "fone": 3}), r'"queue" "phone".*did you mean "fone"'),
        (lambda d: d.poststratify("queue", QUEUES | {"fax": 9}), r'"fax" has a total of 9 but no unit'),
        (lambda d: d.poststratify("queue", QUEUES | {"mail": 0}), r'above 0 for "queue" "mail" but found 0'),
        (lambda d: d.rake({"queue": QUEUES, "team": {"north": 1, "south": 2}}), r'"team" adds up to 3 units but "queue" to 1'),
        (lambda d: d.calibrate_weights({"queue": QUEUES}, population=999), r'"queue" "phone" cannot have the total 200'),
        (lambda d: d.calibrate_weights({"handle_s": 470 * 300}, population=300), r"unit 'c\d+' would have the weight -"),
        (
            lambda d: d.calibrate_weights({"handle_s": 600 * 300}, population=300, method="raking"),
            r"no weights within the bounds.*comes to .* at the nearest",
        ),
        (lambda d: d.trim_weights(upper=1), "upper: the weights sum to"),
    ],
)
def test_what_cannot_be_met_is_a_design_error(make: object, message: str) -> None:
    with pytest.raises(qa.DesignError, match=message):
        make(design())  # type: ignore[operator]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda d: d.rake({}), "margins: expected a mapping"),
        (lambda d: d.rake({"queue": 5}), "expected a mapping from the labels"),
        (lambda d: d.calibrate_weights({"handle_s": "many"}), "expected a number"),
        (lambda d: d.calibrate_weights({"handle_s": 5}, method="rakin"), "did you mean"),
        (lambda d: d.calibrate_weights({"handle_s": 5}, method="logit"), "bounds"),
        (lambda d: d.calibrate_weights({"handle_s": 5}, bounds=(1.2, 2)), "lower bound below 1"),
        (lambda d: d.trim_weights(lower=3, upper=2), "0 <= lower <= upper"),
        (lambda d: d.poststratify(None, {"a": 1}), "expected one number"),
    ],
)
def test_what_is_not_understood_is_an_argument_error(make: object, message: str) -> None:
    with pytest.raises(qa.ArgumentError, match=message):
        make(design())  # type: ignore[operator]


def test_a_missing_label_is_refused() -> None:
    frame = calls()
    frame.loc[3, "queue"] = None
    with pytest.raises(qa.DataError, match="no label at row 3"):
        qa.SampleDesign(frame, weight="weight").poststratify("queue", QUEUES)
    with pytest.raises(qa.MissingColumnError, match="did you mean"):
        design().rake({"queu": QUEUES})


def test_the_ratio_estimator_is_a_post_stratification_to_a_measure() -> None:
    known = 1.1 * float(calls()["weight"] @ calls()["handle_s"])
    ratio = qa.ratio(design(), "score", "handle_s")
    total = qa.total(design().poststratify(None, known, measure="handle_s"), "score")
    assert total.value == pytest.approx(ratio.value * known, rel=1e-12)
    assert total.std_error == pytest.approx(ratio.std_error * known, rel=1e-12)


def test_replicates_are_a_second_opinion() -> None:
    frame = calls(n=200)
    frame["weight"] = np.where(frame["team"] == "north", 3.0, 5.0)
    sample = qa.SampleDesign(frame, stratum="team", weight="weight")
    for verb, column in ((qa.mean, "score"), (qa.total, "score"), (qa.proportion, "resolved")):
        taylor = verb(sample, column)
        jackknife = verb(sample, column, variance="jackknife")
        assert jackknife.value == taylor.value
        assert jackknife.std_error == pytest.approx(taylor.std_error, rel=1e-12)
        assert jackknife.method == taylor.method + ", jackknife"
        bootstrap = verb(sample, column, variance="bootstrap", replicates=2000, seed=5)
        assert bootstrap.std_error == pytest.approx(taylor.std_error, rel=0.065)  # four standard errors of simulation
        assert bootstrap.std_error == verb(sample, column, variance="bootstrap", replicates=2000, seed=5).std_error
    ratio = qa.ratio(sample, "score", "handle_s", variance="jackknife")
    assert ratio.std_error == pytest.approx(qa.ratio(sample, "score", "handle_s").std_error, rel=0.03)
    table = qa.mean(frame, "score", by="queue", variance="jackknife")
    plain = qa.mean(frame, "score", by="queue")
    assert [e.std_error for e in table.estimates] == pytest.approx([e.std_error for e in plain.estimates], rel=1e-12)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"variance": "bootstrap"}, "seed: the bootstrap needs one"),
        ({"variance": "jacknife"}, 'did you mean "jackknife"'),
        ({"variance": "bootstrap", "seed": 1, "replicates": 1}, "2 or more"),
    ],
)
def test_replicates_that_cannot_be_made_are_refused(how: dict[str, object], message: str) -> None:
    with pytest.raises(qa.ArgumentError, match=message):
        qa.mean(design(), "score", **how)  # type: ignore[call-overload]


def dense_moments(left: np.ndarray, size: int, independent: np.ndarray) -> tuple[float, float]:
    """Mean and variance of n / (n - 1) sum (t - mean t)^2 for t = left @ e, e of variance 1 where `independent` is."""
    form = size / (size - 1) * (np.eye(size) - 1 / size) @ (left * independent) @ left.T
    return float(np.trace(form)), float(2 * np.trace(form @ form))


@pytest.mark.parametrize("how", ["post-stratified", "raked", "raked, post-stratified, trimmed"])
def test_errors_count_what_the_totals_fitted_as_the_dense_formula_says(how: str) -> None:
    """The residual maker of the adjustments, as a matrix, found by linearity from one column of influence at a time."""
    rng = np.random.default_rng(8)
    n = 24
    frame = pd.DataFrame(
        {"cell": np.arange(n) % 5, "team": np.arange(n) // 8, "w": rng.uniform(5, 20, n), "y": rng.normal(size=n)}
    )
    cells, teams = {c: 40.0 + c for c in range(5)}, {0: 70.0, 1: 60.0, 2: 80.0}

    def made(errors: str) -> qa.SampleDesign:
        design = qa.SampleDesign(frame, weight="w", calibrated_errors=errors)
        if how == "post-stratified":
            return design.poststratify("cell", cells)
        design = design.rake({"cell": cells, "team": teams})
        return design if how == "raked" else design.poststratify("team", teams).trim_weights(upper=14.0)

    plain, corrected = made("linearized"), made("corrected")
    steps, w = plain._core["calibration"], plain.weights
    maker, after = np.eye(n), w
    for step in reversed(steps):
        d = step["weight"]
        if len(step["cell"]):
            x = np.eye(step["cells"])[step["cell"]]
        elif step["columns"]:
            x = step["basis"].reshape(step["columns"], n).T
        else:
            x = np.zeros((n, 1))
        project = x @ np.linalg.pinv((x.T * d) @ x) @ (x.T * d)
        maker = np.diag(after / d) @ (np.eye(n) - project) @ maker
        after = d
    left = steps[0]["weight"][:, None] * maker
    for rows, given in ((np.ones(n), {}), ((frame["team"] == 1).to_numpy(float), {"by": "team"})):
        one, other = qa.mean(plain, "y", **given), qa.mean(corrected, "y", **given)
        if given:
            one, other = one[1], other[1]
        mean, variance = dense_moments(left, n, rows)
        assert other.value == one.value
        assert other.std_error == pytest.approx(one.std_error * math.sqrt((w**2) @ rows / mean), rel=1e-10)
        assert other.df == pytest.approx(min(one.df, 2 * mean**2 / variance), rel=1e-10)


def test_errors_of_equal_weights_within_cells_are_those_of_strata_that_were_drawn() -> None:
    frame = pd.DataFrame({"cell": list("aaabbbbbcc"), "w": 10.0, "y": [1.0, 4, 2, 7, 5, 9, 6, 8, 3, 5]})
    counts = {"a": 30.0, "b": 50.0, "c": 20.0}
    found = qa.mean(qa.SampleDesign(frame, weight="w").poststratify("cell", counts), "y")
    parts = frame.groupby("cell")["y"].agg(["var", "size"])
    share = {c: (counts[c] / 100) ** 2 / n for c, _, n in parts.itertuples()}
    fitted = sum(share[c] * v * (n - 1) / n for c, v, n in parts.itertuples())
    seen = sum(share[c] * (n - 1) / n for c, _, n in parts.itertuples())
    assert found.std_error == pytest.approx(math.sqrt(fitted * sum(share.values()) / seen), rel=1e-12)
    drawn = sum(share[c] * v for c, v, _ in parts.itertuples())  # what strata of these sizes would have
    assert found.std_error == pytest.approx(math.sqrt(drawn), rel=0.05)


def test_totals_that_leave_nothing_to_see_say_so() -> None:
    frame = pd.DataFrame({"cell": list("abcd"), "w": 10.0, "y": [1.0, 4, 2, 7]})
    found = qa.mean(qa.SampleDesign(frame, weight="w").poststratify("cell", dict.fromkeys("abcd", 10.0)), "y")
    assert found.undefined == "the known totals leave nothing to see of the spread: merge cells"
    assert found.value == 3.5


def test_one_total_leaves_errors_as_they_are() -> None:
    frame = pd.DataFrame({"w": 10.0, "y": [1.0, 4, 2, 7, 3], "x": [1.0, 2, 3, 4, 5]})
    plain = qa.mean(qa.SampleDesign(frame, weight="w"), "y")
    counted = qa.mean(qa.SampleDesign(frame, weight="w").poststratify(None, 70.0), "y")
    assert counted.std_error == pytest.approx(plain.std_error, rel=1e-12)
    assert counted.df == pytest.approx(plain.df, rel=1e-12)
