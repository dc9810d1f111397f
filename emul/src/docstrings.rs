//! The docstrings of C functions and types: a signature, and the documentation behind it.

use std::ffi::{CStr, c_char, c_int, c_ulong};

use object_mirror::methodobject::{METH_CLASS, METH_COEXIST, METH_NOARGS, METH_O, METH_STATIC};
use object_mirror::object::{Py_TPFLAGS_HEAPTYPE, PyTypeObject};

/// The `__text_signature__` in a C docstring, and the rest: `name(args)\n--\n\ndoc`. An empty one is none.
pub fn split_doc<'a>(name: &str, doc: &'a str) -> (Option<&'a str>, Option<&'a str>) {
    let last = name.rsplit('.').next().unwrap_or(name);
    let rest = doc.strip_prefix(last).filter(|rest| rest.starts_with('('));
    let (signature, doc) = match rest.and_then(|rest| Some((rest, rest.find(")\n--\n\n")?))) {
        // A blank line before the marker means that it is not one.
        Some((rest, end)) if !rest[..end].contains("\n\n") => (Some(&rest[..=end]), &rest[end + 6..]),
        _ => (None, doc),
    };
    (signature, Some(doc).filter(|doc| !doc.is_empty()))
}

/// `type.__text_signature__` of a C type: what its `tp_doc` begins with now, which C may write when the class is there.
///
/// # Safety
/// A live type.
pub unsafe fn type_signature(ty: *mut PyTypeObject) -> Option<String> {
    // SAFETY: the caller's contract.
    unsafe { with_doc(ty, |name, doc| split_doc(name, doc).0.map(str::to_owned)) }.flatten()
}

/// `type.__doc__` of a static C type: the documentation in its `tp_doc` now. `None` where C wrote none, and of a type made at run
/// time: then the namespace tells.
///
/// # Safety
/// A live type.
pub unsafe fn type_doc(ty: *mut PyTypeObject) -> Option<Option<String>> {
    // SAFETY: the caller's contract.
    unsafe {
        if (*ty).tp_flags & Py_TPFLAGS_HEAPTYPE as c_ulong != 0 {
            return None;
        }
        with_doc(ty, |name, doc| split_doc(name, doc).1.map(str::to_owned))
    }
}

/// # Safety
/// A live type.
unsafe fn with_doc<T>(ty: *mut PyTypeObject, look: impl FnOnce(&str, &str) -> T) -> Option<T> {
    // SAFETY: the caller's contract; a type's texts end with NUL.
    unsafe {
        let text = |text: *const c_char| (!text.is_null()).then(|| CStr::from_ptr(text).to_string_lossy());
        Some(look(&text((*ty).tp_name)?, &text((*ty).tp_doc)?))
    }
}

/// `__text_signature__` and `__doc__` of a C function: where the docstring says no signature, what its flags tell of it.
pub(crate) fn described(name: &str, doc: Option<&str>, flags: c_int) -> (Option<String>, Option<String>) {
    let (signature, doc) = doc.map_or((None, None), |doc| split_doc(name, doc));
    let signature = signature.or_else(|| implied_signature(flags));
    (signature.map(str::to_owned), doc.map(str::to_owned))
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
