//! The collector behind a small trait, and ours: a copying nursery whose survivors go to a copying old space.
//!
//! The heap drives it: `begin`, `mark` for every root, `drain`, then (with the questions of weak references and finalisers
//! answered by [`Collector::survivor`]) `finish`. A full collection copies every object; its from-space is filled with a poison
//! byte and, if asked, made unreadable, so that a stale address is found at once.

use crate::object::{FORWARDED, OLD, Object, REMEMBERED};
use crate::value::Value;
use object_mirror::object::PyObject as Mirror;
use object_mirror::valgrind;
use std::collections::VecDeque;
use std::ptr;

/// What a collection did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Collected {
    /// Objects of the collected spaces that live on.
    pub live: usize,
    /// Those among them whose address changed: where each was is compared with where it is now.
    pub moved: usize,
    /// Those that lie where they lay: all that a full collection leaves in the heap, less those it moved.
    pub unmoved: usize,
    /// Objects that died.
    pub dead: usize,
    /// Bytes that live objects of the collected spaces own outside of their cells.
    pub outside: usize,
}

/// An object that was copied and has a mirror.
#[derive(Debug, Clone, Copy)]
pub struct Crossed {
    /// Its mirror.
    pub mirror: *mut Mirror,
    /// Where it lives from now on.
    pub now: Value,
}

/// A precise, moving collector.
pub trait Collector {
    /// A cell for `object`, in the nursery.
    fn allocate(&mut self, object: Object) -> *mut Object;
    /// Cells taken since the last collection.
    fn young_cells(&self) -> usize;
    /// Cells in use in all.
    fn cells(&self) -> usize;
    /// An old object is about to be written to.
    fn remember(&mut self, object: *mut Object);
    /// Starts a collection: of the nursery, or of everything.
    fn begin(&mut self, full: bool);
    /// Copies what `word` refers to, if it has not been, and rewrites the word.
    fn mark(&mut self, word: &mut Value);
    /// Copies all that the copied objects refer to.
    fn drain(&mut self) {
        while self.drain_some(usize::MAX) {}
    }
    /// As `drain`, until about so many objects wait for `take_crossed`; whether there may be more to copy.
    fn drain_some(&mut self, crossed: usize) -> bool;
    /// Those of the objects copied since the last call that have a mirror in C.
    fn take_crossed(&mut self, crossed: &mut Vec<Crossed>);
    /// As `mark`, of an object whose mirror the caller knows: it is not among those of `take_crossed`.
    fn mark_settled(&mut self, word: &mut Value);
    /// Where the object lives from now on, if it has been reached.
    fn survivor(&self, word: Value) -> Option<Value>;
    /// Frees what was not reached.
    fn finish(&mut self, guard: bool) -> Collected;
    /// Calls `f` with every object.
    fn each(&self, f: &mut dyn FnMut(Value));
}

const CHUNK_BYTES: usize = 1 << 18;
const CHUNK_CELLS: usize = CHUNK_BYTES / size_of::<Object>();
/// What vacated cells are filled with.
pub const POISON: u8 = 0xDB;
/// How many vacated chunks stay unreadable before their addresses may be used again.
const QUARANTINE: usize = 64;

struct Chunk {
    cells: *mut Object,
    used: usize,
}

#[derive(Default)]
struct Space {
    chunks: Vec<Chunk>,
    /// Cells in use in all of them.
    len: usize,
}

/// Maps fresh memory for a chunk.
fn map_chunk() -> *mut Object {
    // SAFETY: an anonymous private mapping at an address of the system's choice touches no memory of ours.
    let address = unsafe {
        let (read_write, private) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        libc::mmap(ptr::null_mut(), CHUNK_BYTES, read_write, private, -1, 0)
    };
    assert_ne!(address, libc::MAP_FAILED, "no memory for the heap");
    address.cast()
}

/// Changes who may touch a chunk that holds no live object.
fn protect(cells: *mut Object, protection: i32) {
    // SAFETY: the chunk was mapped by `map_chunk` with this size, and nothing lives in it.
    let done = unsafe { libc::mprotect(cells.cast(), CHUNK_BYTES, protection) };
    assert_eq!(done, 0, "the memory of the heap is ours");
}

impl Space {
    fn push(&mut self, object: Object, spare: &mut Vec<*mut Object>, watched: bool) -> *mut Object {
        if self.chunks.last().is_none_or(|chunk| chunk.used == CHUNK_CELLS) {
            let cells = spare.pop().unwrap_or_else(map_chunk);
            if watched {
                valgrind::closed(cells.cast(), CHUNK_BYTES);
            }
            self.chunks.push(Chunk { cells, used: 0 });
        }
        let chunk = self.chunks.last_mut().expect("a chunk was just added");
        // SAFETY: `used` is below the number of cells the chunk has room for.
        let cell = unsafe { chunk.cells.add(chunk.used) };
        if watched {
            valgrind::opened(cell.cast(), size_of::<Object>());
        }
        // SAFETY: the cell is unused memory of ours, aligned for an object (chunks are page-aligned).
        unsafe { cell.write(object) };
        chunk.used += 1;
        self.len += 1;
        cell
    }

