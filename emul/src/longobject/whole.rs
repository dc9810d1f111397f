//! Whole ints: making them by their digits, and arithmetic.

use std::ffi::c_int;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::longobject::PyLongObject;
use object_mirror::object::PyObject;

use super::read::_PyLong_Sign;
use super::{digits_of, is_int, new_from_digits, new_from_i64, new_from_u64, own, size_for, tag_of};
use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{BinaryOp, HostObj};
use crate::lifetime;

/// Return a new int with room for that many digits, for the caller to fill.
#[capi]
fn _PyLong_New(cx: Cx<'_>, size: Py_ssize_t) -> Result<New> {
    let count = usize::try_from(size).map_err(|_| cx.bad_internal_call())?;
    if count > isize::MAX as usize / 8 {
        return Err(cx.error("OverflowError", "too many digits in integer"));
    }
    let Some(mirror) = lifetime::alloc_object(&raw mut crate::gen_::builtin_types::PyLong_Type, size_for(count)) else {
        return Err(crate::unicodeobject::no_memory(cx));
    };
    // SAFETY: a new int of that size, seen by nobody else.
    unsafe { (*mirror.as_ptr().cast::<PyLongObject>()).lv_tag = tag_of(false, count) };
    Ok(own(mirror.as_ptr()))
}

/// Return an exact int of the same value.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_Copy(src: *mut PyObject) -> *mut PyObject {
    let (negative, digits) = digits_of(src);
    new_from_digits(negative, digits).into_ptr()
}

/// Return the int with that sign and those digits, least significant first.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_FromDigits(
    negative: c_int,
    digit_count: Py_ssize_t,
    digits: *mut u32,
) -> *mut PyObject {
    let count = usize::try_from(digit_count).unwrap_or(0);
    if count == 0 {
        return new_from_i64(0).into_ptr();
    }
    // SAFETY: C passes that many digits.
    let digits = unsafe { std::slice::from_raw_parts(digits, count) };
    new_from_digits(negative != 0, digits).into_ptr()
}

fn arithmetic(cx: Cx<'_>, op: BinaryOp, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    let (left, right) = (left.give(cx)?, right.give(cx)?);
    cx.object(|h| h.binary(op, left.as_ref(), right.as_ref(), false))
}

/// Return the sum of two ints.
#[capi]
fn _PyLong_Add(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    arithmetic(cx, BinaryOp::Add, left, right)
}

/// Return the difference of two ints.
#[capi]
fn _PyLong_Subtract(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    arithmetic(cx, BinaryOp::Subtract, left, right)
}

/// Return the product of two ints.
#[capi]
fn _PyLong_Multiply(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    arithmetic(cx, BinaryOp::Multiply, left, right)
}

/// Return `a << shiftby`.
#[capi]
fn _PyLong_Lshift(cx: Cx<'_>, a: Obj<'_>, shiftby: usize) -> Result<New> {
    arithmetic(cx, BinaryOp::Lshift, a, new_from_u64(shiftby as u64).obj())
}

/// Return `a >> shiftby`.
#[capi]
fn _PyLong_Rshift(cx: Cx<'_>, a: Obj<'_>, shiftby: usize) -> Result<New> {
    arithmetic(cx, BinaryOp::Rshift, a, new_from_u64(shiftby as u64).obj())
}

/// Return the greatest common divisor of two ints.
#[capi]
fn _PyLong_GCD(cx: Cx<'_>, a: Obj<'_>, b: Obj<'_>) -> Result<New> {
    let (a, b) = (a.give(cx)?, b.give(cx)?);
    cx.call_function("math", "gcd", &[a.as_ref(), b.as_ref()]).map(|gcd| cx.to_c(gcd))
}

/// Return the quotient nearest to a / b, ties to even, and the remainder, as a tuple.
#[capi]
fn _PyLong_DivmodNear(cx: Cx<'_>, a: Obj<'_>, b: Obj<'_>) -> Result<New> {
    if !is_int(a) || !is_int(b) {
        return Err(cx.type_error("non-integer arguments in division"));
    }
    let (a, b) = (a.give(cx)?, b.give(cx)?);
    let pair = cx.call(|h| h.binary(BinaryOp::Divmod, a.as_ref(), b.as_ref(), false))?;
    let mut pair = cx.host().items(pair.as_ref());
    let (Some(mut remainder), Some(mut quotient)) = (pair.pop(), pair.pop()) else {
        return Err(cx.system_error("divmod() gave no pair"));
    };
    // divmod rounds down: the quotient is one too small where the remainder is more than half the divisor.
    let (one, two) = (cx.host().new_int(1), cx.host().new_int(2));
    let number = |op, left: &HostObj, right: &HostObj| cx.call(|h| h.binary(op, left.as_ref(), right.as_ref(), false));
    let twice = number(BinaryOp::Multiply, &remainder, &two)?;
    let sign = |int: &HostObj| {
        let mirror = cx.to_c(int.clone());
        // SAFETY: an int, alive in `mirror`.
        unsafe { _PyLong_Sign(mirror.as_ptr()) }
    };
    let excess = sign(&number(BinaryOp::Subtract, &twice, &b)?) * if sign(&b) < 0 { -1 } else { 1 };
    let odd = sign(&number(BinaryOp::And, &quotient, &one)?) != 0;
    if excess > 0 || excess == 0 && odd {
        quotient = number(BinaryOp::Add, &quotient, &one)?;
        remainder = number(BinaryOp::Subtract, &remainder, &b)?;
    }
    Ok(cx.to_c(cx.host().new_tuple(vec![quotient, remainder])))
}

/// Return `sys.int_info`.
#[capi]
fn PyLong_GetInfo(cx: Cx<'_>) -> Result<New> {
    match cx.host().sys_attr("int_info") {
        Some(info) => Ok(cx.to_c(info)),
        None => Err(cx.error("RuntimeError", "lost sys.int_info")),
    }
}
