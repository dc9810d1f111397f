//! The functions that count references.

use capi_macros::capi;
use object_mirror::object::PyObject;
use refcount_bridge::State;

use super::end::dealloc;
use super::wrapper::forget_link;
use super::{bridge, decref, incref, xdecref};
use crate::reftracer;

/// Called by `Py_DECREF` when a count reaches zero.
#[capi(raw)]
pub unsafe extern "C" fn _Py_Dealloc(op: *mut PyObject) {
    // SAFETY: C's contract.
    unsafe { dealloc(op) };
}

/// Set the count, unless the object is immortal.
#[capi(raw)]
pub unsafe extern "C" fn _Py_SetRefcnt(ob: *mut PyObject, refcnt: object_mirror::Py_ssize_t) {
    // SAFETY: C passes a live object, and answers for what it counts.
    unsafe {
        if !object_mirror::object::is_immortal((*ob).ob_refcnt) {
            (*ob).ob_refcnt = refcnt;
        }
    }
}

/// Take a new reference to `op`, unless NULL.
#[capi(raw)]
pub unsafe extern "C" fn Py_IncRef(op: *mut PyObject) {
    if !op.is_null() {
        // SAFETY: C's contract.
        unsafe { incref(op) };
    }
}

/// Give a reference to `op` back, unless NULL.
#[capi(raw)]
pub unsafe extern "C" fn Py_DecRef(op: *mut PyObject) {
    // SAFETY: C's contract.
    unsafe { xdecref(op) };
}

/// `Py_INCREF` as a function.
#[capi(raw)]
pub unsafe extern "C" fn _Py_IncRef(op: *mut PyObject) {
    // SAFETY: C's contract.
    unsafe { incref(op) };
}

/// `Py_DECREF` as a function.
#[capi(raw)]
pub unsafe extern "C" fn _Py_DecRef(op: *mut PyObject) {
    // SAFETY: C's contract.
    unsafe { decref(op) };
}

/// A new reference to `op`.
#[capi(raw)]
pub unsafe extern "C" fn Py_NewRef(op: *mut PyObject) -> *mut PyObject {
    // SAFETY: C's contract.
    unsafe { incref(op) };
    op
}

/// A new reference to `op`, or NULL for NULL.
#[capi(raw)]
pub unsafe extern "C" fn Py_XNewRef(op: *mut PyObject) -> *mut PyObject {
    // SAFETY: C's contract.
    unsafe { Py_IncRef(op) };
    op
}

/// Start a life with one reference in memory whose type is set already.
#[capi(raw)]
pub unsafe extern "C" fn _Py_NewReference(op: *mut PyObject) {
    // SAFETY: C's contract: an initialised object that is reborn.
    unsafe {
        forget_link(op);
        bridge(|bridge| bridge.link(op).clear(State::DYING | State::FINALIZED));
        (*op).ob_refcnt = 1;
    }
    reftracer::created(op);
}

/// As `_Py_NewReference`: a count of all objects is a debug build's.
#[capi(raw)]
pub unsafe extern "C" fn _Py_NewReferenceNoTotal(op: *mut PyObject) {
    // SAFETY: the same contract.
    unsafe { _Py_NewReference(op) };
}

/// Tell who listens that `op`, whose count its destructor raised, lives on.
#[capi(raw)]
pub unsafe extern "C" fn _Py_ResurrectReference(op: *mut PyObject) {
    bridge(|bridge| bridge.link(op).clear(State::DYING));
    reftracer::created(op);
}
