//! `math`.

use super::Native;
use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::objects::float::{to_f64, to_whole};
use crate::vm::{Args, NativeDef, R, Raised, Vm};
use malachite_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

fn domain(vm: &mut Vm) -> Raised {
    vm.value_error("math domain error")
}

/// A result; not a number from a number is a domain error, infinity from finite numbers a range error.
fn result(vm: &mut Vm, value: f64, inputs: &[f64]) -> R<H> {
    if value.is_nan() && !inputs.iter().any(|input| input.is_nan()) {
        return Err(domain(vm));
    }
    if value.is_infinite() && inputs.iter().all(|input| input.is_finite()) {
        return Err(vm.raise(k::OVERFLOW_ERROR, "math range error"));
    }
    vm.float(value)
}

macro_rules! unary {
    ($($name:ident $f:expr;)*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let x = to_f64(vm, args.h(0))?;
            let f: fn(f64) -> f64 = $f;
            result(vm, f(x), &[x])
        }
    )* };
}

unary! {
    sqrt f64::sqrt;
    exp f64::exp;
    expm1 f64::exp_m1;
    sin f64::sin;
    cos f64::cos;
    tan f64::tan;
    asin f64::asin;
    acos f64::acos;
    atan f64::atan;
    sinh f64::sinh;
    cosh f64::cosh;
    tanh f64::tanh;
    asinh f64::asinh;
    acosh f64::acosh;
    fabs f64::abs;
    degrees f64::to_degrees;
    radians f64::to_radians;
    cbrt f64::cbrt;
    exp2 f64::exp2;
}

macro_rules! of_pymath {
    ($($name:ident)*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let x = to_f64(vm, args.h(0))?;
            match pymath::math::$name(x) {
                Ok(value) => vm.float(value),
                Err(pymath::Error::EDOM) => Err(domain(vm)),
                Err(pymath::Error::ERANGE) => Err(vm.raise(k::OVERFLOW_ERROR, "math range error")),
            }
        }
    )* };
}

of_pymath! { erf erfc gamma lgamma }

fn fma(vm: &mut Vm, args: Args) -> R<H> {
    let [x, y, z] = [to_f64(vm, args.h(0))?, to_f64(vm, args.h(1))?, to_f64(vm, args.h(2))?];
    let value = x.mul_add(y, z);
    if value.is_nan() && ![x, y, z].iter().any(|input| input.is_nan()) {
        return Err(vm.value_error("invalid operation in fma"));
    }
    if value.is_infinite() && [x, y, z].iter().all(|input| input.is_finite()) {
        return Err(vm.raise(k::OVERFLOW_ERROR, "overflow in fma"));
    }
    vm.float(value)
}

macro_rules! binary {
    ($($name:ident |$x:ident, $y:ident| $f:expr;)*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let ($x, $y) = (to_f64(vm, args.h(0))?, to_f64(vm, args.h(1))?);
            result(vm, $f, &[$x, $y])
        }
    )* };
}

binary! {
    atan2 |x, y| x.atan2(y);
    fmod |x, y| x % y;
    copysign |x, y| x.copysign(y);
}

fn pow(vm: &mut Vm, args: Args) -> R<H> {
    let (x, y) = (to_f64(vm, args.h(0))?, to_f64(vm, args.h(1))?);
    if x == 0.0 && y < 0.0 {
        return Err(domain(vm));
    }
    result(vm, x.powf(y), &[x, y])
}

/// A logarithm: of ints of any size too.
fn log_of(vm: &mut Vm, h: H, f: fn(f64) -> f64) -> R<f64> {
    if let Some(int) = vm.as_bigint(h) {
        if !int.is_positive() {
            return Err(domain(vm));
        }
        if let Some(value) = rustpython_common::int::bigint_to_finite_float(&int) {
            return Ok(f(value));
        }
        let shift = int.bits() - 64;
        let top = (&int >> shift).to_f64().unwrap_or(f64::INFINITY);
        return Ok(f(top) + shift as f64 * f(2.0));
    }
    let x = to_f64(vm, h)?;
    if x <= 0.0 {
        return Err(domain(vm));
    }
    Ok(f(x))
}

fn log(vm: &mut Vm, args: Args) -> R<H> {
    let value = log_of(vm, args.h(0), f64::ln)?;
    let Some(base) = args.opt(vm, 1) else { return vm.float(value) };
    let base = log_of(vm, base, f64::ln)?;
    if base == 0.0 {
        return Err(vm.raise(k::ZERO_DIVISION_ERROR, "division by zero"));
    }
    vm.float(value / base)
}

