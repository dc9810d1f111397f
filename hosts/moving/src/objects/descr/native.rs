//! Builtin functions and methods, and the slot wrappers of builtin classes.

use super::function::{call_it, function_get};
use super::method::{method_eq, method_hash, method_parts};
use super::or_none;
use crate::heap::H;
use crate::host::{self, Field};
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::Body;
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};

fn native_def(vm: &Vm, this: H) -> (&'static NativeDef, Value) {
    match vm.body(this) {
        Some(Body::Native(def, word) | Body::MethodDescr(def, word) | Body::ClassMethodDescr(def, word)) => {
            (def, *word)
        }
        other => panic!("not a builtin: {other:?}"),
    }
}

fn native_repr(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(text) = host::repr(vm, args.h(0))? {
        return vm.str(text);
    }
    let (def, owner) = native_def(vm, args.h(0));
    if matches!(vm.body(args.h(0)), Some(Body::Native(..))) {
        return vm.str(format!("<built-in function {}>", def.name));
    }
    let what = if vm.exact(args.h(0), k::SLOT_WRAPPER) { "slot wrapper" } else { "method" };
    let class = vm.type_data(owner).name.clone();
    vm.str(format!("<{what} '{}' of '{class}' objects>", def.name))
}

/// The class of a builtin class's method: what fills a slot in CPython is a slot wrapper there.
pub(crate) fn descriptor_class(owner: &str, name: &str) -> H {
    let method = match name {
        "__reduce__" | "__reduce_ex__" | "__getstate__" | "__setstate__" | "__getnewargs__" | "__copy__" => true,
        "__sizeof__" | "__format__" | "__dir__" | "__reversed__" | "__length_hint__" | "__bytes__" => true,
        "__round__" | "__trunc__" | "__floor__" | "__ceil__" | "__complex__" | "__enter__" | "__exit__" => true,
        "__subclasses__" | "__instancecheck__" | "__subclasscheck__" | "__mro_entries__" => true,
        "__getitem__" => matches!(owner, "list" | "dict"),
        "__contains__" => matches!(owner, "dict" | "set" | "frozenset"),
        _ => !name.starts_with("__"),
    };
    if method { k::METHOD_DESCR } else { k::SLOT_WRAPPER }
}

fn native_name(vm: &mut Vm, this: H) -> R<H> {
    if let Some(name) = host::described(vm, this, Field::Name)? {
        return Ok(name);
    }
    let name = native_def(vm, this).0.name;
    vm.str(name)
}

fn native_qualname(vm: &mut Vm, this: H) -> R<H> {
    if let Some(name) = host::described(vm, this, Field::Qualname)? {
        return Ok(name);
    }
    let (def, owner) = native_def(vm, this);
    let class = matches!(owner.object().map(|object| &object.body), Some(Body::Type(_)));
    let text = if class { format!("{}.{}", vm.type_data(owner).name, def.name) } else { def.name.to_owned() };
    vm.str(text)
}

/// `__module__` is set, or deleted: C keeps it for its functions. Others have no field for it; it goes where the attributes
/// would be if they had any.
fn set_native_module(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    if host::set_function_module(vm, this, value) {
        return Ok(());
    }
    let dict = vm.instance_dict(this)?;
    vm.dict_set(dict, n::__module__, value.unwrap_or(k::NONE))
}

fn native_module(vm: &mut Vm, this: H) -> R<H> {
    if let Some(dict) = vm.get(this).object().map(|object| object.dict).filter(|dict| !dict.is_null()) {
        let dict = vm.push(dict);
        return Ok(vm.dict_get(dict, n::__module__)?.unwrap_or(k::NONE));
    }
    if let Some(module) = host::described(vm, this, Field::Module)? {
        return Ok(module);
    }
    let owner = native_def(vm, this).1;
    if matches!(vm.body(this), Some(Body::Native(..))) && owner.is_object() && vm.class_word(owner) == vm.get(k::MODULE)
    {
        let module = vm.push(owner);
        return vm.getattr(module, n::__name__);
    }
    Ok(k::NONE)
}

fn native_self(vm: &mut Vm, this: H) -> R<H> {
    if let Some(owner) = host::described(vm, this, Field::Owner)? {
        return Ok(owner);
    }
    let owner = native_def(vm, this).1;
    or_none(vm, owner)
}

pub(super) fn native_doc(vm: &mut Vm, this: H) -> R<H> {
    Ok(host::described(vm, this, Field::Doc)?.unwrap_or(k::NONE))
}

fn text_signature(vm: &mut Vm, this: H) -> R<H> {
    Ok(host::described(vm, this, Field::TextSignature)?.unwrap_or(k::NONE))
}

/// Those of C types look at what they are bound to.
fn descriptor_get(vm: &mut Vm, args: Args) -> R<H> {
    let (this, obj) = (args.h(0), args.h(1));
    if vm.is_none(obj) || vm.foreign(this).is_none() || vm.exact(this, k::CLASS_METHOD_DESCR) {
        return function_get(vm, args);
    }
    let class = vm.class(obj);
    vm.bind_foreign(this, obj, class)
}

pub(super) static NATIVE_METHODS: [NativeDef; 4] = [
    def("__repr__", "self", native_repr),
    def("__eq__", "self other", method_eq),
    def("__hash__", "self", method_hash),
    def("__call__", "self *args **kw", call_it),
];
pub(super) static DESCR_METHODS: [NativeDef; 3] = [
    def("__repr__", "self", native_repr),
    def("__call__", "self *args **kw", call_it),
    def("__get__", "self obj type=", descriptor_get),
];
pub(super) static NATIVE_ATTRS: [GetSetDef; 6] = [
    GetSetDef { name: "__text_signature__", get: text_signature, set: None },
    GetSetDef { name: "__name__", get: native_name, set: None },
    GetSetDef { name: "__qualname__", get: native_qualname, set: None },
    GetSetDef { name: "__module__", get: native_module, set: Some(set_native_module) },
    GetSetDef { name: "__self__", get: native_self, set: None },
    GetSetDef { name: "__doc__", get: native_doc, set: None },
];
pub(super) static DESCR_ATTRS: [GetSetDef; 5] = [
    GetSetDef { name: "__text_signature__", get: text_signature, set: None },
    GetSetDef { name: "__name__", get: native_name, set: None },
    GetSetDef { name: "__qualname__", get: native_qualname, set: None },
    GetSetDef { name: "__objclass__", get: native_self, set: None },
    GetSetDef { name: "__doc__", get: native_doc, set: None },
];

pub(super) static WRAPPER_ATTRS: [GetSetDef; 6] = [
    GetSetDef { name: "__text_signature__", get: text_signature, set: None },
    GetSetDef { name: "__name__", get: native_name, set: None },
    GetSetDef { name: "__qualname__", get: native_qualname, set: None },
    GetSetDef { name: "__self__", get: native_self, set: None },
    GetSetDef {
        name: "__objclass__",
        get: |vm, this| {
            let (function, _) = method_parts(vm, this);
            vm.getattr(function, n::__objclass__)
        },
        set: None,
    },
    GetSetDef { name: "__doc__", get: native_doc, set: None },
];
