//! Types: classes of the host as `PyTypeObject`s, types of C as classes of the host.
//!
//! A type made by C is made *ready* as CPython does it (bases, slot inheritance, flags), then the host makes a class for it
//! whose slots lead back here ([`crate::slots`]) and whose namespace gets a descriptor for each method, member, getset and
//! slot. A class of the host gets a full heap type the first time it crosses, with slots inherited from its bases' mirrors
//! and dynamic ones where the class defines special methods itself.

#![allow(clippy::missing_transmute_annotations, reason = "a slot's own field says the function's type")]

pub(crate) mod attributes;
pub(crate) mod from_spec;
pub(crate) mod getslot;
pub(crate) mod host_class;
pub(crate) mod module;
pub(crate) mod names;
pub(crate) mod ready;
pub(crate) mod with_dict;

pub(crate) use from_spec::from_spec;
pub(crate) use host_class::{forget_own_slots, took_from_builtin, update_orders, update_slots};
pub(crate) use ready::{bases_fit, best_of, ready, set_before_ready, unready};

use std::ffi::{CStr, c_int, c_uint, c_ulong, c_void};

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{
    Py_TPFLAGS_BASE_EXC_SUBCLASS, Py_TPFLAGS_BYTES_SUBCLASS, Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_HAVE_GC,
    Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_LIST_SUBCLASS, Py_TPFLAGS_LONG_SUBCLASS, Py_TPFLAGS_TUPLE_SUBCLASS,
    Py_TPFLAGS_TYPE_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS, PyObject, PyTypeObject, PyVarObject,
};
use refcount_bridge::State;

use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{HostObj, HostRef, host};
use crate::lifetime::{self, bridge};
use crate::statics::{self, builtin};
use crate::tupleobject;
use host_class::make_heap_type;

/// What CPython has in `tp_weaklistoffset` of a type whose instances' weak references it keeps before the object.
const MANAGED_WEAKREF_OFFSET: Py_ssize_t = -4 * size_of::<usize>() as Py_ssize_t;

const SUBCLASS_FLAGS: u64 = Py_TPFLAGS_LONG_SUBCLASS
    | Py_TPFLAGS_LIST_SUBCLASS
    | Py_TPFLAGS_TUPLE_SUBCLASS
    | Py_TPFLAGS_BYTES_SUBCLASS
    | Py_TPFLAGS_UNICODE_SUBCLASS
    | Py_TPFLAGS_DICT_SUBCLASS
    | Py_TPFLAGS_BASE_EXC_SUBCLASS
    | Py_TPFLAGS_TYPE_SUBCLASS;

/// Whether `ty` is `of` or derived from it.
pub(crate) fn is_subtype(ty: *mut PyTypeObject, of: *mut PyTypeObject) -> bool {
    if std::ptr::eq(ty, of) {
        return true;
    }
    // SAFETY: live types; a method resolution order is a tuple of types.
    unsafe {
        let mro = (*ty).tp_mro;
        if !mro.is_null() {
            return tupleobject::items(mro).iter().any(|&base| std::ptr::eq(base.cast(), of));
        }
        let mut base = (*ty).tp_base;
        while !base.is_null() {
            if std::ptr::eq(base, of) {
                return true;
            }
            base = (*base).tp_base;
        }
    }
    std::ptr::eq(of, builtin!(PyBaseObject_Type))
}

/// Whether C lays out (a part of) the instances of `ty`: a type made by C, or a class derived from one.
pub(crate) fn is_c_class(ty: *mut PyTypeObject) -> bool {
    bridge(|bridge| bridge.link(ty.cast()).has(State::LAYS_OUT))
}

fn flags(ty: *mut PyTypeObject) -> u64 {
    // SAFETY: callers pass live types.
    unsafe { (*ty).tp_flags }
}

