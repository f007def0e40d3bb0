"""The page as a reader sees it, in headless Chromium: nothing overflows, nothing is fetched, all can be read.

The screenshots are left in the folder named by QASCORE_SCREENSHOTS, to be looked at.
"""

from __future__ import annotations

import math
import os
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jinja2")

from browser import Browser, find_chromium
from qascore.report import Figure, IntervalPlot, Report, Row, Section, render
from sample import HOSTILE, sample

WIDEST = "Math.max(...[...document.querySelectorAll('table')].map((t) => t.getBoundingClientRect().right))"
PAPER = 1002  # CSS pixels between the margins of A4, from top to bottom
MEASURE = Path(__file__).with_name("measure.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = find_chromium()
    if program is None:
        warnings.warn("NO CHROMIUM: the layout of the report is NOT tested", stacklevel=1)
        pytest.skip("Chromium is not installed: the layout of the report is NOT tested")
    with Browser(program) as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("report")
    files = {language: folder / f"{language}.html" for language in ("en", "zh-CN")}
    for language, file in files.items():
        file.write_text(render(sample(language)), encoding="utf-8")
    return files


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("QASCORE_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def printed_pages(pdf: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 800, 360, 320])
def test_nothing_overflows_and_everything_can_be_read(
    browser: Browser, pages: dict[str, Path], shots: Path, width: int, dark: bool, language: str
) -> None:
    browser.open(pages[language], width, dark=dark)
    browser.screenshot(shots / f"{language}-{width}-{'dark' if dark else 'light'}.png")
    assert browser.run(MEASURE) == []
    page = browser.run("getComputedStyle(document.body).backgroundColor")
    assert page == ("rgb(18, 22, 27)" if dark else "rgb(255, 255, 255)")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_printed_page_is_light_and_nothing_is_cut_off(
    browser: Browser, pages: dict[str, Path], shots: Path, language: str
) -> None:
    # 180 mm between the margins of A4 are 680 CSS pixels.
    browser.open(pages[language], 680, dark=True, medium="print")
    assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.run(MEASURE) == []
    assert browser.run(WIDEST) <= 680
    pdf = shots / f"{language}.pdf"
    browser.pdf(pdf)
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert 5 <= printed_pages(pdf) <= 15


def test_a_tall_picture_goes_on_with_its_columns_and_axis_and_leaves_no_page_blank(browser: Browser, tmp_path: Path) -> None:
    def plot(count: int) -> IntervalPlot:
        return IntervalPlot(tuple(Row(f"r{at}", Figure(0.5, 0.4, 0.6, 20, 0.95)) for at in range(count)), "Severity of the raters")

    file, pdf = tmp_path / "tall.html", tmp_path / "tall.pdf"
    file.write_text(render(Report("Raters", sections=(Section("s", "Severity", "", (plot(80), plot(5))),))), encoding="utf-8")
    browser.open(file, 680, medium="print")
    style = "getComputedStyle(document.querySelector('{}')).{}"
    assert browser.run(style.format("table.rows tfoot", "display")) == "table-footer-group"
    assert browser.run(style.format("table.rows thead", "display")) == "table-header-group"
    kept = browser.run("[...document.querySelectorAll('.picture')].map((p) => getComputedStyle(p).breakInside)")
    assert kept == ["auto", "avoid"]
    height = browser.run("document.body.scrollHeight")
    browser.pdf(pdf)
    assert printed_pages(pdf) == math.ceil(height / PAPER)


def test_a_folded_table_opens_at_a_key_and_is_open_on_paper_and_without_the_script(browser: Browser, pages: dict[str, Path], tmp_path: Path) -> None:
    seen = "document.querySelector('.fold table').checkVisibility()"
    browser.open(pages["en"], 1280)
    assert browser.run(seen) is False
    browser.run("document.querySelector('.fold > summary').focus()")
    for kind in ("keyDown", "keyUp"):
        browser("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r" if kind == "keyDown" else "")
    assert browser.run(seen) is True
    browser.open(pages["en"], 1280)
    browser.run("addEventListener('beforeprint', () => { document.title = String(document.querySelector('.fold').open); })")
    browser.pdf(tmp_path / "page.pdf")
    assert browser.run("document.title") == "true"
    assert browser.run(seen) is False, "closed again afterwards"
    browser("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(pages["en"], 1280)
        markup = browser("DOM.getOuterHTML", nodeId=browser("DOM.getDocument")["root"]["nodeId"])["outerHTML"]
    finally:
        browser("Emulation.setScriptExecutionDisabled", value=False)
    assert '<details class="fold" open="">' in markup


def test_the_page_asks_for_nothing_but_itself(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["en"], 1280)
    assert browser.requests() == [pages["en"].resolve().as_uri()]
    assert browser.complaints() == []


def test_hostile_labels_stay_text(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["en"], 1280)
    assert browser.run("document.title") == "Quality inspection, June 2026"
    assert browser.run("[document.scripts.length, document.images.length]") == [1, 0]
    assert HOSTILE in browser.run("document.querySelector('#summary').textContent")


def test_the_policy_of_the_page_stops_foreign_scripts_and_requests(
    browser: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    broken = (
        pages["en"]
        .read_text(encoding="utf-8")
        .replace(
            "</main>",
            '<script>document.title="taken"</script><img src="http://example.invalid/x.png"></main>',
        )
    )
    file = tmp_path / "broken.html"
    file.write_text(broken, encoding="utf-8")
    browser.open(file, 1280)
    assert browser.run("document.title") == "Quality inspection, June 2026"
    assert browser.run("document.images[0].naturalWidth") == 0
    assert any("Content Security Policy" in text for text in browser.complaints())


def column(browser: Browser, at: int) -> list[str]:
    found: list[str] = browser.run(
        f"[...document.querySelector('table.sortable').tBodies[0].rows].map((r) => r.cells[{at}].textContent)"
    )
    return found


def press(browser: Browser, at: int) -> Any:
    """The button in the head of a column, by keyboard."""
    browser.run(f"document.querySelectorAll('table.sortable')[0].querySelectorAll('button')[{at}].focus()")
    for kind in ("keyDown", "keyUp"):
        browser(
            "Input.dispatchKeyEvent",
            type=kind,
            key="Enter",
            code="Enter",
            text="\r",
            windowsVirtualKeyCode=13,
        )
    return browser.run(
        f"document.querySelector('table.sortable').tHead.rows[0].cells[{at}].getAttribute('aria-sort')"
    )


def test_a_column_is_sorted_from_the_keyboard_and_undefined_cells_stay_last(
    browser: Browser, pages: dict[str, Path]
) -> None:
    browser.open(pages["en"], 1280)
    unsorted = column(browser, 3)
    assert press(browser, 3) == "ascending"
    shares = column(browser, 3)
    numbers = [float(text.rstrip("%")) for text in shares if text.endswith("%")]
    assert numbers == sorted(numbers)
    assert len(numbers) == 39 and shares[-1] == "–a"
    assert press(browser, 3) == "descending"
    assert column(browser, 3)[:39] == shares[:39][::-1]
    assert column(browser, 3)[-1] == "–a"
    assert press(browser, 2) == "ascending"
    assert column(browser, 3) == unsorted  # the third column rises in the order of the rows


def test_the_page_reads_in_order_without_eyes(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["zh-CN"], 1280)
    assert browser.run("document.documentElement.lang") == "zh-CN"
    levels = browser.run("[...document.querySelectorAll('h1, h2, h3')].map((h) => Number(h.tagName[1]))")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(deeper <= level + 1 for level, deeper in zip(levels, levels[1:], strict=False))
    assert browser.run("[...document.querySelectorAll('th')].every((h) => h.scope !== '')")
    assert browser.run(
        "[...document.querySelectorAll('svg')]"
        ".every((s) => s.closest('[aria-hidden=true]') || s.getAttribute('aria-label'))"
    )
    assert browser.run(
        "(ids => ids.length === new Set(ids).size)([...document.querySelectorAll('[id]')].map((e) => e.id))"
    )
    assert browser.run(
        "[...document.querySelectorAll('.contents a')].every((a) => document.getElementById(a.hash.slice(1)))"
    )
    browser("Input.dispatchKeyEvent", type="keyDown", key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert browser.run("document.activeElement.className") == "skip"
    assert browser.run("document.activeElement.getBoundingClientRect().left") >= 0


def test_the_page_reads_without_its_script(browser: Browser, pages: dict[str, Path]) -> None:
    browser("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(pages["en"], 1280)
        markup = browser("DOM.getOuterHTML", nodeId=browser("DOM.getDocument")["root"]["nodeId"])["outerHTML"]
    finally:
        browser("Emulation.setScriptExecutionDisabled", value=False)
    assert "<button" not in markup
    assert "agent 39" in markup
