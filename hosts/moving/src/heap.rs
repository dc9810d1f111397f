//! The heap as the interpreter sees it: handles, allocation, when to collect, weak references and finalisers.
//!
//! **Rooting.** Rust code keeps a handle [`H`], an index into the root stack, never an address: the collector rewrites the
//! stack's words. A frame's locals and operands lie on the same stack. Whoever keeps an object beyond its scope (C, tables of
//! the interpreter) owns a slot of the second table, [`Heap::retain`].

use crate::collector::{Collected, Collector, Copying, Crossed};
use crate::endings::Fate;
use crate::host::{BothSides, Sides, WatchedKinds};
use crate::object::{Body, Layout, OLD, Object, TYPE_DEL, TYPE_ENDS};
use crate::slots::Slots;
use crate::value::Value;
use refcount_bridge::rules::{self, Rule};
use std::collections::{HashMap, HashSet};
use std::time::Instant;

/// A handle: where on the root stack the word is. It is valid until the stack is cut below it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct H(pub(crate) u32);

/// A slot of the table of owned roots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Owned(pub(crate) u32);

/// A word that does not hold its object: see [`crate::host`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Weak(pub(crate) u32);

/// When objects move.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// When the nursery is full.
    #[default]
    Normal,
    /// All of them, at every allocation and at every crossing into C.
    Stress,
    /// At random allocations, from this seed.
    Shake(u64),
}

/// What a collection of one kind took, the last time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pause {
    /// All of it, in nanoseconds.
    pub all: u64,
    /// What the links took: finding them, what C holds and reaches by them, following wrappers that moved.
    pub links: u64,
    /// Calling `tp_traverse` of C's containers, which is no part of `links`.
    pub containers: u64,
}

/// What all collections so far did; the objects of the collected spaces are counted anew each time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    /// Collections of the nursery.
    pub nursery: u64,
    /// Collections of everything.
    pub full: u64,
    /// Objects that lived on.
    pub live: u64,
    /// Those whose address changed.
    pub moved: u64,
    /// Those whose address did not. Stays 0.
    pub unmoved: u64,
    /// Objects that died.
    pub dead: u64,
    /// Words of links that were rewritten because their object had moved.
    pub links: u64,
    /// Mirrors that the last collection that looked into C found.
    pub mirrors: usize,
    /// What the last one did.
    pub last: Collected,
    /// What the last collection of the nursery and the last one of everything took.
    pub pauses: [Pause; 2],
    /// Objects that died in collections of the nursery, and of everything.
    pub collected: [u64; 2],
}

impl std::fmt::Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { nursery, full, live, moved, unmoved, dead, links, mirrors, last: _, pauses: _, collected: _ } = self;
        write!(f, "{full} full collections, {nursery} of the nursery; objects: {live} live, {moved} moved, ")?;
        write!(f, "{unmoved} unmoved, {dead} dead; {mirrors} mirrors, {links} links updated")
    }
}

const NURSERY_CELLS: usize = 32_768;
/// A full collection is due when the cells have doubled since the last one, and not below this.
const FULL_CELLS: usize = 200_000;

/// What the handler of a MemoryError may take beyond what was in use.
const RESERVE: usize = 64 << 10;
/// How often that is granted before there is room again.
const MOST_RESERVES: usize = 16;

/// The heap is full.
#[derive(Debug)]
pub struct OutOfMemory;

