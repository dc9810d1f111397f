//! `pycapsule.h`: capsules, by which extension modules hand each other pointers. Their state is in C, as their whole use.

use std::ffi::{CStr, c_char, c_int, c_void};

use capi_macros::capi;
use object_mirror::object::PyObject;
use object_mirror::pycapsule::{PyCapsule, PyCapsule_Destructor};

use crate::boundary::{Cx, New, Obj, Result, Text};
use crate::statics::builtin;
use crate::unicodeobject;
use crate::{datetime, lifetime, socketmodule};

/// The type's own functions. The host has no such class: it gets one made of this type, as of any type of C's.
pub(crate) fn init() {
    // SAFETY: our own static, at start.
    unsafe {
        let ty = builtin!(PyCapsule_Type);
        (*ty).tp_dealloc = Some(dealloc);
        (*ty).tp_repr = Some(repr);
    }
}

unsafe extern "C" fn dealloc(op: *mut PyObject) {
    // SAFETY: a capsule without references; the destructor takes one that lives until it returns.
    unsafe {
        if let Some(destructor) = (*op.cast::<PyCapsule>()).destructor {
            destructor(op);
        }
        lifetime::free_object(op.cast());
    }
}

unsafe extern "C" fn repr(op: *mut PyObject) -> *mut PyObject {
    // SAFETY: slots are called with live objects; a name lives as long as its capsule.
    unsafe {
        let name = (*op.cast::<PyCapsule>()).name;
        let (quote, name) =
            if name.is_null() { ("", "NULL".into()) } else { ("\"", CStr::from_ptr(name).to_string_lossy()) };
        unicodeobject::new_from_wtf8(format!("<capsule object {quote}{name}{quote} at {op:p}>").as_bytes()).into_ptr()
    }
}

/// The capsule at `op`, if it is one with a pointer.
fn legal(op: Option<Obj<'_>>) -> Option<*mut PyCapsule> {
    let op = op.filter(|op| std::ptr::eq(op.type_ptr(), builtin!(PyCapsule_Type)))?;
    // SAFETY: a live capsule.
    (!unsafe { (*op.cast::<PyCapsule>()).pointer }.is_null()).then(|| op.cast())
}

fn check(cx: Cx<'_>, op: Option<Obj<'_>>, function: &str) -> Result<*mut PyCapsule> {
    legal(op).ok_or_else(|| cx.value_error(format!("{function} called with invalid PyCapsule object")))
}

/// Whether two names, each possibly NULL, are the same.
fn same_name(left: *const c_char, right: *const c_char) -> bool {
    if left.is_null() || right.is_null() {
        return std::ptr::eq(left, right);
    }
    // SAFETY: names are NUL-terminated.
    unsafe { CStr::from_ptr(left) == CStr::from_ptr(right) }
}

/// A capsule of `pointer`, with a name that lives as long as it, and what to call before it is freed.
#[capi]
fn PyCapsule_New(cx: Cx<'_>, pointer: *mut c_void, name: *const c_char, destructor: *mut c_void) -> Result<New> {
    if pointer.is_null() {
        return Err(cx.value_error("PyCapsule_New called with null pointer"));
    }
    let capsule = new(cx, pointer, name)?;
    // SAFETY: a fresh capsule; C passes NULL or a destructor.
    unsafe {
        let destructor = std::mem::transmute::<*mut c_void, Option<PyCapsule_Destructor>>(destructor);
        (*capsule.as_ptr().cast::<PyCapsule>()).destructor = destructor;
    }
    Ok(capsule)
}

/// A capsule of `pointer` without a destructor.
pub(crate) fn new(cx: Cx<'_>, pointer: *mut c_void, name: *const c_char) -> Result<New> {
    let memory = lifetime::alloc_object(builtin!(PyCapsule_Type), size_of::<PyCapsule>());
    let capsule: *mut PyCapsule = memory.ok_or_else(|| cx.error("MemoryError", ""))?.as_ptr().cast();
    // SAFETY: fresh memory of a capsule's size.
    unsafe {
        (*capsule).pointer = pointer;
        (*capsule).name = name;
        Ok(New::from_ptr(capsule.cast()).expect("just allocated"))
    }
}

/// Whether `op` is a capsule of that name.
#[capi]
fn PyCapsule_IsValid(op: Option<Obj<'_>>, name: *const c_char) -> bool {
    // SAFETY: a live capsule.
    legal(op).is_some_and(|capsule| same_name(unsafe { (*capsule).name }, name))
}

