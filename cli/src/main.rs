//! The `pierglass` program. Under the name `python3` (a symlink, as in a virtual environment) it is a Python and nothing else.

use std::env;
use std::process::ExitCode;

use rustpython_host::run::{self, Called};

fn main() -> ExitCode {
    let mut args = env::args_os();
    let name = args.next().unwrap_or_default();
    if run::is_python_name(&name) {
        return run::python(&Called::AsPython(name), args.collect());
    }
    match args.next() {
        Some(subcommand) if subcommand == "python" => {
            run::python(&Called::AsSubcommand, args.collect())
        }
        _ => ExitCode::from(2),
    }
}
