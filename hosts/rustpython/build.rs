//! Packs the standard library and our headers into one archive, which the program carries and `src/stdlib.rs` unpacks.
//!
//! The library is RustPython's (`rustpython-pylib`), plus the files of `python/`, less a few lines that would tell Python code
//! that it does not run on CPython 3.13 ([`PATCHES`]). The archive is a list of (path, contents), compressed as one block.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// (file, what stands there, what shall stand there). Each must match exactly once: another version of the library that
/// changed the line fails the build instead of changing our identity.
const PATCHES: &[(&str, &str, &str)] = &[
    ("site.py", "return 'RustPython' # XXX: RUSTPYTHON; for site-packages", "return 'Python'"),
    ("site.py", "{userbase}/lib/rustpython{version[0]}", "{userbase}/lib/python{version[0]}"),
    ("sysconfig/__init__.py", "return 'RustPython'  # XXX: RUSTPYTHON; For site-packages", "return 'Python'"),
    ("platform.py", "if \"RustPython\" in sys_version:", "if False:"),
];

/// Folders of the library that nothing but an editor or a game needs.
const LEFT_OUT: &[&str] = &["idlelib", "turtledemo", "__pycache__"];

type Files = BTreeMap<String, Vec<u8>>;

fn main() {
    let manifest = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap());
    let headers = manifest.join("../../include");
    let own = manifest.join("python");
    for path in [&headers, &own, &manifest.join("build.rs")] {
        println!("cargo:rerun-if-changed={}", path.display());
    }

    let multiarch = multiarch();
    let mut files = Files::new();
    collect(Path::new(rustpython_pylib::LIB_PATH), "lib/python3.13", &mut files);
    patch(&mut files);
    collect(&own, "lib/python3.13", &mut files);
    collect(&headers, "include/python3.13", &mut files);
    name_for_target(&mut files, &multiarch);

    let packed = pack(&files);
    let mut hasher = DefaultHasher::new();
    hasher.write(&packed);
    let out = PathBuf::from(env::var("OUT_DIR").unwrap()).join("library.lz4");
    fs::write(&out, lz4_flex::compress_prepend_size(&packed)).unwrap();

    println!("cargo:rustc-env=PIERGLASS_LIBRARY_HASH={:016x}", hasher.finish());
    println!("cargo:rustc-env=PIERGLASS_MULTIARCH={multiarch}");
    println!("cargo:rustc-env=PIERGLASS_HOST_VERSION={}", host_version());
    println!("cargo:rustc-env=PIERGLASS_COMPILER={}", compiler());
    println!("cargo:rustc-env=PIERGLASS_BUILD_DATE={}", build_date());
}

/// Read the files under `folder` into `files`, their names below `prefix`.
fn collect(folder: &Path, prefix: &str, files: &mut Files) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.map(Result::unwrap) {
        let name = entry.file_name().into_string().expect("library files have UTF-8 names");
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let (path, packed_name) = (entry.path(), format!("{prefix}/{name}"));
        if path.is_dir() {
            collect(&path, &packed_name, files);
        } else if !name.ends_with(".pyc") && !name.starts_with('.') {
            files.insert(packed_name, fs::read(&path).unwrap());
        }
    }
}

fn patch(files: &mut Files) {
    for (file, old, new) in PATCHES {
        let contents =
            files.get_mut(&format!("lib/python3.13/{file}")).unwrap_or_else(|| panic!("the library has no {file}"));
        let text = std::str::from_utf8(contents).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{file}: expected once: {old}");
        *contents = text.replace(old, new).into_bytes();
    }
}

/// Files whose name or text depends on the target carry `@MULTIARCH@`.
fn name_for_target(files: &mut Files, multiarch: &str) {
    const MARK: &str = "@MULTIARCH@";
    let marked: Vec<String> = files.keys().filter(|name| name.contains(MARK)).cloned().collect();
    for name in marked {
        let contents = files.remove(&name).unwrap();
        let text = String::from_utf8(contents).unwrap().replace(MARK, multiarch);
        files.insert(name.replace(MARK, multiarch), text.into_bytes());
    }
}

/// One record a file: length of the name, name, length of the contents, contents.
fn pack(files: &Files) -> Vec<u8> {
    let mut packed = Vec::new();
    for (name, contents) in files {
        for part in [name.as_bytes(), contents] {
            packed.extend_from_slice(&u32::try_from(part.len()).unwrap().to_le_bytes());
            packed.extend_from_slice(part);
        }
    }
    packed
}

/// CPython's name of the target: `x86_64-linux-gnu`.
fn multiarch() -> String {
    let architecture = env::var("CARGO_CFG_TARGET_ARCH").unwrap();
    let system = env::var("CARGO_CFG_TARGET_OS").unwrap();
    let libc = env::var("CARGO_CFG_TARGET_ENV").unwrap();
    format!("{architecture}-{system}-{libc}")
}

/// The library and the interpreter are published together, under one version.
fn host_version() -> String {
    let library = Path::new(rustpython_pylib::LIB_PATH).parent().unwrap();
    let name = library.file_name().unwrap().to_string_lossy().into_owned();
    name.rsplit('-').next().unwrap().to_owned()
}

fn compiler() -> String {
    let rustc = env::var("RUSTC").unwrap();
    let output = Command::new(rustc).arg("--version").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // 'rustc 1.95.0 (hash date)': a bracket inside `sys.version`'s brackets would end them for `platform`.
    text.split_whitespace().take(2).collect::<Vec<_>>().join(" ").replace("rustc", "Rust")
}

/// 'Jan 1 2026', from `SOURCE_DATE_EPOCH` where builds must repeat.
fn build_date() -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let now = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let seconds = env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok()).unwrap_or_else(now);
    // Civil date from days since 1970, counted from March so that the leap day comes last.
    let days = seconds / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era + u64::from(month >= 10);
    format!("{} {day} {year}", MONTHS[((month + 2) % 12) as usize])
}
