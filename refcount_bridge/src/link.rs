//! Links and their states: the only place that reads or writes `ob_refcnt` on the layer's behalf.

use object_mirror::heap::{self, Heap};
use object_mirror::map::{HostMap, SideMap};
use object_mirror::object::PyObject;
use object_mirror::prefix::Prefix;

use crate::cycles::Room;
use crate::kept::Kept;
use crate::{GcHooks, Headers};

/// The bits of [`Prefix::state`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct State(pub u32);

impl State {
    /// `ob_refcnt` includes the share.
    pub const SHARED: u32 = 1;
    /// The link's `host` word is a strong reference (otherwise the wrapper holds the mirror).
    pub const STRONG: u32 = 1 << 1;
    /// The host object is found in the map by its identity.
    pub const MAPPED: u32 = 1 << 2;
    /// The truth is in the C struct: an instance of a C type, a C function, a type.
    pub const IN_C: u32 = 1 << 3;
    /// Neither side's counts end the link: static types, singletons, `PyExc_*`.
    pub const IMMORTAL: u32 = 1 << 4;
    /// In a thread's lent set.
    pub const LENT: u32 = 1 << 5;
    /// In the retained set.
    pub const RETAINED: u32 = 1 << 6;
    /// Tracked by the cycle collector (`PyObject_GC_Track`).
    pub const TRACKED: u32 = 1 << 7;
    /// `tp_finalize` has run.
    pub const FINALIZED: u32 = 1 << 8;
    /// Its `tp_dealloc` is running.
    pub const DYING: u32 = 1 << 9;
    /// C allocated it larger than its type says: the host keeps no place for what lies behind.
    pub const LARGER: u32 = 1 << 10;
    /// The memory has a C object's life in it (`PyObject_Init` ran and it was not freed).
    pub const ALIVE: u32 = 1 << 11;
    /// A small immutable value that is worth keeping for its next crossing.
    pub const KEEPABLE: u32 = 1 << 12;
    /// A type whose instances (a part of) C lays out.
    pub const LAYS_OUT: u32 = 1 << 14;
    /// Kept: see [`crate::kept`].
    pub(crate) const KEPT: u32 = 1 << 13;
    /// The dict of a module or of a class: what C puts there it goes on using without a reference of its own.
    pub const NAMESPACE: u32 = 1 << 15;
    /// Of such a dict: it is a class's. The bit says something else of types.
    pub const OF_CLASS: u32 = Self::LAYS_OUT;
    /// Where a byte lies that tells which thread lent the mirror last, and one that counts its places in lent sets.
    pub(crate) const LENDER: u32 = 16;
    pub(crate) const LENDINGS: u32 = 24;
}

/// A mirror's prefix, wherever it is kept.
#[derive(Clone, Copy)]
pub struct Link(*mut Prefix);

impl Link {
    pub(crate) fn new(prefix: *mut Prefix) -> Self {
        Self(prefix)
    }

    /// The link's state bits that are also in `bits`.
    #[inline]
    pub fn has(self, bits: u32) -> bool {
        // SAFETY: a `Link` is made by `Bridge::link` for a live prefix, used under the extension lock.
        unsafe { (*self.0).state & bits != 0 }
    }

    /// Set state bits.
    #[inline]
    pub fn set(self, bits: u32) {
        // SAFETY: as in `has`.
        unsafe { (*self.0).state |= bits };
    }

    /// Clear state bits.
    #[inline]
    pub fn clear(self, bits: u32) {
        // SAFETY: as in `has`.
        unsafe { (*self.0).state &= !bits };
    }

    /// One of the two bytes of the state that are numbers.
    #[inline]
    pub(crate) fn number(self, shift: u32) -> u8 {
        // SAFETY: as in `has`.
        unsafe { ((*self.0).state >> shift) as u8 }
    }

    #[inline]
    pub(crate) fn set_number(self, shift: u32, number: u8) {
        // SAFETY: as in `has`.
        unsafe { (*self.0).state = (*self.0).state & !(0xFF << shift) | u32::from(number) << shift };
    }

