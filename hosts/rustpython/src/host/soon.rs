//! How the main thread is asked to make C's pending calls: by its queue of requests, which it looks at between instructions.
//!
//! The host empties that queue before it goes on with the program. A request that is made while it does so, because one of the
//! calls asked for another or because some are left, would come in turn at once, and calls that always ask again would keep the
//! program from going on. So that one is made by a thread that waits a moment first.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use rustpython::vm::VirtualMachine;
use rustpython::vm::signal::{UserSignal, UserSignalSender};

use super::raised;

static QUEUE: OnceLock<Mutex<UserSignalSender>> = OnceLock::new();
/// Whether calls are being made for a request.
static ANSWERING: AtomicBool = AtomicBool::new(false);
/// Whether a thread waits to ask.
static WAITING: AtomicBool = AtomicBool::new(false);
/// How long the program goes on in between.
const A_MOMENT: Duration = Duration::from_millis(1);

/// The main interpreter's queue.
pub(super) fn asks(queue: UserSignalSender) {
    let _ = QUEUE.set(Mutex::new(queue));
}

/// Ask, from any thread.
pub(super) fn ask() {
    if !ANSWERING.load(SeqCst) {
        return send();
    }
    if WAITING.swap(true, SeqCst) {
        return;
    }
    let later = thread::Builder::new().name("pending calls".to_owned()).spawn(|| {
        thread::sleep(A_MOMENT);
        WAITING.store(false, SeqCst);
        send();
    });
    if later.is_err() {
        WAITING.store(false, SeqCst);
    }
}

/// In a forked child: who waited is not here.
pub(super) fn forked() {
    WAITING.store(false, SeqCst);
    ANSWERING.store(false, SeqCst);
}

fn send() {
    let Some(queue) = QUEUE.get() else { return };
    let calls: UserSignal = Box::new(answer);
    // The receiver goes with the main interpreter, at the program's end.
    let _ = queue.lock().unwrap_or_else(PoisonError::into_inner).send(calls);
}

fn answer(vm: &VirtualMachine) -> rustpython::vm::PyResult<()> {
    let outermost = !ANSWERING.swap(true, SeqCst);
    let result = emul::run_pending_calls();
    if outermost {
        ANSWERING.store(false, SeqCst);
    }
    result.map_err(|error| raised(error, vm))
}
