//! `cpython/monitoring.h`: C code that runs a language of its own tells the tools of `sys.monitoring` what happens in it.
//!
//! A scope's states say which tools listen to which event; they are filled anew when what the tools want has changed. The
//! headers fire an event only where its state says that somebody listens.

use std::ffi::c_int;

use capi_macros::capi;
use object_mirror::Py_ssize_t;

use crate::boundary::{Cx, Obj, Out, Result};
use crate::host::{HostObj, HostRef, host};

/// One event of one scope, as C keeps it.
#[repr(C)]
#[allow(unreachable_pub, reason = "a type of the C API")]
pub struct PyMonitoringState {
    pub active: u8,
    pub opaque: u8,
}

/// `PY_MONITORING_EVENT_*`.
#[derive(Clone, Copy)]
#[repr(usize)]
enum Event {
    PyStart = 0,
    PyResume,
    PyReturn,
    PyYield,
    Call,
    Line,
    Jump = 7,
    Branch,
    StopIteration,
    Raise,
    ExceptionHandled,
    PyUnwind,
    PyThrow,
    Reraise,
    CReturn,
    CRaise,
}

impl Event {
    /// The events that a tool can switch off for one place.
    fn is_local(self) -> bool {
        self as usize <= Self::StopIteration as usize
    }

    fn name(self) -> &'static str {
        match self {
            Self::Raise => "RAISE",
            Self::ExceptionHandled => "EXCEPTION_HANDLED",
            Self::PyUnwind => "PY_UNWIND",
            Self::PyThrow => "PY_THROW",
            Self::Reraise => "RERAISE",
            Self::CReturn => "C_RETURN",
            Self::CRaise => "C_RAISE",
            _ => unreachable!("the others can be switched off"),
        }
    }
}

/// Bring a scope's states in step with what the tools want now.
#[capi]
fn PyMonitoring_EnterScope(
    cx: Cx<'_>,
    state_array: *mut PyMonitoringState,
    mut version: Out<'_, u64>,
    event_types: *const u8,
    length: Py_ssize_t,
) -> Result<()> {
    let monitored = cx.call(|_| crate::host::monitoring()?.monitored())?;
    // A scope begins with version 0, at which nothing has been filled yet.
    let now = monitored.version + 1;
    if version.read() == now {
        return Ok(());
    }
    for index in 0..usize::try_from(length).unwrap_or(0) {
        // SAFETY: C passes two arrays of that length.
        unsafe {
            let event = *event_types.add(index);
            let listening = |tool: &usize| monitored.events[*tool] & (1 << event) != 0;
            (*state_array.add(index)).active = (0..8).filter(listening).fold(0, |active, tool| active | 1 << tool);
        }
    }
    version.write(now);
    Ok(())
}

/// The scope ends.
#[capi]
fn PyMonitoring_ExitScope() -> c_int {
    0
}

/// Call the callbacks of the tools that listen, with the code-like object, the place in it and what else the event has.
fn fire(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
    event: Event,
    more: &[HostRef],
) -> Result<()> {
    if offset < 0 {
        return Err(cx.value_error("offset must be non-negative"));
    }
    let (codelike, offset) = (codelike.give(cx)?, host().new_int(offset.into()));
    let mut args = vec![codelike.as_ref()];
    // A line stands for the place in the code.
    if !matches!(event, Event::Line) {
        args.push(offset.as_ref());
    }
    args.extend(more);
    // SAFETY: C passes the event's state.
    let active = unsafe { (*state).active };
    for tool in (0..8).rev().filter(|tool| active & (1 << tool) != 0) {
        let Some(callback) = cx.call(|_| crate::host::monitoring())?.monitoring_callback(tool, event as usize) else {
            continue;
        };
        let answer = cx.call(|h| h.call(callback.as_ref(), &args, &[]))?;
        if !is_disable(cx, &answer)? {
            continue;
        }
        if !event.is_local() {
            remove_callback(cx, tool, event)?;
            let name = event.name();
            return Err(cx.value_error(format!("Cannot disable {name} events. Callback removed.")));
        }
        // SAFETY: as above.
        unsafe { (*state).active &= !(1 << tool) };
    }
    Ok(())
}

fn monitoring(cx: Cx<'_>) -> Result<HostObj> {
    host().sys_attr("monitoring").ok_or_else(|| cx.system_error("the host has no sys.monitoring"))
}

fn is_disable(cx: Cx<'_>, answer: &HostObj) -> Result<bool> {
    let disable = cx.attr_str(monitoring(cx)?.as_ref(), "DISABLE")?;
    Ok(host().identity(disable.as_ref().word()) == host().identity(answer.as_ref().word()))
}

