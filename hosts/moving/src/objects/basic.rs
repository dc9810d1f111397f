//! `object`, `type`, and the singletons.

use object_mirror::object::Py_TPFLAGS_HEAPTYPE;

use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::{Body, Layout, TYPE_DICT, TYPE_HEAP, TYPE_STATIC, TYPE_WEAK};
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm, find_text};

// ---- object

fn object_new(vm: &mut Vm, args: Args) -> R<H> {
    let class = args.h(0);
    let extra = args.rest_len() > 0 || vm.table(args.kw).len() > 0;
    if extra {
        let of_object = |vm: &Vm, name: H| vm.lookup(vm.get(class), name) == vm.lookup(vm.get(k::OBJECT), name);
        let (plain_new, plain_init) = (of_object(vm, n::__new__), of_object(vm, n::__init__));
        let name = vm.type_data(vm.get(class)).name.clone();
        if !plain_new {
            return Err(vm.type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
        }
        if plain_init {
            return Err(vm.type_error(format!("{name}() takes no arguments")));
        }
    }
    check_abstract(vm, class)?;
    vm.alloc(class, Body::Plain)
}

/// Classes with abstract methods (the `abc` module's) have no instances.
fn check_abstract(vm: &mut Vm, class: H) -> R<()> {
    let name = vm.intern("__abstractmethods__")?;
    let Some(found) = vm.lookup(vm.get(class), name) else { return Ok(()) };
    let found = vm.push(found);
    if !vm.truth(found)? {
        return Ok(());
    }
    let list = vm.to_list(found)?;
    let names: Vec<String> = (0..vm.count(list))
        .filter_map(|i| vm.item(list, i))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|h| format!("'{}'", vm.string(h)))
        .collect();
    let (class, plural) = (vm.type_data(vm.get(class)).name.clone(), if names.len() == 1 { "" } else { "s" });
    let what =
        format!("Can't instantiate abstract class {class} without an implementation for abstract method{plural}");
    Err(vm.type_error(format!("{what} {}", names.join(", "))))
}

fn object_init(vm: &mut Vm, args: Args) -> R<H> {
    let class = vm.class(args.h(0));
    if args.rest_len() > 0 || vm.table(args.kw).len() > 0 {
        let same = |vm: &Vm, name: H| vm.lookup(vm.get(class), name) == vm.lookup(vm.get(k::OBJECT), name);
        if !same(vm, n::__init__) {
            return Err(vm.type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
        }
        if same(vm, n::__new__) {
            let name = vm.class_name(args.h(0));
            return Err(
                vm.type_error(format!("{name}.__init__() takes exactly one argument (the instance to initialize)"))
            );
        }
    }
    Ok(k::NONE)
}

fn object_repr(vm: &mut Vm, args: Args) -> R<H> {
    let class = vm.class(args.h(0));
    let name = full_name(vm, class)?;
    let word = vm.get(args.h(0));
    let id = vm.heap.id(word);
    vm.str(format!("<{name} object at {id:#x}>"))
}

/// `module.Qualified`, without `builtins`.
pub(crate) fn full_name(vm: &mut Vm, class: H) -> R<String> {
    let qualname = vm.getattr(class, n::__qualname__)?;
    let qualname = vm.string(qualname);
    let module = vm.getattr_opt(class, n::__module__)?;
    let module = module.map(|module| vm.string(module)).unwrap_or_default();
    Ok(if matches!(&*module, "" | "builtins") { qualname } else { format!("{module}.{qualname}") })
}

fn object_str(vm: &mut Vm, args: Args) -> R<H> {
    vm.repr(args.h(0))
}

fn object_eq(vm: &mut Vm, args: Args) -> R<H> {
    Ok(if vm.is(args.h(0), args.h(1)) { k::TRUE } else { k::NOT_IMPLEMENTED })
}

fn object_ne(vm: &mut Vm, args: Args) -> R<H> {
    let result = vm.call_special(args.h(0), n::__eq__, &[args.h(1)])?.expect("object has one");
    if vm.get(result) == Value::NOT_IMPLEMENTED {
        return Ok(k::NOT_IMPLEMENTED);
    }
    let truth = vm.truth(result)?;
    Ok(vm.bool(!truth))
}

fn not_implemented(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::NOT_IMPLEMENTED)
}

