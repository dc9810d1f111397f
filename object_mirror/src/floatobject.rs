//! `floatobject.h`: floats.

use crate::object::PyObject;

#[repr(C)]
#[derive(Debug)]
pub struct PyFloatObject {
    pub ob_base: PyObject,
    pub ob_fval: f64,
}

crate::layout::pinned! {
    PyFloatObject 0x18 { ob_base 0x0 16, ob_fval 0x10 8 }
}
