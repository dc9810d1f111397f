//! Ints and text.

use std::ffi::{c_char, c_int};

use capi_macros::{capi, capi_data};
use object_mirror::longobject::PyLong_SHIFT;
use object_mirror::object::Py_TPFLAGS_UNICODE_SUBCLASS;

use super::{DIGIT_MASK, UNLIMITED_DIGITS, digits_of, is_int, new_from_digits};
use crate::boundary::{Cx, New, Obj, Out, Result};
use crate::host::HostObj;

/// A number in text, as far as it could be read.
struct Parsed {
    negative: bool,
    digits: std::result::Result<Vec<u32>, Bad>,
    /// Where reading stopped.
    end: usize,
    /// The base that an error message tells.
    base: c_int,
}

/// Why text is no number.
enum Bad {
    Literal,
    /// More digits than `sys.set_int_max_str_digits` allows: their number, and the limit.
    TooLong(usize, usize),
}

/// Read `[space][sign][prefix]digits[space]`, digits with single underscores between them.
fn parse(cx: Cx<'_>, text: &[u8], base: c_int) -> Result<Parsed> {
    let at = |index: usize| text.get(index).copied().unwrap_or(0);
    let mut end = 0;
    while crate::pyctype::is_space(at(end)) {
        end += 1;
    }
    let negative = at(end) == b'-';
    if matches!(at(end), b'+' | b'-') {
        end += 1;
    }
    let prefixed = at(end) == b'0';
    let prefix_base = match at(end + 1) {
        b'x' | b'X' => 16,
        b'o' | b'O' => 8,
        b'b' | b'B' => 2,
        _ => 0,
    };
    let mut only_zeros = false;
    let mut actual = base;
    if base == 0 {
        actual = if !prefixed {
            10
        } else if prefix_base != 0 {
            prefix_base
        } else {
            // "0", "00" and "0_0" are zero; C's old octals are refused.
            only_zeros = true;
            10
        };
    }
    if prefixed && prefix_base == actual {
        end += 2;
        if at(end) == b'_' {
            end += 1;
        }
    }
    let told = if only_zeros { 0 } else { actual };
    let bad = |end, bad| Ok(Parsed { negative, digits: Err(bad), end, base: told });
    let mut values = Vec::new();
    let mut after_digit = false;
    loop {
        let byte = at(end);
        let value = _PyLong_DigitValue[byte as usize];
        if c_int::from(value) < actual {
            values.push(value);
            after_digit = true;
        } else if byte == b'_' && after_digit {
            after_digit = false;
        } else {
            break;
        }
        end += 1;
    }
    if !after_digit {
        // Nothing, or an underscore with no digit on one of its sides.
        let back = usize::from(!values.is_empty());
        return bad(end - back, Bad::Literal);
    }
    let too_long = !(actual as u32).is_power_of_two() && values.len() > UNLIMITED_DIGITS;
    if too_long && let Some(limit) = max_digits(cx)?.filter(|&limit| values.len() > limit) {
        return bad(0, Bad::TooLong(values.len(), limit));
    }
    let digits = digits_in_base(&values, actual as u32);
    if only_zeros && digits.iter().any(|&digit| digit != 0) {
        return bad(end, Bad::Literal);
    }
    while crate::pyctype::is_space(at(end)) {
        end += 1;
    }
    Ok(Parsed { negative, digits: Ok(digits), end, base: told })
}

/// `sys.get_int_max_str_digits()`; `None` for no limit.
fn max_digits(cx: Cx<'_>) -> Result<Option<usize>> {
    let limit = cx.call_function("sys", "get_int_max_str_digits", &[])?;
    Ok(cx.host().int_value(limit.as_ref()).and_then(|limit| usize::try_from(limit).ok()).filter(|&limit| limit != 0))
}

pub(super) fn digits_in_base(values: &[u8], base: u32) -> Vec<u32> {
    // As many digits of `base` at a time as fit in one of ours.
    let mut chunk = 1;
    while u64::from(base).pow(chunk + 1) <= u64::from(DIGIT_MASK) {
        chunk += 1;
    }
    let mut digits: Vec<u32> = Vec::with_capacity(values.len() / 6 + 1);
    for values in values.chunks(chunk as usize) {
        let mut carry = values.iter().fold(0_u64, |number, &value| number * u64::from(base) + u64::from(value));
        let factor = u64::from(base.pow(values.len() as u32));
        for digit in &mut digits {
            carry += u64::from(*digit) * factor;
            *digit = (carry & u64::from(DIGIT_MASK)) as u32;
            carry >>= PyLong_SHIFT;
        }
        if carry != 0 {
            digits.push(carry as u32);
        }
    }
    digits
}

