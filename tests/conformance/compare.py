"""Expected against found: the same shape, every number within |found - expected| <= abs + rel * |expected|."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any


class Judged:
    """An answer to an expectation in words: the handler knows the words and says whether they hold."""

    def __init__(self, holds: Mapping[str, bool], found: Any) -> None:
        self.holds = holds
        self.found = found

    def __repr__(self) -> str:
        return repr(self.found)


def missing_keys(expected: Any, found: Any, path: str = "") -> Iterator[str]:
    """Keys of the expected answer that were not delivered."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key, value in expected.items():
            where = f"{path}.{key}" if path else str(key)
            if key not in found:
                yield where
            else:
                yield from missing_keys(value, found[key], where)
    elif isinstance(found, Judged) and expected not in found.holds:
        yield f"{path}: {expected!r}"


def differences(expected: Any, found: Any, tolerance: Mapping[str, float], path: str = "") -> Iterator[str]:
    """What differs, one line each. Missing keys are missing_keys' business; further keys are fine."""
    where = path or "answer"
    if isinstance(found, Judged):
        if not found.holds.get(expected, True):
            yield f"{where}: expected {expected} but found {found!r}"
    elif isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            yield f"{where}: expected keys {', '.join(map(str, expected))} but found {found!r}"
            return
        for key, value in expected.items():
            if key in found:
                yield from differences(value, found[key], tolerance, f"{path}.{key}" if path else str(key))
    elif is_list(expected):
        if not is_list(found) or len(found) != len(expected):
            size = f"{len(found)} values" if is_list(found) else repr(found)
            yield f"{where}: expected {len(expected)} values but found {size}"
            return
        for at, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from differences(one, other, tolerance, f"{where}[{at}]")
    elif expected is None:
        if not (found is None or (is_number(found) and math.isnan(found))):
            yield f"{where}: expected nothing (undefined) but found {found!r}"
    elif is_number(expected):
        if not (is_number(found) and close(float(expected), float(found), tolerance)):
            yield f"{where}: expected {expected!r} but found {float(found) if is_number(found) else found!r}"
    elif type(expected) is not type(found) or expected != found:
        yield f"{where}: expected {expected!r} but found {found!r}"


def at_paths(found: Any, paths: Iterable[str]) -> dict[str, Any]:
    """Numbers of an answer by path, such as `ci_lower` or `se[2]`."""
    return {path: _inside(found, path) for path in paths}


def replaced(expected: Any, values: Mapping[str, float]) -> Any:
    """The expected answer with other numbers at some paths."""
    out = copy.deepcopy(expected)
    for path, value in values.items():
        *way, last = _steps(path)
        _inside(out, path)  # a path that is not there is a mistake
        place = out
        for step in way:
            place = place[step]
        place[last] = value
    return out


def _inside(answer: Any, path: str) -> Any:
    for step in _steps(path):
        answer = answer[step]
    return answer


def _steps(path: str) -> list[str | int]:
    return [int(step) if step.isdigit() else step for step in re.split(r"[.\[]", path.replace("]", ""))]


def close(expected: float, found: float, tolerance: Mapping[str, float]) -> bool:
    if math.isnan(expected) or math.isnan(found):
        return False
    if math.isinf(expected) or math.isinf(found):
        return expected == found
    return abs(found - expected) <= tolerance["abs"] + tolerance["rel"] * abs(expected)


def is_number(value: Any) -> bool:
    return not isinstance(value, (bool, str)) and hasattr(value, "__float__") and not hasattr(value, "__len__")


def is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or type(value).__name__ == "ndarray"
