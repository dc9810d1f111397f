//! Another closure for a function written in Python (`PyFunction_SetClosure`): RustPython gives a function its cells when it is
//! made, and no other ones later.
//!
//! The place of the word in the function's struct that refers to the closure is found by looking at a function that has one and
//! at one that has none.

use std::mem::size_of;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::AcqRel, Ordering::Relaxed};

use rustpython::vm::builtins::{PyFunction, PyTuple};
use rustpython::vm::compiler::Mode;
use rustpython::vm::{PyObject, PyResult, VirtualMachine};

use super::{reference, word};

/// Set the closure, a tuple of cells, as many as the function's code has names for: that is the caller's to see to.
pub(crate) fn set(function: &PyObject, closure: Option<&PyObject>, vm: &VirtualMachine) -> PyResult<()> {
    static PLACE: OnceLock<Option<usize>> = OnceLock::new();
    let (Some(place), Some(payload)) = (*PLACE.get_or_init(|| find(vm)), function.downcast_ref::<PyFunction>()) else {
        return Err(vm.new_not_implemented_error("the place of a function's closure was not found"));
    };
    let new = closure.map_or(0, |closure| word(closure.to_owned()));
    let old = word_at(payload, place).swap(new, AcqRel);
    if old != 0 {
        // SAFETY: the struct held a reference to its closure there, which is ours now.
        drop(unsafe { reference(old) });
    }
    Ok(())
}

fn word_at(function: &PyFunction, place: usize) -> &AtomicUsize {
    // SAFETY: `place` is that of a whole, aligned word within the struct.
    unsafe { &*std::ptr::from_ref(function).byte_add(place).cast::<AtomicUsize>() }
}

/// Where one function has the address of its closure, and another, which has none, zero: if there is but one such place.
fn find(vm: &VirtualMachine) -> Option<usize> {
    let outer = sample(vm).ok()?;
    let inner = outer.call((), vm).ok()?;
    let closure = inner.get_attr("__closure__", vm).ok().filter(|closure| closure.downcastable::<PyTuple>())?;
    let address = std::ptr::from_ref::<PyObject>(&closure) as usize;
    let (with, without) = (inner.downcast_ref::<PyFunction>()?, outer.downcast_ref::<PyFunction>()?);
    let mut places = (0..size_of::<PyFunction>())
        .step_by(size_of::<usize>())
        .filter(|&place| word_at(with, place).load(Relaxed) == address && word_at(without, place).load(Relaxed) == 0);
    places.next().filter(|_| places.next().is_none())
}

/// A function that returns one with a closure.
fn sample(vm: &VirtualMachine) -> PyResult {
    let scope = vm.new_scope_with_builtins();
    let source = "def outer():\n    cell = None\n    def inner():\n        return cell\n    return inner\n";
    let code = vm
        .compile(source, Mode::Exec, "<closure>".to_owned())
        .map_err(|error| error.into_pyexception(vm, Some(source)))?;
    vm.run_code_obj(code, scope.clone())?;
    scope.globals.get_item("outer", vm)
}
