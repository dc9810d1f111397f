//! `cargo xtask valgrind`: the conformance scripts under valgrind. It finds what C code reads and writes beyond its memory, in the
//! extensions and in the layer; mirrors count as memory of their own (`object_mirror/src/valgrind.rs`). With `--host moving` these
//! are the scripts of `moving_host.txt` on that host, whose cells count too, and before them its random sequences.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::suite::{cargo, script};
use crate::workspace;

/// What valgrind ends with if it found anything: no script does.
const FOUND: &str = "--error-exitcode=97";
/// The other host's name.
const MOVING: &str = "moving";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only scripts of this name or pattern; repeatable
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// The host to run them on: RustPython if none is named
    #[arg(long, value_name = "HOST", value_parser = [MOVING])]
    host: Option<String>,
    /// When the moving host moves its objects: see `pierglass python --host moving --help`
    #[arg(long, value_name = "MODE", default_value = "shake=1")]
    gc: String,
    /// How many of the moving host's random sequences to run
    #[arg(long, value_name = "N", default_value_t = 40)]
    sequences: u32,
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
    let suppressions = workspace::root().join("test_extensions/valgrind.supp");
    let valgrind = ["-q", FOUND, &format!("--suppressions={}", suppressions.display())].map(str::to_owned);
    let moving = options.host.as_deref() == Some(MOVING);
    if moving && options.sequences > 0 && options.only.is_empty() && !sequences(options.sequences, &valgrind)? {
        return Ok(false);
    }
    let extensions = workspace::target().join("valgrind-extensions");
    passes(script("build.py").arg("--out").arg(&extensions))?;
    let mut scripts = script("conformance.py");
    // Starting takes ten seconds, and everything fifty times as long as usual.
    scripts.arg("--ext").arg(&extensions).args(["--timeout", "900", "--jobs", &options.jobs.to_string()]);
    let listed = if moving && options.only.is_empty() { on_moving_host()? } else { options.only.clone() };
    scripts.args(listed.iter().flat_map(|name| ["--only", name]));
    scripts.args(["--python", "valgrind"]).args(&valgrind);
    scripts.arg(workspace::program()).arg("python");
    if moving {
        scripts.args(["--host", MOVING, "--gc", &options.gc]);
    }
    Ok(scripts.status().context("running the scripts")?.success())
}

/// The random sequences of the moving host's own tests.
fn sequences(count: u32, valgrind: &[String]) -> Result<bool> {
    let mut tests = cargo("test");
    tests.args(["-p", "moving_host", "--test", "model"]);
    // What cargo starts a test program with.
    tests.env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER", format!("valgrind {}", valgrind.join(" ")));
    tests.env("PIERGLASS_MODEL_SEQUENCES", count.to_string());
    Ok(tests.status().context("running the random sequences")?.success())
}

/// The scripts that the moving host runs, but for those that make too many objects.
fn on_moving_host() -> Result<Vec<String>> {
    let list = std::fs::read_to_string(workspace::root().join("test_extensions/moving_host.txt"))?;
    let lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#') && !line.ends_with(" huge"));
    Ok(lines.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}

fn passes(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{command:?}"))?;
    if !status.success() {
        bail!("{command:?}: {status}");
    }
    Ok(())
}
