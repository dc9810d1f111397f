//! `listobject.h`: lists, and keeping those that both sides hold in step.
//!
//! Wheels read and write `ob_item` and `ob_size` inline. A C-born list lives in its mirror alone. A list that the host has
//! too is *exposed*: a shadow tells what each side looked like when they last agreed; C's changes go to the host before
//! the host runs, the host's come to the mirror before C runs. Host lists show `allocated == ob_size`, so that inline
//! appends come to us.

use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::listobject::PyListObject;
use object_mirror::object::{Py_TPFLAGS_LIST_SUBCLASS, PyObject, PyVarObject};

use crate::boundary::{Borrowed, Cx, New, Obj, Result, Stolen};
use crate::exposed::{self, Exposed};
use crate::host::{HostObj, HostRef, host};
use crate::statics::builtin;
use crate::{cross, lifetime, tupleobject};

/// The items of a list mirror.
pub(crate) fn items<'a>(op: *mut PyObject) -> &'a [*mut PyObject] {
    // SAFETY: callers pass live lists; `ob_item` has `ob_size` items.
    unsafe {
        let list: *mut PyListObject = op.cast();
        if (*list).ob_item.is_null() {
            return &[];
        }
        std::slice::from_raw_parts((*list).ob_item, (*list).ob_base.ob_size as usize)
    }
}

/// Put these items (references) into a list mirror, in place of what it had.
fn store(op: *mut PyObject, new: &[*mut PyObject]) {
    let old: Vec<*mut PyObject> = items(op).to_vec();
    // SAFETY: a live list mirror, whose array is libc's.
    unsafe {
        let list: *mut PyListObject = op.cast();
        let array =
            libc::realloc((*list).ob_item.cast(), (new.len().max(1)) * size_of::<usize>()).cast::<*mut PyObject>();
        assert!(!array.is_null(), "memory for a list");
        array.copy_from_nonoverlapping(new.as_ptr(), new.len());
        (*list).ob_item = array;
        (*list).ob_base.ob_size = new.len() as Py_ssize_t;
        (*list).allocated = new.len() as Py_ssize_t;
        for item in old {
            lifetime::xdecref(item);
        }
    }
}

/// Fill the mirror of a host list.
pub(crate) fn fill(op: *mut PyObject, host_items: Vec<HostObj>) {
    let in_host = host_items.iter().map(|item| host().identity(item.word())).collect();
    let mirrors: Vec<*mut PyObject> =
        host_items.into_iter().map(|item| cross::to_c_shared(item.as_ref()).into_ptr()).collect();
    store(op, &mirrors);
    exposed::add(Exposed { mirror: op, in_c: mirrors, in_host });
}

/// A C-born list got its host object.
pub(crate) fn realized(op: *mut PyObject) {
    let Some(list) = lifetime::host_of(op) else { return };
    let in_host = host().items(list).iter().map(|item| host().identity(item.word())).collect();
    exposed::add(Exposed { mirror: op, in_c: items(op).to_vec(), in_host });
}

/// A list mirror dies.
pub(crate) fn release(op: *mut PyObject) {
    exposed::remove(op);
    let old: Vec<*mut PyObject> = items(op).to_vec();
    // SAFETY: the mirror's array is libc's; its items are references.
    unsafe {
        let list: *mut PyListObject = op.cast();
        libc::free((*list).ob_item.cast());
        (*list).ob_item = null_mut();
        (*list).ob_base.ob_size = 0;
        for item in old {
            lifetime::xdecref(item);
        }
    }
}

/// C's changes of exposed lists go to the host.
#[inline]
pub(crate) fn sync_to_host() {
    if !exposed::none() {
        push_due();
    }
}

/// The host's changes of exposed lists come to the mirrors.
#[inline]
pub(crate) fn sync_to_c() {
    if !exposed::none() {
        pull_due();
    }
}

/// The outermost crossing ends: what C did to the lists it met for the first time goes to the host, however many and long.
#[inline]
pub(crate) fn settle() {
    if exposed::none() {
        return;
    }
    for mirror in exposed::take_fresh() {
        if exposed::get(mirror).is_some_and(|list| list.in_c.as_slice() != items(mirror)) {
            push(mirror);
        }
    }
}

