//! The hash of built-in functions and bound methods: the host compares them by what they are bound to, and hashes them by where
//! they are, so that equal ones, each made for one access, are two keys of a dict.

use rustpython::vm::common::hash::PyHash;
use rustpython::vm::{AsObject, PyObject, PyResult, VirtualMachine};

/// Let equal functions have one hash.
pub(crate) fn install(vm: &VirtualMachine) {
    vm.ctx.types.builtin_function_or_method_type.slots.hash.store(Some(hash));
}

/// As CPython's, of the object it is bound to, by identity, and of the function.
fn hash(function: &PyObject, vm: &VirtualMachine) -> PyResult<PyHash> {
    let bound_to = function.get_attr("__self__", vm)?.get_id();
    let name = function.get_attr("__name__", vm)?.hash(vm)?;
    let both = bound_to.rotate_right(4) as PyHash ^ name;
    Ok(if both == -1 { -2 } else { both })
}
