//! `warnings.h`: warnings, issued by the host's `warnings` module.

use std::ffi::c_int;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::Py_TPFLAGS_DICT_SUBCLASS;

use crate::boundary::{Cx, Obj, Result, Text};
use crate::frameobject;
use crate::host::{HostObj, HostRef, Kind, host};
use crate::pyerrors::text_of;
use crate::unicodeobject::decode_utf8;

fn category_of(cx: Cx<'_>, category: Option<Obj<'_>>) -> Result<HostObj> {
    match category {
        Some(category) => category.give(cx),
        None => host().builtin_class("RuntimeWarning").ok_or_else(|| cx.system_error("the host has no RuntimeWarning")),
    }
}

/// Issue a warning of `category`; -1 if a filter makes it an exception.
#[capi]
fn PyErr_WarnEx(cx: Cx<'_>, category: Option<Obj<'_>>, message: Text<'_>, stack_level: Py_ssize_t) -> Result<()> {
    warn(cx, category, message, stack_level)
}

/// What CPython looks at the category for: it is called with the message, whatever it is, and then a filter asks what class it
/// is. The host does both for a class, of warnings or not.
fn try_category(cx: Cx<'_>, category: &HostObj, message: &HostObj) -> Result<()> {
    if host().kind(category.as_ref()) == Kind::Type {
        return Ok(());
    }
    cx.call(|h| h.call(category.as_ref(), &[message.as_ref()], &[]))?;
    Err(cx.type_error("issubclass() arg 1 must be a class"))
}

fn is_warning(cx: Cx<'_>, class: &HostObj) -> Result<bool> {
    let warning = host().builtin_class("Warning").ok_or_else(|| cx.bad_internal_call())?;
    Ok(host().is_subtype(class.as_ref(), warning.as_ref()))
}

/// The library's own `warnings.warn` would refuse a category that is no Warning: CPython asks for none here.
fn warn(cx: Cx<'_>, category: Option<Obj<'_>>, message: Text<'_>, stack_level: Py_ssize_t) -> Result<()> {
    let message = decode_utf8(cx, message.bytes(), None)?;
    let category = category_of(cx, category)?;
    try_category(cx, &category, &message)?;
    let place = Place::of(cx, stack_level)?;
    if cx.call(|h| h.import("warnings")).is_err() {
        return warn_at_the_end(cx, &message, &category, &place);
    }
    let [file, line, module, registry] = place.0.each_ref().map(HostObj::as_ref);
    let args = [message.as_ref(), category.as_ref(), file, line, module, registry];
    cx.call_function("warnings", "warn_explicit", &args)?;
    Ok(())
}

/// Where a warning stands: the file, the line, the module's name, and the dict that remembers the module's warnings.
struct Place([HostObj; 4]);

impl Place {
    /// The place `stack_level` frames up, the running one is 1 and whatever is below; `sys` is beyond the outermost.
    fn of(cx: Cx<'_>, stack_level: Py_ssize_t) -> Result<Self> {
        let (globals, file, line) = match frame_at(cx, stack_level)? {
            Some(frame) => {
                let line = cx.attr_str(frame.as_ref(), "f_lineno")?;
                (cx.attr_str(frame.as_ref(), "f_globals")?, file_of(cx, &frame)?, line)
            }
            None => {
                let sys = cx.call(|h| h.import("sys"))?;
                (cx.attr_str(sys.as_ref(), "__dict__")?, cx.str("<sys>"), host().new_int(0))
            }
        };
        let (key, name) = (cx.str("__warningregistry__"), cx.str("__name__"));
        let fresh = host().new_dict();
        let registry = cx.call_method(globals.as_ref(), "setdefault", &[key.as_ref(), fresh.as_ref()])?;
        let module = cx.call(|h| h.dict_get(globals.as_ref(), name.as_ref()))?;
        let module = module.filter(|module| matches!(host().kind(module.as_ref()), Kind::Str | Kind::None));
        Ok(Self([file, line, module.unwrap_or_else(|| cx.str("<string>")), registry]))
    }
}

/// The frame a stack level names: the import system's own frames do not count, unless one of them warns.
fn frame_at(cx: Cx<'_>, stack_level: Py_ssize_t) -> Result<Option<HostObj>> {
    let Some(mut frame) = frameobject::current(cx) else { return Ok(None) };
    let counts_all = stack_level <= 1 || is_internal(cx, &frame)?;
    for _ in 1..stack_level {
        loop {
            frame = cx.attr_str(frame.as_ref(), "f_back")?;
            if host().kind(frame.as_ref()) == Kind::None {
                return Ok(None);
            }
            if counts_all || !is_internal(cx, &frame)? {
                break;
            }
        }
    }
    Ok(Some(frame))
}

fn is_internal(cx: Cx<'_>, frame: &HostObj) -> Result<bool> {
    let file = text_of(file_of(cx, frame)?.as_ref());
    Ok(file.contains("importlib") && file.contains("_bootstrap"))
}

fn file_of(cx: Cx<'_>, frame: &HostObj) -> Result<HostObj> {
    let code = cx.attr_str(frame.as_ref(), "f_code")?;
    cx.attr_str(code.as_ref(), "co_filename")
}

