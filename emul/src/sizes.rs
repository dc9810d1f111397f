//! The sizes of dicts and sets, which C reads inline (`ma_used`, `used`).
//!
//! A dict or set shows its size when it crosses, and API functions that change one show it at once. What the host does to one that C
//! keeps is seen at the changes of side: those that crossed last, in either direction, and that C still holds are looked at.

use std::cell::UnsafeCell;
use std::ptr::null_mut;

use object_mirror::Py_ssize_t;
use object_mirror::dictobject::PyDictObject;
use object_mirror::object::{Py_TPFLAGS_DICT_SUBCLASS, PyObject};
use object_mirror::setobject::PySetObject;
use refcount_bridge::State;

use crate::boundary::Obj;
use crate::host::{HostRef, host};
use crate::lifetime::bridge;
use crate::statics::builtin;

/// How many of those that crossed last are remembered. Each costs every change of side a look.
const CROSSED: usize = 4;

struct Shared(UnsafeCell<[*mut PyObject; CROSSED]>);
// SAFETY: used under the extension lock only.
unsafe impl Sync for Shared {}
static LAST: Shared = Shared(UnsafeCell::new([null_mut(); CROSSED]));

#[allow(
    clippy::mut_from_ref,
    reason = "the extension lock makes it the only reference; no call happens while it lives"
)]
fn last() -> &'static mut [*mut PyObject; CROSSED] {
    // SAFETY: under the extension lock, and never held across a call.
    unsafe { &mut *LAST.0.get() }
}

/// C passes an object to the host, which may change it.
#[inline]
pub(crate) fn passed(object: Obj<'_>) {
    if object.type_has(Py_TPFLAGS_DICT_SUBCLASS) || std::ptr::eq(object.type_ptr(), builtin!(PySet_Type)) {
        crossed(object.as_ptr());
    }
}

/// A dict or set crosses. Those that C does not hold any more make room first.
#[inline]
pub(crate) fn crossed(mirror: *mut PyObject) {
    let last = last();
    if last.contains(&mirror) {
        return;
    }
    let place = last.iter().position(|&known| held(known).is_none()).unwrap_or(CROSSED - 1);
    last[place] = mirror;
    last[..=place].rotate_right(1);
}

/// The host's object of a remembered mirror that C has a reference to.
#[inline]
fn held(mirror: *mut PyObject) -> Option<HostRef> {
    if mirror.is_null() {
        return None;
    }
    bridge(|bridge| {
        let link = bridge.link(mirror);
        // SAFETY: what is remembered is live: `release` says when it dies.
        let in_c = unsafe { (*mirror).ob_refcnt } > Py_ssize_t::from(link.has(State::SHARED));
        // A namespace is held by its module or class, whoever uses that.
        if in_c && !link.has(State::NAMESPACE) { HostRef::from_word(link.host()) } else { None }
    })
}

/// C is about to run again: the host may have changed the sizes.
#[inline]
pub(crate) fn sync_to_c() {
    if last().iter().any(|known| !known.is_null()) {
        show_held();
    }
}

/// Those that C does not hold any more are forgotten: they show their sizes when they cross.
fn show_held() {
    // Looked up anew for each: the host may run others while it tells a size.
    for place in 0..CROSSED {
        let known = last()[place];
        match held(known) {
            Some(object) => _ = show(known, object),
            None => last()[place] = null_mut(),
        }
    }
}

/// Show the size of a dict or set.
pub(crate) fn show(mirror: *mut PyObject, object: HostRef) -> Py_ssize_t {
    let used = host().container_len(object) as Py_ssize_t;
    // SAFETY: callers pass live dicts and sets, whose type tells the struct.
    unsafe {
        if (*(*mirror).ob_type).tp_flags & Py_TPFLAGS_DICT_SUBCLASS as std::ffi::c_ulong != 0 {
            (*mirror.cast::<PyDictObject>()).ma_used = used;
        } else {
            (*mirror.cast::<PySetObject>()).used = used;
            (*mirror.cast::<PySetObject>()).fill = used;
        }
    }
    used
}

/// The mirror dies.
pub(crate) fn release(mirror: *mut PyObject) {
    for known in last() {
        if std::ptr::eq(*known, mirror) {
            *known = null_mut();
        }
    }
}
