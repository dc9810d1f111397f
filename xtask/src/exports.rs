//! `cargo xtask exports`: which functions of the API the conformance scripts call, and whether they would notice its absence.
//!
//! The program is built once more, with the feature `tally` (`emul/src/tally.rs`), in which each function counts its calls and
//! its returns without an error. Each script runs in it, counting in a file of its own. Then functions drawn at random are taken
//! away, one at a time: a script that calls it must fail.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::api::{Exported, exported};
use crate::suite::{cargo, script};
use crate::workspace;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many functions to take away
    #[arg(long, default_value_t = 50, value_name = "N")]
    draw: usize,
    /// Which ones: another number draws others
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// Take these away instead
    #[arg(long, value_name = "FUNCTION")]
    without: Vec<String>,
    /// Run the counting program and the extensions that an earlier run built
    #[arg(long)]
    built: bool,
}

/// One conformance script, and what it called.
struct Script {
    name: String,
    passed: bool,
    took: Duration,
    counts: BTreeMap<String, Count>,
}

impl Script {
    fn calls(&self, function: &str) -> bool {
        self.counts.get(function).is_some_and(|count| count.calls > 0)
    }
}

#[derive(Clone, Copy, Default)]
struct Count {
    calls: u64,
    returns: u64,
    /// How often the host was asked for something in the calls that returned.
    asked: u64,
}

/// How many checks ended how.
#[derive(Default)]
struct Checks {
    passed: usize,
    failed: usize,
}

impl Checks {
    fn add(&mut self, passed: usize, failed: usize) {
        self.passed += passed;
        self.failed += failed;
    }
}

/// Build, count, take away. Whether every script passed, every function that somebody wants returned, and every loss was noticed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let place = Place::prepare(options.built)?;
    let exported: BTreeMap<String, Exported> =
        exported()?.into_iter().map(|function| (function.name.clone(), function)).collect();
    let drawn = drawn(options, &exported)?;
    let scripts = each(place.scripts()?, |name| place.count(name))?;
    let mut checks = Checks::default();
    for script in scripts.iter().filter(|script| !script.passed) {
        println!("FAIL {}: fails with nothing taken away, in the program that counts", script.name);
        checks.add(0, 1);
    }
    if options.without.is_empty() {
        report(&exported, &scripts, &mut checks);
        report_alone(&scripts, &mut checks);
    }
    let noticed = each(drawn, |function| place.who_notices(&exported[&function], &scripts))?;
    let lost = noticed.iter().filter(|noticed| **noticed).count();
    println!("{lost} of {} losses were noticed", noticed.len());
    checks.add(lost, noticed.len() - lost);
    println!("{} passed, {} failed, 0 skipped", checks.passed, checks.failed);
    Ok(checks.failed == 0)
}

/// Say what was called: all that somebody wants has returned.
fn report(exported: &BTreeMap<String, Exported>, scripts: &[Script], checks: &mut Checks) {
    let total = |name: &str| {
        let counts = scripts.iter().filter_map(|script| script.counts.get(name));
        counts.fold(Count::default(), |sum, count| Count {
            calls: sum.calls + count.calls,
            returns: sum.returns + count.returns,
            asked: sum.asked + count.asked,
        })
    };
    let (mut called, mut wanted, mut idle, mut otherwise) = (0, 0, 0, 0);
    for function in exported.values() {
        let (name, count) = (&function.name, total(&function.name));
        called += usize::from(count.calls > 0);
        if function.wanted.is_none() {
            continue;
        }
        wanted += 1;
        if let Some(why) = function.never_well.filter(|_| count.calls > 0) {
            otherwise += 1;
            println!("called {} times, never returns without an error: {name}: {why}", count.calls);
        } else if count.returns == 0 {
            idle += 1;
            println!("FAIL {name}: called {} times, never returned without an error", count.calls);
        }
    }
    println!("{called} of {} functions were called in {} scripts", exported.len(), scripts.len());
    let well = wanted - idle - otherwise;
    println!(
        "{well} of {wanted} that packages or CPython's test modules want returned, {otherwise} have other work (above)"
    );
    checks.add(wanted - idle, idle);
}

/// Values that C makes itself stay in C's memory: in the script that is about them, no function of theirs asks the host.
fn report_alone(scripts: &[Script], checks: &mut Checks) {
    let script = scripts.iter().find(|script| script.name == "c_makes_its_own_values").expect("a script of ours");
    let families =
        ["PyLong_", "PyFloat_", "PyTuple_", "PyBytes_", "PyUnicode_", "PyNumber_", "PySequence_", "PyObject_"];
    let theirs = |name: &str| families.iter().any(|family| name.trim_start_matches('_').starts_with(family));
    let called: Vec<_> = script.counts.iter().filter(|(name, count)| count.calls > 0 && theirs(name)).collect();
    let ask = called.iter().filter(|(_, count)| count.asked > 0);
    let asking = ask.map(|(name, count)| println!("FAIL {name}: asked the host {} times", count.asked)).count();
    println!("{} of {} functions left values of C's in C's memory", called.len() - asking, called.len());
    checks.add(called.len() - asking, asking);
}

/// The functions to take away.
fn drawn(options: &Options, exported: &BTreeMap<String, Exported>) -> Result<Vec<String>> {
    if let Some(unknown) = options.without.iter().find(|name| !exported.contains_key(*name)) {
        bail!("{unknown} is no function of ours");
    }
    if !options.without.is_empty() {
        return Ok(options.without.clone());
    }
    let place = |name: &String| {
        let mut hasher = DefaultHasher::new();
        (options.seed, name).hash(&mut hasher);
        hasher.finish()
    };
    let wanted = exported.values().filter(|function| function.wanted.is_some());
    let mut names: Vec<String> = wanted.map(|function| function.name.clone()).collect();
    names.sort_by_key(place);
    names.truncate(options.draw);
    Ok(names)
}

