#!/usr/bin/env python3
"""Compile the test extensions with the machine's C compiler; needs no more than a stock python3.

    build.py --out DIR [--include DIR] [--only NAME,...]
    build.py --symbols [...]       also print every symbol that the extensions want from Python, one a line

The same files are loaded by CPython 3.13 and by Pierglass. Most get CPython 3.13's own suffix, some are built for the
stable ABI of 3.6, one has a plain name. What this machine cannot compile (C++, where there is only a C compiler) leaves a
file NAME.skipped with the reason, and conformance.py skips the scripts that import it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
SUFFIX = ".cpython-313-x86_64-linux-gnu.so"
# Unused parameters are what a C method's fixed signature brings; all other warnings are errors.
FLAGS = ["-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-O2", "-fPIC", "-shared"]
# For the stable ABI of which version.
STABLE = {"ext_stable": "0x03060000", "ext_stable_type": "0x03060000", "ext_stable_late": "0x030c0000"}
PLAIN = {"ext_plain"}
# The source's name is plain ASCII, the module's is not.
RENAMED = {"ext_accented": "ext_naïve"}
THREADED = {"ext_threads", "ext_each_threads", "ext_each_states"}
NOT_ELF = "bad_not_elf"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--include", type=Path, default=HERE.parent / "include", help="folder of the Python.h to use")
    parser.add_argument("--out", type=Path, help="folder for the compiled extensions")
    parser.add_argument("--only", default="", metavar="NAMES", help="names of extensions, joined by commas")
    parser.add_argument("--symbols", action="store_true", help="print the undefined symbols of what --out holds")
    options = parser.parse_args()
    if not options.out:
        parser.error("--out is needed")
    options.out.mkdir(parents=True, exist_ok=True)
    sources = chosen(options.only)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        built = pool.map(lambda source: build(source, options), sources)
        failed = [source.stem for source, well in zip(sources, built) if not well]
    make_not_elf(options.out)
    if options.symbols:
        print("\n".join(symbols(options.out)))
    if failed:
        print("failed:", ", ".join(failed), file=sys.stderr)
    return bool(failed)


def chosen(only):
    sources = sorted([*HERE.glob("src/*.c"), *HERE.glob("src/*.cpp")])
    names = set(filter(None, only.split(",")))
    unknown = names - {source.stem for source in sources}
    if unknown:
        raise SystemExit(f"no such extension: {', '.join(sorted(unknown))}")
    return [source for source in sources if not names or source.stem in names]


def file_name(name):
    suffix = ".abi3.so" if name in STABLE else ".so" if name in PLAIN else SUFFIX
    return RENAMED.get(name, name) + suffix


def build(source, options):
    """Compile one source; True if it is there or rightly left out."""
    target = options.out / file_name(source.stem)
    target.unlink(missing_ok=True)
    skipped = options.out / f"{source.stem}.skipped"
    skipped.unlink(missing_ok=True)
    compiler = find_compiler(source)
    if not compiler:
        if source.suffix == ".c":
            raise SystemExit("no C compiler: set CC, or install one (Debian: apt install gcc)")
        skipped.write_text("there is no C++ compiler\n")
        return True
    command = [*compiler, *FLAGS, f"-I{options.include}", f"-I{HERE / 'src'}", str(source), "-o", str(target)]
    if source.stem in STABLE:
        command.append(f"-DPy_LIMITED_API={STABLE[source.stem]}")
    if source.stem in THREADED:
        command.append("-pthread")
    return subprocess.run(command).returncode == 0


def find_compiler(source):
    """The compiler that the environment names, else the usual one, as a list of words."""
    variable, usual = ("CC", "cc") if source.suffix == ".c" else ("CXX", "c++")
    command = (os.environ.get(variable) or usual).split()
    return command if shutil.which(command[0]) else None


def make_not_elf(out):
    (out / f"{NOT_ELF}{SUFFIX}").write_text("This is no shared library.\n" * 100)


def symbols(out):
    """What the extensions leave undefined, less what libc, libstdc++ and each other give."""
    found = set()
    for library in sorted(out.glob("*.so")):
        if library.name.startswith(NOT_ELF):
            continue
        listing = subprocess.check_output(["nm", "-D", "--undefined-only", str(library)], text=True)
        found.update(line.split()[-1].split("@")[0] for line in listing.splitlines())
    return sorted(name for name in found if name.startswith(("Py", "_Py")))


if __name__ == "__main__":
    if sysconfig.get_platform() != "linux-x86_64":
        print(f"note: built for {sysconfig.get_platform()}, named for linux-x86_64", file=sys.stderr)
    sys.exit(main())
