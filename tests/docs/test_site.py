"""The documentation as a site: it builds without a warning, holds every public name, and loads nothing from elsewhere."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import qascore as qa

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, DOCS / "tools" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


api, numbers_page = load("api"), load("numbers_page")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("material") is None:
        pytest.skip("needs the extra docs: mkdocs and mkdocs-material")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    assert run.returncode == 0, run.stderr
    assert not re.search("WARNING|ERROR", run.stderr), run.stderr
    return folder


class Page(HTMLParser):
    """Anchors, links and whatever a browser loads by itself."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids.add(found.get("id", ""))
        if tag == "a":
            self.links.append(found.get("href", ""))
        elif tag == "link" and found.get("rel") in ("next", "prev", "canonical"):
            return
        else:
            self.loads += [found[name] for name in ("src", "href", "srcset", "action", "poster", "data") if name in found]


def pages(site: Path) -> Iterator[tuple[str, Page]]:
    for file in sorted(site.rglob("*.html")):
        yield file.relative_to(site).as_posix(), Page(file)


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    loads = {what for _, page in pages(site) for what in page.loads}
    assert len(loads) > 5
    assert not [what for what in loads if re.match(r"(?i)(https?:)?//", what)]
    for sheet in site.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.search(r"(?:url\(|@import\s*)[\"']?(?:https?:)?//", text), sheet


def test_every_link_within_the_site_leads_to_a_page_and_a_place_on_it(site: Path) -> None:
    known = dict(pages(site))
    broken = []
    for name, page in known.items():
        if name == "404.html":
            continue
        for link in page.links:
            target, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            place = os.path.normpath(os.path.join(os.path.dirname(name), target)) if target else name
            place = "index.html" if place == "." else place
            if place in known:
                if anchor and anchor not in known[place].ids and not anchor.startswith("__"):
                    broken.append(f"{name}: {link}")
            elif not (site / place).is_file():
                broken.append(f"{name}: {link}")
    assert not broken


def test_every_public_name_has_its_place_in_the_reference(site: Path) -> None:
    where = api.where(api.Package(ROOT / "bindings" / "python" / "qascore"))
    assert set(where) == set(qa.__all__)
    known = dict(pages(site))
    for name, place in where.items():
        page, anchor = place.replace(".md", ".html").split("#")
        assert anchor in known[page].ids, name


def test_the_site_has_every_page_of_the_docs(site: Path) -> None:
    missing = [page.stem for page in DOCS.glob("*.md") if not (site / f"{page.stem}.html").is_file()]
    assert not missing
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert not [page.name for page in DOCS.glob("*.md") if page.name not in nav]


def test_search_knows_the_words_of_the_pages(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    assert any("severity" in entry["text"].lower() for entry in index["docs"])


@pytest.mark.parametrize(
    "source", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "ARCHITECTURE.md", *sorted(DOCS.glob("*.md"))], ids=lambda path: path.name
)
def test_links_lead_to_files_of_the_project(source: Path) -> None:
    """As a code host shows them."""
    text = re.sub(r"^```.*?^```", "", source.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"https?://", target):
            path, _, anchor = target.partition("#")
            file = (source.parent / path) if path else source
            assert file.exists(), target
            if anchor and file.suffix == ".md":
                titles = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
                assert anchor in {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}, target


def test_docstrings_become_markdown() -> None:
    import ast

    (function,) = ast.parse(
        '''
def f(x, *, level: str = "nominal", **more):
    """What it is, of ``x``: a < b.

        y = x^2

    Parameters
    ----------
    x : list of {"a", "b"}
        One line
        and another.
    level : str

    References
    ----------
    Roberts (1959), doi:10.1080/00401706.1959.10489860.

    Examples
    --------
    >>> f(1)
    2
    """
'''
    ).body
    assert isinstance(function, ast.FunctionDef)
    assert api.signature(function, "qa.f") == "```python\nqa.f(x, *, level='nominal', **more)\n```"
    assert api.docstring(function) == (
        "What it is, of `x`: a < b.\n\n    y = x^2\n\n**Parameters**\n\n"
        '`x` &nbsp;*list of {"a", "b"}*\n:   One line\n    and another.\n\n`level`\n:   *str*\n\n'
        "**References**\n\nRoberts (1959), [doi:10.1080/00401706.1959.10489860](https://doi.org/10.1080/00401706.1959.10489860).\n\n"
        "**Examples**\n\n```pycon\n>>> f(1)\n2\n```"
    )


