//! `cargo xtask bench`: what a crossing costs, beside CPython 3.13 on the same machine in the same run.
//!
//! `benches/crossing.py` and `benches/pauses.py` do the timing, the program of `benches` that of the parts. Here CPython and the
//! program, with either of its hosts, take turns in processes of their own, the least of each number's samples is kept, and the
//! tables between the marks of `docs/performance.md` are written anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::suite::cargo;
use crate::workspace;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// CPython 3.13, to compare with (default: PIERGLASS_PYTHON313, PATH, pyenv)
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// A pierglass program that is built already
    #[arg(long)]
    program: Option<PathBuf>,
    /// How often each of the two takes its turn
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Print the tables and leave the page as it is
    #[arg(long)]
    print: bool,
}

const PAGE: &str = "docs/performance.md";
const BEGIN: &str = "<!-- measured by `cargo xtask bench`: everything up to the end mark is written by it -->\n";
const END: &str = "<!-- end of what is measured -->";
const BEGIN_MOVING: &str =
    "<!-- the moving host, measured by `cargo xtask bench`: everything up to the end mark is written by it -->\n";
const END_MOVING: &str = "<!-- end of what is measured of the moving host -->";
/// How often each takes its turn at the pauses, whose script samples for itself.
const PAUSE_ROUNDS: u32 = 2;

/// Name of a number and how many mirrors were live -> the least sample.
type Numbers = BTreeMap<(String, u64), f64>;

/// What ran: names of rows in the order of their first appearance, and both programs' numbers.
#[derive(Default)]
struct Measured {
    names: Vec<String>,
    parts: Vec<String>,
    lives: Vec<u64>,
    oracle: Numbers,
    ours: Numbers,
    alone: Numbers,
}

/// Measure and write the page.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let Some(oracle) = workspace::oracle(options.python.as_deref()) else {
        bail!("no CPython 3.13 with headers: name one with --python, or put python3.13 on PATH");
    };
    let program = match &options.program {
        Some(program) => program.clone(),
        None => build()?,
    };
    let extension = compile()?;
    let parts = build_parts()?;
    let (mut measured, mut moving, mut pauses) = (Measured::default(), Measured::default(), Pauses::default());
    for round in 1..=options.rounds {
        println!("round {round} of {}", options.rounds);
        measured.take(&mut script(&oracle, &[], CROSSING), &extension, |measured| &mut measured.oracle)?;
        measured.take(&mut script(&program, &["python"], CROSSING), &extension, |measured| &mut measured.ours)?;
        moving.take(&mut script(&program, &MOVING, CROSSING), &extension, |measured| &mut measured.ours)?;
    }
    for round in 1..=PAUSE_ROUNDS {
        println!("pauses, round {round} of {PAUSE_ROUNDS}");
        pauses.take(&mut script(&oracle, &[], PAUSES), &extension, |pauses| &mut pauses.oracle)?;
        pauses.take(&mut script(&program, &MOVING, PAUSES), &extension, |pauses| &mut pauses.ours)?;
    }
    moving.oracle = measured.oracle.clone();
    measured.take_parts(&parts)?;
    let text = measured.tables(options.rounds)?;
    let of_moving = moving.moving_tables(options.rounds, &pauses)?;
    if options.print {
        println!("{text}\n{of_moving}");
        return Ok(true);
    }
    write(&[(BEGIN, END, &text), (BEGIN_MOVING, END_MOVING, &of_moving)])?;
    Ok(true)
}

fn build() -> Result<PathBuf> {
    let status = cargo("build").args(["-p", "pierglass"]).status()?;
    ensure!(status.success(), "the program was not built");
    Ok(workspace::program())
}

/// The program that measures the parts.
fn build_parts() -> Result<PathBuf> {
    let status = cargo("build").args(["-p", "benches"]).status()?;
    ensure!(status.success(), "the benches were not built");
    Ok(workspace::target().join("release/benches"))
}

