//! Interpreters that C starts: RustPython's own (PEP 734), which share their classes with the program's.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use emul::host::{InterpreterConfig, InterpreterProtocol};
use rustpython::vm::Interpreter;
use rustpython::vm::vm::runtime::{self, InterpreterGil};
use rustpython::vm::vm::thread::{self, CurrentVmAttachState};

use super::{RustPythonHost, with};
use crate::run;

/// Whether there was ever another interpreter: what a thread remembers of its own may be of one that it left.
static MANY: AtomicBool = AtomicBool::new(false);

/// See [`MANY`].
pub(super) fn are_many() -> bool {
    MANY.load(Relaxed)
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
        let furnished = made.enter(|vm| run::furnish(vm).map_err(|error| vm.print_exception(&error)));
        let number = runtime::store_owned_interpreter(made);
        if furnished.is_err() {
            let _ended = runtime::destroy_owned_interpreter(number);
            return Err("failed to import the site module".to_owned());
        }
        Ok(number)
    }

    fn enter(&self, interpreter: i64) {
        let vm = runtime::owned_new_thread(interpreter).expect("an interpreter that was started and has not ended");
        thread::attach_current_thread(move || vm);
    }

    fn end(&self, interpreter: i64) {
        thread::release_current_thread(CurrentVmAttachState::Attached);
        let _ended = runtime::destroy_owned_interpreter(interpreter);
    }
}
