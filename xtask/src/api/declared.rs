//! What `emul/src` declares: `#[capi]`, `#[capi(raw)]`, `#[capi_data]`, and the functions of `in_c.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use syn::{Attribute, Expr, ForeignItem, Item, ItemFn, Lit, Meta};

use super::files_below;

/// One exported name.
pub(super) struct Declaration {
    pub(super) name: String,
    /// The Rust module, as a path below `crate`.
    pub(super) module: Vec<String>,
    /// The source, relative to the project.
    pub(super) file: String,
    pub(super) docs: String,
    pub(super) kind: Kind,
}

/// What kind of thing it is.
pub(super) enum Kind {
    /// `#[capi]`, `#[capi(raw)]`.
    Function {
        declared: Box<ItemFn>,
        is_raw: bool,
    },
    Data,
}

impl Declaration {
    /// The Rust path.
    pub(super) fn path(&self) -> String {
        let mut path = vec!["crate"];
        path.extend(self.module.iter().map(String::as_str));
        path.push(&self.name);
        path.join("::")
    }

    /// The file's family, for names that no public header of CPython's has.
    pub(super) fn family(&self) -> &str {
        self.module.first().map_or("pierglass", |module| module.trim_end_matches('_'))
    }
}

/// Every exported name of ours.
pub(super) struct Declarations {
    pub(super) in_rust: BTreeMap<String, Declaration>,
    /// The functions of the C shims, with the file that holds each.
    pub(super) in_c: BTreeMap<String, String>,
    /// What is declared twice.
    pub(super) problems: Vec<String>,
}

impl Declarations {
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut found = Self { in_rust: BTreeMap::new(), in_c: in_c(root)?, problems: Vec::new() };
        let sources = root.join("emul/src");
        for path in files_below(&sources, ".rs")? {
            let relative = path.strip_prefix(&sources)?;
            // What this generator writes declares nothing of its own.
            if relative == Path::new("gen/table.rs") || relative == Path::new("gen/missing.rs") {
                continue;
            }
            let text = fs::read_to_string(&path)?;
            let file = syn::parse_file(&text).with_context(|| path.display().to_string())?;
            let source = Source { file: format!("emul/src/{}", relative.display()), module: module_of(relative) };
            source.read(&file.items, &source.module, &mut found);
        }
        Ok(found)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.in_rust.keys().chain(self.in_c.keys()).map(String::as_str)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.in_rust.contains_key(name) || self.in_c.contains_key(name)
    }
}

struct Source {
    file: String,
    module: Vec<String>,
}

impl Source {
    fn read(&self, items: &[Item], module: &[String], found: &mut Declarations) {
        for item in items {
            match item {
                Item::Fn(function) => {
                    if let Some(attribute) = attribute(&function.attrs, "capi") {
                        let is_raw = matches!(&attribute.meta, Meta::List(list) if list.tokens.to_string() == "raw");
                        let kind = Kind::Function { declared: Box::new(function.clone()), is_raw };
                        self.add(found, &function.sig.ident, module, &function.attrs, kind);
                    }
                }
                Item::Static(datum) if attribute(&datum.attrs, "capi_data").is_some() => {
                    self.add(found, &datum.ident, module, &datum.attrs, Kind::Data);
                }
                Item::Mod(inner) if !is_test(&inner.attrs) => {
                    let below = [module, &[inner.ident.to_string()]].concat();
                    self.read(inner.content.as_ref().map_or(&[], |(_, items)| items), &below, found);
                }
                _ => {}
            }
        }
    }

    fn add(
        &self,
        found: &mut Declarations,
        name: &syn::Ident,
        module: &[String],
        attributes: &[Attribute],
        kind: Kind,
    ) {
        let name = name.to_string();
        let declaration = Declaration {
            name: name.clone(),
            module: module.to_vec(),
            file: self.file.clone(),
            docs: docs(attributes),
            kind,
        };
        if found.in_c.contains_key(&name) {
            found.problems.push(format!("{}: {name} is in in_c.rs too", self.file));
        }
        if let Some(other) = found.in_rust.insert(name.clone(), declaration) {
            found.problems.push(format!("{}: {name} is declared in {} too", self.file, other.file));
        }
    }
}

