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

const _: () = assert!(size_of::<PySliceObject>() == 40);
