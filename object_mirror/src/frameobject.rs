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

/// What runs, behind `f_frame`: `internal/pycore_frame.h`.
#[repr(C)]
#[derive(Debug)]
pub struct _PyInterpreterFrame {
    pub f_executable: *mut PyObject,
    pub previous: *mut _PyInterpreterFrame,
    pub f_funcobj: *mut PyObject,
    pub f_globals: *mut PyObject,
    pub f_builtins: *mut PyObject,
    pub f_locals: *mut PyObject,
    pub frame_obj: *mut PyFrameObject,
    pub instr_ptr: *mut c_void,
    pub stacktop: c_int,
    pub return_offset: u16,
    pub owner: c_char,
    pub localsplus: [*mut PyObject; 1],
}

/// `owner` of a frame that a frame object keeps: `FRAME_OWNED_BY_FRAME_OBJECT`.
pub const FRAME_OWNED_BY_FRAME_OBJECT: c_char = 2;

crate::layout::pinned! {
    _PyInterpreterFrame 0x50 {
        f_executable 0x0 8,
        previous 0x8 8,
        f_funcobj 0x10 8,
        f_globals 0x18 8,
        f_builtins 0x20 8,
        f_locals 0x28 8,
        frame_obj 0x30 8,
        instr_ptr 0x38 8,
        stacktop 0x40 4,
        return_offset 0x44 2,
        owner 0x46 1,
        localsplus 0x48 8,
    }
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
