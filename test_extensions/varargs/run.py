"""Compare the variadic functions of emul/c with CPython's own.

    run.py --python PATH

The shims are compiled under other names (emul_ in front) against CPython's headers, linked with varargs.c to an extension
module, and compare.py runs in that CPython.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHIMS = HERE.parent.parent / "emul" / "c"
FLAGS = ["-g", "-O1", "-fPIC", "-Wall", "-Wextra", "-Werror", "-Wno-format-zero-length", "-Wno-format", "-Wno-unused-function",
         "-Wno-pedantic"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--python", required=True, help="a CPython 3.13")
    python = arguments.parse_args().python
    include = subprocess.check_output([python, "-c", "import sysconfig; print(sysconfig.get_path('include'))"], text=True)
    with tempfile.TemporaryDirectory() as folder:
        objects = [compile_one(source, folder, include.strip()) for source in sorted(SHIMS.glob("*.c"))]
        objects.append(compile_one(HERE / "varargs.c", folder, include.strip()))
        subprocess.run(["gcc", "-shared", *objects, "-o", f"{folder}/varargs.so"], check=True)
        environment = {**os.environ, "PYTHONPATH": folder}
        return subprocess.run([python, "-u", "-X", "faulthandler", HERE / "compare.py"], env=environment).returncode


def names():
    """The functions of the shims, from the table that exports them."""
    return re.findall(r"\bfn (\w+)\(\);", (SHIMS.parent / "src" / "in_c.rs").read_text())


def compile_one(source, folder, include):
    target = f"{folder}/{source.stem}.o"
    renamed = [f"-D{name}=emul_{name}" for name in names()] if source.parent == SHIMS else []
    subprocess.run(["gcc", *FLAGS, *renamed, f"-I{include}", "-c", source, "-o", target], check=True)
    return target


if __name__ == "__main__":
    sys.exit(main())