fn object_hash(vm: &mut Vm, args: Args) -> R<H> {
    let word = vm.get(args.h(0));
    let id = vm.heap.id(word);
    vm.int(id as i64 >> 4)
}

fn object_getattribute(vm: &mut Vm, args: Args) -> R<H> {
    check_name(vm, args.h(1))?;
    vm.plain_getattr(args.h(0), args.h(1))
}

fn check_name(vm: &mut Vm, name: H) -> R<()> {
    if vm.text(name).is_some() {
        return Ok(());
    }
    let given = vm.class_name(name);
    Err(vm.type_error(format!("attribute name must be string, not '{given}'")))
}

fn object_setattr(vm: &mut Vm, args: Args) -> R<H> {
    check_name(vm, args.h(1))?;
    vm.plain_setattr(args.h(0), args.h(1), Some(args.h(2))).map(|()| k::NONE)
}

fn object_delattr(vm: &mut Vm, args: Args) -> R<H> {
    check_name(vm, args.h(1))?;
    vm.plain_setattr(args.h(0), args.h(1), None).map(|()| k::NONE)
}

fn object_format(vm: &mut Vm, args: Args) -> R<H> {
    if vm.text(args.h(1)).is_some_and(|spec| !spec.is_empty()) {
        let name = vm.class_name(args.h(0));
        return Err(vm.type_error(format!("unsupported format string passed to {name}.__format__")));
    }
    vm.to_str(args.h(0))
}

fn object_init_subclass(vm: &mut Vm, args: Args) -> R<H> {
    if vm.table(args.kw).len() > 0 {
        let name = vm.type_data(vm.get(args.h(0))).name.clone();
        return Err(vm.type_error(format!("{name}.__init_subclass__() takes no keyword arguments")));
    }
    Ok(k::NONE)
}

fn object_dir(vm: &mut Vm, args: Args) -> R<H> {
    let set = vm.alloc(k::SET, Body::Set(Box::default()))?;
    if let Some(dict) = vm.getattr_opt(args.h(0), n::__dict__)? {
        vm.set_update(set, dict)?;
    }
    let class = vm.class(args.h(0));
    add_mro_names(vm, class, set)?;
    let list = vm.to_list(set)?;
    crate::objects::list::sort(vm, list, k::NONE, false)?;
    Ok(list)
}

fn add_mro_names(vm: &mut Vm, class: H, set: H) -> R<()> {
    for i in 0..vm.type_data(vm.get(class)).mro.len() {
        let mark = vm.mark();
        let one = vm.type_data(vm.get(class)).mro[i];
        let dict = vm.type_data(one).dict;
        let dict = vm.push(dict);
        vm.set_update(set, dict)?;
        vm.cut(mark);
    }
    Ok(())
}

fn get_class(vm: &mut Vm, this: H) -> R<H> {
    Ok(vm.class(this))
}

