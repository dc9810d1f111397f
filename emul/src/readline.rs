//! `cpython/pythonrun.h`: a line that the user is asked for.

use std::cell::Cell;
use std::ffi::{CStr, c_char};

use capi_macros::capi;

use crate::boundary::{Cx, Result};
use crate::host::host;
use crate::pymem;

thread_local! {
    static READING: Cell<bool> = const { Cell::new(false) };
}

struct Reading;

impl Drop for Reading {
    fn drop(&mut self) {
        READING.set(false);
    }
}

/// What was read of a stream.
enum Read {
    /// A line with its newline; or what there was before the end.
    Line(Vec<u8>),
    Interrupted,
}

/// Ask with `prompt` on standard error and read a line, which is the caller's to free with `PyMem_Free`: `""` at the end, NULL where
/// a signal's handler raised.
#[capi]
fn PyOS_Readline(
    cx: Cx<'_>,
    sys_stdin: *mut libc::FILE,
    sys_stdout: *mut libc::FILE,
    prompt: *const c_char,
) -> Result<*mut c_char> {
    // SAFETY: C passes NULL or a NUL-terminated prompt.
    let prompt = if prompt.is_null() { &[] } else { unsafe { CStr::from_ptr(prompt) }.to_bytes() };
    copy(cx, &ask(cx, sys_stdin, sys_stdout, prompt)?)
}

/// The same, of two open streams, with the line as it is.
pub(crate) fn ask(cx: Cx<'_>, input: *mut libc::FILE, output: *mut libc::FILE, prompt: &[u8]) -> Result<Vec<u8>> {
    use std::io::Write as _;
    if READING.replace(true) {
        return Err(cx.error("RuntimeError", "can't re-enter readline"));
    }
    let _reading = Reading;
    // SAFETY: an open stream: C's, or the process's own.
    unsafe { libc::fflush(output) };
    // As in CPython, whether the prompt can be shown is not told.
    let _shown = std::io::stderr().lock().write_all(prompt);
    loop {
        // SAFETY: as above.
        match unsafe { read_line(input, Vec::new()) } {
            Read::Line(line) => return Ok(line),
            Read::Interrupted => cx.call(|h| h.check_signals())?,
        }
    }
}

/// C's standard output.
pub(crate) fn stdout() -> *mut libc::FILE {
    unsafe extern "C" {
        static stdout: *mut libc::FILE;
    }
    // SAFETY: a variable of the C library, set before any code of ours runs.
    unsafe { stdout }
}

/// # Safety
/// An open stream.
unsafe fn read_line(stream: *mut libc::FILE, mut line: Vec<u8>) -> Read {
    let mut read = Read::Interrupted;
    host().blocking(&mut || {
        // SAFETY: the caller's contract.
        unsafe {
            loop {
                match libc::fgetc(stream) {
                    libc::EOF if libc::feof(stream) == 0 && last_error() == libc::EINTR => {
                        libc::clearerr(stream);
                        return;
                    }
                    libc::EOF => break,
                    byte => line.push(byte as u8),
                }
                if line.ends_with(b"\n") && !drop_after_nul(&mut line) {
                    break;
                }
            }
        }
        read = Read::Line(std::mem::take(&mut line));
    });
    read
}

/// CPython takes what `fgets` gave for a string, which ends at a NUL: what follows it is lost, and so is the end of the line.
fn drop_after_nul(line: &mut Vec<u8>) -> bool {
    let nul = line.iter().position(|&byte| byte == 0);
    line.truncate(nul.unwrap_or(line.len()));
    nul.is_some()
}

fn last_error() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

fn copy(cx: Cx<'_>, line: &[u8]) -> Result<*mut c_char> {
    // SAFETY: room for the line and the NUL.
    unsafe {
        let memory: *mut c_char = pymem::PyMem_Malloc(line.len() + 1).cast();
        if memory.is_null() {
            return Err(cx.error("MemoryError", ""));
        }
        std::ptr::copy_nonoverlapping(line.as_ptr().cast(), memory, line.len());
        *memory.add(line.len()) = 0;
        Ok(memory)
    }
}
