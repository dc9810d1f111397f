//! What C reads of a str: length, characters, UTF-8, wide characters, comparisons.

use std::cmp::Ordering;
use std::ffi::{CStr, c_char, c_int};

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::PyObject;
use object_mirror::unicodeobject::PyCompactUnicodeObject;

use super::alone::is_surrogate;
use super::make::memory;
use super::{
    Chars, adjusted, chars, chars_to_wtf8, data_of, expect_str, expect_str_argument, is_ascii, is_str, length,
    no_memory, wtf8_chars,
};
use crate::boundary::{Cx, New, Obj, Out, Result};
use crate::host::Compare;
use crate::statics;

/// The number of characters.
#[capi]
fn PyUnicode_GetLength(cx: Cx<'_>, unicode: Obj<'_>) -> Result<Py_ssize_t> {
    expect_str_argument(cx, unicode)?;
    Ok(length(unicode.as_ptr()) as Py_ssize_t)
}

/// The older name of `PyUnicode_GetLength`; 3.13 keeps the symbol and always fails.
#[capi]
fn PyUnicode_GetSize(cx: Cx<'_>, unicode: *mut PyObject) -> Result<Py_ssize_t> {
    let _no_longer_read = unicode;
    Err(cx.error("RuntimeError", "PyUnicode_GetSize has been removed."))
}

/// The character at an index.
#[capi]
fn PyUnicode_ReadChar(cx: Cx<'_>, unicode: Obj<'_>, index: Py_ssize_t) -> Result<u32> {
    expect_str_argument(cx, unicode)?;
    match usize::try_from(index) {
        Ok(index) if index < length(unicode.as_ptr()) => Ok(chars(unicode.as_ptr()).at(index)),
        _ => Err(cx.error("IndexError", "string index out of range")),
    }
}

// ---- UTF-8 ----

/// The UTF-8 of a str, in its mirror as long as that lives, and its length without the NUL.
pub(crate) fn utf8_of(cx: Cx<'_>, str: Obj<'_>) -> Result<(*const c_char, usize)> {
    let op = str.as_ptr();
    if is_ascii(op) {
        return Ok((data_of(op).cast(), length(op)));
    }
    let header = op.cast::<PyCompactUnicodeObject>();
    // SAFETY: a str that is not ASCII has these fields; they are written once, under the lock.
    unsafe {
        if (*header).utf8.is_null() {
            let text = chars_to_wtf8(chars(op));
            expect_no_surrogates(cx, str, &text)?;
            let buffer = libc::malloc(text.len() + 1).cast::<u8>();
            if buffer.is_null() {
                return Err(no_memory(cx));
            }
            buffer.copy_from_nonoverlapping(text.as_ptr(), text.len());
            buffer.add(text.len()).write(0);
            (*header).utf8 = buffer.cast();
            (*header).utf8_length = text.len() as Py_ssize_t;
        }
        Ok(((*header).utf8, (*header).utf8_length as usize))
    }
}

/// UnicodeEncodeError for the first run of lone surrogates.
pub(super) fn expect_no_surrogates(cx: Cx<'_>, str: Obj<'_>, wtf8: &[u8]) -> Result<()> {
    if std::str::from_utf8(wtf8).is_ok() {
        return Ok(());
    }
    let Some(start) = wtf8_chars(wtf8).position(is_surrogate) else {
        return Ok(());
    };
    let count = wtf8_chars(wtf8).skip(start).take_while(|&ch| is_surrogate(ch)).count();
    Err(super::encode_error(cx, "utf-8", str, start, start + count, "surrogates not allowed"))
}

/// The str's UTF-8, NUL-terminated and kept in the str; `*size` is its length.
#[capi]
fn PyUnicode_AsUTF8AndSize(cx: Cx<'_>, unicode: Obj<'_>, size: Option<Out<'_, Py_ssize_t>>) -> Result<*const c_char> {
    let mut size = size;
    if !is_str(unicode) {
        if let Some(size) = &mut size {
            size.write(-1);
        }
        expect_str_argument(cx, unicode)?;
    }
    let (text, len) = utf8_of(cx, unicode).inspect_err(|_| {
        if let Some(size) = &mut size {
            size.write(-1);
        }
    })?;
    if let Some(mut size) = size {
        size.write(len as Py_ssize_t);
    }
    Ok(text)
}

