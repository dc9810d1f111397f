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

mod last_rites;
mod mirrors;
mod sides;

use std::hash::Hash;
use std::ops::Range;
use std::time::{Duration, Instant};

use hashbrown::HashMap;
use object_mirror::heap;
use object_mirror::object::PyObject;
use object_mirror::prefix::Prefix;

pub use self::last_rites::{LastRites, last_rites};
use self::mirrors::Mirrors;
pub use self::sides::{CountingHost, Side};
use crate::link::{Bridge, Link};
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

#[cfg(test)]
mod tests;
