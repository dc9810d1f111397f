//! RustPython as a host of the C API.

pub mod identity;
mod host;
mod import_hook;
mod loader_glue;
mod options;
pub mod run;
mod statistics;
pub mod stdlib;
