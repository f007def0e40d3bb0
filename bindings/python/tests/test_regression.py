"""Regression: certified values, other programs, terms of labels, and what bad input gets."""

from __future__ import annotations

import doctest
import importlib
import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
import qascore as qa
from qascore.errors import ArgumentError, DataError

# NIST Statistical Reference Datasets, Norris (y, x): linear regression of lower difficulty.
NORRIS = [
    (0.1, 0.2), (338.8, 337.4), (118.1, 118.2), (888, 884.6), (9.2, 10.1), (228.1, 226.5),
    (668.5, 666.3), (998.5, 996.3), (449.1, 448.6), (778.9, 777), (559.2, 558.2), (0.3, 0.4),
    (0.1, 0.6), (778.1, 775.5), (668.8, 666.9), (339.3, 338), (448.9, 447.5), (10.8, 11.6),
    (557.7, 556), (228.3, 228.1), (998, 995.8), (888.8, 887.6), (119.6, 120.2), (0.3, 0.3),
    (0.6, 0.3), (557.6, 556.8), (339.3, 339.1), (888, 887.2), (998.5, 999), (778.9, 779),
    (10.2, 11.1), (117.6, 118.3), (228.9, 229.2), (668.4, 669.1), (449.2, 448.9), (0.2, 0.5),
]


def digits(found: float, certified: float) -> float:
    """The log relative error: how many significant digits agree, at most 15."""
    return 15.0 if found == certified else min(15.0, -math.log10(abs(found - certified) / abs(certified)))


def test_the_doctests_hold() -> None:
    failed, tried = doctest.testmod(importlib.import_module("qascore.regressions"))
    assert failed == 0
    assert tried > 1


def test_nists_certified_values_to_the_digits_that_doubles_hold() -> None:
    frame = pd.DataFrame(NORRIS, columns=["y", "x"])
    fit = qa.regression(frame, "y", ["x"], errors="classical")
    certified = {
        "intercept": (-0.262323073774029, 0.232818234301152),
        "x": (1.00211681802045, 0.429796848199937e-03),
    }
    for term, (value, std_error) in certified.items():
        assert digits(fit[term].value, value) > 12.5
        assert digits(fit[term].std_error, std_error) > 12.5
    assert digits(fit.residual_sd, 0.884796396144373) > 12.5
    assert digits(fit.r_squared, 0.999993745883712) > 14
    assert digits(fit["x"].test.statistic ** 2, 5436385.54079785) > 12.5
    assert fit["x"].df == 34


def scores(n: int = 200, seed: int = 4) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "agent": random.integers(0, 20, n),
            "queue": random.choice(["chat", "e-mail", "phone"], n),
            "minutes": random.uniform(1, 20, n),
        }
    )
    habit = random.normal(0, 1.0, 20)
    latent = 0.1 * frame["minutes"] + habit[frame["agent"]] + (frame["queue"] == "phone") + random.logistic(size=n)
    frame["score"] = latent
    frame["resolved"] = latent > 1
    frame["csat"] = np.select([latent < 0, latent < 1.5], ["low", "middle"], "high")
    return frame


def test_labels_become_a_term_for_each_but_the_first() -> None:
    frame = scores()
    fit = qa.regression(frame, "score", ["minutes", "queue"], errors="linearized")
    assert fit.keys == (("term", ("intercept", "minutes", "queue is e-mail", "queue is phone")),)
    x = np.column_stack(
        [np.ones(len(frame)), frame["minutes"], frame["queue"] == "e-mail", frame["queue"] == "phone"]
    ).astype(float)
    expected, *_ = np.linalg.lstsq(x, frame["score"].to_numpy(), rcond=None)
    assert [one.value for one in fit] == pytest.approx(list(expected), rel=1e-11)
    bread = np.linalg.inv(x.T @ x)
    e = frame["score"].to_numpy() - x @ expected
    robust = bread @ (x.T * e**2) @ x @ bread * len(e) / (len(e) - 1)
    assert [one.std_error for one in fit] == pytest.approx(list(np.sqrt(np.diag(robust))), rel=1e-10)
    assert fit["minutes"].df == len(frame) - 4
    table = fit.to_frame()
    assert list(table.columns)[:2] == ["term", "name"]
    assert {"statistic", "p_value"} <= set(table.columns)
    again = qa.regression(pl.from_pandas(frame), "score", ["minutes", "queue"], errors="linearized")
    assert [one.to_dict() for one in again] == [one.to_dict() for one in fit]


