//! `pystate.h`: the interpreters, and the thread states of each.
//!
//! The program's own interpreter is the host's. So are those that `Py_NewInterpreter` starts, where the host offers it
//! ([`crate::host::InterpreterProtocol`]), and those that Python code makes, of which the host tells ([`crate::subinterpreters`]): a
//! thread state says which of them its thread is attached to. Those that `PyInterpreterState_New` makes are what they are in CPython
//! before somebody initialises them: records with a number, a dict and thread states, and no Python code runs in them.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::RefCell;
use std::ffi::{c_int, c_ulong, c_void};
use std::ptr::null_mut;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use capi_macros::capi;
use object_mirror::object::PyObject;
use object_mirror::pystate::{PyInterpreterState, PyThreadState};

use super::{INTERPRETER_SIZE, detach, interpreter, made, reattach_anywhere, thread_state};
use crate::boundary::{Borrowed, Cx, New, Obj, Result};
use crate::host::{HostObj, InterpreterConfig, host, offers};
use crate::{ceval, cycles, listobject, lock, pylifecycle};

/// An interpreter that is listed.
struct Listed {
    state: *mut PyInterpreterState,
    id: i64,
    /// The host's number for it, if it runs code.
    runs: Option<i64>,
    config: InterpreterConfig,
    /// Whether it runs a program; of one that the host runs code in, beside the program's, the host knows.
    program: bool,
    dict: *mut PyObject,
    /// Its newest thread state; the others follow by `next`.
    threads: *mut PyThreadState,
}

/// The interpreters, the oldest and main one first.
struct List {
    all: Vec<Listed>,
    next_id: i64,
}

impl List {
    fn entry(&mut self, state: *mut PyInterpreterState) -> Option<&mut Listed> {
        if self.all.is_empty() {
            let (dict, threads) = (null_mut(), null_mut());
            let state = interpreter();
            self.all.push(Listed { state, id: 0, runs: Some(0), config: MAIN, program: true, dict, threads });
            // SAFETY: the program's own, which nobody else writes here.
            unsafe { note(interpreter(), MAIN) };
        }
        self.all.iter_mut().find(|listed| std::ptr::eq(listed.state, state))
    }
}

/// What the program's interpreter may do.
const MAIN: InterpreterConfig = InterpreterConfig {
    use_main_obmalloc: true,
    allow_fork: true,
    allow_exec: true,
    allow_threads: true,
    allow_daemon_threads: true,
    check_multi_interp_extensions: false,
    own_gil: true,
};

/// Where CPython's `PyInterpreterState` has them, and its own test modules look: `ceval.own_gil`, `feature_flags`.
const OWN_GIL: usize = 0x18;
const FEATURE_FLAGS: usize = 0x20f8;
/// `id_refcount`, `requires_idref`.
const ID_REFCOUNT: usize = 0x1c70;
const REQUIRES_IDREF: usize = 0x1c78;

/// Write what an interpreter may do where CPython has it.
///
/// # Safety
/// `state` is of [`INTERPRETER_SIZE`] bytes.
unsafe fn note(state: *mut PyInterpreterState, config: InterpreterConfig) {
    let flags = [
        (config.use_main_obmalloc, 5),
        (config.check_multi_interp_extensions, 8),
        (config.allow_threads, 10),
        (config.allow_daemon_threads, 11),
        (config.allow_fork, 15),
        (config.allow_exec, 16),
    ];
    let flags: c_ulong = flags.iter().map(|&(flag, place)| c_ulong::from(flag) << place).sum();
    // SAFETY: the caller's contract.
    unsafe {
        state.byte_add(OWN_GIL).cast::<c_int>().write(config.own_gil.into());
        state.byte_add(FEATURE_FLAGS).cast::<c_ulong>().write(flags);
    }
}

/// What an interpreter may do.
pub(crate) fn config(interp: *mut PyInterpreterState) -> InterpreterConfig {
    listed(|list| list.entry(interp).map_or(MAIN, |interp| interp.config))
}

