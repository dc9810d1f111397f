//! The dict of an instance of a C type that has a field for it (`tp_dictoffset`): methods read and set the field, the host
//! looks attributes up in its own dict. Both are one dict from the moment that there is something in it.

use object_mirror::object::{PyObject, PyTypeObject};

use crate::boundary::{Cx, Obj, Result};
use crate::cross;
use crate::host::{HostObj, HostRef, Kind, host};
use crate::lifetime::{self, Guard};

/// Where C keeps the dict of `mirror`: the type says how far into the instance.
fn field(mirror: *mut PyObject) -> Option<*mut *mut PyObject> {
    // SAFETY: a live object of a live type, which says where its own fields lie.
    unsafe {
        let ty: *mut PyTypeObject = (*mirror).ob_type;
        let offset = (*ty).tp_dictoffset;
        (offset > 0).then(|| mirror.cast::<u8>().offset(offset).cast())
    }
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
