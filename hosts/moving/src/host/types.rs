//! Classes: those the interpreter has, for C; those that C makes, for the interpreter.

use emul::host::{
    ClassInfo, ClassSpec, FunctionKind, HostObj, HostRef, HostResult, NativeCall, NativeGet, NativeSet, TypeProtocol,
};
use object_mirror::object::{PyObject as Mirror, PyTypeObject};

use std::rc::Rc;

use crate::heap::H;
use crate::host::foreign::{Foreign, Work};
use crate::host::objects::layout;
use crate::host::{MovingHost, handle, make, own, own_value, result, value, with};
use crate::known::{self as k, n};
use crate::object::{Body, Layout, TYPE_BASE, TYPE_DICT, TYPE_HEAP, TYPE_IMMUTABLE, TYPE_NO_NEW, TYPE_WEAK, TypeData};
use crate::value::Value;
use crate::vm::{R, Vm};

impl TypeProtocol for MovingHost {
    fn builtin_class(&self, name: &str) -> Option<HostObj> {
        with(|vm| {
            let known = k::CLASSES.iter().position(|known| known.name == name);
            if let Some(index) = known {
                return Some(own(vm, H(k::OBJECT.0 + index as u32)));
            }
            let (module, attribute) = name.rsplit_once('.')?;
            let found = find(vm, module, attribute);
            vm.set(k::PENDING, Value::NULL);
            let found = found.ok().flatten()?;
            matches!(vm.body(found), Some(Body::Type(_))).then(|| own(vm, found))
        })
    }

    fn class_info(&self, class: HostRef) -> ClassInfo {
        with(|vm| {
            let word = value(vm, class.word());
            let data = vm.type_data(word);
            let (base, bases, mro, flags) = (data.base, data.bases.clone(), data.mro.clone(), data.flags);
            let (name, dict) = (data.name.to_string(), data.dict);
            let names = vm.table_of(dict).into_iter().flat_map(|table| table.iter().map(|entry| entry.key));
            let own_specials = names.filter_map(special_name).collect();
            ClassInfo {
                name,
                base: (!base.is_null()).then(|| own_value(vm, base)),
                bases: bases.into_iter().map(|base| own_value(vm, base)).collect(),
                mro: mro.into_iter().map(|class| own_value(vm, class)).collect(),
                own_specials,
                has_dict: flags & TYPE_DICT != 0,
                is_base_type: flags & TYPE_BASE != 0,
                is_heap: flags & TYPE_HEAP != 0,
            }
        })
    }

    fn is_subtype(&self, class: HostRef, of: HostRef) -> bool {
        with(|vm| vm.is_subclass(value(vm, class.word()), value(vm, of.word())))
    }

    fn new_class(&self, spec: &ClassSpec<'_>) -> HostResult<HostObj> {
        result(|vm| {
            let class = make_class(vm, spec)?;
            Ok(own(vm, class))
        })
    }

    fn new_method_descriptor(
        &self,
        class: HostRef,
        name: &str,
        doc: Option<&str>,
        kind: FunctionKind,
        call: NativeCall,
    ) -> HostObj {
        let work = Foreign::of_kind(kind, call);
        make(|vm| {
            let function = descriptor(vm, class, name, doc, work)?;
            if kind != FunctionKind::StaticMethod || name == "__new__" {
                return Ok(function);
            }
            vm.alloc(k::STATICMETHOD, Body::StaticMethod(vm.get(function)))
        })
    }

    fn new_slot_wrapper(&self, class: HostRef, name: &str, call: NativeCall) -> HostObj {
        make(|vm| descriptor(vm, class, name, None, Work::Slot(Rc::new(call))))
    }

    fn new_member(&self, class: HostRef, name: &str, doc: Option<&str>, get: NativeGet, set: NativeSet) -> HostObj {
        make(|vm| descriptor(vm, class, name, doc, Work::Member(Rc::new(get), Rc::new(set))))
    }

    fn new_getset(
        &self,
        class: HostRef,
        name: &str,
        doc: Option<&str>,
        get: NativeGet,
        set: Option<NativeSet>,
    ) -> HostObj {
        make(|vm| descriptor(vm, class, name, doc, Work::GetSet(Rc::new(get), set.map(Rc::new))))
    }

    fn new_c_function(&self, mirror: *mut Mirror) -> HostObj {
        make(|vm| vm.alloc(k::NATIVE, Body::CFunction(mirror)))
    }

    fn new_c_instance(&self, class: HostRef, mirror: *mut Mirror) -> HostObj {
        make(|vm| {
            let class = handle(vm, class);
            vm.alloc(class, Body::CInstance(mirror))
        })
    }

    fn type_lookup(&self, class: HostRef, name: HostRef) -> Option<HostObj> {
        super::objects::lookup(class, name)
    }

    fn subclasses(&self, class: HostRef) -> Vec<HostObj> {
        with(|vm| {
            let references = vm.type_data(value(vm, class.word())).subclasses.clone();
            let targets = references.into_iter().filter_map(|reference| match &reference.object()?.body {
                Body::Weakref(weak) if !weak.target.is_null() => Some(weak.target),
                _ => None,
            });
            targets.collect::<Vec<Value>>().into_iter().map(|class| own_value(vm, class)).collect()
        })
    }

