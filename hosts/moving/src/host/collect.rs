//! Collections with C's side in them: which mirrors C holds and reaches, which wrappers it alone holds, and what dies.
//!
//! A nursery collection takes the words of all links for roots. A full one asks [`emul::marking`] instead, so that cycles
//! through C die. In both, a wrapper (named by a weak word, [`crate::heap::Weak`]) that the collector has not reached is C's
//! alone if C holds its mirror: then its link takes it over (it *flips*). Otherwise it dies, and the layer is told after the
//! collection by the thread that runs the interpreter.

use std::collections::HashSet;

use emul::host::{EndingProtocol, HostRef};
use emul::lifetime;
use emul::marking::{self, Marking};
use object_mirror::object::PyObject as Mirror;
use refcount_bridge::rules::{self, Rule};

use crate::heap::{Heap, Owned, Weak};
use crate::host::{MovingHost, OWNED, owned_word, threads, with};
use crate::known::n;
use crate::object::{Body, FINALISED};
use crate::value::Value;
use crate::vm::{R, Vm};

/// The mirror of a wrapper.
fn mirror_of(heap: &mut Heap, wrapper: Value) -> Option<*mut Mirror> {
    match wrapper.object().map(|object| &object.body) {
        Some(Body::CInstance(mirror) | Body::CFunction(mirror)) => Some(*mirror),
        Some(_) => lifetime::mirror_of(heap.id(wrapper) as usize),
        None => None,
    }
}

/// A full collection's view of both sides.
pub(crate) struct BothSides {
    marking: Option<Marking>,
    /// The owned slots that links own: no roots.
    links: HashSet<u32>,
}

impl BothSides {
    /// Before anything is marked. `full`: whether C's side is looked into.
    pub(crate) fn begin(full: bool) -> Self {
        let mut links = HashSet::new();
        let marking = (full && emul::host::is_installed()).then(Marking::begin);
        if let Some(marking) = &marking {
            marking.link_words(&mut |word| {
                if word & 0b11 == OWNED {
                    links.insert((word >> 2) as u32);
                }
            });
        }
        Self { marking, links }
    }

    /// Whether the owned slot is a root.
    pub(crate) fn is_root(&self, slot: u32) -> bool {
        !self.links.contains(&slot)
    }

    /// The roots are marked: mark the rest, to and fro. What neither side reaches and C must be told of is condemned.
    pub(crate) fn mark(mut self, heap: &mut Heap) {
        let Some(mut marking) = self.marking.take() else {
            heap.drain();
            return keep_wrappers(heap);
        };
        heap.totals.mirrors = marking.len();
        close(heap, &mut marking, true);
        flip(heap, &mut marking);
        let going: HashSet<usize> = heap.dead_mirrors.iter().chain(&heap.condemned).copied().collect();
        let condemned = marking.condemn(&|mirror| going.contains(&(mirror as usize)), &mut |word| heap.mark_slot(word));
        heap.drain();
        heap.crossed.clear();
        // A wrapper whose mirror is condemned is one of the dead, but for this collection it lives.
        for index in heap.weak_words() {
            let wrapper = heap.weak(index);
            if !heap.survives(wrapper) {
                heap.mark_word(wrapper);
            }
        }
        heap.drain();
        heap.crossed.clear();
        heap.condemned.extend(condemned.into_iter().map(|mirror| mirror as usize));
        heap.update_weak();
    }
}

/// Mark until neither side reaches more.
fn close(heap: &mut Heap, marking: &mut Marking, first: bool) {
    let mut words = Vec::new();
    if first {
        marking.reach_held(&mut |word| words.push(word));
    }
    loop {
        words.drain(..).for_each(|word| heap.mark_slot(word));
        heap.drain();
        let Some(object) = heap.crossed.pop() else { return };
        match object.object().map(|object| (&object.body, object.id.get())) {
            Some((Body::CInstance(mirror) | Body::CFunction(mirror), _)) if !mirror.is_null() => {
                marking.reach_mirror(*mirror, &mut |word| words.push(word));
            }
            Some((_, id)) if id != 0 => marking.reach(id as usize, &mut |word| words.push(word)),
            _ => {}
        }
    }
}

/// Wrappers that only C holds go to their links.
fn flip(heap: &mut Heap, marking: &mut Marking) {
    loop {
        let mut flipped = false;
        for index in heap.weak_words() {
            let wrapper = heap.weak(index);
            if heap.survives(wrapper) {
                continue;
            }
            let Some(mirror) = mirror_of(heap, wrapper).filter(|&mirror| marking.is_reached(mirror)) else { continue };
            if !rules::holds(Rule::Flip) {
                // As if nobody held the wrapper: it dies.
                heap.dead_mirrors.push(mirror as usize);
                continue;
            }
            flipped |= give_to_link(heap, index, wrapper, mirror);
            close(heap, marking, false);
        }
        if !flipped {
            return;
        }
    }
}

/// If C holds the mirror: the link owns its wrapper from now on.
fn give_to_link(heap: &mut Heap, index: Weak, wrapper: Value, mirror: *mut Mirror) -> bool {
    if !rules::holds(Rule::Flip) {
        return false;
    }
    let kept = lifetime::wrapper_unreferenced(mirror, || {
        heap.mark_word(wrapper);
        owned_word(heap.retain_survivor(wrapper))
    });
    if kept {
        heap.drop_weak(index);
    }
    kept
}

