//! Calls from C. What C implements is called directly, by vectorcall, by `tp_call`, or, for a type made by C, by its
//! `tp_new` and `tp_init`; everything else is the host's to call.

use std::ffi::c_ulong;
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{
    PY_VECTORCALL_ARGUMENTS_OFFSET, Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_DISALLOW_INSTANTIATION,
    Py_TPFLAGS_HAVE_VECTORCALL, Py_TPFLAGS_TUPLE_SUBCLASS, Py_TPFLAGS_TYPE_SUBCLASS, PyObject, PyTypeObject, initproc,
    newfunc, ternaryfunc, vectorcallfunc,
};
use refcount_bridge::State;

use super::{c_slot, call_c, is_exactly};
use crate::boundary::{Cx, New, Obj, Result, enter, optional};
use crate::dictobject::entries;
use crate::host::{HostObj, HostRef, host};
use crate::slots::Slot;
use crate::statics::builtin;
use crate::{lifetime, pystate, special, tupleobject, typeobject};

/// Owned handles as borrowed ones.
fn refs(objects: &[HostObj]) -> &[HostRef] {
    // SAFETY: `HostObj` is a transparent `HostRef`.
    unsafe { std::slice::from_raw_parts(objects.as_ptr().cast(), objects.len()) }
}

fn through_host(cx: Cx<'_>, callable: Obj<'_>, values: &[HostObj], names: &[HostObj]) -> Result<New> {
    let callable = callable.give(cx)?;
    cx.object(|h| h.call(callable.as_ref(), refs(values), refs(names)))
}

/// The vectorcall function of a callable, if it has one of C's.
#[inline]
pub(crate) fn vectorcall_of(callable: Obj<'_>) -> Option<vectorcallfunc> {
    // SAFETY: a live object of a live type; a type with the flag says where its instances keep the function.
    unsafe {
        let ty = callable.type_ptr();
        let offset = (*ty).tp_vectorcall_offset;
        if (*ty).tp_flags & Py_TPFLAGS_HAVE_VECTORCALL as c_ulong == 0 || offset <= 0 {
            return None;
        }
        let function = *callable.cast::<u8>().offset(offset).cast::<Option<vectorcallfunc>>();
        // A class made in Python over such a type may have a `__call__` of its own.
        function.filter(|_| !special::is_dynamic(Slot::TpCall.get(ty)))
    }
}

/// Whether the object's state is the host's: calling it is the host's business.
fn is_hosts(callable: Obj<'_>) -> bool {
    lifetime::bridge(|bridge| {
        let link = bridge.link(callable.as_ptr());
        link.host() != 0 && !link.has(State::IN_C)
    })
}

/// CPython's check of a call's result: a result and an error exclude each other, and one of them there must be.
pub(crate) fn checked(cx: Cx<'_>, callable: Obj<'_>, result: *mut PyObject) -> Result<New> {
    // SAFETY: a C function returns NULL or a new reference.
    match unsafe { New::from_ptr(result) } {
        Some(result) if !cx.has_error() => Ok(result),
        None if cx.has_error() => Err(cx.pending()),
        result => Err(contradiction(cx, callable, result)),
    }
}

#[cold]
fn contradiction(cx: Cx<'_>, callable: Obj<'_>, result: Option<New>) -> crate::boundary::Raised {
    let cause = cx.take_error();
    let what = callable.give(cx).and_then(|callable| cx.call(|h| h.repr(callable.as_ref())));
    drop(cx.take_error());
    let mut text = callable.type_name();
    if let Ok(what) = what {
        host().with_str(what.as_ref(), &mut |repr| text = String::from_utf8_lossy(repr).into_owned());
    }
    let Some(cause) = cause else {
        return cx.system_error(format!("{text} returned NULL without setting an exception"));
    };
    drop(result);
    let raised = cx.system_error(format!("{text} returned a result with an exception set"));
    let Some(error) = cx.take_error() else { return raised };
    for name in ["__cause__", "__context__"] {
        let name = cx.str(name);
        let _ = cx.unlocked(|h| h.set_attr(error.as_ref(), name.as_ref(), Some(cause.as_ref())));
    }
    cx.raise(error)
}

