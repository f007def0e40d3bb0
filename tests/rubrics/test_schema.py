"""rubrics/rubric.schema.json against the reader: what a schema can say it says, and it refuses nothing that the reader takes."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import qascore as qa
from qascore.rubric import shipped_rubrics

SCHEMA = json.loads((Path(__file__).parents[2] / "rubrics" / "rubric.schema.json").read_text(encoding="utf-8"))

TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "integer": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool) and v == int(v),
}
SAID = {"$schema", "$defs", "title", "description", "default", "then", "else"}


def same(a: Any, b: Any) -> bool:
    return isinstance(a, bool) == isinstance(b, bool) and a == b


def fits(value: Any, schema: Any) -> bool:
    """Whether a value is valid: the part of JSON Schema 2020-12 that the rubric's schema uses; a keyword beyond it is an error."""
    if isinstance(schema, bool):
        return schema
    number, text, items, keys = (TYPES[t](value) for t in ("number", "string", "array", "object"))

    def has(known: str, rule: Any) -> bool:
        match known:
            case "$ref":
                return fits(value, SCHEMA["$defs"][rule.removeprefix("#/$defs/")])
            case "type":
                return any(TYPES[one](value) for one in ([rule] if isinstance(rule, str) else rule))
            case "const":
                return same(value, rule)
            case "enum":
                return any(same(value, one) for one in rule)
            case "not":
                return not fits(value, rule)
            case "oneOf":
                return sum(fits(value, one) for one in rule) == 1
            case "allOf":
                return all(fits(value, one) for one in rule)
            case "if":
                return fits(value, schema.get("then" if fits(value, rule) else "else", True))
            case "minimum":
                return not number or value >= rule
            case "maximum":
                return not number or value <= rule
            case "exclusiveMinimum":
                return not number or value > rule
            case "exclusiveMaximum":
                return not number or value < rule
            case "minLength":
                return not text or len(value) >= rule
            case "maxLength":
                return not text or len(value) <= rule
            case "pattern":
                return not text or re.search(rule, value) is not None
            case "minItems":
                return not items or len(value) >= rule
            case "maxItems":
                return not items or len(value) <= rule
            case "uniqueItems":
                return not items or len({json.dumps(one, sort_keys=True) for one in value}) == len(value)
            case "items":
                return not items or all(fits(one, rule) for one in value)
            case "required":
                return not keys or all(one in value for one in rule)
            case "minProperties":
                return not keys or len(value) >= rule
            case "maxProperties":
                return not keys or len(value) <= rule
            case "properties":
                return not keys or all(fits(value[one], inner) for one, inner in rule.items() if one in value)
            case "propertyNames":
                return not keys or all(fits(one, rule) for one in value)
            case "additionalProperties":
                return not keys or all(fits(value[one], rule) for one in value if one not in schema.get("properties", {}))
            case "dependentRequired":
                return not keys or all(other in value for one, others in rule.items() if one in value for other in others)
        raise AssertionError(f"the validator of this test does not know {known}")

    return all(has(known, rule) for known, rule in schema.items() if known not in SAID)


def reads(form: dict[str, Any]) -> bool:
    try:
        qa.Rubric.parse(json.dumps(form, ensure_ascii=False))
    except qa.RubricError:
        return False
    return True


def form(*criteria: Any, scoring: Any = None, **more: Any) -> dict[str, Any]:
    section = {"id": "s", "criteria": list(criteria) or [YES_NO]}
    return {"qascore": 1, "id": "f", "version": "1", "scoring": scoring or {"method": "weighted"}, "sections": [section]} | more


def criterion(answer: Any = "yes_no", **more: Any) -> dict[str, Any]:
    return {"id": "a", "answer": answer} | more


YES_NO = {"id": "b", "answer": "yes_no"}
OPTIONS = [{"id": "x", "points": 2}, {"id": "y", "points": 0}]
RULE = {"when": {"chosen": "no"}, "scope": "form", "effect": "zero"}
HITS = {"hits": {"points": -5, "limit": -15}}
BASE = {"method": "base", "base": 100}


def with_rule(answer: Any = "yes_no", **change: Any) -> dict[str, Any]:
    return form(criterion(answer, fail=[RULE | change]), YES_NO)


def with_condition(condition: Any) -> dict[str, Any]:
    return form(YES_NO, criterion(ask_when=condition))


def with_section(**change: Any) -> dict[str, Any]:
    out = form()
    out["sections"][0] |= change
    return out


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in form().items() if name != key}


