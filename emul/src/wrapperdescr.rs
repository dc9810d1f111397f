//! `descrobject.h`: slot wrappers that C makes by itself.

#![allow(non_camel_case_types, reason = "types of the C API")]

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::descrobject::{wrapperbase, wrapperfunc};
use object_mirror::object::{PyObject, PyTypeObject};

use crate::boundary::{Cx, New, Result};
use crate::descrobject::{Address, text, tp_name};
use crate::docstrings::kept_text;
use crate::host::{HostObj, HostRef, HostResult, NativeCall, host};
use crate::lifetime::Guard;
use crate::pystate::Frame;
use crate::{cross, slots, typeobject};

/// A slot wrapper of `ty`: it calls `base->wrapper` with the object, a tuple of the arguments and `wrapped`.
#[capi]
fn PyDescr_NewWrapper(cx: Cx<'_>, ty: *mut PyTypeObject, base: *mut wrapperbase, wrapped: *mut c_void) -> Result<New> {
    let class = typeobject::class_of(cx, ty)?;
    // SAFETY: C passes a definition that outlives the type.
    let (name, doc) = unsafe { (text((*base).name).unwrap_or_default(), kept_text((*base).doc).unwrap_or_default()) };
    let (ty, base, wrapped) = (Address(ty), Address(base), Address(wrapped));
    let call: NativeCall = Box::new(move |args, names| call_wrapper(ty.get(), base.get(), wrapped.get(), args, names));
    Ok(cx.to_c(host().new_slot_wrapper(class.as_ref(), &name, Some(&doc), call)))
}

/// Call C's wrapper of a slot.
fn call_wrapper(
    ty: *mut PyTypeObject,
    base: *mut wrapperbase,
    wrapped: *mut c_void,
    args: &[HostRef],
    names: &[HostRef],
) -> HostResult<HostObj> {
    const PYWRAPPERFLAG_KEYWORDS: c_int = 1;
    let _frame = Frame::enter();
    let held = Guard::hold();
    let cx = held.cx();
    // SAFETY: C's definition outlives the type.
    let (name, flags, function) = unsafe { (text((*base).name).unwrap_or_default(), (*base).flags, (*base).wrapper) };
    let refused = |message: String| {
        cx.type_error(message);
        Err(slots::pending(cx))
    };
    let Some((&self_, rest)) = args[..args.len() - names.len()].split_first() else {
        return refused(format!("descriptor '{name}' of '{}' object needs an argument", tp_name(ty)));
    };
    let self_ = cross::to_c(self_);
    // SAFETY: a live object.
    let got = unsafe { (*self_.as_ptr()).ob_type };
    if !typeobject::is_subtype(got, ty) {
        let (wanted, got) = (tp_name(ty), tp_name(got));
        return refused(format!("descriptor '{name}' requires a '{wanted}' object but received a '{got}'"));
    }
    if !names.is_empty() && flags & PYWRAPPERFLAG_KEYWORDS == 0 {
        return refused(format!("wrapper {name}() takes no keyword arguments"));
    }
    let Some(function) = function else { return refused(format!("wrapper {name}() has no function")) };
    let mirrors: Vec<New> = rest.iter().map(|&argument| cross::to_c(argument)).collect();
    let addresses: Vec<*mut PyObject> = mirrors.iter().map(New::as_ptr).collect();
    let tuple = crate::tupleobject::from_items(&addresses);
    let keywords = if names.is_empty() {
        None
    } else {
        let dict = host().new_dict();
        for (&name, &value) in names.iter().zip(&args[args.len() - names.len()..]) {
            host().dict_set(dict.as_ref(), name, value)?;
        }
        Some(cx.to_c(dict))
    };
    let keywords = keywords.as_ref().map_or(null_mut(), New::as_ptr);
    // SAFETY: C's function, which takes keywords where its flag says so; the arguments are live.
    let result = unsafe {
        if flags & PYWRAPPERFLAG_KEYWORDS == 0 {
            function(self_.as_ptr(), tuple.as_ptr(), wrapped)
        } else {
            std::mem::transmute::<wrapperfunc, wrapperfunc_kwds>(function)(
                self_.as_ptr(),
                tuple.as_ptr(),
                wrapped,
                keywords,
            )
        }
    };
    if result.is_null() { Err(slots::pending(cx)) } else { cross::consume_checked(cx, result) }
}

/// A wrapper that takes keywords.
type wrapperfunc_kwds = unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut c_void, *mut PyObject) -> *mut PyObject;
