//! The interpreter's end: when its program is through, or sooner, when C code asks for it.

use std::cell::UnsafeCell;
use std::sync::OnceLock;
use std::sync::atomic::Ordering::Acquire;
use std::thread::{self, ThreadId};

use rustpython::vm::common::rc::PyRc;
use rustpython::vm::vm::PyGlobalState;
use rustpython::vm::{Interpreter, PyResult, VirtualMachine};

use crate::host;

/// The interpreter of the process, until it ends.
static MAIN: Main = Main(UnsafeCell::new(None));

/// What can be asked of it whether it has ended or not.
static STATE: OnceLock<(ThreadId, PyRc<PyGlobalState>)> = OnceLock::new();

struct Main(UnsafeCell<Option<Interpreter>>);
// SAFETY: the thread in `STATE` alone uses the cell; others have interpreter threads of their own.
unsafe impl Sync for Main {}

/// Run a program with the interpreter, and end both; the exit status.
pub(crate) fn run(interpreter: Interpreter, program: impl FnOnce(&VirtualMachine) -> PyResult<()>) -> u32 {
    let _ = STATE.set((thread::current().id(), interpreter.global_state.clone()));
    // SAFETY: of this thread, and nobody has looked into it yet.
    let interpreter = unsafe { (*MAIN.0.get()).insert(interpreter) };
    let outcome = interpreter.enter(program);
    // SAFETY: the reference from above is used no more, and C has not ended the interpreter: then this would not run.
    let interpreter = unsafe { (*MAIN.0.get()).take() };
    host::end_all(interpreter.expect("it has not ended"), |interpreter| interpreter.finalize(outcome.err()))
}

/// Whether this is the thread that [`run`] is called on.
pub(crate) fn is_main_thread() -> bool {
    STATE.get().is_some_and(|(main, _)| *main == thread::current().id())
}

/// Whether the interpreter is ending or has ended.
pub(crate) fn is_finalizing() -> bool {
    STATE.get().is_some_and(|(_, state)| state.finalizing.load(Acquire))
}

/// End the interpreter under the program that runs in it; whether all could be flushed.
///
/// # Safety
/// The main thread calls this, with an interpreter thread for it that is not [`MAIN`]'s, and nothing of it below on the stack, which
/// borrows that, goes on afterwards.
pub(crate) unsafe fn end() -> bool {
    // SAFETY: the borrow that `run` has is used no more: the caller's contract.
    let interpreter = unsafe { (*MAIN.0.get()).take() };
    interpreter.is_none_or(|main| host::end_all(main, |main| main.finalize(None)) == 0)
}