fn set_class(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete __class__ attribute")) };
    if !matches!(vm.body(value), Some(Body::Type(_))) {
        let name = vm.class_name(value);
        return Err(vm.type_error(format!("__class__ must be set to a class, not '{name}' object")));
    }
    let class = vm.class(this);
    let (old, new) = (vm.type_data(vm.get(class)), vm.type_data(vm.get(value)));
    let heap = crate::object::TYPE_HEAP;
    if matches!(vm.body(this), Some(Body::Module)) && new.layout == old.layout {
        let (word, class) = (vm.get(this), vm.get(value));
        vm.heap.write(word).class = class;
        return Ok(());
    }
    let immutable = (old.flags | new.flags) & crate::object::TYPE_IMMUTABLE != 0;
    if old.flags & heap == 0 || new.flags & heap == 0 || immutable {
        return Err(vm.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    }
    let differs =
        old.layout != new.layout || old.slot_count != new.slot_count || (old.flags ^ new.flags) & TYPE_DICT != 0;
    let (one, other) = (vm.c_part(vm.get(class)), vm.c_part(vm.get(value)));
    if differs || one != other && !crate::host::same_fields(vm, class, value) {
        let (old, new) = (vm.type_data(vm.get(class)), vm.type_data(vm.get(value)));
        let what = format!("__class__ assignment: '{}' object layout differs from '{}'", new.name, old.name);
        return Err(vm.type_error(what));
    }
    let (word, class) = (vm.get(this), vm.get(value));
    vm.heap.write(word).class = class;
    crate::host::class_replaced(vm, this, value);
    Ok(())
}

pub(crate) fn get_dict(vm: &mut Vm, this: H) -> R<H> {
    let flags = vm.type_data(vm.class_word(vm.get(this))).flags;
    if flags & TYPE_DICT == 0 {
        return Err(vm.no_attribute(this, n::__dict__));
    }
    vm.instance_dict(this)
}

fn set_dict(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let Some(value) = value else { return Err(vm.type_error("cannot delete __dict__")) };
    if !matches!(vm.body(value), Some(Body::Dict(_))) {
        let name = vm.class_name(value);
        return Err(vm.type_error(format!("__dict__ must be set to a dictionary, not a '{name}'")));
    }
    let (word, dict) = (vm.get(this), vm.get(value));
    vm.heap.write(word).dict = dict;
    Ok(())
}

fn object_sizeof(vm: &mut Vm, args: Args) -> R<H> {
    let outside = vm.body(args.h(0)).map_or(0, Body::outside);
    Ok(vm.size(size_of::<crate::object::Object>() + outside))
}

fn subclass_hook(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::NOT_IMPLEMENTED)
}

pub(crate) static OBJECT_METHODS: [NativeDef; 19] = [
    def("__new__", "cls *args **kw", object_new),
    def("__init__", "self *args **kw", object_init),
    def("__repr__", "self", object_repr),
    def("__str__", "self", object_str),
    def("__eq__", "self other", object_eq),
    def("__ne__", "self other", object_ne),
    def("__lt__", "self other", not_implemented),
    def("__le__", "self other", not_implemented),
    def("__gt__", "self other", not_implemented),
    def("__ge__", "self other", not_implemented),
    def("__hash__", "self", object_hash),
    def("__getattribute__", "self name", object_getattribute),
    def("__setattr__", "self name value", object_setattr),
    def("__delattr__", "self name", object_delattr),
    def("__format__", "self spec", object_format),
    def("__init_subclass__", "cls **kw", object_init_subclass),
    def("__subclasshook__", "cls other", subclass_hook),
    def("__dir__", "self", object_dir),
    def("__sizeof__", "self", object_sizeof),
];

pub(crate) static OBJECT_ATTRS: [GetSetDef; 1] =
    [GetSetDef { name: "__class__", get: get_class, set: Some(set_class) }];

/// The first weak reference to the object, or None.
fn get_weakref(vm: &mut Vm, this: H) -> R<H> {
    let first = vm.heap.references_to(vm.get(this)).first().copied();
    Ok(vm.push(first.unwrap_or(Value::NONE)))
}

static DICT_ATTR: GetSetDef = GetSetDef { name: "__dict__", get: get_dict, set: Some(set_dict) };
static MODULE_DICT_ATTR: GetSetDef = GetSetDef { name: "__dict__", get: get_dict, set: None };
static WEAKREF_ATTR: GetSetDef = GetSetDef { name: "__weakref__", get: get_weakref, set: None };

