"""A form as people read it: text and one page, in the languages that it speaks."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
import qascore as qa
from qascore.rubric import shipped_rubrics

FORM = """
qascore: 1
id: f
version: "2"
title: {en: Form <b>, zh-CN: 表}
scoring: {method: weighted, weights: section, not_applicable: zero, cap: 0.9, round: {digits: 2, rule: half_up}}
bands: [{id: good, title: {en: Good, zh-CN: 好}, from: 0.85}, {id: poor, from: 0}]
pass_from: 0.7
sections:
  - id: a
    title: Opening & more
    weight: 2.5
    fail: [{when: {below: 0.5}, scope: form, effect: {cap: 0.6}}]
    criteria:
      - {id: greeting, title: {en: "Says \\"hello\\"", zh-CN: 问候}, answer: yes_no, not_applicable: true, fail: [{when: below_highest, scope: section, effect: verdict}]}
      - {id: tone, weight: 2, dimension: [manner], critical: true, answer: {scale: {min: 0, max: 40}}}
      - {id: topics, excluded: true, answer: {options: [{id: x, title: Bills, points: 0}, {id: y, points: 0}], several: true}}
  - id: b
    ask_when: {all: [{field: channel, is: [phone, chat]}, {any: [{criterion: greeting, is: ["no", not_applicable]}, {not: {criterion: topics, contains_all: [x, y]}}]}]}
    sections:
      - id: b1
        criteria:
          - {id: wait, answer: {number: {from: metric.wait_s, ranges: [{to: 20, points: 2}, {to: 60.5, points: 1}, {points: 0}]}}}
          - {id: slips, answer: {hits: {points: -2, limit: -6}}, reasons: [haste, {id: habit, title: Old habit}], fail: [{when: {hits: 2}, scope: criterion, effect: zero}]}
          - {id: extra, out_of: 4, answer: {options: [{id: p, points: 3}, {id: q, points: 1}]}, fail: [{when: {chosen: [p, q]}, scope: {section: b}, effect: zero}]}
          - {id: note, answer: text}
"""


class Page(HTMLParser):
    """The words of a page; refuses tags that do not match and anything that loads or runs."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.levels: list[int] = []
        self.open: list[str] = []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "img", "iframe")
        assert not [name for name, value in attrs if name in ("src", "onclick", "style") or (name == "href" and value != "data:,")]
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and data.strip():
            self.words.append(data.strip())


@pytest.fixture(scope="module")
def form() -> qa.Rubric:
    return qa.Rubric.parse(FORM)


def test_the_text_says_all_that_the_form_says(form: qa.Rubric) -> None:
    assert form.to_text() == """\
Form <b>
表
f 2, content """ + form.content_hash[:12] + """

A section is the weighted mean of its criteria, the form the weighted mean of its sections.
What is not applicable counts with 0.
The score is at most 90 of 100.
It is rounded to 2 decimal places of the fraction, halves up.
To pass: 70 of 100.
Bands: Good: from 85, poor: from 0

1 Opening & more [a] (weight 2.5)
  ! Below 50 of 100: the whole form counts at most 60 of 100.
  - Says "hello" / 问候 [greeting] (may be not applicable)
      ( ) yes: 1 point
      ( ) no: 0 points
      ! On any answer below the best: not passed, whatever the score.
  - tone (weight 2, critical, manner)
      0 to 40: 0 to 40 points
  - topics (not scored)
      several may be chosen
      [ ] Bills [x]: 0 points
      [ ] y: 0 points

2 b
  Asked when channel is phone or chat and (“Says "hello"” is no or not applicable or not (“topics” has Bills and y among the chosen)).

  2.1 b1
    - wait
        filled in from the metric wait_s
        - up to 20: 2 points
        - up to 60.5: 1 point
        - above 60.5: 0 points
    - slips
        how often: 6 points, less 2 for each, not below 0
        ! From 2 times on: this criterion counts 0.
        Root causes: haste, Old habit
    - extra (full marks are 4 points)
        ( ) p: 3 points
        ( ) q: 1 point
        ! If “p” or “q” is chosen: the section b counts 0.
    - note
        free text, not scored"""


def test_the_page_is_balanced_loads_nothing_and_escapes_every_text(form: qa.Rubric) -> None:
    page = Page(form.to_html())
    assert "Form <b>" in page.words and 'Says "hello"' in page.words and "问候" in page.words
    assert page.levels == [1, 2, 2, 3, 3, 3, 2, 3, 4, 4, 4, 4]  # no level is left out
    said = [line.strip(" !") for line in form.to_text().splitlines() if line.endswith(".") or "how often" in line]
    assert len(said) == 11  # scoring, conditions and rules: the same sentences as the text
    assert set(said) <= set(page.words)
    assert {"Good: from 85", "weight 2.5", "above 60.5", "1 point", "Old habit", "not scored"} <= set(page.words)


@pytest.mark.parametrize("name", shipped_rubrics())
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_shipped_form_shows_every_title_in_every_language(name: str, language: str) -> None:
    form = qa.Rubric.load(name)
    text, page = form.to_text(language), Page(form.to_html(language))
    assert f'<html lang="{language}">' in form.to_html(language)
    for part in (*form.sections, *form.criteria, *form.bands):
        for tag, title in part.title.items():
            if not isinstance(part, type(form.bands[0]) if form.bands else ()) or tag == language:
                assert title in text
        assert part.title.get(language, part.id) in " ".join(page.words)


def test_words_are_chinese_for_chinese_and_english_else(form: qa.Rubric) -> None:
    assert form.to_text("zh").splitlines()[:2] == ["表", "Form <b>"]
    assert "合格线：70 分（满分 100）。" in form.to_text("zh")
    assert "考核条件：channel 为 phone 或 chat 且 （" not in form.to_text("zh")  # brackets stand without a space
    assert "To pass: 70 of 100." in form.to_text("fr")
