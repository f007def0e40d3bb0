"""Forms and evaluations of other systems, broken at random: each is read or refused with problems; nothing else leaves the importers.

    python tests/fuzz/importers.py --seconds 60 [--seed 1] [--keep DIR]

Needs qascore installed. What is read must also hold together: the YAML of a form reads to the same content hash, it scores some
evaluation, and a form that came from Amazon Connect and can go back comes in again with the same content hash. Prints how many
documents were read and refused; ends with 1, and the document in DIR, at the first that breaks a rule.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import qascore as qa

SEEDS = Path(__file__).parent / "corpus" / "importers"
VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 7, 10, 100, 1.5, -0.0, 1e308, 10**400, 2**53, "", " ", "yes", "no", "10", "x" * 500, "\ud800", "质检",
    "not_applicable", [], [[]], {}, {"a": 1},
]  # fmt: skip
TOKENS = [b'"', b"{", b"}", b"[", b"]", b",", b":", b"null", b"1e999", b"NaN", b"\\u0000", b"\xff", b"\xef\xbb\xbf", b"\\ud800", b"//", b"\n"]
REFUSED = (qa.RubricError, qa.DataError, qa.FileError, qa.ArgumentError)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield from places(child, (*path, key))


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


def mutate(document: Any, others: list[Any], draw: random.Random) -> Any:
    """One thing changed somewhere: replaced, gone, twice, elsewhere, under another name, or taken from another document."""
    found = [path for path in places(document) if path]
    if not found:
        return copy.deepcopy(draw.choice(others))
    path = draw.choice(found)
    holder, key = at(document, path[:-1]), path[-1]
    what = draw.randrange(7)
    if what == 0:
        holder[key] = copy.deepcopy(draw.choice(VALUES))
    elif what == 1:
        del holder[key]
    elif what == 2 and isinstance(holder, list):
        holder.insert(draw.randrange(len(holder) + 1), copy.deepcopy(holder[key]))
    elif what == 3:
        holder[key] = copy.deepcopy(at(document, draw.choice(found)))
    elif what == 4:
        other = draw.choice(others)
        holder[key] = copy.deepcopy(at(other, draw.choice(list(places(other)))))
    elif what == 5 and isinstance(holder, dict):
        names = [path[-1] for path in found if isinstance(path[-1], str)]
        holder[draw.choice(names)] = holder.pop(key)
    elif isinstance(holder[key], (int, float)) and not isinstance(holder[key], bool):
        holder[key] = draw.choice([holder[key] + 1, holder[key] - 1, -holder[key], holder[key] * 10, 0])
    return document


def spoil(text: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(len(text) + 1)
    return text[:place] + draw.choice([b"", draw.choice(TOKENS), bytes([draw.randrange(256)])]) + text[place + draw.randrange(3) :]


def check_form(given: Any, source: str, choices: dict[str, Any]) -> None:
    imported = qa.import_rubric(given, source, **choices)
    rubric = imported.rubric
    assert qa.Rubric.parse(imported.to_yaml()).content_hash == rubric.content_hash
    answers = {
        one.id: one.answers[0] if one.kind in ("options", "yes_no", "scale") else 1
        for one in rubric.criteria
        if one.kind not in ("text", "date") and one.metric is None
    }
    result = rubric.score_one(answers, unasked="ignore", unanswered="leave_out")
    assert result.score is None or result.score >= 0
    assert result.explain()
    assert rubric.to_text() and rubric.to_html()
    assert qa.compare_rubrics(rubric, rubric).changes == ()
    if source == "amazon_connect":
        try:
            exported = qa.export_rubric(rubric)
        except qa.RubricError:
            return
        names = {"id": rubric.id, "version": rubric.version, "language": rubric.language}
        if "item-" in json.dumps(exported.content):
            return  # ids that are no RefIds got others
        again = qa.import_rubric(exported.content, source, **(choices | names)).rubric
        there = again.score_one(answers, unasked="ignore", unanswered="leave_out").score
        # Weights are scaled to 100 on the way.
        assert there is result.score or math.isclose(there, result.score, rel_tol=1e-12), (there, result.score)


def check_evaluations(given: Any, source: str) -> None:
    found = qa.import_evaluations(given, source)
    found.answers()
    found.scores()
    found.rescore()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path())
    given = parser.parse_args()
    seeds = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SEEDS.glob("*.json"))}
    draw = random.Random(given.seed)
    until = time.monotonic() + given.seconds
    counts = {"read": 0, "refused": 0}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "document.json"
        while time.monotonic() < until:
            name = draw.choice(list(seeds))
            source = "amazon_connect" if name.startswith("amazon") else "genesys_cloud"
            document = copy.deepcopy(seeds[name])
            for _ in range(draw.choice([1, 1, 1, 2, 3, 8])):
                document = mutate(document, list(seeds.values()), draw)
            document_or_file: Any = document
            text = b""
            if draw.random() < 0.2:
                text = spoil(json.dumps(document).encode("utf-8", "surrogatepass"), draw)
                file.write_bytes(text)
                document_or_file = file
            elif not isinstance(document, dict):
                continue
            choices: dict[str, Any] = {"unknown": "ignore"} if draw.random() < 0.5 else {}
            if source == "amazon_connect" and draw.random() < 0.5:
                choices["mode"] = draw.choice(["QUESTION_ONLY", "SECTION_ONLY", "POINTS_BASED"])
            try:
                if "evaluation" in name:
                    check_evaluations(document_or_file, source)
                else:
                    check_form(document_or_file, source, choices)
                counts["read"] += 1
            except REFUSED:
                counts["refused"] += 1
            except Exception:
                traceback.print_exc()
                kept = given.keep / f"crash-{name}.json"
                kept.write_bytes(text or json.dumps(document).encode("utf-8", "surrogatepass"))
                print(f"{kept}: {source}, {choices}", file=sys.stderr)
                return 1
    print(f"{counts['read']} documents read, {counts['refused']} refused, in {given.seconds:g} s")
    return 0 if counts["read"] and counts["refused"] else 1


if __name__ == "__main__":
    sys.exit(main())
