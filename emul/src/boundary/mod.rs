//! The one door between C and our code: `Cx`, the boundary that catches panics, and what may be said with safe types.
//!
//! A function of the API is declared once, with `#[capi]`, in terms of the types of [`convert`]; the attribute wraps it in
//! [`enter`]. An error is *set in the thread state*, where C looks for it; [`Raised`] is the proof that it is.

mod convert;

use std::any::Any;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use object_mirror::object::PyObject;

pub(crate) use convert::null_argument;
pub use convert::{Borrowed, FromC, IntoC, New, Obj, Out, Stolen, Text};

use crate::cross;
use crate::host::{Host, HostObj, HostRef, HostResult, host};
use crate::pystate;

/// The error is set in the thread state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised(());

/// A result whose error is already where C looks for it.
pub type Result<T, E = Raised> = std::result::Result<T, E>;

/// Proof that this thread runs inside the boundary with the extension lock held.
#[derive(Clone, Copy)]
pub struct Cx<'a>(PhantomData<(&'a (), *const ())>);

impl<'a> Cx<'a> {
    /// The context of code that C called.
    ///
    /// # Safety
    /// The extension lock is held by this thread for `'a`.
    pub const unsafe fn assume() -> Self {
        Self(PhantomData)
    }

    /// Set `exception` as the pending error.
    pub fn raise(self, exception: HostObj) -> Raised {
        let mirror = cross::to_c(exception.as_ref());
        pystate::set_current_exception(mirror.into_ptr());
        Raised(())
    }

    /// Set an error of the builtin class `class` with a message.
    pub fn error(self, class: &str, message: impl AsRef<str>) -> Raised {
        let message = host().new_str(message.as_ref().as_bytes());
        self.error_with(class, message.as_ref())
    }

    /// Set an error of the builtin class `class`, made with one argument.
    pub fn error_with(self, class: &str, argument: HostRef) -> Raised {
        let Some(class) = host().builtin_class(class) else {
            unreachable!("the host lacks a builtin exception class");
        };
        match self.unlocked(|h| h.call(class.as_ref(), &[argument], &[])) {
            Ok(exception) | Err(exception) => {
                crate::pyerrors::chain(self, exception.as_ref());
                self.raise(exception)
            }
        }
    }

    /// `TypeError(message)`.
    pub fn type_error(self, message: impl AsRef<str>) -> Raised {
        self.error("TypeError", message)
    }

    /// `ValueError(message)`.
    pub fn value_error(self, message: impl AsRef<str>) -> Raised {
        self.error("ValueError", message)
    }

    /// `SystemError(message)`.
    pub fn system_error(self, message: impl AsRef<str>) -> Raised {
        self.error("SystemError", message)
    }

    /// MemoryError where so many bytes cannot be had: for sizes that C names, before anything of them is read.
    pub(crate) fn expect_memory(self, size: usize) -> Result<()> {
        if size < 1 << 30 || Vec::<u8>::new().try_reserve_exact(size).is_ok() {
            return Ok(());
        }
        Err(self.error("MemoryError", ""))
    }

    /// CPython's `PyErr_BadInternalCall`.
    pub fn bad_internal_call(self) -> Raised {
        self.system_error("bad argument to internal function")
    }

    /// The error that C left set; a SystemError where it set none.
    pub fn pending(self) -> Raised {
        if pystate::current_exception().is_null() {
            return self.system_error("error return without exception set");
        }
        Raised(())
    }

    /// Whether an error is pending.
    pub fn has_error(self) -> bool {
        !pystate::current_exception().is_null()
    }

    /// Take the pending error away.
    pub fn take_error(self) -> Option<HostObj> {
        let mirror = pystate::take_current_exception();
        // SAFETY: the thread state owned one reference to it, which is ours now.
        (!mirror.is_null()).then(|| unsafe { cross::consume(mirror) })
    }

