//! Births and deaths: counts, mirror memory, `_Py_Dealloc`, and what the host tells of its wrappers.
//!
//! The rules are `refcount_bridge`'s; this is where they meet C's destructors and the host's references.

pub(crate) mod counts;
pub(crate) mod end;
pub(crate) mod fields;
pub(crate) mod finalizer;
pub(crate) mod memory;
pub(crate) mod wrapper;

pub use counts::Py_DecRef;
pub(crate) use end::{
    _Emul_value_dealloc, end, end_wrapper, find, free_all, is_given_back, is_plain_number, link_wrapper, release,
    run_destructor,
};
pub use end::{Fate, fate, is_only_remembered, let_go_later, mirror_of, wrapper_unreferenced};
pub use fields::is_tracked;
pub(crate) use fields::{_Emul_value_clear, _Emul_value_traverse, fills, is_filled, visit_all};
pub use finalizer::{
    begin_finalizer, call_finalizer, call_finalizer_of, finalize, is_finalized, is_in_c, wants_finalizer,
};
pub(crate) use memory::{alloc_object, alloc_unfilled, free_object_c};
pub use memory::{alloc_raw, alloc_raw_zeroed, free_object, init_object, realloc_raw};
pub(crate) use wrapper::{drain_queue, end_alone, has_queued, hold_wrapper, is_alone, kept_wrapper, object_of};
pub use wrapper::{instance_ends, wrapper_died};

use std::cell::{Cell, UnsafeCell};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use object_mirror::object::{PyObject, is_immortal};
use refcount_bridge::{Bridge, State};

use crate::boundary::New;
use crate::host::HostRef;
use crate::{lock, pystate};
use end::dealloc;

struct BridgeCell {
    bridge: UnsafeCell<Option<Bridge>>,
    busy: Cell<bool>,
}
// SAFETY: used only under the extension lock, through `bridge`, which refuses re-entry.
unsafe impl Sync for BridgeCell {}
static BRIDGE: BridgeCell = BridgeCell { bridge: UnsafeCell::new(None), busy: Cell::new(false) };

/// Mirrors whose wrapper died on a thread that could not take the lock at once.
static QUEUE: Mutex<Vec<usize>> = Mutex::new(Vec::new());
/// Whether something is queued: read at each entry into C, where a lock would cost more than all the rest.
static QUEUED: AtomicBool = AtomicBool::new(false);

/// Work on the bridge. `f` must not call C or this function, nor of the host more than [`refcount_bridge::GcHooks::identity`] and
/// [`refcount_bridge::Headers`], which come back to neither.
#[inline]
pub fn bridge<R>(f: impl FnOnce(&mut Bridge) -> R) -> R {
    debug_assert!(!BRIDGE.busy.replace(true), "the bridge is not re-entered");
    // SAFETY: under the lock, and not re-entered: this is the only reference.
    let bridge = unsafe { &mut *BRIDGE.bridge.get() };
    let result = f(match bridge {
        Some(bridge) => bridge,
        none => first_bridge(none),
    });
    if cfg!(debug_assertions) {
        BRIDGE.busy.set(false);
    }
    result
}

/// The bridge for a scan, whose `tp_traverse` calls may come back here: only for moments at a time.
pub(crate) fn bridge_at() -> *mut Bridge {
    bridge(std::ptr::from_mut)
}

#[cold]
fn first_bridge(place: &mut Option<Bridge>) -> &mut Bridge {
    let bridge = place.insert(Bridge::new());
    if let Some(headers) = crate::host::offers().headers {
        bridge.set_headers(headers);
    }
    crate::freed::begin(bridge);
    bridge
}

/// `Py_INCREF`.
///
/// # Safety
/// `op` is live and the lock is held.
#[inline]
pub unsafe fn incref(op: *mut PyObject) {
    // SAFETY: the caller's contract.
    unsafe {
        if !is_immortal((*op).ob_refcnt) {
            (*op).ob_refcnt += 1;
        }
    }
}

/// `Py_DECREF`.
///
/// # Safety
/// `op` is live, one of its references is given up, and the lock is held.
#[inline]
pub unsafe fn decref(op: *mut PyObject) {
    // SAFETY: the caller's contract.
    unsafe {
        if is_immortal((*op).ob_refcnt) {
            return;
        }
        (*op).ob_refcnt -= 1;
        if (*op).ob_refcnt == 0 {
            dealloc(op);
        }
    }
}

/// `Py_XDECREF`.
///
/// # Safety
/// As for [`decref`], unless NULL.
pub unsafe fn xdecref(op: *mut PyObject) {
    if !op.is_null() {
        // SAFETY: the caller's contract.
        unsafe { decref(op) };
    }
}

/// The host object linked to `op`, if any. Where the link does not hold it (the wrapper of what is C's), somebody else must:
/// [`object_of`] takes a reference.
#[inline]
pub fn host_of(op: *mut PyObject) -> Option<HostRef> {
    HostRef::from_word(bridge(|bridge| bridge.link(op).host()))
}

/// Whether `op` has one of these state bits.
pub(crate) fn has_state(op: *mut PyObject, bits: u32) -> bool {
    bridge(|bridge| bridge.link(op).has(bits))
}

/// Whether `op`'s state is in C, and not in a host object.
pub(crate) fn is_state_in_c(op: *mut PyObject) -> bool {
    has_state(op, State::IN_C)
}

/// Whether the host alone holds `op`, the mirror of one of its objects with C's fields behind.
pub(crate) fn is_idle(op: *mut PyObject) -> bool {
    // SAFETY: callers pass live mirrors.
    has_state(op, State::IN_C) && has_state(op, State::SHARED) && unsafe { (*op).ob_refcnt } == 1
}

/// Keep `new` until the C frame that runs returns.
pub fn lend(new: New) {
    pystate::lend(new);
}

/// The lock held, as a context: for entry points that the host calls.
pub(crate) struct Guard(#[allow(dead_code, reason = "held until dropped")] lock::Held);

impl Guard {
    /// Take the lock, if this thread does not hold it.
    pub(crate) fn hold() -> Self {
        Self(lock::hold())
    }

    /// The context of whoever holds the lock.
    pub(crate) fn cx(&self) -> crate::boundary::Cx<'_> {
        // SAFETY: this guard holds the lock.
        unsafe { crate::boundary::Cx::assume() }
    }
}
