//! The number protocol. Exact builtins are answered from their mirrors where those can; where C implements an operand, CPython's
//! order of attempts is kept; the rest is the host's.

use std::ffi::c_int;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{Py_TPFLAGS_LONG_SUBCLASS, binaryfunc, ssizeargfunc, ternaryfunc, unaryfunc};

use super::sequence::expect_places;
use super::{c_slot, call_c, has_slot, is_exactly, plain, returned};
use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{BinaryOp, UnaryOp, host};
use crate::slots::Slot;
use crate::statics::{self, builtin};
use crate::{floatobject, longobject, typeobject};

/// One operator: how the host calls it, where C's functions are, and how a message writes it.
struct Operator {
    op: BinaryOp,
    slot: Slot,
    in_place: Option<Slot>,
    symbol: &'static str,
}

const fn operator(op: BinaryOp, slot: Slot, in_place: Option<Slot>, symbol: &'static str) -> Operator {
    Operator { op, slot, in_place, symbol }
}

const ADD: Operator = operator(BinaryOp::Add, Slot::NbAdd, Some(Slot::NbInplaceAdd), "+");
const SUBTRACT: Operator = operator(BinaryOp::Subtract, Slot::NbSubtract, Some(Slot::NbInplaceSubtract), "-");
const MULTIPLY: Operator = operator(BinaryOp::Multiply, Slot::NbMultiply, Some(Slot::NbInplaceMultiply), "*");
const REMAINDER: Operator = operator(BinaryOp::Remainder, Slot::NbRemainder, Some(Slot::NbInplaceRemainder), "%");
const DIVMOD: Operator = operator(BinaryOp::Divmod, Slot::NbDivmod, None, "divmod()");
const LSHIFT: Operator = operator(BinaryOp::Lshift, Slot::NbLshift, Some(Slot::NbInplaceLshift), "<<");
const RSHIFT: Operator = operator(BinaryOp::Rshift, Slot::NbRshift, Some(Slot::NbInplaceRshift), ">>");
const AND: Operator = operator(BinaryOp::And, Slot::NbAnd, Some(Slot::NbInplaceAnd), "&");
const XOR: Operator = operator(BinaryOp::Xor, Slot::NbXor, Some(Slot::NbInplaceXor), "^");
const OR: Operator = operator(BinaryOp::Or, Slot::NbOr, Some(Slot::NbInplaceOr), "|");
const FLOOR_DIVIDE: Operator =
    operator(BinaryOp::FloorDivide, Slot::NbFloorDivide, Some(Slot::NbInplaceFloorDivide), "//");
const TRUE_DIVIDE: Operator = operator(BinaryOp::TrueDivide, Slot::NbTrueDivide, Some(Slot::NbInplaceTrueDivide), "/");
const MATRIX_MULTIPLY: Operator =
    operator(BinaryOp::MatrixMultiply, Slot::NbMatrixMultiply, Some(Slot::NbInplaceMatrixMultiply), "@");

fn is_not_implemented(result: &New) -> bool {
    std::ptr::eq(result.as_ptr(), statics::not_implemented())
}

/// CPython's `binary_op1`: the left operand's function, then the right one's, the latter first for a subclass; `None`
/// where both say NotImplemented.
fn attempts(cx: Cx<'_>, slot: Slot, left: Obj<'_>, right: Obj<'_>) -> Result<Option<New>> {
    let (of_left, of_right) = (left.type_ptr(), right.type_ptr());
    // SAFETY: live objects of live types.
    let (first, mut second) = unsafe { (slot.get(of_left), slot.get(of_right)) };
    if std::ptr::eq(of_left, of_right) || second == first {
        second = 0;
    }
    let call = |function: usize| {
        let result = returned(cx, call_c!(function, binaryfunc, left.as_ptr(), right.as_ptr()))?;
        Ok((!is_not_implemented(&result)).then_some(result))
    };
    if first != 0 {
        if second != 0 && typeobject::is_subtype(of_right, of_left) {
            if let Some(result) = call(second)? {
                return Ok(Some(result));
            }
            second = 0;
        }
        if let Some(result) = call(first)? {
            return Ok(Some(result));
        }
    }
    if second == 0 { Ok(None) } else { call(second) }
}

#[cold]
fn unsupported(cx: Cx<'_>, symbol: &str, left: Obj<'_>, right: Obj<'_>) -> crate::boundary::Raised {
    let (left, right) = (left.type_name(), right.type_name());
    cx.type_error(format!("unsupported operand type(s) for {symbol}: '{left}' and '{right}'"))
}

