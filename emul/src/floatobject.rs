//! `floatobject.h`: floats, kept in the mirror as a double.

use std::ffi::{c_char, c_int};

use capi_macros::capi;
use object_mirror::floatobject::PyFloatObject;
use object_mirror::object::{Py_TPFLAGS_BYTES_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS, PyObject};

use crate::boundary::{Cx, New, Obj, Result};
use crate::gen_::builtin_types::PyFloat_Type;
use crate::host::UnaryOp;
use crate::{lifetime, longobject, typeobject};

// ---- the mirror ----

/// A C-born float.
#[inline]
pub(crate) fn new(value: f64) -> New {
    let mirror = lifetime::alloc_object(&raw mut PyFloat_Type, size_of::<PyFloatObject>()).expect("memory for a float");
    // SAFETY: memory of that size, just allocated with one reference, which is ours.
    unsafe {
        (*mirror.as_ptr().cast::<PyFloatObject>()).ob_fval = value;
        New::from_ptr(mirror.as_ptr()).expect("a new object has an address")
    }
}

/// Whether the object is a float (`PyFloat_Check`).
#[inline]
pub(crate) fn is_float(object: Obj<'_>) -> bool {
    let ty = object.type_ptr();
    let float = &raw mut PyFloat_Type;
    std::ptr::eq(ty, float) || typeobject::is_subtype(ty, float)
}

/// The value of a float.
#[inline]
pub(crate) fn value(float: Obj<'_>) -> f64 {
    // SAFETY: callers pass a float, whose mirror has this struct.
    unsafe { (*float.cast::<PyFloatObject>()).ob_fval }
}

/// Return a float of that value.
#[capi(raw)]
pub unsafe extern "C" fn PyFloat_FromDouble(fval: f64) -> *mut PyObject {
    new(fval).into_ptr()
}

// ---- reading numbers as floats ----

/// Convert a number to a double: a float, or what `__float__` or `__index__` gives.
#[capi]
fn PyFloat_AsDouble(cx: Cx<'_>, op: Option<Obj<'_>>) -> Result<f64> {
    let op = op.ok_or_else(|| cx.type_error("bad argument type for built-in operation"))?;
    as_double(cx, op)
}

/// What `PyFloat_AsDouble` does.
pub(crate) fn as_double(cx: Cx<'_>, op: Obj<'_>) -> Result<f64> {
    if is_float(op) {
        return Ok(value(op));
    }
    if longobject::is_int(op) {
        let (negative, digits) = longobject::digits_of(op.as_ptr());
        return longobject::to_f64(negative, digits)
            .ok_or_else(|| cx.error("OverflowError", "int too large to convert to float"));
    }
    if !has_number_slots(op) {
        return Err(cx.type_error(format!("must be real number, not {:.50}", op.type_name())));
    }
    let object = op.give(cx)?;
    let float = cx.object(|h| h.unary(UnaryOp::Float, object.as_ref()))?;
    Ok(value(float.obj()))
}

/// Whether the type can tell a number: text, which `float()` reads too, does not count.
fn has_number_slots(object: Obj<'_>) -> bool {
    let ty = object.type_ptr();
    // SAFETY: a live type; its suite is NULL or live as long as the type.
    unsafe {
        let numbers = (*ty).tp_as_number;
        !numbers.is_null() && ((*numbers).nb_float.is_some() || (*numbers).nb_index.is_some())
    }
}

