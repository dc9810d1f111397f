//! Which thread runs the interpreter. One at a time does; C threads come in by `PyGILState_Ensure`, threads of Python by
//! `_thread`. Who runs it leaves it where it waits, and between two instructions when others have waited long enough.
//!
//! Each thread has a root stack, frames and a depth of its own, which are the interpreter's while it is attached. What is on
//! the other threads' stacks is roots all the same ([`crate::heap::Heap::parked`]).

use std::cell::Cell;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::interrupt;
use crate::known as k;
use crate::value::Value;
use crate::vm::{Active, Vm};

struct Shared(*mut Vm);
// SAFETY: used by the thread that is attached alone.
unsafe impl Send for Shared {}

/// The interpreter, while no thread is attached; and who waits.
static FREE: Mutex<Option<Shared>> = Mutex::new(None);
static FREED: Condvar = Condvar::new();
/// How many threads wait for the interpreter, and [`DUE`].
static WAITING: AtomicUsize = AtomicUsize::new(0);
/// Set in [`WAITING`]: the main thread has something to do between two instructions.
const DUE: usize = 1 << (usize::BITS - 1);
/// Set in [`WAITING`]: exceptions wait for threads to raise them.
const INTERRUPTS: usize = 1 << (usize::BITS - 2);
/// How often a thread has come in.
static TURNS: AtomicU64 = AtomicU64::new(0);
/// How long a thread runs while others wait.
const TURN: Duration = Duration::from_millis(1);

