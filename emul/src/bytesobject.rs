//! `bytesobject.h`: bytes, kept in the mirror: their size, then the data and a NUL.

use std::ffi::{c_char, c_int};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::bytesobject::PyBytesObject;
use object_mirror::object::{
    Py_TPFLAGS_BYTES_SUBCLASS, Py_TPFLAGS_LONG_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS, PyObject, PyVarObject,
};

use crate::abstract_::sequence::iterates;
use crate::boundary::{Cx, New, Obj, Out, Result, Stolen, Text};
use crate::statics::builtin;
use crate::unicodeobject::no_memory;
use crate::{lifetime, statics};

/// Where the data start.
const HEADER: usize = std::mem::offset_of!(PyBytesObject, ob_sval);

// ---- the mirror ----

/// The content of a bytes, exact or of a subclass; `op` is one, alive for `'a`.
#[inline]
pub(crate) fn data<'a>(op: *mut PyObject) -> &'a [u8] {
    // SAFETY: the caller's contract; `ob_size` counts the bytes.
    unsafe { std::slice::from_raw_parts(start_of(op), (*op.cast::<PyVarObject>()).ob_size as usize) }
}

fn start_of(op: *mut PyObject) -> *mut u8 {
    op.cast::<u8>().wrapping_add(HEADER)
}

/// The size of the mirror of that many bytes.
pub(crate) const fn size_for(len: usize) -> usize {
    HEADER + len + 1
}

/// Lay the bytes out in a mirror of [`size_for`] bytes: everything but `ob_base`'s count and type.
pub(crate) fn fill(ptr: *mut PyObject, content: &[u8]) {
    // SAFETY: the caller allocated `size_for(content.len())` bytes at `ptr`, which nobody else sees yet.
    unsafe {
        fill_header(ptr, content.len());
        start_of(ptr).copy_from_nonoverlapping(content.as_ptr(), content.len());
    }
}

/// # Safety
/// `ptr` has `size_for(len)` bytes.
unsafe fn fill_header(ptr: *mut PyObject, len: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        (*ptr.cast::<PyVarObject>()).ob_size = len as Py_ssize_t;
        (*ptr.cast::<PyBytesObject>()).ob_shash = -1;
        start_of(ptr).add(len).write(0);
    }
}

/// A C-born bytes; the static for none.
pub(crate) fn new(content: &[u8]) -> New {
    allocate_filled(content).expect("memory for bytes")
}

/// As [`new`], MemoryError where there is none.
pub(crate) fn try_new(cx: Cx<'_>, content: &[u8]) -> Result<New> {
    allocate_filled(content).ok_or_else(|| no_memory(cx))
}

fn allocate_filled(content: &[u8]) -> Option<New> {
    if content.is_empty() {
        return Some(New::from_static(statics::empty_bytes()));
    }
    if let [byte] = *content {
        return single(byte);
    }
    let new = allocate(content.len())?;
    fill(new.as_ptr(), content);
    Some(new)
}

/// The one bytes of that byte, for ever.
fn single(byte: u8) -> Option<New> {
    static SINGLES: [AtomicPtr<PyObject>; 256] = [const { AtomicPtr::new(null_mut()) }; 256];
    let known = &SINGLES[usize::from(byte)];
    // Changed with the lock held only.
    if known.load(Relaxed).is_null() {
        let new = allocate(1)?;
        fill(new.as_ptr(), &[byte]);
        let made = new.into_ptr();
        // SAFETY: a fresh object that nobody else has seen.
        unsafe { (*made).ob_refcnt = object_mirror::object::IMMORTAL_REFCNT };
        known.store(made, Relaxed);
    }
    Some(New::from_static(known.load(Relaxed)))
}

/// A C-born bytes of that length, its content zeros.
fn allocate(len: usize) -> Option<New> {
    let size = len.checked_add(HEADER + 1).filter(|&size| isize::try_from(size).is_ok())?;
    let mirror = lifetime::alloc_object(&raw mut crate::gen_::builtin_types::PyBytes_Type, size)?;
    // SAFETY: memory of that size, just allocated with one reference, which is ours.
    unsafe {
        fill_header(mirror.as_ptr(), len);
        New::from_ptr(mirror.as_ptr())
    }
}