/// Not a mutex, which a forked child could not free that another thread has left locked.
static IN_USE: AtomicBool = AtomicBool::new(false);
static mut LIST: List = List { all: Vec::new(), next_id: 1 };

/// Look at the list. Nothing that `look` does may come back here.
fn listed<T>(look: impl FnOnce(&mut List) -> T) -> T {
    while IN_USE.compare_exchange_weak(false, true, Acquire, Acquire).is_err() {
        std::thread::yield_now();
    }
    // SAFETY: `IN_USE` lets one thread in at a time.
    let result = look(unsafe { &mut *(&raw mut LIST) });
    IN_USE.store(false, Release);
    result
}

/// Put a thread state among its interpreter's, as the newest.
///
/// # Safety
/// A live state of a listed interpreter.
pub(super) unsafe fn link(tstate: *mut PyThreadState) {
    listed(|list| {
        // SAFETY: the caller's contract; the other states of the list live.
        unsafe {
            let Some(interp) = list.entry((*tstate).interp) else { return };
            if is_linked(interp, tstate) {
                return;
            }
            (*tstate).next = interp.threads;
            if let Some(older) = interp.threads.as_mut() {
                older.prev = tstate;
            }
            interp.threads = tstate;
        }
    });
}

/// # Safety
/// As for [`link`].
unsafe fn is_linked(interp: &Listed, tstate: *mut PyThreadState) -> bool {
    // SAFETY: the caller's contract.
    std::ptr::eq(interp.threads, tstate) || unsafe { !(*tstate).prev.is_null() }
}

/// Take a thread state out again.
///
/// # Safety
/// A live state.
pub(super) unsafe fn unlink(tstate: *mut PyThreadState) {
    listed(|list| {
        // SAFETY: the caller's contract; the other states of the list live.
        unsafe {
            let Some(interp) = list.entry((*tstate).interp) else { return };
            if !is_linked(interp, tstate) {
                return;
            }
            let (older, newer) = ((*tstate).next, (*tstate).prev);
            match newer.as_mut() {
                Some(newer) => newer.next = older,
                None => interp.threads = older,
            }
            if let Some(older) = older.as_mut() {
                older.prev = newer;
            }
            (*tstate).next = null_mut();
            (*tstate).prev = null_mut();
        }
    });
}

/// In a forked child: this thread's states are the only ones.
pub(crate) fn forked() {
    IN_USE.store(false, Release);
    let mine = super::TSTATE.get();
    listed(|list| {
        // SAFETY: this thread's own state, or NULL.
        let interp = unsafe { mine.as_ref() }.map_or(interpreter(), |mine| mine.interp);
        if let Some(interp) = list.entry(interp) {
            interp.threads = mine;
        }
        if !mine.is_null() {
            // SAFETY: as above.
            unsafe { ((*mine).next, (*mine).prev) = (null_mut(), null_mut()) };
        }
    });
}

/// Whether Python code runs in the current interpreter; SystemError if not.
pub(crate) fn runs_code(cx: Cx<'_>) -> Result<()> {
    // SAFETY: the thread's own state.
    let interp = unsafe { (*thread_state()).interp };
    if std::ptr::eq(interp, interpreter()) || runs(interp).is_some() {
        return Ok(());
    }
    Err(cx.system_error("no Python code runs in an interpreter that PyInterpreterState_New made"))
}

fn layout() -> Layout {
    Layout::from_size_align(INTERPRETER_SIZE, 16).expect("a power of two")
}

/// A new interpreter that nobody has initialised: no Python code runs in it.
#[capi]
fn PyInterpreterState_New(cx: Cx<'_>) -> Result<*mut PyInterpreterState> {
    let event = cx.str("cpython.PyInterpreterState_New");
    cx.call_function("sys", "audit", &[event.as_ref()])?;
    add(None, MAIN).ok_or_else(|| cx.error("MemoryError", ""))
}

/// Whether the host ever had interpreters beside the program's.
static MANY: AtomicBool = AtomicBool::new(false);

/// See [`MANY`].
#[inline]
pub(crate) fn are_many() -> bool {
    MANY.load(Relaxed)
}

