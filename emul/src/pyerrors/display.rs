//! Exceptions that nobody handles: printed, or told as unraisable.

use std::ffi::c_int;

use capi_macros::capi;
use object_mirror::object::PyObject;

use super::{is_exception, optional, part_of, set_traceback, text_of};
use crate::boundary::{Cx, Obj, Result};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::statics::{self};
use crate::{frameobject, longobject, unicodeobject};

/// Report the pending exception, which nobody can catch, with the object that was at work.
#[capi]
fn PyErr_WriteUnraisable(cx: Cx<'_>, object: Option<Obj<'_>>) {
    let error = cx.take_error();
    let object = object.and_then(|object| object.give(cx).ok());
    let Some(error) = error else { return heading_alone(cx, None, object.as_ref()) };
    add_place(cx, &error);
    drop(cx.take_error());
    cx.unlocked(|h| h.unraisable(error, None, object.as_ref().map(HostObj::as_ref)));
}

/// Where no error is set, CPython asks no hook, and writes what comes before the error.
fn heading_alone(cx: Cx<'_>, message: Option<&str>, object: Option<&HostObj>) {
    let object = object.filter(|object| host().kind(object.as_ref()) != Kind::None);
    let shown = object.map(|object| cx.call(|h| h.repr(object.as_ref())).map(|text| text_of(text.as_ref())));
    let shown = shown.map(|shown| {
        shown.unwrap_or_else(|_| {
            drop(cx.take_error());
            "<object repr() failed>".to_owned()
        })
    });
    match (message, shown) {
        (None, None) => {}
        (Some(message), None) => to_stderr(cx, &format!("{message}:\n")),
        (message, Some(shown)) => to_stderr(cx, &format!("{}: {shown}\n", message.unwrap_or("Exception ignored in"))),
    }
}

/// An error of C's that nobody will catch has no traceback yet: the running Python code is where it happened.
fn add_place(cx: Cx<'_>, error: &HostObj) {
    let place = || {
        if host().kind(cx.attr_str(error.as_ref(), "__traceback__")?.as_ref()) != Kind::None {
            return Ok(());
        }
        let Some(frame) = frameobject::current(cx) else { return Ok(()) };
        let code = cx.attr_str(frame.as_ref(), "f_code")?;
        let file = text_of(cx.attr_str(code.as_ref(), "co_filename")?.as_ref());
        let function = text_of(cx.attr_str(code.as_ref(), "co_name")?.as_ref());
        let line = cx.to_c(cx.attr_str(frame.as_ref(), "f_lineno")?);
        let line = longobject::to_i64(line.as_ptr()).unwrap_or(0) as i32;
        cx.unlocked(|h| h.add_traceback(error.as_ref(), &file, &function, line));
        Ok(())
    };
    forgive(cx, place());
}

/// As `PyErr_WriteUnraisable`, with a message: the shims' `PyErr_FormatUnraisable` ends here.
#[unsafe(no_mangle)]
unsafe extern "C" fn _Emul_WriteUnraisable(message: *mut PyObject) {
    // SAFETY: called by the shims with the lock held.
    let cx = unsafe { Cx::assume() };
    let error = cx.take_error();
    let message = optional(message).map(|message| unicodeobject::to_wtf8(message.as_ptr()));
    let message = message.map(|message| String::from_utf8_lossy(&message).into_owned());
    let Some(error) = error else { return heading_alone(cx, message.as_deref(), None) };
    add_place(cx, &error);
    cx.unlocked(|h| h.unraisable(error, message.as_deref(), None));
}

/// Print the pending exception, setting `sys.last_exc` and its kin; SystemExit ends the process.
#[capi]
fn PyErr_Print(cx: Cx<'_>) {
    print_pending(cx);
}

/// See `PyErr_Print`.
pub(crate) fn print_pending(cx: Cx<'_>) {
    forgive(cx, print(cx, true));
}

/// As `PyErr_Print`, with the choice of setting `sys.last_exc`.
#[capi]
fn PyErr_PrintEx(cx: Cx<'_>, set_sys_last_vars: c_int) {
    forgive(cx, print(cx, set_sys_last_vars != 0));
}

/// For functions without an error channel: an error while printing an error is dropped.
pub(super) fn forgive(cx: Cx<'_>, outcome: Result<()>) {
    if outcome.is_err() {
        drop(cx.take_error());
    }
}

