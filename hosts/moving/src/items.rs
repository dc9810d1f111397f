//! The items of a list: words of its own, or the array of its mirror once C has met the list (`emul::lists`).
//!
//! In the mirror they are references to mirrors, which C writes as it likes; each is translated when it is read or written here.
//! Translating may allocate, so no word is kept over it, and making room may run other code: lengths are read anew after it.

use crate::heap::H;
use crate::host::{borrowed, realize_item, threads, value};
use crate::object::Body;
use crate::value::Value;
use crate::vm::{R, Vm};
use emul::lists::{Held, Look, NoMemory, Work};
use object_mirror::listobject::PyListObject;
use object_mirror::object::PyObject as Mirror;
use std::ops::Range;

/// A list's items.
#[derive(Debug)]
pub(crate) enum Items {
    /// Words of the list's own.
    Own(Vec<Value>),
    /// The array of this mirror, which lives as long as the list.
    InC(*mut Mirror),
}

impl Items {
    pub(crate) fn len(&self) -> usize {
        match self {
            Items::Own(items) => items.len(),
            Items::InC(mirror) => slots(*mirror).len(),
        }
    }

    /// How many items there is room for.
    pub(crate) fn capacity(&self) -> usize {
        match self {
            Items::Own(items) => items.capacity(),
            // SAFETY: the list holds its mirror.
            Items::InC(mirror) => usize::try_from(unsafe { (*mirror.cast::<PyListObject>()).allocated }).unwrap_or(0),
        }
    }
}

/// The array of a mirror, not to be kept over anything that may change the list.
fn slots<'a>(mirror: *mut Mirror) -> &'a [*mut Mirror] {
    // SAFETY: the mirror of a live list, whose array has `ob_size` places.
    unsafe {
        let list: *mut PyListObject = mirror.cast();
        if (*list).ob_item.is_null() {
            return &[];
        }
        std::slice::from_raw_parts((*list).ob_item, (*list).ob_base.ob_size as usize)
    }
}

impl Vm {
    /// The mirror that a list's items lie in.
    pub(crate) fn in_c(&self, list: H) -> Option<*mut Mirror> {
        match self.body(list) {
            Some(Body::List(Items::InC(mirror))) => Some(*mirror),
            _ => None,
        }
    }

    fn own_items(&mut self, list: H) -> &mut Vec<Value> {
        match self.body_mut(list) {
            Body::List(Items::Own(items)) => items,
            other => panic!("not a list with words of its own: {other:?}"),
        }
    }

    /// Item `i` of a tuple or list, as one new handle.
    #[inline]
    pub(crate) fn nth(&mut self, h: H, i: usize) -> R<Option<H>> {
        if let Some(mirror) = self.in_c(h) {
            return slots(mirror).get(i).map(|&item| self.from_c(item)).transpose();
        }
        Ok(self.item(h, i))
    }

    /// The object that an item in C stands for, as one new handle.
    #[inline]
    fn from_c(&mut self, item: *mut Mirror) -> R<H> {
        // SAFETY: callers pass what they just read in the storage of a live list.
        match unsafe { emul::lists::look(item) } {
            Look::Int(int) if let Some(word) = Value::int(int) => Ok(self.push(word)),
            Look::Word(word) => {
                let word = value(self, word);
                Ok(self.push(word))
            }
            _ => realize_item(self, item),
        }
    }

    /// Pushes the items of a tuple or list onto the root stack, at most `most`.
    pub(crate) fn push_items(&mut self, h: H, most: usize) -> R<()> {
        if self.in_c(h).is_none() {
            let words = self.items(h).expect("a sequence");
            let words = words[..words.len().min(most)].to_vec();
            self.heap.stack.extend(words);
            return Ok(());
        }
        let mut i = 0;
        while i < most && self.nth(h, i)?.is_some() {
            i += 1;
        }
        Ok(())
    }

    /// Sees to the memory that so many more items in a list take.
    pub(crate) fn room_in_list(&mut self, list: H, more: usize) -> R<()> {
        let Some(Body::List(items)) = self.body(list) else { return Ok(()) };
        let (needed, room) = (items.len() + more, items.capacity());
        if needed <= room {
            return Ok(());
        }
        let grown = needed.max(room * 2).max(4) - room;
        self.reserve_to_grow(grown * 8)
    }

    fn work<T>(&mut self, work: impl FnOnce(&Work) -> T) -> T {
        threads::lend(self, |_| work(&Work::begin()))
    }

    fn done_in_c(&mut self, done: Result<(), NoMemory>) -> R<()> {
        done.map_err(|NoMemory| self.out_of_memory())
    }

    pub(crate) fn list_push(&mut self, list: H, item: H) -> R<()> {
        self.room_in_list(list, 1)?;
        let Some(mirror) = self.in_c(list) else {
            let item = self.get(item);
            self.own_items(list).push(item);
            return Ok(());
        };
        let done = self.work(|work| work.push(mirror, work.hold(borrowed(item))));
        self.done_in_c(done)
    }