/// Puts `__dict__` and `__weakref__` into the namespace of a class whose instances have them and those of its base do not.
pub(crate) fn add_instance_attrs(vm: &mut Vm, class: H, dict: H) -> R<()> {
    let data = vm.type_data(vm.get(class));
    let (flags, layout) = (data.flags, data.layout);
    let base = if data.base.is_null() { 0 } else { vm.type_data(data.base).flags };
    let of_module = layout == Layout::Module;
    let dict_attr = if of_module { &MODULE_DICT_ATTR } else { &DICT_ATTR };
    // A static type says nothing of its weak references.
    let weak = if flags & TYPE_HEAP != 0 { TYPE_WEAK } else { 0 };
    for (flag, attr) in [(TYPE_DICT, dict_attr), (weak, &WEAKREF_ATTR)] {
        let name = vm.intern(attr.name)?;
        if flags & flag & !base == 0 || vm.dict_get(dict, name)?.is_some() {
            continue;
        }
        let descriptor = vm.alloc(k::GETSET, Body::GetSet(attr, vm.get(class)))?;
        vm.dict_set(dict, name, descriptor)?;
    }
    Ok(())
}

// ---- type

fn type_new(vm: &mut Vm, args: Args) -> R<H> {
    let meta = args.h(0);
    let given = [args.opt(vm, 1), args.opt(vm, 2), args.opt(vm, 3)];
    let [Some(name), Some(bases), Some(namespace)] = given else {
        let count = given.iter().flatten().count();
        return match given {
            [Some(object), None, None] if vm.is(meta, k::TYPE) && vm.table(args.kw).len() == 0 => Ok(vm.class(object)),
            _ if vm.is(meta, k::TYPE) => Err(vm.type_error("type() takes 1 or 3 arguments")),
            _ => Err(vm.type_error(format!("type.__new__() takes exactly 3 arguments ({count} given)"))),
        };
    };
    for (i, (h, class, what)) in
        [(name, k::STR, "str"), (bases, k::TUPLE, "tuple"), (namespace, k::DICT, "dict")].into_iter().enumerate()
    {
        if !vm.is_instance(h, class) {
            let given = vm.class_name(h);
            return Err(vm.type_error(format!("type.__new__() argument {} must be {what}, not {given}", i + 1)));
        }
    }
    let classes = vm
        .items(bases)
        .expect("a tuple")
        .iter()
        .all(|base| matches!(base.object().map(|object| &object.body), Some(Body::Type(_))));
    if classes {
        let winner = vm.most_derived_meta(meta, bases)?;
        let new = vm.lookup(vm.get(winner), n::__new__);
        if !vm.is(winner, meta) && new != vm.lookup(vm.get(k::TYPE), n::__new__) {
            let new = vm.push(new.expect("object has __new__"));
            let new = vm.bind(new, k::NULL, winner)?;
            let given = vm.tuple(&[winner, name, bases, namespace])?;
            return vm.call_ex(new, given, args.kw);
        }
    }
    vm.new_type(meta, name, bases, namespace, args.kw)
}

fn type_init(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::NONE)
}

fn type_call(vm: &mut Vm, args: Args) -> R<H> {
    let rest: Vec<H> = args.rest().collect();
    let names = vm.mapping_keys(args.kw)?;
    let names = vm.to_tuple(names)?;
    let base = vm.mark();
    for h in rest.iter() {
        vm.push(vm.get(*h));
    }
    let values: Vec<Value> = vm.table(args.kw).iter().map(|entry| entry.value).collect();
    let kw = if values.is_empty() { k::NULL } else { names };
    vm.heap.stack.extend(values);
    vm.call_type(args.h(0), base, rest.len(), kw)
}

fn type_repr(vm: &mut Vm, args: Args) -> R<H> {
    let name = full_name(vm, args.h(0))?;
    vm.str(format!("<class '{name}'>"))
}

fn type_mro(vm: &mut Vm, args: Args) -> R<H> {
    let words = vm.type_data(vm.get(args.h(0))).mro.clone();
    let start = vm.mark();
    vm.heap.stack.extend(words);
    vm.list_since(start)
}

fn type_subclasses(vm: &mut Vm, args: Args) -> R<H> {
    let words = vm.subclasses(vm.get(args.h(0)));
    let start = vm.mark();
    vm.heap.stack.extend(words);
    vm.list_since(start)
}

