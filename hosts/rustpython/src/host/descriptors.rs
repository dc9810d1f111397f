//! Descriptors of C types that look like CPython's, and what RustPython's own say of C types.
//!
//! *Slot wrappers* (`C.__len__`) and *method wrappers* (`c.__len__`) have classes of their own, since RustPython's call a
//! Rust function that knows nothing of the type it was taken from. They look like `wrapper_descriptor` and
//! `method-wrapper`, and `__class__` says so. *Members* are genuine `member_descriptor`s whose reading and writing is C's:
//! their payload has the layer's functions behind RustPython's part. So are methods and class methods, whose payload adds
//! what RustPython's do without: a reference to the class, since a class of C's may end.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Once, OnceLock};

use emul::host::{HostRef, NativeCall, NativeGet, NativeSet};
use object_mirror::object::{Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_IS_ABSTRACT, PyTypeObject};
use rustpython::vm::builtins::descriptor::{
    MemberAccess, MemberKind, PyClassMethodDescriptor, PyDescriptorOwned, PyMemberDef, PyMemberDescriptor,
    PyMemberFlags, PyMethodDescriptor,
};
use rustpython::vm::builtins::{PyGetSet, PyModule, PyStr, PyStrInterned, PyType, PyTypeRef};
use rustpython::vm::class::add_operators;
use rustpython::vm::function::{Either, FuncArgs, ItemDoc, PyComparisonValue, PyMethodDef, PySetterValue};
use rustpython::vm::object::{MaybeTraverse, SIZEOF_PYOBJECT_HEAD, TraverseFn};
use rustpython::vm::types::{PyComparisonOp, PyTypeFlags, PyTypeSlots, SLOT_DEFS};
use rustpython::vm::{AsObject, Context, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine};

use super::trampolines::{assigned, with_args};
use super::type_docs;
use super::{ctx, handle, raised, returned};

/// A special method of a C type that runs the function in one of its slots.
pub(super) struct SlotWrapper {
    class: PyTypeRef,
    name: &'static PyStrInterned,
    /// C's own words, signature line included; without them CPython's of the slot.
    doc: Option<Box<str>>,
    call: NativeCall,
}

/// A [`SlotWrapper`] bound to an instance.
struct MethodWrapper {
    wrapper: PyRef<SlotWrapper>,
    object: PyObjectRef,
}

/// A member of the struct of a C type's instances. RustPython's own code sees its first part.
#[repr(C)]
struct Member {
    base: PyMemberDescriptor,
    get: NativeGet,
    set: NativeSet,
}

/// A method descriptor of a C type, `B` being RustPython's.
#[repr(C)]
struct Method<B> {
    base: B,
    class: PyTypeRef,
    /// What `base` refers to: it lives as long as this.
    _definition: PyObjectRef,
}

impl<B: PyPayload> std::fmt::Debug for Method<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Method")
    }
}

impl<B: PyPayload> MaybeTraverse for Method<B> {
    const HAS_TRAVERSE: bool = true;

    fn try_traverse(&self, visit: &mut TraverseFn<'_>) {
        visit(self.class.as_object());
    }
}

impl<B: PyPayload> PyPayload for Method<B> {
    const PAYLOAD_TYPE_ID: std::any::TypeId = B::PAYLOAD_TYPE_ID;

    fn class(ctx: &Context) -> &'static Py<PyType> {
        B::class(ctx)
    }
}

/// A method of `class` by its `definition`, which `owner` keeps.
pub(super) fn method(definition: &'static PyMethodDef, owner: PyObjectRef, class: &'static Py<PyType>) -> PyObjectRef {
    let base = PyMethodDescriptor::new(definition, class, ctx());
    PyRef::new_ref(
        Method { base, class: class.to_owned(), _definition: owner },
        ctx().types.method_descriptor_type.to_owned(),
        None,
    )
    .into()
}

