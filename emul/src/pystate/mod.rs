//! `pystate.h`: thread states, the GIL's stand-in, and what one thread of C code owns.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::ffi::c_int;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use capi_macros::capi;
use object_mirror::object::PyObject;
use object_mirror::pystate::{_PyErr_StackItem, PyInterpreterState, PyThreadState};
use refcount_bridge::{Bridge, Lent};

use crate::boundary::{Cx, New, Obj};
use crate::host::{HostObj, host};
use crate::{cycles, lifetime, lock};

pub(crate) mod followed;
pub(crate) mod handling;
pub(crate) mod interpreters;
pub(crate) mod interrupt;
pub(crate) mod made;

pub(crate) use interrupt::interruption;
pub(crate) use made::is_tracing_suspended;

/// How deep C code may recurse by `Py_EnterRecursiveCall`, which counts down in the thread state.
const C_RECURSION_LIMIT: c_int = 10_000;

thread_local! {
    static TSTATE: Cell<*mut PyThreadState> = const { Cell::new(null_mut()) };
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// How this thread got its host state, for each nested `PyGILState_Ensure`.
    static ENSURED: RefCell<Vec<Ensured>> = const { RefCell::new(Vec::new()) };
    /// How to come back to the program's interpreter, which this thread left: the host's word.
    static SAVED: Cell<Option<usize>> = const { Cell::new(None) };
    /// The same of other interpreters, by their numbers.
    static SAVED_ELSEWHERE: RefCell<Vec<(i64, usize)>> = const { RefCell::new(Vec::new()) };
    /// Between `PyEval_ReleaseLock` and `PyEval_AcquireLock`.
    static LOCK_ALONE_RELEASED: Cell<bool> = const { Cell::new(false) };
    /// Tells the thread's end.
    static END: End = const { End };
}

/// A thread state with what is ours of a thread behind it: one word of the thread leads to both.
#[repr(C)]
struct Thread {
    state: PyThreadState,
    lent: RefCell<Lent>,
    /// Numbers that C stored where the host holds them, each with a reference.
    numbers: RefCell<Vec<*mut PyObject>>,
    /// Host references to give back: see [`lifetime::let_go_later`].
    later: RefCell<Vec<HostObj>>,
    /// Room for the mirrors that die when a frame returns, used again and again.
    dead: Cell<Vec<(*mut PyObject, usize)>>,
    /// The innermost of the frames inside others: its number, or [`TANGLED`]. Says nothing while there is none.
    innermost: Cell<u64>,
    /// C made it, and may delete it.
    deletable: Cell<bool>,
}

/// The most that is kept of [`Thread::dead`].
const ROOM: usize = 1024;

/// This thread's own.
#[inline]
fn this_thread() -> &'static Thread {
    // SAFETY: every thread state is the head of a `Thread`, which lives as long as it is a thread's.
    unsafe { &*thread_state().cast::<Thread>() }
}

/// This thread's lent set.
#[inline]
fn lent() -> &'static RefCell<Lent> {
    &this_thread().lent
}

struct End;

struct Left {
    lent: Vec<Lent>,
    later: Vec<HostObj>,
}
// SAFETY: the mirrors in it are looked at under the extension lock alone.
unsafe impl Send for Left {}

/// What was lent to threads that ended outside of any call, to be settled by whoever collects.
static LEFT: Mutex<Left> = Mutex::new(Left { lent: Vec::new(), later: Vec::new() });

fn left() -> MutexGuard<'static, Left> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for End {
    fn drop(&mut self) {
        leave(thread_state());
    }
}

/// This thread ends and leaves this state of its own.
fn leave(tstate: *mut PyThreadState) {
    // SAFETY: the thread's own state, the head of a `Thread`, which lives as long as the process.
    let thread = unsafe {
        interpreters::unlink(tstate);
        &*tstate.cast::<Thread>()
    };
    if let Ok(mut later) = thread.later.try_borrow_mut() {
        left().later.append(&mut later);
    }
    let Ok(mut lent) = thread.lent.try_borrow_mut() else { return };
    let lent = std::mem::take(&mut *lent);
    if !lent.is_empty() {
        left().lent.push(lent);
    }
}

