//! `_thread`: locks and threads. One thread at a time runs the interpreter (see [`crate::host::threads`]); who waits for a lock
//! has left it. What is made in Python of this is `modules/python/_thread.py`.

use super::Native;
use crate::heap::{H, Owned};
use crate::host::threads;
use crate::known as k;
use crate::native::def;
use crate::object::{Body, Lock};
use crate::vm::{Args, NativeDef, R, Vm};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a lock was released: who waits looks again when it changes.
static RELEASES: Mutex<u64> = Mutex::new(0);
static RELEASED: Condvar = Condvar::new();

/// This thread's identity for Python.
pub(crate) fn ident() -> u64 {
    // SAFETY: no precondition.
    unsafe { libc::pthread_self() as u64 }
}

fn lock(vm: &mut Vm, this: H) -> R<&mut Lock> {
    if !matches!(vm.body(this), Some(Body::Lock(_))) {
        return Err(vm.type_error("not a lock"));
    }
    match vm.body_mut(this) {
        Body::Lock(lock) => Ok(lock),
        _ => unreachable!("looked at above"),
    }
}

fn lock_new(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(args.h(0), Body::Lock(Lock { owner: 0, count: 0 }))
}

/// Takes the lock if it is free, or again if it is reentrant and ours.
fn try_take(vm: &mut Vm, this: H) -> R<bool> {
    let reentrant = vm.is_instance(this, k::RLOCK);
    let me = ident();
    let lock = lock(vm, this)?;
    if lock.count > 0 && !(reentrant && lock.owner == me) {
        return Ok(false);
    }
    (lock.owner, lock.count) = (me, lock.count + 1);
    Ok(true)
}

fn lock_acquire(vm: &mut Vm, args: Args) -> R<H> {
    let blocking = args.opt(vm, 1).map_or(Ok(true), |h| vm.truth(h))?;
    let timeout = match args.opt(vm, 2) {
        Some(h) => crate::objects::float::to_f64(vm, h)?,
        None => -1.0,
    };
    if !blocking && timeout != -1.0 {
        return Err(vm.value_error("can't specify a timeout for a non-blocking call"));
    }
    if timeout < 0.0 && timeout != -1.0 {
        return Err(vm.value_error("timeout value must be a non-negative number"));
    }
    if timeout > TIMEOUT_MAX {
        return Err(vm.raise(k::OVERFLOW_ERROR, "timeout value is too large"));
    }
    let end = (timeout >= 0.0).then(|| Instant::now() + Duration::from_secs_f64(timeout));
    loop {
        if try_take(vm, args.h(0))? {
            return Ok(k::TRUE);
        }
        let over = end.is_some_and(|end| Instant::now() >= end);
        if !blocking || over {
            return Ok(k::FALSE);
        }
        wait_for_release(vm, end);
        vm.attend()?;
    }
}

/// Seconds.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;

/// How soon a signal's handler is called while the main thread waits for a lock.
const LOOK: Duration = Duration::from_millis(50);

