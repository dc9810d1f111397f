//! What a host tells of its interpreters beside the program's, by its own numbers: see [`crate::host::InterpreterProtocol`].
//!
//! C code knows them then, whoever made them: it finds them by their numbers, and its thread state is of the interpreter whose code
//! calls it.

use crate::host::InterpreterConfig;
use crate::lock;
use crate::pystate::followed;
use crate::pystate::interpreters;

/// The interpreter is there, and has run no code of the program's yet.
pub fn started(number: i64, config: InterpreterConfig) {
    let _added = interpreters::add(Some(number), config);
}

/// Let code of the interpreter run on this thread, which is attached to another: `run` does that, and detaches from it again.
pub fn visit<T>(number: i64, run: impl FnOnce() -> T) -> T {
    followed::visit(number, run)
}

/// How many references there are to the interpreter's number, and whether it ends with the last of them.
pub fn count_id_references(number: i64, count: i64, required: bool) {
    if let Some(interp) = interpreters::of_host(number) {
        let _held = lock::hold();
        // SAFETY: listed, and whoever takes it off the list holds the lock.
        unsafe { interpreters::count_id_references(interp, count, required) };
    }
}

/// The interpreter has ended, and not by [`crate::host::InterpreterProtocol::end`]: what waits for that is called.
pub fn ended(number: i64) {
    let _held = lock::hold();
    if let Some(interp) = interpreters::of_host(number) {
        interpreters::ended(interp);
    }
}