/// A class method of `class` by its `definition`, which `owner` keeps.
pub(super) fn class_method(
    definition: &'static PyMethodDef,
    owner: PyObjectRef,
    class: &'static Py<PyType>,
) -> PyObjectRef {
    let base = PyClassMethodDescriptor::new(definition, class, ctx());
    PyRef::new_ref(
        Method { base, class: class.to_owned(), _definition: owner },
        ctx().types.classmethod_descriptor_type.to_owned(),
        None,
    )
    .into()
}

macro_rules! payload {
    ($payload:ty, |$self:ident, $visit:ident| $traverse:expr) => {
        impl std::fmt::Debug for $payload {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($payload))
            }
        }

        impl MaybeTraverse for $payload {
            const HAS_TRAVERSE: bool = true;

            fn try_traverse(&$self, $visit: &mut TraverseFn<'_>) {
                $traverse
            }
        }
    };
}

payload!(SlotWrapper, |self, visit| visit(self.class.as_object()));
payload!(MethodWrapper, |self, visit| {
    visit(self.wrapper.as_object());
    visit(&self.object);
});
payload!(Member, |self, visit| visit(self.base.common.typ.as_object()));

impl PyPayload for SlotWrapper {
    fn class(_ctx: &Context) -> &'static Py<PyType> {
        slot_wrapper_class()
    }
}

impl PyPayload for MethodWrapper {
    fn class(_ctx: &Context) -> &'static Py<PyType> {
        method_wrapper_class()
    }
}

impl PyPayload for Member {
    const PAYLOAD_TYPE_ID: std::any::TypeId = PyMemberDescriptor::PAYLOAD_TYPE_ID;

    fn class(ctx: &Context) -> &'static Py<PyType> {
        ctx.types.member_descriptor_type
    }
}

/// The special method `name` of `class`, which runs `call`.
pub(super) fn slot_wrapper(class: &Py<PyType>, name: &str, doc: Option<&str>, call: NativeCall) -> PyObjectRef {
    let wrapper = SlotWrapper { class: class.to_owned(), name: ctx().intern_str(name), doc: doc.map(Box::from), call };
    PyRef::new_ref(wrapper, slot_wrapper_class().to_owned(), None).into()
}

impl SlotWrapper {
    /// The signature and the words behind it.
    fn described(&self) -> (Option<&str>, Option<&str>) {
        let name = self.name.as_str();
        let usual = || SLOT_DEFS.iter().find(|def| def.name == name).map(|def| def.doc);
        self.doc.as_deref().or_else(usual).map_or((None, None), |doc| emul::split_doc(name, doc))
    }

    fn qualname(&self, vm: &VirtualMachine) -> PyObjectRef {
        qualified(&self.class, self.name.as_str(), vm)
    }
}

fn qualified(class: &Py<PyType>, name: &str, vm: &VirtualMachine) -> PyObjectRef {
    let prefix = class.__qualname__(vm);
    let prefix = prefix.downcast_ref::<PyStr>().map(|prefix| prefix.to_string_lossy().into_owned());
    vm.ctx.new_str(format!("{}.{name}", prefix.unwrap_or_default())).into()
}

fn wrapper_of(object: &PyObject) -> &Py<SlotWrapper> {
    object.downcast_ref().expect("objects of this class are slot wrappers")
}

fn bound_of(object: &PyObject) -> &Py<MethodWrapper> {
    object.downcast_ref().expect("objects of this class are method wrappers")
}

fn call_wrapper(wrapper: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    with_args(&args, vm, |values, names| returned((wrapper_of(wrapper).call)(values, names), vm))
}

fn call_bound(bound: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let bound = bound_of(bound);
    with_args(&args, vm, |values, names| {
        let mut with_self: Vec<HostRef> = Vec::with_capacity(values.len() + 1);
        with_self.push(handle(&bound.object));
        with_self.extend_from_slice(values);
        returned((bound.wrapper.call)(&with_self, names), vm)
    })
}