/// A record of its own; of an interpreter of the host's, if it has that number.
pub(crate) fn add(runs: Option<i64>, config: InterpreterConfig) -> Option<*mut PyInterpreterState> {
    // SAFETY: the size is not zero.
    let state: *mut PyInterpreterState = unsafe { alloc_zeroed(layout()) }.cast();
    if state.is_null() {
        return None;
    }
    MANY.fetch_or(runs.is_some(), Relaxed);
    listed(|list| {
        list.entry(state);
        // The host numbers its own: what Python code sees as the interpreter's number is the same, unless another one has it.
        let free = runs.filter(|number| list.all.iter().all(|listed| listed.id != *number));
        let id = free.unwrap_or(list.next_id);
        list.next_id = list.next_id.max(id + 1);
        list.all.push(Listed { state, id, runs, config, program: false, dict: null_mut(), threads: null_mut() });
        // SAFETY: just made.
        unsafe { note(state, config) };
    });
    Some(state)
}

/// The host's number for an interpreter that runs code.
fn runs(interp: *mut PyInterpreterState) -> Option<i64> {
    listed(|list| list.entry(interp)?.runs)
}

/// The interpreter that the host has this number for.
pub(crate) fn of_host(number: i64) -> Option<*mut PyInterpreterState> {
    listed(|list| {
        list.entry(interpreter());
        list.all.iter().find(|listed| listed.runs == Some(number)).map(|listed| listed.state)
    })
}

/// Whether C code of an interpreter beside the program's may run while C code of another one does.
pub(crate) fn have_own_locks() -> bool {
    are_many() && listed(|list| list.all.iter().any(|listed| listed.id != 0 && listed.config.own_gil))
}

/// Whether an interpreter runs a program.
pub(crate) fn runs_program(interp: *mut PyInterpreterState) -> bool {
    match (runs(interp), offers().interpreters) {
        (Some(number), Some(offered)) if number != 0 => offered.is_running(number),
        _ => listed(|list| list.entry(interp).is_some_and(|listed| listed.program)),
    }
}

/// Say whether an interpreter runs a program.
pub(crate) fn set_runs_program(interp: *mut PyInterpreterState, program: bool) {
    match (runs(interp), offers().interpreters) {
        (Some(number), Some(offered)) if number != 0 => offered.set_running(number, program),
        _ => listed(|list| {
            if let Some(listed) = list.entry(interp) {
                listed.program = program;
            }
        }),
    }
}

/// The number of the host's interpreter that a thread with this state, or with none, is attached to.
pub(super) fn of(tstate: *mut PyThreadState) -> i64 {
    // SAFETY: NULL, or a live state.
    let interp = unsafe { tstate.as_ref() }.map_or(interpreter(), |tstate| tstate.interp);
    if std::ptr::eq(interp, interpreter()) { 0 } else { runs(interp).unwrap_or(0) }
}

/// Which interpreters a module can be loaded into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Loads {
    /// `Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED`, and every module that is made in a single phase.
    InOne,
    /// `Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED`: those that share a lock.
    WithOneLock,
    /// `Py_MOD_PER_INTERPRETER_GIL_SUPPORTED`.
    Everywhere,
}

impl Loads {
    /// What the value of a `Py_mod_multiple_interpreters` slot says.
    pub(crate) fn of_slot(value: *mut c_void) -> Self {
        match value as usize {
            0 => Self::InOne,
            2 => Self::Everywhere,
            _ => Self::WithOneLock,
        }
    }
}

/// ImportError if such a module may not be loaded into the interpreter that this thread is attached to.
pub(crate) fn expect_loadable(cx: Cx<'_>, name: &str, loads: Loads) -> Result<()> {
    let Some(offered) = offers().interpreters.filter(|_| host().attached().is_some_and(|number| number != 0)) else {
        return Ok(());
    };
    let config = offered.config();
    let fits = match loads {
        Loads::InOne => false,
        Loads::WithOneLock => !config.own_gil,
        Loads::Everywhere => true,
    };
    if fits || !config.check_multi_interp_extensions {
        return Ok(());
    }
    Err(cx.error("ImportError", format!("module {name} does not support loading in subinterpreters")))
}

