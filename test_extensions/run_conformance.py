#!/usr/bin/env python3
"""Compile the test extensions against our headers and run the conformance scripts in `pierglass python`.

    run_conformance.py --pierglass PROGRAM [--include DIR] [OPTIONS OF conformance.py...]

With `--host moving` these are the scripts of `moving_host.txt`, on that host, in each of its ways to move objects. Each
script sees every second of the random seeds (one marked `long` there every fifth), its neighbours see the others. Each run must
say that all that lived has moved.
With `--oracle CPYTHON313` the same compiled files are then loaded by CPython too: a header that misleads the compiler shows there.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
# How objects move: see `pierglass python --host moving --help`.
SEEDS = range(1, 51)
MODES = ["normal", "stress", *(f"shake={seed}" for seed in SEEDS)]
# Of --gc-stats.
ALL_MOVED = r"^gc: \d+ full collections, .*: (\d+) live, \1 moved, 0 unmoved"
ALL_MOVED_OFTEN = ALL_MOVED.replace(r"\d+ full", r"[1-9]\d+ full")


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
            well = [run(*run_scripts, *on_moving_host(options.pierglass, mode)) for mode in MODES]
            # Once more, with uses of freed objects watched for: see docs/debugging.md.
            os.environ["PIERGLASS_DEBUG"] = "1"
            well.append(run(*run_scripts, *on_moving_host(options.pierglass, MODES[0])))
            return not (built and all(well))
        well = run(*run_scripts, "--python", options.pierglass, "python")
        if options.oracle:
            well = run(*run_scripts, "--python", options.oracle) and well
    return not (built and well)


def on_moving_host(program, mode):
    only = [word for name in names(mode) for word in ("--only", name)]
    says = ALL_MOVED_OFTEN if mode == "stress" else ALL_MOVED
    ways = ["--timeout", "240", "--jobs", str(os.cpu_count()), "--says", says, "--strict"]
    if mode not in ("normal", "stress"):
        ways.append("--quiet")
    print(f"{mode}:", flush=True)
    return [*only, *ways, "--python", program, "python", "--host", "moving", "--gc", mode, "--gc-stats"]


def names(mode):
    """The scripts to run in that mode."""
    lines = (HERE / "moving_host.txt").read_text(encoding="utf-8").splitlines()
    scripts = [line.split() for line in lines if line and not line.startswith("#")]
    if mode != "normal":
        scripts = [script for script in scripts if "huge" not in script]
    if mode == "stress":
        scripts = [script for script in scripts if "big" not in script]
    _, _, seed = mode.partition("=")
    if not seed:
        return [name for name, *_ in scripts]
    every = {"long": 5, "short": 2}
    kinds = {kind: [name for name, *marks in scripts if (kind == "long") == ("long" in marks)] for kind in every}
    return [name for kind, of_kind in kinds.items() for name in of_kind[int(seed) % every[kind] :: every[kind]]]


def run(script, *arguments):
    return subprocess.run([sys.executable, str(HERE / script), *arguments]).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
