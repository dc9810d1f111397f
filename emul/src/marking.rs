//! Collections of a tracing host, cycles through C included: the host marks, and asks here what C holds and reaches.
//!
//! ```text
//!   let mut scan = Marking::begin();          counts are taken, tp_traverse is called, once per tracked mirror
//!   mark the host's own roots
//!   scan.reach_held(mark)                     what C holds from outside
//!   for all objects marked since: scan.reach_all(their mirrors, follow, mark)
//!   ... until nothing more is marked ...
//!   let dead = scan.condemn()                 what neither side reaches; the host marks these too, this once
//!   sweep, move
//!   marking::end(dead)                        later, by the thread that runs the interpreter
//! ```
//!
//! `mark` gets the words of the links that hold their object. One of a wrapper does not, and is a weak word
//! ([`refcount_bridge::GcHooks::weak`]): a wrapper that the host has not reached itself, of a mirror that was reached, is C's
//! alone, and the host gives it to its link
//! ([`crate::lifetime::wrapper_unreferenced`]).

use std::collections::{HashSet, VecDeque};
use std::ops::Range;
use std::time::Duration;

use object_mirror::object::{Py_TPFLAGS_TYPE_SUBCLASS, PyObject};
use refcount_bridge::cycles::{LastRites, Scan, last_rites};
use refcount_bridge::{Bridge, Link, State};

use crate::host::{HostRef, host};
use crate::lifetime::{self, bridge};
use crate::{lock, objimpl, pyerrors, pystate};

/// One collection's view of C's side.
pub struct Marking {
    scan: Scan<*mut PyObject>,
    /// Of the second look at what was condemned: those, whose links alone are in question.
    condemned: Option<Vec<*mut PyObject>>,
    _held: lock::Held,
}

/// The word of a link, for the host to mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Word {
    /// The word.
    pub word: usize,
    /// Whether the mirror is the one that the object is found by: it has been reached, and the host need not ask what C reaches
    /// from that object's mirror.
    pub settled: bool,
}

#[inline]
fn mark_link(link: Link, mark: &mut impl FnMut(Word)) {
    if link.host() != 0 && link.has(State::STRONG) {
        mark(Word { word: link.host(), settled: link.has(State::MAPPED) });
    }
}

/// The words of these mirrors' links, where they hold their object.
fn words(mirrors: &[*mut PyObject], mark: &mut impl FnMut(Word)) {
    mirrors.iter().for_each(|&mirror| mark_link(bridge(|bridge| bridge.link(mirror)), mark));
}

impl Marking {
    /// Take the counts. Nothing may run between this and the end of the host's marking. `owned` gets the words that links
    /// own: they are no roots.
    pub fn begin(owned: &mut impl FnMut(usize)) -> Self {
        let held = lock::hold();
        let mut linked = |link: Link| {
            if link.has(State::STRONG) && !link.has(State::IMMORTAL) {
                owned(link.host());
            }
        };
        let _own = objimpl::OwnTraversal::begin();
        // SAFETY: the lock is held; tracked mirrors are live objects of ready types.
        let scan = unsafe { Bridge::scan_at(lifetime::bridge_at(), &lifetime::fills, &mut linked) };
        Self { scan, condemned: None, _held: held }
    }

    /// As [`Marking::begin`], for the `condemned` alone: which of them does the host still reach?
    fn again(condemned: &[*mut PyObject]) -> Self {
        let held = lock::hold();
        let _own = objimpl::OwnTraversal::begin();
        // SAFETY: as above; the collector holds each of them.
        let scan = unsafe { Bridge::scan_again_at(lifetime::bridge_at(), condemned, &lifetime::fills) };
        Self { scan, condemned: Some(condemned.to_vec()), _held: held }
    }

    /// How many mirrors were looked at.
    #[allow(clippy::len_without_is_empty, reason = "whether it is none is of no use to anybody")]
    pub fn len(&self) -> usize {
        self.scan.len()
    }

    /// Of the second look: the words of the links that are in question. They are no roots.
    pub fn condemned_words(&self, found: &mut dyn FnMut(usize)) {
        words(self.condemned.as_deref().unwrap_or_default(), &mut |word| found(word.word));
    }

    /// What calling `tp_traverse` took.
    pub fn traversals(&self) -> Duration {
        self.scan.traversals()
    }

    /// What C holds from outside, and what it reaches.
    pub fn reach_held(&mut self, mark: &mut impl FnMut(Word)) {
        self.reach_some_held(0..self.len(), mark);
    }

