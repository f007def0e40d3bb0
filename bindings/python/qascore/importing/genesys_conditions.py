"""Visibility conditions of Genesys Cloud, which name answers by where they stand, as `ask_when`, which names them by id.

A path counts from zero: /form/questionGroup/0/question/1/answer/0, or ../question/1/answer/0 within the same group.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .document import Part, describe

_ABSOLUTE = re.compile(r"/form/questionGroup/(\d{1,6})/question/(\d{1,6})/answer/(\d{1,6})")
_RELATIVE = re.compile(r"\.\./question/(\d{1,6})/answer/(\d{1,6})")

# Of every group its questions, of every question its id, those of its answers, and whether it takes several.
Answers = Sequence[Sequence[tuple[str, Sequence[str], bool]]]


def read_condition(part: Part, answers: Answers, group: int) -> dict[str, Any] | None:
    """The condition of a group or a question of this group."""
    value = part.value[0] if isinstance(part.value, list) and len(part.value) == 1 else part.value  # a Terraform block
    fields = Part(value, part.path, part.problems).fields("a visibility condition", ("combiningOperation", "predicates"))
    if fields is None:
        return None
    predicates = fields.items("predicates")
    if not predicates:
        return None
    combining = fields.get("combiningOperation")
    joined = combining.choice(("AND", "OR")) if combining else "AND"
    if combining is None and len(predicates) > 1:
        part.problem('expected "combiningOperation" (AND or OR) beside several predicates but found none')
    tests = [_test(one, answers, group) for one in predicates]
    whole = [one for one in tests if one is not None]
    if len(whole) < len(tests) or joined is None:
        return None
    if joined == "OR":
        whole = _merge(whole)
    return whole[0] if len(whole) == 1 else {"all" if joined == "AND" else "any": whole}


def _test(part: Part, answers: Answers, group: int) -> dict[str, Any] | None:
    text = part.text()
    if text is None:
        return None
    absolute, relative = _ABSOLUTE.fullmatch(text), _RELATIVE.fullmatch(text)
    if absolute is not None:
        at = [int(one) for one in absolute.groups()]
    elif relative is not None:
        at = [group, *(int(one) for one in relative.groups())]
    else:
        part.expected('a path like "/form/questionGroup/0/question/1/answer/0" or "../question/1/answer/0"')
        return None
    if at[0] >= len(answers):
        part.problem(f"expected a question group from 0 to {len(answers) - 1} but found {at[0]} in {describe(text)}")
        return None
    questions = answers[at[0]]
    if at[1] >= len(questions):
        part.problem(f"expected a question from 0 to {len(questions) - 1} but found {at[1]} in {describe(text)}")
        return None
    criterion, options, several = questions[at[1]]
    if at[2] >= len(options):
        part.problem(f"expected an answer from 0 to {len(options) - 1} but found {at[2]} in {describe(text)}")
        return None
    return {"criterion": criterion, "contains_all" if several else "is": [options[at[2]]]}


def _merge(tests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Answers to the same question in one test."""
    out: dict[Any, dict[str, Any]] = {}
    for test in tests:
        if "is" not in test:
            out[len(out)] = test
        elif test["criterion"] in out:
            known = out[test["criterion"]]["is"]
            known += [one for one in test["is"] if one not in known]
        else:
            out[test["criterion"]] = test
    return list(out.values())