/// Leaves the interpreter until a lock is released, or until `end`.
fn wait_for_release(vm: &mut Vm, end: Option<Instant>) {
    vm.flush_out();
    // Read before others may run: a release between now and the wait is not missed.
    let seen = *RELEASES.lock().unwrap_or_else(PoisonError::into_inner);
    // The main thread comes back for signals, which wake nobody who waits.
    let look = (vm.is_main_thread() && super::signals::are_caught()).then(|| Instant::now() + LOOK);
    let end = end.into_iter().chain(look).min();
    threads::outside(vm, || {
        let mut releases = RELEASES.lock().unwrap_or_else(PoisonError::into_inner);
        while *releases == seen {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return;
            }
            releases = match left {
                None => RELEASED.wait(releases).unwrap_or_else(PoisonError::into_inner),
                Some(left) => RELEASED.wait_timeout(releases, left).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
    });
}

fn lock_release(vm: &mut Vm, args: Args) -> R<H> {
    let reentrant = vm.is_instance(args.h(0), k::RLOCK);
    let me = ident();
    let lock = lock(vm, args.h(0))?;
    if reentrant && (lock.count == 0 || lock.owner != me) {
        return Err(vm.raise(k::RUNTIME_ERROR, "cannot release un-acquired lock"));
    }
    if lock.count == 0 {
        return Err(vm.raise(k::RUNTIME_ERROR, "release unlocked lock"));
    }
    lock.count -= 1;
    if lock.count == 0 {
        announce();
    }
    Ok(k::NONE)
}

fn announce() {
    *RELEASES.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    RELEASED.notify_all();
}

fn lock_locked(vm: &mut Vm, args: Args) -> R<H> {
    let locked = lock(vm, args.h(0))?.count > 0;
    Ok(vm.bool(locked))
}

fn lock_exit(vm: &mut Vm, args: Args) -> R<H> {
    lock_release(vm, args)
}

fn lock_enter(vm: &mut Vm, args: Args) -> R<H> {
    while !try_take(vm, args.h(0))? {
        wait_for_release(vm, None);
        vm.attend()?;
    }
    Ok(k::TRUE)
}

fn lock_repr(vm: &mut Vm, args: Args) -> R<H> {
    let word = vm.get(args.h(0));
    let id = vm.heap.id(word);
    let reentrant = vm.is_instance(args.h(0), k::RLOCK);
    let lock = lock(vm, args.h(0))?;
    let (owner, count) = (if lock.count > 0 { lock.owner } else { 0 }, lock.count);
    let state = if count > 0 { "locked" } else { "unlocked" };
    vm.str(match reentrant {
        true => format!("<{state} _thread.RLock object owner={owner} count={count} at {id:#x}>"),
        false => format!("<{state} _thread.lock object at {id:#x}>"),
    })
}

fn lock_renew(vm: &mut Vm, args: Args) -> R<H> {
    *lock(vm, args.h(0))? = Lock { owner: 0, count: 0 };
    Ok(k::NONE)
}

fn lock_is_owned(vm: &mut Vm, args: Args) -> R<H> {
    let me = ident();
    let lock = lock(vm, args.h(0))?;
    let owned = lock.count > 0 && lock.owner == me;
    Ok(vm.bool(owned))
}

fn lock_recursion_count(vm: &mut Vm, args: Args) -> R<H> {
    let me = ident();
    let lock = lock(vm, args.h(0))?;
    let count = if lock.owner == me { lock.count } else { 0 };
    Ok(vm.size(count))
}

/// For `Condition`: gives up all of the lock, and says how much that was.
fn lock_release_save(vm: &mut Vm, args: Args) -> R<H> {
    let lock = lock(vm, args.h(0))?;
    let (owner, count) = (lock.owner, lock.count);
    if count == 0 {
        return Err(vm.raise(k::RUNTIME_ERROR, "cannot release un-acquired lock"));
    }
    *lock = Lock { owner: 0, count: 0 };
    announce();
    let (count, owner) = (vm.size(count), vm.int(owner as i64)?);
    vm.tuple(&[count, owner])
}

fn lock_acquire_restore(vm: &mut Vm, args: Args) -> R<H> {
    lock_enter(vm, args)?;
    let count = vm.item(args.h(1), 0).and_then(|count| vm.as_i64(count)).unwrap_or(1);
    lock(vm, args.h(0))?.count = count as usize;
    Ok(k::NONE)
}

pub(crate) static LOCK_METHODS: [NativeDef; 11] = [
    def("__new__", "cls", lock_new),
    def("acquire", "self :blocking= :timeout=", lock_acquire),
    def("acquire_lock", "self :blocking= :timeout=", lock_acquire),
    def("release", "self", lock_release),
    def("release_lock", "self", lock_release),
    def("locked", "self", lock_locked),
    def("locked_lock", "self", lock_locked),
    def("__enter__", "self", lock_enter),
    def("__exit__", "self *args", lock_exit),
    def("__repr__", "self", lock_repr),
    def("_at_fork_reinit", "self", lock_renew),
];

pub(crate) static RLOCK_METHODS: [NativeDef; 12] = [
    def("__new__", "cls", lock_new),
    def("acquire", "self :blocking= :timeout=", lock_acquire),
    def("release", "self", lock_release),
    def("locked", "self", lock_locked),
    def("__enter__", "self", lock_enter),
    def("__exit__", "self *args", lock_exit),
    def("__repr__", "self", lock_repr),
    def("_at_fork_reinit", "self", lock_renew),
    def("_is_owned", "self", lock_is_owned),
    def("_recursion_count", "self", lock_recursion_count),
    def("_release_save", "self", lock_release_save),
    def("_acquire_restore", "self state", lock_acquire_restore),
];

// ---- threads

/// Room for a thread's Rust stack: a Python call needs about 2 KB of it.
const STACK: usize = 64 << 20;

/// What a new thread is given. It owns the root of the function that it will call.
struct Start(Owned);
// SAFETY: an index; the new thread uses it when it runs the interpreter.
unsafe impl Send for Start {}

/// Calls `function()` in a new thread.
fn spawn(vm: &mut Vm, args: Args) -> R<H> {
    threads::ensure_installed(vm);
    let start = Start(vm.heap.retain(vm.get(args.h(0))));
    let slot = start.0;
    let made = std::thread::Builder::new().stack_size(STACK).spawn(move || run(&start));
    if made.is_err() {
        vm.heap.release(slot);
        return Err(vm.raise(k::RUNTIME_ERROR, "can't start new thread"));
    }
    Ok(k::NONE)
}

fn run(start: &Start) {
    threads::adopt();
    crate::host::with(|vm| {
        let function = vm.heap.owned(start.0);
        let function = vm.push(function);
        vm.heap.release(start.0);
        if vm.call(function, &[]).is_err() {
            vm.unraisable(function, Some("Exception ignored in thread started by"));
        }
    });
    threads::leave();
}

fn get_ident(vm: &mut Vm, _: Args) -> R<H> {
    vm.int(ident() as i64)
}

fn get_native_id(vm: &mut Vm, _: Args) -> R<H> {
    // SAFETY: no precondition.
    let id = unsafe { libc::syscall(libc::SYS_gettid) };
    vm.int(id)
}

static FUNCTIONS: [NativeDef; 3] =
    [def("spawn", "function", spawn), def("get_ident", "", get_ident), def("get_native_id", "", get_native_id)];

pub(super) static MODULE: Native = Native {
    name: "_thread_core",
    functions: &FUNCTIONS,
    classes: &[("LockType", k::LOCK), ("RLock", k::RLOCK)],
    more: None,
};
