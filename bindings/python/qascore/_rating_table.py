"""Who rated what: the noun that every verb of calibration takes first."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from . import _core
from ._frames import MISSING_CODE, Frame, build_frame
from ._render import html_table, text_table
from .errors import ArgumentError, DataError, MissingColumnError, check_choice, check_noun, did_you_mean

Categories: TypeAlias = "Sequence[Any] | None"
MAXIMAL_RATER_WORDS = 6
EVALUATION, CRITERION = "evaluation_id", "criterion"  # columns as the rest of the library calls them
NAMES = ("unit", "rater", "rating")  # columns of a table that was made of no frame
PICTURES = ("pairs", "ratings")
MOST_STEPS = 12  # categories that bars show as shares; of more values the quartiles are drawn


@dataclass(frozen=True)
class Part:
    """The ratings on one criterion: codes inside `core`, labels here."""

    criterion: Any
    core: _core.Ratings
    units: Sequence[Any]
    raters: Sequence[Any] | None
    labels: tuple[str, ...] | None  # of text categories
    ordered: bool  # numbers, or declared labels

    def with_core(self, core: _core.Ratings, raters: Sequence[Any] | None) -> Part:
        return Part(self.criterion, core, self.units, raters, self.labels, self.ordered)

    def under(self, design: Any) -> tuple[_core.Ratings, Any]:
        """The ratings in the order of the design's units, and what the kernels need of the design."""
        if design is None:
            return self.core, None
        from .estimation import SampleDesign

        check_noun("design", design, SampleDesign, "SampleDesign(frame, unit=..., stratum=..., weight=...)")
        units = list(design.unit_labels)
        if len(set(units)) != len(units):
            raise ArgumentError('design: a unit stands twice; ratings need a design with one row per unit')
        absent = set(self.units) - set(units)
        if absent:
            unit = min(absent)
            raise DataError(f"design: unit {unit!r} was rated but is not in the design{did_you_mean(unit, units)}")
        return self.in_order(units), design.core()

    def in_order(self, units: Sequence[Any]) -> _core.Ratings:
        """The ratings of these units, in this order."""
        index = {unit: code for code, unit in enumerate(self.units)}
        order = np.fromiter((index.get(unit, MISSING_CODE) for unit in units), dtype=np.uint32, count=len(units))
        return self.core.for_units(order)


