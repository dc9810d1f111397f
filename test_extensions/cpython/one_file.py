"""Run the tests of one module of CPython's `test` package and write each outcome down at once, so that a crash loses none.

    python one_file.py MODULE OUTCOMES_FILE [PATTERN...]

The lines of the file are `OUTCOME ID`, each followed by tab-indented words where there is more to say; `started ID` comes
before each. Tests that the file names already are not run again, and with patterns only those whose id fits one are. It
is unittest that loads and runs them; this program is what `python -m unittest MODULE` is, with another result class.
"""

import fnmatch
import os
import sys
import traceback
import unittest

import stand_ins

WORST = ("failed", "skipped", "passed")


class Outcomes(unittest.TextTestResult):
    """Writes what became of each test; a test's subtests count as the test."""

    path = None

    def startTest(self, test):
        super().startTest(test)
        self.reached = {}
        write(self.path, "started", test.id())

    def stopTest(self, test):
        super().stopTest(test)
        outcome = next((word for word in WORST if word in self.reached), "failed")
        write(self.path, outcome, test.id(), self.reached.get(outcome, ""))

    def _reach(self, test, outcome, words=""):
        if test is not None and not isinstance(test, unittest.TestCase) and not hasattr(test, "test_case"):
            # A class's or a module's set-up, which unittest reports in place of the tests that it took along.
            write(self.path, outcome, f"{test.id()}", words)
            return
        self.reached.setdefault(outcome, words)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._reach(test, "passed")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._reach(test, "failed", last_words(err))

    def addError(self, test, err):
        super().addError(test, err)
        self._reach(test, "failed", last_words(err))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        # A skipped subtest leaves the rest of its test to decide.
        if not hasattr(test, "test_case"):
            self._reach(test, "skipped", reason)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self._reach(test, "passed")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._reach(test, "failed", "an unexpected success")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._reach(test, "failed", f"{subtest._subDescription()} {last_words(err)}")


def last_words(err):
    kind, value, trace = err
    place = ""
    for frame in traceback.extract_tb(trace):
        if f"{os.sep}test{os.sep}" in frame.filename:
            place = f"{os.path.basename(frame.filename)}:{frame.lineno}: {frame.line}\n"
    return place + "".join(traceback.format_exception_only(kind, value)).rstrip()


def write(path, outcome, test, words=""):
    """A line, and the first few of the words indented below."""
    lines = [ascii(line)[1:-1][:400] for line in str(words).splitlines()[:12]]
    text = "".join(f"{line}\n" for line in [f"{outcome} {ascii(test)[1:-1]}", *("\t" + line for line in lines)])
    # In one write, and by the descriptor: nothing is left in a buffer when the process dies.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def known(path):
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as file:
        return {line.rstrip("\n").split(" ", 1)[1] for line in file if not line.startswith("\t")}


def chosen(suite, patterns, done):
    """The tests of `suite` still to run, class by class as they were."""
    for part in suite:
        if isinstance(part, unittest.TestSuite):
            yield from chosen(part, patterns, done)
        elif isinstance(part, unittest.loader._FailedTest):
            yield part
        elif ascii(part.id())[1:-1] not in done and (not patterns or any(fnmatch.fnmatchcase(part.id(), p) for p in patterns)):
            yield part


def main():
    module, path, *patterns = sys.argv[1:]
    # As `-m unittest` has it: the folder of this file is no place to import from.
    sys.path[0] = os.getcwd()
    sys.argv[1:] = []
    stand_ins.install()
    Outcomes.path = path
    done = known(path)
    try:
        loaded = unittest.defaultTestLoader.loadTestsFromName(module)
    except unittest.SkipTest as reason:
        write(path, "skipped", module, reason)
        return
    suite = unittest.TestSuite(chosen(loaded, patterns, done))
    unittest.TextTestRunner(resultclass=Outcomes, stream=sys.stdout, verbosity=0).run(suite)


if __name__ == "__main__":
    main()