/// Run a call of C code by C code one level deeper.
fn deeper<R>(cx: Cx<'_>, call: impl FnOnce() -> Result<R>) -> Result<R> {
    if host().recursion_limit_reached() {
        return Err(too_deep(cx));
    }
    counted(cx, call)
}

fn too_deep(cx: Cx<'_>) -> crate::boundary::Raised {
    cx.error("RecursionError", "maximum recursion depth exceeded while calling a Python object")
}

/// [`deeper`], where only C's own depth counts: of C functions that call each other without the host.
#[inline]
fn counted<R>(cx: Cx<'_>, call: impl FnOnce() -> Result<R>) -> Result<R> {
    let tstate = pystate::thread_state();
    // SAFETY: the thread's own state.
    let left = unsafe { &mut (*tstate).c_recursion_remaining };
    if *left <= 0 {
        return Err(too_deep(cx));
    }
    *left -= 1;
    let result = call();
    // SAFETY: as above.
    unsafe { (*tstate).c_recursion_remaining += 1 };
    result
}

/// Call a type that C made, and whose instances C makes, without the host: `None` where the host has a part in it.
fn call_type(cx: Cx<'_>, callable: Obj<'_>, args: Obj<'_>, kwargs: *mut PyObject) -> Option<Result<New>> {
    let ty: *mut PyTypeObject = callable.cast();
    if !is_exactly(callable, builtin!(PyType_Type)) || !typeobject::is_c_class(ty) {
        return None;
    }
    // SAFETY: a live type.
    let (new, init, flags) = unsafe { (Slot::TpNew.get(ty), Slot::TpInit.get(ty), (*ty).tp_flags) };
    let is_c = |function: usize| !special::is_ours(function);
    if new == 0 || !is_c(new) || flags & Py_TPFLAGS_DISALLOW_INSTANTIATION as c_ulong != 0 {
        return None;
    }
    if !(init == 0 || is_c(init) || has_objects_init(ty)) {
        return None;
    }
    Some(deeper(cx, || {
        let object = checked(cx, callable, call_c!(new, newfunc, ty, args.as_ptr(), kwargs))?;
        let made = object.obj().type_ptr();
        if !typeobject::is_subtype(made, ty) {
            return Ok(object);
        }
        // SAFETY: a live type.
        let init = unsafe { Slot::TpInit.get(made) };
        if init == 0 || has_objects_init(made) {
            return Ok(object);
        }
        if call_c!(init, initproc, object.as_ptr(), args.as_ptr(), kwargs) < 0 {
            return Err(cx.pending());
        }
        Ok(object)
    }))
}

/// Whether `tp_init` is `object`'s, which has nothing to do where `tp_new` is C's.
fn has_objects_init(ty: *mut PyTypeObject) -> bool {
    let mut base = ty;
    // SAFETY: live types.
    unsafe {
        let init = Slot::TpInit.get(ty);
        if !special::is_ours(init) || special::is_dynamic(init) {
            return false;
        }
        // A builtin's own `__init__` comes in with the builtin as a base.
        while typeobject::is_c_class(base) && !(*base).tp_base.is_null() {
            base = (*base).tp_base;
        }
    }
    std::ptr::eq(base, builtin!(PyBaseObject_Type))
}

/// Positional arguments of an array as a new tuple.
///
/// # Safety
/// `args` holds `count` live objects.
unsafe fn tuple_of(args: *const *mut PyObject, count: usize) -> New {
    if count == 0 {
        return tupleobject::new(0);
    }
    // SAFETY: the caller's contract.
    tupleobject::from_items(unsafe { std::slice::from_raw_parts(args, count) })
}

