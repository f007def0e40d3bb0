"""The only module that knows frames: pandas, polars, pyarrow, DuckDB relations and whatever else narwhals reads.

Frames come in as they are, results go out as the same kind; relations are read as Arrow tables. Text columns are read through the Arrow C stream
interface where the producer has one, so that ids never become Python objects.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from . import _core
from .errors import ArgumentError, DataError, MissingColumnError, column_meant, number_meant

MISSING_CODE = 0xFFFFFFFF
DUCKDB = "duckdb"
Ids: TypeAlias = "npt.NDArray[np.int64] | _core.TextColumn"
Label: TypeAlias = Any


@dataclass(frozen=True)
class Labels:
    """Dense codes (`MISSING_CODE` for missing) with their labels in ascending order."""

    codes: npt.NDArray[np.uint32]
    labels: list[Label]

    @property
    def missing(self) -> npt.NDArray[np.int64]:
        """Rows without a value."""
        return np.flatnonzero(self.codes == MISSING_CODE)

    def indicators(self) -> Iterator[tuple[Label, npt.NDArray[np.float64]]]:
        """For each label but the first a column that is 1 where it stands, 0 elsewhere, and NaN where none does."""
        gaps = self.codes == MISSING_CODE
        for code, label in enumerate(self.labels[1:], 1):
            yield label, np.where(gaps, np.nan, (self.codes == code).astype(np.float64))


def _narwhals() -> Any:
    # Imported on first use: `import qascore` stays near the cost of importing NumPy.
    return importlib.import_module("narwhals")


def is_missing(value: Any) -> bool:
    """Whether a plain value is none: None, NaN, pandas' NA and NaT."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):  # NA has no truth value, not even of NA != NA
        return True
    return bool(value != value)  # noqa: PLR0124 - NaN is not itself


def default_backend() -> str:
    """The frame library for results that come from no frame: the first of pandas, polars, pyarrow that is there."""
    for name in ("pandas", "polars", "pyarrow"):
        if importlib.util.find_spec(name) is not None:
            return name
    raise ArgumentError("frame: none of pandas, polars, pyarrow is installed; install one of them")


def build_frame(columns: Mapping[str, Any], backend: str | None = None) -> Any:
    """A native frame of the named backend."""
    data = {
        name: values if isinstance(values, np.ndarray) and values.dtype != object else list(values)
        for name, values in columns.items()
    }
    if backend == DUCKDB:
        return importlib.import_module(DUCKDB).from_arrow(build_frame(columns, "pyarrow"))
    return _narwhals().from_dict(data, backend=backend or default_backend()).to_native()


def _on_connection_of(relation: Any, rows_of_result: Any) -> Any:
    """An Arrow table as a relation that can be joined with the user's others; the query finds the table by its name here."""
    return relation.query("of_qascore", "SELECT * FROM rows_of_result")


def stacked(frames: Sequence[Frame]) -> Frame:
    """Frames of the same kind and columns, one below the other."""
    return Frame(_narwhals().concat([frame._nw for frame in frames]), frames[0].argument, frames[0]._relation)


def _refuse_repeated_names(obj: Any, argument: str) -> None:
    """pandas and Arrow let two columns have one name; which of them is meant nobody knows."""
    if type(obj).__name__ == "LazyFrame":
        return  # has one of each, and to ask for their names is work
    names: Any = getattr(obj, "column_names", None) or getattr(obj, "columns", ())
    seen = [name for name in names if isinstance(name, str)]
    if len(set(seen)) == len(seen):
        return
    twice = next(name for at, name in enumerate(seen) if name in seen[:at])
    raise DataError(
        f'{argument}: column "{twice}" stands {seen.count(twice)} times; rename or drop columns so that each name stands once'
    )


def _text_hint(value: object) -> str:
    """What to do with a number that is held as text."""
    if not isinstance(value, str):
        return ""
    try:
        float(value)
    except ValueError:
        return number_meant(value)
    return ", a number stored as text; convert the column to numbers"


