//! Objects, attributes, dicts.

use emul::host::{Compare, DictProtocol, HostObj, HostRef, HostResult, Kind, ObjectProtocol};
use rustpython::vm::builtins::{
    PyBaseException, PyBoundMethod, PyByteArray, PyBytes, PyComplex, PyDict, PyFloat, PyFrozenSet, PyInt, PyList,
    PyModule, PySet, PyStr, PyTuple, PyType, object_generic_set_dict, object_get_dict,
};
use rustpython::vm::function::PySetterValue;
use rustpython::vm::protocol::{PyIter, PyIterReturn, PyMapping};
use rustpython::vm::types::PyComparisonOp;
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, VirtualMachine};

use super::payload::CInstance;
use super::{RustPythonHost, ctx, get, handle, own, owned, result, take, types, with};

fn name_of<'a>(name: HostRef) -> HostResult<&'a Py<PyStr>> {
    get(name).downcast_ref::<PyStr>().ok_or_else(|| {
        let message = format!("attribute name must be string, not '{}'", get(name).class().name());
        with(|vm| own(vm.new_type_error(message)))
    })
}

pub(super) fn setter(value: Option<HostRef>) -> PySetterValue {
    match value {
        Some(value) => PySetterValue::Assign(get(value).to_owned()),
        None => PySetterValue::Delete,
    }
}

fn kind_of_int(object: &PyObject) -> Kind {
    let ctx = ctx();
    if object.is(&ctx.true_value) {
        return Kind::True;
    }
    if object.is(&ctx.false_value) { Kind::False } else { Kind::Int }
}

fn singleton_kind(object: &PyObject) -> Kind {
    let ctx = ctx();
    if object.is(&ctx.none) {
        Kind::None
    } else if object.is(&ctx.not_implemented) {
        Kind::NotImplemented
    } else if object.is(&ctx.ellipsis) {
        Kind::Ellipsis
    } else {
        Kind::Other
    }
}

impl ObjectProtocol for RustPythonHost {
    fn kind(&self, object: HostRef) -> Kind {
        let object = get(object);
        if let Some(instance) = object.downcast_ref::<CInstance>() {
            instance.check_class(object);
            return Kind::CInstance(instance.mirror());
        }
        macro_rules! kinds {
            ($($payload:ty => $kind:expr),* $(,)?) => {$(
                if object.downcastable::<$payload>() {
                    return $kind;
                }
            )*};
        }
        // By frequency in calls; each test compares a type id.
        kinds!(
            PyStr => Kind::Str,
            PyInt => kind_of_int(object),
            PyTuple => Kind::Tuple,
            PyDict => Kind::Dict,
            PyList => Kind::List,
            PyFloat => Kind::Float,
            PyBytes => Kind::Bytes,
            PyType => Kind::Type,
            PyModule => Kind::Module,
            PyBaseException => Kind::Exception,
            PyBoundMethod => Kind::Method,
            PySet => Kind::Set,
            PyFrozenSet => Kind::FrozenSet,
            PyByteArray => Kind::ByteArray,
            PyComplex => Kind::Complex,
        );
        singleton_kind(object)
    }

    fn type_of(&self, object: HostRef) -> HostRef {
        let class = get(object).class();
        if super::dict_watch::is_class(class) {
            return handle(ctx().types.dict_type.as_object());
        }
        handle(class.as_object())
    }

    fn get_attr(&self, object: HostRef, name: HostRef) -> HostResult<HostObj> {
        let name = name_of(name)?;
        with(|vm| owned(get(object).get_attr(name, vm)))
    }

    fn set_attr(&self, object: HostRef, name: HostRef, value: Option<HostRef>) -> HostResult<()> {
        let name = name_of(name)?;
        with(|vm| {
            // An attribute that is set is found by its interned name.
            let name = vm.ctx.intern_str(name.as_wtf8());
            if let Some(class) = types::class_being_made(get(object)) {
                return result(types::define(class, name, setter(value), vm));
            }
            result(get(object).call_set_attr(vm, name, setter(value)))
        })
    }

    fn set_attr_as(&self, class: HostRef, object: HostRef, name: HostRef, value: Option<HostRef>) -> HostResult<()> {
        let setattro = get(class).downcast_ref::<PyType>().and_then(|class| class.slots().setattro.load());
        let Some(setattro) = setattro else { return self.set_attr(object, name, value) };
        let name = name_of(name)?;
        with(|vm| {
            let name = vm.ctx.intern_str(name.as_wtf8());
            if let Some(class) = types::class_being_made(get(object)) {
                return result(types::define(class, name, setter(value), vm));
            }
            result(setattro(get(object), name, setter(value), vm))
        })
    }

