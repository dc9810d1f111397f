//! `setobject.h`: sets and frozensets. The elements are the host's; a set's mirror shows C how many there are.

use capi_macros::capi;
use object_mirror::object::{PyObject, is_immortal};
use object_mirror::{Py_hash_t, Py_ssize_t};
use refcount_bridge::State;

use crate::boundary::{Cx, New, Obj, Out, Result};
use crate::host::{HostObj, HostRef, host};
use crate::lifetime::{self, bridge};
use crate::statics::builtin;
use crate::{cross, sizes, typeobject};

fn is_set(op: Obj<'_>) -> bool {
    typeobject::is_subtype(op.type_ptr(), builtin!(PySet_Type))
}

fn is_frozen(op: Obj<'_>) -> bool {
    typeobject::is_subtype(op.type_ptr(), builtin!(PyFrozenSet_Type))
}

fn any_set(cx: Cx<'_>, op: Obj<'_>) -> Result<HostObj> {
    if is_set(op) || is_frozen(op) { cross::look_at(cx, op) } else { Err(cx.bad_internal_call()) }
}

fn mutable_set(cx: Cx<'_>, op: Obj<'_>) -> Result<HostObj> {
    if is_set(op) { cross::look_at(cx, op) } else { Err(cx.bad_internal_call()) }
}

/// Show the number of elements to C, which reads it inline.
fn show_used(op: Obj<'_>, set: HostRef) -> Py_ssize_t {
    sizes::show(op.as_ptr(), set)
}

fn new(cx: Cx<'_>, class: &str, iterable: Option<Obj<'_>>) -> Result<New> {
    let Some(class) = host().builtin_class(class) else { return Err(cx.bad_internal_call()) };
    let iterable = iterable.map(|iterable| cross::look_at(cx, iterable)).transpose()?;
    let args: Vec<HostRef> = iterable.iter().map(HostObj::as_ref).collect();
    Ok(cx.to_c_fresh(cx.call(|h| h.call(class.as_ref(), &args, &[]))?))
}

/// A new set of what `iterable` yields; NULL for an empty one.
#[capi]
fn PySet_New(cx: Cx<'_>, iterable: Option<Obj<'_>>) -> Result<New> {
    new(cx, "set", iterable)
}

/// A new frozenset of what `iterable` yields; NULL for an empty one.
#[capi]
fn PyFrozenSet_New(cx: Cx<'_>, iterable: Option<Obj<'_>>) -> Result<New> {
    let Some(given) = iterable.filter(|&given| crate::abstract_::is_exactly(given, builtin!(PyFrozenSet_Type))) else {
        return new(cx, "frozenset", iterable);
    };
    // The class would give the same one back.
    let items = crate::abstract_::sequence::list(cx, given)?;
    new(cx, "frozenset", Some(items.obj()))
}

/// The number of elements.
#[capi]
fn PySet_Size(cx: Cx<'_>, op: Obj<'_>) -> Result<Py_ssize_t> {
    let set = any_set(cx, op)?;
    Ok(show_used(op, set.as_ref()))
}

/// Call `set`'s own method, past what a subclass overrides.
fn method(cx: Cx<'_>, op: Obj<'_>, set: &HostObj, name: &str, arguments: &[HostRef]) -> Result<HostObj> {
    let class = if is_set(op) { "set" } else { "frozenset" };
    let mut args = vec![set.as_ref()];
    args.extend_from_slice(arguments);
    let result = cx.call_builtin_method(class, name, &args);
    show_used(op, set.as_ref());
    result
}

/// The key of an element. A set among them has no hash: only the methods, not these functions, look for a frozenset in its place.
fn hashable(cx: Cx<'_>, key: Obj<'_>) -> Result<HostObj> {
    let key = key.give(cx)?;
    cx.call(|h| h.hash(key.as_ref()))?;
    Ok(key)
}

/// Whether `key` is an element.
#[capi]
fn PySet_Contains(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>) -> Result<bool> {
    let set = any_set(cx, op)?;
    let key = hashable(cx, key)?;
    let answer = method(cx, op, &set, "__contains__", &[key.as_ref()])?;
    cx.call(|h| h.is_true(answer.as_ref()))
}

/// Add an element; to a frozenset only while nobody else has seen it.
#[capi]
fn PySet_Add(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>) -> Result<()> {
    if is_set(op) {
        let set = cross::look_at(cx, op)?;
        crate::pystate::stored(key);
        let key = hashable(cx, key)?;
        method(cx, op, &set, "add", &[key.as_ref()])?;
        return Ok(());
    }
    if !is_frozen(op) || !is_alone(op) {
        return Err(cx.bad_internal_call());
    }
    let set = cross::look_at(cx, op)?;
    let key = hashable(cx, key)?;
    let one = cx.call(|h| Ok(h.new_tuple(vec![key])))?;
    let mut grown = method(cx, op, &set, "union", &[one.as_ref()])?;
    if !std::ptr::eq(op.type_ptr(), builtin!(PyFrozenSet_Type)) {
        let Some(base) = host().builtin_class("frozenset") else { return Err(cx.bad_internal_call()) };
        let new = cx.attr_str(base.as_ref(), "__new__")?;
        let class = host().type_of(set.as_ref());
        grown = cx.call(|h| h.call(new.as_ref(), &[class, grown.as_ref()], &[]))?;
    }
    drop(set);
    exchange(cx, op.as_ptr(), grown);
    Ok(())
}

