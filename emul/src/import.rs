//! `import.h`: importing, and `sys.modules`.

use std::ffi::{CString, c_char, c_int, c_long, c_void};
use std::sync::OnceLock;

use capi_macros::capi;
use object_mirror::object::Py_TPFLAGS_UNICODE_SUBCLASS;

use crate::boundary::{Borrowed, Cx, New, Obj, Result, Text};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::pyerrors::text_of;
use crate::statics::builtin;
use crate::unicodeobject::{self, decode_utf8};
use crate::{datetime, socketmodule};

fn modules(cx: Cx<'_>) -> Result<HostObj> {
    crate::pystate::interpreters::runs_code(cx)?;
    host().sys_attr("modules").ok_or_else(|| cx.error("RuntimeError", "lost sys.modules"))
}

/// `sys.modules.get(name)`.
fn find(cx: Cx<'_>, name: HostRef) -> Result<Option<HostObj>> {
    let modules = modules(cx)?;
    if host().kind(modules.as_ref()) == Kind::Dict {
        return cx.call(|h| h.dict_get(modules.as_ref(), name));
    }
    let none = host().singleton(Kind::None);
    let found = cx.call_method(modules.as_ref(), "get", &[name, none.as_ref()])?;
    Ok((host().kind(found.as_ref()) != Kind::None).then_some(found))
}

/// The module `name` of `sys.modules`, put there empty if need be.
pub(crate) fn add(cx: Cx<'_>, name: HostRef) -> Result<HostObj> {
    if let Some(module) = find(cx, name)?
        && host().kind(module.as_ref()) == Kind::Module
    {
        return Ok(module);
    }
    let module = host().new_module(name);
    put(cx, name, module.as_ref())?;
    Ok(module)
}

/// `sys.modules[name] = module`.
pub(crate) fn put(cx: Cx<'_>, name: HostRef, module: HostRef) -> Result<()> {
    let modules = modules(cx)?;
    cx.call(|h| h.set_item(modules.as_ref(), name, Some(module)))
}

/// Import a module by its full name.
#[capi]
fn PyImport_ImportModule(cx: Cx<'_>, name: Text<'_>) -> Result<New> {
    import(cx, name)
}

fn import(cx: Cx<'_>, name: Text<'_>) -> Result<New> {
    crate::pystate::interpreters::runs_code(cx)?;
    let name = std::str::from_utf8(name.bytes()).map_err(|_| match name.host_str(cx) {
        Ok(_) => cx.value_error("a module's name is not UTF-8"),
        Err(raised) => raised,
    })?;
    let module = cx.object(|h| h.import(name))?;
    give_capsules(cx, name);
    Ok(module)
}

/// Give a module that C imported what CPython's module of that name has for C from the start. A module of the program's own that
/// has the same name, and lacks what that takes, goes without.
fn give_capsules(cx: Cx<'_>, name: &str) {
    let given = match name {
        "datetime" => datetime::install(cx),
        "_socket" => socketmodule::install(cx),
        _ => return,
    };
    if given.is_err() {
        drop(cx.take_error());
    }
}

/// The older name of `PyImport_ImportModule`.
#[capi]
fn PyImport_ImportModuleNoBlock(cx: Cx<'_>, name: Text<'_>) -> Result<New> {
    import(cx, name)
}

/// Import a module by its full name, through the hook `builtins.__import__`.
#[capi]
fn PyImport_Import(cx: Cx<'_>, name: Obj<'_>) -> Result<New> {
    let given = name.give(cx)?;
    let globals = host().current_globals().unwrap_or_else(|| host().new_dict());
    let level = host().new_int(0);
    let everything = host().new_list(vec![host().new_str(b"__doc__")]);
    let args = [given.as_ref(), globals.as_ref(), globals.as_ref(), everything.as_ref(), level.as_ref()];
    cx.call_function("builtins", "__import__", &args)?;
    give_capsules(cx, &crate::cross::text_of(given.as_ref()));
    match find(cx, given.as_ref())? {
        Some(module) => Ok(cx.to_c(module)),
        None => Err(cx.error_with("KeyError", given.as_ref())),
    }
}

