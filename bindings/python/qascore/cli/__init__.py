"""The command `qascore`."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the command line."""
    try:
        import rich  # noqa: F401
        import typer  # noqa: F401
    except ImportError:
        print('qascore: the command line needs more: pip install "qascore[cli,report]"', file=sys.stderr)
        raise SystemExit(2) from None
    from .app import app

    app(prog_name="qascore")
