#!/usr/bin/env python3
"""Compile the test extensions against our headers and run the conformance scripts in `pierglass python`.

    run_conformance.py --pierglass PROGRAM [--include DIR] [OPTIONS OF conformance.py...]

With `--host moving` these are the scripts of `moving_host.txt`, on that host, in each of its ways to move objects.
With `--oracle CPYTHON313` the same compiled files are then loaded by CPython too: a header that misleads the compiler shows there.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
# How objects move: see `pierglass python --host moving --help`.
MODES = ["normal", "stress", *(f"shake={seed}" for seed in range(1, 6))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pierglass", required=True, metavar="PROGRAM")
    parser.add_argument("--include", default=str(HERE.parent / "include"), metavar="DIR", help="folder of the Python.h to use")
    parser.add_argument("--oracle", metavar="CPYTHON313")
    parser.add_argument("--host", choices=["moving"])
    options, others = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        built = run("build.py", "--include", options.include, "--out", folder)
        # Those that were compiled are run all the same: the others' scripts say what is missing.
        run_scripts = ["conformance.py", "--ext", folder, *others]
        if options.host:
            return not (built and all([run(*run_scripts, *on_moving_host(options.pierglass, mode)) for mode in MODES]))
        well = run(*run_scripts, "--python", options.pierglass, "python")
        if options.oracle:
            well = run(*run_scripts, "--python", options.oracle) and well
    return not (built and well)


def on_moving_host(program, mode):
    lines = (HERE / "moving_host.txt").read_text(encoding="utf-8").splitlines()
    only = [word for line in lines if line and not line.startswith("#") for word in ("--only", line)]
    return [*only, "--timeout", "240", "--python", program, "python", "--host", "moving", "--gc", mode]


def run(script, *arguments):
    return subprocess.run([sys.executable, str(HERE / script), *arguments]).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
