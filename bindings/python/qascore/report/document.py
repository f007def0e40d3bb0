"""What a report says, apart from how it looks: frozen records to compose, store and read back.

Every estimated number is a `Figure`: value, interval, n, and the reason where something is undefined.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._results import Estimate, EstimateTable
from ..errors import ArgumentError, DataError, check_choice, did_you_mean
from .meanings import MEANINGS

NUMBER_KINDS = ("number", "count", "fraction", "percent")
KINDS = ("text", *NUMBER_KINDS, "p", "interval")
MANY_POINTS = 1500  # more than this are drawn as shaded cells
LANGUAGES = ("en", "zh-CN")


@dataclass(frozen=True)
class Figure:
    """A number as it is shown: value, interval and n; `undefined` says why something of it is missing.

    A number that was counted and not estimated has no limits and needs none: `Figure(12040)`.
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    n: int | None = None
    confidence: float | None = None
    undefined: str | None = None

    @classmethod
    def from_estimate(cls, estimate: Estimate) -> Figure:
        """The shown part of an estimate, in full precision."""
        e = estimate
        return cls(e.value, e.low, e.high, e.n, e.confidence, e.undefined)


@dataclass(frozen=True)
class Undefined:
    """A table cell that has no value, and why."""

    reason: str


@dataclass(frozen=True)
class Link:
    """The text of a table cell that leads to a section of the page, by its id."""

    text: str
    to: str


Cell: TypeAlias = str | int | float | Figure | Undefined | Link | None


@dataclass(frozen=True)
class Heading:
    """A title inside a section."""

    text: str


@dataclass(frozen=True)
class Text:
    """Paragraphs (parted by an empty line), then a list of items."""

    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """Something the reader must not miss; `kind` is "info" or "warning"."""

    text: str
    kind: str = "info"
    items: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, ("info", "warning"))


@dataclass(frozen=True)
class Tile:
    """One headline figure."""

    label: str
    figure: Figure
    kind: str = "number"
    decimals: int | None = None
    note: str = ""
    about: str = ""

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, NUMBER_KINDS)
        check_about(self.about)


@dataclass(frozen=True)
class Tiles:
    """The headline figures, side by side."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    `kind`: "text", "number", "count", "fraction" (0 to 1), "percent" (a fraction, shown as a percentage), "p" (a
    p-value, which is never shown as 0), or "interval" (a `Figure`, shown by its limits, which are of the kind `of`).
    """

    title: str
    kind: str = "text"
    decimals: int | None = None
    of: str = "number"

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, KINDS)
        check_choice("of", self.of, NUMBER_KINDS)


