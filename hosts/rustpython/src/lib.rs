//! RustPython as a host of the C API.

mod collector;
mod gaps;
mod host;
pub mod identity;
mod import_hook;
mod loader_glue;
mod options;
pub mod run;
mod statistics;
pub mod stdlib;
