"""What each estimator was checked against: from the doc blocks of the kernels, and from reference cases.

    python docs/tools/numbers_page.py CASES    # writes the table of reference cases into docs/numbers.md
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "numbers.md"
HERE = "<!-- what the doc blocks say -->"
CASES = ("<!-- reference cases -->", "<!-- end of reference cases -->")
DOI = re.compile(r"doi:(10\.\d+/[^\s,;)]*[^\s,;.)])")
DECLARED = re.compile(r"^(?:template.*?>\s*)?(?:class|struct|enum class|[\w:<>,&* ]+?)\s*\b(\w+)\s*(?:\(|\{|final)", re.MULTILINE)


def blocks(header: str) -> Iterator[tuple[str, str]]:
    """Each doc block and the code between it and the next."""
    found = list(re.finditer(r"(?:^[ ]*///(?!<).*\n)+", header, re.MULTILINE))
    for at, block in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(header)
        text = " ".join(line.strip().removeprefix("///").strip() for line in block.group().splitlines())
        yield text, header[block.end() : end]


def checked(text: str) -> str | None:
    """The sentence that says what the numbers were checked against."""
    found = re.search(r"Checked against:? (.*)", text)
    if found is None:
        return None
    # Ends at a full stop before a capital letter, but for those of initials and versions.
    sentence = re.split(r"(?<=[a-z0-9)\]])\.(?: (?=[A-Z])|$)", found.group(1))[0]
    return sentence.strip().rstrip(".")


def rows() -> list[tuple[str, str, str, str]]:
    """Functions, header, what they were checked against, sources."""
    out = []
    for path in sorted((ROOT / "include" / "qascore").rglob("*.hpp")):
        name = path.relative_to(ROOT / "include" / "qascore").as_posix()
        for text, code in blocks(path.read_text(encoding="utf-8")):
            against = checked(text)
            if against is None:
                continue
            code = re.sub(r"//.*", "", code)
            names = [one for one in DECLARED.findall(code) if one not in ("qascore", "kernel", "if", "pragma")]
            papers = " ".join(f"[{n}](https://doi.org/{doi})" for n, doi in enumerate(dict.fromkeys(DOI.findall(text)), 1))
            functions = ", ".join(f"`{one}`" for one in dict.fromkeys(names[:3])) or "all of the header"
            out.append((functions, name, against, papers))
    return out


def table() -> str:
    lines = ["| functions | header | checked against; papers |", "| --- | --- | --- |"]
    lines += [f"| {names} | `{header}` | {cell(against)}; {papers} |".replace("; |", " |") for names, header, against, papers in rows()]
    return "\n".join(lines)


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def program(source: str) -> str:
    """Name and version of the program that a case's number comes from, or the publication."""
    source = source.removeprefix("R package ").strip()
    if named := re.match(r"(?:R )?([A-Za-z][\w.-]*(?: [A-Z][a-z]+)?) (\d+(?:\.\d+)+(?:-\d+)?)\b", source):
        return f"{named.group(1)} {named.group(2)}"
    if paper := re.match(r"[A-Z][\w'&., -]*? \((?:19|20)\d\d\)", source):
        return paper.group()
    return "other programs and published tables"


def cases(folder: Path) -> str:
    """One row per topic and statistic: how many cases, from which programs."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(folder.glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        found[case["topic"], case["statistic"]].append(case)
    lines = ["| topic | statistic | cases | from |", "| --- | --- | --- | --- |"]
    for (topic, statistic), group in sorted(found.items()):
        programs = sorted({program(str(case.get("source", ""))) for case in group}, key=lambda name: (name.startswith("other"), name.lower()))
        lines.append(f"| {topic} | `{statistic}` | {len(group)} | {cell(', '.join(programs))} |")
    return "\n".join(lines)


def main() -> int:
    if len(sys.argv) != 2 or not any(Path(sys.argv[1]).glob("*.json")):
        print(__doc__, file=sys.stderr)
        return 2
    before, after = CASES
    text = PAGE.read_text(encoding="utf-8")
    start, end = text.index(before) + len(before), text.index(after)
    PAGE.write_text(f"{text[:start]}\n{cases(Path(sys.argv[1]))}\n{text[end:]}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