    /// The host word, or 0 for a C-born mirror.
    #[inline]
    pub fn host(self) -> usize {
        // SAFETY: as in `has`.
        unsafe { (*self.0).host }
    }

    #[inline]
    pub(crate) fn set_host(self, host: usize) {
        // SAFETY: as in `has`.
        unsafe { (*self.0).host = host };
    }
}

/// What the caller must do after a link ended, outside every borrow.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dropped {
    /// Nothing: the mirror lives on.
    Kept,
    /// The mirror is out of the map; the caller frees its contents and memory, then releases this host word (0: none).
    Free(usize),
}

/// The mirrors of one process and their links.
pub struct Bridge {
    /// Mirror memory.
    pub heap: Heap,
    pub(crate) side: SideMap,
    /// The mirrors of objects that do not keep them themselves.
    pub(crate) by_host: HostMap,
    headers: Option<&'static dyn Headers>,
    /// Links made, ended; kept for the statistics that users see.
    pub made: u64,
    /// Mirrors that C still holds after the crossing that lent them.
    pub(crate) retained: Vec<*mut PyObject>,
    pub(crate) cursor: usize,
    pub(crate) kept: Kept,
    /// Of scans, one at a time.
    pub(crate) room: Room<*mut PyObject>,
}

impl Bridge {
    /// An empty bridge with its own memory range.
    pub fn new() -> Self {
        Self {
            heap: Heap::new(),
            side: SideMap::new(),
            by_host: HostMap::new(),
            headers: None,
            made: 0,
            retained: Vec::new(),
            cursor: 0,
            kept: Kept::new(),
            room: Room::default(),
        }
    }

    /// The link of a mirror; foreign memory (a static type, an instance in `.data`) gets its prefix on first sight.
    #[inline]
    pub fn link(&mut self, mirror: *mut PyObject) -> Link {
        if heap::in_range(mirror as usize) {
            // SAFETY: addresses in the range are mirrors, each right behind its prefix.
            return Link(unsafe { heap::prefix_in_range(mirror as usize) });
        }
        Link(self.side.get_or_insert(mirror as usize))
    }

    /// From now on objects keep their mirrors. Before the first link.
    pub fn set_headers(&mut self, headers: &'static dyn Headers) {
        debug_assert_eq!(self.made, 0, "links made earlier are in the map");
        self.headers = Some(headers);
    }

    /// The mirror of the object behind `host`, if one is found by its object.
    #[inline]
    pub fn find_of(&self, host: usize, identity: impl FnOnce(usize) -> usize) -> Option<*mut PyObject> {
        match self.headers.and_then(|headers| headers.mirror(host)) {
            Some(mirror) => (mirror != 0).then_some(mirror as *mut PyObject),
            None => self.find(identity(host)),
        }
    }

    /// As [`Bridge::find_of`], of an object with this identity that does not keep its mirror itself.
    #[inline]
    pub fn find(&self, identity: usize) -> Option<*mut PyObject> {
        self.by_host.get(identity).map(|mirror| mirror as *mut PyObject)
    }

    /// The object behind `host` leads to the mirror from now on.
    fn enter(&mut self, mirror: *mut PyObject, host: usize, identity: usize) {
        if !self.headers.is_some_and(|headers| headers.keep(host, mirror as usize)) {
            self.by_host.insert(identity, mirror as usize);
        }
    }

    /// It does not any more.
    fn leave(&mut self, host: usize, identity: impl FnOnce(usize) -> usize) {
        if !self.headers.is_some_and(|headers| headers.keep(host, 0)) {
            self.by_host.remove(identity(host));
        }
    }

    /// The number of links in the map: of objects that do not keep their mirrors themselves.
    pub fn mapped(&self) -> usize {
        self.by_host.len()
    }

    /// Bytes of the tables about links: the map, foreign memory's prefixes, the retained. What scans keep for the next one is
    /// not in it ([`Bridge::scan_bytes`]), nor the prefixes of mirror memory, which are in [`Heap::live`].
    pub fn table_bytes(&self) -> usize {
        self.by_host.bytes() + self.side.bytes() + self.retained.capacity() * size_of::<*mut PyObject>()
    }

    /// Bytes that collections keep for the next one.
    pub fn scan_bytes(&self) -> usize {
        self.room.bytes()
    }

