"""Evaluates reference cases through the public Python API.

    python tests/conformance/run.py DIR [--topic T] [--json FILE] [--disputed FILE] [--quiet]

Exit code 0: no case failed. 1: at least one failed or is malformed. 2: DIR holds no case, or the call is wrong.
A case that asks for what is not there yet is unsupported, with the reason; an option is never ignored. A case whose
expected answer is proved to be less exact than its tolerance is disputed: its answer must be the proved one instead.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import case as cases
from case import Case, Malformed, Unsupported, load
from compare import at_paths, differences, missing_keys, replaced

MALFORMED = "(malformed)"
STATUSES = ("passed", "failed", "unsupported", "disputed")
EXACT = {"rel": 1e-7, "abs": 0.0}
"""How close an answer must be to the one that stands in place of a disputed one."""


@dataclass(frozen=True)
class Outcome:
    id: str
    topic: str
    status: str
    why: str
    seconds: float


def judge(case: Case, disputed: Mapping[str, Any]) -> tuple[str, str]:
    """The case's status, and why."""
    handler = cases.HANDLERS.get(case.statistic)
    if handler is None:
        return "unsupported", f"statistic {case.statistic} is not known"
    try:
        found = handler(case)
    except Unsupported as reason:
        return "unsupported", str(reason)
    except Exception as error:  # whatever the library raises is the case's failure, not the runner's
        if unread := case.unread_options():
            return "unsupported", f"option {', '.join(unread)} is not known"
        where = traceback.extract_tb(error.__traceback__)[-1]
        message = str(error).partition("\n")[0]
        return "failed", f"{type(error).__name__}: {message} ({Path(where.filename).name}:{where.lineno})"
    if unread := case.unread_options():
        return "unsupported", f"option {', '.join(unread)} is not known"
    differing = list(differences(case.expected, found, case.tolerance))
    if differing and case.id in disputed:
        proof = disputed[case.id]
        others = differences(replaced(case.expected, proof["values"]), found, case.tolerance)
        differing = [*differences(proof["values"], at_paths(found, proof["values"]), EXACT), *others]
        if not differing:
            return "disputed", proof["why"]
    if differing:
        more = f"; and {len(differing) - 5} more" if len(differing) > 5 else ""
        return "failed", "; ".join(differing[:5]) + more
    if missing := list(missing_keys(case.expected, found)):
        return "unsupported", f"no answer for {', '.join(missing)}"
    return "passed", ""


def evaluate(path: Path, topic: str | None, disputed: Mapping[str, Any]) -> Outcome | None:
    start = time.perf_counter()
    try:
        case = load(path)
    except Malformed as error:
        return Outcome(path.stem, MALFORMED, "failed", f"malformed case: {error}", time.perf_counter() - start)
    if topic is not None and case.topic != topic:
        return None
    status, why = judge(case, disputed)
    return Outcome(case.id, case.topic, status, why, time.perf_counter() - start)


def repeated_ids(outcomes: list[Outcome]) -> list[Outcome]:
    """An id that stands in two files hides one of them from whoever reads the result."""
    counts = Counter(outcome.id for outcome in outcomes)
    return [
        Outcome(name, MALFORMED, "failed", f"malformed case: the id stands in {count} files", 0.0)
        for name, count in counts.items()
        if count > 1
    ]


def by_topic(outcomes: list[Outcome]) -> dict[str, dict[str, int]]:
    topics: dict[str, dict[str, int]] = {}
    for outcome in sorted(outcomes, key=lambda o: o.topic):
        topics.setdefault(outcome.topic, dict.fromkeys(STATUSES, 0))[outcome.status] += 1
    return topics


def print_report(outcomes: list[Outcome], quiet: bool) -> None:
    topics = by_topic(outcomes)
    width = max(map(len, [*topics, "total"]))
    total = {status: sum(counts[status] for counts in topics.values()) for status in STATUSES}
    print(f"{'topic':{width}}" + "".join(f"  {status:>11}" for status in STATUSES))
    for topic, counts in [*topics.items(), ("total", total)]:
        print(f"{topic:{width}}" + "".join(f"  {counts[status]:11}" for status in STATUSES))
    for outcome in outcomes:
        if outcome.status == "failed":
            print(f"\nFAILED {outcome.id} ({outcome.topic})\n  " + outcome.why.replace("; ", "\n  "))
        if outcome.status == "disputed":
            print(f"\nDISPUTED {outcome.id} ({outcome.topic})\n  {outcome.why}")
    if not quiet:
        reasons: dict[str, list[str]] = defaultdict(list)
        for outcome in outcomes:
            if outcome.status == "unsupported":
                reasons[outcome.why].append(outcome.id)
        for why, ids in sorted(reasons.items()):
            print(f"\nunsupported: {why}\n  {', '.join(ids)}")


def load_handlers() -> None:
    folder = Path(__file__).parent / "handlers"
    for module in sorted(info.name for info in pkgutil.iter_modules([str(folder)])):
        importlib.import_module(f"handlers.{module}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Evaluates reference cases through the public Python API.")
    parser.add_argument("dir", type=Path, metavar="DIR", help="folder of *.json cases and their CSV files")
    parser.add_argument("--topic", help="only the cases of this topic")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the outcome of every case here")
    parser.add_argument("--disputed", type=Path, metavar="FILE", default=Path(__file__).parent / "disputed.json",
                        help="proved answers in place of expected ones")  # fmt: skip
    parser.add_argument("--quiet", action="store_true", help="leave out why cases are unsupported")
    options = parser.parse_args(arguments)
    if not options.dir.is_dir():
        print(f"DIR: expected a folder but found {str(options.dir)!r}", file=sys.stderr)
        return 2
    load_handlers()
    disputed = json.loads(options.disputed.read_text(encoding="utf-8"))
    outcomes = [o for path in sorted(options.dir.glob("*.json")) if (o := evaluate(path, options.topic, disputed))]
    outcomes += repeated_ids(outcomes)
    if not outcomes:
        print("no case found: nothing was checked", file=sys.stderr)
        return 2
    print_report(outcomes, options.quiet)
    if options.json:
        record = {"topics": by_topic(outcomes), "cases": [asdict(outcome) for outcome in outcomes]}
        options.json.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 1 if any(outcome.status == "failed" for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
