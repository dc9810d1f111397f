//! `cargo suite`: the test command. Quick checks first, then the program, then everything that runs in it.
//!
//! The light crates and the program are built by separate commands: asked for together, they would share the union of their
//! dependencies' features, and RustPython would be built twice.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::{api, conformance, workspace};

/// The crates that build in seconds.
pub(crate) const LIGHT: &[&str] =
    &["object_mirror", "refcount_bridge", "capi_macros", "emul", "mock_host", "smallest_host", "xtask"];

/// How every build is asked for: RustPython's parser crates declare a newer rustc than they need.
pub(crate) const BUILD: &[&str] = &["--release", "--ignore-rust-version"];

/// The kinds of tests for which the program is built.
const NEED_THE_PROGRAM: [&str; 11] = [
    BUILD_KIND,
    "conformance",
    THEIRS,
    MOVING,
    EXPORTS,
    CPYTHONS,
    "the program",
    "wheels",
    WHEELS_MOVING,
    "packages' own tests",
    "the program with the index",
];
const BUILD_KIND: &str = "the program's build";
const THEIRS: &str = "conformance, CPython's headers";
const MOVING: &str = "conformance, the moving host";
const EXPORTS: &str = "each function, and its loss";
const CPYTHONS: &str = "CPython's own tests";
const WHEELS_MOVING: &str = "wheels, the moving host";

/// As many lines about a failure are said again at the end.
const LONGEST_DETAIL: usize = 20;

/// The exit code by which the wheels' scripts say that there is no package index.
const UNREACHABLE: i32 = 3;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Leave out what needs the package index
    #[arg(long)]
    offline: bool,
    /// CPython 3.13, to compare with (default: PIERGLASS_PYTHON313, PATH, pyenv)
    #[arg(long, value_name = "PROGRAM")]
    python: Option<PathBuf>,
    /// Run only the kinds of tests whose name has this in it
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
}

/// Build and test everything. Whether all passed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let mut suite = Suite { options, kinds: Vec::new(), failures: Vec::new() };
    let oracle = workspace::oracle(options.python.as_deref());
    let program = workspace::program();
    suite.own("generated files", || api::run(true))?;
    suite.command("functions without a test", script("each_function.py").arg("--missing"))?;
    suite.command("light crates", cargo("test").args(LIGHT.iter().flat_map(|name| ["-p", name])))?;
    let oracle = oracle.as_deref();
    const NO_ORACLE: &str = "no CPython 3.13 with headers here: name one with --python or PIERGLASS_PYTHON313";
    for (name, test) in [("headers", "headers/run.py"), ("variadic functions", "varargs/run.py")] {
        match oracle {
            Some(oracle) => suite.command(name, script(test).arg("--python").arg(oracle))?,
            None => suite.skip(name, NO_ORACLE),
        }
    }
    if NEED_THE_PROGRAM.iter().any(|kind| suite.is_wanted(kind)) {
        suite.always(BUILD_KIND, cargo("build").args(["-p", "pierglass"]))?;
        if suite.kinds.last().is_some_and(|build| build.count.failed > 0) {
            return suite.conclude();
        }
    }
    let conformance = || {
        let mut command = script("run_conformance.py");
        command.arg("--pierglass").arg(&program);
        command
    };
    match oracle {
        // What our headers compile runs in CPython too.
        Some(oracle) => {
            suite.command("conformance", conformance().arg("--oracle").arg(oracle))?;
            suite.command(THEIRS, conformance().arg("--include").arg(workspace::headers_of(oracle)?))?;
        }
        None => {
            suite.command("conformance", &mut conformance())?;
            suite.skip(THEIRS, NO_ORACLE);
        }
    }
    suite.command(MOVING, conformance().args(["--host", "moving"]))?;
    suite.command(EXPORTS, Command::new(env::current_exe()?).arg("exports"))?;
    match oracle {
        Some(oracle) => suite.command(CPYTHONS, conformance::tests(oracle).arg("--quiet"))?,
        None => suite.skip(CPYTHONS, conformance::NO_TESTS),
    }
    suite.command("the moving host", cargo("test").args(["-p", "moving_host"]))?;
    suite.command("the program", cargo("test").args(["-p", "pierglass"]))?;
    let mut wheels = script("wheels/run.py");
    wheels.arg("--pierglass").arg(&program);
    if let Some(oracle) = oracle {
        wheels.arg("--oracle").arg(oracle);
    }
    suite.online("wheels", &mut wheels)?;
    let mut moving = script("wheels/run.py");
    suite.online(WHEELS_MOVING, moving.arg("--pierglass").arg(&program).args(["--host", "moving"]))?;
    suite.online("packages' own tests", script("wheels/packages.py").arg("--pierglass").arg(&program))?;
    let mut network = cargo("test");
    network.args(["-p", "pierglass", "--test", "network", "--", "--ignored"]);
    match oracle {
        Some(oracle) => network.env("PIERGLASS_PYTHON313", oracle),
        None => network.args(["--skip", "cpython_313"]),
    };
    suite.online("the program with the index", &mut network)?;
    suite.conclude()
}

