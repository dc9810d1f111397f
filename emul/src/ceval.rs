//! `ceval.h`: the running frame, recursion, pending calls, evaluation and tracing.

use std::cell::Cell;
use std::collections::VecDeque;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use capi_macros::capi;
use object_mirror::classobject::PyMethodObject;
use object_mirror::frameobject::PyFrameObject;
use object_mirror::methodobject::{METH_VARARGS, PyCFunctionObject, PyMethodDef};
use object_mirror::object::PyObject;
use object_mirror::pystate::{PyInterpreterState, PyThreadState};

use crate::boundary::{Borrowed, Cx, New, Obj, Result};
use crate::host::{HostObj, HostRef, HostResult, Kind, host};
use crate::pyerrors::{display, handled, text_of};
use crate::statics::builtin;
use crate::{cross, frameobject, lifetime, methodobject, pystate, pythonrun, statics, tupleobject, typeobject};

/// Functions that C asked to be called soon.
static PENDING_CALLS: Mutex<PendingCalls> = Mutex::new(PendingCalls { calls: VecDeque::new(), making: Vec::new() });
const MOST_PENDING: usize = 300;
const MOST_PENDING_MAIN: usize = 32;

struct PendingCalls {
    calls: VecDeque<PendingCall>,
    /// The interpreters whose calls a thread is making: nobody else makes them meanwhile, nor does what it calls.
    making: Vec<*mut PyInterpreterState>,
}
// SAFETY: of the interpreters only the addresses are used; for the calls see below.
unsafe impl Send for PendingCalls {}

struct PendingCall {
    interp: *mut PyInterpreterState,
    function: unsafe extern "C" fn(*mut c_void) -> c_int,
    argument: *mut c_void,
    flags: c_int,
}

impl PendingCall {
    /// Whether this thread may make it in this interpreter.
    fn fits(&self, interp: *mut PyInterpreterState) -> bool {
        self.interp == interp && (self.flags & PENDING_MAINTHREADONLY == 0 || is_main(interp))
    }
}
// SAFETY: C asks for the call on another thread, with an argument meant for that; of the interpreter only the address is used.
unsafe impl Send for PendingCall {}

fn pending_calls() -> MutexGuard<'static, PendingCalls> {
    PENDING_CALLS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The namespace of `builtins` that the running code uses; borrowed.
