//! How mirrors end: destructors, and giving the word back to the host.

use std::ffi::{c_int, c_void};

use object_mirror::classobject::PyMethodObject;
use object_mirror::dictobject::_PyDictViewObject;
use object_mirror::object::{
    Py_TPFLAGS_BASE_EXC_SUBCLASS, Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_LIST_SUBCLASS,
    Py_TPFLAGS_TUPLE_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS, PyObject, PyTypeObject, destructor, is_immortal,
};
use object_mirror::pyerrors::PyBaseExceptionObject;
use object_mirror::sliceobject::PySliceObject;
use object_mirror::unicodeobject::{ASCII, COMPACT, PyUnicodeObject};
use refcount_bridge::{Bridge, State};

use super::memory::free_object;
use super::wrapper::give_up;
use super::{bridge, decref, has_state, host_of, xdecref};
use crate::host::{HostObj, HostRef, host, offers};
use crate::statics::{builtin, exception};
use crate::{cross, cycles, lock, pystate, reftracer};

/// C's last reference is gone: called by `Py_DECREF`, which every wheel inlines.
///
/// # Safety
/// `op`'s count is 0 and the lock is held.
pub(super) unsafe fn dealloc(op: *mut PyObject) {
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
            return give_up(wrapper_returns(op));
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
    if let (Some(identity), Some(counting)) = (identity, offers().counting) {
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
pub(super) unsafe fn run_dealloc(op: *mut PyObject) {
    cycles::destructor_runs(op);
    reftracer::destroyed(op);
    cycles::within_depth(op, destroy);
}

/// # Safety
/// As for [`run_dealloc`].
unsafe fn destroy(op: *mut PyObject) {
    // SAFETY: the caller's contract; every ready type has a destructor.
    unsafe {
        let dealloc = (*(*op).ob_type).tp_dealloc.unwrap_or(_Emul_value_dealloc);
        let ours: destructor = _Emul_value_dealloc;
        // Where the host traces, its collector decides.
        if std::ptr::fn_addr_eq(dealloc, ours) || !has_state(op, State::TRACKED) || offers().counting.is_none() {
            return run_destructor(op, dealloc);
        }
        let held = held_alone(op);
        run_destructor(op, dealloc);
        for (place, mirror) in held {
            if bridge(|bridge| bridge.unretain_idle_at(place, mirror)) {
                pystate::lend_mirror(mirror);
            }
        }
    }
}

/// What C's references hold of the host's objects, if one is left that is `op`'s, and where in the retained set it is. A destructor of
/// C's that gives it back gives no event: it is looked at once more when that returns, so that what died with `op` is not missed.
///
/// # Safety
/// `op` is whole, and tracked.
unsafe fn held_alone(op: *mut PyObject) -> Vec<(usize, *mut PyObject)> {
    unsafe extern "C" fn visit(mirror: *mut PyObject, found: *mut c_void) -> c_int {
        // SAFETY: what a tracked object refers to is live; `found` is the list below.
        unsafe {
            if (*mirror).ob_refcnt == 2
                && let Some(place) = bridge(|bridge| bridge.retained_place(mirror))
            {
                (*found.cast::<Vec<(usize, *mut PyObject)>>()).push((place, mirror));
            }
        }
        0
    }
    let mut found = Vec::new();
    // SAFETY: the caller's contract: a collection may call it, too.
    unsafe {
        if let Some(traverse) = (*(*op).ob_type).tp_traverse {
            traverse(op, visit, (&raw mut found).cast());
        }
    }
    found
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
pub(super) fn weak_word(bridge: &mut Bridge, mirror: *mut PyObject) -> usize {
    let link = bridge.link(mirror);
    if link.has(State::IN_C) && !link.has(State::STRONG) { link.host() } else { 0 }
}

pub(super) fn drop_weak(word: usize) {
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

/// What becomes of an object whose last reference the host saw go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// C holds it: its link has a reference now.
    Kept,
    /// Somebody in the host has a reference again.
    Revived,
    /// Nobody has one, nor can get one from C.
    Dies,
}

/// As [`wrapper_unreferenced`], at the end of the host's finaliser, of an object that leads to its mirror by itself
/// (`mirror`) or by its link. `is_revived` is asked under the lock: what is C's alone or the host's alone cannot change sides
/// between the two questions.
pub fn fate(
    object: HostRef,
    mirror: Option<*mut PyObject>,
    keep: impl FnOnce() -> usize,
    is_revived: impl FnOnce() -> bool,
) -> Fate {
    let _held = lock::hold();
    let mirror = mirror.or_else(|| find(object));
    if mirror.is_some_and(|mirror| bridge(|bridge| bridge.wrapper_unreferenced(mirror, keep))) {
        mirror.into_iter().for_each(finalize_again);
        return Fate::Kept;
    }
    if is_revived() {
        mirror.into_iter().for_each(finalize_again);
        return Fate::Revived;
    }
    mirror.into_iter().for_each(crate::weakrefobject::target_dies);
    Fate::Dies
}

/// CPython remembers of those that take part in collections alone that their finaliser ran: others' runs at each end.
fn finalize_again(mirror: *mut PyObject) {
    // SAFETY: what lives on is live.
    if unsafe { crate::objimpl::PyObject_IS_GC(mirror) } == 0 {
        bridge(|bridge| bridge.link(mirror).clear(State::FINALIZED));
    }
}

/// Give a reference up when this thread is out of the host's finaliser, at the latest when it comes out of C the next time: it
/// must not go before those that the finaliser's caller has, which would let the object end unnoticed if theirs were the last.
pub fn let_go_later(object: HostObj) {
    pystate::let_go_later(object);
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
            crate::holes::forget(op);
            for &item in crate::tupleobject::items(op) {
                crate::lists::let_go(item);
            }
        } else if has(Py_TPFLAGS_LIST_SUBCLASS) {
            crate::listobject::release(op);
        } else if has(Py_TPFLAGS_DICT_SUBCLASS) {
            crate::sizes::release(op);
            crate::lending::release(op);
        } else if crate::typeobject::is_subtype(ty, builtin!(PySet_Type)) {
            crate::sizes::release(op);
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
                crate::lists::let_go(field);
            }
            if crate::typeobject::is_subtype(ty, exception!(PyExc_StopIteration)) {
                xdecref((*op.cast::<object_mirror::pyerrors::PyStopIterationObject>()).value);
            }
        } else if std::ptr::eq(ty, builtin!(PyFunction_Type)) {
            crate::lending::release(op);
        } else if std::ptr::eq(ty, builtin!(PyCell_Type)) {
            xdecref((*op.cast::<object_mirror::cellobject::PyCellObject>()).ob_ref);
        } else if std::ptr::eq(ty, builtin!(PyMethod_Type)) {
            xdecref((*op.cast::<PyMethodObject>()).im_func);
            xdecref((*op.cast::<PyMethodObject>()).im_self);
        } else if std::ptr::eq(ty, builtin!(PyTraceBack_Type)) {
            crate::traceback::release(op);
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
