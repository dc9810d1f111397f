//! `float` and `complex`.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::number::Cmp;
use crate::object::Body;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};
use malachite_bigint::BigInt;
use num_complex::Complex64;
use rustpython_common::{float_ops, int as int_ops};
use std::cmp::Ordering;

/// The float of an argument that is a float or an int.
fn real(vm: &mut Vm, h: H) -> R<Option<f64>> {
    if let Some(Body::Float(value)) = vm.body(h) {
        return Ok(Some(*value));
    }
    let Some(int) = vm.as_bigint(h) else { return Ok(None) };
    match int_ops::bigint_to_finite_float(&int) {
        Some(value) => Ok(Some(value)),
        None => Err(vm.raise(k::OVERFLOW_ERROR, "int too large to convert to float")),
    }
}

/// What a function that wants a float makes of an argument.
pub(crate) fn to_f64(vm: &mut Vm, h: H) -> R<f64> {
    if let Some(value) = real(vm, h)? {
        return Ok(value);
    }
    if let Some(result) = vm.call_special(h, n::__float__, &[])? {
        return match vm.body(result) {
            Some(Body::Float(value)) => Ok(*value),
            _ => {
                let (class, given) = (vm.class_name(h), vm.class_name(result));
                Err(vm.type_error(format!("{class}.__float__() must return a float, not {given}")))
            }
        };
    }
    if let Some(result) = vm.call_special(h, n::__index__, &[])?
        && let Some(value) = real(vm, result)?
    {
        return Ok(value);
    }
    let name = vm.class_name(h);
    Err(vm.type_error(format!("must be real number, not {name}")))
}

fn this(vm: &Vm, args: Args) -> f64 {
    match vm.body(args.h(0)) {
        Some(Body::Float(value)) => *value,
        other => panic!("not a float: {other:?}"),
    }
}

fn new(vm: &mut Vm, args: Args) -> R<H> {
    let value = match args.opt(vm, 1) {
        None => 0.0,
        Some(source) => from_source(vm, source)?,
    };
    vm.alloc(args.h(0), Body::Float(value))
}

fn from_source(vm: &mut Vm, source: H) -> R<f64> {
    let is_text = matches!(vm.body(source), Some(Body::Str(_) | Body::Bytes(_) | Body::ByteArray(_)));
    let mut is_number = || {
        vm.is_int(source) || vm.special(source, n::__float__).is_some() || vm.special(source, n::__index__).is_some()
    };
    if !is_text && is_number() {
        return to_f64(vm, source);
    }
    let Some(text) = super::int::source_text(vm, source)? else {
        let name = vm.class_name(source);
        return Err(vm.type_error(format!("float() argument must be a string or a real number, not '{name}'")));
    };
    match rustpython_literal::float::parse_str(text.trim()) {
        Some(value) => Ok(value),
        None => {
            let shown = vm.repr(source)?;
            let shown = vm.string(shown);
            Err(vm.value_error(format!("could not convert string to float: {shown}")))
        }
    }
}

fn repr(vm: &mut Vm, args: Args) -> R<H> {
    let text = rustpython_literal::float::to_string(this(vm, args));
    vm.str(text)
}

fn hash(vm: &mut Vm, args: Args) -> R<H> {
    let value = this(vm, args);
    if value.is_nan() {
        let word = vm.get(args.h(0));
        let id = vm.heap.id(word);
        return vm.int(id as i64 >> 4);
    }
    vm.int(hash_float(value))
}

/// `hash()` of a float that is not NaN: equal to that of an equal int.
pub(crate) fn hash_float(value: f64) -> i64 {
    rustpython_common::hash::hash_float(value).unwrap_or(0)
}

macro_rules! arithmetic {
    ($($name:ident $reflected:ident |$vm:ident, $a:ident, $b:ident| $body:expr;)*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let (Some(a), Some(b)) = (real(vm, args.h(0))?, real(vm, args.h(1))?) else { return Ok(k::NOT_IMPLEMENTED) };
            let f = |$vm: &mut Vm, $a: f64, $b: f64| -> R<H> { $body };
            f(vm, a, b)
        }

        fn $reflected(vm: &mut Vm, args: Args) -> R<H> {
            let (Some(b), Some(a)) = (real(vm, args.h(0))?, real(vm, args.h(1))?) else { return Ok(k::NOT_IMPLEMENTED) };
            let f = |$vm: &mut Vm, $a: f64, $b: f64| -> R<H> { $body };
            f(vm, a, b)
        }
    )* };
}

