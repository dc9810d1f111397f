//! `_struct.Struct`, whose size and number of values C reads inline: CPython's own `_testbuffer` does, and what was made after it.

use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};

use object_mirror::Py_ssize_t;
use object_mirror::object::{PyObject, PyTypeObject};

use crate::host::{HostObj, HostRef, host};

/// `PyStructObject` of CPython's `_struct.c`.
#[repr(C)]
struct PyStructObject {
    ob_base: PyObject,
    s_size: Py_ssize_t,
    s_len: Py_ssize_t,
    s_codes: *mut std::ffi::c_void,
    s_format: *mut PyObject,
    weakreflist: *mut PyObject,
    ready: u8,
}

/// The mirror of the class; NULL before it crosses.
static CLASS: AtomicPtr<PyTypeObject> = AtomicPtr::new(null_mut());

fn attribute(object: HostRef, name: &str) -> Option<HostObj> {
    let name = host().new_str(name.as_bytes());
    host().get_attr(object, name.as_ref()).ok()
}

/// Give the fresh mirror of `class` the layout of CPython's, if it is the module's `Struct`.
pub(crate) fn lay_out(ty: *mut PyTypeObject, class: HostRef, name: &str) {
    if name.rsplit('.').next() != Some("Struct") || !CLASS.load(Relaxed).is_null() {
        return;
    }
    let known = host().import("_struct").ok().and_then(|module| attribute(module.as_ref(), "Struct"));
    if known.is_some_and(|known| host().identity(known.as_ref().word()) == host().identity(class.word())) {
        CLASS.store(ty, Relaxed);
        // SAFETY: a type that is being made.
        unsafe { (*ty).tp_basicsize = (*ty).tp_basicsize.max(size_of::<PyStructObject>() as Py_ssize_t) };
    }
}

/// Whether instances of `ty` have fields that [`fill`] fills.
pub(crate) fn is_type(mut ty: *mut PyTypeObject) -> bool {
    let class = CLASS.load(Relaxed);
    if class.is_null() {
        return false;
    }
    while !ty.is_null() && !std::ptr::eq(ty, class) {
        // SAFETY: live types, whose bases are live.
        ty = unsafe { (*ty).tp_base };
    }
    !ty.is_null()
}

/// Show an instance's fields in its fresh mirror; as many values as it makes of zeros.
pub(crate) fn fill(mirror: *mut PyObject, object: HostRef) {
    let size = attribute(object, "size").and_then(|size| host().int_value(size.as_ref())).unwrap_or(0);
    let zeros = host().new_bytes(&vec![0; usize::try_from(size).unwrap_or(0)]);
    let values =
        attribute(object, "unpack").and_then(|unpack| host().call(unpack.as_ref(), &[zeros.as_ref()], &[]).ok());
    let mirror: *mut PyStructObject = mirror.cast();
    // SAFETY: a fresh mirror of this struct.
    unsafe {
        (*mirror).s_size = size as Py_ssize_t;
        (*mirror).s_len = values.map_or(0, |values| host().container_len(values.as_ref()) as Py_ssize_t);
        (*mirror).ready = 1;
    }
}
