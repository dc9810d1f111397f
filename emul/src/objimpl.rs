//! `objimpl.h`: births of C's objects and the cycle collector's view of them.

use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_ulong, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{
    Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_TYPE_SUBCLASS, PyObject, PyTypeObject, PyVarObject,
};
use object_mirror::pystate::PyThreadState;
use refcount_bridge::State;

use crate::boundary::{Cx, New, Obj, Raised};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::lifetime::{self, bridge};
use crate::statics::{builtin, exception};
use crate::{cycles, pyerrors, pystate};

#[cold]
fn no_memory() -> *mut PyObject {
    // SAFETY: allocation functions are called with the lock held.
    let cx = unsafe { Cx::assume() };
    let class: *mut PyObject = exception!(PyExc_MemoryError).cast();
    // SAFETY: a static exception class.
    let class = unsafe { crate::boundary::Obj::from_ptr(class) };
    let _raised: Option<Raised> = class.map(|class| pyerrors::set_object(cx, class, None));
    null_mut()
}

/// The size of an instance with `count` items, as `_PyObject_VAR_SIZE`.
///
/// # Safety
/// `ty` is a live type.
unsafe fn var_size(ty: *mut PyTypeObject, count: Py_ssize_t) -> Option<usize> {
    // SAFETY: the caller's contract.
    let (basic, item) = unsafe { ((*ty).tp_basicsize as usize, (*ty).tp_itemsize as usize) };
    let size = item.checked_mul(usize::try_from(count).ok()?)?.checked_add(basic)?;
    size.checked_next_multiple_of(size_of::<usize>())
}

/// # Safety
/// `ty` is a live type.
unsafe fn new(ty: *mut PyTypeObject, extra: usize) -> *mut PyObject {
    // SAFETY: the caller's contract.
    let size = unsafe { (*ty).tp_basicsize } as usize;
    match size.checked_add(extra).and_then(|size| lifetime::alloc_object(ty, size)) {
        Some(object) => object.as_ptr(),
        None => no_memory(),
    }
}

/// # Safety
/// `ty` is a live type.
unsafe fn new_var(ty: *mut PyTypeObject, count: Py_ssize_t) -> *mut PyVarObject {
    // SAFETY: the caller's contract; the object is fresh.
    unsafe {
        let Some(object) = var_size(ty, count).and_then(|size| lifetime::alloc_object(ty, size)) else {
            return no_memory().cast();
        };
        let object: *mut PyVarObject = object.as_ptr().cast();
        (*object).ob_size = count;
        object
    }
}

/// Start a new life in memory of C's.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_Init(op: *mut PyObject, ty: *mut PyTypeObject) -> *mut PyObject {
    if op.is_null() {
        return no_memory();
    }
    // SAFETY: C's contract.
    unsafe { lifetime::init_object(op, ty) };
    op
}

/// Start a new life with `size` items in memory of C's.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_InitVar(
    op: *mut PyVarObject,
    ty: *mut PyTypeObject,
    size: Py_ssize_t,
) -> *mut PyVarObject {
    if op.is_null() {
        return no_memory().cast();
    }
    // SAFETY: C's contract.
    unsafe {
        lifetime::init_object(op.cast(), ty);
        (*op).ob_size = size;
    }
    op
}

/// Allocate an object.
#[capi(raw)]
pub unsafe extern "C" fn _PyObject_New(ty: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: C's contract.
    unsafe { new(ty, 0) }
}

/// Allocate an object of `size` items.
#[capi(raw)]
pub unsafe extern "C" fn _PyObject_NewVar(ty: *mut PyTypeObject, size: Py_ssize_t) -> *mut PyVarObject {
    // SAFETY: C's contract.
    unsafe { new_var(ty, size) }
}

/// Allocate an object that the cycle collector may track.
#[capi(raw)]
pub unsafe extern "C" fn _PyObject_GC_New(ty: *mut PyTypeObject) -> *mut PyObject {
    // SAFETY: C's contract.
    unsafe { new(ty, 0) }
}

/// Allocate an object of `size` items that the cycle collector may track.
#[capi(raw)]
pub unsafe extern "C" fn _PyObject_GC_NewVar(ty: *mut PyTypeObject, size: Py_ssize_t) -> *mut PyVarObject {
    // SAFETY: C's contract.
    unsafe { new_var(ty, size) }
}

