//! Classes and descriptors.
//!
//! The class of a C type is a heap class of RustPython's that knows its mirror ([`CType`]). While the layer fills its
//! namespace it is *being made*; when the layer says that it is done, the slots get their trampolines and the class closes
//! if its type is immutable.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use emul::host::{
    ClassInfo, ClassSpec, FunctionKind, HostObj, HostRef, HostResult, NativeCall, NativeGet, NativeSet, TypeProtocol,
};
use emul::slots;
use emul::watchers::around_class_change;
use object_mirror::object::{
    Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_MAPPING, Py_TPFLAGS_METHOD_DESCRIPTOR, Py_TPFLAGS_SEQUENCE, PyObject as Mirror,
    PyTypeObject,
};
use rustpython::vm::builtins::{
    PyDict, PyGetSet, PyStaticMethod, PyStr, PyStrInterned, PyTuple, PyType, PyTypeRef, PyWeak,
    object_generic_set_dict, object_get_dict,
};
use rustpython::vm::compiler::Mode;
use rustpython::vm::function::{FuncArgs, ItemDoc, PyMethodDef, PyMethodFlags, PySetterValue};
use rustpython::vm::object::SIZEOF_PYOBJECT_HEAD;
use rustpython::vm::types::{PyTypeFlags, PyTypeSlots, SLOT_DEFS};
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine};

use super::descriptors;
use super::payload::{self, CInstance};
use super::trampolines::{self, with_args};
use super::{RustPythonHost, ctx, function, get, handle, leak, own, raised, returned, with};
use super::{powers, sequences};

/// Have the layer told of every attribute of a class that is set or deleted: slots of C's follow the special methods.
pub(super) fn watch_classes(vm: &VirtualMachine) {
    let root = vm.ctx.types.type_type;
    let Some(before) = root.slots().setattro.load() else { return };
    if SET_CLASS_ATTRIBUTE.set(before).is_err() {
        return;
    }
    let watch = |class: &Py<PyType>| {
        let slot = &class.slots().setattro;
        if slot.load().is_some_and(|found| std::ptr::fn_addr_eq(found, before)) {
            slot.store(Some(set_class_attribute));
        }
    };
    watch(root);
    for name in ["__setattr__", "__delattr__"] {
        root.attributes().remove(vm.ctx.intern_str(name));
    }
    rustpython::vm::class::add_operators(root, &vm.ctx, &[]);
    for metaclass in root.subclasses.read().iter().filter_map(|class| class.upgrade()) {
        if let Some(metaclass) = metaclass.downcast_ref::<PyType>() {
            watch(metaclass);
        }
    }
}

type SetAttribute = fn(&PyObject, &Py<PyStr>, PySetterValue, &VirtualMachine) -> PyResult<()>;
static SET_CLASS_ATTRIBUTE: OnceLock<SetAttribute> = OnceLock::new();

fn set_class_attribute(class: &PyObject, name: &Py<PyStr>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
    let set = SET_CLASS_ATTRIBUTE.get().expect("stored before this function was");
    if name.as_bytes() == b"__bases__"
        && let PySetterValue::Assign(bases) = &value
    {
        check_new_bases(class, bases, vm)?;
    }
    around_class_change(|| set(class, name, value, vm))?;
    let text = name.as_bytes();
    if text.starts_with(b"__") && text.ends_with(b"__") && class_being_made(class).is_none() {
        match std::str::from_utf8(text) {
            Ok("__bases__") => slots::bases_changed(handle(class)),
            Ok(name) => slots::attribute_changed(handle(class), name),
            Err(_) => {}
        }
    }
    Ok(())
}

/// Bases that lay out instances otherwise than the class's own, where a C type has a part in it: RustPython does not compare those.
fn check_new_bases(class: &PyObject, bases: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let (Some(class), Some(bases)) = (class.downcast_ref::<PyType>(), bases.downcast_ref::<PyTuple>()) else {
        return Ok(());
    };
    let classes: Option<Vec<&Py<PyType>>> = bases.iter().map(|base| base.downcast_ref::<PyType>()).collect();
    // What is wrong with others, RustPython says.
    let Some(classes) = classes.filter(|classes| !classes.is_empty()) else { return Ok(()) };
    if !has_c_base(class) && !classes.iter().any(|base| has_c_base(base)) {
        return Ok(());
    }
    let handles: Vec<HostRef> = classes.iter().map(|base| handle(base.as_object())).collect();
    if slots::bases_fit(handle(class.as_object()), &handles) {
        return Ok(());
    }
    let old = class.iter_base_chain().nth(1).map_or_else(String::new, |base| base.slot_name().to_string());
    Err(vm.new_type_error(format!(
        "__bases__ assignment: '{}' object layout differs from '{old}'",
        classes[0].slot_name()
    )))
}

