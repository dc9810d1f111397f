//! Which of the dead end first. A destructor of C's looks at what its object holds, so nothing ends in the same collection as
//! what refers to it: the outermost of the dead end, and what they hold lives until a later collection.

use crate::heap::Heap;
use crate::object::ENDED;
use crate::value::Value;
use std::collections::HashSet;

impl Heap {
    /// In a collection, when nothing more is reached: queues the ends of those of [`Heap::find_dead`] that neither each other
    /// nor the dead `others` refer to, and of the outermost of `others` if `all`. What they hold is not reached yet.
    pub(crate) fn end_outermost(&mut self, others: impl IntoIterator<Item = Value>, all: bool) {
        let mut dead = std::mem::take(&mut self.may_end);
        if dead.is_empty() && !all {
            return;
        }
        let own: HashSet<u64> = dead.iter().map(|word| word.0).collect();
        dead.extend(others);
        dead.retain(|&word| !self.survives(word));
        for mut word in self.outermost(&dead) {
            let is_own = own.contains(&word.0);
            if !is_own && !all {
                continue;
            }
            self.mark_word_at(&mut word);
            if is_own {
                // SAFETY: it has just been copied to where `word` says.
                unsafe { (*word.pointer()).flags |= ENDED };
            }
            self.endings.push(word);
        }
    }

    /// Those of the `dead` that none of the others leads to; of a cycle, one.
    fn outermost(&self, dead: &[Value]) -> Vec<Value> {
        let fresh = |seen: &mut HashSet<u64>, word: Value| self.walk_dead(word, seen);
        // None of these is led to by one before it...
        let mut seen = HashSet::new();
        let firsts: Vec<Value> = dead.iter().copied().filter(|&word| fresh(&mut seen, word)).collect();
        // ... and of these none by one behind it either.
        let mut seen = HashSet::new();
        firsts.into_iter().rev().filter(|&word| fresh(&mut seen, word)).collect()
    }

    /// Goes through the dead that `first` leads to; false if it has been seen before.
    fn walk_dead(&self, first: Value, seen: &mut HashSet<u64>) -> bool {
        if !seen.insert(first.0) {
            return false;
        }
        let mut queue = vec![first];
        while let Some(word) = queue.pop() {
            // SAFETY: the dead stay intact until the collection is finished, and nobody else looks at them meanwhile.
            let object = unsafe { &mut *word.pointer() };
            object.trace(&mut |&mut next| {
                if next.is_object() && !self.survives(next) && seen.insert(next.0) {
                    queue.push(next);
                }
            });
        }
        true
    }
}
