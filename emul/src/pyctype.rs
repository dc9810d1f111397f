//! `pyctype.h` and the character functions of `cpython/unicodeobject.h`: what kind of character this is.
//!
//! The answers for all of Unicode are CPython 3.13's own (Unicode 15.1), taken over by `xtask/unicode_ctype.py`: a host may
//! have another version of Unicode.

use std::cmp::Ordering;
use std::ffi::{c_int, c_uint};

use capi_macros::{capi, capi_data};

#[rustfmt::skip]
#[path = "gen/unicode_ctype.rs"]
mod tables;

const LOWER: c_uint = 0x01;
const UPPER: c_uint = 0x02;
const DIGIT: c_uint = 0x04;
const SPACE: c_uint = 0x08;
const HEX_DIGIT: c_uint = 0x10;

/// ASCII's classes, by byte: `PY_CTF_*`.
#[capi_data]
pub static _Py_ctype_table: [c_uint; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let character = byte as u8;
        if character.is_ascii_lowercase() {
            table[byte] |= LOWER;
        }
        if character.is_ascii_uppercase() {
            table[byte] |= UPPER;
        }
        if character.is_ascii_digit() {
            table[byte] |= DIGIT;
        }
        if matches!(character, b'\t'..=b'\r' | b' ') {
            table[byte] |= SPACE;
        }
        if character.is_ascii_hexdigit() {
            table[byte] |= HEX_DIGIT;
        }
        byte += 1;
    }
    table
};

/// ASCII's lower case, by byte.
#[capi_data]
pub static _Py_ctype_tolower: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).to_ascii_lowercase();
        byte += 1;
    }
    table
};

/// ASCII's upper case, by byte.
#[capi_data]
pub static _Py_ctype_toupper: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).to_ascii_uppercase();
        byte += 1;
    }
    table
};

/// Which ASCII characters are whitespace to str: four separators more than to bytes.
#[capi_data]
pub static _Py_ascii_whitespace: [u8; 128] = {
    let mut table = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = matches!(byte as u8, b'\t'..=b'\r' | 0x1c..=0x1f | b' ') as u8;
        byte += 1;
    }
    table
};

/// The address of a C string that may be a data symbol.
#[repr(transparent)]
#[allow(unreachable_pub, reason = "the type of a datum of the C API")]
pub struct Text(*const u8);
// SAFETY: it points to a constant.
unsafe impl Sync for Text {}

/// The lower-case hexadecimal digits.
#[capi_data]
pub static Py_hexdigits: Text = Text(c"0123456789abcdef".as_ptr().cast());

/// Whether a byte is whitespace to bytes (`Py_ISSPACE`).
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

/// Whether a character is whitespace to str.
pub(crate) fn is_whitespace(ch: u32) -> bool {
    match _Py_ascii_whitespace.get(ch as usize) {
        Some(&space) => space != 0,
        None => in_ranges(&tables::WHITESPACE, ch),
    }
}

/// The value of a decimal digit.
pub(crate) fn decimal_digit(ch: u32) -> Option<u32> {
    value_in(&tables::DECIMAL_DIGIT, ch).map(|(value, offset)| value as u32 + offset)
}

/// Whether the character ends a line to str.
pub(crate) fn is_linebreak(ch: u32) -> bool {
    in_ranges(&tables::LINEBREAK, ch)
}

fn order(ch: u32, first: u32, last: u32) -> Ordering {
    if last < ch {
        Ordering::Less
    } else if first > ch {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}

fn in_ranges(ranges: &[(u32, u32)], ch: u32) -> bool {
    ranges.binary_search_by(|&(first, last)| order(ch, first, last)).is_ok()
}

/// The value of the run that `ch` is in, and how far in it is.
fn value_in<T: Copy>(runs: &[(u32, u32, T)], ch: u32) -> Option<(T, u32)> {
    let at = runs.binary_search_by(|&(first, last, _)| order(ch, first, last)).ok()?;
    let (first, _, value) = runs[at];
    Some((value, ch - first))
}

fn mapped(runs: &[(u32, u32, u32)], ch: u32) -> u32 {
    value_in(runs, ch).map_or(ch, |(first, offset)| first + offset)
}

fn digit(runs: &[(u32, u32, i32)], ch: u32) -> c_int {
    value_in(runs, ch).map_or(-1, |(first, offset)| first + offset as c_int)
}

/// Whether the character is whitespace.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_IsWhitespace(ch: u32) -> c_int {
    c_int::from(is_whitespace(ch))
}