struct Ensured {
    /// The state's `gilstate_counter` from then on.
    counter: c_int,
    took_lock: bool,
    adopted: Option<usize>,
    reattached: bool,
}

/// As large as CPython's: its own modules read and write counters of theirs in it.
const INTERPRETER_SIZE: usize = 0x2f998;

#[repr(align(16))]
struct Interpreter(UnsafeCell<[u8; INTERPRETER_SIZE]>);
// SAFETY: only its address is used here.
unsafe impl Sync for Interpreter {}
static INTERPRETER: Interpreter = Interpreter(UnsafeCell::new([0; INTERPRETER_SIZE]));

/// The state of the program's interpreter; opaque to C.
pub(crate) fn interpreter() -> *mut PyInterpreterState {
    INTERPRETER.0.get().cast()
}

/// This thread's state, made on first use. It lives as long as the process: C code keeps pointers to it.
#[inline]
pub(crate) fn thread_state() -> *mut PyThreadState {
    let tstate = TSTATE.get();
    if tstate.is_null() { new_thread_state() } else { tstate }
}

#[cold]
fn new_thread_state() -> *mut PyThreadState {
    let tstate = made::displaced().unwrap_or_else(|| {
        let tstate = made::make();
        // SAFETY: just made; nobody else has it.
        unsafe { fill(tstate, interpreter()) };
        tstate
    });
    TSTATE.set(tstate);
    // SAFETY: this thread's own.
    unsafe { interpreters::link(tstate) };
    // A thread whose variables are gone already has no end to wait for.
    let _gone = END.try_with(|_| ());
    tstate
}

/// # Safety
/// A state full of zeros that nobody else has.
unsafe fn fill(tstate: *mut PyThreadState, interp: *mut PyInterpreterState) {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    // SAFETY: the caller's contract.
    unsafe {
        (*tstate).interp = interp;
        (*tstate).c_recursion_remaining = C_RECURSION_LIMIT;
        (*tstate).py_recursion_remaining = 1000;
        (*tstate).py_recursion_limit = 1000;
        (*tstate).exc_info = &raw mut (*tstate).exc_state;
        (*tstate).thread_id = libc::pthread_self() as _;
        (*tstate).gilstate_counter = 1;
        (*tstate).id = NUMBER.fetch_add(1, Ordering::Relaxed);
    }
}

/// The pending exception, borrowed; NULL for none. C code reads and writes the same word.
#[inline]
pub(crate) fn current_exception() -> *mut PyObject {
    // SAFETY: the thread's own state.
    unsafe { (*thread_state()).current_exception }
}

/// As [`current_exception`], for whoever may run in a thread that has no state: NULL there.
#[cfg(feature = "tally")]
pub(crate) fn peek_exception() -> *mut PyObject {
    let tstate = TSTATE.get();
    // SAFETY: the thread's own state.
    if tstate.is_null() { null_mut() } else { unsafe { (*tstate).current_exception } }
}

/// Take the pending exception's reference away.
#[inline]
pub(crate) fn take_current_exception() -> *mut PyObject {
    // SAFETY: the thread's own state.
    unsafe { std::mem::replace(&mut (*thread_state()).current_exception, null_mut()) }
}

/// Make `exception` (a reference, or NULL) the pending exception; the old one is released.
pub(crate) fn set_current_exception(exception: *mut PyObject) {
    // SAFETY: the thread's own state; its word owned the old reference.
    unsafe {
        let old = std::mem::replace(&mut (*thread_state()).current_exception, exception);
        drop(New::from_ptr(old));
    }
}

/// The innermost item of the handled-exception stack that holds an exception.
pub(crate) fn handled() -> *mut _PyErr_StackItem {
    // SAFETY: the stack's items are live: C code pushes items of frames that still run.
    unsafe {
        let mut item = (*thread_state()).exc_info;
        while !(*item).previous_item.is_null()
            && ((*item).exc_value.is_null() || crate::statics::is_none((*item).exc_value))
        {
            item = (*item).previous_item;
        }
        item
    }
}

