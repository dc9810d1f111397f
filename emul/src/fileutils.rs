//! `fileutils.h`: text of the operating system. It is UTF-8, as it is for CPython in every locale of UTF-8 and in "C"; bytes that
//! are not stand for themselves as lone surrogates. None of it needs an interpreter, or its lock.

use std::ffi::{CStr, c_char};
use std::ptr::null_mut;

use capi_macros::capi;
use libc::wchar_t;

use crate::pymem::{PyMem_Malloc, PyMem_RawMalloc};

/// What `*size` and `*error_pos` say of an error, and of none.
const NOWHERE: usize = usize::MAX;
/// The lone surrogate that stands for byte 0.
const ESCAPED: u32 = 0xDC00;

fn escaped(byte: u8) -> wchar_t {
    (ESCAPED + u32::from(byte)) as wchar_t
}

/// The bytes as wide characters.
fn decoded(bytes: &[u8]) -> Vec<wchar_t> {
    let mut wide = Vec::with_capacity(bytes.len() + 1);
    for chunk in bytes.utf8_chunks() {
        wide.extend(chunk.valid().chars().map(|c| u32::from(c) as wchar_t));
        wide.extend(chunk.invalid().iter().map(|&byte| escaped(byte)));
    }
    wide
}

/// The wide characters as bytes, or the index of the first that has none.
pub(crate) fn encoded(wide: &[wchar_t]) -> Result<Vec<u8>, usize> {
    let mut bytes = Vec::with_capacity(wide.len() + 1);
    for (index, &c) in wide.iter().enumerate() {
        let code = c as u32;
        match code.checked_sub(ESCAPED).and_then(|byte| u8::try_from(byte).ok()).filter(|byte| !byte.is_ascii()) {
            Some(byte) => bytes.push(byte),
            None => {
                let c = char::from_u32(code).ok_or(index)?;
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
    Ok(bytes)
}

/// Copy to memory of `allocate`'s; NULL without memory.
///
/// # Safety
/// `allocate` is one of the allocating functions.
unsafe fn given<T: Copy>(items: &[T], allocate: unsafe extern "C" fn(usize) -> *mut std::ffi::c_void) -> *mut T {
    // SAFETY: the caller's contract; there is room for all items.
    unsafe {
        let place: *mut T = allocate(size_of_val(items)).cast();
        if !place.is_null() {
            std::ptr::copy_nonoverlapping(items.as_ptr(), place, items.len());
        }
        place
    }
}

/// Write to a place that may be NULL.
///
/// # Safety
/// `place` is NULL or writable.
unsafe fn tell(place: *mut usize, value: usize) {
    if !place.is_null() {
        // SAFETY: the caller's contract.
        unsafe { *place = value };
    }
}

/// Decode text of the operating system; free the result with `PyMem_RawFree`. NULL without memory: then `*size` is `(size_t)-1`.
#[capi(raw)]
pub unsafe extern "C" fn Py_DecodeLocale(arg: *const c_char, wlen: *mut usize) -> *mut wchar_t {
    // SAFETY: C passes text that ends with NUL, and a place or NULL.
    unsafe {
        let mut wide = decoded(CStr::from_ptr(arg).to_bytes());
        let length = wide.len();
        wide.push(0);
        let text = given(&wide, PyMem_RawMalloc);
        tell(wlen, if text.is_null() { NOWHERE } else { length });
        text
    }
}

/// Encode text for the operating system; free the result with `PyMem_Free`. NULL for a character that has no bytes: then
/// `*error_pos` is its index, and `(size_t)-1` otherwise.
#[capi(raw)]
pub unsafe extern "C" fn Py_EncodeLocale(text: *const wchar_t, error_pos: *mut usize) -> *mut c_char {
    // SAFETY: C passes wide text that ends with NUL, and a place or NULL.
    unsafe {
        tell(error_pos, NOWHERE);
        let length = (0..).take_while(|&index| *text.add(index) != 0).count();
        match encoded(std::slice::from_raw_parts(text, length)) {
            Ok(mut bytes) => {
                bytes.push(0);
                given(&bytes, PyMem_Malloc).cast()
            }
            Err(index) => {
                tell(error_pos, index);
                null_mut()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        let all: Vec<u8> = (1..=255).chain("añ€😀".bytes()).chain([0xed, 0xa0, 0x80, 0xe2, 0x82]).collect();
        assert_eq!(encoded(&decoded(&all)), Ok(all));
        assert_eq!(encoded(&[0x61, 0xd800, 0x62]), Err(1));
        assert_eq!(encoded(&[0x61, 0xdc41]), Err(1));
        assert_eq!(encoded(&[0x11_0000]), Err(0));
    }
}
