//! The heap as the interpreter sees it: handles, allocation, when to collect, weak references and finalisers.
//!
//! **Rooting.** Rust code keeps a handle [`H`], an index into the root stack, never an address: the collector rewrites the
//! stack's words. A frame's locals and operands lie on the same stack. Whoever keeps an object beyond its scope (C, tables of
//! the interpreter) owns a slot of the second table, [`Heap::retain`].

use crate::collector::{Collected, Collector, Copying};
use crate::object::{Body, FINALISED, Layout, Object, TYPE_DEL};
use crate::value::Value;

/// A handle: where on the root stack the word is. It is valid until the stack is cut below it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct H(pub(crate) u32);

/// A slot of the table of owned roots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Owned(pub(crate) u32);

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

/// What all collections so far did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    /// Collections of the nursery.
    pub nursery: u64,
    /// Collections of everything.
    pub full: u64,
    /// Full collections in which some live object kept its address. Stays 0.
    pub incomplete: u64,
    /// What the last one did.
    pub last: Collected,
}

const NURSERY_CELLS: usize = 32_768;
/// A full collection is due when the cells have doubled since the last one, and not below this.
const FULL_CELLS: usize = 200_000;

/// The heap is full.
#[derive(Debug)]
pub struct OutOfMemory;

/// Objects, roots, and the policy of collecting.
pub struct Heap {
    collector: Copying,
    pub(crate) stack: Vec<Value>,
    owned: Vec<Value>,
    free_owned: Vec<u32>,
    mode: Mode,
    random: u64,
    full_at: usize,
    /// Bytes of cells and of what they own, at most.
    pub(crate) limit: usize,
    outside: usize,
    next_id: u64,
    weak_young: Vec<Value>,
    weak_old: Vec<Value>,
    mortal_young: Vec<Value>,
    mortal_old: Vec<Value>,
    /// Weak references whose callback is to be called.
    pub(crate) callbacks: Vec<Value>,
    /// Objects whose `__del__` is to be called.
    pub(crate) finalisers: Vec<Value>,
    pub(crate) enabled: bool,
    /// What all collections did.
    pub totals: Totals,
}

impl Heap {
    /// An empty heap that holds at most `limit` bytes.
    pub fn new(mode: Mode, limit: usize) -> Heap {
        let seed = if let Mode::Shake(seed) = mode { seed } else { 0 };
        Heap {
            collector: Copying::default(),
            stack: Vec::with_capacity(1 << 16),
            owned: Vec::new(),
            free_owned: Vec::new(),
            mode: Mode::Normal,
            random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            full_at: FULL_CELLS,
            limit,
            outside: 0,
            next_id: 0x1000,
            weak_young: Vec::new(),
            weak_old: Vec::new(),
            mortal_young: Vec::new(),
            mortal_old: Vec::new(),
            callbacks: Vec::new(),
            finalisers: Vec::new(),
            enabled: true,
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
        if let Some(index) = self.free_owned.pop() {
            self.owned[index as usize] = word;
            return Owned(index);
        }
        self.owned.push(word);
        Owned(self.owned.len() as u32 - 1)
    }

    /// Gives an owned slot back.
    pub fn release(&mut self, slot: Owned) {
        self.owned[slot.0 as usize] = Value::NULL;
        self.free_owned.push(slot.0);
    }

    /// What an owned slot holds.
    pub fn owned(&self, slot: Owned) -> Value {
        self.owned[slot.0 as usize]
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

    /// Notes that a new object has a class with `__del__`, or is a weak reference.
    pub(crate) fn register(&mut self, word: Value) {
        let Some(object) = word.object() else { return };
        if matches!(object.body, Body::Weakref(_)) {
            self.weak_young.push(word);
        }
        if let Some(Body::Type(class)) = object.class.object().map(|class| &class.body)
            && class.flags & TYPE_DEL != 0
            && class.layout != Layout::Type
        {
            self.mortal_young.push(word);
        }
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
        if self.bytes() + object.body.outside() <= self.limit {
            return Ok(());
        }
        self.collect(true, Some(object));
        let room = self.bytes() + object.body.outside() <= self.limit;
        if room { Ok(()) } else { Err(OutOfMemory) }
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
        if self.bytes().saturating_add(bytes) <= self.limit {
            return Ok(());
        }
        self.collect(true, None);
        let room = self.bytes().saturating_add(bytes) <= self.limit;
        if room { Ok(()) } else { Err(OutOfMemory) }
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
        let collector = &mut self.collector;
        collector.begin(full);
        let strong = self.stack.iter_mut().chain(&mut self.owned);
        let strong = strong.chain(&mut self.callbacks).chain(&mut self.finalisers);
        strong.for_each(|word| collector.mark(word));
        if let Some(extra) = extra {
            extra.trace(&mut |word| collector.mark(word));
        }
        collector.drain();
        let mut weak = std::mem::take(&mut self.weak_young);
        if full {
            weak.append(&mut self.weak_old);
        }
        self.clear_weak(&weak);
        self.find_dead(full);
        self.keep_weak(weak);
        let guard = self.mode != Mode::Normal;
        let done = self.collector.finish(guard);
        self.account(full, done);
    }

    fn account(&mut self, full: bool, done: Collected) {
        self.totals.last = done;
        if !full {
            self.totals.nursery += 1;
            return;
        }
        self.totals.full += 1;
        self.totals.incomplete += u64::from(done.moved != done.live);
        self.outside = done.outside;
        self.full_at = FULL_CELLS.max(done.live * 2);
    }

    /// Empties the references to what was not reached; those of unreached references too, should a finaliser revive them.
    fn clear_weak(&mut self, weak: &[Value]) {
        for &reference in weak {
            let now = self.collector.survivor(reference);
            let cell = now.unwrap_or(reference).pointer();
            // SAFETY: the weak reference is alive in to-space, or still intact in from-space until `finish`.
            let Body::Weakref(weak) = &mut (unsafe { &mut *cell }).body else { continue };
            if weak.target.is_null() || self.collector.survivor(weak.target).is_some() {
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

    /// Queues the unreached objects with `__del__`; they live until it has run.
    fn find_dead(&mut self, full: bool) {
        let mut mortal = std::mem::take(&mut self.mortal_young);
        if full {
            mortal.append(&mut self.mortal_old);
        }
        let (alive, dead): (Vec<_>, Vec<_>) =
            mortal.into_iter().partition(|word| self.collector.survivor(*word).is_some());
        for mut word in dead {
            self.collector.mark(&mut word);
            // SAFETY: `mark` has just copied the object to where `word` says.
            unsafe { (*word.pointer()).flags |= FINALISED };
            self.finalisers.push(word);
        }
        self.collector.drain();
        for word in alive {
            let Some(now) = self.collector.survivor(word) else { continue };
            let young = now.object().is_some_and(|object| object.flags & crate::object::OLD == 0);
            if young { &mut self.mortal_young } else { &mut self.mortal_old }.push(now);
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
