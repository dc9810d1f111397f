//! `pythread.h`: C's own threads, locks and thread-local storage. None of it needs the extension lock, which a thread that has it
//! keeps while it waits for a lock of C's: as it keeps the GIL, which in CPython the interpreters that have one of their own do not
//! wait for.

use std::ffi::{c_int, c_ulong, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use capi_macros::capi;

use crate::boundary::{Cx, New, Result};
use crate::host::host;
use crate::pylock;
use crate::pystate::interpreters;

/// `PyThread_type_lock`: a lock that any thread may release.
struct Lock {
    held: Mutex<bool>,
    released: Condvar,
}

impl Lock {
    fn try_acquire(&self) -> bool {
        !std::mem::replace(&mut *self.held.lock().unwrap_or_else(PoisonError::into_inner), true)
    }

    /// Wait for the lock, not longer than until `deadline`.
    fn acquire(&self, deadline: Option<Instant>) -> bool {
        if !interpreters::have_own_locks() {
            return self.wait(deadline);
        }
        let mut acquired = false;
        pylock::let_others_run(&mut || acquired = self.wait(deadline));
        acquired
    }

    fn wait(&self, deadline: Option<Instant>) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        while *held {
            held = match deadline {
                None => self.released.wait(held).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let Some(left) = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
                    else {
                        return false;
                    };
                    self.released.wait_timeout(held, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        *held = true;
        true
    }

    fn release(&self) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.released.notify_one();
    }
}

/// Allocate a lock, not held.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_allocate_lock() -> *mut c_void {
    Box::into_raw(Box::new(Lock { held: Mutex::new(false), released: Condvar::new() })).cast()
}

/// Free a lock.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_free_lock(lock: *mut c_void) {
    if !lock.is_null() {
        // SAFETY: C gives back what `PyThread_allocate_lock` made, and no thread uses it.
        drop(unsafe { Box::from_raw(lock.cast::<Lock>()) });
    }
}

/// Take a lock, waiting for it if `waitflag` says so: whether it was taken.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_acquire_lock(lock: *mut c_void, waitflag: c_int) -> c_int {
    // SAFETY: C passes a live lock.
    let lock = unsafe { &*lock.cast::<Lock>() };
    c_int::from(lock.try_acquire() || waitflag != 0 && lock.acquire(None))
}

/// Take a lock, waiting that many microseconds (below 0: for ever): `PY_LOCK_FAILURE` 0, `PY_LOCK_ACQUIRED` 1.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_acquire_lock_timed(lock: *mut c_void, microseconds: i64, _intr_flag: c_int) -> c_int {
    // SAFETY: C passes a live lock.
    let lock = unsafe { &*lock.cast::<Lock>() };
    if lock.try_acquire() {
        return 1;
    }
    let deadline = u64::try_from(microseconds).ok().map(|wait| Instant::now() + Duration::from_micros(wait));
    c_int::from(microseconds != 0 && lock.acquire(deadline))
}

/// Release a lock.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_release_lock(lock: *mut c_void) {
    // SAFETY: C passes a live lock.
    unsafe { &*lock.cast::<Lock>() }.release();
}

/// Threads need no preparation.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_init_thread() {}

static STACK_SIZE: AtomicUsize = AtomicUsize::new(0);

/// The stack size of new threads; 0 is the system's own.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_get_stacksize() -> usize {
    STACK_SIZE.load(Relaxed)
}

/// Set the stack size of new threads: 0, or -1 for a size too small.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_set_stacksize(size: usize) -> c_int {
    if size != 0 && size < 0x8000 {
        return -1;
    }
    STACK_SIZE.store(size, Relaxed);
    0
}

struct Start {
    function: unsafe extern "C" fn(*mut c_void),
    argument: *mut c_void,
}

extern "C" fn run_thread(start: *mut c_void) -> *mut c_void {
    // SAFETY: `PyThread_start_new_thread` passes its box.
    let start = unsafe { Box::from_raw(start.cast::<Start>()) };
    // SAFETY: C asked for this call on a thread of its own.
    unsafe { (start.function)(start.argument) };
    null_mut()
}

/// Run `func(arg)` on a new thread: its identifier, or -1.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_start_new_thread(func: *mut c_void, arg: *mut c_void) -> c_ulong {
    // SAFETY: C passes a function of this type; the attributes are initialised before they are used.
    unsafe {
        let function = std::mem::transmute::<*mut c_void, unsafe extern "C" fn(*mut c_void)>(func);
        let start = Box::into_raw(Box::new(Start { function, argument: arg }));
        let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
        libc::pthread_attr_init(&raw mut attributes);
        let size = STACK_SIZE.load(Relaxed);
        if size != 0 {
            libc::pthread_attr_setstacksize(&raw mut attributes, size);
        }
        libc::pthread_attr_setdetachstate(&raw mut attributes, libc::PTHREAD_CREATE_DETACHED);
        let mut thread: libc::pthread_t = 0;
        let failed = libc::pthread_create(&raw mut thread, &raw const attributes, run_thread, start.cast()) != 0;
        libc::pthread_attr_destroy(&raw mut attributes);
        if failed {
            drop(Box::from_raw(start));
            return c_ulong::MAX;
        }
        thread as c_ulong
    }
}

