//! Births and deaths: counts, mirror memory, `_Py_Dealloc`, and what the host tells of its wrappers.
//!
//! The rules are `refcount_bridge`'s; this is where they meet C's destructors and the host's references.

use std::cell::{Cell, UnsafeCell};
use std::ffi::{c_int, c_void};
use std::ptr::{NonNull, null_mut};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use capi_macros::capi;
use object_mirror::cellobject::PyCellObject;
use object_mirror::classobject::PyMethodObject;
use object_mirror::dictobject::_PyDictViewObject;
use object_mirror::object::{
    Py_TPFLAGS_BASE_EXC_SUBCLASS, Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_LIST_SUBCLASS,
    Py_TPFLAGS_TUPLE_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS, PyObject, PyTypeObject, destructor, is_immortal, visitproc,
};
use object_mirror::pyerrors::PyBaseExceptionObject;
use object_mirror::sliceobject::PySliceObject;
use object_mirror::unicodeobject::{ASCII, COMPACT, PyUnicodeObject};
use refcount_bridge::{Bridge, State};

use crate::boundary::New;
use crate::host::{HostRef, Kind, host};
use crate::statics::{builtin, exception};
use crate::{cross, cycles, lock, pystate, reftracer};

struct BridgeCell {
    bridge: UnsafeCell<Option<Bridge>>,
    busy: Cell<bool>,
}
// SAFETY: used only under the extension lock, through `bridge`, which refuses re-entry.
unsafe impl Sync for BridgeCell {}
static BRIDGE: BridgeCell = BridgeCell { bridge: UnsafeCell::new(None), busy: Cell::new(false) };

/// Mirrors whose wrapper died on a thread that could not take the lock at once.
static QUEUE: Mutex<Vec<usize>> = Mutex::new(Vec::new());
/// Whether something is queued: read at each entry into C, where a lock would cost more than all the rest.
static QUEUED: AtomicBool = AtomicBool::new(false);

/// Work on the bridge. `f` must not call C or this function, nor of the host more than [`refcount_bridge::GcHooks::identity`] and
/// [`refcount_bridge::Headers`], which come back to neither.
#[inline]
pub fn bridge<R>(f: impl FnOnce(&mut Bridge) -> R) -> R {
    debug_assert!(!BRIDGE.busy.replace(true), "the bridge is not re-entered");
    // SAFETY: under the lock, and not re-entered: this is the only reference.
    let bridge = unsafe { &mut *BRIDGE.bridge.get() };
    let result = f(match bridge {
        Some(bridge) => bridge,
        none => first_bridge(none),
    });
    if cfg!(debug_assertions) {
        BRIDGE.busy.set(false);
    }
    result
}

/// The bridge for a scan, whose `tp_traverse` calls may come back here: only for moments at a time.
pub(crate) fn bridge_at() -> *mut Bridge {
    bridge(std::ptr::from_mut)
}

#[cold]
fn first_bridge(place: &mut Option<Bridge>) -> &mut Bridge {
    let bridge = place.insert(Bridge::new());
    if let Some(headers) = crate::host::is_installed().then(|| host().headers()).flatten() {
        bridge.set_headers(headers);
    }
    crate::freed::begin(bridge);
    bridge
}

/// `Py_INCREF`.
///
/// # Safety
/// `op` is live and the lock is held.
#[inline]
pub unsafe fn incref(op: *mut PyObject) {
    // SAFETY: the caller's contract.
    unsafe {
        if !is_immortal((*op).ob_refcnt) {
            (*op).ob_refcnt += 1;
        }
    }
}

/// `Py_DECREF`.
///
/// # Safety
/// `op` is live, one of its references is given up, and the lock is held.
#[inline]
pub unsafe fn decref(op: *mut PyObject) {
    // SAFETY: the caller's contract.
    unsafe {
        if is_immortal((*op).ob_refcnt) {
            return;
        }
        (*op).ob_refcnt -= 1;
        if (*op).ob_refcnt == 0 {
            dealloc(op);
        }
    }
}

/// `Py_XDECREF`.
///
/// # Safety
/// As for [`decref`], unless NULL.
pub unsafe fn xdecref(op: *mut PyObject) {
    if !op.is_null() {
        // SAFETY: the caller's contract.
        unsafe { decref(op) };
    }
}

/// The host object linked to `op`, if any.
#[inline]
pub fn host_of(op: *mut PyObject) -> Option<HostRef> {
    HostRef::from_word(bridge(|bridge| bridge.link(op).host()))
}

/// Whether `op` has one of these state bits.
pub(crate) fn has_state(op: *mut PyObject, bits: u32) -> bool {
    bridge(|bridge| bridge.link(op).has(bits))
}