/// Whether C implements this operation for one of the operands.
fn involves_c(operator: &Operator, left: Obj<'_>, right: Obj<'_>, in_place: bool) -> bool {
    let any = |slot: Slot| c_slot(left, slot).is_some() || c_slot(right, slot).is_some();
    if any(operator.slot) {
        return true;
    }
    if in_place && operator.in_place.is_some_and(|slot| c_slot(left, slot).is_some()) {
        return true;
    }
    match operator.op {
        BinaryOp::Add => {
            c_slot(left, Slot::SqConcat).is_some() || (in_place && c_slot(left, Slot::SqInplaceConcat).is_some())
        }
        BinaryOp::Multiply => any(Slot::SqRepeat) || (in_place && c_slot(left, Slot::SqInplaceRepeat).is_some()),
        _ => false,
    }
}

/// `left + right` and `left * right` of sequences, after the numbers' attempts.
fn of_sequence(cx: Cx<'_>, op: BinaryOp, left: Obj<'_>, right: Obj<'_>, in_place: bool) -> Result<Option<New>> {
    let slot = |object: Obj<'_>, slot: Slot| {
        // SAFETY: a live object of a live type.
        Some(unsafe { slot.get(object.type_ptr()) }).filter(|&function| function != 0)
    };
    if op == BinaryOp::Add {
        let in_place = if in_place { slot(left, Slot::SqInplaceConcat) } else { None };
        let Some(function) = in_place.or_else(|| slot(left, Slot::SqConcat)) else { return Ok(None) };
        return returned(cx, call_c!(function, binaryfunc, left.as_ptr(), right.as_ptr())).map(Some);
    }
    let in_place = if in_place { slot(left, Slot::SqInplaceRepeat) } else { None };
    if let Some(function) = in_place.or_else(|| slot(left, Slot::SqRepeat)) {
        return repeat(cx, function, left, right).map(Some);
    }
    let Some(function) = slot(right, Slot::SqRepeat) else { return Ok(None) };
    repeat(cx, function, right, left).map(Some)
}

fn repeat(cx: Cx<'_>, function: usize, sequence: Obj<'_>, count: Obj<'_>) -> Result<New> {
    if !has_slot(count, Slot::NbIndex) {
        return Err(cx.type_error(format!("can't multiply sequence by non-int of type '{}'", count.type_name())));
    }
    let count = as_ssize_t(cx, count, Some("OverflowError"))?;
    returned(cx, call_c!(function, ssizeargfunc, sequence.as_ptr(), count))
}

/// MemoryError where `sequence * count` could not be.
fn expect_repeated(cx: Cx<'_>, sequence: Obj<'_>, count: Obj<'_>) -> Result<()> {
    if !count.type_has(Py_TPFLAGS_LONG_SUBCLASS) {
        return Ok(());
    }
    longobject::to_i64(count.as_ptr()).map_or(Ok(()), |count| expect_places(cx, sequence, count as Py_ssize_t))
}

/// Whether it is the function `print`, with an operator that Python 2's statement had. An error stays as it was.
fn is_print(cx: Cx<'_>, object: Obj<'_>) -> bool {
    if !is_exactly(object, builtin!(PyCFunction_Type)) {
        return false;
    }
    let _pending = crate::pyerrors::hold_pending();
    let name = object.give(cx).and_then(|object| cx.attr_str(object.as_ref(), "__name__"));
    let is_it = name.is_ok_and(|name| crate::cross::text_of(name.as_ref()) == "print");
    drop(cx.take_error());
    is_it
}

