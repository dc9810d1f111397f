//! What the exit statuses mean. They are stable: scripts may rely on them.

use std::process::ExitCode;

/// Why a subcommand of ours ended as it did; `pierglass python` ends as the Python program does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Exit {
    /// All done.
    Done = 0,
    /// Something ran and failed, or gave another result than CPython.
    Failed = 1,
    /// A folder cannot be written. (2 is clap's, for a command line it does not understand.)
    NotWritable = 3,
    /// There is no C compiler.
    NoCompiler = 4,
    /// The package index cannot be reached.
    NoIndex = 5,
}

pub(crate) const HELP: &str = "\
Exit status: 0 done; 1 something failed or differs from CPython; 2 the command line is not understood;
3 a folder cannot be written; 4 no C compiler; 5 the package index cannot be reached.
`pierglass python` ends with the status of the Python program.";

impl Exit {
    /// Of two outcomes the one to end with: a failure counts more than anything that could not be had.
    pub(crate) fn worst(self, other: Self) -> Self {
        if self == Self::Failed || other == Self::Failed { Self::Failed } else { self.max(other) }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