static HOST_NEW: OnceLock<PyObjectRef> = OnceLock::new();

/// Have `object.__new__` make the instances of C types and of Python classes below them, too.
pub(super) fn install_object_new(vm: &VirtualMachine) {
    let class = vm.ctx.types.object_type;
    let name = vm.ctx.intern_str("__new__");
    let Some(host) = class.get_attr(name) else { return };
    if HOST_NEW.set(host).is_err() {
        return; // Types are shared by all interpreters of a process.
    }
    let doc = "__new__($type, *args, **kwargs)\n--\n\n\
               Create and return a new object.  See help(type) for accurate signature.";
    let flags = PyMethodFlags::STATIC | PyMethodFlags::METHOD;
    let descriptor =
        vm.ctx.new_method_def("__new__", object_new, flags, ItemDoc::static_text(doc)).build_method(class, vm);
    let def: &'static PyMethodDef = descriptor.method;
    // The definition lives as long as the class.
    std::mem::forget(descriptor);
    class.set_attr(name, def.build_staticmethod(&vm.ctx, class).into());
}

/// `dict.__contains__` is a method in CPython, as `dict.__getitem__` and `set.__contains__` are in the host too, which has a wrapper of
/// the slot alone here.
pub(super) fn install_dict_contains(vm: &VirtualMachine) {
    fn contains(dict: PyRef<PyDict>, key: PyObjectRef, vm: &VirtualMachine) -> PyResult<bool> {
        Ok(dict.inner_getitem_opt(&*key, vm)?.is_some())
    }
    let class = vm.ctx.types.dict_type;
    let doc = "__contains__($self, key, /)\n--\n\nTrue if the dictionary has the specified key, else False.";
    let def = vm.ctx.new_method_def("__contains__", contains, PyMethodFlags::METHOD, ItemDoc::static_text(doc));
    class.set_attr(vm.ctx.intern_str("__contains__"), def.build_method(class, vm).into());
    // The method does not keep its definition, which lives as long as the class.
    std::mem::forget(def);
}

/// Have classes made as CPython makes them below C's types. Refused are those whose C bases have fields that exclude each other:
/// RustPython compares sizes alone, and those of a builtin's subclasses are the builtin's.
pub(super) fn watch_new_classes(vm: &VirtualMachine) {
    static BEFORE: OnceLock<NewClass> = OnceLock::new();
    let slot = &vm.ctx.types.type_type.slots().new;
    if let Some(before) = slot.load()
        && BEFORE.set(before).is_ok()
    {
        slot.store(Some(|metaclass, args, vm| {
            if let Some(bases) = args.args.get(1).and_then(|bases| bases.downcast_ref::<PyTuple>())
                && bases.len() > 1
                && exclude_each_other(bases)
            {
                return Err(vm.new_type_error("multiple bases have instance lay-out conflict"));
            }
            let namespace = args.args.get(2).cloned();
            let class = (BEFORE.get().expect("stored before this was"))(metaclass, args, vm)?;
            hide_dict(&class, namespace, vm)?;
            Ok(class)
        }));
    }
}

/// A class below a C type whose instances have a dict shows it only if C does: RustPython gave it a `__dict__` of its own.
fn hide_dict(class: &PyObject, namespace: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult<()> {
    let (Some(class), Some(namespace)) = (class.downcast_ref::<PyType>(), namespace) else { return Ok(()) };
    let base_has_dict = class
        .iter_base_chain()
        .nth(1)
        .is_some_and(|base| has_c_base(base) && base.slots().flags.has_feature(PyTypeFlags::HAS_DICT));
    let name = vm.ctx.intern_str("__dict__");
    if base_has_dict && !namespace.sequence_unchecked().contains(name.as_object(), vm)? {
        class.attributes().remove(name);
    }
    Ok(())
}

type NewClass = fn(PyTypeRef, FuncArgs, &VirtualMachine) -> PyResult;

fn exclude_each_other(bases: &Py<PyTuple>) -> bool {
    let classes: Option<Vec<&Py<PyType>>> = bases.iter().map(|base| base.downcast_ref::<PyType>()).collect();
    let Some(classes) = classes.filter(|classes| classes.iter().filter(|class| has_c_base(class)).count() > 1) else {
        return false;
    };
    let classes: Vec<HostRef> = classes.into_iter().map(|class| handle(class.as_object())).collect();
    slots::best_base(&classes).is_none()
}

fn object_new(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let class = args.args.first().and_then(|class| class.downcast_ref::<PyType>());
    // Without a class the layer has CPython's words.
    if class.is_none_or(is_laid_out_by_c) {
        return with_args(&args, vm, |values, names| returned(slots::object_new(values, names), vm));
    }
    HOST_NEW.get().expect("it was kept").call(args, vm)
}

/// Whether the instances of `class` are C's alone.
fn is_laid_out_by_c(class: &Py<PyType>) -> bool {
    let of_c = |class: &Py<PyType>| class.get_type_data::<CType>().map(|data| data.is_plain);
    class.iter_base_chain().find_map(of_c).unwrap_or(false)
}

/// What the class of a C type knows of it.
struct CType {
    mirror: AtomicUsize,
    is_immutable: bool,
    /// Whether instances are C's alone, and not those of a builtin with C fields behind.
    is_plain: bool,
    is_made: AtomicBool,
}

pub(super) fn class_of<'a>(class: HostRef) -> &'a Py<PyType> {
    get(class).downcast_ref::<PyType>().expect("the layer passes classes to class operations")
}

/// The class for a descriptor that refers to it as if it lived for ever.
fn lasting(class: &Py<PyType>) -> &'static Py<PyType> {
    // SAFETY: each such descriptor also has a counted reference to the class, of its own.
    unsafe { &*std::ptr::from_ref(class) }
}

