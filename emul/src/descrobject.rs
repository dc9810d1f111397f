//! `descrobject.h`: what a C type puts into its class's namespace. Methods, members, getsets, and a wrapper for each slot.

use std::ffi::{
    CStr, c_char, c_double, c_float, c_int, c_long, c_longlong, c_short, c_uint, c_ulong, c_ulonglong, c_ushort,
};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::descrobject::{
    _Py_T_NONE, _Py_T_OBJECT, Py_READONLY, Py_RELATIVE_OFFSET, Py_T_BOOL, Py_T_BYTE, Py_T_CHAR, Py_T_DOUBLE,
    Py_T_FLOAT, Py_T_INT, Py_T_LONG, Py_T_LONGLONG, Py_T_OBJECT_EX, Py_T_PYSSIZET, Py_T_SHORT, Py_T_STRING,
    Py_T_STRING_INPLACE, Py_T_UBYTE, Py_T_UINT, Py_T_ULONG, Py_T_ULONGLONG, Py_T_USHORT, PyGetSetDef, PyMemberDef,
    getter,
};
use object_mirror::methodobject::{METH_CLASS, METH_COEXIST, METH_NOARGS, METH_O, METH_STATIC, PyMethodDef};
use object_mirror::object::{
    Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_LIST_SUBCLASS, Py_TPFLAGS_TUPLE_SUBCLASS, PyObject, PyTypeObject,
};

use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{Compare, FunctionKind, HostObj, HostRef, HostResult, Kind, NativeCall, NativeGet, NativeSet, host};
use crate::lifetime::{self, Guard};
use crate::pystate::{Ending, Frame};
use crate::slots::{self, Slot};
use crate::statics::builtin;
use crate::{buffer, cross, instancedict, lists, methodobject, special, typeobject};

/// The `__text_signature__` in a C docstring, and the rest: `name(args)\n--\n\ndoc`.
pub(crate) fn split_doc<'a>(name: &str, doc: &'a str) -> (Option<&'a str>, &'a str) {
    let last = name.rsplit('.').next().unwrap_or(name);
    let Some(rest) = doc.strip_prefix(last).filter(|rest| rest.starts_with('(')) else { return (None, doc) };
    match rest.find(")\n--\n\n") {
        // A blank line before the marker means that it is not one.
        Some(end) if !rest[..end].contains("\n\n") => (Some(&rest[..=end]), &rest[end + 6..]),
        _ => (None, doc),
    }
}

/// `__text_signature__` and `__doc__` of a C function: where the docstring says no signature, what its flags tell of it.
pub(crate) fn described(name: &str, doc: Option<&str>, flags: c_int) -> (Option<String>, Option<String>) {
    let (signature, doc) = doc.map_or((None, ""), |doc| split_doc(name, doc));
    let signature = signature.or_else(|| implied_signature(flags)).map(str::to_owned);
    (signature, (!doc.is_empty()).then(|| doc.to_owned()))
}

fn implied_signature(flags: c_int) -> Option<&'static str> {
    const CLASS_NO_ARGUMENTS: c_int = METH_NOARGS | METH_CLASS;
    const STATIC_NO_ARGUMENTS: c_int = METH_NOARGS | METH_STATIC;
    const CLASS_ONE: c_int = METH_O | METH_CLASS;
    const STATIC_ONE: c_int = METH_O | METH_STATIC;
    match flags & !METH_COEXIST {
        METH_NOARGS => Some("($self, /)"),
        CLASS_NO_ARGUMENTS => Some("($type, /)"),
        STATIC_NO_ARGUMENTS => Some("()"),
        METH_O => Some("($self, object, /)"),
        CLASS_ONE => Some("($type, object, /)"),
        STATIC_ONE => Some("(object, /)"),
        _ => None,
    }
}

unsafe fn text(pointer: *const c_char) -> Option<String> {
    // SAFETY: NULL or NUL-terminated.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned())
}

struct Address<T>(*mut T);
impl<T> Clone for Address<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Address<T> {}
// SAFETY: addresses of definitions and types that live as long as the class; used under the extension lock.
unsafe impl<T> Send for Address<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Address<T> {}
impl<T> Address<T> {
    /// The address; a method so that closures capture the wrapper.
    fn get(self) -> *mut T {
        self.0
    }
}

/// The names that a type's own definitions have taken.
type Names = std::collections::HashSet<String>;

