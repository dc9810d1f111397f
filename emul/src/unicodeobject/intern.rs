//! Interned strs: one mirror for each content, for ever.
//!
//! The table is the layer's own and knows no host. Its mirrors are immortal, as CPython's are for all practical purposes:
//! C keeps pointers to them in static variables and compares by identity.

use std::cell::UnsafeCell;
use std::collections::HashMap;
use std::ffi::c_char;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{IMMORTAL_REFCNT, PyObject};
use object_mirror::unicodeobject::{INTERNED_MASK, PyASCIIObject};
use refcount_bridge::State;

use super::{is_exact, is_str, new_from_wtf8, state_of, to_wtf8, utf8_to_new};
use crate::boundary::{Borrowed, Cx, New, Obj, Out, Result, Text};
use crate::lifetime;

/// `SSTATE_INTERNED_IMMORTAL`.
const INTERNED_IMMORTAL: u32 = 2;

/// From a content, as WTF-8, to its one mirror.
type Mirrors = HashMap<Box<[u8]>, *mut PyObject>;

struct Table(UnsafeCell<Option<Mirrors>>);
// SAFETY: used under the extension lock alone, and never across a call that could release it.
unsafe impl Sync for Table {}
static TABLE: Table = Table(UnsafeCell::new(None));

fn with_table<R>(use_it: impl FnOnce(&mut Mirrors) -> R) -> R {
    // SAFETY: as the table's `Sync` says; `use_it` is one of the closures below, which call nothing but the map.
    use_it(unsafe { &mut *TABLE.0.get() }.get_or_insert_default())
}

/// The interned str of this text.
pub(super) fn interned(wtf8: &[u8]) -> New {
    if let Some(known) = with_table(|table| table.get(wtf8).copied()) {
        return New::from_static(known);
    }
    let new = new_from_wtf8(wtf8);
    enter(wtf8, new.obj());
    new
}

/// The interned str of this text, if C interned it.
pub(crate) fn known(wtf8: &[u8]) -> Option<New> {
    with_table(|table| table.get(wtf8).copied()).map(New::from_static)
}

/// Put a str that the table lacks into it.
fn enter(wtf8: &[u8], str: Obj<'_>) {
    let op = str.as_ptr();
    with_table(|table| table.insert(wtf8.into(), op));
    lifetime::bridge(|bridge| bridge.link(op).set(State::IMMORTAL));
    // SAFETY: a live str, under the lock; from now on no count ends it.
    unsafe {
        (*op).ob_refcnt = IMMORTAL_REFCNT;
        let header = op.cast::<PyASCIIObject>();
        (*header).state = (*header).state & !INTERNED_MASK | INTERNED_IMMORTAL;
    }
}

/// Replace C's reference to a str by one to the interned str of the same content.
fn intern_in_place(mut place: Out<'_, *mut PyObject>) {
    // SAFETY: C's variable owns a reference to a live object, or is NULL.
    let Some(str) = (unsafe { Obj::from_ptr(place.read()) }) else {
        return;
    };
    if !is_str(str) || !is_exact(str) || state_of(str.as_ptr()) & INTERNED_MASK != 0 {
        return;
    }
    let text = to_wtf8(str.as_ptr());
    match with_table(|table| table.get(text.as_slice()).copied()) {
        None => enter(&text, str),
        Some(known) if known == str.as_ptr() => {}
        Some(known) => {
            // SAFETY: as above; the variable's reference is ours to give back.
            let old = unsafe { New::from_ptr(place.read()) };
            place.write(known);
            drop(old);
        }
    }
}

/// Intern a str; C's variable gets the interned one.
#[capi]
fn PyUnicode_InternInPlace(p: Out<'_, *mut PyObject>) {
    intern_in_place(p);
}

/// The older name for interning for ever; all interned strs are.
#[capi]
fn PyUnicode_InternImmortal(p: Out<'_, *mut PyObject>) {
    intern_in_place(p);
}

/// As `PyUnicode_InternInPlace`, with the interpreter.
#[capi]
fn _PyUnicode_InternInPlace(interp: *mut std::ffi::c_void, p: Out<'_, *mut PyObject>) {
    let _the_only_one = interp;
    intern_in_place(p);
}

/// As `PyUnicode_InternInPlace`, with the interpreter.
#[capi]
fn _PyUnicode_InternMortal(interp: *mut std::ffi::c_void, p: Out<'_, *mut PyObject>) {
    let _the_only_one = interp;
    intern_in_place(p);
}

/// As `PyUnicode_InternInPlace`, with the interpreter.
#[capi]
fn _PyUnicode_InternImmortal(interp: *mut std::ffi::c_void, p: Out<'_, *mut PyObject>) {
    let _the_only_one = interp;
    intern_in_place(p);
}

/// Return the interned str that a UTF-8 C string says.
#[capi]
fn PyUnicode_InternFromString(cx: Cx<'_>, u: Text<'_>) -> Result<New> {
    if std::str::from_utf8(u.bytes()).is_ok() {
        return Ok(interned(u.bytes()));
    }
    utf8_to_new(cx, u.bytes(), None)
}

/// `_Py_Identifier`: a C string that the API gives a str on first use.
#[repr(C)]
#[allow(unreachable_pub, reason = "C's struct")]
pub struct _Py_Identifier {
    string: *const c_char,
    index: Py_ssize_t,
    mutex: u8,
}

/// Return the interned str of an identifier, borrowed.
#[capi]
fn _PyUnicode_FromId<'a>(cx: Cx<'a>, id: *mut _Py_Identifier) -> Result<Borrowed<'a>> {
    of_identifier(cx, id).map(Borrowed::of)
}

/// An identifier's interned str, which lives for ever.
pub(crate) fn of_identifier<'a>(cx: Cx<'a>, id: *mut _Py_Identifier) -> Result<Obj<'a>> {
    if id.is_null() {
        return Err(cx.bad_internal_call());
    }
    // SAFETY: C passes a live identifier, whose string is NUL-terminated UTF-8.
    let text = unsafe { std::ffi::CStr::from_ptr((*id).string) };
    let str = match std::str::from_utf8(text.to_bytes()) {
        Ok(text) => interned(text.as_bytes()),
        Err(_) => {
            return Err(utf8_to_new(cx, text.to_bytes(), None).map_or_else(|raised| raised, |_| cx.bad_internal_call()));
        }
    };
    // SAFETY: an interned str lives for ever.
    Ok(unsafe { str.obj().extend() })
}