pub(super) fn is_c_class(class: &Py<PyType>) -> bool {
    class.has_type_data::<CType>()
}

/// Whether `class` is that of a C type, or derived from one.
pub(super) fn has_c_base(class: &Py<PyType>) -> bool {
    class.iter_base_chain().any(is_c_class)
}

/// The `PyTypeObject` of the class of a C type.
pub(super) fn mirror_of(class: &Py<PyType>) -> Option<*mut PyTypeObject> {
    let data = class.get_type_data::<CType>()?;
    Some(data.mirror.load(Relaxed) as *mut PyTypeObject)
}

/// The class of a C type whose namespace is being filled.
pub(super) fn class_being_made(object: &PyObject) -> Option<&Py<PyType>> {
    let class = object.downcast_ref::<PyType>()?;
    let data = class.get_type_data::<CType>()?;
    (!data.is_made.load(Relaxed)).then_some(class)
}

/// Put an attribute into the namespace of a class being made, past what the metaclass makes of setting it: a C type may
/// define descriptors called `__name__` or `__doc__`.
pub(super) fn define(
    class: &Py<PyType>,
    name: &'static PyStrInterned,
    value: PySetterValue,
    vm: &VirtualMachine,
) -> PyResult<()> {
    if SLOT_DEFS.iter().any(|def| def.name == name.as_str()) {
        let set = vm.ctx.types.type_type.slots().setattro.load().expect("attributes of classes can be set");
        return set(class.as_object(), name, value, vm);
    }
    match value {
        PySetterValue::Assign(value) => class.set_attr(name, value),
        PySetterValue::Delete => {
            class.modified();
            class.attributes().remove(name);
        }
    }
    Ok(())
}

/// The classes that C knows by name, found so far; `None`: there is no such class.
#[derive(Default)]
struct Builtins {
    by_name: HashMap<String, Option<PyTypeRef>>,
    /// CPython's names of builtin classes that RustPython calls otherwise, by address.
    names: HashMap<usize, String>,
}

fn builtins() -> MutexGuard<'static, Builtins> {
    static BUILTINS: OnceLock<Mutex<Builtins>> = OnceLock::new();
    BUILTINS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

fn remember(name: &str, class: Option<PyTypeRef>) {
    let mut builtins = builtins();
    if let Some(class) = &class {
        builtins.names.entry(class.get_id()).or_insert_with(|| name.to_owned());
    }
    builtins.by_name.insert(name.to_owned(), class);
}

