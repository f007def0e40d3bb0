"""Runs the benchmarks: `python benchmarks/run.py [TASK ...] [--json FILE] [--seconds S] [--assert]`.

Every task checks that qascore and its peers give the same answer before it is timed, prints times and ratios, and
names the aim. With --assert a missed aim is exit status 1.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from harness import measure, show, versions, write_json  # noqa: E402 - found beside this file

TASKS = ("draw", "domain_mean", "score", "load", "alpha", "interval_alpha", "bootstrap_alpha", "crossed_model", "kappa", "rank_correlation", "import_time", "compile_time")
PEERS = ("qascore", "numpy", "pandas", "scipy", "scikit-learn", "krippendorff", "pingouin", "statsmodels")


def load(name: str) -> object:
    spec = importlib.util.spec_from_file_location(f"bench_{name}", HERE / name / "bench.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", nargs="*", help=f"any of {', '.join(TASKS)}; default: all")
    parser.add_argument("--json", type=Path, help="write the results to this file")
    parser.add_argument("--seconds", type=float, default=4.0, help="time per task, at least three rounds")
    parser.add_argument("--assert", dest="strict", action="store_true", help="exit 1 if an aim is missed")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.task if name not in TASKS]
    if unknown:
        parser.error(f"unknown task {unknown[0]!r}; expected one of {', '.join(TASKS)}")

    results = []
    for name in arguments.task or TASKS:
        print(f"measuring {name} ...", file=sys.stderr)
        for task in load(name).tasks():  # type: ignore[attr-defined]
            results.append(measure(task, arguments.seconds))
    packages = versions(PEERS)
    print(", ".join(f"{name} {version}" for name, version in packages.items()))
    print(show(results))
    if arguments.json is not None:
        write_json(arguments.json, results, packages)
    missed = [row for result in results for row in result["rows"] if row["met"] is False]
    print(f"{len(missed)} aims missed")
    return 1 if missed and arguments.strict else 0


if __name__ == "__main__":
    sys.exit(main())
