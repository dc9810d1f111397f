//! `cpython/classobject.h`: bound methods.

use crate::object::{PyObject, vectorcallfunc};

#[repr(C)]
#[derive(Debug)]
pub struct PyMethodObject {
    pub ob_base: PyObject,
    pub im_func: *mut PyObject,
    pub im_self: *mut PyObject,
    pub im_weakreflist: *mut PyObject,
    pub vectorcall: Option<vectorcallfunc>,
}

const _: () = assert!(size_of::<PyMethodObject>() == 48);