/// Return the float that a str, bytes or other buffer says.
#[capi]
fn PyFloat_FromString(cx: Cx<'_>, str: Obj<'_>) -> Result<New> {
    let text = if str.type_has(Py_TPFLAGS_UNICODE_SUBCLASS) {
        Some(crate::unicodeobject::decimal_ascii(str.as_ptr()))
    } else if str.type_has(Py_TPFLAGS_BYTES_SUBCLASS) {
        Some(crate::bytesobject::data(str.as_ptr()).to_vec())
    } else {
        buffer_of(cx, str)
    };
    let Some(text) = text else {
        let name = str.type_name();
        return Err(cx.type_error(format!("float() argument must be a string or a real number, not '{name:.200}'")));
    };
    match parse(&text) {
        Some(value) => Ok(new(value)),
        None => {
            let object = str.give(cx)?;
            let repr = cx.call(|h| h.repr(object.as_ref()))?;
            let mut message = b"could not convert string to float: ".to_vec();
            cx.host().with_str(repr.as_ref(), &mut |repr| message.extend_from_slice(repr));
            let message = cx.host().new_str(&message);
            Err(cx.error_with("ValueError", message.as_ref()))
        }
    }
}

fn buffer_of(cx: Cx<'_>, object: Obj<'_>) -> Option<Vec<u8>> {
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
    if len == 0 {
        return Some(Vec::new());
    }
    // SAFETY: the buffer pins that memory until it is dropped.
    Some(unsafe { std::slice::from_raw_parts(data, len) }.to_vec())
}

/// A float in text, with spaces around it and single underscores between its digits.
fn parse(text: &[u8]) -> Option<f64> {
    let text = trimmed(text);
    let mut plain = Vec::with_capacity(text.len());
    for (index, &byte) in text.iter().enumerate() {
        if byte != b'_' {
            plain.push(byte);
            continue;
        }
        let digit = |index: usize| text.get(index).is_some_and(u8::is_ascii_digit);
        if index == 0 || !digit(index - 1) || !digit(index + 1) {
            return None;
        }
    }
    let (value, len) = crate::pystrtod::parse(&plain)?;
    (len == plain.len()).then_some(value)
}

fn trimmed(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|&byte| !crate::pyctype::is_space(byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|&byte| !crate::pyctype::is_space(byte)).map_or(start, |last| last + 1);
    &text[start..end]
}

/// The greatest finite float.
#[capi(raw)]
pub unsafe extern "C" fn PyFloat_GetMax() -> f64 {
    f64::MAX
}

/// The least positive normal float.
#[capi(raw)]
pub unsafe extern "C" fn PyFloat_GetMin() -> f64 {
    f64::MIN_POSITIVE
}

/// Return `sys.float_info`.
#[capi]
fn PyFloat_GetInfo(cx: Cx<'_>) -> Result<New> {
    match cx.host().sys_attr("float_info") {
        Some(info) => Ok(cx.to_c(info)),
        None => Err(cx.error("RuntimeError", "lost sys.float_info")),
    }
}

/// Free an exact float; C code reaches it through `tp_dealloc` alone.
#[capi(raw)]
pub unsafe extern "C" fn _PyFloat_ExactDealloc(op: *mut PyObject) {
    // SAFETY: C passes a float without references.
    unsafe { lifetime::_Emul_value_dealloc(op) };
}

// ---- packing: IEEE 754 in 2, 4 or 8 bytes ----

/// Store bytes, given most significant first, in the order that C asked for.
fn store<const N: usize>(mut bytes: [u8; N], place: *mut c_char, little_endian: c_int) {
    if little_endian != 0 {
        bytes.reverse();
    }
    // SAFETY: C passes `N` writable bytes.
    unsafe { place.cast::<[u8; N]>().write_unaligned(bytes) };
}

fn load<const N: usize>(place: *const c_char, little_endian: c_int) -> [u8; N] {
    // SAFETY: C passes `N` readable bytes.
    let mut bytes = unsafe { place.cast::<[u8; N]>().read_unaligned() };
    if little_endian != 0 {
        bytes.reverse();
    }
    bytes
}

/// Store a double in 8 bytes.
#[capi]
fn PyFloat_Pack8(x: f64, p: *mut c_char, le: c_int) -> c_int {
    store(x.to_be_bytes(), p, le);
    0
}

