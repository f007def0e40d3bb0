"""Correlations by part: the parts against pandas, the interaction, shared clusters, bad input."""

from __future__ import annotations

import doctest
import math

import numpy as np
import pandas as pd
import pytest
import qascore as qa
from qascore import by_part
from qascore.errors import ArgumentError, DataError

RANDOM = np.random.default_rng(5)
N = 480
CHANNEL = np.array(["chat", "mail", "voice"])[np.arange(N) % 3]
SCORE = RANDOM.normal(size=N)
CALLS = pd.DataFrame(
    {
        "channel": CHANNEL,
        "agent": [f"a{i}" for i in np.arange(N) // 12],
        "score": SCORE,
        "csat": np.round(np.where(CHANNEL == "chat", -0.2, 0.8) * SCORE + RANDOM.normal(size=N), 1),
        "weight": RANDOM.choice([1.0, 3.0], N),
    }
)


def test_each_part_has_its_own_correlation_and_the_odd_one_is_named() -> None:
    found = qa.correlations_by_part(CALLS, "score", "csat", by="channel")
    for channel, part in CALLS.groupby("channel"):
        assert found[channel].value == pytest.approx(part[["score", "csat"]].corr("spearman").iloc[0, 1], rel=1e-12)
        assert found[channel].n == N // 3
    assert found.all_alike.p_value < 1e-6
    assert "chat" in found.found()
    assert "differ as far as can be seen" in found.summary()
    assert list(found.to_frame().columns)[-4:] == ["difference", "difference_low", "difference_high", "adjusted_p"]
    same = qa.correlations_by_part(CALLS[CHANNEL != "chat"].assign(team=["x", "y"] * (N // 3)), "score", "csat", by="team")
    assert same.found() == []
    assert "No part of team differs from the rest beyond chance (Holm)." in same.summary()


def test_designs_have_their_weights_and_clusters_in_it() -> None:
    design = qa.SampleDesign(CALLS, weight="weight", cluster="agent")
    found = qa.correlations_by_part(design, "score", "csat", by="channel", method="pearson")
    voice = CALLS[CHANNEL == "voice"]
    cov = np.cov(voice["score"], voice["csat"], aweights=voice["weight"])
    assert found["voice"].value == pytest.approx(cov[0, 1] / math.sqrt(cov[0, 0] * cov[1, 1]), rel=1e-12)
    assert found.all_alike.df1 == 2
    assert found.all_alike.df2 == 38
    one = qa.SampleDesign(CALLS.assign(weight=1.0), weight="weight", cluster="agent")
    assert qa.correlations_by_part(one, "score", "csat", by="channel").all_alike == qa.correlations_by_part(
        CALLS, "score", "csat", by="channel", agent="agent"
    ).all_alike


def test_bad_input_is_refused_and_gaps_are_left_out() -> None:
    with pytest.raises(ArgumentError, match="by: expected two labels or more in 'channel' but found 1"):
        qa.correlations_by_part(CALLS[CHANNEL == "chat"], "score", "csat", by="channel")
    gaps = CALLS.assign(channel=CALLS["channel"].where(np.arange(N) != 3))
    with pytest.raises(DataError, match='column "channel": no label at row 3'):
        qa.correlations_by_part(gaps, "score", "csat", by="channel")
    found = qa.correlations_by_part(gaps, "score", "csat", by="channel", missing="drop")
    assert found.unlabelled == 1
    flat = CALLS.assign(csat=np.where(CHANNEL == "mail", 3.0, CALLS["csat"]))
    some = qa.correlations_by_part(flat, "score", "csat", by="channel")
    assert math.isnan(some["mail"].value)
    assert some.all_alike.df1 == 1


def test_the_examples_of_the_documentation_run() -> None:
    failed, tried = doctest.testmod(by_part)
    assert failed == 0
    assert tried >= 4
