//! Collections with C's side in them: which mirrors C holds and reaches, which wrappers it alone holds, and what dies.
//!
//! A nursery collection takes the words of all links for roots. A full one asks [`emul::marking`] instead, so that cycles
//! through C die. In both, a wrapper (named by a weak word, [`crate::heap::Weak`]) that the collector has not reached is C's
//! alone if C holds its mirror: then its link takes it over (it *flips*). Otherwise it dies, and the layer is told after the
//! collection by the thread that runs the interpreter.

use std::collections::HashSet;

use emul::host::{EndingProtocol, HostRef};
use emul::lifetime;
use emul::marking::{self, Collector, Marking, Word};
use object_mirror::object::PyObject as Mirror;
use refcount_bridge::rules::{self, Rule};

use crate::collector::Crossed;
use crate::heap::{H, Heap, Owned, Weak};
use crate::host::{MovingHost, OWNED, WEAK, borrowed, owned_word, threads, with};
use crate::items::Items;
use crate::known::n;
use crate::object::{Body, FINALISED, FORWARDED, Object, TYPE_DEL, TYPE_ENDS};
use crate::value::Value;
use crate::vm::{R, Vm};

/// The mirror of a wrapper.
fn mirror_of(wrapper: Value) -> Option<*mut Mirror> {
    wrapper.object().map(Object::mirror).filter(|mirror| !mirror.is_null())
}

/// Whether the object has a mirror.
pub(crate) fn has_mirror(word: Value) -> bool {
    mirror_of(word).is_some()
}

/// What a collection asks about C's side.
pub(crate) trait Sides {
    /// Whether the owned slot is a root.
    fn is_root(&self, slot: u32) -> bool;
    /// Whether C's side is told of its dead before the finalisers of the host's dead are found: what both refer to is dead, and
    /// all finalisers run before anything ends.
    fn condemns_first(&self) -> bool {
        false
    }
    /// Reach what is reached from what has been reached so far, to and fro.
    fn reach(&mut self, heap: &mut Heap);
    /// Nothing more is reached: what becomes of the rest.
    fn end(self, heap: &mut Heap);
}

/// A collection's view of both sides.
pub(crate) struct BothSides {
    /// Of a full one.
    marking: Option<Marking>,
    links: LinkSlots,
    begun: bool,
}

/// The owned slots of the links that a collection is about: no roots.
#[derive(Default)]
struct LinkSlots(Vec<bool>);

impl LinkSlots {
    /// Those among the links that a second look is about.
    fn of_condemned(marking: &Marking) -> Self {
        let mut slots = Self::default();
        marking.condemned_words(&mut |word| slots.add(word));
        slots
    }

    #[inline]
    fn add(&mut self, word: usize) {
        let slot = word >> 2;
        if word & 0b11 != OWNED {
            return;
        }
        if slot >= self.0.len() {
            self.0.resize((slot + 1).next_power_of_two(), false);
        }
        self.0[slot] = true;
    }

    fn has(&self, slot: u32) -> bool {
        self.0.get(slot as usize).is_some_and(|&is_link| is_link)
    }

    fn iter(&self) -> impl Iterator<Item = Owned> {
        (0..self.0.len() as u32).filter(|&slot| self.has(slot)).map(Owned)
    }
}

impl BothSides {
    /// Before anything is marked. `full`: whether C's side is looked into.
    pub(crate) fn begin(full: bool) -> Self {
        let mut links = LinkSlots::default();
        let looks = full && emul::host::is_installed();
        let marking = looks.then(|| Marking::begin(&mut |word| links.add(word)));
        Self { marking, links, begun: false }
    }
}

impl Sides for BothSides {
    fn is_root(&self, slot: u32) -> bool {
        !self.links.has(slot)
    }

    fn condemns_first(&self) -> bool {
        self.marking.is_some()
    }

    fn reach(&mut self, heap: &mut Heap) {
        let Some(marking) = &mut self.marking else {
            heap.drain();
            return flip_young(heap);
        };
        heap.totals.mirrors = marking.len();
        if !self.begun {
            heap.pause.containers = marking.traversals().as_nanos() as u64;
            heap.pause.links = heap.pause.links.saturating_sub(heap.pause.containers);
        }
        close(heap, marking, !std::mem::replace(&mut self.begun, true));
        flip(heap, marking);
    }

