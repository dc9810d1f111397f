//! `pythonrun.h`: statements read one by one, as an interactive session reads them.

use std::ffi::c_int;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use capi_macros::capi;

use crate::abstract_::object::pending_is;
use crate::boundary::{Cx, Obj, Raised, Result, Text};
use crate::host::{HostRef, host};
use crate::pyerrors::display::{PyErr_Print, to_stderr};
use crate::pyerrors::text_of;
use crate::pythonrun::{
    PyCompilerFlags, SINGLE_INPUT, compile, main_namespace, name_of_file, run_code, run_simple_file,
};
use crate::statement::Statement;
use crate::statics::exception;
use crate::sysmodule::Py_FdIsInteractive;
use crate::{pylifecycle, readline};

/// `E_EOF`: there is no statement any more.
const END: c_int = 11;

/// Code that was read so is named after its file and this number, as CPython names it.
static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// `sys.ps1` or `sys.ps2` as text; none where there is no such thing.
fn prompt(cx: Cx<'_>, name: &str) -> Option<String> {
    let prompt = host().sys_attr(name)?;
    let text = cx.call(|h| h.str(prompt.as_ref()));
    if text.is_err() {
        drop(cx.take_error());
    }
    text.ok().map(|text| text_of(text.as_ref()))
}

/// Read a statement; `None` at the end.
fn read(cx: Cx<'_>, stream: *mut libc::FILE) -> Result<Option<Statement>> {
    let (first, next) = (prompt(cx, "ps1"), prompt(cx, "ps2"));
    let mut statement = Statement::default();
    let mut shown = &first;
    loop {
        let line =
            readline::ask(cx, stream, readline::stdout(), shown.as_ref().map_or(&[][..], |text| text.as_bytes()))?;
        if line.is_empty() {
            // What comes now stands in a line of its own.
            to_stderr(cx, "\n");
            return Ok((!statement.text().is_empty()).then_some(statement));
        }
        if statement.read(&line) {
            return Ok(Some(statement));
        }
        shown = &next;
    }
}

/// Read a statement and run it in `__main__`: 0, or [`END`].
fn run_one(cx: Cx<'_>, stream: *mut libc::FILE, filename: HostRef, flags: *mut PyCompilerFlags) -> Result<c_int> {
    let Some(statement) = read(cx, stream)? else { return Ok(END) };
    if statement.is_empty() {
        NUMBER.fetch_add(1, Relaxed);
        return Ok(0);
    }
    let name = cx.str(&format!("{}-{}", text_of(filename), NUMBER.load(Relaxed)));
    let namespace = main_namespace(cx)?;
    let code = compile(cx, statement.text(), name.as_ref(), SINGLE_INPUT, flags, -1);
    let code = code.map_err(|raised| in_file(cx, raised, filename))?;
    NUMBER.fetch_add(1, Relaxed);
    run_code(cx, code.as_ref(), namespace.as_ref(), namespace.as_ref())?;
    pylifecycle::flush(cx);
    Ok(0)
}

/// An error of syntax is in the file: its statement never got a number.
fn in_file(cx: Cx<'_>, raised: Raised, filename: HostRef) -> Raised {
    if !pending_is(exception!(PyExc_SyntaxError)) {
        return raised;
    }
    let Some(error) = cx.take_error() else { return raised };
    let name = cx.str("filename");
    if cx.call(|h| h.set_attr(error.as_ref(), name.as_ref(), Some(filename))).is_err() {
        drop(cx.take_error());
    }
    cx.raise(error)
}

/// The same as [`run_one`]; -1 for an error, which is printed.
fn run_and_print(cx: Cx<'_>, stream: *mut libc::FILE, filename: HostRef, flags: *mut PyCompilerFlags) -> c_int {
    run_one(cx, stream, filename, flags).unwrap_or_else(|_| {
        // SAFETY: the lock is held.
        unsafe { PyErr_Print() };
        pylifecycle::flush(cx);
        -1
    })
}

/// Run statements up to the end of the stream.
fn run_all(cx: Cx<'_>, stream: *mut libc::FILE, filename: HostRef, flags: *mut PyCompilerFlags) -> Result<c_int> {
    for (name, usual) in [("ps1", ">>> "), ("ps2", "... ")] {
        if host().sys_attr(name).is_none() {
            let sys = cx.call(|h| h.import("sys"))?;
            let (name, usual) = (cx.str(name), cx.str(usual));
            cx.call(|h| h.set_attr(sys.as_ref(), name.as_ref(), Some(usual.as_ref())))?;
        }
    }
    while run_and_print(cx, stream, filename, flags) != END {}
    Ok(0)
}

