//! Hashes.

use capi_macros::capi;
use object_mirror::Py_hash_t;
use object_mirror::bytesobject::PyBytesObject;
use object_mirror::object::{PyObject, PyTypeObject, hashfunc};
use object_mirror::setobject::PySetObject;
use object_mirror::unicodeobject::PyASCIIObject;

use crate::abstract_::{c_slot, call_c, is_exactly};
use crate::boundary::{Cx, Obj, Result};
use crate::host::host;
use crate::slots::Slot;
use crate::special;
use crate::statics::builtin;

/// `hash(object)`.
#[capi]
fn PyObject_Hash(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_hash_t> {
    if is_exactly(object, builtin!(PyUnicode_Type)) {
        return text_hash(cx, object);
    }
    if let Some(function) = c_slot(object, Slot::TpHash) {
        let hash = call_c!(function, hashfunc, object.as_ptr());
        return if hash == -1 { Err(cx.pending()) } else { Ok(hash) };
    }
    let given = object.give(cx)?;
    let hash = cx.call(|h| h.hash(given.as_ref()))?;
    // SAFETY: a live object; the lock is held.
    unsafe {
        let inherits = Slot::TpHash.get(object.type_ptr()) == Slot::TpHash.get(builtin!(PyUnicode_Type));
        if inherits {
            remember_hash(object.as_ptr(), special::builtin_with(object.as_ptr(), Slot::TpHash), hash);
        }
    }
    Ok(hash)
}

/// Keep a hash that the implementation of `ty` worked out where C reads it inline. Other types keep none.
///
/// # Safety
/// `object` is alive, and an instance of `ty`.
pub(crate) unsafe fn remember_hash(object: *mut PyObject, ty: *mut PyTypeObject, hash: Py_hash_t) {
    // SAFETY: an instance of a type has the type's layout.
    unsafe {
        if ty == builtin!(PyUnicode_Type) {
            (*object.cast::<PyASCIIObject>()).hash = hash;
        } else if ty == builtin!(PyBytes_Type) {
            (*object.cast::<PyBytesObject>()).ob_shash = hash;
        } else if ty == builtin!(PyFrozenSet_Type) {
            (*object.cast::<PySetObject>()).hash = hash;
        }
    }
}

/// A str's hash: the host's, kept where C reads it inline.
fn text_hash(cx: Cx<'_>, text: Obj<'_>) -> Result<Py_hash_t> {
    let header: *mut PyASCIIObject = text.cast();
    // SAFETY: a live str.
    let known = unsafe { (*header).hash };
    if known != -1 {
        return Ok(known);
    }
    let object = text.give(cx)?;
    let hash = cx.call(|h| h.hash(object.as_ref()))?;
    // SAFETY: as above.
    unsafe { (*header).hash = hash };
    Ok(hash)
}

/// `tp_hash` of types that cannot be hashed.
#[capi]
fn PyObject_HashNotImplemented(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_hash_t> {
    Err(cx.type_error(format!("unhashable type: '{}'", object.type_name())))
}

/// The hash of an object by its identity.
#[capi]
fn PyObject_GenericHash(cx: Cx<'_>, object: Obj<'_>) -> Result<Py_hash_t> {
    // The host's answer: a mirror's address is its own only as long as C holds it.
    let object = object.give(cx)?;
    let hash = cx.call_builtin_method("object", "__hash__", &[object.as_ref()])?;
    host().int_value(hash.as_ref()).map(|hash| hash as Py_hash_t).ok_or_else(|| cx.bad_internal_call())
}
