//! `methodobject.h`: C functions, and the crossing from the host into one.

use std::ffi::{CStr, c_int, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::methodobject::{
    METH_CLASS, METH_FASTCALL, METH_KEYWORDS, METH_METHOD, METH_NOARGS, METH_O, METH_STATIC, METH_VARARGS, PyCFunction,
    PyCFunctionObject, PyCMethodObject, PyMethodDef,
};
use object_mirror::object::{PY_VECTORCALL_ARGUMENTS_OFFSET, PyObject, PyTypeObject, is_immortal};

use crate::abstract_::object::function_words;
use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{FunctionKind, HostObj, HostRef, HostResult, host};
use crate::pystate::{self, Frame};
use crate::statics::builtin;
use crate::{cross, docstrings, freed, lifetime, slots, tupleobject, unicodeobject};

const CONVENTION: c_int = METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD;
type WithKeywords = unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> *mut PyObject;
type Fast = unsafe extern "C" fn(*mut PyObject, *const *mut PyObject, isize) -> *mut PyObject;
type FastWithKeywords =
    unsafe extern "C" fn(*mut PyObject, *const *mut PyObject, isize, *mut PyObject) -> *mut PyObject;
type Method =
    unsafe extern "C" fn(*mut PyObject, *mut PyTypeObject, *const *mut PyObject, usize, *mut PyObject) -> *mut PyObject;

/// How many arguments cross without a heap allocation.
const FEW: usize = 6;

/// Call the C function of `def` on mirrors: `args` are the positional arguments, then the values of `kwnames`.
///
/// # Safety
/// `def` is a method definition; `function` is its function object, or NULL if it is called as a method of a type; `args` holds
/// `nargs` plus as many live objects as `kwnames` (a tuple, or NULL) names; the lock is held.
#[allow(clippy::too_many_arguments, reason = "what the five conventions take")]
unsafe fn call_mirrors(
    cx: Cx<'_>,
    def: *mut PyMethodDef,
    function: *mut PyCFunctionObject,
    self_: *mut PyObject,
    class: *mut PyTypeObject,
    args: *const *mut PyObject,
    nargs: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the caller's contract; the flags tell the function's type.
    unsafe {
        let Some(call) = (*def).ml_meth else { return failed(cx, "a method without a function") };
        let has_keywords = !kwnames.is_null() && !tupleobject::items(kwnames).is_empty();
        let convention = (*def).ml_flags & CONVENTION;
        if has_keywords && convention & METH_KEYWORDS == 0 {
            // Of a function of the oldest convention CPython says the name alone.
            let is_function = !function.is_null() || self_.is_null();
            if convention == METH_VARARGS && is_function {
                return type_failed(cx, &format!("{}() takes no keyword arguments", name_of(def)));
            }
            return wrong_arguments(cx, def, function, self_, "takes no keyword arguments");
        }
        match convention {
            METH_NOARGS if nargs == 0 => call(self_, null_mut()),
            METH_NOARGS => wrong_arguments(cx, def, function, self_, &format!("takes no arguments ({nargs} given)")),
            METH_O if nargs == 1 => call(self_, *args),
            METH_O => wrong_arguments(cx, def, function, self_, &format!("takes exactly one argument ({nargs} given)")),
            METH_VARARGS => {
                let tuple = tuple_of(args, nargs);
                call(self_, tuple.as_ptr())
            }
            c if c == METH_VARARGS | METH_KEYWORDS => {
                let tuple = tuple_of(args, nargs);
                let dict = has_keywords.then(|| dict_of(cx, args.add(nargs), kwnames));
                let dict = match &dict {
                    None => null_mut(),
                    Some(Ok(dict)) => dict.as_ptr(),
                    Some(Err(_)) => return null_mut(),
                };
                std::mem::transmute::<PyCFunction, WithKeywords>(call)(self_, tuple.as_ptr(), dict)
            }
            METH_FASTCALL => std::mem::transmute::<PyCFunction, Fast>(call)(self_, args, nargs as isize),
            c if c == METH_FASTCALL | METH_KEYWORDS => {
                let kwnames = if has_keywords { kwnames } else { null_mut() };
                std::mem::transmute::<PyCFunction, FastWithKeywords>(call)(self_, args, nargs as isize, kwnames)
            }
            c if c == METH_METHOD | METH_FASTCALL | METH_KEYWORDS => {
                let kwnames = if has_keywords { kwnames } else { null_mut() };
                std::mem::transmute::<PyCFunction, Method>(call)(self_, class, args, nargs, kwnames)
            }
            _ => failed(cx, &format!("{}() method: bad call flags", name_of(def))),
        }
    }
}

#[cold]
fn failed(cx: Cx<'_>, message: &str) -> *mut PyObject {
    cx.system_error(message);
    null_mut()
}

#[cold]
fn type_failed(cx: Cx<'_>, message: &str) -> *mut PyObject {
    cx.type_error(message);
    null_mut()
}

fn name_of(def: *mut PyMethodDef) -> String {
    // SAFETY: a method definition has a name.
    unsafe { CStr::from_ptr((*def).ml_name) }.to_string_lossy().into_owned()
}

/// TypeError with what is called before its words: a function object tells its names itself, which may fail with an error of its own.
#[cold]
fn wrong_arguments(
    cx: Cx<'_>,
    def: *mut PyMethodDef,
    function: *mut PyCFunctionObject,
    self_: *mut PyObject,
    words: &str,
) -> *mut PyObject {
    // SAFETY: the caller holds the function, if there is one, and the lock.
    let Some(function) = (unsafe { Obj::from_ptr(function.cast()) }) else {
        return type_failed(cx, &format!("{}() {words}", qualified(def, self_)));
    };
    let Ok(name) = function_words(cx, function) else { return null_mut() };
    let mut message = unicodeobject::to_wtf8(name.as_ptr());
    message.extend_from_slice(b" ");
    message.extend_from_slice(words.as_bytes());
    cx.error_with("TypeError", host().new_str(&message).as_ref());
    null_mut()
}

/// `__qualname__` of a C function object.
///
/// # Safety
/// `function` is live.
unsafe fn qualified_name(function: *mut PyCFunctionObject) -> String {
    // SAFETY: the caller's contract.
    unsafe {
        let (def, self_) = ((*function).m_ml, (*function).m_self);
        let is_bound = !self_.is_null() && !std::ptr::eq((*self_).ob_type, builtin!(PyModule_Type));
        if is_bound { qualified(def, self_) } else { name_of(def) }
    }
}

/// `Type.method`, or `module.function` where a module is the first argument.
fn qualified(def: *mut PyMethodDef, self_: *mut PyObject) -> String {
    let name = name_of(def);
    if self_.is_null() {
        return name;
    }
    // SAFETY: a live object.
    let owner = unsafe {
        let ty = (*self_).ob_type;
        if std::ptr::eq(ty, builtin!(PyModule_Type)) {
            crate::moduleobject::name_of(self_)
        } else {
            let owner = if crate::typeobject::is_subtype(ty, builtin!(PyType_Type)) { self_.cast() } else { ty };
            let full = CStr::from_ptr((*owner).tp_name).to_string_lossy().into_owned();
            Some(full.rsplit('.').next().unwrap_or(&full).to_owned())
        }
    };
    owner.map_or(name.clone(), |owner| format!("{owner}.{name}"))
}

/// # Safety
/// `args` holds `nargs` live objects.
unsafe fn tuple_of(args: *const *mut PyObject, nargs: usize) -> New {
    let tuple = tupleobject::new(nargs);
    for index in 0..nargs {
        // SAFETY: the caller's contract.
        unsafe {
            let item = *args.add(index);
            lifetime::incref(item);
            tupleobject::set_fresh(tuple.as_ptr(), index, New::from_ptr(item).expect("arguments are objects"));
        }
    }
    tuple
}

/// # Safety
/// `values` holds as many live objects as the tuple `names` has.
unsafe fn dict_of(cx: Cx<'_>, values: *const *mut PyObject, names: *mut PyObject) -> Result<New> {
    let dict = host().new_dict();
    for (index, &name) in tupleobject::items(names).iter().enumerate() {
        // SAFETY: the caller's contract.
        let (name, value) = unsafe { (Obj::from_ptr(name), Obj::from_ptr(*values.add(index))) };
        let (Some(name), Some(value)) = (name, value) else { return Err(cx.bad_internal_call()) };
        let (name, value) = (name.give(cx)?, value.give(cx)?);
        cx.call(|h| h.dict_set(dict.as_ref(), name.as_ref(), value.as_ref()))?;
    }
    Ok(cx.to_c(dict))
}

/// A crossing: host arguments to mirrors, the call, the result back.
fn call_from_host(
    def: *mut PyMethodDef,
    function: *mut PyCFunctionObject,
    self_: *mut PyObject,
    class: *mut PyTypeObject,
    args: &[HostRef],
    names: &[HostRef],
) -> HostResult<HostObj> {
    let frame = Frame::enter();
    call_in_frame(&frame, def, function, self_, class, args, names)
}

fn call_in_frame(
    _frame: &Frame,
    def: *mut PyMethodDef,
    function: *mut PyCFunctionObject,
    self_: *mut PyObject,
    class: *mut PyTypeObject,
    args: &[HostRef],
    names: &[HostRef],
) -> HostResult<HostObj> {
    // SAFETY: the frame holds the lock.
    let cx = unsafe { Cx::assume() };
    let _running = freed::is_watched().then(|| freed::Running::enter(&qualified(def, self_)));
    let handled = pystate::handling::sync_to_c();
    let kwnames = (!names.is_empty()).then(|| cross::tuple_of_names(names));
    let kwnames_pointer = kwnames.as_ref().map_or(null_mut(), New::as_ptr);
    let nargs = args.len() - names.len();
    let result = with_mirrors(args, |mirrors| {
        // SAFETY: the mirrors are live; the definition and self are kept by the function object that is being called.
        unsafe { call_mirrors(cx, def, function, self_, class, mirrors, nargs, kwnames_pointer) }
    });
    drop(kwnames);
    let result = finish(cx, result, || called_words(def, function, self_, class));
    pystate::handling::restore(handled);
    result
}

/// The mirror of an argument. A number's is made for this crossing, and no share says that the host holds the number: a
/// second reference does, so that C does not take it for its own.
pub(crate) fn argument_mirror(argument: HostRef) -> *mut PyObject {
    let mirror = cross::to_c(argument).into_ptr();
    if is_number(mirror) {
        // SAFETY: just crossed.
        unsafe { lifetime::incref(mirror) };
    }
    mirror
}

/// Give back what [`argument_mirror`] made.
pub(crate) fn release_arguments(mirrors: &[*mut PyObject]) {
    // SAFETY: the references that crossing made.
    mirrors.iter().for_each(|&mirror| unsafe { release_argument(mirror) });
}

#[inline]
fn is_number(mirror: *mut PyObject) -> bool {
    // SAFETY: callers pass live mirrors.
    let ty = unsafe { (*mirror).ob_type };
    std::ptr::eq(ty, builtin!(PyLong_Type)) || std::ptr::eq(ty, builtin!(PyFloat_Type))
}

/// Give back what [`argument_mirror`] made.
///
/// # Safety
/// It is given back once.
#[inline]
unsafe fn release_argument(mirror: *mut PyObject) {
    // SAFETY: the caller's contract: one reference, and a number's second one.
    unsafe {
        let count = (*mirror).ob_refcnt;
        if is_immortal(count) {
            return;
        }
        if count > 1 && is_number(mirror) {
            (*mirror).ob_refcnt = count - 1;
        }
        lifetime::decref(mirror);
    }
}

/// The mirrors of `args` for the length of a call; few of them live on the stack.
fn with_mirrors<R>(args: &[HostRef], call: impl FnOnce(*const *mut PyObject) -> R) -> R {
    // One place before the first argument is C's to use (PY_VECTORCALL_ARGUMENTS_OFFSET).
    if args.len() <= FEW {
        let mut mirrors = [null_mut(); FEW + 1];
        for (place, &argument) in mirrors[1..].iter_mut().zip(args) {
            *place = argument_mirror(argument);
        }
        let result = call(mirrors[1..].as_ptr());
        release_arguments(&mirrors[1..=args.len()]);
        return result;
    }
    let mut mirrors = Vec::with_capacity(args.len() + 1);
    mirrors.push(null_mut());
    mirrors.extend(args.iter().map(|&argument| argument_mirror(argument)));
    let result = call(mirrors[1..].as_ptr());
    release_arguments(&mirrors[1..]);
    result
}

/// What C's result means: the object, or the pending error; SystemError where the two contradict each other.
fn finish(cx: Cx<'_>, result: *mut PyObject, what: impl FnOnce() -> String) -> HostResult<HostObj> {
    if result.is_null() {
        if !cx.has_error() {
            cx.system_error(format!("{} returned NULL without setting an exception", what()));
        }
        return Err(slots::pending(cx));
    }
    if cx.has_error() {
        let cause = slots::pending(cx);
        // SAFETY: a new reference of C's.
        drop(unsafe { New::from_ptr(result) });
        cx.system_error(format!("{} returned a result with an exception set", what()));
        let error = slots::pending(cx);
        for name in ["__cause__", "__context__"] {
            let name = host().new_str(name.as_bytes());
            let _ = host().set_attr(error.as_ref(), name.as_ref(), Some(cause.as_ref()));
        }
        return Err(error);
    }
    cross::consume_checked(cx, result)
}

/// The repr of what was called, for the error of a result that contradicts itself.
#[cold]
fn called_words(
    def: *mut PyMethodDef,
    function: *mut PyCFunctionObject,
    self_: *mut PyObject,
    class: *mut PyTypeObject,
) -> String {
    let name = name_of(def);
    if self_.is_null() {
        return format!("<built-in function {name}>");
    }
    // SAFETY: the caller holds the object that the function is called with, and it its type; so does a descriptor its class.
    unsafe {
        if function.is_null() && (*def).ml_flags & METH_CLASS == 0 && !class.is_null() {
            return format!("<method '{name}' of '{}' objects>", crate::descrobject::tp_name(class));
        }
        if std::ptr::eq((*self_).ob_type, builtin!(PyModule_Type)) {
            return format!("<built-in function {name}>");
        }
        format!("<built-in method {name} of {} object at {self_:p}>", crate::descrobject::tp_name((*self_).ob_type))
    }
}

/// Call the C function object `mirror` (a `PyCFunctionObject`) from the host.
pub fn call_c_function(mirror: *mut PyObject, args: &[HostRef], names: &[HostRef]) -> HostResult<HostObj> {
    let function: *mut PyCFunctionObject = mirror.cast();
    // SAFETY: the host's function object keeps the mirror, and the mirror its definition.
    let (def, self_, class) = unsafe {
        let def = (*function).m_ml;
        let self_ = if (*def).ml_flags & METH_STATIC != 0 { null_mut() } else { (*function).m_self };
        let class =
            if (*def).ml_flags & METH_METHOD != 0 { (*mirror.cast::<PyCMethodObject>()).mm_class } else { null_mut() };
        (def, self_, class)
    };
    call_from_host(def, function, self_, class, args, names)
}

/// Call a method of the C type `class` from the host: `args[0]` is the instance (or class, for a class method).
pub(crate) fn call_method(
    def: *mut PyMethodDef,
    class: *mut PyTypeObject,
    kind: FunctionKind,
    args: &[HostRef],
    names: &[HostRef],
) -> HostResult<HostObj> {
    if kind == FunctionKind::StaticMethod {
        return call_from_host(def, null_mut(), null_mut(), class, args, names);
    }
    let Some((&self_, rest)) = args.split_first().filter(|_| args.len() > names.len()) else {
        let held = lifetime::Guard::hold();
        // SAFETY: live types have names.
        let owner = unsafe { CStr::from_ptr((*class).tp_name) }.to_string_lossy();
        let owner = owner.rsplit('.').next().unwrap_or_default();
        held.cx().type_error(format!("unbound method {owner}.{}() needs an argument", name_of(def)));
        return Err(slots::pending(held.cx()));
    };
    // The instance's reference ends before the frame does.
    let frame = Frame::enter();
    // SAFETY: the frame holds the lock.
    let cx = unsafe { Cx::assume() };
    let this = cross::to_c(self_);
    if kind == FunctionKind::Method {
        // SAFETY: a live mirror.
        let ty = unsafe { (*this.as_ptr()).ob_type };
        if !crate::typeobject::is_subtype(ty, class) {
            // SAFETY: live types have names.
            let (wanted, got) = unsafe { (CStr::from_ptr((*class).tp_name), CStr::from_ptr((*ty).tp_name)) };
            cx.type_error(format!(
                "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                name_of(def),
                wanted.to_string_lossy(),
                got.to_string_lossy()
            ));
            return Err(slots::pending(cx));
        }
    }
    let result = call_in_frame(&frame, def, null_mut(), this.as_ptr(), class, rest, names);
    if kind == FunctionKind::Method {
        crate::instancedict::after_call(self_, this.as_ptr());
    }
    result
}

/// What the host shows of a C function.
#[derive(Debug)]
pub struct FunctionInfo {
    /// `__name__`.
    pub name: String,
    /// `__qualname__`.
    pub qualname: String,
    /// `__self__`.
    pub self_: Option<HostObj>,
    /// `__module__`.
    pub module: Option<HostObj>,
}

/// What the host shows of the C function object `mirror`.
pub fn function_info(mirror: *mut PyObject) -> FunctionInfo {
    let held = lifetime::Guard::hold();
    // SAFETY: the host's function object keeps the mirror.
    unsafe {
        let function: *mut PyCFunctionObject = mirror.cast();
        let def = (*function).m_ml;
        let name = name_of(def);
        let give = |op: *mut PyObject| Obj::from_ptr(op).and_then(|object| object.give(held.cx()).ok());
        let qualname = qualified_name(function);
        FunctionInfo { name, qualname, self_: give((*function).m_self), module: give((*function).m_module) }
    }
}

/// `__doc__` of the C function object `mirror`, without the signature line.
pub fn function_doc(mirror: *mut PyObject) -> HostResult<HostObj> {
    let held = lifetime::Guard::hold();
    // SAFETY: the host's function object keeps the mirror, and its definition lasts as long.
    unsafe { docstrings::function_doc(held.cx(), (*mirror.cast::<PyCFunctionObject>()).m_ml) }
}

/// `__text_signature__` of the C function object `mirror`.
pub fn function_signature(mirror: *mut PyObject) -> HostResult<HostObj> {
    let held = lifetime::Guard::hold();
    // SAFETY: as for `function_doc`.
    unsafe { docstrings::function_signature(held.cx(), (*mirror.cast::<PyCFunctionObject>()).m_ml) }
}

/// The host sets the `__module__` of the C function object `mirror`, or deletes it.
pub fn set_function_module(mirror: *mut PyObject, module: Option<HostRef>) {
    let _held = lifetime::Guard::hold();
    let module = module.map_or(null_mut(), |module| cross::to_c(module).into_ptr());
    // SAFETY: the host's function object keeps the mirror; the field owned what was there.
    unsafe {
        let function: *mut PyCFunctionObject = mirror.cast();
        lifetime::xdecref(std::mem::replace(&mut (*function).m_module, module));
    }
}

/// A C function object's entry for C's callers: no host in between.
unsafe extern "C" fn _Emul_cfunction_vectorcall(
    callable: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: C's contract of a vectorcall, on a C function object.
    unsafe {
        let function: *mut PyCFunctionObject = callable.cast();
        let def = (*function).m_ml;
        let self_ = if (*def).ml_flags & METH_STATIC != 0 { null_mut() } else { (*function).m_self };
        let class = if (*def).ml_flags & METH_METHOD != 0 {
            (*callable.cast::<PyCMethodObject>()).mm_class
        } else {
            null_mut()
        };
        let nargs = nargsf & !PY_VECTORCALL_ARGUMENTS_OFFSET;
        call_mirrors(Cx::assume(), def, function, self_, class, args, nargs, kwnames)
    }
}

unsafe extern "C" fn cfunction_dealloc(op: *mut PyObject) {
    // SAFETY: a C function object without references.
    unsafe {
        let function: *mut PyCFunctionObject = op.cast();
        let (self_, module) = ((*function).m_self, (*function).m_module);
        let class = if std::ptr::eq((*op).ob_type, builtin!(PyCMethod_Type)) {
            (*op.cast::<PyCMethodObject>()).mm_class
        } else {
            null_mut()
        };
        lifetime::free_object(op.cast());
        lifetime::xdecref(self_);
        lifetime::xdecref(module);
        lifetime::xdecref(class.cast());
    }
}

pub(crate) unsafe extern "C" fn cfunction_traverse(
    op: *mut PyObject,
    visit: object_mirror::object::visitproc,
    arg: *mut c_void,
) -> c_int {
    // SAFETY: a live C function object.
    unsafe {
        let function: *mut PyCFunctionObject = op.cast();
        for field in [(*function).m_self, (*function).m_module] {
            if !field.is_null() {
                let stop = visit(field, arg);
                if stop != 0 {
                    return stop;
                }
            }
        }
    }
    0
}

/// The C function types' own destructor and traversal.
pub(crate) fn init() {
    for ty in [builtin!(PyCFunction_Type), builtin!(PyCMethod_Type)] {
        // SAFETY: our own statics, at start.
        unsafe {
            (*ty).tp_dealloc = Some(cfunction_dealloc);
            (*ty).tp_traverse = Some(cfunction_traverse);
            (*ty).tp_call = Some(cfunction_call);
        }
    }
}

unsafe extern "C" fn cfunction_call(op: *mut PyObject, args: *mut PyObject, kwargs: *mut PyObject) -> *mut PyObject {
    // SAFETY: C's contract of `tp_call`; the host's builtins have no C function.
    unsafe {
        let cx = Cx::assume();
        if (*op.cast::<PyCFunctionObject>()).vectorcall.is_none() || !kwargs.is_null() {
            return crate::boundary::enter("tp_call", |cx| {
                let callable = Obj::from_ptr(op).ok_or_else(|| cx.bad_internal_call())?.give(cx)?;
                let (values, names) = crate::special::arguments(cx, args, kwargs)?;
                let values: Vec<HostRef> = values.iter().map(HostObj::as_ref).collect();
                let names: Vec<HostRef> = names.iter().map(HostObj::as_ref).collect();
                cx.object(|h| h.call(callable.as_ref(), &values, &names))
            });
        }
        let items = tupleobject::items(args);
        let _ = cx;
        _Emul_cfunction_vectorcall(op, items.as_ptr(), items.len(), null_mut())
    }
}

/// Whether these are the flags of one of the calling conventions.
pub(crate) fn has_convention(flags: c_int) -> bool {
    let (with_names, with_class) = (METH_FASTCALL | METH_KEYWORDS, METH_METHOD | METH_FASTCALL | METH_KEYWORDS);
    let known =
        [METH_VARARGS, METH_VARARGS | METH_KEYWORDS, METH_FASTCALL, with_names, METH_NOARGS, METH_O, with_class];
    known.contains(&(flags & CONVENTION))
}

/// Make a function object from a method definition, with `self` and the module.
#[capi]
fn PyCMethod_New(
    cx: Cx<'_>,
    def: *mut PyMethodDef,
    self_: Option<Obj<'_>>,
    module: Option<Obj<'_>>,
    class: *mut PyTypeObject,
) -> Result<New> {
    // SAFETY: C passes a method definition that outlives the function.
    let flags = unsafe { (*def).ml_flags };
    let is_method = flags & METH_METHOD != 0;
    if !has_convention(flags) {
        return Err(cx.system_error(format!("{}() method: bad call flags", name_of(def))));
    }
    if is_method == class.is_null() {
        let message = if is_method {
            "attempting to create PyCMethod with a METH_METHOD flag but no class"
        } else {
            "attempting to create PyCFunction with class but no METH_METHOD flag"
        };
        return Err(cx.system_error(message));
    }
    let (ty, size) = if is_method {
        (builtin!(PyCMethod_Type), size_of::<PyCMethodObject>())
    } else {
        (builtin!(PyCFunction_Type), size_of::<PyCFunctionObject>())
    };
    let memory = lifetime::alloc_object(ty, size).ok_or_else(|| cx.error("MemoryError", ""))?;
    // SAFETY: fresh memory of the struct's size; the fields own their references.
    unsafe {
        let function: *mut PyCFunctionObject = memory.as_ptr().cast();
        (*function).m_ml = def;
        (*function).m_self = self_.map_or(null_mut(), |object| object.to_new().into_ptr());
        (*function).m_module = module.map_or(null_mut(), |object| object.to_new().into_ptr());
        (*function).vectorcall = Some(_Emul_cfunction_vectorcall);
        if is_method {
            lifetime::incref(class.cast());
            (*memory.as_ptr().cast::<PyCMethodObject>()).mm_class = class;
        }
        Ok(New::from_ptr(memory.as_ptr()).expect("just allocated"))
    }
}

/// `PyCMethod_New` without a class.
#[capi(raw)]
pub unsafe extern "C" fn PyCFunction_NewEx(
    def: *mut PyMethodDef,
    self_: *mut PyObject,
    module: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the same contract.
    unsafe { PyCMethod_New(def, self_, module, null_mut()) }
}

/// `PyCMethod_New` without a module and a class.
#[capi(raw)]
pub unsafe extern "C" fn PyCFunction_New(def: *mut PyMethodDef, self_: *mut PyObject) -> *mut PyObject {
    // SAFETY: the same contract.
    unsafe { PyCMethod_New(def, self_, null_mut(), null_mut()) }
}

/// The C function's address.
#[capi(raw)]
pub unsafe extern "C" fn PyCFunction_GetFunction(op: *mut PyObject) -> *mut c_void {
    // SAFETY: a C function's definition lives as long as the object.
    c_definition(op)
        .map_or(null_mut(), |def| unsafe { std::mem::transmute::<Option<PyCFunction>, *mut c_void>((*def).ml_meth) })
}

/// The function's self; borrowed, NULL for a static one.
#[capi(raw)]
pub unsafe extern "C" fn PyCFunction_GetSelf(op: *mut PyObject) -> *mut PyObject {
    let Some(def) = c_definition(op) else { return null_mut() };
    // SAFETY: a C function object with its definition.
    unsafe { if (*def).ml_flags & METH_STATIC != 0 { null_mut() } else { (*op.cast::<PyCFunctionObject>()).m_self } }
}

/// The function's calling convention.
#[capi(raw)]
pub unsafe extern "C" fn PyCFunction_GetFlags(op: *mut PyObject) -> c_int {
    // SAFETY: a C function's definition lives as long as the object.
    c_definition(op).map_or(-1, |def| unsafe { (*def).ml_flags })
}

/// The definition of a C function object; of anything else NULL with an error.
fn c_definition(op: *mut PyObject) -> Option<*mut PyMethodDef> {
    // SAFETY: C holds the lock and passes a live object.
    unsafe {
        if crate::typeobject::is_subtype((*op).ob_type, builtin!(PyCFunction_Type)) {
            return Some((*op.cast::<PyCFunctionObject>()).m_ml);
        }
        Cx::assume().bad_internal_call();
    }
    None
}