    /// The host, for its *leaf* methods only.
    pub fn host(self) -> &'static dyn Host {
        host()
    }

    /// Call the host with the extension lock released: for everything that may run Python code or wait.
    pub fn unlocked<T>(self, call: impl FnOnce(&'static dyn Host) -> T) -> T {
        let _released = crate::lock::release();
        call(host())
    }

    /// Call the host with the lock released, and set the error it reports.
    pub fn call<T>(self, call: impl FnOnce(&'static dyn Host) -> HostResult<T>) -> Result<T> {
        self.unlocked(call).map_err(|exception| {
            crate::pyerrors::chain_new(self, exception.as_ref());
            self.raise(exception)
        })
    }

    /// As [`Cx::call`], with the resulting object crossed into C.
    pub fn object(self, call: impl FnOnce(&'static dyn Host) -> HostResult<HostObj>) -> Result<New> {
        let object = self.call(call)?;
        Ok(self.to_c(object))
    }

    /// Cross a host object into C as a new reference, valid at least until the C frame that runs returns.
    pub fn to_c(self, object: HostObj) -> New {
        cross::to_c_owned(object)
    }

    /// As [`Cx::to_c`], for a container that was just made and that nobody else refers to.
    pub(crate) fn to_c_fresh(self, object: HostObj) -> New {
        cross::to_c_fresh(object)
    }

    /// Cross an object from C to the host, which may keep it.
    pub fn give(self, object: Obj<'_>) -> Result<HostObj> {
        cross::to_host(self, object)
    }

    /// A new reference to `None`.
    pub fn none(self) -> New {
        New::from_static(crate::statics::none())
    }

    /// Call the method `name` that the builtin class `class` defines, on `self_`, past what subclasses override.
    pub fn call_builtin_method(self, class: &str, name: &str, args: &[HostRef]) -> Result<HostObj> {
        let Some(class) = host().builtin_class(class) else {
            return Err(self.system_error(format!("the host has no class {class}")));
        };
        let method = self.attr_str(class.as_ref(), name)?;
        self.call(|h| h.call(method.as_ref(), args, &[]))
    }

    /// Call `object.name(*args)`.
    pub fn call_method(self, object: HostRef, name: &str, args: &[HostRef]) -> Result<HostObj> {
        let method = self.attr_str(object, name)?;
        self.call(|h| h.call(method.as_ref(), args, &[]))
    }

    /// `getattr(object, name)` for a name we know.
    pub fn attr_str(self, object: HostRef, name: &str) -> Result<HostObj> {
        let name = host().new_str(name.as_bytes());
        self.call(|h| h.get_attr(object, name.as_ref()))
    }

    /// Call `module.function(*args)`, importing the module.
    pub fn call_function(self, module: &str, function: &str, args: &[HostRef]) -> Result<HostObj> {
        if module == "sys"
            && let Some(function) = host().sys_attr(function)
        {
            // There even when nothing can be imported any more.
            return self.call(|h| h.call(function.as_ref(), args, &[]));
        }
        let module = self.call(|h| h.import(module))?;
        self.call_method(module.as_ref(), function, args)
    }

    /// A host str of `text`.
    pub fn str(self, text: &str) -> HostObj {
        host().new_str(text.as_bytes())
    }
}

/// A function whose arguments are wrong has no result to put there.
///
/// # Safety
/// C passes a place, or NULL.
pub unsafe fn no_result(place: *mut *mut PyObject) {
    if !place.is_null() {
        // SAFETY: the caller's contract.
        unsafe { *place = std::ptr::null_mut() };
    }
}

/// Run `body` for C: with the lock held (C's caller holds it), panics caught and turned into SystemError.
///
/// # Safety
/// Called by C code that holds the extension lock, with arguments as the function's C contract asks.
#[inline]
pub unsafe fn enter<R: IntoC>(name: &'static str, body: impl FnOnce(Cx<'static>) -> Result<R>) -> R::C {
    // SAFETY: the caller holds the lock for the length of this call, and `body` does not outlive it.
    let cx = unsafe { Cx::assume() };
    match catch_unwind(AssertUnwindSafe(|| body(cx))) {
        Ok(Ok(result)) => result.into_c(),
        Ok(Err(Raised(()))) => R::failed(),
        Err(panic) => {
            panicked(cx, name, &*panic);
            R::failed()
        }
    }
}

#[cold]
fn panicked(cx: Cx<'_>, name: &str, panic: &(dyn Any + Send)) {
    cx.system_error(format!("{name}: {}", panic_message(panic)));
}

/// The text of a panic.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("internal error")
}

/// The pointer of an optional object, NULL for none.
pub(crate) fn optional(object: Option<Obj<'_>>) -> *mut PyObject {
    object.map_or(std::ptr::null_mut(), Obj::as_ptr)
}