    /// Link a mirror whose state is in the host. Takes over one strong reference, `host`. `ob_refcnt` must be C's
    /// references; when `mapped`, the share is added and the mirror must be lent or retained by the caller.
    pub fn link_value(&mut self, mirror: *mut PyObject, host: usize, mapped: Option<usize>) {
        let link = self.link(mirror);
        link.set_host(host);
        link.set(State::STRONG);
        self.made += 1;
        if let Some(identity) = mapped {
            self.share(mirror, identity);
        }
    }

    /// Link a mirror whose state is in the host to an object that nobody else refers to. Takes over that reference, `host`.
    /// `ob_refcnt` stays C's references alone until the object crosses to the host ([`Bridge::share`]); should the host meet
    /// it earlier (a collector does), it finds the mirror.
    pub fn link_owned(&mut self, mirror: *mut PyObject, host: usize, identity: usize) {
        let link = self.link(mirror);
        link.set_host(host);
        link.set(State::STRONG | State::MAPPED);
        self.made += 1;
        self.enter(mirror, host, identity);
    }

    /// Whether the link is owned: it holds the host object, and C alone holds the mirror.
    pub fn is_owned(&mut self, mirror: *mut PyObject) -> bool {
        let link = self.link(mirror);
        link.has(State::STRONG) && !link.has(State::SHARED | State::IN_C | State::IMMORTAL)
    }

    /// owned -> shared: from now on the host may find this mirror by its object.
    pub fn share(&mut self, mirror: *mut PyObject, identity: usize) {
        let link = self.link(mirror);
        debug_assert!(!link.has(State::SHARED), "the share is one reference");
        link.set(State::SHARED | State::MAPPED);
        self.enter(mirror, link.host(), identity);
        // SAFETY: the mirror is live and the extension lock is held.
        unsafe { add(mirror, 1) };
    }

    /// Link a mirror whose state is in C to its new wrapper: the wrapper holds the mirror by the share, and `host` is not
    /// a reference. `identity` enters it in the map, for wrappers that do not know their mirror themselves.
    pub fn link_wrapper(&mut self, mirror: *mut PyObject, host: usize, identity: Option<usize>) {
        let link = self.link(mirror);
        link.set_host(host);
        link.clear(State::STRONG);
        link.set(State::IN_C | State::SHARED);
        self.made += 1;
        if let Some(identity) = identity {
            link.set(State::MAPPED);
            self.enter(mirror, host, identity);
        }
        // SAFETY: the mirror is live and the extension lock is held.
        unsafe { add(mirror, 1) };
    }

    /// Link a mirror whose state is in C to an object that does not tell of its end (a class, a module), which `host` is a
    /// strong reference to: each holds the other, and only a collection ends them, by [`Bridge::unbind`].
    pub fn link_bound(&mut self, mirror: *mut PyObject, host: usize, identity: usize) {
        let link = self.link(mirror);
        link.set_host(host);
        link.set(State::IN_C | State::SHARED | State::STRONG | State::MAPPED);
        self.made += 1;
        self.enter(mirror, host, identity);
        // SAFETY: the mirror is live and the extension lock is held.
        unsafe { add(mirror, 1) };
    }

    /// Whether [`Bridge::link_bound`] linked the mirror.
    pub fn is_bound(&mut self, mirror: *mut PyObject) -> bool {
        let link = self.link(mirror);
        link.has(State::STRONG) && link.has(State::SHARED) && link.has(State::IN_C)
    }

    /// A collection found both sides of a bound link dead: ends it if the share is all that holds the mirror. Its count is
    /// zero then; the caller runs the destructor and releases the word.
    pub fn unbind(&mut self, mirror: *mut PyObject, hooks: &(impl GcHooks + ?Sized)) -> Option<usize> {
        // SAFETY: the share keeps it live.
        if !self.is_bound(mirror) || unsafe { (*mirror).ob_refcnt } > 1 {
            return None;
        }
        let word = self.sever(mirror, |host| hooks.identity(host));
        // SAFETY: the share was the last reference.
        unsafe { (*mirror).ob_refcnt = 0 };
        Some(word)
    }

