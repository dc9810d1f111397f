//! `cargo xtask`: generators, checks and the test command, in plain Rust.

mod api;
mod suite;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Generators, checks and the test command of the project")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the export table and the prototypes from the declarations in emul; with --check, compare only
    Api {
        /// Change nothing; fail if something generated is out of date
        #[arg(long)]
        check: bool,
    },
    /// Build everything and run all tests
    Suite {
        /// Leave out what needs the package index
        #[arg(long)]
        offline: bool,
    },
    /// What developers run before they share: formatting, generated files, all tests
    Ci,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Api { check } => api::run(check),
        Command::Suite { offline } => suite::run(offline),
        Command::Ci => {
            suite::step("cargo", &["fmt", "--all", "--check"])?;
            api::run(true)?;
            suite::run(false)
        }
    }
}
