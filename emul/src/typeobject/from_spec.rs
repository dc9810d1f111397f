//! Types made of a `PyType_Spec`.

#![allow(clippy::missing_transmute_annotations, reason = "a slot's own field says the function's type")]

use std::ffi::{CStr, c_int, c_ulong, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::descrobject::PyMemberDef;
use object_mirror::object::{
    Py_TPFLAGS_BASETYPE, Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_ITEMS_AT_END, Py_TPFLAGS_TUPLE_SUBCLASS,
    Py_TPFLAGS_TYPE_SUBCLASS, PyHeapTypeObject, PyObject, PyType_Slot, PyType_Spec, PyTypeObject, slots as number,
};

use super::getslot::slot_of_number;
use super::ready::{best_base, layout_conflict, point_suites, ready, set_base};
use super::{class_of, flags, is_subtype};
use crate::boundary::{Cx, New, Obj, Result};
use crate::lifetime;
use crate::statics::builtin;
use crate::{heaptype, tupleobject, unicodeobject};

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
        let (own, usual) = ((*metaclass).tp_new, (*builtin!(PyType_Type)).tp_new);
        if own.is_some_and(|own| usual.is_none_or(|usual| !std::ptr::fn_addr_eq(own, usual))) {
            if given {
                return Err(cx.type_error("Metaclasses with custom tp_new are not supported."));
            }
            warn_of_custom_new(cx, CStr::from_ptr((*spec).name))?;
        }
        // CPython returns NULL without an error here.
        if bases.is_empty() {
            return Err(cx.system_error("error return without exception set"));
        }
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
        // The name proper has to be UTF-8.
        let bytes = full.to_bytes();
        let after = bytes.iter().rposition(|&byte| byte == b'.').map_or(0, |dot| dot + 1);
        let named = unicodeobject::make::PyUnicode_FromString((*spec).name.add(after));
        if New::from_ptr(named).is_none() {
            return Err(cx.pending());
        }
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
    Ok(match bases {
        Some(bases) if bases.type_has(Py_TPFLAGS_TUPLE_SUBCLASS) => items(bases),
        Some(base) => vec![base.cast()],
        // SAFETY: NULL or a live object.
        None => match unsafe { Obj::from_ptr(in_slots.cast()) } {
            Some(bases) if bases.type_has(Py_TPFLAGS_TUPLE_SUBCLASS) => items(bases),
            Some(_) => return Err(cx.system_error("Py_tp_bases is not a tuple")),
            None if base.is_null() => vec![builtin!(PyBaseObject_Type)],
            None => vec![base.cast()],
        },
    })
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
