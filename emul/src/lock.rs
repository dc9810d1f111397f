//! The extension lock: it stands in for the GIL while C code runs.
//!
//! C code, and everything here that touches reference counts, prefixes or maps, runs with the lock held. It is taken at
//! each entry into C, released while C calls back into the host or has said `Py_BEGIN_ALLOW_THREADS`. Waiting for it is
//! done detached from the host, so that a collection that stops the world need not wait for a thread that waits for us.

use std::cell::Cell;
use std::marker::PhantomData;

use parking_lot::RawMutex;
use parking_lot::lock_api::RawMutex as _;

use crate::host::host;
use crate::listobject;

static LOCK: RawMutex = RawMutex::INIT;

thread_local! {
    static HELD: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread holds the lock.
#[inline]
pub fn is_held() -> bool {
    HELD.get()
}

/// Take the lock if this thread does not hold it; whether it was taken.
#[inline]
pub(crate) fn take() -> bool {
    if HELD.get() {
        return false;
    }
    if !LOCK.try_lock() {
        wait();
    }
    HELD.set(true);
    true
}

#[cold]
fn wait() {
    if host().is_attached() {
        host().blocking(&mut || LOCK.lock());
    } else {
        LOCK.lock();
    }
}

/// Take the lock only if nobody has to wait for it.
pub(crate) fn try_take() -> bool {
    if HELD.get() || !LOCK.try_lock() {
        return false;
    }
    HELD.set(true);
    true
}

/// Give the lock back.
#[inline]
pub(crate) fn give() {
    debug_assert!(HELD.get());
    HELD.set(false);
    // SAFETY: this thread holds it.
    unsafe { LOCK.unlock() };
}

/// The lock, released until this is dropped.
pub(crate) struct Released(bool, PhantomData<*const ()>);

/// Release the lock, if this thread holds it, for a call into the host: C's changes to exposed lists are brought in step
/// before, the host's after.
#[inline]
pub(crate) fn release() -> Released {
    let held = HELD.get();
    if held {
        listobject::sync_to_host();
        give();
    }
    Released(held, PhantomData)
}

impl Drop for Released {
    #[inline]
    fn drop(&mut self) {
        if self.0 {
            take();
            listobject::sync_to_c();
        }
    }
}

/// Hold the lock until this is dropped, whether this thread already held it or not.
pub(crate) struct Held(bool, PhantomData<*const ()>);

/// Make sure that the lock is held.
pub(crate) fn hold() -> Held {
    Held(take(), PhantomData)
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.0 {
            give();
        }
    }
}

/// After `fork`, in the child: the lock is this thread's alone.
pub(crate) fn renew_after_fork() {
    if HELD.get() {
        return;
    }
    if !LOCK.try_lock() {
        // SAFETY: the thread that held it does not exist in the child.
        unsafe { LOCK.unlock() };
        return;
    }
    // SAFETY: taken just above.
    unsafe { LOCK.unlock() };
}
