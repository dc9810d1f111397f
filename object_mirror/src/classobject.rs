//! `cpython/classobject.h`: bound methods, and the functions that bind like one.

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

#[repr(C)]
#[derive(Debug)]
pub struct PyInstanceMethodObject {
    pub ob_base: PyObject,
    pub func: *mut PyObject,
}

crate::layout::pinned! {
    PyMethodObject 0x30 { ob_base 0x0 16, im_func 0x10 8, im_self 0x18 8, im_weakreflist 0x20 8, vectorcall 0x28 8 }
    PyInstanceMethodObject 0x18 { ob_base 0x0 16, func 0x10 8 }
}
