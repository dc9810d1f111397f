//! `tupleobject.h`: tuples.

use crate::object::{PyObject, PyVarObject};

#[repr(C)]
#[derive(Debug)]
pub struct PyTupleObject {
    pub ob_base: PyVarObject,
    pub ob_item: [*mut PyObject; 1],
}

const _: () = assert!(std::mem::offset_of!(PyTupleObject, ob_item) == 0x18);
