//! `cpython/classobject.h`: bound methods, and functions of C's that bind like Python's.

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::classobject::{PyInstanceMethodObject, PyMethodObject};
use object_mirror::object::{PY_VECTORCALL_ARGUMENTS_OFFSET, PyObject, PyTypeObject, visitproc};

use crate::abstract_::call;
use crate::abstract_::object::{compare, get_attr, optional_attr};
use crate::boundary::{Borrowed, Cx, New, Obj, Result, enter};
use crate::host::Compare;
use crate::slots::Slot;
use crate::statics::{self, builtin};
use crate::{abstract_, lifetime, tupleobject, typeobject, unicodeobject};

/// How many arguments a bound method passes on without a heap allocation.
const FEW: usize = 6;

/// The types' own functions. The host has no `instancemethod`: its class is made of this type, as of any type of C's.
pub(crate) fn init() {
    // SAFETY: our own statics, at start.
    unsafe {
        let method = builtin!(PyMethod_Type);
        (*method).tp_traverse = Some(method_traverse);
        let ty = builtin!(PyInstanceMethod_Type);
        (*ty).tp_dealloc = Some(instancemethod_dealloc);
        (*ty).tp_traverse = Some(instancemethod_traverse);
        (*ty).tp_repr = Some(instancemethod_repr);
        (*ty).tp_call = Some(instancemethod_call);
        (*ty).tp_descr_get = Some(instancemethod_descr_get);
        (*ty).tp_getattro = Some(instancemethod_getattro);
        (*ty).tp_new = Some(instancemethod_new);
        (*ty).tp_richcompare = Some(instancemethod_richcompare);
    }
}

/// # Safety
/// `fields` are NULL or live; `visit` is a traversal's visitor.
unsafe fn visit_all(fields: &[*mut PyObject], visit: visitproc, arg: *mut c_void) -> c_int {
    for &field in fields.iter().filter(|field| !field.is_null()) {
        // SAFETY: the caller's contract.
        let stop = unsafe { visit(field, arg) };
        if stop != 0 {
            return stop;
        }
    }
    0
}

pub(crate) unsafe extern "C" fn method_traverse(op: *mut PyObject, visit: visitproc, arg: *mut c_void) -> c_int {
    // SAFETY: a live bound method.
    unsafe { visit_all(&[(*op.cast::<PyMethodObject>()).im_func, (*op.cast::<PyMethodObject>()).im_self], visit, arg) }
}

pub(crate) unsafe extern "C" fn instancemethod_traverse(
    op: *mut PyObject,
    visit: visitproc,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: a live instance method.
    unsafe { visit_all(&[(*op.cast::<PyInstanceMethodObject>()).func], visit, arg) }
}

/// Call the function of a C-born bound method with its self before the arguments.
unsafe extern "C" fn method_vectorcall(
    op: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C's contract of a vectorcall, on a bound method, whose fields are live.
    unsafe {
        enter("method", |cx| {
            let method: *mut PyMethodObject = op.cast();
            let function = Obj::from_ptr((*method).im_func).ok_or_else(|| cx.bad_internal_call())?;
            let kwnames = Obj::from_ptr(kwnames);
            let nargs = nargsf & !PY_VECTORCALL_ARGUMENTS_OFFSET;
            let total = nargs + kwnames.map_or(0, |names| tupleobject::items(names.as_ptr()).len());
            let with_self = |place: &mut [*mut PyObject]| {
                place[0] = (*method).im_self;
                if total > 0 {
                    place[1..=total].copy_from_slice(std::slice::from_raw_parts(args, total));
                }
                call::vectorcall(cx, function, place.as_ptr(), nargs + 1, kwnames)
            };
            if total <= FEW {
                return with_self(&mut [null_mut(); FEW + 1]);
            }
            with_self(&mut vec![null_mut(); total + 1])
        })
    }
}

/// A C-born bound method.
fn new_method(cx: Cx<'_>, function: Obj<'_>, self_: Obj<'_>) -> Result<New> {
    let memory = lifetime::alloc_object(builtin!(PyMethod_Type), size_of::<PyMethodObject>());
    let method: *mut PyMethodObject = memory.ok_or_else(|| cx.error("MemoryError", ""))?.as_ptr().cast();
    // SAFETY: fresh memory of a bound method's size; the fields own their references.
    unsafe {
        (*method).im_func = function.to_new().into_ptr();
        (*method).im_self = self_.to_new().into_ptr();
        (*method).vectorcall = Some(method_vectorcall);
        Ok(New::from_ptr(method.cast()).expect("just allocated"))
    }
}

