//! Strs from C's data, and what changes a str that nobody else has seen.

use std::ffi::{c_char, c_int, c_void};

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::PyObject;
use object_mirror::unicodeobject::PyASCIIObject;

use super::{
    Chars, MAX_CHARACTER, Shape, allocate, chars, data_of, expect_modifiable, expect_str, expect_str_argument,
    is_exact, is_modifiable, is_str, kind_of, length, new_from_chars, new_from_latin1, new_from_wtf8, no_memory, store,
};
use crate::boundary::{Cx, New, Obj, Out, Result, Text};
use crate::{lifetime, statics};

/// A C-born str of UTF-8; UnicodeDecodeError for anything else.
pub(crate) fn utf8_to_new(cx: Cx<'_>, bytes: &[u8], errors: Option<&str>) -> Result<New> {
    if std::str::from_utf8(bytes).is_ok() {
        return Ok(new_from_wtf8(bytes));
    }
    if let Some(repaired) = errors.and_then(|errors| super::alone::repaired(bytes, errors)) {
        return Ok(new_from_wtf8(&repaired));
    }
    super::decode_utf8(cx, bytes, errors).map(|object| cx.to_c(object))
}

/// C's memory: `len` bytes at `data`, where a length of 0 allows any pointer.
///
/// # Safety
/// `data` has `len` readable bytes.
pub(super) unsafe fn memory<'a, T>(data: *const T, len: usize) -> &'a [T] {
    if len == 0 {
        return &[];
    }
    // SAFETY: the caller's contract.
    unsafe { std::slice::from_raw_parts(data, len) }
}

/// A length that C gave, or the error for a negative one.
pub(super) fn expect_size(cx: Cx<'_>, size: Py_ssize_t, message: &str) -> Result<usize> {
    let size = usize::try_from(size).map_err(|_| cx.system_error(message))?;
    cx.expect_memory(size)?;
    Ok(size)
}

/// Return a new str for C to fill with `size` characters up to `maxchar`.
#[capi]
fn PyUnicode_New(cx: Cx<'_>, size: Py_ssize_t, maxchar: u32) -> Result<New> {
    if size == 0 {
        return Ok(New::from_static(statics::empty_str()));
    }
    if maxchar > MAX_CHARACTER {
        return Err(cx.system_error("invalid maximum character passed to PyUnicode_New"));
    }
    let size = expect_size(cx, size, "Negative size passed to PyUnicode_New")?;
    match allocate(Shape::of(size, maxchar)) {
        Some((new, _)) => Ok(new),
        None => Err(no_memory(cx)),
    }
}

/// Return the str that a UTF-8 C string says.
#[capi]
fn PyUnicode_FromString(cx: Cx<'_>, u: Text<'_>) -> Result<New> {
    utf8_to_new(cx, u.bytes(), None)
}

/// Return the str that `size` bytes of UTF-8 say.
#[capi]
fn PyUnicode_FromStringAndSize(cx: Cx<'_>, u: *const c_char, size: Py_ssize_t) -> Result<New> {
    if u.is_null() && size > 0 {
        return Err(cx.system_error("NULL string with positive size with NULL passed to PyUnicode_FromStringAndSize"));
    }
    let size = expect_size(cx, size, "Negative size passed to PyUnicode_FromStringAndSize")?;
    // SAFETY: C passes `size` readable bytes.
    utf8_to_new(cx, unsafe { memory(u.cast(), size) }, None)
}

/// Return the str of `size` characters of 1, 2 or 4 bytes, in the narrowest kind.
#[capi]
fn PyUnicode_FromKindAndData(cx: Cx<'_>, kind: c_int, buffer: *const c_void, size: Py_ssize_t) -> Result<New> {
    let Ok(size) = usize::try_from(size) else {
        return Err(cx.value_error("size must be positive"));
    };
    if !matches!(kind, 1 | 2 | 4) {
        return Err(cx.system_error("invalid kind"));
    }
    cx.expect_memory(size.saturating_mul(usize::try_from(kind).unwrap_or(1)))?;
    // SAFETY: C passes `size` characters of that kind.
    let chars = unsafe {
        match kind {
            1 => Chars::One(memory(buffer.cast(), size)),
            2 => Chars::Two(memory(buffer.cast(), size)),
            4 => Chars::Four(memory(buffer.cast(), size)),
            _ => return Err(cx.system_error("invalid kind")),
        }
    };
    if chars.max() > MAX_CHARACTER {
        return Err(out_of_range(cx, chars.max()));
    }
    Ok(new_from_chars(chars))
}

