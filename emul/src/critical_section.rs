//! `critical_section.h`: critical sections, which are nothing in a build with a GIL.

use std::ffi::c_void;

use capi_macros::capi;
use object_mirror::object::PyObject;

/// Enter a section on an object: the GIL is section enough.
#[capi(raw)]
pub unsafe extern "C" fn PyCriticalSection_Begin(_section: *mut c_void, _op: *mut PyObject) {}

/// Leave a section.
#[capi(raw)]
pub unsafe extern "C" fn PyCriticalSection_End(_section: *mut c_void) {}

/// Enter a section on two objects: the GIL is section enough.
#[capi(raw)]
pub unsafe extern "C" fn PyCriticalSection2_Begin(_section: *mut c_void, _a: *mut PyObject, _b: *mut PyObject) {}

/// Leave a section.
#[capi(raw)]
pub unsafe extern "C" fn PyCriticalSection2_End(_section: *mut c_void) {}