class RatingTable:
    """Units x raters with gaps, for one criterion or several.

    Built once, checked once, immutable. Units and raters are sorted, so that no result depends on the order of rows. A
    missing rating is a gap. Gaps are allowed everywhere; what needs a full table says so.

    Parameters
    ----------
    frame : frame
        Any eager frame, one row per rating (or, with several rating columns, one row per unit and rater).
    unit, rater : str
        Columns: what is rated (a conversation), and who rates. Without `rater` the raters are anonymous; what needs to
        know them then refuses.
    rating : str or sequence of str
        Column of ratings, numbers or text. Several columns are several criteria.
    criterion : str, optional
        Column that says which criterion a row rates.
    categories : sequence, or mapping from criterion to sequence, optional
        The categories that could be used, also those that nobody used; text in its order. Default: those that occur
        (text then has no order; of text that reads as numbers a warning says so).
    duplicates : {"error", "average"}
        When one rater rated one unit twice: refuse it by name, or take the mean (numbers only).

    Examples
    --------
    >>> import pandas as pd, qascore as qa
    >>> calls = pd.DataFrame({"call": [1, 1, 2, 2, 3, 3], "who": ["a", "b"] * 3, "score": [4, 5, 2, 2, 3, 4]})
    >>> table = qa.RatingTable(calls, unit="call", rater="who", rating="score")
    >>> table
    <RatingTable: 3 units, 2 raters (a, b), 6 ratings, no gaps, categories 2 to 5>
    """

    def __init__(
        self,
        frame: Any,
        *,
        unit: str,
        rating: str | Sequence[str],
        rater: str | None = None,
        criterion: str | None = None,
        categories: Categories | Mapping[Any, Sequence[Any]] = None,
        duplicates: str = "error",
    ) -> None:
        check_choice("duplicates", duplicates, ("error", "average"))
        data = Frame.of(frame, "frame")
        ratings = [rating] if isinstance(rating, str) else list(rating)
        if not ratings:
            raise ArgumentError("rating: expected a column or several but found none")
        if len(ratings) > 1 and criterion is not None:
            raise ArgumentError("criterion: several rating columns are the criteria already; give one or the other")
        named = [name for name in (unit, rater, *ratings, criterion) if name is not None]
        for name in named:
            _refuse_unjoined(data, name, named)
        data.require(*named)
        units = data.labels(unit)
        raters = data.labels(rater) if rater is not None else None
        parts: list[Part] = []

        def add(name: Any, column: str, rows: npt.NDArray[np.bool_] | None) -> None:
            source = _Source(data, column, _declared(categories, name))
            present = source.present if rows is None else source.present & rows
            for labels, what in ((units, unit), (raters, rater)):
                if labels is None:
                    continue
                without = labels.missing
                without = without[present[without]]
                if len(without):
                    raise DataError(f'frame: column "{what}": row {int(without[0])} has a rating but no {what}')
            unit_rows = units.codes != MISSING_CODE if rows is None else rows & (units.codes != MISSING_CODE)
            unit_codes, unit_labels = _compress(units.codes, units.labels, unit_rows)
            rater_codes, rater_labels = (
                (None, None) if raters is None else _compress(raters.codes, raters.labels, present)
            )
            if source.text and duplicates == "average":
                raise ArgumentError("duplicates: text ratings have no average; expected error")
            chosen: Any = slice(None) if present.all() else present  # a slice copies nothing
            try:
                core = _core.Ratings.from_rows(
                    unit_codes[chosen],
                    len(unit_labels),
                    None if rater_codes is None else rater_codes[chosen],
                    0 if rater_labels is None else len(rater_labels),
                    source.values[chosen],
                    source.declared,
                    duplicates == "average",
                )
            except DataError as error:
                if duplicates == "average" and np.isin(source.values[chosen], source.declared).all():
                    raise DataError(
                        f"{error}: it is the average of repeated ratings; declare no categories, or remove the repeats"
                    ) from None
                raise
            repeated = core.duplicate()
            if repeated is not None:
                assert rater_labels is not None
                where = "" if name is None else f"criterion {name!r}, "
                several = criterion is None and CRITERION in set(data.columns) - set(named)
                cure = f'give criterion="{CRITERION}" if rows are of several criteria, else ' if several else ""
                raise DataError(
                    f"frame: {where}unit {unit_labels[repeated[0]]!r}: rater {rater_labels[repeated[1]]!r} rated it more "
                    f'than once; {cure}remove the repeats or choose duplicates="average"'
                )
            parts.append(Part(name, core, unit_labels, rater_labels, source.labels, source.ordered))

        if criterion is not None:
            of = data.labels(criterion)
            if len(of.missing):
                raise DataError(f'frame: column "{criterion}": row {int(of.missing[0])} has no criterion')
            for code, label in enumerate(of.labels):
                add(label, ratings[0], of.codes == code)
        else:
            for column in ratings:
                add(column if len(ratings) > 1 else None, column, None)
        if isinstance(categories, Mapping):
            known = [part.criterion for part in parts]
            for name in categories:
                if name not in known:
                    raise ArgumentError(
                        f"categories: {name!r} is no criterion; expected among {', '.join(map(str, known))}"
                        f"{did_you_mean(name, known)}"
                    )
        _warn_of_numbers(parts, f'column "{ratings[0]}"')
        self._parts = tuple(parts)
        self._criterion = criterion if criterion is not None else ("criterion" if len(ratings) > 1 else None)
        self._backend: str | None = data.backend
        self._names = (unit, rater or NAMES[1], ratings[0] if len(ratings) == 1 else NAMES[2])

    @classmethod
    def _of(
        cls, parts: Sequence[Part], criterion: str | None, backend: str | None, names: tuple[str, str, str] = NAMES
    ) -> RatingTable:
        table = cls.__new__(cls)
        table._parts = tuple(parts)
        table._criterion = criterion
        table._backend = backend
        table._names = names
        return table

    @classmethod
    def from_matrix(
        cls,
        matrix: Any,
        *,
        categories: Categories = None,
        units: Sequence[Any] | None = None,
        raters: Sequence[Any] | None = None,
    ) -> RatingTable:
        """A table from units x raters: numbers with NaN, or text with None, for gaps.

        `units` and `raters` are labels of the rows and columns; default 0, 1, 2, ...
        """
        cells = np.asarray(matrix)
        if cells.ndim != 2 or cells.shape[1] == 0:
            shape = " x ".join(map(str, cells.shape))
            raise DataError(f"matrix: expected units x raters but found shape {shape or 'of a single value'}")
        for name, labels, length in (("units", units, cells.shape[0]), ("raters", raters, cells.shape[1])):
            if labels is not None and len(labels) != length:
                raise DataError(f"{name}: expected {length} labels but found {len(labels)}")
            if labels is not None and len(set(labels)) != length:
                raise DataError(f"{name}: expected distinct labels but one stands twice")
        values, labels, declared, ordered = _cells(cells, categories)
        core = _core.Ratings.from_matrix(np.ravel(values), cells.shape[1], declared)
        part = Part(
            None,
            core,
            range(cells.shape[0]) if units is None else list(units),
            range(cells.shape[1]) if raters is None else list(raters),
            labels,
            ordered,
        )
        _warn_of_numbers([part], "matrix")
        return cls._of([part], None, None)

    @classmethod
    def from_counts(cls, counts: Any, *, categories: Categories = None) -> RatingTable:
        """A table from units x categories: how many (anonymous) raters chose each. Categories default to 1, 2, ..."""
        cells = np.asarray(counts)
        if cells.ndim != 2 or not np.issubdtype(cells.dtype, np.integer):
            raise DataError(
                f"counts: expected whole numbers, units x categories, but found {cells.dtype} with {cells.ndim} dimensions"
            )
        names = list(range(1, cells.shape[1] + 1)) if categories is None else list(categories)
        if len(names) != cells.shape[1]:
            raise ArgumentError(f"categories: expected {cells.shape[1]}, one per column, but found {len(names)}")
        text = _is_text(names, "categories")
        values = np.arange(1, len(names) + 1, dtype=np.float64) if text else _numbers(names)
        if np.any(np.diff(values) <= 0):
            raise ArgumentError("categories: expected ascending values, as the columns of the counts")
        core = _core.Ratings.from_counts(np.ravel(np.ascontiguousarray(cells, dtype=np.int64)), values)
        labels = tuple(map(str, names)) if text else None
        return cls._of([Part(None, core, range(cells.shape[0]), None, labels, True)], None, None)

    # What it holds

    @property
    def criterion(self) -> str | None:
        """Name of the column of criteria; None for a table of one."""
        return self._criterion

    @property
    def criteria(self) -> tuple[Any, ...]:
        """The criteria, ascending; empty for a table without."""
        return () if self._criterion is None else tuple(part.criterion for part in self._parts)

    @property
    def units(self) -> list[Any]:
        return _union(part.units for part in self._parts)

    @property
    def raters(self) -> list[Any]:
        """The raters, ascending; empty where they are anonymous."""
        return _union(part.raters or () for part in self._parts)

    @property
    def anonymous(self) -> bool:
        return all(part.raters is None for part in self._parts)

    @property
    def ratings(self) -> int:
        """How many ratings there are."""
        return sum(int(np.dot(by, np.arange(len(by)))) for by in self._by_count())

    def _by_count(self) -> list[npt.NDArray[np.int64]]:
        return [part.core.units_by_ratings() for part in self._parts]

    def __getitem__(self, criterion: Any) -> RatingTable:
        """The table of one criterion."""
        for part in self._parts:
            if self._criterion is not None and part.criterion == criterion:
                return RatingTable._of([Part(None, *_fields(part)[1:])], None, self._backend, self._names)
        raise ArgumentError(
            f"criterion: {criterion!r} is none of this table; expected among {', '.join(map(str, self.criteria))}"
            f"{did_you_mean(criterion, self.criteria)}"
        )

    # Parts of it

    def only(self, *raters: Any) -> RatingTable:
        """The same with the ratings of these raters only."""
        return self._keep(raters, True)

    def without(self, *raters: Any) -> RatingTable:
        """The same without the ratings of these raters."""
        return self._keep(raters, False)

    def complete(self) -> RatingTable:
        """The same with the ratings of those units only that every rater rated (listwise)."""
        return self._map(lambda part: part.with_core(part.core.complete(), part.raters))

    def _keep(self, raters: Sequence[Any], named: bool) -> RatingTable:
        if self.anonymous:
            raise ArgumentError("raters: the raters of this table are anonymous")
        known = self.raters
        for name in raters:
            if name not in known:
                raise ArgumentError(f"raters: {name!r} is no rater of this table{did_you_mean(name, known)}")

        def keep(part: Part) -> Part:
            labels = part.raters or ()
            wanted = np.array([(label in raters) == named for label in labels], dtype=np.uint8)
            left = [label for label, is_in in zip(labels, wanted, strict=True) if is_in]
            return part.with_core(part.core.only_raters(wanted), left)

        return self._map(keep)

    def _map(self, change: Callable[[Part], Part]) -> RatingTable:
        return RatingTable._of([change(part) for part in self._parts], self._criterion, self._backend, self._names)

    # What it looks like

    def _columns(self) -> dict[str, list[Any]]:
        unit, rater, rating = self._names
        columns: dict[str, list[Any]] = {unit: []}
        if not self.anonymous:
            columns[rater] = []
        if self._criterion is not None:
            columns[self._criterion] = []
        columns[rating] = []
        text = any(part.labels is not None for part in self._parts)
        for part in self._parts:
            units, raters, values = part.core.rows()
            columns[unit] += [part.units[code] for code in units.tolist()]
            if raters is not None and part.raters is not None:
                columns[rater] += [part.raters[code] for code in raters.tolist()]
            if self._criterion is not None:
                columns[self._criterion] += [part.criterion] * len(values)
            columns[rating] += _as_given(part, values, text)
        if not text and all(value.is_integer() for value in columns[rating]):
            columns[rating] = [int(value) for value in columns[rating]]
        return columns

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per rating: unit, rater (if known), criterion (where there are several) and rating.

        Rows are sorted by criterion and unit; columns are called as in the frame the table was made of, else unit, rater,
        criterion, rating. A rating is text where any criterion's ratings are. Gaps have no row.
        """
        return build_frame(self._columns(), backend or self._backend)

    def to_dict(self) -> dict[str, Any]:
        """One row per rating, as in `to_frame`."""
        columns = self._columns()
        return {"rows": [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]}

    def plot(self, ax: Any = None, *, table: str = "pairs", label: str = "") -> Any:
        """How many units each two raters share ("pairs"), or what each rater gave ("ratings"), on matplotlib axes.

        Raters who share no unit cannot be compared. Where raters are anonymous, "pairs" shows how many units have one rating, two
        and so on. "ratings" is of one criterion: shares of the categories, or median, quartiles and range of more than 12 values.
        """
        from ._plots import aside, bar_plot, pairs_plot

        if check_choice("table", table, PICTURES) == "ratings":
            return self._plot_ratings(ax, label)
        if self.anonymous:
            counts = self._by_count()
            units = np.sum([np.pad(one, (0, max(map(len, counts)) - len(one))) for one in counts], axis=0)[1:]
            names = [f"{count} rating{'s' * (count > 1)}" for count in range(1, len(units) + 1)]
            ax = bar_plot(names, units, ax, texts=[f"{count:,}" for count in units], label=label or "units with so many ratings")
            aside(ax, f"n = {int(units.sum()):,}")
            return ax
        rated, together = self._together()
        names = [f"{rater} (n = {count:,})" for rater, count in zip(self.raters, rated, strict=True)]
        ax = pairs_plot(together, names, list(map(str, self.raters)), ax, label=label or "units that both rated")
        aside(ax, f"n = {len(self.units):,} units")
        return ax

    def _together(self) -> tuple[list[int], npt.NDArray[np.float64]]:
        """How many units each rater rated, and each two of them, on any criterion."""
        units = {unit: at for at, unit in enumerate(self.units)}
        raters = {rater: at for at, rater in enumerate(self.raters)}
        rated = np.zeros((len(units), len(raters)), dtype=bool)
        for part in self._parts:
            unit, rater, _ = part.core.rows()
            if rater is None or part.raters is None:
                continue
            row = np.array([units[one] for one in part.units], dtype=np.intp)[unit]
            rated[row, np.array([raters[one] for one in part.raters], dtype=np.intp)[rater]] = True
        together = np.zeros((len(raters), len(raters)))
        for first in range(0, len(units), 65_536):  # a table of all units as numbers may be large
            some = rated[first : first + 65_536].astype(np.float64)
            together += some.T @ some
        return [int(count) for count in np.diagonal(together)], together

    def _plot_ratings(self, ax: Any, label: str) -> Any:
        from ._plots import ranges_plot, shares_plot

        if self._criterion is not None:
            raise ArgumentError(
                f'table: "ratings" draws one criterion; take one of {", ".join(map(str, self.criteria))}, '
                f"as table[{self.criteria[0]!r}].plot(table=\"ratings\")"
            )
        (part,) = self._parts
        _, raters, values = part.core.rows()
        names = ["all raters"] if raters is None or part.raters is None else list(map(str, part.raters))
        of = [values] if raters is None else [values[raters == code] for code in range(len(names))]
        steps = part.core.categories()
        if len(steps) > MOST_STEPS:
            return ranges_plot(names, of, ax, label=label or self._names[2])
        called = [f"{step:g}" for step in steps] if part.labels is None else list(part.labels)
        counts = np.array([[np.count_nonzero(one == step) for step in steps] for one in of]).reshape(len(of), len(steps))
        used = np.ones(len(steps), dtype=bool) if part.ordered else counts.sum(axis=0) > 0  # other criteria's text, else
        called = [name for name, is_in in zip(called, used, strict=True) if is_in]
        return shares_plot(names, called, counts[:, used], ax, label=label or f"share of each {self._names[2]}")

    def _describe(self) -> str:
        raters = self.raters
        shown = ""
        if raters and len(raters) <= MAXIMAL_RATER_WORDS:
            shown = f" ({', '.join(map(str, raters))})"
        who = f"{len(raters)} raters{shown}" if not self.anonymous else "anonymous raters"
        what = f"{len(self.criteria)} criteria, " if self._criterion is not None else ""
        full = all(int(by[:-1].sum()) == 0 for by in self._by_count()) and not self.anonymous
        gaps = "no gaps" if full else "gaps" if not self.anonymous else "1 or more ratings a unit"
        text = f"{what}{len(self.units)} units, {who}, {self.ratings} ratings, {gaps}"
        return text if self._criterion is not None else f"{text}, categories {_range_of(self._parts[0])}"

    def __repr__(self) -> str:
        return f"<RatingTable: {self._describe()}>"

    def _rows(self) -> tuple[list[str], list[list[object]]]:
        header = ["criterion", "units", "raters", "ratings", "units rated once", "twice or more", "categories"]
        rows: list[list[object]] = []
        for part, by in zip(self._parts, self._by_count(), strict=True):
            row = [part.core.units(), part.core.raters(), int(np.dot(by, np.arange(len(by))))]
            rows.append(
                ["" if part.criterion is None else str(part.criterion), *row]
                + [int(by[1:2].sum()), int(by[2:].sum()), _range_of(part)]
            )
        return header, rows

    def summary(self) -> str:
        """What the table holds, criterion by criterion."""
        return text_table(*self._rows())

    def _repr_html_(self) -> str:
        return html_table(*self._rows(), caption="ratings")


def _as_given(part: Part, values: npt.NDArray[np.float64], text: bool) -> list[Any]:
    """Ratings as they came in: labels where they are text, else numbers; these as text beside other criteria's text."""
    if part.labels is not None:
        return [part.labels[int(value) - 1] for value in values.tolist()]
    if text:
        return [str(int(value)) if value.is_integer() else repr(value) for value in values.tolist()]
    return list(values.tolist())


