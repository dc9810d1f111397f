//! Random sequences of everything both sides can do, on a host whose objects move at every step, against a model that
//! knows what must be alive: no leak, no early free, no stale link, every count right after every step.
//!
//! 500 sequences and more by default; `PIERGLASS_NIGHTLY=1` gives 10,000.

use mock_host::c_object::{Finalizer, SLOTS};
use mock_host::heap::{Kind, Word};
use mock_host::model::{Entry, Id, Model};
use mock_host::world::World;
use object_mirror::object::PyObject;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use refcount_bridge::{GcHooks, State};

/// One step: what, and on what (indexes, modulo what there is).
#[derive(Clone, Copy)]
struct Step {
    op: Op,
    a: usize,
    b: usize,
    c: usize,
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}({}, {}, {})", self.op, self.a, self.b, self.c)
    }
}

#[derive(Debug, Clone, Copy)]
enum Op {
    HostMakesList,
    HostMakesTuple,
    HostMakesNumber,
    HostAppends,
    HostPops,
    HostReads,
    HostSetsAttribute,
    HostReadsSlot,
    HostDrops,
    CMakesNode,
    CMakesTuple,
    CMakesNumber,
    CSetsSlot,
    CReadsSlot,
    CCopies,
    CDrops,
    CAppends,
    CReadsItem,
    CBorrowsItem,
    ToC,
    ToHost,
    Enter,
    Leave,
    SweepLent,
    Collect,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    use Op::*;
    let op = prop_oneof![
        3 => Just(HostMakesList), 2 => Just(HostMakesTuple), 1 => Just(HostMakesNumber), 4 => Just(HostAppends),
        1 => Just(HostPops), 2 => Just(HostReads), 2 => Just(HostSetsAttribute), 2 => Just(HostReadsSlot),
        5 => Just(HostDrops), 4 => Just(CMakesNode), 2 => Just(CMakesTuple), 1 => Just(CMakesNumber),
        6 => Just(CSetsSlot), 2 => Just(CReadsSlot), 1 => Just(CCopies), 6 => Just(CDrops), 2 => Just(CAppends),
        1 => Just(CReadsItem), 2 => Just(CBorrowsItem), 4 => Just(ToC), 4 => Just(ToHost), 2 => Just(Enter),
        2 => Just(Leave), 1 => Just(SweepLent), 2 => Just(Collect),
    ];
    let step = (op, 0..64_usize, 0..64_usize, 0..64_usize).prop_map(|(op, a, b, c)| Step { op, a, b, c });
    prop::collection::vec(step, 1..90)
}

const FINALIZERS: [Finalizer; 8] = [
    Finalizer::None,
    Finalizer::Idle,
    Finalizer::None,
    Finalizer::ReviveInHost,
    Finalizer::None,
    Finalizer::ReviveInC,
    Finalizer::None,
    Finalizer::ReviveNeighbour,
];

/// The world, the model, and the steps on both.
#[derive(Default)]
struct Rig {
    world: World,
    model: Model,
    /// Collections in which something died or was revived, to know that the sequences do what they are for.
    busy_collections: usize,
}

impl Rig {
    fn host_root(&self, index: usize) -> Option<(Id, Word)> {
        let roots = &self.model.host_roots;
        (!roots.is_empty()).then(|| roots[index % roots.len()])
    }

    fn c_root(&self, index: usize) -> Option<(Id, *mut PyObject)> {
        let roots = &self.model.c_roots;
        (!roots.is_empty()).then(|| roots[index % roots.len()])
    }

    /// A host root that is, or is not, a list.
    fn list_root(&self, index: usize) -> Option<(u64, Word)> {
        let (id, word) = self.host_root(index)?;
        self.as_list(id).map(|serial| (serial, word))
    }

    fn as_list(&self, id: Id) -> Option<u64> {
        let Id::Object(serial) = id else { return None };
        matches!(self.model.objects[&serial], Entry::List(_)).then_some(serial)
    }

    fn as_node(&self, id: Id) -> Option<u64> {
        let Id::Object(serial) = id else { return None };
        matches!(self.model.objects[&serial], Entry::Node { .. }).then_some(serial)
    }

    fn items(&mut self, serial: u64) -> &mut Vec<Id> {
        match self.model.objects.get_mut(&serial) {
            Some(Entry::List(items) | Entry::Tuple(items) | Entry::Node { dict: items, .. }) => items,
            None => panic!("{serial} is known"),
        }
    }

    fn run(&mut self, steps: &[Step]) {
        for &step in steps {
            self.world.relocate();
            match step.op {
                Op::Enter => self.world.enter(),
                Op::Leave if self.world.depth() > 0 => self.leave(),
                Op::Leave => {}
                _ if self.world.depth() > 0 => self.step(step),
                _ => {
                    // Every step that is not in a longer frame is a frame of its own.
                    self.world.enter();
                    self.step(step);
                    self.leave();
                }
            }
            self.model.follow(&mut self.world);
            self.model.check(&mut self.world);
        }
        self.end();
    }

    fn leave(&mut self) {
        if self.world.depth() == 1 {
            self.model.borrowed.clear();
        }
        self.world.leave();
    }

