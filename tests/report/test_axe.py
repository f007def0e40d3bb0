"""No page has what axe-core calls serious or critical: every kind of page, in both languages, light and dark.

axe-core comes with a package of the test dependencies; it is run inside the page, which loads nothing.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("jinja2")
pytest.importorskip("yaml")
pytest.importorskip("axe_core_python")

import qascore as qa
from browser import Browser, find_chromium
from qascore.report import render
from sample import sample

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("en", "zh-CN")
WORST = "axe.run(document, {resultTypes: ['violations']}).then((found) => JSON.stringify(found.violations))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = find_chromium()
    if program is None:
        warnings.warn("NO CHROMIUM: the accessibility of pages is NOT tested", stacklevel=1)
        pytest.skip("Chromium is not installed: the accessibility of pages is NOT tested")
    with Browser(program) as opened:
        yield opened


def study(language: str) -> str:
    found = qa.run_study(ROOT / "examples" / "study" / "study.yaml", language=language, command="qascore study study.yaml")
    return render(found.report())


def calibration(language: str) -> str:
    rng = np.random.default_rng(1)
    ratings = qa.RatingTable.from_matrix(np.clip(rng.integers(1, 5, (40, 1)) + rng.integers(-1, 2, (40, 4)), 1, 5), raters=["ann", "bob", "陈", "dan"])
    return qa.calibration_study(ratings, order=list(range(40)), gold="ann").to_html(language=language)


def satisfaction(language: str) -> str:
    rng = np.random.default_rng(2)
    calls = pd.DataFrame({"score": rng.uniform(0.4, 1, 200), "csat": rng.integers(1, 6, 200), "agent": np.arange(200) % 9})
    calls["tone"] = rng.uniform(0, 1, 200)
    return qa.csat_study(calls, agent="agent", criteria=["score", "tone"], reliability=0.8).to_html(language=language)


def form(language: str) -> str:
    return qa.Rubric.load("voice-service").to_html(language)


def every_block(language: str) -> str:
    return render(sample(language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", [study, calibration, satisfaction, form, every_block], ids=lambda make: make.__name__)
def test_axe_finds_nothing_serious(browser: Browser, make: Callable[[str], str], language: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(make(language), encoding="utf-8")
    program = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    for dark in (False, True):
        browser.open(page, 1280, dark=dark)
        browser.run(f"{program}; 0")
        found = json.loads(browser.run(WORST))
        assert [(one["impact"], one["id"], one["nodes"][0]["html"][:200]) for one in found] == []


def test_axe_would_say_so(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<!doctype html><html><body><img src="data:,"><p style="color:#ccc;background:#fff">pale</p></body></html>')
    browser.open(page, 1280)
    browser.run(f"{files('axe_core_python').joinpath('axe.min.js').read_text(encoding='utf-8')}; 0")
    found = {one["id"]: one["impact"] for one in json.loads(browser.run(WORST))}
    assert found["image-alt"] == "critical" and found["color-contrast"] == "serious" and found["html-has-lang"] == "serious"
