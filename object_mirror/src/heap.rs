//! Mirror memory: one reserved address range, size-class slabs that free one block at a time, and large blocks.
//!
//! An address in the range is a mirror and has its [`Prefix`] right before it: one subtraction and one comparison tell.
//! Every block starts with its prefix and is 16-byte aligned. Slabs are 64 KiB chunks of one class, carved into blocks as
//! they are needed, so that memory nobody asked for is never touched; a free block's prefix links to the next free one
//! and has the class 0, which is also what memory that was never carved reads as. Large blocks are runs of chunks and
//! give their pages back when freed. The range belongs to the process; heaps take chunks of it and return them when they
//! are dropped, and in a program there is one heap.

use std::collections::BTreeMap;
use std::ptr::{NonNull, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::graves::{Graves, POISON};
use crate::prefix::Prefix;
use crate::valgrind;

pub(crate) const PREFIX: usize = size_of::<Prefix>();
const CHUNK: usize = 64 << 10;
/// How much of a chunk is carved into free blocks at a time.
const CARVE: usize = 4 << 10;
/// Tried in turn: an address-space limit may refuse the larger ones.
const RESERVATIONS: [usize; 4] = [64 << 30, 8 << 30, 1 << 30, 128 << 20];
/// Classes in steps of 16 bytes, up to objects of 512 bytes.
const FINE_CLASSES: usize = 33;
/// And two for each power of two above, up to 32 KiB.
const CLASSES: usize = FINE_CLASSES + 12;
/// [`Prefix::class`] of a free block; a slab's block has its class plus one.
const FREE: u8 = 0;
const LARGE: u8 = u8::MAX;

static BASE: AtomicUsize = AtomicUsize::new(0);
static LEN: AtomicUsize = AtomicUsize::new(0);

/// Whether `address` lies in the reserved range, and so is prefixed.
#[inline]
pub fn in_range(address: usize) -> bool {
    Range::reserved().has(address)
}

/// The reserved range, for those who ask of many addresses. It is empty until the first heap takes memory.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    base: usize,
    len: usize,
}

impl Range {
    /// The range as it is now.
    #[inline]
    pub fn reserved() -> Self {
        Self { base: BASE.load(Relaxed), len: LEN.load(Relaxed) }
    }

    /// Whether the address lies in it.
    #[inline]
    pub fn has(self, address: usize) -> bool {
        address.wrapping_sub(self.base) < self.len
    }
}

/// The prefix of a mirror in the range.
///
/// # Safety
/// `address` is a mirror's and [`in_range`].
#[inline]
pub unsafe fn prefix_in_range(address: usize) -> *mut Prefix {
    (address - PREFIX) as *mut Prefix
}

/// Mirror memory. A program has one; every heap takes its chunks from the process's one range.
#[derive(Debug)]
pub struct Heap {
    /// Per class: free blocks, linked through their prefix's first word.
    free: [*mut Prefix; CLASSES],
    /// Per class: the part of its newest chunk that is not carved yet.
    fresh: [(usize, usize); CLASSES],
    /// The slabs: address, class.
    chunks: Vec<(usize, usize)>,
    /// Large blocks: address of the block -> bytes of its run.
    large: BTreeMap<usize, usize>,
    pub(crate) blocks: usize,
    pub(crate) bytes: usize,
    pub(crate) watch: Watch,
}

/// Who wants to know of blocks that are freed: they are not used again at once then, or a use of the freed one would be missed.
#[derive(Debug)]
pub(crate) enum Watch {
    Nobody,
    Valgrind,
    Graves(Box<Graves>),
    /// CPython's debug hooks: what is freed is filled with this byte.
    Filler(u8),
}

// SAFETY: the pointers are the heap's own blocks; whoever shares a heap synchronises access to it.
unsafe impl Send for Heap {}