thread_local! {
    /// The host's numbers of the interpreters that this thread entered.
    static ENTERED: RefCell<Vec<i64>> = const { RefCell::new(Vec::new()) };
}

/// Attach this thread, which is detached and has not been there yet, to the interpreter with this number of the host's.
pub(super) fn enter(interpreter: i64) {
    offers().interpreters.expect("it started this one").enter(interpreter);
    ENTERED.with_borrow_mut(|entered| entered.push(interpreter));
}

/// Undo [`enter`] of the interpreter that this thread is attached to, if that is how it came there.
pub(super) fn leave(interpreter: i64) -> bool {
    let entered = forget_entered(interpreter);
    if entered {
        offers().interpreters.expect("it started this one").leave(interpreter);
    }
    entered
}

fn forget_entered(interpreter: i64) -> bool {
    ENTERED.with_borrow_mut(|entered| {
        let before = entered.len();
        entered.retain(|other| *other != interpreter);
        entered.len() < before
    })
}

/// Start an interpreter of the host's, with a thread state of it that is current then; what went wrong, otherwise.
///
/// # Safety
/// The caller holds the lock.
pub(crate) unsafe fn start(config: InterpreterConfig) -> std::result::Result<*mut PyThreadState, String> {
    let Some(offered) = offers().interpreters else {
        return Err("the host has no interpreters beside the program's".to_owned());
    };
    let number = {
        let _released = lock::release();
        offered.start(config)?
    };
    let interp = of_host(number).expect("the host has told of it");
    // SAFETY: the interpreter is listed; the new state is current nowhere.
    unsafe {
        let tstate = made::PyThreadState_New(interp);
        made::PyThreadState_Swap(tstate);
        Ok(tstate)
    }
}

/// End the interpreter of the current thread state, which goes with it. The thread has none then, and the lock is free.
///
/// # Safety
/// The caller holds the lock, and `tstate` is current. It is the only state of an interpreter that is not the main one.
pub(crate) unsafe fn end(tstate: *mut PyThreadState) {
    // SAFETY: the caller's contract.
    let interp = unsafe { (*tstate).interp };
    listobject::sync_to_host();
    lock::give();
    match runs(interp) {
        Some(number) => {
            offers().interpreters.expect("it started this one").end(number);
            forget_entered(number);
        }
        None => detach(0),
    }
    // What the state holds ends in the interpreter that this thread came from.
    made::leave_current();
    let back = reattach_anywhere();
    lock::take();
    listobject::sync_to_c();
    // SAFETY: nobody uses the state again.
    unsafe {
        made::PyThreadState_Clear(tstate);
        made::PyThreadState_Delete(tstate);
    }
    ended(interp);
    listobject::sync_to_host();
    lock::give();
    if let Some(number) = back {
        detach(number);
    }
}

/// No code runs in the interpreter any more. The lock is held.
pub(crate) fn ended(interp: *mut PyInterpreterState) {
    // What its modules alone held, and the modules of C's themselves, which hold their functions and these them.
    if offers().counting.is_some() && host().attached().is_some() {
        cycles::collect();
    }
    pylifecycle::run_endings(interp);
    ceval::forget_pending_calls(interp);
    remove(interp);
}

/// Whether C made other thread states of this one's interpreter. Those of the host's threads end with them.
pub(crate) fn has_others(tstate: *mut PyThreadState) -> bool {
    // SAFETY: the caller's own, which is live, as are the others.
    let others = threads(unsafe { (*tstate).interp });
    others.iter().any(|&other| !std::ptr::eq(other, tstate) && unsafe { made::is_deletable(other) })
}