    fn class_modified(&self, class: HostRef) {
        with(|vm| {
            let class = handle(vm, class);
            vm.update_type_flags(class);
        });
    }
}

/// The text of a special method's name.
fn special_name(key: Value) -> Option<String> {
    let Body::Str(text) = &key.object()?.body else { return None };
    let text = text.text.as_str().ok()?;
    (text.starts_with("__") && text.ends_with("__")).then(|| text.to_owned())
}

fn find(vm: &mut Vm, module: &str, attribute: &str) -> R<Option<H>> {
    let module = vm.import_dotted(module)?;
    let attribute = vm.intern(attribute)?;
    vm.getattr_opt(module, attribute)
}

fn descriptor(vm: &mut Vm, class: HostRef, name: &str, doc: Option<&str>, work: Work) -> R<H> {
    let owner = value(vm, class.word());
    let foreign = Foreign { name: name.into(), doc: doc.map(Rc::from), owner, work };
    let class = foreign.class();
    vm.alloc(class, Body::Foreign(Box::new(foreign)))
}

/// The class of a C type: made like any other, but for its name, its layout and what it allows.
fn make_class(vm: &mut Vm, spec: &ClassSpec<'_>) -> R<H> {
    let mark = vm.mark();
    spec.bases.iter().for_each(|&base| _ = handle(vm, base));
    let bases = vm.tuple_since(mark)?;
    let metaclass = handle(vm, spec.metaclass);
    let words = vm.items(bases).expect("a tuple").to_vec();
    let base = solid_base(vm, &words);
    let parent = vm.type_data(base);
    let inherited = words.iter().fold(0, |flags, &base| flags | vm.type_data(base).flags & (TYPE_DICT | TYPE_WEAK));
    let wanted = [
        (true, TYPE_HEAP),
        (spec.is_base_type, TYPE_BASE),
        (spec.has_dict, TYPE_DICT),
        (spec.has_weakrefs, TYPE_WEAK),
        (spec.disallow_instantiation, TYPE_NO_NEW),
        (spec.is_immutable, TYPE_IMMUTABLE),
    ];
    let flags = wanted.into_iter().filter(|(wanted, _)| *wanted).fold(inherited, |flags, (_, flag)| flags | flag);
    let (layout, slot_count) = (parent.layout, parent.slot_count);
    let dict = vm.dict()?;
    // SAFETY: the mirror of a class is a live type, whose name ends with NUL.
    let full_name = unsafe { std::ffi::CStr::from_ptr((*spec.mirror.cast::<PyTypeObject>()).tp_name) };
    let data = TypeData {
        // Messages show all of it; `__name__` is the end.
        name: full_name.to_string_lossy().as_ref().into(),
        bases: vm.items(bases).expect("a tuple").to_vec(),
        mro: Vec::new(),
        dict: vm.get(dict),
        base: solid_base(vm, vm.items(bases).expect("a tuple")),
        layout,
        flags,
        slot_count,
        subclasses: Vec::new(),
    };
    let class = vm.alloc(metaclass, Body::Type(Box::new(data)))?;
    vm.set_mro(class)?;
    if let Some(module) = spec.module {
        let module = vm.intern(module)?;
        vm.dict_set(dict, n::__module__, module)?;
    }
    let qualname = vm.intern(spec.qualname.unwrap_or(spec.name))?;
    vm.dict_set(dict, n::__qualname__, qualname)?;
    let doc = match spec.doc {
        Some(doc) => vm.str(doc)?,
        None => k::NONE,
    };
    vm.dict_set(dict, n::__doc__, doc)?;
    if has_own_finaliser(spec.mirror.cast()) {
        let work = Work::Slot(Rc::new(Box::new(call_finaliser)));
        let foreign = Foreign { name: "__del__".into(), doc: None, owner: vm.get(class), work };
        let finaliser = vm.alloc(k::SLOT_WRAPPER, Body::Foreign(Box::new(foreign)))?;
        vm.dict_set(dict, n::__del__, finaliser)?;
    }
    vm.update_type_flags(class);
    vm.add_to_bases(class, bases)?;
    Ok(class)
}

/// Whether a C type has a `tp_finalize` that its base has not.
fn has_own_finaliser(ty: *mut PyTypeObject) -> bool {
    // SAFETY: the layer makes classes for live types, whose bases are live.
    unsafe {
        let inherited = if (*ty).tp_base.is_null() { None } else { (*(*ty).tp_base).tp_finalize };
        (*ty).tp_finalize.is_some_and(|own| inherited.is_none_or(|inherited| !std::ptr::fn_addr_eq(own, inherited)))
    }
}

/// `__del__` of a C type.
fn call_finaliser(args: &[HostRef], _names: &[HostRef]) -> HostResult<HostObj> {
    emul::lifetime::call_finalizer_of(args[0]);
    Ok(with(|vm| own(vm, k::NONE)))
}

/// The base whose layout the instances have: the first that is not plain.
fn solid_base(vm: &Vm, bases: &[Value]) -> Value {
    bases.iter().copied().find(|&base| layout(vm, base) != Layout::Plain).unwrap_or(bases[0])
}
