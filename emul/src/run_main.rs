//! A program's whole `main`, for C code in an interpreter that runs a program already.
//!
//! CPython's `main` marks its interpreter as one that runs a program, and refuses to run another inside of it: C code that wants that
//! says first, with `_PyInterpreterState_SetNotRunningMain`, that the first does not count any more.

use std::ffi::{CStr, OsString, c_char, c_int};
use std::os::unix::ffi::OsStringExt;

use capi_macros::capi;
use object_mirror::pystate::PyInterpreterState;

use crate::abstract_::object::pending_is;
use crate::boundary::{Cx, Raised, Result};
use crate::host::{CommandLine, HostResult, Kind, host};
use crate::pystate::interpreters;
use crate::statics::exception;
use crate::{fileutils, pyerrors, pylifecycle};

/// Mark the interpreter, which is this thread's, as one that runs a program; InterpreterError where it is one.
#[capi]
fn _PyInterpreterState_SetRunningMain(cx: Cx<'_>, interp: *mut PyInterpreterState) -> Result<c_int> {
    fail_if_running(cx, interp)?;
    if !std::ptr::eq(interp, current()) {
        return Err(cx.error("RuntimeError", "current tstate has wrong interpreter"));
    }
    interpreters::set_runs_program(interp, true);
    Ok(0)
}

/// The interpreter's program has run, as far as it is asked.
#[capi(raw)]
pub unsafe extern "C" fn _PyInterpreterState_SetNotRunningMain(interp: *mut PyInterpreterState) {
    interpreters::set_runs_program(interp, false);
}

/// Whether the interpreter runs a program.
#[capi(raw)]
pub unsafe extern "C" fn _PyInterpreterState_IsRunningMain(interp: *mut PyInterpreterState) -> c_int {
    c_int::from(interpreters::runs_program(interp))
}

/// InterpreterError where the interpreter runs a program.
#[capi]
fn _PyInterpreterState_FailIfRunningMain(cx: Cx<'_>, interp: *mut PyInterpreterState) -> Result<c_int> {
    fail_if_running(cx, interp).map(|()| 0)
}

fn fail_if_running(cx: Cx<'_>, interp: *mut PyInterpreterState) -> Result<()> {
    if interpreters::runs_program(interp) {
        let class = pyerrors::class_object(exception!(PyExc_InterpreterError));
        let message = cx.to_c(cx.str("interpreter already running"));
        return Err(pyerrors::set_object(cx, class, Some(message.obj())));
    }
    Ok(())
}

/// The interpreter of this thread's state.
fn current() -> *mut PyInterpreterState {
    // SAFETY: the lock is held.
    unsafe { interpreters::PyInterpreterState_Get() }
}

/// Do what `python3` does with this command line, the program's name first, in the interpreter that runs already, end it as
/// `Py_FinalizeEx` does, and return the exit status; where the command line is refused or only asks for the version or for help,
/// nothing ends. SystemExit ends the process. An interpreter runs one program at a time: inside of another this prints
/// InterpreterError and ends with 1, as CPython.
///
/// The program runs in the `__main__` that is there, with `sys.argv` and `sys.orig_argv` of its own. Options that an interpreter is set
/// up with (`-O`, `-W`, `-X`...) are read and come too late: `sys.flags` and its like stay as they are.
#[capi]
fn Py_BytesMain(cx: Cx<'_>, argc: c_int, argv: *mut *mut c_char) -> c_int {
    // SAFETY: C passes so many texts.
    let args = (0..argc as usize).map(|at| unsafe { CStr::from_ptr(*argv.add(at)) }.to_bytes().to_vec());
    main(cx, &args.map(OsString::from_vec).collect::<Vec<_>>())
}

/// As `Py_BytesMain`.
#[capi]
fn Py_Main(cx: Cx<'_>, argc: c_int, argv: *mut *mut libc::wchar_t) -> c_int {
    // SAFETY: C passes so many texts that end with 0.
    let wide = |at: usize| unsafe {
        let text = *argv.add(at);
        let length = (0..).take_while(|&index| *text.add(index) != 0).count();
        std::slice::from_raw_parts(text, length)
    };
    match (0..argc as usize)
        .map(|at| fileutils::encoded(wide(at)).map(OsString::from_vec))
        .collect::<Result<Vec<_>, _>>()
    {
        Ok(args) => main(cx, &args),
        Err(_) => print(cx, cx.value_error("Py_Main: an argument cannot be encoded")),
    }
}

/// As `Py_BytesMain`, with the command line that is in force: `sys.orig_argv`.
#[capi]
fn Py_RunMain(cx: Cx<'_>) -> c_int {
    match original_arguments(cx) {
        Ok(args) => main(cx, &args),
        Err(raised) => print(cx, raised),
    }
}

fn original_arguments(cx: Cx<'_>) -> Result<Vec<OsString>> {
    let Some(list) = host().sys_attr("orig_argv").filter(|list| host().kind(list.as_ref()) == Kind::List) else {
        return Err(cx.error("NotImplementedError", format!("Py_RunMain: {} has no sys.orig_argv", host().name())));
    };
    let iterator = cx.call(|h| h.iter(list.as_ref()))?;
    let mut args = Vec::new();
    while let Some(arg) = cx.call(|h| h.next(iterator.as_ref()))? {
        let bytes = cx.call_function("os", "fsencode", &[arg.as_ref()])?;
        host().with_bytes(bytes.as_ref(), &mut |bytes| args.push(OsString::from_vec(bytes.to_vec())));
    }
    Ok(args)
}

fn main(cx: Cx<'_>, args: &[OsString]) -> c_int {
    let run = match cx.call(|h| h.command_line(args)) {
        Ok(CommandLine::Answered(status)) => return status,
        Ok(CommandLine::Program(run)) => run,
        Err(raised) => return print(cx, raised),
    };
    let (status, interrupted) = run_program(cx, run);
    let flushed = pylifecycle::finalize(cx);
    if interrupted {
        // As who waits for the process expects it of Ctrl-C.
        // SAFETY: the process's own signal, with the default that it had at first.
        unsafe {
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            libc::kill(libc::getpid(), libc::SIGINT);
        }
    }
    match flushed {
        Ok(true) => status,
        Ok(false) => pylifecycle::UNFLUSHED,
        Err(raised) => print(cx, raised),
    }
}

/// The exit status, and whether Ctrl-C was what ended the program.
fn run_program(cx: Cx<'_>, run: Box<dyn FnOnce() -> HostResult<i32>>) -> (c_int, bool) {
    let interp = current();
    let outcome = fail_if_running(cx, interp).and_then(|()| {
        interpreters::set_runs_program(interp, true);
        let outcome = cx.call(|_| run());
        interpreters::set_runs_program(interp, false);
        outcome
    });
    match outcome {
        Ok(status) => (status, false),
        Err(raised) => {
            let interrupted = pending_is(exception!(PyExc_KeyboardInterrupt));
            (print(cx, raised), interrupted)
        }
    }
}

/// Print what was raised; the exit status for that, unless it is SystemExit.
fn print(_: Cx<'_>, _: Raised) -> c_int {
    // SAFETY: the lock is held.
    unsafe { pyerrors::display::PyErr_Print() };
    1
}
