"""Results as frozen records: full precision inside, rounded only on the screen."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, TypeVar, overload

from ._frames import build_frame
from .errors import MissingRowError, did_you_mean
from ._render import html_table, number, range_text, text_table, without_rounding

Self = TypeVar("Self", bound="Estimate")


class Result:
    """What results have in common: a summary in plain sentences."""

    CAUTION: ClassVar[str] = ""
    """What not to conclude from it."""

    def summary(self) -> str:
        """In plain sentences: how large, how sure, and what not to conclude from it."""
        said = self._said()
        if not self.CAUTION or not self._is_defined():
            return said
        end = "\n" if "\n" in said else " " if said.endswith(".") else ". "
        return f"{said}{end}{self.CAUTION}"

    def _said(self) -> str:
        """The summary without the caution: what tables, pictures and pages show."""
        raise NotImplementedError

    def _is_defined(self) -> bool:
        """Whether there is anything to be cautious about."""
        value = getattr(self, "value", None)
        return not math.isnan(value) if isinstance(value, float) else not getattr(self, "undefined", None)


@dataclass(frozen=True)
class Estimate(Result):
    """A number with its uncertainty.

    Attributes
    ----------
    name : str
        What is estimated.
    value, std_error : float
        The estimate and its standard error; NaN where undefined.
    low, high : float
        Limits of the confidence interval.
    df : float
        Degrees of freedom behind the interval; infinity for a normal one.
    n : int
        Units the estimate rests on.
    confidence : float
        Level of the interval, a fraction.
    method, interval_method : str
        The estimator, and how the limits were made.
    undefined : str or None
        Why something is undefined; None when all is well.
    missing : int
        Units left out because they had no value, and drawn units that have no row at all (of a design that knows its plan;
        by domain where the strata say in which domain they are, else the table's note has their number).
    """

    CAUTION: ClassVar[str] = (
        "The interval allows for who was drawn, not for raters who err or for conversations that could not be drawn."
    )

    name: str
    value: float
    std_error: float
    low: float
    high: float
    df: float
    n: int
    confidence: float
    method: str
    interval_method: str
    undefined: str | None
    missing: int = field(default=0, kw_only=True)

    SHOWN: ClassVar[tuple[str, ...]] = ()
    """More fields that a table of such estimates shows, before the value."""

    @classmethod
    def from_core(cls: type[Self], name: str, record: Mapping[str, Any], **more: Any) -> Self:
        return cls(name=name, **record, **more)

    def to_dict(self) -> dict[str, Any]:
        """All fields, in full precision."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row; `backend` is "pandas", "polars" or "pyarrow" (default: the first that is installed)."""
        return build_frame({name: [value] for name, value in self.to_dict().items()}, backend)

    def _title(self) -> str:
        """The name as sentences and pictures show it."""
        return self.name

    def _said(self) -> str:
        """The result in a sentence."""
        return f"{self._title()} is {self._value_text()}."

    def _number(self) -> str:
        """The value as sentences show it."""
        return number(without_rounding(self.value, self.low, self.high))

    def _value_text(self) -> str:
        """The value with its interval and n, or why it is undefined: the sentence without its subject."""
        if math.isnan(self.value):
            return f"undefined: {self.undefined}"
        if math.isnan(self.low):
            return f"{self._number()} (n = {self.n}{self._left_out()}); no interval: {self.undefined}"
        return (
            f"{self._number()}, {100 * self.confidence:g}% interval {range_text(self.low, self.high)}, "
            f"n = {self.n}{self._left_out()}"
        )

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """A dot with its whisker on matplotlib axes; options as in `EstimateTable.plot`."""
        return EstimateTable((), (self,)).plot(ax, **options)

    def _left_out(self) -> str:
        return f" ({self.missing} missing)" if self.missing else ""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._said()}>"

    def _repr_html_(self) -> str:
        return EstimateTable((), (self,))._repr_html_()