/// Put everything that `ty` defines into its class. `own` are the slots it filled itself.
///
/// # Safety
/// `ty` is being made ready; its tables end with an entry without a name.
pub(crate) unsafe fn fill_namespace(
    cx: Cx<'_>,
    ty: *mut PyTypeObject,
    class: HostRef,
    own: &[(Slot, usize)],
) -> Result<()> {
    // What comes first wins a name: slots, methods, members, and what computes an attribute.
    let mut names = Names::new();
    // SAFETY: the caller's contract.
    unsafe {
        for &(slot, function) in own {
            if !special::is_ours(function) || typeobject::took_from_builtin(ty, slot) {
                add_wrappers(cx, ty, class, slot, function, &mut names)?;
            }
        }
        let mut def = (*ty).tp_methods;
        while !def.is_null() && !(*def).ml_name.is_null() {
            let name = text((*def).ml_name).unwrap_or_default();
            if names.insert(name.clone()) || (*def).ml_flags & METH_COEXIST != 0 {
                add(cx, class, &name, method_descriptor(class, ty, def))?;
            }
            def = def.add(1);
        }
        let mut member = (*ty).tp_members;
        while !member.is_null() && !(*member).name.is_null() {
            let name = text((*member).name).unwrap_or_default();
            // Of a type made from a spec these tell where things lie, and are no attributes.
            let is_offset = matches!(name.as_str(), "__dictoffset__" | "__weaklistoffset__" | "__vectorcalloffset__")
                && (*ty).tp_flags & Py_TPFLAGS_HEAPTYPE as std::ffi::c_ulong != 0;
            if !is_offset && names.insert(name.clone()) {
                add(cx, class, &name, member_descriptor(class, member))?;
            }
            member = member.add(1);
        }
        let mut getset = (*ty).tp_getset;
        while !getset.is_null() && !(*getset).name.is_null() {
            let name = text((*getset).name).unwrap_or_default();
            // The host's own `__weakref__` stays, and its own `__dict__`, if it gave one, where C has no say in it.
            let generic = std::ptr::fn_addr_eq(
                (*getset).get.unwrap_or(typeobject::attributes::PyObject_GenericGetDict),
                typeobject::attributes::PyObject_GenericGetDict as getter,
            );
            let is_hosts = name == "__weakref__"
                || name == "__dict__"
                    && generic
                    && (*ty).tp_dictoffset <= 0
                    && host().type_lookup(class, cx.str(&name).as_ref()).is_some();
            if !is_hosts && names.insert(name.clone()) {
                add(cx, class, &name, getset_descriptor(class, getset))?;
            }
            getset = getset.add(1);
        }
    }
    Ok(())
}

fn add(cx: Cx<'_>, class: HostRef, name: &str, value: HostObj) -> Result<()> {
    let name = cx.str(name);
    cx.call(|h| h.set_attr(class, name.as_ref(), Some(value.as_ref())))
}

unsafe fn method_descriptor(class: HostRef, ty: *mut PyTypeObject, def: *mut PyMethodDef) -> HostObj {
    // SAFETY: a method definition of a live type.
    let (name, doc, flags) =
        unsafe { (text((*def).ml_name).unwrap_or_default(), text((*def).ml_doc), (*def).ml_flags) };
    let kind = if flags & METH_STATIC != 0 {
        FunctionKind::StaticMethod
    } else if flags & METH_CLASS != 0 {
        FunctionKind::ClassMethod
    } else {
        FunctionKind::Method
    };
    let (ty, def) = (Address(ty), Address(def));
    let call: NativeCall = Box::new(move |args, names| methodobject::call_method(def.get(), ty.get(), args, names));
    // The host finds both in one text again.
    let doc = match described(&name, doc.as_deref(), flags) {
        (Some(signature), doc) => Some(format!("{name}{signature}\n--\n\n{}", doc.unwrap_or_default())),
        (None, doc) => doc,
    };
    host().new_method_descriptor(class, &name, doc.as_deref(), kind, call)
}

unsafe fn getset_descriptor(class: HostRef, def: *mut PyGetSetDef) -> HostObj {
    // SAFETY: a getset definition of a live type.
    let (name, doc, has_set) =
        unsafe { (text((*def).name).unwrap_or_default(), text((*def).doc), (*def).set.is_some()) };
    let (def, owner) = (Address(def), Address(typeobject::mirror_of_class(class)));
    let get: NativeGet = Box::new(move |self_| {
        let _frame = Frame::enter();
        let held = Guard::hold();
        let this = cross::to_c(self_);
        // SAFETY: a getset's functions take the instance and the closure.
        let value = unsafe {
            let Some(get) = (*def.get()).get else {
                let name = CStr::from_ptr((*def.get()).name).to_string_lossy();
                let message = format!("attribute '{name}' of '{}' objects is not readable", tp_name(owner.get()));
                held.cx().error("AttributeError", message);
                return Err(slots::pending(held.cx()));
            };
            get(this.as_ptr(), (*def.get()).closure)
        };
        if value.is_null() {
            return Err(slots::no_attribute(held.cx()));
        }
        result(held.cx(), value)
    });
    let set: NativeSet = Box::new(move |self_, value| {
        let _frame = Frame::enter();
        let held = Guard::hold();
        let (this, value) = (cross::to_c(self_), value.map(cross::to_c));
        // SAFETY: as above; NULL asks for deletion.
        let status = unsafe {
            let set = (*def.get()).set.expect("made only with a setter");
            set(this.as_ptr(), value.as_ref().map_or(null_mut(), New::as_ptr), (*def.get()).closure)
        };
        if status < 0 { Err(slots::pending(held.cx())) } else { Ok(()) }
    });
    host().new_getset(class, &name, doc.as_deref(), get, has_set.then_some(set))
}