def nested(depth: int) -> dict[str, Any]:
    section: dict[str, Any] = {"id": "s0", "criteria": [YES_NO]}
    for level in range(1, depth):
        section = {"id": f"s{level}", "sections": [section]}
    return form() | {"sections": [section]}


# Faults that the schema must catch as the reader does.
CAUGHT = {
    "no format": without("qascore"), "another format": form() | {"qascore": 2}, "no id": without("id"), "no version": without("version"),
    "no scoring": without("scoring"), "no sections": form() | {"sections": []}, "unknown key": form(titel="x"),
    "id with a space": form() | {"id": "two words"}, "id that is empty": form() | {"id": ""}, "id too long": form() | {"id": "x" * 65},
    "id of punctuation": form() | {"id": "a/b"}, "id with what nobody sees": form() | {"id": "a\u200bb"}, "id with a control": form() | {"id": "a\x01"},
    "version that is a number": form() | {"version": 2026.1}, "version that is empty": form() | {"version": ""},
    "language of no shape": form(language="e"), "language that ends with a dash": form(language="en-"), "language too long": form(language="en-" + "x" * 40),
    "title that is a number": form(title=1), "title in no language": form(title={"中": "语音"}), "title of a list": form(title={"en": ["a"]}),
    "title in a language with a dash": form(title={"en-": "x"}),
    "unknown method": form(scoring={"method": "wieghted"}), "no method": form(scoring={"weights": "section"}), "scoring that is text": form(scoring="weighted"),
    "base without a base": form(scoring={"method": "base"}), "base elsewhere": form(scoring={"method": "points", "base": 100}),
    "scale elsewhere": form(scoring={"method": "weighted", "scale": 100}), "weights elsewhere": form(scoring={"method": "points", "weights": "section"}),
    "weights of no kind": form(scoring={"method": "weighted", "weights": "sections"}), "weights with base": form(scoring=BASE | {"weights": "criterion"}),
    "not applicable with base": form(scoring=BASE | {"not_applicable": "zero"}),
    "over the form with points": form(scoring={"method": "points", "not_applicable": "redistribute_over_form"}),
    "negative base": form(scoring={"method": "base", "base": -1, "scale": 10}), "scale of 0": form(scoring=BASE | {"scale": 0}),
    "cap of three": form(scoring={"method": "weighted", "cap": [0, 2, 3]}), "cap of 0": form(scoring={"method": "points", "cap": 0}),
    "cap in percent": form(scoring={"method": "weighted", "cap": 50}), "cap of points in percent": form(scoring={"method": "points", "cap": 101}),
    "floor in percent": form(scoring={"method": "points", "floor": 1}), "negative floor in a list": form(scoring={"method": "points", "cap": [-1, 1]}),
    "cap that is text": form(scoring={"method": "points", "cap": "1"}),
    "digits of no whole": form(scoring={"method": "points", "round": {"digits": 0.5}}), "too many digits": form(scoring={"method": "points", "round": {"digits": 7}}),
    "no digits": form(scoring={"method": "points", "round": {}}), "rule of no kind": form(scoring={"method": "points", "round": {"digits": 1, "rule": "up"}}),
    "band in percent": form(bands=[{"id": "a", "from": 80}, {"id": "b", "from": 0}]), "band without a start": form(bands=[{"id": "a"}]),
    "band with an end": form(bands=[{"id": "a", "from": 0, "to": 1}]), "101 bands": form(bands=[{"id": f"b{n}", "from": 1 - n / 100} for n in range(101)]),
    "mark in percent": form(pass_from=75), "mark that is text": form(pass_from="0.75"),
    "section that is a list": form() | {"sections": [["not", "a", "section"]]}, "section of nothing": form() | {"sections": [{"id": "s"}]},
    "section of both": with_section(sections=[{"id": "t", "criteria": [criterion()]}]), "section of no criteria": with_section(criteria=[]),
    "section without an id": form() | {"sections": [{"criteria": [YES_NO]}]}, "sections four deep": nested(4), "not applicable on a section": with_section(not_applicable=True),
    "501 criteria in a section": form(*({"id": f"c{n}", "answer": "yes_no"} for n in range(501))),
    "rule of a section by an answer": with_section(fail=[RULE]), "rule of a section on a criterion": with_section(fail=[RULE | {"when": {"below": 0.5}, "scope": "criterion"}]),
    "rule of a section on another": with_section(fail=[RULE | {"when": {"below": 0.5}, "scope": {"section": "s"}}]),
    "negative weight": form(criterion(weight=-1), YES_NO), "weight that is text": form(criterion(weight="3")), "weight too large": form(criterion(weight=1e7)), "weight too small": form(criterion(weight=1e-300), YES_NO),
    "points too small": form(criterion({"yes_no": {"points": 1e-300}}), YES_NO), "few points of a base": form(criterion({"yes_no": {"points": -1e-300}}), scoring=BASE), "out of next to nothing": form(criterion(out_of=1e-300), scoring={"method": "points"}),
    "criterion without an answer": form({"id": "a"}), "answer of nothing": form(criterion(None)), "answer of no kind": form(criterion("yess")),
    "answer of two kinds": form(criterion({"scale": {"min": 1, "max": 5}} | HITS)), "empty answer": form(criterion({})),
    "truth that is text": form(criterion(critical="true")), "weight of text": form(criterion("text", weight=2), YES_NO), "fail rule of a date": form(criterion("date", fail=[RULE]), YES_NO),
    "critical text": form(criterion("text", critical=True), YES_NO), "text that is excluded": form(criterion("text", excluded=True), YES_NO),
    "out of for text": form(criterion("text", out_of=5), YES_NO), "weight of what is excluded": form(criterion(excluded=True, weight=2), YES_NO),
    "critical and excluded": form(criterion(excluded=True, critical=True), YES_NO), "out of 0": form(criterion(out_of=0)),
    "one option": form(criterion({"options": OPTIONS[:1]})), "no options": form(criterion({"options": [], "several": True})),
    "251 options": form(criterion({"options": [{"id": f"o{n}", "points": n} for n in range(251)]})),
    "63 of several options": form(criterion({"several": True, "options": [{"id": f"o{n}", "points": 1} for n in range(63)]})),
    "option without points": form(criterion({"options": [{"id": "x"}, OPTIONS[0]]})), "option of a reserved id": form(criterion({"options": [OPTIONS[0], {"id": "not_applicable", "points": 0}]})),
    "points that are text": form(criterion({"options": [{"id": "x", "points": "2"}, OPTIONS[1]]})), "points too large": form(criterion({"options": [{"id": "x", "points": 1e7}, OPTIONS[1]]})),
    "several without options": form(criterion({"several": True, "scale": {"min": 1, "max": 5}})), "most without several": form(criterion({"options": OPTIONS, "most": 2})),
    "most of 0": form(criterion({"options": OPTIONS, "several": True, "most": 0})), "scale of no wholes": form(criterion({"scale": {"min": 1, "max": 1.5}})),
    "scale without an end": form(criterion({"scale": {"min": 1}})), "scale too far": form(criterion({"scale": {"min": 1, "max": 2e6}})),
    "negative points of a scale": form(criterion({"scale": {"min": 1, "max": 5, "points": -1}})), "good of no kind": form(criterion({"yes_no": {"good": "maybe"}})),
    "ranges of nothing": form(criterion({"number": {"ranges": []}})), "no ranges": form(criterion({"number": {}})), "range without points": form(criterion({"number": {"ranges": [{"to": 3}]}})),
    "from what is no metric": form(criterion({"number": {"from": "handle", "ranges": [{"points": 1}]}})), "metric without a name": form(criterion({"number": {"from": "metric.", "ranges": [{"points": 1}]}})),
    "metric of a long name": form(criterion({"number": {"from": "metric." + "x" * 65, "ranges": [{"points": 1}]}})),
    "hits without a limit": form(criterion({"hits": {"points": -5}})), "hits of 0 points": form(criterion({"hits": {"points": 0, "limit": 5}})),
    "a limit of one hit": form(criterion({"hits": {"points": -5, "each": False, "limit": -5}})), "reasons twice": form(criterion(reasons=["late", "late"])),
    "reason with a space": form(criterion(reasons=["too late"])), "dimension with a space": form(criterion(dimension=["two words"])),
    "rule without a scope": form(criterion(fail=[{"when": "below_highest", "effect": "zero"}]), YES_NO), "scope of no kind": with_rule(scope="all"), "effect of no kind": with_rule(effect="none"),
    "rule twice": form(criterion(fail=[RULE, RULE]), YES_NO), "cap of 2": with_rule(effect={"cap": 2}), "cap of nothing": with_rule(effect={"cap": 0}), "trigger of no kind": with_rule(when="lowest"),
    "two triggers": with_rule(when={"chosen": "no", "below": 0.5}), "no trigger": with_rule(when={}), "trigger in percent": with_rule(when={"below": 50}),
    "trigger of no answers": with_rule(when={"chosen": []}), "hits of what counts none": with_rule(when={"hits": 1}), "answer chosen of hits": with_rule(HITS),
    "answer chosen of a number": with_rule({"number": {"ranges": [{"to": 1, "points": 2}, {"points": 1}]}}), "no hits": with_rule(HITS, when={"hits": 0}),
    "condition of two kinds": with_condition({"criterion": "b", "is": "yes", "field": "x"}), "condition without a value": with_condition({"criterion": "b"}), "empty condition": with_condition({}),
    "value beside all": with_condition({"all": [{"criterion": "b", "is": "yes"}], "is": "yes"}), "two matches": with_condition({"criterion": "b", "is": "yes", "contains_all": ["yes"]}),
    "any of nothing": with_condition({"any": []}), "is none of": with_condition({"criterion": "b", "is": []}), "missing value of a field": with_condition({"field": "x", "is": ""}),
    "all of a field": with_condition({"field": "x", "contains_all": ["a"]}), "field without a name": with_condition({"field": "", "is": "a"}),
}  # fmt: skip

