//! Mirror memory: one reserved address range, size-class slabs that free one block at a time, and large blocks.
//!
//! An address in the range is a mirror and has its [`Prefix`] right before it: one subtraction and one comparison tell.
//! Every block starts with its prefix and is 16-byte aligned. Slabs are 64 KiB chunks of one class; a free block's first
//! word links to the next one. Large blocks are runs of chunks.

use std::collections::BTreeMap;
use std::ptr::{NonNull, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::prefix::Prefix;

const PREFIX: usize = size_of::<Prefix>();
const CHUNK: usize = 64 << 10;
/// Tried in turn: an address-space limit may refuse the larger ones.
const RESERVATIONS: [usize; 4] = [64 << 30, 8 << 30, 1 << 30, 128 << 20];
const FINE_CLASSES: usize = 33;
const CLASSES: usize = FINE_CLASSES + 12;
const LARGE: u8 = u8::MAX;

static BASE: AtomicUsize = AtomicUsize::new(0);
static LEN: AtomicUsize = AtomicUsize::new(0);

/// Whether `address` lies in the reserved range, and so is prefixed.
#[inline]
pub fn in_range(address: usize) -> bool {
    address.wrapping_sub(BASE.load(Relaxed)) < LEN.load(Relaxed)
}

/// The prefix of a mirror in the range.
///
/// # Safety
/// `address` is a mirror's and [`in_range`].
#[inline]
pub unsafe fn prefix_in_range(address: usize) -> *mut Prefix {
    (address - PREFIX) as *mut Prefix
}

/// The size of a class's blocks, prefix included.
const fn class_size(class: usize) -> usize {
    if class < FINE_CLASSES {
        return (class + 1) * 16;
    }
    let step = class - FINE_CLASSES;
    let power = 1024 << (step / 2);
    if step % 2 == 0 { power - power / 4 } else { power }
}

/// The class whose blocks hold `bytes` (prefix included); `None` for a large block.
fn class_of(bytes: usize) -> Option<usize> {
    let fine = bytes.div_ceil(16) - 1;
    if fine < FINE_CLASSES {
        return Some(fine);
    }
    (FINE_CLASSES..CLASSES).find(|&class| class_size(class) >= bytes)
}

/// The mirrors' memory. There is one per process: the range is the process's.
#[derive(Debug)]
pub struct Heap {
    next: usize,
    end: usize,
    free: [*mut FreeBlock; CLASSES],
    /// Runs of free chunks: address -> bytes.
    runs: BTreeMap<usize, usize>,
    /// Large blocks: address of the block -> bytes of its run.
    large: BTreeMap<usize, usize>,
    blocks: usize,
    bytes: usize,
}

#[derive(Debug)]
struct FreeBlock {
    next: *mut FreeBlock,
}

// SAFETY: the pointers are the heap's own blocks; whoever shares a heap synchronises access to it.
unsafe impl Send for Heap {}

impl Heap {
    /// Reserve the range (once per process; later heaps share it from where the first one stops being used) and start
    /// with nothing committed.
    ///
    /// # Panics
    /// If the system grants no address space at all.
    pub fn new() -> Self {
        let (base, len) = reserve();
        if BASE.load(Relaxed) == 0 {
            BASE.store(base, Relaxed);
            LEN.store(len, Relaxed);
        }
        Self {
            next: base,
            end: base + len,
            free: [null_mut(); CLASSES],
            runs: BTreeMap::new(),
            large: BTreeMap::new(),
            blocks: 0,
            bytes: 0,
        }
    }

    /// A block for a mirror of `size` bytes: the address of its `ob_refcnt`, the prefix zeroed, the rest not.
    /// `None` when the range is full.
    #[inline]
    pub fn alloc(&mut self, size: usize) -> Option<NonNull<u8>> {
        let bytes = size.checked_add(PREFIX)?;
        let Some(class) = class_of(bytes) else { return self.alloc_large(bytes) };
        if self.free[class].is_null() {
            self.refill(class)?;
        }
        let block = self.free[class];
        // SAFETY: blocks on the free list are ours and hold the link in their first word.
        unsafe {
            self.free[class] = (*block).next;
            block.cast::<Prefix>().write(Prefix::default());
            (*block.cast::<Prefix>()).class = class as u8;
        }
        self.blocks += 1;
        self.bytes += class_size(class);
        NonNull::new(block.cast::<u8>().wrapping_add(PREFIX))
    }

    /// Give a block back.
    ///
    /// # Safety
    /// `address` came from [`Heap::alloc`] and is not used any more.
    #[inline]
    pub unsafe fn free(&mut self, address: *mut u8) {
        let block = address.wrapping_sub(PREFIX);
        // SAFETY: the caller's contract: the prefix is before it.
        let class = unsafe { (*block.cast::<Prefix>()).class };
        self.blocks -= 1;
        if class == LARGE {
            return self.free_large(block as usize);
        }
        let class = usize::from(class);
        self.bytes -= class_size(class);
        // SAFETY: the block is the heap's again; its size is its class's.
        unsafe {
            if cfg!(debug_assertions) {
                block.write_bytes(0xDB, class_size(class));
            }
            block.cast::<FreeBlock>().write(FreeBlock { next: self.free[class] });
        }
        self.free[class] = block.cast();
    }

    /// Resize a block, keeping its prefix and contents; it may move.
    ///
    /// # Safety
    /// As for [`Heap::free`], if it succeeds.
    pub unsafe fn realloc(&mut self, address: *mut u8, size: usize) -> Option<NonNull<u8>> {
        // SAFETY: the caller's contract.
        let usable = unsafe { self.usable_size(address) };
        if size <= usable {
            return NonNull::new(address);
        }
        let new = self.alloc(size)?;
        // SAFETY: both blocks are live and at least `usable` bytes long; prefixes lie before them.
        unsafe {
            let old_prefix = &*address.wrapping_sub(PREFIX).cast::<Prefix>();
            let new_prefix = &mut *new.as_ptr().wrapping_sub(PREFIX).cast::<Prefix>();
            new_prefix.host = old_prefix.host;
            new_prefix.state = old_prefix.state;
            new.as_ptr().copy_from_nonoverlapping(address, usable);
            self.free(address);
        }
        Some(new)
    }

    /// The bytes a mirror at `address` may use.
    ///
    /// # Safety
    /// `address` came from [`Heap::alloc`].
    pub unsafe fn usable_size(&self, address: *mut u8) -> usize {
        let block = address.wrapping_sub(PREFIX);
        // SAFETY: the caller's contract.
        let class = unsafe { (*block.cast::<Prefix>()).class };
        if class == LARGE {
            return self.large[&(block as usize)] - PREFIX;
        }
        class_size(usize::from(class)) - PREFIX
    }

    /// Blocks in use and their bytes.
    pub fn live(&self) -> (usize, usize) {
        (self.blocks, self.bytes)
    }

    fn refill(&mut self, class: usize) -> Option<()> {
        let chunk = self.take_run(CHUNK)?;
        let size = class_size(class);
        let mut next = null_mut();
        for index in (0..CHUNK / size).rev() {
            let block = (chunk + index * size) as *mut FreeBlock;
            // SAFETY: inside the chunk just taken.
            unsafe { block.write(FreeBlock { next }) };
            next = block;
        }
        self.free[class] = next;
        Some(())
    }

    fn alloc_large(&mut self, bytes: usize) -> Option<NonNull<u8>> {
        let bytes = bytes.checked_next_multiple_of(CHUNK)?;
        let block = self.take_run(bytes)?;
        // SAFETY: inside the run just taken.
        unsafe {
            (block as *mut Prefix).write(Prefix::default());
            (*(block as *mut Prefix)).class = LARGE;
        }
        self.large.insert(block, bytes);
        self.blocks += 1;
        self.bytes += bytes;
        NonNull::new((block + PREFIX) as *mut u8)
    }

    fn free_large(&mut self, block: usize) {
        let bytes = self.large.remove(&block).expect("a large block is freed once");
        self.bytes -= bytes;
        // SAFETY: the run is ours and unused; the pages come back zeroed on the next use.
        unsafe { libc::madvise(block as *mut _, bytes, libc::MADV_DONTNEED) };
        let mut run = (block, bytes);
        if let Some((&before, &len)) = self.runs.range(..block).next_back()
            && before + len == block
        {
            self.runs.remove(&before);
            run = (before, len + bytes);
        }
        if let Some(len) = self.runs.remove(&(run.0 + run.1)) {
            run.1 += len;
        }
        self.runs.insert(run.0, run.1);
    }

    fn take_run(&mut self, bytes: usize) -> Option<usize> {
        if let Some((&run, &len)) = self.runs.iter().find(|&(_, &len)| len >= bytes) {
            self.runs.remove(&run);
            if len > bytes {
                self.runs.insert(run + bytes, len - bytes);
            }
            return Some(run);
        }
        if bytes > self.end - self.next {
            return None;
        }
        let run = self.next;
        // SAFETY: the pages are inside the reservation and not yet in use.
        let granted = unsafe { libc::mprotect(run as *mut _, bytes, libc::PROT_READ | libc::PROT_WRITE) };
        if granted != 0 {
            return None;
        }
        self.next += bytes;
        Some(run)
    }
}

impl Default for Heap {
    fn default() -> Self {
        Self::new()
    }
}

fn reserve() -> (usize, usize) {
    for len in RESERVATIONS {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: an anonymous mapping at an address of the system's choice touches nothing of ours.
        let base = unsafe { libc::mmap(null_mut(), len + CHUNK, libc::PROT_NONE, flags, -1, 0) };
        if base != libc::MAP_FAILED {
            return ((base as usize).next_multiple_of(CHUNK), len);
        }
    }
    panic!("no address space for mirrors: even {} MiB were refused", RESERVATIONS[3] >> 20);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_aligned_distinct_and_reused() {
        let mut heap = Heap::new();
        let mut seen = std::collections::HashSet::new();
        let sizes = [1, 16, 24, 32, 500, 512, 513, 700, 4000, 40_000, 70_000, 1 << 20];
        for size in sizes {
            let address = heap.alloc(size).unwrap().as_ptr();
            assert_eq!(address as usize % 16, 0);
            assert!(seen.insert(address as usize));
            // SAFETY: just allocated with this size.
            unsafe {
                address.write_bytes(0xAA, size);
                assert!(heap.usable_size(address) >= size);
            }
        }
        assert_eq!(heap.live().0, sizes.len());
        for address in seen {
            // SAFETY: allocated above, freed once.
            unsafe { heap.free(address as *mut u8) };
        }
        assert_eq!(heap.live(), (0, 0));
    }

    #[test]
    fn realloc_keeps_prefix_and_contents() {
        let mut heap = Heap::new();
        let address = heap.alloc(40).unwrap().as_ptr();
        // SAFETY: a live block of 40 bytes; addresses are used only while live.
        unsafe {
            address.write_bytes(7, 40);
            (*address.wrapping_sub(PREFIX).cast::<Prefix>()).host = 99;
            let moved = heap.realloc(address, 100_000).unwrap().as_ptr();
            assert_eq!((*moved.wrapping_sub(PREFIX).cast::<Prefix>()).host, 99);
            assert!((0..40).all(|index| *moved.add(index) == 7));
            heap.free(moved);
        }
    }

    #[test]
    fn freed_runs_are_joined() {
        let mut heap = Heap::new();
        let blocks: Vec<_> = (0..3).map(|_| heap.alloc(CHUNK).unwrap().as_ptr()).collect();
        for &block in &blocks {
            // SAFETY: allocated above, freed once.
            unsafe { heap.free(block) };
        }
        assert_eq!(heap.runs.len(), 1);
    }
}
