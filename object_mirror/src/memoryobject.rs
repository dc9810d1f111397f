//! `cpython/memoryobject.h`: memory views and the buffers they manage.

use std::ffi::c_int;

use crate::object::{Py_buffer, PyObject, PyVarObject};
use crate::{Py_hash_t, Py_ssize_t};

#[repr(C)]
#[derive(Debug)]
pub struct _PyManagedBufferObject {
    pub ob_base: PyObject,
    pub flags: c_int,
    pub exports: Py_ssize_t,
    pub master: Py_buffer,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyMemoryViewObject {
    pub ob_base: PyVarObject,
    pub mbuf: *mut _PyManagedBufferObject,
    pub hash: Py_hash_t,
    pub flags: c_int,
    pub exports: Py_ssize_t,
    pub view: Py_buffer,
    pub weakreflist: *mut PyObject,
    pub ob_array: [Py_ssize_t; 1],
}

pub const _Py_MANAGED_BUFFER_RELEASED: c_int = 0x001;
pub const _Py_MANAGED_BUFFER_FREE_FORMAT: c_int = 0x002;
pub const _Py_MEMORYVIEW_RELEASED: c_int = 0x001;
pub const _Py_MEMORYVIEW_C: c_int = 0x002;
pub const _Py_MEMORYVIEW_FORTRAN: c_int = 0x004;
pub const _Py_MEMORYVIEW_SCALAR: c_int = 0x008;
pub const _Py_MEMORYVIEW_PIL: c_int = 0x010;
pub const _Py_MEMORYVIEW_RESTRICTED: c_int = 0x020;

crate::layout::pinned! {
    _PyManagedBufferObject 0x70 { ob_base 0x0 16, flags 0x10 4, exports 0x18 8, master 0x20 80 }
    PyMemoryViewObject 0x98 {
        ob_base 0x0 24,
        mbuf 0x18 8,
        hash 0x20 8,
        flags 0x28 4,
        exports 0x30 8,
        view 0x38 80,
        weakreflist 0x88 8,
        ob_array 0x90 8,
    }
}