fn out_of_range(cx: Cx<'_>, ch: u32) -> crate::boundary::Raised {
    cx.value_error(format!("character U+{ch:x} is not in range [U+0000; U+10ffff]"))
}

/// Return the str of one character.
#[capi]
fn PyUnicode_FromOrdinal(cx: Cx<'_>, ordinal: c_int) -> Result<New> {
    match u32::try_from(ordinal) {
        Ok(ch) if ch <= MAX_CHARACTER => Ok(new_from_chars(Chars::Four(&[ch]))),
        _ => Err(cx.value_error("chr() arg not in range(0x110000)")),
    }
}

/// Return the str of `size` wide characters; -1: up to the NUL.
#[capi]
fn PyUnicode_FromWideChar(cx: Cx<'_>, w: *const libc::wchar_t, size: Py_ssize_t) -> Result<New> {
    if w.is_null() && size != 0 {
        return Err(cx.bad_internal_call());
    }
    if size < -1 {
        return Err(cx.system_error("Negative size passed to PyUnicode_New"));
    }
    let size = match usize::try_from(size) {
        Ok(size) => size,
        // SAFETY: a NUL-terminated wide string is what -1 promises.
        Err(_) => unsafe { (0..).take_while(|&index| *w.add(index) != 0).count() },
    };
    cx.expect_memory(size.saturating_mul(4))?;
    // SAFETY: C passes `size` wide characters; a wchar_t has 32 bits here.
    let text: &[u32] = unsafe { memory(w.cast(), size) };
    match text.iter().find(|&&ch| ch > MAX_CHARACTER) {
        Some(&ch) => Err(out_of_range(cx, ch)),
        None => Ok(new_from_chars(Chars::Four(text))),
    }
}

/// Return an exact str of the same content: the object itself if it is one.
#[capi]
fn PyUnicode_FromObject(cx: Cx<'_>, obj: Obj<'_>) -> Result<New> {
    if is_str(obj) {
        return Ok(exact(obj));
    }
    Err(cx.type_error(format!("Can't convert '{:.100}' object to str implicitly", obj.type_name())))
}

/// A str itself, or an exact one of the same content for an instance of a subclass.
pub(super) fn exact(str: Obj<'_>) -> New {
    if is_exact(str) { str.to_new() } else { new_from_chars(chars(str.as_ptr())) }
}

/// Return an exact copy of a str.
#[capi]
fn _PyUnicode_Copy(cx: Cx<'_>, unicode: Obj<'_>) -> Result<New> {
    if !is_str(unicode) {
        return Err(cx.bad_internal_call());
    }
    Ok(new_from_chars(chars(unicode.as_ptr())))
}

/// Return the characters from `start` up to `end`.
#[capi]
fn PyUnicode_Substring(cx: Cx<'_>, str: Obj<'_>, start: Py_ssize_t, end: Py_ssize_t) -> Result<New> {
    expect_str(cx, str)?;
    let len = length(str.as_ptr()) as Py_ssize_t;
    let end = end.min(len);
    if start == 0 && end == len {
        return Ok(exact(str));
    }
    if start < 0 || end < 0 {
        return Err(cx.error("IndexError", "string index out of range"));
    }
    if start >= end {
        return Ok(New::from_static(statics::empty_str()));
    }
    Ok(new_from_chars(chars(str.as_ptr()).slice(start as usize, end as usize)))
}

