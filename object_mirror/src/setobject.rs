//! `setobject.h`: sets. C reads `used`; the tables stay the host's.

use std::ffi::c_void;

use crate::object::PyObject;
use crate::{Py_hash_t, Py_ssize_t};

#[repr(C)]
#[derive(Debug)]
pub struct setentry {
    pub key: *mut PyObject,
    pub hash: Py_hash_t,
}

#[repr(C)]
#[derive(Debug)]
pub struct PySetObject {
    pub ob_base: PyObject,
    pub fill: Py_ssize_t,
    pub used: Py_ssize_t,
    pub mask: Py_ssize_t,
    pub table: *mut c_void,
    pub hash: Py_hash_t,
    pub finger: Py_ssize_t,
    pub smalltable: [setentry; 8],
    pub weakreflist: *mut PyObject,
}

const _: () = assert!(size_of::<PySetObject>() == 200);