fn result(cx: Cx<'_>, value: *mut PyObject) -> HostResult<HostObj> {
    if value.is_null() {
        return Err(slots::pending(cx));
    }
    cross::consume_checked(cx, value)
}

unsafe fn member_descriptor(class: HostRef, def: *mut PyMemberDef) -> HostObj {
    // SAFETY: a member definition of a live type.
    let (name, doc) = unsafe { (text((*def).name).unwrap_or_default(), text((*def).doc)) };
    let def = Address(def);
    let get: NativeGet = Box::new(move |self_| {
        let held = Guard::hold();
        let this = cross::to_c_as_it_is(self_);
        // SAFETY: as below.
        if let Some(shown) = unsafe { instancedict::show_member(held.cx(), self_, this.as_ptr(), (*def.get()).offset) }
        {
            return shown;
        }
        // SAFETY: an instance of the type, which has the member.
        let value = unsafe { PyMember_GetOne(this.as_ptr().cast(), def.get()) };
        result(held.cx(), value)
    });
    let set: NativeSet = Box::new(move |self_, value| {
        let held = Guard::hold();
        // What a list holds in C alone is held by being lent: a collection before the next frame's end would take it for C's. (Where
        // the host's list holds it too, nothing depends on that, and a collection that the program asks for lets go of it first.)
        let _lent = lists::is_offered().then(Ending::enter);
        let (this, value) = (cross::to_c_as_it_is(self_), value.map(cross::to_c));
        // SAFETY: as above.
        let status =
            unsafe { PyMember_SetOne(this.as_ptr().cast(), def.get(), value.as_ref().map_or(null_mut(), New::as_ptr)) };
        if status < 0 { Err(slots::pending(held.cx())) } else { Ok(()) }
    });
    host().new_member(class, &name, doc.as_deref(), get, set)
}

/// The special methods that run a slot's function: `x.__len__()`, `Base.__init__(self)`, `super().__repr__()`.
fn add_wrappers(
    cx: Cx<'_>,
    ty: *mut PyTypeObject,
    class: HostRef,
    slot: Slot,
    function: usize,
    names: &mut Names,
) -> Result<()> {
    let special_names = match slot {
        Slot::BfGetbuffer if !buffer::is_ours(function) => &["__buffer__"],
        Slot::BfReleasebuffer if !buffer::is_ours(function) => &["__release_buffer__"],
        _ => special::special_names(slot),
    };
    for (index, &name) in special_names.iter().enumerate() {
        if name.is_empty() || name == "__getattr__" {
            continue;
        }
        // `sq_concat` and `sq_repeat` share names with the number slots, which win.
        if matches!(
            slot,
            Slot::SqConcat
                | Slot::SqRepeat
                | Slot::SqInplaceConcat
                | Slot::SqInplaceRepeat
                | Slot::SqLength
                | Slot::SqItem
                | Slot::SqAssItem
        ) {
            // SAFETY: a live type.
            let rival = match slot {
                Slot::SqConcat => Slot::NbAdd,
                Slot::SqRepeat => Slot::NbMultiply,
                Slot::SqInplaceConcat => Slot::NbInplaceAdd,
                Slot::SqInplaceRepeat => Slot::NbInplaceMultiply,
                Slot::SqLength => Slot::MpLength,
                Slot::SqItem => Slot::MpSubscript,
                _ => Slot::MpAssSubscript,
            };
            // SAFETY: as above.
            let rival = unsafe { rival.get(ty) };
            if rival != 0 && !special::is_ours(rival) {
                continue;
            }
        }
        let ty = Address(ty);
        let call: NativeCall =
            Box::new(move |args, keywords| wrapper(ty.get(), slot, function, index, name, args, keywords));
        let descriptor = match slot {
            Slot::TpNew => {
                // The words of it are CPython's for every type.
                let doc = "__new__($type, *args, **kwargs)\n--\n\n\
                           Create and return a new object.  See help(type) for accurate signature.";
                host().new_method_descriptor(class, name, Some(doc), FunctionKind::StaticMethod, call)
            }
            _ => host().new_slot_wrapper(class, name, call),
        };
        add(cx, class, name, descriptor)?;
        names.insert(name.to_owned());
    }
    if slot == Slot::TpHash || slot != Slot::TpRichcompare {
        return Ok(());
    }
    // A type that compares but does not hash is unhashable.
    // SAFETY: a live type.
    if unsafe { (*ty).tp_hash.is_none() } {
        let none = host().singleton(Kind::None);
        add(cx, class, "__hash__", none)?;
    }
    Ok(())
}

/// `object.__new__(class, ...)` for a class whose instances C lays out.
pub(crate) fn object_new(args: &[HostRef], keywords: &[HostRef]) -> HostResult<HostObj> {
    let ty = builtin!(PyBaseObject_Type);
    // SAFETY: a static type.
    let function = unsafe { Slot::TpNew.get(ty) };
    wrapper(ty, Slot::TpNew, function, 0, "__new__", args, keywords)
}

