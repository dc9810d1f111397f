//! What valgrind is told of mirror memory, so that it finds uses of freed mirrors as it finds those of `malloc`'s memory; and of a
//! host's own heap, if the host says what is in use.
//!
//! A program asks valgrind by a sequence of instructions that does nothing anywhere else. Without valgrind nothing here runs:
//! a heap asks once.

const RUNNING: usize = 0x1001;
const MALLOC_LIKE: usize = 0x1301;
const FREE_LIKE: usize = 0x1302;
/// Requests of memcheck's have its letters in the upper half.
const NO_ACCESS: usize = 0x4D43_0000;
const UNDEFINED: usize = 0x4D43_0001;

/// Whether the process runs under valgrind.
pub fn is_watching() -> bool {
    ask([RUNNING, 0, 0, 0, 0, 0]) != 0
}

/// From now on `size` bytes at `address` are an allocated block, not yet written.
#[cold]
pub(crate) fn allocated(address: *mut u8, size: usize) {
    ask([MALLOC_LIKE, address as usize, size, 0, 0, 0]);
}

/// The block at `address` is freed: nobody may touch it.
#[cold]
pub(crate) fn freed(address: *mut u8) {
    ask([FREE_LIKE, address as usize, 0, 0, 0, 0]);
}

/// Nobody may touch this memory from now on.
#[cold]
pub fn closed(address: *mut u8, size: usize) {
    ask([NO_ACCESS, address as usize, size, 0, 0, 0]);
}

/// This memory may be written to, and read after that.
#[cold]
pub fn opened(address: *mut u8, size: usize) {
    ask([UNDEFINED, address as usize, size, 0, 0, 0]);
}

#[cfg(target_arch = "x86_64")]
fn ask(request: [usize; 6]) -> usize {
    let mut answer: usize = 0;
    // SAFETY: four rotations by 128 bits in all, and an exchange of a register with itself; under valgrind the answer comes
    // in `rdx`, and the request is read.
    unsafe {
        std::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") request.as_ptr(),
            inout("rdx") answer,
            out("rdi") _,
            options(nostack),
        );
    }
    answer
}

/// Not known here: valgrind sees one large block.
#[cfg(not(target_arch = "x86_64"))]
fn ask(_request: [usize; 6]) -> usize {
    0
}
