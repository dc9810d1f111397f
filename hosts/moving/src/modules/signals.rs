//! `_signal`: what the system does with a signal, and which have arrived. Which handler is whose, and calling it, is
//! `modules/python/_signal.py`'s.
//!
//! A signal that Python handles is noted where it arrives, on whatever thread; the main thread calls the handler between two
//! instructions ([`Vm::attend`]), as it does the calls that C asked for.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::{Native, add_numbers, numbers};
use crate::heap::H;
use crate::host::threads;
use crate::known as k;
use crate::native::def;
use crate::vm::{Args, NativeDef, R, Vm};

/// The signals that have arrived: number `n` is bit `n - 1`.
static ARRIVED: AtomicU64 = AtomicU64::new(0);
/// Whether C asked for calls.
static CALLS: AtomicBool = AtomicBool::new(false);
/// Whether a signal was ever given a handler in Python: who waits looks for arrived ones only then.
static CAUGHT: AtomicBool = AtomicBool::new(false);

/// Signals have numbers below this.
const NSIG: i32 = 65;

/// What the system does with a signal.
const DEFAULT: i64 = 0;
const IGNORE: i64 = 1;
const NOTE: i64 = 2;

/// The handler that the system calls.
extern "C" fn note(number: libc::c_int) {
    if !(1..NSIG).contains(&number) {
        return;
    }
    ARRIVED.fetch_or(1 << (number - 1), Ordering::SeqCst);
    threads::draw_attention();
}

/// C asked for calls; any thread, attached or not.
pub(crate) fn call_soon() {
    CALLS.store(true, Ordering::SeqCst);
    threads::draw_attention();
}

/// Whether handlers may be due at any time.
pub(crate) fn are_caught() -> bool {
    CAUGHT.load(Ordering::Relaxed)
}

/// Signals that are sent to the process arrive on other threads than this one. (Threads begun before it take them.)
pub(crate) fn leave_to_others() {
    // SAFETY: a set that the first call fills.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const all, std::ptr::null_mut());
    }
}

/// In a forked child: what arrived was the parent's.
pub(crate) fn forget() {
    ARRIVED.store(0, Ordering::SeqCst);
}

impl Vm {
    /// Between two instructions: does what is due on the main thread, and lets other threads run.
    #[cold]
    pub(crate) fn attend(&mut self) -> R<()> {
        if self.is_main_thread() && threads::take_attention() {
            self.run_due()?;
        } else if emul::calls_wait() {
            crate::host::done(self, |_| emul::run_pending_calls())?;
        }
        threads::take_turns();
        if threads::interrupts_wait() { self.take_interrupt() } else { Ok(()) }
    }

    pub(crate) fn is_main_thread(&self) -> bool {
        self.main_thread == super::thread::ident()
    }

    /// Calls the handlers of the signals that arrived, and what C asked for. What raises leaves the rest for the next time.
    pub(crate) fn run_due(&mut self) -> R<()> {
        let mark = self.mark();
        let result = self.run_handlers().and_then(|()| self.run_calls());
        self.cut(mark);
        if ARRIVED.load(Ordering::SeqCst) != 0 {
            threads::draw_attention();
        }
        result
    }

    fn run_handlers(&mut self) -> R<()> {
        while let Some(number) = next_arrived() {
            let mark = self.mark();
            let number = self.int(number)?;
            self.helper("_signal", "_deliver", &[number])?;
            self.cut(mark);
        }
        Ok(())
    }

    fn run_calls(&mut self) -> R<()> {
        if !CALLS.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        crate::host::done(self, |_| emul::run_pending_calls())
    }
}

/// Takes the arrived signal with the lowest number.
fn next_arrived() -> Option<i64> {
    let arrived = ARRIVED.load(Ordering::SeqCst);
    if arrived == 0 {
        return None;
    }
    let bit = arrived.trailing_zeros();
    ARRIVED.fetch_and(!(1 << bit), Ordering::SeqCst);
    Some(i64::from(bit) + 1)
}

/// A signal's number; ValueError if it is none.
fn signal_arg(vm: &mut Vm, h: H) -> R<i32> {
    let number = vm.index_i64(h)?;
    match i32::try_from(number) {
        Ok(number) if (1..NSIG).contains(&number) => Ok(number),
        _ => Err(vm.value_error("signal number out of range")),
    }
}

