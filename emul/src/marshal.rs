//! `marshal.h`: the host's `marshal` module, from C.

use std::ffi::{c_char, c_int, c_long};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::methodobject::{METH_O, PyCFunction, PyMethodDef};
use object_mirror::object::PyObject;

use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{HostObj, host};
use crate::{cross, longobject, methodobject};

fn loads(cx: Cx<'_>, data: &[u8]) -> Result<New> {
    let bytes = host().new_bytes(data);
    let value = cx.call_function("marshal", "loads", &[bytes.as_ref()])?;
    Ok(cx.to_c(value))
}

/// What stands for NULL.
const NULL: &[u8] = b"0";

fn dumps(cx: Cx<'_>, value: Obj<'_>, version: c_int) -> Result<HostObj> {
    let (value, version) = (value.give(cx)?, host().new_int(version.into()));
    cx.call_function("marshal", "dumps", &[value.as_ref(), version.as_ref()])
}

/// Read an object from memory.
#[capi]
fn PyMarshal_ReadObjectFromString(cx: Cx<'_>, data: *const c_char, len: Py_ssize_t) -> Result<New> {
    if data.is_null() {
        return Err(cx.bad_internal_call());
    }
    let len = len.max(0);
    // SAFETY: C passes `len` bytes.
    loads(cx, unsafe { std::slice::from_raw_parts(data.cast(), len as usize) })
}

/// Write an object to a bytes.
#[capi]
fn PyMarshal_WriteObjectToString(cx: Cx<'_>, value: Option<Obj<'_>>, version: c_int) -> Result<New> {
    let Some(value) = value else { return Ok(cx.to_c(cx.host().new_bytes(NULL))) };
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
        _ => Err(cx.error("EOFError", "EOF read where not expected")),
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

/// Write an object. What cannot be written is marked as such, which readers refuse.
#[capi]
fn PyMarshal_WriteObjectToFile(cx: Cx<'_>, value: Option<Obj<'_>>, file: *mut libc::FILE, version: c_int) {
    const UNKNOWN: &[u8] = b"?";
    let mut data = if value.is_some() { UNKNOWN } else { NULL }.to_vec();
    match value.map(|value| dumps(cx, value, version)) {
        Some(Ok(bytes)) => host().with_bytes(bytes.as_ref(), &mut |bytes| data = bytes.to_vec()),
        Some(Err(_)) => drop(cx.take_error()),
        None => {}
    }
    // SAFETY: C passes a file that is open for writing.
    unsafe { libc::fwrite(data.as_ptr().cast(), 1, data.len(), file) };
}

/// A definition that threads may share.
struct Definition(PyMethodDef);
// SAFETY: it points to constants.
unsafe impl Sync for Definition {}
static READ: Definition = Definition(PyMethodDef {
    ml_name: c"read".as_ptr(),
    ml_meth: Some(read as PyCFunction),
    ml_flags: METH_O,
    ml_doc: std::ptr::null(),
});
static READINTO: Definition = Definition(PyMethodDef {
    ml_name: c"readinto".as_ptr(),
    ml_meth: Some(readinto as PyCFunction),
    ml_flags: METH_O,
    ml_doc: std::ptr::null(),
});

const PYBUF_WRITABLE: c_int = 1;

/// The C file that a method's `self` names by its address.
fn file_of(address: *mut PyObject) -> *mut libc::FILE {
    unsigned(address) as *mut libc::FILE
}

fn unsigned(int: *mut PyObject) -> u64 {
    // SAFETY: the lock is held; the argument is live.
    unsafe { longobject::read::PyLong_AsUnsignedLongLongMask(int) }
}

unsafe extern "C" fn read(file: *mut PyObject, size: *mut PyObject) -> *mut PyObject {
    let mut data = vec![0_u8; unsigned(size) as usize];
    // SAFETY: a file that is open for reading while the object that has this method is in use; the vector has room.
    let got = unsafe { libc::fread(data.as_mut_ptr().cast(), 1, data.len(), file_of(file)) };
    crate::bytesobject::new(&data[..got]).into_ptr()
}

unsafe extern "C" fn readinto(file: *mut PyObject, target: *mut PyObject) -> *mut PyObject {
    // SAFETY: an all-zero view is valid; the exporter fills it, and it is released below.
    unsafe {
        let mut view: object_mirror::object::Py_buffer = std::mem::zeroed();
        if crate::buffer::PyObject_GetBuffer(target, &raw mut view, PYBUF_WRITABLE) < 0 {
            return null_mut();
        }
        let got = libc::fread(view.buf, 1, view.len as usize, file_of(file));
        crate::buffer::PyBuffer_Release(&raw mut view);
        longobject::PyLong_FromSize_t(got)
    }
}

/// An object with the methods of a Python file that `marshal.load` calls: it takes no more from the C file than it is asked for.
fn readable(cx: Cx<'_>, file: *mut libc::FILE) -> Result<HostObj> {
    let types = cx.call(|h| h.import("types"))?;
    let class = cx.attr_str(types.as_ref(), "SimpleNamespace")?;
    let object = cx.call(|h| h.call(class.as_ref(), &[], &[]))?;
    let address = cross::to_c(host().new_int(file as i64).as_ref());
    for definition in [&READ, &READINTO] {
        let definition: *const PyMethodDef = &raw const definition.0;
        // SAFETY: a definition that stays; the result is a new reference or NULL with an error.
        let method = unsafe {
            New::from_ptr(methodobject::PyCFunction_NewEx(definition.cast_mut(), address.as_ptr(), null_mut()))
        };
        let Some(method) = method else { return Err(cx.pending()) };
        // SAFETY: the definition's name is a constant.
        let name = unsafe { std::ffi::CStr::from_ptr((*definition).ml_name) }.to_string_lossy();
        let (name, method) = (cx.str(&name), method.obj().give(cx)?);
        cx.call(|h| h.set_attr(object.as_ref(), name.as_ref(), Some(method.as_ref())))?;
    }
    Ok(object)
}

/// Read one object; what follows it in the file stays there.
#[capi]
fn PyMarshal_ReadObjectFromFile(cx: Cx<'_>, file: *mut libc::FILE) -> Result<New> {
    // SAFETY: C passes a file that is open for reading; a byte that was read can be put back.
    let at_end = unsafe {
        let next = libc::fgetc(file);
        next == libc::EOF || libc::ungetc(next, file) == libc::EOF
    };
    if at_end {
        return Err(cx.error("EOFError", "EOF read where object expected"));
    }
    let file = readable(cx, file)?;
    cx.call_function("marshal", "load", &[file.as_ref()]).map(|value| cx.to_c(value))
}
