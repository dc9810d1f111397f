//! Collections of cycles that go through C: the bridge's scan of both sides, asked of a host that counts references.
//!
//! The host's own collector sees to cycles among its own objects. It leaves out the wrappers of C's objects, whose C
//! references it cannot see, so every cycle through one is found here and nowhere else: at `gc.collect()`, at
//! `PyGC_Collect`, and when enough objects were tracked since the last collection.

use std::cell::{Cell, UnsafeCell};
use std::collections::{HashMap, HashSet};
use std::ffi::c_ulong;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use object_mirror::object::{Py_TPFLAGS_TYPE_SUBCLASS, PyObject};
use refcount_bridge::State;
use refcount_bridge::cycles::{LastRites, Side, last_rites};

use crate::boundary::{Cx, New, Obj};
use crate::host::{CountingHost, CountingProtocol, GcHooks, HostObj, HostRef, Kind, host, offers};
use crate::lifetime::{self, bridge};
use crate::{listobject, lock, objimpl, pyerrors, pystate};

/// Objects that C tracked since the last collection, less those that it freed.
static YOUNG: AtomicUsize = AtomicUsize::new(0);
/// At how many a collection is worth asking the host for its threshold.
static WORTH: AtomicUsize = AtomicUsize::new(FIRST_WORTH);
static COLLECTING: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether this thread ends what a collection found dead.
    static ENDING_DEAD: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread ends what a collection found dead, and holds it meanwhile.
pub(crate) fn is_ending_dead() -> bool {
    ENDING_DEAD.get()
}

/// CPython's threshold of the young generation.
const FIRST_WORTH: usize = 2000;
/// A collection looks at everything: it is worth it when as many objects came as this part of those it looked at last.
const PART: usize = 4;

/// C made an object that takes part in collections.
#[inline]
pub(crate) fn born() {
    YOUNG.fetch_add(1, Relaxed);
}

/// C freed one.
#[inline]
pub(crate) fn freed() {
    let young = YOUNG.load(Relaxed);
    if young > 0 {
        YOUNG.store(young - 1, Relaxed);
    }
}

/// Whether an automatic collection may be due: asked at each return from C.
#[inline]
pub(crate) fn may_be_due() -> bool {
    YOUNG.load(Relaxed) >= WORTH.load(Relaxed)
}

/// Collect if the host's settings say that it is time.
#[cold]
pub(crate) fn collect_if_due() {
    match offers().counting.and_then(CountingProtocol::collection_threshold) {
        Some(threshold) if YOUNG.load(Relaxed) >= threshold => {
            collect();
        }
        Some(threshold) => WORTH.store(threshold, Relaxed),
        None => YOUNG.store(0, Relaxed),
    }
}

/// How many objects C tracked since the last collection, for `gc.get_count()`.
pub fn young() -> usize {
    YOUNG.load(Relaxed)
}

/// The host's side: collections run here only for one that counts references.
fn counting() -> &'static dyn CountingProtocol {
    offers().counting.expect("a host that traces collects with `marking`")
}

/// The layer's view of the host during a collection.
struct View<'a> {
    /// The collector's own references to host objects, which do not count.
    pins: Option<&'a Rites>,
}

impl GcHooks for View<'_> {
    fn retain(&self, word: usize) -> usize {
        host().retain(word)
    }

    fn release(&self, word: usize) {
        host().release(word);
    }

    fn identity(&self, word: usize) -> usize {
        host().identity(word)
    }

    fn only_reference(&self, word: usize) -> bool {
        host().only_reference(word)
    }
}

impl CountingHost for View<'_> {
    fn count(&self, identity: usize) -> isize {
        let is_pinned = self
            .pins
            .is_some_and(|rites| rites.pinned.contains_key(&identity) || rites.pinned_wrappers.contains_key(&identity));
        counting().count(identity) - isize::from(is_pinned)
    }

    fn traverse(&self, identity: usize, visit: &mut dyn FnMut(usize)) {
        counting().traverse(identity, visit);
    }

    fn has_references(&self, identity: usize) -> bool {
        counting().has_references(identity)
    }

    fn is_ending(&self, identity: usize) -> bool {
        counting().is_ending(identity)
    }

    fn is_filled(&self, mirror: *mut PyObject) -> bool {
        lifetime::is_filled(mirror)
    }
}

/// The mirrors that a collection is ending: one whose destructor runs before its turn comes is taken out.
struct Ending(UnsafeCell<Option<HashSet<usize>>>);
// SAFETY: used under the extension lock, and never across a call.
unsafe impl Sync for Ending {}
static ENDING: Ending = Ending(UnsafeCell::new(None));
static IS_ENDING: AtomicBool = AtomicBool::new(false);

