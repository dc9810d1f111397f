//! `internal/pycore_lock.h`: events, locks for readers and writers, and mutexes that one thread may take twice.
//!
//! Who waits is parked under the address, with the extension lock released, as for `PyMutex`.

use std::ffi::{c_int, c_ulonglong, c_void};
use std::sync::atomic::{
    AtomicU8, AtomicU64, AtomicUsize, Ordering::AcqRel, Ordering::Acquire, Ordering::Relaxed, Ordering::Release,
};

use capi_macros::capi;
use parking_lot_core::{DEFAULT_PARK_TOKEN, DEFAULT_UNPARK_TOKEN, park, unpark_all};

use crate::pylock::{PyMutex_Lock, PyMutex_Unlock, let_others_run};

/// Of an event, and of the two low bits of a lock for readers and writers.
const SET: u8 = 1;
const WRITTEN: usize = 1;
const PARKED: usize = 2;
/// What one reader adds.
const READER: usize = 4;

/// Wait under `address` as long as `still` says so.
fn park_while(address: usize, still: impl Fn() -> bool) {
    // SAFETY: the callbacks neither panic nor park.
    let_others_run(&mut || unsafe {
        park(address, &still, || {}, |_, _| {}, DEFAULT_PARK_TOKEN, None);
    });
}

fn wake(address: usize) {
    // SAFETY: every address parked under is that of one of these locks.
    unsafe { unpark_all(address, DEFAULT_UNPARK_TOKEN) };
}

/// Let those go on who wait for the event, now and later.
#[capi(raw)]
pub unsafe extern "C" fn _PyEvent_Notify(event: *mut u8) {
    // SAFETY: C passes a live event, which it touches with atomic operations only.
    let bits = unsafe { AtomicU8::from_ptr(event) };
    if bits.swap(SET, AcqRel) & PARKED as u8 != 0 {
        wake(event as usize);
    }
}

/// Wait for the event.
#[capi(raw)]
pub unsafe extern "C" fn PyEvent_Wait(event: *mut u8) {
    // SAFETY: as above.
    let bits = unsafe { AtomicU8::from_ptr(event) };
    loop {
        let seen = bits.load(Acquire);
        if seen & SET != 0 {
            return;
        }
        let waits = seen | PARKED as u8;
        if seen == waits || bits.compare_exchange(seen, waits, AcqRel, Relaxed).is_ok() {
            park_while(event as usize, || bits.load(Relaxed) == waits);
        }
    }
}

/// Take the lock, by `change` of what it is while it is free for that; wait while `change` gives none.
fn acquire(bits: &AtomicUsize, change: impl Fn(usize) -> Option<usize>) {
    loop {
        let seen = bits.load(Relaxed);
        if let Some(taken) = change(seen) {
            if bits.compare_exchange_weak(seen, taken, Acquire, Relaxed).is_ok() {
                return;
            }
            continue;
        }
        let waits = seen | PARKED;
        if seen == waits || bits.compare_exchange(seen, waits, Relaxed, Relaxed).is_ok() {
            park_while(bits.as_ptr() as usize, || bits.load(Relaxed) == waits);
        }
    }
}

/// # Safety
/// `lock` is a live `_PyRWMutex`.
unsafe fn word<'a>(lock: *mut usize) -> &'a AtomicUsize {
    // SAFETY: the caller's contract; C touches it with atomic operations only.
    unsafe { AtomicUsize::from_ptr(lock) }
}

/// Take the lock to read, behind those who wait to write.
#[capi(raw)]
pub unsafe extern "C" fn _PyRWMutex_RLock(lock: *mut usize) {
    // SAFETY: C passes a live lock.
    acquire(unsafe { word(lock) }, |seen| (seen & (WRITTEN | PARKED) == 0).then(|| seen + READER));
}

/// Give the lock that was taken to read.
#[capi(raw)]
pub unsafe extern "C" fn _PyRWMutex_RUnlock(lock: *mut usize) {
    // SAFETY: C passes a live lock that it holds.
    let bits = unsafe { word(lock) };
    // Who waits to write is told by the mark that stays: readers wait behind it until the lock was written.
    if bits.fetch_sub(READER, Release) - READER == PARKED {
        wake(lock as usize);
    }
}

