//! Classes, functions and descriptors.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use emul::host::{
    ClassInfo, ClassSpec, FunctionKind, HostObj, HostRef, HostResult, NativeCall, NativeGet, NativeSet, TypeProtocol,
};
use emul::methodobject::{call_c_function, function_info};
use object_mirror::object::PyObject as Mirror;
use rustpython::vm::builtins::{PyGetSet, PyStr, PyType, PyTypeRef};
use rustpython::vm::function::{FuncArgs, ItemDoc, PyMethodFlags, PySetterValue};
use rustpython::vm::types::{PyTypeFlags, PyTypeSlots};
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::payload::{CFunction, CInstance};
use super::trampolines::{self, flatten};
use super::{RustPythonHost, get, handle, handles, own, raised, returned, with};

fn class_of<'a>(class: HostRef) -> &'a Py<PyType> {
    get(class).downcast_ref::<PyType>().expect("the layer passes classes to class operations")
}

/// Classes that Python code reaches by an expression only.
const EXPRESSIONS: &[(&str, &str)] = &[
    ("NoneType", "type(None)"),
    ("NotImplementedType", "type(NotImplemented)"),
    ("ellipsis", "type(...)"),
    ("builtin_function_or_method", "type(len)"),
    ("method", "type((lambda: 0).__get__(0))"),
    ("function", "type(lambda: 0)"),
    ("generator", "type((lambda: (yield))())"),
    ("code", "type((lambda: 0).__code__)"),
    ("cell", "type((lambda x: lambda: x)(0).__closure__[0])"),
    ("module", "type(__import__('sys'))"),
    ("mappingproxy", "type(type.__dict__)"),
    ("method_descriptor", "type(str.join)"),
    ("wrapper_descriptor", "type(object.__init__)"),
    ("method-wrapper", "type(object().__str__)"),
    ("getset_descriptor", "type(type.__dict__['__dict__'])"),
    ("member_descriptor", "type(type.__dict__['__basicsize__'])"),
    ("classmethod_descriptor", "type(dict.__dict__['fromkeys'])"),
    ("traceback", "__import__('types').TracebackType"),
    ("frame", "__import__('types').FrameType"),
    ("coroutine", "__import__('types').CoroutineType"),
    ("async_generator", "__import__('types').AsyncGeneratorType"),
    ("types.SimpleNamespace", "__import__('types').SimpleNamespace"),
    ("types.GenericAlias", "__import__('types').GenericAlias"),
    ("types.UnionType", "__import__('types').UnionType"),
    ("dict_keys", "type({}.keys())"),
    ("dict_values", "type({}.values())"),
    ("dict_items", "type({}.items())"),
    ("dict_keyiterator", "type(iter({}))"),
    ("dict_valueiterator", "type(iter({}.values()))"),
    ("dict_itemiterator", "type(iter({}.items()))"),
    ("list_iterator", "type(iter([]))"),
    ("list_reverseiterator", "type(reversed([]))"),
    ("tuple_iterator", "type(iter(()))"),
    ("set_iterator", "type(iter(set()))"),
    ("str_iterator", "type(iter(''))"),
    ("bytes_iterator", "type(iter(b''))"),
    ("bytearray_iterator", "type(iter(bytearray()))"),
    ("range_iterator", "type(iter(range(0)))"),
    ("iterator", "type(iter(type('I', (), {'__getitem__': None})()))"),
    ("callable_iterator", "type(iter(int, 0))"),
    ("collections.OrderedDict", "__import__('collections').OrderedDict"),
    ("weakref.ReferenceType", "__import__('weakref').ReferenceType"),
    ("Context", "__import__('contextvars').Context"),
    ("ContextVar", "__import__('contextvars').ContextVar"),
    ("Token", "__import__('contextvars').Token"),
];

fn found() -> &'static Mutex<HashMap<String, Option<PyTypeRef>>> {
    static FOUND: OnceLock<Mutex<HashMap<String, Option<PyTypeRef>>>> = OnceLock::new();
    FOUND.get_or_init(Mutex::default)
}