fn ending<R>(f: impl FnOnce(&mut HashSet<usize>) -> R) -> Option<R> {
    // SAFETY: under the extension lock; `f` calls nothing that comes back here.
    unsafe { (*ENDING.0.get()).as_mut().map(f) }
}

/// A destructor is about to run.
#[inline]
pub(crate) fn destructor_runs(mirror: *mut PyObject) {
    if IS_ENDING.load(Relaxed) {
        ending(|mirrors| mirrors.remove(&(mirror as usize)));
    }
}

/// Collect cycles; how many objects were found dead. Nothing happens while another collection runs.
pub fn collect() -> usize {
    if COLLECTING.swap(true, Relaxed) {
        return 0;
    }
    struct Done;
    impl Drop for Done {
        fn drop(&mut self) {
            COLLECTING.store(false, Relaxed);
        }
    }
    let _done = Done;
    let _held = lock::hold();
    let _pending = pyerrors::hold_pending();
    YOUNG.store(0, Relaxed);
    lifetime::drain_queue();
    listobject::sync_to_host();
    pystate::poll_everything();
    let mut rites = Rites::default();
    let dead = rites.find();
    if dead.is_empty() {
        return 0;
    }
    let found = rites.count(&dead);
    ENDING_DEAD.set(true);
    last_rites(&mut rites, &dead);
    ENDING_DEAD.set(false);
    pystate::poll_everything();
    found
}

/// The wrappers of the objects that C tracks.
pub fn tracked_wrappers() -> Vec<HostObj> {
    let _held = lock::hold();
    let mut found = Vec::new();
    bridge(|bridge| {
        bridge.for_each_link(|_, link| {
            if link.has(State::TRACKED) && link.has(State::IN_C) {
                found.extend(HostRef::from_word(link.host()));
            }
        });
    });
    found.into_iter().filter_map(|object| counting().pin(host().identity(object.word()))).collect()
}

/// What the mirror refers to, as host objects.
///
/// # Safety
/// `mirror` is live, and stays so.
pub unsafe fn referents(mirror: *mut PyObject) -> Vec<HostObj> {
    let frame = pystate::Frame::enter();
    if bridge(|bridge| bridge.is_bound(mirror)) {
        // What a class or a module of the host's refers to, the host knows.
        return Vec::new();
    }
    // SAFETY: a live object of a ready type, which the caller's wrapper keeps alive; so are those that it refers to.
    unsafe {
        let children = objimpl::referents(mirror).into_iter().filter_map(|child| Obj::from_ptr(child));
        let found: Vec<New> = children.map(|child| child.to_new()).collect();
        let cx = Cx::assume();
        let objects = found.iter().filter_map(|child| child.obj().give(cx).ok()).collect();
        drop(found);
        drop(frame);
        objects
    }
}

#[derive(Default)]
struct Rites {
    pinned: HashMap<usize, HostObj>,
    /// The host objects of the dead whose mirrors speak for them.
    wrappers: HashSet<usize>,
    /// The wrappers held until their mirrors' turn comes, by mirror: what ends before must not end them.
    wrapper_pins: HashMap<usize, HostObj>,
    /// Those, by identity.
    pinned_wrappers: HashMap<usize, HostRef>,
}

impl Rites {
    /// The dead, each held from here on.
    fn find(&mut self) -> Vec<Side> {
        counting().stop_threads();
        // A wrapper that died elsewhere in the meantime is gone, and its mirror's link does not know yet.
        while lifetime::has_queued() {
            counting().resume_threads();
            lifetime::drain_queue();
            counting().stop_threads();
        }
        // SAFETY: the lock is held, the world stands still, and tracked mirrors are live objects of ready types.
        let (dead, looked_at) = unsafe {
            let _own = objimpl::OwnTraversal::begin();
            let mut scan = refcount_bridge::Bridge::scan_counting_at(lifetime::bridge_at(), &View { pins: None });
            scan.reach_held(&mut |_| {});
            (scan.dead(), scan.len())
        };
        WORTH.store((looked_at / PART).max(FIRST_WORTH), Relaxed);
        // A wrapper that another thread is ending takes its mirror along: both go their own way.
        let mut going = HashSet::new();
        for &side in &dead {
            let Side::Mirror(mirror) = side else { continue };
            if let Some(wrapper) = wrapper_identity(mirror) {
                let Some(pin) = counting().pin(wrapper) else {
                    going.extend([mirror as usize, wrapper]);
                    continue;
                };
                self.wrappers.insert(wrapper);
                self.pinned_wrappers.insert(wrapper, pin.as_ref());
                self.wrapper_pins.insert(mirror as usize, pin);
            }
            bridge(|bridge| bridge.hold(mirror));
        }
        for &side in &dead {
            let Side::Host(identity) = side else { continue };
            if !self.wrappers.contains(&identity)
                && !going.contains(&identity)
                && let Some(pin) = counting().pin(identity)
            {
                self.pinned.insert(identity, pin);
            }
        }
        counting().resume_threads();
        // An object that was ending already goes its own way.
        dead.into_iter()
            .filter(|side| match side {
                Side::Mirror(mirror) => !going.contains(&(*mirror as usize)),
                Side::Host(identity) => self.wrappers.contains(identity) || self.pinned.contains_key(identity),
            })
            .collect()
    }