class EstimateColumns(Sequence[Estimate]):
    """Estimates that are kept as columns: each is made when it is asked for, so that many cost nothing to hold."""

    def __init__(self, name: str, columns: Mapping[str, Any]) -> None:
        self.name = name
        self._columns = columns

    def columns(self) -> dict[str, Any]:
        """The fields of all, as `Estimate.to_dict` names them."""
        found = {f.name: self._columns[f.name] for f in fields(Estimate) if f.name in self._columns}
        return {"name": [self.name] * len(self), **found}

    def __len__(self) -> int:
        return len(self._columns.get("value", ()))

    @overload
    def __getitem__(self, at: int) -> Estimate: ...
    @overload
    def __getitem__(self, at: slice) -> list[Estimate]: ...
    def __getitem__(self, at: int | slice) -> Estimate | list[Estimate]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        if not self._columns:
            raise IndexError(at)
        record = {
            name: values[at] if isinstance(values, list) else values[at].item() for name, values in self._columns.items()
        }
        return Estimate.from_core(self.name, record)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


@dataclass(frozen=True)
class TestResult:
    """A test of a hypothesis: statistic, degrees of freedom (`df2` for F only, else NaN), two-sided p."""

    __test__ = False  # for pytest: not a class of tests

    statistic: float
    df1: float
    df2: float
    p_value: float

    @classmethod
    def from_core(cls, record: Mapping[str, Any]) -> TestResult:
        return cls(**record)


@dataclass(frozen=True, repr=False)
class TestedEstimate(Estimate):
    """An estimate with the test of a hypothesis about it (a correlation or a difference of 0)."""

    __test__ = False

    test: TestResult

    def to_dict(self) -> dict[str, Any]:
        """All fields, in full precision; those of the test beside the estimate's."""
        record = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "test"}
        return record | {"statistic": self.test.statistic, "test_df": self.test.df1, "p_value": self.test.p_value}

    def _said(self) -> str:
        """The result in a sentence."""
        text = super()._said()
        return text if math.isnan(self.test.p_value) else f"{text[:-1]}, p {_p_text(self.test.p_value)}."


def _p_text(p: float) -> str:
    return "< 0.0001" if p < 0.0001 else f"= {number(p, 2)}"