def test_clusters_of_agents_widen_the_errors() -> None:
    frame = scores().assign(weight=1.0)
    alone = qa.regression(frame, "score", ["minutes"])
    clustered = qa.regression(qa.SampleDesign(frame, cluster="agent", weight="weight"), "score", ["minutes"])
    assert clustered["intercept"].value == pytest.approx(alone["intercept"].value, rel=1e-13)
    assert clustered["intercept"].std_error > alone["intercept"].std_error
    assert 15 < clustered["minutes"].df < 20 - 1
    design = qa.SampleDesign(frame, cluster="agent", weight="weight")
    linearized = qa.regression(design, "score", ["minutes"], errors="linearized")
    assert linearized["minutes"].df == 20 - 1 - 1
    assert linearized["minutes"].interval_method == "t, linearized errors"


def test_bias_reduced_errors_are_those_of_a_dense_computation() -> None:
    frame = scores(60).assign(weight=lambda d: 1.0 + d["agent"] % 3)
    fit = qa.regression(qa.SampleDesign(frame, cluster="agent", weight="weight"), "score", ["minutes"])
    x = np.column_stack([np.ones(60), frame["minutes"]])
    w = frame["weight"].to_numpy()
    bread = np.linalg.inv(x.T * w @ x)
    left = np.eye(60) - x @ bread @ x.T * w
    e = left @ frame["score"].to_numpy()
    for at, term in enumerate(["intercept", "minutes"]):
        variance, form = 0.0, np.zeros((60, 60))
        for agent in frame["agent"].unique():
            own = (frame["agent"] == agent).to_numpy()
            values, axes = np.linalg.eigh(left[own] @ left[own].T)
            g = axes / np.sqrt(values) @ axes.T @ (w[own] * (x[own] @ bread[at]))
            variance += (g @ e[own]) ** 2
            form += np.outer(g @ left[own], g @ left[own])
        assert fit[term].std_error == pytest.approx(math.sqrt(variance), rel=1e-10)
        assert fit[term].df == pytest.approx(np.trace(form) ** 2 / np.sum(form**2), rel=1e-10)


def test_a_label_of_one_row_has_no_interval() -> None:
    frame = scores(40)
    frame.loc[0, "queue"] = "letter"
    frame.loc[1:, "queue"] = frame.loc[1:, "queue"].replace("letter", "chat")
    fit = qa.regression(frame, "score", ["queue"])
    assert math.isnan(fit["queue is letter"].low)
    assert fit["queue is letter"].undefined == "one cluster or row alone determines it or a part of it: no spread to see"
    assert fit["queue is phone"].low < fit["queue is phone"].value


def test_calibrated_weights_need_linearized_errors() -> None:
    design = qa.SampleDesign(scores().assign(weight=1.0), weight="weight").poststratify(
        "queue", {"chat": 100, "e-mail": 100, "phone": 100}
    )
    with pytest.raises(qa.DesignError, match="errors: cr2 is not defined under calibrated weights"):
        qa.regression(design, "score", ["minutes"])
    assert qa.regression(design, "score", ["minutes"], errors="linearized")["minutes"].std_error > 0


