//! Classes: those the interpreter has, for C; those that C makes, for the interpreter.

use emul::host::{
    ClassInfo, ClassSpec, FunctionKind, HostObj, HostRef, HostResult, NativeCall, NativeGet, NativeSet, TypeProtocol,
};
use emul::slots::{self, Slot};
use object_mirror::object::{PyObject as Mirror, PyTypeObject};

use std::cell::Cell;
use std::rc::Rc;

use crate::heap::H;
use crate::host::calls::{done, returned};
use crate::host::foreign::{Foreign, Work};
use crate::host::objects::layout;
use crate::host::{MovingHost, handle, make, own, own_value, result, value, with};
use crate::known::{self as k, n};
use crate::number::SEQUENCE_METHODS;
use crate::object::{
    Body, Function, Instead, Layout, TYPE_BASE, TYPE_C, TYPE_DICT, TYPE_ENDS, TYPE_HEAP, TYPE_IMMUTABLE, TYPE_MADE,
    TYPE_NO_NEW, TYPE_OLD_GETATTR, TYPE_OLD_SETATTR, TYPE_STATIC, TYPE_WEAK, TypeData,
};
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
            let slots = data.slot_count;
            let inherited = if base.is_null() { 0 } else { vm.type_data(base).slot_count };
            let names = vm.table_of(dict).into_iter().flat_map(|table| table.iter().map(|entry| entry.key));
            let own_specials = names.filter_map(special_name).collect();
            ClassInfo {
                name,
                base: (!base.is_null()).then(|| own_value(vm, base)),
                bases: bases.into_iter().map(|base| own_value(vm, base)).collect(),
                mro: mro.into_iter().map(|class| own_value(vm, class)).collect(),
                own_slots: slots - inherited,
                own_specials,
                has_dict: flags & TYPE_DICT != 0,
                has_weakrefs: flags & TYPE_WEAK != 0,
                is_base_type: flags & TYPE_BASE != 0,
                is_heap: flags & TYPE_HEAP != 0 && flags & TYPE_STATIC == 0,
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

    fn new_slot_wrapper(&self, class: HostRef, name: &str, doc: Option<&str>, call: NativeCall) -> HostObj {
        let is_sequences = SEQUENCE_METHODS.contains(&name) && is_of_sequence(class, name);
        make(|vm| {
            let made = descriptor(vm, class, name, doc, Work::Slot(Rc::new(call)))?;
            if let Body::Foreign(foreign) = vm.body_mut(made) {
                foreign.is_of_sequence = is_sequences;
            }
            Ok(made)
        })
    }

    fn new_member(&self, class: HostRef, name: &str, doc: Option<&str>, get: NativeGet, set: NativeSet) -> HostObj {
        make(|vm| descriptor(vm, class, name, doc, Work::Member(Rc::new(get), Rc::new(set))))
    }

    fn new_getset(&self, class: HostRef, name: &str, doc: Option<&str>, get: NativeGet, set: NativeSet) -> HostObj {
        make(|vm| descriptor(vm, class, name, doc, Work::GetSet(Rc::new(get), Rc::new(set))))
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
            let subclasses = vm.subclasses(value(vm, class.word()));
            subclasses.into_iter().map(|class| own_value(vm, class)).collect()
        })
    }

    fn class_modified(&self, class: HostRef) {
        with(|vm| {
            let class = handle(vm, class);
            let slots = slot_flags(vm, class);
            if let Body::Type(data) = vm.body_mut(class) {
                data.flags |= TYPE_MADE | slots;
            }
            vm.update_type_flags(class);
        });
    }

    fn set_function_call(&self, function: HostRef, call: NativeCall) -> HostResult<()> {
        result(|vm| {
            let function = handle(vm, function);
            written_in_python(vm, function)?.instead = Some(Instead(Rc::new(call)));
            Ok(())
        })
    }

    fn set_function_closure(&self, function: HostRef, closure: Option<HostRef>) -> HostResult<()> {
        result(|vm| {
            let function = handle(vm, function);
            let cells = closure.map(|closure| handle(vm, closure));
            let code = written_in_python(vm, function)?.code;
            let wanted = vm.code_of(code).free.len();
            let is_cell = |word: &Value| matches!(word.object().map(|object| &object.body), Some(Body::Cell(_)));
            let given = cells.and_then(|cells| vm.items(cells)).unwrap_or_default();
            let (count, are_cells) = (given.len(), given.iter().all(is_cell));
            // The code reads them by their places.
            if !are_cells {
                return Err(vm.type_error("a closure is a tuple of cells"));
            }
            if count != wanted {
                return Err(vm.value_error(format!("the function requires a closure of length {wanted}, not {count}")));
            }
            let word = cells.map_or(Value::NULL, |cells| vm.get(cells));
            written_in_python(vm, function)?.closure = word;
            Ok(())
        })
    }
}