/// What to write instead of `print >> file, message`, in place of the error that says only that it cannot be.
#[cold]
fn hint_at_print(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> crate::boundary::Raised {
    drop(cx.take_error());
    let (left, right) = (left.type_name(), right.type_name());
    cx.type_error(format!(
        "unsupported operand type(s) for >>: '{left}' and '{right}'. \
         Did you mean \"print(<message>, file=<output_stream>)\"?"
    ))
}

fn run(cx: Cx<'_>, operator: &Operator, left: Obj<'_>, right: Obj<'_>, in_place: bool) -> Result<New> {
    if let Some(result) = plain::binary(cx, operator.op, left, right) {
        return result;
    }
    if !involves_c(operator, left, right, in_place) {
        if operator.op == BinaryOp::Multiply {
            expect_repeated(cx, left, right)?;
            expect_repeated(cx, right, left)?;
        }
        let (given_left, given_right) = (left.give(cx)?, right.give(cx)?);
        let result = cx.call(|h| h.binary(operator.op, given_left.as_ref(), given_right.as_ref(), in_place));
        if result.is_err() && operator.op == BinaryOp::Rshift && !in_place && is_print(cx, left) {
            return Err(hint_at_print(cx, left, right));
        }
        return Ok(cx.to_c(result?));
    }
    if in_place && let Some(slot) = operator.in_place {
        // SAFETY: a live object of a live type.
        let function = unsafe { slot.get(left.type_ptr()) };
        if function != 0 {
            let result = returned(cx, call_c!(function, binaryfunc, left.as_ptr(), right.as_ptr()))?;
            if !is_not_implemented(&result) {
                return Ok(result);
            }
        }
    }
    if let Some(result) = attempts(cx, operator.slot, left, right)? {
        return Ok(result);
    }
    if matches!(operator.op, BinaryOp::Add | BinaryOp::Multiply)
        && let Some(result) = of_sequence(cx, operator.op, left, right, in_place)?
    {
        return Ok(result);
    }
    let symbol = if in_place { format!("{}=", operator.symbol) } else { operator.symbol.to_owned() };
    Err(unsupported(cx, &symbol, left, right))
}

/// `left + right`.
#[capi]
fn PyNumber_Add(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &ADD, left, right, false)
}

/// `left - right`.
#[capi]
fn PyNumber_Subtract(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &SUBTRACT, left, right, false)
}

/// `left * right`.
#[capi]
fn PyNumber_Multiply(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &MULTIPLY, left, right, false)
}

/// `left @ right`.
#[capi]
fn PyNumber_MatrixMultiply(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &MATRIX_MULTIPLY, left, right, false)
}

/// `left // right`.
#[capi]
fn PyNumber_FloorDivide(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &FLOOR_DIVIDE, left, right, false)
}

/// `left / right`.
#[capi]
fn PyNumber_TrueDivide(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &TRUE_DIVIDE, left, right, false)
}

/// `left % right`.
#[capi]
fn PyNumber_Remainder(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &REMAINDER, left, right, false)
}

/// `divmod(left, right)`.
#[capi]
fn PyNumber_Divmod(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &DIVMOD, left, right, false)
}

/// `left << right`.
#[capi]
fn PyNumber_Lshift(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &LSHIFT, left, right, false)
}

/// `left >> right`.
#[capi]
fn PyNumber_Rshift(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &RSHIFT, left, right, false)
}

/// `left & right`.
#[capi]
fn PyNumber_And(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &AND, left, right, false)
}

/// `left ^ right`.
#[capi]
fn PyNumber_Xor(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &XOR, left, right, false)
}

/// `left | right`.
#[capi]
fn PyNumber_Or(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &OR, left, right, false)
}

/// `left += right`, and what it results in.
#[capi]
fn PyNumber_InPlaceAdd(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &ADD, left, right, true)
}

/// `left -= right`, and what it results in.
#[capi]
fn PyNumber_InPlaceSubtract(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &SUBTRACT, left, right, true)
}

/// `left *= right`, and what it results in.
#[capi]
fn PyNumber_InPlaceMultiply(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &MULTIPLY, left, right, true)
}

/// `left @= right`, and what it results in.
#[capi]
fn PyNumber_InPlaceMatrixMultiply(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &MATRIX_MULTIPLY, left, right, true)
}

/// `left //= right`, and what it results in.
#[capi]
fn PyNumber_InPlaceFloorDivide(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &FLOOR_DIVIDE, left, right, true)
}

/// `left /= right`, and what it results in.
#[capi]
fn PyNumber_InPlaceTrueDivide(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &TRUE_DIVIDE, left, right, true)
}

/// `left %= right`, and what it results in.
#[capi]
fn PyNumber_InPlaceRemainder(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &REMAINDER, left, right, true)
}

/// `left <<= right`, and what it results in.
#[capi]
fn PyNumber_InPlaceLshift(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &LSHIFT, left, right, true)
}

/// `left >>= right`, and what it results in.
#[capi]
fn PyNumber_InPlaceRshift(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &RSHIFT, left, right, true)
}

/// `left &= right`, and what it results in.
#[capi]
fn PyNumber_InPlaceAnd(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &AND, left, right, true)
}

