//! `listobject.h`: lists.

use crate::Py_ssize_t;
use crate::object::{PyObject, PyVarObject};

#[repr(C)]
#[derive(Debug)]
pub struct PyListObject {
    pub ob_base: PyVarObject,
    pub ob_item: *mut *mut PyObject,
    pub allocated: Py_ssize_t,
}

const _: () = assert!(size_of::<PyListObject>() == 0x28);
