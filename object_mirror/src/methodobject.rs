//! `methodobject.h`: C functions.

use std::ffi::{c_char, c_int};

use crate::object::{PyObject, PyTypeObject, vectorcallfunc};

/// Any C function; its convention is told by `ml_flags`.
pub type PyCFunction = unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> *mut PyObject;

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct PyMethodDef {
    pub ml_name: *const c_char,
    pub ml_meth: Option<PyCFunction>,
    pub ml_flags: c_int,
    pub ml_doc: *const c_char,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyCFunctionObject {
    pub ob_base: PyObject,
    pub m_ml: *mut PyMethodDef,
    pub m_self: *mut PyObject,
    pub m_module: *mut PyObject,
    pub m_weakreflist: *mut PyObject,
    pub vectorcall: Option<vectorcallfunc>,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyCMethodObject {
    pub func: PyCFunctionObject,
    pub mm_class: *mut PyTypeObject,
}

pub const METH_VARARGS: c_int = 0x0001;
pub const METH_KEYWORDS: c_int = 0x0002;
pub const METH_NOARGS: c_int = 0x0004;
pub const METH_O: c_int = 0x0008;
pub const METH_CLASS: c_int = 0x0010;
pub const METH_STATIC: c_int = 0x0020;
pub const METH_COEXIST: c_int = 0x0040;
pub const METH_FASTCALL: c_int = 0x0080;
pub const METH_METHOD: c_int = 0x0200;

crate::layout::pinned! {
    PyMethodDef 0x20 { ml_name 0x0 8, ml_meth 0x8 8, ml_flags 0x10 4, ml_doc 0x18 8 }
    PyCFunctionObject 0x38 {
        ob_base 0x0 16,
        m_ml 0x10 8,
        m_self 0x18 8,
        m_module 0x20 8,
        m_weakreflist 0x28 8,
        vectorcall 0x30 8,
    }
    PyCMethodObject 0x40 { func 0x0 56, mm_class 0x38 8 }
}
