//! `dictobject.h`: dicts. The tables are the host's; the mirror shows `ma_used`.

use std::ffi::c_int;
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::dictobject::PyDictObject;
use object_mirror::object::{PyObject, Py_TPFLAGS_DICT_SUBCLASS};

use crate::boundary::{Borrowed, Cx, New, Obj, Out, Result, Text};
use crate::host::{HostObj, host};

fn dict(cx: Cx<'_>, op: Obj<'_>) -> Result<HostObj> {
    if !op.type_has(Py_TPFLAGS_DICT_SUBCLASS) {
        return Err(cx.bad_internal_call());
    }
    op.give(cx)
}

/// Show the mirror what the host's dict holds now.
fn refresh(op: Obj<'_>, dict: &HostObj) {
    // SAFETY: a dict's struct.
    unsafe { (*op.cast::<PyDictObject>()).ma_used = host().container_len(dict.as_ref()) as Py_ssize_t };
}

/// An empty dict.
#[capi]
fn PyDict_New(cx: Cx<'_>) -> Result<New> {
    Ok(cx.to_c(host().new_dict()))
}

/// An empty dict; room for entries is the host's business.
#[capi]
fn _PyDict_NewPresized(cx: Cx<'_>, _minused: Py_ssize_t) -> Result<New> {
    Ok(cx.to_c(host().new_dict()))
}

/// The number of entries.
#[capi]
fn PyDict_Size(cx: Cx<'_>, op: Obj<'_>) -> Result<Py_ssize_t> {
    let dict = dict(cx, op)?;
    Ok(host().container_len(dict.as_ref()) as Py_ssize_t)
}

fn set(cx: Cx<'_>, op: Obj<'_>, key: HostObj, value: Obj<'_>) -> Result<()> {
    let dict = dict(cx, op)?;
    let value = value.give(cx)?;
    cx.call(|h| h.dict_set(dict.as_ref(), key.as_ref(), value.as_ref()))?;
    refresh(op, &dict);
    Ok(())
}

/// `dict[key] = value`.
#[capi]
fn PyDict_SetItem(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>, value: Obj<'_>) -> Result<()> {
    set(cx, op, key.give(cx)?, value)
}

/// `dict[key] = value`.
#[capi]
fn PyDict_SetItemString(cx: Cx<'_>, op: Obj<'_>, key: Text<'_>, value: Obj<'_>) -> Result<()> {
    set(cx, op, key.host_str(cx)?, value)
}

fn get(cx: Cx<'_>, op: Obj<'_>, key: HostObj) -> Result<Option<HostObj>> {
    let dict = dict(cx, op)?;
    cx.call(|h| h.dict_get(dict.as_ref(), key.as_ref()))
}

/// The value of `key`; borrowed, NULL without an error where there is none. Errors are dropped, as CPython does.
#[capi]
fn PyDict_GetItem<'a>(cx: Cx<'a>, op: Obj<'a>, key: Obj<'a>) -> Option<Borrowed<'a>> {
    let pending = cx.take_error();
    let found = key.give(cx).and_then(|key| get(cx, op, key)).ok().flatten();
    drop(cx.take_error());
    if let Some(pending) = pending {
        cx.raise(pending);
    }
    found.map(Borrowed::lent)
}

/// The value of `key`; borrowed. Errors are dropped, as CPython does.
#[capi]
fn PyDict_GetItemString<'a>(cx: Cx<'a>, op: Obj<'a>, key: Text<'a>) -> Option<Borrowed<'a>> {
    let found = key.host_str(cx).and_then(|key| get(cx, op, key)).ok().flatten();
    if found.is_none() {
        drop(cx.take_error());
    }
    found.map(Borrowed::lent)
}

/// The value of `key`; borrowed, NULL without an error where there is none.
#[capi]
fn PyDict_GetItemWithError<'a>(cx: Cx<'a>, op: Obj<'a>, key: Obj<'a>) -> Result<Option<Borrowed<'a>>> {
    Ok(get(cx, op, key.give(cx)?)?.map(Borrowed::lent))
}

