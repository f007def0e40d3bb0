"""What `import qascore` loads, and that every public name is found whatever was imported before."""

from __future__ import annotations

import ast
import doctest
import pickle
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
import qascore as qa
from qascore import _versions

TREE = ast.parse(Path(qa.__file__).read_text(encoding="utf-8"))
HEAVY = {
    "dataclasses", "duckdb", "inspect", "jinja2", "json", "matplotlib", "narwhals", "numpy", "pandas", "polars", "pyarrow",
    "rich", "scipy", "typer", "yaml", "zoneinfo",
}  # fmt: skip


def loaded_by(code: str) -> set[str]:
    """Modules that a fresh interpreter has after `code`, without those it starts with."""
    program = (
        f"import sys; before = set(sys.modules)\n{code}\nprint(*sorted(set(sys.modules) - before))"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(run.stdout.splitlines()[-1].split())


def test_importing_qascore_loads_nothing_of_weight() -> None:
    loaded = loaded_by("import qascore")
    assert not loaded & HEAVY
    assert {name for name in loaded if name.startswith("qascore")} == {"qascore"}


def test_a_name_loads_what_it_needs_and_no_more() -> None:
    loaded = loaded_by("import qascore; qascore.mean")
    assert {"numpy", "qascore.estimation", "qascore._core"} <= loaded
    assert not loaded & (HEAVY - {"numpy", "dataclasses", "inspect", "json"})
    assert not loaded & {"qascore.calibration", "qascore.rubric", "qascore.study", "qascore.simulation", "qascore._plots"}


def test_importing_takes_less_than_twice_the_time_of_numpy() -> None:
    def seconds(code: str) -> float:
        program = f"import time; start = time.process_time()\n{code}\nprint(time.process_time() - start)"
        run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
        return float(run.stdout)

    # Processor time, taken in turns, the least of several: what else the machine does only adds, and to all alike.
    codes = ("import numpy", "import qascore", "import qascore; qascore.mean")
    numpy, ours, used = map(min, zip(*([seconds(code) for code in codes] for _ in range(6)), strict=True))
    assert ours < numpy / 4
    assert used < 2 * numpy, "the first use of a verb, NumPy included"


def test_all_names_together_load_no_package_but_numpy() -> None:
    optional = {"duckdb", "jinja2", "matplotlib", "narwhals", "pandas", "polars", "pyarrow", "rich", "scipy", "typer", "yaml"}
    assert not loaded_by("from qascore import *") & optional


def test_type_checkers_and_the_interpreter_find_the_same_names_in_the_same_modules() -> None:
    (typed,) = (node for node in TREE.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    imported = {
        alias.name: node.module
        for node in typed.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == qa._HOME_OF
    assert sorted(imported) == sorted(qa.__all__)
    assert set(qa.__all__) <= set(dir(qa))


def test_no_module_is_called_like_a_public_name() -> None:
    assert not {module.name for module in pkgutil.iter_modules(qa.__path__)} & set(qa.__all__)


@pytest.mark.parametrize("name", qa.__all__)
def test_each_public_name_is_what_it_says(name: str) -> None:
    found: Any = getattr(qa, name)
    assert not isinstance(found, ModuleType)
    if name != "__version__":
        assert found.__name__ == name
        assert found.__module__ == f"qascore.{qa._HOME_OF[name]}"
        assert found.__doc__


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'qascore' has no attribute 'meen'"):
        qa.meen  # noqa: B018
    with pytest.raises(ImportError):
        exec("from qascore import meen")


def test_results_survive_pickling() -> None:
    frame = pd.DataFrame({"score": [0.5, 0.75, 1.0], "queue": ["a", "b", "a"], "minutes": [3.0, 5.0, 4.0]})
    for result in (
        qa.mean(frame, "score"),
        qa.association(frame, "score", "minutes"),
        qa.quantile(frame, "score", 0.5),
        qa.regression(frame, "score", ["minutes"]),
    ):
        assert repr(pickle.loads(pickle.dumps(result))) == repr(result)


def test_show_versions_prints_a_line_for_each_package(capsys: pytest.CaptureFixture[str]) -> None:
    qa.show_versions()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["qascore", qa.__version__]
    said = {line.split()[0]: line.split(maxsplit=1)[1] for line in lines[2:]}
    assert said["pandas"] == pd.__version__
    assert said["python"].startswith(".".join(map(str, sys.version_info[:3])))
    assert set(map(str.lower, _versions.PACKAGES)) < set(said)


def test_a_package_that_is_absent_is_named_as_such(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_versions, "PACKAGES", ("no-such-package",))
    qa.show_versions()
    assert capsys.readouterr().out.splitlines()[-1].split(maxsplit=1) == ["no-such-package", "not installed"]


def test_the_examples_in_the_documentation_run() -> None:
    failed, tried = doctest.testmod(_versions)
    assert (failed, tried) == (0, 2)
