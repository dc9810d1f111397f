//! `abstract.h`: the object, number, sequence, mapping and iterator protocols, and calls.
//!
//! An operation runs the C function in the type's slot where there is one, as CPython does, and what the mirror itself
//! answers is read from it. Everything else goes to the host.

pub(crate) mod call;
pub(crate) mod mapping;
pub(crate) mod number;
pub(crate) mod object;
mod plain;
pub(crate) mod sequence;

use object_mirror::object::{PyObject, PyTypeObject};

use crate::boundary::{Cx, New, Obj, Result};
use crate::slots::Slot;
use crate::special;

/// The C function in `slot` of the object's type, as an address; `None` for an empty slot or one that leads to the host.
#[inline]
pub(crate) fn c_slot(op: Obj<'_>, slot: Slot) -> Option<usize> {
    // SAFETY: a live object of a live type; the lock is held.
    let function = unsafe { slot.get(op.type_ptr()) };
    (function != 0 && !special::is_ours(function)).then_some(function)
}

/// Whether the object's type has `slot`, whoever implements it.
#[inline]
pub(crate) fn has_slot(op: Obj<'_>, slot: Slot) -> bool {
    // SAFETY: as in `c_slot`.
    unsafe { slot.get(op.type_ptr()) != 0 }
}

/// Whether the object's type is exactly `ty`.
#[inline]
pub(crate) fn is_exactly(op: Obj<'_>, ty: *mut PyTypeObject) -> bool {
    std::ptr::eq(op.type_ptr(), ty)
}

/// A C function's result: the new reference, or the pending error for NULL.
#[inline]
pub(crate) fn returned(cx: Cx<'_>, result: *mut PyObject) -> Result<New> {
    // SAFETY: a C function returns NULL or a new reference.
    unsafe { New::from_ptr(result) }.ok_or_else(|| cx.pending())
}

/// Call the C function in a slot.
macro_rules! call_c {
    ($function:expr, $type:ty, $($argument:expr),*) => {
        // SAFETY: the slot holds a function of this type; the arguments are live objects; the lock is held.
        unsafe { std::mem::transmute::<usize, $type>($function)($($argument),*) }
    };
}
pub(crate) use call_c;