/// The pointer, if the name is the capsule's.
#[capi]
fn PyCapsule_GetPointer(cx: Cx<'_>, op: Option<Obj<'_>>, name: *const c_char) -> Result<*mut c_void> {
    let capsule = check(cx, op, "PyCapsule_GetPointer")?;
    // SAFETY: a live capsule.
    unsafe {
        if !same_name((*capsule).name, name) {
            return Err(cx.value_error("PyCapsule_GetPointer called with incorrect name"));
        }
        Ok((*capsule).pointer)
    }
}

/// The name; NULL is a name too.
#[capi]
fn PyCapsule_GetName(cx: Cx<'_>, op: Option<Obj<'_>>) -> Result<*const c_char> {
    // SAFETY: a live capsule.
    Ok(unsafe { (*check(cx, op, "PyCapsule_GetName")?).name })
}

/// The destructor, NULL for none.
#[capi]
fn PyCapsule_GetDestructor(cx: Cx<'_>, op: Option<Obj<'_>>) -> Result<*mut c_void> {
    let capsule = check(cx, op, "PyCapsule_GetDestructor")?;
    // SAFETY: a live capsule; an optional function is a pointer.
    Ok(unsafe { std::mem::transmute::<Option<PyCapsule_Destructor>, *mut c_void>((*capsule).destructor) })
}

/// The context, NULL if none was set.
#[capi]
fn PyCapsule_GetContext(cx: Cx<'_>, op: Option<Obj<'_>>) -> Result<*mut c_void> {
    // SAFETY: a live capsule.
    Ok(unsafe { (*check(cx, op, "PyCapsule_GetContext")?).context })
}

/// Set the pointer.
#[capi]
fn PyCapsule_SetPointer(cx: Cx<'_>, op: Option<Obj<'_>>, pointer: *mut c_void) -> Result<()> {
    if pointer.is_null() {
        return Err(cx.value_error("PyCapsule_SetPointer called with null pointer"));
    }
    // SAFETY: a live capsule.
    unsafe { (*check(cx, op, "PyCapsule_SetPointer")?).pointer = pointer };
    Ok(())
}

/// Set the name.
#[capi]
fn PyCapsule_SetName(cx: Cx<'_>, op: Option<Obj<'_>>, name: *const c_char) -> Result<()> {
    // SAFETY: a live capsule.
    unsafe { (*check(cx, op, "PyCapsule_SetName")?).name = name };
    Ok(())
}

/// Set the destructor.
#[capi]
fn PyCapsule_SetDestructor(cx: Cx<'_>, op: Option<Obj<'_>>, destructor: *mut c_void) -> Result<()> {
    let capsule = check(cx, op, "PyCapsule_SetDestructor")?;
    // SAFETY: a live capsule; C passes NULL or a destructor.
    unsafe { (*capsule).destructor = std::mem::transmute::<*mut c_void, Option<PyCapsule_Destructor>>(destructor) };
    Ok(())
}

/// Set the context.
#[capi]
fn PyCapsule_SetContext(cx: Cx<'_>, op: Option<Obj<'_>>, context: *mut c_void) -> Result<()> {
    // SAFETY: a live capsule.
    unsafe { (*check(cx, op, "PyCapsule_SetContext")?).context = context };
    Ok(())
}

/// The pointer of the capsule at `module.attribute...`, whose name that is too.
#[capi]
fn PyCapsule_Import(cx: Cx<'_>, name: Text<'_>, _no_block: c_int) -> Result<*mut c_void> {
    let path = name.to_str();
    if same_name(name.c_str().as_ptr(), datetime::CAPSULE.as_ptr()) {
        datetime::install(cx)?;
    } else if same_name(name.c_str().as_ptr(), socketmodule::CAPSULE.as_ptr()) {
        socketmodule::install(cx)?;
    }
    let mut parts = path.split('.');
    let first = parts.next().unwrap_or_default();
    let mut object = match cx.unlocked(|h| h.import(first)) {
        Ok(module) => module,
        Err(_) => return Err(cx.error("ImportError", format!("PyCapsule_Import could not import module \"{first}\""))),
    };
    for part in parts {
        object = cx.attr_str(object.as_ref(), part)?;
    }
    let capsule = cx.to_c(object);
    let found = legal(Some(capsule.obj()))
        // SAFETY: a live capsule.
        .map(|capsule| unsafe { ((*capsule).name, (*capsule).pointer) })
        .filter(|&(own, _)| same_name(own, name.c_str().as_ptr()));
    let Some((_, pointer)) = found else {
        return Err(cx.error("AttributeError", format!("PyCapsule_Import \"{path}\" is not valid")));
    };
    Ok(pointer)
}
