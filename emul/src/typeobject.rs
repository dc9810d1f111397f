//! Types: classes of the host as `PyTypeObject`s, types of C as classes of the host.
//!
//! A type made by C is made *ready* as CPython does it (bases, slot inheritance, flags), then the host makes a class for it
//! whose slots lead back here ([`crate::slots`]) and whose namespace gets a descriptor for each method, member, getset and
//! slot. A class of the host gets a full heap type the first time it crosses, with slots inherited from its bases' mirrors
//! and dynamic ones where the class defines special methods itself.

#![allow(clippy::missing_transmute_annotations, reason = "a slot's own field says the function's type")]

use std::cell::UnsafeCell;
use std::collections::HashMap;
use std::ffi::{CStr, CString, c_int, c_uint, c_ulong, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::descrobject::PyMemberDef;
use object_mirror::object::{
    Py_TPFLAGS_BASE_EXC_SUBCLASS, Py_TPFLAGS_BASETYPE, Py_TPFLAGS_BYTES_SUBCLASS, Py_TPFLAGS_DICT_SUBCLASS,
    Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HAVE_VECTORCALL, Py_TPFLAGS_HEAPTYPE,
    Py_TPFLAGS_IMMUTABLETYPE, Py_TPFLAGS_ITEMS_AT_END, Py_TPFLAGS_LIST_SUBCLASS, Py_TPFLAGS_LONG_SUBCLASS,
    Py_TPFLAGS_MANAGED_DICT, Py_TPFLAGS_MANAGED_WEAKREF, Py_TPFLAGS_MAPPING, Py_TPFLAGS_METHOD_DESCRIPTOR,
    Py_TPFLAGS_READY, Py_TPFLAGS_READYING, Py_TPFLAGS_SEQUENCE, Py_TPFLAGS_TUPLE_SUBCLASS, Py_TPFLAGS_TYPE_SUBCLASS,
    Py_TPFLAGS_UNICODE_SUBCLASS, PyHeapTypeObject, PyObject, PyType_Slot, PyType_Spec, PyTypeObject, PyVarObject,
    slots as number,
};
use refcount_bridge::State;

use crate::boundary::{Borrowed, Cx, New, Obj, Raised, Result};
use crate::host::{ClassSpec, HostObj, HostRef, Kind, host};
use crate::lifetime::{self, bridge};
use crate::slots::Slot;
use crate::statics::builtin;
use crate::{descrobject, heaptype, lending, special, statics, tupleobject, unicodeobject};

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

fn make_heap_type(class: HostRef, identity: usize, info: &crate::host::ClassInfo) -> *mut PyTypeObject {
    let bases: Vec<_> = info.bases.iter().map(|base| mirror_of_class(base.as_ref())).collect();
    // The host may think otherwise of which base lays out the instances: it does not know C's layouts.
    let base = best_base(&bases).or_else(|| info.base.as_ref().map(|base| mirror_of_class(base.as_ref())));
    let base = base.unwrap_or(builtin!(PyBaseObject_Type));
    let metaclass = mirror_of_class(host().type_of(class));
    // SAFETY: fresh, zeroed memory of a heap type's size; the bases are live types.
    unsafe {
        let heap: *mut PyHeapTypeObject =
            lifetime::alloc_object(metaclass, size_of::<PyHeapTypeObject>().max((*metaclass).tp_basicsize as usize))
                .expect("memory for a type")
                .as_ptr()
                .cast();
        let ty: *mut PyTypeObject = heap.cast();
        let name = CString::new(info.name.replace('\0', "")).expect("no NUL left");
        // A class of the host's own has its module in its name, as CPython's static types have.
        let short = if info.is_heap { &info.name } else { info.name.rsplit('.').next().unwrap_or_default() };
        (*heap).ht_name = unicodeobject::new_from_wtf8(short.as_bytes()).into_ptr();
        (*heap).ht_qualname = unicodeobject::new_from_wtf8(short.as_bytes()).into_ptr();
        (*ty).tp_name = name.into_raw();
        lifetime::incref(base.cast());
        (*ty).tp_base = base;
        let mut own = Py_TPFLAGS_READY | Py_TPFLAGS_HEAPTYPE;
        if info.is_base_type {
            own |= Py_TPFLAGS_BASETYPE;
        }
        (*ty).tp_flags = own as c_ulong;
        point_suites(heap);
        let word = class.to_owned().into_word();
        bridge(|bridge| bridge.link_bound(ty.cast(), word, identity));
        // What `alloc_object` counted is nobody's: the share alone holds it so far.
        (*ty).ob_base.ob_base.ob_refcnt -= 1;
        crate::cycles::born();
        fill_orders(ty, class);
        if is_c_class(base) {
            bridge(|bridge| bridge.link(ty.cast()).set(State::LAYS_OUT));
            (*ty).tp_dealloc = Some(heaptype::subtype_dealloc);
            if flags(base) & Py_TPFLAGS_HAVE_GC != 0 {
                (*ty).tp_flags |= Py_TPFLAGS_HAVE_GC as c_ulong;
                (*ty).tp_traverse = Some(heaptype::subtype_traverse);
                (*ty).tp_clear = (*base).tp_clear;
            }
        }
        inherit_layout(ty, base, true);
        for &order in &tupleobject::items((*ty).tp_mro)[1..] {
            inherit(ty, order.cast());
        }
        crate::datetime::lay_out(ty, class, &info.name);
        crate::structmodule::lay_out(ty, class, &info.name);
        if info.has_dict && (*base).tp_dictoffset == 0 {
            (*ty).tp_flags |= (Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_HAVE_GC) as c_ulong;
            (*ty).tp_dictoffset = -1;
            (*ty).tp_traverse = (*ty).tp_traverse.or(Some(lifetime::_Emul_value_traverse));
            (*ty).tp_clear = (*ty).tp_clear.or(Some(lifetime::_Emul_value_clear));
        }
        (*ty).tp_dict = crate::cross::to_c(host().namespace(class).as_ref()).into_ptr();
        lending::mark_namespace((*ty).tp_dict);
        let definitions = Definitions::of(ty);
        for &slot in Slot::ALL {
            if let Some(function) = definitions.function(slot) {
                fill(ty, slot, function);
            }
        }
        ty
    }
}

/// Who defines what along a class's method resolution order.
struct Definitions(Vec<(*mut PyTypeObject, Option<crate::host::ClassInfo>)>);

impl Definitions {
    /// # Safety
    /// `ty` is a live type with a method resolution order.
    unsafe fn of(ty: *mut PyTypeObject) -> Self {
        // SAFETY: the caller's contract.
        let order = unsafe { tupleobject::items((*ty).tp_mro) };
        let info = |ty: *mut PyTypeObject| {
            let class = lifetime::host_of(ty.cast()).filter(|_| is_made_by_host(ty))?;
            Some(host().class_info(class))
        };
        Self(order.iter().map(|&ty| (ty.cast(), info(ty.cast()))).collect())
    }

    /// The function that the nearest definition of one of the slot's methods puts there; `None`: nothing but what is
    /// inherited by order.
    fn function(&self, slot: Slot) -> Option<usize> {
        let names = match slot {
            // Functions that read a buffer only while they run ask whether its release means something.
            Slot::BfGetbuffer => &["__buffer__"],
            Slot::BfReleasebuffer => &["__release_buffer__"],
            _ => special::special_names(slot),
        };
        for (ty, info) in &self.0 {
            match info {
                Some(info) if info.own_specials.iter().any(|own| names.contains(&own.as_str())) => {
                    if !special::is_filled_by_methods(slot) {
                        return None;
                    }
                    if slot == Slot::TpHash && self.is_unhashable(*ty) {
                        return Some(crate::abstract_::object::PyObject_HashNotImplemented as *const () as usize);
                    }
                    return Some(match slot {
                        Slot::BfGetbuffer => crate::buffer::_Emul_host_getbuffer as *const () as usize,
                        Slot::BfReleasebuffer => crate::buffer::_Emul_host_releasebuffer as *const () as usize,
                        _ => special::dynamic_function(slot),
                    })
                    .filter(|&function| function != 0);
                }
                Some(_) => {}
                // SAFETY: live types.
                None => unsafe {
                    let (function, base) = (slot.get(*ty), (**ty).tp_base);
                    if function != 0 && !base.is_null() && function != slot.get(base) {
                        return Some(function);
                    }
                    if let Some(function) = twin_function(*ty, slot) {
                        return Some(function);
                    }
                },
            }
        }
        None
    }

    fn is_unhashable(&self, ty: *mut PyTypeObject) -> bool {
        let name = host().new_str(b"__hash__");
        lifetime::host_of(ty.cast())
            .and_then(|class| host().type_lookup(class, name.as_ref()))
            .is_some_and(|found| host().kind(found.as_ref()) == crate::host::Kind::None)
    }
}

/// What CPython puts into a slot of a class made in Python for a method that fills two slots, where `ty` has but the other one: the
/// function itself, if both slots' functions are alike; what looks the method up, if that is no wrapper of a slot.
///
/// # Safety
/// `ty` is a live type.
unsafe fn twin_function(ty: *mut PyTypeObject, slot: Slot) -> Option<usize> {
    // SAFETY: the caller's contract.
    let own = |slot: Slot| unsafe {
        let (function, base) = (slot.get(ty), (*ty).tp_base);
        if function != 0 && !base.is_null() && function != slot.get(base) { function } else { 0 }
    };
    let function = match slot {
        Slot::SqLength => own(Slot::MpLength),
        Slot::MpLength => own(Slot::SqLength),
        Slot::SqItem if std::ptr::eq(ty, builtin!(PyDict_Type)) => special::dynamic_function(slot),
        _ => 0,
    };
    (function != 0).then_some(function)
}

type SlotsOfTypes = HashMap<usize, Vec<(Slot, usize)>>;

/// The functions that C put into the slots of the types it made ready.
struct OwnSlots(UnsafeCell<Option<SlotsOfTypes>>);
// SAFETY: used under the extension lock only.
unsafe impl Sync for OwnSlots {}
static OWN_SLOTS: OwnSlots = OwnSlots(UnsafeCell::new(None));

#[allow(
    clippy::mut_from_ref,
    reason = "the extension lock makes it the only reference; no call happens while it lives"
)]
fn own_slots() -> &'static mut HashMap<usize, Vec<(Slot, usize)>> {
    // SAFETY: under the extension lock, and never held across a call.
    unsafe { &mut *OWN_SLOTS.0.get() }.get_or_insert_default()
}

