//! Finding the dead among mirrors, cycles included, and the order in which they go.
//!
//! **Roots by subtraction**, as CPython does it: take every candidate's count and subtract the references that the
//! candidates account for themselves (what `tp_traverse` visits). Whatever is left comes from outside: a C stack, a C
//! global, memory that nobody traverses. Such a candidate is held, and so is what it reaches. The rest is dead unless the
//! host reaches it.
//!
//! **Hosts come in two kinds**, and one [`Scan`] serves both:
//!
//! * a *tracing host* knows what it reaches. Counts are C's references (without the share), edges are `tp_traverse`'s.
//!   [`Scan::reach_held`] tells the host which links C holds, so that it marks their objects; whenever the host marks an
//!   object that has a mirror it calls [`Scan::reach`], which tells the links that the mirror reaches through C. Both
//!   sides' worklists grow into one closure, and every node and edge is looked at once: no rounds to a fixed point.
//! * a *refcounting host* knows counts. Its objects are nodes of the graph beside the mirrors, with their own counts and
//!   edges; a link that holds its host object is an edge, and so is the share ([`Bridge::scan_counting`]). Nothing then
//!   reaches from outside, and [`Scan::reach_held`] alone decides.
//!
//! `tp_traverse` is called once per tracked mirror, while the counts are taken; its answer is kept. No C code runs while
//! the host marks or moves, and a chain of any length takes no stack: the closure is a worklist.
//!
//! **The end** ([`last_rites`]) runs in the mutator after the collection: weak references are cleared and their callbacks
//! run; each dead object's finaliser runs, once in its life; if any ran, a second subtraction over the dead alone finds
//! those they revived; what is still dead gets `tp_clear`, in the order in which the candidates came. From the collection
//! until then the collector holds a reference to each of the dead, so that the callbacks find both halves of every link
//! intact and none is freed under another's feet.

use std::ffi::{c_int, c_void};
use std::hash::Hash;
use std::ops::Range;
use std::time::{Duration, Instant};

use hashbrown::HashMap;
use object_mirror::heap;
use object_mirror::object::{PyObject, PyTypeObject, is_immortal};
use object_mirror::prefix::Prefix;

use crate::GcHooks;
use crate::link::{Bridge, Link, State};
use crate::rules::{self, Rule};

/// What a scan asks about the candidates.
pub trait Graph {
    /// A candidate.
    type Node: Copy + Eq + Hash;

    /// Whether a node that a traversal meets is a candidate even if [`Graph::nodes`] did not name it.
    fn joins(&self, _node: Self::Node) -> bool {
        false
    }
    /// Call `found` with every candidate, once each; those that [`Graph::joins`] may be left out.
    fn nodes(&mut self, found: &mut dyn FnMut(Self::Node));
    /// The references to `node` that count: a mirror's from C; a refcounting host's object's from the host and the links.
    fn count(&mut self, node: Self::Node) -> isize;
    /// Whether `node` is held whatever its count: immortal, lent in an unfinished crossing.
    fn held(&mut self, node: Self::Node) -> bool;
    /// Call `visit` with what each of `node`'s own references leads to, candidates or not, once per reference.
    fn traverse(&mut self, node: Self::Node, visit: &mut dyn FnMut(Self::Node));

    /// What an earlier scan left for this one.
    fn room(&mut self) -> Room<Self::Node> {
        Room::default()
    }
    /// All that there is to know of a node but its edges.
    fn look(&mut self, node: Self::Node) -> Look {
        Look { count: self.count(node), held: self.held(node), has_edges: true }
    }
    /// As [`Graph::nodes`], with a look at each: where they come by the hundred thousand, once is enough.
    fn look_at_nodes(&mut self, found: &mut impl FnMut(Self::Node, Look)) {
        let mut nodes = Vec::new();
        self.nodes(&mut |node| nodes.push(node));
        for node in nodes {
            let look = self.look(node);
            found(node, look);
        }
    }
}

/// What a scan wants to know of a node: see the methods of [`Graph`].
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// [`Graph::count`].
    pub count: isize,
    /// [`Graph::held`].
    pub held: bool,
    /// Whether [`Graph::traverse`] may find anything.
    pub has_edges: bool,
}

/// What can be a node: how a scan finds it again.
pub trait Candidate: Copy + Eq + Hash {
    /// From a node to its number.
    type Index: Index<Self>;
}

/// From a node to its number.
pub trait Index<N>: Default {
    /// The number of `node`, if it is one of `nodes`.
    fn get(&self, node: N, nodes: &[Known<N>]) -> Option<u32>;
    /// `node` is the one with this number from now on.
    fn insert(&mut self, node: N, number: u32);
}

