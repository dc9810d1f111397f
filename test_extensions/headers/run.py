"""Compare our headers with those of a real CPython 3.13, and compile each in every way an extension may include it.

    run.py --python PATH [--prototypes DIR]

1. Layouts: layout.c prints size and offsets of every struct, once with either set of headers.
2. Constants: every object-like macro of CPython's headers that is an integer or a string has the same value in ours.
3. Names: every macro, inline function and type name of CPython's headers exists in ours (not_ours.toml lists exceptions).
4. Inline code: the extension inline.c, built with either set of headers and loaded in CPython, behaves the same.
5. Compiling: each header alone and twice, as C99, C11 and C++, for the full and the limited API, without a warning.

DIR holds a gen/ folder to use in place of include/gen.
"""

import argparse
import itertools
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
OURS = HERE.parent.parent / "include"
EVERYTHING = "#include <Python.h>\n#include <frameobject.h>\n#include <datetime.h>\n#include <structmember.h>\n"
STRICT = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only"]
DIALECTS = [
    ["gcc", "-std=c99", "-pedantic"],
    ["gcc", "-std=gnu11"],
    ["g++", "-std=c++11"],
    ["g++", "-std=c++17"],
    ["gcc", "-DPy_LIMITED_API=0x03060000"],
    ["gcc", "-DPy_LIMITED_API=0x03090000"],
    ["gcc", "-DPy_LIMITED_API=0x030b0000"],
    ["g++", "-DPy_LIMITED_API=0x030c0000"],
    ["gcc", "-DPy_LIMITED_API=0x030d0000"],
]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--python", required=True, help="a CPython 3.13")
    arguments.add_argument("--prototypes", help="folder whose gen/ holds the prototypes")
    options = arguments.parse_args()
    theirs = [f"-I{include_of(options.python)}"]
    ours = [f"-I{OURS}"] + ([f"-I{options.prototypes}"] if options.prototypes else [])
    with tempfile.TemporaryDirectory() as folder:
        failures = [
            *compare_layouts(Path(folder), theirs, ours),
            *compare_constants(Path(folder), theirs, ours),
            *compare_names(theirs, ours),
            *compare_inline(Path(folder), options.python, theirs, ours),
            *compile_each(ours),
        ]
    for failure in failures:
        print("FAIL", failure)
    print(f"{len(failures)} failures")
    return bool(failures)


def include_of(python):
    code = "import sys, sysconfig; assert sys.version_info[:2] == (3, 13); print(sysconfig.get_path('include'))"
    return subprocess.check_output([python, "-c", code], text=True).strip()


def compare_layouts(folder, theirs, ours):
    expected, got = (print_of(folder, (HERE / "layout.c").read_text(), flags) for flags in (theirs, ours))
    print(f"{len(expected)} sizes and offsets")
    return differences("layout", expected, got)


def compare_constants(folder, theirs, ours):
    names = [name for name, (parameters, body) in macros(theirs).items() if parameters is None and body]
    names = [name for name in names if name in macros(ours)]
    values = values_among(names, theirs)
    expected, got = (print_of(folder, constants_program(values), flags) for flags in (theirs, ours))
    print(f"{len(expected)} constants")
    return differences("constant", expected, got)


def values_among(names, flags):
    """The names whose macro is an integer constant: one line each, and the compiler names the lines that are not."""
    lines = [f"enum {{ value_{name} = ((long long)({name})) % 3 }};" for name in names]
    program = EVERYTHING + '#line 1 "values"\n' + "\n".join(lines) + "\n"
    # Preprocessed first: an error is then at the line, not in the header that defines the macro.
    expanded = preprocess(program, ["-E", *flags])
    errors = subprocess.run(["gcc", "-w", "-fsyntax-only", "-x", "cpp-output", "-"], input=expanded, text=True,
                            capture_output=True).stderr
    wrong = {int(line) for line in re.findall(r"^values:(\d+):.*error", errors, re.M)}
    return [name for line, name in enumerate(names, 1) if line not in wrong or is_string(name)]


def is_string(name):
    return name in STRINGS


STRINGS = {"PY_VERSION", "PYTHON_API_STRING", "PYTHON_ABI_STRING", "PyDateTime_CAPSULE_NAME", "PY_STDIOTEXTMODE",
           "PY_FORMAT_SIZE_T", "_Py_PARSE_PID", "_Py_PARSE_INTPTR", "_Py_PARSE_UINTPTR", "FUTURE_ANNOTATIONS",
           "FUTURE_BARRY_AS_BDFL"}


def constants_program(names):
    lines = [f'    printf("{name} %s\\n", {name});' if is_string(name) else
             f'    printf("{name} %lld\\n", (long long)({name}));' for name in names]
    return EVERYTHING + "#include <stdio.h>\nint main(void)\n{\n" + "\n".join(lines) + "\n    return 0;\n}\n"


def compare_names(theirs, ours):
    excuses = {re.compile(pattern): reason for pattern, reason in tomllib.loads((HERE / "not_ours.toml").read_text()).items()}
    missing = sorted(names_of(theirs) - names_of(ours))
    unexcused = [name for name in missing if not any(pattern.fullmatch(name) for pattern in excuses)]
    idle = [pattern.pattern for pattern in excuses if not any(pattern.fullmatch(name) for name in missing)]
    print(f"{len(names_of(theirs))} names, {len(missing)} left out")
    return [f"name: {name} is not in our headers" for name in unexcused] + [f"idle excuse: {pattern}" for pattern in idle]


