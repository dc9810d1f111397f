//! `cpython/traceback.h`: traceback entries.

use std::ffi::c_int;

use crate::frameobject::PyFrameObject;
use crate::object::PyObject;

#[repr(C)]
#[derive(Debug)]
pub struct PyTracebackObject {
    pub ob_base: PyObject,
    pub tb_next: *mut PyTracebackObject,
    pub tb_frame: *mut PyFrameObject,
    pub tb_lasti: c_int,
    pub tb_lineno: c_int,
}

crate::layout::pinned! {
    PyTracebackObject 0x28 { ob_base 0x0 16, tb_next 0x10 8, tb_frame 0x18 8, tb_lasti 0x20 4, tb_lineno 0x24 4 }
}
