//! `unicodeobject.h`, `cpython/unicodeobject.h`: strings.

use std::ffi::{c_char, c_void};

use crate::object::PyObject;
use crate::{Py_hash_t, Py_ssize_t};

/// `state` as bits: interned 2, kind 3, compact 1, ascii 1, statically allocated 1.
#[repr(C)]
#[derive(Debug)]
pub struct PyASCIIObject {
    pub ob_base: PyObject,
    pub length: Py_ssize_t,
    pub hash: Py_hash_t,
    pub state: u32,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyCompactUnicodeObject {
    pub _base: PyASCIIObject,
    pub utf8_length: Py_ssize_t,
    pub utf8: *mut c_char,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyUnicodeObject {
    pub _base: PyCompactUnicodeObject,
    pub data: *mut c_void,
}

/// Shift of `state.kind`, and its values.
pub const KIND_SHIFT: u32 = 2;
pub const COMPACT: u32 = 1 << 5;
pub const ASCII: u32 = 1 << 6;
pub const STATIC: u32 = 1 << 7;
pub const INTERNED_MASK: u32 = 3;

crate::layout::pinned! {
    PyASCIIObject 0x28 { ob_base 0x0 16, length 0x10 8, hash 0x18 8, state 0x20 4 }
    PyCompactUnicodeObject 0x38 { _base 0x0 40, utf8_length 0x28 8, utf8 0x30 8 }
    PyUnicodeObject 0x40 { _base 0x0 56, data 0x38 8 }
}
