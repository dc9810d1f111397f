//! The brute-force reference: all objects with all their references, and the steps written as Python statements with what they
//! must find.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use proptest::prelude::*;

/// The number of an object.
type Serial = usize;

/// One step: what, and on what (indexes, modulo what there is).
#[derive(Clone, Copy)]
pub(crate) struct Step {
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
    HostMakes,
    HostPuts,
    HostTakesOut,
    HostReads,
    HostDrops,
    ToC,
    ToHost,
    CMakes,
    CPuts,
    CTakesOut,
    CReads,
    CDrops,
    CBorrows,
    CUsesBorrowed,
    Nursery,
    Everything,
    Collect,
    Look,
}

/// A sequence of steps.
pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    use Op::*;
    let op = prop_oneof![
        6 => Just(HostMakes), 6 => Just(HostPuts), 2 => Just(HostTakesOut), 2 => Just(HostReads), 5 => Just(HostDrops),
        5 => Just(ToC), 4 => Just(ToHost), 4 => Just(CMakes), 6 => Just(CPuts), 2 => Just(CTakesOut), 2 => Just(CReads),
        5 => Just(CDrops), 4 => Just(CBorrows), 4 => Just(CUsesBorrowed), 1 => Just(Nursery), 1 => Just(Everything),
        2 => Just(Collect), 1 => Just(Look),
    ];
    let step = (op, 0..64_usize, 0..64_usize, 0..64_usize).prop_map(|(op, a, b, c)| Step { op, a, b, c });
    prop::collection::vec(step, 1..60)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    Tuple,
    Dict,
    Inst,
    Slots,
    Mortal,
    Node,
    Final,
    Derived,
}

impl Kind {
    const BY_HOST: [Self; 9] = [
        Self::List,
        Self::Tuple,
        Self::Dict,
        Self::Inst,
        Self::Slots,
        Self::Mortal,
        Self::Node,
        Self::Final,
        Self::Derived,
    ];
    const BY_C: [Self; 5] = [Self::List, Self::Tuple, Self::Dict, Self::Node, Self::Final];

    fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Tuple => "tuple",
            Self::Dict => "dict",
            Self::Inst => "inst",
            Self::Slots => "slots",
            Self::Mortal => "mortal",
            Self::Node => "node",
            Self::Final => "final",
            Self::Derived => "derived",
        }
    }

    fn is_node(self) -> bool {
        matches!(self, Self::Node | Self::Final | Self::Derived)
    }

    /// How many positions there are; lists and tuples have as many as items.
    fn positions(self) -> Option<usize> {
        match self {
            Self::List | Self::Tuple => None,
            Self::Dict | Self::Inst | Self::Slots | Self::Mortal => Some(3),
            Self::Node | Self::Final | Self::Derived => Some(6),
        }
    }

    /// Whether C can borrow what lies at the position.
    fn lends(self, position: usize) -> bool {
        match self {
            Self::List | Self::Tuple | Self::Dict => true,
            _ => self.is_node() && position < 3,
        }
    }
}

#[derive(Debug)]
struct Entry {
    kind: Kind,
    children: Vec<Option<Serial>>,
}

const PLACES: usize = 8;

/// The model of one case, which writes its steps down as it goes.
#[derive(Default)]
pub(crate) struct Reference {
    objects: BTreeMap<Serial, Entry>,
    host: [Option<Serial>; PLACES],
    c: [Option<Serial>; PLACES],
    /// In C: the place of the owner, the owner, the item.
    borrowed: [Option<(usize, Serial, Serial)>; PLACES],
    finals: BTreeSet<Serial>,
    deleted: BTreeSet<Serial>,
    text: String,
    /// Collections that must have found something dead.
    pub(crate) busy: usize,
}

fn filled(places: &[Option<Serial>; PLACES], index: usize) -> Option<(usize, Serial)> {
    let used: Vec<(usize, Serial)> =
        places.iter().enumerate().filter_map(|(place, serial)| serial.map(|serial| (place, serial))).collect();
    (!used.is_empty()).then(|| used[index % used.len()])
}

impl Reference {
    /// The Python function that does the steps and checks what they give.
    pub(crate) fn script(steps: &[Step]) -> (String, usize) {
        let mut reference = Self::default();
        reference.text.push_str("def case():\n");
        for &step in steps {
            if reference.step(step).is_some() {
                reference.line("c.ask(0)");
            }
        }
        reference.collect();
        reference.line("reset()");
        (reference.text, reference.busy)
    }

    fn line(&mut self, text: &str) {
        writeln!(self.text, "    {text}").expect("a string grows");
    }

