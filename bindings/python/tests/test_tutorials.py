"""The notebooks of examples/: they run from top to bottom, on pandas and polars to the same figures, and are kept without outputs."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
import pytest

matplotlib.use("Agg")

from matplotlib import pyplot

ROOT = Path(__file__).parents[3]
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))
STC3 = Path(os.environ.get("QASCORE_REFERENCE_DATA", ROOT.parent / "shared")) / "data" / "stc3"

named = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QASCORE_STC3", raising=False)
    yield
    pyplot.close("all")


def figures(notebook: Path, frames: str) -> Any:
    """Runs the cells with a kind of frame and gives what they found."""
    names: dict[str, Any] = {}
    set_once = 0
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        code = "".join(cell["source"])
        if cell["cell_type"] != "code":
            continue
        if "parameters" in cell["metadata"].get("tags", ()):
            assert re.fullmatch(r'frames = "pandas"  # or "polars"', code)
            code, set_once = f'frames = "{frames}"', set_once + 1
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(code, f"{notebook.name}, {cell['id']}", "exec"), names)
    assert set_once == 1
    for name in ("calls", "frame"):
        if name in names:
            assert type(names[name]).__module__.startswith(frames)
    return names["figures"]


def compare(one: Any, other: Any, where: str = "") -> int:
    """To the last bit; how many numbers there were."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), where
        return sum(compare(one[key], other[key], f"{where}.{key}") for key in one)
    if isinstance(one, (list, tuple)):
        assert len(one) == len(other), where
        return sum(compare(a, b, f"{where}[{at}]") for at, (a, b) in enumerate(zip(one, other, strict=True)))
    assert one == other or (one != one and other != other), where  # noqa: PLR0124 - NaN is not itself
    return isinstance(one, float)


def test_there_are_three_tutorials() -> None:
    assert [path.stem[0] for path in NOTEBOOKS] == ["1", "2", "3"]


@named
def test_a_notebook_is_kept_without_outputs_and_opens_anywhere(notebook: Path) -> None:
    read = json.loads(notebook.read_text(encoding="utf-8"))
    assert (read["nbformat"], read["nbformat_minor"]) == (4, 5)
    assert read["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in read["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in read["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
    assert read["cells"][0]["cell_type"] == "markdown" and read["cells"][0]["source"][0].startswith("# ")


@named
def test_a_tutorial_finds_the_same_figures_on_pandas_and_on_polars(notebook: Path) -> None:
    assert compare(figures(notebook, "pandas"), figures(notebook, "polars")) > 100


@named
def test_a_tutorial_runs_in_a_kernel_and_shows_tables_with_intervals_and_pictures(notebook: Path, tmp_path: Path) -> None:
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    read = nbformat.read(notebook, as_version=4)
    nbformat.validate(read)
    nbclient.NotebookClient(read, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output.get("data", {}) for cell in read.cells if cell.cell_type == "code" for output in cell.outputs]
    tables = [data["text/html"] for data in shown if 'class="qascore"' in data.get("text/html", "")]
    assert len(tables) >= 3 and sum("<svg" in table for table in tables) >= 2
    assert sum("image/png" in data for data in shown) >= 4
    assert not [output for cell in read.cells if cell.cell_type == "code" for output in cell.outputs if output.get("name") == "stderr"]
    assert [path.suffix for path in tmp_path.iterdir()] == [".html"]


@pytest.mark.skipif(not STC3.is_dir(), reason="the reference data are not here")
def test_the_calibration_tutorial_runs_on_the_real_ratings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QASCORE_STC3", str(STC3))
    (notebook,) = (path for path in NOTEBOOKS if "calibration" in path.stem)
    found = figures(notebook, "polars")
    assert {row["criterion"]: row["n"] for row in found["study"]["alpha"]} == {"A": 300, "E": 300, "S": 300}
    assert len(found["severity"]["raters"] if "raters" in found["severity"] else found["severity"]["rows"]) == 19
