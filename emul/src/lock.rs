//! The extension lock: it stands in for the GIL while C code runs.
//!
//! C code, and everything here that touches reference counts, prefixes or maps, runs with the lock held. It is taken at
//! each entry into C, released while C calls back into the host or has said `Py_BEGIN_ALLOW_THREADS`. Waiting for it is
//! done detached from the host, so that a collection that stops the world need not wait for a thread that waits for us.

use std::marker::PhantomData;

use crate::biased::{Biased, Holder};
use crate::host::host;
use crate::pystate::handling;
use crate::pystate::interpreters::are_many;
use crate::{listobject, sizes};

static LOCK: Biased = Biased::new();

thread_local! {
    static THIS: Holder = const { Holder::new() };
}

/// Whether this thread holds the lock.
#[inline]
pub fn is_held() -> bool {
    THIS.with(Holder::holds)
}

/// Take the lock if this thread does not hold it; whether it was taken.
#[inline]
pub(crate) fn take() -> bool {
    THIS.with(|this| {
        if this.holds() {
            return false;
        }
        if !LOCK.try_take(this) {
            wait(this);
        }
        true
    })
}

#[cold]
fn wait(this: &Holder) {
    if host().attached().is_none() {
        LOCK.take(this);
    } else if are_many() {
        // The host may keep a thread for ever that comes back to an interpreter that has ended. The others need the lock still.
        loop {
            host().blocking(&mut || {
                LOCK.take(this);
                LOCK.give(this);
            });
            if LOCK.try_take(this) {
                return;
            }
        }
    } else {
        host().blocking(&mut || LOCK.take(this));
    }
}

/// Take the lock only if nobody has to wait for it.
pub(crate) fn try_take() -> bool {
    THIS.with(|this| !this.holds() && LOCK.try_take(this))
}

/// Give the lock back.
#[inline]
pub(crate) fn give() {
    THIS.with(|this| LOCK.give(this));
}

/// The interpreter has ended, and this thread, which has given the lock back for that, runs C code alone. What would give the lock
/// back, a return to the host or a call of it, ends the process.
pub(crate) fn end() {
    THIS.with(|this| LOCK.end(this));
}

/// The lock, released until this is dropped.
pub(crate) struct Released(Option<handling::Told>, PhantomData<*const ()>);

/// Release the lock, if this thread holds it, for a call into the host: what C did to exposed lists and the exception it handles
/// are brought in step before, the host's changes after.
#[inline]
pub(crate) fn release() -> Released {
    let told = is_held().then(|| {
        listobject::sync_to_host();
        handling::sync_to_host()
    });
    if told.is_some() {
        give();
    }
    Released(told, PhantomData)
}

impl Drop for Released {
    #[inline]
    fn drop(&mut self) {
        if let Some(told) = self.0.take() {
            take();
            drop(told);
            listobject::sync_to_c();
            sizes::sync_to_c();
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
    THIS.with(|this| LOCK.renew_after_fork(this));
}
