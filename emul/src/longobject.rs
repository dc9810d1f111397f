//! `longobject.h`, `cpython/longobject.h`, `cpython/longintrepr.h`: ints.
//!
//! An int lives in its mirror as CPython's sign and 30-bit digits, whoever made it, so everything here but arithmetic is
//! answered from the mirror; arithmetic goes to the host.

use std::ffi::{c_char, c_int, c_long, c_longlong, c_uint, c_ulong, c_ulonglong, c_ushort, c_void};

use capi_macros::{capi, capi_data};
use object_mirror::Py_ssize_t;
use object_mirror::longobject::{NON_SIZE_BITS, PyLong_SHIFT, PyLongObject, SIGN_MASK, SIGN_NEGATIVE, SIGN_ZERO};
use object_mirror::object::{Py_TPFLAGS_LONG_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS, PyObject};

use crate::boundary::{Cx, New, Obj, Out, Result, enter};
use crate::host::{BinaryOp, HostObj, UnaryOp};
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

/// The value modulo 2**64.
fn to_wrapped(negative: bool, digits: &[u32]) -> u64 {
    let low = digits.iter().take(3).rev().fold(0_u64, |value, &digit| value << PyLong_SHIFT | u64::from(digit));
    if negative { low.wrapping_neg() } else { low }
}

/// The number of bits of the magnitude.
fn bit_length(digits: &[u32]) -> usize {
    digits.last().map_or(0, |last| (digits.len() - 1) * PyLong_SHIFT as usize + (32 - last.leading_zeros() as usize))
}

// ---- plain numbers to ints ----

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
fn shifted_left(value: u64, shift: usize) -> Vec<u32> {
    let mut digits = vec![0; shift / PyLong_SHIFT as usize];
    let mut rest = u128::from(value) << (shift % PyLong_SHIFT as usize);
    while rest != 0 {
        digits.push((rest & u128::from(DIGIT_MASK)) as u32);
        rest >>= PyLong_SHIFT;
    }
    digits
}

// ---- ints to plain numbers ----

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
fn index(cx: Cx<'_>, object: Obj<'_>) -> Result<New> {
    let host = object.give(cx)?;
    cx.object(|h| h.unary(UnaryOp::Index, host.as_ref()))
}

/// Read an int; TypeError for anything else.
fn expect_int<'a>(cx: Cx<'_>, object: Obj<'a>) -> Result<(bool, &'a [u32])> {
    if !is_int(object) {
        return Err(cx.type_error("an integer is required"));
    }
    Ok(digits_of(object.as_ptr()))
}

fn overflow<T>(cx: Cx<'_>, message: &str) -> Result<T> {
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

fn as_unsigned_long(cx: Cx<'_>, object: Obj<'_>) -> Result<c_ulong> {
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

// ---- converters for "O&" ----

/// One `_PyLong_*_Converter`: 1 with the value stored, or 0 with an exception.
fn convert<T>(
    name: &'static str,
    object: *mut PyObject,
    target: *mut c_void,
    read: impl FnOnce(Cx<'static>, Obj<'static>) -> Result<T>,
) -> c_int {
    // SAFETY: C calls with the lock held, a live object, and the address of a variable of the converter's type.
    let result = unsafe {
        enter(name, |cx| {
            let Some(object) = Obj::from_ptr(object) else {
                return Ok(Err(cx.bad_internal_call()));
            };
            if is_int(object) && digits_of(object.as_ptr()).0 {
                return Ok(Err(cx.value_error("value must be positive")));
            }
            Ok(read(cx, object).map(|value| target.cast::<T>().write(value)))
        })
    };
    c_int::from(result == 0)
}

fn narrowed<T: TryFrom<c_ulong>>(cx: Cx<'_>, object: Obj<'_>, name: &str) -> Result<T> {
    let value = as_unsigned_long(cx, object)?;
    T::try_from(value).or_else(|_| overflow(cx, &format!("Python int too large for C {name}")))
}

/// An argument converter: store an unsigned short.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_UnsignedShort_Converter(obj: *mut PyObject, ptr: *mut c_void) -> c_int {
    convert("_PyLong_UnsignedShort_Converter", obj, ptr, |cx, object| {
        narrowed::<c_ushort>(cx, object, "unsigned short")
    })
}

/// An argument converter: store an unsigned int.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_UnsignedInt_Converter(obj: *mut PyObject, ptr: *mut c_void) -> c_int {
    convert("_PyLong_UnsignedInt_Converter", obj, ptr, |cx, object| narrowed::<c_uint>(cx, object, "unsigned int"))
}

