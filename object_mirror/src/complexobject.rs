//! `complexobject.h`: complex numbers.

use crate::object::PyObject;

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Py_complex {
    pub real: f64,
    pub imag: f64,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyComplexObject {
    pub ob_base: PyObject,
    pub cval: Py_complex,
}

const _: () = assert!(size_of::<PyComplexObject>() == 32);
