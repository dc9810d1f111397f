"""Outcomes of tests by id, ours compared with CPython's, and the checked-in list of failures that are expected."""

import ast
import re
import sys


class Comparison:
    """Tells a tally of each test. `section` is the part of the list that is meant, where it has parts."""

    def __init__(self, path, section=None):
        self.excuses = read_excuses(path, section)
        self.file = path
        self.used = set()

    def judge(self, tally, name, test, theirs, ours, detail=""):
        """What passes there must pass here, or the list must say why not."""
        fitting = [pattern for pattern in self.excuses if fits(pattern, test)]
        self.used.update(fitting)
        if theirs != "passed":
            tally.skipped(name, f"{theirs} in CPython, {ours} here")
        elif ours == "passed" and fitting:
            tally.failed(name, f"passes, though {self._list()} says: {self.excuses[fitting[0]]}")
        elif ours == "passed":
            tally.passed(name)
        elif fitting:
            tally.skipped(name, f"{ours}, expected: {self.excuses[fitting[0]]}")
        else:
            tally.failed(name, f"{ours}{': ' + detail if detail else ''}")

    def hangs(self, test):
        """Whether the list says so of the test."""
        return any(fits(pattern, test) and reason.startswith("hangs") for pattern, reason in self.excuses.items())

    def conclude(self, tally, prefix=""):
        """To be called when all tests were judged."""
        for pattern in sorted(set(self.excuses) - self.used):
            tally.failed(f"{prefix}{pattern}", f"{self._list()} lists it, and no test fits")

    def _list(self):
        return re.split(r"[/\\]", str(self.file))[-1]


def read_excuses(path, section=None):
    """The lines `"pattern" = "reason"` of one section: the part of TOML that needs no library newer than Python 3.9's."""
    excuses, current = {}, None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.strip()
            entry = re.fullmatch(r'("(?:[^"\\]|\\.)*") = ("(?:[^"\\]|\\.)+")', line)
            if line.startswith("[") and line.endswith("]"):
                current = line[1:-1]
            elif entry and current == section:
                excuses[ast.literal_eval(entry.group(1))] = ast.literal_eval(entry.group(2))
            elif not entry and line and not line.startswith("#"):
                sys.exit(f'{path}, line {number}: not a line of the form "pattern" = "reason"')
    return excuses


def fits(pattern, test):
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), test, re.S) is not None
