"""Recipes and metadata say what the project says: one version, the same options, licence and dependencies."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
HEADER = (ROOT / "include" / "qascore" / "version.hpp").read_text(encoding="utf-8")
(VERSION,) = re.findall(r'QASCORE_VERSION_STRING "([^"]+)"', HEADER)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CMAKE = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
CONDA = yaml.safe_load((PACKAGING / "conda-forge" / "recipe.yaml").read_text(encoding="utf-8"))
VCPKG = json.loads((PACKAGING / "vcpkg" / "qascore" / "vcpkg.json").read_text(encoding="utf-8"))
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
# What only a release can say, and where it stands.
PLACEHOLDER = "TO-BE-FILLED-IN"
PLACEHOLDERS = {"packaging/conda-forge/recipe.yaml": 2}


def conan() -> dict[str, Any]:
    """The plain values of the recipe's class."""
    tree = ast.parse((PACKAGING / "conan" / "conanfile.py").read_text(encoding="utf-8"))
    (recipe,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in recipe.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


def files() -> list[Path]:
    return sorted(path for path in PACKAGING.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def test_the_version_is_semantic_and_its_parts_are_those_of_the_text() -> None:
    parts = [re.search(rf"QASCORE_VERSION_{part} (\d+)\n", HEADER) for part in ("MAJOR", "MINOR", "PATCH")]
    assert ".".join(part[1] for part in parts if part) == VERSION
    assert re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", VERSION)


def test_every_recipe_and_the_citation_have_the_version_of_the_header() -> None:
    assert CONDA["context"]["version"] == VERSION
    assert VCPKG["version"] == VERSION
    assert CITATION["version"] == VERSION
    assert "version" not in conan()  # read from the header
    source = (PACKAGING / "conan" / "conanfile.py").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"re\.search\(r'([^']+)'", source)
    assert re.search(pattern, HEADER)[1] == VERSION  # type: ignore[index]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", changelog, re.MULTILINE)[0] == VERSION


def test_the_licence_is_one() -> None:
    licence = PROJECT["project"]["license"]
    assert {CONDA["about"]["license"], VCPKG["license"], CITATION["license"], conan()["license"]} == {licence}


def test_recipes_and_wheels_promise_the_system_that_is_tested() -> None:
    systems = [name for name in PROJECT["project"]["classifiers"] if name.startswith("Operating System")]
    assert systems == ["Operating System :: POSIX :: Linux"]
    assert VCPKG["supports"] == "linux"
    assert CONDA["build"]["skip"] == ["not linux"]
    (refused,) = re.findall(r'self\.settings\.os != "(\w+)":\n +raise ConanInvalidConfiguration', (PACKAGING / "conan" / "conanfile.py").read_text("utf-8"))
    assert refused == "Linux"
    assert set(PROJECT["tool"]["cibuildwheel"]) & {"linux", "macos", "windows"} == {"linux"}


def test_the_citation_is_of_this_project() -> None:
    assert CITATION["cff-version"] == "1.2.0"
    assert set(CITATION) >= {"message", "title", "authors"}
    assert CITATION["keywords"] == PROJECT["project"]["keywords"]


def test_the_conda_recipe_asks_for_what_the_package_asks_for() -> None:
    def plain(requirement: str) -> str:
        return re.sub(r"\s", "", requirement).lower().replace("matplotlib-base", "matplotlib")

    project = PROJECT["project"]
    extras = {plain(one) for name in ("report", "cli") for one in project["optional-dependencies"][name]}
    run = {plain(one) for one in CONDA["requirements"]["run"]}
    assert run == {plain(one) for one in project["dependencies"]} | {f"python{project['requires-python']}"}
    assert {plain(one) for one in CONDA["requirements"]["run_constraints"]} == extras
    assert {plain(one) for one in CONDA["tests"][1]["requirements"]["run"]} == extras
    assert {plain(one) for one in PROJECT["build-system"]["requires"]} <= {plain(one) for one in CONDA["requirements"]["host"]}
    ((name, command),) = project["scripts"].items()
    assert CONDA["build"]["python"]["entry_points"] == [f"{name} = {command}"]


def test_recipes_name_options_of_cmake_that_exist_and_dependencies_that_are_used() -> None:
    options = set(re.findall(r"^option\(QASCORE_(\w+)", CMAKE, re.MULTILINE))
    texts = {path: path.read_text(encoding="utf-8") for path in files()}
    named = {name for text in texts.values() for name in re.findall(r"QASCORE_(\w+)", text)} - {"VERSION_STRING"}
    (loop,) = re.findall(r"for unwanted in (\([^)]*\))", texts[PACKAGING / "conan" / "conanfile.py"])
    assert named and named | set(ast.literal_eval(loop)) <= options
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "include").rglob("*.[hi]pp"))
    used = {f"boost-{name}" for name in re.findall(r"#include <boost/(\w+)", sources)}
    assert {name for name in VCPKG["dependencies"] if isinstance(name, str)} == used


