//! `cpython/pytime.h`: clocks, in nanoseconds.

use std::ffi::c_int;

use capi_macros::capi;

use crate::abstract_::number;
use crate::boundary::{Cx, New, Obj, Out, Raised, Result};
use crate::host::host;
use crate::{floatobject, longobject};

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

// internal/pycore_time.h

/// `_PyTime_round_t`.
const ROUND_FLOOR: c_int = 0;
const ROUND_CEILING: c_int = 1;
const ROUND_HALF_EVEN: c_int = 2;

/// `time / unit`, rounded; every other way rounds away from zero.
fn divide(time: i64, unit: i64, round: c_int) -> i64 {
    let (quotient, rest) = (time.div_euclid(unit), time.rem_euclid(unit));
    let up = match round {
        ROUND_FLOOR => false,
        ROUND_CEILING => rest > 0,
        ROUND_HALF_EVEN => rest * 2 > unit || rest * 2 == unit && quotient % 2 != 0,
        _ => rest > 0 && time > 0,
    };
    quotient + i64::from(up)
}

fn rounded(seconds: f64, round: c_int) -> f64 {
    match round {
        ROUND_FLOOR => seconds.floor(),
        ROUND_CEILING => seconds.ceil(),
        ROUND_HALF_EVEN => seconds.round_ties_even(),
        _ if seconds >= 0.0 => seconds.ceil(),
        _ => seconds.floor(),
    }
}

fn too_large(cx: Cx<'_>) -> Raised {
    cx.error("OverflowError", "timestamp too large to convert to C PyTime_t")
}

/// A time of so many seconds, cut off where it does not fit.
#[capi(raw)]
pub unsafe extern "C" fn _PyTime_FromSeconds(seconds: c_int) -> i64 {
    i64::from(seconds) * NANOSECONDS
}

/// A time from an int of nanoseconds.
#[capi]
fn _PyTime_FromLong(cx: Cx<'_>, mut time: Out<'_, i64>, nanoseconds: Obj<'_>) -> Result<()> {
    if !longobject::is_int(nanoseconds) {
        return Err(cx.type_error(format!("expect int, got {}", nanoseconds.type_name())));
    }
    time.write(longobject::to_i64(nanoseconds.as_ptr()).ok_or_else(|| too_large(cx))?);
    Ok(())
}

/// An int of a time's nanoseconds.
#[capi]
fn _PyTime_AsLong(time: i64) -> New {
    longobject::new_from_i64(time)
}

/// A time from an int or float of seconds.
#[capi]
fn _PyTime_FromSecondsObject(cx: Cx<'_>, mut time: Out<'_, i64>, seconds: Obj<'_>, round: c_int) -> Result<()> {
    time.write(0);
    if floatobject::is_float(seconds) {
        let seconds = host().float_value(seconds.give(cx)?.as_ref());
        if seconds.is_nan() {
            return Err(cx.value_error("Invalid value NaN (not a number)"));
        }
        let nanoseconds = rounded(seconds * NANOSECONDS as f64, round);
        if !(-(2_f64.powi(63))..2_f64.powi(63)).contains(&nanoseconds) {
            return Err(cx.error("OverflowError", "timestamp out of range for platform time_t"));
        }
        time.write(nanoseconds as i64);
        return Ok(());
    }
    let seconds = number::index(cx, seconds)?;
    let whole = longobject::to_i64(seconds.as_ptr()).and_then(|seconds| seconds.checked_mul(NANOSECONDS));
    time.write(whole.ok_or_else(|| too_large(cx))?);
    Ok(())
}

/// A time in milliseconds.
#[capi(raw)]
pub unsafe extern "C" fn _PyTime_AsMilliseconds(time: i64, round: c_int) -> i64 {
    divide(time, 1_000_000, round)
}

/// A time in microseconds.
#[capi(raw)]
pub unsafe extern "C" fn _PyTime_AsMicroseconds(time: i64, round: c_int) -> i64 {
    divide(time, 1_000, round)
}

/// A time as seconds and nanoseconds.
#[capi(raw)]
pub unsafe extern "C" fn _PyTime_AsTimespec(time: i64, result: *mut libc::timespec) -> c_int {
    // SAFETY: C passes a place for it.
    unsafe { _PyTime_AsTimespec_clamp(time, result) };
    0
}

/// A time as seconds and nanoseconds; every time fits where `time_t` has 64 bits.
#[capi(raw)]
pub unsafe extern "C" fn _PyTime_AsTimespec_clamp(time: i64, result: *mut libc::timespec) {
    let (seconds, rest) = (time.div_euclid(NANOSECONDS), time.rem_euclid(NANOSECONDS));
    // SAFETY: C passes a place for it.
    unsafe { result.write(libc::timespec { tv_sec: seconds, tv_nsec: rest }) };
}

/// A time as seconds and microseconds.
#[capi(raw)]
pub unsafe extern "C" fn _PyTime_AsTimeval(time: i64, result: *mut libc::timeval, round: c_int) -> c_int {
    // SAFETY: C passes a place for it.
    unsafe { _PyTime_AsTimeval_clamp(time, result, round) };
    0
}

/// A time as seconds and microseconds; every time fits where `time_t` has 64 bits.
#[capi(raw)]
pub unsafe extern "C" fn _PyTime_AsTimeval_clamp(time: i64, result: *mut libc::timeval, round: c_int) {
    let micro = divide(time, 1_000, round);
    let (seconds, rest) = (micro.div_euclid(1_000_000), micro.rem_euclid(1_000_000));
    // SAFETY: C passes a place for it.
    unsafe { result.write(libc::timeval { tv_sec: seconds, tv_usec: rest }) };
}