/// An argument converter: store an unsigned long.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_UnsignedLong_Converter(obj: *mut PyObject, ptr: *mut c_void) -> c_int {
    convert("_PyLong_UnsignedLong_Converter", obj, ptr, |cx, object| as_unsigned_long(cx, object))
}

/// An argument converter: store an unsigned long long.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_UnsignedLongLong_Converter(obj: *mut PyObject, ptr: *mut c_void) -> c_int {
    convert("_PyLong_UnsignedLongLong_Converter", obj, ptr, |cx, object| {
        let (negative, digits) = expect_int(cx, object)?;
        match to_i128(negative, digits).map(c_ulonglong::try_from) {
            Some(Ok(value)) => Ok(value),
            _ => overflow(cx, "int too big to convert"),
        }
    })
}

/// An argument converter: store a `size_t`.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_Size_t_Converter(obj: *mut PyObject, ptr: *mut c_void) -> c_int {
    convert("_PyLong_Size_t_Converter", obj, ptr, |cx, object| {
        let (negative, digits) = expect_int(cx, object)?;
        match to_i128(negative, digits).map(usize::try_from) {
            Some(Ok(value)) => Ok(value),
            _ => overflow(cx, "Python int too large to convert to C size_t"),
        }
    })
}

// ---- bytes ----

/// The digits of a number in base 256, least significant byte first.
fn digits_of_bytes(bytes: impl Iterator<Item = u8>) -> Vec<u32> {
    let mut digits = Vec::new();
    let (mut rest, mut bits) = (0_u64, 0);
    for byte in bytes {
        rest |= u64::from(byte) << bits;
        bits += 8;
        if bits >= PyLong_SHIFT {
            digits.push((rest & u64::from(DIGIT_MASK)) as u32);
            rest >>= PyLong_SHIFT;
            bits -= PyLong_SHIFT;
        }
    }
    digits.push(rest as u32);
    digits
}

/// The int that `bytes`, least significant first, stand for.
fn from_bytes(bytes: &[u8], signed: bool) -> New {
    let negative = signed && bytes.last().is_some_and(|top| top & 0x80 != 0);
    if !negative {
        return new_from_digits(false, &digits_of_bytes(bytes.iter().copied()));
    }
    let mut carry = true;
    let magnitude = bytes.iter().map(|byte| {
        let (byte, overflowed) = (!byte).overflowing_add(u8::from(carry));
        carry = overflowed;
        byte
    });
    let mut magnitude: Vec<u8> = magnitude.collect();
    magnitude.push(u8::from(carry));
    new_from_digits(true, &digits_of_bytes(magnitude.into_iter()))
}

/// Write the value in two's complement, least significant byte first, cut or extended to the length of `place`.
fn to_bytes(negative: bool, digits: &[u32], place: &mut [u8]) {
    let (mut rest, mut bits) = (0_u64, 0);
    let mut digits = digits.iter();
    let mut carry = negative;
    for byte in place {
        if bits < 8 {
            let digit = digits.next().copied().unwrap_or(0);
            rest |= u64::from(digit) << bits;
            bits += PyLong_SHIFT;
        }
        let magnitude = rest as u8;
        rest >>= 8;
        bits -= 8;
        *byte = magnitude;
        if negative {
            (*byte, carry) = (!magnitude).overflowing_add(u8::from(carry));
        }
    }
}

