//! What the host tells of its wrappers, and what is left to do later.

use std::sync::atomic::Ordering::Relaxed;

use object_mirror::object::{PyObject, PyTypeObject, destructor, is_immortal};
use refcount_bridge::State;

use super::end::{_Emul_value_dealloc, drop_weak, end_wrapper, find, release, run_dealloc, weak_word, wrapper_returns};
use super::{QUEUE, QUEUED, bridge, decref, has_state};
use crate::host::{HostObj, HostRef, Kind, host, offers};
use crate::{cross, cycles, lock, pystate};

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
pub(super) fn forget_link(mirror: *mut PyObject) {
    let (weak, word) = bridge(|bridge| {
        let weak = weak_word(bridge, mirror);
        (weak, bridge.sever(mirror, |word| host().identity(word)))
    });
    drop_weak(weak);
    release(word);
}

/// A reference to the host object of `mirror`, if it has one: also where the link does not hold it, and another thread of the
/// host's lets go of the last reference just now.
pub(crate) fn object_of(mirror: *mut PyObject) -> Option<HostObj> {
    loop {
        let (word, is_weak) = bridge(|bridge| (bridge.link(mirror).host(), weak_word(bridge, mirror) != 0));
        let object = HostRef::from_word(word)?;
        let held = match is_weak {
            true => hold_wrapper(mirror, object),
            false => Some(object.to_owned()),
        };
        if held.is_some() {
            return held;
        }
    }
}

/// A reference to the wrapper that a link names and does not hold. `None`: its last reference is gone, and the link changes for
/// that or has changed; to be looked at again.
pub(crate) fn hold_wrapper(mirror: *mut PyObject, wrapper: HostRef) -> Option<HostObj> {
    let Some(counting) = offers().counting else { return Some(wrapper.to_owned()) };
    // What ends elsewhere while this thread has the lock goes through the queue before its memory goes.
    let mut queue = QUEUE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if QUEUED.load(Relaxed)
        && let Some(place) = queue.iter().position(|&queued| queued == mirror as usize)
    {
        queue.swap_remove(place);
        drop(queue);
        bury(mirror);
        return None;
    }
    let held = counting.pin(host().identity(wrapper.word()));
    drop(queue);
    if held.is_none() {
        // The thread that dropped it has the link keep it, or ends it.
        give_way();
    }
    held
}

/// A reference to the wrapper that a link keeps: the link's own, so that from now on the host's references decide again.
///
/// The thread that dropped the last of those may still be on its way out of the host's finaliser, and would take the object for
/// dead if the link's reference came and went meanwhile: as long as somebody else has one, the link keeps its own.
pub(crate) fn kept_wrapper(mirror: *mut PyObject, wrapper: HostRef) -> HostObj {
    if offers().counting.is_some() && !host().only_reference(wrapper.word()) {
        return wrapper.to_owned();
    }
    let word = wrapper_returns(mirror);
    // SAFETY: the link's strong reference, handed over.
    unsafe { HostObj::from_word(word) }.expect("the link of a kept wrapper has a host object")
}

/// How often a thread looks again whether another one has come out of a host's finaliser: it needs no lock for that, and no time.
const PATIENCE: u32 = 100;

/// C let go of an object, and the link's reference to its wrapper goes, `word`. As for [`kept_wrapper`], a thread on its way out
/// of the host's finaliser would end the wrapper without calling it again, if that reference went first: it waits for that one.
/// Who else has the wrapper in the host keeps it, and the wait ends soon.
#[inline]
pub(super) fn give_up(word: usize) {
    if is_contested(word) {
        return give_up_late(word);
    }
    release(word);
}

#[inline]
fn is_contested(word: usize) -> bool {
    let Some(counting) = offers().counting else { return false };
    // What a collection found dead, it holds itself; no thread was in a finaliser of it when the world stood still.
    !host().only_reference(word) && counting.has_other_threads() && !cycles::is_ending_dead()
}

#[cold]
fn give_up_late(word: usize) {
    (0..PATIENCE).take_while(|_| !host().only_reference(word)).for_each(|_| give_way());
    if host().only_reference(word) {
        return release(word);
    }
    // SAFETY: the caller's reference, handed over.
    unsafe { HostObj::from_word(word) }.into_iter().for_each(pystate::let_go_later);
}

/// Let a thread have the lock that needs it, or the processor.
#[cold]
fn give_way() {
    let _released = lock::release();
    host().blocking(&mut || std::thread::yield_now());
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
