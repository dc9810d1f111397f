//! The sequence and mapping protocols.

use std::ffi::c_int;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{PyObject, Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_LIST_SUBCLASS, Py_TPFLAGS_TUPLE_SUBCLASS};

use crate::boundary::{Cx, New, Obj, Result, Text};
use crate::host::host;
use crate::slots::Slot;
use crate::{listobject, tupleobject};

/// Whether the type has `sq_item` and is no dict.
#[capi(raw)]
pub unsafe extern "C" fn PySequence_Check(object: *mut PyObject) -> c_int {
    // SAFETY: C passes a live object.
    unsafe {
        let ty = (*object).ob_type;
        let is_dict = (*ty).tp_flags & Py_TPFLAGS_DICT_SUBCLASS as std::ffi::c_ulong != 0;
        c_int::from(!is_dict && Slot::SqItem.get(ty) != 0)
    }
}

/// Whether the type has `mp_subscript`.
#[capi(raw)]
pub unsafe extern "C" fn PyMapping_Check(object: *mut PyObject) -> c_int {
    // SAFETY: C passes a live object or NULL.
    c_int::from(!object.is_null() && unsafe { Slot::MpSubscript.get((*object).ob_type) } != 0)
}

/// The items of an exact or derived list or tuple.
fn items_of<'a>(object: Obj<'a>) -> Option<&'a [*mut PyObject]> {
    if object.type_has(Py_TPFLAGS_TUPLE_SUBCLASS) {
        return Some(tupleobject::items(object.as_ptr()));
    }
    object.type_has(Py_TPFLAGS_LIST_SUBCLASS).then(|| listobject::items(object.as_ptr()))
}

/// `sequence[index]`.
#[capi]
fn PySequence_GetItem(cx: Cx<'_>, object: Obj<'_>, index: Py_ssize_t) -> Result<New> {
    if let Some(items) = items_of(object)
        && let Some(&item) = usize::try_from(index).ok().and_then(|index| items.get(index))
        // SAFETY: the container keeps its items.
        && let Some(item) = unsafe { Obj::from_ptr(item) }
    {
        return Ok(item.to_new());
    }
    let object = object.give(cx)?;
    let index = host().new_int(index as i64);
    cx.object(|h| h.get_item(object.as_ref(), index.as_ref()))
}

/// `sequence[index] = value`.
#[capi]
fn PySequence_SetItem(cx: Cx<'_>, object: Obj<'_>, index: Py_ssize_t, value: Obj<'_>) -> Result<()> {
    let (object, value) = (object.give(cx)?, value.give(cx)?);
    let index = host().new_int(index as i64);
    cx.call(|h| h.set_item(object.as_ref(), index.as_ref(), Some(value.as_ref())))
}

/// `item in sequence`.
#[capi]
fn PySequence_Contains(cx: Cx<'_>, object: Obj<'_>, item: Obj<'_>) -> Result<bool> {
    let (object, item) = (object.give(cx)?, item.give(cx)?);
    cx.call(|h| h.contains(object.as_ref(), item.as_ref()))
}

fn converted(cx: Cx<'_>, object: Obj<'_>, to: &str) -> Result<New> {
    let object = object.give(cx)?;
    Ok(cx.to_c(cx.call_function("builtins", to, &[object.as_ref()])?))
}

/// `tuple(iterable)`.
#[capi]
fn PySequence_Tuple(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    converted(cx, object, "tuple")
}

/// `list(iterable)`.
#[capi]
fn PySequence_List(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    converted(cx, object, "list")
}

/// The object itself if it is a list or tuple, else a list of its items; `message` is the TypeError's otherwise.
#[capi]
fn PySequence_Fast(cx: Cx<'_>, object: Obj<'_>, message: Text<'_>) -> Result<New> {
    if items_of(object).is_some() {
        return Ok(object.to_new());
    }
    let given = object.give(cx)?;
    match cx.unlocked(|h| h.iter(given.as_ref())) {
        Ok(iterator) => Ok(cx.to_c(cx.call_function("builtins", "list", &[iterator.as_ref()])?)),
        Err(_) => Err(cx.type_error(message.to_str())),
    }
}

/// `mapping[name]`.
#[capi]
fn PyMapping_GetItemString(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> Result<New> {
    let (object, name) = (object.give(cx)?, name.host_str(cx)?);
    cx.object(|h| h.get_item(object.as_ref(), name.as_ref()))
}

fn listed(cx: Cx<'_>, object: Obj<'_>, method: &str) -> Result<New> {
    let object = object.give(cx)?;
    let view = cx.call_method(object.as_ref(), method, &[])?;
    Ok(cx.to_c(cx.call_function("builtins", "list", &[view.as_ref()])?))
}

/// A list of the mapping's keys.
#[capi]
fn PyMapping_Keys(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    listed(cx, object, "keys")
}

/// A list of the mapping's values.
#[capi]
fn PyMapping_Values(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    listed(cx, object, "values")
}

/// A list of the mapping's items.
#[capi]
fn PyMapping_Items(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    listed(cx, object, "items")
}
