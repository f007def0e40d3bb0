"""Amazon Connect evaluation forms as rubrics.

Where Amazon says how it scores, the rubric scores the same; where it is silent, `AmazonChoices` has a named choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .. import _core
from ..errors import did_you_mean
from .document import Fields, Part, Problems, inside
from .draft import Draft, ImportedRubric, slug, tidy
from .amazon_conditions import read_enablement
from .amazon_shapes import FORM, MODES, OPTION, PROPERTIES, QUESTION, QUESTION_TYPES, RANGE, SECTION

TOP_SCORE = 10  # of an option, in the percentage modes


@dataclass(frozen=True)
class AmazonChoices:
    """What Amazon's documentation leaves open; `import_rubric` explains each."""

    mode: str | None = None
    divisor: str = "ten"
    points_not_applicable: str = "left_out"
    section_not_applicable: str = "form"
    section_fail: str = "reaches_form"
    cap: bool = True
    rounding: str = "none"
    id: str | None = None
    version: str | None = None
    language: str | None = None
    unknown: str = "refuse"


CHOICES = {
    "mode": (None, *MODES),
    "divisor": ("ten", "largest"),
    "points_not_applicable": ("left_out", "zero", "full_marks"),
    "section_not_applicable": ("form", "section"),
    "section_fail": ("reaches_form", "stays"),
    "cap": (True, False),
    "rounding": ("none", "hundredth", "percent"),
    "unknown": ("refuse", "ignore"),
}


@dataclass
class _Question:
    part: Part
    fields: Fields
    ref: str
    id: str
    kind: str
    excluded: bool  # itself, or by a section around it
    weight: float | None
    answer: Any = None
    scored: bool = False
    fails: list[tuple[str, Part, str | float]] = field(default_factory=list)  # target RefId or "", where, answer
    points: dict[str, float] = field(default_factory=dict)
    out_of: float | None = None
    bonus: bool = False
    ask_when: dict[str, Any] | None = None
    excluded_itself: bool = False


@dataclass
class _Section:
    part: Part
    fields: Fields
    ref: str
    id: str
    weight: float | None
    items: list[_Section | _Question] = field(default_factory=list)

    def questions(self) -> Iterator[_Question]:
        for item in self.items:
            if isinstance(item, _Section):
                yield from item.questions()
            else:
                yield item

    def sections(self) -> Iterator[_Section]:
        yield self
        for item in self.items:
            if isinstance(item, _Section):
                yield from item.sections()

    def scored(self) -> int:
        return sum(one.scored for one in self.questions())


def import_form(document: Any, name: str, choices: AmazonChoices) -> ImportedRubric:
    problems = Problems(name)
    return _Importer(Draft("amazon_connect", problems), choices).run(Part(document, "", problems))


def find_form(root: Part) -> Part | None:
    """The form in a request, a response or by itself."""
    if not isinstance(root.value, dict) and not hasattr(root.value, "keys"):
        root.expected("an evaluation form (an object)")
        return None
    if "EvaluationForm" in root.value:
        return Part(root.value["EvaluationForm"], "EvaluationForm", root.problems)
    return root


