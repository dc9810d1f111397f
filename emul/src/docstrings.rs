//! The docstrings of C functions and types: a signature, and the documentation behind it.

use std::borrow::Cow;
use std::ffi::{CStr, c_char, c_int, c_ulong};
use std::str::from_utf8;

use object_mirror::methodobject::{METH_CLASS, METH_COEXIST, METH_NOARGS, METH_O, METH_STATIC, PyMethodDef};
use object_mirror::object::{Py_TPFLAGS_HEAPTYPE, PyTypeObject};

use crate::boundary::{Cx, Result};
use crate::host::{HostObj, HostResult, Kind, host};
use crate::unicodeobject::decode_utf8;
use crate::{lifetime, slots};

/// The `__text_signature__` in a C docstring, and the rest: `name(args)\n--\n\ndoc`. An empty one is none.
pub fn split_doc<'a>(name: &str, doc: &'a str) -> (Option<&'a str>, Option<&'a str>) {
    let (signature, doc) = split(name.as_bytes(), doc.as_bytes());
    // Both begin and end at plain ASCII.
    let text = |part: Option<&'a [u8]>| part.and_then(|part| from_utf8(part).ok());
    (text(signature), text(doc))
}

fn split<'a>(name: &[u8], doc: &'a [u8]) -> (Option<&'a [u8]>, Option<&'a [u8]>) {
    const MARKER: &[u8] = b")\n--\n\n";
    let find = |text: &[u8], wanted: &[u8]| text.windows(wanted.len()).position(|part| part == wanted);
    let last = name.rsplit(|&byte| byte == b'.').next().unwrap_or(name);
    let rest = doc.strip_prefix(last).filter(|rest| rest.starts_with(b"("));
    let (signature, doc) = match rest.and_then(|rest| Some((rest, find(rest, MARKER)?))) {
        // A blank line before the marker means that it is not one.
        Some((rest, end)) if find(&rest[..end], b"\n\n").is_none() => {
            (Some(&rest[..=end]), &rest[end + MARKER.len()..])
        }
        _ => (None, doc),
    };
    (signature, Some(doc).filter(|doc| !doc.is_empty()))
}

/// `type.__text_signature__` of a C type: what its `tp_doc` begins with now, which C may write when the class is there. The error,
/// here and below, of a text that is not UTF-8.
///
/// # Safety
/// A live type.
pub unsafe fn type_signature(ty: *mut PyTypeObject) -> HostResult<HostObj> {
    let held = lifetime::Guard::hold();
    // SAFETY: the caller's contract.
    told(held.cx(), unsafe { type_parts(ty) }.0)
}

/// `type.__doc__` of a static C type: the documentation in its `tp_doc` now. `None` where C wrote none, and of a type made at run
/// time: then the namespace tells.
///
/// # Safety
/// A live type.
pub unsafe fn type_doc(ty: *mut PyTypeObject) -> Option<HostResult<HostObj>> {
    let held = lifetime::Guard::hold();
    // SAFETY: the caller's contract.
    unsafe {
        let is_here = (*ty).tp_flags & Py_TPFLAGS_HEAPTYPE as c_ulong == 0 && !(*ty).tp_doc.is_null();
        is_here.then(|| told(held.cx(), type_parts(ty).1))
    }
}

/// The documentation with which a type begins its life.
///
/// # Safety
/// A live type, whose texts outlive what is given.
pub(crate) unsafe fn first_type_doc<'a>(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<Option<&'a str>> {
    // SAFETY: the caller's contract.
    let Some(doc) = unsafe { type_parts(ty) }.1 else { return Ok(None) };
    decode_utf8(cx, doc, None)?;
    Ok(from_utf8(doc).ok())
}

/// # Safety
/// A live type, whose texts outlive what is given.
unsafe fn type_parts<'a>(ty: *mut PyTypeObject) -> (Option<&'a [u8]>, Option<&'a [u8]>) {
    // SAFETY: the caller's contract; a type's texts end with NUL.
    match unsafe { (bytes((*ty).tp_name), bytes((*ty).tp_doc)) } {
        (Some(name), Some(doc)) => split(name, doc),
        _ => (None, None),
    }
}

/// `__text_signature__` of a C function.
///
/// # Safety
/// A live definition.
pub(crate) unsafe fn function_signature(cx: Cx<'_>, def: *mut PyMethodDef) -> HostResult<HostObj> {
    // SAFETY: the caller's contract.
    told(cx, unsafe { described(def) }.0)
}

