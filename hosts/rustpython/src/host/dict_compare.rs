//! `==` of dicts of which one is of a derived class: the host asks that class for the items, CPython looks in the dict itself.

use std::sync::OnceLock;

use rustpython::vm::builtins::PyDict;
use rustpython::vm::function::{Either, PyComparisonValue};
use rustpython::vm::types::PyComparisonOp;
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::descriptors;

type Compare =
    fn(&PyObject, &PyObject, PyComparisonOp, &VirtualMachine) -> PyResult<Either<PyObjectRef, PyComparisonValue>>;

static HOST: OnceLock<Compare> = OnceLock::new();

/// Before any class derives from `dict`: slots are inherited when a class is made.
pub(crate) fn install(vm: &VirtualMachine) {
    let slot = &vm.ctx.types.dict_type.slots().richcompare;
    if let Some(host) = slot.load()
        && HOST.set(host).is_ok()
    {
        slot.store(Some(compare));
        for name in ["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"] {
            descriptors::rewrap(vm.ctx.types.dict_type, name, host as usize, compare as Compare as usize, vm);
        }
    }
}

fn compare(
    left: &PyObject,
    right: &PyObject,
    op: PyComparisonOp,
    vm: &VirtualMachine,
) -> PyResult<Either<PyObjectRef, PyComparisonValue>> {
    let host = HOST.get().expect("stored before this function was");
    let is_exact = |dict: &PyObject| dict.class().is(vm.ctx.types.dict_type);
    if is_exact(left) && is_exact(right) {
        return host(left, right, op, vm);
    }
    let answer = |equal| Ok(Either::B(PyComparisonValue::Implemented(equal)));
    match (left.downcast_ref::<PyDict>(), right.downcast_ref::<PyDict>(), op) {
        (Some(left), Some(right), PyComparisonOp::Eq) => answer(are_equal(left, right, vm)?),
        (Some(left), Some(right), PyComparisonOp::Ne) => answer(!are_equal(left, right, vm)?),
        _ => host(left, right, op, vm),
    }
}

fn are_equal(left: &Py<PyDict>, right: &Py<PyDict>, vm: &VirtualMachine) -> PyResult<bool> {
    if left.__len__() != right.__len__() {
        return Ok(false);
    }
    for (key, value) in left.items_vec() {
        let Some(other) = right.inner_getitem_opt(&*key, vm)? else { return Ok(false) };
        if !vm.identical_or_equal(&value, &other)? {
            return Ok(false);
        }
    }
    Ok(true)
}
