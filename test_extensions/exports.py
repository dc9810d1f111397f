"""Check that the program exports every symbol of its export table, functions and data.

Reads the table's source and compares it with the program's dynamic symbols, once by `nm -D` and once by `readelf`.
"""

import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pierglass", required=True, help="the built program")
    program = parser.parse_args().pierglass
    names = re.findall(r'^    \("(\w+)", Address', (ROOT / "emul/src/gen/table.rs").read_text(), re.MULTILINE)
    listed = subprocess.run(["nm", "-D", "--defined-only", program], capture_output=True, text=True, check=True).stdout
    exported = {line.split()[-1] for line in listed.splitlines() if line.strip()}
    failed = [name for name in names if name not in exported]
    found = subprocess.run([sys.executable, "-c", DLSYM, program], input=" ".join(names), capture_output=True, text=True)
    if found.returncode:
        print(found.stderr, file=sys.stderr)
        return 1
    failed += found.stdout.split()
    for name in failed:
        print(f"not exported: {name}")
    print(f"{len(names) - len(set(failed))} passed, {len(set(failed))} failed")
    return bool(failed) or not names


# `dlopen` of a position-independent program is refused by glibc, so its own dynamic symbol table is asked through ELF.
DLSYM = """
import subprocess, sys
out = subprocess.run(["readelf", "-W", "--dyn-syms", sys.argv[1]], capture_output=True, text=True, check=True).stdout
have = {line.split()[7].split("@")[0] for line in out.splitlines() if len(line.split()) >= 8 and line.split()[6] != "UND"}
print(*[name for name in sys.stdin.read().split() if name not in have])
"""

if __name__ == "__main__":
    sys.exit(main())
