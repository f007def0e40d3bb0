"""Tables from files: CSV, Parquet, JSON lines.

Every column is read as text unless the caller names it as numbers, so that the id 007 never becomes 7 and the answer
"no" never becomes false. A blank is missing. What is wrong is refused with the file and the line.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ._extras import need
from ._frames import Frame
from .errors import ArgumentError, DataError, FileError, MissingColumnError, column_meant, did_you_mean, number_meant

Kind = Literal["text", "number", "flag", "auto"]
"""How a column is read: "flag" is yes or no as 1 or 0; "auto" is numbers where every value is one, else text."""

FLAGS = {"1": 1.0, "true": 1.0, "yes": 1.0, "0": 0.0, "false": 0.0, "no": 0.0}

FORMATS = {
    ".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet",
    ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip
SEPARATORS = {".tsv": "\t"}
EXCEL = 'save the file as UTF-8 (in Excel: Save As, "CSV UTF-8")'
BLOCK = 1 << 24  # bytes read at once; also the longest record that the CSV reader accepts


@dataclass(frozen=True)
class FileTable:
    """A table that was read from a file, with what is needed to name the file in a record."""

    path: Path
    frame: Frame = field(repr=False)
    sha256: str

    @property
    def rows(self) -> int:
        return len(self.frame)

    def record(self) -> dict[str, Any]:
        return {"file": self.path.name, "rows": self.rows, "sha256": self.sha256}


def arrow(module: str = "") -> Any:
    """pyarrow or one of its modules, imported on first use."""
    return need(f"pyarrow.{module}" if module else "pyarrow", "cli")


def find_file(path: Path, where: str = "") -> Path:
    """The path if a file is there, else a FileError that names a neighbour with a similar name."""
    prefix = f"{where}: " if where else ""
    if path.is_file():
        return path
    if path.is_dir():
        raise FileError(f"{prefix}expected a file but {path} is a folder")
    if not path.parent.is_dir():
        raise FileError(f"{prefix}{path}: there is no folder {path.parent}")
    neighbours = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    raise FileError(f"{prefix}{path}: no such file{did_you_mean(path.name, neighbours)}")


def read_table(
    path: str | Path, kinds: Mapping[str, Kind] | None = None, *, rest: bool = True, where: str = ""
) -> FileTable:
    """Reads one file.

    Parameters
    ----------
    path : str or Path
        The ending says the format: .csv, .tsv, .parquet, .pq, .jsonl, .ndjson.
    kinds : mapping of column to "text", "number", "flag" or "auto"
        Columns that must be there, and how they are read.
    rest : bool
        Whether the other columns are read too, as text.
    where : str
        What asks for the file, for messages.

    Raises
    ------
    FileError
        The file is not there or cannot be opened.
    MissingColumnError, DataError
        A column is not there; bytes that are not UTF-8, ragged rows, names used twice, values that are not numbers.
    """
    path = find_file(Path(path), where)
    kinds = dict(kinds or {})
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        allowed = ", ".join(sorted(FORMATS))
        meant = f"; {EXCEL}" if path.suffix.lower() in (".xlsx", ".xls", ".xlsm", ".ods") else ""
        raise ArgumentError(f"{path}: expected a file name that ends in {allowed} but found {path.suffix!r}{meant}")
    try:
        sha256 = _fingerprint(path, text=form != "parquet")
        table = {"csv": _read_csv, "parquet": _read_parquet, "jsonl": _read_jsonl}[form](path, kinds, rest)
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{path}: {error.strerror or error}") from None
    return FileTable(path, Frame.of(table, argument=str(path)), sha256)


def _fingerprint(path: Path, *, text: bool) -> str:
    """The hash of the file; on the way, a text file is proved to be UTF-8 and not empty."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset, lines, size = 0, 0, 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            size += len(block)
            if not text:
                continue
            if offset == 0 and block[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise DataError(f"{path}: expected UTF-8 but found UTF-16; {EXCEL}")
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                at = max(0, error.start - pending)
                raise _not_utf8(path, block[at] if error.start >= pending else None, offset + error.start - pending,
                                lines + block.count(b"\n", 0, at) + 1) from None
            lines += block.count(b"\n")
            offset += len(block)
    if text and decoder.getstate()[0]:
        raise _not_utf8(path, None, size - len(decoder.getstate()[0]), lines + 1)
    if size == 0:
        raise DataError(f"{path}: the file is empty; expected a table")
    return digest.hexdigest()


def _not_utf8(path: Path, byte: int | None, offset: int, line: int) -> DataError:
    found = "a character that is cut off" if byte is None else f"the byte 0x{byte:02x}"
    return DataError(f"{path}:{line}: expected UTF-8 but found {found} at byte {offset}; {EXCEL}")


def _check_columns(path: Path, present: list[str], wanted: Iterable[str], line: str = "") -> None:
    seen: set[str] = set()
    for name in present:
        if name in seen:
            raise DataError(f'{path}{line}: the column name "{name}" stands there twice')
        seen.add(name)
    for name in wanted:
        if name not in seen:
            shown = ", ".join(present[:12]) + (", ..." if len(present) > 12 else "")
            meant = column_meant(name, present)
            if not meant and name in ("conversation_id", "rater_id") and "evaluation_id" in present:
                meant = f"; where another file says which {name} each evaluation_id has, `qascore score --evaluations FILE` takes it along"
            raise MissingColumnError(f'{path}: expected a column "{name}" but found {shown}{meant}')


# CSV ------------------------------------------------------------------------------------------------------------


def _separator(path: Path) -> str:
    """What stands between the columns: what Excel writes where commas are decimal signs, if the header has no comma."""
    known = SEPARATORS.get(path.suffix.lower())
    if known is not None:
        return known
    header = next(_records(path, ","), (1, [""]))[1]
    if len(header) == 1:
        return next((one for one in (";", "\t") if one in header[0]), ",")
    return ","


def _records(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it starts: the slow way, for the header and to find where a fault is."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        before = 0
        try:
            for record in reader:
                if record:
                    yield before + 1, record
                before = reader.line_num
        except csv.Error as error:
            raise DataError(f"{path}:{before + 1}: {error}") from None


def _read_csv(path: Path, kinds: dict[str, Kind], rest: bool) -> Any:
    separator = _separator(path)
    line, header = next(_records(path, separator), (1, []))
    if not header:
        raise DataError(f"{path}: expected a header line but found only blank lines")
    _check_columns(path, header, kinds, f":{line}")
    pa, pc = arrow(), arrow("csv")
    names = header if rest else list(kinds)
    numbers = pa.string() if separator == ";" else pa.float64()  # with semicolons, commas may be decimal signs
    types = {name: numbers if kinds.get(name) == "number" else pa.string() for name in names}
    try:
        table = pc.read_csv(
            path,
            read_options=pc.ReadOptions(block_size=BLOCK),
            parse_options=pc.ParseOptions(
                delimiter=separator, newlines_in_values=True
            ),
            convert_options=pc.ConvertOptions(
                include_columns=names, column_types=types, check_utf8=False, null_values=[""],
                strings_can_be_null=True, quoted_strings_can_be_null=True,
            ),
        )  # fmt: skip
    except pa.ArrowInvalid as error:
        raise _csv_fault(path, separator, header, kinds) or DataError(f"{path}: {error}") from None

    def line_of(row: int) -> int:
        records = _records(path, separator)
        next(records)
        return next(at for i, (at, _) in enumerate(records) if i == row)

    if separator == ";":
        table = _with_points(path, table, kinds, line_of)
    return _refine(path, table, kinds, line_of)


def _with_points(path: Path, table: Any, kinds: Mapping[str, Kind], line_of: Callable[[int], int]) -> Any:
    """Decimal commas of columns of numbers as points. A column with both is refused: 1.234 may be a thousand there."""
    pa, pc = arrow(), arrow("compute")
    for at, name in enumerate(table.column_names):
        column = table[name]
        kind = kinds.get(name)
        comma = pc.fill_null(pc.match_substring_regex(column, r"^\s*[-+]?\d+,\d+\s*$"), False)
        if kind not in ("number", "auto") or not pc.any(comma, min_count=0).as_py():
            continue
        if kind == "auto" and not pc.all(pc.match_substring_regex(column, r"^\s*[-+]?\d+(,\d+)?\s*$")).as_py():
            continue
        point = pc.fill_null(pc.match_substring(column, "."), False)
        if pc.any(point).as_py():
            row = pc.index(point, True).as_py()
            raise _Where(path, name, line_of).error(row, f"expected decimal commas as in other rows but found {column[row].as_py()!r}")
        table = table.set_column(at, name, pc.if_else(comma, pc.replace_substring(column, ",", "."), column).cast(pa.string()))
    return table


def _csv_fault(path: Path, separator: str, header: list[str], kinds: dict[str, Kind]) -> DataError | None:
    """The first fault that stopped the fast reader."""
    records = _records(path, separator)
    next(records)
    numbers = [(at, name) for at, name in enumerate(header) if kinds.get(name) == "number"]
    for line, record in records:
        if len(record) != len(header):
            return DataError(f"{path}:{line}: expected {len(header)} values as in the header but found {len(record)}")
        for at, name in numbers:
            if record[at] and not _is_number(record[at]):
                return DataError(f'{path}:{line}: column "{name}": {_no_number(record[at])}')
    return None


def _no_number(text: str) -> str:
    """What is wrong with a text where a number belongs, and how the number is written."""
    return f"expected a number but found {text!r}{number_meant(text)}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


# JSON lines -------------------------------------------------------------------------------------------------------


def _read_jsonl(path: Path, kinds: dict[str, Kind], rest: bool) -> Any:
    pa, pj = arrow(), arrow("json")
    try:
        table = pj.read_json(path, read_options=pj.ReadOptions(block_size=BLOCK))
    except pa.ArrowInvalid as error:
        raise _jsonl_fault(path) or DataError(f"{path}: {error}") from None
    _check_columns(path, table.column_names, kinds)
    if not rest:
        table = table.select(list(kinds))
    return _refine(path, table, kinds, lambda row: _jsonl_line(path, row))


def _jsonl_line(path: Path, row: int) -> int:
    with path.open("rb") as file:
        return [line for line, text in enumerate(file, 1) if text.strip()][row]


def _jsonl_fault(path: Path) -> DataError | None:
    kinds: dict[str, tuple[str, int]] = {}
    with path.open(encoding="utf-8-sig") as file:
        for line, text in enumerate(file, 1):
            if not text.strip():
                continue
            try:
                record = json.loads(text)
            except ValueError as error:
                return DataError(f"{path}:{line}: expected a JSON object but found a line that is none ({error})")
            if not isinstance(record, dict):
                return DataError(f"{path}:{line}: expected a JSON object but found {type(record).__name__}")
            for name, value in record.items():
                if value is None:
                    continue
                kind = "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else (
                    "text" if isinstance(value, str) else type(value).__name__)  # fmt: skip
                first, at = kinds.setdefault(name, (kind, line))
                if kind != first:
                    return DataError(
                        f'{path}:{line}: column "{name}": expected {first} as on line {at} but found {kind} {value!r}'
                    )
    return None


# Parquet ----------------------------------------------------------------------------------------------------------


def _read_parquet(path: Path, kinds: dict[str, Kind], rest: bool) -> Any:
    pa, pq = arrow(), arrow("parquet")
    try:
        names = pq.read_schema(path).names
        _check_columns(path, names, kinds)
        table = pq.read_table(path, columns=names if rest else list(kinds))
    except pa.ArrowInvalid as error:
        raise DataError(f"{path}: expected a Parquet file but it cannot be read as one ({error})") from None
    return _refine(path, table, kinds, None)


# Types ------------------------------------------------------------------------------------------------------------


def _refine(path: Path, table: Any, kinds: Mapping[str, Kind], line_of: Callable[[int], int] | None) -> Any:
    """The table with each column as text or as doubles."""
    pa = arrow()
    columns = {}
    for name in table.column_names:
        where = _Where(path, name, line_of)
        kind = kinds.get(name, "text")
        column = table[name]
        if kind == "number":
            columns[name] = _as_number(column, where)
        elif kind == "flag":
            columns[name] = _as_flag(column, where)
        elif kind == "auto":
            columns[name] = _as_number_if_all_are(column, where)
        else:
            columns[name] = _as_text(column, where)
    return pa.table(columns)


@dataclass(frozen=True)
class _Where:
    path: Path
    column: str
    line_of: Callable[[int], int] | None

    def error(self, row: int, what: str) -> DataError:
        at = f":{self.line_of(row)}" if self.line_of else f": row {row}"
        return DataError(f'{self.path}{at}: column "{self.column}": {what}')


def _as_text(column: Any, where: _Where) -> Any:
    pa, pc = arrow(), arrow("compute")
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        raise DataError(f'{where.path}: column "{where.column}": expected plain values but found {kind}')
    if pa.types.is_floating(kind):
        # Whole numbers with gaps come as floats from some writers: 7.0 is the id 7.
        whole = pc.fill_null(pc.equal(column, pc.round(column)), True)
        if pc.all(whole).as_py() and not pc.any(pc.is_inf(column)).as_py():
            column = column.cast(pa.int64())
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    blank = pc.equal(column, "")
    if pc.any(blank).as_py():
        column = pc.if_else(blank, None, column)
    return column


def _as_number(column: Any, where: _Where) -> Any:
    pa, pc = arrow(), arrow("compute")
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        text = _as_text(column, where)
        try:
            column = text.cast(pa.float64())
        except pa.ArrowInvalid:
            values = enumerate(text.to_pylist())
            row, found = next((i, v) for i, v in values if v is not None and not _is_number(v))
            raise where.error(row, _no_number(found)) from None
    if pa.types.is_null(column.type):
        return column.cast(pa.float64())
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type)):
        raise DataError(f'{where.path}: column "{where.column}": expected numbers but found {column.type}')
    column = column.cast(pa.float64(), safe=not pa.types.is_integer(column.type))
    finite = pc.fill_null(pc.is_finite(column), True)
    if not pc.all(finite, min_count=0).as_py():
        row = pc.index(finite, False).as_py()
        shown = str(column[row].as_py())
        raise where.error(row, f"expected a finite number but found {shown}; leave the cell blank if it is missing")
    return column


def _as_flag(column: Any, where: _Where) -> Any:
    pa, pc = arrow(), arrow("compute")
    words = pc.utf8_lower(_as_text(column, where))
    known = pc.fill_null(pc.is_in(words, pa.array(list(FLAGS))), False)
    wrong = pc.and_(pc.is_valid(words), pc.invert(known))
    if pc.any(wrong, min_count=0).as_py():
        row = pc.index(wrong, True).as_py()
        raise where.error(row, f"expected one of {', '.join(FLAGS)} but found {column[row].as_py()!r}")
    yes = pc.is_in(words, pa.array([word for word, value in FLAGS.items() if value]))
    return pc.if_else(pc.is_valid(words), yes.cast(pa.float64()), None)


def _as_number_if_all_are(column: Any, where: _Where) -> Any:
    pa = arrow()
    text = _as_text(column, where)
    try:
        text.cast(pa.float64())
    except pa.ArrowInvalid:
        return text
    return _as_number(column, where)
