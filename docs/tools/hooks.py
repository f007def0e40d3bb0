"""What MkDocs is told while it builds the site: pages that are made from other files, and links that lead out of docs/."""

from __future__ import annotations

import posixpath
import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parent))
import api  # noqa: E402
import numbers_page  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = api.Package(ROOT / "bindings" / "python" / "qascore")
WHERE = api.where(PACKAGE)
# Files beside docs/ that are pages of the site.
OUTSIDE = {"CHANGELOG.md": "changelog.md", "ARCHITECTURE.md": "architecture.md", "CONTRIBUTING.md": "contributing.md"}
ELSEWHERE = "https://unpkg.com/iframe-worker/shim"
FENCE = re.compile(r"^(```.*?^```)", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
CODE = re.compile(r"(?<!\[)`(qa\.)?(\w+)(\([^`]*\))?`(?!\])")


def on_config(config: Any) -> Any:
    """The reference has a page per topic."""
    pages = [{title: api.page_name(title)} for title, _ in PACKAGE.pages()]
    for part in config.nav:
        if "Reference" in part:
            part["Reference"] = [{"Python": pages}, *part["Reference"]]
    return config


def on_files(files: Files, config: Any) -> Files:
    for name, text in api.reference(PACKAGE).items():
        files.append(File.generated(config, name, content=text))
    for source, name in OUTSIDE.items():
        files.append(File.generated(config, name, content=inside((ROOT / source).read_text(encoding="utf-8"))))
    return files


def inside(text: str) -> str:
    """The text of a file beside docs/, with its links as they are within."""
    return LINK.sub(lambda link: f"[{link[1]}]({link[2] if '://' in link[2] else '../' + link[2]})", text)


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    source = page.file.src_uri
    if source == "numbers.md":
        markdown = markdown.replace(numbers_page.HERE, numbers_page.table())
    pieces = FENCE.split(markdown)
    return "".join(piece if piece.startswith("```") else links(piece, source) for piece in pieces)


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """The theme would fetch what search needs in a folder from another host: assets/worker.js does it here."""
    return output.replace(ELSEWHERE, posixpath.relpath("assets/worker.js", posixpath.dirname(page.file.dest_uri) or "."))


def on_post_template(output_content: str, **_: Any) -> str:
    return output_content.replace(ELSEWHERE, "/assets/worker.js")  # of 404.html, which may be shown anywhere


def links(text: str, source: str) -> str:
    """Links out of docs/ lead to the page that the file has become, or are plain text; public names lead to the reference."""

    def led(link: re.Match[str]) -> str:
        target, _, anchor = link[2].partition("#")
        if not target.startswith("../") or source.startswith("api/"):
            return link[0]
        outer = posixpath.normpath(target.removeprefix("../"))
        if outer.startswith("docs/") and outer.endswith((".md", ".svg")):
            return f"[{link[1]}]({outer.removeprefix('docs/')}{'#' + anchor if anchor else ''})"
        return f"[{link[1]}]({OUTSIDE[outer]})" if outer in OUTSIDE else link[1]

    def named(code: re.Match[str]) -> str:
        name = code[2]
        plain_word = name.islower() and "_" not in name and not code[1] and not code[3]
        if name not in WHERE or plain_word or WHERE[name].startswith(f"{source}#"):
            return code[0]
        return f"[{code[0]}]({posixpath.relpath(WHERE[name], posixpath.dirname(source) or '.')})"

    # Not within links and headings.
    lines = LINK.sub(led, text).split("\n")
    return "\n".join(line if line.startswith("#") or "](" in line else CODE.sub(named, line) for line in lines)
