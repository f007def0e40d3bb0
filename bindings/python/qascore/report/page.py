"""From a `Report` to one HTML page that needs nothing else: styles, pictures and script stand in it."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from .._extras import need
from .document import (
    BarPlot,
    Block,
    Histogram,
    IntervalPlot,
    MatrixPlot,
    Report,
    ScatterPlot,
    SeriesGrid,
    Table,
    Tiles,
)
from .meanings import MEANINGS
from .pictures import histogram_view, rows_view, scatter_view, series_view
from .speech import Speech
from .tables import matrix_view, table_view, tile_view

if TYPE_CHECKING:
    from jinja2 import Environment


def render(report: Report) -> str:
    """The report as one self-contained HTML page.

    The page loads nothing (a content security policy forbids it), works without its script, follows the
    light or dark setting of the reader, and prints on A4. Every text is escaped. The same report gives the
    same bytes.

    Parameters
    ----------
    report : Report
        What the page says.

    Returns
    -------
    str
        HTML, to be written as UTF-8.

    Examples
    --------
    >>> from qascore.report import Report, Section, Text, render
    >>> page = render(Report("Weekly quality", sections=(Section("scores", "Scores", "All is well."),)))
    >>> page.startswith("<!doctype html>")
    True
    """
    script = part("page.js")
    return valid_unicode(
        environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            say=Speech(report.language),
            meanings=report.meanings(),
            style=part("style.css"),
            script=script,
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def render_block(block: Block, language: str = "en") -> str:
    """One block as an HTML fragment, as it stands in the page."""
    fragment: str = environment().get_template("block.html.j2").render(block=block, say=Speech(language))
    return valid_unicode(fragment)


def view_of(block: Block, say: Speech) -> dict[str, Any]:
    """What the template named after the block's type needs."""
    if isinstance(block, (IntervalPlot, BarPlot)):
        return rows_view(block, say)
    if isinstance(block, ScatterPlot):
        return scatter_view(block, say)
    if isinstance(block, Histogram):
        return histogram_view(block, say)
    if isinstance(block, SeriesGrid):
        return series_view(block)
    if isinstance(block, MatrixPlot):
        return matrix_view(block, say)
    if isinstance(block, Table):
        return table_view(block, say)
    if isinstance(block, Tiles):
        return {"tiles": [tile_view(tile, say) for tile in block.tiles]}
    return {"block": block}


@cache
def environment() -> Environment:
    jinja2 = need("jinja2", "report")
    made: Environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(part),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(view_of=view_of, meaning_of=lambda key, say: MEANINGS[key][say.language])
    made.filters["type"] = lambda value: type(value).__name__
    made.filters["paragraphs"] = lambda text: [p.strip() for p in text.split("\n\n") if p.strip()]
    return made


@cache
def part(name: str) -> str:
    """A file of the templates folder."""
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


def valid_unicode(text: str) -> str:
    """Half surrogates, which no UTF-8 file can hold, become the replacement character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
