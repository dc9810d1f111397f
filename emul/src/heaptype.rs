//! What heap types hold and how they end, and the destructor and traversal of instances whose type has none of its own.
//!
//! A heap type's mirror is bound to its class ([`refcount_bridge::Bridge::link_bound`]): they die together, in a collection.

use std::ffi::{CString, c_int, c_void};
use std::ptr::null_mut;

use object_mirror::descrobject::{Py_READONLY, Py_T_OBJECT_EX};
use object_mirror::object::{
    Py_TPFLAGS_HEAPTYPE, PyHeapTypeObject, PyObject, PyTypeObject, destructor, traverseproc, visitproc,
};
use refcount_bridge::State;

use crate::lifetime::{self, bridge};
use crate::statics::builtin;

fn is_heap_type(ty: *mut PyTypeObject) -> bool {
    // SAFETY: callers pass live types.
    unsafe { (*ty).tp_flags & Py_TPFLAGS_HEAPTYPE as std::ffi::c_ulong != 0 }
}

/// The destructor of types that have none of their own: finaliser, members, then the base's (CPython's `subtype_dealloc`).
pub(crate) unsafe extern "C" fn subtype_dealloc(op: *mut PyObject) {
    // SAFETY: `op` has no references left; its type is live until the end.
    unsafe {
        let ty = (*op).ob_type;
        if !finalize(op, ty) {
            return;
        }
        let mut base = ty;
        while (*base).tp_dealloc.is_some_and(|dealloc| std::ptr::fn_addr_eq(dealloc, subtype_dealloc as destructor)) {
            clear_members(op, base);
            base = (*base).tp_base;
        }
        match (*base).tp_dealloc {
            Some(dealloc) if !std::ptr::eq(base, builtin!(PyBaseObject_Type)) => {
                dealloc(op);
                // The destructor of a heap type gives the type back itself.
                if is_heap_type(base) {
                    return;
                }
            }
            _ => (*ty).tp_free.unwrap_or(lifetime::free_object_c)(op.cast()),
        }
        if is_heap_type(ty) {
            lifetime::decref(ty.cast());
        }
    }
}

/// Whether `ty`'s destructor is [`subtype_dealloc`].
///
/// # Safety
/// `ty` is a live type.
pub(crate) unsafe fn has_subtype_dealloc(ty: *mut PyTypeObject) -> bool {
    // SAFETY: the caller's contract.
    unsafe { (*ty).tp_dealloc.is_some_and(|dealloc| std::ptr::fn_addr_eq(dealloc, subtype_dealloc as destructor)) }
}

/// Run the finaliser of an instance that is being destroyed, once; whether it stays dead.
///
/// # Safety
/// `op` is an instance of `ty` without references.
unsafe fn finalize(op: *mut PyObject, ty: *mut PyTypeObject) -> bool {
    // SAFETY: the caller's contract.
    unsafe {
        let Some(finalize) = (*ty).tp_finalize else { return true };
        if lifetime::has_state(op, State::FINALIZED) {
            return true;
        }
        bridge(|bridge| bridge.link(op).set(State::FINALIZED));
        (*op).ob_refcnt = 1;
        finalize(op);
        (*op).ob_refcnt -= 1;
        if (*op).ob_refcnt == 0 {
            return true;
        }
        bridge(|bridge| bridge.link(op).clear(State::DYING));
        false
    }
}

/// # Safety
/// `op` is an instance of `ty`, or of a type derived from it.
unsafe fn clear_members(op: *mut PyObject, ty: *mut PyTypeObject) {
    // SAFETY: the type's own members lie inside the instance.
    unsafe {
        let mut member = (*ty).tp_members;
        while !member.is_null() && !(*member).name.is_null() {
            if (*member).type_ == Py_T_OBJECT_EX && (*member).flags & Py_READONLY == 0 {
                let field = op.cast::<u8>().offset((*member).offset).cast::<*mut PyObject>();
                lifetime::xdecref(std::mem::replace(&mut *field, null_mut()));
            }
            member = member.add(1);
        }
        let dictoffset = (*ty).tp_dictoffset;
        if dictoffset > 0 && (*(*ty).tp_base).tp_dictoffset == 0 {
            let field = op.cast::<u8>().offset(dictoffset).cast::<*mut PyObject>();
            lifetime::xdecref(std::mem::replace(&mut *field, null_mut()));
        }
    }
}