/// Objects, roots, and the policy of collecting.
pub struct Heap {
    collector: Copying,
    pub(crate) stack: Vec<Value>,
    owned: Slots,
    weak: Slots,
    /// The identities of what the weak words name, or named before it died.
    weak_ids: Vec<u64>,
    /// In a collection: the wrappers that are in question and were not reached so far.
    unreached: Vec<u32>,
    /// The root stacks of detached threads.
    parked: Vec<Option<Vec<Value>>>,
    /// Objects reached in this collection that may have mirrors.
    pub(crate) crossed: Vec<Crossed>,
    /// Mirrors that a collection found dead on both sides.
    pub(crate) condemned: Vec<usize>,
    /// Mirrors whose wrappers died in a collection.
    pub(crate) dead_mirrors: Vec<usize>,
    /// Wrappers that wait for C's finaliser, with their mirrors.
    pub(crate) to_finalise: Vec<(Owned, usize)>,
    mode: Mode,
    random: u64,
    full_at: usize,
    /// Bytes of cells and of what they own, at most.
    pub(crate) limit: usize,
    /// What may be taken beyond the limit, since it was reached, until there is room again.
    granted: usize,
    /// Above zero, the limit does not count: somebody cannot do without what is made now.
    lifted: u32,
    outside: usize,
    next_id: u64,
    weak_young: Vec<Value>,
    weak_old: Vec<Value>,
    pub(crate) mortal_young: Vec<Value>,
    pub(crate) mortal_old: Vec<Value>,
    /// Weak references whose callback is to be called.
    pub(crate) callbacks: Vec<Value>,
    /// Above zero, callbacks run: finalisers come after all of them.
    pub(crate) calling_back: u32,
    /// The kinds of objects whose ends are told.
    pub(crate) watched: WatchedKinds,
    /// Objects whose `__del__` is to be called.
    pub(crate) finalisers: Vec<Value>,
    /// Objects whose C part is to end.
    pub(crate) endings: Vec<Value>,
    /// In a collection: unreached objects without a mirror whose C part may have to end.
    pub(crate) may_end: Vec<Value>,
    pub(crate) enabled: bool,
    /// Whether the running collection is one of everything.
    full: bool,
    /// Whether it has not asked yet which wrappers were reached.
    weak_concerned: bool,
    /// What the running collection took so far.
    pub(crate) pause: Pause,
    /// How often C holds the memory of an object open, by identity.
    pub(crate) exports: HashMap<u64, usize>,
    /// What all collections did.
    pub totals: Totals,
}

impl Heap {
    /// An empty heap that holds at most `limit` bytes.
    pub fn new(mode: Mode, limit: usize) -> Heap {
        let seed = if let Mode::Shake(seed) = mode { seed } else { 0 };
        Heap {
            collector: Copying::new(),
            stack: Vec::with_capacity(1 << 16),
            owned: Slots::default(),
            weak: Slots::default(),
            weak_ids: Vec::new(),
            unreached: Vec::new(),
            parked: Vec::new(),
            crossed: Vec::new(),
            condemned: Vec::new(),
            dead_mirrors: Vec::new(),
            to_finalise: Vec::new(),
            mode: Mode::Normal,
            random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            full_at: FULL_CELLS,
            limit,
            granted: 0,
            lifted: 0,
            outside: 0,
            next_id: 0x1000,
            weak_young: Vec::new(),
            weak_old: Vec::new(),
            mortal_young: Vec::new(),
            mortal_old: Vec::new(),
            callbacks: Vec::new(),
            watched: WatchedKinds::default(),
            calling_back: 0,
            finalisers: Vec::new(),
            endings: Vec::new(),
            may_end: Vec::new(),
            enabled: true,
            full: false,
            weak_concerned: false,
            pause: Pause::default(),
            exports: HashMap::new(),
            totals: Totals::default(),
        }
    }

