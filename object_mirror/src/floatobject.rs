//! `floatobject.h`: floats.

use crate::object::PyObject;

#[repr(C)]
#[derive(Debug)]
pub struct PyFloatObject {
    pub ob_base: PyObject,
    pub ob_fval: f64,
}

const _: () = assert!(size_of::<PyFloatObject>() == 24);
