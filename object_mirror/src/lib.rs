//! CPython 3.13's object layouts, pinned to the byte; the memory mirrors live in; the map between mirrors and host objects.
//!
//! This crate knows no host and no reference counting policy. One module per CPython header holds that header's structs as
//! `#[repr(C)]` twins under CPython's own names, with the offsets asserted at compile time; the numbers are 3.13.0's on a
//! 64-bit platform. [`heap`], [`prefix`], [`map`] and [`arena`] are the memory: mirrors lie in one reserved range, each
//! right behind a 16-byte [`prefix::Prefix`] of ours, so that nothing of ours is inside the object.
#![allow(non_camel_case_types, non_snake_case, non_upper_case_globals, reason = "CPython's names, letter for letter")]
#![allow(
    missing_docs,
    clippy::missing_safety_doc,
    reason = "the twins' fields are documented where CPython documents them"
)]

pub mod arena;
pub mod boolobject;
pub mod bytearrayobject;
pub mod bytesobject;
pub mod cellobject;
pub mod classobject;
pub mod code;
pub mod complexobject;
pub mod datetime;
pub mod descrobject;
pub mod dictobject;
pub mod floatobject;
pub mod frameobject;
pub mod funcobject;
pub mod genobject;
mod graves;
pub mod heap;
pub mod layout;
pub mod listobject;
pub mod longobject;
pub mod map;
pub mod memoryobject;
pub mod methodobject;
pub mod moduleobject;
pub mod object;
pub mod prefix;
pub mod pycapsule;
pub mod pyerrors;
pub mod pystate;
pub mod setobject;
pub mod sliceobject;
pub mod structseq;
pub mod traceback;
pub mod tupleobject;
pub mod unicodeobject;
pub mod valgrind;
pub mod weakrefobject;

/// A signed size, as CPython's.
pub type Py_ssize_t = isize;
/// A hash value, as CPython's.
pub type Py_hash_t = isize;
