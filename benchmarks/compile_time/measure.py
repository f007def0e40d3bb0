"""Prints what including qascore costs: processor seconds to compile a unit, and size of what comes out. Measured, never asserted.

    python benchmarks/compile_time/measure.py [--header-only] [BUILD]    # sizes of the library and the examples of that build, too
"""

from __future__ import annotations

import argparse
import os
import resource
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPILER = [*shlex.split(os.environ.get("CXX", "c++")), "-std=c++20", "-O2", f"-I{ROOT / 'include'}", "-isystem", "/usr/include/eigen3"]
MEAN = (ROOT / "tests" / "install" / "consumer" / "numbers.cpp").read_text(encoding="utf-8")
UNITS = {
    "an empty program": "int main() {}\n",
    "#include <qascore/qascore.hpp>, compiled mode": "#define QASCORE_COMPILED\n#include <qascore/qascore.hpp>\nint main() {}\n",
    "a mean with its interval, compiled mode": f"#define QASCORE_COMPILED\n{MEAN}",
}
HEADER_ONLY = {"a mean with its interval, header-only": MEAN}


def compile_unit(source: str) -> tuple[float, int]:
    """Seconds and bytes of code and data, without a compiler cache."""
    with tempfile.TemporaryDirectory() as folder:
        unit, made = Path(folder, "unit.cpp"), Path(folder, "unit.o")
        unit.write_text(source, encoding="utf-8")
        before = processor_seconds()
        subprocess.run([*COMPILER, "-c", str(unit), "-o", str(made)], check=True, env={**os.environ, "CCACHE_DISABLE": "1"})
        return processor_seconds() - before, code_and_data(made)


def processor_seconds() -> float:
    """Of programs that were started: other work on the machine moves them little."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def code_and_data(*files: Path) -> int:
    """Bytes that are loaded, without symbols: of an archive, of all its members."""
    lines = subprocess.run(["size", *map(str, files)], check=True, capture_output=True, text=True).stdout.splitlines()[1:]
    return sum(sum(map(int, line.split()[:3])) for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="What including qascore costs.")
    parser.add_argument("--header-only", action="store_true", help="also a unit that compiles kernels itself")
    parser.add_argument("build", nargs="?", type=Path, help="a build whose library and examples are measured")
    given = parser.parse_args()
    print(f"{'unit':<52}{'seconds':>9}{'KiB':>9}")
    for name, source in (UNITS | (HEADER_ONLY if given.header_only else {})).items():
        seconds, size = compile_unit(source)
        print(f"{name:<52}{seconds:>9.2f}{size / 1024:>9.0f}")
    if given.build is not None:
        libraries = sorted(given.build.glob("libqascore_*.a"))
        programs = sorted(path for path in (given.build / "examples").glob("*") if path.is_file() and os.access(path, os.X_OK))
        for made in (*libraries, *programs):
            print(f"{made.name:<52}{'':>9}{code_and_data(made) / 1024:>9.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