    fn step(&mut self, step: Step) {
        // A step that finds nothing to work on does nothing.
        let _done = self.try_step(step);
    }

    fn try_step(&mut self, Step { op, a, b, c }: Step) -> Option<()> {
        match op {
            Op::HostMakesList | Op::HostMakesTuple => {
                let items: Vec<(Id, Word)> =
                    [b, c].into_iter().take(a % 3).filter_map(|index| self.host_root(index)).collect();
                let addresses = items.iter().map(|&(_, word)| self.world.host.address(word)).collect();
                let ids = items.into_iter().map(|(id, _)| id).collect();
                let serial = self.world.new_serial();
                let (kind, entry) = match op {
                    Op::HostMakesList => (Kind::List, Entry::List(ids)),
                    _ => (Kind::Tuple, Entry::Tuple(ids)),
                };
                let word = self.world.host.new_object(serial, kind, addresses);
                self.model.objects.insert(serial, entry);
                self.model.host_roots.push((Id::Object(serial), word));
            }
            Op::HostMakesNumber => {
                let serial = self.world.new_serial();
                let number = (a % 3) as u8;
                let word = self.world.host.number(number, serial);
                self.model.host_roots.push((Id::Number(number), word));
            }
            Op::HostAppends => {
                let ((list, word), (item, item_word)) = (self.list_root(a)?, self.host_root(b)?);
                let address = self.world.host.address(item_word);
                self.world.host.change(self.world.host.address(word), |object| object.items.push(address));
                self.items(list).push(item);
            }
            Op::HostPops => {
                let (list, word) = self.list_root(a)?;
                self.items(list).pop();
                self.world.host.change(self.world.host.address(word), |object| {
                    object.items.pop();
                });
            }
            Op::HostReads => {
                let (_, word) = self.host_root(a)?;
                let items = self.world.host.object(self.world.host.address(word)).items;
                let &item = items.get(b % items.len().max(1))?;
                self.model.host_roots.push((Model::id_of_host(&self.world, item), self.world.host.handle(item)));
            }
            Op::HostSetsAttribute => {
                let ((id, word), (item, item_word)) = (self.host_root(a)?, self.host_root(b)?);
                let node = self.as_node(id)?;
                let address = self.world.host.address(item_word);
                self.world.host.change(self.world.host.address(word), |object| object.items.push(address));
                self.items(node).push(item);
            }
            Op::HostReadsSlot => {
                let (id, word) = self.host_root(a)?;
                self.as_node(id)?;
                let Kind::Wrapper { mirror, .. } = self.world.host.object(self.world.host.address(word)).kind else {
                    panic!("a node's host object is a wrapper");
                };
                let slot = self.world.fields(mirror).slots[b % SLOTS];
                if !slot.is_null() {
                    self.cross_to_host(slot);
                }
            }
            Op::HostDrops => {
                self.host_root(a)?;
                let index = a % self.model.host_roots.len();
                let (_, word) = self.model.host_roots.swap_remove(index);
                self.world.host.release(word);
            }
            Op::CMakesNode => {
                let finalizer = FINALIZERS[a % FINALIZERS.len()];
                let node = self.world.new_node(finalizer);
                let serial = self.world.fields(node).serial;
                let entry = Entry::Node { slots: [None; SLOTS], dict: Vec::new(), finalizer, finalized: false };
                self.model.objects.insert(serial, entry);
                self.model.c_roots.push((Id::Object(serial), node));
            }
            Op::CMakesTuple => {
                let items: Vec<_> = [b, c].into_iter().take(a % 3).filter_map(|index| self.c_root(index)).collect();
                let tuple = self.world.new_tuple(&items.iter().map(|&(_, item)| item).collect::<Vec<_>>());
                let serial = self.world.fields(tuple).serial;
                self.model.objects.insert(serial, Entry::Tuple(items.into_iter().map(|(id, _)| id).collect()));
                self.model.c_roots.push((Id::Object(serial), tuple));
            }
            Op::CMakesNumber => {
                let number = (a % 3) as u8;
                let mirror = self.world.new_number(number);
                self.model.c_roots.push((Id::Number(number), mirror));
            }
            Op::CSetsSlot => {
                let (id, node) = self.c_root(a)?;
                let serial = self.as_node(id)?;
                let item = if c.is_multiple_of(5) { None } else { self.c_root(b) };
                let Some(Entry::Node { slots, .. }) = self.model.objects.get_mut(&serial) else { unreachable!() };
                slots[c % SLOTS] = item.map(|(id, _)| id);
                self.world.set_slot(node, c % SLOTS, item.map_or(std::ptr::null_mut(), |(_, item)| item));
            }
            Op::CReadsSlot => {
                let (_, mirror) = self.c_root(a)?;
                let slot = self.world.fields(mirror).slots[b % SLOTS];
                if !slot.is_null() {
                    self.world.incref(slot);
                    self.model.c_roots.push((Model::id_of_c(&self.world, slot), slot));
                }
            }
            Op::CCopies => {
                let (id, mirror) = self.c_root(a)?;
                self.world.incref(mirror);
                self.model.c_roots.push((id, mirror));
            }
            Op::CDrops => {
                self.c_root(a)?;
                let index = a % self.model.c_roots.len();
                let (_, mirror) = self.model.c_roots.swap_remove(index);
                self.world.decref(mirror);
            }
            Op::CAppends => {
                let ((id, list), (item, mirror)) = (self.c_root(a)?, self.c_root(b)?);
                let serial = self.as_list(id)?;
                let (list, item_word) = (self.world.to_host(list), self.world.to_host(mirror));
                let address = self.world.host.address(item_word);
                self.world.host.change(self.world.host.address(list), |object| object.items.push(address));
                self.world.host.release(list);
                self.world.host.release(item_word);
                self.items(serial).push(item);
            }
            Op::CReadsItem | Op::CBorrowsItem => {
                let (id, list) = self.c_root(a)?;
                self.as_list(id)?;
                let list = self.world.to_host(list);
                let items = self.world.host.object(self.world.host.address(list)).items;
                self.world.host.release(list);
                let word = self.world.host.handle(*items.get(b % items.len().max(1))?);
                let (item, mirror) =
                    (Model::id_of_host(&self.world, self.world.host.address(word)), self.world.to_c(word));
                self.world.host.release(word);
                if matches!(op, Op::CReadsItem) {
                    self.model.c_roots.push((item, mirror));
                } else {
                    // What the container owns needs no lending: C may use it as long as the container does.
                    if self.world.bridge.link(mirror).has(State::LENT) {
                        self.model.borrowed.push((item, mirror));
                    }
                    self.world.decref(mirror);
                }
            }
            Op::ToC => {
                let (id, word) = self.host_root(a)?;
                let mirror = self.world.to_c(word);
                assert_eq!(Model::id_of_c(&self.world, mirror), id);
                self.model.c_roots.push((id, mirror));
            }
            Op::ToHost => {
                let (id, mirror) = self.c_root(a)?;
                self.cross_to_host(mirror);
                assert_eq!(self.model.host_roots.last().map(|&(id, _)| id), Some(id));
            }
            Op::Enter | Op::Leave => {}
            Op::SweepLent => self.world.sweep_lent(),
            Op::Collect => self.collect(),
        }
        Some(())
    }

