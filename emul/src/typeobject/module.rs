//! The module that a type belongs to.

#![allow(clippy::missing_transmute_annotations, reason = "a slot's own field says the function's type")]

use std::ffi::{CStr, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::object::{Py_TPFLAGS_HEAPTYPE, PyHeapTypeObject, PyObject, PyTypeObject};

use super::{class_of, flags};
use crate::boundary::{Borrowed, Cx, Obj, Result};
use crate::tupleobject;

/// The heap type of `ty`, if it is one made by C with a module.
unsafe fn module_of(ty: *mut PyTypeObject) -> *mut PyObject {
    if flags(ty) & Py_TPFLAGS_HEAPTYPE == 0 {
        return null_mut();
    }
    // SAFETY: heap types have the longer struct.
    unsafe { (*ty.cast::<PyHeapTypeObject>()).ht_module }
}

/// The module that a heap type belongs to; borrowed.
#[capi]
fn PyType_GetModule(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<Borrowed<'_>> {
    // SAFETY: C passes a live type.
    unsafe { associated_module(cx, ty).map(Borrowed::of) }
}

/// # Safety
/// `ty` is a live type.
unsafe fn associated_module<'a>(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<Obj<'a>> {
    // SAFETY: the caller's contract.
    unsafe {
        let name = CStr::from_ptr((*ty).tp_name).to_string_lossy();
        if flags(ty) & Py_TPFLAGS_HEAPTYPE == 0 {
            return Err(cx.type_error(format!("PyType_GetModule: Type '{name}' is not a heap type")));
        }
        Obj::from_ptr(module_of(ty))
            .ok_or_else(|| cx.type_error(format!("PyType_GetModule: Type '{name}' has no associated module")))
    }
}

/// The state of the module that a heap type belongs to.
#[capi]
fn PyType_GetModuleState(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<*mut c_void> {
    // SAFETY: C passes a live type.
    let module = unsafe { associated_module(cx, ty)? };
    Ok(crate::moduleobject::state(module))
}

/// The first module in the method resolution order that was made from `def`; borrowed.
#[capi]
fn PyType_GetModuleByDef(
    cx: Cx<'_>,
    ty: *mut PyTypeObject,
    def: *mut object_mirror::moduleobject::PyModuleDef,
) -> Result<Borrowed<'_>> {
    // SAFETY: C passes a live, ready type.
    unsafe {
        if (*ty).tp_mro.is_null() {
            // A builtin type that no class has been asked of yet: it has its order once it is linked.
            class_of(cx, ty)?;
        }
        for &order in tupleobject::items((*ty).tp_mro) {
            if let Some(module) = Obj::from_ptr(module_of(order.cast()))
                && std::ptr::eq(crate::moduleobject::def(module), def)
            {
                return Ok(Borrowed::of(module));
            }
        }
        let name = CStr::from_ptr((*ty).tp_name).to_string_lossy();
        Err(cx.type_error(format!("PyType_GetModuleByDef: No superclass of '{name}' has the given module")))
    }
}
