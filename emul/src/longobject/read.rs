//! Ints to plain numbers.

use std::ffi::{c_int, c_long, c_longlong, c_ulong, c_ulonglong, c_void};

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::longobject::PyLong_SHIFT;
use object_mirror::object::PyObject;

use super::{bit_length, digits_of, is_int, to_i128, to_wrapped};
use crate::boundary::{Cx, New, Obj, Out, Result};
use crate::host::UnaryOp;

/// Read an int, or what the object's `__index__` gives.
fn with_index<T>(cx: Cx<'_>, object: Obj<'_>, read: impl FnOnce(bool, &[u32]) -> Result<T>) -> Result<T> {
    if is_int(object) {
        let (negative, digits) = digits_of(object.as_ptr());
        return read(negative, digits);
    }
    let int = index(cx, object)?;
    let (negative, digits) = digits_of(int.as_ptr());
    read(negative, digits)
}

/// `operator.index(object)`.
pub(super) fn index(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    let host = object.give(cx)?;
    cx.object(|h| h.unary(UnaryOp::Index, host.as_ref()))
}

/// Read an int; TypeError for anything else.
pub(super) fn expect_int<'a>(cx: Cx<'_>, object: Obj<'a>) -> Result<(bool, &'a [u32])> {
    if !is_int(object) {
        return Err(cx.type_error("an integer is required"));
    }
    Ok(digits_of(object.as_ptr()))
}

pub(super) fn overflow<T>(cx: Cx<'_>, message: &str) -> Result<T> {
    Err(cx.error("OverflowError", message))
}

/// Convert an int, or an object with `__index__`, to a C long; OverflowError if it does not fit.
#[capi]
fn PyLong_AsLong(cx: Cx<'_>, pylong: Obj<'_>) -> Result<c_long> {
    with_index(cx, pylong, |negative, digits| match to_i128(negative, digits).map(c_long::try_from) {
        Some(Ok(value)) => Ok(value),
        _ => overflow(cx, "Python int too large to convert to C long"),
    })
}

/// Convert an int, or an object with `__index__`, to a C int; OverflowError if it does not fit.
#[capi]
fn PyLong_AsInt(cx: Cx<'_>, obj: Obj<'_>) -> Result<c_int> {
    with_index(cx, obj, |negative, digits| match to_i128(negative, digits) {
        Some(value) if i64::try_from(value).is_ok() => match c_int::try_from(value) {
            Ok(value) => Ok(value),
            Err(_) => overflow(cx, "Python int too large to convert to C int"),
        },
        _ => overflow(cx, "Python int too large to convert to C int"),
    })
}

/// Convert an int, or an object with `__index__`, to a C long long; OverflowError if it does not fit.
#[capi]
fn PyLong_AsLongLong(cx: Cx<'_>, pylong: Obj<'_>) -> Result<c_longlong> {
    with_index(cx, pylong, |negative, digits| match to_i128(negative, digits).map(c_longlong::try_from) {
        Some(Ok(value)) => Ok(value),
        _ => overflow(cx, "int too big to convert"),
    })
}

/// As `PyLong_AsLong`, but a value out of range is told by -1 and `*overflow` 1 or -1, without an exception.
#[capi]
fn PyLong_AsLongAndOverflow(cx: Cx<'_>, pylong: Obj<'_>, overflow: Out<'_, c_int>) -> Result<c_long> {
    as_i64_and_overflow(cx, pylong, overflow)
}

/// As `PyLong_AsLongLong`, but a value out of range is told by -1 and `*overflow` 1 or -1, without an exception.
#[capi]
fn PyLong_AsLongLongAndOverflow(cx: Cx<'_>, pylong: Obj<'_>, overflow: Out<'_, c_int>) -> Result<c_longlong> {
    as_i64_and_overflow(cx, pylong, overflow)
}

