"""Reports: compose a document of sections and blocks, and render it as one self-contained HTML page.

Rendering needs the extra `report`; composing does not.
"""

from __future__ import annotations

from .document import (
    BarPlot,
    Block,
    Cell,
    Column,
    Figure,
    Heading,
    Histogram,
    IntervalPlot,
    Link,
    MatrixPlot,
    Note,
    Report,
    Row,
    ScatterPlot,
    Section,
    Series,
    SeriesGrid,
    Table,
    Text,
    Tile,
    Tiles,
    Undefined,
)
from .page import render, render_block

__all__ = [
    "BarPlot",
    "Block",
    "Cell",
    "Column",
    "Figure",
    "Heading",
    "Histogram",
    "IntervalPlot",
    "Link",
    "MatrixPlot",
    "Note",
    "Report",
    "Row",
    "ScatterPlot",
    "Section",
    "Series",
    "SeriesGrid",
    "Table",
    "Text",
    "Tile",
    "Tiles",
    "Undefined",
    "render",
    "render_block",
]
