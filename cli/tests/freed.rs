//! An extension that uses objects which are gone: with `PIERGLASS_DEBUG=1` the program says what it used and where, on either host.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Ran, Scratch, command, program, run};

const SCRIPT: &str = "
import gc, sys
import bad_late
class Item:
    pass
what, how = sys.argv[1:]
if what == 'list':
    bad_late.keep([Item(), how])
elif what == 'instance':
    bad_late.keep(Item())
elif what == 'text':
    bad_late.keep('made here: ' + how)
elif what == 'item':
    bad_late.keep_item([{how: 1}])
elif what == 'own':
    bad_late.keep_own()
gc.collect()
print('before', flush=True)
bad_late.use(how)
print('after', flush=True)
";

const HOSTS: [&[&str]; 4] =
    [&[], &["--host", "moving"], &["--host", "moving", "--gc", "stress"], &["--host", "moving", "--gc", "shake=1"]];

/// The extension, compiled into a folder of its own, and the script beside it.
struct Late(Scratch);

impl Late {
    fn new() -> Self {
        let scratch = Scratch::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut compiler = Command::new("cc");
        compiler.args(["-O2", "-shared", "-fPIC", "-I"]).arg(root.join("include"));
        compiler.arg("-o").arg(scratch.path("bad_late.abi3.so")).arg(root.join("test_extensions/src/bad_late.c"));
        run(&mut compiler, "").ok();
        scratch.write("late.py", SCRIPT);
        Self(scratch)
    }

    fn script(&self) -> PathBuf {
        self.0.path("late.py")
    }

    fn watched(&self, host: &[&str], what: &str, how: &str) -> Ran {
        let mut command = command(program());
        command.arg("python").args(host).arg(self.script()).args([what, how]);
        run(command.env("PIERGLASS_DEBUG", "1"), "")
    }
}

/// The program ended by SIGABRT, where the freed object was used, and its words have all of `parts`.
#[track_caller]
fn assert_found(ran: &Ran, parts: &[&str]) {
    assert_eq!((ran.status, ran.out.as_str()), (None, "before\n"), "{ran:?}");
    for part in parts {
        assert!(ran.err.contains(part), "{part:?} is not in {ran:?}");
    }
}

#[test]
fn the_function_that_got_a_freed_object_is_named() {
    let late = Late::new();
    for host in HOSTS {
        for (how, function) in [
            ("repr", "PyObject_Repr"),
            ("size", "PyObject_Size"),
            ("list size", "PyList_Size"),
            ("call", "PyObject_CallNoArgs"),
            ("argument", "PyObject_CallOneArg"),
            ("compare", "PyObject_RichCompare"),
            ("decref", "_Py_Dealloc"),
            ("free", "PyObject_Free"),
            ("slot", "tp_getattro"),
            ("return", "an object for the interpreter"),
            ("in a tuple", "an object for the interpreter"),
            ("in a list", "an object for the interpreter"),
        ] {
            let words = format!("Fatal Python error: {function}: use of a freed object: 0x");
            assert_found(&late.watched(host, "list", how), &[&words, "was a 'list' object", "used by bad_late.use()"]);
        }
    }
}

#[test]
fn the_object_s_type_is_named() {
    let late = Late::new();
    for host in HOSTS {
        for (what, words) in [
            ("instance", "was a 'Item' object"),
            ("text", "was a 'str' object"),
            ("item", "was a 'dict' object"),
            ("own", "was a 'dict' object"),
        ] {
            assert_found(&late.watched(host, what, "repr"), &[words, "PyObject_Repr"]);
        }
    }
}

#[test]
fn writing_to_a_freed_object_is_found_at_the_end() {
    let late = Late::new();
    for host in HOSTS {
        let ran = late.watched(host, "list", "write");
        assert_eq!((ran.status, ran.out.as_str()), (None, "before\nafter\n"), "{ran:?}");
        assert!(ran.err.contains("a 'list' object was written to after it was freed"), "{ran:?}");
    }
}

#[test]
fn what_uses_nothing_freed_runs_to_its_end() {
    let late = Late::new();
    for host in HOSTS {
        for value in ["1", "0", ""] {
            let mut command = command(program());
            command.arg("python").args(host).arg(late.script()).args(["list", "nothing"]);
            let ran = run(command.env("PIERGLASS_DEBUG", value), "");
            assert_eq!((ran.status, ran.out.as_str()), (Some(0), "before\nafter\n"), "{ran:?}");
        }
    }
}