/// Up to this length a list is compared item by item at each change of side, a longer one by its length and ends.
const COMPARED: usize = 256;

/// Whether these are the same, looking at no more than a bounded number of them.
fn alike<T: PartialEq>(known: &[T], now: &[T]) -> bool {
    let end = COMPARED / 8;
    known.len() == now.len()
        && if now.len() <= COMPARED {
            known == now
        } else {
            known[..end] == now[..end] && known[now.len() - end..] == now[now.len() - end..]
        }
}

#[cold]
fn push_due() {
    for mirror in exposed::due() {
        if exposed::get(mirror).is_some_and(|list| !alike(&list.in_c, items(mirror))) {
            push(mirror);
        }
    }
}

/// Bring the host's list in step with its mirror.
fn push(mirror: *mut PyObject) {
    let Some(list) = lifetime::host_of(mirror) else { return };
    // SAFETY: the lock is held.
    let cx = unsafe { Cx::assume() };
    let now = items(mirror).to_vec();
    let Ok(host_items) = cross::host_list_items(cx, &now) else {
        drop(cx.take_error());
        return;
    };
    let in_host = host_items.iter().map(|item| host().identity(item.word())).collect();
    host().set_list_items(list, host_items);
    if let Some(entry) = exposed::get(mirror) {
        entry.in_c = now;
        entry.in_host = in_host;
    }
}

#[cold]
fn pull_due() {
    for mirror in exposed::due() {
        let Some(list) = lifetime::host_of(mirror) else { continue };
        if exposed::get(mirror).is_some_and(|entry| !host().list_holds(list, &entry.in_host, COMPARED)) {
            pull(mirror);
        }
    }
}

/// A list that has a mirror is given to C again: C reads all of it inline, so all of it is compared.
pub(crate) fn crossed(mirror: *mut PyObject) {
    let Some(list) = lifetime::host_of(mirror) else { return };
    if exposed::get(mirror).is_some_and(|entry| !host().list_holds(list, &entry.in_host, usize::MAX)) {
        pull(mirror);
    }
}

/// Bring a mirror in step with the host's list.
fn pull(mirror: *mut PyObject) {
    let Some(list) = lifetime::host_of(mirror) else { return };
    let host_items = host().items(list);
    let in_host = host_items.iter().map(|item| host().identity(item.word())).collect();
    let mirrors: Vec<*mut PyObject> =
        host_items.into_iter().map(|item| cross::to_c_shared(item.as_ref()).into_ptr()).collect();
    if let Some(entry) = exposed::get(mirror) {
        entry.in_c.clone_from(&mirrors);
        entry.in_host = in_host;
    }
    // Last: it lets go of the old items, which may run anything.
    store(mirror, &mirrors);
}

fn check<'a>(cx: Cx<'_>, op: Obj<'a>) -> Result<Obj<'a>> {
    if op.type_has(Py_TPFLAGS_LIST_SUBCLASS) { Ok(op) } else { Err(cx.bad_internal_call()) }
}

/// Change the mirror's items, then the host's.
fn edit<R>(op: Obj<'_>, change: impl FnOnce(&mut Vec<*mut PyObject>) -> R) -> R {
    let mirror = op.as_ptr();
    let mut now = items(mirror).to_vec();
    let result = change(&mut now);
    // SAFETY: `store` gives the old items' references back; those that stay are counted again before.
    unsafe {
        for &item in items(mirror).iter().filter(|item| now.contains(item) && !item.is_null()) {
            lifetime::incref(item);
        }
    }
    store(mirror, &now);
    if cross::is_linked(mirror) {
        push(mirror);
    }
    result
}

