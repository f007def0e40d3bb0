"""Conditions of Amazon Connect questions (Enablement), as `ask_when`."""

from __future__ import annotations

from typing import Any

from ..errors import did_you_mean
from .document import Part
from .draft import NOT_APPLICABLE, Draft
from .amazon_shapes import NOT_APPLICABLE_OPTION

MAX_DEPTH = 8
ACTIONS = ("ENABLE", "DISABLE")
COMPARATORS = ("IN", "NOT_IN", "ALL_IN", "EXACT")


def read_enablement(part: Part, draft: Draft, kinds: dict[str, str]) -> dict[str, Any] | None:
    """The condition under which a question is asked; `kinds` has the QuestionType of every question by RefId."""
    fields = part.fields("an enablement", ("Condition", "Action", "DefaultAction"))
    if fields is None:
        return None
    action = fields.require("Action")
    act = action.choice(ACTIONS) if action else None
    otherwise = fields.get("DefaultAction")
    other = otherwise.choice(ACTIONS) if otherwise else None
    where = fields.require("Condition")
    condition = _condition(where, draft, kinds, 1) if where else None
    if act is None or condition is None:
        return None
    if other == act:
        if act == "DISABLE":
            part.problem('expected a question that is asked sometimes but found "DISABLE" as Action and DefaultAction')
        else:
            draft.notes.add(part.path, "Action and DefaultAction are both ENABLE: the question is always asked")
        return None
    return condition if act == "ENABLE" else {"not": condition}


def _condition(part: Part, draft: Draft, kinds: dict[str, str], depth: int) -> dict[str, Any] | None:
    if depth > MAX_DEPTH:
        part.problem(f"expected conditions at most {MAX_DEPTH} deep but found one more")
        return None
    fields = part.fields("a condition", ("Operands", "Operator"))
    if fields is None:
        return None
    operands = [_operand(one, draft, kinds, depth) for one in fields.items("Operands", needed=True)]
    if "Operands" in fields and not operands:
        part.problem("expected at least one operand but found none")
    operator = fields.get("Operator")
    if operator is None and len(operands) > 1:
        part.problem('expected "Operator" (AND or OR) beside several operands but found none')
    joined = operator.choice(("OR", "AND")) if operator else "AND"
    whole = [one for one in operands if one is not None]
    if len(whole) < len(operands) or not whole or joined is None:
        return None
    return whole[0] if len(whole) == 1 else {"all" if joined == "AND" else "any": whole}


def _operand(part: Part, draft: Draft, kinds: dict[str, str], depth: int) -> dict[str, Any] | None:
    fields = part.fields("an operand", ("Expression", "Condition"))
    if fields is None:
        return None
    if ("Expression" in fields) == ("Condition" in fields):
        part.problem(f'expected "Expression" or "Condition" but found {"both" if "Condition" in fields else "neither"}')
        return None
    expression, condition = fields.get("Expression"), fields.get("Condition")
    if expression is not None:
        return _expression(expression, draft, kinds)
    return _condition(condition, draft, kinds, depth + 1) if condition is not None else None


def _expression(part: Part, draft: Draft, kinds: dict[str, str]) -> dict[str, Any] | None:
    fields = part.fields("an expression", ("Source", "Values", "Comparator"))
    if fields is None:
        return None
    comparator = fields.require("Comparator")
    compare = comparator.choice(COMPARATORS) if comparator else None
    source = fields.require("Source")
    ref = _reference(source, "QUESTION_REF_ID") if source else None
    values = fields.items("Values", needed=True)
    if "Values" in fields and not values:
        part.problem("expected at least one value but found none")
    if source is None or ref is None or compare is None:
        return None
    if ref not in kinds:
        source.problem(f'expected the RefId of a question of this form but found "{ref}"{did_you_mean(ref, kinds)}')
        return None
    if kinds[ref] not in ("SINGLESELECT", "MULTISELECT"):
        source.problem(f'expected a question with options but found "{ref}", which is {kinds[ref]}')
        return None
    criterion = draft.parts.get(ref)
    chosen: list[str] = []
    options = [option for question, option in draft.answers if question == criterion]
    for value in values:
        option = _reference(value, "OPTION_REF_ID")
        if option is None or criterion is None:
            return None
        if option == NOT_APPLICABLE_OPTION:
            chosen.append(NOT_APPLICABLE)
        elif (criterion, option) in draft.answers:
            chosen.append(draft.answers[criterion, option])
        else:
            value.problem(f'expected the RefId of an option of "{ref}" but found "{option}"{did_you_mean(option, options)}')
            return None
    if not chosen or criterion is None:
        return None
    several = kinds[ref] == "MULTISELECT"
    if compare in ("IN", "NOT_IN"):
        test: dict[str, Any] = {"criterion": criterion, "is": chosen}
        if several:  # one of these among the chosen
            each: list[dict[str, Any]] = [{"criterion": criterion, "contains_all": [one]} for one in chosen]
            test = each[0] if len(each) == 1 else {"any": each}
        return test if compare == "IN" else {"not": test}
    if several:
        return {"criterion": criterion, "contains_all" if compare == "ALL_IN" else "is_exactly": chosen}
    if len(chosen) > 1:
        part.problem(f"expected one value with {compare} on a question with one answer but found {len(chosen)}: it never holds")
        return None
    return {"criterion": criterion, "is": chosen}


def _reference(part: Part, kind: str) -> str | None:
    fields = part.fields("a reference", ("Type", "RefId"))
    if fields is None:
        return None
    named = fields.require("Type")
    if named is None or named.choice((kind,)) is None:
        return None
    return fields.text("RefId", needed=True)
