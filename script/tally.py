"""Counts tests from JUnit XML: prints `passed failed skipped`.

    python tally.py FILE ...

A ctest entry that is a doctest program counts with its test cases, read from what it printed.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

DOCTEST = re.compile(r"test cases: *\d+ \| *(\d+) passed \| *(\d+) failed \| *(\d+) skipped")


def count(case: ElementTree.Element) -> tuple[int, int, int]:
    failed = case.find("failure") is not None or case.find("error") is not None
    if cases := DOCTEST.search(case.findtext("system-out") or ""):
        passed, wrong, skipped = map(int, cases.groups())
        return passed, wrong or int(failed), skipped
    if failed:
        return 0, 1, 0
    return (0, 0, 1) if case.find("skipped") is not None else (1, 0, 0)


counts = [count(case) for file in sys.argv[1:] for case in ElementTree.parse(file).iter("testcase")]
print(*(sum(column) for column in zip(*counts)) if counts else (0, 0, 0))