# Faults that hang on another part of the form, on order or on sums: the reader alone sees them.
BEYOND = {
    "id used twice": form(YES_NO, YES_NO), "id too long in bytes": form() | {"id": "问" * 30}, "band used twice": form(bands=[{"id": "a", "from": 0.5}, {"id": "a", "from": 0}]),
    "bands that overlap": form(bands=[{"id": "a", "from": 0.5}, {"id": "b", "from": 0.5}, {"id": "c", "from": 0}]), "bands with a gap": form(bands=[{"id": "a", "from": 0.5}]),
    "bands upside down": form(bands=[{"id": "a", "from": 0}, {"id": "b", "from": 0.5}]), "weights that are all 0": form(criterion(weight=0)), "weight of a section": with_section(weight=2),
    "weight with points": form(criterion(weight=2), scoring={"method": "points"}), "bonus in a mean": form(criterion(bonus=True), YES_NO), "nothing but a bonus": form(criterion(bonus=True), scoring={"method": "points"}),
    "nothing scored": form(criterion("text")), "nothing to earn": form(criterion({"yes_no": {"points": 0}})), "negative points": form(criterion({"yes_no": {"points": -5}})), "scale upside down": form(criterion({"scale": {"min": 5, "max": 1}})),
    "scale of 251 steps": form(criterion({"scale": {"min": 0, "max": 250}})), "option used twice": form(criterion({"options": [OPTIONS[0], OPTIONS[0]]})), "last range with an end": form(criterion({"number": {"ranges": [{"to": 3, "points": 1}]}})),
    "range without an end": form(criterion({"number": {"ranges": [{"points": 1}, {"points": 0}]}})), "ranges that fall": form(criterion({"number": {"ranges": [{"to": 3, "points": 2}, {"to": 2, "points": 1}, {"points": 0}]}})),
    "limit of another sign": form(criterion({"hits": {"points": -5, "limit": 15}})), "limit too near": form(criterion({"hits": {"points": -5, "limit": -3}})), "too many hits": form(criterion({"hits": {"points": -1, "limit": -300}})),
    "out of too few": form(criterion({"yes_no": {"points": 5}}, out_of=3)), "rule on an answer that is none": with_rule(when={"chosen": "maybe"}), "rule on a section elsewhere": with_rule(scope={"section": "t"}),
    "rule that cannot fire": with_rule({"options": [{"id": "x", "points": 4}, {"id": "y", "points": 3}]}, when={"below": 0.5}), "rule that changes nothing": with_rule(scope="criterion"),
    "rule on more hits than count": with_rule(HITS, when={"hits": 4}), "rule of a section with base": form(criterion({"yes_no": {"points": -5}}), scoring=BASE) | {"sections": [{"id": "s", "criteria": [criterion({"yes_no": {"points": -5}})], "fail": [RULE | {"when": {"below": 0.5}}]}]},
    "condition on nothing known": with_condition({"criterion": "c", "is": "yes"}), "condition on an answer that is none": with_condition({"criterion": "b", "is": "maybe"}), "condition in a circle": form(criterion(ask_when={"criterion": "a", "is": "yes"}), YES_NO),
    "condition that is never true": with_condition({"all": [{"criterion": "b", "is": "yes"}, {"criterion": "b", "is": "no"}]}), "conditions nine deep": with_condition(json.loads('{"not": ' * 8 + '{"criterion": "b", "is": "yes"}' + "}" * 8)),
    "match of several options on one": with_condition({"criterion": "b", "contains_all": ["yes"]}), "weight that is lost": form(criterion(weight=1e-9), YES_NO | {"weight": 1e6}), "cap that cuts nothing": form(scoring={"method": "points", "cap": 1.5}),
    "cap of a base in fractions": form(criterion({"yes_no": {"points": -5}}), scoring=BASE | {"cap": [0, 1]}), "mark above the cap": form(scoring={"method": "points", "cap": 0.5}, pass_from=0.9), "floor above the cap": form(scoring={"method": "points", "cap": [0.6, 0.5]}),
    "metric that is a criterion": form(criterion({"number": {"from": "metric.b", "ranges": [{"to": 1, "points": 1}, {"points": 0}]}}), YES_NO),
}  # fmt: skip

