"""Method base, floors and caps in Python."""

from __future__ import annotations

import pandas as pd
import pytest
import qascore as qa
from qascore.errors import RubricError

FORM = """
qascore: 1
id: 质检
version: "1"
language: zh-CN
scoring: {method: base, base: 100, cap: 105}
sections:
  - id: 态度
    criteria:
      - {id: 生硬, answer: {hits: {points: -5, limit: -20}}}
      - {id: 抢话, answer: {hits: {points: -10, each: false}}, not_applicable: true}
  - id: 业务
    criteria:
      - {id: 方案, answer: {options: [{id: 优, points: 3}, {id: 对, points: 0}, {id: 错, points: -30}]}, dimension: [业务]}
"""


def test_a_base_adds_up_in_frames_and_one_by_one() -> None:
    form = qa.Rubric.parse(FORM)
    wide = pd.DataFrame({"生硬": [0, 2, 9], "抢话": ["not_applicable", 1, 3], "方案": ["优", "对", "错"]})
    scores = form.score(wide)
    # 100 + 3; 100 - 10 - 10; 100 - 20 - 10 - 30.
    assert scores.score.tolist() == [1.03, 0.8, 0.4]
    for row in range(3):
        one = form.score_one(wide.iloc[row].to_dict())
        assert one.score == scores.score[row]
        assert one.base == 1.0
        total = one.base
        for criterion in one.criteria:
            total += criterion.contribution
        assert total + one.cap_adjustment == one.score_before_fail
    criteria = scores.criteria_frame()
    assert criteria["earned"].tolist()[3:] == [-10.0, -10.0, 0.0, -20.0, -10.0, -30.0]
    assert criteria["rating"].tolist()[3:] == [0.5, 0.0, 30 / 33, 0.0, 0.0, 0.0]
    # Of what answers can move: 20 of 20 without what is not applicable, 10 of 30, 0 of 30.
    assert scores.sections()["score"].tolist()[:3] == [1.0, 10 / 30, 0.0]
    assert scores.dimensions()["score"].tolist() == [1.0, 30 / 33, 0.0]
    assert one.sections["态度"] == 0.0
    assert scores.explain(1).split("\n")[:3] == ["质检 1：80 分（满分 100）", "- 基础分 100 分", "- 生硬：“生硬”答“2”，-10 分"]
    assert one.to_dict()["base"] == 1.0


def test_faults_of_a_base_are_located() -> None:
    with pytest.raises(RubricError, match=r"rubric:6:41: scoring\.cap: expected a cap \(points\) above 0"):
        qa.Rubric.parse(FORM.replace("cap: 105", "cap: 0"))