/// A list of `len` places; C fills them before anything else sees it.
#[capi]
fn PyList_New(cx: Cx<'_>, len: Py_ssize_t) -> Result<New> {
    let len = usize::try_from(len).map_err(|_| cx.bad_internal_call())?;
    let memory = lifetime::alloc_object(builtin!(PyList_Type), size_of::<PyListObject>());
    let list = memory.ok_or_else(|| cx.error("MemoryError", ""))?.as_ptr();
    // SAFETY: fresh memory of a list's size.
    unsafe {
        if len > 0 {
            let array = libc::calloc(len, size_of::<usize>()).cast::<*mut PyObject>();
            if array.is_null() {
                lifetime::free_object(list.cast());
                return Err(cx.error("MemoryError", ""));
            }
            (*list.cast::<PyListObject>()).ob_item = array;
        }
        (*list.cast::<PyVarObject>()).ob_size = len as Py_ssize_t;
        (*list.cast::<PyListObject>()).allocated = len as Py_ssize_t;
        Ok(New::from_ptr(list).expect("just allocated"))
    }
}

/// The number of items.
#[capi]
fn PyList_Size(cx: Cx<'_>, op: Obj<'_>) -> Result<Py_ssize_t> {
    Ok(items(check(cx, op)?.as_ptr()).len() as Py_ssize_t)
}

fn item_at(cx: Cx<'_>, op: *mut PyObject, index: Py_ssize_t) -> Result<*mut PyObject> {
    let item = usize::try_from(index).ok().and_then(|index| items(op).get(index)).copied();
    item.filter(|item| !item.is_null()).ok_or_else(|| cx.error("IndexError", "list index out of range"))
}

/// The item at `index`; borrowed.
#[capi]
fn PyList_GetItem<'a>(cx: Cx<'a>, op: Obj<'a>, index: Py_ssize_t) -> Result<Borrowed<'a>> {
    let item = item_at(cx, check(cx, op)?.as_ptr(), index)?;
    // SAFETY: the list keeps its items.
    Ok(Borrowed::of(unsafe { Obj::from_ptr(item) }.expect("checked")))
}

/// The item at `index`; a new reference.
#[capi]
fn PyList_GetItemRef(cx: Cx<'_>, op: Obj<'_>, index: Py_ssize_t) -> Result<New> {
    if !op.type_has(Py_TPFLAGS_LIST_SUBCLASS) {
        return Err(cx.type_error("expected a list"));
    }
    let item = item_at(cx, op.as_ptr(), index)?;
    // SAFETY: the list keeps its items.
    Ok(unsafe { Obj::from_ptr(item) }.expect("checked").to_new())
}

/// Store `item`, whose reference is taken, at `index`.
#[capi]
fn PyList_SetItem(cx: Cx<'_>, op: Obj<'_>, index: Py_ssize_t, item: Option<Stolen<'_>>) -> Result<()> {
    let op = check(cx, op)?.as_ptr();
    let Some(index) = usize::try_from(index).ok().filter(|&index| index < items(op).len()) else {
        return Err(cx.error("IndexError", "list assignment index out of range"));
    };
    // SAFETY: the index is checked; the place owns its item.
    unsafe {
        let place = (*op.cast::<PyListObject>()).ob_item.add(index);
        let old = std::mem::replace(&mut *place, item.map_or(null_mut(), |item| item.into_new().into_ptr()));
        lifetime::xdecref(old);
    }
    if cross::is_linked(op) {
        push(op);
    }
    Ok(())
}

/// Append an item.
#[capi]
fn PyList_Append(cx: Cx<'_>, op: Obj<'_>, item: Obj<'_>) -> Result<()> {
    let op = check(cx, op)?;
    append(op.as_ptr(), item.to_new());
    if cross::is_linked(op.as_ptr()) {
        push(op.as_ptr());
    }
    Ok(())
}

fn append(op: *mut PyObject, item: New) {
    // SAFETY: a live list mirror, whose array is libc's.
    unsafe {
        let list: *mut PyListObject = op.cast();
        let len = (*list).ob_base.ob_size as usize;
        if len >= (*list).allocated as usize {
            let grown = if cross::is_linked(op) { len + 1 } else { len + (len >> 3) + 6 & !3 };
            let array = libc::realloc((*list).ob_item.cast(), grown * size_of::<usize>()).cast::<*mut PyObject>();
            assert!(!array.is_null(), "memory for a list");
            (*list).ob_item = array;
            (*list).allocated = grown as Py_ssize_t;
        }
        (*list).ob_item.add(len).write(item.into_ptr());
        (*list).ob_base.ob_size += 1;
    }
}

