//! `cpython/funcobject.h`: functions written in Python, class methods and static methods. They are the host's; their parts
//! are read and written as attributes.

use std::ffi::{CStr, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::funcobject::PyFunctionObject;
use object_mirror::object::{Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_TUPLE_SUBCLASS, PyObject, vectorcallfunc};

use crate::abstract_::call;
use crate::boundary::{Borrowed, Cx, New, Obj, Result};
use crate::host::{HostObj, HostRef, HostResult, Kind, host};
use crate::lifetime::Guard;
use crate::statics::builtin;
use crate::{cross, lending, pystate, slots};

/// `op`, if it is a function; SystemError else.
fn check<'a>(cx: Cx<'_>, op: Obj<'a>) -> Result<Obj<'a>> {
    if std::ptr::eq(op.type_ptr(), builtin!(PyFunction_Type)) { Ok(op) } else { Err(cx.bad_internal_call()) }
}

/// An attribute of a function, lent by it; NULL without an error where Python shows None.
fn part<'a>(cx: Cx<'a>, op: Obj<'a>, name: &str) -> Result<Option<Borrowed<'a>>> {
    let function = check(cx, op)?.give(cx)?;
    let found = cx.attr_str(function.as_ref(), name)?;
    Ok((host().kind(found.as_ref()) != Kind::None).then(|| lending::lend(op, found)))
}

/// Set an attribute of a function to a value of one kind, or to None. `what` is the message for others.
fn set_part(cx: Cx<'_>, op: Obj<'_>, name: &str, value: Obj<'_>, kind: Kind, what: &str) -> Result<()> {
    let function = check(cx, op)?.give(cx)?;
    let value = value.give(cx)?;
    let found = host().kind(value.as_ref());
    if found != kind && found != Kind::None {
        return Err(cx.system_error(what));
    }
    let name = cx.str(name);
    cx.call(|h| h.set_attr(function.as_ref(), name.as_ref(), Some(value.as_ref())))
}

fn wrapped(cx: Cx<'_>, class: &str, callable: Obj<'_>) -> Result<New> {
    let Some(class) = cx.host().builtin_class(class) else { return Err(cx.bad_internal_call()) };
    let callable = callable.give(cx)?;
    cx.object(|h| h.call(class.as_ref(), &[callable.as_ref()], &[]))
}

/// `classmethod(callable)`.
#[capi]
fn PyClassMethod_New(cx: Cx<'_>, callable: Obj<'_>) -> Result<New> {
    wrapped(cx, "classmethod", callable)
}

/// `staticmethod(callable)`.
#[capi]
fn PyStaticMethod_New(cx: Cx<'_>, callable: Obj<'_>) -> Result<New> {
    wrapped(cx, "staticmethod", callable)
}

/// A function of a code object and a dict of globals.
#[capi]
fn PyFunction_New(cx: Cx<'_>, code: Obj<'_>, globals: Obj<'_>) -> Result<New> {
    function(cx, code, globals, None)
}

/// A function of a code object and a dict of globals, with a `__qualname__`, or the code's for NULL.
#[capi]
fn PyFunction_NewWithQualName(cx: Cx<'_>, code: Obj<'_>, globals: Obj<'_>, qualname: Option<Obj<'_>>) -> Result<New> {
    function(cx, code, globals, qualname)
}

fn function(cx: Cx<'_>, code: Obj<'_>, globals: Obj<'_>, qualname: Option<Obj<'_>>) -> Result<New> {
    let Some(class) = cx.host().builtin_class("function") else { return Err(cx.bad_internal_call()) };
    if !globals.type_has(Py_TPFLAGS_DICT_SUBCLASS) {
        return Err(cx.bad_internal_call());
    }
    let (code, globals) = (code.give(cx)?, globals.give(cx)?);
    let function = cx.call(|h| h.call(class.as_ref(), &[code.as_ref(), globals.as_ref()], &[]))?;
    if let Some(qualname) = qualname {
        let (name, qualname) = (cx.str("__qualname__"), qualname.give(cx)?);
        cx.call(|h| h.set_attr(function.as_ref(), name.as_ref(), Some(qualname.as_ref())))?;
    }
    Ok(cx.to_c(function))
}

/// `__code__`, borrowed.
#[capi]
fn PyFunction_GetCode<'a>(cx: Cx<'a>, op: Obj<'a>) -> Result<Option<Borrowed<'a>>> {
    part(cx, op, "__code__")
}

/// `__globals__`, borrowed.
#[capi]
fn PyFunction_GetGlobals<'a>(cx: Cx<'a>, op: Obj<'a>) -> Result<Option<Borrowed<'a>>> {
    part(cx, op, "__globals__")
}

/// `__module__`, borrowed; NULL for none.
#[capi]
fn PyFunction_GetModule<'a>(cx: Cx<'a>, op: Obj<'a>) -> Result<Option<Borrowed<'a>>> {
    part(cx, op, "__module__")
}

/// `__defaults__`, borrowed; NULL for none.
#[capi]
fn PyFunction_GetDefaults<'a>(cx: Cx<'a>, op: Obj<'a>) -> Result<Option<Borrowed<'a>>> {
    part(cx, op, "__defaults__")
}

/// Set `__defaults__` to a tuple or None.
#[capi]
fn PyFunction_SetDefaults(cx: Cx<'_>, op: Obj<'_>, defaults: Obj<'_>) -> Result<()> {
    set_part(cx, op, "__defaults__", defaults, Kind::Tuple, "non-tuple default args")
}

/// `__kwdefaults__`, borrowed; NULL for none.
#[capi]
fn PyFunction_GetKwDefaults<'a>(cx: Cx<'a>, op: Obj<'a>) -> Result<Option<Borrowed<'a>>> {
    part(cx, op, "__kwdefaults__")
}

/// Set `__kwdefaults__` to a dict or None.
#[capi]
fn PyFunction_SetKwDefaults(cx: Cx<'_>, op: Obj<'_>, defaults: Obj<'_>) -> Result<()> {
    set_part(cx, op, "__kwdefaults__", defaults, Kind::Dict, "non-dict keyword only default args")
}

/// `__closure__`, borrowed; NULL for none.
#[capi]
fn PyFunction_GetClosure<'a>(cx: Cx<'a>, op: Obj<'a>) -> Result<Option<Borrowed<'a>>> {
    part(cx, op, "__closure__")
}

/// `__annotations__`, borrowed; NULL for none.
#[capi]
fn PyFunction_GetAnnotations<'a>(cx: Cx<'a>, op: Obj<'a>) -> Result<Option<Borrowed<'a>>> {
    let function = check(cx, op)?.give(cx)?;
    let found = cx.attr_str(function.as_ref(), "__annotations__")?;
    // Python sees an empty dict where there are none.
    let any = host().kind(found.as_ref()) != Kind::None && cx.call(|h| h.length(found.as_ref()))? != 0;
    Ok(any.then(|| lending::lend(op, found)))
}

/// Set `__annotations__` to a dict or None.
#[capi]
fn PyFunction_SetAnnotations(cx: Cx<'_>, op: Obj<'_>, annotations: Obj<'_>) -> Result<()> {
    set_part(cx, op, "__annotations__", annotations, Kind::Dict, "non-dict annotations")
}

/// Set `__closure__` to a tuple of cells or None.
#[capi]
fn PyFunction_SetClosure(cx: Cx<'_>, op: Obj<'_>, closure: Obj<'_>) -> Result<()> {
    let function = check(cx, op)?.give(cx)?;
    if std::ptr::eq(closure.as_ptr(), crate::statics::none()) {
        return cx.call(|h| h.set_function_closure(function.as_ref(), None));
    }
    if !closure.type_has(Py_TPFLAGS_TUPLE_SUBCLASS) {
        // SAFETY: types have names.
        let name = unsafe { CStr::from_ptr((*closure.type_ptr()).tp_name) }.to_string_lossy();
        return Err(cx.system_error(format!("expected tuple for closure, got '{:.100}'", name)));
    }
    let closure = closure.give(cx)?;
    cx.call(|h| h.set_function_closure(function.as_ref(), Some(closure.as_ref())))
}

/// Have a function of C's called instead of the function's code, from C and from Python.
#[capi]
fn PyFunction_SetVectorcall(cx: Cx<'_>, func: Obj<'_>, vectorcall: *const c_void) {
    let Ok(function) = check(cx, func).and_then(|func| func.give(cx)) else { return };
    // SAFETY: C passes a function of this type.
    let vectorcall = unsafe { std::mem::transmute::<*const c_void, Option<vectorcallfunc>>(vectorcall) };
    let Some(vectorcall) = vectorcall else {
        cx.bad_internal_call();
        return;
    };
    let call = Box::new(move |args: &[HostRef], names: &[HostRef]| call_instead(vectorcall, args, names));
    if cx.call(|h| h.set_function_call(function.as_ref(), call)).is_ok() {
        // SAFETY: a function's mirror has its struct.
        unsafe { (*func.cast::<PyFunctionObject>()).vectorcall = Some(vectorcall) };
    }
}

/// The host calls a function that has a vectorcall of C's; the function is the first argument.
fn call_instead(vectorcall: vectorcallfunc, args: &[HostRef], names: &[HostRef]) -> HostResult<HostObj> {
    let _frame = pystate::Frame::enter();
    let guard = Guard::hold();
    let cx = guard.cx();
    let values: Vec<New> = args.iter().map(|&argument| cross::to_c(argument)).collect();
    let pointers: Vec<*mut PyObject> = values.iter().map(New::as_ptr).collect();
    let kwnames = (!names.is_empty()).then(|| cross::tuple_of_names(names));
    let kwnames = kwnames.as_ref().map_or(null_mut(), New::as_ptr);
    let (function, nargs) = (values[0].obj(), values.len() - 1 - names.len());
    // SAFETY: C gave this function; the arguments are live mirrors, those of keywords last; the lock is held.
    let result = unsafe { vectorcall(function.as_ptr(), pointers[1..].as_ptr(), nargs, kwnames) };
    match call::checked(cx, function, result) {
        Ok(result) => cross::consume_checked(cx, result.into_ptr()),
        Err(_) => Err(slots::pending(cx)),
    }
}
