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

crate::layout::pinned! {
    Py_complex 0x10 { real 0x0 8, imag 0x8 8 }
    PyComplexObject 0x20 { ob_base 0x0 16, cval 0x10 16 }
}
