//! The functions we lack: `emul/src/missing.rs` says why, `emul/src/gen/missing.rs` lets each name itself.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};

use super::cpython::{Export, Failure};
use super::{Facts, MARK};

/// Where the reasons are, written by hand.
pub(super) const REASONS: &str = "emul/src/missing.rs";

/// What `emul/src/missing.rs` says of each name.
pub(super) struct Reasons {
    text: String,
    /// Name to reason, and words that stand for a reason.
    of: BTreeMap<String, String>,
}

impl Reasons {
    pub(super) fn read(facts: &Facts) -> Result<Self> {
        let text = fs::read_to_string(facts.root.join(REASONS)).context(REASONS)?;
        let mut words = BTreeMap::new();
        let mut of = BTreeMap::new();
        for line in text.lines() {
            if let Some((word, reason)) = word_for_reason(line) {
                words.insert(word.to_owned(), reason.to_owned());
            } else if let Some((name, reason)) = row(line) {
                let said = reason
                    .strip_prefix('"')
                    .and_then(|reason| reason.strip_suffix('"'))
                    .or(words.get(reason).map(String::as_str));
                let Some(said) = said else { bail!("{REASONS}: {name} has the unknown reason {reason}") };
                of.insert(name.to_owned(), said.to_owned());
            }
        }
        Ok(Self { text, of })
    }

    /// Why the name is missing.
    pub(super) fn of(&self, name: &str) -> Option<&str> {
        self.of.get(name).map(String::as_str)
    }

    /// What CPython exports, we lack, and nobody gave a reason for.
    pub(super) fn lacking(&self, facts: &Facts) -> Vec<String> {
        let unknown = lacking(facts).filter(|(name, _)| !self.of.contains_key(*name));
        let mut problems: Vec<String> = unknown
            .map(|(name, _)| {
                format!("nobody implements {name}: do, or paste into {REASONS}:\n    (\"{name}\", NOT_YET),")
            })
            .collect();
        let foreign = self.of.keys().filter(|name| !facts.cpython.exports.contains_key(*name));
        problems.extend(foreign.map(|name| format!("{REASONS}: CPython 3.13 does not export {name}")));
        problems
    }

    /// The file without the lines of what is implemented by now.
    pub(super) fn without_idle(&self, facts: &Facts) -> String {
        let kept = self.text.lines().filter(|line| row(line).is_none_or(|(name, _)| !facts.ours.has(name)));
        kept.map(|line| format!("{line}\n")).collect()
    }
}

/// `    ("name", reason),`
fn row(line: &str) -> Option<(&str, &str)> {
    let (name, reason) = line.trim().strip_prefix("(\"")?.strip_suffix("),")?.split_once("\", ")?;
    Some((name, reason))
}

/// `const WORD: &str = "reason";`
fn word_for_reason(line: &str) -> Option<(&str, &str)> {
    let (word, reason) = line.strip_prefix("const ")?.split_once(": &str = \"")?;
    Some((word, reason.strip_suffix("\";")?))
}

/// What CPython exports and nobody here implements.
fn lacking(facts: &Facts) -> impl Iterator<Item = (&String, &Export)> {
    facts.cpython.exports.iter().filter(|(name, _)| !facts.ours.has(name))
}

/// The source of the stubs.
pub(super) fn stubs(facts: &Facts) -> String {
    let mut rows = String::new();
    let mut silent = String::new();
    for (name, export) in lacking(facts) {
        match stub(facts.cpython.failure(name), export) {
            Some(result) => rows += &format!("    {name}: {result};\n"),
            None => silent += &format!("    \"{name}\",\n"),
        }
    }
    STUBS.replace("MARK", MARK).replace("ROWS", rows.trim_end()).replace("SILENT", silent.trim_end())
}

/// Type and value of a stub's result; none where it could not tell that the function failed.
fn stub(failure: Failure, export: &Export) -> Option<&'static str> {
    if export.is_data {
        return None;
    }
    match (failure, export.result.as_str()) {
        (Failure::None, _) => None,
        (Failure::Null, _) => Some("*mut c_void = null_mut()"),
        (Failure::Zero, _) => Some("i32 = 0"),
        (Failure::MinusOne, "int" | "PySendResult" | "Py_UCS4") => Some("i32 = -1"),
        (Failure::MinusOne, "double") => Some("f64 = -1.0"),
        (Failure::MinusOne, _) => Some("i64 = -1"),
    }
}

const STUBS: &str = "\
//! What CPython exports and is not implemented. A function that can raises, and says its name; the loader refuses modules
//! that need one of the others.
//!
//! MARK

use std::ffi::c_void;
use std::ptr::null_mut;

use super::table::Address;

crate::missing::stubs! {
ROWS
}

/// What has no way to say that it is missing, in order: functions without an error channel, and data.
#[rustfmt::skip]
pub(crate) static NO_ERROR_CHANNEL: &[&str] = &[
SILENT
];
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        assert_eq!(row("    (\"PyFoo\", NOT_YET),"), Some(("PyFoo", "NOT_YET")));
        assert_eq!(row("    (\"PyFoo\", \"for a reason\"),"), Some(("PyFoo", "\"for a reason\"")));
        assert_eq!(word_for_reason("const NOT_YET: &str = \"later\";"), Some(("NOT_YET", "later")));
        assert_eq!(row("fn stub() {"), None);
    }
}
