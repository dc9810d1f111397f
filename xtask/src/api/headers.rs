//! `include/gen/*.h`: prototypes of CPython's public functions, in the header in which CPython has them.
//!
//! Missing functions have theirs too: what compiles against our headers does here what the same source's wheel does. The types
//! are spelled as CPython's headers spell them ([`super::abi`] compares them with Rust's), the parameters' names are ours. What a
//! hand-written header declares or defines itself is left to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::Result;

use super::abi;
use super::cpython::Export;
use super::declared::Kind;
use super::{Facts, MARK, files_below};

/// From which limited API on, at the earliest, a header shows something: `None` in the full API alone.
type Level = Option<u32>;

/// The first version with a limited API: what is that old is always there.
const OLDEST: u32 = 2;

/// Path and text of each generated header.
pub(super) fn texts(facts: &Facts) -> Result<BTreeMap<String, String>> {
    let by_hand = by_hand(&facts.root.join("include"))?;
    let mut headers: BTreeMap<&str, BTreeMap<Level, Vec<String>>> = BTreeMap::new();
    let functions = facts.cpython.exports.iter().filter(|(name, export)| !export.is_data && !by_hand.contains(*name));
    for (name, export) in functions {
        let Some(header) = export.public_header() else { continue };
        let names = match facts.ours.in_rust.get(name).map(|declaration| &declaration.kind) {
            Some(Kind::Function { declared, .. }) => {
                abi::parameters(declared).into_iter().map(|(name, _)| name).collect()
            }
            _ => Vec::new(),
        };
        headers.entry(header).or_default().entry(export.limited).or_default().push(prototype(name, export, &names));
    }
    Ok(headers.into_iter().map(|(header, levels)| (format!("include/gen/{header}.h"), text(header, &levels))).collect())
}

fn text(header: &str, levels: &BTreeMap<Level, Vec<String>>) -> String {
    let mut text = format!("/* Prototypes of {header}.h. {MARK} */\n");
    // The oldest first, the full API's own last.
    let mut order: Vec<&Level> = levels.keys().collect();
    order.sort_by_key(|level| level.unwrap_or(u32::MAX));
    for level in order {
        text.push('\n');
        let condition = match level {
            Some(minor) if *minor <= OLDEST => None,
            Some(minor) => Some(format!("!defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x03{minor:02x}0000")),
            None => Some("!defined(Py_LIMITED_API)".to_owned()),
        };
        if let Some(condition) = &condition {
            text += &format!("#if {condition}\n");
        }
        for prototype in &levels[level] {
            text += prototype;
            text.push('\n');
        }
        if condition.is_some() {
            text += "#endif\n";
        }
    }
    text
}

/// The C prototype, with our names for the parameters.
pub(super) fn prototype(name: &str, export: &Export, names: &[String]) -> String {
    let parameters: Vec<String> = export
        .parameters
        .iter()
        .enumerate()
        .map(|(index, ty)| declarator(ty, &names.get(index).map_or_else(String::new, |name| c_name(name))))
        .collect();
    let parameters = if parameters.is_empty() { "void".to_owned() } else { parameters.join(", ") };
    format!("PyAPI_FUNC({}) {name}({parameters});", export.result)
}

/// `type name`, where a function pointer's name goes inside.
fn declarator(ty: &str, name: &str) -> String {
    if let Some((before, after)) = ty.split_once("(*)") {
        return format!("{before}(*{name}){after}");
    }
    let space = if ty.ends_with('*') || name.is_empty() || ty == "..." { "" } else { " " };
    if ty == "..." { ty.to_owned() } else { format!("{ty}{space}{name}") }
}

/// A name that is neither a keyword of C or C++ nor a raw identifier of Rust.
fn c_name(name: &str) -> String {
    let name = name.trim_start_matches("r#");
    const TAKEN: &[&str] = &[
        "and",
        "auto",
        "bool",
        "case",
        "catch",
        "char",
        "class",
        "default",
        "delete",
        "double",
        "explicit",
        "export",
        "float",
        "friend",
        "int",
        "long",
        "namespace",
        "new",
        "not",
        "operator",
        "or",
        "private",
        "protected",
        "public",
        "register",
        "short",
        "signed",
        "template",
        "this",
        "throw",
        "try",
        "typename",
        "union",
        "unsigned",
        "using",
        "virtual",
        "void",
        "xor",
    ];
    if TAKEN.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// The functions that hand-written headers declare, or define inline or as a macro.
fn by_hand(include: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for path in files_below(include, ".h")? {
        if path.starts_with(include.join("gen")) {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        names.extend(text.lines().filter_map(defined_in).map(str::to_owned));
    }
    Ok(names)
}

/// The function that a line of a hand-written header declares or defines. A line that starts with a name carries on from one with
/// the result's type.
pub(super) fn defined_in(line: &str) -> Option<&str> {
    let after = if let Some((_, rest)) = line.split_once("PyAPI_FUNC(") {
        rest.split_once(')').map_or(rest, |(_, rest)| rest)
    } else if line.contains("static inline ") || line.starts_with("Py") {
        line
    } else {
        return None;
    };
    let name = after.split_once('(')?.0.trim_end().rsplit([' ', '*']).next()?;
    (name.starts_with("Py") || name.starts_with("_Py")).then_some(name)
}

/// Every name that hand-written headers give meaning without a symbol: inline functions and macros with parameters.
pub(super) fn inline(include: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for path in files_below(include, ".h")? {
        for line in fs::read_to_string(&path)?.lines() {
            if let Some((name, _)) = line.strip_prefix("#define ").and_then(|rest| rest.split_once('(')) {
                names.insert(name.to_owned());
            } else if line.contains("static inline ") {
                names.extend(defined_in(line).map(str::to_owned));
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_get_their_names() {
        assert_eq!(declarator("PyObject *", "op"), "PyObject *op");
        assert_eq!(declarator("Py_ssize_t", "i"), "Py_ssize_t i");
        assert_eq!(declarator("int (*)(void *)", "f"), "int (*f)(void *)");
        assert_eq!(declarator("...", "x"), "...");
        assert_eq!(c_name("r#type"), "type");
        assert_eq!(c_name("new"), "new_");
    }

    #[test]
    fn what_headers_define_by_hand_is_seen() {
        assert_eq!(defined_in("PyAPI_FUNC(PyObject *) PyTuple_Pack(Py_ssize_t n, ...);"), Some("PyTuple_Pack"));
        assert_eq!(
            defined_in("static inline int PyObject_TypeCheck(PyObject *op, PyTypeObject *type)"),
            Some("PyObject_TypeCheck")
        );
        assert_eq!(defined_in("PyAPI_FUNC(PyObject *) *PyFoo(void);"), Some("PyFoo"));
        assert_eq!(defined_in("#define PyList_Check(op) x"), None);
        assert_eq!(defined_in("    PyEval_RestoreThread(save);"), None);
    }

    #[test]
    fn a_header_hides_what_the_limited_api_lacks() {
        let levels = BTreeMap::from([
            (None, vec!["full".to_owned()]),
            (Some(2), vec!["old".to_owned()]),
            (Some(10), vec!["ten".to_owned()]),
        ]);
        let text = text("x", &levels);
        let place = |what: &str| text.find(what).unwrap();
        assert!(place("old") < place("0x030a0000") && place("0x030a0000") < place("ten"));
        assert!(place("ten") < place("#if !defined(Py_LIMITED_API)\n") && text.ends_with("full\n#endif\n"));
    }
}
