//! What the mirrors of exact builtins answer without the host: numbers, texts and tuples that C made stay in C's memory. `None` is
//! for everything else, errors among them.

use object_mirror::Py_ssize_t;
use object_mirror::object::PyObject;

use super::is_exactly;
use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{BinaryOp, UnaryOp};
use crate::statics::builtin;
use crate::unicodeobject::{self, methods};
use crate::{bytesobject, cross, floatobject, listobject, longobject, pystrtod, tupleobject};

/// More than that is left to whoever knows what to say of too much.
const MOST_REPEATED: usize = 1 << 16;
/// Doubles have every integer up to this one.
const EXACT_IN_DOUBLE: u64 = 1 << 53;

/// An operator between two exact builtins of one type.
pub(super) fn binary(cx: Cx<'_>, op: BinaryOp, left: Obj<'_>, right: Obj<'_>) -> Option<Result<New>> {
    if !std::ptr::eq(left.type_ptr(), right.type_ptr()) {
        return None;
    }
    if is_exactly(left, builtin!(PyLong_Type)) {
        let (left, right) = (longobject::to_i64(left.as_ptr())?, longobject::to_i64(right.as_ptr())?);
        if op == BinaryOp::TrueDivide {
            return quotient(left, right).map(floatobject::new).map(Ok);
        }
        return ints(op, left, right).map(longobject::new_from_i64).map(Ok);
    }
    if is_exactly(left, builtin!(PyFloat_Type)) {
        return floats(op, floatobject::value(left), floatobject::value(right)).map(floatobject::new).map(Ok);
    }
    if op == BinaryOp::Add { concatenation(cx, left, right) } else { None }
}

/// Two ints whose values and result are machine words.
fn ints(op: BinaryOp, left: i64, right: i64) -> Option<i64> {
    match op {
        BinaryOp::Add => left.checked_add(right),
        BinaryOp::Subtract => left.checked_sub(right),
        BinaryOp::Multiply => left.checked_mul(right),
        BinaryOp::And => Some(left & right),
        BinaryOp::Or => Some(left | right),
        BinaryOp::Xor => Some(left ^ right),
        BinaryOp::Lshift => {
            let by = u32::try_from(right).ok().filter(|&by| by < 32)?;
            left.checked_mul(1 << by)
        }
        BinaryOp::Rshift => u32::try_from(right).ok().map(|by| left >> by.min(63)),
        BinaryOp::FloorDivide => {
            let quotient = left.checked_div(right)?;
            Some(quotient - i64::from(left % right != 0 && (left < 0) != (right < 0)))
        }
        // The remainder has the divisor's sign.
        BinaryOp::Remainder => {
            let remainder = left.checked_rem(right)?;
            Some(if remainder != 0 && (remainder < 0) != (right < 0) { remainder + right } else { remainder })
        }
        _ => None,
    }
}

/// The int as a double, where that is the same number.
pub(super) fn exact_in_double(value: i64) -> Option<f64> {
    (value.unsigned_abs() <= EXACT_IN_DOUBLE).then_some(value as f64)
}

/// `left / right` where one division of doubles is exact enough.
fn quotient(left: i64, right: i64) -> Option<f64> {
    let (left, right) = (exact_in_double(left)?, exact_in_double(right)?);
    (right != 0.0).then(|| left / right)
}

fn floats(op: BinaryOp, left: f64, right: f64) -> Option<f64> {
    match op {
        BinaryOp::Add => Some(left + right),
        BinaryOp::Subtract => Some(left - right),
        BinaryOp::Multiply => Some(left * right),
        BinaryOp::TrueDivide if right != 0.0 => Some(left / right),
        _ => None,
    }
}

/// A unary operator of an exact int that is a machine word, or of an exact float.
pub(super) fn unary(op: UnaryOp, operand: Obj<'_>) -> Option<New> {
    if is_exactly(operand, builtin!(PyLong_Type)) {
        let value = longobject::to_i64(operand.as_ptr())?;
        let result = match op {
            UnaryOp::Positive => return Some(operand.to_new()),
            UnaryOp::Absolute if value >= 0 => return Some(operand.to_new()),
            UnaryOp::Negative | UnaryOp::Absolute => value.checked_neg(),
            UnaryOp::Invert => Some(!value),
            _ => None,
        };
        return result.map(longobject::new_from_i64);
    }
    if !is_exactly(operand, builtin!(PyFloat_Type)) {
        return None;
    }
    let value = floatobject::value(operand);
    match op {
        UnaryOp::Positive => Some(operand.to_new()),
        UnaryOp::Negative => Some(floatobject::new(-value)),
        UnaryOp::Absolute => Some(floatobject::new(value.abs())),
        _ => None,
    }
}