/// Whether the object is a bytes (`PyBytes_Check`).
pub(crate) fn is_bytes(object: Obj<'_>) -> bool {
    object.type_has(Py_TPFLAGS_BYTES_SUBCLASS)
}

fn expect_bytes(cx: Cx<'_>, object: Obj<'_>) -> Result<()> {
    if is_bytes(object) {
        return Ok(());
    }
    Err(cx.type_error(format!("expected bytes, {:.200} found", object.type_name())))
}

/// C's memory: `len` bytes at `data`, where a length of 0 allows any pointer.
///
/// # Safety
/// `data` has `len` readable bytes.
unsafe fn memory<'a>(data: *const c_char, len: usize) -> &'a [u8] {
    if len == 0 {
        return &[];
    }
    // SAFETY: the caller's contract.
    unsafe { std::slice::from_raw_parts(data.cast(), len) }
}

// ---- making bytes ----

/// Return a bytes of that content; NULL leaves it to C to fill.
#[capi]
fn PyBytes_FromStringAndSize(cx: Cx<'_>, v: *const c_char, len: Py_ssize_t) -> Result<New> {
    let Ok(len) = usize::try_from(len) else {
        return Err(cx.system_error("Negative size passed to PyBytes_FromStringAndSize"));
    };
    if len == 0 {
        return Ok(New::from_static(statics::empty_bytes()));
    }
    expect_size(cx, len)?;
    if v.is_null() {
        return allocate(len).ok_or_else(|| no_memory(cx));
    }
    // SAFETY: C passes `len` readable bytes.
    try_new(cx, unsafe { memory(v, len) })
}

/// More would not fit the struct's size into a `Py_ssize_t`.
const LONGEST: usize = Py_ssize_t::MAX as usize - (std::mem::offset_of!(PyBytesObject, ob_sval) + 1);

/// Nobody has bytes of that size.
fn expect_size(cx: Cx<'_>, len: usize) -> Result<()> {
    if len > LONGEST {
        return Err(cx.error("OverflowError", "byte string is too large"));
    }
    cx.expect_memory(len)
}

/// Return a bytes of a C string.
#[capi]
fn PyBytes_FromString(cx: Cx<'_>, v: Text<'_>) -> Result<New> {
    try_new(cx, v.bytes())
}

/// Return a bytes of an object's buffer, or of the ints it iterates over.
#[capi]
fn PyBytes_FromObject(cx: Cx<'_>, o: Obj<'_>) -> Result<New> {
    from_object(cx, o)
}

/// As `PyBytes_FromObject`.
pub(crate) fn from_object(cx: Cx<'_>, o: Obj<'_>) -> Result<New> {
    if std::ptr::eq(o.type_ptr(), &raw const crate::gen_::builtin_types::PyBytes_Type) {
        return Ok(o.to_new());
    }
    if let Some(bytes) = bytes_of_ints(o) {
        return try_new(cx, &bytes);
    }
    let object = o.give(cx)?;
    if let Ok(buffer) = cx.unlocked(|h| h.buffer(object.as_ref(), crate::buffer::PyBUF_FULL_RO)) {
        let (data, len, _) = buffer.memory();
        // SAFETY: the buffer pins that memory until it is dropped.
        return try_new(cx, unsafe { memory(data.cast(), len) });
    }
    if o.type_has(Py_TPFLAGS_UNICODE_SUBCLASS) || !iterates(o) {
        return Err(cx.type_error(format!("cannot convert '{:.200}' object to bytes", o.type_name())));
    }
    let items = match cx.call(|h| h.iter(object.as_ref())) {
        Ok(items) => items,
        Err(_) if crate::abstract_::object::pending_is(crate::statics::exception!(PyExc_TypeError)) => {
            drop(cx.take_error());
            return Err(cx.type_error(format!("cannot convert '{:.200}' object to bytes", o.type_name())));
        }
        Err(raised) => return Err(raised),
    };
    let class = cx.host().builtin_class("bytes").ok_or_else(|| cx.bad_internal_call())?;
    cx.object(|h| h.call(class.as_ref(), &[items.as_ref()], &[]))
}