/// A function made by `def`, to change it.
fn written_in_python(vm: &mut Vm, function: H) -> R<&mut Function> {
    if !matches!(vm.body(function), Some(Body::Function(_))) {
        return Err(vm.type_error("not a function written in Python"));
    }
    match vm.body_mut(function) {
        Body::Function(data) => Ok(data),
        _ => unreachable!("looked at above"),
    }
}

/// Whether the method of a C type is of its sequence slots: it has no number slot of that name.
fn is_of_sequence(class: HostRef, name: &str) -> bool {
    let number = match name {
        "__add__" => Slot::NbAdd,
        "__iadd__" => Slot::NbInplaceAdd,
        "__imul__" => Slot::NbInplaceMultiply,
        _ => Slot::NbMultiply,
    };
    !slots::filled(slots::type_of_class(class).cast()).contains(&number)
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
    let foreign =
        Foreign { name: name.into(), doc: doc.map(Rc::from), owner, beside: Value::NULL, is_of_sequence: false, work };
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
    let wanted = wanted.into_iter().filter(|(wanted, _)| *wanted);
    let flags = wanted.fold(inherited | TYPE_C, |flags, (_, flag)| flags | flag);
    let (layout, slot_count) = (parent.layout, parent.slot_count);
    let flags = if matches!(layout, Layout::Plain | Layout::Type | Layout::Module) { flags } else { flags | TYPE_ENDS };
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
        qualname: Value::NULL,
        subclasses: Vec::new(),
        version: Cell::new(0),
    };
    let class = vm.alloc(metaclass, Body::Type(Box::new(data)))?;
    vm.set_mro(class)?;
    if let Some(module) = spec.module {
        let module = vm.intern(module)?;
        vm.dict_set(dict, n::__module__, module)?;
    }
    let qualname = vm.intern(spec.qualname.unwrap_or(spec.name))?;
    let qualname = vm.get(qualname);
    if let Body::Type(data) = vm.body_mut(class) {
        data.qualname = qualname;
    }
    let doc = match spec.doc {
        Some(doc) => vm.str(doc)?,
        None => k::NONE,
    };
    vm.dict_set(dict, n::__doc__, doc)?;
    if has_own_finaliser(spec.mirror.cast()) {
        let work = Work::Slot(Rc::new(Box::new(call_finaliser)));
        let (owner, beside) = (vm.get(class), Value::NULL);
        let foreign = Foreign { name: "__del__".into(), doc: None, owner, beside, is_of_sequence: false, work };
        let finaliser = vm.alloc(k::SLOT_WRAPPER, Body::Foreign(Box::new(foreign)))?;
        vm.dict_set(dict, n::__del__, finaliser)?;
    }
    vm.update_type_flags(class);
    vm.add_to_bases(class, bases)?;
    Ok(class)
}

/// An attribute of a class was set or deleted: the slots of its struct, and of those derived from it, follow.
pub(crate) fn attribute_changed(vm: &mut Vm, class: H, name: H) {
    let name = vm.string(name);
    if name.starts_with("__") && name.ends_with("__") && emul::host::is_installed() {
        super::threads::lend(vm, |_| emul::slots::attribute_changed(super::borrowed(class), &name));
    }
}

/// Which of the bases, some of which are C's or derived from C's, lays out the instances; `None`: their fields exclude each other.
pub(crate) fn best_base(vm: &mut Vm, bases: &[Value]) -> Option<usize> {
    let bases: Vec<H> = bases.iter().map(|&base| vm.push(base)).collect();
    let bases: Vec<HostRef> = bases.into_iter().map(super::borrowed).collect();
    super::threads::lend(vm, |_| emul::slots::best_base(&bases))
}

