//! Freed blocks that are not used again for a while, poisoned, so that whoever still uses one can be told what it was.

use std::collections::{HashMap, VecDeque};

use crate::heap::{Heap, PREFIX, Watch};
use crate::object::{PyObject, PyTypeObject};
use crate::prefix::Prefix;

/// What freed memory is filled with.
pub(crate) const POISON: u8 = 0xDB;
/// How many bytes of freed blocks are kept.
const MOST_BYTES: usize = 64 << 20;

/// A freed block.
#[derive(Debug)]
pub struct Grave {
    /// What it was.
    pub what: Box<str>,
    bytes: usize,
}

/// The freed blocks, in the order of their deaths.
#[derive(Debug)]
pub(crate) struct Graves {
    poison_type: *mut PyTypeObject,
    order: VecDeque<usize>,
    known: HashMap<usize, Grave>,
    bytes: usize,
}

impl Graves {
    pub(crate) fn new(poison_type: *mut PyTypeObject) -> Self {
        Self { poison_type, order: VecDeque::new(), known: HashMap::new(), bytes: 0 }
    }

    /// Poison the `bytes` at `address`: a count that falls to zero at once, a type that tells.
    ///
    /// # Safety
    /// The block is the heap's, and nobody's any more.
    pub(crate) unsafe fn add(&mut self, address: *mut u8, bytes: usize, what: Box<str>) {
        // SAFETY: the caller's contract.
        unsafe {
            address.write_bytes(POISON, bytes);
            if bytes >= size_of::<PyObject>() {
                address.cast::<PyObject>().write(PyObject { ob_refcnt: 1, ob_type: self.poison_type });
            }
        }
        self.order.push_back(address as usize);
        self.known.insert(address as usize, Grave { what, bytes });
        self.bytes += bytes;
    }

    /// The oldest grave, if there are more than are kept, for its block to be used again.
    pub(crate) fn oldest(&mut self) -> Option<(*mut u8, Grave)> {
        if self.bytes <= MOST_BYTES {
            return None;
        }
        let address = self.order.pop_front()?;
        let grave = self.known.remove(&address)?;
        self.bytes -= grave.bytes;
        Some((address as *mut u8, grave))
    }

    pub(crate) fn find(&self, address: usize) -> Option<&Grave> {
        self.known.get(&address)
    }

    /// Whether somebody has written to the block since it was freed.
    pub(crate) fn is_disturbed(&self, address: *const u8, grave: &Grave) -> bool {
        let header = if grave.bytes >= size_of::<PyObject>() { size_of::<PyObject>() } else { 0 };
        // SAFETY: the block is the heap's as long as it is in the graves.
        unsafe {
            let rest = std::slice::from_raw_parts(address.add(header), grave.bytes - header);
            let object = address.cast::<PyObject>();
            let header_changed =
                header > 0 && ((*object).ob_refcnt != 1 || !std::ptr::eq((*object).ob_type, self.poison_type));
            header_changed || rest.iter().any(|&byte| byte != POISON)
        }
    }

    /// A grave whose block somebody has written to.
    pub(crate) fn disturbed(&self) -> Option<&Grave> {
        self.known
            .iter()
            .find(|&(&address, grave)| self.is_disturbed(address as *const u8, grave))
            .map(|(_, grave)| grave)
    }
}

impl Heap {
    /// Keep what is freed from now on for a while, with the poison `ob_type`. Not under valgrind, which does it better.
    pub fn keep_freed(&mut self, poison_type: *mut PyTypeObject) -> bool {
        if let Watch::Nobody = self.watch {
            self.watch = Watch::Graves(Box::new(Graves::new(poison_type)));
        }
        matches!(self.watch, Watch::Graves(_))
    }

    /// As [`Heap::free`], of a block that was `what`, and that is kept for a while if [`Heap::keep_freed`] said so. Gives what
    /// an older block was that somebody wrote to after it was freed, if one comes up.
    ///
    /// # Safety
    /// As for [`Heap::free`].
    #[cold]
    pub unsafe fn bury(&mut self, address: *mut u8, what: Box<str>) -> Option<Box<str>> {
        // SAFETY: the caller's contract.
        let usable = unsafe { self.usable_size(address) };
        let Watch::Graves(graves) = &mut self.watch else {
            // SAFETY: the caller's contract.
            unsafe { self.reuse(address) };
            return None;
        };
        // SAFETY: the block is nobody's any more; its prefix is before it, and keeps the class alone.
        unsafe {
            graves.add(address, usable, what);
            let block: *mut Prefix = address.wrapping_sub(PREFIX).cast();
            *block = Prefix::of_class((*block).class);
        }
        self.blocks -= 1;
        self.bytes -= usable + PREFIX;
        let mut disturbed = None;
        while let Watch::Graves(graves) = &mut self.watch
            && let Some((oldest, grave)) = graves.oldest()
        {
            if graves.is_disturbed(oldest, &grave) {
                disturbed = Some(grave.what.clone());
            }
            self.blocks += 1;
            self.bytes += grave.bytes + PREFIX;
            // SAFETY: a block of the heap's that nobody uses.
            unsafe { self.reuse(oldest) };
        }
        disturbed
    }

    /// What was at `address`, if that is a freed block that is kept.
    #[inline]
    pub fn grave(&self, address: usize) -> Option<&Grave> {
        match &self.watch {
            Watch::Graves(graves) => graves.find(address),
            _ => None,
        }
    }

    /// A freed block that somebody wrote to afterwards.
    pub fn disturbed_grave(&self) -> Option<&Grave> {
        match &self.watch {
            Watch::Graves(graves) => graves.disturbed(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freed_blocks_are_kept_poisoned_and_named() {
        let mut heap = Heap::new();
        let mut poison_type = 0_usize;
        assert!(heap.keep_freed((&raw mut poison_type).cast()));
        let address = heap.alloc(40).unwrap().as_ptr();
        // SAFETY: blocks of the heap's, written to where the test says so.
        unsafe {
            address.write_bytes(7, 40);
            assert!(heap.grave(address as usize).is_none());
            assert!(heap.bury(address, "a 'list'".into()).is_none());
            assert_eq!(heap.live(), (0, 0));
            assert_eq!(heap.grave(address as usize).unwrap().what.as_ref(), "a 'list'");
            assert_eq!((*address.cast::<PyObject>()).ob_refcnt, 1);
            assert_eq!(*address.add(16), POISON);
            assert!((0..100).all(|_| heap.alloc(40).unwrap().as_ptr() != address), "not used again at once");
            heap.for_each_live(|live| assert_ne!(live, address));
            assert!(heap.disturbed_grave().is_none());
            *address.add(30) = 1;
            assert_eq!(heap.disturbed_grave().unwrap().what.as_ref(), "a 'list'");
            let mut found = Vec::new();
            for _ in 0..70 {
                let large = heap.alloc(1 << 20).unwrap().as_ptr();
                found.extend(heap.bury(large, "large".into()));
            }
            assert_eq!(found, ["a 'list'".into()]);
            assert!(heap.grave(address as usize).is_none());
        }
    }
}