/// The str's UTF-8, NUL-terminated and kept in the str.
#[capi]
fn PyUnicode_AsUTF8(cx: Cx<'_>, unicode: Obj<'_>) -> Result<*const c_char> {
    expect_str_argument(cx, unicode)?;
    utf8_of(cx, unicode).map(|(text, _)| text)
}

/// As `PyUnicode_AsUTF8`; ValueError where the text has a NUL in it.
#[capi]
fn _PyUnicode_AsUTF8NoNUL(cx: Cx<'_>, unicode: Obj<'_>) -> Result<*const c_char> {
    expect_str_argument(cx, unicode)?;
    let (text, len) = utf8_of(cx, unicode)?;
    // SAFETY: `utf8_of` gives NUL-terminated text.
    if unsafe { CStr::from_ptr(text) }.to_bytes().len() != len {
        return Err(cx.value_error("embedded null character"));
    }
    Ok(text)
}

// ---- wider characters ----

/// Copy the characters as 32-bit ones into C's buffer of `buflen`.
#[capi]
fn PyUnicode_AsUCS4(
    cx: Cx<'_>,
    unicode: Obj<'_>,
    buffer: *mut u32,
    buflen: Py_ssize_t,
    copy_null: c_int,
) -> Result<*mut u32> {
    if buffer.is_null() || buflen < 0 {
        return Err(cx.bad_internal_call());
    }
    expect_str(cx, unicode)?;
    let chars = chars(unicode.as_ptr());
    let needed = chars.len() + usize::from(copy_null != 0);
    let room = buflen as usize;
    if room < needed {
        if copy_null != 0 && room > 0 {
            // SAFETY: the buffer has `buflen` characters.
            unsafe { buffer.write(0) };
        }
        return Err(cx.system_error("string is longer than the buffer"));
    }
    // SAFETY: the buffer has room for `needed` characters.
    unsafe { copy_wide(buffer, chars, copy_null != 0) };
    Ok(buffer)
}

/// # Safety
/// `buffer` has room for the characters, and a NUL if `nul`.
unsafe fn copy_wide(buffer: *mut u32, chars: Chars<'_>, nul: bool) {
    // SAFETY: the caller's contract.
    unsafe {
        super::make::copy(buffer.cast(), 4, chars);
        if nul {
            buffer.add(chars.len()).write(0);
        }
    }
}

/// `count` wide characters from `PyMem_Malloc`.
fn wide_buffer(cx: Cx<'_>, count: usize) -> Result<*mut u32> {
    // SAFETY: malloc takes any size.
    let buffer = unsafe { libc::malloc(count.saturating_mul(4)) }.cast::<u32>();
    if buffer.is_null() { Err(no_memory(cx)) } else { Ok(buffer) }
}

/// The characters as 32-bit ones with a NUL, for `PyMem_Free`.
#[capi]
fn PyUnicode_AsUCS4Copy(cx: Cx<'_>, unicode: Obj<'_>) -> Result<*mut u32> {
    expect_str(cx, unicode)?;
    let chars = chars(unicode.as_ptr());
    let buffer = wide_buffer(cx, chars.len() + 1)?;
    // SAFETY: just allocated for them.
    unsafe { copy_wide(buffer, chars, true) };
    Ok(buffer)
}