/// Whether the object has a vectorcall function, and `function` is its own type's `tp_call`.
fn calls_by_vectorcall(object: Obj<'_>, function: usize) -> bool {
    // SAFETY: a live type.
    let own = unsafe { Slot::TpCall.get(object.type_ptr()) };
    own == function && crate::abstract_::call::vectorcall_of(object).is_some()
}

/// Run the slot function `function` for the special method `name` (the slot's `index`-th).
fn wrapper(
    ty: *mut PyTypeObject,
    slot: Slot,
    function: usize,
    index: usize,
    name: &str,
    args: &[HostRef],
    keywords: &[HostRef],
) -> HostResult<HostObj> {
    use object_mirror::object as c;
    let _frame = Frame::enter();
    let held = Guard::hold();
    let cx = held.cx();
    let mirrors: Vec<New> = args.iter().map(|&argument| cross::to_c(argument)).collect();
    let at = |index: usize| mirrors.get(index).map_or(null_mut(), New::as_ptr);
    let expect = |count: std::ops::RangeInclusive<usize>| {
        if count.contains(&(mirrors.len().wrapping_sub(1))) && keywords.is_empty() {
            return Ok(());
        }
        let given = mirrors.len().saturating_sub(1);
        cx.type_error(format!(
            "expected {} argument{}, got {given}",
            count.start(),
            if *count.start() == 1 { "" } else { "s" }
        ));
        Err(slots::pending(cx))
    };
    // One argument or two: CPython counts them in its own way, for a function without a name.
    let unpack = || {
        let given = mirrors.len() - 1;
        let (bound, limit) = if given < 1 { ("at least", "1 argument") } else { ("at most", "2 arguments") };
        if (1..=2).contains(&given) {
            return Ok(());
        }
        cx.type_error(format!(" expected {bound} {limit}, got {given}"));
        Err(slots::pending(cx))
    };
    if slot == Slot::TpNew {
        check_new(cx, ty, mirrors.first()).map_err(|_| slots::pending(cx))?;
    }
    if mirrors.is_empty() {
        cx.type_error(format!("descriptor '{name}' of '{}' object needs an argument", tp_name(ty)));
        return Err(slots::pending(cx));
    }
    let none = || Ok(host().singleton(Kind::None));
    let status = |value: c_int| if value < 0 { Err(slots::pending(cx)) } else { none() };
    let truth = |value: c_int| match value {
        -1 if cx.has_error() => Err(slots::pending(cx)),
        value => Ok(host().singleton(if value != 0 { Kind::True } else { Kind::False })),
    };
    let position = |index: usize| -> HostResult<isize> {
        // SAFETY: a live object.
        let object = unsafe { Obj::from_ptr(at(index)) }.expect("counted");
        let value =
            object.give(cx).and_then(|object| cx.call(|h| h.unary(crate::host::UnaryOp::Index, object.as_ref())));
        let value = value.map_err(|_| slots::pending(cx))?;
        let Some(position) = host().int_value(value.as_ref()) else {
            cx.error("OverflowError", format!("cannot fit '{}' into an index-sized integer", object.type_name()));
            return Err(slots::pending(cx));
        };
        let mut position = position as isize;
        // SAFETY: the slots of a live type.
        let length = unsafe { Slot::SqLength.get((*at(0)).ob_type) };
        if position < 0 && length != 0 {
            // SAFETY: the slot's function.
            position += unsafe { std::mem::transmute::<usize, c::lenfunc>(length)(at(0)) };
        }
        Ok(position)
    };
    if slot != Slot::TpNew {
        // SAFETY: live types.
        let got = unsafe { (*at(0)).ob_type };
        if !typeobject::is_subtype(got, ty) {
            cx.type_error(format!(
                "descriptor '{name}' requires a '{}' object but received a '{}'",
                tp_name(ty),
                tp_name(got)
            ));
            return Err(slots::pending(cx));
        }
        if !keywords.is_empty() && !matches!(slot, Slot::TpInit | Slot::TpCall) {
            cx.type_error(format!("wrapper {name}() takes no keyword arguments"));
            return Err(slots::pending(cx));
        }
    }
    macro_rules! call {
        ($type:ty, $($argument:expr),*) => {
            // SAFETY: the slot holds a function of this type; the arguments are live mirrors; the lock is held.
            unsafe { std::mem::transmute::<usize, $type>(function)($($argument),*) }
        };
    }
    match slot {
        Slot::TpRepr
        | Slot::TpStr
        | Slot::TpIter
        | Slot::AmAwait
        | Slot::AmAiter
        | Slot::AmAnext
        | Slot::NbNegative
        | Slot::NbPositive
        | Slot::NbAbsolute
        | Slot::NbInvert
        | Slot::NbInt
        | Slot::NbFloat
        | Slot::NbIndex => {
            expect(0..=0)?;
            result(cx, call!(c::unaryfunc, at(0)))
        }
        Slot::TpIternext => {
            expect(0..=0)?;
            let item = call!(c::iternextfunc, at(0));
            if item.is_null() && !cx.has_error() {
                cx.error("StopIteration", "");
            }
            result(cx, item)
        }
        Slot::TpHash => {
            expect(0..=0)?;
            match call!(c::hashfunc, at(0)) {
                -1 => Err(slots::pending(cx)),
                hash => Ok(host().new_int(hash as i64)),
            }
        }
        Slot::NbBool => {
            expect(0..=0)?;
            truth(call!(c::inquiry, at(0)))
        }
        Slot::SqLength | Slot::MpLength => {
            expect(0..=0)?;
            match call!(c::lenfunc, at(0)) {
                length if length < 0 => Err(slots::pending(cx)),
                length => Ok(host().new_int(length as i64)),
            }
        }
        Slot::BfGetbuffer => {
            expect(1..=1)?;
            // SAFETY: the slot holds a function of this type.
            let get = unsafe { std::mem::transmute::<usize, c::getbufferproc>(function) };
            slots::buffer_method(cx, &mirrors[0], get, &mirrors[1])
        }
        Slot::BfReleasebuffer => {
            expect(1..=1)?;
            slots::release_buffer_method(cx, &mirrors[0], &mirrors[1])
        }
        Slot::TpRichcompare => {
            expect(1..=1)?;
            let op = Compare::from_c(index as i32).expect("six comparisons");
            result(cx, call!(c::richcmpfunc, at(0), at(1), op as c_int))
        }
        Slot::SqContains => {
            expect(1..=1)?;
            truth(call!(c::objobjproc, at(0), at(1)))
        }
        Slot::SqItem | Slot::SqRepeat | Slot::SqInplaceRepeat => {
            expect(1..=1)?;
            let position = position(1)?;
            result(cx, call!(c::ssizeargfunc, at(0), position))
        }
        Slot::SqAssItem => {
            expect(if index == 0 { 2..=2 } else { 1..=1 })?;
            let position = position(1)?;
            status(call!(c::ssizeobjargproc, at(0), position, at(2)))
        }
        Slot::TpSetattro | Slot::MpAssSubscript | Slot::TpDescrSet => {
            expect(if index == 0 { 2..=2 } else { 1..=1 })?;
            status(call!(c::objobjargproc, at(0), at(1), if index == 0 { at(2) } else { null_mut() }))
        }
        Slot::TpDescrGet => {
            unpack()?;
            let or_null = |op: *mut PyObject| if crate::statics::is_none(op) { null_mut() } else { op };
            if or_null(at(1)).is_null() && or_null(at(2)).is_null() {
                cx.type_error("__get__(None, None) is invalid");
                return Err(slots::pending(cx));
            }
            result(cx, call!(c::descrgetfunc, at(0), or_null(at(1)), or_null(at(2))))
        }
        Slot::NbPower | Slot::NbInplacePower => {
            unpack()?;
            let (left, right) = if index == 1 { (at(1), at(0)) } else { (at(0), at(1)) };
            let modulus = if at(2).is_null() { crate::statics::none() } else { at(2) };
            result(cx, call!(c::ternaryfunc, left, right, modulus))
        }
        Slot::TpInit | Slot::TpCall | Slot::TpNew => {
            drop(mirrors);
            let rest = &args[1..];
            let positional = rest.len() - keywords.len();
            let tuple = cross::tuple_of_args(&rest[..positional]);
            let dict = if keywords.is_empty() {
                None
            } else {
                let dict = host().new_dict();
                for (name, value) in keywords.iter().zip(&rest[positional..]) {
                    host().dict_set(dict.as_ref(), *name, *value)?;
                }
                Some(cx.to_c(dict))
            };
            let this = cross::to_c(args[0]);
            let dict = dict.as_ref().map_or(null_mut(), New::as_ptr);
            match slot {
                Slot::TpInit => {
                    let value = call!(c::initproc, this.as_ptr(), tuple.as_ptr(), dict);
                    if value == 0 {
                        crate::instancedict::after_call(args[0], this.as_ptr());
                    }
                    status(value)
                }
                // The host calls instances of classes made in Python this way too.
                Slot::TpCall if calls_by_vectorcall(this.obj(), function) => slots::call(args[0], rest, keywords),
                Slot::TpCall => result(cx, call!(c::ternaryfunc, this.as_ptr(), tuple.as_ptr(), dict)),
                _ => result(cx, call!(c::newfunc, this.as_ptr().cast(), tuple.as_ptr(), dict)),
            }
        }
        Slot::TpFinalize => {
            call!(c::destructor, at(0));
            none()
        }
        _ => {
            expect(1..=1)?;
            let (left, right) = if index == 1 { (at(1), at(0)) } else { (at(0), at(1)) };
            result(cx, call!(c::binaryfunc, left, right))
        }
    }
}

