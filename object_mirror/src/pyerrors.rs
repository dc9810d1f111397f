//! `cpython/pyerrors.h`: exceptions.

use std::ffi::c_char;

use crate::object::PyObject;

#[repr(C)]
#[derive(Debug)]
pub struct PyBaseExceptionObject {
    pub ob_base: PyObject,
    pub dict: *mut PyObject,
    pub args: *mut PyObject,
    pub notes: *mut PyObject,
    pub traceback: *mut PyObject,
    pub context: *mut PyObject,
    pub cause: *mut PyObject,
    pub suppress_context: c_char,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyStopIterationObject {
    pub ob_base: PyBaseExceptionObject,
    pub value: *mut PyObject,
}

const _: () = assert!(size_of::<PyBaseExceptionObject>() == 72 && size_of::<PyStopIterationObject>() == 80);