/// Take down which class is called what, before a program can rebind the names.
pub(super) fn remember_builtins(vm: &VirtualMachine) {
    for (name, value) in &*vm.builtins.dict() {
        if let (Some(name), Ok(class)) = (name.downcast_ref::<PyStr>(), value.downcast::<PyType>())
            && name.as_bytes() == class.name().as_bytes()
        {
            remember(&name.to_string_lossy(), Some(class));
        }
    }
    let types = &vm.ctx.types;
    macro_rules! remember {
        ($($name:literal $field:ident,)*) => { $(remember($name, Some(types.$field.to_owned()));)* };
    }
    remember! {
        "NoneType" none_type,
        "NotImplementedType" not_implemented_type,
        "_contextvars.Context" object_type,
        "async_generator" async_generator,
        "async_generator_asend" async_generator_asend,
        "builtin_function_or_method" builtin_function_or_method_type,
        "bytearray_iterator" bytearray_iterator_type,
        "bytes_iterator" bytes_iterator_type,
        "callable_iterator" callable_iterator,
        "cell" cell_type,
        "classmethod_descriptor" classmethod_descriptor_type,
        "code" code_type,
        "coroutine" coroutine_type,
        "dict_itemiterator" dict_itemiterator_type,
        "dict_items" dict_items_type,
        "dict_keyiterator" dict_keyiterator_type,
        "dict_keys" dict_keys_type,
        "dict_reverseitemiterator" dict_reverseitemiterator_type,
        "dict_reversekeyiterator" dict_reversekeyiterator_type,
        "dict_reversevalueiterator" dict_reversevalueiterator_type,
        "dict_valueiterator" dict_valueiterator_type,
        "dict_values" dict_values_type,
        "ellipsis" ellipsis_type,
        "frame" frame_type,
        "FrameLocalsProxy" frame_locals_proxy_type,
        "function" function_type,
        "generator" generator_type,
        "getset_descriptor" getset_type,
        "iterator" iter_type,
        "list_iterator" list_iterator_type,
        "list_reverseiterator" list_reverseiterator_type,
        "longrange_iterator" long_range_iterator_type,
        "mappingproxy" mappingproxy_type,
        "member_descriptor" member_descriptor_type,
        "method" bound_method_type,
        "method-wrapper" method_wrapper_type,
        "method_descriptor" method_descriptor_type,
        "module" module_type,
        "range_iterator" range_iterator_type,
        "set_iterator" set_iterator_type,
        "str_iterator" str_iterator_type,
        "traceback" traceback_type,
        "tuple_iterator" tuple_iterator_type,
        "types.GenericAlias" generic_alias_type,
        "types.SimpleNamespace" namespace_type,
        "types.UnionType" union_type,
        "weakref.CallableProxyType" weakcallableproxy_type,
        "weakref.ProxyType" weakproxy_type,
        "weakref.ReferenceType" weakref_type,
        "wrapper_descriptor" wrapper_descriptor_type,
    }
    builtins().by_name.remove("_contextvars.Context");
}

/// CPython's name, and the Python expression for the class, where the two are not `module.name`.
const EXPRESSIONS: &[(&str, &str)] = &[
    ("_contextvars.Context", "__import__('contextvars').Context"),
    ("_contextvars.ContextVar", "__import__('contextvars').ContextVar"),
    ("_contextvars.Token", "__import__('contextvars').Token"),
    // 3.14's name for its module is another.
    ("interpreters.InterpreterError", "__import__('_interpreters').InterpreterError"),
    ("interpreters.InterpreterNotFoundError", "__import__('_interpreters').InterpreterNotFoundError"),
    ("odict_items", "type(__import__('collections').OrderedDict().items())"),
    ("odict_keys", "type(__import__('collections').OrderedDict().keys())"),
    ("odict_values", "type(__import__('collections').OrderedDict().values())"),
    // The function `reversed` is the host's; what it makes has a class all the same.
    ("reversed", "type(reversed(()))"),
];

/// Types of CPython's whose instances only C code makes: the host has an empty class for their wrappers.
const C_MADE: &[&str] = &["moduledef", "stderrprinter"];

fn find_class(name: &str, vm: &VirtualMachine) -> Option<PyTypeRef> {
    if let Some((_, expression)) = EXPRESSIONS.iter().find(|(known, _)| *known == name) {
        let code = vm.compile(expression, Mode::Eval, "<pierglass>".to_owned()).ok()?;
        return vm.run_code_obj(code, vm.new_scope_with_builtins()).ok()?.downcast().ok();
    }
    if C_MADE.contains(&name) {
        return Some(make_empty_class(name, vm));
    }
    let (module, attribute) = name.rsplit_once('.')?;
    let module = vm.import(vm.ctx.intern_str(module), 0).ok()?;
    module.get_attr(vm.ctx.intern_str(attribute), vm).ok()?.downcast().ok()
}

fn make_empty_class(name: &str, vm: &VirtualMachine) -> PyTypeRef {
    let flags = PyTypeFlags::from_slice(&[PyTypeFlags::IMMUTABLETYPE, PyTypeFlags::DISALLOW_INSTANTIATION]);
    let object = vm.ctx.types.object_type.to_owned();
    let slots = PyTypeSlots::new(leak(name), flags);
    let class =
        PyType::new_heap(name, vec![object], Default::default(), slots, vm.ctx.types.type_type.to_owned(), &vm.ctx)
            .expect("a class with one base");
    class.set_attr(vm.ctx.intern_str("__module__"), vm.ctx.new_str("builtins").into());
    class.set_attr(vm.ctx.intern_str("__del__"), payload::layer_finaliser());
    payload::arm(&class);
    class
}

/// The builtin class whose instances' payload those of `class` have.
fn builtin_root(class: &Py<PyType>) -> &Py<PyType> {
    class.iter_base_chain().find(|class| class.heaptype_ext().is_none()).unwrap_or(ctx().types.object_type)
}

