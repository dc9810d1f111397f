//! `frameobject.h`: frames. Cython writes `f_lineno` of the frames it makes for tracebacks; the rest is CPython's own
//! (`internal/pycore_frame.h`).

use std::ffi::{c_char, c_int, c_void};

use crate::object::PyObject;

#[repr(C)]
#[derive(Debug)]
pub struct PyFrameObject {
    pub ob_base: PyObject,
    pub f_back: *mut PyFrameObject,
    pub f_frame: *mut c_void,
    pub f_trace: *mut PyObject,
    pub f_lineno: c_int,
    pub f_trace_lines: c_char,
    pub f_trace_opcodes: c_char,
    pub f_extra_locals: *mut PyObject,
    pub f_locals_cache: *mut PyObject,
    pub _f_frame_data: [*mut PyObject; 1],
}

crate::layout::pinned! {
    PyFrameObject 0x48 {
        ob_base 0x0 16,
        f_back 0x10 8,
        f_frame 0x18 8,
        f_trace 0x20 8,
        f_lineno 0x28 4,
        f_trace_lines 0x2c 1,
        f_trace_opcodes 0x2d 1,
        f_extra_locals 0x30 8,
        f_locals_cache 0x38 8,
        _f_frame_data 0x40 8,
    }
}
