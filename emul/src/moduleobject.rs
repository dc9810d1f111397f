//! `moduleobject.h`: modules made by C, their state, and finding them again by definition.

use std::collections::HashMap;
use std::ffi::{CStr, c_int, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::methodobject::{METH_CLASS, METH_STATIC, PyMethodDef};
use object_mirror::moduleobject::{
    Py_mod_create, Py_mod_exec, Py_mod_gil, Py_mod_multiple_interpreters, PyModuleDef, PyModuleDef_Slot, PyModuleObject,
};
use object_mirror::object::{PyObject, visitproc};
use object_mirror::pystate::PyThreadState;

use crate::boundary::{Borrowed, Cx, New, Obj, Raised, Result, Stolen, Text};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::pystate::interpreters::{self, Loads};
use crate::statics::builtin;
use crate::{cross, lending, lifetime, loader, methodobject, unicodeobject};

/// Modules by the index of their definition, for `PyState_FindModule`: one of each interpreter that has the module.
static BY_INDEX: std::sync::Mutex<Vec<Vec<(i64, usize)>>> = std::sync::Mutex::new(Vec::new());
/// `__name__` as C saw it last, kept as long as the module.
static NAMES: std::sync::Mutex<Option<HashMap<usize, std::ffi::CString>>> = std::sync::Mutex::new(None);

fn module_struct(module: Obj<'_>) -> Option<*mut PyModuleObject> {
    crate::typeobject::is_subtype(module.type_ptr(), builtin!(PyModule_Type)).then(|| module.cast())
}

/// The module's `md_state`; NULL for modules of the host.
pub(crate) fn state(module: Obj<'_>) -> *mut c_void {
    // SAFETY: a module's struct.
    module_struct(module).map_or(null_mut(), |module| unsafe { (*module).md_state })
}

/// The module's `md_def`; NULL for modules of the host.
pub(crate) fn def(module: Obj<'_>) -> *mut PyModuleDef {
    // SAFETY: a module's struct.
    module_struct(module).map_or(null_mut(), |module| unsafe { (*module).md_def })
}

/// Whether the module is one of C's, with functions.
pub(crate) fn has_functions(module: Obj<'_>) -> bool {
    // SAFETY: a module's definition lives as long as its library.
    unsafe { def(module).as_ref() }.is_some_and(|def| !def.m_methods.is_null())
}

/// The module's `__name__`, if it has one.
pub(crate) fn name_of(module: *mut PyObject) -> Option<String> {
    let module = lifetime::host_of(module)?;
    let name = host().new_str(b"__name__");
    let name = host().get_attr(module, name.as_ref()).ok()?;
    if host().kind(name.as_ref()) != Kind::Str {
        return None;
    }
    let mut text = String::new();
    host().with_str(name.as_ref(), &mut |name| text = String::from_utf8_lossy(name).into_owned());
    Some(text)
}

/// Number a definition (`PyModuleDef_Init`).
pub(crate) fn number(def: *mut PyModuleDef) {
    let mut modules = BY_INDEX.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    // SAFETY: C passes a definition that lives as long as its library.
    unsafe {
        if (*def).m_base.m_index == 0 {
            if modules.is_empty() {
                modules.push(Vec::new());
            }
            (*def).m_base.m_index = modules.len() as Py_ssize_t;
            modules.push(Vec::new());
        }
        let base = &mut (*def).m_base.ob_base;
        base.ob_type = builtin!(PyModuleDef_Type);
        base.ob_refcnt = object_mirror::object::IMMORTAL_REFCNT;
    }
}

/// Remember the module of a definition for `PyState_FindModule`.
pub(crate) fn remember(def: *mut PyModuleDef, module: *mut PyObject) {
    // SAFETY: a numbered definition.
    let index = unsafe { (*def).m_base.m_index } as usize;
    let mut modules = BY_INDEX.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(places) = modules.get_mut(index) else { return };
    let here = host().attached().unwrap_or(0);
    let before = match places.iter_mut().find(|(interpreter, _)| *interpreter == here) {
        Some((_, place)) => std::mem::replace(place, module as usize),
        None => {
            places.push((here, module as usize));
            0
        }
    } as *mut PyObject;
    drop(modules);
    // SAFETY: live modules or NULL, each held by its place.
    unsafe {
        if !module.is_null() {
            lifetime::incref(module);
        }
        lifetime::xdecref(before);
    }
}

/// `PyModule_Type.tp_traverse`: what the struct holds, and what the module's own `m_traverse` knows of its state.
pub(crate) unsafe extern "C" fn traverse(op: *mut PyObject, visit: visitproc, arg: *mut c_void) -> c_int {
    // SAFETY: a live module; `visit` and `arg` belong together.
    unsafe {
        let module: *mut PyModuleObject = op.cast();
        let def = (*module).md_def;
        if !def.is_null()
            && has_state(module)
            && let Some(traverse) = (*def).m_traverse
        {
            let stop = traverse(op, visit, arg);
            if stop != 0 {
                return stop;
            }
        }
        lifetime::visit_all(&[(*module).md_dict], visit, arg)
    }
}

/// Whether the state that the definition asks for is there: before, its functions must not be called.
///
/// # Safety
/// A live module that has a definition.
unsafe fn has_state(module: *mut PyModuleObject) -> bool {
    // SAFETY: the caller's contract.
    unsafe { (*(*module).md_def).m_size <= 0 || !(*module).md_state.is_null() }
}

/// `PyModule_Type.tp_clear`.
pub(crate) unsafe extern "C" fn clear(op: *mut PyObject) -> c_int {
    // SAFETY: a live module.
    unsafe {
        let module: *mut PyModuleObject = op.cast();
        let def = (*module).md_def;
        if !def.is_null()
            && has_state(module)
            && let Some(clear) = (*def).m_clear
        {
            let stop = clear(op);
            if stop != 0 {
                return stop;
            }
        }
        lifetime::xdecref(std::mem::replace(&mut (*module).md_dict, null_mut()));
    }
    0
}

/// `PyModule_Type.tp_dealloc`, for a module that nothing refers to any more.
pub(crate) unsafe extern "C" fn dealloc(op: *mut PyObject) {
    // SAFETY: a module without references; its fields are NULL or its own.
    unsafe {
        let module: *mut PyModuleObject = op.cast();
        let def = (*module).md_def;
        if !def.is_null()
            && has_state(module)
            && let Some(free) = (*def).m_free
        {
            free(op.cast());
        }
        lifetime::xdecref((*module).md_dict);
        lifetime::xdecref((*module).md_name);
        libc::free((*module).md_state);
        let mut names = NAMES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(names) = &mut *names {
            names.remove(&(op as usize));
        }
        drop(names);
        let ty = (*op).ob_type;
        lifetime::free_object(op.cast());
        if lifetime::is_given_back(ty) {
            lifetime::decref(ty.cast());
        }
    }
}

/// Make the module that `def` describes, named `name`: functions, doc, no state yet.
///
/// # Safety
/// `def` is a module definition that outlives the module.
pub(crate) unsafe fn create(cx: Cx<'_>, def: *mut PyModuleDef, name: &str) -> Result<New> {
    let text = cx.str(name);
    let object = host().new_module(text.as_ref());
    let module = cx.to_c(object);
    // SAFETY: a module's mirror; the caller's contract.
    unsafe {
        let fields: *mut PyModuleObject = module.as_ptr().cast();
        (*fields).md_def = def;
        (*fields).md_dict = namespace(cx, module.obj())?.into_ptr();
        (*fields).md_name = unicodeobject::new_from_wtf8(name.as_bytes()).into_ptr();
        if !(*def).m_methods.is_null() {
            add_functions(cx, module.obj(), (*def).m_methods)?;
        }
        if !(*def).m_doc.is_null() {
            set_doc(cx, module.obj(), CStr::from_ptr((*def).m_doc))?;
        }
    }
    Ok(module)
}

fn namespace(cx: Cx<'_>, module: Obj<'_>) -> Result<New> {
    let module = module.give(cx)?;
    let dict = cx.to_c(host().namespace(module.as_ref()));
    lending::mark_namespace(dict.as_ptr());
    Ok(dict)
}

/// Set an attribute to a value of C's, which C may go on using by its address alone.
fn set_lasting(cx: Cx<'_>, module: Obj<'_>, name: Text<'_>, value: Obj<'_>) -> Result<()> {
    let given = value.give(cx)?;
    let text = name.host_str(cx)?;
    set_named(cx, module, &text, given.as_ref())?;
    let dict = dict_of(cx, module)?;
    lending::stored(dict.as_ptr(), || name.c_str().to_bytes().to_vec(), value);
    Ok(())
}

fn set(cx: Cx<'_>, module: Obj<'_>, name: &str, value: HostRef) -> Result<()> {
    set_named(cx, module, &cx.str(name), value)
}

fn set_named(cx: Cx<'_>, module: Obj<'_>, name: &HostObj, value: HostRef) -> Result<()> {
    let module = module.give(cx)?;
    cx.call(|h| h.set_attr(module.as_ref(), name.as_ref(), Some(value)))
}

fn set_doc(cx: Cx<'_>, module: Obj<'_>, doc: &CStr) -> Result<()> {
    let doc = crate::unicodeobject::decode_utf8(cx, doc.to_bytes(), None)?;
    set(cx, module, "__doc__", doc.as_ref())
}

/// # Safety
/// `methods` ends with an entry without a name and outlives the module.
unsafe fn add_functions(cx: Cx<'_>, module: Obj<'_>, methods: *mut PyMethodDef) -> Result<()> {
    let name = name_object(cx, module)?;
    // SAFETY: the caller's contract.
    unsafe { add_functions_of(cx, module, name, methods) }
}

/// The same for an object that need not be a module, with the module's name.
///
/// # Safety
/// As for [`add_functions`].
unsafe fn add_functions_of(cx: Cx<'_>, module: Obj<'_>, name: HostObj, methods: *mut PyMethodDef) -> Result<()> {
    let name = cx.to_c(name);
    let mut method = methods;
    // SAFETY: the caller's contract.
    unsafe {
        while !(*method).ml_name.is_null() {
            if (*method).ml_flags & (METH_CLASS | METH_STATIC) != 0 {
                return Err(cx.value_error("module functions cannot set METH_CLASS or METH_STATIC"));
            }
            let function = methodobject::PyCMethod_New(method, module.as_ptr(), name.as_ptr(), null_mut());
            let function = New::from_ptr(function).ok_or_else(|| cx.pending())?;
            let name = unicodeobject::decode_utf8(cx, CStr::from_ptr((*method).ml_name).to_bytes(), None)?;
            let function = function.obj().give(cx)?;
            set_named(cx, module, &name, function.as_ref())?;
            method = method.add(1);
        }
    }
    Ok(())
}

/// # Safety
/// `def` is the module's definition.
unsafe fn alloc_state(cx: Cx<'_>, module: *mut PyModuleObject, def: *mut PyModuleDef) -> Result<()> {
    // SAFETY: the caller's contract.
    unsafe {
        if (*def).m_size >= 0 && (*module).md_state.is_null() {
            // A state of no bytes has an address too: it says that the module was executed.
            let state = libc::calloc(1, ((*def).m_size as usize).max(1));
            if state.is_null() {
                return Err(cx.error("MemoryError", ""));
            }
            (*module).md_state = state;
        }
    }
    Ok(())
}

/// Number a definition and return it as an object: multi-phase initialisation starts here.
#[capi(raw)]
pub unsafe extern "C" fn PyModuleDef_Init(def: *mut PyModuleDef) -> *mut PyObject {
    number(def);
    def.cast()
}

/// Make a module in a single phase, with its state.
#[capi]
fn PyModule_Create2(cx: Cx<'_>, def: *mut PyModuleDef, _api_version: c_int) -> Result<New> {
    // SAFETY: C passes a definition that outlives the module.
    unsafe {
        number(def);
        if !(*def).m_slots.is_null() {
            let name = CStr::from_ptr((*def).m_name).to_string_lossy();
            return Err(cx.system_error(format!("module {name}: PyModule_Create is incompatible with m_slots")));
        }
        unicodeobject::decode_utf8(cx, CStr::from_ptr((*def).m_name).to_bytes(), None)?;
        let short = CStr::from_ptr((*def).m_name).to_string_lossy().into_owned();
        let name = loader::package_context(&short).unwrap_or(short);
        let module = create(cx, def, &name)?;
        if (*def).m_size > 0 {
            alloc_state(cx, module.as_ptr().cast(), def)?;
        }
        Ok(module)
    }
}

/// Make the module of a multi-phase definition for a spec.
#[capi]
fn PyModule_FromDefAndSpec2(cx: Cx<'_>, def: *mut PyModuleDef, spec: Obj<'_>, _api_version: c_int) -> Result<New> {
    number(def);
    let spec_object = spec.give(cx)?;
    let name = cx.attr_str(spec_object.as_ref(), "name")?;
    let mut text = String::new();
    host().with_str(name.as_ref(), &mut |name| text = String::from_utf8_lossy(name).into_owned());
    // SAFETY: C passes a definition whose slots end with a zero entry.
    unsafe {
        if (*def).m_size < 0 {
            return Err(
                cx.system_error(format!("module {text}: m_size may not be negative for multi-phase initialization"))
            );
        }
        let once = Once::read(&slots(def)).map_err(|problem| cx.system_error(format!("module {text} {problem}")))?;
        interpreters::expect_loadable(cx, &text, once.interpreters.map_or(Loads::WithOneLock, Loads::of_slot))?;
        let Some(maker) = once.maker else { return create(cx, def, &text) };
        let maker: unsafe extern "C" fn(*mut PyObject, *mut PyModuleDef) -> *mut PyObject = std::mem::transmute(maker);
        let made = New::from_ptr(maker(spec.as_ptr(), def));
        let Some(made) = made else {
            return Err(if cx.has_error() {
                cx.pending()
            } else {
                cx.system_error(format!("creation of module {text} failed without setting an exception"))
            });
        };
        if cx.has_error() {
            let message = format!("creation of module {text} raised unreported exception");
            return Err(system_error_from_cause(cx, message));
        }
        match module_struct(made.obj()) {
            Some(fields) => (*fields).md_def = def,
            None => only_for_modules(cx, &text, &*def, once.executes)?,
        }
        if !(*def).m_methods.is_null() {
            add_functions_of(cx, made.obj(), name, (*def).m_methods)?;
        }
        if !(*def).m_doc.is_null() {
            set_doc(cx, made.obj(), CStr::from_ptr((*def).m_doc))?;
        }
        Ok(made)
    }
}

/// What a `Py_mod_create` slot that makes no module rules out.
fn only_for_modules(cx: Cx<'_>, name: &str, def: &PyModuleDef, executes: bool) -> Result<()> {
    if def.m_size > 0 || def.m_traverse.is_some() || def.m_clear.is_some() || def.m_free.is_some() {
        return Err(cx.system_error(format!("module {name} is not a module object, but requests module state")));
    }
    if executes {
        let problem = "specifies execution slots, but did not create a ModuleType instance";
        return Err(cx.system_error(format!("module {name} {problem}")));
    }
    Ok(())
}

/// The slots that a definition may have once, and whether it has others.
#[derive(Default)]
struct Once {
    maker: Option<*mut c_void>,
    interpreters: Option<*mut c_void>,
    gil: bool,
    executes: bool,
}

impl Once {
    /// The error says what is wrong with the module that has these slots.
    fn read(slots: &[&PyModuleDef_Slot]) -> std::result::Result<Self, String> {
        let mut once = Self::default();
        for slot in slots {
            match slot.slot {
                Py_mod_create if once.maker.is_some() => return Err("has multiple create slots".to_owned()),
                Py_mod_create => once.maker = Some(slot.value),
                Py_mod_exec => once.executes = true,
                Py_mod_multiple_interpreters if once.interpreters.is_some() => {
                    return Err("has more than one 'multiple interpreters' slots".to_owned());
                }
                Py_mod_multiple_interpreters => once.interpreters = Some(slot.value),
                Py_mod_gil if once.gil => return Err("has more than one 'gil' slot".to_owned()),
                Py_mod_gil => once.gil = true,
                other => return Err(format!("uses unknown slot ID {other}")),
            }
        }
        Ok(once)
    }
}

/// # Safety
/// The definition's slots end with a zero entry.
unsafe fn slots<'a>(def: *mut PyModuleDef) -> Vec<&'a PyModuleDef_Slot> {
    let mut found = Vec::new();
    // SAFETY: the caller's contract.
    unsafe {
        let mut slot = (*def).m_slots;
        while !slot.is_null() && (*slot).slot != 0 {
            found.push(&*slot);
            slot = slot.add(1);
        }
    }
    found
}

/// Run the `Py_mod_exec` slots of a module; its state is made first.
#[capi]
fn PyModule_ExecDef(cx: Cx<'_>, module: Obj<'_>, def: *mut PyModuleDef) -> Result<()> {
    let name = crate::pyerrors::text_of(name_object(cx, module)?.as_ref());
    // SAFETY: C passes a module and its definition.
    unsafe {
        if let Some(fields) = module_struct(module) {
            alloc_state(cx, fields, def)?;
        }
        for slot in slots(def) {
            match slot.slot {
                Py_mod_exec => {}
                Py_mod_create | Py_mod_multiple_interpreters | Py_mod_gil => continue,
                other => {
                    return Err(cx.system_error(format!("module {name} initialized with unknown slot {other}")));
                }
            }
            let exec: unsafe extern "C" fn(*mut PyObject) -> c_int = std::mem::transmute(slot.value);
            let status = exec(module.as_ptr());
            if status != 0 {
                return Err(if cx.has_error() {
                    cx.pending()
                } else {
                    cx.system_error(format!("execution of module {name} failed without setting an exception"))
                });
            }
            if cx.has_error() {
                let message = format!("execution of module {name} raised unreported exception");
                return Err(system_error_from_cause(cx, message));
            }
        }
    }
    Ok(())
}

/// A SystemError whose cause is the error that is set.
pub(crate) fn system_error_from_cause(cx: Cx<'_>, message: String) -> Raised {
    let cause = cx.take_error();
    let raised = cx.system_error(message);
    let Some((error, cause)) = cx.take_error().zip(cause) else { return raised };
    for name in ["__cause__", "__context__"] {
        let name = cx.str(name);
        // Both take any exception: setting them cannot fail.
        let _ = cx.unlocked(|h| h.set_attr(error.as_ref(), name.as_ref(), Some(cause.as_ref())));
    }
    cx.raise(error)
}

/// Make an empty module.
#[capi]
fn PyModule_NewObject(cx: Cx<'_>, name: Obj<'_>) -> Result<New> {
    let name = name.give(cx)?;
    Ok(cx.to_c(host().new_module(name.as_ref())))
}

/// Make an empty module.
#[capi]
fn PyModule_New(cx: Cx<'_>, name: Text<'_>) -> Result<New> {
    let name = name.host_str(cx)?;
    Ok(cx.to_c(host().new_module(name.as_ref())))
}

/// The module's namespace; borrowed.
#[capi]
fn PyModule_GetDict<'a>(cx: Cx<'a>, module: Obj<'a>) -> Result<Borrowed<'a>> {
    dict_of(cx, module).map(Borrowed::of)
}

fn dict_of<'a>(cx: Cx<'a>, module: Obj<'a>) -> Result<Obj<'a>> {
    let Some(fields) = module_struct(module) else { return Err(cx.bad_internal_call()) };
    // SAFETY: a module's struct: the field owns its dict.
    unsafe {
        if (*fields).md_dict.is_null() {
            (*fields).md_dict = namespace(cx, module)?.into_ptr();
        }
        Obj::from_ptr((*fields).md_dict).ok_or_else(|| cx.bad_internal_call())
    }
}

/// The module's `__name__`.
#[capi]
fn PyModule_GetNameObject(cx: Cx<'_>, module: Obj<'_>) -> Result<New> {
    Ok(cx.to_c(name_object(cx, module)?))
}

fn name_object(cx: Cx<'_>, module: Obj<'_>) -> Result<HostObj> {
    expect_module(cx, module)?;
    let module = module.give(cx)?;
    match cx.attr_str(module.as_ref(), "__name__") {
        Ok(name) if host().kind(name.as_ref()) == Kind::Str => Ok(name),
        _ => {
            drop(cx.take_error());
            Err(cx.system_error("nameless module"))
        }
    }
}

/// The module's `__name__` as UTF-8, valid as long as the module.
#[capi]
fn PyModule_GetName(cx: Cx<'_>, module: Obj<'_>) -> Result<*const std::ffi::c_char> {
    expect_module(cx, module)?;
    let name = name_of(module.as_ptr()).ok_or_else(|| cx.system_error("nameless module"))?;
    let mut names = NAMES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let names = names.get_or_insert_default();
    let key = module.as_ptr() as usize;
    let same = names.get(&key).is_some_and(|old| old.to_bytes() == name.as_bytes());
    if !same {
        names.insert(key, std::ffi::CString::new(name).map_err(|_| cx.value_error("embedded null character"))?);
    }
    Ok(names[&key].as_ptr())
}

/// The module's `__file__`.
#[capi]
fn PyModule_GetFilenameObject(cx: Cx<'_>, module: Obj<'_>) -> Result<New> {
    file_name(cx, module)
}

fn file_name(cx: Cx<'_>, module: Obj<'_>) -> Result<New> {
    expect_module(cx, module)?;
    let given = module.give(cx)?;
    match cx.attr_str(given.as_ref(), "__file__") {
        Ok(name) if host().kind(name.as_ref()) == Kind::Str => return Ok(cx.to_c(name)),
        Ok(_) => {}
        Err(_) => drop(cx.take_error()),
    }
    Err(cx.system_error("module filename missing"))
}

/// The module's state.
#[capi]
fn PyModule_GetState(cx: Cx<'_>, module: Obj<'_>) -> Result<*mut c_void> {
    expect_module(cx, module)?;
    Ok(state(module))
}

/// The module's definition, or NULL.
#[capi]
fn PyModule_GetDef(cx: Cx<'_>, module: Obj<'_>) -> Result<*mut PyModuleDef> {
    if module_struct(module).is_none() {
        return Err(cx.type_error("bad argument type for built-in operation"));
    }
    Ok(def(module))
}

/// Add functions to a module.
#[capi]
fn PyModule_AddFunctions(cx: Cx<'_>, module: Obj<'_>, functions: *mut PyMethodDef) -> Result<()> {
    // SAFETY: C passes a table that outlives the module.
    unsafe { add_functions(cx, module, functions) }
}

/// Set the module's docstring.
#[capi]
fn PyModule_SetDocString(cx: Cx<'_>, module: Obj<'_>, doc: Text<'_>) -> Result<()> {
    set_doc(cx, module, doc.c_str())
}

/// Add `value` to the module.
#[capi]
fn PyModule_AddObjectRef(cx: Cx<'_>, module: Obj<'_>, name: Text<'_>, value: Option<Obj<'_>>) -> Result<()> {
    expect_target(cx, module)?;
    let Some(value) = value else {
        return Err(if cx.has_error() {
            cx.pending()
        } else {
            cx.system_error("PyModule_AddObjectRef() must be called with an exception raised if value is NULL")
        });
    };
    set_lasting(cx, module, name, value)
}

/// Add `value` to the module; its reference is taken only on success.
#[capi(raw)]
pub unsafe extern "C" fn PyModule_AddObject(
    module: *mut PyObject,
    name: *const std::ffi::c_char,
    value: *mut PyObject,
) -> c_int {
    // SAFETY: the same contract, but for the reference.
    unsafe {
        let status = PyModule_AddObjectRef(module, name, value);
        if status == 0 {
            lifetime::xdecref(value);
        }
        status
    }
}

/// Add `value` to the module, taking its reference.
#[capi]
fn PyModule_Add(cx: Cx<'_>, module: Obj<'_>, name: Text<'_>, value: Option<Stolen<'_>>) -> Result<()> {
    expect_target(cx, module)?;
    let Some(value) = value else { return Err(cx.pending()) };
    set_lasting(cx, module, name, value.obj())
}

/// What is added goes to a module; the words are those of the function that CPython's all end in.
fn expect_target(cx: Cx<'_>, module: Obj<'_>) -> Result<()> {
    if module_struct(module).is_none() {
        return Err(cx.type_error("PyModule_AddObjectRef() first argument must be a module"));
    }
    Ok(())
}

fn expect_module(cx: Cx<'_>, module: Obj<'_>) -> Result<()> {
    if module_struct(module).is_none() {
        return Err(cx.type_error("bad argument type for built-in operation"));
    }
    Ok(())
}

/// Add an int constant.
#[capi]
fn PyModule_AddIntConstant(cx: Cx<'_>, module: Obj<'_>, name: Text<'_>, value: std::ffi::c_long) -> Result<()> {
    expect_target(cx, module)?;
    let (name, value) = (name.host_str(cx)?, host().new_int(value));
    set_named(cx, module, &name, value.as_ref())
}

/// Add a str constant.
#[capi]
fn PyModule_AddStringConstant(cx: Cx<'_>, module: Obj<'_>, name: Text<'_>, value: Text<'_>) -> Result<()> {
    expect_target(cx, module)?;
    let (name, value) = (name.host_str(cx)?, value.host_str(cx)?);
    set_named(cx, module, &name, value.as_ref())
}

/// Make the type ready and add it under the last part of its name.
#[capi]
fn PyModule_AddType(cx: Cx<'_>, module: Obj<'_>, ty: *mut object_mirror::object::PyTypeObject) -> Result<()> {
    let class = crate::typeobject::class_of(cx, ty)?;
    expect_target(cx, module)?;
    // SAFETY: a live type has a name.
    let name = unsafe { CStr::from_ptr((*ty).tp_name) }.to_string_lossy();
    set(cx, module, name.rsplit('.').next().unwrap_or(&name), class.as_ref())
}

/// The module of a single-phase definition; borrowed, NULL without an error where there is none.
#[capi(raw)]
pub unsafe extern "C" fn PyState_FindModule(def: *mut PyModuleDef) -> *mut PyObject {
    // SAFETY: C passes a definition.
    let index = unsafe { (*def).m_base.m_index } as usize;
    let here = host().attached().unwrap_or(0);
    let modules = BY_INDEX.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let found = modules.get(index).and_then(|places| places.iter().find(|(interpreter, _)| *interpreter == here));
    found.map_or(null_mut(), |&(_, module)| module as *mut PyObject)
}

/// Register a module for `PyState_FindModule`.
#[capi]
fn PyState_AddModule(cx: Cx<'_>, module: Obj<'_>, def: *mut PyModuleDef) -> Result<()> {
    register(cx, module, def)
}

/// `PyState_AddModule` for the interpreter of the thread state, which is the current one: a part of the stable ABI that no
/// header declares.
///
/// No definition means that one could not be made, and that this is the error.
#[capi]
fn _PyState_AddModule(cx: Cx<'_>, _tstate: *mut PyThreadState, module: Obj<'_>, def: *mut PyModuleDef) -> Result<()> {
    if def.is_null() {
        return Err(cx.pending());
    }
    register(cx, module, def)
}

fn register(cx: Cx<'_>, module: Obj<'_>, def: *mut PyModuleDef) -> Result<()> {
    expect_one_phase(cx, def, "PyState_AddModule")?;
    number(def);
    remember(def, module.as_ptr());
    Ok(())
}

/// A module with slots can be there several times: it is not found by its definition.
fn expect_one_phase(cx: Cx<'_>, def: *mut PyModuleDef, function: &str) -> Result<()> {
    // SAFETY: C passes a definition.
    if unsafe { (*def).m_slots.is_null() } {
        return Ok(());
    }
    Err(cx.system_error(format!("{function} called on module with slots")))
}

/// Forget what `PyState_AddModule` registered.
#[capi]
fn PyState_RemoveModule(cx: Cx<'_>, def: *mut PyModuleDef) -> Result<()> {
    expect_one_phase(cx, def, "PyState_RemoveModule")?;
    remember(def, null_mut());
    Ok(())
}

/// The host object of a module's mirror, for the loader.
pub(crate) fn host_object(cx: Cx<'_>, module: &New) -> Result<HostObj> {
    cross::to_host(cx, module.obj())
}

/// The module's `__file__` as UTF-8, valid as long as it has that name.
#[capi]
fn PyModule_GetFilename(cx: Cx<'_>, module: Obj<'_>) -> Result<*const std::ffi::c_char> {
    let name = file_name(cx, module)?;
    let dict = dict_of(cx, module)?;
    lending::stored(dict.as_ptr(), || b"__file__".to_vec(), name.obj());
    unicodeobject::utf8_of(cx, name.obj()).map(|(text, _)| text)
}
