//! `traceback.h`: C's own entries in tracebacks, and printing them.

use std::ffi::c_int;

use capi_macros::capi;
use object_mirror::frameobject::PyFrameObject;

use crate::boundary::{Cx, Obj, Result, Text};
use crate::host::host;
use crate::statics::builtin;
use crate::{code, frameobject, pyerrors, pystate};

/// Put an entry on top of the pending exception's traceback.
fn add(cx: Cx<'_>, file: &str, function: &str, line: c_int) {
    let mirror = pystate::take_current_exception();
    // SAFETY: the thread state's reference is ours now.
    let Some(exception) = (unsafe { crate::boundary::New::from_ptr(mirror) }) else { return };
    if let Ok(object) = exception.obj().give(cx) {
        cx.unlocked(|h| h.add_traceback(object.as_ref(), file, function, line));
        pyerrors::show_traceback(object.as_ref(), exception.as_ptr());
    }
    pystate::set_current_exception(exception.into_ptr());
}

/// Add the frame to the traceback of the pending exception.
#[capi]
fn PyTraceBack_Here(cx: Cx<'_>, frame: *mut PyFrameObject) -> Result<c_int> {
    let line = frameobject::line_of(cx, frame);
    let held = pystate::take_current_exception();
    let code = frameobject::code_of(cx, frame);
    if !held.is_null() {
        pystate::set_current_exception(held);
    }
    let (file, function) = code::place(code?.as_ptr().cast());
    add(cx, &file, &function, line);
    Ok(0)
}

/// Add a place to the traceback of the pending exception.
#[capi]
fn _PyTraceback_Add(cx: Cx<'_>, funcname: Text<'_>, filename: Text<'_>, line: c_int) {
    add(cx, &filename.to_str(), &funcname.to_str(), line);
}

/// Print a traceback to a file, with its heading.
#[capi]
fn PyTraceBack_Print(cx: Cx<'_>, traceback: Option<Obj<'_>>, file: Option<Obj<'_>>) -> Result<()> {
    let Some(traceback) = traceback else { return Ok(()) };
    if !std::ptr::eq(traceback.type_ptr(), builtin!(PyTraceBack_Type)) {
        return Err(cx.bad_internal_call());
    }
    let Some(file) = file else { return Err(cx.bad_internal_call()) };
    let (traceback, file) = (traceback.give(cx)?, file.give(cx)?);
    let heading = cx.str("Traceback (most recent call last):\n");
    cx.call_method(file.as_ref(), "write", &[heading.as_ref()])?;
    let limit = host().singleton(crate::host::Kind::None);
    cx.call_function("traceback", "print_tb", &[traceback.as_ref(), limit.as_ref(), file.as_ref()])?;
    Ok(())
}
