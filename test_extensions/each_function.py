#!/usr/bin/env python3
"""Keep the tables of conformance/each_function_of_*.py: find out what CPython can be asked, and which functions are in no table.

    each_function.py --probe --python CPYTHON313 --ext DIR [SCRIPT...]   write what is left out (`!`) into the tables
    each_function.py --compare --python PROGRAM [ARGS...] --oracle CPYTHON313 --ext DIR [SCRIPT...]
    each_function.py --missing                         the functions in no table and not in each_apart.txt; a failure if there are any

Each call is made in a child of its own. It is left out where CPython dies or does not return, and where two runs of CPython differ.
`--compare` does the same in another Python, which may die of a call, and shows what differs.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRIPTS = HERE / "conformance"
TABLE = re.compile(r'(?<=FUNCTIONS = r""").*?(?=""")', re.DOTALL)
PATIENCE = 5


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--probe", action="store_true")
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--own-words", action="store_true", help="with --compare: mark (`~`) what differs in words alone")
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--python", help="the Python to ask; its arguments follow the name, in one word")
    parser.add_argument("--oracle", help="CPython 3.13")
    parser.add_argument("--ext", type=Path, help="where build.py put the extensions")
    parser.add_argument("--only", help="functions whose names match this")
    parser.add_argument("--drive", nargs=3, metavar=("TABLE", "OUT", "SCRIPT"), help="what a child process does")
    parser.add_argument("scripts", nargs="*", type=Path)
    options = parser.parse_args()
    if options.drive:
        return drive(*options.drive)
    if options.missing:
        return missing()
    scripts = [SCRIPTS / f"{path.stem}.py" for path in options.scripts] or sorted(SCRIPTS.glob("each_function_of_*.py"))
    for script in scripts:
        (probe if options.probe else compare)(script, options)


def table_of(script, only=None):
    lines = TABLE.search(script.read_text())[0].strip().split("\n")
    return [line for line in lines if not line.startswith("#") and (not only or re.search(only, line.split()[0]))]


def outcomes(python, script, table, options):
    """name -> case -> words, "DIED" or "WAITS"."""
    with tempfile.TemporaryDirectory() as folder:
        given, out = os.path.join(folder, "table"), os.path.join(folder, "out")
        Path(given).write_text("\n".join(table))
        path = f"{options.ext.resolve()}:{SCRIPTS}"
        command = [*python.split(), str(HERE / "each_function.py"), "--drive", given, out, script.stem]
        subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, cwd=folder, stdin=subprocess.DEVNULL)
        return [json.loads(line) for line in open(out)]


def drive(table, out, script):
    sys.path.insert(0, str(SCRIPTS))
    import each

    __import__(script)  # Its own values.

    with open(out, "w") as file:
        for text in open(table).read().split("\n"):
            line = each.Line(text)
            cases = [(case, labels) for case, labels in line.cases() if case not in line.left_out]
            file.write(json.dumps([text, forked(line, cases)]) + "\n")
            file.flush()


def forked(line, cases):
    """Run them in a child; where that dies, go on after the case with another."""
    said = {}
    while cases:
        done, status = child(line, cases)
        said.update(done)
        cases = cases[len(done) :]
        if cases:
            said[cases[0][0]] = "WAITS" if status == signal.SIGALRM else "DIED"
            cases = cases[1:]
    return said


def child(line, cases):
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        answer(line, cases, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        data = pipe.read()
    status = os.waitpid(process, 0)[1]
    lines = data.decode().split("\n")[:-1]
    return dict(json.loads(text) for text in lines), status & 0x7F


def answer(line, cases, writer):
    """The child: it never returns."""
    nowhere = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    for case, labels in cases:
        signal.alarm(PATIENCE)
        try:
            words = line.outcome(case, labels)
        except BaseException as error:
            words = f"cannot be told: {type(error).__name__}"
        os.write(writer, (json.dumps([case, words]) + "\n").encode())
    os._exit(0)


def probe(script, options):
    """Write what has to be left out into the script's table: what it left out before stays so."""
    table = table_of(script)
    asked = [line for line in table if not options.only or re.search(options.only, line.split()[0])]
    first, second = (outcomes(options.python, script, asked, options) for _ in range(2))
    written = {}
    for (line, one), (_, other) in zip(first, second):
        left_out = [case for case in one if one[case] in ("DIED", "WAITS") or one[case] != other.get(case)]
        written[line] = with_left_out(line, left_out)
        if left_out:
            print(f"{line.split()[0]}: {' '.join(left_out)}")
    write_table(script, written)


def write_table(script, written):
    text = script.read_text()
    lines = TABLE.search(text)[0].strip().split("\n")
    lines = "\n".join(written.get(line, line) for line in lines)
    script.write_bytes(TABLE.sub(lambda _: f"\n{lines}\n", text).encode())


def with_left_out(line, more):
    return with_more(line, "!", more)


def with_more(line, mark, more):
    """The line with more cases behind one of its marks."""
    parts = {}
    for other in "?~!":
        line, _, cases = line.partition(f" {other} ")
        parts[other] = cases.split()
    parts[mark] += [case for case in more if case not in parts[mark]]
    return line + "".join(f" {other} {' '.join(parts[other])}" for other in "!~?" if parts[other])


def compare(script, options):
    table = table_of(script, options.only)
    theirs, ours = (outcomes(python, script, table, options) for python in (options.oracle, options.python))
    if options.own_words:
        return write_table(script, dict(own_words(theirs, ours)))
    for (line, expected), (_, got) in zip(theirs, ours):
        groups = {}
        for case, words in expected.items():
            if got.get(case) != words:
                groups.setdefault((words, got.get(case)), []).append(case)
        for (words, other), cases in groups.items():
            print(f"{line.split()[0]} {' '.join(cases)}\n    CPython: {words}\n    here:    {other}")


def own_words(theirs, ours):
    """Mark the cases that differ in the words of the error alone."""
    for (line, expected), (_, got) in zip(theirs, ours):
        cases = [case for case, words in expected.items() if words != got.get(case) and wordless(words) == wordless(got.get(case, ""))]
        yield line, with_more(line, "~", cases)


def wordless(outcome):
    return re.sub(r"!(\w+): .*?(?=; \d+ (?:has|is now) |$)", r"!\1", outcome)


def tabled(script):
    """The functions that a table has rows of."""
    return {line.split()[0].rpartition(":")[2].partition("/")[0] for line in table_of(script)}


def missing():
    """Print them; a failure if there are any, or if one is in a table and apart."""
    apart = {row[0] for row in map(str.split, (HERE / "each_apart.txt").read_text().split("\n")) if row}
    in_tables = set().union(*map(tabled, SCRIPTS.glob("each_function_of_*.py")))
    here = apart | in_tables
    found = 0
    for name in sorted(apart & in_tables):
        print(f"{name} is in a table and in each_apart.txt")
        found += 1
    coverage = (HERE.parent / "docs" / "coverage.md").read_text()
    rows = [line.split("\t") for line in (HERE.parent / "emul/data/cpython-3.13.tsv").read_text().split("\n")]
    for name in (row[0] for row in rows if row[1:2] == ["func"]):
        if name.startswith("_") or name in here or re.search(rf"\| `{name}` \|[^|]*\| missing", coverage):
            continue
        print(name)
        found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