    /// The next cell that the scan has not seen.
    fn next(&self, scan: &mut (usize, usize)) -> Option<*mut Object> {
        loop {
            let chunk = self.chunks.get(scan.0)?;
            if scan.1 < chunk.used {
                scan.1 += 1;
                // SAFETY: the index is below `used`.
                return Some(unsafe { chunk.cells.add(scan.1 - 1) });
            }
            if scan.0 + 1 >= self.chunks.len() {
                return None;
            }
            *scan = (scan.0 + 1, 0);
        }
    }

    fn end(&self) -> (usize, usize) {
        match self.chunks.last() {
            Some(chunk) => (self.chunks.len() - 1, chunk.used),
            None => (0, 0),
        }
    }
}

/// The collector this host uses.
#[derive(Default)]
pub struct Copying {
    young: Space,
    old: Space,
    from: Vec<Chunk>,
    scan_young: (usize, usize),
    scan_old: (usize, usize),
    remembered: Vec<*mut Object>,
    crossed: Vec<Crossed>,
    spare: Vec<*mut Object>,
    quarantine: VecDeque<*mut Object>,
    epoch: u32,
    full: bool,
    fresh: usize,
    /// Whether valgrind wants to know which cells are in use.
    watched: bool,
}

/// Survived that many nursery collections, an object is old.
const OLD_AGE: u8 = 2;

impl Copying {
    /// An empty heap.
    pub fn new() -> Self {
        let mut heap = Self::default();
        heap.watched = valgrind::is_watching();
        heap
    }

    /// Copies `cell`, which is in a collected space and not yet forwarded.
    fn copy(&mut self, cell: *mut Object) -> Value {
        // SAFETY: the cell is live; after this bitwise copy the original counts as moved-out and is never dropped (`FORWARDED`).
        let mut object = unsafe { cell.read() };
        object.epoch = self.epoch;
        object.age = object.age.saturating_add(1);
        let old = self.full || object.age >= OLD_AGE;
        object.flags = object.flags & !(OLD | REMEMBERED) | if old { OLD } else { 0 };
        let mirror = object.mirror();
        let space = if old { &mut self.old } else { &mut self.young };
        let address = space.push(object, &mut self.spare, self.watched);
        let word = Value::from_pointer(address);
        if !mirror.is_null() {
            self.crossed.push(Crossed { mirror, now: word });
        }
        // SAFETY: the cell is still mapped; only its header is written, its body belongs to the copy now.
        unsafe {
            (*cell).flags = FORWARDED;
            (*cell).class = word;
        }
        word
    }

    /// Traces one object; true if it refers to a young one.
    fn scan(&mut self, cell: *mut Object) -> bool {
        let mut young = false;
        // SAFETY: the cell holds a live object, and `mark` only appends to spaces and rewrites words: it does not touch this one.
        let object = unsafe { &mut *cell };
        object.trace(&mut |word| {
            self.mark(word);
            young |= is_young(*word);
        });
        young
    }

    fn scan_old_cell(&mut self, cell: *mut Object) {
        if !self.scan(cell) {
            return;
        }
        // SAFETY: as in `scan`.
        unsafe { (*cell).flags |= REMEMBERED };
        self.remembered.push(cell);
    }

    fn release(&mut self, chunk: Chunk, guard: bool) {
        // SAFETY: the chunk is ours and holds no live object any more.
        unsafe { ptr::write_bytes(chunk.cells.cast::<u8>(), POISON, chunk.used * size_of::<Object>()) };
        if self.watched {
            valgrind::closed(chunk.cells.cast(), CHUNK_BYTES);
        }
        if !guard {
            self.spare.push(chunk.cells);
            return;
        }
        // A later access is a bug that is to fault.
        protect(chunk.cells, libc::PROT_NONE);
        self.quarantine.push_back(chunk.cells);
        if self.quarantine.len() > QUARANTINE
            && let Some(cells) = self.quarantine.pop_front()
        {
            // Not unmapped: fresh memory costs more than the rest of a collection.
            protect(cells, libc::PROT_READ | libc::PROT_WRITE);
            self.spare.push(cells);
        }
    }
}

impl Copying {
    /// Whether the word is the address of a cell in use.
    pub(crate) fn has(&self, word: Value) -> bool {
        let address = word.pointer().addr();
        self.young.chunks.iter().chain(&self.old.chunks).any(|chunk| {
            let offset = address.wrapping_sub(chunk.cells.addr());
            offset < chunk.used * size_of::<Object>() && offset.is_multiple_of(size_of::<Object>())
        })
    }
}

fn is_young(word: Value) -> bool {
    word.object().is_some_and(|object| object.flags & OLD == 0)
}

