//! Classes of the host as heap types: their slots, and keeping them in step when the class changes.

#![allow(clippy::missing_transmute_annotations, reason = "a slot's own field says the function's type")]

use std::cell::UnsafeCell;
use std::collections::HashMap;
use std::ffi::{CString, c_ulong};
use std::ptr::null_mut;

use object_mirror::Py_ssize_t;
use object_mirror::object::{
    Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HAVE_VECTORCALL, Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_MANAGED_DICT,
    Py_TPFLAGS_MANAGED_WEAKREF, Py_TPFLAGS_READY, PyHeapTypeObject, PyObject, PyTypeObject,
};
use refcount_bridge::State;

use super::ready::{best_base, inherit, inherit_layout, point_suites, set_base};
use super::{MANAGED_WEAKREF_OFFSET, fill_orders, flags, is_c_class, mirror_of_class};
use crate::host::{HostRef, host};
use crate::lifetime::{self, bridge};
use crate::slots::Slot;
use crate::statics::builtin;
use crate::{heaptype, lending, special, tupleobject, unicodeobject};

pub(super) fn make_heap_type(class: HostRef, identity: usize, info: &crate::host::ClassInfo) -> *mut PyTypeObject {
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
        // The host keeps what lies in them; who looks at sizes sees room for them.
        (*ty).tp_basicsize += (info.own_slots * size_of::<*mut PyObject>()) as Py_ssize_t;
        crate::datetime::lay_out(ty, class, &info.name);
        crate::structmodule::lay_out(ty, class, &info.name);
        crate::socketmodule::lay_out(ty, class, &info.name);
        let adds_dict = info.has_dict && (*base).tp_dictoffset == 0;
        if adds_dict {
            (*ty).tp_flags |= Py_TPFLAGS_MANAGED_DICT as c_ulong;
            (*ty).tp_dictoffset = -1;
        }
        // Each instance may be in a cycle by way of its class.
        if adds_dict || info.is_heap {
            (*ty).tp_flags |= Py_TPFLAGS_HAVE_GC as c_ulong;
            (*ty).tp_traverse = (*ty).tp_traverse.or(Some(lifetime::_Emul_value_traverse));
            (*ty).tp_clear = (*ty).tp_clear.or(Some(lifetime::_Emul_value_clear));
        }
        // C asks the field (`PyType_SUPPORTS_WEAKREFS` is inline); the references themselves are the host's.
        if info.is_heap && info.has_weakrefs && (*base).tp_weaklistoffset == 0 && (*base).tp_itemsize == 0 {
            (*ty).tp_flags |= Py_TPFLAGS_MANAGED_WEAKREF as c_ulong;
            (*ty).tp_weaklistoffset = MANAGED_WEAKREF_OFFSET;
        }
        (*ty).tp_dict = crate::cross::to_c(host().namespace(class).as_ref()).into_ptr();
        lending::mark_class_namespace((*ty).tp_dict);
        let definitions = Definitions::of(ty);
        for &slot in Slot::ALL {
            // A type of C's has one of these two at times, and then not the other one of its base; a class made in Python has both.
            let is_paired = matches!(slot, Slot::TpHash | Slot::TpRichcompare);
            if let Some(function) = definitions.function(slot).or_else(|| is_paired.then(|| inherited(ty, slot))) {
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
                        return Some(0);
                    }
                    if slot == Slot::TpHash && self.is_unhashable(*ty) {
                        return Some(crate::abstract_::object::hash::PyObject_HashNotImplemented as *const () as usize);
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
pub(super) fn own_slots() -> &'static mut HashMap<usize, Vec<(Slot, usize)>> {
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
