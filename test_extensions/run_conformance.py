#!/usr/bin/env python3
"""Compile the test extensions against our headers and run the conformance scripts in `pierglass python`.

    run_conformance.py --pierglass PROGRAM [--include DIR] [OPTIONS OF conformance.py...]

With `--oracle CPYTHON313` the same compiled files are then loaded by CPython too: a header that misleads the compiler shows there.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pierglass", required=True, metavar="PROGRAM")
    parser.add_argument("--include", default=str(HERE.parent / "include"), metavar="DIR", help="folder of the Python.h to use")
    parser.add_argument("--oracle", metavar="CPYTHON313")
    options, others = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        built = run("build.py", "--include", options.include, "--out", folder)
        # Those that were compiled are run all the same: the others' scripts say what is missing.
        run_scripts = ["conformance.py", "--ext", folder, *others]
        well = run(*run_scripts, "--python", options.pierglass, "python")
        if options.oracle:
            well = run(*run_scripts, "--python", options.oracle) and well
    return not (built and well)


def run(script, *arguments):
    return subprocess.run([sys.executable, str(HERE / script), *arguments]).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
