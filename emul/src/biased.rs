//! A lock that costs the thread that took it first no atomic operation, as long as no other thread wants it.
//!
//! Most programs call C from one thread; two atomic exchanges a call are then the largest part of a small crossing. The
//! *favourite*, the first thread to come, says by a plain store that it is inside and looks whether its favour still
//! stands; the processor may swap the two. The first other thread revokes the favour: it says so, has the system run a
//! barrier on every thread of the process (`membarrier`), after which either the favourite has seen it or the revoker
//! sees that the favourite is inside, and waits for it. From then on the lock is an ordinary mutex. Where the system has
//! no such barrier, it is one from the start.

use std::cell::Cell;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, compiler_fence};

use parking_lot::RawMutex;
use parking_lot::lock_api::RawMutex as _;

/// Nobody came yet.
const NEW: u8 = 0;
/// There is a favourite.
const FAVOUR: u8 = 1;
/// The favour ends; the favourite may still be inside.
const REVOKED: u8 = 2;
/// The mutex alone decides.
const MUTEX: u8 = 3;

/// How a thread holds the lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hold {
    No,
    Favour,
    Mutex,
    /// For good: the interpreter has ended.
    Ended,
}

/// What a lock knows of one thread: in a variable of the thread's.
#[derive(Debug)]
pub(crate) struct Holder {
    hold: Cell<Hold>,
    favourite: Cell<bool>,
}

impl Holder {
    pub(crate) const fn new() -> Self {
        Self { hold: Cell::new(Hold::No), favourite: Cell::new(false) }
    }

    #[inline]
    pub(crate) fn holds(&self) -> bool {
        self.hold.get() != Hold::No
    }
}

pub(crate) struct Biased {
    state: AtomicU8,
    /// The favourite holds the lock, or is about to look whether it may.
    inside: AtomicBool,
    /// One at a time: see [`Biased::renew_after_fork`].
    mutexes: [RawMutex; MUTEXES],
    /// Which of them.
    current: AtomicUsize,
}

/// How many forks, each the child of another that left threads waiting behind, go without using a mutex again.
const MUTEXES: usize = 32;

impl Biased {
    pub(crate) const fn new() -> Self {
        Self {
            state: AtomicU8::new(NEW),
            inside: AtomicBool::new(false),
            mutexes: [const { RawMutex::INIT }; MUTEXES],
            current: AtomicUsize::new(0),
        }
    }

    #[inline]
    fn mutex(&self) -> &RawMutex {
        &self.mutexes[self.current.load(Relaxed) % MUTEXES]
    }

    /// Take the lock, which this thread does not hold, if that needs no waiting.
    #[inline]
    pub(crate) fn try_take(&self, holder: &Holder) -> bool {
        if holder.favourite.get() {
            self.inside.store(true, Relaxed);
            compiler_fence(SeqCst);
            if self.state.load(Acquire) == FAVOUR {
                holder.hold.set(Hold::Favour);
                return true;
            }
            self.lose_favour(holder);
        }
        if self.state.load(Acquire) != MUTEX {
            return self.try_take_first(holder);
        }
        self.try_take_mutex(holder)
    }

    #[inline]
    fn try_take_mutex(&self, holder: &Holder) -> bool {
        let taken = self.mutex().try_lock();
        if taken {
            holder.hold.set(Hold::Mutex);
        }
        taken
    }

    #[cold]
    fn try_take_first(&self, holder: &Holder) -> bool {
        if self.state.load(Acquire) == NEW && self.claim(holder) {
            return self.try_take(holder);
        }
        self.revoke() && self.try_take_mutex(holder)
    }

    /// Take the lock, waiting for it: what to do where [`Biased::try_take`] failed.
    pub(crate) fn take(&self, holder: &Holder) {
        while self.state.load(Acquire) != MUTEX && !self.revoke() {
            let key = std::ptr::from_ref(&self.inside) as usize;
            let inside = || self.inside.load(Relaxed);
            // SAFETY: nobody else parks at the address of this field; the closures neither panic nor park.
            unsafe {
                parking_lot_core::park(key, inside, || {}, |_, _| {}, parking_lot_core::DEFAULT_PARK_TOKEN, None)
            };
        }
        self.mutex().lock();
        holder.hold.set(Hold::Mutex);
    }

