//! `cpython/pytime.h`: clocks, in nanoseconds.

use std::ffi::c_int;

use capi_macros::capi;

use crate::boundary::{Cx, Out, Result};

const NANOSECONDS: i64 = 1_000_000_000;

fn read(clock: libc::clockid_t) -> Option<i64> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the struct is filled by the call.
    if unsafe { libc::clock_gettime(clock, &raw mut time) } != 0 {
        return None;
    }
    time.tv_sec.checked_mul(NANOSECONDS)?.checked_add(time.tv_nsec)
}

fn checked(cx: Cx<'_>, clock: libc::clockid_t, result: &mut Out<'_, i64>) -> Result<()> {
    match read(clock) {
        Some(time) => {
            result.write(time);
            Ok(())
        }
        None => {
            result.write(0);
            Err(cx.error("OSError", std::io::Error::last_os_error().to_string()))
        }
    }
}

/// # Safety
/// `result` is a place for a time.
unsafe fn raw(clock: libc::clockid_t, result: *mut i64) -> c_int {
    let time = read(clock);
    // SAFETY: the caller's contract.
    unsafe { result.write(time.unwrap_or(0)) };
    if time.is_some() { 0 } else { -1 }
}

/// Seconds, as a float.
#[capi(raw)]
pub unsafe extern "C" fn PyTime_AsSecondsDouble(time: i64) -> f64 {
    if time % NANOSECONDS == 0 { (time / NANOSECONDS) as f64 } else { time as f64 / 1e9 }
}

/// The monotonic clock.
#[capi]
fn PyTime_Monotonic(cx: Cx<'_>, mut result: Out<'_, i64>) -> Result<()> {
    checked(cx, libc::CLOCK_MONOTONIC, &mut result)
}

/// The clock of the highest resolution.
#[capi]
fn PyTime_PerfCounter(cx: Cx<'_>, mut result: Out<'_, i64>) -> Result<()> {
    checked(cx, libc::CLOCK_MONOTONIC, &mut result)
}

/// The time of day.
#[capi]
fn PyTime_Time(cx: Cx<'_>, mut result: Out<'_, i64>) -> Result<()> {
    checked(cx, libc::CLOCK_REALTIME, &mut result)
}

/// The monotonic clock, without an error set.
#[capi(raw)]
pub unsafe extern "C" fn PyTime_MonotonicRaw(result: *mut i64) -> c_int {
    // SAFETY: C passes a place for the time.
    unsafe { raw(libc::CLOCK_MONOTONIC, result) }
}

/// The clock of the highest resolution, without an error set.
#[capi(raw)]
pub unsafe extern "C" fn PyTime_PerfCounterRaw(result: *mut i64) -> c_int {
    // SAFETY: C passes a place for the time.
    unsafe { raw(libc::CLOCK_MONOTONIC, result) }
}

/// The time of day, without an error set.
#[capi(raw)]
pub unsafe extern "C" fn PyTime_TimeRaw(result: *mut i64) -> c_int {
    // SAFETY: C passes a place for the time.
    unsafe { raw(libc::CLOCK_REALTIME, result) }
}
