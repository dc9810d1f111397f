//! `fileobject.h`: Python's file objects, by their methods.

use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

use capi_macros::{capi, capi_data};
use object_mirror::object::PyObject;

use crate::boundary::{Cx, New, Obj, Result, Text};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::unicodeobject::decode_utf8;

/// The encoding of file names.
#[capi_data]
pub static mut Py_FileSystemDefaultEncoding: *const c_char = c"utf-8".as_ptr();
/// The error handler of file names' encoding.
#[capi_data]
pub static mut Py_FileSystemDefaultEncodeErrors: *const c_char = c"surrogateescape".as_ptr();
/// Whether the encoding of file names is fixed.
#[capi_data]
pub static mut Py_HasFileSystemDefaultEncoding: c_int = 0;
/// `sys.flags.utf8_mode`.
#[capi_data]
pub static mut Py_UTF8Mode: c_int = 0;

/// `Py_PRINT_RAW`.
const PRINT_RAW: c_int = 1;

/// Write `str(object)` (`Py_PRINT_RAW`) or `repr(object)` to a file.
#[capi]
fn PyFile_WriteObject(cx: Cx<'_>, object: Option<Obj<'_>>, file: Option<Obj<'_>>, flags: c_int) -> Result<()> {
    let Some(file) = file else { return Err(cx.type_error("writeobject with NULL file")) };
    let file = file.give(cx)?;
    let write = cx.attr_str(file.as_ref(), "write")?;
    let text = match object {
        None => cx.str("<NULL>"),
        Some(object) => {
            let object = object.give(cx)?;
            cx.call(|h| if flags & PRINT_RAW != 0 { h.str(object.as_ref()) } else { h.repr(object.as_ref()) })?
        }
    };
    cx.call(|h| h.call(write.as_ref(), &[text.as_ref()], &[])).map(drop)
}

/// Write UTF-8 text to a file; does nothing while an error is pending.
#[capi]
fn PyFile_WriteString(cx: Cx<'_>, text: Text<'_>, file: Option<Obj<'_>>) -> Result<()> {
    if cx.has_error() {
        return Err(cx.pending());
    }
    let Some(file) = file else { return Err(cx.system_error("null file for PyFile_WriteString")) };
    let file = file.give(cx)?;
    let text = decode_utf8(cx, text.bytes(), None)?;
    cx.call_method(file.as_ref(), "write", &[text.as_ref()]).map(drop)
}

/// `file.readline(n)`; without limit for 0, without the newline and with EOFError at the end below 0.
#[capi]
fn PyFile_GetLine(cx: Cx<'_>, file: Option<Obj<'_>>, n: c_int) -> Result<New> {
    let Some(file) = file else { return Err(cx.bad_internal_call()) };
    let file = file.give(cx)?;
    let limit = host().new_int(n.into());
    let args: &[HostRef] = if n > 0 { &[limit.as_ref()] } else { &[] };
    let line = cx.call_method(file.as_ref(), "readline", args)?;
    let mut text = Vec::new();
    let is_str = match host().kind(line.as_ref()) {
        Kind::Str => {
            host().with_str(line.as_ref(), &mut |data| text.extend_from_slice(data));
            true
        }
        Kind::Bytes => {
            host().with_bytes(line.as_ref(), &mut |data| text.extend_from_slice(data));
            false
        }
        _ => return Err(cx.type_error("object.readline() returned non-string")),
    };
    if n >= 0 {
        return Ok(cx.to_c(line));
    }
    if text.is_empty() {
        return Err(cx.error("EOFError", "EOF when reading a line"));
    }
    if text.pop_if(|last| *last == b'\n').is_none() {
        return Ok(cx.to_c(line));
    }
    Ok(cx.to_c(if is_str { host().new_str(&text) } else { host().new_bytes(&text) }))
}

/// `open(fd, mode, buffering, encoding, errors, newline, closefd)`.
#[capi]
fn PyFile_FromFd(
    cx: Cx<'_>,
    fd: c_int,
    _name: Option<Text<'_>>,
    mode: Option<Text<'_>>,
    buffering: c_int,
    encoding: Option<Text<'_>>,
    errors: Option<Text<'_>>,
    newline: Option<Text<'_>>,
    closefd: c_int,
) -> Result<New> {
    let none = host().singleton(Kind::None);
    let or_none = |text: Option<Text<'_>>| text.map_or(Ok(none.clone()), |text| text.host_str(cx));
    let mode = mode.map_or_else(|| Ok(cx.str("r")), |mode| mode.host_str(cx))?;
    let values = [
        host().new_int(fd.into()),
        mode,
        host().new_int(buffering.into()),
        or_none(encoding)?,
        or_none(errors)?,
        or_none(newline)?,
        host().singleton(if closefd != 0 { Kind::True } else { Kind::False }),
    ];
    let args: Vec<HostRef> = values.iter().map(HostObj::as_ref).collect();
    Ok(cx.to_c(cx.call_function("io", "open", &args)?))
}

