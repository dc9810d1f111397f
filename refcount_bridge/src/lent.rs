//! The lent and retained sets: letting go of values by polling.
//!
//! A value that crossed into C stays valid until the C frame that it crossed for returns, whatever C does with its
//! references. Those handed out in a crossing are in the thread's *lent* set; when the frame returns, the ones that it
//! was lent and C has let go of are freed and the others move to the *retained* set, of which a few are looked at on every
//! return and all at a collection: no cost grows with the number of live mirrors. A frame inside another (C called Python
//! code, which calls C: an event loop written in C runs all of a program so) leaves alone what was lent before it came.
//!
//! Several threads may lend one mirror: while one calls the host, another is in C. The link counts the sets it is in, and
//! the last of them decides.

use std::sync::{Mutex, MutexGuard, PoisonError};

use object_mirror::heap;
use object_mirror::object::PyObject;
use object_mirror::prefix::Prefix;

use crate::GcHooks;
use crate::link::{Bridge, Dropped, Link, State};

/// How many retained mirrors a return looks at.
const POLLED_PER_RETURN: usize = 4;
/// The least size of a lent set at which a long C call sweeps it.
const FIRST_SWEEP: usize = 4096;

/// One thread's lent set.
pub struct Lent {
    mirrors: Vec<*mut PyObject>,
    sweep_at: usize,
    /// What links know this set by; 0 until it lends.
    name: u8,
}

/// The name of all sets beyond the 254th at a time: they enter a mirror anew each time.
const SHARED_NAME: u8 = u8::MAX;

/// Which names are taken; 0 and the shared one always are.
static NAMES: Mutex<[u64; 4]> = Mutex::new([1, 0, 0, 1 << 63]);

fn names() -> MutexGuard<'static, [u64; 4]> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take_name() -> u8 {
    let mut names = names();
    let Some(word) = names.iter().position(|&word| word != u64::MAX) else { return SHARED_NAME };
    let bit = names[word].trailing_ones();
    names[word] |= 1 << bit;
    (word as u32 * u64::BITS + bit) as u8
}

/// The set's name is another's to take: a set is settled before it is dropped, or links would take that one for it.
impl Drop for Lent {
    fn drop(&mut self) {
        if self.name != 0 && self.name != SHARED_NAME {
            names()[usize::from(self.name / 64)] &= !(1 << (self.name % 64));
        }
    }
}

/// A mirror leaves one lent set. Whether it is in no other.
fn leave(link: Link) -> bool {
    let places = link.number(State::LENDINGS);
    if places == u8::MAX {
        // Lost count: it stays lent for ever, which is safe.
        return false;
    }
    link.set_number(State::LENDINGS, places.saturating_sub(1));
    if places > 1 {
        return false;
    }
    link.clear(State::LENT);
    true
}

impl Lent {
    /// An empty set.
    pub const fn new() -> Self {
        Self { mirrors: Vec::new(), sweep_at: FIRST_SWEEP, name: 0 }
    }

