//! `dictobject.h`: dicts. The entries are the host's; a dict's mirror shows C how many there are.

use std::ffi::c_int;
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::dictobject::_PyDictViewObject;
use object_mirror::object::{Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS, PyObject, PyTypeObject};
use object_mirror::{Py_hash_t, Py_ssize_t};

use crate::boundary::{Borrowed, Cx, New, Obj, Out, Result, Text};
use crate::host::{HostObj, Kind, host};
use crate::slots::Slot;
use crate::statics::builtin;
use crate::{cross, lending, listobject, pystate, sizes, tupleobject, unicodeobject};

/// Whether `op` is a dict or an instance of a subclass.
pub(crate) fn is_dict(op: Obj<'_>) -> bool {
    op.type_has(Py_TPFLAGS_DICT_SUBCLASS)
}

fn check(cx: Cx<'_>, op: Obj<'_>) -> Result<HostObj> {
    if is_dict(op) { cross::look_at(cx, op) } else { Err(cx.bad_internal_call()) }
}

/// Show the number of entries to C, which reads it inline.
pub(crate) fn show_used(op: Obj<'_>, dict: &HostObj) -> Py_ssize_t {
    sizes::show(op.as_ptr(), dict.as_ref())
}

/// The method of dicts that makes a view of the type; `None` for other types.
pub(crate) fn view_method(ty: *mut PyTypeObject) -> Option<&'static str> {
    let views = [
        (builtin!(PyDictKeys_Type), "keys"),
        (builtin!(PyDictValues_Type), "values"),
        (builtin!(PyDictItems_Type), "items"),
    ];
    views.iter().find(|(view, _)| std::ptr::eq(*view, ty)).map(|&(_, method)| method)
}

/// The host's view for one that C made by hand, as mypyc does: its struct names nothing but the dict.
pub(crate) fn realize_view(cx: Cx<'_>, mirror: *mut PyObject, method: &str) -> Result<HostObj> {
    // SAFETY: a view's struct; the field is NULL or live.
    let dict = unsafe { Obj::from_ptr((*mirror.cast::<_PyDictViewObject>()).dv_dict.cast()) };
    let dict = dict.ok_or_else(|| cx.bad_internal_call())?.give(cx)?;
    cx.call_builtin_method("dict", method, &[dict.as_ref()])
}

/// A new, empty dict.
#[capi]
fn PyDict_New(cx: Cx<'_>) -> New {
    cx.to_c_fresh(host().new_dict())
}

/// A new, empty dict; the host grows it as it sees fit.
#[capi]
fn _PyDict_NewPresized(cx: Cx<'_>, _minused: Py_ssize_t) -> New {
    cx.to_c_fresh(host().new_dict())
}

/// The number of entries.
#[capi]
fn PyDict_Size(cx: Cx<'_>, op: Obj<'_>) -> Result<Py_ssize_t> {
    let dict = check(cx, op)?;
    Ok(show_used(op, &dict))
}

fn find(cx: Cx<'_>, dict: &HostObj, key: &HostObj) -> Result<Option<HostObj>> {
    cx.call(|h| h.dict_get(dict.as_ref(), key.as_ref()))
}

/// The value of `key`, lent by the dict.
fn lent<'a>(cx: Cx<'a>, op: Obj<'a>, key: &HostObj) -> Result<Option<Borrowed<'a>>> {
    let dict = check(cx, op)?;
    Ok(find(cx, &dict, key)?.map(|value| lending::lend(op, value)))
}

/// Run a lookup whose errors nobody hears of: what was pending stays pending.
fn without_errors<'a>(
    cx: Cx<'a>,
    function: &str,
    lookup: impl FnOnce() -> Result<Option<Borrowed<'a>>>,
) -> Option<Borrowed<'a>> {
    let pending = cx.take_error();
    let found = lookup();
    if found.is_err()
        && let Some(error) = cx.take_error()
    {
        cx.unlocked(|h| h.unraisable(error, Some(&format!("Exception ignored in {function}")), None));
    }
    if let Some(pending) = pending {
        cx.raise(pending);
    }
    found.ok().flatten()
}

/// The value of `key`, borrowed; NULL without an error if there is none. Errors are not passed on.
#[capi]
fn PyDict_GetItem<'a>(cx: Cx<'a>, op: Obj<'a>, key: Obj<'a>) -> Option<Borrowed<'a>> {
    if !is_dict(op) {
        return None;
    }
    without_errors(cx, "PyDict_GetItem(); consider using PyDict_GetItemRef() or PyDict_GetItemWithError()", || {
        lent(cx, op, &key.give(cx)?)
    })
}

