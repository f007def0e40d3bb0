"""Contact evaluations of Amazon Connect: responses of DescribeContactEvaluation, and the JSON that is exported to S3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..rubric import Rubric
from .comparison import ScoreDifference, SourceAnswer, SourceEvaluation, SourceFigure
from .document import Fields, Part, Problems
from .draft import NOT_APPLICABLE, ImportedRubric
from .reader import NONE_CHOSEN, SEVERAL, EvaluationReader
from .amazon_shapes import ANSWER, NOT_APPLICABLE_OPTION, SCORE

SCHEMA_VERSIONS = ("3.1", "3.5")


def stands_in_itself(part: str, around: Mapping[str, str | None]) -> bool:
    """Whether the way out from a part leads back to it."""
    seen = {part}
    at = around.get(part)
    while at is not None and at not in seen:
        seen.add(at)
        at = around.get(at)
    return at == part


class AmazonReader(EvaluationReader):
    def __init__(self, problems: Problems, rubric: Rubric | ImportedRubric | None) -> None:
        super().__init__(problems, rubric)
        form = rubric.rubric if isinstance(rubric, ImportedRubric) else rubric
        self.criteria = None if form is None else {one.id: one for one in form.criteria}

    def read(self, part: Part) -> SourceEvaluation | None:
        if isinstance(part.value, Mapping) and "schemaVersion" in part.value:
            return self.exported(part)
        return self.described(part)

    def answer_here(self, criterion: str, ref: str) -> str:
        if ref == NOT_APPLICABLE_OPTION:
            return NOT_APPLICABLE
        return self.ids.answers.get((criterion, ref), ref) if self.ids else ref

    # --- responses

    def described(self, part: Part) -> SourceEvaluation | None:
        whole = part.fields("a response of DescribeContactEvaluation", ("Evaluation", "EvaluationForm", "ResponseMetadata"))
        inner = whole.require("Evaluation") if whole else None
        fields = inner.fields("an evaluation", (), unknown="ignore") if inner else None
        if fields is None:
            return None
        id = fields.text("EvaluationId", needed=True)
        status = fields.text("Status")
        if status and status != "SUBMITTED":
            self.notes.add(fields.place("Status"), f"an evaluation whose status is {status}: its answers may not be final")
        about: dict[str, str | None] = {"conversation_id": None, "agent_id": None, "rater_id": None, "status": status}
        figures: list[SourceFigure] = []
        metadata = fields.require("Metadata")
        known = metadata.fields("metadata", (), unknown="ignore") if metadata else None
        if known is not None:
            about["conversation_id"] = known.text("ContactId")
            about["agent_id"] = known.text("ContactAgentId")
            about["rater_id"] = known.text("EvaluatorArn")
            score = known.get("Score")
            figures += self.figure(score, "form", "form") if score else []
        answers: list[SourceAnswer] = []
        given = fields.require("Answers")
        by_question = given.fields("answers by question", (), unknown="ignore") if given else None
        comments = self.comments(fields)
        for ref in by_question or ():
            one = by_question.get(ref) if by_question else None
            answer = self.described_answer(one, ref, comments.get(ref)) if one else None
            answers += [answer] if answer else []
        scores = fields.get("Scores")
        by_part = scores.fields("scores by item", (), unknown="ignore") if scores else None
        for ref in by_part or ():
            one = by_part.get(ref) if by_part else None
            if one is not None:
                kind = self.kind_of(ref, {answer.criterion for answer in answers})
                figures += self.figure(one, kind, self.id_here(ref))
        return self.evaluation(id, about, answers, figures, {})

    def comments(self, fields: Fields) -> dict[str, str]:
        notes = fields.get("Notes")
        by_part = notes.fields("notes by item", (), unknown="ignore") if notes else None
        out: dict[str, str] = {}
        for ref in by_part or ():
            one = by_part.get(ref) if by_part else None
            inner = one.fields("a note", ("Value",)) if one else None
            value = inner.get("Value") if inner else None
            text = value.text(empty=True) if value else None
            if text:
                out[ref] = text
        return out

    def kind_of(self, ref: str, answered: set[str]) -> str:
        id = self.id_here(ref)
        return "question" if id in answered or (self.criteria is not None and id in self.criteria) else "section"

    def described_answer(self, part: Part, ref: str, comment: str | None) -> SourceAnswer | None:
        fields = part.fields("an answer", ("Value", "SystemSuggestedValue", "SuggestedAnswers"))
        if fields is None:
            return None
        criterion = self.id_here(ref)
        value = fields.get("Value")
        inner = value.fields("an answer value", ANSWER) if value else None
        named = [name for name in ANSWER if inner is not None and name in inner]
        if value is not None and inner is not None and len(named) > 1:
            value.problem(f"expected one kind of value but found {' and '.join(named)}")
            return None
        if inner is None or not named:
            return SourceAnswer(criterion, None, "unanswered", comment)
        given = inner.get(named[0])
        assert given is not None
        if named[0] == "NotApplicable":
            return (
                SourceAnswer(criterion, NOT_APPLICABLE, "not_applicable", comment)
                if given.truth()
                else SourceAnswer(criterion, None, "unanswered", comment)
            )
        if named[0] == "NumericValue":
            number = given.number()
            return None if number is None else SourceAnswer(criterion, f"{number:.15g}", "answered", comment)
        if named[0] == "StringValues":
            texts = [one.text() for one in given.items()]
            if given.value == []:
                return SourceAnswer(criterion, NONE_CHOSEN, "answered", comment)
            return self.chosen(criterion, [one for one in texts if one], comment)
        text = given.text(empty=True)
        if text is None:
            return None
        return self.chosen(criterion, [text] if text else [], comment)

    # --- exports

    def exported(self, part: Part) -> SourceEvaluation | None:
        fields = part.fields(
            "an exported evaluation", ("schemaVersion", "evaluationId", "metadata", "sections", "questions"), unknown="ignore"
        )
        if fields is None:
            return None
        version = fields.text("schemaVersion", needed=True)
        if version and version not in SCHEMA_VERSIONS:
            self.notes.add(fields.place("schemaVersion"), f"schema {version} is none of {', '.join(SCHEMA_VERSIONS)}, which are known")
        id = fields.text("evaluationId", needed=True)
        about: dict[str, str | None] = {"conversation_id": None, "agent_id": None, "rater_id": None, "status": None}
        figures: list[SourceFigure] = []
        metadata = fields.require("metadata")
        known = metadata.fields("metadata", (), unknown="ignore") if metadata else None
        if known is not None:
            about |= {"conversation_id": known.text("contactId"), "agent_id": known.text("agentId")}
            about |= {"rater_id": known.text("evaluator"), "submitted": known.text("evaluationSubmitTimestamp")}
            score = known.get("score")
            figures += self.figure(score, "form", "form") if score else []
        parents: dict[str, str | None] = {}
        for one in fields.items("sections"):
            section = one.fields("a section", (), unknown="ignore")
            ref = section.text("sectionRefId", needed=True) if section else None
            if section is None or ref is None:
                continue
            above = section.text("parentSectionRefId")
            parents[self.id_here(ref)] = self.id_here(above) if above else None
            score = section.get("score")
            figures += self.figure(score, "section", self.id_here(ref)) if score else []
        answers: list[SourceAnswer] = []
        for one in fields.items("questions", needed=True):
            question = one.fields("a question", (), unknown="ignore")
            ref = question.text("questionRefId", needed=True) if question else None
            if question is None or ref is None:
                continue
            around = question.text("sectionRefId")
            parents[self.id_here(ref)] = self.id_here(around) if around else None
            score = question.get("score")
            figures += self.figure(score, "question", self.id_here(ref)) if score else []
            answer = self.exported_answer(question, self.id_here(ref))
            answers += [answer] if answer else []
        if circle := next((name for name in parents if stands_in_itself(name, parents)), None):
            part.problem(f'expected parts that stand in others but found a circle: "{circle}" stands in itself')
            return None
        return self.evaluation(id, about, answers, figures, parents)

    def exported_answer(self, question: Fields, criterion: str) -> SourceAnswer | None:
        part = question.get("answer")
        fields = part.fields("an answer", (), unknown="ignore") if part else None
        if fields is None:
            return SourceAnswer(criterion, None, "unanswered")
        notes = fields.get("notes")
        comment = (notes.text(empty=True) if notes else None) or None
        metadata = fields.get("metadata")
        known = metadata.fields("metadata", (), unknown="ignore") if metadata else None
        if known is not None and known.truth("notApplicable"):
            return SourceAnswer(criterion, NOT_APPLICABLE, "not_applicable", comment)
        if "values" in fields:
            refs: list[str] = []
            for one in fields.items("values"):
                value = one.fields("a value", (), unknown="ignore")
                ref = value.text("valueRefId", needed=True) if value else None
                if value is not None and ref is not None and value.truth("selected"):
                    refs.append(ref)
            return self.chosen(criterion, refs, comment)
        value_part = fields.get("value")
        text = value_part.text(empty=True) if value_part else None
        return SourceAnswer(criterion, text, "answered", comment) if text else SourceAnswer(criterion, None, "unanswered", comment)

    # --- both

    def chosen(self, criterion: str, refs: list[str], comment: str | None) -> SourceAnswer:
        ids = [self.answer_here(criterion, ref) for ref in refs]
        if NOT_APPLICABLE in ids:
            return SourceAnswer(criterion, NOT_APPLICABLE, "not_applicable", comment)
        if not ids:
            return SourceAnswer(criterion, None, "unanswered", comment)
        return SourceAnswer(criterion, SEVERAL.join(ids), "answered", comment)

    def figure(self, part: Part, kind: str, id: str) -> list[SourceFigure]:
        """A score of the API (Percentage) or of an export (percentage)."""
        value = part.value
        if isinstance(value, Mapping):
            value = {name[:1].upper() + name[1:] if isinstance(name, str) else name: one for name, one in value.items()}
        fields = Part(value, part.path, part.problems).fields("a score", SCORE, unknown="ignore")
        if fields is None:
            return []
        percentage, weight, earned = fields.get("Percentage"), fields.get("AppliedWeight"), fields.get("EarnedPoints")
        share = percentage.number(0) if percentage else None
        applied = weight.number(0) if weight else None
        points = earned.number() if earned else None
        marked = fields.truth("NotApplicable") if "NotApplicable" in fields else None
        if marked is None and share is not None:
            marked = False
        return [
            SourceFigure(
                kind,
                id,
                None if share is None or marked else share / 100,
                marked,
                fields.truth("AutomaticFail"),
                None if applied is None else applied / 100,
                points if kind == "question" else None,
            )
        ]

    def evaluation(
        self,
        id: str | None,
        about: dict[str, str | None],
        answers: list[SourceAnswer],
        figures: list[SourceFigure],
        parents: dict[str, str | None],
    ) -> SourceEvaluation | None:
        if id is None:
            return None
        self.contradictions(id, figures, parents)
        # Questions that are not scored, and not applicable ones, look alike in a score: only the first have a value.
        return SourceEvaluation(id, about, tuple(answers), tuple(figures))

    def contradictions(self, id: str, figures: list[SourceFigure], parents: dict[str, str | None]) -> None:
        """What the source's figures say against each other, whatever the form is."""
        by_part = {(one.part, one.id): one for one in figures}
        form = by_part.get(("form", "form"))

        def tell(one: SourceFigure, what: str, own: float | bool | None, message: str) -> None:
            theirs = one.failed if what == "failed" else one.score
            self.inconsistencies.append(ScoreDifference(id, one.part, one.id, what, theirs, own, message))

        marked: set[tuple[str, str]] = set()
        for one in figures:
            if one.part != "question" or not one.failed:
                continue
            zero = form is not None and form.score == 0
            around = parents.get(one.id)
            while around is not None:
                section = by_part.get(("section", around))
                if section is not None and section.score == 0:
                    zero = True
                if section is not None and not section.failed and ("section", around) not in marked:
                    marked.add(("section", around))
                    tell(section, "failed", True, f"question {one.id} in this section has an automatic fail, the section is not marked")
                around = parents.get(around)
            if form is not None and not form.failed and ("form", "form") not in marked:
                marked.add(("form", "form"))
                tell(form, "failed", True, f"question {one.id} has an automatic fail, the form is not marked")
            if form is not None and form.score is not None and not zero:
                tell(form, "score", 0.0, f"question {one.id} has an automatic fail, but neither the form ({form.score * 100:g} %) "
                     "nor a section around it is 0")  # fmt: skip
        children: dict[str, list[SourceFigure]] = {}
        for child, around in parents.items():
            found = by_part.get(("section", child)) or by_part.get(("question", child))
            if found is not None and (around is not None or found.part == "section"):
                children.setdefault(around or "form", []).append(found)
        for one in figures:
            inner = [part.score for part in children.get(one.id, []) if part.score is not None]
            if one.score is None or one.part == "question" or one.failed or not inner:
                continue
            if not min(inner) - 1e-9 <= one.score <= max(inner) + 1e-9:
                name = "the form" if one.part == "form" else f"section {one.id}"
                tell(one, "score", None, f"{name} shows {one.score * 100:g} %, outside what it holds "
                     f"({min(inner) * 100:g} to {max(inner) * 100:g} %): no weights give that")  # fmt: skip
        for one in figures:
            if one.score is not None and one.score > 1:
                tell(one, "score", None, f"a score of {one.score * 100:g} % is above 100 %")