/// `__doc__` of a C function.
///
/// # Safety
/// A live definition.
pub(crate) unsafe fn function_doc(cx: Cx<'_>, def: *mut PyMethodDef) -> HostResult<HostObj> {
    // SAFETY: the caller's contract.
    told(cx, unsafe { described(def) }.1)
}

/// The signature and documentation of a C function: where the docstring says no signature, what its flags tell of it.
///
/// # Safety
/// A live definition, whose texts outlive what is given.
pub(crate) unsafe fn described<'a>(def: *mut PyMethodDef) -> (Option<&'a [u8]>, Option<&'a [u8]>) {
    // SAFETY: the caller's contract; the texts end with NUL.
    let (name, doc, flags) = unsafe { (bytes((*def).ml_name), bytes((*def).ml_doc), (*def).ml_flags) };
    let (signature, doc) = doc.map_or((None, None), |doc| split(name.unwrap_or_default(), doc));
    (signature.or_else(|| implied_signature(flags).map(str::as_bytes)), doc)
}

/// What a host is given for a descriptor's documentation that is not UTF-8: behind this character, which Unicode leaves to programs, each
/// byte is a character. See [`undecodable`].
const MARK: char = '\u{10ffff}';

fn kept(text: &[u8]) -> Cow<'_, str> {
    let marked = || std::iter::once(MARK).chain(text.iter().map(|&byte| char::from(byte))).collect();
    from_utf8(text).map_or_else(|_| Cow::Owned(marked()), Cow::Borrowed)
}

/// The documentation of a method for the host, which finds both parts in it again ([`split_doc`]).
///
/// # Safety
/// As for [`described`].
pub(crate) unsafe fn kept_description<'a>(name: &str, def: *mut PyMethodDef) -> Option<Cow<'a, str>> {
    // SAFETY: the caller's contract.
    let (signature, doc) = unsafe { described(def) };
    let Some(signature) = signature.map(kept) else { return doc.map(kept) };
    let opening = if signature.starts_with('(') { "" } else { "(" };
    Some(format!("{name}{opening}{signature}\n--\n\n{}", doc.map(kept).unwrap_or_default()).into())
}

/// The documentation of an attribute for the host.
///
/// # Safety
/// NULL or a text that ends with NUL and outlives what is given.
pub(crate) unsafe fn kept_text<'a>(text: *const c_char) -> Option<Cow<'a, str>> {
    // SAFETY: the caller's contract.
    unsafe { bytes(text) }.map(kept)
}

/// The error that reading this documentation raises, if C wrote what is not UTF-8: to be asked by a host for each documentation and
/// signature of a descriptor that it shows.
pub fn undecodable(text: &str) -> Option<HostObj> {
    let (_, characters) = text.split_once(MARK)?;
    let bytes: Option<Vec<u8>> = characters.chars().map(|character| u8::try_from(character).ok()).collect();
    let held = lifetime::Guard::hold();
    told(held.cx(), Some(&bytes?)).err()
}

/// # Safety
/// NULL or a text that ends with NUL and outlives what is given.
unsafe fn bytes<'a>(text: *const c_char) -> Option<&'a [u8]> {
    // SAFETY: the caller's contract.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_bytes())
}

fn told(cx: Cx<'_>, text: Option<&[u8]>) -> HostResult<HostObj> {
    match text {
        Some(text) => decode_utf8(cx, text, None).map_err(|_| slots::pending(cx)),
        None => Ok(host().singleton(Kind::None)),
    }
}

fn implied_signature(flags: c_int) -> Option<&'static str> {
    const CLASS_NO_ARGUMENTS: c_int = METH_NOARGS | METH_CLASS;
    const STATIC_NO_ARGUMENTS: c_int = METH_NOARGS | METH_STATIC;
    const CLASS_ONE: c_int = METH_O | METH_CLASS;
    const STATIC_ONE: c_int = METH_O | METH_STATIC;
    match flags & !METH_COEXIST {
        METH_NOARGS => Some("($self, /)"),
        CLASS_NO_ARGUMENTS => Some("($type, /)"),
        STATIC_NO_ARGUMENTS => Some("()"),
        METH_O => Some("($self, object, /)"),
        CLASS_ONE => Some("($type, object, /)"),
        STATIC_ONE => Some("(object, /)"),
        _ => None,
    }
}
