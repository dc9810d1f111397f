//! The ordered hash table of dict and set.
//!
//! It compares nothing itself: comparing keys can run Python code, which can move everything and change this very table. A
//! search is a [`Probe`] that yields candidates with the same hash; the caller compares, and starts again if [`Table::version`]
//! has changed.

use crate::value::Value;

/// A key, its hash and what it maps to (NULL in a set).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) hash: i64,
    /// NULL once deleted.
    pub(crate) key: Value,
    pub(crate) value: Value,
}

const FREE: u32 = u32::MAX;
const DELETED: u32 = u32::MAX - 1;

/// An insertion-ordered hash table.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) entries: Vec<Entry>,
    index: Vec<u32>,
    live: usize,
    /// Changes whenever a key is added or removed.
    pub(crate) version: u32,
    /// The watchers of the dict, a bit each: whoever changes it tells them before ([`crate::watch`]).
    pub(crate) watchers: u8,
}

impl Clone for Table {
    /// The entries: nobody watches the copy.
    fn clone(&self) -> Table {
        let Self { entries, index, live, version, watchers: _ } = self;
        Table { entries: entries.clone(), index: index.clone(), live: *live, version: *version, watchers: 0 }
    }
}

/// Where a search stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Probe {
    at: usize,
    step: usize,
}

impl Table {
    pub(crate) fn len(&self) -> usize {
        self.live
    }

    /// Starts a search.
    pub(crate) fn probe(&self, hash: i64) -> Probe {
        let mixed = (hash as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Probe { at: (mixed >> 32) as usize, step: 0 }
    }

    /// The next entry with this hash.
    pub(crate) fn next(&self, probe: &mut Probe, hash: i64) -> Option<usize> {
        let mask = self.index.len().checked_sub(1)?;
        loop {
            let slot = self.index[(probe.at + probe.step * (probe.step + 1) / 2) & mask];
            probe.step += 1;
            if slot == FREE || probe.step > mask + 1 {
                return None;
            }
            if slot != DELETED && self.entries[slot as usize].hash == hash {
                return Some(slot as usize);
            }
        }
    }

    /// Adds a key that is known to be absent.
    pub(crate) fn add(&mut self, hash: i64, key: Value, value: Value) {
        if (self.entries.len() + 1) * 3 >= self.index.len() * 2 {
            self.rebuild();
        }
        self.entries.push(Entry { hash, key, value });
        self.live += 1;
        self.version = self.version.wrapping_add(1);
        self.place(self.entries.len() as u32 - 1, hash);
    }

    fn place(&mut self, entry: u32, hash: i64) {
        let (probe, mask) = (self.probe(hash), self.index.len() - 1);
        let mut step = 0;
        loop {
            let slot = (probe.at + step * (step + 1) / 2) & mask;
            if self.index[slot] >= DELETED {
                self.index[slot] = entry;
                return;
            }
            step += 1;
        }
    }

    /// Drops deleted entries and makes room for more.
    /// The bytes that [`Table::add`] takes for one more entry.
    pub(crate) fn growth(&self) -> usize {
        let entries = if self.entries.len() == self.entries.capacity() { self.entries.capacity().max(4) } else { 0 };
        let is_full = (self.entries.len() + 1) * 3 >= self.index.len() * 2;
        let index = if is_full { self.rebuilt_size().saturating_sub(self.index.capacity()) } else { 0 };
        entries * size_of::<Entry>() + index * 4
    }

    fn rebuilt_size(&self) -> usize {
        ((self.live + 1) * 3).next_power_of_two().max(8)
    }

    fn rebuild(&mut self) {
        self.entries.retain(|entry| !entry.key.is_null());
        let size = self.rebuilt_size();
        self.index.clear();
        self.index.resize(size, FREE);
        for entry in 0..self.entries.len() {
            self.place(entry as u32, self.entries[entry].hash);
        }
    }

    /// Removes an entry that a search found.
    pub(crate) fn remove(&mut self, entry: usize) -> Entry {
        let removed = self.entries[entry];
        let mut probe = self.probe(removed.hash);
        let mask = self.index.len() - 1;
        loop {
            let slot = (probe.at + probe.step * (probe.step + 1) / 2) & mask;
            if self.index[slot] == entry as u32 {
                self.index[slot] = DELETED;
                break;
            }
            probe.step += 1;
        }
        self.entries[entry] = Entry { hash: 0, key: Value::NULL, value: Value::NULL };
        self.live -= 1;
        self.version = self.version.wrapping_add(1);
        while self.entries.last().is_some_and(|entry| entry.key.is_null()) {
            self.entries.pop();
        }
        removed
    }

    pub(crate) fn clear(&mut self) {
        let version = self.version.wrapping_add(1);
        *self = Table { version, watchers: self.watchers, ..Table::default() };
    }

    /// The first entry in use at or after `from`.
    pub(crate) fn entry_from(&self, from: usize) -> Option<(usize, Entry)> {
        let found = self.entries.get(from..)?.iter().position(|entry| !entry.key.is_null())?;
        Some((from + found, self.entries[from + found]))
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.key.is_null())
    }

    pub(crate) fn trace(&mut self, f: &mut impl FnMut(&mut Value)) {
        for entry in &mut self.entries {
            f(&mut entry.key);
            f(&mut entry.value);
        }
    }

    pub(crate) fn outside(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + self.index.capacity() * 4
    }
}
