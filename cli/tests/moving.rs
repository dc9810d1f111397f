//! `pierglass python --host moving` with bad input: source that does not parse, scripts that are not there, a heap that is full,
//! recursion without end. What CPython 3.13 says stands here as it says it.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Ran, Scratch, command, program, run};

const MODES: [&str; 3] = ["normal", "stress", "shake=1"];

fn moving(args: &[&str]) -> Ran {
    run(command(program()).args(["python", "--host", "moving"]).args(args), "")
}

/// Run a script of this text; the folder's name in what it says becomes `/`.
fn script(scratch: &Scratch, text: impl AsRef<[u8]>, args: &[&str]) -> Ran {
    let path = scratch.path("script.py");
    fs::write(&path, text).unwrap();
    let mut all = args.to_vec();
    all.push(path.to_str().unwrap());
    let mut ran = moving(&all);
    ran.err = ran.err.replace(scratch.path("").to_str().unwrap(), "/");
    ran
}

#[test]
fn source_that_does_not_parse() {
    let scratch = Scratch::new();
    for (source, words) in [
        ("x = 1\nif x\n    pass\n", "line 2\n    if x\n        ^\nSyntaxError: expected ':'\n"),
        ("x = (1,\n", "line 1\n    x = (1,\n        ^\nSyntaxError: '(' was never closed\n"),
        ("a = 1\n  b = 2\n", "line 2\n    b = 2\nIndentationError: unexpected indent\n"),
        (
            "if 1:\npass\n",
            "line 2\n    pass\n    ^^^^\nIndentationError: expected an indented block after 'if' statement on line 1\n",
        ),
        ("\treturn 5\n", "line 1\n    \treturn 5\n    ^\nIndentationError: unexpected indent\n"),
        ("return 5\n", "line 1\n    return 5\n    ^^^^^^^^\nSyntaxError: 'return' outside function\n"),
        ("x = 'é' 5 5\n", "line 1\n    x = 'é' 5 5\n            ^\nSyntaxError: invalid syntax\n"),
        (
            "print(\"abc\n",
            "line 1\n    print(\"abc\n          ^\nSyntaxError: unterminated string literal (detected at line 1)\n",
        ),
        (
            "f() = 1\n",
            "line 1\n    f() = 1\n    ^^^\nSyntaxError: cannot assign to function call here. Maybe you meant '==' instead of '='?\n",
        ),
        ("x = 1\0\n", "line 1\n    x = 1\nSyntaxError: source code cannot contain null bytes\n"),
    ] {
        let ran = script(&scratch, source, &[]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{source:?} {ran:?}");
        assert_eq!(ran.err, format!("  File \"/script.py\", {words}"), "{source:?}");
    }
}

#[test]
fn a_module_that_does_not_parse_names_its_file() {
    let scratch = Scratch::new();
    scratch.write("broken.py", "x = 1\ny z\n");
    let ran = script(&scratch, "import broken\n", &[]);
    let words = "Traceback (most recent call last):\n  File \"/script.py\", line 1, in <module>\n    import broken\n  \
                 File \"/broken.py\", line 2\n    y z\n      ^\nSyntaxError: invalid syntax\n";
    assert_eq!((ran.status, ran.err.as_str()), (Some(1), words));
}

#[test]
fn syntax_errors_are_caught_with_their_fields() {
    let source = "
for source in ('a b', 'x = 1\\n  y', 'return'):
    try:
        compile(source, 'name.py', 'exec')
    except SyntaxError as error:
        print(type(error).__name__, error.filename, error.lineno, error.offset, error.msg, '|', error)
error = SyntaxError('words', ('folder/file.py', 3, 5, 'text', 3, 8))
print(error, error.text, error.end_lineno, error.end_offset, error.args)
";
    let expected = "\
SyntaxError name.py 1 3 invalid syntax | invalid syntax (name.py, line 1)
IndentationError name.py 2 2 unexpected indent | unexpected indent (name.py, line 2)
SyntaxError name.py 1 1 'return' outside function | 'return' outside function (name.py, line 1)
words (file.py, line 3) text 3 8 ('words', ('folder/file.py', 3, 5, 'text', 3, 8))";
    let scratch = Scratch::new();
    for mode in MODES {
        assert_eq!(script(&scratch, source, &["--gc", mode]).ok(), expected);
    }
}

#[test]
fn encodings_of_source() {
    let scratch = Scratch::new();
    assert_eq!(script(&scratch, b"# coding: latin-1\nprint(len('\xe9'))\n", &[]).ok(), "1");
    assert_eq!(script(&scratch, b"\xef\xbb\xbfprint('\xc3\xa9' == chr(233))\n", &[]).ok(), "True");
    let ran = script(&scratch, b"x = 1\ny = '\xff'\n", &[]);
    let words = "SyntaxError: Non-UTF-8 code starting with '\\xff' in file /script.py on line 2, but no encoding declared; see \
                 https://peps.python.org/pep-0263/ for details\n";
    assert_eq!((ran.status, ran.err.as_str()), (Some(1), words));
    let ran = script(&scratch, b"# coding: nothing\n", &[]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(1), "SyntaxError: encoding problem: nothing\n"));
}