/// The traversal of instances of a class made in Python over a type of C's (CPython's `subtype_traverse`): what the host
/// keeps of such an instance is the host's to see.
pub(crate) unsafe extern "C" fn subtype_traverse(op: *mut PyObject, visit: visitproc, arg: *mut c_void) -> c_int {
    // SAFETY: a live instance of a live type; `visit` and `arg` belong together.
    unsafe {
        let ty = (*op).ob_type;
        let mut base = ty;
        while !base.is_null() && (*base).tp_traverse.is_some_and(is_subtype_traverse) {
            base = (*base).tp_base;
        }
        let theirs = if base.is_null() { None } else { (*base).tp_traverse };
        // A heap type's own traversal visits the type of the instance.
        if theirs.is_none() || !is_heap_type(base) {
            let stop = visit(ty.cast(), arg);
            if stop != 0 {
                return stop;
            }
        }
        theirs.map_or(0, |traverse| traverse(op, visit, arg))
    }
}

fn is_subtype_traverse(traverse: traverseproc) -> bool {
    let ours: traverseproc = subtype_traverse;
    std::ptr::fn_addr_eq(traverse, ours)
}

/// `PyType_Type.tp_traverse`.
pub(crate) unsafe extern "C" fn traverse(op: *mut PyObject, visit: visitproc, arg: *mut c_void) -> c_int {
    let ty: *mut PyTypeObject = op.cast();
    if !is_heap_type(ty) {
        return 0;
    }
    // SAFETY: a live heap type, whose fields are NULL or own references.
    unsafe {
        let module = (*ty.cast::<PyHeapTypeObject>()).ht_module;
        let metaclass = (*op).ob_type;
        let ours: traverseproc = traverse;
        // A metaclass with a traversal of its own visits itself.
        if is_heap_type(metaclass) && (*metaclass).tp_traverse.is_some_and(|own| std::ptr::fn_addr_eq(own, ours)) {
            let stop = visit(metaclass.cast(), arg);
            if stop != 0 {
                return stop;
            }
        }
        let fields = [(*ty).tp_dict, (*ty).tp_mro, (*ty).tp_bases, (*ty).tp_base.cast(), module];
        lifetime::visit_all(&fields, visit, arg)
    }
}

/// `PyType_Type.tp_clear`: what destructors of instances may still look at, the bases, stays until the end.
pub(crate) unsafe extern "C" fn clear(op: *mut PyObject) -> c_int {
    let ty: *mut PyTypeObject = op.cast();
    if is_heap_type(ty) {
        // SAFETY: as in `traverse`.
        unsafe {
            let module = &raw mut (*ty.cast::<PyHeapTypeObject>()).ht_module;
            for field in [&raw mut (*ty).tp_mro, module] {
                lifetime::xdecref(std::mem::replace(&mut *field, null_mut()));
            }
        }
    }
    0
}

/// `PyType_Type.tp_dealloc`, for a heap type that nothing refers to any more.
pub(crate) unsafe extern "C" fn dealloc(op: *mut PyObject) {
    // SAFETY: a heap type without references; its fields are NULL or own references.
    unsafe {
        clear(op);
        let ty: *mut PyTypeObject = op.cast();
        let heap: *mut PyHeapTypeObject = op.cast();
        for field in [(*ty).tp_dict, (*ty).tp_bases, (*ty).tp_base.cast(), (*heap).ht_name, (*heap).ht_qualname] {
            lifetime::xdecref(field);
        }
        // The copy of a spec's name; what `tp_name` points to may be C's.
        if !(*heap)._ht_tpname.is_null() {
            drop(CString::from_raw((*heap)._ht_tpname));
        }
        crate::typeobject::forget_own_slots(ty);
        crate::watchers::type_dies(ty);
        let metaclass = (*op).ob_type;
        lifetime::free_object(op.cast());
        if lifetime::is_given_back(metaclass) {
            lifetime::decref(metaclass.cast());
        }
    }
}