/// As `PyDict_GetItem`, with the key as UTF-8.
#[capi]
fn PyDict_GetItemString<'a>(cx: Cx<'a>, op: Obj<'a>, key: Text<'a>) -> Option<Borrowed<'a>> {
    if !is_dict(op) {
        return None;
    }
    without_errors(cx, "PyDict_GetItemString(); consider using PyDict_GetItemStringRef()", || {
        lent(cx, op, &key.host_str(cx)?)
    })
}

/// The value of `key`, borrowed; NULL without an error if there is none, with one if the lookup failed.
#[capi]
fn PyDict_GetItemWithError<'a>(cx: Cx<'a>, op: Obj<'a>, key: Obj<'a>) -> Result<Option<Borrowed<'a>>> {
    lent(cx, op, &key.give(cx)?)
}

/// As `PyDict_GetItemWithError`, with the key as UTF-8.
#[capi]
fn _PyDict_GetItemStringWithError<'a>(cx: Cx<'a>, op: Obj<'a>, key: Text<'a>) -> Result<Option<Borrowed<'a>>> {
    lent(cx, op, &key.host_str(cx)?)
}

/// As `PyDict_GetItemWithError`; the hash, which the host computes itself, is not needed.
#[capi]
fn _PyDict_GetItem_KnownHash<'a>(
    cx: Cx<'a>,
    op: Obj<'a>,
    key: Obj<'a>,
    _hash: Py_hash_t,
) -> Result<Option<Borrowed<'a>>> {
    lent(cx, op, &key.give(cx)?)
}

/// As [`pass_out`], of a value that the dict `op` holds.
fn pass_out_of(
    cx: Cx<'_>,
    op: Obj<'_>,
    value: Result<Option<HostObj>>,
    result: Option<Out<'_, *mut PyObject>>,
) -> Result<bool> {
    let Some(mut result) = result else { return Ok(value?.is_some()) };
    let value = match value {
        Ok(value) => value.map(|value| shown(cx, op, value)),
        Err(raised) => {
            result.write(null_mut());
            return Err(raised);
        }
    };
    lending::sweep_if_due(op.as_ptr());
    let found = value.is_some();
    result.write(value.map_or(null_mut(), New::into_ptr));
    Ok(found)
}

/// Pass a found value out: 1 with a new reference, 0 and NULL without one.
fn pass_out(cx: Cx<'_>, value: Result<Option<HostObj>>, result: Option<Out<'_, *mut PyObject>>) -> Result<bool> {
    let value = match value {
        Ok(value) => value,
        Err(raised) => {
            if let Some(mut result) = result {
                result.write(null_mut());
            }
            return Err(raised);
        }
    };
    let found = value.is_some();
    if let Some(mut result) = result {
        result.write(value.map_or(null_mut(), |value| cx.to_c(value).into_ptr()));
    }
    Ok(found)
}

/// The value of `key` as a new reference in `result`: 1, 0 if there is none, -1 for an error.
#[capi]
fn PyDict_GetItemRef(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>, result: Option<Out<'_, *mut PyObject>>) -> Result<bool> {
    let value = check(cx, op).and_then(|dict| find(cx, &dict, &key.give(cx)?));
    pass_out_of(cx, op, value, result)
}

/// As `PyDict_GetItemRef`, with the key as UTF-8.
#[capi]
fn PyDict_GetItemStringRef(
    cx: Cx<'_>,
    op: Obj<'_>,
    key: Text<'_>,
    result: Option<Out<'_, *mut PyObject>>,
) -> Result<bool> {
    let value = check(cx, op).and_then(|dict| find(cx, &dict, &key.host_str(cx)?));
    pass_out_of(cx, op, value, result)
}

fn store(cx: Cx<'_>, op: Obj<'_>, key: &HostObj, value: &HostObj) -> Result<()> {
    let dict = check(cx, op)?;
    let is_of_class = lending::is_class_namespace(op.as_ptr());
    cx.call(|h| match is_of_class {
        true => h.namespace_set(dict.as_ref(), key.as_ref(), value.as_ref()),
        false => h.dict_set(dict.as_ref(), key.as_ref(), value.as_ref()),
    })?;
    show_used(op, &dict);
    Ok(())
}

/// Store `value` under `key`.
#[capi]
fn PyDict_SetItem(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>, value: Obj<'_>) -> Result<()> {
    if !is_dict(op) {
        return Err(cx.bad_internal_call());
    }
    set_item(cx, op, key, value)
}

