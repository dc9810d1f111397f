//! `weakrefobject.h`: weak references. They are the host's; a reference's mirror shows its target to inline readers.

use std::cell::UnsafeCell;
use std::ffi::c_int;

use capi_macros::capi;
use object_mirror::object::{PyObject, PyTypeObject};
use object_mirror::weakrefobject::PyWeakReference;
use refcount_bridge::State;

use crate::boundary::{Borrowed, Cx, New, Obj, Out, Result};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::statics::{self, builtin};
use crate::{cross, lifetime, pystate, typeobject};

/// The mirrors of weak references that C may read `wr_object` of.
struct Shown(UnsafeCell<Vec<*mut PyObject>>);
// SAFETY: used under the extension lock only.
unsafe impl Sync for Shown {}
static SHOWN: Shown = Shown(UnsafeCell::new(Vec::new()));

#[allow(
    clippy::mut_from_ref,
    reason = "the extension lock makes it the only reference; no call happens while it lives"
)]
fn shown() -> &'static mut Vec<*mut PyObject> {
    // SAFETY: under the extension lock, and never held across a call.
    unsafe { &mut *SHOWN.0.get() }
}

/// Whether `ty` is the type of weak references.
pub(crate) fn is_type(ty: *mut object_mirror::object::PyTypeObject) -> bool {
    std::ptr::eq(ty, builtin!(_PyWeakref_RefType))
}

/// A weak reference got its mirror: from now on the mirror shows the target.
pub(crate) fn fill(mirror: *mut PyObject, reference: HostRef) {
    shown().push(mirror);
    show(mirror, reference);
}

/// Show the target in the mirror, valid until the C frame that runs returns.
fn show(mirror: *mut PyObject, reference: HostRef) {
    let target = host().call(reference, &[], &[]).ok().map_or_else(statics::none, |target| {
        let new = cross::to_c_shared(target.as_ref());
        let pointer = new.as_ptr();
        pystate::lend(new);
        pointer
    });
    // SAFETY: a live mirror of a weak reference.
    unsafe { (*mirror.cast::<PyWeakReference>()).wr_object = target };
}

/// C is about to run again: targets may have died or lost their mirrors since.
#[inline]
pub(crate) fn sync_to_c() {
    if !shown().is_empty() {
        show_all();
    }
}

#[cold]
fn show_all() {
    for mirror in shown().clone() {
        if let Some(reference) = lifetime::host_of(mirror) {
            show(mirror, reference);
        }
    }
}

/// The mirror of a weak reference dies.
pub(crate) fn release(mirror: *mut PyObject) {
    shown().retain(|&shown| !std::ptr::eq(shown, mirror));
}

/// A target dies: mirrors that showed it show None.
#[inline]
pub(crate) fn target_dies(target: *mut PyObject) {
    for &mirror in shown().iter() {
        // SAFETY: shown mirrors are live weak references.
        unsafe {
            let reference: *mut PyWeakReference = mirror.cast();
            if std::ptr::eq((*reference).wr_object, target) {
                (*reference).wr_object = statics::none();
            }
        }
    }
}

fn is_reference(op: Obj<'_>) -> bool {
    typeobject::is_subtype(op.type_ptr(), builtin!(_PyWeakref_RefType))
}

/// A callback: NULL and None are none.
fn callback(cx: Cx<'_>, callback: Option<Obj<'_>>) -> Result<Option<HostObj>> {
    callback.filter(|callback| !statics::is_none(callback.as_ptr())).map(|callback| callback.give(cx)).transpose()
}

fn make(cx: Cx<'_>, factory: &str, target: Obj<'_>, callable: Option<Obj<'_>>) -> Result<New> {
    let target = target.give(cx)?;
    let callable = callback(cx, callable)?;
    let mut args = vec![target.as_ref()];
    args.extend(callable.as_ref().map(HostObj::as_ref));
    Ok(cx.to_c(cx.call_function("weakref", factory, &args)?))
}

/// A weak reference to `target`, with what to call when it dies.
#[capi]
fn PyWeakref_NewRef(cx: Cx<'_>, target: Obj<'_>, callable: Option<Obj<'_>>) -> Result<New> {
    make(cx, "ref", target, callable)
}

/// A weak proxy of `target`, with what to call when it dies.
#[capi]
fn PyWeakref_NewProxy(cx: Cx<'_>, target: Obj<'_>, callable: Option<Obj<'_>>) -> Result<New> {
    make(cx, "proxy", target, callable)
}

/// The target of a weak reference, if it lives.
fn target(cx: Cx<'_>, reference: Obj<'_>) -> Result<Option<HostObj>> {
    let reference = reference.give(cx)?;
    let target = cx.call(|h| h.call(reference.as_ref(), &[], &[]))?;
    Ok((host().kind(target.as_ref()) != Kind::None).then_some(target))
}

/// The target, borrowed; None if it died.
#[capi]
fn PyWeakref_GetObject<'a>(cx: Cx<'a>, reference: Obj<'a>) -> Result<Borrowed<'a>> {
    if !is_reference(reference) {
        return Err(cx.bad_internal_call());
    }
    Ok(target(cx, reference)?.map_or_else(|| Borrowed::of_static(statics::none()), Borrowed::lent))
}

/// The target as a new reference in `result`: 1, 0 if it died, -1 for an error.
#[capi]
fn PyWeakref_GetRef(cx: Cx<'_>, reference: Obj<'_>, result: Out<'_, *mut PyObject>) -> Result<bool> {
    let mut result = result;
    result.write(std::ptr::null_mut());
    if !is_reference(reference) {
        return Err(cx.type_error("expected a weakref"));
    }
    let Some(target) = target(cx, reference)? else { return Ok(false) };
    result.write(cx.to_c(target).into_ptr());
    Ok(true)
}

/// An object with weak references dies: the host clears those it made when it drops the wrapper, so only what mirrors
/// show is left to clear.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_ClearWeakRefs(object: *mut PyObject) {
    // SAFETY: C passes an object that dies, or NULL, with the lock held.
    unsafe {
        let is_alive = |op: *mut PyObject| (*op).ob_refcnt != 0 && !lifetime::has_state(op, State::DYING);
        if object.is_null() || is_alive(object) || (*(*object).ob_type).tp_weaklistoffset == 0 {
            Cx::assume().bad_internal_call();
            return;
        }
    }
    target_dies(object);
}

/// Every weak reference to the object forgets it, and what it was to call then.
#[capi]
fn PyUnstable_Object_ClearWeakRefsNoCallbacks(object: Obj<'_>) {
    target_dies(object.as_ptr());
    if let Some(object) = lifetime::host_of(object.as_ptr()) {
        host().forget_weak_references(object);
    }
}

/// Whether instances of the type can have weak references.
#[capi]
fn PyType_SUPPORTS_WEAKREFS(cx: Cx<'_>, ty: *mut PyTypeObject) -> c_int {
    // SAFETY: C passes a live type.
    if unsafe { (*ty).tp_weaklistoffset } != 0 {
        return 1;
    }
    // The host keeps the weak references of its classes' instances: which have some, `__weakref__` tells.
    let Ok(class) = typeobject::class_of(cx, ty) else { return 0 };
    let name = cx.str("__weakref__");
    c_int::from(host().type_lookup(class.as_ref(), name.as_ref()).is_some())
}
