//! What ran: counters that `pierglass.stats()` and the demo show.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static CROSSINGS: AtomicU64 = AtomicU64::new(0);

/// Counters since the process started.
#[derive(Clone, Copy, Debug)]
pub struct Stats {
    /// Calls from the host into C.
    pub crossings: u64,
    /// Links made between a mirror and a host object.
    pub links: u64,
    /// Mirrors alive now, in blocks of mirror memory.
    pub live_mirrors: usize,
    /// Bytes they occupy.
    pub live_bytes: usize,
    /// Links in the map now.
    pub mapped: usize,
}

/// One more call from the host into C. Under the extension lock: a plain increment would do, were it not for readers.
#[inline]
pub(crate) fn crossing() {
    CROSSINGS.store(CROSSINGS.load(Relaxed) + 1, Relaxed);
}

/// The counters now.
pub fn stats() -> Stats {
    let _held = crate::lock::hold();
    crate::lifetime::bridge(|bridge| {
        let (live_mirrors, live_bytes) = bridge.heap.live();
        Stats {
            crossings: CROSSINGS.load(Relaxed),
            links: bridge.made,
            live_mirrors,
            live_bytes,
            mapped: bridge.mapped(),
        }
    })
}

/// The live mirrors by type and state: what two of these differ in stayed behind.
pub fn ledger() -> refcount_bridge::ledger::Ledger {
    let _held = crate::lock::hold();
    // SAFETY: the lock is held; the types of live mirrors are live.
    crate::lifetime::bridge(|bridge| unsafe { bridge.ledger() })
}
