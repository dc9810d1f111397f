//! The brute-force reference: objects and references as a plain graph, without sides, mirrors or counts.
//!
//! What is reachable from the roots must be alive and as the model says; what is not must go, at the latest by a
//! collection. [`Model::check`] walks the real structures beside the graph, and recounts every reference.

use std::collections::{HashMap, HashSet};

use object_mirror::object::PyObject;
use refcount_bridge::State;

use crate::c_object::{Finalizer, SLOTS};
use crate::heap::{Address, Kind, Word};
use crate::world::{Kept, World};

/// What a reference leads to. Numbers are equal or not, nobody asks which of two equal ones it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Id {
    /// An object, by its serial.
    Object(u64),
    /// A number.
    Number(u8),
}

/// An object of the model.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A host list.
    List(Vec<Id>),
    /// A tuple, made on either side.
    Tuple(Vec<Id>),
    /// An instance of the C type: its slots, and the dict that its wrapper has.
    Node {
        /// The C slots.
        slots: [Option<Id>; SLOTS],
        /// The wrapper's dict.
        dict: Vec<Id>,
        /// What its finaliser does.
        finalizer: Finalizer,
        /// Whether it ran.
        finalized: bool,
    },
}

/// The graph and its roots.
#[derive(Debug, Default)]
pub struct Model {
    /// The objects, until they are destroyed or forgotten.
    pub objects: HashMap<u64, Entry>,
    /// References of the host's: what, and the handle.
    pub host_roots: Vec<(Id, Word)>,
    /// References of C's.
    pub c_roots: Vec<(Id, *mut PyObject)>,
    /// Borrowed references that C may use until the outermost frame returns.
    pub borrowed: Vec<(Id, *mut PyObject)>,
}

impl Entry {
    fn edges(&self) -> Vec<Id> {
        match self {
            Self::List(items) | Self::Tuple(items) => items.clone(),
            Self::Node { slots, dict, .. } => slots.iter().flatten().chain(dict).copied().collect(),
        }
    }
}

impl Model {
    /// The model's name for a host object.
    pub fn id_of_host(world: &World, address: Address) -> Id {
        let object = world.host.object(address);
        match object.kind {
            Kind::Number(number) => Id::Number(number),
            _ => Id::Object(object.serial),
        }
    }

    /// The model's name for a mirror.
    pub fn id_of_c(world: &World, mirror: *mut PyObject) -> Id {
        let fields = world.fields(mirror);
        if std::ptr::eq(fields.ob_base.ob_type.cast_const(), &raw const *world.types.number) {
            return Id::Number(fields.number);
        }
        Id::Object(fields.serial)
    }

    /// What the roots, and `more`, reach.
    pub fn reachable(&self, more: impl IntoIterator<Item = Id>) -> HashSet<u64> {
        let host = self.host_roots.iter().map(|&(id, _)| id);
        let c = self.c_roots.iter().chain(&self.borrowed).map(|&(id, _)| id);
        let mut pending: Vec<Id> = host.chain(c).chain(more).collect();
        let mut reached = HashSet::new();
        while let Some(id) = pending.pop() {
            let Id::Object(serial) = id else { continue };
            if reached.insert(serial) {
                pending.extend(self.objects[&serial].edges());
            }
        }
        reached
    }

    /// Take in what happened: finalisers and destructors ran for the dead only, once each, and in that order.
    ///
    /// # Panics
    /// If one did not.
    pub fn follow(&mut self, world: &mut World) {
        let alive = self.reachable([]);
        for (serial, kept) in std::mem::take(&mut world.events.finalized) {
            assert!(!alive.contains(&serial), "{serial} is finalised but alive");
            let Some(Entry::Node { finalized, .. }) = self.objects.get_mut(&serial) else {
                panic!("{serial} is finalised but no node, or destroyed")
            };
            assert!(!std::mem::replace(finalized, true), "{serial} is finalised twice");
            let Some((kept, reference)) = kept else { continue };
            match reference {
                Kept::Host(word) => self.host_roots.push((Self::id_of_host(world, world.host.address(word)), word)),
                Kept::C(mirror) => self.c_roots.push((Id::Object(kept), mirror)),
            }
        }
        let alive = self.reachable([]);
        for serial in std::mem::take(&mut world.events.destroyed) {
            // A value's mirror may go and come again while the host has the object; a node has one life.
            if let Some(Entry::Node { finalizer, finalized, .. }) = self.objects.get(&serial) {
                assert!(!alive.contains(&serial), "{serial} is destroyed but alive");
                assert!(*finalized || *finalizer == Finalizer::None, "{serial} is destroyed before its finaliser");
                self.objects.remove(&serial);
            }
        }
    }

    /// Everything the roots reach is there and as the model says, every count is what it should be, no link is stale.
    ///
    /// # Panics
    /// If not.
    pub fn check(&self, world: &mut World) {
        let mut live = HashSet::new();
        world.bridge.heap.for_each_live(|block| {
            live.insert(block.cast::<PyObject>());
        });
        let mut walk = Walk {
            model: self,
            world,
            live: &live,
            host_seen: HashSet::new(),
            c_seen: HashSet::new(),
            pending: Vec::new(),
        };
        for &(id, word) in &self.host_roots {
            walk.pending.push((id, Place::Host(walk.world.host.address(word))));
        }
        for &(id, mirror) in self.c_roots.iter().chain(&self.borrowed) {
            walk.pending.push((id, Place::C(mirror)));
        }
        walk.finish();
        self.check_counts(world, &live);
        check_links(world);
    }