/// A C-born str of the characters of all pieces in turn; `None` without memory.
pub(super) fn concatenated(pieces: &[Chars<'_>]) -> Option<New> {
    let length = pieces.iter().try_fold(0_usize, |length, piece| length.checked_add(piece.len()))?;
    let shape = Shape::of(length, pieces.iter().map(|piece| piece.max()).max().unwrap_or(0));
    if shape.length <= 1 {
        let only = pieces.iter().find(|piece| piece.len() > 0);
        return Some(new_from_chars(only.copied().unwrap_or(Chars::One(b""))));
    }
    let (new, mut place) = allocate(shape)?;
    for &piece in pieces {
        // SAFETY: the mirror has room for the sum of these lengths, in a kind wide enough for all.
        unsafe {
            copy(place, shape.kind, piece);
            place = place.add(piece.len() * shape.kind);
        }
    }
    Some(new)
}

/// Store characters, at once where they have that kind already.
///
/// # Safety
/// As [`store`].
pub(super) unsafe fn copy(data: *mut u8, kind: usize, chars: Chars<'_>) {
    // SAFETY: the caller's contract.
    unsafe {
        match chars {
            Chars::One(chars) if kind == 1 => data.copy_from_nonoverlapping(chars.as_ptr(), chars.len()),
            Chars::Two(chars) if kind == 2 => data.cast::<u16>().copy_from_nonoverlapping(chars.as_ptr(), chars.len()),
            Chars::Four(chars) if kind == 4 => data.cast::<u32>().copy_from_nonoverlapping(chars.as_ptr(), chars.len()),
            _ => store(data, kind, chars.iter()),
        }
    }
}

/// Store one character; `kind` is wide enough for it.
#[capi]
fn PyUnicode_WriteChar(cx: Cx<'_>, unicode: Obj<'_>, index: Py_ssize_t, character: u32) -> Result<()> {
    expect_str_argument(cx, unicode)?;
    // CPython's instances of subclasses are laid out in another way.
    if !crate::abstract_::is_exactly(unicode, crate::statics::builtin!(PyUnicode_Type)) {
        return Err(cx.type_error("bad argument type for built-in operation"));
    }
    let op = unicode.as_ptr();
    let at = match usize::try_from(index) {
        Ok(at) if at < length(op) => at,
        _ => return Err(cx.error("IndexError", "string index out of range")),
    };
    expect_modifiable(cx, unicode)?;
    if character > max_of_kind(op) {
        return Err(cx.value_error("character out of range"));
    }
    let kind = kind_of(op) as usize;
    // SAFETY: the index is within the str, and the character fits its kind.
    unsafe { store(data_of(op).add(at * kind), kind, std::iter::once(character)) };
    Ok(())
}

/// `PyUnicode_MAX_CHAR_VALUE`.
fn max_of_kind(op: *mut PyObject) -> u32 {
    match kind_of(op) {
        _ if super::is_ascii(op) => 0x7f,
        1 => 0xff,
        2 => 0xffff,
        _ => MAX_CHARACTER,
    }
}

/// Copy up to `how_many` characters into a str that C is filling; the number copied.
#[capi]
fn PyUnicode_CopyCharacters(
    cx: Cx<'_>,
    to: Obj<'_>,
    to_start: Py_ssize_t,
    from: Obj<'_>,
    from_start: Py_ssize_t,
    how_many: Py_ssize_t,
) -> Result<Py_ssize_t> {
    if !is_str(from) || !is_str(to) {
        return Err(cx.bad_internal_call());
    }
    let (source, room) = (chars(from.as_ptr()), length(to.as_ptr()));
    let within = |start: Py_ssize_t, len: usize| usize::try_from(start).ok().filter(|&start| start <= len);
    let (Some(from_at), Some(to_at)) = (within(from_start, source.len()), within(to_start, room)) else {
        return Err(cx.error("IndexError", "string index out of range"));
    };
    let Ok(wanted) = usize::try_from(how_many) else {
        return Err(cx.system_error("how_many cannot be negative"));
    };
    let count = wanted.min(source.len() - from_at);
    if to_at + count > room {
        return Err(
            cx.system_error(format!("Cannot write {count} characters at {to_at} in a string of {room} characters"))
        );
    }
    if count == 0 {
        return Ok(0);
    }
    expect_modifiable(cx, to)?;
    let source = source.slice(from_at, from_at + count);
    if source.max() > max_of_kind(to.as_ptr()) {
        let shown = |op| {
            if super::is_ascii(op) { "ASCII".to_owned() } else { format!("UCS{}", kind_of(op)) }
        };
        let (from, to) = (shown(from.as_ptr()), shown(to.as_ptr()));
        return Err(cx.system_error(format!("Cannot copy {from} characters into a string of {to} characters")));
    }
    let kind = kind_of(to.as_ptr()) as usize;
    // SAFETY: checked above: room, kind, and that the target is another, unshared str.
    unsafe { copy(data_of(to.as_ptr()).add(to_at * kind), kind, source) };
    Ok(count as Py_ssize_t)
}

/// Fill a stretch of a str that C is filling with one character; the number written.
#[capi]
fn PyUnicode_Fill(
    cx: Cx<'_>,
    unicode: Obj<'_>,
    start: Py_ssize_t,
    length: Py_ssize_t,
    fill_char: u32,
) -> Result<Py_ssize_t> {
    if !is_str(unicode) {
        return Err(cx.bad_internal_call());
    }
    expect_modifiable(cx, unicode)?;
    let Ok(start) = usize::try_from(start) else {
        return Err(cx.error("IndexError", "string index out of range"));
    };
    let op = unicode.as_ptr();
    if fill_char > max_of_kind(op) {
        return Err(cx.value_error("fill character is bigger than the string maximum character"));
    }
    let room = super::length(op).saturating_sub(start);
    let count = usize::try_from(length).unwrap_or(0).min(room);
    let kind = kind_of(op) as usize;
    if count > 0 {
        // SAFETY: start and count are within the str, and the character fits its kind.
        unsafe { store(data_of(op).add(start * kind), kind, std::iter::repeat_n(fill_char, count)) };
    }
    Ok(count as Py_ssize_t)
}

/// Change the length of a str that C is filling, in place where nobody else has it; `*unicode` is the result.
#[capi]
fn PyUnicode_Resize(cx: Cx<'_>, unicode: Out<'_, *mut PyObject>, length: Py_ssize_t) -> Result<()> {
    let mut place = unicode;
    // SAFETY: C's variable holds a reference to a live object, or NULL.
    let Some(str) = (unsafe { Obj::from_ptr(place.read()) }) else {
        return Err(cx.bad_internal_call());
    };
    let Ok(wanted) = usize::try_from(length) else {
        return Err(cx.bad_internal_call());
    };
    if !is_str(str) {
        return Err(cx.bad_internal_call());
    }
    let old = super::length(str.as_ptr());
    if wanted == old {
        return Ok(());
    }
    if wanted == 0 {
        replace(&mut place, New::from_static(statics::empty_str()));
        return Ok(());
    }
    let shape = Shape { length: wanted, kind: kind_of(str.as_ptr()) as usize, ascii: super::is_ascii(str.as_ptr()) };
    if !is_modifiable(str) || crate::cross::is_linked(str.as_ptr()) {
        let Some((new, data)) = allocate(shape) else {
            return Err(no_memory(cx));
        };
        // SAFETY: the new str has the same kind and at least that many characters.
        unsafe { copy(data, shape.kind, chars(str.as_ptr()).slice(0, old.min(wanted))) };
        replace(&mut place, new);
        return Ok(());
    }
    let Some(size) = shape.size() else {
        return Err(no_memory(cx));
    };
    forget_utf8(str.as_ptr());
    // SAFETY: a C-born str whose only reference is C's variable: nobody else can see it move.
    let moved = unsafe { lifetime::bridge(|bridge| bridge.heap.realloc(str.cast(), size)) };
    let Some(moved) = moved else {
        return Err(no_memory(cx));
    };
    let op = moved.as_ptr().cast::<PyObject>();
    place.write(op);
    // SAFETY: the block has the new size now; the header's other fields moved with it.
    unsafe {
        (*op.cast::<PyASCIIObject>()).length = wanted as Py_ssize_t;
        data_of(op).add(wanted * shape.kind).write_bytes(0, shape.kind);
    }
    Ok(())
}

/// Give C's variable another object.
fn replace(place: &mut Out<'_, *mut PyObject>, new: New) {
    // SAFETY: C's variable owns one reference.
    let old = unsafe { New::from_ptr(place.read()) };
    place.write(new.into_ptr());
    drop(old);
}

/// Drop the cached UTF-8: the text changes.
pub(super) fn forget_utf8(op: *mut PyObject) {
    if super::is_ascii(op) {
        return;
    }
    let str = op.cast::<object_mirror::unicodeobject::PyCompactUnicodeObject>();
    // SAFETY: a str that is not ASCII has these fields; the cache is malloc's.
    unsafe {
        libc::free((*str).utf8.cast());
        (*str).utf8 = std::ptr::null_mut();
        (*str).utf8_length = 0;
    }
}

/// Return the str of Latin-1 bytes.
#[capi]
fn PyUnicode_DecodeLatin1(cx: Cx<'_>, string: *const c_char, length: Py_ssize_t, errors: *const c_char) -> Result<New> {
    let _strictness_has_no_part_in_it = errors;
    let length = expect_size(cx, length, "Negative size passed to PyUnicode_New")?;
    // SAFETY: C passes `length` readable bytes.
    Ok(new_from_latin1(unsafe { memory(string.cast(), length) }))
}

/// Free an exact str; C code reaches it through `tp_dealloc` alone.
#[capi(raw)]
pub unsafe extern "C" fn _PyUnicode_ExactDealloc(op: *mut PyObject) {
    // SAFETY: C passes a str without references.
    unsafe { lifetime::_Emul_value_dealloc(op) };
}
