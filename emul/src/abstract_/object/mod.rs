//! The object protocol, and iterators.

pub(crate) mod attr;
pub(crate) mod compare;
pub(crate) mod hash;
pub(crate) mod item;
pub(crate) mod iter;
pub(crate) mod text;

pub(crate) use attr::{c_getattr, get_attr, optional_attr, or_unraisable, pass_out, pending_is};
pub(crate) use compare::{compare, compare_bool};
pub(crate) use hash::remember_hash;
pub(crate) use item::{from_start, get_item, length, set_item};
pub(crate) use iter::{iter, next};

use std::cell::RefCell;
use std::ffi::c_int;

use capi_macros::{capi, capi_data};
use object_mirror::object::{Py_TPFLAGS_TYPE_SUBCLASS, PyObject, inquiry};

use crate::abstract_::{c_slot, call_c, has_slot, is_exactly};
use crate::boundary::{Cx, New, Obj, Result};
use crate::host::Compare;
use crate::slots::Slot;
use crate::statics::{self, builtin};
use crate::{longobject, typeobject, unicodeobject};
use item::{c_length, plain_length};
use text::str_of;

/// The comparison that asks the same with its sides changed, by the comparison's number.
#[capi_data]
pub static _Py_SwappedOp: [c_int; 6] = [4, 5, 2, 3, 0, 1];

fn op_of(cx: Cx<'_>, op: c_int) -> Result<Compare> {
    Compare::from_c(op).ok_or_else(|| cx.bad_internal_call())
}

/// The truth of what the mirror itself answers for.
#[inline]
fn plain_truth(object: Obj<'_>) -> Option<bool> {
    let op = object.as_ptr();
    if std::ptr::eq(op, statics::true_()) {
        return Some(true);
    }
    if std::ptr::eq(op, statics::false_()) || statics::is_none(op) {
        return Some(false);
    }
    if is_exactly(object, builtin!(PyLong_Type)) {
        return Some(!longobject::digits_of(op).1.is_empty());
    }
    if is_exactly(object, builtin!(PyUnicode_Type)) {
        return Some(unicodeobject::length(op) != 0);
    }
    plain_length(object).map(|length| length != 0)
}

/// `bool(object)`.
pub(crate) fn is_true(cx: Cx<'_>, object: Obj<'_>) -> Result<bool> {
    if let Some(truth) = plain_truth(object) {
        return Ok(truth);
    }
    if let Some(function) = c_slot(object, Slot::NbBool) {
        let truth = call_c!(function, inquiry, object.as_ptr());
        return if truth < 0 { Err(cx.pending()) } else { Ok(truth != 0) };
    }
    if !has_slot(object, Slot::NbBool)
        && let Some(length) = c_length(cx, object)
    {
        return Ok(length? != 0);
    }
    let object = object.give(cx)?;
    cx.call(|h| h.is_true(object.as_ref()))
}

/// `bool(object)`.
#[capi]
fn PyObject_IsTrue(cx: Cx<'_>, object: Obj<'_>) -> Result<bool> {
    is_true(cx, object)
}

/// `not object`.
#[capi]
fn PyObject_Not(cx: Cx<'_>, object: Obj<'_>) -> Result<bool> {
    Ok(!is_true(cx, object)?)
}

/// `isinstance`.
#[capi]
fn PyObject_IsInstance(cx: Cx<'_>, object: Obj<'_>, class: Obj<'_>) -> Result<bool> {
    if std::ptr::eq(object.type_ptr().cast(), class.as_ptr()) {
        return Ok(true);
    }
    if is_exactly(class, builtin!(PyType_Type)) {
        if typeobject::is_subtype(object.type_ptr(), class.cast()) {
            return Ok(true);
        }
        // Instances of exact builtin value types have no `__class__` of their own.
        if is_plain(object) {
            return Ok(false);
        }
    }
    let (object, class) = (object.give(cx)?, class.give(cx)?);
    cx.call(|h| h.is_instance(object.as_ref(), class.as_ref()))
}

fn is_plain(object: Obj<'_>) -> bool {
    [
        builtin!(PyLong_Type),
        builtin!(PyUnicode_Type),
        builtin!(PyFloat_Type),
        builtin!(PyBool_Type),
        builtin!(PyBytes_Type),
        builtin!(PyTuple_Type),
        builtin!(PyList_Type),
        builtin!(PyDict_Type),
        builtin!(_PyNone_Type),
    ]
    .into_iter()
    .any(|ty| is_exactly(object, ty))
}

/// `issubclass`.
#[capi]
fn PyObject_IsSubclass(cx: Cx<'_>, class: Obj<'_>, of: Obj<'_>) -> Result<bool> {
    if class.type_has(Py_TPFLAGS_TYPE_SUBCLASS) && is_exactly(of, builtin!(PyType_Type)) {
        return Ok(typeobject::is_subtype(class.cast(), of.cast()));
    }
    let (class, of) = (class.give(cx)?, of.give(cx)?);
    cx.call(|h| h.is_subclass(class.as_ref(), of.as_ref()))
}