/// Whether the magnitude is a power of two.
fn is_power_of_two(digits: &[u32]) -> bool {
    match digits.split_last() {
        Some((top, low)) => top.is_power_of_two() && low.iter().all(|&digit| digit == 0),
        None => false,
    }
}

/// The bits that the value needs in two's complement.
fn signed_bits(negative: bool, digits: &[u32]) -> usize {
    let bits = bit_length(digits);
    if negative && is_power_of_two(digits) { bits } else { bits + 1 }
}

/// # Safety
/// `bytes` has `n` readable bytes.
unsafe fn from_memory(bytes: *const u8, n: usize, little_endian: bool, signed: bool) -> New {
    if n == 0 {
        return new_from_i64(0);
    }
    // SAFETY: the caller's contract.
    let bytes = unsafe { std::slice::from_raw_parts(bytes, n) };
    if little_endian {
        return from_bytes(bytes, signed);
    }
    let mut reversed = bytes.to_vec();
    reversed.reverse();
    from_bytes(&reversed, signed)
}

/// Return the int that `n` bytes stand for, signed or not.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_FromByteArray(
    bytes: *const u8,
    n: usize,
    little_endian: c_int,
    is_signed: c_int,
) -> *mut PyObject {
    // SAFETY: C passes `n` readable bytes.
    unsafe { from_memory(bytes, n, little_endian != 0, is_signed != 0) }.into_ptr()
}

/// Store the low `n` bytes of an int; -1 with OverflowError (if `with_exceptions`) where they are not the whole value.
#[capi]
fn _PyLong_AsByteArray(
    cx: Cx<'_>,
    v: Obj<'_>,
    bytes: *mut u8,
    n: usize,
    little_endian: c_int,
    is_signed: c_int,
    with_exceptions: c_int,
) -> c_int {
    let (negative, digits) = digits_of(v.as_ptr());
    let fail = |message: &str| {
        if with_exceptions != 0 {
            let _raised = cx.error("OverflowError", message);
        }
        -1
    };
    if negative && is_signed == 0 {
        return fail("can't convert negative int to unsigned");
    }
    if n > 0 {
        // SAFETY: C passes `n` writable bytes.
        let place = unsafe { std::slice::from_raw_parts_mut(bytes, n) };
        to_bytes(negative, digits, place);
        if little_endian == 0 {
            place.reverse();
        }
    }
    let needed = match digits {
        [] => 0,
        _ if is_signed != 0 => signed_bits(negative, digits),
        _ => bit_length(digits),
    };
    if needed > n.saturating_mul(8) {
        return fail("int too big to convert");
    }
    0
}

const NATIVE_LITTLE_ENDIAN: c_int = 1;
const NATIVE_ENDIAN: c_int = 3;
const NATIVE_UNSIGNED: c_int = 4;
const NATIVE_REJECT_NEGATIVE: c_int = 8;
const NATIVE_ALLOW_INDEX: c_int = 16;

/// Whether `Py_ASNATIVEBYTES_*` flags mean least significant byte first.
fn native_little_endian(flags: c_int) -> bool {
    if flags == -1 || flags & (NATIVE_ENDIAN - NATIVE_LITTLE_ENDIAN) != 0 {
        return cfg!(target_endian = "little");
    }
    flags & NATIVE_LITTLE_ENDIAN != 0
}

