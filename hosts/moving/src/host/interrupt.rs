//! Exceptions that one thread raises in another (`PyThreadState_SetAsyncExc`): each waits until its thread runs the interpreter
//! and looks what there is to do ([`Vm::attend`]).

use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use emul::host::HostObj;

use super::threads;
use crate::modules::thread::ident;
use crate::vm::{R, Vm};

/// A thread that has come in and not left for good.
struct Known {
    ident: u64,
    waiting: Option<HostObj>,
}

thread_local! {
    /// How many [`Later`]s there are.
    static PUT_OFF: Cell<u32> = const { Cell::new(0) };
}

/// Nothing is raised in this thread from outside meanwhile: it runs finalisers of objects that need not be its own, and what
/// they raise is nobody's.
pub(crate) struct Later(());

impl Later {
    pub(crate) fn begin() -> Self {
        PUT_OFF.set(PUT_OFF.get() + 1);
        Self(())
    }
}

impl Drop for Later {
    fn drop(&mut self) {
        PUT_OFF.set(PUT_OFF.get() - 1);
    }
}

/// Locked for a look only: releasing what waits asks for the interpreter.
static KNOWN: Mutex<Vec<Known>> = Mutex::new(Vec::new());

fn known() -> MutexGuard<'static, Vec<Known>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// This thread comes in.
pub(super) fn begin() {
    known().push(Known { ident: ident(), waiting: None });
}

/// This thread, which still has the interpreter, leaves for good.
pub(super) fn end() {
    let me = ident();
    let ended: Vec<Known> = known().extract_if(.., |known| known.ident == me).collect();
    drop(ended);
}

/// In a forked child: the other threads are not here.
pub(super) fn forked() {
    let me = ident();
    let gone: Vec<Known> = known().extract_if(.., |known| known.ident != me).collect();
    // What waited for them is the interpreter's to release, and this thread has it.
    drop(gone);
}

/// Have `exception` raised in a thread, in place of what waits for it; or nothing. Whether there is such a thread.
pub(super) fn interrupt(thread: u64, exception: Option<HostObj>) -> bool {
    let raises = exception.is_some();
    let before = match known().iter_mut().find(|known| known.ident == thread) {
        Some(known) => std::mem::replace(&mut known.waiting, exception),
        None => return false,
    };
    drop(before);
    if raises {
        threads::note_interrupts(true);
    }
    true
}

impl Vm {
    /// Raises what another thread wants raised in this one.
    #[cold]
    pub(crate) fn take_interrupt(&mut self) -> R<()> {
        if PUT_OFF.get() > 0 {
            return Ok(());
        }
        let me = ident();
        let mine = {
            let mut known = known();
            let mine = known.iter_mut().find(|known| known.ident == me).and_then(|known| known.waiting.take());
            threads::note_interrupts(known.iter().any(|known| known.waiting.is_some()));
            mine
        };
        let Some(exception) = mine else { return Ok(()) };
        super::done(self, |_| Err::<(), _>(emul::interruption(exception))).unwrap_or_default();
        let error = self.take_pending();
        Err(self.raise_object(error))
    }
}
