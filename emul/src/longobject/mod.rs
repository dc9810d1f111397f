//! `longobject.h`, `cpython/longobject.h`, `cpython/longintrepr.h`: ints.
//!
//! An int lives in its mirror as CPython's sign and 30-bit digits, whoever made it, so everything here but arithmetic is
//! answered from the mirror; arithmetic goes to the host.

pub(crate) mod bytes;
pub(crate) mod convert;
pub(crate) mod make;
pub(crate) mod read;
#[cfg(test)]
mod tests;
pub(crate) mod text;
pub(crate) mod whole;

pub(crate) use make::PyLong_FromSize_t;
pub(crate) use read::to_f64;

use object_mirror::longobject::{NON_SIZE_BITS, PyLong_SHIFT, PyLongObject, SIGN_MASK, SIGN_NEGATIVE, SIGN_ZERO};
use object_mirror::object::{Py_TPFLAGS_LONG_SUBCLASS, PyObject};

use crate::boundary::{New, Obj};
use crate::{lifetime, statics};

const DIGIT_MASK: u32 = (1 << PyLong_SHIFT) - 1;
/// Where the digits start.
const HEADER: usize = std::mem::offset_of!(PyLongObject, ob_digit);
/// Digit counts up to which CPython converts text without asking for the limit.
const UNLIMITED_DIGITS: usize = 640;

// ---- the mirror ----

/// The sign and digits of an int, a bool or an instance of a subclass; `op` is one, alive for `'a`.
#[inline]
pub(crate) fn digits_of<'a>(op: *mut PyObject) -> (bool, &'a [u32]) {
    let int = op.cast::<PyLongObject>();
    // SAFETY: the caller's contract; `lv_tag` counts the digits behind it.
    unsafe {
        let tag = (*int).lv_tag;
        let digits = op.byte_add(HEADER).cast::<u32>();
        (tag & SIGN_MASK == SIGN_NEGATIVE, std::slice::from_raw_parts(digits, tag >> NON_SIZE_BITS))
    }
}

/// The value of an int of no more than two digits.
#[inline]
pub(crate) fn short_value(op: *mut PyObject) -> Option<i64> {
    let (negative, digits) = digits_of(op);
    let magnitude = match *digits {
        [] => 0,
        [low] => i64::from(low),
        [low, high] => i64::from(high) << PyLong_SHIFT | i64::from(low),
        _ => return None,
    };
    Some(if negative { -magnitude } else { magnitude })
}

/// The size of the mirror of an int with that many digits.
pub(crate) const fn size_for(ndigits: usize) -> usize {
    HEADER + size_of::<u32>() * if ndigits == 0 { 1 } else { ndigits }
}

/// Lay the value out in a mirror of [`size_for`] bytes; `digits` has no leading zeros.
pub(crate) fn fill(ptr: *mut PyObject, negative: bool, digits: &[u32]) {
    let int = ptr.cast::<PyLongObject>();
    // SAFETY: the caller allocated `size_for(digits.len())` bytes at `ptr` and nobody else sees them yet.
    unsafe {
        (*int).lv_tag = tag_of(negative, digits.len());
        let place = ptr.byte_add(HEADER).cast::<u32>();
        place.write(0);
        place.copy_from_nonoverlapping(digits.as_ptr(), digits.len());
    }
}

const fn tag_of(negative: bool, ndigits: usize) -> usize {
    let sign = match (ndigits, negative) {
        (0, _) => SIGN_ZERO,
        (_, true) => SIGN_NEGATIVE,
        (_, false) => 0,
    };
    ndigits << NON_SIZE_BITS | sign
}

/// A C-born int, or the static small one.
#[inline]
pub(crate) fn new_from_i64(value: i64) -> New {
    if let Some(small) = statics::small_int(value) {
        return New::from_static(small);
    }
    let magnitude = value.unsigned_abs();
    if magnitude >> (2 * PyLong_SHIFT) == 0 {
        return allocate_short(value < 0, magnitude);
    }
    let (digits, len) = digits_of_u64(magnitude);
    allocate(value < 0, &digits[..len])
}

