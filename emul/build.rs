//! Compiles the C shims: the functions whose variable arguments Rust cannot define.

use std::path::Path;

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let include = here.join("../include");
    let sources = here.join("c");
    println!("cargo:rerun-if-changed={}", include.display());
    println!("cargo:rerun-if-changed={}", sources.display());
    let mut build = cc::Build::new();
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        build.define("NDEBUG", None);
    }
    if std::env::var_os("CARGO_FEATURE_TALLY").is_some() {
        build.flag("-finstrument-functions");
    }
    build
        .files(c_files(&sources))
        .include(&include)
        .std("gnu11")
        .warnings(true)
        .extra_warnings(true)
        .warnings_into_errors(true)
        // Unwinding has to pass through: a host may unwind out of a callback that a conversion runs.
        .flag("-fexceptions")
        .compile("emul_c");
}

fn c_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("emul/c is part of the sources");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
        .collect();
    files.sort();
    files
}
