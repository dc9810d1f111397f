//! `cpython/initconfig.h`: statuses and configurations.
//!
//! A program that embeds us starts the interpreter itself; what is here is what code asks of a running one.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::{null, null_mut};

use capi_macros::capi;
use object_mirror::object::PyObject;
use object_mirror::pystate::PyInterpreterState;

use crate::boundary::{Cx, Obj, Raised, Result};
use crate::slots::Slot;
use crate::statics::exception;
use crate::{abstract_, lifetime, longobject, pyerrors, unicodeobject};

/// `PyStatus`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct PyStatus {
    kind: c_int,
    func: *const c_char,
    err_msg: *const c_char,
    exitcode: c_int,
}

const OK: c_int = 0;
const ERROR: c_int = 1;
const EXIT: c_int = 2;

const fn status(kind: c_int, err_msg: *const c_char, exitcode: c_int) -> PyStatus {
    PyStatus { kind, func: null(), err_msg, exitcode }
}

/// The error of a function of ours.
pub(crate) fn failed(func: &'static CStr, message: *const c_char) -> PyStatus {
    PyStatus { func: func.as_ptr(), ..status(ERROR, message, 0) }
}

/// All is well.
#[capi(raw)]
pub unsafe extern "C" fn PyStatus_Ok() -> PyStatus {
    status(OK, null(), 0)
}

/// An error with a message.
#[capi(raw)]
pub unsafe extern "C" fn PyStatus_Error(err_msg: *const c_char) -> PyStatus {
    status(ERROR, err_msg, 0)
}

/// There is no memory.
#[capi(raw)]
pub unsafe extern "C" fn PyStatus_NoMemory() -> PyStatus {
    status(ERROR, c"memory allocation failed".as_ptr(), 0)
}

/// The process is to exit.
#[capi(raw)]
pub unsafe extern "C" fn PyStatus_Exit(exitcode: c_int) -> PyStatus {
    status(EXIT, null(), exitcode)
}

/// Whether the status is an error.
#[capi(raw)]
pub unsafe extern "C" fn PyStatus_IsError(err: PyStatus) -> c_int {
    c_int::from(err.kind == ERROR)
}

/// Whether the status asks for the process's exit.
#[capi(raw)]
pub unsafe extern "C" fn PyStatus_IsExit(err: PyStatus) -> c_int {
    c_int::from(err.kind == EXIT)
}

/// Whether the status is one of these two.
#[capi(raw)]
pub unsafe extern "C" fn PyStatus_Exception(err: PyStatus) -> c_int {
    c_int::from(err.kind != OK)
}

/// Set the exception that a status stands for.
#[capi(raw)]
pub unsafe extern "C" fn _PyErr_SetFromPyStatus(status: PyStatus) {
    let held = lifetime::Guard::hold();
    let cx = held.cx();
    let _: Raised = match status.kind {
        EXIT => cx.error("SystemExit", status.exitcode.to_string()),
        ERROR => {
            // SAFETY: C passes NULL or NUL-terminated strings.
            let text =
                |text: *const c_char| (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy());
            let message = text(status.err_msg).unwrap_or_default();
            let message = text(status.func).map_or(message.to_string(), |func| format!("{func}: {message}"));
            if message == "memory allocation failed" {
                unicodeobject::no_memory(cx)
            } else {
                cx.error("RuntimeError", message)
            }
        }
        _ => cx.system_error("_PyErr_SetFromPyStatus() expects an error PyStatus"),
    };
}

/// What an embedding program, and one isolated from its surroundings, start from: the words that are not 0 and where they stand.
const PYTHON: &[(usize, c_int)] = &[
    (0x0, 2),
    (0x8, 1),
    (0xc, -1),
    (0x10, 1),
    (0x14, -1),
    (0x20, -1),
    (0x24, -1),
    (0x28, -1),
    (0x30, 1),
    (0x68, 1),
    (0xb0, 1),
    (0xcc, 1),
    (0xd8, 1),
    (0xdc, 1),
    (0xe0, 1),
    (0x100, 1),
    (0x108, -1),
    (0x10c, -1),
    (0x110, 1),
    (0x1b0, 1),
    (0x1b4, 1),
];
const ISOLATED: &[(usize, c_int)] = &[
    (0x0, 3),
    (0x4, 1),
    (0x30, 1),
    (0xb0, 1),
    (0xcc, 1),
    (0xe0, 1),
    (0x100, 1),
    (0x104, 1),
    (0x108, 4300),
    (0x10c, -1),
    (0x1b0, 1),
    (0x1b4, 1),
];

/// `PyConfig`, as memory: nothing here reads it.
#[repr(C, align(8))]
#[derive(Debug)]
pub(crate) struct PyConfig([u8; 0x1c0]);

/// # Safety
/// `config` is memory for a configuration.
unsafe fn fill(config: *mut PyConfig, words: &[(usize, c_int)]) {
    // SAFETY: the caller's contract; the offsets lie in it.
    unsafe {
        config.write(PyConfig([0; 0x1c0]));
        for &(offset, value) in words {
            config.byte_add(offset).cast::<c_int>().write(value);
        }
    }
}