fn bind(wrapper: &PyObject, object: Option<&PyObject>, _class: Option<&PyObject>, vm: &VirtualMachine) -> PyResult {
    let Some(object) = object.filter(|object| !vm.is_none(object)) else { return Ok(wrapper.to_owned()) };
    let wrapper = wrapper_of(wrapper);
    if !object.fast_isinstance(&wrapper.class) {
        let (name, wanted, given) = (wrapper.name, wrapper.class.slot_name(), object.class().slot_name());
        let message = format!("descriptor '{name}' for '{}' objects doesn't apply to a '{}' object", &*wanted, &*given);
        return Err(vm.new_type_error(message));
    }
    let bound = MethodWrapper { wrapper: wrapper.to_owned(), object: object.to_owned() };
    Ok(PyRef::new_ref(bound, method_wrapper_class().to_owned(), None).into())
}

fn compare_bound(
    bound: &PyObject,
    other: &PyObject,
    op: PyComparisonOp,
    _vm: &VirtualMachine,
) -> PyResult<Either<PyObjectRef, PyComparisonValue>> {
    op.eq_only(|| {
        let Some(other) = other.downcast_ref::<MethodWrapper>() else { return Ok(PyComparisonValue::NotImplemented) };
        let bound = bound_of(bound);
        let same = bound.wrapper.is(&other.wrapper) && bound.object.is(&other.object);
        Ok(PyComparisonValue::Implemented(same))
    })
    .map(Either::B)
}

/// A class of ours that looks like the builtin `name`.
fn new_class(name: &'static str, flags: &[u8]) -> PyTypeRef {
    let ctx = ctx();
    let fixed = [PyTypeFlags::IMMUTABLETYPE, PyTypeFlags::DISALLOW_INSTANTIATION];
    let slots = PyTypeSlots::new(name, PyTypeFlags::from_slice(&[&fixed[..], flags].concat()));
    let object = ctx.types.object_type;
    let class = PyType::new_static(object.to_owned(), Default::default(), slots, ctx.types.type_type.to_owned())
        .expect("a class with one base");
    let (own, base) = (class.slots(), object.slots());
    // RustPython lets a static class inherit by code it keeps for itself.
    own.getattro.store(base.getattro.load());
    own.setattro.store(base.setattro.load());
    own.str.store(base.str.load());
    own.hash.store(base.hash.load());
    own.richcompare.store(base.richcompare.load());
    class
}

/// A class that is made once.
struct Class {
    made: OnceLock<PyTypeRef>,
    has_methods: Once,
}

impl Class {
    const fn new() -> Self {
        Self { made: OnceLock::new(), has_methods: Once::new() }
    }

    /// What it can do also has methods, by which the layer knows the slots that C may call: `__get__`, `__call__`...
    fn get_or_make(&'static self, make: impl FnOnce() -> PyTypeRef) -> &'static Py<PyType> {
        let class = self.made.get_or_init(make);
        self.has_methods.call_once(|| add_operators(class, ctx(), &[]));
        class
    }
}

macro_rules! show {
    ($class:ident, $name:literal, |$object:ident, $vm:ident| $value:expr) => {
        let get = |$object: PyObjectRef, $vm: &VirtualMachine| -> PyObjectRef { $value };
        set_getset(&$class, $name, PyGetSet::new($name, &$class, ctx()).with_get(get));
    };
}

fn set_getset(class: &Py<PyType>, name: &str, getset: PyGetSet) {
    let getset = PyRef::new_ref(getset, ctx().types.getset_type.to_owned(), None);
    class.set_attr(ctx().intern_str(name), getset.into());
}

fn doc(wrapper: &SlotWrapper, vm: &VirtualMachine) -> PyObjectRef {
    wrapper.described().1.map_or_else(|| vm.ctx.none(), |text| vm.ctx.new_str(text).into())
}

fn signature(wrapper: &SlotWrapper, vm: &VirtualMachine) -> PyObjectRef {
    wrapper.described().0.map_or_else(|| vm.ctx.none(), |text| vm.ctx.new_str(text).into())
}

fn slot_wrapper_class() -> &'static Py<PyType> {
    static CLASS: Class = Class::new();
    CLASS.get_or_make(|| {
        let class = new_class("wrapper_descriptor", &[PyTypeFlags::METHOD_DESCRIPTOR]);
        let slots = class.slots();
        slots.descr_get.store(Some(bind));
        slots.call.store(Some(call_wrapper));
        slots.repr.store(Some(|object, vm| {
            let wrapper = wrapper_of(object);
            Ok(vm.ctx.new_str(format!(
                "<slot wrapper '{}' of '{}' objects>",
                wrapper.name,
                &*wrapper.class.slot_name()
            )))
        }));
        show!(class, "__name__", |object, _vm| wrapper_of(&object).name.to_owned().into());
        show!(class, "__qualname__", |object, vm| wrapper_of(&object).qualname(vm));
        show!(class, "__objclass__", |object, _vm| wrapper_of(&object).class.clone().into());
        show!(class, "__doc__", |object, vm| doc(wrapper_of(&object), vm));
        show!(class, "__text_signature__", |object, vm| signature(wrapper_of(&object), vm));
        type_docs::check_texts(&class);
        show!(class, "__class__", |_object, vm| vm.ctx.types.wrapper_descriptor_type.to_owned().into());
        class
    })
}

