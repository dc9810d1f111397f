//! `cpython/funcobject.h`: Python functions, class methods and static methods.

use crate::object::{PyObject, vectorcallfunc};

#[repr(C)]
#[derive(Debug)]
pub struct PyFunctionObject {
    pub ob_base: PyObject,
    pub func_globals: *mut PyObject,
    pub func_builtins: *mut PyObject,
    pub func_name: *mut PyObject,
    pub func_qualname: *mut PyObject,
    pub func_code: *mut PyObject,
    pub func_defaults: *mut PyObject,
    pub func_kwdefaults: *mut PyObject,
    pub func_closure: *mut PyObject,
    pub func_doc: *mut PyObject,
    pub func_dict: *mut PyObject,
    pub func_weakreflist: *mut PyObject,
    pub func_module: *mut PyObject,
    pub func_annotations: *mut PyObject,
    pub func_typeparams: *mut PyObject,
    pub vectorcall: Option<vectorcallfunc>,
    pub func_version: u32,
}

crate::layout::pinned! {
    PyFunctionObject 0x90 {
        ob_base 0x0 16,
        func_globals 0x10 8,
        func_builtins 0x18 8,
        func_name 0x20 8,
        func_qualname 0x28 8,
        func_code 0x30 8,
        func_defaults 0x38 8,
        func_kwdefaults 0x40 8,
        func_closure 0x48 8,
        func_doc 0x50 8,
        func_dict 0x58 8,
        func_weakreflist 0x60 8,
        func_module 0x68 8,
        func_annotations 0x70 8,
        func_typeparams 0x78 8,
        vectorcall 0x80 8,
        func_version 0x88 4,
    }
}