/// As the `import` statement with its list of names and its level; NULL stands for none.
#[capi]
fn PyImport_ImportModuleLevelObject(
    cx: Cx<'_>,
    name: Option<Obj<'_>>,
    globals: Option<Obj<'_>>,
    locals: Option<Obj<'_>>,
    fromlist: Option<Obj<'_>>,
    level: c_int,
) -> Result<New> {
    let Some(name) = name else { return Err(cx.value_error("Empty module name")) };
    if !crate::unicodeobject::is_str(name) {
        return Err(cx.type_error("module name must be a string"));
    }
    let name = name.give(cx)?;
    import_level(cx, name, globals, locals, fromlist, level)
}

/// As `PyImport_ImportModuleLevelObject`.
#[capi]
fn PyImport_ImportModuleLevel(
    cx: Cx<'_>,
    name: Text<'_>,
    globals: Option<Obj<'_>>,
    locals: Option<Obj<'_>>,
    fromlist: Option<Obj<'_>>,
    level: c_int,
) -> Result<New> {
    let name = name.host_str(cx)?;
    import_level(cx, name, globals, locals, fromlist, level)
}

fn import_level(
    cx: Cx<'_>,
    name: HostObj,
    globals: Option<Obj<'_>>,
    locals: Option<Obj<'_>>,
    fromlist: Option<Obj<'_>>,
    level: c_int,
) -> Result<New> {
    crate::pystate::interpreters::runs_code(cx)?;
    if level < 0 {
        return Err(cx.value_error("level must be >= 0"));
    }
    let none = host().singleton(Kind::None);
    let or_none = |value: Option<Obj<'_>>| value.map_or(Ok(none.clone()), |value| value.give(cx));
    let (globals, locals) = (or_none(globals)?, or_none(locals)?);
    let fromlist = match fromlist {
        Some(list) if !crate::statics::is_none(list.as_ptr()) => list.give(cx)?,
        _ => host().new_tuple(Vec::new()),
    };
    let level = host().new_int(level.into());
    let args = [name.as_ref(), globals.as_ref(), locals.as_ref(), fromlist.as_ref(), level.as_ref()];
    let module = cx.call_function("builtins", "__import__", &args)?;
    give_capsules(cx, &crate::cross::text_of(name.as_ref()));
    Ok(cx.to_c(module))
}

/// A module that is imported already: a new reference, or NULL without an error.
#[capi]
fn PyImport_GetModule(cx: Cx<'_>, name: Obj<'_>) -> Result<Option<New>> {
    let name = name.give(cx)?;
    Ok(find(cx, name.as_ref())?.map(|module| cx.to_c(module)))
}