/// Copy an int into a native variable of `n_bytes`; the number of bytes that the value needs.
#[capi]
fn PyLong_AsNativeBytes(
    cx: Cx<'_>,
    v: Obj<'_>,
    buffer: *mut c_void,
    n_bytes: Py_ssize_t,
    flags: c_int,
) -> Result<Py_ssize_t> {
    let has = |flag: c_int| flags != -1 && flags & flag != 0;
    let int = if is_int(v) {
        v.to_new()
    } else if has(NATIVE_ALLOW_INDEX) {
        index(cx, v)?
    } else {
        let name = crate::typeobject::full_name(cx, v.type_ptr())?;
        return Err(cx.type_error(format!("expect int, got {}", String::from_utf8_lossy(&name))));
    };
    let (negative, digits) = digits_of(int.as_ptr());
    if has(NATIVE_REJECT_NEGATIVE) && negative {
        return Err(cx.value_error("Cannot convert negative int"));
    }
    let Ok(n) = usize::try_from(n_bytes) else {
        return Err(cx.bad_internal_call());
    };
    if n > 0 && !buffer.is_null() {
        // SAFETY: C passes `n_bytes` writable bytes.
        let place = unsafe { std::slice::from_raw_parts_mut(buffer.cast::<u8>(), n) };
        to_bytes(negative, digits, place);
        if !native_little_endian(flags) {
            place.reverse();
        }
    }
    let unsigned = flags == -1 || flags & NATIVE_UNSIGNED != 0;
    Ok(native_size(negative, digits, n, unsigned) as Py_ssize_t)
}

/// What CPython answers: exactly `n` where the value fits, else a sufficient size, which for a compact value is a word.
fn native_size(negative: bool, digits: &[u32], n: usize, unsigned: bool) -> usize {
    let word = size_of::<Py_ssize_t>();
    let fits_signed = signed_bits(negative, digits) <= n * 8;
    let fits_unsigned = !negative && bit_length(digits) <= n * 8;
    if digits.len() <= 1 {
        return match n {
            0 => word,
            _ if n > word => word,
            _ if fits_signed => n,
            _ if fits_unsigned => n + usize::from(!unsigned),
            _ => word,
        };
    }
    let bits = bit_length(digits);
    let size = bits / 8 + 1;
    let only_sign_missing = n > 0 && size == n + 1 && bits.is_multiple_of(8);
    if only_sign_missing && (fits_signed || unsigned && fits_unsigned) { n } else { size }
}

/// Return the int in a signed native variable.
#[capi]
fn PyLong_FromNativeBytes(cx: Cx<'_>, buffer: *const c_void, n_bytes: usize, flags: c_int) -> Result<New> {
    from_native(cx, buffer, n_bytes, flags, flags == -1 || flags & NATIVE_UNSIGNED == 0)
}

/// Return the int in an unsigned native variable.
#[capi]
fn PyLong_FromUnsignedNativeBytes(cx: Cx<'_>, buffer: *const c_void, n_bytes: usize, flags: c_int) -> Result<New> {
    from_native(cx, buffer, n_bytes, flags, false)
}

fn from_native(cx: Cx<'_>, buffer: *const c_void, n: usize, flags: c_int, signed: bool) -> Result<New> {
    if buffer.is_null() {
        return Err(cx.bad_internal_call());
    }
    if isize::try_from(n).is_err() {
        return Err(cx.error("OverflowError", "byte array too long to convert to int"));
    }
    // SAFETY: C passes `n` readable bytes.
    Ok(unsafe { from_memory(buffer.cast(), n, native_little_endian(flags), signed) })
}

// ---- text ----

/// A number in text, as far as it could be read.
struct Parsed {
    negative: bool,
    digits: std::result::Result<Vec<u32>, Bad>,
    /// Where reading stopped.
    end: usize,
    /// The base that an error message tells.
    base: c_int,
}

/// Why text is no number.
enum Bad {
    Literal,
    /// More digits than `sys.set_int_max_str_digits` allows: their number, and the limit.
    TooLong(usize, usize),
}

