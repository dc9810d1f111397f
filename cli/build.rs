//! Hands the demo its extension: `pierglass_demo.c` with its conformance script and CPython's recorded output, which live with the
//! other test extensions.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    // Extension modules find the C API in the program itself.
    println!("cargo:rustc-link-arg-bins=-rdynamic");
    let extensions = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("../test_extensions");
    println!("cargo:rerun-if-changed={}", extensions.display());
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    let mut found = Vec::new();
    find(&extensions, &mut found);
    for (name, endings) in [
        ("pierglass_demo.c", &["c"][..]),
        ("pierglass_demo.py", &["py"]),
        ("pierglass_demo.expected", &["txt", "out", "expected"]),
    ] {
        let is_it =
            |path: &&PathBuf| path.extension().is_some_and(|ending| endings.iter().any(|known| ending == *known));
        let contents = found.iter().find(is_it).map(|path| fs::read(path).unwrap()).unwrap_or_default();
        fs::write(out.join(name), contents).unwrap();
    }
}

/// All files named `pierglass_demo.*` below `folder`.
fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            find(&path, found);
        } else if path.file_stem().is_some_and(|stem| stem == "pierglass_demo") {
            found.push(path);
        }
    }
}