/// The type dies.
pub(crate) fn forget_own_slots(ty: *mut PyTypeObject) {
    own_slots().remove(&(ty as usize));
}

/// Whether C put a builtin type's function for values (`PyFloat_Type.tp_hash`) into a slot of `ty`'s own, as numpy's scalars do: it
/// comes before what other bases have.
pub(crate) fn took_from_builtin(ty: *mut PyTypeObject, slot: Slot) -> bool {
    matches!(slot, Slot::TpHash | Slot::TpRepr | Slot::TpStr | Slot::TpRichcompare)
        && own_slots()
            .get(&(ty as usize))
            .is_some_and(|own| own.iter().any(|&(taken, function)| taken == slot && crate::special::is_ours(function)))
}

/// Whether `ty` stands for a class made in Python: a heap type that C did not make ready.
fn is_made_by_host(ty: *mut PyTypeObject) -> bool {
    flags(ty) & Py_TPFLAGS_HEAPTYPE != 0 && !own_slots().contains_key(&(ty as usize))
}

/// C's function for `slot`, where `class` (of the type `ty`) has its own wrapper of that under `name`, again or still.
fn wrapped_function(ty: *mut PyTypeObject, class: HostRef, name: &str, slot: Slot) -> Option<usize> {
    let &(_, function) = own_slots().get(&(ty as usize))?.iter().find(|(own, _)| *own == slot)?;
    let (namespace, key) = (host().namespace(class), host().new_str(name.as_bytes()));
    let found = host().dict_get(namespace.as_ref(), key.as_ref()).ok()??;
    let kind = host().class_info(host().type_of(found.as_ref())).name;
    let is_wrapper = match slot {
        Slot::TpNew => kind == "builtin_function_or_method",
        _ => kind == "wrapper_descriptor" && is_of(found.as_ref(), class),
    };
    is_wrapper.then_some(function)
}

/// Whether a wrapper is one of `class`.
fn is_of(wrapper: HostRef, class: HostRef) -> bool {
    let name = host().new_str(b"__objclass__");
    host()
        .get_attr(wrapper, name.as_ref())
        .is_ok_and(|owner| host().identity(owner.word()) == host().identity(class.word()))
}

/// Put a function into a slot of a class whose methods may change. A vectorcall function knows nothing of a `__call__`.
///
/// # Safety
/// As for [`Slot::set`].
unsafe fn fill(ty: *mut PyTypeObject, slot: Slot, function: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        if slot == Slot::TpCall && special::is_dynamic(function) {
            (*ty).tp_flags &= !(Py_TPFLAGS_HAVE_VECTORCALL as c_ulong);
        }
        slot.set(ty, function);
    }
}

/// What `slot` of `ty` inherits: the first function along the order of its bases.
unsafe fn inherited(ty: *mut PyTypeObject, slot: Slot) -> usize {
    // SAFETY: a live type with an order.
    unsafe {
        if slot == Slot::TpNew {
            return slot.get((*ty).tp_base);
        }
        let order = tupleobject::items((*ty).tp_mro);
        order[1..].iter().map(|&base| slot.get(base.cast())).find(|&function| function != 0).unwrap_or(0)
    }
}

/// The attribute `name` of `class` was set or deleted: bring the slots in step, here and in derived classes.
pub(crate) fn update_slots(class: HostRef, name: &str) {
    // A class that has no mirror has no derived class with one.
    let Some(mirror) = lifetime::find(class) else { return };
    let ty: *mut PyTypeObject = mirror.cast();
    if matches!(name, "__name__" | "__qualname__") {
        // SAFETY: as below.
        return unsafe { rename(ty, class, name) };
    }
    // SAFETY: the mirror of a class is a live type.
    unsafe {
        let definitions = Definitions::of(ty);
        for &slot in Slot::ALL.iter().filter(|&&slot| special::special_names(slot).contains(&name)) {
            let function = if is_made_by_host(ty) {
                definitions.function(slot).unwrap_or_else(|| inherited(ty, slot))
            } else if !special::is_filled_by_methods(slot) {
                continue;
            } else if let Some(function) = wrapped_function(ty, class, name, slot) {
                function
            } else if host().class_info(class).own_specials.iter().any(|own| own == name) {
                special::dynamic_function(slot)
            } else {
                inherited(ty, slot)
            };
            fill(ty, slot, function);
        }
    }
    for derived in host().subclasses(class) {
        if !host().class_info(derived.as_ref()).own_specials.iter().any(|own| own == name) {
            update_slots(derived.as_ref(), name);
        }
    }
}