/// Insert an item before `index`, as `list.insert` clips it.
#[capi]
fn PyList_Insert(cx: Cx<'_>, op: Obj<'_>, index: Py_ssize_t, item: Obj<'_>) -> Result<()> {
    let op = check(cx, op)?;
    let len = items(op.as_ptr()).len() as Py_ssize_t;
    let index = if index < 0 { (index + len).max(0) } else { index.min(len) } as usize;
    let item = item.to_new().into_ptr();
    edit(op, |items| items.insert(index, item));
    Ok(())
}

/// The items from `low` to `high` as a new list.
#[capi]
fn PyList_GetSlice(cx: Cx<'_>, op: Obj<'_>, low: Py_ssize_t, high: Py_ssize_t) -> Result<New> {
    let items = items(check(cx, op)?.as_ptr());
    let len = items.len() as Py_ssize_t;
    let low = low.clamp(0, len);
    let high = high.clamp(low, len);
    from_items(cx, &items[low as usize..high as usize])
}

/// A C-born list of these live objects.
pub(crate) fn from_items(cx: Cx<'_>, items: &[*mut PyObject]) -> Result<New> {
    // SAFETY: called with the lock held.
    let list = unsafe { New::from_ptr(PyList_New(0)) }.ok_or_else(|| cx.pending())?;
    for &item in items {
        // SAFETY: callers pass live objects.
        if let Some(item) = unsafe { Obj::from_ptr(item) } {
            append(list.as_ptr(), item.to_new());
        }
    }
    Ok(list)
}

/// `list[low:high] = values`, or deletion for NULL.
#[capi]
fn PyList_SetSlice(cx: Cx<'_>, op: Obj<'_>, low: Py_ssize_t, high: Py_ssize_t, values: Option<Obj<'_>>) -> Result<()> {
    let op = check(cx, op)?;
    let mut fresh = Vec::new();
    if let Some(values) = values {
        let sequence = values.give(cx)?;
        let list = cx.call_function("builtins", "list", &[sequence.as_ref()])?;
        for item in host().items(list.as_ref()) {
            fresh.push(cross::to_c_shared(item.as_ref()).into_ptr());
        }
    }
    let len = items(op.as_ptr()).len() as Py_ssize_t;
    let low = low.clamp(0, len) as usize;
    let high = high.clamp(low as Py_ssize_t, len) as usize;
    edit(op, |items| drop(items.splice(low..high, fresh)));
    Ok(())
}

fn through_host(cx: Cx<'_>, op: Obj<'_>, method: &str, arguments: &[HostRef]) -> Result<()> {
    let op = check(cx, op)?;
    let list = op.give(cx)?;
    let mut args = vec![list.as_ref()];
    args.extend_from_slice(arguments);
    cx.call_builtin_method("list", method, &args)?;
    pull(op.as_ptr());
    Ok(())
}

/// `list.sort()`.
#[capi]
fn PyList_Sort(cx: Cx<'_>, op: Obj<'_>) -> Result<()> {
    through_host(cx, op, "sort", &[])
}

/// `list.reverse()`.
#[capi]
fn PyList_Reverse(cx: Cx<'_>, op: Obj<'_>) -> Result<()> {
    through_host(cx, op, "reverse", &[])
}

/// `list.extend(iterable)`.
#[capi]
fn PyList_Extend(cx: Cx<'_>, op: Obj<'_>, iterable: Obj<'_>) -> Result<()> {
    let iterable = iterable.give(cx)?;
    through_host(cx, op, "extend", &[iterable.as_ref()])
}

/// `list.clear()`.
#[capi]
fn PyList_Clear(cx: Cx<'_>, op: Obj<'_>) -> Result<()> {
    edit(check(cx, op)?, Vec::clear);
    Ok(())
}

/// The items as a new tuple.
#[capi]
fn PyList_AsTuple(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    Ok(tupleobject::from_items(items(check(cx, op)?.as_ptr())))
}
