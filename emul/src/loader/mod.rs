//! Loading extension modules: `dlopen`, `PyInit_*`, single- and multi-phase initialisation.
//!
//! A file is looked at before it is loaded, so that what cannot work is refused with the file and the reason.

mod check;
pub(crate) mod single_phase;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW, Symbol};
use object_mirror::moduleobject::PyModuleDef;
use object_mirror::object::PyObject;

use crate::boundary::{Cx, New, Result};
use crate::host::{HostObj, HostRef, HostResult, host};
use crate::lifetime::Guard;
use crate::pystate::Frame;
use crate::pystate::interpreters::{self, Loads};
use crate::slots;
use crate::statics::builtin;
use crate::{cross, moduleobject, typeobject};

thread_local! {
    /// The full name of the module whose `PyInit_` runs: `PyModule_Create` puts it in place of the short one.
    static PACKAGE_CONTEXT: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// A `PyInit_` function.
type Init = unsafe extern "C" fn() -> *mut PyObject;

/// Loaded libraries, for ever: C code keeps pointers into them.
static LIBRARIES: Mutex<Option<HashMap<String, usize>>> = Mutex::new(None);

/// The full name for a module that calls itself `short`, while its initialisation runs.
pub(crate) fn package_context(short: &str) -> Option<String> {
    PACKAGE_CONTEXT.with_borrow(|stack| {
        let full = stack.last()?;
        (full.rsplit('.').next() == Some(short)).then(|| full.clone())
    })
}

/// The module that `spec` names, from the file at `path` (`_imp.create_dynamic`).
pub fn create(name: &str, path: &str, spec: HostRef) -> HostResult<HostObj> {
    let _frame = Frame::enter();
    let held = Guard::hold();
    let cx = held.cx();
    let module = match single_phase::again(cx, name, path) {
        Ok(None) => load(cx, name, path, spec, true),
        Ok(Some(module)) => Ok(module),
        Err(raised) => Err(raised),
    };
    module.map_err(|_| slots::pending(cx))
}

/// The same for a host that imports nothing twice, having no `sys.modules`: nothing is kept for another time.
pub fn create_once(name: &str, path: &str, spec: HostRef) -> HostResult<HostObj> {
    let _frame = Frame::enter();
    let held = Guard::hold();
    let cx = held.cx();
    load(cx, name, path, spec, false).map_err(|_| slots::pending(cx))
}

fn import_error(cx: Cx<'_>, name: &str, path: &str, message: &str) -> crate::boundary::Raised {
    let Some(class) = host().builtin_class("ImportError") else { return cx.system_error(message) };
    let (message, name_value, path_value) = (cx.str(message), cx.str(name), cx.str(path));
    let (name_key, path_key) = (cx.str("name"), cx.str("path"));
    let args = [message.as_ref(), name_value.as_ref(), path_value.as_ref()];
    match cx.unlocked(|h| h.call(class.as_ref(), &args, &[name_key.as_ref(), path_key.as_ref()])) {
        Ok(exception) | Err(exception) => cx.raise(exception),
    }
}

fn load(cx: Cx<'_>, name: &str, path: &str, spec: HostRef, for_again: bool) -> Result<HostObj> {
    check::file(Path::new(path)).map_err(|reason| import_error(cx, name, path, &format!("{path}: {reason}")))?;
    let library = open(path).map_err(|reason| import_error(cx, name, path, &reason))?;
    let function = init_function_name(name);
    // SAFETY: a `PyInit_` function takes nothing and returns an object; the library stays loaded.
    let init: std::result::Result<Symbol<Init>, _> = unsafe { library.get(function.as_bytes()) };
    let init = match init {
        Ok(init) => *init,
        Err(_) => {
            let message = format!("dynamic module does not define module export function ({function})");
            return Err(import_error(cx, name, path, &message));
        }
    };
    let made = run(cx, name, init)?;
    // SAFETY: what a `PyInit_` function returns: a module, or a definition.
    unsafe {
        if !std::ptr::eq((*made).ob_type, builtin!(PyModuleDef_Type)) {
            interpreters::expect_loadable(cx, name, Loads::InOne)?;
            let module = New::from_ptr(made).expect("checked");
            let (def, object) = finish(cx, name, path, &module)?;
            if for_again {
                single_phase::remember(cx, name, path, def, init, &object)?;
            }
            return Ok(object);
        }
        let spec = cross::to_c(spec);
        let module = moduleobject::PyModule_FromDefAndSpec2(made.cast(), spec.as_ptr(), 1013);
        let module = New::from_ptr(module).ok_or_else(|| cx.pending())?;
        moduleobject::host_object(cx, &module)
    }
}

/// Run a `PyInit_` function: what it returns, a module or a definition.
fn run(cx: Cx<'_>, name: &str, init: Init) -> Result<*mut PyObject> {
    PACKAGE_CONTEXT.with_borrow_mut(|stack| stack.push(name.to_owned()));
    // SAFETY: the module's own initialisation, with the lock held.
    let made = unsafe { init() };
    PACKAGE_CONTEXT.with_borrow_mut(Vec::pop);
    let short = name.rsplit('.').next().unwrap_or(name);
    if made.is_null() {
        return Err(if cx.has_error() {
            cx.pending()
        } else {
            cx.system_error(format!("initialization of {short} failed without raising an exception"))
        });
    }
    if cx.has_error() {
        let message = format!("initialization of {short} raised unreported exception");
        return Err(moduleobject::system_error_from_cause(cx, message));
    }
    // SAFETY: what a `PyInit_` function returns: a module, or a definition.
    if unsafe { (*made).ob_type.is_null() } {
        return Err(cx.system_error(format!("init function of {short} returned uninitialized object")));
    }
    Ok(made)
}

/// A module made in a single phase, for the first time.
fn finish(cx: Cx<'_>, name: &str, path: &str, module: &New) -> Result<(*mut PyModuleDef, HostObj)> {
    let def = definition(cx, name, module)?;
    moduleobject::remember(def, module.as_ptr());
    let object = moduleobject::host_object(cx, module)?;
    let (key, file) = (cx.str("__file__"), cx.str(path));
    cx.call(|h| h.set_attr(object.as_ref(), key.as_ref(), Some(file.as_ref())))?;
    Ok((def, object))
}

/// The definition of a module that a `PyInit_` function returned.
fn definition(cx: Cx<'_>, name: &str, module: &New) -> Result<*mut PyModuleDef> {
    let def = moduleobject::def(module.obj());
    if !def.is_null() {
        return Ok(def);
    }
    let short = name.rsplit('.').next().unwrap_or(name);
    // SAFETY: a live object.
    let is_module = unsafe { typeobject::is_subtype((*module.as_ptr()).ob_type, builtin!(PyModule_Type)) };
    let what = if is_module { "a valid extension module" } else { "an extension module" };
    Err(cx.system_error(format!("initialization of {short} did not return {what}")))
}

/// Run the module's `Py_mod_exec` slots (`_imp.exec_dynamic`). Nothing to do for a single-phase module.
pub fn exec(module: HostRef) -> HostResult<()> {
    let _frame = Frame::enter();
    let held = Guard::hold();
    let cx = held.cx();
    let module = cross::to_c(module);
    let def: *mut PyModuleDef = moduleobject::def(module.obj());
    // SAFETY: a module's definition, or NULL.
    unsafe {
        if def.is_null() || (*def).m_slots.is_null() {
            return Ok(());
        }
        // A module whose slots ran keeps its state; running them again is what reload does in CPython: nothing.
        if !moduleobject::state(module.obj()).is_null() {
            return Ok(());
        }
        if moduleobject::PyModule_ExecDef(module.as_ptr(), def) != 0 { Err(slots::pending(cx)) } else { Ok(()) }
    }
}

/// `PyInit_name`, or `PyInitU_` with the punycode of a name that is not ASCII.
fn init_function_name(name: &str) -> String {
    let short = name.rsplit('.').next().unwrap_or(name);
    if short.is_ascii() {
        return format!("PyInit_{short}");
    }
    format!("PyInitU_{}", check::punycode(short).replace('-', "_"))
}

/// The library at `path`, loaded for good.
fn open(path: &str) -> std::result::Result<std::mem::ManuallyDrop<Library>, String> {
    // A path without a slash would be searched for in the system's folders.
    let full = if path.contains('/') { path.to_owned() } else { format!("./{path}") };
    let mut libraries = LIBRARIES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    // SAFETY: loading runs the library's constructors, as importing an extension module means.
    let library = unsafe { Library::open(Some(&full), RTLD_NOW | RTLD_LOCAL) }.map_err(|error| {
        // What the system's loader says names the missing file or symbol; the library's own text only says that it failed.
        let text = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        if text.contains(path) { text } else { format!("{path}: {text}") }
    })?;
    let raw = library.into_raw();
    libraries.get_or_insert_default().insert(full, raw as usize);
    // SAFETY: the handle was just given; `into_raw` kept it open.
    Ok(std::mem::ManuallyDrop::new(unsafe { Library::from_raw(raw) }))
}
