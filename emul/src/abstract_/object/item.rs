//! Lengths and items of any object.

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{
    Py_TPFLAGS_DICT_SUBCLASS, binaryfunc, lenfunc, objobjargproc, ssizeargfunc, ssizeobjargproc,
};

use super::attr::done;
use crate::abstract_::{c_slot, call_c, has_slot, is_exactly};
use crate::boundary::{Cx, New, Obj, Result, Text};
use crate::host::{HostObj, host};
use crate::slots::Slot;
use crate::statics::builtin;
use crate::{bytesobject, listobject, longobject, pystate, tupleobject, unicodeobject};

/// The length of what the mirror itself holds.
#[inline]
pub(crate) fn plain_length(object: Obj<'_>) -> Option<Py_ssize_t> {
    if is_exactly(object, builtin!(PyTuple_Type)) {
        return Some(tupleobject::items(object.as_ptr()).len() as Py_ssize_t);
    }
    if is_exactly(object, builtin!(PyList_Type)) {
        return Some(listobject::items(object.as_ptr()).len() as Py_ssize_t);
    }
    if is_exactly(object, builtin!(PyUnicode_Type)) {
        return Some(unicodeobject::length(object.as_ptr()) as Py_ssize_t);
    }
    is_exactly(object, builtin!(PyBytes_Type)).then(|| bytesobject::data(object.as_ptr()).len() as Py_ssize_t)
}

/// The length by a C function: the sequence's first, or the mapping's.
pub(super) fn c_length(cx: Cx<'_>, object: Obj<'_>) -> Option<Result<Py_ssize_t>> {
    let function = c_slot(object, Slot::SqLength).or_else(|| c_slot(object, Slot::MpLength))?;
    let length = call_c!(function, lenfunc, object.as_ptr());
    Some(if length < 0 { Err(cx.pending()) } else { Ok(length) })
}

/// `len(object)`.
pub(crate) fn length(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    if let Some(length) = plain_length(object) {
        return Ok(length);
    }
    if let Some(length) = c_length(cx, object) {
        return length;
    }
    let object = object.give(cx)?;
    Ok(cx.call(|h| h.length(object.as_ref()))? as Py_ssize_t)
}

/// `len(object)`.
#[capi]
fn PyObject_Size(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    length(cx, object)
}

