//! `pylifecycle.h`: what the interpreter says of itself, and its end.

use std::collections::VecDeque;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use capi_macros::capi;

use object_mirror::pystate::{PyInterpreterState, PyThreadState};

use crate::boundary::{Cx, Result};
use crate::host::{Kind, host};
use crate::pyerrors::text_of;
use crate::pystate::interpreters;

/// C asked for the interpreter's end.
static ENDING: AtomicBool = AtomicBool::new(false);
/// No Python code runs any more.
static ENDED: AtomicBool = AtomicBool::new(false);

/// Functions to run when the process ends, newest first.
static AT_EXIT: Mutex<Vec<unsafe extern "C" fn()>> = Mutex::new(Vec::new());
const MOST_AT_EXIT: usize = 32;

/// Whether the interpreter runs: the layer is there for a running one only.
#[capi(raw)]
pub unsafe extern "C" fn Py_IsInitialized() -> c_int {
    c_int::from(crate::host::is_installed() && !ends())
}

/// Whether the interpreter is ending.
#[capi(raw)]
pub unsafe extern "C" fn Py_IsFinalizing() -> c_int {
    c_int::from(ends())
}

fn ends() -> bool {
    ENDED.load(Relaxed) || crate::host::is_installed() && host().is_finalizing()
}

/// Start the interpreter; nothing to do where it runs. One that has ended stays so, and the process ends with a fatal error: there
/// is one interpreter in a process.
#[capi(raw)]
pub unsafe extern "C" fn Py_Initialize() {
    // SAFETY: the same contract.
    unsafe { Py_InitializeEx(1) }
}

/// As `Py_Initialize`.
#[capi(raw)]
pub unsafe extern "C" fn Py_InitializeEx(_initsigs: c_int) {
    if ENDED.load(Relaxed) {
        fatal(
            Some("Py_InitializeEx"),
            "pierglass starts no interpreter after Py_FinalizeEx: there is one in a process",
        );
    }
}

/// End the interpreter as the end of the program does: wait for threads that are no daemons, call what `atexit` knows, let the modules
/// go, flush the standard streams, call what `Py_AtExit` and `PyUnstable_AtExit` were given. -1 where a stream could not be flushed;
/// 0, and nothing happens, where the interpreter ends or has ended already.
///
/// C code goes on, and has the process and memory that is not Python's, but must not return to the interpreter or ask it for anything:
/// CPython crashes then, and here the process ends with a fatal error. So it does where `Py_Initialize` is called: there is one
/// interpreter in a process. It is the interpreter's main thread that ends it; on another one, and where the host has no way, this is
/// -1 with an error set, and the interpreter goes on.
#[capi(raw)]
pub unsafe extern "C" fn Py_FinalizeEx() -> c_int {
    // SAFETY: C calls it with the lock held.
    let cx = unsafe { Cx::assume() };
    match finalize(cx) {
        Ok(true) => 0,
        Ok(false) | Err(_) => -1,
    }
}

/// As `Py_FinalizeEx`; an error is ignored, after `sys.unraisablehook` had it.
#[capi(raw)]
pub unsafe extern "C" fn Py_Finalize() {
    // SAFETY: C calls it with the lock held.
    let cx = unsafe { Cx::assume() };
    if finalize(cx).is_err()
        && let Some(error) = cx.take_error()
    {
        cx.unlocked(|h| h.unraisable(error, Some("Exception ignored in Py_Finalize()"), None));
    }
}

/// End the interpreter, unless it ends already; whether all could be flushed.
pub(crate) fn finalize(cx: Cx<'_>) -> Result<bool> {
    if ENDED.load(Relaxed) || ENDING.swap(true, Relaxed) {
        return Ok(true);
    }
    crate::listobject::sync_to_host();
    crate::lock::give();
    let flushed = match host().end_interpreter() {
        Ok(flushed) => flushed,
        Err(error) => {
            crate::lock::take();
            ENDING.store(false, Relaxed);
            return Err(cx.raise(error));
        }
    };
    ENDED.store(true, Relaxed);
    // Whoever else has the lock may keep it for ever: the host lets no other thread in any more.
    crate::lock::end();
    crate::freed::check_at_end();
    run_at_exit();
    Ok(flushed)
}

