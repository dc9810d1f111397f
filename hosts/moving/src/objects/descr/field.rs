//! Getset and member descriptors.

use super::native::native_doc;
use super::property::bind_get;
use crate::heap::H;
use crate::host::{self, Field};
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::Body;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};

fn descriptor_names(vm: &mut Vm, this: H) -> (H, H) {
    let (name, owner) = match vm.body(this) {
        Some(Body::GetSet(def, owner)) => (Err(def.name), *owner),
        Some(Body::Member(_, name, owner)) => (Ok(*name), *owner),
        other => panic!("not a descriptor: {other:?}"),
    };
    let owner = vm.push(owner);
    let name = match name {
        Ok(word) => vm.push(word),
        Err(text) => vm.intern(text).unwrap_or(k::NONE),
    };
    (name, owner)
}

fn descriptor_repr(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(text) = host::repr(vm, args.h(0))? {
        return vm.str(text);
    }
    let what = if matches!(vm.body(args.h(0)), Some(Body::Member(..))) { "member" } else { "attribute" };
    let (name, owner) = descriptor_names(vm, args.h(0));
    let text = format!("<{what} '{}' of '{}' objects>", vm.string(name), vm.type_data(vm.get(owner)).name);
    vm.str(text)
}

fn descriptor_name(vm: &mut Vm, this: H) -> R<H> {
    if let Some(name) = host::described(vm, this, Field::Name)? {
        return Ok(name);
    }
    Ok(descriptor_names(vm, this).0)
}

fn descriptor_owner(vm: &mut Vm, this: H) -> R<H> {
    if let Some(owner) = host::described(vm, this, Field::Owner)? {
        return Ok(owner);
    }
    Ok(descriptor_names(vm, this).1)
}

fn descriptor_set(vm: &mut Vm, args: Args) -> R<H> {
    let name = descriptor_name(vm, args.h(0))?;
    vm.descriptor_set(args.h(0), args.h(1), name, Some(args.h(2))).map(|()| k::NONE)
}

fn descriptor_delete(vm: &mut Vm, args: Args) -> R<H> {
    let name = descriptor_name(vm, args.h(0))?;
    vm.descriptor_set(args.h(0), args.h(1), name, None).map(|()| k::NONE)
}

pub(super) static DESCRIPTOR_METHODS: [NativeDef; 4] = [
    def("__repr__", "self", descriptor_repr),
    def("__get__", "self obj type=", bind_get),
    def("__set__", "self obj value", descriptor_set),
    def("__delete__", "self obj", descriptor_delete),
];
fn descriptor_qualname(vm: &mut Vm, this: H) -> R<H> {
    let (name, owner) = (descriptor_name(vm, this)?, descriptor_owner(vm, this)?);
    let owner = vm.getattr(owner, n::__qualname__)?;
    let text = format!("{}.{}", vm.string(owner), vm.string(name));
    vm.str(text)
}

pub(super) static DESCRIPTOR_ATTRS: [GetSetDef; 4] = [
    GetSetDef { name: "__qualname__", get: descriptor_qualname, set: None },
    GetSetDef { name: "__name__", get: descriptor_name, set: None },
    GetSetDef { name: "__objclass__", get: descriptor_owner, set: None },
    GetSetDef { name: "__doc__", get: native_doc, set: None },
];
