//! The number protocol.

use std::ffi::c_int;

use capi_macros::capi;
use object_mirror::Py_ssize_t;

use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{BinaryOp, UnaryOp, host};
use crate::slots::Slot;
use crate::statics::builtin;

fn binary(cx: Cx<'_>, op: BinaryOp, left: Obj<'_>, right: Obj<'_>, in_place: bool) -> Result<New> {
    let (left, right) = (left.give(cx)?, right.give(cx)?);
    cx.object(|h| h.binary(op, left.as_ref(), right.as_ref(), in_place))
}

fn unary(cx: Cx<'_>, op: UnaryOp, operand: Obj<'_>) -> Result<New> {
    let operand = operand.give(cx)?;
    cx.object(|h| h.unary(op, operand.as_ref()))
}

/// `left + right`.
#[capi]
fn PyNumber_Add(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    binary(cx, BinaryOp::Add, left, right, false)
}

/// `left - right`.
#[capi]
fn PyNumber_Subtract(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    binary(cx, BinaryOp::Subtract, left, right, false)
}

/// `left * right`.
#[capi]
fn PyNumber_Multiply(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    binary(cx, BinaryOp::Multiply, left, right, false)
}

/// `left % right`.
#[capi]
fn PyNumber_Remainder(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    binary(cx, BinaryOp::Remainder, left, right, false)
}

/// `left // right`.
#[capi]
fn PyNumber_FloorDivide(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    binary(cx, BinaryOp::FloorDivide, left, right, false)
}

/// `left / right`.
#[capi]
fn PyNumber_TrueDivide(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    binary(cx, BinaryOp::TrueDivide, left, right, false)
}

/// `left << right`.
#[capi]
fn PyNumber_Lshift(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    binary(cx, BinaryOp::Lshift, left, right, false)
}

/// `left >> right`.
#[capi]
fn PyNumber_Rshift(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    binary(cx, BinaryOp::Rshift, left, right, false)
}

/// `left & right`.
#[capi]
fn PyNumber_And(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    binary(cx, BinaryOp::And, left, right, false)
}

/// `left | right`.
#[capi]
fn PyNumber_Or(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    binary(cx, BinaryOp::Or, left, right, false)
}

/// `left ^ right`.
#[capi]
fn PyNumber_Xor(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    binary(cx, BinaryOp::Xor, left, right, false)
}

/// `left += right`.
#[capi]
fn PyNumber_InPlaceAdd(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    binary(cx, BinaryOp::Add, left, right, true)
}

/// `-operand`.
#[capi]
fn PyNumber_Negative(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    unary(cx, UnaryOp::Negative, operand)
}

/// `abs(operand)`.
#[capi]
fn PyNumber_Absolute(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    unary(cx, UnaryOp::Absolute, operand)
}

/// `~operand`.
#[capi]
fn PyNumber_Invert(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    unary(cx, UnaryOp::Invert, operand)
}

/// `int(operand)`.
#[capi]
fn PyNumber_Long(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    if std::ptr::eq(operand.type_ptr(), builtin!(PyLong_Type)) {
        return Ok(operand.to_new());
    }
    let operand = operand.give(cx)?;
    Ok(cx.to_c(cx.call_function("builtins", "int", &[operand.as_ref()])?))
}

/// `float(operand)`.
#[capi]
fn PyNumber_Float(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    if std::ptr::eq(operand.type_ptr(), builtin!(PyFloat_Type)) {
        return Ok(operand.to_new());
    }
    let operand = operand.give(cx)?;
    Ok(cx.to_c(cx.call_function("builtins", "float", &[operand.as_ref()])?))
}

/// `operator.index(operand)`.
#[capi]
fn PyNumber_Index(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    if operand.type_has(object_mirror::object::Py_TPFLAGS_LONG_SUBCLASS) {
        return Ok(operand.to_new());
    }
    unary(cx, UnaryOp::Index, operand)
}

/// Whether the type has `nb_index`.
#[capi(raw)]
pub unsafe extern "C" fn PyIndex_Check(operand: *mut object_mirror::object::PyObject) -> c_int {
    // SAFETY: C passes a live object.
    c_int::from(unsafe { Slot::NbIndex.get((*operand).ob_type) } != 0)
}

/// Whether the object is a number: it has an index, int or float slot, or is complex.
#[capi(raw)]
pub unsafe extern "C" fn PyNumber_Check(operand: *mut object_mirror::object::PyObject) -> c_int {
    if operand.is_null() {
        return 0;
    }
    // SAFETY: C passes a live object.
    unsafe {
        let ty = (*operand).ob_type;
        let has = [Slot::NbIndex, Slot::NbInt, Slot::NbFloat].iter().any(|slot| slot.get(ty) != 0);
        c_int::from(has || crate::typeobject::is_subtype(ty, builtin!(PyComplex_Type)))
    }
}

/// The operand's index as a size; out of range it is `error`, or the nearest size where that is NULL.
#[capi]
fn PyNumber_AsSsize_t(cx: Cx<'_>, operand: Obj<'_>, error: Option<Obj<'_>>) -> Result<Py_ssize_t> {
    let object = operand.give(cx)?;
    let index = cx.call(|h| h.unary(UnaryOp::Index, object.as_ref()))?;
    if let Some(value) = host().int_value(index.as_ref()) {
        return Ok(value as Py_ssize_t);
    }
    let Some(error) = error else {
        let (negative, _) = host().int_digits(index.as_ref());
        return Ok(if negative { Py_ssize_t::MIN } else { Py_ssize_t::MAX });
    };
    let class = error.give(cx)?;
    let message = cx.str(&format!("cannot fit '{}' into an index-sized integer", operand.type_name()));
    match cx.unlocked(|h| h.call(class.as_ref(), &[message.as_ref()], &[])) {
        Ok(exception) | Err(exception) => Err(cx.raise(exception)),
    }
}

/// The index in base 2, 8, 10 or 16, with its prefix.
#[capi]
fn PyNumber_ToBase(cx: Cx<'_>, operand: Obj<'_>, base: c_int) -> Result<New> {
    let function = match base {
        2 => "bin",
        8 => "oct",
        10 => "str",
        16 => "hex",
        _ => return Err(cx.system_error("PyNumber_ToBase: base must be 2, 8, 10 or 16")),
    };
    let object = operand.give(cx)?;
    let index = cx.call(|h| h.unary(UnaryOp::Index, object.as_ref()))?;
    Ok(cx.to_c(cx.call_function("builtins", function, &[index.as_ref()])?))
}

/// `pow(base, exponent, modulus)`.
#[capi]
fn PyNumber_Power(cx: Cx<'_>, base: Obj<'_>, exponent: Obj<'_>, modulus: Obj<'_>) -> Result<New> {
    let (base, exponent) = (base.give(cx)?, exponent.give(cx)?);
    let modulus = if crate::statics::is_none(modulus.as_ptr()) { None } else { Some(modulus.give(cx)?) };
    cx.object(|h| h.power(base.as_ref(), exponent.as_ref(), modulus.as_ref().map(crate::host::HostObj::as_ref), false))
}
