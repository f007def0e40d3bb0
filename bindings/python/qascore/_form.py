"""A rubric as people read it: how it scores, what it asks, what each answer earns, as text and as one HTML page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from ._render import in_language, on_one_line

if TYPE_CHECKING:
    from .rubric import Criterion, Rubric

MOST_STEPS = 12  # of a scale, and hits, that are listed one by one

ENGLISH = {
    "weighted_criterion": "The score is the mean of what each criterion earned of what was possible, by the weights of criteria.",
    "weighted_section": "A section is the weighted mean of its criteria, the form the weighted mean of its sections.",
    "points": "The score is the sum of the points earned, of the sum of the points possible.",
    "scaled_points": "The score is the sum of points times weights, of the most that this could be.",
    "base": "Every evaluation starts at {base} points; answers add and deduct. {scale} points are 100 of 100.",
    "redistribute": "What is not applicable leaves its weight to the others in proportion.",
    "redistribute_section": "What is not applicable leaves its weight to the others of its section in proportion.",
    "redistribute_points": "What is not applicable counts neither as earned nor as possible.",
    "redistribute_base": "What is not applicable adds and deducts nothing.",
    "redistribute_over_form": "What is not applicable leaves its weight to all others of the form in proportion.",
    "full_marks": "What is not applicable counts with full marks.",
    "zero": "What is not applicable counts with 0.",
    "floor": "The score is at least {0} of 100.",
    "cap": "The score is at most {0} of 100.",
    "limits": "The score is at least {0}, at most {1} of 100.",
    "floor_points": "The score is at least {0} points.",
    "cap_points": "The score is at most {0} points.",
    "limits_points": "The score is at least {0}, at most {1} points.",
    "half_even": "It is rounded to {0} decimal places of the fraction, halves to the even digit.",
    "half_up": "It is rounded to {0} decimal places of the fraction, halves up.",
    "pass": "To pass: {0} of 100.",
    "band": "{0}: from {1}",
    "bands": "Bands",
    "scoring": "How it is scored",
    "weight": "weight {0}",
    "bonus": "bonus",
    "critical": "critical",
    "excluded": "not scored",
    "may": "may be not applicable",
    "out_of": "full marks are {0} points",
    "several": "several may be chosen",
    "most": "up to {0} points in all",
    "text": "free text, not scored",
    "date": "a date, not scored",
    "metric": "filled in from the metric {0}",
    "up_to": "up to {0}",
    "above": "above {0}",
    "any_number": "any number",
    "scale": "{0} to {1}",
    "more": "{0} or more",
    "lose": "how often: {0} points, less {1} for each, not below 0",
    "lose_once": "how often: {0} points, 0 after the first",
    "gain": "how often: {1} points for each, up to {0}",
    "gain_once": "how often: {0} points from the first on",
    "deduct": "how often: deducts {1} points for each, at most {0}",
    "deduct_once": "how often: deducts {0} points from the first on",
    "earns": "{0} to {1} points",
    "yes": "yes",
    "no": "no",
    "not_applicable": "not applicable",
    "points_of": "{0} points",
    "point_of": "{0} point",
    "asked": "Asked when {0}.",
    "all": " and ",
    "any": " or ",
    "not": "not ({0})",
    "is": "{0} is {1}",
    "contains_all": "{0} has {1} among the chosen",
    "is_exactly": "{0} is exactly {1}",
    "nothing": "nothing",
    "or": " or ",
    "and": " and ",
    "quoted": "“{0}”",
    "fail": "{0}: {1}",
    "chosen": "If {0} is chosen",
    "below_highest": "On any answer below the best",
    "below": "Below {0} of 100",
    "hits": "From {0} times on",
    "to_zero": "{0} counts 0.",
    "to_cap": "{0} counts at most {1} of 100.",
    "to_verdict": "not passed, whatever the score.",
    "this": "this criterion",
    "this_section": "the section",
    "section": "the section {0}",
    "form": "the whole form",
    "reasons": "Root causes",
    "version": "Version",
    "content": "content",
    "colon": ": ",
    "comma": ", ",
}  # fmt: skip
CHINESE = {
    "weighted_criterion": "总分为各评分项得分率按评分项权重的加权平均。",
    "weighted_section": "部分得分为其评分项的加权平均，总分为各部分的加权平均。",
    "points": "总分为得分之和除以满分之和。",
    "scaled_points": "总分为得分乘以权重之和，除以其最大可能值。",
    "base": "每次评价从 {base} 分开始，按答案加分、扣分；{scale} 分为满分 100。",
    "redistribute": "不适用的评分项，其权重按比例分给其他评分项。",
    "redistribute_section": "不适用的评分项，其权重按比例分给同一部分的其他评分项。",
    "redistribute_points": "不适用的评分项既不计得分，也不计满分。",
    "redistribute_base": "不适用的评分项不加分，也不扣分。",
    "redistribute_over_form": "不适用的评分项，其权重按比例分给整份评分表的其他评分项。",
    "full_marks": "不适用的评分项按满分计。",
    "zero": "不适用的评分项按 0 分计。",
    "floor": "总分不低于 {0} 分（满分 100）。",
    "cap": "总分不高于 {0} 分（满分 100）。",
    "limits": "总分不低于 {0} 分，不高于 {1} 分（满分 100）。",
    "floor_points": "总分不低于 {0} 分。",
    "cap_points": "总分不高于 {0} 分。",
    "limits_points": "总分不低于 {0} 分，不高于 {1} 分。",
    "half_even": "总分（小数）保留 {0} 位小数，四舍六入五成双。",
    "half_up": "总分（小数）保留 {0} 位小数，四舍五入。",
    "pass": "合格线：{0} 分（满分 100）。",
    "band": "{0}：{1} 分起",
    "bands": "等级",
    "scoring": "评分方法",
    "weight": "权重 {0}",
    "bonus": "加分项",
    "critical": "关键项",
    "excluded": "不计分",
    "may": "可不适用",
    "out_of": "满分按 {0} 分计",
    "several": "可多选",
    "most": "合计最多 {0} 分",
    "text": "文字，不计分",
    "date": "日期，不计分",
    "metric": "取自会话指标 {0}",
    "up_to": "不超过 {0}",
    "above": "超过 {0}",
    "any_number": "任意数值",
    "scale": "{0} 至 {1}",
    "more": "{0} 次及以上",
    "lose": "出现次数：满分 {0} 分，每次扣 {1} 分，不低于 0",
    "lose_once": "出现次数：满分 {0} 分，出现即为 0",
    "gain": "出现次数：每次得 {1} 分，最多 {0} 分",
    "gain_once": "出现次数：出现即得 {0} 分",
    "deduct": "出现次数：每次扣 {1} 分，最多扣 {0} 分",
    "deduct_once": "出现次数：出现即扣 {0} 分",
    "earns": "{0} 至 {1} 分",
    "yes": "是",
    "no": "否",
    "not_applicable": "不适用",
    "points_of": "{0} 分",
    "point_of": "{0} 分",
    "asked": "考核条件：{0}。",
    "all": " 且 ",
    "any": " 或 ",
    "not": "非（{0}）",
    "is": "{0} 为 {1}",
    "contains_all": "{0} 的所选包括 {1}",
    "is_exactly": "{0} 恰为 {1}",
    "nothing": "无",
    "or": " 或 ",
    "and": " 和 ",
    "quoted": "“{0}”",
    "fail": "{0}：{1}",
    "chosen": "选择 {0}",
    "below_highest": "任何低于最高分的答案",
    "below": "得分低于 {0}（满分 100）",
    "hits": "出现 {0} 次及以上",
    "to_zero": "{0}记 0 分。",
    "to_cap": "{0}最高 {1} 分（满分 100）。",
    "to_verdict": "无论得分，判为不合格。",
    "this": "该评分项",
    "this_section": "该部分",
    "section": "{0} 部分",
    "form": "整份评分表",
    "reasons": "原因",
    "version": "版本",
    "content": "内容",
    "colon": "：",
    "comma": "，",
}  # fmt: skip


def number_text(value: float) -> str:
    """A number of a form as a person writes it."""
    return f"{value:.12g}"


def hundred(fraction: float) -> str:
    """A fraction on the scale of 100."""
    return f"{100 * fraction:.10g}"


def form_words(language: str) -> dict[str, str]:
    """The words of a language: Chinese for those that begin with zh, else English."""
    return CHINESE if language.startswith("zh") else ENGLISH


@dataclass
class Asked:
    """One criterion, said in words."""

    id: str
    title: str
    others: dict[str, str]
    marks: list[str]
    about: str  # how it is answered, where that is no list of answers
    answers: list[tuple[str, str, str]]  # answer, what a file of answers has for it where that is another word, points
    box: str  # what stands before an answer: "( )" for one, "[ ]" for several, "-" where nobody ticks
    condition: str
    rules: list[str]
    reasons: list[str]


@dataclass
class Part:
    """One section, said in words; it holds sections or criteria."""

    number: str
    id: str
    title: str
    others: dict[str, str]
    marks: list[str]
    condition: str
    rules: list[str]
    parts: list[Part] = field(default_factory=list)
    criteria: list[Asked] = field(default_factory=list)


@dataclass
class Form:
    """A form, said in words."""

    title: str
    others: dict[str, str]
    about: str
    scoring: list[str]
    bands: list[str]
    parts: list[Part]


class Wording:
    """Says the parts of one form in one language; `rubric diff` uses it too."""

    def __init__(self, rubric: Rubric, language: str) -> None:
        self.rubric = rubric
        self.language = language
        self.words = form_words(language)
        self.definition = rubric.definition()
        self.criteria = {one.id: one for one in rubric.criteria}
        self.adds = self.definition["scoring"]["method"] == "base"

    def say(self, key: str, *values: str) -> str:
        return self.words[key].format(*values)

    def title(self, part: Mapping[str, Any]) -> str:
        return in_language(part.get("title", {}), self.language, str(part["id"]))

    def others(self, part: Mapping[str, Any]) -> dict[str, str]:
        own = self.title(part)
        texts = {tag: on_one_line(text) for tag, text in part.get("title", {}).items()}
        return {tag: text for tag, text in texts.items() if text != own}

    def points(self, value: float) -> str:
        return self.say("point_of" if value == 1 else "points_of", ("+" if self.adds and value > 0 else "") + number_text(value))

    def form(self) -> Form:
        bands = [self.say("band", self.title(band), hundred(band["from"])) for band in self.definition.get("bands", [])]
        about = f"{self.rubric.id} {self.rubric.version}{self.words['comma']}{self.words['content']} {self.rubric.content_hash[:12]}"
        return Form(
            title=self.title(self.definition),
            others=self.others(self.definition),
            about=about,
            scoring=self.scoring(),
            bands=bands,
            parts=[self.part(one, str(at)) for at, one in enumerate(self.definition["sections"], 1)],
        )

    def scoring(self) -> list[str]:
        scoring = self.definition["scoring"]
        method, policy = scoring["method"], scoring.get("not_applicable", "redistribute")
        by_section = scoring.get("weights") == "section"
        if method == "weighted":
            out = [self.say("weighted_section" if by_section else "weighted_criterion")]
        elif self.adds:
            base = number_text(scoring["base"])
            scale = number_text(scoring.get("scale", scoring["base"]))
            out = [self.words["base"].format(base=base, scale=scale)]
        else:
            out = [self.say(method)]
        if any(one.not_applicable for one in self.rubric.criteria):
            ways = {"points": "_points", "scaled_points": "_points", "base": "_base"}
            more = (ways.get(method) or ("_section" if by_section else "")) if policy == "redistribute" else ""
            out.append(self.say(policy + more))
        limits = scoring.get("cap")
        floor, cap = limits if isinstance(limits, list) else (scoring.get("floor"), limits)
        given = [number_text(limit) if self.adds else hundred(limit) for limit in (floor, cap) if limit is not None]
        if given:
            name = "limits" if len(given) == 2 else "floor" if cap is None else "cap"
            out.append(self.say(name + ("_points" if self.adds else ""), *given))
        if "round" in scoring:
            out.append(self.say(scoring["round"]["rule"], str(scoring["round"]["digits"])))
        if self.rubric.pass_from is not None:
            out.append(self.say("pass", hundred(self.rubric.pass_from)))
        return out

    def part(self, section: Mapping[str, Any], number: str) -> Part:
        return Part(
            number=number,
            id=section["id"],
            title=self.title(section),
            others=self.others(section),
            marks=self.marks(section),
            condition=self.asked_when(section),
            rules=[self.rule(rule, on_section=True) for rule in section.get("fail", [])],
            parts=[self.part(one, f"{number}.{at}") for at, one in enumerate(section.get("sections", []), 1)],
            criteria=[self.asked(one) for one in section.get("criteria", [])],
        )

    def marks(self, part: Mapping[str, Any]) -> list[str]:
        out = [self.say("weight", number_text(part["weight"]))] if "weight" in part else []
        out += [self.words[key] for key in ("bonus", "critical", "excluded") if part.get(key)]
        if part.get("not_applicable"):
            out.append(self.words["may"])
        if "out_of" in part:
            out.append(self.say("out_of", number_text(part["out_of"])))
        return out

    def asked(self, criterion: Mapping[str, Any]) -> Asked:
        known = self.criteria[criterion["id"]]
        about, answers = self.answer(criterion["answer"], known)
        if known.metric is not None:
            about = self.words["comma"].join(filter(None, [about, self.say("metric", known.metric)]))
        reasons = [one if isinstance(one, str) else self.title(one) for one in criterion.get("reasons", [])]
        return Asked(
            id=criterion["id"],
            title=self.title(criterion),
            others=self.others(criterion),
            marks=self.marks(criterion) + list(known.dimension),
            about=about,
            answers=answers,
            box="-" if known.metric is not None else "[ ]" if known.several else "( )",
            condition=self.asked_when(criterion),
            rules=[self.rule(rule, criterion["answer"]) for rule in criterion.get("fail", [])],
            reasons=reasons,
        )

    def answer(self, answer: Any, known: Criterion) -> tuple[str, list[tuple[str, str, str]]]:
        """What is asked for, and the answers with how they are written and their points."""
        if isinstance(answer, str):
            return self.words[answer], []
        if "hits" in answer:
            return self.hits(answer["hits"]), []
        labels = [self.answer_name(answer, one) for one in known.answers]
        written = ["" if one == label else one for one, label in zip(known.answers, labels, strict=True)]
        if "number" in answer:
            labels = self.ranges(answer["number"]["ranges"])
            written = [""] * len(labels)
        if "scale" in answer and len(labels) > MOST_STEPS:
            ends = self.say("earns", number_text(min(known.points)), number_text(max(known.points)))
            return self.say("scale", labels[0], labels[-1]) + self.words["colon"] + ends, []
        about = self.words["several"] if known.several else ""
        if "most" in answer:
            about += self.words["comma"] + self.say("most", number_text(answer["most"]))
        return about, [(label, code, self.points(points)) for label, code, points in zip(labels, written, known.points, strict=True)]

    def hits(self, hits: Mapping[str, Any]) -> str:
        each = hits.get("each", True)
        most = abs(hits["limit"] if each else hits["points"])
        way = "gain" if hits["points"] > 0 else "deduct" if self.adds else "lose"
        return self.say(way + ("" if each else "_once"), number_text(most), number_text(abs(hits["points"])))

    def ranges(self, ranges: Sequence[Mapping[str, Any]]) -> list[str]:
        out = [self.say("up_to", number_text(one["to"])) for one in ranges if "to" in one]
        return [*out, self.say("above", number_text(ranges[-2]["to"])) if len(ranges) > 1 else self.words["any_number"]]

    def answer_name(self, answer: Any, id: str) -> str:
        """An answer as the form shows it."""
        if isinstance(answer, dict) and "options" in answer:
            for option in answer["options"]:
                if option["id"] == id:
                    return self.title(option)
        yes_no = answer == "yes_no" or (isinstance(answer, dict) and "yes_no" in answer)
        return self.words[id] if id == "not_applicable" or (yes_no and id in ("yes", "no")) else id

    def listed(self, values: Sequence[str], joined: str) -> str:
        return self.words[joined].join(values) or self.words["nothing"]

    def asked_when(self, part: Mapping[str, Any]) -> str:
        return self.say("asked", self.condition(part["ask_when"])) if "ask_when" in part else ""

    def condition(self, condition: Mapping[str, Any], inside: bool = False) -> str:
        for key in ("all", "any"):
            if key in condition:
                text = self.words[key].join(self.condition(one, inside=True) for one in condition[key])
                return f"({text})" if inside and len(condition[key]) > 1 else text
        if "not" in condition:
            return self.say("not", self.condition(condition["not"]))
        match = next(key for key in ("is", "contains_all", "is_exactly") if key in condition)
        values = condition[match] if isinstance(condition[match], list) else [condition[match]]
        if "field" in condition:
            return self.say(match, condition["field"], self.listed(list(map(str, values)), "or"))
        asked = self.find(condition["criterion"])
        names = [self.answer_name(asked["answer"], str(value)) for value in values]
        subject = self.say("quoted", self.title(asked))
        return self.say(match, subject, self.listed(names, "or" if match == "is" else "and"))

    def find(self, id: str) -> Mapping[str, Any]:
        def among(sections: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
            for section in sections:
                found = next((one for one in section.get("criteria", []) if one["id"] == id), None)
                found = found or among(section.get("sections", []))
                if found is not None:
                    return found
            return None

        found = among(self.definition["sections"])
        assert found is not None  # the reader knows every criterion of a condition
        return found

    def rule(self, rule: Mapping[str, Any], answer: Any = None, on_section: bool = False) -> str:
        when, scope, effect = rule["when"], rule["scope"], rule["effect"]
        if when == "below_highest":
            trigger = self.words[when]
        elif "chosen" in when:
            chosen = when["chosen"] if isinstance(when["chosen"], list) else [when["chosen"]]
            names = [self.say("quoted", self.answer_name(answer, one)) for one in chosen]
            trigger = self.say("chosen", self.listed(names, "or"))
        elif "below" in when:
            trigger = self.say("below", hundred(when["below"]))
        else:
            trigger = self.say("hits", str(when["hits"]))
        if effect == "verdict":
            return self.say("fail", trigger, self.words["to_verdict"])
        if isinstance(scope, dict):
            target = self.say("section", scope["section"])
        else:
            target = self.words[{"criterion": "this", "section": "this_section", "form": "form"}[scope]]
        if effect == "zero":
            return self.say("fail", trigger, self.say("to_zero", target))
        return self.say("fail", trigger, self.say("to_cap", target, hundred(effect["cap"])))


def form_text(rubric: Rubric, language: str) -> str:
    """The form as text for a terminal."""
    wording = Wording(rubric, language)
    form, words = wording.form(), wording.words
    lines = [form.title, *form.others.values(), form.about, "", *form.scoring]
    if form.bands:
        lines.append(f"{words['bands']}{words['colon']}{words['comma'].join(form.bands)}")

    def add(indent: str, text: str) -> None:
        if text:
            lines.append(indent + text)

    def part(one: Part, indent: str) -> None:
        lines.append("")
        lines.append(f"{indent}{one.number} {_named(one.title, one.others, one.id)}{_marked(one.marks)}")
        add(indent + "  ", one.condition)
        for rule in one.rules:
            add(indent + "  ", "! " + rule)
        for inner in one.parts:
            part(inner, indent + "  ")
        for asked in one.criteria:
            lines.append(f"{indent}  - {_named(asked.title, asked.others, asked.id)}{_marked(asked.marks)}")
            more = indent + "      "
            add(more, asked.condition)
            add(more, asked.about)
            for answer, written, points in asked.answers:
                code = f" [{written}]" if written else ""
                add(more, f"{asked.box} {answer}{code}{words['colon']}{points}")
            for rule in asked.rules:
                add(more, "! " + rule)
            if asked.reasons:
                add(more, words["reasons"] + words["colon"] + words["comma"].join(asked.reasons))

    for one in form.parts:
        part(one, "")
    return "\n".join(lines)


def _named(title: str, others: Mapping[str, str], id: str) -> str:
    names = " / ".join([title, *others.values()])
    return names if names == id else f"{names} [{id}]"


def _marked(marks: Sequence[str]) -> str:
    return f" ({', '.join(marks)})" if marks else ""


def form_page(rubric: Rubric, language: str) -> str:
    """The form as one HTML page that loads nothing and follows the light or dark setting of the reader."""
    wording = Wording(rubric, language)
    form, words = wording.form(), wording.words
    scoring = "".join(f"<li>{escape(line)}</li>" for line in form.scoring)
    bands = "".join(f"<li>{escape(band)}</li>" for band in form.bands)
    bands = f'<ul class="bands" aria-label="{escape(words["bands"])}">{bands}</ul>' if bands else ""
    body = "".join(_part_html(one, 2, words) for one in form.parts)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        f'<title>{escape(form.title)}</title>\n<link rel="icon" href="data:,">\n<style>{STYLE}</style>\n</head>\n<body>\n<header>\n'
        f'<h1 dir="auto">{escape(form.title)}</h1>\n{_others_html(form.others)}<p class="about">{escape(form.about)}</p>\n</header>\n'
        f'<main>\n<section class="how"><h2>{escape(words["scoring"])}</h2><ul>{scoring}</ul>{bands}</section>\n{body}</main>\n'
        "</body>\n</html>\n"
    )


def _others_html(others: Mapping[str, str]) -> str:
    return "".join(f'<p class="other" lang="{escape(tag)}" dir="auto">{escape(text)}</p>' for tag, text in others.items())


def _marks_html(id: str, marks: Sequence[str]) -> str:
    shown = "".join(f"<li>{escape(mark)}</li>" for mark in marks)
    return f'<ul class="marks"><li class="id">{escape(id)}</li>{shown}</ul>'


def _notes_html(condition: str, rules: Sequence[str]) -> str:
    asked = f'<p class="asked">{escape(condition)}</p>' if condition else ""
    return asked + "".join(f'<p class="fail">{escape(rule)}</p>' for rule in rules)


def _part_html(part: Part, level: int, words: Mapping[str, str]) -> str:
    asked: Callable[[Asked], str] = lambda one: _asked_html(one, level + 1, words)  # noqa: E731
    return (
        f'<section class="part"><h{level} dir="auto"><span class="number">{part.number}</span> {escape(part.title)}</h{level}>'
        f"{_others_html(part.others)}{_marks_html(part.id, part.marks)}{_notes_html(part.condition, part.rules)}"
        + "".join(_part_html(one, level + 1, words) for one in part.parts)
        + "".join(map(asked, part.criteria))
        + "</section>\n"
    )


def _asked_html(asked: Asked, level: int, words: Mapping[str, str]) -> str:
    box = {"( )": '<span class="box"></span>', "[ ]": '<span class="box several"></span>', "-": ""}[asked.box]
    answers = "".join(
        f'<li>{box}<span class="answer" dir="auto">{escape(answer)}'
        + (f' <span class="id">{escape(written)}</span>' if written else "")
        + f'</span><span class="points">{escape(points)}</span></li>'
        for answer, written, points in asked.answers
    )
    answers = f'<ul class="answers">{answers}</ul>' if answers else ""
    about = f'<p class="how-answered">{escape(asked.about)}</p>' if asked.about else ""
    reasons = "".join(f'<li><span class="box several"></span>{escape(one)}</li>' for one in asked.reasons)
    reasons = f'<div class="reasons"><span>{escape(words["reasons"])}</span><ul>{reasons}</ul></div>' if reasons else ""
    return (
        f'<article><h{level} dir="auto">{escape(asked.title)}</h{level}>{_others_html(asked.others)}'
        f"{_marks_html(asked.id, asked.marks)}{_notes_html(asked.condition, [])}{about}{answers}"
        f"{_notes_html('', asked.rules)}{reasons}</article>\n"
    )


STYLE = """
:root { color-scheme: light dark; --page: #fff; --raised: #f5f7f9; --ink: #1b222c; --soft: #56606d; --line: #d9dee4;
  --accent: #0b5c9e; --warn: #fff5e5; --warn-line: #c77700; --info: #eef5fb; }
@media (prefers-color-scheme: dark) { :root { --page: #12161b; --raised: #1a2027; --ink: #e7ebf0; --soft: #a3adb9;
  --line: #333d48; --accent: #74b6ec; --warn: #2b2317; --warn-line: #e0a03f; --info: #17222d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 54rem; padding: 2rem 1.25rem 3rem; background: var(--page); color: var(--ink);
  overflow-wrap: anywhere; font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "PingFang SC",
  "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif; font-variant-numeric: tabular-nums; }
h1, h2, h3, h4, h5 { line-height: 1.25; margin: 0; text-wrap: balance; }
h1 { font-size: clamp(1.6rem, 1.2rem + 1.8vw, 2.3rem); }
h2 { font-size: 1.35rem; } h3 { font-size: 1.1rem; } h4, h5 { font-size: 1rem; }
p, ul { margin: 0; padding: 0; } ul { list-style: none; }
.other { color: var(--soft); } h1 + .other { font-size: 1.1rem; margin-top: 0.3rem; }
.about { color: var(--soft); font-size: 0.875rem; margin-top: 0.4rem; }
.how { margin: 1.5rem 0 0; padding: 1rem 1.1rem; background: var(--info); border-radius: 10px; }
.how h2 { font-size: 1rem; margin-bottom: 0.35rem; }
.how > ul:not(.bands) > li + li { margin-top: 0.15rem; }
.bands { display: flex; flex-wrap: wrap; gap: 0.4rem; margin-top: 0.7rem; }
.bands li { border: 1px solid var(--accent); border-radius: 999px; padding: 0.1rem 0.7rem; font-size: 0.9rem; }
.part { margin-top: 2rem; } .part .part { margin-top: 1.3rem; padding-left: 1rem; border-left: 3px solid var(--line); }
.number { color: var(--soft); font-weight: 400; }
.marks { display: flex; flex-wrap: wrap; gap: 0.15rem 0.9rem; font-size: 0.85rem; color: var(--soft); margin-top: 0.25rem; }
.answer .id { font-size: 0.85rem; color: var(--soft); }
.id { font-family: ui-monospace, Menlo, Consolas, "Liberation Mono", "Noto Sans Mono CJK SC", monospace; }
article { border: 1px solid var(--line); border-radius: 10px; padding: 0.9rem 1.1rem; margin-top: 0.9rem; break-inside: avoid; }
.how-answered { margin-top: 0.5rem; font-size: 0.95rem; }
.answers { margin-top: 0.55rem; }
.answers li { display: flex; gap: 0.6rem; align-items: baseline; padding: 0.28rem 0; border-top: 1px solid var(--line); }
.answer { flex: 1; min-width: 0; } .points { color: var(--soft); white-space: nowrap; }
.box { display: inline-block; flex: none; width: 0.8em; height: 0.8em; border: 1.5px solid var(--soft); border-radius: 50%;
  transform: translateY(0.08em); }
.box.several { border-radius: 3px; }
.asked, .fail { margin-top: 0.55rem; padding: 0.35rem 0.75rem; font-size: 0.9rem; border-left: 4px solid var(--accent);
  background: var(--info); border-radius: 0 6px 6px 0; }
.fail { border-color: var(--warn-line); background: var(--warn); }
.reasons { display: flex; flex-wrap: wrap; gap: 0.2rem 0.9rem; margin-top: 0.6rem; font-size: 0.875rem; color: var(--soft); }
.reasons ul { display: flex; flex-wrap: wrap; gap: 0.2rem 0.9rem; } .reasons .box { margin-right: 0.4rem; }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } .how, .fail, .asked { border: 1px solid var(--line); } }
"""