    /// Whether nothing is lent.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.mirrors.is_empty()
    }

    /// How many mirrors are lent.
    #[inline]
    pub fn len(&self) -> usize {
        self.mirrors.len()
    }

    /// Keep `mirror` valid until the frame that runs returns, or the one around it that was lent it first.
    pub fn lend(&mut self, mirror: *mut PyObject, bridge: &mut Bridge) {
        let link = bridge.link(mirror);
        if link.has(State::IMMORTAL | State::IN_C) || !link.has(State::SHARED) {
            return;
        }
        if self.name == 0 {
            self.name = take_name();
        }
        let is_ours = link.number(State::LENDER) == self.name && self.name != SHARED_NAME;
        if link.has(State::LENT) && is_ours {
            return;
        }
        link.set(State::LENT);
        link.set_number(State::LENDER, self.name);
        link.set_number(State::LENDINGS, link.number(State::LENDINGS).saturating_add(1));
        self.mirrors.push(mirror);
    }

    /// Whether the set has doubled in one long C call, so that a [`Lent::sweep`] pays off.
    pub fn wants_sweep(&self) -> bool {
        self.mirrors.len() >= self.sweep_at
    }

    /// In a long C call: end the links of lent mirrors that C let go of and that no host reference can name any more.
    /// Calls `free` for each with the host word to release.
    pub fn sweep(
        &mut self,
        bridge: &mut Bridge,
        hooks: &(impl GcHooks + ?Sized),
        dead: &mut Vec<(*mut PyObject, usize)>,
    ) {
        self.mirrors.retain(|&mirror| {
            let link = bridge.link(mirror);
            let places = link.number(State::LENDINGS);
            if places > 1 || link.has(State::RETAINED | State::KEPT) || !hooks.only_reference(link.host()) {
                return true;
            }
            match bridge.poll(mirror, hooks) {
                Dropped::Kept => true,
                Dropped::Free(host) => {
                    leave(link);
                    dead.push((mirror, host));
                    false
                }
            }
        });
        self.sweep_at = (self.mirrors.len() * 2).max(FIRST_SWEEP);
    }

    /// No frame is left: end what C let go of, retain the rest. The caller frees the `dead`.
    pub fn settle(
        &mut self,
        bridge: &mut Bridge,
        hooks: &(impl GcHooks + ?Sized),
        dead: &mut Vec<(*mut PyObject, usize)>,
    ) {
        self.settle_since(0, bridge, hooks, dead);
    }

    /// As [`Lent::settle`], for a frame inside another that is still there: what was lent before it came, `before` mirrors, stays.
    pub fn settle_since(
        &mut self,
        before: usize,
        bridge: &mut Bridge,
        hooks: &(impl GcHooks + ?Sized),
        dead: &mut Vec<(*mut PyObject, usize)>,
    ) {
        for mirror in self.mirrors.drain(before.min(self.mirrors.len())..) {
            let link = bridge.link(mirror);
            if !leave(link) || link.has(State::KEPT) {
                // Another set has it, and lets go of it when its turn comes.
                continue;
            }
            if link.has(State::RETAINED) && !bridge.unretain_idle(mirror) {
                // C holds it still, as it did before this crossing.
                continue;
            }
            if link.has(State::KEEPABLE) && bridge.keep(mirror, hooks, dead) {
                continue;
            }
            match bridge.poll(mirror, hooks) {
                Dropped::Free(host) => dead.push((mirror, host)),
                Dropped::Kept => bridge.retain(mirror),
            }
        }
        self.sweep_at = (self.mirrors.len() * 2).max(FIRST_SWEEP);
    }
}

impl Default for Lent {
    fn default() -> Self {
        Self::new()
    }
}

impl Bridge {
    /// Look at a few retained mirrors, in turn, for one that C let go of. Only their counts are read: most of the time C
    /// holds them still, which is why they are here.
    #[inline]
    pub fn is_retained_due(&mut self) -> bool {
        let mirrors = &self.retained[..];
        if mirrors.is_empty() {
            return false;
        }
        let first = if self.cursor < mirrors.len() { self.cursor } else { 0 };
        let part = &mirrors[first..mirrors.len().min(first + POLLED_PER_RETURN)];
        // SAFETY: the share keeps a retained mirror live.
        if let Some(due) = part.iter().position(|&mirror| unsafe { (*mirror).ob_refcnt } <= 1) {
            self.cursor = first + due;
            return true;
        }
        self.cursor = first + part.len();
        false
    }

    /// Let go of a few retained mirrors, in turn, if C did.
    pub fn poll_retained(&mut self, hooks: &(impl GcHooks + ?Sized), dead: &mut Vec<(*mut PyObject, usize)>) {
        for _ in 0..POLLED_PER_RETURN.min(self.retained.len()) {
            if self.cursor >= self.retained.len() {
                self.cursor = 0;
            }
            self.poll_retained_at(self.cursor, hooks, dead);
        }
    }

    /// Let go of those mirrors that C let go of since, of the ones retained after the first `before`.
    pub fn poll_retained_since(
        &mut self,
        before: usize,
        hooks: &(impl GcHooks + ?Sized),
        dead: &mut Vec<(*mut PyObject, usize)>,
    ) {
        for index in (before..self.retained.len()).rev() {
            if !self.is_held_by_c(index) {
                self.poll_retained_at(index, hooks, dead);
            }
        }
    }

