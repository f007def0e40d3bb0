"""Fails unless two wheels hold the same files: python same_wheel.py WHEEL WHEEL

Compiled modules need the same name only: a compiler may write the time or its folder into them.
"""

import sys
import zipfile


def content(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(name) as wheel:
        return {
            file: b"" if file.endswith((".so", "/RECORD")) else wheel.read(file) for file in wheel.namelist()
        }


first, second = map(content, sys.argv[1:])
differing = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
if differing or not any(name.endswith(".so") for name in first):
    sys.exit(f"{sys.argv[1]} and {sys.argv[2]} differ in: {', '.join(differing) or 'no compiled module'}")
