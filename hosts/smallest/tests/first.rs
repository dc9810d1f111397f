//! The smallest host calls functions of a C extension, and what it lacks it names.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The extension, compiled against our headers.
fn first() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("first-{:?}.so", std::thread::current().id()));
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-I"]).arg(here.join("../../include"));
    cc.arg(here.join("tests/first.c")).arg("-o").arg(&out);
    assert!(cc.status().expect("there is a C compiler").success());
    out
}

/// What a call prints, and to which stream.
fn call(args: &[&str]) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smallest_host"));
    let output = command.arg(first()).arg("first").args(args).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn functions_are_called() {
    assert_eq!(call(&["add", "40", "2"]).0, "42");
    assert_eq!(call(&["twice", "ab"]).0, "abab");
}

#[test]
fn errors_are_raised() {
    assert_eq!(call(&["fail"]).1, "ValueError: as asked");
    assert_eq!(call(&["add", "40"]).1, "TypeError: function takes exactly 2 arguments (1 given)");
}

#[test]
fn what_the_host_lacks_is_named() {
    assert_eq!(call(&["add", "40", "x"]).1, "NotImplementedError: the smallest host has no 'unary'");
}

/// `docs/embedding.md` tells how long the host is; so this counts as the command there does.
#[test]
fn the_page_knows_how_small_it_is() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(here.join(path)).expect("part of the sources");
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    let lines = read("src/main.rs").lines().filter(is_code).count();
    let page = read("../../docs/embedding.md");
    assert!(page.contains(&format!("is {lines} lines**")), "{lines} lines of code: the page says something else");
}
