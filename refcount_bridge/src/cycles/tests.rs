//! The rules of cycles, tried on made-up graphs.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;

impl super::Candidate for usize {
    type Index = hashbrown::HashMap<usize, u32>;
}

impl super::Candidate for u8 {
    type Index = hashbrown::HashMap<u8, u32>;
}

/// A graph written down: node -> (references from outside, edges).
#[derive(Debug, Clone, Default)]
struct Written {
    nodes: Vec<(isize, Vec<usize>)>,
    held: HashSet<usize>,
    traversals: usize,
}

impl Graph for Written {
    type Node = usize;

    fn nodes(&mut self, found: &mut dyn FnMut(usize)) {
        (0..self.nodes.len()).for_each(found);
    }

    fn count(&mut self, node: usize) -> isize {
        let inside = self.nodes.iter().flat_map(|(_, edges)| edges).filter(|&&edge| edge == node).count();
        self.nodes[node].0 + inside as isize
    }

    fn held(&mut self, node: usize) -> bool {
        self.held.contains(&node)
    }

    fn traverse(&mut self, node: usize, visit: &mut dyn FnMut(usize)) {
        self.traversals += 1;
        self.nodes[node].1.iter().for_each(|&edge| visit(edge));
    }
}

impl Written {
    fn alive(&self, roots: impl IntoIterator<Item = usize>) -> HashSet<usize> {
        let mut alive = HashSet::new();
        let mut pending: Vec<usize> = roots.into_iter().collect();
        while let Some(node) = pending.pop() {
            if alive.insert(node) {
                pending.extend(&self.nodes[node].1);
            }
        }
        alive
    }

    fn dead(&self, roots: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let alive = self.alive(roots);
        (0..self.nodes.len()).filter(|node| !alive.contains(node)).collect()
    }
}

fn dead(graph: &mut Written) -> Vec<usize> {
    let mut scan = Scan::of(graph);
    scan.reach_held(&mut |_| {});
    scan.dead()
}

#[test]
fn a_cycle_nobody_holds_is_dead_and_one_reference_keeps_it() {
    let mut graph = Written { nodes: vec![(0, vec![1]), (0, vec![0]), (0, vec![2, 2])], ..Written::default() };
    assert_eq!(dead(&mut graph), [0, 1, 2]);
    graph.nodes[1].0 = 1;
    assert_eq!(dead(&mut graph), [2]);
    graph.held.insert(2);
    assert_eq!(dead(&mut graph), []);
}

#[test]
fn a_traversal_that_visits_what_it_does_not_own_kills_nobody() {
    struct Overcounting;
    impl Graph for Overcounting {
        type Node = u8;
        fn nodes(&mut self, found: &mut dyn FnMut(u8)) {
            (0..2).for_each(found);
        }
        fn count(&mut self, _: u8) -> isize {
            1
        }
        fn held(&mut self, _: u8) -> bool {
            false
        }
        fn traverse(&mut self, _: u8, visit: &mut dyn FnMut(u8)) {
            visit(1);
        }
    }
    let mut scan = Scan::of(&mut Overcounting);
    scan.reach_held(&mut |_| {});
    assert_eq!(scan.dead(), []);
}

#[test]
fn a_chain_of_100_000_takes_no_stack_and_one_traversal_each() {
    const LENGTH: usize = 100_000;
    /// A ring, in constant time per question.
    struct Ring {
        held: usize,
        traversals: usize,
    }
    impl Graph for Ring {
        type Node = usize;
        fn nodes(&mut self, found: &mut dyn FnMut(usize)) {
            (0..LENGTH).for_each(found);
        }
        fn count(&mut self, node: usize) -> isize {
            1 + isize::from(node == self.held)
        }
        fn held(&mut self, _: usize) -> bool {
            false
        }
        fn traverse(&mut self, node: usize, visit: &mut dyn FnMut(usize)) {
            self.traversals += 1;
            visit((node + 1) % LENGTH);
        }
    }
    for (held, expected) in [(usize::MAX, LENGTH), (77, 0)] {
        let mut ring = Ring { held, traversals: 0 };
        let mut scan = Scan::of(&mut ring);
        let mut visits = 0;
        scan.reach_held(&mut |_| visits += 1);
        assert_eq!(scan.dead().len(), expected);
        assert_eq!(visits, LENGTH - expected);
        assert_eq!(ring.traversals, LENGTH);
    }
}

/// Objects of both sides: mirrors `0..`, host objects beside them, each link an edge.
#[derive(Debug, Clone)]
struct TwoSided {
    mirrors: Written,
    host: Written,
    /// mirror, host object, whether the link holds the host object (else the wrapper holds the mirror).
    links: Vec<(usize, usize, bool)>,
}

fn written(max: usize) -> impl Strategy<Value = Written> {
    let node = (prop_oneof![4 => Just(0_isize), 1 => 1..3_isize], prop::collection::vec(0..max, 0..3));
    prop::collection::vec(node, max).prop_map(|nodes| Written { nodes, ..Written::default() })
}