/// Allocate an object with `extra` bytes behind it that the cycle collector may track.
#[capi(raw)]
pub unsafe extern "C" fn PyUnstable_Object_GC_NewWithExtraData(ty: *mut PyTypeObject, extra: usize) -> *mut PyObject {
    // SAFETY: C's contract.
    let object = unsafe { new(ty, extra) };
    if !object.is_null() && extra > 0 {
        bridge(|bridge| bridge.link(object).set(State::LARGER));
    }
    object
}

/// Resize an untracked object that only C knows; it may move.
#[capi(raw)]
pub unsafe extern "C" fn _PyObject_GC_Resize(op: *mut PyVarObject, size: Py_ssize_t) -> *mut PyVarObject {
    // SAFETY: C's contract.
    unsafe {
        let Some(bytes) = var_size((*op).ob_base.ob_type, size) else { return no_memory().cast() };
        let resized: *mut PyVarObject = lifetime::realloc_raw(op.cast(), bytes).cast();
        if resized.is_null() {
            return no_memory().cast();
        }
        (*resized).ob_size = size;
        resized
    }
}

/// From now on the cycle collector looks at the object.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_GC_Track(op: *mut c_void) {
    bridge(|bridge| {
        let link = bridge.link(op.cast());
        if !link.has(State::TRACKED) {
            link.set(State::TRACKED);
            cycles::born();
        }
    });
}

/// From now on the cycle collector leaves the object alone.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_GC_UnTrack(op: *mut c_void) {
    bridge(|bridge| {
        let link = bridge.link(op.cast());
        if link.has(State::TRACKED) {
            link.clear(State::TRACKED);
            cycles::freed();
        }
    });
}

/// Free an object that the cycle collector could track.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_GC_Del(op: *mut c_void) {
    // SAFETY: C's contract.
    unsafe {
        PyObject_GC_UnTrack(op);
        lifetime::free_object(op);
    }
}

/// Whether the object takes part in cycle collection.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_IS_GC(op: *mut PyObject) -> c_int {
    // SAFETY: C passes a live object.
    unsafe {
        let ty = (*op).ob_type;
        // Of the classes those made at run time are collected.
        if (*ty).tp_flags & Py_TPFLAGS_TYPE_SUBCLASS as c_ulong != 0 {
            return c_int::from((*op.cast::<PyTypeObject>()).tp_flags & Py_TPFLAGS_HEAPTYPE as c_ulong != 0);
        }
        let has_gc = (*ty).tp_flags & Py_TPFLAGS_HAVE_GC as c_ulong != 0;
        c_int::from(has_gc && (*ty).tp_is_gc.is_none_or(|is_gc| is_gc(op) != 0))
    }
}

/// Whether the cycle collector looks at the object; the host looks at all containers of its own.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_GC_IsTracked(op: *mut PyObject) -> c_int {
    let (tracked, in_host) = bridge(|bridge| {
        let link = bridge.link(op);
        (link.has(State::TRACKED), link.host() != 0)
    });
    // SAFETY: C's contract, here and below.
    let ty = unsafe { (*op).ob_type };
    // An instance of a class of C's that only C has met is tracked when C says so.
    let is_told = !in_host && crate::typeobject::is_c_class(ty);
    if tracked || is_told || unsafe { PyObject_IS_GC(op) } == 0 {
        return c_int::from(tracked);
    }
    if std::ptr::eq(ty, builtin!(PyTuple_Type)) {
        return c_int::from(!crate::tupleobject::items(op).is_empty());
    }
    if std::ptr::eq(ty, builtin!(PyDict_Type)) {
        return c_int::from(holds_what_is_collected(op));
    }
    let is_kept_by_host = !lifetime::has_state(op, State::IN_C)
        || std::ptr::eq(ty, builtin!(PyModule_Type))
        || unsafe { (*ty).tp_flags } & Py_TPFLAGS_TYPE_SUBCLASS as c_ulong != 0;
    c_int::from(is_kept_by_host)
}

/// CPython leaves a dict alone until something comes into it that can be part of a cycle.
fn holds_what_is_collected(dict: *mut PyObject) -> bool {
    let Some(object) = lifetime::host_of(dict).map(HostRef::to_owned) else { return false };
    crate::dictobject::entries(&object).into_iter().any(|(key, value)| {
        [key, value].into_iter().any(|part| {
            let mirror = crate::cross::to_c_owned(part);
            // SAFETY: held by the reference that crossing made.
            unsafe {
                let is_tuple = std::ptr::eq((*mirror.as_ptr()).ob_type, builtin!(PyTuple_Type));
                match is_tuple {
                    true => PyObject_GC_IsTracked(mirror.as_ptr()) != 0,
                    false => PyObject_IS_GC(mirror.as_ptr()) != 0,
                }
            }
        })
    })
}

