//! Functions of Python code.

use super::or_none;
use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::{Body, Function};
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};
use emul::watchers::FunctionEvent;
use rustpython_compiler::core::bytecode::CodeFlags;

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

fn is_str(vm: &Vm, value: H) -> bool {
    vm.text(value).is_some()
}

fn is_tuple(vm: &Vm, value: H) -> bool {
    matches!(vm.body(value), Some(Body::Tuple(_)))
}

fn is_dict(vm: &Vm, value: H) -> bool {
    matches!(vm.body(value), Some(Body::Dict(_)))
}

/// A part of a function that is of one kind: text that has to be there, or what may be None.
macro_rules! function_field {
    ($name:literal, $field:ident) => {
        GetSetDef {
            name: $name,
            get: |vm, this| {
                let word = function(vm, this).$field;
                or_none(vm, word)
            },
            set: None,
        }
    };
    ($name:literal, $field:ident, $set:expr) => {
        GetSetDef { set: Some($set), ..function_field!($name, $field) }
    };
    ($name:literal, $field:ident, $is:ident, $kind:literal) => {
        function_field!($name, $field, |vm, this, value| {
            let Some(value) = value.filter(|value| $is(vm, *value)) else {
                return Err(vm.type_error(concat!($name, " must be set to a ", $kind, " object")));
            };
            let word = vm.get(value);
            function_mut(vm, this).$field = word;
            Ok(())
        })
    };
    ($name:literal, $field:ident, $is:ident, $kind:literal, $event:expr) => {
        function_field!($name, $field, |vm, this, value| {
            let value = value.filter(|value| !vm.is_none(*value));
            if value.is_some_and(|value| !$is(vm, value)) {
                return Err(vm.type_error(concat!($name, " must be set to a ", $kind, " object")));
            }
            vm.function_changes(this, $event, value);
            let word = value.map_or(Value::NULL, |value| vm.get(value));
            function_mut(vm, this).$field = word;
            Ok(())
        })
    };
}

/// `__doc__` and `__module__` are whatever they are set to.
macro_rules! free_field {
    ($name:literal, $field:ident) => {
        function_field!($name, $field, |vm, this, value| {
            let word = value.map_or(Value::NULL, |value| vm.get(value));
            function_mut(vm, this).$field = if word == Value::NONE { Value::NULL } else { word };
            Ok(())
        })
    };
}

fn set_function_code(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let Some(value) = value.filter(|value| matches!(vm.body(*value), Some(Body::Code(_)))) else {
        return Err(vm.type_error("__code__ must be set to a code object"));
    };
    let (name, closure) = (function(vm, this).name, function(vm, this).closure);
    let (name, closure) = (vm.push(name), vm.push(closure));
    let (wanted, given) = (vm.code_of(vm.get(value)).free.len(), vm.count(closure));
    if wanted != given {
        let name = vm.string(name);
        let what = format!("{name}() requires a code object with {given} free vars, not {wanted}");
        return Err(vm.value_error(what));
    }
    vm.function_changes(this, FunctionEvent::ModifyCode, Some(value));
    let word = vm.get(value);
    function_mut(vm, this).code = word;
    Ok(())
}

/// `types.FunctionType`.
fn function_new(vm: &mut Vm, args: Args) -> R<H> {
    let (code, globals) = (args.h(1), args.h(2));
    if !matches!(vm.body(code), Some(Body::Code(_))) {
        let given = vm.class_name(code);
        return Err(vm.type_error(format!("function() argument 'code' must be code, not {given}")));
    }
    if !is_dict(vm, globals) {
        let given = vm.class_name(globals);
        return Err(vm.type_error(format!("function() argument 'globals' must be dict, not {given}")));
    }
    let given = |vm: &Vm, i: usize| args.opt(vm, i).filter(|h| !vm.is_none(*h));
    let [name, defaults, closure, kwdefaults] = [3, 4, 5, 6].map(|i| given(vm, i));
    if name.is_some_and(|name| !is_str(vm, name)) {
        return Err(vm.type_error("arg 3 (name) must be None or string"));
    }
    if defaults.is_some_and(|defaults| !is_tuple(vm, defaults)) {
        return Err(vm.type_error("arg 4 (defaults) must be None or tuple"));
    }
    check_closure(vm, code, closure)?;
    if kwdefaults.is_some_and(|kwdefaults| !is_dict(vm, kwdefaults)) {
        return Err(vm.type_error("arg 6 (kwdefaults) must be None or dict"));
    }
    let made = vm.new_function(code, globals)?;
    let [name, defaults, closure, kwdefaults] =
        [name, defaults, closure, kwdefaults].map(|part| part.map(|part| vm.get(part)));
    let data = function_mut(vm, made);
    data.name = name.unwrap_or(data.name);
    data.defaults = defaults.unwrap_or(Value::NULL);
    data.closure = closure.unwrap_or(Value::NULL);
    data.kwdefaults = kwdefaults.unwrap_or(Value::NULL);
    Ok(made)
}

