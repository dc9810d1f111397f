#!/usr/bin/env python3
"""Unmodified wheels from the package index, installed by the stock pip, must do what they do in CPython 3.13.

    run.py --pierglass PATH [--oracle CPYTHON313]      the check
    run.py --pierglass PATH --host moving              the wheels' extension modules on the moving host, as such
    run.py --python CPYTHON313 --record                write expected/ anew

Makes an environment, has its own pip install requirements.txt by hash, runs use_<package>.py for each, each in a process
of its own, and compares what they print with expected/<package>.txt. Then pip must refuse wheels made for other Pythons,
and build markupsafe from source; with `--oracle`, CPython loads that build too. On the moving host: the scripts
moving_<package>.py, in each of its ways to move objects. Ends with `N passed, N failed, N skipped`; exit code 3 if the index
can't be reached.
"""

import argparse
import difflib
import os
import re
import shutil

import refused
from harness import HERE, add_environment_options, conclude, make_environment, read_expected, run, write_expected

CHECKS = ("wheels", "refused", "source")

# How objects move on the moving host: see `pierglass python --host moving --help`.
MODES = ("normal", "stress", "shake=1", "shake=2", "shake=3")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_environment_options(parser)
    parser.add_argument("--oracle", metavar="PATH", help="a CPython 3.13, to load what was built from source")
    parser.add_argument("--checks", default=",".join(CHECKS), metavar="NAMES", help=f"of {', '.join(CHECKS)} (default: all)")
    parser.add_argument("--host", choices=["moving"], help="the modules by themselves on the moving host (with --record: in CPython)")
    options = parser.parse_args()
    if options.host and not (options.pierglass or options.record):
        parser.error("--host needs --pierglass, or --record")
    unknown = set(options.checks.split(",")) - set(CHECKS)
    if unknown:
        parser.error(f"no such check: {', '.join(sorted(unknown))}")
    conclude(run_checks, options)


def run_checks(options, tally, folder):
    checks = options.checks.split(",")
    environment = make_environment(options, folder)
    if options.record and not environment.is_the_oracle():
        raise SystemExit("--record needs CPython 3.13: expected results come from nothing else")
    if options.host:
        return check_moving(environment, options, tally, folder)
    if "wheels" in checks:
        check_wheels(environment, options, tally, folder)
    if "refused" in checks and not options.record:
        refused.check(environment, tally, folder)
    if "source" in checks and not options.record:
        check_source_build(environment, options, tally, folder)


def check_wheels(environment, options, tally, folder):
    packages = [name for name in pinned() if os.path.exists(script(name))]
    for package in install(environment, packages, options, tally, folder):
        finished = use(environment.python, package, options, folder)
        if options.record:
            record(package, finished, tally)
        else:
            compare(package, finished, read_expected(f"{package}.txt"), tally)


def check_moving(environment, options, tally, folder):
    """Each wheel's extension module by itself, since the library around it wants more than the moving host has."""
    scripts = {name: os.path.join(HERE, f"moving_{name.replace('-', '_')}.py") for name in pinned()}
    for package in install(environment, [name for name in scripts if os.path.exists(scripts[name])], options, tally, folder):
        name = f"moving_{package}"
        if options.record:
            record(name, run([environment.python, scripts[package]], options.timeout, cwd=folder), tally)
            continue
        for mode in MODES:
            command = [os.path.abspath(options.pierglass), "python", "--host", "moving", "--gc", mode, scripts[package]]
            finished = run(command, options.timeout, cwd=folder, PYTHONPATH=environment.packages())
            compare(f"{package}, --gc {mode}", finished, read_expected(f"{name}.txt"), tally)


def install(environment, packages, options, tally, folder):
    """Install those of `packages` that are wanted, by hash. Return them, or none if that failed."""
    requirements = pinned()
    wanted = options.only.split(",") if options.only else packages
    unknown = [package for package in wanted if package not in packages]
    if unknown:
        raise SystemExit(f"no such package here: {', '.join(unknown)}")
    # What has no script is there for those that have one.
    needed = [package for package in requirements if not os.path.exists(script(package))]
    subset = os.path.join(folder, "requirements.txt")
    with open(subset, "w") as file:
        file.write("--only-binary :all:\n" + "".join(requirements[package] for package in wanted + needed))
    installed = environment.pip("install", "--require-hashes", "-r", subset)
    if installed.ok:
        tally.passed("pip install --require-hashes", installed.seconds)
        return wanted
    tally.failed("pip install --require-hashes", installed.ending(), installed.seconds)
    for package in wanted:
        tally.skipped(package, "it is not installed")
    return []