/// Whether the object's finaliser has run.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_GC_IsFinalized(op: *mut PyObject) -> c_int {
    if lifetime::has_state(op, State::FINALIZED) {
        return 1;
    }
    let object = lifetime::bridge(|bridge| HostRef::from_word(bridge.link(op).host()));
    c_int::from(object.is_some_and(|object| !lifetime::has_state(op, State::IN_C) && host().is_finalized(object)))
}

/// Run `tp_finalize`, once for an object that takes part in cycle collection.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_CallFinalizer(op: *mut PyObject) {
    // SAFETY: C passes a live object of a ready type.
    unsafe {
        let Some(finalize) = (*(*op).ob_type).tp_finalize else { return };
        let once = PyObject_IS_GC(op) != 0;
        if once && lifetime::has_state(op, State::FINALIZED) {
            return;
        }
        if once {
            // Before it runs: the wrapper that it sees may die in it, and would run it again.
            bridge(|bridge| bridge.link(op).set(State::FINALIZED));
        }
        finalize(op);
    }
}

/// Run `tp_finalize` from `tp_dealloc`; -1 if that brought the object back to life.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_CallFinalizerFromDealloc(op: *mut PyObject) -> c_int {
    // SAFETY: C passes an object whose count is 0 and whose memory is whole.
    unsafe {
        if (*op).ob_refcnt != 0 {
            crate::pylifecycle::fatal(
                Some("PyObject_CallFinalizerFromDealloc"),
                "called on object with a non-zero refcount",
            );
        }
        (*op).ob_refcnt = 1;
        // It may have run already, when the wrapper went.
        if !lifetime::has_state(op, State::FINALIZED) {
            PyObject_CallFinalizer(op);
        }
        (*op).ob_refcnt -= 1;
        if (*op).ob_refcnt == 0 {
            return 0;
        }
        bridge(|bridge| bridge.link(op).clear(State::DYING));
        -1
    }
}

thread_local! {
    /// Objects whose deallocation waits for the stack to unwind. `delete_later`, which C reads inline, is the last one.
    static TRASH: RefCell<Vec<*mut PyObject>> = const { RefCell::new(Vec::new()) };
}

/// Put off a deallocation: the stack is deep (`Py_TRASHCAN_BEGIN`).
#[capi(raw)]
pub unsafe extern "C" fn _PyTrash_thread_deposit_object(tstate: *mut PyThreadState, op: *mut PyObject) {
    TRASH.with_borrow_mut(|trash| trash.push(op));
    // SAFETY: C passes its thread state.
    unsafe { (*tstate).delete_later = op };
}

/// Do the deallocations that were put off (`Py_TRASHCAN_END`).
#[capi(raw)]
pub unsafe extern "C" fn _PyTrash_thread_destroy_chain(tstate: *mut PyThreadState) {
    // SAFETY: C passes its thread state; deposited objects have no references and wait for their destructor.
    unsafe {
        // A destructor that runs from here must not start this loop again.
        (*tstate).c_recursion_remaining -= 1;
        while let Some(op) = TRASH.with_borrow_mut(Vec::pop) {
            (*tstate).delete_later = TRASH.with_borrow(|trash| trash.last().copied().unwrap_or(null_mut()));
            if let Some(dealloc) = (*(*op).ob_type).tp_dealloc {
                crate::lifetime::run_destructor(op, dealloc);
            }
        }
        (*tstate).c_recursion_remaining += 1;
    }
}

thread_local! {
    static OWN_TRAVERSALS: Cell<usize> = const { Cell::new(0) };
}

/// The layer looks at what mirrors refer to, on this thread, while this lives: see [`is_own_traversal`].
pub(crate) struct OwnTraversal(());

impl OwnTraversal {
    pub(crate) fn begin() -> Self {
        OWN_TRAVERSALS.set(OWN_TRAVERSALS.get() + 1);
        Self(())
    }
}

impl Drop for OwnTraversal {
    fn drop(&mut self) {
        OWN_TRAVERSALS.set(OWN_TRAVERSALS.get() - 1);
    }
}

