//! `pierglass venv`: a thin face for `_pierglass_venv`, the module of the packed library that does it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use rustpython_host::run::{self, Called};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where to make it
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Let it see the packages of the base installation
    #[arg(long)]
    system_site_packages: bool,
    /// Empty the folder first if it exists
    #[arg(long)]
    clear: bool,
    /// Install no pip
    #[arg(long)]
    without_pip: bool,
    /// What the shell's prompt shows when it is active
    #[arg(long, value_name = "NAME")]
    prompt: Option<String>,
    /// Upgrade pip from the package index
    #[arg(long)]
    upgrade_deps: bool,
    /// Say nothing unless it fails
    #[arg(long, short)]
    quiet: bool,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    run::python(&Called::AsSubcommand, args.for_python())
}

impl Args {
    fn for_python(&self) -> Vec<OsString> {
        let mut python: Vec<OsString> = ["-I", "-m", "_pierglass_venv"].map(Into::into).into();
        let flags = [
            (self.system_site_packages, "--system-site-packages"),
            (self.clear, "--clear"),
            (self.without_pip, "--without-pip"),
            (self.upgrade_deps, "--upgrade-deps"),
            (self.quiet, "--quiet"),
        ];
        python.extend(flags.into_iter().filter(|(set, _)| *set).map(|(_, flag)| flag.into()));
        python.extend(self.prompt.iter().map(|prompt| format!("--prompt={prompt}").into()));
        // Absolute, so that no folder's name looks like an option.
        python.extend(
            self.folders.iter().map(|folder| std::path::absolute(folder).unwrap_or_else(|_| folder.clone()).into()),
        );
        python
    }
}