/// Clear an interpreter that nobody uses any more, and its thread states. The program's own is in use.
#[capi]
fn PyInterpreterState_Clear(cx: Cx<'_>, interp: *mut PyInterpreterState) {
    if std::ptr::eq(interp, interpreter()) {
        return super::in_use(cx, "PyInterpreterState_Clear");
    }
    let event = cx.str("cpython.PyInterpreterState_Clear");
    if cx.call_function("sys", "audit", &[event.as_ref()]).is_err() {
        drop(cx.take_error());
    }
    for tstate in threads(interp) {
        // SAFETY: the states of an interpreter live as long as they are listed.
        unsafe { made::PyThreadState_Clear(tstate) };
    }
    let dict = listed(|list| list.entry(interp).map(|interp| std::mem::replace(&mut interp.dict, null_mut())));
    // SAFETY: the list owned the reference.
    drop(dict.and_then(|dict| unsafe { New::from_ptr(dict) }));
}

/// Delete an interpreter that was cleared, and its thread states.
#[capi]
fn PyInterpreterState_Delete(cx: Cx<'_>, interp: *mut PyInterpreterState) {
    if std::ptr::eq(interp, interpreter()) {
        return super::in_use(cx, "PyInterpreterState_Delete");
    }
    for tstate in threads(interp) {
        // SAFETY: as in `PyInterpreterState_Clear`; C does not use them again.
        unsafe { made::PyThreadState_Delete(tstate) };
    }
    remove(interp);
}

/// Take an interpreter that nobody uses any more off the list. Thread states that it has still are no interpreter's from then on.
fn remove(interp: *mut PyInterpreterState) {
    for tstate in threads(interp) {
        // SAFETY: listed states live.
        unsafe {
            unlink(tstate);
            (*tstate).interp = null_mut();
        }
    }
    let found = listed(|list| {
        let place = list.all.iter().position(|listed| std::ptr::eq(listed.state, interp))?;
        Some(list.all.remove(place))
    });
    if let Some(found) = found {
        // SAFETY: made by `add`; the dict is the list's, if C has not cleared.
        unsafe {
            drop(New::from_ptr(found.dict));
            dealloc(found.state.cast(), layout());
        }
    }
}

fn threads(interp: *mut PyInterpreterState) -> Vec<*mut PyThreadState> {
    listed(|list| {
        let newest = list.entry(interp).map_or(null_mut(), |interp| interp.threads);
        // SAFETY: listed states live.
        let older = |state: &*mut PyThreadState| Some(unsafe { (**state).next }).filter(|state| !state.is_null());
        std::iter::successors(Some(newest).filter(|state| !state.is_null()), older).collect()
    })
}

/// The newest interpreter.
#[capi(raw)]
pub unsafe extern "C" fn PyInterpreterState_Head() -> *mut PyInterpreterState {
    listed(|list| list.all.last().map_or(interpreter(), |listed| listed.state))
}

/// The interpreter made before `interp`; NULL after the main one.
#[capi(raw)]
pub unsafe extern "C" fn PyInterpreterState_Next(interp: *mut PyInterpreterState) -> *mut PyInterpreterState {
    listed(|list| {
        let place = list.all.iter().position(|listed| std::ptr::eq(listed.state, interp));
        place.and_then(|place| list.all.get(place.checked_sub(1)?)).map_or(null_mut(), |listed| listed.state)
    })
}

/// The interpreter of this thread's state.
#[capi(raw)]
pub unsafe extern "C" fn PyInterpreterState_Get() -> *mut PyInterpreterState {
    // SAFETY: the thread's own state.
    if lock::is_held() { unsafe { (*thread_state()).interp } } else { interpreter() }
}

/// The main interpreter.
#[capi(raw)]
pub unsafe extern "C" fn PyInterpreterState_Main() -> *mut PyInterpreterState {
    interpreter()
}

fn id(interp: *mut PyInterpreterState) -> i64 {
    listed(|list| list.entry(interp).map_or(-1, |interp| interp.id))
}

/// The interpreter of a number.
pub(crate) fn of_id(id: i64) -> Option<*mut PyInterpreterState> {
    listed(|list| {
        list.entry(interpreter());
        list.all.iter().find(|listed| listed.id == id).map(|listed| listed.state)
    })
}

