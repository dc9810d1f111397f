//! `unicodeobject.h`, `cpython/unicodeobject.h`: str.
//!
//! A str lives in its mirror as CPython lays it out: a header, then its characters in the narrowest of 1, 2 or 4 bytes each
//! and a NUL. The characters of *compact* strs follow the header in the same block; instances of subclasses point to
//! theirs. This file reads and makes mirrors; the API is in the files below it, by subject.

mod alone;
pub(crate) mod codec;
pub(crate) mod intern;
pub(crate) mod make;
pub(crate) mod methods;
pub(crate) mod read;
pub(crate) mod writer;

use std::ffi::c_void;

use object_mirror::Py_ssize_t;
use object_mirror::object::{Py_TPFLAGS_UNICODE_SUBCLASS, PyObject};
use object_mirror::unicodeobject::{
    ASCII, COMPACT, INTERNED_MASK, KIND_SHIFT, PyASCIIObject, PyCompactUnicodeObject, PyUnicodeObject,
};

use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{HostObj, host};
use crate::{lifetime, statics};

pub(crate) use codec::{decode_utf8, encode_error};
pub(crate) use make::utf8_to_new;
pub(crate) use read::utf8_of;

/// The greatest character.
const MAX_CHARACTER: u32 = 0x10_ffff;

/// The characters of a str, as wide as they are stored.
#[derive(Clone, Copy)]
pub(crate) enum Chars<'a> {
    /// ASCII and Latin-1.
    One(&'a [u8]),
    /// The basic multilingual plane.
    Two(&'a [u16]),
    /// All of Unicode.
    Four(&'a [u32]),
}

impl<'a> Chars<'a> {
    /// The number of characters.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::One(chars) => chars.len(),
            Self::Two(chars) => chars.len(),
            Self::Four(chars) => chars.len(),
        }
    }

    /// The bytes of each.
    fn width(self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Two(_) => 2,
            Self::Four(_) => 4,
        }
    }

    /// The character at an index below the length.
    pub(crate) fn at(self, index: usize) -> u32 {
        match self {
            Self::One(chars) => u32::from(chars[index]),
            Self::Two(chars) => u32::from(chars[index]),
            Self::Four(chars) => chars[index],
        }
    }

    /// The characters in turn.
    pub(crate) fn iter(self) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator + 'a {
        (0..self.len()).map(move |index| self.at(index))
    }

    /// The characters from `start` up to `end`, which are within the str.
    pub(crate) fn slice(self, start: usize, end: usize) -> Self {
        match self {
            Self::One(chars) => Self::One(&chars[start..end]),
            Self::Two(chars) => Self::Two(&chars[start..end]),
            Self::Four(chars) => Self::Four(&chars[start..end]),
        }
    }

    /// The greatest character, 0 for none.
    pub(crate) fn max(self) -> u32 {
        match self {
            Self::One(chars) if chars.is_ascii() => 0x7f.min(u32::from(chars.iter().copied().max().unwrap_or(0))),
            _ => self.iter().max().unwrap_or(0),
        }
    }
}

// ---- reading a mirror ----

/// The characters of a str, exact or of a subclass; `op` is one, alive for `'a`.
#[inline]
pub(crate) fn chars<'a>(op: *mut PyObject) -> Chars<'a> {
    // SAFETY: the caller's contract; a str's header tells where its characters are, how wide and how many.
    unsafe {
        let (data, len) = (data_of(op), (*op.cast::<PyASCIIObject>()).length as usize);
        match kind_of(op) {
            1 => Chars::One(std::slice::from_raw_parts(data, len)),
            2 => Chars::Two(std::slice::from_raw_parts(data.cast(), len)),
            _ => Chars::Four(std::slice::from_raw_parts(data.cast(), len)),
        }
    }
}

fn state_of(op: *mut PyObject) -> u32 {
    // SAFETY: callers pass a live str.
    unsafe { (*op.cast::<PyASCIIObject>()).state }
}