/// The class was given another name: so is the type. The name before stays where it is, since C may have kept it.
///
/// # Safety
/// `ty` is the live type of `class`.
unsafe fn rename(ty: *mut PyTypeObject, class: HostRef, attribute: &str) {
    let key = host().new_str(attribute.as_bytes());
    let Ok(text) = host().get_attr(class, key.as_ref()) else { return };
    let name = crate::cross::to_c(text.as_ref());
    // SAFETY: heap types have the longer struct, whose fields own their references.
    unsafe {
        if flags(ty) & Py_TPFLAGS_HEAPTYPE == 0 {
            return;
        }
        let heap: *mut PyHeapTypeObject = ty.cast();
        if attribute == "__qualname__" {
            return lifetime::xdecref(std::mem::replace(&mut (*heap).ht_qualname, name.into_ptr()));
        }
        let mut bytes = Vec::new();
        host().with_str(text.as_ref(), &mut |text| bytes = text.to_vec());
        if let Ok(c_name) = CString::new(bytes) {
            (*ty).tp_name = c_name.into_raw();
        }
        lifetime::xdecref(std::mem::replace(&mut (*heap).ht_name, name.into_ptr()));
    }
}

/// The bases of `class` changed.
pub(crate) fn update_orders(class: HostRef) {
    let Some(mirror) = lifetime::find(class) else { return };
    let ty: *mut PyTypeObject = mirror.cast();
    // SAFETY: the mirror of a class made in Python is a live type; its orders are ours to fill.
    unsafe {
        if !is_made_by_host(ty) {
            return;
        }
        let before = ((*ty).tp_bases, (*ty).tp_mro);
        (*ty).tp_bases = null_mut();
        fill_orders(ty, class);
        let bases: Vec<*mut PyTypeObject> = tupleobject::items((*ty).tp_bases).iter().map(|base| base.cast()).collect();
        set_base(ty, best_base(&bases).unwrap_or((*ty).tp_base));
        lifetime::xdecref(before.0);
        lifetime::xdecref(before.1);
        let definitions = Definitions::of(ty);
        for &slot in Slot::ALL {
            fill(ty, slot, definitions.function(slot).unwrap_or_else(|| inherited(ty, slot)));
        }
    }
    for derived in host().subclasses(class) {
        update_orders(derived.as_ref());
    }
}

/// # Safety
/// `heap` is a heap type being made.
unsafe fn point_suites(heap: *mut PyHeapTypeObject) {
    // SAFETY: the caller's contract.
    unsafe {
        (*heap).ht_type.tp_as_async = &raw mut (*heap).as_async;
        (*heap).ht_type.tp_as_number = &raw mut (*heap).as_number;
        (*heap).ht_type.tp_as_mapping = &raw mut (*heap).as_mapping;
        (*heap).ht_type.tp_as_sequence = &raw mut (*heap).as_sequence;
        (*heap).ht_type.tp_as_buffer = &raw mut (*heap).as_buffer;
    }
}

/// What comes from the base that lays out the instances, whatever the other bases have: how they are made and freed.
///
/// # Safety
/// Both are live types; `ty` is being made.
unsafe fn inherit_layout(ty: *mut PyTypeObject, base: *mut PyTypeObject, heap: bool) {
    // SAFETY: the caller's contract.
    unsafe {
        if (*ty).tp_new.is_none() && (heap || !std::ptr::eq(base, builtin!(PyBaseObject_Type))) {
            (*ty).tp_new = (*base).tp_new;
        }
        let own_gc = (*ty).tp_traverse.is_some() || (*ty).tp_clear.is_some();
        if flags(ty) & Py_TPFLAGS_HAVE_GC == 0 && flags(base) & Py_TPFLAGS_HAVE_GC != 0 && !own_gc {
            (*ty).tp_flags |= Py_TPFLAGS_HAVE_GC as c_ulong;
            (*ty).tp_traverse = (*base).tp_traverse;
            (*ty).tp_clear = (*base).tp_clear;
        }
        (*ty).tp_dealloc = (*ty).tp_dealloc.or((*base).tp_dealloc);
        (*ty).tp_alloc = (*ty).tp_alloc.or((*base).tp_alloc);
        (*ty).tp_free = (*ty).tp_free.or((*base).tp_free);
    }
}

/// CPython's `inherit_special` and `inherit_slots`: what `ty` has not defined comes from `base`.
///
/// # Safety
/// Both are live types; `ty` is being made.
unsafe fn inherit(ty: *mut PyTypeObject, base: *mut PyTypeObject) {
    // SAFETY: the caller's contract.
    unsafe {
        (*ty).tp_flags |=
            (flags(base) & (SUBCLASS_FLAGS | Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF)) as c_ulong;
        if flags(ty) & (Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING) == 0 {
            (*ty).tp_flags |= (flags(base) & (Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING)) as c_ulong;
        }
        if (*ty).tp_basicsize < (*base).tp_basicsize {
            (*ty).tp_basicsize = (*base).tp_basicsize;
        }
        let take = |field: &mut Py_ssize_t, from: Py_ssize_t| {
            if *field == 0 {
                *field = from;
            }
        };
        take(&mut (*ty).tp_itemsize, (*base).tp_itemsize);
        take(&mut (*ty).tp_weaklistoffset, (*base).tp_weaklistoffset);
        take(&mut (*ty).tp_dictoffset, (*base).tp_dictoffset);
        if (*ty).tp_call.is_none() && (*ty).tp_vectorcall_offset == 0 && flags(base) & Py_TPFLAGS_HAVE_VECTORCALL != 0 {
            (*ty).tp_vectorcall_offset = (*base).tp_vectorcall_offset;
            (*ty).tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL as c_ulong;
        }
        take(&mut (*ty).tp_vectorcall_offset, (*base).tp_vectorcall_offset);
        // Calling a method without binding it is right as long as nobody can give the type another `__get__`.
        let binds_alike = flags(ty) & Py_TPFLAGS_IMMUTABLETYPE != 0 && (*ty).tp_descr_get.is_none();
        if flags(base) & Py_TPFLAGS_METHOD_DESCRIPTOR != 0 && binds_alike {
            (*ty).tp_flags |= Py_TPFLAGS_METHOD_DESCRIPTOR as c_ulong;
        }
        let compares = (*ty).tp_richcompare.is_some() || (*ty).tp_hash.is_some();
        for &slot in Slot::ALL {
            let paired = match slot {
                Slot::TpHash | Slot::TpRichcompare => compares,
                Slot::TpGetattro => (*ty).tp_getattr.is_some(),
                Slot::TpSetattro => (*ty).tp_setattr.is_some(),
                Slot::TpNew => true,
                _ => false,
            };
            if !paired && slot.get(ty) == 0 {
                slot.set(ty, slot.get(base));
            }
        }
        if (*ty).tp_getattr.is_none() && std::mem::transmute::<_, usize>((*ty).tp_getattro) == 0 {
            (*ty).tp_getattr = (*base).tp_getattr;
        }
        if (*ty).tp_setattr.is_none() && std::mem::transmute::<_, usize>((*ty).tp_setattro) == 0 {
            (*ty).tp_setattr = (*base).tp_setattr;
        }
        (*ty).tp_is_gc = (*ty).tp_is_gc.or((*base).tp_is_gc);
        (*ty).tp_del = (*ty).tp_del.or((*base).tp_del);
    }
}