impl<N: Copy + Eq + Hash> Index<N> for HashMap<N, u32> {
    fn get(&self, node: N, _nodes: &[Known<N>]) -> Option<u32> {
        HashMap::get(self, &node).copied()
    }

    fn insert(&mut self, node: N, number: u32) {
        HashMap::insert(self, node, number);
    }
}

/// The numbers of mirrors: noted in their prefixes. The node that has a number tells whether the note is of this scan; there is
/// one at a time.
#[derive(Debug)]
pub struct InPrefix {
    range: heap::Range,
    /// Those of mirrors in foreign memory, and those that a prefix has no room for.
    others: HashMap<*mut PyObject, u32>,
}

impl Default for InPrefix {
    fn default() -> Self {
        Self { range: heap::Range::reserved(), others: HashMap::new() }
    }
}

impl InPrefix {
    /// The prefix of a mirror that has one.
    #[inline]
    fn prefix(&self, mirror: *mut PyObject) -> Option<*mut Prefix> {
        // SAFETY: an address in the range is a mirror's, right behind its prefix.
        self.range.has(mirror as usize).then(|| unsafe { heap::prefix_in_range(mirror as usize) })
    }

    /// The number of a mirror with this prefix.
    #[inline]
    fn noted(&self, prefix: *mut Prefix, mirror: *mut PyObject, nodes: &[Known<*mut PyObject>]) -> Option<u32> {
        // SAFETY: of a mirror in the range.
        let place = unsafe { (*prefix).place() };
        if nodes.get(place).is_some_and(|known| std::ptr::eq(known.node, mirror)) {
            return Some(place as u32);
        }
        if nodes.len() <= Prefix::PLACES { None } else { self.others.get(&mirror).copied() }
    }
}

impl Index<*mut PyObject> for InPrefix {
    #[inline]
    fn get(&self, node: *mut PyObject, nodes: &[Known<*mut PyObject>]) -> Option<u32> {
        match self.prefix(node) {
            Some(prefix) => self.noted(prefix, node, nodes),
            None => self.others.get(&node).copied(),
        }
    }

    #[inline]
    fn insert(&mut self, node: *mut PyObject, number: u32) {
        if self.range.has(node as usize) && (number as usize) < Prefix::PLACES {
            // SAFETY: as above.
            let prefix = unsafe { &mut *heap::prefix_in_range(node as usize) };
            // Most have the number of the last time, and memory that is written to has to be written back.
            if prefix.place() != number as usize {
                prefix.set_place(number as usize);
            }
            return;
        }
        self.others.insert(node, number);
    }
}

impl Candidate for *mut PyObject {
    type Index = InPrefix;
}

impl Candidate for Side {
    type Index = HashMap<Side, u32>;
}

/// One collection's view of the candidates: their edges, what is held, what was reached so far.
#[derive(Debug)]
pub struct Scan<N: Candidate> {
    nodes: Vec<Known<N>>,
    index: N::Index,
    /// Those that have edges, in the order in which they were traversed.
    with_edges: Vec<u32>,
    /// Where in `edges` those of a node that has some begin; [`NO_MORE`] ends them.
    first_edge: Vec<u32>,
    edges: Vec<u32>,
    pending: Vec<u32>,
    /// How many were reached.
    reached: usize,
    traversals: Duration,
}

/// What a scan knows of a node.
#[derive(Clone, Copy, Debug)]
pub struct Known<N> {
    node: N,
    /// References from outside the candidates. Below zero, some traversal visits what it does not own: then it is held.
    outside: i32,
    /// [`IS_HELD`], [`HAS_EDGES`], [`IS_REACHED`].
    marks: u8,
}

/// The memory of a scan, for the next one: new memory costs more than all that is done with it.
#[derive(Debug)]
pub struct Room<N> {
    nodes: Vec<Known<N>>,
    with_edges: Vec<u32>,
    first_edge: Vec<u32>,
    edges: Vec<u32>,
}

impl<N> Default for Room<N> {
    fn default() -> Self {
        Self { nodes: Vec::new(), with_edges: Vec::new(), first_edge: Vec::new(), edges: Vec::new() }
    }
}

impl<N> Room<N> {
    /// Bytes that it takes.
    pub(crate) fn bytes(&self) -> usize {
        let numbers = self.with_edges.capacity() + self.first_edge.capacity() + self.edges.capacity();
        self.nodes.capacity() * size_of::<Known<N>>() + numbers * size_of::<u32>()
    }
}

