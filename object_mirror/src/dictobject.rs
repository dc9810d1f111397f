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

/// The keys, values or items of a dict.
#[repr(C)]
#[derive(Debug)]
pub struct _PyDictViewObject {
    pub ob_base: PyObject,
    pub dv_dict: *mut PyDictObject,
}

crate::layout::pinned! {
    PyDictObject 0x30 { ob_base 0x0 16, ma_used 0x10 8, ma_version_tag 0x18 8, ma_keys 0x20 8, ma_values 0x28 8 }
    _PyDictViewObject 0x18 { ob_base 0x0 16, dv_dict 0x10 8 }
}
