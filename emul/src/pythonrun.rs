//! `pythonrun.h`: compiling and running source text.

use std::ffi::c_int;

use capi_macros::{capi, capi_data};

use crate::boundary::{Cx, New, Obj, Raised, Result, Text};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::statics::builtin;
use crate::unicodeobject::decode_utf8;

/// `Py_single_input` and its kin.
pub(crate) const SINGLE_INPUT: c_int = 256;
const FILE_INPUT: c_int = 257;
const EVAL_INPUT: c_int = 258;
const FUNC_TYPE_INPUT: c_int = 345;

/// The flags of `PyCompilerFlags` that `compile()` knows: future statements and `ast.PyCF_*`.
const COMPILE_FLAGS: c_int = 0x1ff_0000 | 0x200 | 0x400 | 0x1000 | 0x2000 | 0x4000;

/// What CPython calls while it waits for a line of its interactive session. The host's session has an editor of its own, which
/// asks nobody: a program may set it, and runs as it does where there is no session.
#[capi_data]
pub static mut PyOS_InputHook: Option<unsafe extern "C" fn() -> c_int> = None;

/// `PyCompilerFlags`.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the fields are CPython's")]
#[allow(unreachable_pub, reason = "a struct of the C API")]
pub struct PyCompilerFlags {
    pub cf_flags: c_int,
    pub cf_feature_version: c_int,
}

