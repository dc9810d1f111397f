//! `emul/src/gen/table.rs`: every exported name with its address.

use super::declared::Kind;
use super::{Facts, MARK};

/// The table's source.
pub(super) fn text(facts: &Facts) -> String {
    let rows = facts.ours.in_rust.values().map(|declaration| {
        let (name, path) = (&declaration.name, declaration.path());
        match declaration.kind {
            Kind::Data => format!("    (\"{name}\", Address((&raw const {path}).cast())),\n"),
            Kind::Function { .. } => format!("    (\"{name}\", Address({path} as *const ())),\n"),
        }
    });
    HEAD.replace("MARK", MARK) + &rows.collect::<String>() + "];\n"
}

const HEAD: &str = "\
//! The export table: naming each symbol keeps the linker from dropping it.
//!
//! MARK

/// An address of the C API.
pub(crate) struct Address(#[allow(dead_code, reason = \"the linker reads it\")] pub(crate) *const ());
// SAFETY: addresses of functions and statics; nobody writes through them.
unsafe impl Sync for Address {}

/// Every function and datum of the C API that Rust implements, by name.
#[used]
#[rustfmt::skip]
pub(crate) static TABLE: &[(&str, Address)] = &[
";
