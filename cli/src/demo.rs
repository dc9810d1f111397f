//! `pierglass demo`: two unmodified wheels and an extension compiled here, their results compared with CPython's.
//!
//! Each step stands alone: what cannot be had (no index, no compiler) is said and left out, and the rest still runs. The exit
//! status is that of the worst step.

mod report;

use std::env;
use std::fs;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitCode, Output};
use std::time::Instant;

use rustpython_host::identity::extension_suffixes;
use rustpython_host::stdlib::Home;

use crate::exit::Exit;
use report::Report;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Make the environment here and keep it (else in a temporary folder, removed afterwards)
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Print one JSON object instead
    #[arg(long)]
    json: bool,
}

const REQUIREMENTS: &str = include_str!("demo/requirements.txt");
const FOLLOW: &str = include_str!("demo/follow.py");
const WHEELS: Script =
    Script { name: "wheels", source: include_str!("demo/wheels.py"), expected: include_str!("demo/wheels.expected") };

// Found by build.rs in test_extensions/.
const EXTENSION_SOURCE: &str = include_str!(concat!(env!("OUT_DIR"), "/pierglass_demo.c"));
const EXTENSION: Script = Script {
    name: "extension",
    source: include_str!(concat!(env!("OUT_DIR"), "/pierglass_demo.py")),
    expected: include_str!(concat!(env!("OUT_DIR"), "/pierglass_demo.expected")),
};

/// A Python script with the output that CPython 3.13 gave.
struct Script {
    name: &'static str,
    source: &'static str,
    expected: &'static str,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    let mut report = Report::new(args.json);
    let exit = match Workshop::open(args.dir.as_deref()) {
        Ok(workshop) => demonstrate(&workshop, &mut report),
        Err(problem) => report.time("environment", || Err(problem)),
    };
    report.finish(exit).into()
}

fn demonstrate(workshop: &Workshop, report: &mut Report) -> Exit {
    let environment = report.time("environment", || workshop.make_environment());
    if environment != Exit::Done {
        return environment;
    }
    let wheels = use_wheels(workshop, report);
    wheels.worst(use_extension(workshop, report))
}

fn use_wheels(workshop: &Workshop, report: &mut Report) -> Exit {
    let installed = report.time("install", || workshop.install_wheels());
    match installed {
        Exit::Done => report.compare(&workshop.follow(&WHEELS)),
        missing => missing,
    }
}

fn use_extension(workshop: &Workshop, report: &mut Report) -> Exit {
    if EXTENSION_SOURCE.is_empty() {
        let text = "this program was built without test_extensions/src/pierglass_demo.c";
        return report.time("compile", || Err(Problem::new(Exit::Failed, text)));
    }
    let compiled = report.time("compile", || workshop.compile_extension());
    match compiled {
        Exit::Done => report.compare(&workshop.follow(&EXTENSION)),
        missing => missing,
    }
}

/// What stops a step, and the exit status that it stands for.
struct Problem {
    exit: Exit,
    text: String,
}

impl Problem {
    fn new(exit: Exit, text: impl Into<String>) -> Self {
        Self { exit, text: text.into() }
    }
}

/// The folder in which all happens.
struct Workshop {
    folder: PathBuf,
    home: Home,
    temporary: bool,
}