    /// Look at every retained mirror: a collection does.
    pub fn poll_all_retained(&mut self, hooks: &(impl GcHooks + ?Sized), dead: &mut Vec<(*mut PyObject, usize)>) {
        self.empty_kept(hooks, dead);
        self.cursor = 0;
        while self.cursor < self.retained.len() {
            if self.is_held_by_c(self.cursor) {
                self.cursor += 1;
            } else {
                self.poll_retained_at(self.cursor, hooks, dead);
            }
        }
    }

    /// Whether more than the share is left of a retained mirror: nothing needs to be decided.
    #[inline]
    fn is_held_by_c(&self, index: usize) -> bool {
        // SAFETY: the share keeps a retained mirror live.
        unsafe { (*self.retained[index]).ob_refcnt > 1 }
    }

    #[cold]
    fn poll_retained_at(
        &mut self,
        index: usize,
        hooks: &(impl GcHooks + ?Sized),
        dead: &mut Vec<(*mut PyObject, usize)>,
    ) {
        let mirror = self.retained[index];
        let link = self.link(mirror);
        let leaves = if link.has(State::LENT) {
            // A running crossing lent it again: that crossing's end decides.
            Dropped::Kept
        } else {
            self.poll(mirror, hooks)
        };
        match leaves {
            Dropped::Kept => self.cursor += 1,
            Dropped::Free(host) => {
                link.clear(State::RETAINED);
                self.remove_retained(index);
                dead.push((mirror, host));
            }
        }
    }

    /// Enter the mirror in the retained set.
    pub(crate) fn retain(&mut self, mirror: *mut PyObject) {
        self.link(mirror).set(State::RETAINED);
        note_place(mirror, self.retained.len());
        self.retained.push(mirror);
    }

    fn remove_retained(&mut self, index: usize) {
        self.retained.swap_remove(index);
        if let Some(&moved) = self.retained.get(index) {
            note_place(moved, index);
        }
    }

    /// Whoever held the mirror for the host let go of it, and only the share is left: the mirror leaves the retained set, for a
    /// lent one, whose end decides. `false`: nobody need decide, or it is not known where in the set it is, and its turn comes.
    pub fn unretain_idle(&mut self, mirror: *mut PyObject) -> bool {
        let link = self.link(mirror);
        // SAFETY: the share keeps it live.
        let idle = unsafe { (*mirror).ob_refcnt } == 1 && link.has(State::SHARED);
        if !idle || link.has(State::IN_C | State::IMMORTAL | State::LENT | State::KEPT) {
            return false;
        }
        if !link.has(State::RETAINED) {
            return true;
        }
        let place = noted_place(mirror);
        if !self.retained.get(place).is_some_and(|&known| std::ptr::eq(known, mirror)) {
            return false;
        }
        link.clear(State::RETAINED);
        self.remove_retained(place);
        true
    }
}

impl Bridge {
    /// Where in the retained set a mirror is; `None`: it is not in it, or it is not known where.
    pub fn retained_place(&mut self, mirror: *mut PyObject) -> Option<usize> {
        if !self.link(mirror).has(State::RETAINED) {
            return None;
        }
        let place = noted_place(mirror);
        self.retained.get(place).is_some_and(|&known| std::ptr::eq(known, mirror)).then_some(place)
    }

    /// As [`Bridge::unretain_idle`], for a mirror that may have ended since it was at this place of the retained set.
    pub fn unretain_idle_at(&mut self, place: usize, mirror: *mut PyObject) -> bool {
        self.retained.get(place).is_some_and(|&known| std::ptr::eq(known, mirror)) && self.unretain_idle(mirror)
    }
}

/// Note where in the retained set a mirror is. A note may be out of date, or a number of a scan's; the set tells whether it is.
fn note_place(mirror: *mut PyObject, place: usize) {
    if heap::in_range(mirror as usize) && place < Prefix::PLACES {
        // SAFETY: an address in the range is a mirror's, right behind its prefix.
        unsafe { (*heap::prefix_in_range(mirror as usize)).set_place(place) };
    }
}

fn noted_place(mirror: *mut PyObject) -> usize {
    if !heap::in_range(mirror as usize) {
        return usize::MAX;
    }
    // SAFETY: as above.
    unsafe { (*heap::prefix_in_range(mirror as usize)).place() }
}

impl Bridge {
    /// How many mirrors are retained.
    #[inline]
    pub fn retained_len(&self) -> usize {
        self.retained.len()
    }
}
