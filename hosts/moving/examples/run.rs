//! Runs a script: `run FILE [--stress | --shake SEED] [--heap-limit BYTES] [args...]`.

use moving_host::{Mode, Options, Program, run};

fn main() {
    let mut options = Options::default();
    let mut args = std::env::args().skip(1);
    let Some(file) = args.next() else {
        eprintln!("usage: run FILE [--stress | --shake SEED] [--heap-limit BYTES] [args...]");
        std::process::exit(2);
    };
    let folder = std::path::Path::new(&file).parent().map(|folder| folder.to_string_lossy().into_owned());
    options.path = folder.into_iter().collect();
    options.argv = vec![file.clone()];
    while let Some(arg) = args.next() {
        let mut number =
            || args.next().and_then(|text| text.parse::<u64>().ok()).unwrap_or_else(|| panic!("{arg} wants a number"));
        match &*arg {
            "--stress" => options.mode = Mode::Stress,
            "--shake" => options.mode = Mode::Shake(number()),
            "--heap-limit" => options.heap_limit = number() as usize,
            _ => options.argv.push(arg),
        }
    }
    std::process::exit(run(Program::File(file), options));
}