fn two_sided() -> impl Strategy<Value = TwoSided> {
    (1..9_usize, 1..9_usize).prop_flat_map(|(mirrors, objects)| {
        let links = prop::collection::vec((0..objects, any::<bool>()), mirrors.min(objects));
        (written(mirrors), written(objects), links).prop_map(|(mirrors, host, links)| {
            let mut used = HashSet::new();
            let links = links.into_iter().enumerate().map(|(mirror, (object, strong))| (mirror, object, strong));
            TwoSided { mirrors, host, links: links.filter(|&(_, object, _)| used.insert(object)).collect() }
        })
    })
}

impl TwoSided {
    /// Both sides in one numbering: host object n is node `mirrors + n`. A link holds both ways: the object finds its
    /// mirror as long as it lives, and whoever holds the mirror holds the object.
    fn joined(&self) -> Written {
        let shift = self.mirrors.nodes.len();
        let mut joined = self.mirrors.clone();
        for (outside, edges) in &self.host.nodes {
            joined.nodes.push((*outside, edges.iter().map(|edge| edge + shift).collect()));
        }
        for &(mirror, object, _) in &self.links {
            joined.nodes[mirror].1.push(object + shift);
            joined.nodes[object + shift].1.push(mirror);
        }
        joined
    }

    fn truth(&self) -> Vec<usize> {
        let joined = self.joined();
        let roots: Vec<usize> = (0..joined.nodes.len()).filter(|&node| joined.nodes[node].0 != 0).collect();
        joined.dead(roots)
    }

    /// The tracing host's way: marks of its own, and a scan that knows mirrors only.
    fn by_tracing(&self) -> Vec<usize> {
        let mut scan = Scan::of(&mut self.mirrors.clone());
        let object_of: HashMap<usize, usize> = self.links.iter().map(|&(mirror, object, _)| (mirror, object)).collect();
        let mirror_of: HashMap<usize, usize> = self.links.iter().map(|&(mirror, object, _)| (object, mirror)).collect();
        let mut marked = HashSet::new();
        let mut pending: Vec<usize> =
            (0..self.host.nodes.len()).filter(|&object| self.host.nodes[object].0 != 0).collect();
        scan.reach_held(&mut |mirror| pending.extend(object_of.get(&mirror)));
        while let Some(object) = pending.pop() {
            if !marked.insert(object) {
                continue;
            }
            pending.extend(&self.host.nodes[object].1);
            if let Some(&mirror) = mirror_of.get(&object) {
                scan.reach(mirror, &mut |mirror| pending.extend(object_of.get(&mirror)));
            }
        }
        let shift = self.mirrors.nodes.len();
        let objects = (0..self.host.nodes.len()).filter(|object| !marked.contains(object)).map(|object| object + shift);
        scan.dead().into_iter().chain(objects).collect()
    }
}

proptest! {
    #[test]
    fn subtraction_finds_what_reachability_finds(mut graph in written(12)) {
        let roots: Vec<usize> = (0..12).filter(|&node| graph.nodes[node].0 != 0).collect();
        let truth = graph.dead(roots);
        prop_assert_eq!(dead(&mut graph), truth);
        prop_assert_eq!(graph.traversals, 12);
    }

    #[test]
    fn tracing_and_refcounting_hosts_find_the_same_dead(graph in two_sided()) {
        let truth = graph.truth();
        prop_assert_eq!(&graph.by_tracing(), &truth);
        prop_assert_eq!(&dead(&mut graph.joined()), &truth);
    }
}

/// Rites that write down what happened; finalising `revives` brings these back.
#[derive(Default)]
struct Journal {
    finalizers: Vec<u8>,
    revives: Vec<u8>,
    log: Vec<String>,
}

impl LastRites for Journal {
    type Node = u8;

    fn clear_weak_references(&mut self, dead: &[u8]) {
        self.log.push(format!("weak {dead:?}"));
    }
    fn finalize(&mut self, node: u8) -> bool {
        let runs = self.finalizers.contains(&node);
        if runs {
            self.log.push(format!("finalize {node}"));
        }
        runs
    }
    fn still_dead(&mut self, dead: &[u8]) -> Vec<u8> {
        self.log.push("again".into());
        dead.iter().copied().filter(|node| !self.revives.contains(node)).collect()
    }
    fn clear(&mut self, node: u8) {
        self.log.push(format!("clear {node}"));
    }
    fn release(&mut self, node: u8, revived: bool) {
        self.log.push(format!("release {node}{}", if revived { " revived" } else { "" }));
    }
}

#[test]
fn finalizers_run_before_the_second_subtraction_and_that_before_any_clear() {
    let mut journal = Journal { finalizers: vec![1, 3], revives: vec![2], ..Journal::default() };
    assert_eq!(last_rites(&mut journal, &[1, 2, 3]), 2);
    let expected =
        "weak [1, 2, 3]; finalize 1; finalize 3; again; release 2 revived; clear 1; clear 3; release 1; release 3";
    assert_eq!(journal.log.join("; "), expected);
}

#[test]
fn without_finalizers_there_is_no_second_subtraction() {
    let mut journal = Journal::default();
    assert_eq!(last_rites(&mut journal, &[1, 2]), 2);
    assert_eq!(journal.log.join("; "), "weak [1, 2]; clear 1; clear 2; release 1; release 2");
}