fn log2(vm: &mut Vm, args: Args) -> R<H> {
    let value = log_of(vm, args.h(0), f64::log2)?;
    vm.float(value)
}

fn log10(vm: &mut Vm, args: Args) -> R<H> {
    let value = log_of(vm, args.h(0), f64::log10)?;
    vm.float(value)
}

fn log1p(vm: &mut Vm, args: Args) -> R<H> {
    let x = to_f64(vm, args.h(0))?;
    if x <= -1.0 {
        return Err(domain(vm));
    }
    vm.float(x.ln_1p())
}

macro_rules! rounding {
    ($($name:ident $method:ident $f:expr;)*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            if let Some(h) = vm.call_special(args.h(0), n::$method, &[])? {
                return Ok(h);
            }
            let x = to_f64(vm, args.h(0))?;
            let f: fn(f64) -> f64 = $f;
            to_whole(vm, f(x))
        }
    )* };
}

rounding! {
    floor __floor__ f64::floor;
    ceil __ceil__ f64::ceil;
}

fn trunc(vm: &mut Vm, args: Args) -> R<H> {
    match vm.call_special(args.h(0), n::__trunc__, &[])? {
        Some(h) => Ok(h),
        None => {
            let name = vm.class_name(args.h(0));
            Err(vm.type_error(format!("type {name} doesn't define __trunc__ method")))
        }
    }
}

macro_rules! question {
    ($($name:ident $f:expr;)*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let x = to_f64(vm, args.h(0))?;
            let f: fn(f64) -> bool = $f;
            Ok(vm.bool(f(x)))
        }
    )* };
}

question! {
    isnan f64::is_nan;
    isinf f64::is_infinite;
    isfinite f64::is_finite;
}

