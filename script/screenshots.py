"""Runs the notebooks, makes the pages, and photographs them in headless Chromium; `script/screenshots` calls it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "report"))

from browser import Browser, find_chromium
from qascore.demo import run_demo
from qascore.rubric import Rubric
from qascore.study import run_study


def notebooks(out: Path) -> Iterator[tuple[str, Path]]:
    """Each tutorial with its outputs as a page, in the two themes of Jupyter, and the pages it wrote."""
    import nbconvert
    import nbformat

    for path in sorted((ROOT / "examples").glob("*.ipynb")):
        work = out / path.stem
        work.mkdir(exist_ok=True)
        run = nbconvert.preprocessors.ExecutePreprocessor(timeout=600, kernel_name="python3")
        read, _ = run.preprocess(nbformat.read(path, as_version=4), {"metadata": {"path": str(work)}})
        for page in sorted(work.glob("*.html")):
            yield f"{path.stem}-{page.stem}", page
        for theme in ("light", "dark"):
            page = work / f"notebook-{theme}.html"
            page.write_text(nbconvert.HTMLExporter(theme=theme).from_notebook_node(read)[0], encoding="utf-8")
            yield f"{path.stem}-{theme}", page


def forms(out: Path) -> Iterator[tuple[str, Path]]:
    for language in ("en", "zh-CN"):
        form = out / f"form-{language}.html"
        form.write_text(Rubric.load("voice-service").to_html(language), encoding="utf-8")
        yield form.stem, form


def studies(out: Path) -> Iterator[tuple[str, Path]]:
    for language in ("en", "zh-CN"):
        work = out / f"study-{language}"
        run_study(ROOT / "examples" / "study" / "study.yaml", out=work, language=language)
        yield work.name, work / "report.html"
    run_demo(None, out=out / "demo")
    yield "demo", out / "demo" / "report.html"


KINDS = {"forms": forms, "studies": studies, "notebooks": notebooks}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", choices=KINDS, help="forms, studies or notebooks")
    asked = parser.parse_args()
    out: Path = asked.out
    program = find_chromium()
    if program is None:
        print("screenshots: Chromium is not installed", file=sys.stderr)
        return 2
    out.mkdir(parents=True, exist_ok=True)
    with Browser(program) as browser:
        for name, page in (made for kind, make in KINDS.items() if asked.only in (None, kind) for made in make(out)):
            whole = not name.endswith(("-light", "-dark"))  # a notebook has its own theme and no other widths
            for dark in (False, True) if whole else (name.endswith("-dark"),):
                browser.open(page, 1280, dark=dark)
                browser.screenshot(out / f"{name}{('-dark' if dark else '-light') if whole else ''}.png")
            if whole:
                browser.open(page, 360)
                browser.screenshot(out / f"{name}-phone.png")
                browser.pdf(out / f"{name}.pdf")
            print(out / name, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
