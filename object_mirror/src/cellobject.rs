//! `cpython/cellobject.h`: cells, the shared variables of closures.

use crate::object::PyObject;

#[repr(C)]
#[derive(Debug)]
pub struct PyCellObject {
    pub ob_base: PyObject,
    pub ob_ref: *mut PyObject,
}

crate::layout::pinned! {
    PyCellObject 0x18 { ob_base 0x0 16, ob_ref 0x10 8 }
}