# What is right, at its edges.
TAKEN = {
    "plain": form(), "three deep": nested(3), "cap": form(scoring={"method": "weighted", "cap": [0, 1]}), "bonus and cap": form(criterion(bonus=True), YES_NO, scoring={"method": "points", "cap": 1.5}),
    "base": form(criterion({"yes_no": {"points": -90}}), scoring=BASE | {"floor": 20, "cap": 100, "scale": 100, "not_applicable": "redistribute"}), "language": form(language="zh-Hans-CN", title={"en": "x", "zh-CN": "语音"}),
    "id of any script": form() | {"id": "语音-服务_1.2"}, "several": form(criterion({"options": OPTIONS[:1], "several": True, "most": 2})), "hits once": form(criterion({"hits": {"points": -5, "each": False}})),
    "hits with each": form(criterion({"hits": {"points": -5, "limit": -15, "each": True}}, fail=[RULE | {"when": {"hits": 2}}])), "values of fields": with_condition({"any": [{"field": "x", "is": [True, 2, 2.5, "a"]}, {"field": "y", "is": False}]}),
    "chosen of a scale": with_rule({"scale": {"min": 1, "max": 3}}, when={"chosen": [1, "2"]}), "rule of a section": with_section(fail=[RULE | {"when": {"below": 0.5}, "scope": "section"}]),
    "excluded": form(criterion(excluded=True, fail=[RULE], critical=False), YES_NO), "excluded without points": form(criterion({"scale": {"min": 1, "max": 5, "points": 0}}, excluded=True), YES_NO),
    "text": form(criterion("text", not_applicable=True, reasons=["r", {"id": "q", "title": "Q"}]), YES_NO), "exactly none": form({"id": "b", "answer": {"options": OPTIONS, "several": True}}, criterion(ask_when={"criterion": "b", "is_exactly": []})),
    "a cap on a rule": with_rule(effect={"cap": 0.5}, scope={"section": "s"}), "metric": form(criterion({"number": {"from": "metric.handle_s", "ranges": [{"to": 1, "points": 1}, {"points": 0}]}})),
}  # fmt: skip


@pytest.mark.parametrize("fault", CAUGHT)
def test_the_schema_catches_what_a_schema_can_say(fault: str) -> None:
    assert not reads(CAUGHT[fault])
    assert not fits(CAUGHT[fault], SCHEMA)


@pytest.mark.parametrize("fault", BEYOND)
def test_what_hangs_on_the_rest_of_the_form_the_reader_catches(fault: str) -> None:
    assert not reads(BEYOND[fault])
    assert fits(BEYOND[fault], SCHEMA), "move it to CAUGHT"


@pytest.mark.parametrize("taken", TAKEN)
def test_the_schema_takes_what_the_reader_takes(taken: str) -> None:
    assert reads(TAKEN[taken])
    assert fits(TAKEN[taken], SCHEMA)


@pytest.mark.parametrize("name", shipped_rubrics())
def test_the_schema_takes_every_rubric_that_comes_with_the_library(name: str) -> None:
    definition = qa.Rubric.load(name).definition()
    assert fits(definition, SCHEMA)
    wrong = copy.deepcopy(definition)
    wrong["sections"][0]["titel"] = "x"
    assert not fits(wrong, SCHEMA)