/// The interpreter's number; 0 is the main one.
#[capi]
fn PyInterpreterState_GetID(cx: Cx<'_>, interp: *mut PyInterpreterState) -> i64 {
    if interp.is_null() {
        cx.error("RuntimeError", "no interpreter provided");
        return -1;
    }
    id(interp)
}

/// An int of the interpreter's number.
#[capi]
fn _PyInterpreterState_GetIDObject(interp: *mut PyInterpreterState) -> New {
    crate::longobject::new_from_i64(id(interp))
}

/// A dict for extension data of the whole interpreter; borrowed.
#[capi]
fn PyInterpreterState_GetDict<'a>(cx: Cx<'a>, interp: *mut PyInterpreterState) -> Option<Borrowed<'a>> {
    let dict = listed(|list| list.entry(interp).map(|interp| interp.dict))?;
    if !dict.is_null() {
        // SAFETY: the list owns it as long as the interpreter is not cleared.
        return unsafe { Obj::from_ptr(dict) }.map(Borrowed::of);
    }
    let dict = cx.to_c(host().new_dict()).into_ptr();
    let kept = listed(|list| {
        let interp = list.entry(interp)?;
        if interp.dict.is_null() {
            interp.dict = dict;
        }
        Some(interp.dict)
    });
    // SAFETY: as above.
    unsafe { Obj::from_ptr(kept?) }.map(Borrowed::of)
}

/// The newest thread state of an interpreter. Threads that have called no C code yet have none.
#[capi(raw)]
pub unsafe extern "C" fn PyInterpreterState_ThreadHead(interp: *mut PyInterpreterState) -> *mut PyThreadState {
    listed(|list| list.entry(interp).map_or(null_mut(), |interp| interp.threads))
}

/// The thread state of the same interpreter that was made before this one.
#[capi(raw)]
pub unsafe extern "C" fn PyThreadState_Next(tstate: *mut PyThreadState) -> *mut PyThreadState {
    // SAFETY: C passes a live state.
    listed(|_| unsafe { (*tstate).next })
}

/// The interpreter of a thread state.
#[capi(raw)]
pub unsafe extern "C" fn PyThreadState_GetInterpreter(tstate: *mut PyThreadState) -> *mut PyInterpreterState {
    // SAFETY: C passes a live state.
    unsafe { (*tstate).interp }
}

/// The frames that the threads are in, by their numbers.
#[capi]
fn _PyThread_CurrentFrames(cx: Cx<'_>) -> Result<New> {
    let frames: HostObj = cx.call_function("sys", "_current_frames", &[])?;
    Ok(cx.to_c(frames))
}

/// Write how many references there are to the interpreter's number, where CPython has that.
///
/// # Safety
/// A live interpreter's.
pub(crate) unsafe fn count_id_references(interp: *mut PyInterpreterState, count: i64, required: bool) {
    // SAFETY: the caller's contract.
    unsafe {
        interp.byte_add(ID_REFCOUNT).cast::<i64>().write(count);
        interp.byte_add(REQUIRES_IDREF).cast::<c_int>().write(c_int::from(required));
    }
}

/// Say whether the interpreter ends with the last reference to its number; the main one does not.
#[capi(raw)]
pub unsafe extern "C" fn _PyInterpreterState_RequireIDRef(interp: *mut PyInterpreterState, required: c_int) {
    // SAFETY: C passes an interpreter state it got from us.
    unsafe { interp.byte_add(REQUIRES_IDREF).cast::<c_int>().write(c_int::from(required != 0)) };
    if let (Some(number), Some(offered)) = (runs(interp), offers().interpreters) {
        offered.require_id_references(number, required != 0);
    }
}

/// What was said by `_PyInterpreterState_RequireIDRef`.
#[capi(raw)]
pub unsafe extern "C" fn _PyInterpreterState_RequiresIDRef(interp: *mut PyInterpreterState) -> c_int {
    // SAFETY: as above.
    unsafe { interp.byte_add(REQUIRES_IDREF).cast::<c_int>().read() }
}