    fn reachable(&self) -> BTreeSet<Serial> {
        let mut found = BTreeSet::new();
        let mut todo: Vec<Serial> = self.host.iter().chain(&self.c).flatten().copied().collect();
        while let Some(serial) = todo.pop() {
            if found.insert(serial) {
                todo.extend(self.objects[&serial].children.iter().flatten());
            }
        }
        found
    }

    fn new_object(&mut self, kind: Kind, items: &[Serial]) -> Serial {
        // Serials begin at 1 and are not used again.
        let serial = self.objects.len() + 1;
        let mut children: Vec<Option<Serial>> = items.iter().copied().map(Some).collect();
        children.resize(kind.positions().unwrap_or(items.len()).max(items.len()), None);
        self.objects.insert(serial, Entry { kind, children });
        serial
    }

    /// A position of the container to put something, and one that has something.
    fn free_position(&self, container: Serial, index: usize) -> Option<usize> {
        let entry = &self.objects[&container];
        match entry.kind {
            Kind::Tuple => None,
            Kind::List => Some(index % (entry.children.len() + 1)),
            _ => Some(index % entry.children.len()),
        }
    }

    fn used_position(&self, container: Serial, index: usize) -> Option<usize> {
        let children = &self.objects[&container].children;
        let used: Vec<usize> = (0..children.len()).filter(|&position| children[position].is_some()).collect();
        (!used.is_empty()).then(|| used[index % used.len()])
    }

    fn put(&mut self, container: Serial, position: usize, item: Option<Serial>) {
        let entry = self.objects.get_mut(&container).expect("it is known");
        match (entry.kind, item) {
            (Kind::List, None) => _ = entry.children.remove(position),
            (Kind::List, _) if position == entry.children.len() => entry.children.push(item),
            _ => entry.children[position] = item,
        }
        self.forget_borrowed();
    }

    /// What C borrowed is good as long as its place holds the owner, and the owner the item.
    fn forget_borrowed(&mut self) {
        for slot in &mut self.borrowed {
            let Some((place, owner, item)) = *slot else { continue };
            if self.c[place] != Some(owner) || !self.objects[&owner].children.contains(&Some(item)) {
                *slot = None;
            }
        }
    }

    fn hold(&mut self, place: usize, item: Option<Serial>) {
        // Taken out and put back is another reference: whoever borrowed through the old one may not use it.
        self.c[place] = None;
        self.forget_borrowed();
        self.c[place] = item;
    }