    /// `list[at] = item`; false if there is no such item.
    pub(crate) fn list_set(&mut self, list: H, at: usize, item: H) -> bool {
        if let Some(mirror) = self.in_c(list) {
            return self.work(|work| work.set(mirror, at, work.hold(borrowed(item))));
        }
        let word = self.get(item);
        match self.own_items(list).get_mut(at) {
            Some(place) => *place = word,
            None => return false,
        }
        true
    }

    /// Puts all that was pushed since `mark` in the place of the items in `range`, which may go beyond the end.
    pub(crate) fn list_splice(&mut self, list: H, range: Range<usize>, mark: usize) -> R<()> {
        let top = self.mark();
        let removed = range.end.min(self.count(list)).saturating_sub(range.start);
        self.room_in_list(list, (top - mark).saturating_sub(removed))?;
        let result = match self.in_c(list) {
            Some(mirror) => {
                let done = self.work(|work| {
                    let new: Vec<Held> = (mark..top).map(|at| work.hold(borrowed(H(at as u32)))).collect();
                    work.splice(mirror, range, new)
                });
                self.done_in_c(done)
            }
            None => {
                let new = self.heap.stack[mark..].to_vec();
                let items = self.own_items(list);
                let (start, len) = (range.start.min(items.len()), items.len());
                drop(items.splice(start..range.end.min(len).max(start), new));
                Ok(())
            }
        };
        self.cut(mark);
        result
    }

    /// Removes the items at these places, which come in order; those beyond the end count for nothing.
    pub(crate) fn list_remove(&mut self, list: H, places: &[usize]) {
        if let Some(mirror) = self.in_c(list) {
            return self.work(|work| work.remove_each(mirror, places));
        }
        let items = self.own_items(list);
        if let &[at] = places {
            if at < items.len() {
                items.remove(at);
            }
            return;
        }
        let mut places = places.iter().copied().peekable();
        let mut at = 0..;
        items.retain(|_| places.next_if_eq(&at.next().expect("no end")).is_none());
    }

    pub(crate) fn list_reverse(&mut self, list: H) {
        match self.in_c(list) {
            Some(mirror) => self.work(|work| work.reverse(mirror)),
            None => self.own_items(list).reverse(),
        }
    }

    /// `list *= count`, of which the caller has seen that there may be room.
    pub(crate) fn list_repeat(&mut self, list: H, count: usize) -> R<()> {
        let Some(mirror) = self.in_c(list) else {
            let words = self.items(list).expect("a list").repeat(count);
            *self.own_items(list) = words;
            return Ok(());
        };
        let done = self.work(|work| {
            let Some(more) = count.checked_sub(1) else { return work.splice(mirror, 0..usize::MAX, Vec::new()) };
            let all = work.copies(mirror, 0..usize::MAX);
            let new = (0..more).flat_map(|_| all.iter().cloned()).collect();
            work.splice(mirror, usize::MAX..usize::MAX, new)
        });
        self.done_in_c(done)
    }

    /// Takes a list's items away for sorting, and pushes them onto the root stack: the list is empty meanwhile.
    pub(crate) fn take_items(&mut self, list: H) -> R<Taken> {
        let Some(mirror) = self.in_c(list) else {
            let items = std::mem::take(self.own_items(list));
            let count = items.len();
            self.heap.stack.extend(items);
            return Ok(Taken::Own(count));
        };
        let held = self.work(|work| work.take(mirror));
        for at in 0..held.len() {
            if let Err(raised) = self.from_c(held[at].item()) {
                self.put_back(list, Taken::InC(held), 0, None)?;
                return Err(raised);
            }
        }
        Ok(Taken::InC(held))
    }

    /// The items that were taken away, and that lie on the root stack from `start` on, come back, in the `order` of these
    /// numbers if there is one; whether the list was left alone meanwhile.
    pub(crate) fn put_back(&mut self, list: H, taken: Taken, start: usize, order: Option<&[u32]>) -> R<bool> {
        let (held, mirror) = match (taken, self.in_c(list)) {
            (Taken::InC(held), Some(mirror)) => (held, mirror),
            // Words of its own when they were taken, whatever it has now.
            (Taken::Own(count), _) => {
                let unused = self.count(list) == 0;
                let words: Vec<Value> = match order {
                    Some(order) => order.iter().map(|&i| self.heap.stack[start + i as usize]).collect(),
                    None => self.heap.stack[start..start + count].to_vec(),
                };
                let mark = self.mark();
                self.heap.stack.extend(words);
                self.list_splice(list, 0..usize::MAX, mark)?;
                return Ok(unused);
            }
            // The mirror has ended, which empties its list.
            (Taken::InC(_), None) => return Ok(true),
        };
        let mut held: Vec<Option<Held>> = held.into_iter().map(Some).collect();
        let in_order: Vec<Held> = match order {
            Some(order) => order.iter().filter_map(|&i| held[i as usize].take()).collect(),
            None => held.into_iter().flatten().collect(),
        };
        match self.work(|work| work.put_back(mirror, in_order)) {
            Ok(unused) => Ok(unused),
            Err(NoMemory) => Err(self.out_of_memory()),
        }
    }
}

/// What a list had in C while its items are being sorted.
pub(crate) enum Taken {
    /// So many words, which lie on the root stack.
    Own(usize),
    InC(Vec<Held>),
}
