//! The graph of a refcounting host: its objects beside the mirrors.

use hashbrown::HashMap;
use object_mirror::object::PyObject;

use super::mirrors::{Candidates, Fills, Mirrors};
use super::{Candidate, Graph, Scan};
use crate::GcHooks;
use crate::link::{Bridge, Link, State};

/// What a scan asks a refcounting host about its objects, which it names by their identity.
pub trait CountingHost: GcHooks {
    /// The strong references to the object, the links' included.
    fn count(&self, identity: usize) -> isize;
    /// Call `visit` once for each reference that the object owns in the host: not for what the mirror of a wrapper
    /// refers to, which the scan knows.
    fn traverse(&self, identity: usize, visit: &mut dyn FnMut(usize));
    /// Whether the object can refer to others. Those that cannot are no candidates, which saves most of the work.
    fn has_references(&self, _identity: usize) -> bool {
        true
    }
    /// Whether the object is being dropped: it goes its own way, and there may be little left of it to look at.
    fn is_ending(&self, _identity: usize) -> bool {
        false
    }
    /// Whether the layer filled this mirror, so that its fields may be looked at though C did not track it.
    fn is_filled(&self, _mirror: *mut PyObject) -> bool {
        false
    }
}

/// A node of a scan of both sides.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Side {
    /// A mirror.
    Mirror(*mut PyObject),
    /// A host object, by its identity.
    Host(usize),
}

impl Bridge {
    /// A scan for a refcounting host: all mirrors that could be in a cycle and all host objects that they reach. Calls
    /// `tp_traverse`.
    ///
    /// # Safety
    /// As for [`Bridge::scan`].
    pub unsafe fn scan_counting(&mut self, host: &(impl CountingHost + ?Sized)) -> Scan<Side> {
        // SAFETY: the caller's contract.
        unsafe { Self::scan_counting_at(self, host) }
    }

    /// As [`Bridge::scan_counting`], for a `tp_traverse` that calls the layer: the bridge is borrowed for moments only.
    ///
    /// # Safety
    /// As for [`Bridge::scan`]; `this` is live, and nobody else has a borrow of it.
    pub unsafe fn scan_counting_at(this: *mut Self, host: &(impl CountingHost + ?Sized)) -> Scan<Side> {
        let mut candidates = Vec::new();
        // SAFETY: the caller's contract.
        unsafe { &*this }.for_each_link(|mirror, link| {
            if (link.has(State::TRACKED) || link.host() != 0 || host.is_filled(mirror)) && !link.has(State::IMMORTAL) {
                candidates.push(Side::Mirror(mirror));
                if link.has(State::SHARED) {
                    // The share is this object's; each shared link has an object of its own.
                    candidates.push(Side::Host(host.identity(link.host())));
                }
            }
        });
        scan_sides(this, host, &candidates, 0)
    }

    /// A scan of `dead` alone, each mirror of which the collector holds by a [`Bridge::hold`]. Calls `tp_traverse`.
    ///
    /// # Safety
    /// As for [`Bridge::scan`].
    pub unsafe fn scan_counting_again(&mut self, host: &(impl CountingHost + ?Sized), dead: &[Side]) -> Scan<Side> {
        scan_sides(self, host, dead, 1)
    }

    /// As [`Bridge::scan_counting_again`], for a `tp_traverse` that calls the layer.
    ///
    /// # Safety
    /// As for [`Bridge::scan_counting_at`].
    pub unsafe fn scan_counting_again_at(
        this: *mut Self,
        host: &(impl CountingHost + ?Sized),
        dead: &[Side],
    ) -> Scan<Side> {
        scan_sides(this, host, dead, 1)
    }
}

fn scan_sides(
    bridge: *mut Bridge,
    host: &(impl CountingHost + ?Sized),
    candidates: &[Side],
    own_references: isize,
) -> Scan<Side> {
    let none: Candidates<'_, fn(Link)> = Candidates::These(&[]);
    let mirrors = Mirrors { bridge, candidates: none, own_references, fills: Fills::new(&|_| false) };
    let mut mirror_of = HashMap::new();
    for &side in candidates {
        let Side::Mirror(mirror) = side else { continue };
        let link = mirrors.link(mirror);
        if link.host() != 0 && link.has(State::SHARED | State::IN_C) {
            mirror_of.insert(host.identity(link.host()), mirror);
        }
    }
    if own_references == 0 {
        return Scan::of(&mut Sides::<_, true> { mirrors, host, candidates, mirror_of });
    }
    Scan::of(&mut Sides::<_, false> { mirrors, host, candidates, mirror_of })
}

impl Candidate for Side {
    type Index = HashMap<Side, u32>;
}

/// Both sides as one graph. A link is an edge to the host object, the share is an edge to the mirror; with `GROWS`, host
/// objects join as they are met.
struct Sides<'a, H: ?Sized, const GROWS: bool> {
    mirrors: Mirrors<'a, fn(Link)>,
    host: &'a H,
    candidates: &'a [Side],
    mirror_of: HashMap<usize, *mut PyObject>,
}

impl<H: ?Sized, const GROWS: bool> Sides<'_, H, GROWS> {
    /// Whether the object's link is one that does not hold it.
    fn is_wrapper(&self, identity: usize) -> bool {
        let mirror = self.mirror_of.get(&identity);
        mirror.is_some_and(|&mirror| !self.mirrors.link(mirror).has(State::STRONG))
    }
}

impl<H: CountingHost + ?Sized, const GROWS: bool> Graph for Sides<'_, H, GROWS> {
    type Node = Side;

    fn joins(&self, node: Side) -> bool {
        GROWS && matches!(node, Side::Host(identity) if self.host.has_references(identity))
    }

    fn nodes(&mut self, found: &mut dyn FnMut(Side)) {
        self.candidates.iter().for_each(|&side| found(side));
    }

    fn count(&mut self, node: Side) -> isize {
        match node {
            // A state-in-C link holds in both directions, whichever of the two it counts.
            Side::Mirror(mirror) => {
                let link = self.mirrors.link(mirror);
                let finds_it = link.host() != 0 && link.has(State::SHARED | State::IN_C);
                self.mirrors.count(mirror) + isize::from(finds_it)
            }
            // A wrapper outlives the host's references as long as C holds the mirror: as if the link held it.
            Side::Host(identity) => self.host.count(identity) + isize::from(self.is_wrapper(identity)),
        }
    }

    fn held(&mut self, node: Side) -> bool {
        match node {
            Side::Mirror(mirror) => self.mirrors.held(mirror),
            Side::Host(identity) => self.host.is_ending(identity),
        }
    }

    fn traverse(&mut self, node: Side, visit: &mut dyn FnMut(Side)) {
        match node {
            Side::Mirror(mirror) => {
                let filled = self.host.is_filled(mirror);
                self.mirrors.traverse_if(mirror, filled, &mut |child| visit(Side::Mirror(child)));
                let link = self.mirrors.link(mirror);
                if link.host() != 0 {
                    visit(Side::Host(self.host.identity(link.host())));
                }
            }
            Side::Host(identity) => {
                if !self.host.is_ending(identity) {
                    self.host.traverse(identity, &mut |child| visit(Side::Host(child)));
                }
                if let Some(&mirror) = self.mirror_of.get(&identity) {
                    visit(Side::Mirror(mirror));
                }
            }
        }
    }
}
