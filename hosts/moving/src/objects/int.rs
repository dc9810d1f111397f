//! `int` and `bool`.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::number::Cmp;
use crate::object::Body;
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Raised, Vm};
use malachite_bigint::{BigInt, Sign};
use num_traits::{Euclid, Num, Pow, Signed, ToPrimitive, Zero};

const MODULUS: u64 = (1 << 61) - 1;

/// `hash()` of a small int.
pub(crate) fn hash_i64(value: i64) -> i64 {
    let hash = (value.unsigned_abs() % MODULUS) as i64;
    let hash = if value < 0 { -hash } else { hash };
    if hash == -1 { -2 } else { hash }
}

/// `hash()` of any int.
pub(crate) fn hash_big(value: &BigInt) -> i64 {
    let rest = (value.abs() % BigInt::from(MODULUS)).to_i64().expect("below 2**61");
    let hash = if value.is_negative() { -rest } else { rest };
    if hash == -1 { -2 } else { hash }
}

fn pair(vm: &Vm, args: Args) -> Option<(BigInt, BigInt)> {
    Some((vm.as_bigint(args.h(0))?, vm.as_bigint(args.h(1))?))
}

/// Division that rounds down, and its rest.
pub(crate) fn div_mod(a: &BigInt, b: &BigInt) -> (BigInt, BigInt) {
    let (q, r) = (a / b, a % b);
    if !r.is_zero() && (r.is_negative() != b.is_negative()) { (q - 1, r + b) } else { (q, r) }
}

fn zero_division(vm: &mut Vm, what: &str) -> Raised {
    vm.raise(k::ZERO_DIVISION_ERROR, what)
}

macro_rules! arithmetic {
    ($name:ident, $reflected:ident, |$vm:ident, $a:ident, $b:ident| $body:expr) => {
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let Some((a, b)) = pair(vm, args) else { return Ok(k::NOT_IMPLEMENTED) };
            let f = |$vm: &mut Vm, $a: BigInt, $b: BigInt| -> R<H> { $body };
            f(vm, a, b)
        }

        fn $reflected(vm: &mut Vm, args: Args) -> R<H> {
            let Some((b, a)) = pair(vm, args) else { return Ok(k::NOT_IMPLEMENTED) };
            let f = |$vm: &mut Vm, $a: BigInt, $b: BigInt| -> R<H> { $body };
            f(vm, a, b)
        }
    };
}

arithmetic!(add, radd, |vm, a, b| vm.bigint(a + b));
arithmetic!(sub, rsub, |vm, a, b| vm.bigint(a - b));
arithmetic!(mul, rmul, |vm, a, b| {
    vm.reserve(((a.bits() + b.bits()) / 8) as usize)?;
    vm.bigint(a * b)
});
arithmetic!(floordiv, rfloordiv, |vm, a, b| {
    if b.is_zero() {
        return Err(zero_division(vm, "integer division or modulo by zero"));
    }
    vm.bigint(div_mod(&a, &b).0)
});
arithmetic!(modulo, rmodulo, |vm, a, b| {
    if b.is_zero() {
        return Err(zero_division(vm, "integer modulo by zero"));
    }
    vm.bigint(div_mod(&a, &b).1)
});
arithmetic!(divmod, rdivmod, |vm, a, b| {
    if b.is_zero() {
        return Err(zero_division(vm, "integer division or modulo by zero"));
    }
    let (q, r) = div_mod(&a, &b);
    let (q, r) = (vm.bigint(q)?, vm.bigint(r)?);
    vm.tuple(&[q, r])
});
arithmetic!(truediv, rtruediv, |vm, a, b| {
    if b.is_zero() {
        return Err(zero_division(vm, "division by zero"));
    }
    let result = rustpython_common::int::true_div(&a, &b);
    if result.is_infinite() {
        return Err(vm.raise(k::OVERFLOW_ERROR, "integer division result too large for a float"));
    }
    vm.float(result)
});
arithmetic!(and, rand, |vm, a, b| vm.bigint(a & b));
arithmetic!(or, ror, |vm, a, b| vm.bigint(a | b));
arithmetic!(xor, rxor, |vm, a, b| vm.bigint(a ^ b));
arithmetic!(lshift, rlshift, |vm, a, b| {
    if b.is_negative() {
        return Err(vm.value_error("negative shift count"));
    }
    if a.is_zero() {
        return vm.int(0);
    }
    let Some(count) = b.to_u64().filter(|count| *count < 1 << 40) else {
        return Err(vm.out_of_memory());
    };
    vm.reserve((count / 8) as usize)?;
    vm.bigint(a << count)
});
arithmetic!(rshift, rrshift, |vm, a, b| {
    if b.is_negative() {
        return Err(vm.value_error("negative shift count"));
    }
    match b.to_u64() {
        Some(count) if count <= a.bits() => vm.bigint(a >> count),
        _ => vm.int(if a.is_negative() { -1 } else { 0 }),
    }
});