/// C code has ended the interpreter, and goes back to it.
#[cold]
pub(crate) fn after_the_end() -> ! {
    fatal(Some("Py_FinalizeEx"), "the interpreter has ended: C code must not return to it or call it")
}

fn sys_text(name: &str) -> Option<String> {
    let text = host().sys_attr(name)?;
    (host().kind(text.as_ref()) == Kind::Str).then(|| text_of(text.as_ref()))
}

/// A C string made once.
fn once(place: &'static OnceLock<CString>, make: impl FnOnce() -> String) -> *const c_char {
    place.get_or_init(|| CString::new(make().replace('\0', "")).unwrap_or_default()).as_ptr()
}

/// `sys.version`, which starts with the version of Python.
#[capi(raw)]
pub unsafe extern "C" fn Py_GetVersion() -> *const c_char {
    static VERSION: OnceLock<CString> = OnceLock::new();
    once(&VERSION, || {
        let text = sys_text("version").unwrap_or_default();
        if text.starts_with("3.13.") {
            text
        } else {
            format!("3.13.0 ({}) [{}]", text.replace(['(', ')'], ""), host().name())
        }
    })
}

/// `sys.platform`.
#[capi(raw)]
pub unsafe extern "C" fn Py_GetPlatform() -> *const c_char {
    static PLATFORM: OnceLock<CString> = OnceLock::new();
    once(&PLATFORM, || sys_text("platform").unwrap_or_else(|| std::env::consts::OS.to_owned()))
}

/// `sys.copyright`.
#[capi(raw)]
pub unsafe extern "C" fn Py_GetCopyright() -> *const c_char {
    static COPYRIGHT: OnceLock<CString> = OnceLock::new();
    once(&COPYRIGHT, || sys_text("copyright").unwrap_or_default())
}

/// The part of `sys.version` between square brackets, with them.
#[capi(raw)]
pub unsafe extern "C" fn Py_GetCompiler() -> *const c_char {
    static COMPILER: OnceLock<CString> = OnceLock::new();
    once(&COMPILER, || {
        let version = sys_text("version").unwrap_or_default();
        version.find('[').map_or_else(|| format!("[{}]", host().name()), |start| version[start..].to_owned())
    })
}

/// The part of `sys.version` between parentheses.
#[capi(raw)]
pub unsafe extern "C" fn Py_GetBuildInfo() -> *const c_char {
    static BUILD: OnceLock<CString> = OnceLock::new();
    once(&BUILD, || {
        let version = sys_text("version").unwrap_or_default();
        let inside = version.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        inside.map_or_else(|| host().name().to_owned(), |(inside, _)| inside.to_owned())
    })
}

/// A function for the interpreter's end, with what it is given.
struct Ending {
    interp: *mut PyInterpreterState,
    function: unsafe extern "C" fn(*mut c_void),
    data: *mut c_void,
}
// SAFETY: C gives the data for the thread that ends the interpreter.
unsafe impl Send for Ending {}

/// Functions to run when their interpreter has ended, in this order.
static ENDINGS: Mutex<VecDeque<Ending>> = Mutex::new(VecDeque::new());

/// Run `func` with `data` when the interpreter has ended: no Python code runs any more.
#[capi(raw)]
pub unsafe extern "C" fn PyUnstable_AtExit(
    interp: *mut PyInterpreterState,
    func: Option<unsafe extern "C" fn(*mut c_void)>,
    data: *mut c_void,
) -> c_int {
    let Some(function) = func else { return -1 };
    hear_of_exit();
    endings().push_back(Ending { interp, function, data });
    0
}

fn endings() -> MutexGuard<'static, VecDeque<Ending>> {
    ENDINGS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An interpreter has ended: run what waits for it.
pub(crate) fn run_endings(interp: *mut PyInterpreterState) {
    loop {
        let mut endings = endings();
        let Some(place) = endings.iter().position(|ending| std::ptr::eq(ending.interp, interp)) else { return };
        let ending = endings.remove(place).expect("just found");
        drop(endings);
        // SAFETY: C registered a function and what it takes.
        unsafe { (ending.function)(ending.data) };
    }
}