/// Read `[space][sign][prefix]digits[space]`, digits with single underscores between them.
fn parse(cx: Cx<'_>, text: &[u8], base: c_int) -> Result<Parsed> {
    let at = |index: usize| text.get(index).copied().unwrap_or(0);
    let mut end = 0;
    while crate::pyctype::is_space(at(end)) {
        end += 1;
    }
    let negative = at(end) == b'-';
    if matches!(at(end), b'+' | b'-') {
        end += 1;
    }
    let prefixed = at(end) == b'0';
    let prefix_base = match at(end + 1) {
        b'x' | b'X' => 16,
        b'o' | b'O' => 8,
        b'b' | b'B' => 2,
        _ => 0,
    };
    let mut only_zeros = false;
    let mut actual = base;
    if base == 0 {
        actual = if !prefixed {
            10
        } else if prefix_base != 0 {
            prefix_base
        } else {
            // "0", "00" and "0_0" are zero; C's old octals are refused.
            only_zeros = true;
            10
        };
    }
    if prefixed && prefix_base == actual {
        end += 2;
        if at(end) == b'_' {
            end += 1;
        }
    }
    let told = if only_zeros { 0 } else { actual };
    let bad = |end, bad| Ok(Parsed { negative, digits: Err(bad), end, base: told });
    let mut values = Vec::new();
    let mut after_digit = false;
    loop {
        let byte = at(end);
        let value = _PyLong_DigitValue[byte as usize];
        if c_int::from(value) < actual {
            values.push(value);
            after_digit = true;
        } else if byte == b'_' && after_digit {
            after_digit = false;
        } else {
            break;
        }
        end += 1;
    }
    if !after_digit {
        // Nothing, or an underscore with no digit on one of its sides.
        let back = usize::from(!values.is_empty());
        return bad(end - back, Bad::Literal);
    }
    let too_long = !(actual as u32).is_power_of_two() && values.len() > UNLIMITED_DIGITS;
    if too_long && let Some(limit) = max_digits(cx)?.filter(|&limit| values.len() > limit) {
        return bad(0, Bad::TooLong(values.len(), limit));
    }
    let digits = digits_in_base(&values, actual as u32);
    if only_zeros && digits.iter().any(|&digit| digit != 0) {
        return bad(end, Bad::Literal);
    }
    while crate::pyctype::is_space(at(end)) {
        end += 1;
    }
    Ok(Parsed { negative, digits: Ok(digits), end, base: told })
}

/// `sys.get_int_max_str_digits()`; `None` for no limit.
fn max_digits(cx: Cx<'_>) -> Result<Option<usize>> {
    let limit = cx.call_function("sys", "get_int_max_str_digits", &[])?;
    Ok(cx.host().int_value(limit.as_ref()).and_then(|limit| usize::try_from(limit).ok()).filter(|&limit| limit != 0))
}

fn digits_in_base(values: &[u8], base: u32) -> Vec<u32> {
    // As many digits of `base` at a time as fit in one of ours.
    let mut chunk = 1;
    while u64::from(base).pow(chunk + 1) <= u64::from(DIGIT_MASK) {
        chunk += 1;
    }
    let mut digits: Vec<u32> = Vec::with_capacity(values.len() / 6 + 1);
    for values in values.chunks(chunk as usize) {
        let mut carry = values.iter().fold(0_u64, |number, &value| number * u64::from(base) + u64::from(value));
        let factor = u64::from(base.pow(values.len() as u32));
        for digit in &mut digits {
            carry += u64::from(*digit) * factor;
            *digit = (carry & u64::from(DIGIT_MASK)) as u32;
            carry >>= PyLong_SHIFT;
        }
        if carry != 0 {
            digits.push(carry as u32);
        }
    }
    digits
}

fn expect_base(cx: Cx<'_>, base: c_int) -> Result<()> {
    if base != 0 && !(2..=36).contains(&base) {
        return Err(cx.value_error("int() arg 2 must be >= 2 and <= 36"));
    }
    Ok(())
}

fn too_many_digits(cx: Cx<'_>, count: usize, limit: usize) -> crate::boundary::Raised {
    cx.value_error(format!(
        "Exceeds the limit ({limit} digits) for integer string conversion: value has {count} digits; \
         use sys.set_int_max_str_digits() to increase the limit"
    ))
}

