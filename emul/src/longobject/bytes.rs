//! Ints and bytes.

use std::ffi::{c_int, c_void};

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::longobject::PyLong_SHIFT;
use object_mirror::object::PyObject;

use super::read::index;
use super::{DIGIT_MASK, bit_length, digits_of, is_int, new_from_digits, new_from_i64};
use crate::boundary::{Cx, New, Obj, Result};

/// The digits of a number in base 256, least significant byte first.
pub(super) fn digits_of_bytes(bytes: impl Iterator<Item = u8>) -> Vec<u32> {
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
pub(super) fn to_bytes(negative: bool, digits: &[u32], place: &mut [u8]) {
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
        let name = crate::typeobject::names::full_name(cx, v.type_ptr())?;
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
pub(super) fn native_size(negative: bool, digits: &[u32], n: usize, unsigned: bool) -> usize {
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
