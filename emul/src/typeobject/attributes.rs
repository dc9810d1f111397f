//! Looking up in types, and the generic attribute functions of objects.

#![allow(clippy::missing_transmute_annotations, reason = "a slot's own field says the function's type")]

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::object::{Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_MANAGED_DICT, PyObject, PyTypeObject};

use super::class_of;
use crate::boundary::{Borrowed, Cx, New, Obj, Result};
use crate::host::{HostObj, host};
use crate::{lending, lifetime};

/// The attribute that the type or a base defines, unbound; borrowed, no error when there is none.
#[capi]
fn _PyType_Lookup<'a>(cx: Cx<'a>, ty: *mut PyTypeObject, name: Obj<'a>) -> Option<Borrowed<'a>> {
    let class = class_of(cx, ty).ok()?;
    let name = name.give(cx).ok()?;
    host().type_lookup(class.as_ref(), name.as_ref()).map(Borrowed::lent)
}

/// As `_PyType_Lookup`, with a new reference.
#[capi]
fn _PyType_LookupRef(cx: Cx<'_>, ty: *mut PyTypeObject, name: Obj<'_>) -> Option<New> {
    let class = class_of(cx, ty).ok()?;
    let name = name.give(cx).ok()?;
    host().type_lookup(class.as_ref(), name.as_ref()).map(|found| cx.to_c(found))
}

/// `object.__getattribute__`.
#[capi]
fn PyObject_GenericGetAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> Result<New> {
    let (object, name) = (object.give(cx)?, name.give(cx)?);
    cx.object(|h| h.generic_get_attr(object.as_ref(), name.as_ref()))
}

/// `object.__setattr__`, or `object.__delattr__` for NULL.
#[capi]
fn PyObject_GenericSetAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>, value: Option<Obj<'_>>) -> Result<()> {
    let (object, name) = (object.give(cx)?, name.give(cx)?);
    let value = value.map(|value| value.give(cx)).transpose()?;
    cx.call(|h| h.generic_set_attr(object.as_ref(), name.as_ref(), value.as_ref().map(HostObj::as_ref)))
}

/// The `__dict__` getter of a getset table.
#[capi]
fn PyObject_GenericGetDict(cx: Cx<'_>, object: Obj<'_>, _context: *mut c_void) -> Result<New> {
    let owner = object.give(cx)?;
    let dict = host().instance_dict(owner.as_ref());
    dict.map(|dict| cx.to_c(dict)).ok_or_else(|| cx.error("AttributeError", "This object has no __dict__"))
}

/// The `__dict__` setter of a getset table.
#[capi]
fn PyObject_GenericSetDict(cx: Cx<'_>, object: Obj<'_>, value: Option<Obj<'_>>, _context: *mut c_void) -> Result<()> {
    let Some(value) = value else { return Err(cx.type_error("cannot delete __dict__")) };
    if !value.type_has(Py_TPFLAGS_DICT_SUBCLASS) {
        // SAFETY: a live object of a live type.
        let has_place = unsafe { (*object.type_ptr()).tp_dictoffset != 0 };
        if !has_place && host().instance_dict(object.give(cx)?.as_ref()).is_none() {
            return Err(cx.error("AttributeError", "This object has no __dict__"));
        }
        return Err(cx.type_error(format!("__dict__ must be set to a dictionary, not a '{}'", value.type_name())));
    }
    let owner = object.give(cx)?;
    if crate::instancedict::replace(cx, &owner, object.as_ptr(), value)? {
        return Ok(());
    }
    let dict = host()
        .instance_dict(owner.as_ref())
        .ok_or_else(|| cx.error("AttributeError", "This object has no __dict__"))?;
    let value = value.give(cx)?;
    cx.call_method(dict.as_ref(), "clear", &[])?;
    cx.call_method(dict.as_ref(), "update", &[value.as_ref()])?;
    Ok(())
}

/// Where an instance's dict pointer lies: NULL, since the host keeps instances' dicts.
#[capi(raw)]
pub unsafe extern "C" fn _PyObject_GetDictPtr(_op: *mut PyObject) -> *mut *mut PyObject {
    null_mut()
}

/// Visit the managed dict. The layer's own traversals pass by: the host's collector sees the host's dicts itself.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_VisitManagedDict(
    op: *mut PyObject,
    visit: object_mirror::object::visitproc,
    arg: *mut c_void,
) -> c_int {
    if crate::objimpl::is_own_traversal() || !has_managed_dict(op) {
        return 0;
    }
    // SAFETY: C traverses a live object of its own, with the lock held.
    let Some(owner) = (unsafe { Obj::from_ptr(op) }) else { return 0 };
    let object = lifetime::object_of(op);
    let dict = object.and_then(|object| host().present_instance_dict(object.as_ref()));
    // SAFETY: the visitor and its argument belong together; what it sees lives as long as the object does not let go of it.
    dict.map_or(0, |dict| unsafe { visit(crate::boundary::IntoC::into_c(lending::lend(owner, dict)), arg) })
}

fn has_managed_dict(op: *mut PyObject) -> bool {
    // SAFETY: the callers' objects are live, or NULL.
    !op.is_null() && unsafe { (*(*op).ob_type).tp_flags } & Py_TPFLAGS_MANAGED_DICT as std::ffi::c_ulong != 0
}

/// Clear a managed dict: the object gets a new one when it is asked for. Of what dies, the host drops the dict with the wrapper.
#[capi]
fn PyObject_ClearManagedDict(cx: Cx<'_>, op: Obj<'_>) {
    // SAFETY: C passes an object that its own code clears or destroys.
    if unsafe { (*op.as_ptr()).ob_refcnt } <= 0 || !has_managed_dict(op.as_ptr()) {
        return;
    }
    let Some(object) = lifetime::object_of(op.as_ptr()) else { return };
    if host().present_instance_dict(object.as_ref()).is_some() {
        // What was in it may run code when it goes.
        cx.unlocked(|h| h.set_instance_dict(object.as_ref(), h.new_dict()));
    }
}
