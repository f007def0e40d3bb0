"""The include table of ARCHITECTURE.md, as a check: who may include whom, and where foreign types may stand.

    python layers.py ROOT

Prints one line per broken rule, `file:line: what stands there: the rule`, and exits with 1 if there is any.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

LICENCE = "// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0."

# Who may include what of our own: a folder, or one file of it. A folder may always include itself.
ALLOWED = {
    "detail": {"core/error.hpp"},
    "core": {"detail"},
    "kernel": {"core", "detail"},
    "kernel/impl": {"kernel", "core", "detail"},
    "sampling": {"core", "detail", "kernel"},
    "sampling/impl": {"sampling", "core", "detail", "kernel"},
    "rubric": {"core", "detail", "kernel"},
    "rubric/impl": {"rubric", "core", "detail", "kernel"},
    "calibration": {"core", "detail", "kernel"},
    "calibration/impl": {"calibration", "core", "detail", "kernel"},
    "estimation": {"core", "detail", "kernel", "sampling/sampling_plan.hpp"},
    "estimation/impl": {"estimation", "core", "detail", "kernel", "sampling/sampling_plan.hpp"},
    "association": {"core", "detail", "kernel", "estimation/sample_design.hpp"},
    "simulation": {"core", "detail", "kernel"},
    "simulation/impl": {"simulation", "core", "detail", "kernel"},
    "io": {"core", "detail", "sampling", "rubric", "calibration", "estimation", "association"},
    "src/precompile_*": {f"{folder}/impl" for folder in ("kernel", "sampling", "rubric", "calibration", "estimation", "simulation")},
    "src/rubric_*": {"core", "detail", "rubric"},
    "bindings/python/src": {"core", "detail", "kernel", "rubric", "sampling", "simulation/labels.hpp"},
}

# Foreign libraries: what their includes and their names look like, and where they may stand.
FOREIGN = {
    "Boost": (r"boost/", r"\bboost::", {"kernel/impl"}),
    "Eigen": (r"(unsupported/)?Eigen/", r"\bEigen::", {"kernel/impl"}),
    "yaml-cpp": (r"yaml-cpp/", r"\bYAML::", {"src/rubric_yaml.cpp"}),
    "pybind11": (r"(pybind11/|Python\.h)", r"\b(pybind11|py)::", {"bindings/python/src"}),
}

STANDARD = re.compile(r"[a-z_0-9]+$")
INTRINSICS = re.compile(r"[a-z]+intrin\.h$")  # in kernel/impl only
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')

# Python package: foreign modules, and the files that may import them. Elsewhere only the standard library, NumPy, itself.
PYTHON_BASE = {"numpy", "qascore"}
PYTHON_FOREIGN = {
    "narwhals": {"_frames.py"},
    "pandas": {"_frames.py"},
    "polars": {"_frames.py"},
    "pyarrow": {"_frames.py", "_readers.py"},
    "yaml": {"_study_file.py", "importing"},
    "matplotlib": {"_plots.py", "report"},
    "jinja2": {"report"},
    "typer": {"cli"},
    "rich": {"cli"},
}


class Broken(NamedTuple):
    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


def without_comments(text: str) -> str:
    """The text with comments and the insides of literals blanked, lines kept."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)

    def blank(match: re.Match[str]) -> str:
        found = match.group()
        if found.startswith('"'):
            return '"' + " " * (len(found) - 2) + '"'
        return re.sub(r"[^\n]", " ", found)

    return pattern.sub(blank, text)


def place_of(path: str) -> str:
    """The row of the table that a file belongs to: its folder under include/qascore, or a path outside it."""
    if path.startswith("include/qascore/"):
        folder = str(Path(path).relative_to("include/qascore").parent)
        return "umbrella" if folder == "." else folder
    if path.startswith("bindings/python/src/"):
        return "bindings/python/src"
    for prefix in ("src/precompile_", "src/rubric_"):
        if path.startswith(prefix):
            return f"{prefix}*"
    return path


def included(root: Path, path: str, quote: str, name: str) -> str | None:
    """An include as a path relative to include/qascore, if it is one of ours."""
    if name.startswith("qascore/"):
        return name.removeprefix("qascore/")
    base = root / "include/qascore"
    target = (root / path).parent / name
    if quote == '"':
        try:
            return str(target.resolve().relative_to(base.resolve()))
        except ValueError:
            return None
    return None


