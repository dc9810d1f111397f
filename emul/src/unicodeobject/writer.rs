//! `_PyUnicodeWriter`: a str built in pieces, in a struct of C's that its macros read and write.
//!
//! The buffer is a str under construction, wider or longer than needed; `_PyUnicodeWriter_Finish` cuts it. While nothing
//! but one str was written, that str itself is the buffer (`readonly`).

use std::ffi::{c_char, c_int, c_uchar, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::PyObject;

use super::make::{copy, exact, memory};
use super::{Chars, MAX_CHARACTER, Shape, allocate, chars, data_of, kind_of, length, no_memory, store};
use crate::boundary::{Cx, New, Obj, Result};
use crate::statics;

/// CPython's struct.
#[repr(C)]
#[allow(unreachable_pub, reason = "C's struct")]
pub struct _PyUnicodeWriter {
    buffer: *mut PyObject,
    data: *mut c_void,
    kind: c_int,
    maxchar: u32,
    size: Py_ssize_t,
    pos: Py_ssize_t,
    min_length: Py_ssize_t,
    min_char: u32,
    overallocate: c_uchar,
    readonly: c_uchar,
}

const _: () = assert!(size_of::<_PyUnicodeWriter>() == 56);

impl _PyUnicodeWriter {
    /// Take over `buffer`, and tell C's macros about it.
    fn set_buffer(&mut self, buffer: New) {
        let op = buffer.into_ptr();
        self.buffer = op;
        self.data = data_of(op).cast();
        self.maxchar = match kind_of(op) {
            _ if super::is_ascii(op) => 0x7f,
            1 => 0xff,
            2 => 0xffff,
            _ => MAX_CHARACTER,
        };
        if self.readonly == 0 {
            self.kind = kind_of(op) as c_int;
            self.size = length(op) as Py_ssize_t;
        } else {
            // No room, and too narrow for everything: the next write copies.
            self.kind = 0;
            self.size = 0;
        }
    }

    fn take_buffer(&mut self) -> Option<New> {
        // SAFETY: the struct owns one reference to its buffer, or has none.
        unsafe { New::from_ptr(std::mem::replace(&mut self.buffer, null_mut())) }
    }

    /// Make room for `more` characters up to `maxchar`.
    fn prepare(&mut self, cx: Cx<'_>, more: usize, maxchar: u32) -> Result<()> {
        let needed = (self.pos as usize).checked_add(more).filter(|&needed| isize::try_from(needed).is_ok());
        let Some(needed) = needed else {
            return Err(no_memory(cx));
        };
        let maxchar = maxchar.max(self.min_char);
        if maxchar <= self.maxchar && needed as Py_ssize_t <= self.size && self.readonly == 0 && !self.buffer.is_null()
        {
            return Ok(());
        }
        let room = (self.size.max(0) as usize).max(self.min_length.max(0) as usize).max(needed);
        let room = if self.overallocate != 0 && needed as Py_ssize_t > self.size { room + room / 4 } else { room };
        let widest = if self.buffer.is_null() { maxchar } else { maxchar.max(self.maxchar) };
        let shape = Shape::of(room, widest);
        let Some((new, data)) = allocate(shape) else {
            return Err(no_memory(cx));
        };
        if let Some(old) = self.take_buffer() {
            // SAFETY: the new buffer is at least as wide, and longer than what was written so far.
            unsafe { copy(data, shape.kind, chars(old.as_ptr()).slice(0, self.pos as usize)) };
        }
        self.readonly = 0;
        self.set_buffer(new);
        Ok(())
    }

    fn write(&mut self, cx: Cx<'_>, text: Chars<'_>) -> Result<()> {
        if text.len() == 0 {
            return Ok(());
        }
        let max = text.max();
        self.prepare(cx, text.len(), max)?;
        let kind = self.kind as usize;
        // SAFETY: `prepare` made room for them in that kind, from `pos` on.
        unsafe { copy(self.data.cast::<u8>().add(self.pos as usize * kind), kind, text) };
        self.pos += text.len() as Py_ssize_t;
        Ok(())
    }
}

/// The writer that C passes.
///
/// # Safety
/// `writer` is C's live struct, used by nobody else during the call.
unsafe fn writer_at<'a>(writer: *mut _PyUnicodeWriter) -> &'a mut _PyUnicodeWriter {
    // SAFETY: the caller's contract.
    unsafe { &mut *writer }
}

/// Start a writer.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicodeWriter_Init(writer: *mut _PyUnicodeWriter) {
    // SAFETY: C passes its struct; all-zero is an empty writer.
    unsafe {
        writer.write_bytes(0, 1);
        (*writer).min_char = 127;
    }
}

/// Give up what was written.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicodeWriter_Dealloc(writer: *mut _PyUnicodeWriter) {
    // SAFETY: C passes its struct.
    drop(unsafe { writer_at(writer) }.take_buffer());
}