/// Keep `object` until this thread's outermost C frame returns.
pub(crate) fn lend(object: New) {
    let mirror = object.as_ptr();
    let held = lifetime::bridge(|bridge| {
        let link = bridge.link(mirror);
        if link.has(refcount_bridge::State::IN_C | refcount_bridge::State::IMMORTAL) || link.host() == 0 {
            return false;
        }
        lent().borrow_mut().lend(mirror, bridge);
        true
    });
    if held {
        drop(object);
        return;
    }
    // What is not polled (instances of C types, statics) is held by its container's wrapper or for ever; the reference
    // itself is given back at once, as CPython's borrowed references do.
    drop(object);
}

/// Enter `mirror`, a shared value, in this thread's lent set.
#[inline]
pub(crate) fn lend_mirror(mirror: *mut PyObject) {
    let wants_sweep = lifetime::bridge(|bridge| {
        let mut lent = lent().borrow_mut();
        lent.lend(mirror, bridge);
        lent.wants_sweep()
    });
    if wants_sweep {
        sweep();
    }
}

thread_local! {
    static NO_SWEEPS: Cell<bool> = const { Cell::new(false) };
}

/// No sweeps on this thread while mirrors are linked that are not filled yet: a sweep lets other threads run.
pub(crate) struct NoSweeps {
    before: bool,
}

impl NoSweeps {
    pub(crate) fn begin() -> Self {
        Self { before: NO_SWEEPS.replace(true) }
    }
}

impl Drop for NoSweeps {
    fn drop(&mut self) {
        NO_SWEEPS.set(self.before);
    }
}

#[cold]
fn sweep() {
    if NO_SWEEPS.get() {
        return;
    }
    let mut dead = Vec::new();
    lifetime::bridge(|bridge| lent().borrow_mut().sweep(bridge, host(), &mut dead));
    lifetime::free_all(&mut dead);
}

/// One call from the host into C: the lock is held, and at its end what it was lent is settled.
pub(crate) struct Frame {
    took: bool,
    /// The thread state to go back to.
    before: Option<*mut PyThreadState>,
    /// `None`: the outermost.
    inner: Option<Inner>,
}

impl Frame {
    /// Enter C.
    #[inline]
    pub(crate) fn enter() -> Self {
        let took = lock::take();
        let before = followed::follow();
        let depth = DEPTH.get() + 1;
        DEPTH.set(depth);
        crate::stats::crossing();
        if took {
            lifetime::drain_queue();
            crate::weakrefobject::sync_to_c();
            crate::sizes::sync_to_c();
            if depth == 1 {
                crate::listobject::begin();
            } else {
                crate::listobject::sync_to_c();
            }
        }
        Self { took, before, inner: (depth > 1).then(|| Inner::enter(depth)) }
    }
}

impl Drop for Frame {
    #[inline]
    fn drop(&mut self) {
        crate::listobject::sync_to_host();
        let depth = DEPTH.get() - 1;
        DEPTH.set(depth);
        if depth == 0 {
            settle_containers();
            settle();
            if cycles::may_be_due() {
                cycles::collect_if_due();
            }
        } else if Inner::leave(self.inner.as_ref()) && cycles::may_be_due() {
            cycles::collect_if_due();
        }
        if let Some(before) = self.before {
            TSTATE.set(before);
        }
        if self.took {
            lock::give();
        }
    }
}

/// A frame inside another: C called Python code, which called C. What it is lent is above what the frames around it were.
struct Inner {
    number: u64,
    outer: u64,
    lent_before: usize,
}

/// Frames do not end in the order in which they began: code that exchanges stacks (greenlet) is at work. What those that are there
/// were lent is settled when the outermost ends, since it is not known what was lent to whom.
const TANGLED: u64 = u64::MAX;

