//! Functions of Python code.

use super::or_none;
use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::{Body, Function};
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};

pub(super) fn function(vm: &Vm, this: H) -> &Function {
    match vm.body(this) {
        Some(Body::Function(function)) => function,
        other => panic!("not a function: {other:?}"),
    }
}

fn function_mut(vm: &mut Vm, this: H) -> &mut Function {
    match vm.body_mut(this) {
        Body::Function(function) => function,
        other => panic!("not a function: {other:?}"),
    }
}

macro_rules! function_field {
    ($name:literal, $field:ident) => {
        GetSetDef {
            name: $name,
            get: |vm, this| {
                let word = function(vm, this).$field;
                or_none(vm, word)
            },
            set: Some(|vm, this, value| {
                let word = value.map_or(Value::NULL, |value| vm.get(value));
                function_mut(vm, this).$field = if word == Value::NONE { Value::NULL } else { word };
                Ok(())
            }),
        }
    };
    ($name:literal, $field:ident, readonly) => {
        GetSetDef {
            name: $name,
            get: |vm, this| {
                let word = function(vm, this).$field;
                or_none(vm, word)
            },
            set: None,
        }
    };
}

fn function_annotations(vm: &mut Vm, this: H) -> R<H> {
    let (stored, annotate) = (function(vm, this).annotations, function(vm, this).annotate);
    if !stored.is_null() {
        return Ok(vm.push(stored));
    }
    let result = if annotate.is_null() || annotate == Value::NONE {
        vm.dict()?
    } else {
        let (annotate, one) = (vm.push(annotate), vm.size(1));
        vm.call(annotate, &[one])?
    };
    let word = vm.get(result);
    function_mut(vm, this).annotations = word;
    Ok(result)
}

/// The function that makes the annotations, or None.
fn function_annotate(vm: &mut Vm, this: H) -> R<H> {
    let word = function(vm, this).annotate;
    Ok(vm.push(if word.is_null() { Value::NONE } else { word }))
}

fn set_function_annotate(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let Some(value) = value else { return Err(vm.type_error("__annotate__ cannot be deleted")) };
    if !vm.is_none(value) && vm.special(value, n::__call__).is_none() {
        return Err(vm.type_error("__annotate__ must be callable or None"));
    }
    let word = vm.get(value);
    if let Body::Function(data) = vm.body_mut(this) {
        (data.annotate, data.annotations) = (word, Value::NULL);
    }
    Ok(())
}

fn set_function_type_params(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let Some(value) = value.filter(|value| matches!(vm.body(*value), Some(Body::Tuple(_)))) else {
        return Err(vm.type_error("__type_params__ must be set to a tuple"));
    };
    let word = vm.get(value);
    if let Body::Function(data) = vm.body_mut(this) {
        data.type_params = word;
    }
    Ok(())
}

fn function_type_params(vm: &mut Vm, this: H) -> R<H> {
    let word = function(vm, this).type_params;
    Ok(if word.is_null() { k::EMPTY_TUPLE } else { vm.push(word) })
}

fn set_function_annotations(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let word = value.map_or(Value::NULL, |value| vm.get(value));
    function_mut(vm, this).annotations = word;
    Ok(())
}

fn function_repr(vm: &mut Vm, args: Args) -> R<H> {
    let qualname = function(vm, args.h(0)).qualname;
    let qualname = vm.push(qualname);
    let word = vm.get(args.h(0));
    let id = vm.heap.id(word);
    let text = format!("<function {} at {id:#x}>", vm.string(qualname));
    vm.str(text)
}

/// `__get__` of functions and builtin methods.
pub(super) fn function_get(vm: &mut Vm, args: Args) -> R<H> {
    if vm.is_none(args.h(1)) {
        return Ok(args.h(0));
    }
    let class = vm.bound_class(args.h(0));
    vm.alloc(class, Body::Method(vm.get(args.h(0)), vm.get(args.h(1))))
}

fn function_globals(vm: &mut Vm, this: H) -> R<H> {
    let word = function(vm, this).globals;
    Ok(vm.push(word))
}

/// `__call__` of anything that can be called.
pub(super) fn call_it(vm: &mut Vm, args: Args) -> R<H> {
    let rest: Vec<H> = args.rest().collect();
    let tuple = vm.tuple(&rest)?;
    vm.call_ex(args.h(0), tuple, args.kw)
}

pub(super) static FUNCTION_METHODS: [NativeDef; 3] = [
    def("__repr__", "self", function_repr),
    def("__get__", "self obj type=", function_get),
    def("__call__", "self *args **kw", call_it),
];

pub(super) static FUNCTION_ATTRS: [GetSetDef; 12] = [
    function_field!("__name__", name),
    function_field!("__qualname__", qualname),
    function_field!("__module__", module),
    function_field!("__doc__", doc),
    function_field!("__defaults__", defaults),
    function_field!("__kwdefaults__", kwdefaults),
    function_field!("__code__", code),
    function_field!("__closure__", closure, readonly),
    GetSetDef { name: "__globals__", get: function_globals, set: None },
    GetSetDef { name: "__annotations__", get: function_annotations, set: Some(set_function_annotations) },
    GetSetDef { name: "__annotate__", get: function_annotate, set: Some(set_function_annotate) },
    GetSetDef { name: "__type_params__", get: function_type_params, set: Some(set_function_type_params) },
];