/// `left ^= right`, and what it results in.
#[capi]
fn PyNumber_InPlaceXor(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &XOR, left, right, true)
}

/// `left |= right`, and what it results in.
#[capi]
fn PyNumber_InPlaceOr(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    run(cx, &OR, left, right, true)
}

/// The third operand of a power, unless it is None.
fn modulus_of<'a>(modulus: Obj<'a>) -> Option<Obj<'a>> {
    (!statics::is_none(modulus.as_ptr())).then_some(modulus)
}

/// CPython's `ternary_op`, where C implements one of the operands.
fn power_in_c(cx: Cx<'_>, base: Obj<'_>, exponent: Obj<'_>, modulus: Obj<'_>, symbol: &str) -> Result<New> {
    let slot = |object: Obj<'_>| {
        // SAFETY: a live object of a live type.
        unsafe { Slot::NbPower.get(object.type_ptr()) }
    };
    let mut tried = Vec::with_capacity(3);
    let mut order = vec![base, exponent];
    let reflected_first = !std::ptr::eq(base.type_ptr(), exponent.type_ptr())
        && slot(base) != 0
        && typeobject::is_subtype(exponent.type_ptr(), base.type_ptr());
    if reflected_first {
        order.swap(0, 1);
    }
    order.extend(modulus_of(modulus));
    for operand in order {
        let function = slot(operand);
        if function == 0 || tried.contains(&function) {
            continue;
        }
        tried.push(function);
        let result = returned(cx, call_c!(function, ternaryfunc, base.as_ptr(), exponent.as_ptr(), modulus.as_ptr()))?;
        if !is_not_implemented(&result) {
            return Ok(result);
        }
    }
    let Some(third) = modulus_of(modulus) else { return Err(unsupported(cx, symbol, base, exponent)) };
    let (base, exponent, third) = (base.type_name(), exponent.type_name(), third.type_name());
    Err(cx.type_error(format!("unsupported operand type(s) for {symbol}: '{base}', '{exponent}', '{third}'")))
}

/// `pow(base, exponent, modulus)` by C's functions, if C implements one of the three.
pub(crate) fn power_if_in_c(cx: Cx<'_>, operands: [Obj<'_>; 3]) -> Option<Result<New>> {
    let [base, exponent, modulus] = operands;
    let is_of_c = operands.iter().any(|&operand| c_slot(operand, Slot::NbPower).is_some());
    is_of_c.then(|| power_in_c(cx, base, exponent, modulus, "** or pow()"))
}

fn power(cx: Cx<'_>, base: Obj<'_>, exponent: Obj<'_>, modulus: Obj<'_>, in_place: bool) -> Result<New> {
    if in_place && let Some(function) = c_slot(base, Slot::NbInplacePower) {
        let result = returned(cx, call_c!(function, ternaryfunc, base.as_ptr(), exponent.as_ptr(), modulus.as_ptr()))?;
        if !is_not_implemented(&result) {
            return Ok(result);
        }
    }
    if [base, exponent, modulus].iter().any(|&operand| c_slot(operand, Slot::NbPower).is_some()) {
        return power_in_c(cx, base, exponent, modulus, if in_place { "**=" } else { "** or pow()" });
    }
    let modulus = modulus_of(modulus).map(|modulus| modulus.give(cx)).transpose()?;
    let (base, exponent) = (base.give(cx)?, exponent.give(cx)?);
    cx.object(|h| h.power(base.as_ref(), exponent.as_ref(), modulus.as_ref().map(|modulus| modulus.as_ref()), in_place))
}

/// `pow(base, exponent, modulus)`; None for no modulus.
#[capi]
fn PyNumber_Power(cx: Cx<'_>, base: Obj<'_>, exponent: Obj<'_>, modulus: Obj<'_>) -> Result<New> {
    power(cx, base, exponent, modulus, false)
}

/// `base **= exponent`, and what it results in; None for no modulus.
#[capi]
fn PyNumber_InPlacePower(cx: Cx<'_>, base: Obj<'_>, exponent: Obj<'_>, modulus: Obj<'_>) -> Result<New> {
    power(cx, base, exponent, modulus, true)
}

fn unary(cx: Cx<'_>, op: UnaryOp, slot: Slot, operand: Obj<'_>) -> Result<New> {
    if let Some(result) = plain::unary(op, operand) {
        return Ok(result);
    }
    if let Some(function) = c_slot(operand, slot) {
        return super::call::checked(cx, operand, call_c!(function, unaryfunc, operand.as_ptr()));
    }
    let operand = operand.give(cx)?;
    cx.object(|h| h.unary(op, operand.as_ref()))
}

