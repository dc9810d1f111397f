//! The thread states of threads that the host takes to other interpreters by itself.
//!
//! `_interpreters.exec` runs code of another interpreter on the thread that calls it, and Python code there starts threads. CPython
//! swaps the thread state for that. Here the host has no word of it for us, and C code is what can tell: it is entered with a state
//! of the interpreter that the thread is attached to ([`follow`]), the same one for the whole of a visit ([`visit`]), and left with the
//! state from before.

use std::cell::RefCell;

use object_mirror::pystate::PyThreadState;

use super::{TSTATE, Thread, fill, interpreters, leave, made};
use crate::host::host;
use crate::lock;

thread_local! {
    /// This thread's states of interpreters that it was taken to.
    static STATES: RefCell<States> = const { RefCell::new(States(Vec::new())) };
    /// For each visit under way on this thread, the interpreters that it is from and to.
    static VISITS: RefCell<Vec<[i64; 2]>> = const { RefCell::new(Vec::new()) };
}

/// With the host's numbers of their interpreters.
struct States(Vec<(i64, *mut PyThreadState)>);

impl Drop for States {
    fn drop(&mut self) {
        self.0.iter().for_each(|&(_, tstate)| leave(tstate));
    }
}

/// Make a state of the interpreter that this thread is attached to its current one; the state to go back to, if it was another's.
#[inline]
pub(super) fn follow() -> Option<*mut PyThreadState> {
    if interpreters::are_many() { follow_host() } else { None }
}

#[cold]
fn follow_host() -> Option<*mut PyThreadState> {
    let number = host().attached()?;
    let before = TSTATE.get();
    if interpreters::of(before) == number {
        return None;
    }
    // A thread whose variables are gone already follows nowhere, nor does one whose interpreter is just being made.
    let tstate = STATES.try_with(|states| state_in(number, &mut states.borrow_mut().0)).ok()??;
    TSTATE.set(tstate);
    Some(before)
}

fn state_in(number: i64, states: &mut Vec<(i64, *mut PyThreadState)>) -> Option<*mut PyThreadState> {
    if let Some(&(_, tstate)) = states.iter().find(|(of, _)| *of == number) {
        return Some(tstate);
    }
    let interp = interpreters::of_host(number)?;
    let tstate = made::make();
    // SAFETY: just made; nobody else has it.
    unsafe {
        fill(tstate, interp);
        interpreters::link(tstate);
    }
    states.push((number, tstate));
    Some(tstate)
}

/// Let the host run code of the interpreter with this number on this thread. The thread's state there ends with the outermost visit.
pub(crate) fn visit<T>(number: i64, run: impl FnOnce() -> T) -> T {
    let from = host().attached().unwrap_or(0);
    VISITS.with_borrow_mut(|visits| visits.push([from, number]));
    let result = run();
    let goes_on = VISITS.with_borrow_mut(|visits| {
        visits.pop();
        from == number || visits.as_flattened().contains(&number)
    });
    if !goes_on {
        delete(number);
    }
    result
}

fn delete(number: i64) {
    let found = STATES.with_borrow_mut(|states| {
        let place = states.0.iter().position(|(of, _)| *of == number)?;
        Some(states.0.swap_remove(place).1)
    });
    let Some(tstate) = found else { return };
    let _held = lock::hold();
    // SAFETY: nothing of this thread's runs in that interpreter any more, so that the state is current nowhere.
    unsafe {
        made::PyThreadState_Clear(tstate);
        (*tstate.cast::<Thread>()).deletable.set(true);
        made::PyThreadState_Delete(tstate);
    }
}
