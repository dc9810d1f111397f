//! `cargo xtask record`: write the expected outputs anew. They come from CPython 3.13 and nothing else.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::suite::script;
use crate::workspace;

/// Record what the conformance scripts print in CPython; with `wheels`, also what the wheels do.
pub(crate) fn run(python: Option<&Path>, wheels: bool) -> Result<bool> {
    let Some(oracle) = workspace::oracle(python) else {
        bail!("no CPython 3.13 with headers: name one with --python, or put python3.13 on PATH");
    };
    let extensions = workspace::target().join("recorded-extensions");
    done(script("build.py").arg("--out").arg(&extensions))?;
    done(script("conformance.py").arg("--python").arg(&oracle).arg("--ext").arg(&extensions).arg("--record"))?;
    if wheels {
        for check in ["wheels/run.py", "wheels/packages.py"] {
            done(script(check).arg("--python").arg(&oracle).arg("--record"))?;
        }
    }
    Ok(true)
}

fn done(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{command:?}"))?;
    if !status.success() {
        bail!("{command:?}: {status}");
    }
    Ok(())
}
