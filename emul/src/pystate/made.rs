//! `pystate.h`: thread states that C makes, makes current and deletes by itself.
//!
//! pybind11, cffi and mypyc do by hand what `PyGILState_Ensure` does: a thread that the host never saw makes a state,
//! acquires it, and deletes it at the end. The host adopts such a thread when it acquires its first state.

use std::cell::{Cell, RefCell};
use std::ffi::c_int;
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::object::PyObject;
use object_mirror::pystate::{PyInterpreterState, PyThreadState};
use refcount_bridge::Lent;

use super::{DEPTH, TSTATE, Thread, detach, interpreters, reattach, settle, settle_containers, thread_state};
use crate::boundary::New;
use crate::host::host;
use crate::{lifetime, lock};

thread_local! {
    /// The state that this thread had before it acquired another: its own again once that one is deleted.
    static DISPLACED: Cell<*mut PyThreadState> = const { Cell::new(null_mut()) };
    /// How the host adopted this thread for `PyEval_AcquireThread`.
    static ADOPTED: Cell<Option<usize>> = const { Cell::new(None) };
}

/// A state in memory of its own, current nowhere.
pub(super) fn make() -> *mut PyThreadState {
    // SAFETY: an all-zero thread state is valid: integers and NULL pointers.
    let state = unsafe { std::mem::zeroed() };
    let thread = Thread {
        state,
        lent: RefCell::new(Lent::new()),
        later: RefCell::default(),
        numbers: RefCell::default(),
        dead: Cell::default(),
        innermost: Cell::new(0),
        deletable: Cell::new(false),
    };
    Box::into_raw(Box::new(thread)).cast()
}

/// Whether C made a state, and may delete it.
///
/// # Safety
/// A live state.
pub(super) unsafe fn is_deletable(tstate: *mut PyThreadState) -> bool {
    // SAFETY: the caller's contract; each is the head of a `Thread`.
    unsafe { (*tstate.cast::<Thread>()).deletable.get() }
}

/// The state to use again on a thread that has none.
pub(super) fn displaced() -> Option<*mut PyThreadState> {
    let before = DISPLACED.replace(null_mut());
    (!before.is_null()).then_some(before)
}

/// This thread has no current state from here on; what it had it gets back when it needs one.
pub(super) fn leave_current() {
    let tstate = TSTATE.replace(null_mut());
    if DISPLACED.get().is_null() {
        DISPLACED.set(tstate);
    }
}

/// Come to the host with `tstate` as this thread's state. The lock is not held, and is not taken.
pub(super) fn arrive(tstate: *mut PyThreadState) {
    let current = TSTATE.get();
    let interpreter = interpreters::of(if tstate.is_null() { current } else { tstate });
    if host().attached().is_some() || reattach(interpreter) {
        // Where it has to be.
    } else if interpreter != 0 {
        interpreters::enter(interpreter);
    } else if let Some(adopted) = host().adopt_thread() {
        ADOPTED.set(Some(adopted));
        DEPTH.set(DEPTH.get() + 1);
    }
    if tstate.is_null() || tstate == current {
        return;
    }
    if !current.is_null() && DISPLACED.get().is_null() {
        DISPLACED.set(current);
    }
    TSTATE.set(tstate);
    // SAFETY: C passes a state that is current on no other thread.
    unsafe { (*tstate).thread_id = libc::pthread_self() as _ };
}

/// Before this thread, adopted for `PyEval_AcquireThread`, leaves: its outermost frame ends.
pub(super) fn settle_adopted() {
    if ADOPTED.get().is_some() && DEPTH.get() == 1 {
        settle_containers();
        settle();
    }
}

/// Make a thread state, current nowhere.
#[capi(raw)]
pub unsafe extern "C" fn PyThreadState_New(interp: *mut PyInterpreterState) -> *mut PyThreadState {
    let tstate = make();
    // SAFETY: just made, as a `Thread`.
    unsafe {
        (*tstate.cast::<Thread>()).deletable.set(true);
        super::fill(tstate, interp);
        interpreters::link(tstate);
    }
    tstate
}

/// As `PyThreadState_New`, of an older time.
#[capi(raw)]
pub unsafe extern "C" fn _PyThreadState_Prealloc(interp: *mut PyInterpreterState) -> *mut PyThreadState {
    // SAFETY: the same contract.
    unsafe { PyThreadState_New(interp) }
}

/// CPython's own business: it ends the process too.
#[capi(raw)]
pub unsafe extern "C" fn _PyThreadState_Init(_tstate: *mut PyThreadState) {
    crate::pylifecycle::fatal(None, "_PyThreadState_Init() is for internal use only");
}

