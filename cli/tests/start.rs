//! What the process is given when it starts, odd or broken: each test states what CPython 3.13 does.

mod common;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use common::{Ran, Scratch, command, program, python, run};

/// Run a line of the shell with `P` as `pierglass python`.
fn shell(line: &str) -> Ran {
    let line = format!("P='{} python'; {line}", program().display());
    run(command("sh").args(["-c", &line]), "")
}

#[test]
fn arguments_that_are_not_utf8() {
    let odd = |bytes: &'static [u8]| OsStr::from_bytes(bytes);
    let source = OsStr::new("import sys; print(ascii(sys.argv), ascii(sys.orig_argv[-1]))");
    let ran = python(&[OsStr::new("-c"), source, odd(b"\xffa"), "é".as_ref(), odd(b"")]);
    assert_eq!(ran.ok(), r"['-c', '\udcffa', '\xe9', ''] ''");
    let ran = python(&[OsStr::new("-c"), odd(b"print('\xff')")]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(
        ran.err.starts_with("Unable to decode the command from the command line:\nUnicodeEncodeError: "),
        "{ran:?}"
    );
    assert!(ran.err.contains(r"'\udcff' in position 7"), "{ran:?}");
    let ran = python(&[OsStr::new("-m"), odd(b"\xff")]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
}

#[test]
fn scripts_whose_names_are_not_utf8() {
    let scratch = Scratch::new();
    let name = Path::new(OsStr::from_bytes(b"s\xff.py"));
    std::fs::write(scratch.path("").join(name), "import sys; print(ascii(sys.argv), ascii(__file__[-6:]))").unwrap();
    let ran = python(&[scratch.path("").join(name)]).ok();
    assert!(ran.ends_with(r"s\udcff.py'] '/s\udcff.py'"), "{ran}");
    let missing = python(&[OsStr::from_bytes(b"/no/\xfe.py")]);
    assert_eq!(missing.status, Some(2));
    assert!(missing.err.contains(r"can't open file '/no/\udcfe.py': [Errno 2] No such file"), "{missing:?}");
}

#[test]
fn closed_standard_streams() {
    assert_eq!(shell("$P -c 'import sys; print(sys.stdin, sys.__stdin__)' <&-").ok(), "None None");
    let silent = shell("$P -c 'import sys; sys.stderr.write(str(sys.stdout)); print(1)' >&-");
    assert_eq!((silent.status, silent.err.as_str()), (Some(0), "None"));
    assert_eq!(shell("$P -c 'import sys; print(sys.stderr)' 2>&-").ok(), "None");
    let failed = shell("$P -c '1/0' 2>&-");
    assert_eq!((failed.status, failed.out.as_str()), (Some(1), ""));
    // The next file that is opened takes the number.
    assert_eq!(shell("$P -c 'import os; print(os.open(os.devnull, 0))' <&-").ok(), "0");
    assert_eq!(shell("$P -c 'import sys; sys.stdout = None; print(1)'").ok(), "");
}

#[test]
fn settings_that_cannot_be() {
    for (args, variable, step) in [
        ("-X utf8=2", "", "preconfig_init_utf8_mode: invalid -X utf8 option value"),
        ("", "PYTHONUTF8=5", "preconfig_init_utf8_mode: invalid PYTHONUTF8 environment variable value"),
        ("", "PYTHONHASHSEED=x", "config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer"),
        ("-X int_max_str_digits=5", "", "config_init_int_max_str_digits: -X int_max_str_digits: invalid limit"),
        ("-X cpu_count=0", "", "config_init_cpu_count: -X cpu_count=n option: n is missing or an invalid number"),
        ("", "PYTHONIOENCODING=nope", "init_stdio_encoding: failed to get the Python codec name"),
    ] {
        let ran = shell(&format!("{variable} $P {args} -c 'print(1)'"));
        assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{ran:?}");
        assert!(ran.err.starts_with(&format!("Fatal Python error: {step}")), "{ran:?}");
    }
}

#[test]
fn the_encoding_of_the_standard_streams() {
    let source = "import sys; print(sys.stdout.encoding, sys.stdout.errors, sys.stderr.errors, sys.stdin.errors)";
    let with = |value: &str| shell(&format!("PYTHONIOENCODING={value} $P -c '{source}'")).ok();
    assert_eq!(with("latin-1:replace"), "iso8859-1 replace backslashreplace replace");
    assert_eq!(with("ascii"), "ascii strict backslashreplace strict");
    assert_eq!(with(":ignore"), "utf-8 ignore backslashreplace ignore");
    assert_eq!(shell("PYTHONIOENCODING=ascii:replace $P -c 'print(chr(233))'").ok(), "?");
}

#[test]
fn exception_hooks() {
    let hook = |source: &str| python(&["-c", source]);
    let own = hook("import sys; sys.excepthook = lambda *a: print('hook', a[0].__name__); 1/0");
    assert_eq!((own.status, own.out.as_str(), own.err.as_str()), (Some(1), "hook ZeroDivisionError\n", ""));
    let broken = hook("import sys; sys.excepthook = None; 1/0");
    assert_eq!(broken.status, Some(1));
    let expected =
        "Error in sys.excepthook:\nTypeError: 'NoneType' object is not callable\n\nOriginal exception was:\n";
    assert!(
        broken.err.starts_with(expected) && broken.err.ends_with("ZeroDivisionError: division by zero\n"),
        "{broken:?}"
    );
    assert_eq!(hook("import sys\ndef f(*a): sys.exit(7)\nsys.excepthook = f; 1/0").status, Some(7));
    let missing = hook("import sys; del sys.excepthook; 1/0");
    assert!(missing.err.starts_with("sys.excepthook is missing\nTraceback"), "{missing:?}");
    assert_eq!(hook("import sys; print(sys.excepthook is sys.__excepthook__)").ok(), "True");
}

#[test]
fn without_site() {
    assert_eq!(
        python(&["-S", "-c", "print([n for n in ('exit', 'quit', 'help') if n in dir(__builtins__)])"]).ok(),
        "[]"
    );
}

#[test]
fn the_print_function_is_a_builtin() {
    let source = "print(repr(print), print.__module__, print.__self__.__name__, print.__text_signature__, sep=';')";
    let expected =
        "<built-in function print>;builtins;builtins;($module, /, *args, sep=' ', end='\\n', file=None, flush=False)";
    assert_eq!(python(&["-c", source]).ok(), expected);
}
