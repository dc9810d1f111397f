//! What the demo tells: a short table for people, or one JSON object for programs.

use std::io::{IsTerminal, stdout};
use std::time::Instant;

use rustpython_host::identity::{FULL_VERSION, HOST_VERSION};
use serde_json::{Value, json};

use super::{Compared, Problem};
use crate::exit::Exit;

/// One line of the table.
struct Step {
    name: &'static str,
    exit: Exit,
    text: String,
    seconds: f64,
    /// Was something compared with CPython?
    compared: bool,
}

pub(super) struct Report {
    as_json: bool,
    colour: bool,
    steps: Vec<Step>,
    statistics: serde_json::Map<String, Value>,
}

impl Report {
    pub(super) fn new(as_json: bool) -> Self {
        if !as_json {
            println!(
                "pierglass {}: CPython {FULL_VERSION} extensions on RustPython {HOST_VERSION}",
                env!("CARGO_PKG_VERSION")
            );
        }
        let colour = stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { as_json, colour, steps: Vec::new(), statistics: serde_json::Map::new() }
    }

    /// Do a step, and tell of it.
    pub(super) fn time(&mut self, name: &'static str, work: impl FnOnce() -> Result<String, Problem>) -> Exit {
        let started = Instant::now();
        let outcome = work();
        self.tell(name, outcome, started.elapsed().as_secs_f64(), false)
    }

    /// Tell of a script that was run.
    pub(super) fn compare(&mut self, compared: &Compared) -> Exit {
        if let Some(statistics) = &compared.statistics {
            self.statistics.insert(compared.name.to_owned(), statistics.clone());
        }
        self.tell(compared.name, compared.judge(), compared.seconds, true)
    }

    fn tell(&mut self, name: &'static str, outcome: Result<String, Problem>, seconds: f64, compared: bool) -> Exit {
        let (exit, text) = match outcome {
            Ok(text) => (Exit::Done, text),
            Err(problem) => (problem.exit, problem.text),
        };
        let step = Step { name, exit, text, seconds, compared };
        if !self.as_json {
            self.print(&step);
        }
        self.steps.push(step);
        exit
    }

    /// The last words; returns the exit status.
    pub(super) fn finish(self, exit: Exit) -> Exit {
        if self.as_json {
            println!("{}", self.json(exit));
            return exit;
        }
        if let (Some(crossings), Some(mirrors)) = (self.sum("crossings"), self.sum("mirrors")) {
            println!("  {:<14} {:<8} {crossings} crossings, {mirrors} mirrors", "took", "");
        }
        let shown = self.steps.iter().any(|step| step.exit == Exit::Done && step.compared);
        match (exit, shown) {
            (Exit::Done, _) => println!("All results equal CPython {FULL_VERSION}'s."),
            (Exit::Failed, _) => println!("Something failed; see above."),
            (_, true) => {
                println!("Not all could be shown; what ran equals CPython {FULL_VERSION}'s.")
            }
            (_, false) => println!("Nothing could be shown."),
        }
        exit
    }

    fn print(&self, step: &Step) {
        let (mark, colour) = match step.exit {
            Exit::Done => ("ok", "\x1b[32m"),
            Exit::Failed => ("FAILED", "\x1b[31m"),
            _ => ("left out", "\x1b[33m"),
        };
        let (start, end) = if self.colour { (colour, "\x1b[0m") } else { ("", "") };
        let mut lines = step.text.lines();
        let first = lines.next().unwrap_or_default();
        println!("  {:<14} {start}{mark:<8}{end} {first} ({:.1} s)", step.name, step.seconds);
        for line in lines {
            println!("  {:<14} {:<8} {line}", "", "");
        }
    }

    /// A number over all scripts, if it was counted.
    fn sum(&self, key: &str) -> Option<u64> {
        let counts = self.statistics.values().filter_map(|statistics| statistics.get(key)?.as_u64());
        counts.reduce(|sum, count| sum + count)
    }

    fn json(&self, exit: Exit) -> Value {
        let steps: Vec<Value> = self
            .steps
            .iter()
            .map(|step| {
                let status = match step.exit {
                    Exit::Done => "ok",
                    Exit::Failed => "failed",
                    _ => "left out",
                };
                json!({"name": step.name, "status": status, "exit": step.exit as u8, "text": step.text, "seconds": step.seconds})
            })
            .collect();
        json!({
            "pierglass": env!("CARGO_PKG_VERSION"),
            "python": FULL_VERSION,
            "host": format!("RustPython {HOST_VERSION}"),
            "exit": exit as u8,
            "equal": exit == Exit::Done,
            "steps": steps,
            "statistics": self.statistics,
        })
    }
}
