//! `sliceobject.h`: slices.

use crate::object::PyObject;

#[repr(C)]
#[derive(Debug)]
pub struct PySliceObject {
    pub ob_base: PyObject,
    pub start: *mut PyObject,
    pub stop: *mut PyObject,
    pub step: *mut PyObject,
}

crate::layout::pinned! {
    PySliceObject 0x28 { ob_base 0x0 16, start 0x10 8, stop 0x18 8, step 0x20 8 }
}
