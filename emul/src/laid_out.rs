//! Classes of the host's whose instances C reads inline, by a struct of CPython's that no header of the C API has.

use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};

use object_mirror::Py_ssize_t;
use object_mirror::object::PyTypeObject;

use crate::host::{HostObj, HostRef, host};

/// One such class of a module.
pub(crate) struct LaidOut {
    module: &'static str,
    name: &'static str,
    size: usize,
    /// The mirror of the class; NULL before it crosses.
    class: AtomicPtr<PyTypeObject>,
}

impl LaidOut {
    /// The class `module.name`, whose instances' struct has this size.
    pub(crate) const fn new(module: &'static str, name: &'static str, size: usize) -> Self {
        Self { module, name, size, class: AtomicPtr::new(null_mut()) }
    }

    /// Give the fresh mirror of `class` the layout of CPython's, if it is this one.
    pub(crate) fn lay_out(&self, ty: *mut PyTypeObject, class: HostRef, name: &str) {
        if name.rsplit('.').next() != Some(self.name) || !self.class.load(Relaxed).is_null() {
            return;
        }
        let known = host().import(self.module).ok().and_then(|module| attribute(module.as_ref(), self.name));
        if known.is_some_and(|known| host().identity(known.as_ref().word()) == host().identity(class.word())) {
            self.class.store(ty, Relaxed);
            // SAFETY: a type that is being made.
            unsafe { (*ty).tp_basicsize = (*ty).tp_basicsize.max(self.size as Py_ssize_t) };
        }
    }

    /// Whether instances of `ty` have the struct.
    pub(crate) fn is_type(&self, mut ty: *mut PyTypeObject) -> bool {
        let class = self.class.load(Relaxed);
        if class.is_null() {
            return false;
        }
        while !ty.is_null() && !std::ptr::eq(ty, class) {
            // SAFETY: live types, whose bases are live.
            ty = unsafe { (*ty).tp_base };
        }
        !ty.is_null()
    }
}

pub(crate) fn attribute(object: HostRef, name: &str) -> Option<HostObj> {
    let name = host().new_str(name.as_bytes());
    host().get_attr(object, name.as_ref()).ok()
}