/// `a ** b` for ints.
fn power(vm: &mut Vm, a: &BigInt, b: &BigInt) -> R<H> {
    if b.is_negative() {
        if a.is_zero() {
            return Err(zero_division(vm, "0.0 cannot be raised to a negative power"));
        }
        let (a, b) = (a.to_f64().unwrap_or(f64::INFINITY), b.to_f64().unwrap_or(f64::NEG_INFINITY));
        return vm.float(a.powf(b));
    }
    if a.abs() <= BigInt::from(1) {
        let odd = b.bit(0);
        return vm.bigint(if b.is_zero() || a.is_negative() && !odd { 1.into() } else { a.clone() });
    }
    let Some(exponent) = b.to_u32() else { return Err(vm.out_of_memory()) };
    vm.reserve((a.bits() as usize).saturating_mul(exponent as usize) / 8)?;
    vm.bigint(Pow::pow(a, exponent))
}

fn pow(vm: &mut Vm, args: Args) -> R<H> {
    let Some((a, b)) = pair(vm, args) else { return Ok(k::NOT_IMPLEMENTED) };
    let Some(modulus) = args.opt(vm, 2).filter(|modulus| !vm.is_none(*modulus)) else { return power(vm, &a, &b) };
    let Some(m) = vm.as_bigint(modulus) else { return Ok(k::NOT_IMPLEMENTED) };
    if m.is_zero() {
        return Err(vm.value_error("pow() 3rd argument cannot be 0"));
    }
    let (a, b) = if b.is_negative() {
        match inverse(&a, &m) {
            Some(a) => (a, -b),
            None => return Err(vm.value_error("base is not invertible for the given modulus")),
        }
    } else {
        (a, b)
    };
    let result = div_mod(&a, &m.abs()).1.modpow(&b, &m.abs());
    vm.bigint(div_mod(&result, &m).1)
}

/// The inverse of `a` modulo `m`.
fn inverse(a: &BigInt, m: &BigInt) -> Option<BigInt> {
    let (mut r, mut next) = (m.abs(), a.rem_euclid(&m.abs()));
    let (mut t, mut next_t) = (BigInt::from(0), BigInt::from(1));
    while !next.is_zero() {
        let q = &r / &next;
        (r, next) = (next.clone(), &r - &q * &next);
        (t, next_t) = (next_t.clone(), &t - &q * &next_t);
    }
    (r == BigInt::from(1)).then_some(t)
}

fn rpow(vm: &mut Vm, args: Args) -> R<H> {
    let Some((b, a)) = pair(vm, args) else { return Ok(k::NOT_IMPLEMENTED) };
    power(vm, &a, &b)
}

fn big(vm: &Vm, args: Args) -> BigInt {
    vm.as_bigint(args.h(0)).expect("the method was called on an int")
}

fn neg(vm: &mut Vm, args: Args) -> R<H> {
    let value = big(vm, args);
    vm.bigint(-value)
}

fn pos(vm: &mut Vm, args: Args) -> R<H> {
    let value = big(vm, args);
    vm.bigint(value)
}

