"""Pages in Chinese: every sentence of every study has its counterpart, figures stay, and names are left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import qascore as qa
from qascore._calibration_report import calibration_report
from qascore._csat_report import csat_report
from qascore._study_report import study_report
from qascore.report import Heading, Report, Section, Table, Text, render
from qascore.report.chinese import LABELS, PATTERNS, SENTENCES, in_language, sentence
from qascore.report.meanings import MEANINGS

ROOT = Path(__file__).parents[3]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from texts(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            if one.name not in ("id", "kind", "of", "language", "about", "provenance"):
                yield from texts(getattr(value, one.name))


def calibration(**more: Any) -> Report:
    rng = np.random.default_rng(4)
    quality, ids = rng.normal(0.0, 1.0, 80), [f"d{at:02d}" for at in range(80)]
    rows = [
        (ids[unit], f"r{rater}", criterion, int(np.clip(round(quality[unit] * strength - 0.5 * (rater == 2 and unit > 40) + rng.normal(0, 0.7)), -2, 2)))
        for criterion, strength in (("tone", 1.0), ("process", 0.1))
        for unit in range(80)
        for rater in range(5)
    ]
    frame = pd.DataFrame(rows, columns=["conversation_id", "rater_id", "criterion", "score"])
    table = qa.RatingTable(frame, unit="conversation_id", rater="rater_id", rating="score", criterion="criterion")
    options = {"order": {one: at for at, one in enumerate(ids)}, "gold": "r0", "previous": table} if more.get("all") else {}
    return calibration_report(qa.calibration_study(table, by="criterion", **options), "Calibration of raters")


def satisfaction(**more: Any) -> Report:
    rng = np.random.default_rng(3)
    calls = pd.DataFrame({"score": rng.uniform(0.4, 1.0, 300), "agent": np.arange(300) % 12, "channel": np.arange(300) % 3, "wait": rng.exponential(3, 300)})
    calls["tone"] = np.clip(calls["score"] + rng.normal(0, 0.2, 300), 0, 1)
    felt = np.clip(np.rint(1 + 4 * calls["score"] + rng.normal(0, 1, 300)), 1, 5)
    calls["csat"] = np.where(rng.random(300) < 0.6, felt, np.nan)
    study = qa.csat_study(calls, agent="agent", by="channel", criteria=["score", "tone"], reliability=0.8, known=["wait"], **more)
    return csat_report(study, "Scores and satisfaction")


def halo() -> Report:
    """One person gave both in a fifth of the rows; nothing is left once the raters' error is allowed for."""
    rng = np.random.default_rng(1)
    felt, rows = rng.normal(0, 1, 400), np.arange(400)
    calls = pd.DataFrame({"score": felt + rng.normal(0, 0.5, 400), "csat": np.clip(np.rint(3 + felt), 1, 5), "by": rows % 5, "asked": rows % 4})
    return csat_report(qa.csat_study(calls, score_by="by", csat_by="asked", reliability=0.2), "T")


def undefined() -> Report:
    return calibration_report(qa.calibration_study(qa.RatingTable.from_matrix(np.ones((20, 3)), raters=["x", "y", "z"])), "T")


def anonymous() -> Report:
    counts = np.random.default_rng(1).integers(0, 4, (30, 3))
    return calibration_report(qa.calibration_study(qa.RatingTable.from_counts(counts, categories=[1, 2, 3])), "T")


def apart() -> Report:
    """Raters of two groups that nothing connects, and text."""
    words = np.array(["poor", "fair", "good"], dtype=object)[np.random.default_rng(2).integers(0, 3, (60, 4))]
    words[:30, 2:] = words[30:, :2] = None
    return calibration_report(qa.calibration_study(qa.RatingTable.from_matrix(words, raters=["w", "x", "y", "z"])), "T")


MADE = {
    "anonymous": anonymous,
    "apart": apart,
    "halo": halo,
    "undefined": undefined,
    "calibration": calibration,
    "calibration, all parts": lambda: calibration(all=True),
    "satisfaction": satisfaction,
    "satisfaction, not adjusted": lambda: satisfaction(adjust="none"),
    "study": lambda: study_report(qa.run_study(ROOT / "examples" / "study" / "study.yaml")),
}