/// Whether instances of the classes are of one size in C, and end alike there.
pub(crate) fn same_fields(vm: &mut Vm, one: H, other: H) -> bool {
    let (one, other) = (type_struct(vm, one), type_struct(vm, other));
    // SAFETY: the structs of live classes.
    let shape = |ty: *mut PyTypeObject| unsafe {
        ((*ty).tp_basicsize, (*ty).tp_itemsize, (*ty).tp_dealloc.map(|end| end as usize))
    };
    shape(one) == shape(other)
}

/// `pow(base, exponent, modulus)` where C implements the operator for one of them.
pub(crate) fn power_of_c(vm: &mut Vm, operands: [H; 3]) -> R<Option<H>> {
    let mut is_of_c = true;
    let made = returned(vm, |_| {
        let [base, exponent, modulus] = operands.map(super::borrowed);
        slots::power(base, exponent, modulus).unwrap_or_else(|| {
            is_of_c = false;
            Ok(with(|vm| own(vm, k::NONE)))
        })
    })?;
    Ok(is_of_c.then_some(made))
}

/// A class got other bases: its struct, and those of the classes derived from it, follow.
pub(crate) fn bases_changed(vm: &mut Vm, class: H) {
    if emul::host::is_installed() {
        super::threads::lend(vm, |_| emul::slots::bases_changed(super::borrowed(class)));
    }
}

/// Whether the class is one of C's that is not ready yet: what the layer puts into it is what C declares.
pub(crate) fn is_being_made(vm: &Vm, class: H) -> bool {
    vm.type_data(vm.get(class)).flags & (TYPE_C | TYPE_MADE) == TYPE_C
}

/// An attribute is put into a class that is being made: a method of a slot's name hides the slot, except from operators.
pub(crate) fn keep_slot(vm: &mut Vm, before: H, after: H) {
    let slot = vm.get(before);
    let hides = matches!(vm.foreign(after).map(|foreign| &foreign.work), Some(Work::Method(_)));
    if !hides || !matches!(vm.foreign(before).map(|foreign| &foreign.work), Some(Work::Slot(_))) {
        return;
    }
    if let Body::Foreign(foreign) = vm.body_mut(after) {
        foreign.beside = slot;
    }
}

/// An object got another class: the mirror of an instance of a C type follows.
pub(crate) fn class_replaced(vm: &mut Vm, object: H, class: H) {
    if let Some(Body::CInstance(mirror)) = vm.body(object) {
        let mirror = *mirror;
        // SAFETY: the wrapper holds its mirror.
        super::threads::lend(vm, |_| unsafe { emul::slots::class_replaced(mirror, super::borrowed(class)) });
    }
}

/// The flags for slots of a C type's that no special method tells of. (Classes made in Python have no use for the older slots
/// for attributes, and inherit the others.)
fn slot_flags(vm: &mut Vm, class: H) -> u32 {
    if vm.type_data(vm.get(class)).flags & TYPE_C == 0 {
        return 0;
    }
    let ty = type_struct(vm, class);
    // SAFETY: a live, ready type; the layer tells of it with the lock held.
    let (gets, sets, of_sequence) = unsafe {
        (
            (*ty).tp_getattr.is_some() && (*ty).tp_getattro.is_none(),
            (*ty).tp_setattr.is_some() && (*ty).tp_setattro.is_none(),
            super::sequences::flags_of(ty),
        )
    };
    of_sequence | (u32::from(gets) * TYPE_OLD_GETATTR) | (u32::from(sets) * TYPE_OLD_SETATTR)
}

/// `obj.name` by `tp_getattr`.
pub(crate) fn old_getattr(vm: &mut Vm, obj: H, name: H) -> R<H> {
    returned(vm, |_| emul::slots::get_attr(super::borrowed(obj), super::borrowed(name)))
}

/// `obj.name = value` or `del obj.name` by `tp_setattr`.
pub(crate) fn old_setattr(vm: &mut Vm, obj: H, name: H, value: Option<H>) -> R<()> {
    done(vm, |_| emul::slots::set_attr(super::borrowed(obj), super::borrowed(name), value.map(super::borrowed)))
}

/// A class's struct in C.
pub(crate) fn type_struct(vm: &mut Vm, class: H) -> *mut PyTypeObject {
    super::threads::ensure_installed(vm);
    super::threads::lend(vm, |_| emul::slots::type_of_class(super::borrowed(class)))
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
