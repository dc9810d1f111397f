//! Calls from C. A callable with a vectorcall of C's own is called directly; everything else through the host.

use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::object::{PY_VECTORCALL_ARGUMENTS_OFFSET, PyObject};

use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{HostObj, HostRef};
use crate::{special, tupleobject};

fn through_host(cx: Cx<'_>, callable: Obj<'_>, values: &[HostObj], names: &[HostObj]) -> Result<New> {
    let callable = callable.give(cx)?;
    let refs: Vec<HostRef> = values.iter().map(HostObj::as_ref).collect();
    let names: Vec<HostRef> = names.iter().map(HostObj::as_ref).collect();
    cx.object(|h| h.call(callable.as_ref(), &refs, &names))
}

/// `callable(*args, **kwargs)`.
#[capi]
fn PyObject_Call(cx: Cx<'_>, callable: Obj<'_>, args: Obj<'_>, kwargs: Option<Obj<'_>>) -> Result<New> {
    let (values, names) = special::arguments(cx, args.as_ptr(), kwargs.map_or(null_mut(), Obj::as_ptr))?;
    through_host(cx, callable, &values, &names)
}

/// `callable(*args)`; NULL for no arguments.
#[capi]
fn PyObject_CallObject(cx: Cx<'_>, callable: Obj<'_>, args: Option<Obj<'_>>) -> Result<New> {
    let (values, _) = special::arguments(cx, args.map_or(null_mut(), Obj::as_ptr), null_mut())?;
    through_host(cx, callable, &values, &[])
}

/// `callable()`.
#[capi]
fn PyObject_CallNoArgs(cx: Cx<'_>, callable: Obj<'_>) -> Result<New> {
    through_host(cx, callable, &[], &[])
}

/// `callable(argument)`.
#[capi]
fn PyObject_CallOneArg(cx: Cx<'_>, callable: Obj<'_>, argument: Obj<'_>) -> Result<New> {
    let argument = argument.give(cx)?;
    through_host(cx, callable, &[argument], &[])
}

/// # Safety
/// `args` holds `count` live objects.
unsafe fn given(cx: Cx<'_>, args: *const *mut PyObject, count: usize) -> Result<Vec<HostObj>> {
    (0..count)
        .map(|index| {
            // SAFETY: the caller's contract.
            let object = unsafe { Obj::from_ptr(*args.add(index)) };
            object.ok_or_else(|| cx.bad_internal_call())?.give(cx)
        })
        .collect()
}

fn keyword_names(cx: Cx<'_>, kwnames: Option<Obj<'_>>) -> Result<Vec<HostObj>> {
    let Some(kwnames) = kwnames else { return Ok(Vec::new()) };
    let names = tupleobject::items(kwnames.as_ptr());
    // SAFETY: a tuple of live names.
    unsafe { given(cx, names.as_ptr(), names.len()) }
}

/// Call with an array of arguments, then the values of `kwnames`.
#[capi]
fn PyObject_Vectorcall(cx: Cx<'_>, callable: Obj<'_>, args: *const *mut PyObject, nargsf: usize, kwnames: Option<Obj<'_>>) -> Result<New> {
    let names = keyword_names(cx, kwnames)?;
    // SAFETY: C's contract of a vectorcall.
    let values = unsafe { given(cx, args, (nargsf & !PY_VECTORCALL_ARGUMENTS_OFFSET) + names.len()) }?;
    through_host(cx, callable, &values, &names)
}

/// Call with an array of arguments and a dict of keyword arguments.
#[capi]
fn PyObject_VectorcallDict(cx: Cx<'_>, callable: Obj<'_>, args: *const *mut PyObject, nargsf: usize, kwargs: Option<Obj<'_>>) -> Result<New> {
    let (keywords, names) = special::arguments(cx, null_mut(), kwargs.map_or(null_mut(), Obj::as_ptr))?;
    // SAFETY: C's contract of a vectorcall.
    let mut values = unsafe { given(cx, args, nargsf & !PY_VECTORCALL_ARGUMENTS_OFFSET) }?;
    values.extend(keywords);
    through_host(cx, callable, &values, &names)
}

/// Call the method `name` of the first argument.
#[capi]
fn PyObject_VectorcallMethod(cx: Cx<'_>, name: Obj<'_>, args: *const *mut PyObject, nargsf: usize, kwnames: Option<Obj<'_>>) -> Result<New> {
    let names = keyword_names(cx, kwnames)?;
    let name = name.give(cx)?;
    // SAFETY: C's contract of a vectorcall; the first argument is the object.
    let values = unsafe { given(cx, args, (nargsf & !PY_VECTORCALL_ARGUMENTS_OFFSET) + names.len()) }?;
    let Some((owner, rest)) = values.split_first() else { return Err(cx.bad_internal_call()) };
    let method = cx.call(|h| h.get_attr(owner.as_ref(), name.as_ref()))?;
    let refs: Vec<HostRef> = rest.iter().map(HostObj::as_ref).collect();
    let names: Vec<HostRef> = names.iter().map(HostObj::as_ref).collect();
    cx.object(|h| h.call(method.as_ref(), &refs, &names))
}