/// Copy up to `size` wide characters, with the NUL if there is room; NULL asks for the size with the NUL.
#[capi]
fn PyUnicode_AsWideChar(cx: Cx<'_>, unicode: Obj<'_>, w: *mut libc::wchar_t, size: Py_ssize_t) -> Result<Py_ssize_t> {
    expect_str_argument(cx, unicode)?;
    let chars = chars(unicode.as_ptr());
    if w.is_null() {
        return Ok(chars.len() as Py_ssize_t + 1);
    }
    let room = usize::try_from(size).unwrap_or(usize::MAX);
    let count = chars.len().min(room);
    // SAFETY: C's buffer has `size` wide characters of 32 bits.
    unsafe { copy_wide(w.cast(), chars.slice(0, count), count < room) };
    Ok(count as Py_ssize_t)
}

/// The wide characters with a NUL, for `PyMem_Free`; without `size`, ValueError for a str with a NUL in it.
#[capi]
fn PyUnicode_AsWideCharString(
    cx: Cx<'_>,
    unicode: Obj<'_>,
    size: Option<Out<'_, Py_ssize_t>>,
) -> Result<*mut libc::wchar_t> {
    expect_str_argument(cx, unicode)?;
    let chars = chars(unicode.as_ptr());
    match size {
        Some(mut size) => size.write(chars.len() as Py_ssize_t),
        None if chars.iter().any(|ch| ch == 0) => {
            return Err(cx.value_error("embedded null character"));
        }
        None => {}
    }
    let buffer = wide_buffer(cx, chars.len() + 1)?;
    // SAFETY: just allocated for them.
    unsafe { copy_wide(buffer, chars, true) };
    Ok(buffer.cast())
}

// ---- comparing ----

/// The order of two texts.
pub(crate) fn compare(left: Chars<'_>, right: Chars<'_>) -> Ordering {
    match (left, right) {
        (Chars::One(left), Chars::One(right)) => left.cmp(right),
        _ => left.iter().cmp(right.iter()),
    }
}

pub(super) fn equal(left: Chars<'_>, right: Chars<'_>) -> bool {
    match (left, right) {
        (Chars::One(left), Chars::One(right)) => left == right,
        (Chars::Two(left), Chars::Two(right)) => left == right,
        _ => left.len() == right.len() && left.iter().eq(right.iter()),
    }
}

/// Compare two strs: -1, 0 or 1.
#[capi]
fn PyUnicode_Compare(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<c_int> {
    if !is_str(left) || !is_str(right) {
        return Err(cx.type_error(format!("Can't compare {:.100} and {:.100}", left.type_name(), right.type_name())));
    }
    Ok(compare(chars(left.as_ptr()), chars(right.as_ptr())) as c_int)
}

/// Compare a str with Latin-1 characters: -1, 0 or 1; it cannot fail.
#[capi(raw)]
pub unsafe extern "C" fn PyUnicode_CompareWithASCIIString(left: *mut PyObject, right: *const c_char) -> c_int {
    // SAFETY: C passes a NUL-terminated string.
    let right = unsafe { CStr::from_ptr(right) }.to_bytes();
    compare(chars(left), Chars::One(right)) as c_int
}

/// Whether a str is that ASCII text; it cannot fail.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_EqualToASCIIString(left: *mut PyObject, right: *const c_char) -> c_int {
    // SAFETY: C passes a NUL-terminated string.
    let right = unsafe { CStr::from_ptr(right) }.to_bytes();
    c_int::from(equal(chars(left), Chars::One(right)))
}

/// Whether a str is that UTF-8 text; it cannot fail.
#[capi(raw)]
pub unsafe extern "C" fn PyUnicode_EqualToUTF8(unicode: *mut PyObject, str: *const c_char) -> c_int {
    // SAFETY: C passes a NUL-terminated string.
    c_int::from(equal_to_utf8(unicode, unsafe { CStr::from_ptr(str) }.to_bytes()))
}

/// Whether a str is those `size` bytes of UTF-8; it cannot fail.
#[capi(raw)]
pub unsafe extern "C" fn PyUnicode_EqualToUTF8AndSize(
    unicode: *mut PyObject,
    str: *const c_char,
    size: Py_ssize_t,
) -> c_int {
    // SAFETY: C passes `size` readable bytes.
    c_int::from(equal_to_utf8(unicode, unsafe { memory(str.cast(), usize::try_from(size).unwrap_or(0)) }))
}