/// As `PyDict_SetItem`, with the key as UTF-8.
#[capi]
fn PyDict_SetItemString(cx: Cx<'_>, op: Obj<'_>, key: Text<'_>, value: Obj<'_>) -> Result<()> {
    if !is_dict(op) {
        return Err(cx.bad_internal_call());
    }
    store(cx, op, &key.host_str(cx)?, &value.give(cx)?)?;
    pystate::stored(value);
    lending::stored(op.as_ptr(), || key.c_str().to_bytes().to_vec(), value);
    Ok(())
}

/// As `PyDict_SetItem`; the hash, which the host computes itself, is not needed.
#[capi]
fn _PyDict_SetItem_KnownHash(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>, value: Obj<'_>, _hash: Py_hash_t) -> Result<()> {
    set_item(cx, op, key, value)
}

/// As `_PyDict_SetItem_KnownHash`, for a caller that holds the dict's lock, which there is none of.
#[capi]
fn _PyDict_SetItem_KnownHash_LockHeld(
    cx: Cx<'_>,
    op: Obj<'_>,
    key: Obj<'_>,
    value: Obj<'_>,
    _hash: Py_hash_t,
) -> Result<()> {
    set_item(cx, op, key, value)
}

fn set_item(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>, value: Obj<'_>) -> Result<()> {
    check(cx, op)?;
    store(cx, op, &key.give(cx)?, &value.give(cx)?)?;
    pystate::stored(key);
    pystate::stored(value);
    if key.type_has(Py_TPFLAGS_UNICODE_SUBCLASS) {
        lending::stored(op.as_ptr(), || unicodeobject::to_wtf8(key.as_ptr()), value);
    }
    Ok(())
}

fn remove(cx: Cx<'_>, op: Obj<'_>, key: &HostObj) -> Result<Option<HostObj>> {
    let dict = check(cx, op)?;
    let removed = cx.call(|h| h.dict_remove(dict.as_ref(), key.as_ref()));
    show_used(op, &dict);
    removed
}

fn delete(cx: Cx<'_>, op: Obj<'_>, key: &HostObj) -> Result<()> {
    match remove(cx, op, key)? {
        Some(value) => {
            cx.unlocked(|_| drop(value));
            Ok(())
        }
        None => Err(cx.error_with("KeyError", key.as_ref())),
    }
}

/// Remove `key`; KeyError if it is not there.
#[capi]
fn PyDict_DelItem(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>) -> Result<()> {
    let key = key.give(cx)?;
    // CPython asks the key first.
    cx.call(|h| h.hash(key.as_ref()))?;
    check(cx, op)?;
    delete(cx, op, &key)
}

/// As `PyDict_DelItem`, with the key as UTF-8.
#[capi]
fn PyDict_DelItemString(cx: Cx<'_>, op: Obj<'_>, key: Text<'_>) -> Result<()> {
    check(cx, op)?;
    delete(cx, op, &key.host_str(cx)?)
}

/// Remove `key` and pass its value out: 1, 0 if it is not there, -1 for an error.
#[capi]
fn PyDict_Pop(cx: Cx<'_>, op: Obj<'_>, key: Option<Obj<'_>>, result: Option<Out<'_, *mut PyObject>>) -> Result<bool> {
    let removed = check(cx, op).and_then(|dict| {
        // Nothing is hashed to look for it in an empty dict.
        if show_used(op, &dict) == 0 {
            return Ok(None);
        }
        let key = key.ok_or_else(|| cx.bad_internal_call())?;
        remove(cx, op, &key.give(cx)?)
    });
    pass_out(cx, removed, result)
}

/// As `PyDict_Pop`, with the key as UTF-8.
#[capi]
fn PyDict_PopString(cx: Cx<'_>, op: Obj<'_>, key: Text<'_>, result: Option<Out<'_, *mut PyObject>>) -> Result<bool> {
    let removed = check(cx, op).and_then(|_| remove(cx, op, &key.host_str(cx)?));
    pass_out(cx, removed, result)
}

/// Remove `key` and return its value, or `default`, or raise KeyError.
#[capi]
fn _PyDict_Pop(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>, default: Option<Obj<'_>>) -> Result<New> {
    check(cx, op)?;
    let key = key.give(cx)?;
    match (remove(cx, op, &key)?, default) {
        (Some(value), _) => Ok(cx.to_c(value)),
        (None, Some(default)) => Ok(default.to_new()),
        (None, None) => Err(cx.error_with("KeyError", key.as_ref())),
    }
}