/// A method that calls `function` with `self` before its arguments.
#[capi]
fn PyMethod_New(cx: Cx<'_>, function: Obj<'_>, self_: Option<Obj<'_>>) -> Result<New> {
    let self_ = self_.ok_or_else(|| cx.bad_internal_call())?;
    new_method(cx, function, self_)
}

fn method_field<'a>(
    cx: Cx<'_>,
    op: Obj<'a>,
    field: impl FnOnce(&PyMethodObject) -> *mut PyObject,
) -> Result<Borrowed<'a>> {
    if !std::ptr::eq(op.type_ptr(), builtin!(PyMethod_Type)) {
        return Err(cx.bad_internal_call());
    }
    // SAFETY: a live bound method, which keeps its fields.
    let field = unsafe { Obj::from_ptr(field(&*op.cast::<PyMethodObject>())) };
    field.map(Borrowed::of).ok_or_else(|| cx.bad_internal_call())
}

/// The function of a bound method; borrowed.
#[capi]
fn PyMethod_Function<'a>(cx: Cx<'a>, op: Obj<'a>) -> Result<Borrowed<'a>> {
    method_field(cx, op, |method| method.im_func)
}

/// The self of a bound method; borrowed.
#[capi]
fn PyMethod_Self<'a>(cx: Cx<'a>, op: Obj<'a>) -> Result<Borrowed<'a>> {
    method_field(cx, op, |method| method.im_self)
}

/// The callable in an instance method.
fn function_of<'a>(cx: Cx<'_>, op: Obj<'a>) -> Result<Obj<'a>> {
    if !std::ptr::eq(op.type_ptr(), builtin!(PyInstanceMethod_Type)) {
        return Err(cx.bad_internal_call());
    }
    // SAFETY: a live instance method, which keeps its function.
    unsafe { Obj::from_ptr((*op.cast::<PyInstanceMethodObject>()).func) }.ok_or_else(|| cx.bad_internal_call())
}

/// A wrapper of `function` that binds to instances as a Python function does.
#[capi]
fn PyInstanceMethod_New(cx: Cx<'_>, function: Obj<'_>) -> Result<New> {
    new_instancemethod(cx, function)
}

fn new_instancemethod(cx: Cx<'_>, function: Obj<'_>) -> Result<New> {
    let memory = lifetime::alloc_object(builtin!(PyInstanceMethod_Type), size_of::<PyInstanceMethodObject>());
    let method: *mut PyInstanceMethodObject = memory.ok_or_else(|| cx.error("MemoryError", ""))?.as_ptr().cast();
    // SAFETY: fresh memory of the struct's size; the field owns its reference.
    unsafe {
        (*method).func = function.to_new().into_ptr();
        Ok(New::from_ptr(method.cast()).expect("just allocated"))
    }
}

/// The callable in an instance method; borrowed.
#[capi]
fn PyInstanceMethod_Function<'a>(cx: Cx<'a>, op: Obj<'a>) -> Result<Borrowed<'a>> {
    function_of(cx, op).map(Borrowed::of)
}

unsafe extern "C" fn instancemethod_dealloc(op: *mut PyObject) {
    // SAFETY: an instance method without references.
    unsafe {
        let function = (*op.cast::<PyInstanceMethodObject>()).func;
        lifetime::free_object(op.cast());
        lifetime::xdecref(function);
    }
}

unsafe extern "C" fn instancemethod_repr(op: *mut PyObject) -> *mut PyObject {
    // SAFETY: slots are called with live objects and the lock held.
    unsafe {
        enter("instancemethod", |cx| {
            let op = Obj::from_ptr(op).ok_or_else(|| cx.bad_internal_call())?;
            let name = unicodeobject::new_from_wtf8(b"__name__");
            let found = optional_attr(cx, function_of(cx, op)?, name.obj())?;
            let name = found.filter(|name| unicodeobject::is_str(name.obj()));
            let mut text = b"<instancemethod ".to_vec();
            text.extend(name.map_or_else(|| b"?".to_vec(), |name| unicodeobject::to_wtf8(name.as_ptr())));
            text.extend(format!(" at {:p}>", op.as_ptr()).into_bytes());
            Ok(unicodeobject::new_from_wtf8(&text))
        })
    }
}