/// The builtin whose value the instances of `class` have, whichever of its bases brings it.
fn value_root(class: &Py<PyType>, vm: &VirtualMachine) -> Option<PyTypeRef> {
    let object = vm.ctx.types.object_type;
    let is_builtin = |class: &Py<PyType>| class.heaptype_ext().is_none() && !class.is(object);
    let root = builtin_root(class);
    if !root.is(object) {
        return Some(root.to_owned());
    }
    class.mro.read().iter().find(|&class| is_builtin(class)).cloned()
}

/// An exception's repr shows the class's own name, which CPython cuts at its last dot.
fn repr_by_own_name(object: &PyObject, vm: &VirtualMachine) -> PyResult<PyRef<PyStr>> {
    let builtin = value_root(object.class(), vm).and_then(|class| class.slots().repr.load());
    let text = builtin.expect("only classes with such a base have this")(object, vm)?;
    let full = (*object.class().slot_name()).to_owned();
    let Some((_, own)) = full.rsplit_once('.') else { return Ok(text) };
    let cut = text.to_str().and_then(|text| Some(format!("{own}{}", text.strip_prefix(full.as_str())?)));
    Ok(cut.map_or(text, |cut| vm.ctx.new_str(cut)))
}

/// A docstring; an empty one is told as such.
fn item_doc(doc: Option<&str>) -> ItemDoc {
    match doc {
        None => ItemDoc::NONE,
        Some("") => ItemDoc::EMPTY,
        Some(doc) => ItemDoc::static_text(leak(doc)),
    }
}

/// The flags of a C type's class.
fn flags(spec: &ClassSpec<'_>, ty: &PyTypeObject) -> PyTypeFlags {
    let has = |flag: u64| ty.tp_flags as u64 & flag != 0;
    let wanted = [
        (spec.is_base_type, PyTypeFlags::BASETYPE),
        (spec.has_dict, PyTypeFlags::HAS_DICT),
        (spec.has_dict, PyTypeFlags::MANAGED_DICT),
        (spec.has_weakrefs, PyTypeFlags::HAS_WEAKREF),
        (spec.disallow_instantiation, PyTypeFlags::DISALLOW_INSTANTIATION),
        (has(Py_TPFLAGS_METHOD_DESCRIPTOR), PyTypeFlags::METHOD_DESCRIPTOR),
        (has(Py_TPFLAGS_SEQUENCE), PyTypeFlags::SEQUENCE),
        (has(Py_TPFLAGS_MAPPING), PyTypeFlags::MAPPING),
    ];
    let set: Vec<u8> = wanted.iter().filter(|(wanted, _)| *wanted).map(|&(_, flag)| flag).collect();
    PyTypeFlags::from_slice(&set)
}

/// `tp_doc`, signature line included.
fn raw_doc(ty: &PyTypeObject) -> ItemDoc {
    if ty.tp_doc.is_null() {
        return ItemDoc::NONE;
    }
    // SAFETY: C's documentation strings end with NUL.
    ItemDoc::static_text(leak(&unsafe { std::ffi::CStr::from_ptr(ty.tp_doc) }.to_string_lossy()))
}

fn make_class(spec: &ClassSpec<'_>, vm: &VirtualMachine) -> PyResult<PyTypeRef> {
    let bases: Vec<PyTypeRef> = spec.bases.iter().map(|&base| class_of(base).to_owned()).collect();
    let root = bases.iter().find_map(|base| value_root(base, vm));
    let is_plain = root.is_none();
    // SAFETY: the mirror of a class is a live type.
    let ty = unsafe { &*spec.mirror.cast::<PyTypeObject>() };
    // SAFETY: a type's name ends with NUL.
    let full_name = unsafe { std::ffi::CStr::from_ptr(ty.tp_name) }.to_string_lossy();
    let mut slots = PyTypeSlots::new(leak(&full_name), flags(spec, ty));
    slots.doc = raw_doc(ty);
    slots.member_count = bases.iter().map(|base| base.slots().member_count).max().unwrap_or(0);
    if is_plain {
        // RustPython tells layouts apart by size, as CPython does: what C adds to an object counts. Over a builtin the size
        // must stay the builtin's.
        let added = usize::try_from(ty.tp_basicsize).unwrap_or(0).saturating_sub(size_of::<Mirror>());
        slots.basicsize = SIZEOF_PYOBJECT_HEAD + added;
    }
    if let Some(root) = root {
        // RustPython would take the first base's, which may be C's own: numpy's float64 has `floating` before `float`.
        slots.basicsize = root.slots().basicsize;
    }
    let metaclass = class_of(spec.metaclass).to_owned();
    strip_module_from_names(vm)?;
    // A bytearray's repr shows the class's own name, which CPython cuts at its last dot; an exception's does so too.
    let is_array = bases.iter().any(|base| base.fast_issubclass(vm.ctx.types.bytearray_type));
    let own_name = if is_array { spec.name } else { &full_name };
    let class = PyType::new_heap(own_name, bases, Default::default(), slots, metaclass, &vm.ctx)
        .map_err(|message| vm.new_type_error(message))?;
    if class.fast_issubclass(vm.ctx.exceptions.base_exception_type) {
        class.slots().repr.store(Some(repr_by_own_name));
    }
    let data = CType {
        mirror: AtomicUsize::new(spec.mirror as usize),
        is_immutable: spec.is_immutable,
        is_plain,
        is_made: AtomicBool::new(false),
    };
    class.init_type_data(data).map_err(|message| vm.new_system_error(message))?;
    name_class(&class, spec, vm)?;
    // CPython shows a managed dict only where C asks for it by a getset of that name.
    if class.slots().flags.has_feature(PyTypeFlags::HAS_DICT) && defines_dict(ty) {
        add_dict(&class, vm);
    }
    Ok(class)
}