/// Store a double in 4 bytes; OverflowError if it is too large.
#[capi]
fn PyFloat_Pack4(cx: Cx<'_>, x: f64, p: *mut c_char, le: c_int) -> Result<()> {
    let single = x as f32;
    if single.is_infinite() && x.is_finite() {
        return Err(cx.error("OverflowError", "float too large to pack with f format"));
    }
    store(single.to_be_bytes(), p, le);
    Ok(())
}

/// Store a double in 2 bytes; OverflowError if it is too large.
#[capi]
fn PyFloat_Pack2(cx: Cx<'_>, x: f64, p: *mut c_char, le: c_int) -> Result<()> {
    let Some(half) = to_half(x) else {
        return Err(cx.error("OverflowError", "float too large to pack with e format"));
    };
    store(half.to_be_bytes(), p, le);
    Ok(())
}

/// The half-precision bits nearest to `x`, ties to even.
fn to_half(x: f64) -> Option<u16> {
    let sign = if x.is_sign_negative() { 0x8000 } else { 0 };
    if x.is_nan() {
        return Some(sign | 0x7e00);
    }
    if x.is_infinite() {
        return Some(sign | 0x7c00);
    }
    let magnitude = x.abs();
    // The unit in the last place: 2**-24 for subnormal results.
    let exponent = ((magnitude.to_bits() >> 52) as i32 - 1023).max(-14);
    let units = (magnitude / 2_f64.powi(exponent - 10)).round_ties_even();
    // A carry out of the ten fraction bits lands in the exponent, as it should.
    let bits = ((exponent + 14) as u32 * 0x400) + units as u32;
    (bits < 0x7c00).then_some(sign | bits as u16)
}

/// The double in 8 bytes.
#[capi(raw)]
pub unsafe extern "C" fn PyFloat_Unpack8(p: *const c_char, le: c_int) -> f64 {
    f64::from_be_bytes(load(p, le))
}

/// The double in 4 bytes.
#[capi(raw)]
pub unsafe extern "C" fn PyFloat_Unpack4(p: *const c_char, le: c_int) -> f64 {
    f64::from(f32::from_be_bytes(load(p, le)))
}

/// The double in 2 bytes.
#[capi(raw)]
pub unsafe extern "C" fn PyFloat_Unpack2(p: *const c_char, le: c_int) -> f64 {
    let bits = u16::from_be_bytes(load(p, le));
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let magnitude = match exponent {
        0 => fraction * 2_f64.powi(-24),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        _ => (fraction + 1024.0) * 2_f64.powi(exponent - 25),
    };
    if bits & 0x8000 == 0 { magnitude } else { -magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_cpythons() {
        let recorded = [
            (1.5, Some(0x3e00)),
            (65504.0, Some(0x7bff)),
            (65519.0, Some(0x7bff)),
            (65520.0, None),
            (1e300, None),
            (1e-8, Some(0)),
            (6e-8, Some(1)),
            (6.097_555_160_522_461e-5, Some(0x3ff)),
            (6.103_515_625e-5, Some(0x400)),
            (-0.0, Some(0x8000)),
            (f64::NAN, Some(0x7e00)),
            (f64::NEG_INFINITY, Some(0xfc00)),
        ];
        for (value, half) in recorded {
            assert_eq!(to_half(value), half, "{value}");
        }
        for bits in 0..0x7c00_u16 {
            let bytes = bits.to_le_bytes();
            // SAFETY: two readable bytes.
            let value = unsafe { PyFloat_Unpack2(bytes.as_ptr().cast(), 1) };
            assert_eq!(to_half(value), Some(bits));
        }
    }

    #[test]
    fn text_is_a_float_as_in_python() {
        assert_eq!(parse(b" 1_0.5e1_0 "), Some(10.5e10));
        assert_eq!(parse(b"infinity"), Some(f64::INFINITY));
        for bad in ["", " ", "1__0", "_1", "1_", "1 0", "1._0", "0x10", "a\0"] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
