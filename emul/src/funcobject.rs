//! `cpython/funcobject.h`: functions written in Python, class methods and static methods. They are the host's; their parts
//! are read and written as attributes.

use capi_macros::capi;
use object_mirror::funcobject::PyFunctionObject;
use object_mirror::object::vectorcallfunc;

use crate::boundary::{Borrowed, Cx, New, Obj, Result};
use crate::host::{Kind, host};
use crate::lending;
use crate::statics::builtin;

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

/// `__annotations__`, borrowed: a dict, made on first use.
#[capi]
fn PyFunction_GetAnnotations<'a>(cx: Cx<'a>, op: Obj<'a>) -> Result<Option<Borrowed<'a>>> {
    part(cx, op, "__annotations__")
}

/// Set `__annotations__` to a dict or None.
#[capi]
fn PyFunction_SetAnnotations(cx: Cx<'_>, op: Obj<'_>, annotations: Obj<'_>) -> Result<()> {
    set_part(cx, op, "__annotations__", annotations, Kind::Dict, "non-dict annotations")
}

/// Have a function called by `vectorcall`.
#[capi(raw)]
pub unsafe extern "C" fn PyFunction_SetVectorcall(func: *mut PyFunctionObject, vectorcall: Option<vectorcallfunc>) {
    // SAFETY: C passes a function.
    unsafe { (*func).vectorcall = vectorcall };
}
