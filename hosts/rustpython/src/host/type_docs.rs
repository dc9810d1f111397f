//! `type.__doc__` and `type.__text_signature__` of C's types: what `tp_doc` says now. C may write it when the class is there.

use emul::host::{HostObj, HostResult};
use object_mirror::object::PyTypeObject;
use rustpython::vm::builtins::PyType;
use rustpython::vm::function::PySetterValue;
use rustpython::vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::{returned, types};

/// Replace the host's getters by ones that look at C's types first.
pub(super) fn install(vm: &VirtualMachine) {
    // SAFETY: the class of a C type, for which these are called, holds it.
    replace(vm, "__doc__", |ty| unsafe { emul::type_doc(ty) });
    // SAFETY: as above.
    replace(vm, "__text_signature__", |ty| Some(unsafe { emul::type_signature(ty) }));
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