#[test]
fn what_is_not_there() {
    let scratch = Scratch::new();
    let missing = scratch.path("missing.py");
    let missing = missing.to_str().unwrap();
    let ran = moving(&[missing]);
    let words = format!("pierglass python: can't open file '{missing}': [Errno 2] No such file or directory\n");
    assert_eq!((ran.status, ran.err), (Some(2), words));
    let folder = scratch.path("folder");
    fs::create_dir(&folder).unwrap();
    let folder = folder.to_str().unwrap();
    let ran = moving(&[folder]);
    assert_eq!(
        (ran.status, ran.err),
        (Some(1), format!("pierglass python: can't find '__main__' module in '{folder}'\n"))
    );
    scratch.write("folder/__main__.py", "import beside\nprint('main of the folder', beside.x)\n");
    scratch.write("folder/beside.py", "x = 5\n");
    assert_eq!(moving(&[folder]).ok(), "main of the folder 5");
    for (source, words) in [
        ("import nothing_here\n", "ModuleNotFoundError: No module named 'nothing_here'\n"),
        (
            "import sys.nothing_here\n",
            "ModuleNotFoundError: No module named 'sys.nothing_here'; 'sys' is not a package\n",
        ),
        ("from sys import nothing\n", "ImportError: cannot import name 'nothing' from 'sys' (unknown location)\n"),
    ] {
        let ran = script(&scratch, source, &[]);
        assert_eq!(ran.status, Some(1), "{ran:?}");
        assert!(ran.err.ends_with(words), "{ran:?}");
    }
}

#[test]
fn options_that_are_refused() {
    for args in
        [["--gc", "often"], ["--gc", "shake=x"], ["--heap-limit", "1X"], ["--heap-limit", ""], ["--heap-limit", "-1"]]
    {
        let ran = moving(&[args[0], args[1], "script.py"]);
        assert_eq!(ran.status, Some(2), "{ran:?}");
        assert!(ran.err.contains(args[0]), "{ran:?}");
    }
}

const FULL: &str = "
def fill():
    kept = []
    while True:
        kept.append('x' * 100 + str(len(kept)))

def table():
    d = {}
    for i in range(10**7):
        d[i] = [i]

def items():
    s = set()
    for i in range(10**7):
        s.add(str(i))

def chain():
    class Link: pass
    last = None
    while True:
        link = Link()
        link.next = last
        last = link

def text():
    s = ''
    while True:
        s += 'a' * 10000

def array():
    b = bytearray()
    while True:
        b += b'a' * 10000

def deep():
    return [deep() for _ in range(10**6)] if False else list(range(10**9))

for make in (fill, table, items, chain, text, array, deep, lambda: 'a' * 10**9, lambda: b'a' * 10**9, lambda: [0] * 10**9,
             lambda: bytearray(10**9), lambda: 1 << 10**10, lambda: 'x'.ljust(10**9), lambda: fill()):
    try:
        make()
    except MemoryError as error:
        print('caught', len(str(error)) > 0, sum(range(100)), ['still', 'here'])
    else:
        print('no error')
print('end', 'y' * 1000 == 'y' * 1000)
";

#[test]
fn a_full_heap_raises_and_stays_usable() {
    let scratch = Scratch::new();
    let expected = "caught True 4950 ['still', 'here']\n".repeat(14) + "end True";
    for mode in ["normal", "shake=1", "shake=2"] {
        for limit in ["1M", "2000K", "5000000"] {
            let ran = script(&scratch, FULL, &["--gc", mode, "--heap-limit", limit]);
            assert_eq!(ran.ok(), expected, "{mode} {limit}");
        }
    }
}

