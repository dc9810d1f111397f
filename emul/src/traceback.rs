//! `traceback.h`: C's own entries in tracebacks, and printing them.

use std::ffi::c_int;
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::frameobject::PyFrameObject;
use object_mirror::object::PyObject;
use object_mirror::traceback::PyTracebackObject;

use crate::boundary::{Cx, New, Obj, Result, Text};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::statics::builtin;
use crate::{code, cross, frameobject, lists, pyerrors, pystate};

/// What C reads inline of an entry that an exception shows: its frame. Cython's coroutines let go of what the frame of a handled exception
/// came from. The entries below come when the traceback itself crosses ([`refresh`]): an error that passes through many calls of C's would
/// show all of them at each.
pub(crate) fn fill(mirror: *mut PyObject, object: HostRef) {
    let entry: *mut PyTracebackObject = mirror.cast();
    // SAFETY: a fresh mirror of a traceback; the field owns its reference.
    unsafe {
        (*entry).tb_frame = attribute(object, "tb_frame").map_or(null_mut(), |frame| part(&frame).into_ptr().cast());
        (*entry).tb_lasti =
            attribute(object, "tb_lasti").and_then(|at| host().int_value(at.as_ref())).unwrap_or(-1) as c_int;
        // Nobody has asked for it yet: so CPython leaves it.
        (*entry).tb_lineno = -1;
    }
}

/// A traceback crosses: all entries below are those that the host has there now. pybind11 goes through them.
pub(crate) fn refresh(mirror: *mut PyObject, object: HostRef) {
    let (mut above, mut object) = (mirror, object.to_owned());
    let mut held;
    loop {
        let next = attribute(object.as_ref(), "tb_next");
        let below = next.as_ref().map(part);
        let shown = below.as_ref().map_or(null_mut(), |below| below.obj().to_new().into_ptr());
        // SAFETY: a live mirror, whose field owns a reference, and is right before the old one is let go of.
        unsafe {
            lists::let_go(std::mem::replace(&mut (*above.cast::<PyTracebackObject>()).tb_next, shown.cast()).cast());
        }
        let (Some(next), Some(below)) = (next, below) else { return };
        // Held, whatever letting go ran.
        held = below;
        (above, object) = (held.as_ptr(), next);
    }
}

/// A part's mirror, with what it shows left as it is.
fn part(object: &HostObj) -> New {
    cross::to_c_as_it_is(object.as_ref())
}

/// An attribute that is there and not None.
fn attribute(object: HostRef, name: &str) -> Option<HostObj> {
    let name = host().new_str(name.as_bytes());
    host().get_attr(object, name.as_ref()).ok().filter(|found| host().kind(found.as_ref()) != Kind::None)
}

/// The mirror of an entry dies.
///
/// # Safety
/// Its fields are NULL or own references.
pub(crate) unsafe fn release(mirror: *mut PyObject) {
    for part in fields(mirror) {
        // SAFETY: the caller's contract.
        unsafe { lists::let_go(part) };
    }
}

/// What an entry's mirror refers to, for the collector.
pub(crate) fn fields(mirror: *mut PyObject) -> [*mut PyObject; 2] {
    let entry: *mut PyTracebackObject = mirror.cast();
    // SAFETY: callers pass mirrors of tracebacks.
    unsafe { [(*entry).tb_frame.cast(), (*entry).tb_next.cast()] }
}

/// Put an entry on top of the pending exception's traceback.
fn add(cx: Cx<'_>, file: &str, function: &str, line: c_int) {
    let mirror = pystate::take_current_exception();
    // SAFETY: the thread state's reference is ours now.
    let Some(exception) = (unsafe { New::from_ptr(mirror) }) else { return };
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
