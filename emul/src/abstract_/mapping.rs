//! The mapping protocol.

use std::ffi::c_int;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::PyObject;

use super::object::{get_attr, get_item, length, or_unraisable, pass_out, pending_is, set_item};
use super::{call, has_slot, is_exactly, sequence};
use crate::boundary::null_argument;
use crate::boundary::{Cx, New, Obj, Out, Result, Text};
use crate::slots::Slot;
use crate::statics::{builtin, exception};
use crate::{dictobject, unicodeobject};

/// Whether the object is a mapping, as far as its type tells: it has `mp_subscript`.
#[capi]
fn PyMapping_Check(object: Option<Obj<'_>>) -> bool {
    object.is_some_and(|object| has_slot(object, Slot::MpSubscript))
}

/// `len(mapping)`, of no sequence.
fn mapping_length(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    if has_slot(object, Slot::MpLength) {
        return length(cx, object);
    }
    let name = object.type_name();
    if has_slot(object, Slot::SqLength) {
        return Err(cx.type_error(format!("{name} is not a mapping")));
    }
    Err(cx.type_error(format!("object of type '{name}' has no len()")))
}

/// `len(mapping)`.
#[capi]
fn PyMapping_Size(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    mapping_length(cx, object)
}

/// `len(mapping)`.
#[capi]
fn PyMapping_Length(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    mapping_length(cx, object)
}

fn key_of(cx: Cx<'_>, key: Text<'_>) -> Result<New> {
    unicodeobject::utf8_to_new(cx, key.bytes(), None)
}

/// `mapping[key]`, with the key as UTF-8.
#[capi]
fn PyMapping_GetItemString(cx: Cx<'_>, object: Obj<'_>, key: Text<'_>) -> Result<New> {
    get_item(cx, object, key_of(cx, key)?.obj())
}

/// `mapping[key] = value`, with the key as UTF-8.
#[capi]
fn PyMapping_SetItemString(cx: Cx<'_>, object: Obj<'_>, key: Text<'_>, value: Obj<'_>) -> Result<()> {
    set_item(cx, object, key_of(cx, key)?.obj(), Some(value))
}

/// `mapping[key]`, if there is such a key.
fn optional_item(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>) -> Result<Option<New>> {
    if is_exactly(object, builtin!(PyDict_Type)) {
        let (dict, key) = (object.give(cx)?, key.give(cx)?);
        return Ok(cx.call(|h| h.dict_get(dict.as_ref(), key.as_ref()))?.map(|value| cx.to_c(value)));
    }
    match get_item(cx, object, key) {
        Ok(value) => Ok(Some(value)),
        Err(_) if pending_is(exception!(PyExc_KeyError)) => {
            drop(cx.take_error());
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

/// `mapping[key]` if there is one: 1 with the value, 0 without, -1 for another error.
#[capi]
fn PyMapping_GetOptionalItem(
    cx: Cx<'_>,
    object: Obj<'_>,
    key: Obj<'_>,
    result: Out<'_, *mut PyObject>,
) -> Result<bool> {
    pass_out(optional_item(cx, object, key), result)
}

/// As `PyMapping_GetOptionalItem`, with the key as UTF-8.
#[capi]
fn PyMapping_GetOptionalItemString(
    cx: Cx<'_>,
    object: Option<Obj<'_>>,
    key: Option<Text<'_>>,
    mut result: Out<'_, *mut PyObject>,
) -> Result<bool> {
    let (Some(object), Some(key)) = (object, key) else {
        result.write(std::ptr::null_mut());
        return Err(null_argument(cx));
    };
    let found = key_of(cx, key).and_then(|key| optional_item(cx, object, key.obj()));
    pass_out(found, result)
}

/// Whether there is such a key; errors other than KeyError are reported.
#[capi]
fn PyMapping_HasKeyWithError(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>) -> Result<bool> {
    Ok(optional_item(cx, object, key)?.is_some())
}

/// As `PyMapping_HasKeyWithError`, with the key as UTF-8.
#[capi]
fn PyMapping_HasKeyStringWithError(cx: Cx<'_>, object: Obj<'_>, key: Text<'_>) -> Result<bool> {
    Ok(optional_item(cx, object, key_of(cx, key)?.obj())?.is_some())
}

/// Whether there is such a key; errors are reported as unraisable.
#[capi]
fn PyMapping_HasKey(cx: Cx<'_>, object: Option<Obj<'_>>, key: Option<Obj<'_>>) -> c_int {
    let found = match (object, key) {
        (Some(object), Some(key)) => optional_item(cx, object, key).map(|found| found.is_some()),
        _ => Err(null_argument(cx)),
    };
    or_unraisable(
        cx,
        found,
        "PyMapping_HasKey(); consider using PyMapping_HasKeyWithError(), PyMapping_GetOptionalItem() or PyObject_GetItem()",
    )
}

/// As `PyMapping_HasKey`, with the key as UTF-8.
#[capi]
fn PyMapping_HasKeyString(cx: Cx<'_>, object: Option<Obj<'_>>, key: Option<Text<'_>>) -> c_int {
    let found = match (object, key) {
        (Some(object), Some(key)) => {
            key_of(cx, key).and_then(|key| optional_item(cx, object, key.obj())).map(|found| found.is_some())
        }
        _ => Err(null_argument(cx)),
    };
    or_unraisable(
        cx,
        found,
        "PyMapping_HasKeyString(); consider using PyMapping_HasKeyStringWithError(), PyMapping_GetOptionalItemString() or PyMapping_GetItemString()",
    )
}

/// `list(mapping.method())`.
fn listed(cx: Cx<'_>, object: Obj<'_>, method: &str) -> Result<New> {
    let name = unicodeobject::new_from_wtf8(method.as_bytes());
    let method_object = get_attr(cx, object, name.obj())?;
    // SAFETY: a call without arguments.
    let view = unsafe { call::vectorcall(cx, method_object.obj(), [].as_ptr(), 0, None) }?;
    if is_exactly(view.obj(), builtin!(PyList_Type)) {
        return Ok(view);
    }
    if !has_slot(view.obj(), Slot::TpIter) && !has_slot(view.obj(), Slot::SqItem) {
        let (owner, got) = (object.type_name(), view.obj().type_name());
        return Err(cx.type_error(format!("{owner}.{method}() returned a non-iterable (type {got})")));
    }
    sequence::list(cx, view.obj())
}

/// `list(mapping.keys())`.
#[capi]
fn PyMapping_Keys(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    if is_exactly(object, builtin!(PyDict_Type)) { dictobject::keys(cx, object) } else { listed(cx, object, "keys") }
}

/// `list(mapping.values())`.
#[capi]
fn PyMapping_Values(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    if is_exactly(object, builtin!(PyDict_Type)) {
        dictobject::values(cx, object)
    } else {
        listed(cx, object, "values")
    }
}

/// `list(mapping.items())`.
#[capi]
fn PyMapping_Items(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    if is_exactly(object, builtin!(PyDict_Type)) { dictobject::items(cx, object) } else { listed(cx, object, "items") }
}
