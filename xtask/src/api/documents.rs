//! `docs/api/*.md`, a page a header, and `docs/coverage.md`, a row for each name that CPython exports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::Result;
use syn::{ReturnType, Type};

use super::declared::{Declaration, Kind};
use super::missing::Reasons;
use super::{Facts, MARK, abi, files_below, headers};

/// How many of a name's test files the coverage shows.
const TESTS_SHOWN: usize = 3;

/// Path and text of each page of the API.
pub(super) fn families(facts: &Facts) -> BTreeMap<String, String> {
    let mut pages: BTreeMap<&str, Vec<&Declaration>> = BTreeMap::new();
    for declaration in facts.ours.in_rust.values() {
        pages.entry(family(facts, declaration)).or_default().push(declaration);
    }
    let text = |family: &str, rows: &[&Declaration]| {
        let mut text = format!("# {family}.h\n\n<!-- {MARK} -->\n");
        rows.iter().for_each(|row| text += &section(facts, row));
        text
    };
    pages.iter().map(|(family, rows)| (format!("docs/api/{family}.md"), text(family, rows))).collect()
}

/// The public header that has the name in CPython, else the file that has it here.
fn family<'a>(facts: &'a Facts, declaration: &'a Declaration) -> &'a str {
    let export = facts.cpython.exports.get(&declaration.name);
    export.and_then(|export| export.public_header()).unwrap_or_else(|| declaration.family())
}

fn section(facts: &Facts, declaration: &Declaration) -> String {
    let name = &declaration.name;
    let export = facts.cpython.exports.get(name).filter(|export| !export.result.is_empty());
    let (code, ownership) = match (&declaration.kind, export) {
        (Kind::Function { declared, is_raw }, export) => {
            let parameters = abi::parameters(declared);
            let names: Vec<String> = parameters.iter().map(|(name, _)| name.clone()).collect();
            let code = export.map(|export| without_macro(&headers::prototype(name, export, &names)));
            (code, if *is_raw { Vec::new() } else { ownership(&parameters, &declared.sig.output) })
        }
        (Kind::Data, export) => (export.map(|export| datum(name, &export.result)), Vec::new()),
    };
    let mut text = format!("\n## {name}\n");
    if let Some(code) = code {
        text += &format!("\n```c\n{code}\n```\n");
    }
    if !declaration.docs.is_empty() {
        text += &format!("\n{}\n", declaration.docs);
    }
    if !ownership.is_empty() {
        text += &format!("\n{}\n", ownership.join(" "));
    }
    text
}

fn without_macro(prototype: &str) -> String {
    prototype.trim_start_matches("PyAPI_FUNC(").replacen(") ", if prototype.contains("*) ") { "" } else { " " }, 1)
}

fn datum(name: &str, ty: &str) -> String {
    let (ty, array) = ty.find('[').map_or((ty, ""), |index| ty.split_at(index));
    format!("{ty}{}{name}{array};", if ty.ends_with('*') { "" } else { " " })
}

/// Who owns what, and how a failure shows: the Rust types in words.
fn ownership(parameters: &[(String, &Type)], result: &ReturnType) -> Vec<String> {
    let mut words = Vec::new();
    for (name, ty) in parameters {
        match outer(ty).as_str() {
            "Stolen" => words.push(format!("Steals the reference to `{name}`.")),
            "StolenOnSuccess" => words.push(format!("Steals the reference to `{name}`, unless it fails.")),
            "Option" => words.push(format!("`{name}` may be NULL.")),
            _ => {}
        }
    }
    let ReturnType::Type(_, ty) = result else { return words };
    let Some(segment) = abi::last_segment(ty) else { return words };
    let inner = (segment.ident == "Result").then(|| abi::type_argument(segment)).flatten();
    let of = |ty: &Type| match outer(ty).as_str() {
        "New" => Some("a new reference"),
        "Borrowed" => Some("a borrowed reference"),
        "Option" => match abi::last_segment(ty).and_then(abi::type_argument).map(outer).as_deref() {
            Some("New") => Some("a new reference, or NULL for none"),
            Some("Borrowed") => Some("a borrowed reference, or NULL for none"),
            _ => None,
        },
        _ => None,
    };
    match inner {
        None => words.extend(of(ty).map(|what| format!("Returns {what}."))),
        Some(Type::Tuple(tuple)) if tuple.elems.is_empty() => {
            words.push("Returns 0, or -1 with an error set.".to_owned())
        }
        Some(ty) => {
            let what = of(ty);
            let failed = match outer(ty).as_str() {
                "bool" => "Returns 1 or 0, or -1 with an error set.".to_owned(),
                "Option" | "New" | "Borrowed" | "" => match what {
                    Some(what) => format!("Returns {what}; NULL with an error set if it fails."),
                    None => "Returns NULL with an error set if it fails.".to_owned(),
                },
                _ => "Returns -1 with an error set if it fails.".to_owned(),
            };
            words.push(failed);
        }
    }
    words
}

/// The name of the outermost type; empty for a pointer.
fn outer(ty: &Type) -> String {
    abi::last_segment(ty).map_or_else(String::new, |segment| segment.ident.to_string())
}