    /// Give the lock back.
    #[inline]
    pub(crate) fn give(&self, holder: &Holder) {
        match holder.hold.replace(Hold::No) {
            Hold::Favour => {
                self.inside.store(false, Release);
                compiler_fence(SeqCst);
                if self.state.load(Relaxed) != FAVOUR {
                    self.wake();
                }
            }
            // SAFETY: this thread holds it.
            Hold::Mutex => unsafe { self.mutex().unlock() },
            Hold::No => debug_assert!(false, "the lock is given back by its holder"),
            Hold::Ended => crate::pylifecycle::after_the_end(),
        }
    }

    /// This thread, which does not hold the lock, passes for its holder from now on, and is it if nobody else was: where it would
    /// give it back, the process ends.
    pub(crate) fn end(&self, holder: &Holder) {
        let _is_free = self.try_take(holder);
        holder.hold.set(Hold::Ended);
    }

    /// The favourite, not inside, learns that its favour ended.
    #[cold]
    fn lose_favour(&self, holder: &Holder) {
        holder.favourite.set(false);
        self.inside.store(false, Release);
        self.wake();
    }

    #[cold]
    fn wake(&self) {
        let key = std::ptr::from_ref(&self.inside) as usize;
        // SAFETY: only `take` parks at this address.
        unsafe { parking_lot_core::unpark_all(key, parking_lot_core::DEFAULT_UNPARK_TOKEN) };
    }

    /// Become the favourite, if nobody is.
    fn claim(&self, holder: &Holder) -> bool {
        let state = if barrier::prepare() { FAVOUR } else { MUTEX };
        let claimed = self.state.compare_exchange(NEW, state, SeqCst, SeqCst).is_ok() && state == FAVOUR;
        holder.favourite.set(claimed);
        claimed
    }

    /// End the favour; whether the mutex alone decides now. `false`: the favourite is inside.
    fn revoke(&self) -> bool {
        let _other = self.state.compare_exchange(NEW, MUTEX, SeqCst, SeqCst);
        let _other = self.state.compare_exchange(FAVOUR, REVOKED, SeqCst, SeqCst);
        if self.state.load(SeqCst) == MUTEX {
            return true;
        }
        barrier::run();
        if self.inside.load(SeqCst) {
            return false;
        }
        self.state.store(MUTEX, SeqCst);
        true
    }

    /// After `fork`, in the child: this thread is the only one there is.
    ///
    /// The threads that waited for the mutex in the parent still stand in the child's copy of the table of waiting threads: it would
    /// be given to one of them, and for ever. So the child goes on with another one, at another address.
    pub(crate) fn renew_after_fork(&self, holder: &Holder) {
        if holder.hold.get() == Hold::Favour {
            return;
        }
        self.current.store(self.current.load(Relaxed) + 1, Relaxed);
        let mutex = std::ptr::from_ref(self.mutex()).cast_mut();
        // SAFETY: nobody else exists who could use it, and an atomic may be written by way of a shared reference.
        unsafe { mutex.write(RawMutex::INIT) };
        if holder.hold.get() == Hold::Mutex {
            self.mutex().lock();
        } else if !holder.favourite.get() {
            self.inside.store(false, SeqCst);
            self.state.store(NEW, SeqCst);
        }
    }
}

#[cfg(target_os = "linux")]
mod barrier {
    //! The barrier on every thread of the process.

    fn command(command: libc::c_int) -> bool {
        // SAFETY: the call reads and writes no memory of ours.
        unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
    }

    /// Whether [`run`] will work.
    pub(super) fn prepare() -> bool {
        command(libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) && command(libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED)
    }

    /// # Panics
    /// If the system takes back what it promised in [`prepare`]: going on would let two threads in.
    pub(super) fn run() {
        assert!(command(libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED) || prepare(), "membarrier worked before");
    }
}

#[cfg(not(target_os = "linux"))]
mod barrier {
    //! No such barrier: nobody is favoured.

