//! Dicts that C watches (`PyDict_Watch`): RustPython tells nobody of a dict's changes.
//!
//! While it is watched, a dict is of a class derived from `dict`, so that none of the interpreter's shortcuts past the slots takes
//! it for an exact dict. The class's slots, and the functions that `dict` itself has for whoever calls them by the class, look
//! what is about to change and tell the layer. It is called `dict` too, and `__class__` says so; `type()` tells the difference.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use emul::watchers::{DictEvent, dict_changes};
use rustpython::vm::builtins::descriptor::PyMethodDescriptor;
use rustpython::vm::builtins::{PyDict, PyDictRef, PyType, PyTypeRef};
use rustpython::vm::function::{FuncArgs, ItemDoc, PyMethodFlags};
use rustpython::vm::protocol::PyMapping;
use rustpython::vm::types::{PyTypeFlags, PyTypeSlots};
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::{descriptors, handle};

type Store = fn(PyMapping<'_>, &PyObject, Option<PyObjectRef>, &VirtualMachine) -> PyResult<()>;
type Init = fn(&PyObject, FuncArgs, &VirtualMachine) -> PyResult<()>;
type Binary = fn(&PyObject, &PyObject, &VirtualMachine) -> PyResult;

/// What `dict` had before the first dict was watched.
struct Host {
    store: Store,
    init: Init,
    merge: Binary,
    methods: HashMap<&'static str, PyObjectRef>,
    class: PyTypeRef,
}

static HOST: OnceLock<Host> = OnceLock::new();
/// Who watches a dict, a bit each, by its address.
static WATCHED: Mutex<Option<HashMap<usize, u8>>> = Mutex::new(None);

fn host() -> &'static Host {
    HOST.get().expect("stored before these functions were")
}

fn watched() -> MutexGuard<'static, Option<HashMap<usize, u8>>> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who watches the dict.
fn places(dict: &PyObject) -> u8 {
    if !dict.class().is(&host().class) {
        return 0;
    }
    watched().as_ref().and_then(|all| all.get(&dict.get_id()).copied()).unwrap_or(0)
}

/// Whether it is the class of dicts that are watched, which C is to see as `dict`.
pub(super) fn is_class(class: &Py<PyType>) -> bool {
    HOST.get().is_some_and(|host| class.is(&host.class))
}

/// Have changes of the dict told to the watcher in `place`, or no more.
pub(super) fn set(dict: &PyObject, place: usize, on: bool, vm: &VirtualMachine) -> PyResult<()> {
    if !on && HOST.get().is_none() {
        return Ok(());
    }
    install(vm)?;
    let (exact, class) = (vm.ctx.types.dict_type, &host().class);
    if !dict.class().is(exact) && !dict.class().is(class) {
        let name = dict.class().name().to_string();
        return Err(
            vm.new_not_implemented_error(format!("changes of a '{name}' are seen by nobody: it is no exact dict"))
        );
    }
    let mut watched = watched();
    let all = watched.get_or_insert_default();
    let bits = all.get(&dict.get_id()).copied().unwrap_or(0);
    let bits = if on { bits | 1 << place } else { bits & !(1 << place) };
    if bits == 0 {
        all.remove(&dict.get_id());
    } else {
        all.insert(dict.get_id(), bits);
    }
    drop(watched);
    let wanted = if bits == 0 { exact } else { class };
    if !dict.class().is(wanted) {
        dict.set_class(wanted.to_owned(), vm);
    }
    Ok(())
}