@dataclass(frozen=True)
class EstimateTable(Result):
    """Several estimates side by side, one row each.

    `keys` are the columns before the estimates, as (name, values) with one value per estimate. `unlabelled` counts the
    units that are in none of the rows, for want of a label. `note` is what a reader of all rows must know.
    """

    CAUTION: ClassVar[str] = "Each interval holds for its own row: of many rows some miss, and those at the ends look further out than they are."

    keys: tuple[tuple[str, tuple[Any, ...]], ...]
    estimates: Sequence[Estimate]
    backend: str | None = None
    unlabelled: int = 0
    note: str = ""

    def __len__(self) -> int:
        return len(self.estimates)

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.estimates)

    def __getitem__(self, key: Any) -> Estimate:
        """By position, by the estimate's name, or by the values of the key columns (a tuple if there are several)."""
        if isinstance(key, int) and not self.keys:
            return self.estimates[key]
        rows = list(zip(*(values for _, values in self.keys), strict=True)) if self.keys else []
        wanted = key if isinstance(key, tuple) else (key,)
        for at, row in enumerate(rows):
            if row == wanted:
                return self.estimates[at]
        for estimate in self.estimates:
            if estimate.name == key:
                return estimate
        if isinstance(key, int):
            return self.estimates[key]
        raise MissingRowError(self._without(key, rows))

    def _without(self, key: Any, rows: Sequence[tuple[Any, ...]]) -> str:
        """That there is no such row, and which there are."""
        labels = [row[0] if len(row) == 1 else row for row in rows] or [e.name for e in self.estimates]
        shown = ", ".join(map(repr, labels[:12])) + (", ..." if len(labels) > 12 else "")
        by = f" by {', '.join(name for name, _ in self.keys)}" if self.keys else ""
        return f"expected one of the rows{by}: {shown} but found {key!r}{_nearest_row(key, labels)}"

    def to_dict(self) -> dict[str, Any]:
        rows = [dict(self._key(i), **e.to_dict()) for i, e in enumerate(self.estimates)]
        return {"rows": rows, "unlabelled": self.unlabelled}

    def _key(self, row: int) -> dict[str, Any]:
        return {name: values[row] for name, values in self.keys}

    def to_frame(self, backend: str | None = None) -> Any:
        """One row per estimate, in the kind of frame the data came in."""
        if isinstance(self.estimates, EstimateColumns) and len(self.estimates):
            columns = {**dict(self.keys), **self.estimates.columns()}
            return build_frame(columns, backend or self.backend)
        records = self.to_dict()["rows"]
        names = list(records[0]) if records else []
        return build_frame({name: [r[name] for r in records] for name in names}, backend or self.backend)

    def _table(self) -> tuple[list[str], list[list[object]]]:
        names = tuple(e.name for e in self.estimates)
        several = (len(set(names)) > 1 or not self.keys) and all(values != names for _, values in self.keys)
        header = [name for name, _ in self.keys] + (["estimate"] if several else [])
        kinds = {type(e).SHOWN for e in self.estimates}
        more = [name for name in kinds.pop() if name not in header] if len(kinds) == 1 else []
        more = [name for name in more if all(values != self._column(name) for _, values in self.keys)]
        gaps = ["missing"] if any(e.missing for e in self.estimates) else []
        header += [*more, "value", "std_error", "interval", "df", "n", *gaps]
        rows: list[list[object]] = []
        notes = any(e.undefined for e in self.estimates)
        for i, e in enumerate(self.estimates):
            keys: list[object] = [str(values[i]) for _, values in self.keys]
            row: list[object] = keys + ([e.name] if several else [])
            value, error = (without_rounding(one, e.low, e.high) for one in (e.value, e.std_error))
            row += [*(str(getattr(e, name)) for name in more), value, error, range_text(e.low, e.high, e.value), e.df, e.n]
            row += [e.missing] if gaps else []
            rows.append([*row, e.undefined or ""] if notes else row)
        return ([*header, "undefined"] if notes else header), rows

    def _column(self, name: str) -> tuple[Any, ...]:
        return tuple(getattr(e, name) for e in self.estimates)

    def _levels(self) -> str:
        return ", ".join(f"{100 * level:g}% intervals" for level in sorted({e.confidence for e in self.estimates}))

    def _caption(self) -> str:
        parts = [self._levels()]
        if self.unlabelled:
            parts.append(f"{self.unlabelled} units have no label")
        return "; ".join([*parts, self.note] if self.note else parts)

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Dots with whiskers, one row per estimate, on the given matplotlib axes or new ones.

        Options: `truth` (known values, drawn as diamonds), `reference` (a line through all rows), `label`.
        """
        from ._plots import interval_plot

        return interval_plot(self, ax, **options)

    def _is_defined(self) -> bool:
        return any(not math.isnan(e.value) for e in self.estimates)

    def _said(self) -> str:
        lines = [
            f"{', '.join(str(values[at]) for _, values in self.keys)}: {e._said()}" if self.keys else e._said()
            for at, e in enumerate(self.estimates)
        ]
        if self.unlabelled:
            lines.append(f"{self.unlabelled} units have no label and are in none of these.")
        if self.note:
            lines.append(f"Note: {self.note}.")
        return "\n".join(lines)

    def __repr__(self) -> str:
        header, rows = self._table()
        return f"{text_table(header, rows)}\n{self._caption()}"

    def _repr_html_(self) -> str:
        header, rows = self._table()
        return html_table(header, rows, self._caption())


def _nearest_row(key: Any, labels: Sequence[Any]) -> str:
    """What was probably meant: a label that is near, or the only one that the key is a part of."""
    near = did_you_mean(key, labels)
    holding = [label for label in labels if isinstance(label, str) and str(key) and str(key) in label]
    return near or (f' (did you mean "{holding[0]}"?)' if len(holding) == 1 else "")


def estimate_table(
    keys: Sequence[tuple[str, Sequence[Any]]],
    estimates: Sequence[Estimate],
    backend: str | None = None,
    *,
    unlabelled: int = 0,
    note: str = "",
) -> EstimateTable:
    """An EstimateTable from plain sequences."""
    columns = tuple((name, tuple(values)) for name, values in keys)
    held = estimates if isinstance(estimates, EstimateColumns) else tuple(estimates)
    return EstimateTable(columns, held, backend, unlabelled, note)
