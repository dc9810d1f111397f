//! `pierglass venv`, as far as it needs no package index.

mod common;

use std::fs;

use common::{Scratch, command, pierglass, program, python, run};

#[test]
fn an_environment_with_pip() {
    let scratch = Scratch::new();
    let folder = scratch.path("venv");
    let made = pierglass(&["venv".as_ref(), folder.as_os_str()]);
    assert_eq!(made.status, Some(0), "{made:?}");
    assert!(made.err.contains("installing pip"), "{made:?}");

    let bin = folder.join("bin");
    let source = "import sys; print(sys.prefix, sys.prefix != sys.base_prefix, sys.executable)";
    let expected = format!("{} True {}", folder.display(), bin.join("python").display());
    assert_eq!(run(command(bin.join("python")).args(["-c", source]), "").ok(), expected);
    let version = run(command(bin.join("pip")).arg("--version"), "").ok();
    assert!(version.ends_with("(python 3.13)") && version.contains(folder.to_str().unwrap()), "{version}");
    // Not into the cache, which may be emptied.
    assert_eq!(
        fs::canonicalize(fs::read_link(bin.join("python3")).unwrap()).unwrap(),
        fs::canonicalize(program()).unwrap()
    );
}

#[test]
fn an_environment_outlives_the_cache() {
    let scratch = Scratch::new();
    let folder = scratch.path("venv");
    let mut make = command(program());
    make.env("XDG_CACHE_HOME", scratch.path("cache")).args(["venv", "--quiet", "--without-pip"]).arg(&folder);
    assert_eq!(run(&mut make, "").ok(), "");
    fs::remove_dir_all(scratch.path("cache")).unwrap();
    let mut start = command(folder.join("bin/python"));
    start.env("XDG_CACHE_HOME", scratch.path("other")).args(["-c", "import sys; print(sys.prefix)"]);
    assert_eq!(run(&mut start, "").ok(), folder.display().to_string());
}

#[test]
fn options() {
    let scratch = Scratch::new();
    let folder = scratch.path("venv");
    let stray = scratch.write("venv/stray", "");
    let args = ["venv", "--clear", "--without-pip", "--system-site-packages", "--prompt", "here"];
    pierglass(&[&args[..], &[folder.to_str().unwrap()]].concat()).ok();
    assert!(!stray.exists(), "--clear empties");
    assert!(!folder.join("bin/pip").exists(), "--without-pip");
    let cfg = fs::read_to_string(folder.join("pyvenv.cfg")).unwrap();
    assert!(cfg.contains("include-system-site-packages = true") && cfg.contains("prompt = 'here'"), "{cfg}");
}

#[test]
fn the_standard_library_s_venv_works_too() {
    let scratch = Scratch::new();
    let folder = scratch.path("venv");
    python(&["-m", "venv", "--without-pip", folder.to_str().unwrap()]).ok();
    let ran = run(command(folder.join("bin/python")).args(["-c", "import sys; print(sys.prefix)"]), "");
    assert_eq!(ran.ok(), folder.display().to_string());
}

#[test]
fn a_copied_program_shares_the_library() {
    let scratch = Scratch::new();
    let folder = scratch.path("venv");
    python(&["-m", "venv", "--copies", "--without-pip", folder.to_str().unwrap()]).ok();
    assert!(!folder.join("bin/python3").is_symlink());
    let source = "import sys; print(sys.base_prefix)";
    let ran = run(command(folder.join("bin/python3")).args(["-c", source]), "");
    assert_eq!(ran.ok(), python(&["-c", source]).ok());
}

#[test]
fn folders_that_cannot_be() {
    let scratch = Scratch::new();
    let file = scratch.write("file", "");
    for (folder, reason) in
        [(file.clone(), "is a file"), (file.join("below"), "is a file"), ("/proc/venv".into(), "cannot be written")]
    {
        let ran = pierglass(&["venv".as_ref(), folder.as_os_str()]);
        assert_eq!(ran.status, Some(3), "{ran:?}");
        assert!(ran.err.starts_with("pierglass venv: ") && ran.err.contains(reason), "{ran:?}");
    }
    assert_eq!(pierglass(&["venv"]).status, Some(2));
}