def test_the_page_of_numbers_reads_doc_blocks() -> None:
    header = """
/// Exponentially weighted moving average. Source: Roberts (1959), doi:10.1/abc. Checked
/// against: R qcc 2.7 (ewma), 0.5 by hand. More words.
double ewma(double x);

/// Nothing was compared.
int other();
"""
    (first, second) = numbers_page.blocks(header)
    assert numbers_page.checked(first[0]) == "R qcc 2.7 (ewma), 0.5 by hand"
    assert numbers_page.DECLARED.findall(first[1]) == ["ewma"]
    assert numbers_page.checked(second[0]) is None
    rows = numbers_page.rows()
    assert len(rows) > 60
    assert not [row for row in rows if not row[0] or not row[2]]


def test_the_table_of_reference_cases_counts_cases_and_names_programs(tmp_path: Path) -> None:
    for number, source in enumerate(("R package irrCAC 1.4 (github), unrounded", "psych 2.2.9; ICC(x)", "Fleiss (1971)", "all raters agree")):
        case = {"topic": "agreement", "statistic": "kappa", "source": source}
        (tmp_path / f"{number}.json").write_text(json.dumps(case), encoding="utf-8")
    row = numbers_page.cases(tmp_path).splitlines()[2]
    assert row == "| agreement | `kappa` | 4 | Fleiss (1971), irrCAC 1.4, psych 2.2.9, other programs and published tables |"
    committed = (DOCS / "numbers.md").read_text(encoding="utf-8")
    before, after = numbers_page.CASES
    assert committed.split(before)[1].split(after)[0].count("\n| ") > 50


def test_the_site_opens_from_a_folder_without_a_network_and_finds_words(site: Path) -> None:
    sys.path.insert(0, str(ROOT / "tests" / "report"))
    from browser import Browser, find_chromium

    if (program := find_chromium()) is None:
        pytest.skip("no Chromium")
    with Browser(program) as browser:

        def run(script: str) -> Any:
            return browser("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

        def wait(script: str) -> Any:
            for _ in range(200):
                if found := run(script):
                    return found
                time.sleep(0.05)
            raise AssertionError(f"{script} did not come true")

        for width, scheme in ((1280, "light"), (390, "dark")):
            browser("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
            browser("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            for page in ("index.html", "api/agreement.html", "numbers.html", "calibration.html"):
                browser("Page.navigate", url=(site / page).as_uri())
                wait(f"location.href.endsWith({page!r}) && document.readyState == 'complete'")
                assert run("document.documentElement.scrollWidth") <= width, page  # wide tables scroll in themselves
        browser("Emulation.setDeviceMetricsOverride", width=1280, height=900, deviceScaleFactor=1, mobile=False)
        browser("Page.navigate", url=(site / "index.html").as_uri())
        place = wait(
            "(() => { const box = document.querySelector('input[name=query]')?.getBoundingClientRect();"
            " return box && box.width > 100 ? [box.x + 40, box.y + box.height / 2] : null })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            browser("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)
        wait("document.activeElement.name == 'query'")
        browser("Input.insertText", text="severity")
        for kind in ("keyDown", "keyUp"):
            browser("Input.dispatchKeyEvent", type=kind, key="Shift")
        wait("document.querySelectorAll('.md-search-result__item').length > 3")
        asked = [event["params"]["request"]["url"] for event in browser.events if event["method"] == "Network.requestWillBeSent"]
        thrown = [event["params"] for event in browser.events if event["method"] == "Runtime.exceptionThrown"]
    assert len(asked) > 10
    assert not [url for url in asked if not url.startswith(("file://", "data:"))]
    assert not thrown