fn type_instancecheck(vm: &mut Vm, args: Args) -> R<H> {
    let result = vm.plain_class_check(args.h(1), args.h(0), true)?;
    Ok(vm.bool(result))
}

fn type_subclasscheck(vm: &mut Vm, args: Args) -> R<H> {
    let result = vm.plain_class_check(args.h(1), args.h(0), false)?;
    Ok(vm.bool(result))
}

fn type_prepare(vm: &mut Vm, _: Args) -> R<H> {
    vm.dict()
}

fn type_dir(vm: &mut Vm, args: Args) -> R<H> {
    let set = vm.alloc(k::SET, Body::Set(Box::default()))?;
    add_mro_names(vm, args.h(0), set)?;
    let list = vm.to_list(set)?;
    crate::objects::list::sort(vm, list, k::NONE, false)?;
    Ok(list)
}

/// A number that the type's struct in C has.
macro_rules! of_struct {
    ($name:literal, $field:ident) => {
        GetSetDef {
            name: $name,
            get: |vm, this| {
                let ty = crate::host::type_struct(vm, this);
                // SAFETY: the mirror of a class is a live type.
                vm.int(unsafe { (*ty).$field } as i64)
            },
            set: None,
        }
    };
}

fn type_text_signature(vm: &mut Vm, this: H) -> R<H> {
    if vm.type_data(vm.get(this)).flags & crate::object::TYPE_C == 0 {
        return Ok(k::NONE);
    }
    let ty = crate::host::type_struct(vm, this);
    // SAFETY: the class of a C type holds it.
    crate::host::returned(vm, |_| unsafe { emul::type_signature(ty) })
}

fn type_name(vm: &mut Vm, this: H) -> R<H> {
    let name = vm.type_data(vm.get(this)).name.clone();
    vm.str(name.rsplit_once('.').map_or(&*name, |(_, last)| last))
}

fn heap_only(vm: &mut Vm, this: H, what: &str, value: Option<H>) -> R<H> {
    let data = vm.type_data(vm.get(this));
    let name = data.name.clone();
    if data.flags & crate::object::TYPE_HEAP == 0 || data.flags & crate::object::TYPE_IMMUTABLE != 0 {
        return Err(vm.type_error(format!("cannot set '{what}' attribute of immutable type '{name}'")));
    }
    match value {
        Some(value) => Ok(value),
        None => Err(vm.type_error(format!("cannot delete '{what}' attribute of immutable type '{name}'"))),
    }
}

fn set_type_name(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let value = heap_only(vm, this, "__name__", value)?;
    if vm.text(value).is_none() {
        let (name, given) = (vm.type_data(vm.get(this)).name.clone(), vm.class_name(value));
        return Err(vm.type_error(format!("can only assign string to {name}.__name__, not '{given}'")));
    }
    let text = vm.string(value);
    if let Body::Type(data) = vm.body_mut(this) {
        data.name = text.into();
    }
    Ok(())
}

fn own(vm: &mut Vm, this: H, name: H) -> Option<H> {
    let table = vm.table_of(vm.type_data(vm.get(this)).dict)?;
    let word = find_text(table, vm.get(name))?.1;
    // What computes the attribute of instances is not the class's own.
    let of_instances = matches!(word.object().map(|object| &object.body), Some(Body::GetSet(..)));
    (!of_instances).then(|| vm.push(word))
}

fn type_qualname(vm: &mut Vm, this: H) -> R<H> {
    let qualname = vm.type_data(vm.get(this)).qualname;
    if qualname.is_null() {
        return type_name(vm, this);
    }
    Ok(vm.push(qualname))
}

fn set_own(vm: &mut Vm, this: H, name: H, value: Option<H>) -> R<()> {
    let text = vm.string(name);
    let value = heap_only(vm, this, &text, value)?;
    let dict = vm.type_data(vm.get(this)).dict;
    let dict = vm.push(dict);
    vm.dict_set(dict, name, value)
}

