//! `pyframe.h`, `frameobject.h`: frames. Those of the host answer through their attributes; those that C makes up for a
//! traceback have CPython's layout, and C writes their line inline.

use std::ffi::{c_int, c_void};
use std::mem::offset_of;
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::code::PyCodeObject;
use object_mirror::frameobject::{_PyInterpreterFrame, FRAME_OWNED_BY_FRAME_OBJECT, PyFrameObject};
use object_mirror::object::{Py_TPFLAGS_DICT_SUBCLASS, PyObject};
use object_mirror::pystate::PyThreadState;

use crate::boundary::{Cx, New, Obj, Raised, Result, Text};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::statics::builtin;
use crate::{cross, lifetime, pyerrors};

/// Frames free what their fields hold.
pub(crate) fn init() {
    // SAFETY: our own static, before any C code runs.
    unsafe { (*builtin!(PyFrame_Type)).tp_dealloc = Some(dealloc) };
}

unsafe extern "C" fn dealloc(op: *mut PyObject) {
    // SAFETY: a frame without references: each field is NULL or owns a reference.
    unsafe {
        let frame: *mut PyFrameObject = op.cast();
        let running: *mut _PyInterpreterFrame = (*frame).f_frame.cast();
        if !running.is_null() {
            for field in [(*running).f_executable, (*running).f_globals, (*running).f_builtins, (*running).f_locals] {
                lifetime::xdecref(field);
            }
        }
        lifetime::xdecref((*frame).f_back.cast());
        lifetime::xdecref((*frame).f_trace);
        lifetime::free_object(op.cast());
    }
}

/// The running Python frame, if any.
pub(crate) fn current(cx: Cx<'_>) -> Option<HostObj> {
    host().current_globals()?;
    let _held = pyerrors::hold_pending();
    let depth = host().new_int(0);
    let frame = cx.call_function("sys", "_getframe", &[depth.as_ref()]).ok();
    drop(cx.take_error());
    frame
}

/// The made-up part of a frame that C made; `None` for the host's.
fn made_up(frame: *mut PyFrameObject) -> Option<*mut _PyInterpreterFrame> {
    // SAFETY: callers pass live frames.
    let running = unsafe { (*frame).f_frame };
    (!running.is_null()).then_some(running.cast())
}

/// A frame, as an object.
fn object<'a>(cx: Cx<'a>, frame: *mut PyFrameObject) -> Result<Obj<'a>> {
    // SAFETY: C passes a live frame.
    unsafe { Obj::from_ptr(frame.cast()) }.ok_or_else(|| cx.bad_internal_call())
}

fn attribute(cx: Cx<'_>, frame: *mut PyFrameObject, name: &str) -> Result<HostObj> {
    let frame = object(cx, frame)?.give(cx)?;
    cx.attr_str(frame.as_ref(), name)
}

/// A field of a made-up frame: a new reference, or NULL where C gave none.
///
/// # Safety
/// `field` is NULL or live.
unsafe fn kept(field: *mut PyObject) -> Option<New> {
    // SAFETY: the caller's contract.
    unsafe { Obj::from_ptr(field) }.map(Obj::to_new)
}

/// The line a frame is at.
pub(crate) fn line_of(cx: Cx<'_>, frame: *mut PyFrameObject) -> c_int {
    // SAFETY: callers pass live frames; made-up ones run a code object.
    unsafe {
        if let Some(running) = made_up(frame) {
            let line = (*frame).f_lineno;
            return if line != 0 { line } else { (*(*running).f_executable.cast::<PyCodeObject>()).co_firstlineno };
        }
    }
    let _held = pyerrors::hold_pending();
    let line = attribute(cx, frame, "f_lineno").ok().and_then(|line| host().int_value(line.as_ref()));
    drop(cx.take_error());
    line.unwrap_or(0) as c_int
}

/// The code a frame runs: a new reference.
pub(crate) fn code_of(cx: Cx<'_>, frame: *mut PyFrameObject) -> Result<New> {
    // SAFETY: a made-up frame's code is live.
    if let Some(code) = made_up(frame).and_then(|running| unsafe { kept((*running).f_executable) }) {
        return Ok(code);
    }
    Ok(cx.to_c(attribute(cx, frame, "f_code")?))
}