    fn cross_to_host(&mut self, mirror: *mut PyObject) {
        let word = self.world.to_host(mirror);
        let id = Model::id_of_host(&self.world, self.world.host.address(word));
        self.model.host_roots.push((id, word));
    }

    /// One collection ends C's side of the dead; the next one sweeps what their callbacks could still touch.
    fn collect(&mut self) {
        for _ in 0..2 {
            self.world.collect();
            self.busy_collections += usize::from(!self.world.events.destroyed.is_empty());
            self.model.follow(&mut self.world);
            self.model.check(&mut self.world);
        }
        self.model.check_nothing_leaked(&mut self.world);
    }

    /// Both sides let go of everything: nothing is left.
    fn end(&mut self) {
        while self.world.depth() > 0 {
            self.leave();
        }
        self.model.follow(&mut self.world);
        // Finalisers run once each, so what they revive comes to an end.
        loop {
            for (_, word) in std::mem::take(&mut self.model.host_roots) {
                self.world.host.release(word);
            }
            while let Some((_, mirror)) = self.model.c_roots.pop() {
                self.world.decref(mirror);
            }
            self.model.follow(&mut self.world);
            self.collect();
            if self.model.host_roots.is_empty() && self.model.c_roots.is_empty() {
                break;
            }
        }
        // SAFETY: one thread; the types live in the world.
        let ledger = unsafe { self.world.bridge.ledger() };
        assert!(ledger.is_empty(), "left over:\n{ledger}");
        assert_eq!(self.world.bridge.heap.live(), (0, 0), "mirror memory");
        assert_eq!(self.world.bridge.mapped(), 0, "links in the map");
        assert_eq!(self.world.bridge.retained_len(), 0, "retained mirrors");
        assert_eq!(self.world.host.objects(), [], "host objects");
        assert_eq!(self.world.host.handles(), [], "handles");
        assert!(
            self.model.objects.values().all(|entry| !matches!(entry, Entry::Node { .. })),
            "every node was destroyed"
        );
    }
}

fn sequences() -> u32 {
    if std::env::var_os("PIERGLASS_NIGHTLY").is_some_and(|value| value == "1") { 10_000 } else { 600 }
}

#[test]
fn whatever_both_sides_do_the_living_live_and_the_dead_go() {
    let busy = std::cell::Cell::new(0);
    let config = ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::with_cases(sequences())
    };
    let result = TestRunner::new(config).run(&steps(), |steps| {
        let outcome = std::panic::catch_unwind(|| {
            let mut rig = Rig::default();
            rig.run(&steps);
            rig.busy_collections
        });
        let count = outcome.map_err(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            TestCaseError::fail(
                text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned())).unwrap_or_default(),
            )
        })?;
        busy.set(busy.get() + usize::from(count > 0));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(
        busy.get() * 4 > sequences() as usize,
        "too few sequences ({}) give a collection something to do",
        busy.get()
    );
}
