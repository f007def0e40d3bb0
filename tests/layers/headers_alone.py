"""Every header that can be included compiles alone, twice included: kernels header-only, the others compiled.

A kernel's header has its implementation at the end, so that what it lacks itself is missed all the same. The others
reach kernels only through their headers: header-only mode shows nothing new of them, and all of it at once is compiled by
the tests of the two modes. Parts of implementations (impl/) are no headers to include.

    python headers_alone.py ROOT SCRATCH COMPILER [FLAG ...]
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from compiler import compile_unit, in_parallel  # noqa: E402


def main() -> int:
    root, scratch, command = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    headers = sorted(
        str(p.relative_to(root / "include")) for p in (root / "include").rglob("*.hpp") if p.parent.name != "impl"
    )
    if not headers:
        print(f"{root}: no header found")
        return 1

    def failure(header: str) -> str:
        unit = scratch / f"{header.replace('/', '-')}.cpp"
        unit.parent.mkdir(parents=True, exist_ok=True)
        text = f"#include <{header}>\n#include <{header}>\n"
        if not unit.exists() or unit.read_text() != text:
            unit.write_text(text)
        flags = [] if header.startswith("qascore/kernel/") else ["-DQASCORE_COMPILED"]
        outcome = compile_unit(command, unit, *flags)
        return "" if outcome.compiles else outcome.messages

    failures = {h: text for h, text in zip(headers, in_parallel(failure, headers), strict=True) if text}
    for header, text in failures.items():
        print(f"{header} does not compile alone:\n{text}")
    print(f"{len(headers)} headers compiled alone, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