def _refuse_unjoined(data: Frame, name: str, named: Sequence[str]) -> None:
    """Scores say which evaluation they are of, not whose and of what: another frame does, and is to be joined first."""
    columns = data.columns
    if name in columns or EVALUATION not in columns or EVALUATION in named:
        return
    if get_close_matches(name, columns, n=1, cutoff=0.85):  # a slip of the pen: `require` says so
        return
    raise MissingColumnError(
        f'frame: expected a column "{name}" but found {", ".join(columns[:12])}; if another frame says which {name} each '
        f"{EVALUATION} has, join the two on {EVALUATION} first"
    )


def _warn_of_numbers(parts: Sequence[Part], where: str) -> None:
    """Text has no order: a scale from "1" to "5" that a reader left as text would be judged as if its steps were names. Two
    categories are the same with an order and without."""
    for part in parts:
        labels = part.labels
        if labels is None or part.ordered or len(labels) < 3 or not all(map(_reads_as_number, labels)):
            continue
        of = "" if part.criterion is None else f", criterion {part.criterion!r}"
        shown = ", ".join(map(repr, labels[:3])) + (", ..." if len(labels) > 3 else "")
        warnings.warn(
            f"rating: {where}{of}: the ratings are text that reads as numbers ({shown}) and are taken for names without an order; "
            "convert the column to numbers, or give categories= in their order",
            stacklevel=3,
        )
        return