def own_include_is_allowed(path: str, target: str) -> bool:
    place = place_of(path)
    target_folder = str(Path(target).parent)
    if place == "umbrella":
        if Path(path).name in ("qascore.hpp", "fwd.hpp"):
            return target_folder == "."
        return target_folder == Path(path).stem  # sampling.hpp includes sampling/*.hpp only
    if target == "version.hpp":
        return place not in ("core", "detail", "kernel")
    if target_folder == place:
        return True
    allowed = ALLOWED.get(place, set())
    return target in allowed or target_folder in allowed


def check_includes(root: Path, path: str, text: str) -> Iterator[Broken]:
    place = place_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, name = match.groups()
        target = included(root, path, quote, name)
        if target is not None:
            if target.endswith(".ipp"):
                own_header = path == f"include/qascore/{Path(target).parent.parent / Path(target).stem}.hpp"
                if not own_header and place != "src/precompile_*":
                    yield Broken(path, number, f"{target}: a .ipp is included by its own header and src/precompile_*.cpp only")
            elif not own_include_is_allowed(path, target):
                yield Broken(path, number, f"{target}: {place} may not include it")
            if not (root / "include/qascore" / target).is_file():
                yield Broken(path, number, f"{target}: no such file")
            continue
        for library, (include, _, places) in FOREIGN.items():
            if re.match(include, name):
                if not places & {place, path}:
                    yield Broken(path, number, f"<{name}>: {library} stands in {' and '.join(sorted(places))} only")
                break
        else:
            neighbour = quote == '"' and (root / path).with_name(name).is_file()
            intrinsics = place == "kernel/impl" and INTRINSICS.match(name)
            if not (neighbour or intrinsics or STANDARD.match(name)):
                yield Broken(path, number, f"{name}: neither the standard library nor a file of this project")


def check_names(path: str, code: str) -> Iterator[Broken]:
    place = place_of(path)
    for number, line in enumerate(code.splitlines(), 1):
        for library, (_, name, places) in FOREIGN.items():
            if not places & {place, path} and (found := re.search(name, line)):
                yield Broken(path, number, f"{found.group()}: {library} stands in {' and '.join(sorted(places))} only")


def check_kernel_signatures(path: str, code: str) -> Iterator[Broken]:
    """Kernels are plain functions over numbers: no strings come in, but spans of ids and the name of an estimator."""
    for match in re.finditer(r"\(([^(){};]*)\)\s*(noexcept)?\s*;", code):
        if found := re.search(r"(?<!span<const )std::(string|string_view)\b(?! method\b)", match.group(1)):
            line = code.count("\n", 0, match.start(1) + found.start()) + 1
            yield Broken(path, line, f"{found.group()}: kernels take no strings")


def check_form(path: str, text: str) -> Iterator[Broken]:
    lines = text.splitlines()
    if not lines or lines[0] != LICENCE:
        yield Broken(path, 1, "the first line must be the licence line")
    if path.endswith(".hpp") and "#pragma once" not in lines[:3]:
        yield Broken(path, 2, "a header starts with #pragma once")


def check_precompile(root: Path) -> Iterator[Broken]:
    listed = [line for file in root.glob("src/precompile_*.cpp") for line in file.read_text().splitlines()]
    for ipp in sorted((root / "include/qascore").glob("*/impl/*.ipp")):
        path = ipp.relative_to(root / "include")
        times = listed.count(f"#include <{path}>")
        if times == 0:
            yield Broken("src/precompile_*.cpp", 1, f"{path} is missing: qascore::compiled would lack what it defines")
        if times > 1:
            yield Broken("src/precompile_*.cpp", 1, f"{path} stands there {times} times: once is enough")
        header = path.parent.parent / f"{ipp.stem}.hpp"
        if not (root / "include" / header).is_file():
            yield Broken(str(ipp.relative_to(root)), 1, f"{header}, which would declare it, does not exist")


def after_code(lines: list[str]) -> bool:
    """Whether the last line follows code, not just other includes."""
    return any(line.startswith("}") for line in lines[:-1])


