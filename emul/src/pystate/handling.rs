//! The handled exception, in step on both sides: C reads and writes `exc_info->exc_value` inline, and pushes items of its own.

use std::cell::Cell;
use std::ptr::{self, null_mut};

use object_mirror::object::PyObject;
use object_mirror::pystate::_PyErr_StackItem;

use super::{handled, thread_state};
use crate::boundary::New;
use crate::host::{HostObj, host};
use crate::{cross, lifetime, statics};

thread_local! {
    /// What the host has for the handled exception where it last called C: an owned reference to the mirror, or NULL.
    static SHOWN: Cell<*mut PyObject> = const { Cell::new(null_mut()) };
}

/// What the innermost item, where it was changed, and the host had before C was called.
pub(crate) struct Before {
    item: Option<(*mut _PyErr_StackItem, Option<New>)>,
    shown: Option<New>,
}

/// Bring the handled exception in step before C runs.
#[inline]
pub(crate) fn sync_to_c() -> Option<Before> {
    let Some(exception) = host().handled_exception() else {
        // What C below this one handles, be it the same, is news to the host.
        return (!SHOWN.get().is_null()).then(|| Before { item: None, shown: set_shown(None) });
    };
    let mirror = cross::to_c_owned(exception);
    let shown = set_shown(Some(mirror.obj().to_new()));
    // SAFETY: the thread's own state. The item in use is that of the code that runs, whose word owns a reference or is NULL.
    unsafe {
        let item = (*thread_state()).exc_info;
        let value = New::from_ptr(ptr::replace(&raw mut (*item).exc_value, mirror.into_ptr()));
        Some(Before { item: Some((item, value)), shown })
    }
}

/// Undo [`sync_to_c`].
pub(crate) fn restore(before: Option<Before>) {
    let Some(Before { item, shown }) = before else { return };
    drop(set_shown(shown));
    let Some((item, value)) = item else { return };
    // SAFETY: items stand as long as the code that pushed them runs, and that called what ends now.
    unsafe { drop(New::from_ptr(ptr::replace(&raw mut (*item).exc_value, value.map_or(null_mut(), New::into_ptr)))) };
}

/// The host is told otherwise than by a call.
pub(crate) fn told(value: Option<New>) {
    drop(set_shown(value));
}

fn set_shown(value: Option<New>) -> Option<New> {
    let old = SHOWN.replace(value.map_or(null_mut(), New::into_ptr));
    // SAFETY: the word owned a reference.
    unsafe { New::from_ptr(old) }
}

/// While it lives, the host has the exception that C handles.
pub(crate) struct Told(Option<Option<HostObj>>);

/// C calls the host: what it handles is what `sys.exception()`, `raise` and the context of other exceptions mean there.
#[inline]
pub(crate) fn sync_to_host() -> Told {
    // SAFETY: the thread's own stack of handled exceptions.
    let mut value = unsafe { (*handled()).exc_value };
    if !value.is_null() && statics::is_none(value) {
        value = null_mut();
    }
    Told((!ptr::eq(value, SHOWN.get())).then(|| tell(value)))
}

#[cold]
fn tell(value: *mut PyObject) -> Option<HostObj> {
    let exception = if value.is_null() { None } else { lifetime::object_of(value) };
    host().set_handled_exception(exception.as_ref().map(HostObj::as_ref))
}

impl Drop for Told {
    #[inline]
    fn drop(&mut self) {
        if let Some(before) = self.0.take() {
            drop(host().set_handled_exception(before.as_ref().map(HostObj::as_ref)));
        }
    }
}
