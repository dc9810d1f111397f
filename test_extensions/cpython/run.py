#!/usr/bin/env python3
"""CPython 3.13's own tests of its C API, with its own compiled test modules, in `pierglass python`.

    run.py --pierglass PROGRAM --oracle CPYTHON313 [--only FILE] [--json FILE]

The test modules (`_testcapi` and its like) are linked, unmodified, from the installed CPython into the `lib-dynload` of a library that
the program unpacks for this run, and the `test` package into the packages of a new environment of it: nothing else of CPython's is on
its path. Each file of tests runs in a process of
its own, in CPython first; what passes there must pass here, or expected_failures.toml must say why not. An unexpected pass, a
test that was not run and a line of that file that fits no test are failures. A test that takes the process with it, or hangs,
costs itself alone: the rest run in another process. Ends with `N passed, N failed, N skipped`.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "wheels"))

from comparison import Comparison, fits  # noqa: E402
from harness import Tally, make_environment, without_python_settings  # noqa: E402

# Those that load here, from the folder of CPython's own extension modules.
EXTENSIONS = (
    "_testcapi",
    "_testlimitedcapi",
    "_testbuffer",
    "_testmultiphase",
    "_testsinglephase",
    "_testimportmultiple",
    "_testclinic",
    "_testclinic_limited",
    "xxlimited",
    "xxlimited_35",
    "xxsubtype",
    "_ctypes_test",
    "_testinternalcapi",
)

# Besides test_capi: other files that ask something of the C API, and which of their tests do.
OTHERS = {
    "test.test_buffer": ["*"],
    "test.test_call": ["*"],
    "test.test_clinic": ["*.ClinicFunctionalTest.*", "*.LimitedCAPIFunctionalTest.*"],
    "test.test_structseq": ["*"],
    "test.test_descr": [
        "*.test_spam_lists",
        "*.test_spam_dicts",
        "*.test_classmethods_in_c",
        "*.test_staticmethods_in_c",
        "*.test_testcapi_no_segfault",
        "*.test_bpo25750",
        "*.test_wrapper_segfault",
        "*.test_carloverre*",
    ],
    "test.datetimetester": ["*.CapiTest.*"],
    "test.test_import": [
        "*.SubinterpImportTests.*",
        "*.SinglephaseInitTests.*",
        "*.CAPITests.*",
        "*.test_singlephase_circular",
        "*.test_from_import_missing_attr_has_name_and_so_path",
    ],
    "test.test_stable_abi_ctypes": ["*"],
}

# Asked of the oracle: where these things are.
FIND = """
import importlib.util, json, os, sys
import test
names = sys.argv[1:]
specs = {name: importlib.util.find_spec(name) for name in names}
print(json.dumps({"test": os.path.dirname(test.__file__), "extensions": {n: s and s.origin for n, s in specs.items()}}))
"""


# Asked of the program: where its library may have extension modules.
FIND_EXTENSIONS = "import sys; print(next(path for path in sys.path if path.endswith('lib-dynload')))"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pierglass", required=True, metavar="PROGRAM")
    parser.add_argument("--oracle", required=True, metavar="CPYTHON313", help="an installed CPython 3.13 with its tests")
    parser.add_argument("--only", action="append", default=[], metavar="FILE", help="as test_capi.test_list, or a test's id; repeatable")
    parser.add_argument("--json", metavar="FILE", help="write the results there too")
    parser.add_argument("--patience", type=float, default=150, metavar="SECONDS", help="for each test (default: 150)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="files to run at a time")
    parser.add_argument("--quiet", action="store_true", help="say nothing of tests that pass")
    options = parser.parse_args()
    tally = Tally(quiet=options.quiet)
    folder = tempfile.mkdtemp(prefix="pierglass-conformance-")
    try:
        check(options, tally, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(tally.close(options.json))


def check(options, tally, folder):
    parts = find_parts(options.oracle)
    here = environment(options, parts, folder)
    wanted = chosen(parts["test"], options.only)
    comparison = Comparison(HERE / "expected_failures.toml")

    def both(item):
        module, patterns = item
        theirs = Run(options.oracle, module, patterns, options.patience, folder, "theirs").outcomes()
        return theirs, Run(here, module, patterns, options.patience, folder, "ours", comparison.hangs).outcomes()

    with ThreadPoolExecutor(options.jobs) as pool:
        for theirs, ours in pool.map(both, wanted.items()):
            compare(comparison, theirs, ours, tally)
    if not options.only:
        comparison.conclude(tally)


def find_parts(oracle):
    """Where the oracle keeps its `test` package and the extension modules."""
    asked = subprocess.run([oracle, "-I", "-c", FIND, *EXTENSIONS], capture_output=True, text=True)
    if asked.returncode != 0:
        sys.exit(f"{oracle} has no `test` package (some systems have it in a package of its own):\n{asked.stderr.rstrip()}")
    parts = json.loads(asked.stdout)
    lacking = [name for name, path in parts["extensions"].items() if not path]
    if lacking:
        sys.exit(f"{oracle} has no {', '.join(lacking)}: it was built with --disable-test-modules")
    return parts


def environment(options, parts, folder):
    """A Python that has the links where CPython has what they lead to: programs that the tests start in isolation find them too."""
    options.venv = options.python = None
    # Where the program unpacks its library: the one that other runs of it share stays as it is.
    os.environ["XDG_CACHE_HOME"] = os.path.join(folder, "cache")
    made = make_environment(options, folder)
    os.symlink(parts["test"], os.path.join(made.packages(), "test"))
    asked = subprocess.run([made.python, "-I", "-c", FIND_EXTENSIONS], capture_output=True, text=True)
    extensions = asked.stdout.strip()
    os.makedirs(extensions, exist_ok=True)
    for path in parts["extensions"].values():
        os.symlink(path, os.path.join(extensions, os.path.basename(path)))
    return made.python


def chosen(tests, only):
    """The modules to run, each with the patterns that the ids of its tests must fit."""
    files = {f"test.test_capi.{path.stem}": ["*"] for path in sorted(Path(tests, "test_capi").glob("test_*.py"))}
    files.update(OTHERS)
    if not only:
        return files
    wanted = {}
    for word in only:
        name = word if word.startswith("test.") else f"test.{word}"
        fitting = [module for module in files if fits(name, module) or f"{name}.".startswith(f"{module}.") or module.endswith(f".{word}")]
        if not fitting:
            sys.exit(f"no such file: {word}; there are {', '.join(name.removeprefix('test.') for name in files)}")
        for module in fitting:
            below = name.startswith(f"{module}.")
            wanted.setdefault(module, []).extend([name] if below else files[module])
    return wanted


# How long to wait for a test of which the list says that it hangs.
SHORT_PATIENCE = 10


class Run:
    """One file of tests in one Python, in as many processes as it takes. `hangs` tells of a test whether it is known to."""

    def __init__(self, python, module, patterns, patience, folder, side, hangs=lambda test: False):
        self.command = [python, str(HERE / "one_file.py"), module]
        self.patterns, self.patience, self.hangs = patterns, patience, hangs
        self.place = os.path.join(folder, f"{module}.{side}")
        os.mkdir(self.place)
        self.path = os.path.join(self.place, "outcomes")
        self.words = {}

    def outcomes(self):
        """Test id -> (outcome, words)."""
        crashed = {}
        while True:
            ending, output = self.process()
            outcomes = read_outcomes(self.path)
            unfinished = [test for test, (outcome, _) in outcomes.items() if outcome == "started" and test not in crashed]
            crashed.update((test, ending) for test in unfinished)
            # A process that dies between two tests has run the last of them, or will never get to one.
            if not unfinished:
                break
        outcomes.update((test, ("crashed", how)) for test, how in crashed.items())
        if ending:
            outcomes[f"the process of {self.command[-1]}"] = ("crashed", f"{ending}\n{output}")
        return outcomes

    def process(self):
        """Run what is left. Returns how the process ended, if badly, and its last words."""
        place = os.path.join(self.place, "cwd")
        shutil.rmtree(place, ignore_errors=True)
        os.mkdir(place)
        said = os.path.join(self.place, "said")
        with open(said, "wb") as file:
            process = subprocess.Popen(
                [*self.command, self.path, *self.patterns],
                cwd=place, env=without_python_settings(), stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True,
            )  # fmt: skip
            hung = self.watch(process)
        with open(said, "rb") as file:
            output = file.read().decode("utf-8", "replace")
        if hung:
            return f"hangs: stopped after {hung:.0f} s", "\n".join(output.splitlines()[-12:])
        code = process.returncode
        how = "" if code == 0 else f"killed by signal {-code}" if code < 0 else f"exit code {code}"
        return how, "\n".join(output.splitlines()[-12:])

    def watch(self, process):
        """Wait for its end as long as it gets from test to test. The seconds after which it had to be stopped, or 0."""
        size, since, patience = -1, time.monotonic(), self.patience
        while True:
            try:
                process.wait(0.2)
                return 0
            except subprocess.TimeoutExpired:
                pass
            now = os.path.getsize(self.path) if os.path.exists(self.path) else 0
            if now != size:
                size, since = now, time.monotonic()
                runs = [test for test, (outcome, _) in read_outcomes(self.path).items() if outcome == "started"]
                patience = SHORT_PATIENCE if runs and self.hangs(runs[-1]) else self.patience
            elif time.monotonic() - since > patience:
                # The whole session: it may have started others.
                os.killpg(process.pid, 9)
                process.wait()
                return patience


def read_outcomes(path):
    """Test id -> (outcome, words), as one_file.py wrote them."""
    outcomes, test = {}, None
    if not os.path.exists(path):
        return outcomes
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            if line.startswith("\t"):
                outcome, words = outcomes[test]
                outcomes[test] = outcome, f"{words}\n{line[1:]}".lstrip("\n")
            else:
                outcome, test = line.split(" ", 1)
                outcomes[test] = outcome, ""
    return outcomes


def compare(comparison, theirs, ours, tally):
    """Tell of each test."""
    for test, (outcome, words) in theirs.items():
        if outcome not in ("passed", "skipped"):
            tally.failed(test, f"{outcome} in CPython itself: {words}")
            continue
        result, said = ours.get(test, ("missing", missing(ours)))
        comparison.judge(tally, test, test, outcome, result, said)
    for test in sorted(set(ours) - set(theirs)):
        outcome, words = ours[test]
        if outcome != "skipped":
            tally.failed(test, f"{outcome}, and CPython has no such test: {words}")


def missing(ours):
    """Why a test was not run, as far as one can tell: what was reported that is no test."""
    reports = [f"{test}: {words}" for test, (outcome, words) in ours.items() if not test.startswith("test.") and outcome != "passed"]
    return "\n".join(["it was not run", *reports])


if __name__ == "__main__":
    main()