/// `-operand`.
#[capi]
fn PyNumber_Negative(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    unary(cx, UnaryOp::Negative, Slot::NbNegative, operand)
}

/// `+operand`.
#[capi]
fn PyNumber_Positive(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    unary(cx, UnaryOp::Positive, Slot::NbPositive, operand)
}

/// `abs(operand)`.
#[capi]
fn PyNumber_Absolute(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    unary(cx, UnaryOp::Absolute, Slot::NbAbsolute, operand)
}

/// `~operand`.
#[capi]
fn PyNumber_Invert(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    unary(cx, UnaryOp::Invert, Slot::NbInvert, operand)
}

/// Warn of a conversion method that returned a subclass's instance.
fn warn_of_subclass(cx: Cx<'_>, operand: Obj<'_>, method: &str, kind: &str, result: Obj<'_>) -> Result<()> {
    let (owner, got) = (operand.type_name(), result.type_name());
    let message = cx.str(&format!(
        "{owner}.{method} returned non-{kind} (type {got}).  The ability to return an instance of a strict subclass of \
         {kind} is deprecated, and may not be supported in a future version of Python."
    ));
    let Some(category) = host().builtin_class("DeprecationWarning") else { return Err(cx.bad_internal_call()) };
    cx.call_function("warnings", "warn", &[message.as_ref(), category.as_ref()]).map(drop)
}

/// What C's `__int__` or `__index__` returned: an int.
fn int_result(cx: Cx<'_>, operand: Obj<'_>, result: New, method: &str) -> Result<New> {
    if is_exactly(result.obj(), builtin!(PyLong_Type)) {
        return Ok(result);
    }
    if !longobject::is_int(result.obj()) {
        let (owner, got) = (operand.type_name(), result.obj().type_name());
        return Err(cx.type_error(format!("{owner}.{method} returned non-int (type {got})")));
    }
    warn_of_subclass(cx, operand, method, "int", result.obj())?;
    Ok(result)
}

/// The exact int of an int's value.
fn exact_int(int: New) -> New {
    if is_exactly(int.obj(), builtin!(PyLong_Type)) {
        return int;
    }
    let (negative, digits) = longobject::digits_of(int.as_ptr());
    longobject::new_from_digits(negative, digits)
}

/// `operator.index(operand)`, which may be of a subclass of int.
pub(crate) fn index(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    if longobject::is_int(operand) {
        return Ok(operand.to_new());
    }
    if let Some(function) = c_slot(operand, Slot::NbIndex) {
        let result = returned(cx, call_c!(function, unaryfunc, operand.as_ptr()))?;
        return int_result(cx, operand, result, "__index__");
    }
    if !has_slot(operand, Slot::NbIndex) {
        return Err(cx.type_error(format!("'{}' object cannot be interpreted as an integer", operand.type_name())));
    }
    let operand = operand.give(cx)?;
    cx.object(|h| h.unary(UnaryOp::Index, operand.as_ref()))
}

/// `int(operand)`.
#[capi]
fn PyNumber_Long(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    if is_exactly(operand, builtin!(PyLong_Type)) {
        return Ok(operand.to_new());
    }
    if let Some(function) = c_slot(operand, Slot::NbInt) {
        let result = returned(cx, call_c!(function, unaryfunc, operand.as_ptr()))?;
        return int_result(cx, operand, result, "__int__").map(exact_int);
    }
    if !has_slot(operand, Slot::NbInt) && c_slot(operand, Slot::NbIndex).is_some() {
        return index(cx, operand).map(exact_int);
    }
    let operand = operand.give(cx)?;
    cx.object(|h| h.unary(UnaryOp::Int, operand.as_ref()))
}

/// `float(operand)`.
#[capi]
fn PyNumber_Float(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    if is_exactly(operand, builtin!(PyFloat_Type)) {
        return Ok(operand.to_new());
    }
    if let Some(function) = c_slot(operand, Slot::NbFloat) {
        let result = returned(cx, call_c!(function, unaryfunc, operand.as_ptr()))?;
        return float_result(cx, operand, result);
    }
    if !has_slot(operand, Slot::NbFloat) && c_slot(operand, Slot::NbIndex).is_some() {
        let int = index(cx, operand)?;
        return floatobject::as_double(cx, int.obj()).map(floatobject::new);
    }
    let operand = operand.give(cx)?;
    cx.object(|h| h.unary(UnaryOp::Float, operand.as_ref()))
}