/// Whether a `tp_traverse` that runs now is asked by the layer, for references between mirrors, and not by C for its own ends.
pub(crate) fn is_own_traversal() -> bool {
    OWN_TRAVERSALS.get() > 0
}

/// What `tp_traverse` of the mirror's type shows it to refer to, each as often as it does.
///
/// # Safety
/// `mirror` is a live object of a ready type, and its fields are filled.
pub(crate) unsafe fn referents(mirror: *mut PyObject) -> Vec<*mut PyObject> {
    unsafe extern "C" fn found(referent: *mut PyObject, all: *mut c_void) -> c_int {
        // SAFETY: `referents` passes its vector.
        unsafe { (*all.cast::<Vec<*mut PyObject>>()).push(referent) };
        0
    }
    let mut all = Vec::new();
    let _own = OwnTraversal::begin();
    // SAFETY: the caller's contract.
    unsafe {
        if let Some(traverse) = (*(*mirror).ob_type).tp_traverse {
            traverse(mirror, found, (&raw mut all).cast());
        }
    }
    all
}

/// Collect cycles; the number of objects found dead.
#[capi]
fn PyGC_Collect(cx: Cx<'_>) -> Py_ssize_t {
    let _held = pyerrors::hold_pending();
    pystate::poll_everything();
    ask(cx, "collect").and_then(|found| host().int_value(found.as_ref())).unwrap_or(0) as Py_ssize_t
}

/// Switch automatic collection on; whether it was on.
#[capi]
fn PyGC_Enable(cx: Cx<'_>) -> c_int {
    let was = is_collecting(cx);
    drop(ask(cx, "enable"));
    was
}

/// Switch automatic collection off; whether it was on.
#[capi]
fn PyGC_Disable(cx: Cx<'_>) -> c_int {
    let was = is_collecting(cx);
    drop(ask(cx, "disable"));
    was
}

/// Whether automatic collection is on.
#[capi]
fn PyGC_IsEnabled(cx: Cx<'_>) -> c_int {
    is_collecting(cx)
}

/// `gc.isenabled()`.
fn is_collecting(cx: Cx<'_>) -> c_int {
    ask(cx, "isenabled").map_or(0, |answer| c_int::from(host().kind(answer.as_ref()) == Kind::True))
}

/// A function of `gc`; an error, which these functions cannot tell C, goes.
fn ask(cx: Cx<'_>, function: &str) -> Option<HostObj> {
    let answer = cx.call_function("gc", function, &[]);
    answer.map_err(|_| drop(cx.take_error())).ok()
}

/// Show each object that the host's collector knows to `callback`, until that returns 0.
#[capi]
fn PyUnstable_GC_VisitObjects(cx: Cx<'_>, callback: *mut c_void, arg: *mut c_void) {
    let objects = match cx.call_function("gc", "get_objects", &[]) {
        Ok(objects) => host().items(objects.as_ref()),
        Err(_) => return drop(cx.take_error()),
    };
    // SAFETY: C passes a function of this type.
    let callback: unsafe extern "C" fn(*mut PyObject, *mut c_void) -> c_int = unsafe { std::mem::transmute(callback) };
    for object in objects {
        let object: New = cx.to_c(object);
        // SAFETY: a live object and C's own argument.
        if unsafe { callback(object.as_ptr(), arg) } == 0 {
            return;
        }
    }
    for object in c_born_containers() {
        // SAFETY: as above.
        if unsafe { callback(object.as_ptr(), arg) } == 0 {
            return;
        }
    }
}

/// The lists, tuples and tracked objects that C made and the host has not seen: no collector of the host's knows them.
fn c_born_containers() -> Vec<New> {
    let mut found = Vec::new();
    bridge(|bridge| {
        bridge.for_each_link(|mirror, link| {
            if link.host() != 0 || !link.has(State::ALIVE) || link.has(State::DYING | State::IMMORTAL) {
                return;
            }
            // SAFETY: a live object has a live type.
            let is_container = unsafe {
                let ty = (*mirror).ob_type;
                std::ptr::eq(ty, builtin!(PyList_Type)) || std::ptr::eq(ty, builtin!(PyTuple_Type))
            };
            if is_container || link.has(State::TRACKED) {
                found.push(mirror);
            }
        });
    });
    // SAFETY: live objects; the reference holds them while C looks.
    found.into_iter().filter_map(|mirror| unsafe { Obj::from_ptr(mirror) }.map(Obj::to_new)).collect()
}