/// A C-born int of one digit or two, the most frequent ones: a block of a known size, written once.
#[inline]
fn allocate_short(negative: bool, magnitude: u64) -> New {
    const SIZE: usize = size_for(2);
    let mirror = lifetime::alloc_unfilled(&raw mut crate::gen_::builtin_types::PyLong_Type, SIZE);
    let mirror = mirror.expect("memory for an int").as_ptr();
    let (low, high) = (magnitude as u32 & DIGIT_MASK, (magnitude >> PyLong_SHIFT) as u32);
    // SAFETY: `SIZE` bytes that nobody else sees yet: room for two digits.
    unsafe {
        (*mirror.cast::<PyLongObject>()).lv_tag = tag_of(negative, 1 + usize::from(high != 0));
        mirror.byte_add(HEADER).cast::<[u32; 2]>().write([low, high]);
    }
    own(mirror)
}

/// A C-born int, or the static small one.
#[inline]
pub(crate) fn new_from_u64(value: u64) -> New {
    if let Ok(value) = i64::try_from(value) {
        return new_from_i64(value);
    }
    let (digits, len) = digits_of_u64(value);
    allocate(false, &digits[..len])
}

/// A C-born int of these digits, which may have leading zeros; or the static small one.
pub(crate) fn new_from_digits(negative: bool, digits: &[u32]) -> New {
    let len = digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1);
    if len <= 1 {
        let magnitude = i64::from(if len == 0 { 0 } else { digits[0] });
        return new_from_i64(if negative { -magnitude } else { magnitude });
    }
    allocate(negative, &digits[..len])
}

fn allocate(negative: bool, digits: &[u32]) -> New {
    let mirror = lifetime::alloc_object(&raw mut crate::gen_::builtin_types::PyLong_Type, size_for(digits.len()))
        .expect("memory for an int");
    fill(mirror.as_ptr(), negative, digits);
    own(mirror.as_ptr())
}

fn own(mirror: *mut PyObject) -> New {
    // SAFETY: `alloc_object` gave us the one reference to a new object.
    unsafe { New::from_ptr(mirror) }.expect("a new object has an address")
}

fn digits_of_u64(mut value: u64) -> ([u32; 3], usize) {
    let mut digits = [0; 3];
    let mut len = 0;
    while value != 0 {
        digits[len] = (value & u64::from(DIGIT_MASK)) as u32;
        value >>= PyLong_SHIFT;
        len += 1;
    }
    (digits, len)
}

/// Whether the object is an int (`PyLong_Check`).
#[inline]
pub(crate) fn is_int(object: Obj<'_>) -> bool {
    object.type_has(Py_TPFLAGS_LONG_SUBCLASS)
}

/// The value of an int, if it fits in 64 bits with sign.
#[inline]
pub(crate) fn to_i64(op: *mut PyObject) -> Option<i64> {
    let (negative, digits) = digits_of(op);
    i64::try_from(to_i128(negative, digits)?).ok()
}

#[inline]
fn to_i128(negative: bool, digits: &[u32]) -> Option<i128> {
    if digits.len() > 4 {
        return None;
    }
    let magnitude = digits.iter().rev().fold(0_i128, |value, &digit| value << PyLong_SHIFT | i128::from(digit));
    Some(if negative { -magnitude } else { magnitude })
}

/// The order of two ints of any size.
#[inline]
pub(crate) fn compare(left: *mut PyObject, right: *mut PyObject) -> std::cmp::Ordering {
    if let (Some(left), Some(right)) = (to_i64(left), to_i64(right)) {
        return left.cmp(&right);
    }
    let ((negative, digits), (other_negative, others)) = (digits_of(left), digits_of(right));
    if negative != other_negative {
        return other_negative.cmp(&negative);
    }
    let by_size = digits.len().cmp(&others.len()).then_with(|| digits.iter().rev().cmp(others.iter().rev()));
    if negative { by_size.reverse() } else { by_size }
}

/// The value modulo 2**64.
fn to_wrapped(negative: bool, digits: &[u32]) -> u64 {
    let low = digits.iter().take(3).rev().fold(0_u64, |value, &digit| value << PyLong_SHIFT | u64::from(digit));
    if negative { low.wrapping_neg() } else { low }
}

/// The number of bits of the magnitude.
fn bit_length(digits: &[u32]) -> usize {
    digits.last().map_or(0, |last| (digits.len() - 1) * PyLong_SHIFT as usize + (32 - last.leading_zeros() as usize))
}