/// The value of `key`, stored there now unless it was before; and whether it was.
fn set_default(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>, default: Option<Obj<'_>>) -> Result<(HostObj, bool)> {
    let dict = check(cx, op)?;
    let key = key.give(cx)?;
    if let Some(value) = find(cx, &dict, &key)? {
        return Ok((value, true));
    }
    let default = match default {
        Some(default) => {
            pystate::stored(default);
            default.give(cx)?
        }
        None => cx.none().obj().give(cx)?,
    };
    store(cx, op, &key, &default)?;
    Ok((default, false))
}

/// The value of `key`, borrowed; `default` is stored if there is none.
#[capi]
fn PyDict_SetDefault<'a>(cx: Cx<'a>, op: Obj<'a>, key: Obj<'a>, default: Option<Obj<'a>>) -> Result<Borrowed<'a>> {
    let (value, _) = set_default(cx, op, key, default)?;
    Ok(lending::lend(op, value))
}

/// As `PyDict_SetDefault`, with a new reference in `result`: 1 if `key` was there, 0 if not.
#[capi]
fn PyDict_SetDefaultRef(
    cx: Cx<'_>,
    op: Obj<'_>,
    key: Obj<'_>,
    default: Option<Obj<'_>>,
    result: Option<Out<'_, *mut PyObject>>,
) -> Result<bool> {
    let (value, present) = match set_default(cx, op, key, default) {
        Ok((value, present)) => (Ok(Some(value)), present),
        Err(raised) => (Err(raised), false),
    };
    pass_out_of(cx, op, value, result)?;
    Ok(present)
}

/// Whether `key` is in the dict.
#[capi]
fn PyDict_Contains(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>) -> Result<bool> {
    let dict = check(cx, op)?;
    Ok(find(cx, &dict, &key.give(cx)?)?.is_some())
}

/// As `PyDict_Contains`, with the key as UTF-8.
#[capi]
fn PyDict_ContainsString(cx: Cx<'_>, op: Obj<'_>, key: Text<'_>) -> Result<bool> {
    let dict = check(cx, op)?;
    Ok(find(cx, &dict, &key.host_str(cx)?)?.is_some())
}

/// The entry at or after `*pos`, borrowed, and the position after it: 1, or 0 at the end.
#[capi]
fn PyDict_Next<'a>(
    cx: Cx<'a>,
    op: Obj<'a>,
    pos: Out<'_, Py_ssize_t>,
    key: Option<Out<'_, *mut PyObject>>,
    value: Option<Out<'_, *mut PyObject>>,
) -> bool {
    let mut pos = pos;
    if !is_dict(op) {
        return false;
    }
    let Ok(dict) = cross::look_at(cx, op) else {
        drop(cx.take_error());
        return false;
    };
    let Ok(position) = usize::try_from(pos.read()) else { return false };
    let Some((next, found_key, found_value)) = host().dict_next(dict.as_ref(), position) else { return false };
    pos.write(next as Py_ssize_t);
    let lend = |item: HostObj| crate::boundary::IntoC::into_c(lending::lend(op, item));
    if let Some(mut key) = key {
        key.write(lend(found_key));
    }
    if let Some(mut value) = value {
        value.write(lend(found_value));
    }
    true
}

/// Every entry, in order.
pub(crate) fn entries(dict: &HostObj) -> Vec<(HostObj, HostObj)> {
    let mut entries = Vec::with_capacity(host().container_len(dict.as_ref()));
    let mut position = 0;
    while let Some((next, key, value)) = host().dict_next(dict.as_ref(), position) {
        position = next;
        entries.push((key, value));
    }
    entries
}

fn list_of(cx: Cx<'_>, op: Obj<'_>, item: impl Fn(HostObj, HostObj) -> New) -> Result<New> {
    let dict = check(cx, op)?;
    let items: Vec<New> = entries(&dict).into_iter().map(|(key, value)| item(key, value)).collect();
    let pointers: Vec<*mut PyObject> = items.iter().map(New::as_ptr).collect();
    lending::sweep_if_due(op.as_ptr());
    listobject::from_items(cx, &pointers)
}

/// An item that C gets a reference to, and may use without one while the dict holds it.
fn shown(cx: Cx<'_>, op: Obj<'_>, item: HostObj) -> New {
    let item = cx.to_c(item);
    lending::shown(op, &item);
    item
}

