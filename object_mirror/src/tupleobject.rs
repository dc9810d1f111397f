//! `tupleobject.h`: tuples.

use crate::object::{PyObject, PyVarObject};

#[repr(C)]
#[derive(Debug)]
pub struct PyTupleObject {
    pub ob_base: PyVarObject,
    pub ob_item: [*mut PyObject; 1],
}

crate::layout::pinned! {
    PyTupleObject 0x20 { ob_base 0x0 24, ob_item 0x18 8 }
}
