//! `cpython/genobject.h`: generators, coroutines and asynchronous generators share one struct but for the prefix of the
//! field names.

use std::ffi::c_char;

use crate::object::PyObject;
use crate::pystate::_PyErr_StackItem;

#[repr(C)]
#[derive(Debug)]
pub struct PyGenObject {
    pub ob_base: PyObject,
    pub gi_weakreflist: *mut PyObject,
    pub gi_name: *mut PyObject,
    pub gi_qualname: *mut PyObject,
    pub gi_exc_state: _PyErr_StackItem,
    pub gi_origin_or_finalizer: *mut PyObject,
    pub gi_hooks_inited: c_char,
    pub gi_closed: c_char,
    pub gi_running_async: c_char,
    pub gi_frame_state: i8,
    pub gi_iframe: [*mut PyObject; 1],
}

#[repr(C)]
#[derive(Debug)]
pub struct PyCoroObject {
    pub ob_base: PyObject,
    pub cr_weakreflist: *mut PyObject,
    pub cr_name: *mut PyObject,
    pub cr_qualname: *mut PyObject,
    pub cr_exc_state: _PyErr_StackItem,
    pub cr_origin_or_finalizer: *mut PyObject,
    pub cr_hooks_inited: c_char,
    pub cr_closed: c_char,
    pub cr_running_async: c_char,
    pub cr_frame_state: i8,
    pub cr_iframe: [*mut PyObject; 1],
}

#[repr(C)]
#[derive(Debug)]
pub struct PyAsyncGenObject {
    pub ob_base: PyObject,
    pub ag_weakreflist: *mut PyObject,
    pub ag_name: *mut PyObject,
    pub ag_qualname: *mut PyObject,
    pub ag_exc_state: _PyErr_StackItem,
    pub ag_origin_or_finalizer: *mut PyObject,
    pub ag_hooks_inited: c_char,
    pub ag_closed: c_char,
    pub ag_running_async: c_char,
    pub ag_frame_state: i8,
    pub ag_iframe: [*mut PyObject; 1],
}

crate::layout::pinned! {
    PyGenObject 0x50 {
        ob_base 0x0 16,
        gi_weakreflist 0x10 8,
        gi_name 0x18 8,
        gi_qualname 0x20 8,
        gi_exc_state 0x28 16,
        gi_origin_or_finalizer 0x38 8,
        gi_hooks_inited 0x40 1,
        gi_closed 0x41 1,
        gi_running_async 0x42 1,
        gi_frame_state 0x43 1,
        gi_iframe 0x48 8,
    }
    PyCoroObject 0x50 {
        ob_base 0x0 16,
        cr_weakreflist 0x10 8,
        cr_name 0x18 8,
        cr_qualname 0x20 8,
        cr_exc_state 0x28 16,
        cr_origin_or_finalizer 0x38 8,
        cr_hooks_inited 0x40 1,
        cr_closed 0x41 1,
        cr_running_async 0x42 1,
        cr_frame_state 0x43 1,
        cr_iframe 0x48 8,
    }
    PyAsyncGenObject 0x50 {
        ob_base 0x0 16,
        ag_weakreflist 0x10 8,
        ag_name 0x18 8,
        ag_qualname 0x20 8,
        ag_exc_state 0x28 16,
        ag_origin_or_finalizer 0x38 8,
        ag_hooks_inited 0x40 1,
        ag_closed 0x41 1,
        ag_running_async 0x42 1,
        ag_frame_state 0x43 1,
        ag_iframe 0x48 8,
    }
}
