//! Memory of mirrors.

use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};

use object_mirror::object::{Py_TPFLAGS_HEAPTYPE, PyObject, PyTypeObject};
use refcount_bridge::State;

use super::wrapper::forget_link;
use super::{bridge, incref};
use crate::reftracer;

/// Mirror memory for an object of `size` bytes, zeroed: one reference, no host object.
#[inline]
pub(crate) fn alloc_object(ty: *mut PyTypeObject, size: usize) -> Option<NonNull<PyObject>> {
    let memory = bridge(|bridge| bridge.heap.alloc(size))?;
    // SAFETY: fresh memory of at least `size` bytes; `ty` is a live type.
    unsafe {
        memory.as_ptr().write_bytes(0, size);
        let object: NonNull<PyObject> = memory.cast();
        bridge(|bridge| bridge.link(object.as_ptr()).set(State::ALIVE));
        (*object.as_ptr()).ob_refcnt = 1;
        (*object.as_ptr()).ob_type = ty;
        if (*ty).tp_flags & Py_TPFLAGS_HEAPTYPE as std::ffi::c_ulong != 0 {
            incref(ty.cast());
        }
        reftracer::created(object.as_ptr());
        Some(object)
    }
}

/// As [`alloc_object`], for a static type; what follows the header is the caller's to write.
#[inline]
pub(crate) fn alloc_unfilled(ty: *mut PyTypeObject, size: usize) -> Option<NonNull<PyObject>> {
    let object = bridge(|bridge| {
        let object: NonNull<PyObject> = bridge.heap.alloc(size)?.cast();
        bridge.link(object.as_ptr()).set(State::ALIVE);
        // SAFETY: fresh memory for an object.
        unsafe { object.as_ptr().write(PyObject { ob_refcnt: 1, ob_type: ty }) };
        Some(object)
    })?;
    reftracer::created(object.as_ptr());
    Some(object)
}

/// Start a new life of `op`'s memory (`PyObject_Init`).
///
/// # Safety
/// `op` is memory for an object of the type `ty`, of which no other life goes on.
pub unsafe fn init_object(op: *mut PyObject, ty: *mut PyTypeObject) {
    forget_link(op);
    bridge(|bridge| {
        let link = bridge.link(op);
        link.clear(State::DYING | State::TRACKED | State::FINALIZED | State::LARGER);
        link.set(State::ALIVE);
    });
    // SAFETY: the caller's contract.
    unsafe {
        (*op).ob_refcnt = 1;
        (*op).ob_type = ty;
        if (*ty).tp_flags & Py_TPFLAGS_HEAPTYPE as std::ffi::c_ulong != 0 {
            incref(ty.cast());
        }
    }
    reftracer::created(op);
}

/// Memory as `PyObject_Malloc` gives it: mirror memory, so that an object may start its life in it.
pub fn alloc_raw(size: usize) -> *mut c_void {
    bridge(|bridge| bridge.heap.alloc(size.max(16))).map_or(null_mut(), |memory| memory.as_ptr().cast())
}

/// As [`alloc_raw`], zeroed.
pub fn alloc_raw_zeroed(size: usize) -> *mut c_void {
    bridge(|bridge| bridge.heap.alloc_zeroed(size.max(16))).map_or(null_mut(), |memory| memory.as_ptr().cast())
}

/// `PyObject_Realloc`.
///
/// # Safety
/// `pointer` came from [`alloc_raw`] or from libc's allocator.
pub unsafe fn realloc_raw(pointer: *mut c_void, size: usize) -> *mut c_void {
    if pointer.is_null() {
        return alloc_raw(size);
    }
    if !object_mirror::heap::in_range(pointer as usize) {
        // SAFETY: foreign memory is libc's.
        return unsafe { libc::realloc(pointer, size.max(1)) };
    }
    // SAFETY: the caller's contract.
    bridge(|bridge| unsafe { bridge.heap.realloc(pointer.cast(), size.max(16)) })
        .map_or(null_mut(), |memory| memory.as_ptr().cast())
}

/// `PyObject_Free`, `PyObject_GC_Del`: mirror memory goes back to the slabs, foreign memory to libc.
///
/// # Safety
/// `op` is NULL, or came from [`alloc_object`], [`alloc_raw`] or libc's allocator, and is not used any more.
pub unsafe fn free_object(op: *mut c_void) {
    if op.is_null() {
        return;
    }
    // SAFETY: the caller's contract.
    unsafe {
        if object_mirror::heap::in_range(op as usize) {
            let is_linked = bridge(|bridge| {
                let link = bridge.link(op.cast());
                // C may call a destructor of something that lives.
                let is_linked = link.host() != 0;
                if !is_linked && !crate::freed::is_watched() {
                    bridge.heap.free(op.cast());
                }
                is_linked
            });
            if is_linked {
                forget_link(op.cast());
            }
            if crate::freed::is_watched() {
                crate::freed::bury(op.cast());
            } else if is_linked {
                bridge(|bridge| bridge.heap.free(op.cast()));
            }
        } else {
            bridge(|bridge| bridge.forget_foreign(op.cast()));
            libc::free(op);
        }
    }
}

/// [`free_object`] as a `tp_free`.
///
/// # Safety
/// As for [`free_object`].
pub(crate) unsafe extern "C" fn free_object_c(op: *mut c_void) {
    // SAFETY: the caller's contract.
    unsafe { free_object(op) };
}