/// The items of an exact list or tuple that are bytes, all of them ints: nobody's code runs for these.
fn bytes_of_ints(o: Obj<'_>) -> Option<Vec<u8>> {
    let exact = std::ptr::eq(o.type_ptr(), builtin!(PyList_Type)) || std::ptr::eq(o.type_ptr(), builtin!(PyTuple_Type));
    let items = crate::abstract_::sequence::items_of(o).filter(|_| exact)?;
    let byte = |&item: &*mut PyObject| {
        // SAFETY: the container keeps its items, of which a fresh one may still lack some.
        let item = unsafe { Obj::from_ptr(item) }.filter(|item| item.type_has(Py_TPFLAGS_LONG_SUBCLASS))?;
        u8::try_from(crate::longobject::to_i64(item.as_ptr())?).ok()
    };
    items.iter().map(byte).collect()
}

// ---- reading bytes ----

/// The number of bytes.
#[capi]
fn PyBytes_Size(cx: Cx<'_>, string: Obj<'_>) -> Result<Py_ssize_t> {
    expect_bytes(cx, string)?;
    Ok(data(string.as_ptr()).len() as Py_ssize_t)
}

/// The content, NUL-terminated.
#[capi]
fn PyBytes_AsString(cx: Cx<'_>, string: Obj<'_>) -> Result<*mut c_char> {
    expect_bytes(cx, string)?;
    Ok(start_of(string.as_ptr()).cast())
}

/// Store the content and its length; without a place for the length, ValueError for a NUL in it.
#[capi]
fn PyBytes_AsStringAndSize(
    cx: Cx<'_>,
    obj: Obj<'_>,
    s: Option<Out<'_, *mut c_char>>,
    len: Option<Out<'_, Py_ssize_t>>,
) -> Result<()> {
    let Some(mut s) = s else {
        return Err(cx.bad_internal_call());
    };
    expect_bytes(cx, obj)?;
    let content = data(obj.as_ptr());
    s.write(start_of(obj.as_ptr()).cast());
    match len {
        Some(mut len) => len.write(content.len() as Py_ssize_t),
        None if content.contains(&0) => return Err(cx.value_error("embedded null byte")),
        None => {}
    }
    Ok(())
}

/// Return the `repr` of a bytes; with `smartquotes`, in the quotes that need fewer escapes.
#[capi]
fn PyBytes_Repr(obj: Obj<'_>, smartquotes: c_int) -> New {
    repr(obj, smartquotes != 0)
}

/// As `PyBytes_Repr`.
pub(crate) fn repr(obj: Obj<'_>, smartquotes: bool) -> New {
    let content = data(obj.as_ptr());
    let has = |quote| content.contains(&quote);
    let quote = if smartquotes && has(b'\'') && !has(b'"') { b'"' } else { b'\'' };
    let mut text = vec![b'b', quote];
    for &byte in content {
        match byte {
            b'\\' => text.extend(b"\\\\"),
            b'\t' => text.extend(b"\\t"),
            b'\n' => text.extend(b"\\n"),
            b'\r' => text.extend(b"\\r"),
            _ if byte == quote => text.extend([b'\\', byte]),
            b' '..=b'~' => text.push(byte),
            _ => text.extend(format!("\\x{byte:02x}").bytes()),
        }
    }
    text.push(quote);
    crate::unicodeobject::new_from_latin1(&text)
}

// ---- joining ----