thread_local! {
    /// The interpreter, if this thread is attached.
    static VM: Cell<*mut Vm> = const { Cell::new(null_mut()) };
    /// When this thread was first seen to keep others waiting.
    static WANTED: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Make `vm` the interpreter that the layer serves, run by this thread. It must stay where it is as long as the process.
pub fn install(vm: &mut Vm) {
    VM.set(vm);
    if !emul::host::is_installed() {
        interrupt::begin();
        emul::host::install(&super::HOST, super::OFFERS);
        emul::init();
    }
}

/// As [`install`], unless that has been done.
pub(crate) fn ensure_installed(vm: &mut Vm) {
    if !is_attached() {
        install(vm);
    }
}

/// Run `body` with the interpreter left to other threads.
pub(crate) fn outside(vm: &mut Vm, body: impl FnOnce()) {
    if !is_attached() {
        // Nobody else can want it yet.
        return body();
    }
    debug_assert_eq!(VM.get(), std::ptr::from_mut(vm));
    let state = detach();
    body();
    attach(state);
}

/// Whether other threads wait for the interpreter, or the main thread has something to do ([`Vm::attend`]).
#[inline]
pub(crate) fn is_wanted() -> bool {
    WAITING.load(Ordering::Relaxed) > 0
}

fn others_wait() -> bool {
    WAITING.load(Ordering::Relaxed) & !(DUE | INTERRUPTS) > 0
}

/// The main thread is to look what it has to do. From any thread, and from the handler of a signal.
pub(crate) fn draw_attention() {
    WAITING.fetch_or(DUE, Ordering::SeqCst);
}

/// Whether [`draw_attention`] was called; the main thread asks.
pub(crate) fn take_attention() -> bool {
    WAITING.fetch_and(!DUE, Ordering::SeqCst) & DUE != 0
}

/// Whether exceptions wait for threads from here on.
pub(super) fn note_interrupts(any: bool) {
    if any {
        WAITING.fetch_or(INTERRUPTS, Ordering::SeqCst);
    } else {
        WAITING.fetch_and(!INTERRUPTS, Ordering::SeqCst);
    }
}

/// Whether exceptions wait for threads.
pub(crate) fn interrupts_wait() -> bool {
    WAITING.load(Ordering::Relaxed) & INTERRUPTS != 0
}

/// Let another thread run if this one has kept it waiting for [`TURN`]. Called between two instructions.
pub(crate) fn take_turns() {
    if !is_attached() || !others_wait() {
        return;
    }
    let since = WANTED.get().unwrap_or_else(Instant::now);
    WANTED.set(Some(since));
    if since.elapsed() < TURN {
        return;
    }
    let turns = TURNS.load(Ordering::Relaxed);
    let state = detach();
    let free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    let nobody_came = |_: &mut Option<Shared>| others_wait() && TURNS.load(Ordering::Relaxed) == turns;
    drop(FREED.wait_timeout_while(free, TURN, nobody_came).unwrap_or_else(PoisonError::into_inner));
    attach(state);
}

/// Run `f` with the interpreter of this thread.
///
/// The borrow ends with `f`: whoever calls into C lends the interpreter ([`lend`]) and does not touch it until C returns.
#[inline]
pub(crate) fn current<T>(f: impl FnOnce(&mut Vm) -> T) -> T {
    let vm = VM.get();
    assert!(!vm.is_null(), "this thread does not run the interpreter");
    // SAFETY: attached, so no other thread has it; up this thread's stack it is lent, not used.
    f(unsafe { &mut *vm })
}

/// Run C with the interpreter lent: what C asks of the host finds it.
#[inline]
pub(crate) fn lend<T>(vm: &mut Vm, call: impl FnOnce(&mut Vm) -> T) -> T {
    let before = VM.replace(vm);
    let result = call(vm);
    VM.set(before);
    result
}

pub(crate) fn is_attached() -> bool {
    !VM.get().is_null()
}

/// A detached thread's part of the interpreter's state; its root stack waits in the heap, under this number.
struct Parked {
    stack: usize,
    frames: Vec<Active>,
    depth: usize,
    repr_stack: Vec<u64>,
}

/// Leave the interpreter to other threads; the word goes to [`attach`].
pub(crate) fn detach() -> usize {
    let vm = VM.replace(null_mut());
    // SAFETY: this thread was attached until now.
    let parked = unsafe { park(&mut *vm) };
    give(vm);
    Box::into_raw(Box::new(parked)) as usize
}

/// Come back after [`detach`].
pub(crate) fn attach(word: usize) {
    // SAFETY: the word is `detach`'s, given back once.
    let parked = *unsafe { Box::from_raw(word as *mut Parked) };
    let vm = wait();
    vm.heap.stack = vm.heap.unpark(parked.stack);
    (vm.frames, vm.depth, vm.repr_stack) = (parked.frames, parked.depth, parked.repr_stack);
}

/// A thread of C's own comes in: with a root stack that has the known words and nothing else.
pub(crate) fn adopt() {
    let vm = wait();
    vm.heap.stack = vm.heap.fresh_stack(k::WORDS);
    vm.set(k::PENDING, Value::NULL);
    vm.set(k::HANDLED, Value::NULL);
    interrupt::begin();
}

/// Undo [`adopt`].
pub(crate) fn leave() {
    interrupt::end();
    let vm = VM.replace(null_mut());
    // SAFETY: as in `detach`. What the thread had on its stack is not needed any more.
    drop(unsafe { park_state(&mut *vm) });
    give(vm);
}

fn give(vm: *mut Vm) {
    *FREE.lock().unwrap_or_else(PoisonError::into_inner) = Some(Shared(vm));
    FREED.notify_all();
}

fn wait<'a>() -> &'a mut Vm {
    WAITING.fetch_add(1, Ordering::Relaxed);
    let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    let shared = loop {
        match free.take() {
            Some(shared) => break shared,
            None => free = FREED.wait(free).unwrap_or_else(PoisonError::into_inner),
        }
    };
    WAITING.fetch_sub(1, Ordering::Relaxed);
    TURNS.fetch_add(1, Ordering::Relaxed);
    drop(free);
    // Whoever made way for us may come back.
    FREED.notify_all();
    WANTED.set(None);
    VM.set(shared.0);
    // SAFETY: taken out of `FREE`, the interpreter is this thread's.
    unsafe { &mut *shared.0 }
}

fn park(vm: &mut Vm) -> Parked {
    let (stack, frames, depth, repr_stack) = park_state(vm);
    Parked { stack: vm.heap.park(stack), frames, depth, repr_stack }
}

fn park_state(vm: &mut Vm) -> (Vec<Value>, Vec<Active>, usize, Vec<u64>) {
    let stack = std::mem::take(&mut vm.heap.stack);
    (stack, std::mem::take(&mut vm.frames), std::mem::take(&mut vm.depth), std::mem::take(&mut vm.repr_stack))
}

/// `fork()`, with no other thread in the middle of coming or going. In the child this thread is the only one.
pub(crate) fn fork() -> libc::pid_t {
    let free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the child goes on in this thread; locks that it may want are held here, by it.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        WAITING.fetch_and(DUE | INTERRUPTS, Ordering::Relaxed);
    }
    drop(free);
    pid
}