    /// Link a mirror for ever: takes over the strong reference `host`; neither side's count ends it.
    pub fn link_immortal(&mut self, mirror: *mut PyObject, host: usize, identity: usize) {
        let link = self.link(mirror);
        link.set_host(host);
        link.set(State::STRONG | State::MAPPED | State::IMMORTAL);
        self.enter(mirror, host, identity);
    }

    /// The wrapper of a state-in-C mirror has no host references left. If C still holds some, the wrapper must be kept:
    /// the caller hands over a strong reference to it, the share is given up, and this says so by `true`.
    pub fn wrapper_unreferenced(&mut self, mirror: *mut PyObject, keep: impl FnOnce() -> usize) -> bool {
        let link = self.link(mirror);
        // SAFETY: the share keeps the mirror live until here.
        if unsafe { (*mirror).ob_refcnt } <= 1 || !link.has(State::SHARED) {
            return false;
        }
        link.set_host(keep());
        link.set(State::STRONG);
        link.clear(State::SHARED);
        // SAFETY: as above; C's references remain.
        unsafe { add(mirror, -1) };
        true
    }

    /// A C-owned wrapper crosses to the host again: the share comes back. Gives out the link's strong reference.
    pub fn wrapper_returns(&mut self, mirror: *mut PyObject) -> usize {
        let link = self.link(mirror);
        debug_assert!(link.has(State::IN_C) && link.has(State::STRONG) && !link.has(State::SHARED));
        link.clear(State::STRONG);
        link.set(State::SHARED);
        // SAFETY: C's references keep the mirror live.
        unsafe { add(mirror, 1) };
        link.host()
    }

    /// The end of a link, whoever ended it: out of the map, the word handed back for release (0 where it was no
    /// reference). The state bits that describe the memory stay.
    pub fn sever(&mut self, mirror: *mut PyObject, identity: impl FnOnce(usize) -> usize) -> usize {
        let link = self.link(mirror);
        let host = link.host();
        if link.has(State::MAPPED) {
            self.leave(host, identity);
        }
        let word = if link.has(State::STRONG) { host } else { 0 };
        link.set_host(0);
        link.clear(State::STRONG | State::MAPPED | State::SHARED | State::IN_C);
        word
    }

    /// Poll a shared value: end the link if only the share is left.
    pub fn poll(&mut self, mirror: *mut PyObject, hooks: &(impl GcHooks + ?Sized)) -> Dropped {
        let link = self.link(mirror);
        if link.has(State::IMMORTAL) || !link.has(State::SHARED) || link.has(State::IN_C) {
            return Dropped::Kept;
        }
        // SAFETY: the share keeps it live.
        if unsafe { (*mirror).ob_refcnt } > 1 {
            return Dropped::Kept;
        }
        Dropped::Free(self.sever(mirror, |host| hooks.identity(host)))
    }

    /// The host object moved: its identity key changed.
    pub fn relocate(&mut self, old: usize, new: usize) {
        self.by_host.relocate(old, new);
    }

    /// Forget foreign memory that ended its life.
    pub fn forget_foreign(&mut self, mirror: *mut PyObject) {
        if !heap::in_range(mirror as usize) {
            self.side.remove(mirror as usize);
        }
    }

    /// Forget foreign memory whose destructor returned, if its link is still that of the life that ended. Does not read it: it
    /// may be gone.
    pub fn forget_ended(&mut self, mirror: *mut PyObject) {
        if heap::in_range(mirror as usize) {
            return;
        }
        let link = self.side.get(mirror as usize).map(Link);
        if link.is_some_and(|link| link.has(State::DYING) && link.host() == 0) {
            self.side.remove(mirror as usize);
        }
    }
}

impl Default for Bridge {
    fn default() -> Self {
        Self::new()
    }
}

/// # Safety
/// `mirror` is live and the extension lock is held.
pub(crate) unsafe fn add(mirror: *mut PyObject, by: isize) {
    // SAFETY: the caller's contract.
    unsafe {
        if !object_mirror::object::is_immortal((*mirror).ob_refcnt) {
            (*mirror).ob_refcnt += by;
        }
    }
}
