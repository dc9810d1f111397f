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

crate::layout::pinned! {
    PyListObject 0x28 { ob_base 0x0 24, ob_item 0x18 8, allocated 0x20 8 }
}