impl Drop for Workshop {
    fn drop(&mut self) {
        if self.temporary {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

impl Workshop {
    fn open(folder: Option<&Path>) -> Result<Self, Problem> {
        let not_writable = |path: &Path, error: io::Error| {
            Problem::new(Exit::NotWritable, format!("{} cannot be written: {}", path.display(), plain(&error)))
        };
        let home = Home::open().map_err(|error| Problem::new(Exit::NotWritable, error.to_string()))?;
        if let Some(folder) = folder {
            let folder = std::path::absolute(folder).map_err(|error| not_writable(folder, error))?;
            return Ok(Self { folder, home, temporary: false });
        }
        let folder = env::temp_dir().join(format!("pierglass-demo-{}", process::id()));
        fs::create_dir(&folder).map_err(|error| not_writable(&folder, error))?;
        Ok(Self { folder, home, temporary: true })
    }

    /// Where our own files go, beside those of the environment.
    fn file(&self, name: &str) -> PathBuf {
        self.folder.join("demo").join(name)
    }

    fn make_environment(&self) -> Result<String, Problem> {
        let mut python = Command::new(self.home.python());
        python.args(["-I", "-m", "_pierglass_venv", "--quiet"]).arg(&self.folder);
        let output = output(&mut python)?;
        if !output.status.success() {
            let not_writable = output.status.code() == Some(Exit::NotWritable as i32);
            let exit = if not_writable { Exit::NotWritable } else { Exit::Failed };
            return Err(Problem::new(exit, last_lines(&output)));
        }
        fs::create_dir_all(self.file("")).map_err(|error| Problem::new(Exit::NotWritable, plain(&error)))?;
        Ok(self.folder.display().to_string())
    }

    fn python(&self) -> Command {
        let mut python = Command::new(self.folder.join("bin/python"));
        python.arg("-I");
        python
    }

    fn write(&self, name: &str, contents: &str) -> Result<PathBuf, Problem> {
        let path = self.file(name);
        fs::write(&path, contents)
            .map_err(|error| Problem::new(Exit::NotWritable, format!("{}: {}", path.display(), plain(&error))))?;
        Ok(path)
    }

    /// Let stock pip fetch the pinned wheels; sources are refused, so what comes was built for CPython.
    fn install_wheels(&self) -> Result<String, Problem> {
        let requirements = self.write("requirements.txt", REQUIREMENTS)?;
        let mut pip = self.python();
        pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--retries", "1"]);
        pip.args(["--timeout", "15", "--only-binary", ":all:", "--require-hashes", "-r"]).arg(requirements);
        let output = output(&mut pip)?;
        if output.status.success() {
            return Ok("markupsafe 3.0.4, ujson 6.1.0: CPython's wheels, unmodified, by stock pip".to_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        if UNREACHABLE.iter().any(|sign| said.contains(sign)) {
            let text = "the package index cannot be reached, so the wheels are left out";
            return Err(Problem::new(Exit::NoIndex, text));
        }
        Err(Problem::new(Exit::Failed, last_lines(&output)))
    }

    /// Compile our own extension with the machine's compiler against our headers.
    fn compile_extension(&self) -> Result<String, Problem> {
        let source = self.write("pierglass_demo.c", EXTENSION_SOURCE)?;
        let [suffix, ..] = extension_suffixes();
        let compiler = env::var_os("CC").filter(|name| !name.is_empty()).unwrap_or_else(|| "cc".into());
        let mut compile = Command::new(&compiler);
        compile.args(["-shared", "-fPIC", "-O2", "-Wall"]).arg("-I").arg(self.home.include());
        compile.arg(source).arg("-o").arg(self.file(&format!("pierglass_demo{suffix}")));
        let compiler = Path::new(&compiler).display();
        let output = compile.output().map_err(|error| {
            let text = format!(
                "no C compiler: {compiler}: {}; set CC, or install one (Debian: apt install gcc)",
                plain(&error)
            );
            Problem::new(Exit::NoCompiler, text)
        })?;
        if output.status.success() {
            return Ok(format!("pierglass_demo.c with {compiler}, against our Python.h"));
        }
        Err(Problem::new(Exit::Failed, format!("{compiler} failed\n{}", last_lines(&output))))
    }

    /// Run a script in the environment, and compare what it prints.
    fn follow(&self, script: &Script) -> Compared {
        let started = Instant::now();
        let statistics = self.file(&format!("{}.json", script.name));
        let outcome = (|| {
            let follow = self.write("follow.py", FOLLOW)?;
            let path = self.write(&format!("{}.py", script.name), script.source)?;
            output(self.python().arg(follow).arg(path).arg(&statistics))
        })();
        let statistics = fs::read(&statistics).ok().and_then(|text| serde_json::from_slice(&text).ok());
        Compared {
            name: script.name,
            expected: script.expected,
            outcome,
            statistics,
            seconds: started.elapsed().as_secs_f64(),
        }
    }
}

/// A script's run beside its expectation.
struct Compared {
    name: &'static str,
    expected: &'static str,
    outcome: Result<Output, Problem>,
    /// What `pierglass.stats()` returned in that process.
    statistics: Option<serde_json::Value>,
    seconds: f64,
}

impl Compared {
    fn judge(&self) -> Result<String, Problem> {
        let output = match &self.outcome {
            Ok(output) => output,
            Err(problem) => return Err(Problem::new(problem.exit, problem.text.clone())),
        };
        let printed = String::from_utf8_lossy(&output.stdout);
        let count = self.expected.lines().count();
        let differing = self.expected.lines().zip(printed.lines()).find(|(expected, found)| expected != found);
        if let Some((expected, found)) = differing {
            return Err(Problem::new(
                Exit::Failed,
                format!("differs from CPython\n  CPython: {expected}\n  here:    {found}"),
            ));
        }
        if !output.status.success() || printed.lines().count() != count {
            let text = format!("{} of {count} results, then:\n{}", printed.lines().count(), last_lines(output));
            return Err(Problem::new(Exit::Failed, text));
        }
        Ok(format!("{count} of {count} results equal CPython's"))
    }
}

fn output(command: &mut Command) -> Result<Output, Problem> {
    command.output().map_err(|error| {
        let program = command.get_program().to_string_lossy().into_owned();
        Problem::new(Exit::Failed, format!("{program}: {}", plain(&error)))
    })
}

/// The end of what a program said, where the reason stands; and how it ended, if by a signal.
fn last_lines(output: &Output) -> String {
    const LINES: usize = 8;
    let mut said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.signal().is_some() {
        said.push_str(&format!("\nended by {}", output.status));
    }
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// An error without Rust's '(os error 13)'.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// What pip says when it cannot reach an index, or the index it reaches has nothing.
const UNREACHABLE: &[&str] = &[
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "Connection refused",
    "ProxyError",
    "Temporary failure in name resolution",
    "No matching distribution found",
];
