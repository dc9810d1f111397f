//! `boolobject.h`: True and False.

use std::ffi::{c_int, c_long};

use capi_macros::capi;
use object_mirror::object::PyObject;

use crate::statics;

/// Return True or False.
#[capi(raw)]
pub unsafe extern "C" fn PyBool_FromLong(ok: c_long) -> *mut PyObject {
    if ok != 0 { statics::true_() } else { statics::false_() }
}

/// Whether the object is True.
#[capi(raw)]
pub unsafe extern "C" fn Py_IsTrue(x: *mut PyObject) -> c_int {
    c_int::from(std::ptr::eq(x, statics::true_()))
}

/// Whether the object is False.
#[capi(raw)]
pub unsafe extern "C" fn Py_IsFalse(x: *mut PyObject) -> c_int {
    c_int::from(std::ptr::eq(x, statics::false_()))
}