impl Inner {
    #[inline(never)]
    fn enter(depth: u32) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let thread = this_thread();
        // Under the lock: nobody counts beside this thread.
        let number = LAST.load(Ordering::Relaxed) + 1;
        LAST.store(number, Ordering::Relaxed);
        let outer = thread.innermost.replace(number);
        Self { number, outer: if depth == 2 { 0 } else { outer }, lent_before: thread.lent.borrow().len() }
    }

    /// The frame ends, and others are still there; `None`: though it was the outermost. Whether what it was lent was settled.
    #[inline(never)]
    fn leave(this: Option<&Self>) -> bool {
        let thread = this_thread();
        let Some(this) = this.filter(|this| this.number == thread.innermost.get()) else {
            thread.innermost.set(TANGLED);
            return false;
        };
        thread.innermost.set(this.outer);
        let idle = thread.lent.borrow().len() <= this.lent_before && !lifetime::bridge(Bridge::is_retained_due);
        if !idle {
            settle_since(thread, this.lent_before);
        }
        true
    }
}

#[inline]
fn settle_containers() {
    crate::listobject::settle();
    crate::lending::settle();
}

/// C runs for the layer itself, a destructor: what it is lent is settled when it returns. The lock is held.
pub(crate) struct Ending(Option<Inner>);

impl Ending {
    pub(crate) fn enter() -> Self {
        let depth = DEPTH.get() + 1;
        DEPTH.set(depth);
        Self((depth > 1).then(|| Inner::enter(depth)))
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let depth = DEPTH.get() - 1;
        DEPTH.set(depth);
        if depth == 0 {
            settle_containers();
            settle();
        } else {
            let _settled = Inner::leave(self.0.as_ref());
        }
    }
}

#[inline]
fn settle() {
    let thread = this_thread();
    let idle = thread.lent.borrow().is_empty() && !lifetime::bridge(Bridge::is_retained_due);
    if !idle {
        settle_since(thread, 0);
    }
    if !thread.numbers.borrow().is_empty() {
        let_go_of_numbers(thread, 0);
    }
    if !thread.later.borrow().is_empty() {
        let_go_of(thread.later.take());
    }
}

/// See [`lifetime::let_go_later`].
pub(crate) fn let_go_later(object: HostObj) {
    this_thread().later.borrow_mut().push(object);
}

#[cold]
fn let_go_of(objects: Vec<HostObj>) {
    objects.into_iter().for_each(|object| lifetime::release(object.into_word()));
}

/// How many numbers that C stored are held at a time, at most.
const NUMBERS: usize = 64;

/// C stored `value` where the host holds it, and may use it without a reference of its own (a cache's `PyDict_SetItem`, then
/// `Py_DECREF`). A number's mirror would go with that reference, since the host holds the number and not the mirror: it stays
/// until the outermost crossing returns, or many others were stored.
#[inline]
pub(crate) fn stored(value: Obj<'_>) {
    if lifetime::is_plain_number(value.type_ptr()) {
        hold_number(value.as_ptr());
    }
}

fn hold_number(number: *mut PyObject) {
    // SAFETY: C's argument is live.
    unsafe {
        if (*number).ob_refcnt != 1 {
            return;
        }
        lifetime::incref(number);
    }
    let thread = this_thread();
    thread.numbers.borrow_mut().push(number);
    if thread.numbers.borrow().len() >= NUMBERS {
        let_go_of_numbers(thread, NUMBERS / 2);
    }
}

/// Give the references back, but for the last few.
#[cold]
fn let_go_of_numbers(thread: &Thread, but: usize) {
    let mut numbers = thread.numbers.borrow_mut();
    let end = numbers.len().saturating_sub(but);
    for number in numbers.drain(..end) {
        // SAFETY: the list owned a reference; the end of a number calls nobody.
        unsafe { lifetime::decref(number) };
    }
}