/// The text of `docs/coverage.md`.
pub(super) fn coverage(facts: &Facts, reasons: &Reasons) -> Result<String> {
    let tests = tests(facts)?;
    let inline = headers::inline(&facts.root.join("include"))?;
    let state = |name: &str| state(facts, reasons, &inline, name);
    let mut text = format!("# What of CPython 3.13's API is here\n\n<!-- {MARK} -->\n\n");
    text += "Every name that CPython 3.13 exports, private ones included. *Packages* is how many of 75 popular packages' wheels import it, \
        0 those that only CPython's own test modules do. *Tests* are files in `test_extensions/src` that use it.\n\n";
    text += &summary(facts);
    let mut wanted: Vec<(&str, u32)> = facts
        .cpython
        .exports
        .keys()
        .filter(|name| !facts.ours.has(name))
        .filter_map(|name| Some((name.as_str(), facts.cpython.wanted(name)?)))
        .collect();
    wanted.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    text += "\n## Wanted and missing\n\n| name | packages | why |\n|---|---:|---|\n";
    for (name, count) in &wanted {
        text += &format!("| `{name}` | {count} | {} |\n", reasons.of(name).unwrap_or("?"));
    }
    text += "\n## Every name\n\n| name | packages | where | tests |\n|---|---:|---|---|\n";
    for name in facts.cpython.exports.keys() {
        let count = facts.cpython.wanted(name).map_or_else(String::new, |count| count.to_string());
        let tests = tests
            .get(name.as_str())
            .map_or_else(String::new, |files| files.iter().take(TESTS_SHOWN).cloned().collect::<Vec<_>>().join(", "));
        text += &format!("| `{name}` | {count} | {} | {tests} |\n", state(name));
    }
    Ok(text)
}

fn state(facts: &Facts, reasons: &Reasons, inline: &BTreeSet<String>, name: &str) -> String {
    if let Some(declaration) = facts.ours.in_rust.get(name) {
        return format!("Rust, {}", declaration.file.trim_start_matches("emul/src/"));
    }
    if let Some(file) = facts.ours.in_c.get(name) {
        return format!("C, {}", file.trim_start_matches("emul/"));
    }
    let header = if inline.contains(name) { "header only; " } else { "" };
    format!("{header}missing: {}", reasons.of(name).unwrap_or("?"))
}

/// How much is there, by who wants it.
fn summary(facts: &Facts) -> String {
    let exports = &facts.cpython.exports;
    let mut by_demand: Vec<(&String, u32)> =
        exports.keys().filter_map(|name| Some((name, facts.cpython.wanted(name)?))).collect();
    by_demand.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    let stable = exports.iter().filter(|(_, export)| export.stable);
    let rows: [(&str, Vec<&String>); 4] = [
        ("the 350 that most packages want", by_demand.iter().take(350).map(|(name, _)| *name).collect()),
        ("wanted by a package or by CPython's test modules", by_demand.iter().map(|(name, _)| *name).collect()),
        ("in the stable ABI", stable.map(|(name, _)| name).collect()),
        ("all", exports.keys().collect()),
    ];
    let mut text = String::from("| names | here | of |\n|---|---:|---:|\n");
    for (what, names) in rows {
        let here = names.iter().filter(|name| facts.ours.has(name)).count();
        text += &format!("| {what} | {here} | {} |\n", names.len());
    }
    text
}

/// Name -> the test extensions that use it.
fn tests(facts: &Facts) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let folder = facts.root.join("test_extensions/src");
    for path in files_below(&folder, ".c")?.into_iter().chain(files_below(&folder, ".cpp")?) {
        let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        for word in
            fs::read_to_string(&path)?.split(|character: char| !(character.is_ascii_alphanumeric() || character == '_'))
        {
            if facts.cpython.exports.contains_key(word) {
                users.entry(word.to_owned()).or_default().insert(stem.clone());
            }
        }
    }
    Ok(users)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(function: &str) -> String {
        let function = syn::parse_str(function).unwrap();
        ownership(&abi::parameters(&function), &function.sig.output).join(" ")
    }

    #[test]
    fn types_become_words() {
        assert_eq!(
            said("fn F(a: Obj<'_>) -> Result<New> {}"),
            "Returns a new reference; NULL with an error set if it fails."
        );
        assert_eq!(
            said("fn F(a: Stolen<'_>, b: Option<Obj<'_>>) -> Result<()> {}"),
            "Steals the reference to `a`. `b` may be NULL. Returns 0, or -1 with an error set."
        );
        assert_eq!(said("fn F() -> Result<bool> {}"), "Returns 1 or 0, or -1 with an error set.");
        assert_eq!(said("fn F() -> Result<Py_ssize_t> {}"), "Returns -1 with an error set if it fails.");
        assert_eq!(said("fn F() -> Result<*const c_char> {}"), "Returns NULL with an error set if it fails.");
        assert_eq!(said("fn F() -> c_int {}"), "");
    }

    #[test]
    fn c_is_shown_as_c() {
        assert_eq!(without_macro("PyAPI_FUNC(PyObject *) F(void);"), "PyObject *F(void);");
        assert_eq!(without_macro("PyAPI_FUNC(int) F(PyObject *(*f)(void));"), "int F(PyObject *(*f)(void));");
        assert_eq!(datum("T", "const int[3]"), "const int T[3];");
    }
}
