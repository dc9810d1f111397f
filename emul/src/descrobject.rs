//! `descrobject.h`: what a C type puts into its class's namespace. Methods, members, getsets, and a wrapper for each slot.

use std::ffi::{CStr, c_char, c_int};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::descrobject::{Py_RELATIVE_OFFSET, PyGetSetDef, PyMemberDef, getter};
use object_mirror::methodobject::{METH_CLASS, METH_COEXIST, METH_STATIC, PyMethodDef};
use object_mirror::object::{
    Py_TPFLAGS_HEAPTYPE, Py_TPFLAGS_LIST_SUBCLASS, Py_TPFLAGS_TUPLE_SUBCLASS, PyObject, PyTypeObject,
};

use crate::abstract_::object::hash::PyObject_HashNotImplemented;
use crate::boundary::{Cx, New, Obj, Result};
use crate::docstrings::{kept_description, kept_text};
use crate::host::{Compare, FunctionKind, HostObj, HostRef, HostResult, Kind, NativeCall, NativeGet, NativeSet, host};
use crate::lifetime::Guard;
use crate::pystate::{Ending, Frame};
use crate::slots::{self, Slot};
use crate::statics::builtin;
use crate::structmember::{PyMember_GetOne, PyMember_SetOne};
use crate::{buffer, cross, instancedict, lists, methodobject, special, typeobject};

pub(crate) unsafe fn text(pointer: *const c_char) -> Option<String> {
    // SAFETY: NULL or NUL-terminated.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned())
}

pub(crate) struct Address<T>(pub(crate) *mut T);
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
    pub(crate) fn get(self) -> *mut T {
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
            check_flags(cx, &name, (*def).ml_flags)?;
            if names.insert(name.clone()) || (*def).ml_flags & METH_COEXIST != 0 {
                add(cx, class, &name, method_descriptor(class, ty, def, kind_of(def)))?;
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
        // A type that compares but does not hash is unhashable.
        if (*ty).tp_hash.is_none() && !names.contains("__hash__") {
            (*ty).tp_hash = Some(PyObject_HashNotImplemented);
            add(cx, class, "__hash__", host().singleton(Kind::None))?;
        }
    }
    Ok(())
}

fn add(cx: Cx<'_>, class: HostRef, name: &str, value: HostObj) -> Result<()> {
    let name = cx.str(name);
    cx.call(|h| h.set_attr(class, name.as_ref(), Some(value.as_ref())))
}

/// Flags that say nothing a method can be, or two things at once. Of a class method's convention its call complains.
fn check_flags(cx: Cx<'_>, name: &str, flags: c_int) -> Result<()> {
    match (flags & METH_CLASS != 0, flags & METH_STATIC != 0) {
        (true, true) => Err(cx.value_error("method cannot be both class and static")),
        (false, _) if !methodobject::has_convention(flags) => {
            Err(cx.system_error(format!("{name}() method: bad call flags")))
        }
        _ => Ok(()),
    }
}

/// What a definition in a type's table stands for.
unsafe fn kind_of(def: *mut PyMethodDef) -> FunctionKind {
    // SAFETY: a method definition of a live type.
    let flags = unsafe { (*def).ml_flags };
    if flags & METH_STATIC != 0 {
        FunctionKind::StaticMethod
    } else if flags & METH_CLASS != 0 {
        FunctionKind::ClassMethod
    } else {
        FunctionKind::Method
    }
}

/// A descriptor of that kind, whatever kind the definition's flags tell; its function is called with a `ty`.
unsafe fn method_descriptor(
    class: HostRef,
    ty: *mut PyTypeObject,
    def: *mut PyMethodDef,
    kind: FunctionKind,
) -> HostObj {
    // SAFETY: a method definition of a live type.
    let name = unsafe { text((*def).ml_name) }.unwrap_or_default();
    // SAFETY: as above; it outlives its class.
    let doc = unsafe { kept_description(&name, def) };
    let (ty, def) = (Address(ty), Address(def));
    let call: NativeCall =
        Box::new(move |args, names| methodobject::call_method(def.get(), ty.get(), kind, args, names));
    host().new_method_descriptor(class, &name, doc.as_deref(), kind, call)
}