/// Whether `op`'s state is in C, and not in a host object.
pub(crate) fn is_state_in_c(op: *mut PyObject) -> bool {
    has_state(op, State::IN_C)
}

/// Whether the host alone holds `op`, the mirror of one of its objects with C's fields behind.
pub(crate) fn is_idle(op: *mut PyObject) -> bool {
    // SAFETY: callers pass live mirrors.
    has_state(op, State::IN_C) && has_state(op, State::SHARED) && unsafe { (*op).ob_refcnt } == 1
}

/// Keep `new` until this thread's outermost C frame returns.
pub fn lend(new: New) {
    pystate::lend(new);
}

/// C's last reference is gone: called by `Py_DECREF`, which every wheel inlines.
///
/// # Safety
/// `op`'s count is 0 and the lock is held.
unsafe fn dealloc(op: *mut PyObject) {
    let (host_word, in_c, strong, shared, immortal, dying) = bridge(|bridge| {
        let link = bridge.link(op);
        (
            link.host(),
            link.has(State::IN_C),
            link.has(State::STRONG),
            link.has(State::SHARED),
            link.has(State::IMMORTAL),
            link.has(State::DYING),
        )
    });
    if dying && host_word != 0 {
        // Its destructor runs, and passes it around.
        return;
    }
    // SAFETY: `op` is live until its destructor runs.
    unsafe {
        if immortal || shared {
            // C gave back more references than it had: the share is not C's to give.
            (*op).ob_refcnt = 1;
            return;
        }
        if host_word == 0 {
            if is_plain_number((*op).ob_type) {
                return free_number(op);
            }
            if dying || !ends_in_host(op) {
                run_dealloc(op);
            }
            return;
        }
        if in_c && strong {
            // C-owned: the wrapper's turn to decide. It dies, and takes the mirror with it, unless the host revives it.
            return release(wrapper_returns(op));
        }
        let word = bridge(|bridge| bridge.sever(op, |host_word| host().identity(host_word)));
        run_dealloc(op);
        release(word);
    }
}

/// Of an instance that C allocated of a class made in Python, and lets go of before the host met it: where the class has a
/// `__del__`, the host meets it now, and ends it as any other. Whether it does.
///
/// # Safety
/// `op` is C-born and its count is 0.
#[inline]
unsafe fn ends_in_host(op: *mut PyObject) -> bool {
    // SAFETY: the caller's contract; a live object has a live type.
    unsafe {
        let ty = (*op).ob_type;
        (*ty).tp_flags & Py_TPFLAGS_HEAPTYPE as std::ffi::c_ulong != 0 && meets_its_end(op, ty)
    }
}

/// # Safety
/// As for [`ends_in_host`]; `ty` is `op`'s type.
#[cold]
unsafe fn meets_its_end(op: *mut PyObject, ty: *mut PyTypeObject) -> bool {
    if crate::typeobject::is_c_class(ty) || has_state(op, State::FINALIZED | State::DYING) {
        return false;
    }
    let Some(class) = host_of(ty.cast()) else { return false };
    let name = host().new_str(b"__del__");
    if host().type_lookup(class, name.as_ref()).is_none() {
        return false;
    }
    let _pending = crate::pyerrors::hold_pending();
    // SAFETY: the caller's contract: nobody holds a reference, so this one is the only one; the lock is held.
    let (cx, object) = unsafe {
        (*op).ob_refcnt = 1;
        (crate::boundary::Cx::assume(), crate::boundary::Obj::from_ptr(op).expect("a live object"))
    };
    let met = cross::to_host(cx, object);
    if met.is_err() {
        drop(cx.take_error());
        // SAFETY: as above.
        unsafe { (*op).ob_refcnt = 0 };
        return false;
    }
    // SAFETY: the reference from above; the host's side has its own.
    unsafe { decref(op) };
    let _released = lock::release();
    drop(met);
    true
}

/// Whether instances of `ty` hold nothing but their value.
#[inline]
pub(crate) fn is_plain_number(ty: *mut PyTypeObject) -> bool {
    std::ptr::eq(ty, builtin!(PyLong_Type)) || std::ptr::eq(ty, builtin!(PyFloat_Type))
}

/// What [`run_dealloc`] comes to for a number, the most frequent of all that dies.
///
/// # Safety
/// `op` is a C-born exact int or float that nobody holds references to any more.
unsafe fn free_number(op: *mut PyObject) {
    cycles::destructor_runs(op);
    reftracer::destroyed(op);
    // SAFETY: the caller's contract; without a link there is nothing else to end.
    unsafe {
        if object_mirror::heap::in_range(op as usize) {
            bridge(|bridge| bridge.heap.free(op.cast()));
        } else {
            free_object(op.cast());
        }
    }
}

