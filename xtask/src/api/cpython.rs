//! The checked-in facts about CPython 3.13: `emul/data`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// An exported name of CPython's.
pub(super) struct Export {
    pub(super) is_data: bool,
    /// Relative to its include folder; empty for names without a declaration.
    pub(super) header: String,
    /// The minor version of the first limited API that has it.
    pub(super) limited: Option<u32>,
    /// Whether it is part of the stable ABI, as all of the limited API is.
    pub(super) stable: bool,
    /// The result's type, or the datum's; empty if nobody declares it.
    pub(super) result: String,
    pub(super) parameters: Vec<String>,
}

impl Export {
    /// The public header that declares the name, without folder and ending.
    pub(super) fn public_header(&self) -> Option<&str> {
        let header = self.header.strip_suffix(".h").filter(|header| !header.starts_with("internal/"))?;
        Some(header.rsplit('/').next().unwrap_or(header))
    }
}

/// What a function's result says when it failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Failure {
    /// Nothing: the caller cannot know.
    None,
    Zero,
    Null,
    MinusOne,
}

/// CPython 3.13, as its binaries and headers show it.
pub(super) struct CPython {
    pub(super) exports: BTreeMap<String, Export>,
    /// How many of the 75 packages want a name.
    pub(super) demand: BTreeMap<String, u32>,
    failures: Vec<(String, Failure)>,
}

impl CPython {
    pub(super) fn read(root: &Path) -> Result<Self> {
        let lines = |name: &str| {
            let text =
                fs::read_to_string(root.join("emul/data").join(name)).with_context(|| format!("emul/data/{name}"))?;
            anyhow::Ok(text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>())
        };
        Ok(Self {
            exports: lines("cpython-3.13.tsv")?.iter().map(|line| export(line)).collect(),
            demand: lines("demand.tsv")?.iter().filter_map(|line| demand(line)).collect(),
            failures: lines("errors.tsv")?.iter().map(|line| failure(line)).collect::<Result<_>>()?,
        })
    }

    /// What the result of the function says when it failed.
    pub(super) fn failure(&self, name: &str) -> Failure {
        let listed = self.failures.iter().rev().find(|(pattern, _)| matches(pattern, name));
        listed.map_or_else(
            || by_type(self.exports.get(name).map_or("", |export| &export.result)),
            |(_, failure)| *failure,
        )
    }

    /// How many packages want the name; zero where only CPython's own tests do.
    pub(super) fn wanted(&self, name: &str) -> Option<u32> {
        self.demand.get(name).copied()
    }
}

fn export(line: &str) -> (String, Export) {
    let fields: Vec<&str> = line.split('\t').collect();
    let field = |index: usize| fields.get(index).copied().unwrap_or_default();
    let export = Export {
        is_data: field(1) == "data",
        header: field(2).to_owned(),
        limited: field(3).strip_prefix("3.").and_then(|minor| minor.parse().ok()),
        stable: !field(3).is_empty(),
        result: field(4).to_owned(),
        parameters: field(5)
            .split("; ")
            .filter(|parameter| !matches!(*parameter, "" | "void"))
            .map(str::to_owned)
            .collect(),
    };
    (field(0).to_owned(), export)
}

fn demand(line: &str) -> Option<(String, u32)> {
    let mut fields = line.split('\t');
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

fn failure(line: &str) -> Result<(String, Failure)> {
    let (pattern, word) = line.split_once('\t').with_context(|| format!("errors.tsv: {line}"))?;
    let failure = match word {
        "none" => Failure::None,
        "zero" => Failure::Zero,
        "null" => Failure::Null,
        "minus one" => Failure::MinusOne,
        _ => anyhow::bail!("errors.tsv: {word}"),
    };
    Ok((pattern.to_owned(), failure))
}

/// Whether `name` is the pattern, which may begin or end with a star.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    if let Some(ending) = pattern.strip_prefix('*') {
        return name.ends_with(ending);
    }
    pattern.strip_suffix('*').map_or(pattern == name, |beginning| name.starts_with(beginning))
}

fn by_type(result: &str) -> Failure {
    match result {
        "int" | "long" | "long long" | "int64_t" | "Py_ssize_t" | "Py_hash_t" | "double" | "PySendResult" => {
            Failure::MinusOne
        }
        pointer if pointer.ends_with('*') => Failure::Null,
        "PyCFunction" | "PyCapsule_Destructor" => Failure::Null,
        _ => Failure::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> CPython {
        CPython::read(&crate::workspace::root()).expect("the snapshot is checked in")
    }

    #[test]
    fn the_result_says_that_a_function_failed_or_cannot() {
        let facts = facts();
        let said = [
            ("PyList_New", Failure::Null),
            ("PyList_Append", Failure::MinusOne),
            ("PyFloat_AsDouble", Failure::MinusOne),
            ("PyArg_ParseTuple", Failure::Zero),
            ("PyUnicode_FSConverter", Failure::Zero),
            ("PyLong_AsUnsignedLong", Failure::MinusOne),
            ("PyCallable_Check", Failure::None),
            ("PyErr_Clear", Failure::None),
            ("PyErr_Occurred", Failure::None),
            ("Py_GetVersion", Failure::None),
            ("PyComplex_AsCComplex", Failure::None),
        ];
        for (name, failure) in said {
            assert!(facts.exports.contains_key(name), "{name}");
            assert_eq!(facts.failure(name), failure, "{name}");
        }
    }

    #[test]
    fn patterns_match_whole_names() {
        assert!(matches("PyArg_*", "PyArg_Parse") && matches("*_Check", "PyIter_Check") && matches("Py_Is", "Py_Is"));
        assert!(
            !matches("Py_Is", "Py_IsNone")
                && !matches("*_Check", "PyIter_CheckExact")
                && !matches("PyArg_*", "_PyArg_X")
        );
    }

    #[test]
    fn every_pattern_of_errors_tsv_is_about_something() {
        let facts = facts();
        for (pattern, _) in &facts.failures {
            assert!(facts.exports.keys().any(|name| matches(pattern, name)), "{pattern} matches nothing");
        }
    }
}
