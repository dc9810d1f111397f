//! The parts of an exception: traceback, cause, context, arguments.

use std::ffi::c_char;

use capi_macros::capi;
use object_mirror::object::{PyObject, PyTypeObject};

use super::{fields, part_of, set_part_of, set_traceback, store};
use crate::boundary::{Cx, New, Obj, Result, Stolen};
use crate::statics::{self, builtin};

/// The traceback of an exception: a new reference, or NULL without an error.
#[capi]
pub(super) fn PyException_GetTraceback(cx: Cx<'_>, exception: Obj<'_>) -> Result<Option<New>> {
    part_of(cx, exception, "__traceback__")
}

/// Set the traceback of an exception; None clears it.
#[capi]
fn PyException_SetTraceback(cx: Cx<'_>, exception: Obj<'_>, traceback: Option<Obj<'_>>) -> Result<()> {
    let Some(traceback) = traceback else { return Err(cx.type_error("__traceback__ may not be deleted")) };
    if !statics::is_none(traceback.as_ptr()) && !std::ptr::eq(traceback.type_ptr(), builtin!(PyTraceBack_Type)) {
        return Err(cx.type_error("__traceback__ must be a traceback or None"));
    }
    set_traceback(cx, exception, Some(traceback))
}

/// `__cause__`: a new reference, or NULL without an error.
#[capi]
fn PyException_GetCause(cx: Cx<'_>, exception: Obj<'_>) -> Result<Option<New>> {
    part_of(cx, exception, "__cause__")
}

/// Set `__cause__`, whose reference is taken; NULL clears it.
#[capi]
fn PyException_SetCause(cx: Cx<'_>, exception: Obj<'_>, cause: Option<Stolen<'_>>) {
    let _raised = set_part_of(cx, exception, "__cause__", cause.as_ref().map(Stolen::obj));
}

/// `__context__`: a new reference, or NULL without an error.
#[capi]
fn PyException_GetContext(cx: Cx<'_>, exception: Obj<'_>) -> Result<Option<New>> {
    part_of(cx, exception, "__context__")
}

/// Set `__context__`, whose reference is taken; NULL clears it.
#[capi]
fn PyException_SetContext(cx: Cx<'_>, exception: Obj<'_>, context: Option<Stolen<'_>>) {
    let _raised = set_part_of(cx, exception, "__context__", context.as_ref().map(Stolen::obj));
}

/// `args`.
#[capi]
fn PyException_GetArgs(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    let exception = exception.give(cx)?;
    Ok(cx.to_c(cx.attr_str(exception.as_ref(), "args")?))
}

/// Set `args`.
#[capi]
fn PyException_SetArgs(cx: Cx<'_>, exception: Obj<'_>, args: Obj<'_>) {
    if set_part_of(cx, exception, "args", Some(args)).is_ok() {
        // SAFETY: a live exception's field.
        unsafe { store(&raw mut (*fields(exception.as_ptr())).args, Some(args.to_new())) };
    }
}

/// The name of an exception class.
#[capi(raw)]
pub unsafe extern "C" fn PyExceptionClass_Name(class: *mut PyObject) -> *const c_char {
    // SAFETY: C passes a class.
    unsafe { (*class.cast::<PyTypeObject>()).tp_name }
}