/// The host's class of `ty`, made ready if need be.
pub(crate) fn class_of(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<HostObj> {
    if let Some(class) = lifetime::host_of(ty.cast()) {
        return Ok(class.to_owned());
    }
    // SAFETY: a live type has a name.
    let name = unsafe { CStr::from_ptr((*ty).tp_name) }.to_string_lossy();
    if statics::static_type(&name) == Some(ty) {
        let Some(class) = host().builtin_class(&name) else {
            // The host has no such class (`PyCapsule`): it gets one, as for any type of C's.
            ready(cx, ty)?;
            let class = lifetime::host_of(ty.cast());
            return class
                .map(HostRef::to_owned)
                .ok_or_else(|| cx.system_error(format!("the host has no class {name}")));
        };
        link_static(ty, &class);
        return Ok(class);
    }
    ready(cx, ty)?;
    let class = lifetime::host_of(ty.cast());
    class.map(HostRef::to_owned).ok_or_else(|| cx.system_error(format!("type {name} is not ready")))
}

fn link_static(ty: *mut PyTypeObject, class: &HostObj) {
    let identity = host().identity(class.word());
    bridge(|bridge| bridge.link_immortal(ty.cast(), class.clone().into_word(), identity));
    fill_orders(ty, class.as_ref());
}

/// `tp_bases` and `tp_mro`: tuples of the classes' mirrors.
fn fill_orders(ty: *mut PyTypeObject, class: HostRef) {
    let info = host().class_info(class);
    let tuple = |classes: &[HostObj]| {
        let tuple = tupleobject::new(classes.len());
        for (index, class) in classes.iter().enumerate() {
            let mirror = mirror_of_class(class.as_ref());
            // SAFETY: types' mirrors live as long as their classes, which the tuple's owner keeps.
            let item = unsafe {
                lifetime::incref(mirror.cast());
                New::from_ptr(mirror.cast()).expect("mirrors have addresses")
            };
            tupleobject::set_fresh(tuple.as_ptr(), index, item);
        }
        tuple.into_ptr()
    };
    // SAFETY: a live type whose fields are ours to fill.
    unsafe {
        if (*ty).tp_bases.is_null() {
            (*ty).tp_bases = tuple(&info.bases);
        }
        (*ty).tp_mro = tuple(&info.mro);
    }
}

/// The `PyTypeObject` of a host class, borrowed: it lives as long as the class, which it keeps alive.
pub(crate) fn mirror_of_class(class: HostRef) -> *mut PyTypeObject {
    if let Some(mirror) = lifetime::find(class) {
        return mirror.cast();
    }
    let identity = host().identity(class.word());
    let info = host().class_info(class);
    if !info.is_heap
        && let Some(ty) = statics::static_type(&info.name)
        && host().builtin_class(&info.name).is_some_and(|found| host().identity(found.word()) == identity)
    {
        link_static(ty, &class.to_owned());
        return ty;
    }
    make_heap_type(class, identity, &info)
}

/// The nearest builtin type up the bases of `ty`, which neither C nor Python code made. Where C chose a base of its own before a
/// builtin, as numpy's float64 does, the builtin is found in the order: its instances have the builtin's fields all the same.
pub(crate) fn builtin_base(ty: *mut PyTypeObject) -> *mut PyTypeObject {
    let is_builtin = |base: *mut PyTypeObject| !is_c_class(base) && is_static(base);
    let object = builtin!(PyBaseObject_Type);
    let mut base = ty;
    // SAFETY: live types; `object` is a builtin.
    unsafe {
        while !is_builtin(base) {
            base = (*base).tp_base;
        }
        if !std::ptr::eq(base, object) || (*ty).tp_mro.is_null() {
            return base;
        }
        let mut order = tupleobject::items((*ty).tp_mro).iter().map(|&class| class.cast::<PyTypeObject>());
        order.find(|&class| is_builtin(class) && !std::ptr::eq(class, object)).unwrap_or(base)
    }
}

/// The host changed an object's class: its mirror's type follows.
pub(crate) fn check_type(object: HostRef, mirror: *mut PyObject) {
    // SAFETY: a live mirror of a live type.
    let ty = unsafe { (*mirror).ob_type };
    let Some(linked) = lifetime::host_of(ty.cast()) else { return };
    let class = host().type_of(object);
    if host().identity(linked.word()) != host().identity(class.word()) {
        replace_type(mirror, class);
    }
}

/// Give a mirror the type of another class: an object holds its type, if that is a heap type.
pub(crate) fn replace_type(mirror: *mut PyObject, class: HostRef) {
    let ty = mirror_of_class(class);
    // SAFETY: a live mirror of a live type; classes' mirrors live as long as the classes.
    unsafe {
        let before = std::mem::replace(&mut (*mirror).ob_type, ty);
        if !is_static(ty) {
            lifetime::incref(ty.cast());
        }
        if !is_static(before) {
            lifetime::decref(before.cast());
        }
    }
}

/// Whether `ty` is no heap type.
#[inline]
pub(crate) fn is_static(ty: *mut PyTypeObject) -> bool {
    // SAFETY: callers pass live types.
    unsafe { (*ty).tp_flags & Py_TPFLAGS_HEAPTYPE as c_ulong == 0 }
}

/// Whether `a` is `b` or derived from it.
#[capi(raw)]
pub unsafe extern "C" fn PyType_IsSubtype(a: *mut PyTypeObject, b: *mut PyTypeObject) -> c_int {
    c_int::from(is_subtype(a, b))
}

/// The type's flags.
#[capi(raw)]
pub unsafe extern "C" fn PyType_GetFlags(ty: *mut PyTypeObject) -> c_ulong {
    flags(ty) as c_ulong
}

/// Zeroed memory for an instance of `ty` with `nitems` items, one reference.
#[capi(raw)]
pub unsafe extern "C" fn PyType_GenericAlloc(ty: *mut PyTypeObject, nitems: Py_ssize_t) -> *mut PyObject {
    // SAFETY: C passes a live type; the memory holds the items behind the basic size, as `_PyObject_VAR_SIZE` says.
    unsafe {
        let itemsize = (*ty).tp_itemsize;
        let items = if itemsize == 0 { 0 } else { (nitems + 1) * itemsize };
        let size = ((*ty).tp_basicsize + items) as usize;
        let Some(object) = lifetime::alloc_object(ty, size) else {
            return crate::boundary::enter("PyType_GenericAlloc", |cx| -> Result<Option<New>> {
                Err(cx.error("MemoryError", ""))
            });
        };
        if itemsize != 0 {
            (*object.as_ptr().cast::<PyVarObject>()).ob_size = nitems;
        }
        track(ty, object.as_ptr());
        object.as_ptr()
    }
}

/// Have the collector look at a fresh instance of `ty`, if its type takes part in collections.
pub(crate) fn track(ty: *mut PyTypeObject, object: *mut PyObject) {
    if flags(ty) & Py_TPFLAGS_HAVE_GC != 0 {
        crate::cycles::born();
        bridge(|bridge| bridge.link(object).set(State::TRACKED));
    }
}

/// `tp_new` by `tp_alloc` alone.
#[capi(raw)]
pub unsafe extern "C" fn PyType_GenericNew(
    ty: *mut PyTypeObject,
    _args: *mut PyObject,
    _kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C passes a live, ready type.
    unsafe { (*ty).tp_alloc.unwrap_or(PyType_GenericAlloc)(ty, 0) }
}

/// The type changed: forget what was cached of it.
#[capi]
fn PyType_Modified(cx: Cx<'_>, ty: *mut PyTypeObject) {
    if let Some(class) = lifetime::host_of(ty.cast()) {
        crate::watchers::around_class_change(|| cx.host().class_modified(class));
    }
}

/// The class's namespace.
#[capi]
fn PyType_GetDict(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<New> {
    let class = class_of(cx, ty)?;
    Ok(cx.to_c(host().namespace(class.as_ref())))
}

/// Where the data that a type with a negative basic size added lies in an instance.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_GetTypeData(op: *mut PyObject, ty: *mut PyTypeObject) -> *mut c_void {
    // SAFETY: C passes an instance of the type.
    unsafe { op.cast::<u8>().offset(((*(*ty).tp_base).tp_basicsize + 15) / 16 * 16).cast() }
}

/// How much that is.
#[capi(raw)]
pub unsafe extern "C" fn PyType_GetTypeDataSize(ty: *mut PyTypeObject) -> Py_ssize_t {
    // SAFETY: C passes a live type.
    unsafe { ((*ty).tp_basicsize - ((*(*ty).tp_base).tp_basicsize + 15) / 16 * 16).max(0) }
}

/// Drop the lookup cache: there is none here.
#[capi(raw)]
pub unsafe extern "C" fn PyType_ClearCache() -> c_uint {
    0
}

/// Where the items of an object lie whose type has them behind everything else (`Py_TPFLAGS_ITEMS_AT_END`).
#[capi]
fn PyObject_GetItemData(cx: Cx<'_>, object: Obj<'_>) -> Result<*mut c_void> {
    if !object.type_has(object_mirror::object::Py_TPFLAGS_ITEMS_AT_END) {
        let name = object.type_name();
        return Err(cx.type_error(format!("type '{name}' does not have Py_TPFLAGS_ITEMS_AT_END")));
    }
    // SAFETY: a live object of a live type: the items begin where the fixed part ends.
    unsafe { Ok(object.as_ptr().cast::<u8>().offset((*object.type_ptr()).tp_basicsize).cast()) }
}
