"""What must not compile is compiled twice: with its fault it must fail in the expected words, without it must pass.

    python must_not_compile.py SCRATCH COMPILER [FLAG ...]

A case is a .cpp beside this file. Its fault stands under `#if defined(FAULT)`, or is each flag that a line `// flag: FLAG`
names; a line `// expect: REGEX` says what the compiler's message must hold (an alternative for each compiler where their
words differ).
"""

import re
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from compiler import compile_unit, in_parallel  # noqa: E402


def complaint(case: Path, scratch: Path, command: list[str]) -> str:
    text = case.read_text()
    expected = re.findall(r"^// expect: (.+)$", text, re.MULTILINE)
    faults = re.findall(r"^// flag: (.+)$", text, re.MULTILINE) + ["-DFAULT"] * ("defined(FAULT)" in text)
    if len(expected) != 1 or not faults:
        return "a case needs one line `// expect: REGEX` and a fault, under `#if defined(FAULT)` or as a line `// flag: FLAG`"
    unit = scratch / case.name
    shutil.copyfile(case, unit)
    sound = compile_unit(command, unit)
    if not sound.compiles:
        return f"does not compile without its fault:\n{sound.messages}"
    for fault in faults:
        faulty = compile_unit(command, unit, fault)
        if faulty.compiles:
            return f"compiles with {fault}"
        if not re.search(expected[0], faulty.messages):
            return f"fails with {fault}, but not in the words {expected[0]!r}:\n{faulty.messages}"
    return ""


def main() -> int:
    scratch, command = Path(sys.argv[1]), sys.argv[2:]
    scratch.mkdir(parents=True, exist_ok=True)
    cases = sorted(Path(__file__).parent.glob("*.cpp"))
    complaints = in_parallel(lambda case: complaint(case, scratch, command), cases)
    for case, text in zip(cases, complaints, strict=True):
        print(f"{case.name}: {text or 'ok'}")
    return 0 if cases and not any(complaints) else 1


if __name__ == "__main__":
    sys.exit(main())
