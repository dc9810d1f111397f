//! Finalizers.

use object_mirror::object::PyObject;
use refcount_bridge::State;

use super::{bridge, has_state};
use crate::host::HostRef;
use crate::{cross, lock, pystate};

/// Run a mirror's `tp_finalize`, once in its life; whether it ran.
///
/// # Safety
/// The caller keeps the object alive.
pub unsafe fn finalize(mirror: *mut PyObject) -> bool {
    let _frame = pystate::Frame::enter();
    // SAFETY: a live object of a ready type.
    let finalizer = unsafe { (*(*mirror).ob_type).tp_finalize };
    if finalizer.is_none() || has_state(mirror, State::FINALIZED) {
        return false;
    }
    let _pending = crate::pyerrors::hold_pending();
    // SAFETY: the caller keeps it alive.
    unsafe { crate::objimpl::PyObject_CallFinalizer(mirror) };
    // Of an object that takes part in no collection too: its destructor asks for the finaliser once more.
    bridge(|bridge| bridge.link(mirror).set(State::FINALIZED));
    true
}

/// Call a mirror's `tp_finalize`, as `__del__` of C's types does: whether it ran before does not matter.
///
/// # Safety
/// The caller keeps the object alive.
pub unsafe fn call_finalizer(mirror: *mut PyObject) {
    let _frame = pystate::Frame::enter();
    // SAFETY: a live object of a ready type, which the caller's wrapper keeps alive.
    unsafe {
        if let Some(finalize) = (*(*mirror).ob_type).tp_finalize {
            finalize(mirror);
        }
    }
}

/// As [`call_finalizer`], of a host object, which may not have crossed yet.
pub fn call_finalizer_of(object: HostRef) {
    let _frame = pystate::Frame::enter();
    let mirror = cross::to_c(object).as_ptr();
    // SAFETY: a live object of a ready type, which the frame keeps.
    unsafe {
        if let Some(finalize) = (*(*mirror).ob_type).tp_finalize {
            finalize(mirror);
        }
    }
}

/// Whether the truth about the object is in C.
pub fn is_in_c(mirror: *mut PyObject) -> bool {
    let _held = lock::hold();
    has_state(mirror, State::IN_C)
}

/// Whether the object's finaliser ran.
pub fn is_finalized(mirror: *mut PyObject) -> bool {
    let _held = lock::hold();
    has_state(mirror, State::FINALIZED)
}

/// The host runs the finaliser that its class defines for a mirror's wrapper: whether it may, which it may once.
pub fn begin_finalizer(mirror: *mut PyObject) -> bool {
    let _held = lock::hold();
    bridge(|bridge| {
        let link = bridge.link(mirror);
        let first = !link.has(State::FINALIZED);
        link.set(State::FINALIZED);
        first
    })
}

/// Whether the mirror's type has a finaliser that did not run yet. Asked without the lock: nobody else can name the
/// object any more.
///
/// # Safety
/// The caller keeps the object alive.
pub unsafe fn wants_finalizer(mirror: *mut PyObject) -> bool {
    // SAFETY: the caller's wrapper holds the mirror.
    unsafe { (*(*mirror).ob_type).tp_finalize.is_some() }
}