impl Heap {
    /// An empty heap; the first one reserves the process's range.
    ///
    /// # Panics
    /// If the system grants no address space at all.
    pub fn new() -> Self {
        drop(pool());
        Self {
            free: [null_mut(); CLASSES],
            fresh: [(0, 0); CLASSES],
            chunks: Vec::new(),
            large: BTreeMap::new(),
            blocks: 0,
            bytes: 0,
            watch: if valgrind::is_watching() { Watch::Valgrind } else { Watch::Nobody },
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
        // SAFETY: a block on the free list is ours and holds the link in its prefix.
        unsafe {
            self.free[class] = (*block).host as *mut Prefix;
            *block = Prefix::of_class(class as u8 + 1);
        }
        self.blocks += 1;
        self.bytes += class_size(class);
        let address = block.cast::<u8>().wrapping_add(PREFIX);
        if let Watch::Valgrind = self.watch {
            valgrind::allocated(address, class_size(class) - PREFIX);
        }
        NonNull::new(address)
    }

    /// As [`Heap::alloc`], with all of it zeroed. The pages of a large block read as zeroes: they are left untouched.
    pub fn alloc_zeroed(&mut self, size: usize) -> Option<NonNull<u8>> {
        let address = self.alloc(size)?;
        if class_of(size + PREFIX).is_some() {
            // SAFETY: a fresh block of that size.
            unsafe { address.write_bytes(0, size) };
        }
        Some(address)
    }

    /// Give a block back.
    ///
    /// # Safety
    /// `address` came from [`Heap::alloc`] and is not used any more.
    #[inline]
    pub unsafe fn free(&mut self, address: *mut u8) {
        if let Watch::Graves(_) = self.watch {
            // SAFETY: the caller's contract.
            unsafe { self.bury(address, "memory without an object".into()) };
            return;
        }
        // SAFETY: the caller's contract.
        unsafe { self.reuse(address) };
    }

    /// Fill blocks with `byte` when they are freed, unless somebody watches them already.
    pub fn fill_freed(&mut self, byte: u8) {
        if let Watch::Nobody = self.watch {
            self.watch = Watch::Filler(byte);
        }
    }

    /// Put a block among those that are free.
    ///
    /// # Safety
    /// As for [`Heap::free`].
    #[inline]
    pub(crate) unsafe fn reuse(&mut self, address: *mut u8) {
        let block: *mut Prefix = address.wrapping_sub(PREFIX).cast();
        // SAFETY: the caller's contract: the prefix is before it.
        let class = unsafe { (*block).class };
        debug_assert_ne!(class, FREE, "{address:p} is freed twice, or is no mirror");
        self.blocks -= 1;
        if class == LARGE {
            return self.free_large(block as usize);
        }
        let class = usize::from(class - 1);
        self.bytes -= class_size(class);
        // SAFETY: the block is the heap's again; its size is its class's.
        unsafe {
            if cfg!(debug_assertions) {
                address.write_bytes(POISON, class_size(class) - PREFIX);
            }
            *block = Prefix::of_class(FREE);
            match self.watch {
                Watch::Valgrind => return valgrind::freed(address),
                Watch::Filler(byte) => address.write_bytes(byte, class_size(class) - PREFIX),
                Watch::Nobody | Watch::Graves(_) => {}
            }
            (*block).host = self.free[class] as usize;
        }
        self.free[class] = block;
    }

    /// Resize a block, keeping its prefix and the contents up to the smaller of both sizes; it may move.
    ///
    /// # Safety
    /// As for [`Heap::free`], if it succeeds.
    pub unsafe fn realloc(&mut self, address: *mut u8, size: usize) -> Option<NonNull<u8>> {
        // SAFETY: the caller's contract.
        let usable = unsafe { self.usable_size(address) };
        let wasteful = usable > CARVE && size < usable / 2;
        if size <= usable && !wasteful {
            return NonNull::new(address);
        }
        if usable >= CHUNK / 2 && self.grow_large(address as usize - PREFIX, size) {
            return NonNull::new(address);
        }
        let new = self.alloc(size)?;
        // SAFETY: both blocks are live and at least that many bytes long; prefixes lie before them.
        unsafe {
            let old_prefix = &*address.wrapping_sub(PREFIX).cast::<Prefix>();
            let new_prefix = &mut *new.as_ptr().wrapping_sub(PREFIX).cast::<Prefix>();
            new_prefix.host = old_prefix.host;
            new_prefix.state = old_prefix.state;
            new.as_ptr().copy_from_nonoverlapping(address, usable.min(size));
            self.free(address);
        }
        Some(new)
    }

    /// The bytes a mirror at `address` may use.
    ///
    /// # Safety
    /// `address` came from [`Heap::alloc`].
    pub unsafe fn usable_size(&self, address: *mut u8) -> usize {
        let block: *mut Prefix = address.wrapping_sub(PREFIX).cast();
        // SAFETY: the caller's contract.
        let class = unsafe { (*block).class };
        if class == LARGE {
            return self.large[&(block as usize)] - PREFIX;
        }
        class_size(usize::from(class - 1)) - PREFIX
    }

    /// Call `visit` with the address of every block in use, slabs first.
    pub fn for_each_live(&self, mut visit: impl FnMut(*mut u8)) {
        for &(chunk, class) in &self.chunks {
            let size = class_size(class);
            let mut block = chunk;
            for _ in 0..CHUNK / size {
                // SAFETY: blocks of a chunk of ours; what is not carved yet reads as zeroes.
                let is_used = unsafe { (*(block as *const Prefix)).class } != FREE;
                if is_used && self.grave(block + PREFIX).is_none() {
                    visit((block + PREFIX) as *mut u8);
                }
                block += size;
            }
        }
        for address in self.large.keys().map(|&block| block + PREFIX) {
            if self.grave(address).is_none() {
                visit(address as *mut u8);
            }
        }
    }

    /// Blocks in use and their bytes.
    pub fn live(&self) -> (usize, usize) {
        (self.blocks, self.bytes)
    }

    /// Put the next blocks of the class on its free list, in address order.
    #[cold]
    fn refill(&mut self, class: usize) -> Option<()> {
        let size = class_size(class);
        let (mut from, mut end) = self.fresh[class];
        if end - from < size {
            from = pool().take(CHUNK)?;
            end = from + CHUNK;
            self.chunks.push((from, class));
        }
        let count = (CARVE / size).max(1).min((end - from) / size);
        let mut next = null_mut();
        for index in (0..count).rev() {
            let block = (from + index * size) as *mut Prefix;
            // SAFETY: inside the chunk's part that nobody uses yet.
            unsafe {
                *block = Prefix::of_class(FREE);
                (*block).host = next as usize;
            }
            next = block;
        }
        self.fresh[class] = (from + count * size, end);
        self.free[class] = next;
        Some(())
    }

    fn alloc_large(&mut self, bytes: usize) -> Option<NonNull<u8>> {
        let bytes = bytes.checked_next_multiple_of(CHUNK)?;
        let block = pool().take(bytes)?;
        // SAFETY: inside the run just taken.
        unsafe { *(block as *mut Prefix) = Prefix::of_class(LARGE) };
        self.large.insert(block, bytes);
        self.blocks += 1;
        self.bytes += bytes;
        NonNull::new((block + PREFIX) as *mut u8)
    }

    /// Grow a large block where it is, if the memory behind it is free.
    fn grow_large(&mut self, block: usize, size: usize) -> bool {
        let Some(old) = self.large.get_mut(&block) else { return false };
        let Some(bytes) = size.checked_add(PREFIX).and_then(|bytes| bytes.checked_next_multiple_of(CHUNK)) else {
            return false;
        };
        if bytes <= *old || !pool().take_at(block + *old, bytes - *old) {
            return false;
        }
        self.bytes += bytes - *old;
        *old = bytes;
        true
    }

    fn free_large(&mut self, block: usize) {
        let bytes = self.large.remove(&block).expect("a large block is freed once");
        self.bytes -= bytes;
        pool().give(block, bytes);
    }
}

impl Default for Heap {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        let mut pool = pool();
        for &(chunk, _) in &self.chunks {
            pool.give(chunk, CHUNK);
        }
        for (&block, &bytes) in &self.large {
            pool.give(block, bytes);
        }
    }
}

