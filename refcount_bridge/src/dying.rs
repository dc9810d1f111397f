//! The beginning and the end of a mirror's life, as decisions: nothing here calls the host's or C's code.
//!
//! `tp_dealloc` returning is not death: a free list may keep the memory and start a new life in it, a finaliser may revive
//! the object. So the link is severed before the destructor runs, and a new life begins with [`Bridge::begin_life`],
//! whatever the memory was before.

use object_mirror::object::{PyObject, is_immortal};

use crate::GcHooks;
use crate::link::{Bridge, State};

/// What to do when a mirror's count reached zero.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LastReference {
    /// Nothing: C gave back a reference that was not its own; the count is the share's again.
    Overdrawn,
    /// The link, if there was one, is severed: run the destructor, then release this host word (0: none).
    Destroy(usize),
    /// It was C-owned and is the wrapper's again: release this word. The wrapper dies, and takes the mirror with it
    /// ([`Bridge::wrapper_died`]), unless the host still wants it.
    ToWrapper(usize),
}

impl Bridge {
    /// A new life begins in `mirror`'s memory: no host object, no history.
    pub fn begin_life(&mut self, mirror: *mut PyObject, hooks: &(impl GcHooks + ?Sized)) {
        let _no_reference = self.sever(mirror, |word| hooks.identity(word));
        let link = self.link(mirror);
        link.clear(State::DYING | State::TRACKED | State::FINALIZED | State::LARGER);
        link.set(State::ALIVE);
    }

    /// C's decref took `mirror`'s count to zero.
    pub fn last_reference(&mut self, mirror: *mut PyObject, hooks: &(impl GcHooks + ?Sized)) -> LastReference {
        let link = self.link(mirror);
        if link.has(State::IMMORTAL | State::SHARED) {
            // SAFETY: the share, or the immortal link, keeps it live.
            unsafe { (*mirror).ob_refcnt = 1 };
            return LastReference::Overdrawn;
        }
        if link.has(State::IN_C) && link.has(State::STRONG) {
            return LastReference::ToWrapper(self.wrapper_returns(mirror));
        }
        LastReference::Destroy(self.sever(mirror, |word| hooks.identity(word)))
    }

    /// The wrapper of a state-in-C mirror died. Whether the mirror dies with it: then its count is zero, and the caller
    /// runs the destructor. Otherwise C still holds it, without a host object.
    pub fn wrapper_died(&mut self, mirror: *mut PyObject, hooks: &(impl GcHooks + ?Sized)) -> bool {
        let link = self.link(mirror);
        let (shared, dying) = (link.has(State::SHARED), link.has(State::DYING));
        let _no_reference = self.sever(mirror, |word| hooks.identity(word));
        // SAFETY: the share kept the mirror live until here.
        unsafe {
            if is_immortal((*mirror).ob_refcnt) {
                return false;
            }
            if shared {
                (*mirror).ob_refcnt -= 1;
            }
            if (*mirror).ob_refcnt > 0 || dying {
                return false;
            }
        }
        link.set(State::DYING);
        true
    }

    /// C's references to `mirror`: its count without the share.
    pub fn c_references(&mut self, mirror: *mut PyObject) -> isize {
        let shared = self.link(mirror).has(State::SHARED);
        // SAFETY: callers pass live mirrors.
        unsafe { (*mirror).ob_refcnt - isize::from(shared) }
    }

    /// Take a C reference to `mirror` for the collector itself.
    pub fn hold(&mut self, mirror: *mut PyObject) {
        // SAFETY: the collection found it, so it is live.
        unsafe { crate::link::add(mirror, 1) };
    }

    /// The word of a state-in-C link changes: a host of handles takes back the strong one and leaves its weak one.
    pub fn reword(&mut self, mirror: *mut PyObject, word: usize) {
        let link = self.link(mirror);
        debug_assert!(link.has(State::IN_C) && !link.has(State::STRONG), "a strong word is released, not forgotten");
        link.set_host(word);
    }

    /// A collection moved objects, perhaps onto each other's old places: `new_identity` tells where each is now.
    pub fn relocate_all(&mut self, mut new_identity: impl FnMut(usize) -> usize) {
        self.by_host.rekey_all(|old, _| Some(new_identity(old)));
    }
}
