//! Runs every script of `tests/scripts` on the moving host and compares with what CPython printed (see `record.py`): as objects
//! move when the nursery is full, at every allocation, and at random ones.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Seeds of the random mode; a failure names the seed.
const SEEDS: std::ops::Range<u64> = 1..6;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The example program that runs a script, which cargo builds with the tests.
fn program() -> PathBuf {
    let deps = std::env::current_exe().expect("a test has a program");
    let profile = deps.parent().and_then(Path::parent).expect("tests lie in deps/");
    profile.join("examples").join("run")
}

/// Runs a script; what differs from the recording, if anything.
fn run(script: &Path, options: &[&str]) -> Option<String> {
    let name = script.file_stem().expect("a script has a name").to_string_lossy().into_owned();
    let expected =
        std::fs::read_to_string(folder().join("expected").join(format!("{name}.txt"))).expect("the output is recorded");
    let script_name = script.file_name().expect("a script has a name");
    let done = Command::new(program())
        .current_dir(folder().join("scripts"))
        .arg(script_name)
        .args(options)
        .output()
        .expect("the program runs");
    let given = String::from_utf8_lossy(&done.stdout);
    if given == expected && done.status.success() {
        return None;
    }
    let line = given
        .lines()
        .zip(expected.lines())
        .position(|(a, b)| a != b)
        .unwrap_or(given.lines().count().min(expected.lines().count()));
    let show = |text: &str| text.lines().nth(line).unwrap_or("(nothing)").to_owned();
    let errors = String::from_utf8_lossy(&done.stderr);
    Some(format!(
        "{name} {options:?}: {} line {}\n  given    {}\n  expected {}\n{errors}",
        done.status,
        line + 1,
        show(&given),
        show(&expected)
    ))
}

fn run_all(options: &[&str]) -> Vec<String> {
    let mut scripts: Vec<PathBuf> = std::fs::read_dir(folder().join("scripts"))
        .expect("there are scripts")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .filter(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("helper_")))
        .collect();
    scripts.sort();
    assert!(scripts.len() >= 4, "the scripts were found");
    scripts.iter().filter_map(|script| run(script, options)).collect()
}

#[test]
fn scripts_print_what_cpython_prints() {
    let failures = run_all(&[]);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn scripts_print_the_same_while_everything_moves_at_every_allocation() {
    let failures = run_all(&["--stress"]);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn scripts_print_the_same_while_objects_move_at_random() {
    for seed in SEEDS {
        let failures = run_all(&["--shake", &seed.to_string()]);
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