/// Make room for `length` characters up to `maxchar`.
#[capi]
fn _PyUnicodeWriter_PrepareInternal(
    cx: Cx<'_>,
    writer: *mut _PyUnicodeWriter,
    length: Py_ssize_t,
    maxchar: u32,
) -> Result<()> {
    // SAFETY: C passes its struct.
    unsafe { writer_at(writer) }.prepare(cx, usize::try_from(length).unwrap_or(0), maxchar)
}

/// Make the buffer's characters at least that wide.
#[capi]
fn _PyUnicodeWriter_PrepareKindInternal(cx: Cx<'_>, writer: *mut _PyUnicodeWriter, kind: c_int) -> Result<()> {
    let maxchar = match kind {
        1 => 0xff,
        2 => 0xffff,
        _ => MAX_CHARACTER,
    };
    // SAFETY: C passes its struct.
    unsafe { writer_at(writer) }.prepare(cx, 0, maxchar)
}

/// Write one character.
#[capi]
fn _PyUnicodeWriter_WriteChar(cx: Cx<'_>, writer: *mut _PyUnicodeWriter, ch: u32) -> Result<()> {
    // SAFETY: C passes its struct.
    let writer = unsafe { writer_at(writer) };
    writer.prepare(cx, 1, ch)?;
    let kind = writer.kind as usize;
    // SAFETY: `prepare` made room for it.
    unsafe { store(writer.data.cast::<u8>().add(writer.pos as usize * kind), kind, std::iter::once(ch)) };
    writer.pos += 1;
    Ok(())
}

/// Write a str.
#[capi]
fn _PyUnicodeWriter_WriteStr(cx: Cx<'_>, writer: *mut _PyUnicodeWriter, str: Obj<'_>) -> Result<()> {
    // SAFETY: C passes its struct.
    let writer = unsafe { writer_at(writer) };
    if writer.buffer.is_null() && writer.overallocate == 0 && length(str.as_ptr()) > 0 {
        writer.readonly = 1;
        writer.pos = length(str.as_ptr()) as Py_ssize_t;
        writer.set_buffer(exact(str));
        return Ok(());
    }
    writer.write(cx, chars(str.as_ptr()))
}

/// Write the characters of a str from `start` up to `end`.
#[capi]
fn _PyUnicodeWriter_WriteSubstring(
    cx: Cx<'_>,
    writer: *mut _PyUnicodeWriter,
    str: Obj<'_>,
    start: Py_ssize_t,
    end: Py_ssize_t,
) -> Result<()> {
    let text = chars(str.as_ptr());
    let end = usize::try_from(end).unwrap_or(0).min(text.len());
    let start = usize::try_from(start).unwrap_or(0).min(end);
    // SAFETY: C passes its struct.
    unsafe { writer_at(writer) }.write(cx, text.slice(start, end))
}

/// Write ASCII characters; -1: up to the NUL.
#[capi]
fn _PyUnicodeWriter_WriteASCIIString(
    cx: Cx<'_>,
    writer: *mut _PyUnicodeWriter,
    str: *const c_char,
    len: Py_ssize_t,
) -> Result<()> {
    // SAFETY: C passes its struct and that many characters, or NUL-terminated ones.
    unsafe {
        let len = usize::try_from(len).unwrap_or_else(|_| libc::strlen(str));
        writer_at(writer).write(cx, Chars::One(memory(str.cast(), len)))
    }
}

/// Write Latin-1 characters.
#[capi]
fn _PyUnicodeWriter_WriteLatin1String(
    cx: Cx<'_>,
    writer: *mut _PyUnicodeWriter,
    str: *const c_char,
    len: Py_ssize_t,
) -> Result<()> {
    // SAFETY: C passes its struct and that many characters.
    unsafe { writer_at(writer).write(cx, Chars::One(memory(str.cast(), usize::try_from(len).unwrap_or(0)))) }
}

/// Return what was written, and end the writer.
#[capi]
fn _PyUnicodeWriter_Finish(writer: *mut _PyUnicodeWriter) -> New {
    // SAFETY: C passes its struct.
    let writer = unsafe { writer_at(writer) };
    let Some(buffer) = writer.take_buffer().filter(|_| writer.pos > 0) else {
        return New::from_static(statics::empty_str());
    };
    if writer.readonly != 0 {
        return buffer;
    }
    // C may have written narrower text than it announced: the result has the narrowest kind.
    let written = chars(buffer.as_ptr()).slice(0, writer.pos as usize);
    let shape = Shape::of(written.len(), written.max());
    let op = buffer.as_ptr();
    if shape.length == length(op) && shape.kind == kind_of(op) as usize && shape.ascii == super::is_ascii(op) {
        return buffer;
    }
    super::new_from_chars(written)
}
