//! Comparisons.

use std::ffi::c_int;

use capi_macros::capi;
use object_mirror::object::{PyObject, richcmpfunc};
use object_mirror::unicodeobject::{KIND_SHIFT, PyASCIIObject};

use super::{is_true, op_of};
use crate::abstract_::{c_slot, call_c, is_exactly, plain, returned};
use crate::boundary::{Cx, New, Obj, Result};
use crate::host::Compare;
use crate::slots::Slot;
use crate::statics::{self, builtin};
use crate::{bytesobject, floatobject, longobject, typeobject, unicodeobject};

/// The comparison of two exact ints, floats, strs or bytes, which their mirrors answer.
fn plain_comparison(left: Obj<'_>, right: Obj<'_>, op: Compare) -> Option<bool> {
    if !std::ptr::eq(left.type_ptr(), right.type_ptr()) {
        return mixed_comparison(left, right, op);
    }
    if is_exactly(left, builtin!(PyLong_Type)) {
        return Some(ordered(op, longobject::compare(left.as_ptr(), right.as_ptr())));
    }
    if is_exactly(left, builtin!(PyFloat_Type)) {
        return Some(of_floats(floatobject::value(left), floatobject::value(right), op));
    }
    if is_exactly(left, builtin!(PyUnicode_Type)) {
        if matches!(op, Compare::Eq | Compare::Ne) {
            return Some(same_text(left.as_ptr(), right.as_ptr()) == (op == Compare::Eq));
        }
        let (left, right) = (unicodeobject::chars(left.as_ptr()), unicodeobject::chars(right.as_ptr()));
        return Some(ordered(op, unicodeobject::read::compare(left, right)));
    }
    if is_exactly(left, builtin!(PyBytes_Type)) {
        return Some(ordered(op, bytesobject::data(left.as_ptr()).cmp(bytesobject::data(right.as_ptr()))));
    }
    None
}

/// An exact int and an exact float, or one of them and an exact str, which are never equal.
fn mixed_comparison(left: Obj<'_>, right: Obj<'_>, op: Compare) -> Option<bool> {
    let number = |object| {
        if is_exactly(object, builtin!(PyFloat_Type)) {
            return Some(floatobject::value(object));
        }
        is_exactly(object, builtin!(PyLong_Type))
            .then(|| plain::exact_in_double(longobject::to_i64(object.as_ptr())?))?
    };
    let is_text = |object| is_exactly(object, builtin!(PyUnicode_Type));
    match (number(left), number(right)) {
        (Some(left), Some(right)) => Some(of_floats(left, right, op)),
        (Some(_), None) if is_text(right) => unequal(op),
        (None, Some(_)) if is_text(left) => unequal(op),
        _ => None,
    }
}

fn unequal(op: Compare) -> Option<bool> {
    matches!(op, Compare::Eq | Compare::Ne).then_some(op == Compare::Ne)
}

fn of_floats(left: f64, right: f64, op: Compare) -> bool {
    left.partial_cmp(&right).map_or(op == Compare::Ne, |order| ordered(op, order))
}

fn ordered(op: Compare, order: std::cmp::Ordering) -> bool {
    match op {
        Compare::Lt => order.is_lt(),
        Compare::Le => order.is_le(),
        Compare::Eq => order.is_eq(),
        Compare::Ne => order.is_ne(),
        Compare::Gt => order.is_gt(),
        Compare::Ge => order.is_ge(),
    }
}

/// Whether two exact strs have the same characters: each is stored in the narrowest kind that holds it.
fn same_text(left: *mut PyObject, right: *mut PyObject) -> bool {
    // SAFETY: live strs; the kind tells the width of their data.
    unsafe {
        let kind = |text: *mut PyObject| ((*text.cast::<PyASCIIObject>()).state >> KIND_SHIFT & 7) as usize;
        let (length, width) = (unicodeobject::length(left), kind(left));
        if length != unicodeobject::length(right) || width != kind(right) {
            return false;
        }
        let bytes = |text| std::slice::from_raw_parts(unicodeobject::data(text).cast::<u8>(), length * width);
        bytes(left) == bytes(right)
    }
}

const fn reflected(op: Compare) -> Compare {
    match op {
        Compare::Lt => Compare::Gt,
        Compare::Le => Compare::Ge,
        Compare::Gt => Compare::Lt,
        Compare::Ge => Compare::Le,
        same => same,
    }
}

/// One side's `tp_richcompare`; `None` for NotImplemented.
fn compare_by(cx: Cx<'_>, owner: Obj<'_>, other: Obj<'_>, op: Compare) -> Result<Option<New>> {
    // SAFETY: a live object of a live type.
    let function = unsafe { Slot::TpRichcompare.get(owner.type_ptr()) };
    if function == 0 {
        return Ok(None);
    }
    let result = returned(cx, call_c!(function, richcmpfunc, owner.as_ptr(), other.as_ptr(), op as c_int))?;
    Ok((!std::ptr::eq(result.as_ptr(), statics::not_implemented())).then_some(result))
}

fn bool_object(value: bool) -> New {
    New::from_static(if value { statics::true_() } else { statics::false_() })
}

/// The comparison as CPython orders the attempts, where C implements one of the sides.
fn compare_in_c(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>, op: Compare) -> Result<New> {
    let (of_left, of_right) = (left.type_ptr(), right.type_ptr());
    let right_first = !std::ptr::eq(of_left, of_right) && typeobject::is_subtype(of_right, of_left);
    if right_first && let Some(result) = compare_by(cx, right, left, reflected(op))? {
        return Ok(result);
    }
    if let Some(result) = compare_by(cx, left, right, op)? {
        return Ok(result);
    }
    if !right_first && let Some(result) = compare_by(cx, right, left, reflected(op))? {
        return Ok(result);
    }
    let symbol = match op {
        Compare::Eq => return Ok(bool_object(left == right)),
        Compare::Ne => return Ok(bool_object(left != right)),
        Compare::Lt => "<",
        Compare::Le => "<=",
        Compare::Gt => ">",
        Compare::Ge => ">=",
    };
    let (left, right) = (left.type_name(), right.type_name());
    Err(cx.type_error(format!("'{symbol}' not supported between instances of '{left}' and '{right}'")))
}

pub(crate) fn compare(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>, op: Compare) -> Result<New> {
    if let Some(answer) = plain_comparison(left, right, op) {
        return Ok(bool_object(answer));
    }
    if c_slot(left, Slot::TpRichcompare).is_some() || c_slot(right, Slot::TpRichcompare).is_some() {
        return compare_in_c(cx, left, right, op);
    }
    let (left, right) = (left.give(cx)?, right.give(cx)?);
    cx.object(|h| h.rich_compare(left.as_ref(), right.as_ref(), op))
}

/// The comparison's truth; an object equals itself.
pub(crate) fn compare_bool(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>, op: Compare) -> Result<bool> {
    if left == right && matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(op == Compare::Eq);
    }
    if let Some(answer) = plain_comparison(left, right, op) {
        return Ok(answer);
    }
    let result = compare(cx, left, right, op)?;
    is_true(cx, result.obj())
}

/// The comparison's result object.
#[capi]
fn PyObject_RichCompare(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>, op: c_int) -> Result<New> {
    let op = op_of(cx, op)?;
    compare(cx, left, right, op)
}

/// The comparison's truth; an object equals itself.
#[capi]
fn PyObject_RichCompareBool(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>, op: c_int) -> Result<bool> {
    let op = op_of(cx, op)?;
    compare_bool(cx, left, right, op)
}