/// The size of a class's blocks, prefix included.
const fn class_size(class: usize) -> usize {
    if class < FINE_CLASSES {
        return (class + 1) * 16;
    }
    let step = class - FINE_CLASSES;
    let power = 1024 << (step / 2);
    if step.is_multiple_of(2) { power - power / 4 } else { power }
}

/// The class whose blocks hold `bytes` (prefix included); `None` for a large block.
#[inline]
fn class_of(bytes: usize) -> Option<usize> {
    let fine = bytes.div_ceil(16) - 1;
    if fine < FINE_CLASSES {
        return Some(fine);
    }
    (FINE_CLASSES..CLASSES).find(|&class| class_size(class) >= bytes)
}

/// The process's range, in chunks: what no heap uses at the moment.
struct Pool {
    /// From here to `end` nothing was used yet.
    next: usize,
    end: usize,
    /// Runs that were given back: address -> bytes; neighbours are joined.
    runs: BTreeMap<usize, usize>,
}

static POOL: Mutex<Pool> = Mutex::new(Pool { next: 0, end: 0, runs: BTreeMap::new() });

fn pool() -> MutexGuard<'static, Pool> {
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    if pool.end == 0 {
        let (base, len) = reserve();
        (pool.next, pool.end) = (base, base + len);
        LEN.store(len, Relaxed);
        BASE.store(base, Relaxed);
    }
    pool
}

