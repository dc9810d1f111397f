//! The maps: foreign address -> prefix, and host identity -> mirror.

use std::hash::{BuildHasherDefault, Hasher};

use hashbrown::HashMap;

use crate::prefix::Prefix;

/// Hashes addresses and identity keys: nobody chooses them to collide, so a multiply and a fold do.
#[derive(Default, Clone, Copy)]
pub struct WordHasher(u64);

impl Hasher for WordHasher {
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(usize::from(byte));
        }
    }

    #[inline]
    fn write_usize(&mut self, word: usize) {
        let product = u128::from((word as u64) ^ self.0) * 0x9E37_79B9_7F4A_7C15_u128;
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

type WordMap<V> = HashMap<usize, V, BuildHasherDefault<WordHasher>>;

/// Prefixes of mirrors outside the reserved range: static types, static instances, memory that C got elsewhere.
///
/// `None`, small ints and the types that a program uses are asked for at every crossing: a small table of those seen last,
/// a place for each address, answers nearly always.
pub struct SideMap {
    #[allow(clippy::vec_box, reason = "prefixes must not move when the map grows")]
    map: WordMap<Box<Prefix>>,
    recent: Box<[(usize, *mut Prefix); RECENT]>,
}

/// How many addresses the table of recent ones has places for.
const RECENT: usize = 512;

// SAFETY: the pointers are to the map's own boxes.
unsafe impl Send for SideMap {}

impl SideMap {
    /// An empty map.
    pub fn new() -> Self {
        Self { map: WordMap::default(), recent: Box::new([(0, std::ptr::null_mut()); RECENT]) }
    }

    /// The prefix of the object at `address`, if it has one.
    pub fn get(&mut self, address: usize) -> Option<*mut Prefix> {
        self.map.get_mut(&address).map(|prefix| &raw mut **prefix)
    }

    /// The prefix of the object at `address`, made if need be; it stays at its place until removed.
    #[inline]
    pub fn get_or_insert(&mut self, address: usize) -> *mut Prefix {
        let (known, prefix) = self.recent[place(address)];
        if known == address { prefix } else { self.look_up(address) }
    }

    #[cold]
    fn look_up(&mut self, address: usize) -> *mut Prefix {
        let prefix = &raw mut **self.map.entry(address).or_default();
        self.recent[place(address)] = (address, prefix);
        prefix
    }

    /// Forget the object at `address`.
    pub fn remove(&mut self, address: usize) {
        if self.map.remove(&address).is_some() {
            self.recent[place(address)] = (0, std::ptr::null_mut());
        }
    }

    /// Bytes that the prefixes and the table of them take.
    pub fn bytes(&self) -> usize {
        self.map.allocation_size() + self.map.len() * size_of::<Prefix>()
    }

    /// Every object that has a prefix here, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Prefix)> {
        self.map.iter().map(|(&address, prefix)| (address, &**prefix))
    }
}

impl Default for SideMap {
    fn default() -> Self {
        Self::new()
    }
}