/// Keyword arguments of an array as a new dict.
///
/// # Safety
/// `values` holds as many live objects as the tuple `kwnames` names.
unsafe fn dict_of(cx: Cx<'_>, values: *const *mut PyObject, kwnames: Obj<'_>) -> Result<New> {
    let dict = host().new_dict();
    for (index, &name) in tupleobject::items(kwnames.as_ptr()).iter().enumerate() {
        // SAFETY: the caller's contract.
        let (name, value) = unsafe { (Obj::from_ptr(name), Obj::from_ptr(*values.add(index))) };
        let (Some(name), Some(value)) = (name, value) else { return Err(cx.bad_internal_call()) };
        let (name, value) = (name.give(cx)?, value.give(cx)?);
        cx.call(|h| h.dict_set(dict.as_ref(), name.as_ref(), value.as_ref()))?;
    }
    Ok(cx.to_c(dict))
}

/// # Safety
/// `args` holds `count` live objects.
unsafe fn given(cx: Cx<'_>, args: *const *mut PyObject, count: usize) -> Result<Vec<HostObj>> {
    let mut values = Vec::with_capacity(count);
    for index in 0..count {
        // SAFETY: the caller's contract.
        let object = unsafe { Obj::from_ptr(*args.add(index)) };
        values.push(object.ok_or_else(|| cx.bad_internal_call())?.give(cx)?);
    }
    Ok(values)
}

fn keyword_names(cx: Cx<'_>, kwnames: Option<Obj<'_>>) -> Result<Vec<HostObj>> {
    let Some(kwnames) = kwnames else { return Ok(Vec::new()) };
    let names = tupleobject::items(kwnames.as_ptr());
    // SAFETY: a tuple of live names.
    unsafe { given(cx, names.as_ptr(), names.len()) }
}

fn without_keywords<'a>(kwnames: Option<Obj<'a>>) -> Option<Obj<'a>> {
    kwnames.filter(|names| !tupleobject::items(names.as_ptr()).is_empty())
}

/// `callable(*args[..nargs], **dict(zip(kwnames, args[nargs..])))`.
///
/// # Safety
/// C's contract of a vectorcall: `args` holds the positional arguments and as many values as `kwnames` names.
pub(crate) unsafe fn vectorcall(
    cx: Cx<'_>,
    callable: Obj<'_>,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: Option<Obj<'_>>,
) -> Result<New> {
    // SAFETY: the caller's contract.
    unsafe {
        if let Some(function) = vectorcall_of(callable) {
            return counted(cx, || checked(cx, callable, function(callable.as_ptr(), args, nargsf, optional(kwnames))));
        }
        let nargs = nargsf & !PY_VECTORCALL_ARGUMENTS_OFFSET;
        let kwnames = without_keywords(kwnames);
        if !is_hosts(callable) || is_exactly(callable, builtin!(PyType_Type)) {
            let positional = || tuple_of(args, nargs);
            let keywords = || kwnames.map(|names| dict_of(cx, args.add(nargs), names)).transpose();
            if let Some(function) = c_slot(callable, Slot::TpCall) {
                let (positional, keywords) = (positional(), keywords()?);
                return tp_call(
                    cx,
                    callable,
                    function,
                    positional.obj(),
                    keywords.as_ref().map_or(null_mut(), New::as_ptr),
                );
            }
            if is_exactly(callable, builtin!(PyType_Type)) && typeobject::is_c_class(callable.cast()) {
                let (positional, keywords) = (positional(), keywords()?);
                let keywords = keywords.as_ref().map_or(null_mut(), New::as_ptr);
                if let Some(result) = call_type(cx, callable, positional.obj(), keywords) {
                    return result;
                }
            }
        }
        let names = keyword_names(cx, kwnames)?;
        let values = given(cx, args, nargs + names.len())?;
        through_host(cx, callable, &values, &names)
    }
}

fn tp_call(cx: Cx<'_>, callable: Obj<'_>, function: usize, args: Obj<'_>, kwargs: *mut PyObject) -> Result<New> {
    deeper(cx, || checked(cx, callable, call_c!(function, ternaryfunc, callable.as_ptr(), args.as_ptr(), kwargs)))
}