/// A file descriptor: the int itself, or what `fileno()` gives.
#[capi]
fn PyObject_AsFileDescriptor(cx: Cx<'_>, object: Obj<'_>) -> Result<c_int> {
    let given = object.give(cx)?;
    let is_int = |object: &HostObj| {
        matches!(host().kind(object.as_ref()), Kind::Int | Kind::Unboxed(_) | Kind::True | Kind::False)
    };
    let number = if is_int(&given) {
        if matches!(host().kind(given.as_ref()), Kind::True | Kind::False) {
            crate::warnings::runtime_warning(cx, "bool is used as a file descriptor")?;
        }
        given
    } else {
        let name = cx.str("fileno");
        if host().type_lookup(host().type_of(given.as_ref()), name.as_ref()).is_none()
            && cx.call(|h| h.get_attr(given.as_ref(), name.as_ref())).is_err()
        {
            if !crate::abstract_::object::pending_is(crate::statics::exception!(PyExc_AttributeError)) {
                return Err(cx.pending());
            }
            drop(cx.take_error());
            return Err(cx.type_error("argument must be an int, or have a fileno() method."));
        }
        let number = cx.call_method(given.as_ref(), "fileno", &[])?;
        if !is_int(&number) {
            return Err(cx.type_error("fileno() returned a non-integer"));
        }
        number
    };
    let value = host().int_value(number.as_ref()).and_then(|value| c_int::try_from(value).ok());
    let Some(fd) = value else { return Err(cx.error("OverflowError", "Python int too large to convert to C int")) };
    if fd < 0 {
        return Err(cx.value_error(format!("file descriptor cannot be a negative integer ({fd})")));
    }
    Ok(fd)
}

/// Open a file of code for reading (`io.open_code`).
#[capi]
fn PyFile_OpenCodeObject(cx: Cx<'_>, path: Obj<'_>) -> Result<New> {
    if !crate::unicodeobject::is_str(path) {
        return Err(cx.type_error(format!("'path' must be 'str', not '{}'", path.type_name())));
    }
    let path = path.give(cx)?;
    Ok(cx.to_c(cx.call_function("io", "open_code", &[path.as_ref()])?))
}

/// Open a file of code for reading (`io.open_code`).
#[capi]
fn PyFile_OpenCode(cx: Cx<'_>, path: Text<'_>) -> Result<New> {
    let path = path.host_str(cx)?;
    Ok(cx.to_c(cx.call_function("io", "open_code", &[path.as_ref()])?))
}

/// Whether a file descriptor is open.
#[capi(raw)]
pub unsafe extern "C" fn _Py_IsValidFD(fd: c_int) -> c_int {
    // SAFETY: `fcntl` with `F_GETFD` takes any number.
    c_int::from(fd >= 0 && unsafe { libc::fcntl(fd, libc::F_GETFD) } >= 0)
}

/// Open a file by a path object, closed in child processes.
#[capi(raw)]
pub unsafe extern "C" fn _Py_fopen_obj(path: *mut PyObject, mode: *const c_char) -> *mut libc::FILE {
    let mut stream = std::ptr::null_mut();
    // SAFETY: C passes a live path and a NUL-terminated mode; the lock is held.
    let _status: c_int = unsafe {
        crate::boundary::enter("_Py_fopen_obj", |cx| {
            let path = Obj::from_ptr(path).ok_or_else(|| cx.bad_internal_call())?.give(cx)?;
            let encoded = cx.call_function("os", "fsencode", &[path.as_ref()])?;
            let mut name = Vec::new();
            host().with_bytes(encoded.as_ref(), &mut |bytes| name.extend_from_slice(bytes));
            let name = std::ffi::CString::new(name).map_err(|_| cx.value_error("embedded null byte"))?;
            let _released = crate::lock::release();
            stream = libc::fopen(name.as_ptr(), mode);
            if !stream.is_null() {
                libc::fcntl(libc::fileno(stream), libc::F_SETFD, libc::FD_CLOEXEC);
                return Ok(());
            }
            let number = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
            drop(_released);
            let error = cx.call_function(
                "builtins",
                "OSError",
                &[
                    host().new_int(number.into()).as_ref(),
                    cx.str(&std::ffi::CStr::from_ptr(libc::strerror(number)).to_string_lossy()).as_ref(),
                    path.as_ref(),
                ],
            )?;
            Err(cx.raise(error))
        })
    };
    stream
}

/// Read a line as `fgets` does; each of the line ends of the systems, `\r`, `\n` and both, is read as one `\n`. `fobj` must be NULL.
#[capi(raw)]
pub unsafe extern "C" fn Py_UniversalNewlineFgets(
    buf: *mut c_char,
    n: c_int,
    stream: *mut libc::FILE,
    fobj: *mut PyObject,
) -> *mut c_char {
    // SAFETY: C passes room for `n` bytes and an open stream.
    unsafe {
        if !fobj.is_null() {
            *libc::__errno_location() = libc::ENXIO;
            return null_mut();
        }
        let mut length = 0;
        let room = usize::try_from(n).unwrap_or(0).saturating_sub(1);
        while length < room {
            let c = libc::fgetc(stream);
            if c == libc::EOF {
                break;
            }
            let ends = c == c_int::from(b'\n') || c == c_int::from(b'\r');
            *buf.add(length) = if ends { b'\n' as c_char } else { c as c_char };
            length += 1;
            if ends {
                if c == c_int::from(b'\r') {
                    skip_newline(stream);
                }
                break;
            }
        }
        *buf.add(length) = 0;
        if length == 0 { null_mut() } else { buf }
    }
}

/// What follows `\r` is part of the same line end if it is `\n`.
///
/// # Safety
/// An open stream.
unsafe fn skip_newline(stream: *mut libc::FILE) {
    // SAFETY: the caller's contract.
    unsafe {
        let next = libc::fgetc(stream);
        if next != c_int::from(b'\n') && next != libc::EOF {
            libc::ungetc(next, stream);
        }
    }
}
