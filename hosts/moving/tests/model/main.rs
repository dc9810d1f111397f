//! Random sequences of everything both sides can do, on the moving host and real C, against a brute-force reference: no early
//! free, no leak, no stale link.
//!
//! Each sequence is a Python function whose every step says what it must find ([`reference`]); between the steps the ends of all
//! links are compared. It runs twice, so that what one run leaves behind shows. 520 sequences by default;
//! `PIERGLASS_NIGHTLY=1` gives 10,000, `PIERGLASS_MODEL_SEQUENCES=N` N. Should one crash the process, its text lies in `model_case.py` of cargo's temporary folder;
//! `PIERGLASS_MODEL_CASE=FILE` runs such a text alone.

mod reference;

use std::path::{Path, PathBuf};
use std::process::Command;

use moving_host::{Mode, Options, Vm};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};

use reference::{Reference, Step, steps};

fn temporary() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// Compile the extension with the machine's compiler, against our headers.
fn compile() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = temporary().join(format!("model_{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("cargo's temporary folder takes files");
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let done = Command::new(compiler)
        .args(["-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-O2", "-fPIC", "-shared"])
        .arg("-I")
        .arg(here.join("../../include"))
        .arg("-I")
        .arg(here.join("../../test_extensions/src"))
        .arg(here.join("tests/model/ext_model.c"))
        .arg("-o")
        .arg(folder.join("ext_model.so"))
        .status();
    assert!(done.expect("there is a C compiler").success(), "the extension compiles");
    folder
}

/// What the extension's `ask` asks for.
extern "C" fn answer(what: i32) -> i32 {
    if what > 0 {
        moving_host::host::collect_now(what == 2);
    }
    let wrong = moving_host::host::disagreements();
    wrong.iter().for_each(|sentence| eprintln!("{sentence}"));
    i32::from(!wrong.is_empty())
}

struct Rig {
    vm: Box<Vm>,
}

impl Rig {
    fn new() -> Self {
        let folder = compile();
        let options = Options { path: vec![folder.to_string_lossy().into_owned()], ..Options::default() };
        let mut rig = Self { vm: Box::new(Vm::new(&options)) };
        rig.run(include_str!("prelude.py")).expect("the prelude runs");
        let ask: extern "C" fn(i32) -> i32 = answer;
        rig.run(&format!("c.set_callback({})\nwarm_up()", ask as usize)).expect("every kind of object works");
        std::fs::remove_dir_all(folder).expect("it is ours");
        rig
    }

    fn run(&mut self, source: &str) -> Result<(), String> {
        let status = self.vm.run_source(source, "<case>");
        if status == 0 { Ok(()) } else { Err(format!("exit status {status}")) }
    }

    /// Run the case twice, in this mode: the second run must leave nothing that the first did not.
    fn case(&mut self, mode: Mode, text: &str) -> Result<(), String> {
        std::fs::write(temporary().join("model_case.py"), format!("# {mode:?}\n{text}")).map_err(|e| e.to_string())?;
        self.run(text)?;
        let mut left = Vec::new();
        for _ in 0..2 {
            self.vm.heap.set_mode(mode);
            let result = self.run("case()");
            self.vm.heap.set_mode(Mode::Normal);
            result?;
            self.run("gc.collect()")?;
            left.push((self.vm.heap.totals.last.live, emul::stats::ledger()));
        }
        let [(first, before), (second, after)] = &left[..] else { unreachable!("two runs") };
        let more = after.since(before);
        if !more.is_empty() {
            return Err(format!("mirrors left over:\n{more}"));
        }
        if first != second {
            return Err(format!("{first} objects in the host's heap, then {second}"));
        }
        Ok(())
    }
}

/// Run a case in a process of its own: the one that met the first failure is not what it was.
fn apart(mode: Mode, text: &str) -> Result<(), String> {
    let file = temporary().join(format!("model_smaller_{}.py", std::process::id()));
    std::fs::write(&file, format!("# {mode:?}\n{text}")).map_err(|error| error.to_string())?;
    let mut child = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
    child.args(["--exact", THE_TEST]).env("PIERGLASS_MODEL_CASE", &file);
    let done = child.output().map_err(|error| error.to_string())?;
    std::fs::remove_file(&file).map_err(|error| error.to_string())?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stdout);
    let lines = said.lines().filter(|line| line.contains("Error") || line.contains("link") || line.contains("left"));
    Err(format!("{}\n{}", done.status, lines.collect::<Vec<_>>().join("\n")))
}

fn mode() -> impl Strategy<Value = Mode> {
    prop_oneof![3 => Just(Mode::Normal), 1 => Just(Mode::Stress), 4 => (1..1_000_000_u64).prop_map(Mode::Shake)]
}

fn sequences() -> u32 {
    if let Some(number) = std::env::var("PIERGLASS_MODEL_SEQUENCES").ok().and_then(|text| text.parse().ok()) {
        return number;
    }
    if std::env::var_os("PIERGLASS_NIGHTLY").is_some_and(|value| value == "1") { 10_000 } else { 520 }
}

/// The mode that a case's first line names.
fn mode_of(text: &str) -> Mode {
    let first = text.lines().next().unwrap_or_default().trim_start_matches("# ");
    match first.strip_prefix("Shake(").and_then(|rest| rest.strip_suffix(')')) {
        Some(seed) => Mode::Shake(seed.parse().expect("a seed is a number")),
        None if first == "Stress" => Mode::Stress,
        None => Mode::Normal,
    }
}

fn run_all() -> Result<(), String> {
    if let Some(file) = std::env::var_os("PIERGLASS_MODEL_CASE") {
        let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
        return Rig::new().case(mode_of(&text), &text);
    }
    let rig = std::cell::RefCell::new(Rig::new());
    let (busy, failed) = (std::cell::Cell::new(0), std::cell::Cell::new(false));
    let config =
        ProptestConfig { failure_persistence: None, max_shrink_iters: 600, ..ProptestConfig::with_cases(sequences()) };
    let result = TestRunner::new(config).run(&(mode(), steps()), |(mode, steps): (Mode, Vec<Step>)| {
        let (text, collections) = Reference::script(&steps);
        busy.set(busy.get() + usize::from(collections > 1));
        let result = if failed.get() { apart(mode, &text) } else { rig.borrow_mut().case(mode, &text) };
        result.map_err(|problem| {
            failed.set(true);
            TestCaseError::fail(format!("{problem}\n# {mode:?}\n{text}"))
        })
    });
    result.map_err(|error| error.to_string())?;
    let totals = rig.borrow().vm.heap.totals;
    assert_eq!((totals.unmoved, totals.live), (0, totals.moved));
    assert!(totals.links > u64::from(sequences()) * 20, "links were updated: {totals}");
    assert!(busy.get() * 4 > sequences() as usize, "too few sequences ({}) let something die", busy.get());
    Ok(())
}

const THE_TEST: &str = "whatever_both_sides_do_the_living_live_and_the_dead_go";

#[test]
fn whatever_both_sides_do_the_living_live_and_the_dead_go() {
    let thread = std::thread::Builder::new().stack_size(1 << 28).spawn(run_all);
    if let Err(text) = thread.expect("a thread").join().expect("no panic") {
        panic!("{text}");
    }
}