#[inline(never)]
fn settle_since(thread: &Thread, lent_before: usize) {
    let mut dead = thread.dead.take();
    let mut before = 0;
    lifetime::bridge(|bridge| {
        before = bridge.retained_len();
        thread.lent.borrow_mut().settle_since(lent_before, bridge, host(), &mut dead);
    });
    end_all(thread, lent_before, before, &mut dead);
    lifetime::bridge(|bridge| {
        if bridge.is_retained_due() {
            bridge.poll_retained(host(), &mut dead);
        }
    });
    end_all(thread, lent_before, before, &mut dead);
    dead.shrink_to(ROOM);
    thread.dead.set(dead);
}

/// End the dead, and what becomes C's no longer by it. What a container or a C object let go of is lent once more, and goes at
/// once; what did so unnoticed is looked for a few times, among those retained since.
fn end_all(thread: &Thread, lent_before: usize, before: usize, dead: &mut Vec<(*mut PyObject, usize)>) {
    let mut levels = 0;
    while !dead.is_empty() {
        lifetime::free_all(dead);
        lifetime::bridge(|bridge| {
            thread.lent.borrow_mut().settle_since(lent_before, bridge, host(), dead);
            if levels < LEVELS {
                bridge.poll_retained_since(before, host(), dead);
            }
        });
        levels += 1;
    }
}

/// How often the mirrors that a return retained are looked at again, after others went.
const LEVELS: usize = 4;

/// Let go of everything lent and retained that C no longer holds; a collection does.
pub(crate) fn poll_everything() {
    let mut dead = Vec::new();
    // What the frames that are there were lent stays; what becomes C's no longer in here does not.
    let before = if DEPTH.get() == 0 { 0 } else { lent().borrow().len() };
    lifetime::bridge(|bridge| {
        lent().borrow_mut().settle_since(before, bridge, host(), &mut dead);
        for mut lent in std::mem::take(&mut left().lent) {
            lent.settle(bridge, host(), &mut dead);
        }
        bridge.poll_all_retained(host(), &mut dead);
    });
    let mut later = std::mem::take(&mut left().later);
    // A frame around all of a program would keep this thread's for ever, which is out of those finalisers.
    later.append(&mut this_thread().later.borrow_mut());
    let_go_of(later);
    while !dead.is_empty() {
        lifetime::free_all(&mut dead);
        lifetime::bridge(|bridge| lent().borrow_mut().settle_since(before, bridge, host(), &mut dead));
    }
}

/// Return the current thread state; a fatal error where this thread does not hold the lock.
#[capi(raw)]
pub unsafe extern "C" fn PyThreadState_Get() -> *mut PyThreadState {
    if !has_current() {
        without_lock("PyThreadState_Get");
    }
    thread_state()
}

/// C called what it may call with the lock alone.
#[cold]
fn without_lock(function: &str) -> ! {
    crate::pylifecycle::fatal(
        Some(function),
        "the function must be called with the GIL held, after Python initialization and before Python finalization, \
         but the GIL is released (the current Python thread state is NULL)",
    )
}

/// Return the current thread state, or NULL where this thread does not hold the lock.
#[capi(raw)]
pub unsafe extern "C" fn PyThreadState_GetUnchecked() -> *mut PyThreadState {
    if has_current() { thread_state() } else { null_mut() }
}

/// Whether this thread has a current state: with the lock, and where it gave away the lock alone.
fn has_current() -> bool {
    lock::is_held() || LOCK_ALONE_RELEASED.get()
}

/// Return this thread's state for the simplified GIL API, or NULL.
#[capi(raw)]
pub unsafe extern "C" fn PyGILState_GetThisThreadState() -> *mut PyThreadState {
    TSTATE.get()
}

/// Whether this thread may call the API now.
#[capi(raw)]
pub unsafe extern "C" fn PyGILState_Check() -> c_int {
    c_int::from(has_current())
}

