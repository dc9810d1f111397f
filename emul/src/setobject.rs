//! `setobject.h`: sets. The tables are the host's; the mirror shows `used`.

use capi_macros::capi;
use object_mirror::Py_ssize_t;

use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{HostObj, Kind, host};

fn made(cx: Cx<'_>, class: &str, iterable: Option<Obj<'_>>) -> Result<New> {
    let iterable = iterable.map(|iterable| iterable.give(cx)).transpose()?;
    let args: Vec<_> = iterable.iter().map(HostObj::as_ref).collect();
    Ok(cx.to_c(cx.call_function("builtins", class, &args)?))
}

/// `set(iterable)`, or an empty set for NULL.
#[capi]
fn PySet_New(cx: Cx<'_>, iterable: Option<Obj<'_>>) -> Result<New> {
    made(cx, "set", iterable)
}

/// `frozenset(iterable)`, or an empty one for NULL.
#[capi]
fn PyFrozenSet_New(cx: Cx<'_>, iterable: Option<Obj<'_>>) -> Result<New> {
    made(cx, "frozenset", iterable)
}

fn set(cx: Cx<'_>, op: Obj<'_>) -> Result<HostObj> {
    let set = op.give(cx)?;
    if !matches!(host().kind(set.as_ref()), Kind::Set | Kind::FrozenSet) {
        return Err(cx.bad_internal_call());
    }
    Ok(set)
}

fn by_method(cx: Cx<'_>, op: Obj<'_>, method: &str, argument: Option<Obj<'_>>) -> Result<HostObj> {
    let set = set(cx, op)?;
    let argument = argument.map(|argument| argument.give(cx)).transpose()?;
    let mut args = vec![set.as_ref()];
    args.extend(argument.as_ref().map(HostObj::as_ref));
    let result = cx.call_builtin_method("set", method, &args)?;
    // SAFETY: a set's struct.
    unsafe { (*op.cast::<object_mirror::setobject::PySetObject>()).used = host().container_len(set.as_ref()) as Py_ssize_t };
    Ok(result)
}

/// `set.add(item)`.
#[capi]
fn PySet_Add(cx: Cx<'_>, op: Obj<'_>, item: Obj<'_>) -> Result<()> {
    by_method(cx, op, "add", Some(item)).map(drop)
}

/// `item in set`.
#[capi]
fn PySet_Contains(cx: Cx<'_>, op: Obj<'_>, item: Obj<'_>) -> Result<bool> {
    let (set, item) = (set(cx, op)?, item.give(cx)?);
    cx.call(|h| h.contains(set.as_ref(), item.as_ref()))
}

/// Remove the item: 1 if it was there, 0 if not.
#[capi]
fn PySet_Discard(cx: Cx<'_>, op: Obj<'_>, item: Obj<'_>) -> Result<bool> {
    let owner = set(cx, op)?;
    let given = item.give(cx)?;
    let there = cx.call(|h| h.contains(owner.as_ref(), given.as_ref()))?;
    by_method(cx, op, "discard", Some(item))?;
    Ok(there)
}

/// `set.pop()`.
#[capi]
fn PySet_Pop(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    Ok(cx.to_c(by_method(cx, op, "pop", None)?))
}

/// `set.clear()`.
#[capi]
fn PySet_Clear(cx: Cx<'_>, op: Obj<'_>) -> Result<()> {
    by_method(cx, op, "clear", None).map(drop)
}

/// `len(set)`.
#[capi]
fn PySet_Size(cx: Cx<'_>, op: Obj<'_>) -> Result<Py_ssize_t> {
    let set = set(cx, op)?;
    Ok(host().container_len(set.as_ref()) as Py_ssize_t)
}