fn defines_dict(ty: &PyTypeObject) -> bool {
    let mut getset = ty.tp_getset;
    // SAFETY: the table of a live type ends with an entry without a name.
    unsafe {
        while !getset.is_null() && !(*getset).name.is_null() {
            if std::ffi::CStr::from_ptr((*getset).name) == c"__dict__" {
                return true;
            }
            getset = getset.add(1);
        }
    }
    false
}

fn name_class(class: &PyTypeRef, spec: &ClassSpec<'_>, vm: &VirtualMachine) -> PyResult<()> {
    let set = |name: &'static str, value: PyObjectRef| class.set_attr(vm.ctx.intern_str(name), value);
    if let Some(module) = spec.module {
        set("__module__", vm.ctx.new_str(module).into());
    }
    set("__doc__", spec.doc.map_or_else(|| vm.ctx.none(), |doc| vm.ctx.new_str(doc).into()));
    set("__del__", payload::layer_finaliser());
    let name = vm.ctx.intern_str("__qualname__");
    let qualname = vm.ctx.new_str(spec.qualname.unwrap_or(spec.name));
    let set = vm.ctx.types.type_type.slots().setattro.load().expect("attributes of classes can be set");
    set(class.as_object(), name, PySetterValue::Assign(qualname.into()), vm)
}

/// A C type's own name is its `tp_name`, module and all, which is what messages show; `__name__` is the end of it.
fn strip_module_from_names(vm: &VirtualMachine) -> PyResult<()> {
    static DONE: AtomicBool = AtomicBool::new(false);
    if DONE.swap(true, Relaxed) {
        return Ok(());
    }
    show_of_c_classes("__name__", vm, |class| {
        let full = class.slot_name();
        Some(full.rsplit_once('.').map_or(&*full, |(_, name)| name).to_owned())
    })?;
    // A static type may have an attribute of that name for its instances.
    show_of_c_classes("__module__", vm, |class| {
        let full = static_name(class)?;
        Some(full.rsplit_once('.').map_or("builtins", |(module, _)| module).to_owned())
    })
}

/// The `tp_name` of a static type of C's.
fn static_name(class: &Py<PyType>) -> Option<String> {
    let ty = class.get_type_data::<CType>()?.mirror.load(Relaxed) as *mut PyTypeObject;
    // SAFETY: the mirror of a class is a live type, whose name ends with NUL.
    unsafe {
        let is_static = !ty.is_null() && (*ty).tp_flags as u64 & Py_TPFLAGS_HEAPTYPE == 0;
        is_static.then(|| std::ffi::CStr::from_ptr((*ty).tp_name).to_string_lossy().into_owned())
    }
}

/// Have `type` show the attribute `name` of C's classes as `shown` says, where it says something.
fn show_of_c_classes(
    name: &'static str,
    vm: &VirtualMachine,
    shown: impl Fn(&Py<PyType>) -> Option<String> + Send + Sync + 'static,
) -> PyResult<()> {
    let metaclass = vm.ctx.types.type_type;
    let key = vm.ctx.intern_str(name);
    let Some(theirs) = metaclass.attributes().get(key) else {
        return Err(vm.new_system_error(format!("type has no {name}")));
    };
    let (read, write) = (theirs.get_attr("__get__", vm)?, theirs.get_attr("__set__", vm)?);
    let get = move |object: PyObjectRef, vm: &VirtualMachine| -> PyResult {
        let class = object.downcast_ref::<PyType>().filter(|class| is_c_class(class));
        match class.and_then(&shown) {
            Some(text) => Ok(vm.ctx.new_str(text).into()),
            None => read.call((object,), vm),
        }
    };
    let set = move |object: PyObjectRef, value: PyObjectRef, vm: &VirtualMachine| -> PyResult<()> {
        write.call((object, value), vm).map(drop)
    };
    let getset = PyGetSet::new(name, metaclass, &vm.ctx).with_get(get).with_set(set);
    metaclass.set_attr(key, PyRef::new_ref(getset, vm.ctx.types.getset_type.to_owned(), None).into());
    Ok(())
}

