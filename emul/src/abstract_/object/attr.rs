//! Attributes of any object.

use std::ffi::{CString, c_int};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::object::{Py_TPFLAGS_UNICODE_SUBCLASS, PyObject, getattrofunc, setattrofunc};

use crate::abstract_::{c_slot, call_c, has_slot, returned};
use crate::boundary::{Cx, New, Obj, Out, Result, Text};
use crate::dictobject::is_error;
use crate::host::HostObj;
use crate::slots::Slot;
use crate::statics::exception;
use crate::unicodeobject::intern::{_Py_Identifier, of_identifier};
use crate::{pystate, typeobject, unicodeobject};

/// A type's own way to get attributes, where C implements it.
pub(crate) enum GetAttr {
    /// `tp_getattro`.
    Object(usize),
    /// `tp_getattr`, of an older time.
    Text(object_mirror::object::getattrfunc),
}

/// How C gets an attribute of `object`; `None` where the host does, C's own descriptors included.
#[inline]
pub(crate) fn c_getattr(object: Obj<'_>) -> Option<GetAttr> {
    if let Some(function) = c_slot(object, Slot::TpGetattro) {
        return Some(GetAttr::Object(function));
    }
    // SAFETY: a live object of a live type.
    let function = unsafe { (*object.type_ptr()).tp_getattr };
    function.filter(|_| !has_slot(object, Slot::TpGetattro)).map(GetAttr::Text)
}

fn check_name(cx: Cx<'_>, name: Obj<'_>) -> Result<()> {
    if name.type_has(Py_TPFLAGS_UNICODE_SUBCLASS) {
        return Ok(());
    }
    Err(cx.type_error(format!("attribute name must be string, not '{}'", name.type_name())))
}

fn c_text(cx: Cx<'_>, name: Obj<'_>) -> Result<CString> {
    let text = unicodeobject::to_wtf8(name.as_ptr());
    CString::new(text).map_err(|_| cx.value_error("embedded null character"))
}

fn c_get(cx: Cx<'_>, how: GetAttr, object: Obj<'_>, name: Obj<'_>) -> Result<New> {
    match how {
        GetAttr::Object(function) => returned(cx, call_c!(function, getattrofunc, object.as_ptr(), name.as_ptr())),
        GetAttr::Text(function) => {
            let name = c_text(cx, name)?;
            // SAFETY: the slot's function takes the object and a NUL-terminated name.
            returned(cx, unsafe { function(object.as_ptr(), name.as_ptr().cast_mut()) })
        }
    }
}

/// `object.name`.
pub(crate) fn get_attr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> Result<New> {
    check_name(cx, name)?;
    if let Some(how) = c_getattr(object) {
        return c_get(cx, how, object, name);
    }
    let (object, name) = (object.give(cx)?, name.give(cx)?);
    cx.object(|h| h.get_attr(object.as_ref(), name.as_ref()))
}