@dataclass(frozen=True)
class Table:
    """Rows under columns. `sortable` puts a button into each column's head.

    A `folded` table stands closed under its caption until the reader opens it; printed, and without the script, it is open.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    footnotes: tuple[str, ...] = ()
    sortable: bool = True
    about: str = ""
    folded: bool = False

    def __post_init__(self) -> None:
        check_about(self.about)
        if self.folded and not self.caption:
            raise ArgumentError("caption: expected what a folded table stands under but found none")
        for at, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise DataError(f"rows[{at}]: expected {len(self.columns)} cells but found {len(row)}")

    @classmethod
    def from_estimates(
        cls,
        table: EstimateTable,
        *,
        kind: str = "number",
        caption: str = "",
        footnotes: Sequence[str] = (),
        titles: Mapping[str, str] | None = None,
        decimals: int | None = None,
        about: str = "",
    ) -> Table:
        """One row per estimate: key columns, value, interval, n.

        `titles` renames columns: its keys are names of key columns, "estimate", "value", "interval", "n".
        """
        called = titles or {}
        keys = [name for name, _ in table.keys]
        check_names("titles", called, [*keys, "estimate", "value", "interval", "n"])
        named = not keys or len({e.name for e in table}) > 1
        columns = [Column(called.get(name, name)) for name in keys]
        if named:
            columns.append(Column(called.get("estimate", "estimate")))
        columns += [
            Column(called.get("value", "value"), kind, decimals),
            Column(called.get("interval", "interval"), "interval", decimals, kind),
            Column(called.get("n", "n"), "count"),
        ]
        rows: list[tuple[Cell, ...]] = []
        for at, estimate in enumerate(table):
            figure = Figure.from_estimate(estimate)
            texts = [as_label(values[at]) for _, values in table.keys] + ([estimate.name] if named else [])
            rows.append((*texts, figure, figure, estimate.n))
        return cls(tuple(columns), tuple(rows), caption, tuple(footnotes), about=about)


@dataclass(frozen=True)
class Row:
    """A labelled figure in a picture.

    `truth` is the value it should have, where that is known; rows of the same `group` stand under its title.
    """

    label: str
    figure: Figure
    truth: float | None = None
    group: str = ""


@dataclass(frozen=True)
class IntervalPlot:
    """Dots with whiskers, one row per figure, beside the figures themselves.

    `reference` draws a line through all rows (no difference, a target). `limits` cuts the axis; a whisker
    that goes on outside ends in an arrow.
    """

    rows: tuple[Row, ...]
    caption: str = ""
    kind: str = "number"
    label: str = ""
    reference: float | None = None
    reference_label: str = ""
    limits: tuple[float, float] | None = None
    decimals: int | None = None
    about: str = ""

    def __post_init__(self) -> None:
        check_about(self.about)
        check_choice("kind", self.kind, NUMBER_KINDS)
        check_limits(self.limits)

    @classmethod
    def from_estimates(
        cls,
        table: EstimateTable,
        *,
        truth: Mapping[Any, float] | Sequence[float | None] | None = None,
        group: str | None = None,
        **options: Any,
    ) -> IntervalPlot:
        """One row per estimate, labelled by its key columns (by its name if there are none, or several).

        `truth` has one value per row, or is keyed like the rows: the key value, a tuple of several, or the
        estimate's name. `group` names the key column whose values become titles. Options are the fields of
        `IntervalPlot`.
        """
        check_names("IntervalPlot.from_estimates", options, [f.name for f in fields(cls)][1:])
        return cls(estimate_rows(table, truth, group), **options)


@dataclass(frozen=True)
class BarPlot:
    """Bars from zero, with whiskers where a figure has an interval."""

    rows: tuple[Row, ...]
    caption: str = ""
    kind: str = "number"
    label: str = ""
    limits: tuple[float, float] | None = None
    decimals: int | None = None
    about: str = ""

    def __post_init__(self) -> None:
        check_about(self.about)
        check_choice("kind", self.kind, NUMBER_KINDS)
        check_limits(self.limits)

    @classmethod
    def from_estimates(cls, table: EstimateTable, *, group: str | None = None, **options: Any) -> BarPlot:
        """One bar per estimate, labelled as `IntervalPlot.from_estimates` does."""
        check_names("BarPlot.from_estimates", options, [f.name for f in fields(cls)][1:])
        return cls(estimate_rows(table, None, group), **options)


@dataclass(frozen=True)
class ScatterPlot:
    """Pairs of values. Many equal pairs are drawn as one dot of larger area, very many as shaded cells.

    `figures` are (name, figure) pairs shown under the picture, a correlation for example; `line` is
    (intercept, slope).
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    x_label: str
    y_label: str
    caption: str = ""
    figures: tuple[tuple[str, Figure], ...] = ()
    line: tuple[float, float] | None = None
    about: str = ""

    def __post_init__(self) -> None:
        check_about(self.about)
        if len(self.x) != len(self.y):
            raise DataError(f"y: expected {len(self.x)} values, as many as x, but found {len(self.y)}")
        for name, values in (("x", self.x), ("y", self.y)):
            for at, value in enumerate(values):
                if not math.isfinite(value):
                    raise DataError(f"{name}[{at}]: expected a finite number but found {value}")

    @classmethod
    def of(cls, x: Any, y: Any, *, x_label: str, y_label: str, **options: Any) -> ScatterPlot:
        """From any two arrays of numbers; pairs with a missing value are left out."""
        check_names("ScatterPlot.of", options, ("caption", "figures", "line", "about"))
        xs, ys = check_pairs(x, y)
        return cls(tuple(xs.tolist()), tuple(ys.tolist()), x_label, y_label, **options)