/// The host's own `__dict__` in the place of C's getset: the host keeps instances' dicts.
fn add_dict(class: &PyTypeRef, vm: &VirtualMachine) {
    let name = vm.ctx.intern_str("__dict__");
    let get = |object: PyObjectRef, vm: &VirtualMachine| object_get_dict(object, vm);
    let set =
        |object: PyObjectRef, value: PySetterValue, vm: &VirtualMachine| object_generic_set_dict(object, value, vm);
    let getset = PyGetSet::new("__dict__", class, &vm.ctx).with_get(get).with_set(set);
    class.set_attr(name, PyRef::new_ref(getset, vm.ctx.types.getset_type.to_owned(), None).into());
}

/// C may say where weak references and the dict lie after the type was made: what the first instance's type says counts.
fn take_offsets(class: &Py<PyType>, mirror: *mut Mirror) {
    // SAFETY: a live object of a live type.
    let (weaklist, dict) = unsafe { ((*(*mirror).ob_type).tp_weaklistoffset, (*(*mirror).ob_type).tp_dictoffset) };
    for (offset, flag) in [(weaklist, PyTypeFlags::HAS_WEAKREF), (dict, PyTypeFlags::HAS_DICT)] {
        if offset != 0 && !class.slots().flags.has_feature(flag) {
            class.slots().flags.insert(flag);
        }
    }
}

/// The layer has filled the namespace: close the class.
fn finish_class(class: &Py<PyType>) {
    let Some(data) = class.get_type_data::<CType>() else { return };
    if data.is_made.swap(true, Relaxed) {
        return;
    }
    let mirror = data.mirror.load(Relaxed) as *mut Mirror;
    let (is_plain, is_immutable) = (data.is_plain, data.is_immutable);
    drop(data);
    trampolines::install(class, mirror, is_plain);
    payload::arm(class);
    if is_immutable {
        class.slots().flags.insert(PyTypeFlags::IMMUTABLETYPE);
    }
}

impl TypeProtocol for RustPythonHost {
    fn builtin_class(&self, name: &str) -> Option<HostObj> {
        if let Some(known) = builtins().by_name.get(name) {
            return known.clone().map(own);
        }
        let class = with(|vm| find_class(name, vm));
        remember(name, class.clone());
        class.map(own)
    }

    fn class_info(&self, class: HostRef) -> ClassInfo {
        let class = class_of(class);
        if !is_c_class(class) && !payload::is_armed(class) && class.mro_map_collect(is_c_class).contains(&true) {
            payload::arm(class);
        }
        if !is_c_class(class) && has_c_base(class) {
            sequences::inherit(class);
            powers::inherit(class);
        }
        let own_specials = class
            .attributes()
            .interned_names(ctx())
            .into_iter()
            .filter_map(|name| name.to_str())
            .filter(|name| name.starts_with("__") && name.ends_with("__"))
            .map(str::to_owned)
            .collect();
        let flags = class.slots().flags.load();
        let inherited = class.base.deref().map_or(0, |base| base.slots().member_count);
        ClassInfo {
            name: name_of(class),
            base: class.base.deref().map(|base| own(base.to_owned())),
            bases: class.bases.read().as_slice().iter().cloned().map(own).collect(),
            mro: class.mro_collect().into_iter().map(own).collect(),
            own_slots: class.slots().member_count.saturating_sub(inherited),
            own_specials,
            has_dict: flags.contains(&PyTypeFlags::HAS_DICT),
            has_weakrefs: flags.contains(&PyTypeFlags::HAS_WEAKREF),
            is_base_type: flags.contains(&PyTypeFlags::BASETYPE),
            is_heap: class.heaptype_ext().is_some(),
        }
    }

    fn is_subtype(&self, class: HostRef, of: HostRef) -> bool {
        class_of(class).is_subtype(class_of(of))
    }

    fn new_class(&self, spec: &ClassSpec<'_>) -> HostResult<HostObj> {
        with(|vm| make_class(spec, vm).map(own).map_err(own))
    }

