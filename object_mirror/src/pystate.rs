//! `pystate.h`, `cpython/pystate.h`: the thread state, whose fields wheels read and write inline.

use std::ffi::{c_int, c_ulong, c_void};

use crate::object::PyObject;

/// Opaque to extension modules.
#[repr(C)]
#[derive(Debug)]
pub struct PyInterpreterState {
    _private: [u8; 0],
}

#[repr(C)]
#[derive(Debug)]
pub struct _PyErr_StackItem {
    pub exc_value: *mut PyObject,
    pub previous_item: *mut _PyErr_StackItem,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyThreadState {
    pub prev: *mut PyThreadState,
    pub next: *mut PyThreadState,
    pub interp: *mut PyInterpreterState,
    pub eval_breaker: usize,
    pub _status: u32,
    pub _whence: c_int,
    pub state: c_int,
    pub py_recursion_remaining: c_int,
    pub py_recursion_limit: c_int,
    pub c_recursion_remaining: c_int,
    pub recursion_headroom: c_int,
    pub tracing: c_int,
    pub what_event: c_int,
    pub current_frame: *mut c_void,
    pub c_profilefunc: *mut c_void,
    pub c_tracefunc: *mut c_void,
    pub c_profileobj: *mut PyObject,
    pub c_traceobj: *mut PyObject,
    pub current_exception: *mut PyObject,
    pub exc_info: *mut _PyErr_StackItem,
    pub dict: *mut PyObject,
    pub gilstate_counter: c_int,
    pub async_exc: *mut PyObject,
    pub thread_id: c_ulong,
    pub native_thread_id: c_ulong,
    pub delete_later: *mut PyObject,
    pub critical_section: usize,
    pub coroutine_origin_tracking_depth: c_int,
    pub async_gen_firstiter: *mut PyObject,
    pub async_gen_finalizer: *mut PyObject,
    pub context: *mut PyObject,
    pub context_ver: u64,
    pub id: u64,
    pub datastack_chunk: *mut c_void,
    pub datastack_top: *mut *mut PyObject,
    pub datastack_limit: *mut *mut PyObject,
    pub exc_state: _PyErr_StackItem,
    pub previous_executor: *mut PyObject,
    pub dict_global_version: u64,
    pub threading_local_key: *mut PyObject,
    pub threading_local_sentinel: *mut PyObject,
}

crate::layout::pinned! {
    _PyErr_StackItem 0x10 { exc_value 0x0 8, previous_item 0x8 8 }
    PyThreadState 0x130 {
        prev 0x0 8,
        next 0x8 8,
        interp 0x10 8,
        eval_breaker 0x18 8,
        _status 0x20 4,
        _whence 0x24 4,
        state 0x28 4,
        py_recursion_remaining 0x2c 4,
        py_recursion_limit 0x30 4,
        c_recursion_remaining 0x34 4,
        recursion_headroom 0x38 4,
        tracing 0x3c 4,
        what_event 0x40 4,
        current_frame 0x48 8,
        c_profilefunc 0x50 8,
        c_tracefunc 0x58 8,
        c_profileobj 0x60 8,
        c_traceobj 0x68 8,
        current_exception 0x70 8,
        exc_info 0x78 8,
        dict 0x80 8,
        gilstate_counter 0x88 4,
        async_exc 0x90 8,
        thread_id 0x98 8,
        native_thread_id 0xa0 8,
        delete_later 0xa8 8,
        critical_section 0xb0 8,
        coroutine_origin_tracking_depth 0xb8 4,
        async_gen_firstiter 0xc0 8,
        async_gen_finalizer 0xc8 8,
        context 0xd0 8,
        context_ver 0xd8 8,
        id 0xe0 8,
        datastack_chunk 0xe8 8,
        datastack_top 0xf0 8,
        datastack_limit 0xf8 8,
        exc_state 0x100 16,
        previous_executor 0x110 8,
        dict_global_version 0x118 8,
        threading_local_key 0x120 8,
        threading_local_sentinel 0x128 8,
    }
}
