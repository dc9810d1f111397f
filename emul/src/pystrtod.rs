//! `pystrtod.h`: doubles and text, without the locale.

use std::ffi::{c_char, c_int};

use capi_macros::capi;

use crate::boundary::{Cx, Obj, Out, Result, Text};

/// The double that text begins with, and how many bytes say it: digits, a point, an exponent, or inf or nan.
pub(crate) fn parse(text: &[u8]) -> Option<(f64, usize)> {
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let negative = text.first() == Some(&b'-');
    let (magnitude, len) = named(&text[sign..]).or_else(|| decimal(&text[sign..]))?;
    Some((if negative { -magnitude } else { magnitude }, sign + len))
}

fn named(text: &[u8]) -> Option<(f64, usize)> {
    let names = [("infinity", f64::INFINITY), ("inf", f64::INFINITY), ("nan", f64::NAN)];
    let is = |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()));
    names.iter().find(|(name, _)| is(name)).map(|&(name, value)| (value, name.len()))
}

fn decimal(text: &[u8]) -> Option<(f64, usize)> {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(0);
    let mut end = whole;
    let mut count = whole;
    if text.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        count += fraction;
        end += 1 + fraction;
    }
    if count == 0 {
        return None;
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let exponent = if end + 1 + sign <= text.len() { digits(end + 1 + sign) } else { 0 };
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    let text = std::str::from_utf8(&text[..end]).ok()?;
    Some((text.parse().ok()?, end))
}

/// Convert a C string to a double; without `endptr` all of it. Too large a number is an infinity, or raises
/// `overflow_exception`.
#[capi]
fn PyOS_string_to_double(
    cx: Cx<'_>,
    s: Text<'_>,
    endptr: Option<Out<'_, *mut c_char>>,
    overflow_exception: Option<Obj<'_>>,
) -> Result<f64> {
    let text = s.bytes();
    let parsed = parse(text).filter(|&(_, len)| endptr.is_some() || len == text.len());
    let shown = |text: &[u8]| String::from_utf8_lossy(&text[..text.len().min(200)]).into_owned();
    let Some((value, len)) = parsed else {
        if let Some(mut endptr) = endptr {
            endptr.write(s.c_str().as_ptr().cast_mut());
        }
        return Err(cx.value_error(format!("could not convert string to float: '{}'", shown(text))));
    };
    let start = &text[usize::from(matches!(text[0], b'+' | b'-'))..];
    if let Some(mut endptr) = endptr {
        endptr.write(s.c_str().as_ptr().cast_mut().wrapping_add(len));
    }
    if let Some(exception) = overflow_exception.filter(|_| value.is_infinite() && named(start).is_none()) {
        let message = cx.to_c(cx.str(&format!("value too large to convert to float: '{}'", shown(text))));
        return Err(crate::pyerrors::set_object(cx, exception, Some(message.obj())));
    }
    Ok(value)
}

const SIGN: c_int = 1;
const ADD_DOT_0: c_int = 2;
const ALTERNATE: c_int = 4;
const NO_NEGATIVE_ZERO: c_int = 8;

/// Significant digits without trailing zeros, and where the point is among them.
struct Digits {
    digits: Vec<u8>,
    point: isize,
}

impl Digits {
    /// From Rust's `d.ddde±x`.
    fn of_exponent(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        Self { digits, point: exponent.parse::<isize>().unwrap_or(0) + 1 }.stripped()
    }

    /// The fewest digits that are this number again, and of those the nearest; the even one between two.
    fn shortest(magnitude: f64) -> Self {
        let text = format!("{magnitude:e}");
        let some = Self::of_exponent(&text);
        let nearest = format!("{magnitude:.places$e}", places = some.digits.len() - 1);
        // Beside a power of two the nearest of so many digits may be another number.
        if nearest.parse() == Ok(magnitude) { Self::of_exponent(&nearest) } else { some }
    }

    /// From Rust's `ddd.ddd`.
    fn of_fixed(text: &str) -> Self {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let leading = all.iter().take_while(|&&digit| digit == b'0').count();
        let point = whole.len() as isize - leading as isize;
        if leading == all.len() {
            return Self { digits: Vec::new(), point: -(fraction.len() as isize) };
        }
        Self { digits: all[leading..].to_vec(), point }.stripped()
    }

    fn stripped(mut self) -> Self {
        while self.digits.len() > 1 && self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        self
    }
}

/// The text of a finite magnitude in one of the formats 'e', 'f', 'g' and 'r', and whether it is all zeros.
fn formatted(magnitude: f64, format: u8, precision: usize, flags: c_int) -> (Vec<u8>, bool) {
    let (add_dot_0, alternate) = (flags & ADD_DOT_0 != 0, flags & ALTERNATE != 0);
    let significant = precision.max(1);
    let Digits { digits, mut point } = match format {
        _ if magnitude == 0.0 => Digits { digits: vec![b'0'], point: 1 },
        b'e' => Digits::of_exponent(&format!("{magnitude:.precision$e}")),
        b'f' => Digits::of_fixed(&format!("{magnitude:.precision$}")),
        b'g' => Digits::of_exponent(&format!("{magnitude:.places$e}", places = significant - 1)),
        _ => Digits::shortest(magnitude),
    };
    let mut end = digits.len() as isize;
    let with_exponent = match format {
        b'e' => {
            end = precision as isize + 1;
            true
        }
        b'f' => {
            end = point + precision as isize;
            false
        }
        b'g' => {
            if alternate {
                end = significant as isize;
            }
            point <= -4 || point > significant as isize - isize::from(add_dot_0)
        }
        _ => point <= -4 || point > 16,
    };
    let exponent = point - 1;
    if with_exponent {
        point = 1;
    }
    let least = if !with_exponent && add_dot_0 { point + 1 } else { point };
    let end = end.max(least);
    let start = if point <= 0 { point - 1 } else { 0 };
    let digit_at =
        |index: isize| usize::try_from(index).ok().and_then(|index| digits.get(index)).copied().unwrap_or(b'0');
    let mut text: Vec<u8> = (start..point).map(digit_at).collect();
    text.push(b'.');
    text.extend((point..end).map(digit_at));
    if !alternate && text.last() == Some(&b'.') {
        text.pop();
    }
    if with_exponent {
        let sign = if exponent < 0 { '-' } else { '+' };
        text.extend(format!("e{sign}{:02}", exponent.abs()).bytes());
    }
    (text, digits.iter().all(|&digit| digit == b'0'))
}

