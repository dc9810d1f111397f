//! What shows only where lists have their items in C: a list with empty slots, which both sides fill. (RustPython's lists are empty until
//! the last slot has its item, so this is no conformance script; what it prints was recorded from CPython 3.13 all the same.)

use std::path::{Path, PathBuf};
use std::process::Command;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder with the extension, compiled against our headers.
fn compiled() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lists");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-I"]).arg(here().join("../../include"));
    cc.arg(here().join("../../test_extensions/src/ext_items.c")).arg("-o").arg(folder.join("ext_items.so"));
    assert!(cc.status().expect("there is a C compiler").success(), "ext_items.c compiles");
    folder
}

#[test]
fn a_list_with_empty_slots_is_filled_by_both_sides() {
    let folder = compiled();
    let program = std::env::current_exe().expect("a running test has a path");
    let run = program.parent().and_then(Path::parent).expect("a target folder").join("examples/run");
    let expected = std::fs::read_to_string(here().join("tests/lists/filled_bit_by_bit.txt")).expect("it was recorded");
    for way in [&["--shake", "1"][..], &["--shake", "2"], &["--stress"], &[]] {
        let mut command = Command::new(&run);
        command.arg(here().join("tests/lists/filled_bit_by_bit.py")).args(way).arg("--path").arg(&folder);
        let output = command.output().expect("the example is built with the tests");
        assert!(output.status.success(), "{way:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{way:?}");
    }
}
