//! The payloads of wrappers: what a host object holds of the mirror whose state is in C.

use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};

use emul::host::HostRef;
use object_mirror::object::PyObject as Mirror;
use rustpython::vm::builtins::{PyBaseObject, PyType};
use rustpython::vm::class::StaticType;
use rustpython::vm::object::{MaybeTraverse, TraverseFn};
use rustpython::vm::{Context, Py, PyObjectRef, PyPayload};

use super::get;

macro_rules! wrapper {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name(AtomicPtr<Mirror>);

        impl $name {
            pub(crate) fn new(mirror: *mut Mirror) -> Self {
                Self(AtomicPtr::new(mirror))
            }

            pub(crate) fn mirror(&self) -> *mut Mirror {
                self.0.load(Relaxed)
            }
        }

        impl PyPayload for $name {
            fn class(_ctx: &Context) -> &'static Py<PyType> {
                PyBaseObject::static_type()
            }
        }

        impl MaybeTraverse for $name {
            const HAS_TRAVERSE: bool = true;
            const HAS_CLEAR: bool = true;

            fn try_traverse(&self, visit: &mut TraverseFn<'_>) {
                emul::lifetime::traverse(self.mirror(), &mut |child: HostRef| visit(get(child)));
            }

            fn try_clear(&mut self, _out: &mut Vec<PyObjectRef>) {
                emul::lifetime::clear(self.mirror());
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                emul::lifetime::wrapper_died(self.mirror());
            }
        }
    };
}

wrapper! {
    /// The wrapper of an instance of a C type.
    CInstance
}
wrapper! {
    /// The wrapper of a C function object.
    CFunction
}
