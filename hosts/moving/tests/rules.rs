//! The rules on which objects live are needed: each is turned off once, and a named conformance script fails that passes with it.

use std::path::{Path, PathBuf};
use std::process::Command;

fn extensions() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test_extensions")
}

/// A folder of this test's own with the extension `name`, compiled against our headers: others run at the same time.
fn compiled(rule: &str, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rules-{rule}-{name}"));
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-I"]).arg(extensions().join("../include"));
    cc.arg(extensions().join(format!("src/{name}.c"))).arg("-o").arg(folder.join(format!("{name}.so")));
    assert!(cc.status().expect("there is a C compiler").success(), "{name}.c compiles");
    folder
}

/// Whether the script prints what CPython prints, with objects that move at random, and all rules or all but one.
fn passes(script: &str, extension: &Path, without: Option<&str>) -> bool {
    // Beside the tests: target/release/deps/rules-..., target/release/examples/run.
    let here = std::env::current_exe().expect("a running test has a path");
    let run = here.parent().and_then(Path::parent).expect("a target folder").join("examples/run");
    let mut command = Command::new(run);
    command.arg(extensions().join(format!("conformance/{script}.py")));
    command.args(["--shake", "3", "--path"]).arg(extension);
    command.args(without.iter().flat_map(|rule| ["--without", rule]));
    let output = command.output().expect("the example is built with the tests");
    let expected = std::fs::read(extensions().join(format!("expected/{script}.txt"))).expect("it was recorded");
    output.status.success() && output.stdout == expected
}

fn needs(rule: &str, script: &str, extension: &str) {
    let extension = compiled(rule, extension);
    assert!(passes(script, &extension, None), "{script} passes");
    assert!(!passes(script, &extension, Some(rule)), "{script} fails without the rule {rule}");
}

#[test]
fn what_c_holds_is_a_root() {
    needs("roots", "callbacks_reenter", "ext_callbacks");
}

#[test]
fn weak_words_follow_their_objects() {
    needs("weak-words", "objects_keep_their_identity", "ext_lives");
}

#[test]
fn a_wrapper_that_only_c_holds_goes_to_its_link() {
    needs("flip", "objects_keep_their_identity", "ext_lives");
}

#[test]
fn what_a_container_lends_lasts_as_long_as_it_does() {
    needs("owners", "borrowed_values_last_over_calls", "ext_borrowed");
}
