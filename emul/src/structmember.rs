//! `structmember.h`: the members of C structs.

use std::ffi::{
    CStr, c_char, c_double, c_float, c_int, c_long, c_longlong, c_short, c_uint, c_ulong, c_ulonglong, c_ushort,
};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::descrobject::{
    _Py_T_NONE, _Py_T_OBJECT, Py_READONLY, Py_RELATIVE_OFFSET, Py_T_BOOL, Py_T_BYTE, Py_T_CHAR, Py_T_DOUBLE,
    Py_T_FLOAT, Py_T_INT, Py_T_LONG, Py_T_LONGLONG, Py_T_OBJECT_EX, Py_T_PYSSIZET, Py_T_SHORT, Py_T_STRING,
    Py_T_STRING_INPLACE, Py_T_UBYTE, Py_T_UINT, Py_T_ULONG, Py_T_ULONGLONG, Py_T_USHORT, PyMemberDef,
};
use object_mirror::object::PyObject;

use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{HostRef, Kind, host};
use crate::lifetime;

/// Read a member of the C struct at `obj_addr`.
#[capi]
fn PyMember_GetOne(cx: Cx<'_>, obj_addr: *const c_char, member: *mut PyMemberDef) -> Result<New> {
    // SAFETY: C passes an instance that has the member; the type says what lies there.
    unsafe {
        if (*member).flags & Py_RELATIVE_OFFSET != 0 {
            return Err(cx.system_error("PyMember_GetOne used with Py_RELATIVE_OFFSET"));
        }
        let place = obj_addr.offset((*member).offset);
        macro_rules! read {
            ($type:ty) => {
                place.cast::<$type>().read_unaligned()
            };
        }
        let int = |value: i64| crate::longobject::new_from_i64(value);
        Ok(match (*member).type_ {
            Py_T_BOOL => {
                New::from_static(if read!(u8) != 0 { crate::statics::true_() } else { crate::statics::false_() })
            }
            Py_T_BYTE => int(read!(i8).into()),
            Py_T_UBYTE => int(read!(u8).into()),
            Py_T_SHORT => int(read!(c_short).into()),
            Py_T_USHORT => int(read!(c_ushort).into()),
            Py_T_INT => int(read!(c_int).into()),
            Py_T_UINT => int(read!(c_uint).into()),
            Py_T_LONG => int(read!(c_long)),
            Py_T_LONGLONG => int(read!(c_longlong)),
            Py_T_PYSSIZET => int(read!(Py_ssize_t) as i64),
            Py_T_ULONG | Py_T_ULONGLONG => from_u64(read!(c_ulonglong)),
            Py_T_FLOAT => crate::floatobject::new(read!(c_float).into()),
            Py_T_DOUBLE => crate::floatobject::new(read!(c_double)),
            Py_T_CHAR => crate::unicodeobject::new_from_wtf8(char::from(read!(u8)).to_string().as_bytes()),
            Py_T_STRING => {
                let pointer = read!(*const c_char);
                if pointer.is_null() {
                    cx.none()
                } else {
                    crate::unicodeobject::new_from_wtf8(CStr::from_ptr(pointer).to_bytes())
                }
            }
            Py_T_STRING_INPLACE => crate::unicodeobject::new_from_wtf8(CStr::from_ptr(place).to_bytes()),
            _Py_T_OBJECT => Obj::from_ptr(read!(*mut PyObject)).map_or_else(|| cx.none(), Obj::to_new),
            Py_T_OBJECT_EX => match Obj::from_ptr(read!(*mut PyObject)) {
                Some(object) => object.to_new(),
                None => {
                    let owner: *mut PyObject = obj_addr.cast_mut().cast();
                    let ty = CStr::from_ptr((*(*owner).ob_type).tp_name).to_string_lossy();
                    let name = CStr::from_ptr((*member).name).to_string_lossy();
                    return Err(cx.error("AttributeError", format!("'{ty}' object has no attribute '{name}'")));
                }
            },
            _Py_T_NONE => cx.none(),
            _ => return Err(cx.system_error("bad memberdescr type")),
        })
    }
}

fn from_u64(value: u64) -> New {
    let digits = [(value & 0x3FFF_FFFF) as u32, (value >> 30 & 0x3FFF_FFFF) as u32, (value >> 60) as u32];
    let used = digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1);
    crate::longobject::new_from_digits(false, &digits[..used])
}

/// The value of an int, or of what has `__index__`; `None` where it has more than 120 bits.
fn integer_of(cx: Cx<'_>, object: HostRef) -> Result<Option<i128>> {
    let number = cx.call(|h| h.unary(crate::host::UnaryOp::Index, object))?;
    if let Some(value) = host().int_value(number.as_ref()) {
        return Ok(Some(value.into()));
    }
    let (negative, digits) = host().int_digits(number.as_ref());
    if digits.len() > 4 {
        return Ok(None);
    }
    let magnitude = digits.iter().rev().fold(0_i128, |sum, &digit| sum << 30 | i128::from(digit));
    Ok(Some(if negative { -magnitude } else { magnitude }))
}

fn warn(cx: Cx<'_>, message: &str) -> Result<()> {
    let category = host().builtin_class("RuntimeWarning").ok_or_else(|| cx.bad_internal_call())?;
    let message = cx.str(message);
    cx.call_function("warnings", "warn", &[message.as_ref(), category.as_ref()])?;
    Ok(())
}

