//! Runs a script: `run FILE [--stress | --shake SEED] [--heap-limit BYTES] [--path FOLDER] [--without RULE] [args...]`.
//!
//! It is what the tests run. A rule that is turned off (`refcount_bridge::rules`) is to make a test fail.

use moving_host::{Mode, Options, Program, run};
use refcount_bridge::rules::{self, Rule};

fn main() {
    let mut options = Options::default();
    let mut args = std::env::args().skip(1);
    let Some(file) = args.next() else {
        eprintln!(
            "usage: run FILE [--stress | --shake SEED] [--heap-limit BYTES] [--path FOLDER] [--without RULE] [args...]"
        );
        std::process::exit(2);
    };
    let folder = std::path::Path::new(&file).parent().map(|folder| folder.to_string_lossy().into_owned());
    options.path = folder.into_iter().collect();
    options.argv = vec![file.clone()];
    while let Some(arg) = args.next() {
        let mut word = || args.next().unwrap_or_else(|| panic!("{arg} wants a word"));
        let number = |text: String| text.parse::<u64>().unwrap_or_else(|_| panic!("not a number: {text}"));
        match &*arg {
            "--stress" => options.mode = Mode::Stress,
            "--shake" => options.mode = Mode::Shake(number(word())),
            "--heap-limit" => options.heap_limit = number(word()) as usize,
            "--path" => options.path.push(word()),
            "--without" => rules::turn_off(Rule::named(&word()).expect("a rule's name")),
            _ => options.argv.push(arg),
        }
    }
    std::process::exit(run(Program::File(file), options));
}