    /// Objects move as `mode` says from now on.
    pub fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }

    /// Pushes a word; the handle is good until the stack is cut.
    pub fn push(&mut self, word: Value) -> H {
        self.stack.push(word);
        H(self.stack.len() as u32 - 1)
    }

    /// The word behind a handle; it must not be kept across an allocation.
    pub fn get(&self, h: H) -> Value {
        self.stack[h.0 as usize]
    }

    /// Makes the handle refer to something else.
    pub fn set(&mut self, h: H, word: Value) {
        self.stack[h.0 as usize] = word;
    }

    /// The height of the root stack, for [`Heap::cut`].
    pub fn mark(&self) -> usize {
        self.stack.len()
    }

    /// Ends the handles made since `mark`.
    pub fn cut(&mut self, mark: usize) {
        self.stack.truncate(mark);
    }

    /// Keeps the object beyond all scopes.
    pub fn retain(&mut self, word: Value) -> Owned {
        Owned(self.owned.add(word))
    }

    /// Gives an owned slot back.
    pub fn release(&mut self, slot: Owned) {
        debug_assert!(!self.owned.get(slot.0).is_null(), "an owned slot is released once");
        self.owned.remove(slot.0);
    }

    /// What an owned slot holds.
    pub fn owned(&self, slot: Owned) -> Value {
        self.owned.get(slot.0)
    }

    /// Whether no callback, finaliser or death waits for the interpreter. While callbacks run, all else waits for them.
    pub(crate) fn is_settled(&self) -> bool {
        if self.calling_back > 0 {
            return true;
        }
        self.callbacks.is_empty()
            && self.finalisers.is_empty()
            && self.endings.is_empty()
            && self.condemned.is_empty()
            && self.dead_mirrors.is_empty()
            && self.to_finalise.is_empty()
            && !crate::host::has_releases()
    }

    /// A word for the object that does not hold it.
    pub(crate) fn new_weak(&mut self, word: Value) -> Weak {
        let (slot, id) = (self.weak.add(word), self.id(word));
        if slot as usize >= self.weak_ids.len() {
            self.weak_ids.resize(slot as usize + 1, 0);
        }
        self.weak_ids[slot as usize] = id;
        Weak(slot)
    }

    /// The identity of what a weak word names or, if it died, named.
    pub(crate) fn weak_id(&self, slot: Weak) -> u64 {
        self.weak_ids[slot.0 as usize]
    }

    /// Gives a weak word back.
    pub(crate) fn drop_weak(&mut self, slot: Weak) {
        self.weak.remove(slot.0);
    }

    /// What a weak word names.
    pub(crate) fn weak(&self, slot: Weak) -> Value {
        self.weak.get(slot.0)
    }

    /// In a collection: the wrappers in question that were not reached so far. The words of the others follow them.
    pub(crate) fn unreached(&mut self) -> Vec<Weak> {
        let follows = rules::holds(Rule::WeakWords);
        let Self { unreached, weak, collector, totals, .. } = self;
        let follow = |word: &mut Value| {
            let Some(now) = collector.survivor(*word) else { return true };
            if *word != now && follows {
                *word = now;
                totals.links += 1;
            }
            false
        };
        if std::mem::take(&mut self.weak_concerned) {
            weak.retain_concerned(self.full, unreached, follow);
        } else {
            let mut follow = follow;
            unreached.retain(|&slot| follow(weak.word(slot)));
        }
        unreached.iter().copied().map(Weak).collect()
    }

    /// In a full collection: what the owned slot of its link holds was reached, and lives here from now on.
    #[inline]
    pub(crate) fn follow_owned(&mut self, slot: Owned, now: Value) {
        let before = std::mem::replace(self.owned.word(slot.0), now);
        self.totals.links += u64::from(before != now);
    }

    /// In a full collection: the wrapper that the weak word names was reached, and lives here from now on.
    #[inline]
    pub(crate) fn follow_weak(&mut self, slot: Weak, now: Value) {
        if rules::holds(Rule::WeakWords) {
            self.totals.links += u64::from(self.weak.follow(slot.0, now));
        }
    }

    /// In a collection: whether the object has been reached.
    pub(crate) fn survives(&self, word: Value) -> bool {
        self.survivor(word).is_some()
    }

    /// In a collection: where the object lives from now on, if it has been reached.
    pub(crate) fn survivor(&self, word: Value) -> Option<Value> {
        self.collector.survivor(word)
    }

    /// In a collection: reaches the object.
    pub(crate) fn mark_word(&mut self, mut word: Value) {
        self.collector.mark(&mut word);
    }

    /// The same; the word follows the object.
    pub(crate) fn mark_word_at(&mut self, word: &mut Value) {
        self.collector.mark(word);
    }

    /// In a collection: reaches what an owned slot holds; `settled`: an object whose mirror has been reached.
    pub(crate) fn mark_owned(&mut self, slot: Owned, settled: bool) {
        let word = self.owned.word(slot.0);
        let before = *word;
        if settled {
            self.collector.mark_settled(word);
        } else {
            self.collector.mark(word);
        }
        self.totals.links += u64::from(*word != before);
    }

    /// In a collection: holds an object that has been reached.
    pub(crate) fn retain_survivor(&mut self, word: Value) -> Owned {
        let now = self.collector.survivor(word).expect("the caller has reached it");
        self.retain(now)
    }

    /// In a collection: reaches all that the reached objects refer to; those that may have mirrors are noted in `crossed`.
    pub(crate) fn drain(&mut self) {
        while self.drain_some(usize::MAX) {}
    }

    /// As `drain`, until about so many objects have been noted; whether there may be more.
    pub(crate) fn drain_some(&mut self, crossed: usize) -> bool {
        let more = self.collector.drain_some(crossed);
        self.collector.take_crossed(&mut self.crossed);
        more
    }

    /// Empties the weak references to `target`, and queues their callbacks.
    pub(crate) fn clear_references_to(&mut self, target: Value) {
        for reference in self.references_to(target) {
            let Body::Weakref(weak) = &mut self.write(reference).body else { continue };
            weak.target = Value::NULL;
            if !weak.callback.is_null() {
                self.callbacks.push(reference);
            }
        }
    }

    /// As [`Self::clear_references_to`], and what they were to call is forgotten.
    pub(crate) fn forget_references_to(&mut self, target: Value) {
        for reference in self.references_to(target) {
            let Body::Weakref(weak) = &mut self.write(reference).body else { continue };
            weak.target = Value::NULL;
            weak.callback = Value::NULL;
        }
    }

    /// In a collection: the weak words of what lives on follow it, and those of what does not are empty.
    pub(crate) fn update_weak(&mut self) {
        for slot in self.unreached() {
            *self.weak.word(slot.0) = Value::NULL;
        }
    }

    /// Puts a detached thread's root stack aside; its words stay roots.
    pub(crate) fn park(&mut self, stack: Vec<Value>) -> usize {
        let place = self.parked.iter().position(Option::is_none).unwrap_or_else(|| {
            self.parked.push(None);
            self.parked.len() - 1
        });
        self.parked[place] = Some(stack);
        place
    }

    /// Takes a root stack back.
    pub(crate) fn unpark(&mut self, place: usize) -> Vec<Value> {
        self.parked[place].take().expect("parked by this thread")
    }

    /// A root stack that begins as the others do, with the first `count` words.
    pub(crate) fn fresh_stack(&self, count: usize) -> Vec<Value> {
        let known = self.parked.iter().flatten().next().expect("the thread that made the interpreter waits");
        let mut stack = Vec::with_capacity(1 << 12);
        stack.extend_from_slice(&known[..count]);
        stack
    }

    /// The object, for writing: tells the collector that an old object may come to refer to a young one.
    pub(crate) fn write(&mut self, word: Value) -> &mut Object {
        let cell = word.pointer();
        self.collector.remember(cell);
        // SAFETY: the word is current (see `Value`), and the borrow of the heap keeps collections out.
        unsafe { &mut *cell }
    }

    /// A new object. `body` may hold words: they are roots while this collects.
    pub(crate) fn allocate(&mut self, class: Value, body: Body) -> Result<Value, OutOfMemory> {
        let mut object = Object::new(class, body);
        self.before_allocation(&mut object)?;
        self.outside += object.body.outside();
        let word = Value::from_pointer(self.collector.allocate(object));
        Ok(word)
    }

    /// Notes that a new object has a class with `__del__`, or is a generator or a weak reference.
    pub(crate) fn register(&mut self, word: Value) {
        let Some(object) = word.object() else { return };
        match object.body {
            Body::Weakref(_) => self.weak_young.push(word),
            Body::Generator(_) => self.mortal_young.push(word),
            _ => {}
        }
        if let Some(Body::Type(class)) = object.class.object().map(|class| &class.body)
            && class.flags & (TYPE_DEL | TYPE_ENDS) != 0
            && class.layout != Layout::Type
        {
            self.mortal_young.push(word);
        }
    }

    /// Something is to be done when this object dies.
    pub(crate) fn note_mortal(&mut self, word: Value) {
        let young = word.object().is_some_and(|object| object.flags & OLD == 0);
        if young { &mut self.mortal_young } else { &mut self.mortal_old }.push(word);
    }

    fn before_allocation(&mut self, object: &mut Object) -> Result<(), OutOfMemory> {
        let due = match self.mode {
            Mode::Stress => Some(true),
            Mode::Shake(_) => match self.next_random() % 64 {
                0 => Some(true),
                1..4 => Some(false),
                _ => self.due(),
            },
            Mode::Normal => self.due(),
        };
        if let Some(full) = due {
            self.collect(full, Some(object));
        }
        let wanted = object.body.outside();
        if self.has_room(wanted) {
            return Ok(());
        }
        self.collect(true, Some(object));
        self.has_room_now(wanted)
    }

    /// Whether `bytes` more are within the limit, or the little beyond it that whoever handles a MemoryError may take.
    fn has_room(&self, bytes: usize) -> bool {
        self.lifted > 0 || self.bytes().saturating_add(bytes) <= self.limit.saturating_add(self.granted)
    }

    /// As [`Heap::has_room`], after a collection.
    fn has_room_now(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        if self.bytes() <= self.limit {
            self.granted = 0;
        }
        if self.has_room(bytes) {
            return Ok(());
        }
        let beyond = self.bytes().saturating_sub(self.limit);
        self.granted = (beyond + RESERVE).min(MOST_RESERVES * RESERVE);
        Err(OutOfMemory)
    }

    /// From here to the next [`Heap::obey_limit`] nothing is refused: what is made is over the limit at worst, and whoever
    /// makes more afterwards is told.
    pub(crate) fn lift_limit(&mut self) {
        self.lifted += 1;
    }

    /// Ends [`Heap::lift_limit`].
    pub(crate) fn obey_limit(&mut self) {
        self.lifted -= 1;
    }

    fn due(&self) -> Option<bool> {
        if !self.enabled || self.collector.young_cells() < NURSERY_CELLS {
            return None;
        }
        Some(self.collector.cells() > self.full_at)
    }

    fn next_random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random >> 11
    }

    /// Bytes in use, about.
    pub fn bytes(&self) -> usize {
        self.collector.cells() * size_of::<Object>() + self.outside
    }

    /// Whether `bytes` more would fit, after a collection if need be.
    pub(crate) fn reserve(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        if self.has_room(bytes) {
            return Ok(());
        }
        self.collect(true, None);
        self.has_room_now(bytes)
    }

    /// An object grew by so many bytes.
    pub(crate) fn grown(&mut self, bytes: usize) {
        self.outside += bytes;
    }

    /// Called where the interpreter enters or leaves C.
    pub fn crossing(&mut self) {
        let due = match self.mode {
            Mode::Normal => false,
            Mode::Stress => true,
            Mode::Shake(_) => self.next_random().is_multiple_of(8),
        };
        if due {
            self.collect(true, None);
        }
    }

    /// Collects: the nursery or everything. `extra` is an object not yet in the heap.
    pub fn collect(&mut self, full: bool, extra: Option<&mut Object>) {
        let begin = Instant::now();
        let sides = self.for_links(|_| BothSides::begin(full));
        self.pause.all = begin.elapsed().as_nanos() as u64;
        self.collect_with(full, extra, sides);
    }

    /// Collects; `sides` sees to what C holds and reaches.
    pub(crate) fn collect_with(&mut self, full: bool, extra: Option<&mut Object>, mut sides: impl Sides) {
        let begin = Instant::now();
        let collector = &mut self.collector;
        collector.begin(full);
        let strong = self.stack.iter_mut().chain(&mut self.callbacks).chain(&mut self.finalisers);
        let strong = strong.chain(&mut self.endings).chain(self.parked.iter_mut().flatten().flatten());
        strong.for_each(|word| collector.mark(word));
        self.owned.each_concerned(full, |slot, word| {
            if sides.is_root(slot) {
                collector.mark(word);
            }
        });
        self.full = full;
        self.weak_concerned = true;
        self.unreached.clear();
        if let Some(extra) = extra {
            extra.trace(&mut |word| collector.mark(word));
        }
        sides.reach(self);
        let mut weak = std::mem::take(&mut self.weak_young);
        if full {
            weak.append(&mut self.weak_old);
        }
        // Before finalisers can revive the targets. What becomes of wrappers is not settled yet.
        let unreached = if weak.is_empty() { Vec::new() } else { self.for_links(Self::unreached) };
        let wrappers: HashSet<u64> = unreached.into_iter().map(|index| self.weak(index).0).collect();
        self.clear_weak(&weak, &wrappers);
        let watched = self.find_dead(full);
        let mortal;
        // A C part that ends without the layer's rites would end before the finalisers.
        if sides.condemns_first() && !watched.iter().any(|&(_, fate)| fate == Fate::MayEnd) {
            sides.end(self);
            mortal = self.queue_dead(watched);
            self.drain();
            self.crossed.clear();
        } else {
            mortal = self.queue_dead(watched);
            // What a finaliser will see lives on, on both sides.
            sides.reach(self);
            sides.end(self);
        }
        self.clear_weak(&weak, &HashSet::new());
        self.keep_weak(weak);
        self.keep_mortal(mortal);
        let guard = self.mode != Mode::Normal;
        let done = self.collector.finish(guard);
        self.owned.settle();
        self.weak.settle();
        self.crossed = Vec::new();
        self.unreached = Vec::new();
        self.account(full, done);
        self.pause.all += begin.elapsed().as_nanos() as u64;
        self.totals.pauses[usize::from(full)] = std::mem::take(&mut self.pause);
    }

    /// Does what the links of C's side ask for, and counts the time.
    pub(crate) fn for_links<T>(&mut self, work: impl FnOnce(&mut Heap) -> T) -> T {
        let begin = Instant::now();
        let result = work(self);
        self.pause.links += begin.elapsed().as_nanos() as u64;
        result
    }

    fn account(&mut self, full: bool, done: Collected) {
        let totals = &mut self.totals;
        totals.last = done;
        for (sum, count) in [
            (&mut totals.live, done.live),
            (&mut totals.moved, done.moved),
            (&mut totals.unmoved, done.unmoved),
            (&mut totals.dead, done.dead),
        ] {
            *sum += count as u64;
        }
        totals.collected[usize::from(full)] += done.dead as u64;
        if !full {
            totals.nursery += 1;
            return;
        }
        totals.full += 1;
        self.outside = done.outside;
        self.full_at = FULL_CELLS.max(done.live * 2);
    }

    /// Empties the references to what was not reached, but for `wrappers`; those of unreached references too, should a
    /// finaliser revive them.
    fn clear_weak(&mut self, weak: &[Value], wrappers: &HashSet<u64>) {
        for &reference in weak {
            let now = self.collector.survivor(reference);
            let cell = now.unwrap_or(reference).pointer();
            // SAFETY: the weak reference is alive in to-space, or still intact in from-space until `finish`.
            let Body::Weakref(weak) = &mut (unsafe { &mut *cell }).body else { continue };
            let unsettled = wrappers.contains(&weak.target.0);
            if unsettled && now.is_none() {
                // One that dies with what it names calls nobody.
                weak.callback = Value::NULL;
            }
            if weak.target.is_null() || unsettled || self.collector.survivor(weak.target).is_some() {
                continue;
            }
            weak.target = Value::NULL;
            if let Some(now) = now
                && !weak.callback.is_null()
            {
                self.callbacks.push(now);
            }
        }
    }

    /// Rewrites the targets that live on, and forgets the references that died.
    fn keep_weak(&mut self, weak: Vec<Value>) {
        for reference in weak {
            let Some(now) = self.collector.survivor(reference) else { continue };
            // SAFETY: the weak reference has been copied to `now`.
            let object = unsafe { &mut *now.pointer() };
            let Body::Weakref(weak) = &mut object.body else { continue };
            if weak.target.is_null() {
                continue;
            }
            weak.target = self.collector.survivor(weak.target).unwrap_or(Value::NULL);
            let young = object.flags & crate::object::OLD == 0;
            if young { &mut self.weak_young } else { &mut self.weak_old }.push(now);
        }
    }

    /// The identity of an object: given when first asked, kept when it moves.
    pub fn id(&mut self, word: Value) -> u64 {
        let Some(object) = word.object() else { return word.0 };
        if object.id.get() == 0 {
            self.next_id += 16;
            object.id.set(self.next_id);
        }
        object.id.get()
    }

    /// Whether the word is the address of an object of the heap.
    pub(crate) fn has(&self, word: Value) -> bool {
        self.collector.has(word)
    }

    /// Calls `f` with every object.
    pub fn each(&self, f: &mut dyn FnMut(Value)) {
        self.collector.each(f);
    }

    /// The weak references to `target`.
    pub(crate) fn references_to(&self, target: Value) -> Vec<Value> {
        let all = self.weak_young.iter().chain(&self.weak_old);
        let refers =
            |word: &&Value| matches!(&word.object().map(|o| &o.body), Some(Body::Weakref(w)) if w.target == target);
        all.filter(refers).copied().collect()
    }
}