def names_of(flags):
    """Macros, inline functions, typedefs and data that the headers bring; not those of the system's headers."""
    text = own_text(flags)
    found = {name for name in macros(flags) if not is_internal(name)}
    found |= set(re.findall(r"static inline [^;{]*?\b(\w+)\s*\([^;{]*\)\s*\{", text))
    found |= set(re.findall(r"\}\s*(\w+)\s*;", text)) & set(re.findall(r"\bPy\w+|_Py\w+", text))
    found |= set(re.findall(r"extern [^;()]*?\b(\w+)(?:\[[^]]*\])?;", text))
    found |= set(re.findall(r"typedef [^;{}]*?\(\s*\*\s*(\w+)\s*\)", text))
    found |= set(re.findall(r"typedef [^;{}()]*?\b(\w+);", text))
    return found


def is_internal(name):
    """Include guards, and macros by which CPython's headers talk to each other."""
    return bool(re.fullmatch(r"P[yY]_\w+_H|PYCTYPE_H|DATETIME_H|_Emul_\w+|_PyGenObject_HEAD|_PyCode_DEF"
                             r"|_PYMONITORING_IF_ACTIVE|_Py_USE_GCC_BUILTIN_ATOMICS|ALIGNOF_MAX_ALIGN_T", name))


def own_text(flags):
    """The preprocessed text of the headers in our or CPython's folder."""
    folder = flags[0].removeprefix("-I")
    kept, keep = [], False
    for line in preprocess(EVERYTHING, ["-E", *flags]).splitlines():
        marker = re.match(r'# \d+ "([^"]*)"', line)
        if marker:
            keep = marker[1].startswith(folder)
        elif keep:
            kept.append(re.sub(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)", "", line))
    return "\n".join(kept)


MACROS = {}


def macros(flags):
    """Name -> (parameters or None, body) of the macros that the headers define."""
    key = tuple(flags)
    if key not in MACROS:
        system = "".join(f"#include <{name}.h>\n" for name in
                         "assert ctype errno inttypes limits math stdarg stddef stdio stdlib string sys/stat sys/types"
                         " unistd wchar pthread".split())
        head = ["-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64"]
        before, after = (definitions(text, head + extra) for text, extra in ((system, []), (system + EVERYTHING, flags)))
        MACROS[key] = {name: value for name, value in after.items() if name not in before}
    return MACROS[key]


def definitions(text, flags):
    found = re.findall(r"^#define (\w+)(\([^)]*\))?(?: (.*))?$", preprocess(text, ["-E", "-dM", *flags]), re.M)
    return {name: (parameters or None, body) for name, parameters, body in found}


def compare_inline(folder, python, theirs, ours):
    expected, got = (run_inline(folder / name, python, flags) for name, flags in (("theirs", theirs), ("ours", ours)))
    print(f"{len(expected)} lines from inline code")
    yield from (f"inline: {theirs!r} with CPython's headers, {ours!r} with ours"
                for theirs, ours in itertools.zip_longest(expected, got) if theirs != ours)


def run_inline(folder, python, flags):
    folder.mkdir()
    library = folder / "inline.so"
    # With assertions: they are part of the inline code.
    subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", "-Wno-cast-function-type", "-Wno-missing-field-initializers", "-O1",
                    "-shared", "-fPIC", *flags, HERE / "inline.c", "-o", library], check=True)
    return subprocess.check_output([python, HERE / "inline.py", library], text=True).splitlines()


def compile_each(ours):
    headers = sorted(path.relative_to(OURS).as_posix() for path in OURS.rglob("*.h")
                     if "gen" not in path.relative_to(OURS).parts)
    print(f"{len(headers)} headers, {len(DIALECTS)} ways")
    for dialect in DIALECTS:
        for header in headers:
            text = f"#include <{header}>\n#include <{header}>\n" + use_of(header)
            error = errors_of(text, [*dialect, *STRICT, *ours], dialect[0])
            if error:
                yield f"{' '.join(dialect)} {header}: {error.splitlines()[0]}"


def use_of(header):
    # A static variable that nobody uses is a warning, and every user of datetime.h has one use.
    if header != "datetime.h":
        return "extern int none;\n"
    return "#ifndef Py_LIMITED_API\nvoid *used(void);\nvoid *used(void) { return PyDateTimeAPI; }\n#endif\n"


def errors_of(text, command, compiler):
    language = "c++" if compiler == "g++" else "c"
    done = subprocess.run([*command, "-x", language, "-"], input=text, text=True, capture_output=True)
    return done.stderr if done.returncode else ""


def preprocess(text, flags):
    return subprocess.run(["gcc", *flags, "-x", "c", "-"], input=text, text=True, capture_output=True, check=True).stdout


def print_of(folder, program, flags):
    """Compile and run a program whose lines are `name value`."""
    source, binary = folder / "program.c", folder / "program"
    source.write_text(program)
    # What the headers reference is never called: the linker need not find it.
    subprocess.run(["gcc", "-w", *flags, source, "-o", binary, "-Wl,--unresolved-symbols=ignore-all"], check=True)
    lines = subprocess.check_output([binary], text=True).splitlines()
    return dict(line.rsplit(" ", 1) for line in lines)


def differences(what, expected, got):
    return [f"{what}: {name} is {got.get(name)}, CPython has {value}"
            for name, value in expected.items() if got.get(name) != value]


if __name__ == "__main__":
    sys.exit(main())