/// End this thread.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_exit_thread() -> ! {
    // SAFETY: C ends a thread of its own.
    unsafe { libc::pthread_exit(null_mut()) }
}

/// This thread's identifier.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_get_thread_ident() -> c_ulong {
    // SAFETY: takes nothing.
    unsafe { libc::pthread_self() as c_ulong }
}

/// The system's number of this thread.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_get_thread_native_id() -> c_ulong {
    // SAFETY: takes nothing.
    unsafe { libc::syscall(libc::SYS_gettid) as c_ulong }
}

/// `sys.thread_info`.
#[capi]
fn PyThread_GetInfo(cx: Cx<'_>) -> Result<New> {
    let info = host().sys_attr("thread_info").ok_or_else(|| cx.system_error("no sys.thread_info"))?;
    Ok(cx.to_c(info))
}

/// `Py_tss_t`.
#[repr(C)]
#[allow(missing_docs, reason = "the fields are CPython's")]
#[allow(unreachable_pub, reason = "a struct of the C API")]
pub struct Py_tss_t {
    pub _is_initialized: c_int,
    pub _key: libc::pthread_key_t,
}

/// Allocate a key, not created.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_tss_alloc() -> *mut Py_tss_t {
    Box::into_raw(Box::new(Py_tss_t { _is_initialized: 0, _key: 0 }))
}

/// Delete and free a key.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_tss_free(key: *mut Py_tss_t) {
    if !key.is_null() {
        // SAFETY: C gives back what `PyThread_tss_alloc` made.
        unsafe {
            PyThread_tss_delete(key);
            drop(Box::from_raw(key));
        }
    }
}

/// Whether a key is created.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_tss_is_created(key: *mut Py_tss_t) -> c_int {
    // SAFETY: C passes a key.
    unsafe { (*key)._is_initialized }
}

/// Create a key, unless it is already: 0, or -1.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_tss_create(key: *mut Py_tss_t) -> c_int {
    // SAFETY: C passes a key, and creates it on one thread at a time.
    unsafe {
        if (*key)._is_initialized != 0 {
            return 0;
        }
        if libc::pthread_key_create(&raw mut (*key)._key, None) != 0 {
            return -1;
        }
        (*key)._is_initialized = 1;
        0
    }
}

/// Delete a key, if it is created.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_tss_delete(key: *mut Py_tss_t) {
    // SAFETY: C passes a key.
    unsafe {
        if (*key)._is_initialized != 0 {
            libc::pthread_key_delete((*key)._key);
            (*key)._is_initialized = 0;
        }
    }
}

/// This thread's value of a key: 0, or -1.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_tss_set(key: *mut Py_tss_t, value: *mut c_void) -> c_int {
    // SAFETY: C passes a created key.
    if unsafe { libc::pthread_setspecific((*key)._key, value) } == 0 { 0 } else { -1 }
}

/// This thread's value of a key, NULL before it is set.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_tss_get(key: *mut Py_tss_t) -> *mut c_void {
    // SAFETY: C passes a created key.
    unsafe { libc::pthread_getspecific((*key)._key) }
}

/// A key of the older kind; -1 if there is none left.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_create_key() -> c_int {
    let mut key: libc::pthread_key_t = 0;
    // SAFETY: the key is filled by the call.
    if unsafe { libc::pthread_key_create(&raw mut key, None) } == 0 { key as c_int } else { -1 }
}

/// Delete a key of the older kind.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_delete_key(key: c_int) {
    // SAFETY: C passes a key.
    unsafe { libc::pthread_key_delete(key as libc::pthread_key_t) };
}

/// This thread's value of a key of the older kind: 0, or -1.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_set_key_value(key: c_int, value: *mut c_void) -> c_int {
    // SAFETY: C passes a key.
    if unsafe { libc::pthread_setspecific(key as libc::pthread_key_t, value) } == 0 { 0 } else { -1 }
}

/// This thread's value of a key of the older kind.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_get_key_value(key: c_int) -> *mut c_void {
    // SAFETY: C passes a key.
    unsafe { libc::pthread_getspecific(key as libc::pthread_key_t) }
}

/// Forget this thread's value of a key of the older kind.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_delete_key_value(key: c_int) {
    // SAFETY: C passes a key.
    unsafe { libc::pthread_setspecific(key as libc::pthread_key_t, null_mut()) };
}

/// Keys live on in a forked child: nothing to do.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_ReInitTLS() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_lock_is_not_taken_twice_and_any_thread_releases_it() {
        // SAFETY: the lock lives until the end of the test.
        unsafe {
            let lock = PyThread_allocate_lock();
            assert_eq!(PyThread_acquire_lock(lock, 0), 1);
            assert_eq!(PyThread_acquire_lock(lock, 0), 0);
            assert_eq!(PyThread_acquire_lock_timed(lock, 1000, 0), 0);
            let address = lock as usize;
            std::thread::spawn(move || PyThread_release_lock(address as *mut c_void)).join().expect("no panic");
            assert_eq!(PyThread_acquire_lock(lock, 1), 1);
            PyThread_release_lock(lock);
            PyThread_free_lock(lock);
        }
    }
}