/// `PyType_Ready`.
pub(crate) fn ready(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<()> {
    if flags(ty) & Py_TPFLAGS_READY != 0 && lifetime::host_of(ty.cast()).is_some() {
        return Ok(());
    }
    // SAFETY: a type that C hands over to be made ready; its fields are set or NULL.
    unsafe {
        if (*ty).tp_name.is_null() {
            return Err(cx.system_error("Type does not define the tp_name field."));
        }
        let name = CStr::from_ptr((*ty).tp_name).to_string_lossy();
        let is_ours = statics::static_type(&name) == Some(ty);
        if flags(ty) & Py_TPFLAGS_HAVE_GC != 0 && (*ty).tp_traverse.is_none() && !is_ours {
            let message = format!("type {name} has the Py_TPFLAGS_HAVE_GC flag but has no traverse function");
            return Err(cx.system_error(message));
        }
        (*ty).tp_flags |= Py_TPFLAGS_READYING as c_ulong;
        if flags(ty) & Py_TPFLAGS_HEAPTYPE == 0 {
            (*ty).tp_flags |= Py_TPFLAGS_IMMUTABLETYPE as c_ulong;
        }
        if flags(ty) & Py_TPFLAGS_MANAGED_DICT != 0 {
            (*ty).tp_dictoffset = -1;
        }
        if flags(ty) & Py_TPFLAGS_MANAGED_WEAKREF != 0 {
            (*ty).tp_weaklistoffset = MANAGED_WEAKREF_OFFSET;
        }
        let bases = base_types(ty);
        for &base in &bases {
            class_of(cx, base)?;
        }
        // What C chose stays, as in CPython, even where another base lays out more.
        let chosen = if (*ty).tp_bases.is_null() { bases[0] } else { (*ty).tp_base };
        let base = if chosen.is_null() { best_base(&bases) } else { Some(chosen) };
        set_base(ty, base.ok_or_else(|| layout_conflict(cx))?);
        if (*ty).ob_base.ob_base.ob_type.is_null() {
            (*ty).ob_base.ob_base.ob_type = (*(*ty).tp_base).ob_base.ob_base.ob_type;
        }
        let own: Vec<(Slot, usize)> =
            Slot::ALL.iter().map(|&slot| (slot, slot.get(ty))).filter(|&(_, function)| function != 0).collect();
        if (*ty).tp_new.is_none()
            && std::ptr::eq((*ty).tp_base, builtin!(PyBaseObject_Type))
            && flags(ty) & Py_TPFLAGS_HEAPTYPE == 0
        {
            (*ty).tp_flags |= Py_TPFLAGS_DISALLOW_INSTANTIATION as c_ulong;
        }
        own_slots().insert(ty as usize, own.clone());
        inherit_layout(ty, (*ty).tp_base, flags(ty) & Py_TPFLAGS_HEAPTYPE != 0);
        for &base in &bases {
            inherit(ty, base);
            if !(*base).tp_mro.is_null() {
                for &order in &tupleobject::items((*base).tp_mro)[1..] {
                    inherit(ty, order.cast());
                }
            }
        }
        share_suites(ty, (*ty).tp_base);
        if flags(ty) & Py_TPFLAGS_DISALLOW_INSTANTIATION != 0 {
            (*ty).tp_new = None;
        }
        let class = make_class(cx, ty, &bases)?;
        (*ty).tp_flags = (flags(ty) & !Py_TPFLAGS_READYING | Py_TPFLAGS_READY) as c_ulong;
        let identity = host().identity(class.word());
        let word = class.clone().into_word();
        let is_static = flags(ty) & Py_TPFLAGS_HEAPTYPE == 0;
        bridge(|bridge| {
            if is_static {
                bridge.link_immortal(ty.cast(), word, identity);
            } else {
                bridge.link_bound(ty.cast(), word, identity);
            }
            bridge.link(ty.cast()).set(State::LAYS_OUT);
        });
        fill_orders(ty, class.as_ref());
        descrobject::fill_namespace(cx, ty, class.as_ref(), &own)?;
        copy_namespace(cx, ty, class.as_ref())?;
        // From here on C and the host have one namespace; a write of C's is seen once `PyType_Modified` says so.
        let before = (*ty).tp_dict;
        (*ty).tp_dict = cx.to_c(host().namespace(class.as_ref())).into_ptr();
        lending::mark_namespace((*ty).tp_dict);
        lifetime::xdecref(before);
        host().class_modified(class.as_ref());
    }
    Ok(())
}

/// Where C gave a type no suite of slots it has its base's. Not before everything else is inherited: a slot that comes from
/// another base does not belong into a suite that is the base's own.
///
/// # Safety
/// Both are live types; `ty` is being made.
unsafe fn share_suites(ty: *mut PyTypeObject, base: *mut PyTypeObject) {
    // SAFETY: the caller's contract.
    unsafe {
        macro_rules! share {
            ($($suite:ident),*) => {$(
                if (*ty).$suite.is_null() {
                    (*ty).$suite = (*base).$suite;
                }
            )*};
        }
        share!(tp_as_async, tp_as_number, tp_as_mapping, tp_as_sequence, tp_as_buffer);
    }
}

/// Set `tp_base`. A heap type holds its base; one that C set already, by C's reference.
///
/// # Safety
/// Both are live types.
unsafe fn set_base(ty: *mut PyTypeObject, base: *mut PyTypeObject) {
    // SAFETY: the caller's contract.
    unsafe {
        let before = std::mem::replace(&mut (*ty).tp_base, base);
        if std::ptr::eq(before, base) || flags(ty) & Py_TPFLAGS_HEAPTYPE == 0 {
            return;
        }
        lifetime::incref(base.cast());
        lifetime::xdecref(before.cast());
    }
}

/// The type that `object` is, if it is one that nobody made ready yet.
pub(crate) fn unready(object: Obj<'_>) -> Option<*mut PyTypeObject> {
    if !object.type_has(Py_TPFLAGS_TYPE_SUBCLASS) {
        return None;
    }
    let ty: *mut PyTypeObject = object.cast();
    let is_ready = flags(ty) & (Py_TPFLAGS_READY | Py_TPFLAGS_READYING) != 0;
    (!is_ready && lifetime::host_of(ty.cast()).is_none()).then_some(ty)
}

/// Set or delete an attribute of a type that is no class of the host's yet: what it derives from may not be known.
pub(crate) fn set_before_ready(cx: Cx<'_>, ty: *mut PyTypeObject, name: Obj<'_>, value: Option<Obj<'_>>) -> Result<()> {
    // SAFETY: a live type; its dict is NULL or live.
    let dict = unsafe {
        if (*ty).tp_dict.is_null() {
            (*ty).tp_dict = cx.to_c(host().new_dict()).into_ptr();
        }
        Obj::from_ptr((*ty).tp_dict).ok_or_else(|| cx.bad_internal_call())?.give(cx)?
    };
    let name = name.give(cx)?;
    let Some(value) = value else {
        let removed = cx.call(|h| h.dict_remove(dict.as_ref(), name.as_ref()))?;
        return removed.map(drop).ok_or_else(|| cx.error_with("AttributeError", name.as_ref()));
    };
    let value = value.give(cx)?;
    cx.call(|h| h.dict_set(dict.as_ref(), name.as_ref(), value.as_ref()))
}

/// What C put into `tp_dict` before the type was ready goes into the class.
unsafe fn copy_namespace(cx: Cx<'_>, ty: *mut PyTypeObject, class: HostRef) -> Result<()> {
    // SAFETY: a live dict.
    let Some(dict) = (unsafe { Obj::from_ptr((*ty).tp_dict) }) else { return Ok(()) };
    let dict = dict.give(cx)?;
    let mut position = 0;
    while let Some((next, key, value)) = host().dict_next(dict.as_ref(), position) {
        position = next;
        cx.call(|h| h.set_attr(class, key.as_ref(), Some(value.as_ref())))?;
    }
    Ok(())
}

/// # Safety
/// `ty` is a live type being made ready.
unsafe fn base_types(ty: *mut PyTypeObject) -> Vec<*mut PyTypeObject> {
    // SAFETY: the caller's contract; `tp_bases` is a tuple of types.
    unsafe {
        if !(*ty).tp_bases.is_null() {
            return tupleobject::items((*ty).tp_bases).iter().map(|base| base.cast()).collect();
        }
        if !(*ty).tp_base.is_null() {
            return vec![(*ty).tp_base];
        }
    }
    vec![builtin!(PyBaseObject_Type)]
}

/// The nearest type up the bases of `ty`, itself included, that adds to its base's layout.
fn solid_base(ty: *mut PyTypeObject) -> *mut PyTypeObject {
    let mut solid = ty;
    // SAFETY: live types.
    unsafe {
        loop {
            let base = (*solid).tp_base;
            if base.is_null()
                || (*base).tp_basicsize != (*solid).tp_basicsize
                || (*base).tp_itemsize != (*solid).tp_itemsize
            {
                return solid;
            }
            solid = base;
        }
    }
}

/// The base whose layout the others' are prefixes of; `None` if there is none.
fn best_base(bases: &[*mut PyTypeObject]) -> Option<*mut PyTypeObject> {
    let (mut best, mut winner) = (*bases.first()?, solid_base(*bases.first()?));
    for &base in &bases[1..] {
        let candidate = solid_base(base);
        if is_subtype(winner, candidate) {
            continue;
        }
        if !is_subtype(candidate, winner) {
            return None;
        }
        (best, winner) = (base, candidate);
    }
    Some(best)
}

fn layout_conflict(cx: Cx<'_>) -> Raised {
    cx.type_error("multiple bases have instance lay-out conflict")
}

unsafe fn make_class(cx: Cx<'_>, ty: *mut PyTypeObject, bases: &[*mut PyTypeObject]) -> Result<HostObj> {
    // SAFETY: a live type; its strings are NUL-terminated.
    unsafe {
        let full = CStr::from_ptr((*ty).tp_name).to_string_lossy().into_owned();
        let (module, name) = match full.rsplit_once('.') {
            Some((module, name)) => (Some(module), name),
            None => ((flags(ty) & Py_TPFLAGS_HEAPTYPE == 0).then_some("builtins"), full.as_str()),
        };
        let doc = (!(*ty).tp_doc.is_null()).then(|| CStr::from_ptr((*ty).tp_doc).to_string_lossy().into_owned());
        let doc = doc.as_deref().map(|doc| descrobject::split_doc(name, doc).1.to_owned());
        let base_classes = bases.iter().map(|&base| class_of(cx, base)).collect::<Result<Vec<_>>>()?;
        let base_refs: Vec<HostRef> = base_classes.iter().map(HostObj::as_ref).collect();
        let metaclass = class_of(cx, (*ty).ob_base.ob_base.ob_type)?;
        let qualname = own_qualname(cx, ty)?;
        let spec = ClassSpec {
            name,
            module,
            qualname: qualname.as_deref(),
            doc: doc.as_deref(),
            bases: &base_refs,
            metaclass: metaclass.as_ref(),
            mirror: ty.cast(),
            is_base_type: flags(ty) & Py_TPFLAGS_BASETYPE != 0,
            c_layout: true,
            has_dict: flags(ty) & Py_TPFLAGS_MANAGED_DICT != 0 || (*ty).tp_dictoffset != 0,
            has_weakrefs: flags(ty) & Py_TPFLAGS_MANAGED_WEAKREF != 0 || (*ty).tp_weaklistoffset != 0,
            is_immutable: flags(ty) & Py_TPFLAGS_IMMUTABLETYPE != 0 || flags(ty) & Py_TPFLAGS_HEAPTYPE == 0,
            disallow_instantiation: flags(ty) & Py_TPFLAGS_DISALLOW_INSTANTIATION != 0,
        };
        cx.call(|h| h.new_class(&spec))
    }
}

/// What C that fills in a heap type by itself, as pybind11 does, put into `ht_qualname`. Cython makes its static types ready
/// under a heap type's flag: only memory from a metaclass's `tp_alloc` is sure to have the field.
///
/// # Safety
/// `ty` is live.
unsafe fn own_qualname(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<Option<String>> {
    if is_static(ty) || !object_mirror::heap::in_range(ty as usize) {
        return Ok(None);
    }
    // SAFETY: a heap type has these fields; they are NULL or live.
    let qualname = unsafe { Obj::from_ptr((*ty.cast::<PyHeapTypeObject>()).ht_qualname) };
    let Some(qualname) = qualname.filter(|name| name.type_has(Py_TPFLAGS_UNICODE_SUBCLASS)) else { return Ok(None) };
    Ok(Some(crate::pyerrors::text_of(qualname.give(cx)?.as_ref())))
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

/// Make a type ready.
#[capi]
fn PyType_Ready(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<()> {
    // SAFETY: C hands over a type; its name is NULL or ends with NUL.
    let name = unsafe { (!(*ty).tp_name.is_null()).then(|| CStr::from_ptr((*ty).tp_name).to_string_lossy()) };
    if name.is_some_and(|name| statics::static_type(&name) == Some(ty)) {
        // One of the builtin types: its class is the host's, though it may not have crossed yet.
        return class_of(cx, ty).map(drop);
    }
    ready(cx, ty)
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

/// Make a heap type from a spec.
#[capi]
fn PyType_FromSpec(cx: Cx<'_>, spec: *mut PyType_Spec) -> Result<New> {
    from_spec(cx, None, None, spec, None)
}

/// As `PyType_FromSpec`, with the bases.
#[capi]
fn PyType_FromSpecWithBases(cx: Cx<'_>, spec: *mut PyType_Spec, bases: Option<Obj<'_>>) -> Result<New> {
    from_spec(cx, None, None, spec, bases)
}

/// As `PyType_FromSpecWithBases`, for a type that belongs to a module.
#[capi]
fn PyType_FromModuleAndSpec(
    cx: Cx<'_>,
    module: Option<Obj<'_>>,
    spec: *mut PyType_Spec,
    bases: Option<Obj<'_>>,
) -> Result<New> {
    from_spec(cx, None, module, spec, bases)
}

/// As `PyType_FromModuleAndSpec`, with the metaclass.
#[capi]
fn PyType_FromMetaclass(
    cx: Cx<'_>,
    metaclass: *mut PyTypeObject,
    module: Option<Obj<'_>>,
    spec: *mut PyType_Spec,
    bases: Option<Obj<'_>>,
) -> Result<New> {
    from_spec(cx, (!metaclass.is_null()).then_some(metaclass), module, spec, bases)
}

/// A type is about to be made past what its metaclass does for new ones.
#[cold]
fn warn_of_custom_new(cx: Cx<'_>, name: &CStr) -> Result<()> {
    let name = name.to_string_lossy();
    crate::warnings::deprecated(
        cx,
        &format!(
            "Type {name} uses PyType_Spec with a metaclass that has custom tp_new. This is deprecated and will no longer be \
             allowed in Python 3.14."
        ),
    )
}

pub(crate) fn from_spec(
    cx: Cx<'_>,
    metaclass: Option<*mut PyTypeObject>,
    module: Option<Obj<'_>>,
    spec: *mut PyType_Spec,
    bases: Option<Obj<'_>>,
) -> Result<New> {
    // SAFETY: C passes a spec whose slots end with a zero entry.
    unsafe {
        let slots = spec_slots((*spec).slots);
        let find = |wanted: c_int| slots.iter().find(|slot| slot.slot == wanted).map_or(null_mut(), |slot| slot.pfunc);
        check_spec(cx, spec, &slots)?;
        let bases = spec_bases(cx, bases, find(number::Py_tp_bases), find(number::Py_tp_base))?;
        let given = metaclass.is_some();
        let metaclass = winning_metaclass(cx, metaclass.unwrap_or(builtin!(PyType_Type)), &bases)?;
        for &base in &bases {
            if !is_type(base.cast()) {
                return Err(cx.type_error("bases must be types"));
            }
            class_of(cx, base)?;
            if flags(base) & Py_TPFLAGS_BASETYPE == 0 {
                let name = CStr::from_ptr((*base).tp_name).to_string_lossy();
                return Err(cx.type_error(format!("type '{name}' is not an acceptable base type")));
            }
        }
        let base = best_base(&bases).ok_or_else(|| layout_conflict(cx))?;
        let (own, usual) = ((*metaclass).tp_new, (*builtin!(PyType_Type)).tp_new);
        if own.is_some_and(|own| usual.is_none_or(|usual| !std::ptr::fn_addr_eq(own, usual))) {
            if given {
                return Err(cx.type_error("Metaclasses with custom tp_new are not supported."));
            }
            warn_of_custom_new(cx, CStr::from_ptr((*spec).name))?;
        }
        let members: *mut PyMemberDef = find(number::Py_tp_members).cast();
        let size = size_of::<PyHeapTypeObject>().max((*metaclass).tp_basicsize as usize);
        let Some(memory) = lifetime::alloc_object(metaclass, size) else { return Err(cx.error("MemoryError", "")) };
        let heap: *mut PyHeapTypeObject = memory.as_ptr().cast();
        let ty: *mut PyTypeObject = heap.cast();
        let new = New::from_ptr(ty.cast()).expect("just allocated");
        point_suites(heap);
        let full = CStr::from_ptr((*spec).name);
        let text = full.to_string_lossy().into_owned();
        let name = text.rsplit('.').next().unwrap_or(&text);
        if !text.contains('.') {
            crate::warnings::deprecated(cx, &format!("builtin type {text} has no __module__ attribute"))?;
        }
        (*ty).tp_name = full.to_owned().into_raw();
        (*heap)._ht_tpname = (*ty).tp_name.cast_mut();
        (*heap).ht_name = unicodeobject::new_from_wtf8(name.as_bytes()).into_ptr();
        (*heap).ht_qualname = unicodeobject::new_from_wtf8(name.as_bytes()).into_ptr();
        (*ty).tp_flags = (u64::from((*spec).flags) | Py_TPFLAGS_HEAPTYPE) as c_ulong;
        let items_at_end = (u64::from((*spec).flags) | (*base).tp_flags) & Py_TPFLAGS_ITEMS_AT_END != 0;
        if (*spec).basicsize < 0 && (*base).tp_itemsize != 0 && !items_at_end {
            return Err(cx.system_error("Cannot extend variable-size class without Py_TPFLAGS_ITEMS_AT_END."));
        }
        (*ty).tp_basicsize = match (*spec).basicsize {
            0 => (*base).tp_basicsize,
            // A negative size is what the type adds to its base's (PEP 697).
            size if size < 0 => {
                ((*base).tp_basicsize + 15) / 16 * 16 + (Py_ssize_t::try_from(-size).unwrap_or(0) + 15) / 16 * 16
            }
            size => size as Py_ssize_t,
        };
        if (*ty).tp_basicsize < (*base).tp_basicsize {
            let names =
                (CStr::from_ptr((*spec).name).to_string_lossy(), CStr::from_ptr((*base).tp_name).to_string_lossy());
            let sizes = ((*ty).tp_basicsize, (*base).tp_basicsize);
            return Err(cx.type_error(format!(
                "tp_basicsize for type '{}' ({}) is too small for base '{}' ({})",
                names.0, sizes.0, names.1, sizes.1
            )));
        }
        (*ty).tp_itemsize = (*spec).itemsize as Py_ssize_t;
        let relative = if (*spec).basicsize < 0 { ((*base).tp_basicsize + 15) / 16 * 16 } else { 0 };
        for slot in &slots {
            set_spec_slot(cx, ty, slot, members, relative)?;
        }
        if (*ty).tp_dealloc.is_none() {
            (*ty).tp_dealloc = Some(heaptype::subtype_dealloc);
        }
        set_base(ty, base);
        (*ty).tp_bases = tuple_of_types(&bases);
        if let Some(module) = module {
            lifetime::incref(module.as_ptr());
            (*heap).ht_module = module.as_ptr();
        }
        ready(cx, ty)?;
        Ok(new)
    }
}

fn tuple_of_types(types: &[*mut PyTypeObject]) -> *mut PyObject {
    let tuple = tupleobject::new(types.len());
    for (index, &ty) in types.iter().enumerate() {
        // SAFETY: live types.
        unsafe {
            lifetime::incref(ty.cast());
            tupleobject::set_fresh(tuple.as_ptr(), index, New::from_ptr(ty.cast()).expect("types have addresses"));
        }
    }
    tuple.into_ptr()
}

unsafe fn spec_slots<'a>(slots: *mut PyType_Slot) -> Vec<&'a PyType_Slot> {
    let mut found = Vec::new();
    let mut slot = slots;
    // SAFETY: the array ends with a zero entry.
    unsafe {
        while !slot.is_null() && (*slot).slot != 0 {
            found.push(&*slot);
            slot = slot.add(1);
        }
    }
    found
}

/// What can be seen to be wrong of a spec before anything is made.
unsafe fn check_spec(cx: Cx<'_>, spec: *mut PyType_Spec, slots: &[&PyType_Slot]) -> Result<()> {
    const LAST: c_int = 82;
    // SAFETY: C's spec.
    unsafe {
        for slot in slots {
            if slot.slot < 0 || slot.slot > LAST {
                return Err(cx.error("RuntimeError", "invalid slot offset"));
            }
        }
        let count = |wanted: c_int| slots.iter().filter(|slot| slot.slot == wanted).count();
        if count(number::Py_tp_members) > 1 {
            return Err(cx.system_error("Multiple Py_tp_members slots are not supported."));
        }
        if count(number::Py_tp_doc) > 1 {
            return Err(cx.system_error("Multiple Py_tp_doc slots are not supported."));
        }
        if (*spec).name.is_null() {
            return Err(cx.system_error("Type spec does not define the name field."));
        }
        for slot in slots.iter().filter(|slot| slot.slot == number::Py_tp_members) {
            check_members(cx, (*spec).basicsize, slot.pfunc.cast())?;
        }
    }
    Ok(())
}

/// Members that count from the type's own data (PEP 697) need a type that says how much that is.
unsafe fn check_members(cx: Cx<'_>, basicsize: c_int, mut member: *mut PyMemberDef) -> Result<()> {
    // SAFETY: a table that ends with an entry without a name.
    unsafe {
        while !member.is_null() && !(*member).name.is_null() {
            if (*member).flags & object_mirror::descrobject::Py_RELATIVE_OFFSET != 0 {
                if basicsize > 0 {
                    return Err(cx.system_error("With Py_RELATIVE_OFFSET, basicsize must be negative."));
                }
                if (*member).offset < 0 || (*member).offset >= -(basicsize as Py_ssize_t) {
                    return Err(cx.system_error("Member offset out of range (0..-basicsize)"));
                }
            }
            member = member.add(1);
        }
    }
    Ok(())
}

fn is_type(op: *mut PyObject) -> bool {
    // SAFETY: a live object.
    flags(unsafe { (*op).ob_type }) & Py_TPFLAGS_TYPE_SUBCLASS != 0
}

/// The most derived of `metaclass` and the bases' types.
fn winning_metaclass(
    cx: Cx<'_>,
    metaclass: *mut PyTypeObject,
    bases: &[*mut PyTypeObject],
) -> Result<*mut PyTypeObject> {
    let mut winner = metaclass;
    for &base in bases {
        // SAFETY: live objects, types or not.
        let candidate = unsafe { (*base).ob_base.ob_base.ob_type };
        if is_subtype(winner, candidate) {
            continue;
        }
        if !is_subtype(candidate, winner) {
            return Err(cx.type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the \
                 metaclasses of all its bases",
            ));
        }
        winner = candidate;
    }
    Ok(winner)
}

/// The bases of a spec, unchecked: an argument wins over the slots.
unsafe fn spec_bases(
    cx: Cx<'_>,
    bases: Option<Obj<'_>>,
    in_slots: *mut c_void,
    base: *mut c_void,
) -> Result<Vec<*mut PyTypeObject>> {
    let items = |tuple: Obj<'_>| -> Vec<*mut PyTypeObject> {
        tupleobject::items(tuple.as_ptr()).iter().map(|base| base.cast()).collect()
    };
    let found = match bases {
        Some(bases) if bases.type_has(Py_TPFLAGS_TUPLE_SUBCLASS) => items(bases),
        Some(base) => vec![base.cast()],
        // SAFETY: NULL or a live object.
        None => match unsafe { Obj::from_ptr(in_slots.cast()) } {
            Some(bases) if bases.type_has(Py_TPFLAGS_TUPLE_SUBCLASS) => items(bases),
            Some(_) => return Err(cx.system_error("Py_tp_bases is not a tuple")),
            None if base.is_null() => vec![builtin!(PyBaseObject_Type)],
            None => vec![base.cast()],
        },
    };
    if found.is_empty() {
        return Err(cx.system_error("error return without exception set"));
    }
    Ok(found)
}

unsafe fn set_spec_slot(
    cx: Cx<'_>,
    ty: *mut PyTypeObject,
    slot: &PyType_Slot,
    members: *mut PyMemberDef,
    relative: Py_ssize_t,
) -> Result<()> {
    // SAFETY: the type is being made; the slot's pointer is what its number says.
    unsafe {
        match slot.slot {
            number::Py_tp_base | number::Py_tp_bases => {}
            number::Py_tp_doc => {
                if !slot.pfunc.is_null() {
                    (*ty).tp_doc = CStr::from_ptr(slot.pfunc.cast()).to_owned().into_raw();
                }
            }
            number::Py_tp_members => {
                (*ty).tp_members = copy_members(members, relative);
                let mut member = (*ty).tp_members;
                while !(*member).name.is_null() {
                    match CStr::from_ptr((*member).name).to_bytes() {
                        b"__weaklistoffset__" => (*ty).tp_weaklistoffset = (*member).offset,
                        b"__dictoffset__" => (*ty).tp_dictoffset = (*member).offset,
                        b"__vectorcalloffset__" => (*ty).tp_vectorcall_offset = (*member).offset,
                        _ => {}
                    }
                    member = member.add(1);
                }
            }
            number::Py_tp_methods => (*ty).tp_methods = slot.pfunc.cast(),
            number::Py_tp_getset => (*ty).tp_getset = slot.pfunc.cast(),
            number::Py_tp_alloc => (*ty).tp_alloc = std::mem::transmute::<*mut c_void, _>(slot.pfunc),
            number::Py_tp_dealloc => (*ty).tp_dealloc = std::mem::transmute::<*mut c_void, _>(slot.pfunc),
            number::Py_tp_del => (*ty).tp_del = std::mem::transmute::<*mut c_void, _>(slot.pfunc),
            number::Py_tp_free => (*ty).tp_free = std::mem::transmute::<*mut c_void, _>(slot.pfunc),
            number::Py_tp_is_gc => (*ty).tp_is_gc = std::mem::transmute::<*mut c_void, _>(slot.pfunc),
            number::Py_tp_traverse => (*ty).tp_traverse = std::mem::transmute::<*mut c_void, _>(slot.pfunc),
            number::Py_tp_clear => (*ty).tp_clear = std::mem::transmute::<*mut c_void, _>(slot.pfunc),
            number::Py_tp_getattr => (*ty).tp_getattr = std::mem::transmute::<*mut c_void, _>(slot.pfunc),
            number::Py_tp_setattr => (*ty).tp_setattr = std::mem::transmute::<*mut c_void, _>(slot.pfunc),
            number::Py_am_send => (*(*ty).tp_as_async).am_send = std::mem::transmute::<*mut c_void, _>(slot.pfunc),
            other => match slot_of_number(other) {
                Some(found) => found.set(ty, slot.pfunc as usize),
                None => return Err(cx.error("RuntimeError", "invalid slot offset")),
            },
        }
    }
    Ok(())
}

/// Members of a type with a negative basic size count from its own part of the instance.
unsafe fn copy_members(members: *mut PyMemberDef, relative: Py_ssize_t) -> *mut PyMemberDef {
    let mut copied = Vec::new();
    let mut member = members;
    // SAFETY: the array ends with an entry without a name.
    unsafe {
        loop {
            let mut copy = *member;
            if copy.flags & object_mirror::descrobject::Py_RELATIVE_OFFSET != 0 {
                copy.offset += relative;
                copy.flags &= !object_mirror::descrobject::Py_RELATIVE_OFFSET;
            }
            let last = copy.name.is_null();
            copied.push(copy);
            if last {
                break;
            }
            member = member.add(1);
        }
    }
    Box::leak(copied.into_boxed_slice()).as_mut_ptr()
}

fn slot_of_number(slot: c_int) -> Option<Slot> {
    use Slot::*;
    const TABLE: &[(c_int, Slot)] = &[
        (1, BfGetbuffer),
        (2, BfReleasebuffer),
        (3, MpAssSubscript),
        (4, MpLength),
        (5, MpSubscript),
        (6, NbAbsolute),
        (7, NbAdd),
        (8, NbAnd),
        (9, NbBool),
        (10, NbDivmod),
        (11, NbFloat),
        (12, NbFloorDivide),
        (13, NbIndex),
        (14, NbInplaceAdd),
        (15, NbInplaceAnd),
        (16, NbInplaceFloorDivide),
        (17, NbInplaceLshift),
        (18, NbInplaceMultiply),
        (19, NbInplaceOr),
        (20, NbInplacePower),
        (21, NbInplaceRemainder),
        (22, NbInplaceRshift),
        (23, NbInplaceSubtract),
        (24, NbInplaceTrueDivide),
        (25, NbInplaceXor),
        (26, NbInt),
        (27, NbInvert),
        (28, NbLshift),
        (29, NbMultiply),
        (30, NbNegative),
        (31, NbOr),
        (32, NbPositive),
        (33, NbPower),
        (34, NbRemainder),
        (35, NbRshift),
        (36, NbSubtract),
        (37, NbTrueDivide),
        (38, NbXor),
        (39, SqAssItem),
        (40, SqConcat),
        (41, SqContains),
        (42, SqInplaceConcat),
        (43, SqInplaceRepeat),
        (44, SqItem),
        (45, SqLength),
        (46, SqRepeat),
        (50, TpCall),
        (54, TpDescrGet),
        (55, TpDescrSet),
        (58, TpGetattro),
        (59, TpHash),
        (60, TpInit),
        (62, TpIter),
        (63, TpIternext),
        (65, TpNew),
        (66, TpRepr),
        (67, TpRichcompare),
        (69, TpSetattro),
        (70, TpStr),
        (75, NbMatrixMultiply),
        (76, NbInplaceMatrixMultiply),
        (77, AmAwait),
        (78, AmAiter),
        (79, AmAnext),
        (80, TpFinalize),
    ];
    TABLE.iter().find(|(number, _)| *number == slot).map(|&(_, slot)| slot)
}

/// The function or pointer in a slot, by its number.
#[capi]
fn PyType_GetSlot(cx: Cx<'_>, ty: *mut PyTypeObject, slot: c_int) -> Result<*mut c_void> {
    // SAFETY: C passes a live type.
    unsafe {
        let word = |function: usize| function as *mut c_void;
        Ok(match slot {
            number::Py_tp_base => (*ty).tp_base.cast(),
            number::Py_tp_bases => (*ty).tp_bases.cast(),
            number::Py_tp_alloc => std::mem::transmute::<_, *mut c_void>((*ty).tp_alloc),
            number::Py_tp_clear => std::mem::transmute::<_, *mut c_void>((*ty).tp_clear),
            number::Py_tp_dealloc => std::mem::transmute::<_, *mut c_void>((*ty).tp_dealloc),
            number::Py_tp_del => std::mem::transmute::<_, *mut c_void>((*ty).tp_del),
            number::Py_tp_doc => (*ty).tp_doc.cast_mut().cast(),
            number::Py_tp_free => std::mem::transmute::<_, *mut c_void>((*ty).tp_free),
            number::Py_tp_getattr => std::mem::transmute::<_, *mut c_void>((*ty).tp_getattr),
            number::Py_tp_setattr => std::mem::transmute::<_, *mut c_void>((*ty).tp_setattr),
            number::Py_tp_is_gc => std::mem::transmute::<_, *mut c_void>((*ty).tp_is_gc),
            number::Py_tp_traverse => std::mem::transmute::<_, *mut c_void>((*ty).tp_traverse),
            number::Py_tp_members => (*ty).tp_members.cast(),
            number::Py_tp_methods => (*ty).tp_methods.cast(),
            number::Py_tp_getset => (*ty).tp_getset.cast(),
            number::Py_am_send if !(*ty).tp_as_async.is_null() => {
                std::mem::transmute::<_, *mut c_void>((*(*ty).tp_as_async).am_send)
            }
            number::Py_am_send => null_mut(),
            other => match slot_of_number(other) {
                Some(slot) => word(slot.get(ty)),
                None => return Err(cx.bad_internal_call()),
            },
        })
    }
}

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

/// The attribute that the type or a base defines, unbound; borrowed, no error when there is none.
#[capi]
fn _PyType_Lookup<'a>(cx: Cx<'a>, ty: *mut PyTypeObject, name: Obj<'a>) -> Option<Borrowed<'a>> {
    let class = class_of(cx, ty).ok()?;
    let name = name.give(cx).ok()?;
    host().type_lookup(class.as_ref(), name.as_ref()).map(Borrowed::lent)
}

/// As `_PyType_Lookup`, with a new reference.
#[capi]
fn _PyType_LookupRef(cx: Cx<'_>, ty: *mut PyTypeObject, name: Obj<'_>) -> Option<New> {
    let class = class_of(cx, ty).ok()?;
    let name = name.give(cx).ok()?;
    host().type_lookup(class.as_ref(), name.as_ref()).map(|found| cx.to_c(found))
}

/// `object.__getattribute__`.
#[capi]
fn PyObject_GenericGetAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>) -> Result<New> {
    let (object, name) = (object.give(cx)?, name.give(cx)?);
    cx.object(|h| h.generic_get_attr(object.as_ref(), name.as_ref()))
}

/// `object.__setattr__`, or `object.__delattr__` for NULL.
#[capi]
fn PyObject_GenericSetAttr(cx: Cx<'_>, object: Obj<'_>, name: Obj<'_>, value: Option<Obj<'_>>) -> Result<()> {
    let (object, name) = (object.give(cx)?, name.give(cx)?);
    let value = value.map(|value| value.give(cx)).transpose()?;
    cx.call(|h| h.generic_set_attr(object.as_ref(), name.as_ref(), value.as_ref().map(HostObj::as_ref)))
}

/// The `__dict__` getter of a getset table.
#[capi]
fn PyObject_GenericGetDict(cx: Cx<'_>, object: Obj<'_>, _context: *mut c_void) -> Result<New> {
    let owner = object.give(cx)?;
    let dict = host().instance_dict(owner.as_ref());
    dict.map(|dict| cx.to_c(dict)).ok_or_else(|| cx.error("AttributeError", "This object has no __dict__"))
}

/// The `__dict__` setter of a getset table.
#[capi]
fn PyObject_GenericSetDict(cx: Cx<'_>, object: Obj<'_>, value: Option<Obj<'_>>, _context: *mut c_void) -> Result<()> {
    let Some(value) = value else { return Err(cx.type_error("cannot delete __dict__")) };
    if !value.type_has(Py_TPFLAGS_DICT_SUBCLASS) {
        return Err(cx.type_error(format!("__dict__ must be set to a dictionary, not a '{}'", value.type_name())));
    }
    let owner = object.give(cx)?;
    if crate::instancedict::replace(cx, &owner, object.as_ptr(), value)? {
        return Ok(());
    }
    let dict = host()
        .instance_dict(owner.as_ref())
        .ok_or_else(|| cx.error("AttributeError", "This object has no __dict__"))?;
    let value = value.give(cx)?;
    cx.call_method(dict.as_ref(), "clear", &[])?;
    cx.call_method(dict.as_ref(), "update", &[value.as_ref()])?;
    Ok(())
}

/// Where an instance's dict pointer lies: NULL, since the host keeps instances' dicts.
#[capi(raw)]
pub unsafe extern "C" fn _PyObject_GetDictPtr(_op: *mut PyObject) -> *mut *mut PyObject {
    null_mut()
}

/// Visit the managed dict. The layer's own traversals pass by: the host's collector sees the host's dicts itself.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_VisitManagedDict(
    op: *mut PyObject,
    visit: object_mirror::object::visitproc,
    arg: *mut c_void,
) -> c_int {
    if crate::objimpl::is_own_traversal() {
        return 0;
    }
    // SAFETY: C traverses a live object of its own, with the lock held.
    let Some(owner) = (unsafe { Obj::from_ptr(op) }) else { return 0 };
    let object = lifetime::host_of(op).map(HostRef::to_owned);
    let dict = object.and_then(|object| host().present_instance_dict(object.as_ref()));
    // SAFETY: the visitor and its argument belong together; what it sees lives as long as the object does not let go of it.
    dict.map_or(0, |dict| unsafe { visit(crate::boundary::IntoC::into_c(lending::lend(owner, dict)), arg) })
}

/// Clear a managed dict: the object gets a new one when it is asked for. Of what dies, the host drops the dict with the wrapper.
#[capi]
fn PyObject_ClearManagedDict(cx: Cx<'_>, op: Obj<'_>) {
    // SAFETY: C passes an object that its own code clears or destroys.
    if unsafe { (*op.as_ptr()).ob_refcnt } <= 0 {
        return;
    }
    let Some(object) = lifetime::host_of(op.as_ptr()).map(HostRef::to_owned) else { return };
    if host().present_instance_dict(object.as_ref()).is_some() {
        // What was in it may run code when it goes.
        cx.unlocked(|h| h.set_instance_dict(object.as_ref(), h.new_dict()));
    }
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