class _Importer:
    def __init__(self, draft: Draft, choices: AmazonChoices) -> None:
        self.draft = draft
        self.choices = choices
        self.refs: dict[str, str] = {}  # RefId to where it stands
        self.kinds: dict[str, str] = {}
        self.sections: dict[str, _Section] = {}

    def open(self, part: Part, what: str, known: tuple[str, ...]) -> Fields | None:
        return part.fields(what, known, unknown=self.choices.unknown)

    def run(self, root: Part) -> ImportedRubric:
        form = find_form(root)
        fields = self.open(form, "an evaluation form", FORM) if form else None
        if fields is None:
            self.draft.problems.check()
            raise AssertionError("unreachable")
        title = fields.text("Title", needed=True)
        mode, strategy = self.mode(fields)
        self.scored_form = mode is not None
        self.points = mode == "POINTS_BASED"
        sections = [self.item(one, None) for one in fields.items("Items", needed=True)]
        if "Items" in fields and not sections and not self.draft.problems.items:
            self.draft.problems.add(fields.place("Items"), "expected at least one section but found none")
        tops = [one for one in sections if isinstance(one, _Section)]
        questions = [question for one in tops for question in one.questions()]
        for question in questions:
            enablement = question.fields.get("Enablement")
            if enablement is not None:
                question.ask_when = read_enablement(enablement, self.draft, self.kinds)
        if not any(one.scored for one in questions) and not self.draft.problems.items:
            self.draft.problems.add(fields.place("Items"), "expected a question that is scored but found none")
        self.draft.problems.check()
        assert mode is not None  # else a problem was raised
        self.by_section = mode == "SECTION_ONLY"
        self.weigh(tops, mode)
        scoring: dict[str, Any] = {"method": "points" if self.points else "weighted"}
        if not self.points:
            scoring["weights"] = "section" if self.by_section else "criterion"
        if self.points and self.choices.points_not_applicable != "left_out":
            scoring["not_applicable"] = self.choices.points_not_applicable
        if self.by_section and self.choices.section_not_applicable == "form":
            scoring["not_applicable"] = "redistribute_over_form"
        if self.choices.cap and any(one.bonus or self.beyond(one) for one in questions):
            scoring["cap"] = [0, 1]
        if self.choices.rounding != "none":
            scoring["round"] = {"digits": 2 if self.choices.rounding == "percent" else 4, "rule": "half_up"}
        definition: dict[str, Any] = {"qascore": 1, "id": self.rubric_id(fields, title or "form")}
        definition["version"] = self.version(fields)
        definition["language"] = self.language(fields)
        definition["title"] = title
        definition["scoring"] = scoring
        if strategy is not None:
            definition |= self.bands(strategy)
        definition["sections"] = [self.section(one) for one in tops]
        self.note_unused(fields)
        return self.draft.finish(definition)

    # --- the form

    def mode(self, fields: Fields) -> tuple[str | None, Fields | None]:
        part = fields.get("ScoringStrategy")
        strategy = self.open(part, "a scoring strategy", ("Mode", "Status", "ScoreThresholds")) if part else None
        mode = status = None
        if strategy is not None:
            named, stated = strategy.require("Mode"), strategy.require("Status")
            mode = named.choice(MODES) if named else None
            status = stated.choice(("ENABLED", "DISABLED")) if stated else None
        if self.choices.mode is not None:
            if mode is not None and mode != self.choices.mode:
                self.draft.notes.add(fields.place("ScoringStrategy"), f"scored by {self.choices.mode}, as asked for, not by {mode}")
            return self.choices.mode, strategy
        if part is None or status == "DISABLED":
            found = "none" if part is None else "Status DISABLED"
            self.draft.problems.add(
                fields.place("ScoringStrategy"),
                f"expected a form that is scored but found {found}; give mode= (QUESTION_ONLY, SECTION_ONLY or POINTS_BASED) "
                "to score it all the same",
            )
            return None, strategy
        return mode, strategy

    def rubric_id(self, fields: Fields, title: str) -> str:
        if self.choices.id is not None:
            return self.choices.id
        given = fields.get("EvaluationFormId")
        text = given.text() if given else None
        return text if text and _core.is_id(text) else slug(title)

    def version(self, fields: Fields) -> str:
        if self.choices.version is not None:
            return self.choices.version
        given = fields.get("EvaluationFormVersion")
        number = given.whole(0) if given else None
        return "1" if number is None else str(number)

    def language(self, fields: Fields) -> str:
        if self.choices.language is not None:
            return self.choices.language
        part = fields.get("LanguageConfiguration")
        configured = self.open(part, "a language configuration", ("FormLanguage",)) if part else None
        return (configured.text("FormLanguage") if configured else None) or "en"

    def bands(self, strategy: Fields) -> dict[str, Any]:
        found: dict[str, tuple[float, float]] = {}
        for part in strategy.items("ScoreThresholds"):
            fields = self.open(part, "a score threshold", ("PerformanceCategory", "MinScorePercentage", "MaxScorePercentage"))
            if fields is None:
                continue
            named = fields.require("PerformanceCategory")
            category = named.choice(("NEEDS_IMPROVEMENT", "EXCEEDS_EXPECTATIONS")) if named else None
            low, high = fields.get("MinScorePercentage"), fields.get("MaxScorePercentage")
            least = low.number(0, 100) if low else None
            most = high.number(0, 100) if high else None
            if category in found:
                part.problem(f"expected each category once but found {category} again")
            elif category is not None:
                found[category] = (0.0 if least is None else least, 100.0 if most is None else most)
        where = strategy.place("ScoreThresholds")
        poor, good = found.get("NEEDS_IMPROVEMENT"), found.get("EXCEEDS_EXPECTATIONS")
        if (poor and poor[0] > 0) or (good and good[1] < 100):
            self.draft.notes.add(where, "categories that leave scores below or above them without a name are no bands: left out")
            return {}
        if poor and good and poor[1] > good[0]:
            self.draft.problems.add(where, f"expected categories apart but found {poor[1]:g} % above {good[0]:g} %")
            return {}
        bands = []
        if good:
            bands.append({"id": "EXCEEDS_EXPECTATIONS", "from": good[0] / 100})
        if poor:
            if not good or poor[1] < good[0]:
                bands.append({"id": "between", "from": poor[1] / 100})
            self.draft.notes.add(where, "a score of exactly the upper limit of NEEDS_IMPROVEMENT counts to the band above it")
            if poor[1] > 0:
                bands.append({"id": "NEEDS_IMPROVEMENT", "from": 0})
        elif good and good[0] > 0:
            bands.append({"id": "between", "from": 0})
        return {"bands": bands} if bands else {}

    def note_unused(self, fields: Fields) -> None:
        for name in ("AutoEvaluationConfiguration", "ReviewConfiguration", "TargetConfiguration", "Tags", "Description"):
            if name in fields:
                self.draft.notes.add(fields.place(name), f"{name} does not reach the score: left out")

    # --- sections

    def ref(self, fields: Fields) -> str | None:
        ref = fields.text("RefId", needed=True)
        if ref is None:
            return None
        place = fields.place("RefId")
        if ref in self.refs:
            self.draft.problems.add(place, f'expected a RefId of its own but found "{ref}", which {self.refs[ref]} has')
            return None
        self.refs[ref] = place
        return ref

    def item(self, part: Part, parent: _Section | None, excluded: bool = False) -> _Section | _Question | None:
        fields = self.open(part, "an item", ("Section", "Question"))
        if fields is None:
            return None
        section, question = fields.get("Section"), fields.get("Question")
        if (section is None) == (question is None):
            part.problem(f'expected "Section" or "Question" but found {"neither" if section is None else "both"}')
            return None
        if section is not None:
            return self.read_section(section, parent, excluded)
        if question is None or parent is None:
            part.problem("expected a section but found a question: questions stand in sections")
            return None
        return self.read_question(question, excluded)

    def read_section(self, part: Part, parent: _Section | None, excluded: bool) -> _Section | None:
        depth = 1 if parent is None else 2
        if parent is not None and parent.part.path.count(".Section") > 1:
            part.problem("expected sections and subsections but found sections three deep")
            return None
        fields = self.open(part, "a section", SECTION)
        if fields is None:
            return None
        fields.text("Title", needed=True)
        ref = self.ref(fields)
        excluded = fields.truth("IsExcludedFromScoring") or excluded
        given = fields.get("Weight")
        out = _Section(part, fields, ref or part.path, "", given.number(0, 1_000_000) if given else None)
        if ref is not None:
            out.id = self.draft.ids.take(ref, fields.place("RefId"))
            self.draft.parts[ref] = out.id
            self.draft.places[out.id] = part.path
            self.sections[ref] = out
        if "ScoreThresholds" in fields:
            self.draft.notes.add(fields.place("ScoreThresholds"), "performance categories of sections have no place in a rubric: left out")
        if "Instructions" in fields:
            self.draft.notes.add(fields.place("Instructions"), "instructions do not reach the score: left out")
        items = [self.item(one, out, excluded) for one in fields.items("Items", needed=True)]
        if "Items" in fields and not items:
            self.draft.problems.add(fields.place("Items"), "expected at least one item but found none")
        out.items = [one for one in items if one is not None]
        if depth == 2 and any(isinstance(one, _Section) for one in out.items):
            return None  # told above
        return out

    def weigh(self, tops: list[_Section], mode: str) -> None:
        """Every weight that the mode asks for, or a problem."""
        problems = self.draft.problems
        if mode == "QUESTION_ONLY":
            scored = [one for top in tops for one in top.questions() if one.scored]
            given = [one for one in scored if one.weight is not None]
            if given and len(given) < len(scored):
                for one in scored:
                    if one.weight is None:
                        problems.add(one.fields.place("Weight"), "expected a weight, as other questions have, but found none")
            if not given:
                self.draft.notes.add("", "no question has a weight: all count alike")
            self.note_total(sum(one.weight or 0 for one in given), bool(given), "questions")
        elif mode == "SECTION_ONLY":
            counted = [one for one in tops if one.scored()]
            for top in counted:
                self.weigh_inner(top)
            given_tops = [one for one in counted if one.weight is not None]
            if given_tops and len(given_tops) < len(counted):
                for top in counted:
                    if top.weight is None:
                        problems.add(top.fields.place("Weight"), "expected a weight, as other sections have, but found none")
            if not given_tops:
                self.draft.notes.add("", "no section has a weight: all count alike")
            self.note_total(sum(one.weight or 0 for one in given_tops), bool(given_tops), "sections")
        self.note_idle(tops, mode)
        problems.check()

    def note_idle(self, tops: list[_Section], mode: str) -> None:
        """Weights of which the mode takes no notice."""
        parts: list[_Section | _Question] = []
        if mode != "SECTION_ONLY":
            parts += [one for top in tops for one in top.sections()]
        if mode != "QUESTION_ONLY":
            parts += [one for top in tops for one in top.questions()]
        for one in parts:
            if one.weight:
                kind = "a section" if isinstance(one, _Section) else "a question"
                self.draft.notes.add(one.fields.place("Weight"), f"the weight of {kind} counts for nothing in {mode}: left out")

    def note_total(self, total: float, given: bool, of: str) -> None:
        if given and abs(total - 100) > 1e-6:
            self.draft.notes.add("", f"the weights of {of} add up to {total:g}, not 100: they count in proportion")

    def weigh_inner(self, top: _Section) -> None:
        inner = [one for one in top.items if isinstance(one, _Section) and one.scored()]
        if top.weight is None and inner and all(one.weight is not None for one in inner):
            top.weight = sum(one.weight or 0 for one in inner)
            return
        weighted = [one for one in inner if one.weight is not None]
        whole = sum(one.weight or 0 for one in weighted)
        direct = any(not isinstance(one, _Section) and one.scored for one in top.items)
        agrees = len(weighted) == len(inner) and not direct and abs(whole - (top.weight or 0)) < 1e-6
        if weighted and not agrees:
            top.part.problem(
                f"expected subsections without weights, or with weights that add up to that of their section "
                f"({top.weight or 0:g}) but found {whole:g}"
            )

    def section(self, one: _Section) -> dict[str, Any]:
        out: dict[str, Any] = {"id": one.id, "title": one.fields.text("Title")}
        if one.fields.truth("IsExcludedFromScoring"):
            out["excluded"] = True
        live = one.scored() > 0
        if self.by_section and live:
            out["weight"] = tidy(1.0 if one.weight is None else one.weight)
        inner = [item for item in one.items if isinstance(item, _Section)]
        direct = [item for item in one.items if isinstance(item, _Question)]
        if not inner:
            out["criteria"] = [self.criterion(item) for item in direct]
            return out
        parts: list[dict[str, Any]] = []
        for item in one.items:
            if isinstance(item, _Section):
                part = self.section(item)
                if "weight" in part:
                    # A section's weight is split evenly over its questions, wherever in it they stand.
                    part["weight"] = item.scored() if item.weight is None else tidy(item.weight)
                parts.append(part)
            elif item is direct[0]:
                parts.append(self.loose(one, direct))
        out["sections"] = parts
        return out

    def loose(self, one: _Section, direct: list[_Question]) -> dict[str, Any]:
        """Questions beside subsections, in a section of their own."""
        id = self.draft.ids.take(f"{one.id}.questions" if len(one.id.encode()) <= 54 else "questions", one.part.path)
        self.draft.places[id] = one.part.path
        self.draft.notes.add(one.part.path, "questions beside subsections stand in a section of their own")
        scored = sum(item.scored for item in direct)
        out: dict[str, Any] = {"id": id, "title": one.fields.text("Title")}
        if self.by_section and scored:
            out["weight"] = scored
        out["criteria"] = [self.criterion(item) for item in direct]
        return out

    # --- questions

    def read_question(self, part: Part, excluded: bool) -> _Question | None:
        fields = self.open(part, "a question", QUESTION)
        if fields is None:
            return None
        fields.text("Title", needed=True)
        ref = self.ref(fields)
        named = fields.require("QuestionType")
        kind = named.choice(QUESTION_TYPES) if named else None
        scoring = fields.get("ScoringConfiguration")
        configured = (
            self.open(scoring, "a scoring configuration", ("PointsConfiguration", "IsExcludedFromScoring", "ScoreThresholds"))
            if scoring
            else None
        )
        points = None
        itself = False
        if configured is not None:
            itself = configured.truth("IsExcludedFromScoring")
            points = configured.get("PointsConfiguration")
            if "ScoreThresholds" in configured:
                self.draft.notes.add(configured.place("ScoreThresholds"), "performance categories of questions have no place in a rubric: left out")
        given = fields.get("Weight")
        weight = given.number(0, 1_000_000) if given else None
        if "Instructions" in fields:
            self.draft.notes.add(fields.place("Instructions"), "instructions do not reach the score: left out")
        fields.truth("NotApplicableEnabled")
        if ref is None or kind is None:
            return None
        id = self.draft.ids.take(ref, fields.place("RefId"))
        self.draft.parts[ref] = id
        self.draft.places[id] = part.path
        self.kinds[ref] = kind
        out = _Question(part, fields, ref, id, kind, excluded or itself, weight, excluded_itself=itself)
        properties = fields.get("QuestionTypeProperties")
        inner = self.properties(properties, kind) if properties else None
        if kind in ("SINGLESELECT", "MULTISELECT"):
            if properties is None:
                self.draft.problems.add(fields.place("QuestionTypeProperties"), f"expected the options of a {kind} question but found none")
            elif inner is not None:
                self.read_options(out, inner)
        elif kind == "NUMERIC":
            if properties is None:
                self.draft.problems.add(fields.place("QuestionTypeProperties"), "expected the limits of a NUMERIC question but found none")
            elif inner is not None:
                self.read_ranges(out, inner)
        else:
            out.answer = "text" if kind == "TEXT" else "date"
        self.read_points(out, points)
        return out

    def properties(self, part: Part, kind: str) -> Fields | None:
        known = tuple(PROPERTIES.values())
        if isinstance(part.value, dict) and "Options" in part.value:
            part.problem(
                f'expected "{PROPERTIES.get(kind, "SingleSelect")}" around "Options" but found "Options" right under '
                f'QuestionTypeProperties, which is not the API\'s shape (did you mean '
                f'"QuestionTypeProperties": {{"{PROPERTIES.get(kind, "SingleSelect")}": {{"Options": [...]}}}}?)'
            )
            return None
        fields = self.open(part, "question type properties", known)
        if fields is None:
            return None
        wanted = PROPERTIES.get(kind)
        for name in fields:
            if name in known and name != wanted:
                self.draft.problems.add(fields.place(name), f'expected {f"{chr(34)}{wanted}{chr(34)}" if wanted else "nothing"} for a {kind} question but found "{name}"')
                return None
        if wanted is None:
            return None
        inner = fields.get(wanted) if kind == "TEXT" else fields.require(wanted)
        names = {"NUMERIC": ("MinValue", "MaxValue", "Options", "Automation"), "TEXT": ("Automation",)}
        opened = self.open(inner, f"{wanted} properties", names.get(kind, ("Options", "DisplayAs", "Automation"))) if inner else None
        if opened is not None and "Automation" in opened:
            self.draft.notes.add(opened.place("Automation"), "answers that Amazon suggests by itself are answers like others: the automation is left out")
        return opened

    def value(self, fields: Fields) -> tuple[float | None, bool]:
        """What an answer earns, and whether as a bonus."""
        if not self.points:
            score = fields.get("Score")
            return (score.whole(0, TOP_SCORE) if score else None), False
        part = fields.get("PointsConfiguration")
        configured = self.open(part, "a points configuration", ("PointValue", "IsBonus")) if part else None
        if configured is None:
            return None, False
        points = configured.require("PointValue")
        return (points.whole(0, 100) if points else None), configured.truth("IsBonus")

    def fail_target(self, fields: Fields) -> str | None:
        """The RefId of the section that an automatic fail sets to 0, "" for the form; None where the answer does not fail."""
        if not fields.truth("AutomaticFail"):
            return None
        part = fields.get("AutomaticFailConfiguration")
        configured = self.open(part, "an automatic fail configuration", ("TargetSection",)) if part else None
        return (configured.text("TargetSection") if configured else None) or ""

    def read_options(self, question: _Question, inner: Fields) -> None:
        parts = inner.items("Options", needed=True)
        options: list[dict[str, Any]] = []
        earned: list[tuple[float | None, bool]] = []
        seen: dict[str, str] = {}
        from .draft import Ids

        ids = Ids(self.draft.notes)
        for part in parts:
            fields = self.open(part, "an option", OPTION)
            if fields is None:
                continue
            ref, title = fields.text("RefId", needed=True), fields.text("Text", needed=True)
            if ref is None:
                continue
            if ref in seen:
                self.draft.problems.add(fields.place("RefId"), f'expected a RefId of its own but found "{ref}", which {seen[ref]} has')
                continue
            seen[ref] = fields.place("RefId")
            id = ids.take(ref, fields.place("RefId"))
            self.draft.answers[question.id, ref] = id
            earned.append(self.value(fields))
            target = self.fail_target(fields)
            if target is not None:
                question.fails.append((target, part, id))
            options.append({"id": id, "title": title or ref})
        several = question.kind == "MULTISELECT"
        if "Options" in inner and parts and len(options) == len(parts) and len(options) < (1 if several else 2):
            self.draft.problems.add(inner.place("Options"), f"expected at least 2 options but found {len(options)}")
        values = self.values(question, earned, inner.place("Options"))
        for option, value in zip(options, values, strict=True):
            option["points"] = tidy(value)
            question.points[option["id"]] = value
        question.answer = {"options": options}
        if several:
            question.answer["several"] = True
            if not self.points:
                question.answer["most"] = TOP_SCORE
        self.divide(question, values, earned)

    def values(self, question: _Question, earned: list[tuple[float | None, bool]], place: str) -> list[float]:
        """Points of the answers; 0 where they have none."""
        given = [value for value, _ in earned if value is not None]
        question.scored = self.scored_form and not question.excluded and any(given)
        if not question.scored:
            if self.scored_form and not question.excluded and earned:
                what = "no answer has a score" if not given else "no answer earns more than 0"
                self.draft.notes.add(place, f"{what}: the question is not scored")
        elif len(given) < len(earned):
            self.draft.notes.add(place, "an answer without a score earns 0")
        return [value or 0.0 for value, _ in earned]

    def divide(self, question: _Question, values: list[float], earned: list[tuple[float | None, bool]]) -> None:
        """What counts as full marks, where that is not the highest answer."""
        if not question.scored or not values:
            return
        several = question.kind == "MULTISELECT"
        if not self.points:
            highest = min(TOP_SCORE, sum(values)) if several else max(values)
            if self.choices.divisor == "ten" and highest < TOP_SCORE:
                question.out_of = TOP_SCORE
            return
        base = [value for value, (_, bonus) in zip(values, earned, strict=True) if not bonus]
        if not any(base):
            question.bonus = True
            return
        best, top = (sum(base), sum(values)) if several else (max(base), max(values))
        if best < top:
            question.out_of = best

    def read_points(self, question: _Question, part: Part | None) -> None:
        if part is None:
            return
        fields = self.open(part, "a points configuration", ("MaxPointValue", "MinPointValue", "IsBonus"))
        if fields is None:
            return
        most, least = fields.get("MaxPointValue"), fields.get("MinPointValue")
        top = most.whole(0, 100) if most else None
        low = least.whole(0, 100) if least else None
        if fields.truth("IsBonus"):
            question.bonus = self.points and question.scored
        if not self.points or not question.scored or not question.points:
            return
        several = question.kind == "MULTISELECT"
        total = sum(question.points.values()) if several else max(question.points.values())
        if low and several and most is not None:
            self.draft.notes.add(fields.place("MinPointValue"), "the least points of a question with several answers are not enforced")
        if top is None:
            return
        if several and top < total:
            question.answer["most"] = top
        if 0 < top and (question.out_of or total) != top and not (several and top < total):
            question.out_of = top
        elif several and question.out_of == top:
            question.out_of = None

    def read_ranges(self, question: _Question, inner: Fields) -> None:
        low, high = inner.require("MinValue"), inner.require("MaxValue")
        least = low.whole() if low else None
        most = high.whole() if high else None
        if low is not None and least is not None and most is not None and least > most:
            low.problem(f"expected at most MaxValue ({most}) but found {least}")
        found: list[tuple[int, int, tuple[float | None, bool], Part]] = []
        fails: list[tuple[str, Part, int]] = []
        parts = inner.items("Options")
        for part in parts:
            fields = self.open(part, "a range", RANGE)
            if fields is None:
                continue
            low, high = fields.require("MinValue"), fields.require("MaxValue")
            first = low.whole() if low else None
            last = high.whole() if high else None
            earned = self.value(fields)
            target = self.fail_target(fields)
            if first is None or last is None:
                continue
            if first > last:
                part.problem(f"expected MinValue at most MaxValue but found {first} above {last}")
                continue
            if target is not None:
                fails.append((target, part, first))
            found.append((first, last, earned, part))
        if len(found) < len(parts):
            return
        found.sort(key=lambda one: one[0])
        for one, other in zip(found, found[1:], strict=False):
            if other[0] <= one[1]:
                other[3].problem(f"expected a range above {one[1]}, where the range below ends, but found one from {other[0]}")
            elif other[0] > one[1] + 1:
                other[3].problem(
                    f"expected a range from {one[1] + 1}, right above the range below, but found a gap up to {other[0]}: "
                    "what an answer there earns is not known"
                )
        if not found:
            question.answer = {"number": {"ranges": [{"points": 0}]}}
            self.draft.notes.add(inner.path, "a number without ranges: the question is not scored")
            return
        if (least is not None and found[0][0] > least) or (most is not None and found[-1][1] < most):
            self.draft.notes.add(inner.path, "numbers below the first or above the last range count to them")
        self.draft.notes.add(inner.path, "MinValue and MaxValue limit what can be entered; a rubric takes any number, fractions too")
        values = self.values(question, [one[2] for one in found], inner.place("Options"))
        ranges: list[dict[str, Any]] = []
        for index, ((_, last, _, _), value) in enumerate(zip(found, values, strict=True)):
            to = {"to": last} if index + 1 < len(found) else {}
            ranges.append({**to, "points": tidy(value)})
        question.answer = {"number": {"ranges": ranges}}
        question.points = {str(one[0]): value for one, value in zip(found, values, strict=True)}
        self.divide(question, values, [one[2] for one in found])
        question.fails = [(target, part, first) for target, part, first in fails]

    def beyond(self, question: _Question) -> bool:
        return question.out_of is not None and max(question.points.values(), default=0.0) > question.out_of

    def criterion(self, question: _Question) -> dict[str, Any]:
        out: dict[str, Any] = {"id": question.id, "title": question.fields.text("Title")}
        if question.kind not in ("TEXT", "DATETIME") and (question.excluded_itself or not (question.scored or question.excluded)):
            out["excluded"] = True
        elif question.scored and not self.points and not self.by_section and question.weight is not None:
            out["weight"] = tidy(question.weight)
        if question.fields.truth("NotApplicableEnabled"):
            out["not_applicable"] = True
        if question.bonus:
            out["bonus"] = True
        if question.out_of is not None:
            out["out_of"] = tidy(question.out_of)
        out["answer"] = question.answer
        rules = self.rules(question)
        if rules:
            out["fail"] = rules
        if question.ask_when is not None:
            out["ask_when"] = question.ask_when
        return out

    def rules(self, question: _Question) -> list[dict[str, Any]]:
        by_target: dict[str, list[tuple[Part, str | float]]] = {}
        for target, part, answer in question.fails:
            by_target.setdefault(target, []).append((part, answer))
        out: list[dict[str, Any]] = []
        for target, failing in by_target.items():
            where = failing[0][0]
            scope = self.scope(question, target, where)
            if scope is None:
                continue
            if question.kind == "NUMERIC":
                when = self.below(question, {str(answer) for _, answer in failing}, where)
            else:
                chosen = [str(answer) for _, answer in failing]
                when = {"chosen": chosen if len(chosen) > 1 else chosen[0]}
            if when is not None:
                out.append({"when": when, "scope": scope, "effect": "zero"})
        return out

    def scope(self, question: _Question, target: str, where: Part) -> str | dict[str, str] | None:
        if target == "":
            return "form"
        place = inside(where.path, "AutomaticFailConfiguration.TargetSection")
        if target not in self.sections:
            self.draft.problems.add(place, f'expected the RefId of a section but found "{target}"{did_you_mean(target, self.sections)}')
            return None
        holder = self.sections[target]
        if not any(one is question for one in holder.questions()):
            self.draft.problems.add(place, f'expected a section around the question but found "{target}", which does not hold it')
            return None
        if self.choices.section_fail == "stays":
            self.draft.notes.add(place, "an automatic fail of a section stays in it, as asked for: the rule is left out")
            return None
        direct = any(one is question for one in holder.items)
        # Questions beside subsections stand in a section of their own, which is not the one that fails.
        return "section" if direct and not any(isinstance(one, _Section) for one in holder.items) else {"section": holder.id}

    def below(self, question: _Question, failing: set[str], where: Part) -> dict[str, Any] | None:
        """Ranges that fail, as a limit on what the answer earns."""
        lost = [value for key, value in question.points.items() if key in failing]
        kept = [value for key, value in question.points.items() if key not in failing]
        possible = question.out_of or max(question.points.values())
        if not question.scored or (kept and max(lost) >= min(kept)) or (not kept and max(lost) >= possible):
            where.problem("expected ranges that fail to earn less than all that do not but found ones that earn as much")
            return None
        return {"below": (min(kept) if kept else possible) / possible}