def _reads_as_number(label: str) -> bool:
    try:
        return math.isfinite(float(label))
    except ValueError:
        return False


def _fields(part: Part) -> tuple[Any, ...]:
    return (part.criterion, part.core, part.units, part.raters, part.labels, part.ordered)


def _range_of(part: Part) -> str:
    if part.labels is not None:
        shown = ", ".join(part.labels[:8])
        return shown + (", ..." if len(part.labels) > 8 else "")
    values = part.core.categories()
    if len(values) == 0:
        return "none"
    return f"{values[0]:g} to {values[-1]:g}" if len(values) > 1 else f"{values[0]:g}"


def _union(labels: Any) -> list[Any]:
    groups = list(labels)
    return list(groups[0]) if len(groups) == 1 else sorted(set().union(*groups))


def _declared(categories: Any, criterion: Any) -> Categories:
    return categories.get(criterion) if isinstance(categories, Mapping) else categories


def _is_text(categories: Sequence[Any], argument: str) -> bool:
    text = [isinstance(name, str) for name in categories]
    if any(text) and not all(text):
        raise ArgumentError(f"{argument}: expected all text or all numbers but found both")
    if len(set(categories)) != len(categories):
        twice = next(name for i, name in enumerate(categories) if name in categories[:i])
        raise ArgumentError(f"{argument}: {twice!r} stands twice")
    return all(text) and len(text) > 0


