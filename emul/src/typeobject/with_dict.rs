//! The generic attribute functions with a dict in place of the object's own.

use std::ffi::c_int;
use std::mem::transmute;

use capi_macros::capi;
use object_mirror::object::{Py_TPFLAGS_UNICODE_SUBCLASS, PyObject, descrgetfunc, descrsetfunc};

use super::class_of;
use crate::abstract_::object::attr::pending_is;
use crate::boundary::{Cx, New, Obj, Raised, Result};
use crate::host::{HostObj, HostRef, host};
use crate::slots::Slot;
use crate::statics::exception;

/// As `PyObject_GenericGetAttr`. With `suppress`, NULL without an error where there is no such attribute.
#[capi]
fn _PyObject_GenericGetAttrWithDict(
    cx: Cx<'_>,
    obj: Obj<'_>,
    name: Obj<'_>,
    dict: Option<Obj<'_>>,
    suppress: c_int,
) -> Result<Option<New>> {
    match find(cx, obj, name, dict) {
        Err(_) if suppress != 0 && pending_is(exception!(PyExc_AttributeError)) => {
            drop(cx.take_error());
            Ok(None)
        }
        found => found.map(Some),
    }
}

fn find(cx: Cx<'_>, obj: Obj<'_>, name: Obj<'_>, dict: Option<Obj<'_>>) -> Result<New> {
    check_name(cx, name)?;
    let host_name = name.give(cx)?;
    let Some(dict) = dict else {
        let object = obj.give(cx)?;
        return cx.object(|h| h.generic_get_attr(object.as_ref(), host_name.as_ref()));
    };
    let descriptor = descriptor(cx, obj, host_name.as_ref())?;
    let get = descriptor.as_ref().map_or(0, |found| slot(Slot::TpDescrGet, found));
    let bind = |descriptor: &New| {
        // SAFETY: the slot holds a function of this type; the arguments are live.
        let got =
            unsafe { transmute::<usize, descrgetfunc>(get)(descriptor.as_ptr(), obj.as_ptr(), obj.type_ptr().cast()) };
        // SAFETY: a new reference, or NULL with an error set.
        unsafe { New::from_ptr(got) }.ok_or_else(|| cx.pending())
    };
    if let Some(descriptor) = &descriptor
        && get != 0
        && slot(Slot::TpDescrSet, descriptor) != 0
    {
        return bind(descriptor);
    }
    let dict = dict.give(cx)?;
    if let Some(found) = cx.call(|h| h.dict_get(dict.as_ref(), host_name.as_ref()))? {
        return Ok(cx.to_c(found));
    }
    match descriptor {
        Some(descriptor) if get != 0 => bind(&descriptor),
        Some(descriptor) => Ok(descriptor),
        None => Err(missing(cx, obj, &host_name)),
    }
}

/// As `PyObject_GenericSetAttr`.
#[capi]
fn _PyObject_GenericSetAttrWithDict(
    cx: Cx<'_>,
    obj: Obj<'_>,
    name: Obj<'_>,
    value: Option<Obj<'_>>,
    dict: Option<Obj<'_>>,
) -> Result<()> {
    check_name(cx, name)?;
    let host_name = name.give(cx)?;
    let given = value.map(|value| value.give(cx)).transpose()?;
    let given = given.as_ref().map(HostObj::as_ref);
    let Some(dict) = dict else {
        let object = obj.give(cx)?;
        return cx.call(|h| h.generic_set_attr(object.as_ref(), host_name.as_ref(), given));
    };
    if let Some(descriptor) = descriptor(cx, obj, host_name.as_ref())? {
        let set = slot(Slot::TpDescrSet, &descriptor);
        if set != 0 {
            let value = value.map_or(std::ptr::null_mut(), Obj::as_ptr);
            // SAFETY: the slot holds a function of this type; the arguments are live.
            let status = unsafe { transmute::<usize, descrsetfunc>(set)(descriptor.as_ptr(), obj.as_ptr(), value) };
            return if status < 0 { Err(cx.pending()) } else { Ok(()) };
        }
    }
    let dict = dict.give(cx)?;
    match given {
        Some(value) => cx.call(|h| h.dict_set(dict.as_ref(), host_name.as_ref(), value)),
        None if cx.call(|h| h.dict_get(dict.as_ref(), host_name.as_ref()))?.is_none() => {
            Err(missing(cx, obj, &host_name))
        }
        None => cx.call_builtin_method("dict", "__delitem__", &[dict.as_ref(), host_name.as_ref()]).map(drop),
    }
}

fn check_name(cx: Cx<'_>, name: Obj<'_>) -> Result<()> {
    if name.type_has(Py_TPFLAGS_UNICODE_SUBCLASS) {
        return Ok(());
    }
    Err(cx.type_error(format!("attribute name must be string, not '{:.200}'", name.type_name())))
}

/// What the object's class has under the name.
fn descriptor(cx: Cx<'_>, obj: Obj<'_>, name: HostRef) -> Result<Option<New>> {
    let class = class_of(cx, obj.type_ptr())?;
    Ok(host().type_lookup(class.as_ref(), name).map(|found| cx.to_c(found)))
}

fn slot(slot: Slot, descriptor: &New) -> usize {
    let descriptor: *mut PyObject = descriptor.as_ptr();
    // SAFETY: a live object's live type.
    unsafe { slot.get((*descriptor).ob_type) }
}

fn missing(cx: Cx<'_>, obj: Obj<'_>, name: &HostObj) -> Raised {
    let name = crate::pyerrors::text_of(name.as_ref());
    cx.error("AttributeError", format!("'{:.100}' object has no attribute '{name}'", obj.type_name()))
}