/// Make this thread ready to call the API, whatever its state; undone by `PyGILState_Release`.
#[capi(raw)]
pub unsafe extern "C" fn PyGILState_Ensure() -> c_int {
    let locked = lock::is_held();
    let mut ensured = Ensured { counter: 0, took_lock: false, adopted: None, reattached: false };
    if !locked {
        if host().attached().is_some() {
            // It lacks the lock alone.
        } else if reattach(made::interpreter()) {
            ensured.reattached = true;
        } else {
            ensured.adopted = host().adopt_thread();
        }
        ensured.took_lock = lock::take();
    }
    if ensured.adopted.is_some() {
        // A state for the time until the matching release.
        made::ensured(-made::ensured(0));
    }
    ensured.counter = made::ensured(1);
    DEPTH.set(DEPTH.get() + 1);
    ENSURED.with_borrow_mut(|stack| stack.push(ensured));
    c_int::from(!locked)
}

/// Undo the matching `PyGILState_Ensure`.
#[capi(raw)]
pub unsafe extern "C" fn PyGILState_Release(state: c_int) {
    if !has_current() {
        let message = match TSTATE.get() {
            tstate if tstate.is_null() => "auto-releasing thread-state, but no thread-state for this thread".to_owned(),
            tstate => format!("thread state {tstate:p} must be current when releasing"),
        };
        crate::pylifecycle::fatal(Some("PyGILState_Release"), &message);
    }
    let counter = made::ensured(0);
    made::ensured(-1);
    let is_matching = |last: &mut Ensured| last.counter == counter;
    let Some(ensured) = ENSURED.with_borrow_mut(|stack| stack.pop_if(is_matching)) else {
        // C counted by itself, after `PyEval_RestoreThread`.
        if state != 0 {
            // SAFETY: the lock is held, as the caller promises.
            unsafe { PyEval_SaveThread() };
        }
        return;
    };
    let depth = DEPTH.get().saturating_sub(1);
    DEPTH.set(depth);
    if ensured.took_lock {
        if ensured.adopted.is_some() {
            // SAFETY: the thread's own state.
            unsafe { made::PyThreadState_Clear(thread_state()) };
        }
        if depth == 0 {
            settle_containers();
            settle();
        }
        lock::give();
    }
    if let Some(state) = ensured.adopted {
        // C's last reference to this thread's state: a thread that comes back gets a fresh one.
        // SAFETY: the thread's own state.
        unsafe { interpreters::unlink(thread_state()) };
        made::leave_current();
        host().leave_thread(state);
    }
    if ensured.reattached {
        detach(made::interpreter());
    }
}

/// Release the lock and leave the host (`Py_BEGIN_ALLOW_THREADS`).
#[capi(raw)]
pub unsafe extern "C" fn PyEval_SaveThread() -> *mut PyThreadState {
    let tstate = thread_state();
    made::settle_adopted();
    crate::listobject::sync_to_host();
    lock::give();
    detach(made::interpreter());
    tstate
}

/// Leave the host, until this thread comes back to the interpreter with this number, which it is attached to.
fn detach(interpreter: i64) {
    let word = host().detach();
    match interpreter {
        0 => SAVED.set(Some(word)),
        other => SAVED_ELSEWHERE.with_borrow_mut(|saved| saved.push((other, word))),
    }
}

/// Come back to an interpreter that this thread left; `false` if it did not.
fn reattach(interpreter: i64) -> bool {
    let found = match interpreter {
        0 => SAVED.take(),
        other => SAVED_ELSEWHERE.with_borrow_mut(|saved| {
            let place = saved.iter().position(|&(left, _)| left == other)?;
            Some(saved.swap_remove(place).1)
        }),
    };
    if let Some(word) = found {
        host().attach(word);
    }
    found.is_some()
}

/// Come back to an interpreter that this thread left, the main one if it can be: its number.
fn reattach_anywhere() -> Option<i64> {
    let newest = || SAVED_ELSEWHERE.with_borrow(|saved| saved.last().map(|&(left, _)| left));
    [Some(0), newest()].into_iter().flatten().find(|&number| reattach(number))
}

/// Come back after `PyEval_SaveThread`.
#[capi(raw)]
pub unsafe extern "C" fn PyEval_RestoreThread(tstate: *mut PyThreadState) {
    come_back("PyEval_RestoreThread", tstate);
}

