//! Generated code. See the generators in `xtask`.

pub(crate) mod builtin_types;
pub(crate) mod missing;
pub(crate) mod table;
