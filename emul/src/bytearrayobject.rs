//! `bytearrayobject.h`: bytearrays. Their bytes are the host's; the mirror points at them.

use std::ffi::c_char;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::bytearrayobject::PyByteArrayObject;

use crate::boundary::{Cx, New, Obj, Result};
use crate::gen_::builtin_types::PyByteArray_Type;
use crate::host::BinaryOp;
use crate::{cross, typeobject};

fn is_bytearray(object: Obj<'_>) -> bool {
    typeobject::is_subtype(object.type_ptr(), &raw mut PyByteArray_Type)
}

/// Bring the mirror in step with the host's storage, and return it.
fn refreshed(cx: Cx<'_>, object: Obj<'_>) -> Result<*mut PyByteArrayObject> {
    if !is_bytearray(object) {
        return Err(cx.bad_internal_call());
    }
    let host = cross::look_at(cx, object)?;
    cross::show_bytearray(host.as_ref(), object.cast());
    Ok(object.cast())
}

/// Where the bytes of a mirror are; the empty string's place for none.
fn start_of(mirror: *mut PyByteArrayObject) -> *mut c_char {
    // SAFETY: a live bytearray's mirror.
    unsafe {
        if (*mirror).ob_base.ob_size == 0 {
            return (&raw mut crate::statics::_PyByteArray_empty_string).cast();
        }
        (*mirror).ob_start
    }
}

/// Return a bytearray of that content; NULL leaves it to C to fill.
#[capi]
fn PyByteArray_FromStringAndSize(cx: Cx<'_>, bytes: *const c_char, size: Py_ssize_t) -> Result<New> {
    let Ok(size) = usize::try_from(size) else {
        return Err(cx.system_error("Negative size passed to PyByteArray_FromStringAndSize"));
    };
    cx.expect_memory(size)?;
    if bytes.is_null() || size == 0 {
        return Ok(cx.to_c_fresh(cx.host().new_bytearray(&vec![0; size])));
    }
    // SAFETY: C passes `size` readable bytes.
    let content = unsafe { std::slice::from_raw_parts(bytes.cast(), size) };
    Ok(cx.to_c_fresh(cx.host().new_bytearray(content)))
}

/// Return `bytearray(o)`.
#[capi]
fn PyByteArray_FromObject(cx: Cx<'_>, o: Obj<'_>) -> Result<New> {
    let Some(class) = cx.host().builtin_class("bytearray") else {
        return Err(cx.bad_internal_call());
    };
    let object = o.give(cx)?;
    Ok(cx.to_c_fresh(cx.call(|h| h.call(class.as_ref(), &[object.as_ref()], &[]))?))
}

/// Return the bytes of two buffers joined, as a bytearray.
#[capi]
fn PyByteArray_Concat(cx: Cx<'_>, a: Obj<'_>, b: Obj<'_>) -> Result<New> {
    let concat_error = |_| {
        drop(cx.take_error());
        cx.type_error(format!("can't concat {:.100} to {:.100}", b.type_name(), a.type_name()))
    };
    let (left, right) = (a.give(cx)?, b.give(cx)?);
    let left = cx.call(|h| h.buffer(left.as_ref(), crate::buffer::PyBUF_FULL_RO)).map_err(concat_error)?;
    let right_buffer = cx.call(|h| h.buffer(right.as_ref(), crate::buffer::PyBUF_FULL_RO)).map_err(concat_error)?;
    if !crate::buffer::is_c_contiguous(&*left) || !crate::buffer::is_c_contiguous(&*right_buffer) {
        return Err(concat_error(cx.system_error("not contiguous")));
    }
    drop(right_buffer);
    let (data, len, _) = left.memory();
    let content = if len == 0 {
        &[]
    } else {
        // SAFETY: the buffer pins that memory until it is dropped.
        unsafe { std::slice::from_raw_parts(data, len) }
    };
    let joined = cx.host().new_bytearray(content);
    cx.object(|h| h.binary(BinaryOp::Add, joined.as_ref(), right.as_ref(), false))
}

/// The number of bytes.
#[capi]
fn PyByteArray_Size(cx: Cx<'_>, self_: Obj<'_>) -> Result<Py_ssize_t> {
    let mirror = refreshed(cx, self_)?;
    // SAFETY: a live bytearray's mirror.
    Ok(unsafe { (*mirror).ob_base.ob_size })
}

/// The bytes, with a NUL behind them.
#[capi]
fn PyByteArray_AsString(cx: Cx<'_>, self_: Obj<'_>) -> Result<*mut c_char> {
    refreshed(cx, self_).map(start_of)
}

/// Change the number of bytes; new ones are not initialised as far as C may rely on.
#[capi]
fn PyByteArray_Resize(cx: Cx<'_>, self_: Obj<'_>, requested_size: Py_ssize_t) -> Result<()> {
    let mirror = refreshed(cx, self_)?;
    let Ok(wanted) = usize::try_from(requested_size) else {
        return Err(cx.value_error(format!("Can only resize to positive sizes, got {requested_size}")));
    };
    // SAFETY: a live bytearray's mirror.
    let len = unsafe { (*mirror).ob_base.ob_size } as usize;
    let host = cross::look_at(cx, self_)?;
    if wanted > len {
        cx.expect_memory(wanted)?;
        let more = cx.host().new_bytes(&vec![0; wanted - len]);
        cx.call_builtin_method("bytearray", "extend", &[host.as_ref(), more.as_ref()])?;
    } else if wanted < len {
        let (from, to) = (cx.host().new_int(wanted as i64), cx.host().new_int(len as i64));
        let slice = cx.call_function("builtins", "slice", &[from.as_ref(), to.as_ref()])?;
        cx.call_builtin_method("bytearray", "__delitem__", &[host.as_ref(), slice.as_ref()])?;
    }
    refreshed(cx, self_).map(drop)
}
