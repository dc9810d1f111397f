//! The exception that is being handled, and chaining to it.

use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::object::PyObject;

use super::display::forgive;
use super::parts::PyException_GetTraceback;
use super::{class_object, handled, optional, set_part_of, set_pending, store};
use crate::boundary::{Cx, New, Obj, Stolen};
use crate::host::{HostObj, host};
use crate::statics::{self};
use crate::{lifetime, pystate};

/// The exception being handled: a new reference, or NULL.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_GetHandledException() -> *mut PyObject {
    handled().map_or(null_mut(), New::into_ptr)
}

/// Set the exception being handled; NULL or None clears it.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_SetHandledException(exception: *mut PyObject) {
    let value = optional(exception).filter(|value| !statics::is_none(value.as_ptr()));
    // SAFETY: the thread's own state: the item's word owns a reference or is NULL.
    unsafe {
        let tstate = pystate::thread_state();
        let item = (*tstate).exc_info;
        store(&raw mut (*item).exc_value, value.map(Obj::to_new));
        // Items that C pushed (a generator's) come and go unseen by the host; the base item is the host's own.
        if std::ptr::eq(item, &raw const (*tstate).exc_state) {
            let object = value.and_then(|value| lifetime::object_of(value.as_ptr()));
            drop(host().set_handled_exception(object.as_ref().map(HostObj::as_ref)));
            pystate::handling::told(value.map(Obj::to_new));
        }
    }
}

/// The exception being handled, in three parts: new references; the value is NULL where there is none.
#[capi(raw)]
pub unsafe extern "C" fn PyErr_GetExcInfo(
    class: *mut *mut PyObject,
    value: *mut *mut PyObject,
    traceback: *mut *mut PyObject,
) {
    let handled = handled();
    // SAFETY: C passes three places.
    unsafe {
        let none = || New::from_static(statics::none()).into_ptr();
        (*class, *value, *traceback) = (none(), null_mut(), none());
        if let Some(exception) = handled {
            lifetime::xdecref(*class);
            *class = class_object(exception.obj().type_ptr()).to_new().into_ptr();
            // An exception without one has None here, as where there is no exception.
            let own = PyException_GetTraceback(exception.as_ptr());
            if !own.is_null() {
                lifetime::xdecref(std::mem::replace(&mut *traceback, own));
            }
            *value = exception.into_ptr();
        }
    }
}

/// Set the exception being handled; the references are taken, only `value` counts.
#[capi]
fn PyErr_SetExcInfo(_cx: Cx<'_>, class: Option<Stolen<'_>>, value: Option<Stolen<'_>>, traceback: Option<Stolen<'_>>) {
    let value = value.map_or(null_mut(), |value| value.into_new().into_ptr());
    drop((class, traceback));
    // SAFETY: a live object or NULL, whose reference is ours.
    unsafe {
        PyErr_SetHandledException(value);
        lifetime::xdecref(value);
    }
}

/// Put a pending exception, if any, on top of `exception`, whose reference is taken: that becomes its context.
#[capi]
fn _PyErr_ChainExceptions1(cx: Cx<'_>, exception: Option<Stolen<'_>>) {
    chain(cx, exception.map(Stolen::into_new));
}

/// See `_PyErr_ChainExceptions1`.
pub(crate) fn chain(cx: Cx<'_>, exception: Option<New>) {
    let Some(exception) = exception else { return };
    // SAFETY: the thread state's reference becomes ours.
    match unsafe { New::from_ptr(pystate::take_current_exception()) } {
        Some(newer) => {
            forgive(cx, set_part_of(cx, newer.obj(), "__context__", Some(exception.obj())));
            set_pending(cx, newer);
        }
        None => {
            set_pending(cx, exception);
        }
    }
}
