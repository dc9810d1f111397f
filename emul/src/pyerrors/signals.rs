//! Signals: whether some came, and pretending that one did.

use std::ffi::c_int;

use capi_macros::capi;

use super::hold_pending;
use crate::boundary::{Cx, Result};
use crate::host::host;

/// Run the handlers of signals that arrived.
#[capi]
fn PyErr_CheckSignals(cx: Cx<'_>) -> Result<()> {
    cx.call(|h| h.check_signals())
}

/// As if Ctrl-C had been pressed.
#[capi]
fn PyErr_SetInterrupt(cx: Cx<'_>) {
    interrupt(cx, libc::SIGINT);
}

/// As if the signal had arrived; -1 for a number that is none.
#[capi]
fn PyErr_SetInterruptEx(cx: Cx<'_>, signum: c_int) -> c_int {
    if !(1..=64).contains(&signum) {
        return -1;
    }
    interrupt(cx, signum);
    0
}

fn interrupt(cx: Cx<'_>, signum: c_int) {
    let _held = hold_pending();
    let number = host().new_int(signum.into());
    if cx.call_function("_thread", "interrupt_main", &[number.as_ref()]).is_err() {
        drop(cx.take_error());
    }
}

/// `signal.set_wakeup_fd`: the descriptor from before, -1 for none.
#[capi]
fn PySignal_SetWakeupFd(cx: Cx<'_>, fd: c_int) -> Result<c_int> {
    let fd = host().new_int(fd.max(-1).into());
    let before = cx.call_function("signal", "set_wakeup_fd", &[fd.as_ref()])?;
    Ok(host().int_value(before.as_ref()).and_then(|fd| c_int::try_from(fd).ok()).unwrap_or(-1))
}
