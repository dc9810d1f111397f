//! Types of C made ready: inheritance of slots and layout, and the class of the host.

#![allow(clippy::missing_transmute_annotations, reason = "a slot's own field says the function's type")]

use std::ffi::{CStr, c_ulong};

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{
    Py_TPFLAGS_BASETYPE, Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HAVE_VECTORCALL,
    Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_IMMUTABLETYPE, Py_TPFLAGS_MANAGED_DICT, Py_TPFLAGS_MANAGED_WEAKREF,
    Py_TPFLAGS_MAPPING, Py_TPFLAGS_METHOD_DESCRIPTOR, Py_TPFLAGS_READY, Py_TPFLAGS_READYING, Py_TPFLAGS_SEQUENCE,
    Py_TPFLAGS_TYPE_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS, PyHeapTypeObject, PyTypeObject,
};
use refcount_bridge::State;

use super::host_class::own_slots;
use super::{
    MANAGED_WEAKREF_OFFSET, SUBCLASS_FLAGS, class_of, fill_orders, flags, is_static, is_subtype, mirror_of_class,
};
use crate::boundary::{Cx, Obj, Raised, Result};
use crate::host::{ClassSpec, HostObj, HostRef, host};
use crate::lifetime::{self, bridge};
use crate::slots::Slot;
use crate::statics::{self, builtin};
use crate::{descrobject, docstrings, lending, tupleobject};

/// # Safety
/// `heap` is a heap type being made.
pub(super) unsafe fn point_suites(heap: *mut PyHeapTypeObject) {
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
pub(super) unsafe fn inherit_layout(ty: *mut PyTypeObject, base: *mut PyTypeObject, heap: bool) {
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

/// `_Py_TPFLAGS_MATCH_SELF` and `Py_TPFLAGS_ITEMS_AT_END`.
const ALWAYS_INHERITED: u64 = 1 << 22 | 1 << 23;

/// CPython's `inherit_special` and `inherit_slots`: what `ty` has not defined comes from `base`.
///
/// # Safety
/// Both are live types; `ty` is being made.
pub(super) unsafe fn inherit(ty: *mut PyTypeObject, base: *mut PyTypeObject) {
    // SAFETY: the caller's contract.
    unsafe {
        (*ty).tp_flags |= (flags(base)
            & (SUBCLASS_FLAGS | Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF | ALWAYS_INHERITED))
            as c_ulong;
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
        lending::mark_class_namespace((*ty).tp_dict);
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
pub(super) unsafe fn set_base(ty: *mut PyTypeObject, base: *mut PyTypeObject) {
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
pub(super) fn best_base(bases: &[*mut PyTypeObject]) -> Option<*mut PyTypeObject> {
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

/// The place of the base that lays out the instances.
pub(crate) fn best_of(bases: &[HostRef]) -> Option<usize> {
    let bases: Vec<_> = bases.iter().map(|&base| mirror_of_class(base)).collect();
    let best = best_base(&bases)?;
    bases.iter().position(|&base| std::ptr::eq(base, best))
}

/// Whether the fields that the class has from its base are those of the best of `bases`.
pub(crate) fn bases_fit(class: HostRef, bases: &[HostRef]) -> bool {
    let bases: Vec<_> = bases.iter().map(|&base| mirror_of_class(base)).collect();
    // SAFETY: the struct of a live class.
    let base = unsafe { (*mirror_of_class(class)).tp_base };
    base.is_null() || best_base(&bases).is_some_and(|best| std::ptr::eq(solid_base(best), solid_base(base)))
}

pub(super) fn layout_conflict(cx: Cx<'_>) -> Raised {
    cx.type_error("multiple bases have instance lay-out conflict")
}

unsafe fn make_class(cx: Cx<'_>, ty: *mut PyTypeObject, bases: &[*mut PyTypeObject]) -> Result<HostObj> {
    // SAFETY: a live type; its strings are NUL-terminated.
    unsafe {
        let full = CStr::from_ptr((*ty).tp_name).to_string_lossy().into_owned();
        let (module, name) = full.rsplit_once('.').map_or((None, full.as_str()), |(module, name)| (Some(module), name));
        // The name of a static type tells its module: its instances have no such attribute.
        let module = module.filter(|_| flags(ty) & Py_TPFLAGS_HEAPTYPE != 0);
        let doc = docstrings::first_type_doc(cx, ty)?;
        let base_classes = bases.iter().map(|&base| class_of(cx, base)).collect::<Result<Vec<_>>>()?;
        let base_refs: Vec<HostRef> = base_classes.iter().map(HostObj::as_ref).collect();
        let metaclass = class_of(cx, (*ty).ob_base.ob_base.ob_type)?;
        let qualname = own_qualname(cx, ty)?;
        let spec = ClassSpec {
            name,
            module,
            qualname: qualname.as_deref(),
            doc,
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