/// A C-owned wrapper is the host's again: the strong word that its link gave up.
pub(crate) fn wrapper_returns(mirror: *mut PyObject) -> usize {
    let word = bridge(|bridge| bridge.wrapper_returns(mirror));
    let weak = host().weak(word);
    bridge(|bridge| bridge.reword(mirror, weak));
    word
}

/// Link a mirror whose state is in C to its wrapper, which the link does not hold.
pub(crate) fn link_wrapper(mirror: *mut PyObject, object: HostRef, identity: Option<usize>) {
    let weak = host().weak(object.word());
    bridge(|bridge| bridge.link_wrapper(mirror, weak, identity));
    if let (Some(identity), Some(counting)) = (identity, host().counting()) {
        // It was the host's own object so far, which its own collector looked at.
        counting.adopt(identity);
    }
}

/// Give a strong reference of the bridge back to the host; 0 is none.
pub(crate) fn release(word: usize) {
    if word == 0 {
        return;
    }
    if host().only_reference(word) {
        let _released = lock::release();
        host().release(word);
    } else {
        host().release(word);
    }
}

/// # Safety
/// `op` is live and nobody holds references to it any more.
unsafe fn run_dealloc(op: *mut PyObject) {
    cycles::destructor_runs(op);
    reftracer::destroyed(op);
    cycles::within_depth(op, destroy);
}

/// # Safety
/// As for [`run_dealloc`].
unsafe fn destroy(op: *mut PyObject) {
    // SAFETY: the caller's contract; every ready type has a destructor.
    unsafe {
        let dealloc = (*(*op).ob_type).tp_dealloc;
        run_destructor(op, dealloc.unwrap_or(_Emul_value_dealloc));
    }
}

/// Call `dealloc` for `op`. Foreign memory may go back to its own allocator (`tp_free` may be `free`), which tells nobody: its
/// link ends here, unless a new life began there or the object lives on.
///
/// # Safety
/// As for [`run_dealloc`]; `dealloc` is the destructor of `op`'s type.
pub(crate) unsafe fn run_destructor(op: *mut PyObject, dealloc: destructor) {
    if object_mirror::heap::in_range(op as usize) {
        // SAFETY: the caller's contract.
        return unsafe { dealloc(op) };
    }
    bridge(|bridge| bridge.link(op).set(State::DYING));
    // SAFETY: the caller's contract.
    unsafe { dealloc(op) };
    bridge(|bridge| bridge.forget_ended(op));
}

/// The word of a link that does not hold its wrapper; 0 if it is not one.
fn weak_word(bridge: &mut Bridge, mirror: *mut PyObject) -> usize {
    let link = bridge.link(mirror);
    if link.has(State::IN_C) && !link.has(State::STRONG) { link.host() } else { 0 }
}

fn drop_weak(word: usize) {
    if word != 0 {
        host().drop_weak(word);
    }
}

/// A collection found a mirror and its wrapper dead, and holds the mirror: the link ends.
pub(crate) fn end_wrapper(mirror: *mut PyObject) {
    crate::lists::mirror_ends(mirror);
    let (word, weak, shared) = bridge(|bridge| {
        let (weak, shared) = (weak_word(bridge, mirror), bridge.link(mirror).has(State::SHARED));
        (bridge.sever(mirror, |word| host().identity(word)), weak, shared)
    });
    drop_weak(weak);
    // SAFETY: the collector's reference keeps it live.
    unsafe {
        if shared && !is_immortal((*mirror).ob_refcnt) {
            (*mirror).ob_refcnt -= 1;
        }
    }
    release(word);
}

/// Destroy a mirror whose link ended and that nothing refers to; release its host object.
pub(crate) fn end(mirror: *mut PyObject, word: usize) {
    // SAFETY: the caller took the last reference away.
    unsafe { run_dealloc(mirror) };
    release(word);
}

/// Free mirrors whose links ended, and release their host objects.
pub(crate) fn free_all(dead: &mut Vec<(*mut PyObject, usize)>) {
    for (mirror, word) in dead.drain(..) {
        // SAFETY: the bridge took the last reference, the share, away.
        unsafe { (*mirror).ob_refcnt = 0 };
        end(mirror, word);
    }
}

/// The host wrapper of a state-in-C mirror has no references left but C still holds the mirror: should it be kept?
/// `keep` makes the strong reference that the link takes over. `true`: kept. Called from the host's finaliser.
pub fn wrapper_unreferenced(mirror: *mut PyObject, keep: impl FnOnce() -> usize) -> bool {
    let _held = lock::hold();
    bridge(|bridge| bridge.wrapper_unreferenced(mirror, keep))
}

