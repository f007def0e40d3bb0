"""Many translation units of one program can include everything: headers define nothing without `inline`.

Of an object file that includes everything only print_numbers, its own function, is a symbol that the linker would refuse
to meet twice; all others are weak.

    python no_strong_symbol.py NM OBJECT
"""

import subprocess
import sys

OWN = "print_numbers()"
command = [sys.argv[1], "--extern-only", "--defined-only", "--demangle", sys.argv[2]]
lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
symbols = [line.split(maxsplit=2)[1:] for line in lines]  # address, type, name
weak = [name for kind, name in symbols if kind in "WVu"]
strong = [name for kind, name in symbols if kind not in "WVu"]
for name in strong:
    if name != OWN:
        print(f"{name} is defined in a header without inline")
print(f"{len(symbols)} symbols, {len(strong)} of them strong")
sys.exit(0 if strong == [OWN] and any("qascore::" in name for name in weak) else 1)