fn zero(vm: &mut Vm, what: &str) -> R<H> {
    Err(vm.raise(k::ZERO_DIVISION_ERROR, what))
}

arithmetic! {
    add radd |vm, a, b| vm.float(a + b);
    sub rsub |vm, a, b| vm.float(a - b);
    mul rmul |vm, a, b| vm.float(a * b);
    truediv rtruediv |vm, a, b| if b == 0.0 { zero(vm, "float division by zero") } else { vm.float(a / b) };
    floordiv rfloordiv |vm, a, b| match float_ops::floordiv(a, b) {
        Some(result) => vm.float(result),
        None => zero(vm, "float floor division by zero"),
    };
    modulo rmodulo |vm, a, b| match float_ops::mod_(a, b) {
        Some(result) => vm.float(result),
        None => zero(vm, "float modulo"),
    };
    divmod rdivmod |vm, a, b| match float_ops::divmod(a, b) {
        Some((q, r)) => {
            let (q, r) = (vm.float(q)?, vm.float(r)?);
            vm.tuple(&[q, r])
        }
        None => zero(vm, "float divmod()"),
    };
    pow rpow |vm, a, b| power(vm, a, b);
}

/// `float.__pow__`: no float is taken modulo another.
fn pow_alone(vm: &mut Vm, args: Args) -> R<H> {
    if args.opt(vm, 2).is_some_and(|modulus| !vm.is_none(modulus)) {
        return Err(vm.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    pow(vm, args)
}

fn power(vm: &mut Vm, a: f64, b: f64) -> R<H> {
    if a == 0.0 && b < 0.0 {
        return zero(vm, "0.0 cannot be raised to a negative power");
    }
    if a < 0.0 && b.is_finite() && a.is_finite() && b.fract() != 0.0 {
        let result = Complex64::new(a, 0.0).powf(b);
        return vm.alloc(k::COMPLEX, Body::Complex(result.re, result.im));
    }
    let result = a.powf(b);
    if result.is_infinite() && a.is_finite() && b.is_finite() {
        let (code, message) = (vm.size(34), vm.str("Numerical result out of range")?);
        return Err(vm.raise_with(k::OVERFLOW_ERROR, &[code, message]));
    }
    vm.float(result)
}

/// How a float and another number compare; None if unordered.
fn order(vm: &Vm, a: f64, b: H) -> Option<Option<Ordering>> {
    if let Some(Body::Float(b)) = vm.body(b) {
        return Some(a.partial_cmp(b));
    }
    let b = vm.as_bigint(b)?;
    if a.is_nan() {
        return Some(None);
    }
    if a.is_infinite() {
        return Some(Some(if a > 0.0 { Ordering::Greater } else { Ordering::Less }));
    }
    let (floor, rest) = (a.floor(), a - a.floor());
    let whole: BigInt = int_ops::float_to_ratio(floor).map(|(n, _)| n).unwrap_or_default();
    Some(Some(whole.cmp(&b).then(if rest > 0.0 { Ordering::Greater } else { Ordering::Equal })))
}

macro_rules! comparisons {
    ($($name:ident $op:ident),*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let Some(order) = order(vm, this(vm, args), args.h(1)) else { return Ok(k::NOT_IMPLEMENTED) };
            let unordered = Cmp::$op == Cmp::Ne;
            Ok(vm.bool(order.map_or(unordered, |order| Cmp::$op.holds(order))))
        }
    )* };
}

comparisons!(lt Lt, le Le, eq Eq, ne Ne, gt Gt, ge Ge);

fn neg(vm: &mut Vm, args: Args) -> R<H> {
    let value = this(vm, args);
    vm.float(-value)
}

fn pos(vm: &mut Vm, args: Args) -> R<H> {
    let value = this(vm, args);
    vm.float(value)
}

fn abs(vm: &mut Vm, args: Args) -> R<H> {
    let value = this(vm, args);
    vm.float(value.abs())
}

fn truth(vm: &mut Vm, args: Args) -> R<H> {
    let value = this(vm, args);
    Ok(vm.bool(value != 0.0))
}

/// A whole float as an int.
pub(crate) fn to_whole(vm: &mut Vm, value: f64) -> R<H> {
    if value.is_nan() {
        return Err(vm.value_error("cannot convert float NaN to integer"));
    }
    match int_ops::float_to_ratio(value) {
        Some((whole, _)) => vm.bigint(whole),
        None => Err(vm.raise(k::OVERFLOW_ERROR, "cannot convert float infinity to integer")),
    }
}

