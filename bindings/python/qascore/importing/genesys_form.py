"""Genesys Cloud evaluation forms as rubrics: the form of its API, or of the Terraform provider.

A group's weight multiplies the points of its questions and their ceiling: sum(points * weight) / sum(possible * weight).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .. import _core
from ..errors import did_you_mean
from .document import Fields, Part, Problems, shorten
from .draft import Draft, Ids, ImportedRubric, slug, tidy
from .genesys_conditions import read_condition

FORM = (
    "id", "name", "modifiedDate", "published", "contextId", "questionGroups", "weightMode", "evaluationSettings",
    "publishedVersions", "latestVersionFormName", "aiScoring", "dialect", "selfUri", "divisionId",
)  # fmt: skip
GROUP = (
    "id", "contextId", "name", "type", "defaultAnswersToHighest", "defaultAnswersToNA", "naEnabled", "weight", "manualWeight",
    "questions", "visibilityCondition", "defaultAnswersTo",
)  # fmt: skip
QUESTION = (
    "id", "contextId", "text", "helpText", "type", "naEnabled", "commentsRequired", "visibilityCondition", "answerOptions",
    "multipleSelectOptionQuestions", "defaultAnswer", "automatedScoringFocus", "isKill", "isCritical",
)  # fmt: skip
ANSWER = ("id", "contextId", "builtInType", "text", "value", "assistanceConditions")

ONE, SEVERAL, TEXT, SHOWN = "multipleChoice", "multipleSelect", "freeText", "readOnlyTextBlock"
TERRAFORM = "genesyscloud_quality_forms_evaluation"


@dataclass(frozen=True)
class GenesysChoices:
    """What a form leaves open; `import_rubric` explains each."""

    weight_mode: str | None = None
    kill: str = "zero"
    resource: str | None = None
    id: str | None = None
    version: str | None = None
    language: str | None = None
    unknown: str = "refuse"


CHOICES = {"weight_mode": (None, "SCALED", "OFF"), "kill": ("zero", "verdict"), "unknown": ("refuse", "ignore")}


def import_form(document: Any, name: str, choices: GenesysChoices) -> ImportedRubric:
    problems = Problems(name)
    return _Importer(Draft("genesys_cloud", problems), choices).run(Part(document, "", problems))


def camel(key: str) -> str:
    """A Terraform or Python name as the API writes it: na_enabled, naEnabled."""
    head, *rest = key.split("_")
    joined = head + "".join("NA" if one == "na" else one[:1].upper() + one[1:] for one in rest)
    return joined


def api_names(value: Any, depth: int = 0) -> Any:
    """The same with the API's names. Beyond any real form's depth it is left as it is, and refused where it is read."""
    if depth > 24:
        return value
    if isinstance(value, Mapping):
        return {camel(key) if isinstance(key, str) else key: api_names(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [api_names(one, depth + 1) for one in value]
    return value


class _Importer:
    def __init__(self, draft: Draft, choices: GenesysChoices) -> None:
        self.draft = draft
        self.choices = choices
        self.questions: dict[str, str] = {}  # id: where it stands

    def open(self, part: Part, what: str, known: tuple[str, ...]) -> Fields | None:
        return part.fields(what, known, unknown=self.choices.unknown)

    def run(self, root: Part) -> ImportedRubric:
        found = self.find(root)
        fields = self.open(found, "an evaluation form", FORM) if found else None
        if fields is None:
            self.draft.problems.check()
            raise AssertionError("unreachable")
        name = fields.text("name", needed=True)
        given_mode = fields.get("weightMode")
        mode = given_mode.choice(("SCALED", "OFF")) if given_mode else None
        if self.choices.weight_mode is not None:
            mode = self.choices.weight_mode
        elif given_mode is None:
            self.draft.notes.add(fields.place("weightMode"), "no weightMode: SCALED, the weights of groups multiply points")
        self.scaled = mode != "OFF"
        groups = [group for group in (self.group(one) for one in fields.items("questionGroups", needed=True)) if group]
        if "questionGroups" in fields and not groups and not self.draft.problems.items:
            self.draft.problems.add(fields.place("questionGroups"), "expected at least one question group but found none")
        self.settle_weights(groups)
        answers = [
            [(one["id"], one["answers"], one["several"]) for one in group["questions"]] for group in groups
        ]
        for index, group in enumerate(groups):
            self.condition(group, answers, index)
            for question in group["questions"]:
                self.condition(question, answers, index)
        for unused in ("evaluationSettings", "aiScoring", "publishedVersions"):
            if unused in fields:
                self.draft.notes.add(fields.place(unused), f"{unused} does not reach the score: left out")
        self.draft.problems.check()
        definition: dict[str, Any] = {
            "qascore": 1,
            "id": self.choices.id or self.name(fields, name or "form"),
            "version": self.choices.version or self.version(fields),
            "language": self.choices.language or fields.text("dialect") or "en",
            "title": name,
            "scoring": {"method": "scaled_points" if self.scaled else "points"},
            "sections": [self.section(group) for group in groups],
        }
        return self.draft.finish(definition)

    def find(self, root: Part) -> Part | None:
        """The form itself, or the one form of a Terraform file, or that of an evaluation, with the API's names."""
        value = root.value
        if not isinstance(value, Mapping):
            root.expected("an evaluation form (an object)")
            return None
        path = ""
        resource = value.get("resource")
        if resource is not None:
            kinds = Part(resource, "resource", root.problems).fields("resources", (TERRAFORM,), unknown="ignore")
            forms = kinds.require(TERRAFORM) if kinds else None
            named = forms.value if forms else None
            if forms is None or not isinstance(named, Mapping) or not named:
                if forms is not None:
                    forms.expected("evaluation forms by name (an object)")
                return None
            which = self.choices.resource if self.choices.resource is not None else next(iter(named)) if len(named) == 1 else None
            if which is None or which not in named:
                listed = ", ".join(map(str, list(named)[:8]))
                forms.problem(f"expected resource= to name one of {listed} but found {which!r}{did_you_mean(which, named)}")
                return None
            path, value = f"resource.{TERRAFORM}.{which}", named[which]
        elif "evaluationForm" in value or "evaluation_form" in value:
            key = "evaluationForm" if "evaluationForm" in value else "evaluation_form"
            path, value = key, value[key]
        return Part(api_names(value), path, root.problems)

    def name(self, fields: Fields, title: str) -> str:
        for key in ("contextId", "id"):
            given = fields.text(key)
            if given and _core.is_id(given):
                return given
        return slug(title)

    def version(self, fields: Fields) -> str:
        return fields.text("modifiedDate") or fields.text("id") or "1"

    def take_question(self, fields: Fields, title: str) -> str:
        """The same for a question, of which no other may have the id: evaluations and conditions name it."""
        given = fields.get("id")
        if given is not None and isinstance(given.value, str):
            if given.value in self.questions:
                given.problem(f'expected an id of its own but found "{shorten(given.value)}", which {self.questions[given.value]} has')
            self.questions.setdefault(given.value, given.path)
        return self.take(fields, title)

    def take(self, fields: Fields, title: str) -> str:
        """An id that stays the same across versions of the form: contextId, else id, else one made from the text."""
        given = [one for key in ("contextId", "id") if (one := fields.text(key))]
        if not given:
            self.draft.notes.add(fields.path, "no id: one is made from its text, and changes with it")
        out = self.draft.ids.take(given[0] if given else slug(title), fields.path)
        for one in given:
            self.draft.parts[one] = out
        self.draft.places[out] = fields.path
        return out

    def group(self, part: Part) -> dict[str, Any] | None:
        fields = self.open(part, "a question group", GROUP)
        if fields is None:
            return None
        title = fields.text("name", needed=True)
        given = fields.get("weight")
        weight = given.number(0, 1_000_000) if given else None
        for name in ("defaultAnswersToHighest", "defaultAnswersToNA", "defaultAnswersTo"):
            if name in fields:
                self.draft.notes.add(fields.place(name), "answers that are filled in by default are answers like others: the default is left out")
        out: dict[str, Any] = {"id": self.take(fields, title or "group"), "title": title, "weight": weight, "fields": fields}
        optional = fields.truth("naEnabled")
        questions = [self.question(one, optional) for one in fields.items("questions", needed=True)]
        if "questions" in fields and not questions:
            self.draft.problems.add(fields.place("questions"), "expected at least one question but found none")
        out["questions"] = [one for one in questions if one is not None]
        return out

    def settle_weights(self, groups: list[dict[str, Any]]) -> None:
        if not self.scaled:
            if any(group["weight"] is not None for group in groups):
                self.draft.notes.add("questionGroups", "weightMode OFF: the weights of groups count for nothing")
            return
        given = [group for group in groups if group["weight"] is not None]
        if given and len(given) < len(groups):
            for group in groups:
                if group["weight"] is None:
                    self.draft.problems.add(group["fields"].place("weight"), "expected a weight, as other groups have, but found none")
        if groups and not given:
            self.draft.notes.add("questionGroups", "no group has a weight: all points count alike")

    def question(self, part: Part, optional: bool) -> dict[str, Any] | None:
        fields = self.open(part, "a question", QUESTION)
        if fields is None:
            return None
        title = fields.text("text", needed=True)
        named = fields.get("type")
        kind = re.sub("Question$", "", named.value) if named is not None and isinstance(named.value, str) else ONE
        if named is not None and kind not in (ONE, SEVERAL, TEXT, SHOWN):
            allowed = ("multipleChoiceQuestion", "multipleSelectQuestion", "freeTextQuestion", "readOnlyTextBlockQuestion")
            named.expected(f"one of {', '.join(allowed)}", did_you_mean(named.value, allowed))
            return None
        for name in ("helpText", "commentsRequired", "defaultAnswer", "automatedScoringFocus"):
            if name in fields:
                self.draft.notes.add(fields.place(name), f"{name} does not reach the score: left out")
        kill, critical, na = fields.truth("isKill"), fields.truth("isCritical"), fields.truth("naEnabled")
        id = self.take_question(fields, title or "question")
        out: dict[str, Any] = {"id": id, "title": title, "fields": fields, "answers": [], "not_applicable": na or optional}
        out["several"] = kind == SEVERAL
        if optional and not na:
            self.draft.notes.add(fields.path, "its group may be not applicable as a whole: then each of its questions is")
        if kind in (TEXT, SHOWN):
            if kind == SHOWN:
                self.draft.notes.add(fields.path, "text that is only shown is kept as a question of free text")
            out["answer"] = "text"
            return out
        options = self.options(fields, id) if kind == ONE else self.selected(fields, id)
        if options is None:
            return None
        out["answers"] = [one["id"] for one in options]
        out["answer"] = {"options": options}
        if kind == SEVERAL:
            out["answer"]["several"] = True
        out["scored"] = any(one["points"] for one in options)
        if not out["scored"]:
            self.draft.notes.add(fields.path, "no answer earns more than 0: the question is not scored")
        if critical and out["scored"]:
            out["critical"] = True
        if kill and out["scored"]:
            effect = "zero" if self.choices.kill == "zero" else "verdict"
            out["fail"] = [{"when": "below_highest", "scope": "form", "effect": effect}]
        return out

    def options(self, fields: Fields, question: str) -> list[dict[str, Any]] | None:
        parts = fields.items("answerOptions", needed=True)
        if "answerOptions" in fields and len(parts) < 2:
            self.draft.problems.add(fields.place("answerOptions"), f"expected at least 2 answers but found {len(parts)}")
        out = [self.answer(one, question, ids) for ids in [Ids(self.draft.notes)] for one in parts]
        return None if None in out or not out else [one for one in out if one is not None]

    def answer(self, part: Part, question: str, ids: Ids) -> dict[str, Any] | None:
        fields = self.open(part, "an answer", ANSWER)
        if fields is None:
            return None
        title, value = fields.text("text", needed=True), fields.require("value")
        points = value.whole(0, 1_000_000) if value else None
        if title is None or points is None:
            return None
        given = [one for key in ("contextId", "id") if (one := fields.text(key))]
        id = ids.take(given[0] if given else slug(title), fields.path)
        for one in given:
            self.draft.answers[question, one] = id
        return {"id": id, "title": title, "points": points}

    def selected(self, fields: Fields, question: str) -> list[dict[str, Any]] | None:
        """The options of a multiple select question: each is a question of its own, selected or not."""
        ids = Ids(self.draft.notes)
        out: list[dict[str, Any]] = []
        parts = fields.items("multipleSelectOptionQuestions", needed=True)
        for part in parts:
            one = self.open(part, "a selectable option", QUESTION)
            if one is None:
                continue
            title = one.text("text", needed=True)
            worth: dict[str, int] = {}
            keys: list[str] = []
            for answer in one.items("answerOptions", needed=True):
                opened = self.open(answer, "an answer", ANSWER)
                kind = opened.require("builtInType") if opened else None
                built_in = kind.choice(("Selected", "Unselected")) if kind else None
                value = opened.require("value") if opened else None
                points = value.whole(0, 1_000_000) if value else None
                if built_in is not None and points is not None:
                    worth[built_in] = points
                if opened is not None and built_in == "Selected":
                    keys += [key for name in ("contextId", "id") if (key := opened.text(name))]
            if title is None or "Selected" not in worth:
                part.problem("expected an answer of builtInType Selected but found none")
                continue
            if worth.get("Unselected"):
                part.problem(f"expected an option that earns nothing when it is not selected but found {worth['Unselected']} points")
                continue
            given = [key for name in ("contextId", "id") if (key := one.text(name))]
            id = ids.take(given[0] if given else slug(title), one.path)
            for key in given + keys:
                self.draft.answers[question, key] = id
            out.append({"id": id, "title": title, "points": worth["Selected"]})
        return out if parts and len(out) == len(parts) else None

    def condition(self, item: dict[str, Any], answers: Any, group: int) -> None:
        part = item["fields"].get("visibilityCondition")
        found = read_condition(part, answers, group) if part else None
        if found is not None:
            item["ask_when"] = found

    def section(self, group: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {"id": group["id"], "title": group["title"]}
        asked = [one for one in group["questions"] if one["answer"] != "text"]
        if self.scaled and any(one.get("scored") for one in asked):
            out["weight"] = tidy(1 if group["weight"] is None else group["weight"])
        if "ask_when" in group:
            out["ask_when"] = group["ask_when"]
        out["criteria"] = [self.criterion(one) for one in group["questions"]]
        return out

    def criterion(self, question: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {"id": question["id"], "title": question["title"]}
        if question["answer"] != "text" and not question["scored"]:
            out["excluded"] = True
        if question["not_applicable"]:
            out["not_applicable"] = True
        if "critical" in question:
            out["critical"] = True
        out["answer"] = question["answer"]
        for name in ("fail", "ask_when"):
            if name in question:
                out[name] = question[name]
        return out