unsafe extern "C" fn instancemethod_new(
    _ty: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: slots are called with live objects and the lock held.
    unsafe {
        enter("instancemethod", |cx| {
            if let Some(kwargs) = Obj::from_ptr(kwargs)
                && abstract_::object::is_true(cx, kwargs)?
            {
                return Err(cx.type_error("instancemethod() takes no keyword arguments"));
            }
            let &[function] = tupleobject::items(args) else {
                let given = tupleobject::items(args).len();
                return Err(cx.type_error(format!("instancemethod expected 1 argument, got {given}")));
            };
            let function = Obj::from_ptr(function).ok_or_else(|| cx.bad_internal_call())?;
            if !abstract_::has_slot(function, Slot::TpCall) {
                return Err(cx.type_error("first argument must be callable"));
            }
            new_instancemethod(cx, function)
        })
    }
}

/// Two are equal whose functions are; there is no order.
unsafe extern "C" fn instancemethod_richcompare(op: *mut PyObject, other: *mut PyObject, how: c_int) -> *mut PyObject {
    // SAFETY: slots are called with live objects and the lock held.
    unsafe {
        enter("instancemethod", |cx| {
            let (Some(op), Some(other)) = (Obj::from_ptr(op), Obj::from_ptr(other)) else {
                return Err(cx.bad_internal_call());
            };
            let alike = std::ptr::eq(other.type_ptr(), builtin!(PyInstanceMethod_Type));
            match Compare::from_c(how) {
                Some(how @ (Compare::Eq | Compare::Ne)) if alike => {
                    compare(cx, function_of(cx, op)?, function_of(cx, other)?, how)
                }
                _ => Ok(New::from_static(statics::not_implemented())),
            }
        })
    }
}

unsafe extern "C" fn instancemethod_call(
    op: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: slots are called with live objects and the lock held.
    unsafe {
        enter("instancemethod", |cx| {
            let (Some(op), Some(args)) = (Obj::from_ptr(op), Obj::from_ptr(args)) else {
                return Err(cx.bad_internal_call());
            };
            call::call(cx, function_of(cx, op)?, args, Obj::from_ptr(kwargs))
        })
    }
}

unsafe extern "C" fn instancemethod_descr_get(
    op: *mut PyObject,
    instance: *mut PyObject,
    _class: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: slots are called with live objects and the lock held.
    unsafe {
        enter("instancemethod", |cx| {
            let op = Obj::from_ptr(op).ok_or_else(|| cx.bad_internal_call())?;
            let function = function_of(cx, op)?;
            match Obj::from_ptr(instance).filter(|instance| !statics::is_none(instance.as_ptr())) {
                Some(instance) => new_method(cx, function, instance),
                None => Ok(function.to_new()),
            }
        })
    }
}

/// An attribute of the type's own, or the function's.
unsafe extern "C" fn instancemethod_getattro(op: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    // SAFETY: slots are called with live objects and the lock held.
    unsafe {
        enter("instancemethod", |cx| {
            let (Some(op), Some(name)) = (Obj::from_ptr(op), Obj::from_ptr(name)) else {
                return Err(cx.bad_internal_call());
            };
            let class = typeobject::class_of(cx, op.type_ptr())?;
            let key = name.give(cx)?;
            let is_own = cx.host().type_lookup(class.as_ref(), key.as_ref()).is_some();
            let is_shared = matches!(&unicodeobject::to_wtf8(name.as_ptr())[..], b"__doc__" | b"__module__");
            if is_own && !is_shared {
                let object = op.give(cx)?;
                return cx.object(|h| h.generic_get_attr(object.as_ref(), key.as_ref()));
            }
            if unicodeobject::to_wtf8(name.as_ptr()) == b"__func__" {
                return Ok(function_of(cx, op)?.to_new());
            }
            get_attr(cx, function_of(cx, op)?, name)
        })
    }
}