fn trunc(vm: &mut Vm, args: Args) -> R<H> {
    let value = this(vm, args);
    to_whole(vm, value.trunc())
}

fn floor(vm: &mut Vm, args: Args) -> R<H> {
    let value = this(vm, args);
    to_whole(vm, value.floor())
}

fn ceil(vm: &mut Vm, args: Args) -> R<H> {
    let value = this(vm, args);
    to_whole(vm, value.ceil())
}

fn round(vm: &mut Vm, args: Args) -> R<H> {
    let value = this(vm, args);
    let Some(digits) = args.opt(vm, 1).filter(|h| !vm.is_none(*h)) else {
        return to_whole(vm, value.round_ties_even());
    };
    let digits = vm.index_i64(digits)?.clamp(-400, 400) as i32;
    match float_ops::round_float_digits(value, digits) {
        Some(result) => vm.float(result),
        None => Err(vm.raise(k::OVERFLOW_ERROR, "rounded value too large to represent")),
    }
}

fn format(vm: &mut Vm, args: Args) -> R<H> {
    vm.format_builtin(args.h(0), args.h(1))
}

fn is_integer(vm: &mut Vm, args: Args) -> R<H> {
    let value = this(vm, args);
    Ok(vm.bool(value.is_finite() && value.fract() == 0.0))
}

fn as_integer_ratio(vm: &mut Vm, args: Args) -> R<H> {
    let value = this(vm, args);
    match int_ops::float_to_ratio(value) {
        Some((a, b)) => {
            let (a, b) = (vm.bigint(a)?, vm.bigint(b)?);
            vm.tuple(&[a, b])
        }
        None if value.is_nan() => Err(vm.value_error("cannot convert NaN to integer ratio")),
        None => Err(vm.raise(k::OVERFLOW_ERROR, "cannot convert Infinity to integer ratio")),
    }
}

fn hex(vm: &mut Vm, args: Args) -> R<H> {
    let text = rustpython_literal::float::to_hex(this(vm, args));
    vm.str(text)
}

fn fromhex(vm: &mut Vm, args: Args) -> R<H> {
    let text = vm.string(args.h(1));
    match rustpython_literal::float::from_hex(text.trim()) {
        Some(value) => vm.float(value),
        None => Err(vm.value_error("invalid hexadecimal floating-point string")),
    }
}

fn get_real(vm: &mut Vm, this: H) -> R<H> {
    let Some(Body::Float(value)) = vm.body(this) else { panic!("not a float") };
    let value = *value;
    vm.float(value)
}

fn get_imag(vm: &mut Vm, _: H) -> R<H> {
    vm.float(0.0)
}

fn getnewargs(vm: &mut Vm, args: Args) -> R<H> {
    let value = pos(vm, args)?;
    vm.tuple(&[value])
}

pub(crate) static METHODS: [NativeDef; 42] = [
    def("__new__", "cls x=", new),
    def("__repr__", "self", repr),
    def("__hash__", "self", hash),
    def("__add__", "self other", add),
    def("__radd__", "self other", radd),
    def("__sub__", "self other", sub),
    def("__rsub__", "self other", rsub),
    def("__mul__", "self other", mul),
    def("__rmul__", "self other", rmul),
    def("__truediv__", "self other", truediv),
    def("__rtruediv__", "self other", rtruediv),
    def("__floordiv__", "self other", floordiv),
    def("__rfloordiv__", "self other", rfloordiv),
    def("__mod__", "self other", modulo),
    def("__rmod__", "self other", rmodulo),
    def("__divmod__", "self other", divmod),
    def("__rdivmod__", "self other", rdivmod),
    def("__pow__", "self other mod=", pow_alone),
    def("__rpow__", "self other mod=", rpow),
    def("__lt__", "self other", lt),
    def("__le__", "self other", le),
    def("__eq__", "self other", eq),
    def("__ne__", "self other", ne),
    def("__gt__", "self other", gt),
    def("__ge__", "self other", ge),
    def("__neg__", "self", neg),
    def("__pos__", "self", pos),
    def("__abs__", "self", abs),
    def("__bool__", "self", truth),
    def("__int__", "self", trunc),
    def("__trunc__", "self", trunc),
    def("__floor__", "self", floor),
    def("__ceil__", "self", ceil),
    def("__float__", "self", pos),
    def("__round__", "self ndigits=", round),
    def("__format__", "self spec", format),
    def("__getnewargs__", "self", getnewargs),
    def("is_integer", "self", is_integer),
    def("as_integer_ratio", "self", as_integer_ratio),
    def("hex", "self", hex),
    def("fromhex", "cls string", fromhex),
    def("conjugate", "self", pos),
];
pub(crate) static ATTRS: [GetSetDef; 2] =
    [GetSetDef { name: "real", get: get_real, set: None }, GetSetDef { name: "imag", get: get_imag, set: None }];