/// The keys, as a new list.
pub(crate) fn keys(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    list_of(cx, op, |key, _| shown(cx, op, key))
}

/// The values, as a new list.
pub(crate) fn values(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    list_of(cx, op, |_, value| shown(cx, op, value))
}

/// The entries, as a new list of pairs.
pub(crate) fn items(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    list_of(cx, op, |key, value| {
        let pair = tupleobject::new(2);
        tupleobject::set_fresh(pair.as_ptr(), 0, shown(cx, op, key));
        tupleobject::set_fresh(pair.as_ptr(), 1, shown(cx, op, value));
        pair
    })
}

/// The keys as a new list.
#[capi]
fn PyDict_Keys(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    keys(cx, op)
}

/// The values as a new list.
#[capi]
fn PyDict_Values(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    values(cx, op)
}

/// The entries as a new list of pairs.
#[capi]
fn PyDict_Items(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    items(cx, op)
}

/// A new dict with the same entries.
#[capi]
fn PyDict_Copy(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    let dict = check(cx, op)?;
    if is_plain(op) {
        let copy = cx.call_builtin_method("dict", "copy", &[dict.as_ref()])?;
        return Ok(cx.to_c_fresh(copy));
    }
    let copy = host().new_dict();
    merge_entries(cx, &copy, &dict, None, true)?;
    Ok(cx.to_c_fresh(copy))
}

/// Remove every entry.
#[capi]
fn PyDict_Clear(cx: Cx<'_>, op: Obj<'_>) {
    if !is_dict(op) {
        return;
    }
    let cleared = cross::look_at(cx, op).and_then(|dict| {
        cx.call_builtin_method("dict", "clear", &[dict.as_ref()])?;
        show_used(op, &dict);
        Ok(())
    });
    if cleared.is_err() {
        drop(cx.take_error());
    }
}

/// Whether the dict's own entries are what it has: one that iterates in its own way is asked for its keys.
fn is_plain(op: Obj<'_>) -> bool {
    // SAFETY: live types.
    is_dict(op) && unsafe { Slot::TpIter.get(op.type_ptr()) == Slot::TpIter.get(builtin!(PyDict_Type)) }
}

/// Store what `other` (a dict, or anything with `keys()`) has; keys that are there keep their value unless `replace`.
fn merge(cx: Cx<'_>, op: Obj<'_>, other: Obj<'_>, replace: bool) -> Result<()> {
    let dict = check(cx, op)?;
    let source = cross::look_at(cx, other)?;
    let merged = merge_entries(cx, &dict, &source, is_plain(other).then_some(other), replace);
    show_used(op, &dict);
    merged
}

/// `plain`: the source's mirror, if it is a dict that is read as one, whatever its class defines.
fn merge_entries(cx: Cx<'_>, dict: &HostObj, source: &HostObj, plain: Option<Obj<'_>>, replace: bool) -> Result<()> {
    // Of a derived class the host asks its methods.
    if replace && plain.is_some_and(|plain| std::ptr::eq(plain.type_ptr(), builtin!(PyDict_Type))) {
        cx.call_builtin_method("dict", "update", &[dict.as_ref(), source.as_ref()])?;
        return Ok(());
    }
    if plain.is_some() {
        for (key, value) in entries(source) {
            set_pair(cx, dict, &key, || Ok(value), replace)?;
        }
        return Ok(());
    }
    let keys = cx.call_method(source.as_ref(), "keys", &[])?;
    let keys = cx.call(|h| h.iter(keys.as_ref()))?;
    while let Some(key) = cx.call(|h| h.next(keys.as_ref()))? {
        set_pair(cx, dict, &key, || cx.call(|h| h.get_item(source.as_ref(), key.as_ref())), replace)?;
    }
    Ok(())
}

fn set_pair(
    cx: Cx<'_>,
    dict: &HostObj,
    key: &HostObj,
    value: impl FnOnce() -> Result<HostObj>,
    replace: bool,
) -> Result<()> {
    if !replace && find(cx, dict, key)?.is_some() {
        return Ok(());
    }
    let value = value()?;
    cx.call(|h| h.dict_set(dict.as_ref(), key.as_ref(), value.as_ref()))
}

/// `op.update(other)` for a dict or mapping.
#[capi]
fn PyDict_Update(cx: Cx<'_>, op: Obj<'_>, other: Obj<'_>) -> Result<()> {
    merge(cx, op, other, true)
}

