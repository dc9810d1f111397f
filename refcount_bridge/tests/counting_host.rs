//! The scan of both sides, as a refcounting host uses it, against reachability: random graphs of mirrors and host objects
//! with every kind of link between them.

use std::collections::HashSet;
use std::ptr::null_mut;

use mock_host::c_object::{CObject, Finalizer, SLOTS, Types};
use object_mirror::object::PyObject;
use proptest::prelude::*;
use refcount_bridge::cycles::{CountingHost, Side};
use refcount_bridge::{Bridge, GcHooks, State};

/// A host of counts: an object's word and identity is its index, counted from 1.
#[derive(Default)]
struct Host {
    counts: Vec<isize>,
    items: Vec<Vec<usize>>,
}

impl GcHooks for Host {
    fn retain(&self, host: usize) -> usize {
        host
    }
    fn release(&self, _: usize) {}
    fn identity(&self, host: usize) -> usize {
        host
    }
    fn only_reference(&self, host: usize) -> bool {
        self.counts[host - 1] == 1
    }
}

impl CountingHost for Host {
    fn count(&self, identity: usize) -> isize {
        self.counts[identity - 1]
    }
    fn traverse(&self, identity: usize, visit: &mut dyn FnMut(usize)) {
        self.items[identity - 1].iter().for_each(|&item| visit(item));
    }
}

/// How mirror `n` and host object `n` are linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    None,
    /// State in C, the wrapper holds the mirror.
    Wrapped,
    /// State in C, the link holds the wrapper.
    COwned,
    /// State in the host.
    Shared,
    /// The link holds an object that does not find the mirror.
    Owned,
}

/// A node of either side: references from outside, and edges to nodes of the same side.
type Written = (isize, Vec<usize>);

#[derive(Debug, Clone)]
struct Graph {
    mirrors: Vec<Written>,
    objects: Vec<Written>,
    links: Vec<Link>,
}

fn graph() -> impl Strategy<Value = Graph> {
    const SIZE: usize = 8;
    let side = || {
        let node = (prop_oneof![5 => Just(0_isize), 1 => 1..3_isize], prop::collection::vec(0..SIZE, 0..SLOTS));
        prop::collection::vec(node, SIZE)
    };
    let link =
        prop_oneof![Just(Link::None), Just(Link::Wrapped), Just(Link::COwned), Just(Link::Shared), Just(Link::Owned)];
    (side(), side(), prop::collection::vec(link, SIZE)).prop_map(|(mirrors, objects, links)| Graph {
        mirrors,
        objects,
        links,
    })
}

impl Graph {
    /// What reachability says: a link holds in both directions, but an owned one's object does not find its mirror.
    fn alive(&self) -> HashSet<(bool, usize)> {
        let size = self.mirrors.len();
        let mut pending: Vec<(bool, usize)> = (0..size).filter(|&n| self.mirrors[n].0 > 0).map(|n| (true, n)).collect();
        pending.extend((0..size).filter(|&n| self.objects[n].0 > 0).map(|n| (false, n)));
        pending.extend((0..size).filter(|&n| self.is_in_destructor(n)).map(|n| (true, n)));
        // Garbage among host objects that no link reaches is for the host's own collector: until then it counts.
        let met = self.met_by_links();
        pending.extend((0..size).filter(|n| !met.contains(n)).map(|n| (false, n)));
        let mut alive = HashSet::new();
        while let Some((is_mirror, n)) = pending.pop() {
            if !alive.insert((is_mirror, n)) {
                continue;
            }
            let edges = if is_mirror { &self.mirrors[n].1 } else { &self.objects[n].1 };
            pending.extend(edges.iter().map(|&edge| (is_mirror, edge)));
            match self.links[n] {
                Link::None => {}
                Link::Owned if !is_mirror => {}
                _ => pending.push((!is_mirror, n)),
            }
        }
        alive
    }

    /// Whether nothing counts mirror `n`: such a one goes its own way, with what it still refers to.
    fn is_in_destructor(&self, n: usize) -> bool {
        let (outside, _) = self.mirrors[n];
        let has_share = !matches!(self.links[n], Link::None | Link::Owned);
        outside == 0 && !has_share && !self.mirrors.iter().any(|(_, slots)| slots.contains(&n))
    }

    /// The host objects that a scan starting at the links meets.
    fn met_by_links(&self) -> HashSet<usize> {
        let mut pending: Vec<usize> = (0..self.links.len()).filter(|&n| self.links[n] != Link::None).collect();
        let mut met = HashSet::new();
        while let Some(n) = pending.pop() {
            if met.insert(n) {
                pending.extend(&self.objects[n].1);
            }
        }
        met
    }

