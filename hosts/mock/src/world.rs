//! The layer between the mock host and C, on the bridge: crossing, lending, dying.

use std::ptr::null_mut;

use object_mirror::object::{PyObject, PyTypeObject};
use refcount_bridge::{Bridge, GcHooks, LastReference, Lent, State};

use crate::c_object::{CObject, Finalizer, SLOTS, Types};
use crate::heap::{Address, Kind, MovingHeap, Word};

/// One interpreter and the C code in it.
pub struct World {
    /// The bridge under test.
    pub bridge: Bridge,
    /// The host.
    pub host: MovingHeap,
    pub(crate) lent: Lent,
    pub(crate) types: Types,
    depth: u32,
    serials: u64,
    /// Counts that reached zero and wait for their destructor: a chain takes no stack.
    zeros: Vec<*mut PyObject>,
    destroying: bool,
    /// Whether something that a collection found dead crossed to the host while its end was under way.
    pub(crate) crossed_dead: bool,
    /// What happened that a model must know.
    pub events: Events,
}

/// What a finaliser kept alive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// A host reference.
    Host(Word),
    /// A C reference.
    C(*mut PyObject),
}

/// A log for the model.
#[derive(Debug, Default)]
pub struct Events {
    /// Finalisers that ran: the object's serial, and what it kept (serial, reference).
    pub finalized: Vec<(u64, Option<(u64, Kept)>)>,
    /// Serials of the C objects whose destructor ran to its end.
    pub destroyed: Vec<u64>,
}

impl World {
    /// An empty world.
    pub fn new() -> Self {
        Self {
            bridge: Bridge::new(),
            host: MovingHeap::default(),
            lent: Lent::new(),
            types: Types::new(),
            depth: 0,
            serials: 0,
            zeros: Vec::new(),
            destroying: false,
            crossed_dead: false,
            events: Events::default(),
        }
    }

    /// A name that nothing else has.
    pub fn new_serial(&mut self) -> u64 {
        self.serials += 1;
        self.serials
    }

    /// The host moves everything; the bridge's identities follow.
    pub fn relocate(&mut self) {
        let moved = self.host.relocate();
        self.bridge.relocate_all(|old| moved[&old]);
    }

    // ---- frames

    /// The host calls C.
    pub fn enter(&mut self) {
        self.depth += 1;
    }

    /// C returns to the host; the outermost return settles what was lent.
    pub fn leave(&mut self) {
        self.depth -= 1;
        if self.depth == 0 {
            let mut dead = Vec::new();
            self.lent.settle(&mut self.bridge, &self.host, &mut dead);
            self.bridge.poll_retained(&self.host, &mut dead);
            self.free_all(dead);
        }
    }

    /// How many C frames there are.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// What a long C call does when its lent set doubled.
    pub fn sweep_lent(&mut self) {
        let mut dead = Vec::new();
        self.lent.sweep(&mut self.bridge, &self.host, &mut dead);
        self.free_all(dead);
    }

    // ---- C's own work

    /// C makes an instance of its type: one reference, no host object.
    pub fn new_node(&mut self, finalizer: Finalizer) -> *mut PyObject {
        let serial = self.new_serial();
        let ty: *mut PyTypeObject = &raw mut *self.types.node;
        let node = self.new_mirror(ty, serial, 1);
        // SAFETY: just made.
        unsafe { (*node.cast::<CObject>()).finalizer = finalizer };
        self.bridge.link(node).set(State::TRACKED);
        node
    }

    /// C makes a tuple of `items`, whose references it copies.
    pub fn new_tuple(&mut self, items: &[*mut PyObject]) -> *mut PyObject {
        let serial = self.new_serial();
        let ty: *mut PyTypeObject = &raw mut *self.types.tuple;
        let tuple = self.new_mirror(ty, serial, 1);
        for (slot, &item) in items.iter().enumerate() {
            self.set_slot(tuple, slot, item);
        }
        self.bridge.link(tuple).set(State::TRACKED);
        tuple
    }

    /// C makes a number.
    pub fn new_number(&mut self, number: u8) -> *mut PyObject {
        let serial = self.new_serial();
        let ty: *mut PyTypeObject = &raw mut *self.types.number;
        let mirror = self.new_mirror(ty, serial, 1);
        // SAFETY: just made.
        unsafe { (*mirror.cast::<CObject>()).number = number };
        mirror
    }

    fn new_mirror(&mut self, ty: *mut PyTypeObject, serial: u64, references: isize) -> *mut PyObject {
        let mirror: *mut PyObject =
            self.bridge.heap.alloc(size_of::<CObject>()).expect("mirror memory").as_ptr().cast();
        // SAFETY: fresh memory of that size.
        unsafe {
            mirror.cast::<CObject>().write(CObject {
                ob_base: PyObject { ob_refcnt: references, ob_type: ty },
                serial,
                slots: [null_mut(); SLOTS],
                finalizer: Finalizer::None,
                number: 0,
            });
        }
        self.bridge.begin_life(mirror, &self.host);
        mirror
    }

