//! Tables of words that lie outside of the heap: owned ones, which hold their object, and weak ones, which do not.
//!
//! Most of what they name is old, and a nursery collection has no business with it: a table lists the slots whose object may
//! be young, and such a collection looks at those alone. Its time does not grow with what C has held for long.

use crate::object::OLD;
use crate::value::Value;

/// A table; a slot that nobody uses holds NULL.
#[derive(Default)]
pub(crate) struct Slots {
    words: Vec<Value>,
    free: Vec<u32>,
    /// The slots whose object may be young, each once, and some that were given back.
    young: Vec<u32>,
    is_listed: Vec<bool>,
    /// In a collection: whether the slot's word is known to name what was reached.
    settled: Vec<bool>,
}

/// Whether a nursery collection may move or end what the word names.
fn is_young(word: Value) -> bool {
    word.object().is_some_and(|object| object.flags & OLD == 0)
}

impl Slots {
    /// A slot for the word.
    #[inline]
    pub(crate) fn add(&mut self, word: Value) -> u32 {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.words.push(Value::NULL);
            self.is_listed.push(false);
            self.words.len() as u32 - 1
        });
        self.words[slot as usize] = word;
        if is_young(word) && !std::mem::replace(&mut self.is_listed[slot as usize], true) {
            self.young.push(slot);
        }
        slot
    }

    /// Gives the slot back.
    #[inline]
    pub(crate) fn remove(&mut self, slot: u32) {
        self.words[slot as usize] = Value::NULL;
        self.free.push(slot);
    }

    #[inline]
    pub(crate) fn get(&self, slot: u32) -> Value {
        self.words[slot as usize]
    }

    /// In a collection: the word, to be rewritten.
    #[inline]
    pub(crate) fn word(&mut self, slot: u32) -> &mut Value {
        &mut self.words[slot as usize]
    }

    /// The slots that a collection is about: of a full one all that are in use, of one of the nursery those it may touch.
    pub(crate) fn each_concerned(&mut self, full: bool, mut visit: impl FnMut(u32, &mut Value)) {
        let Self { words, young, .. } = self;
        if full {
            let used = words.iter_mut().zip(0..).filter(|(word, _)| !word.is_null());
            return used.for_each(|(word, slot)| visit(slot, word));
        }
        for &slot in &*young {
            let word = &mut words[slot as usize];
            if !word.is_null() {
                visit(slot, word);
            }
        }
    }

    /// In a full collection: the slot's object was reached, and lives here from now on. Whether it moved.
    #[inline]
    pub(crate) fn follow(&mut self, slot: u32, now: Value) -> bool {
        let slot = slot as usize;
        if slot >= self.settled.len() {
            self.settled.resize(self.words.len(), false);
        }
        self.settled[slot] = true;
        std::mem::replace(&mut self.words[slot], now) != now
    }

    /// Those that a collection is about, that are not known to be reached, and that `keep` says.
    pub(crate) fn retain_concerned(
        &mut self,
        full: bool,
        kept: &mut Vec<u32>,
        mut keep: impl FnMut(&mut Value) -> bool,
    ) {
        let settled = std::mem::take(&mut self.settled);
        self.each_concerned(full, |slot, word| {
            if !settled.get(slot as usize).is_some_and(|&settled| settled) && keep(word) {
                kept.push(slot);
            }
        });
        self.settled = settled;
    }

    /// A collection is over: what has become old is listed no more.
    pub(crate) fn settle(&mut self) {
        let Self { words, young, is_listed, settled, .. } = self;
        settled.clear();
        young.retain(|&slot| {
            let stays = is_young(words[slot as usize]);
            is_listed[slot as usize] = stays;
            stays
        });
    }
}