/// As `PyDict_GetItemWithError`; the hash is the host's to compute.
#[capi]
fn _PyDict_GetItem_KnownHash<'a>(cx: Cx<'a>, op: Obj<'a>, key: Obj<'a>, _hash: object_mirror::Py_hash_t) -> Result<Option<Borrowed<'a>>> {
    Ok(get(cx, op, key.give(cx)?)?.map(Borrowed::lent))
}

fn found(cx: Cx<'_>, value: Result<Option<HostObj>>, mut out: Out<'_, *mut PyObject>) -> Result<bool> {
    out.write(null_mut());
    let Some(value) = value? else { return Ok(false) };
    out.write(cx.to_c(value).into_ptr());
    Ok(true)
}

/// The value of `key`: 1 with a new reference, 0 without, -1 for an error.
#[capi]
fn PyDict_GetItemRef(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>, result: Out<'_, *mut PyObject>) -> Result<bool> {
    let value = key.give(cx).and_then(|key| get(cx, op, key));
    found(cx, value, result)
}

/// As `PyDict_GetItemRef`.
#[capi]
fn PyDict_GetItemStringRef(cx: Cx<'_>, op: Obj<'_>, key: Text<'_>, result: Out<'_, *mut PyObject>) -> Result<bool> {
    let value = key.host_str(cx).and_then(|key| get(cx, op, key));
    found(cx, value, result)
}

fn set_default(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>, default: Option<Obj<'_>>) -> Result<(HostObj, bool)> {
    let key = key.give(cx)?;
    let dict = dict(cx, op)?;
    if let Some(value) = cx.call(|h| h.dict_get(dict.as_ref(), key.as_ref()))? {
        return Ok((value, true));
    }
    let value = match default {
        Some(default) => default.give(cx)?,
        None => host().singleton(crate::host::Kind::None),
    };
    cx.call(|h| h.dict_set(dict.as_ref(), key.as_ref(), value.as_ref()))?;
    refresh(op, &dict);
    Ok((value, false))
}

/// `dict.setdefault(key, default)`; borrowed.
#[capi]
fn PyDict_SetDefault<'a>(cx: Cx<'a>, op: Obj<'a>, key: Obj<'a>, default: Option<Obj<'a>>) -> Result<Borrowed<'a>> {
    Ok(Borrowed::lent(set_default(cx, op, key, default)?.0))
}

/// `dict.setdefault(key, default)`: 1 if the key was there, 0 if not; the value's reference where asked for.
#[capi]
fn PyDict_SetDefaultRef(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>, default: Option<Obj<'_>>, result: Option<Out<'_, *mut PyObject>>) -> Result<bool> {
    let set = set_default(cx, op, key, default);
    let Some(mut result) = result else { return Ok(set?.1) };
    result.write(null_mut());
    let (value, there) = set?;
    result.write(cx.to_c(value).into_ptr());
    Ok(there)
}

fn delete(cx: Cx<'_>, op: Obj<'_>, key: HostObj) -> Result<()> {
    let dict = dict(cx, op)?;
    let removed = cx.call(|h| h.dict_remove(dict.as_ref(), key.as_ref()))?;
    refresh(op, &dict);
    if removed.is_none() {
        return Err(cx.error_with("KeyError", key.as_ref()));
    }
    Ok(())
}

/// `del dict[key]`.
#[capi]
fn PyDict_DelItem(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>) -> Result<()> {
    delete(cx, op, key.give(cx)?)
}

/// `del dict[key]`.
#[capi]
fn PyDict_DelItemString(cx: Cx<'_>, op: Obj<'_>, key: Text<'_>) -> Result<()> {
    delete(cx, op, key.host_str(cx)?)
}

/// Remove `key`: 1 with its value where asked for, 0 if it was not there.
#[capi]
fn PyDict_Pop(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>, result: Option<Out<'_, *mut PyObject>>) -> Result<bool> {
    let key = key.give(cx)?;
    let dict = dict(cx, op)?;
    let removed = cx.call(|h| h.dict_remove(dict.as_ref(), key.as_ref()));
    refresh(op, &dict);
    match result {
        Some(result) => found(cx, removed, result),
        None => Ok(removed?.is_some()),
    }
}