/// A dict of keyword arguments, taken apart: the names as a tuple, and the values' mirrors.
fn keywords_of(cx: Cx<'_>, kwargs: Option<Obj<'_>>) -> Result<(Option<New>, Vec<New>)> {
    let Some(kwargs) = kwargs else { return Ok((None, Vec::new())) };
    let entries = entries(&kwargs.give(cx)?);
    if entries.is_empty() {
        return Ok((None, Vec::new()));
    }
    let names = tupleobject::new(entries.len());
    let mut values = Vec::with_capacity(entries.len());
    for (index, (name, value)) in entries.into_iter().enumerate() {
        if host().kind(name.as_ref()) != crate::host::Kind::Str {
            return Err(cx.type_error("keywords must be strings"));
        }
        tupleobject::set_fresh(names.as_ptr(), index, cx.to_c(name));
        values.push(cx.to_c(value));
    }
    Ok((Some(names), values))
}

/// Call a vectorcall function with a tuple and a dict, or with an array and a dict.
fn vectorcall_with_dict(
    cx: Cx<'_>,
    callable: Obj<'_>,
    function: vectorcallfunc,
    args: &[*mut PyObject],
    kwargs: Option<Obj<'_>>,
) -> Result<New> {
    let (names, values) = keywords_of(cx, kwargs)?;
    let Some(names) = names else {
        // SAFETY: the positional arguments are live; no keyword arguments follow.
        return checked(cx, callable, unsafe { function(callable.as_ptr(), args.as_ptr(), args.len(), null_mut()) });
    };
    let mut all = args.to_vec();
    all.extend(values.iter().map(New::as_ptr));
    // SAFETY: as above, with the values of the names behind them.
    checked(cx, callable, unsafe { function(callable.as_ptr(), all.as_ptr(), args.len(), names.as_ptr()) })
}

/// `callable(*args, **kwargs)` of a tuple and a dict.
pub(crate) fn call(cx: Cx<'_>, callable: Obj<'_>, args: Obj<'_>, kwargs: Option<Obj<'_>>) -> Result<New> {
    if !args.type_has(Py_TPFLAGS_TUPLE_SUBCLASS) {
        return Err(cx.type_error("argument list must be a tuple"));
    }
    if let Some(function) = vectorcall_of(callable) {
        return vectorcall_with_dict(cx, callable, function, tupleobject::items(args.as_ptr()), kwargs);
    }
    if is_exactly(callable, builtin!(PyType_Type))
        && let Some(result) = call_type(cx, callable, args, optional(kwargs))
    {
        return result;
    }
    if !is_hosts(callable)
        && let Some(function) = c_slot(callable, Slot::TpCall)
    {
        return tp_call(cx, callable, function, args, optional(kwargs));
    }
    let (values, names) = special::arguments(cx, args.as_ptr(), optional(kwargs))?;
    through_host(cx, callable, &values, &names)
}

/// `callable(*args, **kwargs)`.
#[capi]
fn PyObject_Call(cx: Cx<'_>, callable: Obj<'_>, args: Obj<'_>, kwargs: Option<Obj<'_>>) -> Result<New> {
    call(cx, callable, args, kwargs)
}

/// `callable(*args)`; NULL for no arguments.
#[capi]
fn PyObject_CallObject(cx: Cx<'_>, callable: Obj<'_>, args: Option<Obj<'_>>) -> Result<New> {
    match args {
        Some(args) => call(cx, callable, args, None),
        // SAFETY: no arguments.
        None => unsafe { vectorcall(cx, callable, [].as_ptr(), 0, None) },
    }
}

/// `callable()`.
#[capi]
fn PyObject_CallNoArgs(cx: Cx<'_>, callable: Obj<'_>) -> Result<New> {
    // SAFETY: no arguments.
    unsafe { vectorcall(cx, callable, [].as_ptr(), 0, None) }
}

