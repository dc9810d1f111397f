//! The life of a mirror: reference counts on C's side, a garbage collector on the host's.
//!
//! A *mirror* is the pinned C struct that stands for a host object; the pair is a *link*. C owns what it counts in
//! `ob_refcnt`; the host side as a whole holds at most one reference, the *share*, so that C reads a count of 1 only where
//! no host reference can exist.
//!
//! ```text
//!                    realize                    cross to the host
//!   C-born ───────────────────────▶ owned ───────────────────────▶ shared
//!     │                              │  ▲                            │
//!     │ count 0                      │  │ the host lets go,          │ C lets go (polled), or
//!     ▼                              │  │ C still holds              │ the wrapper dies
//!   freed ◀──────────────────────────┘  └────────────────────────────┤
//!     ▲            count 0                                           │
//!     └──────────────────────────────────────────────────────────────┘
//! ```
//!
//! * **C-born**: no host object yet; `ob_refcnt` is C's references. At zero it is freed, no host involved.
//! * **owned**: the link holds a strong reference to the host object; `ob_refcnt` is C's references alone. At zero C's
//!   decref announces the end of the link.
//! * **shared**: `ob_refcnt` is C's references plus the share. Two kinds:
//!   *state in the host* (str, dict, list...): the link holds the host object as long as C holds references or the mirror
//!   is lent in an unfinished crossing. A decref down to the share gives no event, so these are *polled*: see [`lent`].
//!   *state in C* (instances of C types): the host wrapper holds the mirror by the share and tells us when it dies; if C
//!   still holds references then, the wrapper is kept and the link becomes owned (C-owned in the design's words).
//!
//! Everything here runs under the extension lock. Nothing here calls the host while it holds a borrow of its own state, but for
//! what tells of a word and runs nothing: [`GcHooks::identity`] and [`Headers`].
//! How the dead are found, cycles included, is told in [`cycles`].
#![allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "a mirror is a live object or the bridge is not asked about it: the contract of every function of `Bridge`"
)]

pub mod cycles;
mod dying;
mod kept;
pub mod ledger;
mod lent;
mod link;
#[doc(hidden)]
pub mod rules;

pub use dying::LastReference;
pub use lent::Lent;
pub use link::{Bridge, Dropped, Link, State};

/// Of a host whose objects have a word to spare: each keeps its mirror. Elsewhere the bridge has a map of identities, which
/// takes more memory and time. Asked while the bridge is borrowed: neither may run code of anybody's or come back to the layer.
pub trait Headers: Sync {
    /// The mirror that the object behind `host` keeps, 0 if it has none. `None`: what is there keeps none (a small int that is
    /// no object), or has gone.
    fn mirror(&self, host: usize) -> Option<usize>;
    /// Have the object behind `host` keep this mirror, or 0. `false`: as for `None` above.
    fn keep(&self, host: usize, mirror: usize) -> bool;
}

/// What the bridge asks of a host: the references behind its words.
pub trait GcHooks {
    /// One more strong reference to the object `host` names; the word for it (a host of handles makes a new one).
    fn retain(&self, host: usize) -> usize;
    /// The word by which a link that does not hold the object names it, good as long as the object lives: another one where
    /// words are handles.
    fn weak(&self, host: usize) -> usize {
        host
    }
    /// A link ended that had the word of [`GcHooks::weak`]. (A host that gives the link a strong word instead forgets it itself.)
    fn drop_weak(&self, _word: usize) {}
    /// Give a strong reference back. May run finalisers.
    fn release(&self, host: usize);
    /// The key under which the object is found, the same for every word that names it; it changes when the object moves,
    /// and the host then says so with [`Bridge::relocate`]. Asked of the word of a link that ends after its object, too, and
    /// while the bridge is borrowed: it may not come back to the layer.
    fn identity(&self, host: usize) -> usize;
    /// Whether the strong reference `host` is the only one there is. A tracing host answers `false` and decides at its
    /// next collection.
    fn only_reference(&self, host: usize) -> bool;
}