// ---- complex

fn number(vm: &mut Vm, h: H) -> R<Option<Complex64>> {
    if let Some(Body::Complex(re, im)) = vm.body(h) {
        return Ok(Some(Complex64::new(*re, *im)));
    }
    Ok(real(vm, h)?.map(|re| Complex64::new(re, 0.0)))
}

fn make(vm: &mut Vm, value: Complex64) -> R<H> {
    vm.alloc(k::COMPLEX, Body::Complex(value.re, value.im))
}

/// One argument of `complex()`.
fn complex_part(vm: &mut Vm, h: H) -> R<Complex64> {
    if let Some(result) = vm.call_special(h, n::__complex__, &[])?
        && let Some(value) = number(vm, result)?
    {
        return Ok(value);
    }
    match number(vm, h)? {
        Some(value) => Ok(value),
        None => to_f64(vm, h).map(|re| Complex64::new(re, 0.0)),
    }
}

fn complex_new(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(text) = args.opt(vm, 1).filter(|h| vm.text(*h).is_some()) {
        if args.opt(vm, 2).is_some() {
            return Err(vm.type_error("complex() can't take second arg if first is a string"));
        }
        let text = vm.string(text);
        return match rustpython_literal::complex::parse_str(text.trim()) {
            Some((re, im)) => vm.alloc(args.h(0), Body::Complex(re, im)),
            None => Err(vm.value_error("complex() arg is a malformed string")),
        };
    }
    let mut value = Complex64::new(0.0, 0.0);
    if let Some(re) = args.opt(vm, 1) {
        value = complex_part(vm, re)?;
    }
    if let Some(im) = args.opt(vm, 2) {
        // Not by a multiplication with 1j, which loses the sign of zero and makes a NaN of both parts.
        let im = complex_part(vm, im)?;
        let real_alone = args.opt(vm, 1).is_none_or(|re| !matches!(vm.body(re), Some(Body::Complex(..))));
        value.im = if real_alone { im.re } else { value.im + im.re };
        if im.im != 0.0 {
            value.re -= im.im;
        }
    }
    vm.alloc(args.h(0), Body::Complex(value.re, value.im))
}

fn complex_this(vm: &Vm, h: H) -> Complex64 {
    match vm.body(h) {
        Some(Body::Complex(re, im)) => Complex64::new(*re, *im),
        other => panic!("not a complex: {other:?}"),
    }
}

fn complex_repr(vm: &mut Vm, args: Args) -> R<H> {
    let value = complex_this(vm, args.h(0));
    vm.str(rustpython_literal::complex::to_string(value.re, value.im))
}

macro_rules! complex_arithmetic {
    ($($name:ident $reflected:ident |$vm:ident, $a:ident, $b:ident| $body:expr;)*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let (Some(a), Some(b)) = (number(vm, args.h(0))?, number(vm, args.h(1))?) else { return Ok(k::NOT_IMPLEMENTED) };
            let f = |$vm: &mut Vm, $a: Complex64, $b: Complex64| -> R<H> { $body };
            f(vm, a, b)
        }

        fn $reflected(vm: &mut Vm, args: Args) -> R<H> {
            let (Some(b), Some(a)) = (number(vm, args.h(0))?, number(vm, args.h(1))?) else { return Ok(k::NOT_IMPLEMENTED) };
            let f = |$vm: &mut Vm, $a: Complex64, $b: Complex64| -> R<H> { $body };
            f(vm, a, b)
        }
    )* };
}

complex_arithmetic! {
    cadd cradd |vm, a, b| make(vm, a + b);
    csub crsub |vm, a, b| make(vm, a - b);
    cmul crmul |vm, a, b| make(vm, a * b);
    cdiv crdiv |vm, a, b| if b.re == 0.0 && b.im == 0.0 { zero(vm, "complex division by zero") } else { make(vm, a / b) };
    cpow crpow |vm, a, b| complex_power(vm, a, b);
}

