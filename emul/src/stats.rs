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
    /// Bytes of the tables about links.
    pub table_bytes: usize,
    /// Bytes that collections keep for the next one.
    pub scan_bytes: usize,
}

impl Stats {
    /// A name and a number for each thing that is counted: what `pierglass.stats()` gives. The demo shows `crossings` and
    /// `mirrors`.
    pub fn named(&self) -> [(&'static str, u64); 7] {
        [
            ("crossings", self.crossings),
            ("mirrors", self.links),
            ("live_mirrors", self.live_mirrors as u64),
            ("live_bytes", self.live_bytes as u64),
            ("mapped", self.mapped as u64),
            ("table_bytes", self.table_bytes as u64),
            ("scan_bytes", self.scan_bytes as u64),
        ]
    }
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
            table_bytes: bridge.table_bytes(),
            scan_bytes: bridge.scan_bytes(),
        }
    })
}

/// The live mirrors by type and state: what two of these differ in stayed behind.
pub fn ledger() -> refcount_bridge::ledger::Ledger {
    let _held = crate::lock::hold();
    // SAFETY: the lock is held; the types of live mirrors are live.
    crate::lifetime::bridge(|bridge| unsafe { bridge.ledger() })
}
