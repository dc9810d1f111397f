#!/usr/bin/env python3
"""The own tests of markupsafe and simplejson, from their source archives, against the wheels' binaries, under pytest.

    packages.py --pierglass PATH                   the check
    packages.py --python CPYTHON313 --record       write expected/<package>-tests.txt anew

Each test that passes in CPython 3.13 must pass, or expected_failures.toml must say why not. An unexpected pass, a test that
is missing and a line of that file that fits no test are failures. Ends with `N passed, N failed, N skipped`; exit code 3 if
the index can't be reached.
"""

import argparse
import os
import re
import shutil
import sys
import tarfile

from comparison import Comparison
from harness import HERE, Unreachable, add_environment_options, conclude, make_environment, read_expected, run, write_expected
from run import pinned

# Where an archive keeps its tests, and what else pytest needs of it. They are copied out, so that no source shadows the wheel.
PACKAGES = {
    "markupsafe": ("tests", ("tests", "pyproject.toml")),
    "simplejson": ("simplejson_tests", ("simplejson/tests",)),
}

# The largest of pytest's own exit codes; more, or a signal, is the end of the process by something else.
NO_TESTS_LEFT = 5


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_environment_options(parser)
    options = parser.parse_args()
    unknown = set(options.only.split(",") if options.only else ()) - set(PACKAGES)
    if unknown:
        parser.error(f"no such package: {', '.join(sorted(unknown))}")
    conclude(check_packages, options)


def check_packages(options, tally, folder):
    wanted = options.only.split(",") if options.only else list(PACKAGES)
    environment = make_environment(options, folder)
    if options.record and not environment.is_the_oracle():
        raise SystemExit("--record needs CPython 3.13: expected results come from nothing else")
    install(environment, wanted, folder)
    archives = download(environment, folder)
    for package in wanted:
        place = unpack(package, archives, folder)
        outcomes, finished = run_tests(environment, package, place, options.timeout)
        if options.record:
            record(package, outcomes, finished, tally)
        else:
            compare(package, outcomes, finished, tally)


def install(environment, wanted, folder):
    wheels = os.path.join(folder, "wheels.txt")
    with open(wheels, "w") as file:
        file.write("--only-binary :all:\n" + "".join(pinned()[package] for package in wanted))
    for requirements in (wheels, os.path.join(HERE, "pytest-requirements.txt")):
        installed = environment.pip("install", "--require-hashes", "-r", requirements)
        if not installed.ok:
            sys.exit(f"pip install -r {os.path.basename(requirements)}: {installed.ending()}")


def download(environment, folder):
    """Fetch the archives; with the Python that runs this if it has a pip, since the one under test has no part in it."""
    target = os.path.join(folder, "sdists")
    arguments = ["download", "--no-deps", "--require-hashes", "--dest", target, "-r", os.path.join(HERE, "sdists.txt")]
    fetched = run([sys.executable, "-m", "pip", *arguments])
    if not fetched.ok:
        fetched = environment.pip(*arguments)
    if not fetched.ok:
        raise Unreachable(fetched.ending())
    return {re.match(r"[a-z]+", name).group(): os.path.join(target, name) for name in os.listdir(target)}


def unpack(package, archives, folder):
    """Copy the tests of `package` out of its archive; return the folder they stand in."""
    source = os.path.join(folder, "source")
    with tarfile.open(archives[package]) as archive:
        # Archives that a hash pins: the filter is there for the warning of newer Pythons.
        archive.extractall(source, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    (top,) = [name for name in os.listdir(source) if name.startswith(package)]
    place = os.path.join(folder, f"{package}-tests")
    os.mkdir(place)
    tests, parts = PACKAGES[package]
    for part in parts:
        origin = os.path.join(source, top, part)
        if os.path.isdir(origin):
            shutil.copytree(origin, os.path.join(place, tests))
        else:
            shutil.copy(origin, place)
    return place


def run_tests(environment, package, place, timeout):
    """Run them all, starting again behind a test that took the process with it. Returns (test -> outcome, how the last run ended)."""
    path = os.path.join(place, "outcomes.txt")
    options = ("-q", "-p", "outcomes_plugin", "-p", "no:cacheprovider", "--continue-on-collection-errors")
    command = [environment.python, "-m", "pytest", *options, PACKAGES[package][0]]
    crashed = set()
    while True:
        finished = run(command, timeout, place, PYTHONPATH=HERE, OUTCOMES_FILE=path)
        outcomes = read_outcomes(path)
        unfinished = {test for test, outcome in outcomes.items() if outcome == "started"} - crashed
        if not unfinished:
            break
        crashed |= unfinished
        print(f"{package}: {', '.join(sorted(unfinished))}: {finished.ending().splitlines()[0]}", flush=True)
    return {test: "crashed" if outcome == "started" else outcome for test, outcome in outcomes.items()}, finished


def read_outcomes(path):
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split(" ", 1) for line in file]
    return {test: outcome for outcome, test in lines}


def record(package, outcomes, finished, tally):
    if not finished.ok or not outcomes or set(outcomes.values()) - {"passed", "skipped", "xfailed"}:
        bad = [f"{outcome} {test}" for test, outcome in outcomes.items() if outcome not in ("passed", "skipped", "xfailed")]
        return tally.failed(f"{package}'s tests", "\n".join([*bad, finished.ending()]))
    write_expected(f"{package}-tests.txt", "".join(f"{outcome} {test}\n" for test, outcome in outcomes.items()))
    tally.passed(f"{package}'s tests", detail=f"{len(outcomes)} recorded")


def compare(package, outcomes, finished, tally):
    comparison = Comparison(os.path.join(HERE, "expected_failures.toml"), package)
    expected = [line.split(" ", 1) for line in read_expected(f"{package}-tests.txt").splitlines()]
    for theirs, test in expected:
        comparison.judge(tally, f"{package} {test}", test, theirs, outcomes.get(test, "missing"))
    comparison.conclude(tally, f"{package} ")
    for test in sorted(set(outcomes) - {test for _, test in expected}):
        tally.failed(f"{package} {test}", f"{outcomes[test]}, and CPython has no such test")
    if any(outcomes.get(test) != "passed" for theirs, test in expected if theirs == "passed"):
        print(finished.ending())
    if finished.code is None or not 0 <= finished.code <= NO_TESTS_LEFT:
        tally.failed(f"{package}'s pytest", f"all tests have an outcome, but then: {finished.ending()}")


if __name__ == "__main__":
    main()