/// `complex.__pow__`.
fn cpow_alone(vm: &mut Vm, args: Args) -> R<H> {
    if args.opt(vm, 2).is_some_and(|modulus| !vm.is_none(modulus)) {
        return Err(vm.value_error("complex modulo"));
    }
    cpow(vm, args)
}

fn complex_power(vm: &mut Vm, a: Complex64, b: Complex64) -> R<H> {
    if b.re == 0.0 && b.im == 0.0 {
        return make(vm, Complex64::new(1.0, 0.0));
    }
    if a.re == 0.0 && a.im == 0.0 {
        if b.im != 0.0 || b.re < 0.0 {
            return zero(vm, "0.0 to a negative or complex power");
        }
        return make(vm, Complex64::new(0.0, 0.0));
    }
    if b.im == 0.0 && b.re.fract() == 0.0 && b.re.abs() <= 100.0 {
        return make(vm, a.powi(b.re as i32));
    }
    make(vm, a.powc(b))
}

fn complex_eq(vm: &mut Vm, args: Args) -> R<H> {
    let a = complex_this(vm, args.h(0));
    if vm.is_int(args.h(1)) {
        if a.im != 0.0 {
            return Ok(k::FALSE);
        }
        return Ok(vm.bool(order(vm, a.re, args.h(1)) == Some(Some(Ordering::Equal))));
    }
    let Some(b) = number(vm, args.h(1))? else { return Ok(k::NOT_IMPLEMENTED) };
    Ok(vm.bool(a == b))
}

fn complex_hash(vm: &mut Vm, args: Args) -> R<H> {
    let value = complex_this(vm, args.h(0));
    let hash = hash_float(value.re).wrapping_add(hash_float(value.im).wrapping_mul(1_000_003));
    vm.int(if hash == -1 { -2 } else { hash })
}

fn complex_neg(vm: &mut Vm, args: Args) -> R<H> {
    let value = complex_this(vm, args.h(0));
    make(vm, -value)
}

fn complex_pos(vm: &mut Vm, args: Args) -> R<H> {
    let value = complex_this(vm, args.h(0));
    make(vm, value)
}

fn complex_abs(vm: &mut Vm, args: Args) -> R<H> {
    let value = complex_this(vm, args.h(0));
    vm.float(value.re.hypot(value.im))
}

fn complex_bool(vm: &mut Vm, args: Args) -> R<H> {
    let value = complex_this(vm, args.h(0));
    Ok(vm.bool(value.re != 0.0 || value.im != 0.0))
}

fn conjugate(vm: &mut Vm, args: Args) -> R<H> {
    let value = complex_this(vm, args.h(0));
    make(vm, value.conj())
}

fn complex_real(vm: &mut Vm, this: H) -> R<H> {
    let value = complex_this(vm, this);
    vm.float(value.re)
}

fn complex_imag(vm: &mut Vm, this: H) -> R<H> {
    let value = complex_this(vm, this);
    vm.float(value.im)
}

pub(crate) static COMPLEX_METHODS: [NativeDef; 21] = [
    def("__new__", "cls :real= :imag=", complex_new),
    def("__repr__", "self", complex_repr),
    def("__hash__", "self", complex_hash),
    def("__eq__", "self other", complex_eq),
    def("__add__", "self other", cadd),
    def("__radd__", "self other", cradd),
    def("__sub__", "self other", csub),
    def("__rsub__", "self other", crsub),
    def("__mul__", "self other", cmul),
    def("__rmul__", "self other", crmul),
    def("__truediv__", "self other", cdiv),
    def("__rtruediv__", "self other", crdiv),
    def("__pow__", "self other mod=", cpow_alone),
    def("__rpow__", "self other mod=", crpow),
    def("__neg__", "self", complex_neg),
    def("__pos__", "self", complex_pos),
    def("__abs__", "self", complex_abs),
    def("__bool__", "self", complex_bool),
    def("__format__", "self spec", format),
    def("__complex__", "self", complex_pos),
    def("conjugate", "self", conjugate),
];
pub(crate) static COMPLEX_ATTRS: [GetSetDef; 2] = [
    GetSetDef { name: "real", get: complex_real, set: None },
    GetSetDef { name: "imag", get: complex_imag, set: None },
];