fn abs(vm: &mut Vm, args: Args) -> R<H> {
    let value = big(vm, args);
    vm.bigint(value.abs())
}

fn invert(vm: &mut Vm, args: Args) -> R<H> {
    let value = big(vm, args);
    vm.bigint(-value - 1)
}

fn truth(vm: &mut Vm, args: Args) -> R<H> {
    let zero = big(vm, args).is_zero();
    Ok(vm.bool(!zero))
}

fn hash(vm: &mut Vm, args: Args) -> R<H> {
    let hash = hash_big(&big(vm, args));
    vm.int(hash)
}

fn to_float(vm: &mut Vm, args: Args) -> R<H> {
    let value = big(vm, args);
    match rustpython_common::int::bigint_to_finite_float(&value) {
        Some(value) => vm.float(value),
        None => Err(vm.raise(k::OVERFLOW_ERROR, "int too large to convert to float")),
    }
}

/// The most digits that `int` and `str` convert, as CPython's default.
const MAX_DIGITS: usize = 4300;

fn repr(vm: &mut Vm, args: Args) -> R<H> {
    let value = big(vm, args);
    if value.bits() > 14_000 && value.to_string().trim_start_matches('-').len() > MAX_DIGITS {
        let what = format!("Exceeds the limit ({MAX_DIGITS} digits) for integer string conversion");
        return Err(vm.value_error(format!("{what}; use sys.set_int_max_str_digits() to increase the limit")));
    }
    vm.str(value.to_string())
}

fn format(vm: &mut Vm, args: Args) -> R<H> {
    vm.format_builtin(args.h(0), args.h(1))
}

macro_rules! comparison {
    ($name:ident, $op:expr) => {
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let Some((a, b)) = pair(vm, args) else { return Ok(k::NOT_IMPLEMENTED) };
            Ok(vm.bool($op.holds(a.cmp(&b))))
        }
    };
}

comparison!(lt, Cmp::Lt);
comparison!(le, Cmp::Le);
comparison!(eq, Cmp::Eq);
comparison!(ne, Cmp::Ne);
comparison!(gt, Cmp::Gt);
comparison!(ge, Cmp::Ge);

/// An int of `class` (or of `int`, unboxed if it is small).
fn make(vm: &mut Vm, class: H, value: BigInt) -> R<H> {
    if vm.is(class, k::INT) {
        return vm.bigint(value);
    }
    vm.alloc(class, Body::Int(Box::new(value)))
}

fn new(vm: &mut Vm, args: Args) -> R<H> {
    let class = args.h(0);
    let Some(source) = args.opt(vm, 1) else {
        if args.opt(vm, 2).is_some() {
            return Err(vm.type_error("int() missing string argument"));
        }
        return make(vm, class, BigInt::zero());
    };
    if let Some(base) = args.opt(vm, 2) {
        let base = vm.index_i64(base)?;
        if base != 0 && !(2..=36).contains(&base) {
            return Err(vm.value_error("int() base must be >= 2 and <= 36, or 0"));
        }
        let is_text = matches!(vm.body(source), Some(Body::Str(_) | Body::Bytes(_) | Body::ByteArray(_)));
        let Some(text) = (if is_text { source_text(vm, source)? } else { None }) else {
            return Err(vm.type_error("int() can't convert non-string with explicit base"));
        };
        let value = parse_int(vm, &text, base as u32, source)?;
        return make(vm, class, value);
    }
    let value = to_int(vm, source)?;
    make(vm, class, value)
}

