#!/usr/bin/env python3
"""Run the conformance scripts in a Python and compare what they print with what CPython 3.13 printed.

    conformance.py --python PROGRAM [ARGS...] --ext DIR        the check; DIR is build.py's --out
    conformance.py --python CPYTHON313 --ext DIR --record      write expected/ anew

Each script runs in a process of its own. Its standard output and exit status are compared, standard error is shown when they
differ. expected_failures.toml lists what cannot pass yet; an unexpected pass fails too. Ends with `N passed, N failed, N skipped`.
Needs no more than a stock python3 to run itself.
"""

import argparse
import difflib
import fnmatch
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRIPTS = HERE / "conformance"
EXPECTED = HERE / "expected"
HELPERS = {"show", "probe", "each", "children"}
LONGEST_DIFF = 60


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", required=True, metavar="PROGRAM [ARGS...]", help="the Python to try, with its arguments")
    parser.add_argument("--ext", type=Path, required=True, metavar="DIR", help="where build.py put the extensions")
    parser.add_argument("--record", action="store_true", help="write what CPython 3.13 prints to expected/")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a script's name or a pattern; repeatable")
    parser.add_argument("--json", action="store_true", help="one JSON object a script instead of text")
    parser.add_argument("--says", metavar="PATTERN", help="what a line of each script's standard error must match")
    parser.add_argument("--strict", action="store_true", help="nothing is expected to fail")
    parser.add_argument("--quiet", action="store_true", help="name those that failed alone")
    parser.add_argument("--timeout", type=float, default=60, metavar="SECONDS")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="scripts to run at a time")
    own_words, python_arguments = without_python_arguments(sys.argv[1:], parser)
    options = parser.parse_args(own_words)
    options.python = [find_program(options.python), *python_arguments]
    # A shell's background jobs ignore these, and so would the scripts' processes.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    failures = ExpectedFailures(HERE / "expected_failures.toml")
    scripts = chosen(options.only)
    if options.strict:
        failures.patterns = {}
    elif not options.record and not any(failures.reason(script.stem) for script in scripts):
        pass  # Nobody asks who it is.
    elif "--host" in python_arguments:
        failures.patterns = {}  # They are RustPython's; what another host passes has a list of its own.
    elif is_the_oracle(options.python):
        failures.patterns = {}  # Nothing is expected to fail there.
    elif options.record:
        raise SystemExit("--record needs CPython 3.13: expected results come from nothing else")
    skips = skipped_extensions(options.ext)
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    with ThreadPoolExecutor(options.jobs) as pool:
        for result in pool.map(lambda script: check(script, options, failures, skips), scripts):
            counts[result["outcome"]] += 1
            if not options.quiet or result["outcome"] == "failed":
                report(result, python_arguments, options.json)
    print(", ".join(f"{number} {outcome}" for outcome, number in counts.items()))
    return bool(counts["failed"])


def without_python_arguments(words, parser):
    """Take out what follows --python PROGRAM up to the next option of ours: argparse cannot tell whose `-X` is."""
    if "--python" not in words:
        return words, []
    first = words.index("--python") + 2
    last = first
    while last < len(words) and words[last] not in parser._option_string_actions:
        last += 1
    return words[:first] + words[last:], words[first:last]


def find_program(name):
    """The program's whole path: the scripts run in folders of their own."""
    found = shutil.which(name)
    if not found:
        raise SystemExit(f"no such program: {name}")
    return os.path.abspath(found)


def is_the_oracle(python):
    """Whether that is CPython 3.13 itself; `sys.version` is where others say who they are."""
    code = "import sys; print(sys.implementation.name, *sys.version_info[:2], 'pierglass' in sys.version.lower())"
    said = subprocess.run([*python, "-c", code], capture_output=True, text=True).stdout.split()
    return said == ["cpython", "3", "13", "False"]


def chosen(patterns):
    scripts = [path for path in sorted(SCRIPTS.glob("*.py")) if path.stem not in HELPERS]
    for pattern in patterns:
        if not any(fnmatch.fnmatchcase(path.stem, pattern) for path in scripts):
            raise SystemExit(f"no such script: {pattern}")
    return [path for path in scripts if not patterns or any(fnmatch.fnmatchcase(path.stem, pattern) for pattern in patterns)]


def skipped_extensions(folder):
    """Extension -> why build.py left it out."""
    return {path.stem: path.read_text().strip() for path in folder.glob("*.skipped")}


def check(script, options, failures, skips):
    name = script.stem
    needed = re.findall(r"^(?:import|from) (\w+)", script.read_text(encoding="utf-8"), re.M)
    reasons = [skips[module] for module in needed if module in skips]
    if reasons:
        return {"name": name, "outcome": "skipped", "detail": reasons[0], "seconds": 0.0}
    ran = Run(script, options)
    if options.record:
        return record(name, ran)
    return failures.judge(compare(name, ran, options.says))


