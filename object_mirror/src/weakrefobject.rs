//! `cpython/weakrefobject.h`: weak references.

use crate::Py_hash_t;
use crate::object::{PyObject, vectorcallfunc};

#[repr(C)]
#[derive(Debug)]
pub struct PyWeakReference {
    pub ob_base: PyObject,
    pub wr_object: *mut PyObject,
    pub wr_callback: *mut PyObject,
    pub hash: Py_hash_t,
    pub wr_prev: *mut PyWeakReference,
    pub wr_next: *mut PyWeakReference,
    pub vectorcall: Option<vectorcallfunc>,
}

crate::layout::pinned! {
    PyWeakReference 0x40 {
        ob_base 0x0 16,
        wr_object 0x10 8,
        wr_callback 0x18 8,
        hash 0x20 8,
        wr_prev 0x28 8,
        wr_next 0x30 8,
        vectorcall 0x38 8,
    }
}
