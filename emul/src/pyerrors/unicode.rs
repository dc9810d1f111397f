//! The parts of UnicodeErrors.

use std::ffi::{CStr, c_char};

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{Py_TPFLAGS_BYTES_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS};

use super::set_part;
use crate::boundary::{Cx, New, Obj, Out, Result, Text};
use crate::host::host;
use crate::unicodeobject;

/// `UnicodeDecodeError(encoding, object, start, end, reason)`.
#[capi]
fn PyUnicodeDecodeError_Create(
    cx: Cx<'_>,
    encoding: Option<Text<'_>>,
    object: *const c_char,
    length: Py_ssize_t,
    start: Py_ssize_t,
    end: Py_ssize_t,
    reason: Option<Text<'_>>,
) -> Result<New> {
    // What `Py_BuildValue` makes of NULL is None, which the class refuses.
    if length == Py_ssize_t::MAX && !object.is_null() {
        return Err(cx.error("OverflowError", "byte string is too large"));
    }
    let Some(encoding) = encoding else { return Err(cx.type_error("argument 1 must be str, not None")) };
    if object.is_null() {
        return Err(cx.type_error("a bytes-like object is required, not 'NoneType'"));
    }
    let Some(reason) = reason else { return Err(cx.type_error("argument 5 must be str, not None")) };
    let data = match usize::try_from(length) {
        Ok(0) => &[],
        // SAFETY: C passes a string that ends, as for any length in `Py_BuildValue`.
        Err(_) if !object.is_null() => unsafe { CStr::from_ptr(object) }.to_bytes(),
        _ => unicodeobject::codec::expect_bytes(cx, object, length)?,
    };
    let Some(class) = host().builtin_class("UnicodeDecodeError") else { return Err(cx.bad_internal_call()) };
    let (encoding, reason) = (encoding.host_str(cx)?, reason.host_str(cx)?);
    let (data, start, end) = (host().new_bytes(data), host().new_int(start as i64), host().new_int(end as i64));
    let args = [encoding.as_ref(), data.as_ref(), start.as_ref(), end.as_ref(), reason.as_ref()];
    cx.object(|h| h.call(class.as_ref(), &args, &[]))
}

/// A part that has to be text, as `encoding` and `reason` are.
fn unicode_text(cx: Cx<'_>, exception: Obj<'_>, name: &str) -> Result<New> {
    unicode_part(cx, exception, name, Py_TPFLAGS_UNICODE_SUBCLASS, "unicode")
}

fn unicode_part(cx: Cx<'_>, exception: Obj<'_>, name: &str, subclass: u64, kind: &str) -> Result<New> {
    let given = exception.give(cx)?;
    let Ok(part) = cx.attr_str(given.as_ref(), name) else {
        drop(cx.take_error());
        return Err(cx.type_error(format!("{name} attribute not set")));
    };
    let part = cx.to_c(part);
    if part.obj().type_has(subclass) {
        return Ok(part);
    }
    Err(cx.type_error(format!("{name} attribute must be {kind}")))
}

/// What could not be decoded is bytes, what could not be encoded or translated is text.
fn unicode_object(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    let given = exception.give(cx)?;
    let decode_error = host().builtin_class("UnicodeDecodeError").ok_or_else(|| cx.bad_internal_call())?;
    if cx.call(|h| h.is_instance(given.as_ref(), decode_error.as_ref()))? {
        return unicode_part(cx, exception, "object", Py_TPFLAGS_BYTES_SUBCLASS, "bytes");
    }
    unicode_text(cx, exception, "object")
}

fn unicode_int(cx: Cx<'_>, exception: Obj<'_>, name: &str) -> Result<i64> {
    let exception = exception.give(cx)?;
    let value = cx.attr_str(exception.as_ref(), name)?;
    Ok(host().int_value(value.as_ref()).unwrap_or(0))
}

/// `start` and `end`, brought into the object's range as CPython does: `start` is -1 where the object is empty.
pub(crate) fn unicode_range(cx: Cx<'_>, exception: Obj<'_>) -> Result<(i64, i64)> {
    let object = unicode_object(cx, exception)?.obj().give(cx)?;
    let length = cx.call(|h| h.length(object.as_ref()))? as i64;
    let (start, end) = (unicode_int(cx, exception, "start")?, unicode_int(cx, exception, "end")?);
    Ok((start.max(0).min(length - 1), end.max(1).min(length)))
}

fn unicode_start(cx: Cx<'_>, exception: Obj<'_>, mut start: Out<'_, Py_ssize_t>) -> Result<()> {
    start.write(unicode_range(cx, exception)?.0 as Py_ssize_t);
    Ok(())
}

fn unicode_end(cx: Cx<'_>, exception: Obj<'_>, mut end: Out<'_, Py_ssize_t>) -> Result<()> {
    end.write(unicode_range(cx, exception)?.1 as Py_ssize_t);
    Ok(())
}

