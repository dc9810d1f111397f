//! `pycapsule.h`: capsules. The struct is CPython's own; extension modules see it through functions only.

use std::ffi::{c_char, c_void};

use crate::object::PyObject;

/// Run when the capsule dies.
pub type PyCapsule_Destructor = unsafe extern "C" fn(*mut PyObject);

#[repr(C)]
#[derive(Debug)]
pub struct PyCapsule {
    pub ob_base: PyObject,
    pub pointer: *mut c_void,
    pub name: *const c_char,
    pub context: *mut c_void,
    pub destructor: Option<PyCapsule_Destructor>,
}

crate::layout::pinned! {
    PyCapsule 0x30 { ob_base 0x0 16, pointer 0x10 8, name 0x18 8, context 0x20 8, destructor 0x28 8 }
}
