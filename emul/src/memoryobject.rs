//! `memoryobject.h`: memory views. They are the host's; C reads the view inside the struct inline, so a mirror shows it.

use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::memoryobject::{
    _Py_MEMORYVIEW_C, _Py_MEMORYVIEW_FORTRAN, _Py_MEMORYVIEW_PIL, _Py_MEMORYVIEW_RELEASED, _Py_MEMORYVIEW_SCALAR,
    PyMemoryViewObject,
};
use object_mirror::object::{Py_buffer, PyObject};

use crate::boundary::{Cx, New, Obj, Result};
use crate::buffer::{self, HostView, PyBUF_WRITE};
use crate::host::{BufferLayout, CMemory, HostBuffer, HostRef, Kind, host};
use crate::statics::builtin;
use crate::{cross, lifetime};

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
            lifetime::xdecref((*held).exporter);
            drop(Box::from_raw(held));
        }
        lifetime::free_object(op.cast());
    }
}

/// Show C the view of a host's memory view. The host's object holds its memory open as long as it is not released, so
/// that the mirror need not.
pub(crate) fn fill(mirror: *mut PyObject, object: HostRef) {
    let fields: *mut PyMemoryViewObject = mirror.cast();
    let Ok(buffer) = host().buffer(object, buffer::PyBUF_FULL_RO) else {
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
    let exporter = exporter.map_or(null_mut(), New::into_ptr);
    // The host's view holds a C object as long as it is not released; this mirror may outlive that, and only names it then.
    let is_held_by_host = !exporter.is_null() && lifetime::is_state_in_c(exporter);
    if is_held_by_host {
        // SAFETY: the reference that was just made; the host's view has one of its own.
        unsafe { lifetime::decref(exporter) };
    } else {
        held.exporter = exporter;
    }
    let held = Box::into_raw(Box::new(held));
    // SAFETY: as above; the box lives as long as the mirror.
    unsafe {
        let view = &raw mut (*fields).view;
        (*view).buf = start.cast();
        (*view).obj = exporter;
        (*view).len = len as Py_ssize_t;
        (*view).itemsize = itemsize as Py_ssize_t;
        (*view).readonly = c_int::from(readonly);
        (*held).show_axes(view);
        (*view).internal = held.cast();
        (*fields).hash = -1;
        let order =
            |order: u8, flag: c_int| if buffer::PyBuffer_IsContiguous(view, order as c_char) != 0 { flag } else { 0 };
        (*fields).flags = order(b'C', _Py_MEMORYVIEW_C) | order(b'F', _Py_MEMORYVIEW_FORTRAN);
        if (*view).ndim == 0 {
            (*fields).flags |= _Py_MEMORYVIEW_SCALAR;
        }
        if !(*view).suboffsets.is_null() {
            (*fields).flags |= _Py_MEMORYVIEW_PIL;
        }
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
    // CPython looks at nothing here; a view of no memory has no items.
    let size = if memory.is_null() { 0 } else { size.max(0) };
    from_memory(
        cx,
        CMemory {
            exporter: None,
            buf: memory.cast(),
            len: size as usize,
            readonly: flags != PyBUF_WRITE,
            layout: BufferLayout::of_bytes(size as usize),
            release: Box::new(|| {}),
        },
    )
}

/// What a view says, as plain data, without its exporter.
///
/// # Safety
/// `view` is a filled view.
unsafe fn described(view: *const Py_buffer) -> CMemory {
    // SAFETY: the caller's contract.
    unsafe {
        CMemory {
            exporter: None,
            buf: (*view).buf.cast(),
            len: (*view).len as usize,
            readonly: (*view).readonly != 0,
            layout: buffer::layout(view),
            release: Box::new(|| {}),
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
        if (*info).ndim > 64 {
            return Err(cx.value_error("memoryview: number of dimensions must not exceed 64"));
        }
        from_memory(cx, described(info))
    }
}

/// A memory view of the object's items one behind the other, `order` `C`, `F` or `A`: of a copy if they are not so.
#[capi]
fn PyMemoryView_GetContiguous(cx: Cx<'_>, object: Obj<'_>, buffertype: c_int, order: c_char) -> Result<New> {
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
        contiguous_copy(cx, view, order)
    }
}

/// A memory view of a new bytes object with the view's items, one behind the other, as the view describes them.
///
/// # Safety
/// `view` is a filled view.
unsafe fn contiguous_copy(cx: Cx<'_>, view: *const Py_buffer, order: c_char) -> Result<New> {
    // SAFETY: the caller's contract; the copy has room for the view's items, and its buffer is held open by the new view.
    unsafe {
        let mut items = vec![0_u8; (*view).len as usize];
        buffer::to_contiguous(view, items.as_mut_ptr(), order as u8);
        let copy = host().new_bytes(&items);
        let held = cx.call(|h| h.buffer(copy.as_ref(), buffer::PyBUF_SIMPLE))?;
        let mut memory = described(view);
        memory.buf = held.memory().0;
        memory.readonly = true;
        let layout = &mut memory.layout;
        layout.strides = buffer::contiguous_strides((*view).itemsize, &layout.shape, order as u8 == b'F');
        layout.suboffsets = Vec::new();
        memory.exporter = Some(copy);
        let held = Held(held);
        memory.release = Box::new(move || held.give_back());
        from_memory(cx, memory)
    }
}

/// An open buffer of a host object.
struct Held(Box<dyn HostBuffer>);

// SAFETY: a bytes object's memory, of which the buffer is a reference that any thread may give up.
unsafe impl Send for Held {}

impl Held {
    fn give_back(self) {
        drop(self.0);
    }
}