/// The process's end runs what waits for it.
fn hear_of_exit() {
    static REGISTERED: OnceLock<()> = OnceLock::new();
    REGISTERED.get_or_init(|| {
        // SAFETY: `run_at_exit` may run at exit.
        unsafe { libc::atexit(run_at_exit) };
    });
}

extern "C" fn run_at_exit() {
    ENDED.store(true, Relaxed);
    run_endings(crate::pystate::interpreter());
    loop {
        let function = AT_EXIT.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Some(function) = function else { return };
        // SAFETY: C registered a function that may run at exit.
        unsafe { function() };
    }
}

/// Run `func` when the process ends; -1 where there are 32 such functions already.
#[capi(raw)]
pub unsafe extern "C" fn Py_AtExit(func: Option<unsafe extern "C" fn()>) -> c_int {
    let Some(func) = func else { return -1 };
    hear_of_exit();
    let mut functions = AT_EXIT.lock().unwrap_or_else(PoisonError::into_inner);
    if functions.len() >= MOST_AT_EXIT {
        return -1;
    }
    functions.push(func);
    0
}

/// End the process as `sys.exit` at the top level does.
#[capi]
fn Py_Exit(cx: Cx<'_>, status: c_int) {
    exit(cx, status)
}

/// End the interpreter, then the process: with 120 where a stream could not be flushed.
pub(crate) fn exit(cx: Cx<'_>, status: c_int) -> ! {
    match finalize(cx) {
        Ok(true) => std::process::exit(status),
        Ok(false) => std::process::exit(UNFLUSHED),
        Err(_) => {}
    }
    drop(cx.take_error());
    // Not the thread to end it: what the program wants done and written is, at least.
    if cx.call_function("atexit", "_run_exitfuncs", &[]).is_err() {
        drop(cx.take_error());
    }
    flush(cx);
    std::process::exit(status)
}

/// The exit status that says that a stream could not be flushed.
pub(crate) const UNFLUSHED: c_int = 120;

/// Flush `sys.stdout` and `sys.stderr`.
pub(crate) fn flush(cx: Cx<'_>) {
    for name in ["stdout", "stderr"] {
        if let Some(stream) = host().sys_attr(name)
            && cx.call_method(stream.as_ref(), "flush", &[]).is_err()
        {
            drop(cx.take_error());
        }
    }
}

/// Print a fatal error and abort.
pub(crate) fn fatal(function: Option<&str>, message: &str) -> ! {
    print_fatal(function, message);
    // Past the interpreter's end there is nothing to tell.
    if crate::lock::is_held() && host().attached().is_some() {
        // SAFETY: this thread holds the lock.
        crate::fatal::tell(unsafe { Cx::assume() });
    }
    std::process::abort()
}

pub(crate) fn print_fatal(function: Option<&str>, message: &str) {
    let place = function.map_or(String::new(), |function| format!("{function}: "));
    let mut stderr = std::io::stderr().lock();
    // An error of stderr changes nothing: the process ends here.
    let state = if ENDED.load(Relaxed) { "finalized" } else { "initialized" };
    let _ = writeln!(stderr, "Fatal Python error: {place}{message}\nPython runtime state: {state}");
    let _ = stderr.flush();
}

/// Print a fatal error with the name of the C function, and abort.
#[capi(raw)]
pub unsafe extern "C" fn _Py_FatalErrorFunc(func: *const c_char, message: *const c_char) -> ! {
    // SAFETY: C passes NULL or NUL-terminated strings.
    let text = |text: *const c_char| (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy());
    fatal(text(func).as_deref(), text(message).as_deref().unwrap_or("<message not set>"))
}

/// Print a fatal error and abort.
#[capi(raw)]
pub unsafe extern "C" fn Py_FatalError(message: *const c_char) -> ! {
    // SAFETY: the same contract.
    unsafe { _Py_FatalErrorFunc(std::ptr::null(), message) }
}