    fn check_counts(&self, world: &mut World, live: &HashSet<*mut PyObject>) {
        let mut counts: HashMap<*mut PyObject, isize> = live.iter().map(|&mirror| (mirror, 0)).collect();
        let mut count = |mirror: *mut PyObject| *counts.get_mut(&mirror).expect("a reference to a live mirror") += 1;
        self.c_roots.iter().for_each(|&(_, mirror)| count(mirror));
        for &mirror in live {
            world.fields(mirror).slots.iter().filter(|slot| !slot.is_null()).for_each(|&slot| count(slot));
        }
        for (mirror, references) in counts {
            let serial = world.fields(mirror).serial;
            assert_eq!(world.bridge.c_references(mirror), references, "C's references to {serial}");
        }
    }

    /// Nothing is left that the roots, and what is lent, do not reach.
    ///
    /// # Panics
    /// If something is.
    pub fn check_nothing_leaked(&self, world: &mut World) {
        let mut lent = Vec::new();
        world.for_each_mirror(|mirror, state, _| {
            if state & State::LENT != 0 {
                lent.push(mirror);
            }
        });
        let lent = lent.into_iter().map(|mirror| Self::id_of_c(world, mirror));
        let alive = self.reachable(lent.collect::<Vec<_>>());
        let mut mirrors = Vec::new();
        world.bridge.heap.for_each_live(|block| mirrors.push(block.cast::<PyObject>()));
        for mirror in mirrors {
            if let Id::Object(serial) = Self::id_of_c(world, mirror) {
                assert!(alive.contains(&serial), "the mirror of {serial} leaked");
            }
        }
        for (address, serial) in world.host.objects() {
            let number = matches!(world.host.object(address).kind, Kind::Number(_));
            assert!(number || alive.contains(&serial), "the host object {serial} leaked");
        }
    }
}

/// The map and the words agree with the links.
fn check_links(world: &mut World) {
    let mut links = Vec::new();
    world.for_each_mirror(|mirror, state, word| links.push((mirror, state, word)));
    let mut words = HashSet::new();
    let mut mapped = 0;
    for (mirror, state, word) in links {
        assert!(words.insert(word), "two links have the word {word}");
        let address = world.host.address(word);
        let serial = world.host.object(address).serial;
        if let Kind::Wrapper { mirror: wrapped, weak } = world.host.object(address).kind {
            assert_eq!(wrapped, mirror, "the wrapper {serial} stands for another mirror");
            assert_eq!(weak == word, state & State::STRONG == 0, "which word the link of {serial} has");
        }
        if state & State::MAPPED != 0 {
            mapped += 1;
            assert_eq!(world.bridge.find(address), Some(mirror), "the mirror of {serial} is found by its object");
        }
        assert!(state & State::SHARED != 0 || state & State::STRONG != 0, "the link of {serial} holds nothing");
    }
    assert_eq!(world.bridge.mapped(), mapped, "links in the map");
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Host(Address),
    C(*mut PyObject),
}

/// A walk through the real structures beside the model.
struct Walk<'a> {
    model: &'a Model,
    world: &'a mut World,
    live: &'a HashSet<*mut PyObject>,
    host_seen: HashSet<Address>,
    c_seen: HashSet<*mut PyObject>,
    pending: Vec<(Id, Place)>,
}

impl Walk<'_> {
    fn finish(&mut self) {
        while let Some((id, place)) = self.pending.pop() {
            match place {
                Place::Host(address) => self.at_host(id, address),
                Place::C(mirror) => self.at_c(id, mirror),
            }
        }
    }

    fn at_host(&mut self, id: Id, address: Address) {
        assert_eq!(Model::id_of_host(self.world, address), id, "the host object at {address}");
        if !self.host_seen.insert(address) {
            return;
        }
        let object = self.world.host.object(address);
        if let Kind::Wrapper { mirror, .. } = object.kind {
            self.pending.push((id, Place::C(mirror)));
        } else if let Some(mirror) = self.world.bridge.find(address) {
            self.pending.push((id, Place::C(mirror)));
        }
        let Id::Object(serial) = id else { return };
        let items = match &self.model.objects[&serial] {
            Entry::List(items) | Entry::Tuple(items) => items,
            Entry::Node { dict, .. } => dict,
        };
        assert_eq!(items.len(), object.items.len(), "the length of {serial}");
        self.pending.extend(items.iter().zip(object.items).map(|(&id, item)| (id, Place::Host(item))));
    }

    fn at_c(&mut self, id: Id, mirror: *mut PyObject) {
        assert!(self.live.contains(&mirror), "the mirror of {id:?} is freed");
        assert_eq!(Model::id_of_c(self.world, mirror), id, "the mirror at {mirror:p}");
        if !self.c_seen.insert(mirror) {
            return;
        }
        let word = self.world.bridge.link(mirror).host();
        if word != 0 {
            self.pending.push((id, Place::Host(self.world.host.address(word))));
        }
        let Id::Object(serial) = id else { return };
        let slots = self.world.fields(mirror).slots;
        let expected: Vec<Option<Id>> = match &self.model.objects[&serial] {
            Entry::List(_) => Vec::new(),
            Entry::Tuple(items) => items.iter().copied().map(Some).collect(),
            Entry::Node { slots, dict, .. } => {
                assert!(word != 0 || dict.is_empty(), "the wrapper of {serial} died with its dict");
                slots.to_vec()
            }
        };
        for (index, slot) in slots.into_iter().enumerate() {
            let expected = expected.get(index).copied().flatten();
            assert_eq!(expected.is_none(), slot.is_null(), "slot {index} of {serial}");
            self.pending.extend(expected.map(|id| (id, Place::C(slot))));
        }
    }
}
