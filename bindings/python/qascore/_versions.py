"""What a report of a fault needs to say about where it happened."""

from __future__ import annotations

import platform
import sys
from importlib import metadata

from ._core import __version__
from ._render import text_table

PACKAGES = (
    "numpy",
    "narwhals",
    "pandas",
    "polars",
    "pyarrow",
    "duckdb",
    "matplotlib",
    "Jinja2",
    "PyYAML",
    "typer",
    "rich",
)


def show_versions() -> None:
    """Prints the versions of qascore, Python, the machine and the packages that qascore can use.

    Nothing is imported for it.

    Examples
    --------
    >>> import qascore as qa
    >>> qa.show_versions()  # doctest: +ELLIPSIS
    qascore  ...
    """
    rows: list[tuple[str, str]] = [
        ("python", f"{platform.python_version()} ({platform.python_implementation()}, {sys.executable})"),
        ("system", platform.platform()),
    ]
    for name in PACKAGES:
        try:
            rows.append((name.lower(), metadata.version(name)))
        except metadata.PackageNotFoundError:
            rows.append((name.lower(), "not installed"))
    print(text_table(("qascore", __version__), rows))
