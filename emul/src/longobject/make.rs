//! Plain numbers to ints.

use std::ffi::{c_long, c_longlong, c_uint, c_ulong, c_ulonglong, c_void};

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::longobject::PyLong_SHIFT;
use object_mirror::object::PyObject;

use super::{DIGIT_MASK, new_from_digits, new_from_i64, new_from_u64};
use crate::boundary::{Cx, New, Result};

/// Return an int of that value.
#[capi(raw)]
pub unsafe extern "C" fn PyLong_FromLong(v: c_long) -> *mut PyObject {
    new_from_i64(v).into_ptr()
}

/// Return an int of that value.
#[capi(raw)]
pub unsafe extern "C" fn PyLong_FromLongLong(v: c_longlong) -> *mut PyObject {
    new_from_i64(v).into_ptr()
}

/// Return an int of that value.
#[capi(raw)]
pub unsafe extern "C" fn PyLong_FromSsize_t(v: Py_ssize_t) -> *mut PyObject {
    new_from_i64(v as i64).into_ptr()
}

/// Return an int of that value.
#[capi(raw)]
pub unsafe extern "C" fn PyLong_FromSize_t(v: usize) -> *mut PyObject {
    new_from_u64(v as u64).into_ptr()
}

/// Return an int of that value.
#[capi(raw)]
pub unsafe extern "C" fn PyLong_FromUnsignedLong(v: c_ulong) -> *mut PyObject {
    new_from_u64(v).into_ptr()
}

/// Return an int of that value.
#[capi(raw)]
pub unsafe extern "C" fn PyLong_FromUnsignedLongLong(v: c_ulonglong) -> *mut PyObject {
    new_from_u64(v).into_ptr()
}

/// Return the address as a non-negative int.
#[capi(raw)]
pub unsafe extern "C" fn PyLong_FromVoidPtr(p: *mut c_void) -> *mut PyObject {
    new_from_u64(p as u64).into_ptr()
}

/// Return the int of a `time_t`.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_FromTime_t(t: i64) -> *mut PyObject {
    new_from_i64(t).into_ptr()
}

/// Return the int of a group id, -1 for the one that means "no change".
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_FromGid(gid: c_uint) -> *mut PyObject {
    new_from_i64(if gid == c_uint::MAX { -1 } else { i64::from(gid) }).into_ptr()
}

/// Return the int of the integer part of `v`; OverflowError for infinities, ValueError for NaN.
#[capi]
fn PyLong_FromDouble(cx: Cx<'_>, v: f64) -> Result<New> {
    if v.is_infinite() {
        return Err(cx.error("OverflowError", "cannot convert float infinity to integer"));
    }
    if v.is_nan() {
        return Err(cx.value_error("cannot convert float NaN to integer"));
    }
    let (mantissa, exponent) = mantissa_and_exponent(v.abs());
    let digits = if exponent >= 0 {
        shifted_left(mantissa, exponent as usize)
    } else {
        shifted_left(mantissa.checked_shr(exponent.unsigned_abs()).unwrap_or(0), 0)
    };
    Ok(new_from_digits(v < 0.0, &digits))
}

/// `value` as mantissa * 2**exponent.
fn mantissa_and_exponent(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52) & 0x7ff {
        0 => (fraction, -1074),
        biased => (fraction | 1 << 52, biased as i32 - 1075),
    }
}

/// The digits of `value << shift`.
pub(super) fn shifted_left(value: u64, shift: usize) -> Vec<u32> {
    let mut digits = vec![0; shift / PyLong_SHIFT as usize];
    let mut rest = u128::from(value) << (shift % PyLong_SHIFT as usize);
    while rest != 0 {
        digits.push((rest & u128::from(DIGIT_MASK)) as u32);
        rest >>= PyLong_SHIFT;
    }
    digits
}
