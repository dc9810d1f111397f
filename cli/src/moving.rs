//! `pierglass python --host moving`: a script on the moving host.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use moving_host::{Mode, Options, run_script};

/// What the moving host takes after `--host moving`.
#[derive(Parser)]
#[command(name = "pierglass python --host moving", disable_help_subcommand = true)]
struct Args {
    /// When objects move: `normal`, `stress` (all of them at each allocation and crossing) or `shake=SEED` (at random)
    #[arg(long, value_name = "MODE", default_value = "normal", value_parser = mode)]
    gc: Mode,
    /// Print what the collections did to standard error, at the end
    #[arg(long)]
    gc_stats: bool,
    /// Bytes the heap may take
    #[arg(long, value_name = "BYTES", default_value_t = 4 << 30)]
    heap_limit: usize,
    /// The script, and what it finds in sys.argv
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    script: Vec<String>,
}

fn mode(text: &str) -> Result<Mode, String> {
    match text.split_once('=') {
        None if text == "normal" => Ok(Mode::Normal),
        None if text == "stress" => Ok(Mode::Stress),
        Some(("shake", seed)) => seed.parse().map(Mode::Shake).map_err(|_| format!("a seed is a number, not {seed:?}")),
        _ => Err("normal, stress or shake=SEED".to_owned()),
    }
}

/// The arguments after `--host moving`, if that is how they begin.
pub(crate) fn asked(args: &[OsString]) -> Option<&[OsString]> {
    match args {
        [option, name, rest @ ..] if option == "--host" && name == "moving" => Some(rest),
        [option, rest @ ..] if option == "--host=moving" => Some(rest),
        _ => None,
    }
}

/// Run the script that `args` name.
pub(crate) fn run(args: &[OsString]) -> ExitCode {
    let program = OsString::from("pierglass python --host moving");
    let args = Args::parse_from(std::iter::once(program).chain(args.iter().cloned()));
    let script = args.script[0].clone();
    let folder = Path::new(&script).parent().map(|folder| folder.to_string_lossy().into_owned());
    let listed = std::env::var("PYTHONPATH").unwrap_or_default();
    let listed = listed.split(':').filter(|folder| !folder.is_empty()).map(str::to_owned);
    let path = folder.into_iter().chain(listed).collect();
    let options =
        Options { mode: args.gc, heap_limit: args.heap_limit, gc_stats: args.gc_stats, path, argv: args.script };
    ExitCode::from(run_script(script, options) as u8)
}