/// Where the counting program, the extensions and the counts are.
struct Place {
    program: PathBuf,
    extensions: PathBuf,
    counts: PathBuf,
    /// The scripts that run on the moving host, since the other cannot do what they are about.
    moving: BTreeSet<String>,
}

impl Place {
    fn prepare(built: bool) -> Result<Self> {
        let folder = workspace::target().join("tally");
        let place = Self {
            program: folder.join("pierglass"),
            extensions: folder.join("extensions"),
            counts: folder.join("counts"),
            moving: on_the_moving_host()?,
        };
        let _ = fs::remove_dir_all(&place.counts);
        fs::create_dir_all(&place.counts)?;
        if built {
            ensure!(place.program.exists(), "{} is not there", place.program.display());
            return Ok(place);
        }
        let _ = fs::remove_dir_all(&place.extensions);
        let build = |features: &[&str]| -> Result<()> {
            let status = cargo("build").args(["-p", "pierglass"]).args(features).status().context("cargo build")?;
            ensure!(status.success(), "the program does not build");
            Ok(())
        };
        build(&["--features", "tally"])?;
        fs::copy(workspace::program(), &place.program)?;
        // The usual one again, in its place.
        build(&[])?;
        let mut extensions = script("build.py");
        extensions.arg("--include").arg(workspace::root().join("include")).arg("--out").arg(&place.extensions);
        ensure!(extensions.stdout(Stdio::null()).status()?.success(), "the test extensions do not build");
        Ok(place)
    }

    /// The conformance scripts' names.
    fn scripts(&self) -> Result<Vec<String>> {
        let expected = workspace::root().join("test_extensions/expected");
        let entries = fs::read_dir(&expected).with_context(|| expected.display().to_string())?;
        let mut names = Vec::new();
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            names.extend(name.strip_suffix(".txt").map(str::to_owned));
        }
        names.sort();
        Ok(names)
    }

    /// The command that runs a script in the counting program.
    fn command(&self, name: &str) -> Command {
        let mut command = script("conformance.py");
        command.arg("--ext").arg(&self.extensions).args(["--only", name, "--quiet"]);
        command.arg("--python").arg(&self.program).arg("python");
        if self.moving.contains(name) {
            command.args(["--host", "moving", "--strict"]);
        }
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Run a script and read what it called.
    fn count(&self, name: String) -> Result<Script> {
        let (file, begin) = (self.counts.join(&name), Instant::now());
        let passed = self.command(&name).env("PIERGLASS_TALLY", &file).status()?.success();
        // A script that calls nothing of C's has counted nothing.
        let counts = if file.exists() { read(&file)? } else { BTreeMap::new() };
        let took = begin.elapsed();
        Ok(Script { name, passed, took, counts })
    }

    /// Take a function away and run the scripts that called it, the quick ones first. Whether one of them fails.
    fn who_notices(&self, function: &Exported, scripts: &[Script]) -> Result<bool> {
        let name = &function.name;
        let mut callers: Vec<&Script> = scripts.iter().filter(|script| script.passed && script.calls(name)).collect();
        callers.sort_by_key(|script| script.took);
        for script in callers {
            let without = format!("{name}={}", function.failure);
            if !self.command(&script.name).env("PIERGLASS_WITHOUT", without).status()?.success() {
                println!("{name}: {}", script.name);
                return Ok(true);
            }
        }
        println!("FAIL {name}: no script notices that it is gone");
        Ok(false)
    }
}

/// The scripts that `expected_failures.toml` expects to fail on RustPython, and that pass on the moving host.
fn on_the_moving_host() -> Result<BTreeSet<String>> {
    let text = |name: &str| -> Result<String> {
        let path = workspace::root().join("test_extensions").join(name);
        fs::read_to_string(&path).with_context(|| path.display().to_string())
    };
    let (failing, passing) = (text("expected_failures.toml")?, text("moving_host.txt")?);
    let failing: Vec<&str> = failing.lines().filter_map(|line| line.strip_prefix('"')?.split('"').next()).collect();
    let passing = passing.lines().filter_map(|line| line.split(' ').next());
    Ok(passing.filter(|name| failing.contains(name)).map(str::to_owned).collect())
}

/// A file of counts: see `emul/src/tally.rs`.
fn read(file: &Path) -> Result<BTreeMap<String, Count>> {
    let bytes = fs::read(file).with_context(|| file.display().to_string())?;
    let record = |record: &[u8]| {
        let name = record[..48].split(|byte| *byte == 0).next().unwrap_or_default();
        let number = |at: usize| u64::from_ne_bytes(record[at..at + 8].try_into().expect("eight bytes"));
        let count = Count { calls: number(48), returns: number(56), asked: number(64) };
        (String::from_utf8_lossy(name).into_owned(), count)
    };
    Ok(bytes.chunks_exact(72).map(record).collect())
}

/// What `work` makes of each, in their order, as many at a time as there are processors.
fn each<T: Send + Sync, R: Send>(items: Vec<T>, work: impl Fn(T) -> Result<R> + Sync) -> Result<Vec<R>> {
    let (left, done) = (Mutex::new(items.into_iter().enumerate()), Mutex::new(Vec::new()));
    let next = || left.lock().expect("no worker panics here").next();
    let worker = || {
        while let Some((index, item)) = next() {
            let result = work(item);
            done.lock().expect("no worker panics here").push((index, result));
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(worker);
        }
    });
    let mut done = done.into_inner().expect("no worker panics here");
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