/// The mirror linked to a host object, for wrappers that do not know theirs.
pub fn mirror_of(object: HostRef) -> Option<*mut PyObject> {
    let _held = lock::hold();
    find(object)
}

/// The mirror that the object leads to.
#[inline]
pub(crate) fn find(object: HostRef) -> Option<*mut PyObject> {
    bridge(|bridge| bridge.find_of(object.word(), |word| host().identity(word)))
}

/// Whether the object's mirror holds it for the next crossing alone: C has no reference.
pub fn is_only_remembered(object: HostRef) -> bool {
    let _held = lock::hold();
    let Some(mirror) = find(object) else { return false };
    bridge(|bridge| {
        let link = bridge.link(mirror);
        // SAFETY: a linked mirror is live.
        link.has(State::STRONG | State::SHARED) && unsafe { (*mirror).ob_refcnt } == 1
    })
}

/// The host wrapper of a state-in-C mirror died: so does the mirror, unless C still holds it. May be called from any
/// thread and at any point where the host drops references: what cannot be done at once is queued.
pub fn wrapper_died(mirror: *mut PyObject) {
    if lock::is_held() {
        return bury(mirror);
    }
    if !lock::try_take() {
        let mut queue = QUEUE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        queue.push(mirror as usize);
        QUEUED.store(true, Relaxed);
        return;
    }
    bury(mirror);
    lock::give();
}

/// The host lets go of an instance of a C type over a builtin, which is whole until this returns. A destructor of C's sees what
/// the builtin's part holds, and runs for an instance that never crossed too.
pub fn instance_ends(object: HostRef) {
    let held = lock::hold();
    if host().kind(object) == Kind::Type && find(object).is_none() {
        // A class of a C metaclass that never crossed: C has nothing in it, and a type is not made of what ends.
        return;
    }
    // SAFETY: a class's mirror is a live type.
    if !unsafe { has_destructor(crate::typeobject::mirror_of_class(host().type_of(object))) } {
        return find(object).into_iter().for_each(bury);
    }
    drop(held);
    let _frame = pystate::Frame::enter();
    let mirror = cross::to_c(object).as_ptr();
    if has_state(mirror, State::IN_C) {
        bury_linked(mirror, object);
    }
}

/// Whether destroying an instance of `ty` runs code of C's.
///
/// # Safety
/// `ty` is a live, ready type.
unsafe fn has_destructor(ty: *mut PyTypeObject) -> bool {
    let ours: destructor = _Emul_value_dealloc;
    let mut ty = ty;
    // SAFETY: the caller's contract; bases are live.
    unsafe {
        while crate::heaptype::has_subtype_dealloc(ty) && !(*ty).tp_base.is_null() {
            ty = (*ty).tp_base;
        }
        (*ty).tp_dealloc.is_some_and(|dealloc| !std::ptr::fn_addr_eq(dealloc, ours))
    }
}

/// As [`bury`], with the link in place until the memory goes or the destructor returns.
fn bury_linked(mirror: *mut PyObject, object: HostRef) {
    let is_last = bridge(|bridge| {
        let link = bridge.link(mirror);
        // SAFETY: the share kept the mirror live until here.
        let is_last = link.has(State::SHARED) && !link.has(State::DYING) && unsafe { (*mirror).ob_refcnt } == 1;
        if is_last {
            link.clear(State::SHARED);
            link.set(State::DYING);
            // SAFETY: as above.
            unsafe { (*mirror).ob_refcnt = 0 };
        }
        is_last
    });
    if !is_last {
        return bury(mirror);
    }
    destroy_alone(mirror);
    if find(object) != Some(mirror) {
        return;
    }
    let weak = bridge(|bridge| {
        let weak = weak_word(bridge, mirror);
        let _no_reference = bridge.sever(mirror, |word| host().identity(word));
        weak
    });
    drop_weak(weak);
    bridge(|bridge| bridge.forget_ended(mirror));
}

/// Whether the reference of a collection is the only one to the mirror of an object whose state is C's.
pub(crate) fn is_alone(mirror: *mut PyObject) -> bool {
    let (word, shared, in_c, strong) = bridge(|bridge| {
        let link = bridge.link(mirror);
        (link.host(), link.has(State::SHARED), link.has(State::IN_C), link.has(State::STRONG))
    });
    // SAFETY: the collector's reference keeps it live.
    let count = unsafe { (*mirror).ob_refcnt };
    !is_immortal(count) && count == 1 + isize::from(shared) && (word == 0 || in_c && !(strong && shared))
}