/// `key in dict`.
#[capi]
fn PyDict_Contains(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>) -> Result<bool> {
    Ok(get(cx, op, key.give(cx)?)?.is_some())
}

/// `key in dict`.
#[capi]
fn PyDict_ContainsString(cx: Cx<'_>, op: Obj<'_>, key: Text<'_>) -> Result<bool> {
    Ok(get(cx, op, key.host_str(cx)?)?.is_some())
}

/// Step through the entries: key and value are borrowed, 0 at the end.
#[capi]
fn PyDict_Next(
    cx: Cx<'_>,
    op: Obj<'_>,
    mut position: Out<'_, Py_ssize_t>,
    key: Option<Out<'_, *mut PyObject>>,
    value: Option<Out<'_, *mut PyObject>>,
) -> c_int {
    let Ok(dict) = dict(cx, op) else {
        drop(cx.take_error());
        return 0;
    };
    let Some((next, k, v)) = host().dict_next(dict.as_ref(), position.read() as usize) else { return 0 };
    position.write(next as Py_ssize_t);
    let lent = |object: HostObj| {
        let borrowed = Borrowed::lent(object);
        crate::boundary::IntoC::into_c(borrowed)
    };
    if let Some(mut key) = key {
        key.write(lent(k));
    }
    if let Some(mut value) = value {
        value.write(lent(v));
    }
    1
}

fn by_method(cx: Cx<'_>, op: Obj<'_>, method: &str, argument: Option<Obj<'_>>) -> Result<HostObj> {
    let dict = dict(cx, op)?;
    let argument = argument.map(|argument| argument.give(cx)).transpose()?;
    let mut args = vec![dict.as_ref()];
    args.extend(argument.as_ref().map(HostObj::as_ref));
    let result = cx.call_builtin_method("dict", method, &args)?;
    refresh(op, &dict);
    Ok(result)
}

/// `dict.clear()`.
#[capi]
fn PyDict_Clear(cx: Cx<'_>, op: Obj<'_>) {
    if by_method(cx, op, "clear", None).is_err() {
        drop(cx.take_error());
    }
}

/// `dict.copy()`.
#[capi]
fn PyDict_Copy(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    Ok(cx.to_c(by_method(cx, op, "copy", None)?))
}

/// `dict.update(other)`.
#[capi]
fn PyDict_Update(cx: Cx<'_>, op: Obj<'_>, other: Obj<'_>) -> Result<()> {
    by_method(cx, op, "update", Some(other)).map(drop)
}

/// Update from a mapping; existing keys stay unless `replace`.
#[capi]
fn PyDict_Merge(cx: Cx<'_>, op: Obj<'_>, other: Obj<'_>, replace: c_int) -> Result<()> {
    if replace != 0 {
        return by_method(cx, op, "update", Some(other)).map(drop);
    }
    let (target, other) = (dict(cx, op)?, other.give(cx)?);
    let merged = cx.call_function("builtins", "dict", &[other.as_ref()])?;
    let mut position = 0;
    while let Some((next, key, value)) = host().dict_next(merged.as_ref(), position) {
        position = next;
        if cx.call(|h| h.dict_get(target.as_ref(), key.as_ref()))?.is_none() {
            cx.call(|h| h.dict_set(target.as_ref(), key.as_ref(), value.as_ref()))?;
        }
    }
    refresh(op, &target);
    Ok(())
}

fn list_of(cx: Cx<'_>, op: Obj<'_>, method: &str) -> Result<New> {
    let view = by_method(cx, op, method, None)?;
    Ok(cx.to_c(cx.call_function("builtins", "list", &[view.as_ref()])?))
}

/// A list of the keys.
#[capi]
fn PyDict_Keys(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    list_of(cx, op, "keys")
}

/// A list of the values.
#[capi]
fn PyDict_Values(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    list_of(cx, op, "values")
}

/// A list of the items.
#[capi]
fn PyDict_Items(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    list_of(cx, op, "items")
}