/// The content of a bytes or of what has a buffer.
fn with_content<T>(cx: Cx<'_>, object: Obj<'_>, read: impl FnOnce(&[u8]) -> T) -> Option<T> {
    if is_bytes(object) {
        return Some(read(data(object.as_ptr())));
    }
    let host = match object.give(cx) {
        Ok(host) => host,
        Err(_) => {
            drop(cx.take_error());
            return None;
        }
    };
    let buffer = cx.unlocked(|h| h.buffer(host.as_ref(), crate::buffer::PyBUF_FULL_RO)).ok()?;
    if !crate::buffer::is_c_contiguous(&*buffer) {
        return None;
    }
    let (data, len, _) = buffer.memory();
    // SAFETY: the buffer pins that memory until it is dropped.
    Some(read(unsafe { memory(data.cast(), len) }))
}

fn concatenated(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    let joined = with_content(cx, left, <[u8]>::to_vec).and_then(|mut joined| {
        with_content(cx, right, |right| joined.extend_from_slice(right))?;
        Some(joined)
    });
    match joined {
        Some(joined) => try_new(cx, &joined),
        None => Err(cx.type_error(format!("can't concat {:.100} to {:.100}", right.type_name(), left.type_name()))),
    }
}

/// Append to the bytes in C's variable, which becomes NULL where that fails.
#[capi]
fn PyBytes_Concat(cx: Cx<'_>, bytes: Out<'_, *mut PyObject>, newpart: Option<Obj<'_>>) {
    concat(cx, bytes, newpart);
}

/// As `PyBytes_Concat`; the reference to `newpart` is given up.
#[capi]
fn PyBytes_ConcatAndDel(cx: Cx<'_>, bytes: Out<'_, *mut PyObject>, newpart: Option<Stolen<'_>>) {
    concat(cx, bytes, newpart.as_ref().map(Stolen::obj));
}

fn concat(cx: Cx<'_>, mut place: Out<'_, *mut PyObject>, right: Option<Obj<'_>>) {
    // SAFETY: C's variable owns a reference to a live object, or is NULL.
    let Some(left) = (unsafe { New::from_ptr(place.read()) }) else {
        return;
    };
    let joined = right.and_then(|right| concatenated(cx, left.obj(), right).ok());
    place.write(joined.map_or(std::ptr::null_mut(), New::into_ptr));
}

fn bytes_method(cx: Cx<'_>, name: &str, self_: Obj<'_>, other: Obj<'_>) -> Result<New> {
    let (self_, other) = (self_.give(cx)?, other.give(cx)?);
    cx.call_builtin_method("bytes", name, &[self_.as_ref(), other.as_ref()]).map(|bytes| cx.to_c(bytes))
}

/// Return `sep.join(x)`.
#[capi]
fn _PyBytes_Join(cx: Cx<'_>, sep: Obj<'_>, x: Obj<'_>) -> Result<New> {
    if !is_bytes(sep) {
        return Err(cx.type_error(format!("sep: expected bytes, got {:.100}", sep.type_name())));
    }
    bytes_method(cx, "join", sep, x)
}

/// Change the length of a bytes that C is filling, in place where nobody else has it; `*bytes` is the result, NULL after
/// an error.
#[capi]
fn _PyBytes_Resize(cx: Cx<'_>, bytes: Out<'_, *mut PyObject>, newsize: Py_ssize_t) -> Result<()> {
    let mut place = bytes;
    // SAFETY: C's variable owns a reference to a live object, which is ours until the variable is written again.
    let Some(old) = (unsafe { New::from_ptr(place.read()) }) else {
        return Err(cx.bad_internal_call());
    };
    place.write(std::ptr::null_mut());
    let Ok(wanted) = usize::try_from(newsize) else {
        return Err(cx.bad_internal_call());
    };
    if !is_bytes(old.obj()) {
        return Err(cx.bad_internal_call());
    }
    let len = data(old.as_ptr()).len();
    if len == wanted {
        place.write(old.into_ptr());
        return Ok(());
    }
    // SAFETY: a live object.
    let shared = unsafe { (*old.as_ptr()).ob_refcnt } != 1;
    if wanted == 0 {
        place.write(statics::empty_bytes());
        return Ok(());
    }
    if len == 0 || crate::cross::is_linked(old.as_ptr()) {
        let Some(new) = allocate(wanted) else {
            return Err(no_memory(cx));
        };
        let kept = len.min(wanted);
        // SAFETY: both have at least that many bytes.
        unsafe { start_of(new.as_ptr()).copy_from_nonoverlapping(start_of(old.as_ptr()), kept) };
        place.write(new.into_ptr());
        return Ok(());
    }
    if shared {
        return Err(cx.bad_internal_call());
    }
    let op = old.into_ptr();
    let size = wanted.checked_add(HEADER + 1).filter(|&size| isize::try_from(size).is_ok());
    // SAFETY: a C-born bytes whose only reference is C's variable: nobody else can see it move.
    let moved = size.and_then(|size| unsafe { lifetime::bridge(|bridge| bridge.heap.realloc(op.cast(), size)) });
    let Some(moved) = moved else {
        // SAFETY: the old block stands; its one reference is ours.
        drop(unsafe { New::from_ptr(op) });
        return Err(no_memory(cx));
    };
    let op = moved.as_ptr().cast::<PyObject>();
    // SAFETY: the block has the new size now.
    unsafe { fill_header(op, wanted) };
    place.write(op);
    Ok(())
}