def script(package):
    return os.path.join(HERE, f"use_{package.replace('-', '_')}.py")


def use(python, package, options, folder, **environment):
    return run([python, script(package)], options.timeout, cwd=folder, **environment)


def record(package, finished, tally):
    if not finished.ok or finished.err:
        return tally.failed(package, finished.ending(), finished.seconds)
    write_expected(f"{package}.txt", finished.out)
    tally.passed(package, finished.seconds, "recorded")


def compare(name, finished, expected, tally):
    if finished.out == expected and finished.ok:
        return tally.passed(name, finished.seconds)
    # Escaped, so that nothing that a broken program prints can hide in the report.
    theirs, ours = ([ascii(line)[1:-1] for line in text.splitlines()] for text in (expected, finished.out))
    reached = f"{len(ours)} of {len(theirs)} lines"
    if not finished.ok:
        # It ended early: the lines that it did not come to would only hide those that differ.
        theirs = theirs[: len(ours)]
    shown = [line[:300] for line in difflib.unified_diff(theirs, ours, "CPython", "here", n=1, lineterm="")]
    if len(shown) > 60:
        shown[60:] = [f"... {len(shown) - 60} more lines"]
    words = finished.err.rstrip().splitlines()[-12:]
    tally.failed(name, "\n".join([f"{finished.how()}, {reached}", *shown, *words]), finished.seconds)


def check_source_build(environment, options, tally, folder):
    """markupsafe, built where it is installed against the headers that the environment's Python names."""
    name = "pip install --no-binary :all: markupsafe"
    if not (shutil.which("cc") or shutil.which("gcc")):
        return tally.skipped(name, "there is no C compiler")
    requirement = re.search(r"^markupsafe==[\d.]+", pinned()["markupsafe"]).group()
    built = environment.pip("install", "--no-deps", "--force-reinstall", "--no-cache-dir", "--no-binary", ":all:", requirement)
    if not built.ok:
        return tally.failed(name, built.ending(), built.seconds)
    tally.passed(name, built.seconds)
    expected = without_hash(read_expected("markupsafe.txt"))
    finished = use(environment.python, "markupsafe", options, folder)
    built_name = re.search(r"^loaded: .*", finished.out, re.M)
    finished.out = without_hash(finished.out)
    compare("markupsafe built from source", finished, expected, tally)
    if not options.oracle:
        return tally.skipped("that build in CPython 3.13", "no --oracle")
    if built_name and built_name.group() in read_expected("markupsafe.txt"):
        return tally.failed("that build in CPython 3.13", "it is the wheel's binary, not a build")
    where = run([environment.python, "-c", "import markupsafe, os; print(os.path.dirname(os.path.dirname(markupsafe.__file__)))"])
    copy = os.path.join(folder, "built")
    for entry in os.listdir(where.out.strip()):
        if entry.lower().startswith("markupsafe"):
            shutil.copytree(os.path.join(where.out.strip(), entry), os.path.join(copy, entry))
    finished = use(options.oracle, "markupsafe", options, folder, PYTHONPATH=copy)
    finished.out = without_hash(finished.out)
    compare("that build in CPython 3.13", finished, expected, tally)


def without_hash(text):
    """A build is not the wheel's binary to the byte, nor need it be; its name stays in the comparison."""
    return re.sub(r"^(loaded: \S+) [0-9a-f]{64}$", r"\1", text, flags=re.M)


def pinned():
    """The requirements by package: name -> the lines that pin it."""
    with open(os.path.join(HERE, "requirements.txt")) as file:
        text = file.read()
    return {found.group(1): found.group() for found in re.finditer(r"^([\w-]+)==.*\n(?:    .*\n)+", text, re.M)}


if __name__ == "__main__":
    main()
