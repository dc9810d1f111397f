//! What needs the package index: `cargo test -p pierglass --test network -- --ignored`.

mod common;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Ran, Scratch, command, pierglass, program, run};

/// An environment, and a way to call what it holds.
struct Environment {
    scratch: Scratch,
}

impl Environment {
    fn new() -> Self {
        let scratch = Scratch::new();
        pierglass(&["venv".as_ref(), "--quiet".as_ref(), scratch.path("venv").as_os_str()]).ok();
        Self { scratch }
    }

    fn bin(&self, name: &str) -> PathBuf {
        self.scratch.path("venv/bin").join(name)
    }

    fn run(&self, name: &str, args: &[&str]) -> Ran {
        run(command(self.bin(name)).args(args).current_dir(self.scratch.path("")), "")
    }
}

#[test]
#[ignore = "needs the package index"]
fn network_demo() {
    let ran = run(command(program()).args(["demo", "--json"]), "");
    assert_eq!(ran.status, Some(0), "{ran:?}");
}

/// CPython 3.13: `PIERGLASS_PYTHON313`, or the `python3.13` on the path.
fn cpython() -> OsString {
    env::var_os("PIERGLASS_PYTHON313").unwrap_or_else(|| "python3.13".into())
}

/// What the demo expects is what CPython says.
#[test]
#[ignore = "needs the package index and CPython 3.13"]
fn network_cpython_313_says_what_the_demo_expects() {
    let scratch = Scratch::new();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo");
    let venv = scratch.path("venv");
    run(command(cpython()).args(["-m", "venv"]).arg(&venv), "").ok();
    let mut pip = command(venv.join("bin/pip"));
    pip.args(["install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r"])
        .arg(demo.join("requirements.txt"));
    run(&mut pip, "").ok();
    let mut python = command(venv.join("bin/python"));
    let printed = run(python.arg("-I").arg(demo.join("wheels.py")), "").ok();
    assert_eq!(printed, fs::read_to_string(demo.join("wheels.expected")).unwrap().trim_end());
}

#[test]
#[ignore = "needs the package index"]
fn network_stock_pip_picks_cpython_wheels() {
    let environment = Environment::new();
    for (package, tag) in [("markupsafe==3.0.4", "-cp313-cp313-manylinux"), ("psutil==7.2.2", "-cp36-abi3-manylinux")] {
        environment.run("pip", &["download", "--no-deps", "--only-binary", ":all:", "-d", "wheels", package]).ok();
        let found = fs::read_dir(environment.scratch.path("wheels")).unwrap();
        let names: Vec<String> = found.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        assert!(names.iter().any(|name| name.contains(tag)), "{tag}: {names:?}");
    }
}

#[test]
#[ignore = "needs the package index"]
fn network_pip_refuses_wheels_of_others() {
    let environment = Environment::new();
    environment.run("pip", &["download", "--no-deps", "-d", "wheels", "markupsafe==3.0.4"]).ok();
    let wheel = fs::read_dir(environment.scratch.path("wheels")).unwrap().next().unwrap().unwrap().path();
    for tag in ["cp312-cp312", "cp313-cp313t", "cp314-cp314", "pp310-pypy310_pp73"] {
        let other = format!("markupsafe-3.0.4-{tag}-manylinux2014_x86_64.whl");
        fs::copy(&wheel, environment.scratch.path(&other)).unwrap();
        let ran = environment.run("pip", &["install", "--no-index", "--no-deps", &format!("./{other}")]);
        assert_eq!(ran.status, Some(1), "{tag}: {ran:?}");
        assert!(ran.err.contains("is not a supported wheel on this platform"), "{tag}: {ran:?}");
    }
}

#[test]
#[ignore = "needs the package index"]
fn network_pytest() {
    let environment = Environment::new();
    environment.run("pip", &["install", "--quiet", "pytest==8.4.2"]).ok();
    environment.scratch.write("test_it.py", "def test_good(): assert 1\ndef test_bad(): assert [1, 2] == [1, 3]\n");
    let ran = environment.run("pytest", &["-q", "test_it.py"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.out.contains("1 failed, 1 passed") && ran.out.contains("At index 1 diff: 2 != 3"), "{ran:?}");
}

#[test]
#[ignore = "needs the package index"]
fn network_setuptools_compiles_against_our_headers() {
    let environment = with_compiled_markupsafe();
    assert_eq!(environment.run("python", &["-c", USE_COMPILED]).ok(), "&lt;");
}

/// Our headers make no binary that only we could load.
#[test]
#[ignore = "needs the package index and CPython 3.13"]
fn network_cpython_313_loads_what_our_headers_compiled() {
    let environment = with_compiled_markupsafe();
    let packages = environment.scratch.path("venv/lib/python3.13/site-packages");
    let mut python = command(cpython());
    assert_eq!(run(python.args(["-S", "-c", USE_COMPILED]).env("PYTHONPATH", packages), "").ok(), "&lt;");
}

/// The package falls back to Python code where its extension does not compile; this does not.
const USE_COMPILED: &str = "from markupsafe import _speedups; print(_speedups._escape_inner('<'))";

fn with_compiled_markupsafe() -> Environment {
    let environment = Environment::new();
    environment.run("pip", &["install", "--quiet", "--no-cache-dir", "--no-binary", ":all:", "markupsafe==3.0.4"]).ok();
    environment
}