fn check_closure(vm: &mut Vm, code: H, closure: Option<H>) -> R<()> {
    let code = vm.code_of(vm.get(code));
    let wanted = code.free.len();
    if closure.is_none_or(|closure| !is_tuple(vm, closure)) {
        return match (wanted, closure) {
            (0, None) => Ok(()),
            (0, Some(_)) => Err(vm.type_error("arg 5 (closure) must be None or tuple")),
            _ => Err(vm.type_error("arg 5 (closure) must be tuple")),
        };
    }
    let closure = closure.expect("it is a tuple");
    let count = vm.count(closure);
    if count != wanted {
        let what = format!("{} requires closure of length {wanted}, not {count}", code.name);
        return Err(vm.value_error(what));
    }
    for i in 0..count {
        let cell = vm.item(closure, i).expect("counted");
        if !matches!(vm.body(cell), Some(Body::Cell(_))) {
            let name = vm.class_name(cell);
            return Err(vm.type_error(format!("arg 5 (closure) expected cell, found {name}")));
        }
    }
    Ok(())
}

impl Vm {
    /// A function of a code object and a dict of globals, as `def` makes it before it has defaults and a closure.
    pub(crate) fn new_function(&mut self, code: H, globals: H) -> R<H> {
        let rust = self.code_of(self.get(code));
        let name = self.intern(&rust.name)?;
        let qualname = self.intern(&rust.qualname)?;
        let module = self.dict_get(globals, n::__name__)?.unwrap_or(k::NONE);
        let documented = rust.flags.contains(CodeFlags::HAS_DOCSTRING);
        let doc = match self.body(code) {
            Some(Body::Code(data)) if documented => data.consts[0],
            _ => Value::NONE,
        };
        let null = Value::NULL;
        let function = Function {
            code: self.get(code),
            globals: self.get(globals),
            name: self.get(name),
            qualname: self.get(qualname),
            module: self.get(module),
            doc,
            defaults: null,
            kwdefaults: null,
            closure: null,
            annotations: null,
            annotate: null,
            type_params: null,
            instead: None,
        };
        let made = self.alloc(k::FUNCTION, Body::Function(Box::new(function)))?;
        self.is_made(made);
        Ok(made)
    }
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
    let value = value.filter(|value| !vm.is_none(*value));
    if value.is_some_and(|value| !is_dict(vm, value)) {
        return Err(vm.type_error("__annotations__ must be set to a dict object"));
    }
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

pub(super) static FUNCTION_METHODS: [NativeDef; 4] = [
    def("__new__", "cls code globals name= argdefs= closure= kwdefaults=", function_new),
    def("__repr__", "self", function_repr),
    def("__get__", "self obj type=", function_get),
    def("__call__", "self *args **kw", call_it),
];

pub(super) static FUNCTION_ATTRS: [GetSetDef; 12] = [
    function_field!("__name__", name, is_str, "string"),
    function_field!("__qualname__", qualname, is_str, "string"),
    free_field!("__module__", module),
    free_field!("__doc__", doc),
    function_field!("__defaults__", defaults, is_tuple, "tuple", FunctionEvent::ModifyDefaults),
    function_field!("__kwdefaults__", kwdefaults, is_dict, "dict", FunctionEvent::ModifyKwdefaults),
    function_field!("__code__", code, set_function_code),
    function_field!("__closure__", closure),
    GetSetDef { name: "__globals__", get: function_globals, set: None },
    GetSetDef { name: "__annotations__", get: function_annotations, set: Some(set_function_annotations) },
    GetSetDef { name: "__annotate__", get: function_annotate, set: Some(set_function_annotate) },
    GetSetDef { name: "__type_params__", get: function_type_params, set: Some(set_function_type_params) },
];
