//! What becomes of the dead that something has still to be done for, and which of them end first. A destructor of C's looks at
//! what its object holds, so nothing ends in the same collection as what refers to it: the outermost of the dead end, and what
//! they hold lives until a later collection.

use crate::heap::Heap;
use crate::object::{Body, ENDED, FINALISED, GenState, TYPE_DEL, TYPE_ENDS};
use crate::value::Value;
use std::collections::HashSet;

/// What becomes of an object that a collection may have to end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing, so far.
    Watched,
    /// Its finaliser runs; then, if it `ends`, its C part has to end.
    Finalised { ends: bool },
    /// Its C part ends, if nothing else that is dead holds it.
    MayEnd,
    /// It goes.
    Goes,
}

impl Heap {
    /// The objects with `__del__` or a C part, and generators; and what becomes of each.
    pub(crate) fn find_dead(&mut self, full: bool) -> Vec<(Value, Fate)> {
        let mut mortal = std::mem::take(&mut self.mortal_young);
        if full {
            mortal.append(&mut self.mortal_old);
        }
        mortal.into_iter().map(|word| (word, self.fate_of(word))).collect()
    }

    fn fate_of(&self, word: Value) -> Fate {
        // The end of what has a mirror is the layer's to see to.
        if self.survives(word) || crate::host::has_mirror(word) {
            return Fate::Watched;
        }
        let (of_class, ends) = self.rites_of(word);
        let (runs, ended) = match word.object().map(|object| (&object.body, object.flags)) {
            Some((Body::Generator(generator), _)) => (generator.state == GenState::Suspended, true),
            // Of a dict that has been told, nobody is a watcher any more.
            Some((Body::Dict(_), flags)) if self.is_watched(word) => (true, flags & ENDED != 0),
            Some((_, flags)) if self.is_watched(word) => (flags & FINALISED == 0, true),
            Some((_, flags)) => (of_class && flags & FINALISED == 0, flags & ENDED != 0),
            None => (false, true),
        };
        match (runs, ends) {
            (true, _) => Fate::Finalised { ends },
            (false, true) if !ended => Fate::MayEnd,
            _ => Fate::Goes,
        }
    }

    /// Queues the dead with `__del__`, and generators whose `finally` has not run; they live until it has run. Notes those whose C
    /// part may have to end in `may_end`. Gives what may have to be queued later.
    pub(crate) fn queue_dead(&mut self, mut watched: Vec<(Value, Fate)>) -> Vec<Value> {
        // The youngest first: containers are mostly younger than what is in them.
        watched.reverse();
        watched.retain(|&(word, fate)| match fate {
            Fate::Watched => true,
            Fate::Finalised { ends } => {
                let mut now = word;
                self.mark_word_at(&mut now);
                // SAFETY: `now` says where `mark` has copied the object to, or that was done before.
                unsafe { (*now.pointer()).flags |= FINALISED };
                self.finalisers.push(now);
                ends
            }
            Fate::MayEnd => {
                self.may_end.push(word);
                true
            }
            Fate::Goes => false,
        });
        watched.reverse();
        watched.into_iter().map(|(word, _)| word).collect()
    }

    /// In a collection: whether the object's class has `__del__`, and whether C has a part in its end.
    fn rites_of(&self, word: Value) -> (bool, bool) {
        let class = word.object().map_or(Value::NULL, |object| object.class);
        let class = self.survivor(class).unwrap_or(class);
        match class.object().map(|class| &class.body) {
            Some(Body::Type(class)) => (class.flags & TYPE_DEL != 0, class.flags & TYPE_ENDS != 0),
            _ => (false, false),
        }
    }

    /// Goes on watching those that live on.
    pub(crate) fn keep_mortal(&mut self, mortal: Vec<Value>) {
        for word in mortal {
            if let Some(now) = self.survivor(word) {
                self.note_mortal(now);
            }
        }
    }

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
