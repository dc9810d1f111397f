//! A collection as a tracing host does it, with the bridge's scan inside its own marking.

use std::collections::HashSet;
use std::ptr::null_mut;

use object_mirror::object::PyObject;
use refcount_bridge::State;
use refcount_bridge::cycles::{LastRites, Scan, last_rites};

use crate::heap::{Address, Kind, Word};
use crate::world::{CONDEMNED, World};

/// The host's marks.
#[derive(Default)]
struct Marks {
    marked: HashSet<Address>,
    /// Marked by a host reference, not only by a link that C holds.
    by_host: HashSet<Address>,
    pending: Vec<Address>,
}

impl Marks {
    fn mark(&mut self, address: Address, by_host: bool) {
        if by_host {
            self.by_host.insert(address);
        }
        if self.marked.insert(address) {
            self.pending.push(address);
        }
    }
}

impl World {
    /// A full collection: mark both sides in one closure, sweep, move; then, in the mutator, the end of the dead.
    pub fn collect(&mut self) {
        self.poll_everything();
        // SAFETY: one thread; tracked mirrors are whole.
        let mut scan = unsafe { self.bridge.scan() };
        let mut marks = self.mark(&mut scan);
        let dead = scan.dead();
        for &mirror in &dead {
            self.bridge.hold(mirror);
            self.bridge.link(mirror).set(CONDEMNED);
        }
        // What the callbacks may touch outlives this collection.
        self.mark_links(&mut marks, &mut scan, &dead);
        self.give_up_shares(&marks, &dead);
        self.host.sweep(&marks.marked);
        self.relocate();

        self.crossed_dead = false;
        self.enter();
        last_rites(self, &dead);
        self.leave();
        self.poll_everything();
    }

    /// What the host reaches from its own handles and from the links that C holds.
    fn mark(&mut self, scan: &mut Scan<*mut PyObject>) -> Marks {
        let mut marks = Marks::default();
        let link_words = self.link_words();
        for (word, address) in self.host.handles() {
            if !link_words.contains(&word) {
                marks.mark(address, true);
            }
        }
        let mut reached = Vec::new();
        scan.reach_held(&mut |mirror| reached.push(mirror));
        self.mark_links(&mut marks, scan, &reached);
        marks
    }

    /// Mark the host objects of `mirrors`, and everything from there, in turn through the scan.
    fn mark_links(&mut self, marks: &mut Marks, scan: &mut Scan<*mut PyObject>, mirrors: &[*mut PyObject]) {
        let mut reached = mirrors.to_vec();
        loop {
            for mirror in reached.drain(..) {
                let word = self.bridge.link(mirror).host();
                if word != 0 {
                    marks.mark(self.host.address(word), false);
                }
            }
            let Some(address) = marks.pending.pop() else { break };
            let object = self.host.object(address);
            object.items.into_iter().for_each(|item| marks.mark(item, true));
            let mirror = match object.kind {
                // NULL: its mirror died in the last collection, and it is swept in this one.
                Kind::Wrapper { mirror, .. } => (!mirror.is_null()).then_some(mirror),
                _ => self.bridge.find(address),
            };
            if let Some(mirror) = mirror {
                scan.reach(mirror, &mut |mirror| reached.push(mirror));
            }
        }
    }

    /// The handles that belong to links and wrappers: the collection decides about them, they are no roots.
    fn link_words(&self) -> HashSet<Word> {
        let mut words = HashSet::new();
        self.for_each_mirror(|_, _, word| {
            words.insert(word);
        });
        for (address, _) in self.host.objects() {
            if let Kind::Wrapper { weak, .. } = self.host.object(address).kind {
                words.insert(weak);
            }
        }
        words
    }

    /// Wrappers that only C holds become C-owned: C's count is the truth again.
    fn give_up_shares(&mut self, marks: &Marks, dead: &[*mut PyObject]) {
        let dead: HashSet<_> = dead.iter().copied().collect();
        let mut only_c = Vec::new();
        self.for_each_mirror(|mirror, state, word| {
            let wrapped = state & State::IN_C != 0 && state & State::SHARED != 0;
            if wrapped && !dead.contains(&mirror) && !marks.by_host.contains(&self.host.address(word)) {
                only_c.push((mirror, word));
            }
        });
        for (mirror, word) in only_c {
            let host = &self.host;
            let kept = self.bridge.wrapper_unreferenced(mirror, || host.handle(host.address(word)));
            assert!(kept, "C holds it, or it would be dead");
        }
    }

    /// Let go of everything lent and retained that C no longer holds, until nothing more goes.
    fn poll_everything(&mut self) {
        loop {
            let mut dead = Vec::new();
            if self.depth() == 0 {
                self.lent.settle(&mut self.bridge, &self.host, &mut dead);
            }
            self.bridge.poll_all_retained(&self.host, &mut dead);
            if dead.is_empty() {
                return;
            }
            self.free_all(dead);
        }
    }

    /// Call `visit` with every linked mirror, its state and its word.
    pub fn for_each_mirror(&self, mut visit: impl FnMut(*mut PyObject, u32, Word)) {
        self.bridge.heap.for_each_live(|block| {
            // SAFETY: a live block, right behind its prefix.
            let prefix = unsafe { &*object_mirror::heap::prefix_in_range(block as usize) };
            if prefix.host != 0 {
                visit(block.cast(), prefix.state, prefix.host);
            }
        });
    }
}

impl LastRites for World {
    type Node = *mut PyObject;

    fn finalize(&mut self, mirror: *mut PyObject) -> bool {
        World::finalize(self, mirror)
    }

    fn still_dead(&mut self, dead: &[*mut PyObject]) -> Vec<*mut PyObject> {
        // SAFETY: one thread; the collector holds every one of them.
        let mut scan = unsafe { self.bridge.scan_again(dead) };
        let _marks = self.mark(&mut scan);
        self.crossed_dead = false;
        scan.dead()
    }

    fn clear(&mut self, mirror: *mut PyObject) {
        if std::ptr::eq(self.fields(mirror).ob_base.ob_type.cast_const(), &raw const *self.types.node) {
            self.clear_slots(mirror);
        }
    }

    fn release(&mut self, mirror: *mut PyObject, revived: bool) {
        let link = self.bridge.link(mirror);
        link.clear(CONDEMNED);
        // Its wrapper is dead too, unless one of the dead crossed to the host meanwhile: then the next collection decides.
        if link.has(State::IN_C) && !revived && !self.crossed_dead {
            self.end_wrapper(mirror);
        }
        self.decref(mirror);
    }
}

impl World {
    fn end_wrapper(&mut self, mirror: *mut PyObject) {
        if !self.bridge.link(mirror).has(State::SHARED) {
            self.give_back_wrapper(mirror);
        }
        let wrapper = self.host.address(self.bridge.link(mirror).host());
        self.host.change(wrapper, |object| {
            let Kind::Wrapper { mirror, .. } = &mut object.kind else {
                panic!("a state-in-C mirror's host object is a wrapper")
            };
            *mirror = null_mut();
        });
        let dies = self.bridge.wrapper_died(mirror, &self.host);
        assert!(!dies, "the collector's reference is left");
    }
}
