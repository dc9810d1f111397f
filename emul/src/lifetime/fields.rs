//! The objects that mirrors hold, for the collector.

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

use object_mirror::cellobject::PyCellObject;
use object_mirror::dictobject::_PyDictViewObject;
use object_mirror::object::{
    Py_TPFLAGS_BASE_EXC_SUBCLASS, Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_LIST_SUBCLASS,
    Py_TPFLAGS_TUPLE_SUBCLASS, PyObject, PyTypeObject, visitproc,
};
use object_mirror::pyerrors::PyBaseExceptionObject;
use object_mirror::sliceobject::PySliceObject;
use refcount_bridge::State;

use super::{has_state, xdecref};
use crate::lock;
use crate::statics::{builtin, exception};

/// Whether C tracks the object: what `gc.is_tracked` says of a wrapper.
pub fn is_tracked(mirror: *mut PyObject) -> bool {
    let _held = lock::hold();
    has_state(mirror, State::TRACKED)
}

/// Whether `traverse` is one of ours: then the layer fills the fields it looks at.
pub(crate) fn is_our_traverse(traverse: object_mirror::object::traverseproc) -> bool {
    let ours: [object_mirror::object::traverseproc; 7] = [
        _Emul_value_traverse,
        crate::heaptype::traverse,
        crate::moduleobject::traverse,
        crate::methodobject::cfunction_traverse,
        crate::classobject::method_traverse,
        crate::classobject::instancemethod_traverse,
        crate::host_functions::traverse,
    ];
    ours.iter().any(|&ours| std::ptr::fn_addr_eq(ours, traverse))
}

/// Whether the layer fills the mirrors of this type's instances: see [`is_filled`].
pub(crate) fn fills(ty: *mut PyTypeObject) -> bool {
    // SAFETY: callers pass live types.
    unsafe {
        (*ty).tp_flags & object_mirror::object::Py_TPFLAGS_HAVE_GC as std::ffi::c_ulong != 0
            && (*ty).tp_traverse.is_some_and(is_our_traverse)
    }
}

/// Whether the layer filled the mirror, so that its fields may be looked at though C did not track it. Asked of live mirrors.
pub(crate) fn is_filled(mirror: *mut PyObject) -> bool {
    // SAFETY: a live mirror; a type is live as long as its instances.
    unsafe {
        let ty = (*mirror).ob_type;
        !ty.is_null() && (*mirror).ob_refcnt > 0 && fills(ty)
    }
}

/// The traversal of builtin types' mirrors: what the struct's fields hold.
pub(crate) unsafe extern "C" fn _Emul_value_traverse(op: *mut PyObject, visit: visitproc, arg: *mut c_void) -> c_int {
    // SAFETY: the type's flags tell which struct is at `op`; every field is NULL or live.
    unsafe {
        let ty = (*op).ob_type;
        let has = |flag: u64| (*ty).tp_flags & flag as std::ffi::c_ulong != 0;
        let ours: object_mirror::object::traverseproc = _Emul_value_traverse;
        if has(Py_TPFLAGS_HEAPTYPE) && (*ty).tp_traverse.is_some_and(|own| std::ptr::fn_addr_eq(own, ours)) {
            // Another traversal that calls this one for its base visits the type itself.
            let stop = visit(ty.cast(), arg);
            if stop != 0 {
                return stop;
            }
        }
        if has(Py_TPFLAGS_TUPLE_SUBCLASS) {
            return visit_all(crate::tupleobject::items(op), visit, arg);
        }
        if has(Py_TPFLAGS_LIST_SUBCLASS) {
            return visit_all(crate::listobject::items(op), visit, arg);
        }
        if has(Py_TPFLAGS_DICT_SUBCLASS) {
            return visit_all(&crate::lending::lent_by(op), visit, arg);
        }
        if has(Py_TPFLAGS_BASE_EXC_SUBCLASS) {
            let exception: *mut PyBaseExceptionObject = op.cast();
            let value = if crate::typeobject::is_subtype(ty, exception!(PyExc_StopIteration)) {
                (*op.cast::<object_mirror::pyerrors::PyStopIterationObject>()).value
            } else {
                null_mut()
            };
            let fields = [
                (*exception).dict,
                (*exception).args,
                (*exception).notes,
                (*exception).traceback,
                (*exception).context,
                (*exception).cause,
                value,
            ];
            return visit_all(&fields, visit, arg);
        }
        if std::ptr::eq(ty, builtin!(PySlice_Type)) {
            let slice: *mut PySliceObject = op.cast();
            return visit_all(&[(*slice).start, (*slice).stop, (*slice).step], visit, arg);
        }
        if std::ptr::eq(ty, builtin!(PyTraceBack_Type)) {
            return visit_all(&crate::traceback::fields(op), visit, arg);
        }
        if std::ptr::eq(ty, builtin!(PyCell_Type)) {
            return visit_all(&[(*op.cast::<PyCellObject>()).ob_ref], visit, arg);
        }
        if crate::dictobject::view_method(ty).is_some() {
            return visit_all(&[(*op.cast::<_PyDictViewObject>()).dv_dict.cast()], visit, arg);
        }
    }
    0
}

/// # Safety
/// The fields are NULL or live; `visit` and `arg` belong together.
pub(crate) unsafe fn visit_all(fields: &[*mut PyObject], visit: visitproc, arg: *mut c_void) -> c_int {
    for &field in fields {
        if !field.is_null() {
            // SAFETY: the caller's contract.
            let stop = unsafe { visit(field, arg) };
            if stop != 0 {
                return stop;
            }
        }
    }
    0
}

/// `tp_clear` of builtin types, which C's own types call for what they inherit: an exception lets go of what it refers to, a
/// list of its items on both sides. What the host's other containers hold is the host's to clear.
///
/// # Safety
/// `op` is a live object of a builtin type, or of a type derived from one.
pub(crate) unsafe extern "C" fn _Emul_value_clear(op: *mut PyObject) -> std::ffi::c_int {
    // SAFETY: the type's flags tell which struct is at `op`; every field is NULL or owns a reference.
    unsafe {
        if (*(*op).ob_type).tp_flags & Py_TPFLAGS_BASE_EXC_SUBCLASS as std::ffi::c_ulong != 0 {
            let exception: *mut PyBaseExceptionObject = op.cast();
            for field in [
                &raw mut (*exception).dict,
                &raw mut (*exception).args,
                &raw mut (*exception).notes,
                &raw mut (*exception).traceback,
                &raw mut (*exception).cause,
                &raw mut (*exception).context,
            ] {
                xdecref(std::mem::replace(&mut *field, null_mut()));
            }
        } else if (*(*op).ob_type).tp_flags & Py_TPFLAGS_LIST_SUBCLASS as std::ffi::c_ulong != 0 {
            crate::listobject::clear(crate::boundary::Cx::assume(), op);
        } else if (*(*op).ob_type).tp_flags & Py_TPFLAGS_DICT_SUBCLASS as std::ffi::c_ulong != 0 {
            crate::lending::release(op);
        } else if std::ptr::eq((*op).ob_type, builtin!(PyCell_Type)) {
            xdecref(std::mem::replace(&mut (*op.cast::<PyCellObject>()).ob_ref, null_mut()));
        }
    }
    0
}
