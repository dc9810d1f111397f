//! `nb_power` of C's types and of the Python classes below them: an operation of three objects, each of which may have the answer.
//!
//! RustPython asks the first object's slot, the second's reflected one, then the third's slot, and does not say for which of them it
//! calls. A class that has `__pow__` from C has C's function, as in CPython; one that defines `__pow__` or `__rpow__` in Python has
//! functions that look them up, and with three objects only for the first of them.

use emul::slots::{self, Slot};
use rustpython::vm::builtins::PyType;
use rustpython::vm::types::PyTypeSlots;
use rustpython::vm::{Py, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::sequences::definer;
use super::{handle, returned, types};

type Power = fn(&PyObject, &PyObject, &PyObject, &VirtualMachine) -> PyResult;

/// Fill the slots of the class of a C type with the slot.
pub(super) fn install(class: &PyTypeSlots) {
    class.as_number.power.store(Some(of_c));
    class.as_number.right_power.store(Some(|a, b, c, vm| call_c(Slot::NbPower, b, [a, b, c], vm)));
}

/// The same for `nb_inplace_power`.
pub(super) fn install_in_place(class: &PyTypeSlots) {
    class.as_number.inplace_power.store(Some(|a, b, c, vm| call_c(Slot::NbInplacePower, a, [a, b, c], vm)));
}

/// Fill the slots of a Python class below a C type, as they follow from who defines the methods.
pub(super) fn inherit(class: &Py<PyType>) {
    let definers = [definer(class, "__pow__"), definer(class, "__rpow__")];
    if !definers.iter().flatten().any(|definer| types::is_c_class(definer)) {
        return;
    }
    let slots = class.slots();
    if definers.iter().flatten().all(|definer| types::is_c_class(definer)) {
        install(slots);
    } else {
        slots.as_number.power.store(Some(looked_up));
        slots.as_number.right_power.store(Some(looked_up_right));
    }
}

/// Whether the first object's class has that slot: else it is called for the third one.
fn is_slot_of(a: &PyObject, function: Power) -> bool {
    a.class().slots().as_number.power.load().is_some_and(|own| std::ptr::fn_addr_eq(own, function))
}

fn call_c(slot: Slot, owner: &PyObject, operands: [&PyObject; 3], vm: &VirtualMachine) -> PyResult {
    let [base, exponent, modulus] = operands;
    let modulus = (!vm.is_none(modulus)).then(|| handle(modulus));
    returned(slots::ternary(slot, handle(owner), handle(base), handle(exponent), modulus), vm)
}

fn of_c(a: &PyObject, b: &PyObject, c: &PyObject, vm: &VirtualMachine) -> PyResult {
    call_c(Slot::NbPower, if is_slot_of(a, of_c) { a } else { c }, [a, b, c], vm)
}

fn looked_up(a: &PyObject, b: &PyObject, c: &PyObject, vm: &VirtualMachine) -> PyResult {
    if !is_slot_of(a, looked_up) {
        return Ok(vm.ctx.not_implemented());
    }
    let mut args: Vec<PyObjectRef> = vec![b.to_owned()];
    args.extend((!vm.is_none(c)).then(|| c.to_owned()));
    vm.call_special_method(a, vm.ctx.intern_str("__pow__"), args)
}

fn looked_up_right(a: &PyObject, b: &PyObject, c: &PyObject, vm: &VirtualMachine) -> PyResult {
    if !vm.is_none(c) {
        return Ok(vm.ctx.not_implemented());
    }
    vm.call_special_method(b, vm.ctx.intern_str("__rpow__"), (a.to_owned(),))
}
