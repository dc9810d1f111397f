//! `pyhash.h`: hashes of plain data.
//!
//! A number's hash is CPython's formula; the hash of bytes is the host's own, so that it agrees with the hash of a bytes
//! object of that content.

use std::ffi::{c_char, c_int, c_void};

use capi_macros::{capi, capi_data};
use object_mirror::object::PyObject;
use object_mirror::{Py_hash_t, Py_ssize_t};

use crate::boundary::{Cx, enter};
use crate::host::host;

/// Bits of the prime that numbers' hashes are remainders of.
const BITS: u32 = 61;
const MODULUS: u64 = (1 << BITS) - 1;
const INFINITY: Py_hash_t = 314_159;

/// -1 means an error: a hash is -2 instead.
const fn valid(hash: Py_hash_t) -> Py_hash_t {
    if hash == -1 { -2 } else { hash }
}

/// The hash of an address: objects lie at multiples of 16.
fn of_address(address: usize) -> Py_hash_t {
    valid(address.rotate_right(4) as Py_hash_t)
}

/// The hash of an address.
#[capi(raw)]
pub unsafe extern "C" fn Py_HashPointer(ptr: *const c_void) -> Py_hash_t {
    of_address(ptr as usize)
}

/// The hash of a double; a NaN has that of the object it is in.
#[capi(raw)]
pub unsafe extern "C" fn _Py_HashDouble(inst: *mut PyObject, v: f64) -> Py_hash_t {
    if v.is_nan() {
        return of_address(inst as usize);
    }
    of_f64(v)
}

/// The remainder of a double, a fraction of integers, by the prime.
fn of_f64(value: f64) -> Py_hash_t {
    if value.is_infinite() {
        return if value > 0.0 { INFINITY } else { -INFINITY };
    }
    let bits = value.to_bits();
    let (biased, fraction) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
    let (mantissa, exponent) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    // A multiplication by a power of two is a rotation of the prime's bits.
    let by = exponent.rem_euclid(i64::from(BITS)) as u32;
    let remainder = mantissa % MODULUS;
    let rotated = (remainder << by & MODULUS) | if by == 0 { 0 } else { remainder >> (BITS - by) };
    let hash = (rotated % MODULUS) as Py_hash_t;
    valid(if value < 0.0 { -hash } else { hash })
}

/// The hash of memory: that of a bytes of the same content.
#[capi(raw)]
pub unsafe extern "C" fn _Py_HashBytes(src: *const c_void, len: Py_ssize_t) -> Py_hash_t {
    // SAFETY: C calls with the lock held and passes `len` readable bytes, NULL only for none.
    unsafe {
        let content = match usize::try_from(len) {
            Ok(len @ 1..) => std::slice::from_raw_parts(src.cast::<u8>(), len),
            _ => &[],
        };
        enter("_Py_HashBytes", |cx| {
            let bytes = cx.host().new_bytes(content);
            Ok(cx.call(|h| h.hash(bytes.as_ref())))
        })
    }
}

/// `PyHash_FuncDef`.
#[repr(C)]
#[derive(Debug)]
#[allow(unreachable_pub, reason = "a struct of the C API")]
pub struct PyHash_FuncDef {
    hash: unsafe extern "C" fn(*const c_void, Py_ssize_t) -> Py_hash_t,
    name: *const c_char,
    hash_bits: c_int,
    seed_bits: c_int,
}
// SAFETY: it never changes, and its name points to a constant.
unsafe impl Sync for PyHash_FuncDef {}
// SAFETY: the same.
unsafe impl Send for PyHash_FuncDef {}

static FUNCTION: std::sync::OnceLock<PyHash_FuncDef> = std::sync::OnceLock::new();

/// What `sys.hash_info` says of the hash function of bytes and str.
fn described(cx: Cx<'_>) -> Option<PyHash_FuncDef> {
    let info = host().sys_attr("hash_info")?;
    let part = |name: &str| {
        let found = cx.attr_str(info.as_ref(), name).ok();
        if found.is_none() {
            drop(cx.take_error());
        }
        found
    };
    let number =
        |name: &str| part(name).and_then(|number| host().int_value(number.as_ref())).map(|number| number as c_int);
    let name = std::ffi::CString::new(crate::cross::text_of(part("algorithm")?.as_ref())).ok()?;
    // Readers keep the name: it lives as long as the function.
    let name = name.into_raw().cast_const();
    Some(PyHash_FuncDef {
        hash: _Py_HashBytes,
        name,
        hash_bits: number("hash_bits").unwrap_or(64),
        seed_bits: number("seed_bits").unwrap_or(128),
    })
}

/// Describe the hash function of bytes and str: the host's.
#[capi]
fn PyHash_GetFuncDef(cx: Cx<'_>) -> *mut PyHash_FuncDef {
    let unnamed = PyHash_FuncDef { hash: _Py_HashBytes, name: c"siphash13".as_ptr(), hash_bits: 64, seed_bits: 128 };
    std::ptr::from_ref(FUNCTION.get_or_init(|| described(cx).unwrap_or(unnamed))).cast_mut()
}

/// CPython's seeds, which a host does not share: zeros.
#[capi_data]
pub static _Py_HashSecret: [u8; 24] = [0; 24];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_hash_as_in_cpython() {
        let recorded: [(f64, Py_hash_t); 9] = [
            (0.0, 0),
            (1.0, 1),
            (-1.0, -2),
            (0.5, 1_152_921_504_606_846_976),
            (1e300, 1_224_995_262_755_759_164),
            (5e-324, 16_777_216),
            (-2.75, -1_729_382_256_910_270_466),
            (2_305_843_009_213_693_951.0, 1),
            (f64::NEG_INFINITY, -314_159),
        ];
        for (value, hash) in recorded {
            assert_eq!(of_f64(value), hash, "{value}");
        }
    }
}