@pytest.mark.parametrize("name", MADE)
def test_no_sentence_is_left_in_english(name: str) -> None:
    report = MADE[name]()
    said = in_language(report, "zh-CN")
    left = [text for text in texts(said) if re.search(r"[A-Za-z']{2,} [a-z']{2,} [a-z']{2,}", text)]
    assert left == []
    assert "\u4e00" <= max(render(said)) and 'lang="zh-CN"' in render(said)


@pytest.mark.parametrize("name", MADE)
def test_the_figures_are_the_same_in_both_languages(name: str) -> None:
    report = MADE[name]()
    said = in_language(report, "zh-CN")
    for english, chinese in zip(texts(report), texts(said), strict=True):
        # The order of names may change, the numbers of a text may not. Numbers of the scale (AC1, 95% as words) stand in both.
        assert sorted(re.findall(r"\d[\d.,]*\d|\d", english)) == sorted(re.findall(r"\d[\d.,]*\d|\d", chinese)), english


def test_counterparts_hold_the_same_places() -> None:
    for english, chinese in (*SENTENCES, *PATTERNS):
        places = sorted(re.findall(r"\{(\w+)\}", english))
        assert sorted(re.findall(r"\{(\w+)\}", chinese)) == places, english
        assert len(set(places)) == len(places)
        assert not re.search(r"[,;?] ", chinese), chinese
    assert all(re.search(r"[\u4e00-\u9fffα]|kappa", chinese) for chinese in LABELS.values())
    for meaning in MEANINGS.values():
        assert set(meaning) == {"en", "zh-CN"}


def test_names_and_unknown_sentences_stay() -> None:
    assert sentence("Our own remark. It stays as it is.") == "Our own remark. It stays as it is."
    report = Report("Billing queue, May", sections=(Section("s", "Refunds and fees", "客服已处理。", (Heading("phone"), Text("Call us."))),))
    said = in_language(report, "zh-CN")
    assert (said.title, said.sections[0].lead, said.sections[0].blocks) == (report.title, "客服已处理。", report.sections[0].blocks)
    assert in_language(report, "en") is report
    with pytest.raises(qa.ArgumentError, match="did you mean"):
        in_language(report, "zh-CM")


def test_a_page_explains_each_figure_once_and_links_to_it() -> None:
    for language in ("en", "zh-CN"):
        report = in_language(MADE["study"](), language)
        page = render(report)
        links = re.findall(r'href="#about-(\w+)"', page)
        assert set(links) <= set(report.meanings()) and len(links) > 10
        for key in report.meanings():
            assert page.count(f'id="about-{key}"') == 1
            assert escape(MEANINGS[key][language][0]).replace("&#x27;", "&#39;") in page
    with pytest.raises(qa.ArgumentError, match="about: expected one of"):
        Table((), (), about="alfa")


def test_the_page_names_the_command_that_makes_it_again(tmp_path: Path) -> None:
    report = qa.run_study(ROOT / "examples" / "study" / "study.yaml", command="qascore study study.yaml --out results").report()
    made = dict(report.provenance)
    assert made["Command"] == "qascore study study.yaml --out results"
    assert made["Program"] == f"qascore {qa.__version__}" and made["Python"].startswith("3.")
    assert made["Seed"].isdigit() and "sha256" in made["Conversations"] and "content" in made["Rubric"]


def test_verdicts_and_questions_have_counterparts() -> None:
    from qascore._calibration_report import ABOUT_RATERS, USUAL
    from qascore.calibration_studies import QUESTIONS
    from qascore.verdicts import VERDICTS

    asked = [f"{question[0].upper()}{question[1:]}" for question in QUESTIONS.values()]
    known = [*VERDICTS.values(), *ABOUT_RATERS.values(), *USUAL.values(), *asked]
    assert [text for text in known if sentence(text) == text] == []
