//! Any object as text: `repr`, `str`, `format`, `print`; and `dir`.

use std::ffi::c_int;

use capi_macros::capi;
use object_mirror::object::{Py_TPFLAGS_BYTES_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS, PyObject, unaryfunc};

use crate::abstract_::{c_slot, call_c, is_exactly, plain};
use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{HostObj, host};
use crate::slots::Slot;
use crate::statics::builtin;
use crate::{bytesobject, typeobject, unicodeobject};

/// What C's `__repr__` or `__str__` returned, which must be a str.
fn text_result(cx: Cx<'_>, object: Obj<'_>, result: *mut PyObject, method: &str) -> Result<New> {
    let text = crate::abstract_::call::checked(cx, object, result)?;
    if !text.obj().type_has(Py_TPFLAGS_UNICODE_SUBCLASS) {
        return Err(cx.type_error(format!("{method} returned non-string (type {})", text.obj().type_name())));
    }
    Ok(text)
}

fn null_text() -> New {
    unicodeobject::new_from_wtf8(b"<NULL>")
}

/// `repr(object)`.
fn repr(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    if let Some(text) = plain::repr(object) {
        return Ok(text);
    }
    if let Some(function) = c_slot(object, Slot::TpRepr) {
        return text_result(cx, object, call_c!(function, unaryfunc, object.as_ptr()), "__repr__");
    }
    let object = object.give(cx)?;
    cx.object(|h| h.repr(object.as_ref()))
}

/// `repr(object)`; `<NULL>` for NULL.
#[capi]
fn PyObject_Repr(cx: Cx<'_>, object: Option<Obj<'_>>) -> Result<New> {
    object.map_or_else(|| Ok(null_text()), |object| repr(cx, object))
}

/// `str(object)`; `<NULL>` for NULL.
#[capi]
fn PyObject_Str(cx: Cx<'_>, object: Option<Obj<'_>>) -> Result<New> {
    let Some(object) = object else { return Ok(null_text()) };
    if is_exactly(object, builtin!(PyUnicode_Type)) {
        return Ok(object.to_new());
    }
    if let Some(text) = plain_number(object) {
        return Ok(text);
    }
    if let Some(function) = c_slot(object, Slot::TpStr) {
        return text_result(cx, object, call_c!(function, unaryfunc, object.as_ptr()), "__str__");
    }
    let object = object.give(cx)?;
    cx.object(|h| h.str(object.as_ref()))
}

/// `str()` of an exact int or float, which is its `repr()`.
fn plain_number(object: Obj<'_>) -> Option<New> {
    let is_number = is_exactly(object, builtin!(PyLong_Type)) || is_exactly(object, builtin!(PyFloat_Type));
    if is_number { plain::repr(object) } else { None }
}

/// `ascii(object)`; `<NULL>` for NULL.
#[capi]
fn PyObject_ASCII(cx: Cx<'_>, object: Option<Obj<'_>>) -> Result<New> {
    let Some(object) = object else { return Ok(null_text()) };
    let text = repr(cx, object)?;
    if unicodeobject::is_ascii(text.as_ptr()) {
        return Ok(text);
    }
    let text = text.obj().give(cx)?;
    let (encoding, errors) = (cx.str("ascii"), cx.str("backslashreplace"));
    let bytes = cx.call_builtin_method("str", "encode", &[text.as_ref(), encoding.as_ref(), errors.as_ref()])?;
    let mut ascii = None;
    host().with_bytes(bytes.as_ref(), &mut |bytes| ascii = Some(unicodeobject::new_from_wtf8(bytes)));
    ascii.ok_or_else(|| cx.bad_internal_call())
}

