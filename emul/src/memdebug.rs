//! CPython's debug hooks of the memory allocators (`PyMem_SetupDebugHooks`, `PYTHONMALLOC=debug`): blocks between forbidden bytes.
//!
//! ```text
//! p - 16  the size asked for, big-endian      p        the block: 0xCD while new, 0xDD when freed
//! p - 8   'r', 'm' or 'o': the domain         p + size  8 forbidden bytes, 0xFD
//! p - 7   7 forbidden bytes
//! ```
//! Which blocks are laid out so is written down: one that something else made is freed by what the hooks stand before.

use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::fmt::Write;
use std::ptr::null_mut;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use object_mirror::object::PyObject;

use crate::pymem::{self, PyMemAllocatorEx};
use crate::{lifetime, lock, pylifecycle};

const CLEAN: u8 = 0xCD;
const DEAD: u8 = 0xDD;
const FORBIDDEN: u8 = 0xFD;
/// Before the block, and behind it.
const HEAD: usize = 16;
const TAIL: usize = 8;
const PAD: usize = HEAD - 1 - size_of::<usize>();

/// A domain's hooks: its letter, and what they stand before.
struct Domain {
    letter: u8,
    name: &'static str,
    inner: PyMemAllocatorEx,
}

/// The sizes of the blocks that are laid out so.
fn blocks() -> MutexGuard<'static, HashMap<usize, usize>> {
    static BLOCKS: LazyLock<Mutex<HashMap<usize, usize>>> = LazyLock::new(Mutex::default);
    BLOCKS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Put the hooks before each domain's allocator that has none yet. The memory of mirrors, which is no allocator's, is filled
/// like theirs when it is freed.
pub(crate) fn set_up() {
    let held = lock::hold();
    lifetime::bridge(|bridge| bridge.heap.fill_freed(DEAD));
    drop(held);
    for (number, letter, name) in [(0, b'r', "Raw"), (1, b'm', ""), (2, b'o', "")] {
        let mut inner = pymem::allocator(number);
        if inner.malloc.is_some_and(|malloc| malloc as usize == debug_malloc as *const () as usize) {
            continue;
        }
        if number == 2 && !pymem::is_replaced(number) {
            // Our slabs keep words of ours before a block, where the hooks' are: these blocks come from elsewhere.
            inner = PyMemAllocatorEx { free: inner.free, realloc: inner.realloc, ..pymem::allocator(0) };
            inner.malloc = Some(plain_malloc);
        }
        let domain: *mut Domain = Box::into_raw(Box::new(Domain { letter, name, inner }));
        pymem::replace(
            number,
            PyMemAllocatorEx {
                ctx: domain.cast(),
                malloc: Some(debug_malloc),
                calloc: Some(debug_calloc),
                realloc: Some(debug_realloc),
                free: Some(debug_free),
            },
        );
    }
}

unsafe extern "C" fn plain_malloc(_ctx: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: `malloc` takes any size.
    unsafe { libc::malloc(size.max(1)) }
}

/// # Safety
/// `ctx` is a domain's hooks, which live for ever.
unsafe fn domain<'a>(ctx: *mut c_void) -> &'a Domain {
    // SAFETY: the caller's contract.
    unsafe { &*ctx.cast::<Domain>() }
}

impl Domain {
    /// That the lock is held, as the domain demands of its callers.
    fn check_lock(&self, what: &str) {
        if self.letter != b'r' && !lock::is_held() {
            let function = format!("_PyMem_Debug{what}");
            pylifecycle::fatal(Some(&function), "Python memory allocator called without holding the GIL");
        }
    }

    fn malloc(&self, size: usize, first: u8) -> *mut c_void {
        let Some(total) = size.checked_add(HEAD + TAIL).filter(|&total| total <= isize::MAX as usize) else {
            return null_mut();
        };
        let Some(malloc) = self.inner.malloc else { return null_mut() };
        // SAFETY: the allocator takes any size; the block is that large.
        unsafe {
            let start: *mut u8 = malloc(self.inner.ctx, total).cast();
            if start.is_null() {
                return null_mut();
            }
            start.cast::<[u8; 8]>().write(size.to_be_bytes());
            start.add(8).write(self.letter);
            start.add(HEAD - PAD).write_bytes(FORBIDDEN, PAD);
            let block = start.add(HEAD);
            block.write_bytes(first, size);
            block.add(size).write_bytes(FORBIDDEN, TAIL);
            blocks().insert(block as usize, size);
            block.cast()
        }
    }

    /// Free a block that these hooks, or another domain's, laid out; `false` if none did.
    fn free(&self, block: *mut c_void) -> bool {
        let Some(size) = blocks().remove(&(block as usize)) else { return false };
        self.check(block.cast(), size, "Free");
        // SAFETY: a live block of that size with its head and tail, which nobody uses any more.
        unsafe {
            let start = block.cast::<u8>().sub(HEAD);
            start.write_bytes(DEAD, HEAD + size + TAIL);
            if self.letter == b'o' {
                libc::free(start.cast());
            } else if let Some(free) = self.inner.free {
                free(self.inner.ctx, start.cast());
            }
        }
        true
    }

