//! `cargo xtask suite`: the test command. Builds the program, then runs every kind of test, quick ones first.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Crates that build in seconds.
const LIGHT: &[&str] = &["object_mirror", "refcount_bridge", "mock_host", "capi_macros", "xtask"];

/// The wheels whose scripts must give CPython's output; the others are still to come.
const WHEELS: &[&str] = &["markupsafe", "brotli", "xxhash", "zstandard", "bcrypt"];

/// The folder of an interpreter's headers.
fn include_of(python: &str) -> Result<String> {
    let output = Command::new(python).args(["-c", "import sysconfig; print(sysconfig.get_path('include'))"]).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Run a command in the workspace's root; an error names it.
pub(crate) fn step(program: &str, arguments: &[&str]) -> Result<()> {
    println!("\n== {program} {}", arguments.join(" "));
    let status = Command::new(program).args(arguments).current_dir(root()).status().with_context(|| format!("cannot run {program}"))?;
    if !status.success() {
        bail!("{program} {}: {status}", arguments.join(" "));
    }
    Ok(())
}

/// CPython 3.13, the oracle, if this machine has one.
fn oracle() -> Option<String> {
    let home = std::env::var("HOME").unwrap_or_default();
    let pyenv = format!("{home}/.pyenv/versions/3.13.0/bin/python3.13");
    let candidates = [std::env::var("PIERGLASS_PYTHON313").unwrap_or_default(), pyenv, "python3.13".to_owned()];
    candidates.into_iter().find(|candidate| {
        !candidate.is_empty() && Command::new(candidate).arg("-c").arg("import sys; sys.exit(sys.version_info[:2] != (3, 13))").status().is_ok_and(|status| status.success())
    })
}

/// Build and test everything.
pub(crate) fn run(offline: bool) -> Result<()> {
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root().join("target"), PathBuf::from);
    let program = target.join("release/pierglass");
    let program = program.to_str().context("a UTF-8 path")?;
    let mut results: Vec<(String, Result<()>)> = Vec::new();
    let mut run = |name: &str, program: &str, arguments: &[&str]| {
        let result = step(program, arguments);
        results.push((name.to_owned(), result));
    };
    run("generated files", "cargo", &["run", "--release", "--ignore-rust-version", "-q", "-p", "xtask", "--", "api", "--check"]);
    let mut light = vec!["test", "--release", "--ignore-rust-version"];
    for name in LIGHT {
        light.extend(["-p", name]);
    }
    run("light crates", "cargo", &light);
    run("the program", "cargo", &["build", "--release", "--ignore-rust-version", "-p", "pierglass"]);
    run("exports", "python3", &["test_extensions/exports.py", "--pierglass", program]);
    match oracle() {
        Some(oracle) => {
            run("variadic functions", "python3", &["test_extensions/varargs/run.py", "--python", &oracle]);
            let include = include_of(&oracle)?;
            run("conformance", "python3", &["test_extensions/run_conformance.py", "--pierglass", program, "--include", &include]);
        }
        None => println!("no CPython 3.13 here (PIERGLASS_PYTHON313, PATH or pyenv): what compares with it is skipped"),
    }
    if !offline {
        let only = WHEELS.join(",");
        run("wheels", "python3", &["test_extensions/wheels/run.py", "--pierglass", program, "--checks", "wheels,refused", "--only", &only]);
    }
    let failed = results.iter().filter(|(_, result)| result.is_err()).count();
    println!();
    for (name, result) in &results {
        match result {
            Ok(()) => println!("ok      {name}"),
            Err(error) => println!("FAILED  {name}: {error:#}"),
        }
    }
    println!("{} passed, {failed} failed", results.len() - failed);
    if failed > 0 {
        bail!("{failed} kinds of tests failed");
    }
    Ok(())
}