fn expect_base(cx: Cx<'_>, base: c_int) -> Result<()> {
    if base != 0 && !(2..=36).contains(&base) {
        return Err(cx.value_error("int() arg 2 must be >= 2 and <= 36"));
    }
    Ok(())
}

fn too_many_digits(cx: Cx<'_>, count: usize, limit: usize) -> crate::boundary::Raised {
    cx.value_error(format!(
        "Exceeds the limit ({limit} digits) for integer string conversion: value has {count} digits; \
         use sys.set_int_max_str_digits() to increase the limit"
    ))
}

/// Return the int that a C string says in that base (0: as Python source); `*pend` is where reading stopped.
#[capi]
fn PyLong_FromString(
    cx: Cx<'_>,
    str: crate::boundary::Text<'_>,
    pend: Option<Out<'_, *mut c_char>>,
    base: c_int,
) -> Result<New> {
    expect_base(cx, base)?;
    let text = str.bytes();
    let parsed = parse(cx, text, base)?;
    if let Err(Bad::TooLong(count, limit)) = parsed.digits {
        return Err(too_many_digits(cx, count, limit));
    }
    if let Some(mut pend) = pend {
        pend.write(str.c_str().as_ptr().cast_mut().wrapping_add(parsed.end));
    }
    match parsed.digits {
        Ok(digits) if parsed.end == text.len() => Ok(new_from_digits(parsed.negative, &digits)),
        _ => {
            let literal = crate::unicodeobject::decode_utf8(cx, &text[..text.len().min(200)], None)?;
            Err(invalid_literal(cx, literal, parsed.base, Some(200)))
        }
    }
}

/// Return the int that a str says in that base; Unicode's decimal digits and spaces count too.
#[capi]
fn PyLong_FromUnicodeObject(cx: Cx<'_>, u: Obj<'_>, base: c_int) -> Result<New> {
    if !u.type_has(Py_TPFLAGS_UNICODE_SUBCLASS) {
        return Err(cx.bad_internal_call());
    }
    expect_base(cx, base)?;
    let text = crate::unicodeobject::decimal_ascii(u.as_ptr());
    let parsed = parse(cx, &text, base)?;
    match parsed.digits {
        Err(Bad::TooLong(count, limit)) => Err(too_many_digits(cx, count, limit)),
        Ok(digits) if parsed.end == text.len() => Ok(new_from_digits(parsed.negative, &digits)),
        _ => Err(invalid_literal(cx, u.give(cx)?, parsed.base, None)),
    }
}

fn invalid_literal(cx: Cx<'_>, literal: HostObj, base: c_int, limit: Option<usize>) -> crate::boundary::Raised {
    let repr = match cx.call(|h| h.repr(literal.as_ref())) {
        Ok(repr) => repr,
        Err(raised) => return raised,
    };
    let mut message = format!("invalid literal for int() with base {base}: ").into_bytes();
    cx.host().with_str(repr.as_ref(), &mut |text| {
        let end = limit.map_or(text.len(), |limit| crate::unicodeobject::wtf8_prefix(text, limit));
        message.extend_from_slice(&text[..end]);
    });
    let message = cx.host().new_str(&message);
    cx.error_with("ValueError", message.as_ref())
}

/// Return the text of an int in base 2, 8, 10 or 16, with its prefix.
#[capi]
fn _PyLong_Format(cx: Cx<'_>, obj: Obj<'_>, base: c_int) -> Result<New> {
    let function = match base {
        2 => "bin",
        8 => "oct",
        10 => "repr",
        16 => "hex",
        _ => return Err(cx.system_error("bad base in _PyLong_Format")),
    };
    if !is_int(obj) {
        return Err(cx.bad_internal_call());
    }
    let (negative, digits) = digits_of(obj.as_ptr());
    let int = new_from_digits(negative, digits).obj().give(cx)?;
    cx.call_function("builtins", function, &[int.as_ref()]).map(|text| cx.to_c(text))
}

/// The value of each character as a digit, 37 for those that are none.
#[capi_data]
pub static _PyLong_DigitValue: [u8; 256] = {
    let mut values = [37; 256];
    let mut value = 0;
    while value < 36 {
        if value < 10 {
            values[b'0' as usize + value] = value as u8;
        } else {
            values[b'a' as usize + value - 10] = value as u8;
            values[b'A' as usize + value - 10] = value as u8;
        }
        value += 1;
    }
    values
};
