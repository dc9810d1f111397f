//! `cargo xtask valgrind`: the conformance scripts under valgrind. It finds what C code reads and writes beyond its memory, in the
//! extensions and in the layer; mirrors count as memory of their own (`object_mirror/src/valgrind.rs`).

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::suite::{cargo, script};
use crate::workspace;

/// What valgrind ends with if it found anything: no script does.
const FOUND: &str = "--error-exitcode=97";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only scripts of this name or pattern; repeatable
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Scripts to run at a time
    #[arg(long, value_name = "N", default_value_t = 1)]
    jobs: usize,
}

/// Build the program and the extensions, and run the scripts. Whether valgrind found nothing and all printed what CPython prints.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let there = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        bail!("valgrind is not installed (Debian: apt install valgrind)");
    }
    passes(cargo("build").args(["-p", "pierglass"]))?;
    let extensions = workspace::target().join("valgrind-extensions");
    passes(script("build.py").arg("--out").arg(&extensions))?;
    let suppressions = workspace::root().join("test_extensions/valgrind.supp");
    let mut scripts = script("conformance.py");
    // Starting takes ten seconds, and everything fifty times as long as usual.
    scripts.arg("--ext").arg(&extensions).args(["--timeout", "900", "--jobs", &options.jobs.to_string()]);
    scripts.args(options.only.iter().flat_map(|name| ["--only", name]));
    scripts.args(["--python", "valgrind", "-q", FOUND]);
    scripts.arg(format!("--suppressions={}", suppressions.display()));
    scripts.arg(workspace::program()).arg("python");
    Ok(scripts.status().context("running the scripts")?.success())
}

fn passes(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{command:?}"))?;
    if !status.success() {
        bail!("{command:?}: {status}");
    }
    Ok(())
}
