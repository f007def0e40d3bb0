"""Quantiles, paired differences and Cronbach's alpha: other programs, domains, and what bad input gets."""

from __future__ import annotations

import doctest
import importlib

import numpy as np
import pandas as pd
import pytest
import qascore as qa
from hypothesis import given
from hypothesis import strategies as st
from qascore.errors import ArgumentError, DataError
from scipy import stats


@pytest.mark.parametrize("name", ["quantiles", "paired", "cronbach"])
def test_the_doctests_hold(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(f"qascore.{name}"))
    assert failed == 0
    assert tried > 1


@given(
    st.lists(st.integers(-5, 5), min_size=1, max_size=40),
    st.sampled_from([0.125, 0.25, 0.5, 0.625, 0.75, 0.9375]),  # whose products are exact
)
def test_both_definitions_are_numpys(values: list[int], p: float) -> None:
    frame = pd.DataFrame({"y": values})
    for definition, method in (("inverse_cdf", "inverted_cdf"), ("averaged", "averaged_inverted_cdf")):
        assert qa.quantile(frame, "y", p, definition=definition).value == np.quantile(values, p, method=method)


def test_the_inverted_beta_limits_are_scipys_exact_interval() -> None:
    values = np.random.default_rng(1).normal(size=60)
    frame = pd.DataFrame({"y": values})
    for p in (0.25, 0.5, 0.8):
        ours = qa.quantile(frame, "y", p, interval="beta", confidence=0.9)
        theirs = stats.quantile_test(values, p=p, q=0).confidence_interval(0.9)
        assert (ours.low, ours.high) == (theirs.low, theirs.high)


def test_several_shares_by_domain_in_one_table() -> None:
    frame = pd.DataFrame({"team": ["x"] * 30 + ["y"] * 30, "y": range(60)})
    table = qa.quantile(frame, "y", [0.25, 0.5], by="team")
    assert [name for name, _ in table.keys] == ["p", "team"]
    assert table[0.25, "y"].value == qa.quantile(frame, "y", 0.25, by="team")["y"].value
    assert list(table.to_frame()["p"]) == [0.25, 0.25, 0.5, 0.5]
    assert qa.median(frame, "y", by="team")["x"].value == 14.5


def test_bad_shares_and_choices() -> None:
    frame = pd.DataFrame({"y": [1, 2, 3]})
    with pytest.raises(ArgumentError, match="p: expected a fraction above 0 and below 1 but found 50"):
        qa.quantile(frame, "y", 50)
    with pytest.raises(ArgumentError, match="p: expected a share or several"):
        qa.quantile(frame, "y", [])
    with pytest.raises(ArgumentError, match="t and logit have no limits at 0 and 1"):
        qa.quantile(frame, "y", 0.5, interval="t")
    with pytest.raises(ArgumentError, match="definition: expected one of inverse_cdf, averaged"):
        qa.quantile(frame, "y", 0.5, definition="hf7")


def test_the_paired_difference_is_scipys() -> None:
    random = np.random.default_rng(2)
    frame = pd.DataFrame({"a": random.normal(size=25)})
    frame["b"] = 0.5 * frame["a"] + random.normal(size=25)
    ours = qa.paired_difference(frame, "a", "b")
    theirs = stats.ttest_rel(frame["a"], frame["b"])
    assert ours.test.statistic == pytest.approx(theirs.statistic, rel=1e-12)
    assert ours.test.p_value == pytest.approx(theirs.pvalue, rel=1e-11)
    assert ours.low == pytest.approx(theirs.confidence_interval().low, rel=1e-11)


def test_two_periods_that_share_units() -> None:
    frame = pd.DataFrame({"june": [0.7, 0.8, 0.6, 0.9, None], "may": [None, 0.75, 0.5, 0.85, 0.6]})
    with pytest.raises(DataError, match='column "june": no value at row 4'):
        qa.paired_difference(frame, "june", "may")
    both = qa.paired_difference(frame, "june", "may", missing="drop")
    every = qa.paired_difference(frame, "june", "may", missing="drop", units="all")
    assert (both.n, both.missing, every.n) == (3, 2, 5)
    assert every.value == pytest.approx(0.75 - 0.675)
    with pytest.raises(DataError, match="no unit has both june and may"):
        qa.paired_difference(frame.assign(may=np.nan), "june", "may", missing="drop")


def test_cronbachs_alpha_with_gaps() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3, 4, 5, 2], "b": [2, 2, 3, 5, 4, None], "c": [1, 3, 3, 4, 4, 3]})
    found = qa.cronbach_alpha(frame, ["a", "b", "c"], missing="drop")
    full = qa.cronbach_alpha(frame.iloc[:5], ["a", "b", "c"])
    assert found.value == pytest.approx(full.value, rel=1e-14)
    assert (found.n, found.missing) == (5, 1)
    assert found.low < found.value < found.high <= 1
    with pytest.raises(ArgumentError, match="columns: expected two columns or more"):
        qa.cronbach_alpha(frame, ["a"])
