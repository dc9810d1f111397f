//! Iterators, also of coroutines.

use std::ffi::c_int;
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::object::{PyObject, iternextfunc, sendfunc, unaryfunc};
use object_mirror::pyerrors::PyStopIterationObject;

use super::attr::pending_is;
use crate::abstract_::{c_slot, call_c, has_slot};
use crate::boundary::{Cx, New, Obj, Out, Result};
use crate::pystate;
use crate::slots::Slot;
use crate::statics::{self, exception};

/// `iter(object)`.
pub(crate) fn iter(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    let Some(function) = c_slot(object, Slot::TpIter) else {
        let object = object.give(cx)?;
        return cx.object(|h| h.iter(object.as_ref()));
    };
    let iterator = crate::abstract_::call::checked(cx, object, call_c!(function, unaryfunc, object.as_ptr()))?;
    if !has_slot(iterator.obj(), Slot::TpIternext) {
        return Err(cx.type_error(format!("iter() returned non-iterator of type '{}'", iterator.obj().type_name())));
    }
    Ok(iterator)
}

/// The iterator's next item; `None` at the end.
pub(crate) fn next(cx: Cx<'_>, iterator: Obj<'_>) -> Result<Option<New>> {
    let Some(function) = c_slot(iterator, Slot::TpIternext) else {
        let iterator = iterator.give(cx)?;
        return match cx.call(|h| h.next(iterator.as_ref())) {
            Ok(item) => Ok(item.map(|item| cx.to_c(item))),
            // A generator's end that has a value.
            Err(_) if pending_is(exception!(PyExc_StopIteration)) => {
                drop(cx.take_error());
                Ok(None)
            }
            Err(raised) => Err(raised),
        };
    };
    let item = call_c!(function, iternextfunc, iterator.as_ptr());
    // SAFETY: a C function returns NULL or a new reference.
    if let Some(item) = unsafe { New::from_ptr(item) } {
        return Ok(Some(item));
    }
    if !cx.has_error() {
        return Ok(None);
    }
    if pending_is(exception!(PyExc_StopIteration)) {
        drop(cx.take_error());
        return Ok(None);
    }
    Err(cx.pending())
}

/// `iter(object)`.
#[capi]
fn PyObject_GetIter(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    iter(cx, object)
}

/// `aiter(object)`.
#[capi]
fn PyObject_GetAIter(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    if let Some(function) = c_slot(object, Slot::AmAiter) {
        let iterator = crate::abstract_::call::checked(cx, object, call_c!(function, unaryfunc, object.as_ptr()))?;
        if !has_slot(iterator.obj(), Slot::AmAnext) {
            return Err(cx.type_error(format!(
                "aiter() returned not an async iterator of type '{}'",
                iterator.obj().type_name()
            )));
        }
        return Ok(iterator);
    }
    if !has_slot(object, Slot::AmAiter) {
        return Err(cx.type_error(format!("'{}' object is not an async iterable", object.type_name())));
    }
    let object = object.give(cx)?;
    Ok(cx.to_c(cx.call_function("builtins", "aiter", &[object.as_ref()])?))
}

/// The iterator itself: `tp_iter` of iterators.
#[capi]
fn PyObject_SelfIter(object: Obj<'_>) -> New {
    object.to_new()
}

/// The next item; NULL without an error at the end.
#[capi]
fn PyIter_Next(cx: Cx<'_>, iterator: Obj<'_>) -> Result<Option<New>> {
    next(cx, iterator).or_else(|raised| match cx.take_error() {
        // The end, with a value: nobody hears of it here.
        Some(error) if crate::dictobject::is_error(&error, "StopIteration") => Ok(None),
        Some(error) => Err(cx.raise(error)),
        None => Err(raised),
    })
}

/// Whether the object is an iterator.
#[capi]
fn PyIter_Check(object: Obj<'_>) -> bool {
    has_slot(object, Slot::TpIternext)
}

/// Whether the object is an asynchronous iterator.
#[capi]
fn PyAIter_Check(object: Obj<'_>) -> bool {
    has_slot(object, Slot::AmAnext)
}

/// What a generator did: CPython's `PySendResult`.
const PYGEN_RETURN: c_int = 0;
const PYGEN_ERROR: c_int = -1;
const PYGEN_NEXT: c_int = 1;

/// Send a value into a generator: 1 with what it yielded, 0 with what it returned, -1 for an error.
#[capi]
fn PyIter_Send(cx: Cx<'_>, iterator: Obj<'_>, value: Option<Obj<'_>>, result: Out<'_, *mut PyObject>) -> c_int {
    let mut result = result;
    // SAFETY: a live object of a live type.
    let send = unsafe {
        let suite = (*iterator.type_ptr()).tp_as_async;
        if suite.is_null() { None } else { (*suite).am_send }
    };
    if let Some(send) = send {
        let mut sent = null_mut();
        let send: sendfunc = send;
        // SAFETY: the slot's function takes the iterator, the value and a place for the result.
        let what = unsafe { send(iterator.as_ptr(), value.map_or(null_mut(), Obj::as_ptr), &raw mut sent) };
        result.write(sent);
        return what as c_int;
    }
    result.write(null_mut());
    match sent(cx, iterator, value) {
        Ok(Some(item)) => {
            result.write(item.into_ptr());
            PYGEN_NEXT
        }
        Ok(None) => {
            result.write(cx.none().into_ptr());
            PYGEN_RETURN
        }
        Err(_) if pending_is(exception!(PyExc_StopIteration)) => {
            result.write(stop_value(cx).into_ptr());
            PYGEN_RETURN
        }
        Err(_) => PYGEN_ERROR,
    }
}

/// What the iterator yields for `value`; `None` where it ended without saying more.
fn sent(cx: Cx<'_>, iterator: Obj<'_>, value: Option<Obj<'_>>) -> Result<Option<New>> {
    let is_none = value.is_some_and(|value| statics::is_none(value.as_ptr()));
    if is_none && let Some(function) = c_slot(iterator, Slot::TpIternext) {
        let item = call_c!(function, iternextfunc, iterator.as_ptr());
        // SAFETY: a C function returns NULL or a new reference.
        let item = unsafe { New::from_ptr(item) };
        return if item.is_none() && cx.has_error() { Err(cx.pending()) } else { Ok(item) };
    }
    let is_iterator = has_slot(iterator, Slot::TpIternext);
    let iterator = iterator.give(cx)?;
    if is_none && is_iterator {
        return Ok(cx.call(|h| h.next(iterator.as_ref()))?.map(|item| cx.to_c(item)));
    }
    let send = cx.attr_str(iterator.as_ref(), "send")?;
    let Some(value) = value else { return Err(crate::boundary::null_argument(cx)) };
    let value = value.give(cx)?;
    cx.call(|h| h.call(send.as_ref(), &[value.as_ref()], &[])).map(|item| Some(cx.to_c(item)))
}

/// Take the pending StopIteration's value.
fn stop_value(cx: Cx<'_>) -> New {
    let error = pystate::take_current_exception();
    // SAFETY: the pending StopIteration, whose reference is ours now; its value is NULL or live.
    unsafe {
        let error = New::from_ptr(error);
        let value =
            error.as_ref().and_then(|error| Obj::from_ptr((*error.as_ptr().cast::<PyStopIterationObject>()).value));
        value.map_or_else(|| cx.none(), Obj::to_new)
    }
}