@dataclass(frozen=True)
class Histogram:
    """How many values fall between the edges (the last bin includes its upper edge).

    `marks` are (label, position) pairs drawn as lines, a mean or a limit for example.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    label: str
    caption: str = ""
    kind: str = "number"
    marks: tuple[tuple[str, float], ...] = ()
    about: str = ""

    def __post_init__(self) -> None:
        check_about(self.about)
        check_choice("kind", self.kind, NUMBER_KINDS)
        if len(self.edges) != len(self.counts) + 1:
            raise DataError(
                f"edges: expected {len(self.counts) + 1}, one more than counts, but found {len(self.edges)}"
            )
        if any(b <= a for a, b in zip(self.edges, self.edges[1:], strict=False)):
            raise DataError("edges: expected ascending numbers")

    @classmethod
    def of(cls, values: Any, *, label: str, bins: Any = "auto", **options: Any) -> Histogram:
        """From an array of numbers, missing ones left out; `bins` as in `numpy.histogram`."""
        check_names("Histogram.of", options, ("caption", "kind", "marks", "about"))
        numbers = np.asarray(values, dtype=float)
        counts, edges = np.histogram(numbers[np.isfinite(numbers)], bins)
        return cls(tuple(edges.tolist()), tuple(counts.tolist()), label, **options)


@dataclass(frozen=True)
class MatrixPlot:
    """A table whose cells are shaded by their value, rater by rater for example.

    None leaves a cell out on purpose; `Undefined` says why a value is missing.
    """

    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    kind: str = "fraction"
    limits: tuple[float, float] | None = None
    decimals: int | None = None
    footnotes: tuple[str, ...] = ()
    about: str = ""

    def __post_init__(self) -> None:
        check_about(self.about)
        check_choice("kind", self.kind, NUMBER_KINDS)
        check_limits(self.limits)
        if len(self.cells) != len(self.row_labels):
            raise DataError(f"cells: expected {len(self.row_labels)} rows but found {len(self.cells)}")
        for at, row in enumerate(self.cells):
            if len(row) != len(self.column_labels):
                raise DataError(f"cells[{at}]: expected {len(self.column_labels)} cells but found {len(row)}")


@dataclass(frozen=True)
class Series:
    """Values in their order with the limits between which they stay where nothing changes; `signals` are those outside."""

    label: str
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    signals: tuple[int, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        for name, found in (("low", self.low), ("high", self.high)):
            if len(found) != len(self.values):
                raise DataError(f"{name}: expected {len(self.values)} values, one per point, but found {len(found)}")
        for at in self.signals:
            if not 0 <= at < len(self.values):
                raise DataError(f"signals: expected points from 0 to {len(self.values) - 1} but found {at}")


@dataclass(frozen=True)
class SeriesGrid:
    """Small charts side by side, all on one scale: one rater's ratings over time each, for example."""

    series: tuple[Series, ...]
    caption: str = ""
    center: float = 0.0
    about: str = ""

    def __post_init__(self) -> None:
        check_about(self.about)


Block: TypeAlias = (
    Heading | Text | Note | Tiles | Table | IntervalPlot | BarPlot | ScatterPlot | Histogram | MatrixPlot | SeriesGrid
)


@dataclass(frozen=True)
class Section:
    """A part of the report; `id` is its anchor, `lead` the sentence that says what was found."""

    id: str
    title: str
    lead: str = ""
    blocks: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", self.id):
            raise ArgumentError(f"id: expected a letter, then letters, digits, - or _, but found {self.id!r}")


