//! C functions as host objects.
//!
//! They have a class of their own, since RustPython calls a builtin function through its Rust signature, and going
//! straight to C is twice as fast. The class looks like `builtin_function_or_method`: same name, same attributes, and
//! `__class__` says so, which `isinstance` believes.

use std::sync::OnceLock;

use emul::host::HostRef;
use emul::methodobject::{
    FunctionInfo, call_c_function, function_doc, function_info, function_signature, set_function_module,
};
use object_mirror::methodobject::PyCFunctionObject;
use object_mirror::object::PyObject as Mirror;
use rustpython::vm::builtins::{PyGetSet, PyModule, PyType, PyTypeRef};
use rustpython::vm::function::{Either, FuncArgs, ItemDoc, PyComparisonValue, PyMethodFlags, PySetterValue};
use rustpython::vm::types::{PyComparisonOp, PyTypeFlags, PyTypeSlots};
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::payload::{self, CInstance};
use super::trampolines::with_args;
use super::{get, handle, handles, returned, take};

/// A function object of the host for the C function of `mirror`.
pub(super) fn new(mirror: *mut Mirror, vm: &VirtualMachine) -> PyObjectRef {
    CInstance::wrap(mirror, class(vm).to_owned())
}

fn mirror_of(function: &PyObject) -> *mut Mirror {
    function.downcast_ref::<CInstance>().expect("functions of this class are wrappers").mirror()
}

fn vectorcall(
    function: &PyObject,
    args: Vec<PyObjectRef>,
    nargs: usize,
    names: Option<&[PyObjectRef]>,
    vm: &VirtualMachine,
) -> PyResult {
    let names: &[HostRef] = names.map_or(&[], handles);
    returned(call_c_function(mirror_of(function), &handles(&args)[..nargs + names.len()], names), vm)
}

fn call(function: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    with_args(&args, vm, |values, names| returned(call_c_function(mirror_of(function), values, names), vm))
}

/// Two function objects are equal that call the same C function on the same self.
fn identity(function: &PyObject) -> (usize, usize) {
    // SAFETY: the wrapper holds its mirror, a C function object, whose definition outlives it.
    unsafe {
        let function: *mut PyCFunctionObject = mirror_of(function).cast();
        let code = (*(*function).m_ml).ml_meth.map_or(0, |code| code as usize);
        ((*function).m_self as usize, code)
    }
}

fn compare(
    function: &PyObject,
    other: &PyObject,
    op: PyComparisonOp,
    _vm: &VirtualMachine,
) -> PyResult<Either<PyObjectRef, PyComparisonValue>> {
    op.eq_only(|| {
        if !other.class().is(function.class()) {
            return Ok(PyComparisonValue::NotImplemented);
        }
        Ok(PyComparisonValue::Implemented(identity(function) == identity(other)))
    })
    .map(Either::B)
}

/// The self that the function shows, unless that is its module.
fn bound_self(info: &FunctionInfo) -> Option<&PyObject> {
    let owner = get(info.self_.as_ref()?.as_ref());
    (!owner.downcastable::<PyModule>()).then_some(owner)
}

fn repr(function: &PyObject) -> String {
    let info = function_info(mirror_of(function));
    match bound_self(&info) {
        None => format!("<built-in function {}>", info.name),
        Some(owner) => {
            let address = owner.get_id();
            format!("<built-in method {} of {} object at {address:#x}>", info.name, owner.class().name())
        }
    }
}

/// A module's function is pickled by its name, a bound one by its self.
fn reduce(function: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let info = function_info(mirror_of(&function));
    let name: PyObjectRef = vm.ctx.new_str(info.name.as_str()).into();
    let Some(owner) = bound_self(&info) else { return Ok(name) };
    let getattr = vm.builtins.get_attr("getattr", vm)?;
    let parts = vm.ctx.new_tuple(vec![owner.to_owned(), name]);
    Ok(vm.ctx.new_tuple(vec![getattr, parts.into()]).into())
}

fn class(vm: &VirtualMachine) -> &'static Py<PyType> {
    static CLASS: OnceLock<PyTypeRef> = OnceLock::new();
    CLASS.get_or_init(|| make_class(vm))
}