/// A frame that runs nothing, for a traceback.
#[capi]
fn PyFrame_New(
    cx: Cx<'_>,
    _tstate: *mut PyThreadState,
    code: *mut PyCodeObject,
    globals: Option<Obj<'_>>,
    locals: Option<Obj<'_>>,
) -> Result<*mut PyFrameObject> {
    // SAFETY: C passes a live code object.
    let code = unsafe { Obj::from_ptr(code.cast()) }.ok_or_else(|| cx.bad_internal_call())?;
    if !std::ptr::eq(code.type_ptr(), builtin!(PyCode_Type)) {
        return Err(cx.bad_internal_call());
    }
    // The builtins of a frame are found in its globals: those are a dict.
    if !globals.is_some_and(|globals| globals.type_has(Py_TPFLAGS_DICT_SUBCLASS)) {
        return Err(cx.bad_internal_call());
    }
    let size = offset_of!(PyFrameObject, _f_frame_data) + size_of::<_PyInterpreterFrame>();
    let memory = lifetime::alloc_object(builtin!(PyFrame_Type), size).ok_or_else(|| cx.error("MemoryError", ""))?;
    let frame: *mut PyFrameObject = memory.as_ptr().cast();
    let keep = |part: Option<Obj<'_>>| part.map_or(null_mut(), |part| part.to_new().into_ptr());
    // SAFETY: fresh, zeroed memory of both structs' sizes.
    unsafe {
        let running: *mut _PyInterpreterFrame = (&raw mut (*frame)._f_frame_data).cast();
        (*frame).f_frame = running.cast();
        (*frame).f_trace_lines = 1;
        (*running).f_executable = keep(Some(code));
        (*running).f_globals = keep(globals);
        (*running).f_locals = keep(locals);
        (*running).frame_obj = frame;
        (*running).owner = FRAME_OWNED_BY_FRAME_OBJECT;
    }
    Ok(frame)
}

/// The code a frame runs.
#[capi]
fn PyFrame_GetCode(cx: Cx<'_>, frame: *mut PyFrameObject) -> Result<*mut PyCodeObject> {
    Ok(code_of(cx, frame)?.into_ptr().cast())
}

/// The frame that called this one: a new reference, or NULL for the outermost.
#[capi]
fn PyFrame_GetBack(cx: Cx<'_>, frame: *mut PyFrameObject) -> Result<*mut PyFrameObject> {
    if made_up(frame).is_some() {
        // SAFETY: a live frame; the field is NULL or live.
        return Ok(unsafe { kept((*frame).f_back.cast()) }.map_or(null_mut(), New::into_ptr).cast());
    }
    let back = attribute(cx, frame, "f_back")?;
    if host().kind(back.as_ref()) == Kind::None {
        return Ok(null_mut());
    }
    Ok(cx.to_c(back).into_ptr().cast())
}

/// The line a frame is at.
#[capi]
fn PyFrame_GetLineNumber(cx: Cx<'_>, frame: *mut PyFrameObject) -> c_int {
    line_of(cx, frame)
}

/// The offset in bytes of the instruction a frame is at; -1 before the first.
#[capi]
fn PyFrame_GetLasti(cx: Cx<'_>, frame: *mut PyFrameObject) -> c_int {
    if made_up(frame).is_some() {
        return -1;
    }
    let _held = pyerrors::hold_pending();
    let lasti = attribute(cx, frame, "f_lasti").ok().and_then(|lasti| host().int_value(lasti.as_ref()));
    drop(cx.take_error());
    lasti.unwrap_or(-1) as c_int
}

/// `f_locals`.
#[capi]
fn PyFrame_GetLocals(cx: Cx<'_>, frame: *mut PyFrameObject) -> Result<New> {
    locals_of(cx, frame)
}

fn locals_of(cx: Cx<'_>, frame: *mut PyFrameObject) -> Result<New> {
    if let Some(running) = made_up(frame) {
        // SAFETY: NULL or live.
        let locals = unsafe { kept((*running).f_locals) };
        return Ok(locals.unwrap_or_else(|| cx.to_c(host().new_dict())));
    }
    Ok(cx.to_c(attribute(cx, frame, "f_locals")?))
}

/// `f_globals`.
#[capi]
fn PyFrame_GetGlobals(cx: Cx<'_>, frame: *mut PyFrameObject) -> Result<New> {
    if let Some(running) = made_up(frame) {
        // SAFETY: NULL or live.
        let globals = unsafe { kept((*running).f_globals) };
        return Ok(globals.unwrap_or_else(|| cx.to_c(host().new_dict())));
    }
    Ok(cx.to_c(attribute(cx, frame, "f_globals")?))
}

/// `f_builtins`.
#[capi]
fn PyFrame_GetBuiltins(cx: Cx<'_>, frame: *mut PyFrameObject) -> Result<New> {
    if made_up(frame).is_some() {
        let builtins = cx.call(|h| h.import("builtins"))?;
        return Ok(cx.to_c(host().namespace(builtins.as_ref())));
    }
    Ok(cx.to_c(attribute(cx, frame, "f_builtins")?))
}

/// The generator or coroutine a frame belongs to: NULL without an error for none.
#[capi]
fn PyFrame_GetGenerator(cx: Cx<'_>, frame: *mut PyFrameObject) -> Result<Option<New>> {
    if made_up(frame).is_some() {
        return Ok(None);
    }
    let frame = object(cx, frame)?.give(cx)?;
    let name = cx.str("f_generator");
    let none = host().singleton(Kind::None);
    let found = cx.call_function("builtins", "getattr", &[frame.as_ref(), name.as_ref(), none.as_ref()])?;
    Ok((host().kind(found.as_ref()) != Kind::None).then(|| cx.to_c(found)))
}