fn float_result(cx: Cx<'_>, operand: Obj<'_>, result: New) -> Result<New> {
    if is_exactly(result.obj(), builtin!(PyFloat_Type)) {
        return Ok(result);
    }
    if !floatobject::is_float(result.obj()) {
        let (owner, got) = (operand.type_name(), result.obj().type_name());
        return Err(cx.type_error(format!("{owner}.__float__ returned non-float (type {got})")));
    }
    warn_of_subclass(cx, operand, "__float__", "float", result.obj())?;
    Ok(floatobject::new(floatobject::value(result.obj())))
}

/// `operator.index(operand)`.
#[capi]
fn PyNumber_Index(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    index(cx, operand).map(exact_int)
}

/// `operator.index(operand)`, of a subclass of int as it is.
#[capi]
fn _PyNumber_Index(cx: Cx<'_>, operand: Obj<'_>) -> Result<New> {
    index(cx, operand)
}

/// Whether the object can be an index.
#[capi]
fn PyIndex_Check(operand: Obj<'_>) -> bool {
    has_slot(operand, Slot::NbIndex)
}

/// Whether the object is a number, as far as its type tells.
#[capi]
fn PyNumber_Check(operand: Option<Obj<'_>>) -> bool {
    operand.is_some_and(|operand| {
        [Slot::NbIndex, Slot::NbInt, Slot::NbFloat].iter().any(|&slot| has_slot(operand, slot))
            || typeobject::is_subtype(operand.type_ptr(), builtin!(PyComplex_Type))
    })
}

/// The operand as an index: what does not fit raises the error class of that name, or is clipped.
pub(crate) fn as_ssize_t(cx: Cx<'_>, operand: Obj<'_>, error: Option<&str>) -> Result<Py_ssize_t> {
    let int = index(cx, operand)?;
    if let Some(value) = longobject::to_i64(int.as_ptr()) {
        return Ok(value as Py_ssize_t);
    }
    match error {
        None => Ok(crate::sliceobject::clipped(int.as_ptr())),
        Some(class) => {
            Err(cx.error(class, format!("cannot fit '{}' into an index-sized integer", operand.type_name())))
        }
    }
}

/// The operand as an index; what does not fit raises `error`, or is clipped for NULL.
#[capi]
fn PyNumber_AsSsize_t(cx: Cx<'_>, operand: Obj<'_>, error: Option<Obj<'_>>) -> Result<Py_ssize_t> {
    let Some(error) = error else { return as_ssize_t(cx, operand, None) };
    let int = index(cx, operand)?;
    if let Some(value) = longobject::to_i64(int.as_ptr()) {
        return Ok(value as Py_ssize_t);
    }
    let message = cx.str(&format!("cannot fit '{}' into an index-sized integer", operand.type_name()));
    let message = cx.to_c(message);
    Err(crate::pyerrors::set_object(cx, error, Some(message.obj())))
}

/// The operand as an index, or None's default: an Argument Clinic converter.
#[capi]
fn _Py_convert_optional_to_ssize_t(cx: Cx<'_>, operand: Obj<'_>, result: *mut Py_ssize_t) -> c_int {
    if statics::is_none(operand.as_ptr()) {
        return 1;
    }
    if !has_slot(operand, Slot::NbIndex) {
        cx.type_error(format!("argument should be integer or None, not '{}'", operand.type_name()));
        return 0;
    }
    let Ok(value) = as_ssize_t(cx, operand, Some("OverflowError")) else { return 0 };
    // SAFETY: a converter gets the address of its variable.
    unsafe { result.write(value) };
    1
}

/// The operand as a str in base 2, 8, 10 or 16, with the base's prefix.
#[capi]
fn PyNumber_ToBase(cx: Cx<'_>, operand: Obj<'_>, base: c_int) -> Result<New> {
    let function = match base {
        2 => "bin",
        8 => "oct",
        10 => "str",
        16 => "hex",
        _ => return Err(cx.system_error("PyNumber_ToBase: base must be 2, 8, 10 or 16")),
    };
    let int = index(cx, operand).map(exact_int)?;
    let int = int.obj().give(cx)?;
    Ok(cx.to_c(cx.call_function("builtins", function, &[int.as_ref()])?))
}