    /// As [`Marking::reach_held`], for a part of the [`Marking::len`] mirrors.
    pub fn reach_some_held(&mut self, part: Range<usize>, mark: &mut impl FnMut(Word)) {
        bridge(|bridge| self.scan.reach_some_held(bridge, part, &mut |link| mark_link(link, mark)));
    }

    /// The host reached the objects of these mirrors: what does C reach from them? `told` gets the word of each one's link, 0
    /// if there is none, with what came with the mirror: where the object lives now, so that the link follows it. Neither
    /// `told` nor `mark` may call the layer.
    #[inline]
    pub fn reach_all<T>(
        &mut self,
        reached: impl IntoIterator<Item = (*mut PyObject, T)>,
        told: &mut impl FnMut(usize, T),
        mark: &mut impl FnMut(Word),
    ) {
        let mut told = |link: Link, with| told(link.host(), with);
        bridge(|bridge| self.scan.reach_all(bridge, reached, &mut told, &mut |link| mark_link(link, mark)));
    }

    /// Whether C reached the mirror of a wrapper that the host has not reached.
    pub fn is_reached(&mut self, wrapper: *mut PyObject) -> bool {
        bridge(|bridge| self.scan.is_wrapper_reached(bridge, wrapper))
    }

    /// What neither side reached, held until [`end`]; `mark` gets the words of their links. `is_going` tells of mirrors that an
    /// earlier collection found dead, and which go their own way.
    pub fn condemn(self, is_going: &dyn Fn(*mut PyObject) -> bool, mark: &mut impl FnMut(Word)) -> Vec<*mut PyObject> {
        let mut dead = self.scan.dead_from_outside();
        dead.retain(|&mirror| !is_going(mirror));
        for &mirror in &dead {
            bridge(|bridge| bridge.hold(mirror));
        }
        words(&dead, mark);
        dead
    }
}

impl Drop for Marking {
    fn drop(&mut self) {
        let scan = std::mem::take(&mut self.scan);
        bridge(|bridge| bridge.end_scan(scan));
    }
}

/// Before a collection that the program asked for: let go of what C was lent and does not hold any more.
pub fn prepare() {
    let _held = lock::hold();
    lifetime::drain_queue();
    crate::listobject::sync_all();
    crate::lending::sweep_all();
    pystate::poll_everything();
}

/// What a host's collector does while its dead end.
pub trait Collector {
    /// Run the finalisers of objects that died in the same collection and that C does not know, since all finalisers of what one
    /// collection found run before anything of it ends; whether any ran.
    fn finalize_others(&mut self) -> bool;
    /// Mark again, without freeing: call [`Marking::reach_held`] and [`Marking::reach_all`] as in a collection.
    fn mark_again(&mut self, marking: &mut Marking);
}

/// End what a collection condemned: callbacks, finalisers, `tp_clear`. By the thread that runs the interpreter. How many went.
pub fn end(dead: &[*mut PyObject], collector: &mut impl Collector) -> usize {
    let _held = lock::hold();
    let _pending = pyerrors::hold_pending();
    let ended = last_rites(&mut Rites { collector }, dead);
    pystate::poll_everything();
    ended
}

/// Whether the mirror is a class's: classes end last, for the destructors of their instances look at them.
fn is_class(mirror: *mut PyObject) -> bool {
    // SAFETY: the collector holds it.
    unsafe { (*(*mirror).ob_type).tp_flags & Py_TPFLAGS_TYPE_SUBCLASS as std::ffi::c_ulong != 0 }
}

/// Whether the mirror's end is C's to make: the state of others is the host's.
fn may_end_alone(mirror: *mut PyObject) -> bool {
    object_of(mirror).is_none() || is_in_c(mirror)
}

/// What the mirror of a dead object refers to, if C tracks it or the layer filled it.
fn referents(mirror: *mut PyObject) -> Vec<*mut PyObject> {
    if !lifetime::is_tracked(mirror) && !lifetime::is_filled(mirror) {
        return Vec::new();
    }
    // SAFETY: a live object of a ready type, whose fields may be looked at.
    unsafe { objimpl::referents(mirror) }
}

struct Rites<'a, C> {
    collector: &'a mut C,
}

/// The host object of a mirror, if it has one.
fn object_of(mirror: *mut PyObject) -> Option<HostRef> {
    HostRef::from_word(bridge(|bridge| bridge.link(mirror).host()))
}