/// A variable that the frame's code has a place for: what a module or a class body defines is none.
fn variable(cx: Cx<'_>, frame: *mut PyFrameObject, name: HostObj) -> Result<New> {
    let locals = locals_of(cx, frame)?;
    let locals = cross::to_host(cx, locals.obj())?;
    if has_place(cx, frame, name.as_ref())? && cx.call(|h| h.contains(locals.as_ref(), name.as_ref()))? {
        return cx.object(|h| h.get_item(locals.as_ref(), name.as_ref()));
    }
    let shown = cx.call(|h| h.repr(name.as_ref()))?;
    Err(cx.error("NameError", format!("variable {} does not exist", pyerrors::text_of(shown.as_ref()))))
}

fn has_place(cx: Cx<'_>, frame: *mut PyFrameObject, name: HostRef) -> Result<bool> {
    if made_up(frame).is_some() {
        return Ok(false);
    }
    let code = attribute(cx, frame, "f_code")?;
    for names in ["co_varnames", "co_cellvars", "co_freevars"] {
        let names = cx.attr_str(code.as_ref(), names)?;
        if cx.call(|h| h.contains(names.as_ref(), name))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A local variable of a frame.
#[capi]
fn PyFrame_GetVar(cx: Cx<'_>, frame: *mut PyFrameObject, name: Obj<'_>) -> Result<New> {
    if !crate::unicodeobject::is_str(name) {
        return Err(cx.type_error(format!("name must be str, not {}", name.type_name())));
    }
    let name = name.give(cx)?;
    variable(cx, frame, name)
}

/// A local variable of a frame.
#[capi]
fn PyFrame_GetVarString(cx: Cx<'_>, frame: *mut PyFrameObject, name: Text<'_>) -> Result<New> {
    let name = name.host_str(cx)?;
    variable(cx, frame, name)
}

/// The locals are always in step: nothing to do.
#[capi(raw)]
pub unsafe extern "C" fn PyFrame_FastToLocalsWithError(_frame: *mut PyFrameObject) -> c_int {
    0
}

/// The locals are always in step: nothing to do.
#[capi(raw)]
pub unsafe extern "C" fn PyFrame_FastToLocals(_frame: *mut PyFrameObject) {}

/// The locals are always in step: nothing to do.
#[capi(raw)]
pub unsafe extern "C" fn PyFrame_LocalsToFast(_frame: *mut PyFrameObject, _clear: c_int) {}

/// The running Python frame of this thread: a new reference, or NULL where none runs. Of other threads nothing is told.
#[capi]
fn PyThreadState_GetFrame(cx: Cx<'_>, tstate: *mut PyThreadState) -> *mut PyFrameObject {
    if !std::ptr::eq(tstate, crate::pystate::thread_state()) {
        return null_mut();
    }
    current(cx).map_or(null_mut(), |frame| cx.to_c(frame).into_ptr().cast())
}

// cpython/pyframe.h: what C's own evaluation function would be called with. The host's frames have no such part.

/// The code of a frame under evaluation.
#[capi]
fn PyUnstable_InterpreterFrame_GetCode(cx: Cx<'_>, _frame: *mut c_void) -> Result<New> {
    Err(no_inner_frame(cx))
}

/// The last instruction of a frame under evaluation.
#[capi]
fn PyUnstable_InterpreterFrame_GetLasti(cx: Cx<'_>, _frame: *mut c_void) -> Result<c_int> {
    Err(no_inner_frame(cx))
}

/// The line of a frame under evaluation.
#[capi]
fn PyUnstable_InterpreterFrame_GetLine(cx: Cx<'_>, _frame: *mut c_void) -> Result<c_int> {
    Err(no_inner_frame(cx))
}

fn no_inner_frame(cx: Cx<'_>) -> Raised {
    cx.system_error("PyUnstable_InterpreterFrame_*: the host's frames have no _PyInterpreterFrame")
}

/// Run the code of a frame that C made, in the frame's globals and locals.
#[capi]
fn PyEval_EvalFrame(cx: Cx<'_>, frame: *mut PyFrameObject) -> Result<New> {
    evaluate(cx, frame)
}

/// `PyEval_EvalFrame`; where told to throw, the pending exception is raised before the first instruction.
#[capi]
fn PyEval_EvalFrameEx(cx: Cx<'_>, frame: *mut PyFrameObject, throwflag: c_int) -> Result<New> {
    if throwflag != 0 && cx.has_error() {
        return Err(cx.pending());
    }
    evaluate(cx, frame)
}

fn evaluate(cx: Cx<'_>, frame: *mut PyFrameObject) -> Result<New> {
    let Some(running) = made_up(frame) else {
        return Err(cx.system_error("PyEval_EvalFrame: the frame is the host's, which runs it itself"));
    };
    // SAFETY: the frame is live, and keeps what its fields hold.
    let (code, globals, locals) = unsafe {
        (Obj::from_ptr((*running).f_executable), optional((*running).f_globals), optional((*running).f_locals))
    };
    let code = code.ok_or_else(|| cx.bad_internal_call())?;
    crate::ceval::eval(cx, code, globals, locals)
}

/// NULL or a live object.
unsafe fn optional<'a>(field: *mut PyObject) -> Option<Obj<'a>> {
    // SAFETY: the caller's contract.
    unsafe { Obj::from_ptr(field) }
}