def _numbers(categories: Sequence[Any]) -> npt.NDArray[np.float64]:
    for name in categories:
        if isinstance(name, (int, float, np.integer, np.floating)) and math.isfinite(name):
            continue
        raise ArgumentError(f"categories: expected finite numbers or text but found {name!r}")
    return np.array(sorted(float(name) for name in categories), dtype=np.float64)


def _compress(
    codes: npt.NDArray[np.uint32], labels: Sequence[Any], rows: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.uint32], list[Any]]:
    """Codes of the labels that occur in the given rows, and those labels."""
    used = np.bincount(codes[rows], minlength=len(labels)) > 0
    if used.all():
        return codes, list(labels)
    dense = np.append(np.cumsum(used, dtype=np.uint32) - np.uint32(1), np.uint32(MISSING_CODE))
    return dense[np.minimum(codes, len(labels))], [label for label, is_in in zip(labels, used, strict=True) if is_in]


class _Source:
    """A column of ratings as numbers: its own, or the positions of its categories."""

    def __init__(self, data: Frame, column: str, categories: Categories) -> None:
        self.text = data.is_text(column)
        self.labels: tuple[str, ...] | None = None
        self.ordered = True
        if self.text:
            found = data.labels(column)
            if categories is None:
                self.labels, self.ordered = tuple(found.labels), False
                position = np.arange(1, len(found.labels) + 1, dtype=np.float64)
            else:
                self.labels = _text_categories(categories, f'column "{column}"')
                position = _positions(found.labels, self.labels)
            self.declared = np.arange(1, len(self.labels) + 1, dtype=np.float64)
            self.values = np.append(position, np.nan)[np.minimum(found.codes, len(position))]
        else:
            self.values = data.numbers(column)
            self.declared = _number_categories(categories, f'column "{column}"')
        self.present = ~np.isnan(self.values)


