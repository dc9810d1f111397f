//! The names of a type.

#![allow(clippy::missing_transmute_annotations, reason = "a slot's own field says the function's type")]

use std::ffi::{CStr, c_char};

use capi_macros::capi;
use object_mirror::object::PyTypeObject;

use super::class_of;
use crate::boundary::{Cx, New, Result};
use crate::host::{Kind, host};
use crate::unicodeobject;

/// `type.__name__`.
#[capi]
fn PyType_GetName(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<New> {
    let class = class_of(cx, ty)?;
    Ok(cx.to_c(cx.attr_str(class.as_ref(), "__name__")?))
}

/// `type.__qualname__`.
#[capi]
fn PyType_GetQualName(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<New> {
    let class = class_of(cx, ty)?;
    Ok(cx.to_c(cx.attr_str(class.as_ref(), "__qualname__")?))
}

/// `type.__module__`.
#[capi]
fn PyType_GetModuleName(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<New> {
    let class = class_of(cx, ty)?;
    Ok(cx.to_c(cx.attr_str(class.as_ref(), "__module__")?))
}

/// `module.qualname`, or the qualname alone for builtins and `__main__`.
#[capi]
fn PyType_GetFullyQualifiedName(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<New> {
    Ok(unicodeobject::new_from_wtf8(&full_name(cx, ty)?))
}

/// As `PyType_GetFullyQualifiedName`: what `%T` stands for in the messages of CPython.
pub(crate) fn full_name(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<Vec<u8>> {
    let class = class_of(cx, ty)?;
    let module = cx.attr_str(class.as_ref(), "__module__")?;
    let qualname = cx.attr_str(class.as_ref(), "__qualname__")?;
    let mut text = Vec::new();
    // What a program put there that is no str says nothing of a module.
    if host().kind(module.as_ref()) == Kind::Str {
        host().with_str(module.as_ref(), &mut |module| {
            if module != b"builtins" && module != b"__main__" {
                text.extend_from_slice(module);
                text.push(b'.');
            }
        });
    }
    host().with_str(qualname.as_ref(), &mut |name| text.extend_from_slice(name));
    Ok(text)
}

/// The name of the type without its module's.
#[capi(raw)]
pub unsafe extern "C" fn _PyType_Name(ty: *mut PyTypeObject) -> *const c_char {
    // SAFETY: C passes a live type, whose name ends with NUL.
    unsafe {
        let name = CStr::from_ptr((*ty).tp_name).to_bytes();
        let before = name.iter().rposition(|&byte| byte == b'.').map_or(0, |dot| dot + 1);
        (*ty).tp_name.add(before)
    }
}