fn find_class(name: &str, vm: &VirtualMachine) -> Option<PyTypeRef> {
    if let Ok(class) = vm.builtins.get_attr(vm.ctx.intern_str(name), vm) {
        return class.downcast().ok();
    }
    let (_, expression) = EXPRESSIONS.iter().find(|(known, _)| *known == name)?;
    let scope = vm.new_scope_with_builtins();
    let code = vm.compile(expression, rustpython::vm::compiler::Mode::Eval, "<pierglass>".to_owned()).ok()?;
    vm.run_code_obj(code, scope).ok()?.downcast().ok()
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn doc(text: Option<&str>) -> ItemDoc {
    ItemDoc { text: text.map(leak), ..ItemDoc::NONE }
}

/// The class of C functions: derived from the builtin functions' class, with a calling slot of its own.
fn function_class(vm: &VirtualMachine) -> &'static Py<PyType> {
    static CLASS: OnceLock<PyTypeRef> = OnceLock::new();
    CLASS.get_or_init(|| {
        let ctx = &vm.ctx;
        let slots = PyTypeSlots::new("builtin_function_or_method", PyTypeFlags::HAS_WEAKREF.into_flags());
        let class = PyType::new_heap(
            "builtin_function_or_method",
            vec![ctx.types.builtin_function_or_method_type.to_owned()],
            Default::default(),
            slots,
            ctx.types.type_type.to_owned(),
            ctx,
        )
        .expect("a class of one builtin base");
        class.slots().vectorcall.store(Some(call_function));
        class.slots().call.store(Some(|function, args, vm| {
            let (values, names) = flatten(args, vm);
            call_values(function, &values, &names, vm)
        }));
        class.slots().repr.store(Some(|function, vm| {
            let info = function_info(mirror_of(function));
            Ok(vm.ctx.new_str(match info.self_ {
                Some(owner) if !get(owner.as_ref()).downcastable::<rustpython::vm::builtins::PyModule>() => {
                    let owner = get(owner.as_ref());
                    format!("<built-in method {} of {} object at {:#x}>", info.name, owner.class().name(), owner.get_id())
                }
                _ => format!("<built-in function {}>", info.name),
            }))
        }));
        class.slots().hash.store(Some(|function, _vm| Ok(mirror_of(function) as _)));
        class.slots().richcompare.store(None);
        class.slots().descr_get.store(None);
        fill_function_class(&class, vm);
        class
    })
}

trait IntoFlags {
    fn into_flags(self) -> PyTypeFlags;
}

impl IntoFlags for u8 {
    fn into_flags(self) -> PyTypeFlags {
        PyTypeFlags::from_element(self)
    }
}

fn fill_function_class(class: &PyTypeRef, vm: &VirtualMachine) {
    macro_rules! show {
        ($name:literal, |$info:ident, $vm:ident| $value:expr) => {
            let getset = vm.ctx.new_getset(
                $name,
                class,
                |function: PyObjectRef, $vm: &VirtualMachine| -> PyObjectRef {
                    let $info = function_info(mirror_of(&function));
                    $value
                },
                |_function: PyObjectRef, _value: PyObjectRef, vm: &VirtualMachine| -> PyResult<()> {
                    Err(vm.new_attribute_error(concat!("attribute '", $name, "' of 'builtin_function_or_method' objects is not writable")))
                },
            );
            class.set_attr(vm.ctx.intern_str($name), getset.into());
        };
    }
    let text = |text: Option<String>, vm: &VirtualMachine| match text {
        Some(text) => vm.ctx.new_str(text).into(),
        None => vm.ctx.none(),
    };
    let _ = &text;
    show!("__name__", |info, vm| vm.ctx.new_str(info.name).into());
    show!("__qualname__", |info, vm| vm.ctx.new_str(info.qualname).into());
    show!("__doc__", |info, vm| info.doc.map_or_else(|| vm.ctx.none(), |doc| vm.ctx.new_str(doc).into()));
    show!("__text_signature__", |info, vm| info.text_signature.map_or_else(|| vm.ctx.none(), |doc| vm.ctx.new_str(doc).into()));
    show!("__self__", |info, vm| info.self_.map_or_else(|| vm.ctx.none(), super::take));
    show!("__module__", |info, vm| info.module.map_or_else(|| vm.ctx.none(), super::take));
    let reduce = vm.ctx.new_method_def(
        "__reduce__",
        |function: PyObjectRef, vm: &VirtualMachine| -> PyObjectRef { vm.ctx.new_str(function_info(mirror_of(&function)).qualname).into() },
        PyMethodFlags::METHOD,
        ItemDoc::NONE,
    );
    // SAFETY: the class is kept for the life of the process.
    let forever: &'static Py<PyType> = unsafe { &*std::ptr::from_ref::<Py<PyType>>(&**class) };
    class.set_attr(vm.ctx.intern_str("__reduce__"), reduce.build_method(forever, vm).into());
}

