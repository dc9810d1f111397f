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

crate::layout::pinned! {
    setentry 0x10 { key 0x0 8, hash 0x8 8 }
    PySetObject 0xc8 {
        ob_base 0x0 16,
        fill 0x10 8,
        used 0x18 8,
        mask 0x20 8,
        table 0x28 8,
        hash 0x30 8,
        finger 0x38 8,
        smalltable 0x40 128,
        weakreflist 0xc0 8,
    }
}