pub(crate) fn tp_name(ty: *mut PyTypeObject) -> String {
    // SAFETY: live types have names.
    unsafe { CStr::from_ptr((*ty).tp_name) }.to_string_lossy().into_owned()
}

/// Whether `ty`'s `__new__` may make instances of its first argument: those of a type that lays out more must come from
/// that type's own.
fn check_new(cx: Cx<'_>, ty: *mut PyTypeObject, class: Option<&New>) -> Result<()> {
    let name = tp_name(ty);
    let Some(class) = class else {
        return Err(cx.type_error(format!("{name}.__new__(): not enough arguments")));
    };
    let class = class.obj();
    if !class.type_has(object_mirror::object::Py_TPFLAGS_TYPE_SUBCLASS) {
        return Err(cx.type_error(format!("{name}.__new__(X): X is not a type object ({})", class.type_name())));
    }
    let subtype: *mut PyTypeObject = class.cast();
    let wanted = tp_name(subtype);
    if !typeobject::is_subtype(subtype, ty) {
        return Err(cx.type_error(format!("{name}.__new__({wanted}): {wanted} is not a subtype of {name}")));
    }
    // SAFETY: live types.
    unsafe {
        let mut owner = subtype;
        while special::is_dynamic(Slot::TpNew.get(owner)) && !(*owner).tp_base.is_null() {
            owner = (*owner).tp_base;
        }
        if Slot::TpNew.get(owner) != Slot::TpNew.get(ty) {
            let owner = tp_name(owner);
            return Err(cx.type_error(format!("{name}.__new__({wanted}) is not safe, use {owner}.__new__()")));
        }
    }
    Ok(())
}