/// Empty, with room for about as many as there were.
fn emptied<T>(mut room: Vec<T>) -> Vec<T> {
    room.shrink_to(room.len() + room.len() / 2);
    room.clear();
    room
}

/// Ends a node's edges: no node's number.
const NO_MORE: u32 = u32::MAX;

const IS_HELD: u8 = 1;
const HAS_EDGES: u8 = 2;
const IS_REACHED: u8 = 4;

impl Look {
    fn marks(self) -> u8 {
        (u8::from(self.held) * IS_HELD) | (u8::from(self.has_edges) * HAS_EDGES)
    }
}

impl<N> Known<N> {
    /// Whether something outside of the candidates holds it; `counted`: [`Rule::Roots`] holds.
    #[inline]
    fn is_held(&self, counted: bool) -> bool {
        self.marks & IS_HELD != 0 || counted && self.outside != 0
    }

    fn is_reached(&self) -> bool {
        self.marks & IS_REACHED != 0
    }
}

impl<N: Candidate> Default for Scan<N> {
    fn default() -> Self {
        Self::in_room(Room::default())
    }
}

impl<N: Candidate> Scan<N> {
    fn in_room(Room { nodes, with_edges, first_edge, edges }: Room<N>) -> Self {
        let (index, pending, traversals) = (N::Index::default(), Vec::new(), Duration::ZERO);
        Self { nodes, index, with_edges, first_edge, edges, pending, reached: 0, traversals }
    }

    /// Take the counts and subtract the edges.
    pub fn of<G: Graph<Node = N>>(graph: &mut G) -> Self {
        let mut scan = Self::in_room(graph.room());
        graph.look_at_nodes(&mut |node, look| _ = scan.add(node, look));
        let begin = Instant::now();
        scan.traverse(graph);
        scan.traversals = begin.elapsed();
        scan
    }

    #[inline(always)]
    fn add(&mut self, node: N, look: Look) -> u32 {
        let number = self.nodes.len() as u32;
        self.index.insert(node, number);
        // No more references than that are ever subtracted: who has more is held.
        let outside = i32::try_from(look.count).unwrap_or(i32::MAX);
        self.nodes.push(Known { node, outside, marks: look.marks() });
        if look.has_edges {
            self.with_edges.push(number);
        }
        number
    }

    fn traverse<G: Graph<Node = N>>(&mut self, graph: &mut G) {
        let mut children = Vec::new();
        let mut next = 0;
        while let Some(&node) = self.with_edges.get(next) {
            next += 1;
            self.first_edge.resize(self.nodes.len(), 0);
            self.first_edge[node as usize] =
                u32::try_from(self.edges.len()).expect("fewer references than a word of 32 bits counts");
            graph.traverse(self.nodes[node as usize].node, &mut |child| children.push(child));
            for child in children.drain(..) {
                let number = match self.index.get(child, &self.nodes) {
                    Some(known) => known,
                    None if !graph.joins(child) => continue,
                    None => {
                        let look = graph.look(child);
                        self.add(child, look)
                    }
                };
                self.nodes[number as usize].outside -= 1;
                self.edges.push(number);
            }
            self.edges.push(NO_MORE);
        }
    }

    /// The scan is over: what it leaves for the next one.
    pub fn into_room(self) -> Room<N> {
        let Self { nodes, with_edges, first_edge, edges, .. } = self;
        Room {
            nodes: emptied(nodes),
            with_edges: emptied(with_edges),
            first_edge: emptied(first_edge),
            edges: emptied(edges),
        }
    }

    /// What calling the traversals took.
    pub fn traversals(&self) -> Duration {
        self.traversals
    }

    /// Reach everything that is held from outside. `visit` is told each node that is reached for the first time.
    pub fn reach_held(&mut self, visit: &mut impl FnMut(N)) {
        self.reach_part(0..self.nodes.len(), visit);
    }

    fn reach_part(&mut self, part: Range<usize>, visit: &mut impl FnMut(N)) {
        let counted = rules::holds(Rule::Roots);
        for number in part {
            if self.nodes[number].is_held(counted) {
                self.mark(number as u32, visit);
            }
        }
        self.flood(visit);
    }

    /// The host reaches `node`, and so does everything on its C side. `visit` is told each other node that is reached for the
    /// first time. What is no candidate is ignored.
    #[inline]
    pub fn reach(&mut self, node: N, visit: &mut impl FnMut(N)) {
        if let Some(number) = self.index.get(node, &self.nodes) {
            self.mark(number, &mut |_| {});
            if !self.pending.is_empty() {
                self.flood(visit);
            }
        }
    }

