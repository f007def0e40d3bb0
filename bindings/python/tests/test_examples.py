"""The examples run, and the pages that quote them say what they print."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_on_inclusion_probabilities_says_what_its_example_finds(tmp_path: Path) -> None:
    example = runpy.run_path(str(ROOT / "examples" / "targeting" / "targeting.py"))
    found = example["redraw"](example["population"]())
    page = (ROOT / "docs" / "inclusion-probabilities.md").read_text()
    flagged = round(found.flagged * example["CONVERSATIONS"])
    said = [
        f"centre of {example['CONVERSATIONS']:,} conversations",
        f"Drawn {example['REDRAWS']} times, it is {found.plain.mean():.3f}".replace("0.", "."),
        f"conversations is {found.truth:.3f}".replace("0.", "."),
        f"the same {found.size} reviews give {found.weighted.mean():.3f}".replace("0.", "."),
        f"hold the truth in {100 * found.covered.mean():.1f} %",
        f"{found.size - flagged} reviews speak for {example['CONVERSATIONS'] - flagged:,} conversations",
        f"![{100 * found.flagged:.0f} % of the centre's conversations are flagged, but {100 * flagged / found.size:.0f} % of the sample]",
    ]
    missing = [text for text in said if text not in page]
    assert not missing
    example["pictures"](found, tmp_path)
    for name in re.findall(r"images/([\w-]+\.svg)", page):
        assert (tmp_path / name).read_text().startswith("<?xml")
        assert (ROOT / "docs" / "images" / name).is_file()


def test_the_coverage_study_counts_what_it_says(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    study = runpy.run_path(str(ROOT / "benchmarks" / "coverage" / "coverage.py"))
    monkeypatch.setattr("sys.argv", ["coverage.py", "--runs", "3"])
    assert study["main"]() == 0
    table = capsys.readouterr().out
    page = (ROOT / "docs" / "coverage.md").read_text()
    for line in table.splitlines():
        if line.startswith("###"):
            assert line in page
        elif line.startswith("| mean"):  # figure and truth
            assert "|".join(line.split("|")[:3]) in page