fn remove_callback(cx: Cx<'_>, tool: usize, event: Event) -> Result<()> {
    let monitoring = monitoring(cx)?;
    let events = cx.attr_str(monitoring.as_ref(), "events")?;
    let event = cx.attr_str(events.as_ref(), event.name())?;
    let (tool, none) = (host().new_int(tool as i64), host().singleton(crate::host::Kind::None));
    cx.call_method(monitoring.as_ref(), "register_callback", &[tool.as_ref(), event.as_ref(), none.as_ref()]).map(drop)
}

/// Fire an event about the pending exception, which stays pending unless a callback raises another one.
fn fire_exception(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
    event: Event,
) -> Result<()> {
    let Some(exception) = cx.take_error() else {
        return Err(cx.value_error(format!("Firing event {} with no exception set", event as usize)));
    };
    fire(cx, state, codelike, offset, event, &[exception.as_ref()])?;
    cx.raise(exception);
    Ok(())
}

/// A function of code begins.
#[capi]
fn _PyMonitoring_FirePyStartEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
) -> Result<()> {
    fire(cx, state, codelike, offset, Event::PyStart, &[])
}

/// A generator goes on.
#[capi]
fn _PyMonitoring_FirePyResumeEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
) -> Result<()> {
    fire(cx, state, codelike, offset, Event::PyResume, &[])
}

/// A function returns.
#[capi]
fn _PyMonitoring_FirePyReturnEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
    retval: Obj<'_>,
) -> Result<()> {
    fire(cx, state, codelike, offset, Event::PyReturn, &[retval.give(cx)?.as_ref()])
}

/// A generator yields.
#[capi]
fn _PyMonitoring_FirePyYieldEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
    retval: Obj<'_>,
) -> Result<()> {
    fire(cx, state, codelike, offset, Event::PyYield, &[retval.give(cx)?.as_ref()])
}

/// Something is called, with this first argument.
#[capi]
fn _PyMonitoring_FireCallEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
    callable: Obj<'_>,
    arg0: Obj<'_>,
) -> Result<()> {
    let (callable, arg0) = (callable.give(cx)?, arg0.give(cx)?);
    fire(cx, state, codelike, offset, Event::Call, &[callable.as_ref(), arg0.as_ref()])
}

/// A line begins.
#[capi]
fn _PyMonitoring_FireLineEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
    lineno: c_int,
) -> Result<()> {
    fire(cx, state, codelike, offset, Event::Line, &[host().new_int(lineno.into()).as_ref()])
}

/// A jump.
#[capi]
fn _PyMonitoring_FireJumpEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
    target_offset: Obj<'_>,
) -> Result<()> {
    fire(cx, state, codelike, offset, Event::Jump, &[target_offset.give(cx)?.as_ref()])
}

/// A branch.
#[capi]
fn _PyMonitoring_FireBranchEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
    target_offset: Obj<'_>,
) -> Result<()> {
    fire(cx, state, codelike, offset, Event::Branch, &[target_offset.give(cx)?.as_ref()])
}

/// A C function returns.
#[capi]
fn _PyMonitoring_FireCReturnEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
    retval: Obj<'_>,
) -> Result<()> {
    fire(cx, state, codelike, offset, Event::CReturn, &[retval.give(cx)?.as_ref()])
}

/// An exception is thrown into a generator.
#[capi]
fn _PyMonitoring_FirePyThrowEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
) -> Result<()> {
    fire_exception(cx, state, codelike, offset, Event::PyThrow)
}

/// An exception is raised.
#[capi]
fn _PyMonitoring_FireRaiseEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
) -> Result<()> {
    fire_exception(cx, state, codelike, offset, Event::Raise)
}

/// An exception is raised again.
#[capi]
fn _PyMonitoring_FireReraiseEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
) -> Result<()> {
    fire_exception(cx, state, codelike, offset, Event::Reraise)
}

/// An exception is handled.
#[capi]
fn _PyMonitoring_FireExceptionHandledEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
) -> Result<()> {
    fire_exception(cx, state, codelike, offset, Event::ExceptionHandled)
}

/// A C function raised.
#[capi]
fn _PyMonitoring_FireCRaiseEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
) -> Result<()> {
    fire_exception(cx, state, codelike, offset, Event::CRaise)
}

/// A function is left by an exception.
#[capi]
fn _PyMonitoring_FirePyUnwindEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
) -> Result<()> {
    fire_exception(cx, state, codelike, offset, Event::PyUnwind)
}

/// A generator ends with this value, which the tools see as a StopIteration.
#[capi]
fn _PyMonitoring_FireStopIterationEvent(
    cx: Cx<'_>,
    state: *mut PyMonitoringState,
    codelike: Obj<'_>,
    offset: i32,
    value: Obj<'_>,
) -> Result<()> {
    let value = value.give(cx)?;
    cx.error_with("StopIteration", value.as_ref());
    let Some(exception) = cx.take_error() else { return Err(cx.bad_internal_call()) };
    fire(cx, state, codelike, offset, Event::StopIteration, &[exception.as_ref()])
}
