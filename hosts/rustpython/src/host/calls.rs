//! Calls and numbers.

use emul::host::{BinaryOp, CallProtocol, HostObj, HostRef, HostResult, UnaryOp};
use rustpython::vm::builtins::PyFloat;
use rustpython::vm::function::FuncArgs;
use rustpython::vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::types::class_of;
use super::{RustPythonHost, get, owned, references, with};

impl CallProtocol for RustPythonHost {
    fn call(&self, callable: HostRef, args: &[HostRef], names: &[HostRef]) -> HostResult<HostObj> {
        with(|vm| {
            let values = references(args).to_vec();
            let positional = values.len() - names.len();
            let names = (!names.is_empty()).then(|| references(names));
            // C that calls Python that calls C pushes frames Python's own limit does not count.
            owned(vm.with_recursion("while calling a Python object", || {
                get(callable).vectorcall(values, positional, names, vm)
            }))
        })
    }

    fn call_new(&self, owner: HostRef, class: HostRef, args: &[HostRef], names: &[HostRef]) -> HostResult<HostObj> {
        let (owner, class) = (class_of(owner), class_of(class));
        with(|vm| {
            let values = references(args).to_vec();
            let positional = values.len() - names.len();
            let names = (!names.is_empty()).then(|| references(names));
            let args = FuncArgs::from_vectorcall_owned(values, positional, names);
            owned(match owner.slots().new.load() {
                Some(new) => new(class.to_owned(), args, vm),
                None => Err(vm.new_type_error(format!("cannot create '{}' instances", owner.slot_name()))),
            })
        })
    }

    fn binary(&self, op: BinaryOp, left: HostRef, right: HostRef, in_place: bool) -> HostResult<HostObj> {
        with(|vm| owned(binary(op, get(left), get(right), in_place, vm)))
    }

    fn power(&self, base: HostRef, exponent: HostRef, modulus: Option<HostRef>, in_place: bool) -> HostResult<HostObj> {
        with(|vm| {
            let modulus = modulus.map_or(vm.ctx.none.as_object(), get);
            owned(if in_place {
                vm._ipow(get(base), get(exponent), modulus)
            } else {
                vm._pow(get(base), get(exponent), modulus)
            })
        })
    }

    fn unary(&self, op: UnaryOp, operand: HostRef) -> HostResult<HostObj> {
        with(|vm| {
            let operand = get(operand);
            match op {
                UnaryOp::Negative => owned(vm._neg(operand)),
                UnaryOp::Positive => owned(vm._pos(operand)),
                UnaryOp::Absolute => owned(vm._abs(operand)),
                UnaryOp::Invert => owned(vm._invert(operand)),
                UnaryOp::Int => owned(operand.try_int(vm)),
                UnaryOp::Float => owned(float(operand, vm)),
                UnaryOp::Index => owned(operand.try_index(vm)),
            }
        })
    }
}

/// `float(x)`, text included.
fn float(operand: &PyObject, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
    if operand.downcast_ref_if_exact::<PyFloat>(vm).is_some() {
        return Ok(operand.to_owned());
    }
    vm.ctx.types.float_type.as_object().call((operand.to_owned(),), vm)
}

fn binary(op: BinaryOp, a: &PyObject, b: &PyObject, in_place: bool, vm: &VirtualMachine) -> PyResult {
    match (op, in_place) {
        (BinaryOp::Add, false) => vm._add(a, b),
        (BinaryOp::Add, true) => vm._iadd(a, b),
        (BinaryOp::Subtract, false) => vm._sub(a, b),
        (BinaryOp::Subtract, true) => vm._isub(a, b),
        (BinaryOp::Multiply, false) => vm._mul(a, b),
        (BinaryOp::Multiply, true) => vm._imul(a, b),
        (BinaryOp::Remainder, false) => vm._mod(a, b),
        (BinaryOp::Remainder, true) => vm._imod(a, b),
        (BinaryOp::Divmod, _) => vm._divmod(a, b),
        (BinaryOp::Lshift, false) => vm._lshift(a, b),
        (BinaryOp::Lshift, true) => vm._ilshift(a, b),
        (BinaryOp::Rshift, false) => vm._rshift(a, b),
        (BinaryOp::Rshift, true) => vm._irshift(a, b),
        (BinaryOp::And, false) => vm._and(a, b),
        (BinaryOp::And, true) => vm._iand(a, b),
        (BinaryOp::Xor, false) => vm._xor(a, b),
        (BinaryOp::Xor, true) => vm._ixor(a, b),
        (BinaryOp::Or, false) => vm._or(a, b),
        (BinaryOp::Or, true) => vm._ior(a, b),
        (BinaryOp::FloorDivide, false) => vm._floordiv(a, b),
        (BinaryOp::FloorDivide, true) => vm._ifloordiv(a, b),
        (BinaryOp::TrueDivide, false) => vm._truediv(a, b),
        (BinaryOp::TrueDivide, true) => vm._itruediv(a, b),
        (BinaryOp::MatrixMultiply, false) => vm._matmul(a, b),
        (BinaryOp::MatrixMultiply, true) => vm._imatmul(a, b),
    }
}
