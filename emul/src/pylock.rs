//! `cpython/lock.h`: `PyMutex`, one byte that C takes and gives inline while nobody waits.
//!
//! Threads that wait are parked under the byte's address, with the extension lock released.

use std::sync::atomic::{AtomicU8, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};

use capi_macros::capi;
use parking_lot_core::{DEFAULT_PARK_TOKEN, DEFAULT_UNPARK_TOKEN, park, unpark_one};

use crate::host::host;

const LOCKED: u8 = 1;
const PARKED: u8 = 2;

/// # Safety
/// `mutex` is a live `PyMutex`.
unsafe fn bits<'a>(mutex: *mut u8) -> &'a AtomicU8 {
    // SAFETY: the caller's contract; C touches the byte with atomic operations only.
    unsafe { AtomicU8::from_ptr(mutex) }
}

fn try_lock(bits: &AtomicU8) -> bool {
    let mut seen = bits.load(Relaxed);
    while seen & LOCKED == 0 {
        match bits.compare_exchange_weak(seen, seen | LOCKED, Acquire, Relaxed) {
            Ok(_) => return true,
            Err(now) => seen = now,
        }
    }
    false
}

/// Say that somebody waits; `false` if the mutex was given meanwhile.
fn announce(bits: &AtomicU8) -> bool {
    let seen = bits.load(Relaxed);
    seen == LOCKED | PARKED
        || seen == LOCKED && bits.compare_exchange(LOCKED, LOCKED | PARKED, Relaxed, Relaxed).is_ok()
}

fn wait(bits: &AtomicU8) {
    loop {
        if try_lock(bits) {
            return;
        }
        if !announce(bits) {
            continue;
        }
        let address = bits.as_ptr() as usize;
        // SAFETY: the callbacks neither panic nor park.
        unsafe { park(address, || bits.load(Relaxed) == LOCKED | PARKED, || {}, |_, _| {}, DEFAULT_PARK_TOKEN, None) };
    }
}

/// Take the mutex: called by the inline part when somebody else has it.
#[capi(raw)]
pub unsafe extern "C" fn PyMutex_Lock(mutex: *mut u8) {
    // SAFETY: C passes a live mutex.
    let bits = unsafe { bits(mutex) };
    if try_lock(bits) {
        return;
    }
    let_others_run(&mut || wait(bits));
}

/// Wait with the extension lock released, and the host told.
pub(crate) fn let_others_run(wait: &mut dyn FnMut()) {
    let _released = crate::lock::release();
    if host().attached().is_some() {
        host().blocking(wait);
    } else {
        wait();
    }
}

/// Give the mutex: called by the inline part when somebody waits for it.
#[capi(raw)]
pub unsafe extern "C" fn PyMutex_Unlock(mutex: *mut u8) {
    // SAFETY: C passes a live mutex that it holds.
    let bits = unsafe { bits(mutex) };
    if bits.load(Relaxed) & LOCKED == 0 {
        crate::pylifecycle::fatal(Some("PyMutex_Unlock"), "unlocking mutex that is not locked");
    }
    if bits.compare_exchange(LOCKED, 0, Release, Relaxed).is_ok() {
        return;
    }
    // SAFETY: the callback neither panics nor parks; it runs with the address's queue locked, so that nobody parks
    // between what it sees and what it stores.
    unsafe {
        unpark_one(mutex as usize, |result| {
            bits.store(if result.have_more_threads { PARKED } else { 0 }, Release);
            DEFAULT_UNPARK_TOKEN
        });
    }
}