/// Read one statement from a stream, with the prompts `sys.ps1` and `sys.ps2` on the standard error output where there are such, and run
/// it in `__main__`: 0; 11 at the stream's end; -1 after an error, which is printed.
#[capi]
fn PyRun_InteractiveOneObject(
    cx: Cx<'_>,
    fp: *mut libc::FILE,
    filename: Obj<'_>,
    flags: *mut PyCompilerFlags,
) -> Result<c_int> {
    let filename = filename.give(cx)?;
    Ok(run_and_print(cx, fp, filename.as_ref(), flags))
}

/// As `PyRun_InteractiveOneObject`.
#[capi]
fn PyRun_InteractiveOneFlags(
    cx: Cx<'_>,
    fp: *mut libc::FILE,
    filename: Text<'_>,
    flags: *mut PyCompilerFlags,
) -> Result<c_int> {
    let filename = name_of_file(cx, Some(filename))?;
    Ok(run_and_print(cx, fp, filename.as_ref(), flags))
}

/// As `PyRun_InteractiveOneObject`.
#[capi]
fn PyRun_InteractiveOne(cx: Cx<'_>, f: *mut libc::FILE, p: Text<'_>) -> Result<c_int> {
    let filename = name_of_file(cx, Some(p))?;
    Ok(run_and_print(cx, f, filename.as_ref(), std::ptr::null_mut()))
}

/// Read and run statements up to the stream's end, as `PyRun_InteractiveOneObject` does; `sys.ps1` and `sys.ps2` become the usual
/// prompts where they are not there.
#[capi]
fn PyRun_InteractiveLoopFlags(
    cx: Cx<'_>,
    fp: *mut libc::FILE,
    filename: Text<'_>,
    flags: *mut PyCompilerFlags,
) -> Result<c_int> {
    let filename = name_of_file(cx, Some(filename))?;
    run_all(cx, fp, filename.as_ref(), flags)
}

/// As `PyRun_InteractiveLoopFlags`.
#[capi]
fn PyRun_InteractiveLoop(cx: Cx<'_>, f: *mut libc::FILE, p: Text<'_>) -> Result<c_int> {
    let filename = name_of_file(cx, Some(p))?;
    run_all(cx, f, filename.as_ref(), std::ptr::null_mut())
}

/// `PyRun_InteractiveLoop` for a terminal, `PyRun_SimpleFile` for any other stream.
fn run_any(
    cx: Cx<'_>,
    stream: *mut libc::FILE,
    filename: Option<Text<'_>>,
    close: bool,
    flags: *mut PyCompilerFlags,
) -> Result<c_int> {
    let shown = filename.map_or(std::ptr::null(), |name| name.bytes().as_ptr().cast());
    // SAFETY: an open stream, and text that ends with NUL or NULL.
    if unsafe { Py_FdIsInteractive(stream, shown) } == 0 {
        return run_simple_file(cx, stream, filename, close, flags);
    }
    let status = name_of_file(cx, filename).and_then(|name| run_all(cx, stream, name.as_ref(), flags));
    if close {
        // SAFETY: an open stream, which C gave to be closed.
        unsafe { libc::fclose(stream) };
    }
    status
}

/// Run a stream's text in `__main__`: as `PyRun_InteractiveLoop` where it is a terminal, else as `PyRun_SimpleFile`.
#[capi]
fn PyRun_AnyFile(cx: Cx<'_>, fp: *mut libc::FILE, name: Option<Text<'_>>) -> Result<c_int> {
    run_any(cx, fp, name, false, std::ptr::null_mut())
}

/// As `PyRun_AnyFile`.
#[capi]
fn PyRun_AnyFileFlags(
    cx: Cx<'_>,
    fp: *mut libc::FILE,
    name: Option<Text<'_>>,
    flags: *mut PyCompilerFlags,
) -> Result<c_int> {
    run_any(cx, fp, name, false, flags)
}

/// As `PyRun_AnyFile`; the stream is closed if asked for.
#[capi]
fn PyRun_AnyFileEx(cx: Cx<'_>, fp: *mut libc::FILE, name: Option<Text<'_>>, closeit: c_int) -> Result<c_int> {
    run_any(cx, fp, name, closeit != 0, std::ptr::null_mut())
}

/// As `PyRun_AnyFileEx`.
#[capi]
fn PyRun_AnyFileExFlags(
    cx: Cx<'_>,
    fp: *mut libc::FILE,
    filename: Option<Text<'_>>,
    closeit: c_int,
    flags: *mut PyCompilerFlags,
) -> Result<c_int> {
    run_any(cx, fp, filename, closeit != 0, flags)
}
