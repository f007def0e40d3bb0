"""Every header that can be included compiles alone, twice included; a kernel's with its implementation behind it.

All in compiled mode: what a header or an implementation uses of other kernels it must include itself, as their
implementations, which include much, are not there to provide it. Header-only mode, all of it at once, is compiled by the
tests of the two modes. Parts of implementations (impl/*.hpp) are no headers to include.

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
        implementation = Path(header).parent / "impl" / f"{Path(header).stem}.ipp"
        included = [header, header]
        if (root / "include" / implementation).is_file():
            included += [str(implementation), str(implementation)]
        text = "".join(f"#include <{name}>\n" for name in included)
        if not unit.exists() or unit.read_text() != text:
            unit.write_text(text)
        outcome = compile_unit(command, unit, "-DQASCORE_COMPILED")
        return "" if outcome.compiles else outcome.messages

    failures = {h: text for h, text in zip(headers, in_parallel(failure, headers), strict=True) if text}
    for header, text in failures.items():
        print(f"{header} does not compile alone:\n{text}")
    print(f"{len(headers)} headers compiled alone, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