/// `sys.modules`; borrowed.
#[capi]
fn PyImport_GetModuleDict(cx: Cx<'_>) -> Result<Borrowed<'_>> {
    Ok(Borrowed::lent(modules(cx)?))
}

/// The module of that name, empty if it was not imported.
#[capi]
fn PyImport_AddModuleRef(cx: Cx<'_>, name: Text<'_>) -> Result<New> {
    let name = name.host_str(cx)?;
    Ok(cx.to_c(add(cx, name.as_ref())?))
}

/// As `PyImport_AddModuleRef`; borrowed.
#[capi]
fn PyImport_AddModule<'a>(cx: Cx<'a>, name: Text<'a>) -> Result<Borrowed<'a>> {
    let name = name.host_str(cx)?;
    Ok(Borrowed::lent(add(cx, name.as_ref())?))
}

/// As `PyImport_AddModuleRef`; borrowed.
#[capi]
fn PyImport_AddModuleObject<'a>(cx: Cx<'a>, name: Obj<'a>) -> Result<Borrowed<'a>> {
    unicodeobject::expect_str(cx, name)?;
    let name = name.give(cx)?;
    Ok(Borrowed::lent(add(cx, name.as_ref())?))
}

/// `importlib.reload`.
#[capi]
fn PyImport_ReloadModule(cx: Cx<'_>, module: Obj<'_>) -> Result<New> {
    let module = module.give(cx)?;
    Ok(cx.to_c(cx.call_function("importlib", "reload", &[module.as_ref()])?))
}

/// The finder that would look in a place of `sys.path`.
#[capi]
fn PyImport_GetImporter(cx: Cx<'_>, path: Obj<'_>) -> Result<New> {
    let path = path.give(cx)?;
    Ok(cx.to_c(cx.call_function("pkgutil", "get_importer", &[path.as_ref()])?))
}

/// Run a code object as the module `name`.
#[capi]
fn PyImport_ExecCodeModule(cx: Cx<'_>, name: Text<'_>, code: Obj<'_>) -> Result<New> {
    let name = name.host_str(cx)?;
    exec_code(cx, name, code, None, None)
}

/// Run a code object as the module `name` from a file.
#[capi]
fn PyImport_ExecCodeModuleEx(cx: Cx<'_>, name: Text<'_>, code: Obj<'_>, pathname: Option<Text<'_>>) -> Result<New> {
    let path = pathname.map(|path| decode_utf8(cx, path.bytes(), Some("surrogateescape"))).transpose()?;
    let name = name.host_str(cx)?;
    exec_code(cx, name, code, path, None)
}

/// Run a code object as the module `name` from a file and its cache.
#[capi]
fn PyImport_ExecCodeModuleWithPathnames(
    cx: Cx<'_>,
    name: Text<'_>,
    code: Obj<'_>,
    pathname: Option<Text<'_>>,
    cpathname: Option<Text<'_>>,
) -> Result<New> {
    let decode =
        |path: Option<Text<'_>>| path.map(|path| decode_utf8(cx, path.bytes(), Some("surrogateescape"))).transpose();
    let (path, cached) = (decode(pathname)?, decode(cpathname)?);
    let name = name.host_str(cx)?;
    // A cache alone stands for the file.
    let path = path.or_else(|| cached.clone());
    exec_code(cx, name, code, path, cached)
}

/// Run a code object as the module `name` from a file and its cache.
#[capi]
fn PyImport_ExecCodeModuleObject(
    cx: Cx<'_>,
    name: Obj<'_>,
    code: Obj<'_>,
    pathname: Option<Obj<'_>>,
    cpathname: Option<Obj<'_>>,
) -> Result<New> {
    let give = |path: Option<Obj<'_>>| path.map(|path| path.give(cx)).transpose();
    let (path, cached) = (give(pathname)?, give(cpathname)?);
    let name = name.give(cx)?;
    exec_code(cx, name, code, path, cached)
}

fn exec_code(cx: Cx<'_>, name: HostObj, code: Obj<'_>, path: Option<HostObj>, cached: Option<HostObj>) -> Result<New> {
    if !std::ptr::eq(code.type_ptr(), builtin!(PyCode_Type)) {
        return Err(cx.type_error(format!("expected a code object, not '{}'", code.type_name())));
    }
    let code = code.give(cx)?;
    let module = add(cx, name.as_ref())?;
    let namespace = host().namespace(module.as_ref());
    let path = match path {
        Some(path) => path,
        None => cx.attr_str(code.as_ref(), "co_filename")?,
    };
    let builtins = cx.call(|h| h.import("builtins"))?;
    let mut parts = vec![("__builtins__", builtins), ("__file__", path)];
    parts.extend(cached.map(|cached| ("__cached__", cached)));
    for (key, value) in parts {
        let key = cx.str(key);
        cx.call(|h| h.dict_set(namespace.as_ref(), key.as_ref(), value.as_ref()))?;
    }
    if let Err(raised) = cx.call_function("builtins", "exec", &[code.as_ref(), namespace.as_ref()]) {
        let _held = crate::pyerrors::hold_pending();
        let modules = modules(cx)?;
        if cx.call(|h| h.set_item(modules.as_ref(), name.as_ref(), None)).is_err() {
            drop(cx.take_error());
        }
        return Err(raised);
    }
    match find(cx, name.as_ref())? {
        Some(module) => Ok(cx.to_c(module)),
        None => {
            Err(cx.error("ImportError", format!("Loaded module {} not found in sys.modules", text_of(name.as_ref()))))
        }
    }
}

/// The number at the start of `.pyc` files.
#[capi]
fn PyImport_GetMagicNumber(cx: Cx<'_>) -> Result<c_long> {
    magic_number(cx)
}

pub(crate) fn magic_number(cx: Cx<'_>) -> Result<c_long> {
    let util = cx.call(|h| h.import("importlib.util"))?;
    let magic = cx.attr_str(util.as_ref(), "MAGIC_NUMBER")?;
    let mut number = 0;
    host().with_bytes(magic.as_ref(), &mut |bytes| {
        number = bytes.iter().take(4).rev().fold(0, |number, &byte| number << 8 | c_long::from(byte));
    });
    Ok(number)
}

/// The tag of `.pyc` files' names.
#[capi]
fn PyImport_GetMagicTag(cx: Cx<'_>) -> Result<*const c_char> {
    static TAG: OnceLock<CString> = OnceLock::new();
    if let Some(tag) = TAG.get() {
        return Ok(tag.as_ptr());
    }
    let implementation = host().sys_attr("implementation").ok_or_else(|| cx.system_error("no sys.implementation"))?;
    let tag = cx.attr_str(implementation.as_ref(), "cache_tag")?;
    if host().kind(tag.as_ref()) != Kind::Str {
        return Err(cx.system_error("PyImport_GetMagicTag: the host keeps no compiled files, and has no tag for them"));
    }
    let tag = CString::new(text_of(tag.as_ref())).unwrap_or_default();
    Ok(TAG.get_or_init(|| tag).as_ptr())
}

fn import_frozen(cx: Cx<'_>, name: HostObj) -> Result<c_int> {
    let frozen = cx.call_function("_imp", "is_frozen", &[name.as_ref()])?;
    if !cx.call(|h| h.is_true(frozen.as_ref()))? {
        return Ok(0);
    }
    cx.call(|h| h.import(&text_of(name.as_ref())))?;
    Ok(1)
}

/// Import a frozen module: 1, or 0 where there is none of that name.
#[capi]
fn PyImport_ImportFrozenModule(cx: Cx<'_>, name: Text<'_>) -> Result<c_int> {
    let name = name.host_str(cx)?;
    import_frozen(cx, name)
}

/// Import a frozen module: 1, or 0 where there is none of that name.
#[capi]
fn PyImport_ImportFrozenModuleObject(cx: Cx<'_>, name: Option<Obj<'_>>) -> Result<c_int> {
    // Nothing is frozen by what is no name.
    let Some(name) = name.filter(|name| name.type_has(Py_TPFLAGS_UNICODE_SUBCLASS)) else { return Ok(0) };
    if std::str::from_utf8(&unicodeobject::to_wtf8(name.as_ptr())).is_err() {
        return Ok(0);
    }
    let name = name.give(cx)?;
    import_frozen(cx, name)
}

/// Add a builtin module: only before the interpreter starts, so never from an extension module.
#[capi(raw)]
pub unsafe extern "C" fn PyImport_AppendInittab(_name: *const c_char, _initfunc: *mut c_void) -> c_int {
    crate::pylifecycle::fatal(
        Some("PyImport_AppendInittab"),
        "PyImport_AppendInittab() may not be called after Py_Initialize()",
    )
}

/// Add builtin modules: only before the interpreter starts, so never from an extension module.
#[capi(raw)]
pub unsafe extern "C" fn PyImport_ExtendInittab(_newtab: *mut c_void) -> c_int {
    crate::pylifecycle::fatal(
        Some("PyImport_ExtendInittab"),
        "PyImport_ExtendInittab() may not be called after Py_Initialize()",
    )
}

/// Forget the module `name`, made in a single phase, of the file `filename`: its next import is a first one.
#[capi]
fn _PyImport_ClearExtension(cx: Cx<'_>, name: Obj<'_>, filename: Obj<'_>) -> Result<()> {
    let (name, filename) = (name.give(cx)?, filename.give(cx)?);
    crate::loader::single_phase::forget(&text_of(name.as_ref()), &text_of(filename.as_ref()));
    Ok(())
}
