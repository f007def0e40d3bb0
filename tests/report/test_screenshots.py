"""The command that photographs what users see leaves pictures and printed pages."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("jinja2")

from browser import find_chromium

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed")
def test_forms_are_photographed_and_printed(tmp_path: Path) -> None:
    program = [sys.executable, ROOT / "script" / "screenshots.py", "--only", "forms", "--out", tmp_path]
    subprocess.run(program, check=True, capture_output=True, timeout=240)
    for language in ("en", "zh-CN"):
        for name, width in (("light", 1280), ("dark", 1280), ("phone", 360)):
            content = (tmp_path / f"form-{language}-{name}.png").read_bytes()
            assert content.startswith(b"\x89PNG")
            assert struct.unpack(">I", content[16:20])[0] == width
        assert (tmp_path / f"form-{language}.pdf").read_bytes().startswith(b"%PDF-")
