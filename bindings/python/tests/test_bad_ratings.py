"""Ratings that say little or nothing: every verb answers or refuses in words, none fails otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa

NAN = math.nan
RNG = np.random.default_rng(17)
ROWS = [
    (unit, rater, criterion, score)
    for unit in range(20)
    for rater in "abc"
    for criterion, score in (("fine", int(RNG.integers(1, 4))), ("constant", 2), ("gaps", NAN))
]
FRAME = pd.DataFrame(ROWS, columns=["unit", "rater", "criterion", "score"])
TABLES: dict[str, qa.RatingTable] = {
    "one rater": qa.RatingTable.from_matrix([[1], [2], [3]]),
    "one unit": qa.RatingTable.from_matrix([[1, 2, 3]]),
    "no unit": qa.RatingTable.from_matrix(np.empty((0, 2))),
    "constant": qa.RatingTable.from_matrix([[2, 2], [2, 2], [2, 2]]),
    "gaps only": qa.RatingTable.from_matrix(np.full((3, 2), NAN)),
    "raters who never meet": qa.RatingTable.from_matrix([[1, NAN], [2, NAN], [NAN, 1], [NAN, 2]]),
    "text": qa.RatingTable.from_matrix(np.array([["a", "b"], ["b", "b"], ["a", "a"]])),
    "far from 0": qa.RatingTable.from_matrix(1e9 + RNG.integers(1, 4, (12, 3))),
    "anonymous": qa.RatingTable(FRAME[FRAME.criterion == "fine"], unit="unit", rating="score"),
    "criteria": qa.RatingTable(FRAME, unit="unit", rater="rater", rating="score", criterion="criterion"),
}


def first(table: qa.RatingTable) -> Any:
    return table.raters[0] if table.raters else 0


VERBS: dict[str, Callable[[qa.RatingTable], Any]] = {
    **{
        name: getattr(qa, name)
        for name in (
            "agreement", "krippendorff_alpha", "fleiss_kappa", "gwet_ac", "chance_test", "agreement_by_category", "pairwise_agreement",
            "leave_one_rater_out", "icc_table", "lin_ccc", "overall_ccc", "bland_altman", "kendall_w", "r_wg", "r_wg_j", "rater_summary",
            "rater_effects", "ordinal_rater_effects", "g_study",
        )
    },  # fmt: skip
    "resample_agreement": lambda table: qa.resample_agreement(table, seed=1, replicates=50),
    "agreement_difference": lambda table: qa.agreement_difference(table, table),
    "dawid_skene": lambda table: qa.dawid_skene(table, seed=1),
    "raters_against_gold": lambda table: qa.raters_against_gold(table, gold=first(table)),
    "prmse": lambda table: qa.prmse(table, rater=first(table)),
    "rater_drift": lambda table: qa.rater_drift(table, seed=1),
    "alternative_annotator_test": lambda table: qa.alternative_annotator_test(table, model=first(table)),
    "calibration_study": qa.calibration_study,
    "calibration_study, all": lambda table: qa.calibration_study(
        table, gold=first(table) if table.raters else None, order=list(table.units), previous=table
    ),
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("kind", TABLES)
def test_nothing_fails_without_words(kind: str, verb: str) -> None:
    try:
        found = VERBS[verb](TABLES[kind])
    except qa.QascoreError as error:
        assert str(error)
        return
    assert repr(found) and found._repr_html_() is not None
    for words in ("summary", "to_dict", "to_frame"):
        if hasattr(found, words):
            getattr(found, words)()
    undefined = getattr(found, "undefined", None)
    if isinstance(found, qa.Estimate) and math.isnan(found.low):
        assert undefined, "no limits, and no reason"
    if verb.startswith("calibration_study"):
        pytest.importorskip("jinja2")
        assert found.to_html().startswith("<!doctype html>")


def test_a_scale_that_was_read_as_text_is_told_to_have_no_order(recwarn: pytest.WarningsRecorder) -> None:
    frame = pd.DataFrame({"unit": [1, 1, 2, 2, 3, 3], "rater": ["a", "b"] * 3, "rating": ["1", "2", "3", "3", "5", "4"]})
    columns = {"unit": "unit", "rater": "rater", "rating": "rating"}
    with pytest.warns(UserWarning, match=r'rating: column "rating": the ratings are text that reads as numbers .*convert the column to numbers') as found:
        table = qa.RatingTable(frame, **columns)
    assert found[0].filename == __file__
    assert "nominal" in str(qa.krippendorff_alpha(table))
    with pytest.warns(UserWarning, match="criterion 'x'"):
        qa.RatingTable(frame.assign(criterion="x"), criterion="criterion", **columns)
    with pytest.warns(UserWarning, match="rating: matrix"):
        qa.RatingTable.from_matrix([["1", "2"], ["3", "3"]])
    recwarn.clear()
    qa.RatingTable(frame, categories=["1", "2", "3", "4", "5"], **columns)
    qa.RatingTable(frame.assign(rating=frame["rating"].astype(int)), **columns)
    qa.RatingTable(frame.assign(rating=["a", "2", "3", "3", "5", "4"]), **columns)
    qa.RatingTable(frame.assign(rating=["0", "1", "1", "1", "0", "0"]), **columns)
    assert not recwarn.list
