"""The pages of the demonstrations, in headless Chromium at desktop and phone width: nothing overflows."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("jinja2")
pytest.importorskip("yaml")

from browser import Browser, find_chromium
from qascore.demo import run_demo

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = Path(os.environ.get("QASCORE_REFERENCE_DATA", ROOT.parent / "shared")) / "data"
MEASURE = Path(__file__).with_name("measure.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = find_chromium()
    if program is None:
        warnings.warn("NO CHROMIUM: the layout of the demonstrations is NOT tested", stacklevel=1)
        pytest.skip("Chromium is not installed: the layout of the demonstrations is NOT tested")
    with Browser(program) as opened:
        yield opened


@pytest.fixture(scope="module", params=["simulated", "reference"])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = None if request.param == "simulated" else REFERENCE
    if data is not None and not data.is_dir():
        pytest.skip("the reference data are not here")
    out = tmp_path_factory.mktemp(request.param)
    run_demo(data, out=out)
    return out / "report.html"


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_overflows(browser: Browser, page: Path, width: int, tmp_path: Path) -> None:
    shots = Path(os.environ.get("QASCORE_SCREENSHOTS") or tmp_path)
    shots.mkdir(parents=True, exist_ok=True)
    browser.open(page, width)
    browser.screenshot(shots / f"demo-{page.parent.name}-{width}.png")
    assert browser.run(MEASURE) == []
    assert len(browser.requests()) == 1, "the page asks for nothing but itself"


def test_it_prints_without_a_cut_or_a_long_gap(browser: Browser, page: Path, tmp_path: Path) -> None:
    browser.open(page, 680, medium="print")  # 180 mm between the margins of A4
    assert browser.run(MEASURE) == []
    assert browser.run("Math.max(...[...document.querySelectorAll('table')].map((t) => t.getBoundingClientRect().right))") <= 680
    sheets = browser.run("document.body.scrollHeight") / 1002  # 265 mm
    browser.pdf(tmp_path / "demo.pdf")
    pages = len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "demo.pdf").read_bytes()))
    assert sheets <= pages <= 1.25 * sheets + 1
