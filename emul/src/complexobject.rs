//! `complexobject.h`: complex numbers, kept in the mirror as two doubles.

use capi_macros::capi;
use object_mirror::complexobject::{Py_complex, PyComplexObject};
use object_mirror::object::PyObject;

use crate::boundary::{Cx, New, Obj, Result, enter};
use crate::gen_::builtin_types::PyComplex_Type;
use crate::statics::builtin;
use crate::{floatobject, lifetime, typeobject};

/// What a function returns whose exception is set.
const FAILED: Py_complex = Py_complex { real: -1.0, imag: 0.0 };

// ---- the mirror ----

/// A C-born complex.
pub(crate) fn new(real: f64, imag: f64) -> New {
    let mirror =
        lifetime::alloc_object(&raw mut PyComplex_Type, size_of::<PyComplexObject>()).expect("memory for a complex");
    // SAFETY: memory of that size, just allocated with one reference, which is ours.
    unsafe {
        (*mirror.as_ptr().cast::<PyComplexObject>()).cval = Py_complex { real, imag };
        New::from_ptr(mirror.as_ptr()).expect("a new object has an address")
    }
}

fn is_complex(object: Obj<'_>) -> bool {
    typeobject::is_subtype(object.type_ptr(), &raw mut PyComplex_Type)
}

/// The value of a complex.
fn value(complex: Obj<'_>) -> Py_complex {
    // SAFETY: callers pass a complex, whose mirror has this struct.
    unsafe { (*complex.cast::<PyComplexObject>()).cval }
}

/// Return a complex of these parts.
#[capi(raw)]
pub unsafe extern "C" fn PyComplex_FromDoubles(real: f64, imag: f64) -> *mut PyObject {
    new(real, imag).into_ptr()
}

/// Return a complex of that value.
#[capi(raw)]
pub unsafe extern "C" fn PyComplex_FromCComplex(v: Py_complex) -> *mut PyObject {
    new(v.real, v.imag).into_ptr()
}

// ---- reading numbers as complex ----

/// What the object's `__complex__` gives, if it has one.
fn converted(cx: Cx<'_>, object: Obj<'_>) -> Result<Option<Py_complex>> {
    if is_complex(object) {
        return Ok(Some(value(object)));
    }
    let host = object.give(cx)?;
    let name = cx.str("__complex__");
    if cx.host().type_lookup(cx.host().type_of(host.as_ref()), name.as_ref()).is_none() {
        return Ok(None);
    }
    let result = cx.to_c(cx.call_method(host.as_ref(), "__complex__", &[])?);
    if !is_complex(result.obj()) {
        let name = result.obj().type_name();
        return Err(cx.type_error(format!("__complex__ returned non-complex (type {name:.200})")));
    }
    if !std::ptr::eq(result.obj().type_ptr(), builtin!(PyComplex_Type)) {
        let name = result.obj().type_name();
        crate::warnings::deprecated(
            cx,
            &format!(
                "__complex__ returned non-complex (type {name:.200}).  The ability to return an instance of a strict subclass \
                 of complex is deprecated, and may not be supported in a future version of Python."
            ),
        )?;
    }
    Ok(Some(value(result.obj())))
}

