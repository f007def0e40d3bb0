"""Several reports as one page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .._readers import find_file
from ..errors import ArgumentError, DataError
from .document import Block, Heading, Link, Report, Table

KEPT = "report.json"  # as a study writes it

def read_report(path: Path) -> Report:
    """A report that was kept as data: its file, or the folder of the study that wrote it."""
    if path.is_dir():
        path = path / KEPT
    try:
        record = json.loads(find_file(path).read_text(encoding="utf-8-sig"))
        if isinstance(record, dict) and "record" not in record:
            beside = path.with_name(KEPT)
            instead = f"; give {beside}" if path.name != KEPT and beside.is_file() else ""
            what = "the figures of a study" if "estimates" in record else "other data"
            raise DataError(f"{path}: expected a report as data ({KEPT}) but found {what}{instead}")
        return Report.from_dict(record)
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: expected UTF-8 but found the byte 0x{error.object[error.start]:02x} at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise DataError(f"{path}:{error.lineno}:{error.colno}: expected a report as JSON but found {error.msg}") from None
    except (ArgumentError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: expected what Report.to_dict made: {error}") from None


def joined(reports: Sequence[Report], *, title: str | None = None, subtitle: str | None = None) -> Report:
    """One report of several, each under its own title; ids of sections stay unique.

    Examples
    --------
    >>> from qascore.report import Report, Section
    >>> months = [Report("May", sections=(Section("scores", "Scores"),)), Report("June", sections=(Section("scores", "Scores"),))]
    >>> [section.title for section in joined(months, title="Spring").sections]
    ['May: Scores', 'June: Scores']
    """
    first = reports[0]
    for at, one in enumerate(reports):
        if one.language != first.language:
            raise ArgumentError(f"reports[{at}]: expected the language of the first, {first.language!r}, but found {one.language!r}")
    if len(reports) == 1:
        return replace(first, title=title or first.title, subtitle=first.subtitle if subtitle is None else subtitle)
    colon = "：" if first.language == "zh-CN" else ": "
    return replace(
        first,
        title=title or first.title,
        subtitle=", ".join(one.title for one in reports) if subtitle is None else subtitle,
        summary=tuple(block for at, one in enumerate(reports, 1) for block in (Heading(one.title), *_leading(one.summary, at))),
        sections=tuple(
            replace(section, id=f"part{at}-{section.id}", title=f"{one.title}{colon}{section.title}", blocks=_leading(section.blocks, at))
            for at, one in enumerate(reports, 1)
            for section in one.sections
        ),
        method=tuple(block for one in reports for block in (Heading(one.title), *one.method)),
        created=max(one.created for one in reports),
        provenance=tuple((f"{one.title}{colon}{name}", value) for one in reports for name, value in one.provenance),
    )


def _leading(blocks: Sequence[Block], part: int) -> tuple[Block, ...]:
    """The blocks of a part, with links to its own sections."""
    return tuple(
        replace(block, rows=tuple(tuple(replace(cell, to=f"part{part}-{cell.to}") if isinstance(cell, Link) else cell for cell in row) for row in block.rows))
        if isinstance(block, Table)
        else block
        for block in blocks
    )