    /// Set a slot, copying the reference; the old one is given back.
    pub fn set_slot(&mut self, op: *mut PyObject, slot: usize, item: *mut PyObject) {
        if !item.is_null() {
            self.incref(item);
        }
        // SAFETY: callers pass live mirrors.
        let old = std::mem::replace(unsafe { &mut (*op.cast::<CObject>()).slots[slot] }, item);
        if !old.is_null() {
            self.decref(old);
        }
    }

    /// The mirror's fields.
    pub fn fields(&self, op: *mut PyObject) -> &CObject {
        // SAFETY: callers pass live mirrors; nothing changes them as long as the world is borrowed.
        unsafe { &*op.cast() }
    }

    /// `Py_INCREF`.
    pub fn incref(&mut self, op: *mut PyObject) {
        // SAFETY: callers pass live mirrors.
        unsafe { (*op).ob_refcnt += 1 };
    }

    /// `Py_DECREF`.
    pub fn decref(&mut self, op: *mut PyObject) {
        // SAFETY: callers pass live mirrors and give up a reference of theirs.
        let left = unsafe {
            (*op).ob_refcnt -= 1;
            (*op).ob_refcnt
        };
        assert!(left >= 0, "{} has {left} references", self.fields(op).serial);
        if left == 0 {
            self.zeros.push(op);
            self.destroy_zeros();
        }
    }

    // ---- dying

    fn destroy_zeros(&mut self) {
        if std::mem::replace(&mut self.destroying, true) {
            return;
        }
        while let Some(op) = self.zeros.pop() {
            match self.bridge.last_reference(op, &self.host) {
                LastReference::Overdrawn => panic!("{} lost the share", self.fields(op).serial),
                LastReference::Destroy(word) => {
                    self.destroy(op);
                    self.release(word);
                }
                LastReference::ToWrapper(word) => {
                    self.take_weak_word(op, word);
                    self.release(word);
                }
            }
        }
        self.destroying = false;
    }

    /// Links that a poll ended: no reference is left, not even the share.
    pub(crate) fn free_all(&mut self, dead: Vec<(*mut PyObject, usize)>) {
        for (mirror, word) in dead {
            // SAFETY: the poll took the share, the last reference, away.
            unsafe { (*mirror).ob_refcnt = 0 };
            self.destroy(mirror);
            self.release(word);
        }
    }

    fn release(&mut self, word: Word) {
        if word != 0 {
            self.host.release(word);
        }
    }

    /// The destructor: finalise, unless that revives the object; give up the slots; free.
    pub(crate) fn destroy(&mut self, op: *mut PyObject) {
        // SAFETY: nobody else holds it; the memory is still the object's.
        unsafe { (*op).ob_refcnt = 1 };
        self.finalize(op);
        // SAFETY: as above: the finaliser gave no reference away that it did not take.
        let left = unsafe {
            (*op).ob_refcnt -= 1;
            (*op).ob_refcnt
        };
        if left > 0 {
            self.bridge.link(op).clear(State::DYING);
            return;
        }
        let serial = self.fields(op).serial;
        assert_eq!(self.bridge.link(op).host(), 0, "{serial} is freed with its link");
        self.bridge.link(op).clear(State::TRACKED);
        self.clear_slots(op);
        // SAFETY: it has no references and no link.
        unsafe { self.bridge.heap.free(op.cast()) };
        self.events.destroyed.push(serial);
    }

    /// `tp_clear`.
    pub(crate) fn clear_slots(&mut self, op: *mut PyObject) {
        for slot in 0..SLOTS {
            self.set_slot(op, slot, null_mut());
        }
    }

    /// `tp_finalize`, once; whether it ran.
    pub(crate) fn finalize(&mut self, op: *mut PyObject) -> bool {
        let finalizer = self.fields(op).finalizer;
        if finalizer == Finalizer::None || self.bridge.link(op).has(State::FINALIZED) {
            return false;
        }
        self.bridge.link(op).set(State::FINALIZED);
        let neighbour = self.fields(op).slots[0];
        self.enter();
        let kept = match finalizer {
            Finalizer::ReviveInHost => Some((op, Kept::Host(self.to_host(op)))),
            Finalizer::ReviveInC => {
                self.incref(op);
                Some((op, Kept::C(op)))
            }
            Finalizer::ReviveNeighbour if !neighbour.is_null() => {
                Some((neighbour, Kept::Host(self.to_host(neighbour))))
            }
            _ => None,
        };
        let kept = kept.map(|(object, kept)| match kept {
            // A number becomes the host's one object for it.
            Kept::Host(word) => (self.host.object(self.host.address(word)).serial, kept),
            Kept::C(_) => (self.fields(object).serial, kept),
        });
        let serial = self.fields(op).serial;
        self.events.finalized.push((serial, kept));
        self.leave();
        true
    }

    /// A C-owned mirror's wrapper holds it again, and nobody the wrapper.
    pub(crate) fn give_back_wrapper(&mut self, op: *mut PyObject) {
        let word = self.bridge.wrapper_returns(op);
        self.take_weak_word(op, word);
        self.release(word);
    }