fn mode(cx: Cx<'_>, filename: HostRef, start: c_int) -> Result<&'static str> {
    match start {
        SINGLE_INPUT => Ok("single"),
        FILE_INPUT => Ok("exec"),
        EVAL_INPUT => Ok("eval"),
        FUNC_TYPE_INPUT => Ok("func_type"),
        // CPython's parser has no rule to begin with.
        _ => Err(syntax_error(cx, "error at start before reading any input", filename, 0)),
    }
}

fn syntax_error(cx: Cx<'_>, words: &str, filename: HostRef, line: usize) -> Raised {
    let host = cx.host();
    let Some(class) = host.builtin_class("SyntaxError") else { return cx.bad_internal_call() };
    let (words, zero, none) = (cx.str(words), host.new_int(0), host.singleton(Kind::None));
    let place = [filename.to_owned(), host.new_int(line as i64), zero, none];
    let made = cx
        .call(|h| Ok(h.new_tuple(place.into())))
        .and_then(|place| cx.call(|h| h.call(class.as_ref(), &[words.as_ref(), place.as_ref()], &[])));
    made.map_or_else(|raised| raised, |error| cx.raise(error))
}

pub(crate) fn compile(
    cx: Cx<'_>,
    source: &[u8],
    filename: HostRef,
    start: c_int,
    flags: *mut PyCompilerFlags,
    optimize: c_int,
) -> Result<HostObj> {
    let mode = cx.str(mode(cx, filename, start)?);
    // SAFETY: C passes NULL or filled flags.
    let flags = if flags.is_null() { 0 } else { unsafe { (*flags).cf_flags } };
    let source = host().new_bytes(source);
    let flags = host().new_int((flags & COMPILE_FLAGS).into());
    let (alone, optimize) = (host().new_int(1), host().new_int(optimize.into()));
    let args = [source.as_ref(), filename, mode.as_ref(), flags.as_ref(), alone.as_ref(), optimize.as_ref()];
    cx.call_function("builtins", "compile", &args)
}

/// Run compiled code in these namespaces; the value of an expression, else None.
pub(crate) fn run_code(cx: Cx<'_>, code: HostRef, globals: HostRef, locals: HostRef) -> Result<HostObj> {
    crate::pystate::interpreters::runs_code(cx)?;
    let key = cx.str("__builtins__");
    if cx.call(|h| h.dict_get(globals, key.as_ref()))?.is_none() {
        let builtins = cx.call(|h| h.import("builtins"))?;
        cx.call(|h| h.dict_set(globals, key.as_ref(), builtins.as_ref()))?;
    }
    cx.call_function("builtins", "eval", &[code, globals, locals])
}

fn run(
    cx: Cx<'_>,
    source: &[u8],
    filename: HostRef,
    start: c_int,
    globals: Option<Obj<'_>>,
    locals: Option<Obj<'_>>,
    flags: *mut PyCompilerFlags,
) -> Result<New> {
    let Some(globals) = globals.filter(|globals| globals.type_has(object_mirror::object::Py_TPFLAGS_DICT_SUBCLASS))
    else {
        return Err(cx.system_error("globals must be a real dict"));
    };
    let locals = locals.unwrap_or(globals).give(cx)?;
    let globals = globals.give(cx)?;
    let code = compile(cx, source, filename, start, flags, -1)?;
    Ok(cx.to_c(run_code(cx, code.as_ref(), globals.as_ref(), locals.as_ref())?))
}

/// The names of `__main__`.
pub(crate) fn main_namespace(cx: Cx<'_>) -> Result<HostObj> {
    let main = cx.call(|h| h.import("__main__"))?;
    Ok(host().namespace(main.as_ref()))
}

/// Run code in `__main__`; an error, its own or that there is no code, is printed.
fn run_simple(cx: Cx<'_>, code: impl FnOnce() -> Result<HostObj>) -> c_int {
    let outcome = main_namespace(cx).and_then(|namespace| {
        let code = code()?;
        run_code(cx, code.as_ref(), namespace.as_ref(), namespace.as_ref())
    });
    if outcome.is_ok() {
        return 0;
    }
    // SAFETY: the lock is held.
    unsafe { crate::pyerrors::display::PyErr_Print() };
    -1
}

/// All of a stream; the stream is closed if asked for.
fn read(cx: Cx<'_>, stream: *mut libc::FILE, close: bool) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut block = [0_u8; 4096];
    // SAFETY: C passes an open stream; the block has that many bytes.
    unsafe {
        loop {
            let count = libc::fread(block.as_mut_ptr().cast(), 1, block.len(), stream);
            text.extend_from_slice(&block[..count]);
            if count < block.len() {
                break;
            }
        }
        let failed = libc::ferror(stream) != 0;
        if close {
            libc::fclose(stream);
        }
        if failed { Err(cx.error("OSError", "reading a source file failed")) } else { Ok(text) }
    }
}

pub(crate) fn name_of_file(cx: Cx<'_>, filename: Option<Text<'_>>) -> Result<HostObj> {
    match filename {
        Some(name) => decode_utf8(cx, name.bytes(), Some("surrogateescape")),
        None => Ok(cx.str("???")),
    }
}

/// Compile source text.
#[capi]
fn Py_CompileString(cx: Cx<'_>, source: Text<'_>, filename: Text<'_>, start: c_int) -> Result<New> {
    let filename = name_of_file(cx, Some(filename))?;
    Ok(cx.to_c(compile(cx, source.bytes(), filename.as_ref(), start, std::ptr::null_mut(), -1)?))
}

/// Compile source text.
#[capi]
fn Py_CompileStringFlags(
    cx: Cx<'_>,
    source: Text<'_>,
    filename: Text<'_>,
    start: c_int,
    flags: *mut PyCompilerFlags,
) -> Result<New> {
    let filename = name_of_file(cx, Some(filename))?;
    Ok(cx.to_c(compile(cx, source.bytes(), filename.as_ref(), start, flags, -1)?))
}

/// Compile source text.
#[capi]
fn Py_CompileStringExFlags(
    cx: Cx<'_>,
    source: Text<'_>,
    filename: Text<'_>,
    start: c_int,
    flags: *mut PyCompilerFlags,
    optimize: c_int,
) -> Result<New> {
    let filename = name_of_file(cx, Some(filename))?;
    Ok(cx.to_c(compile(cx, source.bytes(), filename.as_ref(), start, flags, optimize)?))
}

/// Compile source text.
#[capi]
fn Py_CompileStringObject(
    cx: Cx<'_>,
    source: Text<'_>,
    filename: Obj<'_>,
    start: c_int,
    flags: *mut PyCompilerFlags,
    optimize: c_int,
) -> Result<New> {
    let filename = filename.give(cx)?;
    Ok(cx.to_c(compile(cx, source.bytes(), filename.as_ref(), start, flags, optimize)?))
}

/// Run source text.
#[capi]
fn PyRun_String(
    cx: Cx<'_>,
    source: Text<'_>,
    start: c_int,
    globals: Option<Obj<'_>>,
    locals: Option<Obj<'_>>,
) -> Result<New> {
    let filename = cx.str("<string>");
    run(cx, source.bytes(), filename.as_ref(), start, globals, locals, std::ptr::null_mut())
}

/// Run source text.
#[capi]
fn PyRun_StringFlags(
    cx: Cx<'_>,
    source: Text<'_>,
    start: c_int,
    globals: Option<Obj<'_>>,
    locals: Option<Obj<'_>>,
    flags: *mut PyCompilerFlags,
) -> Result<New> {
    let filename = cx.str("<string>");
    run(cx, source.bytes(), filename.as_ref(), start, globals, locals, flags)
}

/// Run source text in `__main__`; -1 if it raised, after printing that.
#[capi]
fn PyRun_SimpleString(cx: Cx<'_>, source: Text<'_>) -> c_int {
    let filename = cx.str("<string>");
    run_simple(cx, || compile(cx, source.bytes(), filename.as_ref(), FILE_INPUT, std::ptr::null_mut(), -1))
}

/// Run source text in `__main__`; -1 if it raised, after printing that.
#[capi]
fn PyRun_SimpleStringFlags(cx: Cx<'_>, source: Text<'_>, flags: *mut PyCompilerFlags) -> c_int {
    let filename = cx.str("<string>");
    run_simple(cx, || compile(cx, source.bytes(), filename.as_ref(), FILE_INPUT, flags, -1))
}

/// Run a file's text.
#[capi]
fn PyRun_FileExFlags(
    cx: Cx<'_>,
    stream: *mut libc::FILE,
    filename: Option<Text<'_>>,
    start: c_int,
    globals: Option<Obj<'_>>,
    locals: Option<Obj<'_>>,
    closeit: c_int,
    flags: *mut PyCompilerFlags,
) -> Result<New> {
    run_file(cx, (stream, closeit != 0), filename, start, globals, locals, flags)
}

fn run_file(
    cx: Cx<'_>,
    (stream, close): (*mut libc::FILE, bool),
    filename: Option<Text<'_>>,
    start: c_int,
    globals: Option<Obj<'_>>,
    locals: Option<Obj<'_>>,
    flags: *mut PyCompilerFlags,
) -> Result<New> {
    let source = read(cx, stream, close)?;
    let filename = name_of_file(cx, filename)?;
    without_nul(cx, &source, filename.as_ref())?;
    run(cx, &source, filename.as_ref(), start, globals, locals, flags)
}

/// Run a file's text.
#[capi]
fn PyRun_File(
    cx: Cx<'_>,
    stream: *mut libc::FILE,
    filename: Option<Text<'_>>,
    start: c_int,
    globals: Option<Obj<'_>>,
    locals: Option<Obj<'_>>,
) -> Result<New> {
    run_file(cx, (stream, false), filename, start, globals, locals, std::ptr::null_mut())
}

/// Run a file's text.
#[capi]
fn PyRun_FileEx(
    cx: Cx<'_>,
    stream: *mut libc::FILE,
    filename: Option<Text<'_>>,
    start: c_int,
    globals: Option<Obj<'_>>,
    locals: Option<Obj<'_>>,
    closeit: c_int,
) -> Result<New> {
    run_file(cx, (stream, closeit != 0), filename, start, globals, locals, std::ptr::null_mut())
}

/// Run a file's text.
#[capi]
fn PyRun_FileFlags(
    cx: Cx<'_>,
    stream: *mut libc::FILE,
    filename: Option<Text<'_>>,
    start: c_int,
    globals: Option<Obj<'_>>,
    locals: Option<Obj<'_>>,
    flags: *mut PyCompilerFlags,
) -> Result<New> {
    run_file(cx, (stream, false), filename, start, globals, locals, flags)
}

/// Run a file's text in `__main__`; -1 if it raised, after printing that.
#[capi]
fn PyRun_SimpleFileExFlags(
    cx: Cx<'_>,
    stream: *mut libc::FILE,
    filename: Option<Text<'_>>,
    closeit: c_int,
    flags: *mut PyCompilerFlags,
) -> Result<c_int> {
    run_simple_file(cx, stream, filename, closeit != 0, flags)
}

pub(crate) fn run_simple_file(
    cx: Cx<'_>,
    stream: *mut libc::FILE,
    filename: Option<Text<'_>>,
    close: bool,
    flags: *mut PyCompilerFlags,
) -> Result<c_int> {
    let is_named_compiled = filename.is_some_and(|name| name.bytes().ends_with(b".pyc"));
    let source = read(cx, stream, close)?;
    let filename = name_of_file(cx, filename)?;
    // CPython looks into those files alone that it may close.
    if is_named_compiled || close && begins_as_compiled(cx, &source) {
        let file = reopened(cx, filename.as_ref())?;
        return Ok(run_simple(cx, || compiled(cx, file)));
    }
    Ok(run_simple(cx, || {
        without_nul(cx, &source, filename.as_ref())?;
        compile(cx, &source, filename.as_ref(), FILE_INPUT, flags, -1)
    }))
}

/// A file of compiled code is opened again by its name, since a stream of text may have changed what it holds.
fn reopened(cx: Cx<'_>, filename: HostRef) -> Result<*mut libc::FILE> {
    let path = cx.to_c(filename.to_owned());
    // SAFETY: the lock is held; the path is live.
    let file = unsafe { crate::fileobject::_Py_fopen_obj(path.as_ptr(), c"rb".as_ptr()) };
    if file.is_null() {
        eprintln!("python: Can't reopen .pyc file");
        return Err(cx.pending());
    }
    Ok(file)
}

/// The code in a file of compiled code, which is closed.
fn compiled(cx: Cx<'_>, file: *mut libc::FILE) -> Result<HostObj> {
    /// The magic number, and three more words.
    const HEADER: usize = 16;
    let data = read(cx, file, true)?;
    if !data.starts_with(&magic_bytes(cx)?) {
        return Err(cx.error("RuntimeError", "Bad magic number in .pyc file"));
    }
    let data = host().new_bytes(data.get(HEADER..).unwrap_or_default());
    let code = cx.call_function("marshal", "loads", &[data.as_ref()])?;
    if !std::ptr::eq(cx.to_c(code.clone()).obj().type_ptr(), builtin!(PyCode_Type)) {
        return Err(cx.error("RuntimeError", "Bad code object in .pyc file"));
    }
    Ok(code)
}

fn magic_bytes(cx: Cx<'_>) -> Result<[u8; 4]> {
    crate::import::magic_number(cx).map(|number| (number as u32).to_le_bytes())
}

fn begins_as_compiled(cx: Cx<'_>, data: &[u8]) -> bool {
    let magic = magic_bytes(cx);
    if magic.is_err() {
        drop(cx.take_error());
    }
    magic.is_ok_and(|magic| data.starts_with(&magic[..2]))
}

/// A NUL is none in a text that C gives, where it is the end, but in a file it is an error.
fn without_nul(cx: Cx<'_>, source: &[u8], filename: HostRef) -> Result<()> {
    let Some(nul) = source.iter().position(|&byte| byte == 0) else { return Ok(()) };
    let line = 1 + source[..nul].iter().filter(|&&byte| byte == b'\n').count();
    Err(syntax_error(cx, "source code cannot contain null bytes", filename, line))
}

/// Run a file's text in `__main__`; -1 if it raised, after printing that.
#[capi]
fn PyRun_SimpleFile(cx: Cx<'_>, stream: *mut libc::FILE, filename: Option<Text<'_>>) -> Result<c_int> {
    run_simple_file(cx, stream, filename, false, std::ptr::null_mut())
}

/// Run a file's text in `__main__`; -1 if it raised, after printing that.
#[capi]
fn PyRun_SimpleFileEx(
    cx: Cx<'_>,
    stream: *mut libc::FILE,
    filename: Option<Text<'_>>,
    closeit: c_int,
) -> Result<c_int> {
    run_simple_file(cx, stream, filename, closeit != 0, std::ptr::null_mut())
}

/// `PyCompilerFlags` from the code that runs now; whether any flag is set.
#[capi]
fn PyEval_MergeCompilerFlags(cx: Cx<'_>, flags: *mut PyCompilerFlags) -> c_int {
    let _held = crate::pyerrors::hold_pending();
    let code_flags = crate::frameobject::current(cx)
        .and_then(|frame| cx.attr_str(frame.as_ref(), "f_code").ok())
        .and_then(|code| cx.attr_str(code.as_ref(), "co_flags").ok())
        .and_then(|flags| host().int_value(flags.as_ref()))
        .unwrap_or(0);
    drop(cx.take_error());
    // SAFETY: C passes flags to fill.
    unsafe {
        (*flags).cf_flags |= code_flags as c_int & 0x1ff_0000;
        c_int::from((*flags).cf_flags != 0)
    }
}