fn equal_to_utf8(op: *mut PyObject, text: &[u8]) -> bool {
    if is_ascii(op) {
        return matches!(chars(op), Chars::One(chars) if chars == text);
    }
    match std::str::from_utf8(text) {
        Ok(text) => chars(op).iter().eq(text.chars().map(u32::from)),
        Err(_) => false,
    }
}

/// Whether two strs are equal.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_Equal(left: *mut PyObject, right: *mut PyObject) -> c_int {
    c_int::from(left == right || equal(chars(left), chars(right)))
}

/// Compare two strs as an operator does: True, False, or NotImplemented for other objects.
#[capi]
fn PyUnicode_RichCompare(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>, op: c_int) -> Result<New> {
    if !is_str(left) || !is_str(right) {
        return Ok(New::from_static(statics::not_implemented()));
    }
    let Some(op) = Compare::from_c(op) else {
        return Err(cx.type_error("bad argument type for built-in operation"));
    };
    let order = compare(chars(left.as_ptr()), chars(right.as_ptr()));
    let holds = match op {
        Compare::Lt => order.is_lt(),
        Compare::Le => order.is_le(),
        Compare::Eq => order.is_eq(),
        Compare::Ne => order.is_ne(),
        Compare::Gt => order.is_gt(),
        Compare::Ge => order.is_ge(),
    };
    Ok(New::from_static(if holds { statics::true_() } else { statics::false_() }))
}

/// Find a character in a slice, forwards or backwards: its index, -1 if it is not there, -2 with an exception.
#[capi]
fn PyUnicode_FindChar(
    cx: Cx<'_>,
    str: Obj<'_>,
    ch: u32,
    start: Py_ssize_t,
    end: Py_ssize_t,
    direction: c_int,
) -> Py_ssize_t {
    if expect_str(cx, str).is_err() {
        return -2;
    }
    let chars = chars(str.as_ptr());
    let (start, end) = adjusted(start, end, chars.len());
    if end <= start {
        return -1;
    }
    let mut found = chars.slice(start, end).iter();
    let at = if direction > 0 { found.position(|each| each == ch) } else { found.rposition(|each| each == ch) };
    at.map_or(-1, |at| (start + at) as Py_ssize_t)
}

/// Whether every check of a str's own consistency holds; an aid to debugging.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_CheckConsistency(op: *mut PyObject, check_content: c_int) -> c_int {
    let widest = match chars(op) {
        Chars::One(_) if is_ascii(op) => 0x7f,
        Chars::One(_) => 0xff,
        Chars::Two(_) => 0xffff,
        Chars::Four(_) => super::MAX_CHARACTER,
    };
    c_int::from(check_content == 0 || chars(op).max() <= widest)
}

/// The length of the identifier that a str begins with.
#[capi]
fn _PyUnicode_ScanIdentifier(cx: Cx<'_>, self_: Obj<'_>) -> Result<Py_ssize_t> {
    let chars = chars(self_.as_ptr());
    let mut end = 0;
    while end < chars.len() && super::methods::is_identifier(cx, chars.slice(0, end + 1))? {
        end += 1;
    }
    Ok(end as Py_ssize_t)
}

/// Decimal digits and whitespace in ASCII, other characters above ASCII as '?', up to the first of which the text goes.
#[capi]
fn _PyUnicode_TransformDecimalAndSpaceToASCII(cx: Cx<'_>, unicode: Obj<'_>) -> Result<New> {
    if !is_str(unicode) {
        return Err(cx.bad_internal_call());
    }
    if is_ascii(unicode.as_ptr()) {
        return Ok(unicode.to_new());
    }
    let mut text = Vec::new();
    for ch in chars(unicode.as_ptr()).iter() {
        let byte = super::decimal_ascii_of(ch);
        text.push(byte);
        if ch >= 0x80 && byte == b'?' {
            break;
        }
    }
    Ok(super::new_from_latin1(&text))
}
