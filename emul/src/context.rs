//! `cpython/context.h`: context variables, the host's `contextvars`.

use std::ffi::c_int;
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::object::PyObject;

use crate::boundary::{Cx, New, Obj, Out, Result, Text};
use crate::host::{HostObj, HostRef, host};

fn check(cx: Cx<'_>, object: Obj<'_>, wanted: &str) -> Result<HostObj> {
    let object = object.give(cx)?;
    let module = cx.call(|h| h.import("contextvars"))?;
    let class = cx.attr_str(module.as_ref(), wanted)?;
    if cx.call(|h| h.is_instance(object.as_ref(), class.as_ref()))? {
        return Ok(object);
    }
    Err(cx.type_error(format!("an instance of {wanted} was expected")))
}

/// Make a context variable, with a default value or NULL.
#[capi]
fn PyContextVar_New(cx: Cx<'_>, name: Text<'_>, default_value: Option<Obj<'_>>) -> Result<New> {
    let name = name.host_str(cx)?;
    let default = default_value.map(|value| value.give(cx)).transpose()?;
    let module = cx.call(|h| h.import("contextvars"))?;
    let class = cx.attr_str(module.as_ref(), "ContextVar")?;
    let keyword = cx.str("default");
    match &default {
        Some(default) => cx.object(|h| h.call(class.as_ref(), &[name.as_ref(), default.as_ref()], &[keyword.as_ref()])),
        None => cx.object(|h| h.call(class.as_ref(), &[name.as_ref()], &[])),
    }
}

/// The variable's value, else `default_value`, else the variable's own default, else NULL, without an error.
#[capi]
fn PyContextVar_Get(
    cx: Cx<'_>,
    var: Obj<'_>,
    default_value: Option<Obj<'_>>,
    mut value: Out<'_, *mut PyObject>,
) -> Result<c_int> {
    value.write(null_mut());
    let var = check(cx, var, "ContextVar")?;
    let default = default_value.map(|default| default.give(cx)).transpose()?;
    let args: Vec<HostRef> = default.iter().map(|default| default.as_ref()).collect();
    match cx.call_method(var.as_ref(), "get", &args) {
        Ok(found) => value.write(cx.to_c(found).into_ptr()),
        Err(raised) => {
            let Some(error) = cx.take_error() else { return Err(raised) };
            let lookup = host().builtin_class("LookupError");
            if !lookup.is_some_and(|class| host().is_subtype(host().type_of(error.as_ref()), class.as_ref())) {
                return Err(cx.raise(error));
            }
        }
    }
    Ok(0)
}

/// Set the variable; the token undoes it.
#[capi]
fn PyContextVar_Set(cx: Cx<'_>, var: Obj<'_>, value: Obj<'_>) -> Result<New> {
    let var = check(cx, var, "ContextVar")?;
    let value = value.give(cx)?;
    Ok(cx.to_c(cx.call_method(var.as_ref(), "set", &[value.as_ref()])?))
}

/// Undo the setting that gave the token.
#[capi]
fn PyContextVar_Reset(cx: Cx<'_>, var: Obj<'_>, token: Obj<'_>) -> Result<()> {
    let var = check(cx, var, "ContextVar")?;
    let token = token.give(cx)?;
    cx.call_method(var.as_ref(), "reset", &[token.as_ref()]).map(drop)
}

/// An empty context.
#[capi]
fn PyContext_New(cx: Cx<'_>) -> Result<New> {
    Ok(cx.to_c(cx.call_function("contextvars", "Context", &[])?))
}

/// A copy of a context.
#[capi]
fn PyContext_Copy(cx: Cx<'_>, context: Obj<'_>) -> Result<New> {
    let context = check(cx, context, "Context")?;
    Ok(cx.to_c(cx.call_method(context.as_ref(), "copy", &[])?))
}

/// A copy of the current context.
#[capi]
fn PyContext_CopyCurrent(cx: Cx<'_>) -> Result<New> {
    Ok(cx.to_c(cx.call_function("contextvars", "copy_context", &[])?))
}

/// Make the context the thread's current one.
#[capi]
fn PyContext_Enter(cx: Cx<'_>, context: Obj<'_>) -> Result<()> {
    let context = check(cx, context, "Context")?;
    cx.call(|h| h.enter_context(context.as_ref()))
}

/// Go back to the context that was current before this one was entered.
#[capi]
fn PyContext_Exit(cx: Cx<'_>, context: Obj<'_>) -> Result<()> {
    let context = check(cx, context, "Context")?;
    cx.call(|h| h.exit_context(context.as_ref()))
}