fn set_qualname(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let value = heap_only(vm, this, "__qualname__", value)?;
    if vm.text(value).is_none() {
        let (class, given) = (vm.type_data(vm.get(this)).name.clone(), vm.class_name(value));
        return Err(vm.type_error(format!("can only assign string to {class}.__qualname__, not '{given}'")));
    }
    let value = vm.get(value);
    if let Body::Type(data) = vm.body_mut(this) {
        data.qualname = value;
    }
    Ok(())
}

fn type_module(vm: &mut Vm, this: H) -> R<H> {
    let name = vm.type_data(vm.get(this)).name.clone();
    match own(vm, this, n::__module__) {
        Some(h) if vm.text(h).is_some() => Ok(h),
        // A static type's name tells its module, whatever its instances have by that name.
        _ if let Some((module, _)) = name.rsplit_once('.') => vm.intern(module),
        Some(h) => Ok(h),
        None if vm.type_data(vm.get(this)).flags & (TYPE_HEAP | TYPE_STATIC) == TYPE_HEAP
            && !is_static_in_c(vm, this) =>
        {
            Err(vm.attribute_error("__module__".to_owned(), this, n::__module__))
        }
        None => Ok(n::builtins),
    }
}

/// Whether the class is one of C's static types.
fn is_static_in_c(vm: &mut Vm, this: H) -> bool {
    if vm.type_data(vm.get(this)).flags & crate::object::TYPE_C == 0 {
        return false;
    }
    let ty = crate::host::type_struct(vm, this);
    // SAFETY: the class of a C type holds it.
    unsafe { (*ty).tp_flags as u64 & Py_TPFLAGS_HEAPTYPE == 0 }
}

fn set_module(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    set_own(vm, this, n::__module__, value)
}

fn type_doc(vm: &mut Vm, this: H) -> R<H> {
    if vm.type_data(vm.get(this)).flags & crate::object::TYPE_C != 0 {
        let ty = crate::host::type_struct(vm, this);
        // SAFETY: the class of a C type holds it.
        if let Some(doc) = crate::host::done(vm, |_| unsafe { emul::type_doc(ty) }.transpose())? {
            return Ok(crate::host::take(vm, doc));
        }
    }
    Ok(own(vm, this, n::__doc__).unwrap_or(k::NONE))
}

fn set_doc(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    set_own(vm, this, n::__doc__, value)
}

fn type_bases(vm: &mut Vm, this: H) -> R<H> {
    let words = vm.type_data(vm.get(this)).bases.clone();
    let start = vm.mark();
    vm.heap.stack.extend(words);
    vm.tuple_since(start)
}

fn type_base(vm: &mut Vm, this: H) -> R<H> {
    let word = vm.type_data(vm.get(this)).base;
    Ok(vm.push(if word.is_null() { Value::NONE } else { word }))
}

fn type_mro_attr(vm: &mut Vm, this: H) -> R<H> {
    let words = vm.type_data(vm.get(this)).mro.clone();
    let start = vm.mark();
    vm.heap.stack.extend(words);
    vm.tuple_since(start)
}

fn type_dict(vm: &mut Vm, this: H) -> R<H> {
    let dict = vm.type_data(vm.get(this)).dict;
    vm.alloc(k::MAPPINGPROXY, Body::MappingProxy(dict))
}

/// The annotations: stored ones, or what the compiler's `__annotate__` function gives.
fn type_annotations(vm: &mut Vm, this: H) -> R<H> {
    if let Some(h) = own(vm, this, n::__annotations__) {
        return Ok(h);
    }
    let annotate = vm.intern("__annotate_func__")?;
    let found = match own(vm, this, annotate) {
        Some(h) => Some(h),
        None => own(vm, this, n::__annotate__),
    };
    let result = match found {
        Some(function) if !vm.is_none(function) => {
            let one = vm.size(1);
            vm.call(function, &[one])?
        }
        _ => vm.dict()?,
    };
    let dict = vm.type_data(vm.get(this)).dict;
    let dict = vm.push(dict);
    vm.dict_set(dict, n::__annotations__, result)?;
    Ok(result)
}

