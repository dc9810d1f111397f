//! `cpython/object.h`: the function that wants to hear of each object's beginning and end.
//!
//! It hears of objects as C sees them: of a host object when its mirror is made and when that goes.

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering};

use capi_macros::capi;
use object_mirror::object::PyObject;

/// `PyRefTracer`.
pub(crate) type RefTracer = Option<unsafe extern "C" fn(*mut PyObject, c_int, *mut c_void) -> c_int>;

/// `PyRefTracer_CREATE` and `PyRefTracer_DESTROY`.
const CREATE: c_int = 0;
const DESTROY: c_int = 1;

/// Whether there is a tracer: all that an object's beginning and end ask for otherwise.
static ON: AtomicBool = AtomicBool::new(false);

/// The tracer and what it is called with. Read and written by whoever holds the lock.
static mut TRACER: (RefTracer, *mut c_void) = (None, null_mut());

/// `op` begins a life.
#[inline]
pub(crate) fn created(op: *mut PyObject) {
    if ON.load(Ordering::Relaxed) {
        tell(op, CREATE);
    }
}

/// `op` is about to end.
#[inline]
pub(crate) fn destroyed(op: *mut PyObject) {
    if ON.load(Ordering::Relaxed) {
        tell(op, DESTROY);
    }
}

#[cold]
fn tell(op: *mut PyObject, event: c_int) {
    // SAFETY: objects begin and end with the lock held; the tracer is C's, and takes any object.
    unsafe {
        if let (Some(tracer), data) = TRACER {
            tracer(op, event, data);
        }
    }
}

/// Have `tracer` called with `data` for each object that begins or ends; NULL ends that.
#[capi(raw)]
pub unsafe extern "C" fn PyRefTracer_SetTracer(tracer: RefTracer, data: *mut c_void) -> c_int {
    // SAFETY: C holds the lock.
    unsafe { TRACER = (tracer, data) };
    ON.store(tracer.is_some(), Ordering::Relaxed);
    0
}

/// The tracer, and its data in `data` unless that is NULL.
#[capi(raw)]
pub unsafe extern "C" fn PyRefTracer_GetTracer(data: *mut *mut c_void) -> RefTracer {
    // SAFETY: C holds the lock, and passes a place for a pointer.
    unsafe {
        if !data.is_null() {
            *data = TRACER.1;
        }
        TRACER.0
    }
}