/// In a nursery collection: what becomes of the wrappers that were not reached.
fn keep_wrappers(heap: &mut Heap) {
    for index in heap.weak_words() {
        let wrapper = heap.weak(index);
        if heap.survives(wrapper) {
            continue;
        }
        let Some(mirror) = mirror_of(heap, wrapper) else {
            heap.drop_weak(index);
            continue;
        };
        if give_to_link(heap, index, wrapper, mirror) {
            heap.drain();
            continue;
        }
        // SAFETY: the wrapper still holds the mirror.
        if unsafe { lifetime::wants_finalizer(mirror) } && !lifetime::is_finalized(mirror) {
            heap.mark_word(wrapper);
            heap.drain();
            let slot = heap.retain_survivor(wrapper);
            heap.to_finalise.push((slot, mirror as usize));
            continue;
        }
        heap.dead_mirrors.push(mirror as usize);
    }
    heap.crossed.clear();
    heap.update_weak();
}

/// How often a collection is followed by another because finalisers ran.
const ROUNDS: usize = 8;

/// Collect all that is dead, and what dies of its end; how many objects went.
pub(crate) fn collect_all(vm: &mut Vm) -> R<usize> {
    let mut dead = 0;
    for _ in 0..ROUNDS {
        if emul::host::is_installed() {
            threads::lend(vm, |_| marking::prepare());
        }
        vm.heap.collect(true, None);
        dead += vm.heap.totals.last.dead;
        if vm.heap.is_settled() {
            break;
        }
        vm.run_finalisers()?;
    }
    Ok(dead)
}

/// Release the memory of C's that nobody views any more, end what collections condemned, tell the layer of the wrappers that
/// died, and run the finalisers of those that are about to.
pub(crate) fn run_deaths(vm: &mut Vm) {
    for ended in super::buffers::ended() {
        threads::lend(vm, |_| ended.release());
    }
    let condemned = std::mem::take(&mut vm.heap.condemned);
    if !condemned.is_empty() {
        let dead: Vec<*mut Mirror> = condemned.into_iter().map(|mirror| mirror as *mut Mirror).collect();
        let mut again = |marking: &mut Marking| threads::current(|vm| vm.heap.mark_again(marking));
        threads::lend(vm, |_| marking::end(&dead, &mut again));
    }
    while let Some(mirror) = vm.heap.dead_mirrors.pop() {
        threads::lend(vm, |_| lifetime::wrapper_died(mirror as *mut Mirror));
    }
    while let Some((slot, mirror)) = vm.heap.to_finalise.pop() {
        // SAFETY: the slot keeps the wrapper, which holds the mirror.
        threads::lend(vm, |_| unsafe { lifetime::finalize(mirror as *mut Mirror) });
        vm.heap.release(slot);
    }
}

impl Heap {
    /// A full collection whose C side is somebody else's to end: which of the condemned are reached again?
    fn mark_again(&mut self, marking: &mut Marking) {
        let mut sides = BothSides { marking: None, links: HashSet::new() };
        marking.link_words(&mut |word| {
            if word & 0b11 == OWNED {
                sides.links.insert((word >> 2) as u32);
            }
        });
        self.collect_with(true, None, sides, |heap, _| {
            close(heap, marking, true);
            flip(heap, marking);
            // Nothing is freed on the layer's account: what is not reached lives on until the end of the rites.
            let links: Vec<u32> = heap.link_slots(marking);
            links.into_iter().for_each(|slot| heap.mark_slot((slot as usize) << 2 | OWNED));
            for index in heap.weak_words() {
                let wrapper = heap.weak(index);
                heap.mark_word(wrapper);
            }
            heap.drain();
            heap.crossed.clear();
            heap.update_weak();
        });
    }

    fn link_slots(&self, marking: &Marking) -> Vec<u32> {
        let mut slots = Vec::new();
        marking.link_words(&mut |word| {
            if word & 0b11 == OWNED {
                slots.push((word >> 2) as u32);
            }
        });
        slots
    }

    /// Reach what a link's word names; a weak word is left for [`flip`].
    fn mark_slot(&mut self, word: usize) {
        if word & 0b11 == OWNED {
            self.mark_owned(Owned((word >> 2) as u32));
        }
    }
}

/// The object, if there is one still: a weak word names nothing once its object died.
fn named(vm: &Vm, object: HostRef) -> Option<Value> {
    Some(super::value(vm, object.word())).filter(|word| word.is_object())
}

impl EndingProtocol for MovingHost {
    fn clear_weak_references(&self, dead: &[HostRef]) {
        with(|vm| {
            for &object in dead {
                if let Some(object) = named(vm, object) {
                    vm.heap.clear_references_to(object);
                }
            }
            // The callbacks run now, before any finaliser.
            vm.run_callbacks();
        });
    }

    fn finalize(&self, object: HostRef) -> bool {
        with(|vm| {
            let Some(word) = named(vm, object) else { return false };
            let object = vm.push(word);
            if word.object().is_none_or(|object| object.flags & FINALISED != 0) {
                return false;
            }
            let Some(method) = vm.special(object, n::__del__) else { return false };
            let word = vm.get(object);
            vm.heap.write(word).flags |= FINALISED;
            if vm.call_unbound(method, object, &[]).is_err() {
                vm.unraisable(method, "calling deallocator");
            }
            true
        })
    }

    fn clear(&self, object: HostRef) {
        with(|vm| {
            let Some(word) = named(vm, object) else { return };
            let object = vm.heap.write(word);
            object.dict = Value::NULL;
            object.slots = None;
        });
    }
}