/// `object.name` for a name of C's.
pub(crate) fn get_attr_text(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> Result<New> {
    if let Some(how) = c_getattr(object) {
        let name = unicodeobject::utf8_to_new(cx, name.bytes(), None)?;
        return c_get(cx, how, object, name.obj());
    }
    let (object, name) = (object.give(cx)?, name.host_str(cx)?);
    cx.object(|h| h.get_attr(object.as_ref(), name.as_ref()))
}

/// `object.name`.
#[capi]
fn PyObject_GetAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> Result<New> {
    get_attr(cx, object, name)
}

/// `object.name`, with the name as UTF-8.
#[capi]
fn PyObject_GetAttrString(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> Result<New> {
    get_attr_text(cx, object, name)
}

/// The attribute that an identifier names.
#[capi]
fn _PyObject_GetAttrId(cx: Cx<'_>, object: Obj<'_>, id: *mut _Py_Identifier) -> Result<New> {
    get_attr(cx, object, of_identifier(cx, id)?)
}

/// Turn a pending AttributeError into the absence of the attribute.
fn absent(cx: Cx<'_>, found: Result<New>) -> Result<Option<New>> {
    match found {
        Ok(value) => Ok(Some(value)),
        Err(_) if pending_is(exception!(PyExc_AttributeError)) => {
            drop(cx.take_error());
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

/// Whether the pending error is an instance of this exception type.
pub(crate) fn pending_is(class: *mut object_mirror::object::PyTypeObject) -> bool {
    let pending = pystate::current_exception();
    // SAFETY: the pending error is a live exception.
    !pending.is_null() && typeobject::is_subtype(unsafe { (*pending).ob_type }, class)
}

/// The host's attribute, if there is one: its AttributeError does not even cross.
fn optional_of_host(cx: Cx<'_>, object: HostObj, name: HostObj) -> Result<Option<New>> {
    match cx.unlocked(|h| h.get_attr(object.as_ref(), name.as_ref())) {
        Ok(value) => Ok(Some(cx.to_c(value))),
        Err(error) if is_error(&error, "AttributeError") => Ok(None),
        Err(error) => Err(cx.raise(error)),
    }
}

/// `object.name`, if there is such an attribute.
pub(crate) fn optional_attr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> Result<Option<New>> {
    check_name(cx, name)?;
    match c_getattr(object) {
        Some(how) => absent(cx, c_get(cx, how, object, name)),
        None => optional_of_host(cx, object.give(cx)?, name.give(cx)?),
    }
}

fn optional_attr_text(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> Result<Option<New>> {
    match c_getattr(object) {
        Some(_) => absent(cx, get_attr_text(cx, object, name)),
        None => optional_of_host(cx, object.give(cx)?, name.host_str(cx)?),
    }
}

/// Pass an optional value out: 1 with a new reference, 0 and NULL without.
pub(crate) fn pass_out(found: Result<Option<New>>, out: Out<'_, *mut PyObject>) -> Result<bool> {
    let mut out = out;
    out.write(null_mut());
    let Some(value) = found? else { return Ok(false) };
    out.write(value.into_ptr());
    Ok(true)
}

/// `object.name` if there is one: 1 with the value, 0 without, -1 for another error.
#[capi]
fn PyObject_GetOptionalAttr(
    cx: Cx<'_>,
    object: Obj<'_>,
    name: Obj<'_>,
    result: Out<'_, *mut PyObject>,
) -> Result<bool> {
    pass_out(optional_attr(cx, object, name), result)
}

/// As `PyObject_GetOptionalAttr`, with the name as UTF-8.
#[capi]
fn PyObject_GetOptionalAttrString(
    cx: Cx<'_>,
    object: Obj<'_>,
    name: Text<'_>,
    result: Out<'_, *mut PyObject>,
) -> Result<bool> {
    pass_out(optional_attr_text(cx, object, name), result)
}

/// Whether the attribute is there; errors other than AttributeError are reported.
#[capi]
fn PyObject_HasAttrWithError(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> Result<bool> {
    Ok(optional_attr(cx, object, name)?.is_some())
}

/// As `PyObject_HasAttrWithError`, with the name as UTF-8.
#[capi]
fn PyObject_HasAttrStringWithError(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> Result<bool> {
    Ok(optional_attr_text(cx, object, name)?.is_some())
}

/// The answer of a question that has no way to report an error: it goes to `sys.unraisablehook`.
pub(crate) fn or_unraisable(cx: Cx<'_>, answer: Result<bool>, function: &str) -> c_int {
    let Err(_) = answer else { return c_int::from(answer.unwrap_or(false)) };
    if let Some(error) = cx.take_error() {
        let message = format!("Exception ignored in {function}");
        cx.unlocked(|h| h.unraisable(error, Some(&message), None));
    }
    0
}

/// Whether the attribute is there; errors are reported as unraisable.
#[capi]
fn PyObject_HasAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> c_int {
    let found = optional_attr(cx, object, name).map(|found| found.is_some());
    or_unraisable(
        cx,
        found,
        "PyObject_HasAttr(); consider using PyObject_HasAttrWithError(), PyObject_GetOptionalAttr() or PyObject_GetAttr()",
    )
}

/// As `PyObject_HasAttr`, with the name as UTF-8.
#[capi]
fn PyObject_HasAttrString(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> c_int {
    let found = optional_attr_text(cx, object, name).map(|found| found.is_some());
    or_unraisable(
        cx,
        found,
        "PyObject_HasAttrString(); consider using PyObject_HasAttrStringWithError(), PyObject_GetOptionalAttrString() or PyObject_GetAttrString()",
    )
}

pub(super) fn done(cx: Cx<'_>, status: c_int) -> Result<()> {
    if status < 0 { Err(cx.pending()) } else { Ok(()) }
}

/// `object.name = value`, or deletion.
pub(crate) fn set_attr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>, value: Option<Obj<'_>>) -> Result<()> {
    check_name(cx, name)?;
    let pointer = crate::boundary::optional(value);
    if let Some(function) = c_slot(object, Slot::TpSetattro) {
        return done(cx, call_c!(function, setattrofunc, object.as_ptr(), name.as_ptr(), pointer));
    }
    // SAFETY: a live object of a live type.
    let old = unsafe { (*object.type_ptr()).tp_setattr };
    if let Some(function) = old.filter(|_| !has_slot(object, Slot::TpSetattro)) {
        let name = c_text(cx, name)?;
        // SAFETY: the slot's function takes the object, a NUL-terminated name, and a value or NULL.
        return done(cx, unsafe { function(object.as_ptr(), name.as_ptr().cast_mut(), pointer) });
    }
    if let Some(ty) = typeobject::unready(object) {
        return typeobject::set_before_ready(cx, ty, name, value);
    }
    let (object, name) = (object.give(cx)?, name.give(cx)?);
    value.into_iter().for_each(pystate::stored);
    let value = value.map(|value| value.give(cx)).transpose()?;
    cx.call(|h| h.set_attr(object.as_ref(), name.as_ref(), value.as_ref().map(HostObj::as_ref)))
}

fn set_attr_text(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>, value: Option<Obj<'_>>) -> Result<()> {
    let name = unicodeobject::utf8_to_new(cx, name.bytes(), None)?;
    set_attr(cx, object, name.obj(), value)
}

/// `object.name = value`, or deletion for NULL.
#[capi]
fn PyObject_SetAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>, value: Option<Obj<'_>>) -> Result<()> {
    set_attr(cx, object, name, value)
}

/// As `PyObject_SetAttr`, with the name as UTF-8.
#[capi]
fn PyObject_SetAttrString(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>, value: Option<Obj<'_>>) -> Result<()> {
    set_attr_text(cx, object, name, value)
}

/// `del object.name`.
#[capi]
fn PyObject_DelAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> Result<()> {
    set_attr(cx, object, name, None)
}

/// As `PyObject_DelAttr`, with the name as UTF-8.
#[capi]
fn PyObject_DelAttrString(cx: Cx<'_>, object: Obj<'_>, name: Text<'_>) -> Result<()> {
    set_attr_text(cx, object, name, None)
}
