"""Two versions of a form: what changed, in words, and which earlier scores can no longer be compared with new ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from ._form import Wording, hundred, number_text
from ._frames import Frame, build_frame
from ._render import html_table, text_table
from .errors import RubricError, check_noun
from .rubric import Criterion, Rubric

__all__ = ["ComparedScores", "RubricChange", "RubricComparison", "compare_rubrics"]

# What a change moves, from nothing to the score itself.
EFFECTS = ("nothing", "names", "parts", "scores")
MADE = "qa.Rubric.load(file) reads one"
APPLIES = "answered"
SAME_SCORE = 1e-12


@dataclass(frozen=True)
class RubricChange:
    """One difference between two forms.

    Attributes
    ----------
    part : str
        Id of the criterion or section; "" for the form as a whole.
    change : str
        What changed, in words.
    moves : str
        "scores": the score of some evaluations; "parts": scores of dimensions, sections or critical criteria only; "names":
        band or verdict only; "nothing": no figure.
    evaluations : str
        Whose figures it moves, in words; "" for none.
    """

    part: str
    change: str
    moves: str
    evaluations: str


@dataclass(frozen=True)
class _Which:
    """Evaluations by one criterion: with one of some answers (`several`: among those chosen), or with any ("answered")."""

    criterion: str = ""  # of all evaluations when empty
    answers: tuple[str, ...] | str = APPLIES
    filled: bool = False  # a metric of the conversation answers it, which answers of raters do not show
    counts_not_applicable: bool = False  # "not applicable" earns points, and so is an answer too

    def holds(self, answers: Mapping[str, Any]) -> bool:
        if not self.criterion or self.filled:
            return True
        given = answers.get(self.criterion)
        if given is None or given == "":
            return False
        if isinstance(self.answers, str):
            return self.counts_not_applicable or str(given) != "not_applicable"
        chosen = [str(one) for one in given] if isinstance(given, (list, tuple, set, frozenset)) else str(given).split(";")
        return any(one in self.answers for one in chosen)


class RubricComparison:
    """What changed between two forms; made by `compare_rubrics`.

    Attributes
    ----------
    old, new : Rubric
    changes : tuple of RubricChange
        Those that move scores first.
    """

    def __init__(self, old: Rubric, new: Rubric, found: Sequence[tuple[RubricChange, _Which | None]]) -> None:
        self.old = old
        self.new = new
        ranked = sorted(found, key=lambda one: -EFFECTS.index(one[0].moves))
        self.changes = tuple(change for change, _ in ranked)
        self._which = tuple(which for change, which in ranked if which is not None and change.moves == "scores")

    @property
    def comparable(self) -> bool:
        """Whether every score of the old form is the score that the new form gives."""
        return not any(one.moves == "scores" for one in self.changes)

    def is_comparable(self, answers: Mapping[str, Any]) -> bool:
        """Whether an evaluation made on the old form is known to have the same score on the new one: no change that moves
        scores concerns its answers (criterion id to answer, as `Rubric.score_one` takes them). A change of a criterion that a
        metric of the conversation fills in may concern every evaluation."""
        return not any(one.holds(answers) for one in self._which)

    def rescore(self, answers: Any, *, evaluation: str, criterion: str, answer: str) -> ComparedScores:
        """Scores earlier evaluations on both forms.

        Answers to criteria that the new form does not have are passed over; answers to what a condition does not ask count
        for nothing.

        Parameters
        ----------
        answers : frame
            Long, as in `Rubric.score`: answers to the old form.
        evaluation, criterion, answer : str
            Its columns.
        """
        frame = Frame.of(answers, argument="answers")
        scored = self.old.score(
            answers, evaluation=evaluation, criterion=criterion, answer=answer, unanswered="not_scorable", unasked="ignore"
        )
        before = scored.to_dict()
        given: dict[Any, dict[str, Any]] = {}
        around: dict[Any, dict[str, Any]] = {}
        names = [name for name in dict.fromkeys(self.new.fields + self.new.metrics) if name in frame.columns]
        known = {one.id for one in self.new.criteria if one.metric is None}
        columns = [frame.values(name) for name in (evaluation, criterion, answer, *names)]
        for id, asked, chosen, *more in zip(*columns, strict=True):
            around[id] = dict(zip(names, more, strict=True))
            if asked in known:
                given.setdefault(id, {})[asked] = chosen
        rows = []
        for id, old_score in zip(before[evaluation], scored.score.tolist(), strict=True):
            try:
                found = self.new.score_one(
                    given.get(id, {}), conversation=around[id], unanswered="not_scorable", unasked="ignore"
                )
            except RubricError as error:
                rows.append((id, old_score, math.nan, False, str(error)))
                continue
            new_score = math.nan if found.score is None else found.score
            missing = "no answer to " + ", ".join(found.missing) if found.missing else ""
            same = math.isclose(old_score, new_score, rel_tol=0, abs_tol=SAME_SCORE)
            both_none = math.isnan(old_score) and math.isnan(new_score) and not missing
            rows.append((id, old_score, new_score, same or both_none, missing))
        return ComparedScores(self, frame, evaluation, rows)

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per change: part, change, moves, evaluations."""
        return build_frame({name: [vars(one)[name] for one in self.changes] for name in vars(RubricChange("", "", "", ""))}, backend)

    def to_dict(self) -> dict[str, Any]:
        """Both forms (id, version, content_hash), whether scores are comparable, and all changes."""
        return {
            name: {"id": one.id, "version": one.version, "content_hash": one.content_hash}
            for name, one in (("old", self.old), ("new", self.new))
        } | {"comparable": self.comparable, "changes": [vars(one).copy() for one in self.changes]}

    def summary(self) -> str:
        """The verdict in a sentence, after a warning where two different forms have one id and version."""
        names = f"{_name(self.old)} and {_name(self.new)}"
        if self.old == self.new:
            return f"{names} are the same form, to the content hash: all scores are comparable."
        if _name(self.old) == _name(self.new):
            names = (
                f"Both forms say that they are {_name(self.old)}, although they differ: give the later one a version of its own.\n{names}"
            )
        if not self.changes:
            return f"{names}: they are written differently and score the same: all scores are comparable."
        if self.comparable:
            return f"{names}: all scores are comparable."
        if any(not one.criterion for one in self._which):
            return f"{names}: no score of the old form is comparable with one of the new."
        return f"{names}: scores are comparable but for the evaluations below."

    def __repr__(self) -> str:
        lines = [self.summary()]
        for moves, headline in (
            ("scores", "Changes that move scores:"),
            ("parts", "Changes that move scores of parts, not of the form:"),
            ("names", "Changes that move bands and verdicts only:"),
            ("nothing", "Changes that move no figure:"),
        ):
            those = [one for one in self.changes if one.moves == moves]
            if those:
                lines += ["", headline]
                for one in those:
                    lines.append(f"- {one.part + ': ' if one.part else ''}{one.change}")
                    if one.evaluations:
                        lines.append(f"  concerns {one.evaluations}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows: list[list[object]] = [[one.part, one.change, one.moves, one.evaluations] for one in self.changes]
        return html_table(["part", "change", "moves", "evaluations"], rows, self.summary())


class ComparedScores:
    """Earlier evaluations, scored on the form that they were made on and on a later one; made by
    `RubricComparison.rescore`."""

    def __init__(
        self, comparison: RubricComparison, frame: Frame, evaluation: str, rows: Sequence[tuple[Any, float, float, bool, str]]
    ) -> None:
        self.comparison = comparison
        self._frame = frame
        self._rows = rows
        self._names = (evaluation, "old_score", "new_score", "comparable", "reason")

    def __len__(self) -> int:
        return len(self._rows)

    def _columns(self) -> dict[str, list[Any]]:
        return {name: [row[at] for row in self._rows] for at, name in enumerate(self._names)}

    def to_frame(self) -> Any:
        """One row per evaluation, in the kind of frame the answers came in: its id, `old_score`, `new_score` (fractions;
        missing: not scorable), `comparable` (the two are the same), and `reason`: why the new form cannot score it."""
        columns: dict[str, Any] = self._columns()
        for name in ("old_score", "new_score"):
            columns[name] = np.array(columns[name], dtype=float)
        return self._frame.build(columns)

    def to_dict(self) -> dict[str, Any]:
        """Columns by name, as plain values."""
        return self._columns()

    def summary(self) -> str:
        """How many evaluations have the same score on both forms."""
        lost = sum(not row[3] for row in self._rows)
        unread = sum(bool(row[4]) for row in self._rows)
        more = f", {unread} of them since the later form cannot score their answers" if unread else ""
        return f"{lost} of {len(self)} evaluations have no score, or another, on the later form{more}."

    def _table(self, most: int = 10) -> tuple[list[str], list[list[object]]]:
        return list(self._names), [list(row) for row in [one for one in self._rows if not one[3]][:most]]

    def __repr__(self) -> str:
        header, rows = self._table()
        more = sum(not row[3] for row in self._rows) - len(rows)
        table = text_table(header, rows) + (f"\n... {more} more" if more else "") + "\n" if rows else ""
        return table + self.summary()

    def _repr_html_(self) -> str:
        return html_table(*self._table(), self.summary())


def compare_rubrics(old: Rubric, new: Rubric) -> RubricComparison:
    """Says what changed from one form to another, and which earlier scores are no longer comparable.

    Weights count by their proportions, points by what they come to: all weights doubled, or 5 points for a yes in place of 1
    where the score is a weighted mean, changes no score and is said so.

    Parameters
    ----------
    old, new : Rubric

    Returns
    -------
    RubricComparison

    Examples
    --------
    >>> import qascore as qa
    >>> text = '''
    ... qascore: 1
    ... id: chat
    ... version: "1"
    ... scoring: {method: weighted}
    ... sections:
    ...   - id: all
    ...     criteria:
    ...       - {id: greeting, answer: yes_no}
    ...       - {id: solved, answer: {options: [{id: full, points: 10}, {id: part, points: 5}, {id: none, points: 0}]}}
    ... '''
    >>> compared = qa.compare_rubrics(qa.Rubric.parse(text), qa.Rubric.parse(text.replace("points: 5", "points: 4")))
    >>> compared
    Both forms say that they are chat 1, although they differ: give the later one a version of its own.
    chat 1 and chat 1: scores are comparable but for the evaluations below.
    <BLANKLINE>
    Changes that move scores:
    - solved: “part” earns 4 of 10 points, was 5 of 10
      concerns evaluations with “part” on “solved”
    >>> compared.is_comparable({"greeting": "no", "solved": "full"}), compared.is_comparable({"greeting": "no", "solved": "part"})
    (True, False)
    """
    for name, given in (("old", old), ("new", new)):
        check_noun(name, given, Rubric, MADE)
    return RubricComparison(old, new, list(_Comparing(old, new).run()))


def _name(rubric: Rubric) -> str:
    return f"{rubric.id} {rubric.version}"


def _exact(value: float) -> Fraction:
    """The decimal that a person wrote."""
    return Fraction(Decimal(repr(float(value))))


_Found = tuple[RubricChange, _Which | None]


@dataclass
class _Side:
    """One criterion in its form: what it says, and what is said around it."""

    definition: Mapping[str, Any]
    known: Criterion
    around: tuple[Mapping[str, Any], ...]
    at: int

    @property
    def sections(self) -> tuple[str, ...]:
        return tuple(section["id"] for section in self.around)

    def conditions(self, own: bool) -> list[Any]:
        return [part["ask_when"] for part in (*(() if own else self.around), self.definition) if "ask_when" in part]

    @property
    def excluded(self) -> bool:
        return any(part.get("excluded") for part in (*self.around, self.definition))

    @property
    def may_fail_sections(self) -> bool:
        own = any(rule["scope"] not in ("criterion", "form") for rule in self.definition.get("fail", []))
        return own or any("fail" in section for section in self.around)


class _Comparing:
    def __init__(self, old: Rubric, new: Rubric) -> None:
        self.words = (Wording(old, old.language), Wording(new, new.language))
        self.rubrics = (old, new)
        self.forms = (self.words[0].definition, self.words[1].definition)
        self.scoring = (self.forms[0]["scoring"], self.forms[1]["scoring"])
        self.sides = tuple(_sides(rubric, form) for rubric, form in zip(self.rubrics, self.forms, strict=True))
        self.sections = tuple(dict(_sections(form["sections"], ())) for form in self.forms)
        self.same_method = all(
            self.scoring[0].get(key) == self.scoring[1].get(key) for key in ("method", "weights", "base", "scale")
        )

    def run(self) -> Iterator[_Found]:
        yield from self.whole()
        yield from self.section_changes()
        yield from self.weights()
        old, new = self.sides
        renamed = dict(self.renamed())
        for id in old:
            if id not in new:
                yield from self.removed(id, renamed.get(id))
        for id in new:
            if id not in old:
                yield from self.added(id, renamed)
        for id in new:
            if id in old:
                yield from self.criterion(id, old[id], new[id])
        kept = [id for id in old if id in new]
        if kept != [id for id in new if id in old]:
            yield self.note("", "criteria stand in another order")

    def note(self, part: str, change: str, moves: str = "nothing", evaluations: str = "") -> _Found:
        return RubricChange(part, change, moves, evaluations), None

    def moved(self, part: str, change: str, which: _Which) -> _Found:
        which = self.reach(which)
        return RubricChange(part, change, "scores", self.say(which)), which

    def reach(self, which: _Which) -> _Which:
        """The same with what its criterion is in the old form: filled in by a metric; counted where it is not applicable."""
        known = self.sides[0].get(which.criterion)
        if known is None:
            return which
        counts = known.known.not_applicable and not self.leaves_weight()
        return replace(which, filled=known.known.metric is not None, counts_not_applicable=counts)

    def say(self, which: _Which) -> str:
        if not which.criterion:
            return "all evaluations"
        known = self.sides[0].get(which.criterion)
        title = self.words[0].title(known.definition) if known else which.criterion
        if which.filled and known is not None:
            return f"all evaluations in which the metric “{known.known.metric}” fills “{title}” in"
        if isinstance(which.answers, str):
            return f"evaluations in which “{title}” was answered" + (" or not applicable" if which.counts_not_applicable else "")
        assert known is not None
        names = [f"“{self.words[0].answer_name(known.definition['answer'], one)}”" for one in which.answers]
        return f"evaluations with {' or '.join(names)} on “{title}”"

    # --- the form

    def whole(self) -> Iterator[_Found]:
        old, new = self.forms
        for key in ("id", "version", "language"):
            if old[key] != new[key]:
                yield self.note("", f"{key} is {new[key]}, was {old[key]}")
        yield from self.titles("", "title", old.get("title", {}), new.get("title", {}))
        for key, missing in (("method", ""), ("weights", "criterion"), ("base", ""), ("scale", "the base"), ("round", "none")):
            before, after = (one.get(key, missing) for one in self.scoring)
            if before != after:
                yield self.moved("", f"scoring {key} is {_plain(after)}, was {_plain(before)}", _Which())
        before, after = (_limits(one) for one in self.scoring)
        if before != after:
            yield self.moved("", f"floor and cap are {after}, were {before}", _Which())
        before, after = (one.get("not_applicable", "redistribute") for one in self.scoring)
        if before != after:
            could = [one for one in self.rubrics[0].criteria if one.not_applicable]
            change = f"what is not applicable: {after}, was {before}"
            for one in could:
                yield self.moved(one.id, change, _Which(one.id, ("not_applicable",)))
            if not could:
                yield self.note("", change)
        bands = tuple([(band["id"], band["from"]) for band in form.get("bands", [])] for form in self.forms)
        if bands[0] != bands[1]:
            said = [", ".join(f"{id} from {hundred(at)}" for id, at in one) or "none" for one in bands]
            yield self.note("", f"bands are {said[1]}, were {said[0]}", "names", "all evaluations: their band")
        for band in new.get("bands", []):
            for other in old.get("bands", []):
                if other["id"] == band["id"]:
                    yield from self.titles("", f"title of band {band['id']}", other.get("title", {}), band.get("title", {}))
        before, after = (form.get("pass_from") for form in self.forms)
        if before != after:
            said = ["none" if one is None else f"{hundred(one)} of 100" for one in (before, after)]
            yield self.note("", f"the mark to pass is {said[1]}, was {said[0]}", "names", "all evaluations: whether they pass")

    def titles(self, part: str, what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[_Found]:
        for language in dict.fromkeys((*old, *new)):
            before, after = old.get(language), new.get(language)
            if before != after:
                said = [f"“{one}”" if one is not None else "none" for one in (before, after)]
                yield self.note(part, f"{what} ({language}) is {said[1]}, was {said[0]}")

    # --- sections

    def section_changes(self) -> Iterator[_Found]:
        old, new = self.sections
        for id in old:
            if id not in new:
                yield self.note(id, "the section is gone", "parts", "all evaluations: its own score")
        for id, (section, around) in new.items():
            if id not in old:
                yield self.note(id, "a new section", "parts", "all evaluations: its own score")
                continue
            before, before_around = old[id]
            yield from self.titles(id, "title", before.get("title", {}), section.get("title", {}))
            asked = [before["ask_when"]] if "ask_when" in before else []
            asked_now = [section["ask_when"]] if "ask_when" in section else []
            yield from self.conditions(id, asked, asked_now)
            if bool(before.get("excluded")) != bool(section.get("excluded")):
                yield self.moved(id, "is not scored now" if section.get("excluded") else "is scored now", _Which())
            if around != before_around:
                said = [" > ".join(one) or "the form" for one in (around, before_around)]
                yield self.note(id, f"stands in {said[0]}, was in {said[1]}")
            yield from self.rules(id, before.get("fail", []), section.get("fail", []), None)

    # --- weights: by their proportions

    def weights(self) -> Iterator[_Found]:
        if not self.same_method:
            return
        method = self.scoring[0]["method"]
        if method == "weighted" and self.scoring[0].get("weights") == "section":
            groups = dict.fromkeys((*self.groups(0), *self.groups(1)))
            for group in groups:
                old, new = (self.groups(side).get(group, {}) for side in (0, 1))
                where = group or ""
                yield from self.proportions(where, old, new, "within the section" if group else "of the form")
        elif method in ("weighted", "scaled_points"):
            yield from self.proportions("", self.products(0), self.products(1), "of the form")

    def groups(self, side: int) -> dict[str, dict[str, Fraction]]:
        """Weights of what stands together, by the section around it."""
        out: dict[str, dict[str, Fraction]] = {}
        for id, (section, around) in self.sections[side].items():
            if self.scores(side, section, around):
                out.setdefault(around[-1] if around else "", {})[id] = _exact(section.get("weight", 1))
        for id, one in self.sides[side].items():
            if one.known.kind not in ("text", "date") and not one.excluded:
                out.setdefault(one.sections[-1], {})[id] = _exact(one.definition.get("weight", 1))
        return out

    def scores(self, side: int, section: Mapping[str, Any], around: tuple[str, ...]) -> bool:
        path = (*around, section["id"])
        return any(
            one.sections[: len(path)] == path and one.known.kind not in ("text", "date") and not one.excluded
            for one in self.sides[side].values()
        )

    def products(self, side: int) -> dict[str, Fraction]:
        out = {}
        for id, one in self.sides[side].items():
            if one.known.kind in ("text", "date") or one.excluded:
                continue
            weight = _exact(one.definition.get("weight", 1))
            if self.scoring[side]["method"] == "scaled_points":
                for section in one.around:
                    weight *= _exact(section.get("weight", 1))
            out[id] = weight
        return out

    def proportions(self, part: str, old: Mapping[str, Fraction], new: Mapping[str, Fraction], where: str) -> Iterator[_Found]:
        both = [id for id in new if id in old]
        changed = [id for id in both if old[id] != new[id]]
        if not changed:
            return
        factors = {new[id] / old[id] for id in both if old[id]} if all((old[id] == 0) == (new[id] == 0) for id in both) else set()
        if len(factors) == 1 and set(old) == set(new):
            factor = next(iter(factors))
            yield self.note(part, f"all weights {where} are {number_text(float(factor))} times what they were: no score changes")
            return
        for id in changed:
            change = f"weight is {number_text(float(new[id]))}, was {number_text(float(old[id]))}"
            which = _Which(id) if id in self.sides[0] and self.leaves_weight() else _Which()
            yield self.moved(id, change, which)

    def leaves_weight(self) -> bool:
        """Whether the weight of what is not applicable counts for nothing."""
        return self.scoring[0].get("not_applicable", "redistribute") in ("redistribute", "redistribute_over_form")

    # --- criteria

    def renamed(self) -> Iterator[tuple[str, str]]:
        """Criteria that are gone, with new ones that say the same under another id."""
        old, new = self.sides
        gone = [one for id, one in old.items() if id not in new]
        for id, one in new.items():
            if id in old:
                continue
            for other in gone:
                if {**other.definition, "id": ""} == {**one.definition, "id": ""} and other.sections == one.sections:
                    gone.remove(other)
                    yield other.definition["id"], id
                    break

    def removed(self, id: str, now: str | None) -> Iterator[_Found]:
        one = self.sides[0][id]
        title = self.words[0].title(one.definition)
        if now is not None:
            yield self.moved(id, f"the id is {now} now: answers under the old one are not found", _Which(id))
        elif one.known.kind in ("text", "date") or one.excluded:
            rules = "fail" in one.definition
            change = f"“{title}” is gone, which was never scored"
            yield self.moved(id, change + ", and its fail rules with it", _Which(id)) if rules else self.note(id, change)
        else:
            yield self.moved(id, f"“{title}” is gone", _Which(id) if self.leaves_weight() else _Which())

    def added(self, id: str, renamed: Mapping[str, str]) -> Iterator[_Found]:
        one = self.sides[1][id]
        if id in renamed.values():
            return
        title = self.words[1].title(one.definition)
        if one.known.kind in ("text", "date"):
            yield self.note(id, f"“{title}” is new, and never scored")
        else:
            yield self.moved(id, f"“{title}” is new: evaluations of the old form have no answer to it", _Which())

    def criterion(self, id: str, old: _Side, new: _Side) -> Iterator[_Found]:
        before, after = old.definition, new.definition
        yield from self.titles(id, "title", before.get("title", {}), after.get("title", {}))
        if old.known.kind != new.known.kind or old.known.several != new.known.several:
            yield self.moved(id, f"is answered as {_kind(new.known)}, was {_kind(old.known)}", _Which(id))
        else:
            yield from self.answers(id, old, new)
        yield from self.place(id, old, new)
        stays = old.sections == new.sections  # then what changed around it is said of the section
        yield from self.conditions(id, old.conditions(stays), new.conditions(stays))
        yield from self.rules(id, before.get("fail", []), after.get("fail", []), new)
        if old.known.not_applicable and not new.known.not_applicable:
            yield self.moved(id, "may no longer be not applicable", _Which(id, ("not_applicable",)))
        elif new.known.not_applicable and not old.known.not_applicable:
            yield self.note(id, "may be not applicable now")
        if old.known.metric != new.known.metric:
            names = [one.metric or "the rater" for one in (new.known, old.known)]
            yield self.moved(id, f"is filled in by {names[0]}, was by {names[1]}", _Which(id))
        if set(old.known.dimension) != set(new.known.dimension):
            names = [", ".join(one.dimension) or "none" for one in (new.known, old.known)]
            yield self.note(id, f"dimension is {names[0]}, was {names[1]}", "parts", "all evaluations: their dimensions")
        if old.known.critical != new.known.critical:
            change = "is critical now" if new.known.critical else "is no longer critical"
            yield self.note(id, change, "parts", "all evaluations: their critical score")
        if before.get("reasons", []) != after.get("reasons", []):
            names = [", ".join(_reason(one) for one in side.get("reasons", [])) or "none" for side in (after, before)]
            yield self.note(id, f"root causes are {names[0]}, were {names[1]}")

    def place(self, id: str, old: _Side, new: _Side) -> Iterator[_Found]:
        if old.sections != new.sections and old.excluded != new.excluded:
            yield self.moved(id, "is not scored now" if new.excluded else "is scored now", _Which(id))
        elif bool(old.definition.get("excluded")) != bool(new.definition.get("excluded")):
            yield self.moved(id, "is not scored now" if new.excluded else "is scored now", _Which(id))
        if old.known.bonus != new.known.bonus:
            yield self.moved(id, "is a bonus now" if new.known.bonus else "is no longer a bonus", _Which(id))
        if old.sections != new.sections:
            change = f"stands in {' > '.join(new.sections)}, was in {' > '.join(old.sections)}"
            if self.scoring[0].get("weights") == "section" or old.may_fail_sections or new.may_fail_sections:
                yield self.moved(id, change, _Which())
            else:
                yield self.note(id, change, "parts", "all evaluations: scores of these sections")

    def conditions(self, id: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[_Found]:
        if old == new:
            return
        said = [
            " and ".join(self.words[side].condition(one, inside=len(them) > 1) for one in them) or "in every evaluation"
            for side, them in ((1, new), (0, old))
        ]
        said = [one if one == "in every evaluation" else f"when {one}" for one in said]
        yield self.moved(id, f"is asked {said[0]}, was asked {said[1]}", _Which())

    def answers(self, id: str, old: _Side, new: _Side) -> Iterator[_Found]:
        kind = old.known.kind
        if kind in ("text", "date"):
            return
        before, after = old.definition["answer"], new.definition["answer"]
        if kind == "options":
            names = tuple({o["id"]: o.get("title", {}) for o in one["options"]} for one in (before, after))
            for option in names[1]:
                if option in names[0]:
                    yield from self.titles(id, f"title of {option}", names[0][option], names[1][option])
        if kind in ("number", "hits") or old.known.several:
            keys = [_without_titles(one) for one in (before, after)]
            if keys[0] != keys[1] or before.get("most") != after.get("most") or old.known.possible != new.known.possible:
                yield self.moved(id, f"answers earn {self.earning(1, new)}, earned {self.earning(0, old)}", _Which(id))
            return
        points = [dict(zip(one.known.answers, map(_exact, one.known.points), strict=True)) for one in (old, new)]
        gone = tuple(one for one in points[0] if one not in points[1])
        if gone:
            names_gone = " and ".join(f"“{self.words[0].answer_name(before, one)}”" for one in gone)
            yield self.moved(id, f"{names_gone} can no longer be answered", _Which(id, gone))
        if fresh := [one for one in points[1] if one not in points[0]]:
            yield self.note(id, "new answers: " + ", ".join(f"“{self.words[1].answer_name(after, one)}”" for one in fresh))
        if old.excluded and new.excluded:
            return
        possible = [_exact(one.known.possible) for one in (old, new)]
        shared = [one for one in points[0] if one in points[1]]
        worth = [{one: self.worth(side, points[side][one], possible[side]) for one in shared} for side in (0, 1)]
        if self.counts_possible(old) and possible[0] != possible[1] and self.scoring[0]["method"] != "weighted":
            changed = tuple(shared)
            yield self.moved(id, f"is out of {number_text(float(possible[1]))} points, was {number_text(float(possible[0]))}", _Which(id))
        else:
            changed = tuple(one for one in shared if worth[0][one] != worth[1][one])
            for one in changed:
                now, was = (number_text(float(points[side][one])) for side in (1, 0))
                of, of_was = (number_text(float(one)) for one in (possible[1], possible[0]))
                said = f"earns {now} points, was {was}" if self.adds() else f"earns {now} of {of} points, was {was} of {of_was}"
                name = self.words[1].answer_name(after, one)
                yield self.moved(id, f"“{name}” {said}", _Which(id, (one,)))
            if possible[0] != possible[1] and self.scoring[0].get("not_applicable") == "full_marks" and self.scoring[0]["method"] != "weighted":
                now, was = (number_text(float(possible[side])) for side in (1, 0))
                yield self.moved(id, f"earns {now} points where it is not applicable, was {was}", _Which(id, ("not_applicable",)))
        if not changed and any(points[0][one] != points[1][one] for one in shared):
            yield self.note(id, "points are others, in the same proportion: no score changes")

    def adds(self) -> bool:
        return bool(self.scoring[0]["method"] == "base")

    def counts_possible(self, one: _Side) -> bool:
        return not self.adds() and not one.known.bonus

    def worth(self, side: int, points: Fraction, possible: Fraction) -> Fraction:
        """What an answer earns of the form, up to the weight of its criterion."""
        return points / possible if self.scoring[side]["method"] == "weighted" and possible else points

    def earning(self, side: int, one: _Side) -> str:
        about, answers = self.words[side].answer(one.definition["answer"], one.known)
        return "; ".join(filter(None, [about, ", ".join(f"{answer}: {points}" for answer, _, points in answers)]))

    # --- fail rules

    def rules(self, id: str, old: Sequence[Any], new: Sequence[Any], side: _Side | None) -> Iterator[_Found]:
        for rules, others, at, how in ((old, new, 0, "gone"), (new, old, 1, "new")):
            for rule in rules:
                if rule in others:
                    continue
                asked = self.sides[at].get(id)
                answer = asked.definition["answer"] if asked else None
                text = self.words[at].rule(rule, answer, on_section=side is None).rstrip(".。")
                change = f"fail rule {'is gone' if how == 'gone' else 'is new'}: {text}"
                which = self.fires(id, rule, asked)
                if rule["effect"] == "verdict":
                    yield self.note(id, change, "names", self.say(self.reach(which)) + ": whether they pass")
                else:
                    yield self.moved(id, change, which)

    def fires(self, id: str, rule: Mapping[str, Any], side: _Side | None) -> _Which:
        if side is None:
            return _Which()
        when, known = rule["when"], side.known
        if isinstance(when, dict) and "chosen" in when:
            return _Which(id, tuple(when["chosen"]) if isinstance(when["chosen"], list) else (when["chosen"],))
        if known.kind in ("number", "hits") or known.several:
            return _Which(id)
        points = dict(zip(known.answers, known.points, strict=True))
        best = max(points.values())
        if when == "below_highest":
            return _Which(id, tuple(one for one, earned in points.items() if earned < best))
        return _Which(id)


def _sections(sections: Sequence[Any], around: tuple[str, ...]) -> Iterator[tuple[str, tuple[Any, tuple[str, ...]]]]:
    for section in sections:
        yield section["id"], (section, around)
        yield from _sections(section.get("sections", []), (*around, section["id"]))


def _sides(rubric: Rubric, form: Mapping[str, Any]) -> dict[str, _Side]:
    known = {one.id: one for one in rubric.criteria}
    out: dict[str, _Side] = {}

    def walk(sections: Sequence[Any], around: tuple[Any, ...]) -> None:
        for section in sections:
            walk(section.get("sections", []), (*around, section))
            for one in section.get("criteria", []):
                out[one["id"]] = _Side(one, known[one["id"]], (*around, section), len(out))

    walk(form["sections"], ())
    return out


def _limits(scoring: Mapping[str, Any]) -> str:
    limits = scoring.get("cap")
    floor, cap = limits if isinstance(limits, list) else (scoring.get("floor"), limits)
    return f"{'none' if floor is None else number_text(floor)} and {'none' if cap is None else number_text(cap)}"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {one}" for key, one in value.items())
    return number_text(value) if isinstance(value, (int, float)) else str(value)


def _kind(known: Criterion) -> str:
    return "several options" if known.several else known.kind.replace("_", "/")


def _reason(reason: Any) -> str:
    return reason if isinstance(reason, str) else str(reason["id"])


def _without_titles(answer: Mapping[str, Any]) -> Any:
    if "options" in answer:
        return sorted((one["id"], one["points"]) for one in answer["options"])
    return answer
