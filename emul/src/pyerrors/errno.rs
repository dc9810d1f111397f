//! Exceptions made of `errno`.

use std::ffi::CStr;

use capi_macros::capi;

use super::{class_object, set_object};
use crate::boundary::{Cx, New, Obj, Raised, Result, Text};
use crate::host::host;
use crate::unicodeobject;

/// Set an OSError from `errno`.
#[capi]
fn PyErr_SetFromErrno(cx: Cx<'_>, exception: Obj<'_>) -> Result<New> {
    let errno = errno();
    Err(from_errno(cx, errno, exception, None, None))
}

/// Set an OSError from `errno` about a file.
#[capi]
fn PyErr_SetFromErrnoWithFilenameObject(cx: Cx<'_>, exception: Obj<'_>, filename: Option<Obj<'_>>) -> Result<New> {
    let errno = errno();
    Err(from_errno(cx, errno, exception, filename, None))
}

/// Set an OSError from `errno` about two files.
#[capi]
fn PyErr_SetFromErrnoWithFilenameObjects(
    cx: Cx<'_>,
    exception: Obj<'_>,
    filename: Option<Obj<'_>>,
    filename2: Option<Obj<'_>>,
) -> Result<New> {
    let errno = errno();
    Err(from_errno(cx, errno, exception, filename, filename2))
}

/// Set an OSError from `errno` about a file.
#[capi]
fn PyErr_SetFromErrnoWithFilename(cx: Cx<'_>, exception: Obj<'_>, filename: Option<Text<'_>>) -> Result<New> {
    let errno = errno();
    let filename = match filename {
        Some(name) => Some(cx.to_c(unicodeobject::decode_utf8(cx, name.bytes(), Some("surrogateescape"))?)),
        None => None,
    };
    Err(from_errno(cx, errno, exception, filename.as_ref().map(New::obj), None))
}

fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

fn from_errno(cx: Cx<'_>, errno: i32, class: Obj<'_>, filename: Option<Obj<'_>>, filename2: Option<Obj<'_>>) -> Raised {
    match try_from_errno(cx, errno, class, filename, filename2) {
        Ok(raised) | Err(raised) => raised,
    }
}

fn try_from_errno(
    cx: Cx<'_>,
    errno: i32,
    class: Obj<'_>,
    filename: Option<Obj<'_>>,
    filename2: Option<Obj<'_>>,
) -> Result<Raised> {
    if errno == libc::EINTR {
        cx.call(|h| h.check_signals())?;
    }
    let message = if errno == 0 {
        c"Error"
    } else {
        // SAFETY: `strerror` gives a NUL-terminated string, copied before anything else may call it.
        unsafe { CStr::from_ptr(libc::strerror(errno)) }
    };
    let message = cx.str(&message.to_string_lossy());
    let number = host().new_int(errno.into());
    let zero = host().new_int(0);
    let filename = filename.map(|name| name.give(cx)).transpose()?;
    let filename2 = filename2.map(|name| name.give(cx)).transpose()?;
    let mut args = vec![number.as_ref(), message.as_ref()];
    if let Some(filename) = &filename {
        args.push(filename.as_ref());
    }
    if let Some(filename2) = &filename2 {
        args.extend([zero.as_ref(), filename2.as_ref()]);
    }
    let class = class.give(cx)?;
    let made = cx.to_c(cx.call(|h| h.call(class.as_ref(), &args, &[]))?);
    Ok(set_object(cx, class_object(made.obj().type_ptr()), Some(made.obj())))
}