/// `len(object)`.
#[capi]
fn PyObject_Length(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_ssize_t> {
    length(cx, object)
}

/// `operator.length_hint(object, default)`.
#[capi]
fn PyObject_LengthHint(cx: Cx<'_>, object: Obj<'_>, default: Py_ssize_t) -> Result<Py_ssize_t> {
    if let Some(length) = plain_length(object) {
        return Ok(length);
    }
    let object = object.give(cx)?;
    // C's default may be negative, Python's may not: a length that no object has stands for it.
    let none = if default < 0 { Py_ssize_t::MAX } else { default };
    let given = host().new_int(none as i64);
    let hint = cx.call_function("operator", "length_hint", &[object.as_ref(), given.as_ref()])?;
    let hint = host().int_value(hint.as_ref()).unwrap_or(i64::MAX) as Py_ssize_t;
    Ok(if hint == none { default } else { hint })
}

/// The item of an exact list or tuple at an exact int; `None` where that does not answer.
fn plain_item(object: Obj<'_>, key: Obj<'_>) -> Option<New> {
    if !is_exactly(key, builtin!(PyLong_Type)) {
        return None;
    }
    let items = if is_exactly(object, builtin!(PyTuple_Type)) {
        tupleobject::items(object.as_ptr())
    } else if is_exactly(object, builtin!(PyList_Type)) {
        listobject::items(object.as_ptr())
    } else {
        return None;
    };
    let index = longobject::to_i64(key.as_ptr())?;
    let index = if index < 0 { index + items.len() as i64 } else { index };
    let item = *items.get(usize::try_from(index).ok()?)?;
    // SAFETY: the container keeps its items.
    unsafe { Obj::from_ptr(item) }.map(Obj::to_new)
}

/// The key of a sequence as an index.
fn sequence_index(cx: Cx<'_>, key: Obj<'_>) -> Result<Py_ssize_t> {
    if !has_slot(key, Slot::NbIndex) {
        return Err(cx.type_error(format!("sequence index must be integer, not '{}'", key.type_name())));
    }
    crate::abstract_::number::as_ssize_t(cx, key, Some("IndexError"))
}

/// The index counted from the start, where the sequence's C function tells its length.
pub(crate) fn from_start(cx: Cx<'_>, object: Obj<'_>, index: Py_ssize_t) -> Result<Py_ssize_t> {
    if index >= 0 {
        return Ok(index);
    }
    let Some(function) = c_slot(object, Slot::SqLength) else { return Ok(index) };
    let length = call_c!(function, lenfunc, object.as_ptr());
    if length < 0 { Err(cx.pending()) } else { Ok(index + length) }
}

/// `object[key]`.
pub(crate) fn get_item(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>) -> Result<New> {
    if let Some(item) = plain_item(object, key) {
        return Ok(item);
    }
    if let Some(function) = c_slot(object, Slot::MpSubscript) {
        return crate::abstract_::call::checked(
            cx,
            object,
            call_c!(function, binaryfunc, object.as_ptr(), key.as_ptr()),
        );
    }
    if !has_slot(object, Slot::MpSubscript)
        && let Some(function) = c_slot(object, Slot::SqItem)
    {
        let index = from_start(cx, object, sequence_index(cx, key)?)?;
        return crate::abstract_::call::checked(cx, object, call_c!(function, ssizeargfunc, object.as_ptr(), index));
    }
    let (object, key) = (object.give(cx)?, key.give(cx)?);
    cx.object(|h| h.get_item(object.as_ref(), key.as_ref()))
}

/// `object[key] = value`, or deletion.
pub(crate) fn set_item(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>, value: Option<Obj<'_>>) -> Result<()> {
    let pointer = crate::boundary::optional(value);
    if let Some(function) = c_slot(object, Slot::MpAssSubscript) {
        return done(cx, call_c!(function, objobjargproc, object.as_ptr(), key.as_ptr(), pointer));
    }
    if !has_slot(object, Slot::MpAssSubscript)
        && let Some(function) = c_slot(object, Slot::SqAssItem)
    {
        let index = from_start(cx, object, sequence_index(cx, key)?)?;
        return done(cx, call_c!(function, ssizeobjargproc, object.as_ptr(), index, pointer));
    }
    if !has_slot(object, Slot::MpAssSubscript) && !has_slot(object, Slot::SqAssItem) {
        // SAFETY: a live type.
        let is_sequence = !unsafe { (*object.type_ptr()).tp_as_sequence }.is_null();
        if is_sequence && has_slot(key, Slot::NbIndex) {
            let index = sequence_index(cx, key)?;
            return crate::abstract_::sequence::store(cx, object, index, value);
        }
        let what = if value.is_some() { "assignment" } else { "deletion" };
        return Err(cx.type_error(format!("'{}' object does not support item {what}", object.type_name())));
    }
    let owner = object.give(cx)?;
    value.into_iter().for_each(pystate::stored);
    let key = key.give(cx)?;
    let value = value.map(|value| value.give(cx)).transpose()?;
    cx.call(|h| h.set_item(owner.as_ref(), key.as_ref(), value.as_ref().map(HostObj::as_ref)))?;
    if object.type_has(Py_TPFLAGS_DICT_SUBCLASS) {
        crate::dictobject::show_used(object, &owner);
    }
    Ok(())
}

/// `object[key]`.
#[capi]
fn PyObject_GetItem(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>) -> Result<New> {
    get_item(cx, object, key)
}

/// `object[key] = value`.
#[capi]
fn PyObject_SetItem(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>, value: Obj<'_>) -> Result<()> {
    set_item(cx, object, key, Some(value))
}

/// `del object[key]`.
#[capi]
fn PyObject_DelItem(cx: Cx<'_>, object: Obj<'_>, key: Obj<'_>) -> Result<()> {
    set_item(cx, object, key, None)
}

/// As `PyObject_DelItem`, with the key as UTF-8.
#[capi]
fn PyObject_DelItemString(cx: Cx<'_>, object: Obj<'_>, key: Text<'_>) -> Result<()> {
    let key = unicodeobject::utf8_to_new(cx, key.bytes(), None)?;
    set_item(cx, object, key.obj(), None)
}