impl Pool {
    /// A run of `bytes`, a multiple of the chunk size, reading as zeroes.
    fn take(&mut self, bytes: usize) -> Option<usize> {
        if let Some((&run, &len)) = self.runs.iter().find(|&(_, &len)| len >= bytes) {
            self.runs.remove(&run);
            if len > bytes {
                self.runs.insert(run + bytes, len - bytes);
            }
            return Some(run);
        }
        let run = self.next;
        self.commit(bytes).then_some(run)
    }

    /// The run of `bytes` that starts at `address`, if it is free.
    fn take_at(&mut self, address: usize, bytes: usize) -> bool {
        if address == self.next {
            return self.commit(bytes);
        }
        let Some(&len) = self.runs.get(&address) else { return false };
        if len < bytes {
            return false;
        }
        self.runs.remove(&address);
        if len > bytes {
            self.runs.insert(address + bytes, len - bytes);
        }
        true
    }

    fn commit(&mut self, bytes: usize) -> bool {
        if bytes > self.end - self.next {
            return false;
        }
        // SAFETY: the pages are inside the reservation and not in use.
        let granted = unsafe { libc::mprotect(self.next as *mut _, bytes, libc::PROT_READ | libc::PROT_WRITE) };
        if granted != 0 {
            return false;
        }
        self.next += bytes;
        true
    }