fn set_unicode_int(cx: Cx<'_>, exception: Obj<'_>, name: &str, value: Py_ssize_t) -> Result<()> {
    let exception = exception.give(cx)?;
    let value = host().new_int(value as i64);
    set_part(cx, exception.as_ref(), name, Some(value.as_ref()))
}

fn set_unicode_reason(cx: Cx<'_>, exception: Obj<'_>, reason: Text<'_>) -> Result<()> {
    let exception = exception.give(cx)?;
    let reason = reason.host_str(cx)?;
    set_part(cx, exception.as_ref(), "reason", Some(reason.as_ref()))
}

/// `encoding` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_GetEncoding(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_text(cx, exception, "encoding")
}

/// `encoding` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_GetEncoding(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_text(cx, exception, "encoding")
}

/// `object` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_GetObject(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_object(cx, exception)
}

/// `object` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_GetObject(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_object(cx, exception)
}

/// `object` of a UnicodeTranslateError.
#[capi]
fn PyUnicodeTranslateError_GetObject(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_object(cx, exception)
}

/// `start` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_GetStart(cx: Cx<'_>, exception: Obj<'_>, start: Out<'_, Py_ssize_t>) -> Result<()> {
    unicode_start(cx, exception, start)
}

/// `start` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_GetStart(cx: Cx<'_>, exception: Obj<'_>, start: Out<'_, Py_ssize_t>) -> Result<()> {
    unicode_start(cx, exception, start)
}

/// `start` of a UnicodeTranslateError.
#[capi]
fn PyUnicodeTranslateError_GetStart(cx: Cx<'_>, exception: Obj<'_>, start: Out<'_, Py_ssize_t>) -> Result<()> {
    unicode_start(cx, exception, start)
}

/// Set `start` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_SetStart(cx: Cx<'_>, exception: Obj<'_>, start: Py_ssize_t) -> Result<()> {
    set_unicode_int(cx, exception, "start", start)
}

/// Set `start` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_SetStart(cx: Cx<'_>, exception: Obj<'_>, start: Py_ssize_t) -> Result<()> {
    set_unicode_int(cx, exception, "start", start)
}

/// Set `start` of a UnicodeTranslateError.
#[capi]
fn PyUnicodeTranslateError_SetStart(cx: Cx<'_>, exception: Obj<'_>, start: Py_ssize_t) -> Result<()> {
    set_unicode_int(cx, exception, "start", start)
}

/// `end` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_GetEnd(cx: Cx<'_>, exception: Obj<'_>, end: Out<'_, Py_ssize_t>) -> Result<()> {
    unicode_end(cx, exception, end)
}

/// `end` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_GetEnd(cx: Cx<'_>, exception: Obj<'_>, end: Out<'_, Py_ssize_t>) -> Result<()> {
    unicode_end(cx, exception, end)
}

/// `end` of a UnicodeTranslateError.
#[capi]
fn PyUnicodeTranslateError_GetEnd(cx: Cx<'_>, exception: Obj<'_>, end: Out<'_, Py_ssize_t>) -> Result<()> {
    unicode_end(cx, exception, end)
}

/// Set `end` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_SetEnd(cx: Cx<'_>, exception: Obj<'_>, end: Py_ssize_t) -> Result<()> {
    set_unicode_int(cx, exception, "end", end)
}

/// Set `end` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_SetEnd(cx: Cx<'_>, exception: Obj<'_>, end: Py_ssize_t) -> Result<()> {
    set_unicode_int(cx, exception, "end", end)
}

/// Set `end` of a UnicodeTranslateError.
#[capi]
fn PyUnicodeTranslateError_SetEnd(cx: Cx<'_>, exception: Obj<'_>, end: Py_ssize_t) -> Result<()> {
    set_unicode_int(cx, exception, "end", end)
}

/// `reason` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_GetReason(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_text(cx, exception, "reason")
}

/// `reason` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_GetReason(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_text(cx, exception, "reason")
}

/// `reason` of a UnicodeTranslateError.
#[capi]
fn PyUnicodeTranslateError_GetReason(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    unicode_text(cx, exception, "reason")
}

/// Set `reason` of a UnicodeEncodeError.
#[capi]
fn PyUnicodeEncodeError_SetReason(cx: Cx<'_>, exception: Obj<'_>, reason: Text<'_>) -> Result<()> {
    set_unicode_reason(cx, exception, reason)
}

/// Set `reason` of a UnicodeDecodeError.
#[capi]
fn PyUnicodeDecodeError_SetReason(cx: Cx<'_>, exception: Obj<'_>, reason: Text<'_>) -> Result<()> {
    set_unicode_reason(cx, exception, reason)
}

/// Set `reason` of a UnicodeTranslateError.
#[capi]
fn PyUnicodeTranslateError_SetReason(cx: Cx<'_>, exception: Obj<'_>, reason: Text<'_>) -> Result<()> {
    set_unicode_reason(cx, exception, reason)
}