    fn build(&self, bridge: &mut Bridge, types: &mut Types) -> (Host, Vec<*mut PyObject>) {
        let size = self.mirrors.len();
        let mut host = Host { counts: self.objects.iter().map(|&(outside, _)| outside).collect(), ..Host::default() };
        host.items = self.objects.iter().map(|(_, items)| items.iter().map(|item| item + 1).collect()).collect();
        for item in host.items.concat() {
            host.counts[item - 1] += 1;
        }
        let mirrors: Vec<*mut PyObject> = (0..size).map(|_| new_mirror(bridge, types, &host)).collect();
        for (n, (outside, slots)) in self.mirrors.iter().enumerate() {
            let mirror = mirrors[n];
            // SAFETY: the mirrors were just made.
            unsafe { (*mirror).ob_refcnt += outside };
            for (slot, &child) in slots.iter().enumerate() {
                let child = mirrors[child];
                // SAFETY: as above.
                unsafe {
                    (*mirror.cast::<CObject>()).slots[slot] = child;
                    (*child).ob_refcnt += 1;
                }
            }
        }
        for (n, &mirror) in mirrors.iter().enumerate() {
            host.counts[n] += self.link(bridge, mirror, n);
        }
        (host, mirrors)
    }

    /// Link mirror and object `n`; the references that the link holds on the object.
    fn link(&self, bridge: &mut Bridge, mirror: *mut PyObject, n: usize) -> isize {
        let word = n + 1;
        match self.links[n] {
            Link::None => return 0,
            Link::Shared => bridge.link_value(mirror, word, Some(word)),
            Link::Owned => bridge.link_value(mirror, word, None),
            Link::Wrapped => {
                bridge.link_wrapper(mirror, word, None);
                return 0;
            }
            Link::COwned => {
                bridge.link_wrapper(mirror, word, None);
                // Where C holds nothing the wrapper would die instead; the link stays as it is then.
                return isize::from(bridge.wrapper_unreferenced(mirror, || word));
            }
        }
        1
    }
}

fn new_mirror(bridge: &mut Bridge, types: &mut Types, host: &Host) -> *mut PyObject {
    let mirror: *mut PyObject = bridge.heap.alloc(size_of::<CObject>()).expect("memory").as_ptr().cast();
    let fields = CObject {
        ob_base: PyObject { ob_refcnt: 0, ob_type: &raw mut *types.node },
        serial: 0,
        slots: [null_mut(); SLOTS],
        finalizer: Finalizer::None,
        number: 0,
    };
    // SAFETY: fresh memory of that size.
    unsafe { mirror.cast::<CObject>().write(fields) };
    bridge.begin_life(mirror, host);
    bridge.link(mirror).set(State::TRACKED);
    mirror
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn both_sides_counts_find_what_reachability_finds(graph in graph()) {
        let (mut bridge, mut types) = (Bridge::new(), Types::new());
        let (mut host, mirrors) = graph.build(&mut bridge, &mut types);
        let alive = graph.alive();
        // SAFETY: whole mirrors of live types.
        let mut scan = unsafe { bridge.scan_counting(&host) };
        scan.reach_held(&mut |_| {});
        for (n, &mirror) in mirrors.iter().enumerate() {
            prop_assert_eq!(scan.is_reached(Side::Mirror(mirror)), alive.contains(&(true, n)), "mirror {}", n);
        }
        for n in graph.met_by_links() {
            prop_assert_eq!(scan.is_reached(Side::Host(n + 1)), alive.contains(&(false, n)), "host object {}", n);
        }
        let dead = scan.dead();

        // The second subtraction finds the same, until somebody takes a reference to one of them.
        for &side in &dead {
            if let Side::Mirror(mirror) = side {
                bridge.hold(mirror);
            }
        }
        // SAFETY: as above.
        let mut again = unsafe { bridge.scan_counting_again(&host, &dead) };
        again.reach_held(&mut |_| {});
        prop_assert_eq!(again.dead(), dead.clone());
        if let Some(&Side::Host(identity)) = dead.iter().find(|side| matches!(side, Side::Host(_))) {
            host.counts[identity - 1] += 1;
            // SAFETY: as above.
            let mut again = unsafe { bridge.scan_counting_again(&host, &dead) };
            again.reach_held(&mut |_| {});
            prop_assert!(again.is_reached(Side::Host(identity)));
        }
    }
}
