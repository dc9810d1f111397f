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

const _: () = {
    use std::mem::offset_of;
    assert!(offset_of!(PyThreadState, interp) == 0x10);
    assert!(offset_of!(PyThreadState, py_recursion_remaining) == 0x2c);
    assert!(offset_of!(PyThreadState, c_recursion_remaining) == 0x34);
    assert!(offset_of!(PyThreadState, current_frame) == 0x48);
    assert!(offset_of!(PyThreadState, current_exception) == 0x70);
    assert!(offset_of!(PyThreadState, exc_info) == 0x78);
    assert!(offset_of!(PyThreadState, dict) == 0x80);
    assert!(offset_of!(PyThreadState, delete_later) == 0xa8);
    assert!(offset_of!(PyThreadState, context) == 0xd0);
    assert!(offset_of!(PyThreadState, datastack_chunk) == 0xe8);
    assert!(offset_of!(PyThreadState, exc_state) == 0x100);
    assert!(size_of::<PyThreadState>() == 0x130);
};