/// `repr()` of a float.
pub(crate) fn repr(value: f64) -> Vec<u8> {
    text_of(value, b'r', 0, ADD_DOT_0).0
}

/// The text of a double, and whether it is finite (0), infinite (1) or no number (2).
fn text_of(val: f64, code: u8, precision: usize, flags: c_int) -> (Vec<u8>, c_int) {
    let (mut text, class, negative) = if val.is_nan() {
        (b"nan".to_vec(), 2, false)
    } else if val.is_infinite() {
        (b"inf".to_vec(), 1, val < 0.0)
    } else {
        let (text, zero) = formatted(val.abs(), code.to_ascii_lowercase(), precision, flags);
        (text, 0, val.is_sign_negative() && !(zero && flags & NO_NEGATIVE_ZERO != 0))
    };
    if code.is_ascii_uppercase() {
        text.make_ascii_uppercase();
    }
    if negative {
        text.insert(0, b'-');
    } else if flags & SIGN != 0 {
        text.insert(0, b'+');
    }
    (text, class)
}

/// Return the text of a double in a `PyMem_Malloc` buffer: format 'e', 'f', 'g' (upper case too) or 'r' for `repr`.
#[capi]
fn PyOS_double_to_string(
    cx: Cx<'_>,
    val: f64,
    format_code: c_char,
    precision: c_int,
    flags: c_int,
    type_: Option<Out<'_, c_int>>,
) -> Result<*mut c_char> {
    let code = format_code as u8;
    let valid = match code {
        b'r' => precision == 0,
        b'e' | b'f' | b'g' | b'E' | b'F' | b'G' => true,
        _ => false,
    };
    if !valid {
        return Err(cx.bad_internal_call());
    }
    let (mut text, class) = text_of(val, code, usize::try_from(precision).unwrap_or(6), flags);
    if let Some(mut type_) = type_ {
        type_.write(class);
    }
    text.push(0);
    // SAFETY: a buffer of that size, from the allocator that `PyMem_Free` frees with.
    unsafe {
        let buffer = libc::malloc(text.len()).cast::<c_char>();
        if buffer.is_null() {
            return Err(crate::unicodeobject::no_memory(cx));
        }
        buffer.copy_from_nonoverlapping(text.as_ptr().cast(), text.len());
        Ok(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: f64, format: u8, precision: usize, flags: c_int) -> String {
        String::from_utf8(formatted(value, format, precision, flags).0).unwrap()
    }

    #[test]
    fn formats_are_cpythons() {
        assert_eq!(text(1.0, b'r', 0, ADD_DOT_0), "1.0");
        assert_eq!(text(1e16, b'r', 0, ADD_DOT_0), "1e+16");
        assert_eq!(text(1_756_498_096_823_442.25, b'r', 0, 0), "1756498096823442.2");
        assert_eq!(text(5e-324, b'r', 0, 0), "5e-324");
        assert_eq!(text(9_007_199_254_740_993.0, b'r', 0, ADD_DOT_0), "9007199254740992.0");
        assert_eq!(text(1e16, b'r', 0, ALTERNATE), "1.e+16");
        assert_eq!(text(1e15, b'r', 0, ALTERNATE), "1000000000000000.");
        assert_eq!(text(1e-5, b'r', 0, 0), "1e-05");
        assert_eq!(text(1e-4, b'g', 6, ALTERNATE), "0.000100000");
        assert_eq!(text(0.0, b'g', 0, ADD_DOT_0), "0e+00");
        assert_eq!(text(0.0, b'e', 3, 0), "0.000e+00");
        assert_eq!(text(1e-5, b'f', 2, 0), "0.00");
        assert_eq!(text(2.675, b'f', 2, 0), "2.67");
        assert_eq!(text(99999.5, b'e', 3, 0), "1.000e+05");
        assert_eq!(text(0.1, b'f', 0, ADD_DOT_0), "0.0");
        assert_eq!(text(1e-5, b'f', 0, ALTERNATE), "0.");
        assert_eq!(text(5e-324, b'r', 0, 0), "5e-324");
    }

    #[test]
    fn numbers_end_where_their_grammar_does() {
        assert_eq!(parse(b"1.5x"), Some((1.5, 3)));
        assert_eq!(parse(b"1e"), Some((1.0, 1)));
        assert_eq!(parse(b"-.5e-3 "), Some((-0.0005, 6)));
        assert_eq!(parse(b"."), None);
        assert_eq!(parse(b" 1"), None);
        assert_eq!(parse(b"-Infinity"), Some((f64::NEG_INFINITY, 9)));
    }
}
