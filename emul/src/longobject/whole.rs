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

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(value: u128) -> Vec<u32> {
        let mut digits = Vec::new();
        let mut rest = value;
        while rest != 0 {
            digits.push((rest & u128::from(DIGIT_MASK)) as u32);
            rest >>= PyLong_SHIFT;
        }
        digits
    }

    fn stripped(mut digits: Vec<u32>) -> Vec<u32> {
        while digits.last() == Some(&0) {
            digits.pop();
        }
        digits
    }

    #[test]
    fn text_in_any_base_is_the_number() {
        assert_eq!(digits_in_base(&[1; 30], 2), digits((1 << 30) - 1));
        assert_eq!(stripped(digits_in_base(&[0, 0, 9, 9], 10)), digits(99));
        let decimal: Vec<u8> = u128::MAX.to_string().bytes().map(|digit| digit - b'0').collect();
        assert_eq!(stripped(digits_in_base(&decimal, 10)), digits(u128::MAX));
        assert_eq!(stripped(digits_in_base(&[35; 20], 36)), digits(36_u128.pow(20) - 1));
    }

    #[test]
    fn bytes_are_twos_complement() {
        for value in [0_i128, 1, -1, 127, 128, -128, -129, 1 << 30, -(1 << 30), 1 << 62, i128::from(i64::MIN), 1 << 90]
        {
            let mut place = [0xaa; 16];
            to_bytes(value < 0, &digits(value.unsigned_abs()), &mut place);
            assert_eq!(i128::from_le_bytes(place), value);
        }
        assert_eq!(stripped(digits_of_bytes([0xff; 16].into_iter())), digits(u128::MAX));
    }

    #[test]
    fn doubles_are_rounded_to_even() {
        for value in
            [0, 1, (1 << 53) - 1, (1 << 53) + 1, (1 << 54) + 2, (1 << 64) - 1, 3 << 100, u128::MAX, (1 << 117) + 1]
        {
            assert_eq!(to_f64(false, &digits(value)), Some(value as f64), "{value}");
            assert_eq!(to_f64(true, &digits(value)), Some(-(value as f64)), "-{value}");
        }
        // Half way, and what decides is in the lowest digit.
        let tie = shifted_left((1 << 53) + 1, 200);
        assert_eq!(to_f64(false, &tie), Some(2_f64.powi(253)));
        let mut above = tie;
        above[0] |= 1;
        assert_eq!(to_f64(false, &above), Some(2_f64.powi(253) + 2_f64.powi(201)));
        assert_eq!(to_f64(false, &shifted_left(1, 1024)), None);
        assert_eq!(to_f64(false, &shifted_left(u64::MAX, 960)), None);
        assert_eq!(to_f64(false, &shifted_left((1 << 53) - 1, 971)), Some(f64::MAX));
    }

    #[test]
    fn native_sizes_are_cpythons() {
        // value, n, with flags 0, with an unsigned buffer: recorded from CPython 3.13.
        let recorded: [(i128, usize, usize, usize); 18] = [
            (0, 0, 8, 8),
            (128, 1, 2, 1),
            (127, 1, 1, 1),
            (256, 1, 8, 8),
            (-129, 1, 8, 8),
            (-128, 1, 1, 1),
            (1 << 29, 4, 4, 4),
            (1 << 29, 9, 8, 8),
            (1 << 30, 0, 4, 4),
            (1 << 30, 16, 4, 4),
            ((1 << 32) - 1, 4, 5, 4),
            (1 << 63, 8, 9, 8),
            (1 << 63, 9, 9, 9),
            (-(1 << 63), 8, 8, 8),
            (-(1 << 63), 9, 9, 9),
            (-(1 << 63) - 1, 8, 9, 9),
            (-(1 << 64), 8, 9, 9),
            ((1 << 72) - 1, 9, 10, 9),
        ];
        for (value, n, signed, unsigned) in recorded {
            let digits = digits(value.unsigned_abs());
            assert_eq!(native_size(value < 0, &digits, n, false), signed, "{value} in {n}");
            assert_eq!(native_size(value < 0, &digits, n, true), unsigned, "{value} in {n}, unsigned");
        }
    }
}