fn is_in_c(mirror: *mut PyObject) -> bool {
    lifetime::has_state(mirror, State::IN_C)
}

impl<C: Collector> LastRites for Rites<'_, C> {
    type Node = *mut PyObject;

    fn clear_weak_references(&mut self, dead: &[*mut PyObject]) {
        let objects: Vec<HostRef> = dead.iter().filter_map(|&mirror| object_of(mirror)).collect();
        dead.iter().for_each(|&mirror| crate::weakrefobject::target_dies(mirror));
        let _released = lock::release();
        host().clear_weak_references(&objects);
    }

    fn finalize_others(&mut self) -> bool {
        let _released = lock::release();
        self.collector.finalize_others()
    }

    fn finalize(&mut self, mirror: *mut PyObject) -> bool {
        let Some(object) = object_of(mirror) else {
            // SAFETY: the collector holds it.
            return unsafe { lifetime::finalize(mirror) };
        };
        let _released = lock::release();
        host().finalize(object)
    }

    fn still_dead(&mut self, dead: &[*mut PyObject]) -> Vec<*mut PyObject> {
        pystate::poll_everything();
        let mut again = Marking::again(dead);
        self.collector.mark_again(&mut again);
        dead.iter().copied().filter(|&mirror| !again.scan.is_reached(mirror)).collect()
    }

    fn clear(&mut self, mirror: *mut PyObject) {
        let _ending = pystate::Ending::enter();
        if let Some(object) = object_of(mirror).filter(|_| is_in_c(mirror)) {
            let _released = lock::release();
            host().clear(object);
        }
        // Of a value that is the host's, the mirror too: lists and exceptions hold the mirrors of what they refer to, and C-born
        // ones are nobody else's to clear.
        // SAFETY: a live object of a ready type, which the collector holds.
        unsafe {
            if let Some(clear) = (*(*mirror).ob_type).tp_clear {
                clear(mirror);
            }
        }
    }

    /// What nothing refers to any more goes first, as counts would have it, and so on with what it referred to. Of a cycle, one
    /// member at a time is cleared. Each mirror is looked at again only when something that referred to it ended, or when
    /// as much was done since all were looked at: no time grows with the square of the dead.
    fn end(&mut self, dead: &[*mut PyObject]) {
        let (classes, others): (Vec<_>, Vec<_>) = dead.iter().copied().partition(|&mirror| is_class(mirror));
        let (mut own, values): (Vec<_>, Vec<_>) = others.into_iter().partition(|&mirror| may_end_alone(mirror));
        let mut left: HashSet<*mut PyObject> = own.iter().copied().collect();
        let mut queue: VecDeque<*mut PyObject> = own.iter().copied().collect();
        let mut to_clear = own.clone().into_iter();
        // `work`: looks since all were looked at, those not counted.
        let (mut work, mut ended) = (0_isize, false);
        loop {
            while let Some(mirror) = queue.pop_front() {
                work += 1;
                if !left.contains(&mirror) || !lifetime::is_alone(mirror) {
                    continue;
                }
                let referents = referents(mirror);
                let _ending = pystate::Ending::enter();
                if lifetime::end_alone(mirror) {
                    left.remove(&mirror);
                    ended = true;
                    queue.extend(referents.into_iter().filter(|referent| left.contains(referent)));
                }
            }
            if std::mem::take(&mut ended) && work >= left.len() as isize {
                // What it referred to in ways that traversal does not show.
                own.retain(|mirror| left.contains(mirror));
                work = -(own.len() as isize);
                queue.extend(&own);
                continue;
            }
            let Some(mirror) = to_clear.find(|mirror| left.contains(mirror)) else { break };
            queue.extend(referents(mirror).into_iter().filter(|referent| left.contains(referent)));
            queue.push_back(mirror);
            self.clear(mirror);
        }
        values.iter().chain(&classes).for_each(|&mirror| self.clear(mirror));
        for mirror in own.into_iter().filter(|mirror| left.contains(mirror)).chain(values).chain(classes) {
            self.release(mirror, false);
        }
    }

    fn release(&mut self, mirror: *mut PyObject, revived: bool) {
        let _ending = pystate::Ending::enter();
        if !revived && is_in_c(mirror) {
            lifetime::end_wrapper(mirror);
        }
        // SAFETY: the collector's reference.
        unsafe { lifetime::decref(mirror) };
    }
}
