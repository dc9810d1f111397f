//! `pierglass python --host moving`: a script, a command or the standard input on the moving host.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use moving_host::{Mode, Options, Program};
use rustpython_host::stdlib::Home;

const NAME: &str = "pierglass python --host moving";

/// What the moving host takes after `--host moving`.
#[derive(Parser)]
#[command(name = NAME, disable_help_subcommand = true)]
struct Args {
    /// When objects move: `normal`, `stress` (all of them at each allocation and crossing, less often while a library module is made) or `shake=SEED` (at random)
    #[arg(long, value_name = "MODE", default_value = "normal", value_parser = mode)]
    gc: Mode,
    /// Print what the collections did to standard error, at the end
    #[arg(long)]
    gc_stats: bool,
    /// Bytes the heap may take, or K, M, G of them; beyond that, MemoryError
    #[arg(long, value_name = "BYTES", default_value = "4G", value_parser = bytes)]
    heap_limit: usize,
    /// Run this text instead of a script
    #[arg(short, value_name = "COMMAND")]
    command: Option<String>,
    /// The script (`-`, or none: the standard input), and what it finds in sys.argv
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
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

/// A number of bytes: `65536`, `64K`, `1M`, `2G`.
fn bytes(text: &str) -> Result<usize, String> {
    let (digits, shift) = match text.as_bytes().last() {
        Some(b'K' | b'k') => (&text[..text.len() - 1], 10),
        Some(b'M' | b'm') => (&text[..text.len() - 1], 20),
        Some(b'G' | b'g') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let number = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(1 << shift));
    number.ok_or_else(|| format!("a number of bytes, such as 1048576, 1024K or 1M, not {text:?}"))
}

/// Run the script that `args` name.
pub(crate) fn run(args: &[OsString]) -> ExitCode {
    let args = Args::parse_from(std::iter::once(OsString::from(NAME)).chain(args.iter().cloned()));
    let command = args.command.iter().flat_map(|command| ["-c".to_owned(), command.clone()]);
    let orig_argv = std::iter::once(NAME.to_owned()).chain(command).chain(args.script.clone()).collect();
    let (program, argv) = program_of(args.command, args.script);
    let folder = match &program {
        Program::File(script) => {
            let place = std::path::absolute(script).unwrap_or_else(|_| script.into());
            let folder = if place.is_dir() { Some(place.as_path()) } else { place.parent() };
            folder.map(|folder| folder.to_string_lossy().into_owned())
        }
        _ => Some(".".to_owned()),
    };
    let listed = std::env::var("PYTHONPATH").unwrap_or_default();
    let listed = listed.split(':').filter(|folder| !folder.is_empty()).map(str::to_owned);
    let path = folder.into_iter().chain(listed).collect();
    // Without a folder to unpack it into, the host has its own modules alone.
    let library = Home::open().ok().map(|home| home.library().to_string_lossy().into_owned());
    let Args { gc: mode, heap_limit, gc_stats, .. } = args;
    let options = Options { mode, heap_limit, gc_stats, path, library, argv, orig_argv };
    ExitCode::from(moving_host::run(program, options) as u8)
}

/// What to run, and `sys.argv` for it as `python3` sets it.
fn program_of(command: Option<String>, script: Vec<String>) -> (Program, Vec<String>) {
    if let Some(command) = command {
        return (Program::Command(command), std::iter::once("-c".to_owned()).chain(script).collect());
    }
    match script.first().map(String::as_str) {
        None => (Program::Stdin, vec![String::new()]),
        Some("-") => (Program::Stdin, script),
        Some(file) => (Program::File(file.to_owned()), script),
    }
}
