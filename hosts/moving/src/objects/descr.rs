//! Functions, methods, descriptors, modules, code, tracebacks, weak references, `super`, and the small rest.

use crate::boot::Members;
use crate::heap::H;
use crate::host::{self, Field};
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::{Body, Function, Weak};
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};

fn or_none(vm: &mut Vm, word: Value) -> R<H> {
    Ok(vm.push(if word.is_null() { Value::NONE } else { word }))
}

// ---- functions

fn function(vm: &Vm, this: H) -> &Function {
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
fn function_get(vm: &mut Vm, args: Args) -> R<H> {
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
fn call_it(vm: &mut Vm, args: Args) -> R<H> {
    let rest: Vec<H> = args.rest().collect();
    let tuple = vm.tuple(&rest)?;
    vm.call_ex(args.h(0), tuple, args.kw)
}

static FUNCTION_METHODS: [NativeDef; 3] = [
    def("__repr__", "self", function_repr),
    def("__get__", "self obj type=", function_get),
    def("__call__", "self *args **kw", call_it),
];

static FUNCTION_ATTRS: [GetSetDef; 12] = [
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

// ---- builtin functions and methods

fn native_def(vm: &Vm, this: H) -> (&'static NativeDef, Value) {
    match vm.body(this) {
        Some(Body::Native(def, word) | Body::MethodDescr(def, word)) => (def, *word),
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

fn native_doc(vm: &mut Vm, this: H) -> R<H> {
    Ok(host::described(vm, this, Field::Doc)?.unwrap_or(k::NONE))
}

fn text_signature(vm: &mut Vm, this: H) -> R<H> {
    Ok(host::described(vm, this, Field::TextSignature)?.unwrap_or(k::NONE))
}

static NATIVE_METHODS: [NativeDef; 4] = [
    def("__repr__", "self", native_repr),
    def("__eq__", "self other", method_eq),
    def("__hash__", "self", method_hash),
    def("__call__", "self *args **kw", call_it),
];
static DESCR_METHODS: [NativeDef; 3] = [
    def("__repr__", "self", native_repr),
    def("__call__", "self *args **kw", call_it),
    def("__get__", "self obj type=", function_get),
];
static NATIVE_ATTRS: [GetSetDef; 6] = [
    GetSetDef { name: "__text_signature__", get: text_signature, set: None },
    GetSetDef { name: "__name__", get: native_name, set: None },
    GetSetDef { name: "__qualname__", get: native_qualname, set: None },
    GetSetDef { name: "__module__", get: native_module, set: Some(set_native_module) },
    GetSetDef { name: "__self__", get: native_self, set: None },
    GetSetDef { name: "__doc__", get: native_doc, set: None },
];
static DESCR_ATTRS: [GetSetDef; 5] = [
    GetSetDef { name: "__text_signature__", get: text_signature, set: None },
    GetSetDef { name: "__name__", get: native_name, set: None },
    GetSetDef { name: "__qualname__", get: native_qualname, set: None },
    GetSetDef { name: "__objclass__", get: native_self, set: None },
    GetSetDef { name: "__doc__", get: native_doc, set: None },
];

static WRAPPER_ATTRS: [GetSetDef; 6] = [
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

// ---- bound methods

fn method_parts(vm: &mut Vm, this: H) -> (H, H) {
    let Some(Body::Method(function, this)) = vm.body(this) else { panic!("not a method") };
    let (function, this) = (*function, *this);
    (vm.push(function), vm.push(this))
}

fn method_repr(vm: &mut Vm, args: Args) -> R<H> {
    let (function, this) = method_parts(vm, args.h(0));
    let name = vm.getattr(function, n::__qualname__)?;
    let name = vm.string(name);
    let shown = vm.repr(this)?;
    let shown = vm.string(shown);
    vm.str(format!("<bound method {name} of {shown}>"))
}

fn method_eq(vm: &mut Vm, args: Args) -> R<H> {
    let (Some(Body::Method(f, a)), Some(Body::Method(g, b))) = (vm.body(args.h(0)), vm.body(args.h(1))) else {
        return Ok(k::NOT_IMPLEMENTED);
    };
    let same = f == g && a == b;
    Ok(vm.bool(same))
}

fn method_hash(vm: &mut Vm, args: Args) -> R<H> {
    let (f, a) = match vm.body(args.h(0)) {
        Some(Body::Method(f, a)) => (*f, *a),
        // A function by itself.
        _ => (vm.get(args.h(0)), Value::NULL),
    };
    let hash = vm.heap.id(f) as i64 ^ (vm.heap.id(a) as i64).rotate_left(17);
    vm.int(hash >> 4)
}

fn method_new(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(k::METHOD, Body::Method(vm.get(args.h(1)), vm.get(args.h(2))))
}

fn method_getattribute(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(h) = vm.generic_getattr(args.h(0), args.h(1))? {
        return Ok(h);
    }
    let (function, _) = method_parts(vm, args.h(0));
    vm.getattr(function, args.h(1))
}

fn method_func(vm: &mut Vm, this: H) -> R<H> {
    Ok(method_parts(vm, this).0)
}

fn method_self(vm: &mut Vm, this: H) -> R<H> {
    Ok(method_parts(vm, this).1)
}

macro_rules! of_function {
    ($name:ident) => {
        GetSetDef {
            name: stringify!($name),
            get: |vm, this| {
                let (function, _) = method_parts(vm, this);
                vm.getattr(function, n::$name)
            },
            set: None,
        }
    };
}

static METHOD_METHODS: [NativeDef; 6] = [
    def("__new__", "cls function instance", method_new),
    def("__repr__", "self", method_repr),
    def("__eq__", "self other", method_eq),
    def("__hash__", "self", method_hash),
    def("__call__", "self *args **kw", call_it),
    def("__getattribute__", "self name", method_getattribute),
];
static METHOD_ATTRS: [GetSetDef; 7] = [
    GetSetDef { name: "__func__", get: method_func, set: None },
    GetSetDef { name: "__self__", get: method_self, set: None },
    of_function!(__name__),
    of_function!(__qualname__),
    of_function!(__doc__),
    of_function!(__module__),
    of_function!(__code__),
];

// ---- property, classmethod, staticmethod

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

fn bind_get(vm: &mut Vm, args: Args) -> R<H> {
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

static PROPERTY_METHODS: [NativeDef; 8] = [
    def("__new__", "cls *args **kw", property_new),
    def("__init__", "self :fget= :fset= :fdel= :doc=", property_init),
    def("getter", "self fget", property_getter),
    def("setter", "self fset", property_setter),
    def("deleter", "self fdel", property_deleter),
    def("__get__", "self obj type=", bind_get),
    def("__set__", "self obj value", property_set),
    def("__delete__", "self obj", property_delete),
];
static PROPERTY_ATTRS: [GetSetDef; 5] = [
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

static CLASSMETHOD_METHODS: [NativeDef; 2] =
    [def("__new__", "cls *args **kw", classmethod_new), def("__get__", "self obj type=", bind_get)];
static STATICMETHOD_METHODS: [NativeDef; 3] = [
    def("__new__", "cls *args **kw", staticmethod_new),
    def("__get__", "self obj type=", bind_get),
    def("__call__", "self *args **kw", call_wrapped),
];
static WRAPPED_ATTRS: [GetSetDef; 5] = [
    GetSetDef { name: "__func__", get: wrapped, set: None },
    GetSetDef { name: "__wrapped__", get: wrapped, set: None },
    of_wrapped!(__name__),
    of_wrapped!(__qualname__),
    of_wrapped!(__doc__),
];

// ---- getset and member descriptors

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

static DESCRIPTOR_METHODS: [NativeDef; 4] = [
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

static DESCRIPTOR_ATTRS: [GetSetDef; 4] = [
    GetSetDef { name: "__qualname__", get: descriptor_qualname, set: None },
    GetSetDef { name: "__name__", get: descriptor_name, set: None },
    GetSetDef { name: "__objclass__", get: descriptor_owner, set: None },
    GetSetDef { name: "__doc__", get: native_doc, set: None },
];

// ---- cells, modules

fn cell_get(vm: &mut Vm, this: H) -> R<H> {
    match vm.body(this) {
        Some(Body::Cell(word)) if !word.is_null() => {
            let word = *word;
            Ok(vm.push(word))
        }
        _ => Err(vm.value_error("cell is empty")),
    }
}

fn cell_set(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let word = value.map_or(Value::NULL, |value| vm.get(value));
    if let Body::Cell(place) = vm.body_mut(this) {
        *place = word;
    }
    Ok(())
}

fn cell_new(vm: &mut Vm, args: Args) -> R<H> {
    let content = args.opt(vm, 1).map_or(Value::NULL, |h| vm.get(h));
    vm.alloc(args.h(0), Body::Cell(content))
}

static CELL_METHODS: [NativeDef; 1] = [def("__new__", "cls contents=", cell_new)];
static CELL_ATTRS: [GetSetDef; 1] = [GetSetDef { name: "cell_contents", get: cell_get, set: Some(cell_set) }];

fn module_new(vm: &mut Vm, args: Args) -> R<H> {
    let module = vm.alloc(args.h(0), Body::Module)?;
    vm.instance_dict(module)?;
    Ok(module)
}

fn module_init(vm: &mut Vm, args: Args) -> R<H> {
    let dict = vm.instance_dict(args.h(0))?;
    vm.dict_set(dict, n::__name__, args.h(1))?;
    let doc = args.opt(vm, 2).unwrap_or(k::NONE);
    vm.dict_set(dict, n::__doc__, doc)?;
    for field in [n::__package__, n::__loader__, n::__spec__] {
        vm.dict_set(dict, field, k::NONE)?;
    }
    Ok(k::NONE)
}

fn module_repr(vm: &mut Vm, args: Args) -> R<H> {
    let dict = vm.instance_dict(args.h(0))?;
    let name = vm.dict_get(dict, n::__name__)?.unwrap_or(k::NONE);
    let name = vm.repr(name)?;
    let name = vm.string(name);
    let file = vm.dict_get(dict, n::__file__)?;
    let tail = match file {
        Some(file) => {
            let file = vm.repr(file)?;
            format!(" from {}", vm.string(file))
        }
        None => " (built-in)".to_owned(),
    };
    vm.str(format!("<module {name}{tail}>"))
}

fn module_dir(vm: &mut Vm, args: Args) -> R<H> {
    let dict = vm.instance_dict(args.h(0))?;
    let name = vm.intern("__dir__")?;
    if let Some(function) = vm.dict_get(dict, name)? {
        return vm.call(function, &[]);
    }
    vm.to_list(dict)
}

static MODULE_METHODS: [NativeDef; 4] = [
    def("__new__", "cls *args **kw", module_new),
    def("__init__", "self :name :doc=", module_init),
    def("__repr__", "self", module_repr),
    def("__dir__", "self", module_dir),
];

// ---- code, tracebacks

fn code_attr(vm: &mut Vm, this: H, f: impl FnOnce(&crate::code::Code) -> i64) -> R<H> {
    let code = vm.code_of(vm.get(this));
    vm.int(f(&code))
}

fn code_names(vm: &mut Vm, names: &[String]) -> R<H> {
    let start = vm.mark();
    for name in names {
        vm.intern(name)?;
    }
    vm.tuple_since(start)
}

static CODE_ATTRS: [GetSetDef; 13] = [
    GetSetDef {
        name: "co_cellvars",
        get: |vm, this| {
            let code = vm.code_of(vm.get(this));
            code_names(vm, &code.cells)
        },
        set: None,
    },
    GetSetDef {
        name: "co_name",
        get: |vm, this| {
            let code = vm.code_of(vm.get(this));
            vm.str(&code.name)
        },
        set: None,
    },
    GetSetDef {
        name: "co_qualname",
        get: |vm, this| {
            let code = vm.code_of(vm.get(this));
            vm.str(&code.qualname)
        },
        set: None,
    },
    GetSetDef {
        name: "co_filename",
        get: |vm, this| {
            let code = vm.code_of(vm.get(this));
            vm.str(&code.file)
        },
        set: None,
    },
    GetSetDef {
        name: "co_firstlineno",
        get: |vm, this| code_attr(vm, this, |code| i64::from(code.first_line)),
        set: None,
    },
    GetSetDef { name: "co_argcount", get: |vm, this| code_attr(vm, this, |code| code.positional as i64), set: None },
    GetSetDef {
        name: "co_posonlyargcount",
        get: |vm, this| code_attr(vm, this, |code| code.positional_only as i64),
        set: None,
    },
    GetSetDef {
        name: "co_kwonlyargcount",
        get: |vm, this| code_attr(vm, this, |code| code.keyword_only as i64),
        set: None,
    },
    GetSetDef { name: "co_nlocals", get: |vm, this| code_attr(vm, this, |code| code.variables as i64), set: None },
    GetSetDef { name: "co_flags", get: |vm, this| code_attr(vm, this, |code| i64::from(code.flags.bits())), set: None },
    GetSetDef { name: "co_stacksize", get: |vm, this| code_attr(vm, this, |code| code.stack_size as i64), set: None },
    GetSetDef {
        name: "co_varnames",
        get: |vm, this| {
            let code = vm.code_of(vm.get(this));
            code_names(vm, &code.locals[..code.variables])
        },
        set: None,
    },
    GetSetDef {
        name: "co_freevars",
        get: |vm, this| {
            let code = vm.code_of(vm.get(this));
            code_names(vm, &code.free)
        },
        set: None,
    },
];

/// `code.replace(co_name=..., ...)`. What runs stays the same: the instructions cannot be given.
fn code_replace(vm: &mut Vm, args: Args) -> R<H> {
    let Some(Body::Code(data)) = vm.body(args.h(0)) else { panic!("not a code object") };
    let (mut code, consts, names) = ((*data.code).clone(), data.consts.clone(), data.names.clone());
    let first = vm.mark();
    vm.heap.stack.extend(consts.iter().chain(&names));
    let mut next = 0;
    while let Some((at, entry)) = vm.table(args.kw).entry_from(next) {
        next = at + 1;
        let (key, value) = (entry.key, entry.value);
        let (key, value) = (vm.push(key), vm.push(value));
        let name = vm.string(key);
        replace_part(vm, &mut code, &name, value)?;
    }
    let words = &vm.heap.stack[first..first + consts.len() + names.len()];
    let (consts, names) = (words[..consts.len()].to_vec(), words[consts.len()..].to_vec());
    let data = crate::object::CodeData { code: code.into(), consts, names };
    vm.alloc(k::CODE, Body::Code(Box::new(data)))
}

fn replace_part(vm: &mut Vm, code: &mut crate::code::Code, name: &str, value: H) -> R<()> {
    match name {
        "co_name" => code.name = code_text(vm, name, value)?,
        "co_qualname" => code.qualname = code_text(vm, name, value)?,
        "co_filename" => code.file = code_text(vm, name, value)?.into(),
        "co_firstlineno" => code.first_line = vm.index_i64(value)? as u32,
        "co_argcount" => code.positional = code_count(vm, name, value)?,
        "co_posonlyargcount" => code.positional_only = code_count(vm, name, value)?,
        "co_kwonlyargcount" => code.keyword_only = code_count(vm, name, value)?,
        "co_stacksize" => code.stack_size = code_count(vm, name, value)?,
        // Follows from the names.
        "co_nlocals" => _ = code_count(vm, name, value)?,
        "co_flags" => {
            let flags = vm.index_i64(value)? as u32;
            code.flags = rustpython_compiler::core::bytecode::CodeFlags::from_bits_truncate(flags as _);
        }
        "co_varnames" => rename_locals(vm, code, name, value, 0)?,
        "co_cellvars" => rename_locals(vm, code, name, value, 1)?,
        "co_freevars" => rename_locals(vm, code, name, value, 2)?,
        _ if name.starts_with("co_") => {
            let what = format!("code.replace({name}=...) is not implemented on this host");
            return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, what));
        }
        _ => return Err(vm.type_error(format!("replace() got an unexpected keyword argument '{name}'"))),
    }
    Ok(())
}

fn code_text(vm: &mut Vm, part: &str, value: H) -> R<String> {
    if vm.text(value).is_none() {
        let given = vm.class_name(value);
        return Err(vm.type_error(format!("replace() argument '{part}' must be str, not {given}")));
    }
    Ok(vm.string(value))
}

fn code_count(vm: &mut Vm, part: &str, value: H) -> R<usize> {
    let count = vm.index_i64(value)?;
    usize::try_from(count).map_err(|_| vm.value_error(format!("code: {part} must not be negative")))
}

/// Other names of the variables, the cells or the free variables. The instructions count the places of all of them.
fn rename_locals(vm: &mut Vm, code: &mut crate::code::Code, part: &str, value: H, which: usize) -> R<()> {
    if !matches!(vm.body(value), Some(Body::Tuple(_))) {
        let given = vm.class_name(value);
        return Err(vm.type_error(format!("replace() argument '{part}' must be tuple, not {given}")));
    }
    let mut names = Vec::new();
    for i in 0..vm.count(value) {
        let item = vm.item(value, i).expect("counted");
        if vm.text(item).is_none() {
            let given = vm.class_name(item);
            return Err(vm.type_error(format!("name tuples must contain only strings, not '{given}'")));
        }
        names.push(vm.string(item));
    }
    let mut variables = code.locals[..code.variables].to_vec();
    let place = [&mut variables, &mut code.cells, &mut code.free].into_iter().nth(which).expect("one of three");
    let same_count = place.len() == names.len();
    *place = names;
    let own_cells: Vec<String> = code.cells.iter().filter(|cell| !variables.contains(cell)).cloned().collect();
    let before = code.locals.len();
    code.variables = variables.len();
    code.locals = [variables, own_cells, code.free.clone()].concat();
    if (!same_count || code.locals.len() != before) && code.uses_locals() {
        return Err(vm.value_error(format!("code: {part} does not fit the instructions")));
    }
    Ok(())
}

static CODE_METHODS: [NativeDef; 1] = [def("replace", "self **kw", code_replace)];

static TRACEBACK_ATTRS: [GetSetDef; 3] = [
    GetSetDef {
        name: "tb_next",
        get: |vm, this| {
            let Some(Body::Traceback(data)) = vm.body(this) else { panic!("not a traceback") };
            let word = data.next;
            or_none(vm, word)
        },
        set: None,
    },
    GetSetDef {
        name: "tb_frame",
        get: |vm, this| {
            let Some(Body::Traceback(data)) = vm.body(this) else { panic!("not a traceback") };
            let word = data.frame;
            or_none(vm, word)
        },
        set: None,
    },
    GetSetDef {
        name: "tb_lineno",
        get: |vm, this| {
            let Some(Body::Traceback(data)) = vm.body(this) else { panic!("not a traceback") };
            let line = data.line;
            vm.int(i64::from(line))
        },
        set: None,
    },
];

// ---- weak references

impl Vm {
    /// A weak reference; the same one again if `class` is `weakref.ref` itself and there is no callback.
    pub(crate) fn weak_reference(&mut self, class: H, target: H, callback: Option<H>) -> R<H> {
        let of = self.type_data(self.class_word(self.get(target))).flags;
        if of & crate::object::TYPE_WEAK == 0 || !self.get(target).is_object() {
            let name = self.class_name(target);
            return Err(self.type_error(format!("cannot create weak reference to '{name}' object")));
        }
        let callback = callback.filter(|callback| !self.is_none(*callback));
        if callback.is_none() && self.is(class, k::WEAKREF) {
            let old = self.heap.references_to(self.get(target)).into_iter().find(|word| {
                let object = word.object().expect("a weak reference");
                object.class == self.get(k::WEAKREF)
                    && matches!(&object.body, Body::Weakref(weak) if weak.callback.is_null())
            });
            if let Some(old) = old {
                return Ok(self.push(old));
            }
        }
        // The referent is weak for the collector: it is put in when the object is there.
        let callback = callback.map_or(Value::NULL, |callback| self.get(callback));
        let weak = Weak { target: Value::NULL, callback, hash: None };
        let reference = self.alloc(class, Body::Weakref(Box::new(weak)))?;
        let word = self.get(target);
        if let Body::Weakref(weak) = self.body_mut(reference) {
            weak.target = word;
        }
        Ok(reference)
    }

    fn referent(&mut self, reference: H) -> Option<H> {
        match self.body(reference) {
            Some(Body::Weakref(weak)) if !weak.target.is_null() => {
                let word = weak.target;
                Some(self.push(word))
            }
            _ => None,
        }
    }
}

fn weak_new(vm: &mut Vm, args: Args) -> R<H> {
    let mut rest = args.rest();
    let (Some(target), callback) = (rest.next(), rest.next()) else {
        return Err(vm.type_error("__new__ expected at least 1 argument, got 0"));
    };
    vm.weak_reference(args.h(0), target, callback)
}

fn weak_init(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::NONE)
}

fn weak_call(vm: &mut Vm, args: Args) -> R<H> {
    Ok(vm.referent(args.h(0)).unwrap_or(k::NONE))
}

fn weak_repr(vm: &mut Vm, args: Args) -> R<H> {
    let word = vm.get(args.h(0));
    let id = vm.heap.id(word);
    let Some(target) = vm.referent(args.h(0)) else { return vm.str(format!("<weakref at {id:#x}; dead>")) };
    let (class, word) = (vm.class_name(target), vm.get(target));
    let of = vm.heap.id(word);
    vm.str(format!("<weakref at {id:#x}; to '{class}' at {of:#x}>"))
}

fn weak_hash(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(Body::Weakref(weak)) = vm.body(args.h(0))
        && let Some(hash) = weak.hash
    {
        return vm.int(hash);
    }
    let Some(target) = vm.referent(args.h(0)) else { return Err(vm.type_error("weak object has gone away")) };
    let hash = vm.hash(target)?;
    if let Body::Weakref(weak) = vm.body_mut(args.h(0)) {
        weak.hash = Some(hash);
    }
    vm.int(hash)
}

fn weak_eq(vm: &mut Vm, args: Args) -> R<H> {
    if !matches!(vm.body(args.h(1)), Some(Body::Weakref(_))) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    match (vm.referent(args.h(0)), vm.referent(args.h(1))) {
        (Some(a), Some(b)) => {
            let equal = vm.equal(a, b)?;
            Ok(vm.bool(equal))
        }
        _ => Ok(vm.bool(vm.is(args.h(0), args.h(1)))),
    }
}

fn weak_callback(vm: &mut Vm, this: H) -> R<H> {
    let word = match vm.body(this) {
        Some(Body::Weakref(weak)) if !weak.target.is_null() => weak.callback,
        _ => Value::NULL,
    };
    or_none(vm, word)
}

static WEAK_METHODS: [NativeDef; 6] = [
    def("__new__", "cls *args", weak_new),
    def("__init__", "self *args", weak_init),
    def("__call__", "self", weak_call),
    def("__repr__", "self", weak_repr),
    def("__hash__", "self", weak_hash),
    def("__eq__", "self other", weak_eq),
];
static WEAK_ATTRS: [GetSetDef; 1] = [GetSetDef { name: "__callback__", get: weak_callback, set: None }];

// ---- super

fn super_new(vm: &mut Vm, args: Args) -> R<H> {
    let rest: Vec<H> = args.rest().collect();
    match rest.as_slice() {
        [] => super_here(vm),
        [class] => vm.alloc(k::SUPER, Body::Super([vm.get(*class), Value::NULL, Value::NULL])),
        [class, obj, ..] => vm.new_super(*class, *obj),
    }
}

/// `super()`: the class from the `__class__` cell, the object from the first argument of the calling function.
fn super_here(vm: &mut Vm) -> R<H> {
    let Some(frame) = vm.frames.last() else { return Err(vm.raise(k::RUNTIME_ERROR, "super(): no current frame")) };
    let (base, code) = (frame.base + crate::call::FRAME_WORDS, frame.code.clone());
    if code.positional == 0 {
        return Err(vm.raise(k::RUNTIME_ERROR, "super(): no arguments"));
    }
    let mut first = vm.get(H(base as u32));
    if let Some(Body::Cell(word)) = first.object().map(|object| &object.body) {
        first = *word;
    }
    let free = code.free.iter().position(|name| name == "__class__");
    let Some(free) = free else { return Err(vm.raise(k::RUNTIME_ERROR, "super(): __class__ cell not found")) };
    let cell = vm.get(H((base + code.locals.len() - code.free.len() + free) as u32));
    let class = match cell.object().map(|object| &object.body) {
        Some(Body::Cell(word)) if !word.is_null() => *word,
        _ => return Err(vm.raise(k::RUNTIME_ERROR, "super(): empty __class__ cell")),
    };
    if first.is_null() {
        return Err(vm.raise(k::RUNTIME_ERROR, "super(): arg[0] deleted"));
    }
    let (class, first) = (vm.push(class), vm.push(first));
    vm.new_super(class, first)
}

fn super_init(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::NONE)
}

fn super_repr(vm: &mut Vm, args: Args) -> R<H> {
    let Some(Body::Super([class, obj, start])) = vm.body(args.h(0)) else { panic!("not a super") };
    let name = vm.type_data(*class).name.clone();
    let text = if obj.is_null() {
        format!("<super: <class '{name}'>, NULL>")
    } else {
        format!("<super: <class '{name}'>, <{} object>>", vm.type_data(*start).name)
    };
    vm.str(text)
}

static SUPER_METHODS: [NativeDef; 3] = [
    def("__new__", "cls *args", super_new),
    def("__init__", "self *args", super_init),
    def("__repr__", "self", super_repr),
];

// ---- namespaces, standard streams

fn namespace_new(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(args.h(0), Body::Plain)
}

fn namespace_init(vm: &mut Vm, args: Args) -> R<H> {
    let dict = vm.instance_dict(args.h(0))?;
    vm.dict_update(dict, args.kw, true)?;
    Ok(k::NONE)
}

fn namespace_repr(vm: &mut Vm, args: Args) -> R<H> {
    let this = args.h(0);
    vm.guarded_repr(this, "namespace(...)", |vm| {
        let mut text = rustpython_wtf8::Wtf8Buf::from("namespace(".to_owned());
        let dict = vm.instance_dict(this)?;
        let keys = vm.mapping_keys(dict)?;
        for i in 0..vm.count(keys) {
            let key = vm.item(keys, i).expect("counted");
            text.push_str(&format!("{}{}=", if i > 0 { ", " } else { "" }, vm.string(key)));
            let value = vm.get_item(dict, key)?;
            vm.push_repr(&mut text, value)?;
        }
        text.push_str(")");
        Ok(text)
    })
}

fn namespace_eq(vm: &mut Vm, args: Args) -> R<H> {
    if !vm.is_instance(args.h(1), k::NAMESPACE) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    let (a, b) = (vm.instance_dict(args.h(0))?, vm.instance_dict(args.h(1))?);
    let equal = vm.equal(a, b)?;
    Ok(vm.bool(equal))
}

static NAMESPACE_METHODS: [NativeDef; 4] = [
    def("__new__", "cls *args **kw", namespace_new),
    def("__init__", "self **kw", namespace_init),
    def("__repr__", "self", namespace_repr),
    def("__eq__", "self other", namespace_eq),
];

fn file_write(vm: &mut Vm, args: Args) -> R<H> {
    let Some(text) = vm.text(args.h(1)) else {
        let name = vm.class_name(args.h(1));
        return Err(vm.type_error(format!("write() argument must be str, not {name}")));
    };
    let (bytes, chars) = (text.to_string_lossy().into_owned(), text.code_points().count());
    let Some(Body::File(fd)) = vm.body(args.h(0)) else { panic!("not a stream") };
    if *fd == 1 {
        vm.out.extend_from_slice(bytes.as_bytes());
        if vm.out.len() > 1 << 13 {
            vm.flush_out();
        }
    } else {
        vm.flush_out();
        eprint!("{bytes}");
    }
    Ok(vm.size(chars))
}

fn file_flush(vm: &mut Vm, _: Args) -> R<H> {
    vm.flush_out();
    Ok(k::NONE)
}

fn file_fileno(vm: &mut Vm, args: Args) -> R<H> {
    let Some(Body::File(fd)) = vm.body(args.h(0)) else { panic!("not a stream") };
    let fd = i64::from(*fd);
    vm.int(fd)
}

fn file_isatty(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::FALSE)
}

static FILE_METHODS: [NativeDef; 4] = [
    def("write", "self text", file_write),
    def("flush", "self", file_flush),
    def("fileno", "self", file_fileno),
    def("isatty", "self", file_isatty),
];

/// The classes of this file.
pub(crate) fn members() -> Vec<Members> {
    let row = |class, methods, attrs| Members { class, methods, attrs };
    vec![
        row(k::FUNCTION, &FUNCTION_METHODS, &FUNCTION_ATTRS),
        row(k::NATIVE, &NATIVE_METHODS, &NATIVE_ATTRS),
        row(k::METHOD_DESCR, &DESCR_METHODS, &DESCR_ATTRS),
        row(k::CLASS_METHOD_DESCR, &DESCR_METHODS, &DESCR_ATTRS),
        row(k::SLOT_WRAPPER, &DESCR_METHODS, &DESCR_ATTRS),
        row(k::METHOD, &METHOD_METHODS, &METHOD_ATTRS),
        row(k::METHOD_WRAPPER, &NATIVE_METHODS, &WRAPPER_ATTRS),
        row(k::PROPERTY, &PROPERTY_METHODS, &PROPERTY_ATTRS),
        row(k::CLASSMETHOD, &CLASSMETHOD_METHODS, &WRAPPED_ATTRS),
        row(k::STATICMETHOD, &STATICMETHOD_METHODS, &WRAPPED_ATTRS),
        row(k::GETSET, &DESCRIPTOR_METHODS, &DESCRIPTOR_ATTRS),
        row(k::MEMBER, &DESCRIPTOR_METHODS, &DESCRIPTOR_ATTRS),
        row(k::CELL, &CELL_METHODS, &CELL_ATTRS),
        row(k::MODULE, &MODULE_METHODS, &[]),
        row(k::CODE, &CODE_METHODS, &CODE_ATTRS),
        row(k::TRACEBACK, &[], &TRACEBACK_ATTRS),
        row(k::FRAME, &[], &crate::frame::FRAME_ATTRS),
        row(k::WEAKREF, &WEAK_METHODS, &WEAK_ATTRS),
        row(k::SUPER, &SUPER_METHODS, &[]),
        row(k::NAMESPACE, &NAMESPACE_METHODS, &[]),
        row(k::FILE, &FILE_METHODS, &[]),
    ]
}