fn install(vm: &VirtualMachine) -> PyResult<()> {
    if HOST.get().is_some() {
        return Ok(());
    }
    let dict = vm.ctx.types.dict_type;
    let slots = dict.slots();
    let lacking = || vm.new_not_implemented_error("the host's dict has not the functions that are to be watched");
    let store = slots.as_mapping.ass_subscript.load().ok_or_else(lacking)?;
    let init = slots.init.load().ok_or_else(lacking)?;
    let merge = slots.as_number.inplace_or.load().ok_or_else(lacking)?;
    let class = derive(dict, vm)?;
    let mut methods = HashMap::new();
    for name in ["clear", "pop", "popitem", "setdefault", "update"] {
        methods.insert(name, dict.get_direct_attr(vm.ctx.intern_str(name)).ok_or_else(lacking)?);
    }
    if HOST.set(Host { store, init, merge, methods, class }).is_err() {
        return Ok(());
    }
    for class in [dict, &*host().class] {
        let slots = class.slots();
        slots.as_mapping.ass_subscript.store(Some(store_item));
        slots.init.store(Some(initialize));
        slots.as_number.inplace_or.store(Some(merge_in_place));
    }
    for name in ["__setitem__", "__delitem__"] {
        descriptors::rewrap(dict, name, store as usize, store_item as Store as usize, vm);
    }
    descriptors::rewrap(dict, "__init__", init as usize, initialize as Init as usize, vm);
    descriptors::rewrap(dict, "__ior__", merge as usize, merge_in_place as Binary as usize, vm);
    wrap(vm, "clear", clear);
    wrap(vm, "pop", pop);
    wrap(vm, "popitem", pop_item);
    wrap(vm, "setdefault", set_default);
    wrap(vm, "update", update);
    Ok(())
}

/// The class of watched dicts: its instances are laid out as dicts are.
fn derive(dict: &'static Py<PyType>, vm: &VirtualMachine) -> PyResult<PyTypeRef> {
    let flags = PyTypeFlags::from_slice(&[PyTypeFlags::HEAPTYPE, PyTypeFlags::MAPPING, PyTypeFlags::_MATCH_SELF]);
    let class = vm.ctx.new_class(Some("builtins"), "dict", dict.to_owned(), PyTypeSlots::new("dict", flags));
    if class.slots().flags.has_feature(PyTypeFlags::HAS_DICT)
        || class.slots().flags.has_feature(PyTypeFlags::HAS_WEAKREF)
    {
        return Err(vm.new_not_implemented_error("instances of a class derived from dict have more than a dict"));
    }
    let ending = |dict: PyObjectRef, vm: &VirtualMachine| ends(&dict, vm);
    class.set_attr(vm.ctx.intern_str("__del__"), vm.new_function("__del__", ending).into());
    class.slots().del.store(Some(ends));
    Ok(class)
}

type Method = fn(FuncArgs, &VirtualMachine) -> PyResult;

/// Put a function in the place of a method of `dict`.
fn wrap(vm: &VirtualMachine, name: &'static str, method: Method) {
    let class = vm.ctx.types.dict_type;
    let doc = host().methods[name].downcast_ref::<PyMethodDescriptor>().and_then(|host| host.method.doc);
    let doc = ItemDoc { text: doc, ..ItemDoc::NONE };
    let method = vm.ctx.new_method_def(name, method, PyMethodFlags::METHOD, doc);
    class.set_attr(vm.ctx.intern_str(name), method.build_method(class, vm).into());
}

fn tell(dict: &PyObject, event: DictEvent, key: Option<&PyObject>, value: Option<&PyObject>) {
    let places = places(dict);
    if places != 0 {
        dict_changes(places, event, handle(dict), key.map(handle), value.map(handle));
    }
}

/// The dict that a method is called for, if it is a watched one.
fn target(args: &FuncArgs) -> Option<&Py<PyDict>> {
    let dict = args.args.first()?;
    if places(dict) == 0 { None } else { dict.downcast_ref() }
}

fn store_item(mapping: PyMapping<'_>, key: &PyObject, value: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult<()> {
    if let Some(dict) = mapping.obj.downcast_ref::<PyDict>()
        && places(mapping.obj) != 0
    {
        before_store(dict, key, value.as_deref(), vm)?;
    }
    (host().store)(mapping, key, value, vm)
}

