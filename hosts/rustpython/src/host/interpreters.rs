//! Interpreters beside the program's: RustPython's own (PEP 734), which share their classes with it. C starts them, and so does Python
//! code (`_interpreters.create`, see [`crate::subinterpreters`]).

use std::collections::BTreeMap;
use std::ptr::null;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::{Mutex, MutexGuard, PoisonError};

use emul::host::{InterpreterConfig, InterpreterProtocol, RuntimeProtocol};
use rustpython::vm::common::rc::PyRc;
use rustpython::vm::function::FuncArgs;
use rustpython::vm::vm::PyGlobalState;
use rustpython::vm::vm::runtime::{self, InterpreterGil};
use rustpython::vm::vm::thread::{self, CurrentVmAttachState, ThreadedVirtualMachine};
use rustpython::vm::{Interpreter, PyObjectRef, PyResult, VirtualMachine};

use super::runtime::put_away;
use super::{HOST, RustPythonHost, with};
use crate::run;

/// Whether there was ever another interpreter: what a thread remembers of its own may be of one that it left.
static MANY: AtomicBool = AtomicBool::new(false);

/// See [`MANY`].
pub(super) fn are_many() -> bool {
    MANY.load(Relaxed)
}

/// What `_imp._override_multi_interp_extensions_check` set, by the numbers of the interpreters.
fn overrides() -> MutexGuard<'static, BTreeMap<i64, i32>> {
    static OVERRIDES: Mutex<BTreeMap<i64, i32>> = Mutex::new(BTreeMap::new());
    OVERRIDES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `_imp._override_multi_interp_extensions_check(override)`: below 0 nothing is checked, above it is, with 0 the interpreter's
/// configuration says. What was set before.
pub(crate) fn override_check(wanted: i32, vm: &VirtualMachine) -> PyResult<i32> {
    if vm.state.is_main {
        let message = "_imp._override_multi_interp_extensions_check() cannot be used in the main interpreter";
        return Err(vm.new_runtime_error(message));
    }
    let mut overrides = overrides();
    let number = vm.state.interpreter_id;
    let before = if wanted == 0 { overrides.remove(&number) } else { overrides.insert(number, wanted.signum()) };
    Ok(before.unwrap_or(0))
}

/// What an interpreter may do.
fn told(state: &PyGlobalState) -> InterpreterConfig {
    let told = state.config();
    InterpreterConfig {
        use_main_obmalloc: told.use_main_obmalloc,
        allow_fork: told.allow_fork,
        allow_exec: told.allow_exec,
        allow_threads: told.allow_threads,
        allow_daemon_threads: told.allow_daemon_threads,
        check_multi_interp_extensions: told.check_multi_interp_extensions,
        own_gil: told.own_gil(),
    }
}

/// An interpreter of the runtime's is new: the layer is told of it, and it gets what the program's has. What goes wrong is printed, and
/// ends it.
pub(crate) fn introduce(number: i64) -> Result<(), String> {
    MANY.store(true, Relaxed);
    let state = runtime::lookup_interpreter(number).expect("whoever made it has not ended it");
    emul::subinterpreters::started(number, told(&state));
    drop(state);
    let thread = runtime::owned_new_thread(number).expect("the runtime has it");
    let furnish = || thread.run(|vm| run::furnish(vm).map_err(|error| vm.print_exception(&error)));
    if emul::subinterpreters::visit(number, furnish).is_ok() {
        return Ok(());
    }
    drop(thread);
    emul::subinterpreters::visit(number, || runtime::destroy_owned_interpreter(number));
    ended(number);
    Err("failed to import the site module".to_owned())
}

/// An interpreter of the runtime's has ended, and not by C.
pub(crate) fn ended(number: i64) {
    overrides().remove(&number);
    emul::subinterpreters::ended(number);
}

/// An entry among what an interpreter's `atexit` knows.
pub(crate) type AtExit = PyRc<(PyObjectRef, FuncArgs)>;

fn at_exit(function: fn(), vm: &VirtualMachine) -> AtExit {
    let function = vm.new_function("at_exit", move |_: FuncArgs, _: &VirtualMachine| function());
    PyRc::new((function.into(), FuncArgs::default()))
}

/// Should this interpreter end next, the calls that C asked for are made: after its threads, before what `atexit` knows, where this is
/// put for that.
pub(crate) fn finish_calls_at_end(state: &PyGlobalState, vm: &VirtualMachine) -> AtExit {
    let entry = at_exit(emul::finish_pending_calls, vm);
    state.atexit_funcs.lock().insert(0, entry.clone());
    entry
}

/// This interpreter ends: make the calls that C asked for, and those that it asks for while the threads end. The former at once: one that
/// fails would fail the flushing of a stream otherwise, with which the end begins.
fn finish_calls(vm: &VirtualMachine) {
    emul::finish_pending_calls();
    finish_calls_at_end(&vm.state, vm);
}