/// As `PyDict_Update`; without `replace`, keys that are there keep their value.
#[capi]
fn PyDict_Merge(cx: Cx<'_>, op: Obj<'_>, other: Obj<'_>, replace: c_int) -> Result<()> {
    merge(cx, op, other, replace != 0)
}

/// Store the key-value pairs that `pairs` yields.
#[capi]
fn PyDict_MergeFromSeq2(cx: Cx<'_>, op: Obj<'_>, pairs: Obj<'_>, replace: c_int) -> Result<()> {
    let dict = check(cx, op)?;
    let pairs = pairs.give(cx)?;
    let merged = merge_pairs(cx, &dict, &pairs, replace != 0);
    show_used(op, &dict);
    merged
}

fn merge_pairs(cx: Cx<'_>, dict: &HostObj, pairs: &HostObj, replace: bool) -> Result<()> {
    let pairs = cx.call(|h| h.iter(pairs.as_ref()))?;
    let mut index = 0;
    while let Some(pair) = cx.call(|h| h.next(pairs.as_ref()))? {
        let Some(list) = host().builtin_class("list") else { return Err(cx.bad_internal_call()) };
        let items = match cx.unlocked(|h| h.call(list.as_ref(), &[pair.as_ref()], &[])) {
            Ok(items) => host().items(items.as_ref()),
            Err(error) if is_error(&error, "TypeError") => {
                return Err(
                    cx.type_error(format!("cannot convert dictionary update sequence element #{index} to a sequence"))
                );
            }
            Err(error) => return Err(cx.raise(error)),
        };
        let [key, value] = &items[..] else {
            let length = items.len();
            return Err(cx.value_error(format!(
                "dictionary update sequence element #{index} has length {length}; 2 is required"
            )));
        };
        set_pair(cx, dict, key, || Ok(value.clone()), replace)?;
        index += 1;
    }
    Ok(())
}

/// Whether `error` is an instance of the builtin exception class `class`.
pub(crate) fn is_error(error: &HostObj, class: &str) -> bool {
    host().builtin_class(class).is_some_and(|class| host().is_subtype(host().type_of(error.as_ref()), class.as_ref()))
}

fn ordered_dict(cx: Cx<'_>) -> Result<HostObj> {
    cx.call_function("collections", "OrderedDict", &[])
}

/// A new `collections.OrderedDict`.
#[capi]
fn PyODict_New(cx: Cx<'_>) -> Result<New> {
    Ok(cx.to_c(ordered_dict(cx)?))
}

/// `od[key] = value`, by the OrderedDict's own method.
#[capi]
fn PyODict_SetItem(cx: Cx<'_>, od: Obj<'_>, key: Obj<'_>, value: Obj<'_>) -> Result<()> {
    let (dict, key, value) = (check(cx, od)?, key.give(cx)?, value.give(cx)?);
    cx.call(|h| h.set_item(dict.as_ref(), key.as_ref(), Some(value.as_ref())))?;
    show_used(od, &dict);
    Ok(())
}

/// `del od[key]`, by the OrderedDict's own method.
#[capi]
fn PyODict_DelItem(cx: Cx<'_>, od: Obj<'_>, key: Obj<'_>) -> Result<()> {
    let (dict, key) = (check(cx, od)?, key.give(cx)?);
    cx.call(|h| h.set_item(dict.as_ref(), key.as_ref(), None))?;
    show_used(od, &dict);
    Ok(())
}

/// Whether `kwargs` is a dict all of whose keys are strings (`modsupport.h`): 1, or 0 with an error set.
#[capi(raw)]
pub unsafe extern "C" fn PyArg_ValidateKeywordArguments(kwargs: *mut PyObject) -> c_int {
    let validate = |cx| {
        // SAFETY: C passes a live object.
        let kwargs = unsafe { Obj::from_ptr(kwargs) }.ok_or_else(|| Cx::bad_internal_call(cx))?;
        all_keys_are_texts(cx, kwargs)
    };
    // SAFETY: C calls with the lock held. Unlike elsewhere, a failure is 0.
    unsafe { crate::boundary::enter("PyArg_ValidateKeywordArguments", validate) }.max(0)
}

fn all_keys_are_texts(cx: Cx<'_>, kwargs: Obj<'_>) -> Result<c_int> {
    let dict = check(cx, kwargs)?;
    let mut position = 0;
    while let Some((next, key, _value)) = host().dict_next(dict.as_ref(), position) {
        position = next;
        if host().kind(key.as_ref()) != Kind::Str {
            return Err(cx.type_error("keywords must be strings"));
        }
    }
    Ok(1)
}
