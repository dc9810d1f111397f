//! Converters for "O&".

use std::ffi::{c_int, c_uint, c_ulong, c_ulonglong, c_ushort, c_void};

use capi_macros::capi;
use object_mirror::object::PyObject;

use super::read::{as_unsigned_long, expect_int, overflow};
use super::{digits_of, is_int, to_i128};
use crate::boundary::{Cx, Obj, Result, enter};

/// One `_PyLong_*_Converter`: 1 with the value stored, or 0 with an exception.
fn convert<T>(
    name: &'static str,
    object: *mut PyObject,
    target: *mut c_void,
    read: impl FnOnce(Cx<'static>, Obj<'static>) -> Result<T>,
) -> c_int {
    // SAFETY: C calls with the lock held, a live object, and the address of a variable of the converter's type.
    let result = unsafe {
        enter(name, |cx| {
            let Some(object) = Obj::from_ptr(object) else {
                return Ok(Err(cx.bad_internal_call()));
            };
            if is_int(object) && digits_of(object.as_ptr()).0 {
                return Ok(Err(cx.value_error("value must be positive")));
            }
            Ok(read(cx, object).map(|value| target.cast::<T>().write(value)))
        })
    };
    c_int::from(result == 0)
}

fn narrowed<T: TryFrom<c_ulong>>(cx: Cx<'_>, object: Obj<'_>, name: &str) -> Result<T> {
    let value = as_unsigned_long(cx, object)?;
    T::try_from(value).or_else(|_| overflow(cx, &format!("Python int too large for C {name}")))
}

/// An argument converter: store an unsigned short.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_UnsignedShort_Converter(obj: *mut PyObject, ptr: *mut c_void) -> c_int {
    convert("_PyLong_UnsignedShort_Converter", obj, ptr, |cx, object| {
        narrowed::<c_ushort>(cx, object, "unsigned short")
    })
}

/// An argument converter: store an unsigned int.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_UnsignedInt_Converter(obj: *mut PyObject, ptr: *mut c_void) -> c_int {
    convert("_PyLong_UnsignedInt_Converter", obj, ptr, |cx, object| narrowed::<c_uint>(cx, object, "unsigned int"))
}

/// An argument converter: store an unsigned long.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_UnsignedLong_Converter(obj: *mut PyObject, ptr: *mut c_void) -> c_int {
    convert("_PyLong_UnsignedLong_Converter", obj, ptr, |cx, object| as_unsigned_long(cx, object))
}

/// An argument converter: store an unsigned long long.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_UnsignedLongLong_Converter(obj: *mut PyObject, ptr: *mut c_void) -> c_int {
    convert("_PyLong_UnsignedLongLong_Converter", obj, ptr, |cx, object| {
        let (negative, digits) = expect_int(cx, object)?;
        match to_i128(negative, digits).map(c_ulonglong::try_from) {
            Some(Ok(value)) => Ok(value),
            _ => overflow(cx, "int too big to convert"),
        }
    })
}

/// An argument converter: store a `size_t`.
#[capi(raw)]
pub unsafe extern "C" fn _PyLong_Size_t_Converter(obj: *mut PyObject, ptr: *mut c_void) -> c_int {
    convert("_PyLong_Size_t_Converter", obj, ptr, |cx, object| {
        let (negative, digits) = expect_int(cx, object)?;
        match to_i128(negative, digits).map(usize::try_from) {
            Some(Ok(value)) => Ok(value),
            _ => overflow(cx, "Python int too large to convert to C size_t"),
        }
    })
}