/// What a number is parsed from: a text, or a buffer that reads as one.
pub(crate) fn source_text(vm: &mut Vm, source: H) -> R<Option<String>> {
    if let Some(Body::Str(text)) = vm.body(source) {
        return Ok(Some(text.text.to_string_lossy().into_owned()));
    }
    let bytes = crate::objects::bytes::of_buffer(vm, source)?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// `int(source)`.
pub(crate) fn to_int(vm: &mut Vm, source: H) -> R<BigInt> {
    if let Some(value) = vm.as_bigint(source)
        && (vm.exact(source, k::INT) || vm.exact(source, k::BOOL))
    {
        return Ok(value);
    }
    for name in [n::__int__, n::__index__, n::__trunc__] {
        let Some(result) = vm.call_special(source, name, &[])? else { continue };
        return match vm.as_bigint(result) {
            Some(value) => Ok(value),
            None => {
                let (name, given) = (vm.string(name), vm.class_name(result));
                Err(vm.type_error(format!("{name} returned non-int (type {given})")))
            }
        };
    }
    match source_text(vm, source)? {
        Some(text) => {
            let is_text = matches!(vm.body(source), Some(Body::Str(_) | Body::Bytes(_) | Body::ByteArray(_)));
            // Of another buffer, messages show the bytes.
            let bytes = if is_text { None } else { crate::objects::bytes::of_buffer(vm, source)? };
            let shown = bytes.map_or(Ok(source), |bytes| vm.bytes(bytes))?;
            parse_int(vm, &text, 10, shown)
        }
        None => {
            let given = vm.class_name(source);
            let what = "int() argument must be a string, a bytes-like object or a real number, not";
            Err(vm.type_error(format!("{what} '{given}'")))
        }
    }
}

fn parse_int(vm: &mut Vm, text: &str, base: u32, source: H) -> R<BigInt> {
    if let Some(value) = parse_digits(text, base) {
        if value.bits() > 14_000 && (base == 10 || base == 0) && text.len() > MAX_DIGITS {
            let what = format!("Exceeds the limit ({MAX_DIGITS} digits) for integer string conversion: value has");
            let digits = text.trim().len();
            return Err(vm.value_error(format!(
                "{what} {digits} digits; use sys.set_int_max_str_digits() to increase the limit"
            )));
        }
        return Ok(value);
    }
    let shown = vm.repr(source)?;
    let shown = vm.string(shown);
    Err(vm.value_error(format!("invalid literal for int() with base {base}: {shown}")))
}

fn parse_digits(text: &str, base: u32) -> Option<BigInt> {
    let text = text.trim();
    let (negative, rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let prefix =
        |letter: char| rest.strip_prefix('0').and_then(|rest| rest.strip_prefix([letter, letter.to_ascii_uppercase()]));
    let (base, digits, prefixed) = match base {
        0 | 16 if prefix('x').is_some() => (16, prefix('x')?, true),
        0 | 8 if prefix('o').is_some() => (8, prefix('o')?, true),
        0 | 2 if prefix('b').is_some() => (2, prefix('b')?, true),
        0 if rest.len() > 1 && rest.starts_with('0') && !rest.trim_matches(['0', '_']).is_empty() => return None,
        0 => (10, rest, false),
        base => (base, rest, false),
    };
    let digits = if prefixed { digits.strip_prefix('_').unwrap_or(digits) } else { digits };
    if digits.is_empty()
        || digits.starts_with('_')
        || digits.ends_with('_')
        || digits.contains("__")
        || digits.starts_with(['-', '+'])
    {
        return None;
    }
    let plain: String = digits.chars().filter(|c| *c != '_').map(ascii_digit).collect();
    let value = BigInt::from_str_radix(&plain, base).ok()?;
    Some(if negative { -value } else { value })
}

/// Decimal digits of other scripts as ASCII ones.
fn ascii_digit(c: char) -> char {
    match rustpython_common::str::char_to_decimal(c) {
        Some(digit) if !c.is_ascii() => char::from(b'0' + digit),
        _ => c,
    }
}

fn bit_length(vm: &mut Vm, args: Args) -> R<H> {
    let bits = big(vm, args).bits();
    vm.int(bits as i64)
}

fn bit_count(vm: &mut Vm, args: Args) -> R<H> {
    let value = big(vm, args);
    let count: u32 = value.to_bytes_le().1.iter().map(|byte| byte.count_ones()).sum();
    vm.int(i64::from(count))
}

fn to_bytes(vm: &mut Vm, args: Args) -> R<H> {
    let value = big(vm, args);
    let length = args.opt(vm, 1).map_or(Ok(1), |h| vm.index_i64(h))?;
    let order = args.opt(vm, 2).map_or_else(|| "big".to_owned(), |h| vm.string(h));
    let signed = args.opt(vm, 3).map_or(Ok(false), |h| vm.truth(h))?;
    if !matches!(&*order, "big" | "little") {
        return Err(vm.value_error("byteorder must be either 'little' or 'big'"));
    }
    if length < 0 {
        return Err(vm.value_error("length argument must be non-negative"));
    }
    if value.is_negative() && !signed {
        return Err(vm.raise(k::OVERFLOW_ERROR, "can't convert negative int to unsigned"));
    }
    let mut bytes = if signed { value.to_signed_bytes_le() } else { value.to_bytes_le().1 };
    if value.is_zero() {
        bytes.clear();
    }
    if bytes.len() > length as usize {
        return Err(vm.raise(k::OVERFLOW_ERROR, "int too big to convert"));
    }
    bytes.resize(length as usize, if value.is_negative() { 255 } else { 0 });
    if order == "big" {
        bytes.reverse();
    }
    vm.bytes(bytes)
}

fn from_bytes(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = crate::objects::bytes::from_any(vm, args.h(1), false)?;
    let order = args.opt(vm, 2).map_or_else(|| "big".to_owned(), |h| vm.string(h));
    let signed = args.opt(vm, 3).map_or(Ok(false), |h| vm.truth(h))?;
    let value = match (&*order, signed) {
        ("big", true) => BigInt::from_signed_bytes_be(&bytes),
        ("big", false) => BigInt::from_bytes_be(Sign::Plus, &bytes),
        ("little", true) => BigInt::from_signed_bytes_le(&bytes),
        ("little", false) => BigInt::from_bytes_le(Sign::Plus, &bytes),
        _ => return Err(vm.value_error("byteorder must be either 'little' or 'big'")),
    };
    let int = vm.bigint(value)?;
    if vm.is(args.h(0), k::INT) { Ok(int) } else { vm.call(args.h(0), &[int]) }
}

fn as_integer_ratio(vm: &mut Vm, args: Args) -> R<H> {
    let (value, one) = (pos(vm, args)?, vm.size(1));
    vm.tuple(&[value, one])
}

fn round(vm: &mut Vm, args: Args) -> R<H> {
    let value = big(vm, args);
    let Some(digits) = args.opt(vm, 1).filter(|h| !vm.is_none(*h)) else { return vm.bigint(value) };
    let digits = vm.index_i64(digits)?;
    if digits >= 0 {
        return vm.bigint(value);
    }
    let unit: BigInt = Pow::pow(&BigInt::from(10), digits.unsigned_abs().min(100_000) as u32);
    let (q, r) = div_mod(&value, &unit);
    let twice = &r * 2;
    let up = twice > unit || (twice == unit && q.bit(0));
    vm.bigint((q + i32::from(up)) * unit)
}

fn is_integer(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::TRUE)
}

fn get_zero(vm: &mut Vm, _: H) -> R<H> {
    vm.int(0)
}

fn get_one(vm: &mut Vm, _: H) -> R<H> {
    vm.int(1)
}

fn get_self(vm: &mut Vm, this: H) -> R<H> {
    let value = vm.as_bigint(this).unwrap_or_default();
    vm.bigint(value)
}

fn getnewargs(vm: &mut Vm, args: Args) -> R<H> {
    let value = pos(vm, args)?;
    vm.tuple(&[value])
}

pub(crate) static METHODS: [NativeDef; 54] = [
    def("__new__", "cls x= :base=", new),
    def("__add__", "self other", add),
    def("__radd__", "self other", radd),
    def("__sub__", "self other", sub),
    def("__rsub__", "self other", rsub),
    def("__mul__", "self other", mul),
    def("__rmul__", "self other", rmul),
    def("__floordiv__", "self other", floordiv),
    def("__rfloordiv__", "self other", rfloordiv),
    def("__mod__", "self other", modulo),
    def("__rmod__", "self other", rmodulo),
    def("__divmod__", "self other", divmod),
    def("__rdivmod__", "self other", rdivmod),
    def("__truediv__", "self other", truediv),
    def("__rtruediv__", "self other", rtruediv),
    def("__and__", "self other", and),
    def("__rand__", "self other", rand),
    def("__or__", "self other", or),
    def("__ror__", "self other", ror),
    def("__xor__", "self other", xor),
    def("__rxor__", "self other", rxor),
    def("__lshift__", "self other", lshift),
    def("__rlshift__", "self other", rlshift),
    def("__rshift__", "self other", rshift),
    def("__rrshift__", "self other", rrshift),
    def("__pow__", "self other mod=", pow),
    def("__rpow__", "self other mod=", rpow),
    def("__neg__", "self", neg),
    def("__pos__", "self", pos),
    def("__abs__", "self", abs),
    def("__invert__", "self", invert),
    def("__bool__", "self", truth),
    def("__hash__", "self", hash),
    def("__int__", "self", pos),
    def("__index__", "self", pos),
    def("__trunc__", "self", pos),
    def("__floor__", "self", pos),
    def("__ceil__", "self", pos),
    def("__float__", "self", to_float),
    def("__repr__", "self", repr),
    def("__format__", "self spec", format),
    def("__round__", "self ndigits=", round),
    def("__lt__", "self other", lt),
    def("__le__", "self other", le),
    def("__eq__", "self other", eq),
    def("__ne__", "self other", ne),
    def("__gt__", "self other", gt),
    def("__ge__", "self other", ge),
    def("bit_length", "self", bit_length),
    def("bit_count", "self", bit_count),
    def("to_bytes", "self :length= :byteorder= * signed=", to_bytes),
    def("from_bytes", "cls :bytes :byteorder= * signed=", from_bytes),
    def("as_integer_ratio", "self", as_integer_ratio),
    def("is_integer", "self", is_integer),
];

pub(crate) static ATTRS: [GetSetDef; 4] = [
    GetSetDef { name: "real", get: get_self, set: None },
    GetSetDef { name: "imag", get: get_zero, set: None },
    GetSetDef { name: "numerator", get: get_self, set: None },
    GetSetDef { name: "denominator", get: get_one, set: None },
];

// ---- bool

fn bool_new(vm: &mut Vm, args: Args) -> R<H> {
    let truth = args.opt(vm, 1).map_or(Ok(false), |h| vm.truth(h))?;
    Ok(vm.bool(truth))
}

fn bool_repr(vm: &mut Vm, args: Args) -> R<H> {
    let name = if vm.get(args.h(0)) == Value::TRUE { "True" } else { "False" };
    vm.str(name)
}

macro_rules! bool_op {
    ($name:ident, $int:ident, $op:tt) => {
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            if vm.exact(args.h(0), k::BOOL) && vm.exact(args.h(1), k::BOOL) {
                let truth = (vm.get(args.h(0)) == Value::TRUE) $op (vm.get(args.h(1)) == Value::TRUE);
                return Ok(vm.bool(truth));
            }
            $int(vm, args)
        }
    };
}

bool_op!(bool_and, and, &);
bool_op!(bool_or, or, |);
bool_op!(bool_xor, xor, ^);

pub(crate) static BOOL_METHODS: [NativeDef; 9] = [
    def("__new__", "cls x=", bool_new),
    def("__repr__", "self", bool_repr),
    def("__and__", "self other", bool_and),
    def("__rand__", "self other", bool_and),
    def("__or__", "self other", bool_or),
    def("__ror__", "self other", bool_or),
    def("__xor__", "self other", bool_xor),
    def("__rxor__", "self other", bool_xor),
    def("__getnewargs__", "self", getnewargs),
];
