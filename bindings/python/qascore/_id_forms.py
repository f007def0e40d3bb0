"""Ids of two files that are the same but for how they are written: zeros lost, decimals gained, spaces, capitals."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import islice
from typing import Any

SHOWN = 3
QUOTED_COMMA = '", "'
DECIMALS = re.compile(r"(?<=\d)\.0+$")


def shortened(names: Collection[str], what: str) -> str:
    """A few names; of many their number and the first ones. Strata of several columns as a study writes them, "phone / gold"."""
    names = [_joined(name) for name in names]
    if len(names) <= SHOWN + 1:
        return ", ".join(names)
    return f"{len(names):,} {what}: {', '.join(islice(names, SHOWN))}, …"


def _joined(name: str) -> str:
    """`("phone", "gold")` as `"phone / gold"`, any other name as it is."""
    return name[1:-1].replace(QUOTED_COMMA, " / ") if name.startswith('("') and name.endswith('")') else name


def _plain(one: Any) -> str:
    """What is left of an id when spreadsheets have done their worst to it."""
    return DECIMALS.sub("", str(one).strip().casefold()).lstrip("0") or "0"


def _reason(one: str, other: str) -> str:
    if one.strip() == other.strip():
        return "spaces around it?"
    if one.strip().casefold() == other.strip().casefold():
        return "capitals?"
    if DECIMALS.sub("", one) == DECIMALS.sub("", other):
        return "made a number with decimals?"
    return "leading zeros lost?"


def written_otherwise(ids: Iterable[Any], known: Collection[Any]) -> tuple[int, str, str, str]:
    """How many of the ids are known in another form only; the first of them, that form, and what may have happened."""
    exact = set(known)
    strange = [one for one in ids if one not in exact]
    if not strange:
        return 0, "", "", ""
    forms: dict[str, Any] = {}
    for one in known:
        forms.setdefault(_plain(one), one)
    found = [one for one in strange if _plain(one) in forms]
    if not found:
        return 0, "", "", ""
    first, other = str(found[0]), str(forms[_plain(found[0])])
    return len(found), first, other, _reason(first, other)


def both_forms(file: str, ids: Collection[Any], other_file: str, known: Collection[Any]) -> str:
    """An id of each file, side by side: the same one in two forms, or the first of each."""
    count, first, other, reason = written_otherwise(ids, known)
    if count:
        return f'{file} has "{first}", {other_file} "{other}" ({reason})'
    return f'{file} has "{next(iter(ids))}", {other_file} "{next(iter(known))}"'