/// Return the int that a C string says in that base (0: as Python source); `*pend` is where reading stopped.
#[capi]
fn PyLong_FromString(
    cx: Cx<'_>,
    str: crate::boundary::Text<'_>,
    pend: Option<Out<'_, *mut c_char>>,
    base: c_int,
) -> Result<New> {
    expect_base(cx, base)?;
    let text = str.bytes();
    let parsed = parse(cx, text, base)?;
    if let Err(Bad::TooLong(count, limit)) = parsed.digits {
        return Err(too_many_digits(cx, count, limit));
    }
    if let Some(mut pend) = pend {
        pend.write(str.c_str().as_ptr().cast_mut().wrapping_add(parsed.end));
    }
    match parsed.digits {
        Ok(digits) if parsed.end == text.len() => Ok(new_from_digits(parsed.negative, &digits)),
        _ => {
            let literal = crate::unicodeobject::decode_utf8(cx, &text[..text.len().min(200)], None)?;
            Err(invalid_literal(cx, literal, parsed.base, Some(200)))
        }
    }
}

/// Return the int that a str says in that base; Unicode's decimal digits and spaces count too.
#[capi]
fn PyLong_FromUnicodeObject(cx: Cx<'_>, u: Obj<'_>, base: c_int) -> Result<New> {
    if !u.type_has(Py_TPFLAGS_UNICODE_SUBCLASS) {
        return Err(cx.bad_internal_call());
    }
    expect_base(cx, base)?;
    let text = crate::unicodeobject::decimal_ascii(u.as_ptr());
    let parsed = parse(cx, &text, base)?;
    match parsed.digits {
        Err(Bad::TooLong(count, limit)) => Err(too_many_digits(cx, count, limit)),
        Ok(digits) if parsed.end == text.len() => Ok(new_from_digits(parsed.negative, &digits)),
        _ => Err(invalid_literal(cx, u.give(cx)?, parsed.base, None)),
    }
}

fn invalid_literal(cx: Cx<'_>, literal: HostObj, base: c_int, limit: Option<usize>) -> crate::boundary::Raised {
    let repr = match cx.call(|h| h.repr(literal.as_ref())) {
        Ok(repr) => repr,
        Err(raised) => return raised,
    };
    let mut message = format!("invalid literal for int() with base {base}: ").into_bytes();
    cx.host().with_str(repr.as_ref(), &mut |text| {
        let end = limit.map_or(text.len(), |limit| crate::unicodeobject::wtf8_prefix(text, limit));
        message.extend_from_slice(&text[..end]);
    });
    let message = cx.host().new_str(&message);
    cx.error_with("ValueError", message.as_ref())
}

/// Return the text of an int in base 2, 8, 10 or 16, with its prefix.
#[capi]
fn _PyLong_Format(cx: Cx<'_>, obj: Obj<'_>, base: c_int) -> Result<New> {
    let function = match base {
        2 => "bin",
        8 => "oct",
        10 => "repr",
        16 => "hex",
        _ => return Err(cx.system_error("bad base in _PyLong_Format")),
    };
    if !is_int(obj) {
        return Err(cx.bad_internal_call());
    }
    let (negative, digits) = digits_of(obj.as_ptr());
    let int = new_from_digits(negative, digits).obj().give(cx)?;
    cx.call_function("builtins", function, &[int.as_ref()]).map(|text| cx.to_c(text))
}

/// The value of each character as a digit, 37 for those that are none.
#[capi_data]
pub static _PyLong_DigitValue: [u8; 256] = {
    let mut values = [37; 256];
    let mut value = 0;
    while value < 36 {
        if value < 10 {
            values[b'0' as usize + value] = value as u8;
        } else {
            values[b'a' as usize + value - 10] = value as u8;
            values[b'A' as usize + value - 10] = value as u8;
        }
        value += 1;
    }
    values
};

// ---- whole ints ----

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