// ---- escapes ----

/// Return the bytes that the inside of a bytes literal says.
#[capi]
fn PyBytes_DecodeEscape(
    cx: Cx<'_>,
    s: *const c_char,
    len: Py_ssize_t,
    errors: Option<Text<'_>>,
    unicode: Py_ssize_t,
    recode_encoding: *const c_char,
) -> Result<New> {
    let _ignored_since_3_9 = (unicode, recode_encoding);
    let Ok(len) = usize::try_from(len) else { return Err(cx.error("MemoryError", "")) };
    expect_size(cx, len)?;
    // SAFETY: C passes `len` readable bytes.
    let text = unsafe { memory(s, len) };
    let (decoded, invalid) = unescape(cx, text, errors)?;
    if let Some(at) = invalid {
        warn_invalid_escape(cx, &text[at..])?;
    }
    try_new(cx, &decoded)
}

/// As `PyBytes_DecodeEscape`, telling the first invalid escape instead of warning.
#[capi]
fn _PyBytes_DecodeEscape(
    cx: Cx<'_>,
    s: *const c_char,
    len: Py_ssize_t,
    errors: Option<Text<'_>>,
    first_invalid_escape: Out<'_, *const c_char>,
) -> Result<New> {
    let mut first_invalid_escape = first_invalid_escape;
    let len = usize::try_from(len).unwrap_or(0);
    expect_size(cx, len)?;
    // SAFETY: C passes `len` readable bytes.
    let text = unsafe { memory(s, len) };
    let (decoded, invalid) = unescape(cx, text, errors)?;
    first_invalid_escape.write(invalid.map_or(std::ptr::null(), |at| text[at..].as_ptr().cast()));
    try_new(cx, &decoded)
}

/// The content, and where the character of the first invalid escape is.
fn unescape(cx: Cx<'_>, text: &[u8], errors: Option<Text<'_>>) -> Result<(Vec<u8>, Option<usize>)> {
    let (mut content, mut invalid) = (Vec::with_capacity(text.len()), None);
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        at += 1;
        if byte != b'\\' {
            content.push(byte);
            continue;
        }
        let Some(&escape) = text.get(at) else {
            return Err(cx.value_error("Trailing \\ in string"));
        };
        at += 1;
        match escape {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => content.push(escape),
            b'b' => content.push(8),
            b'f' => content.push(12),
            b't' => content.push(b'\t'),
            b'n' => content.push(b'\n'),
            b'r' => content.push(b'\r'),
            b'v' => content.push(11),
            b'a' => content.push(7),
            b'0'..=b'7' => {
                let start = at - 1;
                while at < text.len() && at - start < 3 && matches!(text[at], b'0'..=b'7') {
                    at += 1;
                }
                let value = text[start..at].iter().fold(0_u32, |value, &digit| value * 8 + u32::from(digit - b'0'));
                if value > 0xff {
                    invalid = invalid.or(Some(start));
                }
                content.push(value as u8);
            }
            b'x' => {
                let digits = text[at..].iter().take(2).map_while(|&digit| (digit as char).to_digit(16));
                let digits: Vec<u32> = digits.collect();
                at += digits.len();
                if let [high, low] = digits[..] {
                    content.push((high * 16 + low) as u8);
                    continue;
                }
                match errors.map(Text::bytes) {
                    None | Some(b"strict") => {
                        let position = at - 2 - digits.len();
                        return Err(cx.value_error(format!("invalid \\x escape at position {position}")));
                    }
                    Some(b"replace") => content.push(b'?'),
                    Some(b"ignore") => {}
                    Some(other) => {
                        let name = String::from_utf8_lossy(other).into_owned();
                        return Err(cx.value_error(format!("decoding error; unknown error handling code: {name:.400}")));
                    }
                }
            }
            _ => {
                invalid = invalid.or(Some(at - 1));
                content.extend([b'\\', escape]);
            }
        }
    }
    Ok((content, invalid))
}

