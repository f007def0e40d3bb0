"""Two programs run and print the same lines, and at least one.

python same_output.py PROGRAM PROGRAM
"""

import subprocess
import sys


def lines_of(program: str) -> list[str]:
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines()


first, second = (lines_of(program) for program in sys.argv[1:])
different = [f"{a}  |  {b}" for a, b in zip(first, second) if a != b]  # noqa: B905 the lengths are compared below
print("\n".join(different[:20]))
print(f"{len(first)} and {len(second)} numbers, {len(different)} differ")
sys.exit(0 if first and len(first) == len(second) and not different else 1)
