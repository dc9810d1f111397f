//! `marshal.h`: the host's `marshal` module, from C.

use std::ffi::{c_char, c_int, c_long};

use capi_macros::capi;
use object_mirror::Py_ssize_t;

use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{HostObj, host};

fn loads(cx: Cx<'_>, data: &[u8]) -> Result<New> {
    let bytes = host().new_bytes(data);
    let value = cx.call_function("marshal", "loads", &[bytes.as_ref()])?;
    Ok(cx.to_c(value))
}

fn dumps(cx: Cx<'_>, value: Obj<'_>, version: c_int) -> Result<HostObj> {
    let (value, version) = (value.give(cx)?, host().new_int(version.into()));
    cx.call_function("marshal", "dumps", &[value.as_ref(), version.as_ref()])
}

/// Read an object from memory.
#[capi]
fn PyMarshal_ReadObjectFromString(cx: Cx<'_>, data: *const c_char, len: Py_ssize_t) -> Result<New> {
    if data.is_null() || len < 0 {
        return Err(cx.bad_internal_call());
    }
    // SAFETY: C passes `len` bytes.
    loads(cx, unsafe { std::slice::from_raw_parts(data.cast(), len as usize) })
}

/// Write an object to a bytes.
#[capi]
fn PyMarshal_WriteObjectToString(cx: Cx<'_>, value: Obj<'_>, version: c_int) -> Result<New> {
    dumps(cx, value, version).map(|bytes| cx.to_c(bytes))
}

/// The rest of a file.
///
/// # Safety
/// `file` is open for reading.
unsafe fn rest(file: *mut libc::FILE) -> Vec<u8> {
    let (mut data, mut chunk) = (Vec::new(), [0_u8; 4096]);
    loop {
        // SAFETY: the caller's contract; the chunk has room.
        let got = unsafe { libc::fread(chunk.as_mut_ptr().cast(), 1, chunk.len(), file) };
        if got == 0 {
            return data;
        }
        data.extend(&chunk[..got]);
    }
}

/// Read the last object of a file.
#[capi]
fn PyMarshal_ReadLastObjectFromFile(cx: Cx<'_>, file: *mut libc::FILE) -> Result<New> {
    // SAFETY: C passes a file that is open for reading.
    loads(cx, &unsafe { rest(file) })
}

/// Read `N` bytes of a number; EOFError where there are fewer.
fn number<const N: usize>(cx: Cx<'_>, file: *mut libc::FILE) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    // SAFETY: C passes a file that is open for reading; the array has room.
    match unsafe { libc::fread(bytes.as_mut_ptr().cast(), 1, N, file) } {
        got if got == N => Ok(bytes),
        _ => Err(cx.error("EOFError", "EOF read where data expected")),
    }
}

/// Read a number of four bytes.
#[capi]
fn PyMarshal_ReadLongFromFile(cx: Cx<'_>, file: *mut libc::FILE) -> Result<c_long> {
    number(cx, file).map(|bytes| i32::from_le_bytes(bytes).into())
}

/// Read a number of two bytes.
#[capi]
fn PyMarshal_ReadShortFromFile(cx: Cx<'_>, file: *mut libc::FILE) -> Result<c_int> {
    number(cx, file).map(|bytes| i16::from_le_bytes(bytes).into())
}

/// Write a number as four bytes.
#[capi(raw)]
pub unsafe extern "C" fn PyMarshal_WriteLongToFile(value: c_long, file: *mut libc::FILE, _version: c_int) {
    let bytes = (value as i32).to_le_bytes();
    // SAFETY: C passes a file that is open for writing.
    unsafe { libc::fwrite(bytes.as_ptr().cast(), 1, bytes.len(), file) };
}

/// Write an object. An error is left set: the function has no result.
#[capi]
fn PyMarshal_WriteObjectToFile(cx: Cx<'_>, value: Obj<'_>, file: *mut libc::FILE, version: c_int) {
    let Ok(bytes) = dumps(cx, value, version) else { return };
    host().with_bytes(bytes.as_ref(), &mut |data| {
        // SAFETY: C passes a file that is open for writing.
        unsafe { libc::fwrite(data.as_ptr().cast(), 1, data.len(), file) };
    });
}
