"""The committed stub says what the module holds: the same names, the same parameters in the same order."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import qascore
from qascore import _core

STUB = Path(qascore.__file__).with_name("_core.pyi")


def in_stub() -> dict[str, list[str] | None]:
    """name -> parameters of functions, None for values; methods as Class.method."""
    out: dict[str, list[str] | None] = {}
    for node in ast.parse(STUB.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            out[node.name] = [a.arg for a in (*node.args.args, *node.args.kwonlyargs)]
        elif isinstance(node, ast.ClassDef):
            out[node.name] = None
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and not item.name.startswith("__"):
                    names = [a.arg for a in (*item.args.args, *item.args.kwonlyargs)]
                    out[f"{node.name}.{item.name}"] = [n for n in names if n != "self"]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            out[node.target.id] = None
    return out


def parameters(function: object) -> list[str]:
    """pybind11 writes the signature into the first line of the docstring."""
    line = (inspect.getdoc(function) or "").splitlines()[0]
    inside = re.sub(r"\[[^\[\]]*(\[[^\[\]]*\])*[^\[\]]*\]", "", line[line.index("(") + 1 : line.rindex(") ->")])
    names = [part.split(":")[0].strip() for part in inside.split(",") if ":" in part]
    return [name for name in names if name != "self"]


def in_module() -> dict[str, list[str] | None]:
    out: dict[str, list[str] | None] = {}
    for name, value in vars(_core).items():
        if name.startswith("__") and name != "__version__":
            continue
        if inspect.isclass(value):
            out[name] = None
            for method in vars(value):
                if not method.startswith("_"):
                    function = getattr(value, method)
                    out[f"{name}.{method}"] = parameters(function) if callable(function) else None
        elif callable(value):
            out[name] = parameters(value)
        else:
            out[name] = None
    return out


def test_the_stub_names_what_the_module_holds() -> None:
    assert sorted(in_stub()) == sorted(in_module())


def test_the_stub_names_the_parameters_of_each_function() -> None:
    stub = in_stub()
    differing = {name: (stub.get(name), found) for name, found in in_module().items() if stub.get(name) != found}
    assert not differing