/// Write a member of the C struct at `obj_addr`; NULL deletes it.
#[capi]
fn PyMember_SetOne(cx: Cx<'_>, obj_addr: *mut c_char, member: *mut PyMemberDef, value: Option<Obj<'_>>) -> Result<()> {
    // SAFETY: C passes an instance that has the member; the type says what lies there.
    unsafe {
        if (*member).flags & Py_RELATIVE_OFFSET != 0 {
            return Err(cx.system_error("PyMember_SetOne used with Py_RELATIVE_OFFSET"));
        }
        let place = obj_addr.offset((*member).offset);
        if (*member).flags & Py_READONLY != 0 {
            return Err(cx.error("AttributeError", "readonly attribute"));
        }
        let ty = (*member).type_;
        if ty == _Py_T_OBJECT || ty == Py_T_OBJECT_EX {
            let place = place.cast::<*mut PyObject>();
            if value.is_none() && ty == Py_T_OBJECT_EX && (*place).is_null() {
                let name = CStr::from_ptr((*member).name).to_string_lossy().into_owned();
                return Err(cx.error("AttributeError", name));
            }
            let new = value.map_or(null_mut(), |value| value.to_new().into_ptr());
            let old = std::mem::replace(&mut *place, new);
            lifetime::xdecref(old);
            return Ok(());
        }
        let Some(value) = value else { return Err(cx.type_error("can't delete numeric/char attribute")) };
        macro_rules! write {
            ($type:ty, $value:expr) => {
                place.cast::<$type>().write_unaligned($value as $type)
            };
        }
        let object = value.give(cx)?;
        let integer = |low: i128, high: i128, message: &str| -> Result<i128> {
            integer_of(cx, object.as_ref())?
                .filter(|value| (low..=high).contains(value))
                .ok_or_else(|| cx.error("OverflowError", message))
        };
        let long = || integer(i64::MIN.into(), i64::MAX.into(), "Python int too large to convert to C long");
        const TOO_LARGE: &str = "Python int too large to convert to C unsigned long";
        // Negative numbers are taken for what their bits say, with a warning.
        let unsigned = |message: &str| -> Result<i128> {
            let value = integer(i128::MIN, u64::MAX.into(), message)?;
            if value < i64::MIN.into() {
                return Err(cx.error("OverflowError", "Python int too large to convert to C long"));
            }
            Ok(value)
        };
        macro_rules! narrow {
            ($type:ty, $what:literal) => {{
                let value = long()?;
                write!($type, value);
                if value < <$type>::MIN.into() || value > <$type>::MAX.into() {
                    warn(cx, concat!("Truncation of value to ", $what))?;
                }
            }};
        }
        macro_rules! keep_going {
            ($type:ty, $value:expr) => {{
                let value: Result<i128> = $value;
                write!($type, value.as_ref().map_or(-1, |&value| value));
                value?;
            }};
        }
        match ty {
            Py_T_BOOL => match host().kind(object.as_ref()) {
                Kind::True => write!(u8, 1),
                Kind::False => write!(u8, 0),
                _ => return Err(cx.type_error("attribute value type must be bool")),
            },
            Py_T_BYTE => narrow!(i8, "char"),
            Py_T_UBYTE => narrow!(u8, "unsigned char"),
            Py_T_SHORT => narrow!(c_short, "short"),
            Py_T_USHORT => narrow!(c_ushort, "unsigned short"),
            Py_T_INT => narrow!(c_int, "int"),
            Py_T_UINT => {
                let value = unsigned(TOO_LARGE)?;
                write!(c_uint, value);
                if value < 0 {
                    warn(cx, "Writing negative value into unsigned field")?;
                } else if value > c_uint::MAX.into() {
                    warn(cx, "Truncation of value to unsigned int")?;
                }
            }
            // These are written before the error is looked at: what stands there then is -1.
            Py_T_LONG => keep_going!(c_long, long()),
            Py_T_LONGLONG => {
                keep_going!(c_longlong, integer(i64::MIN.into(), i64::MAX.into(), "int too big to convert"))
            }
            Py_T_PYSSIZET => {
                if !host().kind(object.as_ref()).is_int()
                    && !matches!(host().kind(object.as_ref()), Kind::True | Kind::False)
                {
                    write!(Py_ssize_t, -1_i64);
                    return Err(cx.type_error("an integer is required"));
                }
                let message = "Python int too large to convert to C ssize_t";
                keep_going!(Py_ssize_t, integer(i64::MIN.into(), i64::MAX.into(), message))
            }
            Py_T_ULONG | Py_T_ULONGLONG => {
                let value = unsigned(if ty == Py_T_ULONG { TOO_LARGE } else { "int too big to convert" })?;
                write!(c_ulong, value);
                if value < 0 {
                    warn(cx, "Writing negative value into unsigned field")?;
                }
            }
            Py_T_FLOAT | Py_T_DOUBLE => {
                let number = crate::floatobject::PyFloat_AsDouble(value.as_ptr());
                if number == -1.0 && cx.has_error() {
                    if ty == Py_T_DOUBLE {
                        write!(c_double, number);
                    }
                    return Err(cx.pending());
                }
                if ty == Py_T_FLOAT { write!(c_float, number) } else { write!(c_double, number) }
            }
            Py_T_CHAR => {
                let mut character = None;
                if host().kind(object.as_ref()) == Kind::Str {
                    host().with_str(object.as_ref(), &mut |text| character = (text.len() == 1).then(|| text[0]));
                }
                write!(u8, character.ok_or_else(|| cx.type_error("bad argument type for built-in operation"))?)
            }
            Py_T_STRING | Py_T_STRING_INPLACE => return Err(cx.type_error("readonly attribute")),
            _ => {
                return Err(cx.system_error(format!(
                    "bad memberdescr type for {}",
                    CStr::from_ptr((*member).name).to_string_lossy()
                )));
            }
        }
        Ok(())
    }
}
