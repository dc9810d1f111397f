//! `cargo xtask`: generators, checks and the test command, in plain Rust.

mod api;
mod bench;
mod ci;
mod conformance;
mod exports;
mod record;
mod suite;
mod valgrind;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Generators, checks and the test command of the project.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write what follows from the declarations in emul: export table, prototypes, docs, coverage, missing functions
    Api {
        /// Change nothing; fail if something generated is out of date
        #[arg(long)]
        check: bool,
    },
    /// Build everything and run all tests
    Suite(suite::Options),
    /// What developers run before they share: formatting, lints, generated files, all tests
    Ci(suite::Options),
    /// Run CPython 3.13's own tests of its C API, with its own compiled test modules
    Conformance(conformance::Options),
    /// Count the functions of the API that the conformance scripts call; take some away and see which script fails
    Exports(exports::Options),
    /// Measure what a crossing costs, beside CPython 3.13, and write docs/performance.md
    Bench(bench::Options),
    /// Run the conformance scripts under valgrind: not part of the suite, since it takes half an hour
    Valgrind(valgrind::Options),
    /// Record the expected outputs anew, with CPython 3.13
    Record {
        /// The CPython 3.13 to ask
        #[arg(long)]
        python: Option<PathBuf>,
        /// Also record what the wheels print, which needs the package index
        #[arg(long)]
        wheels: bool,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Api { check } => api::run(check),
        Command::Suite(options) => suite::run(&options),
        Command::Ci(options) => ci::run(&options),
        Command::Conformance(options) => conformance::run(&options),
        Command::Exports(options) => exports::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Valgrind(options) => valgrind::run(&options),
        Command::Record { python, wheels } => record::run(python.as_deref(), wheels),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