fn method_wrapper_class() -> &'static Py<PyType> {
    static CLASS: Class = Class::new();
    CLASS.get_or_make(|| {
        let class = new_class("method-wrapper", &[]);
        let slots = class.slots();
        slots.call.store(Some(call_bound));
        slots.richcompare.store(Some(compare_bound));
        slots.hash.store(Some(|object, _vm| {
            let bound = bound_of(object);
            Ok((bound.wrapper.get_id() ^ bound.object.get_id()) as _)
        }));
        slots.repr.store(Some(|object, vm| {
            let bound = bound_of(object);
            let (name, owner) = (bound.wrapper.name, bound.object.class().slot_name());
            let text = format!("<method-wrapper '{name}' of {} object at {:#x}>", &*owner, bound.object.get_id());
            Ok(vm.ctx.new_str(text))
        }));
        show!(class, "__self__", |object, _vm| bound_of(&object).object.clone());
        show!(class, "__name__", |object, _vm| bound_of(&object).wrapper.name.to_owned().into());
        show!(class, "__qualname__", |object, vm| bound_of(&object).wrapper.qualname(vm));
        show!(class, "__objclass__", |object, _vm| bound_of(&object).wrapper.class.clone().into());
        show!(class, "__doc__", |object, vm| doc(&bound_of(&object).wrapper, vm));
        show!(class, "__text_signature__", |object, vm| signature(&bound_of(&object).wrapper, vm));
        type_docs::check_texts(&class);
        show!(class, "__class__", |_object, vm| vm.ctx.types.method_wrapper_type.to_owned().into());
        class
    })
}

/// No member of RustPython's lies there: so a [`Member`] is told from those.
const OURS: isize = isize::MIN;

/// A member of `class` that C reads and writes.
pub(super) fn member(class: &Py<PyType>, name: &str, doc: ItemDoc, get: NativeGet, set: NativeSet) -> PyObjectRef {
    let common =
        PyDescriptorOwned { typ: class.to_owned(), name: ctx().intern_str(name), qualname: Default::default() };
    let member =
        PyMemberDef { name: name.to_owned(), kind: MemberKind::Int, offset: OURS, flags: PyMemberFlags::empty(), doc };
    let base = PyMemberDescriptor { common, member, access: MemberAccess::TupleItem };
    PyRef::new_ref(Member { base, get, set }, ctx().types.member_descriptor_type.to_owned(), None).into()
}

/// The layer's part of a member descriptor, if it has one.
fn ours(descriptor: &PyObject) -> Option<&Member> {
    let base: &PyMemberDescriptor = descriptor.downcast_ref::<PyMemberDescriptor>()?;
    // SAFETY: a descriptor with this offset is the first part of a `Member`, which `member` made.
    (base.member.offset == OURS).then(|| unsafe { &*std::ptr::from_ref(base).cast::<Member>() })
}