fn kind_of(op: *mut PyObject) -> u32 {
    state_of(op) >> KIND_SHIFT & 7
}

/// Whether a str says of itself that it is ASCII.
pub(crate) fn is_ascii(op: *mut PyObject) -> bool {
    state_of(op) & ASCII != 0
}

/// Where the characters are (`PyUnicode_DATA`).
fn data_of(op: *mut PyObject) -> *mut u8 {
    // SAFETY: callers pass a live str; its state tells which of CPython's three layouts it has.
    unsafe {
        match state_of(op) & (COMPACT | ASCII) {
            state if state & COMPACT == 0 => (*op.cast::<PyUnicodeObject>()).data.cast(),
            state if state & ASCII != 0 => op.cast::<u8>().add(size_of::<PyASCIIObject>()),
            _ => op.cast::<u8>().add(size_of::<PyCompactUnicodeObject>()),
        }
    }
}

/// Where the characters of a str are.
pub(crate) fn data(op: *mut PyObject) -> *const c_void {
    data_of(op).cast_const().cast()
}

/// A host str of the same content.
pub(crate) fn to_host(op: *mut PyObject) -> HostObj {
    match chars(op) {
        Chars::One(text) if text.is_ascii() => host().new_str(text),
        text => host().new_str(&chars_to_wtf8(text)),
    }
}

/// The number of characters of a str.
pub(crate) fn length(op: *mut PyObject) -> usize {
    // SAFETY: callers pass a live str.
    unsafe { (*op.cast::<PyASCIIObject>()).length as usize }
}

/// The str as WTF-8.
pub(crate) fn to_wtf8(op: *mut PyObject) -> Vec<u8> {
    let chars = chars(op);
    if let Chars::One(bytes) = chars
        && bytes.is_ascii()
    {
        return bytes.to_vec();
    }
    chars_to_wtf8(chars)
}

pub(crate) fn chars_to_wtf8(chars: Chars<'_>) -> Vec<u8> {
    let mut text = Vec::with_capacity(chars.len() + chars.len() / 2);
    for ch in chars.iter() {
        push_wtf8(&mut text, ch);
    }
    text
}

/// Append a character, or a lone surrogate, to WTF-8 text.
pub(crate) fn push_wtf8(text: &mut Vec<u8>, ch: u32) {
    match ch {
        0..0x80 => text.push(ch as u8),
        0x80..0x800 => text.extend([0xc0 | (ch >> 6) as u8, tail(ch)]),
        0x800..0x1_0000 => text.extend([0xe0 | (ch >> 12) as u8, tail(ch >> 6), tail(ch)]),
        _ => text.extend([0xf0 | (ch >> 18) as u8, tail(ch >> 12), tail(ch >> 6), tail(ch)]),
    }
}

fn tail(bits: u32) -> u8 {
    0x80 | (bits & 0x3f) as u8
}

/// The characters of WTF-8 text, which is well formed.
pub(crate) fn wtf8_chars(text: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        let &first = rest.first()?;
        let width = width_of(first);
        let (bytes, after) = rest.split_at(width.min(rest.len()));
        rest = after;
        let start = u32::from(first) & [0, 0x7f, 0x1f, 0x0f, 0x07][width];
        Some(bytes[1..].iter().fold(start, |ch, &byte| ch << 6 | u32::from(byte & 0x3f)))
    })
}