/// The folder of the compiled benchmark extension.
fn compile() -> Result<PathBuf> {
    let folder = workspace::target().join("bench-extension");
    std::fs::create_dir_all(&folder)?;
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut command = Command::new(compiler);
    command.current_dir(workspace::root()).args(["-O2", "-fPIC", "-shared", "-Iinclude", "benches/crossing.c", "-o"]);
    command.arg(folder.join("crossing.so"));
    ensure!(command.status().context("a C compiler")?.success(), "benches/crossing.c does not compile");
    Ok(folder)
}

const CROSSING: &str = "benches/crossing.py";
const PAUSES: &str = "benches/pauses.py";
const MOVING: [&str; 3] = ["python", "--host", "moving"];

fn script(python: &Path, arguments: &[&str], script: &str) -> Command {
    let mut command = Command::new(python);
    command.args(arguments).arg(script).current_dir(workspace::root());
    command
}

/// What collections took: `kind|collection|part` and how many objects were live -> the least sample.
#[derive(Default)]
struct Pauses {
    kinds: Vec<String>,
    lives: Vec<u64>,
    oracle: Numbers,
    ours: Numbers,
}

impl Pauses {
    fn take(
        &mut self,
        command: &mut Command,
        extension: &Path,
        side: impl Fn(&mut Self) -> &mut Numbers,
    ) -> Result<()> {
        for (name, live, number) in numbers(command.arg(extension))? {
            let kind = name.split('|').next().unwrap_or_default();
            if !self.kinds.iter().any(|known| known == kind) {
                self.kinds.push(kind.to_owned());
            }
            if !self.lives.contains(&live) {
                self.lives.push(live);
            }
            let least = side(self).entry((name, live)).or_insert(f64::INFINITY);
            *least = least.min(number);
        }
        Ok(())
    }

    /// One kind of collection, in microseconds.
    fn table(&self, text: &mut String, collection: &str, rows: &[(&str, bool, &str)]) -> Result<()> {
        text.push_str("| live | what took it |");
        for &live in &self.lives {
            write!(text, " {} |", count(live))?;
        }
        write!(text, "\n|---|---|{}\n", "--:|".repeat(self.lives.len()))?;
        for kind in &self.kinds {
            for &(what, ours, part) in rows {
                write!(text, "| {kind} | {what} |")?;
                let numbers = if ours { &self.ours } else { &self.oracle };
                for &live in &self.lives {
                    let number = numbers.get(&(format!("{kind}|{collection}|{part}"), live));
                    let shown = number.map_or_else(|| "-".to_owned(), |number| format!("{:.0}", number / 1000.0));
                    write!(text, " {shown} |")?;
                }
                text.push('\n');
            }
        }
        text.push('\n');
        Ok(())
    }
}

impl Measured {
    fn take(
        &mut self,
        command: &mut Command,
        extension: &Path,
        side: impl Fn(&mut Self) -> &mut Numbers,
    ) -> Result<()> {
        for (name, live, number) in numbers(command.arg(extension))? {
            self.see(&name, live);
            let least = side(self).entry((name, live)).or_insert(f64::INFINITY);
            *least = least.min(number);
        }
        Ok(())
    }

    fn take_parts(&mut self, program: &Path) -> Result<()> {
        for (name, live, number) in numbers(&mut Command::new(program))? {
            if !self.parts.contains(&name) {
                self.parts.push(name.clone());
            }
            self.alone.insert((name, live), number);
        }
        Ok(())
    }

    fn see(&mut self, name: &str, live: u64) {
        if let Some(row) = name.strip_suffix("|C")
            && !self.names.iter().any(|known| known == row)
        {
            self.names.push(row.to_owned());
        }
        if !self.lives.contains(&live) {
            self.lives.push(live);
        }
    }

    fn tables(&self, rounds: u32) -> Result<String> {
        let mut text = String::new();
        writeln!(text, "Least of {rounds} rounds, net of the empty loop.\n")?;
        self.ratios(&mut text)?;
        self.nanoseconds(&mut text)?;
        self.bytes(&mut text)?;
        self.parts(&mut text)?;
        Ok(text)
    }