/// Take the lock to write.
#[capi(raw)]
pub unsafe extern "C" fn _PyRWMutex_Lock(lock: *mut usize) {
    // SAFETY: C passes a live lock.
    acquire(unsafe { word(lock) }, |seen| (seen & !PARKED == 0).then_some(seen | WRITTEN));
}

/// Give the lock that was taken to write.
#[capi(raw)]
pub unsafe extern "C" fn _PyRWMutex_Unlock(lock: *mut usize) {
    // SAFETY: C passes a live lock that it holds.
    if unsafe { word(lock) }.swap(0, AcqRel) & PARKED != 0 {
        wake(lock as usize);
    }
}

/// Of a flag, beside the bits of a `PyMutex`: the function ran.
const DONE: u8 = 4;

/// Call `function` unless one call with this flag has succeeded; who comes meanwhile waits.
#[capi(raw)]
pub unsafe extern "C" fn _PyOnceFlag_CallOnceSlow(
    flag: *mut u8,
    function: unsafe extern "C" fn(*mut c_void) -> c_int,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: C passes a live flag, which it touches with atomic operations only.
    let bits = unsafe { AtomicU8::from_ptr(flag) };
    loop {
        let seen = bits.load(Acquire);
        if seen & DONE != 0 {
            return 0;
        }
        if seen & SET == 0 {
            if bits.compare_exchange(seen, seen | SET, AcqRel, Relaxed).is_err() {
                continue;
            }
            // SAFETY: C's function, with its argument.
            let status = unsafe { function(arg) };
            let left = if status == 0 { DONE } else { 0 };
            if bits.swap(left, AcqRel) & PARKED as u8 != 0 {
                wake(flag as usize);
            }
            return status;
        }
        let waits = seen | PARKED as u8;
        if seen == waits || bits.compare_exchange(seen, waits, AcqRel, Relaxed).is_ok() {
            park_while(flag as usize, || bits.load(Relaxed) == waits);
        }
    }
}

/// `_PyRecursiveMutex`.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct RecursiveMutex {
    mutex: u8,
    thread: AtomicU64,
    /// How often the thread took it besides the first time.
    level: usize,
}

fn this_thread() -> u64 {
    // SAFETY: it has no precondition.
    unsafe { libc::pthread_self() }
}

/// Whether this thread holds the mutex.
#[capi(raw)]
pub unsafe extern "C" fn _PyRecursiveMutex_IsLockedByCurrentThread(mutex: *mut RecursiveMutex) -> c_int {
    // SAFETY: C passes a live mutex.
    c_int::from(unsafe { &(*mutex).thread }.load(Relaxed) == this_thread())
}

/// Take the mutex, once more if this thread holds it.
#[capi(raw)]
pub unsafe extern "C" fn _PyRecursiveMutex_Lock(mutex: *mut RecursiveMutex) {
    // SAFETY: C passes a live mutex; its level belongs to who holds it.
    unsafe {
        if _PyRecursiveMutex_IsLockedByCurrentThread(mutex) != 0 {
            (*mutex).level += 1;
            return;
        }
        PyMutex_Lock(&raw mut (*mutex).mutex);
        (*mutex).thread.store(this_thread(), Relaxed);
    }
}

/// Give the mutex, once.
#[capi(raw)]
pub unsafe extern "C" fn _PyRecursiveMutex_Unlock(mutex: *mut RecursiveMutex) {
    // SAFETY: as above.
    unsafe {
        if _PyRecursiveMutex_IsLockedByCurrentThread(mutex) == 0 {
            let message = "unlocking a recursive mutex that is not owned by the current thread";
            crate::pylifecycle::fatal(Some("_PyRecursiveMutex_Unlock"), message);
        }
        if (*mutex).level > 0 {
            (*mutex).level -= 1;
            return;
        }
        (*mutex).thread.store(0, Relaxed);
        PyMutex_Unlock(&raw mut (*mutex).mutex);
    }
}

/// What names this thread as long as it lives.
#[capi(raw)]
pub unsafe extern "C" fn PyThread_get_thread_ident_ex() -> c_ulonglong {
    this_thread()
}