def test_the_vcpkg_port_configures_installs_and_says_how_to_use_it(tmp_path: Path) -> None:
    """Run by CMake, with functions in vcpkg's place that write down what they were asked."""
    if (cmake := shutil.which("cmake")) is None:
        pytest.skip("needs cmake")
    asked = ("check_linkage", "check_features", "cmake_configure", "cmake_install", "cmake_config_fixup", "fixup_pkgconfig", "install_copyright")
    stand_ins = [f'function(vcpkg_{name})\n  message("vcpkg_{name}: ${{ARGN}}")\nendfunction()\n' for name in asked]
    port = PACKAGING / "vcpkg" / "qascore"
    (tmp_path / "run.cmake").write_text("".join(stand_ins) + f'include("{port}/portfile.cmake")\n', encoding="utf-8")
    packages = tmp_path / "packages"
    command = [cmake, f"-DCURRENT_PACKAGES_DIR={packages}", "-DPORT=qascore", "-P", str(tmp_path / "run.cmake")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    said = dict(line.split(": ", 1) for line in run.stderr.splitlines())
    assert list(said) == [f"vcpkg_{name}" for name in asked]
    assert said["vcpkg_cmake_configure"].startswith(f"SOURCE_PATH;{ROOT};")
    assert Path(said["vcpkg_install_copyright"].split(";")[1]).is_file()
    usage = (packages / "share" / "qascore" / "usage").read_text(encoding="utf-8")
    targets = set(re.findall(r"add_library\((qascore::\w+) ALIAS", CMAKE))
    assert set(re.findall(r"qascore::\w+", usage)) == targets


def test_the_conan_recipe_exports_what_the_build_needs() -> None:
    source = (PACKAGING / "conan" / "conanfile.py").read_text(encoding="utf-8")
    (patterns,) = re.findall(r"for pattern in (\([^)]*\))", source)
    exported = {pattern.removesuffix("/*") for pattern in ast.literal_eval(patterns)}
    assert exported >= set(re.findall(r"CMAKE_CURRENT_LIST_DIR}/(\w+)", CMAKE)) | {"CMakeLists.txt", "LICENSE"}
    assert all((ROOT / name).exists() for name in exported)
    # The test package is the consumer that the install tests build.
    test = (PACKAGING / "conan" / "test_package" / "mean.cpp").read_text(encoding="utf-8")
    assert test == (ROOT / "tests" / "install" / "consumer" / "numbers.cpp").read_text(encoding="utf-8")


def test_wheels_are_built_for_the_pythons_that_are_named() -> None:
    wheels = PROJECT["tool"]["cibuildwheel"]
    pythons = re.findall(r"Python :: 3\.(\d+)", "\n".join(PROJECT["project"]["classifiers"]))
    assert wheels["build"] == [f"cp3{minor}-*" for minor in pythons]
    assert set(wheels["test-extras"]) <= set(PROJECT["project"]["optional-dependencies"])
    (script,) = re.findall(r"\{project\}/(\S+)", wheels["linux"]["before-all"])
    subprocess.run(["sh", "-n", str(ROOT / script)], check=True)


@pytest.mark.parametrize("path", [path for path in files() if path.suffix == ".py"], ids=lambda path: path.name)
def test_python_recipes_parse(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"))


def test_what_a_release_fills_in_stands_where_it_is_known_to_stand() -> None:
    recipes = [path for path in files() if path.name != "README.md"]
    found = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count(PLACEHOLDER) for path in recipes}
    assert {name: count for name, count in found.items() if count} == PLACEHOLDERS
    text = "".join(path.read_text(encoding="utf-8") for path in [*recipes, ROOT / "CITATION.cff"])
    assert set(re.findall(r"https?://[\w./-]+", text)) == {"https://github.com/jbeder/yaml-cpp"}
    assert not re.search(r"[\w.]+@[\w.]+\.\w+", text)