/// A collection that holds the mirror, and alone does so, ends it: its destructor sees what it sees when counts end it.
/// Whether it did; not if another reference is left, which one of the others' ends may give back.
pub(crate) fn end_alone(mirror: *mut PyObject) -> bool {
    if !is_alone(mirror) {
        return false;
    }
    let (word, strong) = bridge(|bridge| {
        let link = bridge.link(mirror);
        (link.host(), link.has(State::STRONG))
    });
    if word == 0 || matches!(HostRef::from_word(word).map(|object| host().kind(object)), Some(Kind::CInstance(_))) {
        end_wrapper(mirror);
        // SAFETY: the collector's reference, the last one.
        unsafe { decref(mirror) };
        return true;
    }
    if strong {
        release(wrapper_returns(mirror));
    }
    let Some(object) = HostRef::from_word(bridge(|bridge| bridge.link(mirror).host())) else { return false };
    // Its content is the host's, and must not die before the destructor has looked at it.
    let object = object.to_owned();
    // SAFETY: the share remains.
    unsafe { (*mirror).ob_refcnt -= 1 };
    instance_ends(object.as_ref());
    let _released = lock::release();
    drop(object);
    true
}

/// The memory ends a life or begins another: if a link is left of the last one, nobody holds anything by it any more.
fn forget_link(mirror: *mut PyObject) {
    let (weak, word) = bridge(|bridge| {
        let weak = weak_word(bridge, mirror);
        (weak, bridge.sever(mirror, |word| host().identity(word)))
    });
    drop_weak(weak);
    release(word);
}

/// Whether wrappers died whose mirrors' links still name them.
pub(crate) fn has_queued() -> bool {
    QUEUED.load(Relaxed)
}

/// Do what [`wrapper_died`] queued.
#[inline]
pub(crate) fn drain_queue() {
    if QUEUED.load(Relaxed) {
        drain();
    }
}

#[cold]
fn drain() {
    let mut queue = match QUEUE.try_lock() {
        Ok(queue) if !queue.is_empty() => queue,
        _ => return,
    };
    let mirrors = std::mem::take(&mut *queue);
    QUEUED.store(false, Relaxed);
    drop(queue);
    for mirror in mirrors {
        bury(mirror as *mut PyObject);
    }
}

fn bury(mirror: *mut PyObject) {
    crate::lists::mirror_ends(mirror);
    let mut weak = 0;
    let dying = bridge(|bridge| {
        weak = weak_word(bridge, mirror);
        let link = bridge.link(mirror);
        let dying = link.has(State::DYING);
        let shared = link.has(State::SHARED);
        let _no_reference = bridge.sever(mirror, |word| host().identity(word));
        // SAFETY: the share kept the mirror live until here.
        unsafe {
            if shared && !is_immortal((*mirror).ob_refcnt) {
                (*mirror).ob_refcnt -= 1;
            }
            if (*mirror).ob_refcnt > 0 || dying {
                return true;
            }
        }
        link.set(State::DYING);
        false
    });
    drop_weak(weak);
    if dying {
        return;
    }
    destroy_alone(mirror);
}

/// Run the destructor of a mirror that nothing refers to. It may call anything: an error that was pending stays pending.
fn destroy_alone(mirror: *mut PyObject) {
    let pending = pystate::take_current_exception();
    crate::weakrefobject::target_dies(mirror);
    let ending = pystate::Ending::enter();
    // SAFETY: neither side holds references any more.
    unsafe { run_dealloc(mirror) };
    drop(ending);
    if !pending.is_null() {
        pystate::set_current_exception(pending);
    }
}

/// Run a mirror's `tp_finalize`, once in its life; whether it ran.
///
/// # Safety
/// The caller keeps the object alive.
pub unsafe fn finalize(mirror: *mut PyObject) -> bool {
    let _frame = pystate::Frame::enter();
    // SAFETY: a live object of a ready type.
    let finalizer = unsafe { (*(*mirror).ob_type).tp_finalize };
    if finalizer.is_none() || has_state(mirror, State::FINALIZED) {
        return false;
    }
    let _pending = crate::pyerrors::hold_pending();
    // SAFETY: the caller keeps it alive.
    unsafe { crate::objimpl::PyObject_CallFinalizer(mirror) };
    true
}

/// Call a mirror's `tp_finalize`, as `__del__` of C's types does: whether it ran before does not matter.
///
/// # Safety
/// The caller keeps the object alive.
pub unsafe fn call_finalizer(mirror: *mut PyObject) {
    let _frame = pystate::Frame::enter();
    // SAFETY: a live object of a ready type, which the caller's wrapper keeps alive.
    unsafe {
        if let Some(finalize) = (*(*mirror).ob_type).tp_finalize {
            finalize(mirror);
        }
    }
}