fn warn_invalid_escape(cx: Cx<'_>, rest: &[u8]) -> Result<()> {
    let octal: String =
        rest.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).map(|&byte| byte as char).collect();
    let message = match rest.first() {
        Some(b'4'..=b'7') if octal.len() == 3 => {
            format!("invalid octal escape sequence '\\{octal}'")
        }
        Some(&byte) => format!("invalid escape sequence '\\{}'", byte as char),
        None => return Ok(()),
    };
    crate::warnings::deprecated(cx, &message)
}

// ---- memory searches ----

/// The index of one stretch of memory in another, plus `offset`; -1 if it is not there.
#[capi(raw)]
pub unsafe extern "C" fn _PyBytes_Find(
    haystack: *const c_char,
    len_haystack: Py_ssize_t,
    needle: *const c_char,
    len_needle: Py_ssize_t,
    offset: Py_ssize_t,
) -> Py_ssize_t {
    // SAFETY: C passes that many readable bytes.
    let (hay, needle) = unsafe { (memory(haystack, len_haystack as usize), memory(needle, len_needle as usize)) };
    let at = if needle.is_empty() { Some(0) } else { hay.windows(needle.len()).position(|window| window == needle) };
    at.map_or(-1, |at| at as Py_ssize_t + offset)
}

/// The last index of one stretch of memory in another, plus `offset`; -1 if it is not there.
#[capi(raw)]
pub unsafe extern "C" fn _PyBytes_ReverseFind(
    haystack: *const c_char,
    len_haystack: Py_ssize_t,
    needle: *const c_char,
    len_needle: Py_ssize_t,
    offset: Py_ssize_t,
) -> Py_ssize_t {
    // SAFETY: C passes that many readable bytes.
    let (hay, needle) = unsafe { (memory(haystack, len_haystack as usize), memory(needle, len_needle as usize)) };
    let at = if needle.is_empty() {
        Some(hay.len())
    } else {
        hay.windows(needle.len()).rposition(|window| window == needle)
    };
    at.map_or(-1, |at| at as Py_ssize_t + offset)
}

/// Fill memory with a pattern, over and over.
#[capi(raw)]
pub unsafe extern "C" fn _PyBytes_Repeat(
    dest: *mut c_char,
    len_dest: Py_ssize_t,
    src: *const c_char,
    len_src: Py_ssize_t,
) {
    if len_dest <= 0 || len_src <= 0 {
        return;
    }
    // SAFETY: C passes that many writable and readable bytes; `src` is apart from `dest`, or its start.
    unsafe {
        if !std::ptr::eq(dest, src) {
            dest.copy_from_nonoverlapping(src, len_src.min(len_dest) as usize);
        }
        let mut done = len_src.min(len_dest) as usize;
        while done < len_dest as usize {
            let more = done.min(len_dest as usize - done);
            dest.add(done).copy_from_nonoverlapping(dest, more);
            done += more;
        }
    }
}