@dataclass(frozen=True)
class Report:
    """A whole page. `summary` comes first, `method` and `provenance` (name, value) last.

    What a block is `about` is explained once, below the sections, and the block has a link to it.
    """

    title: str
    subtitle: str = ""
    language: str = "en"
    summary: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    method: tuple[Block, ...] = ()
    created: str = ""
    provenance: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        check_choice("language", self.language, LANGUAGES)
        seen = {"summary", "method", "content", "contents", "meanings"}
        for at, section in enumerate(self.sections):
            if section.id in seen:
                raise ArgumentError(
                    f"sections[{at}].id: {section.id!r} stands already for another part of the page"
                )
            seen.add(section.id)

    def meanings(self) -> tuple[str, ...]:
        """What the page explains: the keys that its blocks are `about`, in the order of their first figure."""
        blocks = [*self.summary, *(block for section in self.sections for block in section.blocks), *self.method]
        parts = [one for block in blocks for one in (block.tiles if isinstance(block, Tiles) else (block,))]
        found = [about for one in parts if (about := getattr(one, "about", ""))]
        return tuple(dict.fromkeys([*found, *(["interval"] if found else [])]))

    def to_dict(self) -> dict[str, Any]:
        """Plain values only, ready for JSON; `from_dict` reads them back."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Report:
        """The report that `to_dict` wrote."""
        report = from_plain(record)
        if not isinstance(report, cls):
            raise ArgumentError(
                f"record: expected what Report.to_dict made but found {type(report).__name__}"
            )
        return report


def as_label(value: Any) -> str:
    return "–" if value is None else str(value)


def check_about(about: str) -> None:
    """`about` is empty, or names what explains the figures of a block."""
    if about:
        check_choice("about", about, MEANINGS)


def check_names(where: str, found: Mapping[str, Any], allowed: Sequence[str]) -> None:
    for name in found:
        if name not in allowed:
            meant = did_you_mean(name, allowed)
            raise ArgumentError(
                f"{where}: expected names among {', '.join(allowed)} but found {name!r}{meant}"
            )


def check_limits(limits: tuple[float, float] | None) -> None:
    if limits is not None and not 0 < limits[1] - limits[0] < math.inf:
        raise ArgumentError(f"limits: expected two finite numbers, the lower first, but found {limits!r}")


def check_pairs(x: Any, y: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The pairs without a missing value, as two arrays of one length."""
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if xs.shape != ys.shape or xs.ndim != 1:
        raise DataError(f"y: expected the shape of x, {xs.shape}, in one dimension, but found {ys.shape}")
    kept = np.isfinite(xs) & np.isfinite(ys)
    return xs[kept], ys[kept]


def estimate_rows(
    table: EstimateTable, truth: Mapping[Any, float] | Sequence[float | None] | None, group: str | None
) -> tuple[Row, ...]:
    """The rows of a picture of estimates."""
    keys = [name for name, _ in table.keys]
    if group is not None and group not in keys:
        raise ArgumentError(
            f"group: expected one of {', '.join(keys)} but found {group!r}{did_you_mean(group, keys)}"
        )
    if truth is not None and not isinstance(truth, Mapping) and len(truth) != len(table):
        raise DataError(f"truth: expected {len(table)} values, one per estimate, but found {len(truth)}")
    named = not keys or len({e.name for e in table}) > 1
    rows = []
    for at, estimate in enumerate(table):
        values = tuple(column[at] for _, column in table.keys)
        parts = [as_label(v) for name, v in zip(keys, values, strict=True) if name != group]
        if named or not parts:
            words = f" {estimate.name} ".lower()
            parts = [*(part for part in parts if f" {part} ".lower() not in words), estimate.name]  # a name is not said twice
        known: float | None
        if isinstance(truth, Mapping):
            names = [values[0] if len(values) == 1 else values, estimate.name]
            known = next((truth[name] for name in names if name in truth), None)
        else:
            known = None if truth is None else truth[at]
        title = as_label(values[keys.index(group)]) if group else ""
        rows.append(Row(" · ".join(parts), Figure.from_estimate(estimate), known, title))
    return tuple(rows)


RECORDS: dict[str, type[Any]] = {
    record.__name__: record
    for record in (
        Figure,
        Undefined,
        Link,
        Heading,
        Text,
        Note,
        Tile,
        Tiles,
        Column,
        Table,
        Row,
        IntervalPlot,
        BarPlot,
        ScatterPlot,
        Histogram,
        MatrixPlot,
        Series,
        SeriesGrid,
        Section,
        Report,
    )
}


def to_plain(value: Any) -> Any:
    """Records as dicts that name their type, tuples as lists, NaN as {"number": "nan"}."""
    name = type(value).__name__
    if RECORDS.get(name) is type(value):
        return {"record": name, **{f.name: to_plain(getattr(value, f.name)) for f in fields(RECORDS[name])}}
    if isinstance(value, np.generic):
        return to_plain(value.item())
    if isinstance(value, (tuple, list)):
        return [to_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(float(value))}
    return value


def from_plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        if "number" in value:
            return float(value["number"])
        name = check_choice("record", value.get("record"), RECORDS)
        return RECORDS[name](**{key: from_plain(item) for key, item in value.items() if key != "record"})
    if isinstance(value, (list, tuple)):
        return tuple(from_plain(item) for item in value)
    return value