def _text_categories(categories: Sequence[Any], where: str) -> tuple[str, ...]:
    if not _is_text(categories, "categories"):
        raise ArgumentError(f"categories: {where} is text, but the categories are numbers; convert one of them")
    return tuple(categories)


def _number_categories(categories: Categories, where: str) -> npt.NDArray[np.float64]:
    if categories is None:
        return np.empty(0)
    if _is_text(categories, "categories"):
        raise ArgumentError(f"categories: {where} holds numbers, but the categories are text; convert one of them")
    return _numbers(categories)


def _positions(found: Sequence[str], declared: Sequence[str]) -> npt.NDArray[np.float64]:
    for label in found:
        if label not in declared:
            raise DataError(
                f"rating: {label!r} is not among the declared categories {', '.join(map(str, declared))}"
                f"{did_you_mean(label, declared)}"
            )
    return np.array([declared.index(label) + 1 for label in found], dtype=np.float64)


def _cells(
    cells: npt.NDArray[Any], categories: Categories
) -> tuple[npt.NDArray[Any], tuple[str, ...] | None, npt.NDArray[np.float64], bool]:
    """Numbers (int64 or float64) of a matrix, labels of text categories, declared values, and whether categories have an order."""
    if cells.dtype.kind in "iufb":
        whole = np.can_cast(cells.dtype, np.int64)  # without gaps then, and read as they are
        numbers = np.ascontiguousarray(cells, dtype=np.int64 if whole else np.float64)
        return numbers, None, _number_categories(categories, "the matrix"), True
    flat = [None if value is None or value != value else value for value in cells.ravel().tolist()]
    if not any(isinstance(value, str) for value in flat):
        try:
            values = np.array([math.nan if value is None else value for value in flat], dtype=np.float64)
        except (TypeError, ValueError):
            wrong = next(value for value in flat if not isinstance(value, (int, float)) and value is not None)
            raise DataError(f"matrix: expected numbers or text but found {wrong!r}") from None
        return values, None, _number_categories(categories, "the matrix"), True
    wrong_kind = next((value for value in flat if value is not None and not isinstance(value, str)), None)
    if wrong_kind is not None:
        raise DataError(f"matrix: expected all text or all numbers but found text and {wrong_kind!r}")
    found = sorted({value for value in flat if value is not None})
    labels = tuple(found) if categories is None else _text_categories(categories, "the matrix")
    position = dict(zip(found, _positions(found, labels), strict=True))
    values = np.array([math.nan if value is None else position[value] for value in flat], dtype=np.float64)
    return values, labels, np.arange(1, len(labels) + 1, dtype=np.float64), categories is not None