/// The function that makes the annotations, or None.
fn type_annotate(vm: &mut Vm, this: H) -> R<H> {
    let name = vm.intern("__annotate_func__")?;
    Ok(match own(vm, this, name) {
        Some(h) => h,
        None => own(vm, this, n::__annotate__).unwrap_or(k::NONE),
    })
}

fn set_type_annotate(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let name = vm.intern("__annotate_func__")?;
    set_own(vm, this, name, value)
}

fn set_annotations(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    set_own(vm, this, n::__annotations__, value)
}

pub(crate) static TYPE_METHODS: [NativeDef; 12] = [
    def("__new__", "cls name= bases= dict= **kw", type_new),
    def("__init__", "self *args **kw", type_init),
    def("__call__", "self *args **kw", type_call),
    def("__repr__", "self", type_repr),
    def("mro", "self", type_mro),
    def("__subclasses__", "self", type_subclasses),
    def("__instancecheck__", "self instance", type_instancecheck),
    def("__subclasscheck__", "self subclass", type_subclasscheck),
    def("__prepare__", "cls *args **kw", type_prepare),
    def("__dir__", "self", type_dir),
    def("__or__", "self other", super::union::or),
    def("__ror__", "self other", super::union::ror),
];

pub(crate) static TYPE_ATTRS: [GetSetDef; 16] = [
    of_struct!("__basicsize__", tp_basicsize),
    of_struct!("__itemsize__", tp_itemsize),
    of_struct!("__dictoffset__", tp_dictoffset),
    of_struct!("__weakrefoffset__", tp_weaklistoffset),
    of_struct!("__flags__", tp_flags),
    GetSetDef { name: "__text_signature__", get: type_text_signature, set: None },
    GetSetDef { name: "__name__", get: type_name, set: Some(set_type_name) },
    GetSetDef { name: "__qualname__", get: type_qualname, set: Some(set_qualname) },
    GetSetDef { name: "__module__", get: type_module, set: Some(set_module) },
    GetSetDef { name: "__doc__", get: type_doc, set: Some(set_doc) },
    GetSetDef { name: "__bases__", get: type_bases, set: Some(Vm::set_bases) },
    GetSetDef { name: "__base__", get: type_base, set: None },
    GetSetDef { name: "__mro__", get: type_mro_attr, set: None },
    GetSetDef { name: "__dict__", get: type_dict, set: None },
    GetSetDef { name: "__annotations__", get: type_annotations, set: Some(set_annotations) },
    GetSetDef { name: "__annotate__", get: type_annotate, set: Some(set_type_annotate) },
];

// ---- singletons

fn none_repr(vm: &mut Vm, _: Args) -> R<H> {
    vm.str("None")
}

fn none_bool(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::FALSE)
}

fn none_new(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::NONE)
}

fn none_hash(vm: &mut Vm, _: Args) -> R<H> {
    vm.int(0xFCA8_6420)
}

fn ellipsis_repr(vm: &mut Vm, _: Args) -> R<H> {
    vm.str("Ellipsis")
}

fn not_implemented_repr(vm: &mut Vm, _: Args) -> R<H> {
    vm.str("NotImplemented")
}

fn not_implemented_bool(vm: &mut Vm, _: Args) -> R<H> {
    Err(vm.type_error("NotImplemented should not be used in a boolean context"))
}

pub(crate) static NONE_METHODS: [NativeDef; 4] = [
    def("__new__", "cls", none_new),
    def("__repr__", "self", none_repr),
    def("__bool__", "self", none_bool),
    def("__hash__", "self", none_hash),
];
pub(crate) static ELLIPSIS_METHODS: [NativeDef; 1] = [def("__repr__", "self", ellipsis_repr)];
pub(crate) static NOT_IMPLEMENTED_METHODS: [NativeDef; 2] =
    [def("__repr__", "self", not_implemented_repr), def("__bool__", "self", not_implemented_bool)];