/// Read a member of the C struct at `obj_addr`.
#[capi]
fn PyMember_GetOne(cx: Cx<'_>, obj_addr: *const c_char, member: *mut PyMemberDef) -> Result<New> {
    // SAFETY: C passes an instance that has the member; the type says what lies there.
    unsafe {
        if (*member).flags & Py_RELATIVE_OFFSET != 0 {
            return Err(cx.system_error("PyMember_GetOne used with Py_RELATIVE_OFFSET"));
        }
        let place = obj_addr.offset((*member).offset);
        macro_rules! read {
            ($type:ty) => {
                place.cast::<$type>().read_unaligned()
            };
        }
        let int = |value: i64| crate::longobject::new_from_i64(value);
        Ok(match (*member).type_ {
            Py_T_BOOL => {
                New::from_static(if read!(u8) != 0 { crate::statics::true_() } else { crate::statics::false_() })
            }
            Py_T_BYTE => int(read!(i8).into()),
            Py_T_UBYTE => int(read!(u8).into()),
            Py_T_SHORT => int(read!(c_short).into()),
            Py_T_USHORT => int(read!(c_ushort).into()),
            Py_T_INT => int(read!(c_int).into()),
            Py_T_UINT => int(read!(c_uint).into()),
            Py_T_LONG => int(read!(c_long)),
            Py_T_LONGLONG => int(read!(c_longlong)),
            Py_T_PYSSIZET => int(read!(Py_ssize_t) as i64),
            Py_T_ULONG | Py_T_ULONGLONG => from_u64(read!(c_ulonglong)),
            Py_T_FLOAT => crate::floatobject::new(read!(c_float).into()),
            Py_T_DOUBLE => crate::floatobject::new(read!(c_double)),
            Py_T_CHAR => crate::unicodeobject::new_from_wtf8(char::from(read!(u8)).to_string().as_bytes()),
            Py_T_STRING => {
                let pointer = read!(*const c_char);
                if pointer.is_null() {
                    cx.none()
                } else {
                    crate::unicodeobject::new_from_wtf8(CStr::from_ptr(pointer).to_bytes())
                }
            }
            Py_T_STRING_INPLACE => crate::unicodeobject::new_from_wtf8(CStr::from_ptr(place).to_bytes()),
            _Py_T_OBJECT => Obj::from_ptr(read!(*mut PyObject)).map_or_else(|| cx.none(), Obj::to_new),
            Py_T_OBJECT_EX => match Obj::from_ptr(read!(*mut PyObject)) {
                Some(object) => object.to_new(),
                None => {
                    let owner: *mut PyObject = obj_addr.cast_mut().cast();
                    let ty = CStr::from_ptr((*(*owner).ob_type).tp_name).to_string_lossy();
                    let name = CStr::from_ptr((*member).name).to_string_lossy();
                    return Err(cx.error("AttributeError", format!("'{ty}' object has no attribute '{name}'")));
                }
            },
            _Py_T_NONE => cx.none(),
            _ => return Err(cx.system_error("bad memberdescr type")),
        })
    }
}

fn from_u64(value: u64) -> New {
    let digits = [(value & 0x3FFF_FFFF) as u32, (value >> 30 & 0x3FFF_FFFF) as u32, (value >> 60) as u32];
    let used = digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1);
    crate::longobject::new_from_digits(false, &digits[..used])
}

/// The value of an int, or of what has `__index__`; `None` where it has more than 120 bits.
fn integer_of(cx: Cx<'_>, object: HostRef) -> Result<Option<i128>> {
    let number = cx.call(|h| h.unary(crate::host::UnaryOp::Index, object))?;
    if let Some(value) = host().int_value(number.as_ref()) {
        return Ok(Some(value.into()));
    }
    let (negative, digits) = host().int_digits(number.as_ref());
    if digits.len() > 4 {
        return Ok(None);
    }
    let magnitude = digits.iter().rev().fold(0_i128, |sum, &digit| sum << 30 | i128::from(digit));
    Ok(Some(if negative { -magnitude } else { magnitude }))
}

