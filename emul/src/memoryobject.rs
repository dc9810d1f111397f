//! `memoryobject.h`: memory views. They are the host's; C reads the view inside the struct inline, so a mirror shows it.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::memoryobject::{
    _Py_MEMORYVIEW_C, _Py_MEMORYVIEW_FORTRAN, _Py_MEMORYVIEW_RELEASED, PyMemoryViewObject,
};
use object_mirror::object::{Py_buffer, PyObject};

use crate::boundary::{Cx, New, Obj, Result};
use crate::buffer::{self, HostView};
use crate::host::{CMemory, HostRef, Kind, host};
use crate::statics::builtin;
use crate::{cross, lifetime};

/// `PyBUF_READ`, `PyBUF_WRITE`.
const PyBUF_READ: c_int = 0x100;
const PyBUF_WRITE: c_int = 0x200;

/// Memory views free what their fields hold.
pub(crate) fn init() {
    // SAFETY: our own static, before any C code runs.
    unsafe { (*builtin!(PyMemoryView_Type)).tp_dealloc = Some(dealloc) };
}

unsafe extern "C" fn dealloc(op: *mut PyObject) {
    // SAFETY: a memory view without references, filled by `fill` or not at all.
    unsafe {
        let view = &raw mut (*op.cast::<PyMemoryViewObject>()).view;
        let held: *mut HostView = (*view).internal.cast();
        if !held.is_null() {
            drop(Box::from_raw(held));
        }
        lifetime::xdecref((*view).obj);
        lifetime::free_object(op.cast());
    }
}

/// Show C the view of a host's memory view. The host's object holds its memory open as long as it is not released, so
/// that the mirror need not.
pub(crate) fn fill(mirror: *mut PyObject, object: HostRef) {
    let fields: *mut PyMemoryViewObject = mirror.cast();
    let Ok(buffer) = host().buffer(object, false) else {
        // SAFETY: a fresh mirror: its fields are ours to fill.
        unsafe { (*fields).flags = _Py_MEMORYVIEW_RELEASED };
        return;
    };
    let (start, len, readonly) = buffer.memory();
    let (mut held, itemsize) = HostView::new(buffer);
    held.pinned = None;
    let name = host().new_str(b"obj");
    let exporter = host().get_attr(object, name.as_ref()).ok();
    let exporter = exporter.filter(|exporter| host().kind(exporter.as_ref()) != Kind::None).map(cross::to_c_owned);
    let held = Box::into_raw(Box::new(held));
    // SAFETY: as above; the box lives as long as the mirror.
    unsafe {
        let view = &raw mut (*fields).view;
        (*view).buf = start.cast();
        (*view).obj = exporter.map_or(null_mut(), New::into_ptr);
        (*view).len = len as Py_ssize_t;
        (*view).itemsize = itemsize as Py_ssize_t;
        (*view).readonly = c_int::from(readonly);
        (*view).ndim = (*held).shape.len() as c_int;
        (*view).format = (*held).format.as_ptr().cast_mut();
        (*view).shape = (*held).shape.as_mut_ptr();
        (*view).strides = (*held).strides.as_mut_ptr();
        (*view).internal = held.cast();
        (*fields).hash = -1;
        let order =
            |order: u8, flag: c_int| if buffer::PyBuffer_IsContiguous(view, order as c_char) != 0 { flag } else { 0 };
        (*fields).flags = order(b'C', _Py_MEMORYVIEW_C) | order(b'F', _Py_MEMORYVIEW_FORTRAN);
    }
}

fn from_object(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    let object = object.give(cx)?;
    Ok(cx.to_c(cx.call_function("builtins", "memoryview", &[object.as_ref()])?))
}

fn from_memory(cx: Cx<'_>, memory: CMemory) -> Result<New> {
    cx.object(|h| h.new_memoryview(memory))
}

/// A memory view of the object.
#[capi]
fn PyMemoryView_FromObject(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    from_object(cx, object)
}

