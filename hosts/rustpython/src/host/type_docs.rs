//! `__doc__` and `__text_signature__` of C's types and descriptors. A type's are what `tp_doc` says now: C may write it when the class is
//! there. Those that C has not written in UTF-8 raise.

use emul::host::{HostObj, HostResult};
use object_mirror::object::PyTypeObject;
use rustpython::vm::builtins::{PyGetSet, PyStr, PyType};
use rustpython::vm::function::PySetterValue;
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::{ctx, raised, returned, types};

/// Replace the host's getters by ones that look at C's types first.
pub(super) fn install(vm: &VirtualMachine) {
    // SAFETY: the class of a C type, for which these are called, holds it.
    replace(vm, "__doc__", |ty| unsafe { emul::type_doc(ty) });
    // SAFETY: as above.
    replace(vm, "__text_signature__", |ty| Some(unsafe { emul::type_signature(ty) }));
    let types = &vm.ctx.types;
    for class in [
        types.method_descriptor_type,
        types.classmethod_descriptor_type,
        types.builtin_function_or_method_type,
        types.getset_type,
        types.member_descriptor_type,
    ] {
        check_texts(class);
    }
}

/// Have the class's getters of documentation raise where that is not UTF-8.
pub(super) fn check_texts(class: &Py<PyType>) {
    for name in ["__doc__", "__text_signature__"] {
        let interned = ctx().intern_str(name);
        let Some(unchecked) = class.get_direct_attr(interned) else { continue };
        let get = move |object: PyObjectRef, vm: &VirtualMachine| -> PyResult {
            let text = get_of(&unchecked, &object, vm)?;
            let words = text.downcast_ref::<PyStr>().and_then(|text| text.to_str());
            match words.and_then(emul::undecodable) {
                Some(error) => Err(raised(error, vm)),
                None => Ok(text),
            }
        };
        let getset = PyGetSet::new(name, class, ctx()).with_get(get);
        class.set_attr(interned, PyRef::new_ref(getset, ctx().types.getset_type.to_owned(), None).into());
    }
}

/// `of_c` says what the attribute of a C type's class is, `None` to leave it to the host.
fn replace(vm: &VirtualMachine, name: &'static str, of_c: fn(*mut PyTypeObject) -> Option<HostResult<HostObj>>) {
    let root = vm.ctx.types.type_type;
    let interned = vm.ctx.intern_str(name);
    let Some(before) = root.get_attr(interned) else { return };
    let hosts = before.clone();
    let get = move |object: PyObjectRef, vm: &VirtualMachine| -> PyResult {
        match object.downcast_ref::<PyType>().and_then(types::mirror_of).and_then(of_c) {
            Some(text) => returned(text, vm),
            None => get_of(&hosts, &object, vm),
        }
    };
    let set = move |object: PyObjectRef, value: PySetterValue, vm: &VirtualMachine| {
        let set = before.class().slots().descr_set.load().expect("a getset's class can set");
        set(&before, object, value, vm)
    };
    let getset = vm.ctx.new_getset(name, root, get, set);
    root.set_attr(interned, getset.into());
}

fn get_of(descriptor: &PyObject, object: &PyObject, vm: &VirtualMachine) -> PyResult {
    let get = descriptor.class().slots().descr_get.load().expect("a getset's class can get");
    get(descriptor, Some(object), Some(object.class().as_object()), vm)
}
