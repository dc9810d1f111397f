//! `cargo xtask ci`: what a change must pass, in the order in which a human wants to fail.

use std::process::Command;

use anyhow::{Context, Result};

use crate::suite::{self, LIGHT, Options, cargo};
use crate::{api, workspace};

/// Run everything; stop at the first kind that fails. Whether all passed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let light = || LIGHT.iter().flat_map(|name| ["-p", name]);
    Ok(passes(cargo("fmt").args(["--all", "--check"]))?
        && passes(cargo("clippy").args(light()).args(["--all-targets", "--", "-D", "warnings"]))?
        && api::run(true)?
        && passes(
            cargo("doc")
                .args(light())
                .args(["--no-deps", "--document-private-items"])
                // Private items are documented too, so that links to them lead somewhere.
                .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links"),
        )?
        && deny()?
        && suite::run(options)?)
}

/// Licences, sources and bans, where cargo-deny is installed.
fn deny() -> Result<bool> {
    let mut command = Command::new("cargo-deny");
    command.args(["check", "bans", "licenses", "sources"]).current_dir(workspace::root());
    match command.status() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: cargo-deny is not installed (cargo install cargo-deny)");
            Ok(true)
        }
        status => Ok(status?.success()),
    }
}

fn passes(command: &mut Command) -> Result<bool> {
    println!("\n== {command:?}");
    Ok(command.status().with_context(|| format!("{command:?}"))?.success())
}