/// As [`call_finalizer`], of a host object, which may not have crossed yet.
pub fn call_finalizer_of(object: HostRef) {
    let _frame = pystate::Frame::enter();
    let mirror = cross::to_c(object).as_ptr();
    // SAFETY: a live object of a ready type, which the frame keeps.
    unsafe {
        if let Some(finalize) = (*(*mirror).ob_type).tp_finalize {
            finalize(mirror);
        }
    }
}

/// Whether the truth about the object is in C.
pub fn is_in_c(mirror: *mut PyObject) -> bool {
    let _held = lock::hold();
    has_state(mirror, State::IN_C)
}

/// Whether the object's finaliser ran.
pub fn is_finalized(mirror: *mut PyObject) -> bool {
    let _held = lock::hold();
    has_state(mirror, State::FINALIZED)
}

/// The host runs the finaliser that its class defines for a mirror's wrapper: whether it may, which it may once.
pub fn begin_finalizer(mirror: *mut PyObject) -> bool {
    let _held = lock::hold();
    bridge(|bridge| {
        let link = bridge.link(mirror);
        let first = !link.has(State::FINALIZED);
        link.set(State::FINALIZED);
        first
    })
}

/// Whether the mirror's type has a finaliser that did not run yet. Asked without the lock: nobody else can name the
/// object any more.
///
/// # Safety
/// The caller keeps the object alive.
pub unsafe fn wants_finalizer(mirror: *mut PyObject) -> bool {
    // SAFETY: the caller's wrapper holds the mirror.
    unsafe { (*(*mirror).ob_type).tp_finalize.is_some() }
}

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

/// Mirror memory for an object of `size` bytes, zeroed: one reference, no host object.
#[inline]
pub(crate) fn alloc_object(ty: *mut PyTypeObject, size: usize) -> Option<NonNull<PyObject>> {
    let memory = bridge(|bridge| bridge.heap.alloc(size))?;
    // SAFETY: fresh memory of at least `size` bytes; `ty` is a live type.
    unsafe {
        memory.as_ptr().write_bytes(0, size);
        let object: NonNull<PyObject> = memory.cast();
        bridge(|bridge| bridge.link(object.as_ptr()).set(State::ALIVE));
        (*object.as_ptr()).ob_refcnt = 1;
        (*object.as_ptr()).ob_type = ty;
        if (*ty).tp_flags & Py_TPFLAGS_HEAPTYPE as std::ffi::c_ulong != 0 {
            incref(ty.cast());
        }
        reftracer::created(object.as_ptr());
        Some(object)
    }
}

/// As [`alloc_object`], for a static type; what follows the header is the caller's to write.
#[inline]
pub(crate) fn alloc_unfilled(ty: *mut PyTypeObject, size: usize) -> Option<NonNull<PyObject>> {
    let object = bridge(|bridge| {
        let object: NonNull<PyObject> = bridge.heap.alloc(size)?.cast();
        bridge.link(object.as_ptr()).set(State::ALIVE);
        // SAFETY: fresh memory for an object.
        unsafe { object.as_ptr().write(PyObject { ob_refcnt: 1, ob_type: ty }) };
        Some(object)
    })?;
    reftracer::created(object.as_ptr());
    Some(object)
}

/// Start a new life of `op`'s memory (`PyObject_Init`).
///
/// # Safety
/// `op` is memory for an object of the type `ty`, of which no other life goes on.
pub unsafe fn init_object(op: *mut PyObject, ty: *mut PyTypeObject) {
    forget_link(op);
    bridge(|bridge| {
        let link = bridge.link(op);
        link.clear(State::DYING | State::TRACKED | State::FINALIZED | State::LARGER);
        link.set(State::ALIVE);
    });
    // SAFETY: the caller's contract.
    unsafe {
        (*op).ob_refcnt = 1;
        (*op).ob_type = ty;
        if (*ty).tp_flags & Py_TPFLAGS_HEAPTYPE as std::ffi::c_ulong != 0 {
            incref(ty.cast());
        }
    }
    reftracer::created(op);
}

/// Memory as `PyObject_Malloc` gives it: mirror memory, so that an object may start its life in it.
pub fn alloc_raw(size: usize) -> *mut c_void {
    bridge(|bridge| bridge.heap.alloc(size.max(16))).map_or(null_mut(), |memory| memory.as_ptr().cast())
}

/// `PyObject_Realloc`.
///
/// # Safety
/// `pointer` came from [`alloc_raw`] or from libc's allocator.
pub unsafe fn realloc_raw(pointer: *mut c_void, size: usize) -> *mut c_void {
    if pointer.is_null() {
        return alloc_raw(size);
    }
    if !object_mirror::heap::in_range(pointer as usize) {
        // SAFETY: foreign memory is libc's.
        return unsafe { libc::realloc(pointer, size.max(1)) };
    }
    // SAFETY: the caller's contract.
    bridge(|bridge| unsafe { bridge.heap.realloc(pointer.cast(), size.max(16)) })
        .map_or(null_mut(), |memory| memory.as_ptr().cast())
}