class Frame:
    """A user's frame, read column by column."""

    def __init__(self, frame: Any, argument: str, relation: Any = None) -> None:
        self._nw = frame
        self.argument = argument
        self._relation = relation  # DuckDB's, which `frame` has the rows of

    @classmethod
    def of(cls, obj: Any, argument: str = "frame") -> Frame:
        """Wraps an eager frame of any kind narwhals knows; a lazy one is refused with a hint."""
        if isinstance(obj, Frame):
            return obj
        own = getattr(obj, "__qascore_frame__", None)
        if own is not None:  # a result of this package that is used as data
            obj = own()
        _refuse_repeated_names(obj, argument)
        nw = _narwhals()
        if type(obj).__name__ == "RecordBatch" and type(obj).__module__.startswith("pyarrow"):
            obj = importlib.import_module("pyarrow").Table.from_batches([obj])
        try:
            frame = nw.from_native(obj)
        except TypeError:
            raise ArgumentError(
                f"{argument}: expected a pandas, polars or pyarrow frame or a DuckDB relation but found {type(obj).__name__}"
            ) from None
        if isinstance(frame, nw.LazyFrame):
            if frame.implementation.is_duckdb():
                return cls(frame.collect(backend="pyarrow"), argument, obj)
            else:
                raise ArgumentError(f"{argument}: expected an eager frame but found a lazy one; call .collect() first")
        return cls(frame, argument)

    def __reduce__(self) -> tuple[Any, ...]:
        return Frame.of, (self._nw.to_native(), self.argument)

    @property
    def backend(self) -> str:
        return str(self._nw.implementation.value) if self._relation is None else DUCKDB

    def _given_back(self, native: Any) -> Any:
        """A result as the kind of frame that came in."""
        return native if self._relation is None else _on_connection_of(self._relation, native)

    @property
    def columns(self) -> list[str]:
        return list(self._nw.columns)

    def __len__(self) -> int:
        return len(self._nw)

    def require(self, *names: str, argument: str | None = None) -> None:
        """Refuses names that are not columns, with what was probably meant."""
        present = self.columns
        for name in names:
            if name not in present:
                where = f"{self.argument}" if argument is None else f"{self.argument} ({argument}=)"
                shown = ", ".join(map(str, present[:12])) + (", ..." if len(present) > 12 else "")
                raise MissingColumnError(
                    f'{where}: expected a column "{name}" but found {shown}{column_meant(name, present)}'
                )

    def series(self, name: str) -> Any:
        self.require(name)
        return self._nw[name]

    def numbers(self, name: str) -> npt.NDArray[np.float64]:
        """The column as doubles, missing as NaN. Text and infinite values are refused with their row."""
        return self.numbers_and_whole(name)[0]

    def numbers_and_whole(self, name: str) -> tuple[npt.NDArray[np.float64], bool]:
        """The same, and whether no value is missing for sure: who asks need not look again."""
        series = self.series(name)
        dtype = series.dtype
        nw = _narwhals()
        if dtype == nw.Boolean:
            series = series.cast(nw.Float64) if series.null_count() else series.cast(nw.Int8)
        elif not dtype.is_numeric():
            values = series.to_list()
            out = np.full(len(values), np.nan)
            for row, value in enumerate(values):
                if is_missing(value):
                    continue
                if isinstance(value, (bool, int, float, np.integer, np.floating)):
                    out[row] = float(value)
                else:
                    raise DataError(
                        f'{self.argument}: column "{name}": expected numbers but found {value!r} at row {row}'
                        f"{_text_hint(value)}"
                    )
            return self._finite(out, name)
        # A column that is a NumPy array already has NaN where it has no value: nothing to look for.
        if not isinstance(getattr(series.to_native(), "dtype", None), np.dtype) and series.null_count():
            series = series.cast(nw.Float64).fill_null(float("nan"))
        return self._finite(np.ascontiguousarray(series.to_numpy(), dtype=np.float64), name)

    def _finite(self, values: npt.NDArray[np.float64], name: str) -> tuple[npt.NDArray[np.float64], bool]:
        with np.errstate(over="ignore", invalid="ignore"):
            if np.isfinite(values.sum()):  # then each is, and there was no need for a second array
                return values, True
        infinite = np.isinf(values)
        if infinite.any():
            row = int(np.argmax(infinite))
            raise DataError(
                f'{self.argument}: column "{name}": expected finite numbers but found {values[row]} at row {row}'
            )
        return values, False

    def text(self, name: str) -> _core.TextColumn:
        """A text column without turning its values into Python objects where the producer speaks Arrow."""
        series = self.series(name)
        native = series.to_native()
        # pandas keeps text as Python objects, or as Arrow buffers where pyarrow is there: only these go by Arrow.
        if self.backend != "pandas" or "arrow" in type(native.array).__name__.lower():
            return _core.TextColumn.from_arrow(native if hasattr(native, "__arrow_c_stream__") else series.to_arrow())
        try:
            return _core.TextColumn.from_objects(np.asarray(native, dtype=object))
        except DataError as error:
            raise DataError(f'{self.argument}: column "{name}": {error}') from None

    def is_text(self, name: str) -> bool:
        dtype = self.series(name).dtype
        nw = _narwhals()
        if dtype in (nw.String, nw.Categorical) or isinstance(dtype, nw.Enum):
            return self._categories_are_text(name)
        if dtype == nw.Object:
            return all(
                isinstance(value, str)
                for value in self.series(name).to_list()
                if not is_missing(value)
            )
        return False

    def _categories_are_text(self, name: str) -> bool:
        dtype = self.series(name).dtype
        nw = _narwhals()
        if dtype == nw.String or self.backend != "pandas":
            return True
        native = self.series(name).to_native()
        kind = getattr(native.dtype, "pyarrow_dtype", None)  # a dictionary of Arrow's, or pandas' own categories
        if kind is not None:
            return str(kind.value_type) in ("string", "large_string", "string_view")
        return all(isinstance(category, str) for category in native.cat.categories)

    def is_single_precision(self, name: str) -> bool:
        """Whether the column holds floating point numbers of 32 bits."""
        return bool(self.series(name).dtype == _narwhals().Float32)

    def holds_lists(self, name: str) -> bool:
        """Whether values of the column are lists."""
        series = self.series(name)
        nw = _narwhals()
        if series.dtype == nw.Object:
            return any(isinstance(value, (list, tuple, set, frozenset, np.ndarray)) for value in series.to_list())
        return series.dtype in (nw.List, nw.Array)

    def labels(self, name: str) -> Labels:
        """Dense codes and ascending labels of a column of text, whole numbers, booleans or anything ordered.

        Whole numbers held as floats (as pandas does with gaps) become integers again.
        """
        if self.is_text(name):
            codes, labels = self.text(name).encode()
            return Labels(codes, labels)
        series = self.series(name)
        dtype = series.dtype
        nw = _narwhals()
        if dtype.is_integer() and not series.null_count():
            whole, distinct = _core.encode_integers(np.ascontiguousarray(series.to_numpy(), dtype=np.int64))
            return Labels(whole, distinct.tolist())
        if dtype.is_numeric() or dtype == nw.Boolean:
            return self._numeric_labels(self.numbers(name), dtype == nw.Boolean)
        return self._object_labels(series.to_list(), name)

    @staticmethod
    def _numeric_labels(values: npt.NDArray[np.float64], boolean: bool) -> Labels:
        present = ~np.isnan(values)
        distinct, inverse = np.unique(values[present], return_inverse=True)
        codes = np.full(len(values), MISSING_CODE, dtype=np.uint32)
        codes[present] = inverse.astype(np.uint32)
        if boolean:
            return Labels(codes, [bool(v) for v in distinct])
        whole = bool(np.all(distinct == np.floor(distinct)))
        return Labels(codes, [int(v) if whole else float(v) for v in distinct])

    def _object_labels(self, values: Sequence[Any], name: str) -> Labels:
        present = [v for v in values if not is_missing(v)]
        truths = sum(isinstance(v, (bool, np.bool_)) for v in present)
        try:
            if 0 < truths < len(present):  # True is not 1
                raise TypeError
            distinct = sorted(set(present))
        except TypeError:
            kinds = ", ".join(sorted({type(v).__name__ for v in present}))
            raise DataError(
                f'{self.argument}: column "{name}": expected labels of one type but found {kinds}'
            ) from None
        index = {label: code for code, label in enumerate(distinct)}
        codes = np.array(
            [MISSING_CODE if is_missing(v) else index[v] for v in values], dtype=np.uint32
        )
        return Labels(codes, distinct)

    def ids(self, name: str) -> Ids:
        """The column as ids: int64, or text. Missing ids and fractions are refused with their row."""
        series = self.series(name)
        if self.is_text(name):
            column = self.text(name)
            missing = column.missing()
            if len(missing):
                raise DataError(f'{self.argument}: column "{name}": id is missing at row {int(missing[0])}')
            return column
        if series.dtype.is_integer() and not series.null_count():
            return np.ascontiguousarray(series.to_numpy(), dtype=np.int64)
        if series.null_count():
            row = next(i for i, v in enumerate(series.to_list()) if is_missing(v))
            raise DataError(f'{self.argument}: column "{name}": id is missing at row {row}')
        raise DataError(
            f'{self.argument}: column "{name}": expected ids as text or whole numbers but found {series.dtype}'
        )

    def values(self, name: str) -> list[Any]:
        """The column as Python values, None for missing."""
        lists = (list, tuple, set, frozenset, np.ndarray)  # of which no truth value is asked
        values = self.series(name).to_list()
        return [None if not isinstance(v, lists) and is_missing(v) else v for v in values]

    def take(
        self,
        rows: npt.NDArray[np.int64],
        extra: Mapping[str, Any] | None = None,
        columns: Sequence[str] | None = None,
        *,
        reset_index: bool = False,
        types: Mapping[str, str] | None = None,
    ) -> Any:
        """The given rows (of the given columns, or of all) with additional columns, as a native frame of the same kind.

        A pandas frame keeps its index, unless it is reset: where rows no longer are those of the user. `types` names the type
        ("String", "Boolean") of additional columns that may hold no value to tell it by.
        """
        nw = _narwhals()
        source = self._nw if columns is None else self._nw.select(*columns)
        if not source.columns:
            return self._given_back(self._with_types(build_frame(extra or {}, str(self._nw.implementation.value)), types))
        picked = source[np.asarray(rows, dtype=np.int64)] if len(rows) else source.head(0)
        if reset_index:
            picked = nw.maybe_reset_index(picked)
        if extra:
            clash = [name for name in extra if name in picked.columns]
            if clash:
                raise ArgumentError(
                    f'{self.argument}: column "{clash[0]}" is about to be added but is already there; rename or drop it'
                )
            native = picked.to_native()
            if self.backend == "pandas":
                return native.assign(**{name: list(v) if isinstance(v, list) else v for name, v in extra.items()})
            picked = picked.with_columns(
                *[
                    nw.new_series(name, list(values) if not isinstance(values, np.ndarray) else values,
                                  backend=self._nw.implementation)
                    for name, values in extra.items()
                ]
            )
        return self._given_back(self._with_types(picked.to_native(), types))

    def _with_types(self, native: Any, types: Mapping[str, str] | None) -> Any:
        if not types or self.backend == "pandas":  # which has no type of truth values with gaps but for objects
            return native
        nw = _narwhals()
        frame = nw.from_native(native)
        return frame.with_columns(*[nw.col(name).cast(getattr(nw, kind)) for name, kind in types.items()]).to_native()

    def arrow(self) -> Any:
        """The frame as a pyarrow table."""
        return self._nw.to_arrow()

    def build(self, columns: Mapping[str, Any]) -> Any:
        """A new native frame of the same kind."""
        return self._given_back(build_frame(columns, str(self._nw.implementation.value)))