/// `type(object)`.
#[capi]
fn PyObject_Type(object: Obj<'_>) -> Option<New> {
    // SAFETY: a live object's type is live.
    unsafe { Obj::from_ptr(object.type_ptr().cast()) }.map(Obj::to_new)
}

/// Whether two pointers are the same object.
#[capi(raw)]
pub unsafe extern "C" fn Py_Is(left: *mut PyObject, right: *mut PyObject) -> c_int {
    c_int::from(std::ptr::eq(left, right))
}

/// Whether the pointer is None.
#[capi(raw)]
pub unsafe extern "C" fn Py_IsNone(object: *mut PyObject) -> c_int {
    c_int::from(statics::is_none(object))
}

fn constant(id: std::ffi::c_uint) -> Option<*mut PyObject> {
    Some(match id {
        0 => statics::none(),
        1 => statics::false_(),
        2 => statics::true_(),
        3 => statics::ellipsis(),
        4 => statics::not_implemented(),
        5 => statics::small_int(0)?,
        6 => statics::small_int(1)?,
        7 => statics::empty_str(),
        8 => statics::empty_bytes(),
        9 => statics::empty_tuple(),
        _ => return None,
    })
}

/// The constant of that number (`Py_CONSTANT_NONE`...); all of them are immortal.
#[capi]
fn Py_GetConstant(cx: Cx<'_>, id: std::ffi::c_uint) -> Result<New> {
    constant(id).map(New::from_static).ok_or_else(|| cx.bad_internal_call())
}

/// As `Py_GetConstant`, borrowed.
#[capi]
fn Py_GetConstantBorrowed(cx: Cx<'_>, id: std::ffi::c_uint) -> Result<*mut PyObject> {
    constant(id).ok_or_else(|| cx.bad_internal_call())
}

thread_local! {
    /// The objects whose `__repr__` runs on this thread. Each is held, so that no other object can get its address.
    static REPR: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// The object's `__repr__` begins: 1 if it runs already.
#[capi(raw)]
pub unsafe extern "C" fn Py_ReprEnter(object: *mut PyObject) -> c_int {
    REPR.with_borrow_mut(|running| {
        if running.contains(&(object as usize)) {
            return 1;
        }
        // SAFETY: C passes a live object.
        if let Some(object) = unsafe { Obj::from_ptr(object) } {
            running.push(object.to_new().into_ptr() as usize);
        }
        0
    })
}

/// The object's `__repr__` ends.
#[capi(raw)]
pub unsafe extern "C" fn Py_ReprLeave(object: *mut PyObject) {
    let held = REPR.with_borrow_mut(|running| {
        let place = running.iter().rposition(|&other| other == object as usize)?;
        Some(running.remove(place) as *mut PyObject)
    });
    // SAFETY: the reference that `Py_ReprEnter` took; what it may end runs without the borrow.
    unsafe { crate::lifetime::xdecref(held.unwrap_or(std::ptr::null_mut())) };
}

/// The name of an object's function, for messages: `module.qualname()`, or its str. Whatever stands for the two names is shown.
#[capi]
fn _PyObject_FunctionStr(cx: Cx<'_>, function: Obj<'_>) -> Result<New> {
    function_words(cx, function)
}

pub(crate) fn function_words(cx: Cx<'_>, function: Obj<'_>) -> Result<New> {
    let named = |name: &str| attr::optional_attr(cx, function, unicodeobject::new_from_wtf8(name.as_bytes()).obj());
    let Some(qualname) = named("__qualname__")? else { return str_of(cx, function) };
    let mut full = Vec::new();
    if let Some(module) = named("__module__")?.filter(|module| !statics::is_none(module.as_ptr())) {
        let builtins = unicodeobject::new_from_wtf8(b"builtins");
        if compare::compare_bool(cx, module.obj(), builtins.obj(), Compare::Ne)? {
            full = unicodeobject::to_wtf8(str_of(cx, module.obj())?.as_ptr());
            full.push(b'.');
        }
    }
    full.extend_from_slice(&unicodeobject::to_wtf8(str_of(cx, qualname.obj())?.as_ptr()));
    full.extend_from_slice(b"()");
    Ok(unicodeobject::new_from_wtf8(&full))
}

/// Whether the object is in memory that was freed: CPython's debugging aid, told by the count.
#[capi(raw)]
pub unsafe extern "C" fn _PyObject_IsFreed(object: *mut PyObject) -> c_int {
    // SAFETY: C asks about memory of an object.
    unsafe { crate::memdebug::is_freed(object) }
}