/// `callable(argument)`.
#[capi]
fn PyObject_CallOneArg(cx: Cx<'_>, callable: Obj<'_>, argument: Obj<'_>) -> Result<New> {
    // The place before the argument is the callee's to use.
    let args = [null_mut(), argument.as_ptr()];
    // SAFETY: one live argument.
    unsafe { vectorcall(cx, callable, args.as_ptr().add(1), 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, None) }
}

/// Call with an array of arguments, then the values of `kwnames`.
#[capi]
fn PyObject_Vectorcall(
    cx: Cx<'_>,
    callable: Obj<'_>,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: Option<Obj<'_>>,
) -> Result<New> {
    // SAFETY: C's contract of a vectorcall.
    unsafe { vectorcall(cx, callable, args, nargsf, kwnames) }
}

/// Call with an array of arguments and a dict of keyword arguments.
#[capi]
fn PyObject_VectorcallDict(
    cx: Cx<'_>,
    callable: Obj<'_>,
    args: *const *mut PyObject,
    nargsf: usize,
    kwargs: Option<Obj<'_>>,
) -> Result<New> {
    let nargs = nargsf & !PY_VECTORCALL_ARGUMENTS_OFFSET;
    if nargs > isize::MAX as usize / 16 {
        return Err(cx.error("MemoryError", ""));
    }
    if let Some(function) = vectorcall_of(callable) {
        // SAFETY: C's contract of a vectorcall.
        let args = if nargs == 0 { &[] } else { unsafe { std::slice::from_raw_parts(args, nargs) } };
        return vectorcall_with_dict(cx, callable, function, args, kwargs);
    }
    // SAFETY: as above.
    let args = unsafe { tuple_of(args, nargs) };
    call(cx, callable, args.obj(), kwargs)
}

/// Call the method `name` of the first argument.
#[capi]
fn PyObject_VectorcallMethod(
    cx: Cx<'_>,
    name: Obj<'_>,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: Option<Obj<'_>>,
) -> Result<New> {
    let nargs = nargsf & !PY_VECTORCALL_ARGUMENTS_OFFSET;
    // SAFETY: C's contract: the first argument is the object.
    let owner = if nargs == 0 { None } else { unsafe { Obj::from_ptr(*args) } };
    let owner = owner.ok_or_else(|| cx.bad_internal_call())?;
    if super::object::c_getattr(owner).is_some() {
        let method = super::object::get_attr(cx, owner, name)?;
        // SAFETY: C's contract; the object's place may be used, since it is not an argument of the method.
        return unsafe { vectorcall(cx, method.obj(), args.add(1), nargs - 1, kwnames) };
    }
    let method = {
        let (owner, name) = (owner.give(cx)?, name.give(cx)?);
        cx.call(|h| h.get_attr(owner.as_ref(), name.as_ref()))?
    };
    let names = keyword_names(cx, without_keywords(kwnames))?;
    // SAFETY: as above.
    let values = unsafe { given(cx, args.add(1), nargs - 1 + names.len()) }?;
    cx.object(|h| h.call(method.as_ref(), refs(&values), refs(&names)))
}

/// `tp_call` of a type whose instances have a vectorcall function.
#[capi]
fn PyVectorcall_Call(cx: Cx<'_>, callable: Obj<'_>, args: Obj<'_>, kwargs: Option<Obj<'_>>) -> Result<New> {
    // SAFETY: a live object of a live type, which says where its instances keep the function.
    let function = unsafe {
        let offset = (*callable.type_ptr()).tp_vectorcall_offset;
        let place = callable.cast::<u8>().offset(offset).cast::<Option<vectorcallfunc>>();
        if offset <= 0 { None } else { *place }
    };
    let Some(function) = function.or_else(|| hosts_vectorcall(callable)) else {
        return Err(cx.type_error(format!("'{}' object does not support vectorcall", callable.type_name())));
    };
    vectorcall_with_dict(cx, callable, function, tupleobject::items(args.as_ptr()), kwargs)
}