fn make_class(vm: &VirtualMachine) -> PyTypeRef {
    let ctx = &vm.ctx;
    let flags = [PyTypeFlags::HAS_WEAKREF, PyTypeFlags::IMMUTABLETYPE, PyTypeFlags::DISALLOW_INSTANTIATION];
    let slots = PyTypeSlots::new("builtin_function_or_method", PyTypeFlags::from_slice(&flags));
    let object = ctx.types.object_type;
    let class = PyType::new_static(object.to_owned(), Default::default(), slots, ctx.types.type_type.to_owned())
        .expect("a class with one base");
    let (own, base) = (class.slots(), object.slots());
    // RustPython lets a static class inherit by code it keeps for itself.
    own.getattro.store(base.getattro.load());
    own.setattro.store(base.setattro.load());
    own.str.store(base.str.load());
    own.call.store(Some(call));
    own.vectorcall.store(Some(vectorcall));
    own.repr.store(Some(|function, vm| Ok(vm.ctx.new_str(repr(function)))));
    own.richcompare.store(Some(compare));
    own.hash.store(Some(|function, _vm| {
        let (owner, code) = identity(function);
        Ok((owner.rotate_right(4) ^ code.rotate_right(4)) as _)
    }));
    fill(&class, vm);
    payload::arm(&class);
    class
}

fn fill(class: &PyTypeRef, vm: &VirtualMachine) {
    let add = |name: &str, getset: PyGetSet| {
        let getset = PyRef::new_ref(getset, vm.ctx.types.getset_type.to_owned(), None);
        class.set_attr(vm.ctx.intern_str(name), getset.into());
    };
    macro_rules! show {
        ($name:literal, |$info:ident, $vm:ident| $value:expr) => {
            let get = |function: PyObjectRef, $vm: &VirtualMachine| -> PyObjectRef {
                let $info = function_info(mirror_of(&function));
                $value
            };
            add($name, PyGetSet::new($name, class, &vm.ctx).with_get(get));
        };
    }
    show!("__name__", |info, vm| vm.ctx.new_str(info.name).into());
    show!("__qualname__", |info, vm| vm.ctx.new_str(info.qualname).into());
    let doc = |function: PyObjectRef, vm: &VirtualMachine| returned(function_doc(mirror_of(&function)), vm);
    add("__doc__", PyGetSet::new("__doc__", class, &vm.ctx).with_get(doc));
    let signature = |function: PyObjectRef, vm: &VirtualMachine| returned(function_signature(mirror_of(&function)), vm);
    add("__text_signature__", PyGetSet::new("__text_signature__", class, &vm.ctx).with_get(signature));
    show!("__self__", |info, vm| info.self_.map_or_else(|| vm.ctx.none(), take));
    let module_of = |function: PyObjectRef, vm: &VirtualMachine| -> PyObjectRef {
        function_info(mirror_of(&function)).module.map_or_else(|| vm.ctx.none(), take)
    };
    let set_module = |function: PyObjectRef, module: PySetterValue| {
        let module = if let PySetterValue::Assign(module) = &module { Some(handle(module)) } else { None };
        set_function_module(mirror_of(&function), module);
    };
    add("__module__", PyGetSet::new("__module__", class, &vm.ctx).with_get(module_of).with_set(set_module));
    let class_of = |_function: PyObjectRef, vm: &VirtualMachine| -> PyObjectRef {
        vm.ctx.types.builtin_function_or_method_type.to_owned().into()
    };
    add("__class__", PyGetSet::new("__class__", class, &vm.ctx).with_get(class_of));
    class.set_attr(vm.ctx.intern_str("__del__"), payload::layer_finaliser());
    // SAFETY: the class is in a static.
    let forever: &'static Py<PyType> = unsafe { &*std::ptr::from_ref::<Py<PyType>>(class) };
    let method = |name: &'static str, def: PyObjectRef| class.set_attr(vm.ctx.intern_str(name), def);
    let plain = vm.ctx.new_method_def("__reduce__", reduce, PyMethodFlags::METHOD, ItemDoc::NONE);
    method("__reduce__", plain.build_method(forever, vm).into());
    let versioned = |function: PyObjectRef, _version: PyObjectRef, vm: &VirtualMachine| reduce(function, vm);
    let versioned = vm.ctx.new_method_def("__reduce_ex__", versioned, PyMethodFlags::METHOD, ItemDoc::NONE);
    method("__reduce_ex__", versioned.build_method(forever, vm).into());
}