fn warn(cx: Cx<'_>, message: &str) -> Result<()> {
    let category = host().builtin_class("RuntimeWarning").ok_or_else(|| cx.bad_internal_call())?;
    let message = cx.str(message);
    cx.call_function("warnings", "warn", &[message.as_ref(), category.as_ref()])?;
    Ok(())
}

/// Write a member of the C struct at `obj_addr`; NULL deletes it.
#[capi]
fn PyMember_SetOne(cx: Cx<'_>, obj_addr: *mut c_char, member: *mut PyMemberDef, value: Option<Obj<'_>>) -> Result<()> {
    // SAFETY: C passes an instance that has the member; the type says what lies there.
    unsafe {
        if (*member).flags & Py_RELATIVE_OFFSET != 0 {
            return Err(cx.system_error("PyMember_SetOne used with Py_RELATIVE_OFFSET"));
        }
        let place = obj_addr.offset((*member).offset);
        if (*member).flags & Py_READONLY != 0 {
            return Err(cx.error("AttributeError", "readonly attribute"));
        }
        let ty = (*member).type_;
        if ty == _Py_T_OBJECT || ty == Py_T_OBJECT_EX {
            let place = place.cast::<*mut PyObject>();
            if value.is_none() && ty == Py_T_OBJECT_EX && (*place).is_null() {
                let name = CStr::from_ptr((*member).name).to_string_lossy().into_owned();
                return Err(cx.error("AttributeError", name));
            }
            let new = value.map_or(null_mut(), |value| value.to_new().into_ptr());
            let old = std::mem::replace(&mut *place, new);
            lifetime::xdecref(old);
            return Ok(());
        }
        let Some(value) = value else { return Err(cx.type_error("can't delete numeric/char attribute")) };
        macro_rules! write {
            ($type:ty, $value:expr) => {
                place.cast::<$type>().write_unaligned($value as $type)
            };
        }
        let object = value.give(cx)?;
        let integer = |low: i128, high: i128, message: &str| -> Result<i128> {
            integer_of(cx, object.as_ref())?
                .filter(|value| (low..=high).contains(value))
                .ok_or_else(|| cx.error("OverflowError", message))
        };
        let long = || integer(i64::MIN.into(), i64::MAX.into(), "Python int too large to convert to C long");
        const TOO_LARGE: &str = "Python int too large to convert to C unsigned long";
        // Negative numbers are taken for what their bits say, with a warning.
        let unsigned = |message: &str| -> Result<i128> {
            let value = integer(i128::MIN, u64::MAX.into(), message)?;
            if value < i64::MIN.into() {
                return Err(cx.error("OverflowError", "Python int too large to convert to C long"));
            }
            Ok(value)
        };
        macro_rules! narrow {
            ($type:ty, $what:literal) => {{
                let value = long()?;
                write!($type, value);
                if value < <$type>::MIN.into() || value > <$type>::MAX.into() {
                    warn(cx, concat!("Truncation of value to ", $what))?;
                }
            }};
        }
        macro_rules! keep_going {
            ($type:ty, $value:expr) => {{
                let value: Result<i128> = $value;
                write!($type, value.as_ref().map_or(-1, |&value| value));
                value?;
            }};
        }
        match ty {
            Py_T_BOOL => match host().kind(object.as_ref()) {
                Kind::True => write!(u8, 1),
                Kind::False => write!(u8, 0),
                _ => return Err(cx.type_error("attribute value type must be bool")),
            },
            Py_T_BYTE => narrow!(i8, "char"),
            Py_T_UBYTE => narrow!(u8, "unsigned char"),
            Py_T_SHORT => narrow!(c_short, "short"),
            Py_T_USHORT => narrow!(c_ushort, "unsigned short"),
            Py_T_INT => narrow!(c_int, "int"),
            Py_T_UINT => {
                let value = unsigned(TOO_LARGE)?;
                write!(c_uint, value);
                if value < 0 {
                    warn(cx, "Writing negative value into unsigned field")?;
                } else if value > c_uint::MAX.into() {
                    warn(cx, "Truncation of value to unsigned int")?;
                }
            }
            // These are written before the error is looked at: what stands there then is -1.
            Py_T_LONG => keep_going!(c_long, long()),
            Py_T_LONGLONG => {
                keep_going!(c_longlong, integer(i64::MIN.into(), i64::MAX.into(), "int too big to convert"))
            }
            Py_T_PYSSIZET => {
                if !host().kind(object.as_ref()).is_int()
                    && !matches!(host().kind(object.as_ref()), Kind::True | Kind::False)
                {
                    return Err(cx.type_error("an integer is required"));
                }
                let message = "Python int too large to convert to C ssize_t";
                keep_going!(Py_ssize_t, integer(i64::MIN.into(), i64::MAX.into(), message))
            }
            Py_T_ULONG | Py_T_ULONGLONG => {
                let value = unsigned(if ty == Py_T_ULONG { TOO_LARGE } else { "int too big to convert" })?;
                write!(c_ulong, value);
                if value < 0 {
                    warn(cx, "Writing negative value into unsigned field")?;
                }
            }
            Py_T_FLOAT | Py_T_DOUBLE => {
                let number = crate::floatobject::PyFloat_AsDouble(value.as_ptr());
                if number == -1.0 && cx.has_error() {
                    if ty == Py_T_DOUBLE {
                        write!(c_double, number);
                    }
                    return Err(cx.pending());
                }
                if ty == Py_T_FLOAT { write!(c_float, number) } else { write!(c_double, number) }
            }
            Py_T_CHAR => {
                let mut character = None;
                if host().kind(object.as_ref()) == Kind::Str {
                    host().with_str(object.as_ref(), &mut |text| character = (text.len() == 1).then(|| text[0]));
                }
                write!(u8, character.ok_or_else(|| cx.type_error("bad argument type for built-in operation"))?)
            }
            Py_T_STRING | Py_T_STRING_INPLACE => return Err(cx.type_error("readonly attribute")),
            _ => {
                return Err(cx.system_error(format!(
                    "bad memberdescr type for {}",
                    CStr::from_ptr((*member).name).to_string_lossy()
                )));
            }
        }
        Ok(())
    }
}

