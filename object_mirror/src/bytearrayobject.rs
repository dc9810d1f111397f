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

const _: () = assert!(size_of::<PyByteArrayObject>() == 56);