const fn width_of(first: u8) -> usize {
    match first {
        0..0xc0 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}

/// How many bytes the first `count` characters of WTF-8 text take.
pub(crate) fn wtf8_prefix(text: &[u8], count: usize) -> usize {
    let mut end = 0;
    for _ in 0..count {
        match text.get(end) {
            Some(&first) => end += width_of(first),
            None => break,
        }
    }
    end.min(text.len())
}

/// The str for a number's parser: its decimal digits and whitespace in ASCII, other characters above ASCII as '?'
/// (which ends every number).
pub(crate) fn decimal_ascii(op: *mut PyObject) -> Vec<u8> {
    chars(op).iter().map(decimal_ascii_of).collect()
}

fn decimal_ascii_of(ch: u32) -> u8 {
    if ch < 0x80 {
        return ch as u8;
    }
    if crate::pyctype::is_whitespace(ch) {
        return b' ';
    }
    crate::pyctype::decimal_digit(ch).map_or(b'?', |digit| b'0' + digit as u8)
}

// ---- laying out a mirror ----

/// What a compact str looks like.
#[derive(Clone, Copy)]
struct Shape {
    length: usize,
    /// 1, 2 or 4.
    kind: usize,
    ascii: bool,
}

impl Shape {
    fn of(length: usize, max: u32) -> Self {
        let kind = match max {
            0..0x100 => 1,
            0x100..0x1_0000 => 2,
            _ => 4,
        };
        Self { length, kind, ascii: max < 0x80 }
    }

    fn of_wtf8(text: &[u8]) -> Self {
        if text.is_ascii() {
            return Self::of(text.len(), 0);
        }
        let (length, max) = wtf8_chars(text).fold((0, 0), |(length, max), ch| (length + 1, ch.max(max)));
        Self::of(length, max)
    }

    fn header(self) -> usize {
        if self.ascii { size_of::<PyASCIIObject>() } else { size_of::<PyCompactUnicodeObject>() }
    }

    /// The mirror's size; `None` where that is no number.
    fn size(self) -> Option<usize> {
        let size = self.length.checked_add(1)?.checked_mul(self.kind)?.checked_add(self.header())?;
        isize::try_from(size).is_ok().then_some(size)
    }

    /// Write all header fields but `ob_base`, and the NUL behind the characters; returns where these go.
    ///
    /// # Safety
    /// `ptr` has `self.size()` bytes that nobody else sees yet.
    unsafe fn write(self, ptr: *mut PyObject) -> *mut u8 {
        let state = (self.kind as u32) << KIND_SHIFT | COMPACT | if self.ascii { ASCII } else { 0 };
        // SAFETY: the caller's contract.
        unsafe {
            let header = ptr.cast::<PyASCIIObject>();
            (*header).length = self.length as Py_ssize_t;
            (*header).hash = -1;
            (*header).state = state;
            if !self.ascii {
                let compact = ptr.cast::<PyCompactUnicodeObject>();
                (*compact).utf8_length = 0;
                (*compact).utf8 = std::ptr::null_mut();
            }
            let data = ptr.cast::<u8>().add(self.header());
            data.add(self.length * self.kind).write_bytes(0, self.kind);
            data
        }
    }
}

/// Store characters at `data`, `kind` bytes each.
///
/// # Safety
/// `data` has room for them, and none is too great for `kind`.
unsafe fn store(data: *mut u8, kind: usize, chars: impl Iterator<Item = u32>) {
    for (index, ch) in chars.enumerate() {
        // SAFETY: the caller's contract.
        unsafe {
            match kind {
                1 => data.add(index).write(ch as u8),
                2 => data.cast::<u16>().add(index).write(ch as u16),
                _ => data.cast::<u32>().add(index).write(ch),
            }
        }
    }
}

/// The size of the compact str mirror with this content.
pub(crate) fn fill_size(wtf8: &[u8]) -> usize {
    Shape::of_wtf8(wtf8).size().expect("text in memory has a size")
}

/// Lay the str out in a mirror of [`fill_size`] bytes: everything but `ob_base`.
pub(crate) fn fill(ptr: *mut PyObject, wtf8: &[u8]) {
    let shape = Shape::of_wtf8(wtf8);
    // SAFETY: the caller allocated `fill_size(wtf8)` bytes at `ptr`, and `shape` describes this text.
    unsafe { fill_shape(ptr, shape, wtf8) };
}

/// # Safety
/// `ptr` has the shape's size, and the shape is `wtf8`'s.
unsafe fn fill_shape(ptr: *mut PyObject, shape: Shape, wtf8: &[u8]) {
    // SAFETY: the caller's contract.
    unsafe {
        let data = shape.write(ptr);
        if shape.ascii {
            data.copy_from_nonoverlapping(wtf8.as_ptr(), wtf8.len());
        } else {
            store(data, shape.kind, wtf8_chars(wtf8));
        }
    }
}

// ---- making a C-born mirror ----

/// Mirror memory for a str of that shape, with its header and NUL written.
fn allocate(shape: Shape) -> Option<(New, *mut u8)> {
    let mirror = lifetime::alloc_object(&raw mut crate::gen_::builtin_types::PyUnicode_Type, shape.size()?)?;
    // SAFETY: memory of that size, just allocated.
    let data = unsafe { shape.write(mirror.as_ptr()) };
    // SAFETY: `alloc_object` gave us the one reference to a new object.
    let new = unsafe { New::from_ptr(mirror.as_ptr()) }?;
    Some((new, data))
}

/// A C-born str; the statics for "" and single Latin-1 characters.
pub(crate) fn new_from_wtf8(text: &[u8]) -> New {
    let shape = Shape::of_wtf8(text);
    if let Some(known) = static_str(shape, || wtf8_chars(text).next()) {
        return known;
    }
    let (new, _) = allocate(shape).expect("memory for a str");
    // SAFETY: `allocate` made it for that shape, which is this text's.
    unsafe { fill_shape(new.as_ptr(), shape, text) };
    new
}

/// A C-born str of Latin-1 characters; the statics as above.
pub(crate) fn new_from_latin1(text: &[u8]) -> New {
    let shape = Shape::of(text.len(), if text.is_ascii() { 0 } else { 0xff });
    if let Some(known) = static_str(shape, || text.first().map(|&byte| u32::from(byte))) {
        return known;
    }
    let (new, data) = allocate(shape).expect("memory for a str");
    // SAFETY: the mirror has room for that many one-byte characters.
    unsafe { data.copy_from_nonoverlapping(text.as_ptr(), text.len()) };
    new
}

/// A C-born str of these characters, none above `MAX_CHARACTER`; the statics as above.
pub(crate) fn new_from_chars(chars: Chars<'_>) -> New {
    if let Chars::One(text) = chars {
        return new_from_latin1(text);
    }
    let shape = Shape::of(chars.len(), chars.max());
    if let Some(known) = static_str(shape, || chars.iter().next()) {
        return known;
    }
    let (new, data) = allocate(shape).expect("memory for a str");
    // SAFETY: the mirror has room for them in that kind.
    unsafe { store(data, shape.kind, chars.iter()) };
    new
}

fn static_str(shape: Shape, first: impl FnOnce() -> Option<u32>) -> Option<New> {
    if shape.length > 1 || shape.kind != 1 {
        return None;
    }
    Some(New::from_static(match first() {
        None => statics::empty_str(),
        Some(ch) => statics::latin1(ch as u8),
    }))
}

// ---- checking arguments ----

/// Whether the object is a str (`PyUnicode_Check`).
pub(crate) fn is_str(object: Obj<'_>) -> bool {
    object.type_has(Py_TPFLAGS_UNICODE_SUBCLASS)
}

/// Whether the object is an exact str.
pub(crate) fn is_exact(object: Obj<'_>) -> bool {
    std::ptr::eq(object.type_ptr(), &raw const crate::gen_::builtin_types::PyUnicode_Type)
}

/// TypeError "must be str, not X" for anything else.
pub(crate) fn expect_str(cx: Cx<'_>, object: Obj<'_>) -> Result<()> {
    if is_str(object) {
        return Ok(());
    }
    Err(cx.type_error(format!("must be str, not {:.100}", object.type_name())))
}

/// CPython's `PyErr_BadArgument` for anything but a str.
fn expect_str_argument(cx: Cx<'_>, object: Obj<'_>) -> Result<()> {
    if is_str(object) { Ok(()) } else { Err(cx.type_error("bad argument type for built-in operation")) }
}

/// Whether C may still write into the str: its only reference, not hashed, not interned, exact.
fn is_modifiable(object: Obj<'_>) -> bool {
    // SAFETY: a live str.
    let (count, hash) = unsafe { ((*object.as_ptr()).ob_refcnt, (*object.cast::<PyASCIIObject>()).hash) };
    count == 1 && hash == -1 && state_of(object.as_ptr()) & INTERNED_MASK == 0 && is_exact(object)
}

fn expect_modifiable(cx: Cx<'_>, object: Obj<'_>) -> Result<()> {
    if is_modifiable(object) { Ok(()) } else { Err(cx.system_error("Cannot modify a string currently used")) }
}

/// `MemoryError()`.
pub(crate) fn no_memory(cx: Cx<'_>) -> crate::boundary::Raised {
    match crate::host::host().builtin_class("MemoryError") {
        Some(class) => match cx.call(|h| h.call(class.as_ref(), &[], &[])) {
            Ok(error) => cx.raise(error),
            Err(raised) => raised,
        },
        None => unreachable!("the host lacks MemoryError"),
    }
}

/// An index of CPython's slices: negative ones count from the end, all are cut to the length.
fn adjusted(start: Py_ssize_t, end: Py_ssize_t, len: usize) -> (usize, usize) {
    let len = len as Py_ssize_t;
    let from_end = |index: Py_ssize_t| {
        if index < 0 { (index + len).max(0) } else { index }
    };
    let end = if end > len { len } else { from_end(end) };
    (from_end(start) as usize, end as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: [u32; 8] = [0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd800, 0xffff, 0x10_ffff];

    #[test]
    fn wtf8_goes_and_comes_back() {
        let text = chars_to_wtf8(Chars::Four(&TEXT));
        assert_eq!(text.len(), 1 + 1 + 2 + 2 + 3 + 3 + 3 + 4);
        assert!(wtf8_chars(&text).eq(TEXT));
        assert_eq!(wtf8_prefix(&text, 3), 4);
        assert_eq!(wtf8_prefix(&text, 99), text.len());
    }

    #[test]
    fn a_mirror_has_the_narrowest_kind() {
        let cases: [(&str, u32, bool, usize); 4] = [
            ("abc", 1, true, 0x28 + 4),
            ("ab\u{e9}", 1, false, 0x38 + 4),
            ("ab\u{20ac}", 2, false, 0x38 + 8),
            ("\u{1f600}", 4, false, 0x38 + 8),
        ];
        for (text, kind, ascii, size) in cases {
            assert_eq!(fill_size(text.as_bytes()), size);
            let mut memory = vec![u64::MAX; size.div_ceil(8)];
            let op = memory.as_mut_ptr().cast::<PyObject>();
            fill(op, text.as_bytes());
            assert_eq!((kind_of(op), is_ascii(op), length(op)), (kind, ascii, text.chars().count()));
            assert_eq!(to_wtf8(op), text.as_bytes());
            let bytes = memory.iter().flat_map(|word| word.to_ne_bytes()).collect::<Vec<u8>>();
            assert!(bytes[size - kind as usize..size].iter().all(|&byte| byte == 0), "a NUL ends the characters");
        }
    }

    #[test]
    fn slices_are_cut_as_cpython_cuts_them() {
        assert_eq!(adjusted(0, isize::MAX, 5), (0, 5));
        assert_eq!(adjusted(-2, -1, 5), (3, 4));
        assert_eq!(adjusted(-9, -9, 5), (0, 0));
        assert_eq!(adjusted(7, 9, 5), (7, 5));
    }

    #[test]
    fn digits_and_spaces_become_ascii() {
        assert_eq!([0x661, 0x2003, 0x41, 0xe9].map(decimal_ascii_of), *b"1 A?");
    }
}