    /// What neither side reaches and C must be told of is condemned.
    fn end(mut self, heap: &mut Heap) {
        if self.marking.is_none() {
            return end_wrappers(heap);
        }
        if end_mirrorless(heap) {
            self.reach(heap);
        }
        let Some(marking) = self.marking else { return };
        let going: HashSet<usize> = heap.dead_mirrors.iter().chain(&heap.condemned).copied().collect();
        let condemned = heap.for_links(|heap| {
            marking.condemn(&|mirror| going.contains(&(mirror as usize)), &mut |word| heap.mark_slot(word))
        });
        // A wrapper whose mirror is condemned is one of the dead, but for this collection it lives.
        mark_wrappers(heap);
        heap.condemned.extend(condemned.into_iter().map(|mirror| mirror as usize));
    }
}

/// The second look at what was condemned, whose end is somebody else's to see to: which are reached again?
struct Again<'a> {
    marking: &'a mut Marking,
    links: LinkSlots,
    begun: bool,
}

impl Sides for Again<'_> {
    fn is_root(&self, slot: u32) -> bool {
        !self.links.has(slot)
    }

    fn reach(&mut self, heap: &mut Heap) {
        close(heap, self.marking, !std::mem::replace(&mut self.begun, true));
        flip(heap, self.marking);
    }

    /// Nothing is freed on the layer's account: what is not reached lives on until the end of the rites.
    fn end(mut self, heap: &mut Heap) {
        if end_mirrorless(heap) {
            self.reach(heap);
        }
        LinkSlots::of_condemned(self.marking).iter().for_each(|slot| heap.mark_owned(slot, false));
        mark_wrappers(heap);
    }
}

/// All wrappers live on.
fn mark_wrappers(heap: &mut Heap) {
    for index in heap.for_links(Heap::unreached) {
        let wrapper = heap.weak(index);
        heap.mark_word(wrapper);
    }
    heap.drain();
    heap.crossed.clear();
    heap.for_links(Heap::update_weak);
}

/// How many links are looked at before their objects are marked.
const BATCH: usize = 1024;

/// Mark until neither side reaches more.
fn close(heap: &mut Heap, marking: &mut Marking, first: bool) {
    let mut words = Vec::new();
    let mut held = if first { 0 } else { marking.len() };
    while held < marking.len() {
        let part = held..marking.len().min(held + BATCH);
        held = part.end;
        heap.for_links(|_| marking.reach_some_held(part, &mut |word| words.push(word)));
        words.drain(..).for_each(|word| heap.mark_slot(word));
    }
    loop {
        let more = heap.drain_some(BATCH);
        if heap.crossed.is_empty() && !more {
            return;
        }
        heap.for_links(|heap| reach_crossed(heap, marking, &mut words));
        words.drain(..).for_each(|word| heap.mark_slot(word));
    }
}

/// The words of what C reaches from the mirrors of the objects that have been reached. The words of their links
/// follow the objects.
fn reach_crossed(heap: &mut Heap, marking: &mut Marking, words: &mut Vec<Word>) {
    let mut crossed = std::mem::take(&mut heap.crossed);
    let mirrors = crossed.drain(..).map(|Crossed { mirror, now }| (mirror, now));
    let mut follow = |word: usize, now| {
        let slot = (word >> 2) as u32;
        match word & 0b11 {
            OWNED => heap.follow_owned(Owned(slot), now),
            WEAK => heap.follow_weak(Weak(slot), now),
            _ => {}
        }
    };
    marking.reach_all(mirrors, &mut follow, &mut |word| words.push(word));
    heap.crossed = crossed;
}

