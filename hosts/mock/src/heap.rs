//! The host's heap: objects that move, handles that name them.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use object_mirror::object::PyObject;
use refcount_bridge::GcHooks;

/// Where an object is at the moment: its identity, until it moves.
pub type Address = usize;
/// The host's word for an object: a handle. 0 is none.
pub type Word = usize;

/// What an object is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Changeable; the state is in the host.
    List,
    /// Fixed; mirrored with its items.
    Tuple,
    /// One object per number, as small ints are.
    Number(u8),
    /// Stands for an instance of a C type; `items` is its dict.
    Wrapper {
        /// The C object.
        mirror: *mut PyObject,
        /// The handle by which the link names the wrapper without holding it; it lives as long as the wrapper.
        weak: Word,
    },
}

/// A host object.
#[derive(Clone, Debug)]
pub struct Object {
    /// The test's name for it; it never changes.
    pub serial: u64,
    /// What it is.
    pub kind: Kind,
    /// What it refers to.
    pub items: Vec<Address>,
}

/// The heap.
#[derive(Debug, Default)]
pub struct MovingHeap(RefCell<Inner>);

#[derive(Debug, Default)]
struct Inner {
    objects: HashMap<Address, Object>,
    /// The address each handle names; 0 where the handle is free.
    handles: Vec<Address>,
    free_handles: Vec<Word>,
    next: Address,
    moves: usize,
    numbers: HashMap<u8, Address>,
}

impl MovingHeap {
    /// A new object, named by a new handle.
    pub fn new_object(&self, serial: u64, kind: Kind, items: Vec<Address>) -> Word {
        let mut inner = self.0.borrow_mut();
        inner.next += 16;
        let address = inner.next;
        inner.objects.insert(address, Object { serial, kind, items });
        inner.new_handle(address)
    }

    /// The object for a number, made if there is none; `serial` is for a new one.
    pub fn number(&self, number: u8, serial: u64) -> Word {
        let known = self.0.borrow().numbers.get(&number).copied();
        if let Some(address) = known {
            return self.handle(address);
        }
        let word = self.new_object(serial, Kind::Number(number), Vec::new());
        let address = self.address(word);
        self.0.borrow_mut().numbers.insert(number, address);
        word
    }

    /// A new handle for the object at `address`.
    pub fn handle(&self, address: Address) -> Word {
        self.0.borrow_mut().new_handle(address)
    }

    /// The object a handle names.
    ///
    /// # Panics
    /// If the handle is stale.
    pub fn address(&self, word: Word) -> Address {
        let address = self.0.borrow().handles.get(word.wrapping_sub(1)).copied().unwrap_or(0);
        assert_ne!(address, 0, "word {word} names nothing");
        address
    }

    /// A copy of the object at `address`.
    ///
    /// # Panics
    /// If there is none.
    pub fn object(&self, address: Address) -> Object {
        self.0.borrow().objects.get(&address).unwrap_or_else(|| panic!("no object at {address}")).clone()
    }

    /// Change the object at `address`.
    ///
    /// # Panics
    /// If there is none.
    pub fn change(&self, address: Address, change: impl FnOnce(&mut Object)) {
        change(self.0.borrow_mut().objects.get_mut(&address).expect("a live object"));
    }

    /// Every object moves, most of them to where another one was. Returns where each went.
    pub fn relocate(&self) -> HashMap<Address, Address> {
        let mut inner = self.0.borrow_mut();
        inner.moves += 1;
        let mut old: Vec<Address> = inner.objects.keys().copied().collect();
        old.sort_unstable();
        let mut new = old.clone();
        if !new.is_empty() {
            let by = inner.moves % new.len();
            new.rotate_left(by);
        }
        if inner.moves.is_multiple_of(3) {
            // And some to places where none ever was.
            for place in new.iter_mut().step_by(2) {
                inner.next += 16;
                *place = inner.next;
            }
        }
        let moved: HashMap<Address, Address> = old.into_iter().zip(new).collect();
        let objects = std::mem::take(&mut inner.objects);
        for (address, mut object) in objects {
            object.items.iter_mut().for_each(|item| *item = moved[item]);
            let twice = inner.objects.insert(moved[&address], object);
            assert!(twice.is_none(), "two objects at one place");
        }
        inner.handles.iter_mut().filter(|address| **address != 0).for_each(|address| *address = moved[address]);
        inner.numbers.values_mut().for_each(|address| *address = moved[address]);
        moved
    }

    /// Free every object that is not in `marked`, and the weak handles of wrappers among them.
    pub fn sweep(&self, marked: &HashSet<Address>) {
        let mut inner = self.0.borrow_mut();
        let dead: Vec<Address> = inner.objects.keys().copied().filter(|address| !marked.contains(address)).collect();
        for &address in &dead {
            let object = inner.objects.remove(&address).expect("listed above");
            if let Kind::Wrapper { weak, .. } = object.kind {
                inner.free_handle(weak);
            }
            if let Kind::Number(number) = object.kind {
                inner.numbers.remove(&number);
            }
        }
        let named: HashSet<Address> = inner.handles.iter().copied().collect();
        assert!(dead.iter().all(|address| !named.contains(address)), "a swept object is named by a handle");
    }

    /// The handles in use and what they name.
    pub fn handles(&self) -> Vec<(Word, Address)> {
        let inner = self.0.borrow();
        (1..).zip(inner.handles.iter().copied()).filter(|&(_, address)| address != 0).collect()
    }

    /// The addresses and serials of all objects.
    pub fn objects(&self) -> Vec<(Address, u64)> {
        self.0.borrow().objects.iter().map(|(&address, object)| (address, object.serial)).collect()
    }
}

impl Inner {
    fn new_handle(&mut self, address: Address) -> Word {
        assert!(self.objects.contains_key(&address), "no object at {address}");
        // The last one freed is used first: a stale word soon names something else.
        if let Some(word) = self.free_handles.pop() {
            self.handles[word - 1] = address;
            return word;
        }
        self.handles.push(address);
        self.handles.len()
    }

    fn free_handle(&mut self, word: Word) {
        let address = std::mem::replace(&mut self.handles[word - 1], 0);
        assert_ne!(address, 0, "word {word} is released twice");
        self.free_handles.push(word);
    }
}

impl GcHooks for MovingHeap {
    fn retain(&self, host: usize) -> usize {
        self.handle(self.address(host))
    }

    fn release(&self, host: usize) {
        self.0.borrow_mut().free_handle(host);
    }

    fn identity(&self, host: usize) -> usize {
        self.address(host)
    }

    fn only_reference(&self, _host: usize) -> bool {
        false
    }
}
