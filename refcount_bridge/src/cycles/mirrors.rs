//! The graph of the mirrors alone, as a tracing host needs it, and the scans that read it.

use std::ffi::{c_int, c_void};

use object_mirror::object::{PyObject, PyTypeObject, is_immortal};

use super::{Graph, Look, Room, Scan};
use crate::link::{Bridge, Link, State};

impl Bridge {
    /// A scan is over: its memory is for the next one.
    pub fn end_scan(&mut self, scan: Scan<*mut PyObject>) {
        self.room = scan.into_room();
    }

    /// A scan of all mirrors that could be in a cycle: those tracked, and those with a host object. Calls `tp_traverse`.
    ///
    /// # Safety
    /// The extension lock is held, and the tracked mirrors are live objects of ready types.
    pub unsafe fn scan(&mut self) -> Scan<*mut PyObject> {
        let candidates = Candidates::All(&mut |_| {});
        Scan::of(&mut Mirrors { bridge: self, candidates, own_references: 0, fills: Fills::new(&|_| false) })
    }

    /// As [`Bridge::scan`], for a `tp_traverse` that calls the layer: the bridge is borrowed for moments only. `fills` tells of
    /// types whose instances' fields the layer fills, so that they may be looked at though C did not track them. `linked` gets
    /// the links of the mirrors that have a host object.
    ///
    /// A wrapper that refers to nothing in C is no candidate until something refers to it in C, or [`Scan::is_wrapper_reached`]
    /// asks for it: most of them the host reaches itself, and there is nothing to know of them.
    ///
    /// # Safety
    /// As for [`Bridge::scan`]; `this` is live, and nobody else has a borrow of it.
    pub unsafe fn scan_at(
        this: *mut Self,
        fills: &dyn Fn(*mut PyTypeObject) -> bool,
        linked: &mut impl FnMut(Link),
    ) -> Scan<*mut PyObject> {
        let candidates = Candidates::AllButLeaves(linked);
        Scan::of(&mut Mirrors { bridge: this, candidates, own_references: 0, fills: Fills::new(fills) })
    }

    /// A scan of `dead` alone, each of which the collector holds by a [`Bridge::hold`]. Calls `tp_traverse`.
    ///
    /// # Safety
    /// As for [`Bridge::scan`].
    pub unsafe fn scan_again(&mut self, dead: &[*mut PyObject]) -> Scan<*mut PyObject> {
        // SAFETY: the caller's contract.
        unsafe { Self::scan_again_at(self, dead, &|_| false) }
    }

    /// As [`Bridge::scan_again`], for a `tp_traverse` that calls the layer.
    ///
    /// # Safety
    /// As for [`Bridge::scan_at`].
    pub unsafe fn scan_again_at(
        this: *mut Self,
        dead: &[*mut PyObject],
        fills: &dyn Fn(*mut PyTypeObject) -> bool,
    ) -> Scan<*mut PyObject> {
        let candidates: Candidates<'_, fn(Link)> = Candidates::These(dead);
        Scan::of(&mut Mirrors { bridge: this, candidates, own_references: 1, fills: Fills::new(fills) })
    }
}

/// Held whatever the count: immortal, lent in an unfinished crossing, in its destructor, kept for its next crossing.
const HELD: u32 = State::IMMORTAL | State::LENT | State::DYING | State::KEPT;

/// The mirrors as a graph: counts are C's references, edges are `tp_traverse`'s.
pub(super) struct Mirrors<'a, L> {
    /// Live, and borrowed for moments only: a `tp_traverse` may call the layer.
    pub(super) bridge: *mut Bridge,
    pub(super) candidates: Candidates<'a, L>,
    /// The collector's references to each candidate.
    pub(super) own_references: isize,
    pub(super) fills: Fills<'a>,
}

