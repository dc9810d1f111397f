//! The leak ledger: live mirrors by type and state; two snapshots tell what stayed behind.

use std::collections::BTreeMap;
use std::ffi::CStr;
use std::fmt;

use object_mirror::heap;
use object_mirror::object::PyObject;

use crate::link::{Bridge, Link, State};

/// What keeps a mirror alive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Life {
    /// C's references alone; there is no host object.
    CBorn,
    /// C's references alone; the link holds the host object, which the host cannot find the mirror by.
    Owned,
    /// C's references and the share; the state is in the host.
    Shared,
    /// C's references and the share; the state is in C, the host has a wrapper.
    Wrapped,
    /// C's references alone; the link holds the wrapper.
    COwned,
    /// Neither side's counts end it.
    Immortal,
}

impl Life {
    fn of(link: Link) -> Self {
        match () {
            () if link.has(State::IMMORTAL) => Self::Immortal,
            () if link.host() == 0 => Self::CBorn,
            () if link.has(State::IN_C) && link.has(State::SHARED) => Self::Wrapped,
            () if link.has(State::IN_C) => Self::COwned,
            () if link.has(State::SHARED) => Self::Shared,
            () => Self::Owned,
        }
    }
}

impl fmt::Display for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::CBorn => "C-born",
            Self::Owned => "owned",
            Self::Shared => "shared",
            Self::Wrapped => "wrapped",
            Self::COwned => "C-owned",
            Self::Immortal => "immortal",
        })
    }
}

/// How many mirrors were live at one moment, or how many more than at another.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ledger {
    rows: BTreeMap<(String, Life), isize>,
}

impl Ledger {
    /// What changed since `earlier`: rows that did not are left out.
    pub fn since(&self, earlier: &Self) -> Self {
        let mut rows = self.rows.clone();
        for (key, &count) in &earlier.rows {
            *rows.entry(key.clone()).or_default() -= count;
        }
        rows.retain(|_, &mut count| count != 0);
        Self { rows }
    }

    /// Type, state and number, sorted by type.
    pub fn rows(&self) -> impl Iterator<Item = (&str, Life, isize)> {
        self.rows.iter().map(|((type_name, life), &count)| (type_name.as_str(), *life, count))
    }

    /// The sum of the numbers, immortal mirrors left out.
    pub fn mortal(&self) -> isize {
        self.rows().filter(|&(_, life, _)| life != Life::Immortal).map(|(.., count)| count).sum()
    }

    /// Whether nothing is live, or nothing changed.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (type_name, life, count) in self.rows() {
            writeln!(f, "{count:>8}  {life:<8}  {type_name}")?;
        }
        write!(f, "{:>8}  mortal in all", self.mortal())
    }
}

impl Bridge {
    /// The mirrors that are live now.
    ///
    /// # Safety
    /// The extension lock is held, and the mirrors' types are live.
    pub unsafe fn ledger(&self) -> Ledger {
        let mut rows: BTreeMap<(String, Life), isize> = BTreeMap::new();
        self.for_each_link(|mirror, link| {
            // SAFETY: the caller's contract: a live mirror of a live type, whose name is a C string or still NULL.
            let name = unsafe {
                let ty = (*mirror).ob_type;
                if ty.is_null() || (*ty).tp_name.is_null() { c"?" } else { CStr::from_ptr((*ty).tp_name) }
            };
            *rows.entry((name.to_string_lossy().into_owned(), Life::of(link))).or_default() += 1;
        });
        Ledger { rows }
    }

    /// Call `visit` with every mirror in whose memory an object's life is known to go on.
    pub fn for_each_link(&self, mut visit: impl FnMut(*mut PyObject, Link)) {
        self.for_batches_of_links(|batch| batch.iter().for_each(|&(mirror, link)| visit(mirror, link)));
    }

    /// As [`Bridge::for_each_link`], by the hundred: for those whose work on one is less than a call.
    pub(crate) fn for_batches_of_links(&self, mut visit: impl FnMut(&[(*mut PyObject, Link)])) {
        const BATCH: usize = 128;
        let mut batch = Vec::with_capacity(BATCH);
        let mut add = |mirror: *mut PyObject, link: Link| {
            if link.has(State::ALIVE | State::TRACKED) || link.host() != 0 {
                batch.push((mirror, link));
            }
            if batch.len() == BATCH {
                visit(&batch);
                batch.clear();
            }
        };
        self.heap.for_each_live(|block| {
            // SAFETY: the heap's blocks lie right behind their prefixes.
            add(block.cast(), Link::new(unsafe { heap::prefix_in_range(block as usize) }));
        });
        for (address, prefix) in self.side.iter() {
            add(address as *mut PyObject, Link::new(std::ptr::from_ref(prefix).cast_mut()));
        }
        visit(&batch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct NoHost;
    impl crate::GcHooks for NoHost {
        fn retain(&self, host: usize) -> usize {
            host
        }
        fn release(&self, _: usize) {}
        fn identity(&self, host: usize) -> usize {
            host
        }
        fn only_reference(&self, _: usize) -> bool {
            false
        }
    }

    fn ledger(rows: &[(&str, Life, isize)]) -> Ledger {
        Ledger { rows: rows.iter().map(|&(name, life, count)| ((name.to_owned(), life), count)).collect() }
    }

    #[test]
    fn a_difference_names_only_what_changed() {
        let before = ledger(&[("list", Life::Shared, 3), ("str", Life::CBorn, 7), ("tuple", Life::CBorn, 1)]);
        let after = ledger(&[("list", Life::Shared, 5), ("str", Life::CBorn, 7), ("int", Life::Immortal, 2)]);
        let difference = after.since(&before);
        assert_eq!(
            difference,
            ledger(&[("int", Life::Immortal, 2), ("list", Life::Shared, 2), ("tuple", Life::CBorn, -1)])
        );
        assert_eq!(difference.mortal(), 1);
        assert!(after.since(&after).is_empty());
        let printed =
            "       2  immortal  int\n       2  shared    list\n      -1  C-born    tuple\n       1  mortal in all";
        assert_eq!(difference.to_string(), printed);
    }

    #[test]
    fn live_mirrors_are_counted_by_type_and_state() {
        let mut bridge = Bridge::new();
        // SAFETY: a type is integers and pointers that may be NULL.
        let mut ty: object_mirror::object::PyTypeObject = unsafe { std::mem::zeroed() };
        ty.tp_name = c"probe".as_ptr();
        let mut mirrors = [std::ptr::null_mut::<PyObject>(); 3];
        for mirror in &mut mirrors {
            *mirror = bridge.heap.alloc(16).expect("memory").as_ptr().cast();
            // SAFETY: 16 bytes just allocated.
            unsafe { mirror.write(PyObject { ob_refcnt: 1, ob_type: &raw mut ty }) };
            bridge.begin_life(*mirror, &NoHost);
        }
        let _raw_memory_is_no_mirror = bridge.heap.alloc(100);
        bridge.link_value(mirrors[1], 11, Some(1));
        bridge.link_immortal(mirrors[2], 22, 2);
        // SAFETY: the type lives on this stack frame.
        let ledger = unsafe { bridge.ledger() };
        let rows: Vec<_> = ledger.rows().collect();
        assert_eq!(rows, [("probe", Life::CBorn, 1), ("probe", Life::Shared, 1), ("probe", Life::Immortal, 1)]);
    }
}