/// A method descriptor of `ty`.
#[capi]
fn PyDescr_NewMethod(cx: Cx<'_>, ty: *mut PyTypeObject, def: *mut PyMethodDef) -> Result<New> {
    let class = typeobject::class_of(cx, ty)?;
    // SAFETY: C passes a definition that outlives the type.
    Ok(cx.to_c(unsafe { method_descriptor(class.as_ref(), ty, def) }))
}

/// A class method descriptor of `ty`.
#[capi]
fn PyDescr_NewClassMethod(cx: Cx<'_>, ty: *mut PyTypeObject, def: *mut PyMethodDef) -> Result<New> {
    let class = typeobject::class_of(cx, ty)?;
    // SAFETY: C passes a definition that outlives the type.
    let (name, doc) = unsafe { (text((*def).ml_name).unwrap_or_default(), text((*def).ml_doc)) };
    // SAFETY: as above. What receives the call is a class, also where the definition does not say so.
    let self_type = if unsafe { (*def).ml_flags } & METH_CLASS == 0 { builtin!(PyType_Type) } else { ty };
    let (ty, def) = (Address(self_type), Address(def));
    let call: NativeCall = Box::new(move |args, names| methodobject::call_method(def.get(), ty.get(), args, names));
    Ok(cx.to_c(host().new_method_descriptor(class.as_ref(), &name, doc.as_deref(), FunctionKind::ClassMethod, call)))
}

/// A getset descriptor of `ty`.
#[capi]
fn PyDescr_NewGetSet(cx: Cx<'_>, ty: *mut PyTypeObject, def: *mut PyGetSetDef) -> Result<New> {
    let class = typeobject::class_of(cx, ty)?;
    // SAFETY: C passes a definition that outlives the type.
    Ok(cx.to_c(unsafe { getset_descriptor(class.as_ref(), def) }))
}

/// A member descriptor of `ty`.
#[capi]
fn PyDescr_NewMember(cx: Cx<'_>, ty: *mut PyTypeObject, def: *mut PyMemberDef) -> Result<New> {
    let class = typeobject::class_of(cx, ty)?;
    // SAFETY: C passes a definition that outlives the type.
    Ok(cx.to_c(unsafe { member_descriptor(class.as_ref(), def) }))
}

/// What a slot wrapper of a class is for one of its instances.
#[capi]
fn PyWrapper_New(cx: Cx<'_>, descr: Obj<'_>, self_: Obj<'_>) -> Result<New> {
    if !std::ptr::eq(descr.type_ptr(), builtin!(PyWrapperDescr_Type)) {
        return Err(cx.bad_internal_call());
    }
    let (descr, object) = (descr.give(cx)?, self_.give(cx)?);
    let class = typeobject::class_of(cx, self_.type_ptr())?;
    Ok(cx.to_c(cx.call_method(descr.as_ref(), "__get__", &[object.as_ref(), class.as_ref()])?))
}

/// A read-only proxy of a mapping.
#[capi]
fn PyDictProxy_New(cx: Cx<'_>, mapping: Obj<'_>) -> Result<New> {
    let no_mapping = !crate::abstract_::has_slot(mapping, Slot::MpSubscript)
        || mapping.type_has(Py_TPFLAGS_LIST_SUBCLASS)
        || mapping.type_has(Py_TPFLAGS_TUPLE_SUBCLASS);
    if no_mapping {
        return Err(cx.type_error(format!("mappingproxy() argument must be a mapping, not {}", mapping.type_name())));
    }
    let mapping = mapping.give(cx)?;
    Ok(cx.to_c(cx.call_function("types", "MappingProxyType", &[mapping.as_ref()])?))
}

/// Whether a descriptor sets, too.
#[capi(raw)]
pub unsafe extern "C" fn PyDescr_IsData(descriptor: *mut PyObject) -> c_int {
    // SAFETY: C passes a live object.
    c_int::from(unsafe { (*(*descriptor).ob_type).tp_descr_set.is_some() })
}
