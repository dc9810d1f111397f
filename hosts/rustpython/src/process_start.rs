//! What must be seen before Rust's runtime starts, which hides it: which standard descriptors are closed, and where the C
//! library keeps the arguments.

use std::ffi::{CString, OsStr, c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicU8, AtomicUsize, Ordering::Relaxed};

/// A bit for each of the descriptors 0, 1 and 2 that was closed. Rust's runtime opens `/dev/null` in their place.
static CLOSED: AtomicU8 = AtomicU8::new(0);
/// `main`'s arguments, as the C library passes them to initializers too.
static ARGV: AtomicPtr<*const c_char> = AtomicPtr::new(null_mut());
static ARGC: AtomicUsize = AtomicUsize::new(0);

#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn(c_int, *mut *const c_char) = look;

extern "C" fn look(argc: c_int, argv: *mut *const c_char) {
    for descriptor in 0..=2 {
        // SAFETY: asks about a number, whatever it stands for.
        if unsafe { libc::fcntl(descriptor, libc::F_GETFD) } == -1 {
            CLOSED.fetch_or(1 << descriptor, Relaxed);
        }
    }
    if cfg!(target_env = "gnu") {
        ARGC.store(usize::try_from(argc).unwrap_or(0), Relaxed);
        ARGV.store(argv, Relaxed);
    }
}

/// Whether one of the three standard descriptors was closed when the process began.
pub(crate) fn was_closed(descriptor: c_int) -> bool {
    CLOSED.load(Relaxed) & (1 << descriptor) != 0
}

/// Let `std::env::args` succeed: the host calls it while it starts, and it panics for an argument that is not UTF-8. Such
/// arguments read as `to_string_lossy` gives them from here on; the program's `sys.argv` is made of what was read before.
pub(crate) fn make_arguments_utf8() {
    let argv = ARGV.load(Relaxed);
    for index in 0..ARGC.load(Relaxed) {
        // SAFETY: the C library's array has that many strings, and a place for each that may be written; no thread runs yet.
        unsafe {
            let place = argv.add(index);
            let arg = std::ffi::CStr::from_ptr(*place);
            if arg.to_str().is_err() {
                let text = OsStr::from_bytes(arg.to_bytes()).to_string_lossy().into_owned();
                *place = CString::new(text).expect("it came without NUL").into_raw();
            }
        }
    }
}

/// What the stack of the first thread may grow to. Linux leaves at least 128 MiB of addresses for that.
const STACK: libc::rlim_t = 64 << 20;

/// Let the first thread's stack grow further than the usual 8 MiB: CPython takes none of it for calls from Python to Python,
/// and programs that raise `sys.setrecursionlimit` count on that. Other threads' stacks are what they were.
pub(crate) fn let_stack_grow() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a struct to write to, then to read.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_STACK, &raw mut limit) == 0 && limit.rlim_cur < STACK {
            limit.rlim_cur = STACK.min(limit.rlim_max);
            libc::setrlimit(libc::RLIMIT_STACK, &raw const limit);
        }
    }
}