    /// Make one of the dead give up its references, and give the collector's back.
    fn end_one(&mut self, side: Side) {
        match side {
            Side::Mirror(mirror) => {
                end_mirror(mirror);
                drop_pin(self.wrapper_pins.remove(&(mirror as usize)));
            }
            Side::Host(identity) => {
                let Some(pin) = self.pinned.remove(&identity) else { return };
                let _released = lock::release();
                host().clear(pin.as_ref());
                drop(pin);
            }
        }
    }

    /// A dead host object, which a pin holds.
    fn held(&self, identity: usize) -> Option<HostRef> {
        let own = self.pinned.get(&identity).map(HostObj::as_ref);
        own.or_else(|| self.pinned_wrappers.get(&identity).copied())
    }

    /// Whether it is a class, or its mirror. Asked of dead objects that are whole.
    fn is_class(&self, side: Side) -> bool {
        match side {
            // SAFETY: a live mirror of a live type.
            Side::Mirror(mirror) => unsafe { (*(*mirror).ob_type).tp_flags & Py_TPFLAGS_TYPE_SUBCLASS as c_ulong != 0 },
            Side::Host(identity) => {
                self.pinned.get(&identity).is_some_and(|object| host().kind(object.as_ref()) == Kind::Type)
            }
        }
    }

    /// How many objects Python would say were found: a wrapper and its mirror are one.
    fn count(&self, dead: &[Side]) -> usize {
        let own: Vec<usize> = self.pinned.keys().copied().collect();
        let mirrors = dead.iter().filter(|side| matches!(side, Side::Mirror(mirror) if !is_value(*mirror))).count();
        mirrors + counting().count_found(&own)
    }
}

/// The wrapper of a state-in-C mirror.
fn wrapper_of(mirror: *mut PyObject) -> Option<HostRef> {
    bridge(|bridge| {
        let link = bridge.link(mirror);
        if link.has(State::IN_C) { HostRef::from_word(link.host()) } else { None }
    })
}

/// Its identity.
fn wrapper_identity(mirror: *mut PyObject) -> Option<usize> {
    wrapper_of(mirror).map(|wrapper| host().identity(wrapper.word()))
}

/// Whether the mirror stands for a host object that has the state.
fn is_value(mirror: *mut PyObject) -> bool {
    bridge(|bridge| {
        let link = bridge.link(mirror);
        link.host() != 0 && !link.has(State::IN_C)
    })
}

impl LastRites for Rites {
    type Node = Side;

    fn clear_weak_references(&mut self, dead: &[Side]) {
        let mut objects = Vec::new();
        for &side in dead {
            match side {
                Side::Host(identity) => objects.extend(self.held(identity)),
                Side::Mirror(mirror) => crate::weakrefobject::target_dies(mirror),
            }
        }
        let _released = lock::release();
        host().clear_weak_references(&objects);
    }

    fn finalize(&mut self, side: Side) -> bool {
        match side {
            Side::Host(identity) if self.wrappers.contains(&identity) => false,
            Side::Host(identity) => {
                let Some(object) = self.held(identity) else { return false };
                let _released = lock::release();
                host().finalize(object)
            }
            Side::Mirror(mirror) => {
                let Some(wrapper) = wrapper_of(mirror) else {
                    // SAFETY: the collection holds what it finalizes.
                    return unsafe { lifetime::finalize(mirror) };
                };
                let _released = lock::release();
                host().finalize(wrapper)
            }
        }
    }

    fn still_dead(&mut self, dead: &[Side]) -> Vec<Side> {
        pystate::poll_everything();
        // What a finaliser revived as a wrapper may be one that had none.
        for &side in dead {
            if let Side::Mirror(mirror) = side
                && let Some(wrapper) = wrapper_identity(mirror)
            {
                self.wrappers.insert(wrapper);
            }
        }
        let view = View { pins: Some(self) };
        counting().stop_threads();
        // SAFETY: as in `find`; the collector holds every one of them.
        let still = unsafe {
            let _own = objimpl::OwnTraversal::begin();
            let mut scan = refcount_bridge::Bridge::scan_counting_again_at(lifetime::bridge_at(), &view, dead);
            scan.reach_held(&mut |_| {});
            scan.dead()
        };
        counting().resume_threads();
        still
    }