/// Release the objects that a thread state owns.
#[capi(raw)]
pub unsafe extern "C" fn PyThreadState_Clear(tstate: *mut PyThreadState) {
    let _held = lock::hold();
    // SAFETY: C passes a live state; each word owns its reference.
    unsafe {
        (*tstate).exc_info = &raw mut (*tstate).exc_state;
        let words: [*mut *mut PyObject; 9] = [
            &raw mut (*tstate).dict,
            &raw mut (*tstate).async_exc,
            &raw mut (*tstate).current_exception,
            &raw mut (*tstate).exc_state.exc_value,
            &raw mut (*tstate).c_profileobj,
            &raw mut (*tstate).c_traceobj,
            &raw mut (*tstate).async_gen_firstiter,
            &raw mut (*tstate).async_gen_finalizer,
            &raw mut (*tstate).context,
        ];
        for word in words {
            drop(New::from_ptr(std::mem::replace(&mut *word, null_mut())));
        }
    }
}

/// Delete a thread state that is current nowhere. One that C did not make belongs to its thread, and stays.
#[capi(raw)]
pub unsafe extern "C" fn PyThreadState_Delete(tstate: *mut PyThreadState) {
    if DISPLACED.get() == tstate {
        DISPLACED.set(null_mut());
    }
    // SAFETY: C passes a live state, and does not use it again.
    unsafe {
        let thread: *mut Thread = tstate.cast();
        if tstate == TSTATE.get() && super::has_current() {
            let message = format!("tstate {tstate:p} is still current");
            crate::pylifecycle::fatal(Some("PyThreadState_Delete"), &message);
        }
        if !(*thread).deletable.get() || tstate == TSTATE.get() {
            return;
        }
        interpreters::unlink(tstate);
        let _held = lock::hold();
        let mut dead = Vec::new();
        lifetime::bridge(|bridge| (*thread).lent.borrow_mut().settle(bridge, host(), &mut dead));
        lifetime::free_all(&mut dead);
        drop(Box::from_raw(thread));
    }
}

/// Delete the current thread state and release the lock.
#[capi(raw)]
pub unsafe extern "C" fn PyThreadState_DeleteCurrent() {
    let tstate = thread_state();
    let interpreter = interpreter();
    settle_adopted();
    crate::listobject::sync_to_host();
    leave_current();
    // SAFETY: the state was this thread's, which does not use it again.
    unsafe { PyThreadState_Delete(tstate) };
    lock::give();
    if let Some(adopted) = ADOPTED.take() {
        DEPTH.set(DEPTH.get().saturating_sub(1));
        host().leave_thread(adopted);
    } else if !interpreters::leave(interpreter) {
        detach(interpreter);
    }
}

/// The number of the host's interpreter that this thread's state is of.
pub(super) fn interpreter() -> i64 {
    interpreters::of(TSTATE.get())
}

/// Make `tstate` current, or none, and say which was.
#[capi(raw)]
pub unsafe extern "C" fn PyThreadState_Swap(tstate: *mut PyThreadState) -> *mut PyThreadState {
    let before = if lock::is_held() { thread_state() } else { null_mut() };
    if before == tstate {
        return before;
    }
    // SAFETY: C passes NULL or a live state that is current on no other thread.
    unsafe {
        if !before.is_null() {
            super::PyEval_SaveThread();
        }
        if !tstate.is_null() {
            super::PyEval_RestoreThread(tstate);
        }
    }
    before
}

/// Suspend tracing in this thread, until as many calls of `PyThreadState_LeaveTracing`.
#[capi(raw)]
pub unsafe extern "C" fn PyThreadState_EnterTracing(tstate: *mut PyThreadState) {
    // SAFETY: C passes a live state.
    unsafe { (*tstate).tracing += 1 };
}

/// Undo `PyThreadState_EnterTracing`.
#[capi(raw)]
pub unsafe extern "C" fn PyThreadState_LeaveTracing(tstate: *mut PyThreadState) {
    // SAFETY: C passes a live state.
    unsafe { (*tstate).tracing -= 1 };
}

/// Whether C suspended tracing in this thread.
pub(crate) fn is_tracing_suspended() -> bool {
    // SAFETY: the thread's own state.
    unsafe { (*thread_state()).tracing != 0 }
}

/// How often `PyGILState_Ensure` was called on this thread, as C sees and changes it.
pub(super) fn ensured(by: c_int) -> c_int {
    // SAFETY: the thread's own state.
    unsafe {
        let tstate = thread_state();
        (*tstate).gilstate_counter += by;
        (*tstate).gilstate_counter
    }
}
