"""A pytest plugin that writes each test's outcome to a file at once, so that a crash of the process loses none.

The lines are `OUTCOME ID`, with `started` before each. Tests that the file names already are not run again.
"""

import os

import pytest

_WORST = ("failed", "error", "xpassed", "xfailed", "skipped", "passed")


class Outcomes:
    def __init__(self, path):
        self.path = path
        self.phases = {}

    def write(self, outcome, test):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(f"{outcome} {ascii(test)[1:-1]}\n")

    def known(self):
        if not os.path.exists(self.path):
            return set()
        with open(self.path, encoding="utf-8") as file:
            return {line.rstrip("\n").split(" ", 1)[1] for line in file}

    def pytest_collection_modifyitems(self, items):
        known = self.known()
        items[:] = [item for item in items if ascii(item.nodeid)[1:-1] not in known]

    def pytest_collectreport(self, report):
        if report.failed:
            self.write("error", report.nodeid)

    def pytest_runtest_logstart(self, nodeid):
        self.phases[nodeid] = set()
        self.write("started", nodeid)

    def pytest_runtest_logreport(self, report):
        self.phases[report.nodeid].add(_outcome(report))

    def pytest_runtest_logfinish(self, nodeid):
        self.write(next(outcome for outcome in _WORST if outcome in self.phases[nodeid]), nodeid)


def _outcome(report):
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    if report.failed and report.when != "call":
        return "error"
    return report.outcome


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    config.pluginmanager.register(Outcomes(os.environ["OUTCOMES_FILE"]))