impl Collector for Copying {
    fn allocate(&mut self, mut object: Object) -> *mut Object {
        object.epoch = self.epoch;
        self.fresh += 1;
        self.young.push(object, &mut self.spare, self.watched)
    }

    fn young_cells(&self) -> usize {
        self.fresh
    }

    fn cells(&self) -> usize {
        self.young.len + self.old.len
    }

    fn remember(&mut self, cell: *mut Object) {
        // SAFETY: callers pass a live object.
        let object = unsafe { &mut *cell };
        if object.flags & (OLD | REMEMBERED) == OLD {
            object.flags |= REMEMBERED;
            self.remembered.push(cell);
        }
    }

    fn begin(&mut self, full: bool) {
        self.full = full;
        // Objects of earlier collections are told apart from those this one has copied.
        self.epoch = self.epoch.wrapping_add(1);
        self.from = std::mem::take(&mut self.young).chunks;
        self.scan_young = (0, 0);
        if full {
            self.from.append(&mut std::mem::take(&mut self.old).chunks);
            self.scan_old = (0, 0);
            self.remembered.clear();
            return;
        }
        self.scan_old = self.old.end();
        for cell in std::mem::take(&mut self.remembered) {
            // SAFETY: remembered objects are old, and old objects stay in place in a nursery collection.
            unsafe { (*cell).flags &= !REMEMBERED };
            self.scan_old_cell(cell);
        }
    }

    fn mark(&mut self, word: &mut Value) {
        if !word.is_object() {
            return;
        }
        let cell = word.pointer();
        // SAFETY: every word the heap shows us is the address of a cell, in from-space (still mapped) or already copied.
        let object = unsafe { &*cell };
        if object.flags & FORWARDED != 0 {
            *word = object.class;
            return;
        }
        if object.epoch == self.epoch || (!self.full && object.flags & OLD != 0) {
            return;
        }
        *word = self.copy(cell);
    }

    fn drain_some(&mut self, crossed: usize) -> bool {
        while self.crossed.len() < crossed {
            let mut scan = self.scan_young;
            if let Some(cell) = self.young.next(&mut scan) {
                self.scan_young = scan;
                self.scan(cell);
                continue;
            }
            let mut scan = self.scan_old;
            let Some(cell) = self.old.next(&mut scan) else { return false };
            self.scan_old = scan;
            self.scan_old_cell(cell);
        }
        true
    }

    fn take_crossed(&mut self, crossed: &mut Vec<Crossed>) {
        if crossed.is_empty() {
            return std::mem::swap(crossed, &mut self.crossed);
        }
        crossed.append(&mut self.crossed);
    }

    fn mark_settled(&mut self, word: &mut Value) {
        let crossed = self.crossed.len();
        self.mark(word);
        self.crossed.truncate(crossed);
    }

    fn survivor(&self, word: Value) -> Option<Value> {
        let Some(object) = word.object() else { return Some(word) };
        if object.flags & FORWARDED != 0 {
            return Some(object.class);
        }
        (object.epoch == self.epoch || (!self.full && object.flags & OLD != 0)).then_some(word)
    }

    fn finish(&mut self, guard: bool) -> Collected {
        let mut result = Collected::default();
        for chunk in std::mem::take(&mut self.from) {
            for index in 0..chunk.used {
                // SAFETY: the index is below `used`.
                let cell = unsafe { chunk.cells.add(index) };
                // SAFETY: the cell is mapped and holds either a forwarded header or an object nobody refers to.
                if unsafe { (*cell).flags } & FORWARDED != 0 {
                    result.live += 1;
                    // SAFETY: as above; the header of one that was reached names its copy.
                    result.moved += usize::from(unsafe { (*cell).class }.pointer() != cell);
                    continue;
                }
                result.dead += 1;
                // SAFETY: the object was not reached: this is the last use of what it owns.
                unsafe { ptr::drop_in_place(cell) };
            }
            self.release(chunk, guard);
        }
        // One that had stayed would be in the heap without having been in from-space.
        result.unmoved = if self.full { self.cells() } else { result.live } - result.moved;
        if self.full {
            self.each(&mut |word| result.outside += word.object().map_or(0, |object| object.body.outside()));
        }
        self.fresh = 0;
        result
    }

    fn each(&self, f: &mut dyn FnMut(Value)) {
        for chunk in self.young.chunks.iter().chain(&self.old.chunks) {
            for index in 0..chunk.used {
                // SAFETY: the index is below `used`.
                f(Value::from_pointer(unsafe { chunk.cells.add(index) }));
            }
        }
    }
}

impl Drop for Copying {
    fn drop(&mut self) {
        self.begin(true);
        self.finish(false);
        for cells in self.spare.drain(..).chain(self.quarantine.drain(..)) {
            // SAFETY: mapped by `map_chunk` with this size; nothing lives in it any more.
            unsafe { libc::munmap(cells.cast(), CHUNK_BYTES) };
        }
    }
}