/// `PyObject_Free`, `PyObject_GC_Del`: mirror memory goes back to the slabs, foreign memory to libc.
///
/// # Safety
/// `op` is NULL, or came from [`alloc_object`], [`alloc_raw`] or libc's allocator, and is not used any more.
pub unsafe fn free_object(op: *mut c_void) {
    if op.is_null() {
        return;
    }
    // SAFETY: the caller's contract.
    unsafe {
        if object_mirror::heap::in_range(op as usize) {
            let is_linked = bridge(|bridge| {
                let link = bridge.link(op.cast());
                // C may call a destructor of something that lives.
                let is_linked = link.host() != 0;
                if !is_linked && !crate::freed::is_watched() {
                    bridge.heap.free(op.cast());
                }
                is_linked
            });
            if is_linked {
                forget_link(op.cast());
            }
            if crate::freed::is_watched() {
                crate::freed::bury(op.cast());
            } else if is_linked {
                bridge(|bridge| bridge.heap.free(op.cast()));
            }
        } else {
            bridge(|bridge| bridge.forget_foreign(op.cast()));
            libc::free(op);
        }
    }
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

/// Whether the destructor of a builtin type, called for an instance of `ty`, gives the reference to `ty` back. As the type's own it
/// does; called by the destructor of a derived type it leaves that to the caller, as the destructors of static types do.
///
/// # Safety
/// `ty` is a live type.
pub(crate) unsafe fn is_given_back(ty: *mut PyTypeObject) -> bool {
    let ours: [destructor; 4] =
        [_Emul_value_dealloc, crate::heaptype::dealloc, crate::moduleobject::dealloc, crate::datetime::dealloc];
    // SAFETY: the caller's contract.
    let (flags, own) = unsafe { ((*ty).tp_flags, (*ty).tp_dealloc) };
    flags & Py_TPFLAGS_HEAPTYPE as std::ffi::c_ulong != 0
        && own.is_none_or(|own| ours.iter().any(|&ours| std::ptr::fn_addr_eq(own, ours)))
}

/// The destructor of builtin types' mirrors: give back what the struct's fields hold, then its memory.
///
/// # Safety
/// `op` is a mirror without references.
pub(crate) unsafe extern "C" fn _Emul_value_dealloc(op: *mut PyObject) {
    // SAFETY: the type's flags tell which struct is at `op`; every field is NULL or owns a reference.
    unsafe {
        let ty = (*op).ob_type;
        let has = |flag: u64| (*ty).tp_flags & flag as std::ffi::c_ulong != 0;
        if has_state(op, State::TRACKED) {
            crate::objimpl::PyObject_GC_UnTrack(op.cast());
        }
        if has(Py_TPFLAGS_UNICODE_SUBCLASS) {
            free_text(op.cast());
        } else if has(Py_TPFLAGS_TUPLE_SUBCLASS) {
            for &item in crate::tupleobject::items(op) {
                xdecref(item);
            }
        } else if has(Py_TPFLAGS_LIST_SUBCLASS) {
            crate::listobject::release(op);
        } else if has(Py_TPFLAGS_DICT_SUBCLASS) {
            crate::lending::release(op);
        } else if has(Py_TPFLAGS_BASE_EXC_SUBCLASS) {
            let exception: *mut PyBaseExceptionObject = op.cast();
            for field in [
                (*exception).dict,
                (*exception).args,
                (*exception).notes,
                (*exception).traceback,
                (*exception).context,
                (*exception).cause,
            ] {
                xdecref(field);
            }
            if crate::typeobject::is_subtype(ty, exception!(PyExc_StopIteration)) {
                xdecref((*op.cast::<object_mirror::pyerrors::PyStopIterationObject>()).value);
            }
        } else if std::ptr::eq(ty, builtin!(PyCell_Type)) {
            xdecref((*op.cast::<object_mirror::cellobject::PyCellObject>()).ob_ref);
        } else if std::ptr::eq(ty, builtin!(PyMethod_Type)) {
            xdecref((*op.cast::<PyMethodObject>()).im_func);
            xdecref((*op.cast::<PyMethodObject>()).im_self);
        } else if crate::weakrefobject::is_type(ty) {
            crate::weakrefobject::release(op);
        } else if std::ptr::eq(ty, builtin!(PySlice_Type)) {
            let slice: *mut PySliceObject = op.cast();
            for field in [(*slice).start, (*slice).stop, (*slice).step] {
                xdecref(field);
            }
        } else if crate::dictobject::view_method(ty).is_some() {
            xdecref((*op.cast::<_PyDictViewObject>()).dv_dict.cast());
        }
        free_object(op.cast());
        if is_given_back(ty) {
            decref(ty.cast());
        }
    }
}

/// # Safety
/// `text` is a str mirror without references.
unsafe fn free_text(text: *mut PyUnicodeObject) {
    // SAFETY: the caller's contract; buffers outside the struct came from libc.
    unsafe {
        let state = (*text)._base._base.state;
        if state & COMPACT == 0 {
            libc::free((*text).data);
        }
        if state & ASCII == 0 || state & COMPACT == 0 {
            let utf8 = (*text)._base.utf8;
            if !utf8.is_null() && !std::ptr::eq(utf8.cast(), (*text).data) | (state & COMPACT != 0) {
                libc::free(utf8.cast());
            }
        }
    }
}

/// Called by `Py_DECREF` when a count reaches zero.
#[capi(raw)]
pub unsafe extern "C" fn _Py_Dealloc(op: *mut PyObject) {
    // SAFETY: C's contract.
    unsafe { dealloc(op) };
}

/// Set the count, unless the object is immortal.
#[capi(raw)]
pub unsafe extern "C" fn _Py_SetRefcnt(ob: *mut PyObject, refcnt: object_mirror::Py_ssize_t) {
    // SAFETY: C passes a live object, and answers for what it counts.
    unsafe {
        if !object_mirror::object::is_immortal((*ob).ob_refcnt) {
            (*ob).ob_refcnt = refcnt;
        }
    }
}

/// Take a new reference to `op`, unless NULL.
#[capi(raw)]
pub unsafe extern "C" fn Py_IncRef(op: *mut PyObject) {
    if !op.is_null() {
        // SAFETY: C's contract.
        unsafe { incref(op) };
    }
}

/// Give a reference to `op` back, unless NULL.
#[capi(raw)]
pub unsafe extern "C" fn Py_DecRef(op: *mut PyObject) {
    // SAFETY: C's contract.
    unsafe { xdecref(op) };
}

/// `Py_INCREF` as a function.
#[capi(raw)]
pub unsafe extern "C" fn _Py_IncRef(op: *mut PyObject) {
    // SAFETY: C's contract.
    unsafe { incref(op) };
}

/// `Py_DECREF` as a function.
#[capi(raw)]
pub unsafe extern "C" fn _Py_DecRef(op: *mut PyObject) {
    // SAFETY: C's contract.
    unsafe { decref(op) };
}

/// A new reference to `op`.
#[capi(raw)]
pub unsafe extern "C" fn Py_NewRef(op: *mut PyObject) -> *mut PyObject {
    // SAFETY: C's contract.
    unsafe { incref(op) };
    op
}

/// A new reference to `op`, or NULL for NULL.
#[capi(raw)]
pub unsafe extern "C" fn Py_XNewRef(op: *mut PyObject) -> *mut PyObject {
    // SAFETY: C's contract.
    unsafe { Py_IncRef(op) };
    op
}

/// Start a life with one reference in memory whose type is set already.
#[capi(raw)]
pub unsafe extern "C" fn _Py_NewReference(op: *mut PyObject) {
    // SAFETY: C's contract: an initialised object that is reborn.
    unsafe {
        forget_link(op);
        bridge(|bridge| bridge.link(op).clear(State::DYING | State::FINALIZED));
        (*op).ob_refcnt = 1;
    }
    reftracer::created(op);
}

/// Tell who listens that `op`, whose count its destructor raised, lives on.
#[capi(raw)]
pub unsafe extern "C" fn _Py_ResurrectReference(op: *mut PyObject) {
    bridge(|bridge| bridge.link(op).clear(State::DYING));
    reftracer::created(op);
}

/// [`free_object`] as a `tp_free`.
///
/// # Safety
/// As for [`free_object`].
pub(crate) unsafe extern "C" fn free_object_c(op: *mut c_void) {
    // SAFETY: the caller's contract.
    unsafe { free_object(op) };
}

/// The lock held, as a context: for entry points that the host calls.
pub(crate) struct Guard(#[allow(dead_code, reason = "held until dropped")] lock::Held);

impl Guard {
    /// Take the lock, if this thread does not hold it.
    pub(crate) fn hold() -> Self {
        Self(lock::hold())
    }

    /// The context of whoever holds the lock.
    pub(crate) fn cx(&self) -> crate::boundary::Cx<'_> {
        // SAFETY: this guard holds the lock.
        unsafe { crate::boundary::Cx::assume() }
    }
}