    fn generic_get_attr(&self, object: HostRef, name: HostRef) -> HostResult<HostObj> {
        let name = name_of(name)?;
        with(|vm| owned(get(object).generic_getattr(name, vm)))
    }

    fn generic_set_attr(&self, object: HostRef, name: HostRef, value: Option<HostRef>) -> HostResult<()> {
        let name = name_of(name)?;
        with(|vm| result(get(object).generic_setattr(vm.ctx.intern_str(name.as_wtf8()), setter(value), vm)))
    }

    fn instance_dict(&self, object: HostRef) -> Option<HostObj> {
        if get(object).downcastable::<PyType>() {
            return None;
        }
        with(|vm| object_get_dict(get(object).to_owned(), vm).ok().map(own))
    }

    fn present_instance_dict(&self, object: HostRef) -> Option<HostObj> {
        get(object).dict().map(|dict| own(PyObjectRef::from(dict)))
    }

    fn set_instance_dict(&self, object: HostRef, dict: HostObj) -> bool {
        let value: PySetterValue = PySetterValue::Assign(take(dict));
        with(|vm| object_generic_set_dict(get(object).to_owned(), value, vm).is_ok())
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
        with(|vm| owned(PyObject::rich_compare(get(left), get(right), comparison(op), vm)))
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
        with(|vm| match PyIter::new(get(iterator)).next(vm) {
            Ok(PyIterReturn::Return(item)) => Ok(Some(own(item))),
            Ok(PyIterReturn::StopIteration(Some(value))) if !vm.is_none(&value) => {
                Err(own(vm.new_stop_iteration(Some(value))))
            }
            Ok(PyIterReturn::StopIteration(_)) => Ok(None),
            Err(error) => Err(own(error)),
        })
    }
}

fn comparison(op: Compare) -> PyComparisonOp {
    match op {
        Compare::Lt => PyComparisonOp::Lt,
        Compare::Le => PyComparisonOp::Le,
        Compare::Eq => PyComparisonOp::Eq,
        Compare::Ne => PyComparisonOp::Ne,
        Compare::Gt => PyComparisonOp::Gt,
        Compare::Ge => PyComparisonOp::Ge,
    }
}

impl DictProtocol for RustPythonHost {
    fn dict_get(&self, dict: HostRef, key: HostRef) -> HostResult<Option<HostObj>> {
        with(|vm| result(dict_of(dict).inner_getitem_opt(get(key), vm).map(|value| value.map(own))))
    }

    fn dict_set(&self, dict: HostRef, key: HostRef, value: HostRef) -> HostResult<()> {
        with(|vm| {
            let (dict, key, value) = (dict_of(dict), get(key), get(value));
            result(super::dict_watch::before_store(dict, key, Some(value), vm))?;
            result(dict.inner_setitem(key, value.to_owned(), vm))
        })
    }

    fn namespace_set(&self, dict: HostRef, name: HostRef, value: HostRef) -> HostResult<()> {
        // An attribute of a class is found by its interned name.
        let interned = |vm: &VirtualMachine| {
            let name = get(name).downcast_ref_if_exact::<PyStr>(vm)?;
            Some(handle(vm.ctx.intern_str(name.as_wtf8()).as_object()))
        };
        self.dict_set(dict, with(interned).unwrap_or(name), value)
    }

    fn dict_remove(&self, dict: HostRef, key: HostRef) -> HostResult<Option<HostObj>> {
        with(|vm| {
            let Some(value) = result(dict_of(dict).inner_getitem_opt(get(key), vm))? else { return Ok(None) };
            // The dict's own deletion, whatever a subclass overrides.
            let delete =
                vm.ctx.types.dict_type.slots().as_mapping.ass_subscript.load().expect("dicts have items deleted");
            result(delete(PyMapping { obj: get(dict) }, get(key), None, vm))?;
            Ok(Some(own(value)))
        })
    }
}

/// The dict a handle names.
pub(super) fn dict_of<'a>(dict: HostRef) -> &'a Py<PyDict> {
    get(dict).downcast_ref::<PyDict>().expect("the layer passes dicts to dict operations")
}