/// `_action(signalnum)`: what the system does with the signal, or None if it calls a handler that is not ours.
fn action(vm: &mut Vm, args: Args) -> R<H> {
    let number = signal_arg(vm, args.h(0))?;
    // SAFETY: an all-zero `sigaction` is valid, and filled by the call.
    let (result, now) = unsafe {
        let mut now: libc::sigaction = std::mem::zeroed();
        (libc::sigaction(number, std::ptr::null(), &raw mut now), now.sa_sigaction)
    };
    match now {
        _ if result != 0 => Ok(k::NONE),
        libc::SIG_DFL => vm.int(DEFAULT),
        libc::SIG_IGN => vm.int(IGNORE),
        handler if handler == note as *const () as usize => vm.int(NOTE),
        _ => Ok(k::NONE),
    }
}

/// `_set_action(signalnum, action)`.
fn set_action(vm: &mut Vm, args: Args) -> R<H> {
    let number = signal_arg(vm, args.h(0))?;
    let handler = match vm.index_i64(args.h(1))? {
        DEFAULT => libc::SIG_DFL,
        IGNORE => libc::SIG_IGN,
        _ => note as *const () as usize,
    };
    // SAFETY: an all-zero `sigaction` is valid; `note` does nothing that a handler may not do. A call that the system can take
    // up again is: nobody here looks for EINTR.
    let result = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
        libc::sigaction(number, &raw const action, std::ptr::null_mut())
    };
    if result != 0 {
        return Err(vm.raise_os(&std::io::Error::last_os_error(), None));
    }
    CAUGHT.fetch_or(handler != libc::SIG_DFL && handler != libc::SIG_IGN, Ordering::Relaxed);
    Ok(k::NONE)
}

/// `_simulate(signalnum)`: as if it had arrived.
fn simulate(vm: &mut Vm, args: Args) -> R<H> {
    note(signal_arg(vm, args.h(0))?);
    Ok(k::NONE)
}

fn raise_signal(vm: &mut Vm, args: Args) -> R<H> {
    let number = super::posix::int_arg(vm, args.h(0))?;
    // SAFETY: a number alone.
    if unsafe { libc::raise(number) } != 0 {
        return Err(vm.raise_os(&std::io::Error::last_os_error(), None));
    }
    vm.run_due()?;
    Ok(k::NONE)
}

fn alarm(vm: &mut Vm, args: Args) -> R<H> {
    let seconds = super::posix::int_arg(vm, args.h(0))?;
    // SAFETY: a number alone.
    let left = unsafe { libc::alarm(seconds as libc::c_uint) };
    vm.int(i64::from(left))
}

fn pause(vm: &mut Vm, _: Args) -> R<H> {
    vm.flush_out();
    // SAFETY: no precondition.
    threads::outside(vm, || _ = unsafe { libc::pause() });
    vm.run_due()?;
    Ok(k::NONE)
}

fn describe(vm: &mut Vm, args: Args) -> R<H> {
    let number = signal_arg(vm, args.h(0))?;
    // SAFETY: a text that lasts until this thread asks again.
    let text = unsafe {
        let text = libc::strsignal(number);
        (!text.is_null()).then(|| std::ffi::CStr::from_ptr(text).to_string_lossy().into_owned())
    };
    match text {
        Some(text) if !text.starts_with("Unknown signal") => vm.str(text),
        _ => Ok(k::NONE),
    }
}

fn is_main(vm: &mut Vm, _: Args) -> R<H> {
    let is_main = vm.is_main_thread();
    Ok(vm.bool(is_main))
}

static FUNCTIONS: [NativeDef; 8] = [
    def("_action", "signalnum", action),
    def("_set_action", "signalnum action", set_action),
    def("_simulate", "signalnum", simulate),
    def("raise_signal", "signalnum", raise_signal),
    def("alarm", "seconds", alarm),
    def("pause", "", pause),
    def("strsignal", "signalnum", describe),
    def("_is_main_thread", "", is_main),
];

numbers! {
    NUMBERS:
    SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM SIGCHLD
    SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO SIGSYS
}

fn add_constants(vm: &mut Vm, dict: H) -> R<()> {
    add_numbers(vm, dict, NUMBERS)?;
    add_numbers(vm, dict, &[("NSIG", NSIG), ("SIGRTMIN", libc::SIGRTMIN()), ("SIGRTMAX", libc::SIGRTMAX())])
}

pub(super) static MODULE: Native =
    Native { name: "_signal_core", functions: &FUNCTIONS, classes: &[], more: Some(add_constants) };
