"""Rubrics as Amazon Connect evaluation forms: what the form cannot say is refused, or listed where no score hangs on it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .._render import html_table, text_table
from ..errors import ArgumentError
from ..rubric import Rubric
from .document import Problems
from .draft import NOT_APPLICABLE, Note, Notes, tidy

REF = re.compile(r"[a-zA-Z0-9._-]{1,40}")
LANGUAGES = ("de-DE", "en-US", "es-ES", "fr-FR", "it-IT", "pt-BR", "ja-JP", "ko-KR", "zh-CN")
CATEGORIES = ("EXCEEDS_EXPECTATIONS", "NEEDS_IMPROVEMENT")
MAX_OPTION_TEXT = 128
UNSCORED = ("text", "date")


@dataclass(frozen=True, repr=False)
class ExportedRubric:
    """A rubric in the format of another system; made by `export_rubric`.

    Attributes
    ----------
    content : dict
        The form, as that system's API takes it.
    notes : tuple of Note
        What it cannot say, and no score hangs on.
    to : str
    """

    content: dict[str, Any]
    notes: tuple[Note, ...]
    to: str

    def to_json(self) -> str:
        """The form as a JSON file."""
        return json.dumps(self.content, ensure_ascii=False, indent=2) + "\n"

    def summary(self) -> str:
        """The export in a line."""
        noted = f"{len(self.notes)} note{'' if len(self.notes) == 1 else 's'}"
        return f"{self.content['Title']} for {self.to} with {noted}"

    def __repr__(self) -> str:
        rows: list[list[object]] = [[note.path, note.message] for note in self.notes]
        return self.summary() + ("\n" + text_table(["where", "note"], rows) if rows else "")

    def _repr_html_(self) -> str:
        return html_table(["where", "note"], [[note.path, note.message] for note in self.notes], self.summary())


def export_rubric(
    rubric: Rubric, to: str = "amazon_connect", *, language: str | None = None, number_limits: tuple[int, int] = (0, 1_000_000)
) -> ExportedRubric:
    """The rubric as a form of another system that scores the same.

    Parameters
    ----------
    rubric : Rubric
    to : {"amazon_connect"}
        Title, Items, ScoringStrategy of CreateEvaluationForm; the instance is the caller's to add.
    language : str, optional
        Of the titles; default: the rubric's.
    number_limits : (int, int)
        What can be entered where a rubric takes any number: Amazon's numbers have limits.

    Raises
    ------
    RubricError
        With all that the form cannot say and a score hangs on, by the place in the rubric.

    Examples
    --------
    >>> import qascore as qa
    >>> form = qa.Rubric.parse('''
    ... qascore: 1
    ... id: service
    ... version: "1"
    ... scoring: {method: points}
    ... sections: [{id: opening, criteria: [{id: greets, answer: {yes_no: {points: 5}}}]}]
    ... ''')
    >>> qa.export_rubric(form).content["ScoringStrategy"]
    {'Mode': 'POINTS_BASED', 'Status': 'ENABLED'}
    """
    if to != "amazon_connect":
        raise ArgumentError(f"to: expected amazon_connect but found {to!r}")
    if not isinstance(rubric, Rubric):
        raise ArgumentError(f"rubric: expected a Rubric but found {type(rubric).__name__}")
    low, high = number_limits
    if not -(2**31) <= low < high < 2**31:
        raise ArgumentError(f"number_limits: expected two whole numbers, the lower first, but found {number_limits!r}")
    return _Exporter(rubric, language or rubric.language, low, high).run()


def left_out(part: dict[str, Any]) -> bool:
    """Whether a criterion or section is out of scoring by what it says itself."""
    return bool(part.get("excluded")) or part.get("weight", 1) == 0


class _Exporter:
    def __init__(self, rubric: Rubric, language: str, low: int, high: int) -> None:
        self.form = rubric.definition()
        self.name = rubric.id
        self.language = language
        self.low, self.high = low, high
        self.problems = Problems(rubric.id)
        self.notes = Notes()
        self.refs: dict[str, str] = {}
        self.kinds: dict[str, Any] = {}

    def run(self) -> ExportedRubric:
        scoring = self.form["scoring"]
        method = scoring["method"]
        self.points = method in ("points", "scaled_points")
        self.by_section = scoring.get("weights") == "section"
        if method not in ("weighted", "points", "scaled_points"):
            self.problems.add("scoring.method", f"expected weighted, points or scaled_points but found {method}")
        self.check_scoring(scoring)
        self.assign_refs()
        weights = self.shares()
        mode = "POINTS_BASED" if self.points else "SECTION_ONLY" if self.by_section else "QUESTION_ONLY"
        strategy: dict[str, Any] = {"Mode": mode, "Status": "ENABLED"}
        thresholds = self.thresholds()
        if thresholds:
            strategy["ScoreThresholds"] = thresholds
        content: dict[str, Any] = {"Title": self.title(self.form, "title")}
        content["Items"] = [
            self.section(one, f"sections[{index}]", weights, 1, []) for index, one in enumerate(self.form["sections"])
        ]
        content["ScoringStrategy"] = strategy
        if self.language in LANGUAGES:
            content["LanguageConfiguration"] = {"FormLanguage": self.language}
        self.note_lost()
        self.problems.check()
        return ExportedRubric(content, self.notes.all(), "amazon_connect")

    # --- the form

    def check_scoring(self, scoring: dict[str, Any]) -> None:
        policy = scoring.get("not_applicable", "redistribute")
        if policy in ("full_marks", "zero"):
            self.problems.add("scoring.not_applicable", f"expected redistribute but found {policy}: Amazon leaves out what is not applicable")
        if self.by_section and policy == "redistribute":
            self.notes.add(
                "scoring.not_applicable", "Amazon does not say whether weight that is not applicable stays in its section"
            )
        bonus = any(one.get("bonus") for _, one, _ in self.criteria())
        if bonus and "cap" not in scoring:
            self.notes.add("scoring.cap", "Amazon's percentages end at 100: scores above are cut")
        elif scoring.get("cap") is not None and scoring["cap"] != [0, 1]:
            self.problems.add("scoring.cap", f"expected [0, 1] or none but found {scoring['cap']}")
        if scoring.get("floor") is not None:
            self.problems.add("scoring.floor", f"expected none but found {scoring['floor']}: Amazon's scores have no floor")
        if "round" in scoring:
            self.problems.add("scoring.round", "expected no rounding: Amazon does not say how it rounds")

    def criteria(self) -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
        """Every criterion with its path and the sections around it, outermost first."""

        def walk(sections: list[dict[str, Any]], path: str, around: list[dict[str, Any]]) -> Iterator[Any]:
            for index, section in enumerate(sections):
                here, inner = f"{path}[{index}]", [*around, section]
                yield from walk(section.get("sections", []), f"{here}.sections", inner)
                for at, one in enumerate(section.get("criteria", [])):
                    yield f"{here}.criteria[{at}]", one, inner

        yield from walk(self.form["sections"], "sections", [])

    def scored(self, criterion: dict[str, Any], around: list[dict[str, Any]]) -> bool:
        return criterion["answer"] not in UNSCORED and not any(left_out(one) for one in (criterion, *around))

    def shares(self) -> dict[str, float]:
        """What Amazon's weights are: by criterion, or by top section where those carry them."""
        scored = [(path, one, around) for path, one, around in self.criteria() if self.scored(one, around)]
        if self.points:
            for path, one, around in scored:
                product = one.get("weight", 1)
                for section in around:
                    product *= section.get("weight", 1)
                first = scored[0]
                reference = first[1].get("weight", 1)
                for section in first[2]:
                    reference *= section.get("weight", 1)
                if product != reference:
                    self.problems.add(path, "expected the same weight for all points but found others: in Amazon points are the weights")
            return {}
        given = {one["id"]: float(one.get("weight", 1)) for _, one, _ in scored}
        if self.by_section:
            given = self.section_shares(scored)
        total = sum(given.values())
        if abs(total - 100) > 1e-9:
            self.notes.add("sections", f"weights that add up to {total:g} are scaled to 100 %: the scores stay the same")
            return {id: weight / total * 100 for id, weight in given.items()}
        return given

    def section_shares(self, scored: list[Any]) -> dict[str, float]:
        """Weights of the top sections, where each splits its own evenly over its criteria, as Amazon does."""

        def total(parts: list[dict[str, Any]], live: set[str]) -> float:
            return float(sum(one.get("weight", 1) for one in parts if one["id"] in live))

        live = {one["id"] for _, one, _ in scored} | {section["id"] for _, _, around in scored for section in around}
        out: dict[str, float] = {}
        inside: dict[str, tuple[str, float]] = {}
        for path, one, around in scored:
            top = around[0]
            out[top["id"]] = float(top.get("weight", 1))
            share = one.get("weight", 1) / total(around[-1]["criteria"], live)
            for outer, section in zip(around, around[1:], strict=False):
                share *= section.get("weight", 1) / total(outer["sections"], live)
            known = inside.setdefault(top["id"], (path, share))
            if abs(known[1] - share) > 1e-9 * known[1]:
                self.problems.add(path, f"expected the same weight as {known[0]} but found another: Amazon splits a section's weight evenly")
        return out

    def thresholds(self) -> list[dict[str, Any]]:
        bands = self.form.get("bands", [])
        ids = [one["id"] for one in bands]
        if not bands:
            return []
        named = {one["id"]: index for index, one in enumerate(bands)}
        fits = ids[0] == CATEGORIES[0] or ids[-1] == CATEGORIES[1]
        others = [id for id in ids if id not in CATEGORIES]
        if not fits or len(others) > 1:
            self.notes.add("bands", f"bands other than {' and '.join(CATEGORIES)} have no place in the form: left out")
            return []
        out: list[dict[str, Any]] = []
        if CATEGORIES[1] in named:
            above = bands[named[CATEGORIES[1]] - 1]["from"] if named[CATEGORIES[1]] else 1
            out.append({"PerformanceCategory": CATEGORIES[1], "MinScorePercentage": 0, "MaxScorePercentage": percent(above)})
        if CATEGORIES[0] in named:
            out.append({"PerformanceCategory": CATEGORIES[0], "MinScorePercentage": percent(bands[0]["from"]), "MaxScorePercentage": 100})
        return out

    def note_lost(self) -> None:
        self.notes.add("id", "id, version and content hash have no place in the form: keep them beside it")
        if "pass_from" in self.form:
            self.notes.add("pass_from", "a mark to pass has no place in the form: left out")
        for path, one, _ in self.criteria():
            for name in ("dimension", "reasons", "critical"):
                if name in one:
                    self.notes.add(f"{path}.{name}", f"{name} has no place in the form: left out")

    def title(self, part: dict[str, Any], path: str) -> str:
        texts: dict[str, str] = part.get("title", {})
        if len(texts) > 1:
            self.notes.add(path, f"titles in other languages than {self.language} have no place in the form: left out")
        return texts.get(self.language) or next(iter(texts.values()), "") or str(part.get("id", self.name))

    def assign_refs(self) -> None:
        seen: set[str] = set()

        def take(id: str, path: str) -> None:
            ref, number = (id if REF.fullmatch(id) else ""), 1
            if not ref:
                self.notes.add(path, "an id that is no RefId (letters of English, digits, . _ -, at most 40) got another")
            while not ref or ref in seen:
                ref, number = f"item-{number}", number + 1
            seen.add(ref)
            self.refs[id] = ref

        for path, one, around in self.criteria():
            for section in around:
                if section["id"] not in self.refs:
                    take(section["id"], path.rpartition(".")[0])
            take(one["id"], path)
            self.kinds[one["id"]] = one["answer"]

    # --- sections and questions

    def section(
        self, section: dict[str, Any], path: str, weights: dict[str, float], depth: int, asked: list[tuple[Any, str]]
    ) -> dict[str, Any]:
        if depth > 2:
            self.problems.add(path, "expected sections two deep but found a third: Amazon has sections and subsections")
        if "fail" in section:
            self.problems.add(f"{path}.fail", "expected no rule on a section: in Amazon only answers fail")
        if "ask_when" in section:
            self.notes.add(f"{path}.ask_when", "a condition of a section is written on each of its questions")
            asked = [*asked, (section["ask_when"], f"{path}.ask_when")]
        out: dict[str, Any] = {"Title": self.title(section, path), "RefId": self.refs[section["id"]]}
        out["Items"] = [
            self.section(one, f"{path}.sections[{index}]", weights, depth + 1, asked)
            for index, one in enumerate(section.get("sections", []))
        ]
        if left_out(section):
            out["IsExcludedFromScoring"] = True
        elif self.by_section and section["id"] in weights:
            out["Weight"] = tidy(weights[section["id"]])
        for index, one in enumerate(section.get("criteria", [])):
            out["Items"].append(self.question(one, f"{path}.criteria[{index}]", section, weights, asked))
        return {"Section": out}

    def question(
        self, one: dict[str, Any], path: str, section: dict[str, Any], weights: dict[str, float], asked: list[tuple[Any, str]]
    ) -> dict[str, Any]:
        out: dict[str, Any] = {"Title": self.title(one, path), "RefId": self.refs[one["id"]]}
        out["NotApplicableEnabled"] = bool(one.get("not_applicable"))
        answer = one["answer"]
        scoring: dict[str, Any] = {}
        if answer == "text":
            out["QuestionType"] = "TEXT"
        elif answer == "date":
            out["QuestionType"] = "DATETIME"
        else:
            self.answer(out, one, answer, path, section)
            if left_out(one):
                scoring["IsExcludedFromScoring"] = True
            elif not self.by_section and one["id"] in weights:
                out["Weight"] = tidy(weights[one["id"]])
        points = self.question_points(one, answer)
        if points:
            scoring["PointsConfiguration"] = points
        if scoring:
            out["ScoringConfiguration"] = scoring
        conditions = [*asked, *([(one["ask_when"], f"{path}.ask_when")] if "ask_when" in one else [])]
        if conditions:
            enablement = self.enablement(conditions)
            if enablement:
                out["Enablement"] = enablement
        return {"Question": out}

    def question_points(self, one: dict[str, Any], answer: Any) -> dict[str, Any]:
        out: dict[str, Any] = {}
        if not self.points or answer in UNSCORED:
            return out
        most = one.get("out_of", answer.get("most") if isinstance(answer, dict) else None)
        if most is not None:
            out["MaxPointValue"] = tidy(most)
        if one.get("bonus"):
            out["IsBonus"] = True
        return out

    def answer(self, out: dict[str, Any], one: dict[str, Any], answer: Any, path: str, section: dict[str, Any]) -> None:
        number = answer.get("number") if isinstance(answer, dict) else None
        if number is not None:
            self.number(out, one, number, path, section)
            return
        choices = self.choices(answer, path)
        if choices is None:
            return
        several = bool(answer.get("several"))
        possible = self.possible(one, answer, [points for _, _, points in choices])
        if several and possible and not self.points and answer.get("most") != possible:
            self.problems.add(f"{path}.answer", "expected several answers up to what is possible: Amazon takes 10 of 10 as the most")
        failing = self.failing(one, path, section, {id: points for id, _, points in choices}, possible)
        options = []
        for index, (id, text, points) in enumerate(choices):
            option: dict[str, Any] = {"RefId": self.option_ref(id, index, path), "Text": text}
            if several and len(text) > MAX_OPTION_TEXT:
                self.problems.add(f"{path}.answer.options[{index}]", f"expected at most {MAX_OPTION_TEXT} characters but found {len(text)}")
            option |= self.worth(points, possible, f"{path}.answer", one)
            option |= failing.get(id, {})
            options.append(option)
        kind, name = ("MULTISELECT", "MultiSelect") if several else ("SINGLESELECT", "SingleSelect")
        out["QuestionType"] = kind
        out["QuestionTypeProperties"] = {name: {"Options": options}}

    def option_ref(self, id: str, index: int, path: str) -> str:
        if REF.fullmatch(id):
            return id
        self.notes.add(path, "an id that is no RefId (letters of English, digits, . _ -, at most 40) got another")
        return f"option-{index + 1}"

    def choices(self, answer: Any, path: str) -> list[tuple[str, str, float]] | None:
        """Id, text and points of each answer."""
        if answer == "yes_no" or "yes_no" in answer:
            rule = answer["yes_no"]
            good = rule["good"] == "yes"
            return [("yes", "Yes", rule["points"] if good else 0), ("no", "No", 0 if good else rule["points"])]
        if "options" in answer:
            return [(one["id"], self.title(one, path), one["points"]) for one in answer["options"]]
        if "scale" in answer:
            low, high = answer["scale"]["min"], answer["scale"]["max"]
            worth = answer["scale"].get("points", high - low)
            return [(str(step), str(step), worth * (step - low) / (high - low)) for step in range(low, high + 1)]
        self.problems.add(f"{path}.answer", f"expected an answer that Amazon has but found {next(iter(answer))}")
        return None

    def possible(self, one: dict[str, Any], answer: dict[str, Any], points: list[float]) -> float:
        if "out_of" in one:
            return float(one["out_of"])
        if answer.get("several"):
            return float(min(sum(points), answer.get("most", sum(points))))
        return float(max(points))

    def worth(self, points: float, possible: float, path: str, one: dict[str, Any]) -> dict[str, Any]:
        """What an answer earns, in points or out of 10."""
        value = points if self.points else points * 10 / possible if possible else 0
        if abs(value - round(value)) > 1e-9 or not 0 <= value <= (100 if self.points else 10):
            what = "whole points from 0 to 100" if self.points else f"a score that is whole out of 10 (of {possible:g} points)"
            self.problems.add(path, f"expected {what} but found {points:g}")
        whole = round(value)
        return {"PointsConfiguration": {"PointValue": whole}} if self.points else {"Score": whole}

    def number(self, out: dict[str, Any], one: dict[str, Any], number: dict[str, Any], path: str, section: dict[str, Any]) -> None:
        if "from" in number:
            self.notes.add(f"{path}.answer.number.from", "where a number comes from is not said in the form: left out")
        ranges = number["ranges"]
        limits = [entry["to"] for entry in ranges if "to" in entry]
        if any(limit != int(limit) for limit in limits):
            self.problems.add(f"{path}.answer", "expected whole limits but found fractions: Amazon's ranges are whole numbers")
            return
        low = min([self.low, *(int(limit) for limit in limits[:1])])
        high = max([self.high, *(int(limit) + 1 for limit in limits[-1:])])
        self.notes.add(f"{path}.answer", f"numbers can be entered from {low} to {high} only")
        starts = [low, *(int(limit) + 1 for limit in limits)]
        ends = [*(int(limit) for limit in limits), high]
        points = [float(entry["points"]) for entry in ranges]
        possible = self.possible(one, {}, points)
        failing = self.failing(one, path, section, dict(zip(map(str, starts), points, strict=True)), possible)
        options = []
        for start, end, earned in zip(starts, ends, points, strict=True):
            option: dict[str, Any] = {"MinValue": start, "MaxValue": end}
            option |= self.worth(earned, possible, f"{path}.answer", one)
            options.append(option | failing.get(str(start), {}))
        out["QuestionType"] = "NUMERIC"
        out["QuestionTypeProperties"] = {"Numeric": {"MinValue": low, "MaxValue": high, "Options": options}}

    def failing(
        self, one: dict[str, Any], path: str, section: dict[str, Any], points: dict[str, float], possible: float
    ) -> dict[str, dict[str, Any]]:
        """What each answer that fails says about it."""
        out: dict[str, dict[str, Any]] = {}
        for index, rule in enumerate(one.get("fail", [])):
            where = f"{path}.fail[{index}]"
            if rule["effect"] != "zero" or rule["scope"] == "criterion":
                self.problems.add(where, "expected a rule that sets the section or form to 0 but found another: Amazon knows no other")
                continue
            when = rule["when"]
            if when == "below_highest":
                chosen = [id for id, earned in points.items() if earned < possible]
            elif "below" in when:
                chosen = [id for id, earned in points.items() if earned < (when["below"] - 1e-12) * possible]
            elif "chosen" in when:
                chosen = [when["chosen"]] if isinstance(when["chosen"], str) else list(when["chosen"])
            else:
                self.problems.add(where, "expected a rule on an answer but found another")
                continue
            says: dict[str, Any] = {"AutomaticFail": True}
            if rule["scope"] != "form":
                target = section["id"] if rule["scope"] == "section" else rule["scope"]["section"]
                says["AutomaticFailConfiguration"] = {"TargetSection": self.refs[target]}
            for id in chosen:
                if id in out and out[id] != says:
                    self.problems.add(where, "expected one rule for an answer but found two: an answer of Amazon fails one thing")
                out[str(id)] = says
        return out

    # --- conditions

    def enablement(self, conditions: list[tuple[Any, str]]) -> dict[str, Any] | None:
        if len(conditions) == 1 and "not" in conditions[0][0]:
            inner, path = conditions[0][0]["not"], conditions[0][1]
            condition = self.condition(inner, path)
            return {"Condition": condition, "Action": "DISABLE", "DefaultAction": "ENABLE"} if condition else None
        operands = [self.operand(one, path) for one, path in conditions]
        if None in operands:
            return None
        if len(operands) == 1 and operands[0] is not None and "Condition" in operands[0]:
            whole: dict[str, Any] = operands[0]["Condition"]
        else:
            whole = {"Operands": operands, "Operator": "AND"}
        return {"Condition": whole, "Action": "ENABLE", "DefaultAction": "DISABLE"}

    def condition(self, condition: Any, path: str) -> dict[str, Any] | None:
        operand = self.operand(condition, path)
        if operand is None:
            return None
        if "Condition" in operand:
            inner: dict[str, Any] = operand["Condition"]
            return inner
        return {"Operands": [operand], "Operator": "AND"}

    def operand(self, condition: Any, path: str, negated: bool = False) -> dict[str, Any] | None:
        if "not" in condition:
            return self.operand(condition["not"], path, not negated)
        among = one_among(condition)
        if among is not None:
            condition = among
        for key, operator, other in (("all", "AND", "OR"), ("any", "OR", "AND")):
            if key in condition:
                parts = [self.operand(one, path, negated) for one in condition[key]]
                if None in parts:
                    return None
                return {"Condition": {"Operands": parts, "Operator": other if negated else operator}}
        if "criterion" not in condition:
            self.problems.add(path, "expected conditions on other criteria but found one on a field: Amazon has none")
            return None
        name = next(key for key in ("is", "contains_all", "is_exactly") if key in condition)
        comparator = {"is": "NOT_IN" if negated else "IN", "contains_all": "ALL_IN", "is_exactly": "EXACT"}[name]
        if negated and name != "is":
            self.problems.add(path, f"expected no negation around {name}: Amazon cannot say it")
            return None
        values = condition[name] if isinstance(condition[name], list) else [condition[name]]
        if NOT_APPLICABLE in values:
            self.problems.add(path, "expected options but found not_applicable: Amazon's conditions name options")
            return None
        source = {"Type": "QUESTION_REF_ID", "RefId": self.refs[condition["criterion"]]}
        named = [{"Type": "OPTION_REF_ID", "RefId": str(value)} for value in values]
        return {"Expression": {"Source": source, "Values": named, "Comparator": comparator}}


def one_among(condition: dict[str, Any]) -> dict[str, Any] | None:
    """Tests of single options of a question that takes several, any of which may hold, as one test."""
    parts = condition.get("any", [condition])
    found = [(one.get("criterion"), one.get("contains_all")) for one in parts]
    values = [value[0] if isinstance(value, list) and len(value) == 1 else value for _, value in found]
    if len({criterion for criterion, _ in found}) != 1 or not all(isinstance(value, str) for value in values):
        return None
    return {"criterion": found[0][0], "is": values}


def percent(fraction: float) -> float | int:
    return tidy(round(fraction * 100, 9))