fn as_i64_and_overflow(cx: Cx<'_>, object: Obj<'_>, mut overflow: Out<'_, c_int>) -> Result<i64> {
    overflow.write(0);
    with_index(cx, object, |negative, digits| match to_i128(negative, digits).map(i64::try_from) {
        Some(Ok(value)) => Ok(value),
        _ => {
            overflow.write(if negative { -1 } else { 1 });
            Ok(-1)
        }
    })
}

/// Convert an int to a `Py_ssize_t`; OverflowError if it does not fit.
#[capi]
fn PyLong_AsSsize_t(cx: Cx<'_>, pylong: Obj<'_>) -> Result<Py_ssize_t> {
    let (negative, digits) = expect_int(cx, pylong)?;
    match to_i128(negative, digits).map(Py_ssize_t::try_from) {
        Some(Ok(value)) => Ok(value),
        _ => overflow(cx, "Python int too large to convert to C ssize_t"),
    }
}

/// Convert an int to a `size_t`; OverflowError if it is negative or too large.
#[capi]
fn PyLong_AsSize_t(cx: Cx<'_>, pylong: Obj<'_>) -> Result<usize> {
    let (negative, digits) = expect_int(cx, pylong)?;
    if negative {
        return overflow(cx, "can't convert negative value to size_t");
    }
    match to_i128(negative, digits).map(usize::try_from) {
        Some(Ok(value)) => Ok(value),
        _ => overflow(cx, "Python int too large to convert to C size_t"),
    }
}

/// Convert an int to an unsigned long; OverflowError if it is negative or too large.
#[capi]
fn PyLong_AsUnsignedLong(cx: Cx<'_>, pylong: Obj<'_>) -> Result<c_ulong> {
    as_unsigned_long(cx, pylong)
}

pub(super) fn as_unsigned_long(cx: Cx<'_>, object: Obj<'_>) -> Result<c_ulong> {
    let (negative, digits) = expect_int(cx, object)?;
    if negative {
        return overflow(cx, "can't convert negative value to unsigned int");
    }
    match to_i128(negative, digits).map(c_ulong::try_from) {
        Some(Ok(value)) => Ok(value),
        _ => overflow(cx, "Python int too large to convert to C unsigned long"),
    }
}

/// Convert an int to an unsigned long long; OverflowError if it is negative or too large.
#[capi]
fn PyLong_AsUnsignedLongLong(cx: Cx<'_>, pylong: Obj<'_>) -> Result<c_ulonglong> {
    let (negative, digits) = expect_int(cx, pylong)?;
    if negative {
        return overflow(cx, "can't convert negative int to unsigned");
    }
    match to_i128(negative, digits).map(c_ulonglong::try_from) {
        Some(Ok(value)) => Ok(value),
        _ => overflow(cx, "int too big to convert"),
    }
}

/// Convert an int, or an object with `__index__`, to an unsigned long, modulo its range.
#[capi]
fn PyLong_AsUnsignedLongMask(cx: Cx<'_>, pylong: Obj<'_>) -> Result<c_ulong> {
    with_index(cx, pylong, |negative, digits| Ok(to_wrapped(negative, digits)))
}

/// Convert an int, or an object with `__index__`, to an unsigned long long, modulo its range.
#[capi]
fn PyLong_AsUnsignedLongLongMask(cx: Cx<'_>, pylong: Obj<'_>) -> Result<c_ulonglong> {
    with_index(cx, pylong, |negative, digits| Ok(to_wrapped(negative, digits)))
}

/// Convert an int that `PyLong_FromVoidPtr` made back to the address.
#[capi]
fn PyLong_AsVoidPtr(cx: Cx<'_>, pylong: Obj<'_>) -> Result<*mut c_void> {
    let (negative, digits) = expect_int(cx, pylong)?;
    if !negative {
        return as_unsigned_long(cx, pylong).map(|address| address as *mut c_void);
    }
    match to_i128(negative, digits).map(c_long::try_from) {
        Some(Ok(value)) => Ok(value as *mut c_void),
        _ => overflow(cx, "Python int too large to convert to C long"),
    }
}