    fn give(&mut self, run: usize, bytes: usize) {
        // SAFETY: the run is unused; its pages go back to the system and read as zeroes from now on.
        unsafe { libc::madvise(run as *mut _, bytes, libc::MADV_DONTNEED) };
        let mut joined = (run, bytes);
        if let Some((&before, &len)) = self.runs.range(..run).next_back()
            && before + len == run
        {
            self.runs.remove(&before);
            joined = (before, len + bytes);
        }
        if let Some(len) = self.runs.remove(&(joined.0 + joined.1)) {
            joined.1 += len;
        }
        self.runs.insert(joined.0, joined.1);
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
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn blocks_are_aligned_distinct_and_reused() {
        let mut heap = Heap::new();
        let mut seen = std::collections::HashSet::new();
        let sizes = [1, 16, 24, 32, 500, 512, 513, 700, 4000, 32 << 10, 40_000, 70_000, 1 << 20];
        for size in sizes {
            let address = heap.alloc(size).unwrap().as_ptr();
            assert_eq!(address as usize % 16, 0);
            assert!(in_range(address as usize));
            assert!(seen.insert(address as usize));
            // SAFETY: just allocated with this size.
            unsafe {
                address.write_bytes(0xAA, size);
                assert!(heap.usable_size(address) >= size);
            }
        }
        assert_eq!(heap.live().0, sizes.len());
        for &address in &seen {
            // SAFETY: allocated above, freed once.
            unsafe { heap.free(address as *mut u8) };
        }
        assert_eq!(heap.live(), (0, 0));
        assert!(seen.contains(&(heap.alloc(24).unwrap().as_ptr() as usize)), "freed memory is used again");
    }

    #[test]
    fn what_is_not_ours_is_out_of_range() {
        let _heap = Heap::new();
        let local = 0_u64;
        assert!(!in_range(&raw const local as usize));
        assert!(!in_range(0));
        let boxed = Box::new(0_u64);
        assert!(!in_range(&raw const *boxed as usize));
    }

    #[test]
    fn classes_cover_every_size_tightly() {
        for bytes in 1..=32 << 10 {
            let class = class_of(bytes).unwrap();
            assert!(class_size(class) >= bytes);
            assert!(class == 0 || class_size(class - 1) < bytes);
            assert_eq!(class_size(class) % 16, 0);
        }
        assert_eq!(class_of((32 << 10) + 1), None);
    }

    #[test]
    fn absurd_sizes_are_refused() {
        let mut heap = Heap::new();
        assert!(heap.alloc(usize::MAX).is_none());
        assert!(heap.alloc(isize::MAX as usize).is_none());
        assert!(heap.alloc(1 << 40).is_none());
        assert_eq!(heap.live(), (0, 0));
    }

    #[test]
    fn realloc_keeps_prefix_and_contents() {
        let mut heap = Heap::new();
        let address = heap.alloc(40).unwrap().as_ptr();
        // SAFETY: a live block of 40 bytes; addresses are used only while live.
        unsafe {
            address.write_bytes(7, 40);
            (*prefix_in_range(address as usize)).host = 99;
            (*prefix_in_range(address as usize)).state = 5;
            let mut moved = address;
            for size in [600, 100_000, 300_000, 40] {
                moved = heap.realloc(moved, size).unwrap().as_ptr();
                assert!(heap.usable_size(moved) >= size);
                assert_eq!((*prefix_in_range(moved as usize)).host, 99);
                assert_eq!((*prefix_in_range(moved as usize)).state, 5);
                assert!((0..40).all(|index| *moved.add(index) == 7));
            }
            assert!(heap.live().1 < 1000, "a block that shrank a lot gives its memory back");
            heap.free(moved);
        }
        assert_eq!(heap.live(), (0, 0));
    }

    #[test]
    fn zeroed_blocks_read_as_zeroes_when_used_again() {
        let mut heap = Heap::new();
        for size in [40, 5000, 3 * CHUNK] {
            for _ in 0..2 {
                let block = heap.alloc_zeroed(size).expect("there is memory");
                // SAFETY: a block of that size, ours until it is freed.
                unsafe {
                    assert!(std::slice::from_raw_parts(block.as_ptr(), size).iter().all(|&byte| byte == 0));
                    block.write_bytes(7, size);
                    heap.free(block.as_ptr());
                }
            }
        }
        assert_eq!(heap.alloc_zeroed(usize::MAX - 3), None);
    }

    #[test]
    fn given_runs_are_joined_and_found_again() {
        let mut pool = Pool { next: 0, end: 0, runs: BTreeMap::new() };
        let memory = vec![0_u8; 8 * CHUNK];
        let base = (memory.as_ptr() as usize).next_multiple_of(CHUNK);
        for index in [0, 2, 1, 4] {
            pool.give(base + index * CHUNK, CHUNK);
        }
        assert_eq!(pool.runs, BTreeMap::from([(base, 3 * CHUNK), (base + 4 * CHUNK, CHUNK)]));
        assert!(!pool.take_at(base + CHUNK, CHUNK), "not the start of a run");
        assert!(pool.take_at(base + 4 * CHUNK, CHUNK));
        assert_eq!(pool.take(2 * CHUNK), Some(base));
        assert_eq!(pool.take(2 * CHUNK), None);
        assert_eq!(pool.take(CHUNK), Some(base + 2 * CHUNK));
    }

    #[derive(Debug, Clone)]
    enum Op {
        Alloc(usize),
        Free(usize),
        Realloc(usize, usize),
    }

    fn size() -> impl Strategy<Value = usize> {
        prop_oneof![6 => 1..600_usize, 2 => 600..40_000_usize, 1 => 40_000..400_000_usize]
    }

    fn op() -> impl Strategy<Value = Op> {
        prop_oneof![
            3 => size().prop_map(Op::Alloc),
            2 => any::<usize>().prop_map(Op::Free),
            2 => (any::<usize>(), size()).prop_map(|(which, size)| Op::Realloc(which, size)),
        ]
    }

    /// Every live block keeps its own pattern, whatever happens to the others.
    fn run(ops: Vec<Op>) {
        let mut heap = Heap::new();
        let mut live: Vec<(*mut u8, usize, u8)> = Vec::new();
        let mut stamp = 0_u8;
        for op in ops {
            stamp = stamp.wrapping_add(1);
            match op {
                Op::Alloc(size) => {
                    let address = heap.alloc(size).unwrap().as_ptr();
                    // SAFETY: `size` bytes just allocated; the prefix is before them.
                    unsafe {
                        address.write_bytes(stamp, size);
                        let prefix = &mut *prefix_in_range(address as usize);
                        assert_eq!((prefix.host, prefix.state), (0, 0));
                        prefix.host = usize::from(stamp);
                    }
                    live.push((address, size, stamp));
                }
                Op::Free(_) | Op::Realloc(..) if live.is_empty() => {}
                Op::Free(which) => {
                    let (address, ..) = live.swap_remove(which % live.len());
                    // SAFETY: live until here.
                    unsafe { heap.free(address) };
                }
                Op::Realloc(which, size) => {
                    let which = which % live.len();
                    let (address, old, pattern) = live[which];
                    // SAFETY: a live block; its new bytes are written before they are read.
                    unsafe {
                        let moved = heap.realloc(address, size).unwrap().as_ptr();
                        if size > old {
                            moved.add(old).write_bytes(pattern, size - old);
                        }
                        live[which] = (moved, size, pattern);
                    }
                }
            }
            check(&heap, &live);
        }
        for (address, ..) in live {
            // SAFETY: live until here.
            unsafe { heap.free(address) };
        }
        assert_eq!(heap.live(), (0, 0));
        heap.for_each_live(|address| panic!("{address:p} is still live"));
    }

    fn check(heap: &Heap, live: &[(*mut u8, usize, u8)]) {
        let mut walked = HashMap::new();
        heap.for_each_live(|address| *walked.entry(address as usize).or_insert(0) += 1);
        assert_eq!((walked.len(), heap.live().0), (live.len(), live.len()));
        for &(address, size, pattern) in live {
            assert_eq!(walked[&(address as usize)], 1);
            // SAFETY: live blocks of at least `size` bytes.
            unsafe {
                let bytes = std::slice::from_raw_parts(address, size);
                assert!(bytes.iter().all(|&byte| byte == pattern));
                assert_eq!((*prefix_in_range(address as usize)).host, usize::from(pattern));
                assert!(heap.usable_size(address) >= size);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn blocks_never_overlap_and_none_is_lost(ops in prop::collection::vec(op(), 1..60)) {
            run(ops);
        }
    }
}
