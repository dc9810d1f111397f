//! `cpython/code.h`: code objects. Wheels read the argument counts, the flags and the names.

use std::ffi::{c_char, c_int, c_void};

use crate::object::{PyObject, PyVarObject};

#[repr(C)]
#[derive(Debug)]
pub struct PyCodeObject {
    pub ob_base: PyVarObject,
    pub co_consts: *mut PyObject,
    pub co_names: *mut PyObject,
    pub co_exceptiontable: *mut PyObject,
    pub co_flags: c_int,
    pub co_argcount: c_int,
    pub co_posonlyargcount: c_int,
    pub co_kwonlyargcount: c_int,
    pub co_stacksize: c_int,
    pub co_firstlineno: c_int,
    pub co_nlocalsplus: c_int,
    pub co_framesize: c_int,
    pub co_nlocals: c_int,
    pub co_ncellvars: c_int,
    pub co_nfreevars: c_int,
    pub co_version: u32,
    pub co_localsplusnames: *mut PyObject,
    pub co_localspluskinds: *mut PyObject,
    pub co_filename: *mut PyObject,
    pub co_name: *mut PyObject,
    pub co_qualname: *mut PyObject,
    pub co_linetable: *mut PyObject,
    pub co_weakreflist: *mut PyObject,
    pub co_executors: *mut c_void,
    pub _co_cached: *mut c_void,
    pub _co_instrumentation_version: usize,
    pub _co_monitoring: *mut c_void,
    pub _co_firsttraceable: c_int,
    pub co_extra: *mut c_void,
    pub co_code_adaptive: [c_char; 1],
}

pub const CO_OPTIMIZED: c_int = 0x0001;
pub const CO_NEWLOCALS: c_int = 0x0002;
pub const CO_VARARGS: c_int = 0x0004;
pub const CO_VARKEYWORDS: c_int = 0x0008;
pub const CO_NESTED: c_int = 0x0010;
pub const CO_GENERATOR: c_int = 0x0020;
pub const CO_COROUTINE: c_int = 0x0080;
pub const CO_ITERABLE_COROUTINE: c_int = 0x0100;
pub const CO_ASYNC_GENERATOR: c_int = 0x0200;

crate::layout::pinned! {
    PyCodeObject 0xd0 {
        ob_base 0x0 24,
        co_consts 0x18 8,
        co_names 0x20 8,
        co_exceptiontable 0x28 8,
        co_flags 0x30 4,
        co_argcount 0x34 4,
        co_posonlyargcount 0x38 4,
        co_kwonlyargcount 0x3c 4,
        co_stacksize 0x40 4,
        co_firstlineno 0x44 4,
        co_nlocalsplus 0x48 4,
        co_framesize 0x4c 4,
        co_nlocals 0x50 4,
        co_ncellvars 0x54 4,
        co_nfreevars 0x58 4,
        co_version 0x5c 4,
        co_localsplusnames 0x60 8,
        co_localspluskinds 0x68 8,
        co_filename 0x70 8,
        co_name 0x78 8,
        co_qualname 0x80 8,
        co_linetable 0x88 8,
        co_weakreflist 0x90 8,
        co_executors 0x98 8,
        _co_cached 0xa0 8,
        _co_instrumentation_version 0xa8 8,
        _co_monitoring 0xb0 8,
        _co_firsttraceable 0xb8 4,
        co_extra 0xc0 8,
        co_code_adaptive 0xc8 1,
    }
}
