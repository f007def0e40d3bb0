"""Results to files: everything under a temporary name first, renamed when all is written.

An error (a full disk, an interrupt, a fault in the data) leaves nothing half-written, and files that were there
before stay as they were.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from ._frames import Frame
from ._readers import FORMATS, arrow
from .errors import ArgumentError, FileError


class Outputs:
    """Files of one folder that appear together when the block ends without an error.

    >>> import tempfile
    >>> with Outputs(tempfile.mkdtemp()) as out:
    ...     out.text("note.txt", "hello")
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.names: list[str] = []
        self._created: list[Path] = []

    def __enter__(self) -> Outputs:
        if self.folder.exists() and not self.folder.is_dir():
            raise FileError(f"{self.folder}: expected a folder for the results but found a file")
        missing = [path for path in (self.folder, *self.folder.parents) if not path.exists()]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"{self.folder}: cannot make the folder: {error.strerror or error}") from None
        self._created = missing
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            try:
                for name in self.names:
                    os.replace(self._temporary(name), self.folder / name)
                _sync_folder(self.folder)
            except OSError as failed:
                self._discard()
                raise self._failed(failed, self.folder) from None
        else:
            self._discard()

    def _temporary(self, name: str) -> Path:
        return self.folder / f".{name}.{os.getpid()}.tmp"

    def _discard(self) -> None:
        for name in self.names:
            self._temporary(name).unlink(missing_ok=True)
        for path in self._created:  # innermost first; what someone else filled meanwhile stays
            with contextlib.suppress(OSError):
                path.rmdir()

    @staticmethod
    def _failed(error: OSError, path: Path) -> FileError:
        return FileError(f"{path}: cannot be written: {error.strerror or error}; what was there before is unchanged")

    def data(self, name: str, content: bytes) -> None:
        """One file, as bytes."""
        target = self.folder / name
        if target.is_dir():
            raise FileError(f"{target}: expected a file name but a folder of that name is there")
        self.names.append(name)
        try:
            with self._temporary(name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._failed(error, target) from None

    def text(self, name: str, content: str) -> None:
        self.data(name, content.encode())

    def json(self, name: str, content: Any) -> None:
        self.text(name, to_json(content) + "\n")

    def table(self, name: str, frame: Any) -> None:
        """A frame of any kind, or a mapping of columns, in the format that the name's ending says."""
        self.data(name, encode_table(name, frame))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(path: str | Path, content: bytes) -> None:
    """One file, whole or not at all."""
    path = Path(path)
    with Outputs(path.parent) as out:
        out.data(path.name, content)


def table_format(name: str | Path) -> str:
    """The format that a file's name asks for; an error where there is none."""
    form = FORMATS.get(Path(name).suffix.lower())
    if form is None:
        raise ArgumentError(f"{name}: expected a file name that ends in {', '.join(sorted(FORMATS))}")
    return form


def encode_table(name: str | Path, frame: Any) -> bytes:
    """A frame, or a mapping of columns, as the bytes of a CSV, Parquet or JSON lines file. Missing is blank."""
    form = table_format(name)
    pa = arrow()
    table = pa.table(dict(frame)) if isinstance(frame, Mapping) else Frame.of(frame).arrow()
    buffer = io.BytesIO()
    if form == "parquet":
        arrow("parquet").write_table(table, buffer)
    elif form == "csv":
        options = arrow("csv").WriteOptions(
            quoting_style="needed", delimiter="\t" if Path(name).suffix.lower() == ".tsv" else ","
        )
        arrow("csv").write_csv(_nan_as_blank(table), buffer, options)
    else:
        for record in table.to_pylist():
            buffer.write(to_json(record, indent=None).encode() + b"\n")
    return buffer.getvalue()


def _nan_as_blank(table: Any) -> Any:
    pa, pc = arrow(), arrow("compute")
    for at, column in enumerate(table.columns):
        if pa.types.is_floating(column.type):
            table = table.set_column(at, table.column_names[at], pc.if_else(pc.is_nan(column), None, column))
    return table


def to_json(content: Any, indent: int | None = 2) -> str:
    """Strict JSON: full precision; what has no value is null, an infinite number the text "inf"."""
    return json.dumps(_plain(content), indent=indent, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):  # NumPy arrays and scalars
        return _plain(value.tolist())
    if isinstance(value, float):
        if math.isnan(value):
            return None
        if math.isinf(value):
            return "inf" if value > 0 else "-inf"
    if isinstance(value, Path):
        return str(value)
    return value
