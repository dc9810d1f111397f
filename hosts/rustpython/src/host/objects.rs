//! Objects, attributes, calls, numbers.

use emul::host::{BinaryOp, CallProtocol, Compare, DictProtocol, HostObj, HostRef, HostResult, Kind, ObjectProtocol, UnaryOp};
use rustpython::vm::builtins::{
    PyBaseException, PyByteArray, PyBytes, PyComplex, PyDict, PyEllipsis, PyFloat, PyFrozenSet, PyInt, PyList, PyModule,
    PyNone, PyNotImplemented, PySet, PyStr, PyTuple, PyType,
};
use rustpython::vm::function::{FuncArgs, PySetterValue};
use rustpython::vm::protocol::{PyIter, PyIterReturn};
use rustpython::vm::types::PyComparisonOp;
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::payload::{CFunction, CInstance};
use super::{RustPythonHost, get, handle, own, owned, result, with};

fn str_of<'a>(name: HostRef) -> Result<&'a Py<PyStr>, HostObj> {
    get(name).downcast_ref::<PyStr>().ok_or_else(|| {
        with(|vm| own(vm.new_type_error(format!("attribute name must be string, not '{}'", get(name).class().name()))))
    })
}

fn setter(value: Option<HostRef>) -> PySetterValue {
    match value {
        Some(value) => PySetterValue::Assign(get(value).to_owned()),
        None => PySetterValue::Delete,
    }
}

impl ObjectProtocol for RustPythonHost {
    fn kind(&self, object: HostRef) -> Kind {
        let object = get(object);
        if let Some(instance) = object.downcast_ref::<CInstance>() {
            return Kind::CInstance(instance.mirror());
        }
        if let Some(function) = object.downcast_ref::<CFunction>() {
            return Kind::CInstance(function.mirror());
        }
        if let Some(int) = object.downcast_ref::<PyInt>() {
            return with(|vm| {
                if object.is(&vm.ctx.true_value) {
                    Kind::True
                } else if object.is(&vm.ctx.false_value) {
                    Kind::False
                } else {
                    let _ = int;
                    Kind::Int
                }
            });
        }
        macro_rules! kinds {
            ($($payload:ty => $kind:ident),*) => {$(
                if object.downcastable::<$payload>() {
                    return Kind::$kind;
                }
            )*};
        }
        kinds!(
            PyStr => Str, PyTuple => Tuple, PyDict => Dict, PyList => List, PyBytes => Bytes, PyFloat => Float,
            PyNone => None, PyType => Type, PyModule => Module, PyBaseException => Exception, PyByteArray => ByteArray,
            PySet => Set, PyFrozenSet => FrozenSet, PyComplex => Complex, PyNotImplemented => NotImplemented,
            PyEllipsis => Ellipsis
        );
        if object.downcastable::<rustpython::vm::builtins::PyBoundMethod>() {
            return Kind::Method;
        }
        with(|vm| if object.fast_isinstance(vm.ctx.exceptions.base_exception_type) { Kind::Exception } else { Kind::Other })
    }

    fn type_of(&self, object: HostRef) -> HostRef {
        handle(get(object).class().as_object())
    }

    fn get_attr(&self, object: HostRef, name: HostRef) -> HostResult<HostObj> {
        let name = str_of(name)?;
        with(|vm| owned(get(object).get_attr(name, vm)))
    }

    fn set_attr(&self, object: HostRef, name: HostRef, value: Option<HostRef>) -> HostResult<()> {
        let name = str_of(name)?;
        with(|vm| {
            let interned = vm.ctx.intern_str(name.as_wtf8());
            result(get(object).call_set_attr(vm, interned, setter(value)))
        })
    }

    fn generic_get_attr(&self, object: HostRef, name: HostRef) -> HostResult<HostObj> {
        let name = str_of(name)?;
        with(|vm| owned(get(object).generic_getattr(name, vm)))
    }

    fn generic_set_attr(&self, object: HostRef, name: HostRef, value: Option<HostRef>) -> HostResult<()> {
        let name = str_of(name)?;
        with(|vm| result(get(object).generic_setattr(name, setter(value), vm)))
    }

    fn instance_dict(&self, object: HostRef) -> Option<HostObj> {
        with(|vm| {
            let object = get(object);
            if !object.has_instance_dict() {
                return None;
            }
            object.dict().or_else(|| object.get_attr("__dict__", vm).ok()?.downcast().ok()).map(own)
        })
    }

    fn repr(&self, object: HostRef) -> HostResult<HostObj> {
        with(|vm| owned(get(object).repr(vm)))
    }

    fn str(&self, object: HostRef) -> HostResult<HostObj> {
        with(|vm| owned(get(object).str(vm)))
    }

    fn hash(&self, object: HostRef) -> HostResult<isize> {
        with(|vm| result(get(object).hash(vm).map(|hash| hash as isize)))
    }

    fn is_true(&self, object: HostRef) -> HostResult<bool> {
        with(|vm| result(get(object).to_owned().is_true(vm)))
    }

