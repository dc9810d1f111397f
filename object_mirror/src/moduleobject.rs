//! `moduleobject.h`: module definitions and module objects.

use std::ffi::{c_char, c_int, c_void};

use crate::Py_ssize_t;
use crate::methodobject::PyMethodDef;
use crate::object::{PyObject, freefunc, inquiry, traverseproc};

#[repr(C)]
#[derive(Debug)]
pub struct PyModuleDef_Base {
    pub ob_base: PyObject,
    pub m_init: Option<unsafe extern "C" fn() -> *mut PyObject>,
    pub m_index: Py_ssize_t,
    pub m_copy: *mut PyObject,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyModuleDef_Slot {
    pub slot: c_int,
    pub value: *mut c_void,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyModuleDef {
    pub m_base: PyModuleDef_Base,
    pub m_name: *const c_char,
    pub m_doc: *const c_char,
    pub m_size: Py_ssize_t,
    pub m_methods: *mut PyMethodDef,
    pub m_slots: *mut PyModuleDef_Slot,
    pub m_traverse: Option<traverseproc>,
    pub m_clear: Option<inquiry>,
    pub m_free: Option<freefunc>,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyModuleObject {
    pub ob_base: PyObject,
    pub md_dict: *mut PyObject,
    pub md_def: *mut PyModuleDef,
    pub md_state: *mut c_void,
    pub md_weaklist: *mut PyObject,
    pub md_name: *mut PyObject,
}

pub const Py_mod_create: c_int = 1;
pub const Py_mod_exec: c_int = 2;
pub const Py_mod_multiple_interpreters: c_int = 3;
pub const Py_mod_gil: c_int = 4;

crate::layout::pinned! {
    PyModuleDef_Base 0x28 { ob_base 0x0 16, m_init 0x10 8, m_index 0x18 8, m_copy 0x20 8 }
    PyModuleDef_Slot 0x10 { slot 0x0 4, value 0x8 8 }
    PyModuleDef 0x68 {
        m_base 0x0 40,
        m_name 0x28 8,
        m_doc 0x30 8,
        m_size 0x38 8,
        m_methods 0x40 8,
        m_slots 0x48 8,
        m_traverse 0x50 8,
        m_clear 0x58 8,
        m_free 0x60 8,
    }
    PyModuleObject 0x38 {
        ob_base 0x0 16,
        md_dict 0x10 8,
        md_def 0x18 8,
        md_state 0x20 8,
        md_weaklist 0x28 8,
        md_name 0x30 8,
    }
}
