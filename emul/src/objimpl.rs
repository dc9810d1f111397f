//! `pymem.h`, `objimpl.h`: memory, and objects made in it.

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{PyObject, PyTypeObject, PyVarObject};
use refcount_bridge::State;

use crate::boundary::{Cx, New, Result};
use crate::host::host;
use crate::lifetime::{self, bridge};

/// Memory of `size` bytes; never NULL for 0.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_Malloc(size: usize) -> *mut c_void {
    // SAFETY: libc's own contract.
    unsafe { libc::malloc(size.max(1)) }
}

/// Zeroed memory.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_Calloc(count: usize, size: usize) -> *mut c_void {
    // SAFETY: libc's own contract.
    unsafe { libc::calloc(count.max(1), size.max(1)) }
}

/// Resize memory.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_Realloc(pointer: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: C's contract; memory of the mirror range stays there.
    unsafe { if pointer.is_null() { libc::malloc(size.max(1)) } else { lifetime::realloc_raw(pointer, size) } }
}

/// Give memory back.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_Free(pointer: *mut c_void) {
    // SAFETY: C's contract.
    unsafe { lifetime::free_object(pointer) };
}

/// libc's malloc; callable without the lock.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_RawMalloc(size: usize) -> *mut c_void {
    // SAFETY: libc's own contract.
    unsafe { libc::malloc(size.max(1)) }
}

/// libc's calloc; callable without the lock.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_RawCalloc(count: usize, size: usize) -> *mut c_void {
    // SAFETY: libc's own contract.
    unsafe { libc::calloc(count.max(1), size.max(1)) }
}

/// libc's realloc; callable without the lock.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_RawRealloc(pointer: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: libc's own contract.
    unsafe { libc::realloc(pointer, size.max(1)) }
}

/// libc's free; callable without the lock.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_RawFree(pointer: *mut c_void) {
    // SAFETY: libc's own contract.
    unsafe { libc::free(pointer) };
}

/// Memory in which an object may start its life.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_Malloc(size: usize) -> *mut c_void {
    lifetime::alloc_raw(size)
}

/// Zeroed memory in which an object may start its life.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_Calloc(count: usize, size: usize) -> *mut c_void {
    let Some(size) = count.checked_mul(size) else { return null_mut() };
    let memory = lifetime::alloc_raw(size);
    if !memory.is_null() {
        // SAFETY: fresh memory of that size.
        unsafe { memory.cast::<u8>().write_bytes(0, size) };
    }
    memory
}

/// Resize memory of `PyObject_Malloc`.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_Realloc(pointer: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: C's contract.
    unsafe { lifetime::realloc_raw(pointer, size) }
}

/// Give memory of `PyObject_Malloc` back.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_Free(pointer: *mut c_void) {
    // SAFETY: C's contract.
    unsafe { lifetime::free_object(pointer) };
}

/// Give a collectable object's memory back.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_GC_Del(pointer: *mut c_void) {
    // SAFETY: C's contract.
    unsafe { lifetime::free_object(pointer) };
}

/// Start an object's life in memory of C's.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_Init(op: *mut PyObject, ty: *mut PyTypeObject) -> *mut PyObject {
    if !op.is_null() {
        // SAFETY: C's contract.
        unsafe { lifetime::init_object(op, ty) };
    }
    op
}

/// As `PyObject_Init`, for an object with items.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_InitVar(op: *mut PyVarObject, ty: *mut PyTypeObject, size: Py_ssize_t) -> *mut PyVarObject {
    if !op.is_null() {
        // SAFETY: C's contract.
        unsafe {
            lifetime::init_object(op.cast(), ty);
            (*op).ob_size = size;
        }
    }
    op
}

fn allocate(cx: Cx<'_>, ty: *mut PyTypeObject, items: Py_ssize_t) -> Result<New> {
    // SAFETY: C passes a live type.
    let size = unsafe { (*ty).tp_basicsize + items * (*ty).tp_itemsize } as usize;
    let object = lifetime::alloc_object(ty, size).ok_or_else(|| cx.error("MemoryError", ""))?;
    // SAFETY: fresh memory of the type's size; the size field exists where there are items.
    unsafe {
        if (*ty).tp_itemsize != 0 {
            (*object.as_ptr().cast::<PyVarObject>()).ob_size = items;
        }
        Ok(New::from_ptr(object.as_ptr()).expect("just allocated"))
    }
}

/// A new object of a type.
#[capi]
fn _PyObject_New(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<New> {
    allocate(cx, ty, 0)
}

/// A new object of a type, with items.
#[capi]
fn _PyObject_NewVar(cx: Cx<'_>, ty: *mut PyTypeObject, items: Py_ssize_t) -> Result<New> {
    allocate(cx, ty, items)
}

/// A new collectable object of a type.
#[capi]
fn _PyObject_GC_New(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<New> {
    allocate(cx, ty, 0)
}

/// A new collectable object of a type, with items.
#[capi]
fn _PyObject_GC_NewVar(cx: Cx<'_>, ty: *mut PyTypeObject, items: Py_ssize_t) -> Result<New> {
    allocate(cx, ty, items)
}

/// Let the collector look at the object.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_GC_Track(op: *mut c_void) {
    bridge(|bridge| bridge.link(op.cast()).set(State::TRACKED));
}

/// Hide the object from the collector.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_GC_UnTrack(op: *mut c_void) {
    bridge(|bridge| bridge.link(op.cast()).clear(State::TRACKED));
}

/// Whether the collector looks at the object.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_GC_IsTracked(op: *mut PyObject) -> c_int {
    c_int::from(lifetime::has_state(op, State::TRACKED))
}

/// Whether the object's finaliser ran.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_GC_IsFinalized(op: *mut PyObject) -> c_int {
    c_int::from(lifetime::has_state(op, State::FINALIZED))
}

/// Run the finaliser of a dying object, once: -1 if it lives on.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_CallFinalizerFromDealloc(op: *mut PyObject) -> c_int {
    // SAFETY: C's contract: called from `tp_dealloc`.
    unsafe {
        let Some(finalize) = (*(*op).ob_type).tp_finalize else { return 0 };
        if lifetime::has_state(op, State::FINALIZED) {
            return 0;
        }
        bridge(|bridge| bridge.link(op).set(State::FINALIZED));
        (*op).ob_refcnt = 1;
        finalize(op);
        (*op).ob_refcnt -= 1;
        if (*op).ob_refcnt == 0 {
            return 0;
        }
        bridge(|bridge| bridge.link(op).clear(State::DYING));
        -1
    }
}

/// Run a full collection.
#[capi]
fn PyGC_Collect(cx: Cx<'_>) -> Py_ssize_t {
    cx.unlocked(|h| h.collect()) as Py_ssize_t
}

/// Switch automatic collection on; what it was.
#[capi]
fn PyGC_Enable(cx: Cx<'_>) -> c_int {
    c_int::from(cx.unlocked(|h| h.set_collecting(true)))
}

/// Switch automatic collection off; what it was.
#[capi]
fn PyGC_Disable(cx: Cx<'_>) -> c_int {
    c_int::from(cx.unlocked(|h| h.set_collecting(false)))
}

/// Whether automatic collection is on.
#[capi]
fn PyGC_IsEnabled(_cx: Cx<'_>) -> c_int {
    c_int::from(host().is_collecting())
}