    fn rich_compare(&self, left: HostRef, right: HostRef, op: Compare) -> HostResult<HostObj> {
        let op = match op {
            Compare::Lt => PyComparisonOp::Lt,
            Compare::Le => PyComparisonOp::Le,
            Compare::Eq => PyComparisonOp::Eq,
            Compare::Ne => PyComparisonOp::Ne,
            Compare::Gt => PyComparisonOp::Gt,
            Compare::Ge => PyComparisonOp::Ge,
        };
        with(|vm| owned(get(left).to_owned().rich_compare(get(right).to_owned(), op, vm)))
    }

    fn is_instance(&self, object: HostRef, class: HostRef) -> HostResult<bool> {
        with(|vm| result(get(object).is_instance(get(class), vm)))
    }

    fn is_subclass(&self, class: HostRef, of: HostRef) -> HostResult<bool> {
        with(|vm| result(get(class).is_subclass(get(of), vm)))
    }

    fn length(&self, object: HostRef) -> HostResult<usize> {
        with(|vm| result(get(object).length(vm)))
    }

    fn get_item(&self, object: HostRef, key: HostRef) -> HostResult<HostObj> {
        with(|vm| owned(get(object).get_item(get(key), vm)))
    }

    fn set_item(&self, object: HostRef, key: HostRef, value: Option<HostRef>) -> HostResult<()> {
        with(|vm| {
            result(match value {
                Some(value) => get(object).set_item(get(key), get(value).to_owned(), vm),
                None => get(object).del_item(get(key), vm),
            })
        })
    }

    fn contains(&self, object: HostRef, item: HostRef) -> HostResult<bool> {
        with(|vm| result(vm._contains(get(object), get(item))))
    }

    fn iter(&self, object: HostRef) -> HostResult<HostObj> {
        with(|vm| owned(get(object).get_iter(vm).map(PyObjectRef::from)))
    }

    fn next(&self, iterator: HostRef) -> HostResult<Option<HostObj>> {
        with(|vm| match PyIter::new(get(iterator).to_owned()).next(vm) {
            Ok(PyIterReturn::Return(item)) => Ok(Some(own(item))),
            Ok(PyIterReturn::StopIteration(_)) => Ok(None),
            Err(error) => Err(own(error)),
        })
    }

    fn is_iterator(&self, object: HostRef) -> bool {
        PyIter::<PyObjectRef>::check(get(object))
    }

    fn is_callable(&self, object: HostRef) -> bool {
        get(object).is_callable()
    }
}

fn call(callable: &PyObject, args: &[HostRef], names: &[HostRef], vm: &VirtualMachine) -> PyResult {
    let positional = args.len() - names.len();
    let values: Vec<PyObjectRef> = args.iter().map(|&argument| get(argument).to_owned()).collect();
    if names.is_empty() {
        return callable.call_with_args(FuncArgs::from(values), vm);
    }
    let names: Vec<PyObjectRef> = names.iter().map(|&name| get(name).to_owned()).collect();
    callable.vectorcall(values, positional, Some(&names), vm)
}

impl CallProtocol for RustPythonHost {
    fn call(&self, callable: HostRef, args: &[HostRef], names: &[HostRef]) -> HostResult<HostObj> {
        with(|vm| owned(call(get(callable), args, names, vm)))
    }

    fn binary(&self, op: BinaryOp, left: HostRef, right: HostRef, in_place: bool) -> HostResult<HostObj> {
        with(|vm| {
            let (a, b) = (get(left), get(right));
            owned(match (op, in_place) {
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
            })
        })
    }

    fn power(&self, base: HostRef, exponent: HostRef, modulus: Option<HostRef>, in_place: bool) -> HostResult<HostObj> {
        with(|vm| {
            let none = vm.ctx.none();
            let modulus = modulus.map_or(&*none, get);
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
                UnaryOp::Float => owned(operand.try_float(vm)),
                UnaryOp::Index => owned(operand.try_index(vm)),
            }
        })
    }
}

impl DictProtocol for RustPythonHost {
    fn dict_get(&self, dict: HostRef, key: HostRef) -> HostResult<Option<HostObj>> {
        with(|vm| result(dict_of(dict).inner_getitem_opt(get(key), vm).map(|value| value.map(own))))
    }

    fn dict_set(&self, dict: HostRef, key: HostRef, value: HostRef) -> HostResult<()> {
        with(|vm| result(dict_of(dict).inner_setitem(get(key), get(value).to_owned(), vm)))
    }

    fn dict_remove(&self, dict: HostRef, key: HostRef) -> HostResult<Option<HostObj>> {
        with(|vm| {
            let dict = dict_of(dict);
            let value = result(dict.inner_getitem_opt(get(key), vm))?;
            if value.is_some() {
                result(dict.del_item(get(key), vm))?;
            }
            Ok(value.map(own))
        })
    }
}

/// The dict a handle names.
pub(super) fn dict_of<'a>(dict: HostRef) -> &'a Py<PyDict> {
    get(dict).downcast_ref::<PyDict>().expect("the layer passes dicts to dict operations")
}