    /// Whether `node` was reached; what is no candidate was.
    pub fn is_reached(&self, node: N) -> bool {
        self.index.get(node, &self.nodes).is_none_or(|number| self.nodes[number as usize].is_reached())
    }

    /// How many candidates there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What nothing reached: dead, in the order in which the graph named the candidates or the traversals met them.
    pub fn dead(&self) -> Vec<N> {
        if self.reached == self.nodes.len() {
            return Vec::new();
        }
        self.nodes.iter().filter(|known| !known.is_reached()).map(|known| known.node).collect()
    }

    /// As [`Scan::dead`], but what refers to another comes before it; those in a cycle, and those that have nothing to do with
    /// each other, in the graph's order.
    pub fn dead_from_outside(&self) -> Vec<N> {
        if self.reached == self.nodes.len() {
            return Vec::new();
        }
        let mut seen: Vec<bool> = self.nodes.iter().map(Known::is_reached).collect();
        let mut order = Vec::new();
        let mut path = Vec::new();
        for root in (0..self.nodes.len()).rev() {
            if std::mem::replace(&mut seen[root], true) {
                continue;
            }
            path.push((root, self.edges_of(root)));
            while let Some((node, edges)) = path.last_mut() {
                let Some(child) = edges.next() else {
                    order.push(self.nodes[*node].node);
                    path.pop();
                    continue;
                };
                if !std::mem::replace(&mut seen[child], true) {
                    path.push((child, self.edges_of(child)));
                }
            }
        }
        order.reverse();
        order
    }

    /// The numbers of what a node refers to.
    #[inline]
    fn edges_of(&self, node: usize) -> impl Iterator<Item = usize> + use<'_, N> {
        let has_edges = self.nodes[node].marks & HAS_EDGES != 0;
        let edges = if has_edges { &self.edges[self.first_edge[node] as usize..] } else { &[] };
        edges.iter().take_while(|&&edge| edge != NO_MORE).map(|&edge| edge as usize)
    }

    #[inline(always)]
    fn mark(&mut self, node: u32, visit: &mut impl FnMut(N)) {
        let known = &mut self.nodes[node as usize];
        if known.is_reached() {
            return;
        }
        known.marks |= IS_REACHED;
        self.reached += 1;
        if known.marks & HAS_EDGES != 0 {
            self.pending.push(node);
        }
        visit(known.node);
    }

    #[inline(never)]
    fn flood(&mut self, visit: &mut impl FnMut(N)) {
        while let Some(node) = self.pending.pop() {
            for edge in self.first_edge[node as usize] as usize.. {
                match self.edges[edge] {
                    NO_MORE => break,
                    child => self.mark(child, visit),
                }
            }
        }
    }
}

impl Scan<*mut PyObject> {
    /// As [`Scan::reach_held`], for the candidates in this part of them. `visit` gets links, and may not come back to the bridge.
    #[inline]
    pub fn reach_some_held(&mut self, bridge: &mut Bridge, part: Range<usize>, visit: &mut impl FnMut(Link)) {
        let range = self.index.range;
        self.reach_part(part, &mut |mirror| {
            visit(if range.has(mirror as usize) {
                // SAFETY: an address in the range is a mirror's, right behind its prefix.
                Link::new(unsafe { heap::prefix_in_range(mirror as usize) })
            } else {
                bridge.link(mirror)
            });
        });
    }

    /// As [`Scan::reach`], of all mirrors that come with something, which `told` gets with the link. `visit` gets the links of
    /// the other mirrors that are reached for the first time. Neither may come back to the bridge.
    #[inline]
    pub fn reach_all<T>(
        &mut self,
        bridge: &mut Bridge,
        reached: impl IntoIterator<Item = (*mut PyObject, T)>,
        told: &mut impl FnMut(Link, T),
        visit: &mut impl FnMut(Link),
    ) {
        for (mirror, with) in reached {
            let (number, link) = match self.index.prefix(mirror) {
                Some(prefix) => (self.index.noted(prefix, mirror, &self.nodes), Link::new(prefix)),
                None => (self.index.get(mirror, &self.nodes), bridge.link(mirror)),
            };
            if let Some(number) = number {
                self.mark(number, &mut |_| {});
            }
            told(link, with);
        }
        if !self.pending.is_empty() {
            self.flood(&mut |mirror| visit(bridge.link(mirror)));
        }
    }

