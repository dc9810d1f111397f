//! `pystate.h`: an exception that one thread raises in another.

use std::ffi::{c_int, c_ulong};

use capi_macros::capi;

use super::Frame;
use crate::boundary::{Cx, Obj, Result};
use crate::host::HostObj;
use crate::{lifetime, pyerrors, slots};

/// Have `exc`, a class of exceptions, raised in the thread with this number as soon as it runs Python code again; NULL takes back
/// what waits for it. How many threads have the number: 1 or 0.
#[capi]
fn PyThreadState_SetAsyncExc(cx: Cx<'_>, id: c_ulong, exc: Option<Obj<'_>>) -> Result<c_int> {
    let exception = exc.map(|exc| exc.give(cx)).transpose()?;
    let found = cx.call(|h| h.interrupt(id, exception.as_ref().map(HostObj::as_ref)))?;
    Ok(c_int::from(found))
}

/// What the thread raises for `exception`: C may have passed anything.
pub(crate) fn interruption(exception: HostObj) -> HostObj {
    let _frame = Frame::enter();
    let held = lifetime::Guard::hold();
    let cx = held.cx();
    let exception = cx.to_c(exception);
    pyerrors::set_object(cx, exception.obj(), None);
    slots::pending(cx)
}
