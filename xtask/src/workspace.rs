//! Where things are, and which CPython is the oracle.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the project").to_owned()
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// The built program.
pub(crate) fn program() -> PathBuf {
    target().join("release/pierglass")
}

/// CPython 3.13, if this machine has one: the one named, else of `PIERGLASS_PYTHON313`, `PATH` or pyenv.
pub(crate) fn oracle(named: Option<&Path>) -> Option<PathBuf> {
    if let Some(named) = named {
        return is_oracle(named).then(|| named.to_owned());
    }
    let variable = env::var_os("PIERGLASS_PYTHON313").map(PathBuf::from);
    variable.into_iter().chain([PathBuf::from("python3.13")]).chain(pyenv()).find(|python| is_oracle(python))
}

/// The 3.13 versions that pyenv holds.
fn pyenv() -> Vec<PathBuf> {
    let home = env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv"));
    let Some(versions) = env::var_os("PYENV_ROOT").map(PathBuf::from).or(home) else { return Vec::new() };
    let folders = std::fs::read_dir(versions.join("versions")).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        folders.map(|folder| folder.path().join("bin/python3.13")).filter(|path| path.is_file()).collect();
    found.sort();
    found
}

/// The folder of a CPython's `Python.h`.
pub(crate) fn headers_of(python: &Path) -> Result<PathBuf> {
    let code = "import sysconfig; print(sysconfig.get_path('include'))";
    let output =
        Command::new(python).args(["-c", code]).stderr(Stdio::inherit()).output().context("asking for headers")?;
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim_end()))
}

/// Whether `python` is CPython 3.13 itself, with the headers that comparisons need. `sys.version` is where others say who they are.
fn is_oracle(python: &Path) -> bool {
    let code = "import os, sys, sysconfig; \
        ours = sys.implementation.name == 'cpython' and sys.version_info[:2] == (3, 13) and 'pierglass' not in sys.version.lower(); \
        sys.exit(not (ours and os.path.exists(sysconfig.get_path('include') + '/Python.h')))";
    Command::new(python).args(["-c", code]).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