#[capi]
fn PyEval_GetBuiltins(cx: Cx<'_>) -> Result<Borrowed<'_>> {
    builtins(cx).map(Borrowed::lent)
}

/// As `PyEval_GetBuiltins`, a new reference.
#[capi]
fn PyEval_GetFrameBuiltins(cx: Cx<'_>) -> Result<New> {
    builtins(cx).map(|builtins| cx.to_c(builtins))
}

fn builtins(cx: Cx<'_>) -> Result<HostObj> {
    if let Some(globals) = host().current_globals() {
        let key = cx.str("__builtins__");
        if let Some(found) = cx.call(|h| h.dict_get(globals.as_ref(), key.as_ref()))? {
            return Ok(if host().kind(found.as_ref()) == Kind::Module {
                host().namespace(found.as_ref())
            } else {
                found
            });
        }
    }
    let builtins = cx.call(|h| h.import("builtins"))?;
    Ok(host().namespace(builtins.as_ref()))
}

/// The globals of the running Python code; borrowed, NULL without an error where none runs.
#[capi]
fn PyEval_GetGlobals(_cx: Cx<'_>) -> Option<Borrowed<'_>> {
    host().current_globals().map(Borrowed::lent)
}

/// As `PyEval_GetGlobals`, a new reference.
#[capi]
fn PyEval_GetFrameGlobals(cx: Cx<'_>) -> Option<New> {
    host().current_globals().map(|globals| cx.to_c(globals))
}

/// `co_flags` of code whose locals are a frame's places, not a dict.
const CO_OPTIMIZED: i64 = 1;

fn locals(cx: Cx<'_>) -> Result<HostObj> {
    let Some(frame) = frameobject::current(cx) else { return Err(cx.system_error("frame does not exist")) };
    let locals = cx.attr_str(frame.as_ref(), "f_locals")?;
    let code = cx.attr_str(frame.as_ref(), "f_code")?;
    let flags = cx.attr_str(code.as_ref(), "co_flags")?;
    if host().int_value(flags.as_ref()).unwrap_or(0) & CO_OPTIMIZED == 0 {
        return Ok(locals);
    }
    // A function's locals are a snapshot.
    cx.call_function("builtins", "dict", &[locals.as_ref()])
}

/// The locals of the running Python code; borrowed.
#[capi]
fn PyEval_GetLocals(cx: Cx<'_>) -> Result<Borrowed<'_>> {
    locals(cx).map(Borrowed::lent)
}

/// As `PyEval_GetLocals`, a new reference.
#[capi]
fn PyEval_GetFrameLocals(cx: Cx<'_>) -> Result<New> {
    locals(cx).map(|locals| cx.to_c(locals))
}

/// The running Python frame; borrowed, NULL without an error where none runs.
#[capi]
fn PyEval_GetFrame(cx: Cx<'_>) -> *mut PyFrameObject {
    let Some(frame) = frameobject::current(cx) else { return null_mut() };
    let new = cx.to_c(frame);
    let frame = new.as_ptr();
    lifetime::lend(new);
    frame.cast()
}

/// Count one level of C recursion; RecursionError where the stack would end.
#[capi(raw)]
pub unsafe extern "C" fn Py_EnterRecursiveCall(place: *const c_char) -> c_int {
    let tstate = pystate::thread_state();
    // SAFETY: the thread's own state; C passes a NUL-terminated string.
    unsafe {
        (*tstate).c_recursion_remaining -= 1;
        c_int::from(_Py_CheckRecursiveCall(tstate, place) < 0)
    }
}

/// Whether there is room for the level of C recursion that the caller has just counted: 0, or -1 with RecursionError and the
/// level taken back. A part of the stable ABI that no header declares.
#[capi(raw)]
pub unsafe extern "C" fn _Py_CheckRecursiveCall(tstate: *mut PyThreadState, place: *const c_char) -> c_int {
    // SAFETY: C passes the thread's own state and a NUL-terminated string.
    unsafe {
        if (*tstate).c_recursion_remaining > 0 && !host().recursion_limit_reached() {
            return 0;
        }
        (*tstate).c_recursion_remaining += 1;
        let place = if place.is_null() { "".into() } else { CStr::from_ptr(place).to_string_lossy() };
        Cx::assume().error("RecursionError", format!("maximum recursion depth exceeded{place}"));
        -1
    }
}

/// Undo a successful `Py_EnterRecursiveCall`.
#[capi(raw)]
pub unsafe extern "C" fn Py_LeaveRecursiveCall() {
    // SAFETY: the thread's own state.
    unsafe { (*pystate::thread_state()).c_recursion_remaining += 1 };
}

/// `sys.getrecursionlimit()`.
#[capi]
fn Py_GetRecursionLimit(cx: Cx<'_>) -> Result<c_int> {
    let limit = cx.call_function("sys", "getrecursionlimit", &[])?;
    Ok(host().int_value(limit.as_ref()).unwrap_or(1000) as c_int)
}

/// `sys.setrecursionlimit()`.
#[capi]
fn Py_SetRecursionLimit(cx: Cx<'_>, limit: c_int) {
    let limit = host().new_int(limit.into());
    if cx.call_function("sys", "setrecursionlimit", &[limit.as_ref()]).is_err() {
        drop(cx.take_error());
    }
}

/// Ask for `func(arg)` to be called soon, from any thread; -1 where too many calls wait.
///
/// The calls are made between two of Python's instructions on the main thread, or when C code there makes them itself.
#[capi(raw)]
pub unsafe extern "C" fn Py_AddPendingCall(func: *mut c_void, arg: *mut c_void) -> c_int {
    add_pending_call(pystate::interpreter(), func, arg, PENDING_MAINTHREADONLY)
}

/// Of which CPython keeps fewer.
const PENDING_MAINTHREADONLY: c_int = 1;
/// The argument goes when the call was made.
const PENDING_RAWFREE: c_int = 2;

/// As `Py_AddPendingCall`, for an interpreter. Unless the flags say otherwise, any thread that runs Python code of it may make the
/// call. What waits when the interpreter ends is made then, after its threads and before what `atexit` knows.
#[capi(raw)]
pub unsafe extern "C" fn _PyEval_AddPendingCall(
    interp: *mut PyInterpreterState,
    func: *mut c_void,
    arg: *mut c_void,
    flags: c_int,
) -> c_int {
    let of_main = flags & PENDING_MAINTHREADONLY != 0;
    add_pending_call(if of_main { pystate::interpreter() } else { interp }, func, arg, flags)
}

fn add_pending_call(interp: *mut PyInterpreterState, func: *mut c_void, argument: *mut c_void, flags: c_int) -> c_int {
    let mut pending = pending_calls();
    let calls = &mut pending.calls;
    let kind = flags & PENDING_MAINTHREADONLY;
    let most = if kind == 0 { MOST_PENDING } else { MOST_PENDING_MAIN };
    let alike = calls.iter().filter(|call| call.flags & PENDING_MAINTHREADONLY == kind && call.interp == interp);
    if func.is_null() || alike.count() >= most {
        return -1;
    }
    // SAFETY: C passes a function of this type.
    let function = unsafe { std::mem::transmute::<*mut c_void, unsafe extern "C" fn(*mut c_void) -> c_int>(func) };
    calls.push_back(PendingCall { interp, function, argument, flags });
    note_waiting(calls);
    drop(pending);
    host().call_soon();
    0
}

/// An interpreter has ended: what was asked of it since is not done. Arguments that go with their calls go.
pub(crate) fn forget_pending_calls(interp: *mut PyInterpreterState) {
    let mut pending = pending_calls();
    pending.calls.retain(|call| {
        let stays = !std::ptr::eq(call.interp, interp);
        if !stays && call.flags & PENDING_RAWFREE != 0 {
            // SAFETY: C's flag says that the argument is from `malloc`, and nobody else's.
            unsafe { libc::free(call.argument) };
        }
        stays
    });
    note_waiting(&pending.calls);
}

/// Whether calls wait that any thread may make.
static FOR_ANY: AtomicBool = AtomicBool::new(false);
/// The thread that the layer was made ready on, or that forked.
static MAIN: AtomicUsize = AtomicUsize::new(0);

fn this_thread() -> usize {
    // SAFETY: asks for a number.
    unsafe { libc::pthread_self() as usize }
}

/// This thread is the main one, and no other runs yet.
pub(crate) fn note_main_thread() {
    MAIN.store(this_thread(), Relaxed);
    // In a forked child a thread that is not there may have it locked: nobody makes calls then.
    if let Ok(mut pending) = PENDING_CALLS.try_lock() {
        pending.making.clear();
    }
}

fn note_waiting(calls: &VecDeque<PendingCall>) {
    FOR_ANY.store(calls.iter().any(|call| call.flags & PENDING_MAINTHREADONLY == 0), Relaxed);
}

/// Whether this thread may have calls to make that are not the main thread's.
#[inline]
pub(crate) fn calls_wait() -> bool {
    FOR_ANY.load(Relaxed)
}

/// Make the calls that wait, for the host.
pub(crate) fn run_pending_calls() -> HostResult<()> {
    let _frame = pystate::Frame::enter();
    let held = lifetime::Guard::hold();
    let cx = held.cx();
    make_pending_calls(cx).map_err(|_| crate::slots::pending(cx))
}

/// The interpreter that this thread is in ends: make its calls, and those that they ask for, until none waits. An error is printed.
pub(crate) fn finish_pending_calls() {
    if pending_calls().calls.is_empty() {
        return;
    }
    let _frame = pystate::Frame::enter();
    let held = lifetime::Guard::hold();
    let cx = held.cx();
    while have_pending_calls(current_interpreter()) {
        if make_pending_calls(cx).is_err() {
            let error = cx.take_error().map(|error| cx.to_c(error));
            cx.bad_internal_call();
            handled::chain(cx, error);
            display::print_pending(cx);
        }
    }
}

/// Whether this thread could make a call that waits now.
fn have_pending_calls(interp: *mut PyInterpreterState) -> bool {
    let pending = pending_calls();
    !pending.making.contains(&interp) && pending.calls.iter().any(|call| call.fits(interp))
}

/// Make the calls that wait; -1 if one failed, with its error set. On the main thread and in the main interpreter alone.
#[capi]
fn Py_MakePendingCalls(cx: Cx<'_>) -> Result<()> {
    if !is_main(current_interpreter()) {
        return Ok(());
    }
    make_pending_calls(cx)
}

fn current_interpreter() -> *mut PyInterpreterState {
    // SAFETY: the thread's own state.
    unsafe { (*pystate::thread_state()).interp }
}

/// Whether this thread, which is in this interpreter, makes the calls that are for the main one.
fn is_main(interp: *mut PyInterpreterState) -> bool {
    std::ptr::eq(interp, pystate::interpreter()) && this_thread() == MAIN.load(Relaxed)
}

/// Of the waiting calls that this thread may make in this interpreter, the first.
fn next_call(interp: *mut PyInterpreterState) -> Option<PendingCall> {
    let mut pending = pending_calls();
    let place = pending.calls.iter().position(|call| call.fits(interp))?;
    let call = pending.calls.remove(place);
    note_waiting(&pending.calls);
    call
}

/// Ends the making of an interpreter's calls; what is left is for later.
struct Making(*mut PyInterpreterState);

impl Making {
    /// Begin, unless it is under way; with how many calls there are.
    fn begin(interp: *mut PyInterpreterState) -> Option<(Self, usize)> {
        let mut pending = pending_calls();
        let many = pending.calls.iter().filter(|call| call.interp == interp).count();
        if many == 0 || pending.making.contains(&interp) {
            return None;
        }
        pending.making.push(interp);
        Some((Self(interp), many))
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        let mut pending = pending_calls();
        pending.making.retain(|interp| *interp != self.0);
        let main = pystate::interpreter();
        let is_left = self.0 == main && pending.calls.iter().any(|call| call.interp == main);
        drop(pending);
        if is_left {
            host().call_soon();
        }
    }
}

/// Make the calls that wait and that this thread may make. What they ask for in turn has to wait.
pub(crate) fn make_pending_calls(cx: Cx<'_>) -> Result<()> {
    let interp = current_interpreter();
    let Some((_making, most)) = Making::begin(interp) else { return Ok(()) };
    for _ in 0..most {
        let Some(call) = next_call(interp) else { return Ok(()) };
        // SAFETY: C asked for this call.
        let status = unsafe { (call.function)(call.argument) };
        if call.flags & PENDING_RAWFREE != 0 {
            // SAFETY: C's flag says that the argument is from `malloc`, and done with.
            unsafe { libc::free(call.argument) };
        }
        if status < 0 {
            return Err(cx.pending());
        }
    }
    Ok(())
}

/// Nothing to start: the lock is always there.
#[capi(raw)]
pub unsafe extern "C" fn PyEval_InitThreads() {}

/// Whether threads may run: always.
#[capi(raw)]
pub unsafe extern "C" fn PyEval_ThreadsInitialized() -> c_int {
    1
}

/// Run a code object.
#[capi]
fn PyEval_EvalCode(cx: Cx<'_>, code: Obj<'_>, globals: Option<Obj<'_>>, locals: Option<Obj<'_>>) -> Result<New> {
    eval(cx, code, globals, locals)
}

/// The globals, which are a dict.
fn checked_globals<'a>(cx: Cx<'_>, globals: Option<Obj<'a>>) -> Result<Obj<'a>> {
    let Some(globals) = globals else { return Err(cx.system_error("PyEval_EvalCodeEx: NULL globals")) };
    let is_dict = globals.type_has(object_mirror::object::Py_TPFLAGS_DICT_SUBCLASS);
    if is_dict { Ok(globals) } else { Err(cx.bad_internal_call()) }
}

pub(crate) fn eval(cx: Cx<'_>, code: Obj<'_>, globals: Option<Obj<'_>>, locals: Option<Obj<'_>>) -> Result<New> {
    let globals = checked_globals(cx, globals)?;
    let locals = locals.unwrap_or(globals).give(cx)?;
    let (code, globals) = (code.give(cx)?, globals.give(cx)?);
    Ok(cx.to_c(pythonrun::run_code(cx, code.as_ref(), globals.as_ref(), locals.as_ref())?))
}

/// # Safety
/// `first` is NULL, or the first of `count` live objects.
unsafe fn give_all(cx: Cx<'_>, first: *const *mut PyObject, count: c_int) -> Result<Vec<HostObj>> {
    let count = usize::try_from(count).unwrap_or(0);
    if first.is_null() || count == 0 {
        return Ok(Vec::new());
    }
    // SAFETY: the caller's contract.
    cross::host_list_items(cx, unsafe { std::slice::from_raw_parts(first, count) })
}

/// Run a code object with arguments, defaults and a closure, as a call of its function does.
#[capi]
fn PyEval_EvalCodeEx(
    cx: Cx<'_>,
    code: Obj<'_>,
    globals: Option<Obj<'_>>,
    locals: Option<Obj<'_>>,
    args: *const *mut PyObject,
    argcount: c_int,
    kws: *const *mut PyObject,
    kwcount: c_int,
    defs: *const *mut PyObject,
    defcount: c_int,
    kwdefs: Option<Obj<'_>>,
    closure: Option<Obj<'_>>,
) -> Result<New> {
    let globals_object = checked_globals(cx, globals)?;
    // SAFETY: C passes arrays of that many objects, the keywords' in pairs.
    let (args, pairs, defaults) = unsafe {
        (give_all(cx, args, argcount)?, give_all(cx, kws, kwcount.saturating_mul(2))?, give_all(cx, defs, defcount)?)
    };
    if args.is_empty() && pairs.is_empty() && defaults.is_empty() && kwdefs.is_none() && closure.is_none() {
        return eval(cx, code, globals, locals);
    }
    let none = host().singleton(Kind::None);
    let or_none = |value: Option<Obj<'_>>| value.map_or(Ok(none.clone()), |value| value.give(cx));
    let (code, globals) = (code.give(cx)?, globals_object.give(cx)?);
    let defaults = if defaults.is_empty() { none.clone() } else { host().new_tuple(defaults) };
    let closure = or_none(closure)?;
    let name = cx.attr_str(code.as_ref(), "co_name")?;
    let parts = [code.as_ref(), globals.as_ref(), name.as_ref(), defaults.as_ref(), closure.as_ref()];
    let function = cx.call_function("types", "FunctionType", &parts)?;
    if let Some(kwdefs) = kwdefs {
        if !crate::dictobject::is_dict(kwdefs) {
            return Err(cx.bad_internal_call());
        }
        let (name, kwdefs) = (cx.str("__kwdefaults__"), kwdefs.give(cx)?);
        cx.call(|h| h.set_attr(function.as_ref(), name.as_ref(), Some(kwdefs.as_ref())))?;
    }
    let mut values: Vec<HostRef> = args.iter().map(HostObj::as_ref).collect();
    values.extend(pairs.iter().skip(1).step_by(2).map(HostObj::as_ref));
    let names: Vec<HostRef> = pairs.iter().step_by(2).map(HostObj::as_ref).collect();
    cx.object(|h| h.call(function.as_ref(), &values, &names))
}

/// The name of a callable, or of its type.
#[capi]
fn PyEval_GetFuncName(cx: Cx<'_>, function: Obj<'_>) -> *const c_char {
    name_of(cx, function)
}

fn name_of(cx: Cx<'_>, function: Obj<'_>) -> *const c_char {
    // SAFETY: the types tell the structs; a method's function is live; types and definitions have names.
    unsafe {
        let ty = function.type_ptr();
        if std::ptr::eq(ty, builtin!(PyMethod_Type))
            && let Some(inner) = Obj::from_ptr((*function.cast::<PyMethodObject>()).im_func)
        {
            return name_of(cx, inner);
        }
        if std::ptr::eq(ty, builtin!(PyCFunction_Type)) && !(*function.cast::<PyCFunctionObject>()).m_ml.is_null() {
            return (*(*function.cast::<PyCFunctionObject>()).m_ml).ml_name;
        }
        if std::ptr::eq(ty, builtin!(PyFunction_Type)) {
            let _held = crate::pyerrors::hold_pending();
            if let Ok(function) = function.give(cx)
                && let Ok(name) = cx.attr_str(function.as_ref(), "__name__")
            {
                let name = cx.to_c(name);
                let mut text = crate::unicodeobject::to_wtf8(name.as_ptr());
                text.push(0);
                return keep_text(text);
            }
            drop(cx.take_error());
        }
        (*ty).tp_name
    }
}

/// A function's name for C, which keeps the pointer as long as it likes: names are few, and each is kept once.
fn keep_text(text: Vec<u8>) -> *const c_char {
    static NAMES: Mutex<std::collections::BTreeSet<&'static [u8]>> = Mutex::new(std::collections::BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(known) = names.get(text.as_slice()) {
        return known.as_ptr().cast();
    }
    let kept: &'static [u8] = text.leak();
    names.insert(kept);
    kept.as_ptr().cast()
}

/// What follows the name of a callable in messages.
#[capi]
fn PyEval_GetFuncDesc(_cx: Cx<'_>, function: Obj<'_>) -> *const c_char {
    let ty = function.type_ptr();
    let called = [builtin!(PyMethod_Type), builtin!(PyFunction_Type), builtin!(PyCFunction_Type)];
    if called.iter().any(|&callable| std::ptr::eq(ty, callable)) { c"()".as_ptr() } else { c" object".as_ptr() }
}

/// An index of a slice, clipped to C's range; None leaves `*index` as it is. 0 with an error set, else 1.
#[capi]
fn _PyEval_SliceIndex(cx: Cx<'_>, value: Option<Obj<'_>>, index: *mut isize) -> c_int {
    match value {
        Some(value) if !statics::is_none(value.as_ptr()) => {
            slice_index(cx, value, index, "slice indices must be integers or None or have an __index__ method")
        }
        _ => 1,
    }
}

/// As `_PyEval_SliceIndex`, where None is no index.
#[capi]
fn _PyEval_SliceIndexNotNone(cx: Cx<'_>, value: Obj<'_>, index: *mut isize) -> c_int {
    slice_index(cx, value, index, "slice indices must be integers or have an __index__ method")
}

fn slice_index(cx: Cx<'_>, value: Obj<'_>, index: *mut isize, complaint: &str) -> c_int {
    // SAFETY: a live type.
    let has_index = unsafe {
        let numbers = (*value.type_ptr()).tp_as_number;
        !numbers.is_null() && (*numbers).nb_index.is_some()
    };
    if !has_index {
        cx.type_error(complaint);
        return 0;
    }
    let Ok(value) = value.give(cx) else { return 0 };
    let Ok(number) = cx.call(|h| h.unary(crate::host::UnaryOp::Index, value.as_ref())) else { return 0 };
    let clipped = match host().int_value(number.as_ref()) {
        Some(value) => value as isize,
        None if host().int_digits(number.as_ref()).0 => isize::MIN,
        None => isize::MAX,
    };
    // SAFETY: C passes a place for the index.
    unsafe { index.write(clipped) };
    1
}

/// `Py_tracefunc`.
type TraceFunction = unsafe extern "C" fn(*mut PyObject, *mut PyFrameObject, c_int, *mut PyObject) -> c_int;

thread_local! {
    static TRACE: Cell<Option<TraceFunction>> = const { Cell::new(None) };
    static PROFILE: Cell<Option<TraceFunction>> = const { Cell::new(None) };
}

/// `PyTrace_CALL` and its kin, by the names of events in Python.
const EVENTS: [(&str, c_int); 8] = [
    ("call", 0),
    ("exception", 1),
    ("line", 2),
    ("return", 3),
    ("c_call", 4),
    ("c_exception", 5),
    ("c_return", 6),
    ("opcode", 7),
];

/// A Python trace function whose `self` is C's object: calls the thread's C trace function.
unsafe extern "C" fn trace(self_: *mut PyObject, args: *mut PyObject) -> *mut PyObject {
    // SAFETY: a METH_VARARGS function is called with the lock held.
    unsafe { run_hook("trace", &TRACE, self_, args, &raw mut TRACE_DEF.0) }
}

unsafe extern "C" fn profile(self_: *mut PyObject, args: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    unsafe { run_hook("profile", &PROFILE, self_, args, &raw mut PROFILE_DEF.0) }
}

/// # Safety
/// Called by the host as a function with the definition `def`, with the lock held.
unsafe fn run_hook(
    name: &'static str,
    hook: &'static std::thread::LocalKey<Cell<Option<TraceFunction>>>,
    self_: *mut PyObject,
    args: *mut PyObject,
    def: *mut PyMethodDef,
) -> *mut PyObject {
    // SAFETY: the caller's contract.
    unsafe {
        crate::boundary::enter(name, |cx| {
            let &[frame, event, argument] = tupleobject::items(args) else { return Err(cx.bad_internal_call()) };
            let Some(function) = hook.get() else { return Ok(cx.none()) };
            let event = Obj::from_ptr(event).ok_or_else(|| cx.bad_internal_call())?.give(cx)?;
            let event = text_of(event.as_ref());
            let Some(&(_, what)) = EVENTS.iter().find(|(name, _)| *name == event) else { return Ok(cx.none()) };
            let object = if statics::is_none(self_) { null_mut() } else { self_ };
            // "call" and "line" come without an argument in C.
            let argument = if statics::is_none(argument) && matches!(what, 0 | 2 | 7) { null_mut() } else { argument };
            let runs = !crate::pystate::is_tracing_suspended() && (!matches!(what, 4..=6) || is_c_function(argument));
            if runs && function(object, frame.cast(), what, argument) < 0 {
                hook.set(None);
                return Err(cx.pending());
            }
            // The function goes on tracing the frame's lines.
            New::from_ptr(methodobject::PyCMethod_New(def, self_, null_mut(), null_mut())).ok_or_else(|| cx.pending())
        })
    }
}

/// Whether calls of it are events: those of types, which a host may tell of too, are none.
fn is_c_function(object: *mut PyObject) -> bool {
    // SAFETY: the argument of an event, or NULL.
    let Some(object) = (unsafe { Obj::from_ptr(object) }) else { return true };
    let ty = object.type_ptr();
    typeobject::is_subtype(ty, builtin!(PyCFunction_Type)) || std::ptr::eq(ty, builtin!(PyMethodDescr_Type))
}

/// A definition that lives in a static.
struct Def(PyMethodDef);
// SAFETY: read only, but for the count of nothing.
unsafe impl Sync for Def {}

static mut TRACE_DEF: Def = Def(PyMethodDef {
    ml_name: c"trace".as_ptr(),
    ml_meth: Some(trace),
    ml_flags: METH_VARARGS,
    ml_doc: std::ptr::null(),
});
static mut PROFILE_DEF: Def = Def(PyMethodDef {
    ml_name: c"profile".as_ptr(),
    ml_meth: Some(profile),
    ml_flags: METH_VARARGS,
    ml_doc: std::ptr::null(),
});

fn set_hook(cx: Cx<'_>, setter: &str, def: *mut PyMethodDef, object: Option<Obj<'_>>, on: bool) -> Result<()> {
    if !on {
        let none = host().singleton(Kind::None);
        return cx.call_function("sys", setter, &[none.as_ref()]).map(drop);
    }
    let self_ = object.map_or(statics::none(), Obj::as_ptr);
    // SAFETY: the definition is a static; the object is live.
    let function = unsafe { New::from_ptr(methodobject::PyCMethod_New(def, self_, null_mut(), null_mut())) };
    let function = function.ok_or_else(|| cx.pending())?.obj().give(cx)?;
    cx.call_function("sys", setter, &[function.as_ref()]).map(drop)
}

/// # Safety
/// `func` is NULL or a `Py_tracefunc`.
unsafe fn trace_function(func: *mut c_void) -> Option<TraceFunction> {
    // SAFETY: the caller's contract.
    (!func.is_null()).then(|| unsafe { std::mem::transmute::<*mut c_void, TraceFunction>(func) })
}

/// Trace this thread's Python code with a C function; NULL ends that.
#[capi]
fn PyEval_SetTrace(cx: Cx<'_>, func: *mut c_void, object: Option<Obj<'_>>) {
    // SAFETY: C passes NULL or a trace function.
    TRACE.set(unsafe { trace_function(func) });
    // SAFETY: the address of a static.
    if set_hook(cx, "settrace", unsafe { &raw mut TRACE_DEF.0 }, object, !func.is_null()).is_err() {
        drop(cx.take_error());
    }
}

/// Profile this thread's Python code with a C function; NULL ends that.
#[capi]
fn PyEval_SetProfile(cx: Cx<'_>, func: *mut c_void, object: Option<Obj<'_>>) {
    // SAFETY: C passes NULL or a trace function.
    PROFILE.set(unsafe { trace_function(func) });
    // SAFETY: the address of a static.
    if set_hook(cx, "setprofile", unsafe { &raw mut PROFILE_DEF.0 }, object, !func.is_null()).is_err() {
        drop(cx.take_error());
    }
}