fn mirror_of(function: &PyObject) -> *mut Mirror {
    function.downcast_ref::<CFunction>().map_or(std::ptr::null_mut(), |function| function.mirror())
}

fn call_values(function: &PyObject, values: &[PyObjectRef], names: &[PyObjectRef], vm: &VirtualMachine) -> PyResult {
    returned(call_c_function(mirror_of(function), handles(values), handles(names)), vm)
}

fn call_function(function: &PyObject, args: Vec<PyObjectRef>, _nargs: usize, names: Option<&[PyObjectRef]>, vm: &VirtualMachine) -> PyResult {
    call_values(function, &args, names.unwrap_or_default(), vm)
}

impl TypeProtocol for RustPythonHost {
    fn builtin_class(&self, name: &str) -> Option<HostObj> {
        if let Some(known) = found().lock().expect("no panic under this lock").get(name) {
            return known.clone().map(own);
        }
        let class = with(|vm| find_class(name, vm));
        found().lock().expect("no panic under this lock").insert(name.to_owned(), class.clone());
        class.map(own)
    }

    fn class_info(&self, class: HostRef) -> ClassInfo {
        let class = class_of(class);
        with(|vm| {
            let own_specials = class
                .attributes()
                .interned_names(&vm.ctx)
                .into_iter()
                .filter_map(|name| Some(name.as_wtf8().as_str().ok()?.to_owned()))
                .filter(|name| name.starts_with("__") && name.ends_with("__"))
                .collect();
            let flags = class.slots().flags.load();
            ClassInfo {
                name: class.name().to_owned(),
                base: class.base.load_owned().map(own),
                bases: class.bases.read().as_slice().iter().cloned().map(own).collect(),
                mro: class.mro_collect().into_iter().map(own).collect(),
                own_specials,
                has_dict: flags.contains(&PyTypeFlags::HAS_DICT),
                is_base_type: flags.contains(&PyTypeFlags::BASETYPE),
                is_heap: class.heaptype_ext().is_some(),
            }
        })
    }

    fn is_subtype(&self, class: HostRef, of: HostRef) -> bool {
        class_of(class).fast_issubclass(get(of))
    }

    fn new_class(&self, spec: &ClassSpec<'_>) -> HostResult<HostObj> {
        with(|vm| {
            let bases = spec.bases.iter().map(|&base| class_of(base).to_owned()).collect();
            let slots = PyTypeSlots::new(leak(spec.name), PyTypeFlags::from_bits_retain(0));
            let flag = |set: bool, flag: u8| {
                if set {
                    slots.flags.insert(flag);
                }
            };
            flag(spec.is_base_type, PyTypeFlags::BASETYPE);
            flag(spec.has_dict, PyTypeFlags::HAS_DICT);
            flag(spec.has_weakrefs, PyTypeFlags::HAS_WEAKREF);
            flag(spec.disallow_instantiation, PyTypeFlags::DISALLOW_INSTANTIATION);
            let class = PyType::new_heap(spec.name, bases, Default::default(), slots, class_of(spec.metaclass).to_owned(), &vm.ctx)
                .map_err(|message| own(vm.new_type_error(message)))?;
            let set = |name: &'static str, value: PyObjectRef| class.set_attr(vm.ctx.intern_str(name), value);
            if let Some(module) = spec.module {
                set("__module__", vm.ctx.new_str(module).into());
            }
            set("__doc__", spec.doc.map_or_else(|| vm.ctx.none(), |doc| vm.ctx.new_str(doc).into()));
            trampolines::install(&class, &emul::slots::filled(spec.mirror));
            if spec.disallow_instantiation {
                class.slots().new.store(None);
            }
            // RustPython asks for the attribute when it reports on a finaliser.
            let finaliser = vm.ctx.new_method_def("__del__", |_self: PyObjectRef| {}, PyMethodFlags::METHOD, ItemDoc::NONE);
            // SAFETY: classes of C types live for ever: their mirrors hold them.
            let forever: &'static Py<PyType> = unsafe { &*std::ptr::from_ref::<Py<PyType>>(&*class) };
            set("__del__", finaliser.build_method(forever, vm).into());
            std::mem::forget(class.clone());
            Ok(own(class))
        })
    }