fn isclose(vm: &mut Vm, args: Args) -> R<H> {
    let (a, b) = (to_f64(vm, args.h(0))?, to_f64(vm, args.h(1))?);
    let relative = args.opt(vm, 2).map_or(Ok(1e-9), |h| to_f64(vm, h))?;
    let absolute = args.opt(vm, 3).map_or(Ok(0.0), |h| to_f64(vm, h))?;
    if relative < 0.0 || absolute < 0.0 {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    let near = (a - b).abs() <= (relative * a.abs().max(b.abs())).max(absolute);
    Ok(vm.bool(a == b || (a.is_finite() && b.is_finite() && near)))
}

fn hypot(vm: &mut Vm, args: Args) -> R<H> {
    let mut parts = Vec::new();
    for h in args.rest() {
        parts.push(to_f64(vm, h)?);
    }
    let value = match parts.as_slice() {
        [x, y] => x.hypot(*y),
        parts => parts.iter().map(|part| part * part).sum::<f64>().sqrt(),
    };
    vm.float(value)
}

fn modf(vm: &mut Vm, args: Args) -> R<H> {
    let x = to_f64(vm, args.h(0))?;
    let rest = if x.is_infinite() { 0.0 } else { x.fract() };
    let (rest, whole) = (vm.float(rest.copysign(x))?, vm.float(x.trunc())?);
    vm.tuple(&[rest, whole])
}

fn frexp(vm: &mut Vm, args: Args) -> R<H> {
    let x = to_f64(vm, args.h(0))?;
    let (mut mantissa, mut exponent) = (x, 0i64);
    if x != 0.0 && x.is_finite() {
        while mantissa.abs() >= 1.0 {
            mantissa /= 2.0;
            exponent += 1;
        }
        while mantissa.abs() < 0.5 {
            mantissa *= 2.0;
            exponent -= 1;
        }
    }
    let (mantissa, exponent) = (vm.float(mantissa)?, vm.int(exponent)?);
    vm.tuple(&[mantissa, exponent])
}

fn ldexp(vm: &mut Vm, args: Args) -> R<H> {
    let x = to_f64(vm, args.h(0))?;
    let exponent = vm.index_i64(args.h(1))?.clamp(-5000, 5000) as i32;
    let half = exponent / 2;
    let value = x * 2f64.powi(half) * 2f64.powi(exponent - half);
    result(vm, value, &[x])
}

fn int(vm: &mut Vm, h: H) -> R<BigInt> {
    let index = vm.index(h)?;
    Ok(vm.as_bigint(index).expect("an int"))
}

fn gcd_of(mut a: BigInt, mut b: BigInt) -> BigInt {
    while !b.is_zero() {
        (a, b) = (b.clone(), a % b);
    }
    a.abs()
}

fn gcd(vm: &mut Vm, args: Args) -> R<H> {
    let mut total = BigInt::zero();
    for h in args.rest() {
        total = gcd_of(total, int(vm, h)?);
    }
    vm.bigint(total)
}

fn lcm(vm: &mut Vm, args: Args) -> R<H> {
    let mut total = BigInt::from(1);
    for h in args.rest() {
        let value = int(vm, h)?;
        if value.is_zero() {
            return vm.int(0);
        }
        total = (&total / gcd_of(total.clone(), value.clone()) * value).abs();
    }
    vm.bigint(total)
}

fn factorial(vm: &mut Vm, args: Args) -> R<H> {
    let n = vm.index_i64(args.h(0))?;
    if n < 0 {
        return Err(vm.value_error("factorial() not defined for negative values"));
    }
    vm.reserve(n as usize * 4)?;
    let product = (2..=n).fold(BigInt::from(1), |product, i| product * BigInt::from(i));
    vm.bigint(product)
}

/// `n! / (n - k)!`.
fn falling(n: &BigInt, count: i64) -> BigInt {
    (0..count).fold(BigInt::from(1), |product, i| product * (n - BigInt::from(i)))
}

fn perm(vm: &mut Vm, args: Args) -> R<H> {
    let n = int(vm, args.h(0))?;
    let Some(count) = args.opt(vm, 1).filter(|h| !vm.is_none(*h)) else { return factorial(vm, args) };
    let count = vm.index_i64(count)?;
    if n.is_negative() {
        return Err(vm.value_error("n must be a non-negative integer"));
    }
    if count < 0 {
        return Err(vm.value_error("k must be a non-negative integer"));
    }
    vm.bigint(if BigInt::from(count) > n { BigInt::zero() } else { falling(&n, count) })
}

fn comb(vm: &mut Vm, args: Args) -> R<H> {
    let (n, count) = (int(vm, args.h(0))?, int(vm, args.h(1))?);
    if n.is_negative() {
        return Err(vm.value_error("n must be a non-negative integer"));
    }
    if count.is_negative() {
        return Err(vm.value_error("k must be a non-negative integer"));
    }
    if count > n {
        return vm.int(0);
    }
    let count = count.clone().min(&n - count).to_i64().unwrap_or(i64::MAX);
    vm.bigint(falling(&n, count) / falling(&BigInt::from(count), count))
}

fn isqrt(vm: &mut Vm, args: Args) -> R<H> {
    let n = int(vm, args.h(0))?;
    if n.is_negative() {
        return Err(vm.value_error("isqrt() argument must be nonnegative"));
    }
    if n.is_zero() {
        return vm.int(0);
    }
    // Newton's method from above.
    let mut root = BigInt::from(1) << (n.bits() / 2 + 1);
    loop {
        let next: BigInt = (&root + &n / &root) >> 1u32;
        if next >= root {
            return vm.bigint(root);
        }
        root = next;
    }
}

/// The exact sum, by Shewchuk's partial sums.
fn fsum(vm: &mut Vm, args: Args) -> R<H> {
    let list = vm.to_list(args.h(0))?;
    let mut partials: Vec<f64> = Vec::new();
    for i in 0..vm.count(list) {
        let item = vm.item(list, i).expect("counted");
        let mut x = to_f64(vm, item)?;
        let mut kept = 0;
        for j in 0..partials.len() {
            let mut y = partials[j];
            if x.abs() < y.abs() {
                (x, y) = (y, x);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        partials.truncate(kept);
        partials.push(x);
    }
    let total = partials.iter().rev().sum::<f64>();
    vm.float(total)
}

fn prod(vm: &mut Vm, args: Args) -> R<H> {
    let start = args.opt(vm, 1).unwrap_or_else(|| vm.size(1));
    let iter = vm.iter(args.h(0))?;
    let total = vm.push(vm.get(start));
    let mark = vm.mark();
    while let Some(item) = vm.next(iter)? {
        let result = vm.binary_op(5, total, item)?;
        let word = vm.get(result);
        vm.set(total, word);
        vm.cut(mark);
    }
    Ok(total)
}

static FUNCTIONS: [NativeDef; 55] = [
    def("exp2", "x", exp2),
    def("erf", "x", erf),
    def("erfc", "x", erfc),
    def("lgamma", "x", lgamma),
    def("gamma", "x", gamma),
    def("fma", "x y z", fma),
    def("sqrt", "x", sqrt),
    def("exp", "x", exp),
    def("expm1", "x", expm1),
    def("sin", "x", sin),
    def("cos", "x", cos),
    def("tan", "x", tan),
    def("asin", "x", asin),
    def("acos", "x", acos),
    def("atan", "x", atan),
    def("sinh", "x", sinh),
    def("cosh", "x", cosh),
    def("tanh", "x", tanh),
    def("asinh", "x", asinh),
    def("acosh", "x", acosh),
    def("fabs", "x", fabs),
    def("degrees", "x", degrees),
    def("radians", "x", radians),
    def("cbrt", "x", cbrt),
    def("atan2", "y x", atan2),
    def("fmod", "x y", fmod),
    def("copysign", "x y", copysign),
    def("pow", "x y", pow),
    def("log", "x base=", log),
    def("log2", "x", log2),
    def("log10", "x", log10),
    def("log1p", "x", log1p),
    def("floor", "x", floor),
    def("ceil", "x", ceil),
    def("trunc", "x", trunc),
    def("isnan", "x", isnan),
    def("isinf", "x", isinf),
    def("isfinite", "x", isfinite),
    def("isclose", ":a :b * rel_tol= abs_tol=", isclose),
    def("hypot", "*coordinates", hypot),
    def("modf", "x", modf),
    def("frexp", "x", frexp),
    def("ldexp", "x i", ldexp),
    def("gcd", "*integers", gcd),
    def("lcm", "*integers", lcm),
    def("factorial", "n", factorial),
    def("perm", "n k=", perm),
    def("comb", "n k", comb),
    def("isqrt", "n", isqrt),
    def("fsum", "seq", fsum),
    def("prod", "iterable * start=", prod),
    def("ulp", "x", ulp),
    def("nextafter", "x y", nextafter),
    def("dist", "p q", dist),
    def("remainder", "x y", remainder),
];

fn ulp(vm: &mut Vm, args: Args) -> R<H> {
    let x = to_f64(vm, args.h(0))?;
    vm.float(rustpython_common::float_ops::ulp(x))
}

fn nextafter(vm: &mut Vm, args: Args) -> R<H> {
    let (x, y) = (to_f64(vm, args.h(0))?, to_f64(vm, args.h(1))?);
    vm.float(rustpython_common::float_ops::nextafter(x, y))
}

fn dist(vm: &mut Vm, args: Args) -> R<H> {
    let (p, q) = (vm.to_list(args.h(0))?, vm.to_list(args.h(1))?);
    let count = vm.count(p);
    if count != vm.count(q) {
        return Err(vm.value_error("both points must have the same number of dimensions"));
    }
    let mut total = 0.0;
    for i in 0..count {
        let (a, b) = (vm.item(p, i).expect("counted"), vm.item(q, i).expect("counted"));
        total += (to_f64(vm, a)? - to_f64(vm, b)?).powi(2);
    }
    vm.float(total.sqrt())
}

fn remainder(vm: &mut Vm, args: Args) -> R<H> {
    let (x, y) = (to_f64(vm, args.h(0))?, to_f64(vm, args.h(1))?);
    if y == 0.0 || x.is_infinite() {
        return Err(domain(vm));
    }
    if y.is_infinite() {
        return vm.float(x);
    }
    let rest = x % y;
    let half = y.abs() / 2.0;
    let even = ((x - rest) / y) % 2.0 == 0.0;
    let away = rest.abs() > half || (rest.abs() == half && !even);
    vm.float(if away { rest - y.abs().copysign(rest) } else { rest })
}

fn constants(vm: &mut Vm, dict: H) -> R<()> {
    use std::f64::consts::{E, PI, TAU};
    for (name, value) in [("pi", PI), ("e", E), ("tau", TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
        let value = vm.float(value)?;
        vm.dict_set_str(dict, name, value)?;
    }
    Ok(())
}

pub(super) static MODULE: Native = Native { name: "math", functions: &FUNCTIONS, classes: &[], more: Some(constants) };