fn come_back(function: &str, tstate: *mut PyThreadState) {
    if tstate.is_null() {
        without_lock(function);
    }
    made::arrive(tstate);
    lock::take();
    crate::listobject::sync_to_c();
}

/// Take the lock for `tstate`.
#[capi(raw)]
pub unsafe extern "C" fn PyEval_AcquireThread(tstate: *mut PyThreadState) {
    come_back("PyEval_AcquireThread", tstate);
}

/// Release the lock.
#[capi(raw)]
pub unsafe extern "C" fn PyEval_ReleaseThread(_tstate: *mut PyThreadState) {
    // SAFETY: the caller's contract is the same.
    unsafe { PyEval_SaveThread() };
}

/// Take the lock, of old programs: for the thread state that the thread has.
#[capi(raw)]
pub unsafe extern "C" fn PyEval_AcquireLock() {
    LOCK_ALONE_RELEASED.set(false);
    // SAFETY: the caller's contract is the same.
    unsafe { PyEval_RestoreThread(thread_state()) };
}

/// Release the lock, of old programs: the thread's state stays its current one.
#[capi(raw)]
pub unsafe extern "C" fn PyEval_ReleaseLock() {
    // SAFETY: the caller's contract is the same.
    unsafe { PyEval_SaveThread() };
    LOCK_ALONE_RELEASED.set(true);
}

/// An error that the caller cannot be told of.
fn in_use(cx: Cx<'_>, function: &str) {
    cx.system_error(format!("{function}: the interpreter runs the program, which ends it"));
    let Some(error) = cx.take_error() else { return };
    let message = format!("Exception ignored in {function}()");
    cx.unlocked(|h| h.unraisable(error, Some(&message), None));
}

/// Have frames evaluated by a function of C's: the host's evaluation loop takes no other.
#[capi]
fn _PyInterpreterState_SetEvalFrameFunc(
    cx: crate::boundary::Cx<'_>,
    _interp: *mut PyInterpreterState,
    eval_frame: *mut std::ffi::c_void,
) {
    unsafe extern "C" {
        fn _PyEval_EvalFrameDefault();
    }
    if !std::ptr::eq(eval_frame, _PyEval_EvalFrameDefault as *const std::ffi::c_void) {
        let _ = cx.system_error("_PyInterpreterState_SetEvalFrameFunc: the host evaluates its frames itself");
    }
}

/// This thread's state, or NULL where it does not hold the lock.
#[capi(raw)]
pub unsafe extern "C" fn _PyThreadState_GetCurrent() -> *mut PyThreadState {
    // SAFETY: the same contract.
    unsafe { PyThreadState_GetUnchecked() }
}

/// The thread state's number.
#[capi(raw)]
pub unsafe extern "C" fn PyThreadState_GetID(tstate: *mut PyThreadState) -> u64 {
    // SAFETY: C passes a thread state it got from us.
    unsafe { (*tstate).id }
}

/// A thread's dict for extension data; borrowed.
#[capi]
fn _PyThreadState_GetDict(
    cx: crate::boundary::Cx<'_>,
    tstate: *mut PyThreadState,
) -> Option<crate::boundary::Borrowed<'_>> {
    thread_dict(cx, tstate)
}

/// A dict for this thread's extension data; borrowed. NULL without an error where the thread has no current state.
#[capi(raw)]
pub unsafe extern "C" fn PyThreadState_GetDict() -> *mut PyObject {
    if !has_current() {
        return null_mut();
    }
    // SAFETY: this thread's own state.
    unsafe { _PyThreadState_GetDict(thread_state()) }
}

fn thread_dict(cx: crate::boundary::Cx<'_>, tstate: *mut PyThreadState) -> Option<crate::boundary::Borrowed<'_>> {
    // SAFETY: a state of ours, used under the lock; the word owns its dict for ever.
    unsafe {
        if (*tstate).dict.is_null() {
            let dict = cx.to_c(host().new_dict());
            (*tstate).dict = dict.into_ptr();
        }
        crate::boundary::Obj::from_ptr((*tstate).dict).map(crate::boundary::Borrowed::of)
    }
}
