"""The reference of the Python package, as Markdown: every public name with its signature and docstring.

The sources are parsed, not imported: no extension module has to be built for it.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Title of a page and the modules whose names stand on it. What is in no list stands on the last page.
PAGES = {
    "Sampling": ("sampling", "sample_size", "inclusion", "drawing", "sketch"),
    "Rubrics": ("rubric", "comparing", "importing.forms", "importing.draft", "importing.evaluations", "importing.comparison",
                "importing.amazon_export"),
    "Assignment": ("assigning",),
    "Agreement": ("_rating_table", "calibration", "agreement_parts", "agreement_comparison", "agreement_resampling", "benchmarks", "chance"),
    "Calibration studies": ("calibration_studies",),
    "Raters": ("rater_models", "ordinal_raters", "mixed", "generalizability", "gold", "model_raters", "drift"),
    "Measurements": ("measurements", "consistency", "cronbach"),
    "Estimation": ("estimation", "_results", "quantiles", "outcomes", "paired", "weighting", "model_assisted", "agents"),
    "Scores and satisfaction": ("csat_studies", "associations", "by_part", "dependence", "relations", "regressions", "importance",
                                "bootstraps", "responses", "propensities", "weight_proposals"),
    "Studies and simulation": ("study", "simulation"),
    "Errors and versions": ("errors", "_versions", "_core"),
}  # fmt: skip
LAST = "More"
SECTIONS = re.compile(r"^(Parameters|Attributes|Returns|Raises|Notes|References|Examples)\n-{3,}$", re.MULTILINE)
LISTS = ("Parameters", "Attributes", "Returns", "Raises")


@dataclass(frozen=True)
class Entry:
    name: str
    module: str
    node: ast.FunctionDef | ast.ClassDef | None


class Package:
    """The parsed modules of the package."""

    def __init__(self, folder: Path) -> None:
        self.trees = {
            ".".join(path.relative_to(folder).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
            for path in sorted(folder.rglob("*.py"))
        }
        self.homes: dict[str, tuple[str, ...]] = next(
            ast.literal_eval(node.value)
            for node in self.trees["__init__"].body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_HOMES"
        )
        self.classes = {
            node.name: node for tree in self.trees.values() for node in tree.body if isinstance(node, ast.ClassDef)
        }

    def entries(self, module: str) -> list[Entry]:
        found = {
            node.name: node
            for node in self.trees.get(module, ast.Module([], [])).body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }
        return [Entry(name, module, found.get(name)) for name in self.homes[module]]

    def pages(self) -> Iterator[tuple[str, list[Entry]]]:
        listed = {module for modules in PAGES.values() for module in modules}
        rest = tuple(module for module in self.homes if module not in listed)
        for title, modules in (*PAGES.items(), (LAST, rest)):
            entries = [entry for module in modules if module in self.homes for entry in self.entries(module)]
            if entries:
                yield title, entries


def page_name(title: str) -> str:
    return f"api/{title.lower().replace(' ', '-')}.md"


def reference(package: Package) -> dict[str, str]:
    """Name of each page and its text."""
    return {page_name(title): page(package, title, entries) for title, entries in package.pages()}


def where(package: Package) -> dict[str, str]:
    """Page and anchor of each public name."""
    return {entry.name: f"{page_name(title)}#{entry.name.strip('_')}" for title, entries in package.pages() for entry in entries}


def page(package: Package, title: str, entries: list[Entry]) -> str:
    parts = [f"# {title}: reference"]
    for entry in entries:
        if isinstance(entry.node, ast.ClassDef):
            parts += class_text(package, entry.node)
        elif entry.node is not None:
            parts += [heading(2, entry.name, entry.name), signature(entry.node, f"qa.{entry.name}"), docstring(entry.node)]
        else:
            parts += [heading(2, entry.name, entry.name.strip("_")), "The version of the library, as text."]
    return "\n\n".join(part for part in parts if part) + "\n"


def heading(level: int, text: str, anchor: str) -> str:
    return f"{'#' * level} `{text}` {{ #{anchor} }}"


def class_text(package: Package, node: ast.ClassDef) -> list[str]:
    parts = [heading(2, node.name, node.name)]
    built = next((one for one in methods(node, private=True) if one.name == "__init__"), None)
    if built is not None:
        parts.append(signature(built, f"qa.{node.name}"))
    parts.append(docstring(node))
    for method in methods(node):
        if not ast.get_docstring(method):
            continue
        kinds = {ast.unparse(decorator) for decorator in method.decorator_list}
        if any(kind.endswith(".setter") for kind in kinds):
            continue
        owner = f"qa.{node.name}" if "classmethod" in kinds or "staticmethod" in kinds else node.name
        parts.append(heading(3, f"{node.name}.{method.name}", f"{node.name}.{method.name}"))
        if not kinds & {"property", "cached_property"}:
            parts.append(signature(method, f"{owner}.{method.name}"))
        parts.append(docstring(method))
    told = {method.name for method in methods(node) if ast.get_docstring(method)}
    others = sorted({method.name for one in (node, *bases(package, node)) for method in methods(one)} - told)
    if others:
        parts.append("Also: " + ", ".join(f"`{name}`" for name in others) + ".")
    return parts


def methods(node: ast.ClassDef, *, private: bool = False) -> list[ast.FunctionDef]:
    """Without what results are built from."""
    public = (item for item in node.body if isinstance(item, ast.FunctionDef) and item.name not in ("core", "from_core"))
    return [item for item in public if private or not item.name.startswith("_")]


def bases(package: Package, node: ast.ClassDef) -> Iterator[ast.ClassDef]:
    for base in node.bases:
        if (found := package.classes.get(ast.unparse(base).rsplit(".", 1)[-1])) is not None and found is not node:
            yield found
            yield from bases(package, found)


def signature(node: ast.FunctionDef, name: str) -> str:
    """The call with its defaults; the types stand in the docstring."""
    args = node.args
    plain = [*args.posonlyargs, *args.args]
    defaults: list[ast.expr | None] = [*[None] * (len(plain) - len(args.defaults)), *args.defaults]
    shown = [f"{one.arg}={ast.unparse(value)}" if value else one.arg for one, value in zip(plain, defaults, strict=True)]
    if plain and plain[0].arg in ("self", "cls"):
        shown = shown[1:]
    if args.vararg:
        shown.append(f"*{args.vararg.arg}")
    elif args.kwonlyargs:
        shown.append("*")
    for one, value in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        shown.append(f"{one.arg}={ast.unparse(value)}" if value else one.arg)
    if args.kwarg:
        shown.append(f"**{args.kwarg.arg}")
    call = f"{name}({', '.join(shown)})"
    if len(call) > 78:
        call = f"{name}(\n    {', '.join(shown)}\n)"
        if len(call.splitlines()[1]) > 78:
            lines = textwrap.wrap(", ".join(shown), 74, break_long_words=False, break_on_hyphens=False)
            call = f"{name}(\n" + "\n".join(f"    {line}" for line in lines) + "\n)"
    return f"```python\n{call}\n```"


def docstring(node: ast.FunctionDef | ast.ClassDef) -> str:
    """numpydoc as Markdown."""
    pieces = SECTIONS.split(ast.get_docstring(node) or "")
    out = [text(pieces[0])]
    for title, body in zip(pieces[1::2], pieces[2::2], strict=True):
        out.append(f"**{title}**")
        if title in LISTS:
            out.append(described(body.strip("\n")))
        elif title == "Examples":
            out.append(examples(body.strip("\n")))
        else:
            out.append(text(body))
    return "\n\n".join(piece for piece in out if piece.strip())


def text(body: str) -> str:
    """Prose; double backticks are single ones, DOIs are links. Indented lines stay as they are: formulas."""
    body = re.sub(r"``([^`]+)``", r"`\1`", body.strip("\n"))
    lines = [line if line.startswith("    ") else linked(line) for line in body.splitlines()]
    return "\n".join(lines)


def linked(line: str) -> str:
    """DOIs as links, what HTML would take for a tag as text."""
    line = re.sub(r"(?<![`\w])<(?=\w)", "&lt;", line)
    return re.sub(r"doi:(10\.\d+/[^\s,;]*[^\s,;.)])", r"[doi:\1](https://doi.org/\1)", line)


def described(body: str) -> str:
    """`name : type` with an indented text, as a list of definitions."""
    out: list[str] = []
    for item in re.split(r"\n(?=\S)", body):
        head, *rest = item.splitlines()
        name, colon, kind = head.partition(" : ")
        words = text(textwrap.dedent("\n".join(rest))).replace("\n", "\n    ")
        type_ = f"*{escaped(kind)}*" if colon else "&nbsp;"
        out.append(f"`{name}` &nbsp;{type_}\n:   {words}" if words else f"`{name}`\n:   {type_}")
    return "\n\n".join(out)


def escaped(kind: str) -> str:
    return re.sub(r"([\[\]*_<>`])", r"\\\1", kind)


def examples(body: str) -> str:
    """Blocks of a console session between lines of prose."""
    out: list[str] = []
    for block in re.split(r"\n\s*\n", body):
        out.append(f"```pycon\n{block}\n```" if block.lstrip().startswith(">>>") else text(block))
    return re.sub(r"\n```\n\n```pycon\n", "\n\n", "\n\n".join(out)).replace("  # doctest: +ELLIPSIS", "")
