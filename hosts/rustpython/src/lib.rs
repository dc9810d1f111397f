//! RustPython as a host of the C API.

mod annotations;
mod collector;
mod ctypes_calls;
mod ending;
mod gaps;
mod host;
pub mod identity;
mod import_hook;
mod loader_glue;
mod marshal_types;
mod options;
mod process_start;
pub mod run;
mod standard_streams;
mod statistics;
pub mod stdlib;
mod struct_packing;
mod subinterpreters;