/// A cargo command of this workspace, as a shell would start it: `cargo run` leaves variables behind that make others rebuild.
pub(crate) fn cargo(verb: &str) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "LD_LIBRARY_PATH" {
            command.env_remove(&name);
        }
    }
    command.arg(verb).args(if verb == "fmt" { &[] } else { BUILD }).current_dir(workspace::root());
    command
}

/// A script of the test extensions, under any Python 3.
pub(crate) fn script(path: &str) -> Command {
    let mut command = Command::new("python3");
    command.arg(Path::new("test_extensions").join(path)).current_dir(workspace::root());
    command
}

struct Suite<'a> {
    options: &'a Options,
    kinds: Vec<Kind>,
    /// What is said again at the end, where people look first.
    failures: Vec<String>,
}

/// One kind of tests, done.
struct Kind {
    name: String,
    count: Count,
    took: Duration,
    note: Option<String>,
}

/// How many tests ended how.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Count {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Suite<'_> {
    fn is_wanted(&self, name: &str) -> bool {
        self.options.only.as_ref().is_none_or(|word| name.contains(word.as_str()))
    }

    fn add(&mut self, name: &str, count: Count, since: Instant, note: Option<String>) {
        self.kinds.push(Kind { name: name.to_owned(), count, took: since.elapsed(), note });
    }

    fn skip(&mut self, name: &str, why: &str) {
        if self.is_wanted(name) {
            self.add(name, Count { skipped: 1, ..Count::default() }, Instant::now(), Some(why.to_owned()));
        }
    }

    /// A check of this program.
    fn own(&mut self, name: &str, check: impl FnOnce() -> Result<bool>) -> Result<()> {
        if self.is_wanted(name) {
            println!("\n== {name}");
            let start = Instant::now();
            let count = if check()? {
                Count { passed: 1, ..Count::default() }
            } else {
                Count { failed: 1, ..Count::default() }
            };
            self.add(name, count, start, None);
        }
        Ok(())
    }

    /// A command that needs the package index.
    fn online(&mut self, name: &str, command: &mut Command) -> Result<()> {
        if self.options.offline {
            self.skip(name, "--offline");
            return Ok(());
        }
        self.command(name, command)
    }

    /// A command that says how many tests ended how; one that says nothing is one test.
    fn command(&mut self, name: &str, command: &mut Command) -> Result<()> {
        if self.is_wanted(name) { self.always(name, command) } else { Ok(()) }
    }

    /// A command that runs whatever `--only` says.
    fn always(&mut self, name: &str, command: &mut Command) -> Result<()> {
        println!("\n== {name}: {}", shown(command));
        let start = Instant::now();
        let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| shown(command))?;
        let mut count = Count::default();
        let mut detail = 0;
        for line in BufReader::new(child.stdout.take().context("a pipe")?).split(b'\n') {
            let line = line?;
            std::io::stdout().write_all(&[&line[..], b"\n"].concat())?;
            let line = String::from_utf8_lossy(&line);
            count.add(read(&line));
            detail = if is_failure(&line) {
                LONGEST_DETAIL
            } else if detail > 0 && line.starts_with("    ") {
                detail - 1
            } else {
                0
            };
            if detail > 0 {
                self.failures.push(format!("{name}: {line}"));
            }
        }
        let status = child.wait()?;
        if status.code() == Some(UNREACHABLE) {
            self.skip(name, "the package index cannot be reached");
            return Ok(());
        }
        if !status.success() && count.failed == 0 {
            count.failed = 1;
        }
        if count == Count::default() {
            count.passed = 1;
        }
        self.add(name, count, start, (!status.success()).then(|| status.to_string()));
        Ok(())
    }

    fn conclude(&self) -> Result<bool> {
        println!();
        for line in &self.failures {
            println!("{line}");
        }
        let mut sum = Count::default();
        for Kind { name, count, took, note } in &self.kinds {
            let word = if count.failed > 0 {
                "FAILED"
            } else if count.passed == 0 {
                "skipped"
            } else {
                "ok"
            };
            let note = note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
            println!(
                "{word:8}{name:28}{:>6} passed {:>5} failed {:>5} skipped {:>6.0} s{note}",
                count.passed,
                count.failed,
                count.skipped,
                took.as_secs_f64()
            );
            sum.add(Some(*count));
        }
        println!("{} passed, {} failed, {} skipped", sum.passed, sum.failed, sum.skipped);
        Ok(sum.failed == 0)
    }
}

