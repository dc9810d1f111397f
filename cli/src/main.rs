//! The `pierglass` program. Under the name `python3` (a symlink, as in a virtual environment) it is a Python and nothing else.

mod demo;
mod exit;
mod venv;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::{Parser, Subcommand};
use rustpython_host::identity::{FULL_VERSION, HOST_VERSION};
use rustpython_host::run::{self, Called};

/// Run Python with unmodified extension wheels of CPython 3.13, on an interpreter that is not CPython.
#[derive(Parser)]
#[command(name = "pierglass", version = VERSION.as_str(), after_help = exit::HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Behave as python3 does; all arguments are Python's own (try `pierglass python -h`)
    #[command(disable_help_flag = true)]
    Python {
        /// What python3 takes
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Make a virtual environment whose python, pip and installed programs run on pierglass
    Venv(venv::Args),
    /// Show that it works: unmodified wheels from PyPI and an extension compiled here, compared with CPython's results
    #[command(after_help = exit::HELP)]
    Demo(demo::Args),
}

fn main() -> ExitCode {
    let mut args = env::args_os();
    let name = args.next().unwrap_or_default();
    if run::is_called_as_python(&name) {
        return run::python(&Called::AsPython(name), args.collect());
    }
    // Before clap: what follows is Python's to read, `-h` and `--` included.
    if args.next().is_some_and(|first| first == "python") {
        return run::python(&Called::AsSubcommand, args.collect());
    }
    match Cli::parse().command {
        Command::Python { args } => run::python(&Called::AsSubcommand, args),
        Command::Venv(args) => venv::run(&args),
        Command::Demo(args) => demo::run(&args),
    }
}

static VERSION: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{} (CPython {FULL_VERSION} extensions on RustPython {HOST_VERSION})",
        env!("CARGO_PKG_VERSION")
    )
});