/// `bytes(object)`, but for ints, which are no content; `b"<NULL>"` for NULL.
#[capi]
fn PyObject_Bytes(cx: Cx<'_>, object: Option<Obj<'_>>) -> Result<New> {
    let Some(object) = object else { return Ok(bytesobject::new(b"<NULL>")) };
    if is_exactly(object, builtin!(PyBytes_Type)) {
        return Ok(object.to_new());
    }
    let name = cx.str("__bytes__");
    let class = typeobject::class_of(cx, object.type_ptr())?;
    let has_method = host().type_lookup(class.as_ref(), name.as_ref()).is_some();
    if !has_method {
        return bytesobject::from_object(cx, object);
    }
    let object = object.give(cx)?;
    let made = cx.to_c(cx.call_method(object.as_ref(), "__bytes__", &[])?);
    if made.obj().type_has(Py_TPFLAGS_BYTES_SUBCLASS) {
        return Ok(made);
    }
    Err(cx.type_error(format!("__bytes__ returned non-bytes (type {:.200})", made.obj().type_name())))
}

/// `dir(object)`; the names of the innermost frame for NULL.
#[capi]
fn PyObject_Dir(cx: Cx<'_>, object: Option<Obj<'_>>) -> Result<New> {
    let object = object.map(|object| object.give(cx)).transpose()?;
    let args: Vec<_> = object.iter().map(HostObj::as_ref).collect();
    Ok(cx.to_c(cx.call_function("builtins", "dir", &args)?))
}

/// `format(object, spec)`; NULL for an empty specification.
#[capi]
fn PyObject_Format(cx: Cx<'_>, object: Obj<'_>, spec: Option<Obj<'_>>) -> Result<New> {
    if let Some(spec) = spec
        && !spec.type_has(Py_TPFLAGS_UNICODE_SUBCLASS)
    {
        return Err(cx.system_error(format!("Format specifier must be a string, not {}", spec.type_name())));
    }
    let is_empty = spec.is_none_or(|spec| unicodeobject::length(spec.as_ptr()) == 0);
    if is_empty && is_exactly(object, builtin!(PyUnicode_Type)) {
        return Ok(object.to_new());
    }
    if is_empty && let Some(text) = plain_number(object) {
        return Ok(text);
    }
    let object = object.give(cx)?;
    let spec = match spec {
        Some(spec) => spec.give(cx)?,
        None => cx.str(""),
    };
    Ok(cx.to_c(cx.call_function("builtins", "format", &[object.as_ref(), spec.as_ref()])?))
}

/// Write `repr(object)`, or `str(object)` if `flags` has `Py_PRINT_RAW`, to a C stream.
#[capi]
fn PyObject_Print(cx: Cx<'_>, object: Option<Obj<'_>>, stream: *mut libc::FILE, flags: c_int) -> Result<()> {
    const PY_PRINT_RAW: c_int = 1;
    let text = to_print(cx, object, flags & PY_PRINT_RAW != 0)?;
    // SAFETY: C passes an open stream.
    let written = unsafe { libc::fwrite(text.as_ptr().cast(), 1, text.len(), stream) };
    if written == text.len() { Ok(()) } else { Err(cx.error("OSError", "cannot write")) }
}

/// What is written of an object: its str if it is to be `raw`, or else its repr.
pub(crate) fn to_print(cx: Cx<'_>, object: Option<Obj<'_>>, raw: bool) -> Result<Vec<u8>> {
    let Some(object) = object else { return Ok(b"<nil>".to_vec()) };
    // SAFETY: C passes a live object, or one of which nothing is left but the count.
    let count = unsafe { (*object.as_ptr()).ob_refcnt };
    if count <= 0 {
        return Ok(format!("<refcnt {count} at {:p}>", object.as_ptr()).into_bytes());
    }
    let text = if raw { str_of(cx, object)? } else { repr(cx, object)? };
    Ok(unicodeobject::to_wtf8(text.as_ptr()))
}

pub(super) fn str_of(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    if is_exactly(object, builtin!(PyUnicode_Type)) {
        return Ok(object.to_new());
    }
    let object = object.give(cx)?;
    cx.object(|h| h.str(object.as_ref()))
}
