//! `pystrcmp.h`, `PyOS_strtol` and the like: C strings without the locale.

use std::ffi::{CStr, c_char, c_int, c_long, c_ulong};

use capi_macros::capi;
use object_mirror::Py_ssize_t;

/// The difference of the first two bytes, in lower case, that differ; the end counts as 0.
fn compare(mut left: impl Iterator<Item = u8>, mut right: impl Iterator<Item = u8>) -> c_int {
    loop {
        let (one, other) = (left.next(), right.next());
        let lower = |byte: Option<u8>| c_int::from(byte.unwrap_or(0).to_ascii_lowercase());
        let difference = lower(one) - lower(other);
        if difference != 0 || one.is_none() || other.is_none() {
            return difference;
        }
    }
}

/// C's string.
///
/// # Safety
/// `text` is NUL-terminated.
unsafe fn bytes<'a>(text: *const c_char) -> &'a [u8] {
    // SAFETY: the caller's contract.
    unsafe { CStr::from_ptr(text) }.to_bytes()
}

/// Compare two C strings without regard to ASCII case.
#[capi(raw)]
pub unsafe extern "C" fn PyOS_mystricmp(s1: *const c_char, s2: *const c_char) -> c_int {
    // SAFETY: C passes NUL-terminated strings.
    unsafe { compare(bytes(s1).iter().copied(), bytes(s2).iter().copied()) }
}

/// Compare up to `size` bytes of two C strings without regard to ASCII case.
#[capi(raw)]
pub unsafe extern "C" fn PyOS_mystrnicmp(s1: *const c_char, s2: *const c_char, size: Py_ssize_t) -> c_int {
    let size = usize::try_from(size).unwrap_or(0);
    let read = |text: *const c_char| {
        // SAFETY: C passes strings of `size` bytes or up to a NUL, which is as far as this reads.
        let at = move |index| unsafe { *text.add(index) } as u8;
        (0..size).map(at).take_while(|&byte| byte != 0)
    };
    compare(read(s1), read(s2))
}

/// The number that a C string begins with, and how many bytes say it; `None` for the value where it does not fit.
fn parse(text: &[u8], base: c_int) -> (Option<c_ulong>, usize) {
    let at = |index: usize| text.get(index).copied().unwrap_or(0);
    let mut start = 0;
    let prefix_base = match (at(0), at(1)) {
        (b'0', b'x' | b'X') => 16,
        (b'0', b'o' | b'O') => 8,
        (b'0', b'b' | b'B') => 2,
        _ => 0,
    };
    let mut base = base;
    let digit = |byte: u8, base: c_int| (byte as char).to_digit(base as u32);
    if prefix_base != 0 && (base == 0 || base == prefix_base) {
        base = prefix_base;
        if digit(at(2), base).is_none() {
            return (Some(0), 1);
        }
        start = 2;
    }
    if base == 0 {
        base = 10;
        if at(0) == b'0' {
            // C's old octals are refused, a lone zero is not.
            let zeros = text.iter().take_while(|&&byte| byte == b'0').count();
            return (Some(0), zeros);
        }
    }
    if !(2..=36).contains(&base) {
        return (Some(0), 0);
    }
    let mut value = Some(0_u64);
    let mut end = start;
    while let Some(next) = digit(at(end), base) {
        value = value.and_then(|value| value.checked_mul(base as u64)?.checked_add(u64::from(next)));
        end += 1;
    }
    (value, end)
}

fn skip_spaces(text: &[u8]) -> usize {
    text.iter().take_while(|&&byte| crate::pyctype::is_space(byte)).count()
}

fn store_end(str: *const c_char, ptr: *mut *mut c_char, end: usize) {
    if !ptr.is_null() {
        // SAFETY: C passes NULL or the address of its variable.
        unsafe { ptr.write(str.cast_mut().wrapping_add(end)) };
    }
}

fn out_of_range() {
    // SAFETY: errno is this thread's own.
    unsafe { *libc::__errno_location() = libc::ERANGE };
}

/// The unsigned number that a C string begins with; ERANGE and the greatest where it is too large.
#[capi(raw)]
pub unsafe extern "C" fn PyOS_strtoul(str: *const c_char, ptr: *mut *mut c_char, base: c_int) -> c_ulong {
    // SAFETY: C passes a NUL-terminated string.
    let text = unsafe { bytes(str) };
    let start = skip_spaces(text);
    let (value, len) = parse(&text[start..], base);
    store_end(str, ptr, start + len);
    value.unwrap_or_else(|| {
        out_of_range();
        c_ulong::MAX
    })
}

/// The signed number that a C string begins with; ERANGE and the extreme where it does not fit.
#[capi(raw)]
pub unsafe extern "C" fn PyOS_strtol(str: *const c_char, ptr: *mut *mut c_char, base: c_int) -> c_long {
    // SAFETY: C passes a NUL-terminated string.
    let text = unsafe { bytes(str) };
    let mut start = skip_spaces(text);
    let sign = text.get(start).copied();
    if matches!(sign, Some(b'+' | b'-')) {
        start += 1;
    }
    let (value, len) = parse(&text[start..], base);
    store_end(str, ptr, start + len);
    let value = value.map_or(i128::MAX, i128::from);
    let value = if sign == Some(b'-') { -value } else { value };
    c_long::try_from(value).unwrap_or_else(|_| {
        out_of_range();
        if value < 0 { c_long::MIN } else { c_long::MAX }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_their_digits_do() {
        assert_eq!(parse(b"12x", 10), (Some(12), 2));
        assert_eq!(parse(b"0x1fz", 0), (Some(31), 4));
        assert_eq!(parse(b"0x1f", 16), (Some(31), 4));
        assert_eq!(parse(b"0xg", 0), (Some(0), 1));
        assert_eq!(parse(b"0b102", 0), (Some(2), 4));
        assert_eq!(parse(b"zz", 36), (Some(1295), 2));
        assert_eq!(parse(b"18446744073709551615", 10), (Some(u64::MAX), 20));
        assert_eq!(parse(b"18446744073709551616", 10), (None, 20));
        assert_eq!(parse(b"x", 10), (Some(0), 0));
    }
}