    /// What is measured of the moving host.
    fn moving_tables(&self, rounds: u32, pauses: &Pauses) -> Result<String> {
        let mut text = String::new();
        writeln!(text, "Least of {rounds} rounds, net of the empty loop.\n")?;
        self.differences(&mut text)?;
        self.bytes(&mut text)?;
        text.push_str("### A full collection, microseconds\n\n");
        let all = [
            ("CPython, all", false, "all"),
            ("here, all", true, "all"),
            ("here, links", true, "links"),
            ("here, `tp_traverse`", true, "containers"),
        ];
        pauses.table(&mut text, "full", &all)?;
        text.push_str("### A collection of the nursery, 1000 young objects in it, microseconds\n\n");
        pauses.table(&mut text, "nursery", &all[..3])?;
        Ok(text)
    }

    /// What a crossing costs more than the host's own call of the same shape.
    fn differences(&self, text: &mut String) -> Result<()> {
        text.push_str("### Nanoseconds per crossing\n\n");
        text.push_str("| row | CPython: C | CPython's own | host's own | here: C | C less own |");
        let more: Vec<u64> = self.lives.iter().copied().skip(1).collect();
        for &live in &more {
            write!(text, " {} live / none |", count(live))?;
        }
        write!(text, "\n|---|{}\n", "--:|".repeat(5 + more.len()))?;
        for name in &self.names {
            let key = |side: &str, live| (format!("{name}|{side}"), live);
            let (ours, own) = (self.ours.get(&key("C", 0)), self.ours.get(&key("own", 0)));
            let less = ours.zip(own).map(|(ours, own)| ours - own);
            write!(text, "| {name} | {}", one(self.oracle.get(&key("C", 0))))?;
            write!(text, " | {} | {}", one(self.oracle.get(&key("own", 0))), one(own))?;
            write!(text, " | {} | {} |", one(ours), one(less.as_ref()))?;
            for &live in &more {
                write!(text, " {} |", ratio(self.ours.get(&key("C", live)), ours))?;
            }
            text.push('\n');
        }
        text.push('\n');
        Ok(())
    }

    /// Ratios, which another machine can be compared by.
    fn ratios(&self, text: &mut String) -> Result<()> {
        text.push_str("### Ratios\n\n");
        text.push_str(
            "| row | here: C / host's own | CPython: C / its own | C: here / CPython | own: host / CPython |",
        );
        let more: Vec<u64> = self.lives.iter().copied().skip(1).collect();
        for &live in &more {
            write!(text, " {} live / none |", count(live))?;
        }
        write!(text, "\n|---|{}\n", "--:|".repeat(4 + more.len()))?;
        for name in &self.names {
            let key = |side: &str| (format!("{name}|{side}"), 0);
            let (ours, own) = (self.ours.get(&key("C")), self.ours.get(&key("own")));
            let (theirs, theirs_own) = (self.oracle.get(&key("C")), self.oracle.get(&key("own")));
            write!(text, "| {name} | {} | {}", ratio(ours, own), ratio(theirs, theirs_own))?;
            write!(text, " | {} | {} |", ratio(ours, theirs), ratio(own, theirs_own))?;
            for &live in &more {
                write!(text, " {} |", ratio(self.ours.get(&(format!("{name}|C"), live)), ours))?;
            }
            text.push('\n');
        }
        text.push('\n');
        Ok(())
    }