impl Count {
    fn add(&mut self, other: Option<Self>) {
        let other = other.unwrap_or_default();
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Whether the line names a test that failed: one of our scripts', or of a Rust test program.
fn is_failure(line: &str) -> bool {
    line.starts_with("FAIL ")
        || line.starts_with("failed  ")
        || (line.starts_with("test ") && line.ends_with("... FAILED"))
}

/// The counts of a line like `3 passed, 1 failed, 0 skipped`, or of the one by which a Rust test program ends.
fn read(line: &str) -> Option<Count> {
    let line = line.trim();
    let of_rust = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "));
    let counts = of_rust.map_or(line, |(_, counts)| counts);
    let mut count = Count::default();
    let mut known = 0;
    for part in counts.split([',', ';']).map(str::trim) {
        let (number, what) = part.split_once(' ')?;
        let Ok(number) = number.parse() else { continue };
        match what {
            "passed" => count.passed = number,
            "failed" => count.failed = number,
            "skipped" | "ignored" => count.skipped = number,
            // Another program's line, pytest's for one, that a script passes on.
            _ if of_rust.is_none() => return None,
            _ => continue,
        }
        known += 1;
    }
    (known >= 2).then_some(count)
}

/// The command as one would type it.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_known_by_their_first_word() {
        assert!(is_failure("FAIL c_types_extend_lists (0.1 s): exit 1"));
        assert!(is_failure("failed  numpy (3.0 s): exit 1"));
        assert!(is_failure("test nothing_is_lost ... FAILED"));
        assert!(!is_failure("ok   c_types_extend_lists (0.1 s)"));
        assert!(!is_failure("FAILED tests/test_it.py::test_one - AssertionError"));
    }

    #[test]
    fn counts_are_read_from_either_kind_of_line() {
        let count = |passed, failed, skipped| Some(Count { passed, failed, skipped });
        assert_eq!(read("12 passed, 3 failed, 1 skipped"), count(12, 3, 1));
        assert_eq!(
            read("test result: ok. 7 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s"),
            count(7, 0, 2)
        );
        assert_eq!(
            read("test result: FAILED. 7 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out"),
            count(7, 1, 0)
        );
        assert_eq!(read("running 7 tests"), None);
        assert_eq!(read("3 failed, 259 passed, 20 skipped in 11.99s"), None);
        assert_eq!(read("3 passed"), None);
        assert_eq!(read(""), None);
    }
}
