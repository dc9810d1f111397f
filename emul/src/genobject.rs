//! `cpython/genobject.h`: generators of the host, and how what they return travels in a StopIteration.

use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::code::PyCodeObject;
use object_mirror::genobject::PyGenObject;
use object_mirror::object::PyObject;

use crate::boundary::{Cx, Obj, Out, Result};
use crate::host::host;
use crate::statics::{builtin, exception};
use crate::{pystate, typeobject};

/// The code object that a generator, a coroutine or an asynchronous generator runs.
#[capi]
fn PyGen_GetCode(cx: Cx<'_>, generator: *mut PyGenObject) -> Result<*mut PyCodeObject> {
    // SAFETY: C passes a live generator.
    let generator = unsafe { Obj::from_ptr(generator.cast()) }.ok_or_else(|| cx.bad_internal_call())?;
    let kinds =
        [(builtin!(PyGen_Type), "gi_code"), (builtin!(PyCoro_Type), "cr_code"), (builtin!(PyAsyncGen_Type), "ag_code")];
    let kind = kinds.into_iter().find(|&(ty, _)| typeobject::is_subtype(generator.type_ptr(), ty));
    let (_, name) = kind.ok_or_else(|| cx.bad_internal_call())?;
    let generator = generator.give(cx)?;
    Ok(cx.to_c(cx.attr_str(generator.as_ref(), name)?).into_ptr().cast())
}

/// The value of the pending StopIteration, which is then no longer pending; `None` where none is. Another error stays.
#[capi]
fn _PyGen_FetchStopIterationValue(cx: Cx<'_>, mut value: Out<'_, *mut PyObject>) -> Result<()> {
    value.write(null_mut());
    if pystate::current_exception().is_null() {
        value.write(cx.none().into_ptr());
        return Ok(());
    }
    if !crate::abstract_::object::pending_is(exception!(PyExc_StopIteration)) {
        return Err(cx.pending());
    }
    let Some(stopped) = cx.take_error() else { return Err(cx.bad_internal_call()) };
    let found = cx.attr_str(stopped.as_ref(), "value")?;
    value.write(cx.to_c(found).into_ptr());
    Ok(())
}

/// Set StopIteration with this value, whatever the value is: a tuple and an exception too.
#[capi]
fn _PyGen_SetStopIterationValue(cx: Cx<'_>, value: Obj<'_>) -> Result<()> {
    let value = value.give(cx)?;
    let class = host().builtin_class("StopIteration").ok_or_else(|| cx.bad_internal_call())?;
    let stopped = cx.call(|h| h.call(class.as_ref(), &[value.as_ref()], &[]))?;
    cx.raise(stopped);
    Ok(())
}