/// Wrappers that only C holds go to their links.
fn flip(heap: &mut Heap, marking: &mut Marking) {
    loop {
        let mut flipped = false;
        for index in heap.for_links(Heap::unreached) {
            let wrapper = heap.weak(index);
            if heap.survives(wrapper) {
                continue;
            }
            let Some(mirror) = mirror_of(wrapper).filter(|&mirror| marking.is_reached(mirror)) else { continue };
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

/// The wrappers that were not reached.
fn unreached(heap: &mut Heap) -> Vec<(Weak, Value)> {
    heap.for_links(Heap::unreached).into_iter().map(|index| (index, heap.weak(index))).collect()
}

/// In a nursery collection: wrappers that only C holds go to their links.
fn flip_young(heap: &mut Heap) {
    loop {
        let mut flipped = false;
        for (index, wrapper) in unreached(heap) {
            let mirror = mirror_of(wrapper).filter(|_| !heap.survives(wrapper));
            flipped |= mirror.is_some_and(|mirror| give_to_link(heap, index, wrapper, mirror));
            heap.drain();
        }
        if !flipped {
            return;
        }
    }
}

/// In a nursery collection: what becomes of the wrappers that were not reached, and that C does not hold. Those whose finaliser
/// did not run yet live until it has run, and what they reach.
fn end_wrappers(heap: &mut Heap) {
    for (_, wrapper) in unreached(heap) {
        let Some(mirror) = mirror_of(wrapper).filter(|&mirror| wants_finaliser(wrapper, mirror)) else {
            continue;
        };
        heap.mark_word(wrapper);
        let slot = heap.retain_survivor(wrapper);
        heap.to_finalise.push((slot, mirror as usize));
    }
    heap.drain();
    let mut with_content = Vec::new();
    for (_, wrapper) in unreached(heap) {
        if !is_plain(wrapper) && mirror_of(wrapper).is_some() {
            with_content.push(wrapper);
        }
    }
    heap.end_outermost(with_content, true);
    heap.drain();
    for (index, wrapper) in unreached(heap) {
        match mirror_of(wrapper) {
            Some(_) if heap.survives(wrapper) => {}
            Some(mirror) => heap.dead_mirrors.push(mirror as usize),
            None => heap.drop_weak(index),
        }
    }
    heap.crossed.clear();
    heap.for_links(Heap::update_weak);
}

/// In a full collection: queues the ends of the dead that have no mirror, and that none of the dead leads to; whether there may
/// be any.
fn end_mirrorless(heap: &mut Heap) -> bool {
    if heap.may_end.is_empty() {
        return false;
    }
    let wrappers: Vec<Value> = unreached(heap).into_iter().map(|(_, wrapper)| wrapper).collect();
    heap.end_outermost(wrappers, false);
    true
}

/// Whether all of the object is C's: no content of a builtin class's that a destructor could look at.
fn is_plain(wrapper: Value) -> bool {
    match wrapper.object().map(|object| &object.body) {
        Some(Body::CInstance(_) | Body::CFunction(_)) => true,
        Some(Body::List(Items::InC(_))) => class_flags(wrapper) & TYPE_ENDS == 0,
        _ => false,
    }
}

/// The flags of the object's class, in a collection: a class lives as long as its instances do, but it may have moved.
fn class_flags(object: Value) -> u32 {
    let class = object.object().and_then(|object| object.class.object());
    let class = class.and_then(|class| if class.flags & FORWARDED != 0 { class.class.object() } else { Some(class) });
    match class.map(|class| &class.body) {
        Some(Body::Type(data)) => data.flags,
        _ => 0,
    }
}

/// Whether a finaliser of the class's or of C's has still to run.
fn wants_finaliser(wrapper: Value, mirror: *mut Mirror) -> bool {
    let of_class = class_flags(wrapper) & TYPE_DEL != 0;
    // SAFETY: the wrapper still holds the mirror.
    (of_class || unsafe { lifetime::wants_finalizer(mirror) }) && !lifetime::is_finalized(mirror)
}

/// How often a collection is followed by another because finalisers ran.
const ROUNDS: usize = 8;

/// Collect all that is dead, and what dies of its end, or of the nursery what is; how many objects went.
pub(crate) fn collect_all(vm: &mut Vm, full: bool) -> R<usize> {
    let mut dead = 0;
    for _ in 0..ROUNDS {
        if full && emul::host::is_installed() {
            threads::lend(vm, |_| marking::prepare());
        }
        vm.heap.collect(full, None);
        dead += vm.heap.totals.last.dead;
        let settled = vm.heap.is_settled();
        if !settled {
            vm.run_finalisers()?;
        }
        if settled || !full {
            break;
        }
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
        threads::lend(vm, |_| marking::end(&dead, &mut Condemned));
    }
    while let Some(mirror) = vm.heap.dead_mirrors.pop() {
        threads::lend(vm, |_| lifetime::wrapper_died(mirror as *mut Mirror));
    }
    while let Some(word) = vm.heap.endings.pop() {
        let mark = vm.mark();
        let object = vm.push(word);
        threads::lend(vm, |_| lifetime::instance_ends(borrowed(object)));
        vm.cut(mark);
    }
    empty_references_to_finalised(vm);
    while let Some((slot, _)) = vm.heap.to_finalise.pop() {
        let mark = vm.mark();
        let wrapper = vm.push(vm.heap.owned(slot));
        run_finaliser(vm, wrapper);
        vm.cut(mark);
        vm.heap.release(slot);
    }
}

/// As those of all that dies: the weak references to what has a finaliser to run are emptied and their callbacks called before.
fn empty_references_to_finalised(vm: &mut Vm) {
    if vm.heap.to_finalise.is_empty() {
        return;
    }
    let wrappers: Vec<Value> = vm.heap.to_finalise.iter().map(|&(slot, _)| vm.heap.owned(slot)).collect();
    wrappers.into_iter().for_each(|wrapper| vm.heap.clear_references_to(wrapper));
    vm.run_callbacks();
}

/// Run the finaliser of an object, its class's or C's, once in its life; whether it ran. A generator's is its `close`.
fn run_finaliser(vm: &mut Vm, object: H) -> bool {
    if vm.is_suspended(object) {
        vm.end_generator(object);
        return true;
    }
    let word = vm.get(object);
    let before = vm.heap.write(word).flags;
    vm.heap.write(word).flags |= FINALISED;
    let mirror = mirror_of(word).filter(|&mirror| lifetime::is_in_c(mirror));
    let method = vm.special(object, n::__del__).filter(|&method| vm.foreign(method).is_none());
    let first = match (mirror, method) {
        // SAFETY: the wrapper holds the mirror, and the caller the wrapper.
        (Some(mirror), None) => return threads::lend(vm, |_| unsafe { lifetime::finalize(mirror) }),
        (Some(mirror), Some(_)) => lifetime::begin_finalizer(mirror),
        (None, _) => before & FINALISED == 0,
    };
    let method = method.filter(|_| first);
    if let Some(method) = method
        && vm.call_unbound(method, object, &[]).is_err()
    {
        vm.unraisable(method, None);
    }
    let is_told = before & FINALISED == 0 || matches!(vm.body(object), Some(Body::Dict(_)));
    is_told && vm.tell_of_end(object) || method.is_some()
}

impl Heap {
    /// A full collection whose C side is somebody else's to end: which of the condemned are reached again?
    fn mark_again(&mut self, marking: &mut Marking) {
        let links = LinkSlots::of_condemned(marking);
        self.collect_with(true, None, Again { marking, links, begun: false });
    }

    /// Reach what a link's word names; a weak word is left for [`flip`].
    fn mark_slot(&mut self, Word { word, settled }: Word) {
        if word & 0b11 == OWNED {
            self.mark_owned(Owned((word >> 2) as u32), settled);
        }
    }
}

/// The object, if there is one still: a weak word names nothing once its object died.
fn named(vm: &Vm, object: HostRef) -> Option<Value> {
    Some(super::value(vm, object.word())).filter(|word| word.is_object())
}

/// What one collection condemned, while it ends.
struct Condemned;

impl Collector for Condemned {
    fn finalize_others(&mut self) -> bool {
        with(Vm::finalise_queued)
    }

    fn mark_again(&mut self, marking: &mut Marking) {
        threads::current(|vm| vm.heap.mark_again(marking));
    }
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

    fn forget_weak_references(&self, object: HostRef) {
        with(|vm| {
            if let Some(object) = named(vm, object) {
                vm.heap.forget_references_to(object);
            }
        });
    }

    fn finalize(&self, object: HostRef) -> bool {
        with(|vm| {
            let Some(word) = named(vm, object) else { return false };
            let object = vm.push(word);
            run_finaliser(vm, object)
        })
    }

    fn is_finalized(&self, object: HostRef) -> bool {
        with(|vm| named(vm, object).and_then(Value::object).is_some_and(|object| object.flags & FINALISED != 0))
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

/// Whether the finaliser of an object of C's ran.
pub(crate) fn is_finalised(mirror: *mut Mirror) -> bool {
    lifetime::is_finalized(mirror)
}

/// What an object of C's refers to, as its `tp_traverse` shows it: words that are on the root stack, too. `None` for others.
pub(crate) fn words_of_c(vm: &mut Vm, object: H) -> Option<Vec<Value>> {
    let Some(Body::CInstance(mirror)) = vm.body(object) else { return None };
    let mirror = *mirror;
    // SAFETY: the wrapper, which a handle names, holds its mirror.
    let children = super::threads::lend(vm, |_| unsafe { emul::cycles::referents(mirror) });
    let children: Vec<H> = children.into_iter().map(|child| super::take(vm, child)).collect();
    Some(children.into_iter().map(|child| vm.get(child)).collect())
}
