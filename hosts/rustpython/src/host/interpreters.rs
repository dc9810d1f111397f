//! Interpreters beside the program's: RustPython's own (PEP 734), which share their classes with it. C starts them, and so does Python
//! code (`_interpreters.create`, see [`crate::subinterpreters`]).

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::{Mutex, MutexGuard, PoisonError};

use emul::host::{InterpreterConfig, InterpreterProtocol};
use rustpython::vm::vm::PyGlobalState;
use rustpython::vm::vm::runtime::{self, InterpreterGil};
use rustpython::vm::vm::thread::{self, CurrentVmAttachState};
use rustpython::vm::{Interpreter, PyResult, VirtualMachine};

use super::{RustPythonHost, with};
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
        let vm = runtime::owned_new_thread(interpreter).expect("an interpreter that was started and has not ended");
        thread::attach_current_thread(move || vm);
    }

    fn leave(&self, _interpreter: i64) {
        thread::release_current_thread(CurrentVmAttachState::Attached);
    }

    fn end(&self, interpreter: i64) {
        thread::release_current_thread(CurrentVmAttachState::Attached);
        let _ended = runtime::destroy_owned_interpreter(interpreter);
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