    /// End the process if the block is another domain's, or bytes around it were written to.
    fn check(&self, block: *mut u8, size: usize, what: &str) {
        // SAFETY: a live block of that size with its head and tail.
        let (head, tail, letter) = unsafe {
            let head = std::slice::from_raw_parts(block.sub(PAD), PAD);
            (head, std::slice::from_raw_parts(block.add(size), TAIL), *block.sub(PAD + 1))
        };
        let intact = |pad: &[u8]| pad.iter().all(|&byte| byte == FORBIDDEN);
        let message = if letter != self.letter {
            let (made, used) = (char::from(letter), char::from(self.letter));
            format!("bad ID: Allocated using API '{made}', verified using API '{used}'")
        } else if !intact(head) {
            "bad leading pad byte".to_owned()
        } else if !intact(tail) {
            "bad trailing pad byte".to_owned()
        } else {
            return;
        };
        eprint!("{}", description(block, size, letter, head, tail));
        // CPython's hooks of all domains end in the raw one's.
        let _ = self.name;
        pylifecycle::fatal(Some(&format!("_PyMem_DebugRaw{what}")), &message);
    }
}

/// What is known of a block, in CPython's words.
fn description(block: *mut u8, size: usize, letter: u8, head: &[u8], tail: &[u8]) -> String {
    let mut text = format!("Debug memory block at address p={block:p}: API '{}'\n", char::from(letter));
    let end = block.wrapping_add(size);
    let _ = writeln!(text, "    {size} bytes originally requested");
    describe_pad(&mut text, head, &format!("p-{PAD}"), |index| format!("p-{}", PAD - index));
    if head.iter().any(|&byte| byte != FORBIDDEN) {
        text.push_str(
            "    Because memory is corrupted at the start, the count of bytes requested\n       may be bogus, and checking the \
             trailing pad bytes may segfault.\n",
        );
    }
    describe_pad(&mut text, tail, &format!("tail={end:p}"), |index| format!("tail+{index}"));
    // SAFETY: a live block of that size.
    let data = unsafe { std::slice::from_raw_parts(block, size) };
    if !data.is_empty() {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!(" {byte:02x}")).collect::<String>();
        let shown = if size <= 16 { hex(data) } else { format!("{} ...{}", hex(&data[..8]), hex(&data[size - 8..])) };
        let _ = writeln!(text, "    Data at p:{shown}");
    }
    text.push_str("\nEnable tracemalloc to get the memory block allocation traceback\n\n");
    text
}

fn describe_pad(text: &mut String, pad: &[u8], place: &str, of_byte: impl Fn(usize) -> String) {
    let _ = write!(text, "    The {} pad bytes at {place} are ", pad.len());
    if pad.iter().all(|&byte| byte == FORBIDDEN) {
        text.push_str("FORBIDDENBYTE, as expected.\n");
        return;
    }
    let _ = writeln!(text, "not all FORBIDDENBYTE ({FORBIDDEN:#04x}):");
    for (index, byte) in pad.iter().enumerate() {
        let ouch = if *byte == FORBIDDEN { "" } else { " *** OUCH" };
        let _ = writeln!(text, "        at {}: {byte:#04x}{ouch}", of_byte(index));
    }
}

unsafe extern "C" fn debug_malloc(ctx: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: our hooks are called with their own context.
    let domain = unsafe { domain(ctx) };
    domain.check_lock("Malloc");
    domain.malloc(size, CLEAN)
}

unsafe extern "C" fn debug_calloc(ctx: *mut c_void, count: usize, size: usize) -> *mut c_void {
    // SAFETY: as above.
    let domain = unsafe { domain(ctx) };
    domain.check_lock("Calloc");
    count.checked_mul(size).map_or(null_mut(), |total| domain.malloc(total, 0))
}

unsafe extern "C" fn debug_realloc(ctx: *mut c_void, block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: as above; a block that is not ours is the inner allocator's.
    unsafe {
        let domain = domain(ctx);
        domain.check_lock("Realloc");
        if block.is_null() {
            return domain.malloc(size, CLEAN);
        }
        let Some(old) = blocks().get(&(block as usize)).copied() else {
            return domain.inner.realloc.map_or(null_mut(), |realloc| realloc(domain.inner.ctx, block, size));
        };
        domain.check(block.cast(), old, "Realloc");
        let moved = domain.malloc(size, CLEAN);
        if !moved.is_null() {
            moved.cast::<u8>().copy_from_nonoverlapping(block.cast(), old.min(size));
            domain.free(block);
        }
        moved
    }
}

unsafe extern "C" fn debug_free(ctx: *mut c_void, block: *mut c_void) {
    if block.is_null() {
        return;
    }
    // SAFETY: as above.
    unsafe {
        let domain = domain(ctx);
        domain.check_lock("Free");
        if !domain.free(block)
            && let Some(free) = domain.inner.free
        {
            free(domain.inner.ctx, block);
        }
    }
}

/// Whether this is no pointer to anything: NULL, or what the hooks fill memory with.
fn is_filler(pointer: usize) -> bool {
    pointer == 0 || [CLEAN, DEAD, FORBIDDEN].iter().any(|&byte| pointer == usize::from_ne_bytes([byte; 8]))
}

/// Whether `object` is free memory, as far as its address and its type tell.
///
/// # Safety
/// It is one of these, or memory of an object.
pub(crate) unsafe fn is_freed(object: *mut PyObject) -> c_int {
    // SAFETY: the caller's contract.
    c_int::from(is_filler(object as usize) || unsafe { is_filler((*object).ob_type as usize) })
}
