//! `bytesobject.h`: bytes.

use std::ffi::c_char;

use crate::Py_hash_t;
use crate::object::PyVarObject;

#[repr(C)]
#[derive(Debug)]
pub struct PyBytesObject {
    pub ob_base: PyVarObject,
    pub ob_shash: Py_hash_t,
    pub ob_sval: [c_char; 1],
}

crate::layout::pinned! {
    PyBytesObject 0x28 { ob_base 0x0 24, ob_shash 0x18 8, ob_sval 0x20 1 }
}
