//! RustPython as a [`Host`]: a word is the address of a `PyObject`, an owned word one of its strong references.

mod objects;
mod payload;
mod runtime;
mod trampolines;
mod types;
mod values;

use emul::host::{GcHooks, Host, HostObj, HostRef, HostResult};
use rustpython::vm::builtins::{PyBaseException, PyBaseExceptionRef};
use rustpython::vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine, vm::thread};

pub(crate) use runtime::remember_vm;

/// The host. It has no state of its own: RustPython's is in the current thread's `VirtualMachine`.
pub(crate) struct RustPythonHost;

/// The one instance, for [`emul::host::install`].
pub(crate) static HOST: RustPythonHost = RustPythonHost;

impl Host for RustPythonHost {
    fn name(&self) -> &'static str {
        "RustPython 0.6.0"
    }
}

impl GcHooks for RustPythonHost {
    fn retain(&self, host: usize) -> usize {
        word(object(host).to_owned())
    }

    fn release(&self, host: usize) {
        if thread::current_vm_is_set() {
            // SAFETY: the caller gives up a reference that `retain` or `word` made.
            drop(unsafe { reference(host) });
        }
        // Without a VM the interpreter is gone, and its objects with it.
    }

    fn identity(&self, host: usize) -> usize {
        host
    }

    fn only_reference(&self, host: usize) -> bool {
        object(host).strong_count() == 1
    }
}

/// The object that a word names. Handles are live as long as they are used: the layer's contract.
fn object<'a>(host: usize) -> &'a PyObject {
    // SAFETY: words are addresses of live `PyObject`s.
    unsafe { &*(host as *const PyObject) }
}

/// The object of a borrowed handle.
fn get<'a>(handle: HostRef) -> &'a PyObject {
    object(handle.word())
}

/// # Safety
/// `host` is an owned word, given up by the caller.
unsafe fn reference(host: usize) -> PyObjectRef {
    let pointer = std::ptr::NonNull::new(host as *mut PyObject).expect("a word is an address");
    // SAFETY: the caller's contract.
    unsafe { PyObjectRef::from_raw(pointer) }
}

/// The owned word of a reference.
fn word(object: PyObjectRef) -> usize {
    object.into_raw().as_ptr() as usize
}

/// A reference as an owned handle.
pub(crate) fn own(object: impl Into<PyObjectRef>) -> HostObj {
    // SAFETY: the word is a fresh owned reference.
    unsafe { HostObj::from_word(word(object.into())) }.expect("references have addresses")
}

/// An owned handle as a reference.
pub(crate) fn take(handle: HostObj) -> PyObjectRef {
    // SAFETY: the handle's reference is ours now.
    unsafe { reference(handle.into_word()) }
}

/// A borrowed handle of a reference.
pub(crate) fn handle(object: &PyObject) -> HostRef {
    HostRef::from_word(object.as_raw() as usize).expect("references have addresses")
}

/// References as handles: both are one word, the object's address.
pub(crate) fn handles(objects: &[PyObjectRef]) -> &[HostRef] {
    const { assert!(size_of::<PyObjectRef>() == size_of::<HostRef>()) };
    // SAFETY: `PyObjectRef` is a non-null pointer to the object, `HostRef` a non-zero word holding it.
    unsafe { std::slice::from_raw_parts(objects.as_ptr().cast(), objects.len()) }
}

/// Run with this thread's VM.
fn with<R>(f: impl FnOnce(&VirtualMachine) -> R) -> R {
    thread::with_current_vm(f)
}

/// A result of RustPython's as the layer's.
fn result<T>(result: PyResult<T>) -> HostResult<T> {
    result.map_err(own)
}

/// A resulting object.
fn owned<T: Into<PyObjectRef>>(value: PyResult<T>) -> HostResult<HostObj> {
    value.map(own).map_err(own)
}

/// The layer's error as RustPython's.
pub(crate) fn raised(error: HostObj, vm: &VirtualMachine) -> PyBaseExceptionRef {
    take(error)
        .downcast::<PyBaseException>()
        .unwrap_or_else(|other| vm.new_type_error(format!("exceptions must derive from BaseException, not {}", other.class().name())))
}

/// A result of the layer's as RustPython's.
pub(crate) fn returned(value: HostResult<HostObj>, vm: &VirtualMachine) -> PyResult {
    value.map(take).map_err(|error| raised(error, vm))
}