/// `left + right` of two exact strs, bytes or tuples. Where one is empty it is the other one itself.
pub(super) fn concatenation(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Option<Result<New>> {
    let both = |ty| is_exactly(left, ty) && is_exactly(right, ty);
    if both(builtin!(PyUnicode_Type)) {
        return Some(methods::concat(cx, left, right));
    }
    if both(builtin!(PyBytes_Type)) {
        let (first, second) = (bytesobject::data(left.as_ptr()), bytesobject::data(right.as_ptr()));
        return Some(match (first, second) {
            (_, []) => Ok(left.to_new()),
            ([], _) => Ok(right.to_new()),
            _ => bytesobject::try_new(cx, &[first, second].concat()),
        });
    }
    if both(builtin!(PyTuple_Type)) {
        let (first, second) = (tupleobject::items(left.as_ptr()), tupleobject::items(right.as_ptr()));
        return Some(Ok(match (first, second) {
            (_, []) => left.to_new(),
            ([], _) => right.to_new(),
            _ => tupleobject::from_items(&[first, second].concat()),
        }));
    }
    None
}

/// `sequence * count` of an exact str, bytes or tuple.
pub(super) fn repetition(cx: Cx<'_>, sequence: Obj<'_>, count: Py_ssize_t) -> Option<Result<New>> {
    let count = usize::try_from(count).unwrap_or(0);
    let fits = |length: usize| length.checked_mul(count).is_some_and(|length| length <= MOST_REPEATED);
    if is_exactly(sequence, builtin!(PyUnicode_Type)) {
        let text = unicodeobject::chars(sequence.as_ptr());
        return fits(text.len()).then(|| methods::repeated(cx, sequence, if text.len() == 0 { 0 } else { count }));
    }
    if is_exactly(sequence, builtin!(PyBytes_Type)) {
        let content = bytesobject::data(sequence.as_ptr());
        let repeated =
            || if count == 1 { Ok(sequence.to_new()) } else { bytesobject::try_new(cx, &content.repeat(count)) };
        return fits(content.len()).then(repeated);
    }
    if is_exactly(sequence, builtin!(PyTuple_Type)) {
        let items = tupleobject::items(sequence.as_ptr());
        let whole = items.is_empty() || count == 1;
        let repeated = || if whole { sequence.to_new() } else { tupleobject::from_items(&items.repeat(count)) };
        return fits(items.len()).then(|| Ok(repeated()));
    }
    None
}

/// The item of an exact tuple, list, str or bytes at a place that it has.
pub(super) fn item(sequence: Obj<'_>, index: Py_ssize_t) -> Option<New> {
    let place = |length: usize| {
        let index = if index < 0 { index + length as Py_ssize_t } else { index };
        usize::try_from(index).ok().filter(|&index| index < length)
    };
    if is_exactly(sequence, builtin!(PyUnicode_Type)) {
        let text = unicodeobject::chars(sequence.as_ptr());
        let at = place(text.len())?;
        return Some(unicodeobject::new_from_chars(text.slice(at, at + 1)));
    }
    if is_exactly(sequence, builtin!(PyBytes_Type)) {
        let content = bytesobject::data(sequence.as_ptr());
        return Some(longobject::new_from_i64(content[place(content.len())?].into()));
    }
    let items = items(sequence)?;
    // SAFETY: the container keeps its items, of which a fresh one may still lack some.
    unsafe { Obj::from_ptr(items[place(items.len())?]) }.map(Obj::to_new)
}

/// The items of an exact tuple or list, which code that runs may change.
pub(super) fn items<'a>(sequence: Obj<'a>) -> Option<&'a [*mut PyObject]> {
    if is_exactly(sequence, builtin!(PyTuple_Type)) {
        return Some(tupleobject::items(sequence.as_ptr()));
    }
    is_exactly(sequence, builtin!(PyList_Type)).then(|| listobject::items_now(sequence.as_ptr()))
}

/// The same of one that no host has seen: of others the host compares the items faster.
pub(super) fn own_items<'a>(sequence: Obj<'a>) -> Option<&'a [*mut PyObject]> {
    if cross::is_linked(sequence.as_ptr()) { None } else { items(sequence) }
}

/// `repr()` of an exact int that is a machine word, of an exact float or bytes, or of an exact str of plain ASCII.
pub(super) fn repr(object: Obj<'_>) -> Option<New> {
    if is_exactly(object, builtin!(PyLong_Type)) {
        let value = longobject::to_i64(object.as_ptr())?;
        return Some(unicodeobject::new_from_latin1(value.to_string().as_bytes()));
    }
    if is_exactly(object, builtin!(PyFloat_Type)) {
        return Some(unicodeobject::new_from_latin1(&pystrtod::repr(floatobject::value(object))));
    }
    if is_exactly(object, builtin!(PyBytes_Type)) {
        return Some(bytesobject::repr(object, true));
    }
    if is_exactly(object, builtin!(PyUnicode_Type))
        && let unicodeobject::Chars::One(text) = unicodeobject::chars(object.as_ptr())
        && text.iter().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'\'' | b'\\'))
    {
        return Some(unicodeobject::new_from_latin1(&[b"'", text, b"'"].concat()));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_answered_as_python_does_and_overflow_is_left_to_the_host() {
        assert_eq!(ints(BinaryOp::Add, i64::MAX, 1), None);
        assert_eq!(ints(BinaryOp::Multiply, 1 << 40, 1 << 40), None);
        assert_eq!(ints(BinaryOp::Lshift, 3, 4), Some(48));
        assert_eq!(ints(BinaryOp::Lshift, 3, -1), None);
        assert_eq!(ints(BinaryOp::Lshift, 1 << 40, 31), None);
        assert_eq!(ints(BinaryOp::Rshift, -5, 1), Some(-3));
        assert_eq!(ints(BinaryOp::Rshift, -5, 200), Some(-1));
    }

    #[test]
    fn ints_divide_as_python_does() {
        for (left, right, floor, remainder) in
            [(7, 2, 3, 1), (-7, 2, -4, 1), (7, -2, -4, -1), (-7, -2, 3, -1), (6, -3, -2, 0)]
        {
            assert_eq!(ints(BinaryOp::FloorDivide, left, right), Some(floor), "{left} // {right}");
            assert_eq!(ints(BinaryOp::Remainder, left, right), Some(remainder), "{left} % {right}");
        }
        assert_eq!(ints(BinaryOp::FloorDivide, 1, 0), None);
        assert_eq!(ints(BinaryOp::FloorDivide, i64::MIN, -1), None);
        assert_eq!(ints(BinaryOp::Remainder, i64::MIN, -1), None);
        assert_eq!(quotient(1, 3), Some(1.0 / 3.0));
        assert_eq!(quotient(1 << 54, 3), None);
    }
}
