//! `_socket.socket`, whose descriptor C reads inline, and the capsule `_socket.CAPI` by which C finds the class.

use std::ffi::{CStr, c_int, c_void};

use object_mirror::object::{PyObject, PyTypeObject};

use crate::boundary::{Cx, Result};
use crate::host::{HostRef, Kind, host};
use crate::laid_out::{LaidOut, attribute};
use crate::statics::exception;
use crate::{pycapsule, typeobject};

/// The capsule's path, and its name.
pub(crate) const CAPSULE: &CStr = c"_socket.CAPI";

/// `PySocketSockObject` of CPython's `socketmodule.h`.
#[repr(C)]
struct PySocketSockObject {
    ob_base: PyObject,
    sock_fd: c_int,
    sock_family: c_int,
    sock_type: c_int,
    sock_proto: c_int,
    errorhandler: Option<unsafe extern "C" fn() -> *mut PyObject>,
    /// Nanoseconds; a whole negative second stands for none.
    sock_timeout: i64,
    state: *mut c_void,
}

/// `PySocketModule_APIObject`: what the capsule points to.
#[repr(C)]
#[allow(non_snake_case, reason = "CPython's names")]
struct PySocketModule_APIObject {
    Sock_Type: *mut PyTypeObject,
    error: *mut PyObject,
    timeout_error: *mut PyObject,
}

static SOCKET: LaidOut = LaidOut::new("_socket", "socket", size_of::<PySocketSockObject>());

const SECOND: i64 = 1_000_000_000;

pub(crate) fn lay_out(ty: *mut PyTypeObject, class: HostRef, name: &str) {
    SOCKET.lay_out(ty, class, name);
}

pub(crate) fn is_type(ty: *mut PyTypeObject) -> bool {
    SOCKET.is_type(ty)
}

/// Show an instance's fields in its mirror: at each crossing, since a socket may be closed or get another timeout.
pub(crate) fn fill(mirror: *mut PyObject, object: HostRef) {
    let Ok(module) = host().import("_socket") else { return };
    let Some(class) = attribute(module.as_ref(), "socket") else { return };
    // The class's own, whatever a derived one makes of them.
    let asked = |name: &str| {
        let method = attribute(class.as_ref(), name)?;
        host().call(method.as_ref(), &[object], &[]).ok()
    };
    let member = |name: &str| {
        let descriptor = attribute(class.as_ref(), name)?;
        let get = attribute(descriptor.as_ref(), "__get__")?;
        let value = host().call(get.as_ref(), &[object], &[]).ok()?;
        host().int_value(value.as_ref())
    };
    let number = |value: Option<i64>| value.and_then(|value| c_int::try_from(value).ok());
    let descriptor = number(asked("fileno").and_then(|value| host().int_value(value.as_ref())));
    let timeout = asked("gettimeout").filter(|value| host().kind(value.as_ref()) == Kind::Float);
    let timeout = timeout.map_or(-SECOND, |value| (host().float_value(value.as_ref()) * SECOND as f64).round() as i64);
    let (family, kind, protocol) = (number(member("family")), number(member("type")), number(member("proto")));
    let mirror: *mut PySocketSockObject = mirror.cast();
    // SAFETY: a mirror of this struct.
    unsafe {
        (*mirror).sock_fd = descriptor.unwrap_or(-1);
        (*mirror).sock_family = family.unwrap_or((*mirror).sock_family);
        (*mirror).sock_type = kind.unwrap_or((*mirror).sock_type);
        (*mirror).sock_proto = protocol.unwrap_or((*mirror).sock_proto);
        (*mirror).errorhandler = Some(set_error);
        (*mirror).sock_timeout = timeout;
    }
}

/// The error that `errno` tells.
unsafe extern "C" fn set_error() -> *mut PyObject {
    // SAFETY: C calls it with the lock held; a static exception class.
    unsafe { crate::pyerrors::errno::PyErr_SetFromErrno(exception!(PyExc_OSError).cast()) }
}

/// Put the capsule where C looks for it, unless the host's module has one or there is no such module.
pub(crate) fn install(cx: Cx<'_>) -> Result<()> {
    let Ok(module) = cx.call(|h| h.import("_socket")) else {
        drop(cx.take_error());
        return Ok(());
    };
    let name = cx.str("CAPI");
    if host().get_attr(module.as_ref(), name.as_ref()).is_ok() {
        return Ok(());
    }
    let class = cx.attr_str(module.as_ref(), "socket")?;
    let table = PySocketModule_APIObject {
        Sock_Type: typeobject::mirror_of_class(class.as_ref()),
        error: exception!(PyExc_OSError).cast(),
        timeout_error: exception!(PyExc_TimeoutError).cast(),
    };
    // The table lasts as long as the process: C keeps its address in a static.
    let capsule = pycapsule::new(cx, Box::into_raw(Box::new(table)).cast(), CAPSULE.as_ptr())?.obj().give(cx)?;
    cx.call(|h| h.set_attr(module.as_ref(), name.as_ref(), Some(capsule.as_ref())))
}

const _: () = assert!(size_of::<PySocketSockObject>() == 56);