#[test]
fn a_full_heap_that_nobody_catches() {
    let scratch = Scratch::new();
    for mode in MODES {
        let ran = script(&scratch, "x = ['x' * 10000 for i in range(10**6)]\n", &["--gc", mode, "--heap-limit", "1M"]);
        assert_eq!(ran.status, Some(1), "{ran:?}");
        let words = "line 1, in <module>\n    x = ['x' * 10000 for i in range(10**6)]\n\
                     MemoryError: the heap is full: its limit is 1048576 bytes\n";
        assert!(ran.err.ends_with(words), "{ran:?}");
        // Less than the interpreter itself takes.
        let ran = script(&scratch, "print(1)\n", &["--gc", mode, "--heap-limit", "1K"]);
        assert_eq!(ran.status, Some(1), "{ran:?}");
        assert!(ran.err.ends_with("MemoryError: the heap is full: its limit is 1024 bytes\n"), "{ran:?}");
    }
}

#[test]
fn c_meets_a_full_heap() {
    let scratch = Scratch::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut compiler = Command::new("cc");
    compiler.args(["-O2", "-shared", "-fPIC", "-I"]).arg(root.join("include"));
    compiler.arg("-o").arg(scratch.path("ext_callbacks.abi3.so")).arg(root.join("test_extensions/src/ext_callbacks.c"));
    run(&mut compiler, "").ok();
    let source = "
import ext_callbacks
def fill(n):
    return ['x' * n * 1000 for _ in range(10**6)]
for n in range(1, 5):
    try:
        ext_callbacks.map_list(fill, [n, n])
    except MemoryError as error:
        print(n, error)
print(ext_callbacks.map_list(str, [1, 2]))
";
    let words = "the heap is full: its limit is 3145728 bytes\n";
    let expected = format!("1 {words}2 {words}3 {words}4 {words}['1', '2']");
    for mode in MODES {
        assert_eq!(script(&scratch, source, &["--gc", mode, "--heap-limit", "3M"]).ok(), expected, "{mode}");
    }
}

const ENDLESS: &str = "
def attempt(what, f):
    try:
        f()
    except RecursionError:
        print(what, 'RecursionError')
    else:
        print(what, 'no error')

def nest(start, outer):
    for _ in range(20000):
        start = outer(start)
    return start

class Itself:
    def __repr__(self): return repr(self)
    def __eq__(self, other): return self == other
    def __getattr__(self, name): return getattr(self, name + 'x')
    def __call__(self): return self()

def forever():
    forever()

def generator():
    yield from generator()

it = Itself()
attempt('function', forever)
attempt('generator', lambda: list(generator()))
attempt('repr', lambda: repr(it))
attempt('==', lambda: it == 1)
attempt('getattr', lambda: it.x)
attempt('call', it)
lists = [nest([], lambda inner: [inner]) for _ in range(2)]
attempt('repr of lists', lambda: repr(lists))
attempt('== of lists', lambda: lists[0] == lists[1])
attempt('< of lists', lambda: lists[0] < lists[1])
tuples = [nest((), lambda inner: (inner,)) for _ in range(2)]
attempt('== of tuples', lambda: tuples[0] == tuples[1])
dicts = [nest({}, lambda inner: {1: inner}) for _ in range(2)]
attempt('repr of dicts', lambda: repr(dicts[0]))
attempt('== of dicts', lambda: dicts[0] == dicts[1])
attempt('nothing', lambda: None)
";

#[test]
fn recursion_without_end() {
    let scratch = Scratch::new();
    for mode in ["normal", "shake=1"] {
        let ran = script(&scratch, ENDLESS, &["--gc", mode]).ok();
        let lines: Vec<&str> = ran.lines().collect();
        assert_eq!(lines.len(), 13, "{ran}");
        for line in &lines[..12] {
            assert!(line.ends_with(" RecursionError"), "{line}");
        }
        assert_eq!(lines[12], "nothing no error");
    }
}

#[test]
fn a_host_is_known_by_its_name() {
    let run_on = |host: &[&str]| {
        run(command(program()).arg("python").args(host).args(["-c", "import sys; print(sys.implementation.name)"]), "")
    };
    let usual = run_on(&[]).out;
    assert_eq!(run_on(&["--host", "rustpython"]).out, usual);
    assert_eq!(run_on(&["--host=rustpython"]).out, usual);
    let unknown = run_on(&["--host", "pypy"]);
    assert_eq!((unknown.status, unknown.out.as_str()), (Some(2), ""));
    assert_eq!(unknown.err, "pierglass python: no host is called \"pypy\": there are rustpython and moving\n");
}
