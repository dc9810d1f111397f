//! The maps: foreign address -> prefix, and host identity -> mirror.

use std::hash::{BuildHasherDefault, Hasher};

use hashbrown::HashMap;

use crate::prefix::Prefix;

/// Hashes addresses and identity keys: nobody chooses them to collide, so a multiply and a fold do.
#[derive(Default, Clone, Copy)]
pub struct WordHasher(u64);

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(usize::from(byte));
        }
    }

    fn write_usize(&mut self, word: usize) {
        let product = u128::from((word as u64) ^ self.0) * 0x9E37_79B9_7F4A_7C15_u128;
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

type WordMap<V> = HashMap<usize, V, BuildHasherDefault<WordHasher>>;

/// Prefixes of mirrors outside the reserved range: static types, static instances, memory that C got elsewhere.
#[derive(Default)]
pub struct SideMap(#[allow(clippy::vec_box, reason = "prefixes must not move when the map grows")] WordMap<Box<Prefix>>);

impl SideMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// The prefix of the object at `address`, if it has one.
    pub fn get(&mut self, address: usize) -> Option<*mut Prefix> {
        self.0.get_mut(&address).map(|prefix| &raw mut **prefix)
    }

    /// The prefix of the object at `address`, made if need be; it stays at its place until removed.
    pub fn get_or_insert(&mut self, address: usize) -> *mut Prefix {
        &raw mut **self.0.entry(address).or_default()
    }

    /// Forget the object at `address`.
    pub fn remove(&mut self, address: usize) {
        self.0.remove(&address);
    }
}

/// Host identity -> mirror, for hosts whose objects have no word to spare.
#[derive(Default)]
pub struct HostMap(WordMap<usize>);

impl HostMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// The mirror of the object with this identity.
    #[inline]
    pub fn get(&self, identity: usize) -> Option<usize> {
        self.0.get(&identity).copied()
    }

    /// Enter a link.
    pub fn insert(&mut self, identity: usize, mirror: usize) {
        self.0.insert(identity, mirror);
    }

    /// Remove a link.
    pub fn remove(&mut self, identity: usize) {
        self.0.remove(&identity);
    }

    /// The object with identity `old` moved.
    pub fn relocate(&mut self, old: usize, new: usize) {
        if let Some(mirror) = self.0.remove(&old) {
            self.0.insert(new, mirror);
        }
    }

    /// The number of links.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no link.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