    fn step(&mut self, Step { op, a, b, c }: Step) -> Option<()> {
        match op {
            Op::HostMakes => {
                let kind = Kind::BY_HOST[a % Kind::BY_HOST.len()];
                let items: Vec<_> =
                    [b, c].into_iter().take(b % 3).filter_map(|index| filled(&self.host, index)).collect();
                let serial = self.new_object(kind, &items.iter().map(|&(_, item)| item).collect::<Vec<_>>());
                let given: String = items.iter().map(|(place, _)| format!(", H[{place}]")).collect();
                let place = c % PLACES;
                self.line(&format!("H[{place}] = make('{}', {serial}{given})", kind.name()));
                self.host[place] = Some(serial);
            }
            Op::HostPuts => {
                let ((into, container), (from, item)) = (filled(&self.host, a)?, filled(&self.host, b)?);
                let position = self.free_position(container, c)?;
                self.line(&format!("put(H[{into}], {position}, H[{from}])"));
                self.put(container, position, Some(item));
            }
            Op::HostTakesOut => {
                let (from, container) = filled(&self.host, a)?;
                if self.objects[&container].kind == Kind::Tuple {
                    return None;
                }
                let position = self.used_position(container, b)?;
                self.line(&format!("put(H[{from}], {position}, None)"));
                self.put(container, position, None);
            }
            Op::HostReads => {
                let (from, container) = filled(&self.host, a)?;
                let position = self.used_position(container, b)?;
                let item = self.objects[&container].children[position]?;
                let place = c % PLACES;
                self.line(&format!("H[{place}] = get(H[{from}], {position}); same(serial(H[{place}]), {item})"));
                self.host[place] = Some(item);
            }
            Op::HostDrops => {
                let (place, _) = filled(&self.host, a)?;
                self.line(&format!("H[{place}] = None"));
                self.host[place] = None;
            }
            Op::ToC => {
                let (from, item) = filled(&self.host, a)?;
                let place = b % PLACES;
                self.line(&format!("c.hold({place}, H[{from}]); same(c.serial({place}), {item})"));
                self.hold(place, Some(item));
            }
            Op::ToHost => {
                let (from, item) = filled(&self.c, a)?;
                let place = b % PLACES;
                self.line(&format!("H[{place}] = c.give({from}); same(serial(H[{place}]), {item})"));
                self.host[place] = Some(item);
            }
            Op::CMakes => {
                let kind = Kind::BY_C[a % Kind::BY_C.len()];
                let items: Vec<_> = [b, c].into_iter().take(b % 3).filter_map(|index| filled(&self.c, index)).collect();
                let serial = self.new_object(kind, &items.iter().map(|&(_, item)| item).collect::<Vec<_>>());
                let from = |index: usize| items.get(index).map_or(-1, |&(place, _)| place as isize);
                let tag = if kind.is_node() { "None".to_owned() } else { format!("tag({serial})") };
                let place = c % PLACES;
                self.line(&format!("c.make({place}, '{}', {serial}, {tag}, {}, {})", kind.name(), from(0), from(1)));
                self.hold(place, Some(serial));
            }
            Op::CPuts => {
                let ((into, container), (from, item)) = (filled(&self.c, a)?, filled(&self.c, b)?);
                let position = self.free_position(container, c)?;
                self.line(&format!("c.put({into}, {position}, {from})"));
                self.put(container, position, Some(item));
            }
            Op::CTakesOut => {
                let (from, container) = filled(&self.c, a)?;
                if self.objects[&container].kind == Kind::Tuple {
                    return None;
                }
                let position = self.used_position(container, b)?;
                self.line(&format!("c.put({from}, {position}, -1)"));
                self.put(container, position, None);
            }
            Op::CReads => {
                let (from, container) = filled(&self.c, a)?;
                let position = self.used_position(container, b)?;
                let item = self.objects[&container].children[position]?;
                let place = c % PLACES;
                self.line(&format!("c.get({place}, {from}, {position}); same(c.serial({place}), {item})"));
                self.hold(place, Some(item));
            }
            Op::CDrops => {
                let (place, _) = filled(&self.c, a)?;
                self.line(&format!("c.drop({place})"));
                self.hold(place, None);
            }
            Op::CBorrows => {
                let (from, container) = filled(&self.c, a)?;
                let position = self.used_position(container, b)?;
                if !self.objects[&container].kind.lends(position) {
                    return None;
                }
                let item = self.objects[&container].children[position]?;
                let place = c % PLACES;
                self.line(&format!("c.borrow({place}, {from}, {position})"));
                self.borrowed[place] = Some((from, container, item));
            }
            Op::CUsesBorrowed => {
                let lent: Vec<usize> = (0..PLACES).filter(|&place| self.borrowed[place].is_some()).collect();
                let &place = lent.get(a % lent.len().max(1))?;
                let (_, _, item) = self.borrowed[place]?;
                self.line(&format!("number, H[{}] = c.use({place}); same(number, {item})", b % PLACES));
                self.line(&format!("same(serial(H[{}]), {item})", b % PLACES));
                self.host[b % PLACES] = Some(item);
            }
            Op::Nursery => self.line("c.ask(1)"),
            Op::Everything => self.line("c.ask(2)"),
            Op::Collect => self.collect(),
            Op::Look => self.look(),
        }
        Some(())
    }

    /// After a collection exactly what is reachable lives, and what died has been finalised.
    fn collect(&mut self) {
        let alive = self.reachable();
        let before = (self.finals.len(), self.deleted.len(), self.objects.len());
        for (&serial, entry) in self.objects.iter().filter(|(serial, _)| !alive.contains(serial)) {
            match entry.kind {
                Kind::Final => _ = self.finals.insert(serial),
                Kind::Mortal => _ = self.deleted.insert(serial),
                _ => {}
            }
        }
        let dead = self.objects.len() - alive.len();
        self.busy += usize::from(dead > 0 && before.2 > 1);
        let (finals, deleted): (Vec<_>, Vec<_>) = (self.finals.iter().collect(), self.deleted.iter().collect());
        let line = format!("collected({:?}, {deleted:?}, {finals:?})", alive.iter().collect::<Vec<_>>());
        self.line(&line);
        self.look();
    }

    /// Whatever the roots reach is what the model says, on either side.
    fn look(&mut self) {
        let places: Vec<usize> = (0..PLACES).filter(|&place| self.c[place].is_some()).collect();
        let shape: Vec<String> = self
            .reachable()
            .into_iter()
            .map(|serial| {
                let children = self.objects[&serial].children.iter();
                let numbers: Vec<isize> = children.map(|child| child.map_or(-1, |child| child as isize)).collect();
                format!("({serial}, {numbers:?})")
            })
            .collect();
        self.line(&format!("same(shape({places:?}), [{}])", shape.join(", ")));
    }
}