unsafe fn getset_descriptor(class: HostRef, def: *mut PyGetSetDef) -> HostObj {
    // SAFETY: a getset definition of a live type.
    let (name, doc) = unsafe { (text((*def).name).unwrap_or_default(), kept_text((*def).doc)) };
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
            let Some(set) = (*def.get()).set else {
                // Said here, for the message names the class that has the attribute, not the instance's.
                let name = CStr::from_ptr((*def.get()).name).to_string_lossy();
                let message = format!("attribute '{name}' of '{}' objects is not writable", tp_name(owner.get()));
                held.cx().error("AttributeError", message);
                return Err(slots::pending(held.cx()));
            };
            set(this.as_ptr(), value.as_ref().map_or(null_mut(), New::as_ptr), (*def.get()).closure)
        };
        if status < 0 { Err(slots::pending(held.cx())) } else { Ok(()) }
    });
    host().new_getset(class, &name, doc.as_deref(), get, set)
}

fn result(cx: Cx<'_>, value: *mut PyObject) -> HostResult<HostObj> {
    if value.is_null() {
        return Err(slots::pending(cx));
    }
    cross::consume_checked(cx, value)
}

unsafe fn member_descriptor(class: HostRef, def: *mut PyMemberDef) -> HostObj {
    // SAFETY: a member definition of a live type.
    let (name, doc) = unsafe { (text((*def).name).unwrap_or_default(), kept_text((*def).doc)) };
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

/// C asks a descriptor for None's own attribute, where `__get__` would take None for no instance at all.
pub(crate) fn check_none(cx: Cx<'_>, descriptor: *mut PyObject) -> Result<()> {
    let kinds = [
        builtin!(PyMethodDescr_Type),
        builtin!(PyGetSetDescr_Type),
        builtin!(PyMemberDescr_Type),
        builtin!(PyWrapperDescr_Type),
    ];
    // SAFETY: the slot's first argument is a live object.
    let Some(object) = (unsafe { Obj::from_ptr(descriptor) }).filter(|object| kinds.contains(&object.type_ptr()))
    else {
        return Ok(());
    };
    let descriptor = object.give(cx)?;
    let named = |name: &str| cx.call(|h| h.get_attr(descriptor.as_ref(), host().new_str(name.as_bytes()).as_ref()));
    let class = named("__objclass__")?;
    let none = typeobject::class_of(cx, builtin!(_PyNone_Type))?;
    if host().is_subtype(none.as_ref(), class.as_ref()) {
        return Ok(());
    }
    let name = crate::pyerrors::text_of(named("__name__")?.as_ref());
    let wanted = tp_name(typeobject::mirror_of_class(class.as_ref()));
    Err(cx.type_error(format!("descriptor '{name}' for '{wanted}' objects doesn't apply to a 'NoneType' object")))
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
        if slot == Slot::TpHash && function == PyObject_HashNotImplemented as *const () as usize {
            names.insert(name.to_owned());
            add(cx, class, name, host().singleton(Kind::None))?;
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
            _ => host().new_slot_wrapper(class, name, None, call),
        };
        add(cx, class, name, descriptor)?;
        names.insert(name.to_owned());
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

/// A method descriptor of `ty`.
#[capi]
fn PyDescr_NewMethod(cx: Cx<'_>, ty: *mut PyTypeObject, def: *mut PyMethodDef) -> Result<New> {
    let class = typeobject::class_of(cx, ty)?;
    // SAFETY: C passes a definition that outlives the type.
    unsafe {
        if !methodobject::has_convention((*def).ml_flags) {
            let name = text((*def).ml_name).unwrap_or_default();
            return Err(cx.system_error(format!("{name}() method: bad call flags")));
        }
        Ok(cx.to_c(method_descriptor(class.as_ref(), ty, def, FunctionKind::Method)))
    }
}

/// A class method descriptor of `ty`.
#[capi]
fn PyDescr_NewClassMethod(cx: Cx<'_>, ty: *mut PyTypeObject, def: *mut PyMethodDef) -> Result<New> {
    let class = typeobject::class_of(cx, ty)?;
    // SAFETY: C passes a definition that outlives the type.
    Ok(cx.to_c(unsafe { method_descriptor(class.as_ref(), ty, def, FunctionKind::ClassMethod) }))
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
    unsafe {
        if (*def).flags & Py_RELATIVE_OFFSET != 0 {
            return Err(cx.system_error("PyDescr_NewMember used with Py_RELATIVE_OFFSET"));
        }
        Ok(cx.to_c(member_descriptor(class.as_ref(), def)))
    }
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