    fn clear(&mut self, _side: Side) {}

    fn release(&mut self, side: Side, _revived: bool) {
        let _ending = pystate::Ending::enter();
        match side {
            Side::Mirror(mirror) => {
                drop_pin(self.wrapper_pins.remove(&(mirror as usize)));
                // SAFETY: the collector's reference.
                unsafe { lifetime::decref(mirror) };
            }
            Side::Host(identity) => drop_pin(self.pinned.remove(&identity)),
        }
    }

    fn end(&mut self, dead: &[Side]) {
        let _ending = pystate::Ending::enter();
        let mirrors = dead.iter().filter_map(|side| match side {
            Side::Mirror(mirror) => Some(*mirror as usize),
            Side::Host(_) => None,
        });
        let mirrors: HashSet<usize> = mirrors.collect();
        // SAFETY: under the lock; `ending` holds no borrow here.
        unsafe { *ENDING.0.get() = Some(mirrors) };
        IS_ENDING.store(true, Relaxed);
        let mut bound: Vec<*mut PyObject> = Vec::new();
        for &side in dead {
            if let Side::Mirror(mirror) = side
                && bridge(|bridge| bridge.is_bound(mirror))
            {
                bound.push(mirror);
            }
        }
        // Classes are cleared last: the destructors of their instances look at them.
        let (classes, others): (Vec<Side>, Vec<Side>) = dead.iter().partition(|&&side| self.is_class(side));
        // From here on they hold each other, and go as each one's references do.
        for &side in dead {
            if let Side::Mirror(mirror) = side {
                // SAFETY: the collector's reference.
                unsafe { lifetime::decref(mirror) };
            }
        }
        others.into_iter().for_each(|side| self.end_one(side));
        // What C had of the host's, and only the poll tells that it has no more, may be the last that holds an instance.
        pystate::poll_everything();
        classes.into_iter().for_each(|side| self.end_one(side));
        end_bound(bound);
        IS_ENDING.store(false, Relaxed);
        // SAFETY: as above.
        unsafe { *ENDING.0.get() = None };
    }
}

/// End the bound links that nothing but the share holds any more; each may have been held by another.
fn end_bound(mut bound: Vec<*mut PyObject>) {
    loop {
        let before = bound.len();
        bound.retain(|&mirror| {
            let Some(word) = bridge(|bridge| bridge.unbind(mirror, &View { pins: None })) else { return true };
            lifetime::end(mirror, word);
            false
        });
        if bound.len() == before {
            return;
        }
        bound.reverse();
    }
}

fn drop_pin(pin: Option<HostObj>) {
    let _released = lock::release();
    drop(pin);
}

/// Make a dead mirror give up its references, unless its end came before.
fn end_mirror(mirror: *mut PyObject) {
    if ending(|mirrors| mirrors.remove(&(mirror as usize))) != Some(true) {
        return;
    }
    // SAFETY: its destructor has not run: the dead hold it. The reference is given back below.
    unsafe { lifetime::incref(mirror) };
    if let Some(wrapper) = wrapper_of(mirror) {
        let _released = lock::release();
        host().clear(wrapper);
    }
    // Of a value that is the host's, the mirror too: lists and exceptions hold the mirrors of what they refer to.
    // SAFETY: a live object of a ready type.
    unsafe {
        if let Some(clear) = (*(*mirror).ob_type).tp_clear {
            clear(mirror);
        }
    }
    // SAFETY: taken above.
    unsafe { lifetime::decref(mirror) };
}

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static LATER: Cell<Vec<*mut PyObject>> = const { Cell::new(Vec::new()) };
}

/// How deep destructors may nest before the next wait for the outermost one's end: a long chain must not exhaust the
/// stack.
const DEEPEST: u32 = 64;

/// Run a destructor, or have it run when the stack is less deep.
#[inline]
pub(crate) fn within_depth(mirror: *mut PyObject, destroy: unsafe fn(*mut PyObject)) {
    let depth = DEPTH.get();
    if depth >= DEEPEST {
        return put_off(mirror);
    }
    DEPTH.set(depth + 1);
    // SAFETY: the caller's mirror has no references left.
    unsafe { destroy(mirror) };
    DEPTH.set(depth);
    if depth == 0 {
        run_put_off(destroy);
    }
}

#[cold]
fn put_off(mirror: *mut PyObject) {
    let mut later = LATER.take();
    later.push(mirror);
    LATER.set(later);
}

#[inline]
fn run_put_off(destroy: unsafe fn(*mut PyObject)) {
    loop {
        let mut later = LATER.take();
        let Some(mirror) = later.pop() else { return };
        LATER.set(later);
        DEPTH.set(1);
        // SAFETY: put off for want of stack alone.
        unsafe { destroy(mirror) };
        DEPTH.set(0);
    }
}
