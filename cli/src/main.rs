//! The `pierglass` program. Under the name `python3` (a symlink, as in a virtual environment) it is a Python and nothing else.

mod demo;
mod exit;
mod moving;
mod venv;

use std::env;
use std::ffi::{OsStr, OsString};
use std::iter;
use std::path::Path;
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
    /// Behave as python3 does (also without this word, before a file or an option of Python's); all arguments are Python's own (try `pierglass python -h`)
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
    match args.next() {
        Some(first) if first == "python" => {
            let args: Vec<OsString> = args.collect();
            let (host, args) = host_of(&args);
            return match host.to_str() {
                Some("rustpython") => run::python(&Called::AsSubcommand, args.to_vec()),
                Some("moving") => moving::run(args),
                _ => {
                    eprintln!("pierglass python: no host is called {host:?}: there are rustpython and moving");
                    ExitCode::from(2)
                }
            };
        }
        Some(first) if is_for_python(&first) => {
            return run::python(&Called::AsSubcommand, iter::once(first).chain(args).collect());
        }
        _ => {}
    }
    match Cli::parse().command {
        Command::Python { args } => run::python(&Called::AsSubcommand, args),
        Command::Venv(args) => venv::run(&args),
        Command::Demo(args) => demo::run(&args),
    }
}

/// The host that `--host NAME` or `--host=NAME` names before what is Python's, and that; RustPython where none is named.
fn host_of(args: &[OsString]) -> (&OsStr, &[OsString]) {
    if let [option, name, rest @ ..] = args
        && option == "--host"
    {
        return (name, rest);
    }
    let name = args.first().and_then(|first| first.to_str()?.strip_prefix("--host="));
    name.map_or((OsStr::new("rustpython"), args), |name| (OsStr::new(name), &args[1..]))
}

/// Tools that resolve the symlinks of `sys.executable` (virtualenv does) call `pierglass script.py` or `pierglass -c ...` and mean
/// Python.
fn is_for_python(first: &OsStr) -> bool {
    const OURS: [&str; 4] = ["-h", "--help", "-V", "--version"];
    let is_option = first.as_encoded_bytes().starts_with(b"-") && !OURS.iter().any(|ours| first == *ours);
    is_option || Path::new(first).is_file()
}

static VERSION: LazyLock<String> = LazyLock::new(|| {
    format!("{} (CPython {FULL_VERSION} extensions on RustPython {HOST_VERSION})", env!("CARGO_PKG_VERSION"))
});