    /// As [`Scan::is_reached`], of a wrapper that the host has not reached. If it is a leaf, it is a candidate from now on.
    pub fn is_wrapper_reached(&mut self, bridge: &mut Bridge, wrapper: *mut PyObject) -> bool {
        let number = self.index.get(wrapper, &self.nodes).unwrap_or_else(|| {
            let look = Mirrors::<fn(Link)>::look_at(0, wrapper, bridge.link(wrapper), false);
            // What leads to no other has nothing to be traversed.
            let number = self.add(wrapper, Look { has_edges: false, ..look });
            if self.nodes[number as usize].is_held(rules::holds(Rule::Roots)) {
                self.mark(number, &mut |_| {});
            }
            number
        });
        self.nodes[number as usize].is_reached()
    }
}

/// What the end of the dead takes. The collection took a reference to each of them; [`LastRites::release`] gives it back.
pub trait LastRites {
    /// A dead object.
    type Node: Copy + Eq;

    /// Clear the weak references to the dead and run their callbacks. A host that does this itself has nothing to do.
    fn clear_weak_references(&mut self, _dead: &[Self::Node]) {}
    /// Run the finalisers of objects that died in the same collection and have no mirror: they may refer to the dead. Whether any
    /// ran.
    fn finalize_others(&mut self) -> bool {
        false
    }
    /// Run `node`'s finaliser, unless it has none or it ran before; whether it ran.
    fn finalize(&mut self, node: Self::Node) -> bool;
    /// The second subtraction: which of `dead` nothing outside them refers to, in the same order. The collector's own
    /// references do not count.
    fn still_dead(&mut self, dead: &[Self::Node]) -> Vec<Self::Node>;
    /// Make `node` give up its references (`tp_clear`).
    fn clear(&mut self, node: Self::Node);
    /// Give the collector's reference to `node` back: one that a finaliser `revived` lives on as if nothing had happened.
    fn release(&mut self, node: Self::Node, revived: bool);
    /// End those that are still dead. A host whose counts tell which of them died of another's end may give the
    /// collector's references back first, and clear only those that live when their turn comes.
    fn end(&mut self, dead: &[Self::Node]) {
        for &node in dead {
            self.clear(node);
        }
        for &node in dead {
            self.release(node, false);
        }
    }
}

/// End the dead that a collection found. Returns how many went; the others were revived.
pub fn last_rites<R: LastRites>(rites: &mut R, dead: &[R::Node]) -> usize {
    rites.clear_weak_references(dead);
    let mut ran = rites.finalize_others();
    for &node in dead {
        ran |= rites.finalize(node);
    }
    let still_dead = if ran { rites.still_dead(dead) } else { dead.to_vec() };
    let mut next = still_dead.iter().peekable();
    for &node in dead {
        if next.next_if_eq(&&node).is_none() {
            rites.release(node, true);
        }
    }
    rites.end(&still_dead);
    still_dead.len()
}

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

/// Held whatever the count: immortal, lent in an unfinished crossing, in its destructor, kept for its next crossing.
const HELD: u32 = State::IMMORTAL | State::LENT | State::DYING | State::KEPT;

/// The mirrors as a graph: counts are C's references, edges are `tp_traverse`'s.
struct Mirrors<'a, L> {
    /// Live, and borrowed for moments only: a `tp_traverse` may call the layer.
    bridge: *mut Bridge,
    candidates: Candidates<'a, L>,
    /// The collector's references to each candidate.
    own_references: isize,
    fills: Fills<'a>,
}

enum Candidates<'a, L> {
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
struct Fills<'a> {
    fills: &'a dyn Fn(*mut PyTypeObject) -> bool,
    last: (*mut PyTypeObject, bool),
}

impl<'a> Fills<'a> {
    fn new(fills: &'a dyn Fn(*mut PyTypeObject) -> bool) -> Self {
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
    fn link(&self, mirror: *mut PyObject) -> Link {
        // SAFETY: whoever makes one passes a live bridge that nobody else borrows meanwhile.
        unsafe { (*self.bridge).link(mirror) }
    }

    #[inline(always)]
    fn look_at(own_references: isize, mirror: *mut PyObject, link: Link, filled: bool) -> Look {
        // SAFETY: candidates are live, or in their destructor.
        let refcnt = unsafe { (*mirror).ob_refcnt };
        Look {
            count: refcnt - isize::from(link.has(State::SHARED)) - own_references,
            held: refcnt <= 0 || is_immortal(refcnt) || link.has(HELD),
            has_edges: refcnt > 0 && (filled || link.has(State::TRACKED)),
        }
    }

    fn traverse_if(&self, mirror: *mut PyObject, filled: bool, mut visit: &mut dyn FnMut(*mut PyObject)) {
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

#[cfg(test)]
mod tests;