def test_logit_is_the_ordinal_model_of_two_categories() -> None:
    frame = scores()
    logit = qa.regression(frame, "resolved", ["minutes"], family="logit")
    ordinal = qa.regression(frame.assign(r=frame["resolved"].map(str)), "r", ["minutes"], family="ordinal")
    assert logit["minutes"].value == ordinal["minutes"].value
    assert logit["intercept"].value == -ordinal["False | True"].value
    assert logit["intercept"].low == -ordinal["False | True"].high


def test_the_order_of_levels_can_be_given() -> None:
    frame = scores()
    fit = qa.regression(frame, "csat", ["minutes"], family="ordinal", levels=["low", "middle", "high"])
    assert fit.keys[0][1] == ("minutes", "low | middle", "middle | high")
    assert fit["low | middle"].value < fit["middle | high"].value
    assert fit["minutes"].value > 0
    with pytest.raises(ArgumentError, match="levels: 'middle', which column csat holds, is not among"):
        qa.regression(frame, "csat", ["minutes"], family="ordinal", levels=["low", "high"])


def test_what_cannot_be_fitted_is_named() -> None:
    frame = scores().assign(seconds=lambda d: 60 * d["minutes"], one=1.0)
    fit = qa.regression(frame, "score", ["minutes", "seconds"])
    assert fit.undefined == "seconds: is a linear combination of the columns before it"
    assert all(one.undefined == fit.undefined and math.isnan(one.value) for one in fit)
    assert qa.regression(frame, "score", ["one"]).undefined == "one: does not vary"
    frame["ahead"] = frame["score"] - 1
    separated = qa.regression(frame, "resolved", ["minutes", "ahead"], family="logit")
    assert separated.undefined is not None
    assert separated.undefined.startswith("ahead: predicts the outcome perfectly")


def test_bad_arguments_and_gaps() -> None:
    frame = scores()
    with pytest.raises(ArgumentError, match='predictors: expected a list of columns but found "minutes"'):
        qa.regression(frame, "score", "minutes")
    with pytest.raises(ArgumentError, match="family: expected one of linear, logit, ordinal"):
        qa.regression(frame, "score", ["minutes"], family="probit")
    with pytest.raises(ArgumentError, match='levels: is for family "ordinal"'):
        qa.regression(frame, "score", ["minutes"], levels=[1])
    gaps = frame.assign(minutes=frame["minutes"].where(frame.index != 3))
    with pytest.raises(DataError, match='column "minutes": no value at row 3'):
        qa.regression(gaps, "score", ["minutes"])
    fit = qa.regression(gaps, "score", ["minutes"], missing="drop")
    assert (fit["minutes"].n, fit["minutes"].missing) == (199, 1)


def test_what_is_neither_numbers_nor_labels_is_refused_as_such() -> None:
    days = pd.DataFrame({"y": [1.0, 2.0, 3.0], "day": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"])})
    with pytest.raises(DataError, match='column "day": expected numbers but found .*Timestamp|datetime'):
        qa.regression(days, "y", ["day"])
    mixed = pd.DataFrame({"y": [1.0, 2.0, 3.0], "queue": ["a", 1, "b"]})
    with pytest.raises(DataError, match="""column "queue": expected numbers but found 'a' at row 0"""):
        qa.regression(mixed, "y", ["queue"])


@pytest.mark.parametrize(("labels", "found"), [(["a", "a", "a"], "found 'a' only"), ([None, None, None], "found none")])
def test_labels_that_do_not_differ_are_refused(labels: list[str | None], found: str) -> None:
    frame = pd.DataFrame({"y": [1.0, 2.0, 3.0], "queue": pd.Series(labels, dtype=object)})
    with pytest.raises(DataError, match=f'column "queue": expected two labels or more but {found}'):
        qa.regression(frame, "y", ["queue"], missing="drop")


def test_categories_of_numbers_are_numbers() -> None:
    frame = scores()
    coded = frame.assign(agent=frame["agent"].astype("category"))
    fit, plain = (qa.regression(one, "score", ["agent"]) for one in (coded, frame))
    assert fit["agent"].value == plain["agent"].value