/// Where the table has the object at `address`: types lie some hundred bytes apart, other statics as close as 24.
#[inline]
fn place(address: usize) -> usize {
    (address >> 3 ^ address >> 12) % RECENT
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

    /// The object with identity `old` moved. For a collection that moves many use [`HostMap::rekey_all`]: one object may
    /// move to where another one was.
    pub fn relocate(&mut self, old: usize, new: usize) {
        if let Some(mirror) = self.0.remove(&old) {
            self.0.insert(new, mirror);
        }
    }

    /// A collection moved objects: `new_key` tells each link's new identity, or `None` where the object is gone and with it
    /// the link. It is called with the old identity and the mirror.
    pub fn rekey_all(&mut self, mut new_key: impl FnMut(usize, usize) -> Option<usize>) {
        let old = std::mem::take(&mut self.0);
        self.0.reserve(old.len());
        for (identity, mirror) in old {
            if let Some(identity) = new_key(identity, mirror) {
                let twice = self.0.insert(identity, mirror);
                debug_assert!(twice.is_none(), "two live objects have one identity");
            }
        }
    }

    /// The links: identity, mirror; in no order.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize)> {
        self.0.iter().map(|(&identity, &mirror)| (identity, mirror))
    }

    /// The number of links.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Bytes that the table takes.
    pub fn bytes(&self) -> usize {
        self.0.allocation_size()
    }

    /// Whether there is no link.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap as Model;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn prefixes_of_foreign_memory_stay_at_their_place() {
        let mut map = SideMap::new();
        let first = map.get_or_insert(16);
        for address in 2..2000 {
            map.get_or_insert(address * 16);
        }
        assert_eq!(map.get(16), Some(first));
        assert_eq!(map.get_or_insert(16), first);
        assert_eq!(map.iter().count(), 1999);
        map.remove(16);
        assert_eq!(map.get(16), None);
    }

    proptest! {
        #[test]
        fn an_address_keeps_its_prefix_whatever_else_is_asked_for(
            ops in prop::collection::vec((any::<bool>(), 0..3_usize, 0..4_usize), 1..200)
        ) {
            let mut map = SideMap::new();
            let mut model = Model::new();
            for (remove, low, high) in ops {
                // Addresses that meet at one place of the table, and others.
                let address = 4096 + low * 8 + high * RECENT * 8 * 4096;
                if remove {
                    map.remove(address);
                    model.remove(&address);
                    prop_assert_eq!(map.get(address), None);
                    continue;
                }
                let prefix = map.get_or_insert(address);
                prop_assert_eq!(*model.entry(address).or_insert(prefix), prefix);
                prop_assert_eq!(map.get(address), Some(prefix));
            }
            prop_assert_eq!(map.iter().count(), model.len());
        }
    }

    #[test]
    fn a_collection_may_move_objects_onto_each_others_old_places() {
        let mut map = HostMap::new();
        for identity in 0..100 {
            map.insert(identity * 8, identity);
        }
        map.rekey_all(|identity, mirror| (mirror % 3 != 0).then_some(identity + 8));
        assert_eq!(map.len(), 66);
        assert_eq!(map.get(2 * 8), Some(1));
        assert_eq!(map.get(8), None, "0 died");
        assert_eq!(map.get(3 * 8), Some(2));
    }

    #[test]
    fn near_keys_spread_over_the_table() {
        let hash = |word| {
            let mut hasher = WordHasher::default();
            hasher.write_usize(word);
            hasher.finish()
        };
        let low: std::collections::HashSet<_> =
            (0..4096).map(|index| hash(0x7f00_0000_0000 + index * 16) & 4095).collect();
        let top: std::collections::HashSet<_> =
            (0..4096).map(|index| hash(0x7f00_0000_0000 + index * 16) >> 57).collect();
        assert!(low.len() > 2000, "{} of 4096 buckets", low.len());
        assert!(top.len() > 100, "{} of 128 tags", top.len());
    }

    proptest! {
        #[test]
        fn the_host_map_is_a_map(ops in prop::collection::vec((0..5_u8, 0..40_usize, 0..40_usize), 0..200)) {
            let mut map = HostMap::new();
            let mut model = Model::new();
            for (op, a, b) in ops {
                match op {
                    0 | 1 => {
                        map.insert(a, b);
                        model.insert(a, b);
                    }
                    2 => {
                        map.remove(a);
                        model.remove(&a);
                    }
                    3 => {
                        map.relocate(a, b);
                        if let Some(mirror) = model.remove(&a) {
                            model.insert(b, mirror);
                        }
                    }
                    _ => {
                        map.rekey_all(|identity, _| (identity != a).then(|| 39 - identity));
                        model = model.into_iter().filter(|&(k, _)| k != a).map(|(k, v)| (39 - k, v)).collect();
                    }
                }
                prop_assert_eq!(map.len(), model.len());
                prop_assert!((0..40).all(|key| map.get(key) == model.get(&key).copied()));
            }
        }
    }
}