    pub(super) fn prepare() -> bool {
        false
    }

    pub(super) fn run() {}
}

#[cfg(test)]
mod tests {
    use std::cell::UnsafeCell;
    use std::sync::Barrier;
    use std::thread::scope;

    use super::*;

    struct Counter(UnsafeCell<u64>);
    // SAFETY: changed under the lock that the tests are about.
    unsafe impl Sync for Counter {}

    impl Counter {
        /// One more, by two steps that another thread could come between.
        fn add(&self) {
            // SAFETY: under the lock.
            unsafe {
                let value = self.0.get().read_volatile();
                std::hint::spin_loop();
                self.0.get().write_volatile(value + 1);
            }
        }
    }

    fn with(lock: &Biased, holder: &Holder, body: impl FnOnce()) {
        if !lock.try_take(holder) {
            lock.take(holder);
        }
        assert!(holder.holds());
        body();
        lock.give(holder);
        assert!(!holder.holds());
    }

    #[test]
    fn a_thread_alone_is_the_favourite() {
        let (lock, holder) = (Biased::new(), Holder::new());
        for _ in 0..3 {
            assert!(lock.try_take(&holder));
            let hold = if barrier::prepare() { Hold::Favour } else { Hold::Mutex };
            assert_eq!(holder.hold.get(), hold);
            lock.give(&holder);
        }
    }

    #[test]
    fn one_thread_at_a_time_while_the_favour_is_revoked() {
        const TURNS: u64 = 2000;
        for _ in 0..50 {
            let (lock, counter, start) = (Biased::new(), Counter(UnsafeCell::new(0)), Barrier::new(3));
            scope(|scope| {
                for late in [0, 50, 300] {
                    let (lock, counter, start) = (&lock, &counter, &start);
                    scope.spawn(move || {
                        let holder = Holder::new();
                        start.wait();
                        for _ in 0..late {
                            std::hint::spin_loop();
                        }
                        for _ in 0..TURNS {
                            with(lock, &holder, || counter.add());
                        }
                    });
                }
            });
            assert_eq!(counter.0.into_inner(), 3 * TURNS);
        }
    }

    #[test]
    fn who_only_tries_does_not_wait_for_the_favourite() {
        let (lock, favourite) = (Biased::new(), Holder::new());
        assert!(lock.try_take(&favourite));
        scope(|scope| {
            scope.spawn(|| assert!(!lock.try_take(&Holder::new())));
        });
        lock.give(&favourite);
        scope(|scope| {
            scope.spawn(|| {
                let other = Holder::new();
                assert!(lock.try_take(&other));
                lock.give(&other);
            });
        });
        assert!(lock.try_take(&favourite), "as a mutex");
        assert_eq!(favourite.hold.get(), Hold::Mutex);
        lock.give(&favourite);
    }

    #[test]
    fn who_waited_in_the_parent_is_forgotten() {
        let (lock, holder) = (Biased::new(), Holder::new());
        lock.revoke();
        for held in [false, true] {
            let waited_for = lock.mutex();
            waited_for.lock();
            if held {
                holder.hold.set(Hold::Mutex);
            }
            lock.renew_after_fork(&holder);
            assert!(!std::ptr::eq(waited_for, lock.mutex()));
            assert_eq!(lock.mutex().is_locked(), held);
            if !held {
                with(&lock, &holder, || ());
                lock.state.store(MUTEX, SeqCst);
                holder.favourite.set(false);
            }
        }
        lock.give(&holder);
        assert!(!lock.mutex().is_locked());
    }

    #[test]
    fn who_waits_is_woken_by_the_favourite() {
        let (lock, favourite) = (Biased::new(), Holder::new());
        assert!(lock.try_take(&favourite));
        scope(|scope| {
            let waiter = scope.spawn(|| {
                let other = Holder::new();
                lock.take(&other);
                lock.give(&other);
            });
            while lock.state.load(SeqCst) == FAVOUR {
                std::thread::yield_now();
            }
            lock.give(&favourite);
            waiter.join().expect("the waiter got the lock");
        });
    }
}
