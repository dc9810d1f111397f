//! RustPython as a [`Host`]: a word is the address of a `PyObject`, an owned word one of its strong references.
//!
//! RustPython counts references and never moves objects, so an address is identity enough and a borrowed handle costs
//! nothing. What needs an interpreter asks for this thread's `VirtualMachine`; what reads or makes plain values needs the
//! context alone, which is one for the process.

mod buffer;
mod calls;
mod cycles;
mod descriptors;
mod dict_compare;
mod dict_watch;
mod fork;
mod function;
mod function_call;
mod function_closure;
mod function_hash;
mod interpreters;
mod interrupt;
mod list_stamp;
mod memoryview;
mod objects;
mod payload;
mod powers;
mod runtime;
mod sequences;
mod soon;
mod tools;
mod trampolines;
mod type_docs;
mod types;
mod values;
mod wrong_arguments;

use std::ptr::NonNull;

use emul::host::{GcHooks, Host, HostObj, HostRef, HostResult, Offers};
use rustpython::vm::builtins::{PyBaseException, PyBaseExceptionRef};
use rustpython::vm::vm::thread;
use rustpython::vm::{AsObject, Context, PyObject, PyObjectRef, PyResult, VirtualMachine};

/// The host. It has no state of its own: RustPython's is in the current thread's `VirtualMachine`.
pub(crate) struct RustPythonHost;

/// The one instance, for [`emul::host::install`].
pub(crate) static HOST: RustPythonHost = RustPythonHost;

/// Remember what the host needs of the main interpreter. Once, before any Python code of the user's runs.
pub(crate) fn remember_vm(vm: &VirtualMachine) {
    runtime::remember_vm(vm);
    types::remember_builtins(vm);
    types::watch_classes(vm);
    types::install_object_new(vm);
    types::install_dict_contains(vm);
    type_docs::install(vm);
    types::watch_new_classes(vm);
    descriptors::prepare(vm);
    memoryview::install(vm);
    list_stamp::install(vm);
    function_hash::install(vm);
    wrong_arguments::install(vm);
    dict_compare::install(vm);
    sequences::install_reversed(vm).expect("builtins has reversed");
}

pub(crate) use interpreters::{end_all, ended, finish_calls_at_end, goes_on, introduce, override_check};
pub(crate) use runtime::take_calls;

impl Host for RustPythonHost {
    fn name(&self) -> &'static str {
        concat!("RustPython ", env!("PIERGLASS_HOST_VERSION"))
    }
}

/// What it can do beyond: it counts references, and has `sys.monitoring`.
pub(crate) const OFFERS: Offers = Offers {
    counting: Some(&HOST),
    tools: Some(&HOST),
    monitoring: Some(&HOST),
    interpreters: Some(&HOST),
    ..Offers::NONE
};

impl GcHooks for RustPythonHost {
    fn retain(&self, host: usize) -> usize {
        word(object(host).to_owned())
    }

    fn release(&self, host: usize) {
        // The last reference runs destructors, which need an interpreter. Without one it has ended, its objects with it.
        if object(host).strong_count() > 1 || thread::current_vm_is_set() {
            // SAFETY: the caller gives up a reference that `retain` or `word` made.
            drop(unsafe { reference(host) });
        }
    }

    fn identity(&self, host: usize) -> usize {
        host
    }

    fn only_reference(&self, host: usize) -> bool {
        object(host).strong_count() == 1
    }
}

/// Run `body` with this thread's interpreter.
pub(crate) fn run<T>(body: impl FnOnce(&VirtualMachine) -> PyResult<T>) -> HostResult<T> {
    with(|vm| result(body(vm)))
}

/// The context: types, singletons, interned names. One for the process.
fn ctx() -> &'static Context {
    Context::genesis()
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
    let pointer = NonNull::new(host as *mut PyObject).expect("a word is an address");
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

/// A borrowed handle of an object.
pub(crate) fn handle(object: &PyObject) -> HostRef {
    HostRef::from_word(object.as_raw() as usize).expect("references have addresses")
}

/// References as handles: both are one word, the object's address.
fn handles(objects: &[PyObjectRef]) -> &[HostRef] {
    const { assert!(size_of::<PyObjectRef>() == size_of::<HostRef>()) };
    // SAFETY: `PyObjectRef` is `repr(transparent)` over a non-null pointer to the object, `HostRef` over a non-zero word that
    // holds it; a borrowed slice drops nothing.
    unsafe { std::slice::from_raw_parts(objects.as_ptr().cast(), objects.len()) }
}

/// Handles as references, borrowed: the reverse of [`handles`].
fn references(handles: &[HostRef]) -> &[PyObjectRef] {
    // SAFETY: as in `handles`; the layer keeps the objects of borrowed handles alive for the call.
    unsafe { std::slice::from_raw_parts(handles.as_ptr().cast(), handles.len()) }
}

/// Run with this thread's interpreter.
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
    take(error).downcast::<PyBaseException>().unwrap_or_else(|other| {
        vm.new_type_error(format!("exceptions must derive from BaseException, not {}", other.class().name()))
    })
}

/// A result of the layer's as RustPython's.
pub(crate) fn returned(value: HostResult<HostObj>, vm: &VirtualMachine) -> PyResult {
    value.map(take).map_err(|error| raised(error, vm))
}

/// The mirror of a wrapper; `None` of an object that is the host's own.
pub(crate) fn mirror_of(wrapper: &PyObject) -> Option<*mut object_mirror::object::PyObject> {
    payload::mirror_of(wrapper).filter(|&mirror| emul::lifetime::is_in_c(mirror))
}

/// Owned handles as references.
pub(crate) fn references_of(handles: Vec<HostObj>) -> Vec<PyObjectRef> {
    handles.into_iter().map(take).collect()
}

/// Text that lives as long as the types that show it, which is for ever.
fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}