/// The configuration that a program which is a Python starts from.
#[capi(raw)]
pub unsafe extern "C" fn PyConfig_InitPythonConfig(config: *mut PyConfig) {
    // SAFETY: C passes memory for it.
    unsafe { fill(config, PYTHON) };
}

/// The configuration that a program which keeps to itself starts from.
#[capi(raw)]
pub unsafe extern "C" fn PyConfig_InitIsolatedConfig(config: *mut PyConfig) {
    // SAFETY: as above.
    unsafe { fill(config, ISOLATED) };
}

/// Where a configuration has its strings, and its lists of strings.
const STRINGS: &[usize] = &[
    0x40, 0x50, 0x58, 0x60, 0xe8, 0xf0, 0xf8, 0x118, 0x120, 0x128, 0x130, 0x150, 0x158, 0x160, 0x168, 0x170, 0x178,
    0x180, 0x190, 0x198, 0x1a0, 0x1a8,
];
const LISTS: &[usize] = &[0x70, 0x80, 0x90, 0xa0, 0x140];

/// Give back what the configuration holds.
#[capi(raw)]
pub unsafe extern "C" fn PyConfig_Clear(config: *mut PyConfig) {
    // SAFETY: C passes a configuration; what it holds was allocated with `PyMem_RawMalloc`, which is `malloc`.
    unsafe {
        let take = |offset: usize| config.byte_add(offset).cast::<*mut c_void>().replace(null_mut());
        for &offset in STRINGS {
            libc::free(take(offset));
        }
        for &offset in LISTS {
            let length = config.byte_add(offset).cast::<usize>().replace(0);
            let items = take(offset + size_of::<usize>()).cast::<*mut c_void>();
            for index in 0..length {
                libc::free(*items.add(index));
            }
            libc::free(items.cast());
        }
    }
}

/// A copy of the interpreter's configuration, which is the host's and not kept in this form.
#[capi]
fn _PyInterpreterState_GetConfigCopy(cx: Cx<'_>, _config: *mut PyConfig) -> Result<()> {
    Err(cx.system_error("_PyInterpreterState_GetConfigCopy: the host keeps no PyConfig"))
}

/// The number of an interpreter that an object says.
#[capi]
fn _PyInterpreterState_ObjectToID(cx: Cx<'_>, idobj: Obj<'_>) -> Result<i64> {
    id_of(cx, idobj)
}

fn id_of(cx: Cx<'_>, idobj: Obj<'_>) -> Result<i64> {
    if !abstract_::has_slot(idobj, Slot::NbIndex) {
        return Err(cx.type_error(format!("interpreter ID must be an int, got {:.100}", idobj.type_name())));
    }
    let index = idobj.give(cx)?;
    let index = cx.call_function("operator", "index", &[index.as_ref()])?;
    let number = cx.to_c(index);
    match longobject::to_i64(number.as_ptr()) {
        Some(id) if id >= 0 => Ok(id),
        Some(id) => Err(cx.value_error(format!("interpreter ID must be a non-negative int, got {id}"))),
        None => Err(cx.error("OverflowError", "Python int too large to convert to C long")),
    }
}

/// The interpreter of a number that an object says.
#[capi]
fn _PyInterpreterState_LookUpIDObject(cx: Cx<'_>, idobj: Obj<'_>) -> Result<*mut PyInterpreterState> {
    let id = id_of(cx, idobj)?;
    if let Some(interp) = crate::pystate::interpreters::of_id(id) {
        return Ok(interp);
    }
    // SAFETY: a static type.
    let class = unsafe { Obj::from_ptr(exception!(PyExc_InterpreterNotFoundError).cast()) };
    let class = class.ok_or_else(|| cx.bad_internal_call())?;
    let message = unicodeobject::new_from_wtf8(format!("unrecognized interpreter ID {id}").as_bytes());
    Err(pyerrors::set_object(cx, class, Some(message.obj())))
}

/// Forget the folders that the next interpreter's start would take: it looks for its own.
#[capi(raw)]
pub unsafe extern "C" fn _PyPathConfig_ClearGlobal() {}

/// `_PyCrossInterpreterData`.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct CrossInterpreterData {
    data: *mut c_void,
    obj: *mut PyObject,
    interpid: i64,
    new_object: Option<unsafe extern "C" fn(*mut Self) -> *mut PyObject>,
    free: Option<unsafe extern "C" fn(*mut c_void)>,
}

/// Give back what was made for another interpreter.
#[capi(raw)]
pub unsafe extern "C" fn _PyCrossInterpreterData_Free(data: *mut CrossInterpreterData) {
    // SAFETY: C passes a live one from `malloc`, for the last time, and holds the lock.
    unsafe {
        if let Some(free) = (*data).free
            && !(*data).data.is_null()
        {
            free((*data).data);
        }
        lifetime::Py_DecRef((*data).obj);
        libc::free(data.cast());
    }
}

/// The name of the allocator that CPython would call by it: ours is none of those.
#[capi(raw)]
pub unsafe extern "C" fn _PyMem_GetCurrentAllocatorName() -> *const c_char {
    null()
}