def check_cycles(root: Path, files: list[str]) -> Iterator[Broken]:
    """#pragma once hides a cycle until somebody includes the other end first. A header may include its own definitions
    as its last line (its .ipp, a record's text form): that one closes no cycle that matters."""
    graph: dict[str, list[tuple[int, str]]] = {}
    for path in files:
        if path.startswith("include/") and path.endswith(".hpp"):
            lines = (root / path).read_text().rstrip().splitlines()
            graph[path] = [
                (number, f"include/qascore/{target}")
                for number, line in enumerate(lines, 1)
                if (match := INCLUDE.match(line))
                and (target := included(root, path, *match.groups()))
                and target.endswith(".hpp")
                and not (number == len(lines) and after_code(lines))
            ]
    done: set[str] = set()

    def visit(path: str, way: list[str]) -> Iterator[Broken]:
        for number, target in graph.get(path, []):
            if target in way:
                yield Broken(path, number, "a cycle: " + " -> ".join([*way[way.index(target) :], target]))
            elif target not in done:
                yield from visit(target, [*way, target])
        done.add(path)

    for path in graph:
        if path not in done:
            yield from visit(path, [path])


def check_guard(root: Path, files: list[str]) -> Iterator[Broken]:
    """Whichever header is included alone refuses -ffast-math, in both modes: each reaches detail/config.hpp by headers."""
    guard = "include/qascore/detail/config.hpp"
    headers = [path for path in files if path.startswith("include/") and path.endswith(".hpp")]
    sources = {path: (root / path).read_text() for path in headers}
    reach = {guard}
    while more := [
        path
        for path in headers
        if path not in reach
        and any(
            f"include/qascore/{included(root, path, *match.groups())}" in reach
            for line in sources[path].splitlines()
            if (match := INCLUDE.match(line))
        )
    ]:
        reach.update(more)
    for path in headers:
        if path not in reach and path != "include/qascore/version.hpp":  # numbers only, which CMake reads
            yield Broken(path, 1, "detail/config.hpp, which refuses -ffast-math, is not reached")


def imported(node: ast.AST) -> list[str]:
    """The modules that a node imports: `import a`, `from a import b`, import_module("a"), need("a", ...)."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [node.module or ""]
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if function in ("import_module", "need"):
            return [str(node.args[0].value)]
    return []


def check_python(root: Path) -> Iterator[Broken]:
    package = root / "bindings/python/qascore"
    for file in sorted(package.rglob("*.py")):
        path = str(file.relative_to(root))
        inside = file.relative_to(package)
        for node in ast.walk(ast.parse(file.read_text(), path)):
            for module in (name.split(".")[0] for name in imported(node)):
                if module in sys.stdlib_module_names or module in PYTHON_BASE:
                    continue
                places = PYTHON_FOREIGN.get(module)
                if places is None:
                    yield Broken(path, node.lineno, f"import {module}: not one of the package's dependencies")
                elif not places & {inside.name, inside.stem, *(str(part) for part in inside.parts)}:
                    yield Broken(path, node.lineno, f"import {module}: only in {', '.join(sorted(places))}")


def cpp_files(root: Path) -> list[str]:
    found = []
    for folder in ("include", "src", "bindings/python/src"):
        found += [p for p in (root / folder).rglob("*") if p.suffix in (".hpp", ".ipp", ".cpp")]
    return sorted(str(p.relative_to(root)) for p in found)


def check(root: Path) -> list[Broken]:
    files = cpp_files(root)
    if not files:
        return [Broken(str(root), 0, "no C++ file found: nothing was checked")]
    broken: list[Broken] = []
    for path in files:
        text = (root / path).read_text()
        code = without_comments(text)
        broken += check_form(path, text)
        broken += check_includes(root, path, text)
        broken += check_names(path, code)
        if place_of(path) == "kernel":
            broken += check_kernel_signatures(path, code)
    broken += check_precompile(root)
    broken += check_cycles(root, files)
    broken += check_guard(root, files)
    broken += check_python(root)
    return broken


def main() -> int:
    root = Path(sys.argv[1])
    broken = check(root)
    for line in broken:
        print(line)
    print(f"{len(cpp_files(root))} C++ files checked, {len(broken)} rules broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