/// End the interpreter of a thread state, the current one, which goes with it: the thread has none then. The program's own has code
/// to return to: the fatal error that CPython has for that.
#[capi(raw)]
pub unsafe extern "C" fn Py_EndInterpreter(tstate: *mut PyThreadState) {
    // SAFETY: the current state is live.
    unsafe {
        let message = if tstate != crate::pystate::PyThreadState_GetUnchecked() {
            "thread is not current"
        } else if std::ptr::eq((*tstate).interp, crate::pystate::interpreter()) {
            "thread still has a frame"
        } else if interpreters::has_others(tstate) {
            "not the last thread"
        } else {
            return interpreters::end(tstate);
        };
        fatal(Some("Py_EndInterpreter"), message);
    }
}

/// A signal's handler as `sigaction` has it: the address of `void (*)(int)`.
#[allow(non_camel_case_types, reason = "a name of the C API")]
#[allow(unreachable_pub, reason = "a type of the C API")]
pub type PyOS_sighandler_t = usize;

/// The handler of a signal.
#[capi(raw)]
pub unsafe extern "C" fn PyOS_getsig(signum: c_int) -> PyOS_sighandler_t {
    // SAFETY: an all-zero `sigaction` is valid, and filled by the call.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(signum, std::ptr::null(), &raw mut action) == -1 {
            libc::SIG_ERR
        } else {
            action.sa_sigaction
        }
    }
}

/// Set the handler of a signal; the old one is returned.
#[capi(raw)]
pub unsafe extern "C" fn PyOS_setsig(signum: c_int, handler: PyOS_sighandler_t) -> PyOS_sighandler_t {
    // SAFETY: C passes a handler; an all-zero `sigaction` is valid.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        let mut old: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        action.sa_flags = libc::SA_ONSTACK;
        if libc::sigaction(signum, &raw const action, &raw mut old) == -1 { libc::SIG_ERR } else { old.sa_sigaction }
    }
}

/// Before `fork`: the hooks of `os.register_at_fork` run, and other threads stop where it does no harm.
#[capi]
fn PyOS_BeforeFork(cx: Cx<'_>) {
    cx.unlocked(|h| h.before_fork());
}

/// After `fork`, in the parent: other threads go on, and the hooks run.
#[capi]
fn PyOS_AfterFork_Parent(cx: Cx<'_>) {
    cx.unlocked(|h| h.after_fork(false));
}

/// After `fork`, in the child: this thread is the only one; the hooks run.
#[capi]
fn PyOS_AfterFork_Child(cx: Cx<'_>) {
    crate::after_fork_in_child();
    cx.unlocked(|h| h.after_fork(true));
}

/// The older name of `PyOS_AfterFork_Child`.
#[capi(raw)]
pub unsafe extern "C" fn PyOS_AfterFork() {
    // SAFETY: no contract of its own.
    unsafe { PyOS_AfterFork_Child() };
}

/// Whether Ctrl-C was pressed: its handler runs here, and its exception is what tells.
#[capi]
fn PyOS_InterruptOccurred(cx: Cx<'_>) -> c_int {
    let _held = crate::pyerrors::hold_pending();
    let interrupted = cx.call(|h| h.check_signals()).is_err();
    drop(cx.take_error());
    c_int::from(interrupted)
}

/// The arguments that the process was started with.
#[capi(raw)]
pub unsafe extern "C" fn Py_GetArgcArgv(argc: *mut c_int, argv: *mut *mut *mut libc::wchar_t) {
    struct Arguments(Vec<*mut libc::wchar_t>);
    // SAFETY: addresses of texts that live as long as the process, and that nobody changes.
    unsafe impl Send for Arguments {}
    // SAFETY: as above.
    unsafe impl Sync for Arguments {}
    static ARGUMENTS: OnceLock<Arguments> = OnceLock::new();
    let arguments = ARGUMENTS.get_or_init(|| {
        let wide = |text: std::ffi::OsString| {
            let text: Vec<libc::wchar_t> =
                text.to_string_lossy().chars().map(|c| c as libc::wchar_t).chain([0]).collect();
            Box::leak(text.into_boxed_slice()).as_mut_ptr()
        };
        Arguments(std::env::args_os().map(wide).chain([std::ptr::null_mut()]).collect())
    });
    // SAFETY: C passes two places.
    unsafe {
        *argc = arguments.0.len() as c_int - 1;
        *argv = arguments.0.as_ptr().cast_mut();
    }
}
