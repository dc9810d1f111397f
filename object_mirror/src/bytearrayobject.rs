//! `bytearrayobject.h`: bytearrays.

use std::ffi::c_char;

use crate::Py_ssize_t;
use crate::object::PyVarObject;

#[repr(C)]
#[derive(Debug)]
pub struct PyByteArrayObject {
    pub ob_base: PyVarObject,
    pub ob_alloc: Py_ssize_t,
    pub ob_bytes: *mut c_char,
    pub ob_start: *mut c_char,
    pub ob_exports: Py_ssize_t,
}

crate::layout::pinned! {
    PyByteArrayObject 0x38 { ob_base 0x0 24, ob_alloc 0x18 8, ob_bytes 0x20 8, ob_start 0x28 8, ob_exports 0x30 8 }
}