/// A memory view of memory that C keeps, for reading (`PyBUF_READ`) or writing too (`PyBUF_WRITE`).
#[capi]
fn PyMemoryView_FromMemory(cx: Cx<'_>, memory: *mut c_char, size: Py_ssize_t, flags: c_int) -> Result<New> {
    if memory.is_null() || size < 0 || !matches!(flags, PyBUF_READ | PyBUF_WRITE) {
        return Err(cx.bad_internal_call());
    }
    from_memory(
        cx,
        CMemory {
            exporter: None,
            buf: memory.cast(),
            len: size as usize,
            readonly: flags == PyBUF_READ,
            format: "B".to_owned(),
            itemsize: 1,
            shape: vec![size],
            strides: vec![1],
            release: Box::new(|| {}),
        },
    )
}

/// What a view says, as plain data, without its exporter; `release` is called with the last use.
///
/// # Safety
/// `view` is a filled view.
unsafe fn described(view: *const Py_buffer, buf: *mut u8, release: Box<dyn FnOnce() + Send>) -> CMemory {
    // SAFETY: the caller's contract.
    unsafe {
        let (shape, strides) = buffer::axes(view);
        let format = if (*view).format.is_null() {
            "B".to_owned()
        } else {
            CStr::from_ptr((*view).format).to_string_lossy().into_owned()
        };
        CMemory {
            exporter: None,
            buf,
            len: (*view).len as usize,
            readonly: (*view).readonly != 0,
            format,
            itemsize: (*view).itemsize as usize,
            shape,
            strides,
            release,
        }
    }
}

/// A memory view of what `info` describes, which C keeps; the exporter is not asked to keep it.
#[capi]
fn PyMemoryView_FromBuffer(cx: Cx<'_>, info: *const Py_buffer) -> Result<New> {
    // SAFETY: C passes a filled view.
    unsafe {
        if info.is_null() || (*info).buf.is_null() {
            return Err(cx.value_error("PyMemoryView_FromBuffer(): info->buf must not be NULL"));
        }
        from_memory(cx, described(info, (*info).buf.cast(), Box::new(|| {})))
    }
}

/// Memory of C's that a copy of a view's items is in; freed with the last view of it.
struct Copy(*mut c_void);
// SAFETY: memory of libc's, which any thread may free.
unsafe impl Send for Copy {}

impl Copy {
    fn free(self) {
        // SAFETY: allocated by `PyMemoryView_GetContiguous`, freed once.
        unsafe { libc::free(self.0) };
    }
}

/// A memory view of the object's items one behind the other, `order` `C`, `F` or `A`: of a copy if they are not so.
#[capi]
fn PyMemoryView_GetContiguous(cx: Cx<'_>, object: Obj<'_>, buffertype: c_int, order: c_char) -> Result<New> {
    if !matches!(buffertype, PyBUF_READ | PyBUF_WRITE) || !matches!(order as u8, b'C' | b'F' | b'A') {
        return Err(cx.bad_internal_call());
    }
    let found = from_object(cx, object)?;
    // SAFETY: a memory view's mirror, whose view `fill` filled.
    unsafe {
        let view = &raw const (*found.as_ptr().cast::<PyMemoryViewObject>()).view;
        if buffertype == PyBUF_WRITE && (*view).readonly != 0 {
            return Err(cx.error("BufferError", "underlying buffer is not writable"));
        }
        if buffer::PyBuffer_IsContiguous(view, order) != 0 {
            return Ok(found);
        }
        if buffertype == PyBUF_WRITE {
            return Err(cx.error("BufferError", "writable contiguous buffer requested for a non-contiguous object."));
        }
        let copy = libc::malloc(((*view).len as usize).max(1));
        if copy.is_null() {
            return Err(cx.error("MemoryError", ""));
        }
        buffer::to_contiguous(view, copy.cast(), order as u8);
        let owner = Copy(copy);
        let mut memory = described(view, copy.cast(), Box::new(move || owner.free()));
        memory.readonly = true;
        memory.strides = buffer::contiguous_strides((*view).itemsize, &memory.shape, order as u8 == b'F');
        from_memory(cx, memory)
    }
}