type DescrGetFunc = fn(&PyObject, Option<&PyObject>, Option<&PyObject>, &VirtualMachine) -> PyResult;
type DescrSetFunc = fn(&PyObject, PyObjectRef, PySetterValue, &VirtualMachine) -> PyResult<()>;
static MEMBER_SLOTS: OnceLock<(DescrGetFunc, DescrSetFunc)> = OnceLock::new();

fn check_owner(member: &Member, object: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let common = &member.base.common;
    if object.fast_isinstance(&common.typ) {
        return Ok(());
    }
    Err(vm.new_type_error(format!(
        "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
        common.name,
        &*common.typ.slot_name(),
        &*object.class().slot_name()
    )))
}

fn get_member(
    descriptor: &PyObject,
    object: Option<&PyObject>,
    class: Option<&PyObject>,
    vm: &VirtualMachine,
) -> PyResult {
    let Some(member) = ours(descriptor) else {
        let (get, _) = MEMBER_SLOTS.get().expect("stored before this function was");
        return get(descriptor, object, class, vm);
    };
    let Some(object) = object else { return Ok(descriptor.to_owned()) };
    check_owner(member, object, vm)?;
    returned((member.get)(handle(object)), vm)
}

fn set_member(descriptor: &PyObject, object: PyObjectRef, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
    let Some(member) = ours(descriptor) else {
        let (_, set) = MEMBER_SLOTS.get().expect("stored before this function was");
        return set(descriptor, object, value, vm);
    };
    check_owner(member, &object, vm)?;
    let value = assigned(value);
    (member.set)(handle(&object), value.as_deref().map(handle)).map_err(|error| raised(error, vm))
}

/// Have RustPython's own descriptors know C's: once, before the first C type is made.
pub(super) fn prepare(vm: &VirtualMachine) {
    let slots = vm.ctx.types.member_descriptor_type.slots();
    if let (Some(get), Some(set)) = (slots.descr_get.load(), slots.descr_set.load())
        && MEMBER_SLOTS.set((get, set)).is_ok()
    {
        slots.descr_get.store(Some(get_member));
        slots.descr_set.store(Some(set_member));
        // The methods of these names call what the slots held when they were made.
        let class = vm.ctx.types.member_descriptor_type;
        for name in ["__get__", "__set__", "__delete__"] {
            class.attributes().remove(vm.ctx.intern_str(name));
        }
        rustpython::vm::class::add_operators(class, &vm.ctx, &[]);
    }
    show_layouts(vm.ctx.types.type_type, vm);
    let types = &vm.ctx.types;
    for class in [types.method_descriptor_type, types.classmethod_descriptor_type, types.getset_type] {
        let get = |object: PyObjectRef, vm: &VirtualMachine| -> PyResult {
            let class = object.get_attr("__objclass__", vm)?;
            let name = object.get_attr("__name__", vm)?.str(vm)?;
            match class.downcast_ref::<PyType>() {
                Some(class) => Ok(qualified(class, &name.to_string_lossy(), vm)),
                None => Ok(name.into()),
            }
        };
        set_getset(class, "__qualname__", PyGetSet::new("__qualname__", class, &vm.ctx).with_get(get));
    }
    let class = types.builtin_function_or_method_type;
    let get = |object: PyObjectRef, vm: &VirtualMachine| -> PyResult {
        let (owner, name) = (object.get_attr("__self__", vm)?, object.get_attr("__name__", vm)?.str(vm)?);
        if vm.is_none(&owner) || owner.downcastable::<PyModule>() {
            return Ok(name.into());
        }
        let class = owner.downcast_ref::<PyType>().unwrap_or_else(|| owner.class());
        Ok(qualified(class, &name.to_string_lossy(), vm))
    };
    set_getset(class, "__qualname__", PyGetSet::new("__qualname__", class, &vm.ctx).with_get(get));
}