class Run:
    """One script in one process: what it printed and how it ended."""

    def __init__(self, script, options):
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                finished = subprocess.run(
                    [*options.python, put(script, folder)],
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=options.timeout,
                    cwd=folder,
                    env=environment(options.ext),
                )
            except subprocess.TimeoutExpired as late:
                self.ending, self.out, self.err = f"still ran after {options.timeout:g} s", late.stdout, late.stderr
            else:
                self.ending, self.out, self.err = ending(finished.returncode), finished.stdout, finished.stderr
        self.out, self.err = ((text or b"").decode("utf-8", "backslashreplace") for text in (self.out, self.err))
        self.seconds = time.monotonic() - started

    def record(self):
        """What expected/ holds: the output, and the way the process ended where that is not the usual one."""
        return self.out if self.ending == "exit 0" else f"{self.out}[{self.ending}]\n"


def put(script, folder):
    """Copy the script and the helpers to a folder of their own, under a name that hides no module that it imports."""
    for helper in HELPERS:
        shutil.copy(SCRIPTS / f"{helper}.py", folder)
    return shutil.copy(script, os.path.join(folder, f"conformance_{script.name}"))


def environment(extensions):
    """The caller's, less what would make two machines differ."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    fixed = {"PYTHONPATH": str(extensions.resolve()), "PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}
    return kept | fixed | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}


def ending(status):
    if status >= 0:
        return f"exit {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"


def record(name, ran):
    result = {"name": name, "outcome": "passed", "detail": "recorded", "seconds": ran.seconds}
    # A script that dies has a mistake of its own. One that means to fail ends with sys.exit(3).
    if ran.ending not in ("exit 0", "exit 3"):
        return result | {"outcome": "failed", "detail": f"{ran.ending}\n{ran.out}{ran.err}"}
    (EXPECTED / f"{name}.txt").write_text(ran.record(), encoding="utf-8")
    return result


def compare(name, ran, says):
    result = {"name": name, "outcome": "passed", "detail": "", "seconds": ran.seconds}
    path = EXPECTED / f"{name}.txt"
    if not path.exists():
        return result | {"outcome": "failed", "detail": f"expected/{name}.txt is missing: record it from CPython 3.13"}
    expected = path.read_text(encoding="utf-8")
    if ran.record() == expected:
        if says and not re.search(says, ran.err, re.M):
            return result | {"outcome": "failed", "detail": f"standard error has no {says}\n{ran.err}"}
        return result
    # Escaped, so that nothing that a broken program prints can hide in the report.
    theirs, ours = ([ascii(line)[1:-1] for line in text.splitlines()] for text in (expected, ran.record()))
    shown = [line[:300] for line in difflib.unified_diff(theirs, ours, "CPython 3.13", "here", n=1, lineterm="")]
    if len(shown) > LONGEST_DIFF:
        shown[LONGEST_DIFF:] = [f"... {len(shown) - LONGEST_DIFF} more lines"]
    words = ran.err.rstrip().splitlines()[-12:]
    return result | {"outcome": "failed", "detail": "\n".join([ran.ending, *shown, *words])}


class ExpectedFailures:
    """expected_failures.toml: `"pattern" = "reason"` a line."""

    def __init__(self, path):
        self.patterns = {}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            # Not tomllib: the python3 that runs this may be older than 3.11.
            found = re.fullmatch(r'\s*"([^"]+)"\s*=\s*"([^"]+)"\s*', line)
            if not found:
                raise SystemExit(f"{path.name}:{number}: not of the form \"pattern\" = \"reason\"")
            self.patterns[found[1]] = found[2]

    def reason(self, name):
        return next((reason for pattern, reason in self.patterns.items() if fnmatch.fnmatchcase(name, pattern)), None)

    def judge(self, result):
        reason = self.reason(result["name"])
        return self.turned(result, reason) if reason else result

    @staticmethod
    def turned(result, reason):
        if result["outcome"] == "failed":
            return result | {"outcome": "skipped", "detail": f"fails as expected: {reason}"}
        return result | {"outcome": "failed", "detail": f"passes, but expected_failures.toml says: {reason}"}


def report(result, python_arguments, as_json):
    if as_json:
        print(json.dumps(result | {"seconds": round(result["seconds"], 3)}), flush=True)
        return
    word = {"passed": "ok", "failed": "FAIL", "skipped": "skip"}[result["outcome"]]
    lines = result["detail"].splitlines()
    if result["outcome"] == "failed" and python_arguments:
        lines.append(f"with {' '.join(python_arguments)}")
    print(f"{word:4} {result['name']} ({result['seconds']:.1f} s)" + (f": {lines[0]}" if lines else ""), flush=True)
    for line in lines[1:]:
        print("    ", line)


if __name__ == "__main__":
    sys.exit(main())