/// What CPython does without its `warnings` module, when the interpreter ends: the warning is written without its source line.
#[cold]
fn warn_at_the_end(cx: Cx<'_>, message: &HostObj, category: &HostObj, place: &Place) -> Result<()> {
    let is_ending = host().sys_attr("is_finalizing").map(|ask| cx.unlocked(|h| h.call(ask.as_ref(), &[], &[])));
    if !matches!(is_ending, Some(Ok(answer)) if host().kind(answer.as_ref()) == Kind::True) {
        return Err(cx.pending());
    }
    drop(cx.take_error());
    let [file, line, ..] = &place.0;
    let (file, line) = (text_of(file.as_ref()), host().int_value(line.as_ref()).unwrap_or(0));
    let name = text_of(cx.attr_str(category.as_ref(), "__name__")?.as_ref());
    let warning = cx.str(&format!("{file}:{line}: {name}: {}\n", text_of(message.as_ref())));
    if let Some(stderr) = host().sys_attr("stderr") {
        cx.call_method(stderr.as_ref(), "write", &[warning.as_ref()])?;
    }
    Ok(())
}

/// Issue a DeprecationWarning about what runs now.
pub(crate) fn deprecated(cx: Cx<'_>, message: &str) -> Result<()> {
    warn_of(cx, "DeprecationWarning", message)
}

/// Issue a RuntimeWarning about what runs now.
pub(crate) fn runtime_warning(cx: Cx<'_>, message: &str) -> Result<()> {
    warn_of(cx, "RuntimeWarning", message)
}

fn warn_of(cx: Cx<'_>, category: &str, message: &str) -> Result<()> {
    let class = host().builtin_class(category).ok_or_else(|| cx.bad_internal_call())?;
    let (message, level) = (cx.str(message), host().new_int(1));
    cx.call_function("warnings", "warn", &[message.as_ref(), class.as_ref(), level.as_ref()]).map(drop)
}

/// Issue a warning at a given place.
#[capi]
fn PyErr_WarnExplicitObject(
    cx: Cx<'_>,
    category: Option<Obj<'_>>,
    message: Obj<'_>,
    filename: Obj<'_>,
    line: c_int,
    module: Option<Obj<'_>>,
    registry: Option<Obj<'_>>,
) -> Result<()> {
    let (message, filename) = (message.give(cx)?, filename.give(cx)?);
    let module = module.map(|module| module.give(cx)).transpose()?;
    explicit(cx, category, message, filename, line, module, registry)
}

/// Issue a warning at a given place.
#[capi]
fn PyErr_WarnExplicit(
    cx: Cx<'_>,
    category: Option<Obj<'_>>,
    message: Text<'_>,
    filename: Text<'_>,
    line: c_int,
    module: Option<Text<'_>>,
    registry: Option<Obj<'_>>,
) -> Result<()> {
    let message = decode_utf8(cx, message.bytes(), None)?;
    let filename = decode_utf8(cx, filename.bytes(), Some("surrogateescape"))?;
    let module = module.map(|module| module.host_str(cx)).transpose()?;
    explicit(cx, category, message, filename, line, module, registry)
}

/// What a warning's module is called where only its file is known.
fn module_of_file(cx: Cx<'_>, filename: &HostObj) -> Result<HostObj> {
    if host().kind(filename.as_ref()) != Kind::Str {
        return Err(cx.type_error("bad argument type for built-in operation"));
    }
    let name = text_of(filename.as_ref());
    Ok(cx.str(if name.is_empty() { "<unknown>" } else { name.strip_suffix(".py").unwrap_or(&name) }))
}

fn explicit(
    cx: Cx<'_>,
    category: Option<Obj<'_>>,
    message: HostObj,
    filename: HostObj,
    line: c_int,
    module: Option<HostObj>,
    registry: Option<Obj<'_>>,
) -> Result<()> {
    // So CPython's code knows that its module is gone: at the end.
    if module.as_ref().is_some_and(|module| host().kind(module.as_ref()) == Kind::None) {
        return Ok(());
    }
    let is_registry =
        |given: &Obj<'_>| crate::statics::is_none(given.as_ptr()) || given.type_has(Py_TPFLAGS_DICT_SUBCLASS);
    if registry.as_ref().is_some_and(|given| !is_registry(given)) {
        return Err(cx.type_error("'registry' must be a dict or None"));
    }
    let line = host().new_int(line.into());
    let none = host().singleton(Kind::None);
    let module = match module {
        Some(module) => module,
        None => module_of_file(cx, &filename)?,
    };
    let class = host().type_of(message.as_ref()).to_owned();
    // A warning that is made already tells its category itself.
    let category = if is_warning(cx, &class)? {
        class
    } else {
        let category = category_of(cx, category)?;
        try_category(cx, &category, &message)?;
        category
    };
    let registry = registry.map_or(Ok(none), |registry| registry.give(cx))?;
    let args: [HostRef; 6] =
        [message.as_ref(), category.as_ref(), filename.as_ref(), line.as_ref(), module.as_ref(), registry.as_ref()];
    cx.call_function("warnings", "warn_explicit", &args)?;
    Ok(())
}
