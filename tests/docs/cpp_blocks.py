"""Every C++ block of the README and the docs compiles, as part of a program that has what its page names.

    python cpp_blocks.py ROOT FOLDER COMPILER...
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

BEFORE = """#define QASCORE_COMPILED
#include <qascore/io/ostream.hpp>
#include <qascore/qascore.hpp>
#include <qascore/rubric/yaml.hpp>
#include <iostream>
#include <map>
#include <string>
#include <vector>
namespace qa = qascore;
struct call { std::string id, queue, channel, team, agent; };
struct person { std::string name, team; double hours; };
struct rated { std::string call_id, rater, queue; double probability, score; std::map<std::string, std::string> answers; };
"""
# What the blocks of a page start from: declarations only, nothing is linked.
PAGES = {
    "docs/assignment.md": "const std::vector<call> week; const std::vector<person> people; void send(const call&, const person&);",
    "docs/calibration.md": "const std::vector<rated> reviews; using review = rated;",
    "docs/howto-engineer.md": """const std::vector<call> calls; const std::vector<rated> reviews; using review = rated;
        void assign(const call&, double); void page_the_supervisor(double, double);""",
    "docs/rubric.md": """struct { std::map<std::string, std::string> answers; } review; struct { std::map<std::string, std::string> fields; } call;""",
    "docs/sampling.md": "const std::vector<call> calls; void assign(const call&, double);",
}


def program(root: Path) -> tuple[str, int]:
    """One unit with each page as a function, and the number of its blocks."""
    parts, count = [BEFORE], 0
    found = set()
    for page in (root / "README.md", *sorted((root / "docs").glob("*.md"))):
        name = page.relative_to(root).as_posix()
        text = page.read_text(encoding="utf-8")
        blocks = [
            (text[: match.start()].count("\n") + 2, match.group(1))
            for match in re.finditer(r"^```cpp\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
        ]
        if not blocks:
            continue
        found.add(name)
        if name not in PAGES:
            sys.exit(f"{name} has C++ blocks: say in {Path(__file__).name} what they start from")
        count += len(blocks)
        at = len(found)
        names, functions = re.sub(r"void \w+\([^;]*\);", "", PAGES[name]), re.findall(r"void \w+\([^;]*\);", PAGES[name])
        body = []
        for line, code in blocks:
            included = re.findall(r"^#include.*$", code, re.MULTILINE)
            parts.insert(1, "\n".join(included) + "\n")
            body.append(f'#line {line} "{name}"\n' + re.sub(r"^#include.*$", "", code, flags=re.MULTILINE))
        parts.append("\n".join(functions) + f"\nvoid page_{at}() {{\n{names}\n" + "".join(body) + "}\n")
    if missing := set(PAGES) - found:
        sys.exit(f"no C++ block in {', '.join(sorted(missing))}")
    return "".join(parts), count


def main() -> int:
    root, folder, compiler = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    folder.mkdir(parents=True, exist_ok=True)
    text, count = program(root)
    unit = folder / "blocks.cpp"
    unit.write_text(text, encoding="utf-8")
    run = subprocess.run([*compiler, "-w", "-fsyntax-only", str(unit)])  # unused names are no fault here
    print(f"{count} blocks of {len(PAGES)} pages")
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())
