//! `tupleobject.h`: tuples. What C makes stays in C: C-born tuples are read, filled and freed in the mirror.

use std::ffi::c_int;
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{Py_TPFLAGS_TUPLE_SUBCLASS, PyObject, PyVarObject};
use object_mirror::tupleobject::PyTupleObject;

use crate::boundary::{Borrowed, Cx, New, Obj, Result, Stolen};
use crate::statics::{self, builtin};
use crate::{cross, lifetime};

/// The items of a tuple mirror; NULL where C has not filled it yet.
pub(crate) fn items<'a>(op: *mut PyObject) -> &'a [*mut PyObject] {
    // SAFETY: callers pass live tuples; the items lie behind the struct's header.
    unsafe {
        let len = (*op.cast::<PyVarObject>()).ob_size as usize;
        std::slice::from_raw_parts((&raw const (*op.cast::<PyTupleObject>()).ob_item).cast(), len)
    }
}

/// The place of an item.
fn place(op: *mut PyObject, index: usize) -> *mut *mut PyObject {
    // SAFETY: callers check the index against the size.
    unsafe { (&raw mut (*op.cast::<PyTupleObject>()).ob_item).cast::<*mut PyObject>().add(index) }
}

/// A C-born tuple with `len` empty places.
pub(crate) fn new(len: usize) -> New {
    try_new(len).expect("memory for a tuple")
}

/// As [`new`], where C says how many places: there may be no memory for them.
fn try_new(len: usize) -> Option<New> {
    if len == 0 {
        return Some(New::from_static(statics::empty_tuple()));
    }
    if len > isize::MAX as usize / 16 {
        return None;
    }
    let size = size_of::<PyVarObject>() + len * size_of::<usize>();
    let memory = lifetime::alloc_object(builtin!(PyTuple_Type), size)?.as_ptr();
    // SAFETY: fresh memory of that size.
    unsafe {
        (*memory.cast::<PyVarObject>()).ob_size = len as Py_ssize_t;
        New::from_ptr(memory)
    }
}

/// Fill an empty place of a fresh tuple.
pub(crate) fn set_fresh(op: *mut PyObject, index: usize, item: New) {
    // SAFETY: callers fill places that `new` made.
    unsafe { place(op, index).write(item.into_ptr()) };
}

fn check<'a>(cx: Cx<'_>, op: Obj<'a>) -> Result<Obj<'a>> {
    if op.type_has(Py_TPFLAGS_TUPLE_SUBCLASS) { Ok(op) } else { Err(cx.bad_internal_call()) }
}

/// A tuple of `len` places, to be filled before anything else sees it.
#[capi]
fn PyTuple_New(cx: Cx<'_>, len: Py_ssize_t) -> Result<New> {
    let len = usize::try_from(len).map_err(|_| cx.bad_internal_call())?;
    if len <= isize::MAX as usize / 16 {
        cx.expect_memory(len * size_of::<usize>())?;
    }
    try_new(len).ok_or_else(|| cx.error("MemoryError", ""))
}

/// The number of items.
#[capi]
fn PyTuple_Size(cx: Cx<'_>, op: Obj<'_>) -> Result<Py_ssize_t> {
    Ok(items(check(cx, op)?.as_ptr()).len() as Py_ssize_t)
}

/// The item at `index`; borrowed.
#[capi]
fn PyTuple_GetItem<'a>(cx: Cx<'a>, op: Obj<'a>, index: Py_ssize_t) -> Result<Borrowed<'a>> {
    let items = items(check(cx, op)?.as_ptr());
    let item = usize::try_from(index).ok().and_then(|index| items.get(index)).copied();
    // SAFETY: the tuple keeps its items.
    let item = item.and_then(|item| unsafe { Obj::from_ptr(item) });
    item.map(Borrowed::of).ok_or_else(|| cx.error("IndexError", "tuple index out of range"))
}

/// Store `item`, whose reference is taken, in a tuple nobody else has seen.
#[capi]
fn PyTuple_SetItem(cx: Cx<'_>, op: Obj<'_>, index: Py_ssize_t, item: Option<Stolen<'_>>) -> Result<()> {
    let op = check(cx, op)?.as_ptr();
    // SAFETY: a live tuple.
    if unsafe { (*op).ob_refcnt } != 1 {
        return Err(cx.bad_internal_call());
    }
    let Some(index) = usize::try_from(index).ok().filter(|&index| index < items(op).len()) else {
        return Err(cx.error("IndexError", "tuple assignment index out of range"));
    };
    // SAFETY: the index is checked; the place owns its item.
    unsafe {
        let old = std::mem::replace(&mut *place(op, index), item.map_or(null_mut(), |item| item.into_new().into_ptr()));
        lifetime::xdecref(old);
    }
    Ok(())
}

/// The items from `low` to `high`, as CPython clips them.
#[capi]
fn PyTuple_GetSlice(cx: Cx<'_>, op: Obj<'_>, low: Py_ssize_t, high: Py_ssize_t) -> Result<New> {
    let items = items(check(cx, op)?.as_ptr());
    let len = items.len() as Py_ssize_t;
    let low = low.max(0);
    let high = high.clamp(low.min(len), len);
    if low == 0 && high == len && std::ptr::eq(op.type_ptr(), builtin!(PyTuple_Type)) {
        return Ok(op.to_new());
    }
    let slice = if low < high { &items[low as usize..high as usize] } else { &[] };
    Ok(from_items(slice))
}

/// A tuple of these live objects.
pub(crate) fn from_items(items: &[*mut PyObject]) -> New {
    let tuple = new(items.len());
    for (index, &item) in items.iter().enumerate() {
        // SAFETY: callers pass live objects.
        if let Some(item) = unsafe { Obj::from_ptr(item) } {
            set_fresh(tuple.as_ptr(), index, item.to_new());
        }
    }
    tuple
}

/// Resize a tuple nobody else has seen; `*op` may change, and is NULL after a failure.
#[capi(raw)]
pub unsafe extern "C" fn _PyTuple_Resize(op: *mut *mut PyObject, len: Py_ssize_t) -> c_int {
    // SAFETY: C's contract.
    unsafe {
        let old = *op;
        let fits = !old.is_null() && std::ptr::eq((*old).ob_type, builtin!(PyTuple_Type)) && len >= 0;
        let alone = fits && (items(old).is_empty() || ((*old).ob_refcnt == 1 && !cross::is_linked(old)));
        if !alone {
            *op = null_mut();
            lifetime::xdecref(old);
            Cx::assume().bad_internal_call();
            return -1;
        }
        let len = len as usize;
        if items(old).len() == len {
            return 0;
        }
        let Some(resized) = try_new(len) else {
            *op = null_mut();
            lifetime::decref(old);
            Cx::assume().error("MemoryError", "");
            return -1;
        };
        for (index, &item) in items(old).iter().enumerate().take(len) {
            if let Some(item) = Obj::from_ptr(item) {
                set_fresh(resized.as_ptr(), index, item.to_new());
            }
        }
        lifetime::decref(old);
        *op = resized.into_ptr();
        0
    }
}
