"""Evaluations of Genesys Cloud: what the rater marked as not applicable, and what a condition did, are kept apart."""

from __future__ import annotations

from collections.abc import Mapping

from .comparison import ScoreDifference, SourceAnswer, SourceEvaluation, SourceFigure
from .document import Fields, Part
from .draft import NOT_APPLICABLE
from .genesys_form import api_names
from .reader import NONE_CHOSEN, SEVERAL, EvaluationReader


class GenesysReader(EvaluationReader):
    def read(self, part: Part) -> SourceEvaluation | None:
        if not isinstance(part.value, Mapping):
            part.expected("an evaluation (an object)")
            return None
        fields = Part(api_names(part.value), part.path, part.problems).fields("an evaluation", (), unknown="ignore")
        if fields is None:
            return None
        id = fields.text("id", needed=True)
        status = fields.text("status")
        if status and status != "FINISHED":
            self.notes.add(fields.place("status"), f"an evaluation whose status is {status}: its answers may not be final")
        about: dict[str, str | None] = {}
        for column, name in (("conversation_id", "conversation"), ("agent_id", "agent"), ("rater_id", "evaluator")):
            given = fields.get(name)
            reference = given.fields(f"a reference to the {name}", (), unknown="ignore") if given else None
            about[column] = reference.text("id") if reference else None
        about["status"] = status
        part_of_scores = fields.require("answers")
        scores = part_of_scores.fields("a scoring set", (), unknown="ignore") if part_of_scores else None
        if id is None or scores is None:
            return None
        answers: list[SourceAnswer] = []
        groups: list[SourceFigure] = []
        total, critical = _number(scores, "totalScore"), _number(scores, "totalCriticalScore")
        killed = scores.truth("anyFailedKillQuestions") if "anyFailedKillQuestions" in scores else None
        any_killed = False
        for one in scores.items("questionGroupScores", needed=True):
            group = one.fields("the scores of a question group", (), unknown="ignore")
            group_id = group.text("questionGroupId", needed=True) if group else None
            if group is None or group_id is None:
                continue
            by_condition = group.truth("systemMarkedNA")
            whole = group.truth("markedNA")
            groups.append(self.group_figure(group, self.id_here(group_id), whole))
            for inner in group.items("questionScores"):
                question = inner.fields("the score of a question", (), unknown="ignore")
                key = question.text("questionId", needed=True) if question else None
                if question is None or key is None:
                    continue
                answers.append(self.answer(question, self.id_here(key), whole, by_condition))
                groups.append(self.question_figure(question, answers[-1]))
                any_killed = any_killed or bool(groups[-1].failed)
        form = SourceFigure(
            "form", "form", None if total is None else total / 100, None, killed,
            critical_score=None if critical is None else critical / 100,
        )  # fmt: skip
        if killed is not None and killed != any_killed:
            message = f"anyFailedKillQuestions is {str(killed).lower()}, of the questions {'one' if any_killed else 'none'} says so"
            self.inconsistencies.append(ScoreDifference(id, "form", "form", "failed", killed, any_killed, message))
        return SourceEvaluation(id, about, tuple(answers), (form, *groups))

    def group_figure(self, group: Fields, id: str, marked: bool) -> SourceFigure:
        for earned, possible in (("totalScoreUnweighted", "maxTotalScoreUnweighted"), ("totalScore", "maxTotalScore")):
            score, ceiling = _number(group, earned), _number(group, possible)
            if score is not None and ceiling is not None:
                return SourceFigure("section", id, score / ceiling if ceiling > 0 else None, marked or ceiling == 0)
        return SourceFigure("section", id, None, True if marked else None)

    def question_figure(self, question: Fields, answer: SourceAnswer) -> SourceFigure:
        marked = answer.state in ("not_applicable", "not_asked")
        points = None if marked else _number(question, "score")
        killed = question.truth("failedKillQuestion") if "failedKillQuestion" in question else None
        return SourceFigure("question", answer.criterion, None, True if marked else None, killed, points=points)

    def answer(self, question: Fields, criterion: str, group: bool, group_by_condition: bool) -> SourceAnswer:
        comment = question.get("comments")
        words = (comment.text(empty=True) if comment else None) or None
        if question.truth("markedNA") or group:
            by_condition = question.truth("systemMarkedNA") or (group and group_by_condition)
            if by_condition:
                return SourceAnswer(criterion, None, "not_asked", words)
            return SourceAnswer(criterion, NOT_APPLICABLE, "not_applicable", words)
        selected = self.selected(question, criterion)
        if selected is not None:
            return SourceAnswer(criterion, selected, "answered", words)
        key = question.text("answerId")
        if key is None:
            return SourceAnswer(criterion, words, "answered" if words else "unanswered", words)
        own = self.ids.answers.get((criterion, key), key) if self.ids else key
        return SourceAnswer(criterion, own, "answered", words)

    def selected(self, question: Fields, criterion: str) -> str | None:
        """The chosen options of a multiple select question: those whose answer is "selected"."""
        if "multipleSelectQuestionOptionScores" not in question:
            return None
        chosen: list[str] = []
        for part in question.items("multipleSelectQuestionOptionScores"):
            one = part.fields("the score of an option", (), unknown="ignore")
            key = one.text("answerId") if one else None
            if key is not None and self.ids is not None and (criterion, key) in self.ids.answers:
                chosen.append(self.ids.answers[criterion, key])
        return SEVERAL.join(chosen) or NONE_CHOSEN


def _number(fields: Fields, name: str) -> float | None:
    part = fields.get(name)
    return part.number() if part else None