pub(super) enum Candidates<'a, L> {
    These(&'a [*mut PyObject]),
    /// All that could be in a cycle; who is told of the links.
    All(&'a mut L),
    /// The same, but [leaves](is_leaf) join when something leads to them.
    AllButLeaves(&'a mut L),
}

/// Whether the mirror is a wrapper that refers to nothing in C.
#[inline]
fn is_leaf(link: Link, look: Look) -> bool {
    link.host() != 0 && !link.has(State::STRONG) && !look.has_edges
}

/// The types whose instances the layer fills; mirrors of one type mostly lie together, so that the last answer is the next one.
pub(super) struct Fills<'a> {
    fills: &'a dyn Fn(*mut PyTypeObject) -> bool,
    last: (*mut PyTypeObject, bool),
}

impl<'a> Fills<'a> {
    pub(super) fn new(fills: &'a dyn Fn(*mut PyTypeObject) -> bool) -> Self {
        Self { fills, last: (std::ptr::null_mut(), false) }
    }

    /// Whether the mirror's fields may be looked at though C did not track it.
    #[inline]
    fn has(&mut self, mirror: *mut PyObject) -> bool {
        // SAFETY: scans ask of live mirrors, or of those in their destructor.
        let ty = unsafe { (*mirror).ob_type };
        if !std::ptr::eq(self.last.0, ty) {
            self.last = (ty, !ty.is_null() && (self.fills)(ty));
        }
        self.last.1
    }
}

impl<L: FnMut(Link)> Mirrors<'_, L> {
    pub(super) fn link(&self, mirror: *mut PyObject) -> Link {
        // SAFETY: whoever makes one passes a live bridge that nobody else borrows meanwhile.
        unsafe { (*self.bridge).link(mirror) }
    }

    #[inline(always)]
    pub(super) fn look_at(own_references: isize, mirror: *mut PyObject, link: Link, filled: bool) -> Look {
        // SAFETY: candidates are live, or in their destructor.
        let refcnt = unsafe { (*mirror).ob_refcnt };
        Look {
            count: refcnt - isize::from(link.has(State::SHARED)) - own_references,
            held: refcnt <= 0 || is_immortal(refcnt) || link.has(HELD),
            has_edges: refcnt > 0 && (filled || link.has(State::TRACKED)),
        }
    }

    pub(super) fn traverse_if(&self, mirror: *mut PyObject, filled: bool, mut visit: &mut dyn FnMut(*mut PyObject)) {
        // As in CPython, an object that is not tracked may be half made: its fields are not looked at. Nor are those of one
        // whose destructor is running.
        // SAFETY: candidates are live, or in their destructor.
        let is_ending = unsafe { (*mirror).ob_refcnt } <= 0;
        if is_ending || !filled && !self.link(mirror).has(State::TRACKED) {
            return;
        }
        // SAFETY: the contract of `Bridge::scan`: a live object of a ready type. `tp_traverse` calls nothing but the
        // visitor, which gets its own argument back and does not outlive the call.
        unsafe {
            if let Some(traverse) = (*(*mirror).ob_type).tp_traverse {
                traverse(mirror, visit_child, (&raw mut visit).cast());
            }
        }
    }
}

impl<L: FnMut(Link)> Graph for Mirrors<'_, L> {
    type Node = *mut PyObject;

    fn joins(&self, mirror: *mut PyObject) -> bool {
        matches!(self.candidates, Candidates::AllButLeaves(_)) && self.link(mirror).host() != 0
    }

    fn nodes(&mut self, found: &mut dyn FnMut(*mut PyObject)) {
        self.look_at_nodes(&mut |mirror, _| found(mirror));
    }

    fn count(&mut self, mirror: *mut PyObject) -> isize {
        self.look(mirror).count
    }

    fn held(&mut self, mirror: *mut PyObject) -> bool {
        self.look(mirror).held
    }

    fn traverse(&mut self, mirror: *mut PyObject, visit: &mut dyn FnMut(*mut PyObject)) {
        let filled = self.fills.has(mirror);
        self.traverse_if(mirror, filled, visit);
    }

    fn room(&mut self) -> Room<*mut PyObject> {
        // SAFETY: as in `link`.
        std::mem::take(unsafe { &mut (*self.bridge).room })
    }

    fn look(&mut self, mirror: *mut PyObject) -> Look {
        let filled = self.fills.has(mirror);
        Self::look_at(self.own_references, mirror, self.link(mirror), filled)
    }

    fn look_at_nodes(&mut self, found: &mut impl FnMut(*mut PyObject, Look)) {
        let Self { bridge, candidates, own_references, fills } = self;
        let but_leaves = matches!(candidates, Candidates::AllButLeaves(_));
        // One place for both, so that what is done with a node needs no call.
        let mut look_at = |batch: &[(*mut PyObject, Link)], linked: &mut Option<&mut L>| {
            for &(mirror, link) in batch {
                let (is_linked, filled) = (link.host() != 0, fills.has(mirror));
                if let Some(linked) = linked {
                    if is_linked {
                        linked(link);
                    // SAFETY: live, or in its destructor.
                    } else if !(link.has(State::TRACKED) || filled && unsafe { (*mirror).ob_refcnt } > 0) {
                        continue;
                    }
                }
                let look = Self::look_at(*own_references, mirror, link, filled);
                if !(but_leaves && is_leaf(link, look)) {
                    found(mirror, look);
                }
            }
        };
        // SAFETY: a live bridge; nothing that is called here comes back to it.
        let bridge = unsafe { &mut **bridge };
        match candidates {
            Candidates::These(mirrors) => {
                let these: Vec<_> = mirrors.iter().map(|&mirror| (mirror, bridge.link(mirror))).collect();
                look_at(&these, &mut None);
            }
            Candidates::All(linked) | Candidates::AllButLeaves(linked) => {
                let linked = &mut Some(&mut **linked);
                bridge.for_batches_of_links(|batch| look_at(batch, linked));
            }
        }
    }
}

unsafe extern "C" fn visit_child(child: *mut PyObject, visit: *mut c_void) -> c_int {
    if !child.is_null() {
        // SAFETY: `traverse` passes the address of its visitor.
        unsafe { (*visit.cast::<&mut dyn FnMut(*mut PyObject)>())(child) };
    }
    0
}
