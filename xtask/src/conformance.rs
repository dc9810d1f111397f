//! `cargo xtask conformance`: CPython 3.13's own tests of its C API, with its own compiled test modules, in `pierglass python`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::suite::{cargo, script};
use crate::workspace;

/// What to say where there is none.
pub(crate) const NO_TESTS: &str = "no CPython 3.13 with headers here, whose tests and test modules these are: \
     name one with --python or PIERGLASS_PYTHON313, or install one, as with `pyenv install 3.13` or `uv python install 3.13`";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The installed CPython 3.13 whose tests and test modules to take (default: PIERGLASS_PYTHON313, PATH, pyenv)
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// Run only these: a file, as `test_capi.test_list`, or a test's id. May be repeated
    #[arg(long, value_name = "FILE")]
    only: Vec<String>,
    /// Write the results there too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Name only the tests that fail
    #[arg(long)]
    quiet: bool,
}

/// Build the program and run the tests in it. Whether all ended as CPython's do or as the list of expected failures says.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let Some(oracle) = workspace::oracle(options.python.as_deref()) else {
        println!("{NO_TESTS}");
        return Ok(false);
    };
    let mut build = cargo("build");
    if !build.args(["-p", "pierglass"]).status().context("cargo build")?.success() {
        return Ok(false);
    }
    let mut command = tests(&oracle);
    command.args(options.only.iter().flat_map(|name| ["--only", name]));
    if let Some(file) = &options.json {
        command.arg("--json").arg(std::path::absolute(file)?);
    }
    if options.quiet {
        command.arg("--quiet");
    }
    Ok(command.status().with_context(|| format!("{command:?}"))?.success())
}

/// The command that runs them in the program, which is built.
pub(crate) fn tests(oracle: &std::path::Path) -> Command {
    let mut command = script("cpython/run.py");
    command.arg("--pierglass").arg(workspace::program()).arg("--oracle").arg(oracle);
    command
}