/// Convert an int to a `time_t`; OverflowError if it does not fit.
#[capi]
fn _PyLong_AsTime_t(cx: Cx<'_>, obj: Obj<'_>) -> Result<i64> {
    with_index(cx, obj, |negative, digits| match to_i128(negative, digits).map(i64::try_from) {
        Some(Ok(value)) => Ok(value),
        _ => overflow(cx, "timestamp out of range for platform time_t"),
    })
}

/// Convert an int to the nearest double; OverflowError if it is too large.
#[capi]
fn PyLong_AsDouble(cx: Cx<'_>, pylong: Obj<'_>) -> Result<f64> {
    let (negative, digits) = expect_int(cx, pylong)?;
    match to_f64(negative, digits) {
        Some(value) => Ok(value),
        None => overflow(cx, "int too large to convert to float"),
    }
}

/// The nearest double, ties to even.
pub(crate) fn to_f64(negative: bool, digits: &[u32]) -> Option<f64> {
    let bits = bit_length(digits);
    if bits > 1024 {
        return None;
    }
    let (mantissa, exponent) = top_bits(digits, bits);
    let magnitude = mantissa as f64 * 2_f64.powi(exponent as i32);
    magnitude.is_finite().then_some(if negative { -magnitude } else { magnitude })
}

/// The top 64 bits, the lowest of which also tells whether anything non-zero is below, and the exponent: what a rounding
/// to 53 bits needs.
fn top_bits(digits: &[u32], bits: usize) -> (u64, usize) {
    if bits <= 64 {
        return (to_wrapped(false, digits), 0);
    }
    let exponent = bits - 64;
    let (first, within) = (exponent / PyLong_SHIFT as usize, exponent % PyLong_SHIFT as usize);
    let window = digits[first..].iter().rev().fold(0_u128, |value, &digit| value << PyLong_SHIFT | u128::from(digit));
    let mantissa = (window >> within) as u64;
    let below = window & ((1 << within) - 1) != 0 || digits[..first].iter().any(|&digit| digit != 0);
    (mantissa | u64::from(below), exponent)
}

/// Return x with 0.5 <= |x| < 1 and store e so that the int is about x * 2**e.
#[capi]
fn _PyLong_Frexp(a: Obj<'_>, e: Out<'_, Py_ssize_t>) -> f64 {
    let mut e = e;
    let (negative, digits) = digits_of(a.as_ptr());
    let mut bits = bit_length(digits);
    let (mantissa, _) = top_bits(digits, bits);
    if mantissa == 0 {
        e.write(0);
        return 0.0;
    }
    let mut fraction = mantissa as f64 / 2_f64.powi(bits.min(64) as i32);
    if fraction >= 1.0 {
        // Rounded up to the next power of two.
        fraction /= 2.0;
        bits += 1;
    }
    e.write(bits as Py_ssize_t);
    if negative { -fraction } else { fraction }
}

/// The sign of an int: -1, 0 or 1.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_Sign(v: *mut PyObject) -> c_int {
    match digits_of(v) {
        (_, []) => 0,
        (true, _) => -1,
        (false, _) => 1,
    }
}

/// The number of bits of an int's magnitude.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_NumBits(v: *mut PyObject) -> usize {
    bit_length(digits_of(v).1)
}

/// Whether the int has at most one digit.
#[capi(raw)]
pub unsafe extern "C" fn PyUnstable_Long_IsCompact(op: *const PyObject) -> c_int {
    c_int::from(digits_of(op.cast_mut()).1.len() <= 1)
}

/// The value of an int with at most one digit.
#[capi(raw)]
pub unsafe extern "C" fn PyUnstable_Long_CompactValue(op: *const PyObject) -> Py_ssize_t {
    let (negative, digits) = digits_of(op.cast_mut());
    let value = digits.first().map_or(0, |&digit| digit as Py_ssize_t);
    if negative { -value } else { value }
}
