//! Kept mirrors: small immutable values that cross again and again, as names and constants do.
//!
//! When C lets go of such a value whose host object others hold, its mirror stays for the next crossing, with what C cached
//! in it: its hash, its UTF-8. There are places for a fixed number, and a newcomer takes the place of whoever has it; a
//! collection empties them all. Only values whose object's end nobody can observe are marked [`State::KEEPABLE`].

use std::ptr::null_mut;

use object_mirror::object::PyObject;

use crate::GcHooks;
use crate::link::{Bridge, Dropped, State};

const PLACES: usize = 256;

/// The places, each NULL or a mirror with [`State::KEPT`].
pub(crate) struct Kept([*mut PyObject; PLACES]);

impl Kept {
    pub(crate) const fn new() -> Self {
        Self([null_mut(); PLACES])
    }
}

/// Mirrors lie at multiples of 16.
fn place(mirror: *mut PyObject) -> usize {
    let word = mirror as usize >> 4;
    (word ^ word >> 8) % PLACES
}

impl Bridge {
    /// C let go of `mirror`, which is in no set: whether it is kept. Whoever had its place goes, perhaps to the `dead`.
    pub(crate) fn keep(
        &mut self,
        mirror: *mut PyObject,
        hooks: &(impl GcHooks + ?Sized),
        dead: &mut Vec<(*mut PyObject, usize)>,
    ) -> bool {
        let link = self.link(mirror);
        // SAFETY: the share keeps the mirror live.
        let let_go = unsafe { (*mirror).ob_refcnt } == 1;
        if !let_go || !link.has(State::SHARED) || hooks.only_reference(link.host()) {
            return false;
        }
        let before = std::mem::replace(&mut self.kept.0[place(mirror)], mirror);
        link.set(State::KEPT);
        self.drop_kept(before, hooks, dead);
        true
    }

    /// Keep nothing any more.
    pub(crate) fn empty_kept(&mut self, hooks: &(impl GcHooks + ?Sized), dead: &mut Vec<(*mut PyObject, usize)>) {
        for index in 0..PLACES {
            let before = std::mem::replace(&mut self.kept.0[index], null_mut());
            self.drop_kept(before, hooks, dead);
        }
    }

    fn drop_kept(
        &mut self,
        mirror: *mut PyObject,
        hooks: &(impl GcHooks + ?Sized),
        dead: &mut Vec<(*mut PyObject, usize)>,
    ) {
        if mirror.is_null() {
            return;
        }
        let link = self.link(mirror);
        link.clear(State::KEPT);
        if link.has(State::LENT) {
            // A running crossing lent it again: that crossing's end decides.
            return;
        }
        match self.poll(mirror, hooks) {
            Dropped::Free(host) => dead.push((mirror, host)),
            Dropped::Kept => self.retain(mirror),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::ffi::c_void;

    use object_mirror::object::PyTypeObject;

    use super::*;
    use crate::Lent;

    /// Words are numbers; how many references each has is the same for all.
    struct Hooks(Cell<bool>);

    impl GcHooks for Hooks {
        fn retain(&self, host: usize) -> usize {
            host
        }

        fn release(&self, _host: usize) {}

        fn identity(&self, host: usize) -> usize {
            host
        }

        fn only_reference(&self, _host: usize) -> bool {
            self.0.get()
        }
    }

    struct World {
        bridge: Bridge,
        hooks: Hooks,
        lent: Lent,
    }

    impl World {
        fn new() -> Self {
            Self { bridge: Bridge::new(), hooks: Hooks(Cell::new(false)), lent: Lent::new() }
        }

        /// A keepable mirror of the object `host`, lent, with no reference of C's.
        fn lend(&mut self, host: usize) -> *mut PyObject {
            let mirror: *mut PyObject = self.bridge.heap.alloc(64).expect("memory").as_ptr().cast();
            // SAFETY: fresh memory; nothing reads the type.
            unsafe {
                (*mirror).ob_refcnt = 0;
                (*mirror).ob_type = std::ptr::null_mut::<c_void>().cast::<PyTypeObject>();
            }
            self.bridge.link_value(mirror, host, Some(host));
            self.bridge.link(mirror).set(State::KEEPABLE);
            self.lent.lend(mirror, &mut self.bridge);
            mirror
        }

        fn settle(&mut self) -> Vec<usize> {
            let mut dead = Vec::new();
            self.lent.settle(&mut self.bridge, &self.hooks, &mut dead);
            dead.into_iter().map(|(_, host)| host).collect()
        }

        fn collect(&mut self) -> Vec<usize> {
            let mut dead = Vec::new();
            self.bridge.poll_all_retained(&self.hooks, &mut dead);
            dead.into_iter().map(|(_, host)| host).collect()
        }
    }

    #[test]
    fn a_value_that_others_hold_is_found_again_until_a_collection() {
        let mut world = World::new();
        let mirror = world.lend(16);
        assert_eq!(world.settle(), []);
        assert_eq!(world.bridge.find(16), Some(mirror));
        world.lent.lend(mirror, &mut world.bridge);
        assert_eq!(world.settle(), [], "lent again, and kept still");
        assert_eq!(world.collect(), [16]);
        assert_eq!(world.bridge.find(16), None);
    }

    #[test]
    fn a_value_that_nobody_else_holds_goes() {
        let mut world = World::new();
        world.hooks.0.set(true);
        world.lend(16);
        assert_eq!(world.settle(), [16]);
    }

    #[test]
    fn the_number_of_kept_values_is_bounded() {
        let mut world = World::new();
        let mut gone = Vec::new();
        for host in 1..=3 * PLACES {
            world.lend(host * 16);
            gone.extend(world.settle());
        }
        assert_eq!(world.bridge.mapped(), 3 * PLACES - gone.len());
        assert!(world.bridge.mapped() <= PLACES);
    }

    #[test]
    fn a_place_is_lost_without_harm_to_who_uses_the_value() {
        let mut world = World::new();
        let held = world.lend(16);
        assert_eq!(world.settle(), []);
        // SAFETY: C takes a reference of its own; the share keeps the mirror live.
        unsafe { (*held).ob_refcnt += 1 };
        assert_eq!(world.collect(), [], "retained now");
        assert_eq!(world.bridge.retained_len(), 1);
        // SAFETY: as above; C lets go.
        unsafe { (*held).ob_refcnt -= 1 };
        assert_eq!(world.collect(), [16]);

        let lent = world.lend(32);
        assert_eq!(world.settle(), []);
        world.lent.lend(lent, &mut world.bridge);
        assert_eq!(world.collect(), [], "a running crossing uses it");
        world.hooks.0.set(true);
        assert_eq!(world.settle(), [32]);
    }
}