    fn new_method_descriptor(&self, class: HostRef, name: &str, text: Option<&str>, kind: FunctionKind, call: NativeCall) -> HostObj {
        // SAFETY: classes of C types live for ever: their mirrors hold them.
        let class: &'static Py<PyType> = unsafe { &*std::ptr::from_ref::<Py<PyType>>(class_of(class)) };
        with(|vm| {
            let flags = match kind {
                FunctionKind::Method => PyMethodFlags::METHOD,
                FunctionKind::ClassMethod => PyMethodFlags::CLASS,
                FunctionKind::StaticMethod => PyMethodFlags::STATIC,
            };
            let function = move |args: FuncArgs, vm: &VirtualMachine| -> PyResult {
                let (values, names) = flatten(args, vm);
                returned(call(handles(&values), handles(&names)), vm)
            };
            let def = vm.ctx.new_method_def(leak(name), function, flags, doc(text));
            match kind {
                FunctionKind::Method => own(def.build_method(class, vm)),
                FunctionKind::ClassMethod => own(rustpython::vm::PyPayload::into_ref(
                    rustpython::vm::builtins::PyClassMethod::from(PyObjectRef::from(def.build_function(vm, None))),
                    &vm.ctx,
                )),
                FunctionKind::StaticMethod => own(rustpython::vm::PyPayload::into_ref(
                    rustpython::vm::builtins::PyStaticMethod::new(def.build_function(vm, None).into()),
                    &vm.ctx,
                )),
            }
        })
    }

    fn new_getset(&self, class: HostRef, name: &str, text: Option<&str>, get: NativeGet, set: Option<NativeSet>) -> HostObj {
        with(|vm| {
            let getset = PyGetSet::new(name, class_of(class), &vm.ctx).with_doc(doc(text)).with_get(
                move |object: PyObjectRef, vm: &VirtualMachine| -> PyResult { returned(get(handle(&object)), vm) },
            );
            let getset = match set {
                None => getset,
                Some(set) => getset.with_set(move |object: PyObjectRef, value: PySetterValue, vm: &VirtualMachine| -> PyResult<()> {
                    let value = match value {
                        PySetterValue::Assign(value) => Some(value),
                        PySetterValue::Delete => None,
                    };
                    set(handle(&object), value.as_ref().map(|value| handle(value))).map_err(|error| raised(error, vm))
                }),
            };
            own(PyRef::new_ref(getset, vm.ctx.types.getset_type.to_owned(), None))
        })
    }

    fn new_c_function(&self, mirror: *mut Mirror) -> HostObj {
        with(|vm| own(PyRef::new_ref(CFunction::new(mirror), function_class(vm).to_owned(), None)))
    }

    fn new_c_instance(&self, class: HostRef, mirror: *mut Mirror) -> HostObj {
        let class = class_of(class);
        with(|vm| {
            let dict = class.slots().flags.has_feature(PyTypeFlags::HAS_DICT).then(|| vm.ctx.new_dict());
            own(PyRef::new_ref(CInstance::new(mirror), class.to_owned(), dict))
        })
    }

    fn type_lookup(&self, class: HostRef, name: HostRef) -> Option<HostObj> {
        with(|vm| class_of(class).lookup_ref(get(name).downcast_ref::<PyStr>()?, vm).map(own))
    }

    fn class_modified(&self, class: HostRef) {
        class_of(class).modified();
    }
}