/// The module path of a file below `emul/src`. `gen` is a keyword in Rust.
fn module_of(relative: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        relative.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts.iter_mut().filter(|part| *part == "gen").for_each(|part| part.push('_'));
    parts
}

fn attribute<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|attribute| attribute.path().is_ident(name))
}

fn is_test(attributes: &[Attribute]) -> bool {
    attribute(attributes, "cfg")
        .is_some_and(|attribute| matches!(&attribute.meta, Meta::List(list) if list.tokens.to_string() == "test"))
}

/// The doc comment.
fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The functions that `in_c.rs` names, if the crate has that module, with the C file that the comment above them names.
fn in_c(root: &Path) -> Result<BTreeMap<String, String>> {
    let path = root.join("emul/src/in_c.rs");
    if !fs::read_to_string(root.join("emul/src/lib.rs"))?.lines().any(|line| line == "mod in_c;") {
        return Ok(BTreeMap::new());
    }
    let text = fs::read_to_string(&path).context("emul/src/in_c.rs")?;
    let mut file_of = BTreeMap::new();
    let mut file = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("// c/") {
            file = format!("emul/c/{name}");
        } else if let Some(name) = line.strip_prefix("fn ").and_then(|rest| rest.split('(').next()) {
            file_of.insert(name.to_owned(), file.clone());
        }
    }
    let parsed = syn::parse_file(&text)?;
    let blocks = parsed.items.iter().filter_map(|item| match item {
        Item::ForeignMod(block) => Some(&block.items),
        _ => None,
    });
    let functions = blocks.flatten().filter_map(|item| match item {
        ForeignItem::Fn(function) => Some(function.sig.ident.to_string()),
        _ => None,
    });
    Ok(functions.map(|name| (name.clone(), file_of.remove(&name).unwrap_or_default())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_modules() {
        assert_eq!(module_of(Path::new("listobject.rs")), ["listobject"]);
        assert_eq!(module_of(Path::new("abstract_/number.rs")), ["abstract_", "number"]);
        assert_eq!(module_of(Path::new("unicodeobject/mod.rs")), ["unicodeobject"]);
        assert_eq!(module_of(Path::new("gen/builtin_types.rs")), ["gen_", "builtin_types"]);
    }

    #[test]
    fn declarations_are_read_with_their_words() {
        let text = "/// First.\n/// Second.\n#[capi(raw)]\npub unsafe extern \"C\" fn A() {}\n\
            #[capi_data]\npub static mut B: i32 = 0;\nmod inner { #[capi] fn C() {} }\n\
            #[cfg(test)] mod tests { #[capi] fn D() {} }\nfn e() {}";
        let file = syn::parse_file(text).unwrap();
        let mut found = Declarations { in_rust: BTreeMap::new(), in_c: BTreeMap::new(), problems: Vec::new() };
        let source = Source { file: "x.rs".to_owned(), module: vec!["x".to_owned()] };
        source.read(&file.items, &source.module, &mut found);
        assert_eq!(found.names().collect::<Vec<_>>(), ["A", "B", "C"]);
        assert_eq!(found.in_rust["A"].docs, "First.\nSecond.");
        assert!(matches!(found.in_rust["A"].kind, Kind::Function { is_raw: true, .. }));
        assert!(matches!(found.in_rust["C"].kind, Kind::Function { is_raw: false, .. }));
        assert_eq!(found.in_rust["C"].path(), "crate::x::inner::C");
        source.read(&file.items, &source.module, &mut found);
        assert_eq!(found.problems.len(), 3);
    }
}