/// The `PyTypeObject` that tells how instances of `class` are laid out: a class looks to Python as it does to C.
fn layout_of(class: &Py<PyType>, host_knows: bool, name: &str) -> Option<*mut PyTypeObject> {
    let mirror = || emul::slots::type_of_class(handle(class.as_object()));
    if !host_knows || name != "__flags__" {
        return Some(mirror());
    }
    if class.heaptype_ext().is_none() {
        // Of a builtin type that CPython has not, the mirror says that it is a heap type, as which C may treat it.
        // SAFETY: the mirror of a class is a live type.
        return Some(mirror()).filter(|&ty| unsafe { (*ty).tp_flags } & Py_TPFLAGS_HEAPTYPE == 0);
    }
    class.mro_map_collect(|base| super::types::mirror_of(base).is_some()).contains(&true).then(mirror)
}

/// The flag of a class with abstract methods: the host's to say.
fn abstractness(class: &PyObject) -> isize {
    let is_abstract =
        class.downcast_ref::<PyType>().is_some_and(|class| class.slots().flags.has_feature(PyTypeFlags::IS_ABSTRACT));
    if is_abstract { Py_TPFLAGS_IS_ABSTRACT as isize } else { 0 }
}

/// What the `PyTypeObject` says of sizes, offsets and flags.
fn show_layouts(root: &'static Py<PyType>, vm: &VirtualMachine) {
    let fields: [(&str, fn(&PyTypeObject) -> isize); 5] = [
        ("__basicsize__", |ty| ty.tp_basicsize),
        ("__itemsize__", |ty| ty.tp_itemsize),
        ("__dictoffset__", |ty| ty.tp_dictoffset),
        ("__weakrefoffset__", |ty| ty.tp_weaklistoffset),
        ("__flags__", |ty| ty.tp_flags as isize),
    ];
    for (name, field) in fields {
        let before = root.attributes().get(vm.ctx.intern_str(name));
        let get = move |class: PyObjectRef, vm: &VirtualMachine| -> PyResult {
            let mirror = class.downcast_ref::<PyType>().and_then(|class| layout_of(class, before.is_some(), name));
            match (mirror, &before) {
                (Some(mirror), _) => {
                    // SAFETY: the mirror of a class is a live type.
                    let value = field(unsafe { &*mirror });
                    Ok(vm.ctx.new_int(if name == "__flags__" { value | abstractness(&class) } else { value }).into())
                }
                (None, None) => Err(vm.new_type_error("a type is required")),
                (None, Some(before)) => {
                    let get = before.class().slots().descr_get.load().expect("a type's attributes are descriptors");
                    get(before, Some(&class), Some(class.class().as_object()), vm)
                }
            }
        };
        set_getset(root, name, PyGetSet::new(name, root, &vm.ctx).with_get(get));
    }
}

/// The words of what a slot wrapper of the host's holds: its class, name, function and text.
const WRAPPER_WORDS: usize = 7;

/// Have the special method of a class of the host's run another function, of the same signature: derived classes take their
/// slots from it, and the host keeps the wrapper's struct to itself.
pub(super) fn rewrap(class: &Py<PyType>, name: &'static str, from: usize, to: usize, vm: &VirtualMachine) {
    let Some(wrapper) = class.get_direct_attr(vm.ctx.intern_str(name)) else { return };
    if !wrapper.class().is(vm.ctx.types.wrapper_descriptor_type) {
        return;
    }
    let payload =
        std::ptr::from_ref::<PyObject>(&wrapper).wrapping_byte_add(SIZEOF_PYOBJECT_HEAD).cast::<AtomicUsize>();
    // SAFETY: so many words follow the object's head, and threads of the program run only later.
    let words = unsafe { std::slice::from_raw_parts(payload, WRAPPER_WORDS) };
    for word in words.iter().filter(|word| word.load(Relaxed) == from) {
        word.store(to, Relaxed);
    }
}
