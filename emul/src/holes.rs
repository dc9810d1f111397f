//! Tuples with slots that C has not filled, in the hands of Python code.
//!
//! CPython hands such a tuple out as it is, and ends where somebody reads the slot. The host's tuples hold objects: a stand-in lies
//! in the slot, which can do nothing but show itself as `<NULL>`, and is NULL again where C reads the tuple. Filling a slot
//! comes too late when the host has the tuple: it is an error once the tuple crosses again.

use std::cell::UnsafeCell;
use std::collections::HashSet;
use std::ffi::{c_int, c_uint, c_void};
use std::mem::size_of;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};

use object_mirror::object::slots as number;
use object_mirror::object::{Py_TPFLAGS_DEFAULT, Py_TPFLAGS_DISALLOW_INSTANTIATION, Py_TPFLAGS_IMMUTABLETYPE};
use object_mirror::object::{PyObject, PyType_Slot, PyType_Spec, PyTypeObject};

use crate::boundary::{Cx, Obj, Result};
use crate::host::HostObj;
use crate::{cross, lifetime, tupleobject, typeobject, unicodeobject};

/// The stand-in, once one was needed.
static STAND_IN: AtomicPtr<PyObject> = AtomicPtr::new(null_mut());

/// The mirrors of tuples whose host objects hold it.
struct Tuples(UnsafeCell<Option<HashSet<usize>>>);
// SAFETY: used under the extension lock only.
unsafe impl Sync for Tuples {}
static TUPLES: Tuples = Tuples(UnsafeCell::new(None));

#[allow(
    clippy::mut_from_ref,
    reason = "the extension lock makes it the only reference; no call happens while it lives"
)]
fn tuples() -> &'static mut HashSet<usize> {
    // SAFETY: under the extension lock, and never held across a call.
    unsafe { (*TUPLES.0.get()).get_or_insert_default() }
}

/// Whether any tuple may have holes.
#[inline]
fn any() -> bool {
    !STAND_IN.load(Relaxed).is_null()
}

/// Whether this is the mirror of what stands for an empty slot.
#[inline]
pub(crate) fn is_stand_in(mirror: *mut PyObject) -> bool {
    any() && std::ptr::eq(mirror, STAND_IN.load(Relaxed))
}

unsafe extern "C" fn repr(_op: *mut PyObject) -> *mut PyObject {
    unicodeobject::new_from_wtf8(b"<NULL>").into_ptr()
}

/// The object for an empty slot.
pub(crate) fn stand_in(cx: Cx<'_>) -> Result<HostObj> {
    if !any() {
        let made = make(cx)?;
        STAND_IN.store(made, Relaxed);
    }
    // SAFETY: it lasts as long as the process.
    unsafe { Obj::from_ptr(STAND_IN.load(Relaxed)) }.expect("just made").give(cx)
}

fn make(cx: Cx<'_>) -> Result<*mut PyObject> {
    let flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE;
    let mut slots = [
        PyType_Slot { slot: number::Py_tp_repr as c_int, pfunc: repr as *mut c_void },
        PyType_Slot { slot: 0, pfunc: null_mut() },
    ];
    let mut spec = PyType_Spec {
        name: c"pierglass.NULL".as_ptr(),
        basicsize: size_of::<PyObject>() as c_int,
        itemsize: 0,
        flags: flags as c_uint,
        slots: slots.as_mut_ptr(),
    };
    let ty: *mut PyTypeObject = typeobject::from_spec(cx, None, None, &raw mut spec, None)?.into_ptr().cast();
    // SAFETY: a live, ready type. Both references are kept for good.
    let made = unsafe { typeobject::PyType_GenericAlloc(ty, 0) };
    if made.is_null() { Err(cx.pending()) } else { Ok(made) }
}

/// The tuple's mirror has been linked to a host object: remember it, if it has holes.
pub(crate) fn note(mirror: *mut PyObject) {
    if any() && tupleobject::items(mirror).contains(&null_mut()) {
        tuples().insert(mirror as usize);
    }
}

/// The mirror of a tuple dies.
#[inline]
pub(crate) fn forget(mirror: *mut PyObject) {
    if any() {
        tuples().remove(&(mirror as usize));
    }
}

/// A tuple that the host has crosses: its holes must still be some.
#[inline]
pub(crate) fn check(cx: Cx<'_>, tuple: Obj<'_>) -> Result<()> {
    if any() && tuples().contains(&(tuple.as_ptr() as usize)) { compare(cx, tuple) } else { Ok(()) }
}

#[cold]
fn compare(cx: Cx<'_>, tuple: Obj<'_>) -> Result<()> {
    let Some(object) = lifetime::host_of(tuple.as_ptr()) else { return Ok(()) };
    let theirs = crate::host::host().items(object);
    let is_filled = |(theirs, &ours): (&HostObj, &*mut PyObject)| {
        !ours.is_null() && lifetime::find(theirs.as_ref()).is_some_and(is_stand_in)
    };
    if theirs.iter().zip(tupleobject::items(tuple.as_ptr())).any(is_filled) {
        return Err(cx.system_error("an empty slot of a tuple was filled after Python code got the tuple"));
    }
    Ok(())
}

/// The mirror of a tuple's item for C: NULL for an empty slot.
pub(crate) fn item(object: HostObj) -> *mut PyObject {
    let mirror = cross::to_c_owned(object);
    if is_stand_in(mirror.as_ptr()) { null_mut() } else { mirror.into_ptr() }
}