/// It has not ended: undo [`finish_calls_at_end`].
pub(crate) fn goes_on(state: &PyGlobalState, entry: &AtExit) {
    state.atexit_funcs.lock().retain(|other| !PyRc::ptr_eq(other, entry));
}

/// The interpreters that the program has left when it ends, the oldest first. The runtime, which would end them in the midst of that
/// and before the program's modules go, has them no more.
static LEFT: Mutex<Vec<Interpreter>> = Mutex::new(Vec::new());

fn left() -> MutexGuard<'static, Vec<Interpreter>> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// End the program's interpreter by `finalize`, and then, the newest first, those that it leaves.
pub(crate) fn end_all<T>(main: Interpreter, finalize: impl FnOnce(Interpreter) -> T) -> T {
    main.enter(|vm| {
        finish_calls(vm);
        let take =
            || left().extend(runtime::owned_interpreter_ids().into_iter().filter_map(runtime::take_owned_interpreter));
        vm.state.atexit_funcs.lock().push(at_exit(take, vm));
    });
    let result = finalize(main);
    // Of C that has ended the program's, the callers' frames are here still: they are no frames of these.
    let frames = thread::set_current_frame(null());
    let mut next = left().pop();
    let adopted = next.as_ref().and_then(|_| HOST.adopt_thread());
    while let Some(interpreter) = next {
        let number = interpreter.id();
        emul::subinterpreters::visit(number, || end(interpreter));
        ended(number);
        next = left().pop();
    }
    if let Some(adopted) = adopted {
        HOST.leave_thread(adopted);
    }
    let _ = thread::set_current_frame(frames);
    result
}

fn end(interpreter: Interpreter) {
    interpreter.enter(finish_calls);
    interpreter.finalize(None);
}

fn take(number: i64) -> Option<Interpreter> {
    runtime::take_owned_interpreter(number).or_else(|| {
        let mut left = left();
        let place = left.iter().position(|interpreter| interpreter.id() == number)?;
        Some(left.remove(place))
    })
}

fn new_thread(number: i64) -> Option<ThreadedVirtualMachine> {
    runtime::owned_new_thread(number)
        .or_else(|| left().iter().find(|interpreter| interpreter.id() == number).map(Interpreter::new_thread))
}

/// RustPython's words for the same; it has no lock of the interpreter, and notes that as it is told.
fn config(wanted: InterpreterConfig) -> runtime::InterpreterConfig {
    runtime::InterpreterConfig {
        use_main_obmalloc: wanted.use_main_obmalloc,
        allow_fork: wanted.allow_fork,
        allow_exec: wanted.allow_exec,
        allow_threads: wanted.allow_threads,
        allow_daemon_threads: wanted.allow_daemon_threads,
        check_multi_interp_extensions: wanted.check_multi_interp_extensions,
        gil: if wanted.own_gil { InterpreterGil::Own } else { InterpreterGil::Shared },
    }
}

impl InterpreterProtocol for RustPythonHost {
    fn start(&self, wanted: InterpreterConfig) -> Result<i64, String> {
        MANY.store(true, Relaxed);
        let made = with(|vm| Interpreter::create_subinterpreter_from_vm(vm, config(wanted)))?;
        let number = runtime::store_owned_interpreter(made);
        introduce(number)?;
        Ok(number)
    }

    fn config(&self) -> InterpreterConfig {
        with(|vm| {
            let told = told(&vm.state);
            let check = overrides().get(&vm.state.interpreter_id).map(|wanted| *wanted > 0);
            InterpreterConfig {
                check_multi_interp_extensions: check.unwrap_or(told.check_multi_interp_extensions),
                ..told
            }
        })
    }

    fn enter(&self, interpreter: i64) {
        put_away();
        let vm = new_thread(interpreter).expect("an interpreter that was started and has not ended");
        let attached = thread::attach_current_thread(move || vm);
        assert_eq!(attached, CurrentVmAttachState::Attached, "the thread is in another interpreter still");
    }

    fn leave(&self, _interpreter: i64) {
        thread::release_current_thread(CurrentVmAttachState::Attached);
    }

    fn end(&self, interpreter: i64) {
        thread::release_current_thread(CurrentVmAttachState::Attached);
        if let Some(interpreter) = take(interpreter) {
            end(interpreter);
        }
        overrides().remove(&interpreter);
    }

    fn is_running(&self, interpreter: i64) -> bool {
        runtime::lookup_interpreter(interpreter).is_some_and(|state| state.running_main.load(Acquire))
    }

    fn set_running(&self, interpreter: i64, running: bool) {
        if let Some(state) = runtime::lookup_interpreter(interpreter) {
            state.running_main.store(running, Release);
        }
    }

    fn require_id_references(&self, interpreter: i64, required: bool) {
        if let Some(state) = runtime::lookup_interpreter(interpreter) {
            state.require_idref.store(required, Release);
        }
    }
}
