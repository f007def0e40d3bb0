"""Loading a form of 200 criteria in 10 sections: titles in two languages, every kind of answer, fail rules of every trigger and
scope on half of the criteria and all sections, conditions on answers and fields, bands.

Peers parse the same text to plain values and check nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml
from harness import Contestant, Task
from qascore import _core

CRITERIA = 200
TRIGGERS: list[Any] = [{"chosen": "no"}, {"chosen": ["part", "none"]}, {"below": 0.5}, {"hits": 2}]
ANSWERS: list[Any] = [
    "yes_no",
    {"options": [{"id": "full", "title": {"en": "fully"}, "points": 10}, {"id": "part", "points": 4}, {"id": "none", "points": 0}]},
    {"scale": {"min": 1, "max": 5}},
    {"hits": {"points": -5, "limit": -15}},
]


def criterion(at: int) -> dict[str, Any]:
    out: dict[str, Any] = {
        "id": f"c{at:03d}",
        "title": {"en": f"Criterion number {at} of this form", "zh-CN": f"评分项 {at}"},
        "weight": 1 + at % 5,
        "dimension": ["process" if at % 2 else "attitude"],
        "not_applicable": True,
        "reasons": ["forgot", "wrong_script"],
        "answer": ANSWERS[at % 4],
    }
    if at % 8 < 4:
        out["fail"] = [{"when": TRIGGERS[at % 4], "scope": "form", "effect": "zero"}]
        out["fail"].append({"when": TRIGGERS[at % 4], "scope": "section", "effect": {"cap": 0.5}})
    if at % 10 == 9:
        scale = at - at % 4 - 2
        out["ask_when"] = {"any": [{"field": "channel", "is": ["phone", "chat"]}, {"not": {"criterion": f"c{scale:03d}", "is": [1, 2]}}]}
    return out


def form() -> dict[str, Any]:
    criteria = [criterion(at) for at in range(CRITERIA)]
    sections: list[dict[str, Any]] = [{"id": f"s{at}", "weight": at + 1, "criteria": criteria[at * 20 : at * 20 + 20]} for at in range(10)]
    for section in sections:
        section["fail"] = [{"when": {"below": 0.5}, "scope": "form", "effect": {"cap": 0.6}}]
    return {
        "qascore": 1, "id": "large", "version": "1", "scoring": {"method": "weighted", "weights": "section"}, "pass_from": 0.8,
        "bands": [{"id": f"b{at}", "from": (9 - at) / 10} for at in range(10)], "sections": sections,
    }  # fmt: skip


class _NoAlias(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def tasks() -> list[Task]:
    as_json = json.dumps(form(), ensure_ascii=False)
    as_yaml = yaml.dump(form(), Dumper=_NoAlias, allow_unicode=True, sort_keys=False)

    def check(given: Mapping[str, Any]) -> None:
        assert len(given["qascore (YAML, checked)"].criteria()) == CRITERIA
        assert given["PyYAML (its C parser)"] == json.loads(as_json)

    pyyaml = Contestant("PyYAML (its C parser)", lambda: yaml.load(as_yaml, yaml.CSafeLoader))
    return [
        Task(
            f"load: {CRITERIA} criteria, {len(as_yaml.encode()) // 1000} kB",
            Contestant("qascore (YAML, checked)", lambda: _core.Rubric.parse(as_yaml, "form")),
            (Contestant("qascore (JSON, checked)", lambda: _core.Rubric.parse(as_json, "form")), pyyaml),
            check,
            {"PyYAML (its C parser)": 3.0},
            limit_ms=5.0,
        )
    ]
