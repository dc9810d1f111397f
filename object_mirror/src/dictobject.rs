//! `dictobject.h`: dicts. C reads `ma_used`; the tables stay the host's.

use std::ffi::c_void;

use crate::Py_ssize_t;
use crate::object::PyObject;

#[repr(C)]
#[derive(Debug)]
pub struct PyDictObject {
    pub ob_base: PyObject,
    pub ma_used: Py_ssize_t,
    pub ma_version_tag: u64,
    pub ma_keys: *mut c_void,
    pub ma_values: *mut c_void,
}

const _: () = assert!(size_of::<PyDictObject>() == 48);