    fn new_method_descriptor(
        &self,
        class: HostRef,
        name: &str,
        doc: Option<&str>,
        kind: FunctionKind,
        call: NativeCall,
    ) -> HostObj {
        let class = lasting(class_of(class));
        let function = move |args: FuncArgs, vm: &VirtualMachine| -> PyResult {
            with_args(&args, vm, |values, names| returned(call(values, names), vm))
        };
        let flags = match kind {
            FunctionKind::Method => PyMethodFlags::METHOD,
            FunctionKind::ClassMethod => PyMethodFlags::CLASS,
            FunctionKind::StaticMethod => PyMethodFlags::STATIC,
        };
        let doc = doc.map_or(ItemDoc::NONE, |doc| ItemDoc::static_text(leak(doc)));
        with(|vm| {
            let def = vm.ctx.new_method_def(leak(name), function, flags | PyMethodFlags::METHOD, doc);
            let definition: &'static PyMethodDef = def.build_method(class, vm).method;
            match kind {
                FunctionKind::Method => own(descriptors::method(definition, def.into(), class)),
                FunctionKind::ClassMethod => own(descriptors::class_method(definition, def.into(), class)),
                FunctionKind::StaticMethod => {
                    // The function cannot keep its definition: it stays for ever.
                    std::mem::forget(def);
                    let function = definition.build_staticmethod(&vm.ctx, class);
                    // As in CPython, `__new__` alone stands in the namespace as it is.
                    if definition.name == "__new__" {
                        return own(function);
                    }
                    own(PyStaticMethod::new(function.into()).into_ref(&vm.ctx))
                }
            }
        })
    }

    fn new_slot_wrapper(&self, class: HostRef, name: &str, doc: Option<&str>, call: NativeCall) -> HostObj {
        own(descriptors::slot_wrapper(class_of(class), name, doc, call))
    }

    fn new_member(&self, class: HostRef, name: &str, doc: Option<&str>, get: NativeGet, set: NativeSet) -> HostObj {
        let doc = item_doc(doc);
        own(descriptors::member(class_of(class), name, doc, get, set))
    }

    fn new_getset(&self, class: HostRef, name: &str, doc: Option<&str>, get: NativeGet, set: NativeSet) -> HostObj {
        let class = lasting(class_of(class));
        let name = leak(name);
        let doc = item_doc(doc);
        let check = move |object: &PyObject, vm: &VirtualMachine| -> PyResult<()> {
            if object.fast_isinstance(class) {
                return Ok(());
            }
            let (wanted, given) = (class.slot_name(), object.class().slot_name());
            let message =
                format!("descriptor '{name}' for '{}' objects doesn't apply to a '{}' object", &*wanted, &*given);
            Err(vm.new_type_error(message))
        };
        let get = move |object: PyObjectRef, vm: &VirtualMachine| -> PyResult {
            check(&object, vm)?;
            returned(get(handle(&object)), vm)
        };
        let set = move |object: PyObjectRef, value: PySetterValue, vm: &VirtualMachine| {
            check(&object, vm)?;
            let value = trampolines::assigned(value);
            set(handle(&object), value.as_deref().map(handle)).map_err(|error| raised(error, vm))
        };
        let getset = PyGetSet::new(name, class, ctx()).with_doc(doc).with_get(get).with_set(set);
        own(PyRef::new_ref(getset, ctx().types.getset_type.to_owned(), None))
    }

    fn new_c_function(&self, mirror: *mut Mirror) -> HostObj {
        with(|vm| own(function::new(mirror, vm)))
    }

    fn new_c_instance(&self, class: HostRef, mirror: *mut Mirror) -> HostObj {
        let class = class_of(class);
        if !payload::is_armed(class) {
            let name = ctx().intern_str("__del__");
            if class.get_attr(name).is_none() {
                // A class made in Python: RustPython wants the name of whose finaliser it calls.
                class.set_attr(name, payload::layer_finaliser());
            }
            payload::arm(class);
        }
        take_offsets(class, mirror);
        own(CInstance::wrap(mirror, class.to_owned()))
    }

    fn type_lookup(&self, class: HostRef, name: HostRef) -> Option<HostObj> {
        let name = get(name).downcast_ref::<PyStr>()?;
        with(|vm| class_of(class).lookup_ref(name, vm).map(own))
    }

    fn subclasses(&self, class: HostRef) -> Vec<HostObj> {
        let live = |class: &PyRef<PyWeak>| class.upgrade().map(own);
        class_of(class).subclasses.read().iter().filter_map(live).collect()
    }

    fn class_modified(&self, class: HostRef) {
        let class = class_of(class);
        finish_class(class);
        class.modified();
    }

    fn set_function_closure(&self, function: HostRef, closure: Option<HostRef>) -> HostResult<()> {
        with(|vm| super::result(super::function_closure::set(get(function), closure.map(get), vm)))
    }

    fn set_function_call(&self, function: HostRef, call: NativeCall) -> HostResult<()> {
        with(|vm| super::result(super::function_call::set(get(function), call, vm)))
    }
}

/// `tp_name` of a builtin class, `__name__` of another.
fn name_of(class: &Py<PyType>) -> String {
    if let Some(name) = builtins().names.get(&class.get_id()) {
        return name.clone();
    }
    class.slot_name().to_owned()
}