/// Whether C has the only reference. One that came from the host is the host's too: nobody here can tell who has it there.
fn is_alone(op: Obj<'_>) -> bool {
    let has = |state| lifetime::has_state(op.as_ptr(), state);
    if has(State::SHARED) && !has(State::IN_C) {
        return false;
    }
    let share = isize::from(has(State::SHARED));
    // SAFETY: a live object.
    unsafe { (*op.as_ptr()).ob_refcnt - share == 1 }
}

/// Let the mirror of a frozenset in the making stand for another host object.
fn exchange(cx: Cx<'_>, mirror: *mut PyObject, object: HostObj) {
    let identity = host().identity(object.word());
    let is_of_c = lifetime::has_state(mirror, State::IN_C);
    let is_owned = bridge(|bridge| bridge.is_owned(mirror));
    let old = bridge(|bridge| {
        let link = bridge.link(mirror);
        // SAFETY: a live mirror; the share ends with the link.
        unsafe {
            if link.has(State::SHARED) && !is_immortal((*mirror).ob_refcnt) {
                (*mirror).ob_refcnt -= 1;
            }
        }
        bridge.sever(mirror, |word| host().identity(word))
    });
    sizes::show(mirror, object.as_ref());
    if is_of_c {
        lifetime::link_wrapper(mirror, object.as_ref(), Some(identity));
        // C holds the mirror, so the link takes the object over.
        cx.unlocked(|_| drop(object));
    } else if is_owned {
        bridge(|bridge| bridge.link_owned(mirror, object.into_word(), identity));
    } else {
        bridge(|bridge| bridge.link_value(mirror, object.into_word(), Some(identity)));
        crate::pystate::lend_mirror(mirror);
    }
    lifetime::release(old);
}

/// Remove an element: 1, or 0 if it was not there.
#[capi]
fn PySet_Discard(cx: Cx<'_>, op: Obj<'_>, key: Obj<'_>) -> Result<bool> {
    let set = mutable_set(cx, op)?;
    let key = hashable(cx, key)?;
    let before = host().container_len(set.as_ref());
    method(cx, op, &set, "discard", &[key.as_ref()])?;
    Ok(host().container_len(set.as_ref()) < before)
}

/// Remove some element and return it; KeyError if there is none.
#[capi]
fn PySet_Pop(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    let set = mutable_set(cx, op)?;
    Ok(cx.to_c(method(cx, op, &set, "pop", &[])?))
}

/// Remove every element.
#[capi]
fn PySet_Clear(cx: Cx<'_>, op: Obj<'_>) -> Result<()> {
    let set = mutable_set(cx, op)?;
    method(cx, op, &set, "clear", &[])?;
    Ok(())
}

/// Add what `iterable` yields.
#[capi]
fn _PySet_Update(cx: Cx<'_>, op: Obj<'_>, iterable: Obj<'_>) -> Result<()> {
    let set = mutable_set(cx, op)?;
    let iterable = cross::look_at(cx, iterable)?;
    method(cx, op, &set, "update", &[iterable.as_ref()])?;
    Ok(())
}

/// Walk over a set: the element at `*pos` and its hash, and the position after it; `None` at the end.
fn next_entry(cx: Cx<'_>, op: Obj<'_>, pos: Out<'_, Py_ssize_t>, hash: Out<'_, Py_hash_t>) -> Result<Option<New>> {
    let (mut pos, mut hash) = (pos, hash);
    let set = any_set(cx, op)?;
    let Ok(position) = usize::try_from(pos.read()) else { return Ok(None) };
    if position >= host().container_len(set.as_ref()) {
        return Ok(None);
    }
    let elements = cx.call(|h| h.iter(set.as_ref()))?;
    for _ in 0..position {
        cx.call(|h| h.next(elements.as_ref()))?;
    }
    let Some(element) = cx.call(|h| h.next(elements.as_ref()))? else { return Ok(None) };
    hash.write(cx.call(|h| h.hash(element.as_ref()))?);
    pos.write(position as Py_ssize_t + 1);
    Ok(Some(cx.to_c(element)))
}

/// Walk over a set: 1 and a new reference to the element at `*pos`, or 0 at the end. A position is the element's number.
#[capi]
fn _PySet_NextEntryRef(
    cx: Cx<'_>,
    set: Obj<'_>,
    pos: Out<'_, Py_ssize_t>,
    mut key: Out<'_, *mut PyObject>,
    hash: Out<'_, Py_hash_t>,
) -> Result<bool> {
    let element = next_entry(cx, set, pos, hash)?;
    Ok(element.map(|element| key.write(element.into_ptr())).is_some())
}

/// As `_PySet_NextEntryRef`, with a reference that the set keeps.
#[capi]
fn _PySet_NextEntry(
    cx: Cx<'_>,
    set: Obj<'_>,
    pos: Out<'_, Py_ssize_t>,
    mut key: Out<'_, *mut PyObject>,
    hash: Out<'_, Py_hash_t>,
) -> Result<bool> {
    let Some(element) = next_entry(cx, set, pos, hash)? else { return Ok(false) };
    key.write(element.as_ptr());
    lifetime::lend(element);
    Ok(true)
}
