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

const _: () = {
    use std::mem::offset_of;
    assert!(size_of::<PyASCIIObject>() == 0x28 && size_of::<PyCompactUnicodeObject>() == 0x38);
    assert!(offset_of!(PyASCIIObject, hash) == 0x18 && offset_of!(PyASCIIObject, state) == 0x20);
    assert!(offset_of!(PyUnicodeObject, data) == 0x38);
};