    fn nanoseconds(&self, text: &mut String) -> Result<()> {
        text.push_str("### Nanoseconds\n\n");
        text.push_str("| row | CPython: C | CPython's own | host's own |");
        for &live in &self.lives {
            write!(text, " here: C, {} live |", count(live))?;
        }
        write!(text, "\n|---|{}\n", "--:|".repeat(3 + self.lives.len()))?;
        for name in &self.names {
            let at = |numbers: &Numbers, side: &str, live| one(numbers.get(&(format!("{name}|{side}"), live)));
            write!(text, "| {name} | {}", at(&self.oracle, "C", 0))?;
            write!(text, " | {} | {} |", at(&self.oracle, "own", 0), at(&self.ours, "own", 0))?;
            for &live in &self.lives {
                write!(text, " {} |", at(&self.ours, "C", live))?;
            }
            text.push('\n');
        }
        text.push('\n');
        let empty = ("empty loop".to_owned(), 0);
        let (theirs, ours) = (self.oracle.get(&empty), self.ours.get(&empty));
        writeln!(text, "A turn of the empty loop: CPython {}, here {}.\n", one(theirs), one(ours))?;
        Ok(())
    }

    fn bytes(&self, text: &mut String) -> Result<()> {
        let Some(&live) = self.lives.last() else { return Ok(()) };
        text.push_str("### Bytes beyond the object's own struct\n\n| object | CPython | here |\n|---|--:|--:|\n");
        for (key, what) in [
            ("mirror: C object held by Python", "the layer's own: the mirror of a C object that Python holds"),
            ("mirror: host object held by C", "the layer's own: the mirror of a host object that C holds"),
            ("bytes: C object held by Python", "the process: a C object held by Python, its wrapper included"),
            ("bytes: host object held by C", "the process: a host object held by C, beyond the host object"),
        ] {
            let at = |numbers: &Numbers| one(numbers.get(&(key.to_owned(), live)));
            writeln!(text, "| {what} | {} | {} |", at(&self.oracle), at(&self.ours))?;
        }
        text.push('\n');
        Ok(())
    }

    fn parts(&self, text: &mut String) -> Result<()> {
        text.push_str("### The parts by themselves, nanoseconds\n\n| part |");
        for &live in &self.lives {
            write!(text, " {} live |", count(live))?;
        }
        writeln!(text, "\n|---|{}", "--:|".repeat(self.lives.len()))?;
        for name in &self.parts {
            write!(text, "| {name} |")?;
            for &live in &self.lives {
                let number = self.alone.get(&(name.clone(), live));
                write!(text, " {} |", number.map_or_else(|| "-".to_owned(), |number| format!("{number:.1}")))?;
            }
            text.push('\n');
        }
        Ok(())
    }
}

/// What a program printed: name, live mirrors, number.
fn numbers(command: &mut Command) -> Result<Vec<(String, u64, f64)>> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    let mut found = Vec::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let mut fields = line.split('\t');
        let (Some(name), Some(live), Some(number)) = (fields.next(), fields.next(), fields.next()) else {
            bail!("no number: {line}");
        };
        found.push((name.to_owned(), live.parse()?, number.parse()?));
    }
    Ok(found)
}

fn count(live: u64) -> String {
    match live {
        0 => "0".to_owned(),
        live if live % 1_000_000 == 0 => format!("{}M", live / 1_000_000),
        live if live % 1000 == 0 => format!("{}k", live / 1000),
        live => live.to_string(),
    }
}

fn one(number: Option<&f64>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| format!("{number:.0}"))
}

fn ratio(above: Option<&f64>, below: Option<&f64>) -> String {
    match (above, below) {
        (Some(above), Some(below)) => format!("{:.2}", above / below),
        _ => "-".to_owned(),
    }
}

/// Replace what the page has between the marks: begin, end, text.
fn write(sections: &[(&str, &str, &str)]) -> Result<()> {
    let path = workspace::root().join(PAGE);
    let mut page = std::fs::read_to_string(&path).with_context(|| PAGE)?;
    for (begin, end, tables) in sections {
        let (before, rest) = page.split_once(begin).context("the page has no begin mark")?;
        let (_, after) = rest.split_once(end).context("the page has no end mark")?;
        page = format!("{before}{begin}\n{tables}\n{end}{after}");
    }
    std::fs::write(path, page)?;
    println!("wrote {PAGE}");
    Ok(())
}
