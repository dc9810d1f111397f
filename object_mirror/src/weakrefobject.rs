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

const _: () = assert!(size_of::<PyWeakReference>() == 64);