/// Tell of an item that is to be stored, or deleted, unless nothing changes.
pub(super) fn before_store(
    dict: &Py<PyDict>,
    key: &PyObject,
    value: Option<&PyObject>,
    vm: &VirtualMachine,
) -> PyResult<()> {
    if !is_class(dict.class()) {
        return Ok(());
    }
    let old = dict.inner_getitem_opt(key, vm)?;
    let event = match (&old, value) {
        (None, None) => return Ok(()),
        (Some(_), None) => DictEvent::Deleted,
        (Some(old), Some(value)) if old.is(value) => return Ok(()),
        (Some(_), Some(_)) => DictEvent::Modified,
        (None, Some(_)) => DictEvent::Added,
    };
    tell(dict.as_object(), event, Some(key), value);
    Ok(())
}

fn clear(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if let Some(dict) = target(&args)
        && dict.__len__() > 0
    {
        tell(dict.as_object(), DictEvent::Cleared, None, None);
    }
    host().methods["clear"].call(args, vm)
}

fn pop(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if let (Some(dict), Some(key)) = (target(&args), args.args.get(1)) {
        before_store(dict, key, None, vm)?;
    }
    host().methods["pop"].call(args, vm)
}

fn pop_item(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if let Some(dict) = target(&args)
        && let Some((key, _)) = dict.items_vec().last()
    {
        tell(dict.as_object(), DictEvent::Deleted, Some(key), None);
    }
    host().methods["popitem"].call(args, vm)
}

fn set_default(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if let (Some(dict), Some(key)) = (target(&args), args.args.get(1))
        && dict.inner_getitem_opt(&**key, vm)?.is_none()
    {
        let value = args.args.get(2).cloned().unwrap_or_else(|| vm.ctx.none());
        tell(dict.as_object(), DictEvent::Added, Some(key), Some(&value));
    }
    host().methods["setdefault"].call(args, vm)
}

fn update(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(dict) = target(&args).map(Py::to_owned) else { return host().methods["update"].call(args, vm) };
    merge(&dict, FuncArgs { args: args.args[1..].to_vec(), kwargs: args.kwargs }, vm)?;
    Ok(vm.ctx.none())
}

fn initialize(dict: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
    match dict.downcast_ref::<PyDict>().filter(|_| places(dict) != 0) {
        Some(dict) => merge(dict, args, vm),
        None => (host().init)(dict, args, vm),
    }
}

fn merge_in_place(dict: &PyObject, other: &PyObject, vm: &VirtualMachine) -> PyResult {
    if let Some(watched) = dict.downcast_ref::<PyDict>().filter(|_| places(dict) != 0) {
        merge(watched, FuncArgs::from(vec![other.to_owned()]), vm)?;
        return Ok(dict.to_owned());
    }
    (host().merge)(dict, other, vm)
}

/// `dict.update(*args)`: into an empty dict another one is copied as a whole.
fn merge(dict: &Py<PyDict>, args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
    let whole = match (&args.args[..], args.kwargs.is_empty()) {
        ([other], true) => other.downcast_ref::<PyDict>().filter(|other| dict.__len__() == 0 && other.__len__() > 0),
        _ => None,
    };
    if let Some(other) = whole {
        tell(dict.as_object(), DictEvent::Cloned, Some(other.as_object()), None);
        for (key, value) in other.items_vec() {
            dict.inner_setitem(&*key, value, vm)?;
        }
        return Ok(());
    }
    let given: PyDictRef = vm.ctx.new_dict();
    (host().init)(given.as_object(), args, vm)?;
    for (key, value) in given.items_vec() {
        before_store(dict, &key, Some(&value), vm)?;
        dict.inner_setitem(&*key, value, vm)?;
    }
    Ok(())
}

/// A watched dict dies.
fn ends(dict: &PyObject, _vm: &VirtualMachine) -> PyResult<()> {
    tell(dict, DictEvent::Deallocated, None, None);
    if let Some(all) = watched().as_mut() {
        all.remove(&dict.get_id());
    }
    Ok(())
}