fn as_complex(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_complex> {
    match converted(cx, object)? {
        Some(value) => Ok(value),
        None => Ok(Py_complex { real: floatobject::as_double(cx, object)?, imag: 0.0 }),
    }
}

/// Convert a number to a C complex: a complex, or what `__complex__`, `__float__` or `__index__` gives.
#[capi(raw)]
pub unsafe extern "C" fn PyComplex_AsCComplex(op: *mut PyObject) -> Py_complex {
    let mut result = FAILED;
    // SAFETY: C calls with the lock held and a live object.
    unsafe {
        enter("PyComplex_AsCComplex", |cx| {
            let object = Obj::from_ptr(op).ok_or_else(|| cx.bad_internal_call())?;
            result = as_complex(cx, object)?;
            Ok(())
        });
    }
    result
}

/// The real part of a number.
#[capi]
fn PyComplex_RealAsDouble(cx: Cx<'_>, op: Obj<'_>) -> Result<f64> {
    as_complex(cx, op).map(|value| value.real)
}

/// The imaginary part of a number.
#[capi]
fn PyComplex_ImagAsDouble(cx: Cx<'_>, op: Obj<'_>) -> Result<f64> {
    as_complex(cx, op).map(|value| value.imag)
}

// ---- arithmetic on C's struct; errors are told by errno ----

fn set_errno(number: std::ffi::c_int) {
    // SAFETY: errno is this thread's own.
    unsafe { *libc::__errno_location() = number };
}

/// The sum.
#[capi(raw)]
pub unsafe extern "C" fn _Py_c_sum(a: Py_complex, b: Py_complex) -> Py_complex {
    Py_complex { real: a.real + b.real, imag: a.imag + b.imag }
}

/// The difference.
#[capi(raw)]
pub unsafe extern "C" fn _Py_c_diff(a: Py_complex, b: Py_complex) -> Py_complex {
    Py_complex { real: a.real - b.real, imag: a.imag - b.imag }
}

/// The negative.
#[capi(raw)]
pub unsafe extern "C" fn _Py_c_neg(a: Py_complex) -> Py_complex {
    Py_complex { real: -a.real, imag: -a.imag }
}

/// The product.
#[capi(raw)]
pub unsafe extern "C" fn _Py_c_prod(a: Py_complex, b: Py_complex) -> Py_complex {
    product(a, b)
}

fn product(a: Py_complex, b: Py_complex) -> Py_complex {
    Py_complex { real: a.real * b.real - a.imag * b.imag, imag: a.real * b.imag + a.imag * b.real }
}

/// The quotient; EDOM for a zero divisor.
#[capi(raw)]
pub unsafe extern "C" fn _Py_c_quot(a: Py_complex, b: Py_complex) -> Py_complex {
    quotient(a, b)
}

/// Smith's method: scaled by the greater part of the divisor, so that its square need not be a double.
fn quotient(a: Py_complex, b: Py_complex) -> Py_complex {
    if b.real.abs() >= b.imag.abs() {
        if b.real == 0.0 {
            set_errno(libc::EDOM);
            return Py_complex { real: 0.0, imag: 0.0 };
        }
        let ratio = b.imag / b.real;
        let scale = b.real + b.imag * ratio;
        return Py_complex { real: (a.real + a.imag * ratio) / scale, imag: (a.imag - a.real * ratio) / scale };
    }
    if b.imag.abs() >= b.real.abs() {
        let ratio = b.real / b.imag;
        let scale = b.real * ratio + b.imag;
        return Py_complex { real: (a.real * ratio + a.imag) / scale, imag: (a.imag * ratio - a.real) / scale };
    }
    Py_complex { real: f64::NAN, imag: f64::NAN }
}

/// The power; EDOM for zero to a negative or complex one, ERANGE where the result is too large.
#[capi(raw)]
pub unsafe extern "C" fn _Py_c_pow(a: Py_complex, b: Py_complex) -> Py_complex {
    if b.real == 0.0 && b.imag == 0.0 {
        return Py_complex { real: 1.0, imag: 0.0 };
    }
    if a.real == 0.0 && a.imag == 0.0 {
        if b.imag != 0.0 || b.real < 0.0 {
            set_errno(libc::EDOM);
        }
        return Py_complex { real: 0.0, imag: 0.0 };
    }
    let (modulus, angle) = (a.real.hypot(a.imag), a.imag.atan2(a.real));
    let mut len = modulus.powf(b.real);
    let mut phase = angle * b.real;
    if b.imag != 0.0 {
        len *= (-angle * b.imag).exp();
        phase += b.imag * modulus.ln();
    }
    let result = Py_complex { real: len * phase.cos(), imag: len * phase.sin() };
    if !result.real.is_finite() || !result.imag.is_finite() {
        set_errno(libc::ERANGE);
    }
    result
}

/// The absolute value; ERANGE where it is too large.
#[capi(raw)]
pub unsafe extern "C" fn _Py_c_abs(z: Py_complex) -> f64 {
    if z.real.is_infinite() || z.imag.is_infinite() {
        set_errno(0);
        return f64::INFINITY;
    }
    if z.real.is_nan() || z.imag.is_nan() {
        set_errno(0);
        return f64::NAN;
    }
    let result = z.real.hypot(z.imag);
    set_errno(if result.is_finite() { 0 } else { libc::ERANGE });
    result
}