    /// A C-owned mirror is its wrapper's again: the link's word becomes the wrapper's own, weak one.
    fn take_weak_word(&mut self, op: *mut PyObject, strong: Word) {
        let Kind::Wrapper { weak, .. } = self.host.object(self.host.address(strong)).kind else {
            panic!("a C-owned mirror's host object is a wrapper");
        };
        self.bridge.reword(op, weak);
    }

    // ---- crossing

    /// The host object of `op`, as a new handle; a C-born mirror is realized.
    pub fn to_host(&mut self, op: *mut PyObject) -> Word {
        self.crossed_dead |= self.bridge.link(op).has(CONDEMNED);
        let link = self.bridge.link(op);
        if link.host() == 0 {
            return self.realize(op);
        }
        if link.has(State::IN_C) && !link.has(State::SHARED) {
            let word = self.bridge.wrapper_returns(op);
            self.take_weak_word(op, word);
            return word;
        }
        let word = self.host.retain(link.host());
        if !link.has(State::SHARED) {
            let identity = self.host.identity(word);
            if self.bridge.find(identity).is_none() {
                self.bridge.share(op, identity);
                self.lent.lend(op, &mut self.bridge);
            }
        }
        word
    }

    fn realize(&mut self, op: *mut PyObject) -> Word {
        let fields = self.fields(op);
        let (serial, number, slots) = (fields.serial, fields.number, fields.slots);
        let ty = fields.ob_base.ob_type.cast_const();
        if std::ptr::eq(ty, &raw const *self.types.node) {
            let word = self.host.new_object(serial, Kind::Wrapper { mirror: op, weak: 0 }, Vec::new());
            let weak = self.host.retain(word);
            self.host.change(self.host.address(word), |object| object.kind = Kind::Wrapper { mirror: op, weak });
            self.bridge.link_wrapper(op, weak, None);
            return word;
        }
        let word = if std::ptr::eq(ty, &raw const *self.types.number) {
            let new_serial = self.new_serial();
            self.host.number(number, new_serial)
        } else {
            let items: Vec<Word> =
                slots.iter().filter(|slot| !slot.is_null()).map(|&slot| self.to_host(slot)).collect();
            let addresses = items.iter().map(|&item| self.host.address(item)).collect();
            let word = self.host.new_object(serial, Kind::Tuple, addresses);
            items.into_iter().for_each(|item| self.host.release(item));
            word
        };
        let (held, identity) = (self.host.retain(word), self.host.identity(word));
        // The host's object for a number may have its mirror already.
        let mapped = self.bridge.find(identity).is_none().then_some(identity);
        self.bridge.link_value(op, held, mapped);
        if mapped.is_some() {
            self.lent.lend(op, &mut self.bridge);
        }
        word
    }

    /// The mirror of the object that `word` names, as a new reference; values are lent besides.
    pub fn to_c(&mut self, word: Word) -> *mut PyObject {
        let mut unfilled = Vec::new();
        let mirror = self.mirror_of(self.host.address(word), &mut unfilled);
        while let Some((tuple, address)) = unfilled.pop() {
            for (slot, item) in self.host.object(address).items.into_iter().enumerate() {
                let item = self.mirror_of(item, &mut unfilled);
                // SAFETY: a tuple's mirror, live by its link; the slot is NULL and takes the reference over.
                unsafe { (*tuple.cast::<CObject>()).slots[slot] = item };
            }
            self.bridge.link(tuple).set(State::TRACKED);
        }
        mirror
    }

    fn mirror_of(&mut self, address: Address, unfilled: &mut Vec<(*mut PyObject, Address)>) -> *mut PyObject {
        let object = self.host.object(address);
        let known = match object.kind {
            Kind::Wrapper { mirror, .. } => Some(mirror),
            _ => self.bridge.find(address),
        };
        if let Some(mirror) = known {
            self.incref(mirror);
            self.lent.lend(mirror, &mut self.bridge);
            return mirror;
        }
        let ty: *mut PyTypeObject = match object.kind {
            Kind::List => &raw mut *self.types.list,
            Kind::Tuple => &raw mut *self.types.tuple,
            Kind::Number(_) => &raw mut *self.types.number,
            Kind::Wrapper { .. } => unreachable!("a wrapper knows its mirror"),
        };
        let mirror = self.new_mirror(ty, object.serial, 1);
        if let Kind::Number(number) = object.kind {
            // SAFETY: just made.
            unsafe { (*mirror.cast::<CObject>()).number = number };
        }
        let held = self.host.handle(address);
        // The link is entered before the tuple is filled: it may contain itself by way of a list.
        self.bridge.link_value(mirror, held, Some(address));
        self.lent.lend(mirror, &mut self.bridge);
        if object.kind == Kind::Tuple {
            unfilled.push((mirror, address));
        }
        mirror
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// A state bit of the mock's own: a collection found the mirror dead, and its end is under way.
pub(crate) const CONDEMNED: u32 = 1 << 31;
