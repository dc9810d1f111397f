//! `property`, `classmethod` and `staticmethod`.

use super::or_none;
use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::Body;
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};

fn property_new(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(args.h(0), Body::Property(Box::new([Value::NULL; 5])))
}

fn property_init(vm: &mut Vm, args: Args) -> R<H> {
    let mut words: [Value; 4] = [1, 2, 3, 4].map(|i| vm.get(args.h(i)));
    let is_given = !words[3].is_null();
    if !is_given
        && args.opt(vm, 1).is_some_and(|getter| !vm.is_none(getter))
        && let Some(doc) = vm.getattr_opt(args.h(1), n::__doc__)?
    {
        words = [1, 2, 3, 4].map(|i| vm.get(args.h(i)));
        words[3] = vm.get(doc);
    }
    if let Body::Property(place) = vm.body_mut(args.h(0)) {
        place[..4].copy_from_slice(&words);
    }
    let class = vm.class_word(vm.get(args.h(0)));
    if !words[3].is_null() && class != vm.get(k::PROPERTY) {
        // A derived class has a `__doc__` of its own, which hides property's.
        let doc = vm.push(words[3]);
        match vm.setattr(args.h(0), n::__doc__, Some(doc)) {
            // As in CPython: a text that was given and has no place is forgotten.
            Err(_) if is_given && vm.pending_is(k::ATTRIBUTE_ERROR) => vm.set(k::PENDING, Value::NULL),
            result => result?,
        }
    }
    Ok(k::NONE)
}

fn property_with(vm: &mut Vm, args: Args, index: usize) -> R<H> {
    let Some(Body::Property(words)) = vm.body(args.h(0)) else { panic!("not a property") };
    let mut words = words.clone();
    words[index] = vm.get(args.h(1));
    let class = vm.class(args.h(0));
    vm.alloc(class, Body::Property(words))
}

fn property_getter(vm: &mut Vm, args: Args) -> R<H> {
    property_with(vm, args, 0)
}

fn property_setter(vm: &mut Vm, args: Args) -> R<H> {
    property_with(vm, args, 1)
}

fn property_deleter(vm: &mut Vm, args: Args) -> R<H> {
    property_with(vm, args, 2)
}

pub(super) fn bind_get(vm: &mut Vm, args: Args) -> R<H> {
    let obj = if vm.is_none(args.h(1)) { k::NULL } else { args.h(1) };
    let class = match args.opt(vm, 2) {
        Some(class) if !vm.is_none(class) => class,
        _ => vm.class(args.h(1)),
    };
    vm.bind(args.h(0), obj, class)
}

macro_rules! property_field {
    ($name:literal, $index:literal) => {
        GetSetDef {
            name: $name,
            get: |vm, this| {
                let Some(Body::Property(words)) = vm.body(this) else { panic!("not a property") };
                let word = words[$index];
                or_none(vm, word)
            },
            set: Some(|vm, this, value| {
                let word = value.map_or(Value::NULL, |value| vm.get(value));
                if let Body::Property(words) = vm.body_mut(this) {
                    words[$index] = word;
                }
                Ok(())
            }),
        }
    };
}

fn property_set(vm: &mut Vm, args: Args) -> R<H> {
    let name = vm.str("property")?;
    vm.descriptor_set(args.h(0), args.h(1), name, Some(args.h(2))).map(|()| k::NONE)
}

fn property_delete(vm: &mut Vm, args: Args) -> R<H> {
    let name = vm.str("property")?;
    vm.descriptor_set(args.h(0), args.h(1), name, None).map(|()| k::NONE)
}

pub(super) static PROPERTY_METHODS: [NativeDef; 8] = [
    def("__new__", "cls *args **kw", property_new),
    def("__init__", "self :fget= :fset= :fdel= :doc=", property_init),
    def("getter", "self fget", property_getter),
    def("setter", "self fset", property_setter),
    def("deleter", "self fdel", property_deleter),
    def("__get__", "self obj type=", bind_get),
    def("__set__", "self obj value", property_set),
    def("__delete__", "self obj", property_delete),
];
pub(super) static PROPERTY_ATTRS: [GetSetDef; 5] = [
    property_field!("fget", 0),
    property_field!("fset", 1),
    property_field!("fdel", 2),
    property_field!("__doc__", 3),
    property_field!("__name__", 4),
];

fn classmethod_new(vm: &mut Vm, args: Args) -> R<H> {
    let function = args.rest().next().map_or(Value::NONE, |h| vm.get(h));
    vm.alloc(args.h(0), Body::ClassMethod(function))
}

fn staticmethod_new(vm: &mut Vm, args: Args) -> R<H> {
    let function = args.rest().next().map_or(Value::NONE, |h| vm.get(h));
    vm.alloc(args.h(0), Body::StaticMethod(function))
}

fn wrapped(vm: &mut Vm, this: H) -> R<H> {
    let Some(Body::ClassMethod(word) | Body::StaticMethod(word)) = vm.body(this) else { panic!("not a classmethod") };
    let word = *word;
    Ok(vm.push(word))
}

fn wrapped_repr(vm: &mut Vm, args: Args) -> R<H> {
    let what = if matches!(vm.body(args.h(0)), Some(Body::StaticMethod(_))) { "staticmethod" } else { "classmethod" };
    let function = wrapped(vm, args.h(0))?;
    let shown = vm.repr(function)?;
    let text = format!("<{what}({})>", vm.string(shown));
    vm.str(text)
}

fn call_wrapped(vm: &mut Vm, args: Args) -> R<H> {
    let function = wrapped(vm, args.h(0))?;
    let rest: Vec<H> = args.rest().collect();
    let tuple = vm.tuple(&rest)?;
    vm.call_ex(function, tuple, args.kw)
}

macro_rules! of_wrapped {
    ($name:ident) => {
        GetSetDef {
            name: stringify!($name),
            get: |vm, this| {
                let function = wrapped(vm, this)?;
                vm.getattr(function, n::$name)
            },
            set: None,
        }
    };
}

pub(super) static CLASSMETHOD_METHODS: [NativeDef; 3] = [
    def("__new__", "cls *args **kw", classmethod_new),
    def("__repr__", "self", wrapped_repr),
    def("__get__", "self obj type=", bind_get),
];
pub(super) static STATICMETHOD_METHODS: [NativeDef; 4] = [
    def("__new__", "cls *args **kw", staticmethod_new),
    def("__repr__", "self", wrapped_repr),
    def("__get__", "self obj type=", bind_get),
    def("__call__", "self *args **kw", call_wrapped),
];
pub(super) static WRAPPED_ATTRS: [GetSetDef; 5] = [
    GetSetDef { name: "__func__", get: wrapped, set: None },
    GetSetDef { name: "__wrapped__", get: wrapped, set: None },
    of_wrapped!(__name__),
    of_wrapped!(__qualname__),
    of_wrapped!(__doc__),
];
