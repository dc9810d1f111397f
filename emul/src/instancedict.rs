//! The dict of an instance of a C type that has a field for it (`tp_dictoffset`): methods read and set the field, the host
//! looks attributes up in its own dict. Both are one dict from the moment that there is something in it.

use std::ffi::c_ulong;

use object_mirror::object::{Py_TPFLAGS_MANAGED_DICT, PyObject, PyTypeObject, PyVarObject};

use crate::boundary::{Cx, Obj, Result};
use crate::cross;
use crate::host::{HostObj, HostRef, HostResult, Kind, host};
use crate::lifetime::{self, Guard};

/// Where C keeps the dict of `mirror`: the type says how far into the instance.
fn field(mirror: *mut PyObject) -> Option<*mut *mut PyObject> {
    // SAFETY: a live object of a live type, which says where its own fields lie.
    unsafe {
        let ty: *mut PyTypeObject = (*mirror).ob_type;
        let offset = offset_in(mirror, ty);
        (offset > 0).then(|| mirror.cast::<u8>().offset(offset).cast())
    }
}

/// Where the dict lies in an instance: a negative `tp_dictoffset` counts from its end. 0 if nowhere.
///
/// # Safety
/// `mirror` is a live instance of the live type `ty`.
#[inline]
unsafe fn offset_in(mirror: *mut PyObject, ty: *mut PyTypeObject) -> isize {
    // SAFETY: the caller's contract.
    unsafe {
        let offset = (*ty).tp_dictoffset;
        // The managed dict of a class that the host made has no place of its own.
        if offset >= 0 || (*ty).tp_flags & Py_TPFLAGS_MANAGED_DICT as c_ulong != 0 {
            return offset.max(0);
        }
        offset + size_of_instance(mirror, ty)
    }
}

/// # Safety
/// As for [`offset_in`].
#[cold]
unsafe fn size_of_instance(mirror: *mut PyObject, ty: *mut PyTypeObject) -> isize {
    // SAFETY: the caller's contract; an object of a type with items has their number, which is negative for negative ints.
    unsafe {
        let items = if (*ty).tp_itemsize == 0 { 0 } else { (*mirror.cast::<PyVarObject>()).ob_size.abs() };
        let size = (*ty).tp_basicsize + items * (*ty).tp_itemsize;
        size.cast_unsigned().next_multiple_of(size_of::<usize>()).cast_signed()
    }
}

/// A member at the place of the dict or of the weak references shows what the host has: brings the former's field in step, and
/// answers for the latter, the first of them or None.
///
/// # Safety
/// `mirror` is the live mirror of `object`.
pub(crate) unsafe fn show_member(
    cx: Cx<'_>,
    object: HostRef,
    mirror: *mut PyObject,
    offset: isize,
) -> Option<HostResult<HostObj>> {
    // SAFETY: the caller's contract.
    let (dict, weak_references) = unsafe {
        let ty = (*mirror).ob_type;
        (offset_in(mirror, ty), (*ty).tp_weaklistoffset)
    };
    if offset == dict {
        in_step(object, mirror);
    }
    if offset != weak_references || offset <= 0 {
        return None;
    }
    let first = cx.call_function("weakref", "getweakrefs", &[object]).map(|references| {
        let first = host().items(references.as_ref()).into_iter().next();
        first.unwrap_or_else(|| host().singleton(Kind::None))
    });
    Some(first.map_err(|_| crate::slots::pending(cx)))
}

/// Bring the field of a C type's instance in step with the host's dict of its wrapper.
#[inline]
pub(crate) fn in_step(object: HostRef, mirror: *mut PyObject) {
    if let Some(field) = field(mirror) {
        step(object, mirror, field);
    }
}

/// As [`in_step`], for what a method has left behind.
#[inline]
pub(crate) fn after_call(object: HostRef, mirror: *mut PyObject) {
    if let Some(field) = field(mirror)
        && matches!(host().kind(object), Kind::CInstance(_))
    {
        step(object, mirror, field);
    }
}

#[cold]
fn step(object: HostRef, mirror: *mut PyObject, field: *mut *mut PyObject) {
    // SAFETY: a live instance and its field.
    let (known, is_dying) = unsafe { (*field, (*mirror).ob_refcnt == 0) };
    if is_dying {
        return;
    }
    let current = host().present_instance_dict(object);
    if known.is_null() {
        // A dict that nothing is in yet stays the host's, as CPython makes none before it is needed.
        if let Some(dict) = current.filter(|dict| host().container_len(dict.as_ref()) > 0) {
            // SAFETY: the field owns what it refers to.
            unsafe { *field = cross::to_c(dict.as_ref()).into_ptr() };
        }
        return;
    }
    if current.as_ref().is_some_and(|dict| lifetime::find(dict.as_ref()) == Some(known)) {
        return;
    }
    // C put a dict of its own there.
    let held = Guard::hold();
    // SAFETY: the field's object is live.
    let dict = unsafe { Obj::from_ptr(known) }.expect("checked").give(held.cx());
    let set = dict.map(|dict| host().set_instance_dict(object, dict));
    if set.is_err() {
        drop(held.cx().take_error());
    }
}

/// Make `value` the dict of `owner`, whose mirror is `mirror`.
pub(crate) fn replace(cx: Cx<'_>, owner: &HostObj, mirror: *mut PyObject, value: Obj<'_>) -> Result<bool> {
    let dict = value.give(cx)?;
    if !host().set_instance_dict(owner.as_ref(), dict) {
        return Ok(false);
    }
    if let Some(field) = field(mirror) {
        // SAFETY: the field owns what it refers to, before and after.
        unsafe {
            lifetime::incref(value.as_ptr());
            lifetime::xdecref(std::mem::replace(&mut *field, value.as_ptr()));
        }
    }
    Ok(true)
}