/// Whether the character ends a line.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_IsLinebreak(ch: u32) -> c_int {
    c_int::from(is_linebreak(ch))
}

/// Whether the character is lower case.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_IsLowercase(ch: u32) -> c_int {
    c_int::from(in_ranges(&tables::LOWERCASE, ch))
}

/// Whether the character is upper case.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_IsUppercase(ch: u32) -> c_int {
    c_int::from(in_ranges(&tables::UPPERCASE, ch))
}

/// Whether the character is title case.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_IsTitlecase(ch: u32) -> c_int {
    c_int::from(in_ranges(&tables::TITLECASE, ch))
}

/// Whether `repr` shows the character as it is.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_IsPrintable(ch: u32) -> c_int {
    c_int::from(in_ranges(&tables::PRINTABLE, ch))
}

/// Whether the character is a letter.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_IsAlpha(ch: u32) -> c_int {
    c_int::from(in_ranges(&tables::ALPHA, ch))
}

/// Whether the character has a numeric value.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_IsNumeric(ch: u32) -> c_int {
    c_int::from(in_ranges(&tables::NUMERIC, ch))
}

/// Whether the character is a decimal digit.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_IsDecimalDigit(ch: u32) -> c_int {
    c_int::from(value_in(&tables::DECIMAL_DIGIT, ch).is_some())
}

/// Whether the character is a digit, such as a superscript.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_IsDigit(ch: u32) -> c_int {
    c_int::from(value_in(&tables::DIGIT, ch).is_some())
}

/// The value of a decimal digit, or -1.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_ToDecimalDigit(ch: u32) -> c_int {
    digit(&tables::DECIMAL_DIGIT, ch)
}

/// The value of a digit, or -1.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_ToDigit(ch: u32) -> c_int {
    digit(&tables::DIGIT, ch)
}

/// The numeric value of a character, or -1.0.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_ToNumeric(ch: u32) -> f64 {
    value_in(&tables::TO_NUMERIC, ch).map_or(-1.0, |(value, _)| value)
}

/// The character's lower case, one character.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_ToLowercase(ch: u32) -> u32 {
    mapped(&tables::TO_LOWERCASE, ch)
}

/// The character's upper case, one character.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_ToUppercase(ch: u32) -> u32 {
    mapped(&tables::TO_UPPERCASE, ch)
}

/// The character's title case, one character.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_ToTitlecase(ch: u32) -> u32 {
    mapped(&tables::TO_TITLECASE, ch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_agree_with_ascii() {
        for byte in 0..128_u8 {
            let (ch, character) = (u32::from(byte), char::from(byte));
            assert_eq!(mapped(&tables::TO_LOWERCASE, ch), u32::from(character.to_ascii_lowercase()));
            assert_eq!(mapped(&tables::TO_UPPERCASE, ch), u32::from(character.to_ascii_uppercase()));
            assert_eq!(in_ranges(&tables::ALPHA, ch), character.is_ascii_alphabetic());
            assert_eq!(decimal_digit(ch), character.to_digit(10));
            assert_eq!(is_whitespace(ch), in_ranges(&tables::WHITESPACE, ch));
        }
    }

    #[test]
    fn characters_above_ascii_are_known() {
        assert_eq!(decimal_digit(0x661), Some(1));
        assert_eq!(digit(&tables::DIGIT, 0xb2), 2);
        assert!(is_whitespace(0x2003) && is_linebreak(0x2028) && !is_linebreak(0x2003));
        assert_eq!(mapped(&tables::TO_UPPERCASE, 0xe9), 0xc9);
        assert_eq!(value_in(&tables::TO_NUMERIC, 0xbd).map(|(value, _)| value), Some(0.5));
    }
}