fn print(cx: Cx<'_>, set_last: bool) -> Result<()> {
    let Some(error) = cx.take_error() else { return Ok(()) };
    if host()
        .builtin_class("SystemExit")
        .is_some_and(|class| host().is_subtype(host().type_of(error.as_ref()), class.as_ref()))
    {
        return leave(cx, error.as_ref());
    }
    let traceback = cx.attr_str(error.as_ref(), "__traceback__")?;
    let class = host().type_of(error.as_ref()).to_owned();
    if set_last {
        let sys = cx.call(|h| h.import("sys"))?;
        for (name, value) in
            [("last_exc", &error), ("last_type", &class), ("last_value", &error), ("last_traceback", &traceback)]
        {
            let name = cx.str(name);
            cx.call(|h| h.set_attr(sys.as_ref(), name.as_ref(), Some(value.as_ref())))?;
        }
    }
    let args = [class.as_ref(), error.as_ref(), traceback.as_ref()];
    if cx.call_function("sys", "excepthook", &args).is_err() {
        let second = cx.take_error();
        to_stderr(cx, "Error in sys.excepthook:\n");
        second.map_or(Ok(()), |second| display_by_default(cx, &second))?;
        to_stderr(cx, "\nOriginal exception was:\n");
        display_by_default(cx, &error)?;
    }
    Ok(())
}

/// Show an exception as `sys.excepthook` does unless it is replaced.
fn display_by_default(cx: Cx<'_>, error: &HostObj) -> Result<()> {
    let traceback = cx.attr_str(error.as_ref(), "__traceback__")?;
    let class = host().type_of(error.as_ref()).to_owned();
    cx.call_function("sys", "__excepthook__", &[class.as_ref(), error.as_ref(), traceback.as_ref()]).map(drop)
}

/// Write to `sys.stderr`: nothing where that is None; to the process's own where there is none or it fails.
pub(crate) fn to_stderr(cx: Cx<'_>, text: &str) {
    let written = host().sys_attr("stderr").is_some_and(|stream| {
        let text = cx.str(text);
        host().kind(stream.as_ref()) == Kind::None || cx.call_method(stream.as_ref(), "write", &[text.as_ref()]).is_ok()
    });
    if !written {
        drop(cx.take_error());
        eprint!("{text}");
    }
}

/// SystemExit where nothing is left to catch it.
fn leave(cx: Cx<'_>, error: HostRef) -> Result<()> {
    let code = cx.attr_str(error, "code")?;
    let status = match host().kind(code.as_ref()) {
        Kind::None => 0,
        Kind::Int | Kind::Unboxed(_) | Kind::True | Kind::False => {
            host().int_value(code.as_ref()).unwrap_or(-1) as c_int
        }
        _ => {
            let text = cx.call(|h| h.str(code.as_ref()))?;
            to_stderr(cx, &format!("{}\n", text_of(text.as_ref())));
            1
        }
    };
    crate::pylifecycle::exit(cx, status)
}

/// Before the process is aborted: what error was set. Whether it has a traceback.
pub(crate) fn display_pending(cx: Cx<'_>) -> bool {
    let Some(error) = cx.take_error() else { return false };
    forgive(cx, display_by_default(cx, &error));
    cx.attr_str(error.as_ref(), "__traceback__").is_ok_and(|traceback| host().kind(traceback.as_ref()) != Kind::None)
}

/// Print an exception with its traceback to `sys.stderr`.
#[capi]
fn PyErr_DisplayException(cx: Cx<'_>, exception: Obj<'_>) {
    forgive(cx, display(cx, exception, None));
}

/// Print an exception with its traceback; `traceback` serves where the exception has none.
#[capi]
fn PyErr_Display(cx: Cx<'_>, _class: Option<Obj<'_>>, value: Obj<'_>, traceback: Option<Obj<'_>>) {
    forgive(cx, display(cx, value, traceback));
}

fn display(cx: Cx<'_>, exception: Obj<'_>, traceback: Option<Obj<'_>>) -> Result<()> {
    if is_exception(exception)
        && let Some(traceback) = traceback
        && part_of(cx, exception, "__traceback__")?.is_none()
    {
        set_traceback(cx, exception, Some(traceback))?;
    }
    let error = exception.give(cx)?;
    if !is_exception(exception) {
        if statics::is_none(exception.as_ptr()) {
            to_stderr(cx, "NoneType: None\n");
            return Ok(());
        }
        let found = exception.type_name();
        to_stderr(cx, &format!("TypeError: print_exception(): Exception expected for value, {found} found\n"));
        return Ok(());
    }
    display_by_default(cx, &error)
}