/// The vectorcall function of a callable; NULL for none.
#[capi]
fn PyVectorcall_Function(callable: Obj<'_>) -> *mut std::ffi::c_void {
    let function = vectorcall_of(callable).or_else(|| hosts_vectorcall(callable));
    function.map_or(null_mut(), |function| function as *mut std::ffi::c_void)
}

/// The vectorcall function of the host's functions and methods, whose mirrors have none: it asks the host. A type's is that
/// of its own instances, if C gave it one.
fn hosts_vectorcall(callable: Obj<'_>) -> Option<vectorcallfunc> {
    let has = callable.type_has(Py_TPFLAGS_HAVE_VECTORCALL) && !callable.type_has(Py_TPFLAGS_TYPE_SUBCLASS);
    (has && is_hosts(callable)).then_some(_Emul_host_vectorcall as vectorcallfunc)
}

unsafe extern "C" fn _Emul_host_vectorcall(
    callable: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C's contract of a vectorcall.
    unsafe {
        enter("vectorcall", |cx| {
            let callable = Obj::from_ptr(callable).ok_or_else(|| cx.bad_internal_call())?;
            let names = keyword_names(cx, Obj::from_ptr(kwnames))?;
            let values = given(cx, args, (nargsf & !PY_VECTORCALL_ARGUMENTS_OFFSET) + names.len())?;
            through_host(cx, callable, &values, &names)
        })
    }
}

/// The number of positional arguments that `nargsf` tells.
#[capi(raw)]
pub unsafe extern "C" fn PyVectorcall_NARGS(nargsf: usize) -> Py_ssize_t {
    (nargsf & !PY_VECTORCALL_ARGUMENTS_OFFSET) as Py_ssize_t
}

/// Whether the object can be called.
#[capi]
fn PyCallable_Check(object: Option<Obj<'_>>) -> bool {
    object.is_some_and(|object| super::has_slot(object, Slot::TpCall))
}

/// `callable(*args, **kwargs)`, of an older time.
#[capi]
fn PyEval_CallObjectWithKeywords(
    cx: Cx<'_>,
    callable: Obj<'_>,
    args: Option<Obj<'_>>,
    kwargs: Option<Obj<'_>>,
) -> Result<New> {
    if args.is_some_and(|args| !args.type_has(Py_TPFLAGS_TUPLE_SUBCLASS)) {
        return Err(cx.type_error("argument list must be a tuple"));
    }
    if kwargs.is_some_and(|kwargs| !kwargs.type_has(Py_TPFLAGS_DICT_SUBCLASS)) {
        return Err(cx.type_error("keyword list must be a dictionary"));
    }
    let empty = tupleobject::from_items(&[]);
    call(cx, callable, args.unwrap_or(empty.obj()), kwargs)
}

/// As `PyObject_Call`.
#[capi]
fn PyCFunction_Call(cx: Cx<'_>, callable: Obj<'_>, args: Obj<'_>, kwargs: Option<Obj<'_>>) -> Result<New> {
    call(cx, callable, args, kwargs)
}

/// A dict of the keyword arguments of a vectorcall: their names, and the values in the same order.
#[capi]
fn _PyStack_AsDict(cx: Cx<'_>, values: *const *mut PyObject, kwnames: Obj<'_>) -> Result<New> {
    if !kwnames.type_has(object_mirror::object::Py_TPFLAGS_TUPLE_SUBCLASS) {
        return Err(cx.bad_internal_call());
    }
    let names = crate::tupleobject::items(kwnames.as_ptr());
    // SAFETY: C passes as many values as names.
    let values = if names.is_empty() { &[] } else { unsafe { std::slice::from_raw_parts(values, names.len()) } };
    let (names, values) = (crate::cross::host_list_items(cx, names)?, crate::cross::host_list_items(cx, values)?);
    let dict = host().new_dict();
    for (name, value) in names.iter().zip(&values) {
        cx.call(|h| h.dict_set(dict.as_ref(), name.as_ref(), value.as_ref()))?;
    }
    Ok(cx.to_c(dict))
}
